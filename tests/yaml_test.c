// SPDX-License-Identifier: GPL-3.0-or-later
// Tests of lang/yaml.c: places, what is refused and with which words, hostile input, and memory that runs out at any
// request.
#include "lang/yaml.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "test_support.h"

static struct arena arena;
static struct diag diag;

static void set_up(void) {
  arena_init(&arena, NULL);
  diag_init(&diag, &arena);
}
static void tear_down(void) {
  mem_fail_at(0);
  arena_free(&arena);
}
TestSuite(yaml, .init = set_up, .fini = tear_down);

static struct tree *read_bytes(const char *text, size_t size) {
  diag_init(&diag, &arena);
  struct source *s = source_from_text(&arena, "m.yaml", text, size, &diag);
  cr_assert_not_null(s);
  return yaml_read(&arena, s, &diag);
}
static struct tree *read_text(const char *text) {
  return read_bytes(text, strlen(text));
}

static const char *printed(void) {
  return support_printed(&diag);
}

// The tree as one line: {a: [b, "c"]}; plain scalars bare, quoted ones in double quotes.
static void dump(struct text *out, const struct tree *t) {
  if (t->kind == TREE_SCALAR) {
    text_printf(out, t->plain ? "%s" : "\"%s\"", t->text);
    return;
  }
  text_puts(out, t->kind == TREE_LIST ? "[" : "{");
  for (size_t i = 0; i < t->count; i++) {
    if (i) text_puts(out, ", ");
    if (t->kind == TREE_MAP) dump(out, t->keys[i]), text_puts(out, ": ");
    dump(out, t->items[i]);
  }
  text_puts(out, t->kind == TREE_LIST ? "]" : "}");
}

static void expect_tree(const char *text, const char *expected) {
  struct tree *t = read_text(text);
  cr_assert_not_null(t, "%s\n%s", text, printed());
  struct text out = {0};
  dump(&out, t);
  cr_assert_str_eq(out.data, expected);
  text_free(&out);
}

Test(yaml, reads_maps_lists_and_scalars_in_order) {
  expect_tree("b: 1\na: [x, 'y', {z: }]\n", "{b: 1, a: [x, \"y\", {z: }]}");
  expect_tree("- 1\n- - 2\n  - 3\n", "[1, [2, 3]]");
  expect_tree("温度: {zh: 茶杯冷却}", "{温度: {zh: 茶杯冷却}}");
  expect_tree("a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{a: \"x\ny\n\", b: \"x y\"}");
}

Test(yaml, repeats_anchored_values_by_reference) {
  expect_tree("a: &v [1, 2]\nb: *v\n", "{a: [1, 2], b: [1, 2]}");
  struct tree *t = read_text("a: &v [1, 2]\nb: *v\n");
  cr_assert_eq(t->items[0], t->items[1]);
}

Test(yaml, finds_keys_and_nulls) {
  struct tree *t = read_text("a: ~\nb: null\nc:\nd: ''\ne: 'null'\nf: !!str ~\n");
  cr_assert_not_null(t, "%s", printed());
  cr_assert(tree_is_null(tree_get(t, "a")) && tree_is_null(tree_get(t, "b")) && tree_is_null(tree_get(t, "c")));
  cr_assert(!tree_is_null(tree_get(t, "d")) && !tree_is_null(tree_get(t, "e")) && !tree_is_null(tree_get(t, "f")));
  cr_assert_null(tree_get(t, "g"));
  cr_assert_null(tree_get(tree_get(t, "a"), "g"));
}

Test(yaml, tells_flow_from_block) {
  struct tree *t = read_text("a: {b: [1]}\nc:\n  - 1\n");
  cr_assert(!t->flow && t->items[0]->flow && t->items[0]->items[0]->flow && !t->items[1]->flow);
}

// Places

static void expect_span(const char *text, const char *key, const char *covered, bool verbatim) {
  struct tree *t = read_text(text);
  cr_assert_not_null(t, "%s", printed());
  const struct tree *v = tree_get(t, key);
  const char *from = v->span.source->text + v->span.at;
  cr_assert(v->span.size == strlen(covered) && strncmp(from, covered, v->span.size) == 0,
            "%s: expected <%s>, got <%.*s>", text, covered, (int)v->span.size, from);
  cr_assert_eq(v->verbatim, verbatim, "%s", text);
}

