// SPDX-License-Identifier: GPL-3.0-or-later
// Walks the terms of every equation and notes what each needs at once. Functions with memory cut the chain while
// running (a smooth needs nothing now) and have needs of their own at the start (its initial value). A flow out of a
// non-negative stock needs, to be limited, that stock's inflows and the outflows listed before it: such needs decide
// the order where they can. Where they go round, the flows are a ring, and only their equations count.
#include "check/order.h"

#include <string.h>

#include "base/limits.h"
#include "check/graph.h"

enum when { RUNNING, STARTING };

struct walk {
  struct arena *arena;
  const struct checked *c;
  struct graph *graph;
  enum when when;
  uint32_t from;  // the node whose needs are collected
  // element by element: node of a variable's first element, and the element taken along each axis
  const uint32_t *first_node;  // [variable] or UINT32_MAX; NULL: whole variables
  uint32_t at[64];
  const struct checked_equation *e;
};

static void walk_term(struct walk *w, const struct term *t);

static void need_variable(struct walk *w, const struct term *t) {
  const struct variable *v = &w->c->model->variables.items[t->variable];
  if (v->kind == VARIABLE_STOCK && w->when == RUNNING) return;
  if (!w->first_node) {
    graph_add(w->graph, w->from, t->variable);
    return;
  }
  if (w->first_node[t->variable] == UINT32_MAX) return;
  size_t flat = 0;
  for (size_t i = 0; i < v->dim_count; i++) {
    uint32_t root = t->indices[i].fixed ? t->indices[i].element : w->at[t->indices[i].axis];
    if (t->indices[i].map) root = t->indices[i].map[root];
    flat = flat * w->c->model->dimensions.items[v->dims[i]].count + w->c->local[v->dims[i]][root];
  }
  graph_add(w->graph, w->from, w->first_node[t->variable] + (uint32_t)flat);
}

// Bit set of the arguments that a function needs at once.
static unsigned needs_running(enum fn f) {
  switch (f) {
    case FN_INITIAL:
    case FN_SAMPLE:
    case FN_SMOOTH:
    case FN_SMOOTH3:
    case FN_SMOOTHN:
    case FN_DELAY_FIXED:
      return 0;
    case FN_DELAY1:
    case FN_DELAY3:
    case FN_DELAYN:
      return 1u << 1;
    case FN_TREND:
      return 3;
    case FN_FORECAST:
      return 7;
    case FN_RANDOM_UNIFORM:
    case FN_RANDOM_NORMAL:
    case FN_RANDOM_EXPONENTIAL:
    case FN_RANDOM_POISSON:
      return 0;
    default:
      return ~0u;
  }
}
static unsigned needs_starting(enum fn f, size_t arg_count) {
  switch (f) {
    case FN_SAMPLE:
    case FN_DELAY_FIXED:
      return 1u << 2;
    case FN_SMOOTH:
    case FN_SMOOTH3:
    case FN_DELAY1:
    case FN_DELAY3:
      return arg_count == 3 ? 1u << 2 : 1u;
    case FN_SMOOTHN:
    case FN_DELAYN:
      return arg_count == 4 ? 1u << 3 : 1u;
    case FN_TREND:
      return arg_count == 3 ? 1u << 2 : 0;
    default:
      return ~0u;
  }
}

static void walk_reduction(struct walk *w, const struct term *t, uint64_t over) {
  if (!over || !w->first_node) {
    walk_term(w, t->args[0]);
    return;
  }
  uint32_t axis = (uint32_t)__builtin_ctzll(over);
  const struct dimension *d = &w->c->model->dimensions.items[w->e->axes[axis].dimension];
  for (uint32_t i = 0; i < d->count; i++) {
    w->at[axis] = d->in_parent[i];
    walk_reduction(w, t, over & (over - 1));
  }
}

// A function of whole vectors needs all elements of its arguments, whichever of its own is asked for.
static void walk_vector(struct walk *w, const struct term *t, uint64_t over) {
  if (!over || !w->first_node) {
    for (size_t i = 0; i < t->arg_count; i++) walk_term(w, t->args[i]);
    return;
  }
  uint32_t axis = (uint32_t)__builtin_ctzll(over), before = w->at[axis];
  const struct dimension *d = &w->c->model->dimensions.items[w->e->axes[axis].dimension];
  for (uint32_t i = 0; i < d->count; i++) {
    w->at[axis] = d->in_parent[i];
    walk_vector(w, t, over & (over - 1));
  }
  w->at[axis] = before;
}

