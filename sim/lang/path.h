// SPDX-License-Identifier: GPL-3.0-or-later
// Paths: functions of one variable by points, as tables, levers and inputs have them. Reads `points:` lists and CSV
// columns; path_value (declared in model.h) gives the value at a place. x ascends; two equal x make a jump, which is
// right-continuous. What a path belongs to, and its range, is the business of the reader that owns it.
#ifndef LANG_PATH_H
#define LANG_PATH_H
#include "lang/reader.h"

// [[x, y], ...] with numbers in the given units (NULL: already reported; values are then 0). The mode must be set.
bool path_read(struct arena *a, struct unit_table *units, const struct tree *points, const struct unit *x_unit,
               const struct unit *y_unit, struct path *path, struct diag *diag);
bool path_read_mode(const struct tree *t, struct path *path, struct diag *diag);
// Points from two columns of a CSV source; an empty cell of the value column is no point. `x_column` NULL: the first.
// `at` and `x_at` are the places where the names stand.
bool path_from_csv(struct arena *a, const struct source *source, const char *x_column, struct span x_at,
                   const char *column, struct span at, struct path *path, struct diag *diag);
struct path path_constant(struct arena *a, double value);

#endif
