// SPDX-License-Identifier: GPL-3.0-or-later
// What a sweep's journal holds, on top of journal.h, which keeps bytes: how the study was asked for (for replay and
// merge), how long the sweep is to be and which share of it this folder computes, and then, again and again, what a
// worker found: a digest of each leaf of 64 members and the reducer's record. A digest covers every bit that the
// members saved, so that a replay can be held against what the sweep saw even when only statistics are kept.
//
// All writing goes through one lock, which also covers the reducer's total: what the file holds and what the total
// holds are the same set of members whenever the lock is free, which is what makes compacting possible.
#ifndef SWEEP_LEDGER_H
#define SWEEP_LEDGER_H
#include "reduce/reduce.h"
#include "sweep/journal.h"

struct ledger_plan {
  uint64_t members;        // of the whole sweep
  uint32_t shard, shards;  // this folder computes share `shard` (from 1) of `shards`
};
struct ledger_seen {  // by ledger_peek
  struct ledger_plan plan;
  const char *about;
};

struct ledger;

// The members of a share: ends are multiples of 64 or the end of the sweep.
struct range ledger_share(const struct ledger_plan *plan);

// What the journal says of its sweep; plan.members is 0 when it says nothing yet. With an identity the journal is
// locked and mended as for a resume; identity NULL takes any and changes nothing. False after an error.
bool ledger_peek(const char *path, const char *identity, struct arena *a, struct ledger_seen *seen, struct diag *diag);

// The journal of a reducer; path NULL keeps none, and then nothing can fail but memory. With `resume` the records found
// are added to the reducer. The plan is noted when it is new. NULL after an error.
struct ledger *ledger_open(const char *path, const char *identity, const char *about, const struct ledger_plan *plan,
                           bool resume, struct reducer *r, struct diag *diag);
// Takes in what a worker found since its last flush: into the total, then into the journal. `digests`: from
// ledger_digest, emptied; `record`: the caller's working memory. Thread-safe.
bool ledger_take(struct ledger *l, struct reduce_worker *w, struct text *digests, struct text *record,
                 struct diag *diag);
// The same as bytes, for a worker that is far away; then here. Appends to `record`. Thread-safe.
bool ledger_pack(struct reduce_worker *w, struct text *digests, struct text *record, struct diag *diag);
bool ledger_take_packed(struct ledger *l, const void *record, size_t size, struct diag *diag);
// Adds all results of another journal of the same study.
bool ledger_merge(struct ledger *l, const char *path, const char *identity, struct diag *diag);
bool ledger_close(struct ledger *l, struct diag *diag);

// Appends the digest of leaf `leaf` to a list of them.
void ledger_digest(struct text *digests, uint64_t leaf, uint64_t digest);
// The newest digest of a leaf in a journal. *found says whether there is one. False after an error.
bool ledger_find_digest(const char *path, const char *identity, uint64_t leaf, uint64_t *digest, bool *found,
                        struct diag *diag);

#endif
