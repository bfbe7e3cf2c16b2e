// SPDX-License-Identifier: GPL-3.0-or-later
// Expressions -> equations of XMILE. Precedences differ (NOT binds tightly there), so operands that are operations
// stand in parentheses. Arrays inside a reduction name all their subscripts: `*` or a range for what it goes over.
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "xmile/xmile_read.h"
#include "xmile/xmile_write.h"

bool xmile_print_fail(struct xmile_writer *w, struct span at, const char *what) {
  diag_error(w->diag, at, xmile_unsaid, what);
  return false;
}

void xmile_print_escaped(struct xmile_writer *w, const char *text) {
  for (const char *s = text; *s; s++) {
    if (*s == '&')
      text_puts(w->out, "&amp;");
    else if (*s == '<')
      text_puts(w->out, "&lt;");
    else if (*s == '>')
      text_puts(w->out, "&gt;");
    else if (*s == '"')
      text_puts(w->out, "&quot;");
    else if ((unsigned char)*s >= ' ' || *s == '\n' || *s == '\t')
      text_add(w->out, s, 1);
  }
}

// A name as an attribute: its backslashes are escapes there.
void xmile_print_attribute(struct xmile_writer *w, const char *name) {
  for (const char *s = name; *s; s++) {
    if (*s == '\\') text_puts(w->out, "\\");
    xmile_print_escaped(w, arena_copy(w->arena, s, 1));
  }
}

void xmile_print_number(struct xmile_writer *w, double x) {
  char digits[32];
  text_puts(w->out, text_from_number(x, digits));
}

static bool is_plain(const char *name) {
  for (const char *s = name; *s; s++) {
    bool letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (unsigned char)*s >= 0x80;
    if (!letter && !(s > name && ((*s >= '0' && *s <= '9') || *s == '_' || *s == '$'))) return false;
  }
  static const char *const words[] = {"if", "then", "else", "and", "or", "not", "mod", NULL};
  for (size_t i = 0; words[i]; i++)
    if (strcmp(words[i], name) == 0) return false;
  return *name;
}

void xmile_print_name(struct xmile_writer *w, const char *name) {
  if (is_plain(name)) {
    text_puts(w->out, name);
    return;
  }
  text_puts(w->out, "&quot;");
  for (const char *s = name; *s; s++) {
    if (*s == '"' || *s == '\\') text_puts(w->out, "\\");
    xmile_print_escaped(w, arena_copy(w->arena, s, 1));
  }
  text_puts(w->out, "&quot;");
}

// ---- references

static const struct dimension *dim_at(const struct xmile_writer *w, uint32_t d) {
  return &w->m->dimensions.items[d];
}

// XMILE may name a dimension twice where we need an alias.
uint32_t xmile_print_dimension(const struct xmile_writer *w, uint32_t dim) {
  const struct dimension *d = dim_at(w, dim);
  bool whole = d->made && d->parent != DIMENSION_NONE && dim_at(w, d->parent)->count == d->count;
  return whole ? xmile_print_dimension(w, d->parent) : dim;
}

// The dimension over which the equation's k-th subscript ranges.
static uint32_t axis_dimension(const struct xmile_writer *w, const struct xmile_target *t, size_t k) {
  if (!t->equation || !t->equation->subscript_count) return t->v->dims[k];
  uint32_t d = map_get(&w->m->dimension_names, t->equation->subscripts[k].name);
  return d == MAP_NONE ? t->v->dims[k] : d;
}

// Our reader, like others, pairs the n-th star over some elements in one array with the n-th in another. Does that say
// which of the reduction's dimensions is meant?
static bool note_star(struct xmile_writer *w, struct xmile_target *t, uint32_t r, size_t reduction, struct span at) {
  if (reduction < t->innermost) return xmile_print_fail(w, at, "an array that a reduction around another goes over");
  uint32_t first = xmile_dims_first(w->m, r), ordinal = 0;
  for (size_t i = 0; i < t->star_count; i++) ordinal += t->stars[i] == first;
  if (t->star_count < LIMIT_DIMENSIONS) t->stars[t->star_count++] = first;
  for (size_t i = t->innermost; i < t->reduction_count; i++) {
    bool same = xmile_dims_first(w->m, t->reductions[i]) == first && t->ordinals[i] == ordinal + 1;
    if (i != reduction && same) return xmile_print_fail(w, at, "a reduction over two dimensions of the same elements");
  }
  if (t->ordinals[reduction] && t->ordinals[reduction] != ordinal + 1)
    return xmile_print_fail(w, at, "a reduction over two dimensions of the same elements");
  t->ordinals[reduction] = ordinal + 1;
  return true;
}

