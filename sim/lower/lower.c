// SPDX-License-Identifier: GPL-3.0-or-later
// Checked model -> graph of values -> program. Equations are taken in their order of evaluation and each box of each
// becomes array values; the rewrites that change numbers (powers, products of powers, integer powers) all happen here.
#include "lower/lower.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "kernel/kernel.h"
#include "kernel/vector_fn.h"
#include "lower/gates.h"
#include "lower/lowering.h"
#include "lower/time_table.h"

static void lower_element(struct lowering *w, uint32_t variable, uint32_t element);

// ---- references

static const uint32_t *axis_elements(const struct lowering *w, uint32_t axis, uint32_t *size) {
  *size = w->frame->size[axis];
  return w->frame->elements[axis];
}

struct walkable {  // a reference as offset + per axis a list of offsets
  uint32_t offset, axis_count;
  uint8_t axis[VIEW_AXES];
  uint32_t size[VIEW_AXES];
  uint32_t *step[VIEW_AXES];
  bool affine;
};

static void add_walk(struct lowering *w, struct walkable *k, uint32_t axis, const uint32_t *map, uint32_t dim,
                     uint32_t stride) {
  uint32_t size;
  const uint32_t *elements = axis_elements(w, axis, &size);
  const uint32_t *local = w->c->local[dim];
  if (size == 1 || stride == 0) {
    k->offset += local[map ? map[elements[0]] : elements[0]] * stride;
    return;
  }
  uint32_t at = 0;
  while (at < k->axis_count && k->axis[at] != axis) at++;
  if (at == k->axis_count) {
    k->axis[at] = (uint8_t)axis, k->size[at] = size;
    k->step[at] = arena_array(w->arena, uint32_t, size);
    k->axis_count++;
  }
  for (uint32_t i = 0; i < size; i++) k->step[at][i] += local[map ? map[elements[i]] : elements[i]] * stride;
}

static struct view view_of_walk(struct lowering *w, uint32_t value, struct walkable *k) {
  struct view v = {.value = value, .offset = k->offset};
  bool affine = true;
  for (uint32_t a = 0; a < k->axis_count; a++) {
    uint32_t first = k->step[a][0], step = k->step[a][1] - first;
    for (uint32_t i = 1; i < k->size[a]; i++) affine = affine && k->step[a][i] == first + i * step;
    affine = affine && k->step[a][1] > first;
  }
  uint32_t count = 1;
  for (uint32_t a = 0; a < k->axis_count; a++) count *= k->size[a];
  if (affine) {
    for (uint32_t a = 0; a < k->axis_count; a++) {
      v.offset += k->step[a][0];
      v = dag_along(v, k->axis[a], k->size[a], k->step[a][1] - k->step[a][0]);
    }
    return v;
  }
  // Order the axes, then list every element.
  struct view out = {0};
  for (uint32_t a = 0; a < k->axis_count; a++) out = dag_along(out, k->axis[a], k->size[a], 1);
  uint32_t *at = arena_array(w->arena, uint32_t, count), stride = 1;
  for (uint32_t n = 0; n < count; n++) at[n] = k->offset;
  for (uint32_t x = out.axis_count; x-- > 0; stride *= out.size[x]) {
    uint32_t a = 0;
    while (k->axis[a] != out.axis[x]) a++;
    for (uint32_t n = 0; n < count; n++) at[n] += k->step[a][n / stride % out.size[x]];
    out.stride[x] = stride;
  }
  out.value = dag_gather(&w->dag, value, at, count);
  return out;
}

// A split variable's elements, picked one by one.
static struct view view_of_elements(struct lowering *w, uint32_t variable, const struct walkable *k) {
  const struct whole *x = &w->wholes[w->mode][variable];
  struct view out = {0};
  for (uint32_t a = 0; a < k->axis_count; a++) out = dag_along(out, k->axis[a], k->size[a], 1);
  uint32_t count = 1, stride = 1;
  for (uint32_t a = 0; a < k->axis_count; a++) count *= k->size[a];
  uint32_t *at = arena_array(w->arena, uint32_t, count);
  for (uint32_t n = 0; n < count; n++) at[n] = k->offset;
  for (uint32_t a = out.axis_count; a-- > 0; stride *= out.size[a]) {
    uint32_t b = 0;
    while (k->axis[b] != out.axis[a]) b++;
    for (uint32_t n = 0; n < count; n++) at[n] += k->step[b][n / stride % out.size[a]];
    out.stride[a] = stride;
  }
  struct dag_part *parts = arena_array(w->arena, struct dag_part, count);
  for (uint32_t n = 0; n < count; n++) {
    if (!x->elements[at[n]]) lower_element(w, variable, at[n]);
    parts[n] = (struct dag_part){{x->elements[at[n]] - 1, x->element_offsets[at[n]], 0, 0}, n, 1};
  }
  if (count == 1) {
    out.value = parts[0].from.value, out.offset = parts[0].from.offset;
    return out;
  }
  out.value = dag_pack(&w->dag, parts, count, count);
  return out;
}

static struct view reference(struct lowering *w, const struct term *t) {
  const struct variable *v = &w->m->variables.items[t->variable];
  const struct whole *x = lower_whole(w, t->variable);
  struct walkable k = {0};
  uint32_t dense = 1;
  for (size_t i = v->dim_count; i-- > 0; dense *= w->m->dimensions.items[v->dims[i]].count) {
    uint32_t stride = x->elements ? dense : x->stride[i];
    if (t->indices[i].fixed)
      k.offset += w->c->local[v->dims[i]][t->indices[i].element] * stride;
    else
      add_walk(w, &k, t->indices[i].axis, t->indices[i].map, v->dims[i], stride);
  }
  if (x->elements) return view_of_elements(w, t->variable, &k);
  k.offset += x->offset;
  return view_of_walk(w, x->value, &k);
}

