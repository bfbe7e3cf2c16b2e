// SPDX-License-Identifier: GPL-3.0-or-later
// See sweep_json.h. Arrays of objects in the order of the labels, so that a reader needs no knowledge of our indices.
#include "output/sweep_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "output/sweep_csv.h"

#define LISTED_PARAMETERS 20  // of an outcome
#define LISTED_FAILURES 100   // in the summary; the table of members has the rest

static void put_count(struct jsonout *j, json_t *in, const char *key, uint64_t n) {
  jsonout_set(j, in, key, json_integer((json_int_t)n));
}

static void put_number(struct jsonout *j, json_t *in, const char *key, double x) {
  jsonout_set(j, in, key, jsonout_number(x));
}

static void put_quantiles(struct jsonout *j, json_t *in, const char *key, const struct sweep_results *r,
                          const double *values) {
  json_t *object = jsonout_object(j, in, key);
  char name[40];
  for (size_t l = 0; l < r->config->level_count; l++)
    put_number(j, object, sweep_csv_level(r->config->levels[l], name), values[l]);
}

static void put_statistics(struct jsonout *j, json_t *in, const struct sweep_results *r, const struct statistics *s) {
  put_count(j, in, "count", s->count);
  put_number(j, in, "mean", s->mean);
  put_number(j, in, "mean_error", s->mean_error);
  put_number(j, in, "sd", s->sd);
  put_number(j, in, "min", s->least);
  put_number(j, in, "max", s->most);
  put_quantiles(j, in, "quantiles", r, s->quantiles);
  put_quantiles(j, in, "quantile_errors", r, s->quantile_errors);
}

static void put_outcome_keys(struct jsonout *j, json_t *in, const struct sweep_labels *l, size_t o) {
  const struct outcome *outcome = &l->outcomes[o];
  jsonout_set(j, in, "variable", jsonout_text(l->columns[outcome->column]));
  jsonout_set(j, in, "phase", jsonout_text(labels_phase(l, outcome)));
  jsonout_set(j, in, "unit", jsonout_text(l->column_units[outcome->column]));
}

// P(target met) with its binomial standard error. A member that never reached the phase is not judged.
static void put_target(struct jsonout *j, json_t *in, const struct outcome *outcome, const struct outcome_results *o) {
  if (isnan(outcome->target)) return;
  json_t *target = jsonout_object(j, in, "target");
  double n = (double)o->values.count, p = (double)o->met / n;
  put_number(j, target, outcome->at_most ? "at_most" : "at_least", outcome->target);
  put_count(j, target, "met", o->met);
  put_count(j, target, "judged", o->values.count);
  put_number(j, target, "probability", p);
  put_number(j, target, "probability_error", sqrt(p * (1 - p) / n));
}

struct ranked {
  size_t parameter;
  double size;
};

static int compare_ranked(const void *a, const void *b) {
  const struct ranked *x = a, *y = b;
  if (x->size != y->size) return x->size > y->size ? -1 : 1;
  return x->parameter < y->parameter ? -1 : x->parameter > y->parameter;
}

// The parameters that matter most, by rank correlation; sweep.nc has all of them.
static size_t find_most_important(const struct importance_result *i, size_t parameters, struct ranked *ranked) {
  size_t n = 0;
  for (size_t p = 0; p < parameters; p++)
    if (!isnan(i->rank[p])) ranked[n++] = (struct ranked){p, fabs(i->rank[p])};
  if (n) qsort(ranked, n, sizeof *ranked, compare_ranked);
  return n < LISTED_PARAMETERS ? n : LISTED_PARAMETERS;
}

