// SPDX-License-Identifier: GPL-3.0-or-later
// A set of member numbers, as half-open runs in ascending order without gaps between neighbours. It says which members
// of a sweep are done (after a resume, an extension, a shard) and hands out what is left. Not thread-safe: the caller
// holds its lock.
#ifndef REDUCE_RANGES_H
#define REDUCE_RANGES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ranges {  // zero it to start
  struct range {
    uint64_t first, end;
  } * items;
  size_t count, capacity;
};

void ranges_free(struct ranges *r);
// Adds first..end-1; runs that touch become one. False when memory is out.
bool ranges_add(struct ranges *r, uint64_t first, uint64_t end);
uint64_t ranges_total(const struct ranges *r);
// Do the members first..end-1 meet the set?
bool ranges_meet(const struct ranges *r, uint64_t first, uint64_t end);
// The first run of members at or after `from` and below `limit` that is not in the set; false when there is none.
bool ranges_gap(const struct ranges *r, uint64_t from, uint64_t limit, struct range *gap);

#endif
