// SPDX-License-Identifier: GPL-3.0-or-later
// Tests of models, on a model whose answers are known: x = 100 + 10 (t - 2010), y = 2 x. Each relation is made to hold
// and to fail; each way to set a condition is seen to act; each mistake has its words.
#include <criterion/criterion.h>
#include <string.h>

#include "analyse/model_test.h"
#include "base/mem.h"
#include "reader_support.h"
#include "test_support.h"

TestSuite(model_tests, .timeout = 120);

static struct bench b;

static void open_bench(void) {
  bench_open(&b);
  const struct model *m = bench_model(&b,
                                      "stocks: {x: {unit: t, initial: 100, inflows: [rise]}}\n"
                                      "flows: {rise: {unit: t/yr, equation: rate * push * world}}\n"
                                      "auxiliaries:\n"
                                      "  y: {unit: t, equation: 2 * x}\n"
                                      "  z[industry]: {unit: t, equation: k * x}\n"
                                      "parameters:\n"
                                      "  rate: {unit: t/yr, value: 10}\n"
                                      "  k[industry]: {unit: 1, value: [1, 2, 3]}\n"
                                      "levers: {push: {unit: 1, value: 1, range: [0, 5]}}\n"
                                      "inputs: {world: {unit: 1, points: [[2010, 1], [2050, 1]]}}\n"
                                      "indicators: {ind: {unit: 1, equation: x / y}}\n");
  cr_assert(m, "%s", bench_messages(&b));
}
static void close_bench(void) {
  bench_close(&b);
}

static struct model_tests *read(const char *text) {
  diag_init(&b.diag, &b.arena);
  bench_write("tests.yaml", text);
  return model_test_read(&b.arena, "tests.yaml", NULL, &b.diag);
}

static struct model_tests *passes(const char *text) {
  struct model_tests *t = read(text);
  cr_assert(t && model_test_run(&b.arena, t, &b.diag) && !t->failed, "%s\nfor:\n%s", bench_messages(&b), text);
  return t;
}

static void fails(const char *text, const char *words) {
  struct model_tests *t = read(text);
  bool passed = t && model_test_run(&b.arena, t, &b.diag);
  cr_assert(!passed && strstr(bench_messages(&b), words), "expected '%s' in:\n%s\nfor:\n%s", words, bench_messages(&b),
            text);
}

#define CASE(when, sentence) "tests: t\ncases:\n  - test: one\n    when: {" when "}\n    expect: " sentence "\n"
Test(model_tests, sentences_that_hold_pass, .init = open_bench, .fini = close_bench) {
  struct model_tests *t = passes(
      "tests: t\n"
      "cases:\n"
      "  - test: one\n"
      "    expect:\n"
      "      - x rises above 450 by 2050\n"
      "      - x falls below 105 by 2011\n"
      "      - x stays above 99\n"
      "      - x stays below 500 from 2010 until 2050\n"
      "      - x stays within 99 and 201 until 2020\n"
      "      - x is above 199 at 2020\n"
      "      - x is below 0.201 kt at 2020\n"
      "      - x is within 199.9 and 200.1 at 2020\n"
      "      - y / x is within 1.999 and 2.001 at 2010, 2030, 2050\n"
      "      - sum[industry](z) / x stays within 5.99 and 6.01\n"
      "      - ind stays within 49 % and 51 %\n");
  cr_assert_eq(t->checks, 13);
  cr_assert_eq(t->conditions.count, 1, "nothing is set, so there is one run");
}

Test(model_tests, sentences_that_do_not_hold_fail_with_place_time_and_value, .init = open_bench, .fini = close_bench) {
  fails(CASE("", "x is above 201 at 2020"),
        "tests.yaml:5:13: error: one: not so: x is above 201 at 2020: it is 200 at 2020");
  fails(CASE("", "x is below 199 at 2020"), "it is 200 at 2020");
  fails(CASE("", "x rises above 450 by 2040"), "it is 400 at 2040");
  fails(CASE("", "x falls below 99 by 2040"), "it is 400 at 2040");
  fails(CASE("", "x stays below 205"), "it is 210 at 2021");
  fails(CASE("", "x stays above 300 from 2025"), "it is 250 at 2025");
  fails(CASE("", "x stays within 99 and 205"), "it is 210 at 2021");
  fails(CASE("", "x is within 100 and 150 at 2020"), "it is 200 at 2020");
  fails(CASE("", "x is above 1 at 2020.5"), "the run saves nothing at the time of");
}

