// SPDX-License-Identifier: GPL-3.0-or-later
// The frozen copy keeps the names: `x` is a parameter with x's value at the moment, and an auxiliary whose name no file
// can contain has x's equation. So equations need no rewriting, except that calls with memory give way to what they
// remember, and initial(x) to what x was. Central differences; what changes less than rounding could explain has no
// effect.
#include "analyse/polarity.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "lower/lower.h"

enum { LANES = 128 };
static const double STEP = 1e-4;    // of a cause, relative to its largest value in the run
static const double NOISE = 1e-11;  // of an effect, relative to its value

struct frozen {
  struct arena *arena;
  const struct model *original;
  const struct results *results;
  struct model *model;
  uint32_t *shadow; /* [variable]: the auxiliary with its equation, or UINT32_MAX */
  uint32_t *first;  /* [variable]: number of its first element among the parameters */
  struct program_parameter *parameters;
  size_t count;
  double *scale; /* [parameter]: the largest magnitude in the run */
  struct program *program;
  size_t *column; /* [variable]: first column of its shadow */
};

// ---- the copy

// The argument for which a call with memory stands, or SIZE_MAX.
static size_t remembered(const struct expr *e) {
  enum fn fn = e->kind == EXPR_CALL ? fn_by_name(e->name) : FN_COUNT;
  switch (fn) {
    case FN_DELAY1:
    case FN_DELAY3:
    case FN_DELAYN:
    case FN_DELAY_FIXED:
    case FN_SMOOTH:
    case FN_SMOOTH3:
    case FN_SMOOTHN:
    case FN_TREND:
    case FN_FORECAST:
      return 0;
    case FN_SAMPLE:
      return 1;
    default:
      return SIZE_MAX;
  }
}

static bool has_equation(enum variable_kind kind) {
  return kind == VARIABLE_FLOW || kind == VARIABLE_AUXILIARY || kind == VARIABLE_INDICATOR || kind == VARIABLE_CONSTANT;
}

static void add_variable(struct frozen *f, struct variable v) {
  map_add(&f->model->names, v.name, (uint32_t)f->model->variables.count);
  list_push(f->arena, &f->model->variables) = v;
}

static struct variable bare(const struct variable *v, enum variable_kind kind) {
  return (struct variable){.kind = kind,
                           .name = v->name,
                           .span = v->span,
                           .label = v->label,
                           .unit = v->unit,
                           .unit_span = v->unit_span,
                           .dims = v->dims,
                           .dim_count = v->dim_count,
                           .element_count = v->element_count,
                           .low = -INFINITY,
                           .high = INFINITY};
}

static void add_parameter(struct frozen *f, const struct variable *v) {
  struct variable p = bare(v, VARIABLE_PARAMETER);
  if (v->kind == VARIABLE_TABLE) {
    p = *v;
    p.low = -INFINITY, p.high = INFINITY;
  } else {
    p.values = arena_array(f->arena, double, v->element_count);
  }
  add_variable(f, p);
}

// Elements that have no equation, in arrays of other programs, are 0: nothing asks for them.
static double parameter_value(const struct scenario *s, uint32_t variable, uint32_t element) {
  const struct variable *v = &s->model->variables.items[variable];
  double value = v->values ? v->values[element] : 0;
  for (size_t i = 0; i < s->parameters.count; i++) {  // the later one wins
    const struct override *o = &s->parameters.items[i];
    if (o->variable == variable && (o->element == UINT32_MAX || o->element == element)) value = o->value;
  }
  return value;
}

// What a variable was at the start is a parameter of its own, by a third name.
static const char *start_name(struct frozen *f, const char *name) {
  uint32_t index = map_get(&f->original->names, name);
  const struct variable *v = index == MAP_NONE ? NULL : &f->original->variables.items[index];
  if (!v || v->kind == VARIABLE_TABLE) return name;
  struct variable p = bare(v, VARIABLE_PARAMETER);
  p.name = arena_format(f->arena, "\2%s", name);
  if (map_get(&f->model->names, p.name) != MAP_NONE) return p.name;
  p.values = arena_array(f->arena, double, v->element_count);
  for (uint32_t e = 0; e < v->element_count; e++) {
    size_t column = program_column(f->results->program, index, e);
    bool saved = column != SIZE_MAX;
    p.values[e] = saved ? f->results->values[column] : parameter_value(f->results->program->scenario, index, e);
  }
  add_variable(f, p);
  return p.name;
}

