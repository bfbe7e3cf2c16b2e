// SPDX-License-Identifier: GPL-3.0-or-later
// Functions over ranges: SUM and its like over the ranges marked `!`, VECTOR SELECT; VECTOR RANK, SORT ORDER, REORDER
// and ELM MAP along the last range of their argument, as sums over the elements that fit, after the definitions in
// Vensim's reference manual. Nothing here needs an operation of its own in the engine.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_call.h"

typedef LIST(uint32_t) range_list;

// The ranges with `!` below a tree, but for those inside a vector function of its own.
static void collect_bangs(struct mdl *m, const struct mdl_node *n, range_list *list) {
  static const char *const inner[] = {"sum", "prod", "vmin", "vmax", "vector select"};
  for (size_t i = 0; i < n->sub_count; i++) {
    uint32_t range = n->subs[i].bang ? mdl_range_find(m, n->subs[i].key) : MDL_NONE;
    bool known = range == MDL_NONE;
    for (size_t k = 0; k < list->count; k++) known = known || list->items[k] == range;
    if (!known) list_push(m->arena, list) = range;
  }
  for (size_t i = 0; i < n->arg_count; i++) {
    bool own = false;
    for (size_t k = 0; k < 5; k++)
      own = own || (n->args[i]->kind == MDL_CALL && strcmp(n->args[i]->key, inner[k]) == 0);
    if (!own) collect_bangs(m, n->args[i], list);
  }
}

struct over {
  struct mdl_binding *outer;
  size_t count;
  const char **dimensions;
};

static bool enter(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, const range_list *list,
                  struct over *o) {
  *o = (struct over){c->bindings, list->count, arena_array(m->arena, const char *, list->count + 1)};
  if (list->count > LIMIT_DIMENSIONS) {
    diag_error(m->diag, n->span, expr_many, LIMIT_DIMENSIONS, "subscripts");
    return false;
  }
  for (size_t i = 0; i < list->count; i++) {
    o->dimensions[i] = mdl_bang_dimension(m, list->items[i], "!");
    struct mdl_binding *b = arena_new(m->arena, struct mdl_binding);
    *b = (struct mdl_binding){list->items[i], true, o->dimensions[i], c->bindings};
    c->bindings = b;
  }
  return true;
}

// The dimension of `o` that a subscript follows, unless it stands in `done`.
static void note_dimension(const struct subscript *s, const struct over *o, const char **done, size_t *count) {
  const char *name = s->map && s->map->dimension ? s->map->dimension : s->name;
  size_t k = 0, seen = 0;
  while (k < o->count && strcmp(name, o->dimensions[k]) != 0) k++;
  if (k == o->count) return;
  while (seen < *count && done[seen] != o->dimensions[k]) seen++;
  if (seen == *count) done[(*count)++] = o->dimensions[k];
}

static void order_of(const struct expr *x, const struct over *o, const char **done, size_t *count) {
  for (size_t i = 0; i < x->subscript_count; i++) note_dimension(&x->subscripts[i], o, done, count);
  for (size_t i = 0; i < x->arg_count; i++) order_of(x->args[i], o, done, count);
}

// XMILE names no dimensions of a sum, so that its order is that in which they come: ours must be the same, since
// rounding depends on it. (A test for zero puts a divisor first.)
static void put_in_order(struct mdl *m, const struct expr *x, struct over *o) {
  const char **done = arena_array(m->arena, const char *, o->count + 1);
  size_t count = 0;
  if (x) order_of(x, o, done, &count);
  if (x && count == o->count) o->dimensions = done;
}

struct expr *mdl_vector_reduce(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, const char *function) {
  range_list list = {0};
  struct over o;
  if (!mdl_call_fits(m, n, 1, 1)) return NULL;
  collect_bangs(m, n->args[0], &list);
  struct expr *x = enter(m, c, n, &list, &o) ? mdl_call_arg(m, c, n, 0) : NULL;
  c->bindings = o.outer;
  put_in_order(m, x, &o);
  const char *slats = mdl_belt_summed(m, c, n);
  if (slats) o.dimensions[o.count++] = slats;
  return mdl_reduce(m, n->span, function, o.count, o.dimensions, x);
}

