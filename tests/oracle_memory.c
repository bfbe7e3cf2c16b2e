// SPDX-License-Identifier: GPL-3.0-or-later
// Functions that remember, for the oracle: their hidden states, held values and fixed delays.
#include <math.h>
#include <string.h>

#include "oracle_parts.h"

static bool same_place(const struct oracle_memory *m, const struct oracle_frame *f) {
  if (m->frame.e != f->e) return false;
  for (unsigned axis = 0; axis < 64; axis++)
    if (m->term->free_axes >> axis & 1 && m->frame.at[axis] != f->at[axis]) return false;
  return true;
}

static bool is_chain(enum fn f) {
  return f == FN_DELAY1 || f == FN_DELAY3 || f == FN_DELAYN || f == FN_SMOOTH || f == FN_SMOOTH3 || f == FN_SMOOTHN;
}
static bool is_material(enum fn f) {
  return f == FN_DELAY1 || f == FN_DELAY3 || f == FN_DELAYN;
}
static bool is_trend(enum fn f) {
  return f == FN_TREND || f == FN_FORECAST;
}

static size_t order_of(const struct term *t) {
  if (t->fn == FN_DELAYN || t->fn == FN_SMOOTHN) return (size_t)t->args[2]->number;
  return t->fn == FN_DELAY3 || t->fn == FN_SMOOTH3 ? 3 : 1;
}

static double start_value(struct oracle *o, struct oracle_frame *f, const struct term *t) {
  size_t at = is_chain(t->fn) ? (t->fn == FN_DELAYN || t->fn == FN_SMOOTHN ? 3 : 2) : t->fn == FN_FORECAST ? 3 : 2;
  if (t->fn == FN_VALUE_AT || t->fn == FN_INITIAL) at = 0;
  if (t->arg_count > at) return oracle_in(o, ORACLE_START, f, t->args[at]);
  return is_trend(t->fn) ? 0 : oracle_in(o, ORACLE_START, f, t->args[0]);
}

static double start_arg(struct oracle *o, struct oracle_memory *m, size_t i) {
  return oracle_in(o, ORACLE_START, &m->frame, m->term->args[i]);
}

static void start_memory(struct oracle *o, struct oracle_memory *m) {
  const struct term *t = m->term;
  double start = start_value(o, &m->frame, t);
  m->state = o->y.count;
  if (is_chain(t->fn)) {
    m->order = order_of(t);
    if (is_material(t->fn)) start *= start_arg(o, m, 1) / (double)m->order;
    for (size_t i = 0; i < m->order; i++) list_push(o->arena, &o->y) = start;
  } else if (is_trend(t->fn)) {
    m->order = 1;
    start = start_arg(o, m, 0) / (1 + start * start_arg(o, m, 1));
    list_push(o->arena, &o->y) = start;
  } else if (t->fn == FN_DELAY_FIXED) {
    m->length = fmax(1, round(start_arg(o, m, 1) / o->s->step));
    m->history = arena_array(o->arena, double, o->steps + 2);
    m->held = start;
  } else {
    m->held = start;
  }
}

static struct oracle_memory *memory_at(struct oracle *o, struct oracle_frame *f, const struct term *t) {
  for (size_t i = 0; i < o->memories.count; i++)
    if (o->memories.items[i]->term == t && same_place(o->memories.items[i], f)) return o->memories.items[i];
  struct oracle_memory *m = arena_new(o->arena, struct oracle_memory);
  m->term = t, m->frame = *f;
  list_push(o->arena, &o->memories) = m;
  start_memory(o, m);
  return m;
}

static double chain_out(struct oracle *o, struct oracle_memory *m, size_t stage) {
  double level = o->y.items[m->state + stage];
  if (!is_material(m->term->fn)) return level;
  return level / (oracle_term(o, &m->frame, m->term->args[1]) / (double)m->order);
}

static double trend(struct oracle *o, struct oracle_memory *m) {
  double average = o->y.items[m->state];
  double scale = fabs(average) * oracle_term(o, &m->frame, m->term->args[1]);
  return scale == 0 ? 0 : (oracle_term(o, &m->frame, m->term->args[0]) - average) / scale;
}

