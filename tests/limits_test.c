// SPDX-License-Identifier: GPL-3.0-or-later
// What holds a model's values in: non-negative stocks and their flows, bounds that make a lane fail, values that are no
// number where nobody looks.
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "engine_support.h"

TestSuite(limits);

#define HEAD                                                                                                      \
  "model: m\ntime: {unit: yr, start: 0, stop: 5, step: 1, save: 1}\nunits: {yr: base}\ndimensions: {d: [p, q]}\n" \
  "method: euler\n"

static void expect_values(struct lab *l, const char *name, const double *expected, size_t count) {
  for (size_t i = 0; i < count; i++)
    cr_expect_float_eq(lab_value(l, name, (double)i), expected[i], 1e-12, "%s at %zu: %g, expected %g", name, i,
                       lab_value(l, name, (double)i), expected[i]);
}
#define EXPECT(l, name, ...) \
  expect_values(l, name, (double[]){__VA_ARGS__}, sizeof((double[]){__VA_ARGS__}) / sizeof(double))

// ---- non-negative stocks

static const char two_ways[] =
    "model: m\ntime: {unit: yr, start: 0, stop: 5, step: %s, save: 1}\nunits: {yr: base}\n"
    "stocks:\n"
    "  s:\n    unit: 1\n    initial: 10\n    inflows: [in]\n    outflows: [%s]\n    non_negative: true\n"
    "  left: {unit: 1, initial: 0, inflows: [a]}\n  right: {unit: 1, initial: 0, inflows: [b]}\n"
    "flows:\n  in: {unit: 1/yr, equation: 2}\n  a: {unit: 1/yr, equation: 8}\n  b: {unit: 1/yr, equation: 9}\n"
    "auxiliaries:\n  lost: {unit: 1, equation: s + left + right - 10 - 2 * time}\n";

static void open_two_ways(struct lab *l, const char *step, const char *order, const char *method) {
  lab_open(l);
  lab_make(l, arena_format(&l->arena, two_ways, step, order), arena_format(&l->arena, "method: %s\n", method));
}

Test(limits, outflows_take_in_listed_order_what_a_stock_holds_and_receives) {
  struct lab l;
  open_two_ways(&l, "1", "a, b", "euler");
  EXPECT(&l, "a", 8, 2, 2, 2), EXPECT(&l, "b", 4, 0, 0, 0), EXPECT(&l, "s", 10, 0, 0, 0);
  EXPECT(&l, "left", 0, 8, 10, 12), EXPECT(&l, "right", 0, 4, 4, 4), EXPECT(&l, "lost", 0, 0, 0, 0, 0, 0);
  lab_close(&l);
  open_two_ways(&l, "1", "b, a", "euler");
  EXPECT(&l, "b", 9, 2, 2, 2), EXPECT(&l, "a", 3, 0, 0, 0), EXPECT(&l, "s", 10, 0, 0, 0);
  EXPECT(&l, "left", 0, 3, 3, 3), EXPECT(&l, "right", 0, 9, 11, 13), EXPECT(&l, "lost", 0, 0, 0, 0, 0, 0);
  lab_close(&l);
}

Test(limits, nothing_is_lost_and_no_stock_is_overdrawn_under_any_fixed_step) {
  static const char *const methods[] = {"euler", "rk2", "rk4"}, *const steps[] = {"1", "0.25", "0.125"};
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) {
      struct lab l;
      open_two_ways(&l, steps[k], "b, a", methods[i]);
      for (double t = 0; t <= 5; t++) {
        cr_expect_geq(lab_value(&l, "s", t), 0, "%s, step %s, at %g", methods[i], steps[k], t);
        cr_expect_float_eq(lab_value(&l, "lost", t), 0, 1e-12, "%s, step %s, at %g", methods[i], steps[k], t);
      }
      lab_close(&l);
    }
}

Test(limits, each_element_of_an_array_has_its_own_limit) {
  struct lab l;
  lab_open(&l);
  lab_make(&l,
           HEAD
           "parameters:\n  start[d]: {unit: 1, value: [10, 1]}\n"
           "stocks:\n  s[d]:\n    unit: 1\n    initial: start\n    outflows: [out]\n    non_negative: true\n"
           "  t[d]:\n    unit: 1\n    initial: 0\n    inflows: [out]\n"
           "flows:\n  out[d]:\n    unit: 1/yr\n    equation: 4\n",
           NULL);
  EXPECT(&l, "out[p]", 4, 4, 2, 0), EXPECT(&l, "out[q]", 1, 0, 0, 0);
  EXPECT(&l, "t[p]", 0, 4, 8, 10), EXPECT(&l, "t[q]", 0, 1, 1, 1);
  lab_close(&l);
}

