// SPDX-License-Identifier: GPL-3.0-or-later
// The builtin functions of XMILE 1.0 (3.5, 3.7.1) and the usual ones of Stella, in terms of ours: most have a
// counterpart with the same arguments, the rest are made of several. Random functions ignore seeds: our streams belong
// to variables. Functions of single programs stand in xmile_vendor.c.
#include "xmile/xmile_function.h"

#include <string.h>

#include "base/limits.h"

#define literal xmile_function_number
#define apply xmile_function_apply
#define operate xmile_function_operate
#define one_step xmile_function_step

// ---- those that are made of several

static struct expr *delay(struct xmile_call *k) {  // by one step at least, as Stella does
  if (k->count == 2) k->args[2] = k->args[0];
  return apply(k, "delay_fixed", 3, k->args);
}

static struct expr *previous(struct xmile_call *k) {
  return apply(k, "delay_fixed", 3, (struct expr *[]){k->args[0], one_step(k), k->args[k->count == 2 ? 1 : 0]});
}

// magnitude/DT for one DT: at the first time, and every interval from then on.
static struct expr *pulse(struct xmile_call *k) {
  struct expr *height = operate(k, OP_DIVIDE, k->args[0], one_step(k)), *zero = literal(k, 0);
  if (k->count == 1) return height;
  double every = 0;
  bool known = k->count == 2;  // a name may be set by a scenario
  if (!known && k->n->args[2]->kind == XMILE_NUMBER) known = xmile_constant(k->r, k->c, k->n->args[2], &every, 0);
  struct expr *once = apply(k, "pulse", 2, (struct expr *[]){k->args[1], zero});
  struct expr *train =
      k->count == 2 ? NULL
                    : apply(k, "pulse_train", 4, (struct expr *[]){k->args[1], zero, k->args[2], literal(k, 1e300)});
  struct expr *on = known ? every > 0 ? train : once
                          : xmile_if(k->r, k->n->span, operate(k, OP_GREATER, k->args[2], zero), train, once);
  return operate(k, OP_MULTIPLY, height, on);
}

static struct expr *wave(struct xmile_call *k) {
  const char *f = strcmp(k->n->name, "sinwave") == 0 ? "sin" : "cos";
  struct expr *angle =
      operate(k, OP_MULTIPLY, literal(k, 6.28318530717958647693), xmile_reference(k->r, k->n->span, "time"));
  angle = operate(k, OP_DIVIDE, angle, k->args[1]);
  return operate(k, OP_MULTIPLY, k->args[0], apply(k, f, 1, &angle));
}

static struct expr *percent(struct xmile_call *k) {
  return operate(k, OP_MULTIPLY, k->args[0], literal(k, 100));
}

static struct expr *conditional(struct xmile_call *k) {
  return xmile_if(k->r, k->n->span, k->args[0], k->args[1], k->args[2]);
}

static struct expr *switched(struct xmile_call *k) {  // SWITCH(a, b): is a > b?
  return operate(k, OP_GREATER, k->args[0], k->args[1]);
}

static struct expr *logarithm(struct xmile_call *k) {  // LOG(x, base)
  if (k->count == 1) return apply(k, "log10", 1, k->args);
  return operate(k, OP_DIVIDE, apply(k, "ln", 1, k->args), apply(k, "ln", 1, k->args + 1));
}

// Order of a delay or smooth: a number in the text, or a constant.
static struct expr *chain(struct xmile_call *k) {
  double order;
  if (!xmile_constant(k->r, k->c, k->n->args[2], &order, 0) || !(order >= 1 && order <= LIMIT_DELAY_ORDER))
    return xmile_fail(k->r, k->c, k->n->args[2]->span, "the order of %s must be a constant from 1 to %d", k->n->written,
                      LIMIT_DELAY_ORDER);
  xmile_rely(k->r, k->c, k->n->args[2], RELIES_ON_VALUE, 0);
  k->args[2] = literal(k, (double)(int)(order + 0.5));
  k->args[2]->integer = true;
  return apply(k, strcmp(k->n->name, "delayn") == 0 ? "delayn" : "smoothn", k->count, k->args);
}

// ---- chance

void xmile_function_note_seed(struct xmile_reader *r, struct span at) {
  if (!r->seeds_noted) diag_warning(r->diag, at, xmile_seed);
  r->seeds_noted = true;
}

