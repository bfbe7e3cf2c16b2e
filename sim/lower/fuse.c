// SPDX-License-Identifier: GPL-3.0-or-later
// Superinstructions: an operation used once joins its user, so that its result never goes through memory. Every
// rounding stays: the pair does what the two did. What stays apart: an operation that can break a number (a division, a
// logarithm) and is a variable's own value, for a failed run must be able to name that variable.
#include <string.h>

#include "lower/schedule.h"

// `user` with `inner` as argument `place` becomes `joined`, whose arguments are the inner ones (x, y) and the user's
// other one (o).
static const struct pair {
  uint8_t user, place, inner, joined;
  const char *arguments;
} pairs[] = {
    {IR_ADD, 0, IR_MUL, IR_MULADD, "xyo"},
    {IR_ADD, 1, IR_MUL, IR_MULADD, "xyo"},  // a sum has no order of its own
    {IR_ADD, 0, IR_DIV, IR_DIVADD, "xyo"},
    {IR_ADD, 1, IR_DIV, IR_DIVADD, "xyo"},
    {IR_ADD, 0, IR_ADD, IR_ADDADD, "xyo"},
    {IR_ADD, 1, IR_ADD, IR_ADDADD, "xyo"},
    {IR_SUB, 0, IR_MUL, IR_MULSUB, "xyo"},
    {IR_SUB, 1, IR_MUL, IR_SUBMUL, "xyo"},
    {IR_SUB, 0, IR_ADD, IR_ADDSUB, "xyo"},
    {IR_SUB, 0, IR_SUB, IR_SUBSUB, "xyo"},
    {IR_MUL, 0, IR_ADD, IR_MULSUM, "oxy"},
    {IR_MUL, 1, IR_ADD, IR_MULSUM, "oxy"},
    {IR_MUL, 0, IR_SUB, IR_MULDIFF, "oxy"},
    {IR_MUL, 1, IR_SUB, IR_MULDIFF, "oxy"},
    {IR_MUL, 0, IR_MUL, IR_MULMUL, "xyo"},
    {IR_MUL, 1, IR_MUL, IR_MULMUL, "xyo"},
    {IR_MUL, 0, IR_EXP, IR_MULEXP, "ox"},
    {IR_MUL, 1, IR_EXP, IR_MULEXP, "ox"},
    {IR_MUL, 0, IR_LOG, IR_MULLOG, "ox"},
    {IR_MUL, 1, IR_LOG, IR_MULLOG, "ox"},
    {IR_MULZ, 1, IR_LOGABS, IR_MULZLOGABS, "ox"},
    {IR_DIV, 0, IR_MUL, IR_MULDIV, "xyo"},
    {IR_DIV, 1, IR_MUL, IR_DIVMUL, "oxy"},
    {IR_DIV, 0, IR_SUB, IR_SUBDIV, "xyo"},
    {IR_DIV, 0, IR_ADD, IR_ADDDIV, "xyo"},
    {IR_EXP, 0, IR_MUL, IR_EXPMUL, "xy"},
    {IR_EXP, 0, IR_ADD, IR_EXPADD, "xy"},
    {IR_LOG, 0, IR_ADD, IR_LOGADD, "xy"},
    {IR_LOG, 0, IR_DIV, IR_LOGDIV, "xy"},
};

static bool breaks_numbers(uint16_t op) {
  return op == IR_DIV || op == IR_LOG || op == IR_LOGABS || op == IR_EXP;
}

