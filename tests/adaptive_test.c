// SPDX-License-Identifier: GPL-3.0-or-later
// Adaptive and stiff methods restart where what they integrate jumps or has a kink, on the grid or off it. Each row
// puts a bump of area 0.05 or 0.1 and width 0.1 into a run of ten years that is saved at its end alone: a method that
// does not stop at the bump's corners steps over it. The instants that the program stops at are compared too.
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "engine_support.h"

TestSuite(adaptive);

static const char head[] =
    "model: m\ntime: {unit: yr, start: 0, stop: 10, step: 0.25, save: 10}\nunits: {yr: base}\n"
    "stocks:\n  y: {unit: 1, initial: 0, inflows: [f]}\nflows:\n  f:\n    unit: 1/yr\n    equation: ";

struct row {
  const char *name, *equation, *more, *scenario;  // more: other entries of the model
  double area, stops[4];
};

static const struct row rows[] = {
    {"pulse", "pulse(5.13, 0.26)", "", "", 0.26, {5.13, 5.39}},
    {"step", "step(1, 5.13) - step(1, 5.23)", "", "", 0.1, {5.13, 5.23}},
    {"ramp", "ramp(20, 5.13, 5.18) - ramp(20, 5.18, 5.23)", "", "", 0.05, {5.13, 5.18, 5.23}},
    {"endless ramp", "ramp(1, 5.13)", "", "", 11.85845, {5.13}},
    {"comparison", "if time >= 5.13 and 5.23 > time then 1 else 0", "", "", 0.1, {5.13, 5.23}},
    {"known expression",
     "step(1, 5 + x) - step(1, 5.1 + x)",
     "constants:\n  x: {unit: yr, equation: 0.26 / 2}\n",
     "",
     0.1,
     {5.13, 5.23}},
    {"own points",
     "l",
     "levers:\n  l: {unit: 1, points: [[5.13, 0], [5.18, 1], [5.23, 0]], range: [0, 1]}\n",
     "",
     0.05,
     {5.13, 5.18, 5.23}},
    {"own jumps",
     "l",
     "levers:\n  l: {unit: 1, points: [[0, 0], [5.13, 0], [5.13, 1], [5.23, 1], [5.23, 0]], range: [0, 1]}\n",
     "",
     0.1,
     {5.13, 5.23}},
    {"a jump alone", "l", "levers:\n  l: {unit: 1, points: [[5.13, 0], [5.13, 1]], range: [0, 1]}\n", "", 4.87, {5.13}},
    {"points of the scenario",
     "l",
     "levers:\n  l: {unit: 1, value: 0, range: [0, 1]}\n",
     "levers:\n  l: {points: [[5.13, 0], [5.18, 1], [5.23, 0]]}\n",
     0.05,
     {5.13, 5.18, 5.23}},
    {"ramps of phases",
     "l",
     "levers:\n  l: {unit: 1, value: 0, range: [0, 1]}\n",
     "phases:\n  - {name: near, from: 5.13, until: 5.18}\n  - {name: far}\n"
     "levers:\n  l: {near: 1, far: 0, ramp: 0.05}\n",
     0.05,
     {5.13, 5.18, 5.23}},
    {"levels of phases",
     "l",
     "levers:\n  l: {unit: 1, value: 0, range: [0, 1]}\n",
     "phases:\n  - {name: near, from: 5.13, until: 5.23}\n  - {name: far}\nlevers:\n  l: {near: 1, far: 0}\n",
     0.1,
     {5.13, 5.23}},
    {"input",
     "x",
     "inputs:\n  x: {unit: 1, points: [[5.13, 0], [5.18, 1], [5.23, 0]]}\n",
     "",
     0.05,
     {5.13, 5.18, 5.23}},
    {"input in steps",
     "x",
     "inputs:\n  x: {unit: 1, points: [[0, 0], [5.13, 1], [5.23, 0]], mode: step}\n",
     "",
     0.1,
     {5.13, 5.23}},
    {"table of time",
     "x(time)",
     "tables:\n  x: {unit: 1, x_unit: yr, points: [[5.13, 0], [5.18, 1], [5.23, 0]]}\n",
     "",
     0.05,
     {5.13, 5.18, 5.23}},
    {"table of time in steps",
     "x(time)",
     "tables:\n  x: {unit: 1, x_unit: yr, points: [[0, 0], [5.13, 1], [5.23, 0]], mode: step}\n",
     "",
     0.1,
     {5.13, 5.23}},
};
enum { ROWS = sizeof rows / sizeof *rows };

