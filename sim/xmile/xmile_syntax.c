// SPDX-License-Identifier: GPL-3.0-or-later
// Lexer and parser of XMILE equations: precedence climbing over one table of operators. Bounds depth and height as the
// parser of our own language does, and says where a text goes wrong, inside entities and CDATA too.
#include "xmile/xmile_syntax.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

enum kind {
  END,
  NUMBER,
  NAME,
  IF,
  THEN,
  ELSE,
  NOT,
  OPEN,
  CLOSE,
  OPEN_BRACKET,
  CLOSE_BRACKET,
  COMMA,
  SEMICOLON,
  COLON,
  AT,
  APOSTROPHE,
  OR,
  AND,
  EQUAL,
  UNEQUAL,
  LESS,
  LESS_EQUAL,
  GREATER,
  GREATER_EQUAL,
  PLUS,
  MINUS,
  STAR,
  SLASH,
  SLASHES,
  MOD,
  CARET,
};

// The binary operators that associate to the left, by rank: the higher binds more tightly.
static const struct {
  enum kind kind;
  int rank;
  enum expr_op op;
  const char *function;  // instead of an operator
} operators[] = {
    {OR, 1, OP_OR, NULL},
    {AND, 2, OP_AND, NULL},
    {EQUAL, 3, OP_EQUAL, NULL},
    {UNEQUAL, 3, OP_UNEQUAL, NULL},
    {LESS, 4, OP_LESS, NULL},
    {LESS_EQUAL, 4, OP_LESS_EQUAL, NULL},
    {GREATER, 4, OP_GREATER, NULL},
    {GREATER_EQUAL, 4, OP_GREATER_EQUAL, NULL},
    {PLUS, 5, OP_ADD, NULL},
    {MINUS, 5, OP_SUBTRACT, NULL},
    {STAR, 6, OP_MULTIPLY, NULL},
    {SLASH, 6, OP_DIVIDE, NULL},
    {SLASHES, 6, OP_NONE, "std.safediv"},
    {MOD, 6, OP_NONE, "std.mod"},
};

struct token {
  enum kind kind;
  size_t at, size;
  double number;
  bool integer;
  const char *name, *written;
};

struct parser {
  struct arena *arena;
  const struct xml *x;
  const char *text, *of;
  size_t at, end;      // of the last token
  struct token token;  // the next one
  unsigned depth;
  size_t nodes;
  struct diag *diag;
  bool failed;
};

static struct xmile_node *expression(struct parser *p, int rank);

static void fail(struct parser *p, size_t at, size_t size, const char *problem) {
  if (!p->failed) diag_error(p->diag, xml_text_span(p->x, at, size), xmile_equation, p->of, problem);
  p->failed = true;
}

// ---- tokens

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// White space, and the backslash with which Vensim's export continues a line.
static size_t blank_size(const char *s) {
  size_t n = 0;
  while (is_space(s[n]) || (s[n] == '\\' && is_space(s[n + 1]))) n++;
  return n;
}

static void skip(struct parser *p) {
  for (;;) {
    p->at += blank_size(p->text + p->at);
    if (strncmp(p->text + p->at, "\xC2\xA0", 2) == 0) {
      p->at += 2;
      continue;
    }
    if (p->text[p->at] != '{') return;
    const char *close = strchr(p->text + p->at, '}');
    if (!close) {
      fail(p, p->at, 1, "the comment that begins here has no '}'");
      p->at = p->x->text_size;
      return;
    }
    p->at = (size_t)(close + 1 - p->text);
  }
}

static bool is_word(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         c >= 0x80;
}

static size_t word_size(const char *s) {
  size_t n = 0;
  while (is_word((unsigned char)s[n]) && strncmp(s + n, "\xC2\xA0", 2) != 0) n++;
  return n;
}

static size_t quoted_size(const char *s) {  // with quotes; 0: not closed
  for (size_t n = 1; s[n]; n++) {
    if (s[n] == '\\' && s[n + 1])
      n++;
    else if (s[n] == '"')
      return n + 1;
  }
  return 0;
}

