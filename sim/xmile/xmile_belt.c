// SPDX-License-Identifier: GPL-3.0-or-later
// Conveyors that sums cannot describe (xmile_conveyor.c): those that are arrested, that sample their transit time,
// whose transit time varies, or that leak exponentially in a zone. The belt is a hidden array of slats, one for each
// step in which something may leave. What enters in a step is put on the slat of the step in which it will leave; the
// belt's own clock counts the steps in which it moves, and the slat of the present step falls off. So material that
// entered earlier keeps its time when the transit time changes, and may be overtaken (the traditional conveyor of
// Stella). All of it changes at grid points alone: outflow and leaks are constant through a step, whatever the
// integrator. A transit time beyond the belt's length makes the run fail, unless what enters would leave after the end.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "xmile/xmile_conveyor.h"

#define num xmile_conveyor_number
#define op xmile_conveyor_operate
#define call xmile_conveyor_call
#define own xmile_conveyor_own

#define choose xmile_belt_choose
#define before xmile_belt_before
#define hold xmile_belt_hold
#define slat xmile_belt_slat
#define length xmile_belt_length

typedef struct making making;

// ---- parts of equations

static struct expr *dt(const making *m) {
  return xmile_reference(m->r, m->at, "time_step");
}

struct expr *choose(const making *m, struct expr *condition, struct expr *yes, struct expr *no) {
  return xmile_if(m->r, m->at, condition, yes, no);
}

struct expr *before(const making *m, struct expr *x, struct expr *first) {  // a step ago
  return call(m, "delay_fixed", x, dt(m), first);
}

struct expr *hold(const making *m, struct expr *x, struct expr *first) {  // through the step
  return call(m, "sample", num(m, 1), x, first);
}

struct expr *slat(const making *m) {
  return own(m, xmile_dims_numbers(m->r, m->k->belt->slats));
}

static struct expr *moving(const making *m) {
  return m->k->arrest ? op(m, OP_EQUAL, own(m, m->k->belt->stopped), num(m, 0)) : num(m, 1);
}

struct expr *length(const making *m) {
  return num(m, m->r->model->dimensions.items[m->k->belt->slats].count);
}

static struct expr *falls_off(const making *m) {
  struct expr *now = op(m, OP_ADD, call(m, "modulo", own(m, m->k->belt->count), length(m), NULL), num(m, 1));
  struct expr *here = op(m, OP_EQUAL, slat(m), now);
  return m->k->arrest ? op(m, OP_AND, here, moving(m)) : here;
}

// x for the slat that takes what entered in the last step; NAN when that had no slat.
static struct expr *put_on(const making *m, struct expr *x) {
  struct expr *last = own(m, m->k->belt->last);
  return choose(m, op(m, OP_EQUAL, slat(m), last), x, op(m, OP_MULTIPLY, own(m, m->k->belt->last), num(m, 0)));
}

static struct expr *first_steps(const making *m) {
  return call(m, "initial", own(m, m->k->belt->steps), NULL, NULL);
}

// Each of the listed values lies evenly over the slats of its time unit.
static struct expr *first_listed(const making *m) {
  struct expr *x = NULL;
  for (size_t i = m->k->first_count; i-- > 0;) {
    struct expr *here = xmile_conveyor_translate(m, m->k->first[i]);
    struct expr *at = op(m, OP_MULTIPLY, op(m, OP_SUBTRACT, slat(m), num(m, 0.5)), dt(m));
    x = x ? choose(m, op(m, OP_LESS, at, num(m, (double)i + 1)), here, x) : here;
  }
  return op(m, OP_MULTIPLY, x, dt(m));
}

// The initial content lies evenly over the slats of the first transit time, where it is no list.
static struct expr *at_first(const making *m, struct expr *share) {
  struct expr *content = call(m, "initial", own(m, m->k->stock->variable), NULL, NULL);
  struct expr *each = m->k->first ? first_listed(m) : op(m, OP_DIVIDE, content, first_steps(m));
  if (share) each = op(m, OP_MULTIPLY, each, call(m, "initial", share, NULL, NULL));
  return choose(m, op(m, OP_LESS_EQUAL, slat(m), first_steps(m)), each, num(m, 0));
}