// One numerical action of VECTOR SELECT, over the elements whose selection is not 0: 0 to 4 take selection times
// expression, 6 to 10 the expression alone: sum, product, minimum, maximum, mean; 5 is the product of expression to the
// power of selection.
static struct expr *select_action(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, int action,
                                  const range_list *list) {
  static const char *const functions[] = {"sum", "prod", "min", "max", "sum"};
  static const double neutral[] = {0, 1, 1e308, -1e308, 0};
  struct span at = n->span;
  struct over o;
  int which = action == 5 ? 1 : action % 6;
  if (!enter(m, c, n, list, &o)) return NULL;
  struct expr *x = mdl_call_arg(m, c, n, 1);
  if (action <= 5) x = mdl_binary(m, at, action < 5 ? OP_MULTIPLY : OP_POWER, x, mdl_call_arg(m, c, n, 0));
  x = mdl_if(m, at, mdl_call_arg(m, c, n, 0), x, mdl_number(m, at, neutral[which]));
  struct expr *one = mdl_if(m, at, mdl_call_arg(m, c, n, 0), mdl_number(m, at, 1), mdl_number(m, at, 0));
  c->bindings = o.outer;
  x = mdl_reduce(m, at, functions[which], o.count, o.dimensions, x);
  return which == 4 ? mdl_binary(m, at, OP_DIVIDE, x, mdl_reduce(m, at, "sum", o.count, o.dimensions, one)) : x;
}

// VECTOR SELECT(selection, expression, missing value, numerical action, error action): the missing value when nothing
// is selected. The action may change over time; the error action stops Vensim and has no meaning here.
struct expr *mdl_vector_select(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  enum { ACTIONS = 11 };
  double action;
  range_list list = {0};
  struct over o;
  struct span at = n->span;
  if (!mdl_call_fits(m, n, 5, 5)) return NULL;
  bool fixed = mdl_value(m, n->args[3], &action) && !mdl_value_moves(n->args[3]);
  if (fixed) mdl_variable_rely(m, n->args[3], RELIES_ON_VALUE);
  if (fixed && !(action >= 0 && action < ACTIONS && action == (int)action)) {
    diag_error(m->diag, n->args[3]->span, mdl_action, action, n->name);
    return NULL;
  }
  collect_bangs(m, n->args[0], &list), collect_bangs(m, n->args[1], &list);
  struct expr *x = select_action(m, c, n, fixed ? (int)action : ACTIONS - 1, &list);
  for (int i = ACTIONS - 1; !fixed && i-- > 0;) {
    struct expr *below = mdl_binary(m, at, OP_LESS, mdl_call_arg(m, c, n, 3), mdl_number(m, at, i + 0.5));
    x = mdl_if(m, at, below, select_action(m, c, n, i, &list), x);
  }
  if (!enter(m, c, n, &list, &o)) return NULL;
  struct expr *any = mdl_if(m, at, mdl_call_arg(m, c, n, 0), mdl_number(m, at, 1), mdl_number(m, at, 0));
  c->bindings = o.outer;
  return mdl_if(m, at, mdl_reduce(m, at, "sum", o.count, o.dimensions, any), x, mdl_call_arg(m, c, n, 2));
}

// ---- over the last subscript

// The range that runs in a vector argument: the last subscript of its first name that is a range.
static uint32_t vector_range(struct mdl *m, const struct mdl_node *n) {
  if (n->kind == MDL_NAME) return mdl_range_find(m, n->sub_count ? n->subs[n->sub_count - 1].key : n->key);
  for (size_t i = 0; i < n->arg_count; i++) {
    uint32_t r = vector_range(m, n->args[i]);
    if (r != MDL_NONE) return r;
  }
  return MDL_NONE;
}

struct mdl_binding *mdl_vector_bind(struct mdl *m, struct mdl_context *c, uint32_t range, const char *mark) {
  struct mdl_binding *b = arena_new(m->arena, struct mdl_binding);
  *b = (struct mdl_binding){range, false, mdl_bang_dimension(m, range, mark), c->bindings};
  c->bindings = b;
  return b;
}

