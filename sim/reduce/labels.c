// SPDX-License-Identifier: GPL-3.0-or-later
// See labels.h.
#include "reduce/labels.h"

#include <math.h>
#include <string.h>

typedef LIST(struct outcome) outcome_list;

static void name_columns(struct arena *a, struct sweep_labels *l, const struct program *p) {
  l->column_count = p->column_count;
  l->columns = arena_array(a, const char *, p->column_count);
  l->column_units = arena_array(a, const char *, p->column_count);
  for (size_t i = 0; i < p->column_count; i++) {
    const struct variable *v = &p->model->variables.items[p->columns[i].variable];
    l->columns[i] = p->columns[i].name;
    l->column_units[i] = unit_text(a, &p->model->units, v->unit ? v->unit : unit_one());
  }
}

// Do all elements of the variable at column `first` follow, in order?
static bool is_whole(const struct program *p, size_t first, const struct variable *v) {
  if (first + v->element_count > p->column_count) return false;
  for (size_t i = 0; i < v->element_count; i++)
    if (p->columns[first + i].variable != p->columns[first].variable || p->columns[first + i].element != i)
      return false;
  return true;
}

static void group_columns(struct arena *a, struct sweep_labels *l, const struct program *p) {
  l->variables = arena_array(a, struct labels_variable, p->column_count);
  for (size_t i = 0; i < p->column_count;) {
    const struct variable *v = &p->model->variables.items[p->columns[i].variable];
    struct labels_variable *to = &l->variables[l->variable_count++];
    bool whole = is_whole(p, i, v);
    *to = (struct labels_variable){whole ? v->name : l->columns[i], l->column_units[i], v->label, i, 1, NULL, 0};
    if (whole && v->dim_count) to->count = v->element_count, to->dims = v->dims, to->dim_count = v->dim_count;
    i += to->count;
  }
}

static void name_parameters(struct arena *a, struct sweep_labels *l, const struct program *p,
                            const char *const *parameters) {
  l->parameter_count = p->parameter_count;
  l->parameters = arena_array(a, const char *, p->parameter_count);
  l->parameter_units = arena_array(a, const char *, p->parameter_count);
  for (size_t i = 0; i < p->parameter_count; i++) {
    const struct variable *v = &p->model->variables.items[p->parameters[i].variable];
    l->parameters[i] = parameters[i];
    l->parameter_units[i] = unit_text(a, &p->model->units, v->unit ? v->unit : unit_one());
  }
}

struct sweep_labels *labels_make(struct arena *a, const struct program *p, const char *const *policies,
                                 uint32_t policy_count, const char *const *parameters) {
  struct sweep_labels *l = arena_new(a, struct sweep_labels);
  const struct scenario *s = p->scenario;
  *l = (struct sweep_labels){.model = p->model,
                             .name = s->name,
                             .title = s->title,
                             .time_count = p->save_count,
                             .time_unit = p->model->time_unit_text,
                             .phase_count = s->phases.count,
                             .policy_count = policies ? policy_count : 1};
  l->policies = arena_array(a, const char *, l->policy_count);
  for (uint32_t i = 0; i < l->policy_count; i++) l->policies[i] = policies ? policies[i] : s->name;
  double *times = arena_array(a, double, p->save_count);
  for (size_t i = 0; i < p->save_count; i++) times[i] = p->start + (double)(i * p->steps_per_save) * p->step;
  l->times = times;
  l->phases = arena_array(a, const char *, s->phases.count);
  for (size_t i = 0; i < s->phases.count; i++) l->phases[i] = s->phases.items[i].name;
  name_columns(a, l, p);
  group_columns(a, l, p);
  name_parameters(a, l, p, parameters);
  l->outcomes = labels_outcomes(a, p, &l->outcome_count);
  return l;
}

static const struct target *find_target(const struct variable *v, const char *phase) {
  for (size_t i = 0; i < v->targets.count; i++) {
    const char *name = v->targets.items[i].phase;
    if (phase && name ? strcmp(name, phase) == 0 : !phase && !name) return &v->targets.items[i];
  }
  return NULL;
}

// Which way is better where this phase has no target: as the indicator's other targets say.
static struct outcome make_outcome(const struct variable *v, uint32_t column, uint32_t phase, const struct target *t) {
  bool at_most = t ? t->at_most : v->targets.count && v->targets.items[0].at_most;
  return (struct outcome){column, phase, at_most, t ? t->value : NAN};
}

static void list_indicator(struct arena *a, outcome_list *list, const struct scenario *s, const struct variable *v,
                           uint32_t column) {
  size_t phases = s->phases.count;
  for (uint32_t i = 0; i + 1 < phases; i++)
    list_push(a, list) = make_outcome(v, column, i, find_target(v, s->phases.items[i].name));
  const struct target *last = phases ? find_target(v, s->phases.items[phases - 1].name) : NULL;
  const struct target *end = find_target(v, NULL);
  if (last && end) list_push(a, list) = make_outcome(v, column, (uint32_t)phases - 1, last);
  list_push(a, list) = make_outcome(v, column, OUTCOME_HORIZON, end ? end : last);
}

struct outcome *labels_outcomes(struct arena *a, const struct program *p, size_t *count) {
  outcome_list list = {0};
  for (uint32_t i = 0; i < p->column_count; i++) {
    const struct variable *v = &p->model->variables.items[p->columns[i].variable];
    if (v->kind == VARIABLE_INDICATOR) list_indicator(a, &list, p->scenario, v, i);
  }
  bool all = list.count == 0;
  for (uint32_t i = 0; all && i < p->column_count; i++)
    list_push(a, &list) = make_outcome(&p->model->variables.items[p->columns[i].variable], i, OUTCOME_HORIZON, NULL);
  *count = list.count;
  return list.items;
}

const char *labels_phase(const struct sweep_labels *l, const struct outcome *o) {
  return o->phase == OUTCOME_HORIZON ? "end" : l->phases[o->phase];
}