// How much of a slat's way in this step lies in the zone, as a fraction of the belt: with r steps to go, it crosses
// from (n - 1 - r)/n to (n - r)/n.
static struct expr *crossed(const making *m, const struct xmile_leak *l) {
  struct expr *ahead = op(m, OP_SUBTRACT, op(m, OP_SUBTRACT, slat(m), num(m, 1)), own(m, m->k->belt->count));
  struct expr *n = own(m, m->k->belt->steps);
  struct expr *to = op(m, OP_SUBTRACT, n, call(m, "modulo", ahead, length(m), NULL));
  struct expr *from = op(m, OP_SUBTRACT, to, num(m, 1));
  struct expr *end = call(m, "min", num(m, l->end), op(m, OP_DIVIDE, to, own(m, m->k->belt->steps)), NULL);
  struct expr *start = call(m, "max", num(m, l->start), op(m, OP_DIVIDE, from, own(m, m->k->belt->steps)), NULL);
  return call(m, "max", op(m, OP_SUBTRACT, end, start), num(m, 0), NULL);
}

// ---- equations of hidden variables

static struct expr *make_held(const making *m) {
  return hold(m, own(m, m->k->sum), num(m, 0));
}

static struct expr *make_stopped(const making *m) {
  struct expr *now = xmile_conveyor_translate(m, m->k->arrest), *then = xmile_conveyor_translate(m, m->k->arrest);
  return now && then ? hold(m, op(m, OP_UNEQUAL, now, num(m, 0)), op(m, OP_UNEQUAL, then, num(m, 0))) : NULL;
}

static struct expr *whole_steps(const making *m) {
  struct expr *len = xmile_conveyor_translate(m, m->k->len);
  if (!len) return NULL;
  return call(m, "max", call(m, "round", op(m, OP_DIVIDE, len, dt(m)), NULL, NULL), num(m, 1), NULL);
}

static struct expr *make_steps(const making *m) {
  struct expr *when = m->k->sample ? xmile_conveyor_translate(m, m->k->sample) : num(m, 1);
  struct expr *now = whole_steps(m), *first = whole_steps(m);
  return when && now && first ? call(m, "sample", op(m, OP_UNEQUAL, when, num(m, 0)), now, first) : NULL;
}

static struct expr *make_count(const making *m) {
  return before(m, op(m, OP_ADD, own(m, m->k->belt->count), moving(m)), num(m, 0));
}

static struct expr *make_slot(const making *m) {
  struct expr *leaves = op(m, OP_ADD, own(m, m->k->belt->count), own(m, m->k->belt->steps));
  struct expr *slot = op(m, OP_ADD, call(m, "modulo", leaves, length(m), NULL), num(m, 1));
  struct expr *way = op(m, OP_MULTIPLY, own(m, m->k->belt->steps), dt(m));
  struct expr *at = op(m, OP_ADD, xmile_reference(m->r, m->at, "time"), way);
  struct expr *later = op(m, OP_GREATER, at, xmile_reference(m->r, m->at, "$stop"));
  struct expr *fits = op(m, OP_LESS_EQUAL, own(m, m->k->belt->steps), length(m));
  return choose(m, fits, slot, choose(m, later, num(m, 0), num(m, NAN)));
}

static struct expr *make_last(const making *m) {
  return before(m, own(m, m->k->belt->slot), num(m, 0));
}

static struct expr *arrived(const making *m, uint32_t sum) {
  return op(m, OP_SUBTRACT, own(m, sum), before(m, own(m, sum), num(m, 0)));
}

static struct expr *make_arrived(const making *m) {
  return arrived(m, m->k->belt->held);
}

static struct expr *make_due(const making *m) {
  return op(m, OP_ADD, before(m, own(m, m->k->belt->kept), at_first(m, NULL)), put_on(m, own(m, m->k->belt->arrived)));
}

static struct expr *rest(const making *m) {
  struct expr *x = own(m, m->k->belt->due);
  for (size_t i = 0; i < m->k->leaks.count; i++) x = op(m, OP_SUBTRACT, x, own(m, m->k->leaks.items[i].lost));
  return x;
}

static struct expr *make_kept(const making *m) {
  return choose(m, falls_off(m), num(m, 0), rest(m));
}

static struct expr *make_leaving(const making *m) {
  return choose(m, falls_off(m), rest(m), num(m, 0));
}

// ---- leaks: what a slat loses in this step

static bool varies(const making *m) {
  struct xmile_context c = {.instance = m->k->stock->instance, .of = m->k->stock->name};
  return !xmile_is_fixed(m->r, &c, m->k->len);
}