Test(model_tests, every_kind_of_condition_acts, .init = open_bench, .fini = close_bench) {
  passes(CASE("push: 2 from 2020", "x is within 299.999 and 300.001 at 2025"));
  passes(CASE("push: 3 from 2020 over 2", "x is within 239.999 and 240.001 at 2022"));
  passes(CASE("push: times 2 from 2020", "x is within 299.999 and 300.001 at 2025"));
  passes(CASE("push: 200 %", "x is within 299.999 and 300.001 at 2020"));
  passes(CASE("world: 0 from 2020", "x is within 199.999 and 200.001 at 2050"));
  passes(CASE("rate: 0.02 kt/yr", "x is within 299.999 and 300.001 at 2020"));
  passes(CASE("rate: times 2", "x is within 299.999 and 300.001 at 2020"));
  passes(CASE("k: times 2", "sum[industry](z) / x stays within 11.99 and 12.01"));
  passes(CASE("'k[bio]': 0", "sum[industry](z) / x stays within 3.99 and 4.01"));
  passes(CASE("rise: 0.001 kt/yr from 2020", "x is within 209.999 and 210.001 at 2030"));
  passes(CASE("rise: times 0 from 2020 over 10", "x is within 249.9 and 250.1 at 2030, 2050"));
  passes(CASE("z: 7", "sum[industry](z) stays within 20.999 and 21.001"));
  passes(CASE("levers: highest from 2020", "x is within 699.999 and 700.001 at 2030"));
  passes(CASE("levers: lowest from 2020", "x is within 199.999 and 200.001 at 2030"));
}

Test(model_tests, sentences_compare_with_the_base_or_with_another_condition, .init = open_bench, .fini = close_bench) {
  passes(CASE("push: 2 from 2020", "x is above base at 2021, 2050"));
  passes(CASE("push: 2 from 2020", "x is within 1.3 base and 1.4 base at 2030"));
  fails(CASE("push: 2 from 2020", "x is below base at 2030"), "it is 400 at 2030, base 300");
  passes(
      "tests: t\n"
      "cases:\n"
      "  - test: one\n"
      "    when: {push: 2 from 2020}\n"
      "    against: {push: 3 from 2020}\n"
      "    expect: x is below base at 2030\n");
}

Test(model_tests, scenarios_are_a_condition_too_and_equal_conditions_share_a_run, .init = open_bench,
     .fini = close_bench) {
  bench_write("s.yaml",
              "scenario: s\nmodel: model.yaml\nphases: [{name: a, from: 2020}]\nlevers: {push: {a: 2, ramp: 0}}\n");
  struct model_tests *t = passes(
      "tests: t\n"
      "cases:\n"
      "  - {test: one, when: {scenario: s.yaml}, expect: 'x is within 399.999 and 400.001 at 2030'}\n"
      "  - {test: two, when: {scenario: s.yaml}, expect: 'x is above base at 2030'}\n"
      "  - {test: three, when: {scenario: s.yaml, push: 1}, expect: 'x is within 299.999 and 300.001 at 2030'}\n");
  cr_assert_eq(t->conditions.count, 3);
}

Test(model_tests, what_always_holds_is_judged_in_every_run, .init = open_bench, .fini = close_bench) {
  fails(
      "tests: t\n"
      "always:\n"
      "  - {test: bounded, expect: x stays below 600}\n"
      "non_negative: {}\n"
      "cases:\n"
      "  - {test: strong, when: {push: 5 from 2020}, expect: x is above base at 2030}\n",
      "in the run of 'strong'");
  fails(
      "tests: t\nnon_negative: {}\ncases: [{test: drain, when: {rise: -100 from 2020}, expect: x is below base at "
      "2030}]\n",
      "non_negative: not so: x stays above 0");
  passes("tests: t\nnon_negative: {except: [x]}\n");
}

