// SPDX-License-Identifier: GPL-3.0-or-later
// Conveyors and queues (OASIS XMILE 1.0, 3.7.2 and 3.7.3) as stocks whose outflows we compute. What entered a conveyor
// is summed in a hidden stock; what enters in one step leaves together one transit time later, so the outflow is the
// difference of that sum between two delayed instants, whatever the integrator: nothing is created or lost. Linear
// leakage takes its share of a batch evenly while the batch crosses the leakage zone: again a difference of sums. The
// initial content lies evenly on the conveyor. Arrest, sampling and transit times that vary are left to xmile_belt.c,
// queues to xmile_queue.c. Refused: integers.
#include "xmile/xmile_conveyor.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#define num xmile_conveyor_number
#define op xmile_conveyor_operate
#define call xmile_conveyor_call
#define own xmile_conveyor_own
#define translate xmile_conveyor_translate
#define leak_fraction xmile_conveyor_fraction
#define refuse xmile_conveyor_refuse
#define is_true xmile_conveyor_is_true
#define make_sum xmile_conveyor_sum

struct expr *num(const struct making *m, double x) {
  return xmile_number(m->r, m->at, x);
}
struct expr *op(const struct making *m, enum expr_op o, struct expr *a, struct expr *b) {
  return xmile_binary(m->r, m->at, o, a, b);
}
static struct expr *dt(const struct making *m) {
  return xmile_reference(m->r, m->at, "time_step");
}
struct expr *own(const struct making *m, uint32_t variable) {
  return xmile_array_own(m->r, m->c, m->at, variable);
}
struct expr *call(const struct making *m, const char *f, struct expr *a, struct expr *b, struct expr *c) {
  return xmile_call(m->r, m->at, f, c ? 3 : b ? 2 : 1, (struct expr *[]){a, b, c});
}
struct expr *translate(const struct making *m, const struct xmile_node *n) {
  struct xmile_context c = *m->c;
  c.instance = m->k->stock->instance;
  return xmile_translate(m->r, &c, n);
}

// Transit time as a whole number of steps.
static struct expr *transit(const struct making *m) {
  struct expr *len = translate(m, m->k->len);
  if (!len) return NULL;
  return op(m, OP_MULTIPLY, call(m, "round", op(m, OP_DIVIDE, len, dt(m)), NULL, NULL), dt(m));
}

static struct expr *elapsed(const struct making *m) {
  return op(m, OP_SUBTRACT, xmile_reference(m->r, m->at, "time"), num(m, m->r->model->start));
}

// x as it was `time` ago, 0 before the start; the present x for less than half a step.
static struct expr *ago(const struct making *m, struct expr *x, struct expr *time) {
  struct expr *now = op(m, OP_LESS, time, op(m, OP_DIVIDE, dt(m), num(m, 2)));
  return xmile_if(m->r, m->at, now, x, call(m, "delay_fixed", x, time, num(m, 0)));
}

struct expr *leak_fraction(const struct making *m, const struct xmile_leak *l) {
  struct xmile_context c = *m->c;
  c.instance = l->flow->instance;
  return xmile_translate(m->r, &c, l->fraction);
}

static struct expr *initial_content(const struct making *m) {
  return call(m, "initial", own(m, m->k->stock->variable), NULL, NULL);
}

// While some of the initial content is on the conveyor: x, then 0.
static struct expr *at_first(const struct making *m, struct expr *x) {
  struct expr *end = op(m, OP_ADD, num(m, m->r->model->start), transit(m));
  struct expr *before = op(m, OP_LESS, xmile_reference(m->r, m->at, "time"), end);
  return xmile_if(m->r, m->at, before, x, num(m, 0));
}

// The part of the leakage zone that lies beyond `from` (a fraction of the length): max(end - max(start, from), 0).
static struct expr *zone_beyond(const struct making *m, const struct xmile_leak *l, struct expr *from) {
  struct expr *later = call(m, "max", num(m, l->start), from, NULL);
  return call(m, "max", op(m, OP_SUBTRACT, num(m, l->end), later), num(m, 0), NULL);
}