// A flow out of one and into the other: the second has to give on no more than it truly gets.
Test(limits, a_chain_of_non_negative_stocks_passes_on_the_limited_flow) {
  struct lab l;
  lab_open(&l);
  lab_make(
      &l,
      HEAD
      "stocks:\n  a:\n    unit: 1\n    initial: 3\n    outflows: [ab]\n    non_negative: true\n"
      "  b:\n    unit: 1\n    initial: 0\n    inflows: [ab]\n    outflows: [bc]\n    non_negative: true\n"
      "  c:\n    unit: 1\n    initial: 0\n    inflows: [bc]\n    outflows: [out]\n    non_negative: true\n"
      "flows:\n  out: {unit: 1/yr, equation: 9}\n  bc: {unit: 1/yr, equation: 9}\n  ab: {unit: 1/yr, equation: 2}\n",
      NULL);
  EXPECT(&l, "ab", 2, 1, 0, 0), EXPECT(&l, "bc", 2, 1, 0, 0), EXPECT(&l, "out", 2, 1, 0, 0);
  EXPECT(&l, "a", 3, 1, 0, 0), EXPECT(&l, "b", 0, 0, 0, 0), EXPECT(&l, "c", 0, 0, 0, 0);
  lab_close(&l);
}

// What others read of a flow is what flows.
Test(limits, an_auxiliary_sees_the_limited_flow) {
  struct lab l;
  lab_open(&l);
  lab_make(&l,
           HEAD
           "stocks:\n  s:\n    unit: 1\n    initial: 3\n    outflows: [out]\n    non_negative: true\n"
           "flows:\n  out: {unit: 1/yr, equation: 2}\nauxiliaries:\n  seen: {unit: 1/yr, equation: out * 10}\n",
           NULL);
  EXPECT(&l, "seen", 20, 10, 0, 0);
  lab_close(&l);
}

// Round and round: with c a narrow place, no stock may be overdrawn, and nothing may be lost.
Test(limits, a_circle_of_non_negative_stocks_overdraws_none) {
  static const char *const flows[] = {"5", "5", "5", "1", "7"};
  for (int i = 0; i < 3; i++) {
    struct lab l;
    lab_open(&l);
    const char *model = arena_format(
        &l.arena,
        HEAD
        "stocks:\n  a:\n    unit: 1\n    initial: 3\n    inflows: [ca]\n    outflows: [ab]\n    non_negative: true\n"
        "  b:\n    unit: 1\n    initial: 0\n    inflows: [ab]\n    outflows: [bc]\n    non_negative: true\n"
        "  c:\n    unit: 1\n    initial: 0\n    inflows: [bc]\n    outflows: [ca]\n    non_negative: true\n"
        "flows:\n  ab: {unit: 1/yr, equation: %s}\n  bc: {unit: 1/yr, equation: %s}\n  ca: {unit: 1/yr, equation: "
        "%s}\n",
        flows[i], flows[i + 1], flows[i + 2]);
    lab_make(&l, model, NULL);
    for (double t = 0; t <= 5; t++) {
      double a = lab_value(&l, "a", t), b = lab_value(&l, "b", t), c = lab_value(&l, "c", t);
      cr_expect(a >= 0 && b >= 0 && c >= 0, "circle %d at %g: %g %g %g", i, t, a, b, c);
      cr_expect_float_eq(a + b + c, 3, 1e-12, "circle %d at %g", i, t);
    }
    lab_close(&l);
  }
}

// A part of what flows out comes back: the part is of what flows, not of what would.
Test(limits, a_flow_made_from_a_limited_one_sees_the_limit) {
  struct lab l;
  lab_open(&l);
  lab_make(
      &l,
      HEAD
      "stocks:\n  s:\n    unit: 1\n    initial: 8\n    inflows: [back]\n    outflows: [out]\n    non_negative: true\n"
      "flows:\n  back: {unit: 1/yr, equation: out / 2}\n  out: {unit: 1/yr, equation: 100}\n",
      NULL);
  EXPECT(&l, "out", 8, 4, 2, 1), EXPECT(&l, "back", 4, 2, 1, 0.5), EXPECT(&l, "s", 8, 4, 2, 1);
  lab_close(&l);
}

// q waits for p: the array is evaluated element by element.
Test(limits, a_flow_that_is_taken_apart_is_limited_too) {
  struct lab l;
  lab_open(&l);
  lab_make(&l,
           HEAD
           "stocks:\n  s[d]:\n    unit: 1\n    initial: 5\n    outflows: [out]\n    non_negative: true\n"
           "  t[d]:\n    unit: 1\n    initial: 0\n    inflows: [out]\n"
           "flows:\n  out[d]:\n    unit: 1/yr\n    equation: 3\n  out[q]:\n    equation: z\n"
           "auxiliaries:\n  z:\n    unit: 1/yr\n    equation: out[p] * 2\n",
           NULL);
  EXPECT(&l, "out[p]", 3, 2, 0), EXPECT(&l, "z", 6, 4, 0), EXPECT(&l, "out[q]", 5, 0, 0);
  EXPECT(&l, "t[p]", 0, 3, 5, 5), EXPECT(&l, "t[q]", 0, 5, 5, 5);
  lab_close(&l);
}

