// SPDX-License-Identifier: GPL-3.0-or-later
// What a report stands on: results folders, read and joined by the name of their scenario. A folder holds a run
// (run.csv, summary.json) or a sweep (sweep.csv, summary.json); a scenario may have one of each, and a sweep of several
// policies belongs to several scenarios. Everything comes from files that may be hostile, old, new or cut short: what
// is wrong is an error, never a smaller report. Nothing here knows HTML or pictures.
#ifndef REPORT_BUNDLE_H
#define REPORT_BUNDLE_H
#include "output/messages.h"
#include "report/frame.h"
#include "report/record.h"

struct bundle_phase {
  const char *name;
  struct label label;
  double start, end;             // NAN: not reached
  double counted[2], closed[2];  // benchmarks as printed and as checked: how many, and the median share of gap closed
};

struct bundle_moments {  // values at the moments of a scorecard; NAN: not reached
  double baseline, horizon;
  double *phases; /* [phase] at its end */
};

struct bundle_benchmark {
  struct label label;
  const char *source;
  struct label doc;  // what is doubtful with it; en NULL: not given
  bool checked;
  struct bundle_moments values, gap_closed;
};

struct bundle_target {
  const char *phase;  // or "end"
  bool at_most, met;
  double limit, value;
};

struct bundle_indicator {
  const char *name;
  struct label label;
  const char *unit;
  bool judgement;
  struct bundle_moments values;
  LIST(struct bundle_benchmark) benchmarks;
  LIST(struct bundle_target) targets;
};

struct bundle_influence {  // of an uncertain parameter on an outcome
  const char *name;
  double rank, coefficient;
};

struct bundle_outcome {  // of a sweep, under one policy
  const char *variable, *phase;
  double explained;  // share of the variance of ranks
  bool has_target, at_most;
  double limit, met, judged, probability, probability_error;
  LIST(struct bundle_influence) influences;  // strongest first
};

struct bundle_pair {  // of two policies, in the same futures
  const char *first, *second, *variable, *phase;
  double mean, low, high, share;  // first minus second; the share of futures in which the first is better
};

struct bundle_run {
  const char *folder, *command;
  LIST(struct bundle_phase) phases;
  double baseline_time;
  LIST(struct bundle_indicator) indicators;
  bool stocks;  // the model has no indicators: they are its stocks
  double targets, targets_met;
  const char *failure_variable, *failure_value;  // NULL: the run went through
  double failure_time;
  LIST(const char *) limits;  // indicators that say what held the programme back
  const double *times;
  struct frame *table;
};

struct bundle_sweep {  // as one policy sees it
  const char *folder, *command, *policy, *sampling, *seed;
  double members, failed;
  bool exact;
  double bound;  // on the relative error of quantiles
  LIST(struct bundle_cause {
    const char *variable;
    double members;
  })
  causes;
  LIST(struct bundle_outcome) outcomes;
  struct frame_bands *bands;
  const char *members_path;  // of members.csv
};

struct bundle_case {
  const char *name;
  struct label title;
  struct bundle_run *run;      // NULL: none
  struct bundle_sweep *sweep;  // NULL: none
};

struct bundle_column {
  const char *name;  // of the variable; elements of arrays are named variable[element]
  const char *kind, *unit;
  struct label label;
  bool judgement;
  const char **dimensions;
  size_t dimension_count;
};

struct bundle {
  struct arena *arena;
  const char *model, *model_version, *program_version, *time_unit;
  struct label model_title;
  double start, stop;
  LIST(struct bundle_case) cases;
  LIST(struct bundle_pair) pairs;
  LIST(struct bundle_column) columns;
  struct map column_names;
  const struct record *dimensions;  // labels of elements
  LIST(const char *) versions;      // of the model, when the folders differ
};

// NULL after errors, which are those of all folders.
struct bundle *bundle_read(struct arena *a, const char *const *folders, size_t count, struct diag *diag);

// The column of a variable or of an array's element; NULL when the summaries do not name it.
const struct bundle_column *bundle_column(const struct bundle *b, const char *name);
// A name as the results spell it, which ignores case, with blanks or underscores; the name itself when they have none.
const char *bundle_spelled(const struct bundle *b, const char *name);
// Its label, with the element's and the star of what is judged; its name when it has none.
const char *bundle_label(const struct bundle *b, const char *name, enum language language);
const char *bundle_unit(const struct bundle *b, const char *name);  // "" for dimensionless
// The label of an indicator, likewise.
const char *bundle_indicator_label(const struct bundle *b, const struct bundle_indicator *n, enum language language);
const struct bundle_indicator *bundle_indicator(const struct bundle_run *r, const char *name);
const struct bundle_outcome *bundle_outcome(const struct bundle_sweep *s, const char *variable, const char *phase);
// Does this variable say what held the programme back? Summaries name such; a name with this prefix is one too.
#define BUNDLE_LIMIT "bound_"
bool bundle_is_limit(const struct bundle *b, const char *name);
// The phases of the first run that has some; NULL.
const struct bundle_run *bundle_phased(const struct bundle *b);

#endif
