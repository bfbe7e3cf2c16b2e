// SPDX-License-Identifier: GPL-3.0-or-later
// A scenario and those it extends, merged into one tree. Maps are merged key by key, so that a child says only what
// differs; but a map that says the same thing in another form (points instead of phases, another distribution) replaces
// the parent's, since a mixture of two forms means nothing.
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "lang/prior.h"
#include "lang/scenario_read.h"

struct chain {
  struct arena *arena;
  struct scenario *scenario;
  struct diag *diag;
  const char *real[LIMIT_EXTENDS + 1];
  struct span at[LIMIT_EXTENDS + 1];  // where each was named
  size_t count;
};

// The key that decides the form of a map; NULL: by name (phases, sections).
static const char *form_of(const struct tree *map) {
  for (size_t i = 0; i < map->count; i++) {
    const char *key = map->keys[i]->text;
    if (strcmp(key, "points") == 0 || strcmp(key, "value") == 0) return key;
    for (unsigned k = PRIOR_NONE + 1; k < PRIOR_KINDS; k++)
      if (strcmp(prior_names[k], key) == 0) return key;
  }
  return NULL;
}

static bool same_form(const struct tree *x, const struct tree *y) {
  const char *a = form_of(x), *b = form_of(y);
  return a == b || (a && b && strcmp(a, b) == 0);
}

static void put(struct arena *a, struct tree *map, struct tree *key, struct tree *value) {
  map->keys = arena_grow(a, map->keys, map->count, map->count + 1, sizeof(struct tree *));
  map->items = arena_grow(a, map->items, map->count, map->count + 1, sizeof(struct tree *));
  map->keys[map->count] = key;
  map->items[map->count++] = value;
}

static bool is_whole(const char *key) {
  return strcmp(key, "title") == 0 || strcmp(key, "label") == 0;
}

static struct tree *merge(struct arena *a, const struct tree *base, const struct tree *over) {
  struct tree *result = arena_new(a, struct tree);
  *result = *over;
  if (base->kind != TREE_MAP || over->kind != TREE_MAP || !same_form(base, over)) return result;
  result->count = 0;
  result->keys = arena_array(a, struct tree *, base->count + over->count);
  result->items = arena_array(a, struct tree *, base->count + over->count);
  struct map places;
  map_init(&places, a);
  for (size_t i = 0; i < over->count; i++) map_add(&places, over->keys[i]->text, (uint32_t)i);
  bool *used = arena_array(a, bool, over->count);
  for (size_t i = 0; i < base->count; i++) {
    uint32_t at = map_get(&places, base->keys[i]->text);
    struct tree *key = at == MAP_NONE ? base->keys[i] : over->keys[at], *value = base->items[i];
    if (at != MAP_NONE) used[at] = true;
    if (at != MAP_NONE && tree_is_null(over->items[at])) continue;
    if (at != MAP_NONE) value = is_whole(key->text) ? over->items[at] : merge(a, value, over->items[at]);
    result->keys[result->count] = key;
    result->items[result->count++] = value;
  }
  for (size_t i = 0; i < over->count; i++) {
    if (used[i]) continue;
    result->keys[result->count] = over->keys[i];
    result->items[result->count++] = over->items[i];
  }
  return result;
}

const struct tree *scenario_files_overlay(struct arena *a, const struct tree *base, const struct tree *over) {
  return merge(a, base, over);
}

// A parent lends its content, not its name; and the chain is followed already.
static struct tree *without_own(struct arena *a, const struct tree *parent) {
  struct tree *result = arena_new(a, struct tree);
  *result = (struct tree){.kind = TREE_MAP, .span = parent->span, .flow = parent->flow};
  for (size_t i = 0; i < parent->count; i++) {
    const char *key = parent->keys[i]->text;
    if (strcmp(key, "scenario") != 0 && strcmp(key, "extends") != 0) put(a, result, parent->keys[i], parent->items[i]);
  }
  return result;
}

static bool is_new(struct chain *c, const char *path, struct span at) {
  const char *real = reader_canonical(c->arena, path);
  if (!real) {
    if (!at.source) return true;  // source_read says what is wrong
    diag_error(c->diag, at, file_missing, path, strerror(errno));
    return false;
  }
  for (size_t i = 0; i < c->count; i++)
    if (strcmp(c->real[i], real) == 0) {
      diag_error(c->diag, at, extends_cycle, path);
      for (size_t k = i + 1; k < c->count; k++) diag_note(c->diag, c->at[k], "by way of this");
      return false;
    }
  if (c->count > LIMIT_EXTENDS) {
    diag_error(c->diag, at, extends_depth, LIMIT_EXTENDS);
    return false;
  }
  c->at[c->count] = at;
  c->real[c->count++] = real;
  return true;
}

static const struct tree *load(struct chain *c, const char *path, struct span at);

static const struct tree *extend(struct chain *c, const struct tree *tree) {
  const struct tree *extends = tree_get(tree, "extends");
  const char *name;
  if (!extends) return tree;
  if (!reader_text(extends, "'extends'", &name, c->diag)) return NULL;
  const struct tree *parent = load(c, source_sibling(c->arena, extends->span.source->path, name), extends->span);
  return parent ? merge(c->arena, without_own(c->arena, parent), tree) : NULL;
}

static const struct tree *load(struct chain *c, const char *path, struct span at) {
  if (!is_new(c, path, at)) return NULL;
  const struct source *source = source_read(c->arena, path, LIMIT_FILE_BYTES, c->diag);
  if (!source && at.source) diag_note(c->diag, at, "extended here");
  const struct tree *tree = source ? yaml_read(c->arena, source, c->diag) : NULL;
  if (!tree || !reader_expect(tree, tree->span, TREE_MAP, "a scenario", c->diag)) return NULL;
  if (c->scenario) {
    list_push(c->arena, &c->scenario->files) = source->path;
    list_push(c->arena, &c->scenario->sources) = source;
  }
  return extend(c, tree);
}

const struct tree *scenario_files_merge(struct arena *a, const char *path, struct scenario *s, struct diag *diag) {
  struct chain c = {.arena = a, .scenario = s, .diag = diag};
  return load(&c, path, NOWHERE);
}
