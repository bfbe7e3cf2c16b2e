// SPDX-License-Identifier: GPL-3.0-or-later
// A model, each time a module uses it, becomes an instance: its variables stand in our flat model under names with the
// module's name before them (`hares.births`, the standard's qualified name). Macros are instances of their calls, under
// names that nobody sees. Connections make a module's input a copy of another variable.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "xmile/xmile_read.h"

static const char *with_blanks(struct arena *a, const char *name) {
  char *out = arena_string(a, name);
  for (char *s = out; *s; s++)
    if (*s == '_') *s = ' ';
  return out;
}

// Scenarios may write a name in any of the spellings that a modeller would try.
static void add_spellings(struct xmile_reader *r, const char *name, uint32_t index) {
  const char *folded = xmile_fold(r->arena, name);
  map_add(&r->model->names, folded, index);
  map_add(&r->model->names, with_blanks(r->arena, name), index);
  map_add(&r->model->names, with_blanks(r->arena, folded), index);
}

static bool count_elements(struct xmile_reader *r, struct variable *v, const char *of) {
  v->element_count = 1;
  if (v->dim_count > LIMIT_DIMENSIONS) {
    diag_error(r->diag, v->span, dimension_most, of, LIMIT_DIMENSIONS);
    return false;
  }
  for (size_t i = 0; i < v->dim_count; i++)
    if (__builtin_mul_overflow(v->element_count, r->model->dimensions.items[v->dims[i]].count, &v->element_count) ||
        v->element_count > LIMIT_ELEMENTS)
      v->element_count = LIMIT_ELEMENTS + 1;
  r->elements += v->element_count;
  if (r->elements <= LIMIT_ELEMENTS && v->element_count > 0) return true;
  diag_error(r->diag, v->span, element_total, LIMIT_ELEMENTS);
  return false;
}

uint32_t xmile_instance_variable(struct xmile_reader *r, enum variable_kind kind, const char *name, struct span span,
                                 const uint32_t *dims, size_t dim_count, const char *of) {
  uint32_t index = (uint32_t)r->model->variables.count;
  while (map_get(&r->model->names, name) != MAP_NONE || strcmp(name, "time") == 0 || strcmp(name, "time_step") == 0)
    name = arena_format(r->arena, "%s_", name);
  struct variable v = {.kind = kind, .name = name, .span = span, .low = -INFINITY, .high = INFINITY};
  v.label.en = with_blanks(r->arena, name);
  v.unit = v.x_unit = unit_none();
  v.unit_span = span;
  v.dims = arena_array(r->arena, uint32_t, dim_count + 1);
  v.dim_count = dim_count;
  if (dim_count) memcpy(v.dims, dims, dim_count * sizeof *dims);
  if (index >= LIMIT_VARIABLES) {
    if (index == LIMIT_VARIABLES) diag_error(r->diag, span, variable_count, LIMIT_VARIABLES);
    v.dim_count = 0;
  }
  if (!count_elements(r, &v, of)) v.dim_count = 0, v.element_count = 1;
  map_add(&r->model->names, name, index);
  add_spellings(r, name, index);
  list_push(r->arena, &r->model->variables) = v;
  return index;
}

// ---- slots

static bool read_dims(struct xmile_reader *r, struct xmile_instance *in, const struct xml *x, const char *of,
                      uint32_t *dims, size_t *count) {
  const struct xml *list = xml_child(x, "dimensions");
  *count = 0;
  if (in->call && !in->call->bound)
    for (size_t i = 0; i < in->call->dim_count && *count < LIMIT_DIMENSIONS; i++) dims[(*count)++] = in->call->dims[i];
  for (size_t i = 0; list && i < list->children.count; i++) {
    const struct xml *d = list->children.items[i];
    const char *name = xml_attribute(d, "name");
    uint32_t dim = name ? xmile_dims_find(r, xmile_fold(r->arena, name)) : MAP_NONE;
    if (dim == MAP_NONE || *count == LIMIT_DIMENSIONS) {
      diag_error(r->diag, d->span, xmile_dimension, of, name ? name : "");
      return false;
    }
    unsigned times = 1;
    for (size_t k = 0; k < *count; k++) times += xmile_dims_whole(r, dims[k]) == dim;
    dims[(*count)++] = times > 1 ? xmile_dims_alias(r, dim, arena_format(r->arena, "#%u", times)) : dim;
  }
  return true;
}

// Vensim's export puts quotes around some names.
static const char *without_quotes(struct arena *a, const char *name) {
  size_t size = strlen(name);
  bool quoted = size > 2 && name[0] == '"' && name[size - 1] == '"' && name[size - 2] != '\\';
  return quoted ? arena_copy(a, name + 1, size - 2) : name;
}

