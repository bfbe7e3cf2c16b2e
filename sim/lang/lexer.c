// SPDX-License-Identifier: GPL-3.0-or-later
// Identifiers follow the general categories of Unicode (letters, marks, digits, connectors; the core of UAX #31) and
// must be composed (NFC), so that two names that look alike are alike. Characters that a text contains by habit of
// other tools or of a Chinese keyboard (**, &&, fullwidth brackets) are refused with what to write instead.
#include "lang/lexer.h"

#include <string.h>
#include <utf8proc.h>

#include "base/limits.h"
#include "base/text.h"

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
static bool is_ascii_letter(uint32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool starts_name(uint32_t code) {
  if (code < 0x80) return is_ascii_letter(code);
  utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)code);
  return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO) || c == UTF8PROC_CATEGORY_NL;
}

static bool continues_name(uint32_t code) {
  if (code < 0x80) return is_ascii_letter(code) || is_digit((char)code);
  utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)code);
  return starts_name(code) || c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_MC || c == UTF8PROC_CATEGORY_ND ||
         c == UTF8PROC_CATEGORY_PC;
}

bool lexer_is_symbol(uint32_t code) {
  utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)code);
  return c == UTF8PROC_CATEGORY_SC || c == UTF8PROC_CATEGORY_SO;
}

size_t lexer_name_size(const char *s, size_t size) {
  size_t at = 0, length;
  uint32_t code;
  while ((length = text_decode(s + at, size - at, &code)) && (at ? continues_name(code) : starts_name(code)))
    at += length;
  return at;
}

enum { LONGEST_DECOMPOSITION = 4 };  // of one character, canonically (Unicode 15)

bool lexer_is_composed(const char *s, size_t size) {
  utf8proc_int32_t codes[LIMIT_NAME_BYTES * LONGEST_DECOMPOSITION + 1];
  utf8proc_ssize_t room = sizeof codes / sizeof *codes - 1;  // reencode needs one more
  if (size > LIMIT_NAME_BYTES) return false;
  const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
  const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)s;
  utf8proc_ssize_t count = utf8proc_decompose(bytes, (utf8proc_ssize_t)size, codes, room, options);
  if (count < 0 || count > room) return false;
  count = utf8proc_reencode(codes, count, options);
  return count == (utf8proc_ssize_t)size && memcmp(codes, s, size) == 0;
}

static const struct {
  const char *text;
  enum token_kind kind;
} keywords[] = {{"if", TOKEN_IF},   {"then", TOKEN_THEN}, {"else", TOKEN_ELSE},
                {"and", TOKEN_AND}, {"or", TOKEN_OR},     {"not", TOKEN_NOT}};

static enum token_kind keyword(const char *s, size_t size) {
  for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
    if (strlen(keywords[i].text) == size && memcmp(keywords[i].text, s, size) == 0) return keywords[i].kind;
  return TOKEN_NAME;
}

bool lexer_is_keyword(const char *s, size_t size) {
  return keyword(s, size) != TOKEN_NAME;
}

const char *lexer_meant(uint32_t code) {
  static const struct {
    uint32_t code;
    const char *text;
  } meant[] = {{0xA0, " "},    {0xB7, "*"},    {0xD7, "*"},    {0xF7, "/"},    {0x2018, "'"}, {0x2019, "'"},
               {0x201C, "\""}, {0x201D, "\""}, {0x2013, "-"},  {0x2212, "-"},  {0x2215, "/"}, {0x2219, "*"},
               {0x2217, "*"},  {0x2260, "<>"}, {0x2264, "<="}, {0x2265, ">="}, {0x22C5, "*"}, {0x3000, " "},
               {0x3010, "["},  {0x3011, "]"},  {0x3001, ","},  {0x00B2, "^2"}, {0x00B3, "^3"}};
  for (size_t i = 0; i < sizeof meant / sizeof *meant; i++)
    if (meant[i].code == code) return meant[i].text;
  // The fullwidth forms repeat ASCII at a fixed distance (Unicode chart FF00); their letters and digits are names.
  static const char ascii[][2] = {"(", ")", "+", ",", "-", ".", "*",  "/", ":", ";", "<",
                                  "=", ">", "[", "]", "^", "'", "\"", "%", "&", "|", "!"};
  for (size_t i = 0; i < sizeof ascii / sizeof *ascii; i++)
    if (code == (uint32_t)ascii[i][0] + 0xFEE0) return ascii[i];
  return NULL;
}

