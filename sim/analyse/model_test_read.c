// SPDX-License-Identifier: GPL-3.0-or-later
// YAML -> struct model_tests. Four kinds of entries: `always` (sentences that hold in every run of the file),
// `non_negative` (stocks that fall below zero in none), `tests` (a condition and sentences) and `signs` (a table: what
// one lever does to many variables). The last three are short for what the first could say; all become the same thing.
#include <math.h>
#include <string.h>

#include "analyse/model_test.h"
#include "base/limits.h"
#include "base/text.h"
#include "lang/reader.h"

// ---- conditions

static void put_canonical(struct arena *a, const char **key, const struct tree *t) {
  if (t->kind == TREE_SCALAR) *key = arena_format(a, "%s'%s'", *key, t->text);
  for (size_t i = 0; i < t->count; i++) {
    *key = arena_format(a, "%s%s%s:", *key, i ? ", " : "{", t->kind == TREE_MAP ? t->keys[i]->text : "");
    put_canonical(a, key, t->items[i]);
  }
  if (t->count) *key = arena_format(a, "%s}", *key);
}

static size_t add_condition(struct model_test_reader *r, const struct tree *when, const char *name) {
  const char *key = "";
  if (when) put_canonical(r->arena, &key, when);
  uint32_t found = map_get(&r->conditions, key);
  if (found != MAP_NONE) return found;
  size_t index = r->tests->conditions.count;
  map_add(&r->conditions, key, (uint32_t)index);
  list_push(r->arena, &r->tests->conditions) = (struct model_test_condition){key, name, when};
  return index;
}

static size_t read_condition(struct model_test_reader *r, const struct tree *when, const char *name) {
  if (when && !reader_expect(when, when->span, TREE_MAP, "'when'", r->diag)) return 0;
  return add_condition(r, when, name);
}

// ---- tests

static void add_sentences(struct model_test_reader *r, struct model_test *test, const struct tree *list,
                          struct span at) {
  if (list && list->kind == TREE_SCALAR) {
    model_test_sentence(r, test, list);
    return;
  }
  if (!reader_expect(list, at, TREE_LIST, "'expect'", r->diag)) return;
  for (size_t i = 0; i < list->count; i++) model_test_sentence(r, test, list->items[i]);
  if (!list->count) diag_error(r->diag, list->span, model_test_empty, test->name);
}

static bool is_new(struct model_test_reader *r, const struct model_test *test) {
  for (size_t i = 0; i < r->tests->tests.count; i++) {
    if (strcmp(r->tests->tests.items[i].name, test->name) != 0) continue;
    diag_error(r->diag, test->span, model_test_again, test->name);
    diag_note(r->diag, r->tests->tests.items[i].span, "first here");
    return false;
  }
  return true;
}

static void read_test(struct model_test_reader *r, const struct tree *t) {
  static const char *const known[] = {"test", "title", "doc", "when", "against", "expect", NULL};
  if (!reader_expect(t, t->span, TREE_MAP, "a test", r->diag) || !reader_keys(t, "a test", known, r->diag)) return;
  const struct tree *name = tree_get(t, "test");
  if (!reader_expect(name, t->span, TREE_SCALAR, "'test'", r->diag)) return;
  struct model_test test = {.name = name->text, .span = name->span};
  if (!is_new(r, &test)) return;
  reader_label(tree_get(t, "title"), test.name, &test.title, r->diag);
  test.run = read_condition(r, tree_get(t, "when"), test.name);
  test.against = read_condition(r, tree_get(t, "against"), test.name);
  add_sentences(r, &test, tree_get(t, "expect"), t->span);
  list_push(r->arena, &r->tests->tests) = test;
}

static void read_always(struct model_test_reader *r, const struct tree *t) {
  static const char *const known[] = {"test", "title", "doc", "expect", NULL};
  if (!reader_expect(t, t->span, TREE_MAP, "an entry of always", r->diag) ||
      !reader_keys(t, "an entry of always", known, r->diag))
    return;
  const struct tree *name = tree_get(t, "test");
  if (!reader_expect(name, t->span, TREE_SCALAR, "'test'", r->diag)) return;
  struct model_test test = {.name = name->text, .span = name->span, .always = true};
  if (!is_new(r, &test)) return;
  reader_label(tree_get(t, "title"), test.name, &test.title, r->diag);
  add_sentences(r, &test, tree_get(t, "expect"), t->span);
  list_push(r->arena, &r->tests->tests) = test;
}

// ---- stocks that must not fall below zero

static const char *smallest(struct arena *a, const struct model *m, const struct variable *v) {
  const char *dims = "";
  for (size_t i = 0; i < v->dim_count; i++)
    dims = arena_format(a, "%s%s%s", dims, i ? ", " : "", m->dimensions.items[v->dims[i]].name);
  return v->dim_count ? arena_format(a, "min[%s](%s)", dims, v->name) : v->name;
}

