// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of whole vectors (allocation, markets, inverse matrices): their arguments are packed one after another for
// each combination of the axes around them, and one instruction computes all elements of the answer.
#include <math.h>

#include "base/limits.h"
#include "kernel/vector_fn.h"
#include "lower/lowering.h"

struct vector {                 // the arguments of one call, packed argument after argument
  uint32_t outer_count, inner;  // combinations of the axes around; elements of all arguments in one of them
  struct view outer;            // those axes, dense
  struct dag_part *parts;
  uint32_t part_count;
};

static bool is_over(uint64_t over, uint8_t axis) {
  return over >> axis & 1;
}

static uint32_t inner_elements(const struct view *x, uint64_t over) {
  uint32_t count = 1;
  for (uint32_t k = 0; k < x->axis_count; k++) count *= is_over(over, x->axis[k]) ? x->size[k] : 1;
  return count;
}

// A vector's axes count even where an argument does not depend on them: its number is repeated.
static uint32_t widen(const struct lowering *w, struct view *x, uint64_t axes) {
  uint32_t count = 1;
  for (uint8_t axis = 0; axis < 64; axis++) {
    if (!is_over(axes, axis)) continue;
    bool known = false;
    for (uint32_t k = 0; k < x->axis_count; k++) known = known || x->axis[k] == axis;
    uint32_t size = w->frame->size[axis];
    count *= size;
    if (known || size == 1) continue;
    uint32_t k = x->axis_count++;
    for (; k > 0 && x->axis[k - 1] > axis; k--)
      x->axis[k] = x->axis[k - 1], x->size[k] = x->size[k - 1], x->stride[k] = x->stride[k - 1];
    x->axis[k] = axis, x->size[k] = size, x->stride[k] = 0;
  }
  return count;
}

static void outer_axes(struct vector *v, const struct view *args, size_t count, uint64_t over) {
  v->outer_count = 1;
  for (uint8_t axis = 0; axis < 64; axis++) {
    uint32_t size = 1;
    for (size_t i = 0; i < count; i++)
      for (uint32_t k = 0; k < args[i].axis_count; k++)
        if (args[i].axis[k] == axis && !is_over(over, axis)) size = args[i].size[k];
    v->outer = dag_along(v->outer, axis, size, 1);
    v->outer_count *= size;
  }
}

// The elements of one argument in combination o of the outer axes, in order of the inner ones.
static void add_argument(struct vector *v, const struct view *x, uint64_t over, uint32_t o) {
  uint32_t from = x->offset, count = inner_elements(x, over);
  for (uint32_t a = v->outer.axis_count; a-- > 0; o /= v->outer.size[a])
    for (uint32_t k = 0; k < x->axis_count; k++)
      if (x->axis[k] == v->outer.axis[a]) from += o % v->outer.size[a] * x->stride[k];
  for (uint32_t n = 0; n < count; n++) {
    uint32_t rest = n, at = from;
    for (uint32_t k = x->axis_count; k-- > 0;) {
      if (!is_over(over, x->axis[k])) continue;
      at += rest % x->size[k] * x->stride[k];
      rest /= x->size[k];
    }
    v->parts[v->part_count] = (struct dag_part){{x->value, at, 0, 0}, v->part_count, 1};
    v->part_count++;
  }
}

static uint32_t vector_sizes(struct lowering *w, uint32_t inner, uint32_t n, uint32_t m) {
  uint32_t at = (uint32_t)w->dag.indices.count, sizes[3] = {inner, n, m};
  for (int i = 0; i < 3; i++) list_push(w->arena, &w->dag.indices) = sizes[i];
  return at;
}

