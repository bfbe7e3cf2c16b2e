// SPDX-License-Identifier: GPL-3.0-or-later
// Precedence climbing after Lua's lparser.c: one table of priorities, one function (subexpr) that reads operators
// binding tighter than its limit. The grammar stands in expr.h. Two bounds protect what recurses: nesting here, and the
// height of the finished tree for the stages behind (a long sum nests nothing but leans to the left).
// Printing goes by the same table, so that what is printed reads back as the same tree.
#include "lang/expr.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "lang/lexer.h"

// An operator is read where left > limit, and its right side is read with the limit `right`: equal numbers group to the
// left, left > right groups to the right.
static const struct operation {
  enum token_kind token;
  enum expr_op op;
  int left, right;
  const char *text;
} operations[] = {
    {TOKEN_OR, OP_OR, 1, 1, "or"},          {TOKEN_AND, OP_AND, 2, 2, "and"},
    {TOKEN_EQUAL, OP_EQUAL, 4, 4, "="},     {TOKEN_UNEQUAL, OP_UNEQUAL, 4, 4, "<>"},
    {TOKEN_LESS, OP_LESS, 4, 4, "<"},       {TOKEN_LESS_EQUAL, OP_LESS_EQUAL, 4, 4, "<="},
    {TOKEN_GREATER, OP_GREATER, 4, 4, ">"}, {TOKEN_GREATER_EQUAL, OP_GREATER_EQUAL, 4, 4, ">="},
    {TOKEN_PLUS, OP_ADD, 5, 5, "+"},        {TOKEN_MINUS, OP_SUBTRACT, 5, 5, "-"},
    {TOKEN_STAR, OP_MULTIPLY, 6, 6, "*"},   {TOKEN_SLASH, OP_DIVIDE, 6, 6, "/"},
    {TOKEN_CARET, OP_POWER, 9, 8, "^"},
};
enum { PRIORITY_IF = 0, PRIORITY_NOT = 3, PRIORITY_COMPARE = 4, PRIORITY_NEGATE = 7, PRIORITY_ATOM = 10 };

struct parser {
  struct lexer lexer;
  struct token token;  // the next one, not yet taken
  struct token last;   // the one taken before it
  unsigned depth;      // of nesting
  unsigned height;     // of the tree that the last function returned
  size_t nodes;
};

static bool advance(struct parser *p) {
  p->last = p->token;
  return lexer_next(&p->lexer, &p->token);
}

static struct span token_span(const struct parser *p, const struct token *t) {
  return lexer_span(&p->lexer, t->at, t->size ? t->size : 1);
}

static struct expr *fail_expected(struct parser *p, const char *what) {
  diag_error(p->lexer.diag, token_span(p, &p->token), expr_expected, what, lexer_describe(&p->lexer, &p->token));
  return NULL;
}

// Takes the token that must come; `opened` is the one that it closes, if any.
static bool expect(struct parser *p, enum token_kind kind, const char *what, const struct token *opened) {
  if (p->token.kind == kind) return advance(p);
  fail_expected(p, what);
  if (opened) diag_note(p->lexer.diag, token_span(p, opened), "for %s here", lexer_describe(&p->lexer, opened));
  return false;
}

// A node from byte `at` of the text to the last token taken, over children at most `height` high.
static struct expr *node(struct parser *p, enum expr_kind kind, size_t at, unsigned height) {
  struct expr *e = arena_new(p->lexer.arena, struct expr);
  e->kind = kind;
  e->span = lexer_span(&p->lexer, at, p->last.at + p->last.size - at);
  p->height = height + 1;
  if (p->height > LIMIT_EXPR_HEIGHT) {
    diag_error(p->lexer.diag, e->span, expr_height, LIMIT_EXPR_HEIGHT);
    return NULL;
  }
  if (++p->nodes > LIMIT_EXPR_NODES) {
    diag_error(p->lexer.diag, e->span, expr_many, LIMIT_EXPR_NODES, "parts in one expression");
    return NULL;
  }
  return e;
}

static struct expr *with_args(struct parser *p, struct expr *e, enum expr_op op, size_t count,
                              struct expr *const *args) {
  if (!e) return NULL;
  e->op = op;
  e->arg_count = count;
  e->args = arena_grow(p->lexer.arena, args, count, count, sizeof *args);
  return e;
}

static unsigned higher(unsigned a, unsigned b) {
  return a > b ? a : b;
}

static struct expr *subexpr(struct parser *p, int limit);

static struct expr *number(struct parser *p) {
  if (!advance(p)) return NULL;
  struct expr *e = node(p, EXPR_NUMBER, p->last.at, 0);
  if (!e) return NULL;
  e->number = p->last.number;
  e->integer = p->last.integer;
  return e;
}

