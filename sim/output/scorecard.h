// SPDX-License-Identifier: GPL-3.0-or-later
// What a run says about its indicators: values at the moments that matter (the start, each phase's end, the horizon),
// against benchmarks and targets. One structure, from which the terminal table, summary.json and later comparisons and
// reports are made; it holds numbers and references to the model, no text of its own.
//
// The value "at the end of a phase" is the one at the last save time before the next phase begins; the last phase ends
// at the horizon. The share of a gap closed is (x(t) - x(b)) / (benchmark(t) - x(b)), with b the last save time before
// the first phase (the start when there are no phases, or when the first begins there).
#ifndef OUTPUT_SCORECARD_H
#define OUTPUT_SCORECARD_H
#include "engine/run.h"
#include "output/messages.h"
#include "output/table.h"

#define SCORECARD_NONE SIZE_MAX

struct scorecard_phase {
  const struct phase *phase;
  double start, end;  // resolved; NAN: not reached. The end of the last one is the run's
};

struct scorecard_column {  // a moment
  size_t phase;            // whose end this is, or SCORECARD_NONE
  bool start, horizon;     // the last phase's end and the horizon may be one column
  size_t save;             // index of the save time, or SCORECARD_NONE: not reached
};

struct scorecard_benchmark {
  const struct benchmark *benchmark;
  double *values, *gap_closed; /* [column] */
};

struct scorecard_target {
  const struct target *target;
  size_t column;  // when it is judged
  double value;   // what the indicator was then; NAN when it was not reached
  bool met;
};

struct scorecard_row {
  uint32_t variable;
  size_t element;
  const char *name;    // "att_basic", "output[ic]"
  struct label label;  // with the element's label for arrays
  const char *unit;
  double baseline;
  double *values; /* [column] */
  struct scorecard_benchmark *benchmarks;
  size_t benchmark_count;
  struct scorecard_target *targets;
  size_t target_count;
};

struct scorecard {
  const struct results *results;
  struct scorecard_phase *phases;
  size_t phase_count;
  struct scorecard_column *columns;
  size_t column_count;
  size_t baseline;                  // save index of b
  bool stocks;                      // the model has no indicators: the rows are its stocks
  LIST(struct scorecard_row) rows;  // those with benchmarks first, else in the model's order
  size_t targets, targets_met;
};

struct scorecard *scorecard_create(struct arena *a, const struct results *r);

// The terminal's view.
void scorecard_print(struct text *out, struct arena *a, const struct scorecard *s, enum language language, bool bold);

// The label of one element: "Output: Finance"; of a scalar its own.
struct label scorecard_label(struct arena *a, const struct model *m, const struct variable *v, size_t element);
// "near 2027": the heading of a column.
const char *scorecard_heading(struct arena *a, const struct scorecard *s, size_t column, enum language language);

// Marks the variables that a scorecard reads, needed[variable]: they must be saved.
void scorecard_needs(const struct checked *c, bool *needed);

#endif
