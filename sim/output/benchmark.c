// SPDX-License-Identifier: GPL-3.0-or-later
// Evaluates benchmark terms over saved columns: a walk over the checked term, with the element of the indicator giving
// the place on each axis. Not a second engine: benchmark_check has refused all but the four operations before.
#include "output/benchmark.h"

#include <math.h>

static bool is_simple(const struct term *t) {
  switch (t->kind) {
    case TERM_NUMBER:
    case TERM_TIME:
    case TERM_REF:
      return true;
    case TERM_UNARY:
      return t->op == OP_NEGATE;
    case TERM_BINARY:
      return t->op == OP_ADD || t->op == OP_SUBTRACT || t->op == OP_MULTIPLY || t->op == OP_DIVIDE;
    default:
      return false;
  }
}

// The first part that is not simple, or NULL. Depth is bounded by LIMIT_EXPR_DEPTH of the parser.
static const struct term *find_rich(const struct term *t) {
  if (!is_simple(t)) return t;
  for (size_t i = 0; i < t->arg_count; i++) {
    const struct term *rich = find_rich(t->args[i]);
    if (rich) return rich;
  }
  return NULL;
}

static void mark(const struct term *t, bool *needed) {
  if (t->kind == TERM_REF) needed[t->variable] = true;
  for (size_t i = 0; i < t->arg_count; i++) mark(t->args[i], needed);
}

bool benchmark_check(const struct checked *c, struct diag *diag) {
  size_t errors = diag->errors;
  for (size_t i = 0; i < c->equations.count; i++) {
    const struct checked_equation *e = &c->equations.items[i];
    if (e->role != ROLE_BENCHMARK) continue;
    const struct term *rich = find_rich(e->rhs);
    if (rich) diag_error(diag, rich->span, benchmark_rich);
  }
  return diag->errors == errors;
}

void benchmark_needs(const struct checked *c, bool *needed) {
  for (size_t i = 0; i < c->equations.count; i++)
    if (c->equations.items[i].role == ROLE_BENCHMARK) mark(c->equations.items[i].rhs, needed);
}

// What a walk needs to know.
struct walk {
  const struct results *results;
  const struct variable *target;
  size_t element, save;
};

// The root coordinate of the target's element on its dimension `axis`.
static uint32_t coordinate(const struct walk *w, uint32_t axis) {
  const struct model *m = w->results->program->model;
  size_t rest = w->element;
  for (size_t i = w->target->dim_count; i-- > axis + (size_t)1;) rest /= m->dimensions.items[w->target->dims[i]].count;
  const struct dimension *d = &m->dimensions.items[w->target->dims[axis]];
  return d->in_parent[rest % d->count];
}

static double reference(const struct walk *w, const struct term *t) {
  const struct program *p = w->results->program;
  const struct variable *v = &p->model->variables.items[t->variable];
  size_t element = 0;
  for (size_t i = 0; i < v->dim_count; i++) {
    uint32_t count = p->model->dimensions.items[v->dims[i]].count;
    uint32_t at = t->indices[i].fixed ? t->indices[i].element : coordinate(w, t->indices[i].axis);
    element = element * count + p->checked->local[v->dims[i]][at];
  }
  size_t column = program_column(p, t->variable, element);
  return column == SIZE_MAX ? NAN : w->results->values[w->save * p->column_count + column];
}

static double value(const struct walk *w, const struct term *t) {
  if (t->kind == TERM_NUMBER) return t->number;
  if (t->kind == TERM_TIME) return w->results->times[w->save];
  if (t->kind == TERM_REF) return reference(w, t);
  double a = value(w, t->args[0]);
  if (t->kind == TERM_UNARY) return -a;
  double b = value(w, t->args[1]);
  return t->op == OP_ADD ? a + b : t->op == OP_SUBTRACT ? a - b : t->op == OP_MULTIPLY ? a * b : a / b;
}

double benchmark_value(const struct results *r, uint32_t variable, uint32_t part, size_t element, size_t save) {
  const struct checked *c = r->program->checked;
  struct walk w = {r, &r->program->model->variables.items[variable], element, save};
  for (size_t i = 0; i < c->equations.count; i++) {
    const struct checked_equation *e = &c->equations.items[i];
    if (e->role == ROLE_BENCHMARK && e->variable == variable && e->part == part) return value(&w, e->rhs);
  }
  return NAN;
}
