// SPDX-License-Identifier: GPL-3.0-or-later
// struct model -> XMILE text: header, clock, units, dimensions, variables, macros. Arrays with one equation stay
// apply-to-all; with exceptions they are written element by element. Levers and inputs are graphical functions of TIME,
// with what a scenario does to them worked in.
#include "xmile/xmile_write.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "xmile/xmile_syntax.h"

// ---- what XMILE has no words for, counted

static void note_lost(struct xmile_writer *w) {
  size_t priors = 0, targets = 0, ranges = 0;
  for (size_t i = 0; i < w->m->variables.count; i++) {
    const struct variable *v = &w->m->variables.items[i];
    priors += v->prior != NULL;
    targets += v->benchmarks.count || v->targets.count;
    ranges += isfinite(v->low) || isfinite(v->high);
  }
  const struct {
    size_t count;
    const char *what;
  } lost[] = {
      {priors, "the priors of"}, {targets, "the benchmarks and targets of"}, {ranges, "the ranges or bounds of"}};
  for (size_t i = 0; i < 3; i++)
    if (lost[i].count) diag_warning(w->diag, w->m->span, xmile_lost, lost[i].what, lost[i].count);
}

// ---- head

static void put_element(struct xmile_writer *w, const char *indent, const char *tag, const char *text) {
  if (!text || !*text) return;
  text_printf(w->out, "%s<%s>", indent, tag);
  xmile_print_escaped(w, text);
  text_printf(w->out, "</%s>\n", tag);
}

static void put_header(struct xmile_writer *w) {
  size_t most = 0;
  for (size_t i = 0; i < w->m->variables.count; i++)
    if (w->m->variables.items[i].dim_count > most) most = w->m->variables.items[i].dim_count;
  text_puts(w->out,
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
            "<xmile version=\"1.0\" xmlns=\"http://docs.oasis-open.org/xmile/ns/XMILE/v1.0\""
            " xmlns:isee=\"http://iseesystems.com/XMILE\" xmlns:simulate=\"simulate\">\n  <header>\n");
  if (most) text_printf(w->out, "    <options><uses_arrays maximum_dimensions=\"%zu\"/></options>\n", most);
  put_element(w, "    ", "vendor", "simulate");
  text_printf(w->out, "    <product version=\"%s\">simulate</product>\n", SIMULATE_VERSION);
  put_element(w, "    ", "name", w->m->title.en);
  put_element(w, "    ", "version", w->m->version);
  put_element(w, "    ", "caption", w->m->doc);
  put_element(w, "    ", "author", w->m->source);
  text_puts(w->out, "  </header>\n");
}

static bool put_clock(struct xmile_writer *w) {
  static const struct {
    enum method method;
    const char *name;
  } methods[] = {{METHOD_EULER, "euler"},
                 {METHOD_RK2, "rk2"},
                 {METHOD_RK4, "rk4"},
                 {METHOD_RKF45, "rk45"},
                 {METHOD_MSBDF, "gear, rk4"}};
  size_t i = 0, count = sizeof methods / sizeof *methods;
  if (w->m->stop_varies) return xmile_print_fail(w, w->m->time_span, "a run that ends when a variable says so");
  while (i < count && methods[i].method != w->s->method) i++;
  if (i == count)
    return xmile_print_fail(w, w->s->span, arena_format(w->arena, "method %s", method_names[w->s->method]));
  text_printf(w->out, "  <sim_specs method=\"%s\" time_units=\"", methods[i].name);
  xmile_print_escaped(w, w->m->time_unit_text);
  if (w->s->save != w->s->step) {
    text_puts(w->out, "\" isee:save_interval=\"");
    xmile_print_number(w, w->s->save);
  }
  text_puts(w->out, "\">\n    <start>");
  xmile_print_number(w, w->s->start);
  text_puts(w->out, "</start>\n    <stop>");
  xmile_print_number(w, w->s->stop);
  text_puts(w->out, "</stop>\n    <dt>");
  xmile_print_number(w, w->s->step);
  text_puts(w->out, "</dt>\n  </sim_specs>\n");
  return true;
}

