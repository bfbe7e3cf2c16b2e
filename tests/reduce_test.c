// SPDX-License-Identifier: GPL-3.0-or-later
// The reducers against a made-up engine whose numbers are a function of (policy, member, time, column): results must be
// the same bits whatever the lanes, runs, threads, flushes, records and their order, and must agree with plain sums.
#include "reduce/reduce.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reduce/results.h"

enum { TIMES = 6, COLUMNS = 3, PARAMETERS = 4, PHASES = 2, VARIABLES = 5, CELLS = TIMES * COLUMNS };

struct scene {
  struct reduce_config config;
  struct arena arena;
  jmp_buf oom;
  struct diag diag;
};

static const struct outcome outcomes[] = {
    {.column = 0, .phase = 0, .at_most = false, .target = 10},
    {.column = 1, .phase = OUTCOME_HORIZON, .at_most = true, .target = 0.5},
    {.column = 2, .phase = 1, .at_most = false, .target = NAN},
};

static const struct reduce_histogram histograms[] = {{0, 20, NAN, NAN}, {1, 10, -0.25, 0.25}};

static uint64_t mix(uint64_t x) {
  x = (x ^ x >> 31) * 0x7fb5d329728ea185u;
  x = (x ^ x >> 27) * 0x81dadef4bc2dd44du;
  return x ^ x >> 33;
}

static double uniform(uint64_t a, uint64_t b) {
  return (double)(mix(a * 1000003 + b + 1) >> 11) * 0x1p-53;
}

static double parameter(uint64_t member, size_t p) {
  return p == 3 ? 7 : uniform(member, p);
}

static double value(uint32_t policy, uint64_t member, size_t time, size_t column) {
  double a = parameter(member, 0), b = parameter(member, 1), noise = uniform(member, 77 + policy);
  if (column == 0) return 9 + a + 0.2 * b + 0.1 * (double)time + 0.1 * policy;
  if (column == 1) return (a - 0.5) * (double)time / 5 + (policy == 1 ? 0.1 * (noise - 0.5) : 0);
  return ldexp(b - 0.3, (int)(noise * 200) - 100);
}

static bool fails(uint32_t policy, uint64_t member) {
  return mix(member * 31 + policy) % 53 == 0;
}

static void start(struct scene *s, uint64_t members, uint32_t policies, bool exact) {
  arena_init(&s->arena, &s->oom);
  diag_init(&s->diag, &s->arena);
  s->config = (struct reduce_config){.members = members,
                                     .policies = policies,
                                     .times = TIMES,
                                     .columns = COLUMNS,
                                     .parameters = PARAMETERS,
                                     .phases = PHASES,
                                     .variables = VARIABLES,
                                     .start = 2020,
                                     .save = 1,
                                     .stop = 2025,
                                     .outcomes = outcomes,
                                     .outcome_count = 3,
                                     .histograms = histograms,
                                     .histogram_count = 2,
                                     .memory = exact ? 64 << 20 : 256 << 10};
}

static void stop(struct scene *s) {
  if (s->diag.errors) diag_print(&s->diag, stderr);
  arena_free(&s->arena);
}

// A block as the engine makes it: failed lanes are NAN from some time on.
static void feed(struct reduce_worker *w, uint32_t policy, uint64_t first, uint32_t count, uint32_t lanes,
                 struct diag *diag) {
  static _Thread_local double saved[CELLS * 128], parameters[PARAMETERS * 128], phases[PHASES * 128];
  static _Thread_local struct failure failures[128];
  for (uint32_t l = 0; l < lanes; l++) {
    uint64_t m = first + l;
    bool failed = l < count && fails(policy, m);
    failures[l] = (struct failure){failed ? 2022 : NAN, failed ? 3 : 0, 0, failed ? INFINITY : 0};
    for (size_t p = 0; p < PARAMETERS; p++) parameters[p * lanes + l] = l < count ? parameter(m, p) : NAN;
    phases[l] = 2021;
    phases[lanes + l] = m % 7 == 0 ? NAN : 2022 + (double)(m % 3);
    for (size_t c = 0; c < CELLS; c++)
      saved[c * lanes + l] = failed && c >= 2 * COLUMNS ? NAN : value(policy, m, c / COLUMNS, c % COLUMNS);
  }
  struct sweep_block b = {policy, first, count, lanes, saved, failures, parameters, phases};
  cr_assert(reduce_feed(w, &b, diag));
}

