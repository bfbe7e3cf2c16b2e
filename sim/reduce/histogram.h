// SPDX-License-Identifier: GPL-3.0-or-later
// Histograms of equal bins between two edges, from the numbers or from a sketch (whose bins are spread evenly over
// theirs). Bins are half-open, the last one closed; what lies outside the edges is counted beside them, so that all
// counts always add up to n.
#ifndef REDUCE_HISTOGRAM_H
#define REDUCE_HISTOGRAM_H
#include "reduce/sketch.h"

struct histogram {
  double low, high;  // edges of the first and the last bin; equal when all numbers are
  uint64_t *counts;  /* [bins] */
  size_t bins;
  uint64_t below, above;
};

// Both add to counts that the caller has zeroed, with low <= high and bins set.
void histogram_exact(struct histogram *h, const double *values, size_t n);
// least and most of the numbers are known exactly; the sketch's bins end there.
void histogram_sketch(struct histogram *h, const struct sketch *s, size_t cell, double least, double most);

#endif
