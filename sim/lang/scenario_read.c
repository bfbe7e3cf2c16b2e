// SPDX-License-Identifier: GPL-3.0-or-later
// YAML -> struct scenario, over a model that was read without error. Merges files and options, then reads the clock,
// the method, phases, levers, inputs, parameters and the save set, collecting errors. The `sweep:` block is handed on
// as it is: only sweeps know its keys.
#include "lang/scenario_read.h"

#include <string.h>

static const char *const scenario_keys[] = {
    "scenario",   "title",  "doc",    "model",  "extends", "start", "stop",       "step", "phases", "ramp",
    "save_every", "levers", "inputs", "method", "rtol",    "atol",  "parameters", "save", "sweep",  NULL};

static void read_head(struct scenario_reader *r) {
  struct scenario *s = r->scenario;
  const struct tree *t = r->tree, *name = tree_get(t, "scenario"), *doc = tree_get(t, "doc");
  reader_keys(t, "a scenario", scenario_keys, r->diag);
  if (!name) {
    diag_error(r->diag, t->span, scenario_name);
  } else if (reader_folder_name(name, "a scenario", &s->name, r->diag)) {
    s->span = name->span;
  }
  reader_label(tree_get(t, "title"), s->name, &s->title, r->diag);
  if (doc) reader_text(doc, "'doc'", &s->doc, r->diag);
}

static bool read_instant(struct scenario_reader *r, const char *key, double *value, struct span *at) {
  const struct tree *t = tree_get(r->tree, key);
  *at = t ? t->span : r->scenario->span;
  return !t || reader_number(&r->units, t, key, r->model->time_unit, value, r->diag);
}

static bool read_clock(struct scenario_reader *r) {
  struct scenario *s = r->scenario;
  struct reader_clock c = {.start = s->start, .stop = s->stop, .step = s->step, .save = s->save};
  bool ok = read_instant(r, "start", &c.start, &c.start_at);
  ok = read_instant(r, "stop", &c.stop, &c.stop_at) && ok;
  ok = read_instant(r, "step", &c.step, &c.step_at) && ok;
  ok = read_instant(r, "save_every", &c.save, &c.save_at) && ok;
  if (!ok || !reader_clock_check(&c, r->diag)) return false;
  if (c.start != s->start || c.stop != s->stop || c.save != s->save) reader_clock_warn(&c, r->diag);
  s->start = c.start, s->stop = c.stop, s->step = c.step, s->save = c.save;
  return true;
}

static void read_tolerance(struct scenario_reader *r, const char *key, double *value) {
  const struct tree *t = tree_get(r->tree, key);
  if (!t || !reader_number(&r->units, t, key, unit_one(), value, r->diag)) return;
  if (!(*value > 0)) diag_error(r->diag, t->span, value_positive, key);
}

static void read_method(struct scenario_reader *r) {
  const struct tree *t = tree_get(r->tree, "method");
  unsigned method;
  if (t && reader_choice(t, "method", method_names, METHODS, &method, r->diag))
    r->scenario->method = (enum method)method;
  read_tolerance(r, "rtol", &r->scenario->rtol);
  read_tolerance(r, "atol", &r->scenario->atol);
}

static void read_default_ramp(struct scenario_reader *r) {
  const struct tree *t = tree_get(r->tree, "ramp");
  if (t && reader_number(&r->units, t, "'ramp'", r->model->time_unit, &r->ramp, r->diag) && r->ramp < 0)
    diag_error(r->diag, t->span, ramp_negative);
}

static void save_variable(struct scenario_reader *r, const struct tree *t, bool *saved) {
  const char *name;
  if (!reader_text(t, "a variable to save", &name, r->diag)) return;
  uint32_t index = model_find(r->model, r->arena, name, strlen(name));
  if (index == MAP_NONE) {
    diag_error(r->diag, t->span, save_unknown, name);
    if (reader_suggests(r->diag)) diag_did_you_mean(r->diag, map_nearest_key(&r->model->names, name));
    const char *bracket = strchr(name, '[');
    if (bracket) diag_hint(r->diag, "an array is saved as a whole: %.*s", (int)(bracket - name), name);
  } else if (r->model->variables.items[index].kind == VARIABLE_TABLE) {
    diag_error(r->diag, t->span, save_table, name);
  } else if (!saved[index]) {
    saved[index] = true;
    list_push(r->arena, &r->scenario->saved) = index;
  }
}

