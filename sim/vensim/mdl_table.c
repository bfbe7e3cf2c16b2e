// SPDX-License-Identifier: GPL-3.0-or-later
// Lookups and data are tables of the model: a lookup is called with its argument, data with the time. What reads a
// table in another way (forward, backward, extrapolating, inverted) gets a copy of it in that form: forward is the step
// of the mirrored table at the mirrored argument.
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "lang/fn.h"
#include "vensim/mdl_call.h"
#include "vensim/mdl_data.h"

static bool calls(const struct mdl_equation *e, const char *what) {
  if (e->form != MDL_FORM_EXPR || e->rhs->kind != MDL_CALL || strncmp(e->rhs->key, "get ", 4) != 0) return false;
  const char *last = strrchr(e->rhs->key, ' ') + 1;
  bool between = strstr(e->rhs->key, "between") || strstr(e->rhs->key, "time value");
  return !between && strcmp(last, what) == 0;
}

bool mdl_table_is(const struct mdl_equation *e) {
  return e->form == MDL_FORM_TABLE || calls(e, "lookups");
}
bool mdl_table_is_data(const struct mdl_equation *e) {
  return e->form == MDL_FORM_NONE || calls(e, "data");
}

struct point {
  double x, y;
  size_t order;
};

static int by_x(const void *a, const void *b) {
  const struct point *p = a, *q = b;
  if (p->x != q->x) return p->x < q->x ? -1 : 1;
  return p->order < q->order ? -1 : p->order > q->order;
}

// Puts the points in order; of more than two at one place the first and the last are kept, at an end one.
static void sort_path(struct mdl *m, struct path *p) {
  struct point *points = arena_array(m->arena, struct point, p->count + 1);
  for (size_t i = 0; i < p->count; i++) points[i] = (struct point){p->x[i], p->y[i], i};
  qsort(points, p->count, sizeof *points, by_x);
  size_t n = 0;
  for (size_t i = 0; i < p->count; i++) {
    bool inside = n >= 2 && points[n - 1].x == points[i].x && points[n - 2].x == points[i].x;
    points[inside ? n - 1 : n++] = points[i];
  }
  if (n >= 2 && points[0].x == points[1].x) memmove(points, points + 1, --n * sizeof *points);
  if (n >= 2 && points[n - 1].x == points[n - 2].x) n--;
  double *x = arena_array(m->arena, double, n + 1), *y = arena_array(m->arena, double, n + 1);
  for (size_t i = 0; i < n; i++) x[i] = points[i].x, y[i] = points[i].y;
  *p = (struct path){x, y, n, p->mode};
}

bool mdl_table_finish(struct mdl *m, struct path *path, struct span at) {
  sort_path(m, path);
  if (path->count) return true;
  diag_error(m->diag, at, mdl_table_empty);
  return false;
}

uint32_t mdl_table_add(struct mdl *m, const char *name, struct path path) {
  uint32_t index = mdl_variable_new(m, VARIABLE_TABLE, name, NOWHERE);
  struct variable *v = &m->model->variables.items[index];
  v->path = path, v->hidden = true, v->unit = v->x_unit = unit_none();
  return index;
}

// ---- tables of variables

size_t mdl_table_combinations(const struct mdl *m, const struct mdl_equation *e) {
  size_t count = 1;
  for (size_t i = 0; i < e->sub_count; i++)
    if (!e->places[i].fixed) count *= m->ranges.items[e->places[i].range].count;
  return count;
}

// The paths of one equation, for each combination of its ranges.
static bool paths_of(struct mdl *m, const struct mdl_equation *e, struct path *paths, size_t count) {
  if (e->form == MDL_FORM_NONE) {
    mdl_series_paths(m, e, paths, count);
  } else if (e->form != MDL_FORM_TABLE) {
    if (!mdl_data_paths(m, e, paths, count)) return false;
  } else {
    for (size_t k = 0; k < count; k++) paths[k] = e->table;
  }
  for (size_t k = 0; k < count; k++)
    if (!mdl_table_finish(m, &paths[k], e->span)) return false;
  return true;
}

