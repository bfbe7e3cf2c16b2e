// SPDX-License-Identifier: GPL-3.0-or-later
// Vensim's study files against a model: what each line becomes, and what is refused.
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "design/spec.h"
#include "output/study_write.h"
#include "reader_support.h"

TestSuite(vensim_study, .timeout = 20);

static const char body[] =
    "parameters:\n"
    "  Price_Of_Steel: {unit: 1, value: 1}\n"
    "  \"'building time'\": {unit: 1, value: 12, prior: {uniform: [1, 20]}}\n"
    "  rho[industry]: {unit: 1, value: [1, 2, 3]}\n"
    "  grid[industry, region]: {unit: 1, value: 0}\n"
    "auxiliaries:\n"
    "  output[industry]:\n    unit: 1\n    equation: rho * Price_Of_Steel\n"
    "tables:\n"
    "  effect: {unit: 1, x_unit: 1, points: [[0, 0], [1, 1]]}\n";

// The scenario that the files (name and text, one after the other) make; NULL after errors.
static const char *scenario(struct bench *b, struct model **m, size_t count, const char *const (*files)[2]) {
  struct vensim_study s;
  struct yaml_files out = {0};
  *m = bench_model(b, body);
  cr_assert(*m, "%s", bench_messages(b));
  vensim_study_init(&s);
  for (size_t i = 0; i < count; i++) {
    bench_write(files[i][0], files[i][1]);
    if (vensim_study_kind(files[i][0]) != VENSIM_NO_STUDY &&
        !vensim_study_read(&s, &b->arena, *m, files[i][0], &b->diag))
      return NULL;
  }
  cr_assert(study_write(&out, &b->arena, &s, *m, "s", "model.yaml", &b->diag), "%s", bench_messages(b));
  for (size_t i = 0; i < out.files.count; i++) bench_write(out.files.items[i].path, out.files.items[i].text);
  return out.files.items[0].text;
}

static const char *scenario_of(struct bench *b, const char *name, const char *text) {
  struct model *m;
  const char *files[1][2] = {{name, text}};
  return scenario(b, &m, 1, files);
}

Test(vensim_study, each_distribution_becomes_the_prior_it_is) {
  static const char *const rows[][2] = {
      {"RANDOM UNIFORM(11,15)", "{uniform: [11, 15]}"},
      {"random_uniform( 11 , 15 )", "{uniform: [11, 15]}"},
      {"RANDOM NORMAL(0,9,5,1)", "{normal: [5, 1], low: 0, high: 9}"},
      {"RANDOM TRIANGULAR(.5,1.5,.5,1,1.5)", "{triangular: [0.5, 1, 1.5]}"},
      {"RANDOM TRIANGULAR(0.6,9,.5,1,1.5)", "{triangular: [0.5, 1, 1.5], low: 0.6}"},
      {"RANDOM EXPONENTIAL(0,9,0,2)", "{exponential: [2], high: 9}"},
      {"RANDOM GAMMA(1,9,1,0,2)", "{exponential: [2], low: 1, high: 9}"},
      {"RANDOM BETA(0,3,2,5,1,2)", "{beta: [2, 5, 1, 3]}"},
  };
  struct bench b;
  bench_open(&b);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *line = arena_format(&b.arena, "250,M,1234,,0\r\n\r\nPRICE OF STEEL=%s\r\n", rows[i][0]);
    const char *text = scenario_of(&b, "a.vsc", line);
    cr_assert(text, "%s: %s", rows[i][0], bench_messages(&b));
    cr_assert(strstr(text, arena_format(&b.arena, "    Price_Of_Steel: %s\n", rows[i][1])), "%s gave\n%s", rows[i][0],
              text);
    cr_assert(strstr(text, "members: 250\n  sampling: random\n  seed: 1234\n"), "%s", text);
  }
  bench_close(&b);
}

