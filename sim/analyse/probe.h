// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at expressions over a model's run. Each expression becomes an indicator of a copy of the model, so that names,
// arrays and units are checked and values computed by the same code as the model itself: there is no second evaluator.
// The copy can also be disturbed: a flow or an auxiliary moves to a value, or is scaled, from some time on.
// The original model is never changed and may be shared by threads, each with an arena of its own.
#ifndef ANALYSE_PROBE_H
#define ANALYSE_PROBE_H
#include "engine/run.h"
#include "lower/lower.h"

struct probe {
  const char *name;  // for messages
  struct span span;
  const struct expr *expr;  // a scalar
  const struct unit *unit;  // must be the expression's; NULL: any
};

// A copy that shares all entries with the original.
struct model *probe_copy(struct arena *a, const struct model *m);
// The variable of the copy that has the value of a probe.
uint32_t probe_add(struct arena *a, struct model *copy, const struct probe *p);

struct probe_change {
  uint32_t variable;  // a flow or an auxiliary of the original
  bool scale;         // value is a factor
  double value;
  double from, over;  // begins at `from` and is complete `over` later; over 0 is a jump
};
void probe_disturb(struct arena *a, struct model *copy, const struct probe_change *change);

// The saved columns of probes.
struct probe_run {
  const struct results *results;
  size_t *columns;           /* [probe] */
  const struct unit **units; /* [probe]: as inferred; NULL: any unit fits (a zero) */
};
// Adds probes, checks, compiles and runs. The scenario must be the caller's own: its save set is replaced, its model
// too. NULL after errors; a run that failed is returned, with its error in diag.
struct probe_run *probe_execute(struct arena *a, struct model *copy, struct scenario *s, const struct probe *probes,
                                size_t count, struct diag *diag);
// NAN past the failure of a run.
double probe_value(const struct probe_run *r, size_t probe, size_t save);
// The save time at an instant, or SIZE_MAX.
size_t probe_save(const struct results *r, double instant);

#endif
