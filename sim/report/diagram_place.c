// SPDX-License-Identifier: GPL-3.0-or-later
// See diagram_place.h. Coordinates are those of a stranger's file: what is not finite or far out is no place.
#include "report/diagram_place.h"

#include <math.h>

#define POINTS_PER_INCH 72.0
#define LEAST_SCALE 1.2  // our labels are somewhat larger than those of the field's programs
#define MOST_SCALE 2.5
#define FARTHEST 20000  // points from the origin
#define GAP 60          // points between views
#define PIPE 0.35       // inches of a pipe that are to be seen
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

// Pipes that run across keep some of their length beside the names at their ends.
static double scale_of(const struct model *m, const struct diagram_links *l, const double *widths) {
  double scale = LEAST_SCALE;
  for (size_t i = 0; i < l->list.count; i++) {
    const struct cause *c = &l->list.items[i];
    const struct variable *from = &m->variables.items[c->from], *to = &m->variables.items[c->to];
    bool pipe = c->kind == CAUSE_INFLOW || c->kind == CAUSE_OUTFLOW;
    if (!pipe || !is_placed(m, from) || !is_placed(m, to) || from->view.page != to->view.page) continue;
    double dx = fabs(from->view.x - to->view.x) / POINTS_PER_INCH;
    double dy = fabs(from->view.y - to->view.y) / POINTS_PER_INCH;
    double needed = (widths[c->from] + widths[c->to]) / 2 + PIPE;
    if (dx > dy && scale * dx < needed) scale = needed / dx;
  }
  return fmin(scale, MOST_SCALE);
}

const struct diagram_places *diagram_place_all(struct arena *a, const struct model *m, const struct diagram_links *l,
                                               const double *widths) {
  size_t count = m->variables.count, shown = 0, placed = 0;
  struct diagram_places *p = arena_new(a, struct diagram_places);
  p->points = arena_array(a, struct diagram_point, count);
  p->placed = arena_array(a, bool, count);
  const double *shifts = page_shifts(a, m), scale = scale_of(m, l, widths) / POINTS_PER_INCH;
  for (size_t i = 0; i < count; i++) {
    const struct variable *v = &m->variables.items[i];
    bool drawn = widths[i] > 0;
    shown += drawn;
    if (!drawn || !is_placed(m, v)) continue;
    placed++;
    p->placed[i] = true;
    p->points[i] = (struct diagram_point){v->view.x * scale, -(v->view.y + shifts[v->view.page]) * scale};
  }
  return placed && 2 * placed >= shown ? p : NULL;
}

struct diagram_point diagram_place_cloud(struct diagram_point flow, double width, const struct diagram_point *stock,
                                         bool source) {
  double x = source ? -1 : 1, y = 0;
  if (stock) {
    double length = hypot(flow.x - stock->x, flow.y - stock->y);
    if (length > 0) x = (flow.x - stock->x) / length, y = (flow.y - stock->y) / length;
  }
  double distance = fmax(CLOUD, fabs(x) * (width / 2 + PIPE + 0.15));
  return (struct diagram_point){flow.x + distance * x, flow.y + distance * y};
}
