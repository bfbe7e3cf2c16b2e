// SPDX-License-Identifier: GPL-3.0-or-later
// See say.h. One function a sentence; lists are cut after a few items with "and n more".
#include "report/say.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/words.h"

enum { LISTED = 3, LISTED_TARGETS = 8 };

struct saying {
  struct arena *a;
  const struct bundle *b;
  enum language language;
  struct say_sentences *out;
};

#define TEXT(s, id) words_text((s)->language, WORD_##id)
#define FORMAT(s, id, ...) words_format((s)->a, (s)->language, WORD_##id, __VA_ARGS__)

const char *say_title(const struct bundle_case *c, enum language language) {
  return messages_label(language, c->title);
}

const char *say_short(struct arena *a, const char *label) {
  static const char *const ends[] = {" - ", " \xE2\x80\x93 ", "\xC2\xB7", ": ", "\xEF\xBC\x9A"};
  size_t size = strlen(label);
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    const char *end = strstr(label, ends[i]);
    if (end && end > label && (size_t)(end - label) < size) size = (size_t)(end - label);
  }
  return arena_copy(a, label, size);
}

const char *say_phase(const struct bundle *b, const char *phase, enum language language) {
  const struct bundle_run *run = bundle_phased(b);
  for (size_t i = 0; run && i < run->phases.count; i++)
    if (strcmp(run->phases.items[i].name, phase) == 0)
      return say_short(b->arena, messages_label(language, run->phases.items[i].label));
  return strcmp(phase, "end") == 0 ? words_text(language, WORD_at_end) : phase;
}

static void add(struct saying *s, const char *text, bool warning) {
  list_push(s->a, &s->out->items) = (struct say_sentence){text, warning};
}

// A list in words that grows item by item, up to `most`.
struct listing {
  const char *text;
  size_t count, most;
};

static void list_item(struct saying *s, struct listing *l, const char *item, bool semicolon) {
  if (l->count++ >= l->most) return;
  const char *between = semicolon ? TEXT(s, semicolon) : TEXT(s, separator);
  l->text = l->text ? arena_format(s->a, "%s%s%s", l->text, between, item) : item;
}

static const char *listed(struct saying *s, const struct listing *l) {
  return l->count > l->most ? arena_format(s->a, "%s%s", l->text, FORMAT(s, and_more, l->count - l->most)) : l->text;
}

static const char *title(struct saying *s, const struct bundle_case *c) {
  return say_title(c, s->language);
}

static void say_about(struct saying *s) {
  const struct bundle *b = s->b;
  struct listing names = {.most = 8};
  for (size_t i = 0; i < b->cases.count; i++) list_item(s, &names, title(s, &b->cases.items[i]), false);
  const char *model = messages_label(s->language, b->model_title), *version = b->model_version;
  const char *from = words_time(s->a, b->start), *to = words_time(s->a, b->stop);
  if (!*version) version = "\xE2\x80\x93";
  add(s,
      b->cases.count > 1 ? FORMAT(s, say_about, model, version, from, to, b->cases.count, listed(s, &names))
                         : FORMAT(s, say_about_one, model, version, from, to, listed(s, &names)),
      false);
}

static void say_versions(struct saying *s) {
  struct listing versions = {.most = 8};
  for (size_t i = 0; i < s->b->versions.count; i++) {
    const char *version = s->b->versions.items[i];
    list_item(s, &versions, *version ? version : "\xE2\x80\x93", false);
  }
  if (versions.count > 1) add(s, FORMAT(s, say_versions, listed(s, &versions)), true);
}

static const char *limit_text(struct saying *s, bool at_most, double limit) {
  const char *number = words_number(s->a, limit);
  return at_most ? FORMAT(s, at_most, number) : FORMAT(s, at_least, number);
}

static void list_missed(struct saying *s, struct listing *l, const struct bundle_indicator *n) {
  for (size_t i = 0; i < n->targets.count; i++) {
    const struct bundle_target *t = &n->targets.items[i];
    if (t->met) continue;
    const char *when = say_phase(s->b, t->phase, s->language), *limit = limit_text(s, t->at_most, t->limit);
    const char *label = bundle_indicator_label(s->b, n, s->language);
    list_item(s, l, FORMAT(s, say_missed_one, label, when, words_number(s->a, t->value), limit), false);
  }
}

static void say_targets(struct saying *s, const struct bundle_case *c) {
  if (!c->run || !(c->run->targets > 0)) return;
  struct listing missed = {.most = LISTED_TARGETS};
  for (size_t i = 0; i < c->run->indicators.count; i++) list_missed(s, &missed, &c->run->indicators.items[i]);
  const char *met = words_number(s->a, c->run->targets_met), *of = words_number(s->a, c->run->targets);
  add(s, FORMAT(s, say_targets, title(s, c), met, of, missed.count ? FORMAT(s, say_missed, listed(s, &missed)) : ""),
      false);
}

static int compare_numbers(const void *x, const void *y) {
  double a = *(const double *)x, b = *(const double *)y;
  return a < b ? -1 : a > b;
}

