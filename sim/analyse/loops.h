// SPDX-License-Identifier: GPL-3.0-or-later
// Feedback loops of a causal graph. A large model has more of them than anyone can count, so they are listed through
// one variable, shortest first, up to a number and an amount of work; and loops that a modeller has named are looked up
// in a file beside the model (loops.yaml) and verified: every link must exist, and the signs must make the polarity
// that the file states. Finds nothing out about dominance: which loop rules when is another question.
#ifndef ANALYSE_LOOPS_H
#define ANALYSE_LOOPS_H
#include "analyse/causes.h"

struct loop {
  uint32_t *variables;  // in the order of cause and effect; the last one acts on the first
  size_t count, stocks;
  enum sign sign;  // product of the links'
};
struct loops {
  LIST(struct loop) items;
  bool more;  // there are others
};
// At most `most` loops through a variable, none longer than LIMIT_LOOP_LENGTH.
struct loops *loops_through(struct arena *a, const struct causes *g, uint32_t variable, size_t most);

struct named_loop {
  const char *name;
  struct label label;
  const char *doc;
  struct span span;
  struct loop loop;
  struct span *places; /* [variable] */
  bool chain;          // leads from the first to the last variable and not back: levers close no loop
  enum sign stated;
  bool verified;  // filled by loops_verify
};
struct named_loops {
  const char *path, *scenario_path;  // the scenario in whose run signs are measured; NULL: the model as it stands
  const char *model_path;
  LIST(struct named_loop) items;
};
// Reads the file's head, so that its model can be read. NULL after errors.
struct named_loops *loops_read_head(struct arena *a, const char *path, struct diag *diag);
// Reads its loops over the model. False after errors.
bool loops_read(struct arena *a, struct named_loops *n, const struct model *m, struct diag *diag);
// Fills signs and `verified`; each loop that is not as stated is an error in diag. False after any.
bool loops_verify(struct named_loops *n, const struct causes *g, struct diag *diag);
// The loop of that name, or NULL.
const struct named_loop *loops_by_name(const struct named_loops *n, const char *name);
// The same variables in the same order, wherever the telling begins?
bool loops_equal(const struct loop *x, const struct loop *y);
// The name that the modeller gave to this very loop, or NULL; `named` may be NULL.
const char *loops_name(const struct named_loops *named, const struct loop *l);

#endif
