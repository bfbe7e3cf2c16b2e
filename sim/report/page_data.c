// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of a report as a JavaScript object, runs in full precision, so that what is downloaded from the
// page is what stands in run.csv. Which variables: those asked for, else indicators, single stocks and levers; drawn at
// first are those with history, then those with targets, then those with benchmarks.
#include <math.h>
#include <string.h>

#include "report/page_parts.h"
#include "report/say.h"

enum { FIRST_CHARTS = 8, LEVELS = 5, BARS = 10 };

static bool same_unit(const char *x, const char *y) {
  return strcmp(words_unit(x), words_unit(y)) == 0;
}

static bool has_history(const struct page *p, const char *name) {
  const struct bundle_column *c = bundle_column(p->b, name);
  for (size_t i = 0; p->o->history && i < p->o->history->items.count; i++) {
    const struct frame_datum *d = &p->o->history->items.items[i];
    if (strcmp(d->series, name) == 0 && c && same_unit(d->unit, c->unit)) return true;
  }
  return false;
}

struct names {  // each once, in their order
  LIST(const char *) list;
  struct map seen;
};

static void take_name(struct page *p, struct names *n, const char *name) {
  if (map_add(&n->seen, name, (uint32_t)n->list.count) == n->list.count) list_push(p->a, &n->list) = name;
}

static struct names all_names(struct page *p) {
  struct names n = {0};
  map_init(&n.seen, p->a);
  for (size_t i = 0; i < p->b->cases.count; i++) {
    const struct bundle_case *c = &p->b->cases.items[i];
    for (size_t k = 1; c->run && k < c->run->table->columns; k++) take_name(p, &n, c->run->table->names[k]);
    for (size_t k = 0; c->sweep && k < c->sweep->bands->items.count; k++)
      take_name(p, &n, c->sweep->bands->items.items[k].variable);
  }
  return n;
}

enum rank { RANK_HISTORY, RANK_TARGET, RANK_BENCHMARK, RANK_INDICATOR, RANK_STOCK, RANK_LEVER, RANKS };

static enum rank rank_of(struct page *p, const char *name) {
  const struct bundle_column *c = bundle_column(p->b, name);
  if (!c || bundle_is_limit(p->b, name)) return RANKS;
  if (has_history(p, name)) return RANK_HISTORY;
  for (size_t i = 0; i < p->b->cases.count; i++) {
    const struct bundle_run *r = p->b->cases.items[i].run;
    const struct bundle_indicator *n = r ? bundle_indicator(r, name) : NULL;
    if (n && n->targets.count) return RANK_TARGET;
    if (n && n->benchmarks.count) return RANK_BENCHMARK;
  }
  if (strcmp(c->kind, "indicator") == 0) return RANK_INDICATOR;
  if (strchr(name, '[')) return RANKS;
  return strcmp(c->kind, "stock") == 0 ? RANK_STOCK : strcmp(c->kind, "lever") == 0 ? RANK_LEVER : RANKS;
}

// Half of the first charts may go to history, so that outcomes are seen too.
static void choose_usual(struct page *p, const struct names *all) {
  for (enum rank r = 0; r < RANKS; r++) {
    size_t of_rank = 0;
    for (size_t i = 0; i < all->list.count; i++) {
      if (rank_of(p, all->list.items[i]) != r) continue;
      list_push(p->a, &p->columns) = all->list.items[i];
      bool room = p->charts.count < FIRST_CHARTS && (r != RANK_HISTORY || of_rank < FIRST_CHARTS / 2);
      if (room) list_push(p->a, &p->charts) = all->list.items[i];
      of_rank++;
    }
  }
  for (size_t i = 0; !p->columns.count && i < all->list.count; i++) {  // summaries without a list of variables
    list_push(p->a, &p->columns) = all->list.items[i];
    if (i < FIRST_CHARTS) list_push(p->a, &p->charts) = all->list.items[i];
  }
}

static bool is_element_of(const char *name, const char *array) {
  size_t size = strlen(array);
  return strncmp(name, array, size) == 0 && name[size] == '[';
}

