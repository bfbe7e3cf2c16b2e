// SPDX-License-Identifier: GPL-3.0-or-later
// Tests of lang/lexer.c and lang/expr.c: what a text means (printed with every parenthesis), how it is printed, the
// exact messages, and hostile input. Random expressions come from a seed that a failure prints; SEED=n repeats it.
#include "lang/expr.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "lang/lexer.h"
#include "test_support.h"

static struct arena arena;
static struct diag diag;
static unsigned long long seed;
static uint64_t state;

static void set_up(void) {
  arena_init(&arena, NULL);
  diag_init(&diag, &arena);
  seed = support_seed();
  state = seed;
}
static void tear_down(void) {
  mem_fail_at(0);
  arena_free(&arena);
}
TestSuite(expr, .init = set_up, .fini = tear_down);

static struct expr *parse_text(const char *text) {
  diag_init(&diag, &arena);
  struct source *s = source_from_text(&arena, "e", text, strlen(text), &diag);
  cr_assert_not_null(s);
  return expr_parse(&arena, s->text, (struct span){s, 0, (uint32_t)s->size}, true, &diag);
}

static const char *printed(void) {
  return support_printed(&diag);
}

// The tree with every grouping shown: (add a (mul b c)).
static void dump(struct text *out, const struct expr *e) {
  static const char *const ops[] = {"",   "neg", "not", "add", "sub", "mul", "div", "pow",
                                    "eq", "ne",  "lt",  "le",  "gt",  "ge",  "and", "or"};
  char digits[32];
  if (e->kind == EXPR_NUMBER) {
    text_printf(out, "%s%s", text_from_number(e->number, digits), e->integer ? "" : "f");
    return;
  }
  bool bare = e->kind == EXPR_NAME;
  text_puts(out, bare ? "" : "(");
  text_puts(out, e->name ? e->name : e->kind == EXPR_IF ? "if" : ops[e->op]);
  for (size_t i = 0; i < e->subscript_count; i++) text_printf(out, "[%s]", e->subscripts[i].name);
  for (size_t i = 0; i < e->arg_count; i++) text_puts(out, " "), dump(out, e->args[i]);
  text_puts(out, bare ? "" : ")");
}

static char *dumped(const struct expr *e) {
  struct text out = {0};
  dump(&out, e);
  char *copy = arena_string(&arena, out.data);
  text_free(&out);
  return copy;
}

static char *shown(const struct expr *e) {
  struct text out = {0};
  expr_print(&out, e);
  char *copy = arena_string(&arena, out.data);
  text_free(&out);
  return copy;
}

