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
