// SPDX-License-Identifier: GPL-3.0-or-later
// Vensim's expressions: tokens -> trees. Binding, loosest first (reference manual, "Order of operations", and the
// field's test suite where that is silent): :OR:, :AND:, :NOT:, comparison, + -, * /, sign, ^ (to the right, and -a^b
// is -(a^b)). Names are not looked up here.
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_parts.h"

bool mdl_parser_advance(struct mdl_parser *p) {
  return mdl_lexer_next(&p->lexer, &p->token);
}

bool mdl_parser_start(struct mdl_parser *p, struct arena *a, const struct source *s, uint32_t at, uint32_t end,
                      struct diag *diag) {
  *p = (struct mdl_parser){.lexer = {a, s, diag, at, end}};
  return mdl_parser_advance(p);
}

struct span mdl_parser_span(const struct mdl_parser *p) {
  return (struct span){p->lexer.source, p->token.at, p->token.size ? p->token.size : 1};
}

bool mdl_parser_is(const struct mdl_parser *p, const char *sign) {
  return p->token.kind == MDL_TOKEN_SIGN && strcmp(p->token.sign, sign) == 0;
}

static const char *describe(const struct mdl_parser *p) {
  struct arena *a = p->lexer.arena;
  if (p->token.kind == MDL_TOKEN_END) return "the end of the equation";
  uint32_t size = p->token.size < 40 ? p->token.size : 40;
  return arena_format(a, "'%s'", mdl_shown(a, p->lexer.source->text + p->token.at, size));
}

bool mdl_parser_fail(struct mdl_parser *p, const char *expected) {
  diag_error(p->lexer.diag, mdl_parser_span(p), expr_expected, expected, describe(p));
  return false;
}

// Takes `sign` when it comes; false after an error of the lexer only.
bool mdl_parser_take(struct mdl_parser *p, const char *sign, bool *taken) {
  *taken = mdl_parser_is(p, sign);
  return !*taken || mdl_parser_advance(p);
}

bool mdl_parser_expect(struct mdl_parser *p, const char *sign) {
  if (mdl_parser_is(p, sign)) return mdl_parser_advance(p);
  return mdl_parser_fail(p, arena_format(p->lexer.arena, "'%s'", sign));
}

static struct mdl_node *new_node(struct mdl_parser *p, enum mdl_kind kind, struct span at) {
  if (++p->nodes > LIMIT_EXPR_NODES) {
    diag_error(p->lexer.diag, at, expr_many, LIMIT_EXPR_NODES, "parts in one expression");
    return NULL;
  }
  struct mdl_node *n = arena_new(p->lexer.arena, struct mdl_node);
  n->kind = kind, n->span = at;
  return n;
}

static struct mdl_node *expr(struct mdl_parser *p, int limit);

bool mdl_parser_subs(struct mdl_parser *p, struct mdl_sub **subs, size_t *count) {
  LIST(struct mdl_sub) list = {0};
  bool more = true;
  if (!mdl_parser_expect(p, "[")) return false;
  while (more) {
    if (p->token.kind != MDL_TOKEN_NAME) return mdl_parser_fail(p, "the name of an element or a range");
    if (list.count == LIMIT_DIMENSIONS) {
      diag_error(p->lexer.diag, mdl_parser_span(p), expr_many, LIMIT_DIMENSIONS, "subscripts");
      return false;
    }
    struct mdl_sub *s = &list_push(p->lexer.arena, &list);
    *s = (struct mdl_sub){.span = mdl_parser_span(p), .key = p->token.key, .name = p->token.name};
    if (!mdl_parser_advance(p) || !mdl_parser_take(p, "!", &s->bang)) return false;
    if (!mdl_parser_take(p, ",", &more)) return false;
  }
  *subs = list.items, *count = list.count;
  return mdl_parser_expect(p, "]");
}

static bool signed_number(struct mdl_parser *p, double *value) {
  bool minus = false, plus = false;
  if (!mdl_parser_take(p, "-", &minus) || (!minus && !mdl_parser_take(p, "+", &plus))) return false;
  if (p->token.kind == MDL_TOKEN_KEYWORD && strcmp(p->token.key, "na") == 0)
    *value = MDL_NA;
  else if (p->token.kind == MDL_TOKEN_NUMBER)
    *value = p->token.number;
  else
    return mdl_parser_fail(p, "a number");
  if (minus) *value = -*value;
  return mdl_parser_advance(p);
}

