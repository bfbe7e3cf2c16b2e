// SPDX-License-Identifier: GPL-3.0-or-later
// Tests of lang/unit.c: the algebra of units, their texts, numbers that carry a unit, and what is refused.
#include "lang/unit.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "test_support.h"

static struct arena arena;
static struct diag diag;
static struct unit_table table;
static unsigned long long seed;
static uint64_t state;

static void declare(const char *name, const char *definition) {
  cr_assert(unit_declare(&table, name, NOWHERE, definition, NOWHERE, &diag), "%s", name);
}

static void set_up(void) {
  arena_init(&arena, NULL);
  diag_init(&diag, &arena);
  unit_table_init(&table, &arena);
  static const char *const bases[] = {"CNY", "yr", "t", "person", "kWh", "米"};
  for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) declare(bases[i], NULL);
  declare("bCNY", "1e9 CNY");
  declare("Mt", "1e6 t");
  declare("kt", "0.001 Mt");
  declare("month", "1/12 yr");
  declare("$", "7 CNY");
  seed = support_seed();
  state = seed;
}
static void tear_down(void) {
  mem_fail_at(0);
  arena_free(&arena);
}
TestSuite(unit, .init = set_up, .fini = tear_down);

static const char *printed(void) {
  return support_printed(&diag);
}

static struct span span_of(const char *text) {
  struct source *s = source_from_text(&arena, "u", text, strlen(text), &diag);
  return (struct span){s, 0, (uint32_t)strlen(text)};
}

static const struct unit *unit_of(const char *text) {
  diag_init(&diag, &arena);
  const struct unit *x = unit_parse(&table, text, span_of(text), &diag);
  cr_assert_not_null(x, "%s: %s", text, printed());
  return x;
}

Test(unit, texts_that_mean_the_same_are_equal) {
  static const char *const same[][2] = {
      {"bCNY/yr", "1e9 CNY yr^-1"},
      {"a b", NULL},
      {"t/person/yr", "t/(person yr)"},
      {"t/person/yr", "t / person / yr"},
      {"Mt", "1000000*t"},
      {"kt", "1000 t"},
      {"1", "dmnl"},
      {"yr/yr", "1"},
      {"(CNY yr)^2", "CNY^2*yr^2"},
      {"CNY^1/2 CNY^1/2", "CNY"},
      {"CNY^(-1/2)", "1/CNY^(1/2)"},
      {"%", "0.01"},
      {"12 month", "yr"},
      {"$/yr", "7 CNY/yr"},
      {"yr^0", "1"},
      {"yr^2/4", "yr^1/2"},
      {"10^3 t", "kt"},
      {"米^2", "米*米"},
  };
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    if (same[i][1]) cr_expect(unit_equal(unit_of(same[i][0]), unit_of(same[i][1])), "%s %s", same[i][0], same[i][1]);
}

Test(unit, texts_that_differ_are_told_apart) {
  cr_assert(!unit_equal(unit_of("Mt"), unit_of("t")));
  cr_assert(unit_same_dimension(unit_of("Mt"), unit_of("t")));
  cr_assert(!unit_same_dimension(unit_of("t/yr"), unit_of("t")));
  cr_assert(!unit_equal(unit_of("t/person*yr"), unit_of("t/(person*yr)")));
  cr_assert(!unit_equal(unit_of("CNY^1/2"), unit_of("CNY^1/3")));
  cr_assert(!unit_is_one(unit_of("%")) && unit_is_one(unit_of("kWh/kWh")) && unit_is_one(unit_one()));
}