// ---- operators and functions

struct view lower_clock(struct lowering *w, enum dag_clock clock) {
  if (w->mode == MODE_START) {
    double off = clock == CLOCK_EDGE ? 1e-6 : clock == CLOCK_LOW ? -1e-6 : 0;
    return dag_number(&w->dag, w->s->start + off * w->s->step);
  }
  return dag_leaf(&w->dag, DAG_CLOCK, clock, 1, BOUND_TIME);
}

void lower_event(struct lowering *w, struct view at) {
  const struct dag_value *v = &w->dag.values.items[at.value];
  if (v->op != DAG_LITERAL) {
    w->p->grid_events = true;
    return;
  }
  for (uint32_t i = 0; i < v->count; i++) list_push(w->arena, &w->events) = v->literal[i];
}

static struct view constant(struct lowering *w, double x) {
  return dag_number(&w->dag, x);
}

static struct view apply1(struct lowering *w, enum op op, const struct term *t) {
  return dag_1(&w->dag, op, lower_term(w, t->args[0]));
}
static struct view apply2(struct lowering *w, enum op op, const struct term *a, const struct term *b) {
  struct view x = lower_term(w, a);
  return dag_2(&w->dag, op, x, lower_term(w, b));
}

// Comparisons with the time itself are exact at grid points: the time is compared a hair later (>= <) or earlier.
static bool compare_time(struct lowering *w, const struct term *t, struct view *out) {
  enum expr_op op = t->op;
  const struct term *other = t->args[1];
  if (t->args[0]->kind != TERM_TIME) {
    if (t->args[1]->kind != TERM_TIME) return false;
    other = t->args[0];
    op = op == OP_LESS ? OP_GREATER : op == OP_GREATER ? OP_LESS : op;
    op = t->op == OP_LESS_EQUAL ? OP_GREATER_EQUAL : t->op == OP_GREATER_EQUAL ? OP_LESS_EQUAL : op;
  }
  struct view at = lower_term(w, other), edge = lower_clock(w, CLOCK_EDGE), low = lower_clock(w, CLOCK_LOW);
  lower_event(w, at);
  struct view same = dag_2(&w->dag, IR_AND, dag_2(&w->dag, IR_LE, at, edge), dag_2(&w->dag, IR_LE, low, at));
  switch (op) {
    case OP_GREATER_EQUAL:
      *out = dag_2(&w->dag, IR_LE, at, edge);
      break;
    case OP_LESS:
      *out = dag_2(&w->dag, IR_LT, edge, at);
      break;
    case OP_GREATER:
      *out = dag_2(&w->dag, IR_LT, at, low);
      break;
    case OP_LESS_EQUAL:
      *out = dag_2(&w->dag, IR_LE, low, at);
      break;
    case OP_EQUAL:
      *out = same;
      break;
    case OP_UNEQUAL:
      *out = dag_1(&w->dag, IR_NOT, same);
      break;
    default:
      return false;
  }
  return true;
}

static struct view binary(struct lowering *w, const struct term *t) {
  const struct term *a = t->args[0], *b = t->args[1];
  struct view out;
  if (t->op >= OP_EQUAL && t->op <= OP_GREATER_EQUAL && compare_time(w, t, &out)) return out;
  switch (t->op) {
    case OP_ADD:
      return apply2(w, IR_ADD, a, b);
    case OP_SUBTRACT:
      return apply2(w, IR_SUB, a, b);
    case OP_MULTIPLY:
    case OP_DIVIDE:
      return lower_product(w, t);
    case OP_POWER:
      return lower_power(w, t);
    case OP_EQUAL:
      return apply2(w, IR_EQ, a, b);
    case OP_UNEQUAL:
      return apply2(w, IR_NE, a, b);
    case OP_LESS:
      return apply2(w, IR_LT, a, b);
    case OP_LESS_EQUAL:
      return apply2(w, IR_LE, a, b);
    case OP_GREATER:
      return apply2(w, IR_LT, b, a);
    case OP_GREATER_EQUAL:
      return apply2(w, IR_LE, b, a);
    case OP_AND:
      return apply2(w, IR_AND, a, b);
    default:
      return apply2(w, IR_OR, a, b);
  }
}

static struct view time_from(struct lowering *w, struct view start) {  // has `start` come?
  lower_event(w, start);
  return dag_2(&w->dag, IR_LE, start, lower_clock(w, CLOCK_EDGE));
}

static struct view pulse(struct lowering *w, struct view start, struct view width) {
  struct dag *g = &w->dag;
  struct view end = dag_2(g, IR_ADD, start, dag_2(g, IR_MAX, width, constant(w, w->s->step)));
  lower_event(w, end);
  return dag_2(g, IR_AND, time_from(w, start), dag_2(g, IR_LT, lower_clock(w, CLOCK_EDGE), end));
}

static struct view pulse_train(struct lowering *w, const struct view a[4]) {
  struct dag *g = &w->dag;
  struct view edge = lower_clock(w, CLOCK_EDGE), width = dag_2(g, IR_MAX, a[1], constant(w, w->s->step));
  struct view phase = dag_2(g, IR_MODULO, dag_2(g, IR_SUB, edge, a[0]), a[2]);
  struct view on = dag_2(g, IR_AND, time_from(w, a[0]), dag_2(g, IR_LT, edge, a[3]));
  w->p->grid_events = true;
  return dag_2(g, IR_AND, on, dag_2(g, IR_LT, phase, width));
}

