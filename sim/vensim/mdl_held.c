// SPDX-License-Identifier: GPL-3.0-or-later
// Values that a function needs more than once: each is a hidden variable, over the places of the left side and the
// ranges of the vector functions around, and so computed once, which matters where it draws or has a memory. And trees
// made here, for what a function puts together from its arguments.
#include "vensim/mdl_call.h"

bool mdl_hold(struct mdl *m, const struct mdl_context *c, const struct mdl_node *n, struct mdl_held *h) {
  const char *name = arena_format(m->arena, "%s#%u", c->name, ++m->calls);
  if (!mdl_variable_widen(m, c, &h->wide)) {
    diag_error(m->diag, n->span, mdl_vector_inside, c->name);
    return false;
  }
  h->variable = mdl_variable_hidden(m, &h->wide, VARIABLE_AUXILIARY, name, n->span);
  struct mdl_context inside = mdl_variable_inside(m, &h->wide, c->name);
  return mdl_variable_equation(m, &inside, h->variable, n);
}

struct expr *mdl_held(struct mdl *m, const struct mdl_context *c, struct mdl_held *h, struct span at) {
  return mdl_variable_in(m, c, &h->wide, at, h->variable);
}

struct mdl_node *mdl_node_number(struct mdl *m, struct span at, double x) {
  struct mdl_node *n = arena_new(m->arena, struct mdl_node);
  *n = (struct mdl_node){.kind = MDL_NUMBER, .span = at, .number = x};
  return n;
}

struct mdl_node *mdl_node_join(struct mdl *m, enum expr_op op, struct mdl_node *a, struct mdl_node *b) {
  struct mdl_node *n = arena_new(m->arena, struct mdl_node);
  *n = (struct mdl_node){.kind = MDL_BINARY, .op = op, .span = a->span, .arg_count = 2};
  n->args = arena_array(m->arena, struct mdl_node *, 2);
  n->args[0] = a, n->args[1] = b;
  return n;
}