static void read_save(struct scenario_reader *r) {
  const struct tree *t = tree_get(r->tree, "save");
  if (!t) return;
  r->scenario->save_all = t->kind == TREE_SCALAR && strcmp(t->text, "all") == 0;
  if (r->scenario->save_all) return;
  if (t->kind != TREE_LIST || !t->count) {
    diag_error(r->diag, t->span, save_shape);
    return;
  }
  bool *saved = arena_array(r->arena, bool, r->model->variables.count);
  for (size_t i = 0; i < t->count; i++) save_variable(r, t->items[i], saved);
}

static void read_body(struct scenario_reader *r) {
  const struct tree *t;
  if ((t = tree_get(r->tree, "phases"))) scenario_phases_read(r, t);
  read_default_ramp(r);
  if ((t = tree_get(r->tree, "levers"))) scenario_steer_levers(r, t);
  if ((t = tree_get(r->tree, "inputs"))) scenario_steer_inputs(r, t);
  scenario_steer_parameters(r, tree_get(r->tree, "parameters"));
  read_save(r);
  r->scenario->sweep = tree_get(r->tree, "sweep");
  if (r->scenario->sweep) reader_expect(r->scenario->sweep, r->scenario->sweep->span, TREE_MAP, "'sweep'", r->diag);
}

static enum method own_method(const struct model *m) {
  for (unsigned i = 0; m->method && i < METHODS; i++)
    if (strcmp(m->method, method_names[i]) == 0) return (enum method)i;
  return METHOD_RK4;
}

static struct scenario *blank(struct arena *a, const struct model *m, const char *path) {
  struct scenario *s = arena_new(a, struct scenario);
  *s = (struct scenario){.arena = a,
                         .model = m,
                         .name = m->name,
                         .path = arena_string(a, path),
                         .span = m->span,
                         .title = m->title,
                         .doc = m->doc,
                         .start = m->start,
                         .stop = m->stop,
                         .step = m->step,
                         .save = m->save,
                         .method = own_method(m),
                         .rtol = 1e-6,
                         .atol = 1e-9};
  return s;
}

static struct scenario_reader reader_over(struct arena *a, struct scenario *s, const struct tree *t,
                                          struct diag *diag) {
  struct scenario_reader r = {.arena = a, .diag = diag, .scenario = s, .model = s->model, .tree = t};
  r.units = unit_table_copy(&s->model->units, a);
  s->model = r.model = scenario_open_levers(&r);
  return r;
}

static void apply_sets(struct scenario_reader *r, const char *const *sets, size_t count) {
  for (size_t i = 0; i < count; i++) scenario_set_apply(r, sets[i]);
}

struct scenario *scenario_read(struct arena *a, const char *path, const struct model *model, const char *const *sets,
                               size_t set_count, struct diag *diag) {
  size_t errors = diag->errors;
  struct scenario *s = blank(a, model, path);
  s->name = "", s->doc = NULL;
  const struct tree *tree = scenario_files_merge(a, s->path, s, diag);
  if (!tree) return NULL;
  s->span = tree->span;
  struct scenario_reader r = reader_over(a, s, tree, diag);
  read_head(&r);
  apply_sets(&r, sets, set_count);
  read_method(&r);
  if (read_clock(&r)) read_body(&r);
  return diag->errors == errors ? s : NULL;
}

struct scenario *scenario_of_tree(struct arena *a, const struct model *model, const struct tree *tree,
                                  struct diag *diag) {
  size_t errors = diag->errors;
  struct scenario *s = blank(a, model, model->path);
  struct scenario_reader r = reader_over(a, s, tree, diag);
  reader_keys(tree, "a scenario", scenario_keys, diag);
  read_method(&r);
  if (read_clock(&r)) read_body(&r);
  return diag->errors == errors ? s : NULL;
}

struct scenario *scenario_of_model(struct arena *a, const struct model *model, const char *const *sets,
                                   size_t set_count, struct diag *diag) {
  size_t errors = diag->errors;
  static const struct tree empty = {.kind = TREE_MAP};
  struct scenario *s = blank(a, model, model->path);
  struct scenario_reader r = reader_over(a, s, &empty, diag);
  apply_sets(&r, sets, set_count);
  read_method(&r);
  if (read_clock(&r)) read_body(&r);
  return diag->errors == errors ? s : NULL;
}
