// SPDX-License-Identifier: GPL-3.0-or-later
// Fixed-step methods: the tableaus against the order conditions of Runge-Kutta theory, the measured order on problems
// with analytic answers, and the habits the run relies on (number and times of evaluations, failures passed on).
#include "engine/stepper.h"

#include <criterion/criterion.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"

TestSuite(stepper);

static const enum method fixed[] = {METHOD_EULER, METHOD_RK2, METHOD_RK4};
enum { FIXED = sizeof fixed / sizeof *fixed };

struct problem {
  const char *name;
  int (*slope)(double t, const double y[], double dydt[], void *);
  size_t size;
  double start[2], stop;
  double (*answer)(double t);  // of y[0]
};

static int decay(double t, const double y[], double dydt[], void *p) {
  (void)t, (void)p;
  dydt[0] = -y[0];
  return GSL_SUCCESS;
}
static double decay_answer(double t) {
  return exp(-t);
}
static int oscillator(double t, const double y[], double dydt[], void *p) {
  (void)t, (void)p;
  dydt[0] = y[1];
  dydt[1] = -y[0];
  return GSL_SUCCESS;
}
static double oscillator_answer(double t) {
  return cos(t);
}
static int logistic(double t, const double y[], double dydt[], void *p) {
  (void)t, (void)p;
  dydt[0] = y[0] * (1 - y[0]);
  return GSL_SUCCESS;
}
static double logistic_answer(double t) {
  return 1 / (1 + 9 * exp(-t));
}
static int forced(double t, const double y[], double dydt[], void *p) {
  (void)p;
  dydt[0] = -y[0] + sin(3 * t);
  return GSL_SUCCESS;
}
static double forced_answer(double t) {
  return 1.3 * exp(-t) + (sin(3 * t) - 3 * cos(3 * t)) / 10;
}

static const struct problem problems[] = {
    {"decay", decay, 1, {1}, 2, decay_answer},
    {"oscillator", oscillator, 2, {1, 0}, 2, oscillator_answer},
    {"logistic", logistic, 1, {0.1}, 4, logistic_answer},
    {"forced", forced, 1, {1}, 2, forced_answer},
};

static void integrate(const gsl_odeiv2_step_type *type, gsl_odeiv2_system *system, double y[], double stop, int steps) {
  gsl_odeiv2_step *s = gsl_odeiv2_step_alloc(type, system->dimension);
  gsl_odeiv2_evolve *e = gsl_odeiv2_evolve_alloc(system->dimension);
  double h = stop / steps;
  for (int k = 0; k < steps; k++) {
    double t = k * h;
    cr_assert_eq(gsl_odeiv2_evolve_apply_fixed_step(e, NULL, s, system, &t, h, y), GSL_SUCCESS);
  }
  gsl_odeiv2_evolve_free(e);
  gsl_odeiv2_step_free(s);
}

static double error_of(enum method m, const struct problem *p, int steps) {
  gsl_odeiv2_system system = {p->slope, NULL, p->size, NULL};
  double y[2] = {p->start[0], p->start[1]};
  integrate(stepper_type(m), &system, y, p->stop, steps);
  return fabs(y[0] - p->answer(p->stop));
}

// Sums over the tableau; only a[j][j-1] differs from zero. Hairer, Norsett, Wanner (1993), II.1, table 2.2.
Test(stepper, tableaus_fulfil_the_order_conditions) {
  for (int i = 0; i < FIXED; i++) {
    const struct stepper_tableau *m = stepper_tableau(fixed[i]);
    double sum = 0, bc = 0, bc2 = 0, bac = 0, bc3 = 0, bcac = 0, bac2 = 0, baac = 0;
    for (unsigned j = 0; j < m->stages; j++) {
      double b = m->weights[j] / m->divisor, c = m->half_steps[j] / 2.0, a = m->reach[j];
      double c1 = j > 0 ? m->half_steps[j - 1] / 2.0 : 0, a1 = j > 0 ? m->reach[j - 1] : 0;
      double c2 = j > 1 ? m->half_steps[j - 2] / 2.0 : 0;
      cr_assert_eq(a, c, "stage %u of method %d: the row sum is the time", j, fixed[i]);
      sum += b, bc += b * c, bc2 += b * c * c, bac += b * a * c1;
      bc3 += b * c * c * c, bcac += b * c * a * c1, bac2 += b * a * c1 * c1, baac += b * a * a1 * c2;
    }
    double got[] = {sum, bc, bc2, bac, bc3, bcac, bac2, baac};
    double want[] = {1, 1. / 2, 1. / 3, 1. / 6, 1. / 4, 1. / 8, 1. / 12, 1. / 24};
    unsigned order[] = {1, 2, 3, 3, 4, 4, 4, 4}, reached = 4;
    for (int k = 7; k >= 0; k--)
      if (fabs(got[k] - want[k]) > 1e-15) reached = order[k] - 1;
    cr_assert_eq(reached, m->order, "method %d has order %u", fixed[i], reached);
  }
}

Test(stepper, shows_its_order_on_problems_with_known_answers) {
  for (int i = 0; i < FIXED; i++)
    for (size_t k = 0; k < sizeof problems / sizeof *problems; k++) {
      double order = log2(error_of(fixed[i], &problems[k], 64) / error_of(fixed[i], &problems[k], 128));
      double expected = stepper_tableau(fixed[i])->order;
      cr_assert(fabs(order - expected) < 0.2, "%s on %s: order %.2f", stepper_type(fixed[i])->name, problems[k].name,
                order);
    }
}