Test(vensim_study, what_is_written_is_a_sweep_that_reads) {
  struct bench b;
  struct model *m;
  static const char *const files[][2] = {
      {"a.vsc", ",L,,,1\nprice_of_steel=RANDOM UNIFORM(1,2)\nrho[bio]=RANDOM UNIFORM(0,1)\n"},
      {"a.lst", "output[ic]\nOUTPUT[bio]\n\"building time\"\n"},
      {"a.cin", "Building  Time = 7\nrho[ic] = 5\nFINAL TIME = 2040\nRHO[industry]=4,5,\n6\nbuilding_time=8\n"}};
  bench_open(&b);
  const char *text = scenario(&b, &m, 3, files);
  cr_assert(text, "%s", bench_messages(&b));
  struct scenario *s = scenario_read(&b.arena, "s.yaml", m, NULL, 0, &b.diag);
  cr_assert(s, "%s\n%s", text, bench_messages(&b));
  cr_assert_eq(s->stop, 2040);
  cr_assert(s->saved.count == 2 && s->saved.items[0] == map_get(&m->names, "output"));
  cr_assert_eq(s->parameters.count, 4);
  cr_assert_eq(s->parameters.items[0].value, 8, "the later change wins");
  cr_assert_eq(s->parameters.items[1].value, 4);
  struct sweep_spec *spec = spec_read(&b.arena, s, NULL, 0, &b.diag);
  cr_assert(spec, "%s\n%s", text, bench_messages(&b));
  cr_assert(spec->sampling == SAMPLING_LATIN && spec->members == 200);
  cr_assert_eq(spec->parameters.count, 2, "what the file does not name does not vary");
  cr_assert_str_eq(spec->parameters.items[1].name, "rho[bio]");
  bench_close(&b);
}

Test(vensim_study, vectors_become_a_grid) {
  struct bench b;
  bench_open(&b);
  const char *text =
      scenario_of(&b, "a.vsc", "1,M\nprice of steel=VECTOR(0,0.3,0.1)\nbuilding time=VECTOR(10,25,10)\n");
  cr_assert(text, "%s", bench_messages(&b));
  cr_assert(
      strstr(text, "grid:\n    Price_Of_Steel: [0, 0.1, 0.2, 0.30000000000000004]\n    building time: [10, 20]\n"),
      "%s", text);
  bench_close(&b);
}

Test(vensim_study, a_file_with_the_sample_becomes_a_list) {
  struct bench b;
  struct model *m;
  static const char *const files[][2] = {{"sample.tab", "price of steel\trho[ai]\r\n1\t2\r\n\t3\r\n4\r\n"},
                                         {"a.vsc", "9,F,1,sample.tab,0\nprice of steel=RANDOM WEIBULL(1)\n"}};
  bench_open(&b);
  const char *text = scenario(&b, &m, 2, files);
  cr_assert(text, "%s", bench_messages(&b));
  struct scenario *s = scenario_read(&b.arena, "s.yaml", m, NULL, 0, &b.diag);
  struct sweep_spec *spec = s ? spec_read(&b.arena, s, NULL, 0, &b.diag) : NULL;
  cr_assert(spec, "%s\n%s", text, bench_messages(&b));
  cr_assert(spec->sampling == SAMPLING_LIST && spec->members == 3 && spec->parameters.count == 2);
  static const double expected[2][3] = {{1, 1, 4}, {2, 3, 3}};
  for (size_t p = 0; p < 2; p++)
    for (size_t i = 0; i < 3; i++) cr_assert_eq(spec->parameters.items[p].values[i], expected[p][i]);
  bench_close(&b);
}

Test(vensim_study, limits_of_an_optimisation_are_left_out_of_a_change) {
  struct bench b;
  bench_open(&b);
  static const char *const rows[] = {"0.0<= PRICE OF STEEL = .015 <= .1\n", "price of steel = .015 <= .1\n",
                                     "price of steel = .015\n"};
  for (size_t i = 0; i < 3; i++) {
    const char *text = scenario_of(&b, "a.cin", rows[i]);
    cr_assert(text && strstr(text, "parameters:\n  Price_Of_Steel: 0.015\n"), "%s", bench_messages(&b));
  }
  bench_close(&b);
}

