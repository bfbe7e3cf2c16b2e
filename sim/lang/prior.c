// SPDX-License-Identifier: GPL-3.0-or-later
// Reads and checks one prior; see prior.h. The kinds stand in prior.def; what each demands of its arguments stands in
// the table below, one row a kind, so that a new distribution is a line in each.
#include "lang/prior.h"

#include <math.h>
#include <string.h>

const char *const prior_names[PRIOR_KINDS] = {
    "none",
#define PRIOR(id, name, fewest, most, arguments, doc) name,
#include "lang/prior.def"
#undef PRIOR
};

static const struct {
  size_t fewest, most;
  const char *arguments;
} shapes[PRIOR_KINDS] = {
    {0, 0, ""},
#define PRIOR(id, name, fewest, most, arguments, doc) {fewest, most, arguments},
#include "lang/prior.def"
#undef PRIOR
};

// Arguments that are pure numbers whatever the parameter's unit: a bit for each place.
static const unsigned pure[PRIOR_KINDS] = {[PRIOR_LOGNORMAL] = 2, [PRIOR_BETA] = 3, [PRIOR_GAMMA] = 1};

// A width beyond the largest number would make every draw infinite.
static bool has_width(double low, double high) {
  return low < high && isfinite(high - low);
}
static bool is_uniform(const double *x) {
  return has_width(x[0], x[1]);
}
static bool is_loguniform(const double *x) {
  return 0 < x[0] && x[0] < x[1];
}
static bool is_triangular(const double *x) {
  return x[0] <= x[1] && x[1] <= x[2] && has_width(x[0], x[2]);
}
static bool is_normal(const double *x) {
  return x[1] > 0;
}
static bool is_beta(const double *x) {
  return x[0] > 0 && x[1] > 0 && has_width(x[2], x[3]);
}
static bool is_positive_pair(const double *x) {
  return x[0] > 0 && x[1] > 0;
}
static bool is_positive(const double *x) {
  return x[0] > 0;
}

static const struct {
  bool (*holds)(const double *args);
  const char *demand;
} rules[PRIOR_KINDS] = {
    [PRIOR_UNIFORM] = {is_uniform, "low < high, of finite width"},
    [PRIOR_LOGUNIFORM] = {is_loguniform, "0 < low < high"},
    [PRIOR_TRIANGULAR] = {is_triangular, "low <= mode <= high and low < high, of finite width"},
    [PRIOR_NORMAL] = {is_normal, "sd > 0"},
    [PRIOR_LOGNORMAL] = {is_positive_pair, "median > 0 and sigma > 0"},
    [PRIOR_BETA] = {is_beta, "a > 0, b > 0 and low < high, of finite width"},
    [PRIOR_GAMMA] = {is_positive_pair, "shape > 0 and scale > 0"},
    [PRIOR_EXPONENTIAL] = {is_positive, "mean > 0"},
};

struct reading {
  struct arena *arena;
  struct unit_table *units;
  const struct unit *unit;
  struct prior *prior;
  struct diag *diag;
};

static enum prior_kind kind_by_name(const char *name) {
  for (unsigned k = PRIOR_NONE + 1; k < PRIOR_KINDS; k++)
    if (strcmp(prior_names[k], name) == 0) return (enum prior_kind)k;
  return PRIOR_NONE;
}

bool prior_is(const struct tree *t) {
  if (t->kind != TREE_MAP) return false;
  for (size_t i = 0; i < t->count; i++)
    if (kind_by_name(t->keys[i]->text) != PRIOR_NONE) return true;
  return false;
}

static bool rule_holds(const struct reading *r, const struct tree *t) {
  struct prior *p = r->prior;
  if (!r->unit || !rules[p->kind].holds || rules[p->kind].holds(p->args)) return true;
  diag_error(r->diag, t->span, prior_rule, prior_names[p->kind], rules[p->kind].demand);
  return false;
}

static bool read_args(const struct reading *r, const struct tree *t) {
  struct prior *p = r->prior;
  const char *name = prior_names[p->kind];
  if (t->kind == TREE_SCALAR && shapes[p->kind].most == 1) {
    p->arg_count = 1;
    return reader_number(r->units, t, name, r->unit, &p->args[0], r->diag) && rule_holds(r, t);
  }
  if (!reader_expect(t, t->span, TREE_LIST, name, r->diag)) return false;
  bool half_open = p->kind == PRIOR_BETA && t->count == 3;
  if (t->count < shapes[p->kind].fewest || t->count > shapes[p->kind].most || half_open) {
    diag_error(r->diag, t->span, prior_arguments, name, shapes[p->kind].arguments, t->count);
    return false;
  }
  if (p->kind == PRIOR_BETA) p->args[3] = 1;
  for (p->arg_count = 0; p->arg_count < t->count; p->arg_count++) {
    const struct unit *unit = pure[p->kind] >> p->arg_count & 1 ? unit_one() : r->unit;
    if (!reader_number(r->units, t->items[p->arg_count], name, unit, &p->args[p->arg_count], r->diag)) return false;
  }
  if (p->kind == PRIOR_BETA) p->arg_count = 4;
  return rule_holds(r, t);
}

