// SPDX-License-Identifier: GPL-3.0-or-later
// The scorecard on the terminal: title, model, phases, one table, what the marks mean. Numbers have four significant
// digits; the exact ones are in run.csv and summary.json. An indicator with several benchmarks or targets takes as
// many lines, its own numbers standing in the first.
#include <math.h>

#include "output/scorecard.h"

// A batch of arrays can have thousands of rows; more than this is for files, not for eyes.
// Phases are called by their labels where these fit into a column's heading, else by their names.
enum { SHOWN_ROWS = 200, HEADING_WIDTH = 12 };

struct view {
  struct arena *arena;
  const struct scorecard *card;
  enum language language;
  bool benchmarks, targets, judgement;
};

#define TEXT(v, id) messages_text((v)->language, MESSAGE_##id)
#define FORMAT(v, id, ...) messages_format((v)->arena, (v)->language, MESSAGE_##id, __VA_ARGS__)

static const char *exact(struct arena *a, double value) {
  return text_from_number(value, arena_alloc(a, 32));
}

static const struct variable *row_variable(const struct view *v, const struct scorecard_row *row) {
  return &v->card->results->program->model->variables.items[row->variable];
}

static const char *phase_name(const struct view *v, size_t phase) {
  const struct phase *p = v->card->phases[phase].phase;
  const char *label = messages_label(v->language, p->label);
  return text_width(label) <= HEADING_WIDTH ? label : p->name;
}

// With the label in brackets where it is not the name.
static const char *phase_title(const struct view *v, size_t phase) {
  const char *name = phase_name(v, phase), *label = messages_label(v->language, v->card->phases[phase].phase->label);
  return name == label ? name : FORMAT(v, phase_title, name, label);
}

static void survey(struct view *v) {
  for (size_t i = 0; i < v->card->rows.count; i++) {
    const struct scorecard_row *row = &v->card->rows.items[i];
    v->benchmarks |= row->benchmark_count > 0;
    v->targets |= row->target_count > 0;
    v->judgement |= row_variable(v, row)->judgement;
  }
}

static void put_title(struct text *out, const struct view *v, bool bold) {
  const struct scenario *s = v->card->results->program->scenario;
  const struct model *m = v->card->results->program->model;
  const char *title = table_safe(v->arena, messages_label(v->language, s->title));
  const char *model = table_safe(v->arena, messages_label(v->language, m->title));
  text_printf(out, "%s%s (%s)%s\n", bold ? "\033[1m" : "", title, table_safe(v->arena, s->name), bold ? "\033[0m" : "");
  text_printf(out, "%s: %s (%s)\n", TEXT(v, model), model, table_safe(v->arena, m->name));
}

static void put_phases(struct text *out, const struct view *v) {
  for (size_t i = 0; i < v->card->phase_count; i++) {
    const struct scorecard_phase *p = &v->card->phases[i];
    const char *name = table_safe(v->arena, phase_title(v, i));
    if (!i) text_printf(out, "%s: ", TEXT(v, phases));
    text_puts(out, i ? "; " : "");
    text_puts(out, isfinite(p->start) ? FORMAT(v, phase_from, name, exact(v->arena, p->start))
                                      : arena_format(v->arena, "%s: %s", name, TEXT(v, not_reached)));
  }
  text_puts(out, v->card->phase_count ? "\n\n" : "\n");
}

static const char *column_heading(const struct view *v, const struct scorecard_column *c) {
  const char *name = c->phase != SCORECARD_NONE ? phase_name(v, c->phase)
                     : c->start                 ? TEXT(v, start)
                                                : TEXT(v, horizon);
  if (c->save == SCORECARD_NONE) return name;
  return arena_format(v->arena, "%s %s", name, exact(v->arena, v->card->results->times[c->save]));
}

static void put_headings(struct table *t, const struct view *v) {
  table_column(t, v->card->stocks ? TEXT(v, stock) : TEXT(v, indicator), false);
  table_column(t, TEXT(v, unit), false);
  for (size_t c = 0; c < v->card->column_count; c++) table_column(t, column_heading(v, &v->card->columns[c]), true);
  if (v->benchmarks) {
    table_column(t, TEXT(v, benchmark), true);
    table_column(t, "", false);
    table_column(t, TEXT(v, gap_closed), true);
  }
  if (v->targets) table_column(t, TEXT(v, targets_heading), false);
}

