// SPDX-License-Identifier: GPL-3.0-or-later
// Dimensions of XMILE are all on one level; ours know subranges, which arrays line up by. So a dimension whose named
// elements all belong to another, in its order, becomes a subrange of it (or an alias, when they are the same).
// Aliases and parts are made when an equation needs a dimension twice, or a slice of one.
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "xmile/xmile_read.h"

static bool add_element(struct xmile_reader *r, struct dimension *d, const char *name, struct span at) {
  const char *shown = xmile_name(r->arena, name);
  if (map_add(&d->names, xmile_fold(r->arena, name), d->count) != d->count) {
    diag_error(r->diag, at, xmile_element_twice, shown, d->name);
    return false;
  }
  if (d->count == LIMIT_DIMENSION_ELEMENTS) {
    diag_error(r->diag, at, element_total, LIMIT_DIMENSION_ELEMENTS);
    return false;
  }
  map_add(&d->names, shown, d->count);  // as scenarios write it
  d->elements[d->count++] = shown;
  return true;
}

static size_t read_size(struct xmile_reader *r, const struct xml *x, const char *name) {
  const char *size = xml_attribute(x, "size");
  double n = 0;
  if (size && text_to_number(size, strlen(size), &n) && n >= 1 && n <= LIMIT_DIMENSION_ELEMENTS && n == (size_t)n)
    return (size_t)n;
  diag_error(r->diag, x->span, xmile_dimension_size, name, LIMIT_DIMENSION_ELEMENTS);
  return 1;
}

static void finish_dimension(struct xmile_reader *r, struct dimension *d) {
  d->element_labels = arena_array(r->arena, struct label, d->count + 1);
  d->in_parent = arena_array(r->arena, uint32_t, d->count + 1);
  for (uint32_t i = 0; i < d->count; i++) d->in_parent[i] = i, d->element_labels[i].en = d->elements[i];
  map_add(&r->model->dimension_names, d->name, d->root);
  list_push(r->arena, &r->model->dimensions) = *d;
  list_push(r->arena, &r->wholes) = d->root;
}

uint32_t xmile_dims_counted(struct xmile_reader *r, size_t count, struct span at) {
  const char *name = arena_format(r->arena, "slats %zu", count);
  uint32_t known = map_get(&r->model->dimension_names, name), index = (uint32_t)r->model->dimensions.count;
  if (known != MAP_NONE) return known;
  struct dimension d = {.name = name, .span = at, .label = {name, NULL}, .parent = DIMENSION_NONE, .root = index};
  map_init(&d.names, r->arena);
  d.elements = arena_array(r->arena, const char *, count + 1);
  for (size_t i = 0; i < count; i++) add_element(r, &d, arena_format(r->arena, "%zu", i + 1), at);
  finish_dimension(r, &d);
  return index;
}

static void read_dimension(struct xmile_reader *r, const struct xml *x) {
  const char *name = xml_attribute(x, "name");
  if (!name) {
    diag_error(r->diag, x->span, xmile_nameless, x->name);
    return;
  }
  uint32_t index = (uint32_t)r->model->dimensions.count;
  const char *folded = xmile_fold(r->arena, name);
  if (map_get(&r->dimension_names, folded) != MAP_NONE) return;  // "repetition": the same in an included file
  if (index == LIMIT_DIMENSION_COUNT) {
    diag_error(r->diag, x->span, xmile_too_many, LIMIT_DIMENSION_COUNT, "dimensions");
    return;
  }
  struct dimension d = {.name = xmile_name(r->arena, name), .span = xml_attribute_span(x, "name")};
  d.label.en = d.name, d.parent = DIMENSION_NONE, d.root = index;
  map_init(&d.names, r->arena);
  bool named = xml_child(x, "elem") != NULL;
  size_t size = named ? x->children.count : read_size(r, x, d.name);
  d.elements = arena_array(r->arena, const char *, size + 1);
  for (size_t i = 0; i < size; i++) {
    const struct xml *e = named ? x->children.items[i] : x;
    const char *element = named ? xml_attribute(e, "name") : arena_format(r->arena, "%zu", i + 1);
    if (named && strcmp(e->name, "elem") != 0) continue;
    if (element) add_element(r, &d, element, e->span);
  }
  map_add(&r->dimension_names, folded, index);
  finish_dimension(r, &d);
}

// Are all elements of d in `whole`, in its order?
static bool is_part(const struct xmile_reader *r, const struct dimension *d, const struct dimension *whole,
                    uint32_t *places) {
  uint32_t last = 0;
  for (uint32_t i = 0; i < d->count; i++) {
    uint32_t at = map_get(&whole->names, xmile_fold(r->arena, d->elements[i]));
    if (at == MAP_NONE || (i && at <= last)) return false;
    places[i] = last = at;
  }
  return true;
}

static bool is_numbered(const struct dimension *d) {
  return d->count && strcmp(d->elements[0], "1") == 0;
}