Test(yaml, places_are_bytes_although_libyaml_counts_characters) {
  expect_span("茶: 1\nk: 杯 + x\n", "k", "杯 + x", true);
  expect_span("茶: 1\r\nk: 'x y'\r\n", "k", "x y", true);
  char text[1000] = "";
  for (int i = 0; i < 200; i++) strcat(text, i % 50 ? "杯" : "\n# ");
  strcat(text, "\nk: x\n");
  expect_span(text, "k", "x", true);
}

Test(yaml, spans_cover_the_text_without_quotes_anchors_and_tags) {
  expect_span("k: &a 'x'", "k", "x", true);
  expect_span("k: !!str   x", "k", "x", true);
  expect_span("k: &a !!str # why\n  \"x\"\n", "k", "x", true);
  expect_span("k:", "k", "", true);
}

Test(yaml, text_changed_by_yaml_is_not_verbatim) {
  expect_span("k: 'it''s'", "k", "it''s", false);
  expect_span("k: ''''''", "k", "''''", false);
  expect_span("k: \"a\\tb\"", "k", "a\\tb", false);
  expect_span("k: a\n  b\n", "k", "a\n  b", false);
  expect_span("k: >\n  a +\n  b\n\n\nl: 1\n", "k", ">\n  a +\n  b", false);
}

Test(yaml, a_block_scalar_of_one_line_is_verbatim) {
  expect_span("k: |\n  a + b\nl: 1\n", "k", "a + b\n", true);
  expect_span("k: >-\n    a + b\nl: 1\n", "k", "a + b", true);
}

// Messages

static const struct {
  const char *text, *message;
} refused[] = {
    {"", "m.yaml:1:1: error: the file is empty\n"},
    {"# only a comment\n", "m.yaml:1:1: error: the file is empty\n"},
    {"---\n", "m.yaml:1:1: error: the file is empty\n"},
    {"a: 1\nb: 2\na: 3\n",
     "m.yaml:3:1: error: the key 'a' is given twice\n     3 | a: 3\n       | ^\n"
     "m.yaml:1:1: note: first given here\n     1 | a: 1\n       | ^\n       = remove or rename one of them\n"},
    {"a: 1\n---\nb: 2\n", "m.yaml:2:1: error: a second document in one file\n"},
    {"a: !!python/object x\n", "m.yaml:1:4: error: the tag 'tag:yaml.org,2002:python/object' is not supported here\n"},
    {"a: !!map x\n", "m.yaml:1:4: error: the tag 'tag:yaml.org,2002:map' is not supported here\n"},
    {"[1, 2]: x\n", "m.yaml:1:1: error: a list or map cannot be a key\n"},
    {"?\n: x\n", "m.yaml:1:2: error: the key before ':' is missing\n"},
    {"a: &v {b: 1}\nc: {<<: *v}\n", "m.yaml:2:5: error: merge keys ('<<') are not supported\n"},
    {"a: &ab 1\nb: *abc\n",
     "m.yaml:2:4: error: no value is anchored as '&abc' above this place\n     2 | b: *abc\n       |    ^~~~\n"
     "       = did you mean 'ab'?\n"},
    {"a: &v [1, *v]\n", "m.yaml:1:11: error: the alias '*v' stands inside the value it repeats\n"},
    {"a: &v 1\nb: &v 2\n", "m.yaml:2:4: error: the anchor '&v' is given twice\n"},
    {"a: \"x\\0y\"\n", "m.yaml:1:5: error: the text contains a NUL character\n"},
    {"a:\n\tb: 1\n", "m.yaml:2:1: error: not valid YAML: this character cannot start a value\n"},
    {"a: b: c\n", "m.yaml:1:5: error: not valid YAML: unexpected ':'\n"},
    {"a: [1, 2\nb: 3\n", "m.yaml:2:2: error: not valid YAML: ',' or ']' is missing in this list\n"},
    {"a: 'x\nb: 1\n", "m.yaml:3:1: error: not valid YAML: the quoted text is not closed\n"},
    {"a: 1\n  b: 2\n", "m.yaml:2:4: error: not valid YAML: unexpected ':'\n"},
    {"a:\n    b: 1\n  c: 2\n", "m.yaml:3:3: error: not valid YAML: this line does not fit the map above it\n"},
    {"茶: \x01\n", "m.yaml:1:4: error: not valid YAML: a control character\n"},
};

Test(yaml, refuses_with_place_and_reason) {
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    cr_assert_null(read_text(refused[i].text), "%s", refused[i].text);
    const char *got = printed();
    cr_expect(strncmp(got, refused[i].message, strlen(refused[i].message)) == 0, "for <%s>\nexpected %s\ngot %s",
              refused[i].text, refused[i].message, got);
    cr_expect_eq(diag.exit, EXIT_INVALID);
  }
}

