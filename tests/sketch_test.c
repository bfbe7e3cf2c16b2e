// SPDX-License-Identifier: GPL-3.0-or-later
// The sketch against exact quantiles on distributions chosen to hurt it, its independence of order, and the small parts
// that the reducers stand on: moments, quantiles, histograms, sorting, packing, ranges.
#include "reduce/sketch.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reduce/histogram.h"
#include "reduce/importance.h"
#include "reduce/moments.h"
#include "reduce/quantile.h"
#include "reduce/ranges.h"
#include "reduce/sort.h"

#define SEED 20240607u

static uint64_t state = SEED;
static double uniform(void) {
  state += 0x9e3779b97f4a7c15u;
  uint64_t x = (state ^ state >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return ((double)((x ^ x >> 31) >> 12) + 0.5) * 0x1p-52;
}

static double constant(void) {
  return 3.7;
}
static double bimodal(void) {
  return uniform() < 0.5 ? 1 + 1e-3 * uniform() : 1e6 + uniform();
}
static double heavy_tail(void) {
  return 1 / pow(uniform(), 4);
}
static double cauchy(void) {
  return tan(3.14159265 * (uniform() - 0.5));
}
static double negative(void) {
  return -exp(3 * uniform());
}
static double around_zero(void) {
  return uniform() + uniform() + uniform() - 1.5;
}
static double denormal(void) {
  return ldexp(uniform() - 0.3, -1060);
}
static double all_octaves(void) {
  return ldexp(uniform() < 0.5 ? -1 - uniform() : 1 + uniform(), (int)(uniform() * 2000) - 1000);
}
static double mostly_zero(void) {
  return uniform() < 0.9 ? 0 : uniform() - 0.5;
}
static double two_values(void) {
  return uniform() < 0.5 ? -DBL_MAX : DBL_MAX;
}
static double years(void) {
  return 2028 + floor(8 * uniform());
}

static const struct {
  const char *name;
  double (*draw)(void);
} distributions[] = {{"constant", constant},
                     {"bimodal", bimodal},
                     {"heavy tail", heavy_tail},
                     {"cauchy", cauchy},
                     {"negative", negative},
                     {"around zero", around_zero},
                     {"denormal", denormal},
                     {"all octaves", all_octaves},
                     {"mostly zero", mostly_zero},
                     {"two values", two_values},
                     {"years", years}};
enum { DISTRIBUTIONS = sizeof distributions / sizeof *distributions, N = 20000 };

static const double p[] = {0, 0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1};
enum { LEVELS = sizeof p / sizeof *p };

static void fill(struct sketch *s, const double *x, size_t n) {
  for (size_t i = 0; i < n; i += 64) cr_assert(sketch_add(s, 0, x + i, n - i < 64 ? (uint32_t)(n - i) : 64));
}

// Below the normal numbers the bound is absolute: one bin of the smallest normal octave.
static double allowed(const struct sketch *s, double exact) {
  return sketch_bound(s, 0) * fmax(fabs(exact), DBL_MIN);
}

static void check_against_exact(const char *name, const double *draws, size_t n, uint32_t cap) {
  struct sketch s;
  cr_assert(sketch_init(&s, 1, cap));
  fill(&s, draws, n);
  double *sorted = malloc(2 * n * sizeof *sorted), exact[LEVELS], error[LEVELS], value[LEVELS], value_error[LEVELS];
  memcpy(sorted, draws, n * sizeof *sorted);
  sort_numbers(sorted, sorted + n, n);
  quantile_exact(sorted, n, (struct quantile_levels){p, LEVELS}, exact, error);
  quantile_sketch(&s, 0, sorted[0], sorted[n - 1], (struct quantile_levels){p, LEVELS}, value, value_error);
  for (size_t i = 0; i < LEVELS; i++) {
    // Interpolation lies between two order statistics; the larger of them bounds the error.
    size_t rank = (size_t)floor((double)(n - 1) * p[i]);
    double larger = fmax(fabs(sorted[rank]), fabs(sorted[rank + 1 < n ? rank + 1 : rank]));
    cr_expect(fabs(value[i] - exact[i]) <= allowed(&s, larger) * (1 + 1e-12),
              "%s, cap %u, p = %g: %g against %g, bound %g, SEED %u", name, cap, p[i], value[i], exact[i],
              sketch_bound(&s, 0), SEED);
  }
  cr_expect_leq(s.info[0].pages, cap);
  cr_expect_eq(s.info[0].counted, n);
  free(sorted);
  sketch_free(&s);
}

Test(sketch, quantiles_stay_within_the_stated_bound_on_hostile_distributions) {
  static double x[N];
  for (size_t d = 0; d < DISTRIBUTIONS; d++) {
    for (size_t i = 0; i < N; i++) x[i] = distributions[d].draw();
    check_against_exact(distributions[d].name, x, N, SKETCH_MAX_PAGES);
    check_against_exact(distributions[d].name, x, N, SKETCH_MIN_PAGES);
    check_against_exact(distributions[d].name, x, 63, SKETCH_MAX_PAGES);
  }
}

Test(sketch, the_bound_is_the_widest_bin) {
  struct sketch s;
  cr_assert(sketch_init(&s, 1, SKETCH_MAX_PAGES));
  cr_expect_eq(sketch_bound(&s, 0), 1.0 / 256);
  s.info[0].level = 8;
  cr_expect_eq(sketch_bound(&s, 0), 1);
  s.info[0].level = 10;
  cr_expect_eq(sketch_bound(&s, 0), 15);
  sketch_free(&s);
}

static void expect_equal(const struct sketch *a, const struct sketch *b, const char *what) {
  struct text x = {0}, y = {0};
  sketch_pack(a, &x);
  sketch_pack(b, &y);
  cr_expect(x.size == y.size && memcmp(x.data, y.data, x.size) == 0, "%s, SEED %u", what, SEED);
  text_free(&x);
  text_free(&y);
}

Test(sketch, the_state_depends_on_the_set_and_not_on_order_or_parts) {
  static double x[N];
  for (size_t d = 0; d < DISTRIBUTIONS; d++) {
    for (size_t i = 0; i < N; i++) x[i] = distributions[d].draw();
    for (uint32_t cap = SKETCH_MIN_PAGES; cap <= SKETCH_MAX_PAGES; cap *= 4) {
      struct sketch whole, backwards, parts[3], read;
      cr_assert(sketch_init(&whole, 1, cap) && sketch_init(&backwards, 1, cap) && sketch_init(&read, 1, cap));
      fill(&whole, x, N);
      for (size_t i = N; i-- > 0;) cr_assert(sketch_add(&backwards, 0, x + i, 1));
      expect_equal(&whole, &backwards, distributions[d].name);
      for (int k = 0; k < 3; k++) cr_assert(sketch_init(&parts[k], 1, cap));
      for (size_t i = 0; i < N; i++) cr_assert(sketch_add(&parts[i % 7 % 3], 0, x + i, 1));
      cr_assert(sketch_merge(&parts[2], &parts[0]) && sketch_merge(&parts[1], &parts[2]));
      expect_equal(&whole, &parts[1], distributions[d].name);
      struct text packed = {0};
      sketch_pack(&whole, &packed);
      cr_assert(sketch_unpack(&read, &(struct pack_reader){(unsigned char *)packed.data,
                                                           (unsigned char *)packed.data + packed.size, false}));
      expect_equal(&whole, &read, "read back");
      text_free(&packed);
      for (int k = 0; k < 3; k++) sketch_free(&parts[k]);
      sketch_free(&whole);
      sketch_free(&backwards);
      sketch_free(&read);
    }
  }
}

// One number of every cell after the other, in leaves of changing size.
static void fill_cells(struct sketch *s, const double *x, size_t first, size_t end) {
  for (size_t i = first, n; i < end; i += n) {
    n = i % 5 == 0 ? 64 : 1 + i % 64;
    n = n < end - i ? n : end - i;
    for (size_t cell = 0; cell < s->cells; cell++) cr_assert(sketch_add(s, cell, x + i, (uint32_t)n));
  }
}

Test(sketch, waiting_in_a_queue_and_being_filled_again_change_nothing) {
  static double x[N];
  for (size_t d = 0; d < DISTRIBUTIONS; d++) {
    for (size_t i = 0; i < N; i++) x[i] = distributions[d].draw();
    for (uint32_t cap = SKETCH_MIN_PAGES; cap <= SKETCH_MAX_PAGES; cap *= 4) {
      struct sketch whole, total, worker;
      cr_assert(sketch_init(&whole, 2, cap) && sketch_init(&total, 2, cap) && sketch_init(&worker, 2, cap));
      cr_assert(sketch_queue(&worker, 2 * sizeof(int32_t) * 64 * (cap + 1)));
      cr_assert_not_null(worker.queue);
      fill_cells(&whole, x, 0, N);
      for (size_t part = 0; part < 4; part++) {
        fill_cells(&worker, x, N * part / 4, N * (part + 1) / 4);
        cr_assert(sketch_settle(&worker) && sketch_merge(&total, &worker));
        sketch_empty(&worker);
      }
      expect_equal(&whole, &total, distributions[d].name);
      cr_expect_eq(worker.info[1].counted, 0);
      sketch_free(&whole);
      sketch_free(&total);
      sketch_free(&worker);
    }
  }
}

Test(sketch, negative_zero_and_positive_zero_are_one_bin) {
  struct sketch s;
  cr_assert(sketch_init(&s, 1, SKETCH_MIN_PAGES));
  cr_assert(sketch_add(&s, 0, (double[]){-0.0, 0.0, 1, -1}, 4));
  double values[4];
  sketch_ranks(&s, 0, (uint64_t[]){0, 1, 2, 3}, values, 4);
  cr_expect_eq(values[1], 0);
  cr_expect_eq(values[2], 0);
  cr_expect_eq(s.info[0].zeros, 2);
  sketch_free(&s);
}

Test(sketch, the_page_cap_follows_cells_and_budget_alone) {
  cr_expect_eq(sketch_page_cap(100, 128 << 20), SKETCH_MAX_PAGES);
  cr_expect_eq(sketch_page_cap(1000000, 1 << 20), SKETCH_MIN_PAGES);
  cr_expect_lt(sketch_page_cap(41000, 32 << 20), SKETCH_MAX_PAGES);
}

Test(sketch, type_7_quantiles_have_known_values) {
  // R: quantile(c(1, 2, 4, 8), c(0, .25, .5, .9, 1), type = 7) gives 1, 1.75, 3, 6.8, 8.
  double q[] = {0, 0.25, 0.5, 0.9, 1}, values[5], errors[5];
  quantile_exact((double[]){1, 2, 4, 8}, 4, (struct quantile_levels){q, 5}, values, errors);
  double known[] = {1, 1.75, 3, 6.8, 8};
  for (size_t i = 0; i < 5; i++) cr_expect_float_eq(values[i], known[i], 1e-14);
  quantile_exact(NULL, 0, (struct quantile_levels){q, 5}, values, errors);
  cr_expect(isnan(values[2]) && isnan(errors[2]));
}

Test(sketch, the_standard_error_of_a_median_matches_theory_and_repetition) {
  // Uniform numbers: sqrt(p(1-p)/n) / f(q) = 0.5/sqrt(n).
  enum { REPEATS = 400, SIZE = 1000 };
  static double x[2 * SIZE];
  double half = 0.5, median, error, sum = 0, square = 0, stated = 0;
  for (int r = 0; r < REPEATS; r++) {
    for (size_t i = 0; i < SIZE; i++) x[i] = uniform();
    sort_numbers(x, x + SIZE, SIZE);
    quantile_exact(x, SIZE, (struct quantile_levels){&half, 1}, &median, &error);
    sum += median, square += median * median, stated += error / REPEATS;
  }
  double seen = sqrt(square / REPEATS - pow(sum / REPEATS, 2)), theory = 0.5 / sqrt(SIZE);
  cr_expect_float_eq(stated, theory, 0.1 * theory);
  cr_expect_float_eq(seen, theory, 0.15 * theory);
}

Test(sketch, histograms_add_up_and_agree_between_numbers_and_sketch) {
  static double x[N];
  uint64_t exact[50] = {0}, near[50] = {0}, total = 0, apart = 0;
  double low = INFINITY, high = -INFINITY;
  for (size_t i = 0; i < N; i++) x[i] = 5 + around_zero(), low = fmin(low, x[i]), high = fmax(high, x[i]);
  struct histogram h = {low, high, exact, 50, 0, 0}, g = {low, high, near, 50, 0, 0};
  struct sketch s;
  cr_assert(sketch_init(&s, 1, SKETCH_MAX_PAGES));
  fill(&s, x, N);
  histogram_exact(&h, x, N);
  histogram_sketch(&g, &s, 0, low, high);
  for (int i = 0; i < 50; i++) total += near[i], apart += (uint64_t)llabs((long long)exact[i] - (long long)near[i]);
  cr_expect_eq(total, N);
  cr_expect_lt(apart, N / 40);
  cr_expect(g.below == 0 && g.above == 0);
  memset(near, 0, sizeof near);
  memset(exact, 0, sizeof exact);
  h = (struct histogram){4.5, 5.25, exact, 10, 0, 0}, g = (struct histogram){4.5, 5.25, near, 10, 0, 0};
  histogram_exact(&h, x, N);
  histogram_sketch(&g, &s, 0, low, high);
  for (int i = total = 0; i < 10; i++) total += near[i];
  cr_expect_eq(total + g.below + g.above, N, "what lies outside fixed edges is counted beside them");
  cr_expect_float_eq((double)g.below, (double)h.below, N / 100.0);
  cr_expect_float_eq((double)g.above, (double)h.above, N / 100.0);
  sketch_free(&s);
}

Test(sketch, moments_of_leaves_in_any_order_have_the_same_bits) {
  enum { LEAVES = 37, GROUPS = 2, CELLS = 3 };
  static double x[GROUPS * CELLS][LEAVES * 64];
  for (size_t c = 0; c < GROUPS * CELLS; c++)
    for (size_t i = 0; i < LEAVES * 64; i++) x[c][i] = 1e6 + heavy_tail();
  struct text first = {0};
  for (int trial = 0; trial < 20; trial++) {
    struct moments m, other;
    moments_init(&m, GROUPS, CELLS);
    moments_init(&other, GROUPS, CELLS);
    for (size_t i = 0; i < LEAVES; i++) {
      size_t leaf = (i * (trial % 2 ? 5 : 11) + (size_t)trial) % LEAVES;
      struct moments *to = trial > 10 && i % 3 ? &other : &m;
      struct moments_node *n = moments_leaf(to, leaf);
      uint64_t keep[64];
      for (size_t l = 0; l < 64; l++) keep[l] = leaf % 5 == 0 && l % 9 == 4 ? 0 : UINT64_MAX;
      for (size_t c = 0; c < GROUPS * CELLS; c++)
        moments_set(to, n, c / CELLS, c % CELLS, &x[c][leaf * 64], keep, leaf % 5 == 0 ? 57 : 64);
      cr_assert(moments_add(to, n));
    }
    cr_assert(moments_merge(&m, &other));
    cr_expect_eq(m.count, 3, "37 leaves are trees of 32, 4 and 1");
    bool failed;
    struct moments_node *total = moments_total(&m, &failed);
    struct text t = {0};
    pack_numbers(&t, total->mean, GROUPS * CELLS);
    pack_numbers(&t, total->m2, GROUPS * CELLS);
    if (trial == 0) first = t;
    cr_expect(memcmp(t.data, first.data, t.size) == 0, "trial %d, SEED %u", trial, SEED);
    if (trial) text_free(&t);
    moments_release(&m, total);
    moments_free(&m);
    moments_free(&other);
  }
  text_free(&first);
}

Test(sketch, merging_again_and_again_takes_no_more_memory) {
  struct moments total, part;
  moments_init(&total, 1, 4);
  moments_init(&part, 1, 4);
  uint64_t keep[64], requests = 0;
  memset(keep, 255, sizeof keep);
  double x[64] = {0};
  for (uint64_t leaf = 0; leaf < 4096; leaf++) {
    struct moments_node *n = moments_leaf(&part, leaf);
    for (size_t c = 0; c < 4; c++) moments_set(&part, n, 0, c, x, keep, 64);
    cr_assert(moments_add(&part, n));
    if (leaf == 2047) mem_fail_at(0);  // counts requests from here on
    if (leaf % 16 == 15) cr_assert(moments_merge(&total, &part));
  }
  requests = mem_requests();
  cr_expect_lt(requests, 20, "%llu requests for 2048 leaves", (unsigned long long)requests);
  moments_free(&total);
  moments_free(&part);
}

Test(sketch, the_variance_keeps_its_digits_beside_a_large_mean) {
  struct moments m;
  moments_init(&m, 1, 1);
  uint64_t keep[64];
  memset(keep, 255, sizeof keep);
  for (uint64_t leaf = 0; leaf < 1000; leaf++) {
    double x[64];
    for (int l = 0; l < 64; l++) x[l] = 1e9 + (l % 2 ? 0.5 : -0.5);
    struct moments_node *n = moments_leaf(&m, leaf);
    moments_set(&m, n, 0, 0, x, keep, 64);
    cr_assert(moments_add(&m, n));
  }
  bool failed;
  struct moments_node *total = moments_total(&m, &failed);
  cr_expect_float_eq(moments_variance(&m, total, 0, 0), 0.25 * 64000 / 63999, 1e-12);
  cr_expect_lt(m.capacity, 17, "the forest is as high as the tree, not as long as the sweep");
  moments_release(&m, total);
  moments_free(&m);
}

Test(sketch, sorting_orders_all_signs_and_ranks_share_ties) {
  double x[] = {3, -1, 0.0, -0.0, -INFINITY, INFINITY, -2, 3, 5e-324}, y[9], ranks[9];
  double sorted[] = {-INFINITY, -2, -1, -0.0, 0.0, 5e-324, 3, 3, INFINITY};
  struct sort_item items[18];
  sort_ranks(x, ranks, items, items + 9, 9);
  sort_numbers(x, y, 9);
  cr_expect(memcmp(x, sorted, sizeof x) == 0);
  double known[] = {7.5, 3, 4.5, 4.5, 1, 9, 2, 7.5, 6};
  cr_expect(memcmp(ranks, known, sizeof known) == 0);
}

Test(sketch, regression_coefficients_match_a_solved_example) {
  // y = 2a - 3b with a, b orthogonal and of unit variance: coefficients 2/sqrt(13), -3/sqrt(13); c = a + b tells
  // nothing new.
  double a[] = {1, 1, -1, -1, 1, 1, -1, -1}, b[] = {1, -1, 1, -1, 1, -1, 1, -1}, c[8], y[8];
  for (int i = 0; i < 8; i++) c[i] = a[i] + b[i], y[i] = 2 * a[i] - 3 * b[i];
  struct importance *m = importance_create(8, 3);
  double rank[3], standard[3];
  struct importance_result r = {.rank = rank, .standard = standard};
  struct importance_work *w = importance_work_create(8);
  importance_prepare(m, (const double *const[]){a, b, c}, y);
  cr_expect(importance_compute(m, w, y, &r));
  cr_expect_float_eq(standard[0], 2 / sqrt(13), 1e-12);
  cr_expect_float_eq(standard[1], -3 / sqrt(13), 1e-12);
  cr_expect(isnan(standard[2]), "a parameter that others determine has no coefficient");
  cr_expect_float_eq(r.explained, 1, 1e-12);
  importance_work_free(w);
  importance_free(m);
}

Test(sketch, an_outcome_of_other_members_does_not_take_their_regression) {
  double a[] = {1, 2, 3, 5}, y[] = {2, 4, 6, NAN}, more[] = {2, 4, 6, 1}, fewer[] = {2, 4, NAN, NAN},
         other[] = {NAN, 4, 6, 1}, none[] = {NAN, NAN, NAN, NAN}, rank, standard;
  struct importance *m = importance_create(4, 1);
  struct importance_work *w = importance_work_create(4);
  struct importance_result r = {.rank = &rank, .standard = &standard};
  const double *const parameters[] = {a};
  importance_prepare(m, parameters, y);
  cr_assert(importance_compute(m, w, y, &r));
  cr_expect(r.members == 3 && rank > 0.999999);
  cr_expect_not(importance_compute(m, w, more, &r));
  cr_expect_not(importance_compute(m, w, fewer, &r));
  cr_expect_not(importance_compute(m, w, other, &r));
  importance_prepare(m, parameters, other);
  cr_assert(importance_compute(m, w, other, &r));
  cr_expect_float_eq(rank, -0.5, 1e-12);
  importance_prepare(m, parameters, none);
  cr_assert(importance_compute(m, w, none, &r));
  cr_expect(r.members == 0 && isnan(rank) && isnan(standard));
  importance_work_free(w);
  importance_free(m);
}

Test(sketch, packed_numbers_come_back_and_cut_ones_fail) {
  struct text t = {0};
  uint64_t counts[] = {0, 1, 127, 128, 1ull << 32, UINT64_MAX};
  int64_t signs[] = {0, -1, 1, INT64_MIN, INT64_MAX};
  for (size_t i = 0; i < 6; i++) pack_count(&t, counts[i]);
  for (size_t i = 0; i < 5; i++) pack_signed(&t, signs[i]);
  struct pack_reader r = {(unsigned char *)t.data, (unsigned char *)t.data + t.size, false};
  for (size_t i = 0; i < 6; i++) cr_expect_eq(pack_read_count(&r), counts[i]);
  for (size_t i = 0; i < 5; i++) cr_expect_eq(pack_read_signed(&r), signs[i]);
  cr_expect(!r.failed && r.at == r.end);
  pack_read_count(&r);
  cr_expect(r.failed);
  text_free(&t);
  cr_expect_eq(pack_crc(0, "123456789", 9), 0xE3069283u, "the check value of CRC-32C");
  cr_expect_eq(pack_crc(pack_crc(0, "1234", 4), "56789", 5), 0xE3069283u);
}

Test(sketch, counts_in_a_row_come_back_wherever_a_large_one_lies_or_the_record_ends) {
  for (size_t large = 0; large <= 32; large++) {
    uint32_t counts[32], read[32];
    for (uint32_t i = 0; i < 32; i++) counts[i] = i == large ? UINT32_MAX - i : 4 * i;
    struct text t = {0};
    pack_counts(&t, counts, 32);
    for (size_t size = 0; size <= t.size; size++) {
      struct pack_reader r = {(unsigned char *)t.data, (unsigned char *)t.data + size, false};
      pack_read_counts(&r, read, 32);
      cr_expect_eq(r.failed, size < t.size, "large one at %zu, %zu bytes", large, size);
    }
    cr_expect_arr_eq(read, counts, sizeof counts, "large one at %zu", large);
    text_free(&t);
  }
}

Test(sketch, ranges_join_and_show_their_gaps) {
  struct ranges r = {0};
  cr_assert(ranges_add(&r, 64, 128) && ranges_add(&r, 256, 320) && ranges_add(&r, 128, 192));
  cr_expect_eq(r.count, 2);
  struct range gap;
  cr_assert(ranges_gap(&r, 0, 1000, &gap));
  cr_expect(gap.first == 0 && gap.end == 64);
  cr_assert(ranges_gap(&r, 64, 1000, &gap));
  cr_expect(gap.first == 192 && gap.end == 256);
  cr_assert(ranges_gap(&r, 256, 1000, &gap));
  cr_expect(gap.first == 320 && gap.end == 1000);
  cr_expect_not(ranges_gap(&r, 256, 320, &gap));
  cr_expect(ranges_meet(&r, 191, 200) && !ranges_meet(&r, 192, 256));
  cr_assert(ranges_add(&r, 0, 400));
  cr_expect(r.count == 1 && ranges_total(&r) == 400);
  ranges_free(&r);
}
