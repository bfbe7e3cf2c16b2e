// SPDX-License-Identifier: GPL-3.0-or-later
// See ledger.h. Records:
//     PLAN   members, shard, shards, how the study was asked for; the last one counts
//     FOUND  size of digests, digests, the reducer's record
//     TOTAL  size of PLAN, PLAN, FOUND: what a journal of sketches is compacted to when it has grown large
#include "sweep/ledger.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

enum record_type { RECORD_PLAN = 1, RECORD_FOUND, RECORD_TOTAL };

#define LEAF MOMENTS_LEAF
#define COMPACT_BYTES (64u << 20)    // a smaller journal is let be
#define MOST_RECORD_KEPT (4u << 20)  // bytes of working memory; more is given back after each record
#define COMPACT_GROWTH 8             // and one that has not grown eightfold since

struct ledger {
  struct journal *journal;  // NULL: none is kept
  struct reducer *reducer;
  struct ledger_plan plan, noted;  // noted: as the journal has it
  const char *about;
  uint64_t compacted;             // its size then
  atomic_size_t largest;          // record so far
  pthread_mutex_t lock, packing;  // packing before lock
};

struct range ledger_share(const struct ledger_plan *plan) {
  uint64_t leaves = (plan->members + LEAF - 1) / LEAF;
  uint64_t first = leaves * (plan->shard - 1) / plan->shards * LEAF, end = leaves * plan->shard / plan->shards * LEAF;
  return (struct range){first < plan->members ? first : plan->members, end < plan->members ? end : plan->members};
}

// ---- reading

static bool refuse(struct diag *diag, const char *why) {
  diag_error(diag, NOWHERE, reduce_record, why);
  return false;
}

struct bytes {
  const unsigned char *at;
  size_t size;
};

// The parts of a record; those that it does not have are empty.
static bool split(const struct journal_record *record, struct bytes *plan, struct bytes *found) {
  struct pack_reader in = {record->data, (const unsigned char *)record->data + record->size, false};
  uint64_t size = record->type == RECORD_PLAN ? record->size : 0;
  if (record->type == RECORD_TOTAL) size = pack_read_bounded(&in, record->size);
  *plan = (struct bytes){pack_read_bytes(&in, size), size};
  *found = (struct bytes){in.at, in.failed ? 0 : (size_t)(in.end - in.at)};
  return !in.failed;
}

// Leaves what follows, the text of `about`, in *in.
static bool read_plan(struct pack_reader *in, struct ledger_plan *plan, struct diag *diag) {
  plan->members = pack_read_bounded(in, LIMIT_MEMBERS);
  plan->shard = (uint32_t)pack_read_bounded(in, UINT32_MAX);
  plan->shards = (uint32_t)pack_read_bounded(in, UINT32_MAX);
  bool good = !in->failed && plan->members && plan->shard && plan->shard <= plan->shards;
  return good || refuse(diag, "its plan makes no sense");
}

struct peek {
  struct arena *arena;
  struct ledger_seen *seen;
};

static bool peek_record(void *context, const struct journal_record *record, struct diag *diag) {
  struct peek *p = context;
  struct bytes plan, found;
  if (!split(record, &plan, &found)) return refuse(diag, "it ends early");
  if (plan.size == 0) return true;
  struct pack_reader in = {plan.at, plan.at + plan.size, false};
  if (!read_plan(&in, &p->seen->plan, diag)) return false;
  p->seen->about = arena_copy(p->arena, (const char *)in.at, (size_t)(in.end - in.at));
  return true;
}

bool ledger_peek(const char *path, const char *identity, struct arena *a, struct ledger_seen *seen, struct diag *diag) {
  *seen = (struct ledger_seen){0};
  struct peek p = {a, seen};
  struct journal *j = journal_open(path, identity, identity ? JOURNAL_RESUME : JOURNAL_READ, peek_record, &p, diag);
  return j && journal_close(j, diag);
}

// The two parts of what was found.
static bool split_found(struct bytes found, struct pack_reader *digests, struct bytes *record) {
  struct pack_reader in = {found.at, found.at + found.size, false};
  uint64_t size = pack_read_bounded(&in, found.size);
  const unsigned char *bytes = pack_read_bytes(&in, size);
  *digests = (struct pack_reader){bytes, bytes ? bytes + size : NULL, false};
  *record = (struct bytes){in.at, in.failed ? 0 : (size_t)(in.end - in.at)};
  return !in.failed;
}