// Text, meaning, and the canonical text.
static const struct {
  const char *text, *meaning, *canonical;
} accepted[] = {
    {"1", "1", "1"},
    {"1.0", "1f", "1.0"},
    {"1e3", "1000f", "1000.0"},
    {".5", "0.5f", "0.5"},
    {"5.", "5f", "5.0"},
    {"1.5E-3", "0.0015f", "0.0015"},
    {"2147483647", "2147483647", "2147483647"},
    {"2147483648", "2147483648f", "2147483648.0"},
    {"a+b*c", "(add a (mul b c))", "a + b * c"},
    {"(a+b)*c", "(mul (add a b) c)", "(a + b) * c"},
    {"a-b-c", "(sub (sub a b) c)", "a - b - c"},
    {"a-(b-c)", "(sub a (sub b c))", "a - (b - c)"},
    {"a/b/c*d", "(mul (div (div a b) c) d)", "a / b / c * d"},
    {"a/(b*c)", "(div a (mul b c))", "a / (b * c)"},
    {"a^b^c", "(pow a (pow b c))", "a^b^c"},
    {"(a^b)^c", "(pow (pow a b) c)", "(a^b)^c"},
    {"-a^b", "(neg (pow a b))", "-a^b"},
    {"(-a)^b", "(pow (neg a) b)", "(-a)^b"},
    {"a^-b", "(pow a (neg b))", "a^-b"},
    {"a^-b^c", "(pow a (neg (pow b c)))", "a^-b^c"},
    {"2^-3*4", "(mul (pow 2 (neg 3)) 4)", "2^-3 * 4"},
    {"-a*b", "(mul (neg a) b)", "-a * b"},
    {"-(a*b)", "(neg (mul a b))", "-(a * b)"},
    {"a--b", "(sub a (neg b))", "a - -b"},
    {"a*-b", "(mul a (neg b))", "a * -b"},
    {"--a", "(neg (neg a))", "--a"},
    {"+a", "a", "a"},
    {"a = b", "(eq a b)", "a = b"},
    {"a == b", "(eq a b)", "a = b"},
    {"a <> b", "(ne a b)", "a <> b"},
    {"a != b", "(ne a b)", "a <> b"},
    {"a<=b", "(le a b)", "a <= b"},
    {"a+1>=b*2", "(ge (add a 1) (mul b 2))", "a + 1 >= b * 2"},
    {"(a=b)=c", "(eq (eq a b) c)", "(a = b) = c"},
    {"not a = b", "(not (eq a b))", "not a = b"},
    {"(not a) = b", "(eq (not a) b)", "(not a) = b"},
    {"not not a", "(not (not a))", "not not a"},
    {"a and not b or c", "(or (and a (not b)) c)", "a and not b or c"},
    {"a or b and c", "(or a (and b c))", "a or b and c"},
    {"(a or b) and c", "(and (or a b) c)", "(a or b) and c"},
    {"a > 1 and b < 2", "(and (gt a 1) (lt b 2))", "a > 1 and b < 2"},
    {"if a then b else c + 1", "(if a b (add c 1))", "if a then b else c + 1"},
    {"(if a then b else c) + 1", "(add (if a b c) 1)", "(if a then b else c) + 1"},
    {"if a then if b then c else d else e", "(if a (if b c d) e)", "if a then if b then c else d else e"},
    {"if a then b else if c then d else e", "(if a b (if c d e))", "if a then b else if c then d else e"},
    {"f()", "(f)", "f()"},
    {"max( a,b , 1 )", "(max a b 1)", "max(a, b, 1)"},
    {"sum[industry](x * y)", "(sum[industry] (mul x y))", "sum[industry](x * y)"},
    {"x[ic, *]", "x[ic][*]", "x[ic, *]"},
    {"f(if a then b else c, not d)", "(f (if a b c) (not d))", "f(if a then b else c, not d)"},
    {"'two words' + 1", "(add two words 1)", "'two words' + 1"},
    {"\"it's\"", "it's", "'it''s'"},
    {"'if'", "if", "'if'"},
    {"'a'", "a", "a"},
    {"'say ''so'''", "say 'so'", "'say ''so'''"},
    {"温度 - 室温", "(sub 温度 室温)", "温度 - 室温"},
    {"größe_2", "größe_2", "größe_2"},
    {"'*' * a['*', *]", "(mul * a[*][*])", "'*' * a[*, *]"},
    {"iffy + nothing + order", "(add (add iffy nothing) order)", "iffy + nothing + order"},
    {"a +\n  b\r\n\t* c", "(add a (mul b c))", "a + b * c"},
};

Test(expr, texts_mean_what_the_grammar_says) {
  for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
    struct expr *e = parse_text(accepted[i].text);
    cr_assert_not_null(e, "%s: %s", accepted[i].text, printed());
    cr_expect_str_eq(dumped(e), accepted[i].meaning, "%s: %s", accepted[i].text, dumped(e));
    cr_expect_str_eq(shown(e), accepted[i].canonical, "%s: %s", accepted[i].text, shown(e));
    cr_expect_eq(diag.errors, 0);
  }
}

