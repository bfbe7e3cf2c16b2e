// SPDX-License-Identifier: GPL-3.0-or-later
// For tests of XMILE: a file with a usual head (times 0 to 6 by 0.5, Euler; dimensions N, Loc, Prod), read and run with
// all its variables saved.
#ifndef TESTS_XMILE_SUPPORT_H
#define TESTS_XMILE_SUPPORT_H
#include "engine/run.h"
#include "reader_support.h"

extern const char xmile_bench_head[];
struct model *xmile_bench_file(struct bench *b, const char *text);
// `variables` in a model, `rest` behind it.
struct model *xmile_bench_body(struct bench *b, const char *variables, const char *rest);
const struct results *xmile_bench_run(struct bench *b, const struct model *m);
double xmile_bench_value(const struct results *r, const char *name, double time);

#define HAS(r, name, time, wanted)                                                                                   \
  do {                                                                                                               \
    double found = xmile_bench_value(r, name, time), right = (wanted);                                               \
    cr_expect(fabs(found - right) <= 1e-9 * (1 + fabs(right)), "%s at %g is %.15g, not %.15g", name, (double)(time), \
              found, right);                                                                                         \
  } while (0)

#endif