// The median share of gaps closed at the end, over benchmarks of one kind; NAN when there is none.
static double median_closed(struct saying *s, const struct bundle_run *run, bool checked, size_t *count) {
  const struct bundle_phase *last = run->phases.count ? &run->phases.items[run->phases.count - 1] : NULL;
  if (last && last->counted[checked] > 0) {  // the summary's own, which knows which ones count
    *count = (size_t)last->counted[checked];
    return last->closed[checked];
  }
  LIST(double) shares = {0};
  for (size_t i = 0; i < run->indicators.count; i++)
    for (size_t k = 0; k < run->indicators.items[i].benchmarks.count; k++) {
      const struct bundle_benchmark *m = &run->indicators.items[i].benchmarks.items[k];
      if (m->checked == checked && isfinite(m->gap_closed.horizon)) list_push(s->a, &shares) = m->gap_closed.horizon;
    }
  size_t n = *count = shares.count;
  if (!n) return NAN;
  qsort(shares.items, n, sizeof *shares.items, compare_numbers);
  return (shares.items[n / 2] + shares.items[(n - 1) / 2]) / 2;
}

static void say_benchmarks(struct saying *s, const struct bundle_case *c) {
  if (!c->run) return;
  size_t as_printed, as_checked;
  double printed = median_closed(s, c->run, false, &as_printed), checked = median_closed(s, c->run, true, &as_checked);
  const char *of_checked = words_percent(s->a, checked), *name = title(s, c);
  if (as_printed)
    add(s,
        FORMAT(s, say_benchmarks, name, words_percent(s->a, printed), as_printed,
               as_checked ? FORMAT(s, say_checked, of_checked, as_checked) : ""),
        false);
  else if (as_checked)
    add(s, FORMAT(s, say_checked_only, name, of_checked, as_checked), false);
}

struct moved {
  const struct bundle_indicator *indicator;
  double change;
};

static int compare_moved(const void *x, const void *y) {
  double a = ((const struct moved *)x)->change, b = ((const struct moved *)y)->change;
  return a > b ? -1 : a < b;
}

// Up to LISTED of the largest changes in one direction, from the front or the back of the sorted list.
static const char *list_moves(struct saying *s, const struct moved *m, size_t count, bool rises) {
  struct listing l = {.most = LISTED};
  double last = NAN;
  for (size_t i = 0; i < count && l.count < LISTED; i++) {
    const struct moved *at = &m[rises ? i : count - 1 - i];
    if (rises ? at->change < 0.0005 : at->change > -0.0005) break;
    if (fabs(at->change - last) < 1e-6) continue;  // one thing against two benchmarks
    last = at->change;
    const char *label = bundle_indicator_label(s->b, at->indicator, s->language);
    list_item(s, &l, arena_format(s->a, "%s (%s)", label, words_signed_percent(s->a, at->change)), false);
  }
  return l.text;
}

static void say_against(struct saying *s, const struct bundle_case *first, const struct bundle_case *c) {
  struct moved *moved = arena_array(s->a, struct moved, c->run->indicators.count);
  size_t count = 0;
  for (size_t i = 0; i < c->run->indicators.count; i++) {
    const struct bundle_indicator *n = &c->run->indicators.items[i], *of = bundle_indicator(first->run, n->name);
    double change = of ? n->values.horizon / of->values.horizon - 1 : NAN;
    bool tiny = of && fabs(of->values.horizon) < 1e-9;  // identities that hold to rounding
    bool bound = bundle_is_limit(s->b, n->name);        // has sentences of its own
    if (isfinite(change) && !tiny && !bound && of->values.horizon > 0) moved[count++] = (struct moved){n, change};
  }
  qsort(moved, count, sizeof *moved, compare_moved);
  struct listing l = {.most = 2};
  const char *rises = list_moves(s, moved, count, true), *falls = list_moves(s, moved, count, false);
  if (rises) list_item(s, &l, FORMAT(s, say_rises, rises), true);
  if (falls) list_item(s, &l, FORMAT(s, say_falls, falls), true);
  if (l.count) add(s, FORMAT(s, say_against, title(s, first), title(s, c), l.text), false);
}

static void say_comparison(struct saying *s) {
  const struct bundle_case *first = &s->b->cases.items[0];
  for (size_t i = 1; first->run && i < s->b->cases.count; i++)
    if (s->b->cases.items[i].run) say_against(s, first, &s->b->cases.items[i]);
}

static void say_probabilities(struct saying *s, const struct bundle_case *c) {
  struct listing l = {.most = LISTED_TARGETS};
  for (size_t i = 0; c->sweep && i < c->sweep->outcomes.count; i++) {
    const struct bundle_outcome *o = &c->sweep->outcomes.items[i];
    if (!o->has_target) continue;
    const char *label = bundle_label(s->b, o->variable, s->language);
    const char *when = say_phase(s->b, o->phase, s->language), *p = words_percent(s->a, o->probability);
    list_item(s, &l, FORMAT(s, say_probability, label, when, p), false);
  }
  if (!l.count) return;
  const char *futures = words_number(s->a, c->sweep->members - c->sweep->failed);
  add(s, FORMAT(s, say_probabilities, futures, title(s, c), listed(s, &l)), false);
}

