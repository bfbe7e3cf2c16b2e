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

// Saved or not: z gains 0.25 * (0 + 0.25 + ...) of what y was. Each alone, since either makes every grid point a stop.
Test(run, adaptive_methods_renew_samples_and_fixed_delays_at_every_grid_point) {
  static const char model[] = HEAD
      "stocks:\n  y: {unit: 1, initial: 0, inflows: [f]}\n  z: {unit: 1, initial: 0, inflows: [g]}\n"
      "flows:\n  f: {unit: 1, equation: 1}\n  g:\n    unit: 1\n    equation: %s\n";
  static const char *const methods[] = {"method=euler", "method=rkf45", "method=msadams", "method=bsimp"};
  char sampled[400], delayed[400];
  snprintf(sampled, sizeof sampled, model, "sample(1, y, 0)");
  snprintf(delayed, sizeof delayed, model, "delay_fixed(y, 0.25, 0)");
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    const char *sets[] = {methods[i], "save=all", "save_every=10"};
    cr_expect_float_eq(run_once(sampled, NULL, sets, 3, "z", 10), 0.0625 * 39 * 40 / 2, 1e-6, "%s", methods[i]);
    cr_expect_float_eq(run_once(delayed, NULL, sets, 3, "z", 10), 0.0625 * 38 * 39 / 2, 1e-6, "%s", methods[i]);
  }
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
  cr_expect_float_eq(switch_time("when: y >= 99, test: 1, max: 10"), 10, 1e-12, "at the very end");
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

// Each member has levels of its own, and its own time of the switch.
Test(run, uncertain_levels_of_a_gated_lever_are_each_members_own) {
  static const char model[] = HEAD
      "parameters:\n  gain: {unit: 1/yr, value: 1, prior: {uniform: [0, 9]}}\n"
      "levers:\n  l: {unit: 1, value: 0, range: [0, 99]}\n"
      "stocks:\n  y: {unit: 1, initial: 0, inflows: [f]}\nflows:\n  f: {unit: 1/yr, equation: gain}\n"
      "auxiliaries:\n  seen: {unit: 1, equation: l}\n";
  struct lab l;
  lab_open(&l);
  cr_assert(lab_check(&l, model,
                      "phases:\n  - {name: near, from: 0, when: y >= 4, test: 1}\n  - {name: far}\n"
                      "levers:\n  l: {near: 1, far: 5, ramp: 2}\n"),
            "%s", lab_messages(&l));
  struct lower_options o = lab_uncertain(&l, true);
  cr_assert(lab_lower(&l, &o));
  cr_assert_eq(l.program->parameter_count, 3, "gain, near, far");
  double parameters[3 * 8];
  for (int i = 0; i < 8; i++)
    parameters[i] = i < 4 ? 1 : 2, parameters[8 + i] = 10 + i, parameters[16 + i] = 20 + 2 * i;
  double *saved = lab_batch(&l, 8, parameters, NULL, 0, NULL);
  size_t seen = lab_column(&l, "seen"), columns = l.program->column_count;
  for (int i = 0; i < 8; i++)
    for (int t = 0; t <= 10; t++) {
      double into = t - (i < 4 ? 4 : 2), near = t >= 2 ? 10 + i : (10 + i) * t / 2.0;
      double expected = into <= 0 ? near : 10 + i + (10 + i) * fmin(into / 2, 1);
      cr_expect_float_eq(saved[((size_t)t * columns + seen) * 8 + (size_t)i], expected, 1e-12, "lane %d at %d: %g", i,
                         t, saved[((size_t)t * columns + seen) * 8 + (size_t)i]);
    }
  lab_close(&l);
}

// ---- saving

static void saves_at(const char *method, const char *save, const double *times, size_t count) {
  struct lab l;
  char scenario[100];
  snprintf(scenario, sizeof scenario, "method: %s\nsave_every: %s\n", method, save);
  lab_open(&l);
  lab_make(&l,
           HEAD
           "stocks:\n  y: {unit: 1, initial: 0, inflows: [f]}\nflows:\n  f: {unit: 1/yr, equation: 1}\n"
           "auxiliaries:\n  now: {unit: yr, equation: time}\n",
           scenario);
  cr_expect_eq(l.program->save_count, count, "%s, every %s: %zu saves", method, save, (size_t)l.program->save_count);
  for (size_t i = 0; i < count && i < l.program->save_count; i++) {
    const double *row = &l.results->values[i * l.program->column_count];
    cr_expect_float_eq(l.results->times[i], times[i], 1e-12, "%s, every %s, save %zu", method, save, i);
    cr_expect_float_eq(row[lab_column(&l, "y")], times[i], 1e-9, "%s, every %s, save %zu", method, save, i);
    cr_expect_float_eq(row[lab_column(&l, "now")], times[i], 1e-12, "%s, every %s, save %zu", method, save, i);
  }
  lab_close(&l);
}

