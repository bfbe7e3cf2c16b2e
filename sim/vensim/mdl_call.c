// SPDX-License-Identifier: GPL-3.0-or-later
// Calls. Most functions are one of ours with its arguments in another order (mdl_fn.def); the rest is put together from
// ours here, each after the formula of Vensim's reference manual. A function that is not known is an error.
#include "vensim/mdl_call.h"

#include <string.h>

#include "base/limits.h"

struct expr *mdl_call_arg(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, size_t i) {
  return mdl_translate(m, c, n->args[i]);
}

bool mdl_call_fits(struct mdl *m, const struct mdl_node *n, size_t fewest, size_t most) {
  if (n->arg_count >= fewest && n->arg_count <= most) return true;
  diag_error(m->diag, n->span, argument_count, n->name, n->arg_count);
  return false;
}

struct expr *mdl_call_unsupported(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  diag_error(m->diag, n->span, mdl_function, n->name, c->name);
  return NULL;
}

// ---- arithmetic

// In an equation of one element, IF THEN ELSE(stage = stage1, ...) is one of its branches.
static struct expr *if_then_else(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  double first;
  if (!mdl_call_fits(m, n, 3, 3)) return NULL;
  if (mdl_value_here(m, c, n->args[0], &first)) return mdl_call_arg(m, c, n, first != 0 ? 1 : 2);
  struct expr *a = mdl_call_arg(m, c, n, 0), *b = mdl_call_arg(m, c, n, 1);
  return mdl_if(m, n->span, a, b, mdl_call_arg(m, c, n, 2));
}

// XIDZ(a, b, x): a/b, or x where |b| is below 1e-6; ZIDZ: 0 there.
static struct expr *divide(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  bool otherwise = *n->key == 'x';
  struct span at = n->span;
  if (!mdl_call_fits(m, n, otherwise ? 3 : 2, otherwise ? 3 : 2)) return NULL;
  struct expr *b = mdl_call_arg(m, c, n, 1), *size = mdl_apply(m, at, "abs", 1, &b);
  struct expr *zero = mdl_binary(m, at, OP_LESS, size, mdl_number(m, at, 1e-6));
  struct expr *other = otherwise ? mdl_call_arg(m, c, n, 2) : mdl_number(m, at, 0);
  return mdl_if(m, at, zero, other, mdl_binary(m, at, OP_DIVIDE, mdl_call_arg(m, c, n, 0), mdl_call_arg(m, c, n, 1)));
}

static struct expr *minus(struct mdl *m, struct span at, struct expr *x) {
  return mdl_binary(m, at, OP_SUBTRACT, mdl_number(m, at, 0), x);
}

// MODULO(a, b): the remainder of |a| / |b|, with the sign of a.
static struct expr *modulo(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct span at = n->span;
  if (!mdl_call_fits(m, n, 2, 2)) return NULL;
  struct expr *a = mdl_call_arg(m, c, n, 0), *b = mdl_call_arg(m, c, n, 1);
  struct expr *sizes[2] = {mdl_apply(m, at, "abs", 1, &a), mdl_apply(m, at, "abs", 1, &b)};
  struct expr *rest = mdl_apply(m, at, "modulo", 2, sizes);
  return mdl_if(m, at, mdl_binary(m, at, OP_LESS, mdl_call_arg(m, c, n, 0), mdl_number(m, at, 0)), minus(m, at, rest),
                rest);
}

// QUANTUM(a, b): b * INTEGER(a/b); a itself where b is not positive.
static struct expr *quantum(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct span at = n->span;
  if (!mdl_call_fits(m, n, 2, 2)) return NULL;
  struct expr *args[2] = {mdl_call_arg(m, c, n, 0), mdl_call_arg(m, c, n, 1)};
  struct expr *positive = mdl_binary(m, at, OP_GREATER, mdl_call_arg(m, c, n, 1), mdl_number(m, at, 0));
  return mdl_if(m, at, positive, mdl_apply(m, at, "quantum", 2, args), mdl_call_arg(m, c, n, 0));
}

// LOG(x, base)
static struct expr *logarithm(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!mdl_call_fits(m, n, 2, 2)) return NULL;
  struct expr *x = mdl_call_arg(m, c, n, 0), *base = mdl_call_arg(m, c, n, 1);
  return mdl_binary(m, n->span, OP_DIVIDE, mdl_apply(m, n->span, "ln", 1, &x), mdl_apply(m, n->span, "ln", 1, &base));
}

static struct expr *power(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!mdl_call_fits(m, n, 2, 2)) return NULL;
  struct expr *x = mdl_call_arg(m, c, n, 0);
  return mdl_binary(m, n->span, OP_POWER, x, mdl_call_arg(m, c, n, 1));
}