static void feed_run(struct reduce_worker *w, const struct reduce_config *c, struct range run, uint32_t lanes,
                     struct diag *diag) {
  uint64_t width = lanes > 64 ? lanes : 64;
  reduce_begin(w, run);
  for (uint64_t window = run.first; window < run.end; window += width)
    for (uint32_t policy = 0; policy < c->policies; policy++)
      for (uint64_t first = window; first < window + width && first < run.end; first += lanes) {
        uint64_t end = first + lanes < run.end ? first + lanes : run.end;
        feed(w, policy, first, (uint32_t)(end - first), lanes, diag);
      }
}

// Everything that a results file shows, as bytes.
static void add_statistics(struct text *t, const struct statistics *s, size_t levels) {
  text_add(t, (const char *)&s->count, sizeof s->count);
  pack_numbers(t, (double[]){s->mean, s->sd, s->mean_error, s->least, s->most, s->bound}, 6);
  pack_numbers(t, s->quantiles, levels);
  pack_numbers(t, s->quantile_errors, levels);
}

static struct text fingerprint(const struct sweep_results *r) {
  struct text t = {0};
  size_t policies = r->config->policies, cells = policies * CELLS, levels = r->config->level_count;
  text_add(&t, (const char *)&r->members, sizeof r->members);
  pack_numbers(&t, r->mean, cells);
  pack_numbers(&t, r->sd, cells);
  pack_numbers(&t, r->mean_error, cells);
  pack_numbers(&t, r->least, cells);
  pack_numbers(&t, r->most, cells);
  pack_numbers(&t, r->quantiles, cells * levels);
  pack_numbers(&t, r->quantile_errors, cells * levels);
  text_add(&t, (const char *)r->failed, policies * sizeof *r->failed);
  text_add(&t, (const char *)r->causes, policies * VARIABLES * sizeof *r->causes);
  text_add(&t, (const char *)r->began, policies * PHASES * TIMES * sizeof *r->began);
  for (size_t i = 0; i < r->failure_count; i++) pack_count(&t, r->failures[i].member * 8 + r->failures[i].policy);
  for (size_t i = 0; i < 2 * policies * TIMES; i++)
    text_add(&t, (const char *)r->histograms[i].counts, r->histograms[i].bins * sizeof *r->histograms[i].counts);
  for (size_t i = 0; i < policies * 3; i++) {
    const struct outcome_results *o = &r->outcomes[i];
    add_statistics(&t, &o->values, levels);
    text_add(&t, (const char *)&o->met, sizeof o->met);
    text_add(&t, (const char *)o->histogram.counts, o->histogram.bins * sizeof *o->histogram.counts);
    pack_numbers(&t, o->importance.rank, PARAMETERS);
    pack_numbers(&t, o->importance.standard, PARAMETERS);
  }
  for (size_t i = 0; i < r->plan->pair_count * 3; i++) {
    add_statistics(&t, &r->pairs[i].difference, levels);
    pack_count(&t, r->pairs[i].first_better);
    pack_count(&t, r->pairs[i].second_better);
  }
  for (size_t i = 0; r->regrets && i < policies * 3; i++) add_statistics(&t, &r->regrets[i], levels);
  cr_assert_not(t.failed);
  return t;
}

static void flush(struct reduce_worker *w, struct text *record, struct diag *diag) {
  cr_assert(!record || reduce_pack(w, record, diag));
  cr_assert(reduce_flush(w, diag));
}

struct records {
  struct text items[600];
  size_t count;
};

// A sweep on `threads` workers that take turns at random, flush at random and may keep their records.
static void sweep(struct scene *s, struct reducer *r, uint32_t lanes, size_t threads, uint64_t seed,
                  struct records *records) {
  struct reduce_worker *workers[8];
  for (size_t i = 0; i < threads; i++) cr_assert_not_null(workers[i] = reduce_worker_create(r, &s->diag));
  struct range run;
  for (uint64_t step = 0; reduce_take(r, 64 * (1 + mix(seed + step) % 5), &run); step++) {
    struct reduce_worker *w = workers[mix(seed * 7 + step) % threads];
    feed_run(w, &s->config, run, lanes, &s->diag);
    if (mix(seed * 13 + step) % 3 == 0 || reduce_due(w))
      flush(w, records ? &records->items[records->count++] : NULL, &s->diag);
  }
  for (size_t i = 0; i < threads; i++) {
    flush(workers[i], records ? &records->items[records->count++] : NULL, &s->diag);
    reduce_worker_free(workers[i]);
  }
}