// Elements that are no neighbours: the dimension that names them, which our reader takes for a slice.
static bool print_scattered(struct xmile_writer *w, const struct xmile_target *t, uint32_t r, struct span at) {
  for (size_t k = 0; t->v && k < t->v->dim_count; k++)
    if (axis_dimension(w, t, k) == r || t->v->dims[k] == r)
      return xmile_print_fail(w, at, "a reduction over elements that are no neighbours");
  diag_warning(w->diag, at, xmile_unsaid, "a reduction over elements that are no neighbours");
  xmile_print_name(w, dim_at(w, r)->name);
  return true;
}

// `*`, or the range of the elements of P that R names.
static bool print_star(struct xmile_writer *w, struct xmile_target *t, uint32_t p, uint32_t r, size_t reduction,
                       struct span at) {
  const struct dimension *whole = dim_at(w, p), *part = dim_at(w, r);
  if (!note_star(w, t, r, reduction, at)) return false;
  if (whole->count == part->count) {
    text_puts(w->out, "*");
    return true;
  }
  uint32_t first = model_dimension_element(whole, part->elements[0]);
  bool neighbours = first != UINT32_MAX;
  for (uint32_t i = 0; i < part->count; i++)
    neighbours = neighbours && model_dimension_element(whole, part->elements[i]) == first + i;
  if (!neighbours) return print_scattered(w, t, r, at);
  text_printf(w->out, "%u:%u", first + 1, first + part->count);
  return true;
}

// The k-th dimension of the equation: the element at hand, its name, or its place when the name stands for two.
static void print_own_axis(struct xmile_writer *w, const struct xmile_target *t, size_t k) {
  uint32_t d = axis_dimension(w, t, k);
  if (t->bound)
    xmile_print_name(w, dim_at(w, t->v->dims[k])->elements[t->bound[k]]);
  else if (xmile_print_dimension(w, d) != d)
    text_printf(w->out, "@%zu", k + 1);
  else
    xmile_print_name(w, dim_at(w, d)->name);
}

// The subscript at a place of dimension p that follows dimension d.
static bool print_axis(struct xmile_writer *w, struct xmile_target *t, uint32_t p, uint32_t d, struct span at) {
  for (size_t i = t->reduction_count; i-- > 0;)
    if (t->reductions[i] == d) return print_star(w, t, p, d, i, at);
  size_t count = t->v ? t->v->dim_count : 0, found = SIZE_MAX;
  for (size_t k = 0; k < count && found == SIZE_MAX; k++)
    if (axis_dimension(w, t, k) == d || t->v->dims[k] == d) found = k;
  for (size_t i = t->reduction_count; i-- > 0 && found == SIZE_MAX;)
    if (dim_at(w, t->reductions[i])->root == dim_at(w, d)->root) return print_star(w, t, p, t->reductions[i], i, at);
  for (size_t k = 0; k < count && found == SIZE_MAX; k++)
    if (dim_at(w, t->v->dims[k])->root == dim_at(w, d)->root) found = k;
  if (found == SIZE_MAX) return xmile_print_fail(w, at, "this array");
  print_own_axis(w, t, found);
  return true;
}

// The element that a mapping takes for the one at hand, in an equation written out by element.
static bool print_taken(struct xmile_writer *w, const struct xmile_target *t, const struct subscript *s, uint32_t p) {
  const struct subscript_map *map = s->map;
  if (map->dimension || !t->v || !t->bound || map->axis >= t->v->dim_count)
    return xmile_print_fail(w, s->span, "a mapped subscript");
  const struct dimension *own = dim_at(w, t->v->dims[map->axis]);
  uint32_t at = model_dimension_element(dim_at(w, own->root), own->elements[t->bound[map->axis]]);
  if (at == UINT32_MAX) return xmile_print_fail(w, s->span, "a mapped subscript");
  xmile_print_name(w, dim_at(w, dim_at(w, p)->root)->elements[map->elements[at]]);
  return true;
}

