// SPDX-License-Identifier: GPL-3.0-or-later
// Discrete delays of Vensim whose time changes while the model runs: by hand, after the sentences of Vensim's reference
// manual, and by the sums that must balance. Steps of 0.5 from 0 to 20.
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "check/check.h"
#include "engine/run.h"
#include "lower/lower.h"
#include "reader_support.h"
#include "vensim/mdl.h"

TestSuite(mdl_belt);

static const char clock[] =
    "INITIAL TIME = 0 ~~|\nFINAL TIME = 20 ~~|\nTIME STEP = 0.5 ~~|\nSAVEPER = 0.5 ~~|\n"
    "flat((0,1),(1,1)) ~~|\npulse = IF THEN ELSE(Time > 3.9 :AND: Time < 4.1, 2, 0) ~~|\n";

static const struct results *run_text(struct bench *b, const char *text) {
  static const char *const all[] = {"save=all"};
  bench_write("m.mdl", text);
  const struct model *m = mdl_read(&b->arena, "m.mdl", NULL, &b->diag);
  struct scenario *s = m ? scenario_of_model(&b->arena, m, all, 1, &b->diag) : NULL;
  struct checked *c = s ? check_model(&b->arena, m, s, true, &b->diag) : NULL;
  struct program *p = c ? lower(&b->arena, c, &(struct lower_options){0}, &b->diag) : NULL;
  return p ? run_single(&b->arena, p, &b->diag) : NULL;
}

static const struct results *run_body(struct bench *b, const char *body) {
  return run_text(b, arena_format(&b->arena, "{UTF-8}\n%s\n%s", body, clock));
}

static double value(const struct results *r, const char *name, double time) {
  for (size_t c = 0; c < r->program->column_count; c++)
    if (strcmp(r->program->columns[c].name, name) == 0)
      return r->values[(size_t)(time / 0.5 + 0.5) * r->program->column_count + c];
  cr_assert(false, "no value of %s at %g", name, time);
  return NAN;
}

struct row {
  const char *body;
  double time, wanted;  // of y
};

static void hold(const struct row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct bench b;
    bench_open(&b);
    const struct results *r = run_body(&b, rows[i].body);
    cr_assert(r && !b.diag.errors, "%s", bench_messages(&b));
    double found = value(r, "y", rows[i].time);
    cr_expect(fabs(found - rows[i].wanted) <= 1e-9 * (1 + fabs(rows[i].wanted)), "%s\ny at %g is %.15g, not %.15g",
              rows[i].body, rows[i].time, found, rows[i].wanted);
    bench_close(&b);
  }
}
#define HOLD(rows) hold((rows), sizeof(rows) / sizeof *(rows))

Test(mdl_belt, material_comes_together_when_the_time_shrinks_and_is_missing_when_it_grows) {
  static const struct row rows[] = {
      {"y = DELAY MATERIAL(Time, 4 - STEP(2, 6), 9, -1) ~~|", 0, 9},
      {"y = DELAY MATERIAL(Time, 4 - STEP(2, 6), 9, -1) ~~|", 3.5, 9},
      {"y = DELAY MATERIAL(Time, 4 - STEP(2, 6), 9, -1) ~~|", 4, 0},
      {"y = DELAY MATERIAL(Time, 4 - STEP(2, 6), 9, -1) ~~|", 7.5, 3.5},
      {"y = DELAY MATERIAL(Time, 4 - STEP(2, 6), 9, -1) ~~|", 8, 4 + 6},
      {"y = DELAY MATERIAL(Time, 4 - STEP(2, 6), 9, -1) ~~|", 9.5, 5.5 + 7.5},
      {"y = DELAY MATERIAL(Time, 4 - STEP(2, 6), 9, -1) ~~|", 10, 8},
      {"y = DELAY MATERIAL(Time, 4 + STEP(2, 6), 9, -1) ~~|", 9.5, 5.5},
      {"y = DELAY MATERIAL(Time, 4 + STEP(2, 6), 9, -1) ~~|", 10, -1},
      {"y = DELAY MATERIAL(Time, 4 + STEP(2, 6), 9, -1) ~~|", 11.5, -1},
      {"y = DELAY MATERIAL(Time, 4 + STEP(2, 6), 9, -1) ~~|", 12, 6},
      // What comes in meets what was on its way at the start, by the time at the start.
      {"y = DELAY MATERIAL(Time, 4 - STEP(2, 1), 9, -1) ~~|", 3.5, 9 + 1.5},
      {"y = DELAY MATERIAL(3, 0 * Time, 9, -1) ~~|", 0.5, 3},  // a step at the least
      // The time may follow what comes out.
      {"y = DELAY MATERIAL(10, MAX(1, y / 5), 5, 0) ~~|", 1, 10},
  };
  HOLD(rows);
}