// Text, and the message from column on.
static const struct {
  const char *text, *message;
} refused[] = {
    {"", "1:1: error: the expression is empty"},
    {"  ", "1:1: error: the expression is empty"},
    {"a +", "1:4: error: expected a value, found the end\n     1 | a +\n       |    ^\n"},
    {"a + * b", "1:5: error: expected a value, found '*'"},
    {"(a + b",
     "1:7: error: expected ')', found the end\n     1 | (a + b\n       |       ^\n"
     "e:1:1: note: for '(' here\n     1 | (a + b\n       | ^\n"},
    {"a + b)",
     "1:6: error: unexpected ')' after the end of the expression\n     1 | a + b)\n       |      ^\n"
     "       = nothing is open that it could close\n"},
    {"a b",
     "1:3: error: unexpected 'b' after the end of the expression\n     1 | a b\n       |   ^\n"
     "       = is an operator missing?\n"},
    {"a < b < c",
     "1:7: error: comparisons cannot be chained\n     1 | a < b < c\n       |       ^\n"
     "       = write 'a < b and b < c'\n"},
    {"not a = b = c", "1:11: error: comparisons cannot be chained"},
    {"a ** 2", "1:3: error: '**' is not an operator\n     1 | a ** 2\n       |   ^~\n       = write '^'\n"},
    {"a && b", "1:3: error: '&&' is not an operator\n     1 | a && b\n       |   ^~\n       = write 'and'\n"},
    {"a || b", "1:3: error: '||' is not an operator\n     1 | a || b\n       |   ^~\n       = write 'or'\n"},
    {"!a", "1:1: error: '!' is not an operator\n     1 | !a\n       | ^\n       = write 'not'\n"},
    {"a := b", "1:3: error: ':=' is not an operator"},
    {"10 %", "1:4: error: unexpected character '%'\n     1 | 10 %\n       |    ^\n       = write 0.1 for 10 %\n"},
    {"a × b", "1:3: error: unexpected character '×'\n     1 | a × b\n       |   ^\n       = write '*'\n"},
    {"（a）", "1:1: error: unexpected character '（'\n     1 | （a）\n       | ^~\n       = write '('\n"},
    {"max(a，b)", "1:6: error: unexpected character '，'\n     1 | max(a，b)\n       |      ^~\n       = write ','\n"},
    {"a\xE3\x80\x80+ b", "1:2: error: unexpected character"},
    {"2x",
     "1:1: error: '2x' is not a number\n     1 | 2x\n       | ^~\n       = write a '*' between a number and a name\n"},
    {"0x10", "1:1: error: '0x10' is not a number"},
    {"1.2.3", "1:1: error: '1.2.' is not a number"},
    {"1e999", "1:1: error: the number is too large"},
    {"1 + if a then b else c", "1:5: error: 'if' cannot stand behind an operator"},
    {"a = not b", "1:5: error: 'not' cannot stand behind this operator"},
    {"-not a", "1:2: error: 'not' cannot stand behind this operator"},
    {"if a then b",
     "1:12: error: expected 'else', found the end\n     1 | if a then b\n       |            ^\n"
     "e:1:1: note: for 'if' here\n"},
    {"if(a, b, c)", "1:5: error: expected ')', found ','"},
    {"IF a THEN b ELSE c",
     "1:4: error: unexpected 'a' after the end of the expression\n     1 | IF a THEN b ELSE c\n"
     "       |    ^\n       = if then else and or not are written in small letters\n"},
    {"a then b", "1:3: error: unexpected 'then' after the end of the expression"},
    {"a, b", "1:2: error: unexpected ',' after the end of the expression"},
    {"f(a,)", "1:5: error: expected a value, found ')'"},
    {"f(a b)", "1:5: error: expected ',' or ')', found 'b'"},
    {"f(", "1:3: error: expected a value, found the end"},
    {"x[]", "1:3: error: expected the name of an element or a dimension, or '*', found ']'"},
    {"x[1]", "1:3: error: expected the name of an element or a dimension, or '*', found '1'"},
    {"x[a", "1:4: error: expected ']', found the end"},
    {"'abc", "1:1: error: the quote ' is not closed"},
    {"''", "1:1: error: an empty name"},
    {"then", "1:1: error: expected a value, found 'then'"},
    {"a\xE2\x80\xAE", "1:1: error: the name contains a control or hidden character, U+202E"},
    {"a\xE2\x80\x8D"
     "b",
     "1:1: error: the name contains a control or hidden character, U+200D"},
    {"'a\xE2\x80\xAE'", "1:1: error: the name contains a control or hidden character, U+202E"},
    {"'a\nb'", "1:1: error: the name contains a control or hidden character, U+000A"},
    {"1 \xE2\x80\x8B+ 2", "1:3: error: a control or hidden character, U+200B"},
    {"a + \x01", "1:5: error: a control or hidden character, U+0001"},
    {"e\xCC\x81", "1:1: error: the name is not in Unicode's composed form (NFC)"},
    {"'e\xCC\x81 x'", "1:1: error: the name is not in Unicode's composed form (NFC)"},
};

