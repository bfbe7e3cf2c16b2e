// SPDX-License-Identifier: GPL-3.0-or-later
// Powers and products. x^n with an integer literal |n| <= 16 is repeated multiplication (left-to-right binary; 1/x^n
// for negative n), x^0.5 the square root; any other power means exp(y*log x). In a product, several such powers become
// one exp of the sum of their y*log(base). These rewrites decide the bits; they are made here only, whatever is known
// about the operands.
#include <math.h>
#include <stdlib.h>

#include "lower/lowering.h"

enum { LARGEST_REPEATED = 16, MOST_FACTORS = 64 };

static const struct term *through_functions(const struct term *t) {
  while (t->kind == TERM_INLINE) t = t->args[t->arg_count - 1];
  return t;
}

// A literal exponent, with a sign before it.
static bool literal(const struct term *t, double *x, bool *integer) {
  if (t->kind == TERM_UNARY && t->op == OP_NEGATE && literal(t->args[0], x, integer)) {
    *x = -*x;
    return true;
  }
  if (t->kind != TERM_NUMBER) return false;
  *x = t->number, *integer = t->integer;
  return true;
}

static bool is_general(const struct term *t) {
  double y;
  bool integer = false;
  if (t->kind != TERM_BINARY || t->op != OP_POWER) return false;
  if (!literal(t->args[1], &y, &integer)) return true;
  return !(integer && fabs(y) <= LARGEST_REPEATED) && y != 0.5;
}

static struct view repeated(struct lowering *w, struct view x, int n) {
  struct dag *g = &w->dag;
  if (n == 0) return dag_number(g, 1);
  unsigned m = (unsigned)abs(n), bit = 1;
  while (bit * 2 <= m) bit *= 2;
  struct view out = x;
  while ((bit /= 2) > 0) {
    out = dag_2(g, IR_MUL, out, out);
    if (m & bit) out = dag_2(g, IR_MUL, out, x);
  }
  return n < 0 ? dag_2(g, IR_DIV, dag_number(g, 1), out) : out;
}

// Can the value not be negative, whatever the numbers? Then a power of it needs no sign.
static bool not_negative(const struct lowering *w, uint32_t value, unsigned depth) {
  const struct dag *g = &w->dag;
  const struct dag_value *v = &g->values.items[value];
  switch (v->op) {
    case IR_EXP:
    case IR_ABS:
    case IR_SQRT:
      return true;
    case IR_MAX:
      // max(a, NaN) is NaN, but max(NaN, b) is b: the first can vouch for both only as a number
      if (g->values.items[v->args[0].value].op == DAG_LITERAL && not_negative(w, v->args[0].value, depth)) return true;
      return depth < 8 && not_negative(w, v->args[1].value, depth + 1);
    case IR_ADD:
    case IR_MUL:
    case IR_DIV:
    case IR_MIN:
      return depth < 8 && not_negative(w, v->args[0].value, depth + 1) && not_negative(w, v->args[1].value, depth + 1);
    default: {
      struct range r = range_of(w, value);
      return r.known && r.low >= 0;
    }
  }
}

struct product {
  struct view logs, sign, rest;  // log of the product of powers; sign of the powers; other factors
  bool has_logs, has_sign, has_rest;
};

static void add_log(struct lowering *w, struct product *p, struct view x, bool divides) {
  struct dag *g = &w->dag;
  if (p->has_logs)
    p->logs = dag_2(g, divides ? IR_SUB : IR_ADD, p->logs, x);
  else
    p->logs = divides ? dag_1(g, IR_NEG, x) : x;
  p->has_logs = true;
}

static void add_power(struct lowering *w, struct product *p, const struct term *t, bool divides) {
  struct dag *g = &w->dag;
  struct view x = lower_term(w, t->args[0]), y = lower_term(w, t->args[1]);
  if (range_avoids_integers(w, y.value)) {  // a negative base gives NaN, as its log does
    add_log(w, p, dag_2(g, IR_MUL, y, dag_1(g, IR_LOG, x)), divides);
    return;
  }
  bool plain = not_negative(w, x.value, 0);
  add_log(w, p, dag_2(g, IR_MULZ, y, dag_1(g, plain ? IR_LOG : IR_LOGABS, x)), divides);
  if (plain) return;
  struct view sign = dag_2(g, IR_POWSIGN, x, y);
  p->sign = p->has_sign ? dag_2(g, IR_MUL, p->sign, sign) : sign;
  p->has_sign = true;
}

static struct view finish(struct lowering *w, const struct product *p) {
  struct dag *g = &w->dag;
  struct view out = dag_1(g, IR_EXP, p->logs);
  if (p->has_sign) out = dag_2(g, IR_MUL, out, p->sign);
  return p->has_rest ? dag_2(g, IR_MUL, p->rest, out) : out;
}

struct view lower_power(struct lowering *w, const struct term *t) {
  double y;
  bool integer = false;
  if (!is_general(t) && literal(t->args[1], &y, &integer)) {
    struct view x = lower_term(w, t->args[0]);
    return y == 0.5 && !integer ? dag_1(&w->dag, IR_SQRT, x) : repeated(w, x, (int)y);
  }
  struct product p = {0};
  add_power(w, &p, t, false);
  return finish(w, &p);
}

struct factor {
  const struct term *term;
  bool divides;
};

static size_t flatten(const struct term *t, bool divides, struct factor *out, size_t count) {
  if (count + 2 > MOST_FACTORS) return MOST_FACTORS + 1;
  bool product = t->kind == TERM_BINARY && (t->op == OP_MULTIPLY || t->op == OP_DIVIDE);
  if (!product) {
    out[count] = (struct factor){t, divides};
    return count + 1;
  }
  count = flatten(t->args[0], divides, out, count);
  return count > MOST_FACTORS ? count : flatten(t->args[1], divides != (t->op == OP_DIVIDE), out, count);
}

static void add_rest(struct lowering *w, struct product *p, const struct factor *f) {
  struct view x = lower_term(w, f->term);
  if (p->has_rest)
    p->rest = dag_2(&w->dag, f->divides ? IR_DIV : IR_MUL, p->rest, x);
  else
    p->rest = f->divides ? dag_2(&w->dag, IR_DIV, dag_number(&w->dag, 1), x) : x;
  p->has_rest = true;
}

struct view lower_product(struct lowering *w, const struct term *t) {
  struct factor factors[MOST_FACTORS];
  size_t count = flatten(t, false, factors, 0), exponentials = 0;
  if (count > MOST_FACTORS) count = 0;
  for (size_t i = 0; i < count; i++) {
    const struct term *f = through_functions(factors[i].term);
    exponentials += is_general(f) || (f->kind == TERM_CALL && f->fn == FN_EXP);
  }
  if (exponentials < 2) {
    struct view a = lower_term(w, t->args[0]);
    return dag_2(&w->dag, t->op == OP_DIVIDE ? IR_DIV : IR_MUL, a, lower_term(w, t->args[1]));
  }
  struct product p = {0};
  for (size_t i = 0; i < count; i++) {
    const struct term *f = through_functions(factors[i].term);
    if (is_general(f))
      add_power(w, &p, f, factors[i].divides);
    else if (f->kind == TERM_CALL && f->fn == FN_EXP)
      add_log(w, &p, lower_term(w, f->args[0]), factors[i].divides);
    else
      add_rest(w, &p, &factors[i]);
  }
  return finish(w, &p);
}
