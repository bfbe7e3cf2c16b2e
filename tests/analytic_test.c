// SPDX-License-Identifier: GPL-3.0-or-later
// Models whose answers are known, through the whole pipeline: delays against Erlang's distribution, the Bass model and
// Solow's model against their closed forms, every method's measured order or its faithfulness to a tolerance, and stiff
// problems of the literature.
#include <criterion/criterion.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <math.h>
#include <string.h>

#include "engine/stepper.h"
#include "engine_support.h"

TestSuite(analytic);

#define HEAD "model: m\ntime: {unit: yr, start: 0, stop: 10, step: 0.25, save: 1}\nunits: {yr: base}\n"

static double value_of(const char *model, const char *const *sets, size_t count, const char *name, double t) {
  struct lab l;
  lab_open(&l);
  lab_set(&l, model, NULL, sets, count);
  double value = lab_value(&l, name, t);
  lab_close(&l);
  return value;
}

static const struct {
  const char *method;
  double order;
} fixed[] = {{"method=euler", 1}, {"method=rk2", 2}, {"method=rk4", 4}};

// The error at `t` with a step of 1/steps.
static double error_at(const char *model, const char *method, unsigned steps, const char *name, double t,
                       double exact) {
  char step[32];
  snprintf(step, sizeof step, "step=1/%u", steps);
  const char *sets[] = {method, step};
  return fabs(value_of(model, sets, 2, name, t) - exact);
}

static void has_its_orders(const char *model, unsigned steps, const char *name, double t, double exact) {
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
    double coarse = error_at(model, fixed[i].method, steps, name, t, exact);
    double fine = error_at(model, fixed[i].method, 2 * steps, name, t, exact);
    cr_expect(fabs(log2(coarse / fine) - fixed[i].order) < 0.2, "%s with %s: errors %g and %g, order %.3f", name,
              fixed[i].method, coarse, fine, log2(coarse / fine));
  }
}

// ---- delays: what a chain of n stages of T/n gives back of an impulse is Erlang's density (Erlang 1917)

static double erlang_share(double t, double delay, unsigned n) {  // given back until t
  double x = n * t / delay, term = 1, sum = 1;
  if (t <= 0) return 0;
  for (unsigned i = 1; i < n; i++) sum += term *= x / i;
  return 1 - exp(-x) * sum;
}

Test(analytic, a_pulse_leaves_a_delay_as_erlang_says) {
  static const struct {
    const char *equation;
    unsigned order;
  } rows[] = {{"delay1(pulse(1, 0.5), 2)", 1},   {"delay3(pulse(1, 0.5), 2)", 3},  {"delayn(pulse(1, 0.5), 2, 5)", 5},
              {"smooth(pulse(1, 0.5), 2)", 1},   {"smooth3(pulse(1, 0.5), 2)", 3}, {"smoothn(pulse(1, 0.5), 2, 5)", 5},
              {"delay3(pulse(1, 0.5), 2, 0)", 3}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char model[500];
    snprintf(model, sizeof model, HEAD "auxiliaries:\n  out:\n    unit: 1\n    equation: %s\n", rows[i].equation);
    for (double t = 2; t <= 4; t++) {
      double exact = erlang_share(t - 1, 2, rows[i].order) - erlang_share(t - 1.5, 2, rows[i].order);
      double error = error_at(model, "method=rk4", 64, "out", t, exact);
      cr_expect_lt(error, 1e-7, "%s at %g is off by %g", rows[i].equation, t, error);
    }
    has_its_orders(model, 16, "out", 3, erlang_share(2, 2, rows[i].order) - erlang_share(1.5, 2, rows[i].order));
  }
}

// ---- Bass

// The model file with `name` at t; sets as on the command line.
static double of_file(const char *path, const char *const *sets, size_t count, const char *name, double t) {
  struct lab l;
  lab_open(&l);
  l.model = model_read(&l.arena, path, NULL, &l.diag);
  l.scenario = l.model ? scenario_of_model(&l.arena, l.model, sets, count, &l.diag) : NULL;
  l.checked = l.scenario ? check_model(&l.arena, l.model, l.scenario, false, &l.diag) : NULL;
  cr_assert(l.checked && lab_lower(&l, NULL) && lab_run(&l), "%s", lab_messages(&l));
  double value = lab_value(&l, name, t);
  lab_close(&l);
  return value;
}

