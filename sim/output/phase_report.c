// SPDX-License-Identifier: GPL-3.0-or-later
// Gathers the report of each phase from the rows of a scorecard. Statistics are over finite shares only: a benchmark
// whose gap was nothing at the start has no share, and is counted neither in the median nor in the smallest.
#include "output/phase_report.h"

#include <math.h>
#include <stdlib.h>

static const struct variable *variable_of(const struct scorecard *s, const struct scorecard_row *row) {
  return &s->results->program->model->variables.items[row->variable];
}

static int by_value(const void *x, const void *y) {
  double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}

static double median(double *values, size_t count) {
  if (!count) return NAN;
  qsort(values, count, sizeof *values, by_value);
  return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

// At the benchmark, from whichever side the indicator came.
static bool is_closed(const struct scorecard_row *row, const struct scorecard_benchmark *b, size_t column) {
  double share = b->gap_closed[column];
  return isfinite(share) ? share >= 1 : row->values[column] >= b->values[column];
}

static void gather_gaps(struct arena *a, const struct scorecard *s, struct phase_report *r, bool checked) {
  struct phase_report_gaps *g = &r->gaps[checked];
  LIST(double) shares = {0};
  g->smallest = NAN;
  for (size_t i = 0; i < s->rows.count; i++) {
    const struct scorecard_row *row = &s->rows.items[i];
    for (size_t k = 0; k < row->benchmark_count; k++) {
      const struct scorecard_benchmark *b = &row->benchmarks[k];
      double share = b->gap_closed[r->column];
      if (b->benchmark->aside || b->benchmark->checked != checked) continue;
      g->count++;
      g->closed += is_closed(row, b, r->column);
      if (!isfinite(share)) continue;
      list_push(a, &shares) = share;
      if (share >= g->smallest) continue;
      g->smallest = share, g->furthest = row;
    }
  }
  g->median = median(shares.items, shares.count);
}

static double lowest(const struct scorecard *s, const struct scorecard_row *row, const struct scorecard_phase *p) {
  const struct results *r = s->results;
  size_t column = program_column(r->program, row->variable, row->element);
  double low = NAN, near = 1e-6 * r->program->step;
  for (size_t i = 0; column != SIZE_MAX && i < r->program->save_count; i++) {
    bool horizon = p->end >= r->program->stop - near;
    if (r->times[i] < p->start - near || (r->times[i] >= p->end - near && !horizon)) continue;
    low = fmin(low, r->values[i * r->program->column_count + column]);
  }
  return low;
}

static void gather_rows(struct arena *a, const struct scorecard *s, struct phase_report *r) {
  for (size_t i = 0; i < s->rows.count; i++) {
    const struct scorecard_row *row = &s->rows.items[i];
    const struct variable *v = variable_of(s, row);
    if (v->report == REPORT_SUMMARY) list_push(a, &r->summary) = row;
    if (v->report == REPORT_SUBSYSTEM && (!r->weakest || row->values[r->column] < r->weakest->values[r->column]))
      r->weakest = row;
    if (v->limits)
      list_push(a, &r->limits) = (struct phase_report_limit){row, v->binds, lowest(s, row, &s->phases[r->phase])};
    for (size_t k = 0; k < row->target_count; k++) {
      if (row->targets[k].column != r->column) continue;
      r->targets++;
      r->targets_met += row->targets[k].met;
    }
  }
}

static enum phase_ending ending(const struct scorecard *s, size_t phase) {
  const struct scorecard_phase *p = &s->phases[phase];
  bool last = phase + 1 == s->phase_count, followed = !last && isfinite(s->phases[phase + 1].start);
  if (!isfinite(p->start)) return PHASE_NOT_REACHED;
  if (!p->phase->gated) return last ? PHASE_OPEN : PHASE_CALENDAR;
  if (!followed) return PHASE_OPEN;
  return p->end - p->start < p->phase->most - 1e-6 * s->results->program->step ? PHASE_MILESTONE : PHASE_DEADLINE;
}

static size_t column_of(const struct scorecard *s, size_t phase) {
  for (size_t c = 0; c < s->column_count; c++)
    if (s->columns[c].phase == phase) return c;
  return SCORECARD_NONE;
}

struct phase_report *phase_report_create(struct arena *a, const struct scorecard *s) {
  struct phase_report *reports = arena_array(a, struct phase_report, s->phase_count + 1);
  for (size_t i = 0; i < s->phase_count; i++) {
    struct phase_report *r = &reports[i];
    *r = (struct phase_report){.phase = i, .column = column_of(s, i), .ending = ending(s, i)};
    if (r->ending == PHASE_NOT_REACHED || r->column == SCORECARD_NONE) continue;
    gather_gaps(a, s, r, false);
    gather_gaps(a, s, r, true);
    gather_rows(a, s, r);
  }
  return reports;
}

static const char *const ending_names[] = {[PHASE_NOT_REACHED] = "not reached",
                                           [PHASE_CALENDAR] = "calendar",
                                           [PHASE_MILESTONE] = "milestone",
                                           [PHASE_DEADLINE] = "deadline",
                                           [PHASE_OPEN] = "horizon"};

static void put_gaps(struct jsonout *j, json_t *phase, const char *key, const struct phase_report_gaps *g) {
  if (!g->count) return;
  json_t *gaps = jsonout_object(j, phase, key);
  jsonout_set(j, gaps, "count", json_integer((json_int_t)g->count));
  jsonout_set(j, gaps, "closed", json_integer((json_int_t)g->closed));
  jsonout_set(j, gaps, "median_gap_closed", jsonout_number(g->median));
  jsonout_set(j, gaps, "smallest_gap_closed", jsonout_number(g->smallest));
  jsonout_set(j, gaps, "furthest", jsonout_text(g->furthest ? g->furthest->name : NULL));
}

void phase_report_json(struct jsonout *j, json_t *phase, const struct phase_report *r) {
  jsonout_set(j, phase, "ending", jsonout_text(ending_names[r->ending]));
  put_gaps(j, phase, "printed", &r->gaps[0]);
  put_gaps(j, phase, "checked", &r->gaps[1]);
  if (r->weakest) jsonout_set(j, phase, "weakest_subsystem", jsonout_text(r->weakest->name));
  if (!r->limits.count) return;
  json_t *limits = jsonout_array(j, phase, "limits");
  for (size_t i = 0; i < r->limits.count; i++) {
    const struct phase_report_limit *x = &r->limits.items[i];
    json_t *limit = jsonout_object(j, limits, NULL);
    jsonout_set(j, limit, "name", jsonout_text(x->row->name));
    jsonout_set(j, limit, "binds_below", jsonout_number(x->binds));
    jsonout_set(j, limit, "lowest", jsonout_number(x->lowest));
    jsonout_set(j, limit, "bound", json_boolean(x->lowest < x->binds));
  }
}
