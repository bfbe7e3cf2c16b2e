// SPDX-License-Identifier: GPL-3.0-or-later
// See results.h. Members in order, and each number made by one thread: nothing here depends on how the members came,
// nor on the threads. Large scratch is on the heap and released here; the arena holds what stays, one thread at a time
// uses it, and a jump out of it passes through results_make.
#include "reduce/results.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "reduce/quantile.h"
#include "reduce/reduce_state.h"
#include "reduce/reduce_worker.h"
#include "reduce/sort.h"

#define LANES MOMENTS_LEAF

struct maker {
  struct arena *arena;
  struct reducer *r;
  struct sweep_results *s;
  struct quantile_levels levels;
  struct moments_node *main, *derived;  // NULL: no member
  struct scratch *scratch;              /* [threads] */
  unsigned threads;
  struct importance *importance;
  const double **parameters; /* [parameter] into columns */
  double *columns;           /* [parameters][rows] */
  size_t rows;               // members of these results that are in the table
};

struct scratch {            // of one thread
  double *values, *sorting; /* [members] one column, while exact */
  double *outcome;          /* [rows] */
  struct importance_work *importance;
};

// Member by member of a leaf-wise array [leaf][numbers][64].
static double number_of(const double *leaves, size_t numbers, uint64_t member, size_t i) {
  return leaves[(member / LANES * numbers + i) * LANES + member % LANES];
}

// Number `i` of the store over all members that have it.
static size_t gather_stored(const struct maker *m, size_t i, double *values) {
  const struct ranges *members = &m->r->total.members;
  size_t n = 0;
  for (size_t k = 0; k < members->count; k++)
    for (uint64_t member = members->items[k].first; member < members->items[k].end; member++) {
      double x = reduce_worker_stored(m->r, member / LANES)[i * LANES + member % LANES];
      if (!isnan(x)) values[n++] = x;
    }
  return n;
}

// Quantiles of number `i` of a sketch, or of number `stored` of the store. Returns the bound.
static double make_quantiles(const struct maker *m, struct scratch *scratch, const struct sketch *sketch, size_t i,
                             size_t stored, const struct statistics *s) {
  if (!m->r->exact) {
    quantile_sketch(sketch, i, s->least, s->most, m->levels, s->quantiles, s->quantile_errors);
    return s->count && s->least < s->most ? sketch_bound(sketch, i) : 0;
  }
  size_t n = gather_stored(m, stored, scratch->values);
  sort_numbers(scratch->values, scratch->sorting, n);
  quantile_exact(scratch->values, n, m->levels, s->quantiles, s->quantile_errors);
  return 0;
}

static void make_moments(struct statistics *s, const struct moments *shape, const struct moments_node *node,
                         size_t group, size_t cell) {
  s->count = node ? node->count[group] : 0;
  s->mean = s->sd = s->mean_error = s->least = s->most = NAN;
  if (s->count == 0) return;
  size_t at = group * shape->cells + cell;
  s->mean = node->mean[at];
  s->sd = sqrt(moments_variance(shape, node, group, cell));
  s->mean_error = moments_standard_error(shape, node, group, cell);
  s->least = node->least[at];
  s->most = node->most[at];
}

// Quantiles of a column are scattered over [level][time][column].
static void make_saved_number(const struct maker *m, struct scratch *scratch, uint32_t policy, size_t cell) {
  double quantiles[LIMIT_QUANTILES], errors[LIMIT_QUANTILES];
  struct statistics s = {.quantiles = quantiles, .quantile_errors = errors};
  struct sweep_results *to = m->s;
  size_t at = policy * m->r->cells + cell;
  make_moments(&s, &m->r->total.main, m->main, policy, cell);
  to->bounds[at] = make_quantiles(m, scratch, &m->r->total.main_sketch, at, at, &s);
  to->mean[at] = s.mean;
  to->sd[at] = s.sd;
  to->mean_error[at] = s.mean_error;
  to->least[at] = s.least;
  to->most[at] = s.most;
  for (size_t l = 0; l < m->levels.count; l++) {
    size_t place = (policy * m->levels.count + l) * m->r->cells + cell;
    to->quantiles[place] = quantiles[l];
    to->quantile_errors[place] = errors[l];
  }
}