static struct xmile_slot *add_slot(struct xmile_reader *r, struct xmile_instance *in, const char *name,
                                   struct span at) {
  name = without_quotes(r->arena, name);
  const char *folded = xmile_fold(r->arena, name);
  struct xmile_slot *s = arena_new(r->arena, struct xmile_slot);
  s->instance = in, s->variable = s->table = XMILE_NONE;
  s->name = arena_format(r->arena, "%s%s", in->prefix, xmile_name(r->arena, name));
  for (const char *c = s->name; *c;) {
    uint32_t code;
    size_t n = text_decode(c, strlen(c), &code);
    if (n && text_is_hidden(code)) {
      diag_error(r->diag, at, expr_name_hidden, code);
      return NULL;
    }
    c += n ? n : 1;
  }
  if (!*folded || strlen(s->name) > LIMIT_NAME_BYTES) {
    diag_error(r->diag, at, expr_name_size, LIMIT_NAME_BYTES);
    return NULL;
  }
  uint32_t held = map_add(&in->names, folded, (uint32_t)in->slots.count);
  if (held != in->slots.count) {
    if (in->slots.items[held]->argument) return NULL;  // a macro's argument: its element is a placeholder
    diag_error(r->diag, at, entry_again, s->name);
    return NULL;
  }
  list_push(r->arena, &in->slots) = s;
  return s;
}

static bool has_equation(const struct xml *x) {
  for (size_t i = 0; i < x->children.count; i++) {
    const struct xml *c = x->children.items[i];
    if (strcmp(c->name, "eqn") == 0 && !xml_is_blank(c)) return true;
    if (strcmp(c->name, "element") == 0 && has_equation(c)) return true;
  }
  return false;
}

// A graphical function for each element and no equation: functions, to be called with subscripts.
static bool has_functions(const struct xml *x) {
  for (size_t i = 0; i < x->children.count; i++)
    if (strcmp(x->children.items[i]->name, "element") == 0 && xml_child(x->children.items[i], "gf"))
      return strcmp(x->name, "aux") == 0 && !has_equation(x);
  return false;
}

static bool in_macro(const struct xmile_instance *in) {
  for (; in; in = in->parent)
    if (in->call) return true;
  return false;
}

static void add_variable(struct xmile_reader *r, struct xmile_instance *in, const struct xml *x) {
  const char *name = xml_attribute(x, "name");
  if (!name) {
    diag_error(r->diag, x->span, xmile_nameless, x->name);
    return;
  }
  struct span at = xml_attribute_span(x, "name");
  struct xmile_slot *s = add_slot(r, in, name, at);
  uint32_t dims[LIMIT_DIMENSIONS];
  size_t count;
  if (!s || !read_dims(r, in, x, s->name, dims, &count)) return;
  bool stock = strcmp(x->name, "stock") == 0, flow = strcmp(x->name, "flow") == 0, gf = strcmp(x->name, "gf") == 0;
  s->x = x;
  s->is_flow = flow;
  s->only_table = gf || (strcmp(x->name, "aux") == 0 && xml_child(x, "gf") && !has_equation(x));
  if (s->only_table) return;  // xmile_graphs_read makes it
  s->only_table = count && has_functions(x);
  enum variable_kind kind = stock           ? VARIABLE_STOCK
                            : flow          ? VARIABLE_FLOW
                            : s->only_table ? VARIABLE_TABLE
                                            : VARIABLE_AUXILIARY;
  s->variable = xmile_instance_variable(r, kind, s->name, at, dims, count, s->name);
  s->name = r->model->variables.items[s->variable].name;
  r->model->variables.items[s->variable].hidden = in_macro(in);
}

// ---- modules

static const struct xml *model_of(struct xmile_reader *r, const struct xml *module, const char *name) {
  const char *resource = xml_attribute(module, "resource");
  if (!resource) resource = xml_attribute(module, "isee:resource");
  uint32_t i = map_get(&r->model_names, xmile_fold(r->arena, name));
  if (i != MAP_NONE) return r->models.items[i];
  if (resource) return xmile_file_open(r, name, resource, module->span);
  diag_error(r->diag, module->span, xmile_module_model, name);
  return NULL;
}

// A module's children beside <connect>: drawing and texts say nothing of what it computes.
static void check_module(struct xmile_reader *r, const struct xml *x, const char *name) {
  static const char *const harmless[] = {"connect",       "connect2", "doc",        "units",
                                         "documentation", "display",  "dimensions", NULL};
  if (xml_child(x, "dimensions")) diag_error(r->diag, x->span, xmile_construct, name, "an array of modules");
  xmile_warn_unknown(r, x, harmless);
}

