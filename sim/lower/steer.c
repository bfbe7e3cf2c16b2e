// SPDX-License-Identifier: GPL-3.0-or-later
// Levers and inputs over time. Under a calendar the scenario's wishes are worked into one path of points, so that a
// lever is a table in time (its ordinates may still differ between members). Points with equal times are jumps: the
// path is cut there and the piece chosen by the clock that is right at grid points.
#include <math.h>

#include "base/limits.h"
#include "kernel/kernel.h"
#include "lower/gates.h"

struct point {
  double t;
  struct view v;  // a number, or a number of each member
};
struct points {
  LIST(struct point) list;
  enum path_mode mode;
};

// The ordinate `point` of a variable's path: a literal unless it is uncertain.
struct view steer_ordinate(struct lowering *w, uint32_t variable, uint32_t point, double value) {
  for (size_t i = 0; i < w->options->uncertain_count; i++) {
    const struct program_parameter *u = &w->options->uncertain[i];
    if (u->variable != variable || u->point != point) continue;
    w->p->parameters[i].value = value;
    return dag_leaf(&w->dag, DAG_PARAMETER, (uint32_t)i, 1, BOUND_MEMBER);
  }
  return dag_number(&w->dag, value);
}

static void add(struct lowering *w, struct points *p, double t, struct view v) {
  list_push(w->arena, &p->list) = (struct point){t, v};
}

static void add_path(struct lowering *w, struct points *p, const struct path *path, uint32_t variable, bool steered,
                     double after) {
  for (size_t i = 0; i < path->count; i++) {
    if (path->x[i] <= after) continue;
    struct view v = steered ? steer_ordinate(w, variable, (uint32_t)i, path->y[i]) : dag_number(&w->dag, path->y[i]);
    if (path->mode == PATH_STEP && p->list.count) add(w, p, path->x[i], p->list.items[p->list.count - 1].v);
    add(w, p, path->x[i], v);
  }
}

// y at t, right-continuous; the rule of LOOKUP, in values.
static struct view value_of(struct lowering *w, const struct points *p, double t) {
  struct dag *g = &w->dag;
  size_t n = p->list.count, i = 0;
  const struct point *x = p->list.items;
  while (i < n && x[i].t <= t) i++;
  if (i == 0) return x[0].v;
  if (i == n || x[i - 1].t == t) return x[i - 1].v;
  struct view rise = dag_2(g, IR_SUB, x[i].v, x[i - 1].v);
  struct view part = dag_2(g, IR_MUL, dag_number(g, t - x[i - 1].t), rise);
  return dag_2(g, IR_ADD, x[i - 1].v, dag_2(g, IR_DIV, part, dag_number(g, x[i].t - x[i - 1].t)));
}

// Ends the path at t with its value there. Where the path jumps at t, the value before the jump stays its last point.
static void cut_at(struct lowering *w, struct points *p, double t) {
  struct view now = value_of(w, p, t);
  struct point *x = p->list.items;
  size_t n = p->list.count;
  while (n && x[n - 1].t > t) n--;
  while (n > 2 && x[n - 3].t == t) n--;
  p->list.count = n && x[n - 1].t == t ? n - 1 : n;
  add(w, p, t, now);
}

// From t on, goes to `level` in `ramp`.
static void turn(struct lowering *w, struct points *p, double t, struct view level, double ramp) {
  cut_at(w, p, t);
  add(w, p, t + ramp, level);
}

static const struct steer *steer_of(const struct lowering *w, uint32_t variable) {
  for (size_t i = 0; i < w->s->levers.count; i++)
    if (w->s->levers.items[i].variable == variable) return &w->s->levers.items[i];
  for (size_t i = 0; i < w->s->inputs.count; i++)
    if (w->s->inputs.items[i].variable == variable) return &w->s->inputs.items[i];
  return NULL;
}

static void steer_points(struct lowering *w, struct points *p, const struct steer *s) {
  double from = isnan(s->from) ? s->points.x[0] : s->from;
  cut_at(w, p, from);
  add_path(w, p, &s->points, s->variable, true, isnan(s->from) ? -INFINITY : from);
}

static void steer_phases(struct lowering *w, struct points *p, const struct steer *s) {
  for (size_t i = 0; i < w->s->phases.count; i++) {
    double from = w->s->phases.items[i].from;
    if (!isnan(s->levels[i]))
      turn(w, p, from, steer_ordinate(w, s->variable, (uint32_t)i, s->levels[i]), s->ramp);
    else if (i == 0)
      turn(w, p, from, value_of(w, p, from), 0);  // holds from the first phase on
  }
}

