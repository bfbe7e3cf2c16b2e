// SPDX-License-Identifier: GPL-3.0-or-later
// `simulate run --plot A,B`: curves on the terminal, from the run's results.
#ifndef CLI_PLOTS_H
#define CLI_PLOTS_H
#include "cli/cli.h"
#include "engine/run.h"

// Marks what is asked for, so that it is saved: needed[variable].
void plots_need(struct cli *c, const struct model *m, bool *needed);
// Charts of up to four curves, else a line for each. False when a name is unknown (reported).
bool plots_show(struct cli *c, const struct results *r);

#endif
