// SPDX-License-Identifier: GPL-3.0-or-later
// Lines moments up by phase names and collects rows and turns. Only saved numbers are read.
#include "output/comparison.h"

#include <math.h>
#include <string.h>

static const double SAME = 1e-6;

double comparison_share(double x, double reference) {
  return reference != 0 ? (x - reference) / fabs(reference) : NAN;
}

double comparison_time(const struct comparison *c, size_t scenario, size_t moment) {
  size_t column = c->columns[scenario * c->moment_count + moment];
  size_t save = column == SCORECARD_NONE ? SCORECARD_NONE : c->cards[scenario]->columns[column].save;
  return save == SCORECARD_NONE ? NAN : c->cards[scenario]->results->times[save];
}

static const char *phase_name(const struct scorecard *s, size_t column) {
  size_t phase = s->columns[column].phase;
  return phase == SCORECARD_NONE ? NULL : s->phases[phase].phase->name;
}

// The column of `other` that means what a column of the reference means.
static size_t counterpart(const struct scorecard *reference, size_t column, const struct scorecard *other) {
  const struct scorecard_column *x = &reference->columns[column];
  const char *name = phase_name(reference, column);
  for (size_t i = 0; i < other->column_count; i++) {
    const char *its = phase_name(other, i);
    if (name && its ? strcmp(name, its) == 0 : x->start && other->columns[i].start) return i;
  }
  for (size_t i = 0; x->horizon && i < other->column_count; i++)
    if (other->columns[i].horizon) return i;
  return SCORECARD_NONE;
}

static void align(struct arena *a, struct comparison *c) {
  c->moment_count = c->cards[0]->column_count;
  c->columns = arena_array(a, size_t, c->count * c->moment_count);
  for (size_t s = 0; s < c->count; s++)
    for (size_t k = 0; k < c->moment_count; k++)
      c->columns[s * c->moment_count + k] = s ? counterpart(c->cards[0], k, c->cards[s]) : k;
}

static double value_at(const struct comparison *c, size_t scenario, size_t moment, uint32_t variable, size_t element) {
  size_t column = c->columns[scenario * c->moment_count + moment];
  size_t save = column == SCORECARD_NONE ? SCORECARD_NONE : c->cards[scenario]->columns[column].save;
  const struct results *r = c->cards[scenario]->results;
  size_t at = program_column(r->program, variable, element);
  return save == SCORECARD_NONE || at == SIZE_MAX ? NAN : r->values[save * r->program->column_count + at];
}

static void add_row(struct arena *a, struct comparison *c, uint32_t variable, size_t element) {
  const struct variable *v = &c->model->variables.items[variable];
  struct comparison_row row = {.variable = variable, .element = element};
  row.name = variable_element_name(a, c->model, v, element);
  row.unit = unit_text(a, &c->model->units, v->unit);
  row.label = scorecard_label(a, c->model, v, element);
  row.values = arena_array(a, double, c->count * c->moment_count);
  for (size_t s = 0; s < c->count; s++)
    for (size_t k = 0; k < c->moment_count; k++)
      row.values[s * c->moment_count + k] = value_at(c, s, k, variable, element);
  list_push(a, &c->rows) = row;
}

static void add_rows(struct arena *a, struct comparison *c, const bool *shown) {
  const struct program *p = c->cards[0]->results->program;
  for (uint32_t v = 0; v < c->model->variables.count; v++) {
    const struct variable *x = &c->model->variables.items[v];
    if (!shown[v] || x->kind == VARIABLE_CONSTANT || program_column(p, v, 0) == SIZE_MAX) continue;
    for (size_t e = 0; e < x->element_count; e++) add_row(a, c, v, e);
  }
}

// ---- what differs

static double largest(const struct comparison *c, const struct comparison_row *row) {
  double most = 0;
  for (size_t i = 0; i < c->count * c->moment_count; i++)
    if (fabs(row->values[i]) > most) most = fabs(row->values[i]);
  return most;
}

static bool row_differs(const struct comparison *c, const struct comparison_row *row, double floor) {
  for (size_t i = c->moment_count; i < c->count * c->moment_count; i++) {
    double x = row->values[i], reference = row->values[i % c->moment_count];
    if (isnan(x) != isnan(reference)) return true;
    if (fabs(x - reference) > SAME * fmax(floor, fmax(fabs(x), fabs(reference)))) return true;
  }
  return false;
}

