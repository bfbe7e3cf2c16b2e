// SPDX-License-Identifier: GPL-3.0-or-later
// The less usual functions of Vensim: numbers worked out by hand from the reference manual; refusals with the reason.
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "mdl_support.h"
#include "vensim/mdl.h"

TestSuite(mdl_functions);

#define HOLD(before, rows) mdl_bench_hold(before, rows, sizeof rows / sizeof *rows)

Test(mdl_functions, what_is_refused_is_refused_with_the_reason) {
  static const struct {
    const char *body, *words;
  } rows[] = {
      {"y = SHIFT IF TRUE(x, 1, 2, 0, 0) ~~|\nx = 1 ~~|",
       "SHIFT IF TRUE is not supported (in y): it changes the stocks"},
      {"y = 1 + SIMULTANEOUS(y / 2, 1) ~~|", "SIMULTANEOUS is not supported (in y): equations in a circle are not"},
      {"y = RC STEP CHECK(1, 2) ~~|", "RC STEP CHECK is not supported (in y): functions for reality checks"},
      {"y := GET VDF DATA('a.vdf', 'y', 0, 1) ~~|", "GET VDF DATA is not supported (in y): VDF files are not read"},
      {"y = GET 123 CONSTANTS('a.wk1', 'A', 'B2') ~~|", "GET 123 CONSTANTS is not supported (in y): files of Lotus"},
      {"y = 2 * GET XLS DATA('a.xlsx', 'A', '1', 'B2') ~~|", "(in y): it must stand alone behind the equal sign"},
      {"y = SSHAPE(1, 2, 3) ~~|", "SSHAPE is not supported (in y): Vensim's reference manual does not define it"},
      {"R: r1, r2 ~~|\nv[R] = 1 ~~|\ny = VECTOR LOOKUP(v[r2], 1, 0, 1, 0) ~~|", "is the first of at least two"},
      {"R: r1, r2 ~~|\nv[R] = 1 ~~|\ny = VECTOR LOOKUP(v[r1], 1, 0, 1, 10) ~~|", "a whole number from 0 to 9"},
      {"y = VECTOR LOOKUP(x, 1, 0, 1, 0) ~~|\nx = 1 ~~|", "is the first of at least two elements"},
      {"f((0,0),(1,1)) ~~|\ny = GET DATA MEDIAN(f, Time, 9) ~~|", "GET DATA MEDIAN is not supported (in y): its times"},
      {"f((0,0),(1,1)) ~~|\ny = GET DATA STDV(f, 0, 9) ~~|", "GET DATA STDV is not supported (in y): it is not known"},
      {"x = Time ~~|\ny :RAW: := x * 2 ~~|", "y is read in a mode of data, so it must be the name of one data"},
      {"y = MESSAGE(x, 1) ~~|\nx = 1 ~~|", "MESSAGE is not supported (in y): its first argument must be a text"},
      {"y = RANDOM BINOMIAL(0, 9, 0.5, Time, 0, 1, 1) ~~|", "RANDOM BINOMIAL is not supported (in y): here A, B and N"},
      {"y = RANDOM BETA(0, 1, 0.5, 2, 0, 1, 1) ~~|", "RANDOM BETA is not supported (in y): here A, B and N are whole"},
      {"y = RANDOM GAMMA(0, 9, 2, 0, 1, 1) ~~|", "RANDOM GAMMA is not supported (in y): the manual does not settle"},
      {"f((0,0),(1,-1)) ~~|\ny = RANDOM LOOKUP(f, 0, 9, 0, 1, 1) ~~|", "(in y): its lookup is negative somewhere"},
      {"y = SMOTH3(1, 2) ~~|", "SMOTH3 is no function of Vensim, and no macro or lookup of the model (in y)"},
      {"y = SMOTH3(1, 2) ~~|", "did you mean 'smooth3'?"},
      {"y = TWIC(1) ~~|\n:MACRO: TWICE(x)\nTWICE = 2 * x ~~|\n:END OF MACRO:\n", "did you mean 'twice'?"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b;
    bench_open(&b);
    cr_expect_null(mdl_bench_body(&b, rows[i].body), "%s", rows[i].body);
    cr_expect(strstr(bench_messages(&b), rows[i].words), "%s\nsays %s\nnot %s", rows[i].body, bench_messages(&b),
              rows[i].words);
    bench_close(&b);
  }
}

// Points at 0, 2 and 4: p is 1, 3, 2; q is 5, 7, 9.
static const char data[] =
    "p := GET DIRECT DATA('d.csv', ',', 'A', 'B2') ~~|\nA: a1, a2 ~~|\n"
    "pq[A] := GET DIRECT DATA('d.csv', ',', 'A', 'B2') ~~|\n";

static const struct results *run_data(struct bench *b, const char *body) {
  bench_open(b);
  bench_write("d.csv", "t,p,q\n0,1,5\n2,3,7\n4,2,9\n");
  return bench_run(b, mdl_bench_body(b, arena_format(&b->arena, "%s%s", data, body)));
}

#define IS(r, name, time, wanted) cr_expect_float_eq(bench_value(r, name, time), wanted, 1e-9, "%s at %d", name, time)

Test(mdl_functions, data_are_cumulated_point_by_point) {
  struct bench b;
  const struct results *r = run_data(&b, "c := CUMULATE(p) ~~|\nf := CUMULATEF(p) ~~|\nd[A] := CUMULATE(pq[A]) ~~|\n");
  IS(r, "c", 2, 4);
  IS(r, "c", 3, 5);
  IS(r, "f", 0, 6);
  IS(r, "d[a2]", 4, 21);
  bench_close(&b);
}

Test(mdl_functions, data_named_by_data_are_read_in_its_own_mode) {
  struct bench b;
  const struct results *r = run_data(&b,
                                     "h :HOLD BACKWARD: := p ~~|\nl :LOOK FORWARD: := p ~~|\nraw :RAW: := p ~~|\n"
                                     "i :INTERPOLATE: := p * 2 ~~|\nk[A] :HOLD BACKWARD: := pq[A] ~~|\n");
  IS(r, "h", 1, 1);
  IS(r, "l", 1, 3);
  IS(r, "raw", 2, 3);
  cr_expect_eq(bench_value(r, "raw", 1), -0x1p109);
  IS(r, "i", 1, 4);
  IS(r, "k[a2]", 3, 7);
  bench_close(&b);
}

Test(mdl_functions, numbers_of_data_between_times_that_change) {
  struct bench b;
  const struct results *r =
      run_data(&b,
               "y = GET DATA MAX(p, Time - 2, Time) ~~|\nmean = GET DATA MEAN(p, 0, Time) ~~|\n"
               "least = GET DATA MIN(p, Time - 0.5, Time) ~~|\nz[A] = GET DATA MAX(pq[A], INITIAL TIME, Time) ~~|\n"
               "all = SUM(GET DATA MEAN(pq[A!], 0, Time)) ~~|\n");
  IS(r, "y", 1, 1);
  IS(r, "y", 4, 3);
  IS(r, "mean", 3, 2);
  cr_expect_eq(bench_value(r, "least", 1), -0x1p109, "no point");
  IS(r, "least", 4, 2);
  IS(r, "z[a1]", 4, 3);
  IS(r, "z[a2]", 3, 7);
  IS(r, "all", 2, 8);
  IS(r, "all", 4, 9);
  bench_close(&b);
}

Test(mdl_functions, a_message_is_its_value_and_a_warning) {
  struct bench b;
  bench_open(&b);
  const struct results *r =
      bench_run(&b, mdl_bench_body(&b,
                                   "t :IS: 'over' ~~|\ny = MESSAGE(t, Time - 1) ~~|\n"
                                   "once = SAMPLE IF TRUE(:NOT: once, IF THEN ELSE(:NOT: once :AND: Time > 2,"
                                   " MESSAGE('started', 5), 0), 0) ~~|\n"));
  IS(r, "y", 1, 0);
  IS(r, "y", 2, 1);
  IS(r, "once", 2, 0);
  IS(r, "once", 4, 1);
  cr_expect(strstr(bench_messages(&b), "warning: the message in y is not shown"), "%s", bench_messages(&b));
  bench_close(&b);
}

// p = (x - 10) / 2 among 0, 1, 4, 9, 16; beyond the ends constant, or along the last segments.
Test(mdl_functions, a_vector_is_a_lookup_in_every_mode) {
  static const char before[] =
      "R: (r1-r5) ~~|\nv[R] = 0, 1, 4, 9, 16 ~~|\nD: d1, d2, d3 ~~|\nu[D] = 8, 4, 2 ~~|\n"
      "m[D,R] = 1,2,3,4,5; 10,20,30,40,50; 0,0,0,0,8; ~~|\n";
  static const struct mdl_bench_row rows[] = {
      {"y = VECTOR LOOKUP(v[r1], 13, 10, 18, 0) ~~|", "y", 0, 2.5},
      {"y = VECTOR LOOKUP(v[r1], 20, 10, 18, 0) ~~|", "y", 0, 16},
      {"y = VECTOR LOOKUP(v[r1], 12, 10, 18, 0) ~~|", "y", 0, 1},
      {"y = VECTOR LOOKUP(v[r1], 13, 10, 18, 1) ~~|", "y", 0, 2.75},
      {"y = VECTOR LOOKUP(v[r1], 20, 10, 18, 1) ~~|", "y", 0, 76},
      {"y = VECTOR LOOKUP(v[r1], 8, 10, 18, 1) ~~|", "y", 0, 0},
      {"y = VECTOR LOOKUP(v[r1], 13, 10, 18, 2) ~~|", "y", 0, 1},
      {"y = VECTOR LOOKUP(v[r1], 18, 10, 18, 2) ~~|", "y", 0, 16},
      {"y = VECTOR LOOKUP(v[r1], 20, 10, 18, 3) ~~|", "y", 0, 23},
      {"y = VECTOR LOOKUP(v[r1], 8, 10, 18, 3) ~~|", "y", 0, -1},
      {"y = VECTOR LOOKUP(v[r1], 13, 10, 18, 4) ~~|", "y", 0, 4},
      {"y = VECTOR LOOKUP(v[r1], 12, 10, 18, 4) ~~|", "y", 0, 1},
      {"y = VECTOR LOOKUP(v[r1], 2.5, 10, 18, 5) ~~|", "y", 0, 13},
      {"y = VECTOR LOOKUP(v[r1], -3, 10, 18, 5) ~~|", "y", 0, 10},
      {"y = VECTOR LOOKUP(v[r1], 99, 10, 18, 5) ~~|", "y", 0, 18},
      {"y = VECTOR LOOKUP(u[d1], 3, 0, 2, 5) ~~|", "y", 0, 1.5},
      {"y = VECTOR LOOKUP(v[r1], 13, 10, 18, 6) ~~|", "y", 0, 1.5},
      {"y = VECTOR LOOKUP(v[r1], 20, 10, 18, 6) ~~|", "y", 0, 0},
      {"y = VECTOR LOOKUP(v[r1], 20, 10, 18, 7) ~~|", "y", 0, 83},
      {"y = VECTOR LOOKUP(v[r1], 8, 10, 18, 7) ~~|", "y", 0, 1},
      {"y = VECTOR LOOKUP(v[r1], 23, 10, 18, 8) ~~|", "y", 0, 20},
      {"y = VECTOR LOOKUP(v[r1], 2.5, 10, 18, 8) ~~|", "y", 0, 13},
      {"y = VECTOR LOOKUP(u[d1], 12, 0, 2, 8) ~~|", "y", 0, -1},
      {"y = VECTOR LOOKUP(u[d1], 0, 0, 2, 8) ~~|", "y", 0, 3},
      {"y = VECTOR LOOKUP(v[r1], 20, 10, 18, 9) ~~|", "y", 0, 3.5},
      {"y = VECTOR LOOKUP(v[r1], 8, 10, 18, 9) ~~|", "y", 0, 0.5},
      // a shape that changes, a table of two dimensions, a call for each element, a lookup of a lookup
      {"w[R] = v[R] * Time ~~|\ny = VECTOR LOOKUP(w[r1], 2, 0, 4, 0) ~~|", "y", 3, 12},
      {"s[D] = VECTOR LOOKUP(m[D,r1], 1.5, 0, 4, 0) ~~|\ny = VECTOR LOOKUP(s[d1], 0.5, 0, 2, 0) ~~|", "y", 0, 13.75},
      {"y[D] = VECTOR LOOKUP(m[D,r1], u[D] / 2, 0, 4, 0) ~~|", "y[d2]", 0, 30},
      {"y = SUM(VECTOR LOOKUP(m[D!,r1], u[D!], 0, 4, 0)) ~~|", "y", 0, 55},
      {"y = VECTOR LOOKUP(v[r1], VECTOR LOOKUP(v[r1], 2, 0, 4, 0), 0, 4, 0) ~~|", "y", 0, 16},
  };
  HOLD(before, rows);
}

Test(mdl_functions, draws_that_are_certain) {
  static const struct mdl_bench_row rows[] = {
      {"y = RANDOM NEGATIVE BINOMIAL(0, 9999, 1, 3, 0, 1, 5) ~~|", "y", 2, 3},
      {"y = RANDOM BINOMIAL(0, 9999, 1, 4, 5, 2, 5) ~~|", "y", 2, 13},
      {"y = RANDOM BINOMIAL(0, 9999, 0, 4, 5, 2, 5) ~~|", "y", 1, 5},
      {"y = RANDOM BINOMIAL(7, 8, 0, 4, 5, 2) ~~|", "y", 1, 7},
      {"f((2,1),(2.0000000001,1)) ~~|\ny = RANDOM LOOKUP(f, 0, 9, 1, 3, 5) ~~|", "y", 1, 7},
  };
  HOLD("", rows);
}

Test(mdl_functions, macros_memory_and_draws_stand_inside_functions_along_a_range) {
  static const char before[] =
      "A: (a1-a3) ~~|\nB: b1, b2, b3 ~~|\nw[A] = 1, 3, 2 ~~|\nm[A,B] = 1,3,2; 4,6,5; 9,7,8; ~~|\n"
      ":MACRO: TWICE(x)\nTWICE = x * 2 ~~|\n:END OF MACRO:\n:MACRO: FILL(x)\nFILL = INTEG(x, 0) ~~|\n:END OF MACRO:\n";
  static const struct mdl_bench_row rows[] = {
      {"y[A] = VECTOR RANK(TWICE(w[A]), 1) ~~|", "y[a2]", 0, 3},
      {"y[A] = VECTOR RANK(TWICE(w[A]), 1) ~~|", "y[a3]", 0, 2},
      {"y[A] = VECTOR RANK(FILL(w[A]), -1) ~~|", "y[a1]", 0, 1},
      {"y[A] = VECTOR RANK(FILL(w[A]), -1) ~~|", "y[a1]", 1, 3},
      {"y[A,B] = VECTOR RANK(TWICE(m[A,B]) + w[A], 1) ~~|", "y[a3,b1]", 0, 3},
      {"y[A] = VECTOR SORT ORDER(TWICE(w[A]), -1) ~~|", "y[a1]", 0, 1},
      {"y[A] = VECTOR REORDER(TWICE(w[A]), VECTOR SORT ORDER(TWICE(w[A]), 1)) ~~|", "y[a2]", 0, 4},
      {"z[A] = VECTOR RANK(RANDOM UNIFORM(w[A] * 0, 1, 3), 1) ~~|\ny = SUM(z[A!]) ~~|", "y", 2, 6},
      {"z[A] = VECTOR RANK(RANDOM UNIFORM(w[A] * 0, 1, 3), 1) ~~|\ny = PROD(z[A!]) ~~|", "y", 3, 6},
  };
  HOLD(before, rows);
}

// The wrong range says so once; what names its elements is silent, everything else is still looked at, in order.
Test(mdl_functions, messages_come_in_the_order_of_lines_and_a_wrong_range_hides_none) {
  static const char wanted[] =
      "m.mdl:2:8: error: expected the name of an element or a range, found '2'\n"
      "m.mdl:4:1: error: range C is made of itself\n"
      "m.mdl:8:8: error: unknown variable 'nobody'\n"
      "m.mdl:9:3: error: RANQ is no function of Vensim\n"
      "m.mdl:12:3: error: expected ',' or ')', found '='";
  struct bench b;
  bench_open(&b);
  cr_expect_null(mdl_bench_body(&b,
                                "A: a1, 2 ~~|\nB: b1, b2 ~~|\nC: E ~~|\nE: C ~~|\nF: A, B ~~|\n"
                                "y[A] = 1 ~~|\nx[B] = nobody + SUM(y[A!]) + y[a1] + ELMCOUNT(F) ~~|\n"
                                "z=RANQ(1) ~~|\nq = GAME(x[b9]) ~~|\n"
                                ":MACRO: M(a\nM = nothing ~~|\n:END OF MACRO:\nw = M(1) ~~|\n"));
  const char *at = bench_messages(&b);
  size_t errors = 0;
  for (const char *s = at; (s = strstr(s, "error: ")); s++) errors++;
  cr_expect_eq(errors, 5, "%s", at);
  for (const char *line = wanted; line && at; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
    const char *end = strchr(line, '\n');
    at = strstr(at, arena_copy(&b.arena, line, end ? (size_t)(end - line) : strlen(line)));
    cr_expect(at, "%s\nin %s", line, bench_messages(&b));
  }
  bench_close(&b);
}

// The manual's chain of stages, in which each takes what leaves the one before; a sum that runs along a range.
Test(mdl_functions, elements_that_come_from_the_one_before_are_no_loop) {
  static const char before[] = "stage : (s1-s4) ~~|\nA: a1, a2, a3 ~~|\nw[A] = 1, 2, 3 ~~|\nk = -1 ~~|\n";
  static const struct mdl_bench_row rows[] = {
      {"out[stage] = in[stage] * 2 ~~|\nin[stage] = IF THEN ELSE(stage = s1, Time, VECTOR ELM MAP(out[stage], -1)) ~~|",
       "out[s3]", 2, 16},
      {"pop[stage] = INTEG(in[stage] - out[stage], 0) ~~|\nout[stage] = pop[stage] / 2 ~~|\n"
       "in[stage] = IF THEN ELSE(stage = s1, 10, VECTOR ELM MAP(out[s1], stage - 2)) ~~|",
       "pop[s3]", 4, 6.25},
      {"y[A] = w[A] + IF THEN ELSE(A > a1, VECTOR ELM MAP(y[A], -1), 0) ~~|", "y[a3]", 0, 6},
      {"y[A] = w[A] + IF THEN ELSE(A < a3, VECTOR ELM MAP(y[a1], A), 0) ~~|", "y[a1]", 0, 6},
      {"S: a2, a3 ~~|\ny[S] = VECTOR ELM MAP(y[a1], S - ELMCOUNT(S)) * 2 ~~|\ny[a1] = 5 ~~|", "y[a3]", 0, 20},
      {"y[A] = VECTOR ELM MAP(w[A], k) ~~|", "y[a3]", 0, 2},
      {"y[A] = VECTOR ELM MAP(w[A], -1) ~~|", "y[a1]", 0, -0x1p109},
  };
  HOLD(before, rows);
}

// Vensim compares Time + TIME STEP/2 with the times, and a width of 0 is one step; the step here is 1.
Test(mdl_functions, test_inputs_look_at_the_middle_of_the_step) {
  static const struct mdl_bench_row rows[] = {
      {"y = STEP(1, 2.4) ~~|", "y", 1, 0},
      {"y = STEP(1, 2.4) ~~|", "y", 2, 1},
      {"y = STEP(1, 2.6) ~~|", "y", 2, 0},
      {"y = STEP(1, 0.5) ~~|", "y", 0, 0},
      {"k = 2 ~~|\ny = STEP(3, k) ~~|", "y", 2, 3},
      {"k = 2 ~~|\ny = STEP(3, k) ~~|", "y", 1, 0},
      {"y = PULSE(1.4, 1.2) ~~|\ns = INTEG(y, 0) ~~|", "s", 4, 2},
      {"y = PULSE(1.4, 1.2) ~~|", "y", 1, 1},
      {"y = PULSE(1, 0.2) ~~|\ns = INTEG(y, 0) ~~|", "s", 4, 0},
      {"y = PULSE(1, 0.6) ~~|\ns = INTEG(y, 0) ~~|", "s", 4, 1},
      {"k = 0 ~~|\ny = PULSE(2, k) ~~|\ns = INTEG(y, 0) ~~|", "s", 4, 1},
      {"y = PULSE(1, -1) ~~|", "y", 1, 0},
      {"y = PULSE TRAIN(0.4, 1, 1.5, 9) ~~|", "y", 0, 1},
      {"y = PULSE TRAIN(0.4, 1, 1.5, 9) ~~|", "y", 1, 0},
      {"y = PULSE TRAIN(0.4, 1, 1.5, 9) ~~|", "y", 3, 1},
      {"y = PULSE TRAIN(0.5, 1, 2, 9) ~~|", "y", 1, 1},
      {"k = 2 ~~|\ny = PULSE TRAIN(k - 1, 1, k, FINAL TIME) ~~|\ns = INTEG(y, 0) ~~|", "s", 4, 2},
  };
  HOLD("", rows);
}

Test(mdl_functions, test_inputs_stay_through_a_step_of_runge_kutta) {
  struct bench b;
  bench_open(&b);
  bench_write("m.mdl", arena_format(&b.arena,
                                    "{UTF-8}\nr = INTEG(RAMP(2, 1, 3), 0) ~~|\np = INTEG(PULSE(0.7, 1.2), 0) ~~|\n"
                                    "t = INTEG(PULSE TRAIN(0.7, 1, 2, 9), 0) ~~|\nx = INTEG(Time, 0) ~~|\n%s"
                                    "\\\\\\---/// Sketch\n///---\\\\\\\n:L<%%^E!@\n15:0,0,0,1,0,0\n",
                                    mdl_bench_clock));
  const struct results *r = bench_run(&b, mdl_read(&b.arena, "m.mdl", NULL, &b.diag));
  IS(r, "x", 4, 8);
  IS(r, "r", 2, 0);
  IS(r, "r", 4, 6);
  IS(r, "p", 4, 1);
  IS(r, "t", 4, 2);
  bench_close(&b);
}