static struct scratch *take_scratch(const struct maker *m, unsigned *next) {
  unsigned mine;
#pragma omp atomic capture
  mine = (*next)++;
  return &m->scratch[mine];
}

static void make_saved(struct maker *m) {
  size_t size = m->r->config.policies * m->r->cells;
  struct sweep_results *s = m->s;
  double **all[] = {&s->mean, &s->sd, &s->mean_error, &s->least, &s->most, &s->bounds};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) *all[i] = arena_array(m->arena, double, size);
  s->quantiles = arena_array(m->arena, double, size * m->levels.count);
  s->quantile_errors = arena_array(m->arena, double, size * m->levels.count);
  unsigned thread = 0;
#pragma omp parallel num_threads((int)m->threads)
  {
    struct scratch *scratch = take_scratch(m, &thread);
#pragma omp for schedule(dynamic, 8)
    for (size_t at = 0; at < size; at++) make_saved_number(m, scratch, (uint32_t)(at / m->r->cells), at % m->r->cells);
  }
  for (size_t at = 0; at < size; at++) s->bound = fmax(s->bound, s->bounds[at]);
}

static struct statistics make_derived(struct maker *m, size_t i) {
  struct statistics s = {.quantiles = arena_array(m->arena, double, m->levels.count),
                         .quantile_errors = arena_array(m->arena, double, m->levels.count)};
  make_moments(&s, &m->r->total.derived, m->derived, i, 0);
  s.bound = make_quantiles(m, m->scratch, &m->r->total.derived_sketch, i, m->r->config.policies * m->r->cells + i, &s);
  m->s->bound = fmax(m->s->bound, s.bound);
  return s;
}

// Uses the column that make_derived has just gathered.
static struct histogram make_histogram(struct maker *m, size_t i, const struct statistics *s) {
  struct histogram h = {.low = s->least, .high = s->most, .bins = m->r->config.histogram_bins};
  h.counts = arena_array(m->arena, uint64_t, h.bins);
  if (s->count == 0) return h;
  if (m->r->exact)
    histogram_exact(&h, m->scratch->values, s->count);
  else
    histogram_sketch(&h, &m->r->total.derived_sketch, i, h.low, h.high);
  return h;
}

// The edges that the user left open: those of the column over all times and policies.
static void find_edges(const struct maker *m, const struct reduce_histogram *spec, double *low, double *high) {
  size_t columns = m->r->config.columns, numbers = m->r->config.policies * m->r->cells;
  double least = INFINITY, most = -INFINITY;
  for (size_t at = spec->column; at < numbers; at += columns) {
    least = fmin(least, m->s->least[at]);  // fmin and fmax pass over NAN
    most = fmax(most, m->s->most[at]);
  }
  *low = isnan(spec->low) ? least : spec->low;
  *high = isnan(spec->high) ? fmax(most, *low) : spec->high;
}

static void make_histograms(struct maker *m) {
  struct reducer *r = m->r;
  size_t moments = r->config.policies * r->config.times;
  m->s->histograms = arena_array(m->arena, struct histogram, r->config.histogram_count * moments);
  for (size_t k = 0; k < r->config.histogram_count * moments; k++) {
    const struct reduce_histogram *spec = &r->config.histograms[k / moments];
    struct histogram *h = &m->s->histograms[k];
    size_t at = k % moments * r->config.columns + spec->column;
    find_edges(m, spec, &h->low, &h->high);
    h->bins = spec->bins;
    h->counts = arena_array(m->arena, uint64_t, h->bins);
    if (isnan(m->s->least[at])) continue;
    if (r->exact)
      histogram_exact(h, m->scratch->values, gather_stored(m, at, m->scratch->values));
    else
      histogram_sketch(h, &r->total.main_sketch, at, m->s->least[at], m->s->most[at]);
  }
}

// Row number `i` of the table over the members of these results.
static void gather_table(const struct maker *m, size_t i, double *to) {
  const struct ranges *members = &m->r->total.members;
  size_t n = 0;
  for (size_t k = 0; k < members->count; k++)
    for (uint64_t member = members->items[k].first; member < members->items[k].end && member < m->r->table_members;
         member++)
      to[n++] = number_of(m->r->table, m->r->row, member, i);
}