static bool point(struct mdl_parser *p, double *x, double *y) {
  return mdl_parser_expect(p, "(") && signed_number(p, x) && mdl_parser_expect(p, ",") && signed_number(p, y) &&
         mdl_parser_expect(p, ")");
}

// [(0,0)-(10,10), ...]: the window of the graph, which has no meaning in a run.
static bool window(struct mdl_parser *p) {
  if (!mdl_parser_is(p, "[")) return true;
  while (!mdl_parser_is(p, "]")) {
    if (p->token.kind == MDL_TOKEN_END) return mdl_parser_fail(p, "']'");
    if (!mdl_parser_advance(p)) return false;
  }
  bool comma;
  return mdl_parser_advance(p) && mdl_parser_take(p, ",", &comma);
}

// x1, x2, ..., y1, y2, ...: the older way to write a lookup.
static bool old_table(struct mdl_parser *p, struct path *path) {
  LIST(double) list = {0};
  bool more = true;
  struct span at = mdl_parser_span(p);
  while (more)
    if (!signed_number(p, &list_push(p->lexer.arena, &list)) || !mdl_parser_take(p, ",", &more)) return false;
  if (list.count % 2 || list.count > 2 * LIMIT_PATH_POINTS) {
    diag_error(p->lexer.diag, at, mdl_table_odd, list.count);
    return false;
  }
  *path = (struct path){list.items, list.items + list.count / 2, list.count / 2, PATH_LINEAR};
  return mdl_parser_expect(p, ")");
}

bool mdl_parser_table(struct mdl_parser *p, struct path *path) {
  LIST(double) x = {0}, y = {0};
  bool more = true;
  if (!window(p)) return false;
  if (p->token.kind == MDL_TOKEN_NUMBER || mdl_parser_is(p, "-")) return old_table(p, path);
  while (more) {
    if (x.count == LIMIT_PATH_POINTS) {
      diag_error(p->lexer.diag, mdl_parser_span(p), expr_many, LIMIT_PATH_POINTS, "points");
      return false;
    }
    double a, b;
    if (!point(p, &a, &b)) return false;
    list_push(p->lexer.arena, &x) = a;
    list_push(p->lexer.arena, &y) = b;
    if (!mdl_parser_take(p, ",", &more)) return false;
  }
  *path = (struct path){x.items, y.items, x.count, PATH_LINEAR};
  return mdl_parser_expect(p, ")");
}

// Is this "(" the start of a lookup: ([ or ((number, ?
static bool table_follows(const struct mdl_parser *p) {
  struct mdl_parser ahead = *p;
  struct diag silent;
  diag_init(&silent, p->lexer.arena);
  ahead.lexer.diag = &silent;
  if (!mdl_parser_advance(&ahead)) return false;
  if (mdl_parser_is(&ahead, "[")) return true;
  double x, y;
  if (!mdl_parser_is(&ahead, "(")) return signed_number(&ahead, &x) && mdl_parser_is(&ahead, ",");
  return point(&ahead, &x, &y) && mdl_parser_is(&ahead, ",");
}

static struct mdl_node *table(struct mdl_parser *p) {
  struct mdl_node *n = new_node(p, MDL_TABLE, mdl_parser_span(p));
  return n && mdl_parser_advance(p) && mdl_parser_table(p, &n->table) ? n : NULL;
}

static bool outputs(struct mdl_parser *p, struct mdl_node *n) {
  LIST(struct mdl_sub) list = {0};
  bool more = true;
  if (!mdl_parser_advance(p)) return false;
  while (more) {
    if (p->token.kind != MDL_TOKEN_NAME) return mdl_parser_fail(p, "the name of an output");
    list_push(p->lexer.arena, &list) =
        (struct mdl_sub){.span = mdl_parser_span(p), .key = p->token.key, .name = p->token.name};
    if (!mdl_parser_advance(p) || !mdl_parser_take(p, ",", &more)) return false;
  }
  n->outs = list.items, n->out_count = list.count;
  return true;
}