static void put_importance(struct jsonout *j, json_t *in, const struct sweep_labels *l,
                           const struct importance_result *i) {
  if (l->parameter_count == 0) return;
  json_t *object = jsonout_object(j, in, "importance");
  put_count(j, object, "members", i->members);
  put_number(j, object, "explained", i->explained);
  json_t *list = jsonout_array(j, object, "parameters");
  struct ranked *ranked = mem_alloc(l->parameter_count * sizeof *ranked);
  if (!ranked) j->failed = true;
  size_t n = ranked ? find_most_important(i, l->parameter_count, ranked) : 0;
  for (size_t k = 0; k < n; k++) {
    json_t *item = jsonout_object(j, list, NULL);
    jsonout_set(j, item, "name", jsonout_text(l->parameters[ranked[k].parameter]));
    put_number(j, item, "rank_correlation", i->rank[ranked[k].parameter]);
    put_number(j, item, "regression_coefficient", i->standard[ranked[k].parameter]);
  }
  mem_free(ranked);
}

static void put_outcomes(struct jsonout *j, json_t *in, const struct sweep_labels *l, const struct sweep_results *r) {
  json_t *list = jsonout_array(j, in, "outcomes");
  for (size_t i = 0; i < r->config->policies * l->outcome_count; i++) {
    const struct outcome_results *o = &r->outcomes[i];
    json_t *item = jsonout_object(j, list, NULL);
    jsonout_set(j, item, "policy", jsonout_text(l->policies[i / l->outcome_count]));
    put_outcome_keys(j, item, l, i % l->outcome_count);
    put_statistics(j, item, r, &o->values);
    put_target(j, item, &l->outcomes[i % l->outcome_count], o);
    put_importance(j, item, l, &o->importance);
  }
}

static void put_pairs(struct jsonout *j, json_t *in, const struct sweep_labels *l, const struct sweep_results *r) {
  if (r->plan->pair_count == 0) return;
  json_t *list = jsonout_array(j, in, "comparisons");
  for (size_t i = 0; i < r->plan->pair_count * l->outcome_count; i++) {
    const struct outcome_pair *pair = &r->plan->pairs[i / l->outcome_count];
    const struct pair_results *p = &r->pairs[i];
    json_t *item = jsonout_object(j, list, NULL);
    jsonout_set(j, item, "first", jsonout_text(l->policies[pair->first]));
    jsonout_set(j, item, "second", jsonout_text(l->policies[pair->second]));
    put_outcome_keys(j, item, l, i % l->outcome_count);
    put_statistics(j, jsonout_object(j, item, "difference"), r, &p->difference);
    put_count(j, item, "first_better", p->first_better);
    put_count(j, item, "second_better", p->second_better);
    put_number(j, item, "first_better_share", (double)p->first_better / (double)p->difference.count);
  }
}

static void put_regrets(struct jsonout *j, json_t *in, const struct sweep_labels *l, const struct sweep_results *r) {
  if (!r->regrets) return;
  json_t *list = jsonout_array(j, in, "regrets");
  for (size_t i = 0; i < r->config->policies * l->outcome_count; i++) {
    json_t *item = jsonout_object(j, list, NULL);
    jsonout_set(j, item, "policy", jsonout_text(l->policies[i / l->outcome_count]));
    put_outcome_keys(j, item, l, i % l->outcome_count);
    put_statistics(j, item, r, &r->regrets[i]);
  }
}

// In which save intervals each phase began, and for how many members it never did.
static void put_phases(struct jsonout *j, json_t *in, const struct sweep_labels *l, const struct sweep_results *r) {
  json_t *list = jsonout_array(j, in, "phases");
  for (size_t i = 0; i < r->config->policies * l->phase_count; i++) {
    const uint64_t *began = r->began + i * r->config->times;
    uint64_t reached = 0;
    json_t *item = jsonout_object(j, list, NULL);
    jsonout_set(j, item, "policy", jsonout_text(l->policies[i / l->phase_count]));
    jsonout_set(j, item, "phase", jsonout_text(l->phases[i % l->phase_count]));
    json_t *times = jsonout_array(j, item, "began");
    for (size_t t = 0; t < r->config->times; t++) {
      reached += began[t];
      if (began[t] == 0) continue;
      json_t *at = jsonout_object(j, times, NULL);
      put_number(j, at, "time", l->times[t]);
      put_count(j, at, "members", began[t]);
    }
    put_count(j, item, "never", r->members - r->failed[i / l->phase_count] - reached);
  }
}