// ---- leakage

static struct expr *initial_leak(const struct making *m, const struct xmile_leak *l) {
  struct expr *from = op(m, OP_DIVIDE, elapsed(m), transit(m));
  struct expr *rate = op(m, OP_DIVIDE, initial_content(m), op(m, OP_MULTIPLY, transit(m), num(m, l->end - l->start)));
  struct expr *share = call(m, "initial", leak_fraction(m, l), NULL, NULL);
  return at_first(m, op(m, OP_MULTIPLY, op(m, OP_MULTIPLY, share, rate), zone_beyond(m, l, from)));
}

static struct expr *make_leak(struct xmile_reader *r, struct xmile_context *c, const void *data) {
  const struct xmile_leak *l = data;
  struct making m = {.r = r, .c = c, .k = l->conveyor, .at = l->flow->x->span};
  m.l = l;
  if (l->conveyor->belt) return xmile_belt_leak(&m);
  if (!transit(&m) || !leak_fraction(&m, l)) return NULL;
  if (l->conveyor->exponential) return op(&m, OP_MULTIPLY, leak_fraction(&m, l), own(&m, l->conveyor->stock->variable));
  struct expr *first = ago(&m, own(&m, l->sum), op(&m, OP_MULTIPLY, num(&m, l->start), transit(&m)));
  struct expr *last = ago(&m, own(&m, l->sum), op(&m, OP_MULTIPLY, num(&m, l->end), transit(&m)));
  struct expr *crossing = op(&m, OP_MULTIPLY, transit(&m), num(&m, l->end - l->start));
  struct expr *rate = op(&m, OP_DIVIDE, op(&m, OP_SUBTRACT, first, last), crossing);
  return op(&m, OP_ADD, rate, initial_leak(&m, l));
}

// ---- the outflow

// (1 - sum of fractions * dt)^steps: what exponential leakage leaves of a batch.
static struct expr *left_after(const struct making *m, struct expr *steps) {
  struct expr *left = num(m, 1);
  for (size_t i = 0; i < m->k->leaks.count; i++)
    left = op(m, OP_SUBTRACT, left, op(m, OP_MULTIPLY, leak_fraction(m, &m->k->leaks.items[i]), dt(m)));
  return op(m, OP_POWER, left, steps);
}

static struct expr *initial_outflow(const struct making *m) {
  struct expr *rate = op(m, OP_DIVIDE, initial_content(m), transit(m));
  struct expr *left = num(m, 1);
  struct expr *before = op(m, OP_DIVIDE, op(m, OP_ADD, elapsed(m), dt(m)), transit(m));
  if (m->k->exponential)
    left = left_after(m, call(m, "round", op(m, OP_ADD, op(m, OP_DIVIDE, elapsed(m), dt(m)), num(m, 1)), NULL, NULL));
  for (size_t i = 0; i < m->k->leaks.count && !m->k->exponential; i++) {
    const struct xmile_leak *l = &m->k->leaks.items[i];
    struct expr *crossed = zone_beyond(m, l, op(m, OP_SUBTRACT, num(m, 1), before));
    struct expr *share = call(m, "initial", leak_fraction(m, l), NULL, NULL);
    share = op(m, OP_DIVIDE, op(m, OP_MULTIPLY, share, crossed), num(m, l->end - l->start));
    left = op(m, OP_SUBTRACT, left, share);
  }
  return at_first(m, op(m, OP_MULTIPLY, rate, left));
}

