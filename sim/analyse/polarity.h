// SPDX-License-Identifier: GPL-3.0-or-later
// The sign of every link of a causal graph, by numbers: does the effect rise or fall when the cause alone rises a
// little? All variables are taken as they are at a moment of a run and held there; one element of one cause is moved up
// and down, and the effect's own equation is computed for both. The model's equations are run by the engine itself, as
// a copy in which each variable is a parameter: no second evaluator, and all causes at once in the lanes of a batch.
//
// A delay or a smooth counts as what it delays: its sign is the sign it will have. In arrays the elements that
// correspond are looked at first (x[i] on y[i]); all of them when those have no effect.
#ifndef ANALYSE_POLARITY_H
#define ANALYSE_POLARITY_H
#include "analyse/causes.h"
#include "engine/run.h"

// Measures at the save times `moments` of a run that saved everything (save: all) and joins the signs. False after an
// error in diag.
bool polarity_measure(struct arena *a, struct causes *g, const struct results *r, const size_t *moments, size_t count,
                      struct diag *diag);

#endif