// A model that is part of another runs with the whole; specs of its own must say the same.
static void check_specs(struct xmile_reader *r, const struct xml *model, const char *name) {
  static const char *const parts[] = {"start", "stop", "dt"};
  const struct xml *own = xml_child(model, "sim_specs"), *whole = r->specs;
  bool same = true;
  for (size_t i = 0; own && i < sizeof parts / sizeof *parts; i++) {
    const struct xml *a = xml_child(own, parts[i]), *b = xml_child(whole, parts[i]);
    same = same && (!a || (b && strcmp(xmile_fold(r->arena, a->text), xmile_fold(r->arena, b->text)) == 0));
  }
  const char *method = own ? xml_attribute(own, "method") : NULL, *other = xml_attribute(whole, "method");
  same = same && (!method || (other && strcmp(method, other) == 0));
  if (!same) diag_error(r->diag, own->span, xmile_construct, name, "a model with simulation specs of its own");
}

static void add_module(struct xmile_reader *r, struct xmile_instance *in, const struct xml *x) {
  const char *name = xml_attribute(x, "name");
  if (!name) {
    diag_error(r->diag, x->span, xmile_nameless, x->name);
    return;
  }
  const struct xml *model = model_of(r, x, name);
  if (!model) return;
  check_module(r, x, name);
  if (r->specs) check_specs(r, model, name);
  bool inside_itself = false;
  for (const struct xmile_instance *at = in; at; at = at->parent) inside_itself = inside_itself || at->x == model;
  if (inside_itself || in->depth >= LIMIT_MODULE_DEPTH || r->pending.count >= LIMIT_MODULES) {
    diag_error(r->diag, x->span, xmile_module_depth, LIMIT_MODULE_DEPTH);
    return;
  }
  const char *prefix = arena_format(r->arena, "%s%s.", in->prefix, xmile_name(r->arena, name));
  struct xmile_instance *made = xmile_instance_create(r, model, prefix, in);
  list_push(r->arena, &in->modules) = (struct xmile_module){xmile_fold(r->arena, name), made, x};
}

// ---- groups

static void read_group(struct xmile_reader *r, struct xmile_instance *in, const struct xml *x) {
  const char *name = xml_attribute(x, "name");
  for (size_t i = 0; name && i < x->children.count; i++) {
    const struct xml *e = x->children.items[i];
    const char *entity = strcmp(e->name, "entity") == 0 ? xml_attribute(e, "name")
                         : strcmp(e->name, "var") == 0  ? e->text
                                                        : NULL;
    if (!entity) continue;
    const char *key = arena_format(r->arena, "%s%s", in->prefix, xmile_fold(r->arena, entity));
    map_add(&r->groups, key, (uint32_t)r->group_names.count);
    list_push(r->arena, &r->group_names) = xmile_name(r->arena, name);
  }
}

// ---- instances

static bool is_known(const char *name) {
  static const char *const known[] = {
      "display", "interface",     "doc",   "sim_specs",           "behavior",  "views", "parm", "eqn",
      "format",  "documentation", "alias", "simulation_settings", "connector", NULL};
  for (size_t i = 0; known[i]; i++)
    if (strcmp(known[i], name) == 0) return true;
  return false;
}

static void declare_child(struct xmile_reader *r, struct xmile_instance *in, const struct xml *x) {
  static const char *const kinds[] = {"stock", "flow", "aux", "gf", NULL};
  if (x->vendor) return;
  for (size_t i = 0; kinds[i]; i++)
    if (strcmp(kinds[i], x->name) == 0) {
      add_variable(r, in, x);
      return;
    }
  if (strcmp(x->name, "module") == 0)
    add_module(r, in, x);
  else if (strcmp(x->name, "group") == 0)
    read_group(r, in, x);
  else if (!is_known(x->name))
    diag_warning(r->diag, x->span, xmile_element_ignored, x->written);
}

// A graphical function inside a variable may have a name of its own, by which others call it.
static void declare_inner_functions(struct xmile_reader *r, struct xmile_instance *in) {
  for (size_t i = 0, count = in->slots.count; i < count; i++) {
    const struct xml *x = in->slots.items[i]->x, *gf = x ? xml_child(x, "gf") : NULL;
    const char *name = gf && xml_child(gf, "ypts") ? xml_attribute(gf, "name") : NULL;
    if (name && map_get(&in->names, xmile_fold(r->arena, name)) == MAP_NONE) add_variable(r, in, gf);
  }
}

// Old files put variables right under <model>.
void xmile_instance_declare(struct xmile_reader *r, struct xmile_instance *in, const struct xml *container) {
  const struct xml *variables = xml_child(container, "variables");
  if (variables) container = variables;
  for (size_t i = 0; i < container->children.count; i++) declare_child(r, in, container->children.items[i]);
  declare_inner_functions(r, in);
}

