// SPDX-License-Identifier: GPL-3.0-or-later
// Sheets of cells, and CSV: fields between delimiters, quoted where they hold one, rows of any length. See mdl_sheet.h.
#include "vensim/mdl_sheet.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/text.h"

struct mdl_cell mdl_sheet_cell(const struct mdl_sheet *s, uint32_t row, uint32_t column) {
  if (row >= s->rows || column >= s->columns) return (struct mdl_cell){0};
  return s->cells[(size_t)row * s->columns + column];
}

const struct mdl_sheet *mdl_sheet_find(const struct mdl_book *b, const char *name) {
  for (size_t i = 0; i < b->sheets.count; i++)
    if (strcasecmp(b->sheets.items[i].name, name) == 0) return &b->sheets.items[i];
  return NULL;
}

const struct mdl_area *mdl_sheet_area(const struct mdl_book *b, const char *sheet, const char *name) {
  const struct mdl_area *found = NULL;
  for (size_t i = 0; i < b->areas.count; i++) {
    const struct mdl_area *a = &b->areas.items[i];
    if (strcasecmp(a->name, name) != 0) continue;
    if (a->scope && strcasecmp(a->scope, sheet) == 0) return a;
    if (!a->scope) found = a;
  }
  return found;
}

bool mdl_sheet_place(const char *text, size_t size, uint32_t *row, uint32_t *column) {
  size_t at = 0;
  uint64_t letters = 0, digits = 0;
  size_t letter_count = 0, digit_count = 0;
  if (at < size && text[at] == '$') at++;
  for (; at < size && ((text[at] | 32) >= 'a' && (text[at] | 32) <= 'z') && letter_count < 4; at++, letter_count++)
    letters = letters * 26 + (uint64_t)((text[at] | 32) - 'a' + 1);
  if (at < size && text[at] == '$') at++;
  for (; at < size && text[at] >= '0' && text[at] <= '9' && digit_count < 8; at++, digit_count++)
    digits = digits * 10 + (uint64_t)(text[at] - '0');
  if (at != size || letter_count > 3 || (digit_count && !digits) || !(letter_count + digit_count)) return false;
  *column = letter_count ? (uint32_t)letters - 1 : UINT32_MAX;
  *row = digit_count ? (uint32_t)digits - 1 : UINT32_MAX;
  return true;
}

bool mdl_sheet_put(struct mdl_filling *f, uint32_t row, uint32_t column, struct mdl_cell cell) {
  if (cell.kind == MDL_CELL_EMPTY) return true;
  uint32_t rows = row >= f->rows ? row + 1 : f->rows, columns = column >= f->columns ? column + 1 : f->columns;
  if (row >= LIMIT_ELEMENTS || column >= LIMIT_ELEMENTS || (uint64_t)rows * columns > LIMIT_ELEMENTS) return false;
  f->rows = rows, f->columns = columns;
  list_push(f->arena, &f->cells) = (struct mdl_filled){row, column, cell};
  return true;
}

void mdl_sheet_close(struct mdl_filling *f, struct mdl_book *b, const char *name) {
  struct mdl_sheet s = {.name = name, .rows = f->rows, .columns = f->columns};
  s.cells = arena_array(f->arena, struct mdl_cell, (size_t)f->rows * f->columns + 1);
  for (size_t i = 0; i < f->cells.count; i++) {
    const struct mdl_filled *c = &f->cells.items[i];
    s.cells[(size_t)c->row * s.columns + c->column] = c->cell;
  }
  list_push(f->arena, &b->sheets) = s;
}

static struct mdl_cell cell_of(struct arena *a, const char *text, size_t size) {
  while (size && strchr(" \t", *text)) text++, size--;
  while (size && strchr(" \t\r", text[size - 1])) size--;
  if (!size) return (struct mdl_cell){0};
  struct mdl_cell c = {.kind = MDL_CELL_TEXT, .text = arena_copy(a, text, size)};
  if (text_to_number(text, size, &c.number)) c.kind = MDL_CELL_NUMBER;
  return c;
}

// A quoted field from its quote on: the text without quotes, and where it ends.
static struct mdl_cell quoted(struct arena *a, const char *text, size_t size, size_t *at) {
  char *out = arena_alloc(a, size - *at + 1);
  size_t n = 0;
  for (++*at; *at < size; ++*at) {
    if (text[*at] == '"') {
      if (*at + 1 >= size || text[*at + 1] != '"') break;
      ++*at;
    }
    out[n++] = text[*at];
  }
  if (*at < size) ++*at;
  return cell_of(a, out, n);
}

bool mdl_sheet_csv(struct arena *a, const char *text, size_t size, char delimiter, struct mdl_book *b,
                   struct diag *diag) {
  struct mdl_filling f = {.arena = a};
  uint32_t row = 0, column = 0;
  for (size_t at = 0; at < size;) {
    struct mdl_cell c;
    if (text[at] == '"') {
      c = quoted(a, text, size, &at);
      while (at < size && text[at] != delimiter && text[at] != '\n' && text[at] != '\r') at++;
    } else {
      size_t from = at;
      while (at < size && text[at] != delimiter && text[at] != '\n' && text[at] != '\r') at++;
      c = cell_of(a, text + from, at - from);
    }
    if (!mdl_sheet_put(&f, row, column, c)) {
      diag_error(diag, NOWHERE, expr_many, LIMIT_ELEMENTS, "cells");
      return false;
    }
    if (at >= size) break;
    bool crlf = text[at] == '\r' && at + 1 < size && text[at + 1] == '\n';
    if (text[at] == delimiter)
      column++;
    else
      row++, column = 0;
    at += crlf ? 2 : 1;
  }
  mdl_sheet_close(&f, b, "");
  return true;
}
