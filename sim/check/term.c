// SPDX-License-Identifier: GPL-3.0-or-later
// Checked terms as text, fully bracketed, with every subscript written: what the checker understood.
#include "base/text.h"
#include "check/check.h"

static const char *operator_text(enum expr_op op) {
  static const char *const texts[] = {"",  "-",  "not ", "+",  "-", "*",  "/",   "^",
                                      "=", "<>", "<",    "<=", ">", ">=", "and", "or"};
  return texts[op];
}

static void print_axis(struct text *out, const struct checked *c, const struct checked_equation *e, uint32_t axis) {
  text_puts(out, c->model->dimensions.items[e->axes[axis].dimension].name);
}

static void print_indices(struct text *out, const struct checked *c, const struct checked_equation *e,
                          const struct term *t) {
  const struct variable *v = &c->model->variables.items[t->variable];
  for (size_t i = 0; i < v->dim_count; i++) {
    text_puts(out, i ? "," : "[");
    const struct dimension *d = &c->model->dimensions.items[v->dims[i]];
    if (t->indices[i].fixed)
      text_puts(out, d->elements[c->local[v->dims[i]][t->indices[i].element]]);
    else
      print_axis(out, c, e, t->indices[i].axis);
  }
  if (v->dim_count) text_puts(out, "]");
}

static void print_args(struct text *out, const struct checked *c, const struct checked_equation *e,
                       const struct term *t, size_t count) {
  text_puts(out, "(");
  for (size_t i = 0; i < count; i++) {
    if (i) text_puts(out, ", ");
    term_print(out, c, e, t->args[i]);
  }
  text_puts(out, ")");
}

static void print_reduction(struct text *out, const struct checked *c, const struct checked_equation *e,
                            const struct term *t) {
  text_puts(out, fn_table[t->fn].name);
  const char *before = "[";
  for (uint64_t over = t->over; over; over &= over - 1, before = ",") {
    text_puts(out, before);
    print_axis(out, c, e, (uint32_t)__builtin_ctzll(over));
  }
  text_puts(out, "]");
  print_args(out, c, e, t, t->arg_count);
}

void term_print(struct text *out, const struct checked *c, const struct checked_equation *e, const struct term *t) {
  char number[32];
  switch (t->kind) {
    case TERM_NUMBER:
      text_puts(out, text_from_number(t->number, number));
      break;
    case TERM_TIME:
      text_puts(out, "time");
      break;
    case TERM_TIME_STEP:
      text_puts(out, "time_step");
      break;
    case TERM_REF:
      text_puts(out, c->model->variables.items[t->variable].name);
      print_indices(out, c, e, t);
      break;
    case TERM_UNARY:
      text_puts(out, operator_text(t->op));
      print_args(out, c, e, t, 1);
      break;
    case TERM_BINARY:
      text_puts(out, "(");
      term_print(out, c, e, t->args[0]);
      text_printf(out, " %s ", operator_text(t->op));
      term_print(out, c, e, t->args[1]);
      text_puts(out, ")");
      break;
    case TERM_IF:
      text_puts(out, "if");
      print_args(out, c, e, t, t->arg_count);
      break;
    case TERM_CALL:
      text_puts(out, fn_table[t->fn].name);
      print_args(out, c, e, t, t->arg_count);
      break;
    case TERM_REDUCE:
      print_reduction(out, c, e, t);
      break;
    case TERM_LOOKUP:
      text_puts(out, c->model->variables.items[t->variable].name);
      print_indices(out, c, e, t);
      print_args(out, c, e, t, t->arg_count);
      break;
    case TERM_INLINE:
      text_puts(out, t->function->name);
      print_args(out, c, e, t, t->arg_count - 1);
      break;
  }
}
