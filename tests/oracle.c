// SPDX-License-Identifier: GPL-3.0-or-later
// Terms, variables and the run of the oracle; see oracle.h.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "oracle_parts.h"

double oracle_in(struct oracle *o, enum oracle_mode mode, struct oracle_frame *f, const struct term *t) {
  enum oracle_mode outer = o->mode;
  double time = o->t, edge = o->edge, low = o->low, hair = 1e-6 * o->s->step;
  if (mode == ORACLE_START) o->t = o->s->start, o->edge = o->t + hair, o->low = o->t - hair;
  o->mode = mode;
  double x = oracle_term(o, f, t);
  o->mode = outer, o->t = time, o->edge = edge, o->low = low;
  return x;
}

// ---- operators

static bool literal(const struct term *t, double *x, bool *integer) {
  bool negative = t->kind == TERM_UNARY && t->op == OP_NEGATE;
  if (negative) t = t->args[0];
  if (negative && t->kind == TERM_UNARY) return false;
  if (t->kind != TERM_NUMBER) return false;
  *x = negative ? -t->number : t->number, *integer = t->integer;
  return true;
}

// From the left: x^6 is (x*x*x)^2, so that the bits are those of the engine.
static double repeated(double x, unsigned n) {
  if (n < 2) return n ? x : 1;
  double half = repeated(x, n / 2);
  return n % 2 ? half * half * x : half * half;
}

static double power(const struct term *exponent, double x, double y) {
  double n;
  bool integer = false;
  if (literal(exponent, &n, &integer) && integer && fabs(n) <= 16)
    return n < 0 ? 1 / repeated(x, (unsigned)-n) : repeated(x, (unsigned)n);
  if (literal(exponent, &n, &integer) && n == 0.5 && !integer) return sqrt(x);
  if (x == 0) return y > 0 ? 0 : y == 0 ? 1 : y < 0 ? INFINITY : NAN;
  if (isnan(x) || isnan(y)) return NAN;
  return pow(x, y);
}

static double compare(enum expr_op op, double a, double b) {
  switch (op) {
    case OP_EQUAL:
      return a == b;
    case OP_UNEQUAL:
      return a != b;
    case OP_LESS:
      return a < b;
    case OP_LESS_EQUAL:
      return a <= b;
    case OP_GREATER:
      return a > b;
    default:
      return a >= b;
  }
}

static double compare_time(const struct oracle *o, enum expr_op op, double at) {
  switch (op) {
    case OP_EQUAL:
      return at <= o->edge && at >= o->low;
    case OP_UNEQUAL:
      return !(at <= o->edge && at >= o->low);
    case OP_LESS:
      return at > o->edge;
    case OP_LESS_EQUAL:
      return at >= o->low;
    case OP_GREATER:
      return at < o->low;
    default:
      return at <= o->edge;
  }
}

static double binary(struct oracle *o, struct oracle_frame *f, const struct term *t) {
  static const enum expr_op turned[] = {[OP_EQUAL] = OP_EQUAL,  [OP_UNEQUAL] = OP_UNEQUAL,
                                        [OP_LESS] = OP_GREATER, [OP_LESS_EQUAL] = OP_GREATER_EQUAL,
                                        [OP_GREATER] = OP_LESS, [OP_GREATER_EQUAL] = OP_LESS_EQUAL};
  double a = oracle_term(o, f, t->args[0]), b = oracle_term(o, f, t->args[1]);
  bool compares = t->op >= OP_EQUAL && t->op <= OP_GREATER_EQUAL;
  if (compares && t->args[0]->kind == TERM_TIME) return compare_time(o, t->op, b);
  if (compares && t->args[1]->kind == TERM_TIME) return compare_time(o, turned[t->op], a);
  switch (t->op) {
    case OP_ADD:
      return a + b;
    case OP_SUBTRACT:
      return a - b;
    case OP_MULTIPLY:
      return a * b;
    case OP_DIVIDE:
      return a / b;
    case OP_POWER:
      return power(t->args[1], a, b);
    case OP_AND:
      return a != 0 && b != 0;
    case OP_OR:
      return a != 0 || b != 0;
    default:
      return compare(t->op, a, b);
  }
}

// ---- functions

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