Test(mdl_belt, information_shows_the_latest_that_has_come) {
  static const struct row rows[] = {
      {"y = DELAY INFORMATION(Time, 4 - STEP(2, 6), 9) ~~|", 3.5, 9},
      {"y = DELAY INFORMATION(Time, 4 - STEP(2, 6), 9) ~~|", 7.5, 3.5},
      {"y = DELAY INFORMATION(Time, 4 - STEP(2, 6), 9) ~~|", 8, 6},
      {"y = DELAY INFORMATION(Time, 4 - STEP(2, 6), 9) ~~|", 9.5, 7.5},
      {"y = DELAY INFORMATION(Time, 4 + STEP(2, 6), 9) ~~|", 9.5, 5.5},
      {"y = DELAY INFORMATION(Time, 4 + STEP(2, 6), 9) ~~|", 11.5, 5.5},
      {"y = DELAY INFORMATION(Time, 4 + STEP(2, 6), 9) ~~|", 12, 6},
      // 4 leaves at 10 and is old then: 4.5 left at 6.5.
      {"y = DELAY INFORMATION(Time, IF THEN ELSE(pulse > 0, 6, 2), 9) ~~|", 10, 8},
      {"y = DELAY INFORMATION(Time, IF THEN ELSE(pulse > 0, 6, 2), 9) ~~|", 6, 3.5},
  };
  HOLD(rows);
}

// A pulse of 1 that came in during [4, 4.5], an eighth of the belt; at 6.5, when the belt's speed changes, it has 3/8
// to go. Half as fast that takes 6 steps, and then two to come out; twice as fast it is there at 7.
Test(mdl_belt, a_conveyor_moves_all_that_lies_on_it_at_one_speed) {
  static const struct row rows[] = {
      {"y = DELAY CONVEYOR(pulse, 4 + STEP(4, 6), 0, flat, 0, 4) ~~|", 9.5, 1},
      {"y = DELAY CONVEYOR(pulse, 4 + STEP(4, 6), 0, flat, 0, 4) ~~|", 9, 0},
      {"y = DELAY CONVEYOR(pulse, 4 + STEP(4, 6), 0, flat, 0, 4) ~~|", 10, 1},
      {"y = DELAY CONVEYOR(pulse, 4 + STEP(4, 6), 0, flat, 0, 4) ~~|", 10.5, 0},
      {"y = DELAY CONVEYOR(pulse, 4 + 0 * Time, 0, flat, 0, 4) ~~|", 8, 2},
      {"y = DELAY CONVEYOR(pulse, 4 - STEP(2, 6), 0, flat, 0, 4) ~~|", 7, 2},
      // A belt in balance: at half the speed half as much leaves, at twice the speed twice as much.
      {"y = DELAY CONVEYOR(3, 4 + STEP(4, 6), 0, flat, 12, 4) ~~|", 6, 3},
      {"y = DELAY CONVEYOR(3, 4 + STEP(4, 6), 0, flat, 12, 4) ~~|", 6.5, 1.5},
      {"y = DELAY CONVEYOR(3, 4 - STEP(2, 6), 0, flat, 12, 4) ~~|", 6.5, 6},
      {"y = DELAY CONVEYOR(3, 4 - STEP(2, 6), 0, flat, 12, 4) ~~|", 20, 3},
      {"y = DELAY CONVEYOR(0, 4 + STEP(4, 2), 0, flat, 12, 4) ~~|", 2, 3},  // and so does what lay there first
      {"y = DELAY CONVEYOR(0, 4 + STEP(4, 2), 0, flat, 12, 4) ~~|", 2.5, 1.5},
      // Leakage that changes: 8 steps of a twentieth, the half of them lost.
      {"y = DELAY CONVEYOR(pulse, 4, 0.1 * (1 - STEP(1, 6)), flat, 0, 4) ~~|", 8, 2 * 0.81450625},
      {"y = DELAY CONVEYOR(0, 4, 0.1 * (1 - STEP(1, 1)), flat, 12, 4) ~~|", 3, 3 * 0.9025},
  };
  HOLD(rows);
}

