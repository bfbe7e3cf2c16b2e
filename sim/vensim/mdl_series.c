// SPDX-License-Identifier: GPL-3.0-or-later
// Data of the run: series of variables that have no equation. Vensim asks its user for a dataset; here they stand in
// files beside the model. MODEL_data.dat (.tab, .csv) is looked at first; what it does not have is looked for in the
// other tables of the folder, in the order of their names, with a warning that tells from where it came. Results of
// runs (MODEL.*, output.*) are no data. A .dat has a name in a line, then times and values below it, as Vensim's manual
// describes it; the others have one variable a column, or a row, with the times before them.
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

static void add_point(struct mdl *m, size_t series, double x, double y) {
  struct path *p = &m->paths.items[series];
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

// ---- .dat

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// The number at `at`, up to a blank, a comma or the end; *at goes behind it and the blanks that follow.
static bool read_number(const char *line, size_t size, size_t *at, double *x) {
  size_t end = *at;
  while (end < size && !is_blank(line[end]) && line[end] != ',') end++;
  if (!text_to_number(line + *at, end - *at, x)) return false;
  while (end < size && (is_blank(line[end]) || line[end] == ',')) end++;
  *at = end;
  return true;
}

// A name as the model's keys are written: without quotes, and without blanks around brackets and commas. What comes
// behind a slash is a comment.
static size_t bare_name(const char *line, size_t size, char *out) {
  size_t n = 0;
  bool quoted = false, joint = true;
  for (size_t i = 0; i < size; i++) {
    char c = line[i];
    if (c == '"' && (i == 0 || line[i - 1] != '\\')) {
      quoted = !quoted;
      continue;
    }
    if (c == '\\' && i + 1 < size && line[i + 1] == '"') continue;
    if (!quoted && c == '/') break;
    bool mark = !quoted && (c == '[' || c == ']' || c == ',');
    while (mark && n && is_blank(out[n - 1])) n--;
    if (!joint || !is_blank(c)) out[n++] = c;
    joint = mark || (joint && is_blank(c));
  }
  return n;
}

// A name that stands there again goes on with its series, in the same file.
static void read_name(struct mdl *m, const char *line, size_t size, size_t first, size_t *series) {
  char *name = arena_alloc(m->arena, size + 1);
  size_t n = bare_name(line, size, name);
  uint32_t known = map_get(&m->series, mdl_key(m->arena, name, n));
  *series = known != MAP_NONE && known >= first ? known : m->paths.count;
  if (*series == m->paths.count) add_series(m, name, n);
}

// A line is a name, or a time with its value; behind those may stand a comment. A file that is meant (`own`) must be
// so.
static void read_dat(struct mdl *m, const struct source *s, bool own) {
  size_t first = m->paths.count, series = first;
  for (size_t at = 0, size; at < s->size; at += size + strspn(s->text + at + size, "\r\n")) {
    const char *line = s->text + at;
    double x, y;
    size_t behind = 0;
    size = strcspn(line, "\r\n");
    while (behind < size && is_blank(line[behind])) behind++;
    if (behind == size) continue;
    if (!read_number(line, size, &behind, &x))
      read_name(m, line, size, first, &series);
    else if (series < m->paths.count && read_number(line, size, &behind, &y))
      add_point(m, series, x, y);
    else if (own)
      diag_error(m->diag, ((struct span){s, (uint32_t)at, (uint32_t)size}), mdl_series_line);
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
      if (x.kind == MDL_CELL_NUMBER && y.kind == MDL_CELL_NUMBER) add_point(m, m->paths.count - 1, x.number, y.number);
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

static void read_file(struct mdl *m, const char *path, bool own) {
  const struct source *s = source_read(m->arena, path, LIMIT_DATA_BYTES, m->diag);
  struct mdl_book book = {.path = path};
  if (!s) return;
  list_push(m->arena, &m->model->files) = s->path;
  list_push(m->arena, &m->model->sources) = s;
  if (has_ending(path, ".dat"))
    read_dat(m, s, own);
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
    if (stat(file, &info) == 0) read_file(m, file, true);
  }
  if (!e) return;
  names files = tables_beside(m);
  for (size_t i = 0; e && i < files.count; i++) {
    read_file(m, source_sibling(m->arena, path, files.items[i]), false);
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
