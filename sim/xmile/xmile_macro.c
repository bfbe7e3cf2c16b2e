// SPDX-License-Identifier: GPL-3.0-or-later
// Macros (OASIS XMILE 1.0, 3.6.1). Each call is an instance of its own: the macro's variables become hidden variables
// over the dimensions of the equation that calls, arguments are put in where their names stand; what is drawn by chance
// is drawn once. A macro without variables is its equation. One that calls itself is written out, which ends where a
// condition on constants says so (xmile_macro_branch). Macros that run by themselves are in xmile_macro_run.c.
#include <string.h>

#include "base/limits.h"
#include "xmile/xmile_read.h"

enum { MACRO_NODES = 20 };  // a call weighs as much as so many parts of equations

static struct xmile_macro read_parms(struct xmile_reader *r, const struct xml *x, const char *folded) {
  static const char *const parts[] = {"parm", "eqn", "format", "doc", "sim_specs", "variables", "views", NULL};
  xmile_warn_unknown(r, x, parts);
  struct xmile_macro m = {.name = folded, .x = x, .next = XMILE_NONE};
  for (size_t i = 0; i < x->children.count; i++) {
    const struct xml *p = x->children.items[i];
    if (p->vendor || strcmp(p->name, "parm") != 0) continue;
    list_push(r->arena, &m.parms) = xmile_fold(r->arena, p->text);
    list_push(r->arena, &m.defaults) = xml_attribute(p, "default");
  }
  return m;
}

uint32_t xmile_macro_add(struct xmile_reader *r, const struct xml *x, const char *folded) {
  struct xmile_macro m = read_parms(r, x, folded);
  list_push(r->arena, &r->macros) = m;
  return (uint32_t)r->macros.count - 1;
}

// The same name may stand for macros with different numbers of arguments.
static bool name_macro(struct xmile_reader *r, const char *name, const struct xmile_macro *m) {
  uint32_t index = (uint32_t)r->macros.count, at = map_add(&r->macro_names, name, index);
  for (; at != index; at = r->macros.items[at].next) {
    struct xmile_macro *other = &r->macros.items[at];
    if (other->parms.count == m->parms.count) return false;
    if (other->next == XMILE_NONE) other->next = index;
  }
  return true;
}

uint32_t xmile_macro_find(struct xmile_reader *r, const char *folded, size_t arguments) {
  uint32_t first = map_get(&r->macro_names, folded), best = XMILE_NONE;
  if (first == MAP_NONE) return xmile_library_find(r, folded);
  for (uint32_t i = first; i != XMILE_NONE; i = r->macros.items[i].next) {
    const struct xmile_macro *m = &r->macros.items[i];
    if (m->parms.count == arguments) return i;
    if (m->parms.count > arguments && m->defaults.items[arguments]) best = i;
  }
  return best == XMILE_NONE ? first : best;
}

void xmile_macro_read(struct xmile_reader *r, const struct xml *x) {
  const char *name = xml_attribute(x, "name"), *filter = xml_attribute(x, "filter");
  if (!name) {
    diag_error(r->diag, x->span, xmile_nameless, x->name);
    return;
  }
  if (filter) {  // an option's definition; ours are built in
    if (strcmp(xmile_fold(r->arena, name), "non_negative") != 0)
      diag_error(r->diag, x->span, xmile_macro, name, "filters of options other than non_negative are not supported");
    return;
  }
  struct xmile_macro m = read_parms(r, x, xmile_fold(r->arena, name));
  uint32_t index = (uint32_t)r->macros.count;
  const char *space = xml_attribute(x, "namespace"), *full = m.name;
  if (space) full = arena_format(r->arena, "%s.%s", xmile_fold(r->arena, space), m.name);
  if (!name_macro(r, full, &m)) {
    diag_error(r->diag, x->span, xmile_macro, name, "it is defined twice");
    return;
  }
  list_push(r->arena, &r->macros) = m;
  if (space && !xmile_function_known(m.name)) map_add(&r->macro_names, m.name, index);  // where no other has the name
}

// ---- macros that call themselves

static bool is_recursive(const struct xmile_instance *in, const struct xml *macro) {
  for (; in && in->call; in = in->parent)
    if (in->x == macro) return true;
  return false;
}

