// SPDX-License-Identifier: GPL-3.0-or-later
// The sections with variables: every key `name` or `name[dimensions]` whose entry has a unit declares a variable; a
// further entry `name[element]` without one is an exception for some elements, wherever it stands. Declarations are
// read first, then exceptions from the widest to the narrowest.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "lang/model_read.h"

struct entry {
  enum variable_kind kind;
  const char *sector;
  const struct tree *key, *tree;
  const struct expr *name;
};
struct entries {
  struct model_reader *reader;
  LIST(struct entry) all;
  LIST(const struct entry *) declared;  // one per variable, same index
  size_t elements;                      // of all variables so far
};

static void collect_entry(struct entries *s, enum variable_kind kind, const char *sector, const struct tree *key,
                          const struct tree *tree) {
  struct model_reader *r = s->reader;
  const struct expr *name = expr_parse(r->arena, key->text, key->span, key->verbatim, r->diag);
  if (!name) return;
  if (name->kind != EXPR_NAME || strlen(name->name) > LIMIT_NAME_BYTES)
    diag_error(r->diag, key->span, entry_name, key->text);
  else if (tree->kind != TREE_MAP)
    diag_error(r->diag, tree->span.size ? tree->span : key->span, entry_shape, name->name);
  else
    list_push(r->arena, &s->all) = (struct entry){kind, sector, key, tree, name};
}

static void collect(struct entries *s, const struct model_file *f) {
  for (size_t i = 0; i < f->tree->count; i++) {
    const struct tree *section = f->tree->items[i];
    int kind = 0;
    while (kind < VARIABLE_KINDS && strcmp(variable_kind_sections[kind], f->tree->keys[i]->text) != 0) kind++;
    if (kind == VARIABLE_KINDS || tree_is_null(section)) continue;
    if (!reader_expect(section, f->tree->keys[i]->span, TREE_MAP, variable_kind_sections[kind], s->reader->diag))
      continue;
    for (size_t j = 0; j < section->count; j++)
      collect_entry(s, (enum variable_kind)kind, f->sector, section->keys[j], section->items[j]);
  }
}

// The dimension that a subscript of a declaration names.
static bool read_dimension(struct model_reader *r, struct variable *v, const struct subscript *s) {
  uint32_t d = map_get(&r->model->dimension_names, s->name);
  if (d == MAP_NONE) {
    diag_error(r->diag, s->span, dimension_unknown, s->name);
    if (reader_suggests(r->diag)) diag_did_you_mean(r->diag, map_nearest_key(&r->model->dimension_names, s->name));
    return false;
  }
  for (size_t i = 0; i < v->dim_count; i++)
    if (v->dims[i] == d) {
      diag_error(r->diag, s->span, dimension_twice, s->name, v->name);
      return false;
    }
  v->dims[v->dim_count++] = d;
  size_t size = r->model->dimensions.items[d].count;
  if (!size) return false;  // its error was reported
  if (!__builtin_mul_overflow(v->element_count, size, &v->element_count) && v->element_count <= LIMIT_ELEMENTS)
    return true;
  diag_error(r->diag, s->span, element_total, LIMIT_ELEMENTS);
  return false;
}

static bool read_dimensions(struct model_reader *r, struct variable *v, const struct expr *name, bool paths) {
  v->dims = arena_array(r->arena, uint32_t, name->subscript_count);
  v->element_count = 1;
  if (name->subscript_count > LIMIT_DIMENSIONS) {
    diag_error(r->diag, name->span, dimension_most, v->name, LIMIT_DIMENSIONS);
    return false;
  }
  bool path = v->kind == VARIABLE_LEVER || v->kind == VARIABLE_INPUT || v->kind == VARIABLE_TABLE;
  if (path && name->subscript_count && !(v->kind == VARIABLE_TABLE && paths)) {
    diag_error(r->diag, name->span, entry_array, variable_kind_names[v->kind], v->name);
    return false;
  }
  for (size_t i = 0; i < name->subscript_count; i++)
    if (!read_dimension(r, v, &name->subscripts[i])) return false;
  return true;
}

static bool name_is_free(struct model_reader *r, const struct expr *name, uint32_t index) {
  uint32_t held = map_get(&r->model->function_names, name->name);
  if (held != MAP_NONE) {
    diag_error(r->diag, name->name_span, entry_again, name->name);
    diag_note(r->diag, r->model->functions.items[held].span, "first declared here, as a function");
    return false;
  }
  held = map_add(&r->model->names, name->name, index);
  if (held == index) return true;
  diag_error(r->diag, name->name_span, entry_again, name->name);
  diag_note(r->diag, r->model->variables.items[held].span, "first declared here");
  if (name->subscript_count)
    diag_hint(r->diag, "an exception for some elements has no unit, only the equation or value");
  return false;
}

