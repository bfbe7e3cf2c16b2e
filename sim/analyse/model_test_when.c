// SPDX-License-Identifier: GPL-3.0-or-later
// A condition -> a scenario and a disturbed copy of the model. Keys are names of the model, `scenario` (a file to start
// from) or `levers` (all of them at the end of their range); values are
//     VALUE [from T [over D]] | times NUMBER [from T [over D]] | what a scenario would say of a lever or an input
// Levers, inputs and parameters become entries of a scenario's tree, so that its reader checks ranges and units; flows
// and auxiliaries, which no scenario can set, are changed in the copy.
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "analyse/model_test.h"
#include "base/text.h"
#include "lang/scenario_read.h"

struct condition {
  struct arena *arena;
  const struct model *model;
  struct model *copy;
  struct unit_table units;
  struct tree *levers, *inputs, *parameters;
  struct diag *diag;
};

struct setting {
  const struct tree *key, *value;
  const struct variable *variable;
  const char *amount;  // text of the value or factor
  bool scale, timed;
  double from, over, factor;
};

// ---- trees

static struct tree *map_node(struct arena *a, struct span span) {
  struct tree *t = arena_new(a, struct tree);
  *t = (struct tree){.kind = TREE_MAP, .span = span};
  return t;
}

static struct tree *scalar_node(struct arena *a, const char *text, struct span span) {
  struct tree *t = arena_new(a, struct tree);
  *t = (struct tree){.kind = TREE_SCALAR, .span = span, .text = text, .plain = true};
  return t;
}

static struct tree *number_node(struct arena *a, double value, struct span span) {
  return scalar_node(a, text_from_number(value, arena_alloc(a, 32)), span);
}

static void push_item(struct arena *a, struct tree *list, struct tree *item) {
  list->items = arena_grow(a, list->items, list->count, list->count + 1, sizeof *list->items);
  list->items[list->count++] = item;
}

// Sets a key, also one that is there: what is named beats what was said of all.
static void put(struct arena *a, struct tree *map, const char *key, struct tree *value, struct span span) {
  for (size_t i = 0; i < map->count; i++) {
    if (strcmp(map->keys[i]->text, key) != 0) continue;
    map->items[i] = value;
    return;
  }
  map->keys = arena_grow(a, map->keys, map->count, map->count + 1, sizeof *map->keys);
  map->keys[map->count] = scalar_node(a, key, span);
  push_item(a, map, value);
}

static void push_point(struct arena *a, struct tree *list, double x, struct tree *y) {
  struct tree *pair = arena_new(a, struct tree);
  *pair = (struct tree){.kind = TREE_LIST, .span = list->span};
  push_item(a, pair, number_node(a, x, list->span));
  push_item(a, pair, y);
  push_item(a, list, pair);
}

// ---- settings

// Cuts `word NUMBER` off the end of the text. False after an error.
static bool cut_number(struct condition *c, const struct tree *t, char *text, const char *word, bool *found,
                       double *number) {
  char *at = strstr(text, word);
  *found = at;
  if (!at) return true;
  const char *digits = at + strlen(word);
  while (isspace((unsigned char)*digits)) digits++;
  *at = 0;
  if (text_to_number(digits, strlen(digits), number)) return true;
  diag_error(c->diag, t->span, model_test_setting, t->text);
  return false;
}

static bool parse(struct condition *c, struct setting *s) {
  const struct tree *t = s->value;
  char *text = arena_string(c->arena, t->text);
  bool over;
  s->from = -INFINITY, s->over = 0, s->factor = 1;
  if (!cut_number(c, t, text, " over ", &over, &s->over) || !cut_number(c, t, text, " from ", &s->timed, &s->from))
    return false;
  s->scale = strncmp(text, "times ", 6) == 0;
  s->amount = s->scale ? text + 6 : text;
  bool good = (!over || s->timed) && s->over >= 0;
  if (s->scale) good = good && text_to_number(s->amount, strlen(s->amount), &s->factor);
  if (!good) diag_error(c->diag, t->span, model_test_setting, t->text);
  return good;
}

