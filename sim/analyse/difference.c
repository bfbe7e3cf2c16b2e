// SPDX-License-Identifier: GPL-3.0-or-later
// Comparison column by column, see difference.h. Times are matched by walking both lists: two times are one when they
// are nearer than their printing can tell, and than half the smallest step of either file. A column with a single
// value, at its file's first time, is a constant that was written once and stands for all times. Vensim's missing value
// is -2^109 to count with, and an empty cell in its tables.
#include "analyse/difference.h"

#include <math.h>
#include <stdlib.h>

struct comparing {
  struct arena *arena;
  const struct series *x, *y;
  const struct difference_options *options;
  struct difference *out;
  double step;  // half the smallest step of both files
  double worst;
};

static bool has(const struct series_column *c, size_t i) {
  return c->digits[i * c->stride] != SERIES_NONE;
}

// ---- times

static int ascending(const void *x, const void *y) {
  double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}

// All times of a file, ascending. Columns of a table share theirs.
static double *all_times(struct arena *a, const struct series *s, size_t *count) {
  size_t total = 0;
  const double *last = NULL;
  for (size_t i = 0; i < s->columns.count; i++) {
    const struct series_column *c = &s->columns.items[i];
    total += c->times != last ? c->count : 0, last = c->times;
  }
  double *times = arena_array(a, double, total ? total : 1);
  *count = 0, last = NULL;
  for (size_t i = 0; i < s->columns.count; last = s->columns.items[i++].times) {
    const struct series_column *c = &s->columns.items[i];
    for (size_t k = 0; c->times != last && k < c->count; k++) times[(*count)++] = c->times[k];
  }
  if (*count) qsort(times, *count, sizeof *times, ascending);
  size_t kept = 0;
  for (size_t i = 0; i < *count; i++)
    if (!kept || times[i] != times[kept - 1]) times[kept++] = times[i];
  *count = kept;
  return times;
}

static double half_step(const double *times, size_t count, double step) {
  for (size_t i = 1; i < count; i++) step = fmin(step, (times[i] - times[i - 1]) / 2);
  return step;
}

static double most(double a, double b) {
  return a > b ? a : b;
}

// A time of one file before, with (0) or after that of the other.
static int order(const struct comparing *c, double a, double b) {
  double near = 1e-9 * most(fabs(a), fabs(b));
  double printed = 2 * most(pow(10, floor(log10(most(fabs(a), 1e-300))) - most(c->x->significant, 6) + 1),
                            pow(10, floor(log10(most(fabs(b), 1e-300))) - most(c->y->significant, 6) + 1));
  double tolerance = fmin(most(near, printed), c->step);
  if (fabs(a - b) <= tolerance || a == b) return 0;
  return a < b ? -1 : 1;
}

static void compare_times(struct comparing *c) {
  size_t n, m, i = 0, k = 0;
  double *x = all_times(c->arena, c->x, &n), *y = all_times(c->arena, c->y, &m);
  c->step = half_step(y, m, half_step(x, n, INFINITY));
  while (i < n || k < m) {
    int o = i == n ? 1 : k == m ? -1 : order(c, x[i], y[k]);
    if (o < 0) list_push(c->arena, &c->out->times_a) = x[i];
    if (o > 0) list_push(c->arena, &c->out->times_b) = y[k];
    i += o <= 0, k += o >= 0;
  }
}

static bool is_among(const struct comparing *c, double time, const double *times, size_t count) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int o = order(c, time, times[middle]);
    if (o == 0) return true;
    if (o < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return false;
}

// ---- values

static double magnitude(const struct series_column *c) {
  double largest = 0;
  for (size_t i = 0; i < c->count; i++) {
    double x = fabs(c->values[i * c->stride]);
    if (has(c, i) && isfinite(x) && x > largest) largest = x;
  }
  return largest;
}

static double allowed(const struct comparing *c, const struct series_column *p, size_t i, const struct series_column *q,
                      size_t k, double largest) {
  double a = p->values[i * p->stride], b = q->values[k * q->stride];
  if (c->options->rtol >= 0 || c->options->atol >= 0)
    return most(c->options->atol, 0) + most(c->options->rtol, 0) * most(fabs(a), fabs(b));
  double unit = most(series_unit(c->x, a, p->digits[i * p->stride]), series_unit(c->y, b, q->digits[k * q->stride]));
  return most(2 * unit, 1e-5 * largest);
}

static void note(struct comparing *c, const struct difference_point *p, double share) {
  c->out->differing++;
  if (!c->out->first.name || p->time < c->out->first.time) c->out->first = *p;
  if (!c->out->worst.name || share > c->worst) c->out->worst = *p, c->worst = share;
}

static void compare_value(struct comparing *c, const struct series_column *p, size_t i, const struct series_column *q,
                          size_t k, double largest, double time) {
  double a = p->values[i * p->stride], b = q->values[k * q->stride];
  struct difference_point point = {p->name, time, a, b, allowed(c, p, i, q, k, largest)};
  c->out->values++;
  if (a == b || (isnan(a) && isnan(b))) return;
  bool finite = isfinite(a) && isfinite(b);
  if (finite && fabs(a - b) <= point.allowed * (1 + 1e-9)) return;  // 1e-9: differences of decimals are not exact
  note(c, &point, finite && point.allowed > 0 ? fabs(a - b) / point.allowed : INFINITY);
}

