// SPDX-License-Identifier: GPL-3.0-or-later
// Checked model -> program. See lower/program.h for what comes out.
#ifndef LOWER_LOWER_H
#define LOWER_LOWER_H
#include "base/diag.h"
#include "base/text.h"
#include "lower/program.h"

struct lower_options {
  const struct program_parameter *uncertain;  // parameters and path points that differ between members
  size_t uncertain_count;
  bool no_cse, no_fuse, no_binding, no_colour;  // passes off, for tests: same bits
};

// Compiles. The save set is the scenario's. NULL after errors.
struct program *lower(struct arena *a, const struct checked *c, const struct lower_options *options, struct diag *diag);

// The program as text (simulate dump --stage ir).
void program_print(struct text *out, const struct program *p);

#endif
