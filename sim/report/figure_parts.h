// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of figures share: the script under construction and the panels that write into it.
#ifndef REPORT_FIGURE_PARTS_H
#define REPORT_FIGURE_PARTS_H
#include "report/figure.h"
#include "report/words.h"

struct drawing {
  struct arena *a;
  struct text *script;
  const struct bundle *b;
  const struct figure_options *o;
  struct diag *diag;
  double panel_width, panel_height;  // mm, of each panel
  bool numbered;                     // phases stand in the panels as numbers, which the foot explains
  LIST(struct drawing_key { const char *style, *title; })
  key;
  size_t blocks;  // of data, numbered
  bool chinese;   // some label needs a font with Chinese characters
};

// A terminal column of text at 7.5 points, about, in mm; what axes and margins take of a panel's width.
#define FIGURE_COLUMN 1.5
#define FIGURE_AXIS 12.0

// 'text' in single quotes, in which gnuplot runs and expands nothing; control characters become blanks.
void figure_parts_string(struct drawing *d, const char *text);
// The same for a tic's label, where a per cent sign begins a format.
void figure_parts_label(struct drawing *d, const char *text);
void figure_parts_number(struct drawing *d, double value);
// A block of data with the columns of `columns` arrays; its number.
size_t figure_parts_block(struct drawing *d, const double *const *columns, size_t count, size_t rows);
const char *figure_parts_color(size_t i);  // of a case
const char *figure_parts_dash(size_t i);
// An entry of the key, unless it is there.
void figure_parts_key(struct drawing *d, const char *style, const char *title);

// "2 Medium term", the phase of this place (from 0); NULL beyond the last, and where no panel has numbers.
const char *figure_panels_numbered(struct drawing *d, size_t i);

// One panel, or false after an error.
bool figure_panels_time(struct drawing *d, const char *name, bool fan);
bool figure_panels_tornado(struct drawing *d, const char *name);
bool figure_panels_scatter(struct drawing *d);
bool figure_panels_heatmap(struct drawing *d);
bool figure_panels_phase(struct drawing *d);

#endif
