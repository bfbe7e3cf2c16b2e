// SPDX-License-Identifier: GPL-3.0-or-later
// See reduce.h and reduce_worker.h: what happens to a block. The saved numbers of full leaves are reduced where the
// engine left them; nothing is locked, since a worker writes to its own state and to its own members' places in the
// store and the table.
#include "reduce/reduce_worker.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "reduce/reduce_state.h"

#define LANES MOMENTS_LEAF

static bool allocate_leaf(struct reduce_leaf *leaf, const struct reducer *r) {
  const struct reduce_config *c = &r->config;
  leaf->parameters = mem_alloc(c->parameters * LANES * sizeof(double));
  leaf->phase_starts = mem_alloc(c->policies * c->phases * LANES * sizeof(double));
  leaf->failures = mem_alloc(c->policies * LANES * sizeof(struct failure));
  leaf->derived = mem_alloc(r->plan.derived * LANES * sizeof(double));
  return leaf->parameters && leaf->phase_starts && leaf->failures && leaf->derived;
}

struct reduce_worker *reduce_worker_create(struct reducer *r, struct diag *diag) {
  struct reduce_worker *w = mem_alloc(sizeof *w);
  if (w) {
    w->r = r;
    bool good = reduce_state_init(&w->state, r) && reduce_state_queue(&w->state, r);
    for (int k = 0; k < REDUCE_WINDOW_LEAVES; k++) good = good && allocate_leaf(&w->leaves[k], r);
    if (good) return w;
    reduce_worker_free(w);
  }
  diag_error(diag, NOWHERE, memory);
  return NULL;
}

void reduce_worker_free(struct reduce_worker *w) {
  if (!w) return;
  for (int k = 0; k < REDUCE_WINDOW_LEAVES; k++) {
    struct reduce_leaf *leaf = &w->leaves[k];
    moments_release(&w->state.main, leaf->main);
    mem_free(leaf->parameters);
    mem_free(leaf->phase_starts);
    mem_free(leaf->failures);
    mem_free(leaf->derived);
  }
  reduce_state_free(&w->state);
  text_free(&w->raw);
  text_free(&w->rest);
  mem_free_aligned(w->gather);
  mem_free(w->rest_saved);
  mem_free_aligned(w->spool_scratch);
  mem_free(w);
}

double *reduce_worker_stored(const struct reducer *r, uint64_t leaf) {
  return r->store + leaf * (r->config.policies * r->cells + r->plan.derived) * LANES;
}

static uint32_t leaf_members(const struct reduce_worker *w, size_t k) {
  uint64_t left = w->run.end - (w->window + k * LANES);
  return left < LANES ? (uint32_t)left : LANES;
}

static bool is_rest(const struct reduce_worker *w) {
  return !w->applying && w->run.end - w->run.first < LANES;
}

// Where the saved numbers of a leaf are kept, or NULL when they are not.
static double *kept_saved(const struct reduce_worker *w, size_t k, uint32_t policy) {
  size_t at = policy * w->r->cells * LANES;
  if (w->r->exact) return reduce_worker_stored(w->r, w->window / LANES + k) + at;
  return is_rest(w) ? w->rest_saved + at : NULL;
}

void reduce_begin(struct reduce_worker *w, struct range run) {
  assert(run.first % LANES == 0 && run.first < run.end && w->policy == 0 && w->received == 0);
  w->run = run;
  w->window = run.first;
}

// All ones for the members that count.
static uint32_t make_keep(const struct failure *failures, uint32_t members, uint64_t keep[LANES]) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < LANES; i++) {
    bool good = i < members && isnan(failures[i].time);
    keep[i] = good ? UINT64_MAX : 0;
    kept += good;
  }
  return kept;
}

static bool sketch_kept(struct sketch *s, size_t cell, const double *values, const uint64_t *keep, uint32_t kept) {
  if (kept == LANES) return sketch_add(s, cell, values, LANES);
  double good[LANES];
  uint32_t n = 0;
  for (uint32_t i = 0; i < LANES; i++)
    if (keep[i]) good[n++] = values[i];
  return n == 0 || sketch_add(s, cell, good, n);
}