static struct importance_result new_importance(const struct maker *m) {
  size_t parameters = m->r->config.parameters;
  return (struct importance_result){.rank = arena_array(m->arena, double, parameters),
                                    .standard = arena_array(m->arena, double, parameters)};
}

// All outcomes that have the members of the present factor.
static void share_importance(const struct maker *m, size_t first, size_t count, bool *made) {
  unsigned thread = 0;
#pragma omp parallel num_threads((int)m->threads)
  {
    struct scratch *scratch = take_scratch(m, &thread);
#pragma omp for schedule(dynamic)
    for (size_t i = first; i < count; i++) {
      if (made[i]) continue;
      gather_table(m, m->r->config.parameters + i, scratch->outcome);
      made[i] = importance_compute(m->importance, scratch->importance, scratch->outcome, &m->s->outcomes[i].importance);
    }
  }
}

static void make_importance(struct maker *m, size_t count) {
  bool *made = arena_array(m->arena, bool, count);
  for (size_t i = 0; i < count; i++) {
    if (made[i]) continue;
    gather_table(m, m->r->config.parameters + i, m->scratch->outcome);
    importance_prepare(m->importance, m->parameters, m->scratch->outcome);
    share_importance(m, i, count, made);
  }
}

static void make_outcomes(struct maker *m) {
  const struct outcome_plan *plan = &m->r->plan;
  size_t count = plan->policies * plan->count;
  m->s->outcomes = arena_array(m->arena, struct outcome_results, count);
  for (size_t i = 0; i < count; i++) {
    struct outcome_results *o = &m->s->outcomes[i];
    o->values = make_derived(m, i);
    o->histogram = make_histogram(m, i, &o->values);
    o->met = m->r->total.counts[i];
    o->importance = new_importance(m);
  }
  make_importance(m, count);
}

static void make_comparisons(struct maker *m) {
  const struct outcome_plan *plan = &m->r->plan;
  m->s->pairs = arena_array(m->arena, struct pair_results, plan->pair_count * plan->count);
  for (size_t i = 0; i < plan->pair_count * plan->count; i++) {
    const uint64_t *better = m->r->total.counts + outcome_better_at(plan, 0, 0) + 2 * i;
    m->s->pairs[i] =
        (struct pair_results){make_derived(m, outcome_difference_at(plan, 0, 0) + i), better[0], better[1]};
  }
  if (plan->policies < 2) return;
  m->s->regrets = arena_array(m->arena, struct statistics, plan->policies * plan->count);
  for (size_t i = 0; i < plan->policies * plan->count; i++)
    m->s->regrets[i] = make_derived(m, outcome_regret_at(plan, 0, 0) + i);
}

// Fewer threads where their scratch would take more than an eighth of the budget.
static bool make_scratch(struct maker *m, uint64_t members) {
  uint64_t bytes = 2 * members * sizeof(double) + importance_work_bytes(m->rows) + m->rows * sizeof(double);
  uint64_t most = m->r->config.memory / 8 / (bytes ? bytes : 1);
  if (m->threads > most) m->threads = most ? (unsigned)most : 1;
  m->scratch = mem_alloc(m->threads * sizeof *m->scratch);
  for (unsigned t = 0; m->scratch && t < m->threads; t++) {
    struct scratch *s = &m->scratch[t];
    if (!((s->values = mem_alloc(members * sizeof(double))) && (s->sorting = mem_alloc(members * sizeof(double))) &&
          (s->outcome = mem_alloc(m->rows * sizeof(double))) && (s->importance = importance_work_create(m->rows))))
      return false;
  }
  return m->scratch;
}

static bool prepare(struct maker *m) {
  const struct reducer *r = m->r;
  uint64_t members = ranges_total(&r->total.members);
  size_t parameters = r->config.parameters;
  for (size_t k = 0; k < r->total.members.count; k++) {
    const struct range *range = &r->total.members.items[k];
    if (range->first < r->table_members)
      m->rows += (range->end < r->table_members ? range->end : r->table_members) - range->first;
  }
  bool failed_main, failed_derived;
  m->main = moments_total(&m->r->total.main, &failed_main);
  m->derived = moments_total(&m->r->total.derived, &failed_derived);
  if (!make_scratch(m, r->exact ? members : 0)) return false;
  m->importance = importance_create(m->rows, parameters);
  m->columns = mem_alloc(parameters * m->rows * sizeof(double));
  m->parameters = mem_alloc(parameters * sizeof(const double *));
  if (failed_main || failed_derived || !m->importance || !m->columns || !m->parameters) return false;
  for (size_t p = 0; p < parameters; p++) {
    gather_table(m, p, m->columns + p * m->rows);
    m->parameters[p] = m->columns + p * m->rows;
  }
  return true;
}

