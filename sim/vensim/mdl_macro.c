// SPDX-License-Identifier: GPL-3.0-or-later
// A call of a macro becomes variables of its own, hidden ones: one for each argument and one for each equation inside,
// over the ranges of the left side where the call stands. Functions of Vensim that are small models themselves (NPV,
// DELAY MATERIAL, ...) are macros written here in Vensim's language, after the equations in its reference manual.
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_parts.h"

const struct mdl_macro *mdl_macro_find(const struct mdl *m, const char *key) {
  uint32_t i = map_get(&m->macro_keys, key);
  return i == MAP_NONE ? NULL : m->macros.items[i];
}

// Each is read when it is first called. [0]: its key, [1]: its text.
static const char *const library[][2] = {
    {"npv",
     ":MACRO: NPV(stream, rate, initial value, factor)\n"
     "NPV = (accumulated + stream * TIME STEP * discount) * factor ~~|\n"
     "accumulated = INTEG(stream * discount, initial value) ~~|\n"
     "discount = INTEG(-discount * rate / (1 + rate * TIME STEP), 1) ~~|\n"
     ":END OF MACRO:\n"},
    {"depreciate straightline by step",
     ":MACRO: DEPRECIATE STRAIGHTLINE BY STEP(stream, life, period, initial value)\n"
     "DEPRECIATE STRAIGHTLINE BY STEP = (in use + (stream - retired) * TIME STEP) / life"
     " + STEP(initial value / life, INITIAL TIME) - STEP(initial value / life, INITIAL TIME + life) ~~|\n"
     "retired = DELAY FIXED(stream, life, 0) ~~|\n"
     "in use = INTEG(stream - retired, 0) ~~|\n"
     ":END OF MACRO:\n"},
    {"npve",
     ":MACRO: NPVE(stream, rate, initial value, factor)\n"
     "NPVE = (accumulated + stream * TIME STEP * discount) * factor ~~|\n"
     "accumulated = INTEG(stream * discount, initial value) ~~|\n"
     "discount = INTEG(-discount * rate / (1 + rate * TIME STEP), 1 / (1 + rate * TIME STEP)) ~~|\n"
     ":END OF MACRO:\n"},
    {"delayp",
     ":MACRO: DELAYP(input, delay time : pipeline)\n"
     "DELAYP = level 3 / share ~~|\n"
     "pipeline = level 1 + level 2 + level 3 ~~|\n"
     "level 3 = INTEG(level 2 / share - level 3 / share, share * input) ~~|\n"
     "level 2 = INTEG(level 1 / share - level 2 / share, level 3) ~~|\n"
     "level 1 = INTEG(input - level 1 / share, level 3) ~~|\n"
     "share = delay time / 3 ~~|\n"
     ":END OF MACRO:\n"},
    // Sterman (2000), Business Dynamics, appendix B: noise of first-order autocorrelation.
    {"random pink noise",
     ":MACRO: RANDOM PINK NOISE(mean, deviation, correlation time, seed)\n"
     "RANDOM PINK NOISE = INTEG((white - RANDOM PINK NOISE) / correlation time, mean) ~~|\n"
     "white = mean + deviation * SQRT((2 - TIME STEP / correlation time) / (TIME STEP / correlation time))"
     " * RANDOM NORMAL(-6, 6, 0, 1, seed) ~~|\n"
     ":END OF MACRO:\n"},
    // Measures of a date: 1 year, 2 quarter, 3 month, 4 day, 5 day of the week, 6 days since the beginning of year 0,
    // 7 hour, 8 minute, 9 second. Days are those since then, of the calendar since 1 March of year 0 (Hinnant).
    {"date of 360 days",
     ":MACRO: DATE OF 360 DAYS(days, measure)\n"
     "DATE OF 360 DAYS = IF THEN ELSE(measure = 1, year, IF THEN ELSE(measure = 2, INTEGER((month - 1) / 3) + 1,"
     " IF THEN ELSE(measure = 3, month, IF THEN ELSE(measure = 4, INTEGER(rest - 30 * (month - 1)) + 1,"
     " TIME OF DAY(days, measure, 0))))) ~~|\n"
     "year = INTEGER(days / 360) ~~|\n"
     "rest = days - 360 * year ~~|\n"
     "month = INTEGER(rest / 30) + 1 ~~|\n"
     ":END OF MACRO:\n"},
    {"civil date",
     ":MACRO: CIVIL DATE(days, measure)\n"
     "CIVIL DATE = IF THEN ELSE(measure = 1, year, IF THEN ELSE(measure = 2, INTEGER((month - 1) / 3) + 1,"
     " IF THEN ELSE(measure = 3, month, IF THEN ELSE(measure = 4, of year - INTEGER((153 * shifted + 2) / 5) + 1,"
     " IF THEN ELSE(measure = 5, MODULO(INTEGER(days) + 3, 7), TIME OF DAY(days, measure, 60)))))) ~~|\n"
     "era = INTEGER(days / 146097) ~~|\n"
     "of era = INTEGER(days) - era * 146097 ~~|\n"
     "year of era = INTEGER((of era - INTEGER(of era / 1460) + INTEGER(of era / 36524) - INTEGER(of era / 146096)) / "
     "365)"
     " ~~|\n"
     "of year = of era - (365 * year of era + INTEGER(year of era / 4) - INTEGER(year of era / 100)) ~~|\n"
     "shifted = INTEGER((5 * of year + 2) / 153) ~~|\n"
     "month = IF THEN ELSE(shifted < 10, shifted + 3, shifted - 9) ~~|\n"
     "year = year of era + 400 * era + IF THEN ELSE(month <= 2, 1, 0) ~~|\n"
     ":END OF MACRO:\n"},
    {"time of day",
     ":MACRO: TIME OF DAY(days, measure, days before)\n"
     "TIME OF DAY = IF THEN ELSE(measure = 6, INTEGER(days) + days before, IF THEN ELSE(measure = 7,"
     " INTEGER(MODULO(days, 1) * 24), IF THEN ELSE(measure = 8, INTEGER(MODULO(days * 24, 1) * 60),"
     " MODULO(days * 1440, 1) * 60))) ~~|\n"
     ":END OF MACRO:\n"},
    // What lies on the belt at the start leaves as its profile says, stretched to the first time of passage; leakage
    // takes its share of all material in each step, of what has just come in as well.
    {"conveyor of fixed speed",
     ":MACRO: CONVEYOR OF FIXED SPEED(input, belt time, leak, profile, content, first time)\n"
     "CONVEYOR OF FIXED SPEED = DELAY FIXED(input, belt time, 0)"
     " * kept ^ INTEGER(belt time / TIME STEP + 0.5) + first ~~|\n"
     "kept = 1 - leak * TIME STEP ~~|\n"
     "steps = INTEGER((Time - INITIAL TIME) / TIME STEP + 0.5) ~~|\n"
     "begin = GET DATA FIRST TIME(profile) ~~|\n"
     "length = GET DATA LAST TIME(profile) - begin ~~|\n"
     "place = begin + length * steps * TIME STEP / first time ~~|\n"
     "batch = LOOKUP AREA(profile, place, MIN(place + length * TIME STEP / first time, begin + length))"
     " / LOOKUP AREA(profile, begin, begin + length) ~~|\n"
     "first = IF THEN ELSE(steps < first time / TIME STEP - 0.5,"
     " INITIAL(content) * batch / TIME STEP * kept ^ steps, 0) ~~|\n"
     ":END OF MACRO:\n"},
    // What is in process leaves at once when its time has come, and the next batch starts when there is enough for it;
    // all is decided at the start of a step and holds through it. A batch that lacks a billionth is full.
    {"delay batch",
     ":MACRO: DELAY BATCH(input, batch size, batch time, first batch, first time, first backlog)\n"
     "DELAY BATCH = leaving / TIME STEP ~~|\n"
     "leaving = SAMPLE IF TRUE(1 = 1, done, done) ~~|\n"
     "done = IF THEN ELSE(in process > 0 :AND: Time >= finish, in process, 0) ~~|\n"
     "starting = SAMPLE IF TRUE(1 = 1, ready, ready) ~~|\n"
     "ready = IF THEN ELSE(in process - done <= 0 :AND: backlog >= batch size * (1 - 1e-009), batch size, 0) ~~|\n"
     "later = SAMPLE IF TRUE(1 = 1, delay, delay) ~~|\n"
     "delay = IF THEN ELSE(ready > 0, Time + batch time - finish, 0) ~~|\n"
     "backlog = INTEG(input - starting / TIME STEP, first backlog) ~~|\n"
     "in process = INTEG((starting - leaving) / TIME STEP, first batch) ~~|\n"
     "finish = INTEG(later / TIME STEP, first time) ~~|\n"
     ":END OF MACRO:\n"},
};

