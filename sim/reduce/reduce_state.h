// SPDX-License-Identifier: GPL-3.0-or-later
// The state of a set of members, inside the reducers: see struct reduce_state in reduce.h. Each worker has one, the
// reducer has the total. Not thread-safe.
#ifndef REDUCE_REDUCE_STATE_H
#define REDUCE_REDUCE_STATE_H
#include "reduce/reduce.h"

bool reduce_state_init(struct reduce_state *s, const struct reducer *r);  // false: no memory
void reduce_state_free(struct reduce_state *s);
// Of a worker: numbers may wait to be counted, until settled. False: no memory.
bool reduce_state_queue(struct reduce_state *s, const struct reducer *r);
bool reduce_state_settle(struct reduce_state *s, const struct reducer *r);
// To be filled again, for the same total.
void reduce_state_clear(struct reduce_state *s, const struct reducer *r);
// Adds `from`, which is settled, and leaves it empty of nodes (clear it before further use). False: no memory.
bool reduce_state_merge(struct reduce_state *s, struct reduce_state *from, const struct reducer *r);
bool reduce_state_add_failure(struct reduce_state *s, struct reduce_failure failure);
// Sorts by member and policy and keeps the first LIMIT_FAILURES.
void reduce_state_trim_failures(struct reduce_state *s);
// Moments, sketches, counts and failures; not the member ranges, nor what is kept raw.
void reduce_state_pack(struct reduce_state *s, const struct reducer *r, struct text *out);
bool reduce_state_unpack(struct reduce_state *s, const struct reducer *r, struct pack_reader *in);

void reduce_pack_failure(struct text *out, const struct reduce_failure *f);
struct reduce_failure reduce_unpack_failure(struct pack_reader *in);

#endif
