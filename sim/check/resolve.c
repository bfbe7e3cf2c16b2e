// SPDX-License-Identifier: GPL-3.0-or-later
// Names and arrays. An array named without subscripts lines up with the equation's axes by the name of its dimension:
// innermost reduction first, then the target; where no axis has that name, a single axis over a part of the same root
// dimension will do (tfp in an equation over `leading`). User functions are put in by resolving their body with their
// arguments bound to terms.
#include "check/resolve.h"

#include <string.h>

#include "base/limits.h"

struct binding {  // arguments of the user function whose body is being resolved
  const struct function *function;
  struct term **args;
  const struct binding *outer;
};

struct resolver {
  struct arena *arena;
  const struct checked *c;
  const struct model *m;
  struct diag *diag;
  struct checked_equation *e;
  uint32_t visible[64];  // axes in scope, outermost first
  size_t visible_count;
  const struct binding *binding;
  size_t depth, nodes;
  uint32_t ordinal;
  uint64_t starred;  // axes made by x[*] since the innermost reduction began
  bool star_allowed;
};

static struct term *resolve(struct resolver *r, const struct expr *x);

struct resolver *resolver_create(struct arena *a, const struct checked *c, struct diag *diag) {
  struct resolver *r = arena_new(a, struct resolver);
  r->arena = a, r->c = c, r->m = c->model, r->diag = diag;
  return r;
}

static const struct dimension *dim_at(const struct resolver *r, uint32_t d) {
  return &r->m->dimensions.items[d];
}

static struct term *new_term(struct resolver *r, enum term_kind kind, struct span span) {
  struct term *t = arena_new(r->arena, struct term);
  t->kind = kind, t->span = span, t->variable = UINT32_MAX;
  return t;
}

static bool add_axis(struct resolver *r, uint32_t dimension, uint32_t declared, struct span at) {
  struct checked_equation *e = r->e;
  if (e->axis_count == 63 || r->visible_count == 63) {  // the last one is lower's own
    diag_error(r->diag, at, too_many_axes, 63);
    return false;
  }
  if (!e->axes) e->axes = arena_array(r->arena, struct axis, 64);
  e->axes[e->axis_count] = (struct axis){dimension, declared, dim_at(r, dimension)->root};
  r->visible[r->visible_count++] = (uint32_t)e->axis_count++;
  return true;
}

// ---- the target

static bool target_axis(struct resolver *r, uint32_t declared, const struct subscript *s) {
  uint32_t d = map_get(&r->m->dimension_names, s->name);
  if (model_dimension_element(dim_at(r, declared), s->name) != UINT32_MAX)
    return add_axis(r, declared, declared, s->span);
  if (d == MAP_NONE || dim_at(r, d)->root != dim_at(r, declared)->root) {
    diag_error(r->diag, s->span, unknown_subscript, s->name, dim_at(r, declared)->name);
    diag_did_you_mean(r->diag, map_nearest(s->name, dim_at(r, declared)->elements, dim_at(r, declared)->count));
    return false;
  }
  return add_axis(r, d, declared, s->span);
}

bool resolve_target(struct resolver *r, struct checked_equation *e, const struct subscript *subscripts, size_t count) {
  const struct variable *v = &r->m->variables.items[e->variable];
  r->e = e;
  r->visible_count = 0;
  if (count && count != v->dim_count) {
    diag_error(r->diag, e->span, subscript_count, v->name, v->dim_count, count);
    return false;
  }
  for (size_t i = 0; i < v->dim_count; i++) {
    bool ok = count ? target_axis(r, v->dims[i], &subscripts[i]) : add_axis(r, v->dims[i], v->dims[i], e->span);
    if (!ok) return false;
  }
  e->target_axes = v->dim_count;
  return true;
}

// ---- references

// The visible axis for a dimension: by name from the inside out, else the only one over the same root.
static uint32_t axis_for(const struct resolver *r, uint32_t d) {
  for (size_t i = r->visible_count; i-- > 0;) {
    const struct axis *x = &r->e->axes[r->visible[i]];
    if (x->dimension == d || x->declared == d) return r->visible[i];
  }
  uint32_t found = UINT32_MAX;
  for (size_t i = r->visible_count; i-- > 0;) {
    const struct axis *x = &r->e->axes[r->visible[i]];
    if (x->root != dim_at(r, d)->root) continue;
    if (found != UINT32_MAX && r->e->axes[found].dimension == x->dimension) continue;  // hidden by the inner one
    if (found != UINT32_MAX) return UINT32_MAX;
    found = r->visible[i];
  }
  return found;
}

