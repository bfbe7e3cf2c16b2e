// SPDX-License-Identifier: GPL-3.0-or-later
// Explicit Runge-Kutta methods of fixed step for GSL. A method is a row of numbers; one step function serves them all,
// fusing into one pass per stage what the next stage starts from and the weighted sum so far. All three methods need
// only the latest slope for the next stage (a low storage property of Euler, Heun and the classical method), which the
// tableau makes use of: y + h/divisor (w1 k1 + w2 k2 + ...), summed from the left.
//
// There is no error estimate: yerr is zero. GSL's evolve gives no slope at the start of a step (can_use_dydt_in is 0):
// our own array is aligned for vectors. Nor does it get one at the end: the end of one step sees left limits, the start
// of the next one right limits.
#include "engine/stepper.h"

#include <gsl/gsl_errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "engine/passes.h"

static const struct stepper_tableau tableaus[] = {
    [METHOD_EULER] = {1, 1, {0}, {0}, {1}, 1},
    [METHOD_RK2] = {2, 2, {0, 2}, {0, 1}, {1, 1}, 2},
    // Kutta (1901), Zeitschrift fuer Mathematik und Physik 46: "the" Runge-Kutta method
    [METHOD_RK4] = {4, 4, {0, 1, 1, 2}, {0, 0.5, 0.5, 1}, {1, 2, 2, 1}, 6},
};

struct state {
  double *slope, *stage, *sum;  // of one allocation, each from a cache line on
  const struct passes *passes;
};

static void *state_alloc(size_t n) {
  size_t row = (n + 7) / 8 * 8;
  if (row > SIZE_MAX / sizeof(double) / 3 - 8) return NULL;
  struct state *s = mem_alloc(sizeof *s);
  double *arrays = mem_alloc_aligned(3 * row * sizeof(double));
  if (!s || !arrays) {
    mem_free(s);
    mem_free_aligned(arrays);
    return NULL;
  }
  *s = (struct state){arrays, arrays + row, arrays + 2 * row, passes_best()};
  return s;
}

static void state_free(void *v) {
  struct state *s = v;
  if (!s) return;
  mem_free_aligned(s->slope);
  mem_free(s);
}

static int state_reset(void *v, size_t n) {
  (void)v, (void)n;
  return GSL_SUCCESS;
}

static int step(const struct stepper_tableau *m, struct state *s, size_t n, double t, double h, double y[],
                double yerr[], const double dydt_in[], const gsl_odeiv2_system *system) {
  for (unsigned j = 0; j < m->stages; j++) {
    const double *k = j == 0 && dydt_in ? dydt_in : s->slope;
    double at = t + h * (0.5 * m->half_steps[j]);
    int status = k == s->slope ? GSL_ODEIV_FN_EVAL(system, at, j > 0 ? s->stage : y, s->slope) : GSL_SUCCESS;
    if (status) return status;
    if (j + 1 == m->stages)
      (j > 0 ? s->passes->last : s->passes->only)(n, y, y, s->sum, k, m->weights[j], h / m->divisor);
    else
      (j > 0 ? s->passes->middle : s->passes->first)(n, s->stage, y, s->sum, k, m->weights[j], h * m->reach[j + 1]);
  }
  memset(yerr, 0, n * sizeof *yerr);
  return GSL_SUCCESS;
}

#define APPLY(name, method)                                                                                         \
  static int name##_apply(void *v, size_t n, double t, double h, double y[], double yerr[], const double dydt_in[], \
                          double dydt_out[], const gsl_odeiv2_system *system) {                                     \
    (void)dydt_out;                                                                                                 \
    return step(&tableaus[method], v, n, t, h, y, yerr, dydt_in, system);                                           \
  }                                                                                                                 \
  static unsigned name##_order(void *v) {                                                                           \
    (void)v;                                                                                                        \
    return tableaus[method].order;                                                                                  \
  }                                                                                                                 \
  static int name##_driver(void *v, const gsl_odeiv2_driver *d) {                                                   \
    (void)v, (void)d;                                                                                               \
    return GSL_SUCCESS;                                                                                             \
  }                                                                                                                 \
  static const gsl_odeiv2_step_type name##_type = {                                                                 \
      #name, 0, 0, state_alloc, name##_apply, name##_driver, state_reset, name##_order, state_free};                \
  const gsl_odeiv2_step_type *const stepper_##name = &name##_type;
APPLY(euler, METHOD_EULER)
APPLY(rk2, METHOD_RK2)
APPLY(rk4, METHOD_RK4)

const gsl_odeiv2_step_type *stepper_type(enum method m) {
  switch (m) {
    case METHOD_EULER:
      return stepper_euler;
    case METHOD_RK2:
      return stepper_rk2;
    case METHOD_RK4:
      return stepper_rk4;
    case METHOD_RKF45:
      return gsl_odeiv2_step_rkf45;
    case METHOD_RKCK:
      return gsl_odeiv2_step_rkck;
    case METHOD_RK8PD:
      return gsl_odeiv2_step_rk8pd;
    case METHOD_MSADAMS:
      return gsl_odeiv2_step_msadams;
    case METHOD_MSBDF:
      return gsl_odeiv2_step_msbdf;
    case METHOD_BSIMP:
      return gsl_odeiv2_step_bsimp;
    case METHOD_RK4IMP:
      return gsl_odeiv2_step_rk4imp;
    case METHODS:
      break;
  }
  return NULL;
}

const struct stepper_tableau *stepper_tableau(enum method m) {
  return method_is_fixed(m) ? &tableaus[m] : NULL;
}

unsigned stepper_stages(enum method m, const unsigned char **half_steps) {
  const struct stepper_tableau *tableau = stepper_tableau(m);
  if (half_steps) *half_steps = tableau ? tableau->half_steps : NULL;
  return tableau ? tableau->stages : 0;
}
