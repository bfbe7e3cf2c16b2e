// SPDX-License-Identifier: GPL-3.0-or-later
// Lays a table out in two passes: widths, then rows. Nothing is wrapped or cut: a narrow terminal wraps lines itself,
// and a cut number would be a wrong one.
#include "output/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool is_shown(uint32_t code) {
  return code >= 32 && code != 127 && (code < 0x80 || code >= 0xA0) && !text_is_hidden(code);
}

const char *table_safe(struct arena *a, const char *text) {
  size_t size = strlen(text), room = 1;
  char *out = arena_alloc(a, size * 6 + 1), *at = out;  // "\u001b" for one byte is the worst case
  for (const char *s = text, *end = text + size; s < end; s += room) {
    uint32_t code = 0xFFFD;
    room = text_decode(s, (size_t)(end - s), &code);
    if (room && is_shown(code)) {
      memcpy(at, s, room);
      at += room;
    } else {
      at += snprintf(at, 7, "\\u%04x", (unsigned)(room ? code : 0xFFFD) & 0xFFFF);
      if (!room) room = 1;
    }
  }
  return out;
}

const char *table_line(struct arena *a, const char *text) {
  char *line = arena_string(a, text), *to = line;
  for (const char *s = text; *s; s++) {
    bool blank = *s == ' ' || *s == '\n' || *s == '\t' || *s == '\r';
    if (!blank) *to++ = *s;
    if (blank && to > line && to[-1] != ' ') *to++ = ' ';
  }
  if (to > line && to[-1] == ' ') to--;
  *to = 0;
  return table_safe(a, line);
}

const char *table_number(struct arena *a, double value) {
  if (!isfinite(value)) return "-";
  double size = fabs(value);
  if (size == 0) return "0";
  if (size < 1e-4 || size >= 1e7) return arena_format(a, "%.3e", value);
  int before = (int)floor(log10(size)) + 1, decimals = before < 4 ? 4 - before : 0;
  char *out = arena_format(a, "%.*f", decimals, value);
  if (!decimals) return out;
  char *end = out + strlen(out);  // 0.5000 is shown as 0.5
  while (end[-1] == '0') *--end = 0;
  if (end[-1] == '.') *--end = 0;
  return out;
}

const char *table_percent(struct arena *a, double value) {
  if (!isfinite(value)) return "-";
  return arena_format(a, fabs(value) >= 1e5 ? "%.3e %%" : "%.1f %%", value * 100);
}

void table_init(struct table *t, struct arena *a) {
  *t = (struct table){.arena = a};
}

void table_column(struct table *t, const char *heading, bool right) {
  list_push(t->arena, &t->columns) = (struct table_column){table_safe(t->arena, heading), right};
}

void table_cell(struct table *t, const char *text) {
  list_push(t->arena, &t->cells) = text ? table_safe(t->arena, text) : "";
}

static size_t column_width(const struct table *t, size_t column) {
  size_t width = text_width(t->columns.items[column].heading);
  for (size_t i = column; i < t->cells.count; i += t->columns.count) {
    size_t cell = text_width(t->cells.items[i]);
    if (cell > width) width = cell;
  }
  return width;
}

// The last column gets no trailing blanks.
static void put_cell(struct text *out, const struct table *t, size_t column, const char *cell, size_t width) {
  if (column) text_puts(out, "  ");
  if (t->columns.items[column].right)
    text_pad(out, cell, -(int)width);
  else if (column + 1 < t->columns.count)
    text_pad(out, cell, (int)width);
  else
    text_puts(out, cell);
}

static void trim_line(struct text *out) {
  while (out->size && out->data[out->size - 1] == ' ') out->data[--out->size] = 0;
  text_puts(out, "\n");
}

void table_print(struct text *out, const struct table *t, bool bold) {
  size_t columns = t->columns.count, *widths = arena_array(t->arena, size_t, columns), all = 0;
  for (size_t c = 0; c < columns; c++) all += (widths[c] = column_width(t, c)) + (c ? 2 : 0);
  if (bold) text_puts(out, "\033[1m");
  for (size_t c = 0; c < columns; c++) put_cell(out, t, c, t->columns.items[c].heading, widths[c]);
  if (bold) text_puts(out, "\033[0m");
  trim_line(out);
  for (size_t i = 0; i < all; i++) text_puts(out, "-");
  text_puts(out, "\n");
  for (size_t i = 0; i + columns <= t->cells.count; i += columns) {
    for (size_t c = 0; c < columns; c++) put_cell(out, t, c, t->cells.items[i + c], widths[c]);
    trim_line(out);
  }
}
