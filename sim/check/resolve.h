// SPDX-License-Identifier: GPL-3.0-or-later
// Expression -> term: what each name means, which elements it ranges over, what calls do. One equation at a time.
#ifndef CHECK_RESOLVE_H
#define CHECK_RESOLVE_H
#include "check/check.h"

struct resolver;

// For all equations of one checked model.
struct resolver *resolver_create(struct arena *a, const struct checked *c, struct diag *diag);
// Fills axes, boxes' axis list and rhs of an equation whose role, variable, span and target axes are set. False after
// errors in this equation.
bool resolve_equation(struct resolver *r, struct checked_equation *e, const struct expr *rhs);
// The target axes of an equation written for these subscripts (none: the whole variable). False after errors.
bool resolve_target(struct resolver *r, struct checked_equation *e, const struct subscript *subscripts, size_t count);

#endif
