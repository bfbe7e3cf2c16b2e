// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers of a lookup or of data as a whole: first and last time, how many points, greatest, least, mean and median
// between two times. They are known once the points are, so each becomes a hidden parameter over the ranges of the
// table; where the times change as the model runs, the points themselves are parameters, and each step looks through
// them.
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_call.h"

enum point_number { FIRST_TIME, LAST_TIME, TOTAL_POINTS, MAXIMUM, MINIMUM, MEAN, MEDIAN, POINT_NUMBERS };

static const char *const names[POINT_NUMBERS] = {"get data first time", "get data last time", "get data total points",
                                                 "get data max",        "get data min",       "get data mean",
                                                 "get data median"};

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double of_values(enum point_number what, double *y, size_t n) {
  double sum = 0;
  qsort(y, n, sizeof *y, ascending);
  for (size_t i = 0; i < n; i++) sum += y[i];
  switch (what) {
    case MAXIMUM:
      return y[n - 1];
    case MINIMUM:
      return y[0];
    case MEAN:
      return sum / (double)n;
    default:
      return n % 2 ? y[n / 2] : (y[n / 2 - 1] + y[n / 2]) / 2;
  }
}

// :NA: where no point lies between the times.
static double number_of(struct mdl *m, enum point_number what, const struct path *p, double from, double to) {
  double *y = arena_array(m->arena, double, p->count + 1);
  size_t n = 0;
  for (size_t i = 0; i < p->count; i++)
    if (p->y[i] != MDL_NA && p->x[i] >= from - 1e-9 && p->x[i] <= to + 1e-9) y[n++] = p->y[i];
  if (what == TOTAL_POINTS) return (double)n;
  if (!n) return MDL_NA;
  if (what == FIRST_TIME) return p->x[0];
  if (what == LAST_TIME) return p->x[p->count - 1];
  return of_values(what, y, n);
}

static uint32_t add_numbers(struct mdl *m, const char *name, uint32_t table, enum point_number what, double from,
                            double to) {
  uint32_t index = mdl_variable_new(m, VARIABLE_PARAMETER, name, NOWHERE);
  struct variable *v = &m->model->variables.items[index];
  const struct variable *t = &m->model->variables.items[table];
  v->hidden = true, v->dims = t->dims, v->dim_count = t->dim_count, v->element_count = t->element_count;
  v->values = arena_array(m->arena, double, v->element_count + 1);
  for (size_t k = 0; k < v->element_count; k++)
    v->values[k] = number_of(m, what, t->paths ? &t->paths[k] : &t->path, from, to);
  return index;
}

// ---- times that change

struct window {
  struct mdl *m;
  struct mdl_context *c;
  const struct mdl_node *n;
  uint32_t table, dimension, x, y;  // the dimension of its points, and the parameters that hold them
  struct mdl_held from, to;
};

static const struct path *path_of(const struct variable *t, size_t k) {
  return t->paths ? &t->paths[k] : &t->path;
}

// A parameter over the ranges of the table and its points; behind the last point of a shorter one stands :NA:.
static uint32_t add_points(struct window *w, bool of_x) {
  struct mdl *m = w->m;
  uint32_t index =
      mdl_variable_new(m, VARIABLE_PARAMETER, arena_format(m->arena, "%s#%u", w->c->name, ++m->calls), NOWHERE);
  struct variable *v = &m->model->variables.items[index];
  const struct variable *t = &m->model->variables.items[w->table];
  size_t most = m->model->dimensions.items[w->dimension].count;
  v->hidden = true, v->dim_count = t->dim_count + 1, v->element_count = t->element_count * most;
  v->dims = arena_grow(m->arena, t->dims, t->dim_count, v->dim_count, sizeof *t->dims);
  v->dims[t->dim_count] = w->dimension;
  v->values = arena_array(m->arena, double, v->element_count + 1);
  for (size_t k = 0; k < t->element_count; k++)
    for (size_t i = 0; i < most; i++) {
      const struct path *p = path_of(t, k);
      v->values[k * most + i] = i >= p->count ? MDL_NA : of_x ? p->x[i] : p->y[i];
    }
  return index;
}

