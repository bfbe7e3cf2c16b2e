// SPDX-License-Identifier: GPL-3.0-or-later
// Draws as the randomness contract has them: functions of seed, member and name alone, whatever the block, the order
// and the other parameters; strata of Latin hypercubes, correlations, grids and lists.
#include "design/design.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

TestSuite(design);

enum { SEED = 2024, LANES = 64 };

static struct arena arena;
static jmp_buf oom;
static struct diag diag;

static void start(void) {
  if (setjmp(oom)) cr_assert_fail("out of memory");
  arena_init(&arena, &oom);
  diag_init(&diag, &arena);
}

static struct sweep_spec *spec_of(enum sampling sampling, uint64_t members, const char *const *names, size_t count) {
  struct sweep_spec *s = arena_new(&arena, struct sweep_spec);
  s->sampling = sampling, s->members = members, s->seed = SEED;
  for (size_t i = 0; i < count; i++) {
    struct sweep_parameter p = {.name = names[i], .dimension = (uint32_t)i};
    p.prior = (struct prior){.kind = PRIOR_UNIFORM, .args = {0, 1}, .low = -INFINITY, .high = INFINITY};
    list_push(&arena, &s->parameters) = p;
  }
  return s;
}

static struct design *design_of(const struct sweep_spec *s) {
  struct design *d = design_create(&arena, s, &diag);
  cr_assert_not_null(d);
  return d;
}

static const char *const abc[] = {"alpha", "beta[ic]", "gamma"};
static const enum sampling futures[] = {SAMPLING_RANDOM, SAMPLING_LATIN, SAMPLING_SOBOL};

Test(design, a_member_drawn_alone_equals_the_member_in_any_block) {
  start();
  for (int k = 0; k < 3; k++) {
    struct design *d = design_of(spec_of(futures[k], 1000, abc, 3));
    double block[3 * LANES], odd[3 * 24], alone[3 * 8];
    design_draw(d, 512, LANES, LANES, block);
    design_draw(d, 517, 19, 24, odd);
    for (uint32_t l = 0; l < 19; l++) {
      design_draw(d, 517 + l, 1, 8, alone);
      for (int i = 0; i < 3; i++) {
        cr_assert(block[i * LANES + 5 + l] == alone[i * 8] && odd[i * 24 + l] == alone[i * 8]);
        cr_assert_eq(alone[i * 8 + 7], alone[i * 8], "spare lanes repeat the last member");
      }
    }
  }
}

Test(design, another_parameter_shifts_no_draw_of_the_others) {
  start();
  static const char *const more[] = {"alpha", "beta[ic]", "gamma", "delta"}, *const fewer[] = {"gamma", "alpha"};
  for (int k = 0; k < 3; k++) {
    struct sweep_spec *s = spec_of(futures[k], 300, fewer, 2);
    s->parameters.items[0].dimension = 2, s->parameters.items[1].dimension = 0;  // their places in the model
    struct design *d = design_of(spec_of(futures[k], 300, abc, 3)), *e = design_of(spec_of(futures[k], 300, more, 4));
    struct design *f = design_of(s);
    double x[3 * LANES], y[4 * LANES], z[2 * LANES];
    design_draw(d, 64, LANES, LANES, x);
    design_draw(e, 64, LANES, LANES, y);
    design_draw(f, 64, LANES, LANES, z);
    cr_expect_arr_eq(x, y, sizeof x);
    cr_expect_arr_eq(x + 2 * LANES, z, LANES * sizeof *x);
    cr_expect_arr_eq(x, z + LANES, LANES * sizeof *x);
  }
}

Test(design, a_longer_random_or_sobol_design_begins_with_the_shorter_one) {
  start();
  for (int k = 0; k < 3; k++) {
    struct design *d = design_of(spec_of(futures[k], 100, abc, 3)), *e = design_of(spec_of(futures[k], 5000, abc, 3));
    double x[3 * LANES], y[3 * LANES];
    design_draw(d, 0, LANES, LANES, x);
    design_draw(e, 0, LANES, LANES, y);
    cr_expect_eq(memcmp(x, y, sizeof x) == 0, design_extends(futures[k]));
  }
}

Test(design, another_seed_gives_other_draws) {
  start();
  for (int k = 0; k < 3; k++) {
    struct sweep_spec *s = spec_of(futures[k], 100, abc, 3);
    struct design *d = design_of(s);
    s->seed++;
    struct design *e = design_of(s);
    double x[3 * 8], y[3 * 8];
    design_draw(d, 8, 8, 8, x);
    design_draw(e, 8, 8, 8, y);
    for (int i = 0; i < 24; i++) cr_expect_neq(x[i], y[i]);
  }
}