// A name asked for is a column, or an array, which stands for its elements.
static bool choose_asked(struct page *p, const struct names *all, const char *asked, struct diag *diag) {
  size_t before = p->columns.count;
  for (size_t i = 0; i < all->list.count; i++) {
    const char *name = all->list.items[i];
    if (strcmp(name, asked) != 0 && !is_element_of(name, asked)) continue;
    list_push(p->a, &p->columns) = name;
    list_push(p->a, &p->charts) = name;
  }
  if (p->columns.count > before) return true;
  diag_error(diag, NOWHERE, report_variable, asked);
  diag_did_you_mean(diag, map_nearest_key(&all->seen, asked));
  return false;
}

bool page_data_choose(struct page *p, struct diag *diag) {
  struct names all = all_names(p);
  bool good = true;
  for (size_t i = 0; i < p->o->what_count; i++) good = choose_asked(p, &all, p->o->what[i], diag) && good;
  if (!p->o->what_count) choose_usual(p, &all);
  return good;
}

// Computed keys, so that no name has a meaning of its own ("__proto__").
static void key(struct page *p, const char *name) {
  text_puts(p->out, "[");
  words_put_string(p->out, name);
  text_puts(p->out, "]:");
}

static void member(struct page *p, const char *name) {
  text_puts(p->out, ",\n");
  key(p, name);
}

static void put_numbers(struct page *p, const double *values, size_t count) {
  text_puts(p->out, "[");
  for (size_t i = 0; i < count; i++) {
    if (i) text_puts(p->out, ",");
    words_put_number(p->out, values[i]);
  }
  text_puts(p->out, "]");
}

static void put_strings(struct page *p, const char *const *strings, size_t count) {
  text_puts(p->out, "[");
  for (size_t i = 0; i < count; i++) {
    if (i) text_puts(p->out, ",");
    words_put_string(p->out, strings[i]);
  }
  text_puts(p->out, "]");
}

static void put_words(struct page *p) {
  member(p, "text");
  text_puts(p->out, "{");
  for (enum word w = 0; w < WORD_COUNT; w++) {
    bool wanted = strncmp(words_key(w), "js_", 3) == 0 || w == WORD_unit || w == WORD_name || w == WORD_indicator;
    if (!wanted) continue;
    key(p, words_key(w));
    words_put_string(p->out, words_text(p->o->language, w));
    text_puts(p->out, ",");
  }
  const char *first = say_title(&p->b->cases.items[0], p->o->language);
  key(p, "comparison");
  words_put_string(p->out, PAGE_FORMAT(p, comparison_chart, first));
  text_puts(p->out, "}");
}

static void put_phases(struct page *p) {
  const struct bundle_run *r = bundle_phased(p->b);
  member(p, "phases");
  text_puts(p->out, "[");
  for (size_t i = 0; r && i < r->phases.count; i++) {
    const struct bundle_phase *phase = &r->phases.items[i];
    if (isnan(phase->start)) continue;
    const char *label = messages_label(p->o->language, phase->label);
    text_puts(p->out, "{\"label\":");
    words_put_string(p->out, label);
    text_puts(p->out, ",\"short\":");
    words_put_string(p->out, say_short(p->a, label));
    text_puts(p->out, ",\"start\":");
    words_put_number(p->out, phase->start);
    text_puts(p->out, ",\"end\":");
    words_put_number(p->out, isnan(phase->end) ? p->b->stop : phase->end);
    text_puts(p->out, "},");
  }
  text_puts(p->out, "]");
}

static void put_columns(struct page *p, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const struct bundle_column *c = bundle_column(p->b, names[i]);
    key(p, names[i]);
    text_puts(p->out, "{\"label\":");
    words_put_string(p->out, bundle_label(p->b, names[i], p->o->language));
    text_puts(p->out, ",\"unit\":");
    words_put_string(p->out, bundle_unit(p->b, names[i]));
    text_puts(p->out, ",\"kind\":");
    words_put_string(p->out, c ? c->kind : "");
    text_puts(p->out, "},\n");
  }
}

