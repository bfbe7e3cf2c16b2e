// SPDX-License-Identifier: GPL-3.0-or-later
// Between the two ways of making a conveyor: as differences of sums (xmile_conveyor.c), or as a belt of slats
// (xmile_belt.c).
#ifndef XMILE_XMILE_CONVEYOR_H
#define XMILE_XMILE_CONVEYOR_H
#include "xmile/xmile_read.h"

struct making {  // an equation of a conveyor being made
  struct xmile_reader *r;
  struct xmile_context *c;
  const struct xmile_conveyor *k;
  const struct xmile_leak *l;
  size_t in;  // which inflow of a queue
  struct span at;
};

struct expr *xmile_conveyor_number(const struct making *m, double x);
struct expr *xmile_conveyor_operate(const struct making *m, enum expr_op o, struct expr *a, struct expr *b);
struct expr *xmile_conveyor_call(const struct making *m, const char *f, struct expr *a, struct expr *b, struct expr *c);
struct expr *xmile_conveyor_own(const struct making *m, uint32_t variable);  // over the equation's own dimensions
// Expressions of the conveyor's element stand in the stock's scope, those of a leak in its flow's.
struct expr *xmile_conveyor_translate(const struct making *m, const struct xmile_node *n);
struct expr *xmile_conveyor_fraction(const struct making *m, const struct xmile_leak *l);

// Between the parts below and the files that use them.
bool xmile_conveyor_is_true(const struct xml *x, const char *attribute);
bool xmile_conveyor_refuse(struct xmile_reader *r, const struct xmile_conveyor *k, const char *what);  // false
// A hidden stock that starts at 0 and takes in these flows.
uint32_t xmile_conveyor_sum(struct xmile_reader *r, struct xmile_conveyor *k, const char *mark, const uint32_t *flows,
                            size_t count);

struct expr *xmile_belt_choose(const struct making *m, struct expr *condition, struct expr *yes, struct expr *no);
struct expr *xmile_belt_before(const struct making *m, struct expr *x, struct expr *first);  // a step ago
struct expr *xmile_belt_hold(const struct making *m, struct expr *x, struct expr *first);    // through the step
struct expr *xmile_belt_slat(const struct making *m);                                        // 1 to the length
struct expr *xmile_belt_length(const struct making *m);
// What a hidden array holds on the slats, for a reduction over them.
struct expr *xmile_belt_on(const struct making *m, uint32_t index);
struct expr *xmile_belt_over(const struct making *m, const char *function, struct expr *x);
size_t xmile_belt_slats(struct xmile_reader *r, const struct xmile_conveyor *k);
// A hidden variable over the stock's dimensions, and the slats where wanted; then its equation, for what `like` names.
uint32_t xmile_belt_variable(struct xmile_reader *r, const struct xmile_conveyor *k, const char *mark, bool of_slats);
void xmile_belt_equation(struct xmile_reader *r, const struct making *like, uint32_t index,
                         struct expr *(*make)(const struct making *m));

bool xmile_belt_needed(struct xmile_reader *r, const struct xmile_conveyor *k);
void xmile_belt_declare(struct xmile_reader *r, struct xmile_conveyor *k);  // when flows are known
void xmile_belt_define(struct xmile_reader *r, const struct xmile_conveyor *k);
struct expr *xmile_belt_outflow(const struct making *m);
struct expr *xmile_belt_leak(const struct making *m);

// xmile_queue.c: the outflows of a queue, in their order.
void xmile_queue_read(struct xmile_reader *r, struct xmile_conveyor *k, struct xmile_slot *const *out, size_t count);
bool xmile_queue_drives(const struct xmile_slot *flow);

#endif
