// SPDX-License-Identifier: GPL-3.0-or-later
// For tests of .mdl: a text with a usual clock behind it (times 0 to 4 by 1, Euler), read; rows of texts and the
// numbers they must give.
#ifndef TESTS_MDL_SUPPORT_H
#define TESTS_MDL_SUPPORT_H
#include "reader_support.h"

extern const char mdl_bench_clock[];
struct model *mdl_bench_body(struct bench *b, const char *body);

struct mdl_bench_row {
  const char *body, *name;
  double time, wanted;
};
// `before` stands before each body.
void mdl_bench_hold(const char *before, const struct mdl_bench_row *rows, size_t count);

#endif
