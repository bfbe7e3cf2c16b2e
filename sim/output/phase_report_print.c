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

void phase_report_notes(struct text *out, struct arena *a, const struct model *m, enum language language) {
  text_printf(out, "\n%s\n", messages_text(language, MESSAGE_phase_note));
  for (size_t i = 0; i < m->variables.count; i++) {
    const struct variable *v = &m->variables.items[i];
    for (size_t k = 0; k < v->benchmarks.count; k++) {
      const struct benchmark *b = &v->benchmarks.items[k];
      text_printf(out, "  %s: %s", table_safe(a, messages_label(language, v->label)),
                  table_safe(a, messages_label(language, b->label)));
      if (b->source) text_printf(out, " [%s]", table_safe(a, b->source));
      text_puts(out, "\n");
      if (b->doc.en) text_printf(out, "    %s\n", table_safe(a, messages_label(language, b->doc)));
    }
  }
}
