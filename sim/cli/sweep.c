// SPDX-License-Identifier: GPL-3.0-or-later
// simulate sweep: reads and checks everything, runs the sweep, writes its files and shows what came of the indicators.
// The journal in the folder outlives a kill; --resume goes on from it.
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/sweep_show.h"
#include "output/runinfo.h"
#include "output/sweep_files.h"

static const char usage[] =
    "simulate sweep FILE           run a scenario many times, as its `sweep:` block says (docs/sweeps.md)\n"
    "\n"
    "Writes sweep.nc, sweep.csv, summary.json and run-info.json, members.csv when members are kept, and failures.csv\n"
    "when runs failed. Results have the same bits for any number of threads, after a resume, and from shards.\n"
    "\n"
    "  --members N         how many members: 1 to 4294967295\n"
    "  --seed N            0 to 2^64 - 1\n"
    "  --sampling NAME     random, latin or sobol\n"
    "  --keep members      keep each member: in sweep.nc its saved numbers, in members.csv parameters and outcomes\n"
    "  --precision NAME    of kept members: float32 or float64\n"
    "  --memory SIZE       for exact quantiles, as in 128 MiB; a sketch with a stated bound when they need more\n"
    "  --failures SHARE    of runs that may fail before the exit code is 3: 5 %\n"
    "  -o, --out DIR       write to DIR (default: out/SCENARIO-sweep)\n"
    "  --resume            go on with the sweep in DIR, which was stopped\n"
    "  --extend N          make the sweep in DIR N members long (random, sobol)\n"
    "  --shard 3/16        compute the third of sixteen parts; `simulate merge` joins them\n"
    "  --threads N         default: one for each processor\n"
    "  --lanes N           members computed side by side: 16, 32, 64 or 128 (default: by the size of the model)\n"
    "  --set NAME=VALUE    set a parameter, lever or input; may be repeated\n"
    "  --save all|A,B,...  variables to reduce (default: the scenario's, or indicators, stocks, levers)\n"
    "  --method NAME       integration method: `simulate help methods`\n"
    "  --step X            step of integration, in the model's time unit: 0.125 or 1/8\n"
    "  --units warn        errors of units are warnings (default: --units error)\n"
    "  --data-dir DIR      let the model name files below DIR\n"
    "  --lang en|zh        language of the table\n"
    "  -q, --quiet         show only errors\n";

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static const char *folder_of(struct cli *c, const struct asked *a) {
  if (c->options.out) return c->options.out;
  const char *name = arena_format(&c->arena, "%s-sweep", a->study->spec->scenario->name);
  const char *folder = file_join(&c->arena, "out", name);
  if (!c->options.shards) return folder;
  return file_join(&c->arena, folder, arena_format(&c->arena, "shard-%u-of-%u", c->options.shard, c->options.shards));
}

static bool check_options(struct cli *c) {
  const struct options *o = &c->options;
  if (!o->operands.count) diag_error(&c->diag, NOWHERE, usage_files);
  if (o->operands.count > 1) diag_error(&c->diag, NOWHERE, usage_one_file, "sweep");
  if (o->shards && o->extend) diag_error(&c->diag, NOWHERE, usage_together, "--shard", "--extend");
  if (o->members && o->extend) diag_error(&c->diag, NOWHERE, usage_together, "--members", "--extend");
  return !c->diag.errors;
}

static bool is_follower(const struct cli *c) {
  return c->crew && !c->crew->leader;
}

// Is every process? What they all have to say about a file is said once, by the leader.
static bool all_ready(struct cli *c, bool ready) {
  enum sweep_agreement state =
      !c->crew ? ready ? SWEEP_AGREED : SWEEP_LEADER_FAILED : c->crew->agree(c->crew->context, ready);
  if (state == SWEEP_LEADER_FAILED && is_follower(c)) c->diag.messages.count = c->diag.errors = 0;
  if (state == SWEEP_FOLLOWER_FAILED && !is_follower(c)) diag_error(&c->diag, NOWHERE, sweep_follower);
  return state == SWEEP_AGREED;
}

static struct sweep_options options_of(struct cli *c, const struct asked *a, const char *folder) {
  const struct options *o = &c->options;
  return (struct sweep_options){.journal = asked_journal(&c->arena, folder),
                                .spool = asked_spool(&c->arena, folder),
                                .about = asked_text(c, a),
                                .resume = o->resume,
                                .extend = o->extend,
                                .members = o->members,
                                .shard = o->shard,
                                .shards = o->shards,
                                .threads = (unsigned)o->threads,
                                .lanes = (uint32_t)o->lanes,
                                .crew = c->crew};
}

static int run(struct cli *c) {
  double start = now();
  struct asked *a = check_options(c) ? asked_make(c, c->options.operands.items[0]) : NULL;
  const char *folder = a ? folder_of(c, a) : NULL;
  bool ready = a && (is_follower(c) || file_make_folder(&c->arena, folder, &c->diag));
  if (!all_ready(c, ready)) return cli_exit_code(c);
  struct sweep_show show = {.cli = c, .study = a->study, .folder = folder};
  struct sink sink = sweep_show_sink(&show);
  struct sweep_options options = options_of(c, a, folder);
  struct sweep_report report;
  struct runinfo info = {.command = runinfo_quote(&c->arena, c->argc, c->argv), .sweep = &report};
  info.compile_seconds = now() - start;
  bool good = sweep_run(&c->arena, a->study, &options, &sink, &report, &c->diag);
  sweep_show_end(&show);
  if (is_follower(c)) return cli_exit_code(c);
  info.run_seconds = report.seconds;
  info.threads = report.threads;
  good = good && runinfo_write(&c->arena, file_join(&c->arena, folder, "run-info.json"), a->study->programs[0], &info,
                               &c->diag);
  if (good) sweep_show_result(&show, &report);
  if (good && !report.partial) sweep_show_failed(&show, &report);
  return cli_exit_code(c);
}

const struct verb verb_sweep = {"sweep", usage,
                                OPTION_BIT(DATA_DIR) | OPTION_BIT(EXTEND) | OPTION_BIT(FAILURES) | OPTION_BIT(KEEP) |
                                    OPTION_BIT(LANES) | OPTION_BIT(LANG) | OPTION_BIT(MEMBERS) | OPTION_BIT(MEMORY) |
                                    OPTION_BIT(METHOD) | OPTION_BIT(OUT) | OPTION_BIT(PRECISION) | OPTION_BIT(QUIET) |
                                    OPTION_BIT(RESUME) | OPTION_BIT(SAMPLING) | OPTION_BIT(SAVE) | OPTION_BIT(SEED) |
                                    OPTION_BIT(SET) | OPTION_BIT(SHARD) | OPTION_BIT(STEP) | OPTION_BIT(THREADS) |
                                    OPTION_BIT(UNITS),
                                run};
