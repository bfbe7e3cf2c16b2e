// SPDX-License-Identifier: GPL-3.0-or-later
// Names of uncertain numbers -> what they set in the program. A parameter's brackets hold elements; those of a lever or
// input hold a phase (its level in that phase) or a time (the point of its path there). A lever that is one constant
// takes no brackets. Whole paths cannot be uncertain as one: a parameter that multiplies the input in the model can.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "design/spec_parts.h"

struct bracketed {            // "name[inside]"
  const char *name, *inside;  // inside NULL: no brackets
};

static const char *trimmed(struct arena *a, const char *from, const char *to) {
  while (from < to && *from == ' ') from++;
  while (from < to && to[-1] == ' ') to--;
  return arena_copy(a, from, (size_t)(to - from));
}

static bool split_brackets(struct arena *a, const char *text, struct bracketed *out) {
  const char *open = strchr(text, '['), *end = text + strlen(text);
  *out = (struct bracketed){trimmed(a, text, open ? open : end), NULL};
  while (end > text && end[-1] == ' ') end--;
  if (!open) return true;
  if (end[-1] != ']') return false;
  out->inside = trimmed(a, open + 1, end - 1);
  return true;
}

static void add_target(struct reading *r, struct targets *t, struct program_parameter at, const char *name,
                       struct span span) {
  list_push(r->arena, &t->items) = (struct sweep_parameter){.at = at, .name = name, .span = span};
}

// The value of a parameter's element in this scenario.
static double parameter_value(const struct reading *r, uint32_t variable, uint32_t element) {
  double value = r->model->variables.items[variable].values[element];
  for (size_t i = 0; i < r->scenario->parameters.count; i++) {
    const struct override *o = &r->scenario->parameters.items[i];
    if (o->variable == variable && (o->element == element || o->element == UINT32_MAX)) value = o->value;
  }
  return value;
}

static bool resolve_parameter(struct reading *r, const struct bracketed *b, uint32_t variable, struct span at,
                              struct targets *t) {
  const struct variable *v = t->variable;
  LIST(struct subscript) subscripts = {0};
  for (const char *s = b->inside; s;) {
    const char *comma = strchr(s, ',');
    const char *name = trimmed(r->arena, s, comma ? comma : s + strlen(s));
    list_push(r->arena, &subscripts) = (struct subscript){.span = at, .name = name};
    s = comma ? comma + 1 : NULL;
  }
  uint32_t *elements = NULL;
  size_t count = v->element_count;
  if (b->inside &&
      !reader_elements(r->arena, r->model, v, subscripts.items, subscripts.count, at, &elements, &count, r->diag))
    return false;
  if (count > LIMIT_SWEEP_PARAMETERS) {
    diag_error(r->diag, at, sweep_parameters_many, LIMIT_SWEEP_PARAMETERS);
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    uint32_t element = elements ? elements[i] : (uint32_t)i;
    struct program_parameter p = {.variable = variable, .element = element, .point = UINT32_MAX};
    p.value = parameter_value(r, variable, element);
    add_target(r, t, p, variable_element_name(r->arena, r->model, v, element), at);
  }
  return true;
}

static const struct steer *steer_of(const struct scenario *s, uint32_t variable) {
  for (size_t i = 0; i < s->levers.count; i++)
    if (s->levers.items[i].variable == variable) return &s->levers.items[i];
  for (size_t i = 0; i < s->inputs.count; i++)
    if (s->inputs.items[i].variable == variable) return &s->inputs.items[i];
  return NULL;
}

static bool refuse_place(struct reading *r, const char *name, struct span at, const char *hint) {
  diag_error(r->diag, at, sweep_path_place, name);
  diag_hint(r->diag, "%s", hint);
  return false;
}

