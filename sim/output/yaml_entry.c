// SPDX-License-Identifier: GPL-3.0-or-later
// The entry of one variable in block style: its declaration, then an entry for each further equation of an array.
// Values of parameters are one number where all are alike, else lists nested as the dimensions are.
#include <math.h>
#include <string.h>

#include "lang/prior.h"
#include "output/yaml_parts.h"

enum { ENTRY = 2, FIELD = 4, INNER = 6, DEEP = 8 };

static const char *number(struct yaml_writer *w, double value) {
  return text_from_number(value, arena_alloc(w->arena, 32));
}

// ---- units

static const char *written_text(const struct yaml_writer *w, struct span at) {
  return at.source ? arena_copy(w->arena, at.source->text + at.at, at.size) : "";
}

static bool reads_as(struct yaml_writer *w, const char *text, const struct unit *unit) {
  if (!*text) return false;
  struct unit_table table = unit_table_copy(&w->m->units, w->arena);
  struct diag silent;
  diag_init(&silent, w->arena);
  const struct unit *x = unit_parse(&table, text, NOWHERE, &silent);
  return x && unit_equal(x, unit) && x->factor == unit->factor;
}

// A factor and powers of base units: what always can be said.
static const char *from_bases(struct yaml_writer *w, const struct unit *unit) {
  const char *text = unit->factor == 1 && unit->count ? "" : number(w, unit->factor);
  for (size_t i = 0; i < unit->count; i++) {
    const struct unit_power *p = &unit->powers[i];
    text = arena_format(w->arena, "%s%s%s", text, *text ? "*" : "", w->m->units.bases.items[p->base]);
    if (p->den != 1)
      text = arena_format(w->arena, "%s^(%d/%d)", text, p->num, p->den);
    else if (p->num != 1)
      text = arena_format(w->arena, "%s^%d", text, p->num);
  }
  return text;
}

void yaml_put_unit(struct yaml_writer *w, int indent, const char *key, const struct unit *unit, struct span at) {
  if (unit == unit_none()) {
    yaml_put_key(w, indent, key);
    text_puts(w->out, " ~\n");
    return;
  }
  const char *text = written_text(w, at);
  const struct unit *known = unit_find(&w->m->units, text);
  if (w->m->foreign || !known || !unit_equal(known, unit) || known->factor != unit->factor) {
    text = unit_text(w->arena, &w->m->units, unit);
    known = unit_find(&w->m->units, text);
    if (!(known && unit_equal(known, unit) && known->factor == unit->factor) && !reads_as(w, text, unit))
      text = from_bases(w, unit);
  }
  yaml_put_field(w, indent, key, text);
}

// ---- numbers by element

static bool all_alike(const double *values, size_t count) {
  for (size_t i = 1; i < count; i++)
    if (values[i] != values[0]) return false;
  return true;
}

static void put_nested(struct yaml_writer *w, const struct variable *v, const double *values, size_t place,
                       size_t count) {
  size_t parts = w->m->dimensions.items[v->dims[place]].count;
  text_puts(w->out, "[");
  for (size_t i = 0; i < parts; i++) {
    bool leaf = place + 1 == v->dim_count;
    yaml_put_item(w, INNER, i, leaf ? number(w, values[i]) : "");
    if (!leaf) put_nested(w, v, values + i * (count / parts), place + 1, count / parts);
  }
  text_puts(w->out, "]");
}

static void put_values(struct yaml_writer *w, const struct variable *v) {
  yaml_put_key(w, FIELD, "value");
  text_puts(w->out, " ");
  if (all_alike(v->values, v->element_count))
    yaml_put_number(w, v->values[0]);
  else
    put_nested(w, v, v->values, 0, v->element_count);
  text_puts(w->out, "\n");
  for (size_t i = 0; i < v->element_count; i++)
    if (!isfinite(v->values[i]) && !(v->absent && v->absent[i])) {
      diag_error(w->diag, v->span, yaml_unsaid, v->name, "a value that is not finite");
      w->failed = true;
      return;
    }
}

static void put_absent(struct yaml_writer *w, const struct variable *v) {
  if (!v->absent) return;
  yaml_put_key(w, FIELD, "absent");
  text_puts(w->out, " [");
  for (size_t i = 0; i < v->element_count; i++) yaml_put_item(w, INNER, i, v->absent[i] ? "true" : "false");
  text_puts(w->out, "]\n");
}

// ---- priors

static bool same_prior(const struct prior *a, const struct prior *b) {
  if (a->kind != b->kind || a->arg_count != b->arg_count || a->value_count != b->value_count) return false;
  if (a->low != b->low || a->high != b->high) return false;
  for (size_t i = 0; i < a->arg_count; i++)
    if (a->args[i] != b->args[i]) return false;
  for (size_t i = 0; i < a->value_count; i++)
    if (a->values[i] != b->values[i] || a->weights[i] != b->weights[i]) return false;
  return true;
}

