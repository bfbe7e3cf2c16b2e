// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of whole vectors that no element-wise operation gives: inverse matrices, allocation of a supply, market
// prices. Plain code for one lane, the same for every instruction set; the operation VECTOR calls it lane by lane.
#ifndef KERNEL_VECTOR_FN_H
#define KERNEL_VECTOR_FN_H
#include <stdbool.h>
#include <stdint.h>

enum vector_fn {
  VECTOR_INVERT,             // in: matrix[n][n]; out: its inverse, NaN when there is none
  VECTOR_ALLOCATE,           // in: request[n], type[n], priority[n], width[n], extra[n], supply; out: share[n]
  VECTOR_ALLOCATE_PRIORITY,  // in: request[n], priority[n], width, supply; out: share[n]
  VECTOR_MARKET,    // in: demand: quantity, type, priority, width, extra [n] each; supply: the same [m]; out: price
  VECTOR_DEMAND,    // in: quantity, type, priority, width, extra, price; out: what is asked for at that price
  VECTOR_SUPPLY,    // likewise: what is offered
  VECTOR_GAMMA_LN,  // in: x; out: ln of the gamma function
  VECTOR_FNS
};

// n, m: lengths as above (n*n elements for INVERT). Works in `in`, which it may change.
void vector_fn_run(enum vector_fn f, uint32_t n, uint32_t m, double *in, double *out);

#endif
