// SPDX-License-Identifier: GPL-3.0-or-later
// Is the step small enough? Compares a run with one at half the step: for each row of the scorecard the value at the
// horizon in both, and the largest change over all save times as a share of the series' largest magnitude; and the
// saved variable for which that share is greatest. A series below a millionth of the largest of its unit is measured
// against that millionth: it is rounding. It measures; what is small enough is the analyst's to say.
#ifndef OUTPUT_STEPCHECK_H
#define OUTPUT_STEPCHECK_H
#include "output/scorecard.h"

struct stepcheck {
  double step, half;
  struct stepcheck_row {
    const struct scorecard_row *row;
    double coarse, fine;  // at the horizon
    double change;        // share; 0 when both are zero throughout
  } * rows;
  size_t row_count;
  const char *worst;  // NULL: nothing was saved
  double worst_change;
};

// `fine` is the same model and scenario, with the same columns, at half the step.
struct stepcheck *stepcheck_create(struct arena *a, const struct scorecard *card, const struct results *fine);
void stepcheck_print(struct text *out, struct arena *a, const struct stepcheck *s, const struct model *m,
                     enum language language, bool bold);

#endif
