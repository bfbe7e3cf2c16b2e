// SPDX-License-Identifier: GPL-3.0-or-later
// run.csv: one row per save time; the column `time`, then one per saved variable or array element. RFC 4180 with a
// line feed, UTF-8, numbers in the shortest form that reads back as the same double. Values are instantaneous.
#ifndef OUTPUT_CSVOUT_H
#define OUTPUT_CSVOUT_H
#include "engine/run.h"
#include "output/file.h"

// shown[variable] picks the variables (NULL: all). Rows after a failure are left out; its own row is kept, with NaN and
// Inf written so.
bool csvout_write(struct arena *a, const char *path, const struct results *r, const bool *shown, struct diag *diag);

// One cell of text: quoted where it must be; text that a spreadsheet would take for a formula gets an apostrophe.
void csvout_put_text(FILE *out, const char *text);
void csvout_put_number(FILE *out, double value);

#endif
