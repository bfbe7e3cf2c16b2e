// SPDX-License-Identifier: GPL-3.0-or-later
// Where a foreign file draws its variables, made coordinates of a map: the file's views one under the other, y upwards,
// in inches as graphviz wants them, spread as far as our labels need. A map keeps these places only when the file draws
// most of what the map shows; variables without a place are left to graphviz, which puts them near what they are linked
// with.
#ifndef REPORT_DIAGRAM_PLACE_H
#define REPORT_DIAGRAM_PLACE_H
#include "report/diagram_links.h"

struct diagram_point {
  double x, y;
};

struct diagram_places {
  struct diagram_point *points; /* [variable] */
  bool *placed;                 /* [variable] */
};

// `widths` are those of the variables' symbols, in inches; 0: not drawn. NULL when the file places less than half of
// what is drawn.
const struct diagram_places *diagram_place_all(struct arena *a, const struct model *m, const struct diagram_links *l,
                                               const double *widths);
// Beside a flow of this width, for its cloud: away from the stock at its other end.
struct diagram_point diagram_place_cloud(struct diagram_point flow, double width, const struct diagram_point *stock,
                                         bool source);

#endif
