// SPDX-License-Identifier: GPL-3.0-or-later
// Elements of arrays, as both languages name them: `x[ic]`, `x[leading, js]`, and values that come as lists or maps.
// Elements are numbered row by row, the last subscript fastest. Which expression belongs to which element is not
// decided here but in check.
#include <string.h>

#include "base/limits.h"
#include "lang/reader.h"

static const struct dimension *dimension_at(const struct model *m, const struct variable *v, size_t place) {
  return &m->dimensions.items[v->dims[place]];
}

// Positions in d of the elements of a subrange s of the same root; false when one is not in d.
static bool subrange_positions(struct arena *a, const struct dimension *d, const struct dimension *s,
                               uint32_t **positions) {
  *positions = arena_array(a, uint32_t, s->count);
  uint32_t at = 0;
  for (uint32_t i = 0; i < s->count; i++, at++) {  // both ascend in the root's numbering
    while (at < d->count && d->in_parent[at] < s->in_parent[i]) at++;
    if (at == d->count || d->in_parent[at] != s->in_parent[i]) return false;
    (*positions)[i] = at;
  }
  return true;
}

static void suggest_element(const struct dimension *d, const char *name, struct diag *diag) {
  if (!reader_suggests(diag)) return;
  const char *near = map_nearest(name, d->elements, d->count);
  if (near)
    diag_did_you_mean(diag, near);
  else if (d->count)
    diag_hint(diag, "an element of '%s' (%s ... %s), a subrange of it, or '%s' itself", d->name, d->elements[0],
              d->elements[d->count - 1], d->name);
}

// The positions along one dimension that a subscript names.
static bool positions_of(struct arena *a, const struct model *m, uint32_t dimension, const struct subscript *s,
                         uint32_t **positions, uint32_t *count, struct diag *diag) {
  const struct dimension *d = &m->dimensions.items[dimension], *other = d;
  uint32_t element = map_get(&d->names, s->name), named = map_get(&m->dimension_names, s->name);
  if (element != MAP_NONE) {
    *positions = arena_new(a, uint32_t);
    **positions = element;
    *count = 1;
    return true;
  }
  if (named != MAP_NONE) other = &m->dimensions.items[named];
  bool whole = strcmp(s->name, "*") == 0;
  if ((whole || (named != MAP_NONE && other->root == d->root)) && subrange_positions(a, d, other, positions)) {
    *count = other->count;
    return true;
  }
  diag_error(diag, s->span, subscript_unknown, s->name, d->name);
  suggest_element(d, s->name, diag);
  return false;
}

bool reader_elements(struct arena *a, const struct model *m, const struct variable *v,
                     const struct subscript *subscripts, size_t count, struct span at, uint32_t **elements,
                     size_t *element_count, struct diag *diag) {
  if (count != v->dim_count) {
    diag_error(diag, at, subscript_count, v->name, v->dim_count, count);
    return false;
  }
  uint32_t *found = arena_new(a, uint32_t);
  size_t total = 1;
  for (size_t i = 0; i < count; i++) {
    uint32_t *positions, size;
    if (!positions_of(a, m, v->dims[i], &subscripts[i], &positions, &size, diag)) return false;
    uint32_t *wider = arena_array(a, uint32_t, total * size), whole = dimension_at(m, v, i)->count;
    for (size_t j = 0; j < total; j++)
      for (uint32_t k = 0; k < size; k++) wider[j * size + k] = found[j] * whole + positions[k];
    found = wider;
    total *= size;
  }
  *elements = found;
  *element_count = total;
  return true;
}

bool reader_is_scalar(const struct tree *t) {
  return t->kind == TREE_SCALAR;
}

struct dealer {
  const struct model *model;
  const struct variable *variable;
  bool (*leaf)(const struct tree *t);
  const struct tree **leaves;
  struct diag *diag;
};

static void fill(const struct dealer *d, const struct tree *t, size_t from, size_t count) {
  for (size_t i = 0; i < count; i++) d->leaves[from + i] = t;
}

static bool deal(const struct dealer *d, const struct tree *t, size_t place, size_t from, size_t count);

static bool deal_list(const struct dealer *d, const struct tree *t, size_t place, size_t from, size_t count) {
  const struct dimension *dim = dimension_at(d->model, d->variable, place);
  bool flat = t->count == count && t->count > 0 && d->leaf(t->items[0]);
  if (!flat && t->count != dim->count) {
    diag_error(d->diag, t->span, list_length, t->count, dim->name, dim->count);
    return false;
  }
  bool ok = true;
  for (size_t i = 0; i < t->count; i++)
    ok = deal(d, t->items[i], flat ? d->variable->dim_count : place + 1, from + i * (count / t->count),
              count / t->count) &&
         ok;
  return ok;
}

static bool deal_map(const struct dealer *d, const struct tree *t, size_t place, size_t from, size_t count) {
  const struct dimension *dim = dimension_at(d->model, d->variable, place);
  bool ok = true;
  for (size_t i = 0; i < t->count; i++) {
    uint32_t element = map_get(&dim->names, t->keys[i]->text);
    if (element != MAP_NONE) {
      ok = deal(d, t->items[i], place + 1, from + element * (count / dim->count), count / dim->count) && ok;
      continue;
    }
    diag_error(d->diag, t->keys[i]->span, subscript_unknown, t->keys[i]->text, dim->name);
    suggest_element(dim, t->keys[i]->text, d->diag);
    ok = false;
  }
  return ok;
}

static bool deal(const struct dealer *d, const struct tree *t, size_t place, size_t from, size_t count) {
  if (d->leaf(t)) {
    fill(d, t, from, count);
    return true;
  }
  if (place >= d->variable->dim_count) {
    diag_error(d->diag, t->span, value_of_array, d->variable->name, d->variable->dim_count);
    return false;
  }
  if (t->kind == TREE_LIST) return deal_list(d, t, place, from, count);
  if (t->kind == TREE_MAP) return deal_map(d, t, place, from, count);
  return reader_expect(t, t->span, TREE_LIST, d->variable->name, d->diag);
}

bool reader_deal(const struct model *m, const struct variable *v, const struct tree *t,
                 bool (*leaf)(const struct tree *t), const struct tree **leaves, struct diag *diag) {
  struct dealer d = {m, v, leaf, leaves, diag};
  return deal(&d, t, 0, 0, v->element_count);
}