// The element of the variable for a combination of an equation's ranges.
static size_t element_of(const struct mdl *m, const struct mdl_variable *v, const struct mdl_equation *e, size_t k) {
  size_t flat = 0, stride = 1;
  for (size_t i = v->dim_count; i-- > 0;) {
    const struct mdl_range *axis = &m->ranges.items[v->ranges[i]];
    uint32_t element = e->places[i].element;
    if (!e->places[i].fixed) {
      const struct mdl_range *r = &m->ranges.items[e->places[i].range];
      element = r->elements[k % r->count];
      k /= r->count;
    }
    flat += mdl_range_place(axis, element) * stride;
    stride *= axis->count;
  }
  return flat;
}

static bool fill_table(struct mdl *m, const struct mdl_variable *v, struct variable *table) {
  struct path none = {arena_new(m->arena, double), arena_new(m->arena, double), 1, PATH_LINEAR};
  *none.y = MDL_NA;
  table->paths = arena_array(m->arena, struct path, table->element_count + 1);
  for (size_t k = 0; k < table->element_count; k++) table->paths[k] = none;
  for (size_t i = 0; i < v->equations.count; i++) {
    const struct mdl_equation *e = v->equations.items[i];
    size_t count = mdl_table_combinations(m, e);
    struct path *paths = arena_array(m->arena, struct path, count + 1);
    if (!paths_of(m, e, paths, count)) return false;
    for (size_t k = 0; k < count; k++) table->paths[element_of(m, v, e, k)] = paths[k];
  }
  if (v->dim_count) return true;
  table->path = table->paths[0];
  table->paths = NULL;
  return true;
}

bool mdl_table_variable(struct mdl *m, struct mdl_variable *v) {
  for (size_t i = 0; i < v->equations.count; i++)
    if (!mdl_table_is(v->equations.items[i])) {
      diag_error(m->diag, v->equations.items[i]->span, mdl_mixed, v->name);
      return false;
    }
  v->table = v->index;
  return fill_table(m, v, &m->model->variables.items[v->index]);
}

bool mdl_table_data(struct mdl *m, struct mdl_variable *v) {
  const struct variable *x = &m->model->variables.items[v->index];
  uint32_t *dims = x->dims;
  size_t dim_count = x->dim_count, element_count = x->element_count;
  v->table = mdl_table_add(m, arena_format(m->arena, "%s (data)", v->name), (struct path){0});
  struct variable *table = &m->model->variables.items[v->table];
  table->dims = dims, table->dim_count = dim_count, table->element_count = element_count;
  return fill_table(m, v, table);
}

// ---- forms of a table

// SUMS: the running sum of the points, TOTAL: all of it. SHARE...: steps over the share of a density's area,
// mdl_table_quantile. The last four are steps that begin left of the table, where it is constant: of its points' x and
// y, of its slope, and of its area from the first point on.
enum form {
  FORM_LINEAR,
  FORM_EXTRAPOLATE,
  FORM_FORWARD,
  FORM_BACKWARD,
  FORM_INVERT,
  FORM_SUMS,
  FORM_TOTAL,
  FORM_SHARE,
  FORM_SHARE_X,
  FORM_SHARE_Y,
  FORM_SHARE_SLOPE,
  FORM_POINT_X,
  FORM_POINT_Y,
  FORM_SLOPE,
  FORM_AREA,
  FORMS
};

static double slope(const struct path *p, size_t i) {
  return i + 1 < p->count ? (p->y[i + 1] - p->y[i]) / (p->x[i + 1] - p->x[i]) : 0;
}

static struct path steps(struct mdl *m, const struct path *p, enum form form) {
  struct path out = {arena_array(m->arena, double, p->count + 1), arena_array(m->arena, double, p->count + 1), 0,
                     PATH_STEP};
  double area = 0;
  out.x[0] = -1e300, out.y[0] = form == FORM_POINT_X ? p->x[0] : form == FORM_POINT_Y ? p->y[0] : 0, out.count = 1;
  for (size_t i = 0; i < p->count; i++) {
    if (i) area += (p->x[i] - p->x[i - 1]) * (p->y[i] + p->y[i - 1]) / 2;
    if (i + 1 < p->count && p->x[i + 1] == p->x[i]) continue;  // a jump: the upper point begins the step
    double values[] = {p->x[i], p->y[i], slope(p, i), area};
    out.x[out.count] = p->x[i], out.y[out.count++] = values[form - FORM_POINT_X];
  }
  return out;
}

