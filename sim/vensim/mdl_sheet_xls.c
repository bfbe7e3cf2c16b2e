// SPDX-License-Identifier: GPL-3.0-or-later
// XLS (BIFF) through libfreexl, which knows values but no names of cells.
#include <freexl.h>

#include "base/limits.h"
#include "vensim/mdl_sheet.h"

struct reader {
  struct arena *arena;
  const void *handle;
  struct mdl_book *book;
};

static struct mdl_cell cell_of(struct reader *r, unsigned row, unsigned short column) {
  FreeXL_CellValue v;
  struct mdl_cell c = {0};
  if (freexl_get_cell_value(r->handle, row, column, &v) != FREEXL_OK) return c;
  switch (v.type) {
    case FREEXL_CELL_INT:
      c = (struct mdl_cell){MDL_CELL_NUMBER, v.value.int_value, NULL};
      break;
    case FREEXL_CELL_DOUBLE:
      c = (struct mdl_cell){MDL_CELL_NUMBER, v.value.double_value, NULL};
      break;
    case FREEXL_CELL_TEXT:
    case FREEXL_CELL_SST_TEXT:
      if (v.value.text_value && *v.value.text_value)
        c = (struct mdl_cell){MDL_CELL_TEXT, 0, arena_string(r->arena, v.value.text_value)};
      break;
    default:
      break;
  }
  return c;
}

static bool read_sheet(struct reader *r, unsigned short index) {
  const char *name;
  unsigned rows;
  unsigned short columns;
  struct mdl_filling f = {.arena = r->arena};
  if (freexl_get_worksheet_name(r->handle, index, &name) != FREEXL_OK) return false;
  if (freexl_select_active_worksheet(r->handle, index) != FREEXL_OK) return false;
  if (freexl_worksheet_dimensions(r->handle, &rows, &columns) != FREEXL_OK) return false;
  for (unsigned row = 0; row < rows; row++)
    for (unsigned short column = 0; column < columns; column++)
      if (!mdl_sheet_put(&f, row, column, cell_of(r, row, column))) return false;
  mdl_sheet_close(&f, r->book, arena_string(r->arena, name));
  return true;
}

static bool read_book(struct reader *r) {
  unsigned count;
  if (freexl_get_info(r->handle, FREEXL_BIFF_SHEET_COUNT, &count) != FREEXL_OK) return false;
  for (unsigned i = 0; i < count && i < 1000; i++)
    if (!read_sheet(r, (unsigned short)i)) return false;
  return true;
}

bool mdl_sheet_xls(struct arena *a, const char *path, struct mdl_book *b, struct diag *diag) {
  const void *handle = NULL;
  if (!source_is_plain(path, LIMIT_FILE_BYTES) || freexl_open(path, &handle) != FREEXL_OK) {
    if (handle) freexl_close(handle);
    diag_error(diag, NOWHERE, file_read, path, "it is no XLS workbook, or too large");
    return false;
  }
  struct reader r = {a, handle, b};
  jmp_buf *const outer = a->oom;
  jmp_buf here;
  const void *const held = handle;
  if (setjmp(here)) {
    a->oom = outer;
    freexl_close(held);
    arena_fail(a);
  }
  a->oom = &here;
  bool ok = read_book(&r);
  a->oom = outer;
  freexl_close(held);
  if (!ok) diag_error(diag, NOWHERE, file_read, path, "the workbook is damaged, or has too many cells");
  return ok;
}
