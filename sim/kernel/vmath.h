// SPDX-License-Identifier: GPL-3.0-or-later
// build: included by kernel_body.c under the flags of each instruction set
// Vectors of doubles and elementary functions on them: the one set of mathematics that kernel, constant folding and
// sampling share. The width follows the instruction set the includer is compiled for: 8 doubles with AVX-512, 4 with
// AVX2 and FMA, else 2 with the exact fma of the C library; every function gives the same bits at each width (NaNs
// count as equal whatever their sign and payload).
//
// exp and log are our own, since they take half the time of a model: argument reduction by integer shifts, one
// polynomial, at most 2 ulp for every argument (tests/vmath_test.c against MPFR; bench/vmath_coefficients.py recomputes
// the polynomials). Lanes outside the range of the short way send the whole vector through the long one, which yields
// the same bits for all the others: a branch for time only. The rest is SLEEF's `finz` family, which is made to be
// equal across vector widths.
//
// Not here: pow. x^y means exp(y*log x), which lower writes out.
#ifndef KERNEL_VMATH_H
#define KERNEL_VMATH_H
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Without fused multiply-add SLEEF's `cinz` family takes the place of `finz`, with other bits: kernel_is_fused tells.
#if defined(__x86_64__)
#define VM_FUSED __builtin_cpu_supports("fma")
#elif defined(FP_FAST_FMA)
#define VM_FUSED true
#else
#define VM_FUSED false
#endif
#ifndef FP_FAST_FMA  // without it sleef.h keeps the fused scalar functions to itself
#define FP_FAST_FMA 1
#include <sleef.h>
#undef FP_FAST_FMA
#else
#include <sleef.h>
#endif

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define VM_WIDTH 8
#elif defined(__AVX2__) && defined(__FMA__)
#define VM_WIDTH 4
#else
#define VM_WIDTH 2
#endif
#define VM_INLINE static inline __attribute__((always_inline, unused))

typedef double vd __attribute__((vector_size(8 * VM_WIDTH)));
typedef int64_t vl __attribute__((vector_size(8 * VM_WIDTH)));
typedef uint64_t vu __attribute__((vector_size(8 * VM_WIDTH)));  // for shifts
// The state and the rates belong to the integrator, which aligns them as malloc does.
typedef double vm_unaligned __attribute__((vector_size(8 * VM_WIDTH), aligned(8), may_alias));

VM_INLINE vd vm_load(const double *p) {
  return (vd) * (const vm_unaligned *)p;
}
VM_INLINE void vm_store(double *p, vd a) {
  *(vm_unaligned *)p = (vm_unaligned)a;
}
VM_INLINE vd vm_set(double x) {
  return x - (vd){0};
}
VM_INLINE vl vm_setl(int64_t x) {
  return x - (vl){0};
}

// Masks: a bit a lane with AVX-512, else lanes of zeros or ones. Comparisons with NaN are false, but ne is true.
#if VM_WIDTH == 8
typedef __mmask8 vm_mask;
#define VM_COMPARE(name, operator, predicate)                     \
  VM_INLINE vm_mask vm_##name(vd a, vd b) {                       \
    return _mm512_cmp_pd_mask((__m512d)a, (__m512d)b, predicate); \
  }
VM_INLINE vd vm_pick(vm_mask m, vd a, vd b) {
  return (vd)_mm512_mask_blend_pd(m, (__m512d)b, (__m512d)a);
}
VM_INLINE vl vm_pickl(vm_mask m, vl a, vl b) {
  return (vl)_mm512_mask_blend_epi64(m, (__m512i)b, (__m512i)a);
}
VM_INLINE bool vm_all(vm_mask m) {
  return m == 0xff;
}
VM_INLINE bool vm_any(vm_mask m) {
  return m != 0;
}
VM_INLINE vm_mask vm_and(vm_mask a, vm_mask b) {
  return a & b;
}
VM_INLINE vm_mask vm_or(vm_mask a, vm_mask b) {
  return a | b;
}
#else
typedef vl vm_mask;
#define VM_COMPARE(name, operator, predicate) \
  VM_INLINE vm_mask vm_##name(vd a, vd b) {   \
    return (vm_mask)(a operator b);           \
  }
