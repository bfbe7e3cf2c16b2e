// SPDX-License-Identifier: GPL-3.0-or-later
// Folders, texts and messages for tests of the readers; see reader_support.h.
#define _GNU_SOURCE  // nftw, mkdtemp, open_memstream
#include "reader_support.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

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
