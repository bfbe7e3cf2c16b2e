// SPDX-License-Identifier: GPL-3.0-or-later
// `--set name=value`: a setting of the scenario, a lever, an input or a parameter, put into the tree as if it stood in
// the file, so that it is checked in the same way. Its place is a source named "--set".
#include <string.h>

#include "lang/scenario_read.h"

static const char *const settings[] = {"method", "start", "stop", "step", "save_every",
                                       "save",   "ramp",  "rtol", "atol", NULL};

static bool is_setting(const char *name) {
  for (const char *const *s = settings; *s; s++)
    if (strcmp(*s, name) == 0) return true;
  return false;
}

// The text from..to without blanks around it, as a scalar. It is never null: an option cannot remove a key.
static struct tree *scalar(struct arena *a, const struct source *source, const char *from, const char *to) {
  while (from < to && (*from == ' ' || *from == '\t')) from++;
  while (from < to && (to[-1] == ' ' || to[-1] == '\t')) to--;
  struct tree *t = arena_new(a, struct tree);
  *t = (struct tree){.kind = TREE_SCALAR,
                     .span = {source, (uint32_t)(from - source->text), (uint32_t)(to - from)},
                     .text = arena_copy(a, from, (size_t)(to - from)),
                     .verbatim = true};
  return t;
}

static struct tree *pair(struct arena *a, struct tree *key, struct tree *value) {
  struct tree *t = arena_new(a, struct tree);
  *t = (struct tree){.kind = TREE_MAP, .span = key->span, .count = 1};
  t->keys = arena_new(a, struct tree *);
  t->items = arena_new(a, struct tree *);
  *t->keys = key, *t->items = value;
  return t;
}

// save=a,b,c as a list; save=all as it is.
static struct tree *names_of(struct arena *a, struct tree *value) {
  if (strcmp(value->text, "all") == 0) return value;
  struct tree *list = arena_new(a, struct tree);
  *list = (struct tree){.kind = TREE_LIST, .span = value->span};
  const char *from = value->span.source->text + value->span.at, *end = from + value->span.size;
  list->items = arena_array(a, struct tree *, value->span.size + 1);
  for (const char *to = from; from <= end; from = to + 1) {
    for (to = from; to < end && *to != ',';) to++;
    list->items[list->count++] = scalar(a, value->span.source, from, to);
  }
  return list;
}

static void put(struct scenario_reader *r, const char *section, struct tree *key, struct tree *value) {
  struct tree *over = pair(r->arena, key, value);
  if (section) {
    struct tree *name = arena_new(r->arena, struct tree);
    *name = (struct tree){.kind = TREE_SCALAR, .span = key->span, .text = section};
    over = pair(r->arena, name, over);
  }
  r->tree = scenario_files_overlay(r->arena, r->tree, over);
}

// The names of a foreign model are not ours to choose: there `save` and `method`, which take words, are the settings,
// and a variable of such a name is set in quotes.
static bool is_ambiguous(struct scenario_reader *r, const struct tree *key) {
  bool words = strcmp(key->text, "save") == 0 || strcmp(key->text, "method") == 0;
  if (!model_variable(r->model, key->text) || (words && r->model->foreign)) return false;
  diag_error(r->diag, key->span, set_ambiguous, key->text);
  return true;
}

static bool unknown(struct scenario_reader *r, const struct tree *key, const char *name) {
  diag_error(r->diag, key->span, set_unknown, name);
  const char *near = map_nearest_key(&r->model->names, name);
  diag_did_you_mean(r->diag, near ? near : map_nearest(name, settings, sizeof settings / sizeof *settings - 1));
  return false;
}

// The key as the file spells it, where it sets the same variable: one value replaces the other.
static struct tree *as_in_file(struct scenario_reader *r, const char *section, const struct variable *v,
                               struct tree *key) {
  const struct tree *map = tree_get(r->tree, section);
  for (size_t i = 0; map && map->kind == TREE_MAP && i < map->count; i++) {
    const char *text = map->keys[i]->text;
    if (model_find(r->model, r->arena, text, strlen(text)) != (uint32_t)(v - r->model->variables.items)) continue;
    struct tree *same = arena_new(r->arena, struct tree);
    *same = *key;
    same->text = text, same->verbatim = false;
    return same;
  }
  return key;
}

static bool set_variable(struct scenario_reader *r, struct tree *key, struct tree *value) {
  const struct expr *name = scenario_steer_name(r, key);
  if (!name) return false;
  if (name->kind != EXPR_NAME) return unknown(r, key, key->text);
  const struct variable *v = model_variable(r->model, name->name);
  if (!v) return unknown(r, key, name->name);
  if (v->kind == VARIABLE_LEVER || v->kind == VARIABLE_INPUT) {
    put(r, variable_kind_sections[v->kind], as_in_file(r, variable_kind_sections[v->kind], v, key), value);
  } else if (v->kind == VARIABLE_PARAMETER) {
    list_push(r->arena, &r->forced) = (struct scenario_pair){key, value};
  } else {
    diag_error(r->diag, key->span, set_kind, v->name, reader_kind(v->kind));
    return false;
  }
  return true;
}

bool scenario_set_apply(struct scenario_reader *r, const char *text) {
  const struct source *source = source_from_text(r->arena, "--set", text, strlen(text), r->diag);
  if (!source) return false;
  const char *equals = strchr(source->text, '=');
  if (!equals) equals = source->text;
  struct tree *key = scalar(r->arena, source, source->text, equals);
  struct tree *value = scalar(r->arena, source, equals + (*equals == '='), source->text + source->size);
  if (!*key->text || !*value->text) {
    diag_error(r->diag, ((struct span){source, 0, (uint32_t)source->size}), set_shape, text);
    return false;
  }
  if (!is_setting(key->text)) return set_variable(r, key, value);
  if (is_ambiguous(r, key)) return false;
  put(r, NULL, key, strcmp(key->text, "save") == 0 ? names_of(r->arena, value) : value);
  return true;
}
