// SPDX-License-Identifier: GPL-3.0-or-later
// Units as products of powers, kept sorted by base so that comparing and multiplying are merges. Exponents are exact
// fractions; factors are doubles and compared with a tolerance, since 0.001 Mt and 1e3 t round differently.
// Does not know affine units (degrees Celsius as an offset from kelvin): a model's `celsius` is a base unit.
#include "lang/unit.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "lang/lexer.h"

static const struct unit one = {.factor = 1};

const struct unit *unit_one(void) {
  return &one;
}

const struct unit *unit_none(void) {
  static const struct unit none = {.factor = 1};
  return &none;
}

static int64_t gcd(int64_t a, int64_t b) {
  while (b) {
    int64_t rest = a % b;
    a = b, b = rest;
  }
  return a < 0 ? -a : a;
}

// Stores num/den (den > 0) in lowest terms; false past LIMIT_UNIT_EXPONENT.
static bool set_exponent(struct unit_power *p, int64_t num, int64_t den) {
  int64_t common = gcd(num, den);
  num /= common, den /= common;
  if (num > LIMIT_UNIT_EXPONENT || num < -LIMIT_UNIT_EXPONENT || den > LIMIT_UNIT_EXPONENT) return false;
  p->num = (int32_t)num, p->den = (int32_t)den;
  return true;
}

static bool factor_is_good(double factor) {
  return isfinite(factor) && factor > 0;
}

// x * y^sign by merging the two sorted lists; `result` has room for both.
static bool merge(struct unit *result, const struct unit *x, const struct unit *y, int sign) {
  size_t i = 0, j = 0;
  while (i < x->count || j < y->count) {
    const struct unit_power *p = i < x->count ? &x->powers[i] : NULL, *q = j < y->count ? &y->powers[j] : NULL;
    if (p && q && p->base > q->base) p = NULL;
    if (p && q && p->base < q->base) q = NULL;
    i += p != NULL, j += q != NULL;
    int64_t num = 0, den = 1;
    if (p) num = p->num, den = p->den;
    if (q) num = num * q->den + (int64_t)sign * q->num * den, den *= q->den;
    if (num == 0) continue;
    struct unit_power *out = &result->powers[result->count++];
    out->base = p ? p->base : q->base;
    if (!set_exponent(out, num, den)) return false;
  }
  return true;
}

static const struct unit *combine(struct arena *a, const struct unit *x, const struct unit *y, int sign) {
  if (!x || !y) return NULL;
  struct unit *result = arena_new(a, struct unit);
  result->factor = sign > 0 ? x->factor * y->factor : x->factor / y->factor;
  result->powers = arena_array(a, struct unit_power, x->count + y->count);
  return factor_is_good(result->factor) && merge(result, x, y, sign) ? result : NULL;
}

const struct unit *unit_multiply(struct arena *a, const struct unit *x, const struct unit *y) {
  return combine(a, x, y, 1);
}

const struct unit *unit_divide(struct arena *a, const struct unit *x, const struct unit *y) {
  return combine(a, x, y, -1);
}

// Integer powers by repeated squaring: the same bits from every C library.
static double factor_power(double x, int32_t num, int32_t den) {
  double result = 1;
  for (uint32_t n = (uint32_t)(num < 0 ? -(int64_t)num : num); n; n >>= 1, x *= x)
    if (n & 1) result *= x;
  if (num < 0) result = 1 / result;
  if (den == 1 || result == 1) return result;
  return den == 2 ? sqrt(result) : pow(result, 1.0 / den);
}

const struct unit *unit_power(struct arena *a, const struct unit *x, int32_t num, int32_t den) {
  if (!x || den == 0) return NULL;
  if (num == 0) return &one;
  int64_t n = den < 0 ? -(int64_t)num : num, d = den < 0 ? -(int64_t)den : den;
  struct unit_power lowest;
  if (!set_exponent(&lowest, n, d)) return NULL;
  struct unit *result = arena_new(a, struct unit);
  result->factor = factor_power(x->factor, lowest.num, lowest.den);
  result->powers = arena_array(a, struct unit_power, x->count);
  result->count = x->count;
  for (size_t i = 0; i < x->count; i++) {
    const struct unit_power *p = &x->powers[i];
    result->powers[i].base = p->base;
    if (!set_exponent(&result->powers[i], (int64_t)p->num * lowest.num, (int64_t)p->den * lowest.den)) return NULL;
  }
  return factor_is_good(result->factor) ? result : NULL;
}