static void walk_term(struct walk *w, const struct term *t) {
  unsigned needed = ~0u;
  if (t->kind == TERM_REF) need_variable(w, t);
  if (t->kind == TERM_REDUCE) {
    walk_reduction(w, t, t->over);
    return;
  }
  if (t->kind == TERM_CALL && t->over) {
    walk_vector(w, t, t->over);
    return;
  }
  if (t->kind == TERM_INLINE) {
    walk_term(w, t->args[t->arg_count - 1]);
    return;
  }
  if (t->kind == TERM_CALL && t->fn >= FN_INITIAL)
    needed = w->when == RUNNING ? needs_running(t->fn) : needs_starting(t->fn, t->arg_count);
  for (size_t i = 0; i < t->arg_count; i++)
    if (i >= 32 || needed >> i & 1) walk_term(w, t->args[i]);
}

// The equations that give a variable its value, running or at the start.
static const size_t *equations_of(const struct checked *c, uint32_t v, enum when when, size_t *count) {
  const struct checked_variable *x = &c->variables[v];
  bool stock = c->model->variables.items[v].kind == VARIABLE_STOCK;
  if (when == STARTING && x->initial_count) {
    *count = x->initial_count;
    return x->initial;
  }
  *count = stock && when == RUNNING ? 0 : x->equation_count;
  return x->equations;
}

static void walk_box(struct walk *w, const struct box *box, const struct variable *v, size_t axis, size_t flat) {
  if (axis == v->dim_count) {
    w->from = w->first_node[w->e->variable] + (uint32_t)flat;
    walk_term(w, w->e->rhs);
    return;
  }
  const struct dimension *d = &w->c->model->dimensions.items[v->dims[axis]];
  for (uint32_t i = 0; i < box->counts[axis]; i++) {
    w->at[axis] = box->elements[axis][i];
    walk_box(w, box, v, axis + 1, flat * d->count + w->c->local[v->dims[axis]][w->at[axis]]);
  }
}

struct ordering {
  struct arena *arena;
  struct checked *c;
  struct diag *diag;
  enum when when;
  bool *looped;  // [variable]: in a cycle that was reported
};

static const char *node_name(struct ordering *o, const uint32_t *variable, const uint32_t *first, uint32_t node) {
  const struct variable *v = &o->c->model->variables.items[variable[node]];
  return variable_element_name(o->arena, o->c->model, v, node - first[variable[node]]);
}

enum { SHOWN_CYCLE = 12 };

static void report_cycle(struct ordering *o, const struct graph *g, const struct components *k, uint32_t node,
                         const uint32_t *variable, const uint32_t *first) {
  uint32_t *cycle;
  size_t length = graph_cycle(g, k, node, &cycle);
  const char *text = node_name(o, variable, first, cycle[0]);
  for (size_t i = 1; i < length && i < SHOWN_CYCLE; i++)
    text = arena_format(o->arena, "%s -> %s", text, node_name(o, variable, first, cycle[i]));
  if (length > SHOWN_CYCLE) text = arena_format(o->arena, "%s -> ... (%zu in all)", text, length);
  text = arena_format(o->arena, "%s -> %s", text, node_name(o, variable, first, cycle[0]));
  struct span at = o->c->model->variables.items[variable[node]].span;
  if (o->when == RUNNING)
    diag_error(o->diag, at, loop_algebraic, text);
  else
    diag_error(o->diag, at, loop_initial, text);
}

static void push(struct ordering *o, uint32_t variable, uint32_t element) {
  struct order_item item = {variable, element};
  if (o->when == RUNNING)
    list_push(o->arena, &o->c->order) = item;
  else
    list_push(o->arena, &o->c->initial_order) = item;
}

static bool needs_itself(const struct graph *g, uint32_t node) {
  for (uint32_t e = g->first[node]; e < g->first[node + 1]; e++)
    if (g->targets[e] == node) return true;
  return false;
}

// Orders the elements of a component's variables, or reports the cycle.
static bool order_elements(struct ordering *o, const uint32_t *members, size_t count) {
  const struct model *m = o->c->model;
  uint32_t *first = arena_array(o->arena, uint32_t, m->variables.count + 1);
  for (size_t i = 0; i < m->variables.count; i++) first[i] = UINT32_MAX;
  uint32_t nodes = 0;
  for (size_t i = 0; i < count; i++) {
    first[members[i]] = nodes;
    nodes += (uint32_t)m->variables.items[members[i]].element_count;
  }
  uint32_t *variable = arena_array(o->arena, uint32_t, (size_t)nodes + 1);
  struct graph g;
  graph_init(&g, o->arena, nodes);
  struct walk w = {.arena = o->arena, .c = o->c, .graph = &g, .when = o->when, .first_node = first};
  for (size_t i = 0; i < count; i++) {
    const struct variable *v = &m->variables.items[members[i]];
    for (size_t k = 0; k < v->element_count; k++) variable[first[members[i]] + k] = members[i];
    size_t equations;
    const size_t *list = equations_of(o->c, members[i], o->when, &equations);
    for (size_t k = 0; k < equations; k++) {
      w.e = &o->c->equations.items[list[k]];
      for (size_t b = 0; b < w.e->box_count; b++) walk_box(&w, &w.e->boxes[b], v, 0, 0);
    }
  }
  graph_finish(&g);
  struct components k = graph_components(&g);
  for (uint32_t i = 0; i < nodes; i++) {
    bool shared = i + 1 < nodes && k.component[k.order[i]] == k.component[k.order[i + 1]];
    if (!shared && !needs_itself(&g, k.order[i])) continue;
    bool told = false;  // a loop while running is one at the start too: one message is enough
    for (size_t n = 0; n < count; n++) told = told || o->looped[members[n]];
    if (!told) report_cycle(o, &g, &k, k.order[i], variable, first);
    for (size_t n = 0; n < count; n++) o->looped[members[n]] = true;
    return false;
  }
  for (uint32_t n = 0; n < nodes; n++) push(o, variable[k.order[n]], k.order[n] - first[variable[k.order[n]]]);
  for (size_t i = 0; i < count; i++) {
    struct checked_variable *x = &o->c->variables[members[i]];
    if (o->when == RUNNING)
      x->split = true;
    else
      x->initial_split = true;
  }
  return true;
}

