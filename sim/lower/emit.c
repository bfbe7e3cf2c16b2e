// SPDX-License-Identifier: GPL-3.0-or-later
// Slots and instructions. Parameters, member values and held values have slots for good, literals and time values
// places of their own; a rate is computed where the integrator wants it; everything else is a temporary, whose slots
// are coloured section by section (rates and outputs as one sequence, since outputs reads what rates left).
#include <string.h>

#include "kernel/kernel.h"
#include "lower/colour.h"
#include "lower/schedule.h"

enum { NEVER = UINT32_MAX };

struct home {
  bool placed, temporary;
  uint8_t base;
  uint32_t slot;
};

struct emission {
  struct scheduling *s;
  struct program *p;
  struct home *homes;  // [value]
  uint32_t *last_use;  // [value]: step of the sequence at hand
  uint32_t next_slot;  // fixed slots taken so far
  uint32_t temporary_slot, most;
  struct colouring slots;
  uint32_t step;
  LIST(struct instruction) code;
};

static const struct dag_value *value_of(const struct emission *m, uint32_t v) {
  return schedule_value(m->s, v);
}

// ---- fixed places

static void fix(struct emission *m, uint32_t value, enum base base, uint32_t slot) {
  m->homes[value] = (struct home){.placed = true, .base = (uint8_t)base, .slot = slot};
}

static uint32_t take(struct emission *m, uint32_t count) {
  uint32_t at = m->next_slot;
  m->next_slot += count;
  return at;
}

static void fix_literals(struct emission *m) {
  struct program *p = m->p;
  for (uint32_t v = 0; v < m->s->count; v++) {
    if (!m->s->needed[v] || value_of(m, v)->op != DAG_LITERAL) continue;
    fix(m, v, BASE_LITERAL, p->literal_count);
    p->literal_count += value_of(m, v)->count;
  }
  double *numbers = arena_array(m->s->w->arena, double, (size_t)p->literal_count + 1);
  for (uint32_t v = 0; v < m->s->count; v++)
    if (m->homes[v].placed)
      memcpy(numbers + m->homes[v].slot, value_of(m, v)->literal, value_of(m, v)->count * sizeof *numbers);
  p->literals = numbers;
}

static bool is_exported(const struct emission *m, uint32_t v, enum section section) {
  return m->s->exported[v] && m->s->needed[v] >> section & 1;
}

// The clocks, then what the time program makes of them.
static void fix_times(struct emission *m) {
  struct program *p = m->p;
  p->clock_slot = CLOCK_TIME, p->edge_slot = CLOCK_EDGE, p->low_slot = CLOCK_LOW;
  p->time_count = CLOCKS;
  for (uint32_t v = 0; v < m->s->count; v++) {
    if (!is_exported(m, v, SECTION_TIME)) continue;
    fix(m, v, BASE_TIME, p->time_count);
    p->time_count += value_of(m, v)->count;
  }
}

static void fix_member_values(struct emission *m) {
  m->p->member_slot = m->next_slot;
  for (uint32_t v = 0; v < m->s->count; v++)
    if (is_exported(m, v, SECTION_INITIAL)) fix(m, v, BASE_SLAB, take(m, value_of(m, v)->count));
}

static void fix_leaves(struct emission *m) {
  struct program *p = m->p;
  for (uint32_t v = 0; v < m->s->count; v++) {
    const struct dag_value *x = value_of(m, v);
    if (x->op == DAG_PARAMETER) fix(m, v, BASE_SLAB, p->parameter_slot + x->aux);
    if (x->op == DAG_CLOCK) fix(m, v, BASE_TIME, x->aux);
    if (x->op == DAG_HELD) fix(m, v, BASE_SLAB, p->held_slot + x->aux);
    if (x->op == DAG_STATE) fix(m, v, BASE_STATE, x->aux);
  }
}

static void fix_places(struct emission *m) {
  struct program *p = m->p;
  fix_literals(m);
  p->parameter_slot = take(m, (uint32_t)p->parameter_count);
  fix_times(m);
  fix_member_values(m);
  p->held_slot = take(m, p->held_count);
  fix_leaves(m);
  m->temporary_slot = m->most = m->next_slot;
}

