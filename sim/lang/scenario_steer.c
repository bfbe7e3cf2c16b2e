// SPDX-License-Identifier: GPL-3.0-or-later
// What a scenario sets: levers by phase, by points or for good, each within its range; inputs by points or a number;
// parameters by number, as a whole or by element. Turning them into functions of time is the compiler's business.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "lang/path.h"
#include "lang/scenario_read.h"

static void suggest(struct scenario_reader *r, const char *name, enum variable_kind kind) {
  if (!reader_suggests(r->diag)) return;
  size_t count = 0;
  const char **names = arena_array(r->arena, const char *, r->model->variables.count);
  for (size_t i = 0; i < r->model->variables.count; i++)
    if (r->model->variables.items[i].kind == kind) names[count++] = r->model->variables.items[i].name;
  diag_did_you_mean(r->diag, map_nearest(name, names, count));
}

const struct expr *scenario_steer_name(struct scenario_reader *r, const struct tree *key) {
  size_t size = strcspn(key->text, "[");
  const char *rest = key->text + size;
  while (size && key->text[size - 1] == ' ') size--;
  bool bare = r->model->foreign && !strchr(key->text, '"');
  uint32_t v = bare ? model_find(r->model, r->arena, key->text, size) : MAP_NONE;
  if (v == MAP_NONE) return expr_parse(r->arena, key->text, key->span, key->verbatim, r->diag);
  const char *text = arena_format(r->arena, "\"%s\"%s", r->model->variables.items[v].name, rest);
  return expr_parse(r->arena, text, key->span, false, r->diag);
}

// What a foreign file's reader built in stays as it was built.
static bool is_free(struct scenario_reader *r, const struct expr *x, const struct variable *v) {
  if (v->reliance != RELIES_ON_VALUE) return true;
  diag_error(r->diag, x->name_span, parameter_built_in, v->name);
  return false;
}

uint32_t scenario_steer_target(struct scenario_reader *r, const struct tree *key, enum variable_kind kind,
                               const struct expr **name) {
  const struct expr *x = scenario_steer_name(r, key);
  if (!x) return MAP_NONE;
  if (x->kind != EXPR_NAME || (x->subscript_count && !name)) {
    diag_error(r->diag, key->span, steer_name, key->text, reader_kind(kind));
    return MAP_NONE;
  }
  uint32_t index = map_get(&r->model->names, x->name);
  if (index == MAP_NONE) {
    diag_error(r->diag, x->name_span, steer_unknown, variable_kind_names[kind], x->name);
    suggest(r, x->name, kind);
    return MAP_NONE;
  }
  const struct variable *v = &r->model->variables.items[index];
  if (name) *name = x;
  if (v->kind == kind) return is_free(r, x, v) ? index : MAP_NONE;
  diag_error(r->diag, x->name_span, steer_kind, v->name, reader_kind(v->kind), reader_kind(kind));
  if (v->kind == VARIABLE_LEVER || v->kind == VARIABLE_INPUT || v->kind == VARIABLE_PARAMETER)
    diag_hint(r->diag, "set it under %s:", variable_kind_sections[v->kind]);
  return MAP_NONE;
}

static bool in_range(struct scenario_reader *r, const struct variable *v, double value, struct span at) {
  char number[32], low[32], high[32];
  if (v->kind != VARIABLE_LEVER || (value >= v->low && value <= v->high)) return true;
  diag_error(r->diag, at, range_outside, text_from_number(value, number), v->name, text_from_number(v->low, low),
             text_from_number(v->high, high), unit_text(r->arena, &r->units, v->unit));
  return false;
}

static bool read_level(struct scenario_reader *r, const struct variable *v, const struct tree *t, double *level) {
  return reader_number(&r->units, t, v->name, v->unit, level, r->diag) && in_range(r, v, *level, t->span);
}

static bool read_ramp(struct scenario_reader *r, const struct tree *t, double *ramp) {
  if (!t) return true;
  if (!reader_number(&r->units, t, "'ramp'", r->model->time_unit, ramp, r->diag)) return false;
  if (*ramp >= 0) return true;
  diag_error(r->diag, t->span, ramp_negative);
  return false;
}

static bool joins(struct scenario_reader *r, const struct tree *from, struct steer *s) {
  char point[32];
  s->from = NAN;
  if (!from) return true;
  if (!reader_number(&r->units, from, "'from'", r->model->time_unit, &s->from, r->diag)) return false;
  if (s->from <= s->points.x[0]) return true;
  diag_error(r->diag, from->span, points_from, text_from_number(s->points.x[0], point));
  return false;
}

