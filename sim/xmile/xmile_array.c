// SPDX-License-Identifier: GPL-3.0-or-later
// Subscripts, slices and reductions (OASIS XMILE 1.0, 3.7.1). An array in an equation over the same dimensions lines up
// with it by name, as in our language. Slices go over aliases of dimensions, so that a sum over a dimension can stand
// in an equation over it. A subscript that is computed picks by comparing numbers of elements. Where the standard
// counts places and our language compares names, the equation is written out element by element.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "xmile/xmile_read.h"

struct reference {  // one array in an equation, while its subscripts are read
  const struct xmile_node *node;
  uint32_t variable;
  struct subscript *subscripts;
  LIST(struct pick {  // computed subscripts
    uint32_t dim, axis;
    struct expr *at;
  })
  picks;
  uint32_t starred[LIMIT_DIMENSIONS];  // dimensions of the slices so far
  size_t star_count;
};

static const struct dimension *dim_at(const struct xmile_reader *r, uint32_t dim) {
  return &r->model->dimensions.items[dim];
}

// The context's dimension that stands for `dim`, the `ordinal`-th of them; -1: none.
static int own_place(const struct xmile_reader *r, const struct xmile_context *c, uint32_t dim, unsigned ordinal) {
  for (size_t k = 0; k < c->dim_count; k++)
    if (xmile_dims_whole(r, c->dims[k]) == xmile_dims_whole(r, dim) && ordinal-- == 0) return (int)k;
  return -1;
}

// ---- slices

static void add_axis(struct xmile_reader *r, struct xmile_reduction *red, uint32_t axis) {
  for (size_t i = 0; i < red->axes.count; i++)
    if (red->axes.items[i] == axis) return;
  list_push(r->arena, &red->axes) = axis;
}

static bool star(struct xmile_reader *r, struct xmile_context *c, struct reference *f, uint32_t dim, struct span at,
                 struct subscript *out) {
  if (!c->reduction)
    return xmile_fail(r, c, at, "a slice of an array can only stand in SUM, MEAN, MIN, MAX and the like");
  unsigned ordinal = 0, level = c->reduction->level;
  dim = xmile_dims_first(r->model, dim);
  for (size_t i = 0; i < f->star_count; i++) ordinal += f->starred[i] == dim;
  if (f->star_count < LIMIT_DIMENSIONS) f->starred[f->star_count++] = dim;
  const char *mark = ordinal || level ? arena_format(r->arena, "*%u.%u", level, ordinal) : "*";
  uint32_t axis = xmile_dims_alias(r, dim, mark);
  add_axis(r, c->reduction, axis);
  *out = (struct subscript){.span = at, .name = dim_at(r, axis)->name};
  return true;
}

// ---- one subscript

static bool pick_element(struct xmile_reader *r, struct xmile_context *c, uint32_t dim, double number, struct span at,
                         struct subscript *out) {
  if (!(number >= 1 && number <= dim_at(r, dim)->count))
    return xmile_fail(r, c, at, "%s has elements 1 to %u", dim_at(r, dim)->name, dim_at(r, dim)->count);
  *out = (struct subscript){.span = at, .name = dim_at(r, dim)->elements[(uint32_t)number - 1]};
  return true;
}

// The subscript that follows the k-th dimension of the equation.
static bool follow(struct xmile_reader *r, struct xmile_context *c, uint32_t dim, size_t k, struct span at,
                   struct subscript *out) {
  const struct dimension *own = dim_at(r, c->dims[k]);
  if (!c->bound) {
    out->span = at, out->name = own->name;
    bool inside = own->root == dim_at(r, dim)->root;
    for (uint32_t i = 0; i < own->count && inside; i++)
      inside = xmile_dims_element(r, dim, xmile_fold(r->arena, own->elements[i])) != XMILE_NONE;
    if (!inside) *c->expand = true;
    return true;
  }
  uint32_t element = xmile_dims_element(r, dim, xmile_fold(r->arena, own->elements[c->bound[k]]));
  return pick_element(r, c, dim, element == XMILE_NONE ? c->bound[k] + 1.0 : element + 1.0, at, out);
}

static bool computed(struct xmile_reader *r, struct xmile_context *c, struct reference *f, uint32_t dim,
                     const struct xmile_node *s, struct subscript *out) {
  struct xmile_context outer = *c;
  if (c->reduction && c->reduction->whole) outer.reduction = NULL;
  struct expr *at = xmile_translate(r, &outer, s);
  if (!at) return false;
  uint32_t axis = xmile_dims_alias(r, dim, arena_format(r->arena, "?%u", (*c->ordinal)++));
  list_push(r->arena, &f->picks) = (struct pick){dim, axis, at};
  *out = (struct subscript){.span = s->span, .name = dim_at(r, axis)->name};
  return true;
}

