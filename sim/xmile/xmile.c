// SPDX-License-Identifier: GPL-3.0-or-later
// XMILE -> struct model: opens the file and those it includes, reads the clock, units and dimensions, makes the
// instances of its models, then defines their variables. Collects errors throughout; names and shapes that our own
// language checks are left to check.
#include "xmile/xmile.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/text.h"
#include "lang/reader.h"
#include "xmile/xmile_read.h"

bool xmile_is_file(const char *path) {
  static const char *const suffixes[] = {".xmile", ".stmx", ".itmx", ".xml", NULL};
  size_t size = strlen(path);
  for (size_t i = 0; suffixes[i]; i++)
    if (size > strlen(suffixes[i]) && strcasecmp(path + size - strlen(suffixes[i]), suffixes[i]) == 0) return true;
  return false;
}

bool xmile_flag(const struct xml *x) {
  const char *s = x->text + strspn(x->text, " \t\r\n");
  return strncasecmp(s, "false", 5) != 0 && strcmp(s, "0") != 0;
}

// ---- files

static const struct xml *open_source(struct xmile_reader *r, const struct source *s, const char *path) {
  struct xml *root = s ? xmile_xml_read(r->arena, s, r->diag) : NULL;
  if (!root) return NULL;
  if (strcmp(root->name, "xmile") != 0) {
    diag_error(r->diag, root->span, xmile_root, root->written);
    return NULL;
  }
  list_push(r->arena, &r->model->files) = arena_string(r->arena, path);
  list_push(r->arena, &r->model->sources) = s;
  list_push(r->arena, &r->files) = (struct xmile_file){arena_string(r->arena, path), root};
  return root;
}

static const struct xml *open_file(struct xmile_reader *r, const char *path) {
  return open_source(r, source_read(r->arena, path, LIMIT_FILE_BYTES, r->diag), path);
}

static bool is_below(const char *folder, const char *path) {
  size_t size = folder ? strlen(folder) : 0;
  return folder && strncmp(folder, path, size) == 0 && (path[size] == '/' || folder[size - 1] == '/');
}

static void read_models(struct xmile_reader *r, const struct xml *root);

// The root element of another file, read once. URLs are not fetched.
static const struct xml *open_resource(struct xmile_reader *r, const char *resource, struct span at) {
  const char *path = reader_canonical(r->arena, source_sibling(r->arena, at.source->path, resource));
  if (!path || (!is_below(r->folder, path) && !is_below(r->data, path)) || r->files.count == LIMIT_INCLUDES) {
    diag_error(r->diag, at, xmile_resource, resource);
    return NULL;
  }
  for (size_t i = 0; i < r->files.count; i++) {
    const char *known = reader_canonical(r->arena, r->files.items[i].path);
    if (known && strcmp(known, path) == 0) return r->files.items[i].root;
  }
  const struct xml *root = open_file(r, path);
  if (root) read_models(r, root);
  return root;
}

// The model of that name in another file, or its nameless one.
const struct xml *xmile_file_open(struct xmile_reader *r, const char *of, const char *resource, struct span at) {
  const struct xml *root = open_resource(r, resource, at), *nameless = NULL;
  for (size_t i = 0; root && i < root->children.count; i++) {
    const struct xml *x = root->children.items[i];
    const char *name = xml_attribute(x, "name");
    if (x->vendor || strcmp(x->name, "model") != 0) continue;
    if (name && strcmp(xmile_fold(r->arena, name), xmile_fold(r->arena, of)) == 0) return x;
    if (!nameless) nameless = x;
  }
  if (root && !nameless) diag_error(r->diag, at, xmile_module_model, of);
  return nameless;
}

static void read_includes(struct xmile_reader *r, const struct xml *root) {
  const struct xml *header = xml_child(root, "header"), *list = header ? xml_child(header, "includes") : NULL;
  for (size_t i = 0; list && i < list->children.count; i++) {
    const char *resource = xml_attribute(list->children.items[i], "resource");
    if (resource) open_resource(r, resource, list->children.items[i]->span);
  }
}