// What came in is what came out and what is still there; with a constant time nothing differs from the pipeline.
Test(mdl_belt, nothing_is_created_or_lost) {
  struct bench b;
  bench_open(&b);
  const struct results *r = run_body(
      &b,
      "x = IF THEN ELSE(Time < 10, 3 + SIN(Time), 0) ~~|\nd = 3 + 2 * SIN(5 * Time) ~~|\nin = INTEG(x, 0) ~~|\n"
      "m = DELAY MATERIAL(x, d, 0, 0) ~~|\nout m = INTEG(m, 0) ~~|\n"
      "c = DELAY CONVEYOR(x, d, 0, flat, 5, 1) ~~|\nout c = INTEG(c, 0) ~~|\n"
      "l = DELAY CONVEYOR(x, d, rate, flat, 5, 1) ~~|\nrate = 0.1 + STEP(0.1, 5) ~~|\n"
      "there = INTEG(x - l - leak, 5) ~~|\nleak = (there + TIME STEP * (x - l)) * rate ~~|\n"
      "same = DELAY CONVEYOR(x, 3 + 0 * Time, 0.1, flat, 5, 3) - DELAY CONVEYOR(x, 3, 0.1, flat, 5, 3) ~~|\n"
      "pipe = DELAY MATERIAL(x, 3 + 0 * Time, 5, 0) - DELAY FIXED(x, 3, 5) ~~|\n"
      "info = DELAY INFORMATION(x, 3 + 0 * Time, 5) - DELAY FIXED(x, 3, 5) ~~|\n");
  cr_assert(r && !b.diag.errors, "%s", bench_messages(&b));
  cr_expect_float_eq(value(r, "out m", 20), value(r, "in", 20), 1e-12);
  cr_expect_float_eq(value(r, "out c", 20), value(r, "in", 20) + 5, 1e-12);
  cr_expect_float_eq(value(r, "there", 20), 0, 1e-12);
  for (double t = 0; t <= 20; t += 0.5) {
    cr_expect_float_eq(value(r, "same", t), 0, 1e-12);
    cr_expect(value(r, "pipe", t) == 0 && value(r, "info", t) == 0);
    cr_expect(value(r, "there", t) > -1e-12);
  }
  bench_close(&b);
}

Test(mdl_belt, arrays_macros_and_vector_functions_have_belts) {
  struct bench b;
  bench_open(&b);
  const struct results *r = run_body(
      &b,
      ":MACRO: Q(in, wait)\nQ = DELAY MATERIAL(in, wait + STEP(1, 5), 0, 0) ~~|\n:END OF MACRO:\n"
      "A: a1, a2 ~~|\nw[A] = 2, 4 ~~|\nd[A] = w[A] + 0 * Time ~~|\ny[A] = DELAY MATERIAL(w[A] * Time, d[A], 0, 0) ~~|\n"
      "s = SUM(DELAY MATERIAL(w[A!] * Time, d[A!], 0, 0)) ~~|\nq[A] = Q(w[A] * Time, w[A]) ~~|\n"
      "one[a1] = DELAY MATERIAL(Time, d[a2], 0, 0) ~~|\none[a2] = DELAY INFORMATION(Time, d[a1], 0) ~~|\n");
  cr_assert(r && !b.diag.errors, "%s", bench_messages(&b));
  cr_expect_eq(value(r, "y[a1]", 6), 8);
  cr_expect_eq(value(r, "y[a2]", 6), 8);
  cr_expect_eq(value(r, "s", 7), 2 * 5 + 4 * 3);
  cr_expect_eq(value(r, "q[a1]", 7), 0);
  cr_expect_eq(value(r, "q[a1]", 8), 10);
  cr_expect_eq(value(r, "one[a1]", 7), 3);
  cr_expect_eq(value(r, "one[a2]", 7), 5);
  bench_close(&b);
}

// A long run takes its slats again in turn; where something lies on one, there is no number, and none is made up. What
// would leave after the end may be forgotten.
Test(mdl_belt, a_slat_that_is_taken_is_an_error) {
  for (int end = 2400; end <= 2600; end += 200) {
    struct bench b;
    bench_open(&b);
    run_text(&b, arena_format(&b.arena,
                              "y = DELAY MATERIAL(1, 1 + STEP(2500, 5), 0, 0) ~~|\nINITIAL TIME = 0 ~~|\n"
                              "FINAL TIME = %d ~~|\nTIME STEP = 1 ~~|\n",
                              end));
    cr_expect(end == 2400 ? !b.diag.errors : strstr(bench_messages(&b), "became NaN") != NULL, "%s",
              bench_messages(&b));
    bench_close(&b);
  }
}
