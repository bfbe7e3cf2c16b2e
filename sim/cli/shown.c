// SPDX-License-Identifier: GPL-3.0-or-later
// See shown.h. A folder is taken as it is, or, when it holds folders of results (of a batch), for those, by their
// names; a scenario stands for out/NAME and out/NAME-sweep, those that are there.
#include "cli/shown.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "lang/yaml.h"
#include "output/file.h"
#include "output/table.h"
#include "report/words.h"

struct folders {
  LIST(const char *) list;
};

static bool is_folder(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool holds(struct cli *c, const char *folder, const char *name) {
  struct stat info;
  return stat(file_join(&c->arena, folder, name), &info) == 0;
}

// One more than a report can take, so that the error about too many comes from where it stands.
enum { MOST_FOLDERS = 2 * LIMIT_REPORT_CASES + 1 };

static void add_folders_in(struct cli *c, struct folders *f, const char *folder) {
  size_t before = f->list.count;
  struct dirent **entries = NULL;
  int count = scandir(folder, &entries, NULL, alphasort);
  const char **names = arena_array(&c->arena, const char *, count > 0 ? (size_t)count : 1);
  for (int i = 0; i < count; i++) names[i] = arena_copy(&c->arena, entries[i]->d_name, strlen(entries[i]->d_name));
  for (int i = 0; i < count; i++) free(entries[i]);
  free(entries);
  for (int i = 0; i < count && f->list.count - before < MOST_FOLDERS; i++) {
    const char *path = file_join(&c->arena, folder, names[i]);
    if (names[i][0] != '.' && is_folder(path) && holds(c, path, "summary.json")) list_push(&c->arena, &f->list) = path;
  }
}

static void add_folder(struct cli *c, struct folders *f, const char *folder) {
  size_t before = f->list.count;
  if (!holds(c, folder, "summary.json")) add_folders_in(c, f, folder);
  if (f->list.count > before) return;
  if (!holds(c, folder, "summary.json") && holds(c, folder, "compare.csv"))
    diag_error(&c->diag, NOWHERE, report_comparison, folder);
  else
    list_push(&c->arena, &f->list) = folder;
}

// The name that a scenario file gives itself; NULL after an error.
static const char *scenario_name(struct cli *c, const char *path) {
  struct source *s = source_read(&c->arena, path, LIMIT_FILE_BYTES, &c->diag);
  struct tree *t = s ? yaml_read(&c->arena, s, &c->diag) : NULL;
  if (!t) return NULL;
  struct tree *name = t->kind == TREE_MAP ? tree_get(t, "scenario") : NULL;
  if (name && name->kind == TREE_SCALAR) return name->text;
  diag_error(&c->diag, t->span, report_no_results, path);
  return NULL;
}

static void add_scenario(struct cli *c, struct folders *f, const char *name) {
  const char *run = file_join(&c->arena, "out", name);
  const char *sweep = arena_format(&c->arena, "%s-sweep", run);
  bool safe = *name && name[0] != '.' && !strchr(name, '/');
  if (safe && is_folder(run)) list_push(&c->arena, &f->list) = run;
  if (safe && is_folder(sweep)) list_push(&c->arena, &f->list) = sweep;
  if (!safe || (!is_folder(run) && !is_folder(sweep))) diag_error(&c->diag, NOWHERE, report_no_results, run);
}

static void add_operand(struct cli *c, struct folders *f, const char *operand) {
  struct stat info;
  if (is_folder(operand)) {
    add_folder(c, f, operand);
  } else if (stat(operand, &info) == 0) {
    const char *name = scenario_name(c, operand);
    if (name) add_scenario(c, f, name);
  } else if (strchr(operand, '/')) {
    diag_error(&c->diag, NOWHERE, report_no_results, operand);
  } else {
    add_scenario(c, f, operand);
  }
}

struct bundle *shown_read(struct cli *c) {
  struct folders f = {0};
  for (size_t i = 0; i < c->options.operands.count; i++) add_operand(c, &f, c->options.operands.items[i]);
  if (c->diag.errors) return NULL;
  return bundle_read(&c->arena, f.list.items, f.list.count, &c->diag);
}

struct shown_names shown_split(struct arena *a, const char *text) {
  struct shown_names names = {0};
  int depth = 0;
  for (const char *s = text, *from = s; s; s++) {
    depth += (*s == '[') - (*s == ']');
    if (*s && (*s != ',' || depth > 0)) continue;
    if (s > from) list_push(a, &names.list) = arena_copy(a, from, (size_t)(s - from));
    if (!*s) break;
    from = s + 1;
  }
  return names;
}

void shown_spell(const struct bundle *b, struct shown_names *names) {
  for (size_t i = 0; i < names->list.count; i++) names->list.items[i] = bundle_spelled(b, names->list.items[i]);
}

void shown_say_written(struct cli *c, const char *path) {
  struct stat info;
  if (c->options.quiet || stat(path, &info) != 0) return;
  const char *size = words_number(&c->arena, (double)((info.st_size + 999) / 1000));
  const char *shown = table_safe(&c->arena, path);
  text_printf(&c->out, "%s\n", words_format(&c->arena, c->options.language, WORD_written, shown, size));
}
