// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes the model reader: any bytes as a model file end in a model or in errors. A model that is read gives a scenario
// of its own, and every number and path in it is finite and in order.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz.h"
#include "lang/scenario.h"

static char folder[] = "/tmp/fuzz-model-XXXXXX", path[64];
static void remove_folder(void) {
  unlink(path);
  rmdir(folder);
}

// The readers take files, since models include others: one file in a folder of its own, rewritten for each input.
static void write_file(const uint8_t *data, size_t size) {
  if (!path[0]) {
    if (!mkdtemp(folder) || atexit(remove_folder) != 0) abort();
    snprintf(path, sizeof path, "%s/model.yaml", folder);
  }
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0) abort();
}

static void check_path(const struct path *p) {
  for (size_t i = 0; i < p->count; i++)
    if (!isfinite(p->x[i]) || !isfinite(p->y[i]) || (i && p->x[i] < p->x[i - 1])) abort();
}

static void check(const struct model *m) {
  for (size_t i = 0; i < m->variables.count; i++) {
    const struct variable *v = &m->variables.items[i];
    if (!v->name || !v->unit || model_variable(m, v->name) != v) abort();
    for (size_t e = 0; v->values && e < v->element_count; e++)
      if (!isfinite(v->values[e])) abort();
    check_path(&v->path);
  }
}

void fuzz_one(struct arena *a, const uint8_t *data, size_t size) {
  write_file(data, size);
  struct diag diag;
  diag_init(&diag, a);
  const struct model *m = model_read(a, path, NULL, &diag);
  if (!m != (diag.errors > 0)) abort();
  if (!m) return;
  check(m);
  if (!scenario_of_model(a, m, NULL, 0, &diag)) abort();
}