// Does every element that the axis can take exist in dimension d?
static bool axis_within(const struct resolver *r, uint32_t axis, uint32_t d) {
  const struct dimension *x = dim_at(r, r->e->axes[axis].dimension);
  for (uint32_t i = 0; i < x->count; i++)
    if (r->c->local[d][x->in_parent[i]] == UINT32_MAX) return false;
  return true;
}

static const char *axes_text(struct resolver *r) {
  const char *text = "";
  for (size_t i = 0; i < r->visible_count; i++)
    text =
        arena_format(r->arena, "%s%s%s", text, *text ? ", " : "", dim_at(r, r->e->axes[r->visible[i]].dimension)->name);
  return *text ? text : "nothing";
}

static void no_axis(struct resolver *r, const struct variable *v, uint32_t d, struct span at) {
  diag_error(r->diag, at, shape_mismatch, v->name, dim_at(r, d)->name, axes_text(r));
  diag_hint(r->diag, "name one element, %s[%s], or reduce it, sum[%s](%s)", v->name, dim_at(r, d)->elements[0],
            dim_at(r, d)->name, v->name);
}

// A reduction over a part of dimension d, within the axis that a plain name of an array over d follows: sum[part](a) in
// an equation over d. Either could be meant.
static uint32_t part_within(const struct resolver *r, uint32_t axis, uint32_t d) {
  for (size_t i = r->visible_count; i-- > 0 && r->visible[i] != axis;) {
    uint32_t part = r->e->axes[r->visible[i]].dimension;
    if (dim_at(r, part)->root == dim_at(r, d)->root && dim_at(r, part)->count < dim_at(r, d)->count) return part;
  }
  return DIMENSION_NONE;
}

static bool bare_index(struct resolver *r, const struct variable *v, uint32_t d, struct span at, struct index *out) {
  uint32_t axis = axis_for(r, d), part = axis == UINT32_MAX ? DIMENSION_NONE : part_within(r, axis, d);
  if (part != DIMENSION_NONE) {
    diag_error(r->diag, at, axis_ambiguous, v->name, dim_at(r, d)->name, dim_at(r, part)->name);
    diag_hint(r->diag, "write %s[%s] or %s[%s]", v->name, dim_at(r, d)->name, v->name, dim_at(r, part)->name);
    return false;
  }
  if (axis == UINT32_MAX || !axis_within(r, axis, d)) {
    no_axis(r, v, d, at);
    return false;
  }
  *out = (struct index){.axis = axis};
  return true;
}

static bool star_index(struct resolver *r, uint32_t d, const struct subscript *s, struct index *out) {
  if (!r->star_allowed) {
    diag_error(r->diag, s->span, star_outside);
    return false;
  }
  if (!add_axis(r, d, d, s->span)) return false;
  uint32_t axis = r->visible[--r->visible_count];  // only this subscript ranges over it
  r->starred |= 1ull << axis;
  *out = (struct index){.axis = axis};
  return true;
}

// An importer says which axis the subscript follows, and has checked that the elements are there.
static bool settled_index(struct resolver *r, const struct subscript *s, struct index *out) {
  *out = (struct index){.axis = s->map->axis, .map = s->map->elements};
  if (!s->map->dimension) return true;
  uint32_t d = map_get(&r->m->dimension_names, s->map->dimension);
  for (size_t i = r->visible_count; i-- > 0;)
    if (r->e->axes[r->visible[i]].dimension == d) {
      out->axis = r->visible[i];
      return true;
    }
  diag_error(r->diag, s->span, unknown_dimension, s->map->dimension);
  return false;
}