typedef LIST(struct subscript) subscript_list;
typedef LIST(struct expr *) expr_list;

static bool subscripts(struct parser *p, subscript_list *list) {
  struct token open = p->token;
  do {
    if (!advance(p)) return false;
    if (p->token.kind != TOKEN_NAME && p->token.kind != TOKEN_STAR) {
      fail_expected(p, "the name of an element or a dimension, or '*'");
      return false;
    }
    if (list->count == LIMIT_DIMENSIONS) {
      diag_error(p->lexer.diag, token_span(p, &p->token), expr_many, LIMIT_DIMENSIONS, "subscripts");
      return false;
    }
    const char *name = p->token.kind == TOKEN_STAR ? "*" : p->token.name;
    list_push(p->lexer.arena, list) = (struct subscript){.span = token_span(p, &p->token), .name = name};
    if (!advance(p)) return false;
  } while (p->token.kind == TOKEN_COMMA);
  return expect(p, TOKEN_CLOSE_BRACKET, "']'", &open);
}

// Arguments up to and with the ')'; their greatest height is left in p->height.
static bool arguments(struct parser *p, expr_list *list) {
  struct token open = p->token;
  unsigned height = 0;
  if (!advance(p)) return false;
  while (p->token.kind != TOKEN_CLOSE || list->count) {
    if (list->count == LIMIT_ARGUMENTS) {
      diag_error(p->lexer.diag, token_span(p, &p->token), expr_many, LIMIT_ARGUMENTS, "arguments");
      return false;
    }
    struct expr *arg = subexpr(p, 0);
    if (!arg) return false;
    height = higher(height, p->height);
    list_push(p->lexer.arena, list) = arg;
    if (p->token.kind != TOKEN_COMMA) break;
    if (!advance(p)) return false;
  }
  p->height = height;
  return expect(p, TOKEN_CLOSE, "',' or ')'", &open);
}

static struct expr *name(struct parser *p) {
  struct token start = p->token;
  subscript_list subs = {0};
  expr_list args = {0};
  if (!advance(p)) return NULL;
  if (p->token.kind == TOKEN_OPEN_BRACKET && !subscripts(p, &subs)) return NULL;
  bool call = p->token.kind == TOKEN_OPEN;
  p->height = 0;
  if (call && !arguments(p, &args)) return NULL;
  struct expr *e = node(p, call ? EXPR_CALL : EXPR_NAME, start.at, p->height);
  if (!e) return NULL;
  e->name = start.name;
  e->name_span = token_span(p, &start);
  e->subscripts = subs.items;
  e->subscript_count = subs.count;
  e->args = args.items;
  e->arg_count = args.count;
  return e;
}

static struct expr *parenthesized(struct parser *p) {
  struct token before = p->last, open = p->token;
  if (!advance(p)) return NULL;
  struct expr *e = subexpr(p, 0);
  if (!e) return NULL;
  bool comma = p->token.kind == TOKEN_COMMA;
  if (!expect(p, TOKEN_CLOSE, "')'", &open)) {
    if (comma && before.kind == TOKEN_IF) diag_hint(p->lexer.diag, "write 'if c then a else b'");
    return NULL;
  }
  e->span = lexer_span(&p->lexer, open.at, p->last.at + p->last.size - open.at);
  return e;
}

static bool is_keyword_in_capitals(const struct token *t) {
  static const char *const capitals[] = {"IF", "THEN", "ELSE", "AND", "OR", "NOT"};
  if (t->kind != TOKEN_NAME) return false;
  for (size_t i = 0; i < sizeof capitals / sizeof *capitals; i++)
    if (strcmp(t->name, capitals[i]) == 0) return true;
  return false;
}

static struct expr *atom(struct parser *p) {
  if (p->token.kind == TOKEN_NUMBER) return number(p);
  if (p->token.kind == TOKEN_NAME) return name(p);
  if (p->token.kind == TOKEN_OPEN) return parenthesized(p);
  return fail_expected(p, "a value");
}

static struct expr *unary(struct parser *p, enum expr_op op, int limit) {
  struct token start = p->token;
  if (!advance(p)) return NULL;
  struct expr *arg = subexpr(p, limit);
  if (!arg || op == OP_NONE) return arg;
  return with_args(p, node(p, EXPR_UNARY, start.at, p->height), op, 1, &arg);
}

