// SPDX-License-Identifier: GPL-3.0-or-later
// Dimensional analysis of a checked model: a unit for every term from the leaves up, compared where terms meet, and at
// the top with what is declared. Literals are dimensionless, but a zero fits everywhere, and a number that is a whole
// equation or initial value is in the unit declared. A part whose unit is unknown because of an earlier error is
// silent, so that one slip gives one message. A user function is taken at its declaration where it is called; its body
// is checked once, at its first call, with the letters of its declaration dimensionless. Functions that nothing calls
// are not looked at.
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "check/check.h"

struct measure {
  const struct unit *unit;  // NULL: unknown
  bool zero;                // fits everywhere
  bool literal;             // made of literals alone
  double value;             // literal: its value
};

struct inference {
  struct arena *arena;
  const struct checked *c;
  const struct model *m;
  enum severity severity;
  struct diag *diag;
  const struct term *formal;  // the call whose body is being checked: its arguments have their declared units
  bool *bodies_checked;       // [functions]
};

#define REPORT(k, at, id, ...) diag_add((k)->diag, (k)->severity, ERROR_##id, (at), ERROR_TEXT_##id, ##__VA_ARGS__)

static const struct measure unknown = {.unit = NULL}, any = {.zero = true};

static struct measure of_unit(const struct unit *unit) {
  return (struct measure){.unit = unit == unit_none() ? NULL : unit};
}
static struct measure dimensionless(void) {
  return of_unit(unit_one());
}
static struct measure of_literal(double value) {
  return (struct measure){.unit = unit_one(), .zero = value == 0, .literal = true, .value = value};
}

// In the files of other programs a number fits everywhere, as zero does: they have no way to give it a unit.
static struct measure of_number(const struct inference *k, double value) {
  struct measure x = of_literal(value);
  x.zero = x.zero || k->m->foreign;
  return x;
}

// The unit of a product, quotient or power; NULL of known operands is out of range.
static struct measure derived(struct inference *k, const struct term *t, const struct unit *unit, bool known) {
  if (!unit && known) REPORT(k, t->span, units_range);
  return of_unit(unit);
}

static const char *text(struct inference *k, const struct unit *unit) {
  return unit_is_one(unit) ? "dimensionless" : unit_text(k->arena, &k->m->units, unit);
}

// ---- messages

// The declared unit when t is an argument of the function whose body is being checked; else NULL.
static const char *formal_unit(const struct inference *k, const struct term *t) {
  for (size_t i = 0; k->formal && i + 1 < k->formal->arg_count; i++)
    if (k->formal->args[i] == t) return k->formal->function->arg_units[i];
  return NULL;
}

static void note_declaration(struct inference *k, const struct term *t) {
  if (t->kind != TERM_REF || formal_unit(k, t)) return;
  const struct variable *v = &k->m->variables.items[t->variable];
  if (of_unit(v->unit).unit) diag_note(k->diag, v->unit_span, "%s is declared in %s", v->name, text(k, v->unit));
}

// What would make `wrong` (named by `where`) right.
static void hint_remedy(struct inference *k, struct measure wrong, struct measure right, const char *where) {
  if (wrong.literal || right.literal) {
    const struct unit *unit = wrong.literal ? right.unit : wrong.unit;
    diag_hint(k->diag, "a number has no unit: make it a parameter in %s", text(k, unit));
    return;
  }
  const struct unit *factor = unit_divide(k->arena, right.unit, wrong.unit);
  if (!factor) return;
  char digits[32];
  if (factor->count)
    diag_hint(k->diag, "%s lacks a factor in %s", where, text(k, factor));
  else
    diag_hint(k->diag, "%s lacks the factor %s", where, text_from_number(factor->factor, digits));
}

// The common unit of two measures; `fits` is false when there is none.
static struct measure common(struct measure x, struct measure y, bool *fits) {
  *fits = true;
  if (x.zero) return (struct measure){.unit = y.unit, .zero = y.zero};
  if (y.zero) return of_unit(x.unit);
  if (!x.unit || !y.unit) return unknown;
  *fits = unit_equal(x.unit, y.unit);
  return *fits ? of_unit(x.unit) : unknown;
}

static struct measure infer(struct inference *k, const struct term *t);

static void expect_dimensionless(struct inference *k, const struct term *t) {
  struct measure x = infer(k, t);
  if (x.zero || !x.unit || unit_is_one(x.unit)) return;
  REPORT(k, t->span, units_condition, text(k, x.unit));
  note_declaration(k, t);
}

// ---- operators

static struct measure sides(struct inference *k, const struct term *t, struct measure x, struct measure y) {
  bool fits;
  struct measure result = common(x, y, &fits);
  if (fits) return result;
  REPORT(k, t->span, units_sides, text(k, x.unit), text(k, y.unit));
  hint_remedy(k, y, x, "the right side");
  note_declaration(k, t->args[0]);
  note_declaration(k, t->args[1]);
  return unknown;
}

