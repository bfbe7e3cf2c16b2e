// SPDX-License-Identifier: GPL-3.0-or-later
// Quantile sketches of many columns ("cells") of numbers: counts in bins whose edges are bits of the number itself, so
// that the state is a function of the set of numbers and of nothing else. A bin is a sign, an exponent and the leading
// mantissa bits (SKETCH_BITS of them): its edges differ by a factor of at most 1 + 2^-SKETCH_BITS, hence every order
// statistic is known within a relative 2^-SKETCH_BITS (below 2^-1022 within that absolute step; 0 has a bin of its
// own). Bins lie in pages of 32; when a cell needs more than its cap of pages, all its bins merge in pairs, which
// halves the bits and doubles the bound. A cell's level of merging is the least that fits its set: the order of
// arrival, the number of threads and the way parts are merged cannot matter. The idea of log-spaced mergeable bins is
// DDSketch's (Masson, Rim and Lee, VLDB 2019); edges from bits need no logarithm, and merging all pairs (not only the
// lowest bins) keeps one bound for all quantiles, as UDDSketch does (Epicoco et al. 2020).
//
// Numbers may wait in a short queue of their cell (sketch_queue) and be counted many at a time: a cell's bins then come
// into the first-level cache once for hundreds of numbers. What is in a queue is in no bin yet: sketch_settle first.
//
// Counts are 32 bits wide: a cell takes at most 2^32 - 1 numbers. Not thread-safe.
#ifndef REDUCE_SKETCH_H
#define REDUCE_SKETCH_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pack.h"

#define SKETCH_BITS 8  // mantissa bits of a bin before any merging: a bound of 0.39 %
#define SKETCH_PAGE_BINS 32
#define SKETCH_MAX_PAGES 64  // of one cell: 2,048 bins
#define SKETCH_MIN_PAGES 4

struct sketch {
  size_t cells;
  uint32_t page_cap;  // pages a cell may have
  struct sketch_cell {
    uint32_t level;  // times that bins were merged in pairs
    uint32_t pages;
    uint32_t zeros;    // how many numbers are 0
    uint32_t counted;  // how many numbers there are
    uint32_t waiting;  // of them in the queue
  } * info;            /* [cells] */
  int32_t *keys;       /* [cells][page_cap]: numbers of the cell's pages, ascending */
  uint32_t *where;     /* [cells][page_cap]: their places in the pool */
  uint32_t (*pool)[SKETCH_PAGE_BINS];
  uint32_t pool_used, pool_capacity;
  uint32_t *spare;  // places freed
  uint32_t spare_count, spare_capacity;
  int32_t *queue; /* [cells][queue_length]: bins at level 0 */
  uint32_t queue_length;
};

// A function of the number of cells and the memory budget alone, since it decides when bins merge.
uint32_t sketch_page_cap(size_t cells, uint64_t budget);
bool sketch_init(struct sketch *s, size_t cells, uint32_t page_cap);  // false: no memory
void sketch_free(struct sketch *s);
// Gives every cell a queue, all of them within `bytes`; none when they would be too short to be of use. False: no
// memory.
bool sketch_queue(struct sketch *s, uint64_t bytes);
bool sketch_settle(struct sketch *s);  // counts what waits; false: no memory
void sketch_clear(struct sketch *s);
// As clear, but keeps levels and pages: for a sketch that is filled again and again and always merged into the same
// other one, whose levels are then never below these.
void sketch_empty(struct sketch *s);
size_t sketch_bytes(const struct sketch *s);

// Adds finite numbers to a cell, at most 64. False when memory is out (the sketch is then not to be used).
bool sketch_add(struct sketch *s, size_t cell, const double *values, uint32_t count);
bool sketch_merge(struct sketch *s, const struct sketch *from);  // of the same shape; `from` is settled
void sketch_pack(const struct sketch *s, struct text *out);      // settled
bool sketch_unpack(struct sketch *s, struct pack_reader *r);     // adds packed counts

// Visits a cell's bins in ascending order: [low, high) for positive numbers, (low, high] for negative, {0}.
struct sketch_bin {
  double low, high;
  uint32_t count;
};
typedef void sketch_visit(void *context, const struct sketch_bin *bin);
void sketch_each(const struct sketch *s, size_t cell, sketch_visit *visit, void *context);

// The number of given ascending ranks (0-based, each below the count): the bin's numbers are taken as evenly spread.
void sketch_ranks(const struct sketch *s, size_t cell, const uint64_t *ranks, double *values, size_t count);
// Bound on the relative error of what sketch_ranks gives for a cell (of normal numbers).
double sketch_bound(const struct sketch *s, size_t cell);

#endif
