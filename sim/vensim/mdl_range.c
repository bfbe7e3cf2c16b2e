// SPDX-License-Identifier: GPL-3.0-or-later
// Subscript ranges. In Vensim an element is one thing whatever ranges it stands in; ranges that share elements are one
// family. Each family becomes a root dimension of the model (the range that has all of it, else one made up), each
// range a dimension below it, in its own order. Mappings become pairs of elements.
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_data.h"
#include "vensim/mdl_parts.h"

uint32_t mdl_range_find(const struct mdl *m, const char *key) {
  uint32_t range = map_get(&m->range_keys, key);
  return range != MDL_NONE && m->ranges.items[range].broken ? MDL_NONE : range;
}
uint32_t mdl_element_find(const struct mdl *m, const char *key) {
  return map_get(&m->element_keys, key);
}

static uint32_t add_element(struct mdl *m, const char *key, const char *name) {
  uint32_t next = (uint32_t)m->elements.count, found = map_add(&m->element_keys, key, next);
  if (found == next) list_push(m->arena, &m->elements) = (struct mdl_element){.key = key, .name = name, .family = next};
  return found;
}

static uint32_t family_of(const struct mdl *m, uint32_t e) {
  while (m->elements.items[e].family != e) e = m->elements.items[e].family;
  return e;
}

typedef LIST(uint32_t) index_list;

static bool add_once(struct mdl *m, index_list *list, uint32_t e, struct span at) {
  if (list->count == LIMIT_DIMENSION_ELEMENTS) {
    diag_error(m->diag, at, expr_many, LIMIT_DIMENSION_ELEMENTS, "elements");
    return false;
  }
  for (size_t i = 0; list->count < 256 && i < list->count; i++)
    if (list->items[i] == e) return true;
  list_push(m->arena, list) = e;
  return true;
}

// (d1-d40): a common beginning and two numbers.
static bool expand_sequence(struct mdl *m, const struct mdl_item *item, index_list *list) {
  const char *first = item->name, *last = item->last;
  size_t stem = strlen(first);
  while (stem && first[stem - 1] >= '0' && first[stem - 1] <= '9') stem--;
  size_t last_stem = strlen(last);
  while (last_stem && last[last_stem - 1] >= '0' && last[last_stem - 1] <= '9') last_stem--;
  long from = strtol(first + stem, NULL, 10), to = strtol(last + last_stem, NULL, 10);
  bool alike = stem == last_stem && strcmp(mdl_key(m->arena, first, stem), mdl_key(m->arena, last, stem)) == 0;
  if (!alike || !first[stem] || !last[last_stem] || to < from || to - from >= LIMIT_DIMENSION_ELEMENTS) {
    diag_error(m->diag, item->span, mdl_sequence, first, last);
    return false;
  }
  int digits = first[stem] == '0' && first[stem + 1] ? (int)strlen(first + stem) : 1;  // 01, 02, ...
  for (long i = from; i <= to; i++) {
    const char *name = arena_format(m->arena, "%.*s%0*ld", (int)stem, first, digits, i);
    if (!add_once(m, list, add_element(m, mdl_key(m->arena, name, strlen(name)), name), item->span)) return false;
  }
  return true;
}

// A name whose definition was wrong, which was said.
static bool is_broken(const struct mdl *m, const char *key) {
  return map_get(&m->range_keys, key) != MAP_NONE || map_get(&m->broken, key) != MAP_NONE;
}

static bool expand(struct mdl *m, uint32_t range, unsigned depth);

static bool expand_items(struct mdl *m, const struct mdl_item *items, size_t count, index_list *list, unsigned depth) {
  for (size_t i = 0; i < count; i++) {
    uint32_t range = items[i].last ? MDL_NONE : mdl_range_find(m, items[i].key);
    if (!items[i].last && range == MDL_NONE && is_broken(m, items[i].key)) return false;
    if (items[i].last) {
      if (!expand_sequence(m, &items[i], list)) return false;
    } else if (range == MDL_NONE) {
      if (!add_once(m, list, add_element(m, items[i].key, items[i].name), items[i].span)) return false;
    } else {
      if (!expand(m, range, depth + 1)) return false;
      const struct mdl_range *r = &m->ranges.items[range];
      for (uint32_t k = 0; k < r->count; k++)
        if (!add_once(m, list, r->elements[k], items[i].span)) return false;
    }
  }
  return true;
}

static bool expand_alias(struct mdl *m, struct mdl_range *r, index_list *list, unsigned depth) {
  uint32_t of = mdl_range_find(m, r->alias_of);
  if (of == MDL_NONE) {
    if (is_broken(m, r->alias_of)) return false;
    diag_error(m->diag, r->span, mdl_range_unknown, r->alias_of);
    return false;
  }
  if (!expand(m, of, depth + 1)) return false;
  r = &m->ranges.items[of];
  for (uint32_t k = 0; k < r->count; k++) list_push(m->arena, list) = r->elements[k];
  return true;
}

