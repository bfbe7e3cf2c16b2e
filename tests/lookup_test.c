// SPDX-License-Identifier: GPL-3.0-or-later
// Lookups: the rule at, between and beyond the points in each mode; the plain function, the kernel's short, uniform
// and bisected searches and the per-lane values all with the same bits.
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "kernel/kernel.h"
#include "lang/model.h"

TestSuite(lookup);

enum { SEED = 4711, LANES = 8, MOST = 200 };

static uint64_t next(uint64_t *x) {  // xorshift64 (Marsaglia 2003)
  *x ^= *x << 13, *x ^= *x >> 7, *x ^= *x << 17;
  return *x;
}
static double uniform(uint64_t *x) {
  return (double)(next(x) >> 12) * 0x1p-52;
}

static bool same(double a, double b) {
  return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

static struct lookup_table table(const double *x, const double *y, uint32_t count, enum path_mode mode) {
  struct lookup_table t = {.x = x, .y = y, .count = count, .mode = (uint8_t)mode};
  lookup_prepare(&t);
  return t;
}

// One table of a random kind: spacing even, nearly even or not, jumps, any length, any mode.
static struct lookup_table random_table(uint64_t *random, double *x, double *y) {
  uint32_t count = 1 + (uint32_t)(next(random) % (next(random) % 4 ? 14 : MOST));
  uint64_t kind = next(random) % 4;
  enum path_mode mode = next(random) % 3;
  double spacing = 0.05 + uniform(random), start = (uniform(random) - 0.5) * 100;
  for (uint32_t i = 0; i < count; i++) {
    if (kind == 0) x[i] = start + i * spacing;
    if (kind == 1) x[i] = start + (i + 1e-4 * uniform(random)) * spacing;
    if (kind >= 2) x[i] = i ? x[i - 1] + uniform(random) * spacing * 3 + 1e-3 : start;
    if (kind == 3 && i > 0 && next(random) % 8 == 0 && (mode != PATH_EXTRAPOLATE || (i > 1 && i + 2 < count)))
      x[i] = x[i - 1];
    y[i] = (uniform(random) - 0.5) * 10;
  }
  return table(x, y, count, mode);
}

// At points, beside points, between them and outside.
static double argument(uint64_t *random, const struct lookup_table *t) {
  double at = t->x[next(random) % t->count], span = t->x[t->count - 1] - t->x[0] + 1;
  switch (next(random) % 6) {
    case 0:
      return at;
    case 1:
      return nextafter(at, INFINITY);
    case 2:
      return nextafter(at, -INFINITY);
    case 3:
      return next(random) % 4 ? at * 3 : NAN;
    case 4:
      return next(random) % 2 ? 1e300 : -INFINITY;
    default:
      return t->x[0] + (uniform(random) * 1.2 - 0.1) * span;
  }
}

static const double x4[] = {0, 1, 3, 4}, y4[] = {10, 20, 0, 5};

static const struct row {
  enum path_mode mode;
  double x, y;
} rows[] = {
    {PATH_LINEAR, -1, 10},
    {PATH_LINEAR, 0, 10},
    {PATH_LINEAR, 0.5, 15},
    {PATH_LINEAR, 1, 20},
    {PATH_LINEAR, 2, 10},
    {PATH_LINEAR, 3, 0},
    {PATH_LINEAR, 3.5, 2.5},
    {PATH_LINEAR, 4, 5},
    {PATH_LINEAR, 9, 5},
    {PATH_LINEAR, INFINITY, 5},
    {PATH_LINEAR, -INFINITY, 10},
    {PATH_LINEAR, NAN, NAN},
    {PATH_STEP, -1, 10},
    {PATH_STEP, 0.99, 10},
    {PATH_STEP, 1, 20},
    {PATH_STEP, 2.99, 20},
    {PATH_STEP, 3, 0},
    {PATH_STEP, 4, 5},
    {PATH_STEP, 9, 5},
    {PATH_STEP, NAN, NAN},
    {PATH_STEP, INFINITY, 5},
    {PATH_STEP, -INFINITY, 10},
    {PATH_EXTRAPOLATE, -1, 0},
    {PATH_EXTRAPOLATE, 0, 10},
    {PATH_EXTRAPOLATE, 3.5, 2.5},
    {PATH_EXTRAPOLATE, 4, 5},
    {PATH_EXTRAPOLATE, 6, 15},
    {PATH_EXTRAPOLATE, NAN, NAN},
    {PATH_EXTRAPOLATE, INFINITY, INFINITY},
    {PATH_EXTRAPOLATE, -INFINITY, -INFINITY},
};

Test(lookup, follows_its_rule_at_between_and_beyond_the_points) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct lookup_table t = table(x4, y4, 4, rows[i].mode);
    double y = lookup_value(&t, rows[i].x);
    cr_expect(same(y, rows[i].y), "mode %d at %g: %g, not %g", rows[i].mode, rows[i].x, y, rows[i].y);
  }
}

Test(lookup, gives_the_last_value_exactly_at_the_last_point) {
  double x[] = {0.1, 0.3, 0.7}, y[] = {1.1, 0.9, 0.3};  // y1 + dx*dy/dx would miss 0.3
  for (int mode = 0; mode < 3; mode++) {
    struct lookup_table t = table(x, y, 3, mode);
    for (int i = 0; i < 3; i++) cr_assert_eq(lookup_value(&t, x[i]), y[i], "mode %d, point %d", mode, i);
  }
}

