// SPDX-License-Identifier: GPL-3.0-or-later
// Functions that OASIS XMILE 1.0 does not have and files do: those of Stella (isee systems), and those of Vensim that
// its own export and converters leave as they are. Each is made of ours. Those whose meaning needs what a run does not
// have (the age of material, the clock on the wall), or is not known, are known by name, and refused with the reason.
#include <math.h>
#include <string.h>

#include "xmile/xmile_function.h"

#define literal xmile_function_number
#define apply xmile_function_apply
#define operate xmile_function_operate
#define one_step xmile_function_step

static struct expr *same(struct xmile_call *k) {  // GAME(x), outside of games
  return k->args[0];
}

// ---- mathematics

static struct expr *root(struct xmile_call *k) {  // ROOT(x, n)
  return operate(k, OP_POWER, k->args[0], operate(k, OP_DIVIDE, literal(k, 1), k->args[1]));
}

static struct expr *power(struct xmile_call *k) {
  return operate(k, OP_POWER, k->args[0], k->args[1]);
}

static struct expr *ln_factorial(struct xmile_call *k, struct expr *n) {
  struct expr *x = operate(k, OP_ADD, n, literal(k, 1));
  return apply(k, "gamma_ln", 1, &x);
}

// The whole number whose logarithm this is.
static struct expr *whole(struct xmile_call *k, struct expr *logarithm) {
  struct expr *x = apply(k, "exp", 1, &logarithm);
  return apply(k, "round", 1, &x);
}

// INVNORM(p, mean = 0, sd = 1): what a normal draw stays below with probability p.
static struct expr *inverse_normal(struct xmile_call *k) {
  struct expr *x = apply(k, "normal_quantile", 1, k->args);
  if (k->count > 2) x = operate(k, OP_MULTIPLY, k->args[2], x);
  return k->count > 1 ? operate(k, OP_ADD, k->args[1], x) : x;
}

static struct expr *factorial(struct xmile_call *k) {
  return whole(k, ln_factorial(k, k->args[0]));
}

static struct expr *permutations(struct xmile_call *k) {  // n! / (n - r)!
  struct expr *rest = operate(k, OP_SUBTRACT, k->args[0], k->args[1]);
  return whole(k, operate(k, OP_SUBTRACT, ln_factorial(k, k->args[0]), ln_factorial(k, rest)));
}

static struct expr *combinations(struct xmile_call *k) {  // n! / (r! (n - r)!)
  struct expr *rest = operate(k, OP_SUBTRACT, k->args[0], k->args[1]);
  struct expr *ln = operate(k, OP_SUBTRACT, ln_factorial(k, k->args[0]), ln_factorial(k, k->args[1]));
  return whole(k, operate(k, OP_SUBTRACT, ln, ln_factorial(k, rest)));
}

// ---- time

// COUNTER(start, finish): from start by DT up to finish, then from start again.
static struct expr *counter(struct xmile_call *k) {
  struct expr *elapsed =
      operate(k, OP_SUBTRACT, xmile_reference(k->r, k->n->span, "time"), literal(k, k->r->model->start));
  struct expr *span = operate(k, OP_SUBTRACT, k->args[1], k->args[0]);
  return operate(k, OP_ADD, k->args[0], apply(k, "modulo", 2, (struct expr *[]){elapsed, span}));
}

// CGROWTH(percent): the fraction per time that compounds, by Euler's method, to `percent` in a unit of time at any DT.
static struct expr *compound_growth(struct xmile_call *k) {
  struct expr *factor = operate(k, OP_ADD, literal(k, 1), operate(k, OP_DIVIDE, k->args[0], literal(k, 100)));
  struct expr *periods =
      apply(k, "safediv", 2, (struct expr *[]){one_step(k), literal(k, 1)});  // a number without a unit
  struct expr *grown = operate(k, OP_POWER, factor, periods);
  return operate(k, OP_DIVIDE, operate(k, OP_SUBTRACT, grown, literal(k, 1)), one_step(k));
}

