// SPDX-License-Identifier: GPL-3.0-or-later
// Adaptive and stiff methods: GSL's, one member at a time, since each member has steps of its own. The run is cut into
// segments that end at save times, at jumps and kinks known in advance, and at every grid point when something is
// sampled there; after a jump or kink the method starts afresh, or it would step over it. The Jacobian is taken by
// finite differences, eight columns at once in the eight lanes.
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "engine/machine.h"
#include "engine/stepper.h"

enum { LANES = 8 };

static void spread_state(struct machine *m, const double *y) {
  for (uint32_t s = 0; s < m->program->state_count; s++)
    for (uint32_t l = 0; l < LANES; l++) m->state[s * LANES + l] = y[s];
}

static int rates_of_member(double t, const double y[], double dydt[], void *context) {
  struct machine *m = context;
  machine_set_clock(m, t);
  spread_state(m, y);
  machine_rates(m, m->state, m->rate, t);
  for (uint32_t s = 0; s < m->program->state_count; s++) {
    dydt[s] = m->rate[s * LANES];
    if (!isfinite(dydt[s])) return GSL_EBADFUNC;
  }
  return GSL_SUCCESS;
}

// Step of a finite difference: half the digits of y, but of 1 where y is smaller (Press et al., Numerical
// Recipes, 5.7).
static double nudge(double y) {
  double h = 1.4901161193847656e-08 * fmax(fabs(y), 1e-3);  // sqrt(2^-52)
  volatile double moved = y + h;                            // a step that is exact in binary
  return moved - y;
}

static int jacobian_of_member(double t, const double y[], double *dfdy, double dfdt[], void *context) {
  struct machine *m = context;
  uint32_t n = m->program->state_count;
  double at[LANES];
  machine_set_clock(m, t);
  spread_state(m, y);
  machine_rates(m, m->state, m->rate, t);
  for (uint32_t s = 0; s < n; s++) m->previous[s] = m->rate[s * LANES];
  for (uint32_t first = 0; first < n; first += LANES) {
    for (uint32_t l = 0; l < LANES && first + l < n; l++)
      m->state[(first + l) * LANES + l] += at[l] = nudge(y[first + l]);
    machine_rates(m, m->state, m->rate, t);
    for (uint32_t l = 0; l < LANES && first + l < n; l++) {
      for (uint32_t s = 0; s < n; s++) dfdy[s * n + first + l] = (m->rate[s * LANES + l] - m->previous[s]) / at[l];
      m->state[(first + l) * LANES + l] = y[first + l];
    }
  }
  double dt = 1e-7 * m->program->step;
  machine_set_clock(m, t + dt);
  machine_rates(m, m->state, m->rate, t);
  for (uint32_t s = 0; s < n; s++) dfdt[s] = (m->rate[s * LANES] - m->previous[s]) / dt;
  return GSL_SUCCESS;
}

enum { MOST_STEPS = 10000000 };

bool adaptive_create(struct machine *m) {
  const struct program *p = m->program;
  size_t dimension = p->state_count ? p->state_count : 1;
  m->system = (gsl_odeiv2_system){rates_of_member, jacobian_of_member, dimension, m};
  m->driver = gsl_odeiv2_driver_alloc_y_new(&m->system, stepper_type(p->scenario->method), p->step / 16,
                                            p->scenario->atol, p->scenario->rtol);
  if (m->driver) gsl_odeiv2_driver_set_nmax(m->driver, MOST_STEPS);
  return m->driver != NULL;
}

// What the rates make of a state that the method could not leave.
static struct failure find_cause(struct machine *m, const double *y, double t, struct failure seen) {
  m->trace = (struct trace){.on = true};
  machine_set_clock(m, t);
  spread_state(m, y);
  machine_rates(m, m->state, m->rate, t);
  struct trace found = m->trace;
  m->trace = (struct trace){0};
  if (!found.found) return seen;
  return (struct failure){t, found.found->origin, found.element, found.value};
}

static bool fails(struct machine *m, const double *y, double t, int status, uint32_t lane) {
  const struct program *p = m->program;
  uint32_t s = 0;
  while (s < p->state_count && isfinite(y[s])) s++;
  if (status == GSL_SUCCESS && s == p->state_count) return false;
  struct failure f = {t, UINT32_MAX, 0, NAN};
  if (s < p->state_count) f = (struct failure){t, p->state_variable[s], p->state_element[s], y[s]};
  machine_fail(m, lane, find_cause(m, y, t, f));
  return true;
}

// From *t to the end; the stop of a segment is a left limit.
static bool segment(struct machine *m, double *t, double end, bool afresh, double *y, uint32_t lane) {
  m->segment_end = end;
  if (afresh) gsl_odeiv2_driver_reset_hstart(m->driver, fmin(m->program->step / 16, end - *t));
  int status = m->program->state_count ? gsl_odeiv2_driver_apply(m->driver, t, end, y) : GSL_SUCCESS;
  *t = end;
  return !fails(m, y, *t, status, lane);
}

static void at_grid(struct machine *m, double t, const double *y) {
  const struct program *p = m->program;
  m->segment_end = INFINITY;
  machine_set_clock(m, t);
  spread_state(m, y);
  machine_grid(m);
  m->save = m->k % p->steps_per_save == 0;
  if (!m->save && !p->ring_count) return;
  machine_rates(m, m->state, m->rate, t);
  machine_capture(m);
}

void adaptive_run(struct machine *m, uint32_t lane) {
  const struct program *p = m->program;
  double *y = m->member;
  for (uint32_t s = 0; s < p->state_count; s++) y[s] = m->state[s * LANES];
  bool every = p->sampled || p->grid_events || p->ring_count;
  size_t event = 0;
  double t = p->start;
  bool afresh = true;
  for (m->k = 0;;) {
    at_grid(m, p->start + (double)m->k * p->step, y);
    if (m->k == p->steps) return;
    uint64_t next = every ? m->k + 1 : (m->k / p->steps_per_save + 1) * p->steps_per_save;
    if (next > p->steps) next = p->steps;
    double end = p->start + (double)next * p->step, hair = 1e-6 * p->step;
    afresh = afresh || every;
    for (; event < p->event_count && p->events[event] <= t + hair; event++)
      if (p->events[event] >= t - hair) afresh = true;
    for (; event < p->event_count && p->events[event] < end - hair; event++, afresh = true)
      if (!segment(m, &t, p->events[event], afresh, y, lane)) return;
    if (!segment(m, &t, end, afresh, y, lane)) return;
    afresh = false;
    m->k = next;
  }
}
