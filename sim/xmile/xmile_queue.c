// SPDX-License-Identifier: GPL-3.0-or-later
// Queues (OASIS XMILE 1.0, 3.7.3): the outflows empty the queue in their order, as far as conveyors take it. A conveyor
// may take the front batch alone (the standard's default), and batches only whole. A batch is what one inflow brings in
// one step, or the initial content. All that ever entered stands in one line, and all that ever left is the line's
// beginning; so of each batch we need to know where in the line it ends, and nothing of it ever changes. The ends lie
// on slats, used in turn (xmile_belt.c); where an end is overwritten before its batch has left, there is no number.
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
#define NEARLY (1 - 1e-12)  // of a place in the line: what is beyond by less is rounding

typedef struct making making;

struct xmile_batches {             // hidden variables
  uint32_t left;                   // stock: all that ever left
  uint32_t *sum, *entered, *ends;  // [inflow]: all that it ever brought, the same at the step's start, ends on slats
  uint32_t place, count;           // what had left at the step's start; the steps so far
};

struct queue {
  struct xmile_conveyor *k;
  struct xmile_slot *const *out;
  size_t out_count;
};

struct queue_outflow {
  struct queue *queue;
  struct xmile_slot *flow;
  const struct queue_outflow *earlier;  // that is served first; NULL: none
};

static struct expr *dt(const making *m) {
  return xmile_reference(m->r, m->at, "time_step");
}

// ---- where the batches end

static struct expr *make_place(const making *m) {
  return hold(m, own(m, m->k->batches->left), num(m, 0));
}

static struct expr *make_count(const making *m) {
  return before(m, op(m, OP_ADD, own(m, m->k->batches->count), num(m, 1)), num(m, 0));
}

static struct expr *make_entered(const making *m) {
  return hold(m, own(m, m->k->batches->sum[m->in]), num(m, 0));
}

static struct expr *now(const making *m) {
  struct expr *turn = call(m, "modulo", own(m, m->k->batches->count), xmile_belt_length(m), NULL);
  return op(m, OP_EQUAL, xmile_belt_slat(m), op(m, OP_ADD, turn, num(m, 1)));
}

// The inflows bring their batches in their order; what later ones brought in this step comes behind.
static struct expr *end(const making *m) {
  struct expr *x = call(m, "initial", own(m, m->k->stock->variable), NULL, NULL);
  for (size_t i = 0; i < m->k->in.count; i++) {
    struct expr *all = own(m, m->k->batches->entered[i]);
    x = op(m, OP_ADD, x, i <= m->in ? all : before(m, all, num(m, 0)));
  }
  return x;
}

static struct expr *make_ends(const making *m) {
  uint32_t ends = m->k->batches->ends[m->in];
  struct expr *waiting = op(m, OP_GREATER, op(m, OP_MULTIPLY, before(m, own(m, ends), num(m, 0)), num(m, NEARLY)),
                            own(m, m->k->batches->place));
  struct expr *fresh = choose(m, waiting, num(m, NAN), end(m));
  return choose(m, now(m), fresh, before(m, own(m, ends), num(m, 0)));
}

// What the initial content needs as well.
static size_t lines(const struct xmile_conveyor *k) {
  return k->in.count ? k->in.count : 1;
}