enum standing { STANDING_EQUATION, STANDING_START, STANDING_FUNCTION };  // start: within initial(x)

// The bodies of functions name their arguments, whose start is not known here: initial(x) stays in them.
static struct expr *forgetful(struct frozen *f, struct expr *e, enum standing where) {
  size_t kept = remembered(e);
  if (kept < e->arg_count) return forgetful(f, e->args[kept], where);
  bool start = e->kind == EXPR_CALL && where != STANDING_FUNCTION && fn_by_name(e->name) == FN_INITIAL;
  if (start && e->arg_count) return forgetful(f, e->args[0], STANDING_START);
  struct expr *copy = arena_new(f->arena, struct expr);
  *copy = *e;
  if (where == STANDING_START && e->kind == EXPR_NAME) copy->name = start_name(f, e->name);
  copy->args = arena_array(f->arena, struct expr *, e->arg_count + 1);
  for (size_t i = 0; i < e->arg_count; i++) copy->args[i] = forgetful(f, e->args[i], where);
  return copy;
}

static void add_shadow(struct frozen *f, uint32_t variable) {
  const struct variable *v = &f->original->variables.items[variable];
  if (!has_equation(v->kind)) return;
  struct variable x = bare(v, VARIABLE_AUXILIARY);
  x.name = arena_format(f->arena, "\1%s", v->name);
  for (size_t i = 0; i < v->equations.count; i++) {
    struct equation e = v->equations.items[i];
    e.rhs = forgetful(f, e.rhs, STANDING_EQUATION);
    list_push(f->arena, &x.equations) = e;
  }
  f->shadow[variable] = (uint32_t)f->model->variables.count;
  add_variable(f, x);
}

static void copy_functions(struct frozen *f) {
  f->model->functions.items = NULL, f->model->functions.count = f->model->functions.capacity = 0;
  for (size_t i = 0; i < f->original->functions.count; i++) {
    struct function g = f->original->functions.items[i];
    g.body = forgetful(f, g.body, STANDING_FUNCTION);
    list_push(f->arena, &f->model->functions) = g;
  }
}

static void copy_model(struct frozen *f) {
  uint32_t count = (uint32_t)f->original->variables.count;
  f->model = arena_new(f->arena, struct model);
  *f->model = *f->original;
  f->model->arena = f->model->units.arena = f->arena;
  f->model->variables.items = NULL, f->model->variables.count = f->model->variables.capacity = 0;
  map_init(&f->model->names, f->arena);
  copy_functions(f);
  f->shadow = arena_array(f->arena, uint32_t, (size_t)count + 1);
  for (uint32_t v = 0; v < count; v++) add_parameter(f, &f->original->variables.items[v]);
  for (uint32_t v = 0; v < count; v++) f->shadow[v] = UINT32_MAX;
  for (uint32_t v = 0; v < count; v++) add_shadow(f, v);
}

// ---- its numbers

static void add_element(struct frozen *f, const struct results *r, uint32_t variable, uint32_t element) {
  const struct program *p = r->program;
  size_t column = program_column(p, variable, element);
  struct program_parameter *to = &f->parameters[f->count];
  *to = (struct program_parameter){.variable = variable, .element = element, .point = UINT32_MAX};
  double largest = 0;
  for (size_t i = 0; column != SIZE_MAX && i < p->save_count; i++) {
    double size = fabs(r->values[i * p->column_count + column]);
    if (size > largest) largest = size;
  }
  if (column == SIZE_MAX) largest = fabs(to->value = parameter_value(p->scenario, variable, element));
  f->scale[f->count++] = largest > 0 ? largest : 1;
}

