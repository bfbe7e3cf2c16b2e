// SPDX-License-Identifier: GPL-3.0-or-later
// Trees of Vensim -> expressions of the model. Every subscript is settled here, by Vensim's rules (the same range on
// the left side, an alias, a mapping), and handed on as the axis that it follows and the elements that it takes there.
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_parts.h"

// ---- small expressions

static struct expr *new_expr(struct mdl *m, enum expr_kind kind, struct span at) {
  struct expr *e = arena_new(m->arena, struct expr);
  e->kind = kind, e->span = e->name_span = at;
  return e;
}

struct expr *mdl_number(struct mdl *m, struct span at, double x) {
  struct expr *e = new_expr(m, EXPR_NUMBER, at);
  e->number = x;
  return e;
}

struct expr *mdl_name(struct mdl *m, struct span at, const char *name) {
  struct expr *e = new_expr(m, EXPR_NAME, at);
  e->name = name;
  return e;
}

static void set_args(struct mdl *m, struct expr *e, size_t count, struct expr *const *args) {
  e->arg_count = count;
  e->args = count ? arena_grow(m->arena, args, count, count, sizeof *args) : NULL;
}

struct expr *mdl_apply(struct mdl *m, struct span at, const char *function, size_t count, struct expr *const *args) {
  for (size_t i = 0; i < count; i++)
    if (!args[i]) return NULL;
  struct expr *e = new_expr(m, EXPR_CALL, at);
  e->name = function;
  set_args(m, e, count, args);
  return e;
}

struct expr *mdl_binary(struct mdl *m, struct span at, enum expr_op op, struct expr *a, struct expr *b) {
  if (!a || !b) return NULL;
  struct expr *e = new_expr(m, EXPR_BINARY, at);
  e->op = op;
  set_args(m, e, 2, (struct expr *[]){a, b});
  return e;
}

struct expr *mdl_if(struct mdl *m, struct span at, struct expr *c, struct expr *a, struct expr *b) {
  if (!a || !b || !c) return NULL;
  struct expr *e = new_expr(m, EXPR_IF, at);
  set_args(m, e, 3, (struct expr *[]){c, a, b});
  return e;
}

struct expr *mdl_reduce(struct mdl *m, struct span at, const char *function, size_t count,
                        const char *const *dimensions, struct expr *x) {
  if (!x || !count) return x;
  struct expr *e = mdl_apply(m, at, function, 1, &x);
  e->subscripts = arena_array(m->arena, struct subscript, count);
  e->subscript_count = count;
  for (size_t i = 0; i < count; i++) e->subscripts[i] = (struct subscript){.span = at, .name = dimensions[i]};
  return e;
}

// ---- subscripts

struct axis_of {          // what an unfixed subscript follows
  const char *dimension;  // of a reduction; NULL: an axis of the left side
  uint32_t axis, range, count;
  const uint32_t *elements;
};

// Takes the axis when each of its elements has a partner in `wanted`.
static bool follows(struct mdl *m, uint32_t wanted, const struct axis_of *x, int how, struct subscript *out) {
  for (uint32_t k = 0; k < x->count; k++)
    if (mdl_range_partner(m, wanted, x->range, x->elements[k], how) == MDL_NONE) return false;
  if (!x->count) return false;
  struct subscript_map *map = arena_new(m->arena, struct subscript_map);
  const struct mdl_family *f = mdl_range_family(m, x->elements[0]);
  uint32_t *table = arena_array(m->arena, uint32_t, f->count + 1);
  bool identity = true;
  for (uint32_t k = 0; k < f->count; k++) table[k] = UINT32_MAX;
  for (uint32_t k = 0; k < x->count; k++) {
    uint32_t partner = mdl_range_partner(m, wanted, x->range, x->elements[k], how);
    identity = identity && partner == x->elements[k];
    table[m->elements.items[x->elements[k]].number] = m->elements.items[partner].number;
  }
  *map = (struct subscript_map){.dimension = x->dimension, .axis = x->axis, .elements = identity ? NULL : table};
  out->map = map;
  return true;
}

static struct axis_of binding_axis(const struct mdl *m, const struct mdl_binding *b) {
  const struct mdl_range *r = &m->ranges.items[b->range];
  return (struct axis_of){b->dimension, 0, b->range, r->count, r->elements};
}