// Does a call of a macro that is being written out stand here?
static bool calls_back(struct xmile_reader *r, const struct xmile_instance *in, const struct xmile_node *n,
                       unsigned depth) {
  uint32_t macro = n->kind == XMILE_CALL ? xmile_macro_find(r, n->name, n->arg_count) : XMILE_NONE;
  if (macro != XMILE_NONE && is_recursive(in, r->macros.items[macro].x)) return true;
  for (size_t i = 0; i < n->arg_count && depth < LIMIT_EXPR_DEPTH; i++)
    if (calls_back(r, in, n->args[i], depth + 1)) return true;
  return false;
}

// Written out, IF would go on for ever where one branch calls the macro again: the other is left out.
const struct xmile_node *xmile_macro_branch(struct xmile_reader *r, struct xmile_context *c,
                                            const struct xmile_node *n) {
  double chosen;
  if (!c->instance->call || !calls_back(r, c->instance, n, 0)) return NULL;
  if (!xmile_constant(r, c, n->args[0], &chosen, 0)) return NULL;
  xmile_rely(r, c, n->args[0], RELIES_ON_VALUE, 0);
  return n->args[chosen != 0 ? 1 : 2];
}

// ---- arguments

// A default is an expression of the parameters before it: an element of its own, so that places can be told.
static struct xmile_node *default_node(struct xmile_reader *r, const struct xmile_macro *m, const char *text) {
  struct xml *x = arena_new(r->arena, struct xml);
  *x = *m->x;
  x->text = text, x->text_size = strlen(text), x->pieces.count = 0;
  size_t count;
  struct xmile_node **list = xmile_parse(r->arena, x, m->name, &count, r->diag);
  return list && count == 1 ? list[0] : NULL;
}

bool xmile_macro_by_chance(struct xmile_reader *r, const struct xmile_node *n, unsigned depth) {
  if (n->kind == XMILE_CALL &&
      (xmile_function_is_chance(n->name) || xmile_macro_find(r, n->name, n->arg_count) != XMILE_NONE))
    return true;
  for (size_t i = 0; i < n->arg_count && depth < LIMIT_EXPR_DEPTH; i++)
    if (xmile_macro_by_chance(r, n->args[i], depth + 1)) return true;
  return false;
}

static struct expr *make_argument(struct xmile_reader *r, struct xmile_context *c, const void *data) {
  return xmile_translate(r, c, data);
}

// A hidden variable over the dimensions of the caller keeps the argument.
static void keep_argument(struct xmile_reader *r, struct xmile_slot *s) {
  struct xmile_context c = *s->context;
  const struct xmile_node *n = s->argument;
  const char *name = arena_format(r->arena, "%s%s", s->instance->prefix, s->name);
  s->variable = xmile_instance_variable(r, VARIABLE_AUXILIARY, name, n->span, c.dims, c.bound ? 0 : c.dim_count, c.of);
  r->model->variables.items[s->variable].hidden = true;
  s->name = r->model->variables.items[s->variable].name;
  s->argument = NULL;
  xmile_variables_equation(r, &c, s->variable, n->span, make_argument, n);
}

// The constants that lead a macro through itself, as numbers: else each would be found through all before it.
static const struct xmile_node *as_number(struct xmile_reader *r, const struct xmile_context *context,
                                          const struct xmile_node *n) {
  struct xmile_context c = *context;
  double value;
  if (!xmile_constant(r, &c, n, &value, 0)) return n;
  xmile_rely(r, &c, n, RELIES_ON_VALUE, 0);
  struct xmile_node *number = arena_new(r->arena, struct xmile_node);
  *number = (struct xmile_node){.kind = XMILE_NUMBER, .number = value, .span = n->span, .name_span = n->span};
  return number;
}

// An argument that is drawn, and in a macro that calls itself any that is worked out: put in level by level it would
// double each time.
static bool is_kept(struct xmile_reader *r, const struct xmile_instance *in, const struct xmile_macro *m,
                    const struct xmile_node *n) {
  if (n->kind == XMILE_NUMBER || n->kind == XMILE_NAME) return false;
  return is_recursive(in, m->x) || xmile_macro_by_chance(r, n, 0);
}

static bool is_library(const struct xmile_macro *m) {
  return !m->x->parent;
}