// A unit over base units: 60*minute, 1e6*t/yr^2. Roots cannot be said.
static const char *unit_equation(struct xmile_writer *w, const struct unit *u) {
  char digits[32];
  const char *text = u->factor == 1 && u->count ? "" : arena_string(w->arena, text_from_number(u->factor, digits));
  for (size_t i = 0; i < u->count; i++) {
    const struct unit_power *p = &u->powers[i];
    if (p->den != 1) return NULL;
    int32_t n = p->num < 0 ? -p->num : p->num;
    const char *sign = p->num < 0 ? (*text ? "/" : "1/") : *text ? "*" : "";
    text = arena_format(w->arena, n == 1 ? "%s%s%s" : "%s%s%s^%d", text, sign, w->m->units.bases.items[p->base], n);
  }
  return text;
}

static void put_units(struct xmile_writer *w) {
  const struct unit_table *t = &w->m->units;
  text_puts(w->out, "  <model_units>\n");
  for (size_t i = 0; i < t->aliases.count; i++) {
    const struct unit_alias *u = &t->aliases.items[i];
    if (strcmp(u->name, "1") == 0 || strcmp(u->name, "dmnl") == 0) continue;
    bool base =
        u->unit->count == 1 && u->unit->factor == 1 && strcmp(t->bases.items[u->unit->powers[0].base], u->name) == 0;
    const char *equation = unit_equation(w, u->unit);
    text_puts(w->out, "    <unit name=\"");
    xmile_print_escaped(w, u->name);
    text_puts(w->out, "\">");
    if (!base && equation) {
      text_puts(w->out, "<eqn>");
      xmile_print_escaped(w, equation);
      text_puts(w->out, "</eqn>");
    }
    text_puts(w->out, "</unit>\n");
  }
  text_puts(w->out, "  </model_units>\n");
}

// What an importer made stays with it, unless a variable stands over a part.
static bool is_written(const struct xmile_writer *w, uint32_t dim) {
  if (!w->m->dimensions.items[dim].made) return true;
  for (size_t i = 0; i < w->m->variables.count; i++) {
    const struct variable *v = &w->m->variables.items[i];
    for (size_t k = 0; k < v->dim_count; k++)
      if (xmile_print_dimension(w, v->dims[k]) == dim) return true;
  }
  return false;
}

static void put_dimensions(struct xmile_writer *w) {
  if (!w->m->dimensions.count) return;
  text_puts(w->out, "  <dimensions>\n");
  for (size_t i = 0; i < w->m->dimensions.count; i++) {
    const struct dimension *d = &w->m->dimensions.items[i];
    if (!is_written(w, (uint32_t)i)) continue;
    text_puts(w->out, "    <dim name=\"");
    xmile_print_escaped(w, d->name);
    text_puts(w->out, "\">");
    for (uint32_t k = 0; k < d->count; k++) {
      if (strchr(d->elements[k], ',')) xmile_print_fail(w, d->span, "an element whose name has a comma");
      text_puts(w->out, "<elem name=\"");
      xmile_print_escaped(w, d->elements[k]);
      text_puts(w->out, "\"/>");
    }
    text_puts(w->out, "</dim>\n");
  }
  text_puts(w->out, "  </dimensions>\n");
}

// ---- paths: what a scenario makes of levers and inputs (as the engine does, lower/steer.c, in numbers)

struct points {
  LIST(struct point { double x, y; }) list;
};

static void add_point(struct xmile_writer *w, struct points *p, double x, double y) {
  list_push(w->arena, &p->list) = (struct point){x, y};
}

static void add_path(struct xmile_writer *w, struct points *p, const struct path *path, double after) {
  for (size_t i = 0; i < path->count; i++) {
    if (path->x[i] <= after) continue;
    if (path->mode == PATH_STEP && p->list.count) add_point(w, p, path->x[i], p->list.items[p->list.count - 1].y);
    add_point(w, p, path->x[i], path->y[i]);
  }
}

