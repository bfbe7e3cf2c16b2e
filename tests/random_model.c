// SPDX-License-Identifier: GPL-3.0-or-later
// See random_model.h. All auxiliaries are planned first (name and dimensions), then written in order: each may refer to
// those before it, and through a delay, a smooth or a sample with a start value of its own to any of them.
#include "random_model.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "test_support.h"

enum dim { D, E, PART, OTHER, DIMS };
enum { MOST_AXES = 6, MOST_KNOWN = 64, DEPTH = 4 };

static const char *const dim_names[] = {"d", "e", "part", "other"};
static const char *const dim_elements[][3] = {{"p", "q", "r"}, {"u", "v"}, {"p", "r"}, {"p", "q", "r"}};
static const unsigned dim_sizes[] = {3, 2, 2, 3};

struct known {
  char name[8];
  enum dim dims[2];
  unsigned dim_count;
};

struct scope {  // where an expression stands: its axes, and how many of the known it may refer to
  enum dim axes[MOST_AXES];
  unsigned axis_count;
  size_t firm, count;
};

struct maker {
  struct arena *a;
  uint64_t state;
  bool loose, draws;
  double start, stop, step;
  struct known known[MOST_KNOWN];
  size_t firm, aux_first, known_count;  // parameters come first: they are known exactly
  struct random_model *out;
};

// ---- chance

static uint64_t next(struct maker *m) {
  return support_draw(&m->state);
}
static unsigned below(struct maker *m, unsigned n) {
  return (unsigned)(next(m) >> 33) % n;
}
static bool one_in(struct maker *m, unsigned n) {
  return below(m, n) == 0;
}
#define PICK(m, list) ((list)[below((m), sizeof(list) / sizeof *(list))])
#define SAY(...) arena_format(m->a, __VA_ARGS__)

static const char *number(struct maker *m) {
  static const char *const numbers[] = {"0", "1", "(-1)", "2", "3", "0.5", "(-0.5)", "0.25", "1.5", "(-2)", "0.1", "7"};
  return PICK(m, numbers);
}

static double moment_of(struct maker *m) {  // on the grid more often than not
  double steps = (double)below(m, (unsigned)((m->stop - m->start) / m->step + 1.5));
  return m->start + m->step * (one_in(m, 3) ? steps + 0.4 : steps);
}
static const char *moment(struct maker *m) {
  return SAY("%.10g", moment_of(m));
}

// ---- references

static bool is_family(enum dim a, enum dim b) {
  return (a == E) == (b == E);
}

static unsigned axes_of_family(const struct scope *s, enum dim d) {
  unsigned count = 0;
  for (unsigned i = 0; i < s->axis_count; i++) count += is_family(s->axes[i], d);
  return count;
}

static bool has_axis(const struct scope *s, enum dim d) {
  for (unsigned i = 0; i < s->axis_count; i++)
    if (s->axes[i] == d) return true;
  return false;
}

// Can a plain name stand here?
static bool aligns(const struct scope *s, const struct known *x) {
  for (unsigned i = 0; i < x->dim_count; i++)
    if (!has_axis(s, x->dims[i]) || axes_of_family(s, x->dims[i]) > 1) return false;
  return true;
}

static const char *subscript(struct maker *m, const struct scope *s, enum dim d) {
  enum dim fits[MOST_AXES];
  unsigned count = 0;
  for (unsigned i = 0; i < s->axis_count; i++)
    if (is_family(s->axes[i], d) && (d != PART || s->axes[i] == PART)) fits[count++] = s->axes[i];
  if (count && !one_in(m, 4)) return dim_names[fits[below(m, count)]];
  return dim_elements[d][below(m, dim_sizes[d])];
}

static const char *refer(struct maker *m, const struct scope *s, const struct known *x) {
  if (!x->dim_count || (aligns(s, x) && !one_in(m, 3))) return x->name;
  const char *first = subscript(m, s, x->dims[0]);
  if (x->dim_count == 1) return SAY("%s[%s]", x->name, first);
  return SAY("%s[%s, %s]", x->name, first, subscript(m, s, x->dims[1]));
}

static const char *firm_leaf(struct maker *m, const struct scope *s) {
  if (one_in(m, 8)) return "time";
  return one_in(m, 4) ? number(m) : refer(m, s, &m->known[below(m, (unsigned)s->firm)]);
}

