// SPDX-License-Identifier: GPL-3.0-or-later
// Vensim's functions with a belt: delays whose time changes, conveyors whose speed does, the age of what waits. The
// numbers are worked out by hand from Vensim's reference manual.
#include <criterion/criterion.h>
#include <string.h>

#include "mdl_support.h"
#include "vensim/mdl.h"

TestSuite(mdl_belt);

#define HOLD(before, rows) mdl_bench_hold(before, rows, sizeof rows / sizeof *rows)
// The time is 3, then 1 from 4 on, then 3 again from 6 on.
#define CHANGES "FINAL TIME = 10 ~~|\nx = Time ~~|\nd = 3 - STEP(2, 4) + STEP(2, 6) ~~|\nf((0,1),(1,1)) ~~|\n"
#define CLOCK "INITIAL TIME = 0 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = 1 ~~|\n"

static struct model *read_text(struct bench *b, const char *text) {
  bench_write("m.mdl", arena_format(&b->arena, "{UTF-8}\n%s%s", text, CLOCK));
  return mdl_read(&b->arena, "m.mdl", NULL, &b->diag);
}

static void follow(const char *text, const char *name, const double *wanted, size_t count) {
  struct bench b;
  bench_open(&b);
  const struct results *r = bench_run(&b, read_text(&b, text));
  for (size_t t = 0; t < count; t++)
    cr_expect_float_eq(bench_value(r, name, (double)t), wanted[t], 1e-9, "%s%s at %zu is %.15g, not %.15g", text, name,
                       t, bench_value(r, name, (double)t), wanted[t]);
  bench_close(&b);
}
#define FOLLOW(text, name, ...) \
  follow(text, name, (const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

Test(mdl_belt, a_material_delay_adds_what_falls_together_and_shows_where_nothing_is_due) {
  FOLLOW(CHANGES "y = DELAY MATERIAL(x, d, -1, -9) ~~|\n", "y", -1, -1, -1, 0, 1, 2 + 4, 3 + 5, -9, -9, 6, 7);
  FOLLOW(CHANGES "y = DELAY MATERIAL(x, 2 + 0 * Time, 5, -9) ~~|\n", "y", 5, 5, 0, 1, 2, 3, 4, 5, 6, 7, 8);
  FOLLOW(CHANGES "y = DELAY MATERIAL(x, 1000 * Time, 5, -9) ~~|\n", "y", 5, 0, -9, -9, -9, -9, -9, -9, -9, -9, -9);
}

Test(mdl_belt, what_enters_a_material_delay_comes_out) {
  FOLLOW(CHANGES "y = DELAY MATERIAL(IF THEN ELSE(Time < 7, x, 0), d, 0, 0) ~~|\ns = INTEG(y, 0) ~~|\n", "s", 0, 0, 0,
         0, 0, 1, 7, 15, 15, 15, 21);
}

Test(mdl_belt, an_information_delay_discards_what_is_overtaken_and_holds_what_it_knows) {
  FOLLOW(CHANGES "y = DELAY INFORMATION(x, d, -1) ~~|\n", "y", -1, -1, -1, 0, 1, 4, 5, 5, 5, 6, 7);
  FOLLOW(CHANGES "y = DELAY INFORMATION(x, 2 + 0 * Time, 5) ~~|\n", "y", 5, 5, 0, 1, 2, 3, 4, 5, 6, 7, 8);
}

// At 4 the belt moves by its whole length: all that is on it leaves. What entered at 4 and 5 covers a whole length.
Test(mdl_belt, a_conveyor_changes_its_speed_for_all_that_is_on_it) {
  FOLLOW(CHANGES "y = DELAY CONVEYOR(x, d, 0, f, 30, 3) ~~|\n", "y", 10, 10, 10, 0, 1, 2 + 3 + 4, 5, 0, 0, 6, 7);
  FOLLOW("FINAL TIME = 8 ~~|\nf((0,1),(1,1)) ~~|\ny = DELAY CONVEYOR(6, 4 - STEP(2, 2), 0, f, 40, 4) ~~|\n", "y", 10,
         10, 10, 10 + 6, 12, 6, 6);
}

// 8 enter in each step and lose a tenth in each of two steps, then a half.
Test(mdl_belt, leakage_may_change) {
  FOLLOW(
      "FINAL TIME = 6 ~~|\nf((0,1),(1,1)) ~~|\n"
      "y = DELAY CONVEYOR(8, 2, 0.1 + STEP(0.4, 3), f, 20, 2) ~~|\n",
      "y", 10, 9, 8 * 0.81, 8 * 0.81, 8 * 0.45, 8 * 0.25, 8 * 0.25);
}

Test(mdl_belt, belts_of_arrays_and_inside_of_sums) {
  static const struct mdl_bench_row rows[] = {
      {"y[A] = DELAY MATERIAL(x[A], x[A] + 0 * Time, -1, -9) ~~|", "y[a1]", 2, 1},
      {"y[A] = DELAY MATERIAL(x[A], x[A] + 0 * Time, -1, -9) ~~|", "y[a2]", 1, -1},
      {"y[A] = DELAY MATERIAL(x[A], x[A] + 0 * Time, -1, -9) ~~|", "y[a2]", 2, 2},
      {"y = SUM(DELAY MATERIAL(x[A!], x[A!] + 0 * Time, -1, -9)) ~~|", "y", 1, 0},
      {"y = SUM(DELAY MATERIAL(x[A!], x[A!] + 0 * Time, -1, -9)) ~~|", "y", 2, 3},
      {"q[A] = QUEUE FIFO(x[A], 1, f, 0, 0) ~~|\ny[A] = QUEUE AGE OLDEST(q[A]) ~~|", "y[a1]", 4, 0},
      {"q[A] = QUEUE FIFO(x[A], 1, f, 0, 0) ~~|\ny[A] = QUEUE AGE OLDEST(q[A]) ~~|", "y[a2]", 4, 2},
  };
  HOLD("A: a1, a2 ~~|\nx[A] = 1, 2 ~~|\nf((0,1),(1,1)) ~~|\n", rows);
}

// 30 are there, a quarter of age 1, a half of 2, a quarter of 3; 10 enter and 10 leave, from 2 on 20 enter.
#define QUEUE \
  "FINAL TIME = 8 ~~|\nf((0,1),(1,1)) ~~|\nin = 10 + STEP(10, 2) ~~|\nq = QUEUE FIFO(in, 10, f, 30, 2) ~~|\n"

Test(mdl_belt, a_queue_knows_the_age_of_what_waits) {
  FOLLOW(QUEUE, "q", 30, 30, 30, 40, 50, 60, 70, 80, 90);
  FOLLOW(QUEUE "y = QUEUE AGE OLDEST(q) ~~|\n", "y", 3, 3, 4, 3, 3, 3, 4, 4, 5);
  FOLLOW(QUEUE "y = QUEUE AGE AVERAGE(q, 0) ~~|\n", "y", 2, 62.5 / 30, 62.5 / 30, (10 * 3 + 10 * 2 + 20) / 40.0);
  FOLLOW(QUEUE "y = QUEUE AGE AVERAGE(q, 5) ~~|\n", "y", 3, 3, 3.5, 3, 3);
  FOLLOW(QUEUE "y = QUEUE AGE IN RANGE(q, 2, :NA:) ~~|\n", "y", 22.5, 20, 20, 20, 30);
  FOLLOW(QUEUE "y = QUEUE AGE IN RANGE(q, :NA:, 1) ~~|\n", "y", 7.5, 10, 10, 20, 20);
}

Test(mdl_belt, the_flow_out_of_a_queue_may_depend_on_ages_in_it) {
  FOLLOW(
      "FINAL TIME = 5 ~~|\nf((0,1),(1,1)) ~~|\nq = QUEUE FIFO(10, out, f, 0, 0) ~~|\n"
      "out = QUEUE AGE IN RANGE(q, 3, 1e9) / TIME STEP ~~|\n",
      "q", 0, 10, 20, 30, 30, 30);
}

Test(mdl_belt, a_queue_below_zero_counts_as_the_last_step) {
  FOLLOW("FINAL TIME = 3 ~~|\nf((0,1),(1,1)) ~~|\nq = QUEUE FIFO(0, 10, f, 20, 0) ~~|\ny = QUEUE AGE OLDEST(q) ~~|\n",
         "y", 1, 2, 0, 1);
}

Test(mdl_belt, what_a_belt_cannot_do_is_said) {
  static const struct {
    const char *body, *words;
  } rows[] = {
      {"y = QUEUE AGE OLDEST(x) ~~|\nx = 1 ~~|", "must be the name of a variable that is QUEUE FIFO(...)"},
      {"y = QUEUE FIFO ATTRIB(1, 1, 1, 0, f, f, 1, 1, 1) ~~|\nf((0,1),(1,1)) ~~|", "an age, but no attributes"},
      {"A: a1, a2 ~~|\nf((0,1),(1,1)) ~~|\nq[A] = QUEUE FIFO(1, 1, f, 1, 1) ~~|\ny = QUEUE AGE OLDEST(q[a1]) ~~|",
       "its queue must have one equation, and here the subscripts of that equation"},
      {"A: (a1-a1000) ~~|\nB: (b1-b1000) ~~|\ny[A, B] = DELAY MATERIAL(1, 1 + 0 * Time, 0, 0) ~~|",
       "m.mdl:4:11: error: more than 4000000 elements of a belt"},
      {"f((0,1),(1,1)) ~~|\nq = QUEUE FIFO(RANDOM 0 1(), 1, f, 1, 1) ~~|\ny = QUEUE AGE OLDEST(q) ~~|",
       "draws random numbers"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b;
    bench_open(&b);
    cr_expect_null(mdl_bench_body(&b, rows[i].body), "%s", rows[i].body);
    cr_expect(strstr(bench_messages(&b), rows[i].words), "%s\nsays %s", rows[i].body, bench_messages(&b));
    bench_close(&b);
  }
}