static double value_of(const struct points *p, double x) {
  const struct point *q = p->list.items;
  size_t n = p->list.count, i = 0;
  while (i < n && q[i].x <= x) i++;
  if (i == 0) return q[0].y;
  if (i == n || q[i - 1].x == x) return q[i - 1].y;
  return q[i - 1].y + (x - q[i - 1].x) * (q[i].y - q[i - 1].y) / (q[i].x - q[i - 1].x);
}

static void turn(struct xmile_writer *w, struct points *p, double x, double level, double ramp) {
  double now = value_of(p, x);
  while (p->list.count && p->list.items[p->list.count - 1].x >= x) p->list.count--;
  add_point(w, p, x, now);
  add_point(w, p, x + ramp, level);
}

static const struct steer *steer_of(const struct xmile_writer *w, uint32_t variable) {
  for (size_t i = 0; i < w->s->levers.count; i++)
    if (w->s->levers.items[i].variable == variable) return &w->s->levers.items[i];
  for (size_t i = 0; i < w->s->inputs.count; i++)
    if (w->s->inputs.items[i].variable == variable) return &w->s->inputs.items[i];
  return NULL;
}

static bool steer(struct xmile_writer *w, struct points *p, const struct steer *s) {
  const struct scenario *plan = w->s;
  if (s->kind == STEER_POINTS) {
    double from = isnan(s->from) ? s->points.x[0] : s->from, now = value_of(p, from);
    while (p->list.count && p->list.items[p->list.count - 1].x >= from) p->list.count--;
    add_point(w, p, from, now);
    add_path(w, p, &s->points, isnan(s->from) ? -INFINITY : from);
  } else if (s->kind == STEER_PHASES) {
    for (size_t i = 0; i < plan->phases.count; i++) {
      if (plan->phases.items[i].gated)
        return xmile_print_fail(w, s->span, "a lever under phases that end by a condition");
      double from = plan->phases.items[i].from;
      if (!isnan(s->levels[i]))
        turn(w, p, from, s->levels[i], s->ramp);
      else if (i == 0)
        turn(w, p, from, value_of(p, from), 0);
    }
  } else if (w->m->variables.items[s->variable].kind == VARIABLE_LEVER && plan->phases.count) {
    turn(w, p, plan->phases.items[0].from, s->constant, s->ramp);
  } else {
    p->list.count = 0;
    add_point(w, p, plan->start, s->constant);
  }
  return true;
}

static void put_list(struct xmile_writer *w, const char *tag, const double *values, size_t count) {
  text_printf(w->out, "        <%s>", tag);
  for (size_t i = 0; i < count; i++) {
    if (i) text_puts(w->out, ",");
    xmile_print_number(w, values[i]);
  }
  text_printf(w->out, "</%s>\n", tag);
}

static void put_gf(struct xmile_writer *w, const struct path *p, const char *name) {
  static const char *const types[] = {
      [PATH_LINEAR] = "continuous", [PATH_STEP] = "discrete", [PATH_EXTRAPOLATE] = "extrapolate"};
  text_puts(w->out, "      <gf");
  if (name) {
    text_puts(w->out, " name=\"");
    xmile_print_attribute(w, name);
    text_puts(w->out, "\"");
  }
  text_printf(w->out, " type=\"%s\">\n", types[p->mode]);
  put_list(w, "xpts", p->x, p->count);
  put_list(w, "ypts", p->y, p->count);
}

static bool put_lever(struct xmile_writer *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  const struct steer *s = steer_of(w, variable);
  struct points p = {0};
  struct path path = v->path;
  if (s) {
    add_path(w, &p, &v->path, -INFINITY);
    if (!steer(w, &p, s)) return false;
    path = (struct path){.count = p.list.count, .mode = PATH_LINEAR};
    path.x = arena_array(w->arena, double, path.count), path.y = arena_array(w->arena, double, path.count);
    for (size_t i = 0; i < path.count; i++) path.x[i] = p.list.items[i].x, path.y[i] = p.list.items[i].y;
  }
  text_puts(w->out, "      <eqn>TIME</eqn>\n");
  put_gf(w, &path, NULL);
  text_puts(w->out, "      </gf>\n");
  return true;
}

