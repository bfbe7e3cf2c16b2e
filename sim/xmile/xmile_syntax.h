// SPDX-License-Identifier: GPL-3.0-or-later
// Equations of XMILE (OASIS XMILE 1.0, 3.3) as written: text -> tree, by the standard's own precedence. What names mean
// is not known here.
//
//   list     := expr { ("," | ";") expr }                    (values of an array, row by row)
//   expr     := and { OR and }            and      := equal { AND equal }
//   equal    := relation { ("="|"<>") relation }   relation := sum { ("<"|"<="|">"|">=") sum }
//   sum      := product { ("+"|"-") product }      product  := unary { ("*"|"/"|"//"|MOD) unary }
//   unary    := ("+"|"-"|NOT) unary | power        power    := postfix [ "^" unary ]
//   postfix  := primary { "'" }
//   primary  := number | name [ "[" subscripts "]" ] [ "(" [ list ] ")" ] | "(" expr ")"
//             | IF expr THEN expr ELSE expr
//   subscript := "*" | "@" number | expr [ ":" expr ]
// Comments stand in braces. Names join words by blanks, so that `a b` is one name; parts are joined by points.
#ifndef XMILE_XMILE_SYNTAX_H
#define XMILE_XMILE_SYNTAX_H
#include "lang/expr.h"
#include "xmile/xmile_xml.h"

enum xmile_kind {
  XMILE_NUMBER,
  XMILE_NAME,
  XMILE_CALL,
  XMILE_UNARY,
  XMILE_BINARY,
  XMILE_IF,
  XMILE_STAR,      // the whole dimension
  XMILE_POSITION,  // @n: the n-th dimension of the variable that the equation defines
  XMILE_RANGE,     // a:b
  XMILE_TRANSPOSE,
};

struct xmile_node {
  enum xmile_kind kind;
  enum expr_op op;
  double number;
  bool integer;
  const char *name;     // NAME, CALL: folded (xmile_fold), parts joined by '.'; MOD is a call of "mod"
  const char *written;  // NAME, CALL: as it stands in the text
  struct span span, name_span;
  struct xmile_node **subscripts;
  size_t subscript_count;
  struct xmile_node **args;  // CALL: arguments; UNARY, TRANSPOSE: 1; BINARY, RANGE: 2; IF: 3
  size_t arg_count;
};

// The expressions of an element's text, separated by commas or semicolons; *count 0 when there is nothing but
// comments. NULL after errors; `of` names what the equation belongs to, for messages.
struct xmile_node **xmile_parse(struct arena *a, const struct xml *x, const char *of, size_t *count, struct diag *diag);
// A name alone, as <inflow> holds it: folded; NULL after errors.
const char *xmile_parse_name(struct arena *a, const struct xml *x, const char *of, struct diag *diag);

// The form in which two spellings of one identifier are equal: lower case, runs of white space as one '_' (3.2.2.2).
const char *xmile_fold(struct arena *a, const char *name);
// The name as we show it: runs of white space as one '_', escapes \n \" \\ resolved.
const char *xmile_name(struct arena *a, const char *name);

#endif
