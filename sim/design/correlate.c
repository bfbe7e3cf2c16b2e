// SPDX-License-Identifier: GPL-3.0-or-later
// The matrix holds only parameters that occur in a pair, in declared order, so that the factor is small. It is lower
// triangular: a parameter's draw depends on those declared before it and not on later ones.
// When a pivot fails, one pair must be named. The last row is the first that does not agree with those before it; of
// its pairs, strongest first, we take one that can be made to fit, and say within which range.
#include "design/correlate.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "design/prior.h"
#include "kernel/kernel.h"

static const double LEAST_PIVOT = 1e-9;  // variance left to a row: below it, two parameters are one

struct correlate {
  size_t count;
  uint32_t *parameters;  // ascending
  double *factor;        /* [count][count], lower triangular */
};

struct matrix {  // of the correlated parameters
  size_t count;
  double *cells;                     /* [count][count], symmetric */
  const struct correlation **pairs;  // as cells: who gave it, or NULL
};

double correlate_normal_of_rank(double r) {
  return 2 * kernel_scalar(IR_SIN, M_PI / 6 * r, 0, 0);
}
double correlate_rank_of_normal(double r) {
  return 6 / M_PI * kernel_scalar(IR_ASIN, r / 2, 0, 0);
}

// Row `row` (a member of the matrix) of the Cholesky factor, given the factor's rows of the members before it in
// `order`. Returns the pivot's square, which the caller judges.
static double factor_row(const struct matrix *m, const size_t *order, size_t place, double *factor) {
  double *mine = factor + place * m->count, left = 1;
  for (size_t j = 0; j < place; j++) {
    const double *theirs = factor + j * m->count;
    double sum = m->cells[order[place] * m->count + order[j]];
    for (size_t k = 0; k < j; k++) sum -= mine[k] * theirs[k];
    mine[j] = sum / theirs[j];
    left -= mine[j] * mine[j];
  }
  mine[place] = left > 0 ? sqrt(left) : 0;
  return left;
}

// The number of rows that could be factored; all of them when positive definite.
static size_t factor_rows(const struct matrix *m, const size_t *order, size_t count, double *factor) {
  for (size_t i = 0; i < count; i++)
    if (!(factor_row(m, order, i, factor) > LEAST_PIVOT)) return i;
  return count;
}

// For the pair (row, other): put both last, `other` before `row`; with the rest agreed, the pair may lie in
// centre +- radius (the last two rows of the factor, without the pair's own term).
static bool admissible(struct arena *a, const struct matrix *m, size_t row, size_t other, double *low, double *high) {
  size_t *order = arena_array(a, size_t, row + 1), count = 0;
  double *factor = arena_array(a, double, (row + 1) * m->count);
  for (size_t i = 0; i < row; i++)
    if (i != other) order[count++] = i;
  order[count] = other;
  order[count + 1] = row;
  if (factor_rows(m, order, count + 1, factor) <= count) return false;
  factor_row(m, order, count + 1, factor);
  const double *x = factor + count * m->count, *y = factor + (count + 1) * m->count;
  double centre = 0, left = 1;
  for (size_t k = 0; k < count; k++) centre += x[k] * y[k], left -= y[k] * y[k];
  if (!(left > LEAST_PIVOT)) return false;
  double radius = x[count] * sqrt(left);
  *low = fmax(-1, centre - radius), *high = fmin(1, centre + radius);
  return true;
}

// The strongest pair of the row that has not been tried yet, or SIZE_MAX.
static size_t next_strongest(const struct matrix *m, size_t row, bool *tried) {
  size_t best = SIZE_MAX;
  for (size_t j = 0; j < row; j++) {
    if (tried[j] || !m->pairs[row * m->count + j]) continue;
    if (best == SIZE_MAX || fabs(m->cells[row * m->count + j]) > fabs(m->cells[row * m->count + best])) best = j;
  }
  if (best != SIZE_MAX) tried[best] = true;
  return best;
}