// The place of the present element in the range, from 0.
static struct expr *place_in(struct mdl *m, struct mdl_context *c, struct span at, uint32_t range) {
  const struct mdl_range *r = &m->ranges.items[range];
  struct mdl_sub s = {.span = at, .key = r->key, .name = r->name};
  struct subscript sub;
  return mdl_subscript(m, c, &s, &sub) ? mdl_place_of_range(m, at, range, sub) : NULL;
}

// How many elements come before the one bound by `mine`, in ascending or (direction <= 0) descending order; equal
// ones keep their order.
static struct expr *rank(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, uint32_t range,
                         const struct mdl_node *x, const struct mdl_node *direction) {
  struct span at = n->span;
  struct expr *mine = mdl_translate(m, c, x), *mine2 = mdl_translate(m, c, x), *my_place = place_in(m, c, at, range);
  struct mdl_binding *outer = c->bindings, *b = mdl_vector_bind(m, c, range, "?");
  struct expr *other = mdl_translate(m, c, x), *other2 = mdl_translate(m, c, x), *place = place_in(m, c, at, range);
  c->bindings = outer;
  struct expr *before =
      mdl_if(m, at, mdl_binary(m, at, OP_GREATER, mdl_translate(m, c, direction), mdl_number(m, at, 0)),
             mdl_binary(m, at, OP_LESS, other, mine), mdl_binary(m, at, OP_GREATER, other, mine));
  struct expr *tie = mdl_binary(m, at, OP_AND, mdl_binary(m, at, OP_EQUAL, other2, mine2),
                                mdl_binary(m, at, OP_LESS, place, my_place));
  return mdl_reduce(m, at, "sum", 1, &b->dimension, mdl_binary(m, at, OP_OR, before, tie));
}

// The vector argument's range, which must be one of the left side's.
static bool running_range(struct mdl *m, const struct mdl_node *n, uint32_t *range) {
  *range = vector_range(m, n->args[0]);
  if (*range != MDL_NONE) return true;
  if (!m->ranges_broken) diag_error(m->diag, n->span, mdl_vector, n->name);
  return false;
}

// VECTOR RANK(x, direction): the place of each element in the sorted vector, from 1.
struct expr *mdl_vector_rank(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t range;
  if (!mdl_call_fits(m, n, 2, 2) || !running_range(m, n, &range)) return NULL;
  const struct mdl_node *x = mdl_held_along(m, c, n->args[0], range);
  struct expr *before = x ? rank(m, c, n, range, x, n->args[1]) : NULL;
  return mdl_binary(m, n->span, OP_ADD, before, mdl_number(m, n->span, 1));
}

// VECTOR SORT ORDER(x, direction): at place k the number (from 0) of the element that is k-th in order.
struct expr *mdl_vector_sort_order(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t range;
  struct span at = n->span;
  if (!mdl_call_fits(m, n, 2, 2) || !running_range(m, n, &range)) return NULL;
  const struct mdl_node *x = mdl_held_along(m, c, n->args[0], range);
  if (!x) return NULL;
  struct expr *here = place_in(m, c, at, range);
  struct mdl_binding *outer = c->bindings, *b = mdl_vector_bind(m, c, range, "~");
  struct expr *hit = mdl_binary(m, at, OP_EQUAL, rank(m, c, n, range, x, n->args[1]), here);
  struct expr *found = mdl_if(m, at, hit, place_in(m, c, at, range), mdl_number(m, at, 0));
  c->bindings = outer;
  return mdl_reduce(m, at, "sum", 1, &b->dimension, found);
}

