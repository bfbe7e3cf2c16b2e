// SPDX-License-Identifier: GPL-3.0-or-later
// YAML -> struct model. Opens all files, then reads section after section over all of them: units, dimensions,
// functions, variables. Collects errors throughout, so that one run shows what is wrong in the whole model; names
// inside expressions are left to check.
#include "lang/model_read.h"

#include <string.h>

#include "base/limits.h"

static const char *const main_keys[] = {"model",      "title",  "version",     "doc",        "source",
                                        "time",       "units",  "dimensions",  "include",    "functions",
                                        "stocks",     "flows",  "auxiliaries", "indicators", "constants",
                                        "parameters", "levers", "inputs",      "tables",     NULL};
static const char *const sector_keys[] = {"sector",     "doc",    "source", "units",       "dimensions", "include",
                                          "functions",  "stocks", "flows",  "auxiliaries", "indicators", "constants",
                                          "parameters", "levers", "inputs", "tables",      NULL};
static const char *const time_keys[] = {"unit", "start", "stop", "step", "save", NULL};

static void read_texts(struct model_reader *r, const struct tree *t) {
  struct model *m = r->model;
  const struct tree *value;
  if ((value = tree_get(t, "version"))) reader_text(value, "'version'", &m->version, r->diag);
  if ((value = tree_get(t, "doc"))) reader_text(value, "'doc'", &m->doc, r->diag);
  if ((value = tree_get(t, "source"))) reader_text(value, "'source'", &m->source, r->diag);
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
  const char *ignored;
  for (size_t i = 1; i < r->files.count; i++) {
    const struct tree *sector = r->files.items[i]->tree, *text;
    reader_keys(sector, "a sector file", sector_keys, r->diag);
    if ((text = tree_get(sector, "doc"))) reader_text(text, "'doc'", &ignored, r->diag);
    if ((text = tree_get(sector, "source"))) reader_text(text, "'source'", &ignored, r->diag);
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
  if (ok && m->time_unit) reader_clock_check(&c, r->diag);
  m->start = c.start, m->stop = c.stop, m->step = c.step, m->save = c.save;
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
  return diag->errors == errors ? m : NULL;
}