static struct text run_whole(uint64_t members, uint32_t policies, bool exact, uint32_t lanes, size_t threads,
                             uint64_t seed) {
  struct scene s;
  start(&s, members, policies, exact);
  struct reducer *r = reduce_create(&s.config, &s.diag);
  cr_assert_not_null(r);
  cr_assert_eq(r->exact, exact);
  sweep(&s, r, lanes, threads, seed, NULL);
  cr_assert_eq(reduce_done(r), members);
  struct sweep_results *results = results_make(&s.arena, r, 3, &s.diag);
  cr_assert_not_null(results);
  struct text t = fingerprint(results);
  reduce_free(r);
  stop(&s);
  return t;
}

struct hand {
  struct scene *scene;
  struct reducer *r;
  struct arena arena;
  jmp_buf oom;
  struct diag diag;
};

static void *work(void *context) {
  struct hand *h = context;
  arena_init(&h->arena, &h->oom);
  diag_init(&h->diag, &h->arena);
  struct reduce_worker *w = reduce_worker_create(h->r, &h->diag);
  struct range run;
  while (reduce_take(h->r, 128, &run)) {
    feed_run(w, &h->scene->config, run, 64, &h->diag);
    if (run.first % 256 == 0) cr_assert(reduce_flush(w, &h->diag));
  }
  cr_assert(reduce_flush(w, &h->diag));
  reduce_worker_free(w);
  arena_free(&h->arena);
  return NULL;
}

static struct text run_threads(uint64_t members, bool exact, int threads) {
  struct scene s;
  start(&s, members, 2, exact);
  struct reducer *r = reduce_create(&s.config, &s.diag);
  struct hand hands[8];
  pthread_t ids[8];
  for (int i = 0; i < threads; i++) {
    hands[i].scene = &s, hands[i].r = r;
    pthread_create(&ids[i], NULL, work, &hands[i]);
  }
  for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
  struct text t = fingerprint(results_make(&s.arena, r, 3, &s.diag));
  reduce_free(r);
  stop(&s);
  return t;
}

static void expect_same(struct text *a, struct text *b, const char *what, uint64_t seed) {
  cr_expect(a->size == b->size && memcmp(a->data, b->data, a->size) == 0, "%s differs, SEED %llu", what,
            (unsigned long long)seed);
  text_free(b);
}

static void check_same_bits(uint64_t members, uint32_t policies, bool exact) {
  struct text base = run_whole(members, policies, exact, 64, 1, 1);
  static const uint32_t lanes[] = {8, 16, 32, 64, 128};
  for (size_t i = 0; i < 5; i++)
    for (size_t threads = 1; threads <= 8; threads += threads) {
      char what[80];
      snprintf(what, sizeof what, "%llu members, %u lanes, %zu threads", (unsigned long long)members, lanes[i],
               threads);
      struct text other = run_whole(members, policies, exact, lanes[i], threads, 17 * i + threads);
      expect_same(&base, &other, what, 17 * i + threads);
    }
  text_free(&base);
}

Test(reduce, exact_results_do_not_depend_on_lanes_runs_or_threads) {
  check_same_bits(1000, 1, true);
}
Test(reduce, sketched_results_do_not_depend_on_lanes_runs_or_threads) {
  check_same_bits(5000, 1, false);
}
Test(reduce, three_policies_compared_do_not_depend_on_lanes_runs_or_threads) {
  check_same_bits(3001, 3, false);
}
Test(reduce, real_threads_change_no_bit) {
  for (int exact = 0; exact < 2; exact++) {
    struct text base = run_whole(exact ? 1000 : 5003, 2, exact, 64, 1, 1);
    for (int threads = 1; threads <= 8; threads *= 2) {
      struct text other = run_threads(exact ? 1000 : 5003, exact, threads);
      expect_same(&base, &other, "threads", (uint64_t)threads);
    }
    text_free(&base);
  }
}

Test(reduce, a_sweep_of_one_member_works) {
  check_same_bits(1, 2, true);
}

