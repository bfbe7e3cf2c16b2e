// SPDX-License-Identifier: GPL-3.0-or-later
// Vensim's .mdl: what each construct computes, as small files and the numbers they must give, worked out by hand from
// Vensim's reference manual; the words for what is not supported.
#include "vensim/mdl.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "mdl_support.h"

TestSuite(mdl);

#define clock mdl_bench_clock
#define read_body mdl_bench_body
#define run_model bench_run
#define value bench_value
#define row mdl_bench_row

static void hold(const struct row *rows, size_t count) {
  mdl_bench_hold("", rows, count);
}
#define HOLD(rows) hold(rows, sizeof rows / sizeof *rows)

Test(mdl, arithmetic_binds_as_in_vensim) {
  static const struct row rows[] = {
      {"y = 2^3^2 ~~|", "y", 0, 512},
      {"y = -2^2 ~~|", "y", 0, -4},
      {"y = 2^-1*3 ~~|", "y", 0, 1.5},
      {"y = IF THEN ELSE(:NOT: 1 > 2 :AND: 2 = 2 :OR: 0, 5, 6) ~~|", "y", 0, 5},
      {"y = MODULO(-7, 3) + 10*MODULO(7, 3) ~~|", "y", 0, 9},
      {"y = QUANTUM(7.9, 3) + QUANTUM(1.5, -1) ~~|", "y", 0, 7.5},
      {"y = XIDZ(1, 1e-7, 9) + ZIDZ(3, 0) + ZIDZ(3, 2) ~~|", "y", 0, 10.5},
      {"y = LOG(8, 2) + POWER(2, 3) + INTEGER(-1.5) ~~|", "y", 0, 10},
      {"y = :NA: ~~|", "y", 0, -0x1p109},
      {"y = GAMMA LN(0.5) ~~|", "y", 0, 0.57236494292470009},
  };
  HOLD(rows);
}

Test(mdl, names_are_alike_in_any_case_with_blanks_or_underscores_or_quotes) {
  static const struct row rows[] = {
      {"Heat  Loss = 3 ~~|\ny = heat_LOSS * 2 ~~|", "y", 0, 6},
      {"\"a (b), c!\" = 4 ~~|\ny = \"A (B), C!\" ~~|", "y", 0, 4},
      {"time's up = 1 ~~|\ny = Time's\\\n\t Up + 1 ~~|", "y", 0, 2},
      {"\"say \\\"hi\\\"\" = 7 ~~|\ny = \"say \\\"hi\\\"\" ~~|", "y", 0, 7},
      {"Gr\xC3\x96\xC3\x9F"
       "E = 2 ~~|\ny = gr\xC3\xB6\xC3\x9F"
       "e ~~|",
       "y", 0, 2},
      {"min = 3 ~~|\ny = MIN(min, 4) + min ~~|", "y", 0, 6},
      {"y = {a {nested} comment} 5 ~ Month [0,10] ~ an \"odd quote |", "y", 0, 5},
  };
  HOLD(rows);
}

Test(mdl, stocks_integrate_by_euler_and_active_initial_starts_them) {
  static const struct row rows[] = {
      {"s = INTEG(s * 0.5, 10) ~~|", "s", 2, 22.5},
      {"s = INTEG(1, v) ~~|\nv = ACTIVE INITIAL(Time * 100, 45) ~~|", "s", 1, 46},
      {"y = 2 * INTEG(3, 1) ~~|", "y", 2, 14},
      {"y = SAMPLE IF TRUE(Time = 2, Time * 10, -1) ~~|", "y", 3, 20},
      {"y = DELAY FIXED(Time, 2, -5) ~~|", "y", 1, -5},
      {"y = DELAY FIXED(Time, 2, -5) ~~|", "y", 3, 1},
      {"y = SMOOTHI(10, 2, 0) ~~|", "y", 2, 7.5},
      {"y = DELAY N(STEP(1, 0), 2, 0, 2) ~~|", "y", 2, 1},
      {"y = NPV(10, 0.1, 0, 1) ~~|", "y", 1, 19.090909090909090909},
  };
  HOLD(rows);
}

Test(mdl, pulses_and_ramps_start_on_the_grid) {
  static const struct row rows[] = {
      {"y = PULSE(1, 2) ~~|", "y", 2, 1},
      {"y = PULSE(1, 2) ~~|", "y", 3, 0},
      {"y = PULSE TRAIN(1, 1, 2, 4) ~~|", "y", 3, 1},
      {"y = PULSE TRAIN(1, 1, 0, 4) ~~|", "y", 3, 0},
      {"y = RAMP(2, 1, 3) ~~|", "y", 4, 4},
      {"y = GET TIME VALUE(1, 5, 0) ~~|", "y", 3, 5},
  };
  HOLD(rows);
}

// "Time plus" of the reference manual is Time + TIME STEP/2: STEP is IF THEN ELSE(Time plus > step time, height, 0).
Test(mdl, test_inputs_between_times_jump_at_the_nearest_time) {
  static const struct row rows[] = {
      {"y = STEP(7, 2.4) ~~|", "y", 2, 7},
      {"y = STEP(7, 2.5) ~~|", "y", 2, 0},
      {"y = STEP(7, 2.5) ~~|", "y", 3, 7},
      {"y = STEP(7, 2.6) ~~|", "y", 2, 0},
      {"at = 1.3 ~~|\ny = STEP(7, at) ~~|", "y", 1, 7},
      {"at = 1.3 ~~|\ny = STEP(7, at + 0.3) ~~|", "y", 1, 0},
      {"at[D] = 0.6, 1.4 ~~|\nD: d1, d2 ~~|\ny[D] = STEP(D, at[D]) ~~|", "y[d2]", 1, 2},
      {"y = PULSE(2.3, 0) ~~|", "y", 2, 1},
      {"y = PULSE(2.3, 0) ~~|", "y", 3, 0},
      {"y = PULSE(1.6, 1.6) ~~|", "y", 1, 0},
      {"y = PULSE(1.6, 1.6) ~~|", "y", 3, 0},
      {"y = PULSE(1.6, 2.1) ~~|", "y", 3, 1},
      {"y = PULSE(2, 0.2) ~~|", "y", 2, 0},
      {"y = PULSE(1.9, 0.8) ~~|", "y", 2, 1},
      {"w = 0 ~~|\ny = PULSE(2, w) ~~|", "y", 2, 1},
      {"w = 2 ~~|\ny = PULSE(INITIAL TIME + 1, w) ~~|", "y", 2, 1},
      {"y = PULSE TRAIN(0.7, 1, 2, 4) ~~|", "y", 1, 1},
      {"y = PULSE TRAIN(0.7, 1, 2, 4) ~~|", "y", 2, 0},
      {"y = PULSE TRAIN(1, 0.2, 2, 4) ~~|", "y", 3, 1},
      {"s = INTEG(STEP(1, 1.3), STEP(5, 0.3)) ~~|", "s", 3, 7},
  };
  HOLD(rows);
}

