// SPDX-License-Identifier: GPL-3.0-or-later
// Expressions as our language writes them. A copy of the tree is printed in which everything that only a reader of
// another format can make has been put into words: a subscript that follows an axis is the name of that axis, or of a
// mapping from it; infinity is 1/0. A name must lead back to the axis that was meant, by the rules of check/resolve.c;
// where no name does, that is an error.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "output/yaml_parts.h"

enum { MOST_AROUND = LIMIT_EXPR_DEPTH };
struct context {
  struct yaml_writer *w;
  const struct variable *v;  // NULL: no equation of a variable
  const struct equation *e;
  const char *around[MOST_AROUND];  // dimensions of the reductions around, from the outside in
  size_t depth;
};

static const struct dimension *dimension(const struct yaml_writer *w, uint32_t d) {
  return &w->m->dimensions.items[d];
}

const char *yaml_name(struct yaml_writer *w, const char *name) {
  if (expr_is_identifier(name)) return name;
  if (!expr_is_name(w->arena, name)) {
    diag_error(w->diag, NOWHERE, yaml_unsaid, name, "such a name");
    w->failed = true;
  }
  char *out = arena_alloc(w->arena, 2 * strlen(name) + 3), *end = out;
  *end++ = '\'';
  for (; *name; name++) {
    *end++ = *name;
    if (*name == '\'') *end++ = '\'';
  }
  *end = '\'';
  return out;
}

// ---- dimensions that a variable has twice

static const char *alias(struct yaml_writer *w, uint32_t of, unsigned place) {
  for (size_t i = 0; i < w->aliases.count; i++)
    if (w->aliases.items[i].of == of && w->aliases.items[i].place == place) return w->aliases.items[i].name;
  const char *name = arena_format(w->arena, "%s_%u", dimension(w, of)->name, place + 1);
  while (map_get(&w->m->dimension_names, name) != MAP_NONE) name = arena_format(w->arena, "%s_", name);
  list_push(w->arena, &w->aliases) = (struct yaml_alias){name, of, place};
  return name;
}

const char *yaml_dimension(struct yaml_writer *w, const struct variable *v, size_t place) {
  unsigned before = 0;
  for (size_t i = 0; i < place; i++) before += v->dims[i] == v->dims[place];
  return before ? alias(w, v->dims[place], before) : dimension(w, v->dims[place])->name;
}

// The subscript at a place of the left side, as it will be written.
static const char *left(struct yaml_writer *w, const struct variable *v, const struct equation *e, size_t place) {
  const char *declared = yaml_dimension(w, v, place);
  if (!e || !e->subscript_count) return declared;
  const char *written = e->subscripts[place].name;
  if (strcmp(written, "*") == 0 || strcmp(written, dimension(w, v->dims[place])->name) == 0) return declared;
  return written;
}

const char *yaml_key(struct yaml_writer *w, const struct variable *v, const struct equation *e) {
  const char *key = yaml_name(w, v->name);
  for (size_t i = 0; i < v->dim_count; i++)
    key = arena_format(w->arena, "%s%s%s", key, i ? ", " : "[", yaml_name(w, left(w, v, e, i)));
  return v->dim_count ? arena_format(w->arena, "%s]", key) : key;
}

// ---- subscripts that follow an axis

static bool is_element(const struct yaml_writer *w, const struct variable *v, size_t place, const char *name) {
  return map_get(&dimension(w, v->dims[place])->names, name) != MAP_NONE;
}

// Does a name, written within the reductions around, lead to the axis of the left side at `place`?
static bool leads_left(struct context *c, const char *name, size_t place) {
  for (size_t i = 0; i < c->depth; i++)
    if (strcmp(c->around[i], name) == 0) return false;
  for (size_t i = c->v->dim_count; i-- > 0;)
    if (strcmp(left(c->w, c->v, c->e, i), name) == 0 || strcmp(yaml_dimension(c->w, c->v, i), name) == 0)
      return i == place;
  return false;
}

// The name of the dimension by which an axis is followed; NULL when none leads there.
static const char *axis_name(struct context *c, const struct subscript_map *map) {
  if (map->dimension) {
    for (size_t i = c->depth; i-- > 0;)
      if (strcmp(c->around[i], map->dimension) == 0) return map->dimension;
    return NULL;
  }
  if (!c->v || map->axis >= c->v->dim_count) return NULL;
  const char *written = left(c->w, c->v, c->e, map->axis), *declared = yaml_dimension(c->w, c->v, map->axis);
  if (!is_element(c->w, c->v, map->axis, written) && leads_left(c, written, map->axis)) return written;
  return leads_left(c, declared, map->axis) ? declared : NULL;
}

// The root element of a fixed place of the left side, or MAP_NONE.
static uint32_t fixed_element(const struct context *c, const struct subscript_map *map) {
  if (map->dimension || !c->e || !c->e->subscript_count || map->axis >= c->v->dim_count) return MAP_NONE;
  const struct dimension *d = dimension(c->w, c->v->dims[map->axis]);
  uint32_t at = map_get(&d->names, c->e->subscripts[map->axis].name);
  return at == MAP_NONE ? MAP_NONE : d->in_parent[at];
}

static const char *element_name(const struct yaml_writer *w, uint32_t dim, uint32_t root) {
  const struct dimension *d = dimension(w, dimension(w, dim)->root);
  return root < d->count ? d->elements[root] : NULL;
}

static uint32_t dimension_index(const struct yaml_writer *w, const char *name) {
  uint32_t d = map_get(&w->m->dimension_names, name);
  for (size_t i = 0; d == MAP_NONE && i < w->aliases.count; i++)
    if (strcmp(w->aliases.items[i].name, name) == 0) return w->aliases.items[i].of;
  return d;
}

