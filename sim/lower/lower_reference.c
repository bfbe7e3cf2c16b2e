// SPDX-License-Identifier: GPL-3.0-or-later
// A variable's elements as an equation sees them: subscripts, mappings and broadcasts become an offset and a stride per
// axis, or, where they follow no straight line, a list of elements.
#include "lower/lowering.h"

static const uint32_t *axis_elements(const struct lowering *w, uint32_t axis, uint32_t *size) {
  *size = w->frame->size[axis];
  return w->frame->elements[axis];
}

void lower_walk(struct lowering *w, struct walk *k, uint32_t axis, const uint32_t *map, uint32_t dim, uint32_t stride) {
  uint32_t size;
  const uint32_t *elements = axis_elements(w, axis, &size);
  const uint32_t *local = w->c->local[dim];
  if (size == 1 || stride == 0) {
    k->offset += local[map ? map[elements[0]] : elements[0]] * stride;
    return;
  }
  uint32_t at = 0;
  while (at < k->axis_count && k->axis[at] != axis) at++;
  if (at == k->axis_count) {
    k->axis[at] = (uint8_t)axis, k->size[at] = size;
    k->step[at] = arena_array(w->arena, uint32_t, size);
    k->axis_count++;
  }
  for (uint32_t i = 0; i < size; i++) k->step[at][i] += local[map ? map[elements[i]] : elements[i]] * stride;
}

static struct view view_of_walk(struct lowering *w, uint32_t value, struct walk *k) {
  struct view v = {.value = value, .offset = k->offset};
  bool affine = true;
  for (uint32_t a = 0; a < k->axis_count; a++) {
    uint32_t first = k->step[a][0], step = k->step[a][1] - first;
    for (uint32_t i = 1; i < k->size[a]; i++) affine = affine && k->step[a][i] == first + i * step;
    affine = affine && k->step[a][1] > first;
  }
  uint32_t count = 1;
  for (uint32_t a = 0; a < k->axis_count; a++) count *= k->size[a];
  if (affine) {
    for (uint32_t a = 0; a < k->axis_count; a++) {
      v.offset += k->step[a][0];
      v = dag_along(v, k->axis[a], k->size[a], k->step[a][1] - k->step[a][0]);
    }
    return v;
  }
  // Order the axes, then list every element.
  struct view out = {0};
  for (uint32_t a = 0; a < k->axis_count; a++) out = dag_along(out, k->axis[a], k->size[a], 1);
  uint32_t *at = arena_array(w->arena, uint32_t, count), stride = 1;
  for (uint32_t n = 0; n < count; n++) at[n] = k->offset;
  for (uint32_t x = out.axis_count; x-- > 0; stride *= out.size[x]) {
    uint32_t a = 0;
    while (k->axis[a] != out.axis[x]) a++;
    for (uint32_t n = 0; n < count; n++) at[n] += k->step[a][n / stride % out.size[x]];
    out.stride[x] = stride;
  }
  out.value = dag_gather(&w->dag, value, at, count);
  return out;
}

// A split variable's elements, picked one by one.
static struct view view_of_elements(struct lowering *w, uint32_t variable, const struct walk *k) {
  const struct whole *x = &w->wholes[w->mode][variable];
  struct view out = {0};
  for (uint32_t a = 0; a < k->axis_count; a++) out = dag_along(out, k->axis[a], k->size[a], 1);
  uint32_t count = 1, stride = 1;
  for (uint32_t a = 0; a < k->axis_count; a++) count *= k->size[a];
  uint32_t *at = arena_array(w->arena, uint32_t, count);
  for (uint32_t n = 0; n < count; n++) at[n] = k->offset;
  for (uint32_t a = out.axis_count; a-- > 0; stride *= out.size[a]) {
    uint32_t b = 0;
    while (k->axis[b] != out.axis[a]) b++;
    for (uint32_t n = 0; n < count; n++) at[n] += k->step[b][n / stride % out.size[a]];
    out.stride[a] = stride;
  }
  struct dag_part *parts = arena_array(w->arena, struct dag_part, count);
  for (uint32_t n = 0; n < count; n++) {
    if (!x->elements[at[n]]) lower_element(w, variable, at[n]);
    parts[n] = (struct dag_part){{x->elements[at[n]] - 1, x->element_offsets[at[n]], 0, 0}, n, 1};
  }
  if (count == 1) {
    out.value = parts[0].from.value, out.offset = parts[0].from.offset;
    return out;
  }
  out.value = dag_pack(&w->dag, parts, count, count);
  return out;
}

struct view lower_reference(struct lowering *w, const struct term *t) {
  const struct variable *v = &w->m->variables.items[t->variable];
  const struct whole *x = lower_whole(w, t->variable);
  struct walk k = {0};
  uint32_t dense = 1;
  for (size_t i = v->dim_count; i-- > 0; dense *= w->m->dimensions.items[v->dims[i]].count) {
    uint32_t stride = x->elements ? dense : x->stride[i];
    if (t->indices[i].fixed)
      k.offset += w->c->local[v->dims[i]][t->indices[i].element] * stride;
    else
      lower_walk(w, &k, t->indices[i].axis, t->indices[i].map, v->dims[i], stride);
  }
  if (x->elements) return view_of_elements(w, t->variable, &k);
  k.offset += x->offset;
  return view_of_walk(w, x->value, &k);
}

// A whole variable along its dimensions as axes 0, 1, ...
struct view lower_view(struct lowering *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  const struct whole *x = lower_whole(w, variable);
  struct walk k = {.offset = x->elements ? 0 : x->offset};
  struct frame f = {0};
  struct frame *outer = w->frame;
  w->frame = &f;
  uint32_t dense = 1;
  for (size_t i = v->dim_count; i-- > 0;) {
    const struct dimension *d = &w->m->dimensions.items[v->dims[i]];
    f.size[i] = d->count, f.elements[i] = d->in_parent;
    lower_walk(w, &k, (uint32_t)i, NULL, v->dims[i], x->elements ? dense : x->stride[i]);
    dense *= d->count;
  }
  struct view out = x->elements ? view_of_elements(w, variable, &k) : view_of_walk(w, x->value, &k);
  w->frame = outer;
  return out;
}
