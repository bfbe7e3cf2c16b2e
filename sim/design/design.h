// SPDX-License-Identifier: GPL-3.0-or-later
// A sweep's design: which numbers differ between members, and what each member draws for them. A draw is a pure
// function of (design, member, parameter): any block, on any thread or machine, in any order, and again for one member
// alone. The design is const once made. Members are futures; where a sweep crosses policies with futures, every policy
// draws the same numbers for the same future (common random numbers).
#ifndef DESIGN_DESIGN_H
#define DESIGN_DESIGN_H
#include "design/prior.h"
#include "design/spec.h"

struct design_row {         // of one parameter
  uint64_t stream;          // map_hash64 of its name
  uint64_t key;             // latin: of its permutation; sobol: of its scrambling
  uint32_t group;           // sobol: which shuffle of the index
  uint32_t directions[32];  // sobol
  struct inverse_cdf prior;
  const double *values;          // grid, list
  uint64_t value_count, repeat;  // grid: a value holds for `repeat` members in a row
};

struct design {
  enum sampling sampling;
  uint64_t seed, members;
  struct design_row *rows;
  size_t count;                                  // parameters, in the order of `program_parameters`
  struct program_parameter *program_parameters;  // for lower_options.uncertain
  const char **names;
  struct correlate *correlate;  // NULL: independent
};

// NULL after an error: a prior with nothing left, correlations that do not agree.
struct design *design_create(struct arena *a, const struct sweep_spec *spec, struct diag *diag);

// Values of members first .. first+count-1 into out [parameter][lanes], count <= lanes; lanes past count repeat the
// last member. first + count may pass design->members for `random` and `sobol` only, which have no end: sobol up to
// LIMIT_MEMBERS.
void design_draw(const struct design *d, uint64_t first, uint32_t count, uint32_t lanes, double *out);
// The same before priors: uniform numbers in (0,1), correlations included. Grid and list: the place among the values.
void design_uniform(const struct design *d, uint64_t first, uint32_t count, uint32_t lanes, double *out);

// Can the design grow without changing its first members? Latin and grid depend on N; a list is what it is.
bool design_extends(enum sampling sampling);

#endif