static const char *leaf(struct maker *m, const struct scope *s) {
  static const char *const paths[] = {"push", "pull", "drag", "load", "tide", "slope", "time_step", "fixed"};
  if (one_in(m, 6)) return PICK(m, paths);
  if (one_in(m, 4) || s->count == s->firm) return firm_leaf(m, s);
  return refer(m, s, &m->known[s->firm + below(m, (unsigned)(s->count - s->firm))]);
}

// ---- expressions

static const char *expression(struct maker *m, const struct scope *s, unsigned depth);

// An operand of what jumps or breaks: nearly known values stay away from it.
static const char *deciding(struct maker *m, const struct scope *s, unsigned depth) {
  return m->loose ? firm_leaf(m, s) : expression(m, s, depth);
}

static const char *condition(struct maker *m, const struct scope *s, unsigned depth) {
  static const char *const comparisons[] = {"<", "<=", ">", ">=", "=", "<>"};
  switch (below(m, 6)) {
    case 0:
      return SAY("time %s %s", PICK(m, comparisons), moment(m));
    case 1:
      return SAY("%s %s time", moment(m), PICK(m, comparisons));
    case 2:
      if (depth > 1) return SAY("(%s and not %s)", condition(m, s, depth - 1), deciding(m, s, 1));
      // fall through
    case 3:
      if (depth > 1) return SAY("(%s or %s)", condition(m, s, depth - 1), condition(m, s, depth - 1));
      // fall through
    default:
      return SAY("%s %s %s", deciding(m, s, depth), PICK(m, comparisons), deciding(m, s, depth));
  }
}

static const char *arithmetic(struct maker *m, const struct scope *s, unsigned depth) {
  static const char *const signs[] = {"+", "-", "*"};
  const char *a = expression(m, s, depth), *b = expression(m, s, depth);
  if (one_in(m, 8)) return SAY("(-%s)", a);
  if (!one_in(m, 5)) return SAY("(%s %s %s)", a, PICK(m, signs), b);
  return m->loose ? SAY("(%s / (1 + abs(%s)))", a, b) : SAY("(%s / %s)", a, b);
}

static const char *power(struct maker *m, const struct scope *s, unsigned depth) {
  static const char *const whole[] = {"0", "1", "2", "3", "5", "-1", "-2", "16"};
  static const char *const broken[] = {"0.3", "1.5", "17", "2.0", "(1/3)", "0.7"};
  const char *x = expression(m, s, depth);
  if (!m->loose) return one_in(m, 6) ? SAY("(%s)^0.5", x) : SAY("(%s)^%s", x, PICK(m, whole));
  const char *y = firm_leaf(m, s), *z = SAY("(0.5 + abs(%s))", expression(m, s, depth));
  switch (below(m, 6)) {
    case 0:
      return SAY("max(min((%s)^(%s), 9), -9)", firm_leaf(m, s), y);
    case 1:
      return SAY("min(1 + abs(%s), 9)^tanh(%s)", x, z);
    case 2:
      return SAY("min((%s)^%s, 9)", firm_leaf(m, s), PICK(m, broken));
    case 3:
      return SAY("min(%s, 50)^0.3 * %s * min(1 + abs(%s), 50)^-0.7", z, leaf(m, s), x);
    case 4:
      return SAY("exp(min(%s, 2)) / min(%s, 50)^(1/3)", x, z);
    default:
      return SAY("max(min(%s, 9), -9)^%s", x, one_in(m, 2) ? "2" : "3");
  }
}

static const char *unary(struct maker *m, const struct scope *s, unsigned depth) {
  static const char *const jumping[] = {"ceil", "floor", "integer", "round", "sign", "sqrt"};
  static const char *const curved[] = {"sin", "cos", "tanh", "arctan"};
  if (one_in(m, 5)) return SAY("abs(%s)", expression(m, s, depth));
  if (!m->loose || one_in(m, 3)) return SAY("%s(%s)", PICK(m, jumping), deciding(m, s, depth));
  if (one_in(m, 3)) return SAY("ln(1 + abs(%s))", expression(m, s, depth));
  return SAY("%s(%s)", PICK(m, curved), expression(m, s, depth));
}

