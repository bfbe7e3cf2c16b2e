// SPDX-License-Identifier: GPL-3.0-or-later
// Questions to a queue: QUEUE AGE ...(q, ...) where q = QUEUE FIFO(...). Each question keeps the belt of that queue
// anew (mdl_belt.c), from the flows that the queue's equation names, so the queue itself is but a level.
#include <string.h>

#include "vensim/mdl_call.h"

bool mdl_queue_asks(const struct mdl_node *n) {
  return strncmp(n->key, "queue age ", 10) == 0;
}

static bool draws(const struct mdl_node *n) {
  bool found = n->kind == MDL_CALL && strncmp(n->key, "random ", 7) == 0;
  for (size_t i = 0; i < n->arg_count; i++) found = found || draws(n->args[i]);
  return found;
}

// The call of QUEUE FIFO behind a name with the subscripts of its own equation; NULL and why: there is none.
static const struct mdl_node *queue_of(const struct mdl *m, const struct mdl_node *n, const char **why) {
  uint32_t number = n->kind == MDL_NAME ? map_get(&m->variable_keys, n->key) : MAP_NONE;
  const struct mdl_variable *v = number == MAP_NONE ? NULL : &m->variables.items[number];
  const struct mdl_equation *e = v ? v->equations.items[0] : NULL;
  *why = "its first argument must be the name of a variable that is QUEUE FIFO(...)";
  if (!e || e->form != MDL_FORM_EXPR || e->rhs->kind != MDL_CALL || strcmp(e->rhs->key, "queue fifo") != 0) return NULL;
  *why = "its queue must have one equation, and here the subscripts of that equation";
  if (v->equations.count != 1 || e->sub_count != n->sub_count) return NULL;
  for (size_t i = 0; i < n->sub_count; i++)
    if (strcmp(e->subs[i].key, n->subs[i].key) != 0 || n->subs[i].bang) return NULL;
  *why = "its queue draws random numbers; give them a variable of their own";
  return draws(e->rhs) ? NULL : e->rhs;
}

struct expr *mdl_queue_age(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  const char *why;
  if (!mdl_call_fits(m, n, 1, 3)) return NULL;
  const struct mdl_node *queue = queue_of(m, n->args[0], &why);
  if (!queue) return mdl_refuse(m, c, n, why);
  if (!mdl_call_fits(m, queue, 5, 5)) return NULL;
  struct mdl_node *all = arena_new(m->arena, struct mdl_node);
  *all = *n;
  all->arg_count = queue->arg_count + n->arg_count - 1;
  all->args = arena_array(m->arena, struct mdl_node *, all->arg_count);
  memcpy(all->args, queue->args, queue->arg_count * sizeof *all->args);
  memcpy(all->args + queue->arg_count, n->args + 1, (n->arg_count - 1) * sizeof *all->args);
  const struct mdl_macro *macro = mdl_macro_library(m, n->key);
  return macro ? mdl_macro_call(m, c, macro, all) : NULL;
}
