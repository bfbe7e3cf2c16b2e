// SPDX-License-Identifier: GPL-3.0-or-later
// Reality checks (Vensim User's Guide, "Reality Check"): `name :THE CONDITION: a :IMPLIES: b` says that b holds
// wherever a does; `name :TEST INPUT: variable = value` names a condition. They take no part in a run; the model keeps
// them, for `simulate test` to force the condition and watch b. A condition can be forced when it is a list of
// `variable = value` and test inputs; others are watched where they come about. What cannot be said in our terms keeps
// its reason.
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_parts.h"

static const char *first_words(struct mdl *m, const struct diag *d) {
  return d->messages.count ? arena_string(m->arena, d->messages.items[0].text) : "it is not understood";
}

static const struct mdl_reality *find(const struct mdl *m, const char *key) {
  for (size_t i = 0; i < m->realities.count; i++)
    if (strcmp(m->realities.items[i].key, key) == 0) return &m->realities.items[i];
  return NULL;
}

static struct expr *translate(struct mdl *m, const struct mdl_reality *r, const struct mdl_node *n) {
  struct mdl_box none = {0};
  struct mdl_context c = {.box = &none, .name = r->name};
  return mdl_translate(m, &c, n);
}

// Is this node a single variable that can be replaced?
static bool is_variable(const struct mdl *m, const struct mdl_node *n, uint32_t *variable) {
  uint32_t number = n->kind == MDL_NAME && !n->sub_count ? map_get(&m->variable_keys, n->key) : MAP_NONE;
  if (number == MAP_NONE || m->variables.items[number].dim_count) return false;
  *variable = m->variables.items[number].index;
  return *variable != MDL_NONE && m->model->variables.items[*variable].kind != VARIABLE_TABLE;
}

static bool add_input(struct mdl *m, struct reality *out, const struct mdl_reality *r, const struct mdl_node *left,
                      const struct mdl_node *right) {
  struct reality_input input;
  if (!is_variable(m, left, &input.variable) || !(input.value = translate(m, r, right))) return false;
  list_push(m->arena, &out->inputs) = input;
  return true;
}

// The condition as a list of inputs; false where it is something else.
static bool as_inputs(struct mdl *m, struct reality *out, const struct mdl_reality *r, const struct mdl_node *n,
                      unsigned depth) {
  if (depth > LIMIT_EXPR_DEPTH) return false;
  if (n->kind == MDL_BINARY && n->op == OP_AND)
    return as_inputs(m, out, r, n->args[0], depth + 1) && as_inputs(m, out, r, n->args[1], depth + 1);
  if (n->kind == MDL_BINARY && n->op == OP_EQUAL) return add_input(m, out, r, n->args[0], n->args[1]);
  const struct mdl_reality *input = n->kind == MDL_NAME ? find(m, n->key) : NULL;
  if (!input || !input->value) return false;
  return add_input(m, out, r, input->target, input->value);
}

static void translate_check(struct mdl *m, struct reality *out, const struct mdl_reality *r) {
  struct diag *loud = m->diag, silent;
  diag_init(&silent, m->arena);
  m->diag = &silent;
  out->consequence = translate(m, r, r->consequence);
  if (!out->consequence) out->refused = first_words(m, &silent);
  if (out->consequence) out->forced = as_inputs(m, out, r, r->condition, 0);
  diag_init(&silent, m->arena);
  if (out->consequence && !out->forced && !(out->condition = translate(m, r, r->condition)))
    out->refused = first_words(m, &silent);
  m->diag = loud;
}

void mdl_realities_make(struct mdl *m) {
  for (size_t i = 0; i < m->realities.count; i++) {
    const struct mdl_reality *r = &m->realities.items[i];
    struct reality out = {.name = r->name, .span = r->span, .refused = r->refused};
    if (r->value) continue;  // a test input is part of others
    if (!out.refused) translate_check(m, &out, r);
    list_push(m->arena, &m->model->realities) = out;
  }
}

// ---- reading

static bool read_check(struct mdl_parser *p, struct mdl_reality *r) {
  r->condition = mdl_parser_expr(p);
  if (!r->condition) return false;
  if (p->token.kind != MDL_TOKEN_KEYWORD || strcmp(p->token.key, "implies") != 0)
    return mdl_parser_fail(p, "':IMPLIES:'");
  return mdl_parser_advance(p) && (r->consequence = mdl_parser_expr(p));
}

// variable = value
static bool read_input(struct mdl_parser *p, struct mdl_reality *r) {
  struct span at = mdl_parser_span(p);
  const struct mdl_node *n = mdl_parser_expr(p);
  if (!n) return false;
  if (n->kind != MDL_BINARY || n->op != OP_EQUAL) {
    diag_error(p->lexer.diag, at, expr_expected, "VARIABLE = VALUE", "another expression");
    return false;
  }
  r->target = n->args[0], r->value = n->args[1];
  return true;
}

void mdl_reality_read(struct mdl *m, struct mdl_parser *p, const char *key, const char *name, struct span span) {
  struct mdl_reality r = {.key = key, .name = name, .span = span};
  struct diag *loud = p->lexer.diag, silent;
  diag_init(&silent, m->arena);
  bool check = strcmp(p->token.key, "the condition") == 0;
  p->lexer.diag = &silent;
  bool ok = mdl_parser_advance(p) && (check ? read_check(p, &r) : read_input(p, &r));
  if (ok && p->token.kind != MDL_TOKEN_END) ok = mdl_parser_fail(p, "'~'");
  p->lexer.diag = loud;
  if (!ok) r.refused = first_words(m, &silent), r.value = NULL;
  list_push(m->arena, &m->realities) = r;
}
