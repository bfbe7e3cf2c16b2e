// SPDX-License-Identifier: GPL-3.0-or-later
// A whole sweep inside one process: drawn, integrated by the engine, reduced. One study in many ways must give the same
// bits: lanes, threads and the number of members handed out at a time leave no trace. A model that breaks for some
// draws shows that failed members are counted, left out, and where they broke.
#include "sweep/sweep.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "engine_support.h"
#include "sweep/team.h"

TestSuite(sweep);

// x grows towards the limit; where the draw of `rate` is large it jumps past it, and the root of a negative number is
// none.
static const char model_text[] =
    "model: fragile\n"
    "time: {unit: year, start: 0, stop: 20, step: 0.25, save: 1}\n"
    "units: {year: base}\n"
    "stocks:\n"
    "  x: {unit: 1, initial: 1, inflows: [growth]}\n"
    "flows:\n"
    "  growth: {unit: 1/year, equation: rate * sqrt(limit - x)}\n"
    "parameters:\n"
    "  rate: {unit: 1/year, value: 0.1, prior: {uniform: [0.05, 0.35]}}\n"
    "  limit: {unit: 1, value: 3, prior: {triangular: [2, 3, 9]}}\n"
    "indicators:\n"
    "  share: {unit: 1, equation: x / 3, targets: {end: 0.6}}\n";

struct bench {
  struct lab lab;
  struct study *study;
  struct text print;  // every bit of the results
  uint64_t failed, counted, listed;
};

static void open(struct bench *b, const char *sweep) {
  *b = (struct bench){0};
  lab_open(&b->lab);
  struct lab *l = &b->lab;
  const char *scenario = arena_format(&l->arena, "method: rk4\nsweep: %s\nsave: [x, share]\n", sweep);
  cr_assert(lab_check(l, model_text, scenario), "%s", lab_messages(l));
  struct sweep_spec *spec = spec_read(&l->arena, l->scenario, NULL, 0, &l->diag);
  struct design *design = spec ? design_create(&l->arena, spec, &l->diag) : NULL;
  cr_assert(design, "%s", lab_messages(l));
  struct lower_options options = {.uncertain = design->program_parameters, .uncertain_count = design->count};
  cr_assert(lab_lower(l, &options), "%s", lab_messages(l));
  const struct program **programs = arena_new(&l->arena, const struct program *);
  *programs = l->program;
  b->study = study_make(&l->arena, spec, design, programs, 1, &l->diag);
  cr_assert(b->study, "%s", lab_messages(l));
}

static void shut(struct bench *b) {
  text_free(&b->print);
  lab_close(&b->lab);
}

static bool take(void *context, const struct sweep_labels *labels, const struct sweep_results *r, struct diag *diag) {
  (void)labels, (void)diag;
  struct bench *b = context;
  const struct reduce_config *c = r->config;
  size_t cells = c->times * c->columns, levels = c->level_count;
  const double *rows[] = {r->mean, r->sd, r->mean_error, r->least, r->most};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) pack_numbers(&b->print, rows[i], cells);
  pack_numbers(&b->print, r->quantiles, cells * levels);
  pack_numbers(&b->print, r->quantile_errors, cells * levels);
  for (size_t i = 0; i < c->outcome_count; i++) {
    pack_numbers(&b->print, r->outcomes[i].importance.rank, c->parameters);
    pack_numbers(&b->print, r->outcomes[i].importance.standard, c->parameters);
    pack_count(&b->print, r->outcomes[i].met);
    pack_count(&b->print, r->outcomes[i].values.count);
  }
  for (size_t i = 0; i < r->failure_count; i++) {
    pack_count(&b->print, r->failures[i].member);
    pack_numbers(&b->print, &r->failures[i].failure.time, 1);
  }
  b->failed = r->failed[0];
  b->listed = r->failure_count;
  b->counted = r->outcomes[0].values.count;
  return !b->print.failed;
}

static void run(struct bench *b, struct sweep_options options, struct sweep_report *report) {
  struct sink sink = {.context = b, .finish = take};
  text_free(&b->print);
  cr_assert(sweep_run(&b->lab.arena, b->study, &options, &sink, report, &b->lab.diag), "%s", lab_messages(&b->lab));
}

