// SPDX-License-Identifier: GPL-3.0-or-later
// Random functions that are made of many draws. Each trial or wait is an element of a hidden variable along a dimension
// of its own, so their number must be known while reading. And the one whose density is a lookup.
#include <math.h>

#include "vensim/mdl_call.h"

enum { MOST_DRAWS = 1000 };

// A number of draws: whole, and known.
static bool number_of_draws(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, size_t i, double *count) {
  bool known = mdl_value_constant(m, n->args[i], count);
  if (known && *count >= 1 && *count <= MOST_DRAWS && *count == floor(*count)) return true;
  const char *reason = "here A, B and N are whole numbers from 1 to %d, known at the start";
  mdl_refuse(m, c, n, arena_format(m->arena, reason, MOST_DRAWS));
  return false;
}

struct trials {
  struct mdl *m;
  struct mdl_context *c;
  struct span at;
  uint32_t dimension, uniform;
};

static struct trials trials_of(struct mdl *m, struct mdl_context *c, struct span at, double count) {
  struct trials t = {.m = m, .c = c, .at = at, .dimension = mdl_dimension_of(m, (uint32_t)count)};
  struct expr *bounds[2] = {mdl_number(m, at, 0), mdl_number(m, at, 1)};
  t.uniform = mdl_chance_hidden(m, c, at, "trials", mdl_apply(m, at, "random_uniform", 2, bounds));
  struct variable *v = &m->model->variables.items[t.uniform];
  v->dims = arena_grow(m->arena, v->dims, v->dim_count, v->dim_count + 1, sizeof *v->dims);
  v->dims[v->dim_count++] = t.dimension;
  v->element_count *= (size_t)count;
  return t;
}

static struct expr *uniform(struct trials *t) {
  struct mdl_context *c = t->c;
  struct variable whole = t->m->model->variables.items[t->uniform];
  struct expr *e = mdl_name(t->m, t->at, whole.name);
  struct variable *v = &t->m->model->variables.items[t->uniform];
  v->dim_count--;  // the subscripts of the places, and the trial behind them
  const struct expr *over = mdl_over_places(t->m, c, t->at, t->uniform);
  t->m->model->variables.items[t->uniform].dim_count++;
  e->subscripts = over->subscripts, e->subscript_count = over->subscript_count;
  return mdl_along(t->m, e, t->dimension);
}

static struct expr *sum(struct trials *t, struct expr *x) {
  return mdl_reduce(t->m, t->at, "sum", 1, &t->m->model->dimensions.items[t->dimension].name, x);
}

static struct expr *ln(struct trials *t, struct expr *x) {
  return mdl_apply(t->m, t->at, "ln", 1, &x);
}

// ---- RANDOM BINOMIAL(min, max, P, N, shift, stretch, seed): successes among N

static struct expr *binomial(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  double count;
  if (!number_of_draws(m, c, n, 3, &count)) return NULL;
  struct trials t = trials_of(m, c, n->span, count);
  struct expr *success = mdl_binary(m, n->span, OP_LESS, uniform(&t), mdl_call_arg(m, c, n, 2));
  struct expr *x = sum(&t, mdl_if(m, n->span, success, mdl_number(m, n->span, 1), mdl_number(m, n->span, 0)));
  return mdl_chance_shifted(m, c, n, x, 4);
}

struct expr *mdl_draws_binomial(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  return mdl_call_fits(m, n, 6, 7) ? mdl_chance_between(m, c, n, binomial) : NULL;
}

// ---- RANDOM NEGATIVE BINOMIAL(min, max, P, N, shift, stretch, seed): trials until N succeed

// Trials until one succeeds: the least k with 1 - (1 - P)^k >= u, which is at least 1.
static struct expr *negative_binomial(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  double count;
  struct span at = n->span;
  if (!number_of_draws(m, c, n, 3, &count)) return NULL;
  struct trials t = trials_of(m, c, at, count);
  struct expr *failure = mdl_binary(m, at, OP_SUBTRACT, mdl_number(m, at, 1), mdl_call_arg(m, c, n, 2));
  if (!failure) return NULL;
  struct expr *tries = mdl_binary(m, at, OP_DIVIDE, ln(&t, uniform(&t)), ln(&t, failure));
  struct expr *least[2] = {mdl_number(m, at, 1), mdl_apply(m, at, "ceil", 1, &tries)};
  return mdl_chance_shifted(m, c, n, sum(&t, mdl_apply(m, at, "max", 2, least)), 4);
}

