// SPDX-License-Identifier: GPL-3.0-or-later
// Left sides. A variable has the dimensions that hold all elements which its equations name; each element belongs to
// the equation that names it most narrowly and does not except it. What an equation keeps is cut into boxes, since an
// equation of the model covers a product of ranges.
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_parts.h"

bool mdl_targets_place(struct mdl *m, struct mdl_equation *e) {
  e->places = arena_array(m->arena, struct mdl_place, e->sub_count + 1);
  for (size_t i = 0; i < e->sub_count; i++) {
    uint32_t range = mdl_range_find(m, e->subs[i].key), element = mdl_element_find(m, e->subs[i].key);
    if (range == MDL_NONE && element == MDL_NONE && m->ranges_broken) return false;
    if (range == MDL_NONE && element == MDL_NONE) {
      diag_error(m->diag, e->subs[i].span, mdl_subscript, e->subs[i].name);
      if (m->diag->errors < 40) diag_did_you_mean(m->diag, map_nearest_key(&m->range_keys, e->subs[i].key));
      return false;
    }
    e->places[i] = (struct mdl_place){range == MDL_NONE, element, range, (uint32_t)i, false};
  }
  return true;
}

struct divider {
  struct mdl *m;
  struct mdl_variable *v;
  uint32_t sizes[LIMIT_DIMENSIONS];
  size_t total;
  uint32_t *owner;     // per element: equation + 1
  size_t *owner_size;  // how many elements its owner names
};
struct named {  // what a list of subscripts names: local numbers along each axis
  uint32_t *items[LIMIT_DIMENSIONS], counts[LIMIT_DIMENSIONS];
  size_t size;
};

static const struct mdl_range *axis_range(const struct divider *d, size_t axis) {
  return &d->m->ranges.items[d->v->ranges[axis]];
}

// The union of what the equations name at one place, in the order of the family.
static uint32_t unite(struct mdl *m, const struct mdl_variable *v, size_t place) {
  uint32_t prefer = MDL_NONE, single = MDL_NONE;
  bool one = true;
  const struct mdl_family *f = NULL;
  for (size_t i = 0; i < v->equations.count; i++) {
    const struct mdl_equation *e = v->equations.items[i];
    const struct mdl_place *p = &e->places[place];
    uint32_t element = p->fixed ? p->element : m->ranges.items[p->range].elements[0];
    if (!f) f = mdl_range_family(m, element);
    if (mdl_range_family(m, element) != f) {
      diag_error(m->diag, e->subs[place].span, mdl_family, e->subs[place].name, v->name);
      return MDL_NONE;
    }
    if (i && (p->fixed || p->range != single)) one = false;
    single = p->fixed ? MDL_NONE : p->range;
    if (prefer == MDL_NONE) prefer = single;
  }
  if (one && single != MDL_NONE) return single;
  bool *in = arena_array(m->arena, bool, f->count + 1);
  for (size_t i = 0; i < v->equations.count; i++) {
    const struct mdl_place *p = &v->equations.items[i]->places[place];
    if (p->fixed) in[m->elements.items[p->element].number] = true;
    const struct mdl_range *r = p->fixed ? NULL : &m->ranges.items[p->range];
    for (uint32_t k = 0; r && k < r->count; k++) in[m->elements.items[r->elements[k]].number] = true;
  }
  uint32_t *list = arena_array(m->arena, uint32_t, f->count + 1), count = 0;
  for (uint32_t k = 0; k < f->count; k++)
    if (in[k]) list[count++] = f->elements[k];
  // A declared range with these elements in another order serves as well.
  for (uint32_t r = 0; r < m->ranges.count; r++) {
    const struct mdl_range *x = &m->ranges.items[r];
    if (x->count != count || mdl_range_family(m, x->elements[0]) != f) continue;
    bool all = true;
    for (uint32_t k = 0; k < count && all; k++) all = in[m->elements.items[x->elements[k]].number];
    if (all && r != prefer) prefer = prefer != MDL_NONE && m->ranges.items[prefer].count == count ? prefer : r;
  }
  if (prefer != MDL_NONE && m->ranges.items[prefer].count == count) return prefer;
  return mdl_range_of(m, list, count, MDL_NONE);
}

