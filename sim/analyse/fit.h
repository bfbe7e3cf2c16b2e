// SPDX-License-Identifier: GPL-3.0-or-later
// How well a model's series fits data: the summary statistics that Sterman (1984), "Appropriate summary statistics for
// evaluating the historical fit of system dynamics models", Dynamica 10(2), 51-66, recommends, with the inequality
// coefficient and the decomposition of Theil (1966), "Applied Economic Forecasting", ch. 2. Numbers in, numbers out;
// knows no models, years or files.
#ifndef ANALYSE_FIT_H
#define ANALYSE_FIT_H
#include <stddef.h>

// Below so many points the shares of the error say nothing, and are NAN.
enum { FIT_FEWEST = 3 };

struct fit {
  size_t count;
  double mape;   // mean of |model/data - 1|; NAN when a datum is 0
  double rmse;   // root of the mean squared error
  double r2;     // square of the correlation
  double theil;  // U = rmse / (root mean square of the model + that of the data): 0 perfect, 1 as bad as can be
  double bias, variance, covariance;  // shares of the mean squared error; they add up to 1
};

// NAN throughout for no points.
struct fit fit_compute(const double *model, const double *data, size_t count);

#endif
