// SPDX-License-Identifier: GPL-3.0-or-later
// See importance.h. Columns are standardised to length 1 and mean 0, so that R's diagonal tells at once how far a
// parameter is from what the earlier ones determine. Householder reflections as in Golub and Van Loan, Matrix
// Computations, 4th ed., algorithms 5.1.1 and 5.2.1. Sums run over members in a fixed order: the same bits on every
// machine.
#include "reduce/importance.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "reduce/sort.h"

#define DEPENDENT 1e-8  // a unit column with less than this left is determined by the ones before

struct importance {
  size_t members, parameters;
  uint32_t *used;  // the members of the factored matrix
  size_t used_count;
  double *q;              /* [parameter][used]: R above, reflectors below the diagonal */
  double *tau, *diagonal; /* [parameter] */
  double *ranks;          /* [parameter][used], standardised; NAN column: does not vary */
  bool *free;             /* [parameter]: takes part in the regression */
  size_t *place;          /* [parameter]: column in q */
  struct importance_work *work;
};

struct importance_work {
  double *x, *y; /* [members] */
  struct sort_item *items, *scratch;
};

size_t importance_work_bytes(size_t members) {
  return members * 2 * (sizeof(double) + sizeof(struct sort_item));
}

struct importance_work *importance_work_create(size_t members) {
  struct importance_work *w = mem_alloc(sizeof *w);
  if (w && (w->x = mem_alloc(members * sizeof *w->x)) && (w->y = mem_alloc(members * sizeof *w->y)) &&
      (w->items = mem_alloc(members * sizeof *w->items)) && (w->scratch = mem_alloc(members * sizeof *w->scratch)))
    return w;
  importance_work_free(w);
  return NULL;
}

void importance_work_free(struct importance_work *w) {
  if (!w) return;
  mem_free(w->x);
  mem_free(w->y);
  mem_free(w->items);
  mem_free(w->scratch);
  mem_free(w);
}

struct importance *importance_create(size_t members, size_t parameters) {
  struct importance *m = mem_alloc(sizeof *m);
  if (!m) return NULL;
  *m = (struct importance){.members = members, .parameters = parameters, .used_count = SIZE_MAX};
  size_t size = members * parameters;
  bool good = (m->used = mem_alloc(members * sizeof *m->used)) && (m->work = importance_work_create(members)) &&
              (m->q = mem_alloc(size * sizeof *m->q)) && (m->ranks = mem_alloc(size * sizeof *m->ranks)) &&
              (m->tau = mem_alloc(parameters * sizeof *m->tau)) &&
              (m->diagonal = mem_alloc(parameters * sizeof *m->diagonal)) &&
              (m->free = mem_alloc(parameters * sizeof *m->free)) &&
              (m->place = mem_alloc(parameters * sizeof *m->place));
  if (good) return m;
  importance_free(m);
  return NULL;
}

void importance_free(struct importance *m) {
  if (!m) return;
  mem_free(m->used);
  mem_free(m->q);
  mem_free(m->tau);
  mem_free(m->diagonal);
  mem_free(m->ranks);
  mem_free(m->free);
  mem_free(m->place);
  importance_work_free(m->work);
  mem_free(m);
}

