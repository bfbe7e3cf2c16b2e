// SPDX-License-Identifier: GPL-3.0-or-later
// The `mappings:` sections: from each element of one dimension to an element of another. A subscript that names a
// mapping follows the axis of its `from`, and takes the elements that the mapping leads to: an equation over `region`
// with `tax[region to country]`. Importers write them; subscripts are settled here, as foreign readers settle theirs.
#include <string.h>

#include "base/limits.h"
#include "lang/model_read.h"

static const char *const mapping_keys[] = {"from", "to", "elements", NULL};

struct mapping {
  const char *name;
  uint32_t from, to;
  const uint32_t *elements; /* [element of from, in root coordinates]: element of to, likewise */
};
struct mappings {
  struct model_reader *reader;
  LIST(struct mapping) all;
  struct map names;
};
enum { MOST_AROUND = LIMIT_EXPR_DEPTH };
struct context {  // of an expression: the equation around it
  const struct variable *variable;
  const struct equation *equation;
  const struct expr *around[MOST_AROUND];  // reductions, and calls of tables, from the outside in
  size_t depth;
};

static uint32_t read_end(struct model_reader *r, const struct tree *t, const char *key, struct span at) {
  const struct tree *name = tree_get(t, key);
  const char *text;
  if (!name) {
    reader_expect(NULL, at, TREE_SCALAR, key, r->diag);
    return MAP_NONE;
  }
  if (!reader_text(name, key, &text, r->diag)) return MAP_NONE;
  uint32_t d = map_get(&r->model->dimension_names, text);
  if (d != MAP_NONE) return d;
  diag_error(r->diag, name->span, dimension_unknown, text);
  if (reader_suggests(r->diag)) diag_did_you_mean(r->diag, map_nearest_key(&r->model->dimension_names, text));
  return MAP_NONE;
}

static bool read_elements(struct model_reader *r, struct mapping *m, const struct tree *list, struct span at) {
  const struct dimension *from = &r->model->dimensions.items[m->from], *to = &r->model->dimensions.items[m->to];
  if (!list || !reader_expect(list, at, TREE_LIST, "'elements'", r->diag)) {
    if (!list) reader_expect(NULL, at, TREE_LIST, "'elements'", r->diag);
    return false;
  }
  if (list->count != from->count) {
    diag_error(r->diag, list->span, list_length, list->count, from->name, from->count);
    return false;
  }
  uint32_t size = r->model->dimensions.items[from->root].count;
  uint32_t *elements = arena_array(r->arena, uint32_t, size + 1);
  for (uint32_t i = 0; i < size; i++) elements[i] = UINT32_MAX;
  for (uint32_t i = 0; i < from->count; i++) {
    const char *text;
    if (!reader_text(list->items[i], "an element", &text, r->diag)) return false;
    uint32_t element = map_get(&to->names, text);
    if (element == MAP_NONE) {
      diag_error(r->diag, list->items[i]->span, element_of, text, to->name);
      return false;
    }
    elements[from->in_parent[i]] = to->in_parent[element];
  }
  m->elements = elements;
  return true;
}

static void read_mapping(struct mappings *s, const struct tree *key, const struct tree *t) {
  struct model_reader *r = s->reader;
  struct mapping m = {.name = key->text};
  if (!reader_expect(t, key->span, TREE_MAP, "a mapping", r->diag)) return;
  reader_keys(t, "a mapping", mapping_keys, r->diag);
  m.from = read_end(r, t, "from", key->span), m.to = read_end(r, t, "to", key->span);
  if (m.from == MAP_NONE || m.to == MAP_NONE) return;
  if (!read_elements(r, &m, tree_get(t, "elements"), key->span)) return;
  uint32_t index = (uint32_t)s->all.count;
  if (map_get(&r->model->dimension_names, m.name) != MAP_NONE || map_add(&s->names, m.name, index) != index)
    diag_error(r->diag, key->span, mapping_again, m.name);
  else
    list_push(r->arena, &s->all) = m;
}

// ---- subscripts