static const char *list(struct maker *m, const struct scope *s, unsigned depth) {
  static const char *const names[] = {"min", "max", "sum", "mean", "median", "prod"};
  const char *name = names[below(m, m->loose ? 5 : 6)];
  const char *first = expression(m, s, depth), *second = expression(m, s, depth);
  if (one_in(m, 2)) return SAY("%s(%s, %s)", name, first, second);
  return SAY("%s(%s, %s, %s)", name, first, second, leaf(m, s));
}

static const char *reduction(struct maker *m, const struct scope *s, unsigned depth) {
  static const char *const names[] = {"sum", "mean", "min", "max", "median", "sum", "prod"};
  const char *name = names[below(m, m->loose ? 6 : 7)];
  enum dim over = (enum dim)below(m, DIMS);
  if (has_axis(s, over) || s->axis_count + 2 > MOST_AXES) return leaf(m, s);
  struct scope inner = *s;
  inner.axes[inner.axis_count++] = over;
  if (over == E || has_axis(s, E) || !one_in(m, 3))
    return SAY("%s[%s](%s)", name, dim_names[over], expression(m, &inner, depth));
  inner.axes[inner.axis_count++] = E;
  return SAY("%s[%s, e](%s)", name, dim_names[over], expression(m, &inner, depth));
}

static const char *called(struct maker *m, const struct scope *s, unsigned depth) {
  const char *x = expression(m, s, depth);
  switch (below(m, 8)) {
    case 0:
      return SAY("curve(%s)", x);
    case 1:
      return SAY("line(%s)", x);
    case 2:
      return SAY("%s(%s)", one_in(m, 2) ? "stairs" : "jump", deciding(m, s, depth));
    case 7:
      return one_in(m, 2) ? "program(time)" : "leap(time)";
    case 3:
      return SAY("twice(%s)", x);
    case 4:
      return SAY("blend(%s, %s)", deciding(m, s, depth), deciding(m, s, 1));
    case 5:
      return SAY("%s(%s, %s)", one_in(m, 2) ? "modulo" : "quantum", deciding(m, s, depth), deciding(m, s, 1));
    default:
      return SAY("safediv(%s, %s, %s)", deciding(m, s, depth), deciding(m, s, 1), leaf(m, s));
  }
}

static const char *in_time(struct maker *m, const struct scope *s, unsigned depth) {
  const char *x = expression(m, s, depth);
  switch (below(m, 4)) {
    case 0:
      return SAY("step(%s, %s)", x, moment(m));
    case 1:
      return one_in(m, 2) ? SAY("ramp(%s, %s)", x, moment(m)) : SAY("ramp(%s, %s, %s)", x, moment(m), moment(m));
    case 2:
      return SAY("%s * pulse(%s, %s)", x, moment(m), one_in(m, 2) ? "0" : "lag");
    default:
      return SAY("%s * pulse_train(%s, 0.3, %s, %s)", x, moment(m), one_in(m, 2) ? "1" : "lag", moment(m));
  }
}

static const char *lag(struct maker *m, const struct scope *s) {
  static const char *const lags[] = {"lag", "lag", "2", "0.75", "1.25"};
  return one_in(m, 6) ? SAY("(1 + abs(%s))", leaf(m, s)) : PICK(m, lags);
}

// With a start value of its own a call may look at what comes later.
static const char *started(struct maker *m, const struct scope *s, unsigned depth) {
  static const char *const names[] = {"delay1", "delay3", "smooth", "smooth3"};
  static const char *const lengths[] = {"0", "0.3", "1", "1.25", "50", "lag"};
  struct scope all = *s, early = *s;
  all.count = m->known_count, early.count = early.firm;
  const char *x = expression(m, &all, depth), *first = firm_leaf(m, &early);
  switch (below(m, 4)) {
    case 0:
      return SAY("delay_fixed(%s, %s, %s)", x, PICK(m, lengths), first);
    case 1:
      return SAY("%s(%s, %s, 2, %s)", one_in(m, 2) ? "delayn" : "smoothn", x, lag(m, &early), first);
    default:
      return SAY("%s(%s, %s, %s)", PICK(m, names), x, lag(m, &early), first);
  }
}

