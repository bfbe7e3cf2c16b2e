// SPDX-License-Identifier: GPL-3.0-or-later
// Variables: a parameter's numbers, a stock's states, or the boxes of the equations put together; flows out of
// non-negative stocks limited to what there is.
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "lower/lowering.h"

static bool is_uncertain(const struct lowering *w, uint32_t variable, uint32_t element, uint32_t *number) {
  for (size_t i = 0; i < w->options->uncertain_count; i++) {
    const struct program_parameter *u = &w->options->uncertain[i];
    if (u->variable != variable || u->element != element || u->point != UINT32_MAX) continue;
    *number = (uint32_t)i;
    return true;
  }
  return false;
}

static void dense_strides(const struct lowering *w, const struct variable *v, struct whole *x) {
  uint32_t stride = 1;
  for (size_t i = v->dim_count; i-- > 0; stride *= w->m->dimensions.items[v->dims[i]].count) x->stride[i] = stride;
}

static struct whole parameter(struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  uint32_t count = (uint32_t)v->element_count;
  double *numbers = arena_array(w->arena, double, count);
  memcpy(numbers, v->values, count * sizeof *numbers);
  for (size_t i = 0; i < w->s->parameters.count; i++) {
    const struct override *o = &w->s->parameters.items[i];
    if (o->variable != variable) continue;
    for (uint32_t k = 0; k < count; k++)
      if (o->element == UINT32_MAX || o->element == k) numbers[k] = o->value;
  }
  struct view fixed = dag_literals(&w->dag, numbers, count);
  struct dag_part *parts = arena_array(w->arena, struct dag_part, count);
  for (uint32_t k = 0; k < count; k++) {
    uint32_t number;
    parts[k] = (struct dag_part){{fixed.value, k, 0, 0}, k, 1};
    if (!is_uncertain(w, variable, k, &number)) continue;
    parts[k].from = (struct dag_arg){dag_leaf(&w->dag, DAG_PARAMETER, number, 1, BOUND_MEMBER).value, 0, 0, 0};
    w->p->parameters[number].value = numbers[k];
  }
  struct whole x = {.made = true, .value = dag_pack(&w->dag, parts, count, count)};
  dense_strides(w, v, &x);
  return x;
}

static const size_t *equations_of(const struct lowering *w, uint32_t variable, size_t *count) {
  const struct checked_variable *x = &w->c->variables[variable];
  bool initial = w->mode == MODE_START && x->initial_count;
  *count = initial ? x->initial_count : x->equation_count;
  return initial ? x->initial : x->equations;
}

static struct frame frame_of(const struct checked_equation *e, uint32_t variable, const struct box *box) {
  struct frame f = {.e = e, .variable = variable};
  for (size_t i = 0; i < e->target_axes; i++) f.size[i] = box->counts[i], f.elements[i] = box->elements[i];
  return f;
}

static struct view equation_value(struct lowering *w, struct frame *f) {
  uint32_t outer = w->dag.origin;
  w->dag.origin = f->variable;
  struct view v = lower_in(w, w->mode, f, f->e->rhs);
  w->dag.origin = outer;
  return v;
}

// Where the elements of a box stand in the whole variable, from a view of the box.
static size_t add_parts(struct lowering *w, const struct frame *f, const struct variable *v, struct view x,
                        struct dag_part *parts) {
  size_t count = 1;
  for (size_t i = 0; i < v->dim_count; i++) count *= f->size[i];
  for (size_t n = 0; n < count; n++) {
    size_t rest = n, at = 0, stride = 1;
    uint32_t from = x.offset, k = x.axis_count;
    for (size_t i = v->dim_count; i-- > 0; rest /= f->size[i]) {
      uint32_t position = (uint32_t)(rest % f->size[i]);
      at += w->c->local[v->dims[i]][f->elements[i][position]] * stride;
      stride *= w->m->dimensions.items[v->dims[i]].count;
      if (k > 0 && x.axis[k - 1] == i) from += position * x.stride[--k];
    }
    parts[n] = (struct dag_part){{x.value, from, 0, 0}, (uint32_t)at, 1};
  }
  return count;
}

static int by_place(const void *a, const void *b) {
  uint32_t x = ((const struct dag_part *)a)->at, y = ((const struct dag_part *)b)->at;
  return x < y ? -1 : x > y;
}

