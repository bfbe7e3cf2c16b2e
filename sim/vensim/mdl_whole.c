// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of whole vectors (allocation, market price, inverse matrix): a hidden variable over the whole range holds
// the result, of which the equation at hand takes its elements. Profiles of priority are four elements in a row: type,
// priority, width, extra.
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_call.h"

static struct expr *whole_call(struct mdl *m, struct mdl_context *c, const struct mdl_node *n,
                               struct mdl_context *whole, const char *function, size_t count, struct expr *const *args,
                               const uint32_t *axes, size_t axis_count) {
  struct expr *x = mdl_apply(m, n->span, function, count, args);
  if (!x) return NULL;
  x->subscripts = arena_array(m->arena, struct subscript, axis_count), x->subscript_count = axis_count;
  for (size_t k = 0; k < axis_count; k++) {
    struct subscript_map *map = arena_new(m->arena, struct subscript_map);
    map->axis = axes[k];
    x->subscripts[k] = (struct subscript){.span = n->span, .name = "", .map = map};
  }
  uint32_t index =
      mdl_variable_hidden(m, whole, VARIABLE_AUXILIARY, arena_format(m->arena, "%s#%u", c->name, ++m->calls), n->span);
  list_push(m->arena, &m->model->variables.items[index].equations) = (struct equation){.span = n->span, .rhs = x};
  return mdl_held_element(m, c, whole, index, n->span);
}

static const struct mdl_sub *last_sub(const struct mdl_node *x, size_t back) {
  return x->kind == MDL_NAME && x->sub_count > back ? &x->subs[x->sub_count - 1 - back] : NULL;
}

static bool is_vector(struct mdl *m, const struct mdl_node *n, const struct mdl_sub *s) {
  if (s && (mdl_range_find(m, s->key) != MDL_NONE || mdl_element_find(m, s->key) != MDL_NONE)) return true;
  if (!m->ranges_broken) diag_error(m->diag, n->span, mdl_vector, n->name);
  return false;
}

// x[..., e] as x[..., the element `offset` places behind e]: the columns of a priority profile.
static struct expr *profile_column(struct mdl *m, struct mdl_context *c, const struct mdl_node *x, uint32_t offset) {
  struct mdl_node column = *x;
  column.subs = arena_grow(m->arena, x->subs, x->sub_count, x->sub_count, sizeof *x->subs);
  struct mdl_sub *s = &column.subs[x->sub_count - 1];
  uint32_t e = mdl_element_find(m, s->key);
  if (e == MDL_NONE) {
    diag_error(m->diag, s->span, mdl_vector_base, x->name);
    return NULL;
  }
  const struct mdl_family *f = mdl_range_family(m, e);
  uint32_t number = m->elements.items[e].number + offset;
  if (number >= f->count) {
    diag_error(m->diag, s->span, mdl_profile, x->name);
    return NULL;
  }
  s->key = m->elements.items[f->elements[number]].key, s->name = m->elements.items[f->elements[number]].name;
  return mdl_translate(m, c, &column);
}

// Quantity and the four columns of its profile, from two arguments on.
static bool curve_arguments(struct mdl *m, struct mdl_context *c, const struct mdl_node *quantity,
                            const struct mdl_node *profile, struct expr **args) {
  if (!is_vector(m, profile, last_sub(profile, 0))) return false;
  args[0] = mdl_translate(m, c, quantity);
  for (uint32_t k = 0; k < 4; k++)
    if (!(args[k + 1] = profile_column(m, c, profile, k))) return false;
  return args[0];
}

// ALLOCATE AVAILABLE(request[R], profile[R, ptype], supply)
struct expr *mdl_whole_allocate_available(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct mdl_context whole;
  struct expr *args[6];
  uint32_t axes[1];
  if (!mdl_call_fits(m, n, 3, 3)) return NULL;
  const struct mdl_sub *s = last_sub(n->args[0], 0);
  if (!is_vector(m, n, s) || !mdl_held_widen(m, c, n, &s, 1, &whole, axes)) return NULL;
  if (!curve_arguments(m, &whole, n->args[0], n->args[1], args)) return NULL;
  args[5] = mdl_translate(m, &whole, n->args[2]);
  return whole_call(m, c, n, &whole, "allocate_available", 6, args, axes, 1);
}

// ALLOCATE BY PRIORITY(request[R], priority[R], size, width, supply)
struct expr *mdl_whole_allocate_by_priority(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct mdl_context whole;
  uint32_t axes[1];
  if (!mdl_call_fits(m, n, 5, 5)) return NULL;
  const struct mdl_sub *s = last_sub(n->args[0], 0);
  if (!is_vector(m, n, s) || !mdl_held_widen(m, c, n, &s, 1, &whole, axes)) return NULL;
  struct expr *args[4] = {mdl_translate(m, &whole, n->args[0]), mdl_translate(m, &whole, n->args[1]),
                          mdl_translate(m, &whole, n->args[3]), mdl_translate(m, &whole, n->args[4])};
  return whole_call(m, c, n, &whole, "allocate_by_priority", 4, args, axes, 1);
}