Test(unit, operations_follow_the_algebra) {
  const struct unit *t = unit_of("Mt"), *yr = unit_of("yr");
  cr_assert(unit_equal(unit_multiply(&arena, unit_divide(&arena, t, yr), yr), t));
  cr_assert(unit_equal(unit_power(&arena, unit_of("Mt/yr"), 2, 1), unit_of("Mt^2/yr^2")));
  cr_assert(unit_equal(unit_power(&arena, unit_of("Mt^2"), 1, 2), t));
  cr_assert(unit_equal(unit_power(&arena, t, 2, -2), unit_of("1/Mt")));
  cr_assert_eq(unit_power(&arena, t, 0, 1), unit_one());
  cr_assert_float_eq(unit_power(&arena, t, 1, 3)->factor, 100, 1e-12);
  cr_assert_null(unit_multiply(&arena, NULL, t));
  cr_assert_null(unit_divide(&arena, t, NULL));
  cr_assert_null(unit_power(&arena, NULL, 2, 1));
}

Test(unit, operations_past_the_bounds_give_nothing) {
  const struct unit *x = unit_of("yr");
  for (int i = 0; x && i < 10; i++) x = unit_power(&arena, x, 1000, 1);
  cr_assert_null(x);
  x = unit_of("1e300 yr");
  cr_assert_null(unit_multiply(&arena, x, x));
  cr_assert_null(unit_divide(&arena, unit_of("1"), unit_multiply(&arena, unit_of("1e-300"), unit_of("1e-300"))));
  cr_assert_null(unit_power(&arena, unit_of("Mt"), 9999, 1));
  cr_assert_null(unit_power(&arena, unit_of("t^1/9999"), 1, 9998));
}