static struct expr *conditional(struct parser *p) {
  static const enum token_kind closing[] = {TOKEN_THEN, TOKEN_ELSE};
  static const char *const what[] = {"'then'", "'else'"};
  struct token start = p->token;
  struct expr *args[3];
  unsigned height = 0;
  if (!advance(p)) return NULL;
  for (int i = 0; i < 3; i++) {
    args[i] = subexpr(p, 0);
    if (!args[i]) return NULL;
    height = higher(height, p->height);
    if (i < 2 && !expect(p, closing[i], what[i], &start)) return NULL;
  }
  return with_args(p, node(p, EXPR_IF, start.at, height), OP_NONE, 3, args);
}

// What can stand first: the limit tells what stands before it.
static struct expr *prefix(struct parser *p, int limit) {
  switch (p->token.kind) {
    case TOKEN_MINUS:
      return unary(p, OP_NEGATE, PRIORITY_NEGATE);
    case TOKEN_PLUS:
      return unary(p, OP_NONE, PRIORITY_NEGATE);
    case TOKEN_NOT:
      if (limit <= PRIORITY_NOT) return unary(p, OP_NOT, PRIORITY_NOT);
      diag_error(p->lexer.diag, token_span(p, &p->token), expr_nest_not);
      return NULL;
    case TOKEN_IF:
      if (limit == PRIORITY_IF) return conditional(p);
      diag_error(p->lexer.diag, token_span(p, &p->token), expr_nest_if);
      return NULL;
    default:
      return atom(p);
  }
}

static const struct operation *operation_of_token(enum token_kind token) {
  for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
    if (operations[i].token == token) return &operations[i];
  return NULL;
}

static struct expr *binary(struct parser *p, const struct operation *o, size_t at, struct expr *left) {
  struct token sign = p->token;
  unsigned height = p->height;
  if (!advance(p)) return NULL;
  struct expr *right = subexpr(p, o->right);
  if (!right) return NULL;
  struct expr *args[2] = {left, right};
  struct expr *e = with_args(p, node(p, EXPR_BINARY, at, higher(height, p->height)), o->op, 2, args);
  if (e) e->name_span = token_span(p, &sign);
  return e;
}

// A prefix and the operators behind it that bind tighter than `limit`.
static struct expr *climb(struct parser *p, int limit) {
  size_t at = p->token.at;
  bool compared = false;
  struct expr *e = prefix(p, limit);
  while (e) {
    const struct operation *o = operation_of_token(p->token.kind);
    if (!o || o->left <= limit) break;
    if (compared && o->left == PRIORITY_COMPARE) {
      diag_error(p->lexer.diag, token_span(p, &p->token), expr_chain);
      return NULL;
    }
    compared = o->left == PRIORITY_COMPARE;
    e = binary(p, o, at, e);
  }
  return e;
}

static struct expr *subexpr(struct parser *p, int limit) {
  if (p->depth == LIMIT_EXPR_DEPTH) {
    diag_error(p->lexer.diag, token_span(p, &p->token), expr_depth, LIMIT_EXPR_DEPTH);
    return NULL;
  }
  p->depth++;
  struct expr *e = climb(p, limit);
  p->depth--;
  return e;
}

// Something stands behind a whole expression.
static void report_trailing(struct parser *p) {
  struct diag *d = p->lexer.diag;
  diag_error(d, token_span(p, &p->token), expr_trailing, lexer_describe(&p->lexer, &p->token));
  if (is_keyword_in_capitals(&p->token) || is_keyword_in_capitals(&p->last))
    diag_hint(d, "if then else and or not are written in small letters");
  else if (p->token.kind == TOKEN_CLOSE || p->token.kind == TOKEN_CLOSE_BRACKET)
    diag_hint(d, "nothing is open that it could close");
  else if (p->token.kind == TOKEN_COMMA)
    diag_hint(d, "commas separate arguments; numbers are written with a point: 0.5, 1000");
  else if (p->token.kind == TOKEN_THEN || p->token.kind == TOKEN_ELSE)
    diag_hint(d, "write 'if c then a else b'");
}

struct expr *expr_parse(struct arena *a, const char *text, struct span at, bool verbatim, struct diag *diag) {
  struct parser p = {.lexer = {a, text, strlen(text), 0, at, verbatim, diag}};
  if (!advance(&p)) return NULL;
  if (p.token.kind == TOKEN_END) {
    diag_error(diag, at, expr_empty);
    return NULL;
  }
  struct expr *e = subexpr(&p, 0);
  if (!e || p.token.kind == TOKEN_END) return e;
  report_trailing(&p);
  return NULL;
}

bool expr_is_identifier(const char *text) {
  size_t size = strlen(text);
  return size && lexer_name_size(text, size) == size && !lexer_is_keyword(text, size) && lexer_is_composed(text, size);
}

