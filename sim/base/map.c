// SPDX-License-Identifier: GPL-3.0-or-later
// Linear probing at most two thirds full; edit distance after Damerau (adjacent swaps count one).
#include "base/map.h"

#include <string.h>

#include "base/limits.h"

void map_init(struct map *m, struct arena *a) {
  *m = (struct map){.arena = a};
}

// Fowler, Noll, Vo (1991), finished with the mixer of MurmurHash3 (Appleby, public domain constants).
uint64_t map_hash64(const char *key, size_t size) {
  uint64_t h = 0xcbf29ce484222325u;
  for (size_t i = 0; i < size; i++) h = (h ^ (unsigned char)key[i]) * 0x100000001b3u;
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdu;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53u;
  h ^= h >> 33;
  return h;
}

static struct map_entry *find(const struct map *m, const char *key, uint32_t hash) {
  size_t i = hash & (m->capacity - 1);
  while (m->entries[i].key && (m->entries[i].hash != hash || strcmp(m->entries[i].key, key) != 0))
    i = (i + 1) & (m->capacity - 1);
  return &m->entries[i];
}

uint32_t map_get(const struct map *m, const char *key) {
  if (!m->capacity) return MAP_NONE;
  struct map_entry *entry = find(m, key, (uint32_t)map_hash64(key, strlen(key)));
  return entry->key ? entry->value : MAP_NONE;
}

static void grow(struct map *m) {
  struct map old = *m;
  size_t capacity = old.capacity ? old.capacity * 2 : 16;
  m->entries = arena_array(m->arena, struct map_entry, capacity);  // a jump leaves the map as it was
  m->capacity = capacity;
  for (size_t i = 0; i < old.capacity; i++)
    if (old.entries[i].key) *find(m, old.entries[i].key, old.entries[i].hash) = old.entries[i];
}

uint32_t map_add(struct map *m, const char *key, uint32_t value) {
  if (m->count * 3 >= m->capacity * 2) grow(m);
  uint32_t hash = (uint32_t)map_hash64(key, strlen(key));
  struct map_entry *entry = find(m, key, hash);
  if (entry->key) return entry->value;
  *entry = (struct map_entry){key, hash, value};
  m->count++;
  return value;
}

enum { LONGEST_COMPARED = 64 };

static size_t edit_distance(const char *a, const char *b) {
  size_t n = strlen(a), m = strlen(b);
  if (n > LONGEST_COMPARED || m > LONGEST_COMPARED) return SIZE_MAX;
  size_t rows[3][LONGEST_COMPARED + 1];
  for (size_t j = 0; j <= m; j++) rows[0][j] = j;
  for (size_t i = 1; i <= n; i++) {
    size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
    now[0] = i;
    for (size_t j = 1; j <= m; j++) {
      size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);
      if (last[j] + 1 < best) best = last[j] + 1;
      if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
        best = before[j - 2] + 1;
      now[j] = best;
    }
  }
  return rows[n % 3][m];
}

struct nearest {
  const char *name, *best;
  size_t distance;
};

static void consider(struct nearest *n, const char *candidate) {
  size_t d = edit_distance(n->name, candidate);
  if (d < n->distance || (d == n->distance && n->best && strcmp(candidate, n->best) < 0)) {
    n->distance = d;
    n->best = candidate;
  }
}

static const char *if_near(const struct nearest *n) {
  return n->best && n->distance <= 1 + strlen(n->name) / 4 ? n->best : NULL;
}

const char *map_nearest(const char *name, const char *const *candidates, size_t count) {
  struct nearest n = {name, NULL, SIZE_MAX};
  for (size_t i = 0; i < count; i++) consider(&n, candidates[i]);
  return if_near(&n);
}

const char *map_nearest_key(const struct map *m, const char *name) {
  struct nearest n = {name, NULL, SIZE_MAX};
  for (size_t i = 0; i < m->capacity; i++)
    if (m->entries[i].key) consider(&n, m->entries[i].key);
  return if_near(&n);
}