static bool read_points(struct scenario_reader *r, const struct variable *v, const struct tree *t, struct steer *s) {
  static const char *const known[] = {"points", "from", "mode", NULL};
  const struct tree *points = tree_get(t, "points"), *mode = tree_get(t, "mode");
  s->kind = STEER_POINTS;
  if (!reader_keys(t, "a path", known, r->diag) || (mode && !path_read_mode(mode, &s->points, r->diag)) ||
      !path_read(r->arena, &r->units, points, r->model->time_unit, v->unit, &s->points, r->diag))
    return false;
  if (v->kind == VARIABLE_LEVER && s->points.mode == PATH_EXTRAPOLATE) {
    diag_error(r->diag, mode->span, lever_extrapolates, v->name);
    return false;
  }
  for (size_t i = 0; i < s->points.count; i++)
    if (!in_range(r, v, s->points.y[i], points->items[i]->items[1]->span)) return false;
  return joins(r, tree_get(t, "from"), s);
}

static bool read_constant(struct scenario_reader *r, const struct variable *v, const struct tree *t, struct steer *s) {
  static const char *const known[] = {"value", "ramp", NULL};
  s->kind = STEER_CONSTANT;
  if (t->kind != TREE_MAP) return read_level(r, v, t, &s->constant);
  return reader_keys(t, "a constant lever", known, r->diag) && read_level(r, v, tree_get(t, "value"), &s->constant) &&
         read_ramp(r, tree_get(t, "ramp"), &s->ramp);
}

static bool unknown_phase(struct scenario_reader *r, const struct tree *key) {
  const struct scenario *s = r->scenario;
  diag_error(r->diag, key->span, phase_unknown, key->text);
  if (!s->phases.count) diag_hint(r->diag, "the scenario has no phases: list them under phases:");
  if (!reader_suggests(r->diag)) return false;
  const char **names = arena_array(r->arena, const char *, s->phases.count + 2);
  for (size_t i = 0; i < s->phases.count; i++) names[i] = s->phases.items[i].name;
  names[s->phases.count] = "ramp", names[s->phases.count + 1] = "points";
  diag_did_you_mean(r->diag, map_nearest(key->text, names, s->phases.count + 2));
  return false;
}

static bool read_levels(struct scenario_reader *r, const struct variable *v, const struct tree *t, struct steer *s) {
  size_t phases = r->scenario->phases.count, given = 0;
  bool ok = read_ramp(r, tree_get(t, "ramp"), &s->ramp);
  s->kind = STEER_PHASES;
  s->levels = arena_array(r->arena, double, phases);
  for (size_t i = 0; i < phases; i++) s->levels[i] = NAN;
  for (size_t i = 0; i < t->count; i++) {
    if (strcmp(t->keys[i]->text, "ramp") == 0) continue;
    uint32_t phase = scenario_phases_find(r->scenario, t->keys[i]->text);
    given++;
    ok = (phase == MAP_NONE ? unknown_phase(r, t->keys[i]) : read_level(r, v, t->items[i], &s->levels[phase])) && ok;
  }
  if (!given) diag_error(r->diag, t->span, lever_empty, v->name);
  return ok && given;
}

static bool read_steer(struct scenario_reader *r, const struct variable *v, const struct tree *t, struct steer *s) {
  if (t->kind == TREE_MAP && tree_get(t, "points")) return read_points(r, v, t, s);
  if (t->kind != TREE_MAP || (v->kind == VARIABLE_LEVER && tree_get(t, "value"))) return read_constant(r, v, t, s);
  if (v->kind == VARIABLE_LEVER) return read_levels(r, v, t, s);
  diag_error(r->diag, t->span, input_shape, v->name);
  return false;
}

// Keys differ, but those of foreign models may mean the same.
static bool is_first(struct scenario_reader *r, uint32_t variable, const struct steer *list, size_t count,
                     const struct tree *key) {
  for (size_t i = 0; i < count; i++) {
    if (list[i].variable != variable) continue;
    diag_error(r->diag, key->span, steer_twice, r->model->variables.items[variable].name);
    diag_note(r->diag, list[i].span, "first set here");
    return false;
  }
  return true;
}

void scenario_steer_levers(struct scenario_reader *r, const struct tree *map) {
  if (!reader_expect(map, map->span, TREE_MAP, "'levers'", r->diag)) return;
  for (size_t i = 0; i < map->count; i++) {
    uint32_t v = scenario_steer_target(r, map->keys[i], VARIABLE_LEVER, NULL);
    struct steer s = {.variable = v, .span = map->keys[i]->span, .from = NAN, .ramp = r->ramp};
    if (v != MAP_NONE && is_first(r, v, r->scenario->levers.items, r->scenario->levers.count, map->keys[i]) &&
        read_steer(r, &r->model->variables.items[v], map->items[i], &s))
      list_push(r->arena, &r->scenario->levers) = s;
  }
}

