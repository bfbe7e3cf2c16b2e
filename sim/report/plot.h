// SPDX-License-Identifier: GPL-3.0-or-later
// Curves on a terminal, in characters: a small chart of braille dots (2 x 4 to a character) with its extremes beside
// it, or one line of eighth blocks. No colour, so that nothing is lost where there is none.
#ifndef REPORT_PLOT_H
#define REPORT_PLOT_H
#include "base/arena.h"
#include "base/text.h"

// `title` is safe to show. Values that are not finite leave a gap.
void plot_chart(struct text *out, struct arena *a, const char *title, const double *times, const double *values,
                size_t count);
void plot_line(struct text *out, struct arena *a, const char *title, int title_width, const double *values,
               size_t count);

#endif
