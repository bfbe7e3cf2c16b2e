// SPDX-License-Identifier: GPL-3.0-or-later
// Functions that remember. Smooths, delays and trends become hidden states; samples, values at a time and random draws
// become held slots, renewed at grid points; fixed delays become rings. Each call in each frame is one memory; its
// start, rate and renewal are made after all variables, since they may need any of them.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "lower/lowering.h"

// ---- one memory a call and frame

static bool same_frame(const struct memory *m, const struct frame *f) {
  if (m->frame.e != f->e) return false;
  for (uint32_t k = 0; k < m->axis_count; k++) {
    uint8_t axis = m->axis[k];
    if (m->frame.size[axis] != f->size[axis]) return false;
    if (memcmp(m->frame.elements[axis], f->elements[axis], f->size[axis] * sizeof(uint32_t)) != 0) return false;
  }
  return true;
}

static struct memory *memory_of(struct lowering *w, const struct term *t) {
  for (size_t i = w->memories.count; i-- > 0;)
    if (w->memories.items[i]->term == t && same_frame(w->memories.items[i], w->frame)) return w->memories.items[i];
  struct memory *m = arena_new(w->arena, struct memory);
  m->term = t, m->frame = *w->frame, m->count = 1, m->first = UINT32_MAX;
  for (uint32_t axis = 0; axis < 64; axis++)
    if (t->free_axes >> axis & 1) {
      m->axis[m->axis_count++] = (uint8_t)axis;
      m->count *= m->frame.size[axis];
    }
  list_push(w->arena, &w->memories) = m;
  return m;
}

// `count` elements of a leaf, `block` arrays in, along the memory's own axes.
static struct view along_axes(const struct memory *m, struct view leaf, uint32_t offset) {
  uint32_t stride = 1;
  struct view v = leaf;
  v.offset += offset;
  for (uint32_t k = m->axis_count; k-- > 0; stride *= m->frame.size[m->axis[k]])
    v = dag_along(v, m->axis[k], m->frame.size[m->axis[k]], stride);
  return v;
}

static void new_states(struct lowering *w, struct memory *m, uint32_t arrays) {
  if (m->first != UINT32_MAX) return;
  m->first = (uint32_t)w->states.count;
  for (uint32_t i = 0; i < arrays * m->count; i++) {
    list_push(w->arena, &w->states).variable = m->frame.variable;
    w->states.items[w->states.count - 1].element = UINT32_MAX;  // hidden
  }
}

static void new_held(struct lowering *w, struct memory *m, uint32_t arrays) {
  if (m->first != UINT32_MAX) return;
  m->first = w->held_count;
  w->held_count += arrays * m->count;
  w->p->sampled = true;
}

static struct view state_view(struct lowering *w, const struct memory *m, uint32_t arrays, uint32_t block) {
  struct view leaf = dag_leaf(&w->dag, DAG_STATE, m->first, arrays * m->count, BOUND_STATE);
  return along_axes(m, leaf, block * m->count);
}

static struct view held_view(struct lowering *w, const struct memory *m, uint32_t block) {
  struct view leaf = dag_leaf(&w->dag, DAG_HELD, m->first + block * m->count, m->count, BOUND_STATE);
  return along_axes(m, leaf, 0);
}

static struct view arg(struct lowering *w, enum mode mode, struct memory *m, size_t i) {
  return lower_in(w, mode, &m->frame, m->term->args[i]);
}

static void root(struct lowering *w, root_list *list, const struct memory *m, uint32_t to, struct view v) {
  uint32_t sizes[VIEW_AXES];
  for (uint32_t k = 0; k < m->axis_count; k++) sizes[k] = m->frame.size[m->axis[k]];
  lower_root(w, list, to, v, m->count, m->axis, sizes, m->axis_count, m->frame.variable);
}

// ---- delays and smooths

struct chain {  // how a call reads: input, time, order, initial
  uint32_t order;
  size_t initial;  // argument, or SIZE_MAX
  bool material;   // delay: holds time*flow; smooth: holds the value
};

static bool chain_of(const struct term *t, struct chain *c) {
  bool n = t->fn == FN_DELAYN || t->fn == FN_SMOOTHN;
  switch (t->fn) {
    case FN_DELAY1:
    case FN_SMOOTH:
      c->order = 1;
      break;
    case FN_DELAY3:
    case FN_SMOOTH3:
      c->order = 3;
      break;
    case FN_DELAYN:
    case FN_SMOOTHN:
      c->order = (uint32_t)t->args[2]->number;
      break;
    default:
      return false;
  }
  c->material = t->fn == FN_DELAY1 || t->fn == FN_DELAY3 || t->fn == FN_DELAYN;
  size_t initial = n ? 3 : 2;
  c->initial = t->arg_count > initial ? initial : SIZE_MAX;
  return true;
}

