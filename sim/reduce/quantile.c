// SPDX-License-Identifier: GPL-3.0-or-later
// See quantile.h. Three points a level (the quantile and both ends of its interval) are reduced to the ranks they need,
// looked up in one ascending pass, and interpolated: the same code whatever holds the numbers.
#include "reduce/quantile.h"

#include <math.h>
#include <stdlib.h>

#define POINTS (3 * LIMIT_QUANTILES)

struct points {
  double p[POINTS], value[POINTS];
  size_t count;
  uint64_t ranks[2 * POINTS];
  double at_rank[2 * POINTS];
  size_t rank_count;
  uint64_t n;
};

static int compare_ranks(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

static uint64_t lower_rank(double p, uint64_t n) {
  uint64_t low = (uint64_t)floor((double)(n - 1) * p);
  return low < n - 1 ? low : n - 1;
}

static double half_width(double p, uint64_t n) {
  return sqrt(p * (1 - p) / (double)n);
}

static void plan_points(struct points *t, struct quantile_levels levels, uint64_t n) {
  t->n = n;
  t->count = 3 * levels.count;
  for (size_t i = 0; i < levels.count; i++) {
    double p = levels.p[i], d = half_width(p, n);
    t->p[3 * i] = p;
    t->p[3 * i + 1] = fmax(p - d, 0);
    t->p[3 * i + 2] = fmin(p + d, 1);
  }
  t->rank_count = 0;
  for (size_t i = 0; i < t->count; i++) {
    uint64_t low = lower_rank(t->p[i], n);
    t->ranks[t->rank_count++] = low;
    t->ranks[t->rank_count++] = low < n - 1 ? low + 1 : low;
  }
  qsort(t->ranks, t->rank_count, sizeof *t->ranks, compare_ranks);
}

static double number_at(const struct points *t, uint64_t rank) {
  const uint64_t *found = bsearch(&rank, t->ranks, t->rank_count, sizeof *t->ranks, compare_ranks);
  return t->at_rank[found - t->ranks];
}

static void interpolate(struct points *t) {
  for (size_t i = 0; i < t->count; i++) {
    uint64_t low = lower_rank(t->p[i], t->n);
    double x = number_at(t, low), y = number_at(t, low < t->n - 1 ? low + 1 : low);
    double part = (double)(t->n - 1) * t->p[i] - (double)low;
    t->value[i] = x == y ? x : x + part * (y - x);
  }
}

// An interval cut off at 0 or 1 is stretched back to its full width.
static void give(const struct points *t, struct quantile_levels levels, double *values, double *errors) {
  for (size_t i = 0; i < levels.count; i++) {
    double width = t->p[3 * i + 2] - t->p[3 * i + 1], d = half_width(levels.p[i], t->n);
    values[i] = t->value[3 * i];
    errors[i] = t->n < 2 || width <= 0 ? NAN : (t->value[3 * i + 2] - t->value[3 * i + 1]) * (d / width);
  }
}

static bool give_nothing(uint64_t n, struct quantile_levels levels, double *values, double *errors) {
  for (size_t i = 0; n == 0 && i < levels.count; i++) values[i] = errors[i] = NAN;
  return n == 0;
}

void quantile_exact(const double *sorted, uint64_t n, struct quantile_levels levels, double *values, double *errors) {
  if (give_nothing(n, levels, values, errors)) return;
  struct points t;
  plan_points(&t, levels, n);
  for (size_t i = 0; i < t.rank_count; i++) t.at_rank[i] = sorted[t.ranks[i]];
  interpolate(&t);
  give(&t, levels, values, errors);
}

void quantile_sketch(const struct sketch *s, size_t cell, double least, double most, struct quantile_levels levels,
                     double *values, double *errors) {
  uint64_t n = s->info[cell].counted;
  if (give_nothing(n, levels, values, errors)) return;
  struct points t;
  plan_points(&t, levels, n);
  sketch_ranks(s, cell, t.ranks, t.at_rank, t.rank_count);
  for (size_t i = 0; i < t.rank_count; i++) {
    double x = t.at_rank[i] < least ? least : t.at_rank[i] > most ? most : t.at_rank[i];
    t.at_rank[i] = t.ranks[i] == 0 ? least : t.ranks[i] == n - 1 ? most : x;
  }
  interpolate(&t);
  give(&t, levels, values, errors);
}
