// SPDX-License-Identifier: GPL-3.0-or-later
// paper.yaml -> struct paper:
//
//   paper: NAME
//   title: {en: ..., zh: ...}
//   tests: tests.yaml                 # optional: where the named tests stand
//   maps: {"1.1": {en: ..., zh: ...}}
//   passages:
//     ID: {map: "1.1", section: ..., quote: ..., en: ..., variables: [...], tests: [...], doc: ...}
#include "analyse/paper.h"

#include <string.h>

#include "base/limits.h"
#include "lang/reader.h"

struct reading {
  struct arena *arena;
  const struct model *model;
  struct paper *paper;
  const char *tests_path;  // NULL: tests are not looked up
  struct map tests, maps;
  struct diag *diag;
};

static const struct tree *read_map(struct reading *r, const char *path, const char *what) {
  const struct source *source = source_read(r->arena, path, LIMIT_FILE_BYTES, r->diag);
  const struct tree *t = source ? yaml_read(r->arena, source, r->diag) : NULL;
  return t && reader_expect(t, t->span, TREE_MAP, what, r->diag) ? t : NULL;
}

// ---- the names of tests: entries with `test:`, and a row of signs for each lever

static void add_tests(struct reading *r, const struct tree *list) {
  for (size_t i = 0; list && list->kind == TREE_LIST && i < list->count; i++) {
    const struct tree *t = list->items[i], *name = t->kind == TREE_MAP ? tree_get(t, "test") : NULL;
    if (name && name->kind == TREE_SCALAR) map_add(&r->tests, name->text, 1);
  }
}

static bool read_tests(struct reading *r, const struct tree *file) {
  if (!file) return true;
  if (!reader_expect(file, file->span, TREE_SCALAR, "'tests'", r->diag)) return false;
  r->tests_path = source_sibling(r->arena, r->paper->path, file->text);
  const struct tree *t = read_map(r, r->tests_path, "a file of tests");
  if (!t) return false;
  add_tests(r, tree_get(t, "always"));
  add_tests(r, tree_get(t, "cases"));
  const struct tree *signs = tree_get(t, "signs"),
                    *levers = signs && signs->kind == TREE_MAP ? tree_get(signs, "levers") : NULL;
  for (size_t i = 0; levers && levers->kind == TREE_MAP && i < levers->count; i++)
    map_add(&r->tests, arena_format(r->arena, "signs of %s", levers->keys[i]->text), 1);
  return true;
}

// ---- passages

static const char *text_of(struct reading *r, const struct tree *t, const char *key, bool required, bool *good) {
  const struct tree *value = tree_get(t, key);
  const char *text = NULL;
  if (!value && !required) return NULL;
  if (!reader_expect(value, t->span, TREE_SCALAR, key, r->diag) || !reader_text(value, key, &text, r->diag))
    *good = false;
  return text;
}

static bool known_subscripts(struct reading *r, const struct variable *v, const struct expr *e, struct span at) {
  uint32_t *elements;
  size_t count;
  if (!e->subscript_count) return true;
  return reader_elements(r->arena, r->model, v, e->subscripts, e->subscript_count, at, &elements, &count, r->diag);
}

static bool add_element(struct reading *r, struct passage *p, const struct tree *t) {
  struct expr *e = reader_expect(t, t->span, TREE_SCALAR, "a variable", r->diag)
                       ? reader_expr(r->arena, t, "a variable", r->diag)
                       : NULL;
  if (!e) return false;
  uint32_t v = e->kind == EXPR_NAME ? map_get(&r->model->names, e->name) : MAP_NONE;
  if (v == MAP_NONE) {
    diag_error(r->diag, t->span, unknown_variable, t->text);
    diag_did_you_mean(r->diag, map_nearest_key(&r->model->names, e->kind == EXPR_NAME ? e->name : t->text));
    return false;
  }
  list_push(r->arena, &p->elements) = (struct paper_element){t->text, v};
  return known_subscripts(r, &r->model->variables.items[v], e, t->span);
}

static bool add_test(struct reading *r, struct passage *p, const struct tree *t) {
  if (!reader_expect(t, t->span, TREE_SCALAR, "a test", r->diag)) return false;
  list_push(r->arena, &p->tests) = t->text;
  if (!r->tests_path || map_get(&r->tests, t->text) != MAP_NONE) return true;
  diag_error(r->diag, t->span, paper_test, t->text, r->tests_path);
  diag_did_you_mean(r->diag, map_nearest_key(&r->tests, t->text));
  return false;
}

