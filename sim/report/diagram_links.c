// SPDX-License-Identifier: GPL-3.0-or-later
// See diagram_links.h.
#include "report/diagram_links.h"

#include <string.h>

struct linking {
  struct arena *a;
  const struct causes *g;
  struct diagram_links *out;
  uint32_t to;                /* the effect whose causes are sought */
  uint32_t *seen;             /* [variable]: 1 + the last effect for which it was met */
  LIST(uint32_t) hidden_ones; /* met for this effect, their causes still to be looked at */
};

static const struct variable *variable(const struct linking *l, uint32_t v) {
  return &l->g->checked->model->variables.items[v];
}

static void add(struct linking *l, uint32_t from, enum cause_kind kind) {
  list_push(l->a, &l->out->list) = (struct cause){from, l->to, kind, SIGN_NONE};
  l->out->linked[from] = l->out->linked[l->to] = true;
  if (kind == CAUSE_INFLOW) l->out->filled[from] = l->to;
  if (kind == CAUSE_OUTFLOW) l->out->drained[from] = l->to;
}

static void meet(struct linking *l, uint32_t from, enum cause_kind kind) {
  if (l->seen[from] == l->to + 1) return;
  l->seen[from] = l->to + 1;
  if (!variable(l, from)->hidden)
    add(l, from, kind);
  else
    list_push(l->a, &l->hidden_ones) = from;
}

// The terms of a net flow: what stands alone flows in or out, what is part of an expression acts on the stock.
static void take_sum(struct linking *l, const struct term *t, bool in, bool alone) {
  bool adds = t->kind == TERM_BINARY && (t->op == OP_ADD || t->op == OP_SUBTRACT);
  bool negates = t->kind == TERM_UNARY && t->op == OP_NEGATE;
  if (t->kind == TERM_REF) meet(l, t->variable, !alone ? CAUSE_EQUATION : in ? CAUSE_INFLOW : CAUSE_OUTFLOW);
  for (size_t i = t->kind == TERM_INLINE ? t->arg_count - 1 : 0; i < t->arg_count; i++) {
    bool flips = negates || (adds && t->op == OP_SUBTRACT && i == 1);
    take_sum(l, t->args[i], in != flips, alone && (adds || negates));
  }
}

static void take_net_flow(struct linking *l, uint32_t flow, bool in) {
  const struct checked *c = l->g->checked;
  const struct checked_variable *x = &c->variables[flow];
  l->seen[flow] = l->to + 1;
  for (size_t i = 0; i < x->equation_count; i++) take_sum(l, c->equations.items[x->equations[i]].rhs, in, true);
}

static void take_causes(struct linking *l, uint32_t effect) {
  for (uint32_t i = l->g->first[effect]; i < l->g->first[effect + 1]; i++) {
    const struct cause *c = &l->g->links.items[i];
    bool pipe = c->kind == CAUSE_INFLOW || c->kind == CAUSE_OUTFLOW;
    if (c->kind == CAUSE_LIMIT || c->from == l->to) continue;
    if (pipe && effect == l->to && variable(l, c->from)->hidden)
      take_net_flow(l, c->from, c->kind == CAUSE_INFLOW);
    else
      meet(l, c->from, effect == l->to ? c->kind : CAUSE_EQUATION);
  }
}

const struct diagram_links *diagram_links_of(struct arena *a, const struct causes *g) {
  uint32_t count = (uint32_t)g->checked->model->variables.count;
  struct diagram_links *out = arena_new(a, struct diagram_links);
  struct linking l = {.a = a, .g = g, .out = out, .seen = arena_array(a, uint32_t, count)};
  out->filled = arena_array(a, uint32_t, count);
  out->drained = arena_array(a, uint32_t, count);
  out->linked = arena_array(a, bool, count);
  memset(out->filled, 0xFF, count * sizeof *out->filled);
  memset(out->drained, 0xFF, count * sizeof *out->drained);
  for (uint32_t v = 0; v < count; v++) {
    if (variable(&l, v)->hidden) continue;
    l.to = v;
    l.hidden_ones.count = 0;
    take_causes(&l, v);
    while (l.hidden_ones.count) take_causes(&l, l.hidden_ones.items[--l.hidden_ones.count]);
  }
  return out;
}

bool diagram_links_is_pipe(const struct diagram_links *l, uint32_t variable) {
  return l->filled[variable] != DIAGRAM_NONE || l->drained[variable] != DIAGRAM_NONE;
}
