// SPDX-License-Identifier: GPL-3.0-or-later
// YAML and CSV -> struct validation. The YAML names series, expressions, periods and tolerances; the CSV has one row a
// datum, in columns series, year, value, unit, status, source and vintage (more are allowed). All rows of a series must
// be of one unit and one vintage, in order of time, each sourced or recalled, each with a source.
#include <math.h>
#include <string.h>

#include "analyse/validate.h"
#include "base/limits.h"
#include "base/text.h"
#include "lang/csv.h"
#include "lang/reader.h"

enum field { SERIES, YEAR, VALUE, UNIT, STATUS, SOURCE, VINTAGE, COLUMNS };
static const char *const column_names[COLUMNS] = {"series", "year", "value", "unit", "status", "source", "vintage"};

struct reading {
  struct arena *arena;
  struct validation *v;
  struct unit_table units;  // the model's, with this arena
  struct map series;        // name -> index
  size_t column[COLUMNS];
  struct diag *diag;
};

// ---- YAML

static bool read_year(struct reading *r, const struct tree *t, const char *what, struct span at, double *value) {
  return reader_expect(t, at, TREE_SCALAR, what, r->diag) &&
         reader_number(&r->units, t, what, r->v->model->time_unit, value, r->diag);
}

static void read_period(struct reading *r, const struct tree *t) {
  static const char *const known[] = {"name", "label", "from", "until", NULL};
  struct validation_period p = {.span = t->span};
  if (!reader_expect(t, t->span, TREE_MAP, "a period", r->diag) || !reader_keys(t, "a period", known, r->diag)) return;
  const struct tree *name = tree_get(t, "name");
  if (!reader_expect(name, t->span, TREE_SCALAR, "'name'", r->diag)) return;
  p.name = name->text;
  bool ok = reader_label(tree_get(t, "label"), p.name, &p.label, r->diag);
  ok = read_year(r, tree_get(t, "from"), "'from'", t->span, &p.from) && ok;
  ok = read_year(r, tree_get(t, "until"), "'until'", t->span, &p.until) && ok;
  if (ok && p.until < p.from) diag_error(r->diag, t->span, validate_period, p.name);
  if (ok) list_push(r->arena, &r->v->periods) = p;
}

static void read_periods(struct reading *r, const struct tree *list, struct span at) {
  if (!reader_expect(list, at, TREE_LIST, "'periods'", r->diag)) return;
  for (size_t i = 0; i < list->count; i++) read_period(r, list->items[i]);
}

static void read_tolerance(struct reading *r, const struct tree *key, const struct tree *t,
                           struct validation_series *s) {
  const char *names[LIMIT_PHASES + 1];
  size_t count = r->v->periods.count < LIMIT_PHASES ? r->v->periods.count : LIMIT_PHASES;
  for (size_t i = 0; i < count; i++) {
    names[i] = r->v->periods.items[i].name;
    if (strcmp(names[i], key->text) != 0) continue;
    s->fits[i].span = t->span;
    reader_number(&r->units, t, "a tolerance", unit_one(), &s->fits[i].tolerance, r->diag);
    return;
  }
  diag_error(r->diag, key->span, validate_period_unknown, key->text);
  diag_did_you_mean(r->diag, map_nearest(key->text, names, count));
}

static void read_tolerances(struct reading *r, const struct tree *map, struct validation_series *s) {
  s->fits = arena_array(r->arena, struct validation_fit, r->v->periods.count + 1);
  for (size_t i = 0; i < r->v->periods.count; i++) s->fits[i].tolerance = NAN;
  if (!map || !reader_expect(map, map->span, TREE_MAP, "'tolerance'", r->diag)) return;
  for (size_t i = 0; i < map->count; i++) read_tolerance(r, map->keys[i], map->items[i], s);
}

static void read_series(struct reading *r, const struct tree *key, const struct tree *t) {
  static const char *const known[] = {"expression", "label", "doc", "sparse", "tolerance", NULL};
  struct validation_series s = {.name = key->text, .span = key->span};
  if (!reader_expect(t, key->span, TREE_MAP, "a series", r->diag) || !reader_keys(t, "a series", known, r->diag))
    return;
  const struct tree *expression = tree_get(t, "expression"), *sparse = tree_get(t, "sparse"), *doc = tree_get(t, "doc");
  if (!reader_expect(expression, key->span, TREE_SCALAR, "'expression'", r->diag)) return;
  s.probe = (struct probe){.name = s.name, .span = expression->span};
  s.probe.expr = reader_expr(r->arena, expression, "'expression'", r->diag);
  reader_label(tree_get(t, "label"), s.name, &s.label, r->diag);
  if (doc) reader_text(doc, "'doc'", &s.doc, r->diag);
  if (sparse) reader_flag(sparse, "'sparse'", &s.sparse, r->diag);
  read_tolerances(r, tree_get(t, "tolerance"), &s);
  map_add(&r->series, s.name, (uint32_t)r->v->series.count);
  list_push(r->arena, &r->v->series) = s;
}

// ---- CSV

static const struct csv_cell *cell(const struct reading *r, const struct csv *c, enum field column) {
  return &c->row.cells.items[r->column[column]];
}

static const char *cell_text(const struct reading *r, const struct csv *c, enum field column) {
  const struct csv_cell *x = cell(r, c, column);
  return arena_copy(r->arena, x->text, x->size);
}

static bool read_number(struct reading *r, const struct csv *c, enum field column, double *value) {
  const struct csv_cell *x = cell(r, c, column);
  if (csv_number(x, value)) return true;
  diag_error(r->diag, x->span, csv_number, cell_text(r, c, column));
  return false;
}

