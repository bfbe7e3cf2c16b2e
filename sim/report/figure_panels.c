// SPDX-License-Identifier: GPL-3.0-or-later
// The panels of figures, one function a kind. Each writes its data, its axes and its plot command; the first panel's
// key names the scenarios for all.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/figure_parts.h"
#include "report/say.h"

enum { BARS = 10, BINS = 24, GRID_MOST = 40 };

static void put_title(struct drawing *d, const char *name) {
  const char *label = bundle_label(d->b, name, d->o->language), *unit = bundle_unit(d->b, name);
  text_puts(d->script, "set title ");
  figure_parts_string(d, *unit ? arena_format(d->a, "%s (%s)", label, unit) : label);
  text_puts(d->script, " offset 0,-0.6\n");
}

static void put_axis(struct drawing *d, const char *axis, const char *name) {
  if (*axis == 'x') text_puts(d->script, "set bmargin 3\n");
  const char *label = bundle_label(d->b, name, d->o->language), *unit = bundle_unit(d->b, name);
  text_printf(d->script, "set %slabel ", axis);
  figure_parts_string(d, *unit ? arena_format(d->a, "%s (%s)", label, unit) : label);
  text_puts(d->script, strcmp(axis, "y") == 0 ? "\n" : " offset 0,0.4\n");
}

static bool report_unknown(struct drawing *d, const char *name) {
  diag_error(d->diag, NOWHERE, report_variable, name);
  return false;
}

static const char *phase_label(struct drawing *d, const struct bundle_phase *p) {
  return say_short(d->a, messages_label(d->o->language, p->label));
}

static double phase_end(const struct drawing *d, const struct bundle_phase *p) {
  return isnan(p->end) ? d->b->stop : p->end;
}

// Does some phase lack room for its short name?
static bool needs_numbers(struct drawing *d) {
  const struct bundle_run *r = bundle_phased(d->b);
  for (size_t i = 0; r && i < r->phases.count; i++) {
    const struct bundle_phase *p = &r->phases.items[i];
    double share = (phase_end(d, p) - p->start) / (d->b->stop - d->b->start);
    if ((double)text_width(phase_label(d, p)) * FIGURE_COLUMN > share * (d->panel_width - FIGURE_AXIS)) return true;
  }
  return false;
}

const char *figure_panels_numbered(struct drawing *d, size_t i) {
  const struct bundle_run *r = d->numbered ? bundle_phased(d->b) : NULL;
  bool there = r && i < r->phases.count;
  return there ? arena_format(d->a, "%zu %s", i + 1, phase_label(d, &r->phases.items[i])) : NULL;
}

// Phases as grey ground, every second one, with their short names on top, or all with their numbers.
static void put_phases(struct drawing *d) {
  const struct bundle_run *r = bundle_phased(d->b);
  d->numbered = needs_numbers(d);
  text_puts(d->script, "unset object\nunset label\n");
  for (size_t i = 0; r && i < r->phases.count; i++) {
    const struct bundle_phase *p = &r->phases.items[i];
    if (isnan(p->start)) continue;
    if (i % 2 == 0)
      text_printf(d->script,
                  "set object rectangle from first %.9g, graph 0 to first %.9g, graph 1 behind fillcolor rgb '#eef0f3' "
                  "fillstyle solid noborder\n",
                  p->start, phase_end(d, p));
    text_puts(d->script, "set label ");
    figure_parts_string(d, d->numbered ? arena_format(d->a, "%zu", i + 1) : phase_label(d, p));
    text_printf(d->script, " font ',6.5' at first %.9g, graph 0.96 left offset 0.3,0 textcolor rgb '#555555'\n",
                p->start);
  }
}

static void begin_item(struct drawing *d, size_t *items) {
  text_puts(d->script, (*items)++ ? ", \\\n  " : "plot ");
}

// A curve of a scenario, and its entry in the key.
static void plot_line(struct drawing *d, size_t *items, size_t block, size_t column, size_t number) {
  const char *style = arena_format(d->a, "lines linecolor rgb '%s' linewidth 1.6 dashtype %s",
                                   figure_parts_color(number), figure_parts_dash(number));
  begin_item(d, items);
  text_printf(d->script, "$d%zu using 1:%zu with %s", block, column, style);
  figure_parts_key(d, style, say_title(&d->b->cases.items[number], d->o->language));
}

