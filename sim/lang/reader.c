// SPDX-License-Identifier: GPL-3.0-or-later
// Shapes, keys, texts, numbers and names of trees; see reader.h. Takes trees, gives plain values, reports at the place.
#include "lang/reader.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

static const char *const kind_names[] = {"a single value", "a list", "a mapping"};

bool reader_expect(const struct tree *t, struct span at, enum tree_kind kind, const char *what, struct diag *diag) {
  if (t && t->kind == kind && !(kind == TREE_SCALAR && tree_is_null(t))) return true;
  if (!t || tree_is_null(t))
    diag_error(diag, t && t->span.size ? t->span : at, value_missing, what, kind_names[kind]);
  else
    diag_error(diag, t->span, value_shape, what, kind_names[kind], kind_names[t->kind]);
  return false;
}

bool reader_suggests(const struct diag *diag) {
  return !diag->dropped;
}

static size_t name_count(const char *const *names) {
  size_t count = 0;
  while (names[count]) count++;
  return count;
}

static bool is_known(const char *key, const char *const *known) {
  for (; *known; known++)
    if (strcmp(*known, key) == 0) return true;
  return false;
}

bool reader_keys(const struct tree *map, const char *what, const char *const *known, struct diag *diag) {
  bool ok = true;
  for (size_t i = 0; i < map->count; i++) {
    const char *key = map->keys[i]->text;
    if (is_known(key, known)) continue;
    ok = false;
    diag_error(diag, map->keys[i]->span, key_unknown, key, what);
    if (reader_suggests(diag)) diag_did_you_mean(diag, map_nearest(key, known, name_count(known)));
  }
  return ok;
}

const char *reader_kind(enum variable_kind kind) {
  static const char *const phrases[VARIABLE_KINDS] = {"a stock",      "a flow",     "an auxiliary",
                                                      "an indicator", "a constant", "a parameter",
                                                      "a lever",      "an input",   "a table"};
  return phrases[kind];
}

bool reader_text(const struct tree *t, const char *what, const char **text, struct diag *diag) {
  if (!reader_expect(t, t->span, TREE_SCALAR, what, diag)) return false;
  *text = t->text;
  return true;
}

bool reader_flag(const struct tree *t, const char *what, bool *flag, struct diag *diag) {
  if (!reader_expect(t, t->span, TREE_SCALAR, what, diag)) return false;
  *flag = strcmp(t->text, "true") == 0;
  if (*flag || strcmp(t->text, "false") == 0) return true;
  diag_error(diag, t->span, value_flag, what, t->text);
  return false;
}

bool reader_choice(const struct tree *t, const char *what, const char *const *names, size_t count, unsigned *choice,
                   struct diag *diag) {
  if (!reader_expect(t, t->span, TREE_SCALAR, what, diag)) return false;
  for (*choice = 0; *choice < count; ++*choice)
    if (strcmp(names[*choice], t->text) == 0) return true;
  char *all = arena_string(diag->arena, names[0]);
  for (size_t i = 1; i < count; i++) all = arena_format(diag->arena, "%s, %s", all, names[i]);
  diag_error(diag, t->span, value_choice, t->text, what);
  diag_hint(diag, "one of: %s", all);
  diag_did_you_mean(diag, map_nearest(t->text, names, count));
  return false;
}

bool reader_number(struct unit_table *units, const struct tree *t, const char *what, const struct unit *expected,
                   double *value, struct diag *diag) {
  *value = 0;
  if (!reader_expect(t, t->span, TREE_SCALAR, what, diag)) return false;
  return !expected || unit_number(units, t->text, t->span, expected, value, diag);
}

bool reader_interval(struct unit_table *units, const struct tree *t, const char *what, const struct unit *expected,
                     double *low, double *high, struct diag *diag) {
  if (!reader_expect(t, t->span, TREE_LIST, what, diag)) return false;
  if (t->count != 2) {
    diag_error(diag, t->span, interval_count, what, t->count);
    return false;
  }
  double ends[2];
  for (size_t i = 0; i < 2; i++)
    if (!reader_number(units, t->items[i], what, expected, &ends[i], diag)) return false;
  if (expected && !(ends[0] < ends[1])) {
    diag_error(diag, t->span, interval_order, what);
    return false;
  }
  *low = ends[0], *high = ends[1];
  return true;
}

