// SPDX-License-Identifier: GPL-3.0-or-later
// One run of one member, for commands that look at a single trajectory. The member sits in all eight lanes; lane 0 is
// reported.
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "engine/run.h"

enum { LANES = 8 };

// Columns stand in the order of variables and their elements.
size_t program_column(const struct program *p, uint32_t variable, size_t element) {
  size_t low = 0, high = p->column_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    const struct column *c = &p->columns[middle];
    if (c->variable < variable || (c->variable == variable && c->element < element))
      low = middle + 1;
    else
      high = middle;
  }
  bool found = low < p->column_count && p->columns[low].variable == variable && p->columns[low].element == element;
  return found ? low : SIZE_MAX;
}

// The equation that made the value, for the caret.
static struct span place_of(const struct program *p, const struct failure *f) {
  if (f->variable >= p->model->variables.count) return NOWHERE;
  const struct variable *v = &p->model->variables.items[f->variable];
  if (v->kind == VARIABLE_STOCK || !v->equations.count) return v->span;
  for (size_t i = 0; i < p->checked->equations.count; i++) {
    const struct checked_equation *e = &p->checked->equations.items[i];
    if (e->role == ROLE_EQUATION && e->variable == f->variable) return e->rhs->span;
  }
  return v->span;
}

void run_report_failure(struct arena *a, const struct program *p, const struct failure *f, struct diag *diag) {
  char time[32], value[32];
  text_from_number(f->time, time);
  if (f->variable >= p->model->variables.count) {
    diag_error(diag, NOWHERE, no_convergence, method_names[p->scenario->method], time);
    return;
  }
  const struct variable *v = &p->model->variables.items[f->variable];
  size_t element = f->element < v->element_count ? f->element : 0;
  const char *name = f->element == UINT32_MAX ? arena_format(a, "a delay or smooth of %s", v->name)
                                              : variable_element_name(a, p->model, v, element);
  if (isfinite(f->value)) {
    diag_error(diag, place_of(p, f), out_of_bounds, name, text_from_number(f->value, value), time);
    return;
  }
  diag_error(diag, place_of(p, f), not_finite, name, isnan(f->value) ? "NaN (not a number)" : "infinite", time);
  diag_hint(diag, "look for a division by zero, a logarithm or power of a negative number, or a step that is too long");
}

struct results *run_single(struct arena *a, const struct program *p, struct diag *diag) {
  struct results *r = arena_new(a, struct results);
  size_t cells = p->save_count * p->column_count, phases = p->scenario->phases.count;
  r->program = p;
  r->times = arena_array(a, double, p->save_count);
  r->values = arena_array(a, double, cells + 1);
  r->phase_starts = arena_array(a, double, phases + 1);
  double *saved = arena_array(a, double, (cells + 1) * LANES);
  double *starts = arena_array(a, double, (phases + 1) * LANES);
  struct machine *m = machine_create(p, LANES, diag);
  if (!m) return NULL;
  struct failure failures[LANES];
  struct batch batch = {.saved = saved, .phase_starts = starts, .failures = failures};
  machine_run(m, &batch);
  machine_free(m);
  double every = p->step * (double)p->steps_per_save;
  for (size_t i = 0; i < p->save_count; i++) r->times[i] = p->start + (double)i * every;
  for (size_t i = 0; i < cells; i++) r->values[i] = saved[i * LANES];
  for (size_t i = 0; i < phases; i++) r->phase_starts[i] = starts[i * LANES];
  r->failure = failures[0];
  if (!isnan(r->failure.time)) run_report_failure(a, p, &r->failure, diag);
  return r;
}
