// SPDX-License-Identifier: GPL-3.0-or-later
// Functions with a memory that are more than one of ours with its arguments in another order: delays and smoothing of
// an order, delays of material, depreciation, INTEG inside an expression. Each after the equations in Vensim's
// reference manual; where those need a delay time that never changes, another is refused by name.
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_call.h"

static struct mdl_node *order_number(struct mdl *m, const struct mdl_node *n, double *order) {
  if (!mdl_value_known(m, n, order)) return NULL;
  *order = (double)(long)(*order + 0.5);
  struct mdl_node *x = arena_new(m->arena, struct mdl_node);
  *x = (struct mdl_node){.kind = MDL_NUMBER, .span = n->span, .number = *order, .integer = true};
  if (*order >= 1 && *order <= LIMIT_DELAY_ORDER) return x;
  diag_error(m->diag, n->span, delay_order, "this", LIMIT_DELAY_ORDER);
  return NULL;
}

// DELAY N and SMOOTH N(x, time, initial, order): the order is read at the start. A new delay time passes from
// stage to stage of a DELAY N step by step, as Vensim's outputs show.
struct expr *mdl_memory_of_order(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  double order;
  bool delay = *n->key == 'd';
  if (!mdl_call_fits(m, n, 4, 4)) return NULL;
  const struct mdl_node *x = order_number(m, n->args[3], &order);
  if (!x) return NULL;
  if (delay && order > 1 && !mdl_variable_is_fixed(m, n->args[1])) {
    struct mdl_node three = *n;
    three.arg_count = 3;
    return mdl_macro_call(m, c, mdl_macro_delay(m, (unsigned)order), &three);
  }
  struct expr *args[4] = {mdl_call_arg(m, c, n, 0), mdl_call_arg(m, c, n, 1), mdl_translate(m, c, x),
                          mdl_call_arg(m, c, n, 2)};
  return mdl_apply(m, n->span, delay ? "delayn" : "smoothn", 4, args);
}

// DELAY MATERIAL(x, time, initial, missing) and DELAY INFORMATION(x, time, initial): with a fixed time both are DELAY
// FIXED; else they need a belt.
struct expr *mdl_memory_discrete(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  size_t count = strcmp(n->key, "delay material") == 0 ? 4 : 3;
  if (!mdl_call_fits(m, n, count, count)) return NULL;
  if (!mdl_variable_is_fixed(m, n->args[1]))
    return mdl_macro_call(m, c, mdl_macro_library(m, arena_format(m->arena, "%s by slats", n->key)), n);
  struct expr *args[3] = {mdl_call_arg(m, c, n, 0), mdl_call_arg(m, c, n, 1), mdl_call_arg(m, c, n, 2)};
  return mdl_apply(m, n->span, "delay_fixed", 3, args);
}

// DEPRECIATE STRAIGHTLINE(stream, time, fiscal period, initial): supported where the period is one step.
struct expr *mdl_memory_depreciate(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  double period, step;
  if (!mdl_call_fits(m, n, 4, 4) || !mdl_value_known(m, n->args[2], &period)) return NULL;
  bool fixed = mdl_variable_is_fixed(m, n->args[1]);
  if (!fixed || !mdl_value_of(m, "time step", &step) || period != step) return mdl_call_unsupported(m, c, n);
  return mdl_macro_call(m, c, mdl_macro_library(m, "depreciate straightline by step"), n);
}

// INTEG or ACTIVE INITIAL inside an expression: a variable of its own.
struct expr *mdl_memory_inner(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  const char *name = arena_format(m->arena, "%s#%u", c->name, ++m->calls);
  bool stock = mdl_variable_is_stock(n);
  struct mdl_context wide;
  if (!mdl_variable_widen(m, c, &wide)) return mdl_call_unsupported(m, c, n);
  uint32_t index = mdl_variable_hidden(m, &wide, stock ? VARIABLE_STOCK : VARIABLE_AUXILIARY, name, n->span);
  struct mdl_context inside = mdl_variable_inside(m, &wide, name);
  return mdl_variable_equation(m, &inside, index, n) ? mdl_variable_in(m, c, &wide, n->span, index) : NULL;
}

// DELAY CONVEYOR(x, time, leak, profile, initial, initial time): one of fixed speed and leakage needs no belt.
struct expr *mdl_memory_conveyor(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!mdl_call_fits(m, n, 6, 6)) return NULL;
  bool fixed = mdl_variable_is_fixed(m, n->args[1]) && mdl_variable_is_fixed(m, n->args[2]) &&
               mdl_variable_is_fixed(m, n->args[5]);
  return mdl_macro_call(m, c, mdl_macro_library(m, fixed ? "conveyor of fixed speed" : "conveyor of any speed"), n);
}