static struct expr *game(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  return mdl_call_fits(m, n, 1, 1) ? mdl_call_arg(m, c, n, 0) : NULL;
}

static struct expr *pi(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  (void)c;
  return mdl_number(m, n->span, 0x1.921fb54442d18p1);
}

// MESSAGE('text', display): 1 where display is positive, else 0. Nobody is there to read the text during a run.
static struct expr *message(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct span at = n->span;
  if (!mdl_call_fits(m, n, 2, 2)) return NULL;
  bool named = n->args[0]->kind == MDL_NAME && map_get(&m->text_keys, n->args[0]->key) != MAP_NONE;
  if (n->args[0]->kind != MDL_TEXT && !named) return mdl_refuse(m, c, n, "its first argument must be a text");
  diag_warning(m->diag, at, mdl_message, c->name);
  struct expr *shown = mdl_binary(m, at, OP_GREATER, mdl_call_arg(m, c, n, 1), mdl_number(m, at, 0));
  return mdl_if(m, at, shown, mdl_number(m, at, 1), mdl_number(m, at, 0));
}

// TIME BASE(start, slope): slope * Time + start.
static struct expr *time_base(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!mdl_call_fits(m, n, 2, 2)) return NULL;
  struct expr *x = mdl_call_arg(m, c, n, 1);
  x = mdl_binary(m, n->span, OP_MULTIPLY, x, mdl_name(m, n->span, "time"));
  return mdl_binary(m, n->span, OP_ADD, x, mdl_call_arg(m, c, n, 0));
}

// ---- the tables

static const struct direct {
  const char *name;
  size_t fewest, most;
  const char *ours, *order;
} directs[] = {
#define F(name, fewest, most, ours, order) {name, fewest, most, ours, order},
#include "vensim/mdl_fn.def"
#undef F
};

static const struct composed {
  const char *name;
  mdl_call_fn *make;
} composed[] = {
    {"active initial", mdl_memory_inner},
    {"allocate available", mdl_whole_allocate_available},
    {"allocate by priority", mdl_whole_allocate_by_priority},
    {"cumulate", mdl_table_call},
    {"cumulatef", mdl_table_call},
    {"delay conveyor", mdl_memory_conveyor},
    {"delay information", mdl_memory_discrete},
    {"delay material", mdl_memory_discrete},
    {"delay n", mdl_memory_of_order},
    {"demand at price", mdl_whole_at_price},
    {"depreciate straightline", mdl_memory_depreciate},
    {"elmcount", mdl_vector_elm_count},
    {"find market price", mdl_whole_market_price},
    {"game", game},
    {"get data at time", mdl_table_call},
    {"get data between times", mdl_table_call},
    {"get data first time", mdl_points_call},
    {"get data last time", mdl_points_call},
    {"get data max", mdl_points_call},
    {"get data mean", mdl_points_call},
    {"get data median", mdl_points_call},
    {"get data min", mdl_points_call},
    {"get data total points", mdl_points_call},
    {"get time value", mdl_calendar_call},
    {"if then else", if_then_else},
    {"integ", mdl_memory_inner},
    {"invert matrix", mdl_whole_invert_matrix},
    {"log", logarithm},
    {"lookup area", mdl_table_call},
    {"lookup backward", mdl_table_call},
    {"lookup extrapolate", mdl_table_call},
    {"lookup forward", mdl_table_call},
    {"lookup invert", mdl_table_call},
    {"lookup slope", mdl_table_call},
    {"message", message},
    {"modulo", modulo},
    {"pi", pi},
    {"power", power},
    {"pulse", mdl_input_pulse},
    {"pulse train", mdl_input_pulse_train},
    {"quantum", quantum},
    {"queue age average", mdl_queue_age},
    {"queue age in range", mdl_queue_age},
    {"queue age oldest", mdl_queue_age},
    {"ramp", mdl_input_ramp},
    {"random 0 1", mdl_chance_uniform},
    {"random beta", mdl_draws_beta},
    {"random binomial", mdl_draws_binomial},
    {"random exponential", mdl_chance_exponential},
    {"random gamma", mdl_draws_gamma},
    {"random lookup", mdl_draws_lookup},
    {"random negative binomial", mdl_draws_negative_binomial},
    {"random normal", mdl_chance_normal},
    {"random poisson", mdl_chance_poisson},
    {"random triangular", mdl_chance_triangular},
    {"random uniform", mdl_chance_uniform},
    {"random weibull", mdl_chance_weibull},
    {"smooth n", mdl_memory_of_order},
    {"step", mdl_input_step},
    {"supply at price", mdl_whole_at_price},
    {"tabxl", mdl_table_call},
    {"time base", time_base},
    {"time shift", mdl_table_call},
    {"vector elm map", mdl_vector_elm_map},
    {"vector lookup", mdl_vector_lookup},
    {"vector rank", mdl_vector_rank},
    {"vector reorder", mdl_vector_reorder},
    {"vector select", mdl_vector_select},
    {"vector sort order", mdl_vector_sort_order},
    {"with lookup", mdl_table_call},
    {"xidz", divide},
    {"zidz", divide},
};