static struct path sums(struct mdl *m, const struct path *p, enum form form) {
  struct path out = {arena_array(m->arena, double, p->count), arena_array(m->arena, double, p->count), 0, PATH_LINEAR};
  double sum = 0;
  for (size_t i = 0; i < p->count; i++) {
    if (p->y[i] == MDL_NA) continue;
    out.x[out.count] = p->x[i], out.y[out.count++] = sum += p->y[i];
  }
  if (!out.count) return *p;
  if (form == FORM_TOTAL) out.x += out.count - 1, out.y += out.count - 1, out.count = 1;
  return out;
}

static double trapezoid(const struct path *p, size_t i) {
  return (p->x[i + 1] - p->x[i]) * (p->y[i + 1] + p->y[i]) / 2;
}

// Of each segment of a density that has area: the share of all area before it, and where and how high it begins and how
// steep it is, for an area of 1.
static struct path shares(struct mdl *m, const struct path *p, enum form form) {
  struct path out = {arena_array(m->arena, double, p->count + 1), arena_array(m->arena, double, p->count + 1), 0,
                     PATH_STEP};
  double all = 0, before = 0;
  for (size_t i = 0; i + 1 < p->count; i++) all += trapezoid(p, i);
  for (size_t i = 0; i + 1 < p->count; i++) {
    if (!(trapezoid(p, i) > 0)) continue;
    double values[] = {before / all, p->x[i], p->y[i] / all, slope(p, i) / all};
    out.x[out.count] = out.count ? before / all : -1e300, out.y[out.count++] = values[form - FORM_SHARE];
    before += trapezoid(p, i);
  }
  return out;
}

static struct path reshape(struct mdl *m, const struct path *p, enum form form) {
  if (form >= FORM_POINT_X) return steps(m, p, form);
  if (form >= FORM_SHARE) return shares(m, p, form);
  if (form >= FORM_SUMS) return sums(m, p, form);
  static const enum path_mode modes[FORM_SUMS] = {PATH_LINEAR, PATH_EXTRAPOLATE, PATH_STEP, PATH_STEP, PATH_LINEAR};
  struct path out = {arena_array(m->arena, double, p->count), arena_array(m->arena, double, p->count), p->count,
                     modes[form]};
  for (size_t i = 0; i < p->count; i++) {
    size_t from = form == FORM_FORWARD ? p->count - 1 - i : i;
    out.x[i] = form == FORM_FORWARD ? -p->x[from] : form == FORM_INVERT ? p->y[from] : p->x[from];
    out.y[i] = form == FORM_INVERT ? p->x[from] : p->y[from];
  }
  if (form == FORM_INVERT || modes[form] == PATH_STEP) sort_path(m, &out);
  return out;
}

// The table in another form: a hidden variable beside it, made once.
static uint32_t in_form(struct mdl *m, uint32_t table, enum form form) {
  static const char *const names[FORMS] = {
      "",           "extrapolated", "forward",        "backward", "inverted", "sums",  "total", "share",
      "x of share", "y of share",   "slope of share", "x",        "y",        "slope", "area"};
  if (form == FORM_LINEAR) return table;
  const char *name = arena_format(m->arena, "%s (%s)", m->model->variables.items[table].name, names[form]);
  uint32_t known = map_get(&m->model->names, name);
  if (known != MAP_NONE) return known;
  uint32_t index = mdl_table_add(m, name, (struct path){0});
  const struct variable *from = &m->model->variables.items[table];
  struct variable *v = &m->model->variables.items[index];
  v->dims = from->dims, v->dim_count = from->dim_count, v->element_count = from->element_count;
  if (!from->paths) {
    v->path = reshape(m, &from->path, form);
    return index;
  }
  v->paths = arena_array(m->arena, struct path, v->element_count);
  for (size_t k = 0; k < v->element_count; k++) v->paths[k] = reshape(m, &from->paths[k], form);
  return index;
}

