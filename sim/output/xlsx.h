// SPDX-License-Identifier: GPL-3.0-or-later
// Spreadsheets: tables of cells written as one .xlsx file (libxlsxwriter does the format). The file appears whole or
// not at all, and the same cells give the same bytes: nothing of clock or host is in it. Numbers are numbers; text that
// a spreadsheet could take for a formula gets an apostrophe, as in our CSV files. No formulas, charts or styles beyond
// headings.
#ifndef OUTPUT_XLSX_H
#define OUTPUT_XLSX_H
#include "base/diag.h"

enum xlsx_kind { XLSX_EMPTY, XLSX_TEXT, XLSX_HEADING, XLSX_NUMBER, XLSX_PERCENT };

struct xlsx_sheet {
  struct arena *arena;
  const char *name;  // at most 31 characters, none of []:*?/ and backslash
  uint16_t columns;
  uint32_t frozen_rows;  // that stay in sight, with the first column
  LIST(struct xlsx_cell {
    enum xlsx_kind kind;
    const char *text;
    double number;  // what is not finite is an empty cell
  })
  cells;  // row after row
};

void xlsx_init(struct xlsx_sheet *s, struct arena *a, const char *name, uint16_t columns, uint32_t frozen_rows);
void xlsx_text(struct xlsx_sheet *s, const char *text);  // NULL: an empty cell
void xlsx_heading(struct xlsx_sheet *s, const char *text);
void xlsx_number(struct xlsx_sheet *s, double number);
void xlsx_percent(struct xlsx_sheet *s, double share);  // 0.1 is shown as 10.0%
bool xlsx_write(struct arena *a, const char *path, const struct xlsx_sheet *sheets, size_t count, struct diag *diag);

#endif
