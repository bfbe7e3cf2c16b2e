// SPDX-License-Identifier: GPL-3.0-or-later
// Calls. Most functions are one of ours with its arguments in another order (mdl_fn.def); the rest is put together from
// ours here, each after the formula of Vensim's reference manual. A function that is not known is an error.
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_parts.h"

static struct expr *arg(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, size_t i) {
  return mdl_translate(m, c, n->args[i]);
}

static bool count_fits(struct mdl *m, const struct mdl_node *n, size_t fewest, size_t most) {
  if (n->arg_count >= fewest && n->arg_count <= most) return true;
  diag_error(m->diag, n->span, argument_count, n->name, n->arg_count);
  return false;
}

// ---- over ranges

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

static struct expr *reduction(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, const char *function) {
  range_list list = {0};
  struct over o;
  if (!count_fits(m, n, 1, 1)) return NULL;
  collect_bangs(m, n->args[0], &list);
  struct expr *x = enter(m, c, n, &list, &o) ? arg(m, c, n, 0) : NULL;
  c->bindings = o.outer;
  return mdl_reduce(m, n->span, function, o.count, o.dimensions, x);
}

// Does its value change while the model runs? Names other than the time stand for what mdl_value can know.
static bool mentions_time(const struct mdl_node *n) {
  if (n->kind == MDL_NAME && strcmp(n->key, "time") == 0) return true;
  for (size_t i = 0; i < n->arg_count; i++)
    if (mentions_time(n->args[i])) return true;
  return n->kind == MDL_CALL && (strcmp(n->key, "step") == 0 || strcmp(n->key, "ramp") == 0);
}

// A number that must be known: "numerical action" and the like.
static bool known(struct mdl *m, const struct mdl_node *n, double *value) {
  if (mdl_value(m, n, value)) return true;
  diag_error(m->diag, n->span, mdl_known);
  return false;
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
  struct expr *x = arg(m, c, n, 1);
  if (action <= 5) x = mdl_binary(m, at, action < 5 ? OP_MULTIPLY : OP_POWER, x, arg(m, c, n, 0));
  x = mdl_if(m, at, arg(m, c, n, 0), x, mdl_number(m, at, neutral[which]));
  struct expr *one = mdl_if(m, at, arg(m, c, n, 0), mdl_number(m, at, 1), mdl_number(m, at, 0));
  c->bindings = o.outer;
  x = mdl_reduce(m, at, functions[which], o.count, o.dimensions, x);
  return which == 4 ? mdl_binary(m, at, OP_DIVIDE, x, mdl_reduce(m, at, "sum", o.count, o.dimensions, one)) : x;
}