static bool is_known(const struct program *p, const struct variable *v, uint32_t variable) {
  if (v->kind == VARIABLE_TABLE || v->kind == VARIABLE_PARAMETER) return v->kind == VARIABLE_PARAMETER;
  for (size_t k = 0; k < v->element_count; k++)
    if (program_column(p, variable, k) != SIZE_MAX) return true;
  return false;
}

static void list_elements(struct frozen *f, const struct results *r) {
  const struct model *m = f->original;
  size_t most = 1;
  for (size_t v = 0; v < m->variables.count; v++) most += m->variables.items[v].element_count;
  f->parameters = arena_array(f->arena, struct program_parameter, most);
  f->scale = arena_array(f->arena, double, most);
  f->first = arena_array(f->arena, uint32_t, m->variables.count + 1);
  for (uint32_t v = 0; v < m->variables.count; v++) {
    f->first[v] = (uint32_t)f->count;
    const struct variable *x = &m->variables.items[v];
    bool known = is_known(r->program, x, v);
    for (uint32_t k = 0; known && k < x->element_count; k++) add_element(f, r, v, k);
  }
}

static void take_values(struct frozen *f, const struct results *r, size_t moment) {
  for (size_t i = 0; i < f->count; i++) {
    struct program_parameter *p = &f->parameters[i];
    size_t column = program_column(r->program, p->variable, p->element);
    if (column != SIZE_MAX) p->value = r->values[moment * r->program->column_count + column];
    f->model->variables.items[p->variable].values[p->element] = p->value;
  }
}

// ---- one moment

static struct scenario *scenario_at(struct frozen *f, const struct results *r, double t) {
  struct scenario *s = arena_new(f->arena, struct scenario);
  s->arena = f->arena, s->model = f->model, s->name = f->model->name, s->path = f->model->path;
  s->step = s->save = r->program->step;
  s->start = t, s->stop = t + s->step;
  s->method = METHOD_EULER;
  for (size_t v = 0; v < f->original->variables.count; v++)
    if (f->shadow[v] != UINT32_MAX) list_push(f->arena, &s->saved) = f->shadow[v];
  return s;
}

static bool compile(struct frozen *f, const struct results *r, size_t moment, struct diag *diag) {
  const struct scenario *s = scenario_at(f, r, r->times[moment]);
  struct diag quiet;  // units were checked with the model itself
  diag_init(&quiet, f->arena);
  const struct checked *c = check_model(f->arena, f->model, s, true, &quiet);
  struct lower_options options = {.uncertain = f->parameters, .uncertain_count = f->count};
  f->program = c ? lower(f->arena, c, &options, &quiet) : NULL;
  if (!f->program) {
    diag_error(diag, NOWHERE, polarity_frozen, quiet.messages.count ? quiet.messages.items[0].text : "");
    return false;
  }
  f->column = arena_array(f->arena, size_t, f->original->variables.count + 1);
  for (size_t v = 0; v < f->original->variables.count; v++)
    f->column[v] = f->shadow[v] == UINT32_MAX ? SIZE_MAX : program_column(f->program, f->shadow[v], 0);
  return true;
}

struct tally {
  bool plus, minus;
};

// One effect of one element's move.
static void count_effect(const double *saved, size_t column, uint32_t pair, struct tally *t) {
  double up = saved[column * LANES + 2 * pair], down = saved[column * LANES + 2 * pair + 1], change = up - down;
  if (!isfinite(change) || fabs(change) <= NOISE * fmax(fabs(up), fabs(down))) return;
  t->plus |= change > 0;
  t->minus |= change < 0;
}

struct measure {
  struct frozen frozen;
  struct causes *causes;
  struct tally *same, *all; /* [link]: elements that correspond; all of them */
  double *values, *saved;   /* [parameter][LANES]; [2][column][LANES] */
};

static bool same_dimensions(const struct variable *x, const struct variable *y) {
  return x->dim_count == y->dim_count &&
         (!x->dim_count || memcmp(x->dims, y->dims, x->dim_count * sizeof *x->dims) == 0);
}