// A value of one column where the other has none; silent where the other file has no such time at all.
static void add_gap(struct comparing *c, const struct series_column *p, size_t i, bool of_x) {
  double time = p->times[i], value = p->values[i * p->stride];
  const double *alone = of_x ? c->out->times_a.items : c->out->times_b.items;
  size_t count = of_x ? c->out->times_a.count : c->out->times_b.count;
  if (value == -0x1p109 || is_among(c, time, alone, count)) return;
  if (c->out->gaps++ && c->out->gap.time <= time) return;
  c->out->gap = (struct difference_point){p->name, time, of_x ? value : NAN, of_x ? NAN : value, 0};
}

// The place of the only value of a column, or SIZE_MAX.
static size_t only_value(const struct series_column *c) {
  size_t found = SIZE_MAX;
  for (size_t i = 0; i < c->count; i++) {
    if (!has(c, i)) continue;
    if (found != SIZE_MAX) return SIZE_MAX;
    found = i;
  }
  return found;
}

static bool compare_constant(struct comparing *c, const struct series_column *p, const struct series_column *q,
                             double largest) {
  size_t i = only_value(p), k = only_value(q);
  if ((i == SIZE_MAX) == (k == SIZE_MAX)) return false;
  if ((i == SIZE_MAX ? k : i) != 0) return false;
  const struct series_column *many = i == SIZE_MAX ? p : q;
  for (size_t n = 0; n < many->count; n++)
    if (has(many, n)) compare_value(c, p, i == SIZE_MAX ? n : i, q, i == SIZE_MAX ? k : n, largest, many->times[n]);
  return true;
}

static void compare_column(struct comparing *c, const struct series_column *p, const struct series_column *q) {
  double largest = most(magnitude(p), magnitude(q));
  size_t i = 0, k = 0, before = c->out->differing;
  c->out->columns++;
  bool done = compare_constant(c, p, q, largest);
  while (!done && (i < p->count || k < q->count)) {
    int o = i == p->count ? 1 : k == q->count ? -1 : order(c, p->times[i], q->times[k]);
    bool left = o <= 0 && has(p, i), right = o >= 0 && has(q, k);
    if (left && right)
      compare_value(c, p, i, q, k, largest, p->times[i]);
    else if (left)
      add_gap(c, p, i, true);
    else if (right)
      add_gap(c, q, k, false);
    i += o <= 0, k += o >= 0;
  }
  c->out->differing_columns += c->out->differing > before;
}

// ---- columns

static uint32_t find(struct arena *a, const struct series *s, const char *name, struct diag *diag) {
  uint32_t at = map_get(&s->names, series_key(a, name));
  if (at != MAP_NONE) return at;
  diag_error(diag, NOWHERE, difference_column, s->path, name);
  diag_did_you_mean(diag, map_nearest_key(&s->names, series_key(a, name)));
  return MAP_NONE;
}

// partner[column of x]: its column of y, or MAP_NONE. False after errors.
static bool pair_columns(struct comparing *c, uint32_t *partner, bool *taken, struct diag *diag) {
  for (uint32_t i = 0; i < c->x->columns.count; i++) partner[i] = MAP_NONE;
  bool *given = arena_array(c->arena, bool, c->x->columns.count);
  for (size_t i = 0; i < c->options->pairs.count; i++) {
    uint32_t a = find(c->arena, c->x, c->options->pairs.items[i].a, diag);
    uint32_t b = find(c->arena, c->y, c->options->pairs.items[i].b, diag);
    if (a == MAP_NONE || b == MAP_NONE) return false;
    if (given[a] || taken[b]) {
      diag_error(diag, NOWHERE, difference_pair_twice,
                 given[a] ? c->options->pairs.items[i].a : c->options->pairs.items[i].b);
      return false;
    }
    partner[a] = b, given[a] = taken[b] = true;
  }
  for (uint32_t i = 0; i < c->x->columns.count; i++) {
    if (given[i]) continue;
    uint32_t b = map_get(&c->y->names, series_key(c->arena, c->x->columns.items[i].name));
    if (b != MAP_NONE && !taken[b]) partner[i] = b, taken[b] = true;
  }
  return true;
}

struct difference *difference_find(struct arena *a, const struct series *x, const struct series *y,
                                   const struct difference_options *options, struct diag *diag) {
  struct difference *d = arena_new(a, struct difference);
  struct comparing c = {.arena = a, .x = x, .y = y, .options = options, .out = d};
  uint32_t *partner = arena_array(a, uint32_t, x->columns.count);
  bool *taken = arena_array(a, bool, y->columns.count);
  if (!pair_columns(&c, partner, taken, diag)) return NULL;
  compare_times(&c);
  for (size_t i = 0; i < x->columns.count; i++) {
    const struct series_column *p = &x->columns.items[i];
    if (partner[i] == MAP_NONE)
      list_push(a, &d->only_a) = p->name;
    else
      compare_column(&c, p, &y->columns.items[partner[i]]);
  }
  for (size_t i = 0; i < y->columns.count; i++)
    if (!taken[i]) list_push(a, &d->only_b) = y->columns.items[i].name;
  return d;
}

bool difference_agrees(const struct difference *d) {
  return d->values && !d->differing;
}

bool difference_is_none(const struct difference *d) {
  return difference_agrees(d) && !d->gaps && !d->only_a.count && !d->only_b.count && !d->times_a.count &&
         !d->times_b.count;
}
