// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers: values and priors of parameters by element, and the paths of levers, inputs and tables from points, a single
// value or a CSV column. A lever's own path must lie in its range, which is required.
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "lang/model_read.h"
#include "lang/path.h"
#include "lang/prior.h"

void model_values_parameter(struct model_reader *r, struct variable *v, const struct tree *value) {
  v->values = arena_array(r->arena, double, v->element_count);
  for (size_t i = 0; i < v->element_count; i++) v->values[i] = NAN;
  if (!value) return;
  const struct tree **leaves = arena_array(r->arena, const struct tree *, v->element_count);
  bool ok = reader_deal(r->model, v, value, reader_is_scalar, leaves, r->diag);
  double number = 0;
  for (size_t i = 0; i < v->element_count; i++) {
    bool fresh = i == 0 || leaves[i] != leaves[i - 1];  // one number for all is read, and complained about, once
    if (leaves[i] && fresh) reader_number(&r->model->units, leaves[i], v->name, v->unit, &number, r->diag);
    if (leaves[i] || !ok) v->values[i] = number;
  }
}

void model_values_element(struct model_reader *r, struct variable *v, const struct tree *value,
                          const uint32_t *elements, size_t count, struct span key) {
  size_t index = (size_t)(v - r->model->variables.items);
  double number;
  if (!r->painted[index]) r->painted[index] = arena_array(r->arena, size_t, v->element_count);
  reader_number(&r->model->units, value, v->name, v->unit, &number, r->diag);
  for (size_t i = 0; i < count; i++) {
    if (r->painted[index][elements[i]] == count) {
      diag_error(r->diag, key, value_again, variable_element_name(r->arena, r->model, v, elements[i]));
      return;
    }
    r->painted[index][elements[i]] = count;
    v->values[elements[i]] = number;
  }
}

void model_values_complete(struct model_reader *r, const struct variable *v) {
  for (size_t i = 0; v->values && i < v->element_count; i++)
    if (isnan(v->values[i])) {
      diag_error(r->diag, v->span, parameter_missing, variable_element_name(r->arena, r->model, v, i));
      return;
    }
}

// Does a map name elements of a variable (rather than a misspelt kind of prior)?
static bool names_elements(const struct model *m, const struct variable *v, const struct tree *map) {
  for (size_t i = 0; v->dim_count && i < map->count; i++)
    if (map_get(&m->dimensions.items[v->dims[0]].names, map->keys[i]->text) != MAP_NONE) return true;
  return false;
}

void model_values_prior(struct model_reader *r, struct variable *v, const struct tree *prior) {
  const struct tree **leaves = arena_array(r->arena, const struct tree *, v->element_count);
  if (prior->kind != TREE_MAP && prior->kind != TREE_LIST) {
    reader_expect(prior, prior->span, TREE_MAP, "a prior", r->diag);
    return;
  }
  struct prior one;
  if (prior->kind == TREE_MAP && !prior_is(prior) && !names_elements(r->model, v, prior)) {
    prior_read(r->arena, &r->model->units, prior, v->unit, &one, r->diag);  // says what is wrong
    return;
  }
  if (!reader_deal(r->model, v, prior, prior_is, leaves, r->diag)) return;
  v->prior = arena_array(r->arena, struct prior, v->element_count);
  for (size_t i = 0; i < v->element_count; i++) {
    if (i && leaves[i] == leaves[i - 1])
      v->prior[i] = v->prior[i - 1];
    else if (leaves[i])
      prior_read(r->arena, &r->model->units, leaves[i], v->unit, &v->prior[i], r->diag);
  }
}

static void read_csv(struct model_reader *r, struct variable *v, const struct tree *entry) {
  const struct tree *csv = tree_get(entry, "csv"), *column = tree_get(entry, "column"), *time = tree_get(entry, "time");
  const char *column_name, *time_name = NULL;
  if (!column) {
    diag_error(r->diag, csv->span, csv_no_column, v->name);
    return;
  }
  if (!reader_text(column, "'column'", &column_name, r->diag)) return;
  if (time && !reader_text(time, "'time'", &time_name, r->diag)) return;
  const struct source *source = model_files_data(r, csv);
  if (source)
    path_from_csv(r->arena, source, time_name, time ? time->span : csv->span, column_name, column->span, &v->path,
                  r->diag);
}

static void read_points(struct model_reader *r, struct variable *v, const struct tree *points) {
  const struct unit *x_unit = v->kind == VARIABLE_TABLE ? v->x_unit : r->model->time_unit;
  if (path_read(r->arena, &r->model->units, points, x_unit, v->unit, &v->path, r->diag) && v->kind == VARIABLE_TABLE &&
      v->path.count < 2 && !r->model->foreign)
    diag_error(r->diag, points->span, table_points, v->name);
}