static double bass(double t) {  // Bass 1969, equation 5; the parameters of models/bass
  double m = 1e6, p = 0.03, q = 0.38, e = exp(-(p + q) * t);
  return m * (1 - e) / (1 + q / p * e);
}

Test(analytic, the_bass_model_has_its_closed_form_and_each_method_its_order) {
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
    const char *coarse[] = {fixed[i].method, "step=1/8"}, *fine[] = {fixed[i].method, "step=1/16"};
    for (double t = 3; t <= 18; t += 5) {
      double a = fabs(of_file("models/bass/model.yaml", coarse, 2, "adopters", t) - bass(t));
      double b = fabs(of_file("models/bass/model.yaml", fine, 2, "adopters", t) - bass(t));
      cr_expect(fabs(log2(a / b) - fixed[i].order) < 0.25, "%s at %g: order %.3f", fixed[i].method, t, log2(a / b));
      if (fixed[i].order == 4) cr_expect_lt(b, 1e-6 * bass(t), "at %g off by %g", t, b);
    }
  }
}

// ---- Solow 1956: k' = s k^a - d k, a linear equation in k^(1-a)

static const char solow[] = HEAD
    "parameters:\n"
    "  saving: {unit: 1, value: 0.25}\n  share: {unit: 1, value: 0.35}\n  wear: {unit: 1/yr, value: 0.08}\n"
    "  first: {unit: 1, value: 1}\n"
    "stocks:\n  k: {unit: 1, initial: first, inflows: [investment], outflows: [depreciation]}\n"
    "flows:\n  investment:\n    unit: 1/yr\n    equation: saving * k^share\n"
    "  depreciation: {unit: 1/yr, equation: wear * k}\n";

static double solow_answer(double first, double t) {
  double s = 0.25, a = 0.35, d = 0.08, end = s / d;
  return pow(end + (pow(first, 1 - a) - end) * exp(-(1 - a) * d * t), 1 / (1 - a));
}

Test(analytic, solow_s_capital_comes_to_its_steady_state_from_below_and_from_above) {
  double steady = pow(0.25 / 0.08, 1 / (1 - 0.35));
  static const char *const firsts[] = {"first=1", "first=20"};
  for (int i = 0; i < 2; i++) {
    const char *sets[] = {firsts[i], "stop=400", "method=rk4"};
    double last = i ? 20 : 1;
    for (double t = 50; t <= 400; t += 50) {
      double now = value_of(solow, sets, 3, "k", t);
      cr_expect(i ? now < last && now > steady : now > last && now < steady, "%s: %.12g at %g", firsts[i], now, t);
      cr_expect(lab_near(now, solow_answer(i ? 20 : 1, t), 1e-9, 0), "%s: %.12g at %g", firsts[i], now, t);
      last = now;
    }
    cr_expect(lab_near(last, steady, 1e-7, 0), "%.12g, steady state %.12g", last, steady);
  }
  const char *start_there[] = {"first=5.771752845", "stop=50"};
  cr_expect(lab_near(value_of(solow, start_there, 2, "k", 50), steady, 1e-9, 0), "steady %.10g", steady);
  has_its_orders(solow, 2, "k", 8, solow_answer(1, 8));
}

// ---- measured order of the methods that come from GSL, with steps of one size

static int forced(double t, const double y[], double dydt[], void *p) {
  (void)p;
  dydt[0] = -y[0] + sin(3 * t), dydt[1] = y[0] * cos(t) - y[1] * y[1];
  return GSL_SUCCESS;
}
static int forced_jacobian(double t, const double y[], double *dfdy, double dfdt[], void *p) {
  (void)p;
  dfdy[0] = -1, dfdy[1] = 0, dfdy[2] = cos(t), dfdy[3] = -2 * y[1];
  dfdt[0] = 3 * cos(3 * t), dfdt[1] = -y[0] * sin(t);
  return GSL_SUCCESS;
}
static double forced_error(enum method m, unsigned steps) {
  gsl_odeiv2_system system = {forced, forced_jacobian, 2, NULL};
  double t = 0, y[2] = {1, 0.5}, h = 2.0 / steps;
  gsl_odeiv2_driver *d = gsl_odeiv2_driver_alloc_y_new(&system, stepper_type(m), h, 1e-13, 1e-13);
  for (unsigned i = 0; i < steps; i++)
    cr_assert_eq(gsl_odeiv2_step_apply(d->s, t + i * h, h, y, (double[2]){0}, NULL, NULL, &system), GSL_SUCCESS);
  gsl_odeiv2_driver_free(d);
  return fabs(y[0] - (1.3 * exp(-2) + (sin(6) - 3 * cos(6)) / 10));
}