static bool declare(struct entries *s, const struct entry *e) {
  struct model_reader *r = s->reader;
  uint32_t index = (uint32_t)r->model->variables.count;
  if (index == LIMIT_VARIABLES) {
    diag_error(r->diag, e->key->span, variable_count, LIMIT_VARIABLES);
    return false;
  }
  if (!name_is_free(r, e->name, index)) return true;
  struct variable v = {.kind = e->kind,
                       .name = e->name->name,
                       .span = e->name->name_span,
                       .label = {e->name->name, NULL},
                       .sector = e->sector,
                       .low = -INFINITY,
                       .high = INFINITY};
  if (!read_dimensions(r, &v, e->name, tree_get(e->tree, "paths"))) v.element_count = 1, v.dim_count = 0, e = NULL;
  list_push(r->arena, &r->model->variables) = v;
  list_push(r->arena, &s->declared) = e;
  s->elements += v.element_count;
  if (s->elements <= LIMIT_ELEMENTS) return true;
  diag_error(r->diag, v.span, element_total, LIMIT_ELEMENTS);
  return false;
}

// Declares all variables; false when there are too many to go on.
static bool declare_all(struct entries *s) {
  struct map *names = &s->reader->model->names;
  for (size_t i = 0; i < s->all.count; i++)
    if (tree_get(s->all.items[i].tree, "unit") && !declare(s, &s->all.items[i])) return false;
  for (size_t i = 0; i < s->all.count; i++)  // without a unit anywhere: declared too, so that the unit is missed
    if (map_get(names, s->all.items[i].name->name) == MAP_NONE && !tree_get(s->all.items[i].tree, "unit") &&
        !declare(s, &s->all.items[i]))
      return false;
  return true;
}

struct exception {
  struct entry entry;
  struct variable *variable;
  size_t size, place;  // elements it covers; its place in the files
};

static int by_size(const void *x, const void *y) {
  const struct exception *a = x, *b = y;
  if (a->size != b->size) return a->size > b->size ? -1 : 1;
  return a->place < b->place ? -1 : 1;
}

// How many elements the subscripts cover, without listing them.
static size_t covered(const struct model *m, const struct variable *v, const struct expr *name) {
  size_t size = 1;
  for (size_t i = 0; i < name->subscript_count && i < v->dim_count; i++) {
    const struct dimension *d = &m->dimensions.items[v->dims[i]];
    uint32_t other = map_get(&m->dimension_names, name->subscripts[i].name);
    if (strcmp(name->subscripts[i].name, "*") == 0)
      size *= d->count;
    else if (other != MAP_NONE && map_get(&d->names, name->subscripts[i].name) == MAP_NONE)
      size *= m->dimensions.items[other].count;
  }
  return size;
}

static bool is_exception(struct model_reader *r, const struct entry *e, const struct variable *v) {
  if (e->kind != v->kind)
    diag_error(r->diag, e->key->span, exception_section, v->name, variable_kind_sections[v->kind]);
  else if (!e->name->subscript_count)
    diag_error(r->diag, e->key->span, entry_again, v->name);
  else
    return true;
  diag_note(r->diag, v->span, "declared here");
  return false;
}

static void read_exceptions(struct entries *s) {
  struct model_reader *r = s->reader;
  struct model *m = r->model;
  LIST(struct exception) list = {0};
  for (size_t i = 0; i < s->all.count; i++) {
    const struct entry *e = &s->all.items[i];
    uint32_t index = map_get(&m->names, e->name->name);
    if (index == MAP_NONE || tree_get(e->tree, "unit") || !s->declared.items[index] ||
        e->key == s->declared.items[index]->key)
      continue;
    struct variable *v = &m->variables.items[index];
    if (is_exception(r, e, v)) list_push(r->arena, &list) = (struct exception){*e, v, covered(m, v, e->name), i};
  }
  r->painted = arena_array(r->arena, size_t *, m->variables.count);
  if (list.count) qsort(list.items, list.count, sizeof *list.items, by_size);
  for (size_t i = 0; i < list.count; i++) {
    const struct exception *x = &list.items[i];
    model_fields_exception(r, x->variable, x->entry.name, x->entry.tree, x->entry.key->span);
  }
}

static void demand_equation(struct model_reader *r, const struct variable *v) {
  bool wants = v->kind == VARIABLE_FLOW || v->kind == VARIABLE_AUXILIARY || v->kind == VARIABLE_INDICATOR ||
               v->kind == VARIABLE_CONSTANT;
  if (v->kind == VARIABLE_STOCK && !v->equations.count) diag_error(r->diag, v->span, initial_missing, v->name);
  if (wants && !v->equations.count) diag_error(r->diag, v->span, equation_missing, v->name);
  if (v->kind == VARIABLE_PARAMETER) model_values_complete(r, v);
}

void model_entries_read(struct model_reader *r) {
  struct entries s = {.reader = r};
  for (size_t i = 0; i < r->files.count; i++) collect(&s, r->files.items[i]);
  if (!declare_all(&s)) return;
  bool *broken = arena_array(r->arena, bool, s.declared.count);  // what they lack may be in what was not understood
  for (size_t i = 0; i < s.declared.count; i++) {
    size_t errors = r->diag->errors;
    if (s.declared.items[i]) model_fields_read(r, &r->model->variables.items[i], s.declared.items[i]->tree);
    broken[i] = r->diag->errors != errors;
  }
  size_t errors = r->diag->errors;
  read_exceptions(&s);
  if (r->diag->errors != errors) return;
  for (size_t i = 0; i < s.declared.count; i++)
    if (s.declared.items[i] && !broken[i]) demand_equation(r, &r->model->variables.items[i]);
}
