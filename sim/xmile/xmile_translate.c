// SPDX-License-Identifier: GPL-3.0-or-later
// Trees of XMILE -> expressions of our language, one equation at a time. Names are looked up in the model that the
// equation stands in, then among dimensions and the builtin quantities. What has no counterpart is an error here, never
// a zero.
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/limits.h"
#include "lang/fn.h"
#include "xmile/xmile_function.h"

// ---- making expressions

static struct expr *new_expr(struct xmile_reader *r, enum expr_kind kind, struct span at) {
  struct expr *e = arena_new(r->arena, struct expr);
  e->kind = kind;
  e->span = e->name_span = at;
  return e;
}

struct expr *xmile_number(struct xmile_reader *r, struct span at, double x) {
  struct expr *e = new_expr(r, EXPR_NUMBER, at);
  e->number = x;
  return e;
}

struct expr *xmile_reference(struct xmile_reader *r, struct span at, const char *name) {
  struct expr *e = new_expr(r, EXPR_NAME, at);
  e->name = name;
  return e;
}

static struct expr *with_args(struct xmile_reader *r, struct expr *e, size_t count, struct expr *const *args) {
  e->args = arena_array(r->arena, struct expr *, count + 1);
  e->arg_count = count;
  for (size_t i = 0; i < count; i++) {
    if (!args[i]) return NULL;
    e->args[i] = args[i];
  }
  return e;
}

struct expr *xmile_call(struct xmile_reader *r, struct span at, const char *function, size_t count,
                        struct expr *const *args) {
  struct expr *e = new_expr(r, EXPR_CALL, at);
  e->name = function;
  return with_args(r, e, count, args);
}

struct expr *xmile_binary(struct xmile_reader *r, struct span at, enum expr_op op, struct expr *a, struct expr *b) {
  struct expr *e = new_expr(r, EXPR_BINARY, at);
  e->op = op;
  return with_args(r, e, 2, (struct expr *[]){a, b});
}

struct expr *xmile_if(struct xmile_reader *r, struct span at, struct expr *c, struct expr *a, struct expr *b) {
  return with_args(r, new_expr(r, EXPR_IF, at), 3, (struct expr *[]){c, a, b});
}

struct expr *xmile_fail(struct xmile_reader *r, const struct xmile_context *c, struct span at, const char *format,
                        ...) {
  va_list args;
  va_start(args, format);
  const char *problem = arena_vformat(r->arena, format, args);
  va_end(args);
  diag_error(r->diag, at, xmile_equation, c->of, problem);
  return NULL;
}

// ---- names

// In a macro that runs by itself, its time and not ours.
static struct expr *own_time(struct xmile_reader *r, const struct xmile_clock *clock, const struct xmile_node *n,
                             const char *name) {
  if (strcmp(name, "time") == 0) return xmile_number(r, n->span, clock->time);
  if (strcmp(name, "dt") == 0 || strcmp(name, "time_step") == 0) return xmile_number(r, n->span, clock->dt);
  if (strcmp(name, "starttime") == 0 || strcmp(name, "initial_time") == 0)
    return xmile_number(r, n->span, clock->start);
  if (strcmp(name, "stoptime") == 0 || strcmp(name, "final_time") == 0) return xmile_number(r, n->span, clock->stop);
  return NULL;
}

static struct expr *builtin(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n,
                            const char *name) {
  const struct xmile_clock *clock = xmile_macro_clock(c->instance);
  struct expr *own = clock ? own_time(r, clock, n, name) : NULL;
  if (own) return own;
  if (strcmp(name, "time") == 0) return xmile_reference(r, n->span, "time");
  if (strcmp(name, "dt") == 0) return xmile_reference(r, n->span, "time_step");
  if (strcmp(name, "starttime") == 0) return xmile_reference(r, n->span, "$start");
  if (strcmp(name, "stoptime") == 0) return xmile_reference(r, n->span, "$stop");
  if (strcmp(name, "time_step") == 0) return xmile_reference(r, n->span, "time_step");  // Vensim's names
  if (strcmp(name, "initial_time") == 0) return xmile_reference(r, n->span, "$start");
  if (strcmp(name, "final_time") == 0) return xmile_reference(r, n->span, "$stop");
  if (strcmp(name, "saveper") == 0) return xmile_number(r, n->span, r->model->save);
  if (strcmp(name, "pi") == 0) return xmile_number(r, n->span, 3.14159265358979323846);
  if (strcmp(name, "inf") == 0) return xmile_number(r, n->span, INFINITY);
  if (strcmp(name, "nan") == 0) return xmile_number(r, n->span, NAN);
  if (strcmp(name, "self") == 0 && c->slot && c->slot->variable != XMILE_NONE)
    return xmile_array_own(r, c, n->span, c->slot->variable);
  return xmile_vendor_quantity(r, n, name);
}

