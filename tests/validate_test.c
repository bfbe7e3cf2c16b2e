// SPDX-License-Identifier: GPL-3.0-or-later
// Validation of a model whose path is known: x = 100 + 10 (t - 2010). What is printed for the user is tested here by
// the numbers behind it, and the words for each mistake in the data.
#include "analyse/validate.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "reader_support.h"

TestSuite(validate, .timeout = 60);

static struct bench b;

#define HEAD "series,year,value,unit,status,source,vintage\n"
#define GOOD_DATA                             \
  HEAD "x,2011,110,t,sourced,book,first\n"    \
       "x,2012,118,t,recalled,memory,first\n" \
       "x,2013,130,t,sourced,book,first\n"    \
       "x,2014,160,t,sourced,book,first\n"    \
       "other,2011,1,t,sourced,book,first\n"
#define PERIODS                               \
  "validation: v\n"                           \
  "data: data.csv\n"                          \
  "periods:\n"                                \
  "  - {name: in, from: 2011, until: 2013}\n" \
  "  - {name: out, from: 2014, until: 2015}\n"

static void open_bench(void) {
  bench_open(&b);
  const struct model *m = bench_model(&b,
                                      "stocks: {x: {unit: t, initial: 100, inflows: [rise]}}\n"
                                      "flows: {rise: {unit: t/yr, equation: rate}}\n"
                                      "parameters: {rate: {unit: t/yr, value: 10}}\n");
  cr_assert(m, "%s", bench_messages(&b));
}
static void close_bench(void) {
  bench_close(&b);
}

static struct validation *read(const char *yaml, const char *csv) {
  diag_init(&b.diag, &b.arena);
  bench_write("validation.yaml", yaml);
  bench_write("data.csv", csv);
  return validate_read(&b.arena, "validation.yaml", NULL, &b.diag);
}

static void refused(const char *yaml, const char *csv, const char *words) {
  struct validation *v = read(yaml, csv);
  if (v) validate_run(&b.arena, v, &b.diag);
  cr_assert(b.diag.errors && strstr(bench_messages(&b), words), "expected '%s' in:\n%s", words, bench_messages(&b));
}

Test(validate, a_series_gets_its_fit_by_period, .init = open_bench, .fini = close_bench) {
  struct validation *v = read(PERIODS "series: {x: {expression: x, tolerance: {in: 1 %, out: 15 %}}}\n", GOOD_DATA);
  cr_assert(v && validate_run(&b.arena, v, &b.diag), "%s", bench_messages(&b));
  const struct validation_series *s = &v->series.items[0];
  cr_assert_eq(s->fits[0].fit.count, 3);
  cr_assert_eq(s->fits[0].recalled, 1);
  cr_assert(fabs(s->fits[0].fit.mape - (120.0 / 118 - 1) / 3) < 1e-12);
  cr_assert_eq(s->fits[1].fit.count, 1);
  cr_assert(fabs(s->fits[1].fit.mape - 20.0 / 160) < 1e-12);
  cr_assert(fabs(s->points.items[3].model - 140) < 1e-9);
}

Test(validate, an_error_past_the_tolerance_is_reported, .init = open_bench, .fini = close_bench) {
  refused(PERIODS "series: {x: {expression: x, tolerance: {out: 5 %}}}\n", GOOD_DATA,
          "series 'x', period 'out': the mean error is 12.5 %, more than the 5 % allowed");
}

Test(validate, expressions_are_compared_in_the_unit_of_the_data, .init = open_bench, .fini = close_bench) {
  refused(PERIODS "series: {x: {expression: rise}}\n", GOOD_DATA, "x is declared in t, but its equation gives t/yr");
}

Test(validate, an_unknown_variable_is_an_error_with_its_place, .init = open_bench, .fini = close_bench) {
  refused(PERIODS "series:\n  x: {expression: rice}\n", GOOD_DATA,
          "validation.yaml:7:19: error: unknown variable 'rice'");
  cr_assert(strstr(bench_messages(&b), "did you mean 'rise'?"));
}

Test(validate, a_missing_column_is_named, .init = open_bench, .fini = close_bench) {
  refused(PERIODS "series: {x: {expression: x}}\n", "series,year,value,unit,status,source\nx,2011,1,t,sourced,book\n",
          "no column 'vintage'");
}

Test(validate, a_gap_must_be_declared, .init = open_bench, .fini = close_bench) {
  const char *gap = HEAD "x,2011,1,t,sourced,book,1\nx,2012,1,t,sourced,book,1\nx,2014,1,t,sourced,book,1\n";
  refused(PERIODS "series: {x: {expression: x}}\n", gap, "series 'x' has a gap between 2012 and 2014");
  cr_assert(read(PERIODS "series: {x: {expression: x, sparse: true}}\n", gap));
}

Test(validate, vintages_and_units_are_not_mixed, .init = open_bench, .fini = close_bench) {
  refused(PERIODS "series: {x: {expression: x}}\n", HEAD "x,2011,1,t,sourced,book,1\nx,2012,1,t,sourced,book,2\n",
          "mixes two values of vintage: '1' and '2'");
  refused(PERIODS "series: {x: {expression: x}}\n", HEAD "x,2011,1,t,sourced,book,1\nx,2012,1,kt,sourced,book,1\n",
          "mixes two values of unit: 't' and 'kt'");
}

Test(validate, a_datum_says_where_it_comes_from, .init = open_bench, .fini = close_bench) {
  refused(PERIODS "series: {x: {expression: x}}\n", HEAD "x,2011,1,t,guessed,book,1\n", "'guessed' is no status");
  refused(PERIODS "series: {x: {expression: x}}\n", HEAD "x,2011,1,t,sourced,,1\n", "has no source");
  refused(PERIODS "series: {x: {expression: x}}\n", HEAD "x,2011,a,t,sourced,book,1\n", "'a' is not a number");
}

Test(validate, times_are_in_order_and_are_saved, .init = open_bench, .fini = close_bench) {
  refused(PERIODS "series: {x: {expression: x}}\n", HEAD "x,2012,1,t,sourced,book,1\nx,2012,1,t,sourced,book,1\n",
          "not in ascending order");
  refused(PERIODS "series: {x: {expression: x}}\n", HEAD "x,2011.5,1,t,sourced,book,1\n",
          "the run saves nothing at 2011.5");
}

Test(validate, a_tolerance_needs_a_period_and_data, .init = open_bench, .fini = close_bench) {
  refused(PERIODS "series: {x: {expression: x, tolerance: {inn: 5 %}}}\n", GOOD_DATA, "there is no period 'inn'");
  refused(PERIODS "series: {x: {expression: x, tolerance: {out: 5 %}}}\n", HEAD "x,2011,110,t,sourced,book,1\n",
          "has no data in period 'out'");
  refused(PERIODS "series: {y: {expression: x}}\n", GOOD_DATA, "no rows of series 'y'");
}