// A number outside gives 0 like any that is computed, and a warning.
static bool numbered(struct xmile_reader *r, struct xmile_context *c, struct reference *f, uint32_t dim,
                     const struct xmile_node *s, struct subscript *out) {
  const struct dimension *d = dim_at(r, dim);
  if (s->number >= 1 && s->number < d->count + 1.0) return pick_element(r, c, dim, floor(s->number), s->span, out);
  const char *text = arena_format(r->arena, "the subscript is outside: %s has elements 1 to %u", d->name, d->count);
  diag_warning(r->diag, s->span, xmile_equation, c->of, text);
  return computed(r, c, f, dim, s, out);
}

static bool named(struct xmile_reader *r, struct xmile_context *c, struct reference *f, uint32_t dim,
                  const struct xmile_node *s, struct subscript *out) {
  uint32_t element = xmile_dims_element(r, dim, s->name), other = xmile_dims_find(r, s->name);
  if (element == XMILE_NONE && !xmile_instance_find(r, c->instance, s->name))
    element = xmile_dims_qualified(r, s->name);
  if (element != XMILE_NONE) return pick_element(r, c, dim, element + 1.0, s->span, out);
  if (other == XMILE_NONE) return computed(r, c, f, dim, s, out);
  int k = own_place(r, c, other, 0);
  if (k >= 0) return follow(r, c, dim, (size_t)k, s->span, out);
  if (c->reduction && dim_at(r, other)->root == dim_at(r, dim)->root) return star(r, c, f, other, s->span, out);
  return xmile_fail(r, c, s->span, "%s is no dimension of %s", s->written, c->of);
}

static bool end_of_range(struct xmile_reader *r, struct xmile_context *c, uint32_t dim, const struct xmile_node *s,
                         double *number) {
  uint32_t element = s->kind == XMILE_NAME ? xmile_dims_element(r, dim, s->name) : XMILE_NONE;
  if (element != XMILE_NONE) {
    *number = element + 1.0;
    return true;
  }
  if (!xmile_constant(r, c, s, number, 0) || !(*number >= 1 && *number <= dim_at(r, dim)->count)) return false;
  xmile_rely(r, c, s, RELIES_ON_VALUE, 0);
  return true;
}

static bool range(struct xmile_reader *r, struct xmile_context *c, struct reference *f, uint32_t dim,
                  const struct xmile_node *s, struct subscript *out) {
  double first, last;
  if (!end_of_range(r, c, dim, s->args[0], &first) || !end_of_range(r, c, dim, s->args[1], &last) || last < first)
    return xmile_fail(r, c, s->span, "the range is not one of %s", dim_at(r, dim)->name);
  uint32_t part = xmile_dims_part(r, dim, (uint32_t)first - 1, (uint32_t)last - (uint32_t)first + 1);
  return star(r, c, f, part, s->span, out);
}

static bool subscript(struct xmile_reader *r, struct xmile_context *c, struct reference *f, uint32_t dim,
                      const struct xmile_node *s, struct subscript *out) {
  switch (s->kind) {
    case XMILE_STAR:
      return star(r, c, f, dim, s->span, out);
    case XMILE_RANGE:
      return range(r, c, f, dim, s, out);
    case XMILE_NUMBER:
      return numbered(r, c, f, dim, s, out);
    case XMILE_POSITION:
      if (s->number >= 1 && s->number <= (double)c->dim_count)
        return follow(r, c, dim, (size_t)s->number - 1, s->span, out);
      return xmile_fail(r, c, s->span, "%s has %zu dimensions", c->of, c->dim_count);
    case XMILE_NAME:
      if (!s->subscript_count) return named(r, c, f, dim, s, out);
      return computed(r, c, f, dim, s, out);
    default:
      return computed(r, c, f, dim, s, out);
  }
}

// ---- arrays without subscripts

static bool bare(struct xmile_reader *r, struct xmile_context *c, struct reference *f, bool *lined_up) {
  const struct variable v = r->model->variables.items[f->variable];
  bool whole = c->reduction && c->reduction->whole;
  *lined_up = true;
  for (size_t i = 0; i < v.dim_count; i++) {
    unsigned ordinal = 0;
    for (size_t k = 0; k < i; k++) ordinal += xmile_dims_whole(r, v.dims[k]) == xmile_dims_whole(r, v.dims[i]);
    int k = own_place(r, c, v.dims[i], ordinal);
    for (size_t j = 0; j < c->dim_count && k < 0 && !whole; j++)
      if (dim_at(r, c->dims[j])->root == dim_at(r, v.dims[i])->root) k = (int)j;
    // In a macro, the caller's dimensions are no part of the array that the macro's text names.
    bool callers = c->instance->call && i < c->instance->call->dim_count && !c->instance->call->bound;
    if (whole && !callers) {
      if (!star(r, c, f, xmile_dims_whole(r, v.dims[i]), f->node->span, &f->subscripts[i])) return false;
    } else if (k < 0) {
      *lined_up = false;
    } else if (!follow(r, c, v.dims[i], (size_t)k, f->node->span, &f->subscripts[i])) {
      return false;
    }
  }
  return true;
}