Test(unit, texts_are_written_as_the_user_writes_them) {
  static const char *const cases[][2] = {
      {"1", "dmnl"},      {"%", "%"},       {"0.01", "%"},        {"yr", "yr"},
      {"bCNY", "bCNY"},   {"1/yr", "1/yr"}, {"CNY/yr", "CNY/yr"}, {"t/person/yr", "t/person/yr"},
      {"yr/12", "month"}, {"1000 t", "kt"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    cr_expect_str_eq(unit_text(&arena, &table, unit_of(cases[i][0])), cases[i][1], "%s: %s", cases[i][0],
                     unit_text(&arena, &table, unit_of(cases[i][0])));
}

Test(unit, computed_units_have_readable_texts) {
  const struct unit *bcny = unit_of("bCNY"), *yr = unit_of("yr"), *t = unit_of("t"), *mt = unit_of("Mt");
  cr_assert_str_eq(unit_text(&arena, &table, unit_divide(&arena, bcny, yr)), "bCNY/yr");
  cr_assert_str_eq(unit_text(&arena, &table, unit_divide(&arena, t, yr)), "t/yr");
  cr_assert_str_eq(unit_text(&arena, &table, unit_multiply(&arena, t, yr)), "yr*t");
  cr_assert_str_eq(unit_text(&arena, &table, unit_divide(&arena, unit_one(), yr)), "1/yr");
  cr_assert_str_eq(unit_text(&arena, &table, unit_divide(&arena, unit_one(), unit_multiply(&arena, mt, mt))),
                   "1e-12/t^2");
  cr_assert_str_eq(unit_text(&arena, &table, unit_power(&arena, t, 1, 2)), "t^(1/2)");
  const struct unit *odd = unit_of("3 kWh^2/yr^1/2");
  struct unit_table other = table;  // one that has not read the text
  other.written.count = 0;
  cr_assert_str_eq(unit_text(&arena, &other, odd), "3 kWh^2/yr^(1/2)");
}

static uint64_t draw(void) {
  return support_draw(&state);
}

Test(unit, random_units_read_back_from_their_text) {
  static const char *const names[] = {"CNY", "bCNY", "yr", "month", "t", "kt", "kWh", "%", "2.5", "$", "米"};
  for (int i = 0; i < 1000; i++) {
    const struct unit *x = unit_one();
    for (int j = (int)(draw() % 5); j >= 0; j--) {
      const struct unit *y = unit_of(names[draw() % (sizeof names / sizeof *names)]);
      y = unit_power(&arena, y, (int32_t)(draw() % 7) - 3, 1 + (int32_t)(draw() % 3));
      x = draw() % 2 ? unit_multiply(&arena, x, y) : unit_divide(&arena, x, y);
      cr_assert_not_null(x, "SEED=%llu", seed);
    }
    const char *text = unit_text(&arena, &table, x);
    cr_assert(unit_equal(unit_of(text), x), "SEED=%llu: %s", seed, text);
    cr_assert(unit_is_one(unit_divide(&arena, x, unit_of(text))), "SEED=%llu: %s", seed, text);
  }
}

static const struct {
  const char *text, *message;
} refused[] = {
    {"", "u:1:1: error: the unit is empty\n"},
    {"year", "u:1:1: error: unknown unit 'year'\n     1 | year\n       | ^~~~\n"},
    {"t/yrr", "u:1:3: error: unknown unit 'yrr'\n     1 | t/yrr\n       |   ^~~\n       = did you mean 'yr'?\n"},
    {"t/", "u:1:2: error: the unit 't/' ends too early\n"},
    {"/yr", "u:1:1: error: the unit '/yr' is not understood at the caret\n"},
    {"t^", "u:1:2: error: the unit 't^' ends too early\n"},
    {"t^x", "u:1:3: error: the unit 't^x' is not understood at the caret\n"},
    {"t^1.5", "u:1:4: error: the unit 't^1.5' is not understood at the caret\n"},
    {"%5", "u:1:2: error: the unit '%5' is not understood at the caret\n"},
    {"2t", "u:1:2: error: the unit '2t' is not understood at the caret\n"},
    {"(t", "u:1:2: error: the unit '(t' ends too early\n"},
    {"t)", "u:1:2: error: the unit 't)' is not understood at the caret\n"},
    {"t²",
     "u:1:2: error: the unit 't²' is not understood at the caret\n     1 | t²\n       |  ^\n       = write '^2'\n"},
    {"t·yr",
     "u:1:2: error: the unit 't·yr' is not understood at the caret\n     1 | t·yr\n       |  ^\n       = write '*'\n"},
    {"-t", "u:1:1: error: the unit '-t' is not understood at the caret\n"},
    {"0 t", "u:1:1: error: the unit '0 t' has a factor or an exponent out of range\n"},
    {"1e400", "u:1:1: error: the unit '1e400' is not understood at the caret\n"},
    {"t^99999999999", "u:1:1: error: the unit 't^99999999999' has a factor or an exponent out of range\n"},
    {"t^1/0", "u:1:1: error: the unit 't^1/0' has a factor or an exponent out of range\n"},
    {"t\xE2\x80\x8B", "u:1:2: error: the unit 't\\u200b' is not understood at the caret\n"},
};

Test(unit, refuses_with_place_and_reason) {
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    diag_init(&diag, &arena);
    cr_expect_null(unit_parse(&table, refused[i].text, span_of(refused[i].text), &diag), "%s", refused[i].text);
    cr_expect(strncmp(printed(), refused[i].message, strlen(refused[i].message)) == 0, "for <%s>\nexpected %s\ngot %s",
              refused[i].text, refused[i].message, printed());
    cr_expect_eq(diag.errors, 1, "%s", refused[i].text);
  }
}

Test(unit, hostile_texts_are_bounded) {
  char text[LIMIT_UNIT_BYTES + 2];
  memset(text, '(', sizeof text - 1);
  text[sizeof text - 1] = 0;
  cr_assert_null(unit_parse(&table, text, NOWHERE, &diag));
  cr_assert_not_null(strstr(printed(), "the unit is longer than 500 bytes"));
  diag_init(&diag, &arena);
  text[sizeof text - 2] = 0;
  cr_assert_null(unit_parse(&table, text, NOWHERE, &diag));
  cr_assert_not_null(strstr(printed(), "nested deeper than 200 levels"));
}

Test(unit, names_are_declared_once_and_well_formed) {
  static const char *const bad[] = {"yr", "%", "1", "", "a b", "2x", "a/b", "m²", "e\xCC\x81", "a\xE2\x80\xAE"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    cr_expect(!unit_declare(&table, bad[i], NOWHERE, NULL, NOWHERE, &diag), "%s", bad[i]);
  cr_assert_eq(diag.errors, sizeof bad / sizeof *bad);
  cr_assert(!unit_declare(&table, "x", NOWHERE, "y", NOWHERE, &diag));
  cr_assert(unit_declare(&table, "°C", NOWHERE, NULL, NOWHERE, &diag));
  cr_assert(unit_declare(&table, "€", NOWHERE, "7.8 CNY", NOWHERE, &diag));
}

// Text, unit expected, value.
static const struct {
  const char *text, *expected;
  double value;
} numbers[] = {
    {"0.15", "1", 0.15},    {"10 %", "1", 0.1},   {"35 %", "1", 0.35},    {"35%", "1", 0.35},
    {"7 %", "1", 0.07},     {"0.5", "%", 0.5},    {"1/16", "yr", 0.0625}, {"-3", "t", -3},
    {"+3", "t", 3},         {"2 yr", "yr", 2},    {"6 month", "yr", 0.5}, {"0.5 yr", "month", 6},
    {"1/4 yr", "month", 3}, {"2 Mt", "t", 2e6},   {"5 t", "Mt", 5e-6},    {"100 $/t", "CNY/t", 700},
    {"5/yr", "1/yr", 5},    {"5 /yr", "1/yr", 5}, {" 1e3 ", "t", 1000},   {"-1.5e-3 kt", "t", -1.5},
};

Test(unit, numbers_are_converted_to_the_unit_expected) {
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    double value = NAN;
    const struct unit *expected = unit_of(numbers[i].expected);
    cr_assert(unit_number(&table, numbers[i].text, NOWHERE, expected, &value, &diag), "%s: %s", numbers[i].text,
              printed());
    cr_expect_eq(value, numbers[i].value, "%s: %.17g", numbers[i].text, value);
  }
}

Test(unit, percents_read_as_the_same_number_as_decimals) {
  for (int i = 0; i <= 1000; i++) {
    double value = NAN, expected = NAN;
    const char *percent = arena_format(&arena, "%d.%d %%", i / 10, i % 10),
               *decimal = arena_format(&arena, "%d.%03d", i / 1000, i % 1000);
    cr_assert(unit_number(&table, percent, NOWHERE, unit_one(), &value, &diag));
    cr_assert(text_to_number(decimal, strlen(decimal), &expected));
    cr_expect_float_eq(value, expected, 2.3e-16 * expected + 1e-300, "%s %s", percent, decimal);
    if (i % 10 == 0) cr_expect_eq(value, expected, "%s %s", percent, decimal);
  }
}

Test(unit, numbers_of_another_dimension_are_refused) {
  double value = 0;
  static const char text[] = "10 t";
  cr_assert(!unit_number(&table, text, span_of(text), unit_of("bCNY/yr"), &value, &diag));
  cr_assert_str_eq(printed(),
                   "u:1:4: error: '10 t' is in t, but bCNY/yr is expected\n     1 | 10 t\n       |    ^\n"
                   "       = convert it, or leave the unit out\n");
}

Test(unit, what_is_no_number_is_refused) {
  static const char *const bad[] = {"",      "t",     "nan",  "inf", "0x10",   "1,000", "1/0", "--1", "1 2",
                                    "1 + 2", "1e999", "yr 2", "1/",  "10 * t", "1.2.3", "1e",  "5 xx"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    double value = 0;
    diag_init(&diag, &arena);
    cr_expect(!unit_number(&table, bad[i], span_of(bad[i]), unit_one(), &value, &diag), "%s", bad[i]);
    cr_expect_eq(diag.errors, 1, "%s: %s", bad[i], printed());
  }
}

Test(unit, a_bad_expected_unit_is_not_reported_again) {
  double value = 0;
  cr_assert(unit_number(&table, "10 %", NOWHERE, NULL, &value, &diag));
  cr_assert_eq(diag.errors, 0);
}