Test(stepper, one_step_of_decay_gives_the_methods_textbook_values) {
  double expected[] = {0, 0.5, 0.375};
  for (int i = 0; i < FIXED; i++) {
    gsl_odeiv2_system system = {decay, NULL, 1, NULL};
    double y = 1;
    integrate(stepper_type(fixed[i]), &system, &y, 1, 1);
    cr_assert_eq(y, expected[i], "%s gave %.17g", stepper_type(fixed[i])->name, y);
  }
}

struct record {
  int calls, fail_at;
  double times[32];
};
static int recorded(double t, const double y[], double dydt[], void *p) {
  struct record *r = p;
  r->times[r->calls++] = t;
  dydt[0] = -y[0];
  return r->calls == r->fail_at ? GSL_EBADFUNC : GSL_SUCCESS;
}

Test(stepper, evaluates_at_the_announced_half_steps_and_no_more) {
  for (int i = 0; i < FIXED; i++) {
    struct record r = {0};
    gsl_odeiv2_system system = {recorded, NULL, 1, &r};
    double y = 1;
    integrate(stepper_type(fixed[i]), &system, &y, 0.5, 2);
    const unsigned char *half_steps;
    unsigned stages = stepper_stages(fixed[i], &half_steps);
    cr_assert_eq(r.calls, 2 * (int)stages);
    for (int k = 0; k < r.calls; k++)
      cr_assert_eq(r.times[k], 0.25 * (k / (int)stages) + 0.125 * half_steps[k % (int)stages], "call %d", k);
  }
}

Test(stepper, uses_a_slope_it_is_given_and_finds_its_own_otherwise) {
  for (int i = 0; i < FIXED; i++) {
    struct record r = {0};
    gsl_odeiv2_system system = {recorded, NULL, 1, &r};
    gsl_odeiv2_step *s = gsl_odeiv2_step_alloc(stepper_type(fixed[i]), 1);
    double given = 1, found = 1, slope = -1, error = 9;
    gsl_odeiv2_step_apply(s, 0, 0.3, &given, &error, &slope, NULL, &system);
    cr_assert_eq(r.calls, (int)stepper_stages(fixed[i], NULL) - 1);
    gsl_odeiv2_step_apply(s, 0, 0.3, &found, &error, NULL, NULL, &system);
    cr_assert_eq(given, found);
    cr_assert_eq(error, 0);
    gsl_odeiv2_step_free(s);
  }
}

Test(stepper, passes_a_failed_evaluation_on_and_leaves_the_state_alone) {
  for (int i = 0; i < FIXED; i++)
    for (unsigned stage = 1; stage <= stepper_stages(fixed[i], NULL); stage++) {
      struct record r = {.fail_at = (int)stage};
      gsl_odeiv2_system system = {recorded, NULL, 1, &r};
      gsl_odeiv2_step *s = gsl_odeiv2_step_alloc(stepper_type(fixed[i]), 1);
      double y = 1, error;
      cr_assert_eq(gsl_odeiv2_step_apply(s, 0, 0.3, &y, &error, NULL, NULL, &system), GSL_EBADFUNC);
      cr_assert_eq(y, 1);
      gsl_odeiv2_step_free(s);
    }
}

static int many(double t, const double y[], double dydt[], void *p) {
  for (size_t i = 0; i < *(size_t *)p; i++) dydt[i] = cos(t + (double)i) - 0.1 * y[i];
  return GSL_SUCCESS;
}

// The bits must be those of the plain formula whatever the compiler makes of the loops.
Test(stepper, rk4_has_the_bits_of_the_plain_formula) {
  size_t n = 37;
  gsl_odeiv2_system system = {many, NULL, n, &n};
  double y[37], z[37], stage[37], k[4][37], h = 0.3, at[] = {0, 0.5, 0.5, 1};
  for (size_t i = 0; i < n; i++) y[i] = z[i] = 1.0 / (double)(i + 1);
  integrate(stepper_rk4, &system, y, h, 1);
  for (int j = 0; j < 4; j++) {
    for (size_t i = 0; i < n; i++) stage[i] = j ? z[i] + h * at[j] * k[j - 1][i] : z[i];
    many(at[j] * h, stage, k[j], &n);
  }
  for (size_t i = 0; i < n; i++) {
    double expected = z[i] + h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
    cr_assert_eq(y[i], expected, "state %zu", i);
  }
}

Test(stepper, gives_no_stepper_when_memory_is_out) {
  gsl_set_error_handler_off();
  for (unsigned long k = 1; k <= 2; k++) {
    mem_fail_at(k);
    gsl_odeiv2_step *s = gsl_odeiv2_step_alloc(stepper_rk4, 10);
    mem_fail_at(0);
    cr_assert_null(s);
  }
}

Test(stepper, knows_the_kinds_of_all_methods) {
  for (int m = 0; m < METHODS; m++) {
    cr_assert_not_null(stepper_type(m));
    cr_assert_eq(method_is_fixed(m), m <= METHOD_RK4);
    cr_assert_eq(method_is_implicit(m), m == METHOD_MSBDF || m == METHOD_BSIMP || m == METHOD_RK4IMP);
    cr_assert_eq(stepper_stages(m, NULL) > 0, method_is_fixed(m));
  }
}
