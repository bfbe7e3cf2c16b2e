// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers that must be known while a file is read: the times of the run, orders of delays, numerical actions. They may
// be written as expressions of constants, and are valued at the start of the run. What needs a state, an array or a
// function that is not plain arithmetic is not known here.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_data.h"
#include "vensim/mdl_parts.h"

static bool binary(enum expr_op op, double a, double b, double *out) {
  switch (op) {
    case OP_ADD:
      return *out = a + b, true;
    case OP_SUBTRACT:
      return *out = a - b, true;
    case OP_MULTIPLY:
      return *out = a * b, true;
    case OP_DIVIDE:
      return *out = a / b, true;
    case OP_EQUAL:
      return *out = a == b, true;
    case OP_UNEQUAL:
      return *out = a != b, true;
    case OP_LESS:
      return *out = a < b, true;
    case OP_LESS_EQUAL:
      return *out = a <= b, true;
    case OP_GREATER:
      return *out = a > b, true;
    case OP_GREATER_EQUAL:
      return *out = a >= b, true;
    case OP_AND:
      return *out = a != 0 && b != 0, true;
    case OP_POWER:
      if (b != trunc(b) || fabs(b) > 1000) return false;
      for (*out = 1; b != 0; b += b > 0 ? -1 : 1) *out = b > 0 ? *out * a : *out / a;
      return true;
    case OP_OR:
      return *out = a != 0 || b != 0, true;
    default:
      return false;
  }
}

static double half_step(struct mdl *m) {
  double step;
  return mdl_value_of(m, "time step", &step) ? step / 2 : 0;
}

static bool value_in(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, double *value);

static bool call(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, double *out) {
  double a[3], start;
  if (n->arg_count < 1 || n->arg_count > 3) return false;
  if (strcmp(n->key, "elmcount") == 0) {
    uint32_t r = n->args[0]->kind == MDL_NAME ? mdl_range_find(m, n->args[0]->key) : MDL_NONE;
    if (r != MDL_NONE) *out = m->ranges.items[r].count;
    return r != MDL_NONE;
  }
  for (size_t i = 0; i < n->arg_count; i++)
    if (!value_in(m, c, n->args[i], &a[i])) return false;
  if (n->arg_count == 3 && strcmp(n->key, "if then else") == 0) return *out = a[0] != 0 ? a[1] : a[2], true;
  if (n->arg_count == 2 && strcmp(n->key, "step") == 0)
    return mdl_value_of(m, "initial time", &start) &&
           (*out = a[1] <= start || a[1] < start + half_step(m) ? a[0] : 0, true);
  if (n->arg_count == 2 && strcmp(n->key, "max") == 0) return *out = a[0] > a[1] ? a[0] : a[1], true;
  if (n->arg_count == 2 && strcmp(n->key, "min") == 0) return *out = a[0] < a[1] ? a[0] : a[1], true;
  if (n->arg_count == 1 && strcmp(n->key, "integer") == 0) return *out = trunc(a[0]), true;
  if (n->arg_count == 1 && strcmp(n->key, "abs") == 0) return *out = fabs(a[0]), true;
  if (n->arg_count == 1 && (strcmp(n->key, "initial") == 0 || strcmp(n->key, "game") == 0)) return *out = a[0], true;
  return false;
}

// The number of the element that a range stands for, or of an element.
static bool number_here(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, double *value) {
  const struct mdl_sub s = {n->span, n->key, n->name, n->sub_count == 1};
  uint32_t element;
  if (!c || !mdl_element_here(m, c, &s, &element)) return false;
  return *value = m->elements.items[element].number + 1, true;
}