static bool bang(struct mdl *m, struct mdl_context *c, uint32_t range, const struct mdl_sub *s, struct subscript *out) {
  for (const struct mdl_binding *b = c->bindings; b; b = b->outer)
    if (b->bang && b->range == range) {
      struct axis_of x = binding_axis(m, b);
      return follows(m, range, &x, 0, out);
    }
  for (size_t i = 0; i < c->place_count; i++) {
    struct axis_of x = {NULL, c->places[i].axis, c->places[i].range, c->box->counts[i], c->box->elements[i]};
    if (c->places[i].bang && c->places[i].range == range) return follows(m, range, &x, 0, out);
  }
  diag_error(m->diag, s->span, mdl_bang, s->name);
  return false;
}

static bool along(struct mdl *m, struct mdl_context *c, uint32_t range, struct subscript *out) {
  for (int how = 0; how < 4; how++) {
    for (const struct mdl_binding *b = c->bindings; b; b = b->outer) {
      struct axis_of x = binding_axis(m, b);
      if (!b->bang && follows(m, range, &x, how, out)) return true;
    }
    for (size_t i = 0; i < c->place_count; i++) {
      const struct mdl_place *p = &c->places[i];
      if (p->fixed || p->bang || p->axis == MDL_NONE) continue;
      struct axis_of x = {NULL, p->axis, p->range, c->box->counts[i], c->box->elements[i]};
      if (follows(m, range, &x, how, out)) return true;
    }
  }
  for (size_t i = 0; i < c->place_count; i++) {
    if (!c->places[i].fixed) continue;
    uint32_t e = mdl_range_partner_of_element(m, range, c->places[i].element);
    if (e == MDL_NONE) continue;
    out->name = m->elements.items[e].name;
    return true;
  }
  return false;
}

bool mdl_subscript(struct mdl *m, struct mdl_context *c, const struct mdl_sub *s, struct subscript *out) {
  *out = (struct subscript){.span = s->span, .name = s->name};
  uint32_t range = mdl_range_find(m, s->key), element = mdl_element_find(m, s->key);
  if (range == MDL_NONE && element == MDL_NONE) {
    if (!m->ranges_broken) diag_error(m->diag, s->span, mdl_subscript, s->name);
    return false;
  }
  if (s->bang && range != MDL_NONE) return bang(m, c, range, s, out);
  if (range == MDL_NONE) {
    out->name = m->elements.items[element].name;
    return true;
  }
  if (along(m, c, range, out)) return true;
  if (!m->ranges_broken) diag_error(m->diag, s->span, mdl_axis, s->name, c->name);
  return false;
}

// The single element of the axis that a settled subscript follows; MDL_NONE: there are several.
static uint32_t single(const struct mdl_context *c, uint32_t axis) {
  for (size_t i = 0; i < c->place_count; i++)
    if (!c->places[i].fixed && c->places[i].axis == axis && c->box->counts[i] == 1) return c->box->elements[i][0];
  return MDL_NONE;
}

bool mdl_element_here(struct mdl *m, struct mdl_context *c, const struct mdl_sub *s, uint32_t *element) {
  uint32_t range = mdl_range_find(m, s->key);
  struct subscript out = {0};
  *element = mdl_element_find(m, s->key);
  if (range == MDL_NONE) return *element != MDL_NONE;
  if (s->bang || !along(m, c, range, &out) || (out.map && out.map->dimension)) return false;
  if (!out.map) {
    *element = mdl_element_find(m, mdl_key(m->arena, out.name, strlen(out.name)));
    return *element != MDL_NONE;
  }
  uint32_t here = single(c, out.map->axis);
  if (here == MDL_NONE) return false;
  uint32_t number = m->elements.items[here].number;
  if (out.map->elements) number = out.map->elements[number];
  *element = mdl_range_family(m, m->ranges.items[range].elements[0])->elements[number];
  return true;
}

// The elements that a settled subscript takes, in root coordinates.
static const uint32_t *taken(struct mdl *m, struct mdl_context *c, const struct subscript_map *map, uint32_t *count) {
  if (map->dimension) {
    uint32_t over = map_get(&m->model->dimension_names, map->dimension);
    *count = m->model->dimensions.items[over].count;
    return m->model->dimensions.items[over].in_parent;
  }
  *count = 0;
  for (size_t i = 0; i < c->place_count; i++) {
    if (c->places[i].fixed || c->places[i].axis != map->axis) continue;
    uint32_t *list = arena_array(m->arena, uint32_t, c->box->counts[i] + 1);
    for (uint32_t k = 0; k < c->box->counts[i]; k++) list[k] = m->elements.items[c->box->elements[i][k]].number;
    *count = c->box->counts[i];
    return list;
  }
  return NULL;
}

