// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers of a lookup or of data as a whole: first and last time, how many points, greatest, least, mean and median
// between two times. They are known once the points are, so each becomes a hidden parameter over the ranges of the
// table; times must be known while reading.
#include <stdlib.h>
#include <string.h>

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

struct expr *mdl_points_call(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  int what = 0;
  double from = -1e300, to = 1e300;
  while (what < POINT_NUMBERS && strcmp(names[what], n->key) != 0) what++;
  size_t count = what < MAXIMUM ? 1 : 3;
  if (what == POINT_NUMBERS || !mdl_call_fits(m, n, count, count)) return NULL;
  if (count == 3 && (!mdl_value_known(m, n->args[1], &from) || !mdl_value_known(m, n->args[2], &to))) return NULL;
  if (count == 3 && (mdl_value_moves(n->args[1]) || mdl_value_moves(n->args[2]))) return mdl_call_unsupported(m, c, n);
  uint32_t number = mdl_table_named(m, c, n->args[0]);
  if (number == MDL_NONE) return NULL;
  const char *name = arena_format(m->arena, "%s#%u", c->name, ++m->calls);
  uint32_t index = add_numbers(m, name, m->variables.items[number].table, (enum point_number)what, from, to);
  struct expr *e = mdl_name(m, n->span, m->model->variables.items[index].name);
  return mdl_table_subscript(m, c, n->args[0], index, e) ? e : NULL;
}