// A rate that one value gives whole is computed in its place.
static void fix_rates(struct emission *m) {
  const root_list *rates = &m->s->w->rates;
  for (size_t i = 0; i < rates->count; i++) {
    const struct root *r = &rates->items[i];
    const struct dag_value *v = value_of(m, r->from.value);
    bool whole = r->from.offset == 0 && r->count == v->count && (v->count == 1 || r->from.inner);
    bool mine =
        !schedule_is_leaf(v) && m->s->needed[r->from.value] >> SECTION_RATES & 1 && !m->s->absorbed[r->from.value];
    bool elsewhere =
        m->s->needed[r->from.value] >> SECTION_SAMPLE & 1 || m->s->needed[r->from.value] >> SECTION_INITIAL & 1;
    if (whole && mine && !elsewhere && !m->homes[r->from.value].placed) fix(m, r->from.value, BASE_RATE, r->to);
  }
}

// ---- temporaries

static void use_args(struct emission *m, uint32_t value, void (*visit)(struct emission *, uint32_t)) {
  const struct dag_value *v = value_of(m, value);
  const struct fused *f = &m->s->fused[value];
  for (size_t i = 0; i < f->arg_count; i++) visit(m, f->args[i].value);
  for (size_t i = 0; i < v->part_count; i++) visit(m, v->parts[i].from.value);
}

static void mark_use(struct emission *m, uint32_t value) {
  m->last_use[value] = m->step;
}

static void give_back(struct emission *m, uint32_t value) {
  struct home *h = &m->homes[value];
  if (!h->temporary || m->last_use[value] != m->step || m->s->w->options->no_colour) return;
  colour_give(&m->slots, h->slot - m->temporary_slot, value_of(m, value)->count);
  h->temporary = false;  // given back once; the slot stays readable for this instruction
}

static bool dense_in(const struct dag_arg *a, const struct dag_value *v) {
  return a->offset == 0 && (v->count == 1 || (a->inner == 1 && (v->outer_count == 1 || a->outer == v->inner_count)));
}

// An operand of the same shape that dies here lends its slots to the result.
static uint32_t dying_operand(const struct emission *m, uint32_t value) {
  const struct fused *f = &m->s->fused[value];
  const struct dag_value *v = value_of(m, value);
  if (f->op >= IR_RSUM || m->s->w->options->no_colour) return NEVER;
  for (size_t i = 0; i < f->arg_count; i++) {
    uint32_t x = f->args[i].value;
    bool lends = m->homes[x].temporary && m->last_use[x] == m->step && value_of(m, x)->count == v->count;
    for (size_t k = 0; k < f->arg_count; k++) lends = lends && (f->args[k].value != x || dense_in(&f->args[k], v));
    if (lends) return x;
  }
  return NEVER;
}

static void house(struct emission *m, uint32_t value) {
  struct home *h = &m->homes[value];
  if (h->placed) return;
  uint32_t lender = dying_operand(m, value);
  if (lender != NEVER) {
    *h = (struct home){true, true, BASE_SLAB, m->homes[lender].slot};
    m->homes[lender].temporary = false;
  } else {
    *h = (struct home){true, true, BASE_SLAB, m->temporary_slot + colour_take(&m->slots, value_of(m, value)->count)};
  }
}

// ---- instructions

static struct operand operand_of(const struct emission *m, const struct dag_arg *a) {
  const struct home *h = &m->homes[a->value];
  return (struct operand){h->slot + a->offset, a->outer, h->base, a->inner};
}

static void copy(struct emission *m, struct dag_arg from, struct home to, uint32_t count, uint32_t origin) {
  struct instruction in = {.op = IR_COPY, .outer_count = 1, .inner_count = count, .origin = origin};
  in.dst = (struct operand){to.slot, count, to.base, 1};
  in.a = operand_of(m, &from);
  list_push(m->s->w->arena, &m->code) = in;
}