void xmile_function_seed_behind(struct xmile_call *k, size_t without) {
  if (k->count > without) xmile_function_note_seed(k->r, k->n->args[without]->span);
}

static struct expr *uniform(struct xmile_call *k) {
  xmile_function_seed_behind(k, 2);
  if (k->count < 2) k->args[0] = literal(k, 0), k->args[1] = literal(k, 1);
  return apply(k, "random_uniform", 2, k->args);
}

static struct expr *normal(struct xmile_call *k) {
  xmile_function_seed_behind(k, 2);
  return apply(k, "random_normal", 2, k->args);
}

static struct expr *exponential(struct xmile_call *k) {
  xmile_function_seed_behind(k, 1);
  return apply(k, "random_exponential", 1, k->args);
}

static struct expr *poisson(struct xmile_call *k) {
  xmile_function_seed_behind(k, 1);
  return apply(k, "random_poisson", 1, k->args);
}

// Mean and deviation are those of the result: s^2 = ln(1 + sd^2/mean^2), m = ln(mean) - s^2/2 (Johnson, Kotz &
// Balakrishnan 1994, ch. 14).
static struct expr *lognormal(struct xmile_call *k) {
  xmile_function_seed_behind(k, 2);
  struct expr *ratio = operate(k, OP_DIVIDE, k->args[1], k->args[0]);
  ratio = operate(k, OP_MULTIPLY, ratio, ratio);
  struct expr *variance = apply(k, "ln1p", 1, &ratio);
  struct expr *half = operate(k, OP_DIVIDE, variance, literal(k, 2));
  struct expr *mean = operate(k, OP_SUBTRACT, apply(k, "ln", 1, k->args), half);
  struct expr *x = apply(k, "random_normal", 2, (struct expr *[]){mean, apply(k, "sqrt", 1, &variance)});
  return apply(k, "exp", 1, &x);
}

// ---- those that take arrays; arguments are not translated before

static struct expr *reduce(struct xmile_call *k) {
  const char *f = strcmp(k->n->name, "mean") == 0 ? "mean" : strcmp(k->n->name, "prod") == 0 ? "prod" : "sum";
  if (k->n->arg_count == 1) return xmile_array_reduce(k->r, k->c, k->n, f, k->n->args[0]);
  for (size_t i = 0; i < k->n->arg_count; i++) k->args[i] = xmile_translate(k->r, k->c, k->n->args[i]);
  return apply(k, f, k->n->arg_count, k->args);
}

static struct expr *extreme(struct xmile_call *k) {
  const char *f = k->n->name;
  if (k->n->arg_count == 1) return xmile_array_reduce(k->r, k->c, k->n, f, k->n->args[0]);
  for (size_t i = 0; i < k->n->arg_count; i++)
    k->args[i] = xmile_array_is_slice(k->r, k->c, k->n->args[i])
                     ? xmile_array_reduce(k->r, k->c, k->n, f, k->n->args[i])
                     : xmile_translate(k->r, k->c, k->n->args[i]);
  return apply(k, f, k->n->arg_count, k->args);
}

// sqrt(mean((x - mean(x))^2)): of all values of the array.
static struct expr *deviation(struct xmile_call *k) {
  struct xmile_node mean = {.kind = XMILE_CALL,
                            .name = "mean",
                            .written = "MEAN",
                            .span = k->n->span,
                            .name_span = k->n->span,
                            .args = k->n->args,
                            .arg_count = 1};
  struct xmile_node minus = {.kind = XMILE_BINARY,
                             .op = OP_SUBTRACT,
                             .span = k->n->span,
                             .name_span = k->n->span,
                             .args = (struct xmile_node *[]){k->n->args[0], &mean},
                             .arg_count = 2};
  struct xmile_node two = {.kind = XMILE_NUMBER, .number = 2, .integer = true, .span = k->n->span};
  struct xmile_node square = {.kind = XMILE_BINARY,
                              .op = OP_POWER,
                              .span = k->n->span,
                              .name_span = k->n->span,
                              .args = (struct xmile_node *[]){&minus, &two},
                              .arg_count = 2};
  struct expr *x = xmile_array_reduce(k->r, k->c, k->n, "mean", &square);
  return x ? apply(k, "sqrt", 1, &x) : NULL;
}

// An array with one dimension, or one's slice with one: over the axis `from`, and the same over another.
struct ranked {
  const struct expr *array;
  uint32_t from;
};

