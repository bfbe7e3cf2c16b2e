// SPDX-License-Identifier: GPL-3.0-or-later
// Vensim's .mdl: what each construct computes, as small files and the numbers they must give, worked out by hand from
// Vensim's reference manual; the words for what is not supported.
#include "vensim/mdl.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "check/check.h"
#include "engine/run.h"
#include "lower/lower.h"
#include "reader_support.h"

TestSuite(mdl);

static const char clock[] =
    "INITIAL TIME = 0 ~ Month ~|\nFINAL TIME = 4 ~~|\nTIME STEP = 1 ~ Month ~|\nSAVEPER = TIME STEP ~~|\n";

static struct model *read_body(struct bench *b, const char *body) {
  bench_write("m.mdl", arena_format(&b->arena, "{UTF-8}\n%s\n%s", body, clock));
  return mdl_read(&b->arena, "m.mdl", NULL, &b->diag);
}

static const struct results *run_model(struct bench *b, const struct model *m) {
  static const char *const all[] = {"save=all"};
  cr_assert(m, "%s", bench_messages(b));
  struct scenario *s = scenario_of_model(&b->arena, m, all, 1, &b->diag);
  struct checked *c = s ? check_model(&b->arena, m, s, true, &b->diag) : NULL;
  struct program *p = c ? lower(&b->arena, c, &(struct lower_options){0}, &b->diag) : NULL;
  const struct results *r = p ? run_single(&b->arena, p, &b->diag) : NULL;
  cr_assert(r && !b->diag.errors, "%s", bench_messages(b));
  return r;
}

static double value(const struct results *r, const char *name, double time) {
  for (size_t c = 0; c < r->program->column_count; c++) {
    if (strcmp(r->program->columns[c].name, name) != 0) continue;
    for (size_t i = 0; i < r->program->save_count; i++)
      if (fabs(r->times[i] - time) < 1e-9) return r->values[i * r->program->column_count + c];
  }
  cr_assert(false, "no value of %s at %g", name, time);
  return NAN;
}

struct row {
  const char *body, *name;
  double time, wanted;
};

static void hold(const struct row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct bench b;
    bench_open(&b);
    const struct results *r = run_model(&b, read_body(&b, rows[i].body));
    double found = value(r, rows[i].name, rows[i].time);
    cr_expect(fabs(found - rows[i].wanted) <= 1e-9 * (1 + fabs(rows[i].wanted)), "%s\n%s at %g is %.15g, not %.15g",
              rows[i].body, rows[i].name, rows[i].time, found, rows[i].wanted);
    bench_close(&b);
  }
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

Test(mdl, holes_of_arrays_are_not_shown) {
  struct bench b;
  bench_open(&b);
  const struct results *r =
      run_model(&b, read_body(&b, "A: a1, a2 ~~|\nB: b1, b2 ~~|\ny[a1,b1] = Time ~~|\ny[a2,b2] = 1 ~~|\n"));
  cr_expect_eq(value(r, "y[a1,b1]", 2), 2);
  for (size_t c = 0; c < r->program->column_count; c++) cr_expect_str_neq(r->program->columns[c].name, "y[a1,b2]");
  bench_close(&b);
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
      {"y = DELAY CONVEYOR(1, 2, 3, 4, 5) ~~|",
       "m.mdl:2:5: error: the function DELAY CONVEYOR is not supported (in y)"},
      {"y = GET TIME VALUE(0, 0, 3) ~~|", "asks for a calendar"},
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

Test(mdl, deep_nesting_and_long_files_end_in_errors_not_in_crashes) {
  struct bench b;
  bench_open(&b);
  char *deep = arena_alloc(&b.arena, 100001);
  memset(deep, '(', 100000);
  cr_expect_null(read_body(&b, arena_format(&b.arena, "y = %s ~~|", deep)));
  cr_expect(strstr(bench_messages(&b), "nested deeper"));
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