static const char median_style[] = "lines linewidth 0.8 dashtype (3,2)";

// The outermost pair of levels, the pair next to it, and the middle.
static void plot_band(struct drawing *d, const struct frame_bands *b, size_t block, size_t number, size_t *items,
                      bool line) {
  size_t levels = b->level_count;
  for (size_t i = 0; i < 2 && i < levels / 2; i++) {
    size_t low = i == 0 ? 0 : levels / 2 - 1;
    if (i == 1 && low == 0) break;
    begin_item(d, items);
    text_printf(d->script, "$d%zu using 1:%zu:%zu with filledcurves fillcolor rgb '%s' fillstyle transparent solid %s",
                block, low + 2, levels - low + 1, figure_parts_color(number), i == 0 ? "0.16" : "0.25");
  }
  if (levels % 2 == 0) return;
  if (!line) {
    plot_line(d, items, block, levels / 2 + 2, number);
    return;
  }
  begin_item(d, items);
  text_printf(d->script, "$d%zu using 1:%zu with %s linecolor rgb '%s'", block, levels / 2 + 2, median_style,
              figure_parts_color(number));
}

struct curve {        // of one scenario
  size_t line, band;  // blocks; 0: none
};

// What the bands and the thin line are, for all scenarios at once.
static void key_bands(struct drawing *d, const struct curve *curves) {
  for (size_t i = 0; i < d->b->cases.count; i++) {
    if (!curves[i].band) continue;
    const struct frame_bands *b = d->b->cases.items[i].sweep->bands;
    for (size_t k = 0; k < 2 && k < b->level_count / 2; k++) {
      size_t low = k ? b->level_count / 2 - 1 : 0;
      double from = 100 * b->levels[low], to = 100 * b->levels[b->level_count - 1 - low];
      figure_parts_key(d, k ? "filledcurves fillcolor rgb '#b4b4b4'" : "filledcurves fillcolor rgb '#dcdcdc'",
                       words_format(d->a, d->o->language, WORD_figure_band, from, to));
    }
    if (b->level_count % 2 && curves[i].line)
      figure_parts_key(d, arena_format(d->a, "%s linecolor rgb '#555555'", median_style),
                       words_text(d->o->language, WORD_js_median));
    return;
  }
}

struct extent {
  double low, high;
};

static void widen(struct extent *e, const double *values, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (isfinite(values[i])) e->low = fmin(e->low, values[i]), e->high = fmax(e->high, values[i]);
}

static size_t band_block(struct drawing *d, const struct frame_bands *b, const struct frame_band *band) {
  const double **columns = arena_array(d->a, const double *, b->level_count + 1);
  columns[0] = b->times;
  for (size_t l = 0; l < b->level_count; l++) columns[l + 1] = band->quantiles + l * b->time_count;
  return figure_parts_block(d, columns, b->level_count + 1, b->time_count);
}

static struct curve put_curve(struct drawing *d, const struct bundle_case *c, const char *name, bool fan,
                              struct extent *e) {
  const double *values = c->run ? frame_column(c->run->table, name) : NULL;
  const struct frame_band *band = fan && c->sweep ? frame_band(c->sweep->bands, c->sweep->policy, name) : NULL;
  const double *columns[2] = {values ? c->run->times : NULL, values};
  struct curve curve = {0};
  if (values) curve.line = figure_parts_block(d, columns, 2, c->run->table->rows);
  if (values) widen(e, values, c->run->table->rows);
  if (!band || (band->certain && values)) return curve;
  curve.band = band_block(d, c->sweep->bands, band);
  widen(e, band->quantiles, c->sweep->bands->level_count * c->sweep->bands->time_count);
  return curve;
}

static size_t put_history(struct drawing *d, const char *name, struct extent *e) {
  const struct frame_history *h = d->o->history;
  LIST(double) times = {0}, values = {0};
  for (size_t i = 0; h && i < h->items.count; i++) {
    if (strcmp(h->items.items[i].series, name) != 0) continue;
    list_push(d->a, &times) = h->items.items[i].time;
    list_push(d->a, &values) = h->items.items[i].value;
  }
  const double *columns[2] = {times.items, values.items};
  widen(e, values.items, values.count);
  return times.count ? figure_parts_block(d, columns, 2, times.count) : 0;
}

