// SPDX-License-Identifier: GPL-3.0-or-later
// See bundle_read.h. Keys are those of docs/results.md and output/sweep_json.c; a key that is absent reads as empty,
// but tables must be complete: from the start to the stop that the summary states, or to the failure that it states.
#include "report/bundle_read.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "output/file.h"
#include "output/summary.h"

static bool check_format(const char *path, const struct record *r, bool *sweep, struct diag *diag) {
  const char *format = record_text(record_get(r, "format"), "");
  double version = record_get(r, "format_version")->number;
  *sweep = strcmp(format, "simulate-sweep-summary") == 0;
  if ((!*sweep && strcmp(format, "simulate-summary") != 0) || !(version >= 1)) {
    diag_error(diag, NOWHERE, report_format, path);
    return false;
  }
  if (version <= SUMMARY_FORMAT_VERSION) return true;
  diag_error(diag, NOWHERE, report_newer, path, (int)fmin(version, 1e9), SUMMARY_FORMAT_VERSION);
  return false;
}

const struct record *bundle_read_summary(struct arena *a, const char *folder, bool *sweep, struct diag *diag) {
  struct stat info;
  const char *path = file_join(a, folder, "summary.json");
  if (stat(path, &info) != 0) {
    diag_error(diag, NOWHERE, report_no_results, folder);
    return NULL;
  }
  const struct record *r = record_read(a, path, diag);
  return r && check_format(path, r, sweep, diag) ? r : NULL;
}

// Absent in folders that were made by hand; a broken one is an error.
static bool read_command(struct arena *a, const char *folder, const char **command, struct diag *diag) {
  struct stat info;
  const char *path = file_join(a, folder, "run-info.json");
  *command = "";
  if (stat(path, &info) != 0) return true;
  const struct record *r = record_read(a, path, diag);
  if (r) *command = record_text(record_get(r, "command"), "");
  return r;
}

struct label bundle_read_label(const struct record *r, const char *name) {
  const char *en = record_text(record_get(r, "en"), NULL), *zh = record_text(record_get(r, "zh"), NULL);
  return (struct label){en && *en ? en : name, zh && *zh ? zh : NULL};
}

static void read_limits(struct arena *a, struct bundle_run *run, const struct record *list) {
  for (size_t i = 0; list->kind == RECORD_LIST && i < list->count; i++) {
    const char *name = record_text(record_get(record_at(list, i), "name"), "");
    bool known = false;
    for (size_t k = 0; k < run->limits.count; k++) known = known || strcmp(run->limits.items[k], name) == 0;
    if (!known) list_push(a, &run->limits) = name;
  }
}

static void read_phases(struct arena *a, struct bundle_run *run, const struct record *list) {
  static const char *const kinds[] = {"printed", "checked"};
  for (size_t i = 0; list->kind == RECORD_LIST && i < list->count; i++) {
    const struct record *p = record_at(list, i);
    const char *name = record_text(record_get(p, "name"), "");
    struct bundle_phase *phase = &list_push(a, &run->phases);
    *phase = (struct bundle_phase){.name = name,
                                   .label = bundle_read_label(record_get(p, "label"), name),
                                   .start = record_get(p, "start")->number,
                                   .end = record_get(p, "end")->number};
    for (size_t k = 0; k < 2; k++) {
      phase->counted[k] = record_get(record_get(p, kinds[k]), "count")->number;
      phase->closed[k] = record_get(record_get(p, kinds[k]), "median_gap_closed")->number;
    }
    read_limits(a, run, record_get(p, "limits"));
  }
}

static struct bundle_moments read_moments(struct arena *a, const struct bundle_run *run, const struct record *r) {
  struct bundle_moments m = {.baseline = NAN, .horizon = record_get(r, "horizon")->number};
  m.phases = arena_array(a, double, run->phases.count);
  for (size_t i = 0; i < run->phases.count; i++)
    m.phases[i] = record_get(record_get(r, "phases"), run->phases.items[i].name)->number;
  return m;
}

static void read_benchmarks(struct arena *a, const struct bundle_run *run, struct bundle_indicator *to,
                            const struct record *list) {
  for (size_t i = 0; list->kind == RECORD_LIST && i < list->count; i++) {
    const struct record *r = record_at(list, i);
    list_push(a, &to->benchmarks) = (struct bundle_benchmark){
        .label = bundle_read_label(record_get(r, "label"), record_text(record_get(r, "name"), "")),
        .source = record_text(record_get(r, "source"), ""),
        .doc = bundle_read_label(record_get(r, "doc"), record_text(record_get(r, "doc"), NULL)),
        .checked = strcmp(record_text(record_get(r, "kind"), ""), "checked") == 0,
        .values = read_moments(a, run, record_get(r, "values")),
        .gap_closed = read_moments(a, run, record_get(r, "gap_closed"))};
  }
}

