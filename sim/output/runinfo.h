// SPDX-License-Identifier: GPL-3.0-or-later
// run-info.json: how a run was made, as opposed to what came of it: the machine's side, which differs between two runs
// with the same results. Command line, kernel, processor, threads, time taken, and each input file with a hash of its
// text, by which a result can be matched with its inputs.
#ifndef OUTPUT_RUNINFO_H
#define OUTPUT_RUNINFO_H
#include "engine/run.h"
#include "output/file.h"
#include "sweep/sweep.h"

struct runinfo {
  const char *command;  // shell-quoted
  unsigned threads;
  double compile_seconds, run_seconds;
  const struct sweep_report *sweep;  // NULL: a single run
};

bool runinfo_write(struct arena *a, const char *path, const struct program *p, const struct runinfo *info,
                   struct diag *diag);
// The arguments as one line that a POSIX shell reads back.
const char *runinfo_quote(struct arena *a, int argc, char *const *argv);

#endif
