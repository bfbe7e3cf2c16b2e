// SPDX-License-Identifier: GPL-3.0-or-later
// Values that a function needs more than once: each is a hidden variable, over the places of the left side and the
// ranges of the vector functions around, and so computed once, which matters where it draws or has a memory. And trees
// made here, for what a function puts together from its arguments.
#include "vensim/mdl_call.h"

bool mdl_hold(struct mdl *m, const struct mdl_context *c, const struct mdl_node *n, struct mdl_held *h) {
  const char *name = arena_format(m->arena, "%s#%u", c->name, ++m->calls);
  if (!mdl_variable_widen(m, c, &h->wide)) {
    diag_error(m->diag, n->span, mdl_vector_inside, c->name);
    return false;
  }
  h->variable = mdl_variable_hidden(m, &h->wide, VARIABLE_AUXILIARY, name, n->span);
  struct mdl_context inside = mdl_variable_inside(m, &h->wide, c->name);
  return mdl_variable_equation(m, &inside, h->variable, n);
}

struct expr *mdl_held(struct mdl *m, const struct mdl_context *c, struct mdl_held *h, struct span at) {
  return mdl_variable_in(m, c, &h->wide, at, h->variable);
}

// ---- over whole ranges

bool mdl_held_widen(struct mdl *m, const struct mdl_context *c, const struct mdl_node *n, const struct mdl_sub **subs,
                    size_t count, struct mdl_context *out, uint32_t *axes) {
  struct mdl_place *places = arena_array(m->arena, struct mdl_place, c->place_count + count + 1);
  uint32_t *counts = arena_array(m->arena, uint32_t, c->place_count + count + 1);
  uint32_t **elements = arena_array(m->arena, uint32_t *, c->place_count + count + 1);
  size_t place_count = c->place_count;
  uint32_t axis = 0;
  for (size_t i = 0; i < c->place_count; i++)
    places[i] = c->places[i], counts[i] = c->box->counts[i], elements[i] = c->box->elements[i];
  for (size_t k = 0; k < count; k++) {
    uint32_t range = mdl_range_find(m, subs[k]->key);
    if (range == MDL_NONE) {
      if (!m->ranges_broken) diag_error(m->diag, n->span, mdl_vector, n->name);
      return false;
    }
    size_t at = 0;
    while (at < place_count && (places[at].fixed || places[at].range != range)) at++;
    if (at == place_count) places[place_count++] = (struct mdl_place){.range = range};
    counts[at] = m->ranges.items[range].count, elements[at] = m->ranges.items[range].elements;
    axes[k] = (uint32_t)at;
  }
  struct mdl_box *box = arena_new(m->arena, struct mdl_box);
  *box = (struct mdl_box){counts, elements};
  for (size_t i = 0; i < place_count; i++) places[i].axis = places[i].fixed ? MDL_NONE : axis++;
  for (size_t k = 0; k < count; k++) axes[k] = places[axes[k]].axis;
  *out = *c;
  out->box = box, out->places = places, out->place_count = place_count, out->target = NULL;
  return true;
}

struct expr *mdl_held_element(struct mdl *m, struct mdl_context *c, const struct mdl_context *whole, uint32_t index,
                              struct span at) {
  struct expr *e = mdl_name(m, at, m->model->variables.items[index].name);
  size_t count = m->model->variables.items[index].dim_count, n = 0;
  e->subscripts = arena_array(m->arena, struct subscript, count + 1), e->subscript_count = count;
  for (size_t i = 0; i < whole->place_count; i++) {
    if (whole->places[i].fixed) continue;
    const struct mdl_range *r = &m->ranges.items[whole->places[i].range];
    struct mdl_sub s = {.span = at, .key = r->key, .name = r->name};
    if (!mdl_subscript(m, c, &s, &e->subscripts[n++])) return NULL;
  }
  return e;
}

static bool has_call(const struct mdl_node *n) {
  bool has = n->kind == MDL_CALL;
  for (size_t i = 0; i < n->arg_count; i++) has = has || has_call(n->args[i]);
  return has;
}

const struct mdl_node *mdl_held_along(struct mdl *m, const struct mdl_context *c, const struct mdl_node *n,
                                      uint32_t range) {
  if (c->bindings || !has_call(n)) return n;
  const struct mdl_range *r = &m->ranges.items[range];
  const struct mdl_sub s = {.span = n->span, .key = r->key, .name = r->name}, *subs[1] = {&s};
  struct mdl_context *whole = arena_new(m->arena, struct mdl_context);
  uint32_t axes[1];
  if (!mdl_held_widen(m, c, n, subs, 1, whole, axes)) return NULL;
  struct mdl_node *held = arena_new(m->arena, struct mdl_node);
  *held = (struct mdl_node){.kind = MDL_HELD, .span = n->span, .whole = whole};
  const char *name = arena_format(m->arena, "%s#%u", c->name, ++m->calls);
  held->held = mdl_variable_hidden(m, whole, VARIABLE_AUXILIARY, name, n->span);
  return mdl_variable_equation(m, whole, held->held, n) ? held : NULL;
}

// ---- trees

struct mdl_node *mdl_node_number(struct mdl *m, struct span at, double x) {
  struct mdl_node *n = arena_new(m->arena, struct mdl_node);
  *n = (struct mdl_node){.kind = MDL_NUMBER, .span = at, .number = x};
  return n;
}

struct mdl_node *mdl_node_join(struct mdl *m, enum expr_op op, struct mdl_node *a, struct mdl_node *b) {
  struct mdl_node *n = arena_new(m->arena, struct mdl_node);
  *n = (struct mdl_node){.kind = MDL_BINARY, .op = op, .span = a->span, .arg_count = 2};
  n->args = arena_array(m->arena, struct mdl_node *, 2);
  n->args[0] = a, n->args[1] = b;
  return n;
}