Test(lookup, takes_the_right_value_at_a_jump) {
  double x[] = {0, 1, 1, 2}, y[] = {0, 1, 5, 6};
  struct lookup_table t = table(x, y, 4, PATH_LINEAR);
  cr_assert_not(t.uniform);
  cr_assert_eq(lookup_value(&t, 1), 5);
  cr_assert_eq(lookup_value(&t, nextafter(1, 0)), 1 - 0x1p-53);
  double at_start[] = {0, 0, 1, 1};
  t = table(at_start, y, 4, PATH_LINEAR);
  cr_assert_eq(lookup_value(&t, 0), 1);
  cr_assert_eq(lookup_value(&t, -1), 0);
  cr_assert_eq(lookup_value(&t, 1), 6);
}

Test(lookup, agrees_with_the_path_it_comes_from) {
  static double x[MOST], y[MOST];
  uint64_t random = SEED + 1;
  for (int i = 0; i < 20000; i++) {
    struct lookup_table t = random_table(&random, x, y);
    struct path path = {x, y, t.count, t.mode};
    double at = argument(&random, &t);
    cr_assert(same(lookup_value(&t, at), path_value(&path, at)), "mode %d, %u points, at %a (SEED %d)", t.mode, t.count,
              at, SEED + 1);
  }
}

Test(lookup, holds_the_only_value_of_a_single_point) {
  for (int mode = 0; mode < 3; mode++) {
    struct lookup_table t = table(x4, y4, 1, mode);
    cr_assert_eq(lookup_value(&t, -7), 10);
    cr_assert_eq(lookup_value(&t, 7), 10);
    cr_assert(isnan(lookup_value(&t, NAN)));
  }
}

Test(lookup, knows_an_even_grid_when_it_sees_one) {
  double even[50], uneven[50];
  for (int i = 0; i < 50; i++) even[i] = 2010 + 0.1 * i, uneven[i] = even[i] + (i == 30 ? 0.05 : 0);
  cr_assert(table(even, even, 50, PATH_LINEAR).uniform);
  cr_assert_not(table(uneven, even, 50, PATH_LINEAR).uniform);
  double huge[] = {-1e308, 0, 1e308}, tiny[] = {0, 0x1p-1074, 0x1p-1073};
  cr_assert_not(table(huge, huge, 3, PATH_LINEAR).uniform);
  cr_assert_not(table(tiny, tiny, 3, PATH_LINEAR).uniform);
}

Test(lookup, kernels_agree_with_the_plain_function_in_every_bit) {
  static double x[MOST], y[MOST];
  static _Alignas(64) double slab[(MOST + 2) * LANES];
  uint64_t random = SEED;
  for (int i = 0; i < 20000; i++) {
    struct lookup_table t = random_table(&random, x, y);
    for (int l = 0; l < LANES; l++) slab[LANES + l] = argument(&random, &t);
    for (size_t j = 0; j < t.count * (size_t)LANES; j++) slab[2 * LANES + j] = y[j / LANES];
    struct kernel_env e = {.bases = {slab}, .lanes = LANES, .tables = &t};
    for (int op = IR_LOOKUP; op <= IR_LOOKUPY; op++)
      for (size_t k = 0; kernels[k]; k++) {
        if (!kernels[k]->available()) continue;
        struct instruction n = {.op = (uint16_t)op,
                                .outer_count = 1,
                                .inner_count = 1,
                                .a = {.slot = 1, .inner = 1},
                                .b = {.slot = 2, .inner = 1}};
        kernels[k]->select(&n, LANES)(&n, &e);
        for (int l = 0; l < LANES; l++) {
          double expected = lookup_value(&t, slab[LANES + l]);
          cr_assert(same(slab[l], expected), "%s, %s: %u points, mode %d, uniform %d, at %a: %a, not %a (SEED %d)",
                    kernels[k]->name, op_name(op), t.count, t.mode, t.uniform, slab[LANES + l], slab[l], expected,
                    SEED);
        }
      }
  }
}

Test(lookup, per_lane_values_stay_with_their_lanes) {
  _Alignas(64) double slab[6 * LANES];
  struct lookup_table t = table(x4, y4, 4, PATH_LINEAR);
  for (size_t k = 0; kernels[k]; k++) {
    if (!kernels[k]->available()) continue;
    for (int l = 0; l < LANES; l++) {
      slab[LANES + l] = 0.5;
      for (int i = 0; i < 4; i++) slab[(2 + i) * LANES + l] = 100 * l + 10 * i;
    }
    struct kernel_env e = {.bases = {slab}, .lanes = LANES, .tables = &t};
    struct instruction n = {.op = IR_LOOKUPY,
                            .outer_count = 1,
                            .inner_count = 1,
                            .a = {.slot = 1, .inner = 1},
                            .b = {.slot = 2, .inner = 1}};
    kernels[k]->select(&n, LANES)(&n, &e);
    for (int l = 0; l < LANES; l++) cr_assert_eq(slab[l], 100 * l + 5, "%s, lane %d: %g", kernels[k]->name, l, slab[l]);
  }
}
