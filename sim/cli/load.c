// SPDX-License-Identifier: GPL-3.0-or-later
// Reads what the command line names, stage by stage, and widens the save set by what the scorecard reads. Settings from
// the command line go to the scenario's reader, where they pass the same checks as the file.
#define _GNU_SOURCE  // realpath
#include "cli/load.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "cli/plots.h"
#include "lang/yaml.h"
#include "output/benchmark.h"
#include "output/file.h"
#include "output/scorecard.h"
#include "vensim/mdl.h"
#include "xmile/xmile.h"

enum document { DOCUMENT_NONE, DOCUMENT_MODEL, DOCUMENT_SCENARIO };

bool load_is_foreign(const char *path) {
  return xmile_is_file(path) || mdl_is_file(path);
}

// `model:` is a name in a model, and a file in a scenario, though it be one that lacks its own name.
static bool names_file(const struct tree *model) {
  if (model->kind != TREE_SCALAR) return false;
  const char *end = strrchr(model->text, '.');
  return strchr(model->text, '/') || load_is_foreign(model->text) || (end && strcmp(end, ".yaml") == 0);
}

static enum document document_kind(struct cli *c, const char *path) {
  if (load_is_foreign(path)) return DOCUMENT_MODEL;
  struct source *s = source_read(&c->arena, path, LIMIT_FILE_BYTES, &c->diag);
  struct tree *t = s ? yaml_read(&c->arena, s, &c->diag) : NULL;
  if (!t) return DOCUMENT_NONE;
  bool is_map = t->kind == TREE_MAP;
  const struct tree *model = is_map ? tree_get(t, "model") : NULL;
  if (is_map && (tree_get(t, "scenario") || tree_get(t, "extends"))) return DOCUMENT_SCENARIO;
  if (model) return names_file(model) ? DOCUMENT_SCENARIO : DOCUMENT_MODEL;
  diag_error(&c->diag, t->span, document_kind, path);
  return DOCUMENT_NONE;
}

// The path that two names of one file share.
static const char *resolved(struct arena *a, const char *path) {
  char *real = realpath(path, NULL);  // from libc's heap; a jump of the copy would lose it, so it is copied by hand
  if (!real) return arena_string(a, path);
  char buffer[4096];
  bool fits = strlen(real) < sizeof buffer;
  if (fits) memcpy(buffer, real, strlen(real) + 1);
  free(real);
  return arena_string(a, fits ? buffer : path);
}

static struct model *load_model(struct loader *l, const char *path) {
  struct arena *a = &l->cli->arena;
  const char *real = resolved(a, path);
  for (size_t i = 0; i < l->models.count; i++)
    if (strcmp(l->models.items[i].path, real) == 0) return l->models.items[i].model;
  const char *data_dir = l->cli->options.data_dir;
  struct diag *diag = &l->cli->diag;
  struct model *m = xmile_is_file(path) ? xmile_read(a, path, data_dir, diag)
                    : mdl_is_file(path) ? mdl_read(a, path, data_dir, diag)
                                        : model_read(a, path, data_dir, diag);
  list_push(a, &l->models) = (struct loaded_model){real, m};
  return m;
}

static bool load_scenario(struct loader *l, struct input *in) {
  struct cli *c = l->cli;
  const char *const *sets = c->options.sets.items;
  size_t count = c->options.sets.count;
  enum document kind = document_kind(c, in->path);
  if (kind == DOCUMENT_NONE) return false;
  const char *path = kind == DOCUMENT_MODEL ? in->path : scenario_model_path(&c->arena, in->path, &c->diag);
  in->model = path ? load_model(l, path) : NULL;
  if (!in->model) return false;
  in->scenario = kind == DOCUMENT_MODEL ? scenario_of_model(&c->arena, in->model, sets, count, &c->diag)
                                        : scenario_read(&c->arena, in->path, in->model, sets, count, &c->diag);
  if (in->scenario) in->model = in->scenario->model;
  return in->scenario;
}

static const bool *asked_for(struct cli *c, const struct input *in) {
  size_t count = in->model->variables.count;
  bool *shown = arena_array(&c->arena, bool, count);
  for (size_t i = 0; i < count; i++) {
    enum variable_kind kind = in->model->variables.items[i].kind;
    bool usual = kind == VARIABLE_STOCK || kind == VARIABLE_INDICATOR || kind == VARIABLE_LEVER;
    shown[i] = in->scenario->save_all || (!in->scenario->saved.count && usual);
  }
  for (size_t i = 0; i < in->scenario->saved.count; i++) shown[in->scenario->saved.items[i]] = true;
  return shown;
}

