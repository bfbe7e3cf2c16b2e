// SPDX-License-Identifier: GPL-3.0-or-later
// The summary of a report: plain sentences made from the numbers, in the order in which a reader asks: what is this,
// are the targets met, how does it compare, how sure is it, what held it back, what matters. A sentence whose numbers
// are absent is not written; a failure is always said.
#ifndef REPORT_SAY_H
#define REPORT_SAY_H
#include "report/bundle.h"

struct say_sentences {
  LIST(struct say_sentence {
    const char *text;
    bool warning;
  })
  items;
};

struct say_sentences *say_summary(struct arena *a, const struct bundle *b, enum language language);

// The title of a case in the language.
const char *say_title(const struct bundle_case *c, enum language language);
// A label up to its first " - ", raised dot or colon: "Near term - mend the shortcomings" is "Near term".
const char *say_short(struct arena *a, const char *label);
// The short label of a phase by name; "at the end" for the horizon.
const char *say_phase(const struct bundle *b, const char *phase, enum language language);

#endif
