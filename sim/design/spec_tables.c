// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers given as tables: the axes of a grid, the rows of a list, and a covariance matrix. All numbers of files are in
// the model's units. A covariance file is square, with names in its header (which may start with '#', as numpy writes
// it) and, if it likes, again in its first column; it makes its parameters jointly normal about the scenario's values,
// each cut to the prior it had.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "design/prior.h"
#include "design/spec_parts.h"
#include "lang/csv.h"

static const double ASYMMETRY = 1e-5;  // of a correlation: files are printed with few digits

typedef LIST(double) numbers;

static bool add_value(struct reading *r, const struct variable *v, const struct tree *t, numbers *values) {
  double value;
  if (!reader_number(r->units, t, "a value", v->unit, &value, r->diag) || !spec_fits_range(r, v, value, value, t->span))
    return false;
  list_push(r->arena, values) = value;
  return true;
}

// {from: 1, to: 2, count: 5}: both ends are among the values.
static bool read_spread(struct reading *r, const struct variable *v, const struct tree *t, numbers *values) {
  static const char *const known[] = {"from", "to", "count", NULL};
  const struct tree *from = tree_get(t, "from"), *to = tree_get(t, "to"), *count = tree_get(t, "count");
  double a, b, n;
  if (!reader_keys(t, "an axis of a grid", known, r->diag)) return false;
  if (!from || !to || !count) {
    diag_error(r->diag, t->span, sweep_spread);
    return false;
  }
  if (!reader_number(r->units, from, "from", v->unit, &a, r->diag) ||
      !reader_number(r->units, to, "to", v->unit, &b, r->diag) ||
      !reader_number(r->units, count, "count", unit_one(), &n, r->diag))
    return false;
  if (!(n >= 2 && n <= LIMIT_GRID_VALUES && n == floor(n))) {
    diag_error(r->diag, count->span, sweep_spread_count, LIMIT_GRID_VALUES);
    return false;
  }
  if (!spec_fits_range(r, v, fmin(a, b), fmax(a, b), t->span)) return false;
  for (double i = 0; i < n; i++) list_push(r->arena, values) = i + 1 < n ? a + i * ((b - a) / (n - 1)) : b;
  return true;
}

static bool read_axis(struct reading *r, const struct tree *key, const struct tree *t) {
  struct targets target;
  numbers values = {0};
  if (!spec_resolve_one(r, key->text, key->span, &target)) return false;
  struct sweep_parameter p = target.items.items[0];
  if (map_add(&r->places, p.name, (uint32_t)r->spec->parameters.count) != r->spec->parameters.count) {
    diag_error(r->diag, key->span, sweep_twice, p.name);
    return false;
  }
  if (t->kind == TREE_MAP) {
    if (!read_spread(r, target.variable, t, &values)) return false;
  } else {
    if (!reader_expect(t, t->span, TREE_LIST, key->text, r->diag)) return false;
    for (size_t i = 0; i < t->count; i++)
      if (!add_value(r, target.variable, t->items[i], &values)) return false;
  }
  if (!values.count) {
    diag_error(r->diag, t->span, sweep_axis_empty, p.name);
    return false;
  }
  p.values = values.items;
  p.value_count = values.count;
  list_push(r->arena, &r->spec->parameters) = p;
  return true;
}

bool spec_read_grid(struct reading *r, const struct tree *grid) {
  if (!reader_expect(grid, grid->span, TREE_MAP, "grid", r->diag)) return false;
  bool ok = true;
  uint64_t points = 1;
  for (size_t i = 0; i < grid->count; i++) ok = read_axis(r, grid->keys[i], grid->items[i]) && ok;
  for (size_t i = 0; ok && i < r->spec->parameters.count; i++)
    if ((points *= r->spec->parameters.items[i].value_count) > LIMIT_MEMBERS) {
      diag_error(r->diag, grid->span, sweep_grid_large);
      ok = false;
    }
  if (ok && !grid->count) {
    diag_error(r->diag, grid->span, sweep_axis_empty, "grid");
    ok = false;
  }
  r->spec->members = points;
  return ok;
}

