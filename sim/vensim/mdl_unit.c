// SPDX-License-Identifier: GPL-3.0-or-later
// Units as Vensim writes them: names of several words, any case, singular and plural alike, `1` and Dmnl for none, with
// a range in brackets behind. Names need no declaration: each becomes a unit of the model under a name that our own
// language can write. A text that is no unit gets a warning and is left out of all checks.
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "vensim/mdl_parts.h"

struct reader {
  struct mdl *m;
  const char *text;
  size_t at;
  unsigned depth;
  bool failed;
};

static char peek(struct reader *r) {
  while (r->text[r->at] == ' ') r->at++;
  return r->text[r->at];
}

static const struct unit *fail(struct reader *r) {
  r->failed = true;
  return unit_one();
}

static bool is_plain(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80 || c == '_';
}

static bool ends(const char *key, size_t n, const char *ending) {
  size_t size = strlen(ending);
  return n > size + 1 && strncmp(key + n - size, ending, size) == 0;
}

// How much of a word is left without its plural's ending: tasks, foxes, boxes, matches, dishes, classes; not gas,
// glass.
static size_t singular(const char *key, size_t n) {
  static const char *const longer[] = {"xes", "ches", "shes", "sses", "zzes"};
  for (size_t i = 0; i < sizeof longer / sizeof *longer; i++)
    if (ends(key, n, longer[i])) return n - 2;
  return n > 3 && key[n - 1] == 's' && key[n - 2] != 's' ? n - 1 : n;
}

// Signs that are words, so that they are not one unit: every other sign becomes an underscore.
static const char *in_words(struct mdl *m, const char *key) {
  static const char *const words[][2] = {{"%", "percent"}, {"#", "number"}, {"?", "unknown"}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    const char *at = strstr(key, words[i][0]);
    if (at) return arena_format(m->arena, "%.*s%s%s", (int)(at - key), key, words[i][1], at + 1);
  }
  return key;
}

// The key in the singular, as a name of our units.
static const char *legal(struct mdl *m, const char *text, size_t size) {
  const char *key = in_words(m, mdl_key(m->arena, text, size));
  size_t n = strlen(key);
  char *out = arena_alloc(m->arena, n + 3);
  bool cities = ends(key, n, "ies") && n > 4;  // city
  n = singular(key, n);
  size_t k = 0;
  if (n && key[0] >= '0' && key[0] <= '9') out[k++] = '_';
  for (size_t i = 0; i < n; i++) out[k++] = is_plain((unsigned char)key[i]) || key[i] == '$' ? key[i] : '_';
  if (cities) out[k - 2] = 'y', out[k - 1] = 0;
  if (strcmp(out, "people") == 0) return "person";
  return out;
}

static bool is_dimensionless(const char *name) {
  static const char *const names[] = {"dmnl", "dimensionless", "unitless", "fraction", "dimension",
                                      "_1",   "index",         "radian"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(names[i], name) == 0) return true;
  return false;
}

static const struct unit *by_name(struct reader *r, const char *name) {
  struct unit_table *t = &r->m->model->units;
  uint32_t same = map_get(&r->m->unit_keys, name);
  if (same != MAP_NONE) name = r->m->unit_names.items[same];
  if (is_dimensionless(name)) return unit_one();
  const struct unit *known = unit_find(t, name);
  if (known) return known;
  struct diag silent;
  diag_init(&silent, r->m->arena);
  if (!unit_declare(t, name, NOWHERE, NULL, NOWHERE, &silent)) return fail(r);
  return unit_find(t, name);
}

static const struct unit *product(struct reader *r);

static const struct unit *factor(struct reader *r) {
  const struct unit *x;
  char c = peek(r);
  if (c == '(' && r->depth < LIMIT_EXPR_DEPTH) {
    r->at++, r->depth++;
    x = product(r);
    r->depth--;
    if (peek(r) != ')') return fail(r);
    r->at++;
  } else {
    size_t size = strcspn(r->text + r->at, "*/^()");
    const char *s = r->text + r->at;
    while (size && s[size - 1] == ' ') size--;
    if (!size || size > LIMIT_NAME_BYTES) return fail(r);
    r->at += size;
    x = size == 1 && *s == '1' ? unit_one() : by_name(r, legal(r->m, s, size));
  }
  if (peek(r) != '^') return x;
  r->at++;
  int sign = 1, n = 0;
  if (peek(r) == '-') sign = -1, r->at++;
  if (peek(r) < '0' || r->text[r->at] > '9') return fail(r);
  while (r->text[r->at] >= '0' && r->text[r->at] <= '9' && n < 1000) n = n * 10 + (r->text[r->at++] - '0');
  return unit_power(r->m->arena, x, sign * n, 1);
}

static const struct unit *product(struct reader *r) {
  const struct unit *x = factor(r);
  while (!r->failed && x && (peek(r) == '*' || r->text[r->at] == '/')) {
    bool divides = r->text[r->at++] == '/';
    const struct unit *y = factor(r);
    x = divides ? unit_divide(r->m->arena, x, y) : unit_multiply(r->m->arena, x, y);
  }
  return x;
}

const char *mdl_unit_text(struct mdl *m, const char *text) {
  size_t size = strcspn(text, "[");
  while (size && text[size - 1] == ' ') size--;
  return arena_copy(m->arena, text, size);
}

const struct unit *mdl_unit(struct mdl *m, const char *text, struct span at) {
  struct reader r = {.m = m, .text = text ? mdl_unit_text(m, text) : ""};
  if (!*r.text) return unit_none();
  const struct unit *x = strlen(r.text) > LIMIT_UNIT_BYTES ? fail(&r) : product(&r);
  if (!r.failed && x && !peek(&r)) return x;
  diag_warning(m->diag, at, unit_syntax, r.text, "is not understood");
  return unit_none();
}

// 22:Dollar,$,Dollars: names of one unit, in the settings behind the sketch.
void mdl_units_equivalent(struct mdl *m, const char *line, size_t size) {
  const char *first = NULL;
  for (size_t at = 0; at < size;) {
    size_t word = 0;
    while (at + word < size && line[at + word] != ',') word++;
    if (word && word < LIMIT_NAME_BYTES) {
      const char *name = legal(m, line + at, word);
      if (!first) first = name;
      if (strcmp(name, first) != 0 &&
          map_add(&m->unit_keys, name, (uint32_t)m->unit_names.count) == m->unit_names.count)
        list_push(m->arena, &m->unit_names) = first;
    }
    at += word + 1;
  }
}
