// SPDX-License-Identifier: GPL-3.0-or-later
// The stages of checking, in turn: targets and names of every equation, boxes of arrays, flows of stocks, order, units.
// Each goes on after errors of the last where it can, so that a user sees many at once.
#include "check/check.h"

#include <string.h>

#include "check/boxes.h"
#include "check/order.h"
#include "check/resolve.h"

struct checking {
  struct arena *arena;
  struct checked *c;
  const struct model *m;
  struct resolver *resolver;
  struct diag *diag;
  bool ok;
};

static void index_dimensions(struct checking *k) {
  size_t count = k->m->dimensions.count;
  k->c->local = arena_array(k->arena, uint32_t *, count + 1);
  for (size_t d = 0; d < count; d++) {
    const struct dimension *x = &k->m->dimensions.items[d];
    uint32_t size = k->m->dimensions.items[x->root].count;
    k->c->local[d] = arena_array(k->arena, uint32_t, (size_t)size + 1);
    for (uint32_t i = 0; i < size; i++) k->c->local[d][i] = UINT32_MAX;
    for (uint32_t i = 0; i < x->count; i++) k->c->local[d][x->in_parent[i]] = i;
  }
}

// Adds one equation; returns its index, or SIZE_MAX after errors in it.
static size_t add_equation(struct checking *k, struct checked_equation e, const struct equation *from) {
  bool ok = e.role == ROLE_GATE || resolve_target(k->resolver, &e, from->subscripts, from->subscript_count);
  ok = ok && resolve_equation(k->resolver, &e, from->rhs);
  if (!ok) {
    k->ok = false;
    return SIZE_MAX;
  }
  size_t index = k->c->equations.count;
  list_push(k->arena, &k->c->equations) = e;
  return index;
}

static size_t *add_equations(struct checking *k, uint32_t variable, enum equation_role role,
                             const struct equation *from, size_t from_count, size_t *count) {
  const struct variable *v = &k->m->variables.items[variable];
  size_t *list = arena_array(k->arena, size_t, from_count + 1);
  *count = 0;
  bool ok = true;
  for (size_t i = 0; i < from_count; i++) {
    struct checked_equation e = {.role = role, .variable = variable, .span = from[i].span};
    if (from[i].subscript_count) e.subscripts = from[i].subscripts;
    size_t index = add_equation(k, e, &from[i]);
    ok = ok && index != SIZE_MAX;
    list[(*count)++] = index;
  }
  if (!ok) {
    *count = 0;
    return list;
  }
  struct checked_equation **pointers = arena_array(k->arena, struct checked_equation *, from_count + 1);
  for (size_t i = 0; i < from_count; i++) pointers[i] = &k->c->equations.items[list[i]];
  if (from_count && !boxes_divide(k->arena, k->c, v, pointers, from_count, true, k->diag)) k->ok = false;
  return list;
}

static void check_benchmarks(struct checking *k, uint32_t variable) {
  const struct variable *v = &k->m->variables.items[variable];
  for (size_t i = 0; i < v->benchmarks.count; i++) {
    const struct benchmark *b = &v->benchmarks.items[i];
    struct equation from = {.span = b->span, .rhs = b->value};
    struct checked_equation e = {.role = ROLE_BENCHMARK, .variable = variable, .part = (uint32_t)i, .span = b->span};
    size_t index = add_equation(k, e, &from);
    if (index == SIZE_MAX) continue;
    struct checked_equation *added = &k->c->equations.items[index];
    if (!boxes_divide(k->arena, k->c, v, &added, 1, true, k->diag)) k->ok = false;
  }
}

static uint32_t *check_flows(struct checking *k, const struct variable *stock, const struct flow_ref *refs,
                             size_t count, size_t *found) {
  uint32_t *list = arena_array(k->arena, uint32_t, count + 1);
  *found = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t f = map_get(&k->m->names, refs[i].name);
    if (f == MAP_NONE) {
      diag_error(k->diag, refs[i].span, unknown_variable, refs[i].name);
      diag_did_you_mean(k->diag, map_nearest_key(&k->m->names, refs[i].name));
      k->ok = false;
      continue;
    }
    const struct variable *v = &k->m->variables.items[f];
    bool same = v->dim_count == stock->dim_count &&
                (!v->dim_count || memcmp(v->dims, stock->dims, v->dim_count * sizeof *v->dims) == 0);
    if (v->kind != VARIABLE_FLOW)
      diag_error(k->diag, refs[i].span, not_a_flow, v->name, variable_kind_names[v->kind]);
    else if (!same)
      diag_error(k->diag, refs[i].span, flow_dimensions, v->name, stock->name);
    else
      list[(*found)++] = f;
    k->ok = k->ok && same && v->kind == VARIABLE_FLOW;
  }
  return list;
}

static void check_variable(struct checking *k, uint32_t index) {
  const struct variable *v = &k->m->variables.items[index];
  struct checked_variable *x = &k->c->variables[index];
  if (strcmp(v->name, "time") == 0 || strcmp(v->name, "time_step") == 0) {
    diag_error(k->diag, v->span, reserved_name, v->name);
    k->ok = false;
  }
  x->equations = add_equations(k, index, ROLE_EQUATION, v->equations.items, v->equations.count, &x->equation_count);
  x->initial = add_equations(k, index, ROLE_INITIAL, v->initial.items, v->initial.count, &x->initial_count);
  if (v->kind != VARIABLE_STOCK) return;
  x->inflows = check_flows(k, v, v->inflows.items, v->inflows.count, &x->inflow_count);
  x->outflows = check_flows(k, v, v->outflows.items, v->outflows.count, &x->outflow_count);
}

static void check_gates(struct checking *k) {
  if (!k->c->scenario) return;
  for (size_t i = 0; i < k->c->scenario->phases.count; i++) {
    const struct phase *p = &k->c->scenario->phases.items[i];
    if (!p->gated || !p->when) continue;
    struct equation from = {.span = p->when_span, .rhs = p->when};
    struct checked_equation e = {.role = ROLE_GATE, .variable = (uint32_t)i, .span = p->when_span};
    size_t index = add_equation(k, e, &from);
    if (index != SIZE_MAX && k->c->equations.items[index].rhs->free_axes) k->ok = false;
  }
}

static void check_functions(struct checking *k) {
  for (size_t i = 0; i < k->m->functions.count; i++) {
    const struct function *f = &k->m->functions.items[i];
    if (fn_by_name(f->name) == FN_COUNT) continue;
    diag_error(k->diag, f->span, function_builtin, f->name);
    k->ok = false;
  }
}

struct checked *check_model(struct arena *a, const struct model *m, const struct scenario *s, bool lenient_units,
                            struct diag *diag) {
  struct checked *c = arena_new(a, struct checked);
  c->model = m, c->scenario = s;
  c->variables = arena_array(a, struct checked_variable, m->variables.count + 1);
  struct checking k = {.arena = a, .c = c, .m = m, .diag = diag, .ok = true};
  index_dimensions(&k);
  k.resolver = resolver_create(a, c, diag);
  check_functions(&k);
  for (uint32_t i = 0; i < m->variables.count; i++) check_variable(&k, i);
  for (uint32_t i = 0; i < m->variables.count; i++) check_benchmarks(&k, i);
  check_gates(&k);
  k.ok = order_variables(a, c, diag) && k.ok;
  size_t errors = diag->errors;
  c->unit_checks = check_units(a, c, lenient_units, diag);
  return k.ok && diag->errors == errors ? c : NULL;
}