Test(expr, refuses_with_place_and_reason) {
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
    cr_expect_null(parse_text(refused[i].text), "%s", refused[i].text);
    const char *got = printed(), *message = refused[i].message;
    cr_expect(strncmp(got, "e:", 2) == 0 && strncmp(got + 2, message, strlen(message)) == 0,
              "for <%s>\nexpected %s\ngot %s", refused[i].text, message, got);
    cr_expect_eq(diag.errors, 1, "%s", refused[i].text);
  }
}

Test(expr, spans_cover_what_they_should) {
  static const char text[] = "茶 * (a + max[x](b)) - c";
  struct expr *e = parse_text(text);
  cr_assert_eq(e->span.size, sizeof text - 1);
  cr_assert_eq(text[e->name_span.at], '-');
  const struct expr *product = e->args[0], *sum = product->args[1], *call = sum->args[1];
  cr_assert(product->span.at == 0 && strncmp(text + product->span.size - 1, ") - c", 5) == 0);
  cr_assert(sum->span.size == strlen("(a + max[x](b))") && text[sum->span.at] == '(' && text[sum->name_span.at] == '+');
  cr_assert(call->span.size == strlen("max[x](b)") && call->name_span.size == 3);
  cr_assert(text[call->subscripts[0].span.at] == 'x' && call->subscripts[0].span.size == 1);
}

Test(expr, text_that_yaml_changed_has_one_place) {
  struct source *s = source_from_text(&arena, "e", "k: >\n a\n +", 10, &diag);
  struct span at = {s, 3, 1};
  cr_assert_null(expr_parse(&arena, "a +", at, false, &diag));
  cr_assert_not_null(strstr(printed(), "e:1:4: error: expected a value"));
  struct expr *e = expr_parse(&arena, "a + b", at, false, &diag);
  cr_assert(e->args[1]->span.at == 3 && e->args[1]->span.size == 1);
}

Test(expr, identifiers_are_told_from_what_needs_quotes) {
  static const char *const good[] = {"a", "_", "x1", "温度", "größe", "ifx", "A_b"};
  static const char *const bad[] = {"",          "1x",  "a b", "if", "not", "a-b", "a\xE2\x80\x8B",
                                    "e\xCC\x81", "'a'", "x²",  "°C"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) cr_expect(expr_is_identifier(good[i]), "%s", good[i]);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) cr_expect(!expr_is_identifier(bad[i]), "%s", bad[i]);
}

// Bounds

static const char *repeat(const char *part, size_t count, const char *tail) {
  struct text t = {0};
  for (size_t i = 0; i < count; i++) text_puts(&t, part);
  text_puts(&t, tail);
  char *copy = arena_string(&arena, t.data);
  text_free(&t);
  return copy;
}

static void expect_refused(const char *text, const char *message) {
  cr_assert_null(parse_text(text));
  cr_assert_not_null(strstr(printed(), message), "%.40s: %s", text, printed());
}

Test(expr, deep_nesting_is_a_clear_error) {
  static const char *const parts[] = {"(",  "-",     "not ", "f(", "a^", "if a then ", "if a then b else ",
                                      "-(", "x[a](", "1+("};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    expect_refused(repeat(parts[i], 10000, "a"), "error: nested deeper than 200 levels");
}

Test(expr, long_rows_of_operations_are_bounded_for_later_stages) {
  cr_assert_not_null(parse_text(repeat("a + ", LIMIT_EXPR_HEIGHT - 1, "a")), "%s", printed());
  expect_refused(repeat("a + ", LIMIT_EXPR_HEIGHT, "a"), "error: more than 1000 operations in a row");
  expect_refused(repeat("a * ", 500000, "a"), "error: more than 1000 operations in a row");
}

Test(expr, counts_are_bounded) {
  cr_assert_not_null(parse_text(arena_format(&arena, "f(%s", repeat("a, ", LIMIT_ARGUMENTS - 1, "a)"))));
  expect_refused(arena_format(&arena, "f(%s", repeat("a, ", LIMIT_ARGUMENTS, "a)")), "error: more than 64 arguments");
  expect_refused(arena_format(&arena, "x[%s", repeat("a, ", LIMIT_DIMENSIONS, "a]")), "error: more than 8 subscripts");
  expect_refused(repeat("n", LIMIT_NAME_BYTES + 1, ""), "error: the name is longer than 200 bytes");
  cr_assert_not_null(parse_text(repeat("n", LIMIT_NAME_BYTES, "")));
}