// Of zeros with both signs in the middle, the last one listed.
static double median(double *x, size_t count) {
  double zero = 0;
  for (size_t i = 0; i < count; i++) {
    if (isnan(x[i])) return NAN;
    zero = x[i] == 0 ? x[i] : zero;
  }
  qsort(x, count, sizeof *x, by_size);
  double low = x[(count - 1) / 2], high = x[count / 2];
  low = low == 0 ? zero : low, high = high == 0 ? zero : high;
  return count % 2 ? low : (low + high) / 2;
}

static double over_list(enum fn f, double *x, size_t count) {
  double out = x[0];
  if (f == FN_MEDIAN) return median(x, count);
  for (size_t i = 1; i < count; i++)
    out = f == FN_PROD  ? out * x[i]
          : f == FN_MIN ? (out < x[i] ? out : x[i])
          : f == FN_MAX ? (out > x[i] ? out : x[i])
                        : out + x[i];
  return f == FN_MEAN ? out / (double)count : out;
}

// By halving: where the distribution function is p.
static double normal_quantile(double p) {
  if (p > 0.5) return -normal_quantile(1 - p);
  double low = -40, high = 0;
  if (!(p > 0)) return p == 0 ? -INFINITY : NAN;
  for (int i = 0; i < 200; i++) {
    double x = (low + high) / 2;
    if (erfc(-x / sqrt(2)) / 2 < p)
      low = x;
    else
      high = x;
  }
  return high;
}

static double time_function(const struct oracle *o, enum fn f, const double *x, size_t count) {
  double step = o->s->step;
  switch (f) {
    case FN_STEP:
      return x[1] <= o->edge ? x[0] : 0;
    case FN_RAMP: {
      double t = count == 3 && o->t > x[2] ? x[2] : o->t;
      return t > x[1] ? x[0] * (t - x[1]) : x[0] * 0;
    }
    case FN_PULSE:
      return x[0] <= o->edge && o->edge < x[0] + fmax(x[1], step);
    default: {
      if (!(x[0] <= o->edge && o->edge < x[3])) return 0;
      double since = fmod(o->edge - x[0], x[2]);
      return since < fmax(x[1], step);
    }
  }
}

static double mathematics(enum fn f, const double *x, size_t count) {
  switch (f) {
    case FN_ABS:
      return fabs(x[0]);
    case FN_ARCCOS:
      return acos(x[0]);
    case FN_ARCSIN:
      return asin(x[0]);
    case FN_ARCTAN:
      return atan(x[0]);
    case FN_CEIL:
      return ceil(x[0]);
    case FN_COS:
      return cos(x[0]);
    case FN_COSH:
      return cosh(x[0]);
    case FN_EXP:
      return exp(x[0]);
    case FN_FLOOR:
      return floor(x[0]);
    case FN_INTEGER:
      return trunc(x[0]);
    case FN_LN:
      return log(x[0]);
    case FN_LN1P:
      return log1p(x[0]);
    case FN_LOG10:
      return log10(x[0]);
    case FN_MODULO:
      return x[0] - x[1] * floor(x[0] / x[1]);
    case FN_NORMAL_QUANTILE:
      return normal_quantile(x[0]);
    case FN_QUANTUM:
      return trunc(x[0] / x[1]) * x[1];
    case FN_ROUND:
      return round(x[0]);
    case FN_SAFEDIV:
      return x[1] == 0 ? (count == 3 ? x[2] : 0) : x[0] / x[1];
    case FN_SIGN:
      return (x[0] > 0) - (x[0] < 0);
    case FN_SIN:
      return sin(x[0]);
    case FN_SINH:
      return sinh(x[0]);
    case FN_SQRT:
      return sqrt(x[0]);
    case FN_TAN:
      return tan(x[0]);
    case FN_TANH:
      return tanh(x[0]);
    default:
      abort();
  }
}

static double call(struct oracle *o, struct oracle_frame *f, const struct term *t) {
  if (t->fn >= FN_RANDOM_UNIFORM) abort();
  if (t->fn >= FN_INITIAL) return oracle_memory_call(o, f, t);
  double x[64];
  for (size_t i = 0; i < t->arg_count; i++) x[i] = oracle_term(o, f, t->args[i]);
  if (t->fn >= FN_STEP) return time_function(o, t->fn, x, t->arg_count);
  return t->fn >= FN_MAX ? over_list(t->fn, x, t->arg_count) : mathematics(t->fn, x, t->arg_count);
}

