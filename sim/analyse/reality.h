// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the reality checks that a foreign model brings along (Vensim's :THE CONDITION: ... :IMPLIES:): with the
// condition forced upon a copy of the model, or watched in the model as it stands, the consequence must hold at each
// save time.
#ifndef ANALYSE_REALITY_H
#define ANALYSE_REALITY_H
#include "lang/model.h"

enum reality_verdict {
  REALITY_HOLDS,
  REALITY_FAILS,
  REALITY_IDLE,     // its condition never came about
  REALITY_REFUSED,  // it cannot be run; diag has the reason as a warning
};
struct reality_outcome {
  enum reality_verdict verdict;
  size_t checks;  // save times at which the consequence was looked at
  double time;    // FAILS: the first of those at which it did not hold
};

// One outcome for each of the model's checks; those that fail are errors in diag. NULL when the model has none.
struct reality_outcome *reality_run(struct arena *a, const struct model *m, struct diag *diag);

#endif