// Must an equation be written out by element, since a subscript of it follows a mapping?
bool xmile_print_maps(const struct expr *e) {
  for (size_t i = 0; i < e->subscript_count; i++)
    if (e->subscripts[i].map && e->subscripts[i].map->elements) return true;
  for (size_t i = 0; i < e->arg_count; i++)
    if (xmile_print_maps(e->args[i])) return true;
  return false;
}

// A subscript that an importer has settled: it follows an axis of the equation or a reduction, element by element.
static bool print_mapped(struct xmile_writer *w, struct xmile_target *t, const struct subscript *s, uint32_t p) {
  const struct subscript_map *map = s->map;
  if (map->elements) return print_taken(w, t, s, p);
  for (size_t i = t->reduction_count; map->dimension && i-- > 0;)
    if (strcmp(dim_at(w, t->reductions[i])->name, map->dimension) == 0)
      return print_star(w, t, p, t->reductions[i], i, s->span);
  if (map->dimension || !t->v || map->axis >= t->v->dim_count) return xmile_print_fail(w, s->span, "this subscript");
  print_own_axis(w, t, map->axis);
  return true;
}

static bool print_subscript(struct xmile_writer *w, struct xmile_target *t, const struct expr *e, size_t i,
                            uint32_t p) {
  const struct subscript *s = e->subscript_count ? &e->subscripts[i] : NULL;
  if (!s) return print_axis(w, t, p, p, e->span);
  if (s->map) return print_mapped(w, t, s, p);
  if (strcmp(s->name, "*") == 0) {  // an axis of this array's own: paired with no other
    t->own_stars++;
    text_puts(w->out, "*");
    return true;
  }
  if (model_dimension_element(dim_at(w, p), s->name) != UINT32_MAX) {
    xmile_print_name(w, s->name);
    return true;
  }
  uint32_t d = map_get(&w->m->dimension_names, s->name);
  return d == MAP_NONE ? xmile_print_fail(w, s->span, "this subscript") : print_axis(w, t, p, d, s->span);
}

static bool print_subscripts(struct xmile_writer *w, struct xmile_target *t, const struct expr *e,
                             const struct variable *v) {
  bool lined_up = !e->subscript_count && !t->bound && !t->reduction_count && t->v && t->v->dim_count == v->dim_count &&
                  !(t->equation && t->equation->subscript_count);
  for (size_t i = 0; i < v->dim_count && lined_up; i++) lined_up = v->dims[i] == t->v->dims[i];
  if (!v->dim_count || lined_up) return true;
  t->star_count = 0;
  text_puts(w->out, "[");
  for (size_t i = 0; i < v->dim_count; i++) {
    if (i) text_puts(w->out, ", ");
    if (!print_subscript(w, t, e, i, v->dims[i])) return false;
  }
  text_puts(w->out, "]");
  return true;
}

// The clock goes by the standard's words; a variable that is called so would hide it.
static bool print_clock(struct xmile_writer *w, const struct expr *e, const char *word) {
  for (size_t i = 0; i < w->m->variables.count; i++)
    if (strcasecmp(w->m->variables.items[i].name, word) == 0)
      return xmile_print_fail(w, e->span, arena_format(w->arena, "%s beside a variable that is called so", word));
  return text_puts(w->out, word), true;
}

static bool print_reference(struct xmile_writer *w, struct xmile_target *t, const struct expr *e) {
  static const char *const clocks[][2] = {
      {"time", "TIME"}, {"time_step", "DT"}, {"$start", "STARTTIME"}, {"$stop", "STOPTIME"}};
  for (size_t i = 0; i < 4; i++)
    if (strcmp(e->name, clocks[i][0]) == 0) return print_clock(w, e, clocks[i][1]);
  if (strcmp(e->name, "$save") == 0) return xmile_print_number(w, w->s->save), true;
  const struct variable *v = model_variable(w->m, e->name);
  xmile_print_name(w, v ? v->name : e->name);
  return !v || print_subscripts(w, t, e, v);
}

// ---- functions