static void steer_constant(struct lowering *w, struct points *p, const struct steer *s) {
  struct view level = steer_ordinate(w, s->variable, 0, s->constant);
  bool lever = w->m->variables.items[s->variable].kind == VARIABLE_LEVER;
  if (lever && w->s->phases.count) {
    turn(w, p, w->s->phases.items[0].from, level, s->ramp);
    return;
  }
  p->list.count = 0;
  add(w, p, w->s->start, level);
}

// One piece without jumps: a number, a table, or a table with ordinates of each member.
static struct view piece(struct lowering *w, const struct point *x, size_t count, enum path_mode mode) {
  struct dag *g = &w->dag;
  if (count == 1) return x[0].v;
  struct lookup_table t = {.count = (uint32_t)count, .mode = (uint8_t)mode};
  double *xs = arena_array(w->arena, double, count), *ys = arena_array(w->arena, double, count);
  struct dag_part *parts = arena_array(w->arena, struct dag_part, count);
  bool numbers = true, level = true;
  for (size_t i = 0; i < count; i++) {
    xs[i] = x[i].t;
    numbers = dag_is_number(g, x[i].v, &ys[i]) && numbers;
    level = level && numbers && ys[i] == ys[0];
    parts[i] = (struct dag_part){{x[i].v.value, x[i].v.offset, 0, 0}, (uint32_t)i, 1};
    lower_event(w, dag_number(g, x[i].t));
  }
  if (level) return x[0].v;  // a flat path is a number: y + (t - x)*0/dx is y
  t.x = xs, t.y = ys;
  lookup_prepare(&t);
  uint32_t table = (uint32_t)g->tables.count;
  list_push(w->arena, &g->tables) = t;
  struct view time = lower_clock(w, CLOCK_TIME);
  if (numbers) return dag_apply(g, IR_LOOKUP, table, 0, 1, &time);
  struct dag_value v = {.op = IR_LOOKUPY, .arg_count = 2, .count = 1, .outer_count = 1, .inner_count = 1};
  v.aux = table;
  v.args[0] = (struct dag_arg){time.value, time.offset, 0, 0};
  v.args[1] = (struct dag_arg){dag_pack(g, parts, (uint32_t)count, (uint32_t)count), 0, 0, 0};
  return (struct view){.value = dag_add(g, v)};
}

static struct view view_of_points(struct lowering *w, const struct points *p) {
  struct dag *g = &w->dag;
  struct view out = {0};
  const struct point *x = p->list.items;
  for (size_t first = 0, end; first < p->list.count; first = end) {
    for (end = first + 1; end < p->list.count && x[end].t > x[end - 1].t; end++) continue;
    struct view next = piece(w, &x[first], end - first, p->mode);
    struct view at = dag_number(g, x[first].t);
    if (first) lower_event(w, at);
    out = first ? dag_3(g, IR_SELECT, dag_2(g, IR_LE, at, lower_clock(w, CLOCK_EDGE)), next, out) : next;
  }
  return out;
}

struct whole lower_path(struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  const struct steer *s = steer_of(w, variable);
  struct points p = {.mode = v->path.mode == PATH_EXTRAPOLATE && !s ? PATH_EXTRAPOLATE : PATH_LINEAR};
  add_path(w, &p, &v->path, variable, !s, -INFINITY);
  struct view out;
  if (s && s->kind == STEER_PHASES && gates_exist(w)) {
    struct view before = view_of_points(w, &p);
    out = gates_lever(w, s, before, value_of(w, &p, w->s->phases.items[0].from));
  } else {
    if (s && s->kind == STEER_POINTS) steer_points(w, &p, s);
    if (s && s->kind == STEER_PHASES) steer_phases(w, &p, s);
    if (s && s->kind == STEER_CONSTANT) steer_constant(w, &p, s);
    out = view_of_points(w, &p);
  }
  return (struct whole){.made = true, .value = out.value, .offset = out.offset};
}

struct view lower_path_in_time(struct lowering *w, const struct path *path) {
  struct points p = {.mode = path->mode == PATH_EXTRAPOLATE ? PATH_EXTRAPOLATE : PATH_LINEAR};
  add_path(w, &p, path, UINT32_MAX, false, -INFINITY);
  return view_of_points(w, &p);
}