static struct expr *make_lost(const making *m) {
  const struct xmile_leak *l = m->l;
  struct expr *x;
  if (m->k->exponential) {
    struct expr *now = xmile_conveyor_fraction(m, l), *first = xmile_conveyor_fraction(m, l);
    if (!now || !first) return NULL;
    x = op(m, OP_MULTIPLY, op(m, OP_MULTIPLY, hold(m, now, first), dt(m)), own(m, m->k->belt->due));
    if (l->start > 0 || l->end < 1)
      x = op(m, OP_MULTIPLY, x, op(m, OP_MULTIPLY, crossed(m, l), own(m, m->k->belt->steps)));
  } else if (varies(m)) {
    x = own(m, l->leaking);
  } else {
    x = op(m, OP_MULTIPLY, own(m, l->leaking), op(m, OP_DIVIDE, crossed(m, l), num(m, l->end - l->start)));
  }
  return m->k->arrest ? choose(m, moving(m), x, num(m, 0)) : x;
}

static struct expr *make_share_held(const making *m) {
  return hold(m, own(m, m->l->sum), num(m, 0));
}

static struct expr *make_share_arrived(const making *m) {
  return arrived(m, m->l->held);
}

// The share of each slat that will leak, until the slat falls off. With a transit time that varies a slat may hold what
// entered with different ones: there it is what leaks in each step, along the whole belt.
static struct expr *make_leaking(const making *m) {
  struct expr *fraction = xmile_conveyor_fraction(m, m->l);
  if (!fraction) return NULL;
  struct expr *stays = choose(m, falls_off(m), num(m, 0), own(m, m->l->leaking));
  struct expr *first = at_first(m, fraction), *share = own(m, m->l->arrived);
  if (varies(m)) {
    first = op(m, OP_DIVIDE, first, first_steps(m));
    share = op(m, OP_DIVIDE, share, before(m, own(m, m->k->belt->steps), num(m, 1)));
  }
  return op(m, OP_ADD, before(m, stays, first), put_on(m, share));
}

// ---- outflows

struct expr *xmile_belt_on(const making *m, uint32_t index) {
  const struct variable *v = &m->r->model->variables.items[index];
  struct expr *x = xmile_reference(m->r, m->at, v->name);
  x->subscript_count = v->dim_count;
  x->subscripts = arena_array(m->r->arena, struct subscript, v->dim_count);
  for (size_t i = 0; i < v->dim_count; i++) {
    const struct dimension *d = &m->r->model->dimensions.items[v->dims[i]];
    bool bound = m->c->bound && i < m->c->dim_count;
    x->subscripts[i] = (struct subscript){.span = m->at, .name = bound ? d->elements[m->c->bound[i]] : d->name};
  }
  return x;
}

struct expr *xmile_belt_over(const making *m, const char *function, struct expr *x) {
  struct expr *e = xmile_call(m->r, m->at, function, 1, &x);
  e->subscript_count = 1;
  e->subscripts = arena_new(m->r->arena, struct subscript);
  const char *slats = m->r->model->dimensions.items[m->k->belt->slats].name;
  e->subscripts[0] = (struct subscript){.span = m->at, .name = slats};
  return e;
}

static struct expr *sum_over_belt(const making *m, uint32_t index) {
  return op(m, OP_DIVIDE, xmile_belt_over(m, "sum", xmile_belt_on(m, index)), dt(m));
}

struct expr *xmile_belt_outflow(const making *m) {
  return sum_over_belt(m, m->k->belt->leaving);
}

struct expr *xmile_belt_leak(const making *m) {
  return sum_over_belt(m, m->l->lost);
}

// ---- the whole

bool xmile_belt_needed(struct xmile_reader *r, const struct xmile_conveyor *k) {
  struct xmile_context c = {.instance = k->stock->instance, .of = k->stock->name};
  if (k->arrest || k->sample || k->first || !xmile_is_fixed(r, &c, k->len)) return true;
  for (size_t i = 0; i < k->leaks.count; i++)
    if (k->exponential && (k->leaks.items[i].start > 0 || k->leaks.items[i].end < 1)) return true;
  return false;
}

// Slats for four times a transit time that is known, since scenarios may change it; else for the whole run.
size_t xmile_belt_slats(struct xmile_reader *r, const struct xmile_conveyor *k) {
  struct xmile_context c = {.instance = k->stock->instance, .of = k->stock->name};
  const struct model *m = r->model;
  double len, run = ceil((m->stop - m->start) / m->step) + 1, wanted = run;
  bool known = k->len && xmile_constant(r, &c, k->len, &len, 0);
  if (known && len / m->step < run) wanted = fmax(4 * ceil(len / m->step), 4);
  return (size_t)fmax(fmin(fmin(wanted, run), LIMIT_CONVEYOR_SLATS), 1);  // a run backwards is refused later
}