// The value of argument i of v, if only v uses it, over the very same loops.
static const struct dag_value *only_mine(const struct scheduling *s, const struct dag_value *v, uint32_t self,
                                         size_t i) {
  const struct dag_arg *a = &v->args[i];
  const struct dag_value *x = schedule_value(s, a->value);
  bool dense =
      a->offset == 0 && (v->count == 1 || (a->inner == 1 && (v->outer_count == 1 || a->outer == v->inner_count)));
  bool mine = x->op < IR_OPS && s->uses[a->value] == 1 && s->needed[a->value] == s->needed[self] &&
              !s->exported[a->value] && !s->absorbed[a->value] && x->count == v->count &&
              x->outer_count == v->outer_count && x->inner_count == v->inner_count;
  if (!dense || !mine) return NULL;
  return s->defines[a->value] != UINT32_MAX && breaks_numbers(x->op) ? NULL : x;
}

static void join(struct scheduling *s, const struct dag_value *v, const struct dag_value *x, const struct pair *p,
                 struct fused *f) {
  s->absorbed[v->args[p->place].value] = true;
  *f = (struct fused){.op = p->joined, .arg_count = (uint8_t)strlen(p->arguments)};
  for (unsigned i = 0; i < f->arg_count; i++) {
    char from = p->arguments[i];
    f->args[i] = from == 'o' ? v->args[1 - p->place] : x->args[from == 'y'];
  }
}

static bool fuse_pair(struct scheduling *s, const struct dag_value *v, uint32_t self, struct fused *f) {
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    if (pairs[i].user != v->op) continue;
    const struct dag_value *x = only_mine(s, v, self, pairs[i].place);
    if (!x || x->op != pairs[i].inner) continue;
    join(s, v, x, &pairs[i], f);
    return true;
  }
  return false;
}

// log1p(exp(-|x|)), the smooth part of soft minima and maxima: four operations of one argument.
static bool fuse_soft(struct scheduling *s, const struct dag_value *v, uint32_t self, struct fused *f) {
  static const enum op chain[] = {IR_EXP, IR_NEG, IR_ABS};
  const struct dag_value *x = v;
  uint32_t at = self, absorbed[3];
  for (int i = 0; i < 3; i++) {
    const struct dag_value *next = only_mine(s, x, at, 0);
    if (!next || next->op != chain[i]) return false;
    at = absorbed[i] = x->args[0].value;
    x = next;
  }
  for (int i = 0; i < 3; i++) s->absorbed[absorbed[i]] = true;
  *f = (struct fused){.op = IR_SOFT, .args = {x->args[0]}, .arg_count = 1};
  return true;
}

static bool fuse_dot(struct scheduling *s, const struct dag_value *v, uint32_t self, struct fused *f) {
  const struct dag_arg *a = &v->args[0];
  const struct dag_value *x = schedule_value(s, a->value);
  bool whole = x->op == IR_MUL && a->offset == 0 && x->count == v->outer_count * v->inner_count &&
               x->outer_count == 1 && v->outer_count == 1;
  if (!whole || s->uses[a->value] != 1 || s->needed[a->value] != s->needed[self] || s->exported[a->value]) return false;
  s->absorbed[a->value] = true;
  *f = (struct fused){.op = IR_RDOT, .args = {x->args[0], x->args[1]}, .arg_count = 2};
  return true;
}

static struct fused fuse(struct scheduling *s, uint32_t value) {
  const struct dag_value *v = schedule_value(s, value);
  struct fused f = {.op = v->op, .arg_count = v->arg_count};
  memcpy(f.args, v->args, sizeof f.args);
  if (s->w->options->no_fuse || fuse_pair(s, v, value, &f)) return f;
  if (v->op == IR_LOG1P) fuse_soft(s, v, value, &f);
  if (v->op == IR_RSUM) fuse_dot(s, v, value, &f);
  return f;
}

// Users come after what they use, so going backwards a user chooses before its operands are emitted on their own.
void fuse_all(struct scheduling *s) {
  s->fused = arena_array(s->w->arena, struct fused, (size_t)s->count + 1);
  for (uint32_t v = s->count; v-- > 0;)
    if (s->needed[v] && !schedule_is_leaf(schedule_value(s, v)) && !s->absorbed[v]) s->fused[v] = fuse(s, v);
}
