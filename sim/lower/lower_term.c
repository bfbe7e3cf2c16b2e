// SPDX-License-Identifier: GPL-3.0-or-later
// Terms, one case each: operators, functions of single numbers, reductions. What needs more thought than a line has a
// file of its own.
#include <math.h>

#include "base/limits.h"
#include "kernel/kernel.h"
#include "lower/lowering.h"

static struct view apply1(struct lowering *w, enum op op, const struct term *t) {
  return dag_1(&w->dag, op, lower_term(w, t->args[0]));
}

static struct view apply2(struct lowering *w, enum op op, const struct term *a, const struct term *b) {
  struct view x = lower_term(w, a);
  return dag_2(&w->dag, op, x, lower_term(w, b));
}

static struct view binary(struct lowering *w, const struct term *t) {
  const struct term *a = t->args[0], *b = t->args[1];
  struct view out;
  if (t->op >= OP_EQUAL && t->op <= OP_GREATER_EQUAL && lower_compare_time(w, t, &out)) return out;
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

static struct view safe_divide(struct lowering *w, struct view x, struct view y, struct view otherwise) {
  struct view zero = dag_2(&w->dag, IR_EQ, y, dag_number(&w->dag, 0));
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
    struct view spread = dag_3(g, IR_SELECT, dag_number(&w->dag, 1), a[i], shape);  // a[i] in the shape of all
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

// Functions that are one operation on each element.
static const struct plain {
  enum fn fn;
  enum op op;
} plain[] = {
    {FN_ABS, IR_ABS},       {FN_ARCCOS, IR_ACOS},
    {FN_ARCSIN, IR_ASIN},   {FN_ARCTAN, IR_ATAN},
    {FN_CEIL, IR_CEIL},     {FN_COS, IR_COS},
    {FN_COSH, IR_COSH},     {FN_EXP, IR_EXP},
    {FN_FLOOR, IR_FLOOR},   {FN_INTEGER, IR_TRUNC},
    {FN_LN, IR_LOG},        {FN_LN1P, IR_LOG1P},
    {FN_LOG10, IR_LOG10},   {FN_ROUND, IR_ROUND},
    {FN_SIGN, IR_SIGN},     {FN_SIN, IR_SIN},
    {FN_SINH, IR_SINH},     {FN_SQRT, IR_SQRT},
    {FN_TAN, IR_TAN},       {FN_TANH, IR_TANH},
    {FN_MAX, IR_MAX},       {FN_MIN, IR_MIN},
    {FN_SUM, IR_ADD},       {FN_PROD, IR_MUL},
    {FN_MODULO, IR_MODULO}, {FN_NORMAL_QUANTILE, IR_NORMINV},
};

static struct view call_of(struct lowering *w, const struct term *t, const struct view *a) {
  struct dag *g = &w->dag;
  for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
    if (plain[i].fn == t->fn)
      return t->arg_count == 1 && op_arity(plain[i].op) == 1 ? dag_1(g, plain[i].op, a[0])
                                                             : fold_list(w, plain[i].op, a, t->arg_count);
  switch (t->fn) {
    case FN_QUANTUM:
      return dag_2(g, IR_MUL, dag_1(g, IR_TRUNC, dag_2(g, IR_DIV, a[0], a[1])), a[1]);
    case FN_SAFEDIV:
      return safe_divide(w, a[0], a[1], t->arg_count == 3 ? a[2] : dag_number(g, 0));
    case FN_MEAN:
      return dag_2(g, IR_DIV, fold_list(w, IR_ADD, a, t->arg_count), dag_number(g, (double)t->arg_count));
    case FN_MEDIAN:
      return list_median(w, a, t->arg_count);
    case FN_STEP:
      return dag_3(g, IR_SELECT, lower_reached(w, a[1]), a[0], dag_number(g, 0));
    case FN_RAMP:
      return lower_ramp(w, a, t->arg_count);
    case FN_PULSE:
      return lower_pulse(w, a[0], a[1]);
    default:
      return lower_pulse_train(w, a);
  }
}

static struct view call(struct lowering *w, const struct term *t) {
  if (t->fn >= FN_ALLOCATE_AVAILABLE && t->fn <= FN_SUPPLY_AT_PRICE) return lower_vector(w, t);
  if (t->fn >= FN_INITIAL) return lower_memory(w, t);
  struct view a[LIMIT_ARGUMENTS];
  for (size_t i = 0; i < t->arg_count; i++) a[i] = lower_term(w, t->args[i]);
  return call_of(w, t, a);
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
      return dag_2(&w->dag, IR_DIV, x, dag_number(&w->dag, elements));
    default:
      return dag_reduce(&w->dag, IR_RSUM, x, count, axes, sizes);
  }
}

static struct view term_value(struct lowering *w, const struct term *t) {
  switch (t->kind) {
    case TERM_NUMBER:
      return dag_number(&w->dag, t->number);
    case TERM_TIME:
      return lower_clock(w, CLOCK_TIME);
    case TERM_TIME_STEP:
      return dag_number(&w->dag, w->s->step);
    case TERM_REF:
      return lower_reference(w, t);
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
      return lower_table(w, t);
    case TERM_INLINE:
      return lower_term(w, t->args[t->arg_count - 1]);
  }
  return dag_number(&w->dag, NAN);
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
