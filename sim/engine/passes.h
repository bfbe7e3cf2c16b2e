// SPDX-License-Identifier: GPL-3.0-or-later
// Passes over whole arrays of lanes, for what the integrator does around right-hand sides: the stages of a step, and
// the search for numbers that are not finite. One version for each instruction set that the kernel is built for; all
// give the same bits.
#ifndef ENGINE_PASSES_H
#define ENGINE_PASSES_H
#include <stdbool.h>
#include <stddef.h>

// After the slope k of a stage: sum is weight*k, or what it was plus that; then `to` = y + h*x, where x is k for a
// stage with another behind it, and the sum for the last. `to` may be y.
typedef void stage_pass(size_t n, double *to, const double *y, double *sum, const double *k, double weight, double h);

struct passes {
  stage_pass *first, *middle, *last, *only;
  bool (*finite)(size_t n, const double *x);  // all of them?
};

// The version of the kernel in use.
const struct passes *passes_best(void);

#endif