static const char *memory(struct maker *m, const struct scope *s, unsigned depth) {
  static const char *const names[] = {"delay1", "delay3", "smooth", "smooth3"};
  const char *x = expression(m, s, depth);
  switch (below(m, 8)) {
    case 0:
      return SAY("initial(%s)", x);
    case 1:
      return SAY("value_at(%s, %s)", x, moment(m));
    case 2:
      return SAY("sample(%s, %s, %s)", condition(m, s, depth), x, firm_leaf(m, s));
    case 3:
      if (m->loose) x = SAY("(5 + abs(%s))", x);
      return one_in(m, 2) ? SAY("trend(%s, %s)", x, lag(m, s)) : SAY("forecast(%s, %s, 0.5)", x, lag(m, s));
    case 4:
      return SAY("%s(%s, %s)", PICK(m, names), x, lag(m, s));
    default:
      return started(m, s, depth);
  }
}

static const char *draw(struct maker *m, const struct scope *s, unsigned depth) {
  switch (below(m, 4)) {
    case 0:
      return SAY("random_uniform(%s, %s)", expression(m, s, depth), leaf(m, s));
    case 1:
      return SAY("random_normal(%s, 0.5)", expression(m, s, depth));
    case 2:
      return SAY("random_exponential(abs(%s))", leaf(m, s));
    default:
      return SAY("random_poisson(min(abs(%s), 20))", leaf(m, s));
  }
}

static const char *expression(struct maker *m, const struct scope *s, unsigned depth) {
  if (depth == 0 || one_in(m, 6)) return leaf(m, s);
  depth--;
  if (m->draws && one_in(m, 12)) return draw(m, s, depth);
  switch (below(m, 14)) {
    case 0:
    case 1:
      return reduction(m, s, depth);
    case 2:
      return power(m, s, depth);
    case 3:
      return unary(m, s, depth);
    case 4:
      return list(m, s, depth);
    case 5:
      return called(m, s, depth);
    case 6:
      return SAY("(if %s then %s else %s)", condition(m, s, depth), expression(m, s, depth), expression(m, s, depth));
    case 7:
      return in_time(m, s, depth);
    case 8:
    case 9:
      return memory(m, s, depth);
    default:
      return arithmetic(m, s, depth);
  }
}

// Most values are kept in bounds, so that most runs get to their end; those of loose models in narrow ones, so that
// differences of large numbers do not make much of a rounding.
static const char *tamed(struct maker *m, const struct scope *s) {
  const char *x = expression(m, s, DEPTH);
  if (m->loose) return SAY("max(min(%s, 4), -4)", x);
  return one_in(m, 20) ? x : SAY("max(min(%s, 40), -40)", x);
}

// ---- entries

static struct scope scope_of(const struct maker *m, const struct known *x, size_t count) {
  struct scope s = {.axis_count = x->dim_count, .firm = m->firm, .count = count};
  for (unsigned i = 0; i < x->dim_count; i++) s.axes[i] = x->dims[i];
  return s;
}

static const char *declared(struct maker *m, const struct known *x) {
  if (!x->dim_count) return x->name;
  if (x->dim_count == 1) return SAY("%s[%s]", x->name, dim_names[x->dims[0]]);
  return SAY("%s[%s, %s]", x->name, dim_names[x->dims[0]], dim_names[x->dims[1]]);
}

static void enter(struct maker *m, const char *section, const char *text) {
  list_push(m->a, &m->out->entries) = (struct random_entry){section, text};
}

static struct known *know(struct maker *m, const char *name, unsigned dim_count, enum dim first, enum dim second) {
  struct known *x = &m->known[m->known_count++];
  *x = (struct known){.dims = {first, second}, .dim_count = dim_count};
  snprintf(x->name, sizeof x->name, "%s", name);
  return x;
}

static const char *plain(struct maker *m) {
  static const char *const values[] = {"0", "1", "-1", "2", "3", "0.5", "-1.5", "0.1", "4", "0.3"};
  return PICK(m, values);
}

