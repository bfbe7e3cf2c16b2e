// SPDX-License-Identifier: GPL-3.0-or-later
#define _GNU_SOURCE  // setenv, mkstemp
#include "loaded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "design/spec.h"
#include "lang/yaml.h"
#include "lower/lower.h"
#include "vensim/mdl.h"
#include "xmile/xmile.h"

_Noreturn static void give_up(const struct loaded *l, const char *what) {
  fprintf(stderr, "bench: %s\n", what);
  for (size_t i = 0; l && i < l->diag.messages.count; i++) fprintf(stderr, "%s\n", l->diag.messages.items[i].text);
  exit(1);
}

static void *need(void *memory) {
  if (!memory) give_up(NULL, "out of memory");
  return memory;
}

static const struct model *read_model(struct loaded *l, const char *path) {
  if (mdl_is_file(path)) return mdl_read(&l->arena, path, NULL, &l->diag);
  if (xmile_is_file(path)) return xmile_read(&l->arena, path, NULL, &l->diag);
  return model_read(&l->arena, path, NULL, &l->diag);
}

static bool is_scenario(struct loaded *l, const char *path) {
  if (mdl_is_file(path) || xmile_is_file(path)) return false;
  struct source *s = source_read(&l->arena, path, LIMIT_FILE_BYTES, &l->diag);
  struct tree *t = s ? yaml_read(&l->arena, s, &l->diag) : NULL;
  if (!t) give_up(l, path);
  return tree_get(t, "scenario");
}

void loaded_begin(struct loaded *l) {
  memset(l, 0, sizeof *l);
  arena_init(&l->arena, NULL);
  diag_init(&l->diag, &l->arena);
}

struct scenario *loaded_read(struct loaded *l, const char *path, const char *const *sets, size_t set_count) {
  bool given = is_scenario(l, path);
  const char *at = given ? scenario_model_path(&l->arena, path, &l->diag) : path;
  const struct model *m = at ? read_model(l, at) : NULL;
  if (!m) give_up(l, path);
  struct scenario *s = given ? scenario_read(&l->arena, path, m, sets, set_count, &l->diag)
                             : scenario_of_model(&l->arena, m, sets, set_count, &l->diag);
  if (!s) give_up(l, path);
  return s;
}

const struct checked *loaded_check(struct loaded *l, const struct scenario *s) {
  const struct checked *c = check_model(&l->arena, s->model, s, s->model->foreign, &l->diag);
  if (!c) give_up(l, s->model->path);
  return c;
}

void loaded_lower(struct loaded *l, const struct checked *c, bool uncertain) {
  struct lower_options options = {0};
  if (uncertain) {
    const struct sweep_spec *spec = spec_read(&l->arena, c->scenario, NULL, 0, &l->diag);
    l->design = spec ? design_create(&l->arena, spec, &l->diag) : NULL;
    if (!l->design) give_up(l, c->model->path);
    options = (struct lower_options){.uncertain = l->design->program_parameters, .uncertain_count = l->design->count};
  }
  l->program = lower(&l->arena, c, &options, &l->diag);
  if (!l->program) give_up(l, c->model->path);
}

void loaded_open(struct loaded *l, const char *path, const char *const *sets, size_t set_count) {
  loaded_begin(l);
  loaded_lower(l, loaded_check(l, loaded_read(l, path, sets, set_count)), true);
}

void loaded_open_text(struct loaded *l, const char *model_text) {
  char path[] = "/tmp/bench-XXXXXX";
  int file = mkstemp(path);
  size_t size = strlen(model_text);
  if (file < 0 || write(file, model_text, size) != (ssize_t)size || close(file)) give_up(NULL, "cannot write to /tmp");
  loaded_open(l, path, NULL, 0);
  unlink(path);
}

void loaded_close(struct loaded *l) {
  arena_free(&l->arena);
}

// ---- machines

size_t rig_saved(const struct rig *r) {
  const struct program *p = r->loaded->program;
  return p->save_count * p->column_count * r->lanes * sizeof(double);
}

void rig_open(struct rig *r, const struct loaded *l, const struct kernel *k, uint32_t lanes) {
  *r = (struct rig){.loaded = l, .kernel = k, .lanes = lanes};
  setenv("SIMULATE_KERNEL", k->name, 1);
  r->machine = need(machine_create(l->program, lanes, NULL));
  unsetenv("SIMULATE_KERNEL");
  double *parameters = need(calloc((l->design->count + 1) * lanes, sizeof *parameters));
  design_draw(l->design, 0, lanes, lanes, parameters);
  uint64_t *members = need(calloc(lanes, sizeof *members));
  for (uint32_t i = 0; i < lanes; i++) members[i] = i;
  r->batch = (struct batch){.parameters = parameters,
                            .members = members,
                            .seed = l->design->seed,
                            .saved = need(malloc(rig_saved(r) + 1)),
                            .failures = need(calloc(lanes, sizeof(struct failure)))};
}

void rig_run(struct rig *r) {
  if (machine_run(r->machine, &r->batch)) give_up(NULL, "a member failed");
}

void rig_close(struct rig *r) {
  machine_free(r->machine);
  free((void *)r->batch.parameters);
  free((void *)r->batch.members);
  free(r->batch.saved);
  free(r->batch.failures);
}

size_t loaded_operations(const struct code *code) {
  size_t sum = 0;
  for (size_t i = 0; i < code->count; i++) sum += (size_t)code->items[i].outer_count * code->items[i].inner_count;
  return sum;
}
