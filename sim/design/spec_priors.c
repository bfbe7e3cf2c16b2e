// SPDX-License-Identifier: GPL-3.0-or-later
// What is uncertain: the model's priors, those that `uncertain:` replaces, narrows or adds, less what `fixed:` names or
// `only:` does not, and less what the scenario itself sets to a value. Also `correlations:`.
// Sobol dimensions are given to all of the model's priors, used or not, so that fixing one parameter leaves the draws
// of the others as they were.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "design/prior.h"
#include "design/spec_parts.h"
#include "lang/prior.h"

static bool is_set(const struct scenario *s, uint32_t variable, uint32_t element) {
  for (size_t i = 0; i < s->parameters.count; i++) {
    const struct override *o = &s->parameters.items[i];
    if (o->variable == variable && (o->element == element || o->element == UINT32_MAX)) return true;
  }
  return false;
}

static void add_model_priors(struct reading *r, uint32_t variable) {
  const struct variable *v = &r->model->variables.items[variable];
  struct targets t;
  if (v->kind != VARIABLE_PARAMETER || !v->prior || !spec_resolve(r, v->name, v->span, &t)) return;
  for (size_t i = 0; i < t.items.count; i++) {
    if (v->prior[i].kind == PRIOR_NONE) continue;
    struct sweep_parameter *p = &t.items.items[i];
    p->dimension = r->dimensions++;
    p->prior = v->prior[i];
    struct candidate *c = spec_candidate(r, p);
    c->uncertain = true;
    c->set = is_set(r->scenario, variable, p->at.element);
  }
}

static bool is_bounds(const struct tree *t) {
  if (t->kind != TREE_MAP || !t->count) return false;
  for (size_t i = 0; i < t->count; i++)
    if (strcmp(t->keys[i]->text, "low") != 0 && strcmp(t->keys[i]->text, "high") != 0) return false;
  return true;
}

static bool is_leaf(const struct tree *t) {
  return prior_is(t) || is_bounds(t);
}

// {low: .., high: ..}: the prior stays and is cut, never widened.
static bool narrow(struct reading *r, struct candidate *c, const struct tree *t, const struct unit *unit) {
  struct prior *p = &c->parameter.prior;
  double low = -INFINITY, high = INFINITY;
  const struct tree *least = tree_get(t, "low"), *most = tree_get(t, "high");
  if (!c->uncertain) {
    diag_error(r->diag, t->span, sweep_narrow_nothing, c->parameter.name);
    return false;
  }
  if (least && !reader_number(r->units, least, "low", unit, &low, r->diag)) return false;
  if (most && !reader_number(r->units, most, "high", unit, &high, r->diag)) return false;
  p->low = fmax(p->low, low), p->high = fmin(p->high, high);
  p->span = t->span;
  return true;
}

// A draw outside a lever's range would be no policy.
bool spec_fits_range(struct reading *r, const struct variable *v, double low, double high, struct span at) {
  if (v->kind != VARIABLE_LEVER || (low >= v->low && high <= v->high)) return true;
  char least[32], most[32];
  diag_error(r->diag, at, sweep_range, v->name, text_from_number(v->low, least), text_from_number(v->high, most));
  return false;
}

static bool apply(struct reading *r, const struct variable *v, const struct sweep_parameter *p, const struct tree *t) {
  struct candidate *c = spec_candidate(r, p);
  c->set = false;
  c->parameter.span = p->span;
  if (is_bounds(t)) return narrow(r, c, t, v->unit);
  if (!prior_read(r->arena, r->units, t, v->unit, &c->parameter.prior, r->diag)) return false;
  if (!c->uncertain) c->parameter.dimension = r->dimensions++;
  c->uncertain = true;
  double low, high;
  prior_support(&c->parameter.prior, &low, &high);
  return spec_fits_range(r, v, low, high, c->parameter.prior.span);
}

static bool read_entry(struct reading *r, const struct tree *key, const struct tree *t) {
  struct targets targets;
  if (!spec_resolve(r, key->text, key->span, &targets)) return false;
  const struct variable *v = targets.variable;
  bool dealt = targets.items.count > 1 && targets.items.count == v->element_count && !is_leaf(t), ok = true;
  const struct tree **leaves = arena_array(r->arena, const struct tree *, v->element_count);
  if (dealt && !reader_deal(r->model, v, t, is_leaf, leaves, r->diag)) return false;
  for (size_t i = 0; i < targets.items.count; i++) {
    const struct sweep_parameter *p = &targets.items.items[i];
    const struct tree *mine = dealt ? leaves[p->at.element] : t;
    if (mine) ok = apply(r, v, p, mine) && ok;
  }
  return ok;
}

static bool read_uncertain(struct reading *r, const struct tree *t) {
  if (!t) return true;
  if (!reader_expect(t, t->span, TREE_MAP, "uncertain", r->diag)) return false;
  bool ok = true;
  for (size_t i = 0; i < t->count; i++) ok = read_entry(r, t->keys[i], t->items[i]) && ok;
  return ok;
}