static void plot_curves(struct drawing *d, const struct curve *curves, size_t history) {
  size_t items = 0;
  for (size_t i = 0; i < d->b->cases.count; i++)
    if (curves[i].band) plot_band(d, d->b->cases.items[i].sweep->bands, curves[i].band, i, &items, curves[i].line);
  for (size_t i = 0; i < d->b->cases.count; i++)
    if (curves[i].line) plot_line(d, &items, curves[i].line, 2, i);
  if (history) {
    const char *style = "points pointtype 6 pointsize 0.35*P linecolor rgb '#000000'";
    begin_item(d, &items);
    text_printf(d->script, "$d%zu using 1:2 with %s", history, style);
    figure_parts_key(d, style, words_text(d->o->language, WORD_js_history));
  }
  key_bands(d, curves);
  text_puts(d->script, "\n");
}

// A round step that gives at most `most` labels over a span.
static double round_step(double span, double most) {
  static const double steps[] = {1, 2, 5, 10};
  if (!(span > 0) || !isfinite(span)) return 1;
  double scale = 1;
  while (scale * 10 * most < span) scale *= 10;
  while (scale * most >= span) scale /= 10;
  for (size_t i = 0; i < 4; i++)
    if (scale * steps[i] * most >= span) return scale * steps[i];
  return scale * 10;
}

// Ticks of an axis for these values: as many as there is room for. What is positive does not reach below zero.
static void put_range(struct drawing *d, char axis, struct extent e) {
  if (!(e.high >= e.low)) return;
  bool x = axis == 'x';
  double room = x ? (d->panel_width - FIGURE_AXIS) / 13 : (d->panel_height - FIGURE_AXIS) / 7;
  text_printf(d->script, "set %crange [%s*:*] noextend\n", axis, e.low >= 0 ? "0<" : "");
  if (e.high > e.low)
    text_printf(d->script, "set %ctics %.9g\n", axis, round_step(e.high - e.low, fmax(2, floor(room))));
}

static void put_steps(struct drawing *d, char axis, const double *values, size_t n) {
  struct extent e = {INFINITY, -INFINITY};
  widen(&e, values, n);
  put_range(d, axis, e);
}

bool figure_panels_time(struct drawing *d, const char *name, bool fan) {
  struct curve *curves = arena_array(d->a, struct curve, d->b->cases.count);
  struct extent e = {INFINITY, -INFINITY};
  bool any = false;
  for (size_t i = 0; i < d->b->cases.count; i++) {
    curves[i] = put_curve(d, &d->b->cases.items[i], name, fan, &e);
    any = any || curves[i].line || curves[i].band;
  }
  if (!any) return report_unknown(d, name);
  size_t history = put_history(d, name, &e);
  put_title(d, name);
  put_phases(d);
  put_range(d, 'y', e);
  text_puts(d->script, "set offsets 0, 0, graph 0.1, graph 0.03\n");  // room for the phases' names
  if (d->o->what_count > 1) text_puts(d->script, "set lmargin 7\n");  // plots under each other begin at one line
  text_printf(d->script, "set xrange [%.9g:%.9g]\nset xtics %.9g\n", d->b->start, d->b->stop,
              round_step(d->b->stop - d->b->start, fmax(2, floor((d->panel_width - FIGURE_AXIS) / 9))));
  plot_curves(d, curves, history);
  return true;
}

// "gdp" at the end, or "gdp@near".
static const struct bundle_outcome *find_outcome(struct drawing *d, const char *name, const struct bundle_case **of) {
  const char *at = strchr(name, '@');
  const char *variable = at ? arena_copy(d->a, name, (size_t)(at - name)) : name;
  for (size_t i = 0; i < d->b->cases.count; i++) {
    const struct bundle_case *c = *of = &d->b->cases.items[i];
    const struct bundle_outcome *o = c->sweep ? bundle_outcome(c->sweep, variable, at ? at + 1 : "end") : NULL;
    if (o && o->influences.count) return o;
  }
  return NULL;
}