struct xmile_instance *xmile_instance_create(struct xmile_reader *r, const struct xml *x, const char *prefix,
                                             struct xmile_instance *parent) {
  static const char *const parts[] = {"variables", "views",   "sim_specs", "behavior",      "doc",
                                      "interface", "display", "format",    "documentation", NULL};
  struct xmile_instance *in = arena_new(r->arena, struct xmile_instance);
  in->x = x, in->prefix = prefix, in->parent = parent, in->depth = parent ? parent->depth + 1 : 0;
  map_init(&in->names, r->arena);
  if (xml_attribute(x, "encryption-scheme")) {
    diag_error(r->diag, x->span, xmile_encrypted);
    return in;
  }
  xmile_warn_behavior(r, x);
  if (xml_child(x, "variables")) xmile_warn_unknown(r, x, parts);
  xmile_instance_declare(r, in, x);
  list_push(r->arena, &r->pending) = in;
  return in;
}

static struct xmile_instance *module_named(struct xmile_instance *in, const char *name, size_t size) {
  for (size_t i = 0; i < in->modules.count; i++)
    if (strlen(in->modules.items[i].name) == size && memcmp(in->modules.items[i].name, name, size) == 0)
      return in->modules.items[i].instance;
  return NULL;
}

struct xmile_slot *xmile_instance_find(struct xmile_reader *r, struct xmile_instance *in, const char *folded) {
  if (*folded == '.') return xmile_instance_find(r, r->root, folded + 1);
  uint32_t i = map_get(&in->names, folded);
  if (i != MAP_NONE) return in->slots.items[i];
  const char *point = strchr(folded, '.');
  if (!point) return NULL;
  for (struct xmile_instance *at = in; at; at = at->call ? NULL : at->parent) {
    struct xmile_instance *module = module_named(at, folded, (size_t)(point - folded));
    if (module) return xmile_instance_find(r, module, point + 1);
  }
  return NULL;
}

// `to` names an input of the module, or of one inside it; some programs write the module's own name before it.
static struct xmile_slot *input_of(struct xmile_reader *r, struct xmile_instance *in, const struct xmile_module *m,
                                   const char *to) {
  if (*to == '.') return xmile_instance_find(r, r->root, to + 1);
  struct xmile_slot *s = xmile_instance_find(r, m->instance, to);
  size_t size = strlen(m->name);
  if (!s && strncmp(to, m->name, size) == 0 && to[size] == '.') s = xmile_instance_find(r, m->instance, to + size + 1);
  return s ? s : xmile_instance_find(r, in, to);
}

static const char *fold_qualified(struct xmile_reader *r, const char *name) {
  const char *out = "";
  for (;;) {
    size_t size = strcspn(name, ".");
    out = arena_format(r->arena, "%s%s", out, xmile_fold(r->arena, arena_copy(r->arena, name, size)));
    if (!name[size]) return out;
    out = arena_format(r->arena, "%s.", out);
    name += size + 1;
  }
}

static bool is_connection(const struct xml *x) {
  return !x->vendor && (strcmp(x->name, "connect") == 0 || strcmp(x->name, "connect2") == 0);
}

// Old files of Stella say a connection again as <connect2>: the first one holds.
static void connect(struct xmile_reader *r, struct xmile_instance *in, const struct xmile_module *m,
                    const struct xml *x) {
  const char *to = xml_attribute(x, "to"), *from = xml_attribute(x, "from");
  if (!to || !from) return;
  struct xmile_slot *input = input_of(r, in, m, fold_qualified(r, to));
  struct xmile_slot *output = xmile_instance_find(r, in, fold_qualified(r, from));
  if (!output) output = xmile_instance_find(r, r->root, fold_qualified(r, from));
  if (!input || !output || input == output) {
    diag_error(r->diag, xml_attribute_span(x, input ? "from" : "to"), xmile_connect, input ? from : to);
    return;
  }
  if (input->source) {
    if (input->source != output)
      diag_error(r->diag, x->span, xmile_construct, input->name, "an input that is connected with two variables");
    return;
  }
  input->source = output;
  if (input->variable != XMILE_NONE) r->model->variables.items[input->variable].kind = VARIABLE_AUXILIARY;
}

void xmile_instance_connect(struct xmile_reader *r, struct xmile_instance *in) {
  for (size_t i = 0; i < in->modules.count; i++) {
    const struct xml *x = in->modules.items[i].x;
    for (size_t k = 0; k < x->children.count; k++)
      if (is_connection(x->children.items[k])) connect(r, in, &in->modules.items[i], x->children.items[k]);
    xmile_instance_connect(r, in->modules.items[i].instance);
  }
}