static bool same_word(const char *s, size_t size, const char *word) {
  if (strlen(word) != size) return false;
  for (size_t i = 0; i < size; i++)
    if ((s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]) != word[i]) return false;
  return true;
}

static enum kind keyword(const char *s, size_t size) {
  static const struct {
    const char *word;
    enum kind kind;
  } words[] = {{"if", IF}, {"then", THEN}, {"else", ELSE}, {"not", NOT}, {"and", AND}, {"or", OR}, {"mod", MOD}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (same_word(s, size, words[i].word)) return words[i].kind;
  return NAME;
}

// Are these words here, with blanks between them and a '(' behind? Their size; 0: no.
static size_t words_size(const char *s, const char *words) {
  size_t at = 0;
  for (; *words; words++) {
    size_t blanks = strspn(s + at, " \t\r\n");
    if (*words == ' ' ? !blanks : !same_word(s + at, 1, (const char[]){*words, 0})) return 0;
    at += *words == ' ' ? blanks : 1;
  }
  return s[at + strspn(s + at, " \t\r\n")] == '(' ? at : 0;
}

// Functions of Vensim with a keyword of ours in their names.
static size_t spaced_function(const char *s) {
  size_t size = words_size(s, "if then else");
  return size ? size : words_size(s, "sample if true");
}

static void lex_number(struct parser *p) {
  const char *s = p->text + p->at;
  size_t n = strspn(s, "0123456789");
  p->token.integer = s[n] != '.';
  if (s[n] == '.') n++, n += strspn(s + n, "0123456789");
  if (s[n] == 'e' || s[n] == 'E') {
    size_t sign = s[n + 1] == '+' || s[n + 1] == '-', digits = strspn(s + n + 1 + sign, "0123456789");
    if (digits) n += 1 + sign + digits, p->token.integer = false;
  }
  p->token.kind = NUMBER, p->token.size = n;
  if ((word_size(s + n) && keyword(s + n, word_size(s + n)) == NAME) || s[n] == '.')  // 3ELSE: two words
    fail(p, p->at, n + 1, "this is not a number");
  else if (!text_to_number(s, n, &p->token.number))
    fail(p, p->at, n, "the number is too large");
  p->token.integer = p->token.integer && p->token.number < 2147483648.0;
  p->at += n;
}

// One word or quoted text of a name; 0 when none is here.
static size_t name_part(struct parser *p, size_t at) {
  const char *s = p->text + at;
  if (*s != '"') return *s >= '0' && *s <= '9' ? 0 : word_size(s);
  size_t size = quoted_size(s);
  if (!size) fail(p, at, 1, "the quote is not closed");
  return size;
}

static const char *part_text(struct parser *p, size_t at, size_t size) {
  const char *s = p->text + at;
  return *s == '"' ? arena_copy(p->arena, s + 1, size - 2) : arena_copy(p->arena, s, size);
}

// Words with nothing but blanks between them are one name: no equation could mean anything else.
static size_t next_word(const struct parser *p, size_t at) {
  size_t n = blank_size(p->text + at);
  const char *s = p->text + at + n;
  size_t size = n ? word_size(s) : 0;
  return size && keyword(s, size) == NAME ? n + size : 0;
}

static void lex_name(struct parser *p) {
  size_t at = p->at;
  const char *name = "";
  if (p->text[at] == '.') name = ".", at++;
  for (;;) {
    size_t size = name_part(p, at);
    if (!size) {
      fail(p, at, 1, "a name is expected here");
      break;
    }
    if (p->text[at] != '"')
      for (size_t more; (more = next_word(p, at + size));) size += more;
    name = arena_format(p->arena, "%s%s", name, xmile_fold(p->arena, part_text(p, at, size)));
    at += size;
    if (p->text[at] != '.' || !(p->text[at + 1] == '"' || word_size(p->text + at + 1))) break;
    name = arena_format(p->arena, "%s.", name);
    at++;
  }
  p->token.kind = NAME, p->token.size = at - p->token.at;
  if (at - p->token.at > LIMIT_NAME_BYTES) fail(p, p->token.at, at - p->token.at, "the name is too long");
  p->token.name = name;
  p->token.written = arena_copy(p->arena, p->text + p->token.at, p->token.size);
  p->at = at > p->at ? at : p->at + 1;
}

static void lex_symbol(struct parser *p) {
  static const struct {
    const char *text;
    enum kind kind;
  } symbols[] = {{"<=", LESS_EQUAL},   {">=", GREATER_EQUAL}, {"<>", UNEQUAL},  {"//", SLASHES}, {"<", LESS},
                 {">", GREATER},       {"=", EQUAL},          {"+", PLUS},      {"-", MINUS},    {"*", STAR},
                 {"/", SLASH},         {"^", CARET},          {"(", OPEN},      {")", CLOSE},    {"[", OPEN_BRACKET},
                 {"]", CLOSE_BRACKET}, {",", COMMA},          {";", SEMICOLON}, {":", COLON},    {"@", AT},
                 {"'", APOSTROPHE}};
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
    size_t size = strlen(symbols[i].text);
    if (strncmp(p->text + p->at, symbols[i].text, size) != 0) continue;
    p->token.kind = symbols[i].kind, p->token.size = size;
    p->at += size;
    return;
  }
  bool unknown = strncmp(p->text + p->at, "???", 3) == 0;
  fail(p, p->at, unknown ? 3 : 1,
       unknown ? "'?\?\?' stands where an equation should: the program that wrote the file could not translate it"
               : "this character is not understood");
  p->at++;
}

