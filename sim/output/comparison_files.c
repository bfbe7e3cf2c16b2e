// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison for spreadsheets. compare.csv is tidy: variable,label,unit,moment,scenario,time,value,reference,
// difference,percent. The workbook has the same as a wide table, what turns, and which scenario is which.
#include <math.h>

#include "output/comparison.h"
#include "output/csvout.h"
#include "output/xlsx.h"

struct writing {
  struct arena *arena;
  const struct comparison *c;
  enum language language;
  const char **headings;             /* [moment] */
  const char **labels;               /* [row] */
  const char **turns, **turn_labels; /* [turn]: what turns, of which variable */
};

#define TEXT(w, id) messages_text((w)->language, MESSAGE_##id)
#define FORMAT(w, id, ...) messages_format((w)->arena, (w)->language, MESSAGE_##id, __VA_ARGS__)

static const struct scenario *scenario_of(const struct writing *w, size_t scenario) {
  return w->c->cards[scenario]->results->program->scenario;
}

static const char *turn_text(const struct writing *w, const struct comparison_turn *t) {
  if (t->benchmark) return messages_label(w->language, t->benchmark->label);
  const char *value = table_number(w->arena, t->target->value);
  return t->target->at_most ? FORMAT(w, at_most, value) : FORMAT(w, at_least, value);
}

// With the star of what is judged, which the last sheet and docs/results.md explain.
static const char *label_of(const struct writing *w, uint32_t variable, struct label label) {
  return messages_starred(w->arena, w->language, label, w->c->model->variables.items[variable].judgement);
}

static void prepare(struct writing *w) {
  const struct comparison *c = w->c;
  w->headings = arena_array(w->arena, const char *, c->moment_count + 1);
  w->turns = arena_array(w->arena, const char *, c->turns.count + 1);
  w->turn_labels = arena_array(w->arena, const char *, c->turns.count + 1);
  w->labels = arena_array(w->arena, const char *, c->rows.count + 1);
  for (size_t k = 0; k < c->moment_count; k++)
    w->headings[k] = scorecard_heading(w->arena, c->cards[0], k, w->language);
  for (size_t i = 0; i < c->turns.count; i++) w->turns[i] = turn_text(w, &c->turns.items[i]);
  for (size_t i = 0; i < c->turns.count; i++)
    w->turn_labels[i] = label_of(w, c->turns.items[i].row->variable, c->turns.items[i].row->label);
  for (size_t i = 0; i < c->rows.count; i++)
    w->labels[i] = label_of(w, c->rows.items[i].variable, c->rows.items[i].label);
}

// ---- CSV

// An empty cell for what is not there.
static void put_number(FILE *out, double x) {
  fputc(',', out);
  if (isfinite(x)) csvout_put_number(out, x);
}

static void put_text(FILE *out, const char *text) {
  fputc(',', out);
  csvout_put_text(out, text);
}

static void put_row(FILE *out, const struct writing *w, const struct comparison_row *row, size_t s, size_t k) {
  double x = row->values[s * w->c->moment_count + k], reference = row->values[k];
  csvout_put_text(out, row->name);
  put_text(out, w->labels[row - w->c->rows.items]);
  put_text(out, row->unit);
  put_text(out, w->headings[k]);
  put_text(out, scenario_of(w, s)->name);
  put_number(out, comparison_time(w->c, s, k));
  put_number(out, x);
  put_number(out, reference);
  put_number(out, x - reference);
  put_number(out, 100 * comparison_share(x, reference));
  fputc('\n', out);
}

static bool write_csv(const struct writing *w, const char *path, struct diag *diag) {
  struct file f;
  if (!file_create(&f, w->arena, path, diag)) return false;
  fputs("variable,label,unit,moment,scenario,time,value,reference,difference,percent\n", f.out);
  for (size_t i = 0; i < w->c->rows.count; i++)
    for (size_t k = 0; k < w->c->moment_count; k++)
      for (size_t s = 0; s < w->c->count; s++) put_row(f.out, w, &w->c->rows.items[i], s, k);
  return file_commit(&f, diag);
}

static bool write_turns(const struct writing *w, const char *path, struct diag *diag) {
  struct file f;
  if (!file_create(&f, w->arena, path, diag)) return false;
  fputs("variable,label,kind,what,moment,scenario,value,bound,reached\n", f.out);
  for (size_t i = 0; i < w->c->turns.count; i++) {
    const struct comparison_turn *t = &w->c->turns.items[i];
    for (size_t s = 0; s < w->c->count; s++) {
      csvout_put_text(f.out, t->row->name);
      put_text(f.out, w->turn_labels[i]);
      put_text(f.out, t->benchmark ? "benchmark" : "target");
      put_text(f.out, w->turns[i]);
      put_text(f.out, w->headings[t->moment]);
      put_text(f.out, scenario_of(w, s)->name);
      put_number(f.out, t->values[s]);
      put_number(f.out, t->bounds[s]);
      fputs(t->reached[s] ? ",yes\n" : ",no\n", f.out);
    }
  }
  return file_commit(&f, diag);
}

