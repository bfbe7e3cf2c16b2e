// SPDX-License-Identifier: GPL-3.0-or-later
// The report: one HTML file that needs no network and no server. Text and tables are written here and stand without
// scripts; charts are drawn by assets/report.js from the numbers that page_data.c puts into the file. A content
// security policy forbids the page to load anything.
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H
#include "report/bundle.h"

struct page_options {
  enum language language;
  const char *command;      // that made this report, shell-quoted
  const char *const *what;  // variables to draw; none: a choice is made
  size_t what_count;
  const struct frame_history *history;  // NULL: none
  const char *history_path;
};

bool page_write(struct arena *a, const char *path, const struct bundle *b, const struct page_options *o,
                struct diag *diag);

#endif