Test(analytic, the_one_step_methods_of_gsl_have_the_orders_they_claim) {
  static const struct {
    enum method method;
    double order;
    unsigned steps;
  } rows[] = {{METHOD_RKF45, 5, 16}, {METHOD_RKCK, 5, 16}, {METHOD_RK8PD, 8, 4}, {METHOD_RK4IMP, 4, 16}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    double a = forced_error(rows[i].method, rows[i].steps), b = forced_error(rows[i].method, 2 * rows[i].steps);
    cr_expect(fabs(log2(a / b) - rows[i].order) < 0.6, "method %d: errors %g and %g, order %.2f", rows[i].method, a, b,
              log2(a / b));
  }
}

// ---- methods that choose their step: the error follows the tolerance

struct problem {
  const char *name, *body, *variable;
  double t, answer;
};
static const struct problem problems[] = {
    {"decay", "stocks:\n  y: {unit: 1, initial: 1, outflows: [f]}\nflows:\n  f: {unit: 1, equation: y}\n", "y", 2,
     0.1353352832366127},
    {"oscillator",
     "stocks:\n  y: {unit: 1, initial: 1, inflows: [f]}\n  v: {unit: 1, initial: 0, outflows: [g]}\n"
     "flows:\n  f: {unit: 1, equation: v}\n  g: {unit: 1, equation: y}\n",
     "y", 10, -0.8390715290764524},
    {"logistic",
     "stocks:\n  y: {unit: 1, initial: 0.1, inflows: [f]}\nflows:\n  f:\n    unit: 1\n    equation: y * (1 - y)\n", "y",
     4, 0.8584864497582141},
    {"forced",
     "stocks:\n  y: {unit: 1, initial: 1, inflows: [f]}\nflows:\n  f:\n    unit: 1\n    equation: sin(3 * time) - y\n",
     "y", 2, -0.14005676760740585},
};

static const char *const adaptive[] = {"method=rkf45", "method=rkck",  "method=rk8pd", "method=msadams",
                                       "method=msbdf", "method=bsimp", "method=rk4imp"};

static double error_with(const struct problem *p, const char *method, const char *rtol, const char *atol) {
  char model[600];
  snprintf(model, sizeof model, HEAD "%s", p->body);
  const char *sets[] = {method, rtol, atol, "step=1"};
  return fabs(value_of(model, sets, 4, p->variable, p->t) - p->answer);
}

Test(analytic, adaptive_methods_keep_near_the_tolerance_they_are_given) {
  for (size_t k = 0; k < sizeof adaptive / sizeof *adaptive; k++)
    for (size_t i = 0; i < sizeof problems / sizeof *problems; i++) {
      double loose = error_with(&problems[i], adaptive[k], "rtol=1e-4", "atol=1e-6");
      double tight = error_with(&problems[i], adaptive[k], "rtol=1e-8", "atol=1e-10");
      bool holds = loose < 1e-2 && tight < 1e-6 && tight < loose + 1e-12;
      cr_expect(holds, "%s, %s: errors %g at 1e-4, %g at 1e-8", problems[i].name, adaptive[k], loose, tight);
    }
}

// ---- stiff problems

static const char *const stiff[] = {"method=msbdf", "method=bsimp", "method=rk4imp"};

// Robertson 1966; values at t = 40: Hairer and Wanner 1996, IV.10, and the test sets since.
static const char robertson[] =
    "model: m\ntime: {unit: yr, start: 0, stop: 40, step: 0.5, save: 10}\nunits: {yr: base}\n"
    "stocks:\n  a: {unit: 1, initial: 1, inflows: [back], outflows: [slow]}\n"
    "  b: {unit: 1, initial: 0, inflows: [slow], outflows: [back, fast]}\n"
    "  c: {unit: 1, initial: 0, inflows: [fast]}\n"
    "flows:\n  slow: {unit: 1, equation: 0.04 * a}\n  back: {unit: 1, equation: 1e4 * b * c}\n"
    "  fast: {unit: 1, equation: 3e7 * b^2}\n";

