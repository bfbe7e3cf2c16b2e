// SPDX-License-Identifier: GPL-3.0-or-later
// Graphical functions (OASIS XMILE 1.0, 4.1.3): standing alone, inside a variable, or one for each element of an array.
// Each becomes a table of the model; one inside a variable is a hidden table, since the variable has its name.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "xmile/xmile_read.h"

static struct variable *variable_at(struct xmile_reader *r, uint32_t index) {
  return &r->model->variables.items[index];
}

static bool read_numbers(struct xmile_reader *r, const struct xml *x, const char *of, double **out, size_t *count) {
  const char *sep = xml_attribute(x, "sep"), *s = x->text;
  char mark = sep && *sep ? *sep : ',';
  LIST(double) list = {0};
  for (;;) {
    s += strspn(s, " \t\r\n");
    const char *end = strchr(s, mark);
    size_t size = end ? (size_t)(end - s) : strlen(s), trimmed = size;
    while (trimmed && strchr(" \t\r\n", s[trimmed - 1])) trimmed--;
    double value;
    if (!text_to_number(s, trimmed, &value) || list.count == LIMIT_PATH_POINTS) {
      diag_error(r->diag, xml_text_span(x, (size_t)(s - x->text), trimmed ? trimmed : 1), xmile_points, of);
      return false;
    }
    list_push(r->arena, &list) = value;
    if (!end) break;
    s = end + 1;
  }
  *out = list.items, *count = list.count;
  return true;
}

static bool read_scale(struct xmile_reader *r, const struct xml *x, const char *of, double *low, double *high) {
  const char *min = xml_attribute(x, "min"), *max = xml_attribute(x, "max");
  if (min && max && text_to_number(min, strlen(min), low) && text_to_number(max, strlen(max), high) && *low < *high)
    return true;
  diag_error(r->diag, x->span, xmile_points, of);
  return false;
}

static bool read_xs(struct xmile_reader *r, const struct xml *gf, const char *of, struct path *p) {
  const struct xml *xpts = xml_child(gf, "xpts"), *xscale = xml_child(gf, "xscale");
  double low, high;
  size_t count;
  if (xpts && !xml_is_blank(xpts)) {
    if (!read_numbers(r, xpts, of, &p->x, &count)) return false;
    bool ascends = count == p->count;
    for (size_t i = 1; i < count && ascends; i++) ascends = p->x[i] >= p->x[i - 1];
    if (!ascends) diag_error(r->diag, xpts->span, xmile_points, of);
    return ascends;
  }
  if (!xscale) {
    diag_error(r->diag, gf->span, xmile_points, of);
    return false;
  }
  if (!read_scale(r, xscale, of, &low, &high)) return false;
  p->x = arena_array(r->arena, double, p->count);
  for (size_t i = 0; i < p->count; i++)
    p->x[i] = p->count == 1 ? low : low + (high - low) * (double)i / (double)(p->count - 1);
  return true;
}

static bool read_type(struct xmile_reader *r, const struct xml *gf, const char *of, struct path *p) {
  const char *type = xml_attribute(gf, "type"), *discrete = xml_attribute(gf, "discrete");
  p->mode = discrete && strcmp(discrete, "true") == 0 ? PATH_STEP : PATH_LINEAR;
  if (!type || strcmp(type, "continuous") == 0) return true;
  p->mode = strcmp(type, "discrete") == 0 ? PATH_STEP : PATH_EXTRAPOLATE;
  if (p->mode == PATH_STEP || strcmp(type, "extrapolate") == 0) return true;
  diag_error(r->diag, xml_attribute_span(gf, "type"), xmile_construct, of, type);
  return false;
}

static bool read_gf(struct xmile_reader *r, const struct xml *gf, const char *of, struct path *p) {
  const struct xml *ypts = xml_child(gf, "ypts");
  if (!ypts) {
    diag_error(r->diag, gf->span, xmile_points, of);
    return false;
  }
  if (!read_type(r, gf, of, p) || !read_numbers(r, ypts, of, &p->y, &p->count) || !read_xs(r, gf, of, p)) return false;
  if (p->count > 1 || p->mode != PATH_EXTRAPOLATE) return true;
  diag_error(r->diag, gf->span, xmile_points, of);
  return false;
}