static bool literal_value(enum expr_op op, double x, double y, double *value) {
  switch (op) {
    case OP_ADD:
      *value = x + y;
      return true;
    case OP_SUBTRACT:
      *value = x - y;
      return true;
    case OP_MULTIPLY:
      *value = x * y;
      return true;
    case OP_DIVIDE:
      *value = x / y;
      return y != 0;
    default:
      return false;
  }
}

// The nearest fraction with a small denominator by its continued fraction (Hardy & Wright, ch. X); false when the
// number is none.
static bool as_fraction(double x, int32_t *num, int32_t *den) {
  enum { LARGEST = 1000 };
  double a = floor(x), rest = x - a, h0 = 1, h = a, d0 = 0, d = 1;
  while (fabs(x - h / d) > 1e-12 * fabs(x) && rest != 0) {
    double whole = floor(1 / rest), h1 = h, d1 = d;
    rest = 1 / rest - whole;
    h = whole * h + h0, d = whole * d + d0;
    h0 = h1, d0 = d1;
    if (d > LARGEST) return false;
  }
  if (fabs(h) > LIMIT_UNIT_EXPONENT) return false;
  *num = (int32_t)h, *den = (int32_t)d;
  return true;
}

static struct measure power(struct inference *k, const struct term *t, struct measure x, struct measure y) {
  if (!y.zero && y.unit && !unit_is_one(y.unit)) {
    REPORT(k, t->span, units_exponent, text(k, y.unit));
    note_declaration(k, t->args[1]);
    return unknown;
  }
  if (x.zero || !x.unit || unit_is_one(x.unit)) return x.zero ? dimensionless() : of_unit(x.unit);
  int32_t num, den;
  if (y.literal && as_fraction(y.value, &num, &den)) return derived(k, t, unit_power(k->arena, x.unit, num, den), true);
  REPORT(k, t->span, units_power, text(k, x.unit));
  note_declaration(k, t->args[0]);
  return unknown;
}

static struct measure logic(struct inference *k, const struct term *t) {
  for (size_t i = 0; i < t->arg_count; i++) expect_dimensionless(k, t->args[i]);
  return dimensionless();
}

static struct measure binary(struct inference *k, const struct term *t) {
  if (t->op == OP_AND || t->op == OP_OR) return logic(k, t);
  struct measure x = infer(k, t->args[0]), y = infer(k, t->args[1]);
  double value;
  if (x.literal && y.literal && literal_value(t->op, x.value, y.value, &value)) return of_number(k, value);
  const struct unit *left = x.zero ? unit_one() : x.unit, *right = y.zero ? unit_one() : y.unit;
  switch (t->op) {
    case OP_ADD:
    case OP_SUBTRACT:
      return sides(k, t, x, y);
    case OP_MULTIPLY:
      return derived(k, t, unit_multiply(k->arena, left, right), left && right);
    case OP_DIVIDE:
      return derived(k, t, unit_divide(k->arena, left, right), left && right);
    case OP_POWER:
      return power(k, t, x, y);
    default:
      sides(k, t, x, y);
      return dimensionless();  // comparisons
  }
}

static struct measure unary(struct inference *k, const struct term *t) {
  if (t->op == OP_NOT) return logic(k, t);
  struct measure x = infer(k, t->args[0]);
  x.value = -x.value;
  return x;
}

static struct measure conditional(struct inference *k, const struct term *t) {
  expect_dimensionless(k, t->args[0]);
  struct measure x = infer(k, t->args[1]), y = infer(k, t->args[2]);
  bool fits;
  struct measure result = common(x, y, &fits);
  if (fits) return result;
  REPORT(k, t->span, units_branches, text(k, x.unit), text(k, y.unit));
  hint_remedy(k, y, x, "the 'else' branch");
  note_declaration(k, t->args[1]);
  note_declaration(k, t->args[2]);
  return unknown;
}

// ---- calls

static bool expect_argument(struct inference *k, const struct term *call, const char *name, size_t i, struct measure x,
                            struct measure wanted) {
  if (x.zero || wanted.zero || !x.unit || !wanted.unit || unit_equal(x.unit, wanted.unit)) return true;
  const struct term *arg = call->args[i];
  REPORT(k, arg->span, units_argument, i + 1, name, text(k, x.unit), text(k, wanted.unit));
  hint_remedy(k, x, wanted, "the argument");
  note_declaration(k, arg);
  return false;
}

