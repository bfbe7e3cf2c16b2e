// SPDX-License-Identifier: GPL-3.0-or-later
// Calls of Vensim's functions, for the files that make them (mdl_call.c has the table of names). Each takes the call
// and gives its expression, or NULL after an error in the reader's diag.
#ifndef VENSIM_MDL_CALL_H
#define VENSIM_MDL_CALL_H
#include "vensim/mdl_parts.h"

typedef struct expr *mdl_call_fn(struct mdl *m, struct mdl_context *c, const struct mdl_node *n);

// The i-th argument, translated.
struct expr *mdl_call_arg(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, size_t i);
bool mdl_call_fits(struct mdl *m, const struct mdl_node *n, size_t fewest, size_t most);
mdl_call_fn mdl_call_unsupported;
// The function is refused for this reason.
struct expr *mdl_refuse(struct mdl *m, const struct mdl_context *c, const struct mdl_node *n, const char *reason);

// mdl_held.c. A value that is needed more than once: a hidden variable, and how it is named where it was asked for.
struct mdl_held {
  struct mdl_context wide;
  uint32_t variable;
};
bool mdl_hold(struct mdl *m, const struct mdl_context *c, const struct mdl_node *n, struct mdl_held *h);
struct expr *mdl_held(struct mdl *m, const struct mdl_context *c, struct mdl_held *h, struct span at);
// A context in which the ranges of `subs` run over all their elements, as axes of the left side; which these are. False
// when one is no range.
bool mdl_held_widen(struct mdl *m, const struct mdl_context *c, const struct mdl_node *n, const struct mdl_sub **subs,
                    size_t count, struct mdl_context *whole, uint32_t *axes);
// An argument that a function looks at along a range: where it calls something, it is held. NULL after an error.
const struct mdl_node *mdl_held_along(struct mdl *m, const struct mdl_context *c, const struct mdl_node *n,
                                      uint32_t range);
struct mdl_node *mdl_node_number(struct mdl *m, struct span at, double x);
struct mdl_node *mdl_node_join(struct mdl *m, enum expr_op op, struct mdl_node *a, struct mdl_node *b);

// A binding of a range, for functions that run over it; `mark` tells its dimension from others of that range.
struct mdl_binding *mdl_vector_bind(struct mdl *m, struct mdl_context *c, uint32_t range, const char *mark);
// SUM, PROD, VMIN, VMAX: `function` is ours.
struct expr *mdl_vector_reduce(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, const char *function);
mdl_call_fn mdl_vector_select, mdl_vector_rank, mdl_vector_sort_order, mdl_vector_reorder, mdl_vector_elm_map,
    mdl_vector_elm_count, mdl_vector_lookup;
mdl_call_fn mdl_memory_of_order, mdl_memory_discrete, mdl_memory_depreciate, mdl_memory_inner, mdl_memory_conveyor;
mdl_call_fn mdl_whole_allocate_available, mdl_whole_allocate_by_priority, mdl_whole_invert_matrix, mdl_whole_at_price,
    mdl_whole_market_price;
mdl_call_fn mdl_calendar_call;
// QUEUE AGE ...(queue, ...), whose macro takes the queue's own arguments before the others.
mdl_call_fn mdl_queue_age;
bool mdl_queue_asks(const struct mdl_node *n);
mdl_call_fn mdl_input_step, mdl_input_pulse, mdl_input_pulse_train, mdl_input_ramp;
mdl_call_fn mdl_points_call;  // GET DATA MAX and the like

// Random functions. A hidden variable over the places of the left side; the first of some draws that lies between the
// first two arguments; x * stretch + shift, which stand as arguments from `at` on.
uint32_t mdl_chance_hidden(struct mdl *m, struct mdl_context *c, struct span at, const char *what, struct expr *x);
struct expr *mdl_chance_between(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, mdl_call_fn *make);
struct expr *mdl_chance_shifted(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, struct expr *x,
                                size_t at);
mdl_call_fn mdl_draws_beta, mdl_draws_binomial, mdl_draws_gamma, mdl_draws_lookup, mdl_draws_negative_binomial;
mdl_call_fn mdl_chance_uniform, mdl_chance_normal, mdl_chance_exponential, mdl_chance_poisson, mdl_chance_triangular,
    mdl_chance_weibull;

#endif
