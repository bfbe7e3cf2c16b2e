// SPDX-License-Identifier: GPL-3.0-or-later
// Draws of every prior against its mean, standard deviation and distribution function, each worked out here on its own.
#include "design/prior.h"

#include <criterion/criterion.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/diag.h"
#include "base/rng.h"

TestSuite(prior);

enum { SEED = 11, DRAWS = 20000 };

static struct arena arena;
static jmp_buf oom;
static struct diag diag;

static void start(void) {
  gsl_set_error_handler_off();
  if (setjmp(oom)) cr_assert_fail("out of memory");
  arena_init(&arena, &oom);
  diag_init(&diag, &arena);
}

static double normal(double z) {
  return 0.5 * erfc(-z / sqrt(2));
}

// Distribution functions by formula, not through the library under test.
static double f_uniform(double x) {
  return (x - 2) / 3;
}
static double f_loguniform(double x) {
  return log(x / 0.1) / log(100);
}
static double f_triangular(double x) {
  return x < 10 ? (x - 8) * (x - 8) / 10 : 1 - (13 - x) * (13 - x) / 15;
}
static double f_normal(double x) {
  return normal((x - 3) / 2);
}
static double f_lognormal(double x) {
  return normal(log(x / 2) / 0.5);
}
static double f_beta(double x) {  // beta(2,3) on 1..5
  double y = (x - 1) / 4;
  return y * y * (6 - 8 * y + 3 * y * y);
}
static double f_gamma(double x) {
  return 1 - exp(-x / 2) * (1 + x / 2 + x * x / 8);
}  // Erlang of order 3, scale 2
static double f_exponential(double x) {
  return 1 - exp(-x / 4);
}

static const struct row {
  struct prior prior;
  double (*f)(double);
  double mean, sd;
  const char *name;
} rows[] = {
    {{.kind = PRIOR_UNIFORM, .args = {2, 5}}, f_uniform, 3.5, 0.8660254, "uniform"},
    {{.kind = PRIOR_LOGUNIFORM, .args = {0.1, 10}}, f_loguniform, 2.1497576, 2.4950, "loguniform"},
    {{.kind = PRIOR_TRIANGULAR, .args = {8, 10, 13}}, f_triangular, 31 / 3.0, 1.0274023, "triangular"},
    {{.kind = PRIOR_NORMAL, .args = {3, 2}}, f_normal, 3, 2, "normal"},
    {{.kind = PRIOR_LOGNORMAL, .args = {2, 0.5}}, f_lognormal, 2.2662969, 1.2078, "lognormal"},
    {{.kind = PRIOR_BETA, .args = {2, 3, 1, 5}, .arg_count = 4}, f_beta, 2.6, 0.8, "beta"},
    {{.kind = PRIOR_GAMMA, .args = {3, 2}}, f_gamma, 6, 3.4641016, "gamma"},
    {{.kind = PRIOR_EXPONENTIAL, .args = {4}}, f_exponential, 4, 4, "exponential"},
};
enum { ROWS = sizeof rows / sizeof *rows };

static struct inverse_cdf prepared(struct prior p, double low, double high) {
  struct inverse_cdf c;
  p.low = low, p.high = high;
  cr_assert(prior_prepare(&arena, &p, "x", &c, &diag));
  return c;
}

static int ascending(const void *x, const void *y) {
  double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}

// Kolmogorov's distance of DRAWS random draws from f between low and high.
static double distance(const struct inverse_cdf *c, double (*f)(double), double low, double high, double *draws) {
  double from = isfinite(low) ? f(low) : 0, to = isfinite(high) ? f(high) : 1, most = 0;
  for (int i = 0; i < DRAWS; i++) draws[i] = prior_draw(c, rng_uniform(SEED, (uint64_t)i, 7, 0, RNG_NO_STEP));
  qsort(draws, DRAWS, sizeof *draws, ascending);
  for (int i = 0; i < DRAWS; i++) {
    double expected = (f(draws[i]) - from) / (to - from);
    most = fmax(most, fmax(fabs(expected - i / (double)DRAWS), fabs(expected - (i + 1) / (double)DRAWS)));
  }
  return most;
}

// 1.95/sqrt(n): passed by a true match but once in a thousand seeds.
static const double CLOSE = 1.95;
static double draws[DRAWS];

Test(prior, mean_and_deviation_are_those_of_the_textbook) {
  start();
  enum { N = 400000 };
  for (int r = 0; r < ROWS; r++) {
    struct inverse_cdf c = prepared(rows[r].prior, -INFINITY, INFINITY);
    double sum = 0, squares = 0;
    for (int i = 0; i < N; i++) {
      double x = prior_draw(&c, (i + 0.5) / N) - rows[r].mean;
      sum += x, squares += x * x;
    }
    cr_expect_lt(fabs(sum / N), 1e-4 * rows[r].sd, "%s: mean off by %g", rows[r].name, sum / N);
    cr_expect_lt(fabs(sqrt(squares / N) / rows[r].sd - 1), 1e-3, "%s: sd %g", rows[r].name, sqrt(squares / N));
  }
}

Test(prior, random_draws_follow_the_distribution_function) {
  start();
  for (int r = 0; r < ROWS; r++) {
    struct inverse_cdf c = prepared(rows[r].prior, -INFINITY, INFINITY);
    double d = distance(&c, rows[r].f, -INFINITY, INFINITY, draws);
    cr_expect_lt(d * sqrt(DRAWS), CLOSE, "%s: distance %g (seed %d)", rows[r].name, d, SEED);
  }
}

