// SPDX-License-Identifier: GPL-3.0-or-later
// What must be computed before what, while running and at the start. A cycle of variables is judged by element: when no
// element needs itself, its variables are marked split and ordered element by element; otherwise it is an error that
// prints the cycle.
#ifndef CHECK_ORDER_H
#define CHECK_ORDER_H
#include "check/check.h"

// Fills order, initial_order and the split marks. False after errors.
bool order_variables(struct arena *a, struct checked *c, struct diag *diag);

#endif
