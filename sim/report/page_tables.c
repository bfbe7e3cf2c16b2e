// SPDX-License-Identifier: GPL-3.0-or-later
// The tables of a report: scorecards by phase with gaps to benchmarks, targets and the chance to meet them; scenarios
// side by side; what made the numbers. Wide tables scroll inside their own frame, which the keyboard can reach.
#include <math.h>
#include <string.h>

#include "report/page_parts.h"
#include "report/say.h"

static void begin_table(struct page *p, const char *label) {
  text_puts(p->out, "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"");
  words_put_html(p->out, label);
  text_puts(p->out, "\">\n<table>\n<thead><tr>");
}

static void end_table(struct page *p) {
  text_puts(p->out, "</tbody>\n</table>\n</div>\n");
}

static void heading(struct page *p, const char *text, bool number) {
  page_parts_element(p, "th scope=\"col\"", number ? "number" : NULL, text);
}

static void number_cell(struct page *p, double value) {
  page_parts_element(p, "td", "number", words_number(p->a, value));
}

// The last phase ends at the horizon: then one column says both.
static bool has_horizon_column(const struct page *p, const struct bundle_run *r) {
  return !r->phases.count || !(r->phases.items[r->phases.count - 1].end >= p->b->stop);
}

static void put_scorecard_head(struct page *p, const struct bundle_run *r) {
  heading(p, r->stocks ? PAGE_TEXT(p, stock) : PAGE_TEXT(p, indicator), false);
  heading(p, PAGE_FORMAT(p, baseline, words_time(p->a, r->baseline_time)), true);
  for (size_t i = 0; i < r->phases.count; i++) {
    const struct bundle_phase *phase = &r->phases.items[i];
    const char *label = messages_label(p->o->language, phase->label);
    heading(p, PAGE_FORMAT(p, phase_end, label, words_time(p->a, phase->end)), true);
  }
  if (has_horizon_column(p, r)) heading(p, PAGE_FORMAT(p, horizon, words_time(p->a, p->b->stop)), true);
  text_puts(p->out, "</tr></thead>\n<tbody>\n");
}

static const char *limit_text(struct page *p, bool at_most, double limit) {
  const char *number = words_number(p->a, limit);
  return at_most ? PAGE_FORMAT(p, at_most, number) : PAGE_FORMAT(p, at_least, number);
}

// The targets judged at a moment, below its value, with the chance to meet them when a sweep knows it.
static void put_targets(struct page *p, const struct bundle_case *c, const struct bundle_indicator *n,
                        const char *phase) {
  for (size_t i = 0; i < n->targets.count; i++) {
    const struct bundle_target *t = &n->targets.items[i];
    if (strcmp(t->phase, phase) != 0) continue;
    const char *verdict = t->met ? PAGE_TEXT(p, met) : PAGE_TEXT(p, missed);
    const char *limit = limit_text(p, t->at_most, t->limit);
    text_puts(p->out, "<br>");
    page_parts_element(p, "span", t->met ? "met" : "missed", PAGE_FORMAT(p, target, limit, verdict));
    const struct bundle_outcome *o = c->sweep ? bundle_outcome(c->sweep, n->name, phase) : NULL;
    if (!o || !o->has_target) continue;
    text_puts(p->out, "<br>");
    page_parts_element(p, "span", "chance", PAGE_FORMAT(p, probability, words_percent(p->a, o->probability)));
  }
}

static void moment_cell(struct page *p, const struct bundle_case *c, const struct bundle_indicator *n, double value,
                        const char *phase, bool last) {
  text_puts(p->out, "<td class=\"number\">");
  words_put_html(p->out, words_number(p->a, value));
  if (phase) put_targets(p, c, n, phase);
  if (last) put_targets(p, c, n, "end");
  text_puts(p->out, "</td>");
}

// The unit stands beside the name: most are dimensionless, and a column of its own would be empty.
static void name_cell(struct page *p, const struct bundle_indicator *n) {
  text_puts(p->out, "<th scope=\"row\">");
  words_put_html(p->out, bundle_indicator_label(p->b, n, p->o->language));
  text_puts(p->out, " ");
  if (*words_unit(n->unit)) page_parts_element(p, "span", "unit", words_unit(n->unit));
  text_puts(p->out, "</th>");
}

static void put_indicator(struct page *p, const struct bundle_case *c, const struct bundle_indicator *n) {
  const struct bundle_run *r = c->run;
  bool horizon = has_horizon_column(p, r);
  text_puts(p->out, "<tr>");
  name_cell(p, n);
  number_cell(p, n->values.baseline);
  for (size_t i = 0; i < r->phases.count; i++)
    moment_cell(p, c, n, n->values.phases[i], r->phases.items[i].name, !horizon && i + 1 == r->phases.count);
  if (horizon) moment_cell(p, c, n, n->values.horizon, NULL, true);
  text_puts(p->out, "</tr>\n");
}

static void gap_cell(struct page *p, double value, double closed) {
  text_puts(p->out, "<td class=\"number\">");
  words_put_html(p->out, words_number(p->a, value));
  if (isfinite(closed)) {
    text_puts(p->out, "<br>");
    page_parts_element(p, "span", "closed", PAGE_FORMAT(p, closed, words_percent(p->a, closed)));
  }
  text_puts(p->out, "</td>");
}

static void put_benchmark(struct page *p, const struct bundle_run *r, const struct bundle_benchmark *m) {
  text_puts(p->out, "<tr class=\"benchmark\"><th scope=\"row\">");
  words_put_html(p->out, messages_label(p->o->language, m->label));
  text_puts(p->out, " ");
  page_parts_element(p, "span", "kind", m->checked ? PAGE_TEXT(p, benchmark_checked) : PAGE_TEXT(p, benchmark_printed));
  if (m->doc.en) page_parts_element(p, "span", "doubt", messages_label(p->o->language, m->doc));
  text_puts(p->out, "</th><td></td>");
  for (size_t i = 0; i < r->phases.count; i++) gap_cell(p, m->values.phases[i], m->gap_closed.phases[i]);
  if (has_horizon_column(p, r)) gap_cell(p, m->values.horizon, m->gap_closed.horizon);
  text_puts(p->out, "</tr>\n");
}

// Those with targets come first.
static void put_rows(struct page *p, const struct bundle_case *c, bool with_targets) {
  for (size_t k = 0; k < c->run->indicators.count; k++) {
    const struct bundle_indicator *n = &c->run->indicators.items[k];
    if ((n->targets.count > 0) != with_targets) continue;
    put_indicator(p, c, n);
    for (size_t m = 0; m < n->benchmarks.count; m++) put_benchmark(p, c->run, &n->benchmarks.items[m]);
  }
}

void page_tables_scorecards(struct page *p) {
  for (size_t i = 0; i < p->b->cases.count; i++) {
    const struct bundle_case *c = &p->b->cases.items[i];
    if (!c->run) continue;
    const char *title = say_title(c, p->o->language);
    text_printf(p->out, "<details%s><summary>", i + 1 == p->b->cases.count || i < 2 ? " open" : "");
    page_parts_element(p, "span", NULL, title);
    text_puts(p->out, "</summary>\n");
    begin_table(p, title);
    put_scorecard_head(p, c->run);
    put_rows(p, c, true);
    put_rows(p, c, false);
    end_table(p);
    text_puts(p->out, "</details>\n");
  }
}

static const struct bundle_pair *find_pair(const struct bundle *b, const char *first, const char *second,
                                           const char *variable) {
  for (size_t i = 0; i < b->pairs.count; i++) {
    const struct bundle_pair *q = &b->pairs.items[i];
    if (strcmp(q->first, first) == 0 && strcmp(q->second, second) == 0 && strcmp(q->variable, variable) == 0 &&
        strcmp(q->phase, "end") == 0)
      return q;
  }
  return NULL;
}

// In how many futures the scenario is better than the first one; NAN when no sweep compared them.
static double better_share(const struct bundle *b, const struct bundle_case *c, const char *variable) {
  const char *first = b->cases.items[0].name;
  const struct bundle_pair *q = find_pair(b, c->name, first, variable);
  if (q) return q->share;
  q = find_pair(b, first, c->name, variable);
  return q ? 1 - q->share : NAN;
}

static void put_comparison_head(struct page *p) {
  heading(p, PAGE_TEXT(p, indicator), false);
  for (size_t i = 0; i < p->b->cases.count; i++) {
    if (!p->b->cases.items[i].run) continue;
    heading(p, say_title(&p->b->cases.items[i], p->o->language), true);
    if (i) heading(p, PAGE_TEXT(p, change), true);
    if (i && p->b->pairs.count) heading(p, PAGE_TEXT(p, better_share), true);
  }
  text_puts(p->out, "</tr></thead>\n<tbody>\n");
}

static void put_compared(struct page *p, const struct bundle_indicator *first) {
  text_puts(p->out, "<tr>");
  name_cell(p, first);
  for (size_t i = 0; i < p->b->cases.count; i++) {
    const struct bundle_case *c = &p->b->cases.items[i];
    if (!c->run) continue;
    const struct bundle_indicator *n = bundle_indicator(c->run, first->name);
    double value = n ? n->values.horizon : NAN, base = first->values.horizon;
    number_cell(p, value);
    bool tiny = fabs(base) < 1e-9;
    if (i) page_parts_element(p, "td", "number", words_signed_percent(p->a, tiny ? NAN : (value - base) / fabs(base)));
    if (i && p->b->pairs.count)
      page_parts_element(p, "td", "number", words_percent(p->a, better_share(p->b, c, first->name)));
  }
  text_puts(p->out, "</tr>\n");
}

void page_tables_comparison(struct page *p) {
  const struct bundle_run *first = p->b->cases.items[0].run;
  begin_table(p, PAGE_TEXT(p, comparison));
  put_comparison_head(p);
  for (size_t i = 0; i < first->indicators.count; i++) put_compared(p, &first->indicators.items[i]);
  end_table(p);
}

static void put_made_row(struct page *p, const char *title, const char *folder, const char *command) {
  text_puts(p->out, "<tr>");
  page_parts_element(p, "th scope=\"row\"", NULL, title);
  page_parts_element(p, "td", NULL, folder);
  text_puts(p->out, "<td>");
  page_parts_element(p, "code", NULL, command);
  text_puts(p->out, "</td>");
}

static void put_sweep_cells(struct page *p, const struct bundle_sweep *s) {
  number_cell(p, s->members);
  page_parts_element(p, "td", s->failed > 0 ? "number missed" : "number", words_number(p->a, s->failed));
  page_parts_element(p, "td", "number", s->seed);
  const char *bound =
      s->exact ? PAGE_TEXT(p, quantiles_exact) : PAGE_FORMAT(p, quantiles_bound, words_percent(p->a, s->bound));
  page_parts_element(p, "td", NULL, arena_format(p->a, "%s%s%s", s->sampling, PAGE_TEXT(p, separator), bound));
  text_puts(p->out, "</tr>\n");
}

static void put_versions(struct page *p) {
  const char *versions[][2] = {{PAGE_TEXT(p, model), p->b->model},
                               {PAGE_TEXT(p, version), p->b->model_version},
                               {PAGE_TEXT(p, program), arena_format(p->a, "simulate %s", p->b->program_version)},
                               {PAGE_TEXT(p, command), p->o->command}};
  text_puts(p->out, "<dl>\n");
  for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
    page_parts_element(p, "dt", NULL, versions[i][0]);
    text_puts(p->out, "<dd>");
    page_parts_element(p, i == 3 ? "code" : "span", NULL, *versions[i][1] ? versions[i][1] : "\xE2\x80\x93");
    text_puts(p->out, "</dd>\n");
  }
  text_puts(p->out, "</dl>\n");
}

void page_tables_made(struct page *p) {
  put_versions(p);
  begin_table(p, PAGE_TEXT(p, made));
  const enum word headings[] = {WORD_name,   WORD_folder, WORD_command, WORD_members,
                                WORD_failed, WORD_seed,   WORD_sampling};
  for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
    heading(p, words_text(p->o->language, headings[i]), i > 2 && i < 6);
  text_puts(p->out, "</tr></thead>\n<tbody>\n");
  for (size_t i = 0; i < p->b->cases.count; i++) {
    const struct bundle_case *c = &p->b->cases.items[i];
    const char *title = say_title(c, p->o->language);
    if (c->run) {
      put_made_row(p, title, c->run->folder, c->run->command);
      text_puts(p->out, "<td></td><td></td><td></td><td></td></tr>\n");
    }
    if (!c->sweep) continue;
    put_made_row(p, title, c->sweep->folder, c->sweep->command);
    put_sweep_cells(p, c->sweep);
  }
  end_table(p);
}
