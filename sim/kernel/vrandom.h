// SPDX-License-Identifier: GPL-3.0-or-later
// build: included by kernel_body.c after vmath.h
// Inverse distribution functions on vectors: what turns a uniform number into a normal or a Poisson draw. Inverses and
// nothing else, so that a draw is monotone in its uniform and common random numbers stay common.
// Random numbers themselves come from base/rng.h.
#ifndef KERNEL_VRANDOM_H
#define KERNEL_VRANDOM_H
#include "kernel/vmath.h"

// A polynomial of degree 7, coefficients from the constant on.
VM_INLINE vd vm_poly7(const double c[8], vd x) {
  vd sum = vm_set(c[7]);
  for (int i = 6; i >= 0; i--) sum = vm_fma(sum, x, vm_set(c[i]));
  return sum;
}

// Wichura (1988), "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37,
// PPND16: relative error about 1e-16 times a small factor. Central |p - 1/2| <= 0.425, tails by r = sqrt(-log p), with
// other coefficients for r > 5 (p < 1.4e-11).
static const double vm_normal_center[2][8] = {
    {3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
     4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3},
    {1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3, 2.1213794301586595867e+4,
     3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3}};
static const double vm_normal_tail[2][8] = {
    {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
     1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9}};
static const double vm_normal_far[2][8] = {
    {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7},
    {1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
     1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15}};

static __attribute__((noinline, unused)) vd vm_norminv_tail(vd p) {
  vm_mask low = vm_lt(p, vm_set(0.5));
  vd r = vm_sqrt(-vm_log(vm_pick(low, p, 1 - p)));
  vd near = vm_poly7(vm_normal_tail[0], r - 1.6) / vm_poly7(vm_normal_tail[1], r - 1.6);
  vd far = vm_poly7(vm_normal_far[0], r - 5) / vm_poly7(vm_normal_far[1], r - 5);
  vd size = vm_pick(vm_le(r, vm_set(5)), near, far);
  size = vm_pick(vm_eq(r, vm_set(INFINITY)), r, size);  // p = 0 or 1
  return vm_pick(low, -size, size);
}
VM_INLINE vd vm_norminv(vd p) {
  vd q = p - 0.5;
  vm_mask central = vm_le(vm_abs(q), vm_set(0.425));
  vd t = 0.180625 - q * q;
  vd center = q * vm_poly7(vm_normal_center[0], t) / vm_poly7(vm_normal_center[1], t);
  if (vm_all(central)) return center;
  return vm_pick(central, center, vm_norminv_tail(p));
}

// The least k whose cumulative probability reaches p, summed from k = 0; mean <= VM_POISSON_EXACT. It ends where the
// sum stops growing, since rounding may keep it below a p next to 1.
#define VM_POISSON_EXACT 700
static inline double vm_poisson_count(double p, double mean, double probability_of_zero) {
  double k = 0, term = probability_of_zero, sum = term;
  while (sum < p) {
    k += 1;
    term = term * mean / k;
    double next = sum + term;
    if (next == sum && k > mean) break;
    sum = next;
  }
  return k;
}
// For large means the asymptotic expansion about the normal quantile w of Giles (2016), "Algorithm 955: approximation
// of the inverse Poisson cumulative distribution function", ACM TOMS 42, with both correction terms. Measured against
// the sum on 10^6 even probabilities: other counts (by one) 2 times at mean 500, never at 700.
VM_INLINE vd vm_poisson_large(vd w, vd mean) {
  vd root = vm_sqrt(mean), w2 = w * w;
  vd q = mean + root * w + (w2 * (1.0 / 6) + 1.0 / 3) - w * (w2 * (1.0 / 72) + 1.0 / 36) / root;
  q = q + (w2 * w2 * (1.0 / 270) + w2 * (7.0 / 810) - 8.0 / 405) / mean;
  return vm_floor(q);
}
// p in [0, 1), mean >= 0 finite; NaN otherwise; p = 1 has no finite count.
static __attribute__((noinline, unused)) vd vm_poisinv(vd p, vd mean) {
  vd result = vm_poisson_large(vm_norminv(p), mean);
  vd zero = vm_exp(-mean);
  for (int i = 0; i < VM_WIDTH; i++)
    if (mean[i] <= VM_POISSON_EXACT && mean[i] >= 0) result[i] = vm_poisson_count(p[i], mean[i], zero[i]);
  vm_mask inside = vm_and(vm_and(vm_ge(p, vm_set(0)), vm_lt(p, vm_set(1))),
                          vm_and(vm_ge(mean, vm_set(0)), vm_lt(mean, vm_set(INFINITY))));
  return vm_pick(inside, vm_max(result, vm_set(0)), vm_set(NAN));
}

#endif