// ---- equations

static double parameter_value(const struct xmile_writer *w, uint32_t variable, uint32_t element) {
  double value = w->m->variables.items[variable].values[element];
  for (size_t i = 0; i < w->s->parameters.count; i++) {
    const struct override *o = &w->s->parameters.items[i];
    if (o->variable == variable && (o->element == UINT32_MAX || o->element == element)) value = o->value;
  }
  return value;
}

static void open_element(struct xmile_writer *w, const struct variable *v, const uint32_t *bound) {
  text_puts(w->out, "      <element subscript=\"");
  for (size_t i = 0; i < v->dim_count; i++) {
    if (i) text_puts(w->out, ", ");
    xmile_print_escaped(w, w->m->dimensions.items[v->dims[i]].elements[bound[i]]);
  }
  text_puts(w->out, "\">");
}

static void bind(const struct xmile_writer *w, const struct variable *v, size_t element, uint32_t *bound) {
  for (size_t i = v->dim_count; i-- > 0; element /= w->m->dimensions.items[v->dims[i]].count)
    bound[i] = (uint32_t)(element % w->m->dimensions.items[v->dims[i]].count);
}

static void put_parameter(struct xmile_writer *w, uint32_t variable) {
  const struct variable *v = &w->m->variables.items[variable];
  bool same = true;
  for (uint32_t k = 1; k < v->element_count; k++)
    same = same && parameter_value(w, variable, k) == parameter_value(w, variable, 0);
  for (uint32_t k = 0; k < (same ? 1 : v->element_count); k++) {
    uint32_t bound[LIMIT_DIMENSIONS];
    bind(w, v, k, bound);
    if (same)
      text_puts(w->out, "      ");
    else
      open_element(w, v, bound);
    text_puts(w->out, "<eqn>");
    xmile_print_number(w, parameter_value(w, variable, k));
    text_puts(w->out, same ? "</eqn>\n" : "</eqn></element>\n");
  }
}

// Does an equation cover an element, and how many does it cover in all?
static bool covers(const struct xmile_writer *w, const struct variable *v, const struct equation *e,
                   const uint32_t *bound, size_t *size) {
  *size = 1;
  for (size_t i = 0; i < v->dim_count; i++) {
    const struct dimension *d = &w->m->dimensions.items[v->dims[i]];
    const char *name = e->subscript_count ? e->subscripts[i].name : d->name, *element = d->elements[bound[i]];
    if (strcmp(name, element) == 0) continue;
    uint32_t range = map_get(&w->m->dimension_names, name);
    if (range == MAP_NONE) return false;
    const struct dimension *r = &w->m->dimensions.items[range];
    if (model_dimension_element(r, element) == UINT32_MAX) return false;
    *size *= r->count;
  }
  return true;
}

static bool put_eqn(struct xmile_writer *w, struct xmile_target *t, const struct expr *rhs) {
  text_puts(w->out, "<eqn>");
  bool good = xmile_print(w, t, rhs);
  text_puts(w->out, "</eqn>");
  return good;
}

static bool put_elements(struct xmile_writer *w, const struct variable *v) {
  for (size_t k = 0; k < v->element_count; k++) {
    uint32_t bound[LIMIT_DIMENSIONS];
    const struct equation *best = NULL;
    size_t least = SIZE_MAX, size;
    bind(w, v, k, bound);
    for (size_t i = 0; i < v->equations.count && least > 1; i++) {  // most often the k-th element has the k-th
      const struct equation *e = &v->equations.items[(k + i) % v->equations.count];
      if (covers(w, v, e, bound, &size) && size < least) least = size, best = e;
    }
    if (!best) continue;
    struct xmile_target t = {.v = v, .equation = best, .bound = bound};
    open_element(w, v, bound);
    if (!put_eqn(w, &t, best->rhs)) return false;
    text_puts(w->out, "</element>\n");
  }
  return true;
}