// Records of `made` members, loaded in another order into a sweep of `members`; what is missing is computed.
static struct text reload(const struct records *records, uint64_t members, uint32_t policies, bool exact, uint64_t seed,
                          size_t skip_every) {
  struct scene s;
  start(&s, members, policies, exact);
  struct reducer *r = reduce_create(&s.config, &s.diag);
  cr_assert_not_null(r);
  for (size_t i = 0; i < records->count; i++) {
    size_t k = (i * 7919 + seed) % records->count;
    if (skip_every && k % skip_every == 0) continue;
    if (records->items[k].size)
      cr_assert(reduce_load(r, records->items[k].data, records->items[k].size, &s.diag), "record %zu", k);
  }
  sweep(&s, r, 32, 3, seed, NULL);
  cr_assert_eq(reduce_done(r), members);
  struct text t = fingerprint(results_make(&s.arena, r, 3, &s.diag));
  reduce_free(r);
  stop(&s);
  return t;
}

static void check_records(uint64_t made, bool made_exact, uint64_t members, bool exact, uint32_t policies) {
  static struct records records;
  memset(&records, 0, sizeof records);
  struct scene s;
  start(&s, made, policies, made_exact);
  // One budget for both lengths: it decides what is exact.
  struct reducer *r = reduce_create(&s.config, &s.diag);
  sweep(&s, r, 64, 3, 5, &records);
  reduce_free(r);
  stop(&s);
  struct text base = run_whole(members, policies, exact, 64, 1, 1);
  while (records.count > 1 && records.items[records.count - 1].size == 0) records.count--;
  for (size_t skip = 0; skip < 4; skip++) {
    if (skip == 1) continue;
    struct text other = reload(&records, members, policies, exact, 3 + skip, skip);
    expect_same(&base, &other, skip ? "resumed" : "reloaded", skip);
  }
  text_free(&base);
  for (size_t i = 0; i < 600; i++) text_free(&records.items[i]);
}

Test(reduce, a_resumed_exact_sweep_has_the_same_bits) {
  check_records(1000, true, 1000, true, 2);
}
Test(reduce, a_resumed_sketched_sweep_has_the_same_bits) {
  check_records(5003, false, 5003, false, 2);
}
Test(reduce, an_extended_exact_sweep_equals_a_long_one) {
  check_records(1000, true, 1500, true, 1);
}
Test(reduce, an_extended_sketched_sweep_equals_a_long_one) {
  check_records(5003, false, 9000, false, 1);
}

Test(reduce, an_exact_sweep_extended_past_its_budget_equals_a_sketched_one) {
  static struct records records;
  struct scene s;
  start(&s, 700, 1, false);
  s.config.memory = 256 << 10;
  struct reducer *r = reduce_create(&s.config, &s.diag);
  cr_assert(r->exact, "700 members fit");
  sweep(&s, r, 64, 2, 9, &records);
  reduce_free(r);
  stop(&s);
  struct text base = run_whole(4000, 1, false, 16, 2, 1), other = reload(&records, 4000, 1, false, 1, 0);
  expect_same(&base, &other, "extended", 1);
  text_free(&base);
  for (size_t i = 0; i < 600; i++) text_free(&records.items[i]);
}

Test(reduce, shards_merged_equal_one_process) {
  static struct records records;
  memset(&records, 0, sizeof records);
  for (uint64_t shard = 0; shard < 3; shard++) {
    struct scene s;
    start(&s, 5003, 1, false);
    struct reducer *r = reduce_create(&s.config, &s.diag);
    reduce_limit(r, shard * 1664, shard == 2 ? 5003 : (shard + 1) * 1664);
    sweep(&s, r, 64, 2, shard, &records);
    reduce_free(r);
    stop(&s);
  }
  struct text base = run_whole(5003, 1, false, 128, 1, 1), other = reload(&records, 5003, 1, false, 1, 0);
  expect_same(&base, &other, "merged", 1);
  text_free(&base);
  for (size_t i = 0; i < 600; i++) text_free(&records.items[i]);
}