// Where the file's options say so, a subscript outside gives NAN, not 0.
static struct expr *inside_or_nan(struct xmile_reader *r, const struct reference *f, struct expr *x) {
  struct span at = f->node->span;
  for (size_t i = 0; i < f->picks.count; i++) {
    const struct pick *p = &f->picks.items[i];
    struct expr *low = xmile_binary(r, at, OP_GREATER_EQUAL, p->at, xmile_number(r, at, 1));
    struct expr *high = xmile_binary(r, at, OP_LESS, p->at, xmile_number(r, at, dim_at(r, p->dim)->count + 1.0));
    x = xmile_if(r, at, xmile_binary(r, at, OP_AND, low, high), x, xmile_number(r, at, NAN));
  }
  return x;
}

// A[i] -> sum over the axis of: if the axis' number is i then A[axis] else 0
static struct expr *picked(struct xmile_reader *r, const struct reference *f, struct expr *array) {
  struct span at = f->node->span;
  struct expr *condition = NULL;
  struct subscript *axes = arena_array(r->arena, struct subscript, f->picks.count);
  for (size_t i = 0; i < f->picks.count; i++) {
    const struct pick *p = &f->picks.items[i];
    uint32_t numbers = xmile_dims_numbers(r, p->dim);  // may move the list of variables
    struct expr *number = xmile_reference(r, at, r->model->variables.items[numbers].name);
    axes[i] = (struct subscript){.span = at, .name = dim_at(r, p->axis)->name};
    number->subscripts = &axes[i], number->subscript_count = 1;
    struct expr *same = xmile_binary(r, at, OP_EQUAL, number, xmile_call(r, at, "floor", 1, &p->at));
    condition = condition ? xmile_binary(r, at, OP_AND, condition, same) : same;
  }
  struct expr *x = xmile_if(r, at, condition, array, xmile_number(r, at, 0));
  struct expr *sum = xmile_call(r, at, "sum", 1, &x);
  sum->subscripts = axes, sum->subscript_count = f->picks.count;
  return r->outside_is_nan ? inside_or_nan(r, f, sum) : sum;
}

static bool read_subscripts(struct xmile_reader *r, struct xmile_context *c, struct reference *f) {
  const struct variable v = r->model->variables.items[f->variable];
  size_t lead = v.dim_count - f->node->subscript_count;
  size_t callers = c->instance->call && !c->instance->call->bound ? c->instance->call->dim_count : 0;
  if (f->node->subscript_count > v.dim_count || lead != (lead ? callers : 0))
    return xmile_fail(r, c, f->node->span, "%s has %zu dimensions, %zu subscripts are given", f->node->written,
                      v.dim_count, f->node->subscript_count);
  for (size_t i = 0; i < v.dim_count; i++) {
    bool good = i < lead ? follow(r, c, v.dims[i], i, f->node->span, &f->subscripts[i])
                         : subscript(r, c, f, v.dims[i], f->node->subscripts[i - lead], &f->subscripts[i]);
    if (!good) return false;
  }
  return true;
}

struct expr *xmile_array_reference(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n,
                                   uint32_t variable) {
  const struct variable v = r->model->variables.items[variable];
  struct reference f = {.node = n, .variable = variable};
  struct expr *e = xmile_reference(r, n->span, v.name);
  e->name_span = n->name_span;
  f.subscripts = e->subscripts = arena_array(r->arena, struct subscript, v.dim_count + 1);
  e->subscript_count = v.dim_count;
  bool lined_up = true;
  if (!(n->subscript_count ? read_subscripts(r, c, &f) : bare(r, c, &f, &lined_up))) return NULL;
  if (!lined_up) return xmile_fail(r, c, n->span, "%s is an array over other dimensions than the equation", v.name);
  return f.picks.count ? picked(r, &f, e) : e;
}

struct expr *xmile_array_own(struct xmile_reader *r, struct xmile_context *c, struct span at, uint32_t variable) {
  struct xmile_node n = {.kind = XMILE_NAME, .span = at, .name_span = at, .written = c->of};
  struct xmile_context plain = *c;
  plain.reduction = NULL;
  return xmile_array_reference(r, &plain, &n, variable);
}

// ---- reductions