// Somewhat less than half of a panel is for labels.
static const char *cut(struct drawing *d, const char *label) {
  double columns = 0.48 * d->panel_width / FIGURE_COLUMN;
  if ((double)text_width(label) <= columns) return label;
  size_t size = strlen(label);
  for (uint32_t code; size && (double)text_width(label) > columns - 1;) {
    do size--;
    while (size && text_decode(label + size, strlen(label + size), &code) == 0);
    label = arena_copy(d->a, label, size);
  }
  return arena_format(d->a, "%s\xE2\x80\xA6", label);
}

static void put_bar_labels(struct drawing *d, const struct bundle_outcome *o, size_t n) {
  text_puts(d->script, "set ytics scale 0 (");
  for (size_t i = 0; i < n; i++) {
    if (i) text_puts(d->script, ", ");
    figure_parts_label(d, cut(d, bundle_label(d->b, o->influences.items[i].name, d->o->language)));
    text_printf(d->script, " %d", -(int)i);
  }
  text_puts(d->script, ")\n");
}

static void put_bar_axes(struct drawing *d, const struct bundle_case *c, const struct bundle_outcome *o, size_t n) {
  const char *title = bundle_label(d->b, o->variable, d->o->language), *of = say_title(c, d->o->language);
  double most = ceil(fabs(o->influences.items[0].rank) * 5) / 5;
  text_puts(d->script, "unset title\nunset object\nunset label\nset label ");
  const char *moment =
      words_format(d->a, d->o->language, WORD_moment, title, say_phase(d->b, o->phase, d->o->language));
  figure_parts_string(d, words_format(d->a, d->o->language, WORD_js_of, of, moment));
  text_puts(d->script, " at graph 1, graph 1.06 right\nset bmargin 3\nset xlabel ");
  figure_parts_string(d, words_text(d->o->language, WORD_js_judged));
  text_printf(
      d->script,
      " offset 0,0.4\nset xrange [%.9g:%.9g]\nset xtics %.9g\nset yrange [%.9g:0.6]\nunset grid\nset grid xtics\n"
      "set border 1\nset arrow 1 from 0, graph 0 to 0, graph 1 nohead linewidth 0.5 linecolor rgb '#444444'\n",
      -most, most, d->panel_width < 120 ? most : most / 2, 0.4 - (double)n);
}

bool figure_panels_tornado(struct drawing *d, const char *name) {
  const struct bundle_case *c;
  const struct bundle_outcome *o = find_outcome(d, name, &c);
  if (!o) {
    diag_error(d->diag, NOWHERE, figure_outcome, name);
    return false;
  }
  size_t n = o->influences.count < BARS ? o->influences.count : BARS;
  double ranks[BARS], places[BARS];
  for (size_t i = 0; i < n; i++) ranks[i] = o->influences.items[i].rank, places[i] = -(double)i;
  const double *columns[2] = {ranks, places};
  size_t block = figure_parts_block(d, columns, 2, n);
  put_bar_axes(d, c, o, n);
  put_bar_labels(d, o, n);
  text_printf(d->script,
              "plot $d%zu using 1:2:($1 > 0 ? 0 : $1):($1 > 0 ? $1 : 0):($2 - 0.36):($2 + 0.36):"
              "($1 < 0 ? %u : %u) with boxxyerror fillcolor rgb variable fillstyle solid noborder linewidth 0\n",
              block, 0xd55e00u, 0x0072b2u);
  return true;
}

// members.csv of the first sweep that kept its members.
static struct frame *read_members(struct drawing *d) {
  const struct bundle_sweep *s = NULL;
  for (size_t i = 0; i < d->b->cases.count && !s; i++) s = d->b->cases.items[i].sweep;
  if (s) return frame_read(d->a, s->members_path, d->diag);
  diag_error(d->diag, NOWHERE, figure_members);
  return NULL;
}

// A column by its name, or an outcome at the end by its variable's.
static const double *member_column(struct drawing *d, const struct frame *t, const char *name) {
  const double *values = frame_column(t, name);
  if (!values) values = frame_column(t, arena_format(d->a, "%s at end", name));
  if (!values) report_unknown(d, name);
  return values;
}