static bool read_exceptions(struct model_test_reader *r, const struct tree *list, bool *except) {
  if (!list) return true;
  if (!reader_expect(list, list->span, TREE_LIST, "'except'", r->diag)) return false;
  for (size_t i = 0; i < list->count; i++) {
    const char *name;
    if (!reader_text(list->items[i], "a stock", &name, r->diag)) return false;
    uint32_t index = map_get(&r->tests->model->names, name);
    if (index == MAP_NONE) {
      diag_error(r->diag, list->items[i]->span, unknown_variable, name);
      diag_did_you_mean(r->diag, map_nearest_key(&r->tests->model->names, name));
      return false;
    }
    except[index] = true;
  }
  return true;
}

static void read_non_negative(struct model_test_reader *r, const struct tree *t) {
  static const char *const known[] = {"title", "except", NULL};
  const struct model *m = r->tests->model;
  bool *except = arena_array(r->arena, bool, m->variables.count + 1);
  if (!reader_expect(t, t->span, TREE_MAP, "'non_negative'", r->diag) ||
      !reader_keys(t, "'non_negative'", known, r->diag) || !read_exceptions(r, tree_get(t, "except"), except))
    return;
  struct model_test test = {.name = "non_negative", .span = t->span, .always = true};
  reader_label(tree_get(t, "title"), test.name, &test.title, r->diag);
  for (size_t i = 0; i < m->variables.count; i++) {
    const struct variable *v = &m->variables.items[i];
    if (v->kind != VARIABLE_STOCK || except[i]) continue;
    const char *name = smallest(r->arena, m, v);
    struct model_test_expectation x = {.relation = MODEL_TEST_STAYS_ABOVE, .span = t->span, .until = INFINITY};
    x.from = -INFINITY;
    x.text = arena_format(r->arena, "%s stays above 0", name);
    x.bounds[0] = (struct model_test_bound){.text = "0", .span = t->span};
    x.probe = model_test_probe(r, name, t->span, false);
    if (x.probe != SIZE_MAX) list_push(r->arena, &test.expectations) = x;
  }
  list_push(r->arena, &r->tests->tests) = test;
}

// ---- tables of signs

struct signs {
  double *times;
  size_t count;
  const char *from, *over;  // as written
  double margin;
};

static bool read_signs_head(struct model_test_reader *r, const struct tree *t, struct signs *s) {
  static const char *const known[] = {"at", "from", "over", "least", "levers", NULL};
  if (!reader_expect(t, t->span, TREE_MAP, "'signs'", r->diag) || !reader_keys(t, "'signs'", known, r->diag))
    return false;
  const struct tree *at = tree_get(t, "at"), *from = tree_get(t, "from"), *over = tree_get(t, "over"),
                    *least = tree_get(t, "least");
  if (!reader_expect(at, t->span, TREE_LIST, "'at'", r->diag) ||
      !reader_expect(from, t->span, TREE_SCALAR, "'from'", r->diag))
    return false;
  struct unit_table units = unit_table_copy(&r->tests->model->units, r->arena);
  s->count = at->count;
  s->times = arena_array(r->arena, double, at->count + 1);
  for (size_t i = 0; i < at->count; i++)
    if (!reader_number(&units, at->items[i], "'at'", r->tests->model->time_unit, &s->times[i], r->diag)) return false;
  s->from = from->text, s->over = over ? over->text : "0";
  return !least || reader_number(&units, least, "'least'", unit_one(), &s->margin, r->diag);
}

static void add_sign(struct model_test_reader *r, struct model_test *test, const struct signs *s,
                     const struct tree *key, const struct tree *value, size_t i) {
  char time[32];
  bool up = value->text[i] == '+';
  struct model_test_expectation x = {.span = value->span, .from = s->times[i], .until = s->times[i]};
  x.relation = up ? MODEL_TEST_IS_ABOVE : MODEL_TEST_IS_BELOW;
  x.text = arena_format(r->arena, "%s is %s base at %s", key->text, up ? "above" : "below",
                        text_from_number(s->times[i], time));
  x.bounds[0] = (struct model_test_bound){.span = value->span, .base = true, .value = 1, .margin = s->margin};
  x.probe = model_test_probe(r, key->text, key->span, key->verbatim);
  if (x.probe != SIZE_MAX) list_push(r->arena, &test->expectations) = x;
}