// A word that all rows of a series must share.
static bool same(struct reading *r, const struct csv *c, enum field column, const char **shared, const char *series) {
  const char *text = cell_text(r, c, column);
  if (!*shared) *shared = text;
  if (strcmp(*shared, text) == 0) return true;
  diag_error(r->diag, cell(r, c, column)->span, validate_mixed, series, column_names[column], *shared, text);
  return false;
}

static bool read_status(struct reading *r, const struct csv *c, bool *recalled) {
  const char *text = cell_text(r, c, STATUS);
  *recalled = strcmp(text, "recalled") == 0;
  if (*recalled || strcmp(text, "sourced") == 0) return true;
  diag_error(r->diag, cell(r, c, STATUS)->span, validate_status, text);
  return false;
}

static bool in_order(struct reading *r, const struct validation_series *s, const struct validation_point *p) {
  if (!s->points.count || s->points.items[s->points.count - 1].time < p->time) return true;
  diag_error(r->diag, p->span, validate_order, s->name);
  return false;
}

static void read_row(struct reading *r, const struct csv *c) {
  const char *name = cell_text(r, c, SERIES);
  uint32_t index = map_get(&r->series, name);
  if (index == MAP_NONE) return;  // a file may hold more series than are compared
  struct validation_series *s = &r->v->series.items[index];
  struct validation_point p = {.span = cell(r, c, YEAR)->span, .model = NAN};
  bool ok = read_number(r, c, YEAR, &p.time) && read_number(r, c, VALUE, &p.value);
  ok = read_status(r, c, &p.recalled) && ok;
  ok = same(r, c, UNIT, &s->unit_text, name) && ok;
  ok = same(r, c, VINTAGE, &s->vintage, name) && ok;
  if (csv_is_blank(cell(r, c, SOURCE))) {
    diag_error(r->diag, p.span, validate_source, name);
    ok = false;
  }
  if (!s->probe.unit) s->probe.unit = unit_parse(&r->units, s->unit_text, cell(r, c, UNIT)->span, r->diag);
  if (ok && in_order(r, s, &p)) list_push(r->arena, &s->points) = p;
}

static void read_data(struct reading *r, const struct tree *file) {
  if (!reader_expect(file, file ? file->span : NOWHERE, TREE_SCALAR, "'data'", r->diag)) return;
  const char *path = source_sibling(r->arena, r->v->path, file->text);
  const struct source *source = source_read(r->arena, path, LIMIT_DATA_BYTES, r->diag);
  struct csv c;
  if (!source || !csv_open(&c, r->arena, source, r->diag)) return;
  bool ok = true;
  for (int i = 0; i < COLUMNS; i++) ok = csv_column(&c, column_names[i], file->span, &r->column[i], r->diag) && ok;
  while (ok && csv_next(&c, r->diag)) read_row(r, &c);
}

// Steps between neighbours that are longer than the shortest one are gaps.
static void check_gaps(struct reading *r, const struct validation_series *s) {
  double shortest = INFINITY;
  char before[32], after[32];
  if (!s->points.count) diag_error(r->diag, s->span, validate_empty, s->name);
  for (size_t i = 1; i < s->points.count; i++)
    shortest = fmin(shortest, s->points.items[i].time - s->points.items[i - 1].time);
  for (size_t i = 1; !s->sparse && i < s->points.count; i++) {
    double from = s->points.items[i - 1].time, until = s->points.items[i].time;
    if (until - from <= shortest * 1.5) continue;
    diag_error(r->diag, s->points.items[i].span, validate_gap, s->name, text_from_number(from, before),
               text_from_number(until, after));
  }
}

// ---- the whole

static bool read_head(struct reading *r, const struct tree *t, const char *data_dir) {
  static const char *const known[] = {"validation", "title",   "doc",    "model", "scenario",
                                      "data",       "periods", "series", NULL};
  if (!reader_expect(t, t->span, TREE_MAP, "a validation", r->diag) || !reader_keys(t, "a validation", known, r->diag))
    return false;
  const struct tree *name = tree_get(t, "validation"), *model = tree_get(t, "model"),
                    *scenario = tree_get(t, "scenario");
  if (!reader_expect(name, t->span, TREE_SCALAR, "'validation'", r->diag)) return false;
  r->v->name = name->text;
  reader_label(tree_get(t, "title"), r->v->name, &r->v->title, r->diag);
  r->v->model_path = source_sibling(r->arena, r->v->path, model ? model->text : "model.yaml");
  if (scenario) r->v->scenario_path = source_sibling(r->arena, r->v->path, scenario->text);
  r->v->model = model_read(r->arena, r->v->model_path, data_dir, r->diag);
  return r->v->model;
}

struct validation *validate_read(struct arena *a, const char *path, const char *data_dir, struct diag *diag) {
  size_t errors = diag->errors;
  const struct source *source = source_read(a, path, LIMIT_FILE_BYTES, diag);
  const struct tree *t = source ? yaml_read(a, source, diag) : NULL;
  if (!t) return NULL;
  struct reading r = {.arena = a, .v = arena_new(a, struct validation), .diag = diag};
  r.v->path = source->path;
  map_init(&r.series, a);
  if (!read_head(&r, t, data_dir)) return NULL;
  r.units = unit_table_copy(&r.v->model->units, a);
  read_periods(&r, tree_get(t, "periods"), t->span);
  const struct tree *series = tree_get(t, "series");
  if (reader_expect(series, t->span, TREE_MAP, "'series'", diag))
    for (size_t i = 0; i < series->count; i++) read_series(&r, series->keys[i], series->items[i]);
  if (diag->errors == errors) read_data(&r, tree_get(t, "data"));
  if (diag->errors == errors)
    for (size_t i = 0; i < r.v->series.count; i++) check_gaps(&r, &r.v->series.items[i]);
  return diag->errors == errors ? r.v : NULL;
}
