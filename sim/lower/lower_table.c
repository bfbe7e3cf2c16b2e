// SPDX-License-Identifier: GPL-3.0-or-later
// Graphical functions: one table of the program each, and a row of tables for a function over dimensions.
#include "kernel/kernel.h"
#include "lower/lowering.h"

static uint32_t new_table(struct lowering *w, const struct path *p) {
  struct lookup_table t = {.x = p->x, .y = p->y, .count = (uint32_t)p->count, .mode = (uint8_t)p->mode};
  lookup_prepare(&t);
  list_push(w->arena, &w->dag.tables) = t;
  return (uint32_t)w->dag.tables.count - 1;
}

static uint32_t table_of(struct lowering *w, const struct path *p) {  // the same points: the same table
  for (uint32_t i = 0; i < w->dag.tables.count; i++)
    if (w->dag.tables.items[i].x == p->x && w->dag.tables.items[i].y == p->y) return i;
  return new_table(w, p);
}

// The number of a table's element for each combination of the axes of `k`.
static void tables_along(const struct walk *k, const struct view *shape, uint32_t count, uint32_t *at) {
  for (uint32_t n = 0; n < count; n++) at[n] = k->offset;
  for (uint32_t x = shape->axis_count, stride = 1; x-- > 0; stride *= shape->size[x])
    for (uint32_t a = 0; a < k->axis_count; a++)
      for (uint32_t n = 0; k->axis[a] == shape->axis[x] && n < count; n++)
        at[n] += k->step[a][n / stride % shape->size[x]];
}

// A table over dimensions: each element of the result has a table of its own, in a row of the program's tables.
static struct view table_array(struct lowering *w, const struct term *t) {
  const struct variable *v = &w->m->variables.items[t->variable];
  struct walk k = {0};
  uint32_t stride = 1;
  for (size_t i = v->dim_count; i-- > 0; stride *= w->m->dimensions.items[v->dims[i]].count) {
    if (t->indices[i].fixed)
      k.offset += w->c->local[v->dims[i]][t->indices[i].element] * stride;
    else
      lower_walk(w, &k, t->indices[i].axis, t->indices[i].map, v->dims[i], stride);
  }
  struct view x = lower_term(w, t->args[0]), shape = {0};
  for (unsigned axis = 0; axis < 64; axis++) {
    uint32_t size = 1;
    for (uint32_t a = 0; a < x.axis_count; a++) size = x.axis[a] == axis ? x.size[a] : size;
    for (uint32_t a = 0; a < k.axis_count; a++) size = k.axis[a] == axis ? k.size[a] : size;
    shape = dag_along(shape, (uint8_t)axis, size, 1);
  }
  uint32_t count = view_count(shape), first = (uint32_t)w->dag.tables.count;
  uint32_t *at = arena_array(w->arena, uint32_t, count);
  tables_along(&k, &shape, count, at);
  for (uint32_t n = 0; n < count; n++) new_table(w, &v->paths[at[n]]);
  for (uint32_t a = 0; a < shape.axis_count; a++) {
    shape.stride[a] = 0;  // spread x over the shape
    for (uint32_t b = 0; b < x.axis_count; b++)
      if (x.axis[b] == shape.axis[a]) shape.stride[a] = x.stride[b];
  }
  shape.value = x.value, shape.offset = x.offset;
  return dag_lookups(&w->dag, first, shape);
}

static bool has_jumps(const struct path *p) {
  bool jumps = p->mode == PATH_STEP;
  for (size_t i = 1; i < p->count; i++) jumps = jumps || p->x[i] == p->x[i - 1];
  return jumps;
}

// Called with the time itself, a table is a path like a lever's: exact at grid points, with left limits, and its
// corners are noted. One with jumps is made once, and kept where a variable's value would be.
static struct view table_of_time(struct lowering *w, const struct term *t) {
  const struct path *p = &w->m->variables.items[t->variable].path;
  struct whole *x = &w->wholes[w->mode][t->variable];
  if (!has_jumps(p)) {
    struct view time = lower_clock(w, CLOCK_TIME);
    lower_event(w, dag_literals(&w->dag, p->x, (uint32_t)p->count));
    return dag_apply(&w->dag, IR_LOOKUP, table_of(w, p), 0, 1, &time);
  }
  struct view made = x->made ? (struct view){.value = x->value, .offset = x->offset} : lower_path_in_time(w, p);
  *x = (struct whole){.made = true, .value = made.value, .offset = made.offset};
  return made;
}

struct view lower_table(struct lowering *w, const struct term *t) {
  const struct variable *v = &w->m->variables.items[t->variable];
  if (v->paths) return table_array(w, t);
  if (t->args[0]->kind == TERM_TIME) return table_of_time(w, t);
  struct view x = lower_term(w, t->args[0]);
  return dag_apply(&w->dag, IR_LOOKUP, table_of(w, &v->path), 0, 1, &x);
}