static void release(struct maker *m) {
  moments_release(&m->r->total.main, m->main);
  moments_release(&m->r->total.derived, m->derived);
  for (unsigned t = 0; m->scratch && t < m->threads; t++) {
    mem_free(m->scratch[t].values);
    mem_free(m->scratch[t].sorting);
    mem_free(m->scratch[t].outcome);
    importance_work_free(m->scratch[t].importance);
  }
  mem_free(m->scratch);
  importance_free(m->importance);
  mem_free(m->columns);
  mem_free(m->parameters);
}

static void fill(struct maker *m) {
  struct reducer *r = m->r;
  struct sweep_results *s = m->s;
  reduce_state_trim_failures(&r->total);
  *s = (struct sweep_results){.config = &r->config,
                              .plan = &r->plan,
                              .members = ranges_total(&r->total.members),
                              .exact = r->exact,
                              .table_members = m->rows,
                              .reducer = r,
                              .failures = r->total.failures,
                              .failure_count = r->total.failure_count,
                              .failed = r->total.counts + r->failed_at,
                              .causes = r->total.counts + r->causes_at,
                              .began = r->total.counts + outcome_began_at(&r->plan, 0, 0)};
  make_saved(m);
  make_histograms(m);
  make_outcomes(m);
  make_comparisons(m);
}

// The members of the unfilled last leaf join the others.
static bool take_rest(struct reducer *r, struct diag *diag) {
  if (r->rest.size == 0) return true;
  struct reduce_worker *w = reduce_worker_create(r, diag);
  struct pack_reader in = {(const unsigned char *)r->rest.data, (const unsigned char *)r->rest.data + r->rest.size,
                           false};
  uint64_t end = r->config.members;
  bool good = w && reduce_worker_replay(w, &in, end - end % LANES, end, true, diag);
  r->rest.size = 0;
  good = good && reduce_flush(w, diag);
  reduce_worker_free(w);
  return good;
}

struct sweep_results *results_make(struct arena *a, struct reducer *r, unsigned threads, struct diag *diag) {
  if (!take_rest(r, diag)) return NULL;
  struct maker m = {.arena = a, .r = r, .s = arena_new(a, struct sweep_results), .threads = threads};
  m.levels = (struct quantile_levels){r->config.levels, r->config.level_count};
  if (!prepare(&m)) {
    release(&m);
    diag_error(diag, NOWHERE, memory);
    return NULL;
  }
  jmp_buf *outer = a->oom, here;
  if (setjmp(here)) {
    a->oom = outer;
    release(&m);
    arena_fail(a);
  }
  a->oom = &here;
  fill(&m);
  m.s->threads = threads;
  a->oom = outer;
  release(&m);
  return m.s;
}

double results_table(const struct sweep_results *s, uint64_t member, size_t i) {
  return number_of(s->reducer->table, s->reducer->row, member, i);
}

bool results_keep(const struct sweep_results *s) {
  return (s->exact || s->config->spool) && s->members == s->config->members;
}

size_t results_scratch_bytes(const struct sweep_results *s) {
  return s->config->spool && !s->exact ? spool_scratch_bytes(s->config->spool) : 1;
}

bool results_leaf(const struct sweep_results *s, uint64_t leaf, uint32_t policy, double *out, void *scratch,
                  struct diag *diag) {
  size_t size = s->reducer->cells * LANES;
  if (!s->exact) return spool_read(s->config->spool, leaf, policy, out, scratch, diag);
  memcpy(out, reduce_worker_stored(s->reducer, leaf) + policy * size, size * sizeof *out);
  return true;
}

bool results_has(const struct sweep_results *s, uint64_t member) {
  return ranges_meet(&s->reducer->total.members, member, member + 1);
}