static void read_models(struct xmile_reader *r, const struct xml *root) {
  xmile_dims_read(r, root);
  for (size_t i = 0; i < root->children.count; i++) {
    const struct xml *x = root->children.items[i];
    if (x->vendor) continue;
    if (strcmp(x->name, "macro") == 0) xmile_macro_read(r, x);
    const char *name = strcmp(x->name, "model") == 0 ? xml_attribute(x, "name") : NULL;
    if (!name || !*name) continue;
    map_add(&r->model_names, xmile_fold(r->arena, name), (uint32_t)r->models.count);
    list_push(r->arena, &r->models) = x;
  }
  read_includes(r, root);
}

// ---- header and clock

// The file's name as the name of an output folder.
static const char *folder_name(struct arena *a, const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *point = strrchr(name, '.');
  char *out = arena_copy(a, name, point && point > name ? (size_t)(point - name) : strlen(name));
  for (char *s = out; *s; s++)
    if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", *s)) *s = '_';
  if (*out == '.') *out = '_';
  if (strlen(out) > LIMIT_NAME_BYTES / 2) out[LIMIT_NAME_BYTES / 2] = 0;
  return *out ? out : "model";
}

static const char *trimmed(struct arena *a, const struct xml *x) {
  const char *s = x ? x->text + strspn(x->text, " \t\r\n") : "";
  size_t size = strlen(s);
  while (size && strchr(" \t\r\n", s[size - 1])) size--;
  return size ? arena_copy(a, s, size) : NULL;
}

void xmile_warn_unknown(struct xmile_reader *r, const struct xml *parent, const char *const *known) {
  for (size_t i = 0; parent && i < parent->children.count; i++) {
    const struct xml *x = parent->children.items[i];
    size_t k = 0;
    while (known[k] && strcmp(known[k], x->name) != 0) k++;
    if (!x->vendor && !known[k]) diag_warning(r->diag, x->span, xmile_element_ignored, x->written);
  }
}

void xmile_warn_behavior(struct xmile_reader *r, const struct xml *owner) {
  static const char *const kinds[] = {"non_negative", "stock", "flow", NULL};
  static const char *const options[] = {"non_negative", NULL};
  const struct xml *behavior = xml_child(owner, "behavior");
  xmile_warn_unknown(r, behavior, kinds);
  for (size_t i = 1; behavior && kinds[i]; i++) xmile_warn_unknown(r, xml_child(behavior, kinds[i]), options);
}

// All that it may say but how arrays are read is seen where it is used.
static void read_options(struct xmile_reader *r, const struct xml *options) {
  static const char *const known[] = {
      "uses_arrays",    "uses_conveyor", "uses_queue",  "uses_submodels",  "uses_macros", "uses_event_posters",
      "has_model_view", "uses_outputs",  "uses_inputs", "uses_annotation", NULL};
  const struct xml *arrays = options ? xml_child(options, "uses_arrays") : NULL;
  const char *outside = arrays ? xml_attribute(arrays, "invalid_index_value") : NULL;
  r->outside_is_nan = outside && strcasecmp(outside, "nan") == 0;
  xmile_warn_unknown(r, options, known);
}

static void read_header(struct xmile_reader *r, const struct xml *root) {
  const struct xml *header = xml_child(root, "header");
  struct model *m = r->model;
  m->name = folder_name(r->arena, m->path);
  m->span = root->span;
  const char *title = header ? trimmed(r->arena, xml_child(header, "name")) : NULL;
  m->title.en = title ? title : m->name;
  if (!header) return;
  read_options(r, xml_child(header, "options"));
  m->version = trimmed(r->arena, xml_child(header, "version"));
  m->doc = trimmed(r->arena, xml_child(header, "caption"));
  m->source = trimmed(r->arena, xml_child(header, "author"));
}

static bool read_number(struct xmile_reader *r, const struct xml *specs, const char *name, double *value) {
  const struct xml *x = xml_child(specs, name);
  const char *text = trimmed(r->arena, x);
  if (text && text_to_number(text, strlen(text), value)) return true;
  if (!x && strcmp(name, "dt") == 0) return true;  // "if DT is not specified, it defaults to one"
  diag_error(r->diag, x ? x->span : specs->span, xmile_sim_specs, name);
  return false;
}