// Marks the candidates that a list of names stands for.
static bool mark(struct reading *r, const struct tree *list, const char *what, bool *marked) {
  if (!reader_expect(list, list->span, TREE_LIST, what, r->diag)) return false;
  bool ok = true;
  for (size_t i = 0; i < list->count; i++) {
    struct targets t;
    const char *name;
    if (!reader_text(list->items[i], what, &name, r->diag) || !spec_resolve(r, name, list->items[i]->span, &t)) {
      ok = false;
      continue;
    }
    size_t found = 0;
    for (size_t j = 0; j < t.items.count; j++) {
      uint32_t c = map_get(&r->names, t.items.items[j].name);
      if (c != MAP_NONE && r->candidates.items[c].uncertain) marked[c] = true, found++;
    }
    if (found) continue;
    diag_error(r->diag, list->items[i]->span, sweep_certain, name);
    ok = false;
  }
  return ok;
}

static bool read_selection(struct reading *r, const struct tree *only, const struct tree *fixed) {
  if (only && fixed) {
    diag_error(r->diag, fixed->span, sweep_only_fixed);
    return false;
  }
  if (!only && !fixed) return true;
  bool *marked = arena_array(r->arena, bool, r->candidates.count + 1);
  if (!mark(r, only ? only : fixed, only ? "only" : "fixed", marked)) return false;
  for (size_t i = 0; i < r->candidates.count; i++) {
    struct candidate *c = &r->candidates.items[i];
    c->kept_out = only ? !marked[i] : marked[i];
    if (only && marked[i]) c->set = false;
  }
  return true;
}

bool spec_read_priors(struct reading *r, const struct tree *block) {
  for (uint32_t i = 0; i < r->model->variables.count; i++) add_model_priors(r, i);
  if (!block) return true;
  bool ok = read_uncertain(r, tree_get(block, "uncertain"));
  const struct tree *file = tree_get(block, "covariance");
  if (file) ok = spec_read_covariance(r, file) && ok;
  return ok && read_selection(r, tree_get(block, "only"), tree_get(block, "fixed"));
}

void spec_finish_parameters(struct reading *r) {
  for (size_t i = 0; i < r->candidates.count; i++) {
    const struct candidate *c = &r->candidates.items[i];
    if (!c->uncertain || c->set || c->kept_out) continue;
    map_add(&r->places, c->parameter.name, (uint32_t)r->spec->parameters.count);
    list_push(r->arena, &r->spec->parameters) = c->parameter;
  }
}

// One number by its name; *place is MAP_NONE when it could be uncertain but is held fixed.
static bool one_number(struct reading *r, const struct tree *key, uint32_t *place) {
  struct targets t;
  if (!spec_resolve_one(r, key->text, key->span, &t)) return false;
  const char *name = t.items.items[0].name;
  uint32_t c = map_get(&r->names, name);
  *place = map_get(&r->places, name);
  if (c != MAP_NONE && r->candidates.items[c].uncertain) return true;
  diag_error(r->diag, key->span, sweep_certain, key->text);
  return false;
}

static const struct correlation *find_pair(const struct sweep_spec *s, uint32_t a, uint32_t b) {
  for (size_t i = 0; i < s->correlations.count; i++) {
    const struct correlation *c = &s->correlations.items[i];
    if ((c->a == a && c->b == b) || (c->a == b && c->b == a)) return c;
  }
  return NULL;
}

static bool read_pair(struct reading *r, uint32_t a, const struct tree *key, const struct tree *value) {
  uint32_t b;
  double rank;
  if (!one_number(r, key, &b) || !reader_number(r->units, value, "a correlation", unit_one(), &rank, r->diag))
    return false;
  if (!(fabs(rank) < 1)) {
    diag_error(r->diag, value->span, sweep_correlation_range, value->text);
    return false;
  }
  if (a == MAP_NONE || b == MAP_NONE) return true;  // one of them is held fixed
  const struct correlation *other = a == b ? NULL : find_pair(r->spec, a, b);
  if (a == b || other) {
    diag_error(r->diag, key->span, sweep_pair_twice, r->spec->parameters.items[a].name,
               r->spec->parameters.items[b].name);
    if (other) diag_note(r->diag, other->span, "the pair is first given here");
    return false;
  }
  list_push(r->arena, &r->spec->correlations) =
      (struct correlation){a, b, correlate_normal_of_rank(rank), rank, value->span};
  return true;
}

bool spec_read_correlations(struct reading *r, const struct tree *block) {
  bool ok = spec_covariance_pairs(r);
  const struct tree *t = block ? tree_get(block, "correlations") : NULL;
  if (!t) return ok;
  if (!reader_expect(t, t->span, TREE_MAP, "correlations", r->diag)) return false;
  size_t pairs = 0;
  for (size_t i = 0; i < t->count; i++) {
    uint32_t a;
    const struct tree *row = t->items[i];
    if (!reader_expect(row, row->span, TREE_MAP, t->keys[i]->text, r->diag) || !one_number(r, t->keys[i], &a)) {
      ok = false;
      continue;
    }
    if ((pairs += row->count) > LIMIT_CORRELATIONS) {
      diag_error(r->diag, t->span, sweep_correlations_many, LIMIT_CORRELATIONS);
      return false;
    }
    for (size_t j = 0; j < row->count; j++) ok = read_pair(r, a, row->keys[j], row->items[j]) && ok;
  }
  return ok;
}
