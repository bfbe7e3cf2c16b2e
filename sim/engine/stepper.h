// SPDX-License-Identifier: GPL-3.0-or-later
// Fixed-step methods as the field means them, as GSL step types: GSL's own rk4 does step doubling (12 right-hand sides
// and other numbers). Use with gsl_odeiv2_evolve_apply_fixed_step(e, NULL, ...). The coefficients are data
// (stepper.c), tested against their order conditions.
#ifndef ENGINE_STEPPER_H
#define ENGINE_STEPPER_H
#include <gsl/gsl_odeiv2.h>

#include "lang/scenario.h"

extern const gsl_odeiv2_step_type *const stepper_euler;
extern const gsl_odeiv2_step_type *const stepper_rk2;  // Heun: the mean of the slopes at both ends
extern const gsl_odeiv2_step_type *const stepper_rk4;  // classical: stages at 0, 1/2, 1/2, 1

// The step type of a method, ours or GSL's.
const gsl_odeiv2_step_type *stepper_type(enum method m);

// A fixed-step method as data: stage j starts from y + reach[j] h k[j-1]; y moves by h/divisor times the sum of
// weights[j] k[j]. NULL for other methods.
struct stepper_tableau {
  unsigned stages, order;
  unsigned char half_steps[4];
  double reach[4], weights[4], divisor;
};
const struct stepper_tableau *stepper_tableau(enum method m);

// Times of the stages of a fixed-step method in half steps from the start of the step (rk4: 0 1 1 2); 0 stages for
// other methods. half_steps may be NULL.
unsigned stepper_stages(enum method m, const unsigned char **half_steps);

#endif
