// SPDX-License-Identifier: GPL-3.0-or-later
// See reduce.h: the reducer itself, that is the decisions made once (exact or sketch, what is kept), the handing out of
// members, and records into the total. What a worker does with a block stands in reduce_worker.c.
#include "reduce/reduce.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "reduce/reduce_state.h"
#include "reduce/reduce_worker.h"

#define DEFAULT_MEMORY (128ull << 20)
#define DEFAULT_BINS 40
static const double default_levels[] = {0.05, 0.25, 0.5, 0.75, 0.95};

static uint64_t leaf_count(uint64_t members) {
  return (members + MOMENTS_LEAF - 1) / MOMENTS_LEAF;
}

static unsigned long long in_mebibytes(uint64_t bytes) {
  return (bytes + (1 << 20) - 1) >> 20;
}

// Numbers that a leaf has in the store.
static uint64_t leaf_numbers(const struct reducer *r) {
  return (r->config.policies * r->cells + r->plan.derived) * MOMENTS_LEAF;
}

// Rows for all members while they fit into an eighth of the budget (the regression works on three copies), else for the
// first 2^k: a fixed subsample, the same whatever the length of the sweep.
static bool plan_table(struct reducer *r, struct diag *diag) {
  const struct reduce_config *c = &r->config;
  r->row = c->parameters + c->policies * c->outcome_count;
  uint64_t most = 1ull << 16, row_bytes = (r->row ? r->row : 1) * sizeof(double);
  while (most > MOMENTS_LEAF && most * row_bytes > c->memory / 8) most /= 2;
  r->table_members = c->keep_table || c->members < most ? c->members : most;
  uint64_t bytes = leaf_count(r->table_members) * MOMENTS_LEAF * row_bytes;
  if (!c->keep_table || bytes <= c->memory) return true;
  diag_error(diag, NOWHERE, reduce_table, (unsigned long long)c->members, in_mebibytes(bytes), in_mebibytes(c->memory));
  return false;
}

// The budget is for what is kept of members or in place of them: all saved numbers, or sketches.
static bool plan_memory(struct reducer *r, struct diag *diag) {
  uint64_t numbers = r->config.policies * r->cells + r->plan.derived, budget = r->config.memory;
  uint64_t leaf_bytes = (numbers + 2) * MOMENTS_LEAF * sizeof(double);  // 2: a column and its copy, to be sorted
  uint64_t least = numbers * (SKETCH_MIN_PAGES * SKETCH_PAGE_BINS * sizeof(uint32_t));
  r->exact = leaf_count(r->config.members) <= budget / leaf_bytes;
  if (r->exact || (numbers <= LIMIT_SWEEP_NUMBERS && least <= budget)) return true;
  diag_error(diag, NOWHERE, reduce_cells, (unsigned long long)numbers, in_mebibytes(least), in_mebibytes(budget));
  return false;
}

static bool allocate(struct reducer *r) {
  r->table = mem_alloc(leaf_count(r->table_members) * r->row * MOMENTS_LEAF * sizeof *r->table);
  if (r->exact) r->store = mem_alloc_aligned(leaf_count(r->config.members) * leaf_numbers(r) * sizeof *r->store);
  return r->table && (r->store || !r->exact) && reduce_state_init(&r->total, r);
}

static bool prepare(struct reducer *r, struct diag *diag) {
  struct reduce_config *c = &r->config;
  r->plan = (struct outcome_plan){.outcomes = c->outcomes,
                                  .count = c->outcome_count,
                                  .policies = c->policies,
                                  .phases = c->phases,
                                  .times = c->times,
                                  .columns = c->columns,
                                  .start = c->start,
                                  .save = c->save,
                                  .stop = c->stop};
  if (!outcome_plan_init(&r->plan)) {
    diag_error(diag, NOWHERE, memory);
    return false;
  }
  r->cells = c->times * c->columns;
  r->failed_at = r->plan.counters;
  r->causes_at = r->failed_at + c->policies;
  r->counters = r->causes_at + c->policies * c->variables;
  if (!plan_table(r, diag) || !plan_memory(r, diag)) return false;
  if (allocate(r)) return true;
  diag_error(diag, NOWHERE, memory);
  return false;
}

struct reducer *reduce_create(const struct reduce_config *config, struct diag *diag) {
  if (config->members < 1 || config->members > UINT32_MAX) {
    diag_error(diag, NOWHERE, reduce_members, (unsigned long long)config->members);
    return NULL;
  }
  struct reducer *r = mem_alloc(sizeof *r);
  if (!r) {
    diag_error(diag, NOWHERE, memory);
    return NULL;
  }
  r->config = *config;
  if (!config->levels) {
    r->config.levels = default_levels;
    r->config.level_count = sizeof default_levels / sizeof *default_levels;
  }
  if (!r->config.memory) r->config.memory = DEFAULT_MEMORY;
  if (!r->config.histogram_bins) r->config.histogram_bins = DEFAULT_BINS;
  r->limit_end = config->members;
  pthread_mutex_init(&r->lock, NULL);
  if (prepare(r, diag)) return r;
  reduce_free(r);
  return NULL;
}