// x at the place that `where` gives (from 0) along `range`; :NA: outside.
static struct expr *pick(struct mdl *m, struct mdl_context *c, struct span at, uint32_t range, const struct mdl_node *x,
                         struct expr *where, struct expr *where2, struct expr *where3) {
  struct mdl_binding *outer = c->bindings, *b = mdl_vector_bind(m, c, range, "~");
  struct expr *hit = mdl_binary(m, at, OP_EQUAL, place_in(m, c, at, range), where);
  struct expr *found = mdl_if(m, at, hit, mdl_translate(m, c, x), mdl_number(m, at, 0));
  c->bindings = outer;
  found = mdl_reduce(m, at, "sum", 1, &b->dimension, found);
  struct expr *inside = mdl_binary(m, at, OP_AND, mdl_binary(m, at, OP_GREATER_EQUAL, where2, mdl_number(m, at, 0)),
                                   mdl_binary(m, at, OP_LESS, where3, mdl_number(m, at, m->ranges.items[range].count)));
  return mdl_if(m, at, inside, found, mdl_number(m, at, MDL_NA));
}

static struct expr *rounded(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *x = mdl_translate(m, c, n);
  return mdl_apply(m, n->span, "round", 1, &x);
}

// VECTOR REORDER(x, order): at place k the element whose number (from 0) order gives there.
struct expr *mdl_vector_reorder(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t range;
  if (!mdl_call_fits(m, n, 2, 2) || !running_range(m, n, &range)) return NULL;
  const struct mdl_node *x = mdl_held_along(m, c, n->args[0], range), *o = mdl_held_along(m, c, n->args[1], range);
  if (!x || !o) return NULL;
  return pick(m, c, n->span, range, x, rounded(m, c, o), rounded(m, c, o), rounded(m, c, o));
}

// ---- VECTOR ELM MAP

struct walk {  // over all elements of the variable that is named, in the order of its subscripts, the last one fastest
  struct mdl *m;
  struct mdl_context *c;
  const struct mdl_node *x, *offset;
  const struct mdl_variable *v;
  const char **dimensions; /* [place]: of the sum */
  size_t total;
};

static struct expr *plus_times(struct walk *w, struct expr *sum, struct expr *place, uint32_t count) {
  struct span at = w->x->span;
  sum = sum ? mdl_binary(w->m, at, OP_MULTIPLY, sum, mdl_number(w->m, at, count)) : NULL;
  return sum ? mdl_binary(w->m, at, OP_ADD, sum, place) : place;
}

// The number, from 0, of the element that is wanted: the one named, and so many further on.
static struct expr *wanted(struct walk *w) {
  struct expr *sum = NULL;
  for (size_t i = 0; i < w->x->sub_count; i++) {
    struct subscript s;
    uint32_t dimension = w->m->model->variables.items[w->v->index].dims[i];
    if (!mdl_subscript(w->m, w->c, &w->x->subs[i], &s) ||
        !mdl_exists(w->m, w->c, &w->x->subs[i], &s, dimension, w->v->name))
      return NULL;
    struct expr *place = mdl_place_of_range(w->m, w->x->span, w->v->ranges[i], s);
    sum = plus_times(w, sum, place, w->m->ranges.items[w->v->ranges[i]].count);
  }
  struct expr *offset = mdl_translate(w->m, w->c, w->offset);
  return mdl_binary(w->m, w->x->span, OP_ADD, sum, mdl_apply(w->m, w->x->span, "round", 1, &offset));
}

static struct subscript running(struct walk *w, size_t i) {
  struct subscript_map *map = arena_new(w->m->arena, struct subscript_map);
  map->dimension = w->dimensions[i];
  return (struct subscript){.span = w->x->span, .name = w->dimensions[i], .map = map};
}

// The variable where the walk's number is the wanted one, else 0.
static struct expr *hit(struct walk *w) {
  struct mdl *m = w->m;
  struct span at = w->x->span;
  struct expr *e = mdl_name(m, at, m->model->variables.items[w->v->index].name), *number = NULL;
  e->subscripts = arena_array(m->arena, struct subscript, w->x->sub_count), e->subscript_count = w->x->sub_count;
  for (size_t i = 0; i < w->x->sub_count; i++) {
    e->subscripts[i] = running(w, i);
    number = plus_times(w, number, mdl_place_of_range(m, at, w->v->ranges[i], running(w, i)),
                        m->ranges.items[w->v->ranges[i]].count);
  }
  return mdl_if(m, at, mdl_binary(m, at, OP_EQUAL, number, wanted(w)), e, mdl_number(m, at, 0));
}