static bool same_mapping(const struct yaml_writer *w, const struct yaml_mapping *m, uint32_t from, uint32_t to,
                         const uint32_t *elements) {
  if (m->from != from || m->to != to) return false;
  const struct dimension *d = dimension(w, from);
  for (uint32_t i = 0; i < d->count; i++)
    if (m->elements[d->in_parent[i]] != elements[d->in_parent[i]]) return false;
  return true;
}

static const char *mapping_name(struct yaml_writer *w, const char *from_name, uint32_t from, uint32_t to,
                                const uint32_t *elements) {
  for (size_t i = 0; i < w->mappings.count; i++)
    if (same_mapping(w, &w->mappings.items[i], from, to, elements)) return w->mappings.items[i].name;
  const char *base = arena_format(w->arena, "%s to %s", from_name, dimension(w, to)->name), *name = base;
  for (unsigned n = 2;; n++) {
    bool taken = map_get(&w->m->dimension_names, name) != MAP_NONE;
    for (size_t i = 0; i < w->mappings.count; i++) taken = taken || strcmp(w->mappings.items[i].name, name) == 0;
    if (!taken) break;
    name = arena_format(w->arena, "%s %u", base, n);
  }
  list_push(w->arena, &w->mappings) = (struct yaml_mapping){name, from, to, elements};
  return name;
}

static const char *unsaid(struct context *c, const struct expr *x, const struct subscript *s) {
  const char *what = arena_format(c->w->arena, "the subscript '%s' of '%s'", s->name ? s->name : "?", x->name);
  diag_error(c->w->diag, s->span, yaml_unsaid, c->v ? c->v->name : c->w->m->name, what);
  c->w->failed = true;
  return s->name ? s->name : "?";
}

// A subscript of variable `of` at a place, in words.
static const char *in_words(struct context *c, const struct expr *x, const struct variable *of, size_t place) {
  const struct subscript *s = &x->subscripts[place];
  const struct subscript_map *map = s->map;
  if (!map) return s->name;
  uint32_t fixed = fixed_element(c, map);
  if (fixed != MAP_NONE && of) {
    const char *name = element_name(c->w, of->dims[place], map->elements ? map->elements[fixed] : fixed);
    return name ? name : unsaid(c, x, s);
  }
  const char *axis = axis_name(c, map);
  if (!axis) return unsaid(c, x, s);
  uint32_t from = dimension_index(c->w, axis);
  if (!map->elements) return axis;
  if (!of || from == MAP_NONE) return unsaid(c, x, s);
  const struct dimension *d = dimension(c->w, from);
  for (uint32_t i = 0; i < d->count; i++)
    if (!element_name(c->w, of->dims[place], map->elements[d->in_parent[i]])) return unsaid(c, x, s);
  return mapping_name(c->w, axis, from, of->dims[place], map->elements);
}

// ---- the copy

static struct expr *copy(struct context *c, const struct expr *x);

static struct expr *quotient(struct arena *a, double above, double below) {
  struct expr *e = arena_array(a, struct expr, 3), **args = arena_array(a, struct expr *, 2);
  e[1] = (struct expr){.kind = EXPR_NUMBER, .number = above, .integer = true};
  e[2] = (struct expr){.kind = EXPR_NUMBER, .number = below, .integer = true};
  args[0] = &e[1], args[1] = &e[2];
  e[0] = (struct expr){.kind = EXPR_BINARY, .op = OP_DIVIDE, .args = args, .arg_count = 2};
  return e;
}

static struct expr *copy_number(struct arena *a, const struct expr *x) {
  if (isnan(x->number)) return quotient(a, 0, 0);
  if (isinf(x->number)) return quotient(a, x->number > 0 ? 1 : -1, 0);
  struct expr *e = arena_new(a, struct expr);
  *e = *x;
  return e;
}

static void copy_subscripts(struct context *c, struct expr *e, const struct expr *x) {
  const struct variable *of = model_variable(c->w->m, x->name);
  e->subscripts = arena_array(c->w->arena, struct subscript, x->subscript_count + 1);
  for (size_t i = 0; i < x->subscript_count; i++)
    e->subscripts[i].name = in_words(c, x, of && i < of->dim_count ? of : NULL, i);
}

static struct expr *copy(struct context *c, const struct expr *x) {
  if (x->kind == EXPR_NUMBER) return copy_number(c->w->arena, x);
  struct expr *e = arena_new(c->w->arena, struct expr);
  *e = *x;
  if (x->subscript_count) copy_subscripts(c, e, x);
  size_t depth = c->depth;
  bool reduction = x->kind == EXPR_CALL && !model_variable(c->w->m, x->name);
  for (size_t i = 0; reduction && i < x->subscript_count && c->depth < MOST_AROUND; i++)
    if (!x->subscripts[i].map) c->around[c->depth++] = x->subscripts[i].name;
  e->args = arena_array(c->w->arena, struct expr *, x->arg_count + 1);
  for (size_t i = 0; i < x->arg_count; i++) e->args[i] = copy(c, x->args[i]);
  c->depth = depth;
  return e;
}

const char *yaml_expr(struct yaml_writer *w, const struct variable *v, const struct equation *e, const struct expr *x) {
  struct context *c = arena_new(w->arena, struct context);
  *c = (struct context){.w = w, .v = v, .e = e};
  const struct expr *words = copy(c, x);
  w->text.size = 0;
  expr_print(&w->text, words);
  if (w->text.failed) arena_fail(w->arena);
  return arena_copy(w->arena, w->text.data, w->text.size);
}