const struct mdl_macro *mdl_macro_library(struct mdl *m, const char *key) {
  const char *text = mdl_belt_text(key), *subject = m->diag->subject;
  for (size_t i = 0; !text && i < sizeof library / sizeof *library; i++)
    if (strcmp(library[i][0], key) == 0) text = library[i][1];
  if (!text || mdl_macro_find(m, key)) return mdl_macro_find(m, key);
  struct source *s = source_from_text(m->arena, "the library of macros", text, strlen(text), m->diag);
  bool read = s && mdl_entries_read(m, s, true);
  m->diag->subject = subject;
  return read ? mdl_macro_find(m, key) : NULL;
}

static void add_stage(struct mdl *m, const char **text, unsigned k, unsigned order) {
  const char *time = "share", *inflow = "input";
  if (k > 1) {
    time = arena_format(m->arena, "DELAY FIXED(time %u, TIME STEP, share)", k - 1);
    inflow = arena_format(m->arena, "level %u / time %u", k - 1, k - 1);
  }
  *text = arena_format(m->arena,
                       "%s time %u = %s ~~| level %u = INTEG(%s - level %u / time %u,"
                       " initial value * delay time / %u) ~~|\n",
                       *text, k, time, k, inflow, k, k, order);
}

const struct mdl_macro *mdl_macro_delay(struct mdl *m, unsigned order) {
  const char *name = arena_format(m->arena, "delay n of order %u", order);
  if (mdl_macro_find(m, name)) return mdl_macro_find(m, name);
  const char *text = arena_format(m->arena,
                                  ":MACRO: %s(input, delay time, initial value)\n%s = level %u / time %u ~~|\n"
                                  "share = delay time / %u ~~|\n",
                                  name, name, order, order, order);
  for (unsigned k = 1; k <= order; k++) add_stage(m, &text, k, order);
  text = arena_format(m->arena, "%s:END OF MACRO:\n", text);
  struct source *s = source_from_text(m->arena, "the library of macros", text, strlen(text), m->diag);
  return s && mdl_entries_read(m, s, true) ? mdl_macro_find(m, name) : NULL;
}