// Weights were divided by their sum. A multiple of them that gives the same bits again, preferably whole numbers.
static double weight_scale(const struct prior *p) {
  for (int scale = 1; scale <= 1000; scale++) {
    double sum = 0;
    bool same = true;
    for (size_t i = 0; i < p->value_count; i++) sum += round(p->weights[i] * scale);
    for (size_t i = 0; i < p->value_count; i++) same = same && round(p->weights[i] * scale) / sum == p->weights[i];
    if (same) return scale;
  }
  return 0;
}

static void put_discrete(struct yaml_writer *w, const struct prior *p) {
  double scale = weight_scale(p);
  text_puts(w->out, "{");
  for (size_t i = 0; i < p->value_count; i++) {
    text_puts(w->out, i ? ", " : "");
    yaml_put_number(w, p->values[i]);
    text_puts(w->out, ": ");
    yaml_put_number(w, scale > 0 ? round(p->weights[i] * scale) : p->weights[i]);
  }
  text_puts(w->out, "}");
}

static void put_prior(struct yaml_writer *w, const struct prior *p) {
  text_printf(w->out, "{%s: ", prior_names[p->kind]);
  if (p->kind == PRIOR_DISCRETE) {
    put_discrete(w, p);
  } else {
    for (size_t i = 0; i < p->arg_count; i++) text_puts(w->out, i ? ", " : "["), yaml_put_number(w, p->args[i]);
    text_puts(w->out, "]");
  }
  if (isfinite(p->low)) text_puts(w->out, ", low: "), yaml_put_number(w, p->low);
  if (isfinite(p->high)) text_puts(w->out, ", high: "), yaml_put_number(w, p->high);
  text_puts(w->out, "}\n");
}

// By element, nested as the dimensions; elements without a prior are left out.
static void put_priors(struct yaml_writer *w, const struct variable *v, const struct prior *p, size_t place,
                       size_t count) {
  const struct dimension *d = &w->m->dimensions.items[v->dims[place]];
  size_t part = count / d->count;
  for (uint32_t i = 0; i < d->count; i++) {
    const struct prior *own = p + i * part;
    bool any = false;
    for (size_t k = 0; k < part; k++) any = any || own[k].kind != PRIOR_NONE;
    if (!any) continue;
    yaml_put_key(w, INNER + 2 * (int)place, d->elements[i]);
    text_puts(w->out, place + 1 == v->dim_count ? " " : "\n");
    if (place + 1 == v->dim_count)
      put_prior(w, own);
    else
      put_priors(w, v, own, place + 1, part);
  }
}

static void put_prior_field(struct yaml_writer *w, const struct variable *v) {
  bool alike = true, any = false;
  for (size_t i = 0; v->prior && i < v->element_count; i++) {
    any = any || v->prior[i].kind != PRIOR_NONE;
    alike = alike && same_prior(&v->prior[i], &v->prior[0]);
  }
  if (!any) return;
  yaml_put_key(w, FIELD, "prior");
  text_puts(w->out, alike ? " " : "\n");
  if (alike)
    put_prior(w, &v->prior[0]);
  else
    put_priors(w, v, v->prior, 0, v->element_count);
}

// ---- paths

static const char *const modes[] = {[PATH_LINEAR] = "linear", [PATH_STEP] = "step", [PATH_EXTRAPOLATE] = "extrapolate"};

static void put_points(struct yaml_writer *w, const struct path *p, int indent) {
  text_puts(w->out, "[");
  for (size_t i = 0; i < p->count; i++)
    yaml_put_item(w, indent, i, arena_format(w->arena, "[%s, %s]", number(w, p->x[i]), number(w, p->y[i])));
  text_puts(w->out, "]");
}

static void put_path(struct yaml_writer *w, const struct variable *v) {
  const struct path *p = &v->path;
  bool constant = p->count == 1 && p->x[0] == 0 && p->mode == PATH_LINEAR && v->kind != VARIABLE_TABLE;
  if (constant) {
    yaml_put_field(w, FIELD, "value", number(w, p->y[0]));
    return;
  }
  yaml_put_key(w, FIELD, "points");
  text_puts(w->out, " ");
  put_points(w, p, FIELD + 9);
  text_puts(w->out, "\n");
  if (p->mode != PATH_LINEAR) yaml_put_field(w, FIELD, "mode", modes[p->mode]);
}