// `c`: NULL, or an equation of one element, where ranges are numbers too.
static bool value_in(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, double *value) {
  double a, b;
  switch (n->kind) {
    case MDL_NUMBER:
      *value = n->number;
      return true;
    case MDL_NAME:
      if (number_here(m, c, n, value)) return true;
      if (n->sub_count) return false;
      if (strcmp(n->key, "time") == 0) return mdl_value_of(m, "initial time", value);
      return mdl_value_of(m, n->key, value);
    case MDL_UNARY:
      if (!value_in(m, c, n->args[0], &a)) return false;
      *value = n->op == OP_NOT ? a == 0 : -a;
      return true;
    case MDL_BINARY:
      return value_in(m, c, n->args[0], &a) && value_in(m, c, n->args[1], &b) && binary(n->op, a, b, value);
    case MDL_CALL:
      return call(m, c, n, value);
    default:
      return false;
  }
}

bool mdl_value(struct mdl *m, const struct mdl_node *n, double *value) {
  return value_in(m, NULL, n, value);
}

bool mdl_value_of_elements(const struct mdl *m, const struct mdl_node *n) {
  if (n->kind == MDL_NAME) return mdl_range_find(m, n->key) != MDL_NONE || mdl_element_find(m, n->key) != MDL_NONE;
  bool ok = n->kind == MDL_NUMBER || n->kind == MDL_UNARY || n->kind == MDL_BINARY;
  ok = ok || (n->kind == MDL_CALL && strcmp(n->key, "elmcount") == 0);
  for (size_t i = 0; ok && i < n->arg_count; i++) ok = mdl_value_of_elements(m, n->args[i]);
  return ok;
}

bool mdl_value_here(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, double *value) {
  return mdl_value_of_elements(m, n) && value_in(m, c, n, value);
}

bool mdl_value_of(struct mdl *m, const char *key, double *value) {
  uint32_t index = map_get(&m->variable_keys, key);
  if (index == MAP_NONE) return false;
  struct mdl_variable *v = &m->variables.items[index];
  if (v->value_state == 1 || v->value_state == 3 || v->equations.count != 1 ||
      v->equations.items[0]->form != MDL_FORM_EXPR || v->equations.items[0]->sub_count)
    return false;
  if (v->value_state == 2) return *value = v->value, true;
  const struct mdl_node *rhs = v->equations.items[0]->rhs;
  if (rhs->kind == MDL_CALL && strncmp(rhs->key, "get ", 4) == 0 && strstr(rhs->key, " constants")) {
    v->value_state = mdl_data_constants(m, v->equations.items[0], &v->value, 1) ? 2 : 3;
    return *value = v->value, v->value_state == 2;
  }
  if (++m->macro_depth > LIMIT_EXPR_DEPTH) return m->macro_depth--, false;
  v->value_state = 1;
  bool ok = mdl_value(m, v->equations.items[0]->rhs, value);
  v = &m->variables.items[index];
  v->value_state = ok ? 2 : 3, v->value = *value;  // 3: known to be unknown
  m->macro_depth--;
  return ok;
}

// Does its value change while the model runs? Names other than the time stand for what mdl_value can know.
bool mdl_value_moves(const struct mdl_node *n) {
  if (n->kind == MDL_NAME && strcmp(n->key, "time") == 0) return true;
  for (size_t i = 0; i < n->arg_count; i++)
    if (mdl_value_moves(n->args[i])) return true;
  return n->kind == MDL_CALL && (strcmp(n->key, "step") == 0 || strcmp(n->key, "ramp") == 0);
}

bool mdl_value_constant(struct mdl *m, const struct mdl_node *n, double *value) {
  if (!mdl_value(m, n, value) || !mdl_variable_is_fixed(m, n)) return false;
  mdl_variable_rely(m, n, RELIES_ON_VALUE);
  return true;
}

// A number that must be known: "numerical action" and the like.
bool mdl_value_known(struct mdl *m, const struct mdl_node *n, double *value) {
  if (mdl_value(m, n, value)) return mdl_variable_rely(m, n, RELIES_ON_VALUE), true;
  diag_error(m->diag, n->span, mdl_known);
  return false;
}