VM_INLINE vl vm_pickl(vm_mask m, vl a, vl b) {
  return (m & a) | (~m & b);
}
VM_INLINE vm_mask vm_and(vm_mask a, vm_mask b) {
  return a & b;
}
VM_INLINE vm_mask vm_or(vm_mask a, vm_mask b) {
  return a | b;
}
#if VM_WIDTH == 4
VM_INLINE vd vm_pick(vm_mask m, vd a, vd b) {
  return (vd)_mm256_blendv_pd((__m256d)b, (__m256d)a, (__m256d)m);
}
VM_INLINE bool vm_all(vm_mask m) {
  return _mm256_movemask_pd((__m256d)m) == 0xf;
}
VM_INLINE bool vm_any(vm_mask m) {
  return _mm256_movemask_pd((__m256d)m) != 0;
}
#else
VM_INLINE vd vm_pick(vm_mask m, vd a, vd b) {
  return (vd)vm_pickl(m, (vl)a, (vl)b);
}
VM_INLINE bool vm_all(vm_mask m) {
  return (m[0] & m[1]) != 0;
}
VM_INLINE bool vm_any(vm_mask m) {
  return (m[0] | m[1]) != 0;
}
#endif
#endif
VM_COMPARE(lt, <, _CMP_LT_OQ)
VM_COMPARE(le, <=, _CMP_LE_OQ)
VM_COMPARE(gt, >, _CMP_GT_OQ)
VM_COMPARE(ge, >=, _CMP_GE_OQ)
VM_COMPARE(eq, ==, _CMP_EQ_OQ)
VM_COMPARE(ne, !=, _CMP_NEQ_UQ)
VM_INLINE vd vm_one(vm_mask m) {
  return vm_pick(m, vm_set(1), vm_set(0));
}
VM_INLINE vm_mask vm_is(vd a) {
  return vm_ne(a, vm_set(0));
}
VM_INLINE vm_mask vm_isnan(vd a) {
  return vm_ne(a, a);
}

// What one instruction does, by instruction set. min is a < b ? a : b and max is a > b ? a : b: the second operand
// wins on NaN and on zeros of either sign, as minpd and maxpd have it.
#define VM_EACH(expression)                                 \
  do {                                                      \
    vd r = {0};                                             \
    for (int i = 0; i < VM_WIDTH; i++) r[i] = (expression); \
    return r;                                               \
  } while (0)
#define VM_BY_LANE(name)         \
  VM_INLINE vd vm_##name(vd a) { \
    VM_EACH(name(a[i]));         \
  }