static void put_paths(struct yaml_writer *w, const struct variable *v, size_t place, size_t from, size_t count) {
  const struct dimension *d = &w->m->dimensions.items[v->dims[place]];
  size_t part = count / d->count;
  for (uint32_t i = 0; i < d->count; i++) {
    const struct path *p = &v->paths[from + i * part];
    bool leaf = place + 1 == v->dim_count;
    if (leaf && !p->count) continue;
    yaml_put_key(w, INNER + 2 * (int)place, d->elements[i]);
    text_puts(w->out, leaf ? " {points: " : "\n");
    if (leaf)
      put_points(w, p, DEEP + 2 * (int)place);
    else
      put_paths(w, v, place + 1, from + i * part, part);
    if (leaf && p->mode != PATH_LINEAR) text_printf(w->out, ", mode: %s", modes[p->mode]);
    if (leaf) text_puts(w->out, "}\n");
  }
}

static void put_table(struct yaml_writer *w, const struct variable *v) {
  if (!v->paths) {
    put_path(w, v);
  } else {
    text_puts(w->out, "    paths:\n");
    put_paths(w, v, 0, 0, v->element_count);
  }
}

// ---- equations

static bool is_whole(const struct equation *e) {
  return !e->subscript_count;
}

static void put_equation(struct yaml_writer *w, const struct variable *v, const char *key, const struct equation *e) {
  if (e->rhs) yaml_put_field(w, FIELD, key, yaml_expr(w, v, e, e->rhs));
}

static const char *equation_key(const struct variable *v) {
  return v->kind == VARIABLE_STOCK ? "initial" : "equation";
}

static void put_whole(struct yaml_writer *w, const struct variable *v) {
  for (size_t i = 0; i < v->equations.count; i++)
    if (is_whole(&v->equations.items[i])) put_equation(w, v, equation_key(v), &v->equations.items[i]);
  for (size_t i = 0; i < v->initial.count; i++)
    if (is_whole(&v->initial.items[i])) put_equation(w, v, "initial", &v->initial.items[i]);
}

// An equation for the same elements as `key`, or NULL.
static const struct equation *same_target(struct yaml_writer *w, const struct variable *v, const struct equation *list,
                                          size_t count, const char *key) {
  for (size_t i = 0; i < count; i++)
    if (!is_whole(&list[i]) && strcmp(yaml_key(w, v, &list[i]), key) == 0) return &list[i];
  return NULL;
}

// A key that is the declaration's own: `x[industry]` of an array over industry.
static bool is_declaration(struct yaml_writer *w, const struct variable *v, const struct equation *e) {
  return strcmp(yaml_key(w, v, e), yaml_key(w, v, NULL)) == 0;
}

static void put_exceptions(struct yaml_writer *w, const struct variable *v) {
  for (size_t i = 0; i < v->equations.count; i++) {
    const struct equation *e = &v->equations.items[i];
    if (is_whole(e) || is_declaration(w, v, e)) continue;
    const char *key = yaml_key(w, v, e);
    const struct equation *start = v->initial.count ? same_target(w, v, v->initial.items, v->initial.count, key) : NULL;
    yaml_put_key(w, ENTRY, key);
    text_puts(w->out, "\n");
    put_equation(w, v, equation_key(v), e);
    if (start) put_equation(w, v, "initial", start);
    yaml_put_field(w, FIELD, "doc", e->doc);
  }
  for (size_t i = 0; i < v->initial.count; i++) {
    const struct equation *e = &v->initial.items[i];
    if (is_whole(e) || is_declaration(w, v, e)) continue;
    if (same_target(w, v, v->equations.items, v->equations.count, yaml_key(w, v, e))) continue;
    yaml_put_key(w, ENTRY, yaml_key(w, v, e));
    text_puts(w->out, "\n");
    put_equation(w, v, "initial", e);
    yaml_put_field(w, FIELD, "doc", e->doc);
  }
}

static void put_declared(struct yaml_writer *w, const struct variable *v) {
  put_whole(w, v);
  for (size_t i = 0; i < v->equations.count; i++)
    if (!is_whole(&v->equations.items[i]) && is_declaration(w, v, &v->equations.items[i]))
      put_equation(w, v, equation_key(v), &v->equations.items[i]);
  for (size_t i = 0; i < v->initial.count; i++)
    if (!is_whole(&v->initial.items[i]) && is_declaration(w, v, &v->initial.items[i]))
      put_equation(w, v, "initial", &v->initial.items[i]);
}

// ---- the rest of an entry

static void put_flows(struct yaml_writer *w, const char *key, const struct flow_ref *flows, size_t count) {
  if (!count) return;
  yaml_put_key(w, FIELD, key);
  text_puts(w->out, " [");
  for (size_t i = 0; i < count; i++) yaml_put_item(w, INNER, i, yaml_scalar(w->arena, flows[i].name));
  text_puts(w->out, "]\n");
}