static struct mdl_node *argument(struct mdl_parser *p) {
  if (p->token.kind == MDL_TOKEN_TEXT) {
    struct mdl_node *n = new_node(p, MDL_TEXT, mdl_parser_span(p));
    if (n) n->name = p->token.name;
    return n && mdl_parser_advance(p) ? n : NULL;
  }
  return mdl_parser_is(p, "(") && table_follows(p) ? table(p) : expr(p, 0);
}

// TABBED ARRAY(1 2 3 ...): numbers between blanks.
static struct mdl_node *tabbed(struct mdl_parser *p, struct mdl_node *n) {
  LIST(struct mdl_node *) list = {0};
  while (!mdl_parser_is(p, ")")) {
    struct mdl_node *x = new_node(p, MDL_NUMBER, mdl_parser_span(p));
    if (!x || !signed_number(p, &x->number)) return NULL;
    list_push(p->lexer.arena, &list) = x;
  }
  n->args = list.items, n->arg_count = list.count;
  return mdl_parser_advance(p) ? n : NULL;
}

static struct mdl_node *arguments(struct mdl_parser *p, struct mdl_node *n) {
  LIST(struct mdl_node *) list = {0};
  if (!mdl_parser_advance(p)) return NULL;
  if (strcmp(n->key, "tabbed array") == 0) return tabbed(p, n);
  bool more = !mdl_parser_is(p, ")");
  while (more) {
    if (list.count == LIMIT_ARGUMENTS) {
      diag_error(p->lexer.diag, mdl_parser_span(p), expr_many, LIMIT_ARGUMENTS, "arguments");
      return NULL;
    }
    struct mdl_node *x = argument(p);
    if (!x) return NULL;
    list_push(p->lexer.arena, &list) = x;
    if (!mdl_parser_take(p, ",", &more)) return NULL;
  }
  n->args = list.items, n->arg_count = list.count;
  if (mdl_parser_is(p, ":") && !outputs(p, n)) return NULL;
  return mdl_parser_expect(p, ")") ? n : NULL;
}

static struct mdl_node *name(struct mdl_parser *p) {
  struct mdl_node *n = new_node(p, MDL_NAME, mdl_parser_span(p));
  if (!n) return NULL;
  n->key = p->token.key, n->name = p->token.name;
  if (!mdl_parser_advance(p)) return NULL;
  if (mdl_parser_is(p, "!")) {  // a range as a number inside a vector function
    n->subs = arena_new(p->lexer.arena, struct mdl_sub), n->sub_count = 1;
    *n->subs = (struct mdl_sub){n->span, n->key, n->name, true};
    return mdl_parser_advance(p) ? n : NULL;
  }
  if (mdl_parser_is(p, "[") && !mdl_parser_subs(p, &n->subs, &n->sub_count)) return NULL;
  if (!mdl_parser_is(p, "(")) return n;
  n->kind = MDL_CALL;
  return arguments(p, n);
}

static struct mdl_node *number(struct mdl_parser *p, double value, bool integer) {
  struct mdl_node *n = new_node(p, MDL_NUMBER, mdl_parser_span(p));
  if (!n) return NULL;
  n->number = value, n->integer = integer;
  return mdl_parser_advance(p) ? n : NULL;
}

static struct mdl_node *unary(struct mdl_parser *p, enum expr_op op, int limit) {
  struct span at = mdl_parser_span(p);
  if (!mdl_parser_advance(p)) return NULL;
  struct mdl_node *x = expr(p, limit);
  if (!x || op == OP_NONE) return x;
  struct mdl_node *n = new_node(p, MDL_UNARY, at);
  if (!n) return NULL;
  n->op = op, n->arg_count = 1;
  n->args = arena_grow(p->lexer.arena, &x, 1, 1, sizeof x);
  return n;
}

enum { BIND_OR = 1, BIND_AND, BIND_NOT, BIND_COMPARE, BIND_SUM, BIND_PRODUCT, BIND_SIGN, BIND_POWER };

