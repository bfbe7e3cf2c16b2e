// SPDX-License-Identifier: GPL-3.0-or-later
// Dead hidden states. A smooth or delay whose value reaches no stock, no saved variable and no discrete state would be
// integrated for nothing (a rule that is off in this scenario, say): it is held at zero instead, and what only fed it
// is dropped with it. Stocks always count as seen.
#include "lower/lowering.h"

struct reach {
  struct lowering *w;
  bool *seen;        // [value]
  bool *state_seen;  // [state]
  uint32_t first_hidden;
};

// Values are numbered after what they need: one pass backwards finds all that the marked ones reach.
static void spread_marks(struct reach *r) {
  const struct dag *g = &r->w->dag;
  for (uint32_t v = (uint32_t)g->values.count; v-- > 0;) {
    const struct dag_value *x = &g->values.items[v];
    if (!r->seen[v]) continue;
    for (size_t i = 0; i < x->arg_count; i++) r->seen[x->args[i].value] = true;
    for (size_t i = 0; i < x->part_count; i++) r->seen[x->parts[i].from.value] = true;
    for (uint32_t k = 0; x->op == DAG_STATE && k < x->count; k++) r->state_seen[x->aux + k] = true;
  }
}

static void mark(struct reach *r, const root_list *list, bool hidden_too) {
  for (size_t i = 0; i < list->count; i++) {
    const struct root *x = &list->items[i];
    if (hidden_too || x->to < r->first_hidden || r->state_seen[x->to]) r->seen[x->from.value] = true;
  }
}

static size_t count_seen(const struct reach *r) {
  size_t count = 0;
  for (size_t s = 0; s < r->w->states.count; s++) count += r->state_seen[s];
  return count;
}

static void hold_at_zero(struct reach *r, root_list *list) {
  for (size_t i = 0; i < list->count; i++) {
    struct root *x = &list->items[i];
    if (x->to < r->first_hidden || r->state_seen[x->to]) continue;
    x->from = (struct dag_arg){dag_number(&r->w->dag, 0).value, 0, 0, 0};
  }
}

void lower_drop_unseen(struct lowering *w, uint32_t first_hidden) {
  struct reach r = {w, arena_array(w->arena, bool, w->dag.values.count + 1),
                    arena_array(w->arena, bool, w->states.count + 1), first_hidden};
  mark(&r, &w->samples, true);
  mark(&r, &w->advances, true);
  for (size_t i = 0; i < w->column_args.count; i++) r.seen[w->column_args.items[i].value] = true;
  for (size_t i = 0; i < w->guard_args.count; i++) r.seen[w->guard_args.items[i].value] = true;
  for (size_t before = SIZE_MAX; before != count_seen(&r);) {
    before = count_seen(&r);
    mark(&r, &w->rates, false);
    spread_marks(&r);
  }
  hold_at_zero(&r, &w->rates);
  hold_at_zero(&r, &w->starts);
}