static const char *method_of(struct xmile_reader *r, const struct xml *specs) {
  static const char *const names[][2] = {
      {"euler", "euler"}, {"rk2", "rk2"}, {"rk4", "rk4"}, {"rk45", "rkf45"}, {"gear", "msbdf"}};
  const char *method = xml_attribute(specs, "method");
  if (!method) return "euler";
  size_t size = strcspn(method, ", ");  // "gear, rk4": the first that is known
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strlen(names[i][0]) == size && strncasecmp(names[i][0], method, size) == 0) return names[i][1];
  diag_error(r->diag, xml_attribute_span(specs, "method"), xmile_method, method);
  return "euler";
}

// The run ends at the last grid point not after stop; results are saved at multiples of dt.
static void fit_clock(struct xmile_reader *r, const struct xml *specs) {
  struct model *m = r->model;
  const char *interval = xml_attribute(specs, "isee:save_interval");
  double steps = floor((m->stop - m->start) / m->step + 1e-6), save = 0;
  if (steps < 1) steps = 1;
  double stop = m->start + steps * m->step;
  if (fabs(stop - m->stop) > 1e-6 * m->step) {
    char digits[32];
    diag_warning(r->diag, m->time_span, xmile_step_span, text_from_number(stop, digits));
    m->stop = stop;
  }
  if (interval && text_to_number(interval, strlen(interval), &save) && save > 0) save = round(save / m->step);
  m->save = save >= 1 ? save * m->step : m->step;
}

static const struct xml *root_model(const struct xml *root);

// Of the file, or of its root model, which come first.
static const struct xml *find_specs(const struct xml *root) {
  const struct xml *model = root_model(root), *own = model ? xml_child(model, "sim_specs") : NULL;
  return own ? own : xml_child(root, "sim_specs");
}

// <run by="group"> runs a part of the model: which values the rest keeps is not written in the file.
static void check_specs(struct xmile_reader *r, const struct xml *specs) {
  static const char *const known[] = {"start", "stop", "dt", "run", NULL};
  const struct xml *run = xml_child(specs, "run");
  const char *by = run ? xml_attribute(run, "by") : NULL;
  xmile_warn_unknown(r, specs, known);
  if (by && strcasecmp(by, "all") != 0)
    diag_error(r->diag, run->span, xmile_construct, "sim_specs", arena_format(r->arena, "a run by %s", by));
}

static void read_clock(struct xmile_reader *r, const struct xml *root) {
  const struct xml *specs = r->specs = find_specs(root);
  struct model *m = r->model;
  m->start = 0, m->stop = m->step = m->save = 1;
  m->time_span = specs ? specs->span : root->span;
  if (!specs) {
    diag_error(r->diag, root->span, xmile_sim_specs, "sim_specs");
    return;
  }
  m->method = method_of(r, specs);
  check_specs(r, specs);
  bool good = read_number(r, specs, "start", &m->start);
  good = read_number(r, specs, "stop", &m->stop) && good;
  good = read_number(r, specs, "dt", &m->step) && good;
  const struct xml *dt = xml_child(specs, "dt");
  const char *reciprocal = dt ? xml_attribute(dt, "reciprocal") : NULL;
  if (reciprocal && (strcasecmp(reciprocal, "true") == 0 || strcmp(reciprocal, "1") == 0)) m->step = 1 / m->step;
  if (good && (!(m->step > 0) || !isfinite(m->step) || !(m->stop > m->start))) {
    diag_error(r->diag, specs->span, xmile_sim_specs, m->stop > m->start ? "dt" : "stop");
    good = false;
  }
  if (good) fit_clock(r, specs);
}

static void read_time_unit(struct xmile_reader *r) {
  const struct xml *specs = r->specs;
  const char *unit = specs ? xml_attribute(specs, "time_units") : NULL;
  r->model->time_unit_text = unit && *unit ? unit : "time";
  r->model->time_unit =
      unit && *unit ? xmile_units_parse(r, unit, xml_attribute_span(specs, "time_units")) : unit_none();
  if (unit_is_one(r->model->time_unit)) r->model->time_unit = unit_none();
}

// ---- the whole

static const struct xml *root_model(const struct xml *root) {
  const struct xml *first = NULL;
  for (size_t i = 0; i < root->children.count; i++) {
    const struct xml *x = root->children.items[i];
    const char *name = xml_attribute(x, "name");
    if (x->vendor || strcmp(x->name, "model") != 0) continue;
    if (!name || !*name) return x;
    if (!first) first = x;
  }
  return first;
}