static void compare_ways(const char *sweep, bool exact) {
  struct bench first, other;
  struct sweep_report report;
  open(&first, sweep);
  run(&first, (struct sweep_options){.threads = 1, .lanes = 64}, &report);
  cr_expect_eq(report.exact, exact);
  cr_assert_gt(first.failed, 0u, "the model is to break for some draws");
  static const struct sweep_options ways[] = {{.threads = 1, .lanes = 16},
                                              {.threads = 1, .lanes = 32},
                                              {.threads = 1, .lanes = 128},
                                              {.threads = 2, .lanes = 64, .run = 64},
                                              {.threads = 3, .lanes = 16, .run = 128},
                                              {.threads = 8, .lanes = 128, .run = 192},
                                              {.threads = 2, .lanes = 32, .run = 448},
                                              {.threads = 1, .lanes = 128, .run = 4096}};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    open(&other, sweep);
    run(&other, ways[i], &report);
    cr_expect(other.print.size == first.print.size && memcmp(other.print.data, first.print.data, first.print.size) == 0,
              "other bits with %u threads, %u lanes, %llu members at a time", ways[i].threads, ways[i].lanes,
              (unsigned long long)ways[i].run);
    cr_expect_eq(report.found, 0u);
    cr_expect_eq(report.failed, first.failed);
    shut(&other);
  }
  shut(&first);
}

Test(sweep, exact_results_have_the_same_bits_for_any_lanes_threads_and_block_sizes) {
  compare_ways("{members: 1000, sampling: latin}", true);
}

Test(sweep, sketched_results_have_the_same_bits_for_any_lanes_threads_and_block_sizes) {
  compare_ways("{members: 3001, sampling: sobol, memory: 1 MiB}", false);
}

Test(sweep, failed_members_are_counted_and_absent) {
  struct bench b;
  struct sweep_report report;
  open(&b, "{members: 777, sampling: random, seed: 5}");
  run(&b, (struct sweep_options){.threads = 2}, &report);
  uint64_t broken = 0;
  for (uint64_t member = 0; member < 777; member++) {
    double parameters[2], saved[64], phases[1];
    struct team_look look = {.member = member, .parameters = parameters, .saved = saved, .phase_starts = phases};
    cr_assert_leq(b.study->config.times * b.study->config.columns, 64u);
    cr_assert(team_look(b.study, &look, &b.lab.diag));
    broken += !isnan(look.failure.time);
  }
  cr_expect_eq(b.failed, broken);
  cr_expect_eq(b.listed, broken);
  cr_expect_eq(b.counted, 777 - broken);
  cr_expect_eq(report.failed, broken);
  cr_expect(broken > 0 && broken < 777);
  shut(&b);
}

Test(sweep, a_member_looked_at_alone_has_the_digest_of_its_leaf) {
  struct bench b;
  open(&b, "{members: 130, sampling: sobol}");
  double parameters[2], saved[64], phases[1];
  struct team_look look = {.parameters = parameters, .saved = saved, .phase_starts = phases};
  uint64_t digests[130];
  for (uint64_t member = 0; member < 130; member++) {
    look.member = member;
    cr_assert(team_look(b.study, &look, &b.lab.diag));
    digests[member] = look.digest;
  }
  for (uint64_t member = 1; member < 130; member++)
    cr_expect_eq(digests[member] == digests[member - 1], member % 64 != 0, "leaves are 64 consecutive members");
  shut(&b);
}

Test(sweep, every_failed_request_for_memory_ends_cleanly) {
  for (volatile unsigned long k = 1; k < 400; k += 3) {
    struct bench b;
    struct sweep_report report;
    struct sink sink = {.context = &b, .finish = take};
    jmp_buf oom;
    open(&b, "{members: 100, sampling: sobol}");
    b.lab.arena.oom = &oom;
    volatile bool good = false;
    if (setjmp(oom) == 0) {
      mem_fail_at(k);
      good = sweep_run(&b.lab.arena, b.study, &(struct sweep_options){.threads = 2}, &sink, &report, &b.lab.diag);
    }
    mem_fail_at(0);
    shut(&b);
    if (good) return;
  }
  cr_assert_fail("a sweep that never ends well");
}