static bool has_limits(const struct model *m) {
  for (size_t v = 0; v < m->variables.count; v++)
    if (m->variables.items[v].non_negative) return true;
  return false;
}

static void need_limits(const struct checked *c, struct graph *g) {
  for (uint32_t v = 0; v < c->model->variables.count; v++) {
    const struct checked_variable *x = &c->variables[v];
    if (!c->model->variables.items[v].non_negative) continue;
    for (size_t i = 0; i < x->outflow_count; i++) {
      for (size_t k = 0; k < x->inflow_count; k++) graph_add(g, x->outflows[i], x->inflows[k]);
      if (i) graph_add(g, x->outflows[i], x->outflows[i - 1]);
    }
  }
}

static void need_equations(struct ordering *o, struct graph *g) {
  struct walk w = {.arena = o->arena, .c = o->c, .graph = g, .when = o->when};
  for (uint32_t v = 0; v < g->count; v++) {
    size_t equations;
    const size_t *list = equations_of(o->c, v, o->when, &equations);
    w.from = v;
    for (size_t i = 0; i < equations; i++) walk_term(&w, (w.e = &o->c->equations.items[list[i]])->rhs);
  }
}

static bool order_for(struct ordering *o) {
  const struct model *m = o->c->model;
  uint32_t count = (uint32_t)m->variables.count;
  struct graph g;
  graph_init(&g, o->arena, count);
  need_equations(o, &g);
  graph_finish(&g);
  struct components k = graph_components(&g);
  bool ok = true;
  for (uint32_t i = 0; i < count;) {
    uint32_t end = i + 1;
    while (end < count && k.component[k.order[end]] == k.component[k.order[i]]) end++;
    if (end - i > 1 || needs_itself(&g, k.order[i]))
      ok = order_elements(o, &k.order[i], end - i) && ok;
    else if (m->variables.items[k.order[i]].kind != VARIABLE_TABLE)
      push(o, k.order[i], ELEMENTS_ALL);
    i = end;
  }
  return ok;
}

// The running order once more, with the needs of limits: what is a ring together keeps the order it has.
static void order_limits(struct ordering *o) {
  struct graph g;
  struct order_item *items = o->c->order.items;
  size_t count = o->c->order.count;
  graph_init(&g, o->arena, (uint32_t)o->c->model->variables.count);
  need_equations(o, &g);
  need_limits(o->c, &g);
  graph_finish(&g);
  struct components k = graph_components(&g);
  size_t *next = arena_array(o->arena, size_t, (size_t)k.count + 1);  // counting sort by component
  for (size_t i = 0; i < count; i++) next[k.component[items[i].variable] + 1]++;
  for (uint32_t i = 0; i < k.count; i++) next[i + 1] += next[i];
  struct order_item *sorted = arena_array(o->arena, struct order_item, count + 1);
  for (size_t i = 0; i < count; i++) sorted[next[k.component[items[i].variable]]++] = items[i];
  if (count) memcpy(items, sorted, count * sizeof *items);
  for (uint32_t i = 0; i < g.count; i++) {
    uint32_t v = k.order[i], before = i ? k.order[i - 1] : v, after = i + 1 < g.count ? k.order[i + 1] : v;
    bool shared =
        (before != v && k.component[before] == k.component[v]) || (after != v && k.component[after] == k.component[v]);
    if (shared || needs_itself(&g, v)) o->c->variables[v].ring = k.component[v] + 1;
  }
}

bool order_variables(struct arena *a, struct checked *c, struct diag *diag) {
  struct ordering o = {a, c, diag, RUNNING, arena_array(a, bool, c->model->variables.count + 1)};
  bool running = order_for(&o);
  if (running && has_limits(c->model)) order_limits(&o);
  o.when = STARTING;
  return order_for(&o) && running;
}