struct call {
  struct mdl *m;
  struct mdl_context *outer;
  const struct mdl_macro *macro;
  const struct mdl_node *node;
  struct mdl_scope scope;
};

static const char *inner_name(const struct call *k, const char *name) {
  return arena_format(k->m->arena, "%s %s", k->scope.prefix, name);
}

static void add_local(struct call *k, const char *key, uint32_t index) {
  map_add(&k->scope.locals, key, index);
}

// A lookup may be an argument: its name then stands for it inside.
static bool is_table(struct call *k, const struct mdl_node *n, uint32_t *number) {
  if (n->kind != MDL_NAME) return false;
  *number = k->outer->scope ? map_get(&k->outer->scope->tables, n->key) : MDL_NONE;
  if (*number == MDL_NONE) *number = map_get(&k->m->variable_keys, n->key);
  if (*number == MDL_NONE) return false;
  const struct mdl_variable *v = &k->m->variables.items[*number];
  return v->table != MDL_NONE && v->table == v->index;
}

static bool bind_argument(struct call *k, size_t i) {
  struct mdl *m = k->m;
  const struct mdl_sub *param = &k->macro->params[i];
  uint32_t number;
  if (is_table(k, k->node->args[i], &number)) {
    map_add(&k->scope.tables, param->key, number);
    return true;
  }
  const char *name = inner_name(k, param->name);
  uint32_t index = mdl_variable_hidden(m, k->outer, VARIABLE_AUXILIARY, name, k->node->args[i]->span);
  add_local(k, param->key, index);
  struct mdl_context inside = mdl_variable_inside(m, k->outer, k->outer->name);
  inside.scope = k->outer->scope;
  return mdl_variable_equation(m, &inside, index, k->node->args[i]);
}

const char *mdl_macro_lookup(struct mdl *m, const struct mdl_macro *macro, const char *key) {
  return arena_format(m->arena, "%s\1%s", macro->key, key);
}

static bool is_lookup(const struct mdl_equation *e) {
  return e->form == MDL_FORM_TABLE && !e->sub_count;
}