// INVERT MATRIX(x[R, S], size): R and S are the last two ranges of the left side; x[R, R] means the same matrix.
struct expr *mdl_whole_invert_matrix(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct mdl_context whole;
  uint32_t axes[2];
  if (!mdl_call_fits(m, n, 2, 2)) return NULL;
  const struct mdl_node *x = n->args[0];
  if (!is_vector(m, n, last_sub(x, 0)) || !is_vector(m, n, last_sub(x, 1))) return NULL;
  struct mdl_node matrix = *x;
  matrix.subs = arena_grow(m->arena, x->subs, x->sub_count, x->sub_count, sizeof *x->subs);
  if (strcmp(last_sub(x, 0)->key, last_sub(x, 1)->key) == 0)
    for (size_t i = 0, back = 2; i < c->place_count && back; i++) {
      const struct mdl_place *p = &c->places[c->place_count - 1 - i];
      if (p->fixed) continue;
      struct mdl_sub *s = &matrix.subs[x->sub_count - 1 - (2 - back)];
      s->key = m->ranges.items[p->range].key, s->name = m->ranges.items[p->range].name;
      back--;
    }
  const struct mdl_sub *subs[2] = {last_sub(&matrix, 1), last_sub(&matrix, 0)};
  if (!mdl_held_widen(m, c, n, subs, 2, &whole, axes)) return NULL;
  struct expr *arg = mdl_translate(m, &whole, &matrix);
  return whole_call(m, c, n, &whole, "invert_matrix", 1, &arg, axes, 2);
}

// DEMAND AT PRICE and SUPPLY AT PRICE(quantity, profile[ptype], price)
struct expr *mdl_whole_at_price(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *args[6];
  if (!mdl_call_fits(m, n, 3, 3) || !curve_arguments(m, c, n->args[0], n->args[1], args)) return NULL;
  args[5] = mdl_call_arg(m, c, n, 2);
  return mdl_apply(m, n->span, *n->key == 'd' ? "demand_at_price" : "supply_at_price", 6, args);
}

// The last subscript of a quantity names the first of its parties: all of its range takes part.
static bool parties(struct mdl *m, struct mdl_context *c, const struct mdl_node *quantity,
                    const struct mdl_node *profile, const char *mark, struct expr **args, const char **dimension) {
  const struct mdl_sub *first = last_sub(quantity, 0);
  if (!is_vector(m, quantity, first)) return false;
  uint32_t range = mdl_range_find(m, first->key);
  uint32_t number = map_get(&m->variable_keys, quantity->key);
  if (range == MDL_NONE && (number == MAP_NONE || m->variables.items[number].index == MDL_NONE)) return false;
  if (range == MDL_NONE) range = m->variables.items[number].ranges[quantity->sub_count - 1];
  const struct mdl_range *r = &m->ranges.items[range];
  if (mdl_range_find(m, r->key) == MDL_NONE) map_add(&m->range_keys, r->key, range);
  struct mdl_binding *outer = c->bindings;
  *dimension = mdl_vector_bind(m, c, range, mark)->dimension;
  struct mdl_node q = *quantity, p = *profile;
  q.subs = arena_grow(m->arena, q.subs, q.sub_count, q.sub_count, sizeof *q.subs);
  q.subs[q.sub_count - 1].key = r->key, q.subs[q.sub_count - 1].name = r->name;
  p.subs = arena_grow(m->arena, p.subs, p.sub_count, p.sub_count, sizeof *p.subs);
  if (p.sub_count > 1) p.subs[p.sub_count - 2].key = r->key, p.subs[p.sub_count - 2].name = r->name;
  bool ok = curve_arguments(m, c, &q, &p, args);
  c->bindings = outer;
  return ok;
}

// FIND MARKET PRICE(demand[d1], profile[d1, ptype], supply[s1], profile[s1, ptype])
struct expr *mdl_whole_market_price(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *args[10];
  const char *dimensions[2];
  if (!mdl_call_fits(m, n, 4, 4) || !parties(m, c, n->args[0], n->args[1], "~", args, &dimensions[0]) ||
      !parties(m, c, n->args[2], n->args[3], "?", args + 5, &dimensions[1]))
    return NULL;
  struct expr *x = mdl_apply(m, n->span, "find_market_price", 10, args);
  if (!x) return NULL;
  x->subscripts = arena_array(m->arena, struct subscript, 2), x->subscript_count = 2;
  for (int i = 0; i < 2; i++) x->subscripts[i] = (struct subscript){.span = n->span, .name = dimensions[i]};
  return x;
}
