// SPDX-License-Identifier: GPL-3.0-or-later
// A phase that has not begun starts at NEVER. While a gate is being tested, the levers that its condition looks at
// still follow the old phase: a start in renewal refers to its held value.
#include "lower/gates.h"

#include <math.h>
#include <string.h>

static const double NEVER = 1e30;

struct gated_lever {
  const struct steer *steer;
  uint32_t held;  // first held slot: value at the start of each phase
  struct view before, at_first;
  bool renewed[32];
  struct view next[32];
};
struct gates {
  size_t count;
  uint32_t held;
  bool renewing[32], renewed[32];
  struct view next[32];
  LIST(struct gated_lever) levers;
};

bool gates_exist(const struct lowering *w) {
  return w->gates != NULL;
}

void gates_begin(struct lowering *w) {
  bool gated = false;
  for (size_t i = 0; i < w->s->phases.count; i++) gated = gated || w->s->phases.items[i].gated;
  if (!gated) return;
  struct gates *x = w->gates = arena_new(w->arena, struct gates);
  x->count = w->s->phases.count;
  x->held = w->phase_held = w->held_count;
  w->held_count += (uint32_t)x->count;
  w->p->sampled = true;
  for (size_t i = 0; i < x->count; i++)
    lower_root(w, &w->held_starts, x->held + (uint32_t)i, dag_number(&w->dag, i ? NEVER : w->s->phases.items[0].from),
               1, NULL, NULL, 0, UINT32_MAX);
}

static struct view held(struct lowering *w, uint32_t slot) {
  return dag_leaf(&w->dag, DAG_HELD, slot, 1, BOUND_STATE);
}

static struct view has_come(struct lowering *w, struct view start) {
  return dag_2(&w->dag, IR_LE, start, lower_clock(w, CLOCK_EDGE));
}

static struct view both(struct lowering *w, struct view a, struct view b) {
  return dag_2(&w->dag, IR_AND, a, b);
}

// Is the time since `elapsed` began at least x, with the clock's tolerance?
static struct view at_least(struct lowering *w, struct view elapsed, double x) {
  return dag_2(&w->dag, IR_LE, dag_number(&w->dag, x - 1e-6 * w->s->step), elapsed);
}

static struct view gate_passed(struct lowering *w, size_t phase, struct view elapsed) {
  struct dag *g = &w->dag;
  const struct phase *p = &w->s->phases.items[phase];
  struct view tests = dag_2(g, IR_DIV, elapsed, dag_number(g, p->test));
  struct view off = dag_1(g, IR_ABS, dag_2(g, IR_SUB, tests, dag_1(g, IR_ROUND, tests)));
  struct view due = dag_2(g, IR_LE, off, dag_number(g, 1e-6 * w->s->step / p->test));
  struct view condition = dag_number(g, 0);
  for (size_t i = 0; i < w->c->equations.count; i++) {
    const struct checked_equation *e = &w->c->equations.items[i];
    if (e->role != ROLE_GATE || e->variable != phase) continue;
    struct frame *f = arena_new(w->arena, struct frame);
    f->e = e, f->variable = UINT32_MAX;
    condition = lower_in(w, MODE_SAMPLE, f, e->rhs);
  }
  struct view done = both(w, at_least(w, elapsed, p->least), condition);
  if (isfinite(p->most)) done = dag_2(g, IR_OR, done, at_least(w, elapsed, p->most));
  return both(w, due, done);
}

// Is the gate before this phase, or before an earlier one, being tested?
static bool is_tested(const struct gates *x, size_t phase) {
  for (size_t i = 1; i <= phase; i++)
    if (x->renewing[i]) return true;
  return false;
}

// The start of a phase in the present meaning.
static struct view start_of(struct lowering *w, size_t phase) {
  struct gates *x = w->gates;
  struct dag *g = &w->dag;
  struct view old = held(w, x->held + (uint32_t)phase);
  if (phase == 0) return dag_number(g, w->s->phases.items[0].from);
  if (w->mode == MODE_START) return dag_number(g, NEVER);
  if (w->mode == MODE_RUN || is_tested(x, phase)) return old;
  if (x->renewed[phase]) return x->next[phase];
  x->renewing[phase] = true;
  const struct phase *last = &w->s->phases.items[phase - 1];
  struct view begun = start_of(w, phase - 1), time = lower_clock(w, CLOCK_TIME);
  struct view open = both(w, has_come(w, begun), dag_1(g, IR_NOT, has_come(w, old)));
  struct view passed =
      last->gated ? gate_passed(w, phase - 1, dag_2(g, IR_SUB, time, begun)) : has_come(w, dag_number(g, last->until));
  x->next[phase] = dag_3(g, IR_SELECT, both(w, open, passed), time, old);
  x->renewing[phase] = false, x->renewed[phase] = true;
  return x->next[phase];
}

