// SPDX-License-Identifier: GPL-3.0-or-later
// Data of the run: series of variables that have no equation. Vensim asks its user for a dataset; here they stand in
// files beside the model. MODEL_data.dat (.tab, .csv) is looked at first; what it does not have is looked for in the
// other tables of the folder, in the order of their names, with a warning that tells from where it came. Results of
// runs (MODEL.*, output.*) are no data. A .dat has a name in a line, then times and values below it; the others have
// one variable a column, or a row, with the times before them.
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/text.h"
#include "vensim/mdl_parts.h"
#include "vensim/mdl_sheet.h"

// ---- series by name

static void add_series(struct mdl *m, const char *name, size_t size) {
  map_add(&m->series, mdl_key(m->arena, name, size), (uint32_t)m->paths.count);
  list_push(m->arena, &m->paths) = (struct path){.mode = PATH_LINEAR};
}

static void add_point(struct mdl *m, double x, double y) {
  struct path *p = &m->paths.items[m->paths.count - 1];
  if (p->count == LIMIT_PATH_POINTS) {
    if (!m->series_full) diag_error(m->diag, NOWHERE, expr_many, LIMIT_PATH_POINTS, "points in one series");
    m->series_full = true;
    return;
  }
  if (!(p->count & (p->count - 1))) {  // grown at powers of two
    size_t room = p->count ? 2 * p->count : 1;
    p->x = arena_grow(m->arena, p->x, p->count, room, sizeof *p->x);
    p->y = arena_grow(m->arena, p->y, p->count, room, sizeof *p->y);
  }
  p->x[p->count] = x, p->y[p->count++] = y;
}

static bool read_point(const char *line, size_t size, double *x, double *y) {
  const char *tab = memchr(line, '\t', size);
  return tab && text_to_number(line, (size_t)(tab - line), x) &&
         text_to_number(tab + 1, size - (size_t)(tab + 1 - line), y);
}

static void read_dat(struct mdl *m, const struct source *s) {
  for (size_t at = 0; at < s->size;) {
    size_t size = strcspn(s->text + at, "\r\n");
    double x, y;
    if (size && !memchr(s->text + at, '\t', size))
      add_series(m, s->text + at, size);
    else if (m->paths.count && read_point(s->text + at, size, &x, &y))
      add_point(m, x, y);
    at += size + strspn(s->text + at + size, "\r\n");
  }
}

static void read_table(struct mdl *m, const struct mdl_sheet *s) {
  bool down = mdl_sheet_cell(s, 0, 1).kind != MDL_CELL_NUMBER;  // names stand in the first row
  uint32_t series = down ? s->columns : s->rows, points = down ? s->rows : s->columns;
  for (uint32_t i = 1; i < series; i++) {
    struct mdl_cell name = mdl_sheet_cell(s, down ? 0 : i, down ? i : 0);
    if (name.kind != MDL_CELL_TEXT) continue;
    add_series(m, name.text, strlen(name.text));
    for (uint32_t k = 1; k < points; k++) {
      struct mdl_cell x = mdl_sheet_cell(s, down ? k : 0, down ? 0 : k);
      struct mdl_cell y = mdl_sheet_cell(s, down ? k : i, down ? i : k);
      if (x.kind == MDL_CELL_NUMBER && y.kind == MDL_CELL_NUMBER) add_point(m, x.number, y.number);
    }
  }
}

// ---- files

static bool has_ending(const char *name, const char *ending) {
  size_t size = strlen(name), n = strlen(ending);
  return size > n && strcasecmp(name + size - n, ending) == 0;
}

static bool is_table(const char *name) {
  return has_ending(name, ".dat") || has_ending(name, ".tab") || has_ending(name, ".csv");
}

static void read_file(struct mdl *m, const char *path) {
  const struct source *s = source_read(m->arena, path, LIMIT_DATA_BYTES, m->diag);
  struct mdl_book book = {.path = path};
  if (!s) return;
  list_push(m->arena, &m->model->files) = s->path;
  list_push(m->arena, &m->model->sources) = s;
  if (has_ending(path, ".dat"))
    read_dat(m, s);
  else if (mdl_sheet_csv(m->arena, s->text, s->size, has_ending(path, ".tab") ? '\t' : ',', &book, m->diag))
    read_table(m, &book.sheets.items[0]);
}

