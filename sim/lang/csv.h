// SPDX-License-Identifier: GPL-3.0-or-later
// A small strict reader of CSV: commas, a header line, cells quoted with "..." ("" is a quote inside), every row as
// long as the header. Rows come one at a time over the source's text, so a large file needs no copy. Knows no numbers
// but the plain ones of text.h; separators other than the comma are refused with a hint, not guessed.
#ifndef LANG_CSV_H
#define LANG_CSV_H
#include "base/diag.h"
#include "base/source.h"

struct csv_cell {
  struct span span;
  const char *text;  // NUL-terminated only for quoted cells; see size
  size_t size;
};
struct csv_row {
  LIST(struct csv_cell) cells;
};
struct csv {
  struct arena *arena;
  const struct source *source;
  size_t at;
  struct csv_row header, row;
  bool failed;
};

// Reads the header. False after an error.
bool csv_open(struct csv *c, struct arena *a, const struct source *source, struct diag *diag);
// The next row into c->row; false at the end, or after an error (c->failed).
bool csv_next(struct csv *c, struct diag *diag);
// The number of the column of that name; `at` is where the name was given.
bool csv_column(const struct csv *c, const char *name, struct span at, size_t *column, struct diag *diag);
bool csv_is_blank(const struct csv_cell *cell);
bool csv_number(const struct csv_cell *cell, double *value);

#endif
