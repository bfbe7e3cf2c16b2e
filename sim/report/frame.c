// SPDX-License-Identifier: GPL-3.0-or-later
// See frame.h. Tables come through the strict CSV reader row by row; bands are gathered from the tidy sweep.csv in
// the order in which it is written, and a row that does not continue that order is an error, not a gap.
#include "report/frame.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "lang/csv.h"

static bool is_text(const struct csv_cell *cell, const char *text) {
  return strlen(text) == cell->size && memcmp(cell->text, text, cell->size) == 0;
}

static const char *copy_cell(struct arena *a, const struct csv_cell *cell) {
  bool escaped = cell->size > 1 && cell->text[0] == '\'' && strchr("=+-@", cell->text[1]);
  return arena_copy(a, cell->text + escaped, cell->size - escaped);
}

// Numbers as our writers put them.
static bool read_number(const struct csv_cell *cell, double *value) {
  *value = NAN;
  if (csv_is_blank(cell) || is_text(cell, "NaN") || is_text(cell, "Inf") || is_text(cell, "-Inf")) return true;
  return csv_number(cell, value);
}

static bool number_in(struct csv *c, size_t column, double *value, struct diag *diag) {
  const struct csv_cell *cell = &c->row.cells.items[column];
  if (read_number(cell, value)) return true;
  diag_error(diag, cell->span, report_number, arena_copy(c->arena, cell->text, cell->size < 40 ? cell->size : 40));
  c->failed = true;
  return false;
}

// Our writers end every line, so a file that does not end with one was cut short.
static const struct source *open_table(struct csv *c, struct arena *a, const char *path, struct diag *diag) {
  const struct source *s = source_read(a, path, LIMIT_DATA_BYTES, diag);
  if (!s || !csv_open(c, a, s, diag)) return NULL;
  if (s->text[s->size - 1] == '\n') return s;
  diag_error(diag, NOWHERE, report_truncated, path);
  return NULL;
}

struct rows {
  LIST(double) numbers;
};

static void transpose(struct arena *a, struct frame *t, const double *rows) {
  t->values = arena_array(a, double, t->rows * t->columns);
  for (size_t r = 0; r < t->rows; r++)
    for (size_t c = 0; c < t->columns; c++) t->values[c * t->rows + r] = rows[r * t->columns + c];
}

struct frame *frame_read(struct arena *a, const char *path, struct diag *diag) {
  struct csv c;
  if (!open_table(&c, a, path, diag)) return NULL;
  struct frame *t = arena_new(a, struct frame);
  t->columns = c.header.cells.count;
  t->names = arena_array(a, const char *, t->columns);
  for (size_t i = 0; i < t->columns; i++) t->names[i] = copy_cell(a, &c.header.cells.items[i]);
  struct rows rows = {0};
  for (; csv_next(&c, diag); t->rows++)
    for (size_t i = 0; i < t->columns && !c.failed; i++) {
      double value;
      bool text = strcmp(t->names[i], "failed") == 0;  // of members.csv: names of policies
      if (text)
        value = c.row.cells.items[i].size > 0;
      else if (!number_in(&c, i, &value, diag))
        return NULL;
      list_push(a, &rows.numbers) = value;
    }
  if (c.failed) return NULL;
  transpose(a, t, rows.numbers.items);
  return t;
}

const double *frame_column(const struct frame *t, const char *name) {
  for (size_t i = 0; i < t->columns; i++)
    if (strcmp(t->names[i], name) == 0) return t->values + i * t->rows;
  return NULL;
}

enum { POLICY, VARIABLE, TIME, STATISTIC, VALUE, BAND_COLUMNS };
static const char *const band_headings[BAND_COLUMNS] = {"policy", "variable", "time", "statistic", "value"};

struct gathering {
  struct csv *csv;
  struct arena *arena;
  struct frame_bands *bands;
  struct diag *diag;
  LIST(double) times, levels, values;  // of the first band; of the present one [time][level]
  struct csv_cell policy, variable;    // of the present band
  size_t time, level;                  // how far the present band is
  bool varies;                         // between members, at any time
};

static bool same_cell(const struct csv_cell *x, const struct csv_cell *y) {
  return x->size == y->size && memcmp(x->text, y->text, x->size) == 0;
}

static bool disorder(struct gathering *g) {
  diag_error(g->diag, g->csv->row.cells.items ? g->csv->row.cells.items[0].span : NOWHERE, report_bands,
             g->csv->source->path);
  return false;
}

static bool is_first_band(const struct gathering *g) {
  return g->bands->items.count == 0;
}

// Closes the present band: every band has the times and levels of the first.
static bool end_band(struct gathering *g) {
  if (!g->values.count) return true;
  size_t levels = g->levels.count, times = g->times.count;
  if (g->values.count != levels * times) return disorder(g);
  struct frame_band *band = &list_push(g->arena, &g->bands->items);
  *band = (struct frame_band){.policy = copy_cell(g->arena, &g->policy), .variable = copy_cell(g->arena, &g->variable)};
  band->quantiles = arena_array(g->arena, double, levels *times);
  for (size_t t = 0; t < times; t++)
    for (size_t l = 0; l < levels; l++) band->quantiles[l * times + t] = g->values.items[t * levels + l];
  band->certain = !g->varies;
  g->values.count = 0;
  return true;
}

