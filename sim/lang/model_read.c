// SPDX-License-Identifier: GPL-3.0-or-later
// YAML -> struct model. Opens all files, then reads section after section over all of them: units, dimensions,
// functions, variables. Collects errors throughout, so that one run shows what is wrong in the whole model; names
// inside expressions are left to check.
#include "lang/model_read.h"

#include <string.h>

#include "base/limits.h"
#include "lang/scenario.h"

static const char *const main_keys[] = {"model",      "title",      "version", "doc",         "source",     "time",
                                        "units",      "dimensions", "include", "functions",   "mappings",   "foreign",
                                        "method",     "stocks",     "flows",   "auxiliaries", "indicators", "constants",
                                        "parameters", "levers",     "inputs",  "tables",      NULL};
static const char *const sector_keys[] = {"sector",    "mappings",   "doc",    "source", "units",       "dimensions",
                                          "include",   "functions",  "stocks", "flows",  "auxiliaries", "indicators",
                                          "constants", "parameters", "levers", "inputs", "tables",      NULL};
static const char *const time_keys[] = {"unit", "start", "stop", "step", "save", "ends", NULL};

static void read_texts(struct model_reader *r, const struct tree *t) {
  struct model *m = r->model;
  const struct tree *value;
  if ((value = tree_get(t, "version"))) reader_text(value, "'version'", &m->version, r->diag);
  if ((value = tree_get(t, "doc"))) reader_text(value, "'doc'", &m->doc, r->diag);
  if ((value = tree_get(t, "source"))) reader_text(value, "'source'", &m->source, r->diag);
}

// What only models that were imported have: the leniency of the field, and the method that their program uses.
static void read_origin(struct model_reader *r, const struct tree *t) {
  const struct tree *foreign = tree_get(t, "foreign"), *method = tree_get(t, "method");
  unsigned choice;
  if (foreign) reader_flag(foreign, "'foreign'", &r->model->foreign, r->diag);
  if (method && reader_choice(method, "method", method_names, METHODS, &choice, r->diag))
    r->model->method = method_names[choice];
}

static void read_head(struct model_reader *r) {
  const struct tree *t = r->files.items[0]->tree, *name = tree_get(t, "model");
  if (!name) {
    diag_error(r->diag, t->span, model_name);
    if (tree_get(t, "scenario") || tree_get(t, "extends")) diag_hint(r->diag, "this file is a scenario, not a model");
    return;
  }
  reader_keys(t, "a model", main_keys, r->diag);
  r->model->span = name->span;
  reader_folder_name(name, "a model", &r->model->name, r->diag);
  reader_label(tree_get(t, "title"), r->model->name, &r->model->title, r->diag);
  read_texts(r, t);
  read_origin(r, t);
  for (size_t i = 1; i < r->files.count; i++) {
    const struct tree *sector = r->files.items[i]->tree, *text;
    struct model_sector s = {.path = r->files.items[i]->path};
    reader_keys(sector, "a sector file", sector_keys, r->diag);
    if ((text = tree_get(sector, "doc"))) reader_text(text, "'doc'", &s.doc, r->diag);
    if ((text = tree_get(sector, "source"))) reader_text(text, "'source'", &s.source, r->diag);
    if ((text = tree_get(sector, "sector"))) reader_label(text, r->files.items[i]->sector, &s.label, r->diag);
    list_push(r->arena, &r->model->sectors) = s;
  }
}

// A required number of the time section.
static bool read_instant(struct model_reader *r, const struct tree *time, const char *key, double *value,
                         struct span *at) {
  const struct tree *t = tree_get(time, key);
  *at = t ? t->span : time->span;
  if (t) return reader_number(&r->model->units, t, key, r->model->time_unit, value, r->diag);
  diag_error(r->diag, time->span, time_missing, key);
  return false;
}

static void read_time_unit(struct model_reader *r, const struct tree *time) {
  const struct tree *unit = tree_get(time, "unit");
  if (!unit) {
    diag_error(r->diag, time->span, time_missing, "unit");
  } else if (r->model->foreign && tree_is_null(unit)) {
    r->model->time_unit = unit_none(), r->model->time_unit_text = "";
  } else if (reader_text(unit, "'unit'", &r->model->time_unit_text, r->diag)) {
    r->model->time_unit = unit_parse(&r->model->units, unit->text, unit->span, r->diag);
  }
}

static void read_time(struct model_reader *r) {
  struct model *m = r->model;
  const struct tree *t = r->files.items[0]->tree, *time = tree_get(t, "time");
  if (!time) {
    diag_error(r->diag, m->span, model_time);
    return;
  }
  m->time_span = time->span;
  if (!reader_expect(time, t->span, TREE_MAP, "'time'", r->diag)) return;
  reader_keys(time, "'time'", time_keys, r->diag);
  read_time_unit(r, time);
  struct reader_clock c = {0};
  bool ok = read_instant(r, time, "start", &c.start, &c.start_at);
  ok = read_instant(r, time, "stop", &c.stop, &c.stop_at) && ok;
  ok = read_instant(r, time, "step", &c.step, &c.step_at) && ok;
  c.save = c.step, c.save_at = c.step_at;
  if (tree_get(time, "save")) ok = read_instant(r, time, "save", &c.save, &c.save_at) && ok;
  if (ok && m->time_unit && reader_clock_check(&c, r->diag)) reader_clock_warn(&c, r->diag);
  m->start = c.start, m->stop = c.stop, m->step = c.step, m->save = c.save;
}

// A foreign run may end where a variable says.
static void read_end(struct model_reader *r) {
  const struct tree *time = tree_get(r->files.items[0]->tree, "time"), *ends = time ? tree_get(time, "ends") : NULL;
  const char *name;
  if (!ends || !reader_text(ends, "'ends'", &name, r->diag)) return;
  r->model->stop_variable = map_get(&r->model->names, name);
  r->model->stop_varies = r->model->stop_variable != MAP_NONE;
  if (r->model->stop_varies) return;
  diag_error(r->diag, ends->span, unknown_variable, name);
  diag_did_you_mean(r->diag, map_nearest_key(&r->model->names, name));
}

struct model *model_read(struct arena *a, const char *path, const char *data_dir, struct diag *diag) {
  struct model *m = arena_new(a, struct model);
  size_t errors = diag->errors;
  m->arena = a;
  m->path = arena_string(a, path);
  m->name = "";
  unit_table_init(&m->units, a);
  map_init(&m->dimension_names, a);
  map_init(&m->names, a);
  map_init(&m->function_names, a);
  struct model_reader r = {.arena = a, .model = m, .diag = diag, .data_dir = data_dir};
  if (!model_files_open(&r, m->path)) return NULL;
  read_head(&r);
  if (!tree_get(r.files.items[0]->tree, "model")) return NULL;
  model_units_read(&r);
  read_time(&r);
  model_dimensions_read(&r);
  model_functions_read(&r);
  model_entries_read(&r);
  model_mappings_read(&r);
  read_end(&r);
  return diag->errors == errors ? m : NULL;
}
