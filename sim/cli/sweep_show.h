// SPDX-License-Identifier: GPL-3.0-or-later
// What sweep and merge show and write: the progress line on a terminal's standard error, the table of outcomes at the
// horizon, the first failures with their replay commands. The sink that sweeps report to.
#ifndef CLI_SWEEP_SHOW_H
#define CLI_SWEEP_SHOW_H
#include "cli/asked.h"

struct sweep_show {
  struct cli *cli;
  const struct study *study;
  const char *folder;
  const struct sweep_results *results;  // NULL until they are there
  bool line;                            // a progress line stands on the terminal
};

struct sink sweep_show_sink(struct sweep_show *s);
void sweep_show_end(struct sweep_show *s);  // wipes the progress line
void sweep_show_result(struct sweep_show *s, const struct sweep_report *report);
// An error when more runs failed than the scenario allows.
void sweep_show_failed(struct sweep_show *s, const struct sweep_report *report);

#endif