static struct view stage_time(struct lowering *w, struct view time, uint32_t order) {
  return dag_2(&w->dag, IR_DIV, time, dag_number(&w->dag, order));
}

static struct view chain_start(struct lowering *w, struct memory *m, const struct chain *c) {
  return arg(w, MODE_START, m, c->initial == SIZE_MAX ? 0 : c->initial);
}

static struct view chain_output(struct lowering *w, struct memory *m, const struct chain *c, enum mode mode,
                                uint32_t stage) {
  struct view level = state_view(w, m, c->order, stage);
  return c->material ? dag_2(&w->dag, IR_DIV, level, stage_time(w, arg(w, mode, m, 1), c->order)) : level;
}

static void chain_roots(struct lowering *w, struct memory *m, const struct chain *c) {
  struct dag *g = &w->dag;
  struct view start = chain_start(w, m, c);
  if (c->material) start = dag_2(g, IR_MUL, start, stage_time(w, arg(w, MODE_START, m, 1), c->order));
  struct view time = stage_time(w, arg(w, MODE_RUN, m, 1), c->order), in = arg(w, MODE_RUN, m, 0);
  for (uint32_t stage = 0; stage < c->order; stage++) {
    root(w, &w->starts, m, m->first + stage * m->count, start);
    struct view out = chain_output(w, m, c, MODE_RUN, stage), rate = dag_2(g, IR_SUB, in, out);
    if (!c->material) rate = dag_2(g, IR_DIV, rate, time);
    root(w, &w->rates, m, m->first + stage * m->count, rate);
    in = out;
  }
}

// ---- trends (Sterman 2000, ch. 16; Vensim's TREND): average a, da/dt = (x-a)/T, trend = (x-a)/(a*T)

static size_t trend_initial(const struct term *t) {
  return t->fn == FN_TREND ? 2 : 3;
}

static struct view trend_start(struct lowering *w, struct memory *m) {
  size_t i = trend_initial(m->term);
  return m->term->arg_count > i ? arg(w, MODE_START, m, i) : dag_number(&w->dag, 0);
}

static struct view trend_value(struct lowering *w, struct memory *m, enum mode mode) {
  struct dag *g = &w->dag;
  if (mode == MODE_START) return trend_start(w, m);
  struct view average = state_view(w, m, 1, 0);
  struct view scale = dag_2(g, IR_MUL, dag_1(g, IR_ABS, average), arg(w, mode, m, 1));
  struct view zero = dag_2(g, IR_EQ, scale, dag_number(g, 0));
  struct view ratio = dag_2(g, IR_DIV, dag_2(g, IR_SUB, arg(w, mode, m, 0), average), scale);
  return dag_3(g, IR_SELECT, zero, dag_number(g, 0), ratio);
}

static void trend_roots(struct lowering *w, struct memory *m) {
  struct dag *g = &w->dag;
  struct view growth = dag_2(g, IR_MUL, trend_start(w, m), arg(w, MODE_START, m, 1));
  struct view start = dag_2(g, IR_DIV, arg(w, MODE_START, m, 0), dag_2(g, IR_ADD, dag_number(g, 1), growth));
  root(w, &w->starts, m, m->first, start);
  struct view gap = dag_2(g, IR_SUB, arg(w, MODE_RUN, m, 0), state_view(w, m, 1, 0));
  root(w, &w->rates, m, m->first, dag_2(g, IR_DIV, gap, arg(w, MODE_RUN, m, 1)));
}

static struct view forecast(struct lowering *w, struct memory *m, enum mode mode) {
  struct dag *g = &w->dag;
  struct view growth = dag_2(g, IR_MUL, trend_value(w, m, mode), arg(w, mode, m, 2));
  return dag_2(g, IR_MUL, arg(w, mode, m, 0), dag_2(g, IR_ADD, dag_number(g, 1), growth));
}

// ---- samples, values at a time, random draws

static struct view sample_next(struct lowering *w, struct memory *m) {
  struct view condition = arg(w, MODE_SAMPLE, m, 0), x = arg(w, MODE_SAMPLE, m, 1);
  return dag_3(&w->dag, IR_SELECT, condition, x, held_view(w, m, 0));
}

static struct view value_at_next(struct lowering *w, struct memory *m) {
  return dag_3(&w->dag, IR_SELECT, held_view(w, m, 1), held_view(w, m, 0), arg(w, MODE_SAMPLE, m, 0));
}

