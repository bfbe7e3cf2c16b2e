// SPDX-License-Identifier: GPL-3.0-or-later
// A Feistel network permutes the smallest square power of two that holds the count (at least 256: smaller networks
// reach too few permutations); a place that leaves the range is sent through again until it is back ("cycle walking":
// Black and Rogaway, Ciphers with arbitrary finite domains, CT-RSA 2002). The walk ends because the network is a
// bijection; it takes at most 4 rounds on average from 64 places on.
#include "design/shuffle.h"

// Luby and Rackoff (1988) need 4 rounds for a pseudorandom permutation; small halves need more to look random.
enum { ROUNDS = 8, SMALLEST_HALF_BITS = 4 };

static uint64_t feistel(uint64_t x, unsigned half_bits, uint64_t key) {
  uint64_t mask = ((uint64_t)1 << half_bits) - 1, left = x >> half_bits, right = x & mask;
  for (unsigned round = 0; round < ROUNDS; round++) {
    uint64_t next = left ^ (shuffle_mix(key + (right << 8 | round)) >> 32 & mask);
    left = right;
    right = next;
  }
  return left << half_bits | right;
}

uint64_t shuffle_place(uint64_t place, uint64_t count, uint64_t key) {
  unsigned half_bits = SMALLEST_HALF_BITS;
  while ((uint64_t)1 << 2 * half_bits < count) half_bits++;
  do place = feistel(place, half_bits, key);
  while (place >= count);
  return place;
}
