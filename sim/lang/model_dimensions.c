// SPDX-License-Identifier: GPL-3.0-or-later
// The `dimensions:` sections: roots with their elements, subranges and aliases (`of:`). A subrange lists its elements
// in its parent's order, so that lists of values mean the same in both. A dimension may be used before it is declared.
#include <string.h>

#include "base/limits.h"
#include "lang/model_read.h"

static const char *const dimension_keys[] = {"elements", "of", "labels", "label", NULL};

struct pending {
  const struct tree *key, *tree;
  enum { WAITING, RESOLVING, RESOLVED, FAILED } state;
};
struct resolver {
  struct model_reader *reader;
  LIST(struct pending) pending;  // one per dimension, same index
};

// An identifier; in an imported model any text that a name in quotes can be.
static bool is_name(struct model_reader *r, const struct tree *t, const char *what) {
  const char *text;
  if (!reader_text(t, what, &text, r->diag)) return false;
  if (expr_is_identifier(text) && strlen(text) <= LIMIT_NAME_BYTES) return true;
  if (r->model->foreign && expr_is_name(r->arena, text)) return true;
  diag_error(r->diag, t->span, name_identifier, text, what);
  return false;
}

static void announce(struct resolver *s, const struct tree *key, const struct tree *tree) {
  struct model_reader *r = s->reader;
  struct model *m = r->model;
  uint32_t index = (uint32_t)m->dimensions.count;
  if (!is_name(r, key, "a dimension")) return;
  if (index == LIMIT_DIMENSION_COUNT) {
    diag_error(r->diag, key->span, dimension_count, LIMIT_DIMENSION_COUNT);
    return;
  }
  uint32_t held = map_add(&m->dimension_names, key->text, index);
  if (held != index) {
    diag_error(r->diag, key->span, dimension_again, key->text);
    diag_note(r->diag, m->dimensions.items[held].span, "first declared here");
    return;
  }
  list_push(r->arena, &m->dimensions) = (struct dimension){.name = key->text,
                                                           .span = key->span,
                                                           .label = {key->text, NULL},
                                                           .parent = DIMENSION_NONE,
                                                           .root = index,
                                                           .names = {.arena = r->arena}};
  list_push(r->arena, &s->pending) = (struct pending){key, tree, WAITING};
}

static bool add_element(struct model_reader *r, struct dimension *d, const struct tree *t) {
  if (!is_name(r, t, "an element")) return false;
  if (map_add(&d->names, t->text, d->count) != d->count) {
    diag_error(r->diag, t->span, element_again, t->text);
    return false;
  }
  if (map_get(&r->model->dimension_names, t->text) != MAP_NONE) {
    diag_error(r->diag, t->span, element_ambiguous, t->text);
    return false;
  }
  d->elements[d->count] = t->text;
  d->element_labels[d->count] = (struct label){t->text, NULL};
  d->in_parent[d->count] = d->count;
  d->count++;
  return true;
}

static bool read_elements(struct model_reader *r, struct dimension *d, const struct tree *list) {
  if (!reader_expect(list, d->span, TREE_LIST, "'elements'", r->diag)) return false;
  if (!list->count || list->count > LIMIT_DIMENSION_ELEMENTS) {
    diag_error(r->diag, list->span, element_count, list->count, LIMIT_DIMENSION_ELEMENTS);
    return false;
  }
  d->elements = arena_array(r->arena, const char *, list->count);
  d->element_labels = arena_array(r->arena, struct label, list->count);
  d->in_parent = arena_array(r->arena, uint32_t, list->count);
  bool ok = true;
  for (size_t i = 0; i < list->count; i++) ok = add_element(r, d, list->items[i]) && ok;
  return ok;
}

// Elements in the order of the parent, and their places in the root.
static bool place_in_parent(struct model_reader *r, struct dimension *d, const struct dimension *parent,
                            const struct tree *list) {
  uint32_t last = 0;
  for (uint32_t i = 0; i < d->count; i++) {
    uint32_t at = map_get(&parent->names, d->elements[i]);
    if (at == MAP_NONE || (i && at < last && !r->model->foreign)) {  // other programs need no order
      if (at == MAP_NONE)
        diag_error(r->diag, list->items[i]->span, element_of, d->elements[i], parent->name);
      else
        diag_error(r->diag, list->items[i]->span, element_order, d->elements[i], parent->name);
      if (at == MAP_NONE && reader_suggests(r->diag))
        diag_did_you_mean(r->diag, map_nearest(d->elements[i], parent->elements, parent->count));
      return false;
    }
    d->in_parent[i] = parent->in_parent[at];
    d->element_labels[i] = parent->element_labels[at];
    last = at;
  }
  return true;
}