Test(expr, wide_trees_are_bounded_by_their_nodes) {
  const char *text = "a";
  for (int level = 0; level < 3; level++)
    text = arena_format(&arena, "f(%s)", repeat(arena_format(&arena, "%s, ", text), LIMIT_ARGUMENTS - 1, text));
  expect_refused(text, "error: more than 100000 parts in one expression");
}

Test(expr, the_longest_composed_name_is_checked_within_its_buffer) {
  const char *name = repeat("\xE1\xBE\x82", 66, "");  // U+1F82 decomposes into four
  cr_assert(expr_is_identifier(name));
  cr_assert_not_null(parse_text(name), "%s", printed());
}

static bool parse_long(struct arena *a, struct diag *d, void *context) {
  (void)context;
  return expr_parse(a, "if a > max[i](b, 'c d') then -x^2 else y[q] + 1e3", NOWHERE, false, d);
}

Test(expr, memory_may_run_out_at_any_request) {
  cr_assert_gt(support_fail_each(parse_long, NULL), 0);
}

// Random expressions

static uint64_t draw(void) {
  return support_draw(&state);
}
static uint32_t below(uint32_t n) {
  return (uint32_t)(draw() % n);
}

// A random tree as text with all parentheses, so that every shape occurs.
static const char *grow(unsigned depth) {
  static const char *const leaves[] = {"a", "b[x, *]", "1", "2.5", "1000.0", "1e300", "'c d'", "温", "f()", "'or'"};
  static const char *const ops[] = {"+", "-", "*", "/", "^", "=", "<>", "<", "<=", ">", ">=", "and", "or"};
  if (!depth || below(5) == 0) return leaves[below(sizeof leaves / sizeof *leaves)];
  const char *x = grow(depth - 1), *y = grow(depth - 1);
  switch (below(8)) {
    case 0:
      return arena_format(&arena, "(-%s)", x);
    case 1:
      return arena_format(&arena, "(not %s)", x);
    case 2:
      return arena_format(&arena, "(if %s then %s else %s)", x, y, grow(depth - 1));
    case 3:
      return arena_format(&arena, "g[d](%s, %s)", x, y);
    default:
      return arena_format(&arena, "(%s %s %s)", x, ops[below(sizeof ops / sizeof *ops)], y);
  }
}

Test(expr, what_is_printed_reads_back_as_the_same_tree) {
  for (int i = 0; i < 3000; i++) {
    const char *text = grow(1 + below(6));
    struct expr *e = parse_text(text);
    cr_assert_not_null(e, "SEED=%llu: %s: %s", seed, text, printed());
    const char *once = shown(e), *meaning = dumped(e);
    struct expr *again = parse_text(once);
    cr_assert_not_null(again, "SEED=%llu: %s -> %s: %s", seed, text, once, printed());
    cr_assert_str_eq(dumped(again), meaning, "SEED=%llu: %s -> %s", seed, text, once);
    cr_assert_str_eq(shown(again), once, "SEED=%llu", seed);
  }
}

// Drops each pair of parentheses in turn: the meaning must change, or the printer wrote one too many.
Test(expr, printed_parentheses_are_all_needed) {
  for (int i = 0; i < 300; i++) {
    struct expr *e = parse_text(grow(1 + below(4)));
    const char *text = shown(e), *meaning = dumped(e);
    for (size_t open = 0; text[open]; open++) {
      bool call = open && (text[open - 1] == ']' || text[open - 1] == 'f' || text[open - 1] == 'g');
      if (text[open] != '(' || call) continue;
      size_t close = open;
      for (int level = 0; level += (text[close] == '(') - (text[close] == ')'), level; close++) {
      }
      char *without = arena_format(&arena, "%.*s %.*s %s", (int)open, text, (int)(close - open - 1), text + open + 1,
                                   text + close + 1);
      struct expr *other = parse_text(without);
      cr_assert(!other || strcmp(dumped(other), meaning) != 0, "SEED=%llu: %s and %s", seed, text, without);
    }
  }
}