static void collect(struct oracle *o, struct oracle_frame *f, const struct term *t, uint64_t over, double *x,
                    size_t *count) {
  if (!over) {
    x[(*count)++] = oracle_term(o, f, t->args[0]);
    return;
  }
  unsigned axis = (unsigned)__builtin_ctzll(over);
  const struct dimension *d = &o->m->dimensions.items[f->e->axes[axis].dimension];
  for (uint32_t i = 0; i < d->count; i++) {
    f->at[axis] = d->in_parent[i];
    collect(o, f, t, over & (over - 1), x, count);
  }
}

static double reduce(struct oracle *o, struct oracle_frame *f, const struct term *t) {
  size_t size = 1, count = 0;
  for (uint64_t over = t->over; over; over &= over - 1)
    size *= o->m->dimensions.items[f->e->axes[__builtin_ctzll(over)].dimension].count;
  double *x = malloc(size * sizeof *x);
  collect(o, f, t, t->over, x, &count);
  double out = over_list(t->fn, x, count);
  free(x);
  return out;
}

static size_t element_at(const struct oracle *o, const struct oracle_frame *f, const struct term *t) {
  const struct variable *v = &o->m->variables.items[t->variable];
  size_t flat = 0;
  for (size_t i = 0; i < v->dim_count; i++) {
    const struct dimension *d = &o->m->dimensions.items[v->dims[i]];
    uint32_t root = t->indices[i].fixed ? t->indices[i].element : f->at[t->indices[i].axis], place = 0;
    while (d->in_parent[place] != root) place++;
    flat = flat * d->count + place;
  }
  return flat;
}

double oracle_term(struct oracle *o, struct oracle_frame *f, const struct term *t) {
  switch (t->kind) {
    case TERM_NUMBER:
      return t->number;
    case TERM_TIME:
      return o->t;
    case TERM_TIME_STEP:
      return o->s->step;
    case TERM_REF:
      return oracle_variable(o, t->variable, element_at(o, f, t));
    case TERM_UNARY:
      return t->op == OP_NOT ? oracle_term(o, f, t->args[0]) == 0 : -oracle_term(o, f, t->args[0]);
    case TERM_BINARY:
      return binary(o, f, t);
    case TERM_IF: {
      double c = oracle_term(o, f, t->args[0]), a = oracle_term(o, f, t->args[1]);
      double b = oracle_term(o, f, t->args[2]);  // both, so that calls with memory are met
      return c != 0 ? a : b;
    }
    case TERM_CALL:
      return call(o, f, t);
    case TERM_REDUCE:
      return reduce(o, f, t);
    case TERM_LOOKUP: {
      double x = oracle_term(o, f, t->args[0]);
      if (t->args[0]->kind == TERM_TIME) return oracle_path(&o->m->variables.items[t->variable].path, o->t, o->edge);
      return isnan(x) ? x : oracle_path(&o->m->variables.items[t->variable].path, x, x);
    }
    case TERM_INLINE:
      return oracle_term(o, f, t->args[t->arg_count - 1]);
  }
  abort();
}

// ---- variables

static bool box_holds(const struct checked_equation *e, const struct box *b, const uint32_t *roots) {
  for (size_t k = 0; k < e->target_axes; k++) {
    bool found = false;
    for (uint32_t i = 0; i < b->counts[k]; i++) found = found || b->elements[k][i] == roots[k];
    if (!found) return false;
  }
  return true;
}

static double equation_value(struct oracle *o, uint32_t variable, size_t element) {
  const struct variable *v = &o->m->variables.items[variable];
  const struct checked_variable *x = &o->c->variables[variable];
  struct oracle_frame f = {0};
  for (size_t i = v->dim_count; i-- > 0;) {
    const struct dimension *d = &o->m->dimensions.items[v->dims[i]];
    f.at[i] = d->in_parent[element % d->count];
    element /= d->count;
  }
  bool initial = o->mode == ORACLE_START && x->initial_count;
  for (size_t i = 0; i < (initial ? x->initial_count : x->equation_count); i++) {
    const struct checked_equation *e = &o->c->equations.items[(initial ? x->initial : x->equations)[i]];
    f.e = e;
    for (size_t b = 0; b < e->box_count; b++)
      if (box_holds(e, &e->boxes[b], f.at)) return oracle_term(o, &f, e->rhs);
  }
  abort();
}