static bool begin_walk(struct walk *w) {
  struct mdl *m = w->m;
  uint32_t number = w->x->kind == MDL_NAME ? map_get(&m->variable_keys, w->x->key) : MAP_NONE;
  if (number == MAP_NONE || !w->x->sub_count || m->variables.items[number].dim_count != w->x->sub_count) {
    diag_error(m->diag, w->x->span, mdl_vector_base, "VECTOR ELM MAP");
    return false;
  }
  w->v = &m->variables.items[number], w->total = 1;
  if (w->v->index == MDL_NONE) return false;
  w->dimensions = arena_array(m->arena, const char *, w->x->sub_count);
  const char *mark = "~";
  for (size_t i = 0; i < w->x->sub_count; i++, mark = arena_format(m->arena, "%s~", mark)) {
    w->dimensions[i] = mdl_bang_dimension(m, w->v->ranges[i], mark);
    w->total *= m->ranges.items[w->v->ranges[i]].count;
  }
  return true;
}

// In an equation of one element, with an offset that is known there, it is just another element: such chains, in which
// each element comes from the one before, are no loops. False: it is not known.
static bool elm_map_here(struct walk *w, struct expr **e) {
  struct mdl *m = w->m;
  double offset, flat = 0;
  size_t count = w->x->sub_count;
  if (!mdl_value_here(m, w->c, w->offset, &offset)) return false;
  for (size_t i = 0; i < count; i++) {
    const struct mdl_range *r = &m->ranges.items[w->v->ranges[i]];
    uint32_t element, place;
    if (!mdl_element_here(m, w->c, &w->x->subs[i], &element)) return false;
    if ((place = mdl_range_place(r, element)) == MDL_NONE) return false;
    flat = flat * r->count + place;
  }
  flat += round(offset);
  *e = mdl_number(m, w->x->span, MDL_NA);
  if (!(flat >= 0 && flat < (double)w->total)) return true;
  *e = mdl_name(m, w->x->span, m->model->variables.items[w->v->index].name);
  (*e)->subscripts = arena_array(m->arena, struct subscript, count), (*e)->subscript_count = count;
  size_t rest = (size_t)flat;
  for (size_t i = count; i-- > 0;) {
    const struct mdl_range *r = &m->ranges.items[w->v->ranges[i]];
    (*e)->subscripts[i] =
        (struct subscript){.span = w->x->span, .name = m->elements.items[r->elements[rest % r->count]].name};
    rest /= r->count;
  }
  return true;
}

// VECTOR ELM MAP(x[a, b], offset): the element of x so many places behind the one named, counted through all of x, the
// last subscript fastest; :NA: outside.
struct expr *mdl_vector_elm_map(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!mdl_call_fits(m, n, 2, 2)) return NULL;
  struct walk w = {.m = m, .c = c, .x = n->args[0], .offset = n->args[1]};
  struct span at = n->span;
  struct expr *here;
  if (!begin_walk(&w)) return NULL;
  if (elm_map_here(&w, &here)) return here;
  struct expr *x = mdl_reduce(m, at, "sum", w.x->sub_count, w.dimensions, hit(&w));
  struct expr *inside = mdl_binary(m, at, OP_AND, mdl_binary(m, at, OP_GREATER_EQUAL, wanted(&w), mdl_number(m, at, 0)),
                                   mdl_binary(m, at, OP_LESS, wanted(&w), mdl_number(m, at, (double)w.total)));
  return mdl_if(m, at, inside, x, mdl_number(m, at, MDL_NA));
}

struct expr *mdl_vector_elm_count(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  (void)c;
  if (!mdl_call_fits(m, n, 1, 1)) return NULL;
  uint32_t range = n->args[0]->kind == MDL_NAME ? mdl_range_find(m, n->args[0]->key) : MDL_NONE;
  if (range != MDL_NONE) return mdl_number(m, n->span, m->ranges.items[range].count);
  if (!m->ranges_broken)
    diag_error(m->diag, n->args[0]->span, mdl_range_unknown, n->args[0]->name ? n->args[0]->name : "");
  return NULL;
}