#if VM_WIDTH == 8
#define VM_ROUND(a, mode) ((vd)_mm512_roundscale_pd((__m512d)(a), (mode) | _MM_FROUND_NO_EXC))
VM_INLINE vd vm_fma(vd a, vd b, vd c) {
  return (vd)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
}
VM_INLINE vd vm_sqrt(vd a) {
  return (vd)_mm512_sqrt_pd((__m512d)a);
}
VM_INLINE vd vm_min(vd a, vd b) {
  return (vd)_mm512_min_pd((__m512d)a, (__m512d)b);
}
VM_INLINE vd vm_max(vd a, vd b) {
  return (vd)_mm512_max_pd((__m512d)a, (__m512d)b);
}
VM_INLINE vd vm_gather(const double *p, vl i) {
  return (vd)_mm512_i64gather_pd((__m512i)i, p, 8);
}
#elif VM_WIDTH == 4
#define VM_ROUND(a, mode) ((vd)_mm256_round_pd((__m256d)(a), (mode) | _MM_FROUND_NO_EXC))
VM_INLINE vd vm_fma(vd a, vd b, vd c) {
  return (vd)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
}
VM_INLINE vd vm_sqrt(vd a) {
  return (vd)_mm256_sqrt_pd((__m256d)a);
}
VM_INLINE vd vm_min(vd a, vd b) {
  return (vd)_mm256_min_pd((__m256d)a, (__m256d)b);
}
VM_INLINE vd vm_max(vd a, vd b) {
  return (vd)_mm256_max_pd((__m256d)a, (__m256d)b);
}
VM_INLINE vd vm_gather(const double *p, vl i) {
  return (vd)_mm256_i64gather_pd(p, (__m256i)i, 8);
}
#else
VM_INLINE vd vm_fma(vd a, vd b, vd c) {
  VM_EACH(fma(a[i], b[i], c[i]));
}
VM_BY_LANE(sqrt)
VM_INLINE vd vm_min(vd a, vd b) {
  return vm_pick(vm_lt(a, b), a, b);
}
VM_INLINE vd vm_max(vd a, vd b) {
  return vm_pick(vm_gt(a, b), a, b);
}
VM_INLINE vd vm_gather(const double *p, vl index) {
  VM_EACH(p[index[i]]);
}
#endif
#if VM_WIDTH > 2
VM_INLINE vd vm_floor(vd a) {
  return VM_ROUND(a, _MM_FROUND_TO_NEG_INF);
}
VM_INLINE vd vm_ceil(vd a) {
  return VM_ROUND(a, _MM_FROUND_TO_POS_INF);
}
VM_INLINE vd vm_trunc(vd a) {
  return VM_ROUND(a, _MM_FROUND_TO_ZERO);
}
#else
VM_BY_LANE(floor)
VM_BY_LANE(ceil)
VM_BY_LANE(trunc)
#endif

VM_INLINE vd vm_abs(vd a) {
  return (vd)((vl)a & INT64_MAX);
}
VM_INLINE vd vm_copysign(vd a, vd sign) {
  return (vd)(((vl)a & INT64_MAX) | ((vl)sign & INT64_MIN));
}
// The nearest integer, halves away from zero, the sign kept.
VM_INLINE vd vm_round(vd a) {
  vd whole = vm_trunc(a);
  return vm_copysign(vm_abs(whole) + vm_one(vm_ge(vm_abs(a - whole), vm_set(0.5))), a);
}
VM_INLINE vd vm_sign(vd a) {
  return vm_one(vm_gt(a, vm_set(0))) - vm_one(vm_lt(a, vm_set(0)));
}
VM_INLINE vd vm_modulo(vd a, vd b) {
  return a - b * vm_floor(a / b);
}
VM_INLINE vd vm_mulz(vd a, vd b) {
  return vm_pick(vm_eq(a, vm_set(0)), a, a * b);
}
// The sign of x^y: 1 for x >= 0; for x < 0 1 or -1 by an integral y (infinity is even), else NaN.
VM_INLINE vd vm_powsign(vd x, vd y) {
  if (__builtin_expect(vm_all(vm_ge(x, vm_set(0))), 1)) return vm_set(1);
  vd half = y * 0.5;
  vd parity = vm_pick(vm_eq(vm_floor(half), half), vm_set(1), vm_set(-1));
  vd negative = vm_pick(vm_eq(vm_floor(y), y), parity, vm_set(NAN));
  return vm_pick(vm_ge(x, vm_set(0)), vm_set(1), vm_pick(vm_lt(x, vm_set(0)), negative, vm_set(NAN)));
}