bool unit_same_dimension(const struct unit *x, const struct unit *y) {
  if (x->count != y->count) return false;
  for (size_t i = 0; i < x->count; i++) {
    const struct unit_power *p = &x->powers[i], *q = &y->powers[i];
    if (p->base != q->base || p->num != q->num || p->den != q->den) return false;
  }
  return true;
}

bool unit_equal(const struct unit *x, const struct unit *y) {
  double larger = fmax(x->factor, y->factor);
  return fabs(x->factor - y->factor) <= 1e-12 * larger && unit_same_dimension(x, y);
}

bool unit_is_one(const struct unit *x) {
  return unit_equal(x, &one);
}

static void add_alias(struct unit_table *t, const char *name, const struct unit *unit) {
  map_add(&t->names, name, (uint32_t)t->aliases.count);
  list_push(t->arena, &t->aliases) = (struct unit_alias){name, unit};
}

void unit_table_init(struct unit_table *t, struct arena *a) {
  *t = (struct unit_table){.arena = a};
  map_init(&t->names, a);
  map_init(&t->texts, a);
  struct unit *percent = arena_new(a, struct unit);
  percent->factor = 0.01;
  add_alias(t, "dmnl", &one);
  add_alias(t, "1", &one);
  add_alias(t, "%", percent);
}

struct unit_table unit_table_copy(const struct unit_table *t, struct arena *a) {
  struct unit_table copy = *t;
  copy.arena = a;
  copy.written.items =
      arena_grow(a, t->written.items, t->written.count, t->written.count + 8, sizeof *t->written.items);
  copy.written.capacity = t->written.count + 8;
  map_init(&copy.texts, a);
  for (size_t i = 0; i < copy.written.count; i++) map_add(&copy.texts, copy.written.items[i].name, (uint32_t)i);
  return copy;
}

struct unit_parser {
  struct unit_table *table;
  const char *text;
  size_t at;
  struct span span;
  bool verbatim;  // the text equals the source at span: places within it are known
  unsigned depth;
  struct diag *diag;
};

static struct unit_parser start(struct unit_table *t, const char *text, struct span at, struct diag *diag) {
  size_t size = strlen(text);
  bool verbatim = at.source && at.size == size && at.at + size <= at.source->size &&
                  memcmp(at.source->text + at.at, text, size) == 0;
  return (struct unit_parser){.table = t, .text = text, .span = at, .verbatim = verbatim, .diag = diag};
}

static struct span part(const struct unit_parser *p, size_t at, size_t size) {
  if (!p->verbatim) return p->span;
  return (struct span){p->span.source, p->span.at + (uint32_t)at, (uint32_t)size};
}

static char skip_blanks(struct unit_parser *p) {
  p->at += strspn(p->text + p->at, " \t\r\n");
  return p->text[p->at];
}

static size_t name_size(const char *s) {
  size_t at = 0, size = strlen(s), length;
  uint32_t code;
  for (;;) {
    length = lexer_name_size(s + at, size - at);
    if (!length && (length = text_decode(s + at, size - at, &code)) && code != '%' && code != '$' &&
        !lexer_is_symbol(code))
      length = 0;
    if (!length) return at;
    at += length;
  }
}

static const struct unit *fail_syntax(struct unit_parser *p) {
  uint32_t code;
  size_t length = text_decode(p->text + p->at, strlen(p->text + p->at), &code);
  if (!length) {
    diag_error(p->diag, part(p, p->at ? p->at - 1 : 0, 1), unit_syntax, p->text, "ends too early");
    return NULL;
  }
  const char *meant = lexer_meant(code);
  diag_error(p->diag, part(p, p->at, length), unit_syntax, p->text, "is not understood at the caret");
  if (meant && *meant != ' ') diag_hint(p->diag, "write '%s'", meant);
  return NULL;
}

