// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes the scenario reader over a fixed small model: any bytes end in a scenario or in errors, and what a scenario
// sets lies within the ranges of the levers.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "lang/scenario.h"

static const char model_text[] =
    "model: m\n"
    "time: {unit: yr, start: 2010, stop: 2050, step: 1/8, save: 1}\n"
    "units: {yr: base, t: base, kt: 1000 t}\n"
    "dimensions: {d: [x, y], part: {of: d, elements: [y]}}\n"
    "levers: {l: {unit: t, points: [[2010, 1], [2050, 2]], range: [0, 10]}}\n"
    "inputs: {i: {unit: 1, value: 1}}\n"
    "parameters:\n  p: {unit: yr, value: 1}\n  q[d]: {unit: 1, value: 1}\n";

static char model_path[64], scenario_path[64];

static void write_file(const char *path, const void *data, size_t size) {
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0) abort();
}

static char folder[] = "/tmp/fuzz-scenario-XXXXXX";
static void remove_folder(void) {
  unlink(model_path);
  unlink(scenario_path);
  rmdir(folder);
}

static void make_folder(void) {
  if (model_path[0]) return;
  if (!mkdtemp(folder) || atexit(remove_folder) != 0) abort();
  snprintf(model_path, sizeof model_path, "%s/model.yaml", folder);
  snprintf(scenario_path, sizeof scenario_path, "%s/s.yaml", folder);
}

static void check_level(double level) {
  if (!isnan(level) && (level < 0 || level > 10)) abort();
}

static void check(const struct scenario *s) {
  if (!s->name[0] || strchr(s->name, '/') || s->name[0] == '.' || !(s->step > 0) || !(s->stop > s->start)) abort();
  for (size_t i = 0; i < s->levers.count; i++) {
    const struct steer *x = &s->levers.items[i];
    check_level(x->kind == STEER_CONSTANT ? x->constant : NAN);
    for (size_t k = 0; x->levels && k < s->phases.count; k++) check_level(x->levels[k]);
    for (size_t k = 0; k < x->points.count; k++) check_level(x->points.y[k]);
  }
  for (size_t i = 0; i < s->parameters.count; i++)
    if (!isfinite(s->parameters.items[i].value)) abort();
}

void fuzz_one(struct arena *a, const uint8_t *data, size_t size) {
  make_folder();  // the same paths for every input
  write_file(model_path, model_text, sizeof model_text - 1);
  write_file(scenario_path, data, size);
  struct diag diag;
  diag_init(&diag, a);
  const struct model *m = model_read(a, model_path, NULL, &diag);
  if (!m) abort();
  const struct scenario *s = scenario_read(a, scenario_path, m, NULL, 0, &diag);
  if (!s != (diag.errors > 0)) abort();
  if (s) check(s);
}