static void declare(struct xmile_reader *r, const struct queue *q) {
  struct xmile_conveyor *k = q->k;
  struct xmile_batches *b = k->batches = arena_new(r->arena, struct xmile_batches);
  uint32_t *out = arena_array(r->arena, uint32_t, q->out_count);
  for (size_t i = 0; i < q->out_count; i++) out[i] = q->out[i]->variable;
  k->belt = arena_new(r->arena, struct xmile_belt);
  k->belt->slats = xmile_dims_counted(r, xmile_belt_slats(r, k), k->x->span);
  uint32_t **lists[] = {&b->sum, &b->entered, &b->ends};
  for (size_t i = 0; i < 3; i++) *lists[i] = arena_array(r->arena, uint32_t, lines(k));
  b->left = xmile_conveyor_sum(r, k, "left", out, q->out_count);
  b->place = xmile_belt_variable(r, k, "place", false), b->count = xmile_belt_variable(r, k, "steps", false);
  for (size_t i = 0; i < k->in.count; i++) {
    b->sum[i] = xmile_conveyor_sum(r, k, arena_format(r->arena, "entered %zu", i + 1), &k->in.items[i], 1);
    b->entered[i] = xmile_belt_variable(r, k, arena_format(r->arena, "entered held %zu", i + 1), false);
  }
  for (size_t i = 0; i < lines(k); i++)
    b->ends[i] = xmile_belt_variable(r, k, arena_format(r->arena, "ends %zu", i + 1), true);
}

static void define(struct xmile_reader *r, const struct xmile_conveyor *k) {
  const struct xmile_batches *b = k->batches;
  making like = {.k = k};
  xmile_belt_equation(r, &like, b->place, make_place);
  xmile_belt_equation(r, &like, b->count, make_count);
  for (; like.in < lines(k); like.in++) {
    if (like.in < k->in.count) xmile_belt_equation(r, &like, b->entered[like.in], make_entered);
    xmile_belt_equation(r, &like, b->ends[like.in], make_ends);
  }
}

// ---- how conveyors take them

static bool is_limited(const struct xmile_conveyor *into) {
  return into && (into->capacity || into->in_limit || into->arrest);
}

static bool takes_one(const struct xmile_conveyor *into) {
  const char *one = into ? xml_attribute(into->x, "one_at_a_time") : NULL;
  return into && !into->queue && (!one || strcmp(one, "false") != 0);
}

static bool takes_whole(const struct xmile_conveyor *into) {
  return into && xmile_conveyor_is_true(into->x, "batch_integrity");
}

// Where nothing is ever held back, each step's batch leaves in the next one, whatever the way.
static bool needs_batches(const struct queue *q) {
  bool held = q->k->in.count > 1, asked = false;
  for (size_t i = 0; i < q->out_count; i++) {
    const struct xmile_conveyor *into = q->out[i]->into;
    held = held || is_limited(into), asked = asked || takes_one(into) || takes_whole(into);
  }
  return held && asked;
}

// ---- outflows

static struct expr *place(const making *m, const struct queue_outflow *q) {  // of the line's front, for this outflow
  struct expr *x = own(m, m->k->batches->place);
  for (const struct queue_outflow *p = q->earlier; p; p = p->earlier)
    x = op(m, OP_ADD, x, op(m, OP_MULTIPLY, own(m, p->flow->variable), dt(m)));
  return x;
}

// Of the ends that lie beyond a place the first, or up to it the last.
static struct expr *found(const making *m, bool first, struct expr *from) {
  struct expr *x = NULL;
  for (size_t i = 0; i < lines(m->k); i++) {
    uint32_t ends = m->k->batches->ends[i];
    struct expr *near = op(m, OP_MULTIPLY, xmile_belt_on(m, ends), num(m, NEARLY));
    struct expr *fits = op(m, first ? OP_GREATER : OP_LESS_EQUAL, near, from);
    struct expr *one = choose(m, fits, xmile_belt_on(m, ends), num(m, first ? 1e300 : 0));
    one = xmile_belt_over(m, first ? "min" : "max", one);
    x = x ? call(m, first ? "min" : "max", x, one, NULL) : one;
  }
  return x;
}

// 0; no number where an end is none, which comparisons would hide.
static struct expr *fault(const making *m) {
  struct expr *sum = num(m, 0);
  for (size_t i = 0; i < lines(m->k); i++)
    sum = op(m, OP_ADD, sum, xmile_belt_over(m, "sum", xmile_belt_on(m, m->k->batches->ends[i])));
  return op(m, OP_MULTIPLY, sum, num(m, 0));
}

