// SPDX-License-Identifier: GPL-3.0-or-later
// Random functions: draws of ours within the bounds of Vensim's. Seeds are ours, as the contract for randomness has it.
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_call.h"

static struct expr *between(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, struct expr *x) {
  struct expr *low[2] = {x, mdl_call_arg(m, c, n, 0)};
  struct expr *high[2] = {mdl_apply(m, n->span, "max", 2, low), mdl_call_arg(m, c, n, 1)};
  return mdl_apply(m, n->span, "min", 2, high);
}

struct expr *mdl_chance_uniform(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *args[2] = {mdl_number(m, n->span, 0), mdl_number(m, n->span, 1)};
  bool unit = strcmp(n->key, "random 0 1") == 0;
  if (!mdl_call_fits(m, n, unit ? 0 : 2, unit ? 1 : 3)) return NULL;
  if (!unit) args[0] = mdl_call_arg(m, c, n, 0), args[1] = mdl_call_arg(m, c, n, 1);
  return mdl_apply(m, n->span, "random_uniform", 2, args);
}

// RANDOM NORMAL(min, max, mean, sd, seed): held within its bounds.
struct expr *mdl_chance_normal(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!mdl_call_fits(m, n, 4, 5)) return NULL;
  struct expr *args[2] = {mdl_call_arg(m, c, n, 2), mdl_call_arg(m, c, n, 3)};
  return between(m, c, n, mdl_apply(m, n->span, "random_normal", 2, args));
}

// RANDOM EXPONENTIAL and RANDOM POISSON(min, max, ..., shift, stretch, seed): x * stretch + shift.
static struct expr *shifted(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, struct expr *x, size_t at) {
  x = mdl_binary(m, n->span, OP_MULTIPLY, x, mdl_call_arg(m, c, n, at + 1));
  return between(m, c, n, mdl_binary(m, n->span, OP_ADD, x, mdl_call_arg(m, c, n, at)));
}

struct expr *mdl_chance_exponential(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *mean = mdl_number(m, n->span, 1);
  if (!mdl_call_fits(m, n, 4, 5)) return NULL;
  return shifted(m, c, n, mdl_apply(m, n->span, "random_exponential", 1, &mean), 2);
}

struct expr *mdl_chance_poisson(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!mdl_call_fits(m, n, 5, 6)) return NULL;
  struct expr *mean = mdl_call_arg(m, c, n, 2);
  return shifted(m, c, n, mdl_apply(m, n->span, "random_poisson", 1, &mean), 3);
}

// A draw between two shares of a distribution: low + (high - low) * u.
static struct expr *share(struct mdl *m, struct span at, struct expr *low, struct expr *high) {
  struct expr *bounds[2] = {low, high};
  return mdl_apply(m, at, "random_uniform", 2, bounds);
}

// RANDOM TRIANGULAR(min, max, start, peak, end, seed), by the inverse of its distribution.
struct expr *mdl_chance_triangular(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct span at = n->span;
  if (!mdl_call_fits(m, n, 5, 6)) return NULL;
  const char *name = arena_format(m->arena, "%s#%u", c->name, ++m->calls);
  uint32_t u = mdl_variable_hidden(m, c, VARIABLE_AUXILIARY, name, at);
  struct expr *draw = share(m, at, mdl_number(m, at, 0), mdl_number(m, at, 1));
  list_push(m->arena, &m->model->variables.items[u].equations) = (struct equation){.span = at, .rhs = draw};
  struct expr *a[8], *p[4], *b[4];  // start, peak, end, each as often as it is needed
  for (int i = 0; i < 8; i++) a[i] = mdl_call_arg(m, c, n, 2);
  for (int i = 0; i < 4; i++) p[i] = mdl_call_arg(m, c, n, 3), b[i] = mdl_call_arg(m, c, n, 4);
  struct expr *rise = mdl_binary(m, at, OP_SUBTRACT, p[0], a[0]), *all = mdl_binary(m, at, OP_SUBTRACT, b[0], a[1]);
  struct expr *left = mdl_binary(m, at, OP_LESS, mdl_over_places(m, c, at, u), mdl_binary(m, at, OP_DIVIDE, rise, all));
  struct expr *low = mdl_binary(m, at, OP_MULTIPLY, mdl_binary(m, at, OP_SUBTRACT, b[1], a[2]),
                                mdl_binary(m, at, OP_SUBTRACT, p[1], a[3]));
  low = mdl_binary(m, at, OP_MULTIPLY, mdl_over_places(m, c, at, u), low);
  low = mdl_binary(m, at, OP_ADD, a[4], mdl_apply(m, at, "sqrt", 1, &low));
  struct expr *rest = mdl_binary(m, at, OP_SUBTRACT, mdl_number(m, at, 1), mdl_over_places(m, c, at, u));
  struct expr *high = mdl_binary(m, at, OP_MULTIPLY, mdl_binary(m, at, OP_SUBTRACT, b[2], a[5]),
                                 mdl_binary(m, at, OP_SUBTRACT, mdl_call_arg(m, c, n, 4), p[2]));
  high = mdl_binary(m, at, OP_MULTIPLY, rest, high);
  high = mdl_binary(m, at, OP_SUBTRACT, b[3], mdl_apply(m, at, "sqrt", 1, &high));
  return between(m, c, n, mdl_if(m, at, left, low, high));
}

// RANDOM WEIBULL(min, max, shape, shift, stretch, seed): of mean 1, so (-ln u)^(1/shape) / gamma(1 + 1/shape).
struct expr *mdl_chance_weibull(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct span at = n->span;
  if (!mdl_call_fits(m, n, 5, 6)) return NULL;
  struct expr *one = mdl_number(m, at, 1);
  struct expr *wait = mdl_apply(m, at, "random_exponential", 1, &one);  // -ln u
  struct expr *inverse = mdl_binary(m, at, OP_DIVIDE, mdl_number(m, at, 1), mdl_call_arg(m, c, n, 2));
  struct expr *again = mdl_binary(m, at, OP_DIVIDE, mdl_number(m, at, 1), mdl_call_arg(m, c, n, 2));
  struct expr *order = mdl_binary(m, at, OP_ADD, mdl_number(m, at, 1), again);
  struct expr *scale = mdl_apply(m, at, "gamma_ln", 1, &order);
  scale = scale ? mdl_apply(m, at, "exp", 1, &scale) : NULL;
  struct expr *x = mdl_binary(m, at, OP_DIVIDE, mdl_binary(m, at, OP_POWER, wait, inverse), scale);
  return shifted(m, c, n, x, 3);
}
