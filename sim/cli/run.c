// SPDX-License-Identifier: GPL-3.0-or-later
// simulate run: everything is read and checked first, and only when all files are in order does the first run start;
// then each is run, shown and written. A numerical failure in one does not keep the others from running.
#include <math.h>
#include <time.h>

#include "cli/load.h"
#include "cli/plots.h"
#include "output/csvout.h"
#include "output/phase_report.h"
#include "output/runinfo.h"
#include "output/summary.h"

static const char usage[] =
    "simulate [run] FILE...        run scenarios (or models as they stand)\n"
    "\n"
    "Writes run.csv, summary.json and run-info.json to out/SCENARIO/ and shows a scorecard.\n"
    "Several files are a batch: nothing runs unless all are valid.\n"
    "\n"
    "  --set NAME=VALUE    set a parameter, lever or input; may be repeated\n"
    "  -o, --out DIR       write to DIR; for a batch to DIR/SCENARIO\n"
    "  --save all|A,B,...  variables in run.csv (default: the scenario's; else indicators, stocks, levers,\n"
    "                      and of another program's model all)\n"
    "  --method NAME       integration method: `simulate help methods`\n"
    "  --step X            step of integration, in the model's time unit: 0.125 or 1/8\n"
    "  --plot A,B,...      draw variables on the terminal: charts of up to four, else a line for each\n"
    "  --check-step        run again at half the step and report what changes\n"
    "  --units warn        errors of units are warnings (default: --units error)\n"
    "  --data-dir DIR      let the model name files below DIR\n"
    "  --lang en|zh        language of the scorecard\n"
    "  --no-files          write no files\n"
    "  --notes             show the gap to each benchmark by phase, and what is doubtful with it\n"
    "  -q, --quiet         show only errors\n";

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool names_differ(struct cli *c, const struct input *inputs, size_t count) {
  struct map names;
  map_init(&names, &c->arena);
  for (uint32_t i = 0; i < count; i++) {
    const char *name = inputs[i].scenario->name;
    uint32_t first = map_add(&names, name, i);
    if (first != i) diag_error(&c->diag, NOWHERE, scenario_twice, inputs[first].path, inputs[i].path, name);
  }
  return !c->diag.errors;
}

static const char *folder_of(struct cli *c, const struct input *in) {
  const char *base = c->options.out ? c->options.out : "out";
  if (c->options.out && c->options.operands.count == 1) return base;
  return file_join(&c->scratch, base, in->scenario->name);
}

// The same program at half the step: only the times of a scenario enter below check.
static const struct results *run_half(struct cli *c, const struct input *in) {
  struct scenario *s = arena_new(&c->scratch, struct scenario);
  struct checked *checked = arena_new(&c->scratch, struct checked);
  *s = *in->scenario;
  s->step /= 2;
  *checked = *in->checked;
  checked->scenario = s;
  struct program *p = lower(&c->scratch, checked, &(struct lower_options){0}, &c->diag);
  return p ? run_single(&c->scratch, p, &c->diag) : NULL;
}

static bool write_files(struct cli *c, const struct input *in, const struct scorecard *card,
                        const struct stepcheck *check, const struct runinfo *info) {
  struct arena *a = &c->scratch;
  const char *folder = folder_of(c, in);
  struct summary_options options = {c->options.sets.items, c->options.sets.count, c->options.lenient_units};
  return file_make_folder(a, folder, &c->diag) &&
         csvout_write(a, file_join(a, folder, "run.csv"), card->results, in->shown, &c->diag) &&
         summary_write(a, file_join(a, folder, "summary.json"), card, check, &options, &c->diag) &&
         runinfo_write(a, file_join(a, folder, "run-info.json"), in->program, info, &c->diag);
}

static void show(struct cli *c, const struct input *in, const struct scorecard *card, const struct stepcheck *check) {
  if (c->options.quiet) return;
  bool bold = cli_is_bold();
  scorecard_print(&c->out, &c->scratch, card, c->options.language, bold);
  phase_report_print(&c->out, &c->scratch, card, phase_report_create(&c->scratch, card), c->options.language);
  if (c->options.notes) phase_report_notes(&c->out, &c->scratch, card, c->options.language, bold);
  if (c->options.given[OPTION_PLOT]) plots_show(c, card->results);
  if (check) stepcheck_print(&c->out, &c->scratch, check, in->model, c->options.language, bold);
}

static void show_folder(struct cli *c, const struct input *in) {
  const char *folder = table_safe(&c->scratch, folder_of(c, in));
  text_puts(&c->out, messages_format(&c->scratch, c->options.language, MESSAGE_results_in, folder));
  text_puts(&c->out, "\n");
}

static bool run_input(struct cli *c, const struct input *in, struct runinfo *info) {
  double start = now();
  const struct results *r = run_single(&c->scratch, in->program, &c->diag);
  info->run_seconds = now() - start;
  if (!r) return false;
  const struct scorecard *card = scorecard_create(&c->scratch, r);
  bool failed = !isnan(r->failure.time);  // then there is nothing to compare
  const struct results *half = c->options.check_step && !failed ? run_half(c, in) : NULL;
  const struct stepcheck *check = half ? stepcheck_create(&c->scratch, card, half) : NULL;
  show(c, in, card, check);
  if (!c->options.no_files) {
    if (!write_files(c, in, card, check, info)) return false;
    if (!c->options.quiet) show_folder(c, in);
  }
  return cli_flush(c);
}

static int run(struct cli *c) {
  double start = now();
  struct input *inputs = load_all(c, LOAD_PROGRAM);
  size_t count = c->options.operands.count;
  if (!inputs || !names_differ(c, inputs, count)) return cli_exit_code(c);
  struct runinfo info = {.command = runinfo_quote(&c->arena, c->argc, c->argv), .threads = 1};
  info.compile_seconds = now() - start;
  for (size_t i = 0; i < count; i++) {
    if (i && !c->options.quiet) text_puts(&c->out, "\n");
    run_input(c, &inputs[i], &info);
    jmp_buf *oom = c->scratch.oom;
    arena_free(&c->scratch);
    arena_init(&c->scratch, oom);
  }
  return cli_exit_code(c);
}

const struct verb verb_run = {"run", usage,
                              OPTION_BIT(CHECK_STEP) | OPTION_BIT(DATA_DIR) | OPTION_BIT(LANG) | OPTION_BIT(METHOD) |
                                  OPTION_BIT(NO_FILES) | OPTION_BIT(NOTES) | OPTION_BIT(OUT) | OPTION_BIT(PLOT) |
                                  OPTION_BIT(QUIET) | OPTION_BIT(SAVE) | OPTION_BIT(SET) | OPTION_BIT(STEP) |
                                  OPTION_BIT(UNITS),
                              run};