static bool reduce_saved(struct reduce_worker *w, struct reduce_leaf *leaf, uint32_t policy, const double *saved,
                         size_t stride, const uint64_t keep[LANES], uint32_t kept) {
  struct reducer *r = w->r;
  for (size_t cell = 0; cell < r->cells; cell++)
    moments_set(&w->state.main, leaf->main, policy, cell, saved + cell * stride, keep, kept);
  if (r->exact) return true;
  for (size_t cell = 0; cell < r->cells; cell++)
    if (!sketch_kept(&w->state.main_sketch, policy * r->cells + cell, saved + cell * stride, keep, kept)) return false;
  return true;
}

static bool count_failures(struct reduce_worker *w, size_t k, uint32_t policy) {
  const struct failure *failures = w->leaves[k].failures + policy * LANES;
  for (uint32_t i = 0; i < leaf_members(w, k); i++) {
    if (isnan(failures[i].time)) continue;
    w->state.counts[w->r->failed_at + policy]++;
    assert(failures[i].variable < w->r->config.variables);
    w->state.counts[w->r->causes_at + policy * w->r->config.variables + failures[i].variable]++;
    struct reduce_failure f = {w->window + k * LANES + i, policy, failures[i]};
    if (!reduce_state_add_failure(&w->state, f)) return false;
  }
  return true;
}

// What a failed member had saved before it failed is not kept: NAN says that it is absent.
static void copy_kept(double *to, const double *from, const uint64_t keep[LANES], uint32_t kept) {
  memcpy(to, from, LANES * sizeof *to);
  for (uint32_t i = 0; kept < LANES && i < LANES; i++)
    if (!keep[i]) to[i] = NAN;
}

static bool spool_leaf(struct reduce_worker *w, size_t k, uint32_t policy, const double *saved, size_t stride,
                       const uint64_t keep[LANES]) {
  struct spool *spool = w->r->config.spool;
  if (!spool || w->r->exact) return true;  // while exact, the store and the journal have them
  if (!w->spool_scratch && !(w->spool_scratch = mem_alloc_aligned(spool_scratch_bytes(spool)))) return false;
  return spool_write(spool, w->window / LANES + k, policy, saved, stride, keep, w->spool_scratch, w->diag);
}

// One leaf of one policy.
static bool take_leaf(struct reduce_worker *w, size_t k, uint32_t policy, const double *saved, size_t stride) {
  struct reducer *r = w->r;
  struct reduce_leaf *leaf = &w->leaves[k];
  uint64_t keep[LANES];
  uint32_t kept = make_keep(leaf->failures + policy * LANES, leaf_members(w, k), keep);
  double *kept_at = kept_saved(w, k, policy);
  for (size_t cell = 0; kept_at && cell < r->cells; cell++)
    copy_kept(kept_at + cell * LANES, saved + cell * stride, keep, kept);
  if (!spool_leaf(w, k, policy, saved, stride, keep)) return false;
  if (is_rest(w)) return true;
  if (!leaf->main && !(leaf->main = moments_leaf(&w->state.main, w->window / LANES + k))) return false;
  const double *phases = leaf->phase_starts + policy * r->config.phases * LANES;
  outcome_values(&r->plan, saved, stride, phases, keep, leaf->derived + policy * r->plan.count * LANES);
  outcome_tally_phases(&r->plan, policy, phases, keep, w->state.counts);
  return count_failures(w, k, policy) && reduce_saved(w, leaf, policy, saved, stride, keep, kept);
}

static bool reduce_derived(struct reduce_worker *w, size_t k) {
  struct reducer *r = w->r;
  struct reduce_leaf *leaf = &w->leaves[k];
  uint64_t number = w->window / LANES + k;
  outcome_derive(&r->plan, leaf->derived);
  outcome_tally(&r->plan, leaf->derived, w->state.counts);
  if (r->exact)
    memcpy(reduce_worker_stored(r, number) + r->config.policies * r->cells * LANES, leaf->derived,
           r->plan.derived * LANES * sizeof(double));
  struct moments_node *node = moments_leaf(&w->state.derived, number);
  if (!node) return false;
  for (size_t i = 0; i < r->plan.derived; i++) {
    const double *x = leaf->derived + i * LANES;
    uint64_t keep[LANES];
    uint32_t kept = 0;
    for (uint32_t lane = 0; lane < LANES; lane++) {
      keep[lane] = isnan(x[lane]) ? 0 : UINT64_MAX;
      kept += !isnan(x[lane]);
    }
    moments_set(&w->state.derived, node, i, 0, x, keep, kept);
    if (!r->exact && !sketch_kept(&w->state.derived_sketch, i, x, keep, kept)) {
      moments_release(&w->state.derived, node);
      return false;
    }
  }
  return moments_add(&w->state.derived, node);
}

