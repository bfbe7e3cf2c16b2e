// SPDX-License-Identifier: GPL-3.0-or-later
// Graph of values -> programs. What nothing needs is dropped (dead code); a value of time alone goes to the time
// program and a value of parameters alone to `initial` (binding time); a product used once is joined to the sum it
// feeds (superinstructions, two roundings as before); temporaries share slots (colouring). None of it changes bits.
//
// Values are numbered after what they need, so their numbers are an order of evaluation; needs are found by going
// through them backwards.
#include "lower/schedule.h"

#include <string.h>

// The section that must compute a value when `section` needs it.
static enum section section_for(const struct scheduling *s, const struct dag_value *v, enum section section) {
  if (s->w->options->no_binding && !(v->binding & BOUND_DRAWN)) return section;
  unsigned binding = v->binding & (BOUND_TIME | BOUND_MEMBER | BOUND_STATE);
  if (binding == BOUND_TIME) return SECTION_TIME;
  if (binding == BOUND_MEMBER) return SECTION_INITIAL;
  return section;
}

static void need(struct scheduling *s, uint32_t value, enum section section) {
  const struct dag_value *v = schedule_value(s, value);
  if (schedule_is_leaf(v)) {
    s->needed[value] |= (uint8_t)(1u << section);
    return;
  }
  enum section by = section_for(s, v, section);
  if (by != section) s->exported[value] = true;
  if (by == SECTION_OUTPUTS && s->needed[value] >> SECTION_RATES & 1) return;  // outputs reads what rates left
  s->needed[value] |= (uint8_t)(1u << by);
}

static void for_args(struct scheduling *s, uint32_t value, void (*visit)(struct scheduling *, uint32_t, enum section),
                     enum section section) {
  const struct dag_value *v = schedule_value(s, value);
  for (size_t i = 0; i < v->arg_count; i++) visit(s, v->args[i].value, section);
  for (size_t i = 0; i < v->part_count; i++) visit(s, v->parts[i].from.value, section);
}

static void need_backwards(struct scheduling *s, enum section section) {
  for (uint32_t v = s->count; v-- > 0;)
    if (s->needed[v] >> section & 1) for_args(s, v, need, section);
}

static void need_roots(struct scheduling *s, const root_list *list, enum section section) {
  for (size_t i = 0; i < list->count; i++) need(s, list->items[i].from.value, section);
}

static void find_needs(struct scheduling *s) {
  struct lowering *w = s->w;
  need_roots(s, &w->rates, SECTION_RATES);
  need_roots(s, &w->advances, SECTION_RATES);
  need_backwards(s, SECTION_RATES);
  for (size_t i = 0; i < w->column_args.count; i++) need(s, w->column_args.items[i].value, SECTION_OUTPUTS);
  for (size_t i = 0; i < w->guard_args.count; i++) need(s, w->guard_args.items[i].value, SECTION_OUTPUTS);
  need_backwards(s, SECTION_OUTPUTS);
  need_roots(s, &w->samples, SECTION_SAMPLE);
  need_backwards(s, SECTION_SAMPLE);
  need_roots(s, &w->starts, SECTION_INITIAL);
  need_roots(s, &w->held_starts, SECTION_INITIAL);
  need_backwards(s, SECTION_INITIAL);
  need_backwards(s, SECTION_TIME);
}

static void use(struct scheduling *s, uint32_t value, enum section section) {
  (void)section;
  s->uses[value]++;
}

static void count_uses(struct scheduling *s) {
  for (uint32_t v = 0; v < s->count; v++)
    for (int section = 0; section < SECTIONS; section++)
      if (s->needed[v] >> section & 1) for_args(s, v, use, (enum section)section);
  const root_list *lists[] = {&s->w->rates, &s->w->starts, &s->w->held_starts, &s->w->samples, &s->w->advances};
  for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
    for (size_t i = 0; i < lists[k]->count; i++) s->uses[lists[k]->items[i].from.value]++;
  for (size_t i = 0; i < s->w->column_args.count; i++) s->uses[s->w->column_args.items[i].value]++;
  for (size_t i = 0; i < s->w->guard_args.count; i++) s->uses[s->w->guard_args.items[i].value]++;
}

// ---- superinstructions