bool mdl_exists(struct mdl *m, struct mdl_context *c, const struct mdl_sub *written, const struct subscript *s,
                uint32_t dimension, const char *variable) {
  const struct dimension *d = &m->model->dimensions.items[dimension], *root = &m->model->dimensions.items[d->root];
  uint32_t range = mdl_range_find(m, written->key), element = mdl_element_find(m, written->key), count = 0;
  uint32_t first = range == MDL_NONE ? element : m->ranges.items[range].elements[0];
  const char *missing = mdl_range_family(m, first)->root == d->root ? NULL : s->name;
  if (!s->map && !missing && map_get(&d->names, s->name) == MAP_NONE) missing = s->name;
  const uint32_t *elements = s->map && !missing ? taken(m, c, s->map, &count) : NULL;
  for (uint32_t k = 0; k < count && !missing; k++) {
    uint32_t e = s->map->elements ? s->map->elements[elements[k]] : elements[k];
    if (map_get(&d->names, root->elements[e]) == MAP_NONE) missing = root->elements[e];
  }
  if (!missing) return true;
  diag_error(m->diag, s->span, unknown_subscript, missing, variable);
  return false;
}

struct expr *mdl_over_places(struct mdl *m, struct mdl_context *c, struct span at, uint32_t variable) {
  const struct variable *v = &m->model->variables.items[variable];
  struct expr *e = mdl_name(m, at, v->name);
  size_t n = 0;
  e->subscripts = arena_array(m->arena, struct subscript, v->dim_count + 1);
  for (size_t i = 0; i < c->place_count && n < v->dim_count; i++) {
    if (c->places[i].fixed || c->places[i].axis == MDL_NONE) continue;
    struct subscript_map *map = arena_new(m->arena, struct subscript_map);
    map->axis = c->places[i].axis;
    e->subscripts[n++] =
        (struct subscript){.span = at, .name = m->model->dimensions.items[v->dims[i]].name, .map = map};
  }
  e->subscript_count = n;
  return e;
}

// ---- names

// The numbers of the elements of a range, from 1 in its family or from 0 in the range itself: a parameter over its
// dimension.
static uint32_t numbers_of(struct mdl *m, uint32_t range, const char *what) {
  uint32_t dimension = mdl_range_dimension(m, range);
  const char *key = arena_format(m->arena, "%s (%s)", m->model->dimensions.items[dimension].name, what);
  uint32_t index = map_get(&m->numbers, key);
  if (index != MAP_NONE) return index;
  index = mdl_variable_new(m, VARIABLE_PARAMETER, key, NOWHERE);
  struct variable *v = &m->model->variables.items[index];
  const struct dimension *d = &m->model->dimensions.items[dimension];
  v->hidden = true;
  v->dims = arena_new(m->arena, uint32_t);
  *v->dims = dimension, v->dim_count = 1, v->element_count = d->count;
  v->values = arena_array(m->arena, double, d->count);
  for (uint32_t k = 0; k < d->count; k++) v->values[k] = *what == 'n' ? d->in_parent[k] + 1 : k;
  map_add(&m->numbers, key, index);
  return index;
}

static struct expr *number_at(struct mdl *m, struct span at, uint32_t index, struct subscript s) {
  struct expr *e = mdl_name(m, at, m->model->variables.items[index].name);
  e->subscripts = arena_new(m->arena, struct subscript), e->subscript_count = 1;
  *e->subscripts = s;
  return e;
}

struct expr *mdl_number_of_range(struct mdl *m, struct mdl_context *c, struct span at, uint32_t range,
                                 const struct mdl_sub *s) {
  struct subscript sub;
  return mdl_subscript(m, c, s, &sub) ? number_at(m, at, numbers_of(m, range, "number"), sub) : NULL;
}

struct expr *mdl_place_of_range(struct mdl *m, struct span at, uint32_t range, struct subscript s) {
  return number_at(m, at, numbers_of(m, range, "place"), s);
}