// ---- workbook

static void fill_headings(struct xlsx_sheet *t, const struct writing *w) {
  for (size_t k = 0; k < w->c->moment_count; k++)
    for (size_t s = 0; s < w->c->count; s++) {
      const char *name = scenario_of(w, s)->name;
      xlsx_heading(t, arena_format(w->arena, "%s: %s", w->headings[k], name));
      if (!s) continue;
      xlsx_heading(t, arena_format(w->arena, "%s: %s, %s", w->headings[k], name, TEXT(w, compare_units)));
      xlsx_heading(t, arena_format(w->arena, "%s: %s, %s", w->headings[k], name, TEXT(w, compare_percent)));
    }
}

static void fill_differences(struct xlsx_sheet *t, const struct writing *w) {
  const struct comparison *c = w->c;
  xlsx_init(t, w->arena, TEXT(w, compare_units), (uint16_t)(3 + c->moment_count * (3 * c->count - 2)), 1);
  xlsx_heading(t, TEXT(w, compare_variable));
  xlsx_heading(t, TEXT(w, doc_name));
  xlsx_heading(t, TEXT(w, unit));
  fill_headings(t, w);
  for (size_t i = 0; i < c->rows.count; i++) {
    const struct comparison_row *row = &c->rows.items[i];
    xlsx_text(t, w->labels[i]);
    xlsx_text(t, row->name);
    xlsx_text(t, row->unit);
    for (size_t k = 0; k < c->moment_count; k++)
      for (size_t s = 0; s < c->count; s++) {
        double x = row->values[s * c->moment_count + k];
        xlsx_number(t, x);
        if (s) xlsx_number(t, x - row->values[k]), xlsx_percent(t, comparison_share(x, row->values[k]));
      }
  }
}

static void fill_turns(struct xlsx_sheet *t, const struct writing *w) {
  const struct comparison *c = w->c;
  xlsx_init(t, w->arena, TEXT(w, targets_heading), (uint16_t)(3 + 2 * c->count), 1);
  xlsx_heading(t, TEXT(w, compare_variable));
  xlsx_heading(t, TEXT(w, targets_heading));
  xlsx_heading(t, TEXT(w, compare_moment));
  for (size_t s = 0; s < c->count; s++) xlsx_heading(t, scenario_of(w, s)->name), xlsx_heading(t, "");
  for (size_t i = 0; i < c->turns.count; i++) {
    const struct comparison_turn *x = &c->turns.items[i];
    xlsx_text(t, w->turn_labels[i]);
    xlsx_text(t, w->turns[i]);
    xlsx_text(t, w->headings[x->moment]);
    for (size_t s = 0; s < c->count; s++) {
      xlsx_number(t, x->values[s]);
      xlsx_text(t, x->reached[s] ? TEXT(w, compare_reached) : TEXT(w, compare_missed));
    }
  }
}

static void fill_scenarios(struct xlsx_sheet *t, const struct writing *w) {
  const struct comparison *c = w->c;
  xlsx_init(t, w->arena, TEXT(w, compare_scenario), (uint16_t)(2 + c->moment_count), 1);
  xlsx_heading(t, TEXT(w, doc_label));
  xlsx_heading(t, TEXT(w, doc_name));
  for (size_t k = 0; k < c->moment_count; k++) xlsx_heading(t, w->headings[k]);
  for (size_t s = 0; s < c->count; s++) {
    xlsx_text(t, messages_label(w->language, scenario_of(w, s)->title));
    xlsx_text(t, scenario_of(w, s)->name);
    for (size_t k = 0; k < c->moment_count; k++) xlsx_number(t, comparison_time(c, s, k));
  }
  xlsx_text(t, TEXT(w, judgement));
}

bool comparison_write(struct arena *a, const char *folder, const struct comparison *c, enum language language,
                      struct diag *diag) {
  struct writing w = {.arena = a, .c = c, .language = language};
  struct xlsx_sheet sheets[3];
  prepare(&w);
  fill_differences(&sheets[0], &w);
  fill_turns(&sheets[1], &w);
  fill_scenarios(&sheets[2], &w);
  return write_csv(&w, file_join(a, folder, "compare.csv"), diag) &&
         write_turns(&w, file_join(a, folder, "compare-turns.csv"), diag) &&
         xlsx_write(a, file_join(a, folder, "compare.xlsx"), sheets, 3, diag);
}
