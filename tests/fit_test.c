// SPDX-License-Identifier: GPL-3.0-or-later
// Statistics of fit against numbers worked out by hand, and Theil's identity on series drawn at random.
#include "analyse/fit.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

TestSuite(fit, .timeout = 60);

static void close_to(double value, double expected, const char *what) {
  cr_assert(fabs(value - expected) < 1e-6, "%s is %.9g, expected %.9g", what, value, expected);
}

// Errors -1, 0, -1, 0: mse 1/2. Means 5/2 and 3, variances 5/4 and 1, covariance 1, so r = 1/sqrt(5/4).
Test(fit, a_small_example_agrees_with_hand_computation) {
  const double model[] = {1, 2, 3, 4}, data[] = {2, 2, 4, 4};
  struct fit f = fit_compute(model, data, 4);
  cr_assert_eq(f.count, 4);
  close_to(f.mape, (0.5 + 0 + 0.25 + 0) / 4, "MAPE");
  close_to(f.rmse, sqrt(0.5), "RMSE");
  close_to(f.r2, 0.8, "R2");
  close_to(f.theil, sqrt(0.5) / (sqrt(7.5) + sqrt(10)), "U");
  close_to(f.bias, 0.5, "bias");
  close_to(f.variance, (sqrt(1.25) - 1) * (sqrt(1.25) - 1) / 0.5, "variance");
  close_to(f.covariance, 2 * (sqrt(1.25) - 1) / 0.5, "covariance");
}

Test(fit, a_shifted_series_has_nothing_but_bias) {
  const double model[] = {11, 12, 14}, data[] = {1, 2, 4};
  struct fit f = fit_compute(model, data, 3);
  close_to(f.bias, 1, "bias");
  close_to(f.variance, 0, "variance");
  close_to(f.covariance, 0, "covariance");
  close_to(f.r2, 1, "R2");
}

Test(fit, a_stretched_series_has_nothing_but_variance) {
  const double model[] = {-2, 0, 2}, data[] = {-1, 0, 1};
  struct fit f = fit_compute(model, data, 3);
  close_to(f.bias, 0, "bias");
  close_to(f.variance, 1, "variance");
  cr_assert(isnan(f.mape), "a datum of zero has no error in per cent");
}

Test(fit, a_perfect_series_has_no_error_and_no_shares_of_it) {
  const double data[] = {1, 2, 4};
  struct fit f = fit_compute(data, data, 3);
  cr_assert_eq(f.rmse, 0);
  cr_assert_eq(f.theil, 0);
  cr_assert(isnan(f.bias) && isnan(f.variance) && isnan(f.covariance));
}

Test(fit, two_points_have_an_error_but_no_shares) {
  const double model[] = {2, 2}, data[] = {1, 2};
  struct fit f = fit_compute(model, data, 2);
  close_to(f.mape, 0.5, "MAPE");
  cr_assert(isnan(f.r2) && isnan(f.bias));
  cr_assert(isnan(fit_compute(model, data, 0).mape));
}

Test(fit, the_three_shares_add_up_to_one) {
  unsigned seed = 20260101;
  srand(seed);
  for (int round = 0; round < 1000; round++) {
    double model[20], data[20];
    size_t n = 3 + (size_t)rand() % 18;
    for (size_t i = 0; i < n; i++) model[i] = rand() % 1000 - 500, data[i] = rand() % 1000 + 1;
    struct fit f = fit_compute(model, data, n);
    cr_assert(fabs(f.bias + f.variance + f.covariance - 1) < 1e-9, "SEED %u, round %d", seed, round);
    cr_assert(f.theil >= 0 && f.theil <= 1, "SEED %u, round %d: U %g", seed, round, f.theil);
  }
}