static const struct unit *too_large(struct unit_parser *p, const struct unit *x) {
  if (!x) diag_error(p->diag, p->span, unit_range, p->text);
  return x;
}

static bool integer(struct unit_parser *p, int64_t *n) {
  size_t digits = strspn(p->text + p->at, "0123456789");
  *n = 0;
  for (size_t i = 0; i < digits && *n <= LIMIT_UNIT_EXPONENT; i++) *n = *n * 10 + (p->text[p->at + i] - '0');
  p->at += digits;
  if (digits && p->text[p->at] != '.') return true;  // 1.5 is not 1 times .5
  fail_syntax(p);
  return false;
}

// Behind '^': [-] integer [ "/" integer ], in parentheses or not. A '/' before a digit belongs to the exponent.
static const struct unit *raise(struct unit_parser *p, const struct unit *x) {
  int64_t num, den = 1;
  bool open = skip_blanks(p) == '(';
  p->at += open;
  bool negative = skip_blanks(p) == '-';
  p->at += negative;
  if (!integer(p, &num)) return NULL;
  char behind = p->text[p->at] == '/' ? p->text[p->at + 1] : 0;
  if (behind >= '0' && behind <= '9') {
    p->at++;
    if (!integer(p, &den)) return NULL;
  }
  if (open && skip_blanks(p) != ')') return fail_syntax(p);
  p->at += open;
  return too_large(p, unit_power(p->table->arena, x, (int32_t)(negative ? -num : num), (int32_t)den));
}

static const struct unit *named(struct unit_parser *p, size_t size) {
  const char *name = arena_copy(p->table->arena, p->text + p->at, size);
  uint32_t i = map_get(&p->table->names, name);
  if (i == MAP_NONE) {
    diag_error(p->diag, part(p, p->at, size), unit_unknown, name);
    diag_did_you_mean(p->diag, map_nearest_key(&p->table->names, name));
    return NULL;
  }
  p->at += size;
  return p->table->aliases.items[i].unit;
}

static const struct unit *number(struct unit_parser *p) {
  const char *s = p->text + p->at;
  size_t size = strspn(s, "0123456789.");
  size_t sign = (s[size] == 'e' || s[size] == 'E') && (s[size + 1] == '-' || s[size + 1] == '+');
  size_t digits = s[size] == 'e' || s[size] == 'E' ? strspn(s + size + 1 + sign, "0123456789") : 0;
  if (digits) size += 1 + sign + digits;
  struct unit *x = arena_new(p->table->arena, struct unit);
  if (!text_to_number(s, size, &x->factor)) return fail_syntax(p);
  p->at += size;
  return too_large(p, factor_is_good(x->factor) ? x : NULL);
}

static const struct unit *product(struct unit_parser *p);

static const struct unit *parenthesized(struct unit_parser *p) {
  if (p->depth == LIMIT_EXPR_DEPTH) {
    diag_error(p->diag, part(p, p->at, 1), expr_depth, LIMIT_EXPR_DEPTH);
    return NULL;
  }
  p->at++, p->depth++;
  const struct unit *x = product(p);
  if (x && skip_blanks(p) != ')') return fail_syntax(p);
  p->at++, p->depth--;
  return x;
}

static const struct unit *factor(struct unit_parser *p) {
  char c = skip_blanks(p);
  size_t size = name_size(p->text + p->at);
  const struct unit *x = c == '('                             ? parenthesized(p)
                         : (c >= '0' && c <= '9') || c == '.' ? number(p)
                         : size                               ? named(p, size)
                                                              : fail_syntax(p);
  if (!x || skip_blanks(p) != '^') return x;
  p->at++;
  return raise(p, x);
}