static void take_all(struct dimension *d, const struct dimension *parent) {
  d->elements = parent->elements;
  d->element_labels = parent->element_labels;
  d->in_parent = parent->in_parent;
  d->count = parent->count;
  d->names = parent->names;
}

static bool resolve(struct resolver *s, uint32_t index, unsigned depth);

static bool find_parent(struct resolver *s, struct dimension *d, const struct tree *of, unsigned depth) {
  struct model_reader *r = s->reader;
  const char *name;
  if (!reader_text(of, "'of'", &name, r->diag)) return false;
  d->parent = map_get(&r->model->dimension_names, name);
  if (d->parent == MAP_NONE) {
    diag_error(r->diag, of->span, dimension_unknown, name);
    if (reader_suggests(r->diag)) diag_did_you_mean(r->diag, map_nearest_key(&r->model->dimension_names, name));
    return false;
  }
  if (s->pending.items[d->parent].state == RESOLVING || depth == LIMIT_DIMENSION_DEPTH) {
    diag_error(r->diag, of->span, dimension_cycle, d->name);
    return false;
  }
  return resolve(s, d->parent, depth + 1);
}

static bool resolve_subrange(struct resolver *s, struct dimension *d, const struct tree *t, unsigned depth) {
  const struct tree *list = tree_get(t, "elements");
  if (!find_parent(s, d, tree_get(t, "of"), depth)) return false;
  const struct dimension *parent = &s->reader->model->dimensions.items[d->parent];
  d->root = parent->root;
  if (list) return read_elements(s->reader, d, list) && place_in_parent(s->reader, d, parent, list);
  take_all(d, parent);
  return true;
}

static void read_labels(struct model_reader *r, struct dimension *d, const struct tree *t) {
  const struct tree *labels = tree_get(t, "labels");
  reader_label(tree_get(t, "label"), d->name, &d->label, r->diag);
  if (!labels || !reader_expect(labels, t->span, TREE_MAP, "'labels'", r->diag)) return;
  struct label *own = arena_grow(r->arena, d->element_labels, d->count, d->count, sizeof *own);
  for (size_t i = 0; i < labels->count; i++) {
    uint32_t at = map_get(&d->names, labels->keys[i]->text);
    if (at != MAP_NONE) {
      reader_label(labels->items[i], d->elements[at], &own[at], r->diag);
      continue;
    }
    diag_error(r->diag, labels->keys[i]->span, element_of, labels->keys[i]->text, d->name);
    if (reader_suggests(r->diag)) diag_did_you_mean(r->diag, map_nearest(labels->keys[i]->text, d->elements, d->count));
  }
  d->element_labels = own;
}

static bool read_dimension(struct resolver *s, struct dimension *d, const struct tree *t, unsigned depth) {
  struct model_reader *r = s->reader;
  if (t->kind == TREE_LIST) return read_elements(r, d, t);
  if (!reader_expect(t, d->span, TREE_MAP, "a dimension", r->diag)) return false;
  bool ok = reader_keys(t, "a dimension", dimension_keys, r->diag);
  if (tree_get(t, "of")) {
    ok = resolve_subrange(s, d, t, depth) && ok;
  } else {
    const struct tree *list = tree_get(t, "elements");
    ok = list ? read_elements(r, d, list) && ok : reader_expect(NULL, d->span, TREE_LIST, "'elements'", r->diag);
  }
  if (ok) read_labels(r, d, t);
  return ok;
}

static bool resolve(struct resolver *s, uint32_t index, unsigned depth) {
  struct pending *p = &s->pending.items[index];
  if (p->state == RESOLVED || p->state == FAILED) return p->state == RESOLVED;
  p->state = RESOLVING;
  bool ok = read_dimension(s, &s->reader->model->dimensions.items[index], p->tree, depth);
  p->state = ok ? RESOLVED : FAILED;
  return ok;
}

void model_dimensions_read(struct model_reader *r) {
  struct resolver s = {.reader = r};
  for (size_t i = 0; i < r->files.count; i++) {
    const struct tree *file = r->files.items[i]->tree, *section = tree_get(file, "dimensions");
    if (!section || !reader_expect(section, file->span, TREE_MAP, "'dimensions'", r->diag)) continue;
    for (size_t j = 0; j < section->count; j++) announce(&s, section->keys[j], section->items[j]);
  }
  for (uint32_t i = 0; i < s.pending.count; i++) resolve(&s, i, 0);
}