static const char *special(const struct mdl *m, const char *key) {
  static const char *const names[][2] = {{"time", "time"},
                                         {"time step", "time_step"},
                                         {"initial time", "$start"},
                                         {"final time", "$stop"},
                                         {"saveper", "$save"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(names[i][0], key) == 0) return m->end_varies && i == 3 ? NULL : names[i][1];
  return NULL;
}

// Inside a macro `TIME STEP$` is the model's own.
static const char *without_dollar(struct mdl *m, const char *key) {
  size_t size = strlen(key);
  return size && key[size - 1] == '$' ? mdl_key(m->arena, key, size - 1) : key;
}

static struct expr *local(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t index = map_get(&c->scope->locals, n->key);
  if (index == MAP_NONE) return NULL;
  if (c->scope->slats == MDL_NONE || !mdl_belt_is(n->subs, n->sub_count)) return mdl_over_places(m, c, n->span, index);
  bool numbers = strcmp(n->key, "slat") == 0;  // the same wherever the call stands
  struct expr *e =
      numbers ? mdl_name(m, n->span, m->model->variables.items[index].name) : mdl_over_places(m, c, n->span, index);
  return mdl_belt_reference(m, c, e, n->subs->bang);
}

static struct expr *unknown(struct mdl *m, const struct mdl_node *n) {
  if (map_get(&m->broken, n->key) != MAP_NONE) return NULL;
  diag_error(m->diag, n->span, unknown_variable, n->name);
  if (m->diag->errors < 40) diag_did_you_mean(m->diag, map_nearest_key(&m->variable_keys, n->key));
  return NULL;
}

static struct expr *range_or_element(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t range = mdl_range_find(m, n->key), element = mdl_element_find(m, n->key);
  if (range != MDL_NONE) {
    struct mdl_sub s = {n->span, n->key, n->name, n->sub_count == 1};
    return mdl_number_of_range(m, c, n->span, range, &s);
  }
  if (element != MDL_NONE && !n->sub_count) return mdl_number(m, n->span, m->elements.items[element].number + 1);
  return unknown(m, n);
}

static struct expr *reference(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  const char *key = c->scope ? without_dollar(m, n->key) : n->key;
  if (c->scope && key == n->key && map_get(&c->scope->locals, key) != MAP_NONE) return local(m, c, n);
  if (special(m, key) && !n->sub_count) return mdl_name(m, n->span, special(m, key));
  uint32_t number = map_get(&m->variable_keys, key);
  if (number == MAP_NONE) return range_or_element(m, c, n);
  if (c->scope && !c->scope->macro->prelude && key == n->key && map_get(&m->range_keys, key) == MAP_NONE) {
    diag_error(m->diag, n->span, mdl_macro_outside, n->name, c->scope->macro->name);
    return NULL;
  }
  const struct mdl_variable *v = &m->variables.items[number];
  if (v->index == MDL_NONE) return NULL;
  const struct variable *x = &m->model->variables.items[v->index];
  if (x->kind == VARIABLE_TABLE) {
    diag_error(m->diag, n->span, table_not_called, v->name, v->name);
    return NULL;
  }
  if (n->sub_count != x->dim_count) {
    diag_error(m->diag, n->span, subscript_count, v->name, x->dim_count, n->sub_count);
    return NULL;
  }
  struct expr *e = mdl_name(m, n->span, x->name);
  e->subscripts = arena_array(m->arena, struct subscript, n->sub_count + 1), e->subscript_count = n->sub_count;
  for (size_t i = 0; i < n->sub_count; i++) {
    uint32_t dimension = m->model->variables.items[v->index].dims[i];
    if (!mdl_subscript(m, c, &n->subs[i], &e->subscripts[i]) ||
        !mdl_exists(m, c, &n->subs[i], &e->subscripts[i], dimension, v->name))
      return NULL;
  }
  return e;
}

struct expr *mdl_translate(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *e;
  if (m->translated > LIMIT_TRANSLATED) return NULL;
  if (++m->translated > LIMIT_TRANSLATED) {
    diag_error(m->diag, n->span, expr_many, LIMIT_TRANSLATED, "parts in all equations, written out");
    return NULL;
  }
  switch (n->kind) {
    case MDL_NUMBER:
      e = mdl_number(m, n->span, n->number);
      e->integer = n->integer;
      return e;
    case MDL_NAME:
      return reference(m, c, n);
    case MDL_CALL:
      return mdl_call(m, c, n);
    case MDL_UNARY: {
      struct expr *x = mdl_translate(m, c, n->args[0]);
      if (!x) return NULL;
      e = new_expr(m, EXPR_UNARY, n->span);
      e->op = n->op;
      set_args(m, e, 1, &x);
      return e;
    }
    case MDL_BINARY: {
      struct expr *a = mdl_translate(m, c, n->args[0]);
      return mdl_binary(m, n->span, n->op, a, mdl_translate(m, c, n->args[1]));
    }
    case MDL_HELD:
      return mdl_held_element(m, c, n->whole, n->held, n->span);
    case MDL_TEXT:
      diag_error(m->diag, n->span, mdl_text);
      return NULL;
    case MDL_TABLE:
      diag_error(m->diag, n->span, mdl_table_here);
      return NULL;
  }
  return NULL;
}
