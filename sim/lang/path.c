// SPDX-License-Identifier: GPL-3.0-or-later
// Paths by points; see path.h. The value between points is y[i] + (x - x[i])*(y[i+1] - y[i])/(x[i+1] - x[i]) with the
// greatest i such that x[i] <= x, the same rule in the same order of operations as the engine's lookups.
#include "lang/path.h"

#include <math.h>

#include "base/limits.h"
#include "lang/csv.h"

static const char *const mode_names[] = {"linear", "step", "extrapolate"};

bool path_read_mode(const struct tree *t, struct path *path, struct diag *diag) {
  unsigned mode;
  if (!reader_choice(t, "mode", mode_names, 3, &mode, diag)) return false;
  path->mode = (enum path_mode)mode;
  return true;
}

static bool is_jump(const struct path *p, size_t i) {
  return i > 0 && i < p->count && p->x[i] == p->x[i - 1];
}

// The order of point i after those before it.
static bool order_holds(const struct path *p, size_t i, struct span at, struct diag *diag) {
  if (i == 0 || p->x[i] > p->x[i - 1]) return true;
  if (p->x[i] < p->x[i - 1])
    diag_error(diag, at, path_order);
  else if (p->mode == PATH_STEP)
    diag_error(diag, at, path_step_jump);
  else if (is_jump(p, i - 1))
    diag_error(diag, at, path_thrice);
  else
    return true;
  return false;
}

static bool slopes_exist(const struct path *p, struct span at, struct diag *diag) {
  if (p->mode != PATH_EXTRAPOLATE || (p->count > 1 && !is_jump(p, 1) && !is_jump(p, p->count - 1))) return true;
  diag_error(diag, at, path_slope);
  return false;
}

static bool read_point(struct unit_table *units, const struct tree *t, const struct unit *x_unit,
                       const struct unit *y_unit, struct path *path, struct diag *diag) {
  if (t->kind != TREE_LIST || t->count != 2) {
    diag_error(diag, t->span, path_point);
    return false;
  }
  size_t i = path->count++;
  return reader_number(units, t->items[0], "the place of a point", x_unit, &path->x[i], diag) &&
         reader_number(units, t->items[1], "the value of a point", y_unit, &path->y[i], diag) &&
         (!x_unit || order_holds(path, i, t->items[0]->span, diag));
}

bool path_read(struct arena *a, struct unit_table *units, const struct tree *points, const struct unit *x_unit,
               const struct unit *y_unit, struct path *path, struct diag *diag) {
  if (!reader_expect(points, points->span, TREE_LIST, "'points'", diag)) return false;
  if (points->count == 0 || points->count > LIMIT_PATH_POINTS) {
    diag_error(diag, points->span, path_count, points->count, LIMIT_PATH_POINTS);
    return false;
  }
  path->count = 0;
  path->x = arena_array(a, double, points->count);
  path->y = arena_array(a, double, points->count);
  bool ok = true;
  for (size_t i = 0; ok && i < points->count; i++) ok = read_point(units, points->items[i], x_unit, y_unit, path, diag);
  return ok && (!x_unit || slopes_exist(path, points->span, diag));
}

// A cell as a number; *empty when it holds none.
static bool read_cell(const struct csv_cell *cell, double *value, bool *empty, struct diag *diag) {
  *empty = csv_is_blank(cell);
  if (*empty || csv_number(cell, value)) return true;
  diag_error(diag, cell->span, csv_number, arena_copy(diag->arena, cell->text, cell->size));
  return false;
}

static bool read_row(struct arena *a, const struct csv_row *row, size_t x_column, size_t column, struct path *path,
                     size_t *capacity, struct diag *diag) {
  double x = 0, y = 0;
  bool no_x, no_y;
  const struct csv_cell *x_cell = &row->cells.items[x_column];
  if (!read_cell(&row->cells.items[column], &y, &no_y, diag)) return false;
  if (no_y) return true;
  if (!read_cell(x_cell, &x, &no_x, diag)) return false;
  if (no_x || path->count == LIMIT_PATH_POINTS) {
    if (no_x)
      diag_error(diag, x_cell->span, csv_no_time);
    else
      diag_error(diag, x_cell->span, path_count, path->count + 1, LIMIT_PATH_POINTS);
    return false;
  }
  if (path->count == *capacity) {
    size_t wider = *capacity ? *capacity * 2 : 64;
    path->x = arena_grow(a, path->x, *capacity, wider, sizeof *path->x);
    path->y = arena_grow(a, path->y, *capacity, wider, sizeof *path->y);
    *capacity = wider;
  }
  path->x[path->count] = x, path->y[path->count] = y;
  return order_holds(path, path->count++, x_cell->span, diag);
}

bool path_from_csv(struct arena *a, const struct source *source, const char *x_column, struct span x_at,
                   const char *column, struct span at, struct path *path, struct diag *diag) {
  struct csv csv;
  size_t x_index = 0, y_index, capacity = 0;
  if (!csv_open(&csv, a, source, diag)) return false;
  if (!csv_column(&csv, column, at, &y_index, diag)) return false;
  if (x_column && !csv_column(&csv, x_column, x_at, &x_index, diag)) return false;
  path->count = 0;
  while (csv_next(&csv, diag))
    if (!read_row(a, &csv.row, x_index, y_index, path, &capacity, diag)) return false;
  if (csv.failed) return false;
  if (!path->count) {
    diag_error(diag, at, csv_empty, column);
    return false;
  }
  return slopes_exist(path, at, diag);
}

struct path path_constant(struct arena *a, double value) {
  struct path p = {arena_new(a, double), arena_new(a, double), 1, PATH_LINEAR};
  *p.y = value;
  return p;
}

// The greatest i with p->x[i] <= x; x is not before the first point.
static size_t segment(const struct path *p, double x) {
  size_t low = 0, high = p->count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (p->x[middle] <= x)
      low = middle;
    else
      high = middle;
  }
  return low;
}

double path_value(const struct path *p, double x) {
  size_t last = p->count - 1;
  if (isnan(x)) return x;
  if (x == p->x[last]) return p->y[last];
  bool outside = x < p->x[0] || x > p->x[last];
  if (outside && (p->mode != PATH_EXTRAPOLATE || last == 0)) return x < p->x[0] ? p->y[0] : p->y[last];
  size_t i = x < p->x[0] ? 0 : segment(p, x);
  if (p->mode == PATH_STEP) return p->y[i];
  if (i == last) i--;
  return p->y[i] + (x - p->x[i]) * (p->y[i + 1] - p->y[i]) / (p->x[i + 1] - p->x[i]);
}