// VECTOR SELECT(selection, expression, missing value, numerical action, error action): the missing value when nothing
// is selected. The action may change over time; the error action stops Vensim and has no meaning here.
static struct expr *vector_select(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  enum { ACTIONS = 11 };
  double action;
  range_list list = {0};
  struct over o;
  struct span at = n->span;
  if (!count_fits(m, n, 5, 5)) return NULL;
  bool fixed = mdl_value(m, n->args[3], &action) && !mentions_time(n->args[3]);
  if (fixed && !(action >= 0 && action < ACTIONS && action == (int)action)) {
    diag_error(m->diag, n->args[3]->span, mdl_action, action, n->name);
    return NULL;
  }
  collect_bangs(m, n->args[0], &list), collect_bangs(m, n->args[1], &list);
  struct expr *x = select_action(m, c, n, fixed ? (int)action : ACTIONS - 1, &list);
  for (int i = ACTIONS - 1; !fixed && i-- > 0;) {
    struct expr *below = mdl_binary(m, at, OP_LESS, arg(m, c, n, 3), mdl_number(m, at, i + 0.5));
    x = mdl_if(m, at, below, select_action(m, c, n, i, &list), x);
  }
  if (!enter(m, c, n, &list, &o)) return NULL;
  struct expr *any = mdl_if(m, at, arg(m, c, n, 0), mdl_number(m, at, 1), mdl_number(m, at, 0));
  c->bindings = o.outer;
  return mdl_if(m, at, mdl_reduce(m, at, "sum", o.count, o.dimensions, any), x, arg(m, c, n, 2));
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

static struct mdl_binding *bind(struct mdl *m, struct mdl_context *c, uint32_t range, const char *mark) {
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
  struct mdl_binding *outer = c->bindings, *b = bind(m, c, range, "?");
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
static struct expr *vector_rank(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t range;
  if (!count_fits(m, n, 2, 2) || !running_range(m, n, &range)) return NULL;
  return mdl_binary(m, n->span, OP_ADD, rank(m, c, n, range, n->args[0], n->args[1]), mdl_number(m, n->span, 1));
}

// VECTOR SORT ORDER(x, direction): at place k the number (from 0) of the element that is k-th in order.
static struct expr *sort_order(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t range;
  struct span at = n->span;
  if (!count_fits(m, n, 2, 2) || !running_range(m, n, &range)) return NULL;
  struct expr *here = place_in(m, c, at, range);
  struct mdl_binding *outer = c->bindings, *b = bind(m, c, range, "~");
  struct expr *hit = mdl_binary(m, at, OP_EQUAL, rank(m, c, n, range, n->args[0], n->args[1]), here);
  struct expr *x = mdl_if(m, at, hit, place_in(m, c, at, range), mdl_number(m, at, 0));
  c->bindings = outer;
  return mdl_reduce(m, at, "sum", 1, &b->dimension, x);
}

// x at the place that `where` gives (from 0) along `range`; :NA: outside.
static struct expr *pick(struct mdl *m, struct mdl_context *c, struct span at, uint32_t range, const struct mdl_node *x,
                         struct expr *where, struct expr *where2, struct expr *where3) {
  struct mdl_binding *outer = c->bindings, *b = bind(m, c, range, "~");
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
static struct expr *vector_reorder(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t range;
  if (!count_fits(m, n, 2, 2) || !running_range(m, n, &range)) return NULL;
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
static struct expr *elm_map(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  uint32_t range = MDL_NONE;
  if (!count_fits(m, n, 2, 2)) return NULL;
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

static struct expr *elm_count(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  (void)c;
  if (!count_fits(m, n, 1, 1)) return NULL;
  uint32_t range = n->args[0]->kind == MDL_NAME ? mdl_range_find(m, n->args[0]->key) : MDL_NONE;
  if (range != MDL_NONE) return mdl_number(m, n->span, m->ranges.items[range].count);
  diag_error(m->diag, n->args[0]->span, mdl_range_unknown, n->args[0]->name ? n->args[0]->name : "");
  return NULL;
}

// ---- arithmetic

static struct expr *if_then_else(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!count_fits(m, n, 3, 3)) return NULL;
  struct expr *a = arg(m, c, n, 0), *b = arg(m, c, n, 1);
  return mdl_if(m, n->span, a, b, arg(m, c, n, 2));
}

// XIDZ(a, b, x): a/b, or x where |b| is below 1e-6; ZIDZ: 0 there.
static struct expr *divide(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  bool otherwise = *n->key == 'x';
  struct span at = n->span;
  if (!count_fits(m, n, otherwise ? 3 : 2, otherwise ? 3 : 2)) return NULL;
  struct expr *b = arg(m, c, n, 1), *size = mdl_apply(m, at, "abs", 1, &b);
  struct expr *zero = mdl_binary(m, at, OP_LESS, size, mdl_number(m, at, 1e-6));
  struct expr *other = otherwise ? arg(m, c, n, 2) : mdl_number(m, at, 0);
  return mdl_if(m, at, zero, other, mdl_binary(m, at, OP_DIVIDE, arg(m, c, n, 0), arg(m, c, n, 1)));
}

static struct expr *minus(struct mdl *m, struct span at, struct expr *x) {
  return mdl_binary(m, at, OP_SUBTRACT, mdl_number(m, at, 0), x);
}

// MODULO(a, b): the remainder of |a| / |b|, with the sign of a.
static struct expr *modulo(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct span at = n->span;
  if (!count_fits(m, n, 2, 2)) return NULL;
  struct expr *a = arg(m, c, n, 0), *b = arg(m, c, n, 1);
  struct expr *sizes[2] = {mdl_apply(m, at, "abs", 1, &a), mdl_apply(m, at, "abs", 1, &b)};
  struct expr *rest = mdl_apply(m, at, "modulo", 2, sizes);
  return mdl_if(m, at, mdl_binary(m, at, OP_LESS, arg(m, c, n, 0), mdl_number(m, at, 0)), minus(m, at, rest), rest);
}

// QUANTUM(a, b): b * INTEGER(a/b); a itself where b is not positive.
static struct expr *quantum(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct span at = n->span;
  if (!count_fits(m, n, 2, 2)) return NULL;
  struct expr *args[2] = {arg(m, c, n, 0), arg(m, c, n, 1)};
  struct expr *positive = mdl_binary(m, at, OP_GREATER, arg(m, c, n, 1), mdl_number(m, at, 0));
  return mdl_if(m, at, positive, mdl_apply(m, at, "quantum", 2, args), arg(m, c, n, 0));
}

// LOG(x, base)
static struct expr *logarithm(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!count_fits(m, n, 2, 2)) return NULL;
  struct expr *x = arg(m, c, n, 0), *base = arg(m, c, n, 1);
  return mdl_binary(m, n->span, OP_DIVIDE, mdl_apply(m, n->span, "ln", 1, &x), mdl_apply(m, n->span, "ln", 1, &base));
}

static struct expr *power(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!count_fits(m, n, 2, 2)) return NULL;
  struct expr *x = arg(m, c, n, 0);
  return mdl_binary(m, n->span, OP_POWER, x, arg(m, c, n, 1));
}

static struct expr *game(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  return count_fits(m, n, 1, 1) ? arg(m, c, n, 0) : NULL;
}

static struct expr *pi(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  (void)c;
  return mdl_number(m, n->span, 0x1.921fb54442d18p1);
}

// PULSE TRAIN(start, duration, interval, end): without an interval there is one pulse.
static struct expr *pulse_train(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  double every;
  if (!count_fits(m, n, 4, 4)) return NULL;
  struct expr *args[4] = {arg(m, c, n, 0), arg(m, c, n, 1), arg(m, c, n, 2), arg(m, c, n, 3)};
  bool known_interval = mdl_value(m, n->args[2], &every) && !mentions_time(n->args[2]);
  if (known_interval && every > 0) return mdl_apply(m, n->span, "pulse_train", 4, args);
  struct expr *pulse = mdl_apply(m, n->span, "pulse", 2, args);
  if (known_interval) return pulse;
  struct expr *positive = mdl_binary(m, n->span, OP_GREATER, arg(m, c, n, 2), mdl_number(m, n->span, 0));
  return mdl_if(m, n->span, positive, mdl_apply(m, n->span, "pulse_train", 4, args), pulse);
}

// GET TIME VALUE(relative to, offset, measure): only measures of the model's own time; 0 from now, 1 from the start.
static struct expr *time_value(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  double from, measure;
  if (!count_fits(m, n, 3, 3) || !known(m, n->args[0], &from) || !known(m, n->args[2], &measure)) return NULL;
  if (measure != 0 || (from != 0 && from != 1)) {
    diag_error(m->diag, n->span, mdl_calendar, c->name);
    return NULL;
  }
  return mdl_binary(m, n->span, OP_ADD, mdl_name(m, n->span, from == 0 ? "time" : "$start"), arg(m, c, n, 1));
}

// ---- memory

static struct mdl_node *order_number(struct mdl *m, const struct mdl_node *n, double *order) {
  if (!known(m, n, order)) return NULL;
  *order = (double)(long)(*order + 0.5);
  struct mdl_node *x = arena_new(m->arena, struct mdl_node);
  *x = (struct mdl_node){.kind = MDL_NUMBER, .span = n->span, .number = *order, .integer = true};
  if (*order >= 1 && *order <= LIMIT_DELAY_ORDER) return x;
  diag_error(m->diag, n->span, delay_order, "this", LIMIT_DELAY_ORDER);
  return NULL;
}

// DELAY N and SMOOTH N(x, time, initial, order): the order is read at the start. A new delay time passes from
// stage to stage of a DELAY N step by step, as Vensim's outputs show.
static struct expr *of_order(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  double order;
  bool delay = *n->key == 'd';
  if (!count_fits(m, n, 4, 4)) return NULL;
  const struct mdl_node *x = order_number(m, n->args[3], &order);
  if (!x) return NULL;
  if (delay && order > 1 && !mdl_variable_is_fixed(m, n->args[1])) {
    struct mdl_node three = *n;
    three.arg_count = 3;
    return mdl_macro_call(m, c, mdl_macro_delay(m, (unsigned)order), &three);
  }
  struct expr *args[4] = {arg(m, c, n, 0), arg(m, c, n, 1), mdl_translate(m, c, x), arg(m, c, n, 2)};
  return mdl_apply(m, n->span, delay ? "delayn" : "smoothn", 4, args);
}

static struct expr *unsupported(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  diag_error(m->diag, n->span, mdl_function, n->name, c->name);
  return NULL;
}

// DELAY MATERIAL(x, time, initial, missing): with a fixed time it is DELAY FIXED; with another it compresses what is
// on its way, which we do not have.
static struct expr *material(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!count_fits(m, n, 4, 4)) return NULL;
  if (!mdl_variable_is_fixed(m, n->args[1])) return unsupported(m, c, n);
  struct expr *args[3] = {arg(m, c, n, 0), arg(m, c, n, 1), arg(m, c, n, 2)};
  return mdl_apply(m, n->span, "delay_fixed", 3, args);
}

// DEPRECIATE STRAIGHTLINE(stream, time, fiscal period, initial): supported where the period is one step.
static struct expr *depreciate(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  double period, step;
  if (!count_fits(m, n, 4, 4) || !known(m, n->args[2], &period)) return NULL;
  bool fixed = mdl_variable_is_fixed(m, n->args[1]);
  if (!fixed || !mdl_value_of(m, "time step", &step) || period != step) return unsupported(m, c, n);
  return mdl_macro_call(m, c, mdl_macro_find(m, "depreciate straightline by step"), n);
}

// INTEG or ACTIVE INITIAL inside an expression: a variable of its own.
static struct expr *inner_variable(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  const char *name = arena_format(m->arena, "%s#%u", c->name, ++m->calls);
  bool stock = mdl_variable_is_stock(n);
  uint32_t index = mdl_variable_hidden(m, c, stock ? VARIABLE_STOCK : VARIABLE_AUXILIARY, name, n->span);
  struct mdl_context inside = mdl_variable_inside(m, c, name);
  return mdl_variable_equation(m, &inside, index, n) ? mdl_over_places(m, c, n->span, index) : NULL;
}

// ---- functions of whole vectors: a hidden variable over the whole range, of which the equation takes its elements

// A context in which the last range subscripts of `x` (`count` of them) run over all their elements, as axes of the
// left side. False when the left side does not have them.
static bool widen(struct mdl *m, const struct mdl_context *c, const struct mdl_node *n, const struct mdl_sub **subs,
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
      diag_error(m->diag, n->span, mdl_vector, n->name);
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

// The element of the hidden variable that the equation at hand wants.
static struct expr *element_of(struct mdl *m, struct mdl_context *c, const struct mdl_context *whole, uint32_t index,
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
  return element_of(m, c, whole, index, n->span);
}

static const struct mdl_sub *last_sub(const struct mdl_node *x, size_t back) {
  return x->kind == MDL_NAME && x->sub_count > back ? &x->subs[x->sub_count - 1 - back] : NULL;
}

static bool is_vector(struct mdl *m, const struct mdl_node *n, const struct mdl_sub *s) {
  if (s && (mdl_range_find(m, s->key) != MDL_NONE || mdl_element_find(m, s->key) != MDL_NONE)) return true;
  diag_error(m->diag, n->span, mdl_vector, n->name);
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
static struct expr *allocate_available(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct mdl_context whole;
  struct expr *args[6];
  uint32_t axes[1];
  if (!count_fits(m, n, 3, 3)) return NULL;
  const struct mdl_sub *s = last_sub(n->args[0], 0);
  if (!is_vector(m, n, s) || !widen(m, c, n, &s, 1, &whole, axes)) return NULL;
  if (!curve_arguments(m, &whole, n->args[0], n->args[1], args)) return NULL;
  args[5] = mdl_translate(m, &whole, n->args[2]);
  return whole_call(m, c, n, &whole, "allocate_available", 6, args, axes, 1);
}

// ALLOCATE BY PRIORITY(request[R], priority[R], size, width, supply)
static struct expr *allocate_by_priority(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct mdl_context whole;
  uint32_t axes[1];
  if (!count_fits(m, n, 5, 5)) return NULL;
  const struct mdl_sub *s = last_sub(n->args[0], 0);
  if (!is_vector(m, n, s) || !widen(m, c, n, &s, 1, &whole, axes)) return NULL;
  struct expr *args[4] = {mdl_translate(m, &whole, n->args[0]), mdl_translate(m, &whole, n->args[1]),
                          mdl_translate(m, &whole, n->args[3]), mdl_translate(m, &whole, n->args[4])};
  return whole_call(m, c, n, &whole, "allocate_by_priority", 4, args, axes, 1);
}

// INVERT MATRIX(x[R, S], size): R and S are the last two ranges of the left side; x[R, R] means the same matrix.
static struct expr *invert_matrix(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct mdl_context whole;
  uint32_t axes[2];
  if (!count_fits(m, n, 2, 2)) return NULL;
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
  if (!widen(m, c, n, subs, 2, &whole, axes)) return NULL;
  struct expr *arg = mdl_translate(m, &whole, &matrix);
  return whole_call(m, c, n, &whole, "invert_matrix", 1, &arg, axes, 2);
}

// DEMAND AT PRICE and SUPPLY AT PRICE(quantity, profile[ptype], price)
static struct expr *at_price(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *args[6];
  if (!count_fits(m, n, 3, 3) || !curve_arguments(m, c, n->args[0], n->args[1], args)) return NULL;
  args[5] = arg(m, c, n, 2);
  return mdl_apply(m, n->span, *n->key == 'd' ? "demand_at_price" : "supply_at_price", 6, args);
}

// The last subscript of a quantity names the first of its parties: all of its range takes part.
static bool parties(struct mdl *m, struct mdl_context *c, const struct mdl_node *quantity,
                    const struct mdl_node *profile, const char *mark, struct expr **args, const char **dimension) {
  const struct mdl_sub *first = last_sub(quantity, 0);
  if (!is_vector(m, quantity, first)) return false;
  uint32_t range = mdl_range_find(m, first->key);
  uint32_t number = map_get(&m->variable_keys, quantity->key);
  if (range == MDL_NONE && number == MAP_NONE) return false;
  if (range == MDL_NONE) range = m->variables.items[number].ranges[quantity->sub_count - 1];
  const struct mdl_range *r = &m->ranges.items[range];
  if (mdl_range_find(m, r->key) == MDL_NONE) map_add(&m->range_keys, r->key, range);
  struct mdl_binding *outer = c->bindings;
  *dimension = bind(m, c, range, mark)->dimension;
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
static struct expr *market_price(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *args[10];
  const char *dimensions[2];
  if (!count_fits(m, n, 4, 4) || !parties(m, c, n->args[0], n->args[1], "~", args, &dimensions[0]) ||
      !parties(m, c, n->args[2], n->args[3], "?", args + 5, &dimensions[1]))
    return NULL;
  struct expr *x = mdl_apply(m, n->span, "find_market_price", 10, args);
  if (!x) return NULL;
  x->subscripts = arena_array(m->arena, struct subscript, 2), x->subscript_count = 2;
  for (int i = 0; i < 2; i++) x->subscripts[i] = (struct subscript){.span = n->span, .name = dimensions[i]};
  return x;
}

// ---- chance: draws of ours in the bounds of Vensim's; seeds are ours, as the contract for randomness has it

static struct expr *between(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, struct expr *x) {
  struct expr *low[2] = {x, arg(m, c, n, 0)};
  struct expr *high[2] = {mdl_apply(m, n->span, "max", 2, low), arg(m, c, n, 1)};
  return mdl_apply(m, n->span, "min", 2, high);
}

static struct expr *random_uniform(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *args[2] = {mdl_number(m, n->span, 0), mdl_number(m, n->span, 1)};
  bool unit = strcmp(n->key, "random 0 1") == 0;
  if (!count_fits(m, n, unit ? 0 : 2, unit ? 1 : 3)) return NULL;
  if (!unit) args[0] = arg(m, c, n, 0), args[1] = arg(m, c, n, 1);
  return mdl_apply(m, n->span, "random_uniform", 2, args);
}

// RANDOM NORMAL(min, max, mean, sd, seed): held within its bounds.
static struct expr *random_normal(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!count_fits(m, n, 4, 5)) return NULL;
  struct expr *args[2] = {arg(m, c, n, 2), arg(m, c, n, 3)};
  return between(m, c, n, mdl_apply(m, n->span, "random_normal", 2, args));
}

// RANDOM EXPONENTIAL and RANDOM POISSON(min, max, ..., shift, stretch, seed): x * stretch + shift.
static struct expr *shifted(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, struct expr *x, size_t at) {
  x = mdl_binary(m, n->span, OP_MULTIPLY, x, arg(m, c, n, at + 1));
  return between(m, c, n, mdl_binary(m, n->span, OP_ADD, x, arg(m, c, n, at)));
}

static struct expr *random_exponential(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *mean = mdl_number(m, n->span, 1);
  if (!count_fits(m, n, 4, 5)) return NULL;
  return shifted(m, c, n, mdl_apply(m, n->span, "random_exponential", 1, &mean), 2);
}

static struct expr *random_poisson(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!count_fits(m, n, 5, 6)) return NULL;
  struct expr *mean = arg(m, c, n, 2);
  return shifted(m, c, n, mdl_apply(m, n->span, "random_poisson", 1, &mean), 3);
}

// ---- the tables

static const struct direct {
  const char *name;
  size_t fewest, most;
  const char *ours, *order;
} directs[] = {
#define F(name, fewest, most, ours, order) {name, fewest, most, ours, order},
#include "vensim/mdl_fn.def"
#undef F
};

typedef struct expr *call_fn(struct mdl *m, struct mdl_context *c, const struct mdl_node *n);
static const struct composed {
  const char *name;
  call_fn *make;
} composed[] = {
    {"active initial", inner_variable},
    {"allocate available", allocate_available},
    {"allocate by priority", allocate_by_priority},
    {"delay material", material},
    {"delay n", of_order},
    {"demand at price", at_price},
    {"depreciate straightline", depreciate},
    {"elmcount", elm_count},
    {"find market price", market_price},
    {"game", game},
    {"get data between times", mdl_table_call},
    {"if then else", if_then_else},
    {"get time value", time_value},
    {"integ", inner_variable},
    {"invert matrix", invert_matrix},
    {"log", logarithm},
    {"lookup backward", mdl_table_call},
    {"lookup extrapolate", mdl_table_call},
    {"lookup forward", mdl_table_call},
    {"lookup invert", mdl_table_call},
    {"modulo", modulo},
    {"pi", pi},
    {"power", power},
    {"pulse train", pulse_train},
    {"quantum", quantum},
    {"random 0 1", random_uniform},
    {"random exponential", random_exponential},
    {"random normal", random_normal},
    {"random poisson", random_poisson},
    {"random uniform", random_uniform},
    {"smooth n", of_order},
    {"supply at price", at_price},
    {"tabxl", mdl_table_call},
    {"time shift", mdl_table_call},
    {"vector elm map", elm_map},
    {"vector rank", vector_rank},
    {"vector reorder", vector_reorder},
    {"vector select", vector_select},
    {"vector sort order", sort_order},
    {"with lookup", mdl_table_call},
    {"xidz", divide},
    {"zidz", divide},
};

static struct expr *direct_call(struct mdl *m, struct mdl_context *c, const struct mdl_node *n,
                                const struct direct *d) {
  struct expr *args[8];
  size_t count = 0;
  if (!count_fits(m, n, d->fewest, d->most)) return NULL;
  for (const char *o = d->order; *o; o++)
    if ((size_t)(*o - '1') < n->arg_count) args[count++] = arg(m, c, n, (size_t)(*o - '1'));
  return mdl_apply(m, n->span, d->ours, count, args);
}

static struct expr *builtin(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  static const char *const reductions[][2] = {{"sum", "sum"}, {"prod", "prod"}, {"vmin", "min"}, {"vmax", "max"}};
  for (size_t i = 0; i < sizeof directs / sizeof *directs; i++)
    if (strcmp(directs[i].name, n->key) == 0) return direct_call(m, c, n, &directs[i]);
  for (size_t i = 0; i < sizeof composed / sizeof *composed; i++)
    if (strcmp(composed[i].name, n->key) == 0) return composed[i].make(m, c, n);
  for (size_t i = 0; i < sizeof reductions / sizeof *reductions; i++)
    if (strcmp(reductions[i][0], n->key) == 0) return reduction(m, c, n, reductions[i][1]);
  diag_error(m->diag, n->span, mdl_function, n->name, c->name);
  return NULL;
}

// A name that a function of the table has, or a variable, or neither.
bool mdl_call_known(const char *key) {
  for (size_t i = 0; i < sizeof directs / sizeof *directs; i++)
    if (strcmp(directs[i].name, key) == 0) return true;
  for (size_t i = 0; i < sizeof composed / sizeof *composed; i++)
    if (strcmp(composed[i].name, key) == 0) return true;
  return false;
}

struct expr *mdl_call(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  const struct mdl_macro *macro = mdl_macro_find(m, n->key);
  if (macro && !macro->prelude) return mdl_macro_call(m, c, macro, n);
  bool given = c->scope && map_get(&c->scope->tables, n->key) != MAP_NONE;
  if (given || map_get(&m->variable_keys, n->key) != MAP_NONE) return mdl_table_call(m, c, n);
  return macro ? mdl_macro_call(m, c, macro, n) : builtin(m, c, n);
}