static bool expand_get(struct mdl *m, const struct mdl_range *r, index_list *list) {
  const char **names;
  size_t count;
  if (!mdl_data_subscript(m, r->get, &names, &count)) return false;
  for (size_t i = 0; i < count; i++)
    if (!add_once(m, list, add_element(m, mdl_key(m->arena, names[i], strlen(names[i])), names[i]), r->span))
      return false;
  return true;
}

// The elements of a range, through ranges in ranges.
static bool expand(struct mdl *m, uint32_t range, unsigned depth) {
  struct mdl_range *r = &m->ranges.items[range];
  if (r->state == 2) return !r->broken;
  if (r->state == 1 || depth > LIMIT_DIMENSION_DEPTH) {
    diag_error(m->diag, r->span, mdl_range_cycle, r->name);
    return false;
  }
  r->state = 1;
  index_list list = {0};
  bool ok = r->alias_of ? expand_alias(m, r, &list, depth)
            : r->get    ? expand_get(m, r, &list)
                        : expand_items(m, r->items.items, r->items.count, &list, depth);
  r = &m->ranges.items[range];
  r->state = 2, r->broken = !ok;
  r->elements = list.items, r->count = (uint32_t)list.count;
  for (uint32_t k = 1; k < r->count; k++)
    m->elements.items[family_of(m, r->elements[k])].family = family_of(m, r->elements[0]);
  return ok;
}

uint32_t mdl_range_place(const struct mdl_range *r, uint32_t element) {
  for (uint32_t k = 0; k < r->count; k++)
    if (r->elements[k] == element) return k;
  return MDL_NONE;
}

// ---- mappings

// R -> T: by position, or by the list that stands with T, whose k-th item belongs to the k-th element of R.
static bool resolve_map(struct mdl *m, const struct mdl_range *r, struct mdl_map *map) {
  map->range = mdl_range_find(m, map->target);
  if (map->range == MDL_NONE) {
    if (is_broken(m, map->target)) return false;
    diag_error(m->diag, map->span, mdl_range_unknown, map->target);
    return false;
  }
  const struct mdl_range *target = &m->ranges.items[map->range];
  map->of_target = arena_array(m->arena, uint32_t, target->count + 1);
  for (uint32_t k = 0; k < target->count; k++)
    map->of_target[k] = map->items.count || k >= r->count ? MDL_NONE : r->elements[k];
  size_t wanted = map->items.count ? map->items.count : target->count;
  if (wanted != r->count) {
    diag_error(m->diag, map->span, mdl_map_count, r->name, (size_t)r->count, target->name, wanted);
    return false;
  }
  for (size_t i = 0; i < map->items.count; i++) {
    index_list list = {0};
    if (!expand_items(m, &map->items.items[i], 1, &list, 0)) return false;
    for (size_t k = 0; k < list.count; k++) {
      uint32_t place = mdl_range_place(target, list.items[k]);
      if (place == MDL_NONE) {
        diag_error(m->diag, map->items.items[i].span, unknown_subscript, map->items.items[i].name, target->name);
        return false;
      }
      map->of_target[place] = r->elements[i];
    }
  }
  return true;
}

static uint32_t element_in_root(const struct mdl *m, uint32_t e) {
  return m->elements.items[e].number;
}

// By mapping `wanted` -> axis, or backwards where that names one element.
static uint32_t mapped(const struct mdl *m, uint32_t wanted, uint32_t axis, uint32_t e) {
  const struct mdl_range *w = &m->ranges.items[wanted], *a = &m->ranges.items[axis];
  for (size_t i = 0; i < w->maps.count; i++) {
    if (w->maps.items[i].range == MDL_NONE) continue;
    const struct mdl_range *target = &m->ranges.items[w->maps.items[i].range];
    uint32_t place = mdl_range_place(target, e);
    if (place != MDL_NONE && w->maps.items[i].of_target[place] != MDL_NONE) return w->maps.items[i].of_target[place];
  }
  for (size_t i = 0; i < a->maps.count; i++) {
    if (a->maps.items[i].range == MDL_NONE) continue;
    const struct mdl_range *target = &m->ranges.items[a->maps.items[i].range];
    uint32_t found = MDL_NONE, many = 0;
    for (uint32_t k = 0; k < target->count; k++)
      if (a->maps.items[i].of_target[k] == e && mdl_range_place(w, target->elements[k]) != MDL_NONE)
        found = target->elements[k], many++;
    if (many == 1) return found;
  }
  return MDL_NONE;
}

