// SPDX-License-Identifier: GPL-3.0-or-later
// Graph of values -> programs. What nothing needs is dropped (dead code); a value of time alone goes to the time
// program and a value of parameters alone to `initial` (binding time); an operation used once is joined to its user
// (fuse.c); temporaries share slots (emit.c). None of it changes bits.
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

// An operation that is a variable's whole value bears its name, for messages.
static void name_values(struct scheduling *s) {
  struct lowering *w = s->w;
  s->defines = arena_array(w->arena, uint32_t, (size_t)s->count + 1);
  for (uint32_t v = 0; v < s->count; v++) s->defines[v] = UINT32_MAX;
  for (uint32_t v = (uint32_t)w->m->variables.count; v-- > 0;)
    for (int mode = 0; mode < MODES; mode++) {
      const struct whole *x = &w->wholes[mode][v];
      if (x->made && !x->elements && w->m->variables.items[v].element_count == schedule_value(s, x->value)->count)
        s->defines[x->value] = v;
    }
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
  name_values(&s);
  fuse_all(&s);
  emit_program(&s);
}
