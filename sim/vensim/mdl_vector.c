// SPDX-License-Identifier: GPL-3.0-or-later
// Functions over ranges: SUM and its like over the ranges marked `!`, VECTOR SELECT; VECTOR RANK, SORT ORDER, REORDER
// and ELM MAP along the last range of their argument, as sums over the elements that fit, after the definitions in
// Vensim's reference manual. Nothing here needs an operation of its own in the engine.
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

struct expr *mdl_vector_reduce(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, const char *function) {
  range_list list = {0};
  struct over o;
  if (!mdl_call_fits(m, n, 1, 1)) return NULL;
  collect_bangs(m, n->args[0], &list);
  struct expr *x = enter(m, c, n, &list, &o) ? mdl_call_arg(m, c, n, 0) : NULL;
  c->bindings = o.outer;
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
  if (n->kind == MDL_NAME && n->sub_count) return mdl_range_find(m, n->subs[n->sub_count - 1].key);
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
  struct expr *x = mdl_number_of_range(m, c, at, range, &s);
  return mdl_binary(m, at, OP_SUBTRACT, x, mdl_number(m, at, m->elements.items[r->elements[0]].number + 1));
}

static bool ascends(struct mdl *m, uint32_t range, struct span at) {
  const struct mdl_range *r = &m->ranges.items[range];
  for (uint32_t k = 1; k < r->count; k++)
    if (m->elements.items[r->elements[k]].number != m->elements.items[r->elements[0]].number + k) {
      diag_error(m->diag, at, mdl_vector_order, r->name);
      return false;
    }
  return true;
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
  if (*range != MDL_NONE) return ascends(m, *range, n->span);
  diag_error(m->diag, n->span, mdl_vector, n->name);
  return false;
}

// VECTOR RANK(x, direction): the place of each element in the sorted vector, from 1.
struct expr *mdl_vector_rank(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t range;
  if (!mdl_call_fits(m, n, 2, 2) || !running_range(m, n, &range)) return NULL;
  return mdl_binary(m, n->span, OP_ADD, rank(m, c, n, range, n->args[0], n->args[1]), mdl_number(m, n->span, 1));
}

// VECTOR SORT ORDER(x, direction): at place k the number (from 0) of the element that is k-th in order.
struct expr *mdl_vector_sort_order(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t range;
  struct span at = n->span;
  if (!mdl_call_fits(m, n, 2, 2) || !running_range(m, n, &range)) return NULL;
  struct expr *here = place_in(m, c, at, range);
  struct mdl_binding *outer = c->bindings, *b = mdl_vector_bind(m, c, range, "~");
  struct expr *hit = mdl_binary(m, at, OP_EQUAL, rank(m, c, n, range, n->args[0], n->args[1]), here);
  struct expr *x = mdl_if(m, at, hit, place_in(m, c, at, range), mdl_number(m, at, 0));
  c->bindings = outer;
  return mdl_reduce(m, at, "sum", 1, &b->dimension, x);
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

static struct expr *rounded(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, double base) {
  struct expr *x = mdl_translate(m, c, n);
  if (base != 0) x = mdl_binary(m, n->span, OP_ADD, x, mdl_number(m, n->span, base));
  return mdl_apply(m, n->span, "round", 1, &x);
}

// VECTOR REORDER(x, order): at place k the element whose number (from 0) order gives there.
struct expr *mdl_vector_reorder(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t range;
  if (!mdl_call_fits(m, n, 2, 2) || !running_range(m, n, &range)) return NULL;
  const struct mdl_node *o = n->args[1];
  return pick(m, c, n->span, range, n->args[0], rounded(m, c, o, 0), rounded(m, c, o, 0), rounded(m, c, o, 0));
}

// The last subscript of a variable that is an element, with the range in which offsets count: the variable's own.
static struct mdl_sub *base_of(struct mdl *m, const struct mdl_node *n, uint32_t *range) {
  uint32_t number = map_get(&m->variable_keys, n->key);
  if (n->kind != MDL_NAME || number == MAP_NONE) return NULL;
  const struct mdl_variable *v = &m->variables.items[number];
  for (size_t i = n->sub_count; i-- > 0;) {
    if (mdl_range_find(m, n->subs[i].key) != MDL_NONE || i >= v->dim_count) continue;
    *range = v->ranges[i];
    return &n->subs[i];
  }
  return NULL;
}

// VECTOR ELM MAP(x[element], offset): the element of x so many places behind the one named; :NA: outside.
struct expr *mdl_vector_elm_map(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t range = MDL_NONE;
  if (!mdl_call_fits(m, n, 2, 2)) return NULL;
  struct mdl_sub *base = base_of(m, n->args[0], &range);
  uint32_t element = base ? mdl_element_find(m, base->key) : MDL_NONE;
  if (element == MDL_NONE) {
    diag_error(m->diag, n->args[0]->span, mdl_vector_base, n->name);
    return NULL;
  }
  if (!ascends(m, range, n->span)) return NULL;
  // The same reference with the range in place of the element.
  struct mdl_node *x = arena_new(m->arena, struct mdl_node);
  *x = *n->args[0];
  x->subs = arena_grow(m->arena, x->subs, x->sub_count, x->sub_count, sizeof *x->subs);
  struct mdl_sub *running = &x->subs[base - n->args[0]->subs];
  running->key = m->ranges.items[range].key, running->name = m->ranges.items[range].name;
  if (mdl_range_find(m, running->key) == MDL_NONE) map_add(&m->range_keys, running->key, range);
  double first = mdl_range_place(&m->ranges.items[range], element);
  const struct mdl_node *o = n->args[1];
  return pick(m, c, n->span, range, x, rounded(m, c, o, first), rounded(m, c, o, first), rounded(m, c, o, first));
}

struct expr *mdl_vector_elm_count(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  (void)c;
  if (!mdl_call_fits(m, n, 1, 1)) return NULL;
  uint32_t range = n->args[0]->kind == MDL_NAME ? mdl_range_find(m, n->args[0]->key) : MDL_NONE;
  if (range != MDL_NONE) return mdl_number(m, n->span, m->ranges.items[range].count);
  diag_error(m->diag, n->args[0]->span, mdl_range_unknown, n->args[0]->name ? n->args[0]->name : "");
  return NULL;
}