static struct view ramp(struct lowering *w, const struct view *a, size_t count) {
  struct dag *g = &w->dag;
  struct view time = lower_clock(w, CLOCK_TIME);
  if (count == 3) {
    lower_event(w, a[2]);
    time = dag_2(g, IR_MIN, time, a[2]);
  }
  lower_event(w, a[1]);
  return dag_2(g, IR_MUL, a[0], dag_2(g, IR_MAX, dag_2(g, IR_SUB, time, a[1]), constant(w, 0)));
}

static struct view safe_divide(struct lowering *w, struct view x, struct view y, struct view otherwise) {
  struct view zero = dag_2(&w->dag, IR_EQ, y, constant(w, 0));
  return dag_3(&w->dag, IR_SELECT, zero, otherwise, dag_2(&w->dag, IR_DIV, x, y));
}

static struct view fold_list(struct lowering *w, enum op op, const struct view *a, size_t count) {
  struct view out = a[0];
  for (size_t i = 1; i < count; i++) out = dag_2(&w->dag, op, out, a[i]);
  return out;
}

// median(a, b, c, ...): packs the list along an axis of its own and reduces it.
static struct view list_median(struct lowering *w, const struct view *a, size_t count) {
  struct dag *g = &w->dag;
  enum { OWN_AXIS = 63 };
  struct view shape = fold_list(w, IR_ADD, a, count);
  uint32_t size = view_count(shape);
  struct dag_part *parts = arena_array(w->arena, struct dag_part, count * size);
  struct view packed = shape;
  for (size_t i = 0; i < count; i++) {
    struct view spread = dag_3(g, IR_SELECT, constant(w, 1), a[i], shape);  // a[i] in the shape of all
    if (view_count(a[i]) == size && view_is_dense(a[i])) spread = a[i];
    for (uint32_t k = 0; k < size; k++)
      parts[i * size + k] = (struct dag_part){{spread.value, spread.offset + k, 0, 0}, (uint32_t)(k * count + i), 1};
  }
  packed.value = dag_pack(g, parts, (uint32_t)(count * size), (uint32_t)(count * size));
  packed.offset = 0;
  for (uint32_t k = 0; k < packed.axis_count; k++) packed.stride[k] *= (uint32_t)count;
  packed = dag_along(packed, OWN_AXIS, (uint32_t)count, 1);
  return dag_reduce(g, IR_RMEDIAN, packed, 1, (uint8_t[]){OWN_AXIS}, (uint32_t[]){(uint32_t)count});
}

// ---- functions of whole vectors

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
    return constant(w, NAN);
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