static struct whole from_equations(struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  size_t equation_count, part_count = 0;
  const size_t *list = equations_of(w, variable, &equation_count);
  struct dag_part *parts = NULL;
  struct whole x = {.made = true};
  for (size_t i = 0; i < equation_count; i++) {
    const struct checked_equation *e = &w->c->equations.items[list[i]];
    for (size_t b = 0; b < e->box_count; b++) {
      struct frame f = frame_of(e, variable, &e->boxes[b]);
      struct view value = equation_value(w, &f);
      size_t size = 1;
      for (size_t k = 0; k < v->dim_count; k++) size *= f.size[k];
      if (size == v->element_count) {  // one equation for all
        x.value = value.value, x.offset = value.offset;
        for (uint32_t k = 0; k < value.axis_count; k++) x.stride[value.axis[k]] = value.stride[k];
        return x;
      }
      if (!parts) parts = arena_array(w->arena, struct dag_part, v->element_count);
      part_count += add_parts(w, &f, v, value, parts + part_count);
    }
  }
  qsort(parts, part_count, sizeof *parts, by_place);
  x.value = dag_pack(&w->dag, parts, (uint32_t)part_count, (uint32_t)v->element_count);
  dense_strides(w, v, &x);
  return x;
}

static bool is_split(const struct lowering *w, uint32_t variable) {
  const struct checked_variable *x = &w->c->variables[variable];
  return w->mode == MODE_START ? x->initial_split : x->split;
}

// A variable for the limits of a flow: the whole, or one element where the flow is made element by element.
static struct view flowing(struct lowering *w, uint32_t variable, uint32_t element) {
  if (element == ELEMENTS_ALL) return lower_view(w, variable);
  if (is_split(w, variable)) lower_element(w, variable, element);
  struct dag_arg at = lower_at(w, variable, element);
  return (struct view){.value = at.value, .offset = at.offset};
}

// What a non-negative stock leaves to its outflow number `place`: what it holds and receives in one step, less the
// outflows listed before. In a ring of stocks that feed one another, what comes round the ring is not counted on: no
// stock is overdrawn, whichever flow is limited first.
static struct view left_for(struct lowering *w, const struct flow_limit *l, uint32_t element, uint32_t ring) {
  const struct checked_variable *x = &w->c->variables[l->stock];
  struct dag *g = &w->dag;
  struct view left = dag_2(g, IR_DIV, flowing(w, l->stock, element), dag_number(g, w->s->step));
  for (size_t i = 0; i < x->inflow_count; i++)
    if (!ring || w->c->variables[x->inflows[i]].ring != ring)
      left = dag_2(g, IR_ADD, left, flowing(w, x->inflows[i], element));
  for (size_t i = 0; i < l->place; i++) left = dag_2(g, IR_SUB, left, flowing(w, x->outflows[i], element));
  return dag_2(g, IR_MAX, left, dag_number(g, 0));
}

// While the limit is made, the flow itself stands for its unlimited value.
static struct whole limited(struct lowering *w, uint32_t flow, struct whole raw) {
  for (uint32_t l = w->limit_of[flow]; l; l = w->limits.items[l - 1].next) {
    w->wholes[w->mode][flow] = raw;
    struct view left = left_for(w, &w->limits.items[l - 1], ELEMENTS_ALL, w->c->variables[flow].ring);
    struct view out = dag_2(&w->dag, IR_MIN, lower_view(w, flow), left);
    w->wholes[w->mode][flow].made = false;
    raw = (struct whole){.made = true, .value = out.value, .offset = out.offset};
    for (uint32_t k = 0; k < out.axis_count; k++) raw.stride[out.axis[k]] = out.stride[k];
  }
  return raw;
}

static void set_element(struct whole *x, uint32_t element, struct view value) {
  x->elements[element] = value.value + 1, x->element_offsets[element] = value.offset;
}

static void limit_element(struct lowering *w, uint32_t flow, uint32_t element) {
  struct whole *x = &w->wholes[w->mode][flow];
  for (uint32_t l = w->limit_of[flow]; l; l = w->limits.items[l - 1].next) {
    struct view left = left_for(w, &w->limits.items[l - 1], element, w->c->variables[flow].ring);
    set_element(x, element, dag_2(&w->dag, IR_MIN, flowing(w, flow, element), left));
  }
}

