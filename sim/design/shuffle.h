// SPDX-License-Identifier: GPL-3.0-or-later
// Random permutations with random access: where does place i of n go, without a table of n? Latin hypercubes need one
// per parameter, and a member must be drawn alone, by any thread, in any order.
// The mixer is also what Sobol scrambling hashes with. Neither is cryptographic, and neither draws numbers: that is
// base/rng.
#ifndef DESIGN_SHUFFLE_H
#define DESIGN_SHUFFLE_H
#include <stdint.h>

// A bijection of 64-bit words in which every input bit changes every output bit with probability near 1/2: finaliser
// "Mix13" of Stafford (2011), as used in SplitMix64 (Steele, Lea, Flood, OOPSLA 2014, figure 17).
static inline uint64_t shuffle_mix(uint64_t x) {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

// A key made of two words; not symmetric.
static inline uint64_t shuffle_key(uint64_t a, uint64_t b) {
  return shuffle_mix(shuffle_mix(a + 0x9e3779b97f4a7c15u) + b);
}

// The image of `place` (< count) under the permutation of 0..count-1 that belongs to `key`; 1 <= count <= 2^32.
uint64_t shuffle_place(uint64_t place, uint64_t count, uint64_t key);

#endif