uint32_t xmile_belt_variable(struct xmile_reader *r, const struct xmile_conveyor *k, const char *mark, bool of_slats) {
  const struct variable v = r->model->variables.items[k->stock->variable];
  uint32_t dims[LIMIT_DIMENSIONS + 1];
  memcpy(dims, v.dims, v.dim_count * sizeof *dims);
  dims[v.dim_count] = k->belt->slats;
  const char *name = arena_format(r->arena, "%s %s", k->stock->name, mark);
  uint32_t index =
      xmile_instance_variable(r, VARIABLE_AUXILIARY, name, k->x->span, dims, v.dim_count + of_slats, k->stock->name);
  r->model->variables.items[index].hidden = r->model->variables.items[index].made = true;
  return index;
}

void xmile_belt_declare(struct xmile_reader *r, struct xmile_conveyor *k) {
  struct xmile_belt *b = k->belt = arena_new(r->arena, struct xmile_belt);
  b->slats = xmile_dims_counted(r, xmile_belt_slats(r, k), k->x->span);
  b->held = xmile_belt_variable(r, k, "entered held", false);
  b->stopped = k->arrest ? xmile_belt_variable(r, k, "stopped", false) : XMILE_NONE;
  b->steps = xmile_belt_variable(r, k, "steps", false);
  b->count = xmile_belt_variable(r, k, "moves", false);
  b->slot = xmile_belt_variable(r, k, "slat", false);
  b->last = xmile_belt_variable(r, k, "last slat", false);
  b->arrived = xmile_belt_variable(r, k, "arrived", false);
  b->due = xmile_belt_variable(r, k, "belt", true);
  b->kept = xmile_belt_variable(r, k, "kept", true);
  b->leaving = xmile_belt_variable(r, k, "leaving", true);
  for (size_t i = 0; i < k->leaks.count; i++) {
    struct xmile_leak *l = &k->leaks.items[i];
    l->lost = xmile_belt_variable(r, k, arena_format(r->arena, "lost %zu", i + 1), true);
    if (k->exponential) continue;
    l->held = xmile_belt_variable(r, k, arena_format(r->arena, "leaking held %zu", i + 1), false);
    l->arrived = xmile_belt_variable(r, k, arena_format(r->arena, "leaking arrived %zu", i + 1), false);
    l->leaking = xmile_belt_variable(r, k, arena_format(r->arena, "leaking slats %zu", i + 1), true);
  }
}

struct equation_of_belt {
  const making *like;
  struct expr *(*make)(const making *m);
};

static struct expr *make_equation(struct xmile_reader *r, struct xmile_context *c, const void *data) {
  const struct equation_of_belt *e = data;
  making m = *e->like;
  m.r = r, m.c = c, m.at = m.k->x->span;
  return e->make(&m);
}

void xmile_belt_equation(struct xmile_reader *r, const making *like, uint32_t index,
                         struct expr *(*make)(const making *m)) {
  const struct variable *v = &r->model->variables.items[index];
  unsigned ordinal = 0;
  struct xmile_context c = {.instance = like->k->stock->instance,
                            .slot = like->k->stock,
                            .dims = v->dims,
                            .dim_count = v->dim_count,
                            .of = like->k->stock->name,
                            .ordinal = &ordinal};
  struct equation_of_belt e = {like, make};
  xmile_variables_equation(r, &c, index, like->k->x->span, make_equation, &e);
}

static void define(struct xmile_reader *r, const struct xmile_conveyor *k, const struct xmile_leak *l, uint32_t index,
                   struct expr *(*make)(const making *m)) {
  xmile_belt_equation(r, &(making){.k = k, .l = l}, index, make);
}

void xmile_belt_define(struct xmile_reader *r, const struct xmile_conveyor *k) {
  const struct xmile_belt *b = k->belt;
  define(r, k, NULL, b->held, make_held);
  if (k->arrest) define(r, k, NULL, b->stopped, make_stopped);
  define(r, k, NULL, b->steps, make_steps);
  define(r, k, NULL, b->count, make_count);
  define(r, k, NULL, b->slot, make_slot);
  define(r, k, NULL, b->last, make_last);
  define(r, k, NULL, b->arrived, make_arrived);
  define(r, k, NULL, b->due, make_due);
  define(r, k, NULL, b->kept, make_kept);
  define(r, k, NULL, b->leaving, make_leaving);
  for (size_t i = 0; i < k->leaks.count; i++) {
    const struct xmile_leak *l = &k->leaks.items[i];
    define(r, k, l, l->lost, make_lost);
    if (k->exponential) continue;
    define(r, k, l, l->held, make_share_held);
    define(r, k, l, l->arrived, make_share_arrived);
    define(r, k, l, l->leaking, make_leaking);
  }
}