static bool written_index(struct resolver *r, const struct variable *v, uint32_t d, const struct subscript *s,
                          struct index *out) {
  const struct dimension *dim = dim_at(r, d);
  if (s->map) return settled_index(r, s, out);
  if (strcmp(s->name, "*") == 0) return star_index(r, d, s, out);
  uint32_t element = model_dimension_element(dim, s->name);
  if (element != UINT32_MAX) {
    *out = (struct index){.fixed = true, .element = dim->in_parent[element]};
    return true;
  }
  uint32_t named = map_get(&r->m->dimension_names, s->name);
  if (named == MAP_NONE) {
    diag_error(r->diag, s->span, unknown_subscript, s->name, dim->name);
    diag_did_you_mean(r->diag, map_nearest(s->name, dim->elements, dim->count));
    return false;
  }
  if (dim_at(r, named)->root != dim->root) {
    diag_error(r->diag, s->span, wrong_dimension, s->name, v->name, dim->name);
    return false;
  }
  for (size_t i = r->visible_count; i-- > 0;) {
    const struct axis *x = &r->e->axes[r->visible[i]];
    if (x->dimension != named && x->declared != named) continue;
    if (!axis_within(r, r->visible[i], d)) break;
    *out = (struct index){.axis = r->visible[i]};
    return true;
  }
  diag_error(r->diag, s->span, shape_mismatch, v->name, s->name, axes_text(r));
  diag_hint(r->diag, "name one element, %s[%s], or reduce it, sum[%s](%s[%s])", v->name, dim->elements[0], s->name,
            v->name, s->name);
  return false;
}

static bool resolve_indices(struct resolver *r, const struct expr *x, struct term *t) {
  const struct variable *v = &r->m->variables.items[t->variable];
  if (x->subscript_count && x->subscript_count != v->dim_count) {
    diag_error(r->diag, x->span, subscript_count, v->name, v->dim_count, x->subscript_count);
    return false;
  }
  t->indices = arena_array(r->arena, struct index, v->dim_count + 1);
  for (size_t i = 0; i < v->dim_count; i++) {
    bool ok = x->subscript_count ? written_index(r, v, v->dims[i], &x->subscripts[i], &t->indices[i])
                                 : bare_index(r, v, v->dims[i], x->span, &t->indices[i]);
    if (!ok) return false;
    if (t->indices[i].fixed) continue;
    if (!x->subscript_count && t->free_axes >> t->indices[i].axis & 1) {
      no_axis(r, v, v->dims[i], x->span);  // the diagonal is taken only where it is written: s[d, d]
      return false;
    }
    t->free_axes |= 1ull << t->indices[i].axis;
  }
  return true;
}

// What an equation of this kind may name.
static bool may_use(struct resolver *r, const struct expr *x, const struct variable *used) {
  if (r->e->role == ROLE_GATE || r->e->role == ROLE_BENCHMARK) return true;
  const struct variable *user = &r->m->variables.items[r->e->variable];
  if (used->kind == VARIABLE_INDICATOR && user->kind != VARIABLE_INDICATOR) {
    diag_error(r->diag, x->span, uses_indicator, user->name, used->name);
    return false;
  }
  if (user->kind == VARIABLE_CONSTANT && used->kind != VARIABLE_CONSTANT && used->kind != VARIABLE_PARAMETER) {
    diag_error(r->diag, x->span, constant_uses, user->name, variable_kind_names[used->kind], used->name);
    return false;
  }
  return true;
}

static struct term *unknown_name(struct resolver *r, const struct expr *x) {
  diag_error(r->diag, x->name_span, unknown_variable, x->name);
  diag_did_you_mean(r->diag, map_nearest_key(&r->m->names, x->name));
  return NULL;
}

static struct term *bound_argument(const struct resolver *r, const char *name) {
  if (!r->binding) return NULL;
  for (size_t i = 0; i < r->binding->function->arg_count; i++)
    if (strcmp(r->binding->function->args[i], name) == 0) return r->binding->args[i];
  return NULL;
}

// Times of the run by the names that importers give them.
static bool clock_number(const struct resolver *r, const char *name, double *value) {
  const struct scenario *s = r->c->scenario;
  if (strcmp(name, "$start") == 0) return *value = s ? s->start : r->m->start, true;
  if (strcmp(name, "$stop") == 0) return *value = s ? s->stop : r->m->stop, true;
  if (strcmp(name, "$save") == 0) return *value = s ? s->save : r->m->save, true;
  return false;
}

