// SPDX-License-Identifier: GPL-3.0-or-later
// simulate merge: the results of a sweep that was computed in shards, the same as of one that was not.
#include "cli/sweep_show.h"
#include "output/runinfo.h"
#include "output/sweep_files.h"

static const char usage[] =
    "simulate merge DIR...         join the shards of a sweep and write its results\n"
    "\n"
    "Each DIR holds a shard, as `simulate sweep --shard` left it; together they hold every member. The merged sweep "
    "can\n"
    "be replayed and extended like any other.\n"
    "\n"
    "  -o, --out DIR       write to DIR (default: out/SCENARIO-sweep)\n"
    "  --lang en|zh        language of the table\n"
    "  -q, --quiet         show only errors\n";

static struct sweep_source *sources_of(struct cli *c) {
  struct sweep_source *sources = arena_array(&c->arena, struct sweep_source, c->options.operands.count);
  for (size_t i = 0; i < c->options.operands.count; i++) {
    const char *folder = c->options.operands.items[i];
    sources[i] = (struct sweep_source){asked_journal(&c->arena, folder), asked_spool(&c->arena, folder)};
  }
  return sources;
}

static int run(struct cli *c) {
  if (!c->options.operands.count) diag_error(&c->diag, NOWHERE, usage_files);
  if (c->diag.errors) return cli_exit_code(c);
  const struct sweep_source *sources = sources_of(c);
  struct ledger_plan plan;
  struct asked *a = asked_again(c, sources[0].journal, NULL, &plan);
  if (!a) return cli_exit_code(c);
  const char *name = arena_format(&c->arena, "%s-sweep", a->study->spec->scenario->name);
  const char *folder = c->options.out ? c->options.out : file_join(&c->arena, "out", name);
  if (!file_make_folder(&c->arena, folder, &c->diag)) return cli_exit_code(c);
  struct sweep_show show = {.cli = c, .study = a->study, .folder = folder};
  struct sink sink = sweep_show_sink(&show);
  struct sweep_options options = {.journal = asked_journal(&c->arena, folder),
                                  .spool = asked_spool(&c->arena, folder),
                                  .about = asked_text(c, a),
                                  .threads = 1};
  struct sweep_report report;
  struct runinfo info = {.command = runinfo_quote(&c->arena, c->argc, c->argv), .threads = 1, .sweep = &report};
  bool good = sweep_merge(&c->arena, a->study, sources, c->options.operands.count, &options, &sink, &report, &c->diag);
  info.run_seconds = report.seconds;
  good = good && runinfo_write(&c->arena, file_join(&c->arena, folder, "run-info.json"), a->study->programs[0], &info,
                               &c->diag);
  if (good) sweep_show_result(&show, &report);
  if (good) sweep_show_failed(&show, &report);
  return cli_exit_code(c);
}

const struct verb verb_merge = {"merge", usage, OPTION_BIT(LANG) | OPTION_BIT(OUT) | OPTION_BIT(QUIET), run};
