// SPDX-License-Identifier: GPL-3.0-or-later
// A file with the sample: tabs, a header of names, an empty cell repeats the one above.
#include <string.h>

#include "vensim/study_text.h"

static bool next_cell(struct study_piece *rest, struct study_piece *cell) {
  if (!rest->text) return false;
  const char *tab = memchr(rest->text, '\t', rest->size);
  size_t size = tab ? (size_t)(tab - rest->text) : rest->size;
  *cell = study_trimmed(rest->text, size);
  *rest = tab ? (struct study_piece){tab + 1, rest->size - size - 1} : (struct study_piece){NULL, 0};
  return true;
}

// As next_line, but blanks at the ends stay: they are empty cells.
static bool next_row(const struct source *source, size_t *at, struct study_piece *line) {
  while (*at < source->size) {
    size_t size = strcspn(source->text + *at, "\r\n");
    *line = (struct study_piece){source->text + *at, size};
    *at += size + (*at + size < source->size);
    if (study_trimmed(line->text, line->size).size) return true;
  }
  return false;
}

static bool read_header(struct study_reader *r, struct study_piece row) {
  struct study_piece cell;
  while (next_cell(&row, &cell)) {
    struct study_constant c;
    if (!study_constant_read(r, cell, &c)) return false;
    if (c.count != 1) {
      diag_error(r->diag, study_span(r, cell), sweep_one_number, study_shown(r, cell), c.count);
      return false;
    }
    bool whole = r->m->variables.items[c.variable].element_count == 1;
    list_push(r->arena, &r->s->columns) = (struct vensim_target){c.variable, c.elements[0], whole};
  }
  return true;
}

static bool read_row(struct study_reader *r, struct study_piece row) {
  size_t columns = r->s->columns.count, i = 0, above = r->s->rows.count;
  struct study_piece cell, rest = row;
  for (; next_cell(&rest, &cell); i++) {
    double value = above ? r->s->rows.items[above - columns + (i < columns ? i : 0)] : 0;
    if (i == columns) {
      diag_error(r->diag, study_span(r, cell), csv_row, i + 1, columns);
      return false;
    }
    if (!cell.size && !above) return study_bad_line(r, row, "a number in each cell of the first row");
    if (cell.size && !study_number(r, cell, &value)) return false;
    list_push(r->arena, &r->s->rows) = value;
  }
  for (; i < columns; i++) {
    if (!above) return study_bad_line(r, row, "a number in each cell of the first row");
    double value = r->s->rows.items[above - columns + i];
    list_push(r->arena, &r->s->rows) = value;
  }
  return true;
}

bool study_sample_read(struct study_reader *r, struct study_piece name) {
  if (!name.size) return study_bad_line(r, name, "the name of a file after method F");
  const char *path = source_sibling(r->arena, r->source->path, study_shown(r, name));
  struct study_reader inner = *r;
  inner.source = study_open(r, path);
  if (!inner.source) return false;
  size_t at = 0;
  struct study_piece row;
  if (!next_row(inner.source, &at, &row)) {
    diag_error(r->diag, NOWHERE, study_empty, path);
    return false;
  }
  if (!read_header(&inner, row)) return false;
  while (next_row(inner.source, &at, &row))
    if (!read_row(&inner, row)) return false;
  if (r->s->rows.count) return true;
  diag_error(r->diag, NOWHERE, study_empty, path);
  return false;
}