// The standard's name; none: written in our namespace, with a macro where the standard can define it.
static const struct {
  enum fn fn;
  const char *name, *parms, *macro;
} words[] = {
    {FN_ABS, "ABS", NULL, NULL},
    {FN_ARCCOS, "ARCCOS", NULL, NULL},
    {FN_ARCSIN, "ARCSIN", NULL, NULL},
    {FN_ARCTAN, "ARCTAN", NULL, NULL},
    {FN_COS, "COS", NULL, NULL},
    {FN_EXP, "EXP", NULL, NULL},
    {FN_FLOOR, "INT", NULL, NULL},
    {FN_LN, "LN", NULL, NULL},
    {FN_LOG10, "LOG10", NULL, NULL},
    {FN_SAFEDIV, "SAFEDIV", NULL, NULL},
    {FN_SIN, "SIN", NULL, NULL},
    {FN_SQRT, "SQRT", NULL, NULL},
    {FN_TAN, "TAN", NULL, NULL},
    {FN_MAX, "MAX", "a b", "<eqn>IF a &gt; b THEN a ELSE b</eqn>"},
    {FN_MIN, "MIN", "a b", "<eqn>IF a &lt; b THEN a ELSE b</eqn>"},
    {FN_STEP, "STEP", NULL, NULL},
    {FN_INITIAL, "INIT", NULL, NULL},
    {FN_DELAY1, "DELAY1", NULL, NULL},
    {FN_DELAY3, "DELAY3", NULL, NULL},
    {FN_DELAYN, "DELAYN", NULL, NULL},
    {FN_DELAY_FIXED, "DELAY", NULL, NULL},
    {FN_SMOOTH, "SMTH1", NULL, NULL},
    {FN_SMOOTH3, "SMTH3", NULL, NULL},
    {FN_SMOOTHN, "SMTHN", NULL, NULL},
    {FN_TREND, "TREND", NULL, NULL},
    {FN_FORECAST, "FORCST", NULL, NULL},
    {FN_NORMAL_QUANTILE, "INVNORM", NULL, NULL},
    {FN_RANDOM_UNIFORM, "RANDOM", NULL, NULL},
    {FN_RANDOM_NORMAL, "NORMAL", NULL, NULL},
    {FN_RANDOM_EXPONENTIAL, "EXPRND", NULL, NULL},
    {FN_RANDOM_POISSON, "POISSON", NULL, NULL},
    {FN_CEIL, NULL, "x", "<eqn>-INT(-x)</eqn>"},
    {FN_INTEGER, NULL, "x", "<eqn>IF x &lt; 0 THEN -INT(-x) ELSE INT(x)</eqn>"},
    {FN_LN1P, NULL, "x", "<eqn>LN(1 + x)</eqn>"},
    {FN_QUANTUM, NULL, "x grain", "<eqn>IF x/grain &lt; 0 THEN -grain*INT(-x/grain) ELSE grain*INT(x/grain)</eqn>"},
    {FN_ROUND, NULL, "x", "<eqn>IF x &lt; 0 THEN -INT(0.5 - x) ELSE INT(x + 0.5)</eqn>"},
    {FN_SIGN, NULL, "x", "<eqn>IF x &gt; 0 THEN 1 ELSE IF x &lt; 0 THEN -1 ELSE 0</eqn>"},
    {FN_SINH, NULL, "x", "<eqn>(EXP(x) - EXP(-x))/2</eqn>"},
    {FN_COSH, NULL, "x", "<eqn>(EXP(x) + EXP(-x))/2</eqn>"},
    {FN_TANH, NULL, "x", "<eqn>(EXP(x) - EXP(-x))/(EXP(x) + EXP(-x))</eqn>"},
    {FN_RAMP, NULL, "slope first last", "<eqn>RAMP(slope, first) - RAMP(slope, last)</eqn>"},
    {FN_PULSE, NULL, "first width",
     "<eqn>IF TIME &gt;= first AND TIME &lt; first + MAX(width, DT) THEN 1 ELSE 0</eqn>"},
    {FN_PULSE_TRAIN, NULL, "first width every last",
     "<eqn>IF TIME &gt;= first AND TIME &lt; last AND (TIME - first) MOD every &lt; MAX(width, DT) THEN 1 ELSE "
     "0</eqn>"},
    {FN_SAMPLE, NULL, "condition x start",
     "<eqn>held</eqn><variables><aux name=\"held\"><eqn>IF condition THEN x ELSE PREVIOUS(SELF, start)</eqn></aux>"
     "</variables>"},
    {FN_VALUE_AT, NULL, "x instant",
     "<eqn>held</eqn><variables><aux name=\"held\"><eqn>IF TIME &lt;= instant THEN x ELSE PREVIOUS(SELF, x)</eqn></aux>"
     "</variables>"},
};

