// SPDX-License-Identifier: GPL-3.0-or-later
// What a sweep is to do: the `sweep:` block of a scenario (docs/sweeps.md), read and checked against the model, with
// settings of the command line on top. It lists the uncertain numbers, each with its prior, in the order of the model;
// it does not draw (design.h) and does not run.
#ifndef DESIGN_SPEC_H
#define DESIGN_SPEC_H
#include "design/correlate.h"
#include "lower/program.h"

enum sampling { SAMPLING_RANDOM, SAMPLING_LATIN, SAMPLING_SOBOL, SAMPLING_GRID, SAMPLING_LIST, SAMPLINGS };
extern const char *const spec_sampling_names[SAMPLINGS];

// One number that differs between members. `at.point` is UINT32_MAX for a parameter's element; for levers and inputs
// it counts the numbers of what moves them: 0 for a constant, the point of a path, the phase of a level. The path is
// the scenario's (struct steer), or the model's own where the scenario is silent.
struct sweep_parameter {
  struct program_parameter at;
  const char *name;      // "cooling_time", "rho[ic]", lever "land_lock", its level "land_lock[mid]", or point
                         //   "land_lock[2035]"; the draws are a function of this name
  struct span span;      // where it became uncertain
  uint32_t dimension;    // Sobol's: place among the model's priors, those that `sweep:` adds coming after
  struct prior prior;    // random, latin, sobol. A covariance file makes it normal, cut to the prior that was
  const double *values;  // grid: its values; list: one per member
  size_t value_count;
};

struct sweep_policy {  // a scenario file, its path resolved
  const char *path;
  struct span span;
};

struct sweep_histogram {
  uint32_t variable;  // all its elements
  struct span span;
  uint32_t bins;
  double low, high;  // NAN: from the data
};

struct sweep_spec {
  const struct scenario *scenario;
  struct span span;
  enum sampling sampling;
  uint64_t members;  // futures: per policy where there are policies; 1 .. LIMIT_MEMBERS
  uint64_t seed;
  LIST(struct sweep_parameter) parameters;
  LIST(struct correlation) correlations;  // a, b: numbers of parameters
  LIST(struct sweep_policy) policies;     // empty: the scenario itself
  LIST(double) quantiles;                 // probabilities, ascending
  LIST(struct sweep_histogram) histograms;
  bool keep_members, keep_double;       // --keep members; float64 instead of float32
  uint64_t memory;                      // bytes for exact quantiles
  double failures;                      // share of failed members past which the exit code is EXIT_NUMERIC
  LIST(const struct source *) sources;  // data files read (covariance, list): part of what identifies the sweep
};

// `sets`: "members=1000", "seed=3", "sampling=latin", "memory=1 GiB", "failures=1 %", "keep=members" from the command
// line; they win over the block. A scenario without a block sweeps all priors of its model. NULL after errors.
struct sweep_spec *spec_read(struct arena *a, const struct scenario *scenario, const char *const *sets,
                             size_t set_count, struct diag *diag);

#endif
