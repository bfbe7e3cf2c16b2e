// SPDX-License-Identifier: GPL-3.0-or-later
// Phases that end when a milestone is met. The start of each phase is a held value of each member, renewed at grid
// points; a lever moves from its value at the switch to the level of the new phase.
#ifndef LOWER_GATES_H
#define LOWER_GATES_H
#include "lower/lowering.h"

bool gates_exist(const struct lowering *w);
// Makes room for the starts of the phases; before any variable.
void gates_begin(struct lowering *w);
// A lever by phases: `before` is its own path, `at_first` its value at the start of the first phase.
struct view gates_lever(struct lowering *w, const struct steer *s, struct view before, struct view at_first);
// Renewals of starts and of the values from which levers move; after all variables.
void gates_finish(struct lowering *w);

#endif