static void read_effects(struct measure *m, size_t parameter, uint32_t pair) {
  const struct program_parameter *p = &m->frozen.parameters[parameter];
  const struct causes *g = m->causes;
  const struct variable *items = m->frozen.original->variables.items;
  for (uint32_t i = g->first_use[p->variable]; i < g->first_use[p->variable + 1]; i++) {
    uint32_t link = g->uses[i], to = g->links.items[link].to;
    if (g->links.items[link].kind != CAUSE_EQUATION || m->frozen.column[to] == SIZE_MAX) continue;
    bool same = same_dimensions(&items[p->variable], &items[to]);
    for (uint32_t e = 0; e < items[to].element_count; e++) {
      count_effect(m->saved, m->frozen.column[to] + e, pair, &m->all[link]);
      if (same && e == p->element) count_effect(m->saved, m->frozen.column[to] + e, pair, &m->same[link]);
    }
  }
}

static void move(struct measure *m, size_t parameter, uint32_t pair, double share) {
  double value = m->frozen.parameters[parameter].value, by = share * m->frozen.scale[parameter];
  m->values[parameter * LANES + 2 * pair] = value + by;
  m->values[parameter * LANES + 2 * pair + 1] = value - by;
}

static void run_batches(struct measure *m, struct machine *machine) {
  struct failure failures[LANES];
  struct batch batch = {.parameters = m->values, .saved = m->saved, .failures = failures};
  size_t count = m->frozen.count;
  for (size_t i = 0; i < count; i++)
    for (size_t l = 0; l < LANES; l++) m->values[i * LANES + l] = m->frozen.parameters[i].value;
  for (size_t from = 0; from < count; from += LANES / 2) {
    uint32_t pairs = (uint32_t)(count - from < LANES / 2 ? count - from : LANES / 2);
    for (uint32_t k = 0; k < pairs; k++) move(m, from + k, k, STEP);
    machine_run(machine, &batch);
    for (uint32_t k = 0; k < pairs; k++) read_effects(m, from + k, k);
    for (uint32_t k = 0; k < pairs; k++) move(m, from + k, k, 0);
  }
}

static enum sign joined(enum sign x, struct tally t) {
  enum sign y = t.plus && t.minus ? SIGN_BOTH : t.plus ? SIGN_PLUS : t.minus ? SIGN_MINUS : SIGN_NONE;
  return x == SIGN_NONE || x == y ? y : y == SIGN_NONE ? x : SIGN_BOTH;
}

static bool measure_at(struct measure *m, const struct results *r, size_t moment, struct diag *diag) {
  struct arena *a = m->frozen.arena;
  size_t links = m->causes->links.count;
  take_values(&m->frozen, r, moment);
  if (!compile(&m->frozen, r, moment, diag)) return false;
  const struct program *p = m->frozen.program;
  m->same = arena_array(a, struct tally, links + 1), m->all = arena_array(a, struct tally, links + 1);
  m->values = arena_array(a, double, (m->frozen.count + 1) * LANES);
  m->saved = arena_array(a, double, (p->save_count * p->column_count + 1) * LANES);
  struct machine *machine = machine_create(p, LANES, diag);
  if (!machine) return false;
  run_batches(m, machine);
  machine_free(machine);
  for (size_t i = 0; i < links; i++) {
    struct cause *c = &m->causes->links.items[i];
    bool corresponds = m->same[i].plus || m->same[i].minus;
    if (c->kind == CAUSE_EQUATION) c->sign = joined(c->sign, corresponds ? m->same[i] : m->all[i]);
  }
  return true;
}

bool polarity_measure(struct arena *a, struct causes *g, const struct results *r, const size_t *moments, size_t count,
                      struct diag *diag) {
  struct measure m = {.frozen = {.arena = a, .original = g->checked->model, .results = r}, .causes = g};
  copy_model(&m.frozen);
  list_elements(&m.frozen, r);
  for (size_t i = 0; i < count; i++)
    if (!measure_at(&m, r, moments[i], diag)) return false;
  return true;
}
