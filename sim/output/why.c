// SPDX-License-Identifier: GPL-3.0-or-later
// Trees are tables: the first column is indented by depth and begins with the sign of the link, the others hold unit
// and values. A variable that was opened once is not opened again, so that cycles end and nothing stands twice.
#include "output/why.h"

#include <math.h>

#include "base/limits.h"
#include "output/describe.h"

#define TEXT(w, id) messages_text((w)->language, MESSAGE_##id)
#define FORMAT(w, id, ...) messages_format((w)->arena, (w)->language, MESSAGE_##id, __VA_ARGS__)

const char *why_sign(enum sign sign) {
  static const char *const signs[] = {"0", "+", "-", "+-"};
  return signs[sign];
}

const char *why_link_sign(const struct causes *g, const struct cause *c) {
  return g->checked->model->variables.items[c->from].kind == VARIABLE_TABLE ? "" : why_sign(c->sign);
}

const char *why_polarity(enum sign sign) {
  static const char *const signs[] = {"0", "R", "B", "+-"};
  return signs[sign];
}

static const struct model *model_of(const struct why *w) {
  return w->causes->checked->model;
}

static const struct variable *variable_of(const struct why *w, uint32_t variable) {
  return &model_of(w)->variables.items[variable];
}

static const char *label(const struct why *w, const struct variable *v) {
  return messages_label(w->language, v->label);
}

static void put_heading(struct text *out, const struct why *w, const char *heading) {
  text_printf(out, "\n%s%s%s\n", w->bold ? "\033[1m" : "", heading, w->bold ? "\033[0m" : "");
}

// ---- values: a number, or the range over the elements

static const char *range(struct arena *a, double low, double high) {
  if (low == high || (isnan(low) && isnan(high))) return table_number(a, low);
  return arena_format(a, "%s .. %s", table_number(a, low), table_number(a, high));
}

static const char *saved_value(const struct why *w, uint32_t variable, size_t save) {
  const struct results *r = w->card->results;
  size_t first = program_column(r->program, variable, 0), count = variable_of(w, variable)->element_count;
  if (first == SIZE_MAX || save == SCORECARD_NONE) return NULL;
  double low = INFINITY, high = -INFINITY;
  for (size_t e = 0; e < count; e++) {
    double x = r->values[save * r->program->column_count + first + e];
    if (isnan(x)) return table_number(w->arena, x);
    low = fmin(low, x), high = fmax(high, x);
  }
  return range(w->arena, low, high);
}

// As the scenario has it.
static const char *parameter_value(const struct why *w, uint32_t variable) {
  const struct scenario *s = w->card->results->program->scenario;
  const struct variable *v = variable_of(w, variable);
  double low = INFINITY, high = -INFINITY;
  for (uint32_t e = 0; v->values && e < v->element_count; e++) {
    double x = v->values[e];
    for (size_t i = 0; i < s->parameters.count; i++) {
      const struct override *o = &s->parameters.items[i];
      if (o->variable == variable && (o->element == UINT32_MAX || o->element == e)) x = o->value;
    }
    low = fmin(low, x), high = fmax(high, x);
  }
  return v->values ? range(w->arena, low, high) : NULL;
}

static void add_columns(struct table *t, const struct why *w, const char *first) {
  table_column(t, first, false);
  table_column(t, TEXT(w, unit), false);
  for (size_t c = 0; c < w->card->column_count; c++)
    table_column(t, scorecard_heading(w->arena, w->card, c, w->language), true);
  table_column(t, TEXT(w, doc_label), false);
}

static void add_cells(struct table *t, const struct why *w, uint32_t variable, const char *first) {
  const struct variable *v = variable_of(w, variable);
  bool constant = v->kind == VARIABLE_PARAMETER;
  table_cell(t, first);
  table_cell(t, describe_unit(w->arena, model_of(w), v->unit));
  for (size_t c = 0; c < w->card->column_count; c++)
    table_cell(t, !constant ? saved_value(w, variable, w->card->columns[c].save)
                  : c       ? NULL
                            : parameter_value(w, variable));
  table_cell(t, label(w, v));
}

// ---- trees

struct branch {
  const struct why *why;
  struct table table;
  bool *opened; /* [variable] */
  bool uses;    // else causes
  size_t lines, left_out;
  bool deeper;
};

static const char *indent(struct arena *a, size_t depth) {
  return arena_format(a, "%*s", (int)(2 * depth), "");
}

static void grow(struct branch *b, uint32_t variable, size_t depth);

static void add_line(struct branch *b, const struct cause *c, size_t depth) {
  const struct why *w = b->why;
  uint32_t other = b->uses ? c->to : c->from;
  const struct causes *g = w->causes;
  bool leaf = b->uses ? g->first_use[other] == g->first_use[other + 1] : g->first[other] == g->first[other + 1];
  if (b->lines >= LIMIT_TREE_LINES) {
    b->left_out++;
    return;
  }
  b->lines++;
  bool again = b->opened[other] && !leaf;
  const char *name = describe_name(w->arena, model_of(w), variable_of(w, other));
  add_cells(&b->table, w, other,
            arena_format(w->arena, "%s%-2s %s%s%s", indent(w->arena, depth), why_link_sign(g, c), name,
                         again ? " " : "", again ? TEXT(w, why_shown) : ""));
  if (leaf || again) return;
  if (depth + 1 < w->depth)
    grow(b, other, depth + 1);
  else
    b->deeper = true;
}