static const struct operation *operation_of(enum expr_op op) {
  size_t i = 0;
  while (operations[i].op != op) i++;
  return &operations[i];
}

static void print_name(struct text *out, const char *s) {
  if (expr_is_identifier(s)) {
    text_puts(out, s);
    return;
  }
  text_puts(out, "'");
  for (; *s; s++) text_add(out, *s == '\'' ? "''" : s, *s == '\'' ? 2 : 1);
  text_puts(out, "'");
}

bool expr_is_name(struct arena *a, const char *text) {
  struct text quoted = {0};
  struct diag silent;
  struct token t;
  text_puts(&quoted, "'");
  for (; *text; text++) text_add(&quoted, *text == '\'' ? "''" : text, *text == '\'' ? 2 : 1);
  text_puts(&quoted, "'");
  bool failed = quoted.failed;
  const char *copy = failed ? "" : arena_copy(a, quoted.data, quoted.size);
  text_free(&quoted);
  if (failed) arena_fail(a);
  diag_init(&silent, a);
  struct lexer l = {.arena = a, .text = copy, .size = strlen(copy), .span = NOWHERE, .diag = &silent};
  return lexer_next(&l, &t) && t.kind == TOKEN_NAME && l.at == l.size;
}

// 1000.0 must not come back as the integer literal 1000, which is a power of another kind.
static void print_number(struct text *out, const struct expr *e) {
  char digits[32];
  text_puts(out, text_from_number(e->number, digits));
  if (!e->integer && !strpbrk(digits, ".e")) text_puts(out, ".0");
}

static void print(struct text *out, const struct expr *e, int least);

static void print_list(struct text *out, struct expr *const *args, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (i) text_puts(out, ", ");
    print(out, args[i], PRIORITY_IF);
  }
}

static void print_reference(struct text *out, const struct expr *e) {
  print_name(out, e->name);
  for (size_t i = 0; i < e->subscript_count; i++) {
    text_puts(out, i ? ", " : "[");
    if (strcmp(e->subscripts[i].name, "*") == 0)
      text_puts(out, "*");  // the whole dimension; a name elsewhere
    else
      print_name(out, e->subscripts[i].name);
  }
  if (e->subscript_count) text_puts(out, "]");
  if (e->kind != EXPR_CALL) return;
  text_puts(out, "(");
  print_list(out, e->args, e->arg_count);
  text_puts(out, ")");
}

static int priority(const struct expr *e) {
  switch (e->kind) {
    case EXPR_IF:
      return PRIORITY_IF;
    case EXPR_UNARY:
      return e->op == OP_NOT ? PRIORITY_NOT : PRIORITY_NEGATE;
    case EXPR_BINARY:
      return operation_of(e->op)->right;
    case EXPR_NUMBER:
      return e->number < 0 ? PRIORITY_NEGATE : PRIORITY_ATOM;
    default:
      return PRIORITY_ATOM;
  }
}

// Operators of one priority group to the left, so that only the right side asks for more; '^' is the other way round,
// and takes a sign on its right: 2^-x. Comparisons do not group at all.
static void print_binary(struct text *out, const struct expr *e) {
  const struct operation *o = operation_of(e->op);
  bool power = e->op == OP_POWER, compare = o->left == PRIORITY_COMPARE;
  print(out, e->args[0], power ? PRIORITY_ATOM : compare ? o->left + 1 : o->left);
  text_puts(out, power ? "" : " ");
  text_puts(out, o->text);
  text_puts(out, power ? "" : " ");
  print(out, e->args[1], power ? PRIORITY_NEGATE : o->right + 1);
}

static void print_bare(struct text *out, const struct expr *e) {
  static const char *const words[] = {"if ", " then ", " else "};
  switch (e->kind) {
    case EXPR_NUMBER:
      print_number(out, e);
      break;
    case EXPR_NAME:
    case EXPR_CALL:
      print_reference(out, e);
      break;
    case EXPR_UNARY:
      text_puts(out, e->op == OP_NOT ? "not " : "-");
      print(out, e->args[0], priority(e));
      break;
    case EXPR_BINARY:
      print_binary(out, e);
      break;
    case EXPR_IF:
      for (int i = 0; i < 3; i++) text_puts(out, words[i]), print(out, e->args[i], PRIORITY_IF);
      break;
  }
}

// In parentheses when it binds less than `least`.
static void print(struct text *out, const struct expr *e, int least) {
  bool parentheses = priority(e) < least;
  if (parentheses) text_puts(out, "(");
  print_bare(out, e);
  if (parentheses) text_puts(out, ")");
}

void expr_print(struct text *out, const struct expr *e) {
  print(out, e, PRIORITY_IF);
}
