// SPDX-License-Identifier: GPL-3.0-or-later
// Figures for documents: SVG, PDF or PNG in millimetres, drawn by gnuplot. One look for all of them: thin axes on two
// sides, no frame, colours after Okabe and Ito (2008), dashes beside colours, a fan darker towards its middle. Numbers
// and labels reach gnuplot as data and as strings in single quotes, in which it runs nothing.
#ifndef REPORT_FIGURE_H
#define REPORT_FIGURE_H
#include "report/bundle.h"

enum figure_kind {
  FIGURE_FAN,
  FIGURE_LINES,
  FIGURE_TORNADO,
  FIGURE_SCATTER,
  FIGURE_HEATMAP,
  FIGURE_PHASE,
  FIGURE_KINDS
};
extern const char *const figure_kinds[FIGURE_KINDS];

struct figure_options {
  enum figure_kind kind;
  enum language language;
  const char *const *what;
  size_t what_count;
  double width, height;                 // mm; height 0: by the number of panels
  const struct frame_history *history;  // NULL: none
};

// The format is that of the name's ending.
bool figure_write(struct arena *a, const char *path, const struct bundle *b, const struct figure_options *o,
                  struct diag *diag);

#endif