static double limit_of(const struct record *r, bool *at_most) {
  *at_most = record_get(r, "at_most")->kind == RECORD_NUMBER;
  return record_get(r, *at_most ? "at_most" : "at_least")->number;
}

static void read_targets(struct arena *a, struct bundle_indicator *to, const struct record *list) {
  for (size_t i = 0; list->kind == RECORD_LIST && i < list->count; i++) {
    const struct record *r = record_at(list, i);
    struct bundle_target t = {.phase = record_text(record_get(r, "phase"), "end"),
                              .met = record_get(r, "met")->truth,
                              .value = record_get(r, "value")->number};
    t.limit = limit_of(r, &t.at_most);
    list_push(a, &to->targets) = t;
  }
}

static void read_indicators(struct arena *a, struct bundle_run *run, const struct record *list) {
  for (size_t i = 0; list->kind == RECORD_LIST && i < list->count; i++) {
    const struct record *r = record_at(list, i);
    const char *name = record_text(record_get(r, "name"), "");
    struct bundle_indicator *to = &list_push(a, &run->indicators);
    *to = (struct bundle_indicator){.name = name,
                                    .label = bundle_read_label(record_get(r, "label"), name),
                                    .unit = record_text(record_get(r, "unit"), ""),
                                    .judgement = record_get(r, "judgement")->truth,
                                    .values = read_moments(a, run, record_get(r, "values"))};
    to->values.baseline = record_get(r, "baseline")->number;
    read_benchmarks(a, run, to, record_get(r, "benchmarks"));
    read_targets(a, to, record_get(r, "targets"));
  }
}

static void read_failure(struct bundle_run *run, const struct record *r) {
  run->failure_time = record_get(r, "time")->number;
  if (r->kind != RECORD_MAP) return;
  run->failure_variable = record_text(record_get(r, "variable"), "?");
  run->failure_value = record_text(record_get(r, "value"), "?");
}

// The first column is time, ascending, and goes as far as the summary says.
static bool check_times(struct bundle_run *run, const char *path, const struct record *time, struct diag *diag) {
  const struct frame *t = run->table;
  double stop = run->failure_variable ? run->failure_time : record_get(time, "stop")->number;
  double save = record_get(time, "save")->number;
  bool good = t->columns > 0 && t->rows > 0 && strcmp(t->names[0], "time") == 0;
  for (size_t i = 1; good && i < t->rows; i++) good = t->values[i] > t->values[i - 1];
  good = good && t->values[t->rows - 1] > stop - 1.01 * save;
  run->times = t->values;
  if (good && (run->failure_variable || t->values[t->rows - 1] > stop - 0.5 * save)) return true;
  diag_error(diag, NOWHERE, report_truncated, path);
  return false;
}

struct bundle_run *bundle_read_run(struct arena *a, const char *folder, const struct record *summary,
                                   struct diag *diag) {
  struct bundle_run *run = arena_new(a, struct bundle_run);
  run->folder = folder;
  read_phases(a, run, record_get(summary, "phases"));
  run->stocks = record_get(summary, "stocks")->kind == RECORD_LIST;
  read_indicators(a, run, record_get(summary, run->stocks ? "stocks" : "indicators"));
  run->baseline_time = record_get(summary, "baseline_time")->number;
  run->targets = record_get(record_get(summary, "targets"), "of")->number;
  run->targets_met = record_get(record_get(summary, "targets"), "met")->number;
  read_failure(run, record_get(summary, "failure"));
  const char *path = file_join(a, folder, "run.csv");
  run->table = frame_read(a, path, diag);
  return run->table && check_times(run, path, record_get(summary, "time"), diag) &&
                 read_command(a, folder, &run->command, diag)
             ? run
             : NULL;
}

static void read_importance(struct arena *a, struct bundle_outcome *o, const struct record *r) {
  const struct record *list = record_get(r, "parameters");
  o->explained = record_get(r, "explained")->number;
  for (size_t i = 0; list->kind == RECORD_LIST && i < list->count; i++) {
    const struct record *p = record_at(list, i);
    struct bundle_influence f = {record_text(record_get(p, "name"), "?"), record_get(p, "rank_correlation")->number,
                                 record_get(p, "regression_coefficient")->number};
    if (isfinite(f.rank)) list_push(a, &o->influences) = f;
  }
}