// Adds to the save set what the scorecard reads.
static void complete_saved(struct cli *c, struct input *in) {
  struct scenario *s = in->scenario;
  size_t count = in->model->variables.count;
  in->shown = asked_for(c, in);
  if (s->save_all) return;
  bool *needed = arena_array(&c->arena, bool, count);
  scorecard_needs(in->checked, needed);
  plots_need(c, in->model, needed);
  if (in->model->stop_varies) needed[in->model->stop_variable] = true;
  bool usual = !s->saved.count;
  for (uint32_t i = 0; i < count; i++)
    if (usual ? in->shown[i] || needed[i] : needed[i] && !in->shown[i]) list_push(&c->arena, &s->saved) = i;
}

static bool is_repeat(const struct message *m, const struct message *earlier) {
  if (m->severity != earlier->severity || m->id != earlier->id || m->at.at != earlier->at.at) return false;
  if (!m->at.source || !earlier->at.source) return false;
  return strcmp(m->at.source->path, earlier->at.source->path) == 0 && strcmp(m->text, earlier->text) == 0;
}

// Scenarios share models and what they extend: an error there is said once, not once a scenario.
static void forget_repeats(struct diag *d, size_t from) {
  size_t kept = from;
  for (size_t i = from; i < d->messages.count; i++) {
    const struct message *m = &d->messages.items[i];
    bool repeat = false;
    for (size_t k = 0; k < from && !repeat; k++) repeat = is_repeat(m, &d->messages.items[k]);
    if (!repeat)
      d->messages.items[kept++] = *m;
    else if (m->severity == SEVERITY_ERROR)
      d->errors--;
    else
      d->warnings--;
  }
  d->messages.count = kept;
}

// The instant at which a run reaches the end that the model itself computes, from a run that saves every step.
static double found_end(struct cli *c, const struct input *in) {
  struct diag silent;
  diag_init(&silent, &c->arena);
  struct scenario every = *in->scenario;
  every.save = every.step;
  struct checked checked = *in->checked;
  checked.scenario = &every;
  struct program *p = lower(&c->arena, &checked, &(struct lower_options){0}, &silent);
  const struct results *r = p ? run_single(&c->arena, p, &silent) : NULL;
  size_t column = p ? program_column(p, in->model->stop_variable, 0) : SIZE_MAX;
  for (size_t i = 1; r && column != SIZE_MAX && i < p->save_count; i++)
    if (r->times[i] >= r->values[i * p->column_count + column] - 1e-6 * p->step) return r->times[i];
  return in->scenario->stop;
}

// A model may end its run itself. Members of a sweep would end apart, which is not supported.
static bool settle_end(struct cli *c, struct input *in, enum load_stage stage) {
  if (!in->model->stop_varies) return true;
  if (stage == LOAD_PROGRAM) in->scenario->stop = found_end(c, in);
  if (stage == LOAD_PLAIN) diag_error(&c->diag, in->model->time_span, model_end_varies, in->path);
  return stage != LOAD_PLAIN;
}

static bool load_stages(struct loader *l, const char *path, enum load_stage stage, struct input *in) {
  struct cli *c = l->cli;
  *in = (struct input){.path = path};
  if (!load_scenario(l, in)) return false;
  if (stage == LOAD_AST) return true;
  in->checked =
      check_model(&c->arena, in->model, in->scenario, c->options.lenient_units || in->model->foreign, &c->diag);
  if (!in->checked || !benchmark_check(in->checked, &c->diag)) return false;
  if (stage == LOAD_PLAIN) return settle_end(c, in, stage);
  size_t errors = c->diag.errors;
  // Other programs keep everything; a model of theirs may have no stock at all.
  if (stage == LOAD_PROGRAM && in->model->foreign && !in->scenario->saved.count) in->scenario->save_all = true;
  complete_saved(c, in);
  if (c->diag.errors > errors) return false;
  if (stage == LOAD_CHECKED) return true;
  settle_end(c, in, stage);
  in->program = lower(&c->arena, in->checked, &(struct lower_options){0}, &c->diag);
  return in->program;
}

bool load_input(struct loader *l, const char *path, enum load_stage stage, struct input *in) {
  size_t messages = l->cli->diag.messages.count;
  bool good = load_stages(l, path, stage, in);
  forget_repeats(&l->cli->diag, messages);
  return good;
}

struct input *load_all(struct cli *c, enum load_stage stage) {
  struct loader l = {.cli = c};
  size_t count = c->options.operands.count;
  struct input *inputs = arena_array(&c->arena, struct input, count);
  if (!count) diag_error(&c->diag, NOWHERE, usage_files);
  bool good = count > 0;
  for (size_t i = 0; i < count; i++) good = load_input(&l, c->options.operands.items[i], stage, &inputs[i]) && good;
  return good ? inputs : NULL;
}

const char *load_beside(struct cli *c, const char *name) {
  struct stat info;
  if (!c->options.operands.count) diag_error(&c->diag, NOWHERE, usage_files);
  if (c->options.operands.count > 1) diag_error(&c->diag, NOWHERE, usage_one_file, c->argv[1]);
  if (c->options.operands.count != 1) return NULL;
  const char *path = c->options.operands.items[0];
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode) ? file_join(&c->arena, path, name) : path;
}
