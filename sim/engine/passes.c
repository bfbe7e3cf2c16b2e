// SPDX-License-Identifier: GPL-3.0-or-later
// build: -fopenmp-simd
// See passes.h. The loops are plain C that the compiler vectorises, once in a function of each instruction set: they
// are bound by memory, so that nothing is gained by writing the vectors out.
#include "engine/passes.h"

#include "kernel/kernel.h"

#define PASSES_INLINE static inline __attribute__((always_inline))

// `first`, `last`: constants after inlining.
PASSES_INLINE void stage(bool first, bool last, size_t n, double *to, const double *y, double *sum, const double *k,
                         double weight, double h) {
#pragma omp simd
  for (size_t i = 0; i < n; i++) {
    double slope = k[i], total = first ? weight * slope : sum[i] + weight * slope;
    if (!last) sum[i] = total;
    to[i] = y[i] + h * (last ? total : slope);
  }
}

// x*0 is 0, or NaN where x is not finite; in which order those are summed does not matter. Four at a time, since the
// sum waits for each addition to it.
PASSES_INLINE bool all_finite(size_t n, const double *x) {
  double sum = 0;
  size_t part = n / 4;
#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < part; i++) sum += (x[i] * 0 + x[i + part] * 0) + (x[i + 2 * part] * 0 + x[i + 3 * part] * 0);
  for (size_t i = 4 * part; i < n; i++) sum += x[i] * 0;
  return sum == 0;
}

#define ARGUMENTS size_t n, double *to, const double *y, double *sum, const double *k, double weight, double h
#define STAGE(name, isa, target, first, last)        \
  target static void name##_##isa(ARGUMENTS) {       \
    stage(first, last, n, to, y, sum, k, weight, h); \
  }
#define PASSES(isa, target)                                    \
  STAGE(first, isa, target, true, false)                       \
  STAGE(middle, isa, target, false, false)                     \
  STAGE(last, isa, target, false, true)                        \
  STAGE(only, isa, target, true, true)                         \
  target static bool finite_##isa(size_t n, const double *x) { \
    return all_finite(n, x);                                   \
  }                                                            \
  static const struct passes passes_##isa = {first_##isa, middle_##isa, last_##isa, only_##isa, finite_##isa};

PASSES(generic, )
#if defined(__x86_64__)
PASSES(avx2, __attribute__((target("avx2"))))
PASSES(avx512, __attribute__((target("avx512f"))))
#endif

const struct passes *passes_best(void) {
#if defined(__x86_64__)
  uint32_t width = kernel_best()->vector;
  if (width == 8) return &passes_avx512;
  if (width == 4) return &passes_avx2;
#endif
  return &passes_generic;
}