// ---- calls

// The table that a name stands for, and what it was named with; MDL_NONE after an error.
uint32_t mdl_table_named(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t number = MDL_NONE;
  if (c->scope) number = map_get(&c->scope->tables, n->key);
  if (number == MDL_NONE && n->key) number = map_get(&m->variable_keys, n->key);
  if (number != MDL_NONE && m->variables.items[number].table != MDL_NONE) return number;
  if (number != MDL_NONE && m->variables.items[number].index == MDL_NONE) return MDL_NONE;
  if (n->key && map_get(&m->broken, n->key) != MAP_NONE) return MDL_NONE;
  diag_error(m->diag, n->span, mdl_not_table, n->name ? n->name : "this");
  return MDL_NONE;
}

bool mdl_table_subscript(struct mdl *m, struct mdl_context *c, const struct mdl_node *name, uint32_t variable,
                         struct expr *e) {
  const uint32_t *dims = m->model->variables.items[variable].dims;
  size_t count = m->model->variables.items[variable].dim_count;
  if (name->sub_count != count) {
    diag_error(m->diag, name->span, subscript_count, name->name, count, name->sub_count);
    return false;
  }
  e->subscripts = arena_array(m->arena, struct subscript, count + 1), e->subscript_count = count;
  for (size_t i = 0; i < count; i++)
    if (!mdl_subscript(m, c, &name->subs[i], &e->subscripts[i]) ||
        !mdl_exists(m, c, &name->subs[i], &e->subscripts[i], dims[i], name->name))
      return false;
  return true;
}

static struct expr *call_with(struct mdl *m, struct mdl_context *c, const struct mdl_node *name, uint32_t number,
                              enum form form, struct expr *x) {
  const struct mdl_variable *v = &m->variables.items[number];
  uint32_t table = in_form(m, v->table, form);
  const struct variable *t = &m->model->variables.items[table];
  if (form == FORM_FORWARD) x = mdl_binary(m, name->span, OP_SUBTRACT, mdl_number(m, name->span, 0), x);
  struct expr *e = mdl_apply(m, name->span, t->name, 1, &x);
  return e && mdl_table_subscript(m, c, name, table, e) ? e : NULL;
}

static bool is_density(const struct path *p) {
  double all = 0;
  for (size_t i = 0; i < p->count; i++) {
    if (!(p->y[i] >= 0)) return false;
    if (i) all += trapezoid(p, i - 1);
  }
  return all > 0 && all < 1e300;
}

bool mdl_table_is_density(const struct mdl *m, uint32_t number) {
  const struct variable *t = &m->model->variables.items[m->variables.items[number].table];
  bool ok = t->paths || is_density(&t->path);
  for (size_t k = 0; t->paths && k < t->element_count; k++) ok = ok && is_density(&t->paths[k]);
  return ok;
}

// From x where the height is y and the slope s, an area d is reached at x + 2 d / (y + sqrt(y^2 + 2 s d)).
struct expr *mdl_table_quantile(struct mdl *m, struct mdl_context *c, const struct mdl_node *name, uint32_t number,
                                uint32_t share) {
  struct span at = name->span;
  struct expr *parts[6], *d[2];
  static const enum form forms[6] = {FORM_SHARE,   FORM_SHARE,   FORM_SHARE_X,
                                     FORM_SHARE_Y, FORM_SHARE_Y, FORM_SHARE_SLOPE};
  for (int i = 0; i < 6; i++)
    if (!(parts[i] = call_with(m, c, name, number, forms[i], mdl_over_places(m, c, at, share)))) return NULL;
  for (int i = 0; i < 2; i++) {
    d[i] = mdl_binary(m, at, OP_SUBTRACT, mdl_over_places(m, c, at, share), parts[i]);
    d[i] = mdl_binary(m, at, OP_MULTIPLY, mdl_number(m, at, 2), d[i]);
  }
  struct expr *square = mdl_binary(m, at, OP_POWER, parts[3], mdl_number(m, at, 2));
  square->args[1]->integer = true;
  struct expr *root[2] = {mdl_binary(m, at, OP_ADD, square, mdl_binary(m, at, OP_MULTIPLY, parts[5], d[0])),
                          mdl_number(m, at, 0)};
  root[0] = mdl_apply(m, at, "max", 2, root);
  struct expr *divided[2] = {d[1], mdl_binary(m, at, OP_ADD, parts[4], mdl_apply(m, at, "sqrt", 1, root))};
  return mdl_binary(m, at, OP_ADD, parts[2], mdl_apply(m, at, "safediv", 2, divided));
}

