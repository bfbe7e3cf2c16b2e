// SPDX-License-Identifier: GPL-3.0-or-later
// Compares two runs column by column. Save times are the same in both, since the saving interval is a multiple of
// either step. A value that is missing in one run counts as an infinite change, so a failed half run never looks fine.
#include "output/stepcheck.h"

#include <math.h>

// Identities that should be zero hold only rounding, which a smaller step changes wholly. Below this share of the
// largest series of the same unit a series counts as that large.
#define NOISE 1e-6

// The largest magnitude of a column in either run; infinite when a value is missing.
static double column_size(const struct results *a, const struct results *b, size_t column) {
  size_t columns = a->program->column_count;
  double largest = 0;
  for (size_t i = 0; i < a->program->save_count; i++) {
    double x = a->values[i * columns + column], y = b->values[i * columns + column];
    if (!isfinite(x) || !isfinite(y)) return INFINITY;
    largest = fmax(largest, fmax(fabs(x), fabs(y)));
  }
  return largest;
}

static double column_difference(const struct results *a, const struct results *b, size_t column) {
  size_t columns = a->program->column_count;
  double largest = 0;
  for (size_t i = 0; i < a->program->save_count; i++)
    largest = fmax(largest, fabs(a->values[i * columns + column] - b->values[i * columns + column]));
  return largest;
}

static const char *column_unit(struct arena *a, const struct program *p, size_t column) {
  return unit_text(a, &p->model->units, p->model->variables.items[p->columns[column].variable].unit);
}

// The change of each column, see stepcheck.h for what it is a share of. Units are told apart by their text.
static const double *column_changes(struct arena *a, const struct results *coarse, const struct results *fine) {
  const struct program *p = coarse->program;
  double *sizes = arena_array(a, double, p->column_count), *largest = arena_array(a, double, p->column_count);
  uint32_t *unit = arena_array(a, uint32_t, p->column_count);
  struct map units;
  map_init(&units, a);
  for (uint32_t c = 0; c < p->column_count; c++) {
    unit[c] = map_add(&units, column_unit(a, p, c), c);
    sizes[c] = column_size(coarse, fine, c);
    if (isfinite(sizes[c])) largest[unit[c]] = fmax(largest[unit[c]], sizes[c]);
  }
  double *changes = arena_array(a, double, p->column_count);
  for (size_t c = 0; c < p->column_count; c++) {
    double scale = fmax(sizes[c], NOISE * largest[unit[c]]);
    changes[c] = !isfinite(scale) ? INFINITY : scale > 0 ? column_difference(coarse, fine, c) / scale : 0;
  }
  return changes;
}

static double last_value(const struct results *r, size_t column) {
  return r->values[(r->program->save_count - 1) * r->program->column_count + column];
}

struct stepcheck *stepcheck_create(struct arena *a, const struct scorecard *card, const struct results *fine) {
  const struct results *coarse = card->results;
  struct stepcheck *s = arena_new(a, struct stepcheck);
  s->step = coarse->program->step;
  s->half = fine->program->step;
  const double *changes = column_changes(a, coarse, fine);
  s->rows = arena_array(a, struct stepcheck_row, card->rows.count);
  for (size_t i = 0; i < card->rows.count; i++) {
    const struct scorecard_row *row = &card->rows.items[i];
    size_t column = program_column(coarse->program, row->variable, row->element);
    if (column == SIZE_MAX) continue;
    s->rows[s->row_count++] =
        (struct stepcheck_row){row, last_value(coarse, column), last_value(fine, column), changes[column]};
  }
  for (size_t c = 0; c < coarse->program->column_count; c++) {
    if (s->worst && !(changes[c] > s->worst_change)) continue;
    s->worst = coarse->program->columns[c].name;
    s->worst_change = changes[c];
  }
  return s;
}

static const char *share(struct arena *a, double value) {
  return arena_format(a, "%.2e", value);
}

static const char *exact(struct arena *a, double value) {
  return text_from_number(value, arena_alloc(a, 32));
}

void stepcheck_print(struct text *out, struct arena *a, const struct stepcheck *s, const struct model *m,
                     enum language language, bool bold) {
  struct table t;
  const char *step = exact(a, s->step), *half = exact(a, s->half);
  text_printf(out, "\n%s\n\n",
              messages_format(a, language, MESSAGE_step_check, step, half, table_safe(a, m->time_unit_text)));
  table_init(&t, a);
  table_column(&t, messages_text(language, MESSAGE_indicator), false);
  table_column(&t, messages_format(a, language, MESSAGE_step_column, step), true);
  table_column(&t, messages_format(a, language, MESSAGE_step_column, half), true);
  table_column(&t, messages_text(language, MESSAGE_change), true);
  for (size_t i = 0; i < s->row_count; i++) {
    const struct stepcheck_row *r = &s->rows[i];
    table_cell(&t, messages_label(language, r->row->label));
    table_cell(&t, arena_format(a, "%.8g", r->coarse));
    table_cell(&t, arena_format(a, "%.8g", r->fine));
    table_cell(&t, share(a, r->change));
  }
  table_print(out, &t, bold);
  if (s->worst)
    text_printf(out, "%s\n",
                messages_format(a, language, MESSAGE_step_worst, table_safe(a, s->worst), share(a, s->worst_change)));
}