bool figure_panels_scatter(struct drawing *d) {
  const struct frame *t = read_members(d);
  const double *columns[2] = {t ? member_column(d, t, d->o->what[0]) : NULL,
                              t ? member_column(d, t, d->o->what[1]) : NULL};
  if (!columns[0] || !columns[1]) return false;
  size_t block = figure_parts_block(d, columns, 2, t->rows);
  text_puts(d->script, "set tmargin 0.8\n");
  put_steps(d, 'x', columns[0], t->rows);
  put_steps(d, 'y', columns[1], t->rows);
  put_axis(d, "x", d->o->what[0]);
  put_axis(d, "y", d->o->what[1]);
  text_printf(d->script, "plot $d%zu using 1:2 with points pointtype 7 pointsize 0.22*P linecolor rgb '#600072b2'\n",
              block);
  return true;
}

static int compare_numbers(const void *x, const void *y) {
  double a = *(const double *)x, b = *(const double *)y;
  return a < b ? -1 : a > b;
}

struct axis {
  double *edges;  // middles of cells: the grid's own values, or bins of equal width
  size_t count;
  bool grid;
  double low, high;
};

static struct axis make_axis(struct arena *a, const double *values, size_t n) {
  struct axis x = {.edges = arena_array(a, double, n + BINS)};
  double *sorted = arena_array(a, double, n + 1);
  size_t finite = 0;
  for (size_t i = 0; i < n; i++)
    if (isfinite(values[i])) sorted[finite++] = values[i];
  qsort(sorted, finite, sizeof *sorted, compare_numbers);
  for (size_t i = 0; i < finite; i++)
    if (!x.count || sorted[i] != x.edges[x.count - 1]) x.edges[x.count++] = sorted[i];
  if (!finite) return x;
  x.low = sorted[0], x.high = sorted[finite - 1];
  x.grid = x.count <= GRID_MOST;
  if (x.grid) return x;
  x.count = BINS;
  for (size_t i = 0; i < BINS; i++) x.edges[i] = x.low + (x.high - x.low) * ((double)i + 0.5) / BINS;
  return x;
}

static size_t place_in(const struct axis *x, double value) {
  if (!x->grid) {
    size_t bin = (size_t)((value - x->low) / (x->high - x->low) * BINS);
    return bin < BINS ? bin : BINS - 1;
  }
  size_t i = 0;
  while (i + 1 < x->count && x->edges[i] != value) i++;
  return i;
}

// From the middle of a cell halfway to the next: grids need not be even.
static void cell_edges(const struct axis *x, size_t i, double *low, double *high) {
  double half = x->count > 1 ? 0 : 0.5, width = (x->high - x->low) / BINS;
  if (!x->grid) half = width / 2;
  double before = x->grid && x->count > 1 ? (i ? x->edges[i] - x->edges[i - 1] : x->edges[1] - x->edges[0]) / 2 : half;
  bool last = i + 1 == x->count;
  *low = x->edges[i] - before;
  *high = x->edges[i] + (x->grid && x->count > 1 && !last ? (x->edges[i + 1] - x->edges[i]) / 2 : before);
}

// The mean of z in each cell that has members: x, y, their edges, z.
static size_t put_cells(struct drawing *d, const double *const values[3], size_t n, const struct axis *x,
                        const struct axis *y) {
  size_t cells = x->count * y->count, used = 0;
  double *sum = arena_array(d->a, double, cells), *count = arena_array(d->a, double, cells), *out[7];
  for (size_t i = 0; i < 7; i++) out[i] = arena_array(d->a, double, cells);
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(values[0][i]) || !isfinite(values[1][i]) || !isfinite(values[2][i])) continue;
    size_t cell = place_in(y, values[1][i]) * x->count + place_in(x, values[0][i]);
    sum[cell] += values[2][i];
    count[cell]++;
  }
  for (size_t i = 0; i < cells; i++) {
    if (!(count[i] > 0)) continue;
    out[0][used] = x->edges[i % x->count];
    out[1][used] = y->edges[i / x->count];
    cell_edges(x, i % x->count, &out[2][used], &out[3][used]);
    cell_edges(y, i / x->count, &out[4][used], &out[5][used]);
    out[6][used++] = sum[i] / count[i];
  }
  return figure_parts_block(d, (const double *const *)out, 7, used);
}

