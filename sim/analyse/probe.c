// SPDX-License-Identifier: GPL-3.0-or-later
// Copies are shallow: lists are doubled, entries shared, and only entries that differ are made anew. A disturbed
// equation x = e becomes x = e * (1 - w) + v * w, or e * ((1 - w) + v * w) when scaled, where w is a path from 0 to 1
// and v a constant path in the unit wanted. Names of such helpers begin with a character that no file can contain.
#include "analyse/probe.h"

#include <math.h>

#include "lang/path.h"

struct model *probe_copy(struct arena *a, const struct model *m) {
  struct model *copy = arena_new(a, struct model);
  *copy = *m;
  copy->arena = a;
  copy->units = unit_table_copy(&m->units, a);
  copy->variables.capacity = copy->variables.count;  // the next push copies
  copy->variables.items =
      arena_grow(a, m->variables.items, m->variables.count, m->variables.count + 1, sizeof *m->variables.items);
  map_init(&copy->names, a);
  for (size_t i = 0; i < m->variables.count; i++) map_add(&copy->names, m->variables.items[i].name, (uint32_t)i);
  return copy;
}

static uint32_t push(struct arena *a, struct model *copy, struct variable v) {
  uint32_t index = (uint32_t)copy->variables.count;
  v.element_count = 1;
  v.label.en = v.name;
  v.low = -INFINITY, v.high = INFINITY;
  list_push(a, &copy->variables) = v;
  return index;
}

uint32_t probe_add(struct arena *a, struct model *copy, const struct probe *p) {
  struct variable v = {
      .kind = VARIABLE_INDICATOR, .name = p->name, .span = p->span, .unit = p->unit, .unit_span = p->span};
  list_push(a, &v.equations) = (struct equation){.span = p->span, .rhs = (struct expr *)p->expr};
  return push(a, copy, v);
}

static struct expr *reference(struct arena *a, const char *name, struct span span) {
  struct expr *e = arena_new(a, struct expr);
  *e = (struct expr){.kind = EXPR_NAME, .span = span, .name_span = span, .name = name};
  return e;
}

static struct expr *binary(struct arena *a, enum expr_op op, struct expr *x, struct expr *y) {
  struct expr *e = arena_new(a, struct expr);
  *e = (struct expr){.kind = EXPR_BINARY, .op = op, .span = x->span, .name_span = x->span, .arg_count = 2};
  e->args = arena_array(a, struct expr *, 2);
  e->args[0] = x, e->args[1] = y;
  return e;
}

static const char *add_path(struct arena *a, struct model *copy, const struct unit *unit, struct span span,
                            struct path path) {
  struct variable v = {.kind = VARIABLE_INPUT, .span = span, .unit = unit, .unit_span = span, .path = path};
  v.name = arena_format(a, "\1%zu", copy->variables.count);
  map_add(&copy->names, v.name, push(a, copy, v));
  return v.name;
}

static struct path weight_path(struct arena *a, double from, double over, bool rising) {
  struct path p = {.x = arena_array(a, double, 2), .y = arena_array(a, double, 2), .count = 2, .mode = PATH_LINEAR};
  p.x[0] = from, p.x[1] = from + over;
  p.y[0] = !rising, p.y[1] = rising;
  return p;
}

void probe_disturb(struct arena *a, struct model *copy, const struct probe_change *change) {
  struct variable v = copy->variables.items[change->variable];
  const char *old = add_path(a, copy, unit_one(), v.span, weight_path(a, change->from, change->over, false));
  const char *new = add_path(a, copy, unit_one(), v.span, weight_path(a, change->from, change->over, true));
  const char *value = add_path(a, copy, change->scale ? unit_one() : v.unit, v.span, path_constant(a, change->value));
  v.equations.items =
      arena_grow(a, v.equations.items, v.equations.count, v.equations.count + 1, sizeof *v.equations.items);
  for (size_t i = 0; i < v.equations.count; i++) {
    struct expr *rhs = v.equations.items[i].rhs;
    struct expr *part = binary(a, OP_MULTIPLY, reference(a, value, rhs->span), reference(a, new, rhs->span));
    struct expr *kept = reference(a, old, rhs->span);
    v.equations.items[i].rhs = change->scale ? binary(a, OP_MULTIPLY, rhs, binary(a, OP_ADD, kept, part))
                                             : binary(a, OP_ADD, binary(a, OP_MULTIPLY, rhs, kept), part);
  }
  copy->variables.items[change->variable] = v;
}

static struct probe_run *run(struct arena *a, const struct checked *c, const uint32_t *variables, size_t count,
                             struct diag *diag) {
  struct program *p = lower(a, c, &(struct lower_options){0}, diag);
  const struct results *results = p ? run_single(a, p, diag) : NULL;
  if (!results) return NULL;
  struct probe_run *r = arena_new(a, struct probe_run);
  r->results = results;
  r->columns = arena_array(a, size_t, count + 1);
  r->units = arena_array(a, const struct unit *, count + 1);
  for (size_t i = 0; i < count; i++) r->columns[i] = program_column(p, variables[i], 0);
  return r;
}

static void infer_units(struct arena *a, const struct checked *c, struct probe_run *r, const uint32_t *variables,
                        size_t count) {
  for (size_t i = 0; i < count; i++) {
    size_t equation = c->variables[variables[i]].equations[0];
    r->units[i] = check_units_infer(a, c, c->equations.items[equation].rhs);
  }
}

struct probe_run *probe_execute(struct arena *a, struct model *copy, struct scenario *s, const struct probe *probes,
                                size_t count, struct diag *diag) {
  uint32_t *variables = arena_array(a, uint32_t, count + 1);
  for (size_t i = 0; i < count; i++) variables[i] = probe_add(a, copy, &probes[i]);
  s->model = copy;
  s->save_all = false;
  s->saved.items = NULL, s->saved.count = s->saved.capacity = 0;
  for (size_t i = 0; i < count; i++) list_push(a, &s->saved) = variables[i];
  const struct checked *c = check_model(a, copy, s, copy->foreign, diag);
  struct probe_run *r = c ? run(a, c, variables, count, diag) : NULL;
  if (r) infer_units(a, c, r, variables, count);
  return r;
}

double probe_value(const struct probe_run *r, size_t probe, size_t save) {
  return r->results->values[save * r->results->program->column_count + r->columns[probe]];
}

size_t probe_save(const struct results *r, double instant) {
  double near = 1e-6 * r->program->step;  // as the engine has it
  for (size_t i = 0; i < r->program->save_count; i++)
    if (fabs(r->times[i] - instant) <= near) return i;
  return SIZE_MAX;
}