// A key of a discrete prior is a number too, in the parameter's unit.
static bool read_weight(const struct reading *r, const struct tree *key, const struct tree *weight, size_t i) {
  struct prior *p = r->prior;
  if (!reader_number(r->units, key, "a value", r->unit, &p->values[i], r->diag) ||
      !reader_number(r->units, weight, "a weight", unit_one(), &p->weights[i], r->diag))
    return false;
  if (p->weights[i] >= 0) return true;
  diag_error(r->diag, weight->span, prior_weight);
  return false;
}

static bool read_discrete(const struct reading *r, const struct tree *t) {
  struct prior *p = r->prior;
  if (!reader_expect(t, t->span, TREE_MAP, "discrete", r->diag)) return false;
  if (t->count < shapes[PRIOR_DISCRETE].fewest || t->count > shapes[PRIOR_DISCRETE].most) {
    diag_error(r->diag, t->span, prior_arguments, "discrete", shapes[PRIOR_DISCRETE].arguments, t->count);
    return false;
  }
  p->values = arena_array(r->arena, double, t->count);
  p->weights = arena_array(r->arena, double, t->count);
  double sum = 0;
  for (p->value_count = 0; p->value_count < t->count; p->value_count++) {
    if (!read_weight(r, t->keys[p->value_count], t->items[p->value_count], p->value_count)) return false;
    sum += p->weights[p->value_count];
  }
  if (!(sum > 0) || !isfinite(sum)) {
    diag_error(r->diag, t->span, prior_weight);
    return false;
  }
  for (size_t i = 0; i < p->value_count; i++) p->weights[i] /= sum;
  return true;
}

// Where the untruncated prior has its mass.
static void support(const struct prior *p, double *low, double *high) {
  *low = -INFINITY, *high = INFINITY;
  if (p->kind == PRIOR_LOGNORMAL || p->kind == PRIOR_GAMMA || p->kind == PRIOR_EXPONENTIAL) *low = 0;
  if (p->kind == PRIOR_UNIFORM || p->kind == PRIOR_LOGUNIFORM) *low = p->args[0], *high = p->args[1];
  if (p->kind == PRIOR_TRIANGULAR) *low = p->args[0], *high = p->args[2];
  if (p->kind == PRIOR_BETA) *low = p->args[2], *high = p->args[3];
}

// A truncated discrete prior keeps a value with weight.
static bool keeps_value(const struct prior *p) {
  for (size_t i = 0; i < p->value_count; i++)
    if (p->weights[i] > 0 && p->values[i] >= p->low && p->values[i] <= p->high) return true;
  return p->kind != PRIOR_DISCRETE;
}

static bool truncation_holds(const struct reading *r, const struct tree *t) {
  double low, high;
  support(r->prior, &low, &high);
  if (!r->unit) return true;
  if (r->prior->low < r->prior->high && r->prior->low < high && r->prior->high > low && keeps_value(r->prior))
    return true;
  diag_error(r->diag, t->span, prior_truncation, prior_names[r->prior->kind]);
  return false;
}

static bool read_bound(const struct reading *r, const struct tree *t, const char *key, double *bound) {
  const struct tree *value = tree_get(t, key);
  return !value || reader_number(r->units, value, key, r->unit, bound, r->diag);
}

static bool one_kind(const struct reading *r, const struct tree *t, size_t *at) {
  size_t found = 0;
  for (size_t i = 0; i < t->count; i++)
    if (kind_by_name(t->keys[i]->text) != PRIOR_NONE && found++ == 0) *at = i;
  if (found == 1) return true;
  diag_error(r->diag, t->span, prior_one, found);
  return false;
}

bool prior_read(struct arena *a, struct unit_table *units, const struct tree *t, const struct unit *unit,
                struct prior *prior, struct diag *diag) {
  const char *known[PRIOR_KINDS + 2];
  memcpy(known, prior_names + 1, (PRIOR_KINDS - 1) * sizeof *known);
  known[PRIOR_KINDS - 1] = "low", known[PRIOR_KINDS] = "high", known[PRIOR_KINDS + 1] = NULL;
  *prior = (struct prior){.span = t->span, .low = -INFINITY, .high = INFINITY};
  struct reading r = {a, units, unit, prior, diag};
  size_t at = 0;
  if (!reader_expect(t, t->span, TREE_MAP, "a prior", diag) || !reader_keys(t, "a prior", known, diag) ||
      !one_kind(&r, t, &at))
    return false;
  prior->kind = kind_by_name(t->keys[at]->text);
  prior->span = t->keys[at]->span;
  bool ok = prior->kind == PRIOR_DISCRETE ? read_discrete(&r, t->items[at]) : read_args(&r, t->items[at]);
  return ok && read_bound(&r, t, "low", &prior->low) && read_bound(&r, t, "high", &prior->high) &&
         truncation_holds(&r, t);
}