static bool read_digest(struct pack_reader *in, uint64_t *leaf, uint64_t *digest) {
  if (in->at == in->end) return false;
  *leaf = pack_read_count(in);
  const unsigned char *bytes = pack_read_bytes(in, sizeof *digest);
  if (!bytes || in->failed) return false;
  memcpy(digest, bytes, sizeof *digest);
  return true;
}

void ledger_digest(struct text *digests, uint64_t leaf, uint64_t digest) {
  pack_count(digests, leaf);
  pack_bytes(digests, &digest, sizeof digest);
}

static bool load_found(struct ledger *l, struct bytes found, struct diag *diag) {
  struct pack_reader digests;
  struct bytes record;
  if (!split_found(found, &digests, &record)) return refuse(diag, "it ends early");
  return record.size == 0 || reduce_load(l->reducer, record.at, record.size, diag);
}

static bool load_record(void *context, const struct journal_record *record, struct diag *diag) {
  struct ledger *l = context;
  struct bytes plan, found;
  if (!split(record, &plan, &found)) return refuse(diag, "it ends early");
  struct pack_reader in = {plan.at, plan.at + plan.size, false};
  return (plan.size == 0 || read_plan(&in, &l->noted, diag)) && (found.size == 0 || load_found(l, found, diag));
}

struct search {
  uint64_t leaf, *digest;
  bool *found;
};

static bool search_record(void *context, const struct journal_record *record, struct diag *diag) {
  struct search *s = context;
  struct bytes plan, found, rest;
  struct pack_reader digests;
  uint64_t leaf, digest;
  if (!split(record, &plan, &found)) return refuse(diag, "it ends early");
  if (found.size == 0) return true;
  if (!split_found(found, &digests, &rest)) return refuse(diag, "it ends early");
  while (read_digest(&digests, &leaf, &digest))
    if (leaf == s->leaf) *s->digest = digest, *s->found = true;
  return true;
}

bool ledger_find_digest(const char *path, const char *identity, uint64_t leaf, uint64_t *digest, bool *found,
                        struct diag *diag) {
  *found = false;
  struct search s = {leaf, digest, found};
  struct journal *j = journal_open(path, identity, JOURNAL_READ, search_record, &s, diag);
  return j && journal_close(j, diag);
}

// ---- writing

static bool no_memory(struct diag *diag) {
  diag_error(diag, NOWHERE, memory);
  return false;
}

static void pack_plan(const struct ledger *l, struct text *out) {
  pack_count(out, l->plan.members);
  pack_count(out, l->plan.shard);
  pack_count(out, l->plan.shards);
  pack_bytes(out, l->about, strlen(l->about));
}

static bool append_plan(struct ledger *l, struct diag *diag) {
  struct text text = {0};
  pack_plan(l, &text);
  bool good = !text.failed ? journal_append(l->journal, RECORD_PLAN, text.data, text.size, diag) : no_memory(diag);
  text_free(&text);
  return good;
}

static bool open_journal(struct ledger *l, const char *path, const char *identity, bool resume, struct diag *diag) {
  l->journal = journal_open(path, identity, resume ? JOURNAL_RESUME : JOURNAL_CREATE, load_record, l, diag);
  if (!l->journal) return false;
  bool noted =
      l->noted.members == l->plan.members && l->noted.shard == l->plan.shard && l->noted.shards == l->plan.shards;
  return noted || append_plan(l, diag);
}

struct ledger *ledger_open(const char *path, const char *identity, const char *about, const struct ledger_plan *plan,
                           bool resume, struct reducer *r, struct diag *diag) {
  struct ledger *l = mem_alloc(sizeof *l);
  if (!l) {
    no_memory(diag);
    return NULL;
  }
  *l = (struct ledger){.reducer = r, .plan = *plan, .about = about};
  pthread_mutex_init(&l->lock, NULL);
  pthread_mutex_init(&l->packing, NULL);
  if (!path || open_journal(l, path, identity, resume, diag)) return l;
  ledger_close(l, diag);
  return NULL;
}

struct all_digests {
  uint64_t *of; /* [count], by leaf; 0: none */
  uint64_t count;
};

static bool gather_digests(void *context, const struct journal_record *record, struct diag *diag) {
  struct all_digests *all = context;
  struct bytes plan, found, rest;
  struct pack_reader in;
  uint64_t leaf, digest;
  if (!split(record, &plan, &found)) return refuse(diag, "it ends early");
  if (found.size == 0) return true;
  if (!split_found(found, &in, &rest)) return refuse(diag, "it ends early");
  while (read_digest(&in, &leaf, &digest))
    if (leaf < all->count) all->of[leaf] = digest;
  return true;
}

