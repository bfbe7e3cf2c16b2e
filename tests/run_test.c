// SPDX-License-Identifier: GPL-3.0-or-later
// Runs over time: order of the methods through the whole pipeline, adaptive methods across jumps, gates on their test
// grid, what is not integrated, saving that does not divide the run, and what a cycle or a failure says.
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine_support.h"

TestSuite(run);

#define HEAD "model: m\ntime: {unit: yr, start: 0, stop: 10, step: 0.25, save: 1}\nunits: {yr: base}\n"

static double run_once(const char *model, const char *scenario, const char *const *sets, size_t count, const char *name,
                       double t) {
  struct lab l;
  lab_open(&l);
  lab_set(&l, model, scenario, sets, count);
  double value = lab_value(&l, name, t);
  lab_close(&l);
  return value;
}

// ---- order: y' = -y cos-forced, exact y = exp(-t) + sin(t)

static const char forced[] = HEAD
    "stocks:\n  y: {unit: 1, initial: 1, inflows: [f]}\n"
    "flows:\n  f:\n    unit: 1/yr\n    equation: sin(time) + cos(time) - y\n";

static double error_of(const char *method, const char *step) {
  const char *sets[] = {method, step};
  return fabs(run_once(forced, NULL, sets, 2, "y", 2) - (exp(-2) + sin(2)));
}

static void has_order(const char *method, double order) {
  double seen = log2(error_of(method, "step=1/16") / error_of(method, "step=1/32"));
  cr_expect(fabs(seen - order) < 0.15, "%s: order %g, expected %g", method, seen, order);
}

Test(run, fixed_step_methods_have_their_order_through_the_whole_pipeline) {
  has_order("method=euler", 1);
  has_order("method=rk2", 2);
  has_order("method=rk4", 4);
}

// ---- adaptive methods

static const char pulsed[] = HEAD
    "stocks:\n  y: {unit: 1, initial: 0, inflows: [f]}\n"
    "flows:\n  f:\n    unit: 1/yr\n    equation: pulse(4.1, 0.3) + step(1, 6.3)\n";

Test(run, adaptive_methods_see_a_pulse_and_a_step_between_grid_points) {
  static const char *const methods[] = {"method=rkf45", "method=rkck", "method=rk8pd", "method=msadams",
                                        "method=msbdf"};
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    const char *sets[] = {methods[i], "rtol=1e-9", "atol=1e-12"};
    cr_expect_float_eq(run_once(pulsed, NULL, sets, 3, "y", 6), 0.3, 1e-7, "%s", methods[i]);
    cr_expect_float_eq(run_once(pulsed, NULL, sets, 3, "y", 10), 0.3 + 3.7, 1e-6, "%s", methods[i]);
  }
}

// Events at the start and right after one another once held an adaptive run for ever.
Test(run, adaptive_runs_end_when_events_stand_close, .timeout = 20) {
  static const char close[] = HEAD
      "inputs:\n  x: {unit: 1, points: [[0, 0], [0.25, 1], [0.5, 0], [1, 2], [2, 1]]}\n"
      "stocks:\n  y: {unit: 1, initial: 0, inflows: [f]}\n"
      "flows:\n  f:\n    unit: 1/yr\n    equation: x\n";
  const char *sets[] = {"method=rk8pd", "rtol=1e-9", "atol=1e-12"};
  cr_expect_float_eq(run_once(close, NULL, sets, 3, "y", 2), 0.125 + 0.125 + 0.5 + 1.5, 1e-8);
}

// ---- gates

static const char gated[] = HEAD
    "levers:\n  l: {unit: 1, value: 0, range: [0, 9]}\n"
    "stocks:\n  y: {unit: 1, initial: 0, inflows: [f]}\n"
    "flows:\n  f:\n    unit: 1/yr\n    equation: 1\n"
    "auxiliaries:\n  seen: {unit: 1, equation: l}\n";

static double switch_time(const char *gate) {
  struct lab l;
  char scenario[500];
  snprintf(scenario, sizeof scenario,
           "phases:\n  - {name: near, from: 0, %s}\n  - {name: far}\nlevers:\n  l: {near: 1, far: 5}\n", gate);
  lab_open(&l);
  lab_make(&l, gated, scenario);
  double start = l.results->phase_starts[1];
  if (!isnan(start)) cr_expect_float_eq(lab_value(&l, "seen", ceil(start)), 5, 1e-12, "%s", gate);
  cr_expect_float_eq(lab_value(&l, "seen", 0), 1, 1e-12, "%s", gate);
  lab_close(&l);
  return start;
}