static void next(struct parser *p) {
  p->end = p->at;
  skip(p);
  const char *s = p->text + p->at;
  p->token = (struct token){.kind = END, .at = p->at};
  size_t size = word_size(s);
  if (p->failed || !*s) return;
  size_t spaced = spaced_function(s);
  if ((*s >= '0' && *s <= '9') || (*s == '.' && s[1] >= '0' && s[1] <= '9')) {
    lex_number(p);
  } else if (spaced) {
    p->token.kind = NAME, p->token.size = spaced;
    p->token.written = arena_copy(p->arena, s, spaced);
    p->token.name = xmile_fold(p->arena, p->token.written);
    p->at += spaced;
  } else if (size && keyword(s, size) != NAME) {
    p->token.kind = keyword(s, size), p->token.size = size;
    p->at += size;
  } else if (size || *s == '"' || (*s == '.' && (word_size(s + 1) || s[1] == '"'))) {
    lex_name(p);
  } else {
    lex_symbol(p);
  }
}

static bool accept(struct parser *p, enum kind kind) {
  if (p->token.kind != kind) return false;
  next(p);
  return true;
}

static void expect(struct parser *p, enum kind kind, const char *problem) {
  if (!accept(p, kind)) fail(p, p->token.at, p->token.size ? p->token.size : 1, problem);
}

// ---- trees

static struct xmile_node *new_node(struct parser *p, enum xmile_kind kind) {
  struct xmile_node *n = arena_new(p->arena, struct xmile_node);
  n->kind = kind;
  n->span = n->name_span = xml_text_span(p->x, p->token.at, p->token.size);
  if (++p->nodes > LIMIT_EXPR_NODES) fail(p, p->token.at, 1, "the equation is too large");
  return n;
}

static void give_args(struct parser *p, struct xmile_node *n, size_t count, struct xmile_node *a, struct xmile_node *b,
                      struct xmile_node *c) {
  n->args = arena_array(p->arena, struct xmile_node *, 3);
  n->args[0] = a, n->args[1] = b, n->args[2] = c;
  n->arg_count = count;
}

static void finish(struct parser *p, struct xmile_node *n, size_t from) {
  n->span = xml_text_span(p->x, from, p->end - from);
}

static struct xmile_node *subscript(struct parser *p) {
  if (p->token.kind == STAR) {
    struct xmile_node *star = new_node(p, XMILE_STAR);
    next(p);
    return star;
  }
  if (p->token.kind == AT) {
    struct xmile_node *at = new_node(p, XMILE_POSITION);
    next(p);
    at->number = p->token.number;
    expect(p, NUMBER, "the number of a dimension is expected behind '@'");
    return at;
  }
  size_t from = p->token.at;
  struct xmile_node *low = expression(p, 1);
  if (p->token.kind != COLON) return low;
  struct xmile_node *range = new_node(p, XMILE_RANGE);
  next(p);
  give_args(p, range, 2, low, expression(p, 1), NULL);
  finish(p, range, from);
  return range;
}

