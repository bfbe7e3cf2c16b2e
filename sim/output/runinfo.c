// SPDX-License-Identifier: GPL-3.0-or-later
// Writes run-info.json, see runinfo.h. The hashes are map_hash64 (FNV-1a with a final mix): they find a changed file,
// they are no protection against someone who wants a collision.
#include "output/runinfo.h"

#include <string.h>

#include "base/map.h"
#include "kernel/kernel.h"
#include "output/jsonout.h"

static void put_features(struct jsonout *j, json_t *in) {
  json_t *features = jsonout_array(j, in, "cpu_features");
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("sse4.2")) jsonout_append(j, features, json_string("sse4.2"));
  if (__builtin_cpu_supports("avx2")) jsonout_append(j, features, json_string("avx2"));
  if (__builtin_cpu_supports("fma")) jsonout_append(j, features, json_string("fma"));
  if (__builtin_cpu_supports("avx512f")) jsonout_append(j, features, json_string("avx512f"));
  if (__builtin_cpu_supports("avx512dq")) jsonout_append(j, features, json_string("avx512dq"));
#else
  (void)features;
#endif
}

static void put_file(struct jsonout *j, json_t *files, const struct source *s) {
  char hash[32];
  snprintf(hash, sizeof hash, "%016llx", (unsigned long long)map_hash64(s->text, s->size));
  json_t *file = jsonout_object(j, files, NULL);
  jsonout_set(j, file, "path", jsonout_text(s->path));
  jsonout_set(j, file, "bytes", json_integer((json_int_t)s->size));
  jsonout_set(j, file, "fnv1a64", jsonout_text(hash));
}

static void put_files(struct jsonout *j, const struct program *p) {
  json_t *files = jsonout_array(j, j->root, "files");
  for (size_t i = 0; i < p->scenario->sources.count; i++) put_file(j, files, p->scenario->sources.items[i]);
  for (size_t i = 0; i < p->model->sources.count; i++) put_file(j, files, p->model->sources.items[i]);
}

static void put_size(struct jsonout *j, const struct program *p) {
  json_t *size = jsonout_object(j, j->root, "program");
  jsonout_set(j, size, "version", jsonout_text(SIMULATE_VERSION));
  jsonout_set(j, size, "states", json_integer(p->state_count));
  jsonout_set(j, size, "slots", json_integer(p->slot_count));
  jsonout_set(j, size, "instructions", json_integer((json_int_t)p->rates.count));
  jsonout_set(j, size, "steps", json_integer((json_int_t)p->steps));
}

// Seconds by stage are summed over threads, but for `write`.
static void put_sweep(struct jsonout *j, const struct sweep_report *r) {
  json_t *sweep = jsonout_object(j, j->root, "sweep");
  jsonout_set(j, sweep, "members", json_integer((json_int_t)r->members));
  jsonout_set(j, sweep, "members_found_done", json_integer((json_int_t)r->found));
  jsonout_set(j, sweep, "lanes", json_integer(r->lanes));
  json_t *stages = jsonout_object(j, sweep, "thread_seconds");
  jsonout_set(j, stages, "draw", jsonout_number(r->draw));
  jsonout_set(j, stages, "integrate", jsonout_number(r->integrate));
  jsonout_set(j, stages, "reduce", jsonout_number(r->reduce));
  jsonout_set(j, stages, "keep", jsonout_number(r->keep));
  jsonout_set(j, sweep, "write_seconds", jsonout_number(r->write));
}

bool runinfo_write(struct arena *a, const char *path, const struct program *p, const struct runinfo *info,
                   struct diag *diag) {
  struct jsonout j;
  jsonout_init(&j);
  jsonout_set(&j, j.root, "format", jsonout_text("simulate-run-info"));
  jsonout_set(&j, j.root, "format_version", json_integer(1));
  jsonout_set(&j, j.root, "command", jsonout_text(info->command));
  jsonout_set(&j, j.root, "kernel", jsonout_text(kernel_best()->name));
  put_features(&j, j.root);
  jsonout_set(&j, j.root, "threads", json_integer(info->threads));
  jsonout_set(&j, j.root, "compile_seconds", jsonout_number(info->compile_seconds));
  jsonout_set(&j, j.root, "run_seconds", jsonout_number(info->run_seconds));
  if (info->sweep) put_sweep(&j, info->sweep);
  put_size(&j, p);
  put_files(&j, p);
  return jsonout_write(a, path, &j, diag);
}

static bool is_plain(const char *word) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=,:@%+-";
  return *word && word[strspn(word, plain)] == 0;
}

// 'it'\''s': inside single quotes only the quote itself is special.
static const char *quote_word(struct arena *a, const char *word) {
  if (is_plain(word)) return word;
  char *out = arena_alloc(a, 4 * strlen(word) + 3), *at = out;
  *at++ = '\'';
  for (; *word; word++) {
    if (*word == '\'') {
      memcpy(at, "'\\''", 4);
      at += 4;
    } else {
      *at++ = *word;
    }
  }
  *at = '\'';
  return out;
}

const char *runinfo_quote(struct arena *a, int argc, char *const *argv) {
  const char **words = arena_array(a, const char *, (size_t)argc);
  size_t size = 1;
  for (int i = 0; i < argc; i++) size += strlen(words[i] = quote_word(a, argv[i])) + 1;
  char *line = arena_alloc(a, size), *at = line;
  for (int i = 0; i < argc; i++) at += sprintf(at, "%s%s", i ? " " : "", words[i]);
  return line;
}
