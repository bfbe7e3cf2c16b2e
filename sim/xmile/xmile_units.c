// SPDX-License-Identifier: GPL-3.0-or-later
// Units of XMILE (OASIS XMILE 1.0, 3.2.7): names of any characters, in any case, with aliases; undeclared names are
// units of their own. They become units of the model's table under names that our own language can write. Beyond the
// standard, as the field's programs do: singular and plural are one, and so are the usual abbreviations of time.
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "lang/lexer.h"
#include "xmile/xmile_read.h"

struct parser {
  struct xmile_reader *r;
  const char *text;
  size_t at;
  unsigned depth;
  bool failed;
};

static const struct unit *product(struct parser *p);

// The key under which a unit is known: folded, without the plural's s.
static const char *unit_key(struct arena *a, const char *name) {
  const char *folded = xmile_fold(a, name);
  size_t size = strlen(folded);
  bool plural = size > 3 && folded[size - 1] == 's' && folded[size - 2] != 's';
  return plural ? arena_copy(a, folded, size - 1) : folded;
}

// A name that our own units can have, and that is one when it is read again.
static const char *legal_name(struct arena *a, const char *name) {
  const char *shown = xmile_name(a, name);
  size_t size = strlen(shown);
  char *legal = arena_alloc(a, size + 2);
  size_t count = 0;
  for (size_t at = 0; at < size;) {
    size_t word = lexer_name_size(shown + at, size - at);
    if (!word && (shown[at] == '$' || (count && shown[at] >= '0' && shown[at] <= '9'))) word = 1;
    if (word)
      memcpy(legal + count, shown + at, word), count += word, at += word;
    else
      legal[count++] = '_', at++;
  }
  if (!*xmile_fold(a, legal)) return strcmp(shown, "%") == 0 ? "percent" : "unit";
  return legal;
}

static const struct unit *declare(struct xmile_reader *r, const char *name, const char *key, struct span at) {
  struct unit_table *t = &r->model->units;
  const char *legal = legal_name(r->arena, name);
  while (map_get(&t->names, legal) != MAP_NONE) legal = arena_format(r->arena, "%s_", legal);
  if (!unit_declare(t, legal, at, NULL, at, r->diag)) return unit_one();
  const struct unit *unit = unit_find(t, legal);
  xmile_units_add(r, key, unit);
  return unit;
}

void xmile_units_add(struct xmile_reader *r, const char *key, const struct unit *unit) {
  map_add(&r->unit_names, key, (uint32_t)r->unit_values.count);
  list_push(r->arena, &r->unit_values) = unit;
}

// The usual names of one unit, as keys, the first for all; the dimensionless one's names are in the first row.
static const char *const usual[][5] = {{"dimensionless", "dmnl", "unitless", "1", NULL},
                                       {"nanosecond", "ns", NULL},
                                       {"microsecond", "us", NULL},
                                       {"millisecond", "ms", NULL},
                                       {"second", "s", "sec", NULL},
                                       {"minute", "min", NULL},
                                       {"hour", "hr", "h", NULL},
                                       {"week", "wk", NULL},
                                       {"month", "mo", NULL},
                                       {"quarter", "qtr", NULL},
                                       {"year", "yr", NULL},
                                       {"person", "people", NULL}};

static size_t usual_row(const char *key) {
  size_t rows = sizeof usual / sizeof *usual;
  for (size_t row = 0; row < rows; row++)
    for (size_t i = 0; usual[row][i]; i++)
      if (strcmp(usual[row][i], key) == 0) return row;
  return rows;
}

// Names that the file defines come first, under whichever of the usual names it defines them.
static const struct unit *by_name(struct xmile_reader *r, const char *name, struct span at) {
  const char *key = unit_key(r->arena, name);
  uint32_t i = map_get(&r->unit_names, key);
  if (i != MAP_NONE) return r->unit_values.items[i];
  size_t row = usual_row(key);
  if (row == sizeof usual / sizeof *usual) return declare(r, name, key, at);
  for (size_t k = 0; usual[row][k]; k++)
    if ((i = map_get(&r->unit_names, usual[row][k])) != MAP_NONE) return r->unit_values.items[i];
  if (row == 0) return unit_one();
  return declare(r, name, usual[row][0], at);
}

static char skip(struct parser *p) {
  p->at += strspn(p->text + p->at, " \t\r\n_");
  return p->text[p->at];
}

static void fail(struct parser *p) {
  p->failed = true;
}