static bool open_table(struct reading *r, const struct tree *t, const char *what, struct csv *csv) {
  const char *name;
  if (!reader_text(t, what, &name, r->diag)) return false;
  const char *path = source_sibling(r->arena, r->scenario->path ? r->scenario->path : "", name);
  const struct source *source = source_read(r->arena, path, LIMIT_DATA_BYTES, r->diag);
  if (!source) return false;
  list_push(r->arena, &r->spec->sources) = source;
  return csv_open(csv, r->arena, source, r->diag);
}

// The text of a header cell without blanks and a leading '#'.
static const char *header_name(struct arena *a, const struct csv_cell *cell) {
  const char *from = cell->text, *to = cell->text + cell->size;
  while (from < to && (*from == ' ' || *from == '#')) from++;
  while (from < to && to[-1] == ' ') to--;
  return arena_copy(a, from, (size_t)(to - from));
}

static bool cell_number(struct reading *r, const struct csv_cell *cell, double *value) {
  if (csv_number(cell, value)) return true;
  diag_error(r->diag, cell->span, sweep_cell);
  return false;
}

struct list_column {
  const struct variable *variable;
  numbers values;
};

static bool read_columns(struct reading *r, struct csv *csv, struct list_column *columns) {
  size_t count = csv->header.cells.count;
  while (csv_next(csv, r->diag))
    for (size_t i = 0; i < count; i++) {
      double value;
      const struct csv_cell *cell = &csv->row.cells.items[i];
      if (!cell_number(r, cell, &value) || !spec_fits_range(r, columns[i].variable, value, value, cell->span))
        return false;
      list_push(r->arena, &columns[i].values) = value;
    }
  return !csv->failed;
}

bool spec_read_list(struct reading *r, const struct tree *list) {
  struct csv csv;
  if (!open_table(r, list, "list", &csv)) return false;
  size_t count = csv.header.cells.count;
  struct list_column *columns = arena_array(r->arena, struct list_column, count);
  for (size_t i = 0; i < count; i++) {
    const struct csv_cell *cell = &csv.header.cells.items[i];
    struct targets target;
    if (!spec_resolve_one(r, header_name(r->arena, cell), cell->span, &target)) return false;
    columns[i].variable = target.variable;
    const struct sweep_parameter *p = target.items.items;
    if (map_add(&r->places, p->name, (uint32_t)i) != i) {
      diag_error(r->diag, cell->span, sweep_twice, p->name);
      return false;
    }
    list_push(r->arena, &r->spec->parameters) = *p;
  }
  if (!read_columns(r, &csv, columns)) return false;
  r->spec->members = columns[0].values.count;
  if (!r->spec->members) {
    diag_error(r->diag, list->span, sweep_axis_empty, "list");
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    r->spec->parameters.items[i].values = columns[i].values.items;
    r->spec->parameters.items[i].value_count = columns[i].values.count;
  }
  return true;
}

// A candidate that the file makes normal; the variance on the diagonal comes later.
static bool add_normal(struct reading *r, const char *name, struct span at, uint32_t *candidate) {
  struct targets t;
  if (!spec_resolve_one(r, name, at, &t)) return false;
  struct candidate *c = spec_candidate(r, t.items.items);
  struct prior *p = &c->parameter.prior;
  *candidate = (uint32_t)(c - r->candidates.items);
  double low = t.variable->kind == VARIABLE_LEVER ? t.variable->low : -INFINITY;
  double high = t.variable->kind == VARIABLE_LEVER ? t.variable->high : INFINITY;
  if (c->uncertain)
    prior_support(p, &low, &high);
  else
    c->parameter.dimension = r->dimensions++;
  c->uncertain = true;
  *p = (struct prior){.kind = PRIOR_NORMAL, .span = at, .arg_count = 2, .low = low, .high = high};
  p->args[0] = c->parameter.at.value;
  return true;
}

static bool read_matrix_row(struct reading *r, const struct csv *csv, size_t row, size_t first) {
  struct covariance *c = &r->covariance;
  const struct csv_cell *cells = csv->row.cells.items;
  if (row >= c->count) {
    diag_error(r->diag, cells[0].span, sweep_not_square, c->count);
    return false;
  }
  const char *name = r->candidates.items[c->candidates[row]].parameter.name;
  if (first && strcmp(header_name(r->arena, &cells[0]), name) != 0) {
    diag_error(r->diag, cells[0].span, sweep_row_name, name);
    return false;
  }
  for (size_t j = 0; j < c->count; j++) {
    c->spans[row * c->count + j] = cells[j + first].span;
    if (!cell_number(r, &cells[j + first], &c->cells[row * c->count + j])) return false;
  }
  return true;
}

