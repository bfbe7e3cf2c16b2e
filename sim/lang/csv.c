// SPDX-License-Identifier: GPL-3.0-or-later
// CSV after RFC 4180, strictly: see csv.h. One pass over the source; cells point into its text, only quoted cells with
// doubled quotes are copied.
#include "lang/csv.h"

#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/text.h"

static const char *end_of(const struct csv *c) {
  return c->source->text + c->source->size;
}

static bool fail(struct csv *c) {
  c->failed = true;
  return false;
}

static struct span span_of(const struct csv *c, const char *from, const char *to) {
  return (struct span){c->source, (uint32_t)(from - c->source->text), (uint32_t)(to - from)};
}

static bool ends_cell(const struct csv *c, const char *s) {
  return s == end_of(c) || *s == ',' || *s == '\n' || (*s == '\r' && s + 1 < end_of(c) && s[1] == '\n');
}

// The text between quotes, each "" made one quote.
static const char *unquote(struct csv *c, const char *from, size_t size, size_t *result_size) {
  char *text = arena_alloc(c->arena, size + 1);
  size_t n = 0;
  for (size_t i = 0; i < size; i++) {
    text[n++] = from[i];
    if (from[i] == '"') i++;
  }
  *result_size = n;
  return text;
}

static bool quoted_cell(struct csv *c, struct csv_cell *cell, struct diag *diag) {
  const char *start = c->source->text + c->at, *s = start + 1, *end = end_of(c);
  while (s < end && (*s != '"' || (s + 1 < end && s[1] == '"'))) s += *s == '"' ? 2 : 1;
  if (s >= end || !ends_cell(c, s + 1)) {
    diag_error(diag, span_of(c, start, start + 1), csv_quote);
    return fail(c);
  }
  cell->span = span_of(c, start, s + 1);
  cell->text = unquote(c, start + 1, (size_t)(s - start - 1), &cell->size);
  c->at += cell->span.size;
  return true;
}

static bool plain_cell(struct csv *c, struct csv_cell *cell, struct diag *diag) {
  const char *start = c->source->text + c->at, *s = start;
  while (!ends_cell(c, s) && *s != '"') s++;
  if (s < end_of(c) && *s == '"') {
    diag_error(diag, span_of(c, s, s + 1), csv_stray_quote);
    return fail(c);
  }
  *cell = (struct csv_cell){span_of(c, start, s), start, (size_t)(s - start)};
  c->at += cell->size;
  return true;
}

// The cells of one line into row; the end of the line is taken too.
static bool read_line(struct csv *c, struct csv_row *row, struct diag *diag) {
  row->cells.count = 0;
  for (;;) {
    struct csv_cell cell;
    bool quoted = c->at < c->source->size && c->source->text[c->at] == '"';
    if (!(quoted ? quoted_cell(c, &cell, diag) : plain_cell(c, &cell, diag))) return false;
    if (row->cells.count == LIMIT_CSV_COLUMNS) {
      diag_error(diag, cell.span, csv_columns, LIMIT_CSV_COLUMNS);
      return fail(c);
    }
    list_push(c->arena, &row->cells) = cell;
    if (c->at >= c->source->size || c->source->text[c->at] != ',') break;
    c->at++;
  }
  if (c->at < c->source->size) c->at += c->source->text[c->at] == '\r' ? 2 : 1;
  return true;
}

bool csv_open(struct csv *c, struct arena *a, const struct source *source, struct diag *diag) {
  *c = (struct csv){.arena = a, .source = source};
  if (source->size) return read_line(c, &c->header, diag);
  diag_error(diag, ((struct span){source, 0, 0}), csv_no_header);
  return fail(c);
}

bool csv_next(struct csv *c, struct diag *diag) {
  size_t columns = c->header.cells.count;
  do {  // an empty line is no row, unless the file has one column
    if (c->at >= c->source->size || !read_line(c, &c->row, diag)) return false;
  } while (c->row.cells.count == 1 && columns > 1 && c->row.cells.items[0].span.size == 0);
  if (c->row.cells.count == columns) return true;
  diag_error(diag, c->row.cells.items[0].span, csv_row, c->row.cells.count, columns);
  return fail(c);
}

static bool is_named(const struct csv_cell *cell, const char *name) {
  return strlen(name) == cell->size && memcmp(cell->text, name, cell->size) == 0;
}

static void suggest_column(const struct csv *c, const char *name, struct diag *diag) {
  const struct csv_row *h = &c->header;
  const char **names = arena_array(c->arena, const char *, h->cells.count);
  for (size_t i = 0; i < h->cells.count; i++)
    names[i] = arena_copy(c->arena, h->cells.items[i].text, h->cells.items[i].size);
  diag_note(diag, h->cells.items[0].span, "the header of the CSV file");
  if (h->cells.count == 1 && strpbrk(names[0], ";\t|"))
    diag_hint(diag, "separate the cells by commas");
  else
    diag_did_you_mean(diag, map_nearest(name, names, h->cells.count));
}

bool csv_column(const struct csv *c, const char *name, struct span at, size_t *column, struct diag *diag) {
  size_t found = 0;
  for (size_t i = 0; i < c->header.cells.count; i++)
    if (is_named(&c->header.cells.items[i], name) && found++ == 0) *column = i;
  if (found == 1) return true;
  if (found) {
    diag_error(diag, at, csv_column_twice, name);
    return false;
  }
  diag_error(diag, at, csv_column, name, c->source->path);
  suggest_column(c, name, diag);
  return false;
}

bool csv_is_blank(const struct csv_cell *cell) {
  for (size_t i = 0; i < cell->size; i++)
    if (cell->text[i] != ' ' && cell->text[i] != '\t') return false;
  return true;
}

bool csv_number(const struct csv_cell *cell, double *value) {
  const char *from = cell->text, *to = cell->text + cell->size;
  while (from < to && (*from == ' ' || *from == '\t')) from++;
  while (from < to && (to[-1] == ' ' || to[-1] == '\t')) to--;
  return text_to_number(from, (size_t)(to - from), value);
}
