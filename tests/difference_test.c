// SPDX-License-Identifier: GPL-3.0-or-later
// Results compared: what counts as the same number, the same time and the same name.
#include "analyse/difference.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "reader_support.h"

TestSuite(difference, .timeout = 20);

static const struct difference_options usual = {.rtol = -1, .atol = -1};

static struct difference *compare(struct bench *b, const char *x, const char *y, const struct difference_options *o) {
  struct source *p = source_from_text(&b->arena, "x.csv", x, strlen(x), &b->diag);
  struct source *q = source_from_text(&b->arena, "y.csv", y, strlen(y), &b->diag);
  struct series *s = series_of_source(&b->arena, p, &b->diag), *t = series_of_source(&b->arena, q, &b->diag);
  cr_assert(s && t, "%s", bench_messages(b));
  return difference_find(&b->arena, s, t, o, &b->diag);
}

Test(difference, numbers_agree_within_what_was_printed_or_single_precision) {
  static const struct {
    const char *x, *y;
    bool same;
  } rows[] = {
      {"37.142857142857146", "37.1429", true},
      {"37.142857142857146", "37.1431", true},  // two units of the last digit of six, and 1e-5 is 3.7e-4
      {"37.142857142857146", "37.1435", false},
      {"0.333333333333", "0.33", false},  // two digits may be all that was printed; the file does not say so
      {"0", "1e-7", false},               // there is no larger number in the column
      {"NaN", "NaN", true},
      {"NaN", "1", false},
      {"Inf", "Inf", true},
      {"Inf", "-Inf", false},
      {"Inf", "1e300", false},
  };
  struct bench b;
  bench_open(&b);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct difference *d = compare(&b, arena_format(&b.arena, "time,x\n0,%s\n", rows[i].x),
                                   arena_format(&b.arena, "time,x\n0,%s\n", rows[i].y), &usual);
    cr_assert_eq(difference_is_none(d), rows[i].same, "%s and %s", rows[i].x, rows[i].y);
  }
  bench_close(&b);
}

Test(difference, a_file_that_keeps_its_zeros_is_taken_by_its_word) {
  struct bench b;
  bench_open(&b);
  cr_assert(difference_is_none(compare(&b, "time,x\n0,0.333333\n1,0.5\n", "time,x\n0,0.33\n1,0.50\n", &usual)));
  cr_assert_not(difference_is_none(compare(&b, "time,x\n0,0.333333\n1,0.5\n", "time,x\n0,0.36\n1,0.50\n", &usual)));
  bench_close(&b);
}

Test(difference, given_tolerances_replace_the_rule) {
  struct bench b;
  bench_open(&b);
  const char *x = "time,x\n0,100\n", *y = "time,x\n0,101\n";
  cr_assert(difference_is_none(compare(&b, x, y, &(struct difference_options){.rtol = 0.01, .atol = -1})));
  cr_assert_not(difference_is_none(compare(&b, x, y, &(struct difference_options){.rtol = 0.009, .atol = -1})));
  cr_assert(difference_is_none(compare(&b, x, y, &(struct difference_options){.rtol = -1, .atol = 1})));
  cr_assert_not(difference_is_none(compare(&b, x, "time,x\n0,100.00001\n", &(struct difference_options){0})));
  bench_close(&b);
}

Test(difference, the_first_and_the_worst_are_named) {
  struct bench b;
  bench_open(&b);
  struct difference *d = compare(&b, "time,x,y\n0,1,1\n1,1,1\n2,1,1\n", "time,x,y\n0,1,1\n1,1,1.1\n2,1.5,1\n", &usual);
  cr_assert_eq(d->differing, 2);
  cr_assert_eq(d->differing_columns, 2);
  cr_assert_eq(d->values, 6);
  cr_assert_str_eq(d->first.name, "y");
  cr_assert_eq(d->first.time, 1);
  cr_assert_str_eq(d->worst.name, "x");
  cr_assert_eq(d->worst.b, 1.5);
  bench_close(&b);
}

