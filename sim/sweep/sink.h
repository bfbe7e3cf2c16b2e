// SPDX-License-Identifier: GPL-3.0-or-later
// Where a sweep's findings go. The sweep layer does not know files: it calls the functions of a sink, which the command
// line wires to writers, a progress line or nothing. Calls come from one thread at a time.
#ifndef SWEEP_SINK_H
#define SWEEP_SINK_H
#include "reduce/labels.h"
#include "reduce/results.h"

struct sink_progress {
  uint64_t done, members, failed;
  double seconds;      // since the sweep began, without what a resume found done
  uint64_t done_here;  // by this process
};

struct sink {
  void *context;
  // Any may be NULL. False (reported) ends the sweep.
  bool (*begin)(void *context, const struct sweep_labels *labels, const struct reduce_config *config,
                struct diag *diag);
  void (*progress)(void *context, const struct sink_progress *progress);
  bool (*finish)(void *context, const struct sweep_labels *labels, const struct sweep_results *results,
                 struct diag *diag);
};

#endif
