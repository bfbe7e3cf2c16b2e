// SPDX-License-Identifier: GPL-3.0-or-later
// simulate test: the tests that stand beside a model, all in one batch. A table of tests, then each sentence that does
// not hold, with its place in the file.
#include "analyse/model_test.h"
#include "analyse/reality.h"
#include "cli/load.h"
#include "output/table.h"

static const char usage[] =
    "simulate test MODEL           run the tests that stand beside a model\n"
    "\n"
    "MODEL is a folder with a file tests.yaml, or such a file: see docs/evidence.md. Each test sets conditions and\n"
    "states what must come out. Prints a table; exit code 1 when a sentence does not hold. Of an .mdl file its "
    "reality\n"
    "checks are run.\n"
    "\n"
    "  --data-dir DIR      let the model name files below DIR\n"
    "  --lang en|zh        language of the table\n"
    "  -q, --quiet         show only errors\n";

#define TEXT(c, id) messages_text((c)->options.language, MESSAGE_##id)

static void put_row(struct cli *c, struct table *t, const struct model_test *test) {
  table_cell(t, messages_label(c->options.language, test->title));
  table_cell(t, arena_format(&c->scratch, "%zu", test->checks));
  table_cell(t, test->failed ? arena_format(&c->scratch, "%s (%zu)", TEXT(c, test_failed), test->failed)
                             : TEXT(c, test_passed));
}

static void show(struct cli *c, const struct model_tests *tests) {
  if (c->options.quiet || !tests->checks) return;
  struct table t;
  size_t count = tests->tests.count;
  text_printf(&c->out, "%s\n\n", table_safe(&c->scratch, messages_label(c->options.language, tests->title)));
  table_init(&t, &c->scratch);
  table_column(&t, TEXT(c, test_name), false);
  table_column(&t, TEXT(c, test_checks), true);
  table_column(&t, TEXT(c, test_result), false);
  for (size_t i = 0; i < count; i++) put_row(c, &t, &tests->tests.items[i]);
  table_print(&c->out, &t, cli_is_bold());
  text_printf(&c->out, "\n%s\n",
              messages_format(&c->scratch, c->options.language, MESSAGE_test_summary, count - tests->failed, count,
                              tests->checks, tests->conditions.count));
}

// ---- reality checks of a foreign model

static void put_reality(struct cli *c, struct table *t, const struct reality *r, const struct reality_outcome *o) {
  static const enum message_id results[] = {MESSAGE_test_passed, MESSAGE_test_failed, MESSAGE_test_idle,
                                            MESSAGE_test_refused};
  table_cell(t, r->name);
  table_cell(t, messages_text(c->options.language, r->forced ? MESSAGE_test_forced : MESSAGE_test_watched));
  table_cell(t, arena_format(&c->scratch, "%zu", o->checks));
  table_cell(t, messages_text(c->options.language, results[o->verdict]));
}

static void show_realities(struct cli *c, const struct model *m, const struct reality_outcome *o) {
  struct table t;
  table_init(&t, &c->scratch);
  table_column(&t, TEXT(c, test_reality), false);
  table_column(&t, TEXT(c, test_condition), false);
  table_column(&t, TEXT(c, test_checks), true);
  table_column(&t, TEXT(c, test_result), false);
  for (size_t i = 0; i < m->realities.count; i++) put_reality(c, &t, &m->realities.items[i], &o[i]);
  table_print(&c->out, &t, cli_is_bold());
}

static int test_foreign(struct cli *c, const char *path) {
  struct loader l = {.cli = c};
  struct input in;
  if (!load_input(&l, path, LOAD_CHECKED, &in)) return cli_exit_code(c);
  struct reality_outcome *o = reality_run(&c->arena, in.model, &c->diag);
  if (o && !c->options.quiet) show_realities(c, in.model, o);
  return cli_exit_code(c);
}

static int test(struct cli *c) {
  const char *path = load_beside(c, "tests.yaml");
  if (path && load_is_foreign(path)) return test_foreign(c, path);
  struct model_tests *tests = path ? model_test_read(&c->arena, path, c->options.data_dir, &c->diag) : NULL;
  if (!tests) return cli_exit_code(c);
  model_test_run(&c->arena, tests, &c->diag);
  show(c, tests);
  return cli_exit_code(c);
}

const struct verb verb_test = {"test", usage, OPTION_BIT(DATA_DIR) | OPTION_BIT(LANG) | OPTION_BIT(QUIET), test};