// The path of a lever or input from `from` on: one value, or its own path times a factor.
static void set_path(struct condition *c, const struct setting *s, struct tree *section) {
  struct arena *a = c->arena;
  struct span span = s->value->span;
  const struct path *own = &s->variable->path;
  double begin = s->timed ? s->from + s->over : c->model->start;
  struct tree *points = arena_new(a, struct tree), *entry = map_node(a, span);
  *points = (struct tree){.kind = TREE_LIST, .span = span};
  push_point(a, points, begin,
             s->scale ? number_node(a, s->factor * path_value(own, begin), span) : scalar_node(a, s->amount, span));
  for (size_t i = 0; s->scale && i < own->count; i++)
    if (own->x[i] > begin) push_point(a, points, own->x[i], number_node(a, s->factor * own->y[i], span));
  put(a, entry, "points", points, span);
  if (s->over > 0) put(a, entry, "from", number_node(a, s->from, span), span);
  put(a, section, s->variable->name, entry, s->key->span);
}

static bool set_parameter(struct condition *c, const struct setting *s) {
  struct arena *a = c->arena;
  if (s->timed) {
    diag_error(c->diag, s->value->span, model_test_constant, s->variable->name, variable_kind_names[s->variable->kind]);
    return false;
  }
  struct tree *value = scalar_node(a, s->amount, s->value->span);
  if (s->scale) {
    value = arena_new(a, struct tree);
    *value = (struct tree){.kind = TREE_LIST, .span = s->value->span};
    for (size_t i = 0; i < s->variable->element_count; i++)
      push_item(a, value, number_node(a, s->factor * s->variable->values[i], s->value->span));
    if (!s->variable->dim_count) value = value->items[0];
  }
  put(a, c->parameters, s->key->text, value, s->key->span);
  return true;
}

static bool disturb(struct condition *c, const struct setting *s) {
  const struct variable *v = s->variable;
  struct probe_change change = {.scale = s->scale, .value = s->factor, .from = s->from, .over = s->over};
  change.variable = map_get(&c->model->names, v->name);
  if (!s->timed) change.from = c->model->start;
  if (!s->scale && !unit_number(&c->units, s->amount, s->value->span, v->unit, &change.value, c->diag)) return false;
  probe_disturb(c->arena, c->copy, &change);
  return true;
}

static bool set(struct condition *c, struct setting *s) {
  enum variable_kind kind = s->variable->kind;
  bool scalar = s->value->kind == TREE_SCALAR;
  struct tree *section = kind == VARIABLE_LEVER       ? c->levers
                         : kind == VARIABLE_INPUT     ? c->inputs
                         : kind == VARIABLE_PARAMETER ? c->parameters
                                                      : NULL;
  if (section && !scalar) {
    put(c->arena, section, s->key->text, (struct tree *)s->value, s->key->span);
    return true;
  }
  if (kind == VARIABLE_STOCK || kind == VARIABLE_CONSTANT || kind == VARIABLE_INDICATOR || kind == VARIABLE_TABLE ||
      !scalar) {
    diag_error(c->diag, s->key->span, model_test_set, s->variable->name, variable_kind_names[kind]);
    return false;
  }
  if (!parse(c, s)) return false;
  if (kind == VARIABLE_PARAMETER) return set_parameter(c, s);
  if (!section) return disturb(c, s);
  set_path(c, s, section);
  return true;
}

// `levers: highest from T over D`: every lever at the end of its range.
static bool set_levers(struct condition *c, const struct tree *key, const struct tree *value) {
  struct setting s = {.key = key, .value = value};
  if (!reader_expect(value, key->span, TREE_SCALAR, "'levers'", c->diag) || !parse(c, &s)) return false;
  bool high = strcmp(s.amount, "highest") == 0;
  if (s.scale || (!high && strcmp(s.amount, "lowest") != 0)) {
    diag_error(c->diag, value->span, model_test_levers, value->text);
    return false;
  }
  for (size_t i = 0; i < c->model->variables.count; i++) {
    s.variable = &c->model->variables.items[i];
    if (s.variable->kind != VARIABLE_LEVER) continue;
    s.amount = text_from_number(high ? s.variable->high : s.variable->low, arena_alloc(c->arena, 32));
    set_path(c, &s, c->levers);
  }
  return true;
}