// exp(x) = 2^n e^r with n the integer nearest to x/ln2 and r = x - n ln2, |r| <= ln2/2, ln2 in two parts of which n
// times the first is exact (Cody and Waite 1980). e^r = 1 + (r + r^2 q(r)), q of degree 9 with an error of 2^-55.8,
// summed in even and odd powers. Adding 1.5*2^52 rounds to an integer and leaves n in the low bits.
#define VM_LN2_HIGH 0x1.62e42feep-1
#define VM_LN2_LOW 0x1.a39ef35793c76p-33
struct vm_exp_parts {
  vd mantissa;  // e^r, in (0.70, 1.42)
  vl n;         // in the low bits
};
VM_INLINE struct vm_exp_parts vm_exp_parts(vd x) {
  vd shifted = vm_fma(x, vm_set(0x1.71547652b82fep+0), vm_set(0x1.8p52));
  vd n = shifted - 0x1.8p52;
  vd r = vm_fma(n, vm_set(-VM_LN2_LOW), vm_fma(n, vm_set(-VM_LN2_HIGH), x));
  vd r2 = r * r;
  vd even = vm_fma(vm_set(0x1.289185613a3d6p-22), r2, vm_set(0x1.a019b90d2ae7ap-16));
  vd odd = vm_fma(vm_set(0x1.af38a9b0ec855p-26), r2, vm_set(0x1.71de0dae63bb3p-19));
  even = vm_fma(even, r2, vm_set(0x1.6c16c1788bd90p-10));
  odd = vm_fma(odd, r2, vm_set(0x1.a01a01a7c41d5p-13));
  even = vm_fma(even, r2, vm_set(0x1.5555555553d63p-5));
  odd = vm_fma(odd, r2, vm_set(0x1.11111111109b3p-7));
  even = vm_fma(even, r2, vm_set(0x1.0000000000001p-1));
  odd = vm_fma(odd, r2, vm_set(0x1.5555555555556p-3));
  vd q = vm_fma(odd, r, even);
  return (struct vm_exp_parts){1 + vm_fma(q, r2, r), (vl)shifted};
}
// Any argument: beyond these bounds the result is 0 or infinity all the same; 2^n in two factors, of which the first
// product is exact, so that a subnormal result is rounded once.
static __attribute__((noinline, unused)) vd vm_exp_any(vd x) {
  vd bounded = vm_max(vm_min(x, vm_set(720)), vm_set(-760));
  struct vm_exp_parts p = vm_exp_parts(bounded);
  vl n = p.n - (vl)vm_set(0x1.8p52), half = n >> 1;
  vd result = p.mantissa * (vd)((vu)(half + 1023) << 52) * (vd)((vu)(n - half + 1023) << 52);
  return vm_pick(vm_isnan(x), x + x, result);
}
VM_INLINE vd vm_exp(vd x) {
  if (__builtin_expect(!vm_all(vm_lt(vm_abs(x), vm_set(708))), 0)) return vm_exp_any(x);
  struct vm_exp_parts p = vm_exp_parts(x);
  return (vd)((vu)p.mantissa + ((vu)p.n << 52));
}

