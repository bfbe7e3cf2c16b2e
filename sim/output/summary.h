// SPDX-License-Identifier: GPL-3.0-or-later
// summary.json: what a run was and what came of it, for programs and for the report. Nothing of host, path, clock or
// threads: two runs of the same inputs and versions give the same bytes. The
// number `format_version` grows when a key changes its meaning.
#ifndef OUTPUT_SUMMARY_H
#define OUTPUT_SUMMARY_H
#include "output/stepcheck.h"

#define SUMMARY_FORMAT_VERSION 1

// Choices from the command line that shape results.
struct summary_options {
  const char *const *sets;
  size_t set_count;
  bool lenient_units;
};

struct jsonout;
// What every summary begins with: program, scenario, model, times, method, options.
void summary_put_head(struct jsonout *j, const struct program *p, const struct scenario *s,
                      const struct summary_options *options);
// The saved variables: what each column of the tables is. The units' texts are asked for before the document is begun,
// since an arena may jump.
const char **summary_units(struct arena *a, const struct program *p); /* [column] */
void summary_put_variables(struct jsonout *j, const struct program *p, const char *const *units);
// What differs between members: the key `uncertain`, for labels of the parameters that outcomes depend on.
void summary_put_uncertain(struct jsonout *j, const struct program *p);

// `check` may be NULL.
bool summary_write(struct arena *a, const char *path, const struct scorecard *card, const struct stepcheck *check,
                   const struct summary_options *options, struct diag *diag);

#endif
