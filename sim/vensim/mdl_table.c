// SPDX-License-Identifier: GPL-3.0-or-later
// Lookups and data are tables of the model: a lookup is called with its argument, data with the time. What reads a
// table in another way (forward, backward, extrapolating, inverted) gets a copy of it in that form: forward is the step
// of the mirrored table at the mirrored argument.
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/text.h"
#include "lang/fn.h"
#include "vensim/mdl_data.h"
#include "vensim/mdl_parts.h"

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

static size_t combinations(const struct mdl *m, const struct mdl_equation *e) {
  size_t count = 1;
  for (size_t i = 0; i < e->sub_count; i++)
    if (!e->places[i].fixed) count *= m->ranges.items[e->places[i].range].count;
  return count;
}

// The paths of one equation, for each combination of its ranges.
static void series_of(struct mdl *m, const struct mdl_equation *e, struct path *paths, size_t count);

static bool paths_of(struct mdl *m, const struct mdl_equation *e, struct path *paths, size_t count) {
  if (e->form == MDL_FORM_NONE) {
    series_of(m, e, paths, count);
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
    size_t count = combinations(m, e);
    struct path *paths = arena_array(m->arena, struct path, count + 1);
    if (!paths_of(m, e, paths, count)) return false;
    for (size_t k = 0; k < count; k++) table->paths[element_of(m, v, e, k)] = paths[k];
  }
  if (v->dim_count) return true;
  table->path = table->paths[0];
  table->paths = NULL;
  return true;
}

// ---- data of the run, in MODEL_data.dat beside the model: a name in a line, then times and values below it

static void add_series(struct mdl *m, const char *name, size_t size) {
  map_add(&m->series, mdl_key(m->arena, name, size), (uint32_t)m->paths.count);
  list_push(m->arena, &m->paths) = (struct path){.mode = PATH_LINEAR};
}

static bool read_point(const char *line, size_t size, double *x, double *y) {
  const char *tab = memchr(line, '\t', size);
  return tab && text_to_number(line, (size_t)(tab - line), x) &&
         text_to_number(tab + 1, size - (size_t)(tab + 1 - line), y);
}

static void add_point(struct mdl *m, double x, double y) {
  struct path *p = &m->paths.items[m->paths.count - 1];
  if (!(p->count & (p->count - 1))) {  // grown at powers of two
    size_t room = p->count ? 2 * p->count : 1;
    p->x = arena_grow(m->arena, p->x, p->count, room, sizeof *p->x);
    p->y = arena_grow(m->arena, p->y, p->count, room, sizeof *p->y);
  }
  p->x[p->count] = x, p->y[p->count++] = y;
}

void mdl_table_read_series(struct mdl *m) {
  const char *path = m->source->path;
  path = arena_format(m->arena, "%.*s_data.dat", (int)(strlen(path) - 4), path);
  struct stat info;
  if (stat(path, &info) != 0) return;
  const struct source *s = source_read(m->arena, path, LIMIT_DATA_BYTES, m->diag);
  if (!s) return;
  list_push(m->arena, &m->model->files) = s->path;
  list_push(m->arena, &m->model->sources) = s;
  for (size_t at = 0; at < s->size;) {
    size_t size = strcspn(s->text + at, "\r\n");
    double x, y;
    if (size && !memchr(s->text + at, '\t', size))
      add_series(m, s->text + at, size);
    else if (m->paths.count && read_point(s->text + at, size, &x, &y))
      add_point(m, x, y);
    at += size + strspn(s->text + at + size, "\r\n");
  }
}

// "name[a,b]" of the k-th combination of an equation's ranges.
static const char *series_key(struct mdl *m, const struct mdl_equation *e, size_t k) {
  const char *subs = "";
  for (size_t i = e->sub_count; i-- > 0;) {
    uint32_t element = e->places[i].element;
    if (!e->places[i].fixed) {
      const struct mdl_range *r = &m->ranges.items[e->places[i].range];
      element = r->elements[k % r->count];
      k /= r->count;
    }
    subs = arena_format(m->arena, "%s%s%s", m->elements.items[element].key, *subs ? "," : "", subs);
  }
  return e->sub_count ? arena_format(m->arena, "%s[%s]", e->key, subs) : e->key;
}

bool mdl_table_has_series(struct mdl *m, const struct mdl_equation *e) {
  for (size_t k = 0; k < combinations(m, e); k++)
    if (map_get(&m->series, series_key(m, e, k)) != MAP_NONE) return true;
  return false;
}