static struct term *resolve_name(struct resolver *r, const struct expr *x) {
  double clock;
  struct term *bound = bound_argument(r, x->name);
  if (bound) return bound;
  if (strcmp(x->name, "time") == 0) return new_term(r, TERM_TIME, x->span);
  if (strcmp(x->name, "time_step") == 0) return new_term(r, TERM_TIME_STEP, x->span);
  if (*x->name == '$' && clock_number(r, x->name, &clock)) {
    struct term *t = new_term(r, TERM_NUMBER, x->span);
    t->number = clock;
    return t;
  }
  uint32_t index = map_get(&r->m->names, x->name);
  if (index == MAP_NONE) return unknown_name(r, x);
  const struct variable *v = &r->m->variables.items[index];
  if (v->kind == VARIABLE_TABLE) {
    diag_error(r->diag, x->span, table_not_called, v->name, v->name);
    return NULL;
  }
  if (!may_use(r, x, v)) return NULL;
  struct term *t = new_term(r, TERM_REF, x->span);
  t->variable = index;
  return resolve_indices(r, x, t) ? t : NULL;
}

// ---- calls

static bool resolve_args(struct resolver *r, const struct expr *x, struct term *t) {
  t->arg_count = x->arg_count;
  t->args = arena_array(r->arena, struct term *, x->arg_count + 1);
  bool ok = true;
  for (size_t i = 0; i < x->arg_count; i++) {
    t->args[i] = resolve(r, x->args[i]);
    ok = ok && t->args[i];
    if (t->args[i]) t->free_axes |= t->args[i]->free_axes;
  }
  return ok;
}

static bool count_fits(struct resolver *r, const struct expr *x, size_t fewest, size_t most, const char *signature) {
  if (x->arg_count >= fewest && x->arg_count <= most) return true;
  diag_error(r->diag, x->span, argument_count, x->name, x->arg_count);
  diag_hint(r->diag, "write %s", signature);
  return false;
}

static struct term *call_function(struct resolver *r, const struct expr *x, const struct function *f) {
  const char *signature = f->name;
  for (size_t i = 0; i < f->arg_count; i++)
    signature =
        arena_format(r->arena, "%s%s%s%s", signature, i ? ", " : "(", f->args[i], i + 1 == f->arg_count ? ")" : "");
  if (!count_fits(r, x, f->arg_count, f->arg_count, signature)) return NULL;
  struct term *t = new_term(r, TERM_INLINE, x->span);
  if (!resolve_args(r, x, t)) return NULL;
  t->function = f;
  struct binding b = {f, t->args, r->binding};
  for (const struct binding *o = r->binding; o; o = o->outer)
    if (o->function == f) {
      diag_error(r->diag, x->span, function_recursion, f->name);
      return NULL;
    }
  r->binding = &b;
  struct term *body = resolve(r, f->body);
  r->binding = b.outer;
  t->args[t->arg_count++] = body;  // the array has room for one more
  if (body) t->free_axes |= body->free_axes;
  return body ? t : NULL;
}

static struct term *call_table(struct resolver *r, const struct expr *x, uint32_t variable) {
  const struct variable *v = &r->m->variables.items[variable];
  if (!count_fits(r, x, 1, 1, arena_format(r->arena, "%s(x)", v->name))) return NULL;
  struct term *t = new_term(r, TERM_LOOKUP, x->span);
  t->variable = variable;
  return resolve_args(r, x, t) && resolve_indices(r, x, t) ? t : NULL;
}

static bool reduces(enum fn f) {
  return f == FN_SUM || f == FN_PROD || f == FN_MEAN || f == FN_MIN || f == FN_MAX || f == FN_MEDIAN;
}
static bool remembers(enum fn f) {
  return f >= FN_INITIAL;
}

static bool reduction_axes(struct resolver *r, const struct expr *x, uint64_t *over) {
  for (size_t i = 0; i < x->subscript_count; i++) {
    uint32_t d = map_get(&r->m->dimension_names, x->subscripts[i].name);
    if (d == MAP_NONE) {
      diag_error(r->diag, x->subscripts[i].span, unknown_dimension, x->subscripts[i].name);
      diag_did_you_mean(r->diag, map_nearest_key(&r->m->dimension_names, x->subscripts[i].name));
      return false;
    }
    if (!add_axis(r, d, d, x->subscripts[i].span)) return false;
    *over |= 1ull << r->visible[r->visible_count - 1];
  }
  return true;
}