Test(model_tests, a_table_of_signs_says_what_each_lever_does, .init = open_bench, .fini = close_bench) {
  struct model_tests *t = passes(
      "tests: t\nsigns:\n  at: [2015, 2030]\n  from: 2020\n  over: 2\n  least: 0.1 %\n  levers:\n"
      "    push: {to: 2, x: .+, y: .+}\n");
  cr_assert_eq(t->checks, 2);
  fails("tests: t\nsigns: {at: [2030], from: 2020, levers: {push: {to: 2, x: '-'}}}\n", "x is below base at 2030");
  fails("tests: t\nsigns: {at: [2015], from: 2020, levers: {push: {to: 2, x: +}}}\n", "x is above base at 2015");
  fails("tests: t\nsigns: {at: [2015], from: 2020, levers: {push: {to: 2, x: +-}}}\n", "is not 1 signs");
}

Test(model_tests, a_run_that_breaks_down_fails_its_test, .init = open_bench, .fini = close_bench) {
  fails(CASE("x_start: 1", "x is above base at 2030"), "unknown variable 'x_start'");
  fails(CASE("y: 0", "ind is above 0 at 2030"), "ind became infinite");
}

Test(model_tests, mistakes_have_words_and_places, .init = open_bench, .fini = close_bench) {
  fails(CASE("", "xx is above 1 at 2020"), "tests.yaml:5:13: error: unknown variable 'xx'");
  fails(CASE("", "x exceeds 1 at 2020"), "states no relation");
  fails(CASE("", "x is above 1"), "lacks a time that fits its relation");
  fails(CASE("", "x stays above 1 by 2020"), "lacks a time that fits its relation");
  fails(CASE("", "x is within 1 at 2020"), "needs two values");
  fails(CASE("", "x is above many base at 2020"), "'many' is no factor of the base");
  fails(CASE("", "x is above 1 yr at 2020"), "is in yr, but t is expected");
  fails(CASE("", "x is above 1 at noon"), "'noon' is not a time");
  fails(CASE("", "z is above 1 at 2020"), "z is an array over industry");
  fails(CASE("", "x + is above 1 at 2020"), "expected");
  fails(CASE("x: 1", "x is above 1 at 2020"), "a test cannot set x, which is a stock");
  fails(CASE("ind: 1", "x is above 1 at 2020"), "a test cannot set ind");
  fails(CASE("push: 9", "x is above 1 at 2020"), "outside");
  fails(CASE("push: 1 over 2", "x is above 1 at 2020"), "is not a setting");
  fails(CASE("push: times many", "x is above 1 at 2020"), "is not a setting");
  fails(CASE("rate: 1 from 2020", "x is above 1 at 2020"), "cannot change in time");
  fails(CASE("levers: middle", "x is above 1 at 2020"), "says nothing about all levers");
  fails(CASE("scenario: none.yaml", "x is above 1 at 2020"), "none.yaml");
  fails("tests: t\ncases: [{test: a, expect: []}]\n", "expects nothing");
  fails("tests: t\ncases: [{test: a, expect: x stays above 0}, {test: a, expect: x stays above 0}]\n",
        "two tests are named 'a'");
}

Test(model_tests, a_scenario_of_another_model_is_refused, .init = open_bench, .fini = close_bench) {
  bench_write("other.yaml", "model: o\ntime: {unit: yr, start: 0, stop: 1, step: 1}\nunits: {yr: base}\n");
  bench_write("s.yaml", "scenario: s\nmodel: other.yaml\n");
  fails(CASE("scenario: s.yaml", "x is above 1 at 2020"), "is a scenario of another model");
}

Test(model_tests, units_that_one_condition_taught_are_not_known_wrongly_in_another, .init = open_bench,
     .fini = close_bench) {
  passes(
      "tests: t\n"
      "cases:\n"
      "  - {test: a, when: {rate: 0.02 kt/yr}, expect: 'x is within 299.999 and 300.001 at 2020'}\n"
      "  - {test: b, when: {rate: 20000 kt/kt*t/yr/1000}, expect: 'x is above base at 2020'}\n"
      "  - {test: c, when: {rate: 0.03 kt/yr}, expect: 'x is within 399.999 and 400.001 at 2020'}\n");
}

static bool read_and_run(struct arena *a, struct diag *diag, void *context) {
  struct model_tests *t = model_test_read(a, "tests.yaml", NULL, diag);
  (void)context;
  return t && model_test_run(a, t, diag);
}

Test(model_tests, running_out_of_memory_arrives_at_the_jump, .init = open_bench, .fini = close_bench) {
  bench_write("tests.yaml", CASE("push: 2 from 2020", "x is above base at 2030"));
  cr_assert_gt(support_fail_each(read_and_run, NULL), 4, "the tests are too small to fail in");
}
