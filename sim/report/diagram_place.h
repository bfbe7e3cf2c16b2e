// SPDX-License-Identifier: GPL-3.0-or-later
// Where a foreign file draws its variables, made coordinates of a map: the file's views one under the other, y upwards,
// in inches as graphviz wants them. A map keeps these places only when the file draws most of what the map shows;
// variables without a place are left to graphviz, which puts them near what they are linked with.
#ifndef REPORT_DIAGRAM_PLACE_H
#define REPORT_DIAGRAM_PLACE_H
#include "lang/model.h"

struct diagram_point {
  double x, y;
};

struct diagram_places {
  struct diagram_point *points; /* [variable] */
  bool *placed;                 /* [variable] */
};

// NULL when the file places less than half of the variables for which `drawn` is true.
const struct diagram_places *diagram_place_all(struct arena *a, const struct model *m, const bool *drawn);
// Beside a flow, for its cloud: away from the stock at its other end.
struct diagram_point diagram_place_cloud(struct diagram_point flow, const struct diagram_point *stock, bool source);

#endif