static void emit_value(struct emission *m, uint32_t value) {
  const struct dag_value *v = value_of(m, value);
  house(m, value);
  struct home h = m->homes[value];
  if (v->op == DAG_PACK) {
    for (uint32_t i = 0; i < v->part_count; i++) {
      struct home at = h;
      at.slot += v->parts[i].at;
      copy(m, v->parts[i].from, at, v->parts[i].count, m->s->defines[value]);
    }
    return;
  }
  const struct fused *f = &m->s->fused[value];
  struct instruction in = {.op = f->op,
                           .outer_count = v->outer_count,
                           .inner_count = v->inner_count,
                           .aux = v->aux,
                           .aux2 = v->aux2,
                           .origin = m->s->defines[value]};
  in.dst = (struct operand){h.slot, v->inner_count, h.base, 1};
  struct operand *operands[3] = {&in.a, &in.b, &in.c};
  for (size_t i = 0; i < f->arg_count; i++) *operands[i] = operand_of(m, &f->args[i]);
  list_push(m->s->w->arena, &m->code) = in;
}

// ---- units

static void begin_code(struct emission *m, const struct code *code) {
  m->code.items = code->items;
  m->code.count = m->code.capacity = code->count;
}

static struct code end_code(struct emission *m) {
  return (struct code){m->code.items, m->code.count};
}

struct sequence {
  LIST(uint32_t) values;
  size_t cut;  // first value of the second section
};

static struct sequence sequence_of(struct emission *m, enum section first, enum section last) {
  struct sequence q = {0};
  for (unsigned section = first; section <= last; section++) {
    q.cut = q.values.count;
    for (uint32_t v = 0; v < m->s->count; v++)
      if (m->s->needed[v] >> section & 1 && !schedule_is_leaf(value_of(m, v)) && !m->s->absorbed[v])
        list_push(m->s->w->arena, &q.values) = v;
  }
  return q;
}

static void keep_roots(struct emission *m, const root_list *roots) {
  for (size_t i = 0; i < roots->count; i++) m->last_use[roots->items[i].from.value] = NEVER;
}

// Finds last uses. Homes among temporaries are those of another section and are forgotten.
static void measure(struct emission *m, const struct sequence *q) {
  for (size_t i = 0; i < q->values.count; i++) {
    struct home *h = &m->homes[q->values.items[i]];
    if (h->placed && h->base == BASE_SLAB && h->slot >= m->temporary_slot) *h = (struct home){0};
  }
  for (m->step = 0; m->step < q->values.count; m->step++) {
    m->last_use[q->values.items[m->step]] = m->step;
    use_args(m, q->values.items[m->step], mark_use);
  }
}

static struct code emit_range(struct emission *m, const struct sequence *q, size_t from, size_t to) {
  begin_code(m, &(struct code){0});
  for (m->step = (uint32_t)from; m->step < to; m->step++) {
    emit_value(m, q->values.items[m->step]);
    use_args(m, q->values.items[m->step], give_back);
  }
  if (m->temporary_slot + m->slots.most > m->most) m->most = m->temporary_slot + m->slots.most;
  return end_code(m);
}

static struct sequence begin_section(struct emission *m, enum section first, enum section last) {
  m->slots = (struct colouring){.arena = m->s->w->arena};
  struct sequence q = sequence_of(m, first, last);
  measure(m, &q);
  return q;
}

static void append_roots(struct emission *m, const root_list *roots, enum base base, uint32_t first,
                         struct code *code) {
  begin_code(m, code);
  for (size_t i = 0; i < roots->count; i++) {
    const struct root *r = &roots->items[i];
    const struct home *h = &m->homes[r->from.value];
    struct home to = {.base = (uint8_t)base, .slot = first + r->to};
    bool there = h->base == to.base && h->slot + r->from.offset == to.slot;
    if (!there) copy(m, r->from, to, r->count, r->variable);
  }
  *code = end_code(m);
}