static struct expr *end_value(struct xmile_call *k) {  // there is no earlier run: ENDVAL's initial value
  return k->count == 2 ? k->args[1] : apply(k, "initial", 1, k->args);
}

static bool is_time(const struct xmile_node *n) {
  return n->kind == XMILE_NAME && strcmp(n->name, "time") == 0;
}

// HISTORY(x, TIME - ago)
static struct expr *history_ago(struct xmile_call *k, struct expr *x, const struct xmile_node *ago) {
  struct expr *by = xmile_translate(k->r, k->c, ago), *zero = literal(k, 0);
  if (!by) return NULL;
  struct expr *now = xmile_if(k->r, k->n->span, operate(k, OP_EQUAL, by, zero), x, zero);
  struct expr *then = apply(k, "delay_fixed", 3, (struct expr *[]){x, by, zero});
  return xmile_if(k->r, k->n->span, operate(k, OP_GREATER, by, zero), then, now);
}

// HISTORY(x, when)
static struct expr *history_at(struct xmile_call *k, struct expr *x, const struct xmile_node *when) {
  struct expr *at = xmile_translate(k->r, k->c, when), *start = xmile_reference(k->r, k->n->span, "$start");
  if (!at) return NULL;
  struct expr *come = apply(k, "step", 2, (struct expr *[]){literal(k, 1), at});
  struct expr *known =
      operate(k, OP_AND, operate(k, OP_GREATER, come, literal(k, 0)), operate(k, OP_GREATER_EQUAL, at, start));
  return xmile_if(k->r, k->n->span, known, apply(k, "value_at", 2, (struct expr *[]){x, at}), literal(k, 0));
}

// The value of x at an earlier time; 0 for times that are not yet or before the start.
static struct expr *history(struct xmile_call *k) {
  const struct xmile_node *when = k->n->args[1];
  bool ago = when->kind == XMILE_BINARY && when->op == OP_SUBTRACT && is_time(when->args[0]) &&
             xmile_is_fixed(k->r, k->c, when->args[1]);
  if (k->n->arg_count == 3) return xmile_fail(k->r, k->c, k->n->span, "HISTORY of another run is not supported");
  if (!ago && !is_time(when) && !xmile_is_fixed(k->r, k->c, when))
    return xmile_fail(k->r, k->c, when->span, "HISTORY can be had at TIME - constant or at a constant time alone");
  struct expr *x = xmile_translate(k->r, k->c, k->n->args[0]);
  if (!x || is_time(when)) return x;
  return ago ? history_ago(k, x, when->args[1]) : history_at(k, x, when);
}

// ---- graphical functions

static bool monotonic(const struct path *p, bool *falls) {
  *falls = p->count > 1 && p->y[1] < p->y[0];
  for (size_t i = 1; i < p->count; i++)
    if (*falls ? !(p->y[i] < p->y[i - 1]) : !(p->y[i] > p->y[i - 1])) return false;
  return p->count > 1 && p->mode != PATH_STEP;
}

static uint32_t inverse_table(struct xmile_call *k, const struct xmile_slot *s) {
  struct model *m = k->r->model;
  const char *name = arena_format(k->r->arena, "%s inverse", m->variables.items[s->table].name);
  uint32_t known = map_get(&m->names, name);
  if (known != MAP_NONE) return known;
  struct path p = m->variables.items[s->table].path;
  bool falls;
  if (!monotonic(&p, &falls)) return MAP_NONE;
  struct path turned = {.mode = p.mode, .count = p.count};
  turned.x = arena_array(k->r->arena, double, p.count);
  turned.y = arena_array(k->r->arena, double, p.count);
  for (size_t i = 0; i < p.count; i++) {
    size_t from = falls ? p.count - 1 - i : i;
    turned.x[i] = p.y[from], turned.y[i] = p.x[from];
  }
  uint32_t index = xmile_instance_variable(k->r, VARIABLE_TABLE, name, k->n->span, NULL, 0, k->c->of);
  m->variables.items[index].path = turned;
  m->variables.items[index].hidden = true;
  return index;
}