static void fill_table(struct reduce_worker *w, size_t k) {
  struct reducer *r = w->r;
  uint64_t first = w->window + k * LANES;
  if (first >= r->table_members) return;
  double *row = r->table + first * r->row;
  size_t parameters = r->config.parameters * LANES, outcomes = (r->row - r->config.parameters) * LANES;
  memcpy(row, w->leaves[k].parameters, parameters * sizeof *row);
  memcpy(row + parameters, w->leaves[k].derived, outcomes * sizeof *row);
}

static void pack_leaf(struct reduce_worker *w, size_t k, struct text *out) {
  const struct reduce_config *c = &w->r->config;
  const struct reduce_leaf *leaf = &w->leaves[k];
  uint32_t members = leaf_members(w, k);
  pack_count(out, w->window + k * LANES);
  pack_count(out, members);
  pack_numbers(out, leaf->parameters, c->parameters * LANES);
  pack_numbers(out, leaf->phase_starts, c->policies * c->phases * LANES);
  for (uint32_t p = 0; p < c->policies; p++) {
    uint64_t failed = 0;
    for (uint32_t i = 0; i < members; i++) failed += !isnan(leaf->failures[p * LANES + i].time);
    pack_count(out, failed);
    for (uint32_t i = 0; i < members; i++)
      if (!isnan(leaf->failures[p * LANES + i].time))
        reduce_pack_failure(out, &(struct reduce_failure){i, p, leaf->failures[p * LANES + i]});
    pack_numbers(out, kept_saved(w, k, p), w->r->cells * LANES);
  }
}

// All policies of a leaf are there.
static bool finish_leaf(struct reduce_worker *w, size_t k) {
  struct reduce_leaf *leaf = &w->leaves[k];
  uint64_t first = w->window + k * LANES;
  if (is_rest(w)) {
    pack_leaf(w, k, &w->rest);
    mem_free(w->rest_saved);
    w->rest_saved = NULL;
    return !w->rest.failed;
  }
  struct moments_node *main = leaf->main;
  leaf->main = NULL;
  if (!moments_add(&w->state.main, main) || !reduce_derived(w, k)) return false;
  fill_table(w, k);
  if (w->r->exact && !w->applying) pack_leaf(w, k, &w->raw);
  return !w->raw.failed && ranges_add(&w->state.members, first, first + leaf_members(w, k));
}

// What differs by lane but is small: copied to its place in the leaf.
static void copy_sides(struct reduce_leaf *leaf, const struct reducer *r, const struct sweep_block *b, uint32_t from,
                       uint32_t at, uint32_t n) {
  const struct reduce_config *c = &r->config;
  for (size_t i = 0; b->policy == 0 && i < c->parameters; i++)
    memcpy(leaf->parameters + i * LANES + at, b->parameters + i * b->lanes + from, n * sizeof(double));
  double *phases = leaf->phase_starts + b->policy * c->phases * LANES;
  for (size_t i = 0; i < c->phases; i++)
    memcpy(phases + i * LANES + at, b->phase_starts + i * b->lanes + from, n * sizeof(double));
  memcpy(leaf->failures + b->policy * LANES + at, b->failures + from, n * sizeof(struct failure));
}

static bool take_wide(struct reduce_worker *w, const struct sweep_block *b) {
  for (uint32_t from = 0, k = 0; from < b->count; from += LANES, k++) {
    uint32_t n = b->count - from < LANES ? b->count - from : LANES;
    copy_sides(&w->leaves[k], w->r, b, from, 0, n);
    if (!take_leaf(w, k, b->policy, b->saved + from, b->lanes)) return false;
  }
  return true;
}

