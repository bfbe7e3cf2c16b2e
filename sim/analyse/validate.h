// SPDX-License-Identifier: GPL-3.0-or-later
// A model against history. A file beside the model says which series of a data file each variable or expression is to
// follow, in which periods, and how far off it may be; the model runs once, and each series gets its statistics for
// each period (analyse/fit.h). Every datum has a source, a vintage, and a mark: sourced or only recalled. A vintage is
// never mixed with another inside a series, and a gap must be declared. Prints nothing.
#ifndef ANALYSE_VALIDATE_H
#define ANALYSE_VALIDATE_H
#include "analyse/fit.h"
#include "analyse/probe.h"

struct validation_period {
  const char *name;
  struct label label;
  struct span span;
  double from, until;  // both included
};

struct validation_point {
  double time, value;
  bool recalled;  // else sourced
  struct span span;
  double model;  // filled by validate_run
};

struct validation_fit {  // of one series in one period
  struct fit fit;
  size_t recalled;   // points that are
  double tolerance;  // the largest MAPE allowed; NAN: none stated
  struct span span;  // of the tolerance
  bool failed;
};

struct validation_series {
  const char *name;  // as in the data file
  struct label label;
  const char *doc, *vintage;
  struct span span;
  struct probe probe;
  const char *unit_text;  // of the data
  bool sparse;            // years may be missing between others
  LIST(struct validation_point) points;
  struct validation_fit *fits; /* [period] */
};

struct validation {
  const char *name, *path, *model_path;
  const struct model *model;
  const char *scenario_path;  // NULL: the model as it stands
  struct label title;
  LIST(struct validation_period) periods;
  LIST(struct validation_series) series;
  size_t failed;  // fits past their tolerance
};

// Reads the file, its model and its data. NULL after errors.
struct validation *validate_read(struct arena *a, const char *path, const char *data_dir, struct diag *diag);
// Runs the model and fills points and fits; each fit past its tolerance is an error in diag. False after any.
bool validate_run(struct arena *a, struct validation *v, struct diag *diag);

#endif