static struct view reached(struct lowering *w, struct memory *m, enum mode mode) {
  struct view at = arg(w, mode, m, 1);
  lower_event(w, at);
  enum mode outer = w->mode;
  w->mode = mode;
  struct view out = dag_2(&w->dag, IR_LE, at, lower_clock(w, CLOCK_EDGE));
  w->mode = outer;
  return out;
}

// The stream of a draw: a hash of the variable's name and the place of the call in its equation.
static uint64_t stream_of(struct lowering *w, const struct memory *m) {
  const char *name = m->frame.variable < w->m->variables.count ? w->m->variables.items[m->frame.variable].name : "";
  const char *text = arena_format(w->arena, "%s#%u", name, m->term->ordinal);
  return map_hash64(text, strlen(text));
}

// One uniform number for each element of the whole dimensions, whatever part of them the frame covers: an exception for
// one element does not shift the draws of the others.
static struct view uniform(struct lowering *w, struct memory *m, enum mode mode) {
  uint64_t stream = stream_of(w, m), all = 1;
  uint32_t *at = arena_array(w->arena, uint32_t, m->count);
  for (uint32_t k = m->axis_count, inner = 1; k-- > 0; inner *= m->frame.size[m->axis[k]]) {
    const struct dimension *d = &w->m->dimensions.items[m->frame.e->axes[m->axis[k]].dimension];
    const uint32_t *elements = m->frame.elements[m->axis[k]], size = m->frame.size[m->axis[k]];
    for (uint32_t n = 0; n < m->count; n++) at[n] += elements[n / inner % size] * (uint32_t)all;
    all *= w->m->dimensions.items[d->root].count;
    if (all <= LIMIT_ELEMENTS) continue;
    diag_error(w->diag, m->term->span, value_too_large, (int)m->axis_count, LIMIT_ELEMENTS, LIMIT_AXES);
    return dag_number(&w->dag, NAN);
  }
  struct dag_value u = {.op = IR_UNIFORM,
                        .count = (uint32_t)all,
                        .outer_count = 1,
                        .inner_count = (uint32_t)all,
                        .aux = (uint32_t)stream,
                        .aux2 = (uint32_t)(stream >> 32),
                        .binding = (uint8_t)(BOUND_DRAWN | (mode == MODE_START ? BOUND_MEMBER : BOUND_STATE))};
  uint32_t value = dag_add(&w->dag, u);
  if (m->count != all) value = dag_gather(&w->dag, value, at, m->count);
  return along_axes(m, (struct view){.value = value}, 0);
}

static struct view draw(struct lowering *w, struct memory *m, enum mode mode) {
  struct dag *g = &w->dag;
  struct view p = uniform(w, m, mode), a = arg(w, mode, m, 0);
  switch (m->term->fn) {
    case FN_RANDOM_UNIFORM:
      return dag_2(g, IR_ADD, a, dag_2(g, IR_MUL, p, dag_2(g, IR_SUB, arg(w, mode, m, 1), a)));
    case FN_RANDOM_NORMAL:
      return dag_2(g, IR_ADD, a, dag_2(g, IR_MUL, arg(w, mode, m, 1), dag_1(g, IR_NORMINV, p)));
    case FN_RANDOM_EXPONENTIAL:
      return dag_2(g, IR_MUL, a, dag_1(g, IR_NEG, dag_1(g, IR_LOG, p)));
    default:
      return dag_2(g, IR_POISINV, p, a);
  }
}

static struct view held_next(struct lowering *w, struct memory *m) {
  if (m->term->fn == FN_SAMPLE) return sample_next(w, m);
  if (m->term->fn == FN_VALUE_AT) return value_at_next(w, m);
  return draw(w, m, MODE_SAMPLE);
}

// Variables made from the old value of a call that met itself are made anew for those who come after.
static void forget_samples(struct lowering *w) {
  for (uint32_t v = 0; v < w->m->variables.count; v++) {
    enum variable_kind kind = w->m->variables.items[v].kind;
    bool equation = kind == VARIABLE_FLOW || kind == VARIABLE_AUXILIARY || kind == VARIABLE_INDICATOR;
    if (equation && !w->wholes[MODE_SAMPLE][v].elements) w->wholes[MODE_SAMPLE][v] = (struct whole){0};
  }
}

// The new held value while renewing; inside its own renewal (x = sample(c, x + 1, 0)) the old one.
static struct view renewed(struct lowering *w, struct memory *m) {
  if (m->sampling) {
    m->met = true;
    return held_view(w, m, 0);
  }
  if (!m->sampled) {
    m->sampling = true;
    m->next = held_next(w, m);
    m->sampling = false, m->sampled = true;
    if (m->met) forget_samples(w);
    root(w, &w->samples, m, m->first, m->next);
    if (m->term->fn == FN_VALUE_AT) root(w, &w->samples, m, m->first + m->count, reached(w, m, MODE_SAMPLE));
  }
  return m->next;
}

