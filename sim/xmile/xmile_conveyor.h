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
  struct span at;
};

struct expr *xmile_conveyor_number(const struct making *m, double x);
struct expr *xmile_conveyor_operate(const struct making *m, enum expr_op o, struct expr *a, struct expr *b);
struct expr *xmile_conveyor_call(const struct making *m, const char *f, struct expr *a, struct expr *b, struct expr *c);
struct expr *xmile_conveyor_own(const struct making *m, uint32_t variable);  // over the equation's own dimensions
// Expressions of the conveyor's element stand in the stock's scope, those of a leak in its flow's.
struct expr *xmile_conveyor_translate(const struct making *m, const struct xmile_node *n);
struct expr *xmile_conveyor_fraction(const struct making *m, const struct xmile_leak *l);

bool xmile_belt_needed(struct xmile_reader *r, const struct xmile_conveyor *k);
void xmile_belt_declare(struct xmile_reader *r, struct xmile_conveyor *k);  // when flows are known
void xmile_belt_define(struct xmile_reader *r, const struct xmile_conveyor *k);
struct expr *xmile_belt_outflow(const struct making *m);
struct expr *xmile_belt_leak(const struct making *m);

#endif