static bool read_list(struct reading *r, struct passage *p, const struct tree *list, const char *what,
                      bool (*add)(struct reading *, struct passage *, const struct tree *)) {
  if (!list) return true;
  bool good = reader_expect(list, list->span, TREE_LIST, what, r->diag);
  for (size_t i = 0; good && i < list->count; i++) good = add(r, p, list->items[i]) && good;
  return good;
}

static bool read_passage(struct reading *r, const struct tree *key, const struct tree *t) {
  static const char *const known[] = {"map", "section", "quote", "en", "doc", "variables", "tests", NULL};
  struct passage p = {.id = key->text, .span = key->span};
  if (!reader_expect(t, key->span, TREE_MAP, "a passage", r->diag) || !reader_keys(t, "a passage", known, r->diag))
    return false;
  bool good = true;
  p.map = text_of(r, t, "map", true, &good);
  p.section = text_of(r, t, "section", true, &good);
  p.quote = text_of(r, t, "quote", true, &good);
  p.en = text_of(r, t, "en", true, &good);
  p.doc = text_of(r, t, "doc", false, &good);
  if (p.map && map_get(&r->maps, p.map) == MAP_NONE) {
    diag_error(r->diag, key->span, paper_map, p.map);
    good = false;
  }
  good = read_list(r, &p, tree_get(t, "variables"), "'variables'", add_element) && good;
  good = read_list(r, &p, tree_get(t, "tests"), "'tests'", add_test) && good;
  if (!p.elements.count && !p.doc) diag_error(r->diag, key->span, paper_empty, p.id);
  list_push(r->arena, &r->paper->passages) = p;
  return good && (p.elements.count || p.doc);
}

static bool read_maps(struct reading *r, const struct tree *maps, struct span at) {
  if (!reader_expect(maps, at, TREE_MAP, "'maps'", r->diag)) return false;
  bool good = true;
  for (size_t i = 0; i < maps->count; i++) {
    struct paper_map m = {.name = maps->keys[i]->text};
    good = reader_label(maps->items[i], m.name, &m.label, r->diag) && good;
    map_add(&r->maps, m.name, (uint32_t)i);
    list_push(r->arena, &r->paper->maps) = m;
  }
  return good;
}

struct paper *paper_read(struct arena *a, const char *path, const struct model *m, struct diag *diag) {
  static const char *const known[] = {"paper", "title", "doc", "tests", "maps", "passages", NULL};
  struct reading r = {.arena = a, .model = m, .paper = arena_new(a, struct paper), .diag = diag};
  map_init(&r.tests, a), map_init(&r.maps, a);
  r.paper->path = arena_string(a, path);
  const struct tree *t = read_map(&r, path, "a paper"), *passages = t ? tree_get(t, "passages") : NULL;
  if (!t || !reader_keys(t, "a paper", known, diag)) return NULL;
  bool good = true;
  r.paper->name = text_of(&r, t, "paper", true, &good);
  good = good && reader_label(tree_get(t, "title"), r.paper->name, &r.paper->title, diag);
  good = read_tests(&r, tree_get(t, "tests")) && read_maps(&r, tree_get(t, "maps"), t->span) && good;
  if (!good || !reader_expect(passages, t->span, TREE_MAP, "'passages'", diag)) return NULL;
  if (passages->count > LIMIT_PASSAGES) {
    diag_error(diag, passages->span, paper_most, LIMIT_PASSAGES);
    return NULL;
  }
  for (size_t i = 0; i < passages->count; i++) good = read_passage(&r, passages->keys[i], passages->items[i]) && good;
  return good ? r.paper : NULL;
}

bool paper_in(const struct passage *p, const struct paper_map *map) {
  return strcmp(p->map, map->name) == 0;
}

const struct passage *paper_passage(const struct paper *p, const char *id) {
  for (size_t i = 0; i < p->passages.count; i++)
    if (strcmp(p->passages.items[i].id, id) == 0) return &p->passages.items[i];
  return NULL;
}

const char *paper_nearest(struct arena *a, const struct paper *p, const char *id) {
  const char **ids = arena_array(a, const char *, p->passages.count + 1);
  for (size_t i = 0; i < p->passages.count; i++) ids[i] = p->passages.items[i].id;
  return map_nearest(id, ids, p->passages.count);
}

const struct passage *paper_next(const struct paper *p, uint32_t variable, size_t *from) {
  for (; *from < p->passages.count; (*from)++) {
    const struct passage *x = &p->passages.items[*from];
    for (size_t i = 0; i < x->elements.count; i++)
      if (x->elements.items[i].variable == variable) {
        ++*from;
        return x;
      }
  }
  return NULL;
}
