// SPDX-License-Identifier: GPL-3.0-or-later
// See ranges.h. A sorted array: a sweep has a handful of runs at any time, since members are handed out in order.
#include "reduce/ranges.h"

#include <string.h>

#include "base/mem.h"

void ranges_free(struct ranges *r) {
  mem_free(r->items);
  *r = (struct ranges){0};
}

// Index of the first run that ends at or after `at`.
static size_t first_ending_at(const struct ranges *r, uint64_t at) {
  size_t low = 0, high = r->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (r->items[middle].end < at)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

bool ranges_add(struct ranges *r, uint64_t first, uint64_t end) {
  if (first >= end) return true;
  size_t from = first_ending_at(r, first), to = from;
  while (to < r->count && r->items[to].first <= end) to++;
  if (from == to && r->count == r->capacity) {
    size_t capacity = r->capacity ? 2 * r->capacity : 16;
    struct range *items = mem_resize(r->items, capacity * sizeof *items);
    if (!items) return false;
    r->items = items;
    r->capacity = capacity;
  }
  struct range joined = {first, end};
  if (from < to) {
    if (r->items[from].first < joined.first) joined.first = r->items[from].first;
    if (r->items[to - 1].end > joined.end) joined.end = r->items[to - 1].end;
  }
  memmove(r->items + from + 1, r->items + to, (r->count - to) * sizeof *r->items);
  r->count = r->count - (to - from) + 1;
  r->items[from] = joined;
  return true;
}

uint64_t ranges_total(const struct ranges *r) {
  uint64_t total = 0;
  for (size_t i = 0; i < r->count; i++) total += r->items[i].end - r->items[i].first;
  return total;
}

bool ranges_meet(const struct ranges *r, uint64_t first, uint64_t end) {
  size_t i = first_ending_at(r, first + 1);
  return first < end && i < r->count && r->items[i].first < end;
}

bool ranges_gap(const struct ranges *r, uint64_t from, uint64_t limit, struct range *gap) {
  for (size_t i = first_ending_at(r, from + 1); i < r->count && r->items[i].first <= from; i++) from = r->items[i].end;
  if (from >= limit) return false;
  size_t next = first_ending_at(r, from + 1);
  *gap = (struct range){from, next < r->count && r->items[next].first < limit ? r->items[next].first : limit};
  return true;
}