static bool same_elements(const struct mdl_range *a, const struct mdl_range *b) {
  return a->count == b->count && memcmp(a->elements, b->elements, a->count * sizeof *a->elements) == 0;
}

static bool are_aliases(const struct mdl *m, uint32_t a, uint32_t b) {
  const struct mdl_range *x = &m->ranges.items[a], *y = &m->ranges.items[b];
  return a == b || ((x->alias_of || y->alias_of) && same_elements(x, y));
}

uint32_t mdl_range_partner(const struct mdl *m, uint32_t wanted, uint32_t axis, uint32_t e, int how) {
  if (how == 0) return wanted == axis ? e : MDL_NONE;
  if (how == 1) return are_aliases(m, wanted, axis) ? e : MDL_NONE;
  if (how == 2) return mapped(m, wanted, axis, e);
  return mdl_range_place(&m->ranges.items[wanted], e) != MDL_NONE ? e : MDL_NONE;
}

uint32_t mdl_range_partner_of_element(const struct mdl *m, uint32_t wanted, uint32_t e) {
  uint32_t found = mapped(m, wanted, wanted, e);
  if (found != MDL_NONE && found != e) return found;
  for (uint32_t r = 0; r < m->ranges.count; r++) {
    if (r == wanted || mdl_range_place(&m->ranges.items[r], e) == MDL_NONE) continue;
    found = mapped(m, wanted, r, e);
    if (found != MDL_NONE) return found;
  }
  return MDL_NONE;
}

// ---- dimensions of the model

const struct mdl_family *mdl_range_family(const struct mdl *m, uint32_t element) {
  for (size_t i = 0; i < m->families.count; i++)
    if (family_of(m, m->families.items[i].elements[0]) == family_of(m, element)) return &m->families.items[i];
  return NULL;
}

static uint32_t add_dimension(struct mdl *m, const char *name, struct span span, const uint32_t *elements,
                              uint32_t count, uint32_t root) {
  struct model *model = m->model;
  uint32_t index = (uint32_t)model->dimensions.count;
  while (map_add(&model->dimension_names, name, index) != index) name = arena_format(m->arena, "%s'", name);
  struct dimension d = {.name = name, .span = span, .label = {name, NULL}, .count = count};
  d.elements = arena_array(m->arena, const char *, count + 1);
  d.element_labels = arena_array(m->arena, struct label, count + 1);
  d.in_parent = arena_array(m->arena, uint32_t, count + 1);
  map_init(&d.names, m->arena);
  for (uint32_t k = 0; k < count; k++) {
    d.elements[k] = m->elements.items[elements[k]].name;
    d.element_labels[k] = (struct label){d.elements[k], NULL};
    d.in_parent[k] = element_in_root(m, elements[k]);
    map_add(&d.names, d.elements[k], k);
  }
  d.parent = root == MDL_NONE ? DIMENSION_NONE : root;
  d.root = root == MDL_NONE ? index : root;
  list_push(m->arena, &model->dimensions) = d;
  return index;
}

uint32_t mdl_range_dimension(struct mdl *m, uint32_t range) {
  struct mdl_range *r = &m->ranges.items[range];
  if (r->dimension != MDL_NONE) return r->dimension;
  const struct mdl_family *f = mdl_range_family(m, r->elements[0]);
  r->dimension = add_dimension(m, r->name, r->span, r->elements, r->count, f->root);
  return r->dimension;
}

const char *mdl_bang_dimension(struct mdl *m, uint32_t range, const char *mark) {
  const struct mdl_range *r = &m->ranges.items[range];
  const char *name = arena_format(m->arena, "%s%s", r->name, mark);
  if (map_get(&m->model->dimension_names, name) == MAP_NONE)
    add_dimension(m, name, r->span, r->elements, r->count, mdl_range_family(m, r->elements[0])->root);
  return name;
}

uint32_t mdl_dimension_of(struct mdl *m, uint32_t count) {
  const char *name = arena_format(m->arena, "so many %u", count);
  uint32_t known = map_get(&m->model->dimension_names, name);
  if (known != MAP_NONE) return known;
  struct dimension d = {.name = name, .label = {name, NULL}, .count = count, .parent = DIMENSION_NONE};
  d.root = (uint32_t)m->model->dimensions.count;
  d.elements = arena_array(m->arena, const char *, count + 1);
  d.element_labels = arena_array(m->arena, struct label, count + 1);
  d.in_parent = arena_array(m->arena, uint32_t, count + 1);
  map_init(&d.names, m->arena);
  for (uint32_t k = 0; k < count; k++) {
    d.elements[k] = arena_format(m->arena, "n%u", k + 1), d.in_parent[k] = k;
    d.element_labels[k] = (struct label){d.elements[k], NULL};
    map_add(&d.names, d.elements[k], k);
  }
  map_add(&m->model->dimension_names, name, d.root);
  list_push(m->arena, &m->model->dimensions) = d;
  return d.root;
}

