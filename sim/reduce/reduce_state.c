// SPDX-License-Identifier: GPL-3.0-or-later
// See reduce_state.h.
#include "reduce/reduce_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

#define MOST_FAILURES (2 * LIMIT_FAILURES)
#define MOST_QUEUES (8u << 20)  // bytes of what waits to be counted by one thread

// What a state's sketches may take if every number used all the pages it may. Most use few, since pages are made when a
// number falls into them.
static uint32_t page_cap(const struct reducer *r, size_t cells) {
  return sketch_page_cap(cells, r->config.memory / 4);
}

bool reduce_state_init(struct reduce_state *s, const struct reducer *r) {
  size_t main = r->config.policies * r->cells, derived = r->plan.derived;
  *s = (struct reduce_state){0};
  moments_init(&s->main, r->config.policies, r->cells);
  moments_init(&s->derived, derived, 1);
  s->counts = mem_alloc(r->counters * sizeof *s->counts);
  if (s->counts && (r->exact || (sketch_init(&s->main_sketch, main, page_cap(r, main)) &&
                                 sketch_init(&s->derived_sketch, derived, page_cap(r, derived)))))
    return true;
  reduce_state_free(s);
  return false;
}

void reduce_state_free(struct reduce_state *s) {
  moments_free(&s->main);
  moments_free(&s->derived);
  sketch_free(&s->main_sketch);
  sketch_free(&s->derived_sketch);
  mem_free(s->counts);
  mem_free(s->failures);
  ranges_free(&s->members);
  *s = (struct reduce_state){0};
}

bool reduce_state_queue(struct reduce_state *s, const struct reducer *r) {
  uint64_t bytes = r->config.memory / 16 < MOST_QUEUES ? r->config.memory / 16 : MOST_QUEUES;
  return r->exact || (sketch_queue(&s->main_sketch, bytes) && sketch_queue(&s->derived_sketch, bytes / 8));
}

bool reduce_state_settle(struct reduce_state *s, const struct reducer *r) {
  return r->exact || (sketch_settle(&s->main_sketch) && sketch_settle(&s->derived_sketch));
}

void reduce_state_clear(struct reduce_state *s, const struct reducer *r) {
  moments_clear(&s->main);
  moments_clear(&s->derived);
  if (!r->exact) {
    sketch_empty(&s->main_sketch);
    sketch_empty(&s->derived_sketch);
  }
  memset(s->counts, 0, r->counters * sizeof *s->counts);
  s->failure_count = 0;
  s->members.count = 0;
}

static int compare_failures(const void *a, const void *b) {
  const struct reduce_failure *x = a, *y = b;
  if (x->member != y->member) return x->member < y->member ? -1 : 1;
  return x->policy < y->policy ? -1 : x->policy > y->policy;
}

void reduce_state_trim_failures(struct reduce_state *s) {
  if (s->failure_count) qsort(s->failures, s->failure_count, sizeof *s->failures, compare_failures);
  if (s->failure_count > LIMIT_FAILURES) s->failure_count = LIMIT_FAILURES;
}

bool reduce_state_add_failure(struct reduce_state *s, struct reduce_failure failure) {
  if (!s->failures && !(s->failures = mem_alloc(MOST_FAILURES * sizeof *s->failures))) return false;
  if (s->failure_count == MOST_FAILURES) reduce_state_trim_failures(s);
  s->failures[s->failure_count++] = failure;
  return true;
}

bool reduce_state_merge(struct reduce_state *s, struct reduce_state *from, const struct reducer *r) {
  if (!moments_merge(&s->main, &from->main) || !moments_merge(&s->derived, &from->derived)) return false;
  if (!r->exact &&
      (!sketch_merge(&s->main_sketch, &from->main_sketch) || !sketch_merge(&s->derived_sketch, &from->derived_sketch)))
    return false;
  for (size_t i = 0; i < r->counters; i++) s->counts[i] += from->counts[i];
  for (size_t i = 0; i < from->failure_count; i++)
    if (!reduce_state_add_failure(s, from->failures[i])) return false;
  for (size_t i = 0; i < from->members.count; i++)
    if (!ranges_add(&s->members, from->members.items[i].first, from->members.items[i].end)) return false;
  return true;
}

void reduce_pack_failure(struct text *out, const struct reduce_failure *f) {
  pack_count(out, f->member);
  pack_count(out, f->policy);
  pack_numbers(out, &f->failure.time, 1);
  pack_count(out, f->failure.variable);
  pack_count(out, f->failure.element);
  pack_numbers(out, &f->failure.value, 1);
}

struct reduce_failure reduce_unpack_failure(struct pack_reader *in) {
  struct reduce_failure f;
  f.member = pack_read_count(in);
  f.policy = (uint32_t)pack_read_bounded(in, UINT32_MAX);
  pack_read_numbers(in, &f.failure.time, 1);
  f.failure.variable = (uint32_t)pack_read_bounded(in, UINT32_MAX);
  f.failure.element = (uint32_t)pack_read_bounded(in, UINT32_MAX);
  pack_read_numbers(in, &f.failure.value, 1);
  return f;
}

void reduce_state_pack(struct reduce_state *s, const struct reducer *r, struct text *out) {
  moments_pack(&s->main, out);
  moments_pack(&s->derived, out);
  sketch_pack(&s->main_sketch, out);
  sketch_pack(&s->derived_sketch, out);
  for (size_t i = 0; i < r->counters; i++) pack_count(out, s->counts[i]);
  reduce_state_trim_failures(s);
  pack_count(out, s->failure_count);
  for (size_t i = 0; i < s->failure_count; i++) reduce_pack_failure(out, &s->failures[i]);
}

bool reduce_state_unpack(struct reduce_state *s, const struct reducer *r, struct pack_reader *in) {
  if (!moments_unpack(&s->main, in) || !moments_unpack(&s->derived, in)) return false;
  if (!sketch_unpack(&s->main_sketch, in) || !sketch_unpack(&s->derived_sketch, in)) return false;
  for (size_t i = 0; i < r->counters; i++) s->counts[i] += pack_read_count(in);
  uint64_t failures = pack_read_bounded(in, LIMIT_FAILURES);
  for (uint64_t i = 0; i < failures && !in->failed; i++) {
    struct reduce_failure f = reduce_unpack_failure(in);
    if (f.policy >= r->config.policies || f.failure.variable >= r->config.variables) in->failed = true;
    if (!in->failed && !reduce_state_add_failure(s, f)) return false;
  }
  return !in->failed;
}
