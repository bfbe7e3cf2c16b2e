// SPDX-License-Identifier: GPL-3.0-or-later
// See histogram.h.
#include "sweep/histogram.h"

static size_t bin_of(const struct histogram *h, double x) {
  // Halved, so that a span from -1e308 to 1e308 does not overflow.
  double place = (x / 2 - h->low / 2) / (h->high / 2 - h->low / 2) * (double)h->bins;
  if (!(place > 0)) return 0;
  return place < (double)h->bins ? (size_t)place : h->bins - 1;
}

void histogram_exact(struct histogram *h, const double *values, size_t n) {
  for (size_t i = 0; i < n; i++) h->counts[bin_of(h, values[i])]++;
}

static double clamp(const struct histogram *h, double x) {
  return x < h->low ? h->low : x > h->high ? h->high : x;
}

// How many of the bin's numbers, taken as evenly spread, lie below x.
static uint64_t below(const struct sketch_bin *bin, double low, double high, double x) {
  if (x <= low) return 0;
  if (x >= high) return bin->count;
  return (uint64_t)((x - low) / (high - low) * bin->count + 0.5);
}

static void spread(void *context, const struct sketch_bin *bin) {
  struct histogram *h = context;
  double low = clamp(h, bin->low), high = clamp(h, bin->high),
         width = h->high / (double)h->bins - h->low / (double)h->bins;
  size_t last = bin_of(h, high);
  uint64_t given = 0;
  for (size_t i = bin_of(h, low); i < last; i++) {
    uint64_t upto = below(bin, low, high, h->low + (double)(i + 1) * width);
    if (upto < given) upto = given;
    h->counts[i] += upto - given;
    given = upto;
  }
  h->counts[last] += bin->count - given;
}

void histogram_sketch(struct histogram *h, const struct sketch *s, size_t cell) {
  sketch_each(s, cell, spread, h);
}