static double parameter(const struct oracle *o, uint32_t variable, size_t element) {
  double x = o->m->variables.items[variable].values[element];
  for (size_t i = 0; i < o->s->parameters.count; i++) {
    const struct override *p = &o->s->parameters.items[i];
    if (p->variable == variable && (p->element == UINT32_MAX || p->element == element)) x = p->value;
  }
  return x;
}

// An outflow of a non-negative stock takes no more than the stock holds and receives in a step; what comes round a
// ring is not counted on.
static double limited(struct oracle *o, uint32_t flow, size_t element, double raw) {
  for (uint32_t s = 0; s < o->m->variables.count; s++) {
    const struct checked_variable *x = &o->c->variables[s];
    if (!o->m->variables.items[s].non_negative) continue;
    for (size_t i = 0; i < x->outflow_count; i++) {
      if (x->outflows[i] != flow) continue;
      double left = oracle_variable(o, s, element) / o->s->step;
      uint32_t ring = o->c->variables[flow].ring;
      for (size_t k = 0; k < x->inflow_count; k++)
        if (!ring || o->c->variables[x->inflows[k]].ring != ring) left += oracle_variable(o, x->inflows[k], element);
      for (size_t k = 0; k < i; k++) left -= oracle_variable(o, x->outflows[k], element);
      left = fmax(left, 0);
      raw = raw < left ? raw : left;
    }
  }
  return raw;
}

static double variable_value(struct oracle *o, uint32_t variable, size_t element) {
  const struct variable *v = &o->m->variables.items[variable];
  if (v->kind == VARIABLE_PARAMETER) return parameter(o, variable, element);
  if (v->kind == VARIABLE_LEVER || v->kind == VARIABLE_INPUT) return oracle_steer(o, variable);
  if (v->kind == VARIABLE_STOCK && o->mode != ORACLE_START) return o->y.items[o->first_state[variable] + element];
  double x = equation_value(o, variable, element);
  return v->kind == VARIABLE_FLOW && o->mode != ORACLE_START ? limited(o, variable, element, x) : x;
}

// While running and at the start a value does not change until the time does: it is kept.
double oracle_variable(struct oracle *o, uint32_t variable, size_t element) {
  if (o->mode == ORACLE_RENEW) return variable_value(o, variable, element);
  struct oracle_kept *kept = &o->kept[o->mode == ORACLE_START][o->first_element[variable] + element];
  uint64_t now = o->mode == ORACLE_START ? 1 : o->now;
  if (kept->at == now) return kept->value;
  double x = variable_value(o, variable, element);
  *kept = (struct oracle_kept){now, x};
  return x;
}

// ---- the run

static void set_time(struct oracle *o, unsigned half_steps, bool end) {
  double hair = 1e-6 * o->s->step, t = o->s->start + (double)(2 * o->k + half_steps) * (o->s->step / 2);
  o->now++;
  o->t = t, o->edge = end ? t - hair : t + hair, o->low = t - hair;
}

static void rates(struct oracle *o, double *out) {
  for (uint32_t v = 0; v < o->m->variables.count; v++) {
    const struct checked_variable *x = &o->c->variables[v];
    if (o->m->variables.items[v].kind != VARIABLE_STOCK) continue;
    for (size_t e = 0; e < o->m->variables.items[v].element_count; e++) {
      double rate = 0;
      for (size_t i = 0; i < x->inflow_count; i++) rate += oracle_variable(o, x->inflows[i], e);
      for (size_t i = 0; i < x->outflow_count; i++) rate -= oracle_variable(o, x->outflows[i], e);
      out[o->first_state[v] + e] = rate;
    }
  }
  oracle_memory_rates(o, out);
}

