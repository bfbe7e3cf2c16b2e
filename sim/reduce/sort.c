// SPDX-License-Identifier: GPL-3.0-or-later
// See sort.h. Least significant byte first, eight passes; a pass in which all numbers share the byte is skipped, so
// that columns of similar numbers take fewer.
#include "reduce/sort.h"

#include <string.h>

// Integers in the order of the numbers: flip the sign bit of positive ones, all bits of negative ones.
static uint64_t key_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits ^ ((uint64_t)((int64_t)bits >> 63) | 0x8000000000000000u);
}

static double number_of(uint64_t key) {
  uint64_t bits = key ^ (key >> 63 ? 0x8000000000000000u : UINT64_MAX);
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

// Turns counts of the 256 bytes into their first places; false when one byte has all.
static bool places(size_t counts[256], size_t total) {
  size_t at = 0;
  for (int b = 0; b < 256; b++) {
    size_t n = counts[b];
    if (n == total) return false;
    counts[b] = at;
    at += n;
  }
  return true;
}

// The arrays of doubles hold keys while they are sorted.
typedef uint64_t __attribute__((may_alias)) word;

static void radix_keys(word *keys, word *scratch, size_t count) {
  word *from = keys, *to = scratch;
  for (int shift = 0; shift < 64; shift += 8) {
    size_t counts[256] = {0};
    for (size_t i = 0; i < count; i++) counts[from[i] >> shift & 255]++;
    if (!places(counts, count)) continue;
    for (size_t i = 0; i < count; i++) to[counts[from[i] >> shift & 255]++] = from[i];
    word *swap = from;
    from = to;
    to = swap;
  }
  if (from != keys) memcpy(keys, from, count * sizeof *keys);
}

void sort_numbers(double *values, double *scratch, size_t count) {
  word *keys = (word *)values;
  for (size_t i = 0; i < count; i++) keys[i] = key_of(values[i]);
  radix_keys(keys, (word *)scratch, count);
  for (size_t i = 0; i < count; i++) values[i] = number_of(keys[i]);
}

static struct sort_item *radix_items(struct sort_item *from, struct sort_item *to, size_t count) {
  for (int shift = 0; shift < 64; shift += 8) {
    size_t counts[256] = {0};
    for (size_t i = 0; i < count; i++) counts[from[i].key >> shift & 255]++;
    if (!places(counts, count)) continue;
    for (size_t i = 0; i < count; i++) to[counts[from[i].key >> shift & 255]++] = from[i];
    struct sort_item *swap = from;
    from = to;
    to = swap;
  }
  return from;
}

void sort_ranks(const double *values, double *ranks, struct sort_item *items, struct sort_item *scratch, size_t count) {
  // 0 added turns -0 into 0: they are one value here.
  for (size_t i = 0; i < count; i++) items[i] = (struct sort_item){key_of(values[i] + 0.0), (uint32_t)i};
  struct sort_item *sorted = radix_items(items, scratch, count);
  for (size_t i = 0, end; i < count; i = end) {
    for (end = i + 1; end < count && sorted[end].key == sorted[i].key;) end++;
    for (size_t k = i; k < end; k++) ranks[sorted[k].index] = ((double)i + (double)end + 1) / 2;
  }
}
