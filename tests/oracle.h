// SPDX-License-Identifier: GPL-3.0-or-later
// A second reading of the semantics, for tests: walks the terms of a checked model one element and one member at a
// time with plain C arithmetic and libm, and integrates with euler, rk2 (Heun) or rk4. Slow, without rewrites, and
// without a line shared with the engine. Random functions are not here: the engine's tests look at their distributions.
#ifndef TESTS_ORACLE_H
#define TESTS_ORACLE_H
#include "lower/program.h"

// The values of `columns` at each save time of the scenario: [save][column]; in the arena.
double *oracle_run(struct arena *a, const struct checked *c, const struct column *columns, size_t column_count);

#endif