// log(x) = k ln2 + log(1+f) with 1+f in [sqrt(1/2), sqrt 2) and s = f/(2+f):
// log(1+f) = 2s + s z P(z), z = s^2, P of degree 6 with a relative error of 2^-57.6; 2s + s R is written as
// f - (f^2/2 - s(f^2/2 + R)), whose large term f is exact (Ng, fdlibm e_log.c, 1993, for the arrangement).
#define VM_LOG_BIAS (0x1p52 + 1023)
VM_INLINE vd vm_log_scaled(vd x, vd bias) {  // log(x) for normal positive x, with k less by bias - VM_LOG_BIAS
  vu above = (vu)x - 0x3fe6a09e667f3bcdu;    // bits of sqrt(1/2)
  vd f = (vd)((vu)x - (above & 0xfff0000000000000u)) - 1;
  vu biased = (above + 0x3ff0000000000000u) >> 52;
  vd k = (vd)(biased | 0x4330000000000000u) - bias;
  vd s = f / (2 + f), z = s * s, z2 = z * z;
  vd even = vm_fma(vm_set(0x1.2b5900dec9866p-3), z2, vm_set(0x1.7462b51cb6d52p-3));
  vd odd = vm_fma(vm_set(0x1.39fe51a7b64b0p-3), z2, vm_set(0x1.c71c62e3f11c8p-3));
  even = vm_fma(even, z2, vm_set(0x1.2492492df281ap-2));
  odd = vm_fma(odd, z2, vm_set(0x1.99999999952d7p-2));
  even = vm_fma(even, z2, vm_set(0x1.5555555555558p-1));
  vd half_square = 0.5 * f * f;
  vd r = vm_fma(z, vm_fma(odd, z, even), half_square);
  vd low = vm_fma(s, r, k * VM_LN2_LOW);
  return vm_fma(k, vm_set(VM_LN2_HIGH), f - (half_square - low));
}
// Any argument: subnormals are scaled up, the rest of the odd ones answered one by one.
static __attribute__((noinline, unused)) vd vm_log_any(vd x) {
  vm_mask small = vm_lt(x, vm_set(0x1p-1022));
  vd scaled = vm_pick(small, x * 0x1p54, x);
  vd result = vm_log_scaled(scaled, vm_pick(small, vm_set(VM_LOG_BIAS + 54), vm_set(VM_LOG_BIAS)));
  result = vm_pick(vm_eq(x, vm_set(INFINITY)), x, result);
  result = vm_pick(vm_eq(x, vm_set(0)), vm_set(-INFINITY), result);
  return vm_pick(vm_ge(x, vm_set(0)), result, vm_set(NAN));
}
VM_INLINE vd vm_log(vd x) {
  vm_mask usual = vm_and(vm_ge(x, vm_set(0x1p-1022)), vm_lt(x, vm_set(INFINITY)));
  if (__builtin_expect(!vm_all(usual), 0)) return vm_log_any(x);
  return vm_log_scaled(x, vm_set(VM_LOG_BIAS));
}
// log(1+x) = log(u) + c/u with u = 1+x rounded and c its rounding error (Knuth's two-sum).
VM_INLINE vd vm_log1p(vd x) {
  vd u = 1 + x, back = u - x;
  vd c = (x - (u - back)) + (1 - back);
  vd logarithm = vm_log(u);
  vm_mask inside = vm_and(vm_gt(u, vm_set(0)), vm_lt(u, vm_set(INFINITY)));
  return vm_pick(vm_eq(x, vm_set(0)), x, vm_pick(inside, logarithm + c / u, logarithm));
}

#if VM_WIDTH == 8
#define VM_SLEEF(to, name)                                   \
  VM_INLINE vd to(vd a) {                                    \
    return (vd)Sleef_finz_##name##d8_u10avx512f((__m512d)a); \
  }
#elif VM_WIDTH == 4
#define VM_SLEEF(to, name)                                \
  VM_INLINE vd to(vd a) {                                 \
    return (vd)Sleef_finz_##name##d4_u10avx2((__m256d)a); \
  }
#else
#define VM_SLEEF(to, name)                                                                              \
  VM_INLINE vd to(vd a) {                                                                               \
    VM_EACH(VM_FUSED ? Sleef_finz_##name##d1_u10purecfma(a[i]) : Sleef_cinz_##name##d1_u10purec(a[i])); \
  }
#endif
VM_SLEEF(vm_log10, log10)
VM_SLEEF(vm_sin, sin)
VM_SLEEF(vm_cos, cos)
VM_SLEEF(vm_tan, tan)
VM_SLEEF(vm_asin, asin)
VM_SLEEF(vm_acos, acos)
VM_SLEEF(vm_atan, atan)
VM_SLEEF(vm_tanh, tanh)
VM_SLEEF(vm_sleef_sinh, sinh)
VM_SLEEF(vm_sleef_cosh, cosh)

// SLEEF's sinh and cosh overflow from 709.78 on, the true ones from 710.48: past 709 both are e^|x|/2 to all digits.
VM_INLINE vd vm_half_exp(vd x) {
  vd root = vm_exp(vm_abs(x) * 0.5);
  return 0.5 * root * root;
}
VM_INLINE vd vm_sinh(vd x) {
  vm_mask large = vm_gt(vm_abs(x), vm_set(709));
  vd usual = vm_sleef_sinh(x);
  return vm_any(large) ? vm_pick(large, vm_copysign(vm_half_exp(x), x), usual) : usual;
}
VM_INLINE vd vm_cosh(vd x) {
  vm_mask large = vm_gt(vm_abs(x), vm_set(709));
  vd usual = vm_sleef_cosh(x);
  return vm_any(large) ? vm_pick(large, vm_half_exp(x), usual) : usual;
}

#endif
