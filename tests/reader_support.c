// SPDX-License-Identifier: GPL-3.0-or-later
// Folders, texts and messages for tests of the readers; see reader_support.h.
#define _GNU_SOURCE  // nftw, mkdtemp, open_memstream
#include "reader_support.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "check/check.h"
#include "lower/lower.h"

const char bench_head[] =
    "model: m\n"
    "time: {unit: yr, start: 2010, stop: 2050, step: 1/16, save: 1}\n"
    "units: {yr: base, t: base, kt: 1000 t}\n"
    "dimensions:\n"
    "  industry: [ic, bio, ai]\n"
    "  leading: {of: industry, elements: [ic, ai]}\n"
    "  other: {of: industry}\n"
    "  region: {elements: [js, zj], label: {en: Region, zh: 地区}, labels: {js: {en: Jiangsu, zh: 江苏}}}\n";

static void fail(const char *what) {
  perror(what);
  abort();
}

void bench_open(struct bench *b) {
  snprintf(b->folder, sizeof b->folder, "/tmp/reader-test-XXXXXX");
  if (!mkdtemp(b->folder) || chdir(b->folder) != 0) fail("folder");
  if (setjmp(b->oom)) fail("out of memory in a test");
  arena_init(&b->arena, &b->oom);
  diag_init(&b->diag, &b->arena);
}

void bench_write(const char *name, const char *text) {
  char folder[256];
  const char *slash = strrchr(name, '/');
  if (slash) {
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
    mkdir(folder, 0700);
  }
  FILE *file = fopen(name, "wb");
  if (!file || fputs(text, file) < 0 || fclose(file) != 0) fail(name);
}

const char *bench_messages(struct bench *b) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (!out) fail("messages");
  diag_print(&b->diag, out);
  fclose(out);
  const char *copy = arena_copy(&b->arena, text, size);
  free(text);
  return copy;
}

static int delete_one(const char *path, const struct stat *info, int flag, struct FTW *where) {
  (void)info, (void)flag, (void)where;
  return remove(path);
}

void bench_close(struct bench *b) {
  arena_free(&b->arena);
  if (chdir("/") != 0 || nftw(b->folder, delete_one, 8, FTW_DEPTH | FTW_PHYS) != 0) fail(b->folder);
}

struct model *bench_model(struct bench *b, const char *body) {
  bench_write("model.yaml", arena_format(&b->arena, "%s%s", bench_head, body));
  return model_read(&b->arena, "model.yaml", NULL, &b->diag);
}

struct scenario *bench_scenario(struct bench *b, const struct model *m, const char *text) {
  bench_write("s.yaml", text);
  return scenario_read(&b->arena, "s.yaml", m, NULL, 0, &b->diag);
}

const struct results *bench_run(struct bench *b, const struct model *m) {
  static const char *const all[] = {"save=all"};
  cr_assert(m, "%s", bench_messages(b));
  struct scenario *s = scenario_of_model(&b->arena, m, all, 1, &b->diag);
  struct checked *c = s ? check_model(&b->arena, m, s, true, &b->diag) : NULL;
  struct program *p = c ? lower(&b->arena, c, &(struct lower_options){0}, &b->diag) : NULL;
  const struct results *r = p ? run_single(&b->arena, p, &b->diag) : NULL;
  cr_assert(r && !b->diag.errors, "%s", bench_messages(b));
  return r;
}

double bench_value(const struct results *r, const char *name, double time) {
  for (size_t c = 0; c < r->program->column_count; c++) {
    if (strcmp(r->program->columns[c].name, name) != 0) continue;
    for (size_t i = 0; i < r->program->save_count; i++)
      if (fabs(r->times[i] - time) < 1e-9) return r->values[i * r->program->column_count + c];
  }
  cr_assert(false, "no value of %s at %g", name, time);
  return NAN;
}
