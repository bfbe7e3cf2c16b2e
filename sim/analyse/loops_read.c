// SPDX-License-Identifier: GPL-3.0-or-later
// loops.yaml -> struct named_loops:
//
//   loops: NAME
//   scenario: FILE            # optional: in whose run signs are measured
//   entries:
//     R1: {label: {en: ..., zh: ...}, polarity: reinforcing, variables: [a, b, c], doc: ...}
//     B9: {label: ..., polarity: lowers, variables: [a, b, c]}    # raises | lowers: a chain, not a loop
#include <string.h>

#include "analyse/loops.h"
#include "base/limits.h"
#include "lang/reader.h"

static const char *const polarities[] = {"reinforcing", "balancing", "raises", "lowers"};

static const struct tree *read_tree(struct arena *a, const char *path, struct diag *diag) {
  static const char *const known[] = {"loops", "model", "scenario", "doc", "entries", NULL};
  const struct source *source = source_read(a, path, LIMIT_FILE_BYTES, diag);
  const struct tree *t = source ? yaml_read(a, source, diag) : NULL;
  if (!t || !reader_expect(t, t->span, TREE_MAP, "a file of loops", diag) ||
      !reader_keys(t, "a file of loops", known, diag) ||
      !reader_expect(tree_get(t, "loops"), t->span, TREE_SCALAR, "'loops'", diag))
    return NULL;
  return t;
}

static bool read_path(struct arena *a, const struct tree *t, const char *key, const char *beside, const char **path,
                      struct diag *diag) {
  const struct tree *value = tree_get(t, key);
  const char *text;
  if (!value) return true;
  if (!reader_text(value, key, &text, diag)) return false;
  *path = source_sibling(a, beside, text);
  return true;
}

struct named_loops *loops_read_head(struct arena *a, const char *path, struct diag *diag) {
  const struct tree *t = read_tree(a, path, diag);
  if (!t) return NULL;
  struct named_loops *n = arena_new(a, struct named_loops);
  n->path = arena_string(a, path);
  n->model_path = source_sibling(a, path, "model.yaml");
  bool good = read_path(a, t, "model", path, &n->model_path, diag);
  return read_path(a, t, "scenario", path, &n->scenario_path, diag) && good ? n : NULL;
}

static bool read_variables(struct arena *a, const struct tree *list, struct span at, const struct model *m,
                           struct named_loop *n, struct diag *diag) {
  if (!reader_expect(list, at, TREE_LIST, "'variables'", diag)) return false;
  bool good = list->count > 0 && list->count <= LIMIT_LOOP_LENGTH;
  if (!good) diag_error(diag, list->span, loop_length, n->name, LIMIT_LOOP_LENGTH);
  n->loop = (struct loop){.variables = arena_array(a, uint32_t, list->count + 1), .count = list->count};
  n->places = arena_array(a, struct span, list->count + 1);
  for (size_t i = 0; i < list->count; i++) {
    const struct tree *item = list->items[i];
    n->places[i] = item->span;
    uint32_t v = item->kind == TREE_SCALAR ? map_get(&m->names, item->text) : MAP_NONE;
    n->loop.variables[i] = v;
    if (v != MAP_NONE) continue;
    good = false;
    diag_error(diag, item->span, unknown_variable, item->kind == TREE_SCALAR ? item->text : "");
    if (item->kind == TREE_SCALAR) diag_did_you_mean(diag, map_nearest_key(&m->names, item->text));
  }
  return good;
}

static bool read_entry(struct arena *a, const struct tree *key, const struct tree *t, const struct model *m,
                       struct named_loop *n, struct diag *diag) {
  static const char *const known[] = {"label", "polarity", "variables", "doc", NULL};
  *n = (struct named_loop){.name = key->text, .span = key->span};
  if (!reader_expect(t, key->span, TREE_MAP, "a loop", diag) || !reader_keys(t, "a loop", known, diag)) return false;
  unsigned polarity = 0;
  const struct tree *word = tree_get(t, "polarity"), *doc = tree_get(t, "doc");
  bool good = reader_expect(word, key->span, TREE_SCALAR, "'polarity'", diag) &&
              reader_choice(word, "'polarity'", polarities, 4, &polarity, diag);
  n->chain = polarity >= 2;
  n->stated = polarity % 2 ? SIGN_MINUS : SIGN_PLUS;
  good = reader_label(tree_get(t, "label"), n->name, &n->label, diag) && good;
  if (doc) good = reader_text(doc, "'doc'", &n->doc, diag) && good;
  return read_variables(a, tree_get(t, "variables"), key->span, m, n, diag) && good;
}

bool loops_read(struct arena *a, struct named_loops *n, const struct model *m, struct diag *diag) {
  const struct tree *t = read_tree(a, n->path, diag), *entries = t ? tree_get(t, "entries") : NULL;
  if (!t || !reader_expect(entries, t->span, TREE_MAP, "'entries'", diag)) return false;
  bool good = true;
  for (size_t i = 0; i < entries->count; i++) {
    struct named_loop entry;
    good = read_entry(a, entries->keys[i], entries->items[i], m, &entry, diag) && good;
    list_push(a, &n->items) = entry;
  }
  return good;
}

const struct named_loop *loops_by_name(const struct named_loops *n, const char *name) {
  for (size_t i = 0; n && i < n->items.count; i++)
    if (strcmp(n->items.items[i].name, name) == 0) return &n->items.items[i];
  return NULL;
}
