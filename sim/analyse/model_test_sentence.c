// SPDX-License-Identifier: GPL-3.0-or-later
// One sentence -> expectations:
//     EXPRESSION RELATION VALUE [and VALUE] [WHEN]
//     RELATION := falls below | rises above | stays above | stays below | stays within | is above | is below | is
//     within VALUE    := NUMBER [UNIT] | [NUMBER] base        WHEN := by T | at T {, T} | from T [until T] | until T
// The relation's two words cannot stand side by side in an expression, so the first place where they do ends it. Units
// of numbers are converted later, when the expression's unit is known.
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "analyse/model_test.h"
#include "base/text.h"
#include "lang/reader.h"

static const char *const relations[MODEL_TEST_RELATIONS] = {
    [MODEL_TEST_FALLS_BELOW] = " falls below ",   [MODEL_TEST_RISES_ABOVE] = " rises above ",
    [MODEL_TEST_STAYS_ABOVE] = " stays above ",   [MODEL_TEST_STAYS_BELOW] = " stays below ",
    [MODEL_TEST_STAYS_WITHIN] = " stays within ", [MODEL_TEST_IS_ABOVE] = " is above ",
    [MODEL_TEST_IS_BELOW] = " is below ",         [MODEL_TEST_IS_WITHIN] = " is within "};

struct sentence {
  struct model_test_reader *reader;
  const struct tree *tree;
  struct model_test_expectation x;
};

// The place of a part of the sentence in the file.
static struct span place(const struct sentence *s, const char *from, size_t size) {
  struct span at = s->tree->span;
  if (!s->tree->verbatim) return at;
  at.at += (uint32_t)(from - s->tree->text);
  at.size = (uint32_t)size;
  return at;
}

static void trim(const char **from, const char **to) {
  while (*from < *to && isspace((unsigned char)**from)) ++*from;
  while (*from < *to && isspace((unsigned char)(*to)[-1])) --*to;
}

static const char *find_relation(const char *text, enum model_test_relation *relation) {
  const char *first = NULL;
  for (unsigned i = 0; i < MODEL_TEST_RELATIONS; i++) {
    const char *at = strstr(text, relations[i]);
    if (!at || (first && at > first)) continue;
    first = at;
    *relation = (enum model_test_relation)i;
  }
  return first;
}

// Where the time begins: at the first of its words; the end when there is none.
static const char *find_time(const char *text) {
  static const char *const words[] = {" by ", " at ", " from ", " until "};
  const char *first = text + strlen(text);
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    const char *at = strstr(text, words[i]);
    if (at && at < first) first = at;
  }
  return first;
}

static bool read_bound(struct sentence *s, const char *from, const char *to, struct model_test_bound *b) {
  trim(&from, &to);
  size_t size = (size_t)(to - from);
  *b = (struct model_test_bound){.span = place(s, from, size)};
  b->base = size >= 4 && strncmp(to - 4, "base", 4) == 0 && (size == 4 || isspace((unsigned char)to[-5]));
  if (!b->base) {
    b->text = arena_copy(s->reader->arena, from, size);
    if (size) return true;
    diag_error(s->reader->diag, s->tree->span, model_test_value, s->tree->text);
    return false;
  }
  to -= 4;
  trim(&from, &to);
  b->value = 1;
  if (from == to || text_to_number(from, (size_t)(to - from), &b->value)) return true;
  diag_error(s->reader->diag, b->span, model_test_base, arena_copy(s->reader->arena, from, (size_t)(to - from)));
  return false;
}

static bool read_bounds(struct sentence *s, const char *from, const char *to) {
  bool two = s->x.relation == MODEL_TEST_STAYS_WITHIN || s->x.relation == MODEL_TEST_IS_WITHIN;
  if (!two) return read_bound(s, from, to, &s->x.bounds[0]);
  const char *and = strstr(from, " and ");
  if (and&&and < to) return read_bound(s, from, and, &s->x.bounds[0]) && read_bound(s, and+5, to, &s->x.bounds[1]);
  diag_error(s->reader->diag, s->tree->span, model_test_within, s->tree->text);
  return false;
}

