// SPDX-License-Identifier: GPL-3.0-or-later
// Builds a scorecard from a run. Only saved numbers are read, so the same code serves a run that failed half way (its
// later values are NAN) and a run whose gates were never passed (their columns have no save time).
#include "output/scorecard.h"

#include <math.h>
#include <string.h>

#include "output/benchmark.h"

// Times within a millionth of a step are the same instant, as in the engine.
static double tolerance(const struct program *p) {
  return 1e-6 * p->step;
}

static size_t last_save_before(const struct results *r, double instant) {
  size_t last = SCORECARD_NONE;
  for (size_t i = 0; i < r->program->save_count; i++)
    if (r->times[i] < instant - tolerance(r->program)) last = i;
  return last;
}

static double phase_start(const struct results *r, size_t phase) {
  const struct scenario *s = r->program->scenario;
  if (phase >= s->phases.count) return NAN;
  bool gated = r->program->phase_slot != UINT32_MAX;
  double start = gated ? r->phase_starts[phase] : s->phases.items[phase].from;
  return start <= r->program->stop + tolerance(r->program) ? start : NAN;
}

static void add_phases(struct arena *a, struct scorecard *s) {
  const struct results *r = s->results;
  s->phase_count = r->program->scenario->phases.count;
  s->phases = arena_array(a, struct scorecard_phase, s->phase_count);
  for (size_t i = 0; i < s->phase_count; i++) {
    struct scorecard_phase *p = &s->phases[i];
    p->phase = &r->program->scenario->phases.items[i];
    p->start = phase_start(r, i);
    p->end = phase_start(r, i + 1);
    double until = p->phase->gated ? INFINITY : p->phase->until;
    if (!isfinite(p->end)) p->end = until < r->program->stop ? until : r->program->stop;
    if (!isfinite(p->start)) p->end = NAN;
  }
}

static size_t save_of_phase(const struct results *r, const struct scorecard_phase *p) {
  if (!isfinite(p->start)) return SCORECARD_NONE;
  bool open = p->end >= r->program->stop - tolerance(r->program);
  return open ? r->program->save_count - 1 : last_save_before(r, p->end);
}

// The start; each phase's end; and the horizon, unless it is the end of the last phase.
static void add_columns(struct arena *a, struct scorecard *s) {
  const struct results *r = s->results;
  size_t last = r->program->save_count - 1, n = 0;
  s->columns = arena_array(a, struct scorecard_column, s->phase_count + 2);
  s->columns[n++] = (struct scorecard_column){.phase = SCORECARD_NONE, .start = true, .save = 0};
  for (size_t i = 0; i < s->phase_count; i++)
    s->columns[n++] = (struct scorecard_column){.phase = i, .save = save_of_phase(r, &s->phases[i])};
  if (s->phase_count && s->columns[n - 1].save == last)
    s->columns[n - 1].horizon = true;
  else
    s->columns[n++] = (struct scorecard_column){.phase = SCORECARD_NONE, .horizon = true, .save = last};
  s->column_count = n;
}

static double saved_value(const struct results *r, const struct scorecard_row *row, size_t save) {
  size_t column = program_column(r->program, row->variable, row->element);
  if (column == SIZE_MAX || save == SCORECARD_NONE) return NAN;
  return r->values[save * r->program->column_count + column];
}

static void add_benchmarks(struct arena *a, const struct scorecard *s, struct scorecard_row *row) {
  const struct variable *v = &s->results->program->model->variables.items[row->variable];
  row->benchmark_count = v->benchmarks.count;
  row->benchmarks = arena_array(a, struct scorecard_benchmark, row->benchmark_count);
  for (uint32_t i = 0; i < row->benchmark_count; i++) {
    struct scorecard_benchmark *b = &row->benchmarks[i];
    b->benchmark = &v->benchmarks.items[i];
    b->values = arena_array(a, double, s->column_count);
    b->gap_closed = arena_array(a, double, s->column_count);
    for (size_t c = 0; c < s->column_count; c++) {
      size_t save = s->columns[c].save;
      b->values[c] = save == SCORECARD_NONE ? NAN : benchmark_value(s->results, row->variable, i, row->element, save);
      double gap = b->values[c] - row->baseline;
      b->gap_closed[c] = gap != 0 ? (row->values[c] - row->baseline) / gap : NAN;  // no gap: nothing to close
    }
  }
}