struct list {
  LIST(struct xmile_node *) items;
};

static void read_list(struct parser *p, struct list *l, struct xmile_node *(*read)(struct parser *), enum kind close,
                      const char *problem) {
  next(p);
  while (!p->failed && p->token.kind != close) {
    if (l->items.count == LIMIT_ARGUMENTS) fail(p, p->token.at, 1, "too many arguments");
    list_push(p->arena, &l->items) = read(p);
    if (!accept(p, COMMA) && !accept(p, SEMICOLON)) break;
  }
  expect(p, close, problem);
}

static struct xmile_node *whole(struct parser *p) {
  return expression(p, 1);
}

static struct xmile_node *name(struct parser *p) {
  size_t from = p->token.at;
  struct xmile_node *n = new_node(p, XMILE_NAME);
  n->name = p->token.name, n->written = p->token.written;
  next(p);
  if (p->token.kind == OPEN_BRACKET) {
    struct list l = {0};
    read_list(p, &l, subscript, CLOSE_BRACKET, "a ']' is missing");
    n->subscripts = l.items.items, n->subscript_count = l.items.count;
    if (p->token.kind == OPEN_BRACKET)
      fail(p, p->token.at, 1, "elements of conveyors, queues and graphical functions cannot be read");
  }
  if (p->token.kind == OPEN) {
    struct list l = {0};
    n->kind = XMILE_CALL;
    read_list(p, &l, whole, CLOSE, "a ')' is missing");
    n->args = l.items.items, n->arg_count = l.items.count;
  }
  finish(p, n, from);
  return n;
}

static struct xmile_node *conditional(struct parser *p) {
  size_t from = p->token.at;
  struct xmile_node *n = new_node(p, XMILE_IF);
  next(p);
  struct xmile_node *condition = expression(p, 1);
  expect(p, THEN, "THEN is expected");
  struct xmile_node *yes = expression(p, 1);
  expect(p, ELSE, "ELSE is expected");
  give_args(p, n, 3, condition, yes, expression(p, 1));
  finish(p, n, from);
  return n;
}

static struct xmile_node *primary(struct parser *p) {
  struct xmile_node *n;
  switch (p->token.kind) {
    case NUMBER:
      n = new_node(p, XMILE_NUMBER);
      n->number = p->token.number, n->integer = p->token.integer;
      next(p);
      return n;
    case NAME:
      return name(p);
    case MOD:  // the operator as a function
      p->token.name = p->token.written = "mod";
      return name(p);
    case IF:
      return conditional(p);
    case OPEN:
      next(p);
      n = expression(p, 1);
      expect(p, CLOSE, "a ')' is missing");
      return n;
    case END:
      fail(p, p->end ? p->end - 1 : 0, 1, "the equation ends too early");
      break;
    default:
      fail(p, p->token.at, p->token.size, "an operand is expected here");
  }
  return new_node(p, XMILE_NUMBER);
}

static struct xmile_node *postfix(struct parser *p) {
  size_t from = p->token.at;
  struct xmile_node *n = primary(p);
  while (p->token.kind == APOSTROPHE) {
    struct xmile_node *t = new_node(p, XMILE_TRANSPOSE);
    give_args(p, t, 1, n, NULL, NULL);
    next(p);
    finish(p, t, from);
    n = t;
  }
  return n;
}

static struct xmile_node *unary(struct parser *p);

static struct xmile_node *power(struct parser *p) {
  size_t from = p->token.at;
  struct xmile_node *base = postfix(p);
  if (p->token.kind != CARET) return base;
  struct xmile_node *n = new_node(p, XMILE_BINARY);
  n->op = OP_POWER;
  next(p);
  give_args(p, n, 2, base, unary(p), NULL);
  finish(p, n, from);
  return n;
}