static bool resolve_level(struct reading *r, const struct bracketed *b, const struct steer *s, struct span at,
                          uint32_t *point, double *value) {
  const struct scenario *scenario = r->scenario;
  for (size_t i = 0; b->inside && i < scenario->phases.count; i++) {
    if (strcmp(scenario->phases.items[i].name, b->inside) != 0) continue;
    *point = (uint32_t)i;
    *value = s->levels[i];
    if (!isnan(*value)) return true;
    return refuse_place(r, b->name, at, "it holds its level in that phase: give the scenario a level there");
  }
  return refuse_place(r, b->name, at, "name the phase whose level is uncertain: lever[phase]");
}

static bool resolve_point(struct reading *r, const struct bracketed *b, const struct path *path, struct span at,
                          uint32_t *point, double *value) {
  double x, tolerance = 1e-6 * r->scenario->step;
  size_t found = path->count;
  if (b->inside && text_to_number(b->inside, strlen(b->inside), &x))
    for (size_t i = 0; i < path->count; i++)
      if (fabs(path->x[i] - x) <= tolerance) found = i;
  if (!b->inside && path->count == 1) found = 0;
  if (found == path->count)
    return refuse_place(r, b->name, at, "name the point of its path that is uncertain by its time: name[2035]");
  *point = (uint32_t)found;
  *value = path->y[found];
  return true;
}

static bool resolve_path(struct reading *r, const struct bracketed *b, uint32_t variable, struct span at,
                         struct targets *t) {
  const struct steer *s = steer_of(r->scenario, variable);
  struct program_parameter p = {.variable = variable};
  bool ok;
  if (s && s->kind == STEER_CONSTANT) {
    p.value = s->constant;
    ok = !b->inside || refuse_place(r, b->name, at, "the scenario sets it to a constant: write its name alone");
  } else if (s && s->kind == STEER_PHASES) {
    ok = resolve_level(r, b, s, at, &p.point, &p.value);
  } else {
    ok = resolve_point(r, b, s ? &s->points : &t->variable->path, at, &p.point, &p.value);
  }
  if (!ok) return false;
  const char *name = b->inside ? arena_format(r->arena, "%s[%s]", b->name, b->inside) : b->name;
  add_target(r, t, p, name, at);
  return true;
}

bool spec_resolve(struct reading *r, const char *text, struct span at, struct targets *t) {
  *t = (struct targets){0};
  struct bracketed b;
  if (!split_brackets(r->arena, text, &b)) {
    diag_error(r->diag, at, sweep_name, text);
    return false;
  }
  uint32_t variable = model_find(r->model, r->arena, b.name, strlen(b.name));
  if (variable == MAP_NONE) {
    diag_error(r->diag, at, sweep_unknown, b.name);
    if (reader_suggests(r->diag)) diag_did_you_mean(r->diag, map_nearest_key(&r->model->names, b.name));
    return false;
  }
  const struct variable *v = t->variable = &r->model->variables.items[variable];
  if (v->reliance == RELIES_ON_VALUE) {
    diag_error(r->diag, at, parameter_built_in, v->name);
    return false;
  }
  if (v->kind == VARIABLE_PARAMETER) return resolve_parameter(r, &b, variable, at, t);
  if (v->kind == VARIABLE_LEVER || v->kind == VARIABLE_INPUT) return resolve_path(r, &b, variable, at, t);
  diag_error(r->diag, at, sweep_not_uncertain, v->name, variable_kind_names[v->kind]);
  return false;
}

bool spec_resolve_one(struct reading *r, const char *text, struct span at, struct targets *t) {
  if (!spec_resolve(r, text, at, t)) return false;
  if (t->items.count == 1) return true;
  diag_error(r->diag, at, sweep_one_number, text, t->items.count);
  return false;
}

struct candidate *spec_candidate(struct reading *r, const struct sweep_parameter *p) {
  uint32_t place = map_add(&r->names, p->name, (uint32_t)r->candidates.count);
  if (place == r->candidates.count) list_push(r->arena, &r->candidates) = (struct candidate){.parameter = *p};
  return &r->candidates.items[place];
}
