// SPDX-License-Identifier: GPL-3.0-or-later
// Philox through Random123, which is seen by this file alone: a counter in, random bits out. Three of the four words
// of a block are thrown away: random calls are rare beside the rest of a model, and a draw that shared its block with
// a neighbour would make the contract harder to state.
#include "base/rng.h"

#include <Random123/philox.h>

uint64_t rng_bits(uint64_t seed, uint64_t member, uint64_t stream, uint64_t element, uint64_t step) {
  philox4x64_key_t key = {{seed, 0}};
  philox4x64_ctr_t counter = {{member, stream, element, step}};
  return philox4x64(counter, key).v[0];
}

double rng_uniform(uint64_t seed, uint64_t member, uint64_t stream, uint64_t element, uint64_t step) {
  return rng_to_uniform(rng_bits(seed, member, stream, element, step));
}
