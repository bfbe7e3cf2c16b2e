// SPDX-License-Identifier: GPL-3.0-or-later
// Which equation of an array computes which elements. An equation for one element beats one for a subrange, which
// beats one for the whole; what is left to each is cut into boxes (products of element lists), so that later stages
// see plain loops and no exceptions.
#ifndef CHECK_BOXES_H
#define CHECK_BOXES_H
#include "check/check.h"

// Fills the boxes of the equations `e[0..count-1]`, all of variable v in one role. Every element must be covered when
// `complete`; reports gaps and ties. False after errors.
bool boxes_divide(struct arena *a, const struct checked *c, const struct variable *v, struct checked_equation **e,
                  size_t count, bool complete, struct diag *diag);

#endif
