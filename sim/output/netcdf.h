// SPDX-License-Identifier: GPL-3.0-or-later
// sweep.nc: the results of a sweep as netCDF-4 after the CF conventions, for xarray, ncdump, Panoply, R. Every saved
// variable has NAME_mean, NAME_sd, NAME_min, NAME_max, NAME_mean_error over (policy, time, its dimensions) and
// NAME_quantile, NAME_quantile_error over (policy, quantile, time, its dimensions); outcomes at phase ends, comparisons
// of policies and importance are tables over (policy, outcome), (pair, outcome) and (policy, outcome, parameter). Time
// is in the model's unit, a plain number ("year", not "years since", which readers take for dates). Written once, by
// one thread, in one order, to a temporary name that is then renamed; nothing of host, clock or threads: the same
// results and the same libraries give the same bytes.
#ifndef OUTPUT_NETCDF_H
#define OUTPUT_NETCDF_H
#include "base/diag.h"
#include "reduce/labels.h"
#include "reduce/results.h"

struct netcdf_options {
  bool members;  // every member's saved numbers too, (member, policy, time, dimensions): when they were kept (exact or
                 // spooled)
  bool single;   // those as float32
  bool table;    // parameters and outcomes of the members in the table
  const char *program;  // "simulate 1.0"
};

bool netcdf_write_sweep(struct arena *a, const char *path, const struct sweep_labels *labels,
                        const struct sweep_results *results, const struct netcdf_options *options, struct diag *diag);

#endif