bool xmile_array_is_slice(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n) {
  if (n->kind != XMILE_NAME) return false;
  for (size_t i = 0; i < n->subscript_count; i++)
    if (n->subscripts[i]->kind == XMILE_STAR || n->subscripts[i]->kind == XMILE_RANGE) return true;
  if (n->subscript_count) return false;
  const struct xmile_slot *s = xmile_instance_find(r, c->instance, n->name);
  if (!s || s->variable == XMILE_NONE) return false;
  const struct variable *v = &r->model->variables.items[s->variable];
  for (size_t i = 0; i < v->dim_count; i++)
    if (own_place(r, c, v->dims[i], 0) < 0) return true;
  return false;
}

struct expr *xmile_array_reduce(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n,
                                const char *function, const struct xmile_node *arg) {
  struct xmile_reduction red = {.outer = c->reduction, .whole = true};
  if (red.outer) red.level = red.outer->level + 1;
  struct xmile_context inner = *c;
  inner.reduction = &red;
  struct expr *x = xmile_translate(r, &inner, arg);
  if (!x || !red.axes.count) return x;
  struct expr *e = xmile_call(r, n->span, function, 1, &x);
  e->subscripts = arena_array(r->arena, struct subscript, red.axes.count);
  e->subscript_count = red.axes.count;
  for (size_t i = 0; i < red.axes.count; i++)
    e->subscripts[i] = (struct subscript){.span = n->span, .name = dim_at(r, red.axes.items[i])->name};
  return e;
}

// ---- dimensions as numbers

// The number of the element at hand.
struct expr *xmile_array_dimension(struct xmile_reader *r, struct xmile_context *c, struct span at, uint32_t dim) {
  int k = own_place(r, c, dim, 0);
  if (k < 0) return xmile_fail(r, c, at, "%s is no dimension of %s", dim_at(r, dim)->name, c->of);
  if (c->bound) return xmile_number(r, at, c->bound[k] + 1.0);
  uint32_t numbers = xmile_dims_numbers(r, dim);
  struct expr *e = xmile_reference(r, at, r->model->variables.items[numbers].name);
  e->subscripts = arena_new(r->arena, struct subscript);
  e->subscript_count = 1;
  e->subscripts[0] = (struct subscript){.span = at, .name = dim_at(r, c->dims[k])->name};
  return e;
}

// SIZE of a dimension, an array or a slice: a number known now.
struct expr *xmile_array_size(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n) {
  const struct xmile_node *of = n->args[0];
  uint32_t dim = of->kind == XMILE_NAME ? xmile_dims_find(r, of->name) : XMILE_NONE;
  struct xmile_slot *s = of->kind == XMILE_NAME ? xmile_instance_find(r, c->instance, of->name) : NULL;
  while (s && s->argument && s->argument->kind == XMILE_NAME && !s->argument->subscript_count)
    s = xmile_instance_find(r, s->context->instance, s->argument->name);
  if (!s && of->kind == XMILE_NAME && strcmp(of->name, "self") == 0) s = c->slot;
  if (!s && dim != XMILE_NONE) return xmile_number(r, n->span, dim_at(r, dim)->count);
  if (!s || s->variable == XMILE_NONE) return xmile_fail(r, c, n->span, "SIZE needs an array or a dimension");
  const struct variable *v = &r->model->variables.items[s->variable];
  double size = 1;
  for (size_t i = 0; i < v->dim_count; i++) {
    const struct xmile_node *sub = i < of->subscript_count ? of->subscripts[i] : NULL;
    double first, last;
    if (sub && sub->kind == XMILE_RANGE && end_of_range(r, c, v->dims[i], sub->args[0], &first) &&
        end_of_range(r, c, v->dims[i], sub->args[1], &last))
      size *= last - first + 1;
    else if (!sub || sub->kind == XMILE_STAR)
      size *= dim_at(r, v->dims[i])->count;
  }
  return xmile_number(r, n->span, size);
}

// ---- graphical functions of arrays

bool xmile_array_table(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n,
                       const struct xmile_slot *s, uint32_t *table) {
  *table = s->table;
  if (!s->tables) return true;
  const struct variable v = r->model->variables.items[s->variable];
  struct reference f = {.node = n, .variable = s->variable};
  f.subscripts = arena_array(r->arena, struct subscript, v.dim_count + 1);
  bool lined_up = true;
  if (!(n->subscript_count ? read_subscripts(r, c, &f) : bare(r, c, &f, &lined_up)) || !lined_up || f.picks.count)
    return xmile_fail(r, c, n->span, "which graphical function of %s is meant is not clear", n->written);
  size_t element = 0;
  for (size_t i = 0; i < v.dim_count; i++) {
    uint32_t at = xmile_dims_element(r, v.dims[i], xmile_fold(r->arena, f.subscripts[i].name));
    if (at == XMILE_NONE) {  // a dimension: one function for each of its elements
      *c->expand = true;
      at = 0;
    }
    element = element * dim_at(r, v.dims[i])->count + at;
  }
  *table = s->tables[element];
  return *table != XMILE_NONE || xmile_fail(r, c, n->span, "%s has no graphical function for this element", n->written);
}