static const char *cause_list(struct saying *s, const struct bundle_sweep *w) {
  struct listing l = {.most = LISTED};
  for (size_t i = 0; i < w->causes.count; i++) {
    const struct bundle_cause *cause = &w->causes.items[i];
    const char *label = bundle_label(s->b, cause->variable, s->language);
    list_item(s, &l, FORMAT(s, cause, label, words_number(s->a, cause->members)), false);
  }
  return l.count ? listed(s, &l) : "\xE2\x80\x93";
}

static void say_failures(struct saying *s, const struct bundle_case *c) {
  const struct bundle_run *r = c->run;
  const struct bundle_sweep *w = c->sweep;
  if (r && r->failure_variable) {
    const char *label = bundle_label(s->b, r->failure_variable, s->language);
    add(s, FORMAT(s, say_failed_run, title(s, c), words_time(s->a, r->failure_time), label, r->failure_value), true);
  }
  if (!w) return;
  const char *failed = words_number(s->a, w->failed), *members = words_number(s->a, w->members);
  if (w->failed > 0) add(s, FORMAT(s, say_failed_members, failed, members, title(s, c), cause_list(s, w)), true);
}

static void say_nobody_failed(struct saying *s) {
  struct listing l = {.most = 8};
  for (size_t i = 0; i < s->b->cases.count; i++) {
    const struct bundle_case *c = &s->b->cases.items[i];
    if (c->sweep && c->sweep->failed == 0) list_item(s, &l, title(s, c), false);
  }
  if (l.count) add(s, FORMAT(s, say_nobody_failed, listed(s, &l)), false);
}

// The mean over the save times of a phase.
static double phase_mean(const struct bundle_run *r, const double *values, const struct bundle_phase *p) {
  double sum = 0, count = 0;
  for (size_t i = 0; i < r->table->rows; i++)
    if (r->times[i] >= p->start && (isnan(p->end) || r->times[i] < p->end)) sum += values[i], count++;
  return count ? sum / count : NAN;
}

static const char *hardest_in_phase(struct saying *s, const struct bundle_run *r, const struct bundle_phase *p) {
  const char *hardest = NULL;
  double least = 0.95;
  for (size_t c = 1; c < r->table->columns; c++) {
    if (!bundle_is_limit(s->b, r->table->names[c])) continue;
    double mean = phase_mean(r, r->table->values + c * r->table->rows, p);
    if (!(mean < least)) continue;
    least = mean;
    hardest = r->table->names[c];
  }
  if (!hardest) return NULL;
  const char *label = say_short(s->a, bundle_label(s->b, hardest, s->language));
  const char *phase = say_short(s->a, messages_label(s->language, p->label));
  return FORMAT(s, say_bound_phase, label, phase, words_percent(s->a, least));
}

static void say_bound(struct saying *s, const struct bundle_case *c) {
  struct listing l = {.most = 8};
  for (size_t i = 0; c->run && i < c->run->phases.count; i++) {
    const char *item = hardest_in_phase(s, c->run, &c->run->phases.items[i]);
    if (item) list_item(s, &l, item, true);
  }
  if (l.count) add(s, FORMAT(s, say_bound, title(s, c), listed(s, &l)), false);
}

static void say_matters(struct saying *s, const struct bundle_case *c) {
  struct listing l = {.most = LISTED};
  for (size_t i = 0; c->sweep && i < c->sweep->outcomes.count && l.count < LISTED; i++) {
    const struct bundle_outcome *o = &c->sweep->outcomes.items[i];
    if (!o->has_target || !o->influences.count) continue;
    const char *label = bundle_label(s->b, o->variable, s->language), *name = o->influences.items[0].name;
    const char *when = say_phase(s->b, o->phase, s->language);
    const char *rank = arena_format(s->a, "%+.2f", o->influences.items[0].rank);
    list_item(s, &l, FORMAT(s, say_matters_one, label, when, bundle_label(s->b, name, s->language), rank), true);
  }
  if (l.count) add(s, FORMAT(s, say_matters, title(s, c), listed(s, &l)), false);
}

struct say_sentences *say_summary(struct arena *a, const struct bundle *b, enum language language) {
  struct saying s = {a, b, language, arena_new(a, struct say_sentences)};
  static void (*const sentences[])(struct saying *, const struct bundle_case *) = {
      say_failures, say_targets, say_benchmarks, say_probabilities, say_bound, say_matters};
  say_about(&s);
  say_versions(&s);
  for (size_t k = 0; k < sizeof sentences / sizeof sentences[0]; k++) {
    if (sentences[k] == say_probabilities) say_comparison(&s);
    if (sentences[k] == say_bound) say_nobody_failed(&s);
    for (size_t i = 0; i < b->cases.count; i++) sentences[k](&s, &b->cases.items[i]);
  }
  return s.out;
}