static struct expr *front(const making *m, const struct queue_outflow *q) {
  struct expr *end = found(m, true, place(m, q));
  struct expr *batch = op(m, OP_SUBTRACT, found(m, true, place(m, q)), place(m, q));
  return op(m, OP_DIVIDE, choose(m, op(m, OP_GREATER_EQUAL, end, num(m, 1e300)), num(m, 0), batch), dt(m));
}

// What the outflows before it leave of the content. So an overflow, which comes after, gets what was held back.
static struct expr *all(const making *m, const struct queue_outflow *q) {
  struct expr *x = op(m, OP_DIVIDE, own(m, m->k->stock->variable), dt(m));
  for (const struct queue_outflow *p = q->earlier; p; p = p->earlier)
    x = op(m, OP_SUBTRACT, x, own(m, p->flow->variable));
  return q->earlier ? call(m, "max", x, num(m, 0), NULL) : x;
}

static struct expr *wanted(const making *m, const struct queue_outflow *q) {
  return m->k->batches && takes_one(q->flow->into) ? front(m, q) : all(m, q);
}

static struct expr *whole(const making *m, const struct queue_outflow *q, struct expr *x, struct expr *again) {
  if (takes_one(q->flow->into)) {
    struct expr *fits = op(m, OP_GREATER_EQUAL, x, op(m, OP_MULTIPLY, front(m, q), num(m, NEARLY)));
    return choose(m, fits, again, num(m, 0));
  }
  struct expr *reach = op(m, OP_ADD, place(m, q), op(m, OP_MULTIPLY, x, dt(m)));
  struct expr *taken = op(m, OP_SUBTRACT, found(m, false, reach), place(m, q));
  return op(m, OP_DIVIDE, call(m, "max", taken, num(m, 0), NULL), dt(m));
}

static struct expr *limited(const making *m, const struct queue_outflow *q) {
  struct expr *x = wanted(m, q);
  return is_limited(q->flow->into) ? xmile_conveyor_limit(m->r, m->c, q->flow, x) : x;
}

// Only where an outflow before it was held back does an overflow take anything.
static struct expr *overflow(const making *m, const struct queue_outflow *q, struct expr *x) {
  struct expr *blocked = num(m, 0);
  for (const struct queue_outflow *p = q->earlier; p; p = p->earlier)
    blocked = op(m, OP_OR, blocked,
                 op(m, OP_GREATER, op(m, OP_MULTIPLY, wanted(m, p), num(m, NEARLY)), own(m, p->flow->variable)));
  return choose(m, blocked, x, num(m, 0));
}

static struct expr *make_served(struct xmile_reader *r, struct xmile_context *c, const void *data) {
  const struct queue_outflow *q = data;
  making m = {.r = r, .c = c, .k = q->queue->k, .at = q->flow->x->span};
  if (!q->queue->k->batches && needs_batches(q->queue)) {
    declare(r, q->queue);
    define(r, q->queue->k);
  }
  struct expr *x = limited(&m, q);
  if (!x || !m.k->batches) return x;
  if (takes_whole(q->flow->into)) x = whole(&m, q, x, limited(&m, q));
  if (xml_child(q->flow->x, "overflow")) x = overflow(&m, q, x);
  return op(&m, OP_ADD, x, fault(&m));
}

void xmile_queue_read(struct xmile_reader *r, struct xmile_conveyor *k, struct xmile_slot *const *out, size_t count) {
  const struct queue_outflow *earlier = NULL;
  struct queue *queue = arena_new(r->arena, struct queue);
  *queue = (struct queue){k, out, count};
  for (size_t i = 0; i < count; i++) {
    struct queue_outflow *q = arena_new(r->arena, struct queue_outflow);
    *q = (struct queue_outflow){queue, out[i], earlier};
    out[i]->drives = make_served, out[i]->drives_data = q;
    earlier = q;
  }
}

bool xmile_queue_drives(const struct xmile_slot *flow) {
  return flow->drives == make_served;
}
