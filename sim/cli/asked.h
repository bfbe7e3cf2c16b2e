// SPDX-License-Identifier: GPL-3.0-or-later
// From the command line to a study, and back: `sweep` reads it from its arguments, and keeps what was asked for as text
// in the journal, from which `replay` and `merge` make the same study again, wherever they are called.
#ifndef CLI_ASKED_H
#define CLI_ASKED_H
#include "cli/load.h"
#include "sweep/sweep.h"

struct asked {
  const char *scenario;  // absolute
  const struct input *input;
  struct study *study;
};

// The study of the scenario at `path` with the options of c. NULL after errors.
struct asked *asked_make(struct cli *c, const char *path);
// What makes it again, for struct sweep_options.about.
const char *asked_text(struct cli *c, const struct asked *a);
// The study of a journal, with the journal's number of members; `scenario` (NULL: as in the journal) for sweeps whose
// files have moved. The journal's identity is for the caller to compare. NULL after errors.
struct asked *asked_again(struct cli *c, const char *journal, const char *scenario, struct ledger_plan *plan);

const char *asked_journal(struct arena *a, const char *folder);  // DIR/sweep.journal
const char *asked_spool(struct arena *a, const char *folder);    // DIR/sweep.members

#endif
