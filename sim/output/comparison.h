// SPDX-License-Identifier: GPL-3.0-or-later
// Scenarios of one model side by side. The first is the reference; the moments are its own (start, ends of phases,
// horizon), and another scenario is looked at when its phase of the same name ends, whenever that is: phases that end
// at milestones have other dates in each. Made from scorecards; holds numbers and references, no text of its own.
//
// A benchmark is reached at its value or above, or below where a target of the indicator says `at most`. It turns when
// it is reached in one scenario and missed in another at the same moment; so does a target.
#ifndef OUTPUT_COMPARISON_H
#define OUTPUT_COMPARISON_H
#include "output/scorecard.h"

struct comparison_row {
  uint32_t variable;
  size_t element;
  const char *name, *unit;
  struct label label;
  double *values; /* [scenario][moment]; NAN: not reached */
  bool differs;   // by more than a millionth somewhere; what is tiny for its unit is rounding, and does not
};

struct comparison_turn {
  const struct scorecard_row *row;    // of the reference
  const struct benchmark *benchmark;  // or
  const struct target *target;
  size_t moment;
  double *values, *bounds; /* [scenario] */
  bool *reached;           /* [scenario]; false as well where there is no value */
};

struct comparison {
  const struct model *model;
  const struct scorecard **cards; /* [scenario] */
  size_t count, moment_count;
  size_t *columns; /* [scenario][moment]: of the card, or SCORECARD_NONE */
  LIST(struct comparison_row) rows;
  LIST(struct comparison_turn) turns;
};

// shown[variable] picks the rows among what every scenario saved; constants differ in none and are left out.
struct comparison *comparison_create(struct arena *a, const struct scorecard **cards, size_t count, const bool *shown);
// The time of a moment in a scenario; NAN: not reached.
double comparison_time(const struct comparison *c, size_t scenario, size_t moment);
// (x - reference)/|reference|; NAN when the reference is 0.
double comparison_share(double x, double reference);

// Rows of indicators, or all when `all` is set; then what turns.
void comparison_print(struct text *out, struct arena *a, const struct comparison *c, bool all, enum language language,
                      bool bold);
// compare.csv (tidy: one number a row), compare-turns.csv and compare.xlsx in a folder that exists.
bool comparison_write(struct arena *a, const char *folder, const struct comparison *c, enum language language,
                      struct diag *diag);

#endif