// The first dimension that holds all of d's elements and more, or the same and stands before it.
static void find_parent(struct xmile_reader *r, uint32_t index) {
  struct dimension *d = &r->model->dimensions.items[index];
  uint32_t *places = arena_array(r->arena, uint32_t, d->count + 1);
  for (uint32_t i = 0; i < r->model->dimensions.count && !is_numbered(d); i++) {
    const struct dimension *whole = &r->model->dimensions.items[i];
    if (i == index || whole->parent != DIMENSION_NONE || whole->count < d->count) continue;
    if ((whole->count == d->count && i > index) || !is_part(r, d, whole, places)) continue;
    d->parent = d->root = i;
    d->in_parent = places;
    return;
  }
}

void xmile_dims_read(struct xmile_reader *r, const struct xml *root) {
  const struct xml *list = xml_child(root, "dimensions");
  for (size_t i = 0; list && i < list->children.count; i++)
    if (strcmp(list->children.items[i]->name, "dim") == 0) read_dimension(r, list->children.items[i]);
}

// The largest first, so that a subrange of a subrange finds the root.
void xmile_dims_relate(struct xmile_reader *r) {
  uint32_t count = (uint32_t)r->model->dimensions.count, most = 0;
  for (uint32_t i = 0; i < count; i++)
    if (r->model->dimensions.items[i].count > most) most = r->model->dimensions.items[i].count;
  for (uint32_t size = most; size > 0; size--)
    for (uint32_t i = 0; i < count; i++)
      if (r->model->dimensions.items[i].count == size) find_parent(r, i);
}

uint32_t xmile_dims_find(const struct xmile_reader *r, const char *folded) {
  return map_get(&r->dimension_names, folded);
}

uint32_t xmile_dims_element(struct xmile_reader *r, uint32_t dim, const char *folded) {
  return map_get(&r->model->dimensions.items[dim].names, folded);
}

uint32_t xmile_dims_qualified(struct xmile_reader *r, const char *folded) {
  const char *point = strchr(folded, '.');
  if (!point || point == folded) return XMILE_NONE;
  uint32_t dim = xmile_dims_find(r, arena_copy(r->arena, folded, (size_t)(point - folded)));
  return dim == XMILE_NONE ? XMILE_NONE : xmile_dims_element(r, dim, point + 1);
}

uint32_t xmile_dims_whole(const struct xmile_reader *r, uint32_t dim) {
  return r->wholes.items[dim];
}

static uint32_t add_part(struct xmile_reader *r, uint32_t dim, const char *name, uint32_t first, uint32_t count) {
  uint32_t known = map_get(&r->part_names, name), index = (uint32_t)r->model->dimensions.count;
  if (known != MAP_NONE) return known;
  const struct dimension *of = &r->model->dimensions.items[dim];
  map_add(&r->part_names, name, index);
  while (map_get(&r->model->dimension_names, name) != MAP_NONE) name = arena_format(r->arena, "%s_", name);
  struct dimension d = {
      .made = true, .name = name, .span = of->span, .label = {name, NULL}, .count = count, .root = of->root};
  d.parent = dim;
  d.elements = of->elements + first, d.element_labels = of->element_labels + first;
  d.in_parent = of->in_parent + first;
  map_init(&d.names, r->arena);
  for (uint32_t i = 0; i < count; i++) map_add(&d.names, xmile_fold(r->arena, d.elements[i]), i);
  map_add(&r->model->dimension_names, name, index);
  list_push(r->arena, &r->model->dimensions) = d;
  uint32_t whole = r->wholes.items[dim];
  list_push(r->arena, &r->wholes) = whole;
  return index;
}

uint32_t xmile_dims_first(const struct model *m, uint32_t dim) {
  const struct dimension *d = &m->dimensions.items[dim];
  for (uint32_t i = 0; i < dim; i++) {
    const struct dimension *x = &m->dimensions.items[i];
    if (x->root != d->root || x->count != d->count) continue;
    if (memcmp(x->in_parent, d->in_parent, d->count * sizeof *d->in_parent) == 0) return i;
  }
  return dim;
}

uint32_t xmile_dims_alias(struct xmile_reader *r, uint32_t dim, const char *mark) {
  const struct dimension *d = &r->model->dimensions.items[dim];
  return add_part(r, dim, arena_format(r->arena, "%s%s", d->name, mark), 0, d->count);
}

uint32_t xmile_dims_part(struct xmile_reader *r, uint32_t dim, uint32_t first, uint32_t count) {
  const struct dimension *d = &r->model->dimensions.items[dim];
  return add_part(r, dim, arena_format(r->arena, "%s %u:%u", d->name, first + 1, first + count), first, count);
}

uint32_t xmile_dims_numbers(struct xmile_reader *r, uint32_t dim) {
  const char *name = arena_format(r->arena, "number of %s", r->model->dimensions.items[dim].name);
  uint32_t known = map_get(&r->indices, name);
  if (known != MAP_NONE) return known;
  struct span at = r->model->dimensions.items[dim].span;
  uint32_t index = xmile_instance_variable(r, VARIABLE_PARAMETER, name, at, &dim, 1, name);
  map_add(&r->indices, name, index);
  struct variable *v = &r->model->variables.items[index];
  v->hidden = true;
  v->values = arena_array(r->arena, double, v->element_count);
  for (size_t i = 0; i < v->element_count; i++) v->values[i] = (double)i + 1;
  return index;
}
