// SPDX-License-Identifier: GPL-3.0-or-later
// The reader of .mdl files as a whole: bytes -> text (UTF-8, or Windows' CP1252 where the file does not say UTF-8 and
// is not), entries, ranges, variables, and the clock, whose times may be expressions of constants.
#include "vensim/mdl.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/codepage.h"
#include "base/limits.h"
#include "base/text.h"
#include "vensim/mdl_parts.h"

bool mdl_is_file(const char *path) {
  size_t size = strlen(path);
  return size > 4 && strcasecmp(path + size - 4, ".mdl") == 0;
}

static const struct source *decode(struct mdl *m, const char *path, const char *bytes, size_t size) {
  bool says = size >= 7 && memcmp(bytes, "{UTF-8}", 7) == 0;
  bool old = !says && text_valid_prefix(bytes, size) != size;
  if (old && codepage_looks_chinese(bytes, size)) diag_warning(m->diag, NOWHERE, mdl_codepage, path);
  if (old) bytes = codepage_to_utf8(m->arena, bytes, size, &size);
  return source_from_text(m->arena, path, bytes, size, m->diag);
}

static const char *stem(struct arena *a, const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
  size_t size = dot && dot != name ? (size_t)(dot - name) : strlen(name);
  char *out = arena_alloc(a, size + 2);
  for (size_t i = 0; i < size; i++)  // a folder for results is named after it
    out[i] = strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", name[i]) ? name[i] : '_';
  if (*out == '.' || !*out) *out = '_';
  return out;
}

// ---- the clock

static bool instant(struct mdl *m, const char *key, const char *shown, double *value) {
  bool known = mdl_value_of(m, key, value);
  uint32_t v = map_get(&m->variable_keys, key);
  const struct mdl_equation *e = v == MAP_NONE ? NULL : m->variables.items[v].equations.items[0];
  if (known && e->form == MDL_FORM_EXPR) mdl_variable_rely(m, e->rhs, RELIES_ON_VALUE);
  if (known) return true;
  if (e)
    diag_error(m->diag, e->span, mdl_clock, shown);
  else
    diag_error(m->diag, NOWHERE, mdl_clock_missing, shown);
  return false;
}

static void snap_saving(struct mdl *m) {
  struct model *model = m->model;
  double every = fmax(round(model->save / model->step), 1), wanted = model->save;
  uint32_t v = map_get(&m->variable_keys, "saveper");
  model->save = every * model->step;
  if (fabs(model->save - wanted) > 1e-6 * model->step)
    diag_warning(m->diag, m->variables.items[v].equations.items[0]->span, mdl_saveper, model->save);
}

// Saving snaps to the grid, and the last grid point is the end: Vensim stops before it would pass FINAL TIME.
static void read_clock(struct mdl *m) {
  struct model *model = m->model;
  bool ok = instant(m, "initial time", "INITIAL TIME", &model->start);
  ok = instant(m, "final time", "FINAL TIME", &model->stop) && ok;
  for (size_t i = 0; i < 3; i++) {  // of these only FINAL TIME may change
    static const char *const keys[] = {"initial time", "time step", "saveper"};
    uint32_t v = map_get(&m->variable_keys, keys[i]);
    const struct mdl_equation *e = v == MAP_NONE ? NULL : m->variables.items[v].equations.items[0];
    if (!e || e->form != MDL_FORM_EXPR || mdl_variable_is_fixed(m, e->rhs)) continue;
    diag_error(m->diag, e->span, mdl_clock, e->name);
    ok = false;
  }
  ok = instant(m, "time step", "TIME STEP", &model->step) && ok;
  model->save = model->step;
  if (map_get(&m->variable_keys, "saveper") != MAP_NONE) ok = instant(m, "saveper", "SAVEPER", &model->save) && ok;
  if (m->end_varies) {
    model->stop_varies = true;
    model->stop_variable = m->variables.items[map_get(&m->variable_keys, "final time")].index;
  }
  uint32_t v = map_get(&m->variable_keys, "time step");
  if (v == MAP_NONE || !ok) return;
  const struct mdl_equation *e = m->variables.items[v].equations.items[0];
  model->time_span = e->span;
  model->time_unit_text = e->units ? mdl_unit_text(m, e->units) : "";
  model->time_unit = mdl_unit(m, e->units, e->units_span);
  if (!(model->step > 0) || !(model->stop > model->start)) {
    diag_error(m->diag, e->span, mdl_clock_order);
    return;
  }
  snap_saving(m);
  double steps = floor((model->stop - model->start) / model->step + 1e-6);
  model->stop = model->start + (steps < 1 ? 1 : steps) * model->step;
}

// Names are found in any case, with blanks or underscores.
static void add_spellings(struct mdl *m) {
  for (size_t i = 0; i < m->variables.count; i++) {
    const struct mdl_variable *v = &m->variables.items[i];
    char *underscored = arena_string(m->arena, v->key);
    for (char *s = underscored; *s; s++)
      if (*s == ' ') *s = '_';
    map_add(&m->model->names, v->key, v->index);
    map_add(&m->model->names, underscored, v->index);
  }
}

static void init_maps(struct mdl *m) {
  struct map *maps[] = {&m->macro_keys,   &m->range_keys,
                        &m->element_keys, &m->variable_keys,
                        &m->numbers,      &m->unit_keys,
                        &m->series,       &m->text_keys,
                        &m->broken,       &m->model->dimension_names,
                        &m->model->names, &m->model->function_names};
  for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) map_init(maps[i], m->arena);
}

static void init_model(struct mdl *m, const char *path) {
  struct model *model = m->model = arena_new(m->arena, struct model);
  model->arena = m->arena, model->path = arena_string(m->arena, path), model->foreign = true;
  model->name = stem(m->arena, path);
  model->title = (struct label){model->name, NULL};
  model->time_unit = unit_none(), model->time_unit_text = "";
  unit_table_init(&model->units, m->arena);
}

struct model *mdl_read_bytes(struct arena *a, const char *path, const char *bytes, size_t size, const char *data_dir,
                             struct diag *diag) {
  struct mdl *m = arena_new(a, struct mdl);
  size_t errors = diag->errors, messages = diag->messages.count;
  m->arena = a, m->diag = diag, m->data_dir = data_dir;
  init_model(m, path);
  init_maps(m);
  m->source = decode(m, path, bytes, size);
  if (!m->source) return NULL;
  list_push(a, &m->model->files) = m->source->path;
  list_push(a, &m->model->sources) = m->source;
  m->model->span = (struct span){m->source, 0, 1};
  mdl_entries_read(m, m->source, false);
  mdl_ranges_resolve(m);
  mdl_variables_make(m);
  if (diag->errors == errors) read_clock(m);
  if (diag->errors == errors) add_spellings(m), mdl_realities_make(m), mdl_sketch_read(m, m->sketch);
  for (size_t i = 0; i < m->variables.count; i++)
    if (m->variables.items[i].index != MDL_NONE)
      m->model->variables.items[m->variables.items[i].index].reliance = m->variables.items[i].reliance;
  m->model->method = m->method;
  diag_sort(diag, messages, m->source);
  return diag->errors == errors ? m->model : NULL;
}

struct model *mdl_read(struct arena *a, const char *path, const char *data_dir, struct diag *diag) {
  size_t size;
  const char *bytes = source_bytes(a, path, LIMIT_FILE_BYTES, &size, diag);
  return bytes ? mdl_read_bytes(a, path, bytes, size, data_dir, diag) : NULL;
}