Test(mdl, ranges_expand_map_and_except) {
  static const char ranges[] =
      "A: (a1-a3) ~~|\nB: b1, b2, b3 -> A ~~|\nS: a2, a3 ~~|\nG: g1, g2 -> (A: S, a1) ~~|\n"
      "C <-> A ~~|\nw[A] = 1, 2, 3 ~~|\nx[B] = 10, 20, 30 ~~|\nq[G] = 5, 7 ~~|\n";
  static const struct {
    const char *body, *name;
    double wanted;
  } rows[] = {
      {"y[A] = x[B] ~~|", "y[a2]", 20},
      {"y[B] = w[A] ~~|", "y[b3]", 3},
      {"y[A] = q[G] ~~|", "y[a3]", 5},
      {"y[A] = q[G] ~~|", "y[a1]", 7},
      {"y[A] :EXCEPT: [a2] = 1 ~~|\ny[a2] = 9 ~~|", "y[a2]", 9},
      {"y[A,B] :EXCEPT: [S,b1], [a1,b2] = 1 ~~|\ny[S,b1] = 2 ~~|\ny[a1,b2] = 3 ~~|\nz = SUM(y[A!,B!]) ~~|", "z", 13},
      {"y = SUM(w[S!]) + VMAX(w[A!]) + PROD(w[A!]) ~~|", "y", 14},
      {"y[A] = SUM(w[A!] * w[A]) ~~|", "y[a2]", 12},
      {"y[C] = w[C] * 2 ~~|", "y[a3]", 6},
      {"y[A] = A ~~|", "y[a3]", 3},
      {"y[A] = IF THEN ELSE(A = a2, 1, 0) ~~|", "y[a2]", 1},
      {"y = ELMCOUNT(S) ~~|", "y", 2},
      {"y[a1] = 4 ~~|\nz = y[a1] ~~|", "z", 4},
      {"y[A] = 1 ~~|\ny[a2] :EXCEPT: [a2] = 5 ~~|", "y[a2]", 1},
      {"y[S] = x[b1] + w[S] ~~|\ny[a1] = y[a2] ~~|", "y[a1]", 12},
      {"y[A] = VECTOR SORT ORDER(w[A], -1) ~~|", "y[a1]", 2},
      {"y[A] = VECTOR RANK(w[A], 1) ~~|", "y[a3]", 3},
      {"y[A] = VECTOR ELM MAP(x[b1], A - 1) ~~|", "y[a3]", 30},
      {"y[A] = VECTOR ELM MAP(x[b2], A) ~~|", "y[a2]", -0x1p109},
      {"y = VECTOR SELECT(w[A!], x[B!], 0, 9, 0) ~~|", "y", 30},
      {"m[A,B] = 2,0,0; 0,4,0; 0,0,5; ~~|\ny[A,B] = INVERT MATRIX(m[A,B], 3) ~~|", "y[a2,b2]", 0.25},
      {"y[A] = ALLOCATE BY PRIORITY(w[A], w[A], 3, 0.5, 4) ~~|", "y[a2]", 1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b;
    bench_open(&b);
    struct row row = {arena_format(&b.arena, "%s%s", ranges, rows[i].body), rows[i].name, 0, rows[i].wanted};
    hold(&row, 1);
    bench_close(&b);
  }
}

Test(mdl, lookups_are_read_in_every_way) {
  static const char f[] = "f([(0,0)-(9,9)],(2,1),(0,0),(1,2)) ~~|\n";
  static const struct {
    const char *body;
    double wanted;
  } rows[] = {
      {"y = f(0.5) ~~|", 1},
      {"y = f(5) ~~|", 1},
      {"y = LOOKUP EXTRAPOLATE(f, 3) ~~|", 0},
      {"y = LOOKUP FORWARD(f, 0.5) ~~|", 2},
      {"y = LOOKUP BACKWARD(f, 0.5) ~~|", 0},
      {"y = LOOKUP FORWARD(f, 1) ~~|", 2},
      {"y = WITH LOOKUP(0.25, ([(0,0)-(1,1)],(0,0),(1,4))) ~~|", 1},
      {"D: d1, d2 ~~|\ng[d1]((0,1),(1,2)) ~~|\ng[d2]((0,5),(1,6)) ~~|\nz[D] = g[D](0.5) ~~|\ny = z[d2] ~~|", 5.5}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b;
    bench_open(&b);
    struct row row = {arena_format(&b.arena, "%s%s", f, rows[i].body), "y", 0, rows[i].wanted};
    hold(&row, 1);
    bench_close(&b);
  }
}

Test(mdl, data_come_from_csv_in_columns_and_rows) {
  struct bench b;
  bench_open(&b);
  bench_write("d.csv", "t,p,q\n0,1,5\n2,3,7\n4,x,9\n");
  bench_write("c.csv", "n;u;v\nA1;1;2\nA2;3;4\n");
  const struct results *r = run_model(
      &b, read_body(&b,
                    "A: A1, A2 ~~|\nB: B1, B2 ~~|\np := GET DIRECT DATA('d.csv', ',', 'A', 'B2') ~~|\n"
                    "h :HOLD BACKWARD: := GET DIRECT DATA('d.csv', ',', 'A', 'C2') ~~|\n"
                    "k :LOOK FORWARD: := GET DIRECT DATA('d.csv', ',', 'A', 'C2') ~~|\n"
                    "w[A] := GET DIRECT DATA('d.csv', ',', 'A', 'B2') ~~|\n"
                    "c[A,B] = GET DIRECT CONSTANTS('c.csv', ';', 'B2') ~~|\n"
                    "d[A,B] = GET DIRECT CONSTANTS('c.csv', ';', 'B2*') ~~|\n"
                    "y = TIME SHIFT(p, 1) ~~|\nL = GET DIRECT LOOKUPS('d.csv', ',', 'A', 'C2') ~~|\nz = L(1) ~~|\n"));
  cr_expect_eq(value(r, "p", 1), 2);
  cr_expect_eq(value(r, "p", 4), 3, "a cell without a number is no point");
  cr_expect_eq(value(r, "h", 1), 5);
  cr_expect_eq(value(r, "h", 2), 7);
  cr_expect_eq(value(r, "k", 1), 7);
  cr_expect_eq(value(r, "k", 2), 7);
  cr_expect_eq(value(r, "w[A2]", 1), 6);
  cr_expect_eq(value(r, "c[A1,B2]", 0), 2);
  cr_expect_eq(value(r, "d[A1,B2]", 0), 3);
  cr_expect_eq(value(r, "y", 0), 2);
  cr_expect_eq(value(r, "z", 0), 6);
  bench_close(&b);
}

Test(mdl, macros_keep_their_variables_and_give_several_outputs) {
  struct bench b;
  bench_open(&b);
  const struct results *r =
      run_model(&b, read_body(&b,
                              ":MACRO: FILL(in, start : twice)\nFILL = INTEG(in, start) ~~|\ntwice = FILL * 2 ~~|\n"
                              ":END OF MACRO:\nD: d1, d2 ~~|\nw[D] = 1, 10 ~~|\n"
                              "y[D] = FILL(w[D], 5) ~~|\nx = FILL(2, 0 : z) ~~|\n"));
  cr_expect_eq(value(r, "y[d1]", 3), 8);
  cr_expect_eq(value(r, "y[d2]", 3), 35);
  cr_expect_eq(value(r, "x", 3), 6);
  cr_expect_eq(value(r, "z", 3), 12);
  bench_close(&b);
}

Test(mdl, macros_and_stocks_inside_vector_functions_run_over_their_ranges) {
  static const char arrays[] =
      "A: a1, a2, a3 ~~|\nB: b1, b2 ~~|\nw[A] = 1, 2, 3 ~~|\nm[A,B] = 1,2; 3,4; 5,6; ~~|\n"
      ":MACRO: TWICE(x)\nTWICE = x * 2 ~~|\n:END OF MACRO:\n:MACRO: FILL(x)\nFILL = INTEG(x, 0) ~~|\n:END OF MACRO:\n";
  static const struct row rows[] = {
      {"y = SUM(TWICE(w[A!])) ~~|", "y", 0, 12},
      {"y[A] = SUM(TWICE(m[A,B!] + w[A])) ~~|", "y[a2]", 0, 22},
      {"y[A] = SUM(TWICE(m[A!,B!] * w[A])) ~~|", "y[a2]", 0, 84},
      {"y = SUM(FILL(w[A!]) * w[A!]) ~~|", "y", 2, 28},
      {"y = SUM(INTEG(w[A!], 1)) ~~|", "y", 2, 15},
      {"y[a2] = SUM(TWICE(m[a2,B!])) ~~|\ny[a1] = 0 ~~|\ny[a3] = 1 ~~|", "y[a2]", 0, 14},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b;
    bench_open(&b);
    struct row row = rows[i];
    row.body = arena_format(&b.arena, "%s%s", arrays, rows[i].body);
    hold(&row, 1);
    bench_close(&b);
  }
}

Test(mdl, holes_of_arrays_are_not_shown) {
  struct bench b;
  bench_open(&b);
  const struct results *r =
      run_model(&b, read_body(&b, "A: a1, a2 ~~|\nB: b1, b2 ~~|\ny[a1,b1] = Time ~~|\ny[a2,b2] = 1 ~~|\n"));
  cr_expect_eq(value(r, "y[a1,b1]", 2), 2);
  for (size_t c = 0; c < r->program->column_count; c++) cr_expect_str_neq(r->program->columns[c].name, "y[a1,b2]");
  bench_close(&b);
}

Test(mdl, units_are_alike_in_singular_and_plural) {
  static const struct {
    const char *one, *other;
    bool alike;
  } rows[] = {{"Foxes", "fox", true},        {"cities/Year", "City/years", true},
              {"Glass", "glas", false},      {"matches", "Match", true},
              {"people", "person", true},    {"m*m", "m^2", true},
              {"Radians", "Dmnl", true},     {"1/Month", "months^-1", true},
              {"widgets", "gadgets", false}, {"my units [0,10]", "My_Unit", true},
              {"%", "Percent", true},        {"%", "#", false},
              {"%/Year", "#/Year", false},   {"???", "%", false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b;
    bench_open(&b);
    const struct model *m =
        read_body(&b, arena_format(&b.arena, "a = b ~ %s ~|\nb = Time ~ %s ~|", rows[i].one, rows[i].other));
    cr_assert(m, "%s", bench_messages(&b));
    cr_expect_eq(unit_equal(model_variable(m, "a")->unit, model_variable(m, "b")->unit), rows[i].alike, "%s and %s",
                 rows[i].one, rows[i].other);
    bench_close(&b);
  }
}

Test(mdl, windows_bytes_are_read_where_the_file_is_not_utf8) {
  struct bench b;
  bench_open(&b);
  bench_write("m.mdl", arena_format(&b.arena, "caf\xE9 = 3 ~~|\ny = CAF\xC9 + 1 ~~|\n%s", clock));
  const struct results *r = run_model(&b, mdl_read(&b.arena, "m.mdl", NULL, &b.diag));
  cr_expect_eq(value(r, "caf\xC3\xA9", 0), 3);
  cr_expect_eq(value(r, "y", 0), 4);
  bench_close(&b);
}

Test(mdl, what_is_not_supported_is_named_with_its_place) {
  static const struct {
    const char *body, *words;
  } rows[] = {
      {"y = DELAY PROFILE(1, 2, 3) ~~|", "m.mdl:2:5: error: DELAY PROFILE is not supported (in y): "},
      {"f(1, 2, 3) ~~|", "as many y as x, and here are 3 numbers"},
      {"p ~~|\ny = p ~~|", "p has no equation"},
      {"y = GET TIME VALUE(0, 0, 3) ~~|", "asks for what is not supported"},
      {"y = x + 1 ~~|", "unknown variable 'x'"},
      {"y ~~|", "y has no equation"},
      {"y = 1 ~~|\nY = 2 ~~|", "Y is defined twice"},
      {"A: a1, a2 ~~|\nB: b1, b2 ~~|\nw[B] = 1, 2 ~~|\ny[A] = w[B] ~~|", "'B' is no subscript of the left side of y"},
      {"A: a1, a2 ~~|\nw[A] = 1, 2, 3 ~~|", "w needs 2 numbers here, 3 are given"},
      {"A: a1, a2 ~~|\nw[a1] = 1 ~~|\ny = w[a2] ~~|", "'a2' is no element of w"},
      {"A: B ~~|\nB: A ~~|", "is made of itself"},
      {"A: a1, a2 ~~|\ny = a1! ~~|", "unknown variable"},
      {"y = (1 + ~~|", "expected a value"},
      {"y := GET DIRECT DATA('../../etc/passwd', ',', 'A', 'B2') ~~|", "outside"},
      {"y = M(1) ~~|\n:MACRO: M(x)\nM = M(x) ~~|\n:END OF MACRO:\n", "calls itself"},
      {":MACRO: M(x)\nM = x ~~|\ny = M(1) ~~|", "m.mdl:2:9: error: macro M does not end"},
      {":MACRO: M(x)\nM = x ~~|\n:MACRO: N(x)\nN = x ~~|\n:END OF MACRO:\n", "macro M does not end"},
      {"A: a1 ~~|\nB: b1 ~~|\nA <-> B ~~|", "A is defined twice"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b;
    bench_open(&b);
    cr_expect_null(read_body(&b, rows[i].body), "%s", rows[i].body);
    cr_expect(strstr(bench_messages(&b), rows[i].words), "%s\nsays %s\nnot %s", rows[i].body, bench_messages(&b),
              rows[i].words);
    bench_close(&b);
  }
}

Test(mdl, the_clock_has_a_unit_without_its_range_and_saves_at_its_own_times) {
  struct bench b;
  bench_open(&b);
  bench_write(
      "m.mdl",
      "x = 1 ~~|\nINITIAL TIME = 0 ~~|\nFINAL TIME = 3 ~~|\nTIME STEP = 0.5 ~ Month [0,?] ~|\nSAVEPER = 0.7 ~~|");
  const struct model *m = mdl_read(&b.arena, "m.mdl", NULL, &b.diag);
  cr_assert(m, "%s", bench_messages(&b));
  cr_expect_str_eq(m->time_unit_text, "Month");
  cr_expect_eq(m->save, 0.5);
  cr_expect(strstr(bench_messages(&b),
                   "m.mdl:5:1: warning: SAVEPER is no multiple of TIME STEP: results are saved every 0.5"),
            "%s", bench_messages(&b));
  bench_close(&b);
}

Test(mdl, an_entry_that_swallows_the_next_is_warned_of) {
  struct bench b;
  bench_open(&b);
  read_body(&b, "x = 1 ~ m ~ a comment ~ :SUP\n|\ny = 1 ~~\nz = 2 ~~|");
  cr_expect(strstr(bench_messages(&b), "m.mdl:4:1: warning: more than a flag stands behind the comment on y"), "%s",
            bench_messages(&b));
  cr_expect_eq(b.diag.errors, 0);
  bench_close(&b);
}

Test(mdl, vector_elm_map_counts_through_all_subscripts) {
  static const char arrays[] = "A: a1, a2, a3 ~~|\nB: b1, b2 ~~|\nw[A] = 1, 2, 3 ~~|\nm[A,B] = 1,2; 3,4; 5,6; ~~|\n";
  static const struct {
    const char *body, *name;
    double wanted;
  } rows[] = {
      {"y[A] = VECTOR ELM MAP(w[A], 0) ~~|", "y[a3]", 3},
      {"y[A] = IF THEN ELSE(A = a1, 7, VECTOR ELM MAP(w[A], -1)) ~~|", "y[a1]", 7},
      {"y[A] = IF THEN ELSE(A = a1, 7, VECTOR ELM MAP(w[A], -1)) ~~|", "y[a3]", 2},
      {"y[A,B] = VECTOR ELM MAP(m[a1,b1], (A-1)*ELMCOUNT(B) + (B-1)) ~~|", "y[a3,b2]", 6},
      {"y[A] = VECTOR ELM MAP(m[A,b1], 1) ~~|", "y[a2]", 4},
      {"y[A] = VECTOR ELM MAP(m[A,b1], 2) ~~|", "y[a1]", 3},
      {"y[A] = VECTOR ELM MAP(m[A,b1], 2) ~~|", "y[a3]", -0x1p109},
      {"R: a3, a1 ~~|\ny[R] = VECTOR SORT ORDER(w[R], 1) ~~|", "y[a3]", 1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b;
    bench_open(&b);
    struct row row = {arena_format(&b.arena, "%s%s", arrays, rows[i].body), rows[i].name, 0, rows[i].wanted};
    hold(&row, 1);
    bench_close(&b);
  }
}

Test(mdl, older_ways_to_write_and_elements_of_different_kinds) {
  static const struct row rows[] = {
      {"f(0, 1, 2, 10, 20, 40) ~~|\ny = f(1.5) ~~|", "y", 0, 30},
      {"f([(0,0)-(9,9)], 0, 1, 10, -20) ~~|\ny = f(1) ~~|", "y", 0, -20},
      {"y = WITH LOOKUP(0.5, (0, 1, 10, 20)) ~~|", "y", 0, 15},
      {":MACRO: NPV(a)\nNPV = a * 2 ~~|\n:END OF MACRO:\ny = NPV(4) ~~|", "y", 0, 8},
      {"save = 3 ~~|\ny = save * 2 ~~|", "y", 0, 6},
      {":MACRO: T(a)\nT = f(a) ~~|\nf((0,0),(1,10)) ~~|\n:END OF MACRO:\ny = T(0.5) + T(0.1) ~~|", "y", 0, 6},
      {":macro: TWICE(x)\nTWICE = 2 * x ~~|\n:end of macro:\ny = TWICE(4) ~~|", "y", 0, 8},
      {"A: a1, a2, a3 ~~|\ns[a1] = INTEG(2, 1) ~~|\ns[a2] = 5 ~~|\ns[a3] = Time ~~|\ny = SUM(s[A!]) ~~|", "y", 2, 12},
      {"{**sector**}\ny = 1 ~~|\n****\n\t.Sales\n****~\n\t\t|\nz = 2 |", "z", 0, 2},
  };
  HOLD(rows);
}

Test(mdl, small_models_of_the_manual_are_functions) {
  static const struct row rows[] = {
      {"y = DELAYP(10, 3 : pipe) ~~|", "y", 3, 10},
      {"y = DELAYP(10, 3 : pipe) ~~|", "pipe", 2, 30},
      {"y = TIME BASE(5, 2) ~~|", "y", 3, 11},
      {"y = REINITIAL(Time + 3) ~~|", "y", 4, 3},
      {"y = DELAY INFORMATION(Time, 2, -5) ~~|", "y", 3, 1},
      {"y = NPVE(11, 0.1, 0, 1) ~~|", "y", 1, 10 + 100.0 / 11},
      // Nothing comes in: what lies on the belt leaves as its profile says, first in the first step.
      {"f((0,0),(1,0),(1,4),(2,4)) ~~|\ny = DELAY CONVEYOR(0, 4, 0, f, 8, 4) ~~|", "y", 1, 0},
      {"f((0,0),(1,0),(1,4),(2,4)) ~~|\ny = DELAY CONVEYOR(0, 4, 0, f, 8, 4) ~~|", "y", 3, 4},
      {"f((0,1),(1,1)) ~~|\ny = DELAY CONVEYOR(3, 2, 0, f, 8, 2) ~~|", "y", 1, 4},
      {"f((0,1),(1,1)) ~~|\ny = DELAY CONVEYOR(3, 2, 0, f, 8, 2) ~~|", "y", 2, 3},
      {"f((0,1),(1,1)) ~~|\ny = DELAY CONVEYOR(8, 2, 0.5, f, 4, 2) ~~|", "y", 3, 2},
      {"f((0,1),(1,1)) ~~|\ny = DELAY CONVEYOR(8, 2, 0.5, f, 4, 2) ~~|", "y", 1, 1},
      // 10 a step: 20 are there at 2 and fire for 1, and so again from 4 on.
      {"y = DELAY BATCH(10, 20, 1, 0, 0, 0) ~~|", "y", 2, 0},
      {"y = DELAY BATCH(10, 20, 1, 0, 0, 0) ~~|", "y", 3, 20},
      {"y = DELAY BATCH(10, 20, 1, 0, 0, 0) ~~|", "y", 4, 0},
      {"y = DELAY BATCH(0, 20, 3, 7, 2, 5) ~~|", "y", 1, 0},
      {"y = DELAY BATCH(0, 20, 3, 7, 2, 5) ~~|", "y", 2, 7},
      {"y = DELAY BATCH(0, 20, 3, 7, -1, 5) ~~|", "y", 0, 7},
      {"y = DELAY BATCH(1, 20, 2, 0, 0, 40) ~~|", "y", 2, 20},
      {"y = DELAY BATCH(1, 20, 2, 0, 0, 40) ~~|", "y", 4, 20},
      {"y = DELAY BATCH(1, 20, 2, 0, 0, 40) ~~|\nsum = INTEG(y, 0) ~~|", "sum", 4, 20},
      {"y = DELAY BATCH(9, 20, IF THEN ELSE(Time < 1, 1, 9), 0, 0, 20) ~~|", "y", 1, 20},
      {"y = RANDOM PINK NOISE(5, 0, 3, 1) ~~|", "y", 3, 5},
      {"y = RANDOM TRIANGULAR(2, 2, 0, 1, 4, 1) ~~|", "y", 3, 2},
      {"y = IF THEN ELSE(RANDOM WEIBULL(0, 9, 2, 0, 1, 3) >= 0, 1, 0) ~~|", "y", 3, 1},
  };
  HOLD(rows);
}

// Means and deviations of truncated distributions by their formulas; 4,000 draws.
Test(mdl, random_functions_have_the_distributions_of_the_manual) {
  static const struct {
    const char *body;
    double mean, sd;
  } rows[] = {
      {"y = RANDOM NORMAL(0, 10, 1, 1, 5) ~~|", 1.28760, 0.79414},
      {"y = RANDOM EXPONENTIAL(0, 1, 0, 1, 5) ~~|", 0.41802, 0.28183},
      {"y = RANDOM TRIANGULAR(0, 10, 0, 2, 10, 5) ~~|", 4, 2.16025},
      {"y = RANDOM WEIBULL(0, 100, 2, 0, 3, 5) ~~|", 3, 1.56817},
      {"y = RANDOM POISSON(0, 100, 3, 0, 1, 5) ~~|", 3, 1.73205},
      {"y = RANDOM UNIFORM(2, 4, 5) ~~|", 3, 0.57735},
      {"y = RANDOM BINOMIAL(0, 99, 0.3, 20, 1, 2, 5) ~~|", 13, 4.09878},
      {"k = 7 ~~|\np = 0.5 ~~|\ny = RANDOM BINOMIAL(0, 99, p, k, 0, 1, 5) ~~|", 3.5, 1.32288},
      {"y = RANDOM NEGATIVE BINOMIAL(0, 9999, 0.25, 3, 0, 1, 5) ~~|", 12, 6},
      {"y = RANDOM BETA(0, 1, 2, 3, 0, 1, 5) ~~|", 0.4, 0.2},
      {"y = RANDOM GAMMA(0, 99, 1, 0, 2, 5) ~~|", 2, 2},
      {"f((0,0),(1,1),(2,0)) ~~|\ny = RANDOM LOOKUP(f, 0, 9, 0, 1, 5) ~~|", 1, 0.408248},
      {"f((0,3),(1,3),(1,0),(5,0),(5,1),(8,1)) ~~|\ny = RANDOM LOOKUP(f, 0, 9, 0, 1, 5) ~~|", 3.5, 3.06866},
      {"f((0,0),(1,1)) ~~|\nA: a1, a2 ~~|\nx[A] = RANDOM LOOKUP(f, 0, 0.9, 0, 1, 5) ~~|\ny = x[a2] ~~|", 0.6, 0.212132},
      {"A: a1, a2 ~~|\nx[A] = RANDOM BINOMIAL(0, 99, A / 4, 2, 0, 1, 5) ~~|\ny = SUM(x[A!]) ~~|", 1.5, 0.935414},
      {"A: a1, a2 ~~|\ny = SUM(RANDOM BINOMIAL(0, 99, 0.5 + 0 * A!, 2, 0, 1, 5)) ~~|", 2, 1},
      {"A: a1, a2 ~~|\ny = SUM(RANDOM NORMAL(-10, 10, A!*0, 1, 5)) ~~|", 0, 1.41421},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b;
    bench_open(&b);
    bench_write("m.mdl", arena_format(&b.arena, "%s\nINITIAL TIME = 1 ~~|\nFINAL TIME = 4000 ~~|\nTIME STEP = 1 ~~|\n",
                                      rows[i].body));
    const struct results *r = run_model(&b, mdl_read(&b.arena, "m.mdl", NULL, &b.diag));
    double sum = 0, squares = 0, n = 4000;
    for (int t = 1; t <= 4000; t++) {
      double y = value(r, "y", t);
      sum += y, squares += y * y;
    }
    double mean = sum / n, sd = sqrt(squares / n - mean * mean);
    cr_expect(fabs(mean - rows[i].mean) < 4 * rows[i].sd / sqrt(n), "%s: mean %g", rows[i].body, mean);
    cr_expect(fabs(sd / rows[i].sd - 1) < 0.05, "%s: deviation %g", rows[i].body, sd);
    bench_close(&b);
  }
}

Test(mdl, lookups_have_slopes_and_areas) {
  static const char f[] = "f((0,0),(1,2),(3,3)) ~~|\n";
  static const struct {
    const char *body;
    double wanted;
  } rows[] = {
      {"y = LOOKUP SLOPE(f, 2) ~~|", 0.5},
      {"y = LOOKUP SLOPE(f, -1) ~~|", 0},
      {"y = LOOKUP SLOPE(f, 9) ~~|", 0},
      {"y = LOOKUP AREA(f, 0, 2) ~~|", 3.25},
      {"y = LOOKUP AREA(f, 0.5, 1) ~~|", 0.75},
      {"y = LOOKUP AREA(f, 2, 0) ~~|", -3.25},
      {"y = LOOKUP AREA(f, 3, 5) ~~|", 6},
      {"g((0,0),(1,2),(1,5),(2,6)) ~~|\ny = LOOKUP SLOPE(g, 1) + LOOKUP AREA(g, 0, 2) ~~|", 7.5},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b;
    bench_open(&b);
    struct row row = {arena_format(&b.arena, "%s%s", f, rows[i].body), "y", 0, rows[i].wanted};
    hold(&row, 1);
    bench_close(&b);
  }
}

Test(mdl, data_are_asked_for_their_points) {
  struct bench b;
  bench_open(&b);
  bench_write("d.csv", "t,p,q\n0,1,5\n2,3,7\n4,8,\n");
  const struct results *r = run_model(
      &b, read_body(&b,
                    "file :IS: 'd.csv' ~~|\nA: a1, a2 ~~|\nd[A] := GET DIRECT DATA(file, ',', 'A', 'B2') ~~|\n"
                    "raw[A] :RAW: := GET DIRECT DATA(file, ',', 'A', 'B2') ~~|\n"
                    "first = GET DATA FIRST TIME(d[a1]) ~~|\nlast[A] = GET DATA LAST TIME(d[A]) ~~|\n"
                    "points[A] = GET DATA TOTAL POINTS(d[A]) ~~|\ntop = GET DATA MAX(d[a1], 0, 3) ~~|\n"
                    "mean = GET DATA MEAN(d[a1], 0, 4) ~~|\nmiddle = GET DATA MEDIAN(d[a1], 0, 2) ~~|\n"
                    "least = GET DATA MIN(d[a1], 1, 4) ~~|\nat = GET DATA AT TIME(d[a1], Time) ~~|\n"));
  cr_expect_eq(value(r, "first", 0), 0);
  cr_expect_eq(value(r, "last[a1]", 0), 4);
  cr_expect_eq(value(r, "last[a2]", 0), 2);
  cr_expect_eq(value(r, "points[a2]", 0), 2);
  cr_expect_eq(value(r, "top", 0), 3);
  cr_expect_eq(value(r, "mean", 0), 4);
  cr_expect_eq(value(r, "middle", 0), 2);
  cr_expect_eq(value(r, "least", 0), 3);
  cr_expect_eq(value(r, "at", 2), 3);
  cr_expect_eq(value(r, "at", 3), -0x1p109);
  cr_expect_eq(value(r, "raw[a1]", 2), 3);
  cr_expect_eq(value(r, "raw[a1]", 1), -0x1p109);
  bench_close(&b);
}

Test(mdl, data_without_an_equation_come_from_tables_beside_the_model) {
  static const struct {
    const char *file, *text;
    bool warns;
  } rows[] = {
      {"m_data.dat", "p[a1]\n0\t1\n2\t3\np[a2]\n0\t5\n", false},
      {"m_data.csv", "Time,\"p[a1]\",\"p[a2]\"\n0,1,5\n2,3,7\n", false},
      {"m_data.csv", "Time,0,2\np[a1],1,3\n", false},
      {"data.tab", "Time\tP[a1]\tq\n0\t1\t5\n2\t3\t7\n", true},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b;
    bench_open(&b);
    bench_write(rows[i].file, rows[i].text);
    const struct results *r = run_model(&b, read_body(&b, "A: a1, a2 ~~|\np[A] ~~|\ny = p[a1] * 2 ~~|\n"));
    cr_expect_eq(value(r, "y", 1), 4, "%s", rows[i].file);
    cr_expect_eq(strstr(bench_messages(&b), "its data come from data.tab") != NULL, rows[i].warns, "%s", rows[i].file);
    remove(rows[i].file);
    bench_close(&b);
  }
}

Test(mdl, names_of_files_are_those_of_windows) {
  struct bench b;
  bench_open(&b);
  cr_assert_eq(mkdir("Data", 0700), 0);
  cr_assert_eq(mkdir("Data/More", 0700), 0);
  bench_write("Data/More/Table.CSV", "1,2\n");
  const struct results *r = run_model(&b, read_body(&b,
                                                    "x = GET DIRECT CONSTANTS('Data\\More\\Table.CSV', ',', 'A1') ~~|\n"
                                                    "y = GET DIRECT CONSTANTS('data/MORE\\table.csv', ',', 'B1') ~~|"));
  cr_expect_eq(value(r, "x", 0), 1);
  cr_expect_eq(value(r, "y", 0), 2);
  cr_expect_null(read_body(&b, "x = GET DIRECT CONSTANTS('..\\..\\etc\\passwd', ',', 'A1') ~~|"));
  cr_expect(strstr(bench_messages(&b), "outside"), "%s", bench_messages(&b));
  bench_close(&b);
}

// As the manual describes .dat: blanks anywhere, comments behind a slash or behind the numbers, names in quotes, a name
// that comes again.
Test(mdl, a_dat_may_have_blanks_comments_quotes_and_names_that_come_again) {
  static const char data[] =
      "\"a-b\" / of the town\n0 1 measured\n4\t5\n\n  \nx [ r1 ]\n 0\t1\r\nx[\"r 2\"]\n0,2\n"
      "plain name\n0 10\n\"a-b\"\n  2 \t 9 \t again\n\"say \\\"hi\\\", [1/2]\"\n0 7\n";
  struct bench b;
  bench_open(&b);
  bench_write("m_data.dat", data);
  const struct results *r =
      run_model(&b, read_body(&b,
                              "\"a-b\" ~~|\nR: r1, r 2 ~~|\nx[R] ~~|\nplain_name ~~|\n"
                              "\"say \\\"hi\\\", [1/2]\" ~~|\ny = \"say \\\"hi\\\", [1/2]\" ~~|\n"));
  cr_expect_eq(value(r, "a-b", 2), 9);
  cr_expect_eq(value(r, "a-b", 3), 7);
  cr_expect_eq(value(r, "x[r1]", 0), 1);
  cr_expect_eq(value(r, "x[r 2]", 0), 2);
  cr_expect_eq(value(r, "plain_name", 0), 10);
  cr_expect_eq(value(r, "y", 0), 7);
  bench_close(&b);

  bench_open(&b);
  bench_write("m_data.dat", "a\n0 1\n2\n");
  read_body(&b, "a ~~|");
  cr_expect(strstr(bench_messages(&b), "m_data.dat:3:1: error: a time without a value"), "%s", bench_messages(&b));
  bench_close(&b);
}

Test(mdl, times_of_the_run_may_stand_in_a_file) {
  struct bench b;
  bench_open(&b);
  bench_write("d.csv", "end,3\n");
  bench_write("m.mdl",
              "y = Time ~~|\nINITIAL TIME = 0 ~~|\nFINAL TIME = GET DIRECT CONSTANTS('d.csv', ',', 'B1') ~~|\n"
              "TIME STEP = 1 ~~|\n");
  const struct model *m = mdl_read(&b.arena, "m.mdl", NULL, &b.diag);
  cr_assert(m, "%s", bench_messages(&b));
  cr_expect_eq(m->stop, 3);
  bench_close(&b);
}

static const struct model *read_with_sketch(struct bench *b, const char *body, const char *sketch) {
  bench_write("m.mdl",
              arena_format(&b->arena, "%s%s\\\\\\---/// Sketch information\nV300\n%s\n///---\\\\\\\n:L\177<%%^E!@\n%s",
                           body, clock, sketch, "15:0,0,0,5,0,0\n"));
  const struct model *m = mdl_read(&b->arena, "m.mdl", NULL, &b->diag);
  cr_assert(m, "%s", bench_messages(b));
  return m;
}

Test(mdl, the_sketch_places_variables_flows_by_their_valves_shadows_last) {
  struct bench b;
  bench_open(&b);
  const struct model *m =
      read_with_sketch(&b, "Stock = INTEG(flow, 1) ~~|\nflow = \"a, b\" ~~|\n\"a, b\" = 1 ~~|\nz = 1 ~~|\n",
                       "*View 1\n10,1,Stock,100,200,40,20,3,3,0,0,0,0,0,0\n"
                       "11,2,48,150,210,6,8,34,3,0,0,1,0,0,0\n"
                       "10,3,FLOW,150,230,49,8,40,3,0,0,-1,0,0,0\n"
                       "10,4,\"a, b\",7,8,49,8,8,2,0,0,-1,0,0,0\n"
                       "*View 2\n10,1,\"a, b\",300,400,49,8,8,3,0,0,0,0,0,0\n"
                       "10,2,Stock,1,1,40,20,3,3\n10,3,nonsense,1,1\n10,x,\"\n1,\n10");
  static const struct {
    const char *name;
    double x, y;
    bool placed;
    uint32_t page;
  } rows[] = {
      {"Stock", 100, 200, true, 0}, {"flow", 150, 210, true, 0}, {"a, b", 300, 400, true, 1}, {"z", 0, 0, false, 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct model_view *v = &model_variable(m, rows[i].name)->view;
    cr_expect(v->placed == rows[i].placed && v->x == rows[i].x && v->y == rows[i].y && v->page == rows[i].page,
              "%s stands at %g, %g of view %u", rows[i].name, v->x, v->y, v->page);
  }
  cr_expect_str_eq(m->method, "rk4", "the fourth number of setting 15 is the method");
  bench_close(&b);
}

// Days in Gregorian years worked out by another calendar; 360-day years by hand.
Test(mdl, the_time_is_a_date_by_the_settings_of_the_file) {
  static const struct {
    const char *settings;
    int measure;
    double offset, wanted;
  } rows[] = {
      {"37:2000\n38:1\n39:1\n40:2\n41:0\n", 1, 14, 2001},    {"37:2000\n38:1\n39:1\n40:2\n41:0\n", 3, 14, 3},
      {"37:2000\n38:1\n39:1\n40:0\n41:0\n", 4, 0.5, 1},      {"37:2000\n38:1\n39:1\n40:0\n41:0\n", 2, 0.5, 3},
      {"37:2000\n38:1\n39:1\n40:2\n41:5\n", 3, 5.5, 1},      {"37:2000\n38:1\n39:1\n40:2\n41:5\n", 4, 5.5, 16},
      {"37:2024\n38:2\n39:28\n40:4\n41:0\n", 4, 1, 29},      {"37:2023\n38:2\n39:28\n40:4\n41:0\n", 4, 1, 1},
      {"37:2023\n38:2\n39:28\n40:4\n41:0\n", 3, 1, 3},       {"37:2023\n38:12\n39:31\n40:3\n41:0\n", 1, 1, 2024},
      {"37:2000\n38:1\n39:1\n40:4\n41:0\n", 5, 0, 6},        {"37:2000\n38:1\n39:1\n40:4\n41:0\n", 6, 0, 730485},
      {"37:2000\n38:1\n39:1\n40:5\n41:0\n", 7, 49, 1},       {"37:2000\n38:1\n39:1\n40:6\n41:0\n", 8, 61, 1},
      {"37:2000\n38:1\n39:1\n40:7\n41:0\n", 9, 3661.5, 1.5},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b;
    bench_open(&b);
    bench_write("m.mdl",
                arena_format(&b.arena, "y = GET TIME VALUE(1, %g, %d) ~~|\n%s\\\\\\---/// Sketch\n:L\177<%%^E!@\n%s",
                             rows[i].offset, rows[i].measure, clock, rows[i].settings));
    const struct results *r = run_model(&b, mdl_read(&b.arena, "m.mdl", NULL, &b.diag));
    cr_expect_float_eq(value(r, "y", 2), rows[i].wanted, 1e-3, "measure %d at %g of %s is %.9g", rows[i].measure,
                       rows[i].offset, rows[i].settings, value(r, "y", 2));
    bench_close(&b);
  }
}

Test(mdl, messages_know_their_variable_and_follow_from_no_other) {
  struct bench b;
  bench_open(&b);
  cr_expect_null(
      read_body(&b, "v = (1 + ~~|\nb = v + 1 ~~|\nc[a1] = d[E] + FOO(1) ~~|\nA: a1, a2 ~~|\nc[a2] = BAR(2) ~~|\n"));
  static const char *const subjects[] = {"v", "c", "c", "c"};
  cr_assert_eq(b.diag.messages.count, 4, "%s", bench_messages(&b));
  for (size_t i = 0; i < 4; i++) cr_expect_str_eq(b.diag.messages.items[i].subject, subjects[i]);
  bench_close(&b);
}

Test(mdl, deep_nesting_and_long_files_end_in_errors_not_in_crashes) {
  struct bench b;
  bench_open(&b);
  char *deep = arena_alloc(&b.arena, 100001);
  memset(deep, '(', 100000);
  cr_expect_null(read_body(&b, arena_format(&b.arena, "y = %s ~~|", deep)));
  cr_expect(strstr(bench_messages(&b), "nested deeper"));
  bench_close(&b);
}

// Functions and macros that write their arguments out several times multiply when they are nested.
Test(mdl, what_multiplies_is_bounded) {
  struct bench b;
  bench_open(&b);
  const char *nested = "Time", *macros = "";
  for (int i = 0; i < 40; i++) nested = arena_format(&b.arena, "ZIDZ(1, %s)", nested);
  cr_expect_null(read_body(&b, arena_format(&b.arena, "y = %s ~~|", nested)));
  cr_expect(strstr(bench_messages(&b), "parts in all equations"), "%s", bench_messages(&b));
  bench_close(&b);
  bench_open(&b);
  for (int i = 0; i < 12; i++)
    macros = arena_format(&b.arena, "%s:MACRO: M%d(x)\nM%d = M%d(x) + M%d(x) + M%d(x) + M%d(x) ~~|\n:END OF MACRO:\n",
                          macros, i, i, i + 1, i + 1, i + 1, i + 1);
  cr_expect_null(
      read_body(&b, arena_format(&b.arena, "%s:MACRO: M12(x)\nM12 = x ~~|\n:END OF MACRO:\ny = M0(1) ~~|", macros)));
  cr_expect(strstr(bench_messages(&b), "parts in all equations"), "%s", bench_messages(&b));
  bench_close(&b);
  bench_open(&b);  // each constant is looked at once, though it is named twice
  const char *chain = "c60 = 2 ~~|\n";
  for (int i = 0; i < 60; i++) chain = arena_format(&b.arena, "c%d = c%d + 0 * c%d ~~|\n%s", i, i + 1, i + 1, chain);
  const struct results *r =
      run_model(&b, read_body(&b, arena_format(&b.arena, "%sy = DELAY MATERIAL(Time, c0, 0, 0) ~~|", chain)));
  cr_expect_eq(value(r, "y", 3), 1);
  bench_close(&b);
}

Test(mdl, memory_that_runs_out_ends_cleanly) {
  static const char body[] =
      "A: (a1-a3) ~~|\nw[A] = 1, 2, 3 ~~|\ny[A] = SUM(w[A!]) + DELAY3(w[A], 2) ~~|\nf((0,0),(1,1)) ~~|\n"
      "s[A] = INTEG(f(y[A]), w[A]) ~~|\n";
  struct bench first;
  bench_open(&first);
  mem_fail_at(0);
  cr_assert(read_body(&first, body), "%s", bench_messages(&first));
  unsigned long requests = mem_requests();
  bench_close(&first);
  for (unsigned long k = 1; k <= requests; k++) {
    struct arena a;
    jmp_buf oom;
    struct diag diag;
    arena_init(&a, &oom);
    mem_fail_at(k);
    if (!setjmp(oom)) {
      diag_init(&diag, &a);
      mdl_read_bytes(&a, "m.mdl", body, sizeof body - 1, NULL, &diag);
    }
    mem_fail_at(0);
    arena_free(&a);
  }
}
