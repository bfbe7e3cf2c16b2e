// SPDX-License-Identifier: GPL-3.0-or-later
// Levers and inputs for the oracle, straight from the sentences of docs/language.md: at the start of a phase a lever
// moves from its present value; a phase not named holds; before the first phase the model's own path.
#include <math.h>

#include "oracle_parts.h"

// y at t; at a jump the right side once its instant has come.
double oracle_path(const struct path *p, double t, double edge) {
  size_t n = p->count, i = 0;
  while (i < n && (p->x[i] <= t || p->x[i] <= edge) && p->x[i] <= fmax(t, edge)) {
    bool jump = p->mode == PATH_STEP || (i > 0 && p->x[i] == p->x[i - 1]);
    if (jump && p->x[i] > edge) break;
    if (!jump && p->x[i] > t) break;
    i++;
  }
  if (n == 1) return p->y[0];
  if (p->mode == PATH_STEP) return p->y[i ? i - 1 : 0];
  if (p->mode == PATH_EXTRAPOLATE) i = i == 0 ? 1 : i == n ? n - 1 : i;
  if (i == 0) return p->y[0];
  if (i == n || p->x[i] == p->x[i - 1]) return p->y[i == n ? n - 1 : i - 1];
  return p->y[i - 1] + (t - p->x[i - 1]) * (p->y[i] - p->y[i - 1]) / (p->x[i] - p->x[i - 1]);
}

static const struct steer *steer_of(const struct oracle *o, uint32_t variable) {
  for (size_t i = 0; i < o->s->levers.count; i++)
    if (o->s->levers.items[i].variable == variable) return &o->s->levers.items[i];
  for (size_t i = 0; i < o->s->inputs.count; i++)
    if (o->s->inputs.items[i].variable == variable) return &o->s->inputs.items[i];
  return NULL;
}

static double toward(double from, double to, double elapsed, double ramp) {
  return elapsed >= ramp ? to : from + elapsed * (to - from) / ramp;
}

// With the phases below `phases` in force under a calendar.
static double by_calendar(const struct oracle *o, const struct path *own, const struct steer *s, size_t phases,
                          double t, double edge) {
  while (phases > 0 && !(o->s->phases.items[phases - 1].from <= edge)) phases--;
  if (phases == 0) return oracle_path(own, t, edge);
  double from = o->s->phases.items[phases - 1].from, level = s->levels[phases - 1];
  if (isnan(level)) {
    if (phases > 1) return by_calendar(o, own, s, phases - 1, t, edge);
    return oracle_path(own, from, from);
  }
  return toward(by_calendar(o, own, s, phases - 1, from, from), level, t - from, s->ramp);
}

static double by_gates(const struct oracle *o, const struct path *own, const struct steer *s, size_t phases, double t,
                       double edge) {
  const double *start = o->mode == ORACLE_RENEW ? o->phase_start : o->phase_old;
  double from0 = o->s->phases.items[0].from;
  if (!(from0 <= edge)) return oracle_path(own, t, edge);
  double at_first = oracle_path(own, from0, from0);
  while (phases > 0 && (!(start[phases - 1] <= edge) || isnan(s->levels[phases - 1]))) phases--;
  if (phases == 0) return at_first;
  double from = phases > 1 ? o->lever_from[s->variable][phases - 1] : at_first;
  return toward(from, s->levels[phases - 1], t - start[phases - 1], s->ramp);
}

static bool gated(const struct oracle *o) {
  for (size_t i = 0; i < o->s->phases.count; i++)
    if (o->s->phases.items[i].gated) return true;
  return false;
}

double oracle_steer(struct oracle *o, uint32_t variable) {
  const struct path *own = &o->m->variables.items[variable].path;
  const struct steer *s = steer_of(o, variable);
  if (!s) return oracle_path(own, o->t, o->edge);
  if (s->kind == STEER_PHASES) return (gated(o) ? by_gates : by_calendar)(o, own, s, o->s->phases.count, o->t, o->edge);
  if (s->kind == STEER_CONSTANT) {
    bool lever = o->m->variables.items[variable].kind == VARIABLE_LEVER && o->s->phases.count;
    if (!lever) return s->constant;
    double from = o->s->phases.items[0].from;
    if (!(from <= o->edge)) return oracle_path(own, o->t, o->edge);
    return toward(oracle_path(own, from, from), s->constant, o->t - from, s->ramp);
  }
  double from = isnan(s->from) ? s->points.x[0] : s->from;
  if (!(from <= o->edge)) return oracle_path(own, o->t, o->edge);
  if (isnan(s->from) || o->t >= s->points.x[0] || s->points.x[0] <= from) return oracle_path(&s->points, o->t, o->edge);
  double now = oracle_path(own, from, from);
  return toward(now, s->points.y[0], o->t - from, s->points.x[0] - from);
}

// The condition of the gate that ends a phase. Levers in it, and in samples that it looks at, follow the phases as they
// were; so it is looked at every time, whether the gate is tested or not.
static bool gate_condition(struct oracle *o, size_t phase) {
  for (size_t i = 0; i < o->c->equations.count; i++) {
    const struct checked_equation *e = &o->c->equations.items[i];
    if (e->role != ROLE_GATE || e->variable != phase) continue;
    struct oracle_frame f = {.e = e};
    return oracle_in(o, ORACLE_RENEW, &f, e->rhs) != 0;
  }
  return false;
}

static bool gate_opens(const struct oracle *o, size_t phase, double elapsed, bool condition) {
  const struct phase *p = &o->s->phases.items[phase];
  double tests = elapsed / p->test, hair = 1e-6 * o->s->step;
  if (fabs(tests - round(tests)) * p->test > hair) return false;
  return elapsed >= p->most - hair || (elapsed >= p->least - hair && condition);
}

void oracle_steer_renew(struct oracle *o) {
  size_t count = o->s->phases.count;
  if (!gated(o)) return;
  for (size_t i = 1; i < count; i++) {
    const struct phase *last = &o->s->phases.items[i - 1];
    bool condition = last->gated && gate_condition(o, i - 1);
    if (o->phase_start[i] < 1e29 || !(o->phase_start[i - 1] <= o->edge)) continue;
    bool opens = last->gated ? gate_opens(o, i - 1, o->t - o->phase_start[i - 1], condition) : last->until <= o->edge;
    if (!opens) continue;
    enum oracle_mode mode = o->mode;
    o->mode = ORACLE_RENEW;
    for (size_t k = 0; k < o->s->levers.count; k++) {
      const struct steer *s = &o->s->levers.items[k];
      const struct path *own = &o->m->variables.items[s->variable].path;
      if (s->kind == STEER_PHASES) o->lever_from[s->variable][i] = by_gates(o, own, s, i, o->t, o->edge);
    }
    o->mode = mode;
    o->phase_start[i] = o->t;
  }
  for (size_t i = 0; i < count; i++) o->phase_old[i] = o->phase_start[i];
}
