// SPDX-License-Identifier: GPL-3.0-or-later
// Correlated draws by a Gaussian copula: uniform numbers become normal ones, are mixed by the Cholesky factor of their
// correlation matrix, and become uniform again; whatever the priors are, their inverse CDFs follow. A parameter that is
// in no pair keeps its numbers bit for bit.
// What a user gives is a rank correlation r (Spearman's, which does not depend on the priors); the normal correlation
// that has it is 2 sin(pi r/6) (Pearson 1907; Kruskal, JASA 53 (1958) 814). A covariance file gives the normal one
// itself. Iman and Conover's reordering is not used: it needs all members at once.
#ifndef DESIGN_CORRELATE_H
#define DESIGN_CORRELATE_H
#include "base/diag.h"

struct correlation {
  uint32_t a, b;  // numbers of two different parameters of the design
  double normal;  // correlation of the normal numbers, in (-1, 1)
  double given;   // as the user wrote it, for messages
  struct span span;
};

struct correlate;

double correlate_normal_of_rank(double r);
double correlate_rank_of_normal(double r);

// No pair occurs twice. NULL after an error: the matrix is not positive definite; the message names the pair that
// does not agree with the others, and the range in which it would.
struct correlate *correlate_create(struct arena *a, const struct correlation *pairs, size_t pair_count,
                                   const char *const *names, size_t parameter_count, struct diag *diag);
// Correlates the rows of u [parameter][lanes], `lanes` numbers in (0,1) each, in place.
void correlate_apply(const struct correlate *c, double *u, size_t lanes);

#endif