// Compares with the unit that a letter stands for, or lets the letter stand for the argument's from now on. After a
// mismatch the letter, and what the call gives, is unknown.
static void bind(struct inference *k, const struct term *call, const char *name, size_t i, struct measure x,
                 struct measure *letter) {
  if (letter->zero)
    *letter = x;
  else if (!expect_argument(k, call, name, i, x, *letter))
    *letter = unknown;
}

static const struct unit *per_time(struct inference *k, const struct unit *x) {
  return unit_divide(k->arena, x, k->m->time_unit);
}

// One argument against one letter of fn.def.
static void argument(struct inference *k, const struct term *t, size_t i, char letter, struct measure bound[2]) {
  const char *name = fn_table[t->fn].name;
  struct measure x = infer(k, t->args[i]);
  switch (letter) {
    case 'a':
    case 'b':
      bind(k, t, name, i, x, &bound[letter - 'a']);
      break;
    case 't':
      expect_argument(k, t, name, i, x, of_unit(k->m->time_unit));
      break;
    case 'q':
      expect_argument(k, t, name, i, x, of_unit(per_time(k, unit_one())));
      break;
    case '1':
      expect_argument(k, t, name, i, x, dimensionless());
      break;
    case 'r':
      if (bound[0].zero && !x.zero)
        bound[0] = of_unit(unit_multiply(k->arena, x.unit, k->m->time_unit));
      else
        expect_argument(k, t, name, i, x, of_unit(per_time(k, bound[0].unit)));
      break;
    default:
      break;
  }
}

static struct measure builtin_result(struct inference *k, char letter, struct measure a) {
  switch (letter) {
    case 'a':
      return (struct measure){.unit = a.unit, .zero = a.zero};
    case 's':
      return a.zero ? any : of_unit(unit_power(k->arena, a.unit, 1, 2));
    case 'q':
      return of_unit(per_time(k, unit_one()));
    default:
      return dimensionless();
  }
}

static struct measure safediv(struct inference *k, const struct term *t) {
  struct measure x = infer(k, t->args[0]), y = infer(k, t->args[1]);
  const struct unit *left = x.zero ? unit_one() : x.unit, *right = y.zero ? unit_one() : y.unit;
  struct measure result = derived(k, t, unit_divide(k->arena, left, right), left && right);
  if (x.zero) result = any;
  if (t->arg_count == 3) bind(k, t, fn_table[t->fn].name, 2, infer(k, t->args[2]), &result);
  return result;
}

// The signature's letters in turn; one with '+' serves all arguments from there on.
static struct measure builtin(struct inference *k, const struct term *t) {
  if (t->fn == FN_SAFEDIV) return safediv(k, t);
  const char *signature = fn_table[t->fn].units;
  struct measure bound[2] = {any, any};
  for (size_t i = 0; i < t->arg_count; i++) {
    signature += *signature == '?';
    argument(k, t, i, *signature, bound);
    signature += signature[1] != '+';
  }
  return builtin_result(k, strchr(fn_table[t->fn].units, ':')[1], bound[0]);
}

static struct measure lookup(struct inference *k, const struct term *t) {
  const struct variable *v = &k->m->variables.items[t->variable];
  expect_argument(k, t, v->name, 0, infer(k, t->args[0]), of_unit(v->x_unit));
  return of_unit(v->unit);
}

// ---- user functions

static bool is_letter(const char *unit) {
  return isupper((unsigned char)unit[0]) && !unit[1];
}

// A unit of a function's declaration, where letters are dimensionless: inside its body.
static struct measure declared(struct inference *k, const char *unit) {
  return is_letter(unit) ? dimensionless() : of_unit(unit_find(&k->m->units, unit));
}

static bool arguments_are_distinct(const struct term *call) {
  for (size_t i = 0; i + 1 < call->arg_count; i++)
    for (size_t j = 0; j < i; j++)
      if (call->args[i] == call->args[j]) return false;
  return true;
}

static void check_body(struct inference *k, const struct term *call) {
  const struct function *f = call->function;
  bool *done = &k->bodies_checked[f - k->m->functions.items];
  if (*done || !arguments_are_distinct(call)) return;  // f(x, x) within a function: another call will do
  *done = true;
  const struct term *outer = k->formal, *body = call->args[call->arg_count - 1];
  k->formal = call;
  struct measure x = infer(k, body), wanted = declared(k, f->unit);
  k->formal = outer;
  if (x.zero || !x.unit || !wanted.unit || unit_equal(x.unit, wanted.unit)) return;
  REPORT(k, body->span, units_function, f->name, text(k, wanted.unit), text(k, x.unit));
  diag_note(k->diag, f->unit_span, "declared here");
}

