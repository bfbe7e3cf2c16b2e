// SPDX-License-Identifier: GPL-3.0-or-later
// What numbers a value can take, as far as known numbers and the supports of priors tell. Interval arithmetic with the
// rounding of the operations themselves: they are monotone, so that their bounds bound what the kernel computes. A
// value that may be NaN has no range.
#include <math.h>

#include "lower/lowering.h"

enum { DEEPEST = 8 };

static const struct range anything = {-INFINITY, INFINITY, false};

static struct range of(const struct lowering *w, uint32_t value, unsigned depth);

static struct range point(double x) {
  return (struct range){x, x, true};
}

static struct range join(struct range a, struct range b) {
  return (struct range){fmin(a.low, b.low), fmax(a.high, b.high), a.known && b.known};
}

static struct range of_literal(const struct dag_value *v) {
  struct range r = {INFINITY, -INFINITY, true};
  for (uint32_t i = 0; i < v->count; i++) {
    if (isnan(v->literal[i])) return anything;
    r = join(r, point(v->literal[i]));
  }
  return r;
}

static struct range of_parameter(const struct lowering *w, uint32_t number) {
  const struct program_parameter *p = &w->options->uncertain[number];
  bool finite = p->ranged && isfinite(p->low) && isfinite(p->high);
  return finite ? (struct range){p->low, p->high, true} : anything;
}

static struct range of_pack(const struct lowering *w, const struct dag_value *v, unsigned depth) {
  struct range r = {INFINITY, -INFINITY, true};
  for (uint32_t i = 0; i < v->part_count && r.known; i++) r = join(r, of(w, v->parts[i].from.value, depth + 1));
  return r.known ? r : anything;
}

// The extremes of a product or a quotient stand at the corners.
static struct range product(struct range a, struct range b) {
  return join(join(point(a.low * b.low), point(a.low * b.high)), join(point(a.high * b.low), point(a.high * b.high)));
}
static struct range quotient(struct range a, struct range b) {
  if (b.low <= 0 && b.high >= 0) return anything;
  return join(join(point(a.low / b.low), point(a.low / b.high)), join(point(a.high / b.low), point(a.high / b.high)));
}

static struct range of_operation(const struct lowering *w, const struct dag_value *v, unsigned depth) {
  struct range a = of(w, v->args[0].value, depth + 1);
  struct range b = v->arg_count > 1 ? of(w, v->args[1].value, depth + 1) : a;
  if (!a.known || !b.known) return anything;
  switch (v->op) {
    case IR_NEG:
      return (struct range){-a.high, -a.low, true};
    case IR_ADD:
      return (struct range){a.low + b.low, a.high + b.high, true};
    case IR_SUB:
      return (struct range){a.low - b.high, a.high - b.low, true};
    case IR_MUL:
      return product(a, b);
    case IR_DIV:
      return quotient(a, b);
    default:
      return anything;
  }
}

static struct range of(const struct lowering *w, uint32_t value, unsigned depth) {
  const struct dag_value *v = &w->dag.values.items[value];
  if (depth > DEEPEST) return anything;
  switch (v->op) {
    case DAG_LITERAL:
      return of_literal(v);
    case DAG_PARAMETER:
      return of_parameter(w, v->aux);
    case DAG_PACK:
      return of_pack(w, v, depth);
    case IR_NEG:
    case IR_ADD:
    case IR_SUB:
    case IR_MUL:
    case IR_DIV:
      return of_operation(w, v, depth);
    default:
      return anything;
  }
}

struct range range_of(const struct lowering *w, uint32_t value) {
  struct range r = of(w, value, 0);
  return isfinite(r.low) && isfinite(r.high) ? r : anything;
}

// Arrays of known numbers and parameters are judged element by element: 0.4 and 1.7 avoid integers, though 1 lies
// between.
bool range_avoids_integers(const struct lowering *w, uint32_t value) {
  const struct dag_value *v = &w->dag.values.items[value];
  if (v->op == DAG_LITERAL) {
    for (uint32_t i = 0; i < v->count; i++)
      if (v->literal[i] == floor(v->literal[i])) return false;
    return true;
  }
  if (v->op == DAG_PACK) {
    for (uint32_t i = 0; i < v->part_count; i++)
      if (!range_avoids_integers(w, v->parts[i].from.value)) return false;
    return true;
  }
  struct range r = range_of(w, value);
  return r.known && ceil(r.low) > r.high;
}
