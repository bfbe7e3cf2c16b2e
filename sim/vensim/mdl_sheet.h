// SPDX-License-Identifier: GPL-3.0-or-later
// Data files as sheets of cells: CSV (one sheet), XLSX, XLS. Knows nothing of models. A book is read once, whole; sizes
// are bounded, since files come from strangers.
#ifndef VENSIM_MDL_SHEET_H
#define VENSIM_MDL_SHEET_H
#include "base/diag.h"

enum mdl_cell_kind { MDL_CELL_EMPTY, MDL_CELL_NUMBER, MDL_CELL_TEXT };
struct mdl_cell {
  enum mdl_cell_kind kind;
  double number;
  const char *text;  // as written; NULL for numbers of workbooks
};
struct mdl_sheet {
  const char *name;
  uint32_t rows, columns;
  struct mdl_cell *cells; /* [row][column] */
};
struct mdl_area {  // a name that a workbook gives to cells
  const char *name, *sheet;
  const char *scope;  // the sheet that alone knows it; NULL: all
  uint32_t row, column, last_row, last_column;
};
struct mdl_book {
  const char *path;
  char delimiter;  // CSV
  LIST(struct mdl_sheet) sheets;
  LIST(struct mdl_area) areas;
};

// The cell, or an empty one outside the sheet.
struct mdl_cell mdl_sheet_cell(const struct mdl_sheet *s, uint32_t row, uint32_t column);
const struct mdl_sheet *mdl_sheet_find(const struct mdl_book *b, const char *name);
const struct mdl_area *mdl_sheet_area(const struct mdl_book *b, const char *sheet, const char *name);
// "B12", "b12", "$B$12": letters alone leave *row at UINT32_MAX, digits alone *column. False: not of that form.
bool mdl_sheet_place(const char *text, size_t size, uint32_t *row, uint32_t *column);

bool mdl_sheet_csv(struct arena *a, const char *text, size_t size, char delimiter, struct mdl_book *b,
                   struct diag *diag);
bool mdl_sheet_xlsx(struct arena *a, const char *path, struct mdl_book *b, struct diag *diag);
bool mdl_sheet_xls(struct arena *a, const char *path, struct mdl_book *b, struct diag *diag);

// For the readers: a growing sheet.
struct mdl_filling {
  struct arena *arena;
  uint32_t rows, columns;
  LIST(struct mdl_filled {
    uint32_t row, column;
    struct mdl_cell cell;
  })
  cells;
};
bool mdl_sheet_put(struct mdl_filling *f, uint32_t row, uint32_t column, struct mdl_cell cell);
void mdl_sheet_close(struct mdl_filling *f, struct mdl_book *b, const char *name);

#endif
