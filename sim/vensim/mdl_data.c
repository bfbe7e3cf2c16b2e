// SPDX-License-Identifier: GPL-3.0-or-later
// GET DIRECT and GET XLS DATA, LOOKUPS, CONSTANTS and SUBSCRIPT, after Vensim's reference manual: (file, sheet or
// delimiter, place of the times, first cell). Times in a column (a letter): series run down, one column each; in a row
// (a number): across, one row each. Places may be names of a workbook. Cells that hold no number are no points; a
// constant without a number is an error.
#include "vensim/mdl_data.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/text.h"
#include "lang/model_read.h"
#include "vensim/mdl_sheet.h"

// ---- files

static bool has_ending(const char *path, const char *ending) {
  size_t size = strlen(path), n = strlen(ending);
  return size > n && strcasecmp(path + size - n, ending) == 0;
}

static char delimiter_of(const char *tab) {
  if (strcasecmp(tab, "tab") == 0 || strcmp(tab, "\\t") == 0) return '\t';
  return *tab && !tab[1] ? *tab : ',';
}

static bool fill_book(struct mdl *m, const char *path, const char *file, struct mdl_book *b) {
  if (has_ending(file, ".xlsx") || has_ending(file, ".xlsm")) return mdl_sheet_xlsx(m->arena, path, b, m->diag);
  if (has_ending(file, ".xls")) return mdl_sheet_xls(m->arena, path, b, m->diag);
  const struct source *s = source_read(m->arena, path, LIMIT_DATA_BYTES, m->diag);
  return s && mdl_sheet_csv(m->arena, s->text, s->size, b->delimiter, b, m->diag);
}

static const struct mdl_book *open_book(struct mdl *m, const struct mdl_node *file, const char *tab) {
  const char *name = mdl_file_name(m, file->name), *path;
  struct tree t = {.kind = TREE_SCALAR, .span = file->span, .text = name};
  path = model_files_locate(m->arena, m->source->path, m->data_dir, &t, m->diag);
  if (!path) return NULL;
  for (size_t i = 0; i < m->books.count; i++)
    if (strcmp(m->books.items[i]->path, path) == 0 && m->books.items[i]->delimiter == delimiter_of(tab))
      return m->books.items[i];
  struct mdl_book *b = arena_new(m->arena, struct mdl_book);
  b->path = path, b->delimiter = delimiter_of(tab);
  if (!fill_book(m, path, name, b)) {
    diag_note(m->diag, file->span, "named here");
    return NULL;
  }
  list_push(m->arena, &m->books) = b;
  return b;
}

// ---- arguments

struct request {
  struct mdl *m;
  const struct mdl_node *n;
  const struct mdl_book *book;
  const struct mdl_sheet *sheet;
  const char *tab;
};

static bool complain(struct request *r, size_t i, const char *what) {
  diag_error(r->m->diag, r->n->args[i]->span, mdl_data_argument, r->n->args[i]->name ? r->n->args[i]->name : "this",
             r->n->name, what);
  return false;
}

// Arguments are texts or names of string variables; the latter are put in.
static bool settle_texts(struct request *r) {
  struct mdl_node *n = arena_new(r->m->arena, struct mdl_node);
  *n = *r->n;
  n->args = arena_grow(r->m->arena, n->args, n->arg_count, n->arg_count, sizeof *n->args);
  for (size_t i = 0; i < n->arg_count; i++) {
    uint32_t text = n->args[i]->kind == MDL_NAME ? map_get(&r->m->text_keys, n->args[i]->key) : MAP_NONE;
    if (n->args[i]->kind != MDL_TEXT && text == MAP_NONE) return complain(r, i, "a text in quotes");
    if (text == MAP_NONE) continue;
    struct mdl_node *t = arena_new(r->m->arena, struct mdl_node);
    *t = (struct mdl_node){.kind = MDL_TEXT, .span = n->args[i]->span, .name = r->m->texts.items[text]};
    n->args[i] = t;
  }
  r->n = n;
  return true;
}

static bool open_request(struct mdl *m, const struct mdl_node *n, size_t count, struct request *r) {
  *r = (struct request){.m = m, .n = n};
  if (mdl_refused(n->key)) {
    diag_error(m->diag, n->span, mdl_refused, n->name, m->diag->subject ? m->diag->subject : "a range",
               mdl_refused(n->key));
    return false;
  }
  if (n->arg_count != count) {
    diag_error(m->diag, n->span, argument_count, n->name, n->arg_count);
    return false;
  }
  if (!settle_texts(r)) return false;
  n = r->n;
  r->tab = n->args[1]->name;
  r->book = open_book(m, n->args[0], r->tab);
  if (!r->book) return false;
  bool csv = r->book->sheets.count == 1 && !*r->book->sheets.items[0].name;
  r->sheet = csv ? &r->book->sheets.items[0] : mdl_sheet_find(r->book, r->tab);
  return r->sheet || complain(r, 1, "a sheet of the file");
}

struct corner {
  uint32_t row, column;  // UINT32_MAX: not given
  bool star;             // 'B2*': down, not across
  const struct mdl_area *area;
};

static bool corner_of(struct request *r, size_t i, struct corner *c) {
  const char *text = r->n->args[i]->name;
  size_t size = strlen(text);
  *c = (struct corner){.star = size && text[size - 1] == '*'};
  size -= c->star;
  if (mdl_sheet_place(text, size, &c->row, &c->column)) return true;
  c->area = mdl_sheet_area(r->book, r->tab, arena_copy(r->m->arena, text, size));
  if (!c->area) return complain(r, i, "a cell, a row, a column, or a name of the file");
  c->row = c->area->row, c->column = c->area->column;
  if (c->area->sheet && !(r->sheet = mdl_sheet_find(r->book, c->area->sheet)))
    return complain(r, i, "on a sheet of the file");
  return true;
}

