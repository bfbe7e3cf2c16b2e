// SPDX-License-Identifier: GPL-3.0-or-later
// Direction numbers by the recurrence of Bratley and Fox (ACM TOMS 14 (1988) 88, Algorithm 659). Scrambling is the full
// nested one, not the cheaper hash of Laine and Karras (2011): four digits at a time, one good hash of the digits above
// gives the 15 flips of their tree.
#include "design/sobol.h"

#include <string.h>

#include "design/shuffle.h"

enum { DIGITS = 32, LEVEL = 4, MOST_DEGREE = 11 };

struct polynomial {
  uint32_t bits;  // coefficients, the leading one included
  uint32_t initial[MOST_DEGREE];
};
static const struct polynomial table[SOBOL_TABLE - 1] = {
#define S(bits, ...) {bits, {__VA_ARGS__}},
#include "design/sobol_table.def"
#undef S
};

void sobol_directions(uint32_t dimension, uint32_t out[32]) {
  for (unsigned i = 0; i < DIGITS; i++) out[i] = 0x80000000u >> i;
  if (dimension == 0) return;  // van der Corput
  const struct polynomial *p = &table[dimension - 1];
  unsigned degree = 31 - (unsigned)__builtin_clz(p->bits);
  for (unsigned i = 0; i < degree; i++) out[i] = p->initial[i] << (DIGITS - 1 - i);
  for (unsigned i = degree; i < DIGITS; i++) {
    out[i] = out[i - degree] ^ out[i - degree] >> degree;
    for (unsigned k = 1; k < degree; k++)
      if (p->bits >> (degree - k) & 1) out[i] ^= out[i - k];
  }
}

uint32_t sobol_point(const uint32_t directions[32], uint32_t index) {
  uint32_t x = 0;
  for (; index; index &= index - 1) x ^= directions[__builtin_ctz(index)];
  return x;
}

uint32_t sobol_scramble(uint32_t x, uint64_t key) {
  uint32_t result = 0;
  for (unsigned above = 0; above < DIGITS; above += LEVEL) {
    // The digits above are preceded by a 1, so that 0 and 00 are different places of the tree.
    uint64_t prefix = above ? x >> (DIGITS - above) : 0;
    uint64_t flips = shuffle_mix(key + ((uint64_t)1 << above | prefix) * 0x9e3779b97f4a7c15u);
    unsigned digits = x >> (DIGITS - LEVEL - above) & 15;
    // Node n of a binary tree of depth 4 has children 2n and 2n+1; bit n of `flips` says whether it flips its digit.
    unsigned flip = (unsigned)(flips >> 1 & 1) << 3 | (unsigned)(flips >> (2 | digits >> 3) & 1) << 2 |
                    (unsigned)(flips >> (4 | digits >> 2) & 1) << 1 | (unsigned)(flips >> (8 | digits >> 1) & 1);
    result = result << LEVEL | (digits ^ flip);
  }
  return result;
}

double sobol_uniform(uint32_t x, uint64_t key) {
  uint64_t rest = shuffle_mix(key + ((uint64_t)1 << 32 | x) * 0x9e3779b97f4a7c15u) >> 44;  // 20 digits
  uint64_t digits = (uint64_t)sobol_scramble(x, key) << 20 | rest;
  return ((double)digits + 0.5) * 0x1p-52;  // 53 bits: exact, never 0 or 1
}

uint32_t sobol_index(uint32_t index, uint32_t group, uint64_t seed) {
  return group ? sobol_scramble(index, shuffle_key(seed, group)) : index;
}