static struct measure inlined(struct inference *k, const struct term *t) {
  const struct function *f = t->function;
  struct measure letters[26];
  for (int i = 0; i < 26; i++) letters[i] = any;
  for (size_t i = 0; i < f->arg_count; i++) {
    struct measure x = infer(k, t->args[i]);
    if (is_letter(f->arg_units[i]))
      bind(k, t, f->name, i, x, &letters[f->arg_units[i][0] - 'A']);
    else
      expect_argument(k, t, f->name, i, x, declared(k, f->arg_units[i]));
  }
  check_body(k, t);
  if (!is_letter(f->unit)) return declared(k, f->unit);
  struct measure result = letters[f->unit[0] - 'A'];
  return (struct measure){.unit = result.unit, .zero = result.zero};
}

// ---- terms and equations

static struct measure infer(struct inference *k, const struct term *t) {
  const char *formal = formal_unit(k, t);
  if (formal) return declared(k, formal);
  switch (t->kind) {
    case TERM_NUMBER:
      return of_number(k, t->number);
    case TERM_TIME:
    case TERM_TIME_STEP:
      return of_unit(k->m->time_unit);
    case TERM_REF:
      return of_unit(k->m->variables.items[t->variable].unit);
    case TERM_UNARY:
      return unary(k, t);
    case TERM_BINARY:
      return binary(k, t);
    case TERM_IF:
      return conditional(k, t);
    case TERM_CALL:
    case TERM_REDUCE:
      return builtin(k, t);
    case TERM_LOOKUP:
      return lookup(k, t);
    case TERM_INLINE:
      return inlined(k, t);
  }
  return unknown;
}

static const char *role_name(const struct checked_equation *e, const struct variable *v) {
  if (e->role == ROLE_BENCHMARK) return "benchmark";
  return e->role == ROLE_INITIAL || v->kind == VARIABLE_STOCK ? "initial value" : "equation";
}

static void check_equation(struct inference *k, const struct checked_equation *e) {
  if (e->role == ROLE_GATE) {
    expect_dimensionless(k, e->rhs);
    return;
  }
  const struct variable *v = &k->m->variables.items[e->variable];
  if (v->hidden || v->made) return;
  k->diag->subject = v->name;
  struct measure x = infer(k, e->rhs);
  if (x.literal) return;  // `initial: 180` is in the unit declared, as the value of a parameter is
  if (x.zero || !x.unit || !of_unit(v->unit).unit || unit_equal(x.unit, v->unit)) return;
  const char *role = role_name(e, v);
  REPORT(k, e->rhs->span, units_equation, v->name, text(k, v->unit), role, text(k, x.unit));
  hint_remedy(k, x, of_unit(v->unit), arena_format(k->arena, "the %s", role));
  diag_note(k->diag, v->unit_span, "%s is declared in %s", v->name, text(k, v->unit));
}

static void check_flow(struct inference *k, const struct variable *stock, const struct flow_ref *ref) {
  uint32_t index = map_get(&k->m->names, ref->name);
  if (index == MAP_NONE) return;  // reported with the names
  const struct variable *flow = &k->m->variables.items[index];
  const struct unit *wanted = stock->unit == unit_none() ? NULL : per_time(k, stock->unit);
  if (flow->kind != VARIABLE_FLOW || !of_unit(flow->unit).unit || !wanted || unit_equal(flow->unit, wanted)) return;
  REPORT(k, ref->span, units_flow, flow->name, text(k, flow->unit), stock->name, text(k, wanted));
  hint_remedy(k, of_unit(flow->unit), of_unit(wanted), "the flow");
  diag_note(k->diag, flow->unit_span, "%s is declared in %s", flow->name, text(k, flow->unit));
}

size_t check_units(struct arena *a, const struct checked *c, bool lenient, struct diag *diag) {
  struct inference k = {.arena = a, .c = c, .m = c->model, .diag = diag};
  k.severity = lenient ? SEVERITY_WARNING : SEVERITY_ERROR;
  k.bodies_checked = arena_array(a, bool, c->model->functions.count + 1);
  for (size_t i = 0; i < c->equations.count; i++) check_equation(&k, &c->equations.items[i]);
  for (size_t i = 0; i < c->model->variables.count; i++) {
    const struct variable *v = &c->model->variables.items[i];
    diag->subject = v->name;
    for (size_t j = 0; j < v->inflows.count; j++) check_flow(&k, v, &v->inflows.items[j]);
    for (size_t j = 0; j < v->outflows.count; j++) check_flow(&k, v, &v->outflows.items[j]);
  }
  diag->subject = NULL;
  return c->equations.count;
}

const struct unit *check_units_infer(struct arena *a, const struct checked *c, const struct term *t) {
  struct diag silent;
  diag_init(&silent, a);
  struct inference k = {.arena = a, .c = c, .m = c->model, .severity = SEVERITY_WARNING, .diag = &silent};
  k.bodies_checked = arena_array(a, bool, c->model->functions.count + 1);
  struct measure x = infer(&k, t);
  return x.zero ? NULL : x.unit;
}
