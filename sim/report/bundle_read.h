// SPDX-License-Identifier: GPL-3.0-or-later
// One results folder at a time, for bundle.c: its summary with format and version looked at, then a run or a sweep with
// its tables. See bundle.h for the shapes.
#ifndef REPORT_BUNDLE_READ_H
#define REPORT_BUNDLE_READ_H
#include "report/bundle.h"

// Refuses what is no summary and what a newer program wrote. NULL after an error.
const struct record *bundle_read_summary(struct arena *a, const char *folder, bool *sweep, struct diag *diag);
struct bundle_run *bundle_read_run(struct arena *a, const char *folder, const struct record *summary,
                                   struct diag *diag);
struct bundle_read_sweeps {  // one for each policy
  struct bundle_sweep *items;
  size_t count;
};
bool bundle_read_sweep(struct arena *a, const char *folder, const struct record *summary,
                       struct bundle_read_sweeps *sweeps, struct diag *diag);
// {"en": ..., "zh": ...}; the name where there is no text.
struct label bundle_read_label(const struct record *r, const char *name);
struct bundle_pair bundle_read_pair(const struct record *r);

#endif