// A hair, so that instants reached by adding up steps count as reached.
static struct expr *shifted(struct mdl *m, struct span at, struct expr *x, enum expr_op op) {
  struct expr *hair = mdl_binary(m, at, OP_MULTIPLY, mdl_number(m, at, 1e-6), mdl_name(m, at, "time_step"));
  return mdl_binary(m, at, op, x, hair);
}

static struct expr *with_lookup(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (n->arg_count != 2 || n->args[1]->kind != MDL_TABLE) {
    diag_error(m->diag, n->span, argument_count, n->name, n->arg_count);
    return NULL;
  }
  struct path path = n->args[1]->table;
  if (!mdl_table_finish(m, &path, n->args[1]->span)) return NULL;
  struct expr *x = mdl_translate(m, c, n->args[0]);
  uint32_t table = mdl_table_add(m, arena_format(m->arena, "%s#%u", c->name, ++m->calls), path);
  return mdl_apply(m, n->span, m->model->variables.items[table].name, 1, &x);
}

// GET DATA BETWEEN TIMES(data, time, mode): 0 interpolates. As Vensim's outputs show, the other modes take the time
// without its fraction: 1 gives the point there or the next one, -1 the last point before it.
static struct expr *between(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, uint32_t number) {
  double mode;
  struct span at = n->span;
  if (n->arg_count != 3 || !mdl_value(m, n->args[2], &mode)) {
    diag_error(m->diag, n->args[n->arg_count - 1]->span, mdl_known);
    return NULL;
  }
  mdl_variable_rely(m, n->args[2], RELIES_ON_VALUE);
  struct expr *x = mdl_translate(m, c, n->args[1]);
  if (mode > -0.5 && mode < 0.5) return call_with(m, c, n->args[0], number, FORM_LINEAR, x);
  x = shifted(m, at, x, OP_ADD);
  x = shifted(m, at, mdl_apply(m, at, "floor", 1, &x), OP_SUBTRACT);
  return call_with(m, c, n->args[0], number, mode > 0 ? FORM_FORWARD : FORM_BACKWARD, x);
}

// The area of a lookup from its first point to x: what is behind the last point before x, and a trapezoid.
static struct expr *area_to(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, uint32_t number, size_t i) {
  struct expr *parts[4], *x;
  struct span at = n->span;
  for (int k = 0; k < 4; k++) {
    if (!(x = mdl_translate(m, c, n->args[i]))) return NULL;
    if (!(parts[k] = call_with(m, c, n->args[0], number, (enum form)(FORM_POINT_X + k), x))) return NULL;
  }
  struct expr *again = call_with(m, c, n->args[0], number, FORM_POINT_X, mdl_translate(m, c, n->args[i]));
  struct expr *ahead = mdl_binary(m, at, OP_SUBTRACT, mdl_translate(m, c, n->args[i]), parts[0]);
  struct expr *half = mdl_binary(m, at, OP_SUBTRACT, mdl_translate(m, c, n->args[i]), again);
  half = mdl_binary(m, at, OP_MULTIPLY, mdl_binary(m, at, OP_MULTIPLY, parts[2], half), mdl_number(m, at, 0.5));
  half = mdl_binary(m, at, OP_MULTIPLY, ahead, mdl_binary(m, at, OP_ADD, parts[1], half));
  return mdl_binary(m, at, OP_ADD, parts[3], half);
}

