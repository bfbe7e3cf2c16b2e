// SPDX-License-Identifier: GPL-3.0-or-later
// What a reader of foreign files could not take, as a table (line, variable, construct, reason), and how the units of
// its variables fare, group by group. Made from the messages of reading and checking; whichever reader made them.
#ifndef OUTPUT_REFUSALS_H
#define OUTPUT_REFUSALS_H
#include "output/messages.h"
#include "output/table.h"

// Messages from number `from` on, of the file at `path`. Nothing is printed where nothing was refused.
void refusals_print(struct text *out, struct arena *a, const struct diag *d, size_t from, const char *path,
                    enum language language, bool bold);
// The groups of a model, with its warnings of units among the same messages.
void refusals_units(struct text *out, struct arena *a, const struct diag *d, size_t from, const struct model *m,
                    enum language language, bool bold);

#endif
