// SPDX-License-Identifier: GPL-3.0-or-later
// What why and doc share: a model loaded with all its values saved, run once so that the signs of its links are
// measured, and the files beside it that explain it: loops.yaml, paper.yaml. Errors are in the diagnostics of the
// command, but where a caller hands over its own.
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H
#include "cli/load.h"
#include "output/why.h"

struct explanation {
  struct cli *cli;
  struct loader loader;
  struct input in;
  struct why why;
};

bool explain_exists(const char *path);
// A file beside the model; it need not be there.
const char *explain_beside(const struct explanation *x, const char *name);
// PATH is a scenario, a model or a model's folder.
bool explain_load(struct explanation *x, const char *path, enum load_stage stage);
// Runs the scenario and measures signs at the start and the ends of phases.
bool explain_measure(struct explanation *x, struct diag *diag);
// The named loops of the model; NULL where there are none and none are required.
bool explain_read_loops(struct explanation *x, bool required, struct named_loops **named);
// Loads PATH in the scenario that the loops' file names when `theirs` is set or PATH is a model, else as it is.
bool explain_load_for_loops(struct explanation *x, const char *path, bool required, bool theirs,
                            struct named_loops **named);
bool explain_read_paper(struct explanation *x, bool required);

#endif