// The column in which a target is judged: its phase's end, or the horizon.
static size_t target_column(const struct scorecard *s, const struct target *t) {
  for (size_t c = 0; c < s->column_count; c++) {
    const struct scorecard_column *column = &s->columns[c];
    if (t->phase ? column->phase != SCORECARD_NONE && strcmp(s->phases[column->phase].phase->name, t->phase) == 0
                 : column->horizon)
      return c;
  }
  return SCORECARD_NONE;
}

// Targets for phases that this scenario does not have are left out: another scenario of the model has them.
static void add_targets(struct arena *a, struct scorecard *s, struct scorecard_row *row) {
  const struct variable *v = &s->results->program->model->variables.items[row->variable];
  row->targets = arena_array(a, struct scorecard_target, v->targets.count);
  for (size_t i = 0; i < v->targets.count; i++) {
    const struct target *t = &v->targets.items[i];
    size_t column = target_column(s, t);
    if (column == SCORECARD_NONE) continue;
    double x = row->values[column];
    bool met = t->at_most ? x <= t->value : x >= t->value;
    row->targets[row->target_count++] = (struct scorecard_target){t, column, x, met};
    s->targets++;
    s->targets_met += met;
  }
}

struct label scorecard_label(struct arena *a, const struct model *m, const struct variable *v, size_t element) {
  if (!v->dim_count) return v->label;
  const char *en = "", *zh = "";
  for (size_t i = v->dim_count; i-- > 0;) {
    const struct dimension *d = &m->dimensions.items[v->dims[i]];
    size_t at = element % d->count;
    element /= d->count;
    struct label label = {d->elements[at], NULL};
    if (d->element_labels && d->element_labels[at].en) label = d->element_labels[at];
    en = arena_format(a, "%s%s%s", label.en, *en ? ", " : "", en);
    zh = arena_format(a, "%s%s%s", label.zh ? label.zh : label.en, *zh ? "，" : "", zh);
  }
  return (struct label){arena_format(a, "%s: %s", v->label.en, en),
                        v->label.zh ? arena_format(a, "%s：%s", v->label.zh, zh) : NULL};
}

static void add_row(struct arena *a, struct scorecard *s, uint32_t variable, size_t element) {
  const struct model *m = s->results->program->model;
  const struct variable *v = &m->variables.items[variable];
  struct scorecard_row row = {.variable = variable, .element = element};
  row.name = variable_element_name(a, m, v, element);
  row.label = scorecard_label(a, m, v, element);
  row.unit = unit_text(a, &m->units, v->unit);
  row.values = arena_array(a, double, s->column_count);
  for (size_t c = 0; c < s->column_count; c++) row.values[c] = saved_value(s->results, &row, s->columns[c].save);
  row.baseline = saved_value(s->results, &row, s->baseline);
  add_benchmarks(a, s, &row);
  add_targets(a, s, &row);
  list_push(a, &s->rows) = row;
}

static void add_rows(struct arena *a, struct scorecard *s, enum variable_kind kind, bool with_benchmarks) {
  const struct model *m = s->results->program->model;
  for (uint32_t i = 0; i < m->variables.count; i++) {
    const struct variable *v = &m->variables.items[i];
    if (v->hidden || v->kind != kind || (v->benchmarks.count > 0) != with_benchmarks) continue;
    for (size_t e = 0; e < v->element_count; e++) add_row(a, s, i, e);
  }
}

static bool has_indicators(const struct model *m) {
  for (size_t i = 0; i < m->variables.count; i++)
    if (m->variables.items[i].kind == VARIABLE_INDICATOR) return true;
  return false;
}

struct scorecard *scorecard_create(struct arena *a, const struct results *r) {
  struct scorecard *s = arena_new(a, struct scorecard);
  s->results = r;
  add_phases(a, s);
  add_columns(a, s);
  size_t before = s->phase_count ? last_save_before(r, s->phases[0].start) : 0;
  s->baseline = before == SCORECARD_NONE ? 0 : before;
  s->stocks = !has_indicators(r->program->model);
  enum variable_kind kind = s->stocks ? VARIABLE_STOCK : VARIABLE_INDICATOR;
  add_rows(a, s, kind, true);
  add_rows(a, s, kind, false);
  return s;
}

void scorecard_needs(const struct checked *c, bool *needed) {
  benchmark_needs(c, needed);
  enum variable_kind kind = has_indicators(c->model) ? VARIABLE_INDICATOR : VARIABLE_STOCK;
  for (size_t i = 0; i < c->model->variables.count; i++)
    if (c->model->variables.items[i].kind == kind) needed[i] = true;
}