static void read_outcome(struct arena *a, struct bundle_sweep *s, const struct record *r) {
  const struct record *t = record_get(r, "target");
  struct bundle_outcome o = {.variable = record_text(record_get(r, "variable"), "?"),
                             .phase = record_text(record_get(r, "phase"), "end"),
                             .has_target = t->kind == RECORD_MAP,
                             .met = record_get(t, "met")->number,
                             .judged = record_get(t, "judged")->number,
                             .probability = record_get(t, "probability")->number,
                             .probability_error = record_get(t, "probability_error")->number};
  o.limit = limit_of(t, &o.at_most);
  read_importance(a, &o, record_get(r, "importance"));
  list_push(a, &s->outcomes) = o;
}

static void read_outcomes(struct arena *a, struct bundle_sweep *s, const struct record *list) {
  for (size_t i = 0; list->kind == RECORD_LIST && i < list->count; i++)
    if (strcmp(record_text(record_get(record_at(list, i), "policy"), ""), s->policy) == 0)
      read_outcome(a, s, record_at(list, i));
}

static void read_causes(struct arena *a, struct bundle_sweep *s, const struct record *list) {
  for (size_t i = 0; list->kind == RECORD_LIST && i < list->count; i++) {
    const struct record *r = record_at(list, i);
    list_push(a, &s->causes) =
        (struct bundle_cause){record_text(record_get(r, "variable"), "?"), record_get(r, "members")->number};
  }
}

static const char *seed_text(struct arena *a, const struct record *r) {
  return r->kind == RECORD_NUMBER ? arena_format(a, "%.0f", r->number) : record_text(r, "");
}

static void read_policy(struct arena *a, const struct record *sweep, const struct record *failures,
                        struct bundle_sweep *s) {
  s->policy = record_text(record_get(failures, "policy"), "?");
  s->failed = record_get(failures, "failed")->number;
  s->members = record_get(sweep, "members")->number;
  s->sampling = record_text(record_get(sweep, "sampling"), "");
  s->seed = seed_text(a, record_get(sweep, "seed"));
  s->exact = record_get(record_get(sweep, "quantiles"), "exact")->truth;
  s->bound = record_get(record_get(sweep, "quantiles"), "relative_error_bound")->number;
  read_causes(a, s, record_get(failures, "causes"));
  read_outcomes(a, s, record_get(sweep, "outcomes"));
}

bool bundle_read_sweep(struct arena *a, const char *folder, const struct record *summary,
                       struct bundle_read_sweeps *sweeps, struct diag *diag) {
  const struct record *sweep = record_get(summary, "sweep"), *policies = record_get(sweep, "failures");
  const char *command, *path = file_join(a, folder, "sweep.csv");
  if (policies->kind != RECORD_LIST || !policies->count) {
    diag_error(diag, NOWHERE, report_lacks, folder, "sweep");
    return false;
  }
  struct frame_bands *bands = frame_read_bands(a, path, diag);
  if (!bands || !read_command(a, folder, &command, diag)) return false;
  double stop = record_get(record_get(summary, "time"), "stop")->number;
  double save = record_get(record_get(summary, "time"), "save")->number;
  if (!bands->time_count || !(bands->times[bands->time_count - 1] > stop - 0.5 * save)) {
    diag_error(diag, NOWHERE, report_truncated, path);
    return false;
  }
  *sweeps = (struct bundle_read_sweeps){arena_array(a, struct bundle_sweep, policies->count), policies->count};
  for (size_t i = 0; i < sweeps->count; i++) {
    sweeps->items[i] = (struct bundle_sweep){
        .folder = folder, .command = command, .bands = bands, .members_path = file_join(a, folder, "members.csv")};
    read_policy(a, sweep, record_at(policies, i), &sweeps->items[i]);
  }
  return true;
}

struct bundle_pair bundle_read_pair(const struct record *r) {
  const struct record *difference = record_get(r, "difference"), *quantiles = record_get(difference, "quantiles");
  return (struct bundle_pair){record_text(record_get(r, "first"), "?"),
                              record_text(record_get(r, "second"), "?"),
                              record_text(record_get(r, "variable"), "?"),
                              record_text(record_get(r, "phase"), "end"),
                              record_get(difference, "mean")->number,
                              quantiles->count ? quantiles->items[0].number : NAN,
                              quantiles->count ? quantiles->items[quantiles->count - 1].number : NAN,
                              record_get(r, "first_better_share")->number};
}
