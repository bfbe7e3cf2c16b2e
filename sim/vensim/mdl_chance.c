// SPDX-License-Identifier: GPL-3.0-or-later
// Random functions: draws of ours, from the distributions in Vensim's reference manual. Seeds are ours, as the contract
// for randomness has it. What falls outside of min and max is drawn again, as Vensim does, here a few times and then
// put on the bound. Each draw is a hidden variable named after its own, so that no other variable shifts its stream.
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_call.h"

enum { DRAWS = 4 };

uint32_t mdl_chance_hidden(struct mdl *m, struct mdl_context *c, struct span at, const char *what, struct expr *x) {
  if (!x) return MDL_NONE;
  const char *name = arena_format(m->arena, "%s %s", c->name, what);
  uint32_t index = mdl_variable_hidden(m, c, VARIABLE_AUXILIARY, name, at);
  list_push(m->arena, &m->model->variables.items[index].equations) = (struct equation){.span = at, .rhs = x};
  return index;
}

static struct expr *clamped(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, struct expr *x) {
  struct expr *low[2] = {x, mdl_call_arg(m, c, n, 0)};
  struct expr *high[2] = {mdl_apply(m, n->span, "max", 2, low), mdl_call_arg(m, c, n, 1)};
  return mdl_apply(m, n->span, "min", 2, high);
}

struct expr *mdl_chance_between(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, mdl_call_fn *make) {
  struct span at = n->span;
  struct mdl_context wide;
  struct expr *x = NULL;
  if (!mdl_variable_widen(m, c, &wide)) return mdl_call_unsupported(m, c, n);
  for (int k = 0; k < DRAWS; k++) {
    struct mdl_context inside = mdl_variable_inside(m, &wide, c->name);
    uint32_t draw = mdl_chance_hidden(m, &wide, at, "draw", make(m, &inside, n));
    if (draw == MDL_NONE) return NULL;
    struct expr *value = mdl_variable_in(m, c, &wide, at, draw);
    struct expr *fits =
        mdl_binary(m, at, OP_AND, mdl_binary(m, at, OP_GREATER_EQUAL, value, mdl_call_arg(m, c, n, 0)),
                   mdl_binary(m, at, OP_LESS_EQUAL, mdl_variable_in(m, c, &wide, at, draw), mdl_call_arg(m, c, n, 1)));
    value = mdl_variable_in(m, c, &wide, at, draw);
    x = k ? mdl_if(m, at, fits, value, x) : clamped(m, c, n, value);
  }
  return x;
}

struct expr *mdl_chance_uniform(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *args[2] = {mdl_number(m, n->span, 0), mdl_number(m, n->span, 1)};
  bool unit = strcmp(n->key, "random 0 1") == 0;
  if (!mdl_call_fits(m, n, unit ? 0 : 2, unit ? 1 : 3)) return NULL;
  if (!unit) args[0] = mdl_call_arg(m, c, n, 0), args[1] = mdl_call_arg(m, c, n, 1);
  return mdl_apply(m, n->span, "random_uniform", 2, args);
}

struct expr *mdl_chance_shifted(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, struct expr *x,
                                size_t at) {
  x = mdl_binary(m, n->span, OP_MULTIPLY, x, mdl_call_arg(m, c, n, at + 1));
  return mdl_binary(m, n->span, OP_ADD, x, mdl_call_arg(m, c, n, at));
}

// RANDOM NORMAL(min, max, mean, sd, seed)
static struct expr *normal(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *args[2] = {mdl_call_arg(m, c, n, 2), mdl_call_arg(m, c, n, 3)};
  return mdl_apply(m, n->span, "random_normal", 2, args);
}

struct expr *mdl_chance_normal(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  return mdl_call_fits(m, n, 4, 5) ? mdl_chance_between(m, c, n, normal) : NULL;
}

// RANDOM EXPONENTIAL(min, max, shift, stretch, seed)
static struct expr *exponential(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *mean = mdl_number(m, n->span, 1);
  return mdl_chance_shifted(m, c, n, mdl_apply(m, n->span, "random_exponential", 1, &mean), 2);
}