static bool put_equations(struct xmile_writer *w, const struct variable *v) {
  struct xmile_target t = {.v = v};
  if (v->initial.count > 1) return xmile_print_fail(w, v->span, "a start value of its own for each element");
  if (v->initial.count) {  // only our own reader knows it
    diag_warning(w->diag, v->initial.items[0].span, xmile_initial, v->name);
    text_puts(w->out, "      <simulate:initial>");
    if (!xmile_print(w, &t, v->initial.items[0].rhs)) return false;
    text_puts(w->out, "</simulate:initial>\n");
  }
  if (v->equations.count != 1 || v->equations.items[0].subscript_count || xmile_print_maps(v->equations.items[0].rhs))
    return put_elements(w, v);
  t.equation = &v->equations.items[0];
  text_puts(w->out, "      ");
  if (!put_eqn(w, &t, v->equations.items[0].rhs)) return false;
  text_puts(w->out, "\n");
  return true;
}

static void put_flows(struct xmile_writer *w, const struct variable *v) {
  for (size_t i = 0; i < v->inflows.count; i++) {
    text_puts(w->out, "      <inflow>");
    xmile_print_name(w, v->inflows.items[i].name);
    text_puts(w->out, "</inflow>\n");
  }
  for (size_t i = 0; i < v->outflows.count; i++) {
    text_puts(w->out, "      <outflow>");
    xmile_print_name(w, v->outflows.items[i].name);
    text_puts(w->out, "</outflow>\n");
  }
  if (v->non_negative) text_puts(w->out, "      <non_negative/>\n");
}

static void put_texts(struct xmile_writer *w, const struct variable *v) {
  const char *doc = v->doc ? v->doc : "";
  if (v->source) doc = arena_format(w->arena, "%s%sSource: %s", doc, *doc ? "\n" : "", v->source);
  if (strcmp(v->label.en, v->name) != 0) doc = arena_format(w->arena, "%s%s%s", v->label.en, *doc ? "\n" : "", doc);
  if (v->label.zh) doc = arena_format(w->arena, "%s%s%s", v->label.zh, *doc ? "\n" : "", doc);
  put_element(w, "      ", "doc", doc);
  if (!v->unit || v->unit == unit_none()) return;
  char *unit = arena_string(w->arena, unit_text(w->arena, &w->m->units, v->unit));
  char *blank = strchr(unit, ' ');
  if (blank) *blank = '*';
  put_element(w, "      ", "units", unit);
}

static void put_dims(struct xmile_writer *w, const struct variable *v) {
  if (!v->dim_count) return;
  text_puts(w->out, "      <dimensions>");
  for (size_t i = 0; i < v->dim_count; i++) {
    text_puts(w->out, "<dim name=\"");
    xmile_print_escaped(w, w->m->dimensions.items[xmile_print_dimension(w, v->dims[i])].name);
    text_puts(w->out, "\"/>");
  }
  text_puts(w->out, "</dimensions>\n");
}

static bool name_is_sayable(struct xmile_writer *w, struct map *folded, const struct variable *v, uint32_t index) {
  if (!w->m->foreign && strcmp(xmile_name(w->arena, v->name), v->name) != 0)
    return xmile_print_fail(w, v->span, "a name with blanks or underscores at its ends or side by side");
  if (map_add(folded, xmile_fold(w->arena, v->name), index) != index)
    return xmile_print_fail(w, v->span, "two names that differ in capital letters alone");
  return true;
}

// A table for each element: an array without equations.
static void put_tables(struct xmile_writer *w, const struct variable *v) {
  text_puts(w->out, "    <aux name=\"");
  xmile_print_attribute(w, v->name);
  text_puts(w->out, "\">\n");
  put_dims(w, v);
  for (size_t k = 0; k < v->element_count; k++) {
    uint32_t bound[LIMIT_DIMENSIONS];
    if ((v->absent && v->absent[k]) || !v->paths[k].count || isnan(v->paths[k].y[0])) continue;
    bind(w, v, k, bound);
    open_element(w, v, bound);
    text_puts(w->out, "\n");
    put_gf(w, &v->paths[k], NULL);
    text_puts(w->out, "      </gf></element>\n");
  }
  put_texts(w, v);
  text_puts(w->out, "    </aux>\n");
}

