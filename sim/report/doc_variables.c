// SPDX-License-Identifier: GPL-3.0-or-later
// Variables in a document: each with all that the model says of it and links to what it has to do with, sector by
// sector; the levers and the uncertain parameters once more as tables.
#include <math.h>
#include <string.h>

#include "output/describe.h"
#include "output/why.h"
#include "report/doc_parts.h"

void doc_collect_sectors(struct doc *d) {
  const struct model *m = d->s->model;
  struct map names;
  map_init(&names, d->a);
  for (uint32_t i = 0; i < m->variables.count; i++) {
    const struct variable *v = &m->variables.items[i];
    if (v->hidden) continue;
    uint32_t at = map_add(&names, v->sector ? v->sector : "", (uint32_t)d->sectors.count);
    if (at == d->sectors.count) list_push(d->a, &d->sectors) = (struct doc_sector){.name = v->sector};
    struct doc_sector *s = &d->sectors.items[at];
    list_push(d->a, &s->variables) = i;
    for (size_t k = 0; !s->file && v->span.source && k < m->sectors.count; k++)
      if (strcmp(m->sectors.items[k].path, v->span.source->path) == 0) s->file = &m->sectors.items[k];
  }
}

const char *doc_sector_title(struct doc *d, const struct doc_sector *s) {
  if (s->file && s->file->label.en) return doc_label(d, s->file->label);
  return s->name ? s->name : DOC_TEXT(d, doc_main);
}

// ---- one variable

static const char *interval(struct doc *d, double low, double high) {
  if (!isfinite(low) && !isfinite(high)) return NULL;
  return arena_format(d->a, "%s\xC2\xA0..\xC2\xA0%s", isfinite(low) ? describe_number(d->a, low) : "",
                      isfinite(high) ? describe_number(d->a, high) : "");
}

static const char *unit_of(struct doc *d, const struct unit *unit) {
  return unit ? describe_unit(d->a, d->s->model, unit) : "";
}

static void put_what(struct doc *d, const struct variable *v) {
  const char *unit = unit_of(d, v->unit), *text = doc_label(d, v->label);
  text = arena_format(d->a, "%s (%s%s%s)", text, describe_kind(d->language, v->kind), *unit ? ", " : "", unit);
  doc_paragraph(d, v->judgement ? arena_format(d->a, "%s. %s", text, DOC_TEXT(d, doc_judgement)) : text);
}

// A list of numbers names elements, which may be called like variables.
static void put_equations(struct doc *d, const struct variable *v) {
  struct lines lines = describe_equations(d->a, d->s->model, v);
  if (!lines.items.count) return;
  doc_open(d, DOC_EQUATIONS);
  for (size_t i = 0; i < lines.items.count; i++) doc_equation(d, lines.items.items[i], v->kind != VARIABLE_PARAMETER);
  doc_close(d, DOC_EQUATIONS);
}

static void put_target(struct doc *d, const struct target *t) {
  const char *value = describe_number(d->a, t->value);
  const char *limit = t->at_most ? DOC_FORMAT(d, at_most, value) : DOC_FORMAT(d, at_least, value);
  const char *when = t->phase ? t->phase : DOC_TEXT(d, horizon);
  doc_item(d, DOC_TEXT(d, targets_heading), arena_format(d->a, "%s: %s", when, limit));
}

static void put_fields(struct doc *d, const struct variable *v) {
  struct lines priors = describe_priors(d->a, d->s->model, v);
  static const enum message_id roles[] = {0, MESSAGE_doc_subsystem, MESSAGE_doc_summary_role};
  doc_item(d, DOC_TEXT(d, doc_source), v->source);
  doc_item(d, v->kind == VARIABLE_LEVER ? DOC_TEXT(d, doc_range) : DOC_TEXT(d, doc_bounds),
           interval(d, v->low, v->high));
  if (v->non_negative) doc_item(d, DOC_TEXT(d, doc_bounds), DOC_TEXT(d, doc_non_negative));
  doc_item(d, DOC_TEXT(d, doc_authority), v->authority);
  doc_item(d, DOC_TEXT(d, doc_passage), v->passage);
  doc_item(d, DOC_TEXT(d, doc_cost), v->cost);
  for (size_t i = 0; i < priors.items.count; i++) doc_item(d, DOC_TEXT(d, doc_prior), priors.items.items[i]);
  if (v->x_unit) doc_item(d, DOC_TEXT(d, doc_argument), unit_of(d, v->x_unit));
  if (v->report != REPORT_NONE) doc_item(d, DOC_TEXT(d, doc_role), messages_text(d->language, roles[v->report]));
  if (v->limits) doc_item(d, DOC_TEXT(d, doc_binds), describe_number(d->a, v->binds));
  for (size_t i = 0; i < v->targets.count; i++) put_target(d, &v->targets.items[i]);
}