static uint32_t add_table(struct xmile_reader *r, const struct xml *gf, const char *name, const char *of, bool hidden) {
  struct path path = {0};
  if (!read_gf(r, gf, of, &path)) return XMILE_NONE;
  uint32_t index = xmile_instance_variable(r, VARIABLE_TABLE, name, gf->span, NULL, 0, of);
  variable_at(r, index)->path = path;
  variable_at(r, index)->hidden = hidden;
  return index;
}

// <gf name="other"/> without points stands for the other function.
static const struct xml *points_of(const struct xml *gf) {
  return gf && (xml_child(gf, "ypts") || !xml_attribute(gf, "name")) ? gf : NULL;
}

// Functions by element and nothing else: one table over the dimensions; NAN where an element has no function.
static void table_of_elements(struct xmile_reader *r, struct xmile_slot *s) {
  struct variable *v = variable_at(r, s->variable);
  v->paths = arena_array(r->arena, struct path, v->element_count);
  struct path nothing = {.count = 1, .mode = PATH_LINEAR};
  nothing.x = arena_new(r->arena, double), nothing.y = arena_new(r->arena, double);
  *nothing.y = NAN;
  for (size_t k = 0; k < v->element_count; k++) v->paths[k] = nothing;
  for (size_t i = 0; i < s->x->children.count; i++) {
    const struct xml *x = s->x->children.items[i], *gf = xml_child(x, "gf");
    uint32_t bound[LIMIT_DIMENSIONS];
    if (x->vendor || strcmp(x->name, "element") != 0 || !gf) continue;
    if (!xmile_variables_subscripts(r, s, x, bound)) return;
    size_t element = 0;
    for (size_t k = 0; k < v->dim_count; k++)
      element = element * r->model->dimensions.items[v->dims[k]].count + bound[k];
    struct path path = {0};
    if (read_gf(r, gf, s->name, &path)) v->paths[element] = path;
  }
  s->table = s->variable;
}

static void element_tables(struct xmile_reader *r, struct xmile_slot *s) {
  for (size_t i = 0; i < s->x->children.count; i++) {
    const struct xml *x = s->x->children.items[i], *gf = xml_child(x, "gf");
    if (x->vendor || strcmp(x->name, "element") != 0 || !gf || s->variable == XMILE_NONE) continue;
    uint32_t bound[LIMIT_DIMENSIONS];
    if (!xmile_variables_subscripts(r, s, x, bound)) return;
    const struct variable v = *variable_at(r, s->variable);
    size_t element = 0;
    for (size_t k = 0; k < v.dim_count; k++) element = element * r->model->dimensions.items[v.dims[k]].count + bound[k];
    if (!s->tables) {
      s->tables = arena_array(r->arena, uint32_t, v.element_count);
      for (size_t k = 0; k < v.element_count; k++) s->tables[k] = XMILE_NONE;
    }
    const char *name = arena_format(r->arena, "%s graph %zu", s->name, element + 1);
    s->tables[element] = add_table(r, gf, name, s->name, true);
  }
}

static void define_tables(struct xmile_reader *r, struct xmile_slot *s) {
  if (!s->x || strcmp(s->x->name, "stock") == 0) return;
  bool own = strcmp(s->x->name, "gf") == 0;
  const struct xml *gf = own ? s->x : points_of(xml_child(s->x, "gf"));
  if (gf && s->only_table) {
    s->table = s->variable = add_table(r, gf, s->name, s->name, s->instance->call != NULL);
    if (s->table != XMILE_NONE) s->name = variable_at(r, s->table)->name;
  } else if (gf) {
    s->table = add_table(r, gf, arena_format(r->arena, "%s graph", s->name), s->name, true);
  }
  if (s->only_table && s->variable != XMILE_NONE && s->table == XMILE_NONE)
    table_of_elements(r, s);
  else
    element_tables(r, s);
}

void xmile_graphs_read(struct xmile_reader *r, struct xmile_instance *in) {
  for (size_t i = 0; i < in->slots.count; i++) define_tables(r, in->slots.items[i]);
  for (size_t i = 0; i < in->slots.count; i++) {  // functions named elsewhere
    struct xmile_slot *s = in->slots.items[i];
    const struct xml *gf = s->x ? xml_child(s->x, "gf") : NULL;
    if (!gf || points_of(gf)) continue;
    const char *name = xmile_fold(r->arena, xml_attribute(gf, "name"));
    const struct xmile_slot *other = xmile_instance_find(r, in, name);
    s->table = other ? other->table : XMILE_NONE;
    if (s->table == XMILE_NONE) diag_error(r->diag, gf->span, xmile_name_unknown, s->name, name);
  }
}
