// SPDX-License-Identifier: GPL-3.0-or-later
// Walks the terms of the equations that hold while the model runs. The bodies of user functions stand in the terms with
// their arguments put in, so a function is never a node of its own.
#include "analyse/causes.h"

enum sign causes_sign_product(enum sign x, enum sign y) {
  if (x == SIGN_NONE || y == SIGN_NONE) return SIGN_NONE;
  if (x == SIGN_BOTH || y == SIGN_BOTH) return SIGN_BOTH;
  return x == y ? SIGN_PLUS : SIGN_MINUS;
}

struct walk {
  struct arena *arena;
  struct causes *causes;
  uint32_t *last; /* [variable]: 1 + the last effect for which it was noted as a cause */
  uint32_t to;
};

static void add(struct walk *w, uint32_t from, enum cause_kind kind, enum sign sign) {
  if (w->last[from] == w->to + 1) return;
  w->last[from] = w->to + 1;
  list_push(w->arena, &w->causes->links) = (struct cause){from, w->to, kind, sign};
}

static void walk_term(struct walk *w, const struct term *t) {
  if (t->kind == TERM_CALL && t->fn == FN_INITIAL) return;
  if (t->kind == TERM_REF || t->kind == TERM_LOOKUP) add(w, t->variable, CAUSE_EQUATION, SIGN_NONE);
  size_t i = t->kind == TERM_INLINE ? t->arg_count - 1 : 0;
  for (; i < t->arg_count; i++) walk_term(w, t->args[i]);
}

static void walk_flows(struct walk *w, const struct checked_variable *x) {
  for (size_t i = 0; i < x->inflow_count; i++) add(w, x->inflows[i], CAUSE_INFLOW, SIGN_PLUS);
  for (size_t i = 0; i < x->outflow_count; i++) add(w, x->outflows[i], CAUSE_OUTFLOW, SIGN_MINUS);
}

// A non-negative stock that is empty lets out no more than flows in.
static void walk_limits(struct walk *w) {
  const struct checked *c = w->causes->checked;
  for (uint32_t s = 0; s < c->model->variables.count; s++)
    for (size_t i = 0; c->model->variables.items[s].non_negative && i < c->variables[s].outflow_count; i++)
      if (c->variables[s].outflows[i] == w->to) add(w, s, CAUSE_LIMIT, SIGN_PLUS);
}

static void walk_variable(struct walk *w, uint32_t variable) {
  const struct checked *c = w->causes->checked;
  const struct checked_variable *x = &c->variables[variable];
  w->to = variable;
  if (c->model->variables.items[variable].kind == VARIABLE_STOCK) {
    walk_flows(w, x);
    return;
  }
  for (size_t i = 0; i < x->equation_count; i++) walk_term(w, c->equations.items[x->equations[i]].rhs);
  if (c->model->variables.items[variable].kind == VARIABLE_FLOW) walk_limits(w);
}

// A counting sort by cause: uses come in the order of the model.
static void index_uses(struct arena *a, struct causes *g, uint32_t count) {
  g->first_use = arena_array(a, uint32_t, (size_t)count + 2);
  g->uses = arena_array(a, uint32_t, g->links.count + 1);
  for (size_t i = 0; i < g->links.count; i++) g->first_use[g->links.items[i].from + 2]++;
  for (uint32_t v = 0; v < count; v++) g->first_use[v + 2] += g->first_use[v + 1];
  for (size_t i = 0; i < g->links.count; i++) g->uses[g->first_use[g->links.items[i].from + 1]++] = (uint32_t)i;
}

static void find_components(struct arena *a, struct causes *g, uint32_t count) {
  struct graph graph;
  graph_init(&graph, a, count);
  for (size_t i = 0; i < g->links.count; i++) graph_add(&graph, g->links.items[i].from, g->links.items[i].to);
  graph_finish(&graph);
  g->components = graph_components(&graph);
  g->component_sizes = arena_array(a, uint32_t, (size_t)g->components.count + 1);
  for (uint32_t v = 0; v < count; v++) g->component_sizes[g->components.component[v]]++;
}

struct causes *causes_create(struct arena *a, const struct checked *c) {
  uint32_t count = (uint32_t)c->model->variables.count;
  struct causes *g = arena_new(a, struct causes);
  struct walk w = {.arena = a, .causes = g, .last = arena_array(a, uint32_t, (size_t)count + 1)};
  g->checked = c;
  g->first = arena_array(a, uint32_t, (size_t)count + 1);
  for (uint32_t v = 0; v < count; v++) {
    walk_variable(&w, v);
    g->first[v + 1] = (uint32_t)g->links.count;
  }
  index_uses(a, g, count);
  find_components(a, g, count);
  return g;
}

struct cause *causes_link(const struct causes *g, uint32_t from, uint32_t to) {
  for (uint32_t i = g->first[to]; i < g->first[to + 1]; i++)
    if (g->links.items[i].from == from) return &g->links.items[i];
  return NULL;
}