// The limits are worked out in order, not one inside the other.
Test(limits, a_long_chain_of_non_negative_stocks_needs_no_stack) {
  enum { STOCKS = 5000 };
  struct lab l;
  struct text text = {0};
  lab_open(&l);
  text_puts(&text, HEAD "stocks:\n");
  for (int i = 0; i < STOCKS; i++)
    text_printf(&text, "  s%d: {unit: 1, initial: 1, inflows: [f%d], outflows: [f%d], non_negative: true}\n", i, i + 1,
                i);
  text_puts(&text, "flows:\n");
  for (int i = 0; i <= STOCKS; i++) text_printf(&text, "  f%d: {unit: 1/yr, equation: %d}\n", i, i == STOCKS ? 0 : 9);
  cr_assert(lab_check(&l, text.data, "save: [s0, f0]\n") && lab_lower(&l, NULL) && lab_run(&l), "%.2000s",
            lab_messages(&l));
  EXPECT(&l, "f0", 9, 9, 9, 9), EXPECT(&l, "s0", 1, 1, 1, 1);
  text_free(&text);
  lab_close(&l);
}

// ---- bounds

static const char bounded[] = HEAD
    "parameters:\n  rate: {unit: 1/yr, value: 1, prior: {uniform: [0, 9]}}\n"
    "stocks:\n  y:\n    unit: 1\n    initial: 0\n    inflows: [f]\n    bounds: [0, 6]\n"
    "flows:\n  f: {unit: 1/yr, equation: rate}\n"
    "auxiliaries:\n  z[d]:\n    unit: 1\n    equation: 10 - y\n    bounds: [1, 100]\n  z[q]:\n    equation: 5\n";

Test(limits, a_lane_that_breaks_a_bound_fails_alone_with_time_variable_and_value) {
  struct lab l;
  lab_open(&l);
  cr_assert(lab_check(&l, bounded, NULL), "%s", lab_messages(&l));
  struct lower_options o = lab_uncertain(&l, false);
  cr_assert(lab_lower(&l, &o));
  const double rates[8] = {1, 2, 3, 1.2, -1, 5, 0, 9.5};
  const double times[8] = {NAN, 4, 3, NAN, 1, 2, NAN, 1};  // 1.2 * 5 is 6: on the bound
  struct failure failures[8];
  double *saved = lab_batch(&l, 8, rates, NULL, 0, failures);
  size_t y = lab_column(&l, "y"), columns = l.program->column_count;
  for (size_t lane = 0; lane < 8; lane++) {
    cr_expect(lab_same(failures[lane].time, times[lane]), "lane %zu fails at %g", lane, failures[lane].time);
    for (size_t s = 0; s <= 5; s++) {
      double expected = (double)s >= times[lane] ? NAN : rates[lane] * (double)s;
      cr_expect(lab_near(saved[(s * columns + y) * 8 + lane], expected, 1e-15, 0), "lane %zu, save %zu", lane, s);
    }
    if (isnan(times[lane])) continue;
    cr_expect_str_eq(l.model->variables.items[failures[lane].variable].name, "y");
    cr_expect_eq(failures[lane].value, rates[lane] * times[lane]);
  }
  lab_close(&l);
}

Test(limits, a_broken_bound_of_an_element_is_told_with_the_element) {
  struct lab l;
  lab_open(&l);
  cr_assert(lab_check(&l,
                      HEAD "auxiliaries:\n  z[d]:\n    unit: 1\n    equation: 3 - time\n    bounds: [1, 100]\n"
                           "  z[p]:\n    equation: 5\n",
                      NULL) &&
                lab_lower(&l, NULL),
            "%s", lab_messages(&l));
  cr_expect_not(lab_run(&l));
  const char *text = l.diag.messages.items[l.diag.messages.count - 1].text;
  cr_expect(strstr(text, "z[q]") && strstr(text, "3") && l.diag.exit == EXIT_NUMERIC, "%s", text);
  lab_close(&l);
}

// ---- no numbers

Test(limits, a_branch_not_taken_may_be_no_number) {
  struct lab l;
  lab_open(&l);
  lab_make(&l,
           HEAD
           "parameters:\n  x[d]: {unit: 1, value: [-1, 4], prior: {uniform: [-9, 9]}}\n"
           "stocks:\n  y: {unit: 1, initial: -1, inflows: [f]}\n"
           "flows:\n  f:\n    unit: 1/yr\n    equation: if y > 0 then 1 / sqrt(y) else 0.5\n"
           "auxiliaries:\n  r[d]:\n    unit: 1\n    equation: if x > 0 then sqrt(x) else 0\n"
           "  s:\n    unit: 1\n    equation: if y > 0 then ln(y) else if y < 0 then ln(-y) else 7\n",
           NULL);
  EXPECT(&l, "r[p]", 0, 0), EXPECT(&l, "r[q]", 2, 2);
  EXPECT(&l, "s", 0, -0.6931471805599453, 7, -0.6931471805599453, log(0.5 + sqrt(2)));
  lab_close(&l);
}