// Children of the root that may change what a run computes and are not read. Stella keeps the last values that it
// imported in the equations.
static void warn_children(struct xmile_reader *r, const struct xml *root) {
  static const char *const known[] = {"header",     "sim_specs",      "model_units", "dimensions", "behavior",
                                      "style",      "data",           "model",       "macro",      "options",
                                      "prefs",      "equation_prefs", "interface",   "views",      "smile",
                                      "time_units", "default_format", NULL};
  xmile_warn_unknown(r, root, known);
  xmile_warn_behavior(r, root);
  for (size_t i = 0; i < root->children.count; i++) {
    const struct xml *x = root->children.items[i];
    if (strcmp(x->name, "data") == 0 && xml_child(x, "import"))
      diag_warning(r->diag, xml_child(x, "import")->span, xmile_import);
  }
}

static void define_all(struct xmile_reader *r) {
  size_t declared = r->pending.count;
  for (size_t i = 0; i < declared; i++) xmile_graphs_read(r, r->pending.items[i]);
  for (size_t i = 0; i < declared; i++) xmile_variables_flows(r, r->pending.items[i]);
  for (size_t i = 0; i < r->pending.count; i++)  // grows while macros are called
    xmile_variables_define(r, r->pending.items[i]);
  for (size_t i = 0; i < declared; i++) xmile_view_read(r, r->pending.items[i]);
}

static void warn_vendors(struct xmile_reader *r) {
  enum { SHOWN = 8 };
  const char *list = "";
  for (size_t i = 0; i < r->vendor_elements.count && i < SHOWN; i++)
    list = arena_format(r->arena, "%s%s<%s>", list, i ? ", " : "", r->vendor_elements.items[i]->written);
  if (r->vendor_elements.count)
    diag_warning(r->diag, r->vendor_elements.items[0]->span, xmile_vendor,
                 r->vendor_elements.count > SHOWN ? arena_format(r->arena, "%s, ...", list) : list);
}

static struct model *new_model(struct arena *a, const char *path) {
  struct model *m = arena_new(a, struct model);
  m->arena = a;
  m->path = arena_string(a, path);
  m->foreign = true;
  unit_table_init(&m->units, a);
  map_init(&m->dimension_names, a);
  map_init(&m->names, a);
  map_init(&m->function_names, a);
  return m;
}

struct model *xmile_read_source(struct arena *a, const struct source *s, const char *data_dir, struct diag *diag) {
  const char *path = s->path;
  size_t errors = diag->errors;
  struct xmile_reader *r = arena_new(a, struct xmile_reader);
  *r = (struct xmile_reader){.arena = a, .diag = diag, .model = new_model(a, path)};
  map_init(&r->macro_names, a);
  map_init(&r->callers, a);
  map_init(&r->library_names, a);
  map_init(&r->model_names, a);
  map_init(&r->dimension_names, a);
  map_init(&r->part_names, a);
  map_init(&r->indices, a);
  map_init(&r->groups, a);
  r->folder = reader_canonical(a, source_sibling(a, r->model->path, "."));
  r->data = data_dir ? reader_canonical(a, data_dir) : NULL;
  const struct xml *root = open_source(r, s, r->model->path);
  if (!root) return NULL;
  read_header(r, root);
  read_clock(r, root);
  xmile_units_read(r, root);
  read_time_unit(r);
  read_models(r, root);
  xmile_dims_relate(r);
  warn_children(r, root);
  const struct xml *model = root_model(root);
  if (!model) {
    diag_error(r->diag, root->span, xmile_construct, r->model->name, "a file without <model>");
    return NULL;
  }
  r->root = xmile_instance_create(r, model, "", NULL);
  xmile_instance_connect(r, r->root);
  define_all(r);
  warn_vendors(r);
  return diag->errors == errors ? r->model : NULL;
}

struct model *xmile_read(struct arena *a, const char *path, const char *data_dir, struct diag *diag) {
  const struct source *s = source_read(a, path, LIMIT_FILE_BYTES, diag);
  return s ? xmile_read_source(a, s, data_dir, diag) : NULL;
}
