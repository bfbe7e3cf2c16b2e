// SPDX-License-Identifier: GPL-3.0-or-later
// Three small models with rk4 written by hand as vector C, to measure the interpreter against. Each comes for every
// instruction set that the kernel is built for, and in two manners:
//   by stages     a loop over lanes per stage, as a careful programmer or a code generator writes it: the right-hand
//                 side is fused, the states and sums live in memory (the first-level cache)
//   in registers  the whole run, vector by vector, everything in registers: the most that can be had
// The operations are those of the model's equations in the same order, so results are equal bit for bit. It reads no
// files: parameters and columns are named so that the caller can see that they are still those of the model.
#ifndef BENCH_HAND_H
#define BENCH_HAND_H
#include <stddef.h>

enum { HAND_LANES = 64 };

// parameters [parameter][lane]; saved [save][column][lane]
typedef void hand_run(const double *parameters, double *saved);

struct hand_model {
  const char *name;
  const char *parameters, *columns;  // names, in the order of the model, joined by commas
  double step;
  size_t steps, steps_per_save, states;
  hand_run *by_stages, *in_registers;
};

extern const struct hand_model hand_generic[], hand_avx2[], hand_avx512[];  // end with a name of NULL

#endif
