// SPDX-License-Identifier: GPL-3.0-or-later
// A map from names to indices, in an arena: open addressing, insertion order kept by the caller's own list.
// Also the "did you mean" search, since it goes over the same names.
#ifndef BASE_MAP_H
#define BASE_MAP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct map {
  struct arena *arena;
  struct map_entry {
    const char *key;  // NULL: free
    uint32_t hash, value;
  } * entries;
  size_t capacity, count;
};

#define MAP_NONE UINT32_MAX

void map_init(struct map *m, struct arena *a);
// The value of key, or MAP_NONE. Works on a zeroed map.
uint32_t map_get(const struct map *m, const char *key);
// Adds key (kept by reference) unless it is there; returns the value that the map then holds.
uint32_t map_add(struct map *m, const char *key, uint32_t value);

// FNV-1a with a final mix: stable across machines and versions, part of the randomness contract.
uint64_t map_hash64(const char *key, size_t size);

// The candidate nearest to name by edit distance, or NULL when none is near enough to be a likely slip.
const char *map_nearest(const char *name, const char *const *candidates, size_t count);
// The same over all keys of a map.
const char *map_nearest_key(const struct map *m, const char *name);

#endif