static bool name_elements(const struct divider *d, const struct mdl_place *places, struct named *n) {
  n->size = 1;
  for (size_t i = 0; i < d->v->dim_count; i++) {
    const struct mdl_range *axis = axis_range(d, i);
    uint32_t count = places[i].fixed ? 1 : d->m->ranges.items[places[i].range].count;
    n->items[i] = arena_array(d->m->arena, uint32_t, count + 1), n->counts[i] = 0;
    for (uint32_t k = 0; k < count; k++) {
      bool same = !places[i].fixed && places[i].range == d->v->ranges[i];
      uint32_t e = places[i].fixed ? places[i].element : d->m->ranges.items[places[i].range].elements[k];
      uint32_t local = same ? k : mdl_range_place(axis, e);
      if (local != MDL_NONE) n->items[i][n->counts[i]++] = local;
    }
    n->size *= n->counts[i];
  }
  return n->size > 0;
}

static size_t flat_of(const struct divider *d, const struct named *n, size_t k) {
  size_t flat = 0, stride = 1;
  for (size_t i = d->v->dim_count; i-- > 0;) {
    flat += n->items[i][k % n->counts[i]] * stride;
    k /= n->counts[i];
    stride *= d->sizes[i];
  }
  return flat;
}

static bool mark_excepts(struct divider *d, const struct mdl_equation *e, bool *excepted) {
  for (size_t x = 0; x < e->excepts.count; x++) {
    struct mdl_equation except = {.subs = e->excepts.items[x].subs, .sub_count = e->sub_count};
    struct named n;
    if (!mdl_targets_place(d->m, &except)) return false;
    if (!name_elements(d, except.places, &n)) continue;
    for (size_t k = 0; k < n.size; k++) excepted[flat_of(d, &n, k)] = true;
  }
  return true;
}

static bool claim(struct divider *d, size_t which) {
  const struct mdl_equation *e = d->v->equations.items[which];
  struct named n;
  if (!name_elements(d, e->places, &n)) return true;
  bool *excepted = e->excepts.count ? arena_array(d->m->arena, bool, d->total) : NULL;
  if (excepted && !mark_excepts(d, e, excepted)) return false;
  for (size_t k = 0; k < n.size; k++) {
    size_t flat = flat_of(d, &n, k);
    if (excepted && excepted[flat]) continue;
    if (d->owner[flat] && d->owner_size[flat] == n.size) {
      diag_error(d->m->diag, e->span, mdl_twice, e->name);
      diag_note(d->m->diag, d->v->equations.items[d->owner[flat] - 1]->span, "the other equation is here");
      return false;
    }
    if (d->owner[flat] && d->owner_size[flat] < n.size) continue;
    d->owner[flat] = (uint32_t)which + 1, d->owner_size[flat] = n.size;
  }
  return true;
}

// ---- boxes

struct cutter {
  struct divider *d;
  size_t which;
  struct mdl_box box;
  LIST(struct mdl_box) boxes;
};

static bool owns(const struct cutter *k, size_t flat) {
  return k->d->owner[flat] == k->which + 1;
}

static bool alike(const struct cutter *k, size_t a, size_t b, size_t size) {
  for (size_t i = 0; i < size; i++)
    if (owns(k, a + i) != owns(k, b + i)) return false;
  return true;
}

static bool owns_any(const struct cutter *k, size_t at, size_t size) {
  for (size_t i = 0; i < size; i++)
    if (owns(k, at + i)) return true;
  return false;
}

static void keep_box(struct cutter *k) {
  struct arena *a = k->d->m->arena;
  size_t axes = k->d->v->dim_count;
  struct mdl_box copy = {arena_array(a, uint32_t, axes + 1), arena_array(a, uint32_t *, axes + 1)};
  for (size_t i = 0; i < axes; i++) copy.counts[i] = k->box.counts[i], copy.elements[i] = k->box.elements[i];
  list_push(a, &k->boxes) = copy;
}

