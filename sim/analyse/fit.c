// SPDX-License-Identifier: GPL-3.0-or-later
// The statistics of fit.h, in two passes: means, then moments about them (one pass over squares would cancel). With
// P the model, A the data, s their standard deviations (divided by n) and r their correlation, Theil's decomposition is
//     mean (P - A)^2 = (mean P - mean A)^2 + (s_P - s_A)^2 + 2 (1 - r) s_P s_A,
// the three shares being bias (unequal mean), variance (unequal variation) and covariance (the unsystematic rest).
#include "analyse/fit.h"

#include <math.h>

struct moments {
  double model, data;                    // means
  double squares_model, squares_data;    // mean squares about zero
  double variance_model, variance_data;  // about the means
  double covariance, squared_error, mape;
};

static struct moments moments_of(const double *p, const double *a, size_t n) {
  struct moments m = {0};
  for (size_t i = 0; i < n; i++) m.model += p[i] / (double)n, m.data += a[i] / (double)n;
  for (size_t i = 0; i < n; i++) {
    double x = p[i] - m.model, y = a[i] - m.data, weight = 1 / (double)n;
    m.squares_model += weight * p[i] * p[i], m.squares_data += weight * a[i] * a[i];
    m.variance_model += weight * x * x, m.variance_data += weight * y * y;
    m.covariance += weight * x * y;
    m.squared_error += weight * (p[i] - a[i]) * (p[i] - a[i]);
    m.mape += weight * (a[i] != 0 ? fabs(p[i] / a[i] - 1) : NAN);
  }
  return m;
}

struct fit fit_compute(const double *model, const double *data, size_t count) {
  struct fit f = {count, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
  if (!count) return f;
  struct moments m = moments_of(model, data, count);
  double s_model = sqrt(m.variance_model), s_data = sqrt(m.variance_data);
  f.mape = m.mape;
  f.rmse = sqrt(m.squared_error);
  double size = sqrt(m.squares_model) + sqrt(m.squares_data);
  f.theil = size > 0 ? f.rmse / size : NAN;
  if (count < FIT_FEWEST) return f;
  double r = s_model > 0 && s_data > 0 ? m.covariance / (s_model * s_data) : 0;
  f.r2 = r * r;
  if (m.squared_error == 0) return f;  // no error: no shares of it
  f.bias = (m.model - m.data) * (m.model - m.data) / m.squared_error;
  f.variance = (s_model - s_data) * (s_model - s_data) / m.squared_error;
  f.covariance = 2 * (1 - r) * s_model * s_data / m.squared_error;
  return f;
}