struct span lexer_span(const struct lexer *l, size_t at, size_t size) {
  if (!l->verbatim) return l->span;
  return (struct span){l->span.source, l->span.at + (uint32_t)at, (uint32_t)size};
}

enum { DESCRIBED = 40 };

const char *lexer_describe(const struct lexer *l, const struct token *t) {
  if (t->kind == TOKEN_END) return "the end";
  size_t size = t->size;
  if (size > DESCRIBED)
    for (size = DESCRIBED; ((unsigned char)l->text[t->at + size] & 0xC0) == 0x80;) size--;
  return arena_format(l->arena, "'%.*s%s'", (int)size, l->text + t->at, size < t->size ? "..." : "");
}

static bool read_number(struct lexer *l, struct token *t) {
  const char *s = l->text + l->at;
  size_t n = strspn(s, "0123456789");
  t->integer = s[n] != '.';
  if (s[n] == '.') n++, n += strspn(s + n, "0123456789");
  if (s[n] == 'e' || s[n] == 'E') {
    size_t sign = s[n + 1] == '+' || s[n + 1] == '-', digits = strspn(s + n + 1 + sign, "0123456789");
    if (digits) n += 1 + sign + digits, t->integer = false;
  }
  t->kind = TOKEN_NUMBER;
  t->size = n;
  size_t glued = lexer_name_size(s + n, l->size - l->at - n);
  if (glued || s[n] == '.') {
    diag_error(l->diag, lexer_span(l, t->at, n + (glued ? glued : 1)), expr_number, (int)(n + (glued ? glued : 1)), s);
    if (glued) diag_hint(l->diag, "write a '*' between a number and a name");
    return false;
  }
  if (!text_to_number(s, n, &t->number)) {
    diag_error(l->diag, lexer_span(l, t->at, n), expr_number_range);
    return false;
  }
  t->integer = t->integer && t->number < 2147483648.0;
  return true;
}

// Also for quoted names: bounded, composed, visible.
static bool check_name(struct lexer *l, const struct token *t, const char *name, size_t size) {
  struct span span = lexer_span(l, t->at, t->size);
  if (size > LIMIT_NAME_BYTES) {
    diag_error(l->diag, span, expr_name_size, LIMIT_NAME_BYTES);
    return false;
  }
  uint32_t code;
  for (size_t at = 0; at < size; at += text_decode(name + at, size - at, &code)) {
    if (!text_decode(name + at, size - at, &code)) return false;  // not reached: sources are valid UTF-8
    if (code >= 32 && code != 127 && !(code >= 0x80 && code < 0xA0) && !text_is_hidden(code)) continue;
    diag_error(l->diag, span, expr_name_hidden, (unsigned)code);
    return false;
  }
  if (lexer_is_composed(name, size)) return true;
  diag_error(l->diag, span, expr_name_composed);
  return false;
}

// A hidden character right behind (or in) a name is an attempt to disguise it, or a slip of the clipboard.
static bool read_name(struct lexer *l, struct token *t) {
  const char *s = l->text + l->at;
  t->size = lexer_name_size(s, l->size - l->at);
  t->kind = keyword(s, t->size);
  uint32_t code;
  if (text_decode(s + t->size, l->size - l->at - t->size, &code) && text_is_hidden(code)) {
    diag_error(l->diag, lexer_span(l, t->at, t->size), expr_name_hidden, (unsigned)code);
    return false;
  }
  if (!check_name(l, t, s, t->size)) return false;
  t->name = arena_copy(l->arena, s, t->size);
  return true;
}