static struct expr *make_outflow(struct xmile_reader *r, struct xmile_context *c, const void *data) {
  const struct xmile_conveyor *k = data;
  struct making m = {.r = r, .c = c, .k = k, .at = k->out->x->span};
  if (k->belt) return xmile_belt_outflow(&m);
  if (!transit(&m)) return NULL;
  struct expr *sum = own(&m, k->sum);  // of what will arrive at the end
  for (size_t i = 0; i < k->leaks.count; i++) {
    if (!leak_fraction(&m, &k->leaks.items[i])) return NULL;
    if (!k->exponential) sum = op(&m, OP_SUBTRACT, sum, own(&m, k->leaks.items[i].sum));
  }
  struct expr *last = ago(&m, sum, op(&m, OP_SUBTRACT, transit(&m), dt(&m))), *before = ago(&m, sum, transit(&m));
  struct expr *rate = op(&m, OP_DIVIDE, op(&m, OP_SUBTRACT, last, before), dt(&m));
  if (k->exponential)
    rate = op(&m, OP_MULTIPLY, rate,
              left_after(&m, call(&m, "round", op(&m, OP_DIVIDE, transit(&m), dt(&m)), NULL, NULL)));
  return op(&m, OP_ADD, rate, initial_outflow(&m));
}

static struct expr *make_zero(struct xmile_reader *r, struct xmile_context *c, const void *data) {
  (void)c;
  const struct xmile_conveyor *k = data;
  return xmile_number(r, k->stock->x->span, 0);
}

static struct expr *make_share(struct xmile_reader *r, struct xmile_context *c, const void *data) {
  const struct xmile_leak *l = data;
  struct making m = {.r = r, .c = c, .k = l->conveyor, .at = l->flow->x->span};
  struct expr *in = num(&m, 0);
  for (size_t i = 0; i < l->conveyor->in.count; i++) in = op(&m, OP_ADD, in, own(&m, l->conveyor->in.items[i]));
  struct expr *share = leak_fraction(&m, l);
  return share ? op(&m, OP_MULTIPLY, share, in) : NULL;
}

// ---- limits of inflows: min(flow, what the limits leave after the flows before it)

static bool is_by_unit(const struct xmile_conveyor *k) {
  return k->in_limit && is_true(k->x, "discrete");
}

static struct expr *make_of_step(const struct making *m) {
  return xmile_belt_hold(m, own(m, m->k->sum), num(m, 0));
}

// Time units count from the start of the run; a thousandth of a step is rounding.
static struct expr *make_of_unit(const struct making *m) {
  struct expr *at = op(m, OP_ADD, elapsed(m), op(m, OP_DIVIDE, dt(m), num(m, 1000)));
  struct expr *begins = op(m, OP_LESS, call(m, "modulo", at, num(m, 1), NULL), dt(m));
  return call(m, "sample", begins, own(m, m->k->sum), num(m, 0));
}

// What may still enter a discrete conveyor in this time unit may do so in one step.
static struct expr *inflow_limit(const struct making *m) {
  struct expr *limit = translate(m, m->k->in_limit);
  if (!limit || !is_by_unit(m->k)) return limit;
  struct expr *so_far = op(m, OP_SUBTRACT, own(m, m->k->sum_of_step), own(m, m->k->sum_of_unit));
  return op(m, OP_DIVIDE, op(m, OP_SUBTRACT, limit, so_far), dt(m));
}

struct expr *xmile_conveyor_limit(struct xmile_reader *r, struct xmile_context *c, const struct xmile_slot *flow,
                                  struct expr *x) {
  const struct xmile_conveyor *k = flow->into;
  struct making m = {.r = r, .c = c, .k = k, .at = flow->x->span};
  struct expr *room = NULL;
  if (k->in_limit) room = inflow_limit(&m);
  if (k->capacity) {
    struct expr *free = translate(&m, k->capacity);
    if (!free) return NULL;
    free = op(&m, OP_DIVIDE, op(&m, OP_SUBTRACT, free, own(&m, k->stock->variable)), dt(&m));
    free = op(&m, OP_ADD, free, own(&m, k->out->variable));
    for (size_t i = 0; i < k->leaks.count; i++) free = op(&m, OP_ADD, free, own(&m, k->leaks.items[i].flow->variable));
    room = room ? call(&m, "min", room, free, NULL) : free;
  }
  if (k->arrest) {
    struct expr *moves = op(&m, OP_EQUAL, own(&m, k->belt->stopped), num(&m, 0));
    x = xmile_if(r, m.at, moves, x, num(&m, 0));
  }
  if (!room) return k->capacity || k->in_limit ? NULL : x;
  for (size_t i = 0; i < k->in.count && k->in.items[i] != flow->variable; i++)
    room = op(&m, OP_SUBTRACT, room, own(&m, k->in.items[i]));
  return call(&m, "min", x, call(&m, "max", room, num(&m, 0), NULL), NULL);
}