void scenario_steer_inputs(struct scenario_reader *r, const struct tree *map) {
  if (!reader_expect(map, map->span, TREE_MAP, "'inputs'", r->diag)) return;
  for (size_t i = 0; i < map->count; i++) {
    uint32_t v = scenario_steer_target(r, map->keys[i], VARIABLE_INPUT, NULL);
    struct steer s = {.variable = v, .span = map->keys[i]->span, .from = NAN};
    if (v != MAP_NONE && is_first(r, v, r->scenario->inputs.items, r->scenario->inputs.count, map->keys[i]) &&
        read_steer(r, &r->model->variables.items[v], map->items[i], &s))
      list_push(r->arena, &r->scenario->inputs) = s;
  }
}

static void push_override(struct scenario_reader *r, uint32_t variable, uint32_t element, double value,
                          struct span at) {
  list_push(r->arena, &r->scenario->parameters) = (struct override){variable, element, value, at};
}

struct setting {  // one key under parameters:
  const struct tree *key, *value;
  uint32_t variable;
  const uint32_t *elements;  // NULL: the whole
  size_t count, place;
};

static void set_whole(struct scenario_reader *r, const struct setting *s) {
  const struct variable *v = &r->model->variables.items[s->variable];
  double number = 0;
  if (reader_is_scalar(s->value)) {
    if (reader_number(&r->units, s->value, v->name, v->unit, &number, r->diag))
      push_override(r, s->variable, UINT32_MAX, number, s->key->span);
    return;
  }
  const struct tree **leaves = arena_array(r->arena, const struct tree *, v->element_count);
  if (!reader_deal(r->model, v, s->value, reader_is_scalar, leaves, r->diag)) return;
  for (size_t i = 0; i < v->element_count; i++)
    if (leaves[i] && reader_number(&r->units, leaves[i], v->name, v->unit, &number, r->diag))
      push_override(r, s->variable, (uint32_t)i, number, leaves[i]->span);
}

static void set_parameter(struct scenario_reader *r, const struct setting *s) {
  const struct variable *v = &r->model->variables.items[s->variable];
  double number;
  if (!s->elements) {
    set_whole(r, s);
  } else if (reader_number(&r->units, s->value, v->name, v->unit, &number, r->diag)) {
    for (size_t i = 0; i < s->count; i++) push_override(r, s->variable, s->elements[i], number, s->key->span);
  }
}

static bool read_setting(struct scenario_reader *r, const struct tree *key, const struct tree *value,
                         struct setting *s) {
  const struct expr *name;
  uint32_t *elements = NULL;
  *s = (struct setting){.key = key, .value = value};
  s->variable = scenario_steer_target(r, key, VARIABLE_PARAMETER, &name);
  if (s->variable == MAP_NONE) return false;
  const struct variable *v = &r->model->variables.items[s->variable];
  s->count = v->element_count;
  if (name->subscript_count && !reader_elements(r->arena, r->model, v, name->subscripts, name->subscript_count,
                                                key->span, &elements, &s->count, r->diag))
    return false;
  s->elements = elements;
  return true;
}

// The widest first, so that what is said of one element beats what is said of all.
static int by_count(const void *x, const void *y) {
  const struct setting *a = x, *b = y;
  if (a->count != b->count) return a->count > b->count ? -1 : 1;
  return a->place < b->place ? -1 : 1;
}

void scenario_steer_parameters(struct scenario_reader *r, const struct tree *map) {
  LIST(struct setting) list = {0};
  struct setting s;
  bool *set = arena_array(r->arena, bool, r->model->variables.count + 1);  // as a whole, by its own key
  if (map && !reader_expect(map, map->span, TREE_MAP, "'parameters'", r->diag)) return;
  for (size_t i = 0; map && i < map->count; i++) {
    if (!read_setting(r, map->keys[i], map->items[i], &s)) continue;
    s.place = i;
    if (!s.elements && set[s.variable])
      diag_error(r->diag, s.key->span, steer_twice, r->model->variables.items[s.variable].name);
    if (!s.elements) set[s.variable] = true;
    list_push(r->arena, &list) = s;
  }
  if (list.count) qsort(list.items, list.count, sizeof *list.items, by_count);
  for (size_t i = 0; i < list.count; i++) set_parameter(r, &list.items[i]);
  for (size_t i = 0; i < r->forced.count; i++)
    if (read_setting(r, r->forced.items[i].key, r->forced.items[i].value, &s)) set_parameter(r, &s);
}
