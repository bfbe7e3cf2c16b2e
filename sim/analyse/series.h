// SPDX-License-Identifier: GPL-3.0-or-later
// Results that a program wrote, ours or another: run.csv, Vensim's and Stella's .tab and .csv (times down or across),
// and Vensim's .dat (the line of a name, then lines of time, tab, value). A file becomes columns of numbers with the
// place of the last digit that was printed, since how exact a number is shows only in its text. Strict: what is no
// number, two columns of one name and times that go back are errors. An empty cell is no value; Vensim writes constants
// once.
#ifndef ANALYSE_SERIES_H
#define ANALYSE_SERIES_H
#include "base/diag.h"
#include "base/map.h"

#define SERIES_NONE INT16_MIN  // in place of a last digit: there is no value

struct series_column {
  const char *name;  // as written
  const double *times;
  const double *values;  /* [i * stride] */
  const int16_t *digits; /* [i * stride]: power of ten of the last printed digit, or SERIES_NONE */
  size_t count, stride;
};

struct series {
  const char *path;
  LIST(struct series_column) columns;
  struct map names;      // series_key of a name -> column
  unsigned significant;  // the most digits that a number of the file has
  bool fixed;            // zeros at the end of fractions are kept, so that each number shows how exact it is
};

// NULL after errors.
struct series *series_read(struct arena *a, const char *path, struct diag *diag);
struct series *series_of_source(struct arena *a, const struct source *source, struct diag *diag);
// What names are compared by: small letters, one underscore for each run of blanks and underscores, none beside
// brackets and commas, no double quotes, no apostrophe in front (run.csv protects spreadsheets with one).
const char *series_key(struct arena *a, const char *name);
// One unit of the last digit that `value` was printed with; 0 where it says nothing (a zero).
double series_unit(const struct series *s, double value, int16_t digit);

#endif
