// SPDX-License-Identifier: GPL-3.0-or-later
// What stands in files beside the model: named loops (and the shortest ones found through each stock), the paper's
// passages, the data that history is held to, the tests.
#include <math.h>
#include <string.h>

#include "output/describe.h"
#include "output/table.h"
#include "output/why.h"
#include "report/doc_parts.h"

// Loops through at most so many stocks are looked for: each search takes up to a tenth of a second.
enum { SEARCHED_STOCKS = 100 };

// ---- loops

static void put_way(struct doc *d, const struct loop *l, bool closed) {
  for (size_t i = 0; i < l->count + closed; i++) {
    if (i) text_puts(d->out, " \xE2\x86\x92 ");
    doc_link_variable(d, l->variables[i % l->count]);
  }
}

static const char *polarity_of(struct doc *d, const struct named_loop *n) {
  enum sign sign = d->s->measured ? n->loop.sign : n->stated;
  const char *text =
      n->chain ? arena_format(d->a, "%s %s", DOC_TEXT(d, why_chain), why_sign(sign)) : why_polarity(sign);
  bool unlike = d->s->measured && !n->verified;
  return unlike ? arena_format(d->a, "%s (%s)", text, DOC_TEXT(d, doc_unlike)) : text;
}

static void put_named_loop(struct doc *d, const struct named_loop *n) {
  doc_open(d, DOC_ENTRY);
  doc_heading(d, 4, doc_id(d, 'l', n->name), arena_format(d->a, "%s: %s", n->name, doc_label(d, n->label)));
  doc_paragraph(d, n->doc);
  doc_open(d, DOC_LIST);
  doc_item(d, DOC_TEXT(d, why_polarity), polarity_of(d, n));
  doc_item(d, DOC_TEXT(d, why_stocks), d->s->measured ? arena_format(d->a, "%zu", n->loop.stocks) : NULL);
  doc_term(d, DOC_TEXT(d, why_loop));
  put_way(d, &n->loop, !n->chain);
  doc_close(d, DOC_ITEM);
  doc_close(d, DOC_LIST);
  doc_close(d, DOC_ENTRY);
}

static bool is_new(const struct loops *all, const struct loop *l) {
  for (size_t i = 0; i < all->items.count; i++)
    if (loops_equal(&all->items.items[i], l)) return false;
  return true;
}

static struct loops find_loops(struct doc *d) {
  const struct model *m = d->s->model;
  struct loops all = {0};
  size_t searched = 0;
  for (uint32_t i = 0; i < m->variables.count && searched < SEARCHED_STOCKS; i++) {
    if (m->variables.items[i].kind != VARIABLE_STOCK) continue;
    searched++;
    const struct loops *found = loops_through(d->a, d->s->causes, i, 1);
    if (found->items.count && is_new(&all, &found->items.items[0])) list_push(d->a, &all.items) = found->items.items[0];
  }
  return all;
}

static void put_found_loop(struct doc *d, const struct loop *l) {
  const char *name = loops_name(d->s->loops, l);
  doc_open(d, DOC_ROW);
  doc_cell(d, d->s->measured ? why_polarity(l->sign) : NULL);
  doc_cell(d, arena_format(d->a, "%zu", l->stocks));
  doc_open(d, DOC_CELL);
  if (name) doc_link(d, doc_id(d, 'l', name), name, false);
  doc_close(d, DOC_CELL);
  doc_open(d, DOC_CELL);
  put_way(d, l, true);
  doc_close(d, DOC_CELL);
  doc_close(d, DOC_ROW);
}

void doc_loops(struct doc *d) {
  const char *const headings[] = {DOC_TEXT(d, why_polarity), DOC_TEXT(d, why_stocks), DOC_TEXT(d, why_name),
                                  DOC_TEXT(d, why_loop)};
  struct loops found = find_loops(d);
  doc_paragraph(d, d->s->legend);
  if (d->s->loops) doc_heading(d, 3, "loops-named", DOC_TEXT(d, why_named));
  for (size_t i = 0; d->s->loops && i < d->s->loops->items.count; i++) put_named_loop(d, &d->s->loops->items.items[i]);
  doc_heading(d, 3, "loops-found", DOC_TEXT(d, doc_found));
  doc_paragraph(d, found.items.count ? DOC_TEXT(d, doc_found_about) : DOC_TEXT(d, doc_found_none));
  if (!found.items.count) return;
  doc_table(d, headings, 4);
  for (size_t i = 0; i < found.items.count; i++) put_found_loop(d, &found.items.items[i]);
  doc_close(d, DOC_TABLE);
}

// ---- paper

static void put_passage(struct doc *d, const struct passage *p) {
  doc_open(d, DOC_ENTRY);
  doc_heading(d, 4, doc_id(d, 'p', p->id), arena_format(d->a, "%s: %s", p->id, p->quote));
  doc_paragraph(d, p->en);
  doc_paragraph(d, p->doc);
  doc_open(d, DOC_LIST);
  doc_item(d, DOC_TEXT(d, doc_passage), p->section);
  if (p->elements.count) {
    doc_term(d, DOC_TEXT(d, why_variables));
    for (size_t i = 0; i < p->elements.count; i++) {
      doc_comma(d, i == 0);
      const char *name = d->s->model->variables.items[p->elements.items[i].variable].name;
      doc_link(d, doc_id(d, 'v', name), p->elements.items[i].text, true);
    }
    doc_close(d, DOC_ITEM);
  }
  if (p->tests.count) {
    doc_term(d, DOC_TEXT(d, why_tests));
    for (size_t i = 0; i < p->tests.count; i++) {
      doc_comma(d, i == 0);
      doc_link(d, doc_id(d, 't', p->tests.items[i]), p->tests.items[i], false);
    }
    doc_close(d, DOC_ITEM);
  }
  doc_close(d, DOC_LIST);
  doc_close(d, DOC_ENTRY);
}

