// SPDX-License-Identifier: GPL-3.0-or-later
// simulate compare: scenarios of one model side by side, the first as the reference. Nothing runs unless all are valid
// and of one model.
#include <string.h>

#include "base/map.h"
#include "cli/load.h"
#include "output/comparison.h"
#include "output/file.h"

static const char usage[] =
    "simulate compare A B...       differences between scenarios at phase ends\n"
    "\n"
    "The first scenario is the reference. Shows what the others have more or less of each indicator at the ends of\n"
    "phases, in its unit and in per cent, and which benchmarks and targets are reached in one and missed in another.\n"
    "Phases are matched by name. Writes compare.csv, compare-turns.csv and compare.xlsx, with all variables of the\n"
    "model, to out/compare/.\n"
    "\n"
    "  --save A,B,...      compare and show these variables instead\n"
    "  --set NAME=VALUE    set a parameter, lever or input in all scenarios; may be repeated\n"
    "  -o, --out DIR       write to DIR\n"
    "  --method NAME, --step X, --units warn, --data-dir DIR   as for run\n"
    "  --lang en|zh        language of the tables\n"
    "  --no-files          write no files\n"
    "  -q, --quiet         show only errors\n";

// More columns of a workbook than this are refused by spreadsheets.
enum { MOST_SCENARIOS = 100 };

static bool chosen(const struct cli *c) {
  for (size_t i = 0; i < c->options.sets.count; i++)
    if (strncmp(c->options.sets.items[i], "save=", 5) == 0) return true;
  return false;
}

static bool fit_together(struct cli *c, const struct input *in, size_t count) {
  struct map names;
  map_init(&names, &c->arena);
  for (uint32_t i = 0; i < count; i++) {
    if (!model_is_same(in[i].model, in[0].model))
      diag_error(&c->diag, NOWHERE, compare_models, in[i].path, in[i].model->name, in[0].path, in[0].model->name);
    uint32_t first = map_add(&names, in[i].scenario->name, i);
    if (first != i) diag_error(&c->diag, NOWHERE, compare_name, in[first].path, in[i].path, in[i].scenario->name);
  }
  return !c->diag.errors;
}

static const struct scorecard **run_all(struct cli *c, const struct input *in, size_t count) {
  const struct scorecard **cards = arena_array(&c->arena, const struct scorecard *, count);
  for (size_t i = 0; i < count; i++) {
    const struct results *r = run_single(&c->arena, in[i].program, &c->diag);
    if (!r || c->diag.errors) return NULL;
    cards[i] = scorecard_create(&c->arena, r);
  }
  return cards;
}

static bool write(struct cli *c, const struct comparison *x) {
  struct arena *a = &c->arena;
  const char *folder = c->options.out ? c->options.out : "out/compare";
  if (!file_make_folder(a, folder, &c->diag) || !comparison_write(a, folder, x, c->options.language, &c->diag))
    return false;
  const char *shown = table_safe(a, folder);
  if (!c->options.quiet)
    text_printf(&c->out, "\n%s\n", messages_format(a, c->options.language, MESSAGE_compare_results_in, shown, shown));
  return true;
}

static void compare_all(struct cli *c) {
  size_t count = c->options.operands.count;
  bool all = chosen(c);
  if (count < 2) {
    diag_error(&c->diag, NOWHERE, compare_few);
    return;
  }
  if (count > MOST_SCENARIOS) {
    diag_error(&c->diag, NOWHERE, usage_batch, MOST_SCENARIOS);
    return;
  }
  if (!all) list_push(&c->arena, &c->options.sets) = "save=all";
  struct input *in = load_all(c, LOAD_PROGRAM);
  const struct scorecard **cards = in && fit_together(c, in, count) ? run_all(c, in, count) : NULL;
  if (!cards) return;
  const struct comparison *x = comparison_create(&c->arena, cards, count, in[0].shown);
  if (!c->options.quiet) comparison_print(&c->out, &c->arena, x, all, c->options.language, cli_is_bold());
  if (!c->options.no_files) write(c, x);
}

static int compare(struct cli *c) {
  compare_all(c);
  return cli_exit_code(c);
}

const struct verb verb_compare = {"compare", usage,
                                  OPTION_BIT(DATA_DIR) | OPTION_BIT(LANG) | OPTION_BIT(METHOD) | OPTION_BIT(NO_FILES) |
                                      OPTION_BIT(OUT) | OPTION_BIT(QUIET) | OPTION_BIT(SAVE) | OPTION_BIT(SET) |
                                      OPTION_BIT(STEP) | OPTION_BIT(UNITS),
                                  compare};