static bool take_narrow(struct reduce_worker *w, const struct sweep_block *b) {
  size_t bytes = w->r->cells * LANES * sizeof(double);
  if (!w->gather && !(w->gather = mem_alloc_aligned(bytes))) return false;
  copy_sides(&w->leaves[0], w->r, b, 0, w->received, b->count);
  for (size_t cell = 0; cell < w->r->cells; cell++)
    memcpy(w->gather + cell * LANES + w->received, b->saved + cell * b->lanes, b->count * sizeof(double));
  if (w->received + b->count < leaf_members(w, 0)) return true;
  return take_leaf(w, 0, b->policy, w->gather, LANES);
}

// Moves on to the next policy, and after the last one to the next window.
static bool advance(struct reduce_worker *w, uint32_t lanes, uint32_t count) {
  uint32_t width = lanes > LANES ? lanes : LANES;
  uint64_t left = w->run.end - w->window;
  uint32_t expected = left < width ? (uint32_t)left : width;
  w->received += count;
  if (w->received < expected) return true;
  w->received = 0;
  if (++w->policy < w->r->config.policies) return true;
  w->policy = 0;
  for (size_t k = 0; k * LANES < expected; k++)
    if (!finish_leaf(w, k)) return false;
  w->window += expected;
  return true;
}

bool reduce_feed(struct reduce_worker *w, const struct sweep_block *b, struct diag *diag) {
  struct reducer *r = w->r;
  assert(b->policy == w->policy && b->first == w->window + w->received && b->count <= b->lanes);
  assert(b->first + b->count <= w->run.end && b->lanes <= REDUCE_WINDOW_LEAVES * LANES);
  bool good = true;
  size_t errors = diag->errors;
  w->diag = diag;
  if (is_rest(w) && !r->exact && !w->rest_saved) {
    w->rest_saved = mem_alloc(r->config.policies * r->cells * LANES * sizeof(double));
    good = w->rest_saved != NULL;
  }
  good = good && (b->lanes >= LANES ? take_wide(w, b) : take_narrow(w, b)) && advance(w, b->lanes, b->count);
  if (!good && diag->errors == errors) diag_error(diag, NOWHERE, memory);
  return good;
}

static void read_failures(struct failure failures[LANES], const struct reducer *r, uint32_t members,
                          struct pack_reader *in) {
  for (uint32_t i = 0; i < LANES; i++) failures[i] = (struct failure){.time = NAN};
  uint64_t failed = pack_read_bounded(in, members);
  for (uint64_t i = 0; i < failed && !in->failed; i++) {
    struct reduce_failure f = reduce_unpack_failure(in);
    if (f.member >= members || f.failure.variable >= r->config.variables)
      in->failed = true;
    else
      failures[f.member] = f.failure;
  }
}

bool reduce_worker_replay(struct reduce_worker *w, struct pack_reader *in, uint64_t first, uint64_t end, bool apply,
                          struct diag *diag) {
  struct reducer *r = w->r;
  size_t phases = r->config.policies * r->config.phases * LANES, parameters = r->config.parameters * LANES;
  double *numbers = mem_alloc((phases + parameters + r->cells * LANES) * sizeof *numbers);
  struct failure failures[LANES];
  struct sweep_block b = {.first = first, .count = (uint32_t)(end - first), .lanes = LANES, .failures = failures};
  bool good = numbers != NULL;
  if (good) {
    if (pack_read_count(in) != first || pack_read_count(in) != b.count) in->failed = true;
    pack_read_numbers(in, numbers, parameters);
    pack_read_numbers(in, numbers + parameters, phases);
    b.parameters = numbers;
    b.saved = numbers + parameters + phases;
    reduce_begin(w, (struct range){first, end});
    w->applying = apply;
  } else {
    diag_error(diag, NOWHERE, memory);
  }
  for (; good && b.policy < r->config.policies; b.policy++) {
    b.phase_starts = numbers + parameters + b.policy * r->config.phases * LANES;
    read_failures(failures, r, b.count, in);
    pack_read_numbers(in, numbers + parameters + phases, r->cells * LANES);
    if (in->failed) diag_error(diag, NOWHERE, reduce_record, "it ends early");
    good = !in->failed && reduce_feed(w, &b, diag);
  }
  w->applying = false;
  mem_free(numbers);
  return good;
}