Test(reduce, a_compacted_total_is_worth_its_records) {
  struct scene s;
  start(&s, 5003, 1, false);
  struct reducer *r = reduce_create(&s.config, &s.diag);
  sweep(&s, r, 64, 2, 4, NULL);
  static struct records records;
  memset(&records, 0, sizeof records);
  cr_assert(reduce_pack_total(r, &records.items[records.count++]));
  reduce_free(r);
  stop(&s);
  struct text base = run_whole(6000, 1, false, 64, 1, 1), other = reload(&records, 6000, 1, false, 1, 0);
  expect_same(&base, &other, "compacted", 1);
  text_free(&base);
  text_free(&records.items[0]);
}

Test(reduce, a_record_loaded_twice_is_refused) {
  static struct records records;
  struct scene s;
  start(&s, 1000, 1, true);
  struct reducer *r = reduce_create(&s.config, &s.diag);
  sweep(&s, r, 64, 1, 4, &records);
  cr_assert_not(reduce_load(r, records.items[0].data, records.items[0].size, &s.diag));
  cr_assert_eq(s.diag.messages.items[0].id, ERROR_reduce_record);
  reduce_free(r);
  arena_free(&s.arena);
  for (size_t i = 0; i < 600; i++) text_free(&records.items[i]);
}

Test(reduce, cut_or_changed_records_never_crash) {
  static struct records records;
  struct scene s;
  start(&s, 3000, 2, false);
  struct reducer *r = reduce_create(&s.config, &s.diag);
  sweep(&s, r, 64, 1, 4, &records);
  reduce_free(r);
  struct text *record = &records.items[0];
  for (uint64_t trial = 0; trial < 300; trial++) {
    char *copy = malloc(record->size);
    memcpy(copy, record->data, record->size);
    size_t size = record->size;
    if (trial % 2)
      size = mix(trial) % size;
    else
      copy[mix(trial) % size] ^= (char)(1 + mix(trial * 3) % 255);
    r = reduce_create(&s.config, &s.diag);
    if (!reduce_load(r, copy, size, &s.diag)) cr_expect_gt(s.diag.errors, 0);
    reduce_free(r);
    free(copy);
  }
  arena_free(&s.arena);
  for (size_t i = 0; i < 600; i++) text_free(&records.items[i]);
}

Test(reduce, statistics_agree_with_plain_sums_and_failed_members_are_absent) {
  struct scene s;
  start(&s, 2500, 2, true);
  struct reducer *r = reduce_create(&s.config, &s.diag);
  sweep(&s, r, 64, 2, 1, NULL);
  struct sweep_results *results = results_make(&s.arena, r, 3, &s.diag);
  for (uint32_t policy = 0; policy < 2; policy++) {
    double sum = 0, square = 0, least = INFINITY;
    uint64_t n = 0;
    for (uint64_t m = 0; m < 2500; m++) {
      if (fails(policy, m)) continue;
      double x = value(policy, m, 4, 0);
      sum += x, n++, least = fmin(least, x);
    }
    for (uint64_t m = 0; m < 2500; m++)
      if (!fails(policy, m)) square += pow(value(policy, m, 4, 0) - sum / (double)n, 2);
    size_t at = policy * CELLS + 4 * COLUMNS;
    cr_expect_eq(results->failed[policy], 2500 - n);
    cr_expect_eq(results->causes[policy * VARIABLES + 3], 2500 - n);
    cr_expect_float_eq(results->mean[at], sum / (double)n, 1e-12);
    cr_expect_float_eq(results->sd[at], sqrt(square / (double)(n - 1)), 1e-12);
    cr_expect_float_eq(results->mean_error[at], sqrt(square / (double)(n - 1) / (double)n), 1e-12);
    cr_expect_eq(results->least[at], least);
  }
  reduce_free(r);
  stop(&s);
}