Test(vensim_study, rows_of_a_table_go_by_row) {
  struct bench b;
  bench_open(&b);
  const char *text = scenario_of(&b, "a.cin", "grid[industry, region] = 1,2;\n3,4;\n5,6;\n");
  cr_assert(text, "%s", bench_messages(&b));
  cr_assert(strstr(text, "  grid[ic, js]: 1\n  grid[ic, zj]: 2\n  grid[bio, js]: 3\n"), "%s", text);
  bench_close(&b);
}

Test(vensim_study, what_has_no_counterpart_is_named) {
  static const struct {
    const char *path, *text, *message;
  } rows[] = {
      {"a.vsc", "", "is empty"},
      {"a.vsc", "250\n", "SIMULATIONS,METHOD"},
      {"a.vsc", "250,M,1,,0,9\n", "SIMULATIONS,METHOD"},
      {"a.vsc", "250,U,1\n", "the sampling method 'U' is not supported"},
      {"a.vsc", "250,G,1\n", "the sampling method 'G' is not supported"},
      {"a.vsc", "0,M,1\n", "number of members"},
      {"a.vsc", "2.5,M,1\n", "number of members"},
      {"a.vsc", "many,M,1\n", "'many' is not a number"},
      {"a.vsc", "9,M,0\n", "the seed 0"},
      {"a.vsc", "9,M,-5\n", "the seed -5"},
      {"a.vsc", "9,F,1\n", "the name of a file"},
      {"a.vsc", "9,F,1,missing.tab\n", "missing.tab"},
      {"a.vsc", "9,M\nprice of steel\n", "NAME=DISTRIBUTION"},
      {"a.vsc", "9,M\nprice of steel=RANDOM UNIFORM\n", "NAME=DISTRIBUTION"},
      {"a.vsc", "9,M\nprice of steel=RANDOM UNIFORM(1,2\n", "NAME=DISTRIBUTION"},
      {"a.vsc", "9,M\n=RANDOM UNIFORM(1,2)\n", "the name of a constant"},
      {"a.vsc", "9,M\nprice of stel=RANDOM UNIFORM(1,2)\n", "did you mean 'Price_Of_Steel'"},
      {"a.vsc", "9,M\noutput=RANDOM UNIFORM(1,2)\n", "'output' is an auxiliary"},
      {"a.vsc", "9,M\neffect=RANDOM UNIFORM(1,2)\n", "'effect' is no constant"},
      {"a.vsc", "9,M\nrho[zj]=RANDOM UNIFORM(1,2)\n", "zj"},
      {"a.vsc", "9,M\nrho[ic,js]=RANDOM UNIFORM(1,2)\n", "rho"},
      {"a.vsc", "9,M\nrho[ic=RANDOM UNIFORM(1,2)\n", "NAME=DISTRIBUTION"},
      {"a.vsc", "9,M\nprice of steel=RANDOM POISSON(1,2,3,4,5)\n", "the distribution RANDOM POISSON is not supported"},
      {"a.vsc", "9,M\nprice of steel=RANDOM GAMMA(1,2,3,0,5)\n", "RANDOM GAMMA of an order other than 1"},
      {"a.vsc", "9,M\nprice of steel=RANDOM EXPONENTIAL(1,2,3,4)\n", "a shifted RANDOM EXPONENTIAL"},
      {"a.vsc", "9,M\nprice of steel=RANDOM NORMAL(1,2,3)\n", "takes 4 arguments"},
      {"a.vsc", "9,M\nprice of steel=RANDOM UNIFORM(1,2,3,4,5,6,7,8,9,10)\n", "takes 2 arguments"},
      {"a.vsc", "9,M\nprice of steel=RANDOM UNIFORM(2,2)\n", "minimum is not below"},
      {"a.vsc", "9,M\nprice of steel=RANDOM UNIFORM(1,nan)\n", "'nan' is not a number"},
      {"a.vsc", "9,M\nprice of steel=VECTOR(1,2,0)\n", "VECTOR needs an increment"},
      {"a.vsc", "9,M\nprice of steel=VECTOR(0,1,1e-300)\n", "VECTOR needs an increment"},
      {"a.vsc", "9,M\nprice of steel=VECTOR(0,1,1)\nbuilding time=RANDOM UNIFORM(1,2)\n", "VECTOR stands beside"},
      {"a.vsc", "9,L\nprice of steel=VECTOR(0,1,1)\n", "VECTOR stands beside"},
      {"a.lst", "output\nnothing here\n", "nothing named 'nothing here'"},
      {"a.cin", "price of steel\n", "NAME = VALUE"},
      {"a.cin", "price of steel =\n", "'' is not a number"},
      {"a.cin", "price of steel = 1,2\n", "has 1 elements here, 2 values"},
      {"a.cin", "rho = 1,2\n", "has 3 elements here, 2 values"},
      {"a.cin", "effect(0,1,2,3)\n", "'effect' is no constant"},
      {"a.cin", "some text :IS: 'x'\n", "'some text' is no constant"},
      {"a.cin", "output = 1\n", "'output' is an auxiliary"},
      {"a.cin", "TIME STEP = fast\n", "'fast' is not a number"},
  };
  struct bench b;
  bench_open(&b);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    diag_init(&b.diag, &b.arena);
    cr_assert_null(scenario_of(&b, rows[i].path, rows[i].text), "%s", rows[i].text);
    const char *said = bench_messages(&b);
    cr_assert(strstr(said, rows[i].message), "%s\ngave: %s", rows[i].text, said);
  }
  bench_close(&b);
}

