// SPDX-License-Identifier: GPL-3.0-or-later
// The randomness contract: Philox4x64-10 as published, the same number for the same question for ever, every argument
// counts, and uniforms that an inverse distribution function can take.
#include "base/rng.h"

#include <criterion/criterion.h>
#include <math.h>

TestSuite(rng);

// Philox4x64-10 from the definition in Salmon et al. (2011), section 3.3, written apart from the library.
static uint64_t philox_by_definition(const uint64_t counter[4], uint64_t k0, uint64_t k1) {
  uint64_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
  for (int round = 0; round < 10; round++) {
    unsigned __int128 p0 = (unsigned __int128)0xD2E7470EE14C6C93u * c[0];
    unsigned __int128 p1 = (unsigned __int128)0xCA5A826395121157u * c[2];
    uint64_t next[4] = {(uint64_t)(p1 >> 64) ^ c[1] ^ k0, (uint64_t)p1, (uint64_t)(p0 >> 64) ^ c[3] ^ k1, (uint64_t)p0};
    for (int i = 0; i < 4; i++) c[i] = next[i];
    k0 += 0x9E3779B97F4A7C15u;
    k1 += 0xBB67AE8584CAA73Bu;
  }
  return c[0];
}

Test(rng, gives_the_published_number_for_an_all_zero_question) {
  cr_assert_eq(rng_bits(0, 0, 0, 0, 0), 0x16554d9eca36314cu);  // Random123's known-answer vectors
}

Test(rng, agrees_with_the_definition_of_philox) {
  uint64_t x = 88172645463325252u;
  for (int i = 0; i < 1000; i++) {
    uint64_t v[5];
    for (int j = 0; j < 5; j++) {
      x ^= x << 13, x ^= x >> 7, x ^= x << 17;
      v[j] = x;
    }
    uint64_t expected = philox_by_definition((uint64_t[]){v[1], v[2], v[3], v[4]}, v[0], 0);
    cr_assert_eq(rng_bits(v[0], v[1], v[2], v[3], v[4]), expected, "case %d", i);
  }
}

Test(rng, answers_differently_when_any_single_argument_differs) {
  uint64_t base[5] = {1, 2, 3, 4, 5};
  uint64_t reference = rng_bits(1, 2, 3, 4, 5);
  for (int argument = 0; argument < 5; argument++)
    for (int bit = 0; bit < 64; bit++) {
      uint64_t v[5];
      for (int j = 0; j < 5; j++) v[j] = base[j];
      v[argument] ^= 1ull << bit;
      cr_assert_neq(rng_bits(v[0], v[1], v[2], v[3], v[4]), reference, "argument %d, bit %d", argument, bit);
    }
}

Test(rng, uniforms_stay_strictly_between_zero_and_one) {
  cr_assert_eq(rng_to_uniform(0), 0x1p-53);
  cr_assert_eq(rng_to_uniform(UINT64_MAX), 1 - 0x1p-53);
}

Test(rng, uniforms_are_symmetric_about_a_half) {
  for (uint64_t k = 1; k < 64; k++) {
    uint64_t bits = k * 0x9E3779B97F4A7C15u;
    cr_assert_eq(rng_to_uniform(bits), 1 - rng_to_uniform(~bits));
  }
}

Test(rng, uniforms_have_the_moments_of_the_uniform_distribution) {
  enum { N = 200000 };
  double sum = 0, squares = 0, neighbours = 0, last = 0.5;
  for (uint64_t i = 0; i < N; i++) {
    double u = rng_uniform(7, i, 11, 0, RNG_NO_STEP);
    sum += u;
    squares += (u - 0.5) * (u - 0.5);
    neighbours += (u - 0.5) * (last - 0.5);
    last = u;
  }
  cr_assert_lt(fabs(sum / N - 0.5), 5 * sqrt(1.0 / 12 / N));
  cr_assert_lt(fabs(squares / N - 1.0 / 12), 5 * sqrt(1.0 / 180 / N));
  cr_assert_lt(fabs(neighbours / N), 5 * (1.0 / 12) / sqrt(N));
}
