// SPDX-License-Identifier: GPL-3.0-or-later
// The texts of words.def, and the small formatting that all parts of a report share: numbers as people read them, and
// text put safely into HTML, into a script's data and into attributes. Every text from a file goes through one of them.
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H
#include "base/text.h"
#include "output/messages.h"

enum word {
#define W(id, en, zh) WORD_##id,
#include "report/words.def"
#undef W
  WORD_COUNT
};

const char *words_text(enum language language, enum word id);
const char *words_format(struct arena *a, enum language language, enum word id, ...);
const char *words_key(enum word id);  // its name, for the script

// Four significant digits with groups of thousands; a dash for what is not finite.
const char *words_number(struct arena *a, double value);
const char *words_percent(struct arena *a, double share);
const char *words_signed_percent(struct arena *a, double share);
const char *words_time(struct arena *a, double time);
// "bCNY/yr"; nothing for dimensionless units.
const char *words_unit(const char *unit);

// Text as HTML, in content and in quoted attributes. Control and bidirectional characters are shown as escapes.
void words_put_html(struct text *out, const char *text);
// A JavaScript string in quotes that cannot end the script element.
void words_put_string(struct text *out, const char *text);
void words_put_number(struct text *out, double value);  // shortest that reads back; null when not finite

#endif
