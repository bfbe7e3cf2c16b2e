// SPDX-License-Identifier: GPL-3.0-or-later
// Tables outside the kernel: what can be known of one before the run, and its value at a single number by the rule of
// the LOOKUP operation, written plainly. tests/lookup_test.c holds both to the same bits.
#include <math.h>

#include "kernel/kernel.h"
#include "lang/model.h"

// The direct index may miss by one and is corrected, so points may stray from the even grid by far less than half a
// spacing; a thousandth leaves room for the rounding of a table's decimals and of the division.
static bool is_even(const struct lookup_table *t, double spacing) {
  for (uint32_t i = 0; i < t->count; i++)
    if (!(fabs(t->x[i] - (t->x[0] + i * spacing)) <= 1e-3 * spacing)) return false;
  return true;
}

void lookup_prepare(struct lookup_table *t) {
  t->uniform = false;
  t->inverse_spacing = 0;
  if (t->count < 2) return;
  double spacing = (t->x[t->count - 1] - t->x[0]) / (t->count - 1), inverse = 1 / spacing;
  if (!(spacing > 0) || !isfinite(spacing) || !isfinite(inverse) || !is_even(t, spacing)) return;
  t->uniform = true;
  t->inverse_spacing = inverse;
}

// The greatest i <= count-2 with x[i] <= x, or 0.
static uint32_t segment(const struct lookup_table *t, double x) {
  uint32_t low = 0, high = t->count - 1;
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    if (t->x[middle] <= x) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

double lookup_value(const struct lookup_table *t, double x) {
  uint32_t last = t->count - 1;
  if (isnan(x)) return x;
  if (last == 0) return t->y[0];
  if (x == t->x[last] || (x > t->x[last] && t->mode != PATH_EXTRAPOLATE)) return t->y[last];
  if (x < t->x[0] && t->mode == PATH_LINEAR) return t->y[0];
  uint32_t i = segment(t, x);
  if (t->mode == PATH_STEP) return t->y[i];
  return t->y[i] + (x - t->x[i]) * (t->y[i + 1] - t->y[i]) / (t->x[i + 1] - t->x[i]);
}