static bool put_variable(struct xmile_writer *w, uint32_t index) {
  const struct variable *v = &w->m->variables.items[index];
  if (v->kind == VARIABLE_TABLE && v->dim_count) {
    put_tables(w, v);
    return true;
  }
  if (v->kind == VARIABLE_TABLE) {
    put_gf(w, &v->path, v->name);
    put_texts(w, v);
    text_puts(w->out, "      </gf>\n");
    return true;
  }
  const char *tag = v->kind == VARIABLE_STOCK ? "stock" : v->kind == VARIABLE_FLOW ? "flow" : "aux";
  text_printf(w->out, "    <%s name=\"", tag);
  xmile_print_attribute(w, v->name);
  text_puts(w->out, "\">\n");
  put_dims(w, v);
  bool good = true;
  if (v->kind == VARIABLE_PARAMETER)
    put_parameter(w, index);
  else if (v->kind == VARIABLE_LEVER || v->kind == VARIABLE_INPUT)
    good = put_lever(w, index);
  else
    good = put_equations(w, v);
  put_flows(w, v);
  put_texts(w, v);
  text_printf(w->out, "    </%s>\n", tag);
  return good;
}

static bool put_functions(struct xmile_writer *w) {
  bool good = true;
  for (size_t i = 0; i < w->m->functions.count; i++) {
    const struct function *f = &w->m->functions.items[i];
    struct xmile_target t = {0};
    text_puts(w->out, "  <macro name=\"");
    xmile_print_escaped(w, f->name);
    text_puts(w->out, "\">\n");
    for (size_t k = 0; k < f->arg_count; k++) put_element(w, "    ", "parm", f->args[k]);
    text_puts(w->out, "    ");
    good = put_eqn(w, &t, f->body) && good;
    text_puts(w->out, "\n");
    put_element(w, "    ", "doc", f->doc);
    text_puts(w->out, "  </macro>\n");
  }
  return good;
}

// Sectors are groups.
static void put_group(struct xmile_writer *w, uint32_t first, bool *written) {
  const char *sector = w->m->variables.items[first].sector;
  text_puts(w->out, "    <group name=\"");
  xmile_print_attribute(w, sector);
  text_puts(w->out, "\">\n");
  for (uint32_t i = first; i < w->m->variables.count; i++) {
    const struct variable *v = &w->m->variables.items[i];
    if (written[i] || !v->sector || strcmp(v->sector, sector) != 0) continue;
    written[i] = true;
    text_puts(w->out, "      <entity name=\"");
    xmile_print_attribute(w, v->name);
    text_puts(w->out, "\"/>\n");
  }
  text_puts(w->out, "    </group>\n");
}

static void put_groups(struct xmile_writer *w) {
  bool *written = arena_array(w->arena, bool, w->m->variables.count + 1);
  for (uint32_t i = 0; i < w->m->variables.count; i++)
    if (w->m->variables.items[i].sector && !written[i]) put_group(w, i, written);
}

bool xmile_write(struct text *out, struct arena *a, const struct model *m, const struct scenario *s,
                 struct diag *diag) {
  struct xmile_writer w = {.arena = a, .out = out, .m = m, .s = s, .diag = diag};
  struct map folded;
  size_t errors = diag->errors;
  map_init(&folded, a);
  note_lost(&w);
  put_header(&w);
  put_clock(&w);
  put_units(&w);
  put_dimensions(&w);
  text_puts(out, "  <model>\n    <variables>\n");
  for (uint32_t i = 0; i < m->variables.count; i++) {
    name_is_sayable(&w, &folded, &m->variables.items[i], i);
    put_variable(&w, i);
  }
  put_groups(&w);
  text_puts(out, "    </variables>\n");
  if (diag->errors == errors) xmile_layout_write(&w);
  text_puts(out, "  </model>\n");
  put_functions(&w);
  xmile_print_macros(&w);
  text_puts(out, "</xmile>\n");
  if (out->failed) arena_fail(a);
  return diag->errors == errors;
}
