// SPDX-License-Identifier: GPL-3.0-or-later
// Text of an expression -> tokens. Also the one place that knows which characters make up a name (through libutf8proc),
// so that names in expressions, in keys and in units follow the same rules. Places are offsets into the text; the lexer
// turns them into spans of the source.
#ifndef LANG_LEXER_H
#define LANG_LEXER_H
#include "base/diag.h"
#include "base/source.h"

enum token_kind {
  TOKEN_END,
  TOKEN_NUMBER,
  TOKEN_NAME,
  TOKEN_IF,
  TOKEN_THEN,
  TOKEN_ELSE,
  TOKEN_AND,
  TOKEN_OR,
  TOKEN_NOT,
  TOKEN_PLUS,
  TOKEN_MINUS,
  TOKEN_STAR,
  TOKEN_SLASH,
  TOKEN_CARET,
  TOKEN_EQUAL,
  TOKEN_UNEQUAL,
  TOKEN_LESS,
  TOKEN_LESS_EQUAL,
  TOKEN_GREATER,
  TOKEN_GREATER_EQUAL,
  TOKEN_OPEN,
  TOKEN_CLOSE,
  TOKEN_OPEN_BRACKET,
  TOKEN_CLOSE_BRACKET,
  TOKEN_COMMA,
};

struct token {
  enum token_kind kind;
  size_t at, size;  // in the text
  double number;
  bool integer;      // NUMBER: digits only, below 2^31
  const char *name;  // NAME: without quotes
};

struct lexer {
  struct arena *arena;
  const char *text;
  size_t size, at;
  struct span span;  // where the text stands
  bool verbatim;     // the text equals the source bytes there
  struct diag *diag;
};

// Reads the next token; false after an error.
bool lexer_next(struct lexer *l, struct token *t);
// The place of a part of the text.
struct span lexer_span(const struct lexer *l, size_t at, size_t size);
// What the token is, for messages: "'then'", "the end".
const char *lexer_describe(const struct lexer *l, const struct token *t);

// The bytes at the start of s that form an identifier by their characters alone; 0: it does not start one.
size_t lexer_name_size(const char *s, size_t size);
// Is the text in composed form (NFC)? Of at most LIMIT_NAME_BYTES.
bool lexer_is_composed(const char *s, size_t size);
bool lexer_is_keyword(const char *s, size_t size);
// Currency signs and symbols such as the degree sign, which units may contain.
bool lexer_is_symbol(uint32_t code);
// The ASCII text that a look-alike (fullwidth bracket, multiplication sign, ...) stands for, or NULL.
const char *lexer_meant(uint32_t code);

#endif
