// SPDX-License-Identifier: GPL-3.0-or-later
// Quantiles and their standard errors, from sorted numbers or from a sketch. The definition is type 7 of Hyndman and
// Fan (Sample Quantiles in Statistical Packages, The American Statistician 50, 1996), the default of R, NumPy and
// Excel: with h = (n-1)p the quantile is x[floor h] + (h - floor h) (x[floor h + 1] - x[floor h]), counting from 0. The
// standard error is half the distance between the quantiles at p - d and p + d, d = sqrt(p(1-p)/n): the
// distribution-free interval of Woodruff (Journal of the American Statistical Association 47, 1952) at one standard
// deviation. It is that of independent draws; stratified and Sobol designs do better than it says.
#ifndef REDUCE_QUANTILE_H
#define REDUCE_QUANTILE_H
#include "base/limits.h"
#include "reduce/sketch.h"

struct quantile_levels {
  const double *p;  // each in 0..1, ascending
  size_t count;
};

// values and errors take levels.count numbers; NAN where n is 0 (errors: below 2).
void quantile_exact(const double *sorted, uint64_t n, struct quantile_levels levels, double *values, double *errors);
// least and most are known exactly: what the sketch says is kept between them, and the extreme ranks are them.
void quantile_sketch(const struct sketch *s, size_t cell, double least, double most, struct quantile_levels levels,
                     double *values, double *errors);

#endif