static const struct unit *product(struct unit_parser *p) {
  const struct unit *x = factor(p);
  while (x) {
    char c = skip_blanks(p);
    if (!c || c == ')') return x;
    if (c == '*' || c == '/')
      p->at++;
    else if (c != '(' && !strchr(" \t\r\n)", p->text[p->at - 1]))
      return fail_syntax(p);
    const struct unit *y = factor(p);
    if (!y) return NULL;
    x = too_large(p, combine(p->table->arena, x, y, c == '/' ? -1 : 1));
  }
  return NULL;
}

static const struct unit *parse(struct unit_table *t, const char *text, struct span at, struct diag *diag) {
  if (strlen(text) > LIMIT_UNIT_BYTES) {
    diag_error(diag, at, unit_size, LIMIT_UNIT_BYTES);
    return NULL;
  }
  struct unit_parser p = start(t, text, at, diag);
  if (!skip_blanks(&p)) {
    diag_error(diag, at, unit_empty);
    return NULL;
  }
  const struct unit *x = product(&p);
  return x && skip_blanks(&p) ? fail_syntax(&p) : x;
}

const struct unit *unit_find(const struct unit_table *t, const char *text) {
  uint32_t i = map_get(&t->names, text);
  if (i != MAP_NONE) return t->aliases.items[i].unit;
  i = map_get(&t->texts, text);
  return i == MAP_NONE ? NULL : t->written.items[i].unit;
}

const struct unit *unit_parse(struct unit_table *t, const char *text, struct span at, struct diag *diag) {
  const struct unit *x = unit_find(t, text);
  if (x) return x;
  x = parse(t, text, at, diag);
  if (!x) return NULL;
  text = arena_string(t->arena, text);
  map_add(&t->texts, text, (uint32_t)t->written.count);
  list_push(t->arena, &t->written) = (struct unit_alias){text, x};
  return x;
}

static bool name_is_good(const char *name, struct span at, struct diag *diag) {
  size_t size = strlen(name);
  if (!size || size > LIMIT_NAME_BYTES || name_size(name) != size) {
    diag_error(diag, at, unit_name, name);
    return false;
  }
  if (lexer_is_composed(name, size)) return true;
  diag_error(diag, at, expr_name_composed);
  return false;
}

bool unit_declare(struct unit_table *t, const char *name, struct span name_span, const char *definition, struct span at,
                  struct diag *diag) {
  if (map_get(&t->names, name) != MAP_NONE) {
    diag_error(diag, name_span, unit_duplicate, name);
    return false;
  }
  if (!name_is_good(name, name_span, diag)) return false;
  const struct unit *unit = definition ? parse(t, definition, at, diag) : NULL;
  if (definition && !unit) return false;
  name = arena_string(t->arena, name);
  if (!definition) {
    struct unit *base = arena_new(t->arena, struct unit);
    base->factor = 1;
    base->count = 1;
    base->powers = arena_new(t->arena, struct unit_power);
    *base->powers = (struct unit_power){(uint32_t)t->bases.count, 1, 1};
    list_push(t->arena, &t->bases) = name;
    unit = base;
  }
  add_alias(t, name, unit);
  return true;
}

// x written over base units: "1e+06 t/yr".
const char *unit_bases_text(struct arena *a, const struct unit_table *t, const struct unit *x) {
  char digits[32];
  text_from_number(x->factor, digits);
  bool numerator = false;
  const char *text = fabs(x->factor - 1) <= 1e-12 ? "" : arena_format(a, "%s ", digits);
  for (int sign = 1; sign >= -1; sign -= 2) {
    if (sign < 0 && !numerator) text = digits;
    for (size_t i = 0; i < x->count; i++) {
      const struct unit_power *p = &x->powers[i];
      if ((p->num > 0) != (sign > 0)) continue;
      text = arena_format(a, "%s%s%s", text, sign < 0 ? "/" : numerator ? "*" : "", t->bases.items[p->base]);
      if (p->den != 1)
        text = arena_format(a, "%s^(%d/%d)", text, sign * p->num, p->den);
      else if (p->num != sign)
        text = arena_format(a, "%s^%d", text, sign * p->num);
      numerator = numerator || sign > 0;
    }
  }
  return arena_string(a, text);
}