static struct expr *along(const struct xmile_call *k, struct ranked of, uint32_t axis) {
  const struct dimension *dims = k->r->model->dimensions.items;
  struct expr *e = arena_new(k->r->arena, struct expr);
  *e = *of.array;
  e->subscripts = arena_array(k->r->arena, struct subscript, e->subscript_count);
  for (size_t i = 0; i < e->subscript_count; i++) {
    e->subscripts[i] = of.array->subscripts[i];
    if (strcmp(e->subscripts[i].name, dims[of.from].name) == 0) e->subscripts[i].name = dims[axis].name;
  }
  return e;
}

static struct expr *sum_over(const struct xmile_call *k, uint32_t axis, struct expr *x) {
  struct expr *e = apply(k, "sum", 1, &x);
  e->subscripts = arena_new(k->r->arena, struct subscript);
  e->subscript_count = 1;
  e->subscripts[0] = (struct subscript){.span = k->n->span, .name = k->r->model->dimensions.items[axis].name};
  return e;
}

// Does element y come before element x? By the arrays in turn, then by number.
static struct expr *before(const struct xmile_call *k, const struct ranked *arrays, size_t count, uint32_t y,
                           uint32_t x) {
  struct expr *a = along(k, arrays[0], y), *b = along(k, arrays[0], x), *less = operate(k, OP_LESS, a, b);
  if (count == 1) return less;
  struct expr *same = operate(k, OP_EQUAL, a, b);
  return operate(k, OP_OR, less, operate(k, OP_AND, same, before(k, arrays + 1, count - 1, y, x)));
}

static bool one_dimension(const struct xmile_call *k, const struct xmile_node *n, struct ranked *out) {
  struct xmile_reduction red = {.outer = k->c->reduction, .whole = true};
  struct xmile_context inner = *k->c;
  inner.reduction = &red;
  const struct expr *e = n->kind == XMILE_NAME ? xmile_translate(k->r, &inner, n) : NULL;
  const struct dimension *dims = k->r->model->dimensions.items;
  bool good = e && e->kind == EXPR_NAME && red.axes.count == 1;
  if (good && dims[red.axes.items[0]].count == dims[xmile_dims_whole(k->r, red.axes.items[0])].count) {
    *out = (struct ranked){e, red.axes.items[0]};
    return true;
  }
  return xmile_fail(k->r, k->c, n->span, "RANK needs an array with one dimension, or the slice of one along the whole");
}

static struct ranked numbers(const struct xmile_call *k, uint32_t dim) {
  const struct model *m = k->r->model;
  uint32_t variable = xmile_dims_numbers(k->r, dim);
  struct expr *e = xmile_reference(k->r, k->n->span, m->variables.items[variable].name);
  e->subscripts = arena_new(k->r->arena, struct subscript);
  e->subscript_count = 1;
  e->subscripts[0] = (struct subscript){.span = k->n->span, .name = m->dimensions.items[dim].name};
  return (struct ranked){e, dim};
}

// The number of the element with as many others before it: sum over x of x * (1 + count of y before x = rank).
static struct expr *rank(struct xmile_call *k) {
  struct ranked arrays[3];
  size_t count = 0;
  if (!one_dimension(k, k->n->args[0], &arrays[count++])) return NULL;
  if (k->n->arg_count == 3 && !one_dimension(k, k->n->args[2], &arrays[count++])) return NULL;
  uint32_t dim = xmile_dims_whole(k->r, arrays[0].from);
  uint32_t x = xmile_dims_alias(k->r, dim, "*x"), y = xmile_dims_alias(k->r, dim, "*y");
  arrays[count++] = numbers(k, dim);
  struct expr *wanted = xmile_translate(k->r, k->c, k->n->args[1]);
  if (!wanted) return NULL;
  struct expr *place = operate(k, OP_ADD, literal(k, 1), sum_over(k, y, before(k, arrays, count, y, x)));
  struct expr *is = operate(k, OP_EQUAL, place, wanted);
  return sum_over(k, x, operate(k, OP_MULTIPLY, along(k, arrays[count - 1], x), is));
}

static struct expr *size(struct xmile_call *k) {
  return xmile_array_size(k->r, k->c, k->n);
}

