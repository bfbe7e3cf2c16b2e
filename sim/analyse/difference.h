// SPDX-License-Identifier: GPL-3.0-or-later
// Two files of results compared: which columns and times both have, and where their numbers differ by more than is
// allowed. Without tolerances given, a number may differ by two units of the last digit printed in either file, or by
// 1e-5 of its column's largest magnitude, which is what single precision leaves.
#ifndef ANALYSE_DIFFERENCE_H
#define ANALYSE_DIFFERENCE_H
#include "analyse/series.h"

struct difference_options {
  double rtol, atol;  // |a - b| <= atol + rtol*max(|a|, |b|); both negative: the default rule
  LIST(struct difference_pair {
    const char *a, *b;  // names that mean the same
  })
  pairs;
};

struct difference_point {
  const char *name;  // NULL: none
  double time, a, b;
  double allowed;
};

struct difference {
  size_t columns, values;  // compared
  size_t differing, differing_columns;
  struct difference_point first, worst;  // by time; by the share of what is allowed
  LIST(const char *) only_a, only_b;     // columns
  LIST(double) times_a, times_b;         // times of one file alone
  size_t gaps;                           // a value at a time of both that one file lacks
  struct difference_point gap;           // the first of them; NAN where there is no value
};

// NULL after an error: a name in `pairs` that a file does not have.
struct difference *difference_find(struct arena *a, const struct series *x, const struct series *y,
                                   const struct difference_options *options, struct diag *diag);
// Do the values that both files have agree; are there any?
bool difference_agrees(const struct difference *d);
// The same, and neither file has columns, times or values of its own.
bool difference_is_none(const struct difference *d);

#endif
