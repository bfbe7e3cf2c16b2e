// SPDX-License-Identifier: GPL-3.0-or-later
// See doc.h. The order: what the model is, levers, uncertain parameters, sectors with all variables, loops, paper,
// data, tests. A part that has nothing to say is left out, of the contents too.
#include "report/doc.h"

#include <string.h>

#include "output/describe.h"
#include "report/doc_parts.h"

struct part {
  const char *id;
  enum message_id heading;
  bool there;
  void (*put)(struct doc *d);
};

// ---- what the model is

static size_t count_kind(const struct model *m, enum variable_kind kind) {
  size_t count = 0;
  for (size_t i = 0; i < m->variables.count; i++)
    count += m->variables.items[i].kind == kind && !m->variables.items[i].hidden;
  return count;
}

static size_t count_priors(const struct model *m) {
  size_t count = 0;
  for (size_t i = 0; i < m->variables.count; i++) count += m->variables.items[i].prior != NULL;
  return count;
}

static const char *counts(struct doc *d) {
  const struct model *m = d->s->model;
  return DOC_FORMAT(d, doc_counts, count_kind(m, VARIABLE_STOCK), count_kind(m, VARIABLE_FLOW),
                    count_kind(m, VARIABLE_AUXILIARY), count_kind(m, VARIABLE_CONSTANT),
                    count_kind(m, VARIABLE_PARAMETER), count_priors(m), count_kind(m, VARIABLE_LEVER),
                    count_kind(m, VARIABLE_INPUT), count_kind(m, VARIABLE_TABLE), count_kind(m, VARIABLE_INDICATOR));
}

static const char *time_of(struct doc *d) {
  const struct model *m = d->s->model;
  return DOC_FORMAT(d, doc_time, describe_number(d->a, m->start), describe_number(d->a, m->stop),
                    describe_number(d->a, m->step), describe_number(d->a, m->save), m->time_unit_text);
}

// "0.001 bCNY"; NULL for a base unit.
static const char *definition(struct doc *d, const struct unit_alias *x) {
  const struct unit_table *t = &d->s->model->units;
  for (size_t i = 0; i < t->bases.count; i++)
    if (strcmp(t->bases.items[i], x->name) == 0) return NULL;
  return unit_bases_text(d->a, t, x->unit);
}

static void put_units(struct doc *d) {
  const struct unit_table *t = &d->s->model->units;
  doc_heading(d, 3, "units", DOC_TEXT(d, doc_units));
  const char *const headings[] = {DOC_TEXT(d, unit), DOC_TEXT(d, doc_definition)};
  doc_table(d, headings, 2);
  for (size_t i = 0; i < t->aliases.count; i++) {
    const char *text = definition(d, &t->aliases.items[i]);
    if (strcmp(t->aliases.items[i].name, "1") == 0) continue;
    doc_open(d, DOC_ROW);
    doc_cell(d, t->aliases.items[i].name);
    doc_cell(d, text ? text : DOC_TEXT(d, doc_base));
    doc_close(d, DOC_ROW);
  }
  doc_close(d, DOC_TABLE);
}

static void put_dimension(struct doc *d, const struct dimension *x) {
  const struct model *m = d->s->model;
  const char *name = x->name;
  if (x->parent != DIMENSION_NONE) name = DOC_FORMAT(d, doc_subrange, name, m->dimensions.items[x->parent].name);
  doc_open(d, DOC_ROW);
  doc_cell(d, name);
  doc_cell(d, doc_label(d, x->label));
  doc_open(d, DOC_CELL);
  for (uint32_t i = 0; i < x->count; i++) {
    struct label label = x->element_labels ? x->element_labels[i] : (struct label){0};
    bool named = label.en && (label.zh || strcmp(label.en, x->elements[i]) != 0);
    doc_comma(d, i == 0);
    doc_text(d, named ? arena_format(d->a, "%s (%s)", x->elements[i], doc_label(d, label)) : x->elements[i]);
  }
  doc_close(d, DOC_CELL);
  doc_close(d, DOC_ROW);
}