// An argument of ALLOCATE over the dimension that is shared out: `*` there means the element at hand.
static struct expr *sharer(struct xmile_call *k, const struct xmile_node *n) {
  struct xmile_node own = *n;
  own.subscripts = arena_array(k->r->arena, struct xmile_node *, n->subscript_count + 1);
  for (size_t i = 0; i < n->subscript_count; i++) {
    own.subscripts[i] = n->subscripts[i];
    if (n->kind == XMILE_NAME && n->subscripts[i]->kind == XMILE_STAR) own.subscripts[i] = k->n->args[1];
  }
  return xmile_translate(k->r, k->c, &own);
}

// ALLOCATE(supply, dimension, requests, priorities, widths, types): Stella's, over the last dimension of the equation.
static struct expr *allocate(struct xmile_call *k) {
  const struct xmile_context *c = k->c;
  const struct xmile_node *dim = k->n->args[1];
  uint32_t d = dim->kind == XMILE_NAME ? xmile_dims_find(k->r, dim->name) : XMILE_NONE;
  bool last = d != XMILE_NONE && c->dim_count && xmile_dims_whole(k->r, c->dims[c->dim_count - 1]) == d;
  if (!last || c->bound || c->reduction)
    return xmile_fail(k->r, k->c, k->n->span,
                      "ALLOCATE needs one equation for all elements of its dimension, the last");
  struct expr *supply = xmile_translate(k->r, k->c, k->n->args[0]);
  struct expr *args[6] = {sharer(k, k->n->args[2]),
                          sharer(k, k->n->args[5]),
                          sharer(k, k->n->args[3]),
                          sharer(k, k->n->args[4]),
                          literal(k, 0),
                          supply};
  return apply(k, "allocate_available", 6, args);
}

static struct expr *lookup(struct xmile_call *k) {
  const struct xmile_node *of = k->n->args[0];
  if (of->kind != XMILE_NAME) return xmile_fail(k->r, k->c, of->span, "LOOKUP needs the name of a graphical function");
  struct xmile_node call = *of;
  call.kind = XMILE_CALL, call.args = k->n->args + 1, call.arg_count = 1, call.span = k->n->span;
  const struct xmile_slot *s = xmile_instance_find(k->r, k->c->instance, of->name);
  if (!s || (s->table == XMILE_NONE && !s->tables))
    return xmile_fail(k->r, k->c, of->span, "'%s' has no graphical function", of->written);
  return xmile_translate(k->r, k->c, &call);
}

// ---- the table

static const struct xmile_function functions[] = {
    {"abs", "abs", 1, 1, NULL, NULL},
    {"allocate", NULL, 6, 6, NULL, allocate},
    {"arccos", "arccos", 1, 1, NULL, NULL},
    {"arcsin", "arcsin", 1, 1, NULL, NULL},
    {"arctan", "arctan", 1, 1, NULL, NULL},
    {"cos", "cos", 1, 1, NULL, NULL},
    {"cosh", "cosh", 1, 1, NULL, NULL},
    {"coswave", NULL, 2, 2, wave, NULL},
    {"delay", NULL, 2, 3, delay, NULL},
    {"delay1", "delay1", 2, 3, NULL, NULL},
    {"delay3", "delay3", 2, 3, NULL, NULL},
    {"delayn", NULL, 3, 4, chain, NULL},
    {"exp", "exp", 1, 1, NULL, NULL},
    {"exprnd", NULL, 1, 2, exponential, NULL},
    {"forcst", "forecast", 3, 4, NULL, NULL},
    {"if_then_else", NULL, 3, 3, conditional, NULL},
    {"init", "initial", 1, 1, NULL, NULL},
    {"int", "floor", 1, 1, NULL, NULL},
    {"ln", "ln", 1, 1, NULL, NULL},
    {"log", NULL, 1, 2, logarithm, NULL},
    {"log10", "log10", 1, 1, NULL, NULL},
    {"logn", "ln", 1, 1, NULL, NULL},
    {"lognormal", NULL, 2, 3, lognormal, NULL},
    {"lookup", NULL, 2, 2, NULL, lookup},
    {"max", NULL, 1, LIMIT_ARGUMENTS, NULL, extreme},
    {"mean", NULL, 1, LIMIT_ARGUMENTS, NULL, reduce},
    {"min", NULL, 1, LIMIT_ARGUMENTS, NULL, extreme},
    {"mod", "modulo", 2, 2, NULL, NULL},
    {"modulo", "modulo", 2, 2, NULL, NULL},
    {"normal", NULL, 2, 3, normal, NULL},
    {"percent", NULL, 1, 1, percent, NULL},
    {"poisson", NULL, 1, 2, poisson, NULL},
    {"previous", NULL, 1, 2, previous, NULL},
    {"prod", NULL, 1, LIMIT_ARGUMENTS, NULL, reduce},
    {"pulse", NULL, 1, 3, pulse, NULL},
    {"ramp", "ramp", 2, 3, NULL, NULL},
    {"random", NULL, 0, 3, uniform, NULL},
    {"rank", NULL, 2, 3, NULL, rank},
    {"round", "round", 1, 1, NULL, NULL},
    {"safediv", "safediv", 2, 3, NULL, NULL},
    {"sin", "sin", 1, 1, NULL, NULL},
    {"sinh", "sinh", 1, 1, NULL, NULL},
    {"sinwave", NULL, 2, 2, wave, NULL},
    {"size", NULL, 1, 1, NULL, size},
    {"smth1", "smooth", 2, 3, NULL, NULL},
    {"smth3", "smooth3", 2, 3, NULL, NULL},
    {"smthn", NULL, 3, 4, chain, NULL},
    {"sqrt", "sqrt", 1, 1, NULL, NULL},
    {"stddev", NULL, 1, 1, NULL, deviation},
    {"step", "step", 2, 2, NULL, NULL},
    {"sum", NULL, 1, LIMIT_ARGUMENTS, NULL, reduce},
    {"switch", NULL, 2, 2, switched, NULL},
    {"tan", "tan", 1, 1, NULL, NULL},
    {"tanh", "tanh", 1, 1, NULL, NULL},
    {"trend", "trend", 2, 3, NULL, NULL},
    {"uniform", NULL, 0, 3, uniform, NULL},
};

