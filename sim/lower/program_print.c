// SPDX-License-Identifier: GPL-3.0-or-later
// A program as text: one line an instruction, places named by their area, so that each pass can be seen at work.
#include <string.h>

#include "kernel/kernel.h"
#include "lower/lower.h"

// The time program has a slab of its own, with the time values at its start.
static void print_time_place(struct text *out, const struct program *p, const struct operand *o) {
  bool value = o->slot < p->time_count;
  text_printf(out, value ? "t%u" : "%%%u", value ? o->slot : o->slot - p->time_count);
}

static void print_place(struct text *out, const struct program *p, bool of_time, const struct operand *o) {
  if (of_time && o->base == BASE_SLAB) {
    print_time_place(out, p, o);
    return;
  }
  if (o->base == BASE_STATE) {
    text_printf(out, "y%u", o->slot);
  } else if (o->base == BASE_RATE) {
    text_printf(out, "dy%u", o->slot);
  } else if (o->base == BASE_LITERAL) {
    text_printf(out, "#%u", o->slot);
  } else if (o->base == BASE_TIME) {
    text_printf(out, "t%u", o->slot);
  } else if (o->slot < p->member_slot) {
    text_printf(out, "p%u", o->slot - p->parameter_slot);
  } else if (o->slot < p->held_slot) {
    text_printf(out, "m%u", o->slot - p->member_slot);
  } else if (o->slot < p->held_slot + p->held_count) {
    text_printf(out, "h%u", o->slot - p->held_slot);
  } else {
    text_printf(out, "%%%u", o->slot - p->held_slot - p->held_count);
  }
}

static void print_operand(struct text *out, const struct program *p, bool of_time, const struct instruction *n,
                          const struct operand *o) {
  text_puts(out, " ");
  print_place(out, p, of_time, o);
  bool scalar = !o->inner && (n->outer_count == 1 || !o->outer);
  if (n->outer_count * n->inner_count > 1 && scalar) text_puts(out, "*");
  if (n->outer_count > 1 && !scalar) text_printf(out, "(%u,%u)", o->outer, o->inner);
}

static void print_instruction(struct text *out, const struct program *p, bool of_time, const struct instruction *n) {
  text_puts(out, "  ");
  print_place(out, p, of_time, &n->dst);
  if (n->outer_count > 1)
    text_printf(out, "[%ux%u]", n->outer_count, n->inner_count);
  else if (n->inner_count > 1)
    text_printf(out, "[%u]", n->inner_count);
  text_printf(out, " = %s", op_name(n->op));
  const struct operand *operands[] = {&n->a, &n->b, &n->c};
  for (unsigned i = 0; i < op_arity(n->op); i++) print_operand(out, p, of_time, n, operands[i]);
  if (n->op == IR_LOOKUP || n->op == IR_LOOKUPY) text_printf(out, " table %u", n->aux);
  if (n->op == IR_GATHER) text_printf(out, " at %u", n->aux);
  if (n->origin != UINT32_MAX) text_printf(out, "   ; %s", p->model->variables.items[n->origin].name);
  text_puts(out, "\n");
}

static void print_code(struct text *out, const struct program *p, const char *name, const struct code *c) {
  text_printf(out, "%s: %zu instructions\n", name, c->count);
  for (size_t i = 0; i < c->count; i++) print_instruction(out, p, c == &p->time, &c->items[i]);
}

void program_print(struct text *out, const struct program *p) {
  text_printf(out,
              "program of %s: %u states, %u slots (%u literals, %zu parameters, %u time values, %u member values, "
              "%u held, %u temporaries)\n",
              p->scenario->name, p->state_count, p->slot_count, p->literal_count, p->parameter_count, p->time_count,
              p->held_slot - p->member_slot, p->held_count, p->slot_count - p->held_slot - p->held_count);
  text_puts(
      out,
      "; # literal  p parameter  t time value  m member value  h held  % temporary  y state  dy rate  * broadcast\n");
  print_code(out, p, "time (once per half step, for all members)", &p->time);
  print_code(out, p, "initial (once per member)", &p->initial);
  print_code(out, p, "sample (at grid points)", &p->sample);
  print_code(out, p, "rates (at every stage)", &p->rates);
  print_code(out, p, "outputs (at save times)", &p->outputs);
  print_code(out, p, "advance (after the first stage)", &p->advance);
}