static void put_interval(struct yaml_writer *w, const struct variable *v) {
  if (!isfinite(v->low) && !isfinite(v->high)) return;
  if (!isfinite(v->low) || !isfinite(v->high)) {
    diag_error(w->diag, v->span, yaml_unsaid, v->name, "a bound on one side");
    w->failed = true;
  }
  yaml_put_key(w, FIELD, v->kind == VARIABLE_LEVER ? "range" : "bounds");
  text_printf(w->out, " [%s, %s]\n", number(w, v->low), number(w, v->high));
}

static void put_benchmarks(struct yaml_writer *w, const struct variable *v) {
  if (v->benchmarks.count) text_puts(w->out, "    benchmarks:\n");
  for (size_t i = 0; i < v->benchmarks.count; i++) {
    const struct benchmark *b = &v->benchmarks.items[i];
    yaml_put_key(w, INNER, b->name);
    text_puts(w->out, "\n");
    yaml_put_field(w, DEEP, "value", yaml_expr(w, NULL, NULL, b->value));
    yaml_put_field(w, DEEP, "kind", b->checked ? "checked" : "printed");
    yaml_put_label(w, DEEP, "label", b->label, b->name);
    yaml_put_field(w, DEEP, "source", b->source);
    yaml_put_label(w, DEEP, "doc", b->doc, NULL);
    if (b->aside) yaml_put_field(w, DEEP, "aside", "true");
  }
}

static void put_targets(struct yaml_writer *w, const struct variable *v) {
  if (v->targets.count) text_puts(w->out, "    targets:\n");
  for (size_t i = 0; i < v->targets.count; i++) {
    const struct target *t = &v->targets.items[i];
    yaml_put_key(w, INNER, t->phase ? t->phase : "end");
    text_printf(w->out, " %s%s\n", t->at_most ? "at most " : "", number(w, t->value));
  }
}

static void put_flag(struct yaml_writer *w, const char *key, bool flag) {
  if (flag) text_printf(w->out, "    %s: true\n", key);
}

static void put_indicator(struct yaml_writer *w, const struct variable *v) {
  put_benchmarks(w, v);
  put_targets(w, v);
  if (v->report) yaml_put_field(w, FIELD, "report", v->report == REPORT_SUMMARY ? "summary" : "subsystem");
  if (v->limits) yaml_put_field(w, FIELD, "binds", number(w, v->binds));
}

enum variable_kind yaml_kind(const struct variable *v) {
  bool built_in = v->kind == VARIABLE_PARAMETER && !v->dim_count && v->reliance == RELIES_ON_VALUE;
  return built_in ? VARIABLE_CONSTANT : v->kind;
}

static void put_content(struct yaml_writer *w, const struct variable *v) {
  switch (v->kind) {
    case VARIABLE_PARAMETER:
      if (yaml_kind(v) == VARIABLE_CONSTANT) {
        yaml_put_field(w, FIELD, "equation", number(w, v->values[0]));
        break;
      }
      put_values(w, v);
      put_prior_field(w, v);
      break;
    case VARIABLE_LEVER:
    case VARIABLE_INPUT:
      put_path(w, v);
      break;
    case VARIABLE_TABLE:
      put_table(w, v);
      break;
    default:
      put_declared(w, v);
  }
}

void yaml_put_variable(struct yaml_writer *w, const struct variable *v) {
  yaml_put_key(w, ENTRY, yaml_key(w, v, NULL));
  text_puts(w->out, "\n");
  yaml_put_unit(w, FIELD, "unit", v->unit, v->unit_span);
  if (v->kind == VARIABLE_TABLE) yaml_put_unit(w, FIELD, "x_unit", v->x_unit, NOWHERE);
  put_absent(w, v);
  put_content(w, v);
  put_flows(w, "inflows", v->inflows.items, v->inflows.count);
  put_flows(w, "outflows", v->outflows.items, v->outflows.count);
  put_flag(w, "non_negative", v->non_negative);
  put_interval(w, v);
  yaml_put_field(w, FIELD, "authority", v->authority);
  yaml_put_field(w, FIELD, "passage", v->passage);
  yaml_put_field(w, FIELD, "cost", v->cost);
  put_indicator(w, v);
  put_flag(w, "judgement", v->judgement);
  put_flag(w, "hidden", v->hidden);
  put_flag(w, "made", v->made);
  yaml_put_label(w, FIELD, "label", v->label, v->name);
  yaml_put_field(w, FIELD, "doc", v->doc);
  yaml_put_field(w, FIELD, "source", v->source);
  put_exceptions(w, v);
}