static bool reduces(const struct model *m, const struct expr *around, uint32_t dimension) {
  for (size_t i = 0; i < around->subscript_count; i++)
    if (map_get(&m->dimension_names, around->subscripts[i].name) == dimension) return true;
  return false;
}

// The axis that a mapping from `dimension` follows: of the nearest reduction over it, else of the left side.
static bool follow(const struct model *m, const struct context *p, uint32_t dimension, struct subscript_map *map) {
  for (size_t i = p->depth; i-- > 0;)
    if (reduces(m, p->around[i], dimension)) {
      map->dimension = m->dimensions.items[dimension].name;
      return true;
    }
  for (uint32_t i = (uint32_t)p->variable->dim_count; i-- > 0;) {
    const char *written = p->equation->subscript_count ? p->equation->subscripts[i].name : "*";
    if (p->variable->dims[i] != dimension && map_get(&m->dimension_names, written) != dimension) continue;
    map->axis = i;
    return true;
  }
  return false;
}

static void settle(struct mappings *s, const struct context *p, struct subscript *x) {
  struct model_reader *r = s->reader;
  uint32_t index = map_get(&s->names, x->name);
  if (index == MAP_NONE) return;
  const struct mapping *m = &s->all.items[index];
  struct subscript_map *map = arena_new(r->arena, struct subscript_map);
  map->elements = m->elements;
  if (follow(r->model, p, m->from, map))
    x->map = map;
  else
    diag_error(r->diag, x->span, mapping_axis, m->name, r->model->dimensions.items[m->from].name);
}

// Functions of whole vectors name the axes of the left side that they run along.
static bool is_vector(const struct expr *e) {
  static const char *const names[] = {"invert_matrix", "allocate_available", "allocate_by_priority"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(e->name, names[i]) == 0) return true;
  return false;
}

static void settle_axis(struct mappings *s, const struct context *p, struct subscript *x) {
  struct subscript_map *map = arena_new(s->reader->arena, struct subscript_map);
  const struct context left = {.variable = p->variable, .equation = p->equation};
  uint32_t d = map_get(&s->reader->model->dimension_names, x->name);
  if (d != MAP_NONE && follow(s->reader->model, &left, d, map)) x->map = map;
}

static void walk(struct mappings *s, struct context *p, struct expr *e) {
  bool named = e->kind == EXPR_NAME || e->kind == EXPR_CALL, vector = e->kind == EXPR_CALL && is_vector(e);
  bool reduction = e->kind == EXPR_CALL && !vector && e->subscript_count && p->depth < MOST_AROUND;
  for (size_t i = 0; named && i < e->subscript_count; i++) {
    if (vector)
      settle_axis(s, p, &e->subscripts[i]);
    else
      settle(s, p, &e->subscripts[i]);
  }
  if (reduction) p->around[p->depth++] = e;
  for (size_t i = 0; i < e->arg_count; i++) walk(s, p, e->args[i]);
  if (reduction) p->depth--;
}

static void walk_variable(struct mappings *s, const struct variable *v) {
  for (size_t i = 0; i < v->equations.count; i++)
    if (v->equations.items[i].rhs)
      walk(s, &(struct context){.variable = v, .equation = &v->equations.items[i]}, v->equations.items[i].rhs);
  for (size_t i = 0; i < v->initial.count; i++)
    if (v->initial.items[i].rhs)
      walk(s, &(struct context){.variable = v, .equation = &v->initial.items[i]}, v->initial.items[i].rhs);
}

void model_mappings_read(struct model_reader *r) {
  struct mappings s = {.reader = r};
  map_init(&s.names, r->arena);
  for (size_t i = 0; i < r->files.count; i++) {
    const struct tree *file = r->files.items[i]->tree, *section = tree_get(file, "mappings");
    if (!section || !reader_expect(section, file->span, TREE_MAP, "'mappings'", r->diag)) continue;
    for (size_t j = 0; j < section->count; j++) read_mapping(&s, section->keys[j], section->items[j]);
  }
  for (size_t i = 0; i < r->model->variables.count; i++) walk_variable(&s, &r->model->variables.items[i]);
}