static bool plain(struct call *k, const struct mdl_equation *e) {
  bool scalar = !e->sub_count || (k->macro->prelude && mdl_belt_is(e->subs, e->sub_count));
  bool ok = e->form == MDL_FORM_EXPR && e->mode == MDL_MODE_DEFAULT && scalar &&
            map_get(&k->scope.locals, e->key) == MDL_NONE;
  if (!ok) diag_error(k->m->diag, e->span, mdl_macro_plain, e->name, k->macro->name);
  return ok;
}

static bool make_locals(struct call *k) {
  const struct mdl_macro *macro = k->macro;
  for (size_t i = 0; i < macro->equations.count; i++) {
    const struct mdl_equation *e = macro->equations.items[i];
    if (is_lookup(e)) {
      map_add(&k->scope.tables, e->key, map_get(&k->m->variable_keys, mdl_macro_lookup(k->m, macro, e->key)));
      continue;
    }
    if (!plain(k, e)) return false;
    enum variable_kind kind = mdl_variable_is_stock(e->rhs) ? VARIABLE_STOCK : VARIABLE_AUXILIARY;
    if (e->sub_count && k->scope.slats == MDL_NONE) mdl_belt_open(k->m, &k->scope);
    uint32_t index = mdl_variable_hidden(k->m, k->outer, kind, inner_name(k, e->name), k->node->span);
    if (e->sub_count && !mdl_belt_lay(k->m, index, k->scope.slats, k->node->span)) return false;
    add_local(k, e->key, index);
  }
  for (size_t i = 0; i < macro->equations.count; i++) {
    const struct mdl_equation *e = macro->equations.items[i];
    if (is_lookup(e)) continue;
    struct mdl_context inside = mdl_variable_inside(k->m, k->outer, e->name);
    inside.scope = &k->scope;
    if (!mdl_variable_equation(k->m, &inside, map_get(&k->scope.locals, e->key), e->rhs)) return false;
  }
  return true;
}

// y = M(a : z): z is a variable of the model, known before, whose equation comes now.
static bool give_outputs(struct call *k) {
  struct mdl *m = k->m;
  for (size_t i = 0; i < k->node->out_count; i++) {
    const struct mdl_sub *out = &k->node->outs[i];
    uint32_t number = map_get(&m->variable_keys, out->key), local = map_get(&k->scope.locals, k->macro->outs[i].key);
    if (number != MDL_NONE && m->variables.items[number].index == MDL_NONE) return false;
    if (number == MDL_NONE || local == MDL_NONE) {
      diag_error(m->diag, out->span, unknown_variable, out->name);
      return false;
    }
    struct variable *v = &m->model->variables.items[m->variables.items[number].index];
    list_push(m->arena, &v->equations) =
        (struct equation){.span = out->span, .rhs = mdl_over_places(m, k->outer, out->span, local)};
  }
  return true;
}

struct expr *mdl_macro_call(struct mdl *m, struct mdl_context *c, const struct mdl_macro *macro,
                            const struct mdl_node *n) {
  struct mdl_context wide;
  struct call k = {.m = m, .outer = &wide, .macro = macro, .node = n};
  if (n->arg_count != macro->param_count || n->out_count > macro->out_count) {
    diag_error(m->diag, n->span, argument_count, n->name, n->arg_count);
    return NULL;
  }
  if (!mdl_variable_widen(m, c, &wide) || (c->bindings && n->out_count)) {
    diag_error(m->diag, n->span, mdl_macro_vector, n->name);
    return NULL;
  }
  k.scope = (struct mdl_scope){.macro = macro, .slats = MDL_NONE, .depth = c->scope ? c->scope->depth + 1 : 1};
  if (k.scope.depth > LIMIT_EXTENDS) {
    diag_error(m->diag, n->span, function_recursion, macro->name);
    return NULL;
  }
  k.scope.prefix = arena_format(m->arena, "%s#%u", macro->name, ++m->calls);
  map_init(&k.scope.locals, m->arena), map_init(&k.scope.tables, m->arena);
  for (size_t i = 0; i < macro->param_count; i++)
    if (!bind_argument(&k, i)) return NULL;
  if (!make_locals(&k) || !give_outputs(&k)) return NULL;
  uint32_t result = map_get(&k.scope.locals, macro->key);
  if (result != MAP_NONE) return mdl_variable_in(m, c, &wide, n->span, result);
  diag_error(m->diag, macro->span, mdl_macro_result, macro->name);
  return NULL;
}