static struct expr *direct_call(struct mdl *m, struct mdl_context *c, const struct mdl_node *n,
                                const struct direct *d) {
  struct expr *args[8];
  size_t count = 0;
  if (!mdl_call_fits(m, n, d->fewest, d->most)) return NULL;
  for (const char *o = d->order; *o; o++)
    if ((size_t)(*o - '1') < n->arg_count) args[count++] = mdl_call_arg(m, c, n, (size_t)(*o - '1'));
  return mdl_apply(m, n->span, d->ours, count, args);
}

static const char *nearest(struct mdl *m, const char *key) {
  enum { DIRECTS = sizeof directs / sizeof *directs, COMPOSED = sizeof composed / sizeof *composed };
  const char *names[DIRECTS + COMPOSED];
  for (size_t i = 0; i < DIRECTS; i++) names[i] = directs[i].name;
  for (size_t i = 0; i < COMPOSED; i++) names[DIRECTS + i] = composed[i].name;
  const char *near = map_nearest_key(&m->macro_keys, key);
  return near ? near : map_nearest(key, names, DIRECTS + COMPOSED);
}

static struct expr *unknown(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (map_get(&m->broken, n->key) != MAP_NONE) return NULL;
  diag_error(m->diag, n->span, mdl_function_unknown, n->name, c->name);
  if (m->diag->errors < 40) diag_did_you_mean(m->diag, nearest(m, n->key));
  return NULL;
}

// A name that a function of the tables has.
bool mdl_call_known(const char *key) {
  for (size_t i = 0; i < sizeof directs / sizeof *directs; i++)
    if (strcmp(directs[i].name, key) == 0) return true;
  for (size_t i = 0; i < sizeof composed / sizeof *composed; i++)
    if (strcmp(composed[i].name, key) == 0) return true;
  return false;
}

static struct expr *builtin(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  static const char *const reductions[][2] = {{"sum", "sum"}, {"prod", "prod"}, {"vmin", "min"}, {"vmax", "max"}};
  for (size_t i = 0; i < sizeof directs / sizeof *directs; i++)
    if (strcmp(directs[i].name, n->key) == 0) return direct_call(m, c, n, &directs[i]);
  for (size_t i = 0; i < sizeof composed / sizeof *composed; i++)
    if (strcmp(composed[i].name, n->key) == 0) return composed[i].make(m, c, n);
  for (size_t i = 0; i < sizeof reductions / sizeof *reductions; i++)
    if (strcmp(reductions[i][0], n->key) == 0) return mdl_vector_reduce(m, c, n, reductions[i][1]);
  if (mdl_refused(n->key)) return mdl_refuse(m, c, n, mdl_refused(n->key));
  bool sheet = strncmp(n->key, "get direct ", 11) == 0 || strncmp(n->key, "get xls ", 8) == 0;
  return sheet ? mdl_refuse(m, c, n, "it must stand alone behind the equal sign") : unknown(m, c, n);
}

// A plain variable may have the name of a function: called, it is the function.
static bool is_table(const struct mdl *m, const char *key) {
  uint32_t v = map_get(&m->variable_keys, key);
  if (v == MAP_NONE) return false;
  const mdl_equations *list = &m->variables.items[v].equations;
  for (size_t i = 0; i < list->count; i++)
    if (mdl_table_is(list->items[i]) || mdl_table_is_data(list->items[i])) return true;
  return !mdl_call_known(key);
}

struct expr *mdl_call(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  const struct mdl_macro *macro = mdl_macro_find(m, n->key);
  if (macro && !macro->prelude) return mdl_macro_call(m, c, macro, n);
  bool given = c->scope && map_get(&c->scope->tables, n->key) != MAP_NONE;
  if (given || is_table(m, n->key)) return mdl_table_call(m, c, n);
  macro = mdl_queue_asks(n) ? NULL : mdl_macro_library(m, n->key);
  return macro ? mdl_macro_call(m, c, macro, n) : builtin(m, c, n);
}