Test(difference, what_only_one_file_has_is_listed) {
  struct bench b;
  bench_open(&b);
  struct difference *d = compare(&b, "time,x,p\n0,1,1\n1,1,1\n2,1,1\n", "time,q,X\n0,1,1\n0.5,1,1\n2,1,1\n", &usual);
  cr_assert(difference_agrees(d));
  cr_assert_not(difference_is_none(d));
  cr_assert_eq(d->only_a.count, 1);
  cr_assert_str_eq(d->only_a.items[0], "p");
  cr_assert_str_eq(d->only_b.items[0], "q");
  cr_assert(d->times_a.count == 1 && d->times_a.items[0] == 1);
  cr_assert(d->times_b.count == 1 && d->times_b.items[0] == 0.5);
  cr_assert_eq(d->gaps, 0);
  bench_close(&b);
}

Test(difference, a_constant_written_once_stands_for_all_times) {
  struct bench b;
  bench_open(&b);
  struct difference *d = compare(&b, "time,x,k\n0,1,5\n1,2,5\n", "time\tx\tk\n0\t1\t5\n1\t2\t\n", &usual);
  cr_assert(difference_is_none(d));
  cr_assert_eq(d->values, 4);
  d = compare(&b, "time,x,k\n0,1,5\n1,2,6\n", "time\tx\tk\n0\t1\t5\n1\t2\t\n", &usual);
  cr_assert_eq(d->differing, 1);
  cr_assert_eq(d->first.time, 1);
  bench_close(&b);
}

Test(difference, a_value_that_one_file_lacks_is_a_difference_unless_it_is_missing_itself) {
  struct bench b;
  bench_open(&b);
  struct difference *d = compare(&b, "time,x\n0,1\n1,2\n2,3\n", "time,x\n0,1\n1,\n2,3\n", &usual);
  cr_assert(difference_agrees(d));
  cr_assert_not(difference_is_none(d));
  cr_assert(d->gaps == 1 && d->gap.time == 1 && isnan(d->gap.b));
  cr_assert(difference_is_none(compare(&b, "time,x\n0,1\n1,:NA:\n2,3\n", "time,x\n0,1\n1,\n2,3\n", &usual)));
  bench_close(&b);
}

Test(difference, times_printed_with_few_digits_are_found) {
  struct bench b;
  bench_open(&b);
  cr_assert(difference_is_none(
      compare(&b, "time,x\n2010.125,1\n2010.25,2\n2010.375,3\n", "time,x\n2010.12,1\n2010.25,2\n2010.37,3\n", &usual)));
  struct difference *d = compare(&b, "time,x\n0.001,1\n0.002,2\n", "time,x\n0.001,1\n0.0025,2\n", &usual);
  cr_assert(d->times_a.count == 1 && d->times_b.count == 1);
  bench_close(&b);
}

Test(difference, names_can_be_paired_by_hand) {
  struct bench b;
  bench_open(&b);
  struct difference_options o = usual;
  list_push(&b.arena, &o.pairs) = (struct difference_pair){"water", "Level 1"};
  cr_assert(difference_is_none(compare(&b, "time,water\n0,1\n", "time,level_1\n0,1\n", &o)));
  cr_assert_null(compare(&b, "time,x\n0,1\n", "time,level_1\n0,1\n", &o));
  cr_assert(strstr(bench_messages(&b), "has no column 'water'"));
  bench_close(&b);
}

Test(difference, two_files_with_nothing_in_common_do_not_agree) {
  struct bench b;
  bench_open(&b);
  cr_assert_not(difference_agrees(compare(&b, "time,x\n0,1\n", "time,y\n0,1\n", &usual)));
  cr_assert_not(difference_agrees(compare(&b, "time,x\n0,1\n", "time,x\n5,1\n", &usual)));
  bench_close(&b);
}
