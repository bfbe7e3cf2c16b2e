// SPDX-License-Identifier: GPL-3.0-or-later
// Models of other programs have constants, and no levers. A scenario that names a constant of such a model under
// levers: makes it one, in a copy of the model that is the scenario's own: its path is the constant, its range what the
// file says of it. What the reader of the file built upon the constant stays as it is, so such a constant is refused.
#include <string.h>

#include "lang/path.h"
#include "lang/scenario_read.h"

static void check_may_move(struct scenario_reader *r, const struct tree *key, const struct variable *v) {
  if (v->dim_count)
    diag_error(r->diag, key->span, lever_array, v->name);
  else if (v->reliance != RELIES_NOT)
    diag_error(r->diag, key->span, lever_relied, v->name);
}

static const struct model *copy_of(struct arena *a, const struct model *m) {
  struct model *copy = arena_new(a, struct model);
  *copy = *m;
  copy->origin = m;
  copy->variables.items = arena_array(a, struct variable, m->variables.count + 1);
  memcpy(copy->variables.items, m->variables.items, m->variables.count * sizeof *m->variables.items);
  return copy;
}

// What is wrong with a key is said when the levers are read.
static const struct variable *quietly_named(struct scenario_reader *r, const struct model *m, const struct tree *key) {
  struct diag *loud = r->diag, unheard;
  diag_init(&unheard, r->arena);
  r->diag = &unheard;
  const struct expr *x = scenario_steer_name(r, key);
  r->diag = loud;
  return x && x->kind == EXPR_NAME ? model_variable(m, x->name) : NULL;
}

const struct model *scenario_open_levers(struct scenario_reader *r) {
  const struct tree *levers = tree_get(r->tree, "levers");
  const struct model *m = r->model;
  if (!m->foreign || !levers || levers->kind != TREE_MAP) return m;
  for (size_t i = 0; i < levers->count; i++) {
    const struct variable *v = quietly_named(r, m, levers->keys[i]);
    if (!v || v->kind != VARIABLE_PARAMETER) continue;
    check_may_move(r, levers->keys[i], v);
    ptrdiff_t index = v - m->variables.items;
    if (m == r->model) m = copy_of(r->arena, m);
    struct variable *lever = &m->variables.items[index];
    lever->reliance = RELIES_NOT;  // what is wrong was said
    lever->kind = VARIABLE_LEVER, lever->path = path_constant(r->arena, lever->values[0]), lever->values = NULL;
  }
  return m;
}
