// SPDX-License-Identifier: GPL-3.0-or-later
// The constructs of XMILE as data: tests/xmile/*.txt hold cases, each a name, a model and what must come of it:
//
//     == name of the case
//     <aux name='x'>...          variables, under the head of xmile_support.c
//     @                          from here on behind the model: macros, other models; "@file": a whole file
//     = x 1.5 2                  x at time 1.5 is 2
//     ! some words               a message that must be given; without any "=" the model must be refused, or fail
//
// Every case that runs must also give the same numbers after it was written and read again, unless it says
// "! XMILE has no words for".
#include <criterion/criterion.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/source.h"
#include "base/text.h"
#include "lower/lower.h"
#include "xmile/xmile.h"
#include "xmile/xmile_write.h"
#include "xmile_support.h"

TestSuite(xmile_constructs);

struct wanted {
  const char *name;
  double time, value;
};
struct construct {
  const char *file, *name, *variables, *rest;
  bool whole;  // `rest` is the file
  LIST(struct wanted) numbers;
  LIST(const char *) messages;
};

static struct bench bench;
static char root[4096];

// ---- reading the cases

static void read_wanted(struct arena *a, struct construct *c, char *line) {
  char *name = strtok(line, " "), *time = strtok(NULL, " "), *value = strtok(NULL, " ");
  cr_assert(name && time && value, "%s, %s: = NAME TIME VALUE", c->file, c->name);
  list_push(a, &c->numbers) = (struct wanted){arena_string(a, name), strtod(time, NULL), strtod(value, NULL)};
}

static void read_line(struct arena *a, struct construct *c, char *line) {
  if (strncmp(line, "= ", 2) == 0) {
    read_wanted(a, c, line + 2);
  } else if (strncmp(line, "! ", 2) == 0) {
    list_push(a, &c->messages) = arena_string(a, line + 2);
  } else if (*line == '@') {
    c->rest = "", c->whole = strcmp(line, "@file") == 0;
  } else {
    const char **part = c->rest ? &c->rest : &c->variables;
    *part = arena_format(a, "%s%s\n", *part, line);
  }
}

struct constructs {
  LIST(struct construct) list;
};

static void read_cases(struct arena *a, const char *path, struct constructs *all) {
  FILE *file = fopen(path, "r");
  char *line = NULL;
  size_t size = 0;
  cr_assert(file, "%s", path);
  for (struct construct *c = NULL; getline(&line, &size, file) > 0;) {
    line[strcspn(line, "\n")] = 0;
    if (strncmp(line, "== ", 3) == 0) {
      c = &list_push(a, &all->list);
      *c = (struct construct){.file = path, .name = arena_string(a, line + 3), .variables = ""};
    } else if (c && *line && *line != '#') {
      read_line(a, c, line);
    }
  }
  free(line);
  fclose(file);
}

// ---- running them

static void see_numbers(const struct construct *c, const struct results *r, const char *how) {
  for (size_t i = 0; i < c->numbers.count; i++) {
    const struct wanted *w = &c->numbers.items[i];
    double found = xmile_bench_value(r, w->name, w->time);
    cr_expect(fabs(found - w->value) <= 1e-9 * (1 + fabs(w->value)), "%s%s: %s at %g is %.15g, not %.15g", c->name, how,
              w->name, w->time, found, w->value);
  }
}

static bool says(const struct construct *c, const char *words) {
  for (size_t i = 0; i < c->messages.count; i++)
    if (strncmp(c->messages.items[i], words, strlen(words)) == 0) return true;
  return false;
}

// NULL: the case says that it cannot be written.
static struct model *again(const struct construct *c, const struct model *m) {
  struct text text = {0};
  struct scenario *s = scenario_of_model(&bench.arena, m, NULL, 0, &bench.diag);
  bool said = s && xmile_write(&text, &bench.arena, m, s, &bench.diag);
  if (said) bench_write("m.xmile", text.data);
  text_free(&text);
  if (!said) cr_expect(says(c, "XMILE has no words for"), "%s: %s", c->name, bench_messages(&bench));
  if (!said) return NULL;
  struct model *copy = xmile_read(&bench.arena, "m.xmile", NULL, &bench.diag);
  cr_assert(copy, "%s: what was written cannot be read: %s", c->name, bench_messages(&bench));
  return copy;
}

static bool runs(const struct model *m) {
  static const char *const all[] = {"save=all"};
  struct scenario *s = m ? scenario_of_model(&bench.arena, m, all, 1, &bench.diag) : NULL;
  struct checked *checked = s ? check_model(&bench.arena, m, s, true, &bench.diag) : NULL;
  struct program *p = checked ? lower(&bench.arena, checked, &(struct lower_options){0}, &bench.diag) : NULL;
  return p && run_single(&bench.arena, p, &bench.diag) && !bench.diag.errors;
}

static void see(const struct construct *c) {
  bench_open(&bench);
  struct model *m =
      c->whole ? xmile_bench_file(&bench, c->rest) : xmile_bench_body(&bench, c->variables, c->rest ? c->rest : "");
  if (c->numbers.count) {
    cr_assert(m, "%s: %s", c->name, bench_messages(&bench));
    see_numbers(c, xmile_bench_run(&bench, m), "");
    struct model *copy = again(c, m);
    if (copy) see_numbers(c, xmile_bench_run(&bench, copy), ", written and read again");
  } else {
    cr_expect_not(runs(m), "%s: it runs", c->name);
  }
  for (size_t i = 0; i < c->messages.count; i++)
    cr_expect(strstr(bench_messages(&bench), c->messages.items[i]), "%s: '%s' is not said, but\n%s", c->name,
              c->messages.items[i], bench_messages(&bench));
  bench_close(&bench);
}

Test(xmile_constructs, compute_what_the_standard_says) {
  struct arena a;
  jmp_buf oom;
  glob_t files;
  struct constructs all = {0};
  cr_assert(getcwd(root, sizeof root));
  arena_init(&a, &oom);
  cr_assert_eq(setjmp(oom), 0);
  cr_assert_eq(glob(arena_format(&a, "%s/tests/xmile/*.txt", root), 0, NULL, &files), 0);
  for (size_t i = 0; i < files.gl_pathc; i++) read_cases(&a, files.gl_pathv[i], &all);
  globfree(&files);
  cr_assert(all.list.count > 50);
  for (size_t i = 0; i < all.list.count; i++) {
    see(&all.list.items[i]);
    cr_assert_eq(chdir(root), 0);
  }
  arena_free(&a);
}