// A name runs to the next operator; blanks and points belong to it.
static const struct unit *name(struct parser *p, struct span at) {
  const char *s = p->text + p->at;
  size_t size = *s == '"' ? 0 : strcspn(s, "*/^()-");
  if (*s == '"') {
    const char *close = strchr(s + 1, '"');
    if (!close) return fail(p), unit_one();
    p->at += (size_t)(close + 1 - s);
    return by_name(p->r, arena_copy(p->r->arena, s + 1, (size_t)(close - s - 1)), at);
  }
  while (size && strchr(" \t\r\n", s[size - 1])) size--;
  if (!size || size > LIMIT_NAME_BYTES) return fail(p), unit_one();
  p->at += size;
  return by_name(p->r, arena_copy(p->r->arena, s, size), at);
}

static const struct unit *number(struct parser *p) {
  const char *s = p->text + p->at;
  size_t size = strspn(s, "0123456789.eE");
  struct unit *x = arena_new(p->r->arena, struct unit);
  p->at += size;
  if (!text_to_number(s, size, &x->factor) || !(x->factor > 0)) return fail(p), unit_one();
  return x;
}

static const struct unit *factor(struct parser *p) {
  char c = skip(p);
  const struct unit *x;
  if (c == '(' && p->depth < LIMIT_EXPR_DEPTH) {
    p->at++, p->depth++;
    x = product(p);
    p->depth--;
    if (skip(p) == ')')
      p->at++;
    else
      fail(p);
  } else if (c >= '0' && c <= '9') {
    x = number(p);
  } else {
    x = name(p, NOWHERE);
  }
  if (skip(p) != '^') return x;
  p->at++;
  bool open = skip(p) == '(';
  p->at += open;
  bool negative = skip(p) == '-';
  p->at += negative;
  int32_t n = 0;
  if (skip(p) < '0' || p->text[p->at] > '9') fail(p);
  for (; p->text[p->at] >= '0' && p->text[p->at] <= '9' && n < LIMIT_UNIT_EXPONENT; p->at++)
    n = n * 10 + (p->text[p->at] - '0');
  if (open && skip(p) == ')') p->at++;
  return unit_power(p->r->arena, x, negative ? -n : n, 1);
}

static const struct unit *product(struct parser *p) {
  const struct unit *x = factor(p);
  while (!p->failed && x) {
    char c = skip(p);
    if (c != '*' && c != '-' && c != '/') return x;
    p->at++;
    const struct unit *y = factor(p);
    x = c == '/' ? unit_divide(p->r->arena, x, y) : unit_multiply(p->r->arena, x, y);
  }
  return x;
}

const struct unit *xmile_units_parse(struct xmile_reader *r, const char *text, struct span at) {
  struct parser p = {.r = r, .text = text};
  if (!skip(&p)) return unit_none();
  if (strlen(text) > LIMIT_UNIT_BYTES) {
    diag_warning(r->diag, at, unit_size, LIMIT_UNIT_BYTES);
    return unit_none();
  }
  const struct unit *x = product(&p);
  if (!p.failed && x && !skip(&p)) return x;
  diag_warning(r->diag, at, unit_syntax, text, "is not understood");
  return unit_none();
}

// Names without an equation go first, since equations may use any.
static void read_unit(struct xmile_reader *r, const struct xml *x, bool with_equation) {
  const char *name = xml_attribute(x, "name"), *disabled = xml_attribute(x, "disabled");
  const struct xml *eqn = xml_child(x, "eqn");
  bool has_equation = eqn && !xml_is_blank(eqn);
  if (!name || has_equation != with_equation || (disabled && strcmp(disabled, "true") == 0)) return;
  struct span at = xml_attribute_span(x, "name");
  const struct unit *unit =
      has_equation ? xmile_units_parse(r, eqn->text, xml_text_span(eqn, 0, eqn->text_size)) : by_name(r, name, at);
  const char *key = unit_key(r->arena, name);
  if (map_get(&r->unit_names, key) == MAP_NONE) xmile_units_add(r, key, unit);
  for (size_t i = 0; i < x->children.count; i++) {
    if (strcmp(x->children.items[i]->name, "alias") != 0) continue;
    key = unit_key(r->arena, x->children.items[i]->text);
    if (map_get(&r->unit_names, key) == MAP_NONE) xmile_units_add(r, key, unit);
  }
}

void xmile_units_read(struct xmile_reader *r, const struct xml *root) {
  map_init(&r->unit_names, r->arena);
  const struct xml *units = xml_child(root, "model_units");
  for (int pass = 0; units && pass < 2; pass++)
    for (size_t i = 0; i < units->children.count; i++)
      if (strcmp(units->children.items[i]->name, "unit") == 0) read_unit(r, units->children.items[i], pass == 1);
}