// An element without a series holds :NA:.
static void series_of(struct mdl *m, const struct mdl_equation *e, struct path *paths, size_t count) {
  for (size_t k = 0; k < count; k++) {
    uint32_t i = map_get(&m->series, series_key(m, e, k));
    paths[k] = i == MAP_NONE ? (struct path){0} : m->paths.items[i];
    if (paths[k].count) continue;
    paths[k] = (struct path){arena_new(m->arena, double), arena_new(m->arena, double), 1, PATH_LINEAR};
    *paths[k].y = MDL_NA;
  }
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

enum form { FORM_LINEAR, FORM_EXTRAPOLATE, FORM_FORWARD, FORM_BACKWARD, FORM_INVERT, FORMS };

static struct path reshape(struct mdl *m, const struct path *p, enum form form) {
  static const enum path_mode modes[FORMS] = {PATH_LINEAR, PATH_EXTRAPOLATE, PATH_STEP, PATH_STEP, PATH_LINEAR};
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
  static const char *const names[FORMS] = {"", "extrapolated", "forward", "backward", "inverted"};
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
static uint32_t table_named(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t number = MDL_NONE;
  if (c->scope) number = map_get(&c->scope->tables, n->key);
  if (number == MDL_NONE && n->key) number = map_get(&m->variable_keys, n->key);
  if (number != MDL_NONE && m->variables.items[number].table != MDL_NONE) return number;
  diag_error(m->diag, n->span, mdl_not_table, n->name ? n->name : "this");
  return MDL_NONE;
}

static struct expr *call_with(struct mdl *m, struct mdl_context *c, const struct mdl_node *name, uint32_t number,
                              enum form form, struct expr *x) {
  const struct mdl_variable *v = &m->variables.items[number];
  uint32_t table = in_form(m, v->table, form);
  const struct variable *t = &m->model->variables.items[table];
  if (form == FORM_FORWARD) x = mdl_binary(m, name->span, OP_SUBTRACT, mdl_number(m, name->span, 0), x);
  struct expr *e = mdl_apply(m, name->span, t->name, 1, &x);
  if (!e) return NULL;
  if (name->sub_count != t->dim_count) {
    diag_error(m->diag, name->span, subscript_count, name->name, t->dim_count, name->sub_count);
    return NULL;
  }
  e->subscripts = arena_array(m->arena, struct subscript, name->sub_count + 1), e->subscript_count = name->sub_count;
  for (size_t i = 0; i < name->sub_count; i++)
    if (!mdl_subscript(m, c, &name->subs[i], &e->subscripts[i]) ||
        !mdl_exists(m, c, &name->subs[i], &e->subscripts[i], m->model->variables.items[table].dims[i], name->name))
      return NULL;
  return e;
}

// A hair, so that instants reached by adding up steps count as reached.
static struct expr *shifted(struct mdl *m, struct span at, struct expr *x, enum expr_op op) {
  struct expr *hair = mdl_binary(m, at, OP_MULTIPLY, mdl_number(m, at, 1e-6), mdl_name(m, at, "time_step"));
  return mdl_binary(m, at, op, x, hair);
}

// Steps of data lie on instants: the time is taken a hair later (backward) or earlier (forward).
static struct expr *nudged(struct mdl *m, struct span at, struct expr *x, enum form form) {
  if (form != FORM_FORWARD && form != FORM_BACKWARD) return x;
  return shifted(m, at, x, form == FORM_FORWARD ? OP_SUBTRACT : OP_ADD);
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
  struct expr *x = mdl_translate(m, c, n->args[1]);
  if (mode > -0.5 && mode < 0.5) return call_with(m, c, n->args[0], number, FORM_LINEAR, x);
  x = shifted(m, at, x, OP_ADD);
  x = shifted(m, at, mdl_apply(m, at, "floor", 1, &x), OP_SUBTRACT);
  return call_with(m, c, n->args[0], number, mode > 0 ? FORM_FORWARD : FORM_BACKWARD, x);
}

static const struct form_name {
  const char *name;
  enum form form;
} form_names[] = {{"lookup backward", FORM_BACKWARD},
                  {"lookup extrapolate", FORM_EXTRAPOLATE},
                  {"lookup forward", FORM_FORWARD},
                  {"lookup invert", FORM_INVERT},
                  {"tabxl", FORM_EXTRAPOLATE}};

struct expr *mdl_table_call(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (strcmp(n->key, "with lookup") == 0) return with_lookup(m, c, n);
  for (size_t i = 0; i < sizeof form_names / sizeof *form_names; i++) {
    if (strcmp(n->key, form_names[i].name) != 0 || n->arg_count != 2) continue;
    uint32_t number = table_named(m, c, n->args[0]);
    struct expr *x = number == MDL_NONE ? NULL : mdl_translate(m, c, n->args[1]);
    return x ? call_with(m, c, n->args[0], number, form_names[i].form, x) : NULL;
  }
  bool shift = strcmp(n->key, "time shift") == 0, data = strcmp(n->key, "get data between times") == 0;
  if ((shift || data) && n->arg_count >= 2) {
    uint32_t number = table_named(m, c, n->args[0]);
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
  uint32_t number = table_named(m, c, n);
  struct expr *x = number == MDL_NONE ? NULL : mdl_translate(m, c, n->args[0]);
  return x ? call_with(m, c, n, number, FORM_LINEAR, x) : NULL;
}

// The value of a data variable: its table at the time, in the mode that the equation asks for.
struct expr *mdl_table_at_time(struct mdl *m, struct mdl_context *c, const struct mdl_equation *e, uint32_t table) {
  static const enum form forms[] = {FORM_LINEAR, FORM_LINEAR, FORM_LINEAR, FORM_FORWARD, FORM_BACKWARD};
  enum form form = forms[e->mode];
  uint32_t index = in_form(m, table, form);
  struct expr *x = nudged(m, e->span, mdl_name(m, e->span, "time"), form);
  if (form == FORM_FORWARD) x = mdl_binary(m, e->span, OP_SUBTRACT, mdl_number(m, e->span, 0), x);
  struct expr *out = mdl_apply(m, e->span, m->model->variables.items[index].name, 1, &x);
  bool whole = m->model->variables.items[table].dim_count == c->place_count;
  const struct expr *over = whole ? mdl_over_table(m, c, e->span, index) : mdl_over_places(m, c, e->span, index);
  out->subscripts = over->subscripts, out->subscript_count = over->subscript_count;
  return out;
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