static void grow(struct branch *b, uint32_t variable, size_t depth) {
  const struct causes *g = b->why->causes;
  b->opened[variable] = true;
  if (b->uses)
    for (uint32_t i = g->first_use[variable]; i < g->first_use[variable + 1]; i++)
      add_line(b, &g->links.items[g->uses[i]], depth);
  else
    for (uint32_t i = g->first[variable]; i < g->first[variable + 1]; i++) add_line(b, &g->links.items[i], depth);
}

static void put_tree(struct text *out, const struct why *w, uint32_t variable, bool uses) {
  struct branch b = {.why = w, .uses = uses};
  b.opened = arena_array(w->arena, bool, model_of(w)->variables.count + 1);
  table_init(&b.table, w->arena);
  add_columns(&b.table, w, uses ? TEXT(w, why_uses) : TEXT(w, why_causes));
  grow(&b, variable, 0);
  if (!b.lines) return;
  text_puts(out, "\n");
  table_print(out, &b.table, w->bold);
  if (b.left_out) text_printf(out, "%s\n", FORMAT(w, why_lines, b.left_out));
  if (b.deeper) text_printf(out, "%s\n", FORMAT(w, why_deeper, w->depth + 1));
}

// ---- a variable

static void put_field(struct text *out, const struct why *w, const char *name, const char *value) {
  if (value && *value) text_printf(out, "  %s: %s\n", name, table_line(w->arena, value));
}

static void put_lines(struct text *out, const struct why *w, struct lines lines) {
  for (size_t i = 0; i < lines.items.count; i++) text_printf(out, "  %s\n", table_safe(w->arena, lines.items.items[i]));
}

static void put_lever(struct text *out, const struct why *w, const struct variable *v) {
  if (v->kind != VARIABLE_LEVER) return;
  struct arena *a = w->arena;
  put_field(out, w, TEXT(w, doc_range),
            arena_format(a, "%s .. %s", describe_number(a, v->low), describe_number(a, v->high)));
  put_field(out, w, TEXT(w, doc_authority), v->authority);
  put_field(out, w, TEXT(w, doc_passage), v->passage);
  put_field(out, w, TEXT(w, doc_cost), v->cost);
}

static void put_head(struct text *out, const struct why *w, const struct variable *v) {
  const struct model *m = model_of(w);
  struct arena *a = w->arena;
  text_printf(out, "%s%s (%s)%s  %s, %s%s\n", w->bold ? "\033[1m" : "", table_safe(a, label(w, v)),
              table_safe(a, describe_name(a, m, v)), w->bold ? "\033[0m" : "", describe_kind(w->language, v->kind),
              table_safe(a, describe_unit(a, m, v->unit)), v->judgement ? " *" : "");
  put_lines(out, w, describe_equations(a, m, v));
  struct lines priors = describe_priors(a, m, v);
  for (size_t i = 0; i < priors.items.count; i++) put_field(out, w, TEXT(w, doc_prior), priors.items.items[i]);
  put_lever(out, w, v);
  put_field(out, w, TEXT(w, doc_notes), v->doc);
  put_field(out, w, TEXT(w, doc_source), v->source);
  text_printf(out, "  %s\n", table_safe(a, describe_place(a, v->span)));
  if (v->judgement) text_printf(out, "  %s\n", TEXT(w, judgement));
}

static void put_values(struct text *out, const struct why *w, uint32_t variable) {
  struct table t;
  table_init(&t, w->arena);
  add_columns(&t, w, TEXT(w, compare_variable));
  add_cells(&t, w, variable, describe_name(w->arena, model_of(w), variable_of(w, variable)));
  text_puts(out, "\n");
  table_print(out, &t, w->bold);
}

const char *why_path(struct arena *a, const struct model *m, const struct loop *l, bool closed) {
  const char *text = m->variables.items[l->variables[0]].name;
  for (size_t i = 1; i < l->count; i++)
    text = arena_format(a, "%s -> %s", text, m->variables.items[l->variables[i]].name);
  return closed ? arena_format(a, "%s -> %s", text, m->variables.items[l->variables[0]].name) : text;
}

