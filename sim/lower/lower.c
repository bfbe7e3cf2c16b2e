// SPDX-License-Identifier: GPL-3.0-or-later
// Checked model -> graph of values -> program. Equations are taken in their order of evaluation; what the program must
// leave in states, held slots and columns becomes a root of the graph, and the rest is left to schedule.
#include "lower/lower.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "lower/gates.h"
#include "lower/lowering.h"
#include "lower/time_table.h"

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
  struct view rate = dag_number(&w->dag, 0);
  for (size_t i = 0; i < x->inflow_count; i++) {
    struct view flow = lower_view(w, x->inflows[i]);
    rate = i ? dag_2(g, IR_ADD, rate, flow) : flow;
  }
  for (size_t i = 0; i < x->outflow_count; i++) {
    struct view flow = lower_view(w, x->outflows[i]);
    rate = i || x->inflow_count ? dag_2(g, IR_SUB, rate, flow) : dag_1(g, IR_NEG, flow);
  }
  root_of_variable(w, &w->rates, w->state_of[variable], rate, variable);
  w->mode = MODE_START;
  root_of_variable(w, &w->starts, w->state_of[variable], lower_view(w, variable), variable);
  g->origin = UINT32_MAX;
}

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

// INF, or 1/0 as it is written where no such word is.
static bool says_infinite(const struct expr *e) {
  if (e->kind == EXPR_NUMBER) return isinf(e->number);
  if (e->kind != EXPR_BINARY || e->op != OP_DIVIDE) return false;
  const struct expr *above = e->args[0], *below = e->args[1];
  return above->kind == EXPR_NUMBER && above->number != 0 && below->kind == EXPR_NUMBER && below->number == 0;
}

// Other programs say so for "no limit": that is no failure of the run, nor a number to save.
static bool is_no_limit(const struct variable *v) {
  if (v->kind != VARIABLE_AUXILIARY || !v->equations.count) return false;
  for (size_t i = 0; i < v->equations.count; i++)
    if (!says_infinite(v->equations.items[i].rhs)) return false;
  return true;
}

static bool is_saved(const struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  enum variable_kind kind = v->kind;
  bool constant = kind == VARIABLE_PARAMETER && !w->m->foreign;  // other programs list constants with the rest
  if (kind == VARIABLE_TABLE || constant || v->hidden || (w->m->foreign && is_no_limit(v))) return false;
  if (w->s->save_all) return true;
  for (size_t i = 0; i < w->s->saved.count; i++)
    if (w->s->saved.items[i] == variable) return true;
  return !w->s->saved.count && saved_by_default(kind);
}

static void columns_of(struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  for (uint32_t k = 0; k < v->element_count; k++) {
    if (v->absent && v->absent[k]) continue;
    list_push(w->arena, &w->columns) =
        (struct column){.variable = variable, .element = k, .name = variable_element_name(w->arena, w->m, v, k)};
    list_push(w->arena, &w->column_args) = lower_at(w, variable, k);
  }
}

static void guards_of(struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  bool bounded = v->kind != VARIABLE_LEVER && v->kind != VARIABLE_TABLE && (isfinite(v->low) || isfinite(v->high));
  for (uint32_t k = 0; bounded && k < v->element_count; k++) {
    list_push(w->arena, &w->guards) = (struct guard){variable, k, v->low, v->high, {0}};
    list_push(w->arena, &w->guard_args) = lower_at(w, variable, k);
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
  lower_limits(w);
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
