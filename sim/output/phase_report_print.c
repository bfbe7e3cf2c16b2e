// SPDX-License-Identifier: GPL-3.0-or-later
// The report of phases on the terminal: a few lines a phase, and the notes on benchmarks that --notes asks for.
#include <math.h>

#include "output/phase_report.h"

struct view {
  struct arena *arena;
  const struct scorecard *card;
  enum language language;
};

#define TEXT(v, id) messages_text((v)->language, MESSAGE_##id)
#define FORMAT(v, id, ...) messages_format((v)->arena, (v)->language, MESSAGE_##id, __VA_ARGS__)

static const char *instant(const struct view *v, double time) {
  return text_from_number(time, arena_alloc(v->arena, 32));
}

// With a star for an index made by judgement, as in the table.
static const char *name(const struct view *v, const struct scorecard_row *row) {
  bool judgement = v->card->results->program->model->variables.items[row->variable].judgement;
  const char *label = table_safe(v->arena, messages_label(v->language, row->label));
  return arena_format(v->arena, "%s%s", label, judgement ? " *" : "");
}

static void put_line(struct text *out, const char *line) {
  text_printf(out, "  %s\n", line);
}

static const char *ending(const struct view *v, const struct phase_report *r) {
  const struct scorecard_phase *p = &v->card->phases[r->phase];
  switch (r->ending) {
    case PHASE_MILESTONE:
      return FORMAT(v, phase_by_milestone, instant(v, p->end));
    case PHASE_DEADLINE:
      return FORMAT(v, phase_by_deadline, instant(v, p->end));
    case PHASE_CALENDAR:
      return FORMAT(v, phase_by_calendar, instant(v, p->end));
    case PHASE_OPEN:
      return FORMAT(v, phase_by_horizon, instant(v, p->end));
    default:
      return TEXT(v, not_reached);
  }
}

static void put_gaps(struct text *out, const struct view *v, const struct phase_report_gaps *g, const char *kind) {
  if (!g->count) return;
  const char *furthest = g->furthest ? name(v, g->furthest) : "-";
  put_line(out, FORMAT(v, phase_gaps, kind, g->closed, g->count, table_percent(v->arena, g->median),
                       table_percent(v->arena, g->smallest), furthest));
}

static void put_summary(struct text *out, const struct view *v, const struct phase_report *r) {
  const char *line = "";
  for (size_t i = 0; i < r->summary.count; i++)
    line = arena_format(v->arena, "%s%s%s %s", line, i ? "; " : "", name(v, r->summary.items[i]),
                        table_number(v->arena, r->summary.items[i]->values[r->column]));
  if (r->summary.count) put_line(out, line);
  if (r->weakest)
    put_line(out, FORMAT(v, phase_weakest, name(v, r->weakest), table_number(v->arena, r->weakest->values[r->column])));
  if (r->targets) put_line(out, FORMAT(v, targets, r->targets_met, r->targets));
}

static void put_limits(struct text *out, const struct view *v, const struct phase_report *r) {
  const char *line = "";
  for (size_t i = 0; i < r->limits.count; i++) {
    const struct phase_report_limit *x = &r->limits.items[i];
    if (!(x->lowest < x->binds)) continue;
    line = arena_format(v->arena, "%s%s%s %s", line, *line ? "; " : "", name(v, x->row),
                        table_number(v->arena, x->lowest));
  }
  if (r->limits.count) put_line(out, FORMAT(v, phase_bound, *line ? line : TEXT(v, phase_bound_nothing)));
}

static bool says_something(const struct scorecard *s, const struct phase_report *reports) {
  for (size_t i = 0; i < s->phase_count; i++) {
    const struct phase_report *r = &reports[i];
    if (r->gaps[0].count || r->gaps[1].count || r->weakest || r->summary.count || r->limits.count) return true;
    if (s->phases[i].phase->gated) return true;
  }
  return false;
}

void phase_report_print(struct text *out, struct arena *a, const struct scorecard *s,
                        const struct phase_report *reports, enum language language) {
  struct view v = {.arena = a, .card = s, .language = language};
  if (!says_something(s, reports)) return;
  for (size_t i = 0; i < s->phase_count; i++) {
    const struct phase_report *r = &reports[i];
    const char *label = table_safe(a, messages_label(language, s->phases[i].phase->label));
    text_printf(out, "\n%s\n", FORMAT(&v, phase_ends, label, ending(&v, r)));
    if (r->ending == PHASE_NOT_REACHED || r->column == SCORECARD_NONE) continue;
    put_gaps(out, &v, &r->gaps[0], TEXT(&v, benchmark_printed));
    put_gaps(out, &v, &r->gaps[1], TEXT(&v, benchmark_checked));
    put_summary(out, &v, r);
    put_limits(out, &v, r);
  }
}

// ---- notes

static const char *kind_of(const struct view *v, const struct benchmark *b) {
  return b->checked ? TEXT(v, benchmark_checked) : TEXT(v, benchmark_printed);
}

static void put_closed(struct table *t, const struct view *v, const struct scorecard_row *row,
                       const struct scorecard_benchmark *x) {
  table_cell(t, arena_format(v->arena, "%s: %s", name(v, row), messages_label(v->language, x->benchmark->label)));
  table_cell(t, kind_of(v, x->benchmark));
  for (size_t k = 0; k < v->card->column_count; k++)
    if (!v->card->columns[k].start) table_cell(t, table_percent(v->arena, x->gap_closed[k]));
}

static void put_all_closed(struct text *out, const struct view *v, bool bold) {
  struct table t;
  const struct scorecard *s = v->card;
  table_init(&t, v->arena);
  table_column(&t, TEXT(v, gap_closed), false);
  table_column(&t, "", false);
  for (size_t k = 0; k < s->column_count; k++)
    if (!s->columns[k].start) table_column(&t, scorecard_heading(v->arena, s, k, v->language), true);
  for (size_t i = 0; i < s->rows.count; i++)
    for (size_t k = 0; k < s->rows.items[i].benchmark_count; k++)
      put_closed(&t, v, &s->rows.items[i], &s->rows.items[i].benchmarks[k]);
  text_puts(out, "\n");
  table_print(out, &t, bold);
}

static void put_note(struct text *out, const struct view *v, const struct scorecard_row *row,
                     const struct benchmark *b) {
  const char *label = table_safe(v->arena, messages_label(v->language, b->label));
  text_printf(out, "  %s: %s", name(v, row), label);
  if (b->source) text_printf(out, " [%s]", table_safe(v->arena, b->source));
  text_puts(out, "\n");
  if (b->doc.en) text_printf(out, "    %s\n", table_line(v->arena, messages_label(v->language, b->doc)));
}

void phase_report_notes(struct text *out, struct arena *a, const struct scorecard *s, enum language language,
                        bool bold) {
  struct view v = {.arena = a, .card = s, .language = language};
  size_t count = 0;
  for (size_t i = 0; i < s->rows.count; i++) count += s->rows.items[i].benchmark_count;
  if (!count) return;
  put_all_closed(out, &v, bold);
  text_printf(out, "\n%s\n", TEXT(&v, phase_note));
  for (size_t i = 0; i < s->rows.count; i++)
    for (size_t k = 0; k < s->rows.items[i].benchmark_count; k++)
      put_note(out, &v, &s->rows.items[i], s->rows.items[i].benchmarks[k].benchmark);
}
