// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of a results folder as numbers: run.csv and members.csv (a row a moment or member), sweep.csv (bands over
// time), and a history file. Read as hostile input: a row cut short, a missing last line, times out of order are
// errors that name file and line; NaN and Inf, which our writers put where a run failed, become NAN.
#ifndef REPORT_FRAME_H
#define REPORT_FRAME_H
#include "base/diag.h"
#include "base/map.h"

struct frame {
  const char **names; /* [column] */
  size_t columns, rows;
  double *values; /* [column][row] */
};
// NULL after an error.
struct frame *frame_read(struct arena *a, const char *path, struct diag *diag);
// The values of a column, or NULL.
const double *frame_column(const struct frame *t, const char *name);

struct frame_bands {  // quantiles of saved numbers over time
  double *times, *levels;
  size_t time_count, level_count;
  LIST(struct frame_band {
    const char *policy, *variable;
    double *quantiles; /* [level][time] */
    bool certain;      // the same in all members at all times
  })
  items;
};
struct frame_bands *frame_read_bands(struct arena *a, const char *path, struct diag *diag);
const struct frame_band *frame_band(const struct frame_bands *b, const char *policy, const char *variable);

struct frame_history {
  LIST(struct frame_datum {
    const char *series, *unit, *source;
    double time, value;
    bool recalled;  // not checked against its source
  })
  items;
};
// A CSV with the columns series, time (or year), value, unit, and optionally status and source.
struct frame_history *frame_read_history(struct arena *a, const char *path, struct diag *diag);

#endif