static void put_links(struct doc *d, const char *term, const uint32_t *links, size_t count, uint32_t first, bool uses) {
  const struct causes *g = d->s->causes;
  if (!count) return;
  doc_term(d, term);
  for (size_t i = 0; i < count; i++) {
    const struct cause *c = &g->links.items[links ? links[i] : first + i];
    doc_comma(d, i == 0);
    doc_link_variable(d, uses ? c->to : c->from);
    if (!d->s->measured || !*why_link_sign(g, c)) continue;
    text_puts(d->out, "\xC2\xA0");  // no line begins with a sign
    doc_text(d, why_link_sign(g, c));
  }
  doc_close(d, DOC_ITEM);
}

static void put_causes(struct doc *d, uint32_t v) {
  const struct causes *g = d->s->causes;
  put_links(d, DOC_TEXT(d, why_causes), NULL, g->first[v + 1] - g->first[v], g->first[v], false);
  put_links(d, DOC_TEXT(d, why_uses), g->uses + g->first_use[v], g->first_use[v + 1] - g->first_use[v], 0, true);
}

static void put_numbers(struct doc *d, const char *term, const struct doc_numbers *n,
                        void (*link)(struct doc *d, size_t number)) {
  if (!n->list.count) return;
  doc_term(d, term);
  for (size_t i = 0; i < n->list.count; i++) {
    doc_comma(d, i == 0);
    link(d, n->list.items[i]);
  }
  doc_close(d, DOC_ITEM);
}

static void link_benchmark(struct doc *d, size_t number) {
  doc_link_variable(d, (uint32_t)number);
}

static void link_series(struct doc *d, size_t number) {
  const struct validation_series *s = &d->s->validation->series.items[number];
  doc_link(d, doc_id(d, 'd', s->name), messages_label(d->language, s->label), false);
}

static void link_loop(struct doc *d, size_t number) {
  doc_link_loop(d, &d->s->loops->items.items[number]);
}

static void link_test(struct doc *d, size_t number) {
  const struct model_test *t = &d->s->tests->tests.items[number];
  doc_link(d, doc_id(d, 't', t->name), t->name, false);
}

static void put_passages(struct doc *d, uint32_t variable) {
  size_t from = 0;
  bool first = true;
  const struct passage *p = d->s->paper ? paper_next(d->s->paper, variable, &from) : NULL;
  if (!p) return;
  doc_term(d, DOC_TEXT(d, why_passages));
  for (; p; p = paper_next(d->s->paper, variable, &from), first = false) {
    doc_comma(d, first);
    doc_link(d, doc_id(d, 'p', p->id), d->language == LANGUAGE_ZH ? p->quote : p->id, false);
  }
  doc_close(d, DOC_ITEM);
}

// The line in its own file: where the files lie is no business of a document that is mailed. Variables come in the
// order of their files, so lines are counted on from the last one, not from the top.
static const char *place_of(struct doc *d, const struct variable *v) {
  const struct source *s = v->span.source;
  if (!s) return NULL;
  if (s != d->line.source || v->span.at < d->line.at) d->line.source = s, d->line.at = 0, d->line.number = 1;
  for (; d->line.at < v->span.at; d->line.at++) d->line.number += s->text[d->line.at] == '\n';
  const char *slash = strrchr(s->path, '/');
  return arena_format(d->a, "%s:%zu", slash ? slash + 1 : s->path, d->line.number);
}

static void put_benchmarks(struct doc *d, const struct variable *v) {
  const char *const headings[] = {DOC_TEXT(d, benchmark), DOC_TEXT(d, doc_kind), DOC_TEXT(d, doc_value),
                                  DOC_TEXT(d, doc_source), DOC_TEXT(d, doc_note)};
  if (!v->benchmarks.count) return;
  doc_table(d, headings, 5);
  for (size_t i = 0; i < v->benchmarks.count; i++) {
    const struct benchmark *b = &v->benchmarks.items[i];
    doc_open(d, DOC_ROW);
    doc_cell(d, doc_label(d, b->label));
    doc_cell(d, b->checked ? DOC_TEXT(d, benchmark_checked) : DOC_TEXT(d, benchmark_printed));
    doc_cell_code(d, describe_expression(d->a, b->value));
    doc_cell(d, b->source);
    doc_cell(d, doc_label(d, b->doc));
    doc_close(d, DOC_ROW);
  }
  doc_close(d, DOC_TABLE);
}