bool reader_label(const struct tree *t, const char *fallback, struct label *label, struct diag *diag) {
  static const char *const known[] = {"en", "zh", NULL};
  *label = (struct label){fallback, NULL};
  if (!t) return true;
  if (t->kind != TREE_MAP) return reader_text(t, "a label", &label->en, diag);
  bool ok = reader_keys(t, "a label", known, diag);
  for (size_t i = 0; i < t->count; i++) {
    const char **place = strcmp(t->keys[i]->text, "en") == 0 ? &label->en : &label->zh;
    if (is_known(t->keys[i]->text, known)) ok = reader_text(t->items[i], "a label", place, diag) && ok;
  }
  return ok;
}

static bool is_folder_name(const char *name) {
  static const char *const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  size_t size = strlen(name);
  return size && size <= LIMIT_NAME_BYTES && name[0] != '.' && strspn(name, letters) == size;
}

bool reader_folder_name(const struct tree *t, const char *what, const char **name, struct diag *diag) {
  if (!reader_text(t, what, name, diag)) return false;
  if (is_folder_name(*name)) return true;
  diag_error(diag, t->span, name_folder, *name, what);
  return false;
}

struct expr *reader_expr(struct arena *a, const struct tree *t, const char *what, struct diag *diag) {
  if (!reader_expect(t, t->span, TREE_SCALAR, what, diag)) return NULL;
  return expr_parse(a, t->text, t->span, t->verbatim, diag);
}

const char *reader_canonical(struct arena *a, const char *path) {
  char buffer[PATH_MAX];
  return realpath(path, buffer) ? arena_string(a, buffer) : NULL;
}

bool reader_is_multiple(double value, double step, double *times) {
  *times = round(value / step);
  return fabs(value - *times * step) <= 1e-6 * step;
}

static bool step_divides(const struct reader_clock *c, struct diag *diag) {
  double span = c->stop - c->start, steps;
  if (span / c->step > (double)LIMIT_STEPS) {
    diag_error(diag, c->step_at, clock_steps, span / c->step, LIMIT_STEPS);
    return false;
  }
  if (reader_is_multiple(span, c->step, &steps) && steps >= 1) return true;
  char step[32], whole[32], near[32];
  if (steps < 1) steps = 1;
  diag_error(diag, c->step_at, clock_divide, text_from_number(c->step, step), text_from_number(span, whole));
  diag_hint(diag, "the nearest step that does is %s/%.0f = %s", whole, steps, text_from_number(span / steps, near));
  return false;
}

static bool save_fits(const struct reader_clock *c, struct diag *diag) {
  double times, span = c->stop - c->start;
  if (c->save > span + 1e-6 * c->step) {
    char save[32], whole[32];
    diag_error(diag, c->save_at, clock_save_long, text_from_number(c->save, save), text_from_number(span, whole));
    return false;
  }
  if (reader_is_multiple(c->save, c->step, &times) && times >= 1) return true;
  char save[32], step[32], near[32];
  if (times < 1) times = 1;
  diag_error(diag, c->save_at, clock_save, text_from_number(c->save, save), text_from_number(c->step, step));
  diag_hint(diag, "the nearest that is one is %s", text_from_number(times * c->step, near));
  return false;
}

bool reader_clock_check(const struct reader_clock *c, struct diag *diag) {
  if (!(c->stop > c->start)) {
    diag_error(diag, c->stop_at, clock_order);
    return false;
  }
  if (!(c->step > 0)) diag_error(diag, c->step_at, value_positive, "step");
  if (!(c->save > 0)) diag_error(diag, c->save_at, value_positive, "the saving interval");
  if (!(c->step > 0) || !(c->save > 0)) return false;
  return step_divides(c, diag) && save_fits(c, diag);
}

void reader_clock_warn(const struct reader_clock *c, struct diag *diag) {
  double times = floor((c->stop - c->start + 1e-6 * c->step) / c->save), end = c->start + times * c->save;
  if (c->stop - end <= 1e-6 * c->step) return;
  char last[32], stop[32];
  diag_warning(diag, c->save_at, clock_save_end, text_from_number(end, last), text_from_number(c->stop, stop));
}