static struct view lever_through(struct lowering *w, struct gated_lever *l, size_t phases);

// The lever's value at the switch to a phase: held, and at the grid point of the switch the value under the phases
// before it.
static struct view at_switch(struct lowering *w, struct gated_lever *l, size_t phase) {
  struct dag *g = &w->dag;
  if (phase == 0) return l->at_first;
  struct view kept = held(w, l->held + (uint32_t)phase), old_start = held(w, w->gates->held + (uint32_t)phase);
  if (w->mode == MODE_RUN || is_tested(w->gates, phase)) return kept;
  if (l->renewed[phase]) return l->next[phase];
  struct view now = both(w, has_come(w, start_of(w, phase)), dag_1(g, IR_NOT, has_come(w, old_start)));
  l->next[phase] = dag_3(g, IR_SELECT, now, lever_through(w, l, phase), kept);
  l->renewed[phase] = true;
  return l->next[phase];
}

// The lever with the phases below `phases` in force.
static struct view lever_through(struct lowering *w, struct gated_lever *l, size_t phases) {
  struct dag *g = &w->dag;
  struct view out = dag_3(g, IR_SELECT, has_come(w, start_of(w, 0)), l->at_first, l->before);
  for (size_t i = 0; i < phases; i++) {
    if (isnan(l->steer->levels[i])) continue;  // goes on as it was
    struct view start = start_of(w, i), value = steer_ordinate(w, l->steer->variable, (uint32_t)i, l->steer->levels[i]);
    if (l->steer->ramp > 0) {
      struct view elapsed = dag_2(g, IR_SUB, lower_clock(w, CLOCK_TIME), start);
      struct view part = dag_2(g, IR_MIN, dag_2(g, IR_DIV, elapsed, dag_number(g, l->steer->ramp)), dag_number(g, 1));
      struct view from = at_switch(w, l, i);
      value = dag_2(g, IR_ADD, from, dag_2(g, IR_MUL, dag_2(g, IR_SUB, value, from), part));
    }
    out = dag_3(g, IR_SELECT, has_come(w, start), value, out);
  }
  return out;
}

struct view gates_lever(struct lowering *w, const struct steer *s, struct view before, struct view at_first) {
  struct gates *x = w->gates;
  if (w->mode == MODE_START) {
    struct gated_lever now = {.steer = s, .before = before, .at_first = at_first};
    return dag_3(&w->dag, IR_SELECT, has_come(w, start_of(w, 0)), at_first, now.before);
  }
  struct gated_lever *l = NULL;
  for (size_t i = 0; i < x->levers.count; i++)
    if (x->levers.items[i].steer == s) l = &x->levers.items[i];
  if (!l) {
    l = &list_push(w->arena, &x->levers);
    *l = (struct gated_lever){.steer = s, .held = w->held_count, .before = before, .at_first = at_first};
    w->held_count += (uint32_t)x->count;
  }
  struct gated_lever now = *l;
  now.before = before;
  return lever_through(w, &now, x->count);
}

static void renew_lever(struct lowering *w, struct gated_lever *l, size_t phase) {
  uint32_t slot = l->held + (uint32_t)phase;
  lower_root(w, &w->held_starts, slot, dag_number(&w->dag, 0), 1, NULL, NULL, 0, l->steer->variable);
  lower_root(w, &w->samples, slot, at_switch(w, l, phase), 1, NULL, NULL, 0, l->steer->variable);
}

void gates_finish(struct lowering *w) {
  struct gates *x = w->gates;
  if (!x) return;
  w->mode = MODE_SAMPLE;
  for (size_t i = 1; i < x->count; i++) {
    lower_root(w, &w->samples, x->held + (uint32_t)i, start_of(w, i), 1, NULL, NULL, 0, UINT32_MAX);
    // What the condition looked at followed the old phase: those who come after make it anew.
    memset(w->wholes[MODE_SAMPLE], 0, w->m->variables.count * sizeof *w->wholes[MODE_SAMPLE]);
  }
  for (size_t k = 0; k < x->levers.count; k++)
    for (size_t i = 1; i < x->count; i++) renew_lever(w, &x->levers.items[k], i);
  w->mode = MODE_RUN;
}