static void cut(struct cutter *k, size_t axis, size_t at) {
  struct divider *d = k->d;
  size_t below = 1;
  if (axis == d->v->dim_count) {
    keep_box(k);
    return;
  }
  for (size_t i = axis + 1; i < d->v->dim_count; i++) below *= d->sizes[i];
  bool *done = arena_array(d->m->arena, bool, d->sizes[axis] + 1);
  for (uint32_t first = 0; first < d->sizes[axis]; first++) {
    if (done[first] || !owns_any(k, at + first * below, below)) continue;
    uint32_t *list = arena_array(d->m->arena, uint32_t, d->sizes[axis] - first), count = 0;
    for (uint32_t i = first; i < d->sizes[axis]; i++)
      if (!done[i] && alike(k, at + first * below, at + i * below, below)) {
        done[i] = true;
        list[count++] = axis_range(d, axis)->elements[i];
      }
    k->box.counts[axis] = count, k->box.elements[axis] = list;
    cut(k, axis + 1, at + first * below);
  }
}

// An equation of one element is its own box: large arrays are written so, and a search for each would take its square.
static bool cut_element(struct cutter *k, const struct mdl_equation *e) {
  struct divider *d = k->d;
  for (size_t i = 0; i < d->v->dim_count; i++)
    if (!e->places[i].fixed) return false;
  struct named n;
  if (!name_elements(d, e->places, &n) || !owns(k, flat_of(d, &n, 0))) return true;
  for (size_t i = 0; i < d->v->dim_count; i++) {
    k->box.counts[i] = 1, k->box.elements[i] = arena_new(d->m->arena, uint32_t);
    *k->box.elements[i] = e->places[i].element;
  }
  keep_box(k);
  return true;
}

// The boxes of an equation; of SIZE_MAX: of the elements that have none.
static void boxes_of(struct divider *d, size_t which, struct mdl_box **boxes, size_t *count) {
  uint32_t counts[LIMIT_DIMENSIONS], *elements[LIMIT_DIMENSIONS];
  struct cutter k = {.d = d, .which = which, .box = {counts, elements}};
  if (which == SIZE_MAX || !cut_element(&k, d->v->equations.items[which])) cut(&k, 0, 0);
  *boxes = k.boxes.items, *count = k.boxes.count;
}

static void find_holes(struct divider *d) {
  bool *absent = arena_array(d->m->arena, bool, d->total);
  for (size_t i = 0; i < d->total; i++)
    if (!d->owner[i]) absent[i] = true, d->v->absent = absent;
  if (d->v->absent) boxes_of(d, SIZE_MAX, &d->v->holes, &d->v->hole_count);
}

bool mdl_targets_divide(struct mdl *m, struct mdl_variable *v) {
  struct divider d = {.m = m, .v = v, .total = 1};
  const struct mdl_equation *first = v->equations.items[0];
  v->dim_count = first->sub_count;
  v->ranges = arena_array(m->arena, uint32_t, v->dim_count + 1);
  for (size_t i = 0; i < v->equations.count; i++) {
    const struct mdl_equation *e = v->equations.items[i];
    if (e->sub_count == v->dim_count) continue;
    diag_error(m->diag, e->span, subscript_count, v->name, v->dim_count, e->sub_count);
    return false;
  }
  for (size_t i = 0; i < v->dim_count; i++) {
    if ((v->ranges[i] = unite(m, v, i)) == MDL_NONE) return false;
    d.sizes[i] = m->ranges.items[v->ranges[i]].count;
    d.total *= d.sizes[i];
    if (d.total <= LIMIT_ELEMENTS) continue;
    diag_error(m->diag, v->equations.items[0]->span, expr_many, LIMIT_ELEMENTS, "elements");
    return false;
  }
  d.owner = arena_array(m->arena, uint32_t, d.total), d.owner_size = arena_array(m->arena, size_t, d.total);
  for (size_t i = 0; i < v->equations.count; i++)
    if (!claim(&d, i)) return false;
  for (size_t i = 0; i < v->equations.count; i++)
    boxes_of(&d, i, &v->equations.items[i]->boxes, &v->equations.items[i]->box_count);
  find_holes(&d);
  return true;
}
