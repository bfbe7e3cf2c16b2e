// SPDX-License-Identifier: GPL-3.0-or-later
// What the numbers of a sweep are called: names, units and texts for its writers, and the outcomes that a scenario's
// indicators and phases imply. Made once from the compiled program; holds no results.
#ifndef REDUCE_LABELS_H
#define REDUCE_LABELS_H
#include "lower/program.h"
#include "reduce/outcome.h"

struct labels_variable {  // neighbouring columns that are one variable, whole
  const char *name, *unit;
  struct label label;
  size_t first, count;   // columns
  const uint32_t *dims;  // of the model, whose sizes multiply to count; none for a single column
  size_t dim_count;
};

struct sweep_labels {
  const struct model *model;
  const char *name;  // of the sweep: the scenario's
  struct label title;
  const char *sampling;
  uint64_t seed;
  const char **policies; /* [policy] */
  uint32_t policy_count;
  const double *times; /* [time] */
  size_t time_count;
  const char *time_unit;
  const char **columns;      /* [column] "gdp", "output[ic]" */
  const char **column_units; /* [column] */
  size_t column_count;
  struct labels_variable *variables;
  size_t variable_count;
  const char **parameters, **parameter_units; /* [parameter] */
  size_t parameter_count;
  const char **phases; /* [phase] */
  size_t phase_count;
  const struct outcome *outcomes;
  size_t outcome_count;
};

// policies: names, in order; NULL: the scenario alone. parameters: names of what is uncertain, in the program's order.
// All that is passed must outlive the labels.
struct sweep_labels *labels_make(struct arena *a, const struct program *p, const char *const *policies,
                                 uint32_t policy_count, const char *const *parameters);

// Every saved indicator at the end of each phase and at the horizon, with its targets; every saved column at the
// horizon when no indicator is saved. The last phase ends at the horizon: it is listed apart only if it has a target of
// its own beside that of `end`.
struct outcome *labels_outcomes(struct arena *a, const struct program *p, size_t *count);
const char *labels_phase(const struct sweep_labels *l, const struct outcome *o);  // "near", or "end"

#endif