static struct term *call_reduction(struct resolver *r, const struct expr *x, enum fn f) {
  if (!count_fits(r, x, 1, 1, fn_table[f].signature)) return NULL;
  struct term *t = new_term(r, TERM_REDUCE, x->span);
  t->fn = f;
  size_t visible = r->visible_count;
  uint64_t outer_stars = r->starred;
  bool outer_allowed = r->star_allowed;
  r->starred = 0, r->star_allowed = !x->subscript_count;
  bool ok = reduction_axes(r, x, &t->over) && resolve_args(r, x, t);
  if (!x->subscript_count) t->over = r->starred;
  r->visible_count = visible, r->starred = outer_stars, r->star_allowed = outer_allowed;
  if (ok && !t->over) {
    diag_error(r->diag, x->span, reduction_needs_dimension, x->name);
    diag_hint(r->diag, "write %s[dimension](...), or give %s several arguments", x->name, x->name);
    return NULL;
  }
  t->free_axes &= ~t->over;
  return ok ? t : NULL;
}

// Subscripts that a function of whole vectors runs along: those that an importer names, else the last ones of the
// equation. Dimensions named in brackets are axes of its own, as in a reduction.
static bool vector_axes(struct resolver *r, const struct expr *x, enum fn f, struct term *t) {
  size_t wanted = f == FN_INVERT_MATRIX ? 2 : f == FN_FIND_MARKET_PRICE ? 0 : 1;
  for (size_t i = 0; i < x->subscript_count; i++)
    if (x->subscripts[i].map) t->over |= 1ull << x->subscripts[i].map->axis;
  if (t->over || !wanted) return true;
  if (r->e->target_axes < wanted) {
    diag_error(r->diag, x->span, vector_needs_axes, x->name, wanted);
    return false;
  }
  for (size_t i = 0; i < wanted; i++) t->over |= 1ull << (r->e->target_axes - 1 - i);
  return true;
}

static struct term *call_vector(struct resolver *r, const struct expr *x, enum fn f) {
  if (!count_fits(r, x, fn_table[f].fewest, fn_table[f].most, fn_table[f].signature)) return NULL;
  struct term *t = new_term(r, TERM_CALL, x->span);
  size_t visible = r->visible_count;
  uint64_t own = 0;
  t->fn = f;
  bool ok = f == FN_FIND_MARKET_PRICE ? reduction_axes(r, x, &own) : vector_axes(r, x, f, t);
  ok = resolve_args(r, x, t) && ok;
  r->visible_count = visible;
  t->free_axes = (t->free_axes | t->over) & ~own;
  t->over |= own;
  return ok ? t : NULL;
}

static struct term *call_builtin(struct resolver *r, const struct expr *x, enum fn f) {
  if (reduces(f) && (x->subscript_count || x->arg_count == 1)) return call_reduction(r, x, f);
  if (f == FN_ALLOCATE_AVAILABLE || f == FN_ALLOCATE_BY_PRIORITY || f == FN_INVERT_MATRIX || f == FN_FIND_MARKET_PRICE)
    return call_vector(r, x, f);
  if (x->subscript_count) {
    diag_error(r->diag, x->subscripts[0].span, subscript_on_call, x->name);
    return NULL;
  }
  if (!count_fits(r, x, fn_table[f].fewest, fn_table[f].most, fn_table[f].signature)) return NULL;
  struct term *t = new_term(r, TERM_CALL, x->span);
  t->fn = f;
  if (!resolve_args(r, x, t)) return NULL;
  if (remembers(f)) t->ordinal = r->ordinal++;
  size_t order_at = f == FN_DELAYN || f == FN_SMOOTHN ? 2 : SIZE_MAX;
  if (order_at != SIZE_MAX) {
    const struct term *order = t->args[order_at];
    if (order->kind != TERM_NUMBER || !order->integer || order->number < 1 || order->number > LIMIT_DELAY_ORDER) {
      diag_error(r->diag, order->span, delay_order, x->name, LIMIT_DELAY_ORDER);
      return NULL;
    }
  }
  if (f >= FN_RANDOM_UNIFORM)  // noise differs between the elements of all axes around it
    for (size_t i = 0; i < r->visible_count; i++) t->free_axes |= 1ull << r->visible[i];
  return t;
}