static void parameters(struct maker *m) {
  know(m, "a", 1, D, D), know(m, "b", 1, E, E), know(m, "c", 0, D, D), know(m, "k", 0, D, D);
  know(m, "h", 2, D, E), know(m, "w", 1, PART, PART);
  static const unsigned sizes[] = {3, 2, 1, 1, 6, 2};
  m->firm = m->known_count;
  for (size_t i = 0; i < m->firm; i++) {
    const char *values = plain(m);
    for (unsigned n = 1; n < sizes[i] && i != 4; n++) values = SAY("%s, %s", values, plain(m));
    if (sizes[i] > 1 && i != 4) values = SAY("[%s]", values);
    const char *text =
        SAY("  %s:\n    unit: 1\n    value: %s\n    prior: {uniform: [-50, 50]}\n", declared(m, &m->known[i]), values);
    enter(m, "parameters", text);
  }
  enter(m, "parameters", "  lag: {unit: yr, value: 1.5, prior: {uniform: [0, 9]}}\n");
}

static void stock(struct maker *m, const struct known *x, const char *flows) {
  struct scope s = scope_of(m, x, m->firm);
  const char *limit = one_in(m, 2) ? "    non_negative: true\n" : "";
  enter(m, "stocks",
        SAY("  %s:\n    unit: 1\n    initial: %s\n    %s\n%s", declared(m, x), firm_leaf(m, &s), flows, limit));
}

static void flow(struct maker *m, const char *name, const struct known *of) {
  struct known x = *of;
  snprintf(x.name, sizeof x.name, "%s", name);
  struct scope s = scope_of(m, &x, m->known_count);
  enter(m, "flows", SAY("  %s:\n    unit: 1/yr\n    equation: 0.25 * %s\n", declared(m, &x), tamed(m, &s)));
}

static const struct known *stocks(struct maker *m) {
  const struct known *first = &m->known[m->known_count];
  know(m, "s0", 1, D, D), know(m, "s1", 1, D, D), know(m, "s2", 0, D, D), know(m, "s3", 2, D, E);
  stock(m, &first[0], "inflows: [f0, g1]\n    outflows: [g0, h0]");
  stock(m, &first[1], "inflows: [g0]\n    outflows: [g1]");
  stock(m, &first[2], "inflows: [f2]\n    outflows: [g2]");
  stock(m, &first[3], "inflows: [f3]");
  return first;
}

static void flows(struct maker *m, const struct known *s) {
  flow(m, "f0", &s[0]), flow(m, "g0", &s[0]), flow(m, "h0", &s[0]), flow(m, "g1", &s[1]);
  flow(m, "f2", &s[2]), flow(m, "g2", &s[2]), flow(m, "f3", &s[3]);
}

static void plan_auxiliaries(struct maker *m, unsigned count) {
  static const struct known shapes[] = {{"", {D}, 0},    {"", {D}, 1},    {"", {E}, 1},       {"", {PART}, 1},
                                        {"", {D, E}, 2}, {"", {E, D}, 2}, {"", {D, OTHER}, 2}};
  m->aux_first = m->known_count;
  for (unsigned i = 0; i < count; i++) {
    const struct known *shape = &PICK(m, shapes);
    know(m, SAY("x%u", i), i ? shape->dim_count : 0, shape->dims[0], shape->dims[1]);
  }
}

static void exception(struct maker *m, const struct known *x, size_t count) {
  struct known part = *x;
  struct scope s;
  if (x->dims[0] == D && one_in(m, 2)) {
    part.dims[0] = PART;
    s = scope_of(m, &part, count);
    enter(m, "auxiliaries", SAY("  %s:\n    equation: %s\n", declared(m, &part), tamed(m, &s)));
    return;
  }
  const char *element = dim_elements[x->dims[0]][1];
  part.dims[0] = x->dims[1], part.dim_count--;
  s = scope_of(m, &part, count);
  const char *name =
      part.dim_count ? SAY("%s[%s, %s]", x->name, element, dim_names[x->dims[1]]) : SAY("%s[%s]", x->name, element);
  enter(m, "auxiliaries", SAY("  %s:\n    equation: %s\n", name, tamed(m, &s)));
}

static void auxiliaries(struct maker *m) {
  for (size_t i = m->aux_first; i < m->known_count; i++) {
    const struct known *x = &m->known[i];
    struct scope s = scope_of(m, x, i), start = scope_of(m, x, m->firm);
    const char *initial = one_in(m, 8) ? SAY("    initial: %s\n", firm_leaf(m, &start)) : "";
    enter(m, "auxiliaries", SAY("  %s:\n    unit: 1\n    equation: %s\n%s", declared(m, x), tamed(m, &s), initial));
    if (x->dim_count && !*initial && one_in(m, 3)) exception(m, x, i);
  }
}

