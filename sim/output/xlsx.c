// SPDX-License-Identifier: GPL-3.0-or-later
// Cells are collected in the arena first; between the opening and the closing of the workbook nothing is asked of an
// arena, so that running out of memory there cannot leak libxlsxwriter's own.
#include "output/xlsx.h"

#include <math.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "output/file.h"

enum { WIDE = 34, NARROW = 14 };

void xlsx_init(struct xlsx_sheet *s, struct arena *a, const char *name, uint16_t columns, uint32_t frozen_rows) {
  *s = (struct xlsx_sheet){.arena = a, .name = name, .columns = columns, .frozen_rows = frozen_rows};
}

static const char *harmless(struct arena *a, const char *text) {
  return *text && strchr("=+-@\t\r", *text) ? arena_format(a, "'%s", text) : text;
}

void xlsx_text(struct xlsx_sheet *s, const char *text) {
  struct xlsx_cell cell = {.kind = XLSX_EMPTY};
  if (text) cell = (struct xlsx_cell){.kind = XLSX_TEXT, .text = harmless(s->arena, text)};
  list_push(s->arena, &s->cells) = cell;
}

void xlsx_heading(struct xlsx_sheet *s, const char *text) {
  list_push(s->arena, &s->cells) = (struct xlsx_cell){.kind = XLSX_HEADING, .text = harmless(s->arena, text)};
}

static void add_number(struct xlsx_sheet *s, enum xlsx_kind kind, double number) {
  list_push(s->arena, &s->cells) = (struct xlsx_cell){.kind = isfinite(number) ? kind : XLSX_EMPTY, .number = number};
}

void xlsx_number(struct xlsx_sheet *s, double number) {
  add_number(s, XLSX_NUMBER, number);
}

void xlsx_percent(struct xlsx_sheet *s, double share) {
  add_number(s, XLSX_PERCENT, share);
}

struct book {
  lxw_workbook *workbook;
  lxw_format *heading, *percent;
};

static lxw_error put_cell(const struct book *b, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                          const struct xlsx_cell *cell) {
  switch (cell->kind) {
    case XLSX_TEXT:
      return worksheet_write_string(sheet, row, column, cell->text, NULL);
    case XLSX_HEADING:
      return worksheet_write_string(sheet, row, column, cell->text, b->heading);
    case XLSX_NUMBER:
      return worksheet_write_number(sheet, row, column, cell->number, NULL);
    case XLSX_PERCENT:
      return worksheet_write_number(sheet, row, column, cell->number, b->percent);
    default:
      return LXW_NO_ERROR;
  }
}

static lxw_error put_sheet(const struct book *b, const struct xlsx_sheet *s) {
  lxw_worksheet *sheet = workbook_add_worksheet(b->workbook, s->name);
  if (!sheet) return LXW_ERROR_MEMORY_MALLOC_FAILED;
  lxw_error error = worksheet_set_column(sheet, 0, 0, WIDE, NULL);
  if (s->columns > 1) worksheet_set_column(sheet, 1, (lxw_col_t)(s->columns - 1), NARROW, NULL);
  if (s->frozen_rows) worksheet_freeze_panes(sheet, s->frozen_rows, 1);
  for (size_t i = 0; i < s->cells.count && !error; i++)
    error = put_cell(b, sheet, (lxw_row_t)(i / s->columns), (lxw_col_t)(i % s->columns), &s->cells.items[i]);
  return error;
}

static lxw_error put_book(const struct book *b, const struct xlsx_sheet *sheets, size_t count) {
  lxw_doc_properties properties = {.title = "", .created = 946684800};  // a fixed date: the clock is no result
  lxw_error error = workbook_set_properties(b->workbook, &properties);
  format_set_bold(b->heading);
  format_set_num_format(b->percent, "0.0%");
  for (size_t i = 0; i < count && !error; i++) error = put_sheet(b, &sheets[i]);
  lxw_error closed = workbook_close(b->workbook);
  return error ? error : closed;
}

bool xlsx_write(struct arena *a, const char *path, const struct xlsx_sheet *sheets, size_t count, struct diag *diag) {
  const char *temporary = file_temporary_name(a, path);
  struct book b = {.workbook = workbook_new(temporary)};
  if (!b.workbook) arena_fail(a);
  b.heading = workbook_add_format(b.workbook), b.percent = workbook_add_format(b.workbook);
  lxw_error error = put_book(&b, sheets, count);
  if (!error) return file_publish(temporary, path, diag);
  unlink(temporary);
  if (error == LXW_ERROR_MEMORY_MALLOC_FAILED) arena_fail(a);
  diag_error(diag, NOWHERE, xlsx_write, path, lxw_strerror(error));
  return false;
}