Test(prior, truncated_draws_follow_the_conditional_distribution_and_keep_the_bounds) {
  start();
  for (int r = 0; r < ROWS; r++)
    for (int tail = 0; tail < 3; tail++) {
      double sd = rows[r].sd, mean = rows[r].mean;
      double low = tail == 0 ? mean - 0.4 * sd : tail == 1 ? mean + 0.5 * sd : -INFINITY;
      double high = tail == 1 ? INFINITY : mean + 0.3 * sd;
      struct inverse_cdf c = prepared(rows[r].prior, low, high);
      // The support may end before the bound does.
      double from = low > c.low ? low : c.low, to = high < c.high ? high : c.high;
      double d = distance(&c, rows[r].f, from, to, draws);
      cr_expect_lt(d * sqrt(DRAWS), CLOSE, "%s, tail %d: distance %g", rows[r].name, tail, d);
      cr_expect(draws[0] >= low && draws[DRAWS - 1] <= high, "%s, tail %d leaves its bounds", rows[r].name, tail);
    }
}

Test(prior, a_normal_cut_far_in_its_tail_keeps_its_shape) {
  start();
  struct prior p = {.kind = PRIOR_NORMAL, .args = {0, 1}};
  for (int sign = -1; sign <= 1; sign += 2) {
    p.low = sign > 0 ? 6 : -INFINITY, p.high = sign > 0 ? INFINITY : -6;
    struct inverse_cdf c;
    cr_assert(prior_prepare(&arena, &p, "x", &c, &diag));
    double sum = 0;
    for (int i = 0; i < 100000; i++) sum += prior_draw(&c, (i + 0.5) / 100000);
    double expected = exp(-18) / sqrt(2 * M_PI) / (0.5 * erfc(6 / sqrt(2)));  // Mills' ratio
    cr_expect_float_eq(sum / 100000, sign * expected, 1e-4, "%g for %g", sum / 100000, sign * expected);
    // The share of the tail beyond a draw, to ten digits, and rising with u.
    for (double u = 0.125; u < 1; u += 0.125) {
      double share = erfc(fabs(prior_draw(&c, u)) / sqrt(2)) / erfc(6 / sqrt(2));
      cr_expect_float_eq(share, sign > 0 ? 1 - u : u, 1e-10, "u %g: share %.12g", u, share);
    }
  }
}

Test(prior, extreme_shapes_invert_everywhere) {
  start();
  static const struct prior hard[] = {
      {.kind = PRIOR_BETA, .args = {0.05, 0.05}}, {.kind = PRIOR_BETA, .args = {1000, 0.5}},
      {.kind = PRIOR_BETA, .args = {3000, 5000}}, {.kind = PRIOR_GAMMA, .args = {0.05, 1}},
      {.kind = PRIOR_GAMMA, .args = {1e6, 1}},    {.kind = PRIOR_GAMMA, .args = {0.5, 100}},
  };
  for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) {
    struct inverse_cdf c = prepared(hard[i], -INFINITY, INFINITY);
    double last = -INFINITY;
    for (int k = 0; k < 1000; k++) {
      double u = (k + 0.5) / 1000, x = prior_draw(&c, u);
      cr_assert(isfinite(x) && x >= last, "row %zu: %g after %g", i, x, last);
      // Where the distribution is steeper than the numbers are dense, u cannot come back.
      double here = prior_cumulative(&c, x), below = prior_cumulative(&c, nextafter(x, -INFINITY));
      cr_expect(fabs(here - u) < 1e-8 || (below <= u && u <= here), "row %zu, u %g: draw %g, back %g", i, u, x, here);
      last = x;
    }
  }
}

Test(prior, discrete_values_come_by_weight_in_ascending_order) {
  start();
  double values[] = {5, 1, 3}, weights[] = {0.2, 0.5, 0.3};
  struct prior p = {.kind = PRIOR_DISCRETE, .values = values, .weights = weights, .value_count = 3};
  struct inverse_cdf c = prepared(p, -INFINITY, INFINITY);
  cr_expect(prior_draw(&c, 0.499) == 1 && prior_draw(&c, 0.501) == 3 && prior_draw(&c, 0.801) == 5);
  c = prepared(p, 2, 10);
  cr_expect(prior_draw(&c, 1e-9) == 3 && prior_draw(&c, 0.599) == 3 && prior_draw(&c, 0.601) == 5);
  cr_expect(prior_draw(&c, 1 - 1e-12) == 5);
}

Test(prior, the_support_tells_the_smallest_and_largest_draw) {
  start();
  double low, high;
  struct prior p = {.kind = PRIOR_TRIANGULAR, .args = {8, 10, 13}, .low = 9, .high = INFINITY};
  prior_support(&p, &low, &high);
  cr_expect(low == 9 && high == 13);
}

Test(prior, a_truncation_that_leaves_nothing_is_an_error) {
  start();
  struct prior p = {.kind = PRIOR_NORMAL, .args = {0, 1}, .low = 12, .high = 13};
  struct inverse_cdf c;
  cr_expect_not(prior_prepare(&arena, &p, "growth", &c, &diag));
  cr_assert_eq(diag.errors, 1u);
  cr_expect_str_eq(diag.messages.items[0].text,
                   "low and high leave (almost) nothing of the prior of 'growth' (12 to 13)");
}
