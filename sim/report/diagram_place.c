// SPDX-License-Identifier: GPL-3.0-or-later
// See diagram_place.h. Coordinates are those of a stranger's file: what is not finite or far out is no place.
#include "report/diagram_place.h"

#include <math.h>

#define POINTS_PER_INCH 72.0
#define SCALE 1.2       // our labels are somewhat larger than those of the field's programs
#define FARTHEST 20000  // points from the origin
#define GAP 60          // points between views
#define CLOUD 0.75      // inches from a flow to its cloud

static bool is_placed(const struct model *m, const struct variable *v) {
  const struct model_view *w = &v->view;
  return w->placed && fabs(w->x) <= FARTHEST && fabs(w->y) <= FARTHEST && w->page < m->variables.count;
}

// How far each view is shifted so that they stand one under the other.
static double *page_shifts(struct arena *a, const struct model *m) {
  size_t count = m->variables.count;
  double *low = arena_array(a, double, count), *high = arena_array(a, double, count);
  for (size_t p = 0; p < count; p++) low[p] = INFINITY, high[p] = -INFINITY;
  for (size_t i = 0; i < count; i++) {
    const struct variable *v = &m->variables.items[i];
    if (!is_placed(m, v)) continue;
    low[v->view.page] = fmin(low[v->view.page], v->view.y);
    high[v->view.page] = fmax(high[v->view.page], v->view.y);
  }
  double next = 0;
  for (size_t p = 0; p < count; p++) {
    if (!(high[p] >= low[p])) continue;
    double height = high[p] - low[p];
    low[p] = next - low[p];
    next += height + GAP;
  }
  return low;
}

const struct diagram_places *diagram_place_all(struct arena *a, const struct model *m, const bool *drawn) {
  size_t count = m->variables.count, shown = 0, placed = 0;
  struct diagram_places *p = arena_new(a, struct diagram_places);
  p->points = arena_array(a, struct diagram_point, count);
  p->placed = arena_array(a, bool, count);
  const double *shifts = page_shifts(a, m);
  for (size_t i = 0; i < count; i++) {
    const struct variable *v = &m->variables.items[i];
    shown += drawn[i];
    if (!drawn[i] || !is_placed(m, v)) continue;
    placed++;
    p->placed[i] = true;
    p->points[i] = (struct diagram_point){v->view.x * SCALE / POINTS_PER_INCH,
                                          -(v->view.y + shifts[v->view.page]) * SCALE / POINTS_PER_INCH};
  }
  return placed && 2 * placed >= shown ? p : NULL;
}

struct diagram_point diagram_place_cloud(struct diagram_point flow, const struct diagram_point *stock, bool source) {
  double x = source ? -1 : 1, y = 0;
  if (stock) {
    double length = hypot(flow.x - stock->x, flow.y - stock->y);
    if (length > 0) x = (flow.x - stock->x) / length, y = (flow.y - stock->y) / length;
  }
  return (struct diagram_point){flow.x + CLOUD * x, flow.y + CLOUD * y};
}