static struct mdl_node *prefix(struct mdl_parser *p) {
  const struct mdl_token *t = &p->token;
  if (t->kind == MDL_TOKEN_NUMBER) return number(p, t->number, t->integer);
  if (t->kind == MDL_TOKEN_NAME) return name(p);
  if (t->kind == MDL_TOKEN_KEYWORD && strcmp(t->key, "na") == 0) return number(p, MDL_NA, false);
  if (t->kind == MDL_TOKEN_KEYWORD && strcmp(t->key, "not") == 0) return unary(p, OP_NOT, BIND_NOT);
  if (mdl_parser_is(p, "-")) return unary(p, OP_NEGATE, BIND_SIGN);
  if (mdl_parser_is(p, "+")) return unary(p, OP_NONE, BIND_SIGN);
  if (!mdl_parser_is(p, "(")) {
    mdl_parser_fail(p, "a value");
    return NULL;
  }
  if (!mdl_parser_advance(p)) return NULL;
  struct mdl_node *n = expr(p, 0);
  return n && mdl_parser_expect(p, ")") ? n : NULL;
}

static enum expr_op operation(const struct mdl_token *t, int *left, int *right) {
  static const struct {
    const char *text;
    enum expr_op op;
    int left, right;
  } table[] = {{"=", OP_EQUAL, BIND_COMPARE, BIND_COMPARE},
               {"<>", OP_UNEQUAL, BIND_COMPARE, BIND_COMPARE},
               {"<", OP_LESS, BIND_COMPARE, BIND_COMPARE},
               {"<=", OP_LESS_EQUAL, BIND_COMPARE, BIND_COMPARE},
               {">", OP_GREATER, BIND_COMPARE, BIND_COMPARE},
               {">=", OP_GREATER_EQUAL, BIND_COMPARE, BIND_COMPARE},
               {"+", OP_ADD, BIND_SUM, BIND_SUM},
               {"-", OP_SUBTRACT, BIND_SUM, BIND_SUM},
               {"*", OP_MULTIPLY, BIND_PRODUCT, BIND_PRODUCT},
               {"/", OP_DIVIDE, BIND_PRODUCT, BIND_PRODUCT},
               {"^", OP_POWER, BIND_POWER, BIND_SIGN},
               {"or", OP_OR, BIND_OR, BIND_OR},
               {"and", OP_AND, BIND_AND, BIND_AND}};
  const char *text = t->kind == MDL_TOKEN_SIGN ? t->sign : t->kind == MDL_TOKEN_KEYWORD ? t->key : "";
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (strcmp(table[i].text, text) == 0) {
      *left = table[i].left, *right = table[i].right;
      return table[i].op;
    }
  return OP_NONE;
}

static struct mdl_node *climb(struct mdl_parser *p, int limit) {
  struct mdl_node *n = prefix(p);
  unsigned height = 0;
  while (n) {
    int left, right;
    enum expr_op op = operation(&p->token, &left, &right);
    if (op == OP_NONE || left <= limit) return n;
    struct span at = mdl_parser_span(p);
    if (++height > LIMIT_EXPR_HEIGHT) {
      diag_error(p->lexer.diag, at, expr_height, LIMIT_EXPR_HEIGHT);
      return NULL;
    }
    struct mdl_node *args[2] = {n}, *both;
    if (!mdl_parser_advance(p) || !(args[1] = expr(p, right)) || !(both = new_node(p, MDL_BINARY, at))) return NULL;
    both->op = op, both->arg_count = 2;
    both->args = arena_grow(p->lexer.arena, args, 2, 2, sizeof *args);
    n = both;
  }
  return NULL;
}

static struct mdl_node *expr(struct mdl_parser *p, int limit) {
  if (p->depth == LIMIT_EXPR_DEPTH) {
    diag_error(p->lexer.diag, mdl_parser_span(p), expr_depth, LIMIT_EXPR_DEPTH);
    return NULL;
  }
  p->depth++;
  struct mdl_node *n = climb(p, limit);
  p->depth--;
  return n;
}

struct mdl_node *mdl_parser_expr(struct mdl_parser *p) {
  return expr(p, 0);
}