static void put_variable(struct doc *d, uint32_t index) {
  const struct variable *v = &d->s->model->variables.items[index];
  const struct doc_mentions *m = &d->mentions[index];
  doc_open(d, DOC_ENTRY);
  doc_heading(d, 4, doc_id(d, 'v', v->name), describe_name(d->a, d->s->model, v));
  put_what(d, v);
  put_equations(d, v);
  doc_paragraph(d, v->doc);
  doc_open(d, DOC_LIST);
  put_fields(d, v);
  put_causes(d, index);
  put_numbers(d, DOC_TEXT(d, doc_benchmark_of), &m->benchmarks, link_benchmark);
  put_numbers(d, DOC_TEXT(d, validate_data), &m->series, link_series);
  put_numbers(d, DOC_TEXT(d, why_named), &m->loops, link_loop);
  put_passages(d, index);
  put_numbers(d, DOC_TEXT(d, why_tests), &m->tests, link_test);
  doc_item(d, DOC_TEXT(d, doc_place), place_of(d, v));
  doc_close(d, DOC_LIST);
  put_benchmarks(d, v);
  doc_close(d, DOC_ENTRY);
}

void doc_sectors(struct doc *d) {
  for (size_t i = 0; i < d->sectors.count; i++) {
    const struct doc_sector *s = &d->sectors.items[i];
    doc_heading(d, 3, arena_format(d->a, "s-%zu", i + 1), doc_sector_title(d, s));
    if (s->file) doc_paragraph(d, s->file->doc);
    if (s->file && s->file->source) {
      doc_open(d, DOC_LIST);
      doc_item(d, DOC_TEXT(d, doc_source), s->file->source);
      doc_close(d, DOC_LIST);
    }
    for (size_t k = 0; k < s->variables.count; k++) put_variable(d, s->variables.items[k]);
  }
}

// ---- tables

static void cell_variable(struct doc *d, uint32_t variable) {
  doc_open(d, DOC_CELL);
  doc_link_variable(d, variable);
  doc_close(d, DOC_CELL);
}

static void cell_lines(struct doc *d, struct lines lines) {
  doc_open(d, DOC_CELL);
  for (size_t i = 0; i < lines.items.count; i++) {
    if (i) text_puts(d->out, "; ");
    doc_text(d, lines.items.items[i]);
  }
  doc_close(d, DOC_CELL);
}

void doc_levers(struct doc *d) {
  const struct model *m = d->s->model;
  const char *const headings[] = {DOC_TEXT(d, doc_name),  DOC_TEXT(d, doc_label),     DOC_TEXT(d, unit),
                                  DOC_TEXT(d, doc_range), DOC_TEXT(d, doc_authority), DOC_TEXT(d, doc_passage),
                                  DOC_TEXT(d, doc_cost)};
  doc_table(d, headings, 7);
  for (uint32_t i = 0; i < m->variables.count; i++) {
    const struct variable *v = &m->variables.items[i];
    if (v->kind != VARIABLE_LEVER) continue;
    doc_open(d, DOC_ROW);
    cell_variable(d, i);
    doc_cell(d, doc_label(d, v->label));
    doc_cell(d, unit_of(d, v->unit));
    doc_cell(d, interval(d, v->low, v->high));
    doc_cell(d, v->authority);
    doc_cell(d, v->passage);
    doc_cell(d, v->cost);
    doc_close(d, DOC_ROW);
  }
  doc_close(d, DOC_TABLE);
}

void doc_priors(struct doc *d) {
  const struct model *m = d->s->model;
  const char *const headings[] = {DOC_TEXT(d, doc_name), DOC_TEXT(d, doc_label), DOC_TEXT(d, unit),
                                  DOC_TEXT(d, doc_prior), DOC_TEXT(d, doc_source)};
  doc_table(d, headings, 5);
  for (uint32_t i = 0; i < m->variables.count; i++) {
    const struct variable *v = &m->variables.items[i];
    if (!v->prior) continue;
    doc_open(d, DOC_ROW);
    cell_variable(d, i);
    doc_cell(d, doc_label(d, v->label));
    doc_cell(d, unit_of(d, v->unit));
    cell_lines(d, describe_priors(d->a, m, v));
    doc_cell(d, v->source);
    doc_close(d, DOC_ROW);
  }
  doc_close(d, DOC_TABLE);
}