// The last cause stands for an integrator that did not converge.
static const char *cause_name(const struct sweep_labels *l, size_t variable) {
  return variable < l->model->variables.count ? l->model->variables.items[variable].name : "(integrator)";
}

static void put_causes(struct jsonout *j, json_t *in, const struct sweep_labels *l, const struct sweep_results *r,
                       uint32_t policy) {
  json_t *list = jsonout_array(j, in, "causes");
  for (size_t v = 0; v < r->config->variables; v++) {
    uint64_t n = r->causes[policy * r->config->variables + v];
    if (n == 0) continue;
    json_t *item = jsonout_object(j, list, NULL);
    jsonout_set(j, item, "variable", jsonout_text(cause_name(l, v)));
    put_count(j, item, "members", n);
  }
}

static void put_failed_member(struct jsonout *j, json_t *list, const struct sweep_labels *l,
                              const struct sweep_results *r, const struct reduce_failure *f) {
  json_t *item = jsonout_object(j, list, NULL);
  put_count(j, item, "member", f->member);
  jsonout_set(j, item, "policy", jsonout_text(l->policies[f->policy]));
  put_number(j, item, "time", f->failure.time);
  jsonout_set(j, item, "variable", jsonout_text(cause_name(l, f->failure.variable)));
  put_count(j, item, "element", f->failure.element);
  put_number(j, item, "value", f->failure.value);  // null: not finite
  if (f->member >= r->reducer->table_members) return;
  json_t *parameters = jsonout_object(j, item, "parameters");
  for (size_t p = 0; p < l->parameter_count; p++)
    put_number(j, parameters, l->parameters[p], results_table(r, f->member, p));
}

static void put_failures(struct jsonout *j, json_t *in, const struct sweep_labels *l, const struct sweep_results *r) {
  json_t *list = jsonout_array(j, in, "failures");
  for (uint32_t p = 0; p < r->config->policies; p++) {
    json_t *item = jsonout_object(j, list, NULL);
    jsonout_set(j, item, "policy", jsonout_text(l->policies[p]));
    put_count(j, item, "failed", r->failed[p]);
    put_number(j, item, "share", (double)r->failed[p] / (double)r->members);
    put_causes(j, item, l, r, p);
  }
  json_t *members = jsonout_array(j, in, "failed_members");
  for (size_t i = 0; i < r->failure_count && i < LISTED_FAILURES; i++)
    put_failed_member(j, members, l, r, &r->failures[i]);
}

static void put_method(struct jsonout *j, json_t *in, const struct sweep_results *r) {
  json_t *object = jsonout_object(j, in, "quantiles");
  jsonout_set(j, object, "definition", jsonout_text("Hyndman-Fan 7"));
  jsonout_set(j, object, "exact", json_boolean(r->exact));
  put_number(j, object, "relative_error_bound", r->bound);  // the widest of all; sweep.nc has each variable's
  jsonout_set(j, object, "errors", jsonout_text("one standard error, as for independent draws"));
  json_t *levels = jsonout_array(j, object, "levels");
  for (size_t l = 0; l < r->config->level_count; l++) jsonout_append(j, levels, jsonout_number(r->config->levels[l]));
}

void sweep_json_put(struct jsonout *j, json_t *in, const struct sweep_labels *l, const struct sweep_results *r) {
  json_t *sweep = jsonout_object(j, in, "sweep");
  put_count(j, sweep, "members", r->members);
  jsonout_set(j, sweep, "sampling", jsonout_text(l->sampling));
  char seed[24];  // JSON readers keep 53 bits of a number
  snprintf(seed, sizeof seed, "%llu", (unsigned long long)l->seed);
  jsonout_set(j, sweep, "seed", l->seed < 1ull << 53 ? json_integer((json_int_t)l->seed) : jsonout_text(seed));
  put_method(j, sweep, r);
  put_failures(j, sweep, l, r);
  put_phases(j, sweep, l, r);
  put_outcomes(j, sweep, l, r);
  put_pairs(j, sweep, l, r);
  put_regrets(j, sweep, l, r);
}