// LOOKUPINV(function, y): the x at which a continuous function that only rises, or only falls, is y.
static struct expr *inverse_lookup(struct xmile_call *k) {
  const struct xmile_node *of = k->n->args[0];
  const struct xmile_slot *s =
      of->kind == XMILE_NAME && !of->subscript_count ? xmile_instance_find(k->r, k->c->instance, of->name) : NULL;
  if (!s || s->table == XMILE_NONE)
    return xmile_fail(k->r, k->c, of->span, "LOOKUPINV needs the name of a graphical function");
  uint32_t table = inverse_table(k, s);
  if (table == MAP_NONE)
    return xmile_fail(k->r, k->c, of->span, "LOOKUPINV needs a continuous function that only rises or only falls");
  struct expr *y = xmile_translate(k->r, k->c, k->n->args[1]);
  return y ? apply(k, k->r->model->variables.items[table].name, 1, &y) : NULL;
}

// ---- Vensim's names for what arrays give

static struct expr *of_array(struct xmile_call *k) {
  const char *f = strcmp(k->n->name, "vmax") == 0 ? "max" : "min";
  return xmile_array_reduce(k->r, k->c, k->n, f, k->n->args[0]);
}

static struct expr *element_count(struct xmile_call *k) {
  return xmile_array_size(k->r, k->c, k->n);
}

// ---- chance, by the inverse of the distribution's function at one uniform number

static struct expr *draw(struct xmile_call *k) {
  return apply(k, "random_uniform", 2, (struct expr *[]){literal(k, 0), literal(k, 1)});
}

static struct expr *ln(struct xmile_call *k, struct expr *x) {
  return apply(k, "ln", 1, &x);
}

// MONTECARLO(percent): 1 with a probability of percent/100 per unit of time, else 0.
static struct expr *monte_carlo(struct xmile_call *k) {
  xmile_function_seed_behind(k, 1);
  struct expr *chance = operate(k, OP_DIVIDE, operate(k, OP_MULTIPLY, k->args[0], one_step(k)), literal(k, 100));
  return operate(k, OP_LESS, draw(k), chance);
}

static struct expr *weibull(struct xmile_call *k) {  // scale * (-ln u)^(1/shape)
  xmile_function_seed_behind(k, 2);
  struct expr *x = operate(k, OP_SUBTRACT, literal(k, 0), ln(k, draw(k)));
  struct expr *bent = operate(k, OP_POWER, x, operate(k, OP_DIVIDE, literal(k, 1), k->args[0]));
  return operate(k, OP_MULTIPLY, k->args[1], bent);
}

static struct expr *pareto(struct xmile_call *k) {  // scale * u^(-1/shape)
  xmile_function_seed_behind(k, 2);
  struct expr *bent = operate(k, OP_POWER, draw(k), operate(k, OP_DIVIDE, literal(k, -1), k->args[0]));
  return operate(k, OP_MULTIPLY, k->args[1], bent);
}

static struct expr *logistic(struct xmile_call *k) {  // mean - scale * ln(1/u - 1)
  xmile_function_seed_behind(k, 2);
  struct expr *odds = operate(k, OP_SUBTRACT, operate(k, OP_DIVIDE, literal(k, 1), draw(k)), literal(k, 1));
  return operate(k, OP_SUBTRACT, k->args[0], operate(k, OP_MULTIPLY, k->args[1], ln(k, odds)));
}

// ---- the tables

