// SPDX-License-Identifier: GPL-3.0-or-later
// Sorting numbers, and ranks. A radix sort on the numbers' bits: time linear in n whatever the data, no comparison
// function, the same result everywhere. Numbers must not be NaN; -0 sorts before 0.
#ifndef REDUCE_SORT_H
#define REDUCE_SORT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sort_item {
  uint64_t key;
  uint32_t index;
};

// Sorts values ascending; scratch has room for as many.
void sort_numbers(double *values, double *scratch, size_t count);
// Ranks 1..n, equal values sharing the mean of theirs. items and scratch have room for count.
void sort_ranks(const double *values, double *ranks, struct sort_item *items, struct sort_item *scratch, size_t count);

#endif