static const char *word_of(enum fn f) {
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (words[i].fn == f) return words[i].name;
  return NULL;
}

void xmile_print_macros(struct xmile_writer *w) {
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (!words[i].macro || !w->used[words[i].fn]) continue;
    text_printf(w->out, "  <macro name=\"%s\" namespace=\"simulate\">\n", fn_table[words[i].fn].name);
    for (const char *s = words[i].parms; *s;) {
      size_t size = strcspn(s, " ");
      text_printf(w->out, "    <parm>%.*s</parm>\n", (int)size, s);
      s += size + (s[size] == ' ');
    }
    text_printf(w->out, "    %s\n  </macro>\n", words[i].macro);
    w->used[words[i].fn] = false;
  }
  for (enum fn f = 0; f < FN_COUNT; f++)
    if (w->used[f]) diag_warning(w->diag, w->m->span, xmile_function_own, fn_table[f].name);
}

static bool print_args(struct xmile_writer *w, struct xmile_target *t, const struct expr *e, const char *between) {
  text_puts(w->out, "(");
  for (size_t i = 0; i < e->arg_count; i++) {
    if (i) text_puts(w->out, between);
    if (!xmile_print(w, t, e->args[i])) return false;
  }
  text_puts(w->out, ")");
  return true;
}

static void print_own(struct xmile_writer *w, enum fn f) {
  w->used[f] = true;
  text_printf(w->out, "simulate.%s", fn_table[f].name);
}

static bool print_reduction(struct xmile_writer *w, struct xmile_target *t, const struct expr *e, enum fn f) {
  static const char *const names[][2] = {
      {"sum", "SUM"}, {"mean", "MEAN"}, {"min", "MIN"}, {"max", "MAX"}, {"prod", "PROD"}};
  struct xmile_target outer = *t;
  size_t i = 0;
  t->innermost = t->reduction_count, t->own_stars = 0;
  for (size_t k = 0; k < e->subscript_count; k++) {
    uint32_t d = map_get(&w->m->dimension_names, e->subscripts[k].name);
    if (d == MAP_NONE || e->subscripts[k].map || t->reduction_count == 16)
      return xmile_print_fail(w, e->span, "this reduction");
    t->ordinals[t->reduction_count] = 0;
    t->reductions[t->reduction_count++] = d;
  }
  while (i < 5 && strcmp(names[i][0], e->name) != 0) i++;
  if (i < 5)
    text_puts(w->out, names[i][1]);
  else
    print_own(w, f);
  if (!print_args(w, t, e, ", ")) return false;
  for (size_t k = t->innermost; k < t->reduction_count; k++)
    if (!t->ordinals[k]) return xmile_print_fail(w, e->span, "a reduction of something that has not its dimension");
  if (t->own_stars > 1) return xmile_print_fail(w, e->span, "several slices that are not paired");
  *t = outer;
  return true;
}

// x MOD y, a + b + c: operators there, functions here.
static bool print_operated(struct xmile_writer *w, struct xmile_target *t, const struct expr *e, const char *op) {
  text_puts(w->out, "(");
  for (size_t i = 0; i < e->arg_count; i++) {
    text_puts(w->out, i ? op : "");
    text_puts(w->out, "(");
    if (!xmile_print(w, t, e->args[i])) return false;
    text_puts(w->out, ")");
  }
  text_puts(w->out, ")");
  return true;
}

// Among the elements of a reduction the standard's MIN and MAX would themselves be reductions.
static bool print_extreme(struct xmile_writer *w, struct xmile_target *t, const struct expr *e, enum fn f) {
  for (size_t i = 0; i < e->arg_count; i++) {
    bool last = i + 1 == e->arg_count;
    if (!last) print_own(w, f), text_puts(w->out, "(");
    if (!xmile_print(w, t, e->args[i])) return false;
    if (!last) text_puts(w->out, ", ");
  }
  for (size_t i = 1; i < e->arg_count; i++) text_puts(w->out, ")");
  return true;
}