Test(vensim_study, a_broken_sample_is_refused) {
  static const char *const rows[][2] = {{"", "is empty"},
                                        {"price of steel\n", "is empty"},
                                        {"nothing\n1\n", "nothing named"},
                                        {"price of steel\n1\t2\n", "has 2 cells"},
                                        {"price of steel\trho[ic]\n1\n", "first row"},
                                        {"rho\n1\n", "3 numbers"},
                                        {"price of steel\nx\n", "'x' is not a number"}};
  struct bench b;
  struct model *m;
  bench_open(&b);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *files[][2] = {{"sample.tab", rows[i][0]}, {"a.vsc", "9,F,1,sample.tab\n"}};
    diag_init(&b.diag, &b.arena);
    cr_assert_null(scenario(&b, &m, 2, files), "%s", rows[i][0]);
    cr_assert(strstr(bench_messages(&b), rows[i][1]), "%s\ngave: %s", rows[i][0], bench_messages(&b));
  }
  bench_close(&b);
}

// Any bytes end in a scenario or in messages; never in a crash.
Test(vensim_study, random_lines_do_no_harm) {
  static const char *const pieces[] = {"9,M\n", "price of steel",
                                       "rho",   "[ic]",
                                       "[",     "]",
                                       "=",     "(",
                                       ")",     ",",
                                       ";",     "1",
                                       "-2",    "\n",
                                       "\"",    "<=",
                                       " ",     "VECTOR",
                                       "\t",    "RANDOM UNIFORM(1,2)",
                                       "F",     "a.cin",
                                       "{",     "}",
                                       "\xE9",  "effect"};
  static const char *const paths[] = {"a.vsc", "a.lst", "a.cin"};
  const char *given = getenv("SEED");
  unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : 20240609u, first = seed;
  struct bench b;
  bench_open(&b);
  struct model *m = bench_model(&b, body);
  for (int n = 0; n < 3000; n++) {
    const char *text = rand_r(&seed) % 2 ? "9,M,1\n" : "";
    for (int k = rand_r(&seed) % 12; k >= 0; k--)
      text = arena_format(&b.arena, "%s%s", text, pieces[(size_t)rand_r(&seed) % (sizeof pieces / sizeof *pieces)]);
    struct vensim_study s;
    vensim_study_init(&s);
    diag_init(&b.diag, &b.arena);
    bench_write(paths[n % 3], text);
    bool read = vensim_study_read(&s, &b.arena, m, paths[n % 3], &b.diag);
    cr_assert_eq(read, b.diag.errors == 0, "SEED=%u, case %d: %s", first, n, text);
  }
  bench_close(&b);
}