static void put_dimensions(struct doc *d) {
  const struct model *m = d->s->model;
  const char *const headings[] = {DOC_TEXT(d, doc_name), DOC_TEXT(d, doc_label), DOC_TEXT(d, doc_elements)};
  if (!m->dimensions.count) return;
  doc_heading(d, 3, "dimensions", DOC_TEXT(d, doc_dimensions));
  doc_table(d, headings, 3);
  for (size_t i = 0; i < m->dimensions.count; i++) put_dimension(d, &m->dimensions.items[i]);
  doc_close(d, DOC_TABLE);
}

static void put_function(struct doc *d, const struct function *f) {
  const char *args = "";
  for (size_t i = 0; i < f->arg_count; i++) args = arena_format(d->a, "%s%s%s", args, i ? ", " : "", f->args[i]);
  doc_open(d, DOC_ENTRY);
  doc_heading(d, 4, doc_id(d, 'f', f->name), f->name);
  doc_open(d, DOC_EQUATIONS);
  doc_equation(d, arena_format(d->a, "%s(%s) = %s", f->name, args, describe_expression(d->a, f->body)), false);
  doc_close(d, DOC_EQUATIONS);
  doc_paragraph(d, f->doc);
  doc_open(d, DOC_LIST);
  doc_item(d, DOC_TEXT(d, doc_source), f->source);
  doc_close(d, DOC_LIST);
  doc_close(d, DOC_ENTRY);
}

static void put_functions(struct doc *d) {
  const struct model *m = d->s->model;
  if (m->functions.count) doc_heading(d, 3, "functions", DOC_TEXT(d, doc_functions));
  for (size_t i = 0; i < m->functions.count; i++) put_function(d, &m->functions.items[i]);
}

static void put_model(struct doc *d) {
  const struct model *m = d->s->model;
  doc_paragraph(d, m->doc);
  doc_open(d, DOC_LIST);
  doc_item(d, DOC_TEXT(d, model), m->name);
  doc_item(d, DOC_TEXT(d, doc_version), m->version);
  doc_item(d, DOC_TEXT(d, doc_source), m->source);
  doc_item(d, DOC_TEXT(d, validate_year), time_of(d));
  doc_item(d, DOC_TEXT(d, doc_variables), counts(d));
  doc_close(d, DOC_LIST);
  put_units(d);
  put_dimensions(d);
  put_functions(d);
}

// ---- the whole

static void put_contents(struct doc *d, const struct part *parts, size_t count) {
  d->form->begin_contents(d);
  for (size_t i = 0; i < count; i++) {
    if (!parts[i].there) continue;
    d->form->contents(d, 1, parts[i].id, messages_text(d->language, parts[i].heading));
    for (size_t k = 0; parts[i].put == doc_sectors && k < d->sectors.count; k++)
      d->form->contents(d, 2, arena_format(d->a, "s-%zu", k + 1), doc_sector_title(d, &d->sectors.items[k]));
  }
  d->form->body(d);
}

void doc_put(struct text *out, struct arena *a, const struct doc_sources *s, enum doc_kind kind,
             enum language language) {
  struct doc d = {.a = a, .out = out, .s = s, .language = language};
  d.form = kind == DOC_HTML ? &doc_form_html : &doc_form_markdown;
  const struct part parts[] = {
      {"model", MESSAGE_doc_about, true, put_model},
      {"levers", MESSAGE_doc_levers, count_kind(s->model, VARIABLE_LEVER) > 0, doc_levers},
      {"priors", MESSAGE_doc_priors, count_priors(s->model) > 0, doc_priors},
      {"sectors", MESSAGE_doc_sectors, true, doc_sectors},
      {"loops", MESSAGE_doc_loops, true, doc_loops},
      {"paper", MESSAGE_doc_paper, s->paper != NULL, doc_paper},
      {"data", MESSAGE_doc_data, s->validation != NULL, doc_data},
      {"tests", MESSAGE_why_tests, s->tests != NULL, doc_tests},
  };
  size_t count = sizeof parts / sizeof parts[0];
  doc_collect_sectors(&d);
  doc_collect_mentions(&d);
  d.form->head(&d, doc_label(&d, s->model->title));
  doc_paragraph(&d, DOC_TEXT(&d, doc_made));
  put_contents(&d, parts, count);
  for (size_t i = 0; i < count; i++) {
    if (!parts[i].there) continue;
    doc_heading(&d, 2, parts[i].id, messages_text(language, parts[i].heading));
    parts[i].put(&d);
  }
  d.form->tail(&d);
}
