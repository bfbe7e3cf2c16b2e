// SPDX-License-Identifier: GPL-3.0-or-later
// What report and figure share: from operands (folders, scenario files, names of scenarios) to a bundle of results, and
// lists of variables.
#ifndef CLI_SHOWN_H
#define CLI_SHOWN_H
#include "cli/cli.h"
#include "report/bundle.h"

// NULL after errors.
struct bundle *shown_read(struct cli *c);

struct shown_names {
  LIST(const char *) list;
};
// "gdp,pop[young,north]": commas inside brackets do not part names.
struct shown_names shown_split(struct arena *a, const char *text);

// Each name as the results spell it.
void shown_spell(const struct bundle *b, struct shown_names *names);

// "Written: report.html (812 kB)".
void shown_say_written(struct cli *c, const char *path);

#endif