// ---- series

struct axis {  // where the times are
  bool down;
  uint32_t line;  // their column (down) or row
};

static bool axis_of(struct request *r, struct axis *x) {
  struct corner c;
  if (!corner_of(r, 2, &c)) return false;
  if (c.area) {
    x->down = c.area->last_row > c.area->row;
  } else {
    if ((c.row == UINT32_MAX) == (c.column == UINT32_MAX)) return complain(r, 2, "a row or a column");
    x->down = c.column != UINT32_MAX;
  }
  x->line = x->down ? c.column : c.row;
  return true;
}

static struct path series(struct request *r, const struct axis *x, const struct corner *first, uint32_t k) {
  struct arena *a = r->m->arena;
  LIST(double) times = {0}, values = {0};
  uint32_t from = x->down ? first->row : first->column, to = x->down ? r->sheet->rows : r->sheet->columns;
  for (uint32_t i = from; i < to; i++) {
    struct mdl_cell time = mdl_sheet_cell(r->sheet, x->down ? i : x->line, x->down ? x->line : i);
    struct mdl_cell value = mdl_sheet_cell(r->sheet, x->down ? i : first->row + k, x->down ? first->column + k : i);
    if (time.kind != MDL_CELL_NUMBER || value.kind != MDL_CELL_NUMBER || times.count == LIMIT_PATH_POINTS) continue;
    list_push(a, &times) = time.number;
    list_push(a, &values) = value.number;
  }
  return (struct path){times.items, values.items, times.count, PATH_LINEAR};
}

bool mdl_data_paths(struct mdl *m, const struct mdl_equation *e, struct path *paths, size_t count) {
  struct request r;
  struct axis x = {0};
  struct corner first;
  if (!open_request(m, e->rhs, 4, &r) || !axis_of(&r, &x) || !corner_of(&r, 3, &first)) return false;
  if (first.row == UINT32_MAX || first.column == UINT32_MAX) return complain(&r, 3, "a cell");
  for (size_t k = 0; k < count; k++) {
    paths[k] = series(&r, &x, &first, (uint32_t)k);
    if (paths[k].count) continue;
    diag_error(m->diag, e->rhs->span, mdl_data_empty, e->name);
    return false;
  }
  return true;
}

// ---- constants

// The sizes of the two last ranges; earlier ones go on in further rows.
static void sizes_of(const struct mdl *m, const struct mdl_equation *e, uint32_t *across, size_t *ranges) {
  *across = 1, *ranges = 0;
  for (size_t i = e->sub_count; i-- > 0;) {
    if (e->places[i].fixed) continue;
    if (!(*ranges)++) *across = m->ranges.items[e->places[i].range].count;
  }
}

bool mdl_data_constants(struct mdl *m, const struct mdl_equation *e, double *values, size_t count) {
  struct request r;
  struct corner first;
  uint32_t across;
  size_t ranges;
  if (!open_request(m, e->rhs, 3, &r) || !corner_of(&r, 2, &first)) return false;
  if (first.row == UINT32_MAX || first.column == UINT32_MAX) return complain(&r, 2, "a cell");
  sizes_of(m, e, &across, &ranges);
  for (size_t k = 0; k < count; k++) {
    uint32_t row = (uint32_t)(k / across), column = (uint32_t)(k % across), swap = row;
    if (first.star) row = column, column = swap;
    struct mdl_cell c = mdl_sheet_cell(r.sheet, first.row + row, first.column + column);
    if (c.kind != MDL_CELL_NUMBER) {
      diag_error(m->diag, e->rhs->args[2]->span, mdl_data_cell, e->name, first.row + row + 1,
                 first.column + column + 1);
      return false;
    }
    values[k] = c.number;
  }
  return true;
}

// ---- subscripts

bool mdl_data_subscript(struct mdl *m, const struct mdl_node *get, const char ***names, size_t *count) {
  struct request r;
  struct corner first, last;
  LIST(const char *) list = {0};
  if (!get || get->kind != MDL_CALL || !strstr(get->key, "subscript")) {
    diag_error(m->diag, get ? get->span : NOWHERE, mdl_function, get && get->name ? get->name : "this",
               "a subscript range");
    return false;
  }
  if (!open_request(m, get, 5, &r) || !corner_of(&r, 2, &first) || !corner_of(&r, 3, &last)) return false;
  if (first.row == UINT32_MAX || first.column == UINT32_MAX) return complain(&r, 2, "a cell");
  bool down = last.row == UINT32_MAX || (last.column != UINT32_MAX && last.column == first.column);
  uint32_t step_limit = down ? r.sheet->rows - first.row : r.sheet->columns - first.column;
  if (first.row >= r.sheet->rows || first.column >= r.sheet->columns) step_limit = 0;
  if (last.row != UINT32_MAX && last.column != UINT32_MAX) {
    uint32_t to = down ? last.row - first.row + 1 : last.column - first.column + 1;
    if (to < step_limit) step_limit = to;
  }
  for (uint32_t i = 0; i < step_limit; i++) {
    struct mdl_cell c = mdl_sheet_cell(r.sheet, first.row + (down ? i : 0), first.column + (down ? 0 : i));
    char number[32];
    if (c.kind == MDL_CELL_EMPTY) break;
    const char *text = c.text ? c.text : text_from_number(c.number, number);
    text = arena_format(m->arena, "%s%s", r.n->args[4]->name, text);
    list_push(m->arena, &list) = mdl_shown(m->arena, text, strlen(text));
  }
  *names = list.items, *count = list.count;
  return *count || complain(&r, 2, "the first of some names");
}