static const struct xmile_function functions[] = {
    {"cgrowth", NULL, 1, 1, compound_growth, NULL},
    {"combinations", NULL, 2, 2, combinations, NULL},
    {"counter", NULL, 2, 2, counter, NULL},
    {"delay1i", "delay1", 3, 3, NULL, NULL},
    {"delay3i", "delay3", 3, 3, NULL, NULL},
    {"delay_fixed", "delay_fixed", 3, 3, NULL, NULL},
    {"elmcount", NULL, 1, 1, NULL, element_count},
    {"endval", NULL, 1, 2, end_value, NULL},
    {"factorial", NULL, 1, 1, factorial, NULL},
    {"forecast", "forecast", 3, 4, NULL, NULL},
    {"game", NULL, 1, 1, same, NULL},
    {"gamma_ln", "gamma_ln", 1, 1, NULL, NULL},
    {"gammaln", "gamma_ln", 1, 1, NULL, NULL},
    {"history", NULL, 2, 3, NULL, history},
    {"initial", "initial", 1, 1, NULL, NULL},
    {"integer", "integer", 1, 1, NULL, NULL},
    {"invnorm", NULL, 1, 3, inverse_normal, NULL},
    {"logistic", NULL, 2, 3, logistic, NULL},
    {"lookup_invert", NULL, 2, 2, NULL, inverse_lookup},
    {"lookuparea", NULL, 1, 3, NULL, xmile_area},
    {"lookupinv", NULL, 2, 2, NULL, inverse_lookup},
    {"montecarlo", NULL, 1, 2, monte_carlo, NULL},
    {"pareto", NULL, 2, 3, pareto, NULL},
    {"permutations", NULL, 2, 2, permutations, NULL},
    {"power", NULL, 2, 2, power, NULL},
    {"pulse_train", "pulse_train", 4, 4, NULL, NULL},
    {"quantum", "quantum", 2, 2, NULL, NULL},
    {"root", NULL, 2, 2, root, NULL},
    {"rootn", NULL, 2, 2, root, NULL},
    {"sample_if_true", "sample", 3, 3, NULL, NULL},
    {"sign", "sign", 1, 1, NULL, NULL},
    {"smooth", "smooth", 2, 2, NULL, NULL},
    {"smooth3", "smooth3", 2, 2, NULL, NULL},
    {"smooth3i", "smooth3", 3, 3, NULL, NULL},
    {"smoothi", "smooth", 3, 3, NULL, NULL},
    {"vmax", NULL, 1, 1, NULL, of_array},
    {"vmin", NULL, 1, 1, NULL, of_array},
    {"weibull", NULL, 2, 3, weibull, NULL},
    {"xidz", "safediv", 3, 3, NULL, NULL},
    {"zidz", "safediv", 2, 2, NULL, NULL},
};

static const char no_definition[] =
    "its conventions (order of arguments, counting, what lies outside) are not ours to guess";
static const char of_material[] = "the age of material in conveyors and queues is not kept";
static const struct {
  const char *name, *reason;
} refused[] = {
    {"clocktime", "a run that depends on the clock on the wall cannot be repeated"},
    {"cooktime", "there are no ovens"},
    {"ctflow", of_material},
    {"ctmax", of_material},
    {"ctmean", of_material},
    {"ctmin", of_material},
    {"ctstddev", of_material},
    {"cycletime", of_material},
    {"gamma_of_this_shape", "shapes of BETA and GAMMA are constants, multiples of 1/2"},
    {"geometric", no_definition},
    {"interpolate", no_definition},
    {"irr", "the rate is found by search, which no equation can say"},
    {"lookupmean", no_definition},
    {"lookupxy", no_definition},
    {"negbinomial", no_definition},
    {"normalcdf", no_definition},
    {"ostate", "there are no ovens"},
    {"pause", "runs do not pause"},
    {"qelem", of_material},
    {"qlen", of_material},
    {"rework", no_definition},
    {"throughput", of_material},
    {"triangular", no_definition},
};

// Stella counts the runs of a session, and those of a sensitivity analysis: 0 for a run that stands alone.
struct expr *xmile_vendor_quantity(struct xmile_reader *r, const struct xmile_node *n, const char *name) {
  static const char *const counts[] = {"runcount", "sensiruncount", "sensiruntotal", NULL};
  for (size_t i = 0; counts[i]; i++) {
    if (strcmp(counts[i], name) != 0) continue;
    diag_warning(r->diag, n->span, xmile_run_count, n->written);
    return xmile_number(r, n->span, 0);
  }
  return NULL;
}

const struct xmile_function *xmile_vendor_find(const char *name) {
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (strcmp(functions[i].name, name) == 0) return &functions[i];
  return NULL;
}

const char *xmile_vendor_refusal(const char *name) {
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    if (strcmp(refused[i].name, name) == 0) return refused[i].reason;
  return NULL;
}