static struct view held_value(struct lowering *w, struct memory *m) {
  bool value_at = m->term->fn == FN_VALUE_AT;
  new_held(w, m, value_at ? 2 : 1);
  if (w->mode == MODE_START) {
    if (value_at) return arg(w, MODE_START, m, 0);
    return m->term->fn == FN_SAMPLE ? arg(w, MODE_START, m, 2) : draw(w, m, MODE_START);
  }
  struct view held = w->mode == MODE_SAMPLE ? renewed(w, m) : held_view(w, m, 0);
  if (!value_at) return held;
  // While running, the mark of the grid point decides: between grid points the value is not there to be held yet.
  struct view there = w->mode == MODE_SAMPLE ? reached(w, m, MODE_SAMPLE) : held_view(w, m, 1);
  return dag_3(&w->dag, IR_SELECT, there, held, arg(w, w->mode, m, 0));
}

static void held_roots(struct lowering *w, struct memory *m) {
  bool value_at = m->term->fn == FN_VALUE_AT, sample = m->term->fn == FN_SAMPLE;
  struct view start = value_at ? arg(w, MODE_START, m, 0) : sample ? arg(w, MODE_START, m, 2) : draw(w, m, MODE_START);
  root(w, &w->held_starts, m, m->first, start);
  if (value_at) root(w, &w->held_starts, m, m->first + m->count, dag_number(&w->dag, 0));
  enum mode outer = w->mode;
  w->mode = MODE_SAMPLE;
  renewed(w, m);
  w->mode = outer;
}

// ---- fixed delays: held slots output, input, length

static struct view ring_value(struct lowering *w, struct memory *m) {
  if (w->mode == MODE_START) return arg(w, MODE_START, m, 2);
  new_held(w, m, 3);
  return held_view(w, m, 0);
}

static void ring_roots(struct lowering *w, struct memory *m, struct ring *r) {
  struct view length = dag_2(&w->dag, IR_DIV, arg(w, MODE_START, m, 1), dag_number(&w->dag, w->s->step));
  length = dag_2(&w->dag, IR_MAX, dag_1(&w->dag, IR_ROUND, length), dag_number(&w->dag, 1));
  root(w, &w->held_starts, m, m->first, arg(w, MODE_START, m, 2));
  root(w, &w->held_starts, m, m->first + 2 * m->count, length);
  root(w, &w->advances, m, m->first + m->count, arg(w, MODE_RUN, m, 0));
  *r = (struct ring){.output = m->first,
                     .input = m->first + m->count,
                     .length = m->first + 2 * m->count,
                     .count = m->count,
                     .most = w->p->steps};
  const struct dag_value *v = &w->dag.values.items[length.value];
  if (v->op != DAG_LITERAL) return;
  double most = 1;
  for (uint32_t i = 0; i < v->count; i++) most = v->literal[i] > most ? v->literal[i] : most;
  if (most < (double)r->most) r->most = (uint64_t)most;
}

// ---- the two doors

struct view lower_memory(struct lowering *w, const struct term *t) {
  struct memory *m = memory_of(w, t);
  struct chain c;
  if (chain_of(t, &c)) {
    new_states(w, m, c.order);
    return w->mode == MODE_START ? chain_start(w, m, &c) : chain_output(w, m, &c, w->mode, c.order - 1);
  }
  switch (t->fn) {
    case FN_INITIAL:
      return arg(w, MODE_START, m, 0);
    case FN_TREND:
      new_states(w, m, 1);
      return trend_value(w, m, w->mode);
    case FN_FORECAST:
      new_states(w, m, 1);
      return forecast(w, m, w->mode);
    case FN_DELAY_FIXED:
      return ring_value(w, m);
    default:
      return held_value(w, m);
  }
}

void lower_memories(struct lowering *w) {
  LIST(struct ring) rings = {0};
  for (size_t i = 0; i < w->memories.count; i++) {  // the list grows while memories find memories
    struct memory *m = w->memories.items[i];
    struct chain c;
    w->dag.origin = m->frame.variable;
    if (m->first == UINT32_MAX) continue;  // initial(x), or a call that only starts needed
    if (chain_of(m->term, &c))
      chain_roots(w, m, &c);
    else if (m->term->fn == FN_TREND || m->term->fn == FN_FORECAST)
      trend_roots(w, m);
    else if (m->term->fn == FN_DELAY_FIXED)
      ring_roots(w, m, &list_push(w->arena, &rings));
    else
      held_roots(w, m);
  }
  w->dag.origin = UINT32_MAX;
  w->p->rings = rings.items, w->p->ring_count = rings.count;
}