Test(run, a_saving_interval_need_not_divide_the_run) {
  static const char *const methods[] = {"euler", "rk4", "rkf45", "msbdf"};
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    saves_at(methods[i], "3", (double[]){0, 3, 6, 9}, 4);
    saves_at(methods[i], "3.5", (double[]){0, 3.5, 7}, 3);
    saves_at(methods[i], "10", (double[]){0, 10}, 2);
  }
}

// ---- tables of time

// As inputs do: the step that ends at a jump takes the limit from the left, and a grid point is what it should be.
Test(run, a_table_called_with_the_time_jumps_at_its_grid_point) {
  static const char model[] =
      "model: m\ntime: {unit: yr, start: 0, stop: 4, step: 0.1, save: 0.1}\nunits: {yr: base}\n"
      "tables:\n  x: {unit: 1, x_unit: yr, points: [[0, 0], [0.7, 10], [2.3, 40]], mode: step}\n"
      "  z: {unit: 1, x_unit: yr, points: [[0, 0], [2.3, 0], [2.3, 10], [4, 10]]}\n"
      "stocks:\n  y: {unit: 1, initial: 0, inflows: [f]}\n  u: {unit: 1, initial: 0, inflows: [g]}\n"
      "flows:\n  f: {unit: 1/yr, equation: x(time)}\n  g: {unit: 1/yr, equation: z(time)}\n";
  static const char *const methods[] = {"method=euler", "method=rk2", "method=rk4"};
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    cr_expect_float_eq(run_once(model, NULL, &methods[i], 1, "y", 4), 16 + 68, 1e-12, "%s", methods[i]);
    cr_expect_float_eq(run_once(model, NULL, &methods[i], 1, "u", 4), 17, 1e-12, "%s", methods[i]);
    cr_expect_float_eq(run_once(model, NULL, &methods[i], 1, "f", 0.6), 0, 0);
    cr_expect_float_eq(run_once(model, NULL, &methods[i], 1, "f", 0.7), 10, 0);
    cr_expect_float_eq(run_once(model, NULL, &methods[i], 1, "f", 2.3), 40, 0);
  }
}

// ---- fixed delays

// Lengths are read at the start, to the nearest step, and each lane has its own.
Test(run, a_fixed_delay_has_each_lanes_length_to_the_nearest_step) {
  static const char model[] = HEAD
      "parameters:\n  lag: {unit: yr, value: 1, prior: {uniform: [0, 20]}}\n"
      "auxiliaries:\n  late:\n    unit: yr\n    equation: delay_fixed(time, lag, -1)\n"
      "  later:\n    unit: yr\n    equation: delay_fixed(time, lag + time, -1)\n";
  static const double lags[8] = {0, 0.1, 0.25, 0.3, 0.37, 0.38, 9.9, 99}, taken[8] = {1, 1, 1, 1, 1, 2, 40, 396};
  struct lab l;
  lab_open(&l);
  cr_assert(lab_check(&l, model, "save_every: 0.25\n"), "%s", lab_messages(&l));
  struct lower_options o = lab_uncertain(&l, false);
  cr_assert(lab_lower(&l, &o));
  double *saved = lab_batch(&l, 8, lags, NULL, 0, NULL);
  size_t columns = l.program->column_count;
  for (size_t k = 0; k <= 40; k++)
    for (size_t i = 0; i < 8; i++)
      for (int which = 0; which < 2; which++) {
        size_t c = lab_column(&l, which ? "later" : "late");
        double expected = (double)k >= taken[i] ? ((double)k - taken[i]) / 4 : -1;
        cr_expect_eq(saved[(k * columns + c) * 8 + i], expected, "lag %g, step %zu: %g", lags[i], k,
                     saved[(k * columns + c) * 8 + i]);
      }
  lab_close(&l);
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