static struct expr *element_number(struct xmile_reader *r, const struct xmile_node *n) {
  uint32_t element = xmile_dims_qualified(r, n->name);
  return element == XMILE_NONE ? NULL : xmile_number(r, n->span, element + 1.0);
}

// A macro's argument is put in where its name stands; subscripts and slices then are of what was given.
static struct expr *argument(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n,
                             const struct xmile_slot *s) {
  struct xmile_context inner = *s->context;
  inner.reduction = c->reduction, inner.expand = c->expand, inner.ordinal = c->ordinal;
  if (c->bound && !inner.bound && c->dim_count >= inner.dim_count) inner.bound = c->bound;
  if (!n->subscript_count) return xmile_translate(r, &inner, s->argument);
  struct xmile_node picked = *s->argument;
  if (picked.kind != XMILE_NAME || picked.subscript_count)
    return xmile_fail(r, c, n->span, "'%s' is not an array here", n->written);
  picked.subscripts = n->subscripts, picked.subscript_count = n->subscript_count;
  return xmile_translate(r, &inner, &picked);
}

static struct expr *unknown(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n) {
  const char *reason = xmile_vendor_refusal(n->name);
  if (reason) return xmile_fail(r, c, n->name_span, "%s is not supported: %s", n->written, reason);
  diag_error(r->diag, n->name_span, xmile_name_unknown, c->of, n->written);
  const char *near = map_nearest_key(&c->instance->names, n->name);
  if (near) diag_did_you_mean(r->diag, near);
  return NULL;
}

static struct expr *name(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n) {
  struct xmile_slot *s = xmile_instance_find(r, c->instance, n->name);
  if (s && s->argument) return argument(r, c, n, s);
  if (s && (s->only_table || s->variable == XMILE_NONE))
    return xmile_fail(r, c, n->span, "the graphical function '%s' needs an argument", n->written);
  if (s) return xmile_array_reference(r, c, n, s->variable);
  uint32_t dim = xmile_dims_find(r, n->name);
  if (dim != XMILE_NONE) return xmile_array_dimension(r, c, n->span, dim);
  struct expr *e = element_number(r, n);
  uint32_t macro = xmile_macro_find(r, n->name, 0);
  if (!e && macro != XMILE_NONE) return xmile_macro(r, c, n, macro);
  if (!e) e = builtin(r, c, n, strncmp(n->name, "std.", 4) == 0 ? n->name + 4 : n->name);
  return e ? e : unknown(r, c, n);
}

// ---- calls

static struct expr *call_table(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n,
                               const struct xmile_slot *s) {
  uint32_t table;
  if (n->arg_count != 1) return xmile_fail(r, c, n->span, "the graphical function '%s' takes one argument", n->written);
  struct expr *x = xmile_translate(r, c, n->args[0]);
  if (x && s->table != XMILE_NONE && r->model->variables.items[s->table].dim_count) {  // a table over dimensions
    struct expr *of = xmile_array_reference(r, c, n, s->table),
                *e = of ? xmile_call(r, n->span, of->name, 1, &x) : NULL;
    if (of && of->kind != EXPR_NAME) return xmile_fail(r, c, n->span, "which function of %s is meant?", n->written);
    if (e) e->subscripts = of->subscripts, e->subscript_count = of->subscript_count;
    return e;
  }
  if (!x || !xmile_array_table(r, c, n, s, &table)) return NULL;
  return xmile_call(r, n->span, r->model->variables.items[table].name, 1, &x);
}

