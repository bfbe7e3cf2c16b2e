// SPDX-License-Identifier: GPL-3.0-or-later
// See histogram.h.
#include "reduce/histogram.h"

static size_t bin_of(const struct histogram *h, double x) {
  // Halved, so that a span from -1e308 to 1e308 does not overflow.
  double place = (x / 2 - h->low / 2) / (h->high / 2 - h->low / 2) * (double)h->bins;
  if (!(place > 0)) return 0;
  return place < (double)h->bins ? (size_t)place : h->bins - 1;
}

void histogram_exact(struct histogram *h, const double *values, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (values[i] < h->low)
      h->below++;
    else if (values[i] > h->high)
      h->above++;
    else
      h->counts[bin_of(h, values[i])]++;
  }
}

// How many of a bin's numbers, taken as evenly spread, lie below x.
static uint64_t below(const struct sketch_bin *bin, double x) {
  if (x <= bin->low) return 0;
  if (x > bin->high) return bin->count;
  return (uint64_t)((x / 2 - bin->low / 2) / (bin->high / 2 - bin->low / 2) * bin->count + 0.5);
}

// The edges are where the data end (or where the user set them): a sketch bin that crosses the least or most number
// holds nothing beyond it.
struct spread {
  struct histogram *h;
  double least, most;
};

static void spread_bin(void *context, const struct sketch_bin *whole) {
  const struct spread *s = context;
  struct histogram *h = s->h;
  struct sketch_bin bin = *whole;
  if (bin.low < s->least) bin.low = s->least;
  if (bin.high > s->most) bin.high = s->most;
  uint64_t given = below(&bin, h->low), upto;
  h->below += given;
  double width = h->high / (double)h->bins - h->low / (double)h->bins;
  size_t first = bin.low > h->low ? bin_of(h, bin.low) : 0, i = first;
  for (; i + 1 < h->bins && given < bin.count && bin.high > h->low + (double)(i + 1) * width; i++) {
    upto = below(&bin, h->low + (double)(i + 1) * width);
    if (upto < given) upto = given;
    h->counts[i] += upto - given;
    given = upto;
  }
  upto = bin.high <= h->high ? bin.count : below(&bin, h->high);
  if (upto < given) upto = given;
  h->counts[i] += upto - given;
  h->above += bin.count - upto;
}

void histogram_sketch(struct histogram *h, const struct sketch *s, size_t cell, double least, double most) {
  struct spread spread = {h, least, most};
  sketch_each(s, cell, spread_bin, &spread);
}