typedef LIST(const char *) names;

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static names tables_beside(struct mdl *m) {
  enum { MOST = 64 };
  names list = {0};
  const char *path = m->source->path, *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
  size_t stem = strlen(file) > 4 ? strlen(file) - 4 : 0;
  DIR *folder = opendir(slash ? arena_copy(m->arena, path, (size_t)(slash - path) + 1) : ".");
  if (!folder) return list;
  for (struct dirent *d = readdir(folder); d && list.count < MOST; d = readdir(folder)) {
    bool own = strncmp(d->d_name, file, stem) == 0 && d->d_name[stem] == '.';
    if (*d->d_name != '.' && is_table(d->d_name) && !own && strncasecmp(d->d_name, "output", 6) != 0)
      list_push(m->arena, &list) = arena_string(m->arena, d->d_name);
  }
  closedir(folder);
  if (list.count) qsort(list.items, list.count, sizeof *list.items, by_name);
  return list;
}

// ---- what is wanted

// "name[a,b]" of the k-th combination of an equation's ranges.
static const char *series_key(struct mdl *m, const struct mdl_equation *e, size_t k) {
  const char *subs = "";
  for (size_t i = e->sub_count; i-- > 0;) {
    uint32_t element = e->places[i].element;
    if (!e->places[i].fixed) {
      const struct mdl_range *r = &m->ranges.items[e->places[i].range];
      element = r->elements[k % r->count];
      k /= r->count;
    }
    subs = arena_format(m->arena, "%s%s%s", m->elements.items[element].key, *subs ? "," : "", subs);
  }
  return e->sub_count ? arena_format(m->arena, "%s[%s]", e->key, subs) : e->key;
}

bool mdl_series_has(struct mdl *m, const struct mdl_equation *e) {
  size_t count = mdl_table_combinations(m, e);
  for (size_t k = 0; k < count; k++)
    if (map_get(&m->series, series_key(m, e, k)) != MAP_NONE) return true;
  return false;
}

// Subscripts that are wrong are told where the variable is declared.
static bool is_placed(struct mdl *m, struct mdl_equation *e) {
  struct diag *loud = m->diag, silent;
  diag_init(&silent, m->arena);
  m->diag = &silent;
  bool ok = mdl_targets_place(m, e);
  m->diag = loud;
  return ok;
}

// The first data variable that has no series yet; NULL: none.
static const struct mdl_equation *missing(struct mdl *m) {
  for (size_t i = 0; i < m->variables.count; i++) {
    const mdl_equations *list = &m->variables.items[i].equations;
    for (size_t k = 0; k < list->count; k++) {
      struct mdl_equation *e = list->items[k];
      if (e->form == MDL_FORM_NONE && !e->rhs && is_placed(m, e) && !mdl_series_has(m, e)) return e;
    }
  }
  return NULL;
}

void mdl_series_read(struct mdl *m) {
  static const char *const endings[] = {"dat", "tab", "csv"};
  const char *path = m->source->path;
  struct stat info;
  const struct mdl_equation *e = missing(m);
  for (size_t i = 0; e && i < 3; i++, e = missing(m)) {
    const char *file = arena_format(m->arena, "%.*s_data.%s", (int)(strlen(path) - 4), path, endings[i]);
    if (stat(file, &info) == 0) read_file(m, file);
  }
  if (!e) return;
  names files = tables_beside(m);
  for (size_t i = 0; e && i < files.count; i++) {
    read_file(m, source_sibling(m->arena, path, files.items[i]));
    if (mdl_series_has(m, e)) diag_warning(m->diag, e->span, mdl_series_beside, e->name, files.items[i]);
    e = missing(m);
  }
}

void mdl_series_paths(struct mdl *m, const struct mdl_equation *e, struct path *paths, size_t count) {
  for (size_t k = 0; k < count; k++) {
    uint32_t i = map_get(&m->series, series_key(m, e, k));
    paths[k] = i == MAP_NONE ? (struct path){0} : m->paths.items[i];
    if (paths[k].count) continue;
    paths[k] = (struct path){arena_new(m->arena, double), arena_new(m->arena, double), 1, PATH_LINEAR};
    *paths[k].y = MDL_NA;
  }
}