// simulate.f: one of our own functions, as our writer puts them.
static struct expr *call_own(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n, enum fn f) {
  struct expr *args[LIMIT_ARGUMENTS];
  if (f == FN_MEDIAN && n->arg_count == 1) return xmile_array_reduce(r, c, n, "median", n->args[0]);
  if (n->arg_count < fn_table[f].fewest || n->arg_count > fn_table[f].most)
    return xmile_fail(r, c, n->span, "%s takes %u to %u arguments", n->written, fn_table[f].fewest, fn_table[f].most);
  for (size_t i = 0; i < n->arg_count; i++) args[i] = xmile_translate(r, c, n->args[i]);
  return xmile_call(r, n->span, fn_table[f].name, n->arg_count, args);
}

static struct expr *call(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n) {
  enum fn own = strncmp(n->name, "simulate.", 9) == 0 ? fn_by_name(n->name + 9) : FN_COUNT;
  if (own != FN_COUNT && !xmile_macro_clock(c->instance)) return call_own(r, c, n, own);
  const struct xmile_slot *s = xmile_instance_find(r, c->instance, n->name);
  if (s && (s->table != XMILE_NONE || s->tables)) return call_table(r, c, n, s);
  uint32_t macro = xmile_macro_find(r, n->name, n->arg_count);
  if (macro != XMILE_NONE) return xmile_macro(r, c, n, macro);
  if (s && !xmile_function_known(n->name))  // a variable may have the name of a function
    return xmile_fail(r, c, n->span, "'%s' is a variable, not a function", n->written);
  if (!n->arg_count && !n->subscript_count) {  // PI(), TIME()
    struct expr *e = builtin(r, c, n, n->name);
    if (e) return e;
  }
  return xmile_function(r, c, n);
}

// ---- the whole

static struct expr *operands(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n,
                             enum expr_kind kind) {
  struct expr *args[3];
  bool good = true;
  for (size_t i = 0; i < n->arg_count; i++) {
    args[i] = xmile_translate(r, c, n->args[i]);
    good = good && args[i];
  }
  if (!good) return NULL;
  struct expr *e = new_expr(r, kind, n->span);
  e->op = n->op;
  e->name_span = n->name_span;
  return with_args(r, e, n->arg_count, args);
}

// DIM = ELEMENT: beside the name of a dimension, that of one of its elements stands for its number.
static bool names_element(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *of,
                          const struct xmile_node *n, struct xmile_node *number) {
  if (of->kind != XMILE_NAME || n->kind != XMILE_NAME || of->subscript_count || n->subscript_count) return false;
  uint32_t dim = xmile_dims_find(r, of->name);
  if (dim == XMILE_NONE || xmile_instance_find(r, c->instance, of->name)) return false;
  uint32_t element = xmile_dims_element(r, dim, n->name);
  if (element == XMILE_NONE) return false;
  *number = (struct xmile_node){.kind = XMILE_NUMBER, .span = n->span, .number = element + 1.0};
  return true;
}

static struct expr *binary(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n) {
  struct xmile_node number, compared = *n;
  struct xmile_node *args[2] = {n->args[0], n->args[1]};
  bool comparison = n->op >= OP_EQUAL && n->op <= OP_GREATER_EQUAL;
  if (!comparison) return operands(r, c, n, EXPR_BINARY);
  if (names_element(r, c, args[0], args[1], &number))
    args[1] = &number;
  else if (names_element(r, c, args[1], args[0], &number))
    args[0] = &number;
  compared.args = args;
  return operands(r, c, &compared, EXPR_BINARY);
}

static struct expr *conditional(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n) {
  const struct xmile_node *branch = xmile_macro_branch(r, c, n);
  return branch ? xmile_translate(r, c, branch) : operands(r, c, n, EXPR_IF);
}

static struct expr *transposed(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n) {
  const struct xmile_node *of = n->args[0];
  struct xmile_slot *s = of->kind == XMILE_NAME ? xmile_instance_find(r, c->instance, of->name) : NULL;
  if (!s || s->variable == XMILE_NONE || of->subscript_count)
    return xmile_fail(r, c, n->span, "only a whole array can be transposed");
  const struct variable *v = &r->model->variables.items[s->variable];
  if (c->dim_count != v->dim_count) return xmile_fail(r, c, n->span, "the transposed array has other dimensions");
  struct xmile_node picked = *of;
  picked.subscript_count = v->dim_count;
  picked.subscripts = arena_array(r->arena, struct xmile_node *, v->dim_count);
  for (size_t i = 0; i < v->dim_count; i++) {
    struct xmile_node *at = picked.subscripts[i] = arena_new(r->arena, struct xmile_node);
    *at = (struct xmile_node){.kind = XMILE_POSITION, .span = n->span, .number = (double)(v->dim_count - i)};
  }
  return xmile_array_reference(r, c, &picked, s->variable);
}