// In eight interleaved sums: a single one would wait for itself at every addition.
static double dot(const double *x, const double *y, size_t n) {
  double s[8] = {0};
  size_t whole = n / 8 * 8;
  for (size_t i = 0; i < whole; i += 8)
    for (size_t k = 0; k < 8; k++) s[k] += x[i + k] * y[i + k];
  for (size_t i = whole; i < n; i++) s[i - whole] += x[i] * y[i];
  return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

// Mean 0 and length 1; false when the numbers do not vary. Scaled by the largest deviation, so that squares neither
// overflow nor vanish.
static bool standardise(double *x, size_t n) {
  double first = n ? x[0] : 0, mean = 0, most = 0;
  for (size_t i = 0; i < n; i++) x[i] -= first, mean += x[i] / (double)n;  // equal numbers become exactly 0
  for (size_t i = 0; i < n; i++) x[i] -= mean, most = fmax(most, fabs(x[i]));
  if (!(most > 0) || isinf(most)) return false;
  for (size_t i = 0; i < n; i++) x[i] /= most;
  double length = sqrt(dot(x, x, n));
  for (size_t i = 0; i < n; i++) x[i] /= length;
  return true;
}

static void gather(double *to, const double *from, const uint32_t *used, size_t n) {
  for (size_t i = 0; i < n; i++) to[i] = from[used[i]];
}

// Applies the reflector of column k to a column.
static void reflect(const struct importance *m, size_t k, double *column) {
  size_t n = m->used_count;
  const double *v = m->q + k * n;
  double s = m->tau[k] * (column[k] + dot(v + k + 1, column + k + 1, n - k - 1));
  column[k] -= s;
  for (size_t i = k + 1; i < n; i++) column[i] -= s * v[i];
}

// Turns column k, already reflected by the earlier ones, into its reflector; false when nothing is left of it.
static bool make_reflector(struct importance *m, size_t k) {
  size_t n = m->used_count;
  double *v = m->q + k * n, rest = dot(v + k + 1, v + k + 1, n - k - 1), length = sqrt(v[k] * v[k] + rest);
  if (length < DEPENDENT) return false;
  double alpha = v[k] > 0 ? -length : length, first = v[k] - alpha;
  m->tau[k] = first * first * 2 / (first * first + rest);
  m->diagonal[k] = alpha;
  for (size_t i = k + 1; i < n; i++) v[i] /= first;
  return true;
}

static void factor(struct importance *m, const double *const *parameters) {
  size_t n = m->used_count, k = 0;
  for (size_t p = 0; p < m->parameters; p++) {
    double *column = m->q + k * n;
    m->free[p] = false;
    if (k + 1 >= n) continue;
    gather(column, parameters[p], m->used, n);
    if (!standardise(column, n)) continue;
    for (size_t j = 0; j < k; j++) reflect(m, j, column);
    if (!make_reflector(m, k)) continue;
    m->free[p] = true;
    m->place[p] = k++;
  }
}

static void rank_parameters(struct importance *m, const double *const *parameters) {
  for (size_t p = 0; p < m->parameters; p++) {
    double *ranks = m->ranks + p * m->used_count;
    gather(m->work->x, parameters[p], m->used, m->used_count);
    sort_ranks(m->work->x, ranks, m->work->items, m->work->scratch, m->used_count);
    if (!standardise(ranks, m->used_count)) ranks[0] = NAN;
  }
}

static bool is_shared(const struct importance *m, const double *outcome) {
  size_t n = 0;
  for (size_t i = 0; i < m->members; i++)
    if (!isnan(outcome[i]) && (n == m->used_count || m->used[n++] != i)) return false;
  return n == m->used_count;
}

void importance_prepare(struct importance *m, const double *const *parameters, const double *outcome) {
  if (is_shared(m, outcome)) return;
  m->used_count = 0;
  for (size_t i = 0; i < m->members; i++)
    if (!isnan(outcome[i])) m->used[m->used_count++] = (uint32_t)i;
  if (m->used_count < 2) return;
  factor(m, parameters);
  rank_parameters(m, parameters);
}

// Solves R b = Q'y for standardised y, from the last column back.
static void regress(const struct importance *m, double *y, struct importance_result *result) {
  size_t n = m->used_count, p = m->parameters, k = 0;
  for (size_t i = 0; i < p; i++)
    if (m->free[i]) reflect(m, k++, y);
  result->explained = fmin(dot(y, y, k), 1);
  while (p-- > 0) {
    if (!m->free[p]) continue;
    size_t row = m->place[p];
    double sum = y[row];
    for (size_t later = p + 1; later < m->parameters; later++)
      if (m->free[later]) sum -= m->q[m->place[later] * n + row] * result->standard[later];
    result->standard[p] = sum / m->diagonal[row];
  }
}

bool importance_compute(const struct importance *m, struct importance_work *w, const double *outcome,
                        struct importance_result *result) {
  if (!is_shared(m, outcome)) return false;
  size_t n = m->used_count;
  result->members = n;
  result->explained = NAN;
  for (size_t p = 0; p < m->parameters; p++) result->rank[p] = result->standard[p] = NAN;
  if (n < 2) return true;
  gather(w->y, outcome, m->used, n);
  sort_ranks(w->y, w->x, w->items, w->scratch, n);
  if (!standardise(w->x, n)) return true;
  for (size_t p = 0; p < m->parameters; p++) result->rank[p] = dot(m->ranks + p * n, w->x, n);
  if (n > m->parameters + 1 && standardise(w->y, n)) regress(m, w->y, result);
  return true;
}
