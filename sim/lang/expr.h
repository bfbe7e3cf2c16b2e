// SPDX-License-Identifier: GPL-3.0-or-later
// Expressions as written: text -> lexer -> tree of struct expr, with a span on every node. Knows the grammar, not the
// names: whether `foo(x)` is a builtin, a table or a user function is decided in check.
//
//   expr    := "if" expr "then" expr "else" expr | or
//   or      := and { "or" and }                and  := not { "and" not }      not := "not" not | compare
//   compare := sum [ ("="|"=="|"<>"|"!="|"<"|"<="|">"|">=") sum ]             (one comparison, no chains)
//   sum     := product { ("+"|"-") product }   product := unary { ("*"|"/") unary }
//   unary   := ("-"|"+") unary | power         power := atom [ "^" unary ]    (right-associative; -a^b is -(a^b))
//   atom    := number | name [ "[" subscripts "]" ] [ "(" [ expr { "," expr } ] ")" ] | "(" expr ")"
//   subscripts := subscript { "," subscript }  subscript := name | "*"
// A name is a UTF-8 identifier (letters, digits, '_', no bidirectional controls; NFC) or 'quoted' / "quoted" text.
// Keywords if then else and or not are reserved.
#ifndef LANG_EXPR_H
#define LANG_EXPR_H
#include "base/diag.h"
#include "base/source.h"

enum expr_kind { EXPR_NUMBER, EXPR_NAME, EXPR_CALL, EXPR_UNARY, EXPR_BINARY, EXPR_IF };

enum expr_op {
  OP_NONE,
  OP_NEGATE,
  OP_NOT,
  OP_ADD,
  OP_SUBTRACT,
  OP_MULTIPLY,
  OP_DIVIDE,
  OP_POWER,
  OP_EQUAL,
  OP_UNEQUAL,
  OP_LESS,
  OP_LESS_EQUAL,
  OP_GREATER,
  OP_GREATER_EQUAL,
  OP_AND,
  OP_OR,
};

struct subscript_map {    // an importer has settled what the subscript follows
  const char *dimension;  // the dimension of a reduction around; NULL: the axis `axis` of the equation's target
  uint32_t axis;
  const uint32_t *elements;  // [element of the axis, in root coordinates]: element taken, likewise; NULL: the same
};
struct subscript {
  struct span span;
  const char *name;                 // an element, a dimension, a subrange; "*" is the whole dimension at that place
  const struct subscript_map *map;  // NULL: by name
};

struct expr {
  enum expr_kind kind;
  enum expr_op op;
  struct span span;       // of the whole; for EXPR_BINARY of both sides
  struct span name_span;  // EXPR_NAME, EXPR_CALL: of the name; EXPR_BINARY: of the operator
  double number;
  bool integer;                  // EXPR_NUMBER: written without point and exponent, |n| < 2^31
  const char *name;              // EXPR_NAME, EXPR_CALL
  struct subscript *subscripts;  // after the name: x[a, b] or sum[industry](x)
  size_t subscript_count;
  struct expr **args;  // EXPR_CALL: arguments; UNARY: 1; BINARY: 2; IF: condition, then, else
  size_t arg_count;
};

// Parses the whole of `text`, whose first byte stands at `at.at` of `at.source`. When `verbatim` is false, the text was
// changed by YAML's folding or escapes: spans then all are `at`. NULL after an error in diag.
struct expr *expr_parse(struct arena *a, const char *text, struct span at, bool verbatim, struct diag *diag);

// Is this text a plain identifier (no quotes needed)? Also refuses keywords.
bool expr_is_identifier(const char *text);
// Can it be a name in quotes: visible characters, composed, not too long?
bool expr_is_name(struct arena *a, const char *text);

// Writes an expression back as text (canonical spacing, minimal parentheses): for dumps and documents.
struct text;
void expr_print(struct text *out, const struct expr *e);

#endif
