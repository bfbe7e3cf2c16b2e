// SPDX-License-Identifier: GPL-3.0-or-later
// Text of declarations. Arrays of numbers are written as maps by element, in the order of the dimension, and as one
// number when all are alike.
#include "output/describe.h"

#include <math.h>
#include <string.h>

#include "lang/prior.h"

enum { SHOWN_NUMBERS = 64, SHOWN_POINTS = 64 };

const char *describe_number(struct arena *a, double x) {
  if (!isfinite(x)) return isnan(x) ? "nan" : x > 0 ? "inf" : "-inf";
  return text_from_number(x, arena_alloc(a, 32));
}

const char *describe_unit(struct arena *a, const struct model *m, const struct unit *unit) {
  return unit ? unit_text(a, &m->units, unit) : "";
}

const char *describe_place(struct arena *a, struct span at) {
  if (!at.source) return "";
  return arena_format(a, "%s:%u", at.source->path, source_place(at.source, at.at).line);
}

const char *describe_kind(enum language language, enum variable_kind kind) {
  static const char *const zh[VARIABLE_KINDS] = {"存量", "流量", "辅助变量", "指标",  "常量",
                                                 "参数", "杠杆", "外生输入", "表函数"};
  return language == LANGUAGE_ZH ? zh[kind] : variable_kind_names[kind];
}

const char *describe_name(struct arena *a, const struct model *m, const struct variable *v) {
  const char *inside = "";
  for (size_t i = 0; i < v->dim_count; i++)
    inside = arena_format(a, "%s%s%s", inside, i ? ", " : "", m->dimensions.items[v->dims[i]].name);
  return v->dim_count ? arena_format(a, "%s[%s]", v->name, inside) : v->name;
}

// The text of a buffer, moved to the arena.
static const char *taken(struct arena *a, struct text *t) {
  if (t->failed) {
    text_free(t);
    arena_fail(a);
  }
  const char *copy = arena_copy(a, t->data ? t->data : "", t->size);
  text_free(t);
  return copy;
}

const char *describe_expression(struct arena *a, const struct expr *e) {
  struct text t = {0};
  expr_print(&t, e);
  return taken(a, &t);
}

static const char *target(struct arena *a, const struct model *m, const struct variable *v, const struct equation *e) {
  if (!e->subscript_count) return describe_name(a, m, v);
  const char *inside = "";
  for (size_t i = 0; i < e->subscript_count; i++)
    inside = arena_format(a, "%s%s%s", inside, i ? ", " : "", e->subscripts[i].name);
  return arena_format(a, "%s[%s]", v->name, inside);
}

static void add_equations(struct arena *a, const struct model *m, const struct variable *v, const char *before,
                          const struct equation *items, size_t count, struct lines *out) {
  for (size_t i = 0; i < count; i++)
    list_push(a, &out->items) =
        arena_format(a, "%s%s = %s", before, target(a, m, v, &items[i]), describe_expression(a, items[i].rhs));
}

static void add_flows(struct arena *a, const struct model *m, const struct variable *v, struct lines *out) {
  const char *sum = "";
  for (size_t i = 0; i < v->inflows.count; i++)
    sum = arena_format(a, "%s%s%s", sum, i ? " + " : "", v->inflows.items[i].name);
  for (size_t i = 0; i < v->outflows.count; i++)
    sum = arena_format(a, "%s%s%s", sum, *sum ? " - " : "-", v->outflows.items[i].name);
  list_push(a, &out->items) =
      arena_format(a, "d %s / dt = %s%s", describe_name(a, m, v), *sum ? sum : "0", v->non_negative ? "  (>= 0)" : "");
}

// "ic" of "rho[ic]"
static const char *subscripts(struct arena *a, const struct model *m, const struct variable *v, size_t element) {
  const char *inside = strchr(variable_element_name(a, m, v, element) + strlen(v->name), '[') + 1;
  return arena_copy(a, inside, strlen(inside) - 1);
}

