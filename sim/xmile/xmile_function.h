// SPDX-License-Identifier: GPL-3.0-or-later
// Between the functions of the standard (xmile_function.c) and those of programs (xmile_vendor.c): a call while it is
// translated, the pieces that calls are made of, and a row of either table.
#ifndef XMILE_XMILE_FUNCTION_H
#define XMILE_XMILE_FUNCTION_H
#include "base/limits.h"
#include "xmile/xmile_read.h"

struct xmile_call {
  struct xmile_reader *r;
  struct xmile_context *c;
  const struct xmile_node *n;
  struct expr *args[LIMIT_ARGUMENTS];  // translated
  size_t count;
};

struct xmile_function {
  const char *name, *ours;  // ours: the same arguments
  unsigned fewest, most;
  struct expr *(*make)(struct xmile_call *k);        // with arguments translated,
  struct expr *(*make_whole)(struct xmile_call *k);  // or left as they are
};

static inline struct expr *xmile_function_number(const struct xmile_call *k, double x) {
  return xmile_number(k->r, k->n->span, x);
}
static inline struct expr *xmile_function_apply(const struct xmile_call *k, const char *function, size_t count,
                                                struct expr *const *args) {
  return xmile_call(k->r, k->n->span, function, count, args);
}
static inline struct expr *xmile_function_operate(const struct xmile_call *k, enum expr_op op, struct expr *a,
                                                  struct expr *b) {
  return xmile_binary(k->r, k->n->span, op, a, b);
}
static inline struct expr *xmile_function_step(const struct xmile_call *k) {
  return xmile_reference(k->r, k->n->span, "time_step");
}
// Notes a seed. `without`: the arguments before it.
void xmile_function_seed_behind(struct xmile_call *k, size_t without);

struct expr *xmile_area(struct xmile_call *k);  // LOOKUPAREA

// A function that only some program knows; NULL: none.
const struct xmile_function *xmile_vendor_find(const char *name);
// Why a function that is known cannot be had; NULL: not known.
const char *xmile_vendor_refusal(const char *name);
// A quantity without arguments that only some program has.
struct expr *xmile_vendor_quantity(struct xmile_reader *r, const struct xmile_node *n, const char *name);

#endif