static const char *row_heading(const struct view *v, const struct scorecard_row *row) {
  return arena_format(v->arena, "%s%s", messages_label(v->language, row->label),
                      row_variable(v, row)->judgement ? " *" : "");
}

static void put_benchmark(struct table *t, const struct view *v, const struct scorecard_row *row, size_t line) {
  if (line >= row->benchmark_count) {
    for (int i = 0; i < 3; i++) table_cell(t, NULL);
    return;
  }
  const struct scorecard_benchmark *b = &row->benchmarks[line];
  size_t last = v->card->column_count - 1;
  table_cell(t, table_number(v->arena, b->values[last]));
  table_cell(t, b->benchmark->checked ? TEXT(v, benchmark_checked) : TEXT(v, benchmark_printed));
  table_cell(t, table_percent(v->arena, b->gap_closed[last]));
}

static const char *target_text(const struct view *v, const struct scorecard_target *target) {
  const struct scorecard_column *c = &v->card->columns[target->column];
  const char *when = target->target->phase ? phase_name(v, c->phase) : TEXT(v, horizon);
  const char *value = table_number(v->arena, target->target->value);
  const char *aim = target->target->at_most ? FORMAT(v, at_most, value) : FORMAT(v, at_least, value);
  const char *result = !isfinite(target->value) ? TEXT(v, not_reached) : target->met ? TEXT(v, met) : TEXT(v, missed);
  return FORMAT(v, target_line, when, aim, result);
}

static void put_row(struct table *t, const struct view *v, const struct scorecard_row *row) {
  size_t lines = row->benchmark_count > row->target_count ? row->benchmark_count : row->target_count;
  for (size_t line = 0; line < lines || line == 0; line++) {
    table_cell(t, line ? NULL : row_heading(v, row));
    table_cell(t, line ? NULL : row->unit);
    for (size_t c = 0; c < v->card->column_count; c++)
      table_cell(t, line ? NULL : table_number(v->arena, row->values[c]));
    if (v->benchmarks) put_benchmark(t, v, row, line);
    if (v->targets) table_cell(t, line < row->target_count ? target_text(v, &row->targets[line]) : NULL);
  }
}

static void put_footnotes(struct text *out, const struct view *v) {
  const struct scorecard *s = v->card;
  const struct model *m = s->results->program->model;
  const char *time = table_safe(v->arena, m->time_unit_text);
  const struct failure *failure = &s->results->failure;
  if (s->rows.count > SHOWN_ROWS) text_printf(out, "%s\n", FORMAT(v, more_rows, s->rows.count - SHOWN_ROWS));
  if (v->judgement) text_printf(out, "%s\n", TEXT(v, judgement));
  if (v->benchmarks)
    text_printf(out, "%s\n", FORMAT(v, baseline, time, exact(v->arena, s->results->times[s->baseline])));
  if (s->targets) text_printf(out, "%s\n", FORMAT(v, targets, s->targets_met, s->targets));
  if (!isnan(failure->time)) text_printf(out, "%s\n", FORMAT(v, failed, time, exact(v->arena, failure->time)));
}

const char *scorecard_heading(struct arena *a, const struct scorecard *s, size_t column, enum language language) {
  struct view v = {.arena = a, .card = s, .language = language};
  return column_heading(&v, &s->columns[column]);
}

void scorecard_print(struct text *out, struct arena *a, const struct scorecard *s, enum language language, bool bold) {
  struct view v = {.arena = a, .card = s, .language = language};
  struct table t;
  survey(&v);
  put_title(out, &v, bold);
  put_phases(out, &v);
  table_init(&t, a);
  put_headings(&t, &v);
  for (size_t i = 0; i < s->rows.count && i < SHOWN_ROWS; i++) put_row(&t, &v, &s->rows.items[i]);
  table_print(out, &t, bold);
  put_footnotes(out, &v);
}