// All draws of parameter `row`, in member order.
static double *all_draws(const struct design *d, size_t row) {
  double *draws = arena_array(&arena, double, d->members), *block = arena_array(&arena, double, d->count *LANES);
  for (uint64_t first = 0; first < d->members; first += LANES) {
    uint32_t count = d->members - first < LANES ? (uint32_t)(d->members - first) : LANES;
    design_draw(d, first, count, LANES, block);
    memcpy(draws + first, block + row * LANES, count * sizeof *draws);
  }
  return draws;
}

Test(design, a_latin_hypercube_has_exactly_one_member_in_each_stratum) {
  start();
  static const uint64_t counts[] = {1, 2, 7, 100, 1000, 4096};
  for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
    struct design *d = design_of(spec_of(SAMPLING_LATIN, counts[c], abc, 3));
    for (size_t row = 0; row < 3; row++) {
      bool *seen = arena_array(&arena, bool, counts[c]);
      double *draws = all_draws(d, row);
      for (uint64_t i = 0; i < counts[c]; i++) {
        uint64_t stratum = (uint64_t)(draws[i] * (double)counts[c]);
        cr_assert(stratum < counts[c] && !seen[stratum]);
        seen[stratum] = true;
      }
    }
  }
}

static double pearson(const double *x, const double *y, size_t n) {
  double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
  for (size_t i = 0; i < n; i++) mx += x[i] / (double)n, my += y[i] / (double)n;
  for (size_t i = 0; i < n; i++)
    xx += (x[i] - mx) * (x[i] - mx), yy += (y[i] - my) * (y[i] - my), xy += (x[i] - mx) * (y[i] - my);
  return xy / sqrt(xx * yy);
}

Test(design, parameters_of_a_design_are_uncorrelated_unless_told_so) {
  start();
  for (int k = 0; k < 3; k++) {
    struct design *d = design_of(spec_of(futures[k], 8192, abc, 3));
    double *x = all_draws(d, 0), *y = all_draws(d, 1);
    cr_expect_lt(fabs(pearson(x, y, 8192)), 5 / sqrt(8192), "%s", spec_sampling_names[futures[k]]);
  }
}

static void correlate(struct sweep_spec *s, uint32_t a, uint32_t b, double rank) {
  list_push(&arena, &s->correlations) = (struct correlation){a, b, correlate_normal_of_rank(rank), rank, NOWHERE};
}

// Priors are uniform here, so that Pearson's correlation of draws is Spearman's.
Test(design, the_copula_gives_the_rank_correlations_that_were_asked_for) {
  start();
  enum { N = 32768 };
  static const double ranks[] = {0.6, -0.5, 0.3, 0.95, -0.9};
  for (int k = 0; k < 3; k++)
    for (size_t r = 0; r < sizeof ranks / sizeof *ranks; r++) {
      struct sweep_spec *s = spec_of(futures[k], N, abc, 3);
      correlate(s, 2, 0, ranks[r]);
      struct design *d = design_of(s);
      double *x = all_draws(d, 0), *y = all_draws(d, 1), *z = all_draws(d, 2);
      cr_expect_float_eq(pearson(x, z, N), ranks[r], 0.02, "%g for %g", pearson(x, z, N), ranks[r]);
      cr_expect_float_eq(pearson(x, y, N), 0, 0.02);
    }
}

Test(design, a_parameter_outside_all_pairs_keeps_its_draws_to_the_bit) {
  start();
  for (int k = 0; k < 3; k++) {
    struct sweep_spec *s = spec_of(futures[k], 512, abc, 3);
    double *free_of = all_draws(design_of(s), 1);
    correlate(s, 0, 2, 0.7);
    double *beside = all_draws(design_of(s), 1);
    cr_expect_arr_eq(free_of, beside, 512 * sizeof *beside);
  }
}

Test(design, margins_stay_uniform_under_the_copula) {
  start();
  struct sweep_spec *s = spec_of(SAMPLING_SOBOL, 4096, abc, 3);
  correlate(s, 0, 1, 0.8);
  correlate(s, 1, 2, -0.4);
  struct design *d = design_of(s);
  for (size_t row = 0; row < 3; row++) {
    double *x = all_draws(d, row), mean = 0, square = 0;
    for (int i = 0; i < 4096; i++) mean += x[i] / 4096, square += x[i] * x[i] / 4096;
    cr_expect_float_eq(mean, 0.5, 0.005);
    cr_expect_float_eq(square - mean * mean, 1 / 12.0, 0.005);
  }
}