// ---- reading

static const struct xmile_node *parse_child(struct xmile_reader *r, const struct xmile_conveyor *k, const char *name) {
  const struct xml *x = xml_child(k->x, name);
  size_t count;
  if (!x || xml_is_blank(x)) return NULL;
  struct xmile_node **list = xmile_parse(r->arena, x, k->stock->name, &count, r->diag);
  return list && count == 1 ? list[0] : NULL;
}

bool refuse(struct xmile_reader *r, const struct xmile_conveyor *k, const char *what) {
  diag_error(r->diag, k->x->span, xmile_construct, k->stock->name, what);
  return false;
}

static double fraction_attribute(const struct xml *x, const char *name, double otherwise) {
  const char *text = xml_attribute(x, name);
  double value;
  return text && text_to_number(text, strlen(text), &value) && value >= 0 && value <= 1 ? value : otherwise;
}

static bool add_leak(struct xmile_reader *r, struct xmile_conveyor *k, struct xmile_slot *flow) {
  const struct xml *leak = xml_child(flow->x, "leak");
  if (!leak || xml_is_blank(leak)) leak = xml_child(flow->x, "eqn");
  size_t count;
  struct xmile_node **list = leak ? xmile_parse(r->arena, leak, flow->name, &count, r->diag) : NULL;
  if (!leak || (list && count != 1)) diag_error(r->diag, flow->x->span, xmile_equation_missing, flow->name);
  if (!list || count != 1) return false;
  if (xml_child(flow->x, "leak_integers")) return refuse(r, k, "leak_integers");
  struct xmile_leak l = {.conveyor = k, .flow = flow, .fraction = list[0]};
  l.start = fraction_attribute(flow->x, "leak_start", 0), l.end = fraction_attribute(flow->x, "leak_end", 1);
  if (l.end <= l.start) return refuse(r, k, "an empty leakage zone");
  list_push(r->arena, &k->leaks) = l;
  return true;
}

