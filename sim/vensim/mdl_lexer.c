// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens of Vensim equations. A name runs over blanks and line ends ("Stock A", "Heat\n Loss"), is compared without
// regard to case and to the kind of its blanks, and may be quoted; {...} is a comment; a backslash at the end of a line
// joins lines. What each token means is the parser's business.
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "vensim/mdl_parts.h"

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '_';
}
static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
static bool is_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) || c == '$' || c == '_' || c == '@';
}
static bool is_inside(char c) {
  return is_start(c) || is_digit(c) || c == '\'' || c == '.' || c == '&';
}

// Small letters of Latin, Greek and Cyrillic; Vensim compares no others without case.
static uint32_t small(uint32_t c) {
  if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7)) return c + 32;
  if ((c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F)) return c + 32;
  return c >= 0x400 && c <= 0x40F ? c + 80 : c;
}

static size_t encode(uint32_t c, char *out) {
  if (c < 0x80) return out[0] = (char)c, 1;
  return out[0] = (char)(0xC0 | c >> 6), out[1] = (char)(0x80 | (c & 0x3F)), 2;
}

// Text with runs of blanks (and backslashes that join lines) as one; both forms of a name.
static const char *squeeze(struct arena *a, const char *text, size_t size, bool key) {
  char *out = arena_alloc(a, size + 1);
  size_t n = 0;
  for (size_t i = 0; i < size;) {
    uint32_t c = 0;
    bool joins = text[i] == '\\' && i + 1 < size && (text[i + 1] == '\n' || text[i + 1] == '\r');
    bool blank = joins || (is_blank(text[i]) && (key || text[i] != '_'));
    if (blank) {
      if (n && out[n - 1] != ' ') out[n++] = ' ';
      i++;
      continue;
    }
    size_t bytes = text_decode(text + i, size - i, &c);
    if (key && c < 0x800 && bytes && small(c) < 0x800)
      n += encode(small(c), out + n);
    else
      memcpy(out + n, text + i, bytes ? bytes : 1), n += bytes ? bytes : 1;
    i += bytes ? bytes : 1;
  }
  while (n && out[n - 1] == ' ') n--;
  out[n] = 0;
  return out;
}

const char *mdl_key(struct arena *a, const char *text, size_t size) {
  return squeeze(a, text, size, true);
}
const char *mdl_shown(struct arena *a, const char *text, size_t size) {
  return squeeze(a, text, size, false);
}

// Past blanks, comments and joined lines.
static bool skip(struct mdl_lexer *l) {
  const char *s = l->source->text;
  while (l->at < l->end) {
    char c = s[l->at];
    if (c == '{') {
      uint32_t open = l->at, depth = 0;
      do {
        depth += s[l->at] == '{';
        depth -= s[l->at] == '}';
        l->at++;
      } while (depth && l->at < l->end);
      if (depth) {
        diag_error(l->diag, ((struct span){l->source, open, 1}), mdl_comment);
        return false;
      }
    } else if (c == '\\' || (is_blank(c) && c != '_')) {
      l->at++;
    } else {
      break;
    }
  }
  return true;
}

static bool lex_number(struct mdl_lexer *l, struct mdl_token *t) {
  const char *s = l->source->text;
  uint32_t at = l->at;
  bool plain = true;
  while (at < l->end && is_digit(s[at])) at++;
  if (at < l->end && s[at] == '.') {
    plain = false;
    for (at++; at < l->end && is_digit(s[at]);) at++;
  }
  if (at < l->end && (s[at] == 'e' || s[at] == 'E')) {
    uint32_t e = at + 1;
    if (e < l->end && (s[e] == '+' || s[e] == '-')) e++;
    if (e < l->end && is_digit(s[e])) {
      plain = false;
      for (at = e; at < l->end && is_digit(s[at]);) at++;
    }
  }
  t->kind = MDL_TOKEN_NUMBER, t->size = at - l->at;
  bool point_last = s[at - 1] == '.';
  if (!text_to_number(s + l->at, t->size - point_last, &t->number)) {
    diag_error(l->diag, ((struct span){l->source, l->at, t->size}), expr_number, (int)t->size, s + l->at);
    return false;
  }
  t->integer = plain && t->number < 2147483648.0;
  l->at = at;
  return true;
}

