// SPDX-License-Identifier: GPL-3.0-or-later
// Randomness without state: every draw is a pure function of what it is for, so that it is the same on any thread, in
// any order, in any shard, and for a member replayed alone. Adding a parameter shifts no other's draws.
//
// The contract. rng_bits is the first 64-bit word of Philox4x64-10 (Salmon et al., "Parallel random numbers: as easy
// as 1, 2, 3", SC11), with key {seed, 0} and counter {member, stream, element, step}. `stream` is map_hash64 of the
// name of the parameter, or what lower makes of a variable's name and the ordinal of the random call in its equation.
// `element` counts in row-major order. `step` is the number of the grid point; draws that belong to no point of time
// (priors) use RNG_NO_STEP, so that they never meet a random function of the same name.
#ifndef BASE_RNG_H
#define BASE_RNG_H
#include <stdint.h>

#define RNG_NO_STEP UINT64_MAX

uint64_t rng_bits(uint64_t seed, uint64_t member, uint64_t stream, uint64_t element, uint64_t step);

// The upper 52 bits k as (k + 1/2)/2^52: exact, symmetric about 1/2, never 0 or 1, hence fit for inverse CDFs.
static inline double rng_to_uniform(uint64_t bits) {
  return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

// Uniform in (0, 1).
double rng_uniform(uint64_t seed, uint64_t member, uint64_t stream, uint64_t element, uint64_t step);

#endif
