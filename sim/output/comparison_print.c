// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison on the terminal: for each indicator the reference's values, and below them what each other scenario has
// more or less, in the unit and in per cent of the reference.
#include <math.h>

#include "output/comparison.h"

enum { SHOWN_ROWS = 200 };

struct view {
  struct arena *arena;
  const struct comparison *c;
  enum language language;
};

#define TEXT(v, id) messages_text((v)->language, MESSAGE_##id)
#define FORMAT(v, id, ...) messages_format((v)->arena, (v)->language, MESSAGE_##id, __VA_ARGS__)

static const struct scenario *scenario_of(const struct view *v, size_t scenario) {
  return v->c->cards[scenario]->results->program->scenario;
}

static const char *heading(const struct view *v, size_t moment) {
  return scorecard_heading(v->arena, v->c->cards[0], moment, v->language);
}

static const char *signed_number(struct arena *a, double x) {
  return isfinite(x) ? arena_format(a, "%s%s", x > 0 ? "+" : "", table_number(a, x)) : "-";
}

static const char *difference(struct arena *a, double x, double reference) {
  double share = comparison_share(x, reference);
  if (!isfinite(share) || share == 0) return signed_number(a, x - reference);
  return arena_format(a, "%s (%s%s)", signed_number(a, x - reference), share > 0 ? "+" : "", table_percent(a, share));
}

static void put_row(struct table *t, const struct view *v, const struct comparison_row *row) {
  const struct comparison *c = v->c;
  bool judgement = c->model->variables.items[row->variable].judgement;
  const char *label = messages_starred(v->arena, v->language, row->label, judgement);
  for (size_t s = 0; s < c->count; s++) {
    table_cell(t, s ? NULL : label);
    table_cell(t, s ? NULL : row->unit);
    table_cell(t, scenario_of(v, s)->name);
    for (size_t k = 0; k < c->moment_count; k++) {
      double x = row->values[s * c->moment_count + k];
      table_cell(t, s ? difference(v->arena, x, row->values[k]) : table_number(v->arena, x));
    }
  }
}

// Phases are matched by name: one that ends at another time than the reference's is looked at then.
static void put_times(struct text *out, const struct view *v) {
  const struct comparison *c = v->c;
  for (size_t s = 1; s < c->count; s++) {
    const char *times = "";
    for (size_t k = 0; k < c->moment_count; k++) {
      double time = comparison_time(c, s, k);
      if (time == comparison_time(c, 0, k) || !isfinite(time)) continue;
      const char *instead = table_number(v->arena, time);
      times = arena_format(v->arena, "%s%s%s: %s", times, *times ? ", " : "", heading(v, k), instead);
    }
    if (*times)
      text_printf(out, "%s\n", FORMAT(v, compare_times, table_safe(v->arena, scenario_of(v, s)->name), times));
  }
}

static void put_rows(struct text *out, const struct view *v, bool all, bool bold) {
  struct table t;
  size_t same = 0, shown = 0, more = 0;
  bool judgement = false;
  table_init(&t, v->arena);
  table_column(&t, TEXT(v, compare_variable), false);
  table_column(&t, TEXT(v, unit), false);
  table_column(&t, TEXT(v, compare_scenario), false);
  for (size_t k = 0; k < v->c->moment_count; k++) table_column(&t, heading(v, k), true);
  for (size_t i = 0; i < v->c->rows.count; i++) {
    const struct comparison_row *row = &v->c->rows.items[i];
    const struct variable *x = &v->c->model->variables.items[row->variable];
    bool wanted = all || x->kind == (v->c->cards[0]->stocks ? VARIABLE_STOCK : VARIABLE_INDICATOR);
    if (wanted && row->differs && shown < SHOWN_ROWS) put_row(&t, v, row), judgement |= x->judgement;
    same += wanted && !row->differs;
    more += wanted && row->differs && shown >= SHOWN_ROWS;
    shown += wanted && row->differs;
  }
  if (shown) table_print(out, &t, bold);
  if (more) text_printf(out, "%s\n", FORMAT(v, more_rows, more));
  put_times(out, v);
  if (same) text_printf(out, "%s\n", FORMAT(v, compare_same, same));
  if (judgement) text_printf(out, "%s\n", TEXT(v, judgement));
}

static const char *turn_label(const struct view *v, const struct comparison_turn *t) {
  bool judgement = v->c->model->variables.items[t->row->variable].judgement;
  const char *label = messages_starred(v->arena, v->language, t->row->label, judgement);
  if (t->benchmark) return arena_format(v->arena, "%s: %s", label, messages_label(v->language, t->benchmark->label));
  const char *value = table_number(v->arena, t->target->value);
  return arena_format(v->arena, "%s: %s", label,
                      t->target->at_most ? FORMAT(v, at_most, value) : FORMAT(v, at_least, value));
}

static void put_turns(struct text *out, const struct view *v, bool bold) {
  const struct comparison *c = v->c;
  struct table t;
  if (!c->turns.count) {
    text_printf(out, "\n%s\n", TEXT(v, compare_none));
    return;
  }
  table_init(&t, v->arena);
  table_column(&t, TEXT(v, compare_turns), false);
  table_column(&t, TEXT(v, compare_moment), false);
  for (size_t s = 0; s < c->count; s++) table_column(&t, scenario_of(v, s)->name, false);
  for (size_t i = 0; i < c->turns.count; i++) {
    const struct comparison_turn *x = &c->turns.items[i];
    table_cell(&t, turn_label(v, x));
    table_cell(&t, heading(v, x->moment));
    for (size_t s = 0; s < c->count; s++)
      table_cell(&t, arena_format(v->arena, "%s (%s)",
                                  !isfinite(x->values[s]) ? TEXT(v, not_reached)
                                  : x->reached[s]         ? TEXT(v, compare_reached)
                                                          : TEXT(v, compare_missed),
                                  table_number(v->arena, x->values[s])));
  }
  text_puts(out, "\n");
  table_print(out, &t, bold);
}

void comparison_print(struct text *out, struct arena *a, const struct comparison *c, bool all, enum language language,
                      bool bold) {
  struct view v = {a, c, language};
  const struct scenario *s = scenario_of(&v, 0);
  text_printf(out, "%s%s%s\n", bold ? "\033[1m" : "", TEXT(&v, compare_title), bold ? "\033[0m" : "");
  text_printf(out, "%s: %s (%s)\n", TEXT(&v, model), table_safe(a, messages_label(language, c->model->title)),
              table_safe(a, c->model->name));
  text_printf(out, "%s\n\n",
              FORMAT(&v, compare_reference, table_safe(a, messages_label(language, s->title)), table_safe(a, s->name)));
  put_rows(out, &v, all, bold);
  put_turns(out, &v, bold);
}
