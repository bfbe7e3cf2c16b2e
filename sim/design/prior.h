// SPDX-License-Identifier: GPL-3.0-or-later
// Distributions as inverse cumulative functions: a uniform number in (0,1) becomes a draw. One uniform makes one draw
// for every distribution (no rejection), so that draws stay a function of (seed, member, name), keep the stratification
// of Latin and Sobol designs, and can be correlated by a copula.
// Truncation cuts the uniform number, not the draw: the distribution between the bounds keeps its shape.
#ifndef DESIGN_PRIOR_H
#define DESIGN_PRIOR_H
#include "lang/model.h"

// A prior made ready. Continuous: the standard form of its kind (shape), then x = shift + scale*y, then exp when
// `logarithmic`. Draws use the tail in which the truncation bounds are exact.
struct inverse_cdf {
  enum prior_kind kind;
  bool logarithmic;
  double shape[2], shift, scale;
  double low, high;                   // support after truncation; may be infinite
  bool upper;                         // `start` and `span` count from the upper end
  double start, span;                 // the tail probability of a draw is start + span*u (upper: start + span*(1-u))
  const double *values, *cumulative;  // discrete: ascending values and their distribution function
  size_t value_count;
};

// False after an error: a truncation that leaves (almost) nothing. `name` is the parameter, for the message.
bool prior_prepare(struct arena *a, const struct prior *prior, const char *name, struct inverse_cdf *out,
                   struct diag *diag);
// The draw for u in (0,1): never below, never above the support.
double prior_draw(const struct inverse_cdf *c, double u);
// The smallest and largest value the prior can give, truncation included; infinite where unbounded.
void prior_support(const struct prior *prior, double *low, double *high);
// Probability of a value <= x, truncation included.
double prior_cumulative(const struct inverse_cdf *c, double x);

// The standard normal distribution.
double prior_normal_quantile(double u);
double prior_normal_cumulative(double z);

#endif