// The equation and single-element frame of one element of a split variable.
void lower_element(struct lowering *w, uint32_t variable, uint32_t element) {
  const struct variable *v = &w->m->variables.items[variable];
  struct whole *x = &w->wholes[w->mode][variable];
  if (!x->elements) {
    x->elements = arena_array(w->arena, uint32_t, v->element_count);
    x->element_offsets = arena_array(w->arena, uint32_t, v->element_count);
    x->made = true;
  }
  if (x->elements[element]) return;
  uint32_t roots[LIMIT_DIMENSIONS], rest = element;
  for (size_t i = v->dim_count; i-- > 0;) {
    const struct dimension *d = &w->m->dimensions.items[v->dims[i]];
    roots[i] = d->in_parent[rest % d->count];
    rest /= d->count;
  }
  size_t equation_count;
  const size_t *list = equations_of(w, variable, &equation_count);
  for (size_t i = 0; i < equation_count; i++) {
    const struct checked_equation *e = &w->c->equations.items[list[i]];
    for (size_t b = 0; b < e->box_count; b++) {
      bool inside = true;
      for (size_t k = 0; k < v->dim_count; k++) {
        bool found = false;
        for (uint32_t n = 0; n < e->boxes[b].counts[k]; n++) found = found || e->boxes[b].elements[k][n] == roots[k];
        inside = inside && found;
      }
      if (!inside) continue;
      struct frame f = {.e = e, .variable = variable};
      for (size_t k = 0; k < v->dim_count; k++)
        f.size[k] = 1, f.elements[k] = arena_grow(w->arena, &roots[k], 1, 1, sizeof *roots);
      struct view value = equation_value(w, &f);
      set_element(x, element, value);
      if (v->kind == VARIABLE_FLOW && w->mode != MODE_START) limit_element(w, variable, element);
      return;
    }
  }
}

static struct whole stock(struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  struct view leaf = dag_leaf(&w->dag, DAG_STATE, w->state_of[variable], (uint32_t)v->element_count, BOUND_STATE);
  struct whole x = {.made = true, .value = leaf.value};
  dense_strides(w, v, &x);
  return x;
}

void lower_limits(struct lowering *w) {
  w->limit_of = arena_array(w->arena, uint32_t, w->m->variables.count + 1);
  for (uint32_t s = (uint32_t)w->m->variables.count; s-- > 0;) {  // backwards: a flow's list is in order of the stocks
    const struct checked_variable *x = &w->c->variables[s];
    if (w->m->variables.items[s].kind != VARIABLE_STOCK || !w->m->variables.items[s].non_negative) continue;
    for (uint32_t place = 0; place < x->outflow_count; place++) {
      list_push(w->arena, &w->limits) = (struct flow_limit){s, place, w->limit_of[x->outflows[place]]};
      w->limit_of[x->outflows[place]] = (uint32_t)w->limits.count;
    }
  }
}

const struct whole *lower_whole(struct lowering *w, uint32_t variable) {
  struct whole *x = &w->wholes[w->mode][variable];
  if (x->made) return x;
  const struct variable *v = &w->m->variables.items[variable];
  if (is_split(w, variable)) {
    for (uint32_t k = 0; k < v->element_count; k++) lower_element(w, variable, k);
    return x;
  }
  struct whole made;
  if (v->kind == VARIABLE_STOCK && w->mode != MODE_START)
    made = stock(w, variable);
  else if (v->kind == VARIABLE_PARAMETER)
    made = parameter(w, variable);
  else if (v->kind == VARIABLE_LEVER || v->kind == VARIABLE_INPUT)
    made = lower_path(w, variable);
  else
    made = from_equations(w, variable);
  if (v->kind == VARIABLE_FLOW && w->mode != MODE_START) made = limited(w, variable, made);
  *x = made;
  return x;
}

struct dag_arg lower_at(struct lowering *w, uint32_t variable, uint32_t element) {
  const struct variable *v = &w->m->variables.items[variable];
  const struct whole *x = lower_whole(w, variable);
  if (x->elements) return (struct dag_arg){x->elements[element] - 1, x->element_offsets[element], 0, 0};
  struct dag_arg from = {x->value, x->offset, 0, 0};
  for (size_t i = v->dim_count; i-- > 0;) {
    uint32_t size = w->m->dimensions.items[v->dims[i]].count;
    from.offset += element % size * x->stride[i];
    element /= size;
  }
  return from;
}
