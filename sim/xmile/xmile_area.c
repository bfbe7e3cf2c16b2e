// SPDX-License-Identifier: GPL-3.0-or-later
// LOOKUPAREA(function, to, from): the area under a graphical function between two x, in either order; `from` is its
// first x when left out, and both ends are the function's own when both are. Outside, a continuous or stepwise function
// counts as 0, an extrapolated one goes on (isee systems, Stella help, graphical builtins).
//
// With A(x) the area from the first point to x: step functions give the last point at or before x and the area up to
// it, the trapezoid from there to x is the rest.
#include <string.h>

#include "xmile/xmile_function.h"

#define literal xmile_function_number
#define apply xmile_function_apply
#define operate xmile_function_operate

static const char *step_table(struct xmile_call *k, const char *name, const struct path *p, const double *y) {
  struct model *m = k->r->model;
  uint32_t known = map_get(&m->names, name);
  if (known != MAP_NONE) return m->variables.items[known].name;
  uint32_t index = xmile_instance_variable(k->r, VARIABLE_TABLE, name, k->n->span, NULL, 0, k->c->of);
  struct path *steps = &m->variables.items[index].path;
  *steps = (struct path){.mode = PATH_STEP, .count = p->count, .x = p->x};
  steps->y = arena_array(k->r->arena, double, p->count);  // a table is known by its arrays: never those of the function
  memcpy(steps->y, y, p->count * sizeof *y);
  m->variables.items[index].hidden = true;
  return m->variables.items[index].name;
}

static const double *areas(struct xmile_call *k, const struct path *p) {
  double *area = arena_array(k->r->arena, double, p->count);
  for (size_t i = 1; i < p->count; i++) {
    double height = p->mode == PATH_STEP ? p->y[i - 1] : (p->y[i - 1] + p->y[i]) / 2;
    area[i] = area[i - 1] + (p->x[i] - p->x[i - 1]) * height;
  }
  return area;
}

static struct expr *up_to(struct xmile_call *k, const struct variable *v, const double *area, struct expr *x) {
  const struct path p = v->path;
  const char *name = v->name;
  const char *before = step_table(k, arena_format(k->r->arena, "%s area", name), &p, area);
  const char *place = step_table(k, arena_format(k->r->arena, "%s place", name), &p, p.x);
  const char *height = step_table(k, arena_format(k->r->arena, "%s height", name), &p, p.y);
  if (p.mode != PATH_EXTRAPOLATE) {
    x = apply(k, "max", 2, (struct expr *[]){x, literal(k, p.x[0])});
    x = apply(k, "min", 2, (struct expr *[]){x, literal(k, p.x[p.count - 1])});
  }
  struct expr *width = operate(k, OP_SUBTRACT, x, apply(k, place, 1, &x));
  struct expr *mean =
      operate(k, OP_DIVIDE, operate(k, OP_ADD, apply(k, height, 1, &x), apply(k, name, 1, &x)), literal(k, 2));
  return operate(k, OP_ADD, apply(k, before, 1, &x), operate(k, OP_MULTIPLY, width, mean));
}

struct expr *xmile_area(struct xmile_call *k) {
  const struct xmile_node *of = k->n->args[0];
  const struct xmile_slot *s =
      of->kind == XMILE_NAME && !of->subscript_count ? xmile_instance_find(k->r, k->c->instance, of->name) : NULL;
  if (!s || s->table == XMILE_NONE || k->r->model->variables.items[s->table].dim_count)
    return xmile_fail(k->r, k->c, of->span, "LOOKUPAREA needs the name of one graphical function");
  const struct variable v = k->r->model->variables.items[s->table];
  const double *area = areas(k, &v.path);
  struct expr *ends[2] = {NULL, literal(k, v.path.x[0])};
  if (k->n->arg_count == 1) return literal(k, area[v.path.count - 1]);
  for (size_t i = 1; i < k->n->arg_count; i++) {
    if (xmile_macro_by_chance(k->r, k->n->args[i], 0))
      return xmile_fail(k->r, k->c, k->n->args[i]->span, "a random end of LOOKUPAREA needs a variable of its own");
    ends[i - 1] = xmile_translate(k->r, k->c, k->n->args[i]);
    if (!ends[i - 1]) return NULL;
  }
  struct expr *high = up_to(k, &v, area, apply(k, "max", 2, ends));
  return operate(k, OP_SUBTRACT, high, up_to(k, &v, area, apply(k, "min", 2, ends)));
}