static struct view vector_term(struct lowering *w, const struct term *t) {
  static const size_t vectors[] = {5, 2, 0, 10, 0, 1, 0};  // by function: how many arguments run along
  static const enum vector_fn fns[] = {VECTOR_ALLOCATE, VECTOR_ALLOCATE_PRIORITY, VECTOR_DEMAND,
                                       VECTOR_MARKET,   VECTOR_GAMMA_LN,          VECTOR_INVERT,
                                       VECTOR_SUPPLY};
  int which = (int)(t->fn - FN_ALLOCATE_AVAILABLE);
  struct view args[LIMIT_ARGUMENTS];
  uint32_t n = 1, m = 0;
  uint64_t axes = t->over, low = axes & -axes;
  if (t->fn != FN_FIND_MARKET_PRICE && !is_whole(w, t)) return constant(w, NAN);
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

static struct view call(struct lowering *w, const struct term *t) {
  if (t->fn >= FN_ALLOCATE_AVAILABLE && t->fn <= FN_SUPPLY_AT_PRICE) return vector_term(w, t);
  if (t->fn >= FN_INITIAL) return lower_memory(w, t);
  struct dag *g = &w->dag;
  struct view a[LIMIT_ARGUMENTS];
  for (size_t i = 0; i < t->arg_count; i++) a[i] = lower_term(w, t->args[i]);
  switch (t->fn) {
    case FN_ABS:
      return dag_1(g, IR_ABS, a[0]);
    case FN_ARCCOS:
      return dag_1(g, IR_ACOS, a[0]);
    case FN_ARCSIN:
      return dag_1(g, IR_ASIN, a[0]);
    case FN_ARCTAN:
      return dag_1(g, IR_ATAN, a[0]);
    case FN_CEIL:
      return dag_1(g, IR_CEIL, a[0]);
    case FN_COS:
      return dag_1(g, IR_COS, a[0]);
    case FN_COSH:
      return dag_1(g, IR_COSH, a[0]);
    case FN_EXP:
      return dag_1(g, IR_EXP, a[0]);
    case FN_FLOOR:
      return dag_1(g, IR_FLOOR, a[0]);
    case FN_INTEGER:
      return dag_1(g, IR_TRUNC, a[0]);
    case FN_LN:
      return dag_1(g, IR_LOG, a[0]);
    case FN_LN1P:
      return dag_1(g, IR_LOG1P, a[0]);
    case FN_LOG10:
      return dag_1(g, IR_LOG10, a[0]);
    case FN_MODULO:
      return dag_2(g, IR_MODULO, a[0], a[1]);
    case FN_QUANTUM:
      return dag_2(g, IR_MUL, dag_1(g, IR_TRUNC, dag_2(g, IR_DIV, a[0], a[1])), a[1]);
    case FN_ROUND:
      return dag_1(g, IR_ROUND, a[0]);
    case FN_SAFEDIV:
      return safe_divide(w, a[0], a[1], t->arg_count == 3 ? a[2] : constant(w, 0));
    case FN_SIGN:
      return dag_1(g, IR_SIGN, a[0]);
    case FN_SIN:
      return dag_1(g, IR_SIN, a[0]);
    case FN_SINH:
      return dag_1(g, IR_SINH, a[0]);
    case FN_SQRT:
      return dag_1(g, IR_SQRT, a[0]);
    case FN_TAN:
      return dag_1(g, IR_TAN, a[0]);
    case FN_TANH:
      return dag_1(g, IR_TANH, a[0]);
    case FN_MAX:
      return fold_list(w, IR_MAX, a, t->arg_count);
    case FN_MIN:
      return fold_list(w, IR_MIN, a, t->arg_count);
    case FN_SUM:
      return fold_list(w, IR_ADD, a, t->arg_count);
    case FN_PROD:
      return fold_list(w, IR_MUL, a, t->arg_count);
    case FN_MEAN:
      return dag_2(g, IR_DIV, fold_list(w, IR_ADD, a, t->arg_count), constant(w, (double)t->arg_count));
    case FN_MEDIAN:
      return list_median(w, a, t->arg_count);
    case FN_STEP:
      return dag_3(g, IR_SELECT, time_from(w, a[1]), a[0], constant(w, 0));
    case FN_RAMP:
      return ramp(w, a, t->arg_count);
    case FN_PULSE:
      return pulse(w, a[0], a[1]);
    default:
      return pulse_train(w, a);
  }
}

static struct view reduction(struct lowering *w, const struct term *t) {
  uint8_t axes[64];
  uint32_t sizes[64], count = 0, elements = 1;
  for (uint64_t over = t->over; over; over &= over - 1) {
    uint32_t axis = (uint32_t)__builtin_ctzll(over);
    const struct dimension *d = &w->m->dimensions.items[w->frame->e->axes[axis].dimension];
    w->frame->size[axis] = d->count, w->frame->elements[axis] = d->in_parent;
    axes[count] = (uint8_t)axis, sizes[count++] = d->count;
    elements *= d->count;
  }
  struct view x = lower_term(w, t->args[0]);
  switch (t->fn) {
    case FN_PROD:
      return dag_reduce(&w->dag, IR_RPROD, x, count, axes, sizes);
    case FN_MIN:
      return dag_reduce(&w->dag, IR_RMIN, x, count, axes, sizes);
    case FN_MAX:
      return dag_reduce(&w->dag, IR_RMAX, x, count, axes, sizes);
    case FN_MEDIAN:
      return dag_reduce(&w->dag, IR_RMEDIAN, x, count, axes, sizes);
    case FN_MEAN:
      x = dag_reduce(&w->dag, IR_RSUM, x, count, axes, sizes);
      return dag_2(&w->dag, IR_DIV, x, constant(w, elements));
    default:
      return dag_reduce(&w->dag, IR_RSUM, x, count, axes, sizes);
  }
}

static uint32_t add_table(struct lowering *w, const struct path *p) {
  for (uint32_t i = 0; i < w->dag.tables.count; i++)
    if (w->dag.tables.items[i].x == p->x && w->dag.tables.items[i].y == p->y) return i;
  struct lookup_table t = {.x = p->x, .y = p->y, .count = (uint32_t)p->count, .mode = (uint8_t)p->mode};
  lookup_prepare(&t);
  list_push(w->arena, &w->dag.tables) = t;
  return (uint32_t)w->dag.tables.count - 1;
}

// The number of a table's element for each combination of the axes of `k`.
static void tables_along(const struct walkable *k, const struct view *shape, uint32_t count, uint32_t *at) {
  for (uint32_t n = 0; n < count; n++) at[n] = k->offset;
  for (uint32_t x = shape->axis_count, stride = 1; x-- > 0; stride *= shape->size[x])
    for (uint32_t a = 0; a < k->axis_count; a++)
      for (uint32_t n = 0; k->axis[a] == shape->axis[x] && n < count; n++)
        at[n] += k->step[a][n / stride % shape->size[x]];
}

static void new_table(struct lowering *w, const struct path *p) {
  struct lookup_table t = {.x = p->x, .y = p->y, .count = (uint32_t)p->count, .mode = (uint8_t)p->mode};
  lookup_prepare(&t);
  list_push(w->arena, &w->dag.tables) = t;
}

// A table over dimensions: each element of the result has a table of its own, in a row of the program's tables.
static struct view table_array(struct lowering *w, const struct term *t) {
  const struct variable *v = &w->m->variables.items[t->variable];
  struct walkable k = {0};
  uint32_t stride = 1;
  for (size_t i = v->dim_count; i-- > 0; stride *= w->m->dimensions.items[v->dims[i]].count) {
    if (t->indices[i].fixed)
      k.offset += w->c->local[v->dims[i]][t->indices[i].element] * stride;
    else
      add_walk(w, &k, t->indices[i].axis, t->indices[i].map, v->dims[i], stride);
  }
  struct view x = lower_term(w, t->args[0]), shape = {0};
  for (unsigned axis = 0; axis < 64; axis++) {
    uint32_t size = 1;
    for (uint32_t a = 0; a < x.axis_count; a++) size = x.axis[a] == axis ? x.size[a] : size;
    for (uint32_t a = 0; a < k.axis_count; a++) size = k.axis[a] == axis ? k.size[a] : size;
    shape = dag_along(shape, (uint8_t)axis, size, 1);
  }
  uint32_t count = view_count(shape), first = (uint32_t)w->dag.tables.count;
  uint32_t *at = arena_array(w->arena, uint32_t, count);
  tables_along(&k, &shape, count, at);
  for (uint32_t n = 0; n < count; n++) new_table(w, &v->paths[at[n]]);
  for (uint32_t a = 0; a < shape.axis_count; a++) {
    shape.stride[a] = 0;  // spread x over the shape
    for (uint32_t b = 0; b < x.axis_count; b++)
      if (x.axis[b] == shape.axis[a]) shape.stride[a] = x.stride[b];
  }
  shape.value = x.value, shape.offset = x.offset;
  return dag_lookups(&w->dag, first, shape);
}

static struct view table(struct lowering *w, const struct term *t) {
  const struct variable *v = &w->m->variables.items[t->variable];
  if (v->paths) return table_array(w, t);
  struct view x = lower_term(w, t->args[0]);
  if (t->args[0]->kind == TERM_TIME) lower_event(w, dag_literals(&w->dag, v->path.x, (uint32_t)v->path.count));
  return dag_apply(&w->dag, IR_LOOKUP, add_table(w, &v->path), 0, 1, &x);
}

static struct view term_value(struct lowering *w, const struct term *t) {
  switch (t->kind) {
    case TERM_NUMBER:
      return constant(w, t->number);
    case TERM_TIME:
      return lower_clock(w, CLOCK_TIME);
    case TERM_TIME_STEP:
      return constant(w, w->s->step);
    case TERM_REF:
      return reference(w, t);
    case TERM_UNARY:
      return apply1(w, t->op == OP_NOT ? IR_NOT : IR_NEG, t);
    case TERM_BINARY:
      return binary(w, t);
    case TERM_IF: {
      struct view c = lower_term(w, t->args[0]);
      double known;
      if (dag_is_number(&w->dag, c, &known)) return lower_term(w, t->args[known != 0 ? 1 : 2]);
      struct view a = lower_term(w, t->args[1]);
      return dag_3(&w->dag, IR_SELECT, c, a, lower_term(w, t->args[2]));
    }
    case TERM_CALL:
      return call(w, t);
    case TERM_REDUCE:
      return reduction(w, t);
    case TERM_LOOKUP:
      return table(w, t);
    case TERM_INLINE:
      return lower_term(w, t->args[t->arg_count - 1]);
  }
  return constant(w, NAN);
}

struct view lower_term(struct lowering *w, const struct term *t) {
  if (++w->depth > 50 * LIMIT_EXPR_DEPTH) arena_fail(w->arena);  // check bounds the depth; never reached
  struct view v = term_value(w, t);
  w->depth--;
  return v;
}

struct view lower_in(struct lowering *w, enum mode mode, struct frame *f, const struct term *t) {
  enum mode outer_mode = w->mode;
  struct frame *outer_frame = w->frame;
  w->mode = mode, w->frame = f;
  struct view v = lower_term(w, t);
  w->mode = outer_mode, w->frame = outer_frame;
  return v;
}

// ---- variables

static bool is_uncertain(const struct lowering *w, uint32_t variable, uint32_t element, uint32_t *number) {
  for (size_t i = 0; i < w->options->uncertain_count; i++) {
    const struct program_parameter *u = &w->options->uncertain[i];
    if (u->variable != variable || u->element != element || u->point != UINT32_MAX) continue;
    *number = (uint32_t)i;
    return true;
  }
  return false;
}

static void dense_strides(const struct lowering *w, const struct variable *v, struct whole *x) {
  uint32_t stride = 1;
  for (size_t i = v->dim_count; i-- > 0; stride *= w->m->dimensions.items[v->dims[i]].count) x->stride[i] = stride;
}

static struct whole parameter(struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  uint32_t count = (uint32_t)v->element_count;
  double *numbers = arena_array(w->arena, double, count);
  memcpy(numbers, v->values, count * sizeof *numbers);
  for (size_t i = 0; i < w->s->parameters.count; i++) {
    const struct override *o = &w->s->parameters.items[i];
    if (o->variable != variable) continue;
    for (uint32_t k = 0; k < count; k++)
      if (o->element == UINT32_MAX || o->element == k) numbers[k] = o->value;
  }
  struct view fixed = dag_literals(&w->dag, numbers, count);
  struct dag_part *parts = arena_array(w->arena, struct dag_part, count);
  for (uint32_t k = 0; k < count; k++) {
    uint32_t number;
    parts[k] = (struct dag_part){{fixed.value, k, 0, 0}, k, 1};
    if (!is_uncertain(w, variable, k, &number)) continue;
    parts[k].from = (struct dag_arg){dag_leaf(&w->dag, DAG_PARAMETER, number, 1, BOUND_MEMBER).value, 0, 0, 0};
    w->p->parameters[number].value = numbers[k];
  }
  struct whole x = {.made = true, .value = dag_pack(&w->dag, parts, count, count)};
  dense_strides(w, v, &x);
  return x;
}

static const size_t *equations_of(const struct lowering *w, uint32_t variable, size_t *count) {
  const struct checked_variable *x = &w->c->variables[variable];
  bool initial = w->mode == MODE_START && x->initial_count;
  *count = initial ? x->initial_count : x->equation_count;
  return initial ? x->initial : x->equations;
}

static struct frame frame_of(const struct checked_equation *e, uint32_t variable, const struct box *box) {
  struct frame f = {.e = e, .variable = variable};
  for (size_t i = 0; i < e->target_axes; i++) f.size[i] = box->counts[i], f.elements[i] = box->elements[i];
  return f;
}

static struct view equation_value(struct lowering *w, struct frame *f) {
  uint32_t outer = w->dag.origin;
  w->dag.origin = f->variable;
  struct view v = lower_in(w, w->mode, f, f->e->rhs);
  w->dag.origin = outer;
  return v;
}

// Where the elements of a box stand in the whole variable, from a view of the box.
static size_t add_parts(struct lowering *w, const struct frame *f, const struct variable *v, struct view x,
                        struct dag_part *parts) {
  size_t count = 1;
  for (size_t i = 0; i < v->dim_count; i++) count *= f->size[i];
  for (size_t n = 0; n < count; n++) {
    size_t rest = n, at = 0, stride = 1;
    uint32_t from = x.offset, k = x.axis_count;
    for (size_t i = v->dim_count; i-- > 0; rest /= f->size[i]) {
      uint32_t position = (uint32_t)(rest % f->size[i]);
      at += w->c->local[v->dims[i]][f->elements[i][position]] * stride;
      stride *= w->m->dimensions.items[v->dims[i]].count;
      if (k > 0 && x.axis[k - 1] == i) from += position * x.stride[--k];
    }
    parts[n] = (struct dag_part){{x.value, from, 0, 0}, (uint32_t)at, 1};
  }
  return count;
}

static int by_place(const void *a, const void *b) {
  uint32_t x = ((const struct dag_part *)a)->at, y = ((const struct dag_part *)b)->at;
  return x < y ? -1 : x > y;
}

static struct whole from_equations(struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  size_t equation_count, part_count = 0;
  const size_t *list = equations_of(w, variable, &equation_count);
  struct dag_part *parts = NULL;
  struct whole x = {.made = true};
  for (size_t i = 0; i < equation_count; i++) {
    const struct checked_equation *e = &w->c->equations.items[list[i]];
    for (size_t b = 0; b < e->box_count; b++) {
      struct frame f = frame_of(e, variable, &e->boxes[b]);
      struct view value = equation_value(w, &f);
      size_t size = 1;
      for (size_t k = 0; k < v->dim_count; k++) size *= f.size[k];
      if (size == v->element_count) {  // one equation for all
        x.value = value.value, x.offset = value.offset;
        for (uint32_t k = 0; k < value.axis_count; k++) x.stride[value.axis[k]] = value.stride[k];
        return x;
      }
      if (!parts) parts = arena_array(w->arena, struct dag_part, v->element_count);
      part_count += add_parts(w, &f, v, value, parts + part_count);
    }
  }
  qsort(parts, part_count, sizeof *parts, by_place);
  x.value = dag_pack(&w->dag, parts, (uint32_t)part_count, (uint32_t)v->element_count);
  dense_strides(w, v, &x);
  return x;
}

// The equation and single-element frame of one element of a split variable.
static void lower_element(struct lowering *w, uint32_t variable, uint32_t element) {
  const struct variable *v = &w->m->variables.items[variable];
  struct whole *x = &w->wholes[w->mode][variable];
  if (!x->elements) {
    x->elements = arena_array(w->arena, uint32_t, v->element_count);
    x->element_offsets = arena_array(w->arena, uint32_t, v->element_count);
    x->made = true;
  }
  if (x->elements[element]) return;
  uint32_t roots[LIMIT_DIMENSIONS], rest = element;
  for (size_t i = v->dim_count; i-- > 0;) {
    const struct dimension *d = &w->m->dimensions.items[v->dims[i]];
    roots[i] = d->in_parent[rest % d->count];
    rest /= d->count;
  }
  size_t equation_count;
  const size_t *list = equations_of(w, variable, &equation_count);
  for (size_t i = 0; i < equation_count; i++) {
    const struct checked_equation *e = &w->c->equations.items[list[i]];
    for (size_t b = 0; b < e->box_count; b++) {
      bool inside = true;
      for (size_t k = 0; k < v->dim_count; k++) {
        bool found = false;
        for (uint32_t n = 0; n < e->boxes[b].counts[k]; n++) found = found || e->boxes[b].elements[k][n] == roots[k];
        inside = inside && found;
      }
      if (!inside) continue;
      struct frame f = {.e = e, .variable = variable};
      for (size_t k = 0; k < v->dim_count; k++)
        f.size[k] = 1, f.elements[k] = arena_grow(w->arena, &roots[k], 1, 1, sizeof *roots);
      struct view value = equation_value(w, &f);
      x->elements[element] = value.value + 1, x->element_offsets[element] = value.offset;
      return;
    }
  }
}

static bool is_split(const struct lowering *w, uint32_t variable) {
  const struct checked_variable *x = &w->c->variables[variable];
  return w->mode == MODE_START ? x->initial_split : x->split;
}

static struct whole stock(struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  struct view leaf = dag_leaf(&w->dag, DAG_STATE, w->state_of[variable], (uint32_t)v->element_count, BOUND_STATE);
  struct whole x = {.made = true, .value = leaf.value};
  dense_strides(w, v, &x);
  return x;
}

static struct whole limited(struct lowering *w, uint32_t flow, struct whole raw);

const struct whole *lower_whole(struct lowering *w, uint32_t variable) {
  struct whole *x = &w->wholes[w->mode][variable];
  if (x->made) return x;
  const struct variable *v = &w->m->variables.items[variable];
  if (is_split(w, variable)) {
    for (uint32_t k = 0; k < v->element_count; k++) lower_element(w, variable, k);
    return x;
  }
  struct whole made;
  if (v->kind == VARIABLE_STOCK && w->mode != MODE_START)
    made = stock(w, variable);
  else if (v->kind == VARIABLE_PARAMETER)
    made = parameter(w, variable);
  else if (v->kind == VARIABLE_LEVER || v->kind == VARIABLE_INPUT)
    made = lower_path(w, variable);
  else
    made = from_equations(w, variable);
  if (v->kind == VARIABLE_FLOW && w->mode != MODE_START) made = limited(w, variable, made);
  *x = made;
  return x;
}

// A whole variable along its dimensions as axes 0, 1, ...
static struct view view_of_whole(struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  const struct whole *x = lower_whole(w, variable);
  struct walkable k = {.offset = x->elements ? 0 : x->offset};
  struct frame f = {0};
  struct frame *outer = w->frame;
  w->frame = &f;
  uint32_t dense = 1;
  for (size_t i = v->dim_count; i-- > 0;) {
    const struct dimension *d = &w->m->dimensions.items[v->dims[i]];
    f.size[i] = d->count, f.elements[i] = d->in_parent;
    add_walk(w, &k, (uint32_t)i, NULL, v->dims[i], x->elements ? dense : x->stride[i]);
    dense *= d->count;
  }
  struct view out = x->elements ? view_of_elements(w, variable, &k) : view_of_walk(w, x->value, &k);
  w->frame = outer;
  return out;
}

// Outflows of a non-negative stock may take, in listed order, what the stock holds and receives in one step.
static struct whole limited(struct lowering *w, uint32_t flow, struct whole raw) {
  for (uint32_t s = 0; s < w->m->variables.count; s++) {
    const struct variable *v = &w->m->variables.items[s];
    const struct checked_variable *x = &w->c->variables[s];
    if (v->kind != VARIABLE_STOCK || !v->non_negative) continue;
    size_t place = 0;
    while (place < x->outflow_count && x->outflows[place] != flow) place++;
    if (place == x->outflow_count) continue;
    w->wholes[w->mode][flow] = raw;
    struct view left = dag_2(&w->dag, IR_DIV, view_of_whole(w, s), constant(w, w->s->step));
    for (size_t i = 0; i < x->inflow_count; i++) left = dag_2(&w->dag, IR_ADD, left, view_of_whole(w, x->inflows[i]));
    for (size_t i = 0; i < place; i++) left = dag_2(&w->dag, IR_SUB, left, view_of_whole(w, x->outflows[i]));
    left = dag_2(&w->dag, IR_MAX, left, constant(w, 0));
    struct view out = dag_2(&w->dag, IR_MIN, view_of_whole(w, flow), left);
    w->wholes[w->mode][flow].made = false;
    raw = (struct whole){.made = true, .value = out.value, .offset = out.offset};
    for (uint32_t k = 0; k < out.axis_count; k++) raw.stride[out.axis[k]] = out.stride[k];
  }
  return raw;
}

// ---- roots

void lower_root(struct lowering *w, root_list *list, uint32_t to, struct view v, uint32_t count, const uint8_t *axes,
                const uint32_t *sizes, size_t axis_count, uint32_t variable) {
  bool dense = view_count(v) == count && view_is_dense(v);
  if (!dense && v.axis_count) {  // an axis is missing: spread it out
    uint32_t *at = arena_array(w->arena, uint32_t, count);
    for (uint32_t n = 0; n < count; n++) {
      uint32_t rest = n;
      at[n] = v.offset;
      for (size_t i = axis_count; i-- > 0; rest /= sizes[i])
        for (uint32_t k = 0; k < v.axis_count; k++)
          if (v.axis[k] == axes[i]) at[n] += rest % sizes[i] * v.stride[k];
    }
    v = (struct view){.value = dag_gather(&w->dag, v.value, at, count)};
    dense = true;
  }
  list_push(w->arena, list) = (struct root){to, count, {v.value, v.offset, 0, (uint8_t)(dense && count > 1)}, variable};
}

static void root_of_variable(struct lowering *w, root_list *list, uint32_t to, struct view v, uint32_t variable) {
  const struct variable *x = &w->m->variables.items[variable];
  uint8_t axes[LIMIT_DIMENSIONS];
  uint32_t sizes[LIMIT_DIMENSIONS];
  for (size_t i = 0; i < x->dim_count; i++) axes[i] = (uint8_t)i, sizes[i] = w->m->dimensions.items[x->dims[i]].count;
  lower_root(w, list, to, v, (uint32_t)x->element_count, axes, sizes, x->dim_count, variable);
}

static void stock_roots(struct lowering *w, uint32_t variable) {
  const struct checked_variable *x = &w->c->variables[variable];
  struct dag *g = &w->dag;
  g->origin = variable;
  w->mode = MODE_RUN;
  struct view rate = constant(w, 0);
  for (size_t i = 0; i < x->inflow_count; i++) {
    struct view flow = view_of_whole(w, x->inflows[i]);
    rate = i ? dag_2(g, IR_ADD, rate, flow) : flow;
  }
  for (size_t i = 0; i < x->outflow_count; i++) {
    struct view flow = view_of_whole(w, x->outflows[i]);
    rate = i || x->inflow_count ? dag_2(g, IR_SUB, rate, flow) : dag_1(g, IR_NEG, flow);
  }
  root_of_variable(w, &w->rates, w->state_of[variable], rate, variable);
  w->mode = MODE_START;
  root_of_variable(w, &w->starts, w->state_of[variable], view_of_whole(w, variable), variable);
  g->origin = UINT32_MAX;
}

// ---- the whole

static void number_states(struct lowering *w) {
  for (uint32_t v = 0; v < w->m->variables.count; v++) {
    const struct variable *x = &w->m->variables.items[v];
    if (x->kind != VARIABLE_STOCK) continue;
    w->state_of[v] = (uint32_t)w->states.count;
    for (uint32_t k = 0; k < x->element_count; k++) {
      list_push(w->arena, &w->states).variable = v;
      w->states.items[w->states.count - 1].element = k;
    }
  }
}

static void lower_order(struct lowering *w, enum mode mode, const struct order_item *items, size_t count) {
  w->mode = mode;
  for (size_t i = 0; i < count; i++) {
    if (items[i].element == ELEMENTS_ALL)
      lower_whole(w, items[i].variable);
    else
      lower_element(w, items[i].variable, items[i].element);
  }
}

static bool saved_by_default(enum variable_kind k) {
  return k == VARIABLE_INDICATOR || k == VARIABLE_STOCK || k == VARIABLE_LEVER;
}

static bool is_saved(const struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  enum variable_kind kind = v->kind;
  bool constant = kind == VARIABLE_PARAMETER && !w->m->foreign;  // other programs list constants with the rest
  if (kind == VARIABLE_TABLE || constant || v->hidden) return false;
  if (w->s->save_all) return true;
  for (size_t i = 0; i < w->s->saved.count; i++)
    if (w->s->saved.items[i] == variable) return true;
  return !w->s->saved.count && saved_by_default(kind);
}

// Where an element of a variable is found.
static struct dag_arg element_of(struct lowering *w, uint32_t variable, uint32_t element) {
  const struct variable *v = &w->m->variables.items[variable];
  const struct whole *x = lower_whole(w, variable);
  if (x->elements) return (struct dag_arg){x->elements[element] - 1, x->element_offsets[element], 0, 0};
  struct dag_arg from = {x->value, x->offset, 0, 0};
  for (size_t i = v->dim_count; i-- > 0;) {
    uint32_t size = w->m->dimensions.items[v->dims[i]].count;
    from.offset += element % size * x->stride[i];
    element /= size;
  }
  return from;
}

static void columns_of(struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  for (uint32_t k = 0; k < v->element_count; k++) {
    if (v->absent && v->absent[k]) continue;
    list_push(w->arena, &w->columns) =
        (struct column){.variable = variable, .element = k, .name = variable_element_name(w->arena, w->m, v, k)};
    list_push(w->arena, &w->column_args) = element_of(w, variable, k);
  }
}

static void guards_of(struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  bool bounded = v->kind != VARIABLE_LEVER && v->kind != VARIABLE_TABLE && (isfinite(v->low) || isfinite(v->high));
  for (uint32_t k = 0; bounded && k < v->element_count; k++) {
    list_push(w->arena, &w->guards) = (struct guard){variable, k, v->low, v->high, {0}};
    list_push(w->arena, &w->guard_args) = element_of(w, variable, k);
  }
}

static int by_number(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void finish_program(struct lowering *w) {
  struct program *p = w->p;
  p->state_count = (uint32_t)w->states.count;
  p->state_variable = arena_array(w->arena, uint32_t, w->states.count + 1);
  p->state_element = arena_array(w->arena, uint32_t, w->states.count + 1);
  for (size_t i = 0; i < w->states.count; i++)
    p->state_variable[i] = w->states.items[i].variable, p->state_element[i] = w->states.items[i].element;
  if (w->events.count) qsort(w->events.items, w->events.count, sizeof(double), by_number);
  size_t kept = 0;
  for (size_t i = 0; i < w->events.count; i++)
    if (!kept || w->events.items[i] > w->events.items[kept - 1]) w->events.items[kept++] = w->events.items[i];
  p->events = w->events.items, p->event_count = kept;
  p->columns = w->columns.items, p->column_count = w->columns.count;
  p->guards = w->guards.items, p->guard_count = w->guards.count;
  p->held_count = w->held_count;
  p->tables = w->dag.tables.items, p->table_count = w->dag.tables.count;
  p->indices = w->dag.indices.items, p->index_count = w->dag.indices.count;
}

static bool set_times(struct program *p, const struct scenario *s, struct diag *diag) {
  p->start = s->start, p->stop = s->stop, p->step = s->step;
  double steps = round((s->stop - s->start) / s->step), every = round(s->save / s->step);
  if (!(steps >= 1 && steps <= (double)LIMIT_STEPS)) {
    diag_error(diag, s->span, too_many_steps, LIMIT_STEPS);
    return false;
  }
  p->steps = (uint64_t)steps;
  p->steps_per_save = every < 1 ? 1 : (uint64_t)every;
  p->save_count = p->steps / p->steps_per_save + 1;
  return true;
}

struct program *lower(struct arena *a, const struct checked *c, const struct lower_options *options,
                      struct diag *diag) {
  size_t errors = diag->errors;
  struct lowering *w = arena_new(a, struct lowering);
  w->arena = a, w->c = c, w->m = c->model, w->s = c->scenario, w->options = options, w->diag = diag;
  w->phase_held = UINT32_MAX;
  struct program *p = w->p = arena_new(a, struct program);
  p->arena = a, p->checked = c, p->model = c->model, p->scenario = c->scenario;
  if (!set_times(p, w->s, diag)) return NULL;
  p->parameter_count = options->uncertain_count;
  p->parameters = arena_array(a, struct program_parameter, p->parameter_count + 1);
  if (p->parameter_count) memcpy(p->parameters, options->uncertain, p->parameter_count * sizeof *p->parameters);
  dag_init(&w->dag, a, options->no_cse);
  for (int k = 0; k < MODES; k++) w->wholes[k] = arena_array(a, struct whole, w->m->variables.count + 1);
  w->state_of = arena_array(a, uint32_t, w->m->variables.count + 1);
  number_states(w);
  uint32_t first_hidden = (uint32_t)w->states.count;
  gates_begin(w);
  lower_order(w, MODE_START, c->initial_order.items, c->initial_order.count);
  lower_order(w, MODE_RUN, c->order.items, c->order.count);
  for (uint32_t v = 0; v < w->m->variables.count; v++)
    if (w->m->variables.items[v].kind == VARIABLE_STOCK) stock_roots(w, v);
  w->mode = MODE_RUN;
  for (uint32_t v = 0; v < w->m->variables.count; v++) {
    if (is_saved(w, v)) columns_of(w, v);
    guards_of(w, v);
  }
  gates_finish(w);
  lower_memories(w);
  lower_drop_unseen(w, first_hidden);
  finish_program(w);
  if (diag->errors != errors) return NULL;
  schedule(w);
  p->phase_slot = w->phase_held == UINT32_MAX ? UINT32_MAX : p->held_slot + w->phase_held;
  time_table_make(p);
  return p;
}