Test(yaml, reports_many_slips_in_one_go) {
  cr_assert_null(read_text("a: 1\na: 2\nb: !x 3\n[c]: 4\n<<: 5\n"));
  cr_assert_eq(diag.errors, 4);
}

Test(yaml, duplicates_are_found_in_large_maps) {
  struct text t = {0};
  for (int i = 0; i < 5000; i++) text_printf(&t, "k%d: %d\n", i, i);
  cr_assert_not_null(read_bytes(t.data, t.size), "%s", printed());
  for (int i = 0; i < 5000; i += 499) text_printf(&t, "k%d: again\n", i);
  cr_assert_null(read_bytes(t.data, t.size));
  cr_assert_eq(diag.errors, 11);
  cr_assert_not_null(strstr(printed(), "m.yaml:500:1: note: first given here"), "%s", printed());
  text_free(&t);
}

// Hostile input. Each must end at once; the time limit of a test is the check.

static struct text repeated(const char *head, const char *part, size_t count, const char *tail) {
  struct text t = {0};
  text_puts(&t, head);
  for (size_t i = 0; i < count; i++) text_puts(&t, part);
  text_puts(&t, tail);
  return t;
}

static void expect_refused(struct text t, const char *message) {
  clock_t begin = clock();
  cr_assert_null(read_bytes(t.data, t.size));
  cr_assert_not_null(strstr(printed(), message), "%s", printed());
  double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
  cr_assert_lt(seconds, 2.0, "%s took %g s", message, seconds);
  text_free(&t);
}

Test(yaml, deep_nesting_is_refused_at_once) {
  expect_refused(repeated("", "[", 200000, ""), "nested deeper than 64 levels");
  expect_refused(repeated("", "{a: ", 200000, ""), "nested deeper than 64 levels");
  expect_refused(repeated("", "- ", 200000, "x"), "nested deeper than 64 levels");
  expect_refused(repeated("", "? ", 200000, "x"), "nested deeper than 64 levels");
}

Test(yaml, the_deepest_allowed_nesting_is_read) {
  struct text t = repeated("", "[", LIMIT_YAML_DEPTH, "");
  for (int i = 0; i < LIMIT_YAML_DEPTH; i++) text_puts(&t, "]");
  cr_assert_not_null(read_bytes(t.data, t.size), "%s", printed());
  text_free(&t);
  expect_refused(repeated("", "[", LIMIT_YAML_DEPTH + 1, ""), "nested deeper than 64 levels");
}

Test(yaml, a_billion_laughs_is_refused_at_once) {
  struct text t = {0};
  text_puts(&t, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
  for (int i = 1; i < 12; i++) {
    text_printf(&t, "a%d: &a%d [", i, i);
    for (int j = 0; j < 10; j++) text_printf(&t, "%s*a%d", j ? ", " : "", i - 1);
    text_puts(&t, "]\n");
  }
  expect_refused(t, "more than 2000000 values in one file");
}

Test(yaml, nesting_by_aliases_is_depth_too) {
  struct text t = {0};
  text_puts(&t, "a0: &a0 [[[[[[[[[[[[x]]]]]]]]]]]]\n");
  for (int i = 1; i < 8; i++) text_printf(&t, "a%d: &a%d [[[[[[[[[[[[*a%d]]]]]]]]]]]]\n", i, i, i - 1);
  expect_refused(t, "nested deeper than 64 levels");
}

Test(yaml, long_lists_and_texts_stay_linear) {
  struct text t = repeated("[", "1,", 500000, "]");
  clock_t begin = clock();
  cr_assert_not_null(read_bytes(t.data, t.size), "%s", printed());
  text_free(&t);
  t = repeated("k: '", "杯", 1000000, "'\n");
  cr_assert_not_null(read_bytes(t.data, t.size), "%s", printed());
  text_free(&t);
  cr_assert_lt((double)(clock() - begin) / CLOCKS_PER_SEC, 5.0);
}

static bool read_yaml(struct arena *a, struct diag *d, void *context) {
  static const char text[] = "a: &v {b: [1, 2, 'x'], c: |\n    text\n  }\nd: *v\na: 2\n";
  struct source *s = source_from_text(a, "m.yaml", text, sizeof text - 1, d);
  (void)context;
  return s && (yaml_read(a, s, d) || d->errors);
}

Test(yaml, memory_may_run_out_at_any_request) {
  cr_assert_gt(support_fail_each(read_yaml, NULL), 0);
}