// A quote within a quoted name is doubled.
static bool read_quoted(struct lexer *l, struct token *t) {
  const char *s = l->text + l->at, quote = *s;
  size_t end = 1;
  while (s[end] && (s[end] != quote || s[end + 1] == quote)) end += s[end] == quote ? 2 : 1;
  if (!s[end]) {
    diag_error(l->diag, lexer_span(l, t->at, 1), expr_name_open, quote);
    return false;
  }
  char *name = arena_alloc(l->arena, end);
  size_t size = 0;
  for (size_t from = 1; from < end; from += s[from] == quote ? 2 : 1) name[size++] = s[from];
  t->kind = TOKEN_NAME;
  t->size = end + 1;
  t->name = name;
  if (size) return check_name(l, t, name, size);
  diag_error(l->diag, lexer_span(l, t->at, t->size), expr_name_empty);
  return false;
}

// Longer texts come first.
static const struct {
  const char *text;
  enum token_kind kind;
  const char *instead;  // refused: what to write
} symbols[] = {{"**", TOKEN_END, "^"},
               {"&&", TOKEN_END, "and"},
               {"||", TOKEN_END, "or"},
               {":=", TOKEN_END, "="},
               {"=<", TOKEN_END, "<="},
               {"=>", TOKEN_END, ">="},
               {"==", TOKEN_EQUAL, NULL},
               {"<>", TOKEN_UNEQUAL, NULL},
               {"!=", TOKEN_UNEQUAL, NULL},
               {"<=", TOKEN_LESS_EQUAL, NULL},
               {">=", TOKEN_GREATER_EQUAL, NULL},
               {"+", TOKEN_PLUS, NULL},
               {"-", TOKEN_MINUS, NULL},
               {"*", TOKEN_STAR, NULL},
               {"/", TOKEN_SLASH, NULL},
               {"^", TOKEN_CARET, NULL},
               {"=", TOKEN_EQUAL, NULL},
               {"<", TOKEN_LESS, NULL},
               {">", TOKEN_GREATER, NULL},
               {"(", TOKEN_OPEN, NULL},
               {")", TOKEN_CLOSE, NULL},
               {"[", TOKEN_OPEN_BRACKET, NULL},
               {"]", TOKEN_CLOSE_BRACKET, NULL},
               {",", TOKEN_COMMA, NULL},
               {"!", TOKEN_END, "not"},
               {"&", TOKEN_END, "and"},
               {"|", TOKEN_END, "or"},
               {";", TOKEN_END, ","},
               {"{", TOKEN_END, "("},
               {"}", TOKEN_END, ")"}};

static bool refuse_character(struct lexer *l, const struct token *t) {
  uint32_t code = 0;
  size_t size = text_decode(l->text + t->at, l->size - t->at, &code);
  struct span span = lexer_span(l, t->at, size);
  if (text_is_hidden(code) || code < 32 || (code >= 127 && code < 0xA0)) {
    diag_error(l->diag, span, expr_hidden, (unsigned)code);
    return false;
  }
  diag_error(l->diag, span, expr_character, (int)size, l->text + t->at);
  const char *meant = lexer_meant(code);
  if (meant) diag_hint(l->diag, *meant == ' ' ? "write an ordinary blank" : "write '%s'", meant);
  if (code == '%') diag_hint(l->diag, "write 0.1 for 10 %%");
  return false;
}

static bool read_symbol(struct lexer *l, struct token *t) {
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
    t->size = strlen(symbols[i].text);
    if (strncmp(l->text + l->at, symbols[i].text, t->size) != 0) continue;
    t->kind = symbols[i].kind;
    if (!symbols[i].instead) return true;
    diag_error(l->diag, lexer_span(l, t->at, t->size), expr_operator, symbols[i].text);
    diag_hint(l->diag, "write '%s'", symbols[i].instead);
    return false;
  }
  return refuse_character(l, t);
}

bool lexer_next(struct lexer *l, struct token *t) {
  l->at += strspn(l->text + l->at, " \t\r\n");
  const char *s = l->text + l->at;
  *t = (struct token){.kind = TOKEN_END, .at = l->at};
  if (l->at >= l->size) return true;
  bool good = is_digit(*s) || (*s == '.' && is_digit(s[1])) ? read_number(l, t)
              : *s == '\'' || *s == '"'                     ? read_quoted(l, t)
              : lexer_name_size(s, l->size - l->at)         ? read_name(l, t)
                                                            : read_symbol(l, t);
  l->at += t->size;
  return good;
}