static bool lex_quoted(struct mdl_lexer *l, struct mdl_token *t) {
  const char *s = l->source->text;
  uint32_t at = l->at + 1;
  size_t n = 0;
  while (at < l->end && s[at] != '"') at += s[at] == '\\' && at + 1 < l->end ? 2 : 1;
  if (at >= l->end) {
    diag_error(l->diag, ((struct span){l->source, l->at, 1}), expr_name_open, '"');
    return false;
  }
  char *inner = arena_alloc(l->arena, at - l->at);
  for (uint32_t i = l->at + 1; i < at; i++) {
    if (s[i] == '\\' && s[i + 1] == '"') i++;
    inner[n++] = s[i];
  }
  t->kind = MDL_TOKEN_NAME, t->quoted = true, t->size = at + 1 - l->at;
  t->key = mdl_key(l->arena, inner, n), t->name = mdl_shown(l->arena, inner, n);
  l->at = at + 1;
  return true;
}

static bool lex_name(struct mdl_lexer *l, struct mdl_token *t) {
  const char *s = l->source->text;
  uint32_t at = l->at, last = l->at;
  while (at < l->end) {
    bool joins = s[at] == '\\' && at + 1 < l->end && (s[at + 1] == '\n' || s[at + 1] == '\r');
    if (is_inside(s[at]))
      last = ++at;
    else if (is_blank(s[at]) || joins)
      at++;
    else
      break;
  }
  t->kind = MDL_TOKEN_NAME, t->size = last - l->at;
  t->key = mdl_key(l->arena, s + l->at, t->size), t->name = mdl_shown(l->arena, s + l->at, t->size);
  l->at = last;
  return true;
}

static bool lex_text(struct mdl_lexer *l, struct mdl_token *t) {
  const char *s = l->source->text, *close = memchr(s + l->at + 1, '\'', l->end - l->at - 1);
  if (!close) {
    diag_error(l->diag, ((struct span){l->source, l->at, 1}), expr_name_open, '\'');
    return false;
  }
  t->kind = MDL_TOKEN_TEXT, t->size = (uint32_t)(close + 1 - (s + l->at));
  t->name = arena_copy(l->arena, s + l->at + 1, t->size - 2);
  l->at += t->size;
  return true;
}

// :AND:, :HOLD BACKWARD: and the like; a colon alone is a sign.
static bool lex_keyword(struct mdl_lexer *l, struct mdl_token *t) {
  const char *s = l->source->text;
  uint32_t at = l->at + 1;
  while (at < l->end && ((s[at] | 32) >= 'a' && (s[at] | 32) <= 'z')) at++;
  while (at < l->end && (s[at] == ' ' || s[at] == '_' || ((s[at] | 32) >= 'a' && (s[at] | 32) <= 'z'))) at++;
  if (at == l->at + 1 || at >= l->end || s[at] != ':') return false;
  t->kind = MDL_TOKEN_KEYWORD, t->size = at + 1 - l->at;
  t->key = mdl_key(l->arena, s + l->at + 1, at - l->at - 1);
  l->at = at + 1;
  return true;
}

static bool lex_sign(struct mdl_lexer *l, struct mdl_token *t) {
  static const char *const signs[] = {"<->", "<=", ">=", "<>", "->", ":=", "==", "=", "<", ">", "+", "-", "*",
                                      "/",   "^",  "(",  ")",  "[",  "]",  ",",  ";", "!", ":", "|", "~"};
  const char *s = l->source->text + l->at;
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
    size_t size = strlen(signs[i]);
    if (size > l->end - l->at || strncmp(s, signs[i], size) != 0) continue;
    t->kind = MDL_TOKEN_SIGN, t->size = (uint32_t)size;
    memcpy(t->sign, signs[i], size + 1);
    l->at += t->size;
    return true;
  }
  uint32_t code;
  int bytes = (int)text_decode(s, l->end - l->at, &code);
  diag_error(l->diag, ((struct span){l->source, l->at, (uint32_t)bytes}), expr_character, bytes, s);
  return false;
}

bool mdl_lexer_next(struct mdl_lexer *l, struct mdl_token *t) {
  if (!skip(l)) return false;
  const char *s = l->source->text;
  *t = (struct mdl_token){.at = l->at};
  if (l->at >= l->end) return true;
  char c = s[l->at];
  bool ok;
  if (is_digit(c) || (c == '.' && l->at + 1 < l->end && is_digit(s[l->at + 1])))
    ok = lex_number(l, t);
  else if (c == '"')
    ok = lex_quoted(l, t);
  else if (c == '\'')
    ok = lex_text(l, t);
  else if (is_start(c))
    ok = lex_name(l, t);
  else if (c == ':' && lex_keyword(l, t))
    ok = true;
  else
    ok = lex_sign(l, t);
  if (ok && t->kind == MDL_TOKEN_NAME && (t->size > LIMIT_NAME_BYTES + 100 || !*t->key)) {
    diag_error(l->diag, ((struct span){l->source, t->at, t->size}), expr_name_size, LIMIT_NAME_BYTES);
    return false;
  }
  return ok;
}