static bool set_named(struct condition *c, const struct tree *key, const struct tree *value) {
  size_t size = strcspn(key->text, "[");
  const char *name = arena_copy(c->arena, key->text, size);
  struct setting s = {.key = key, .value = value, .variable = model_variable(c->model, name)};
  if (!s.variable) {
    diag_error(c->diag, key->span, unknown_variable, name);
    diag_did_you_mean(c->diag, map_nearest_key(&c->model->names, name));
    return false;
  }
  if (key->text[size] && s.variable->kind != VARIABLE_PARAMETER) {
    diag_error(c->diag, key->span, model_test_set_element, name, variable_kind_names[s.variable->kind]);
    return false;
  }
  return set(c, &s);
}

// ---- the scenario

static const struct tree *without_head(struct arena *a, const struct tree *t) {
  struct tree *result = map_node(a, t->span);
  static const char *const heads[] = {"scenario", "extends", "model", "title", "doc", "save", "sweep"};
  for (size_t i = 0; i < t->count; i++) {
    bool head = false;
    for (size_t k = 0; k < sizeof heads / sizeof heads[0]; k++) head |= strcmp(t->keys[i]->text, heads[k]) == 0;
    if (!head) put(a, result, t->keys[i]->text, t->items[i], t->keys[i]->span);
  }
  return result;
}

// The tree of a scenario file over the same model; NULL after errors.
static const struct tree *load_scenario(struct condition *c, const struct tree *name) {
  if (!reader_expect(name, name->span, TREE_SCALAR, "'scenario'", c->diag)) return NULL;
  const char *path = source_sibling(c->arena, name->span.source->path, name->text);
  const char *model = scenario_model_path(c->arena, path, c->diag);
  if (!model) return NULL;
  const char *theirs = reader_canonical(c->arena, model), *ours = reader_canonical(c->arena, c->model->path);
  if (!theirs || !ours || strcmp(theirs, ours) != 0) {
    diag_error(c->diag, name->span, model_test_other_model, path);
    return NULL;
  }
  const struct tree *t = scenario_files_merge(c->arena, path, NULL, c->diag);
  return t ? without_head(c->arena, t) : NULL;
}

static bool read_when(struct condition *c, const struct tree *when) {
  bool ok = true;
  const struct tree *levers = tree_get(when, "levers");
  if (levers) ok = set_levers(c, levers, levers);
  for (size_t i = 0; i < when->count; i++) {
    const char *key = when->keys[i]->text;
    if (strcmp(key, "scenario") != 0 && strcmp(key, "levers") != 0)
      ok = set_named(c, when->keys[i], when->items[i]) && ok;
  }
  return ok;
}

struct scenario *model_test_when(struct arena *a, const struct model_tests *t, const struct tree *when,
                                 struct model *copy, struct diag *diag) {
  struct span span = when ? when->span : NOWHERE;
  struct condition c = {.arena = a, .model = t->model, .copy = copy, .diag = diag};
  c.units = unit_table_copy(&t->model->units, a);
  struct tree *over = map_node(a, span);
  c.levers = map_node(a, span), c.inputs = map_node(a, span), c.parameters = map_node(a, span);
  if (when && !read_when(&c, when)) return NULL;
  if (c.levers->count) put(a, over, "levers", c.levers, span);
  if (c.inputs->count) put(a, over, "inputs", c.inputs, span);
  if (c.parameters->count) put(a, over, "parameters", c.parameters, span);
  const struct tree *file = when ? tree_get(when, "scenario") : NULL, *base = file ? load_scenario(&c, file) : NULL;
  if (file && !base) return NULL;
  return scenario_of_tree(a, t->model, base ? scenario_files_overlay(a, base, over) : over, diag);
}