void reduce_free(struct reducer *r) {
  if (!r) return;
  reduce_state_free(&r->total);
  outcome_plan_free(&r->plan);
  mem_free(r->table);
  mem_free_aligned(r->store);
  text_free(&r->rest);
  ranges_free(&r->taken);
  pthread_mutex_destroy(&r->lock);
  mem_free(r);
}

void reduce_limit(struct reducer *r, uint64_t first, uint64_t end) {
  r->limit_first = first;
  r->limit_end = end < r->config.members ? end : r->config.members;
}

bool reduce_take(struct reducer *r, uint64_t want, struct range *run) {
  pthread_mutex_lock(&r->lock);
  bool found = ranges_gap(&r->taken, r->limit_first, r->limit_end, run);
  if (found) {
    uint64_t size = run->end - run->first;
    if (size > want) size = want;
    if (size >= MOMENTS_LEAF) size -= size % MOMENTS_LEAF;
    run->end = run->first + size;
    found = ranges_add(&r->taken, run->first, run->end);
  }
  pthread_mutex_unlock(&r->lock);
  return found;
}

uint64_t reduce_done(struct reducer *r) {
  pthread_mutex_lock(&r->lock);
  uint64_t done = ranges_total(&r->total.members);
  if (r->rest.size) done += r->config.members % MOMENTS_LEAF;
  pthread_mutex_unlock(&r->lock);
  return done;
}

// The record's part that reduce_load reads back in read_leaf and read_state below:
//     kind | ranges | EXACT: leaves, raw; SKETCH: state, table rows | the unfilled leaf
enum record_kind { RECORD_EXACT = 1, RECORD_SKETCH = 2 };

static void pack_ranges(const struct ranges *ranges, struct text *out) {
  pack_count(out, ranges->count);
  for (size_t i = 0; i < ranges->count; i++) {
    pack_count(out, ranges->items[i].first);
    pack_count(out, ranges->items[i].end);
  }
}

static void pack_table(const struct reducer *r, const struct ranges *ranges, struct text *out) {
  for (size_t i = 0; i < ranges->count; i++)
    for (uint64_t m = ranges->items[i].first; m < ranges->items[i].end && m < r->table_members; m += MOMENTS_LEAF)
      pack_numbers(out, r->table + m * r->row, r->row * MOMENTS_LEAF);
}

static void pack_record(struct reduce_state *s, const struct reducer *r, const struct text *raw,
                        const struct text *rest, struct text *out) {
  pack_count(out, r->exact ? RECORD_EXACT : RECORD_SKETCH);
  pack_ranges(&s->members, out);
  if (r->exact) {
    pack_bytes(out, raw->data, raw->size);
  } else {
    reduce_state_pack(s, r, out);
    pack_table(r, &s->members, out);
  }
  pack_bytes(out, rest->data, rest->size);
}

bool reduce_pack_total(struct reducer *r, struct text *record) {
  if (r->exact) return false;
  pthread_mutex_lock(&r->lock);
  pack_record(&r->total, r, NULL, &r->rest, record);
  pthread_mutex_unlock(&r->lock);
  return !record->failed;
}

static bool has_nothing(const struct reduce_worker *w) {
  return w->state.members.count == 0 && w->rest.size == 0;
}

bool reduce_pack(struct reduce_worker *w, struct text *record, struct diag *diag) {
  struct reducer *r = w->r;
  if (has_nothing(w)) return true;
  if (r->config.spool && !spool_sync(r->config.spool, diag)) return false;
  if (reduce_state_settle(&w->state, r)) {
    pack_record(&w->state, r, &w->raw, &w->rest, record);
    if (!record->failed) return true;
  }
  diag_error(diag, NOWHERE, memory);
  return false;
}

bool reduce_flush(struct reduce_worker *w, struct diag *diag) {
  struct reducer *r = w->r;
  if (has_nothing(w)) return true;
  bool good = reduce_state_settle(&w->state, r);
  pthread_mutex_lock(&r->lock);
  good = good && reduce_state_merge(&r->total, &w->state, r);
  bool failed = w->rest.failed;
  if (w->rest.size) {
    text_free(&r->rest);
    r->rest = w->rest;
    w->rest = (struct text){0};
  }
  pthread_mutex_unlock(&r->lock);
  reduce_state_clear(&w->state, r);
  good = good && !w->raw.failed && !failed;
  w->raw.size = 0;
  if (good) return true;
  diag_error(diag, NOWHERE, memory);
  return false;
}