static void start(struct oracle *o) {
  set_time(o, 0, false);
  o->first_state = arena_array(o->arena, size_t, o->m->variables.count + 1);
  o->mode = ORACLE_START;
  for (uint32_t v = 0; v < o->m->variables.count; v++) {
    o->first_state[v] = o->y.count;
    if (o->m->variables.items[v].kind != VARIABLE_STOCK) continue;
    for (size_t e = 0; e < o->m->variables.items[v].element_count; e++)
      list_push(o->arena, &o->y) = oracle_variable(o, v, e);
  }
  o->mode = ORACLE_RUN;
  for (uint32_t v = 0; v < o->m->variables.count; v++)  // meets the calls with memory
    for (size_t e = 0; e < o->m->variables.items[v].element_count; e++)
      if (o->m->variables.items[v].kind != VARIABLE_TABLE) oracle_variable(o, v, e);
  for (size_t i = 0; i < o->memories.count; i++)  // and those in their arguments
    for (size_t k = 0; k < o->memories.items[i]->term->arg_count; k++)
      oracle_term(o, &o->memories.items[i]->frame, o->memories.items[i]->term->args[k]);
}

static void step(struct oracle *o) {
  size_t n = o->y.count;
  double h = o->s->step, *y0 = malloc((n + 1) * sizeof *y0), *k[4];
  if (n) memcpy(y0, o->y.items, n * sizeof *y0);
  for (int j = 0; j < 4; j++) k[j] = malloc((n + 1) * sizeof(double));
  static const unsigned half_steps[3][4] = {{0}, {0, 2}, {0, 1, 1, 2}};
  static const double weight[3][4] = {{1}, {1, 1}, {1, 2, 2, 1}}, whole[] = {1, 2, 6};
  static const int stages[] = {1, 2, 4};
  int method = (int)o->s->method - (int)METHOD_EULER;
  for (int j = 0; j < stages[method]; j++) {
    double reach = half_steps[method][j] / 2.0;
    for (size_t i = 0; i < n; i++) o->y.items[i] = j ? y0[i] + h * reach * k[j - 1][i] : y0[i];
    set_time(o, half_steps[method][j], half_steps[method][j] == 2);
    rates(o, k[j]);
  }
  for (size_t i = 0; i < n; i++) {
    double sum = 0;
    for (int j = 0; j < stages[method]; j++) sum += weight[method][j] * k[j][i];
    o->y.items[i] = y0[i] + h / whole[method] * sum;
  }
  for (int j = 0; j < 4; j++) free(k[j]);
  free(y0);
}

static void grid_point(struct oracle *o) {
  set_time(o, 0, false);
  oracle_memory_deliver(o);
  oracle_steer_renew(o);
  oracle_memory_renew(o);
  o->now++;
  oracle_memory_note(o);
}

static void make_room(struct oracle *o) {
  size_t elements = 0;
  o->first_element = arena_array(o->arena, size_t, o->m->variables.count + 1);
  for (uint32_t v = 0; v < o->m->variables.count; v++) {
    o->first_element[v] = elements;
    elements += o->m->variables.items[v].element_count;
  }
  for (int i = 0; i < 2; i++) o->kept[i] = arena_array(o->arena, struct oracle_kept, elements + 1);
}

double *oracle_run(struct arena *a, const struct checked *c, const struct column *columns, size_t column_count) {
  struct oracle o = {.arena = a, .c = c, .m = c->model, .s = c->scenario};
  o.steps = (uint64_t)round((o.s->stop - o.s->start) / o.s->step);
  uint64_t every = (uint64_t)round(o.s->save / o.s->step);
  o.phase_start = arena_array(a, double, 64), o.phase_old = arena_array(a, double, 64);
  o.lever_from = arena_alloc_array(a, c->model->variables.count + 1, sizeof *o.lever_from);
  for (size_t i = 0; i < o.s->phases.count; i++)
    o.phase_start[i] = o.phase_old[i] = i ? 1e30 : o.s->phases.items[0].from;
  make_room(&o);
  start(&o);
  double *out = arena_array(a, double, (o.steps / every + 1) * column_count + 1), *row = out;
  for (;; o.k++) {
    grid_point(&o);
    for (size_t i = 0; o.k % every == 0 && i < column_count; i++)
      *row++ = oracle_variable(&o, columns[i].variable, columns[i].element);
    if (o.k == o.steps) return out;
    step(&o);
  }
}