// Numbers below a millionth of the largest of their unit are measured against that millionth.
static void find_differences(struct arena *a, struct comparison *c) {
  struct map units;
  double *most = arena_array(a, double, c->rows.count + 1);
  map_init(&units, a);
  for (uint32_t i = 0; i < c->rows.count; i++) {
    uint32_t unit = map_add(&units, c->rows.items[i].unit, i);
    most[unit] = fmax(most[unit], largest(c, &c->rows.items[i]));
  }
  for (size_t i = 0; i < c->rows.count; i++) {
    struct comparison_row *row = &c->rows.items[i];
    row->differs = row_differs(c, row, SAME * most[map_get(&units, row->unit)]);
  }
}

// ---- turns

static bool is_reached(double x, double bound, bool at_most) {
  return at_most ? x <= bound : x >= bound;
}

static bool wants_less(const struct variable *v) {
  return v->targets.count && v->targets.items[0].at_most;
}

static void add_turn(struct arena *a, struct comparison *c, struct comparison_turn t, bool at_most) {
  bool turns = false;
  t.reached = arena_array(a, bool, c->count);
  for (size_t s = 0; s < c->count; s++) {
    t.reached[s] = is_reached(t.values[s], t.bounds[s], at_most);
    bool known = isfinite(t.values[s]) && isfinite(t.bounds[s]) && isfinite(t.values[0]) && isfinite(t.bounds[0]);
    turns |= known && t.reached[s] != t.reached[0];
  }
  if (turns) list_push(a, &c->turns) = t;
}

static void fill_values(struct arena *a, const struct comparison *c, struct comparison_turn *t) {
  t->values = arena_array(a, double, c->count);
  t->bounds = arena_array(a, double, c->count);
  for (size_t s = 0; s < c->count; s++) t->values[s] = value_at(c, s, t->moment, t->row->variable, t->row->element);
}

static void add_benchmark(struct arena *a, struct comparison *c, size_t row, size_t part, size_t moment) {
  const struct scorecard_row *reference = &c->cards[0]->rows.items[row];
  struct comparison_turn t = {.row = reference, .benchmark = reference->benchmarks[part].benchmark, .moment = moment};
  fill_values(a, c, &t);
  for (size_t s = 0; s < c->count; s++) {  // rows stand in the model's order: the same in every card
    size_t column = c->columns[s * c->moment_count + moment];
    t.bounds[s] = column == SCORECARD_NONE ? NAN : c->cards[s]->rows.items[row].benchmarks[part].values[column];
  }
  add_turn(a, c, t, wants_less(&c->model->variables.items[reference->variable]));
}

static void add_target(struct arena *a, struct comparison *c, size_t row, size_t part) {
  const struct scorecard_row *reference = &c->cards[0]->rows.items[row];
  const struct scorecard_target *x = &reference->targets[part];
  struct comparison_turn t = {.row = reference, .target = x->target, .moment = x->column};
  fill_values(a, c, &t);
  for (size_t s = 0; s < c->count; s++) t.bounds[s] = x->target->value;
  add_turn(a, c, t, x->target->at_most);
}

static void add_turns(struct arena *a, struct comparison *c) {
  for (size_t i = 0; i < c->cards[0]->rows.count; i++) {
    const struct scorecard_row *row = &c->cards[0]->rows.items[i];
    for (size_t p = 0; p < row->benchmark_count; p++)
      for (size_t k = 0; k < c->moment_count; k++) add_benchmark(a, c, i, p, k);
    for (size_t p = 0; p < row->target_count; p++) add_target(a, c, i, p);
  }
}

struct comparison *comparison_create(struct arena *a, const struct scorecard **cards, size_t count, const bool *shown) {
  struct comparison *c = arena_new(a, struct comparison);
  c->cards = cards, c->count = count;
  c->model = cards[0]->results->program->model;
  align(a, c);
  add_rows(a, c, shown);
  find_differences(a, c);
  add_turns(a, c);
  return c;
}