// All renewals happen at once: one that takes over the old value of another slot sets it aside first.
static void append_renewals(struct emission *m, const root_list *samples, struct code *code) {
  root_list last = {0};
  begin_code(m, code);
  for (size_t i = 0; i < samples->count; i++) {
    struct root r = samples->items[i];
    uint32_t value = r.from.value;
    if (value_of(m, value)->op == DAG_HELD) {
      struct home aside = {.base = BASE_SLAB, .slot = m->most};
      copy(m, r.from, aside, r.count, r.variable);
      m->most += r.count;
      struct home *fresh = &m->homes[m->s->count + i];  // spare homes behind the values
      *fresh = aside;
      r.from = (struct dag_arg){(uint32_t)(m->s->count + i), 0, 0, (uint8_t)(r.count > 1)};
    }
    list_push(m->s->w->arena, &last) = r;
  }
  *code = end_code(m);
  append_roots(m, &last, BASE_SLAB, m->p->held_slot, code);
}

static void emit_rates(struct emission *m) {
  struct lowering *w = m->s->w;
  struct program *p = m->p;
  struct sequence q = begin_section(m, SECTION_RATES, SECTION_OUTPUTS);
  keep_roots(m, &w->rates);
  keep_roots(m, &w->advances);
  for (size_t i = 0; i < w->column_args.count; i++) m->last_use[w->column_args.items[i].value] = NEVER;
  for (size_t i = 0; i < w->guard_args.count; i++) m->last_use[w->guard_args.items[i].value] = NEVER;
  p->rates = emit_range(m, &q, 0, q.cut);
  append_roots(m, &w->rates, BASE_RATE, 0, &p->rates);
  p->outputs = emit_range(m, &q, q.cut, q.values.count);
  append_roots(m, &w->advances, BASE_SLAB, p->held_slot, &p->advance);
  for (size_t i = 0; i < p->guard_count; i++) p->guards[i].from = operand_of(m, &w->guard_args.items[i]);
  for (size_t i = 0; i < p->column_count; i++) p->columns[i].from = operand_of(m, &w->column_args.items[i]);
}

// The time program works in a slab of its own, whose first slots are the time values it leaves.
static void emit_times(struct emission *m) {
  struct program *p = m->p;
  struct sequence q = begin_section(m, SECTION_TIME, SECTION_TIME);
  p->time = emit_range(m, &q, 0, q.values.count);
  p->time_slot_count = p->time_count + m->slots.most;
  for (size_t i = 0; i < p->time.count; i++) {
    struct instruction *n = &p->time.items[i];
    struct operand *places[] = {&n->dst, &n->a, &n->b, &n->c};
    for (size_t k = 0; k < 1 + op_arity(n->op); k++) {
      if (places[k]->base == BASE_SLAB) places[k]->slot += p->time_count - m->temporary_slot;
      if (places[k]->base == BASE_TIME) places[k]->base = BASE_SLAB;
    }
  }
}

void emit_program(struct scheduling *s) {
  struct arena *a = s->w->arena;
  size_t homes = (size_t)s->count + s->w->samples.count + 1;
  struct emission m = {.s = s, .p = s->p};
  m.homes = arena_array(a, struct home, homes);
  m.last_use = arena_array(a, uint32_t, homes);
  fix_places(&m);
  fix_rates(&m);
  emit_rates(&m);
  emit_times(&m);
  struct sequence q = begin_section(&m, SECTION_INITIAL, SECTION_INITIAL);
  keep_roots(&m, &s->w->starts);
  keep_roots(&m, &s->w->held_starts);
  s->p->initial = emit_range(&m, &q, 0, q.values.count);
  append_roots(&m, &s->w->starts, BASE_STATE, 0, &s->p->initial);
  append_roots(&m, &s->w->held_starts, BASE_SLAB, s->p->held_slot, &s->p->initial);
  q = begin_section(&m, SECTION_SAMPLE, SECTION_SAMPLE);
  keep_roots(&m, &s->w->samples);
  s->p->sample = emit_range(&m, &q, 0, q.values.count);
  append_renewals(&m, &s->w->samples, &s->p->sample);
  s->p->slot_count = m.most;
}