static bool print_call(struct xmile_writer *w, struct xmile_target *t, const struct expr *e) {
  enum fn f = fn_by_name(e->name);
  const struct variable *table = model_variable(w->m, e->name);
  bool is_table = table && table->kind == VARIABLE_TABLE;
  if (is_table || map_get(&w->m->function_names, e->name) != MAP_NONE) {
    xmile_print_name(w, is_table ? table->name : e->name);
    if (is_table && !print_subscripts(w, t, e, table)) return false;
    return print_args(w, t, e, ", ");
  }
  if (f == FN_COUNT) return xmile_print_fail(w, e->span, "this function");
  bool reduces = f == FN_SUM || f == FN_PROD || f == FN_MEAN || f == FN_MIN || f == FN_MAX || f == FN_MEDIAN;
  if (reduces && (e->subscript_count || e->arg_count == 1)) return print_reduction(w, t, e, f);
  if (t->reduction_count && (f == FN_MIN || f == FN_MAX)) return print_extreme(w, t, e, f);
  if (f == FN_MODULO) return print_operated(w, t, e, " MOD ");
  if (f == FN_SUM) return print_operated(w, t, e, " + ");
  if (f == FN_RAMP && e->arg_count == 2)
    text_puts(w->out, "RAMP");
  else if (word_of(f))
    text_puts(w->out, word_of(f));
  else
    print_own(w, f);
  return print_args(w, t, e, ", ");
}

// ---- operators

static const char *const operators[] = {[OP_ADD] = " + ",
                                        [OP_SUBTRACT] = " - ",
                                        [OP_MULTIPLY] = "*",
                                        [OP_DIVIDE] = "/",
                                        [OP_POWER] = "^",
                                        [OP_EQUAL] = " = ",
                                        [OP_UNEQUAL] = " &lt;&gt; ",
                                        [OP_LESS] = " &lt; ",
                                        [OP_LESS_EQUAL] = " &lt;= ",
                                        [OP_GREATER] = " &gt; ",
                                        [OP_GREATER_EQUAL] = " &gt;= ",
                                        [OP_AND] = " AND ",
                                        [OP_OR] = " OR "};

static int rank(const struct expr *e) {
  if (e->kind == EXPR_IF) return 0;
  if (e->kind == EXPR_UNARY) return 1;
  if (e->kind != EXPR_BINARY) return 9;
  switch (e->op) {
    case OP_ADD:
    case OP_SUBTRACT:
      return 5;
    case OP_MULTIPLY:
    case OP_DIVIDE:
      return 6;
    case OP_POWER:
      return 7;
    default:
      return 2;
  }
}

static bool print_operand(struct xmile_writer *w, struct xmile_target *t, const struct expr *e, bool parentheses) {
  if (parentheses) text_puts(w->out, "(");
  if (!xmile_print(w, t, e)) return false;
  if (parentheses) text_puts(w->out, ")");
  return true;
}

// A literal that is no integer keeps its point: only integers are powers by multiplication.
static void print_literal(struct xmile_writer *w, const struct expr *e) {
  char digits[32];
  const char *text = text_from_number(e->number, digits);
  text_puts(w->out, text);
  if (!e->integer && !strpbrk(text, ".e")) text_puts(w->out, ".0");
}

bool xmile_print(struct xmile_writer *w, struct xmile_target *t, const struct expr *e) {
  int own = rank(e);
  switch (e->kind) {
    case EXPR_NUMBER:
      if (!isfinite(e->number)) return text_puts(w->out, isnan(e->number) ? "NAN" : "INF"), true;
      print_literal(w, e);
      return true;
    case EXPR_NAME:
      return print_reference(w, t, e);
    case EXPR_CALL:
      return print_call(w, t, e);
    case EXPR_UNARY:
      text_puts(w->out, e->op == OP_NOT ? "NOT " : "-");
      return print_operand(w, t, e->args[0], e->op == OP_NOT ? rank(e->args[0]) < 9 : rank(e->args[0]) < 7);
    case EXPR_BINARY: {
      int left = rank(e->args[0]), right = rank(e->args[1]);
      bool loose = own == 2;
      if (!print_operand(w, t, e->args[0], loose ? left <= 2 : left < own || own == 7)) return false;
      text_puts(w->out, operators[e->op]);
      return print_operand(w, t, e->args[1], loose ? right <= 2 : right <= own);
    }
    case EXPR_IF:
      text_puts(w->out, "IF ");
      if (!print_operand(w, t, e->args[0], rank(e->args[0]) == 0)) return false;
      text_puts(w->out, " THEN ");
      if (!print_operand(w, t, e->args[1], rank(e->args[1]) == 0)) return false;
      text_puts(w->out, " ELSE ");
      return xmile_print(w, t, e->args[2]);
  }
  return false;
}
