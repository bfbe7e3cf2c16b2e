// SPDX-License-Identifier: GPL-3.0-or-later
// Which uncertain parameters matter for an outcome: Spearman's rank correlation of each with the outcome (any monotone
// influence), and standardised regression coefficients (the change of the outcome in standard deviations per standard
// deviation of the parameter, the others held), with the share of variance that the linear fit explains. Both by
// Saltelli et al., Sensitivity Analysis (2000), ch. 6. The regression is a Householder QR of the standardised columns.
// Members whose outcome is absent (NAN) are left out. A coefficient that the members cannot tell (a parameter that does
// not vary, or that others determine; not more members than parameters) is NAN, never 0.
#ifndef REDUCE_IMPORTANCE_H
#define REDUCE_IMPORTANCE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct importance;       // ranks and the factored matrix of the parameters over the members of one outcome
struct importance_work;  // what one thread needs beside it

struct importance *importance_create(size_t members, size_t parameters);  // NULL: no memory
void importance_free(struct importance *m);
struct importance_work *importance_work_create(size_t members);  // NULL: no memory
void importance_work_free(struct importance_work *w);
size_t importance_work_bytes(size_t members);

struct importance_result {
  uint64_t members;  // that took part
  double explained;  // R squared of the regression; NAN when there is none
  double *rank;      /* [parameter] Spearman */
  double *standard;  /* [parameter] SRC */
};
// Takes the members that have this outcome. parameters: [parameter], each an array of `members` numbers.
void importance_prepare(struct importance *m, const double *const *parameters, const double *outcome);
// Has an outcome just these members? Then fills *result, whose arrays the caller gives. Thread-safe.
bool importance_compute(const struct importance *m, struct importance_work *w, const double *outcome,
                        struct importance_result *result);

#endif