static void renew(struct oracle *o, struct oracle_memory *m) {
  const struct term *t = m->term;
  if (m->renewed == o->k + 1 || m->renewing) return;
  m->renewing = true;
  double x = oracle_in(o, ORACLE_RENEW, &m->frame, t->args[t->fn == FN_SAMPLE ? 1 : 0]);
  m->next = m->held, m->next_flag = m->flag;
  if (t->fn == FN_SAMPLE && oracle_in(o, ORACLE_RENEW, &m->frame, t->args[0]) != 0) m->next = x;
  if (t->fn == FN_VALUE_AT && m->flag == 0) {
    m->next = x;
    m->next_flag = oracle_in(o, ORACLE_RENEW, &m->frame, t->args[1]) <= o->edge;
  }
  m->renewing = false, m->renewed = o->k + 1;
}

static double held_call(struct oracle *o, struct oracle_memory *m) {
  bool renewed = false;
  if (o->mode == ORACLE_RENEW && !m->renewing) {
    renew(o, m);
    renewed = true;
  }
  double held = renewed ? m->next : m->held, flag = renewed ? m->next_flag : m->flag;
  if (m->term->fn == FN_VALUE_AT && flag == 0) return oracle_term(o, &m->frame, m->term->args[0]);
  return held;
}

double oracle_memory_call(struct oracle *o, struct oracle_frame *f, const struct term *t) {
  if (t->fn == FN_INITIAL) return oracle_in(o, ORACLE_START, f, t->args[0]);
  if (o->mode == ORACLE_START) {
    double start = start_value(o, f, t);
    if (t->fn != FN_FORECAST) return start;
    return oracle_term(o, f, t->args[0]) * (1 + start * oracle_term(o, f, t->args[2]));
  }
  struct oracle_memory *m = memory_at(o, f, t);
  if (is_chain(t->fn)) return chain_out(o, m, m->order - 1);
  if (t->fn == FN_TREND) return trend(o, m);
  if (t->fn == FN_FORECAST)
    return oracle_term(o, &m->frame, t->args[0]) * (1 + trend(o, m) * oracle_term(o, &m->frame, t->args[2]));
  if (t->fn == FN_DELAY_FIXED) return m->held;
  return held_call(o, m);
}

void oracle_memory_rates(struct oracle *o, double *rates) {
  for (size_t i = 0; i < o->memories.count; i++) {
    struct oracle_memory *m = o->memories.items[i];
    if (!m->order) continue;
    double in = oracle_term(o, &m->frame, m->term->args[0]), time = oracle_term(o, &m->frame, m->term->args[1]);
    for (size_t stage = 0; stage < m->order; stage++) {
      double out = is_trend(m->term->fn) ? o->y.items[m->state] : chain_out(o, m, stage);
      rates[m->state + stage] = is_material(m->term->fn) ? in - out : (in - out) / (time / (double)m->order);
      in = out;
    }
  }
}

void oracle_memory_deliver(struct oracle *o) {
  for (size_t i = 0; i < o->memories.count; i++) {
    struct oracle_memory *m = o->memories.items[i];
    if (m->term->fn == FN_DELAY_FIXED && (double)o->k >= m->length) m->held = m->history[o->k - (uint64_t)m->length];
  }
}

void oracle_memory_renew(struct oracle *o) {
  for (size_t i = 0; i < o->memories.count; i++) {
    enum fn f = o->memories.items[i]->term->fn;
    if (f == FN_SAMPLE || f == FN_VALUE_AT) renew(o, o->memories.items[i]);
  }
  for (size_t i = 0; i < o->memories.count; i++) {
    struct oracle_memory *m = o->memories.items[i];
    if (m->renewed == o->k + 1) m->held = m->next, m->flag = m->next_flag;
  }
}

void oracle_memory_note(struct oracle *o) {
  for (size_t i = 0; i < o->memories.count; i++) {
    struct oracle_memory *m = o->memories.items[i];
    if (m->history) m->history[o->k] = oracle_term(o, &m->frame, m->term->args[0]);
  }
}