struct expr *xmile_translate(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n) {
  if (r->depth >= 4 * LIMIT_EXPR_DEPTH || ++r->nodes > LIMIT_XMILE_NODES) {
    if (!r->too_large) xmile_fail(r, c, n->span, "the equations are too large, with the macros that they call");
    r->too_large = true;
    return NULL;
  }
  r->depth++;
  struct expr *e = NULL;
  switch (n->kind) {
    case XMILE_NUMBER:
      e = xmile_number(r, n->span, n->number);
      e->integer = n->integer;
      break;
    case XMILE_NAME:
      e = name(r, c, n);
      break;
    case XMILE_CALL:
      e = call(r, c, n);
      break;
    case XMILE_UNARY:
      e = operands(r, c, n, EXPR_UNARY);
      break;
    case XMILE_BINARY:
      e = binary(r, c, n);
      break;
    case XMILE_IF:
      e = conditional(r, c, n);
      break;
    case XMILE_TRANSPOSE:
      e = transposed(r, c, n);
      break;
    default:
      xmile_fail(r, c, n->span, "'*', '@' and ':' belong into subscripts");
  }
  r->depth--;
  return e;
}

// ---- numbers known while reading

// What is wrong with an equation is said when its variable is defined.
static struct xmile_node **parse_quietly(struct xmile_reader *r, const struct xml *x, const char *of, size_t *count) {
  struct diag unheard;
  diag_init(&unheard, r->arena);
  return xmile_parse(r->arena, x, of, count, &unheard);
}

static bool slot_constant(struct xmile_reader *r, struct xmile_context *c, const struct xmile_slot *s, double *value,
                          unsigned depth) {
  if (s->argument) {
    struct xmile_context inner = *s->context;
    return xmile_constant(r, &inner, s->argument, value, depth + 1);
  }
  const struct xml *eqn = s->x ? xml_child(s->x, "eqn") : NULL;
  size_t count;
  if (!eqn || strcmp(s->x->name, "stock") == 0 || s->table != XMILE_NONE || s->tables) return false;
  struct xmile_node **list = parse_quietly(r, eqn, s->name, &count);
  (void)c;
  struct xmile_context own = {.instance = s->instance, .of = s->name};
  return list && count == 1 && xmile_constant(r, &own, list[0], value, depth + 1);
}

static bool compare(enum expr_op op, double x, double y, double *value) {
  bool less = x < y, equal = x == y;
  *value = op == OP_LESS            ? less
           : op == OP_LESS_EQUAL    ? less || equal
           : op == OP_GREATER       ? x > y
           : op == OP_GREATER_EQUAL ? x > y || equal
           : op == OP_EQUAL         ? equal
                                    : !equal;
  return op >= OP_EQUAL && op <= OP_GREATER_EQUAL;
}

static bool operate(enum expr_op op, double x, double y, double *value) {
  switch (op) {
    case OP_ADD:
      *value = x + y;
      return true;
    case OP_SUBTRACT:
      *value = x - y;
      return true;
    case OP_MULTIPLY:
      *value = x * y;
      return true;
    case OP_DIVIDE:
      *value = x / y;
      return true;
    default:
      return compare(op, x, y, value);
  }
}

bool xmile_constant(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n, double *value,
                    unsigned depth) {
  double x, y;
  if (depth > LIMIT_MODULE_DEPTH) return false;
  switch (n->kind) {
    case XMILE_NUMBER:
      *value = n->number;
      return true;
    case XMILE_UNARY:
      if (n->op != OP_NEGATE || !xmile_constant(r, c, n->args[0], &x, depth + 1)) return false;
      *value = -x;
      return true;
    case XMILE_CALL:
      if (strcmp(n->name, "int") != 0 || n->arg_count != 1) return false;
      if (!xmile_constant(r, c, n->args[0], &x, depth + 1)) return false;
      *value = floor(x);
      return true;
    case XMILE_BINARY:
      return xmile_constant(r, c, n->args[0], &x, depth + 1) && xmile_constant(r, c, n->args[1], &y, depth + 1) &&
             operate(n->op, x, y, value);
    case XMILE_NAME: {
      const struct xmile_slot *s = n->subscript_count ? NULL : xmile_instance_find(r, c->instance, n->name);
      if (s) return slot_constant(r, c, s, value, depth);
      if (xmile_macro_clock(c->instance)) return false;
      *value = strcmp(n->name, "dt") == 0 ? r->model->step : strcmp(n->name, "starttime") == 0 ? r->model->start : NAN;
      return !isnan(*value);
    }
    default:
      return false;
  }
}

