// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of time: comparisons with it are exact at grid points, and every jump or kink is noted, for adaptive
// methods to restart there.
#include "lower/lowering.h"

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

// Comparisons with the time itself are exact at grid points: the time is compared a hair later (>= <) or earlier.
bool lower_compare_time(struct lowering *w, const struct term *t, struct view *out) {
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

struct view lower_reached(struct lowering *w, struct view start) {  // has `start` come?
  lower_event(w, start);
  return dag_2(&w->dag, IR_LE, start, lower_clock(w, CLOCK_EDGE));
}

struct view lower_pulse(struct lowering *w, struct view start, struct view width) {
  struct dag *g = &w->dag;
  struct view end = dag_2(g, IR_ADD, start, dag_2(g, IR_MAX, width, dag_number(&w->dag, w->s->step)));
  lower_event(w, end);
  return dag_2(g, IR_AND, lower_reached(w, start), dag_2(g, IR_LT, lower_clock(w, CLOCK_EDGE), end));
}

struct view lower_pulse_train(struct lowering *w, const struct view a[4]) {
  struct dag *g = &w->dag;
  struct view edge = lower_clock(w, CLOCK_EDGE), width = dag_2(g, IR_MAX, a[1], dag_number(&w->dag, w->s->step));
  struct view phase = dag_2(g, IR_MODULO, dag_2(g, IR_SUB, edge, a[0]), a[2]);
  struct view on = dag_2(g, IR_AND, lower_reached(w, a[0]), dag_2(g, IR_LT, edge, a[3]));
  w->p->grid_events = true;
  return dag_2(g, IR_AND, on, dag_2(g, IR_LT, phase, width));
}

struct view lower_ramp(struct lowering *w, const struct view *a, size_t count) {
  struct dag *g = &w->dag;
  struct view time = lower_clock(w, CLOCK_TIME);
  if (count == 3) {
    lower_event(w, a[2]);
    time = dag_2(g, IR_MIN, time, a[2]);
  }
  lower_event(w, a[1]);
  return dag_2(g, IR_MUL, a[0], dag_2(g, IR_MAX, dag_2(g, IR_SUB, time, a[1]), dag_number(&w->dag, 0)));
}
