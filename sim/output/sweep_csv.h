// SPDX-License-Identifier: GPL-3.0-or-later
// A sweep's tables for spreadsheets and data frames. sweep.csv is tidy: policy,variable,time,statistic,value with one
// row per number; statistics are count, mean, sd, min, max, mean_error, and q5, q50 ... with q5_error, q50_error ... .
// members.csv has one row per member: its parameters and, for each policy, its outcomes at phase ends ("gdp at near",
// with "policy: " before it when there are several); a cell is empty where the member has no such outcome, and `failed`
// names the policies under which the member failed (1 when there is only one).
#ifndef OUTPUT_SWEEP_CSV_H
#define OUTPUT_SWEEP_CSV_H
#include "output/file.h"
#include "reduce/labels.h"
#include "reduce/results.h"

bool sweep_csv_write(struct arena *a, const char *path, const struct sweep_labels *labels,
                     const struct sweep_results *results, struct diag *diag);
// The members of the table: all of them when the reducer was told to keep it, else the first table_members.
bool sweep_csv_write_members(struct arena *a, const char *path, const struct sweep_labels *labels,
                             const struct sweep_results *results, struct diag *diag);
// "q5", "q97.5", "q99.9": the name of a quantile.
const char *sweep_csv_level(double p, char out[40]);

#endif