// The lowest, the highest, the middle, and one on each side.
static size_t pick_levels(const struct frame_bands *b, size_t picked[LEVELS]) {
  size_t n = b->level_count, count = 0;
  for (size_t i = 0; i < LEVELS; i++) {
    size_t at = n <= LEVELS ? i : (i * (n - 1) + 2) / 4;
    if (at < n) picked[count++] = at;
  }
  return count;
}

// Nine digits: a quantile's sampling error is far above them, and full precision would double the file.
static void put_rounded(struct page *p, const double *values, size_t count) {
  text_puts(p->out, "[");
  for (size_t i = 0; i < count; i++) {
    if (i) text_puts(p->out, ",");
    if (isfinite(values[i]))
      text_printf(p->out, "%.9g", values[i]);
    else
      text_puts(p->out, "null");
  }
  text_puts(p->out, "]");
}

static void put_band(struct page *p, const struct frame_bands *b, const struct frame_band *band) {
  size_t picked[LEVELS], levels = pick_levels(b, picked);
  key(p, band->variable);
  text_puts(p->out, "[");
  for (size_t l = 0; l < levels; l++) {
    if (l) text_puts(p->out, ",");
    put_rounded(p, band->quantiles + picked[l] * b->time_count, b->time_count);
  }
  text_puts(p->out, "],\n");
}

static void put_sweep(struct page *p, const struct bundle_sweep *s, const struct names *bounds) {
  const struct frame_bands *b = s->bands;
  size_t picked[LEVELS], levels = pick_levels(b, picked);
  double values[LEVELS];
  for (size_t l = 0; l < levels; l++) values[l] = b->levels[picked[l]];
  text_puts(p->out, ",\"levels\":");
  put_numbers(p, values, levels);
  text_puts(p->out, ",\"bandTimes\":");
  put_numbers(p, b->times, b->time_count);
  text_puts(p->out, ",\"bands\":{");
  for (size_t i = 0; i < p->columns.count + bounds->list.count; i++) {
    const char *name = i < p->columns.count ? p->columns.items[i] : bounds->list.items[i - p->columns.count];
    const struct frame_band *band = frame_band(b, s->policy, name);
    if (band && !band->certain) put_band(p, b, band);
  }
  text_puts(p->out, "}");
}

static void put_run(struct page *p, const struct bundle_run *r, const struct names *bounds) {
  text_puts(p->out, ",\"times\":");
  put_numbers(p, r->times, r->table->rows);
  text_puts(p->out, ",\"series\":{");
  for (size_t i = 0; i < p->columns.count + bounds->list.count; i++) {
    const char *name = i < p->columns.count ? p->columns.items[i] : bounds->list.items[i - p->columns.count];
    const double *values = frame_column(r->table, name);
    if (!values) continue;
    key(p, name);
    put_numbers(p, values, r->table->rows);
    text_puts(p->out, ",\n");
  }
  text_puts(p->out, "}");
}

static void put_cases(struct page *p, const struct names *bounds) {
  member(p, "cases");
  text_puts(p->out, "[");
  for (size_t i = 0; i < p->b->cases.count; i++) {
    const struct bundle_case *c = &p->b->cases.items[i];
    text_puts(p->out, "{\"name\":");
    words_put_string(p->out, c->name);
    text_puts(p->out, ",\"title\":");
    words_put_string(p->out, say_title(c, p->o->language));
    if (c->run) put_run(p, c->run, bounds);
    if (c->sweep) put_sweep(p, c->sweep, bounds);
    text_puts(p->out, "},\n");
  }
  text_puts(p->out, "]");
}

static void put_history(struct page *p) {
  member(p, "history");
  text_puts(p->out, "{");
  for (size_t i = 0; i < p->columns.count; i++) {
    if (!has_history(p, p->columns.items[i])) continue;
    key(p, p->columns.items[i]);
    text_puts(p->out, "[");
    for (size_t k = 0; k < p->o->history->items.count; k++) {
      const struct frame_datum *d = &p->o->history->items.items[k];
      if (strcmp(d->series, p->columns.items[i]) != 0) continue;
      put_numbers(p, (double[]){d->time, d->value, d->recalled}, 3);
      text_puts(p->out, ",");
    }
    text_puts(p->out, "],");
  }
  text_puts(p->out, "}");
}