static struct expr *point(struct window *w, uint32_t variable) {
  struct expr *e = mdl_name(w->m, w->n->span, w->m->model->variables.items[variable].name);
  return mdl_table_subscript(w->m, w->c, w->n->args[0], w->table, e) ? mdl_along(w->m, e, w->dimension) : NULL;
}

static struct expr *compare(struct window *w, enum expr_op op, struct mdl_held *time, double hair) {
  struct span at = w->n->span;
  struct expr *limit = mdl_binary(w->m, at, OP_ADD, mdl_held(w->m, w->c, time, at), mdl_number(w->m, at, hair));
  return mdl_binary(w->m, at, op, point(w, w->x), limit);
}

// Over the points between the times: `x` of each, and else `other`.
static struct expr *over(struct window *w, const char *function, struct expr *x, double other) {
  struct span at = w->n->span;
  struct expr *in = mdl_binary(w->m, at, OP_UNEQUAL, point(w, w->y), mdl_number(w->m, at, MDL_NA));
  in = mdl_binary(w->m, at, OP_AND, in, compare(w, OP_GREATER_EQUAL, &w->from, -1e-9));
  in = mdl_binary(w->m, at, OP_AND, in, compare(w, OP_LESS_EQUAL, &w->to, 1e-9));
  const char *dimension = w->m->model->dimensions.items[w->dimension].name;
  return mdl_reduce(w->m, at, function, 1, &dimension, mdl_if(w->m, at, in, x, mdl_number(w->m, at, other)));
}

static struct expr *count(struct window *w) {
  return over(w, "sum", mdl_number(w->m, w->n->span, 1), 0);
}

static struct expr *value_of(struct window *w, enum point_number what) {
  if (what == MAXIMUM) return over(w, "max", point(w, w->y), -1e308);
  if (what == MINIMUM) return over(w, "min", point(w, w->y), 1e308);
  return mdl_binary(w->m, w->n->span, OP_DIVIDE, over(w, "sum", point(w, w->y), 0), count(w));
}

static bool begin(struct window *w) {
  const struct variable *t = &w->m->model->variables.items[w->table];
  size_t most = 1;
  for (size_t k = 0; k < t->element_count; k++) most = path_of(t, k)->count > most ? path_of(t, k)->count : most;
  if (t->element_count * most > LIMIT_VECTOR_ELEMENTS) {
    diag_error(w->m->diag, w->n->span, expr_many, LIMIT_VECTOR_ELEMENTS, "points to look through at each step");
    return false;
  }
  w->dimension = mdl_dimension_of(w->m, (uint32_t)most);
  w->x = add_points(w, true), w->y = add_points(w, false);
  return mdl_hold(w->m, w->c, w->n->args[1], &w->from) && mdl_hold(w->m, w->c, w->n->args[2], &w->to);
}

static struct expr *moving(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, enum point_number what) {
  struct window w = {.m = m, .c = c, .n = n};
  if (what == MEDIAN) return mdl_refuse(m, c, n, "its times must be constants");
  uint32_t number = mdl_table_named(m, c, n->args[0]);
  w.table = number == MDL_NONE ? MDL_NONE : m->variables.items[number].table;
  if (number == MDL_NONE || !begin(&w)) return NULL;
  return mdl_if(m, n->span, count(&w), value_of(&w, what), mdl_number(m, n->span, MDL_NA));
}

// ---- the call

struct expr *mdl_points_call(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  int what = 0;
  double from = -1e300, to = 1e300;
  while (what < POINT_NUMBERS && strcmp(names[what], n->key) != 0) what++;
  size_t count = what < MAXIMUM ? 1 : 3;
  if (what == POINT_NUMBERS || !mdl_call_fits(m, n, count, count)) return NULL;
  if (count == 3 && (!mdl_value_constant(m, n->args[1], &from) || !mdl_value_constant(m, n->args[2], &to)))
    return moving(m, c, n, (enum point_number)what);
  uint32_t number = mdl_table_named(m, c, n->args[0]);
  if (number == MDL_NONE) return NULL;
  const char *name = arena_format(m->arena, "%s#%u", c->name, ++m->calls);
  uint32_t index = add_numbers(m, name, m->variables.items[number].table, (enum point_number)what, from, to);
  struct expr *e = mdl_name(m, n->span, m->model->variables.items[index].name);
  return mdl_table_subscript(m, c, n->args[0], index, e) ? e : NULL;
}