// The digests of the leaves that come first, from the records that are there: memory for them all would grow with the
// members.
static bool pack_digests(const struct ledger *l, struct text *out, struct diag *diag) {
  struct all_digests all = {.count = (l->plan.members + LEAF - 1) / LEAF};
  if (all.count > LIMIT_DIGESTS) all.count = LIMIT_DIGESTS;
  if (!(all.of = mem_alloc(all.count * sizeof *all.of))) return no_memory(diag);
  bool good = journal_reread(l->journal, gather_digests, &all, diag);
  for (uint64_t i = 0; good && i < all.count; i++)
    if (all.of[i]) ledger_digest(out, i, all.of[i]);
  mem_free(all.of);
  return good;
}

// The total with the digests, in place of everything.
static bool compact(struct ledger *l, struct diag *diag) {
  uint64_t size = journal_size(l->journal);
  if (l->reducer->exact || size < COMPACT_BYTES || size < COMPACT_GROWTH * l->compacted) return true;
  struct text digests = {0}, plan = {0}, record = {0};
  pack_plan(l, &plan);
  pack_count(&record, plan.size);
  pack_bytes(&record, plan.data, plan.size);
  bool good = pack_digests(l, &digests, diag);
  pack_count(&record, digests.size);
  pack_bytes(&record, digests.data, digests.size);
  if (good && (plan.failed || digests.failed || !reduce_pack_total(l->reducer, &record) || record.failed))
    good = no_memory(diag);
  if (good && record.size < size / 2) good = journal_compact(l->journal, RECORD_TOTAL, record.data, record.size, diag);
  l->compacted = record.size;
  text_free(&plan);
  text_free(&digests);
  text_free(&record);
  return good;
}

static bool append_found(struct ledger *l, const void *record, size_t size, struct diag *diag) {
  if (!l->journal) return true;
  return journal_append(l->journal, RECORD_FOUND, record, size, diag) && compact(l, diag);
}

static bool pack_found(struct reduce_worker *w, const struct text *digests, struct text *record, struct diag *diag) {
  pack_count(record, digests->size);
  pack_bytes(record, digests->data, digests->size);
  return reduce_pack(w, record, diag) && ((!digests->failed && !record->failed) || no_memory(diag));
}

bool ledger_pack(struct reduce_worker *w, struct text *digests, struct text *record, struct diag *diag) {
  bool good = pack_found(w, digests, record, diag) && reduce_flush(w, diag);
  digests->size = 0;
  return good;
}

// Packing is done before the lock is taken: threads come here at the same times. Large records one at a time, though.
bool ledger_take(struct ledger *l, struct reduce_worker *w, struct text *digests, struct text *record,
                 struct diag *diag) {
  record->size = 0;
  bool large = atomic_load(&l->largest) > MOST_RECORD_KEPT;
  if (large) pthread_mutex_lock(&l->packing);
  bool good = !l->journal || pack_found(w, digests, record, diag);
  pthread_mutex_lock(&l->lock);
  good = good && reduce_flush(w, diag) && append_found(l, record->data, record->size, diag);
  if (record->size > l->largest) l->largest = record->size;
  pthread_mutex_unlock(&l->lock);
  digests->size = 0;
  if (record->capacity > MOST_RECORD_KEPT) text_free(record);
  if (large) pthread_mutex_unlock(&l->packing);
  return good && (!l->journal || journal_sync(l->journal, diag));
}

bool ledger_take_packed(struct ledger *l, const void *record, size_t size, struct diag *diag) {
  pthread_mutex_lock(&l->lock);
  bool good = load_found(l, (struct bytes){record, size}, diag) && append_found(l, record, size, diag);
  pthread_mutex_unlock(&l->lock);
  return good && (!l->journal || journal_sync(l->journal, diag));
}

static bool merge_record(void *context, const struct journal_record *record, struct diag *diag) {
  struct bytes plan, found;
  if (!split(record, &plan, &found)) return refuse(diag, "it ends early");
  return found.size == 0 || ledger_take_packed(context, found.at, found.size, diag);
}

bool ledger_merge(struct ledger *l, const char *path, const char *identity, struct diag *diag) {
  struct journal *j = journal_open(path, identity, JOURNAL_READ, merge_record, l, diag);
  return j && journal_close(j, diag);
}

bool ledger_close(struct ledger *l, struct diag *diag) {
  if (!l) return true;
  bool good = journal_close(l->journal, diag);
  pthread_mutex_destroy(&l->lock);
  pthread_mutex_destroy(&l->packing);
  mem_free(l);
  return good;
}