Test(run, a_gate_is_tested_on_its_own_grid_between_its_least_and_most) {
  cr_expect_float_eq(switch_time("when: y >= 2.5, test: 1"), 3, 1e-12);
  cr_expect_float_eq(switch_time("when: y >= 2.5, test: 2"), 4, 1e-12);
  cr_expect_float_eq(switch_time("when: y >= 2.5, test: 1, min: 5"), 5, 1e-12);
  cr_expect_float_eq(switch_time("when: y >= 99, test: 1, max: 7"), 7, 1e-12);
  cr_expect(isnan(switch_time("when: y >= 99, test: 1")));
}

// At the very grid point of a switch too, a sample sees what everyone sees.
static void sampled_lever_is_lever(const char *gate, const char *ramp) {
  static const char model[] = HEAD
      "levers:\n  l: {unit: 1, value: 1, range: [0, 9]}\n"
      "stocks:\n  y: {unit: 1, initial: 0, inflows: [f]}\n"
      "flows:\n  f:\n    unit: 1/yr\n    equation: 1\n"
      "auxiliaries:\n  seen: {unit: 1, equation: l}\n"
      "  kept:\n    unit: 1\n    equation: sample(1, l * 2, 9)\n";
  struct lab l;
  lab_open(&l);
  const char *scenario =
      arena_format(&l.arena,
                   "phases:\n  - {name: near, from: 1, when: %s, test: 1}\n  - {name: mid, when: %s, test: 1, min: 2}\n"
                   "  - {name: far}\nlevers:\n  l: {near: 2, mid: 4, far: 8, ramp: %s}\nsave_every: 0.25\n",
                   gate, gate, ramp);
  lab_make(&l, model, scenario);
  for (double t = 0; t <= 10; t += 0.25)
    cr_expect_float_eq(lab_value(&l, "kept", t), 2 * lab_value(&l, "seen", t), 0, "%s, ramp %s, at %g", gate, ramp, t);
  cr_expect_float_eq(lab_value(&l, "seen", 10), 8, 0);
  lab_close(&l);
}

Test(run, a_sample_at_a_switch_sees_the_levers_present_value) {
  sampled_lever_is_lever("y >= 3", "0");
  sampled_lever_is_lever("y >= 3", "1.5");
  sampled_lever_is_lever("y >= 1 + l", "0");
  sampled_lever_is_lever("y >= 1 + seen", "1.5");
}

// ---- what is not integrated

Test(run, a_smooth_that_reaches_nothing_is_not_integrated) {
  static const char model[] = HEAD
      "stocks:\n  y: {unit: 1, initial: 1, inflows: [f]}\n"
      "flows:\n  f:\n    unit: 1/yr\n    equation: y\n"
      "auxiliaries:\n  slow:\n    unit: 1\n    equation: smooth(exp(-y), 2)\n";
  struct lab l;
  lab_open(&l);
  lab_make(&l, model, "save: [y]\n");
  cr_expect_null(strstr(lab_dump(&l), "= exp"), "%s", lab_dump(&l));
  lab_close(&l);
  lab_open(&l);
  lab_make(&l, model, "save: [y, slow]\n");
  cr_expect_not_null(strstr(lab_dump(&l), "= exp"));
  lab_close(&l);
}

// ---- what a user is told

static const char *refusal(struct lab *l, const char *model) {
  lab_open(l);
  cr_assert_not(lab_check(l, model, NULL));
  return l->diag.messages.items[0].text;
}

Test(run, cycles_are_judged_by_element_and_printed) {
  struct lab l;
  cr_expect_str_eq(refusal(&l, HEAD "auxiliaries:\n  a: {unit: 1, equation: b + 1}\n  b: {unit: 1, equation: a * 2}\n"),
                   "algebraic loop: a -> b -> a");
  lab_close(&l);
  lab_open(&l);
  lab_make(&l,
           HEAD
           "dimensions: {d: [p, q]}\nauxiliaries:\n  y: {unit: 1, equation: \"a[p]\"}\n"
           "  a[d]: {unit: 1, equation: 3}\n  a[q]: {equation: y * 2}\n",
           NULL);
  cr_expect_float_eq(lab_value(&l, "a[q]", 0), 6, 0);
  lab_close(&l);
}

Test(run, a_value_that_is_no_number_is_named_with_its_time) {
  struct lab l;
  lab_open(&l);
  cr_assert(lab_check(&l,
                      HEAD "stocks:\n  y: {unit: 1, initial: 2, outflows: [f]}\n"
                           "flows:\n  f:\n    unit: 1/yr\n    equation: 1 + 0 * ln(y)\n",
                      NULL));
  cr_assert(lab_lower(&l, NULL));
  lab_run(&l);
  cr_assert_gt(l.diag.messages.count, 0u);
  const struct message *last = &l.diag.messages.items[l.diag.messages.count - 1];  // before it: units, leniently
  bool named = strncmp(last->text, "f became NaN", 12) == 0 || strncmp(last->text, "f became infinite", 17) == 0;
  cr_expect(named, "%s", last->text);
  cr_expect_eq(source_place(last->at.source, last->at.at).line, 9u);
  lab_close(&l);
}