Test(analytic, stiff_methods_solve_robertsons_reactions_and_lose_nothing) {
  for (size_t k = 0; k < sizeof stiff / sizeof *stiff; k++) {
    const char *sets[] = {stiff[k], "rtol=1e-8", "atol=1e-12"};
    struct lab l;
    lab_open(&l);
    lab_set(&l, robertson, NULL, sets, 3);
    double a = lab_value(&l, "a", 40), b = lab_value(&l, "b", 40), c = lab_value(&l, "c", 40);
    cr_expect(lab_near(a, 0.7158270688, 1e-6, 0) && lab_near(b, 9.185534765e-6, 1e-5, 0) &&
                  lab_near(c, 0.2841637457, 1e-6, 0),
              "%s: %.10g %.10g %.10g", stiff[k], a, b, c);
    for (double t = 10; t <= 40; t += 10) {
      double sum = lab_value(&l, "a", t) + lab_value(&l, "b", t) + lab_value(&l, "c", t);
      cr_expect(lab_near(sum, 1, 1e-12, 0), "%s: %.17g in all at %g", stiff[k], sum, t);
    }
    lab_close(&l);
  }
}

// Van der Pol's oscillator with mu = 1000: in units of mu the problem of the test set for IVP solvers (Mazzia and
// Magherini 2008, II-24), whose reference solution at 2000 is this.
static const char van_der_pol[] =
    "model: m\ntime: {unit: yr, start: 0, stop: 2000, step: 1, save: 500}\nunits: {yr: base}\n"
    "stocks:\n  y: {unit: 1, initial: 2, inflows: [f]}\n  v: {unit: 1, initial: 0, inflows: [g]}\n"
    "flows:\n  f: {unit: 1, equation: v}\n  g:\n    unit: 1\n    equation: 1000 * (1 - y^2) * v - y\n";

Test(analytic, stiff_methods_solve_van_der_pols_oscillator, .timeout = 60) {
  for (size_t k = 0; k < sizeof stiff / sizeof *stiff; k++) {
    const char *sets[] = {stiff[k], "rtol=1e-7", "atol=1e-10"};
    struct lab l;
    lab_open(&l);
    lab_set(&l, van_der_pol, NULL, sets, 3);
    double y = lab_value(&l, "y", 2000), v = lab_value(&l, "v", 2000);
    cr_expect(lab_near(y, 1.706167732170483, 1e-4, 0) && lab_near(v, -0.8928097010247975e-3, 1e-3, 0),
              "%s: %.12g %.12g", stiff[k], y, v);
    lab_close(&l);
  }
}

// A stiff chain of twelve stages, more than the Jacobian takes at once, that follows a slow signal: with one column
// wrong, the step shrinks to 1/k and the run does not come to its end.
Test(analytic, stiff_methods_know_every_column_of_the_jacobian, .timeout = 20) {
  char model[4000] = HEAD "parameters:\n  k: {unit: 1/yr, value: 1e8}\nstocks:\n";
  for (int i = 0; i < 12; i++)
    snprintf(model + strlen(model), 100, "  y%d: {unit: 1, initial: 1, inflows: [f%d]}\n", i, i);
  strcat(model, "flows:\n");
  for (int i = 0; i < 12; i++) {
    char before[16] = "cos(time)";
    if (i) snprintf(before, sizeof before, "y%d", i - 1);
    snprintf(model + strlen(model), 100, "  f%d: {unit: 1/yr, equation: k * (%s - y%d)}\n", i, before, i);
  }
  for (size_t k = 0; k < sizeof stiff / sizeof *stiff; k++) {
    const char *sets[] = {stiff[k], "rtol=1e-6", "atol=1e-8"};
    double last = value_of(model, sets, 3, "y11", 10);
    cr_expect_float_eq(last, cos(10), 1e-4, "%s: %g", stiff[k], last);
  }
}