// The level of "q5"; NAN for other statistics, "q5_error" among them.
static double level_of(const struct csv_cell *cell) {
  double percent;
  bool is_level = cell->size > 1 && cell->text[0] == 'q' && cell->text[cell->size - 1] != 'r' &&
                  text_to_number(cell->text + 1, cell->size - 1, &percent);
  return is_level ? percent / 100 : NAN;
}

static bool take_level(struct gathering *g, double level) {
  double time, value;
  if (!number_in(g->csv, TIME, &time, g->diag) || !number_in(g->csv, VALUE, &value, g->diag)) return false;
  size_t at = g->values.count;
  if (is_first_band(g)) {
    if (!g->times.count || g->times.items[g->times.count - 1] != time) list_push(g->arena, &g->times) = time;
    if (g->times.count == 1) list_push(g->arena, &g->levels) = level;
  }
  size_t levels = g->levels.count;
  if (levels == 0 || at / levels >= g->times.count || g->times.items[at / levels] != time ||
      g->levels.items[at % levels] != level)
    return disorder(g);
  list_push(g->arena, &g->values) = value;
  return true;
}

static bool take_deviation(struct gathering *g) {
  double sd;
  if (!number_in(g->csv, VALUE, &sd, g->diag)) return false;
  if (!(sd == 0)) g->varies = true;
  return true;
}

static bool take_row(struct gathering *g) {
  const struct csv_cell *cells = g->csv->row.cells.items;
  if (!same_cell(&cells[VARIABLE], &g->variable) || !same_cell(&cells[POLICY], &g->policy)) {
    if (!end_band(g)) return false;
    g->policy = cells[POLICY];
    g->variable = cells[VARIABLE];
    g->varies = false;
  }
  if (is_text(&cells[STATISTIC], "sd")) return take_deviation(g);
  double level = level_of(&cells[STATISTIC]);
  return isnan(level) || take_level(g, level);
}

struct frame_bands *frame_read_bands(struct arena *a, const char *path, struct diag *diag) {
  struct csv c;
  if (!open_table(&c, a, path, diag)) return NULL;
  bool known = c.header.cells.count == BAND_COLUMNS;
  for (size_t i = 0; i < BAND_COLUMNS && known; i++) known = is_text(&c.header.cells.items[i], band_headings[i]);
  if (!known) {
    diag_error(diag, c.header.cells.items[0].span, report_bands, path);
    return NULL;
  }
  struct frame_bands *bands = arena_new(a, struct frame_bands);
  struct gathering g = {.csv = &c, .arena = a, .bands = bands, .diag = diag};
  while (csv_next(&c, diag))
    if (!take_row(&g)) return NULL;
  if (c.failed || !end_band(&g)) return NULL;
  bands->times = g.times.items;
  bands->levels = g.levels.items;
  bands->time_count = g.times.count;
  bands->level_count = g.levels.count;
  return bands;
}

const struct frame_band *frame_band(const struct frame_bands *b, const char *policy, const char *variable) {
  for (size_t i = 0; i < b->items.count; i++)
    if (strcmp(b->items.items[i].variable, variable) == 0 && strcmp(b->items.items[i].policy, policy) == 0)
      return &b->items.items[i];
  return NULL;
}

// The number of a column, or the count of columns when there is none.
static size_t find_heading(const struct csv *c, const char *name) {
  size_t i = 0;
  while (i < c->header.cells.count && !is_text(&c->header.cells.items[i], name)) i++;
  return i;
}

static const char *cell_text(struct csv *c, size_t column) {
  return column < c->header.cells.count ? copy_cell(c->arena, &c->row.cells.items[column]) : "";
}

struct frame_history *frame_read_history(struct arena *a, const char *path, struct diag *diag) {
  const struct source *s = source_read(a, path, LIMIT_DATA_BYTES, diag);
  struct csv c;
  if (!s || !csv_open(&c, a, s, diag)) return NULL;
  size_t series, value, unit = find_heading(&c, "unit"), status = find_heading(&c, "status");
  size_t source = find_heading(&c, "source"), year = find_heading(&c, "year");
  size_t time = year < c.header.cells.count ? year : find_heading(&c, "time");
  if (!csv_column(&c, "series", NOWHERE, &series, diag) || !csv_column(&c, "value", NOWHERE, &value, diag) ||
      (time == c.header.cells.count && !csv_column(&c, "time", NOWHERE, &time, diag)))
    return NULL;
  struct frame_history *h = arena_new(a, struct frame_history);
  while (csv_next(&c, diag)) {
    struct frame_datum d = {cell_text(&c, series), cell_text(&c, unit), cell_text(&c, source), 0, 0, false};
    if (!number_in(&c, time, &d.time, diag) || !number_in(&c, value, &d.value, diag)) return NULL;
    d.recalled = strcmp(cell_text(&c, status), "recalled") == 0;
    if (isfinite(d.time) && isfinite(d.value)) list_push(a, &h->items) = d;
  }
  return c.failed ? NULL : h;
}
