// SPDX-License-Identifier: GPL-3.0-or-later
// Tests of check/check_units.c on whole models: equations that fit, equations that do not with the words and the place
// of the message, and the roles (initial values, benchmarks, flows, functions, tables). One base model; each case adds
// to it.
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "check/check.h"
#include "test_support.h"

static struct arena arena;
static struct diag diag;

static void set_up(void) {
  arena_init(&arena, NULL);
  diag_init(&diag, &arena);
}
static void tear_down(void) {
  arena_free(&arena);
}
TestSuite(check_units, .init = set_up, .fini = tear_down);

static const char base[] =
    "model: m\n"
    "time: {unit: yr, start: 0, stop: 10, step: 1, save: 1}\n"
    "units: {yr: base, CNY: base, t: base, kt: 1000 t}\n"
    "dimensions: {d: [p, q]}\n"
    "parameters:\n"
    "  money: {unit: CNY, value: 1}\n"
    "  mass: {unit: t, value: 1}\n"
    "  kmass: {unit: kt, value: 1}\n"
    "  span: {unit: yr, value: 1}\n"
    "  rate: {unit: 1/yr, value: 1}\n"
    "  pure: {unit: 1, value: 1}\n"
    "  area: {unit: t^2, value: 1}\n"
    "  each[d]: {unit: t, value: 1}\n"
    "tables:\n"
    "  effect: {unit: CNY, x_unit: t, points: [[0, 0], [1, 1]]}\n"
    "functions:\n"
    "  both(a, b): {units: {a: X, b: X}, unit: X, equation: 'a + b'}\n"
    "  price(m, w): {units: {m: CNY, w: t}, unit: CNY/t, equation: m / w}\n"
    "  pos(x, s): {units: {x: X, s: X}, unit: X, equation: 's * ln1p(exp(x / s))'}\n"
    "  twice(x): {units: {x: X}, unit: X, equation: 'both(x, x)'}\n";

