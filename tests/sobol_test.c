// SPDX-License-Identifier: GPL-3.0-or-later
// The direction numbers and the scrambling, against what defines them: primitive polynomials, nets, nested digits.
#include "design/sobol.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "design/shuffle.h"

TestSuite(sobol);

static const struct {
  uint32_t bits, initial[16];
} entries[] = {
#define S(bits, ...) {bits, {__VA_ARGS__}},
#include "design/sobol_table.def"
#undef S
};
enum { ENTRIES = sizeof entries / sizeof *entries };

static uint32_t times(uint32_t a, uint32_t b, uint32_t polynomial, unsigned degree) {
  uint32_t product = 0;
  for (; b; b >>= 1) {
    if (b & 1) product ^= a;
    a <<= 1;
    if (a >> degree & 1) a ^= polynomial;
  }
  return product;
}

Test(sobol, the_table_holds_different_primitive_polynomials_and_odd_initial_numbers) {
  cr_assert_eq(ENTRIES, SOBOL_TABLE - 1);
  for (int i = 1; i < ENTRIES; i++) {  // the first, x + 1, is primitive with an order of 1
    unsigned degree = 31 - (unsigned)__builtin_clz(entries[i].bits);
    uint32_t x = 2, order = 1;
    for (; x != 1 && order < 1u << degree; order++) x = times(x, 2, entries[i].bits, degree);
    cr_expect_eq(order, (1u << degree) - 1, "polynomial %u", entries[i].bits);
    cr_expect_gt(entries[i].bits, entries[i - 1].bits);
    for (unsigned k = 0; k < degree; k++)
      cr_expect(entries[i].initial[k] % 2 == 1 && entries[i].initial[k] < 2u << k, "polynomial %u", entries[i].bits);
  }
}

// Counts points in the cells of 2^digits[j] slices in dimension j; every cell must hold the same number.
static bool is_balanced(uint32_t (*points)[4], unsigned m, const unsigned *digits, unsigned dimensions) {
  unsigned all = 0;
  for (unsigned j = 0; j < dimensions; j++) all += digits[j];
  uint32_t *cells = calloc((size_t)1 << all, sizeof *cells);
  for (uint32_t i = 0; i < 1u << m; i++) {
    uint32_t cell = 0;
    for (unsigned j = 0; j < dimensions; j++)
      cell = digits[j] ? cell << digits[j] | points[i][j] >> (32 - digits[j]) : cell;
    cells[cell]++;
  }
  bool ok = true;
  for (uint32_t c = 0; c < 1u << all; c++) ok = ok && cells[c] == 1u << (m - all);
  free(cells);
  return ok;
}

enum { M = 12 };
static uint32_t net[1 << M][4];

static void fill_net(uint32_t offset, bool scrambled) {
  for (unsigned j = 0; j < 4; j++) {
    uint32_t directions[32];
    sobol_directions(j, directions);
    for (uint32_t i = 0; i < 1u << M; i++) {
      uint32_t x = sobol_point(directions, offset + i);
      net[i][j] = scrambled ? sobol_scramble(x, 1234 + j) : x;
    }
  }
}

Test(sobol, two_dimensions_are_a_perfect_net_in_every_aligned_block_scrambled_or_not) {
  for (int scrambled = 0; scrambled < 2; scrambled++)
    for (uint32_t block = 0; block < 3; block++) {
      fill_net(block << M, scrambled);
      for (unsigned a = 0; a <= M; a++)
        cr_expect(is_balanced(net, M, (unsigned[]){a, M - a}, 2), "%u + %u digits, block %u", a, M - a, block);
    }
}

// t is at most the sum of (degree - 1): 0 + 0 + 1 + 2 (Sobol 1967).
Test(sobol, four_dimensions_are_a_net_of_the_promised_quality) {
  fill_net(0, true);
  for (unsigned a = 0; a <= M - 3; a++)
    for (unsigned b = 0; a + b <= M - 3; b++)
      for (unsigned c = 0; a + b + c <= M - 3; c++)
        cr_expect(is_balanced(net, M, (unsigned[]){a, b, c, M - 3 - a - b - c}, 4), "%u %u %u", a, b, c);
}

Test(sobol, every_dimension_fills_every_stratum_once_also_past_the_table) {
  static const uint32_t dimensions[] = {0, 1, 17, 100, 255, 256, 300, 700, 5000};
  for (size_t d = 0; d < sizeof dimensions / sizeof *dimensions; d++) {
    uint32_t directions[32], group = dimensions[d] / SOBOL_TABLE;
    bool seen[1024] = {0};
    sobol_directions(dimensions[d] % SOBOL_TABLE, directions);
    for (uint32_t i = 0; i < 1024; i++) {
      double u = sobol_uniform(sobol_point(directions, sobol_index(i, group, 5)), 99 + d);
      cr_assert(u > 0 && u < 1);
      cr_expect_not(seen[(int)(u * 1024)], "dimension %u", dimensions[d]);
      seen[(int)(u * 1024)] = true;
    }
  }
}

Test(sobol, scrambling_keeps_exactly_the_digits_two_numbers_share) {
  for (uint64_t i = 0; i < 20000; i++) {
    uint32_t x = (uint32_t)rng_bits(3, i, 1, 0, 0), shared = (uint32_t)(i % 32);
    uint32_t y = x ^ (0x80000000u >> shared | (uint32_t)(rng_bits(3, i, 2, 0, 0) & (0x7fffffffu >> shared)));
    uint32_t difference = sobol_scramble(x, 77) ^ sobol_scramble(y, 77);
    cr_assert_eq(__builtin_clz(difference), (int)shared, "%08x %08x", x, y);
  }
}

