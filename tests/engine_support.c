// SPDX-License-Identifier: GPL-3.0-or-later
// See engine_support.h.
#define _GNU_SOURCE
#include "engine_support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void lab_open(struct lab *l) {
  memset(l, 0, sizeof *l);
  arena_init(&l->arena, NULL);  // a test that runs out of memory crashes
  diag_init(&l->diag, &l->arena);
}

void lab_close(struct lab *l) {
  arena_free(&l->arena);
}

static const char *write_file(struct lab *l, const char *text) {
  char path[] = "/tmp/engine-XXXXXX";
  int file = mkstemp(path);
  size_t size = strlen(text);
  cr_assert(file >= 0 && write(file, text, size) == (ssize_t)size);
  close(file);
  return arena_string(&l->arena, path);
}

static bool check_texts(struct lab *l, const char *model, const char *scenario, const char *const *sets, size_t count) {
  const char *path = write_file(l, model);
  l->model = model_read(&l->arena, path, NULL, &l->diag);
  unlink(path);
  if (!l->model) return false;
  if (scenario) {
    const char *text = arena_format(&l->arena, "scenario: s\nmodel: %s\n%s", path, scenario);
    const char *at = write_file(l, text);
    l->scenario = scenario_read(&l->arena, at, l->model, sets, count, &l->diag);
    unlink(at);
  } else {
    l->scenario = scenario_of_model(&l->arena, l->model, sets, count, &l->diag);
  }
  if (!l->scenario) return false;
  if (!l->scenario->saved.count) l->scenario->save_all = true;
  l->checked = check_model(&l->arena, l->model, l->scenario, true, &l->diag);
  return l->checked && !l->diag.errors;
}

bool lab_check(struct lab *l, const char *model, const char *scenario) {
  return check_texts(l, model, scenario, NULL, 0);
}

bool lab_check_files(struct lab *l, const char *scenario, const char *const *sets, size_t set_count) {
  const char *path = scenario_model_path(&l->arena, scenario, &l->diag);
  l->model = path ? model_read(&l->arena, path, NULL, &l->diag) : NULL;
  l->scenario = l->model ? scenario_read(&l->arena, scenario, l->model, sets, set_count, &l->diag) : NULL;
  l->checked = l->scenario ? check_model(&l->arena, l->model, l->scenario, false, &l->diag) : NULL;
  return l->checked && !l->diag.errors;
}

bool lab_lower(struct lab *l, const struct lower_options *options) {
  l->program = lower(&l->arena, l->checked, options ? options : &(struct lower_options){0}, &l->diag);
  return l->program != NULL;
}

bool lab_run(struct lab *l) {
  l->results = run_single(&l->arena, l->program, &l->diag);
  return l->results && !l->diag.errors;
}

void lab_set(struct lab *l, const char *model, const char *scenario, const char *const *sets, size_t set_count) {
  cr_assert(check_texts(l, model, scenario, sets, set_count) && lab_lower(l, NULL) && lab_run(l), "%s\n%s\n%s", model,
            scenario ? scenario : "", lab_messages(l));
}

void lab_make(struct lab *l, const char *model, const char *scenario) {
  lab_set(l, model, scenario, NULL, 0);
}

size_t lab_column(const struct lab *l, const char *name) {
  for (size_t c = 0; c < l->program->column_count; c++)
    if (strcmp(l->program->columns[c].name, name) == 0) return c;
  cr_assert(false, "no column %s", name);
  return 0;
}

double lab_value(const struct lab *l, const char *name, double t) {
  const struct results *r = l->results;
  size_t best = 0;
  for (size_t i = 0; i < l->program->save_count; i++)
    if (fabs(r->times[i] - t) < fabs(r->times[best] - t)) best = i;
  return r->values[best * l->program->column_count + lab_column(l, name)];
}

const char *lab_messages(struct lab *l) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  cr_assert(out);
  diag_print(&l->diag, out);
  fclose(out);
  const char *copy = arena_copy(&l->arena, text, size);
  free(text);
  return copy;
}

const char *lab_dump(struct lab *l) {
  struct text text = {0};
  program_print(&text, l->program);
  const char *copy = arena_copy(&l->arena, text.data, text.size);
  text_free(&text);
  return copy;
}

double *lab_batch(struct lab *l, uint32_t lanes, const double *parameters, const uint64_t *members, uint64_t seed,
                  struct failure *failures) {
  struct machine *m = machine_create(l->program, lanes, &l->diag);
  cr_assert(m, "%s", lab_messages(l));
  struct failure own[128];
  double *saved = arena_array(&l->arena, double, l->program->save_count * l->program->column_count * lanes + 1);
  struct batch b = {.parameters = parameters,
                    .members = members,
                    .seed = seed,
                    .saved = saved,
                    .failures = failures ? failures : own};
  machine_run(m, &b);
  machine_free(m);
  return saved;
}

struct lower_options lab_uncertain(struct lab *l, bool levers) {
  LIST(struct program_parameter) list = {0};
  for (uint32_t v = 0; v < l->model->variables.count; v++) {
    const struct variable *x = &l->model->variables.items[v];
    for (uint32_t e = 0; x->kind == VARIABLE_PARAMETER && x->prior && e < x->element_count; e++)
      if (x->prior[e].kind)
        list_push(&l->arena, &list) = (struct program_parameter){.variable = v, .element = e, .point = UINT32_MAX};
    const struct steer *s = NULL;
    for (size_t i = 0; i < l->scenario->levers.count; i++)
      if (l->scenario->levers.items[i].variable == v) s = &l->scenario->levers.items[i];
    if (!levers || x->kind != VARIABLE_LEVER) continue;
    size_t points = !s                        ? x->path.count
                    : s->kind == STEER_POINTS ? s->points.count
                    : s->kind == STEER_PHASES ? l->scenario->phases.count
                                              : 1;
    for (uint32_t p = 0; p < points; p++)
      if (!s || s->kind != STEER_PHASES || !isnan(s->levels[p]))
        list_push(&l->arena, &list) = (struct program_parameter){.variable = v, .point = p};
  }
  return (struct lower_options){.uncertain = list.items, .uncertain_count = list.count};
}

bool lab_same(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

bool lab_near(double a, double b, double relative, double absolute) {
  if (a == b || (isnan(a) && isnan(b))) return true;
  return fabs(a - b) <= relative * fmax(fabs(a), fabs(b)) + absolute;
}