// Is argument i of v an operation that only v uses, over the very same loops?
static const struct dag_value *only_mine(const struct scheduling *s, const struct dag_value *v, uint32_t self,
                                         size_t i) {
  const struct dag_arg *a = &v->args[i];
  const struct dag_value *x = schedule_value(s, a->value);
  bool dense =
      a->offset == 0 && (v->count == 1 || (a->inner == 1 && (v->outer_count == 1 || a->outer == v->inner_count)));
  bool mine = x->op < IR_OPS && s->uses[a->value] == 1 && s->needed[a->value] == s->needed[self] &&
              !s->exported[a->value] && !s->absorbed[a->value] && x->count == v->count &&
              x->outer_count == v->outer_count && x->inner_count == v->inner_count;
  return dense && mine ? x : NULL;
}

static bool join(struct fused *f, enum op op, struct dag_arg a, struct dag_arg b, struct dag_arg c) {
  *f = (struct fused){.op = (uint16_t)op, .args = {a, b, c}, .arg_count = 3};
  return true;
}

static bool fuse_sum(struct scheduling *s, const struct dag_value *v, uint32_t self, struct fused *f) {
  for (size_t i = 0; i < 2; i++) {
    const struct dag_value *x = only_mine(s, v, self, i);
    if (!x || x->op != IR_MUL) continue;
    s->absorbed[v->args[i].value] = true;
    enum op op = v->op == IR_ADD ? IR_MULADD : i == 0 ? IR_MULSUB : IR_SUBMUL;
    return join(f, op, x->args[0], x->args[1], v->args[1 - i]);
  }
  return false;
}

static bool fuse_product(struct scheduling *s, const struct dag_value *v, uint32_t self, struct fused *f) {
  for (size_t i = 0; i < 2; i++) {
    const struct dag_value *x = only_mine(s, v, self, i);
    if (!x || (x->op != IR_ADD && x->op != IR_SUB)) continue;
    s->absorbed[v->args[i].value] = true;
    return join(f, x->op == IR_ADD ? IR_MULSUM : IR_MULDIFF, v->args[1 - i], x->args[0], x->args[1]);
  }
  return false;
}

static bool fuse_dot(struct scheduling *s, const struct dag_value *v, uint32_t self, struct fused *f) {
  const struct dag_arg *a = &v->args[0];
  const struct dag_value *x = schedule_value(s, a->value);
  bool whole = x->op == IR_MUL && a->offset == 0 && x->count == v->outer_count * v->inner_count &&
               x->outer_count == 1 && v->outer_count == 1;
  if (!whole || s->uses[a->value] != 1 || s->needed[a->value] != s->needed[self] || s->exported[a->value]) return false;
  s->absorbed[a->value] = true;
  *f = (struct fused){.op = IR_RDOT, .args = {x->args[0], x->args[1]}, .arg_count = 2};
  return true;
}

static struct fused fuse(struct scheduling *s, uint32_t value) {
  const struct dag_value *v = schedule_value(s, value);
  struct fused f = {.op = v->op, .arg_count = v->arg_count};
  memcpy(f.args, v->args, sizeof f.args);
  if (s->w->options->no_fuse) return f;
  if ((v->op == IR_ADD || v->op == IR_SUB) && fuse_sum(s, v, value, &f)) return f;
  if (v->op == IR_MUL && fuse_product(s, v, value, &f)) return f;
  if (v->op == IR_RSUM) fuse_dot(s, v, value, &f);
  return f;
}

// Users come after what they use, so going backwards a user chooses before its operands are emitted on their own.
static void fuse_all(struct scheduling *s) {
  s->fused = arena_array(s->w->arena, struct fused, (size_t)s->count + 1);
  for (uint32_t v = s->count; v-- > 0;)
    if (s->needed[v] && !schedule_is_leaf(schedule_value(s, v)) && !s->absorbed[v]) s->fused[v] = fuse(s, v);
}

void schedule(struct lowering *w) {
  struct arena *a = w->arena;
  uint32_t count = (uint32_t)w->dag.values.count;
  struct scheduling s = {.w = w, .g = &w->dag, .p = w->p, .count = count};
  s.needed = arena_array(a, uint8_t, count);
  s.exported = arena_array(a, bool, count);
  s.absorbed = arena_array(a, bool, count);
  s.uses = arena_array(a, uint32_t, count);
  find_needs(&s);
  count_uses(&s);
  fuse_all(&s);
  emit_program(&s);
}