bool reduce_due(const struct reduce_worker *w) {
  uint64_t most = w->r->config.members / 32;
  if (most < 1024) most = 1024;
  if (most > 65536) most = 65536;
  return ranges_total(&w->state.members) >= most || w->raw.size >= 4u << 20 || w->rest.size > 0;
}

static bool refuse(struct diag *diag, const char *why) {
  diag_error(diag, NOWHERE, reduce_record, why);
  return false;
}

static bool read_ranges(struct reducer *r, struct ranges *ranges, struct pack_reader *in, struct diag *diag) {
  uint64_t count = pack_read_count(in), before = 0;
  for (uint64_t i = 0; i < count && !in->failed; i++) {
    uint64_t first = pack_read_count(in), end = pack_read_count(in);
    if (in->failed || first % MOMENTS_LEAF || end % MOMENTS_LEAF || first >= end || first < before)
      return refuse(diag, "its members make no sense");
    if (end > r->config.members) return refuse(diag, "it is of a sweep with more members");
    if (ranges_meet(&r->total.members, first, end)) return refuse(diag, "it has members that another record has");
    before = end;
    if (!ranges_add(ranges, first, end)) {
      diag_error(diag, NOWHERE, memory);
      return false;
    }
  }
  return !in->failed || refuse(diag, "it ends early");
}

static bool read_leaves(struct reduce_worker *w, const struct ranges *ranges, struct pack_reader *in,
                        struct diag *diag) {
  for (size_t i = 0; i < ranges->count; i++)
    for (uint64_t m = ranges->items[i].first; m < ranges->items[i].end; m += MOMENTS_LEAF)
      if (!reduce_worker_replay(w, in, m, m + MOMENTS_LEAF, false, diag)) return false;
  return true;
}

static bool read_state(struct reduce_worker *w, const struct ranges *ranges, struct pack_reader *in,
                       struct diag *diag) {
  struct reducer *r = w->r;
  if (r->exact) return refuse(diag, "it holds sketches, this sweep is exact");
  if (!reduce_state_unpack(&w->state, r, in)) return refuse(diag, "its numbers make no sense");
  for (size_t i = 0; i < ranges->count; i++) {
    const struct range *range = &ranges->items[i];
    for (uint64_t m = range->first; m < range->end && m < r->table_members; m += MOMENTS_LEAF)
      pack_read_numbers(in, r->table + m * r->row, r->row * MOMENTS_LEAF);
    if (!ranges_add(&w->state.members, range->first, range->end)) in->failed = true;
  }
  return !in->failed || refuse(diag, "it ends early");
}

// An unfilled leaf counts only when it is still the last one.
static bool read_rest(struct reduce_worker *w, struct pack_reader *in, struct diag *diag) {
  struct reducer *r = w->r;
  if (in->at == in->end) return true;
  struct pack_reader peek = *in;
  uint64_t first = pack_read_count(&peek), count = pack_read_bounded(&peek, MOMENTS_LEAF - 1);
  if (peek.failed || first % MOMENTS_LEAF) return refuse(diag, "its last members make no sense");
  if (first > r->config.members || first + count > r->config.members)
    return refuse(diag, "it is of a sweep with more members");
  if (first + count < r->config.members) return true;
  if (r->rest.size) return refuse(diag, "it has members that another record has");
  text_add(&w->rest, (const char *)in->at, (size_t)(in->end - in->at));
  return true;
}

static bool read_record(struct reduce_worker *w, struct pack_reader *in, struct ranges *ranges, struct diag *diag) {
  uint64_t kind = pack_read_count(in);
  if (kind != RECORD_EXACT && kind != RECORD_SKETCH) return refuse(diag, "its kind is unknown");
  if (!read_ranges(w->r, ranges, in, diag)) return false;
  if (!(kind == RECORD_EXACT ? read_leaves(w, ranges, in, diag) : read_state(w, ranges, in, diag))) return false;
  return read_rest(w, in, diag);
}

static bool mark_taken(struct reducer *r, const struct ranges *ranges) {
  for (size_t i = 0; i < ranges->count; i++)
    if (!ranges_add(&r->taken, ranges->items[i].first, ranges->items[i].end)) return false;
  uint64_t filled = r->config.members - r->config.members % MOMENTS_LEAF;
  return !r->rest.size || ranges_add(&r->taken, filled, r->config.members);
}

bool reduce_load(struct reducer *r, const void *record, size_t size, struct diag *diag) {
  struct reduce_worker *w = reduce_worker_create(r, diag);
  struct pack_reader in = {record, (const unsigned char *)record + size, false};
  struct ranges ranges = {0};
  bool good = w && read_record(w, &in, &ranges, diag) && reduce_flush(w, diag);
  if (good && !mark_taken(r, &ranges)) {
    diag_error(diag, NOWHERE, memory);
    good = false;
  }
  ranges_free(&ranges);
  reduce_worker_free(w);
  return good;
}