static struct xmile_node *unary(struct parser *p) {
  size_t from = p->token.at;
  if (p->depth == LIMIT_EXPR_DEPTH) fail(p, from, 1, "the equation is nested too deeply");
  if (p->failed) return new_node(p, XMILE_NUMBER);
  p->depth++;
  struct xmile_node *n;
  if (accept(p, PLUS)) {
    n = unary(p);
  } else if (p->token.kind == MINUS || p->token.kind == NOT) {
    n = new_node(p, XMILE_UNARY);
    n->op = p->token.kind == MINUS ? OP_NEGATE : OP_NOT;
    next(p);
    give_args(p, n, 1, unary(p), NULL, NULL);
    finish(p, n, from);
  } else {
    n = power(p);
  }
  p->depth--;
  return n;
}

// "x NOT": a converter of Vensim files writes so. NOT stands between two operands in no equation, so none is misread.
static struct xmile_node *negated(struct parser *p, size_t from, struct xmile_node *operand) {
  if (p->token.kind == NOT && !p->failed) {
    struct xmile_node *n = new_node(p, XMILE_UNARY);
    diag_warning(p->diag, n->span, xmile_not_behind, p->of);
    n->op = OP_NOT;
    next(p);
    give_args(p, n, 1, operand, NULL, NULL);
    finish(p, n, from);
    operand = n;
  }
  return operand;
}

static struct xmile_node *expression(struct parser *p, int rank) {
  size_t from = p->token.at, height = 0;
  struct xmile_node *left = negated(p, from, unary(p));
  while (!p->failed) {
    size_t i = 0, count = sizeof operators / sizeof *operators;
    while (i < count && operators[i].kind != p->token.kind) i++;
    if (i == count || operators[i].rank < rank) break;
    if (++height > LIMIT_EXPR_HEIGHT) fail(p, p->token.at, p->token.size, "too many operations in a row");
    struct xmile_node *n = new_node(p, operators[i].function ? XMILE_CALL : XMILE_BINARY);
    n->op = operators[i].op, n->name = n->written = operators[i].function;
    next(p);
    if (++p->depth > LIMIT_EXPR_DEPTH) fail(p, p->token.at, 1, "the equation is nested too deeply");
    give_args(p, n, 2, left, expression(p, operators[i].rank + 1), NULL);
    p->depth--;
    finish(p, n, from);
    left = n;
  }
  return left;
}

static struct parser start(struct arena *a, const struct xml *x, const char *of, struct diag *diag) {
  struct parser p = {.arena = a, .x = x, .text = x->text, .of = of, .diag = diag};
  next(&p);
  return p;
}

struct xmile_node **xmile_parse(struct arena *a, const struct xml *x, const char *of, size_t *count,
                                struct diag *diag) {
  struct parser p = start(a, x, of, diag);
  struct list l = {0};
  while (!p.failed && p.token.kind != END) {
    list_push(a, &l.items) = expression(&p, 1);
    if (!accept(&p, COMMA) && !accept(&p, SEMICOLON)) break;
    if (l.items.count > LIMIT_ELEMENTS) fail(&p, p.token.at, 1, "too many values");
  }
  if (p.token.kind != END) fail(&p, p.token.at, p.token.size ? p.token.size : 1, "an operator is expected here");
  *count = l.items.count;
  if (p.failed) return NULL;
  return l.items.items ? l.items.items : arena_array(a, struct xmile_node *, 1);
}

// The texts of <inflow> and the like may be written without the quotes that an equation needs.
const char *xmile_parse_name(struct arena *a, const struct xml *x, const char *of, struct diag *diag) {
  size_t from = strspn(x->text, " \t\r\n"), to = x->text_size;
  while (to > from && is_space(x->text[to - 1])) to--;
  if (to == from) {
    diag_error(diag, x->span, xmile_equation, of, "a name is missing here");
    return NULL;
  }
  const char *s = x->text + from;
  bool quoted = *s == '"' && to - from >= 2 && s[to - from - 1] == '"';
  return xmile_fold(a, arena_copy(a, s + quoted, to - from - 2 * quoted));
}