// Cycles by name that are none by element: those variables are taken apart.
static void loops_by_element(struct maker *m) {
  struct known y = {.name = "y0", .dims = {D, E}, .dim_count = 1}, z = {.name = "z0"};
  struct scope s = scope_of(m, &y, m->known_count), t = scope_of(m, &z, m->known_count);
  enter(m, "auxiliaries", SAY("  y0[d]:\n    unit: 1\n    equation: %s\n", tamed(m, &s)));
  enter(m, "auxiliaries", SAY("  y0[q]:\n    equation: z0 * 0.5 + %s\n", leaf(m, &t)));
  enter(m, "auxiliaries", SAY("  z0:\n    unit: 1\n    equation: y0[p] - max[part](y0[part]) * %s\n", leaf(m, &t)));
  y.dim_count = 2, z.dims[0] = E, z.dim_count = 1;
  s = scope_of(m, &y, m->known_count), t = scope_of(m, &z, m->known_count);
  enter(m, "auxiliaries", SAY("  y1[d, e]:\n    unit: 1\n    equation: %s\n", tamed(m, &s)));
  enter(m, "auxiliaries", SAY("  y1[q, e]:\n    equation: z1 + %s\n", leaf(m, &t)));
  enter(m, "auxiliaries", SAY("  z1[e]:\n    unit: 1\n    equation: y1[p, e] + y1[r, e] * %s\n", leaf(m, &t)));
}

// ---- the whole

static const char *head(struct maker *m, double save) {
  double t0 = m->start, span = m->stop - m->start;
  const char *text =
      SAY("model: m\ntime: {unit: yr, start: %.10g, stop: %.10g, step: %.10g, save: %.10g}\nunits: {yr: base}\n"
          "dimensions:\n  d: [p, q, r]\n  e: [u, v]\n  part: {of: d, elements: [p, r]}\n  other: {of: d}\n"
          "tables:\n  curve: {unit: 1, x_unit: 1, points: [[-2, 3], [0, 0], [1, 10], [3, 20]]}\n"
          "  line: {unit: 1, x_unit: 1, points: [[0, 0], [1, 1], [2, 4]], mode: extrapolate}\n"
          "  stairs: {unit: 1, x_unit: 1, points: [[0, -1], [1, 1], [2, 3]], mode: step}\n"
          "  jump: {unit: 1, x_unit: 1, points: [[0, 0], [1, 1], [1, 3], [2, 4]]}\n"
          "  program: {unit: 1, x_unit: yr, points: [[%.10g, 1], [%.10g, 3], [%.10g, 2]], mode: step}\n"
          "  leap: {unit: 1, x_unit: yr, points: [[%.10g, 0], [%.10g, 1], [%.10g, 3], [%.10g, 4]], mode: extrapolate}\n"
          "functions:\n  twice(x): {unit: 1, equation: x + x}\n"
          "  blend(x, y): {unit: 1, equation: if x > y then x else (x + y) / 2}\n",
          t0, m->stop, m->step, save, t0, t0 + span / 4, t0 + 0.6 * span, t0, t0 + span / 2, t0 + span / 2, m->stop);
  return SAY(
      "%slevers:\n  push: {unit: 1, points: [[%.10g, 1], [%.10g, 2], [%.10g, 1], [%.10g, 3]], range: [-9, 9]}\n"
      "  pull: {unit: 1, value: 1, range: [-9, 9]}\n  drag: {unit: 1, value: 2, range: [-9, 9]}\n"
      "inputs:\n  load: {unit: 1, points: [[%.10g, 0], [%.10g, 2]]}\n"
      "  tide: {unit: 1, points: [[%.10g, 1], [%.10g, -1], [%.10g, 2]], mode: step}\n"
      "  slope: {unit: 1, points: [[%.10g, 1], [%.10g, 2]], mode: extrapolate}\n"
      "constants:\n  fixed:\n    unit: 1\n    equation: c * 2 + sum[d](a)\n",
      text, t0, t0 + span / 4, t0 + span / 4, t0 + span / 2, t0 + span / 8, t0 + span / 2, t0, t0 + 0.3 * span,
      t0 + 0.75 * span, t0, t0 + span / 2);
}