static void put_bars(struct page *p, const struct bundle_outcome *o) {
  text_puts(p->out, ",\"bars\":[");
  for (size_t i = 0; i < o->influences.count && i < BARS; i++) {
    const struct bundle_influence *f = &o->influences.items[i];
    text_puts(p->out, i ? ",[" : "[");
    words_put_string(p->out, bundle_label(p->b, f->name, p->o->language));
    text_printf(p->out, ",%.4f]", f->rank);
  }
  text_puts(p->out, "]},\n");
}

// Outcomes at the horizon, and those with a target, which come first.
static void put_outcomes(struct page *p, size_t number, const struct bundle_sweep *s, bool targets) {
  for (size_t i = 0; i < s->outcomes.count; i++) {
    const struct bundle_outcome *o = &s->outcomes.items[i];
    if (o->has_target != targets || (!targets && strcmp(o->phase, "end") != 0) || !o->influences.count) continue;
    const char *label = bundle_label(p->b, o->variable, p->o->language);
    text_printf(p->out, "{\"case\":%zu,\"outcome\":", number);
    words_put_string(p->out, PAGE_FORMAT(p, moment, label, say_phase(p->b, o->phase, p->o->language)));
    text_puts(p->out, ",\"id\":");
    words_put_string(p->out, arena_format(p->a, "%s at %s", o->variable, o->phase));
    put_bars(p, o);
  }
}

static void put_matters(struct page *p) {
  member(p, "matters");
  text_puts(p->out, "[");
  for (size_t i = 0; i < p->b->cases.count; i++) {
    const struct bundle_sweep *s = p->b->cases.items[i].sweep;
    if (s) put_outcomes(p, i, s, true);
    if (s) put_outcomes(p, i, s, false);
  }
  text_puts(p->out, "]");
}

// The variables that say what bound, which are not among the columns unless they were asked for.
static struct names bound_names(struct page *p) {
  struct names bounds = {0}, all = all_names(p), chosen = {0};
  map_init(&bounds.seen, p->a);
  map_init(&chosen.seen, p->a);
  for (size_t i = 0; i < p->columns.count; i++) take_name(p, &chosen, p->columns.items[i]);
  for (size_t i = 0; i < all.list.count; i++) {
    const char *name = all.list.items[i];
    bool bound = bundle_is_limit(p->b, name);
    if (bound && map_get(&chosen.seen, name) == MAP_NONE) take_name(p, &bounds, name);
  }
  return bounds;
}

static void put_limits(struct page *p, const struct names *bounds) {
  text_puts(p->out, "[");
  for (size_t i = 0; i < p->columns.count; i++)
    if (bundle_is_limit(p->b, p->columns.items[i])) {
      words_put_string(p->out, p->columns.items[i]);
      text_puts(p->out, ",");
    }
  for (size_t i = 0; i < bounds->list.count; i++) {
    words_put_string(p->out, bounds->list.items[i]);
    text_puts(p->out, ",");
  }
  text_puts(p->out, "]");
}

void page_data_put(struct page *p) {
  struct names bounds = bound_names(p);
  text_printf(p->out, "{\"language\":\"%s\",\"start\":", p->o->language == LANGUAGE_ZH ? "zh" : "en");
  words_put_number(p->out, p->b->start);
  member(p, "stop");
  words_put_number(p->out, p->b->stop);
  member(p, "timeUnit");
  words_put_string(p->out, p->b->time_unit);
  put_words(p);
  put_phases(p);
  member(p, "columns");
  text_puts(p->out, "{");
  put_columns(p, p->columns.items, p->columns.count);
  put_columns(p, bounds.list.items, bounds.list.count);
  text_puts(p->out, "}");
  member(p, "limits");
  put_limits(p, &bounds);
  member(p, "order");
  put_strings(p, p->columns.items, p->columns.count);
  member(p, "charts");
  put_strings(p, p->charts.items, p->charts.count);
  put_cases(p, &bounds);
  put_history(p);
  put_matters(p);
  text_puts(p->out, "}");
}
