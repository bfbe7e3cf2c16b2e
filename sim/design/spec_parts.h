// SPDX-License-Identifier: GPL-3.0-or-later
// Shared by the files that read the `sweep:` block: spec.c (the block), spec_names.c (names of uncertain numbers),
// spec_priors.c (what is uncertain), spec_tables.c (grid, list and covariance files). Nobody else includes this.
#ifndef DESIGN_SPEC_PARTS_H
#define DESIGN_SPEC_PARTS_H
#include "design/spec.h"
#include "lang/reader.h"

struct candidate {  // a number that may become uncertain
  struct sweep_parameter parameter;
  bool uncertain;  // it has a prior
  bool set;        // the scenario gives it a value: certain, unless the sweep names it
  bool kept_out;   // by `fixed` or by not being in `only`
};

struct covariance {  // a file's matrix over numbers that are candidates
  size_t count;
  uint32_t *candidates;
  double *cells;       /* [count][count] */
  struct span *spans;  // of the cells
};

struct reading {
  struct arena *arena;
  const struct model *model;
  const struct scenario *scenario;
  struct unit_table *units;
  struct sweep_spec *spec;
  LIST(struct candidate) candidates;
  struct map names;   // of candidates
  struct map places;  // of spec->parameters
  struct covariance covariance;
  uint32_t dimensions;  // Sobol dimensions given so far
  struct diag *diag;
};

// A name resolved: the numbers it stands for.
struct targets {
  const struct variable *variable;
  LIST(struct sweep_parameter) items;  // at, name and span are filled
};
// "cooling_time", "rho" (all elements), "rho[ic]", "lever", "lever[mid]", "lever[2035]".
bool spec_resolve(struct reading *r, const char *text, struct span at, struct targets *t);
// The same for a name that must stand for one number.
bool spec_resolve_one(struct reading *r, const char *text, struct span at, struct targets *t);
// The candidate of a resolved number; made, without a prior, when it is new. Valid until
// the next one is made.
struct candidate *spec_candidate(struct reading *r, const struct sweep_parameter *p);

bool spec_read_priors(struct reading *r, const struct tree *block);        // model's priors, uncertain, only, fixed
bool spec_read_correlations(struct reading *r, const struct tree *block);  // after spec_finish_parameters
void spec_finish_parameters(struct reading *r);                            // candidates -> spec->parameters

bool spec_fits_range(struct reading *r, const struct variable *v, double low, double high, struct span at);

bool spec_read_grid(struct reading *r, const struct tree *grid);
bool spec_read_list(struct reading *r, const struct tree *list);
bool spec_read_covariance(struct reading *r, const struct tree *file);  // before spec_finish_parameters
// The pairs of the covariance file, for spec_read_correlations.
bool spec_covariance_pairs(struct reading *r);

#endif