// The packed arguments through the function; `result` are the axes along which it gives elements.
static struct view vector_call(struct lowering *w, const struct term *t, enum vector_fn f, struct view *args,
                               uint64_t result, uint32_t n, uint32_t m) {
  struct vector v = {0};
  outer_axes(&v, args, t->arg_count, t->over);
  for (size_t i = 0; i < t->arg_count; i++) v.inner += inner_elements(&args[i], t->over);
  if (v.inner > LIMIT_VECTOR_ELEMENTS) {
    diag_error(w->diag, t->span, vector_large, fn_table[t->fn].name, v.inner, LIMIT_VECTOR_ELEMENTS);
    return dag_number(&w->dag, NAN);
  }
  v.parts = arena_array(w->arena, struct dag_part, (size_t)v.outer_count * v.inner + 1);
  for (uint32_t o = 0; o < v.outer_count; o++)
    for (size_t i = 0; i < t->arg_count; i++) add_argument(&v, &args[i], t->over, o);
  struct view out = {0};
  uint32_t stride = 1;
  for (uint8_t axis = 64; axis-- > 0;)
    if (is_over(result, axis)) {
      out = dag_along(out, axis, w->frame->size[axis], stride);
      stride *= w->frame->size[axis];
    }
  struct dag_value x = {.op = IR_VECTOR, .arg_count = 1, .outer_count = v.outer_count, .inner_count = stride};
  x.count = x.outer_count * x.inner_count;
  x.aux = f, x.aux2 = vector_sizes(w, v.inner, n, m);
  x.args[0] = (struct dag_arg){dag_pack(&w->dag, v.parts, v.part_count, v.part_count), 0, v.inner, 1};
  out.value = dag_add(&w->dag, x);
  for (uint32_t a = v.outer.axis_count; a-- > 0; stride *= v.outer.size[a])
    out = dag_along(out, v.outer.axis[a], v.outer.size[a], stride);
  return out;
}

// Does the equation range over all elements of the vector?
static bool is_whole(struct lowering *w, const struct term *t) {
  for (uint32_t axis = 0; axis < w->frame->e->axis_count; axis++) {
    if (!is_over(t->over, (uint8_t)axis)) continue;
    uint32_t all = w->m->dimensions.items[w->frame->e->axes[axis].dimension].count;
    if (w->frame->size[axis] == all) continue;
    diag_error(w->diag, t->span, vector_split, fn_table[t->fn].name);
    return false;
  }
  return true;
}

static void enter_own_axes(struct lowering *w, const struct term *t) {
  for (uint32_t axis = (uint32_t)w->frame->e->target_axes; axis < w->frame->e->axis_count; axis++) {
    if (!is_over(t->over, (uint8_t)axis)) continue;
    const struct dimension *d = &w->m->dimensions.items[w->frame->e->axes[axis].dimension];
    w->frame->size[axis] = d->count, w->frame->elements[axis] = d->in_parent;
  }
}

struct view lower_vector(struct lowering *w, const struct term *t) {
  static const size_t vectors[] = {5, 2, 0, 10, 0, 1, 0};  // by function: how many arguments run along
  static const enum vector_fn fns[] = {VECTOR_ALLOCATE, VECTOR_ALLOCATE_PRIORITY, VECTOR_DEMAND,
                                       VECTOR_MARKET,   VECTOR_GAMMA_LN,          VECTOR_INVERT,
                                       VECTOR_SUPPLY};
  int which = (int)(t->fn - FN_ALLOCATE_AVAILABLE);
  struct view args[LIMIT_ARGUMENTS];
  uint32_t n = 1, m = 0;
  uint64_t axes = t->over, low = axes & -axes;
  if (t->fn != FN_FIND_MARKET_PRICE && !is_whole(w, t)) return dag_number(&w->dag, NAN);
  if (t->fn == FN_FIND_MARKET_PRICE) enter_own_axes(w, t);
  for (size_t i = 0; i < t->arg_count; i++) {
    args[i] = lower_term(w, t->args[i]);
    if (i >= vectors[which]) continue;
    bool market = t->fn == FN_FIND_MARKET_PRICE;
    uint32_t size = widen(w, &args[i], !market ? axes : i < 5 ? low : axes & ~low);
    if (market && i >= 5)
      m = size;
    else
      n = size;
  }
  if (t->fn == FN_INVERT_MATRIX) n = w->frame->size[__builtin_ctzll(axes)];
  return vector_call(w, t, fns[which], args, t->fn == FN_FIND_MARKET_PRICE ? 0 : axes, n, m);
}