static bool check_cell(struct reading *r, size_t i, size_t j) {
  const struct covariance *c = &r->covariance;
  double scale = sqrt(c->cells[i * c->count + i]) * sqrt(c->cells[j * c->count + j]);
  double here = c->cells[i * c->count + j] / scale, there = c->cells[j * c->count + i] / scale;
  const char *a = r->candidates.items[c->candidates[i]].parameter.name;
  const char *b = r->candidates.items[c->candidates[j]].parameter.name;
  if (!(fabs(here - there) <= ASYMMETRY))
    diag_error(r->diag, c->spans[i * c->count + j], sweep_not_symmetric, a, b);
  else if (!(fabs(here) < 1))
    diag_error(r->diag, c->spans[i * c->count + j], sweep_covariance_range, a, b);
  else
    return true;
  return false;
}

static bool check_matrix(struct reading *r) {
  const struct covariance *c = &r->covariance;
  for (size_t i = 0; i < c->count; i++) {
    struct candidate *candidate = &r->candidates.items[c->candidates[i]];
    double variance = c->cells[i * c->count + i];
    if (!(variance > 0)) {
      diag_error(r->diag, c->spans[i * c->count + i], sweep_variance, candidate->parameter.name);
      return false;
    }
    candidate->parameter.prior.args[1] = sqrt(variance);
    for (size_t j = 0; j < i; j++)
      if (!check_cell(r, i, j)) return false;
  }
  return true;
}

static bool read_matrix(struct reading *r, struct csv *csv) {
  struct covariance *c = &r->covariance;
  double number;
  if (!csv_next(csv, r->diag)) {
    if (!csv->failed) diag_error(r->diag, csv->header.cells.items[0].span, sweep_not_square, csv->header.cells.count);
    return false;
  }
  // Are there names in the first column?
  size_t first = csv_number(&csv->row.cells.items[0], &number) ? 0 : 1, row = 0;
  c->count = csv->header.cells.count - first;
  if (!c->count || c->count > LIMIT_CORRELATED) {
    diag_error(r->diag, csv->header.cells.items[0].span, sweep_correlated_many, c->count, LIMIT_CORRELATED);
    return false;
  }
  c->candidates = arena_array(r->arena, uint32_t, c->count);
  c->cells = arena_array(r->arena, double, c->count * c->count);
  c->spans = arena_array(r->arena, struct span, c->count * c->count);
  for (size_t i = 0; i < c->count; i++) {
    const struct csv_cell *cell = &csv->header.cells.items[i + first];
    if (!add_normal(r, header_name(r->arena, cell), cell->span, &c->candidates[i])) return false;
    for (size_t j = 0; j < i; j++)
      if (c->candidates[i] == c->candidates[j]) {
        diag_error(r->diag, cell->span, sweep_twice, r->candidates.items[c->candidates[i]].parameter.name);
        return false;
      }
  }
  do
    if (!read_matrix_row(r, csv, row++, first)) return false;
  while (csv_next(csv, r->diag));
  if (!csv->failed && row != c->count) diag_error(r->diag, csv->header.cells.items[0].span, sweep_not_square, c->count);
  return !csv->failed && row == c->count && check_matrix(r);
}

bool spec_read_covariance(struct reading *r, const struct tree *file) {
  struct csv csv;
  return open_table(r, file, "covariance", &csv) && read_matrix(r, &csv);
}

bool spec_covariance_pairs(struct reading *r) {
  const struct covariance *c = &r->covariance;
  for (size_t i = 0; i < c->count; i++)
    for (size_t j = 0; j < i; j++) {
      const struct sweep_parameter *x = &r->candidates.items[c->candidates[i]].parameter;
      const struct sweep_parameter *y = &r->candidates.items[c->candidates[j]].parameter;
      uint32_t a = map_get(&r->places, x->name), b = map_get(&r->places, y->name);
      double rho = c->cells[i * c->count + j] / (x->prior.args[1] * y->prior.args[1]);
      if (a == MAP_NONE || b == MAP_NONE || rho == 0) continue;
      list_push(r->arena, &r->spec->correlations) = (struct correlation){a, b, rho, rho, c->spans[i * c->count + j]};
    }
  return true;
}