static const char *const methods[] = {"rkf45", "rkck", "rk8pd", "msadams", "msbdf", "bsimp", "rk4imp"};
enum { METHOD_COUNT = sizeof methods / sizeof *methods };

static void open_row(struct lab *l, const struct row *r, const char *method) {
  lab_open(l);
  const char *model = arena_format(&l->arena, "%s%s\n%s", head, r->equation, r->more);
  const char *scenario = arena_format(&l->arena, "%smethod: %s\nrtol: 1e-9\natol: 1e-12\n", r->scenario, method);
  lab_make(l, model, scenario);
}

Test(adaptive, no_method_steps_over_a_bump_between_grid_points) {
  for (size_t i = 0; i < ROWS; i++)
    for (size_t k = 0; k < METHOD_COUNT; k++) {
      struct lab l;
      open_row(&l, &rows[i], methods[k]);
      cr_expect_float_eq(lab_value(&l, "y", 10), rows[i].area, 1e-7, "%s, %s: %.10g, expected %g", rows[i].name,
                         methods[k], lab_value(&l, "y", 10), rows[i].area);
      lab_close(&l);
    }
}

static bool stops_at(const struct program *p, double t) {
  for (size_t i = 0; i < p->event_count; i++)
    if (fabs(p->events[i] - t) < 1e-12) return true;
  return false;
}

Test(adaptive, every_jump_and_kink_known_in_advance_is_a_stop) {
  for (size_t i = 0; i < ROWS; i++) {
    struct lab l;
    open_row(&l, &rows[i], "rkf45");
    for (size_t k = 0; k < 4 && rows[i].stops[k] > 0; k++)
      cr_expect(stops_at(l.program, rows[i].stops[k]), "%s: no stop at %g", rows[i].name, rows[i].stops[k]);
    cr_expect_not(l.program->grid_events, "%s: its instants are known", rows[i].name);
    lab_close(&l);
  }
}

// Instants that differ between members are not known when the program is made: every grid point is a stop.
Test(adaptive, an_uncertain_instant_makes_every_grid_point_a_stop) {
  static const char *const equations[] = {"pulse(x, 0.3)", "step(1, x)", "ramp(1, x)",
                                          "ramp(1, 1, x)", "time > x",   "pulse_train(0, 0.3, 1, 9)"};
  for (size_t i = 0; i < sizeof equations / sizeof *equations; i++) {
    struct lab l;
    lab_open(&l);
    const char *model = arena_format(
        &l.arena, "%s%s\nparameters:\n  x: {unit: yr, value: 5, prior: {uniform: [1, 9]}}\n", head, equations[i]);
    cr_assert(lab_check(&l, model, "method: rkf45\n"), "%s", lab_messages(&l));
    struct lower_options o = lab_uncertain(&l, false);
    cr_assert(lab_lower(&l, &o));
    cr_expect(l.program->grid_events, "%s", equations[i]);
    lab_close(&l);
  }
}

// The method must forget its history too: msadams and msbdf carry the slopes of the steps before a jump.
Test(adaptive, methods_start_afresh_after_a_jump_of_the_slope) {
  static const struct row back = {
      "back and forth", "if time < 5.13 then -1000 else if time < 5.23 then 1000 else 0", "", "", -5030, {0}};
  for (size_t k = 0; k < METHOD_COUNT; k++) {
    struct lab l;
    open_row(&l, &back, methods[k]);
    cr_expect_float_eq(lab_value(&l, "y", 10), back.area, 1e-5, "%s: %.10g", methods[k], lab_value(&l, "y", 10));
    lab_close(&l);
  }
}