static void put_feedback(struct text *out, const struct why *w, uint32_t variable) {
  const struct causes *g = w->causes;
  if (!w->loops || !w->loops->items.count) {
    text_printf(out, "\n%s\n", TEXT(w, why_no_loop));
    return;
  }
  struct table t;
  table_init(&t, w->arena);
  table_column(&t, TEXT(w, why_polarity), false);
  table_column(&t, TEXT(w, why_stocks), true);
  table_column(&t, TEXT(w, why_name), false);
  table_column(&t, TEXT(w, why_loop), false);
  for (size_t i = 0; i < w->loops->items.count; i++) {
    const struct loop *l = &w->loops->items.items[i];
    table_cell(&t, why_polarity(l->sign));
    table_cell(&t, arena_format(w->arena, "%zu", l->stocks));
    table_cell(&t, loops_name(w->named, l));
    table_cell(&t, why_path(w->arena, model_of(w), l, true));
  }
  put_heading(out, w, TEXT(w, why_loops));
  table_print(out, &t, w->bold);
  if (w->loops->more) text_printf(out, "%s\n", TEXT(w, why_loops_more));
  size_t size = g->component_sizes[g->components.component[variable]];
  text_printf(out, "%s\n", FORMAT(w, why_feedback, size, model_of(w)->variables.count));
}

static bool passes(const struct named_loop *n, uint32_t variable) {
  for (size_t i = 0; i < n->loop.count; i++)
    if (n->loop.variables[i] == variable) return true;
  return false;
}

static void add_named(struct table *t, const struct why *w, const struct named_loop *n) {
  table_cell(t, n->name);
  table_cell(t, n->chain ? arena_format(w->arena, "%s %s", TEXT(w, why_chain), why_sign(n->loop.sign))
                         : why_polarity(n->loop.sign));
  table_cell(t, messages_label(w->language, n->label));
  table_cell(t, why_path(w->arena, model_of(w), &n->loop, !n->chain));
}

static void put_named(struct text *out, const struct why *w, uint32_t variable) {
  struct table t;
  table_init(&t, w->arena);
  table_column(&t, TEXT(w, why_name), false);
  table_column(&t, TEXT(w, why_polarity), false);
  table_column(&t, TEXT(w, doc_label), false);
  table_column(&t, TEXT(w, why_loop), false);
  for (size_t i = 0; w->named && i < w->named->items.count; i++)
    if (variable == UINT32_MAX || passes(&w->named->items.items[i], variable))
      add_named(&t, w, &w->named->items.items[i]);
  if (!t.cells.count) return;
  put_heading(out, w, TEXT(w, why_named));
  table_print(out, &t, w->bold);
}

const char *why_legend(const struct why *w) {
  const struct results *r = w->card->results;
  const char *times = "";
  for (size_t c = 0; c < w->card->column_count; c++) {
    size_t save = w->card->columns[c].save;
    if (save != SCORECARD_NONE)
      times = arena_format(w->arena, "%s%s%s", times, *times ? ", " : "", describe_number(w->arena, r->times[save]));
  }
  return FORMAT(w, why_legend, table_safe(w->arena, model_of(w)->time_unit_text), times,
                table_safe(w->arena, r->program->scenario->name));
}

static void put_legend(struct text *out, const struct why *w) {
  text_printf(out, "\n%s\n", why_legend(w));
}

static void put_passages(struct text *out, const struct why *w, uint32_t variable) {
  size_t from = 0;
  const struct passage *p = w->paper ? paper_next(w->paper, variable, &from) : NULL;
  if (p) put_heading(out, w, TEXT(w, why_passages));
  for (; p; p = paper_next(w->paper, variable, &from))
    text_printf(out, "  %s  %s  %s\n", table_safe(w->arena, p->id), table_safe(w->arena, p->section),
                table_safe(w->arena, w->language == LANGUAGE_ZH ? p->quote : p->en));
}

void why_variable(struct text *out, const struct why *w, uint32_t variable) {
  put_head(out, w, variable_of(w, variable));
  put_values(out, w, variable);
  put_tree(out, w, variable, false);
  put_tree(out, w, variable, true);
  put_feedback(out, w, variable);
  put_named(out, w, variable);
  put_passages(out, w, variable);
  put_legend(out, w);
}

// ---- named loops

void why_named_loops(struct text *out, const struct why *w) {
  put_named(out, w, UINT32_MAX);
  put_legend(out, w);
}

void why_named_loop(struct text *out, const struct why *w, const struct named_loop *n) {
  struct table t;
  text_printf(out, "%s%s: %s%s  %s\n", w->bold ? "\033[1m" : "", table_safe(w->arena, n->name),
              table_safe(w->arena, messages_label(w->language, n->label)), w->bold ? "\033[0m" : "",
              n->chain ? TEXT(w, why_chain) : why_polarity(n->loop.sign));
  put_field(out, w, TEXT(w, doc_notes), n->doc);
  text_printf(out, "  %s\n\n", table_safe(w->arena, describe_place(w->arena, n->span)));
  table_init(&t, w->arena);
  add_columns(&t, w, TEXT(w, compare_variable));
  for (size_t i = 0; i < n->loop.count; i++) {
    size_t before = i ? i - 1 : n->loop.count - 1;
    const struct cause *c = causes_link(w->causes, n->loop.variables[before], n->loop.variables[i]);
    const char *sign = n->chain && !i ? "" : c ? why_sign(c->sign) : "?";
    const char *name = describe_name(w->arena, model_of(w), variable_of(w, n->loop.variables[i]));
    add_cells(&t, w, n->loop.variables[i], arena_format(w->arena, "%-2s %s", sign, name));
  }
  table_print(out, &t, w->bold);
  put_legend(out, w);
}