// LOOKUP AREA(f, from, to)
static struct expr *area(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!mdl_call_fits(m, n, 3, 3)) return NULL;
  uint32_t number = mdl_table_named(m, c, n->args[0]);
  if (number == MDL_NONE) return NULL;
  struct expr *to = area_to(m, c, n, number, 2);
  return mdl_binary(m, n->span, OP_SUBTRACT, to, area_to(m, c, n, number, 1));
}

// Is there a point of the table at x (within a hair)? Then its y, else :NA:.
static struct expr *at_point(struct mdl *m, struct span at, struct expr *x_before, struct expr *x, struct expr *y) {
  struct expr *gap = mdl_binary(m, at, OP_SUBTRACT, x, x_before);
  gap = mdl_apply(m, at, "abs", 1, &gap);
  struct expr *hair = mdl_binary(m, at, OP_MULTIPLY, mdl_number(m, at, 2e-6), mdl_name(m, at, "time_step"));
  return mdl_if(m, at, mdl_binary(m, at, OP_LESS_EQUAL, gap, hair), y, mdl_number(m, at, MDL_NA));
}

// GET DATA AT TIME(data, time)
static struct expr *data_at_time(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!mdl_call_fits(m, n, 2, 2)) return NULL;
  uint32_t number = mdl_table_named(m, c, n->args[0]);
  if (number == MDL_NONE) return NULL;
  struct expr *x[3];
  for (int i = 0; i < 3; i++)
    if (!(x[i] = mdl_translate(m, c, n->args[1]))) return NULL;
  for (int i = 0; i < 2; i++)
    if (!(x[i] =
              call_with(m, c, n->args[0], number, i ? FORM_POINT_Y : FORM_POINT_X, shifted(m, n->span, x[i], OP_ADD))))
      return NULL;
  return at_point(m, n->span, x[0], x[2], x[1]);
}

// CUMULATE(data), CUMULATEF(data)
static struct expr *cumulated(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!mdl_call_fits(m, n, 1, 1)) return NULL;
  uint32_t number = mdl_table_named(m, c, n->args[0]);
  if (number == MDL_NONE) return NULL;
  enum form form = strcmp(n->key, "cumulate") == 0 ? FORM_SUMS : FORM_TOTAL;
  return call_with(m, c, n->args[0], number, form, mdl_name(m, n->span, "time"));
}

static const struct form_name {
  const char *name;
  enum form form;
} form_names[] = {{"lookup backward", FORM_BACKWARD}, {"lookup extrapolate", FORM_EXTRAPOLATE},
                  {"lookup forward", FORM_FORWARD},   {"lookup invert", FORM_INVERT},
                  {"lookup slope", FORM_SLOPE},       {"tabxl", FORM_EXTRAPOLATE}};

struct expr *mdl_table_call(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (strcmp(n->key, "with lookup") == 0) return with_lookup(m, c, n);
  if (strcmp(n->key, "lookup area") == 0) return area(m, c, n);
  if (strncmp(n->key, "cumulate", 8) == 0) return cumulated(m, c, n);
  if (strcmp(n->key, "get data at time") == 0) return data_at_time(m, c, n);
  for (size_t i = 0; i < sizeof form_names / sizeof *form_names; i++) {
    if (strcmp(n->key, form_names[i].name) != 0 || n->arg_count != 2) continue;
    uint32_t number = mdl_table_named(m, c, n->args[0]);
    struct expr *x = number == MDL_NONE ? NULL : mdl_translate(m, c, n->args[1]);
    return x ? call_with(m, c, n->args[0], number, form_names[i].form, x) : NULL;
  }
  bool shift = strcmp(n->key, "time shift") == 0, data = strcmp(n->key, "get data between times") == 0;
  if ((shift || data) && n->arg_count >= 2) {
    uint32_t number = mdl_table_named(m, c, n->args[0]);
    if (number == MDL_NONE) return NULL;
    if (data) return between(m, c, n, number);
    struct expr *x = mdl_translate(m, c, n->args[1]);
    x = mdl_binary(m, n->span, OP_ADD, mdl_name(m, n->span, "time"), x);
    return call_with(m, c, n->args[0], number, FORM_LINEAR, x);
  }
  if (n->arg_count != 1) {
    diag_error(m->diag, n->span, argument_count, n->name, n->arg_count);
    return NULL;
  }
  uint32_t number = mdl_table_named(m, c, n);
  struct expr *x = number == MDL_NONE ? NULL : mdl_translate(m, c, n->args[0]);
  return x ? call_with(m, c, n, number, FORM_LINEAR, x) : NULL;
}