static struct expr *unknown(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n,
                            const char *name) {
  enum { COUNT = sizeof functions / sizeof *functions };
  const char *names[COUNT], *reason = xmile_vendor_refusal(name);
  if (reason) return xmile_fail(r, c, n->name_span, "%s is not supported: %s", n->written, reason);
  for (size_t i = 0; i < COUNT; i++) names[i] = functions[i].name;
  diag_error(r->diag, n->name_span, xmile_function_unknown, c->of, n->written);
  diag_did_you_mean(r->diag, map_nearest(n->name, names, COUNT));
  return NULL;
}

static const struct xmile_function *find(const char *name) {
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (strcmp(functions[i].name, name) == 0) return &functions[i];
  return xmile_vendor_find(name);
}

bool xmile_function_known(const char *name) {
  return find(name) != NULL;
}

static const char *without_space(const char *name) {
  if (strncmp(name, "std.", 4) == 0) name += 4;
  return strncmp(name, "isee.", 5) == 0 ? name + 5 : name;
}

bool xmile_function_is_chance(const char *name) {
  static const char *const chance[] = {"exprnd",  "logistic", "lognormal", "montecarlo", "normal", "pareto",
                                       "poisson", "random",   "uniform",   "weibull",    NULL};
  name = without_space(name);
  for (size_t i = 0; chance[i]; i++)
    if (strcmp(chance[i], name) == 0) return true;
  return false;
}

struct expr *xmile_function(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n) {
  const char *name = without_space(n->name);
  const struct xmile_function *f = find(name);
  if (!f) return unknown(r, c, n, name);
  if (xmile_macro_clock(c->instance) && !xmile_macro_timeless(name))
    return xmile_fail(r, c, n->span, "%s cannot stand in a macro with simulation specs of its own", n->written);
  if (n->subscript_count) return xmile_fail(r, c, n->span, "%s takes no subscripts", n->written);
  uint32_t inside = n->arg_count > f->most ? xmile_library_bounded(r, name, n->arg_count) : XMILE_NONE;
  if (inside != XMILE_NONE) return xmile_macro(r, c, n, inside);
  if (n->arg_count < f->fewest || n->arg_count > f->most)
    return xmile_fail(r, c, n->span, "%s takes %u to %u arguments, %zu are given", n->written, f->fewest, f->most,
                      n->arg_count);
  struct xmile_node plain = *n;
  plain.name = name;
  struct xmile_call k = {.r = r, .c = c, .n = &plain};
  if (f->make_whole) return f->make_whole(&k);
  bool good = true;
  for (k.count = 0; k.count < n->arg_count; k.count++) {
    k.args[k.count] = xmile_translate(r, c, n->args[k.count]);
    good = good && k.args[k.count];
  }
  if (!good) return NULL;
  return f->make ? f->make(&k) : apply(&k, f->ours, k.count, k.args);
}