static void add_numbers(struct arena *a, const struct model *m, const struct variable *v, struct lines *out) {
  const char *text = "";
  bool alike = true;
  for (size_t i = 1; i < v->element_count; i++) alike = alike && v->values[i] == v->values[0];
  size_t shown = v->element_count < SHOWN_NUMBERS ? v->element_count : SHOWN_NUMBERS;
  if (alike) {
    text = describe_number(a, v->values[0]);
  } else {
    for (size_t i = 0; i < shown; i++)
      text =
          arena_format(a, "%s%s%s: %s", text, i ? ", " : "", subscripts(a, m, v, i), describe_number(a, v->values[i]));
    text = arena_format(a, "{%s%s}", text, shown < v->element_count ? ", ..." : "");
  }
  list_push(a, &out->items) = arena_format(a, "%s = %s", describe_name(a, m, v), text);
}

static void add_points(struct arena *a, const struct variable *v, struct lines *out) {
  const char *text = "", *modes[] = {"", ", step", ", extrapolate"};
  size_t shown = v->path.count < SHOWN_POINTS ? v->path.count : SHOWN_POINTS;
  if (v->path.count == 1) {
    list_push(a, &out->items) = arena_format(a, "%s = %s", v->name, describe_number(a, v->path.y[0]));
    return;
  }
  for (size_t i = 0; i < shown; i++)
    text = arena_format(a, "%s%s(%s, %s)", text, i ? " " : "", describe_number(a, v->path.x[i]),
                        describe_number(a, v->path.y[i]));
  list_push(a, &out->items) =
      arena_format(a, "%s: %s%s%s", v->name, text, shown < v->path.count ? " ..." : "", modes[v->path.mode]);
}

struct lines describe_equations(struct arena *a, const struct model *m, const struct variable *v) {
  struct lines out = {0};
  bool stock = v->kind == VARIABLE_STOCK;
  const char *clock = m->time_unit_text && *m->time_unit_text ? m->time_unit_text : "time";
  const char *start = arena_format(a, "%s = %s: ", clock, describe_number(a, m->start));
  add_equations(a, m, v, stock ? start : "", v->equations.items, v->equations.count, &out);
  add_equations(a, m, v, start, v->initial.items, v->initial.count, &out);
  if (stock) add_flows(a, m, v, &out);
  if (v->kind == VARIABLE_PARAMETER && v->values) add_numbers(a, m, v, &out);
  if (v->path.count) add_points(a, v, &out);
  return out;
}

static const char *prior_text(struct arena *a, const struct prior *p) {
  const char *text = "";
  for (size_t i = 0; i < p->arg_count; i++)
    text = arena_format(a, "%s%s%s", text, i ? ", " : "", describe_number(a, p->args[i]));
  for (size_t i = 0; i < p->value_count; i++)
    text = arena_format(a, "%s%s%s: %s", text, i ? ", " : "", describe_number(a, p->values[i]),
                        describe_number(a, p->weights[i]));
  text = arena_format(a, "%s [%s]", prior_names[p->kind], text);
  if (isfinite(p->low)) text = arena_format(a, "%s >= %s", text, describe_number(a, p->low));
  if (isfinite(p->high)) text = arena_format(a, "%s <= %s", text, describe_number(a, p->high));
  return text;
}

struct lines describe_priors(struct arena *a, const struct model *m, const struct variable *v) {
  struct lines out = {0};
  for (size_t i = 0; v->prior && i < v->element_count; i++) {
    if (v->prior[i].kind == PRIOR_NONE) continue;
    const char *text = prior_text(a, &v->prior[i]);
    bool again = i && v->prior[i - 1].kind != PRIOR_NONE && strcmp(prior_text(a, &v->prior[i - 1]), text) == 0;
    if (again) continue;
    bool one = v->element_count == 1;
    list_push(a, &out.items) = one ? text : arena_format(a, "%s: %s", variable_element_name(a, m, v, i), text);
  }
  return out;
}