struct expr *mdl_chance_exponential(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  return mdl_call_fits(m, n, 4, 5) ? mdl_chance_between(m, c, n, exponential) : NULL;
}

// RANDOM POISSON(min, max, mean, shift, stretch, seed)
static struct expr *poisson(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *mean = mdl_call_arg(m, c, n, 2);
  return mdl_chance_shifted(m, c, n, mdl_apply(m, n->span, "random_poisson", 1, &mean), 3);
}

struct expr *mdl_chance_poisson(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  return mdl_call_fits(m, n, 5, 6) ? mdl_chance_between(m, c, n, poisson) : NULL;
}

// RANDOM WEIBULL(min, max, shape, shift, stretch, seed): of mean 1, so (-ln u)^(1/shape) / gamma(1 + 1/shape).
static struct expr *weibull(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct span at = n->span;
  struct expr *one = mdl_number(m, at, 1), *inverse[2];
  struct expr *wait = mdl_apply(m, at, "random_exponential", 1, &one);  // -ln u
  for (int i = 0; i < 2; i++) inverse[i] = mdl_binary(m, at, OP_DIVIDE, mdl_number(m, at, 1), mdl_call_arg(m, c, n, 2));
  struct expr *order = mdl_binary(m, at, OP_ADD, mdl_number(m, at, 1), inverse[0]);
  struct expr *scale = mdl_apply(m, at, "gamma_ln", 1, &order);
  scale = scale ? mdl_apply(m, at, "exp", 1, &scale) : NULL;
  return mdl_chance_shifted(m, c, n, mdl_binary(m, at, OP_DIVIDE, mdl_binary(m, at, OP_POWER, wait, inverse[1]), scale),
                            3);
}

struct expr *mdl_chance_weibull(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  return mdl_call_fits(m, n, 5, 6) ? mdl_chance_between(m, c, n, weibull) : NULL;
}

// ---- triangles

static struct expr *difference(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, size_t i, size_t k) {
  struct expr *x = mdl_call_arg(m, c, n, i);
  return mdl_binary(m, n->span, OP_SUBTRACT, x, mdl_call_arg(m, c, n, k));
}

// sqrt(share * (end - start) * side): how far from its end of the triangle a share of one side lies.
static struct expr *reach(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, struct expr *share,
                          struct expr *side) {
  struct expr *x = mdl_binary(m, n->span, OP_MULTIPLY, difference(m, c, n, 4, 2), side);
  x = mdl_binary(m, n->span, OP_MULTIPLY, share, x);
  return x ? mdl_apply(m, n->span, "sqrt", 1, &x) : NULL;
}

// RANDOM TRIANGULAR(min, max, start, peak, end, seed), by the inverse of its distribution.
static struct expr *triangular(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct span at = n->span;
  struct expr *bounds[2] = {mdl_number(m, at, 0), mdl_number(m, at, 1)};
  uint32_t u = mdl_chance_hidden(m, c, at, "share", mdl_apply(m, at, "random_uniform", 2, bounds));
  struct expr *rise = mdl_binary(m, at, OP_DIVIDE, difference(m, c, n, 3, 2), difference(m, c, n, 4, 2));
  struct expr *left = mdl_binary(m, at, OP_LESS, mdl_over_places(m, c, at, u), rise);
  struct expr *low = reach(m, c, n, mdl_over_places(m, c, at, u), difference(m, c, n, 3, 2));
  struct expr *rest = mdl_binary(m, at, OP_SUBTRACT, mdl_number(m, at, 1), mdl_over_places(m, c, at, u));
  struct expr *high = reach(m, c, n, rest, difference(m, c, n, 4, 3));
  low = mdl_binary(m, at, OP_ADD, mdl_call_arg(m, c, n, 2), low);
  high = mdl_binary(m, at, OP_SUBTRACT, mdl_call_arg(m, c, n, 4), high);
  return mdl_if(m, at, left, low, high);
}

struct expr *mdl_chance_triangular(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  return mdl_call_fits(m, n, 5, 6) ? mdl_chance_between(m, c, n, triangular) : NULL;
}