static bool fixed_at(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n, unsigned depth);

// Every equation of a slot is fixed, whatever the element.
static bool slot_fixed(struct xmile_reader *r, const struct xmile_slot *s, unsigned depth) {
  if (s->argument) {
    struct xmile_context inner = *s->context;
    return fixed_at(r, &inner, s->argument, depth + 1);
  }
  if (s->source) return slot_fixed(r, s->source, depth + 1);
  if (!s->x || strcmp(s->x->name, "aux") != 0) return false;
  struct xmile_context own = {.instance = s->instance, .of = s->name};
  for (size_t i = 0; i < s->x->children.count; i++) {
    const struct xml *x = s->x->children.items[i];
    if (strcmp(x->name, "element") == 0) x = xml_child(x, "eqn");
    if (!x || strcmp(x->name, "eqn") != 0) continue;
    size_t count;
    struct xmile_node **list = parse_quietly(r, x, s->name, &count);
    for (size_t k = 0; list && k < count; k++)
      if (!fixed_at(r, &own, list[k], depth + 1)) return false;
  }
  return true;
}

static void slot_rely(struct xmile_reader *r, const struct xmile_slot *s, enum reliance how, unsigned depth) {
  if (s->argument) {
    struct xmile_context inner = *s->context;
    xmile_rely(r, &inner, s->argument, how, depth + 1);
  }
  if (s->source) slot_rely(r, s->source, how, depth + 1);
  if (s->argument || s->source || s->variable == XMILE_NONE) return;
  struct variable *v = &r->model->variables.items[s->variable];
  struct xmile_context own = {.instance = s->instance, .of = s->name};
  size_t count;
  if (v->reliance >= how) return;
  v->reliance = how;
  const struct xml *eqn = s->x ? xml_child(s->x, "eqn") : NULL;
  struct xmile_node **list = eqn ? parse_quietly(r, eqn, s->name, &count) : NULL;
  for (size_t i = 0; list && i < count; i++) xmile_rely(r, &own, list[i], how, depth + 1);
}

void xmile_rely(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n, enum reliance how,
                unsigned depth) {
  const struct xmile_slot *s = n->kind == XMILE_NAME ? xmile_instance_find(r, c->instance, n->name) : NULL;
  if (depth > LIMIT_EXPR_DEPTH) return;
  if (s) slot_rely(r, s, how, depth);
  for (size_t i = 0; i < n->arg_count; i++) xmile_rely(r, c, n->args[i], how, depth + 1);
}

static bool fixed_at(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n, unsigned depth) {
  static const char *const varies[] = {"time", "self", NULL};
  static const char *const pure[] = {"abs", "exp",   "int",     "ln",   "log10", "max",  "min",
                                     "mod", "round", "safediv", "sqrt", "init",  "size", NULL};
  if (depth > LIMIT_EXPR_DEPTH) return false;
  if (n->kind == XMILE_NAME) {
    const struct xmile_slot *s = xmile_instance_find(r, c->instance, n->name);
    if (s) return slot_fixed(r, s, depth);
    return strcmp(n->name, varies[0]) != 0 && strcmp(n->name, varies[1]) != 0;
  }
  if (n->kind == XMILE_CALL) {
    size_t i = 0;
    while (pure[i] && strcmp(pure[i], n->name) != 0) i++;
    if (!pure[i]) return false;
    if (strcmp(n->name, "init") == 0) return true;
  }
  for (size_t i = 0; i < n->arg_count; i++)
    if (!fixed_at(r, c, n->args[i], depth + 1)) return false;
  return true;
}

bool xmile_is_fixed(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n) {
  if (!fixed_at(r, c, n, 0)) return false;
  xmile_rely(r, c, n, RELIES_ON_CONSTANCY, 0);
  return true;
}