static bool read_time(struct sentence *s, const char *from, const char *to, double *time) {
  trim(&from, &to);
  if (text_to_number(from, (size_t)(to - from), time)) return true;
  diag_error(s->reader->diag, place(s, from, (size_t)(to - from)), model_test_time,
             arena_copy(s->reader->arena, from, (size_t)(to - from)));
  return false;
}

static bool is_instant(enum model_test_relation r) {
  return r == MODEL_TEST_IS_ABOVE || r == MODEL_TEST_IS_BELOW || r == MODEL_TEST_IS_WITHIN;
}

static void add(struct sentence *s, struct model_test *test) {
  list_push(s->reader->arena, &test->expectations) = s->x;
}

// at T, T, ...: one expectation each.
static bool read_instants(struct sentence *s, struct model_test *test, const char *list) {
  for (;;) {
    const char *end = list + strcspn(list, ",");
    if (!read_time(s, list, end, &s->x.from)) return false;
    s->x.until = s->x.from;
    add(s, test);
    if (!*end) return true;
    list = end + 1;
  }
}

static bool read_window(struct sentence *s, struct model_test *test, const char *when) {
  const char *until = strstr(when, " until ");
  if (strncmp(when, " by ", 4) == 0) {
    if (!read_time(s, when + 4, when + strlen(when), &s->x.until)) return false;
  } else if (strncmp(when, " from ", 6) == 0 &&
             !read_time(s, when + 6, until ? until : when + strlen(when), &s->x.from)) {
    return false;
  }
  if (until && !read_time(s, until + 7, until + strlen(until), &s->x.until)) return false;
  add(s, test);
  return true;
}

static bool read_when(struct sentence *s, struct model_test *test, const char *when) {
  bool at = strncmp(when, " at ", 4) == 0, by = strncmp(when, " by ", 4) == 0, stays = strstr(s->x.text, " stays ");
  s->x.from = -INFINITY, s->x.until = INFINITY;
  if (is_instant(s->x.relation) ? at : !at && !(by && stays))
    return at ? read_instants(s, test, when + 4) : read_window(s, test, when);
  diag_error(s->reader->diag, s->tree->span, model_test_window, s->tree->text);
  return false;
}

size_t model_test_probe(struct model_test_reader *r, const char *text, struct span at, bool verbatim) {
  uint32_t found = map_get(&r->probes, text);
  if (found != MAP_NONE) return found;
  struct probe p = {.name = text, .span = at, .expr = expr_parse(r->arena, text, at, verbatim, r->diag)};
  if (!p.expr) return SIZE_MAX;
  map_add(&r->probes, text, (uint32_t)r->tests->probes.count);
  list_push(r->arena, &r->tests->probes) = p;
  return r->tests->probes.count - 1;
}

bool model_test_sentence(struct model_test_reader *r, struct model_test *test, const struct tree *t) {
  struct sentence s = {.reader = r, .tree = t};
  if (!reader_expect(t, t->span, TREE_SCALAR, "a sentence", r->diag)) return false;
  s.x.text = t->text, s.x.span = t->span;
  const char *from = t->text, *to = find_relation(t->text, &s.x.relation);
  if (!to) {
    diag_error(r->diag, t->span, model_test_relation, t->text);
    return false;
  }
  const char *rest = to + strlen(relations[s.x.relation]) - 1, *when = find_time(rest);
  trim(&from, &to);
  size_t size = (size_t)(to - from);
  s.x.probe = model_test_probe(r, arena_copy(r->arena, from, size), place(&s, from, size), t->verbatim);
  return s.x.probe != SIZE_MAX && read_bounds(&s, rest, when) && read_when(&s, test, when);
}