static const char *gate(struct maker *m) {
  static const char *const exact[] = {"s2 > c", "pull + s2 > x0", "x0 > c", "1", "push >= drag"};
  if (m->loose) return one_in(m, 2) ? "time > k" : "pull > 1.7";
  return PICK(m, exact);
}

// A ramp is exact where times and levels are binary fractions and no phase cuts it short.
static const char *scenario(struct maker *m) {
  static const char *const methods[] = {"euler", "rk2", "rk4"};
  double span = m->stop - m->start;
  bool binary = m->step * 8 == floor(m->step * 8);
  const char *ramp = m->loose ? "1.3" : binary && one_in(m, 2) ? "0.5" : "0", *phases = "", *levers = "";
  const char *push =
      one_in(m, 2) ? SAY("  push: {points: [[%.10g, 2], [%.10g, 4]]}\n", m->start + span / 4, m->stop) : "";
  switch (below(m, 3)) {
    case 0:
      phases =
          SAY("phases:\n  - {name: near, from: %.10g, until: %.10g}\n  - {name: mid, until: %.10g}\n"
              "  - {name: far}\n",
              m->start + span / 8, m->start + span / 2, m->start + 0.75 * span);
      levers = SAY("  pull: {near: 2, far: -1.5, ramp: %s}\n  drag: 3\n", ramp);
      break;
    case 1:
      phases =
          SAY("phases:\n  - {name: near, from: %.10g, when: %s, test: %.10g, min: %.10g, max: %.10g}\n"
              "  - {name: mid, when: %s, test: %.10g, max: %.10g}\n  - {name: far}\n",
              m->start + m->step, gate(m), 2 * m->step, 2 * m->step * below(m, 3), 8 * m->step, gate(m), m->step,
              4 * m->step);
      levers = SAY("  pull: {near: 2, far: -1.5, ramp: %s}\n", ramp);
      break;
    default:
      levers = "  drag: 3\n";
  }
  return SAY("method: %s\n%slevers:\n%s%s", PICK(m, methods), phases, levers, push);
}

void random_model_make(struct arena *a, unsigned long long seed, enum random_kind kind, enum random_chance chance,
                       struct random_model *out) {
  static const struct {
    double start, stop, step;
  } spans[] = {{0, 4, 0.25}, {2000, 2002, 0.125}, {0, 1.6, 0.1}, {1.3, 2.9, 0.1}, {-2, 2, 0.5}};
  *out = (struct random_model){0};
  struct maker *m = &(struct maker){.a = a, .state = seed, .loose = kind == RANDOM_LOOSE, .out = out};
  m->draws = chance == WITH_DRAWS;
  unsigned span = below(m, sizeof spans / sizeof *spans);
  m->start = spans[span].start, m->stop = spans[span].stop, m->step = spans[span].step;
  out->head = head(m, m->step * (1 + below(m, 3)));
  out->scenario = scenario(m);
  parameters(m);
  const struct known *first = stocks(m);
  plan_auxiliaries(m, 4 + below(m, 5));
  auxiliaries(m);
  if (one_in(m, 2)) loops_by_element(m);
  flows(m, first);
}

// The entry with its equation put down to a number.
static const char *plain_entry(struct arena *a, const char *text) {
  const char *from = strstr(text, "equation: ");
  if (!from) return text;
  from += strlen("equation: ");
  return arena_format(a, "%.*s1%s", (int)(from - text), text, from + strcspn(from, "\n"));
}

const char *random_model_text(struct arena *a, const struct random_model *m, const enum random_cut *cuts) {
  static const char *const sections[] = {"parameters", "stocks", "flows", "auxiliaries"};
  const char *text = m->head;
  for (size_t k = 0; k < sizeof sections / sizeof *sections; k++) {
    text = arena_format(a, "%s%s:\n", text, sections[k]);
    for (size_t i = 0; i < m->entries.count; i++) {
      enum random_cut cut = cuts ? cuts[i] : RANDOM_WHOLE;
      const char *entry = m->entries.items[i].text;
      if (strcmp(m->entries.items[i].section, sections[k]) != 0 || cut == RANDOM_DROPPED) continue;
      text = arena_format(a, "%s%s", text, cut == RANDOM_PLAIN ? plain_entry(a, entry) : entry);
    }
  }
  return text;
}