bool is_true(const struct xml *x, const char *attribute) {
  const char *text = xml_attribute(x, attribute);
  return text && (strcmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

// A discrete conveyor differs by a limit of inflow for whole units of time, and by where its initial content lies: at
// the start of each time unit, and we do not know from which end.
static bool check_discrete(struct xmile_reader *r, const struct xmile_conveyor *k) {
  const struct xml *eqn = xml_child(k->stock->x, "eqn");
  struct xmile_context c = {.instance = k->stock->instance, .of = k->stock->name};
  double value = 0;
  size_t count = 0;
  struct xmile_node **list = eqn ? xmile_parse(r->arena, eqn, k->stock->name, &count, r->diag) : NULL;
  if (!list || count != 1 || !xmile_constant(r, &c, list[0], &value, 0) || value != 0)
    return refuse(r, k, "a discrete conveyor that does not start empty");
  return true;
}

// A list of values, as Stella writes it: as many as the transit time has units, so that none is cut or made up.
static bool read_first(struct xmile_reader *r, struct xmile_conveyor *k) {
  const struct xml *eqn = xml_child(k->stock->x, "eqn");
  struct xmile_context c = {.instance = k->stock->instance, .of = k->stock->name};
  double len = 0, steps = round(1 / r->model->step);
  size_t count = 0;
  struct xmile_node **list = eqn ? xmile_parse(r->arena, eqn, k->stock->name, &count, r->diag) : NULL;
  if (!list || count < 2 || r->model->variables.items[k->stock->variable].dim_count) return true;
  bool fits = xmile_constant(r, &c, k->len, &len, 0) && fabs(len - (double)count) < 1e-9;
  if (!fits || fabs(steps * r->model->step - 1) > 1e-9)
    return refuse(r, k, "an initial list that has not one value for each unit of a known transit time");
  xmile_rely(r, &c, k->len, RELIES_ON_VALUE, 0);
  k->first = list, k->first_count = count;
  return true;
}

static bool check_queue_starts(struct xmile_reader *r, const struct xmile_conveyor *k) {
  const struct xml *eqn = xml_child(k->stock->x, "eqn");
  size_t count = 0;
  struct xmile_node **list = eqn ? xmile_parse(r->arena, eqn, k->stock->name, &count, r->diag) : NULL;
  bool array = r->model->variables.items[k->stock->variable].dim_count > 0;
  return !list || count < 2 || array || refuse(r, k, "a queue that starts with a list of batches");
}

struct expr *xmile_conveyor_content(struct xmile_reader *r, struct xmile_context *c, const void *data) {
  const struct xmile_conveyor *k = data;
  struct making m = {.r = r, .c = c, .k = k, .at = k->stock->x->span};
  struct expr *sum = translate(&m, k->first[0]);
  for (size_t i = 1; i < k->first_count; i++) sum = op(&m, OP_ADD, sum, translate(&m, k->first[i]));
  return sum;
}

static bool read_conveyor(struct xmile_reader *r, struct xmile_conveyor *k) {
  k->exponential = is_true(k->x, "exponential_leak");
  k->len = parse_child(r, k, "len");
  k->capacity = parse_child(r, k, "capacity");
  k->in_limit = parse_child(r, k, "in_limit");
  k->arrest = parse_child(r, k, "arrest");
  k->sample = parse_child(r, k, "sample");
  if (!k->len) return refuse(r, k, "a conveyor without a transit time");
  for (size_t i = 0; i < k->x->children.count; i++) {
    const struct xml *x = k->x->children.items[i];
    if (x->vendor) return refuse(r, k, x->written);
  }
  return read_first(r, k) && (!is_true(k->x, "discrete") || check_discrete(r, k));
}

// With a transit time that varies, a slat does not know where in a zone it is.
static bool check_leaks(struct xmile_reader *r, const struct xmile_conveyor *k) {
  struct xmile_context c = {.instance = k->stock->instance, .of = k->stock->name};
  if (xmile_is_fixed(r, &c, k->len)) return true;
  for (size_t i = 0; i < k->leaks.count; i++) {
    if (k->leaks.items[i].start > 0 || k->leaks.items[i].end < 1)
      return refuse(r, k, "leakage in a zone under a transit time that varies");
  }
  return true;
}

static uint32_t hidden(struct xmile_reader *r, const struct xmile_conveyor *k, enum variable_kind kind,
                       const char *mark) {
  const struct variable v = r->model->variables.items[k->stock->variable];
  const char *name = arena_format(r->arena, "%s %s", k->stock->name, mark);
  uint32_t index = xmile_instance_variable(r, kind, name, k->x->span, v.dims, v.dim_count, k->stock->name);
  r->model->variables.items[index].hidden = r->model->variables.items[index].made = true;
  return index;
}

static struct xmile_context context_of(struct xmile_reader *r, const struct xmile_conveyor *k, unsigned *ordinal) {
  const struct variable *v = &r->model->variables.items[k->stock->variable];
  return (struct xmile_context){.instance = k->stock->instance,
                                .slot = k->stock,
                                .dims = v->dims,
                                .dim_count = v->dim_count,
                                .of = k->stock->name,
                                .ordinal = ordinal};
}

uint32_t make_sum(struct xmile_reader *r, struct xmile_conveyor *k, const char *mark, const uint32_t *flows,
                  size_t count) {
  uint32_t index = hidden(r, k, VARIABLE_STOCK, mark);
  unsigned ordinal = 0;
  struct xmile_context c = context_of(r, k, &ordinal);
  xmile_variables_equation(r, &c, index, k->x->span, make_zero, k);
  for (size_t i = 0; i < count; i++) {
    struct flow_ref ref = {r->model->variables.items[flows[i]].name, k->x->span};
    struct variable *v = &r->model->variables.items[index];
    list_push(r->arena, &v->inflows) = ref;
  }
  return index;
}

// Called when the flows of the stock are known; the equations of its outflows are made in their turn.
bool xmile_conveyor_read(struct xmile_reader *r, struct xmile_slot *stock, const struct xml *x, const uint32_t *in,
                         size_t in_count, struct xmile_slot *const *out, size_t out_count) {
  struct xmile_conveyor *k = arena_new(r->arena, struct xmile_conveyor);
  k->stock = stock, k->x = x, k->queue = strcmp(x->name, "queue") == 0;
  for (size_t i = 0; i < in_count; i++) list_push(r->arena, &k->in) = in[i];
  if (!k->queue && !read_conveyor(r, k)) return false;
  if (k->queue) return check_queue_starts(r, k) && (xmile_queue_read(r, k, out, out_count), true);
  for (size_t i = 0; i < out_count; i++) {
    bool leak = xml_child(out[i]->x, "leak") || k->out;
    if (leak ? !add_leak(r, k, out[i]) : (k->out = out[i], false)) return false;
  }
  if (!k->out) return out_count == 0 || refuse(r, k, "a conveyor without an outflow at its end");
  k->out->drives = make_outflow, k->out->drives_data = k;
  if (!check_leaks(r, k)) return false;
  k->sum = make_sum(r, k, "entered", in, in_count);
  if (is_by_unit(k)) {
    k->sum_of_step = hidden(r, k, VARIABLE_AUXILIARY, "entered by step");
    k->sum_of_unit = hidden(r, k, VARIABLE_AUXILIARY, "entered by unit");
  }
  for (size_t i = 0; i < k->leaks.count; i++) {
    struct xmile_leak *l = &k->leaks.items[i];
    l->flow->drives = make_leak, l->flow->drives_data = l;
    if (k->exponential) continue;
    l->share = hidden(r, k, VARIABLE_FLOW, arena_format(r->arena, "share %zu", i + 1));
    l->sum = make_sum(r, k, arena_format(r->arena, "leaking %zu", i + 1), &l->share, 1);
  }
  if (xmile_belt_needed(r, k)) xmile_belt_declare(r, k);
  stock->conveyor = k;
  return true;
}

// Limits hold back flows with equations of their own, and queues.
static void check_inflows(struct xmile_reader *r, const struct xmile_conveyor *k) {
  bool limited = k->capacity || k->in_limit || k->arrest;
  for (size_t i = 0; i < k->stock->instance->slots.count && limited; i++) {
    const struct xmile_slot *s = k->stock->instance->slots.items[i];
    if (s->into == k && s->drives && !xmile_queue_drives(s))
      refuse(r, k, "a limit or an arrest of what another conveyor gives");
  }
}

// The equations of the hidden variables: once all variables have their kinds.
void xmile_conveyor_define(struct xmile_reader *r, struct xmile_conveyor *k) {
  check_inflows(r, k);
  for (size_t i = 0; i < k->leaks.count && !k->exponential; i++) {
    unsigned ordinal = 0;
    struct xmile_context c = context_of(r, k, &ordinal);
    xmile_variables_equation(r, &c, k->leaks.items[i].share, k->x->span, make_share, &k->leaks.items[i]);
  }
  if (is_by_unit(k)) {
    xmile_belt_equation(r, &(struct making){.k = k}, k->sum_of_step, make_of_step);
    xmile_belt_equation(r, &(struct making){.k = k}, k->sum_of_unit, make_of_unit);
  }
  if (k->belt) xmile_belt_define(r, k);
}