Test(reduce, targets_phases_pairs_and_regret_are_counted_as_declared) {
  struct scene s;
  start(&s, 2500, 2, true);
  struct reducer *r = reduce_create(&s.config, &s.diag);
  sweep(&s, r, 64, 2, 1, NULL);
  struct sweep_results *results = results_make(&s.arena, r, 3, &s.diag);
  uint64_t met = 0, reached = 0, better = 0, both = 0, began = 0;
  double regret = 0;
  for (uint64_t m = 0; m < 2500; m++) {
    bool second_phase = m % 7 != 0;
    if (!fails(0, m)) {
      size_t end = second_phase ? 2 + m % 3 : 5;  // phase 0 ends where phase 1 begins, else at the horizon
      met += value(0, m, end, 0) >= 10;
      reached += second_phase;
      began += second_phase && m % 3 == 1;
    }
    if (fails(0, m) || fails(1, m)) continue;
    both++;
    double a = value(0, m, 5, 1), b = value(1, m, 5, 1);
    better += a < b;  // less is better
    regret += a - fmin(a, b);
  }
  cr_expect_eq(results->outcomes[0].met, met);
  cr_expect_eq(results->outcomes[2].values.count, reached);
  cr_expect_eq(results->began[1 * TIMES + 3], began);
  cr_expect_eq(results->pairs[1].difference.count, both);
  cr_expect_eq(results->pairs[1].first_better, better);
  cr_expect_float_eq(results->regrets[1].mean, regret / (double)both, 1e-12);
  uint64_t histogram = 0;
  for (size_t i = 0; i < results->outcomes[0].histogram.bins; i++)
    histogram += results->outcomes[0].histogram.counts[i];
  cr_expect_eq(histogram, results->outcomes[0].values.count);
  const struct histogram *h = &results->histograms[2 * TIMES + TIMES + 5];  // the second, policy 1, last time
  uint64_t inside = 0, low = 0, high = 0;
  for (size_t i = 0; i < h->bins; i++) inside += h->counts[i];
  for (uint64_t m = 0; m < 2500; m++) {
    low += !fails(1, m) && value(1, m, 5, 1) < -0.25;
    high += !fails(1, m) && value(1, m, 5, 1) > 0.25;
  }
  cr_expect(h->below == low && h->above == high && inside + low + high == 2500 - results->failed[1]);
  reduce_free(r);
  stop(&s);
}

Test(reduce, importance_finds_the_parameters_that_matter) {
  struct scene s;
  start(&s, 2500, 1, true);
  struct reducer *r = reduce_create(&s.config, &s.diag);
  sweep(&s, r, 64, 2, 1, NULL);
  struct sweep_results *results = results_make(&s.arena, r, 3, &s.diag);
  // At the horizon column 1 is parameter 0 less a half: fully explained by it.
  const struct importance_result *i = &results->outcomes[1].importance;
  cr_expect_float_eq(i->rank[0], 1, 1e-9);
  cr_expect_float_eq(i->standard[0], 1, 1e-9);
  cr_expect_float_eq(i->explained, 1, 1e-9);
  cr_expect_lt(fabs(i->standard[1]), 1e-9);
  cr_expect_lt(fabs(i->rank[1]), 0.1);
  cr_expect(isnan(i->rank[3]) && isnan(i->standard[3]), "a parameter that does not vary has no importance");
  reduce_free(r);
  stop(&s);
}

Test(reduce, bad_sizes_are_refused_with_the_numbers) {
  struct scene s;
  start(&s, 0, 1, true);
  cr_expect_null(reduce_create(&s.config, &s.diag));
  s.config.members = 1ull << 33;
  cr_expect_null(reduce_create(&s.config, &s.diag));
  s.config.members = 100000;
  s.config.memory = 4096;
  cr_expect_null(reduce_create(&s.config, &s.diag));
  s.config.memory = 1 << 20;
  s.config.keep_table = true;
  cr_expect_null(reduce_create(&s.config, &s.diag));
  cr_expect_eq(s.diag.messages.items[0].id, ERROR_reduce_members);
  cr_expect_eq(s.diag.messages.items[1].id, ERROR_reduce_members);
  cr_expect_eq(s.diag.messages.items[2].id, ERROR_reduce_cells);
  cr_expect_eq(s.diag.messages.items[3].id, ERROR_reduce_table);
  arena_free(&s.arena);
}

Test(reduce, every_failed_request_for_memory_ends_cleanly) {
  for (unsigned long k = 1; k < 60; k++) {
    struct scene s;
    start(&s, 300, 2, k % 2);
    s.config.memory = k % 2 ? 1 << 20 : 64 << 10;
    arena_alloc(&s.arena, 1);  // a block of the arena for the message
    mem_fail_at(k);
    struct reducer *r = reduce_create(&s.config, &s.diag);
    struct reduce_worker *w = r ? reduce_worker_create(r, &s.diag) : NULL;
    mem_fail_at(0);
    reduce_worker_free(w);
    reduce_free(r);
    arena_free(&s.arena);
  }
}