// "bCNY/yr" where bCNY is an alias: two known names whose quotient x is, or NULL.
static const char *text_of_pair(struct arena *a, const struct unit_table *t, const struct unit *x) {
  enum { MOST = 300 };  // pairs are squared
  size_t count = t->aliases.count < MOST ? t->aliases.count : MOST;
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < count; j++) {
      const struct unit_alias *over = &t->aliases.items[i], *under = &t->aliases.items[j];
      if (!over->unit->count || !under->unit->count) continue;
      if (over->unit->count + under->unit->count < x->count) continue;
      const struct unit *quotient = unit_divide(a, over->unit, under->unit);
      if (quotient && unit_equal(quotient, x)) return arena_format(a, "%s/%s", over->name, under->name);
    }
  return NULL;
}

const char *unit_text(struct arena *a, const struct unit_table *t, const struct unit *x) {
  for (size_t i = 0; i < t->aliases.count; i++)
    if (unit_equal(t->aliases.items[i].unit, x)) return t->aliases.items[i].name;
  for (size_t i = 0; i < t->written.count; i++)
    if (unit_equal(t->written.items[i].unit, x)) return t->written.items[i].name;
  const char *pair = x->factor == 1 ? NULL : text_of_pair(a, t, x);
  return pair ? pair : unit_bases_text(a, t, x);
}

// Reads [-] number [ "/" number ] at the start of the text; false when there is none.
static bool leading_number(const char *text, size_t *at, double *value) {
  size_t from = *at + strspn(text + *at, " \t"), n = strspn(text + from, "+-");
  if (n > 1) return false;
  size_t size = n + strspn(text + from + n, "0123456789.");
  if (text[from + size] == 'e' || text[from + size] == 'E') {
    size_t sign = strspn(text + from + size + 1, "+-"), digits = strspn(text + from + size + 1 + sign, "0123456789");
    if (digits && sign <= 1) size += 1 + sign + digits;
  }
  if (!text_to_number(text + from, size, value)) return false;
  *at = from + size;
  return true;
}

// From one unit to another of its dimension. Dividing by a whole number keeps 35 % at 0.35, which * 0.01 would not.
static double convert(double value, const struct unit *from, const struct unit *to) {
  double inverse = to->factor / from->factor;
  if (inverse >= 1 && fabs(inverse - rint(inverse)) <= 1e-12 * inverse) return value / rint(inverse);
  return value * (from->factor / to->factor);
}

bool unit_number(struct unit_table *t, const char *text, struct span at, const struct unit *expected, double *value,
                 struct diag *diag) {
  size_t end = 0;
  double number, under;
  if (strlen(text) > LIMIT_UNIT_BYTES) {
    diag_error(diag, at, unit_size, LIMIT_UNIT_BYTES);
    return false;
  }
  bool good = leading_number(text, &end, &number);
  end += good ? strspn(text + end, " \t") : 0;
  size_t behind = end + 1;
  if (good && text[end] == '/' && leading_number(text, &behind, &under)) {
    number /= under;
    end = behind + strspn(text + behind, " \t");
  }
  if (!good || !isfinite(number) || strchr("0123456789.+-*,^", text[end] ? text[end] : 'x')) {
    diag_error(diag, at, unit_number, text);
    return false;
  }
  *value = number;
  if (!text[end]) return true;
  // "5 /yr" and "5/yr" mean 5 per year.
  const char *rest = text[end] == '/' ? arena_format(t->arena, "1%s", text + end) : text + end;
  struct span place = start(t, text, at, diag).verbatim && text[end] != '/'
                          ? (struct span){at.source, at.at + (uint32_t)end, (uint32_t)strlen(rest)}
                          : at;
  const struct unit *unit = unit_parse(t, rest, place, diag);
  if (!unit) return false;
  if (!expected) return true;  // its own error was reported
  if (!unit_same_dimension(unit, expected)) {
    diag_error(diag, place, unit_mismatch, text, unit_text(t->arena, t, unit), unit_text(t->arena, t, expected));
    return false;
  }
  *value = convert(number, unit, expected);
  return true;
}