static void read_value(struct model_reader *r, struct variable *v, const struct tree *value) {
  double number;
  if (reader_number(&r->model->units, value, v->name, v->unit, &number, r->diag))
    v->path = path_constant(r->arena, number);
}

// Which of the three ways a path is given in; exactly one is.
static const char *form_of(struct model_reader *r, const struct variable *v, const struct tree *entry) {
  static const char *const forms[] = {"points", "value", "csv"};
  const char *found = NULL;
  size_t count = 0;
  for (size_t i = 0; i < 3; i++)
    if (tree_get(entry, forms[i]) && (count++ == 0)) found = forms[i];
  if (count == 1) return found;
  const char *ways = v->kind == VARIABLE_TABLE   ? "points:"
                     : v->kind == VARIABLE_LEVER ? "points: or value:"
                                                 : "points:, value: or csv:";
  diag_error(r->diag, v->span, path_forms, v->name, ways);
  return NULL;
}

static void check_range(struct model_reader *r, const struct variable *v, const struct tree *entry) {
  if (!tree_get(entry, "range")) {
    diag_error(r->diag, v->span, range_missing, v->name);
    return;
  }
  if (v->path.mode == PATH_EXTRAPOLATE) diag_error(r->diag, tree_get(entry, "mode")->span, lever_extrapolates, v->name);
  const struct tree *points = tree_get(entry, "points"), *value = tree_get(entry, "value");
  for (size_t i = 0; v->unit && i < v->path.count; i++) {
    char number[32], low[32], high[32];
    if (v->path.y[i] >= v->low && v->path.y[i] <= v->high) continue;
    diag_error(r->diag, points ? points->items[i]->span : value->span, range_outside,
               text_from_number(v->path.y[i], number), v->name, text_from_number(v->low, low),
               text_from_number(v->high, high), unit_text(r->arena, &r->model->units, v->unit));
    return;
  }
}

static bool is_path(const struct tree *t) {
  return t->kind == TREE_MAP && tree_get(t, "points");
}

static bool read_element_path(struct model_reader *r, struct variable *v, const struct tree *t, struct path *path) {
  static const char *const known[] = {"points", "mode", NULL};
  const struct tree *mode = tree_get(t, "mode");
  return reader_keys(t, "a table", known, r->diag) && (!mode || path_read_mode(mode, path, r->diag)) &&
         path_read(r->arena, &r->model->units, tree_get(t, "points"), v->x_unit, v->unit, path, r->diag);
}

// A table over dimensions: {points, mode} for each element.
static void read_paths(struct model_reader *r, struct variable *v, const struct tree *value) {
  const struct tree **leaves = arena_array(r->arena, const struct tree *, v->element_count);
  if (!reader_deal(r->model, v, value, is_path, leaves, r->diag)) return;
  v->paths = arena_array(r->arena, struct path, v->element_count);
  for (size_t i = 0; i < v->element_count; i++) {
    if (i && leaves[i] && leaves[i] == leaves[i - 1])
      v->paths[i] = v->paths[i - 1];
    else if (leaves[i] && !read_element_path(r, v, leaves[i], &v->paths[i]))
      return;
    else if (!leaves[i] && !(v->absent && v->absent[i])) {
      diag_error(r->diag, v->span, table_missing, variable_element_name(r->arena, r->model, v, i));
      return;
    }
  }
}

// Elements of an imported array that have no equation.
void model_values_absent(struct model_reader *r, struct variable *v, const struct tree *value) {
  const struct tree **leaves = arena_array(r->arena, const struct tree *, v->element_count);
  if (!reader_deal(r->model, v, value, reader_is_scalar, leaves, r->diag)) return;
  v->absent = arena_array(r->arena, bool, v->element_count);
  for (size_t i = 0; i < v->element_count; i++)
    if (leaves[i] && !reader_flag(leaves[i], "'absent'", &v->absent[i], r->diag)) return;
}

void model_values_path(struct model_reader *r, struct variable *v, const struct tree *entry) {
  size_t errors = r->diag->errors;
  const struct tree *mode = tree_get(entry, "mode"), *paths = tree_get(entry, "paths");
  if (paths && v->dim_count) {
    read_paths(r, v, paths);
    return;
  }
  const char *form = form_of(r, v, entry);
  if (!form || (mode && !path_read_mode(mode, &v->path, r->diag))) return;
  if (strcmp(form, "csv") == 0) {
    read_csv(r, v, entry);
  } else {
    for (size_t i = 0; i < entry->count; i++) {
      const char *key = entry->keys[i]->text;
      if (strcmp(key, "column") == 0 || strcmp(key, "time") == 0)
        diag_error(r->diag, entry->keys[i]->span, csv_alone, key);
    }
    if (strcmp(form, "points") == 0)
      read_points(r, v, tree_get(entry, "points"));
    else
      read_value(r, v, tree_get(entry, "value"));
  }
  if (v->kind == VARIABLE_LEVER && r->diag->errors == errors) check_range(r, v, entry);
}