static void report(struct arena *a, const struct matrix *m, size_t row, const char *const *names, struct diag *diag) {
  enum { TRIALS = 16 };  // each costs a factorisation
  bool *tried = arena_array(a, bool, m->count), fits = false;
  size_t first = SIZE_MAX, at = SIZE_MAX;
  double low = -1, high = 1;
  for (int i = 0; i < TRIALS && !fits; i++) {
    if ((at = next_strongest(m, row, tried)) == SIZE_MAX) break;
    if (first == SIZE_MAX) first = at;
    fits = admissible(a, m, row, at, &low, &high);
  }
  if (!fits) at = first;
  const struct correlation *pair = m->pairs[row * m->count + at];
  char given[32];
  diag_error(diag, pair->span, sweep_not_definite, names[pair->a], names[pair->b],
             text_from_number(pair->given, given));
  // Rounded inwards to two digits, in the terms in which the pair was given.
  bool rank = pair->given != pair->normal;
  if (rank) low = correlate_rank_of_normal(low), high = correlate_rank_of_normal(high);
  if (fits && high - low > 0.03)
    diag_hint(diag, "with the correlations declared before, it must lie between %.2f and %.2f", ceil(low * 100) / 100,
              floor(high * 100) / 100);
}

// Gives each correlated parameter its row; `row_of` is UINT32_MAX elsewhere.
static size_t number_rows(const struct correlation *pairs, size_t pair_count, uint32_t *row_of, size_t count) {
  for (size_t i = 0; i < count; i++) row_of[i] = UINT32_MAX;
  for (size_t i = 0; i < pair_count; i++) row_of[pairs[i].a] = row_of[pairs[i].b] = 0;
  size_t rows = 0;
  for (size_t i = 0; i < count; i++)
    if (row_of[i] == 0) row_of[i] = (uint32_t)rows++;
  return rows;
}

static struct matrix fill(struct arena *a, const struct correlation *pairs, size_t pair_count, const uint32_t *row_of,
                          size_t rows) {
  struct matrix m = {rows, arena_array(a, double, rows *rows), NULL};
  m.pairs = arena_array(a, const struct correlation *, rows *rows);
  for (size_t i = 0; i < rows; i++) m.cells[i * rows + i] = 1;
  for (size_t i = 0; i < pair_count; i++) {
    size_t x = row_of[pairs[i].a], y = row_of[pairs[i].b];
    m.cells[x * rows + y] = m.cells[y * rows + x] = pairs[i].normal;
    m.pairs[x * rows + y] = m.pairs[y * rows + x] = &pairs[i];
  }
  return m;
}

struct correlate *correlate_create(struct arena *a, const struct correlation *pairs, size_t pair_count,
                                   const char *const *names, size_t parameter_count, struct diag *diag) {
  uint32_t *row_of = arena_array(a, uint32_t, parameter_count);
  size_t rows = number_rows(pairs, pair_count, row_of, parameter_count);
  if (rows > LIMIT_CORRELATED) {
    diag_error(diag, pairs[0].span, sweep_correlated_many, rows, LIMIT_CORRELATED);
    return NULL;
  }
  struct matrix m = fill(a, pairs, pair_count, row_of, rows);
  struct correlate *c = arena_new(a, struct correlate);
  c->count = rows;
  c->parameters = arena_array(a, uint32_t, rows);
  c->factor = arena_array(a, double, rows *rows);
  for (size_t i = 0; i < parameter_count; i++)
    if (row_of[i] != UINT32_MAX) c->parameters[row_of[i]] = (uint32_t)i;
  size_t *order = arena_array(a, size_t, rows);
  for (size_t i = 0; i < rows; i++) order[i] = i;
  size_t done = factor_rows(&m, order, rows, c->factor);
  if (done == rows) return c;
  report(a, &m, done, names, diag);
  return NULL;
}

static double clamp(double u) {
  return u < 0x1p-53 ? 0x1p-53 : u > 1 - 0x1p-53 ? 1 - 0x1p-53 : u;
}

// Last row first: each row needs the untouched ones before it.
void correlate_apply(const struct correlate *c, double *u, size_t lanes) {
  for (size_t i = 0; i < c->count; i++) {
    double *row = u + c->parameters[i] * lanes;
    for (size_t l = 0; l < lanes; l++) row[l] = prior_normal_quantile(row[l]);
  }
  for (size_t i = c->count; i-- > 0;) {
    double *row = u + c->parameters[i] * lanes;
    const double *factor = c->factor + i * c->count;
    for (size_t l = 0; l < lanes; l++) row[l] *= factor[i];
    for (size_t j = 0; j < i; j++) {
      const double *other = u + c->parameters[j] * lanes;
      if (factor[j] == 0) continue;
      for (size_t l = 0; l < lanes; l++) row[l] += factor[j] * other[l];
    }
    for (size_t l = 0; l < lanes; l++) row[l] = clamp(prior_normal_cumulative(row[l]));
  }
}
