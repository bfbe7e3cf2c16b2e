// SPDX-License-Identifier: GPL-3.0-or-later
// Paints the elements with the equations from the widest to the narrowest, then cuts what each one kept into boxes:
// along the first axis, elements whose remaining parts look alike share a box.
#include "check/boxes.h"

#include <string.h>

#include "base/limits.h"

struct range {  // the elements that one equation names along each axis, as indices in the declared dimension
  uint32_t *items[LIMIT_DIMENSIONS];
  uint32_t counts[LIMIT_DIMENSIONS];
  size_t size;  // product of the counts
};

struct painter {
  struct arena *arena;
  const struct checked *c;
  const struct variable *v;
  struct diag *diag;
  struct range *ranges;  // one per equation
  uint32_t *owner;       // per element: equation + 1, 0 none
  uint32_t sizes[LIMIT_DIMENSIONS];
};

static const struct dimension *dimension_of(const struct painter *p, size_t axis) {
  return &p->c->model->dimensions.items[p->v->dims[axis]];
}

// The elements an axis names: one when the subscript was an element, else those of the (sub)range.
static void name_range(struct painter *p, const struct checked_equation *e, const struct subscript *s, size_t axis,
                       struct range *r) {
  const struct dimension *declared = dimension_of(p, axis);
  const struct dimension *named = &p->c->model->dimensions.items[e->axes[axis].dimension];
  uint32_t element = s ? model_dimension_element(declared, s->name) : UINT32_MAX;
  r->items[axis] = arena_array(p->arena, uint32_t, element == UINT32_MAX ? named->count + 1 : 1);
  if (element != UINT32_MAX) {
    r->items[axis][r->counts[axis]++] = element;
    return;
  }
  for (uint32_t i = 0; i < named->count; i++) {
    uint32_t local = p->c->local[p->v->dims[axis]][named->in_parent[i]];
    if (local != UINT32_MAX) r->items[axis][r->counts[axis]++] = local;
  }
}

// The flat index of the k-th element of a range.
static size_t flat_index(const struct painter *p, const struct range *r, size_t k) {
  size_t flat = 0, stride = 1;
  for (size_t axis = p->v->dim_count; axis-- > 0;) {
    flat += r->items[axis][k % r->counts[axis]] * stride;
    k /= r->counts[axis];
    stride *= p->sizes[axis];
  }
  return flat;
}

static bool paint(struct painter *p, struct checked_equation **e, uint32_t which) {
  const struct range *r = &p->ranges[which];
  for (size_t k = 0; k < r->size; k++) {
    size_t flat = flat_index(p, r, k);
    uint32_t before = p->owner[flat];
    if (before && p->ranges[before - 1].size == r->size) {
      diag_error(p->diag, e[which]->span, equation_overlap, p->v->name,
                 variable_element_name(p->arena, p->c->model, p->v, flat));
      diag_note(p->diag, e[before - 1]->span, "the other one is here");
      return false;
    }
    p->owner[flat] = which + 1;
  }
  return true;
}

struct cutter {
  struct painter *p;
  uint32_t which;
  struct box box;  // lists chosen for the axes before the current one
  LIST(struct box) boxes;
};

// Does this equation own the same elements in both parts?
static bool same_part(const struct cutter *k, size_t a, size_t b, size_t size) {
  for (size_t i = 0; i < size; i++)
    if ((k->p->owner[a + i] == k->which + 1) != (k->p->owner[b + i] == k->which + 1)) return false;
  return true;
}

static bool owns_any(const struct cutter *k, size_t at, size_t size) {
  for (size_t i = 0; i < size; i++)
    if (k->p->owner[at + i] == k->which + 1) return true;
  return false;
}

static void cut(struct cutter *k, size_t axis, size_t at) {
  struct painter *p = k->p;
  size_t axes = p->v->dim_count, below = 1;
  if (axis == axes) {
    struct box copy = {arena_array(p->arena, uint32_t *, axes + 1), arena_array(p->arena, uint32_t, axes + 1)};
    memcpy(copy.elements, k->box.elements, axes * sizeof *copy.elements);
    memcpy(copy.counts, k->box.counts, axes * sizeof *copy.counts);
    list_push(p->arena, &k->boxes) = copy;
    return;
  }
  for (size_t i = axis + 1; i < axes; i++) below *= p->sizes[i];
  const struct range *named = &p->ranges[k->which];
  uint32_t size = named->counts[axis];
  bool *done = arena_array(p->arena, bool, size + 1);
  for (uint32_t first = 0; first < size; first++) {
    size_t part = at + named->items[axis][first] * below;
    if (done[first] || !owns_any(k, part, below)) continue;
    uint32_t *list = arena_array(p->arena, uint32_t, size - first), count = 0;
    for (uint32_t i = first; i < size; i++)
      if (!done[i] && same_part(k, part, at + named->items[axis][i] * below, below)) {
        done[i] = true;
        list[count++] = dimension_of(p, axis)->in_parent[named->items[axis][i]];
      }
    k->box.elements[axis] = list, k->box.counts[axis] = count;
    cut(k, axis + 1, part);
  }
}

static void widest_first(const struct painter *p, uint32_t *order, size_t count) {
  for (size_t i = 0; i < count; i++) order[i] = (uint32_t)i;
  for (size_t i = 1; i < count; i++)  // insertion: lists are short or come already sorted
    for (size_t j = i; j > 0 && p->ranges[order[j]].size > p->ranges[order[j - 1]].size; j--) {
      uint32_t swap = order[j];
      order[j] = order[j - 1], order[j - 1] = swap;
    }
}

static bool covered(const struct painter *p) {
  for (size_t i = 0; i < p->v->element_count; i++)
    if (!p->owner[i]) {
      diag_error(p->diag, p->v->span, equation_missing, variable_element_name(p->arena, p->c->model, p->v, i));
      return false;
    }
  return true;
}

bool boxes_divide(struct arena *a, const struct checked *c, const struct variable *v, struct checked_equation **e,
                  size_t count, bool complete, struct diag *diag) {
  struct painter p = {.arena = a, .c = c, .v = v, .diag = diag};
  p.ranges = arena_array(a, struct range, count + 1);
  p.owner = arena_array(a, uint32_t, v->element_count + 1);
  for (size_t i = 0; i < v->dim_count; i++) p.sizes[i] = dimension_of(&p, i)->count;
  for (size_t i = 0; i < count; i++) {
    p.ranges[i].size = 1;
    for (size_t axis = 0; axis < v->dim_count; axis++) {
      name_range(&p, e[i], e[i]->subscripts ? &e[i]->subscripts[axis] : NULL, axis, &p.ranges[i]);
      p.ranges[i].size *= p.ranges[i].counts[axis];
    }
  }
  uint32_t *order = arena_array(a, uint32_t, count + 1);
  widest_first(&p, order, count);
  for (size_t i = 0; i < count; i++)
    if (!paint(&p, e, order[i])) return false;
  if (complete && !covered(&p)) return false;
  for (size_t i = 0; i < count; i++) {
    struct cutter k = {.p = &p, .which = (uint32_t)i};
    k.box.elements = arena_array(a, uint32_t *, v->dim_count + 1);
    k.box.counts = arena_array(a, uint32_t, v->dim_count + 1);
    cut(&k, 0, 0);
    e[i]->boxes = k.boxes.items;
    e[i]->box_count = k.boxes.count;
  }
  return true;
}