Test(design, correlations_that_contradict_one_another_are_refused_by_name_with_the_range_that_fits) {
  start();
  struct sweep_spec *s = spec_of(SAMPLING_SOBOL, 10, abc, 3);
  correlate(s, 0, 1, 0.9);
  correlate(s, 1, 2, 0.8);
  correlate(s, 0, 2, -0.85);
  cr_assert_null(design_create(&arena, s, &diag));
  const struct message *m = &diag.messages.items[0];
  cr_expect_str_eq(m->text,
                   "the correlation of 'alpha' and 'gamma' (-0.85) contradicts the others: the matrix is not positive "
                   "definite");
  double low, high;
  cr_assert_eq(sscanf(m->hint, "with the correlations declared before, it must lie between %lf and %lf", &low, &high),
               2, "%s", m->hint);
  // What the hint promises holds just inside, and fails just outside.
  for (int side = 0; side < 4; side++) {
    double rank = side == 0 ? low : side == 1 ? high : side == 2 ? low - 0.03 : high + 0.03;
    s = spec_of(SAMPLING_SOBOL, 10, abc, 3);
    correlate(s, 0, 1, 0.9);
    correlate(s, 1, 2, 0.8);
    correlate(s, 0, 2, rank);
    cr_expect_eq(design_create(&arena, s, &diag) != NULL, side < 2, "%g", rank);
  }
}

Test(design, a_grid_runs_like_nested_loops_with_the_last_axis_fastest) {
  start();
  static const double first[] = {1, 2}, second[] = {10, 20, 30};
  struct sweep_spec *s = spec_of(SAMPLING_GRID, 6, abc, 2);
  s->parameters.items[0].values = first, s->parameters.items[0].value_count = 2;
  s->parameters.items[1].values = second, s->parameters.items[1].value_count = 3;
  struct design *d = design_of(s);
  double out[2 * 8];
  design_draw(d, 0, 6, 8, out);
  cr_expect_arr_eq(out, ((double[]){1, 1, 1, 2, 2, 2}), 6 * sizeof *out);
  cr_expect_arr_eq(out + 8, ((double[]){10, 20, 30, 10, 20, 30}), 6 * sizeof *out);
}

Test(design, a_list_gives_its_rows) {
  start();
  static const double values[] = {3, 1, 4, 1, 5};
  struct sweep_spec *s = spec_of(SAMPLING_LIST, 5, abc, 1);
  s->parameters.items[0].values = values, s->parameters.items[0].value_count = 5;
  double out[8];
  design_draw(design_of(s), 1, 4, 8, out);
  cr_expect_arr_eq(out, ((double[]){1, 4, 1, 5}), 4 * sizeof *out);
}

Test(design, sobol_designs_beat_random_ones_through_priors_and_past_the_table) {
  start();
  double errors[2] = {0};
  for (int k = 0; k < 2; k++)
    for (uint64_t seed = 1; seed <= 16; seed++) {
      struct sweep_spec *s = spec_of(k ? SAMPLING_SOBOL : SAMPLING_RANDOM, 1024, abc, 3);
      s->seed = seed;
      s->parameters.items[0].dimension = 3, s->parameters.items[2].dimension = 700;
      for (int i = 0; i < 3; i++) {
        struct prior *p = &s->parameters.items[i].prior;
        p->kind = PRIOR_LOGNORMAL, p->args[0] = 1, p->args[1] = 0.5;
      }
      struct design *d = design_of(s);
      double *x = all_draws(d, 0), *y = all_draws(d, 1), *z = all_draws(d, 2), sum = 0;
      for (int i = 0; i < 1024; i++) sum += (x[i] + y[i] + z[i]) / 1024;
      errors[k] += (sum - 3 * exp(0.125)) * (sum - 3 * exp(0.125));
    }
  cr_expect_gt(sqrt(errors[0] / errors[1]), 10, "%g", sqrt(errors[0] / errors[1]));
}

Test(design, these_draws_never_change) {  // the contract: a new version must give the same futures for the same seed
  start();
  static const double expected[3] = {0x1.fe6114df7984ep-2, 0x1.c51e4e19d2cf4p-2, 0x1.f995a204d20adp-1};
  for (int k = 0; k < 3; k++) {
    double out[3 * 8];
    design_draw(design_of(spec_of(futures[k], 1000, abc, 3)), 123, 1, 8, out);
    cr_expect(out[8] == expected[k], "%s: %a", spec_sampling_names[futures[k]], out[8]);
  }
}
