// SPDX-License-Identifier: GPL-3.0-or-later
// The files of a sweep in one folder: sweep.nc, sweep.csv, summary.json, on request members.csv, and failures.csv when
// runs failed: which members, when, on account of which variable, with the parameters that they drew and the command
// that replays them (from inside the folder: result files hold no path). Nothing here depends on threads, host, path
// or clock. Each file appears whole or not at all; a failures.csv or members.csv of an earlier state is removed.
#ifndef OUTPUT_SWEEP_FILES_H
#define OUTPUT_SWEEP_FILES_H
#include "output/file.h"
#include "output/summary.h"
#include "reduce/results.h"
#include "sweep/study.h"

bool sweep_files_write(struct arena *a, const char *folder, const struct study *s, const struct sweep_results *results,
                       const struct summary_options *options, struct diag *diag);
// The variable that a failure names.
const char *sweep_files_cause(struct arena *a, const struct model *m, const struct failure *f);

#endif
