// SPDX-License-Identifier: GPL-3.0-or-later
// What depends on what, at once or through a stock: the causal graph that analysts draw. A node is a variable, arrays
// whole; a link leads from a cause to its effect: from what an equation names, from a flow to the stock it fills or
// drains, and from a non-negative stock to the outflows it limits. Start values and initial(x) act once, before the
// run, and are no links. Signs are found by polarity.h.
#ifndef ANALYSE_CAUSES_H
#define ANALYSE_CAUSES_H
#include "check/check.h"
#include "check/graph.h"

enum sign {
  SIGN_NONE,  // no effect where it was measured
  SIGN_PLUS,
  SIGN_MINUS,
  SIGN_BOTH,  // depends on the element or on the moment
};
enum sign causes_sign_product(enum sign x, enum sign y);

enum cause_kind { CAUSE_EQUATION, CAUSE_INFLOW, CAUSE_OUTFLOW, CAUSE_LIMIT };

struct cause {
  uint32_t from, to;  // variables
  enum cause_kind kind;
  enum sign sign;  // flows and limits: known from the start; else of polarity_measure
};

struct causes {
  const struct checked *checked;
  LIST(struct cause) links;      // by effect; the causes of one in the order in which it names them, none twice
  uint32_t *first;               /* [variables + 1]: links into a variable are first[v] .. first[v+1] */
  uint32_t *uses, *first_use;    /* links out of v: uses[first_use[v] .. first_use[v+1]] */
  struct components components;  // of the graph: variables of one component take part in feedback
  uint32_t *component_sizes;     /* [component] */
};

struct causes *causes_create(struct arena *a, const struct checked *c);
// The link between two variables, or NULL.
struct cause *causes_link(const struct causes *g, uint32_t from, uint32_t to);

#endif