static struct term *resolve_call(struct resolver *r, const struct expr *x) {
  uint32_t function = map_get(&r->m->function_names, x->name);
  if (function != MAP_NONE) return call_function(r, x, &r->m->functions.items[function]);
  uint32_t variable = map_get(&r->m->names, x->name);
  if (variable != MAP_NONE && r->m->variables.items[variable].kind == VARIABLE_TABLE) return call_table(r, x, variable);
  enum fn f = fn_by_name(x->name);
  if (f != FN_COUNT) return call_builtin(r, x, f);
  if (variable != MAP_NONE) {
    diag_error(r->diag, x->name_span, not_a_function, x->name,
               variable_kind_names[r->m->variables.items[variable].kind]);
    return NULL;
  }
  const char *names[FN_COUNT];
  for (size_t i = 0; i < FN_COUNT; i++) names[i] = fn_table[i].name;
  diag_error(r->diag, x->name_span, unknown_function, x->name);
  const char *near = map_nearest_key(&r->m->function_names, x->name);
  diag_did_you_mean(r->diag, near ? near : map_nearest(x->name, names, FN_COUNT));
  return NULL;
}

static struct term *resolve_operator(struct resolver *r, const struct expr *x, enum term_kind kind) {
  struct term *t = new_term(r, kind, x->kind == EXPR_BINARY ? x->name_span : x->span);
  t->op = x->op;
  return resolve_args(r, x, t) ? t : NULL;
}

static struct term *resolve_kind(struct resolver *r, const struct expr *x) {
  switch (x->kind) {
    case EXPR_NUMBER: {
      struct term *t = new_term(r, TERM_NUMBER, x->span);
      t->number = x->number, t->integer = x->integer;
      return t;
    }
    case EXPR_NAME:
      return resolve_name(r, x);
    case EXPR_CALL:
      return resolve_call(r, x);
    case EXPR_UNARY:
      return resolve_operator(r, x, TERM_UNARY);
    case EXPR_BINARY:
      return resolve_operator(r, x, TERM_BINARY);
    case EXPR_IF:
      return resolve_operator(r, x, TERM_IF);
  }
  return NULL;
}

// Values over many axes are arrays at run time; sum[a, b](x[a] * y[b]) holds one of a times b elements.
static bool fits(struct resolver *r, const struct term *t) {
  size_t count = 1;
  for (uint64_t axes = t->free_axes; axes; axes &= axes - 1) {
    count *= dim_at(r, r->e->axes[__builtin_ctzll(axes)].dimension)->count;
    if (count <= LIMIT_ELEMENTS && __builtin_popcountll(t->free_axes) <= LIMIT_AXES) continue;
    diag_error(r->diag, t->span, value_too_large, __builtin_popcountll(t->free_axes), LIMIT_ELEMENTS, LIMIT_AXES);
    return false;
  }
  return true;
}

static struct term *resolve(struct resolver *r, const struct expr *x) {
  if (r->depth >= 2 * LIMIT_EXPR_DEPTH || ++r->nodes > LIMIT_EXPR_NODES) {
    if (r->nodes != SIZE_MAX / 2) diag_error(r->diag, x->span, expression_too_large, LIMIT_EXPR_NODES);
    r->nodes = SIZE_MAX / 2;  // reported once
    return NULL;
  }
  r->depth++;
  struct term *t = resolve_kind(r, x);
  r->depth--;
  return t && fits(r, t) ? t : NULL;
}

bool resolve_equation(struct resolver *r, struct checked_equation *e, const struct expr *rhs) {
  r->e = e;
  r->visible_count = 0;
  for (size_t i = 0; i < e->target_axes; i++) r->visible[r->visible_count++] = (uint32_t)i;
  r->binding = NULL, r->depth = 0, r->nodes = 0, r->ordinal = 0, r->starred = 0, r->star_allowed = false;
  e->rhs = resolve(r, rhs);
  return e->rhs != NULL;
}