static bool give_arguments(struct xmile_reader *r, const struct xmile_context *c, const struct xmile_node *n,
                           const struct xmile_macro *m, struct xmile_instance *in) {
  struct xmile_context *own = arena_new(r->arena, struct xmile_context);
  *own = *c;
  own->instance = in, own->reduction = NULL;
  if (n->arg_count > m->parms.count)
    return xmile_fail(r, c, n->span, "%s takes %zu arguments, %zu are given", n->written, m->parms.count, n->arg_count);
  for (size_t i = 0; i < m->parms.count; i++) {
    struct xmile_slot *s = arena_new(r->arena, struct xmile_slot);
    bool given = i < n->arg_count;
    s->instance = in, s->name = m->parms.items[i];
    s->variable = s->table = XMILE_NONE;
    s->context = given ? in->call : own;
    s->argument = given ? n->args[i] : m->defaults.items[i] ? default_node(r, m, m->defaults.items[i]) : NULL;
    if (!s->argument) return xmile_fail(r, c, n->span, "%s takes %zu arguments", n->written, m->parms.count);
    if (given && is_library(m) && strcmp(s->name, "seed") == 0) xmile_function_note_seed(r, n->args[i]->span);
    if (is_recursive(c->instance, m->x)) s->argument = as_number(r, s->context, s->argument);
    map_add(&in->names, s->name, (uint32_t)in->slots.count);
    list_push(r->arena, &in->slots) = s;
    if (!c->reduction && is_kept(r, c->instance, m, s->argument)) keep_argument(r, s);
  }
  return true;
}

// What is done for the models of a file before any equation is read: here for a macro and its submodels.
static void prepare(struct xmile_reader *r, struct xmile_instance *in) {
  xmile_graphs_read(r, in);
  for (size_t i = 0; i < in->modules.count; i++) prepare(r, in->modules.items[i].instance);
  xmile_variables_flows(r, in);
}

static struct expr *result(struct xmile_reader *r, struct xmile_context *c, const struct xmile_macro *m,
                           struct xmile_instance *in) {
  const struct xml *eqn = xml_child(m->x, "eqn");
  size_t count = 0;
  struct xmile_node **list = eqn ? xmile_parse(r->arena, eqn, m->name, &count, r->diag) : NULL;
  if (eqn && !list) return NULL;
  if (count != 1) return xmile_fail(r, c, m->x->span, "macro %s has no equation", m->name);
  struct xmile_context inner = *c;
  inner.instance = in;
  return xmile_translate(r, &inner, list[0]);
}

// Calls are counted by variable: the equations of its elements each call, and are written as one.
static unsigned number_of_call(struct xmile_reader *r, const char *of) {
  uint32_t next = (uint32_t)r->call_counts.count, i = map_add(&r->callers, of, next);
  if (i == next) list_push(r->arena, &r->call_counts) = 0;
  return r->call_counts.items[i]++;
}

struct expr *xmile_macro(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n, uint32_t macro) {
  const struct xmile_macro m = r->macros.items[macro];
  const struct xml *variables = xml_child(m.x, "variables");
  if (r->too_large) return NULL;
  r->too_large = c->instance->depth >= LIMIT_MACRO_DEPTH || (r->nodes += MACRO_NODES) > LIMIT_XMILE_NODES ||
                 (variables && r->inner_calls >= LIMIT_MODULES);
  if (r->too_large)
    return xmile_fail(r, c, n->span, "macro %s calls itself too often: a condition on constants must end it",
                      n->written);
  if (variables && xmile_macro_clock(c->instance))
    return xmile_fail(r, c, n->span, "macro %s has variables and cannot stand in one that runs by itself", n->written);
  if (variables && c->reduction)
    return xmile_fail(r, c, n->span, "macro %s has variables and cannot stand in a reduction", n->written);
  struct xmile_context *call = arena_new(r->arena, struct xmile_context);
  *call = *c;
  call->reduction = NULL;
  struct xmile_instance *in = arena_new(r->arena, struct xmile_instance);
  *in = (struct xmile_instance){.x = m.x, .parent = c->instance, .call = call, .depth = c->instance->depth + 1};
  in->of = in->parent->call ? in->parent->of : c->of;
  in->prefix = in->parent->call ? arena_format(r->arena, "%s_%s_#%u.", in->of, m.name, ++r->inner_calls)
                                : arena_format(r->arena, "%s_%s_%u.", in->of, m.name, number_of_call(r, in->of));
  map_init(&in->names, r->arena);
  if (!give_arguments(r, c, n, &m, in)) return NULL;
  in->parms = m.parms.items;
  if (xml_child(m.x, "sim_specs")) {
    in = xmile_macro_run(r, c, in);
    if (!in) return NULL;
  } else if (variables) {
    xmile_instance_declare(r, in, m.x);
    if (in->modules.count && c->dim_count && !c->bound)
      return xmile_fail(r, c, n->span, "macro %s has modules and cannot be called for a whole array", n->written);
    xmile_instance_connect(r, in);
    prepare(r, in);
    list_push(r->arena, &r->pending) = in;
  }
  return result(r, c, &m, in);
}