bool figure_panels_heatmap(struct drawing *d) {
  const struct frame *t = read_members(d);
  const double *values[3] = {NULL, NULL, NULL};
  for (size_t i = 0; t && i < 3; i++) values[i] = member_column(d, t, d->o->what[i]);
  if (!values[0] || !values[1] || !values[2]) return false;
  struct axis x = make_axis(d->a, values[0], t->rows), y = make_axis(d->a, values[1], t->rows);
  size_t block = put_cells(d, values, t->rows, &x, &y);
  put_steps(d, 'x', values[0], t->rows);
  put_steps(d, 'y', values[1], t->rows);
  put_axis(d, "x", d->o->what[0]);
  put_axis(d, "y", d->o->what[1]);
  put_title(d, d->o->what[2]);
  // viridis (van der Walt and Smith, 2015), nine points of it
  text_puts(d->script,
            "set palette defined (0 '#440154', 1 '#472d7b', 2 '#3b528b', 3 '#2c728e', 4 '#21918c', 5 '#28ae80', "
            "6 '#5ec962', 7 '#addc30', 8 '#fde725')\n"
            "unset grid\nset offsets 0,0,0,0\nset xrange [*:*]\nset yrange [*:*]\nset autoscale fix\n"
            "set colorbox user origin graph 1.03, graph 0 size graph 0.03, graph 1\nset rmargin 9\n");
  text_printf(d->script, "plot $d%zu using 1:2:3:4:5:6:7 with boxxyerror linecolor palette fillstyle solid noborder\n",
              block);
  return true;
}

// Where each phase begins, as points on the curve with the phase's number.
static size_t put_starts(struct drawing *d, const struct bundle_run *r, const double *x, const double *y) {
  LIST(double) at_x = {0}, at_y = {0}, numbers = {0};
  for (size_t p = 0; p < r->phases.count; p++)
    for (size_t i = 0; i < r->table->rows; i++)
      if (r->times[i] >= r->phases.items[p].start) {
        list_push(d->a, &at_x) = x[i];
        list_push(d->a, &at_y) = y[i];
        list_push(d->a, &numbers) = (double)(p + 1);
        break;
      }
  const double *columns[3] = {at_x.items, at_y.items, numbers.items};
  d->numbered = d->numbered || at_x.count;
  return at_x.count ? figure_parts_block(d, columns, 3, at_x.count) : 0;
}

// Numbers stand above the points of the first scenario and below those of the second.
static void plot_starts(struct drawing *d, size_t *items, size_t block, size_t number) {
  const char *color = figure_parts_color(number);
  begin_item(d, items);
  text_printf(d->script, "$d%zu using 1:2 with points pointtype 7 pointsize 0.4*P linecolor rgb '%s'", block, color);
  begin_item(d, items);
  text_printf(d->script,
              "$d%zu using 1:2:(sprintf('%%d', $3)) with labels font ',6.5' textcolor rgb '%s' offset char %s", block,
              color, number % 2 ? "0.8,-0.7" : "-0.8,0.7");
}

bool figure_panels_phase(struct drawing *d) {
  size_t *lines = arena_array(d->a, size_t, d->b->cases.count), *starts = arena_array(d->a, size_t, d->b->cases.count);
  struct extent across = {INFINITY, -INFINITY}, up = across;
  bool any = false;
  for (size_t i = 0; i < d->b->cases.count; i++) {
    const struct bundle_run *r = d->b->cases.items[i].run;
    const double *x = r ? frame_column(r->table, d->o->what[0]) : NULL;
    const double *y = r ? frame_column(r->table, d->o->what[1]) : NULL;
    const double *columns[2] = {x, y};
    if (!x || !y) continue;
    lines[i] = figure_parts_block(d, columns, 2, r->table->rows);
    widen(&across, x, r->table->rows);
    widen(&up, y, r->table->rows);
    starts[i] = put_starts(d, r, x, y);
    any = true;
  }
  if (!any) return report_unknown(d, d->o->what[0]);
  text_puts(d->script, "set tmargin 0.8\n");
  put_range(d, 'x', across);
  put_range(d, 'y', up);
  put_axis(d, "x", d->o->what[0]);
  put_axis(d, "y", d->o->what[1]);
  size_t items = 0;
  for (size_t i = 0; i < d->b->cases.count; i++)
    if (lines[i]) plot_line(d, &items, lines[i], 2, i);
  for (size_t i = 0; i < d->b->cases.count; i++)
    if (starts[i]) plot_starts(d, &items, starts[i], i);
  text_puts(d->script, "\n");
  return true;
}