static void read_sign(struct model_test_reader *r, struct model_test *test, const struct signs *s,
                      const struct tree *key, const struct tree *value) {
  if (!reader_expect(value, key->span, TREE_SCALAR, "a sign", r->diag)) return;
  if (strlen(value->text) != s->count || strspn(value->text, "+-.") != s->count) {
    diag_error(r->diag, value->span, model_test_sign, value->text, s->count);
    return;
  }
  for (size_t i = 0; i < s->count; i++)
    if (value->text[i] != '.') add_sign(r, test, s, key, value, i);
}

static void read_signs_row(struct model_test_reader *r, const struct signs *s, const struct tree *key,
                           const struct tree *row) {
  if (!reader_expect(row, key->span, TREE_MAP, "a row of signs", r->diag)) return;
  const struct tree *to = tree_get(row, "to");
  if (!reader_expect(to, row->span, TREE_SCALAR, "'to'", r->diag)) return;
  struct model_test test = {.name = arena_format(r->arena, "signs of %s", key->text), .span = key->span};
  if (!is_new(r, &test)) return;
  test.title.en = test.name;
  struct tree *when = arena_new(r->arena, struct tree), *value = arena_new(r->arena, struct tree);
  *value = *to;
  value->verbatim = false;
  value->text = arena_format(r->arena, "%s from %s over %s", to->text, s->from, s->over);
  *when = (struct tree){.kind = TREE_MAP, .span = key->span, .count = 1};
  when->keys = arena_array(r->arena, struct tree *, 1), when->items = arena_array(r->arena, struct tree *, 1);
  when->keys[0] = (struct tree *)key, when->items[0] = value;
  test.run = add_condition(r, when, test.name);
  for (size_t i = 0; i < row->count; i++)
    if (strcmp(row->keys[i]->text, "to") != 0) read_sign(r, &test, s, row->keys[i], row->items[i]);
  list_push(r->arena, &r->tests->tests) = test;
}

static void read_signs(struct model_test_reader *r, const struct tree *t) {
  struct signs s = {0};
  if (!read_signs_head(r, t, &s)) return;
  const struct tree *levers = tree_get(t, "levers");
  if (!reader_expect(levers, t->span, TREE_MAP, "'levers'", r->diag)) return;
  for (size_t i = 0; i < levers->count; i++) read_signs_row(r, &s, levers->keys[i], levers->items[i]);
}

// ---- the whole

static bool read_head(struct model_test_reader *r, const struct tree *t, const char *data_dir) {
  static const char *const known[] = {"tests",        "title", "doc",   "model", "always",
                                      "non_negative", "cases", "signs", NULL};
  if (!reader_expect(t, t->span, TREE_MAP, "a file of tests", r->diag) ||
      !reader_keys(t, "a file of tests", known, r->diag))
    return false;
  const struct tree *name = tree_get(t, "tests"), *model = tree_get(t, "model");
  if (!reader_expect(name, t->span, TREE_SCALAR, "'tests'", r->diag)) return false;
  if (model && !reader_expect(model, t->span, TREE_SCALAR, "'model'", r->diag)) return false;
  r->tests->name = name->text;
  reader_label(tree_get(t, "title"), r->tests->name, &r->tests->title, r->diag);
  const char *path = source_sibling(r->arena, r->tests->path, model ? model->text : "model.yaml");
  r->tests->model = model_read(r->arena, path, data_dir, r->diag);
  return r->tests->model;
}

static void read_list(struct model_test_reader *r, const struct tree *list, const char *what,
                      void (*read)(struct model_test_reader *, const struct tree *)) {
  if (!list || !reader_expect(list, list->span, TREE_LIST, what, r->diag)) return;
  for (size_t i = 0; i < list->count; i++) read(r, list->items[i]);
}

struct model_tests *model_test_read(struct arena *a, const char *path, const char *data_dir, struct diag *diag) {
  size_t errors = diag->errors;
  const struct source *source = source_read(a, path, LIMIT_FILE_BYTES, diag);
  const struct tree *t = source ? yaml_read(a, source, diag) : NULL;
  if (!t) return NULL;
  struct model_test_reader r = {.arena = a, .tests = arena_new(a, struct model_tests), .diag = diag};
  r.tests->path = source->path;
  map_init(&r.probes, a);
  map_init(&r.conditions, a);
  if (!read_head(&r, t, data_dir)) return NULL;
  add_condition(&r, NULL, r.tests->name);
  read_list(&r, tree_get(t, "always"), "'always'", read_always);
  if (tree_get(t, "non_negative")) read_non_negative(&r, tree_get(t, "non_negative"));
  read_list(&r, tree_get(t, "cases"), "'cases'", read_test);
  if (tree_get(t, "signs")) read_signs(&r, tree_get(t, "signs"));
  if (r.tests->conditions.count > LIMIT_MODEL_TEST_RUNS)
    diag_error(diag, t->span, model_test_runs, LIMIT_MODEL_TEST_RUNS);
  return diag->errors == errors ? r.tests : NULL;
}