struct expr *mdl_draws_negative_binomial(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  return mdl_call_fits(m, n, 6, 7) ? mdl_chance_between(m, c, n, negative_binomial) : NULL;
}

// ---- RANDOM BETA(min, max, A, B, shift, stretch, seed): a/(a + b) of gamma draws, which are sums of waits

static uint32_t waits(struct mdl *m, struct mdl_context *c, struct span at, double count) {
  struct trials t = trials_of(m, c, at, count);
  struct expr *wait = mdl_binary(m, at, OP_SUBTRACT, mdl_number(m, at, 0), ln(&t, uniform(&t)));
  return mdl_chance_hidden(m, c, at, "waits", sum(&t, wait));
}

static struct expr *beta(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  double a, b;
  struct span at = n->span;
  if (!number_of_draws(m, c, n, 2, &a) || !number_of_draws(m, c, n, 3, &b)) return NULL;
  uint32_t first = waits(m, c, at, a), second = waits(m, c, at, b);
  struct expr *both = mdl_binary(m, at, OP_ADD, mdl_over_places(m, c, at, first), mdl_over_places(m, c, at, second));
  struct expr *x = mdl_binary(m, at, OP_DIVIDE, mdl_over_places(m, c, at, first), both);
  return mdl_chance_shifted(m, c, n, x, 4);
}

struct expr *mdl_draws_beta(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  return mdl_call_fits(m, n, 6, 7) ? mdl_chance_between(m, c, n, beta) : NULL;
}

// ---- RANDOM GAMMA(min, max, order, shift, stretch, seed)

struct expr *mdl_draws_gamma(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  double order;
  if (!mdl_call_fits(m, n, 5, 6)) return NULL;
  if (!mdl_value_constant(m, n->args[2], &order) || order != 1)
    return mdl_refuse(m, c, n, "the manual does not settle its scale but for order 1, where it is RANDOM EXPONENTIAL");
  struct mdl_node exponential = *n;
  exponential.arg_count = 4;
  exponential.args = arena_array(m->arena, struct mdl_node *, 4);
  for (size_t i = 0; i < 4; i++) exponential.args[i] = n->args[i < 2 ? i : i + 1];
  return mdl_chance_exponential(m, c, &exponential);
}

// ---- RANDOM LOOKUP(density, min, max, shift, stretch, seed)

static struct expr *by_density(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct span at = n->span;
  uint32_t number = mdl_table_named(m, c, n->args[4]);
  if (number == MDL_NONE) return NULL;
  struct expr *bounds[2] = {mdl_number(m, at, 0), mdl_number(m, at, 1)};
  uint32_t share = mdl_chance_hidden(m, c, at, "share", mdl_apply(m, at, "random_uniform", 2, bounds));
  return mdl_chance_shifted(m, c, n, mdl_table_quantile(m, c, n->args[4], number, share), 2);
}

// The density behind the others, so that min and max come first as in all random functions.
struct expr *mdl_draws_lookup(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!mdl_call_fits(m, n, 5, 6)) return NULL;
  uint32_t number = mdl_table_named(m, c, n->args[0]);
  if (number == MDL_NONE) return NULL;
  if (!mdl_table_is_density(m, number))
    return mdl_refuse(m, c, n, "its lookup is negative somewhere, or nowhere positive");
  struct mdl_node turned = *n;
  turned.arg_count = 5;
  turned.args = arena_array(m->arena, struct mdl_node *, 5);
  for (size_t i = 0; i < 5; i++) turned.args[i] = n->args[(i + 1) % 5];
  return mdl_chance_between(m, c, &turned, by_density);
}