// The time as a table of that form is asked: steps of data lie on instants, so it is a hair later, or earlier where the
// next point is wanted.
static struct expr *time_for(struct mdl *m, struct span at, enum form form) {
  struct expr *x = mdl_name(m, at, "time");
  if (form == FORM_LINEAR) return x;
  return shifted(m, at, x, form == FORM_FORWARD ? OP_SUBTRACT : OP_ADD);
}

static const enum form forms_of_modes[] = {FORM_LINEAR, FORM_POINT_Y, FORM_LINEAR, FORM_FORWARD, FORM_BACKWARD};

struct expr *mdl_table_in_mode(struct mdl *m, struct mdl_context *c, const struct mdl_equation *e) {
  uint32_t number = e->rhs->kind == MDL_NAME ? map_get(&m->variable_keys, e->rhs->key) : MAP_NONE;
  if (number == MAP_NONE || m->variables.items[number].table == MDL_NONE) {
    diag_error(m->diag, e->rhs->span, mdl_mode, e->name);
    return NULL;
  }
  struct span at = e->rhs->span;
  enum form form = forms_of_modes[e->mode];
  struct expr *y = call_with(m, c, e->rhs, number, form, time_for(m, at, form));
  if (e->mode != MDL_MODE_RAW) return y;
  struct expr *x = call_with(m, c, e->rhs, number, FORM_POINT_X, time_for(m, at, FORM_POINT_X));
  return at_point(m, at, x, mdl_name(m, at, "time"), y);
}

// A table of data at the time, over the places of the left side.
static struct expr *now(struct mdl *m, struct mdl_context *c, struct span at, uint32_t table, enum form form) {
  uint32_t index = in_form(m, table, form);
  struct expr *x = time_for(m, at, form);
  if (form == FORM_FORWARD) x = mdl_binary(m, at, OP_SUBTRACT, mdl_number(m, at, 0), x);
  struct expr *out = mdl_apply(m, at, m->model->variables.items[index].name, 1, &x);
  bool whole = m->model->variables.items[table].dim_count == c->place_count;
  const struct expr *over = whole ? mdl_over_table(m, c, at, index) : mdl_over_places(m, c, at, index);
  out->subscripts = over->subscripts, out->subscript_count = over->subscript_count;
  return out;
}

// The value of a data variable, in the mode that the equation asks for. :RAW: is :NA: between the points.
struct expr *mdl_table_at_time(struct mdl *m, struct mdl_context *c, const struct mdl_equation *e, uint32_t table) {
  struct expr *y = now(m, c, e->span, table, forms_of_modes[e->mode]);
  if (e->mode != MDL_MODE_RAW) return y;
  struct expr *x = now(m, c, e->span, table, FORM_POINT_X);
  return at_point(m, e->span, x, mdl_name(m, e->span, "time"), y);
}

// The table as subscripted by the places of the left side, element places included.
struct expr *mdl_over_table(struct mdl *m, struct mdl_context *c, struct span at, uint32_t table) {
  const struct variable *v = &m->model->variables.items[table];
  struct expr *e = mdl_name(m, at, v->name);
  e->subscripts = arena_array(m->arena, struct subscript, v->dim_count + 1), e->subscript_count = v->dim_count;
  for (size_t i = 0; i < v->dim_count; i++) {
    e->subscripts[i] = (struct subscript){.span = at, .name = m->model->dimensions.items[v->dims[i]].name};
    if (c->places[i].fixed) {
      e->subscripts[i].name = m->elements.items[c->places[i].element].name;
      continue;
    }
    struct subscript_map *map = arena_new(m->arena, struct subscript_map);
    map->axis = c->places[i].axis;
    e->subscripts[i].map = map;
  }
  return e;
}