struct expr *mdl_along(struct mdl *m, struct expr *e, uint32_t dimension) {
  size_t n = e->subscript_count++;
  const char *name = m->model->dimensions.items[dimension].name;
  struct subscript_map *map = arena_new(m->arena, struct subscript_map);
  map->dimension = name;
  e->subscripts = arena_grow(m->arena, e->subscripts, n, n + 1, sizeof *e->subscripts);
  e->subscripts[n] = (struct subscript){.span = e->span, .name = name, .map = map};
  return e;
}

uint32_t mdl_range_of(struct mdl *m, const uint32_t *elements, uint32_t count, uint32_t prefer) {
  if (prefer != MDL_NONE) {
    const struct mdl_range *r = &m->ranges.items[prefer];
    if (r->count == count && memcmp(r->elements, elements, count * sizeof *elements) == 0) return prefer;
  }
  for (uint32_t i = 0; i < m->ranges.count; i++) {
    const struct mdl_range *r = &m->ranges.items[i];
    if (r->count == count && count && memcmp(r->elements, elements, count * sizeof *elements) == 0) return i;
  }
  struct mdl_range r = {.name = "part", .dimension = MDL_NONE, .state = 2, .count = count};
  r.elements = arena_grow(m->arena, elements, count, count, sizeof *elements);
  r.name = arena_format(m->arena, "%s...%s", m->elements.items[elements[0]].name,
                        m->elements.items[elements[count - 1]].name);
  r.key = r.name;
  list_push(m->arena, &m->ranges) = r;
  return (uint32_t)m->ranges.count - 1;
}

// One family: its root is the first range that has all of it, else a dimension made for it.
static void make_family(struct mdl *m, uint32_t first, const uint32_t *sizes) {
  uint32_t family = family_of(m, first), whole = MDL_NONE;
  struct mdl_family f = {0};
  index_list list = {0};
  for (uint32_t r = 0; r < m->ranges.count && whole == MDL_NONE; r++) {
    const struct mdl_range *x = &m->ranges.items[r];
    if (x->count == sizes[family] && x->count && family_of(m, x->elements[0]) == family) whole = r;
  }
  if (whole != MDL_NONE) {
    f.elements = m->ranges.items[whole].elements, f.count = m->ranges.items[whole].count;
  } else {
    for (uint32_t e = 0; e < m->elements.count; e++)
      if (family_of(m, e) == family) list_push(m->arena, &list) = e;
    f.elements = list.items, f.count = (uint32_t)list.count;
  }
  for (uint32_t k = 0; k < f.count; k++) m->elements.items[f.elements[k]].number = k;
  const char *name = whole == MDL_NONE ? arena_format(m->arena, "%s and others", m->elements.items[first].name)
                                       : m->ranges.items[whole].name;
  f.root =
      add_dimension(m, name, whole == MDL_NONE ? NOWHERE : m->ranges.items[whole].span, f.elements, f.count, MDL_NONE);
  if (whole != MDL_NONE) m->ranges.items[whole].dimension = f.root;
  list_push(m->arena, &m->families) = f;
}

static bool resolve_maps(struct mdl *m, struct mdl_range *r) {
  bool ok = true;
  for (size_t i = 0; i < r->maps.count; i++)
    if (!resolve_map(m, r, &r->maps.items[i])) ok = false, r->maps.items[i].range = MDL_NONE;
  return ok;
}

static void make_families(struct mdl *m) {
  uint32_t *sizes = arena_array(m->arena, uint32_t, m->elements.count + 1);
  for (uint32_t e = 0; e < m->elements.count; e++) sizes[family_of(m, e)]++;
  for (uint32_t e = 0; e < m->elements.count; e++) {
    uint32_t family = family_of(m, e);
    if (!sizes[family]) continue;
    make_family(m, e, sizes);
    sizes[family] = 0;
  }
}

// A range that is wrong is out of the model, and names that are not known then may have been its elements.
void mdl_ranges_resolve(struct mdl *m) {
  bool ok = true;
  for (uint32_t r = 0; r < m->ranges.count; r++) {
    ok = expand(m, r, 0) && ok;
    struct mdl_range *range = &m->ranges.items[r];
    if (range->broken || range->count) continue;
    diag_error(m->diag, range->span, mdl_range_empty, range->name);
    range->broken = true, ok = false;
  }
  for (uint32_t r = 0; r < m->ranges.count; r++)
    if (!m->ranges.items[r].broken) ok = resolve_maps(m, &m->ranges.items[r]) && ok;
  make_families(m);
  m->ranges_broken = m->ranges_broken || !ok;
}