static struct checked *check_text(const char *text, bool lenient) {
  char path[] = "/tmp/check_units_XXXXXX";
  int file = mkstemp(path);
  cr_assert(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
  close(file);
  diag_init(&diag, &arena);
  struct model *m = model_read(&arena, path, NULL, &diag);
  unlink(path);
  return m ? check_model(&arena, m, NULL, lenient, &diag) : NULL;
}

static const char *printed(void) {
  return support_printed(&diag);
}

static char *with_equation(const char *unit, const char *equation) {
  return arena_format(&arena, "%sauxiliaries:\n  x:\n    unit: %s\n    equation: %s\n", base, unit, equation);
}

static const struct {
  const char *unit, *equation;
} fitting[] = {
    {"CNY", "money + money * pure"},
    {"CNY", "5"},
    {"CNY", "-1/8"},
    {"CNY", "money - 0"},
    {"CNY", "0 - money + -0 + (1 - 1)"},
    {"CNY", "max(money, 0)"},
    {"CNY", "if money > 0 and mass <> 0 then money else 0"},
    {"CNY/yr", "money / span"},
    {"CNY/yr", "money * rate"},
    {"1", "money > money"},
    {"1", "rate * time"},
    {"1", "span / time_step"},
    {"t^2", "mass^2"},
    {"t^2", "area"},
    {"t", "area^0.5"},
    {"t^(1/3)", "mass^(1/3)"},
    {"t^(-1/3)", "mass^(-1/3)"},
    {"1", "mass^0"},
    {"t^2", "mass^(1 + 1)"},
    {"1", "pure^pure"},
    {"1", "2^(money / money)"},
    {"t", "sqrt(area)"},
    {"t", "sum[d](each)"},
    {"t", "max(mass, sum[d](each), 0)"},
    {"1", "prod[d](each / mass)"},
    {"CNY", "effect(mass)"},
    {"CNY", "effect(0)"},
    {"CNY", "both(money, money)"},
    {"CNY", "both(0, money)"},
    {"CNY/t", "price(money, mass)"},
    {"CNY", "twice(pos(money, money))"},
    {"CNY", "step(money, span)"},
    {"CNY", "ramp(money / span, 0, span)"},
    {"CNY", "delay1(money, span)"},
    {"CNY", "delayn(money, span, 2, 0)"},
    {"CNY", "value_at(money, time)"},
    {"CNY", "sample(mass > mass, money, 0)"},
    {"1/yr", "trend(money, span)"},
    {"1/yr", "trend(money, span, rate)"},
    {"CNY", "forecast(money, span, span)"},
    {"1", "pulse(span, span)"},
    {"CNY/t", "safediv(money, mass)"},
    {"CNY/t", "safediv(money, mass, money / mass)"},
    {"CNY/t", "safediv(0, mass, money / mass)"},
    {"CNY", "abs(-money)"},
    {"CNY", "random_normal(money, money)"},
    {"1", "exp(ln(pure)) * sign(money)"},
    {"1", "not (money > 0) or pure"},
};

Test(check_units, equations_whose_units_fit_pass) {
  for (size_t i = 0; i < sizeof fitting / sizeof *fitting; i++) {
    struct checked *c = check_text(with_equation(fitting[i].unit, fitting[i].equation), false);
    cr_expect(c && diag.errors == 0, "%s = %s\n%s", fitting[i].unit, fitting[i].equation, printed());
  }
}

// Unit, equation, message, column of the caret in the equation (from 1), hint.
static const struct {
  const char *unit, *equation, *message;
  unsigned column;
  const char *hint;
} differing[] = {
    {"CNY", "money + mass", "left side is CNY, right side is t", 7, "the right side lacks a factor in CNY/t"},
    {"CNY/yr", "money / span - money", "left side is CNY/yr, right side is CNY", 14,
     "the right side lacks a factor in 1/yr"},
    {"t", "mass + kmass", "left side is t, right side is kt", 6, "the right side lacks the factor 0.001"},
    {"CNY", "money + 1", "left side is CNY, right side is dimensionless", 7,
     "a number has no unit: make it a parameter in CNY"},
    {"1", "time >= 5", "left side is yr, right side is dimensionless", 6,
     "a number has no unit: make it a parameter in yr"},
    {"1", "money > mass", "left side is CNY, right side is t", 7, NULL},
    {"CNY", "if pure > 1 then money else mass", "'then' gives CNY, 'else' gives t", 1,
     "the 'else' branch lacks a factor in CNY/t"},
    {"CNY", "if money then money else 0", "a condition is dimensionless, but this is CNY", 4, NULL},
    {"1", "money and pure", "a condition is dimensionless, but this is CNY", 1, NULL},
    {"1", "not money", "a condition is dimensionless, but this is CNY", 5, NULL},
    {"CNY", "money * rate", "x is declared in CNY, but its equation gives CNY/yr", 7,
     "the equation lacks a factor in yr"},
    {"CNY", "mass", "x is declared in CNY, but its equation gives t", 1, "the equation lacks a factor in CNY/t"},
    {"CNY", "2 * pure", "x is declared in CNY, but its equation gives dimensionless", 3,
     "the equation lacks a factor in CNY"},
    {"CNY", "if pure > 1 then 0 else 5", "x is declared in CNY, but its equation gives dimensionless", 1, NULL},
    {"CNY", "money^span", "an exponent is dimensionless, but this is yr", 6, NULL},
    {"CNY", "money^pure", "a base in CNY needs an exponent that is written as a number: 2, -1, 1/3", 6, NULL},
    {"1", "money^0.123456789", "a base in CNY needs an exponent that is written as a number", 6, NULL},
    {"1", "exp(money)", "argument 1 of exp is CNY, expected dimensionless", 5, NULL},
    {"CNY", "max(money, mass)", "argument 2 of max is t, expected CNY", 12, "the argument lacks a factor in CNY/t"},
    {"CNY", "max(1, money)", "argument 2 of max is CNY, expected dimensionless", 8,
     "a number has no unit: make it a parameter in CNY"},
    {"CNY", "delay1(money, 5)", "argument 2 of delay1 is dimensionless, expected yr", 15,
     "a number has no unit: make it a parameter in yr"},
    {"CNY", "delay1(money, span, mass)", "argument 3 of delay1 is t, expected CNY", 21, NULL},
    {"CNY", "ramp(money, span)", "x is declared in CNY, but its equation gives yr*CNY", 1, NULL},
    {"1/yr", "trend(money, span, pure)", "argument 3 of trend is dimensionless, expected 1/yr", 20, NULL},
    {"1", "sample(money, pure, 0)", "argument 1 of sample is CNY, expected dimensionless", 8, NULL},
    {"CNY/t", "safediv(money, mass, money)", "argument 3 of safediv is CNY, expected CNY/t", 22, NULL},
    {"1", "prod[d](each)", "argument 1 of prod is t, expected dimensionless", 9, NULL},
    {"CNY", "effect(money)", "argument 1 of effect is CNY, expected t", 8, NULL},
    {"CNY", "both(money, mass)", "argument 2 of both is t, expected CNY", 13, NULL},
    {"CNY/t", "price(mass, mass)", "argument 1 of price is t, expected CNY", 7, NULL},
    {"1", "((mass^1000)^1000)^1000", "the unit of this part has an exponent or a factor out of range", 13, NULL},
};

Test(check_units, equations_whose_units_differ_are_refused_once_with_place_and_reason) {
  for (size_t i = 0; i < sizeof differing / sizeof *differing; i++) {
    const char *equation = differing[i].equation;
    cr_expect_null(check_text(with_equation(differing[i].unit, equation), false), "%s", equation);
    cr_assert_eq(diag.errors, 1, "%s\n%s", equation, printed());
    const struct message *m = &diag.messages.items[0];
    cr_expect(strstr(m->text, differing[i].message), "%s\nexpected %s\ngot %s", equation, differing[i].message,
              m->text);
    unsigned column = source_place(m->at.source, m->at.at).column - (unsigned)strlen("    equation: ");
    cr_expect_eq(column, differing[i].column, "%s: column %u", equation, column);
    if (differing[i].hint) cr_expect_str_eq(m->hint, differing[i].hint, "%s", equation);
  }
}

static void expect_message(const char *more, const char *message) {
  cr_expect_null(check_text(arena_format(&arena, "%s%s", base, more), false), "%s", more);
  cr_expect(diag.errors == 1 && strstr(printed(), message), "%s\nexpected %s\ngot %s", more, message, printed());
}

Test(check_units, messages_show_both_declarations) {
  check_text(with_equation("CNY", "money + mass"), false);
  cr_assert_not_null(strstr(printed(),
                            "note: money is declared in CNY\n     6 |   money: {unit: CNY, value: 1}\n"
                            "       |                 ^~~\n"),
                     "%s", printed());
  cr_assert_not_null(strstr(printed(), "note: mass is declared in t\n"));
}

Test(check_units, stocks_agree_with_their_initial_values_and_flows) {
  static const char stock[] =
      "stocks:\n  s: {unit: CNY, initial: money, inflows: [f], outflows: [g]}\n"
      "flows:\n  f: {unit: CNY/yr, equation: money / span}\n  g: {unit: CNY/yr, equation: s * rate}\n";
  cr_assert_not_null(check_text(arena_format(&arena, "%s%s", base, stock), false), "%s", printed());
  expect_message("stocks:\n  s: {unit: CNY, initial: mass}\n", "s is declared in CNY, but its initial value gives t");
  expect_message("stocks:\n  s: {unit: CNY, initial: 180, inflows: [f]}\nflows:\n  f: {unit: CNY, equation: money}\n",
                 "units differ: flow f is in CNY, but stock s needs CNY/yr");
  expect_message(
      "stocks:\n  s: {unit: t, initial: 0, outflows: [f]}\nflows:\n  f: {unit: kt/yr, equation: kmass / span}\n",
      "the flow lacks the factor 0.001");
}

Test(check_units, initial_values_of_auxiliaries_and_benchmarks_have_the_unit_declared) {
  expect_message("auxiliaries:\n  x: {unit: CNY, equation: money, initial: mass}\n",
                 "x is declared in CNY, but its initial value gives t");
  expect_message(
      "indicators:\n  x: {unit: CNY, equation: money, benchmarks: {b: {value: mass, kind: printed, source: s}}}\n",
      "x is declared in CNY, but its benchmark gives t");
  static const char number[] =
      "indicators:\n  x: {unit: CNY, equation: money, benchmarks: {b: {value: 30, kind: printed, source: s}}}\n";
  cr_assert_not_null(check_text(arena_format(&arena, "%s%s", base, number), false), "%s", printed());
}

Test(check_units, bodies_of_functions_are_checked_once_with_letters_dimensionless) {
  static const char text[] =
      "model: m\ntime: {unit: yr, start: 0, stop: 10, step: 1, save: 1}\nunits: {yr: base, CNY: base}\n"
      "functions:\n"
      "  good(a, w): {units: {a: X, w: yr}, unit: X/yr, equation: a / w}\n"
      "  bad(a, w): {units: {a: X, w: yr}, unit: X, equation: a + w}\n"
      "  worse(w): {units: {w: yr}, unit: 1, equation: w * w}\n"
      "parameters:\n  p: {unit: CNY, value: 1}\n  w: {unit: yr, value: 1}\n"
      "auxiliaries:\n"
      "  x: {unit: CNY, equation: 'bad(p, w) + bad(p, w)'}\n"
      "  y: {unit: 1, equation: 'worse(w) * bad(1, w)'}\n";
  char *declared = arena_string(&arena, text), *wrong = strstr(declared, "unit: X/yr");
  memcpy(wrong, "unit: 1/yr", 10);
  cr_assert_null(check_text(declared, false));
  cr_assert_eq(diag.errors, 2, "%s", printed());
  cr_assert_not_null(strstr(printed(), ":6:58: error: units differ: left side is dimensionless, right side is yr\n"),
                     "%s", printed());
  cr_assert_not_null(
      strstr(printed(), "units differ: worse is declared to give dimensionless, but its body gives yr^2"));
}

Test(check_units, an_unknown_unit_is_reported_once) {
  cr_assert_null(check_text(with_equation("yuan", "money + x_"), false));
  check_text(with_equation("yuan", "money + mass * 0"), false);
  cr_assert_eq(diag.errors, 1, "%s", printed());
}

Test(check_units, lenient_checking_warns_and_goes_on) {
  struct checked *c = check_text(with_equation("CNY", "mass"), true);
  cr_assert(c && diag.errors == 0 && diag.warnings == 1 && c->unit_checks == 1, "%s", printed());
}