void doc_paper(struct doc *d) {
  const struct paper *p = d->s->paper;
  doc_paragraph(d, doc_label(d, p->title));
  for (size_t k = 0; k < p->maps.count; k++) {
    const struct paper_map *map = &p->maps.items[k];
    doc_heading(d, 3, arena_format(d->a, "map-%zu", k + 1),
                arena_format(d->a, "%s  %s", map->name, doc_label(d, map->label)));
    for (size_t i = 0; i < p->passages.count; i++)
      if (paper_in(&p->passages.items[i], map)) put_passage(d, &p->passages.items[i]);
  }
}

// ---- data

static const char *file_of(const struct validation_series *s) {
  const struct source *source = s->points.count ? s->points.items[0].span.source : NULL;
  const char *slash = source ? strrchr(source->path, '/') : NULL;
  return !source ? NULL : slash ? slash + 1 : source->path;
}

static const char *points_of(struct doc *d, const struct validation_series *s) {
  size_t recalled = 0, count = s->points.count;
  for (size_t i = 0; i < count; i++) recalled += s->points.items[i].recalled;
  if (!count) return "0";
  return DOC_FORMAT(d, doc_points, count, describe_number(d->a, s->points.items[0].time),
                    describe_number(d->a, s->points.items[count - 1].time), recalled);
}

static void put_fit(struct doc *d, const struct validation_period *p, const struct validation_fit *f) {
  if (!f->fit.count) return;
  const char *text = table_percent(d->a, f->fit.mape);
  if (!isnan(f->tolerance)) text = DOC_FORMAT(d, doc_fit, text, table_percent(d->a, f->tolerance));
  doc_item(d, messages_label(d->language, p->label), text);
}

static void put_series(struct doc *d, const struct validation *v, const struct validation_series *s) {
  doc_open(d, DOC_ENTRY);
  doc_heading(d, 4, doc_id(d, 'd', s->name), doc_label(d, s->label));
  doc_open(d, DOC_EQUATIONS);
  doc_equation(d, describe_expression(d->a, s->probe.expr), true);
  doc_close(d, DOC_EQUATIONS);
  doc_paragraph(d, s->doc);
  doc_open(d, DOC_LIST);
  doc_item(d, DOC_TEXT(d, validate_series), s->name);
  doc_item(d, DOC_TEXT(d, doc_file), file_of(s));
  doc_item(d, DOC_TEXT(d, unit), s->unit_text);
  doc_item(d, DOC_TEXT(d, doc_vintage), s->vintage);
  doc_item(d, DOC_TEXT(d, validate_count), points_of(d, s));
  for (size_t i = 0; i < v->periods.count; i++) put_fit(d, &v->periods.items[i], &s->fits[i]);
  doc_close(d, DOC_LIST);
  doc_close(d, DOC_ENTRY);
}

void doc_data(struct doc *d) {
  const struct validation *v = d->s->validation;
  doc_paragraph(d, doc_label(d, v->title));
  doc_paragraph(d, DOC_TEXT(d, doc_data_about));
  for (size_t i = 0; i < v->series.count; i++) put_series(d, v, &v->series.items[i]);
}

// ---- tests

// "rd_policy = 0 from 2022": a scalar, or what stands in a map or a list. Depth is bounded by LIMIT_YAML_DEPTH.
static const char *setting(struct arena *a, const struct tree *t) {
  const char *text = "";
  if (t->kind == TREE_SCALAR) return t->text;
  for (size_t i = 0; i < t->count; i++) {
    const char *key = t->kind == TREE_MAP ? arena_format(a, "%s = ", t->keys[i]->text) : "";
    text = arena_format(a, "%s%s%s%s", text, i ? "; " : "", key, setting(a, t->items[i]));
  }
  return text;
}

static void put_condition(struct doc *d, const char *term, const struct tree *when) {
  if (!when) return;
  doc_open(d, DOC_PARAGRAPH);
  doc_text(d, term);
  text_puts(d->out, ": ");
  doc_code(d, setting(d->a, when));
  doc_close(d, DOC_PARAGRAPH);
}

static void put_test(struct doc *d, const struct model_tests *t, const struct model_test *test) {
  doc_open(d, DOC_ENTRY);
  doc_heading(d, 4, doc_id(d, 't', test->name), test->name);
  doc_paragraph(d, doc_label(d, test->title));
  if (test->always) doc_paragraph(d, DOC_TEXT(d, doc_always));
  if (!test->always) put_condition(d, DOC_TEXT(d, doc_condition), t->conditions.items[test->run].when);
  if (!test->always) put_condition(d, DOC_TEXT(d, doc_against), t->conditions.items[test->against].when);
  doc_open(d, DOC_EQUATIONS);
  for (size_t i = 0; i < test->expectations.count; i++) doc_equation(d, test->expectations.items[i].text, true);
  doc_close(d, DOC_EQUATIONS);
  doc_close(d, DOC_ENTRY);
}

void doc_tests(struct doc *d) {
  const struct model_tests *t = d->s->tests;
  doc_paragraph(d, doc_label(d, t->title));
  doc_paragraph(d, DOC_TEXT(d, doc_tests_about));
  for (size_t i = 0; i < t->tests.count; i++) put_test(d, t, &t->tests.items[i]);
}
