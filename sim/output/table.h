// SPDX-License-Identifier: GPL-3.0-or-later
// A table for the terminal: cells are aligned by the columns that characters take, so that Chinese labels line up.
// Cells are untrusted text; control and hidden characters are shown as escapes.
#ifndef OUTPUT_TABLE_H
#define OUTPUT_TABLE_H
#include "base/arena.h"
#include "base/text.h"

struct table {
  struct arena *arena;
  LIST(struct table_column {
    const char *heading;
    bool right;  // numbers
  })
  columns;
  LIST(const char *) cells;  // row after row
};

void table_init(struct table *t, struct arena *a);
void table_column(struct table *t, const char *heading, bool right);
void table_cell(struct table *t, const char *text);  // the next cell; NULL is an empty one
// Two blanks between columns, a rule under the headings; bold headings where the terminal has them.
void table_print(struct text *out, const struct table *t, bool bold);

// Text as it may be shown on a terminal.
const char *table_safe(struct arena *a, const char *text);
// The same on one line: newlines and runs of blanks become one blank.
const char *table_line(struct arena *a, const char *text);
// A number in four significant digits, without an exponent between 1e-4 and 1e7; a dash for what is not finite.
const char *table_number(struct arena *a, double value);
// 0.632 as "63.2 %".
const char *table_percent(struct arena *a, double value);

#endif
