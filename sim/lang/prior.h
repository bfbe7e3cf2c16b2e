// SPDX-License-Identifier: GPL-3.0-or-later
// Priors: what is believed about a parameter before the run. Reads {triangular: [8, 10, 13], low: ..., high: ...} as
// models write them, and sweeps that override them. Drawing from them is the business of the sweep.
#ifndef LANG_PRIOR_H
#define LANG_PRIOR_H
#include "lang/reader.h"

extern const char *const prior_names[PRIOR_KINDS];  // "none", "uniform", ...

// Numbers are converted to `unit` where they are values of the parameter; shapes and weights are dimensionless.
bool prior_read(struct arena *a, struct unit_table *units, const struct tree *t, const struct unit *unit,
                struct prior *prior, struct diag *diag);
// Is this tree a mapping that names a kind of prior (rather than elements)?
bool prior_is(const struct tree *t);

#endif