Test(sobol, scrambled_digits_are_fair_coins_over_keys) {
  enum { KEYS = 20000 };
  for (int digit = 0; digit < 32; digit++) {
    int ones = 0;
    for (uint64_t key = 0; key < KEYS; key++) ones += sobol_scramble(0x5a5a1234u, shuffle_mix(key)) >> digit & 1;
    cr_expect_lt(abs(ones - KEYS / 2), 5 * sqrt(KEYS) / 2, "digit %d: %d of %d", digit, ones, KEYS);
  }
}

enum { DIMENSIONS = 20, SEEDS = 24 };

// Smooth functions with mean 1 whose variables interact: `strong`, all twenty matter; else later ones matter less.
static double integrand(const double *u, bool strong) {
  double product = 1;
  for (int j = 0; j < DIMENSIONS; j++)
    product *= 1 + (exp(u[j]) - (M_E - 1)) / (strong ? 1 + 0.5 * j : (1 + j) * (1 + j));
  return product;
}

static double rms_error(uint32_t n, bool sobol, bool strong) {
  static uint32_t directions[DIMENSIONS][32];
  double squares = 0;
  for (uint32_t j = 0; j < DIMENSIONS; j++) sobol_directions(j, directions[j]);
  for (uint64_t seed = 0; seed < SEEDS; seed++) {
    double sum = 0, u[DIMENSIONS];
    for (uint32_t i = 0; i < n; i++) {
      for (uint32_t j = 0; j < DIMENSIONS; j++)
        u[j] = sobol ? sobol_uniform(sobol_point(directions[j], i), shuffle_key(seed, j))
                     : rng_uniform(seed, i, j, 0, RNG_NO_STEP);
      sum += integrand(u, strong);
    }
    squares += (sum / n - 1) * (sum / n - 1);
  }
  return sqrt(squares / SEEDS);
}

// Of log(error) against log(N), N = 128 .. 16384.
static double slope(bool strong) {
  enum { POINTS = 8 };
  double x = 0, y = 0, xx = 0, xy = 0;
  for (int k = 0; k < POINTS; k++) {
    double n = ldexp(1, 7 + k), a = log(n), b = log(rms_error((uint32_t)n, true, strong));
    x += a, y += b, xx += a * a, xy += a * b;
  }
  return (POINTS * xy - x * y) / (POINTS * xx - x * x);
}

Test(sobol, the_error_falls_as_one_over_n_where_few_variables_matter_most) {
  cr_expect_lt(slope(false), -0.95, "slope %g", slope(false));
  cr_expect_lt(slope(true), -0.7, "slope %g where all twenty interact", slope(true));
}

Test(sobol, the_error_is_ten_times_below_that_of_random_numbers_in_20_dimensions) {
  for (int strong = 0; strong < 2; strong++) {
    double ratio = rms_error(4096, false, strong) / rms_error(4096, true, strong);
    cr_expect_gt(ratio, 10, "ratio %g", ratio);
  }
}

Test(sobol, dimensions_past_the_table_are_not_correlated_with_those_in_it) {
  enum { N = 4096 };
  uint32_t a[32], b[32];
  for (uint32_t d = 0; d < 8; d++) {
    sobol_directions(d, a);
    sobol_directions(d, b);
    double sum = 0;
    for (uint32_t i = 0; i < N; i++)
      sum += (sobol_uniform(sobol_point(a, i), 1 + d) - 0.5) *
             (sobol_uniform(sobol_point(b, sobol_index(i, 1, 42)), 100 + d) - 0.5);
    cr_expect_lt(fabs(12 * sum / N), 5 / sqrt(N), "dimension %u: %g", d, 12 * sum / N);
  }
}

Test(sobol, a_shuffle_is_a_permutation_for_every_count) {
  static const uint64_t counts[] = {1, 2, 3, 7, 64, 100, 1000, 4097};
  for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
    bool seen[5000] = {0};
    for (uint64_t i = 0; i < counts[c]; i++) {
      uint64_t place = shuffle_place(i, counts[c], 17);
      cr_assert(place < counts[c] && !seen[place], "count %lu", (unsigned long)counts[c]);
      seen[place] = true;
    }
  }
  cr_expect_lt(shuffle_place((1ull << 32) - 1, 1ull << 32, 9), 1ull << 32);
}

Test(sobol, shuffles_of_four_reach_all_24_orders_evenly) {
  enum { KEYS = 24000 };
  int counts[256] = {0};
  for (uint64_t key = 0; key < KEYS; key++) {
    unsigned order = 0;
    for (uint64_t i = 0; i < 4; i++) order = order << 2 | (unsigned)shuffle_place(i, 4, shuffle_mix(key));
    counts[order]++;
  }
  double chi = 0;
  int reached = 0;
  for (int o = 0; o < 256; o++) {
    reached += counts[o] > 0;
    if (counts[o]) chi += (counts[o] - 1000.0) * (counts[o] - 1000.0) / 1000;
  }
  cr_expect_eq(reached, 24);
  cr_expect_lt(chi, 55, "chi square %g with 23 degrees of freedom", chi);
}
