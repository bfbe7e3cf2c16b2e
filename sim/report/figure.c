// SPDX-License-Identifier: GPL-3.0-or-later
// See figure.h. Writes the frame of the script (terminal, fonts, style, layout), has the panels written by
// figure_panels.c, and runs gnuplot. The picture appears whole or not at all.
#include "report/figure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output/file.h"
#include "report/figure_parts.h"
#include "report/font.h"
#include "report/tool.h"

const char *const figure_kinds[FIGURE_KINDS] = {"fan", "lines", "tornado", "scatter", "heatmap", "phase"};

// Okabe and Ito (2008), "Color universal design", without yellow, which is too light for lines.
static const char *const colors[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                     "#e69f00", "#56b4e9", "#000000", "#7b3fb5"};

const char *figure_parts_color(size_t i) {
  return colors[i % (sizeof colors / sizeof colors[0])];
}

// As lengths in line widths; gnuplot's own are too long for short curves.
const char *figure_parts_dash(size_t i) {
  static const char *const dashes[] = {"1", "(8,3)", "(2,2)", "(10,3,2,3)", "(4,2)"};
  return dashes[i % (sizeof dashes / sizeof dashes[0])];
}

void figure_parts_key(struct drawing *d, const char *style, const char *title) {
  for (size_t i = 0; i < d->key.count; i++)
    if (strcmp(d->key.items[i].title, title) == 0) return;
  list_push(d->a, &d->key) = (struct drawing_key){style, title};
}

static void put_quoted(struct drawing *d, const char *text, bool format) {
  size_t left = strlen(text);
  d->chinese = d->chinese || font_is_chinese(text);
  text_puts(d->script, "'");
  for (size_t size; left; text += size, left -= size) {
    uint32_t code;
    size = text_decode(text, left, &code);
    if (!size) size = 1, code = ' ';
    if (code < 0x20 || (code >= 0x7F && code < 0xA0) || text_is_hidden(code) || (size == 1 && code == ' '))
      text_puts(d->script, " ");
    else if (code == '\'' || (format && code == '%'))
      text_printf(d->script, "%c%c", (int)code, (int)code);
    else
      text_add(d->script, text, size);
  }
  text_puts(d->script, "'");
}

void figure_parts_string(struct drawing *d, const char *text) {
  put_quoted(d, text, false);
}

void figure_parts_label(struct drawing *d, const char *text) {
  put_quoted(d, text, true);
}

void figure_parts_number(struct drawing *d, double value) {
  char number[32];
  text_puts(d->script, isfinite(value) ? text_from_number(value, number) : "NaN");
}

size_t figure_parts_block(struct drawing *d, const double *const *columns, size_t count, size_t rows) {
  text_printf(d->script, "$d%zu << EOD\n", ++d->blocks);
  for (size_t r = 0; r < rows; r++) {
    for (size_t c = 0; c < count; c++) {
      figure_parts_number(d, columns[c][r]);
      text_puts(d->script, c + 1 < count ? " " : "\n");
    }
  }
  text_puts(d->script, "EOD\n");
  return d->blocks;
}

enum format { FORMAT_SVG, FORMAT_PDF, FORMAT_PNG, FORMATS };
static const char *const endings[FORMATS] = {".svg", ".pdf", ".png"};

static enum format format_of(const char *path) {
  const char *dot = strrchr(path, '.');
  size_t i = 0;
  while (i < FORMATS && (!dot || strcmp(dot, endings[i]) != 0)) i++;
  return i;
}

#define LINE 3.8  // mm from one line of the foot to the next

struct sheet {
  enum format format;
  double width, height, foot;  // mm; foot: below the panels, for the key and the phases' numbers
  const char *font, *output;
  size_t rows, columns;
};

// A point is 1/72 inch; SVG counts in pixels of 1/96 inch, PNG is made for 300 dots an inch.
static void put_terminal(struct drawing *d, const struct sheet *s) {
  const double inch = 25.4;
  double w = s->width / inch, h = s->height / inch;
  if (s->format == FORMAT_SVG)
    text_printf(
        d->script,
        "set terminal svg noenhanced fixed size %.0f,%.0f background '#ffffff' fontscale 1.333 dashlength 0.7 font ",
        w * 96, h * 96);
  else if (s->format == FORMAT_PDF)
    text_printf(d->script,
                "set terminal pdfcairo noenhanced color fontscale 0.75 linewidth 1.5 size %.4fin,%.4fin font ", w, h);
  else
    text_printf(d->script,
                "set terminal pngcairo noenhanced size %.0f,%.0f fontscale 3.125 linewidth 3 pointscale 3 font ",
                w * 300, h * 300);
  figure_parts_string(d, arena_format(d->a, "%s,7.5", s->font));
  text_puts(d->script, "\nset output ");
  figure_parts_string(d, s->output);
  text_puts(d->script, "\n");
}

static void put_style(struct drawing *d) {
  text_puts(d->script,
            "set encoding utf8\n"
            "set border 3 linewidth 0.5 linecolor rgb '#444444'\n"
            "set tics out nomirror scale 0.5 textcolor rgb '#222222'\n"
            "set grid ytics linewidth 0.4 linecolor rgb '#dddddd' linetype 1\n"
            "set datafile missing 'NaN'\n"
            "set offsets graph 0, 0, graph 0.03, graph 0.03\n"
            "set format x '%g'\nset format y '%g'\nset tmargin 1.8\nset bmargin 2\nset rmargin 3\nunset key\n");
}

static bool put_panel(struct drawing *d, size_t i) {
  switch (d->o->kind) {
    case FIGURE_FAN:
    case FIGURE_LINES:
      return figure_panels_time(d, d->o->what[i], d->o->kind == FIGURE_FAN);
    case FIGURE_TORNADO:
      return figure_panels_tornado(d, d->o->what[i]);
    case FIGURE_SCATTER:
      return figure_panels_scatter(d);
    case FIGURE_HEATMAP:
      return figure_panels_heatmap(d);
    default:
      return figure_panels_phase(d);
  }
}

static size_t count_panels(const struct figure_options *o) {
  return o->kind == FIGURE_FAN || o->kind == FIGURE_LINES || o->kind == FIGURE_TORNADO ? o->what_count : 1;
}

// Height of a panel by its width.
static double ratio_of(const struct figure_options *o) {
  return o->kind == FIGURE_TORNADO ? 0.8 : 0.66;
}

// Rows that the key needs: beside its title each entry has a sample and a gap.
static size_t key_rows(const struct drawing *d, const struct sheet *s) {
  double width = 0;
  for (size_t i = 0; i < d->key.count; i++) {
    double entry = (double)text_width(d->key.items[i].title) * FIGURE_COLUMN + 14;
    if (entry > width) width = entry;
  }
  size_t columns = width > 0 ? (size_t)fmax(1, floor(s->width / width)) : 1;
  return (d->key.count + columns - 1) / columns;
}

// The phases' numbers in words, as many on a line as fit; how many lines.
static size_t put_numbered(struct drawing *d, const struct sheet *s, bool draw) {
  const char *line = NULL;
  size_t lines = 0;
  for (size_t i = 0; figure_panels_numbered(d, i) || line; i++) {
    const char *item = figure_panels_numbered(d, i);
    const char *longer = !item ? NULL : line ? arena_format(d->a, "%s    %s", line, item) : item;
    if (longer && (!line || (double)text_width(longer) * FIGURE_COLUMN < s->width)) {
      line = longer;
      continue;
    }
    if (draw) text_puts(d->script, "set label ");
    if (draw) figure_parts_string(d, line);
    if (draw)
      text_printf(d->script, " font ',6.5' at graph 0.5, graph %.5f center textcolor rgb '#555555'\n",
                  1 - ((double)key_rows(d, s) + (double)lines + 0.5) * LINE / s->foot);
    lines++;
    line = item;
    if (!item) break;
  }
  return lines;
}

// One key for all panels, in a plot of its own that has the whole width.
static void put_key(struct drawing *d, const struct sheet *s) {
  size_t rows = key_rows(d, s);
  text_puts(d->script,
            "set origin 0,0\nset size 1,F\nset lmargin 0\nset rmargin 0\nset tmargin 0\nset bmargin 0\nunset border\n"
            "unset tics\nunset grid\nunset title\nunset xlabel\nunset ylabel\nunset object\nunset label\nunset arrow\n"
            "set offsets 0,0,0,0\nset xrange [0:1]\nset yrange [0:1]\n");
  put_numbered(d, s, true);
  text_printf(d->script,
              "set key at graph 0.5,%.5f center center horizontal spacing 1.15 reverse Left samplen 2.2 width 1 "
              "maxrows %zu\nplot ",
              1 - 0.5 * (double)rows * LINE / s->foot, rows);
  for (size_t i = 0; i < d->key.count; i++) {
    text_printf(d->script, "%sNaN with %s title ", i ? ", " : "", d->key.items[i].style);
    figure_parts_string(d, d->key.items[i].title);
  }
  text_puts(d->script, d->key.count ? "\n" : "NaN notitle\n");
}

// A script for the panels alone: fonts are known once all labels are, and the height of the foot (F, a share of the
// sheet's) once all entries of the key are. P is the size of points, in which terminals differ.
static bool put_panels(struct drawing *d, struct sheet *s) {
  size_t panels = count_panels(d->o);
  d->panel_width = s->width / (double)s->columns;
  d->panel_height = d->o->height > 0 ? d->o->height / (double)s->rows : d->panel_width * ratio_of(d->o);
  for (size_t i = 0; i < panels; i++) {
    double w = 1.0 / (double)s->columns, h = 1.0 / (double)s->rows;
    size_t row = i / s->columns, column = i % s->columns;
    text_printf(d->script, "set origin %.5f,F+(1-F)*%.5f\nset size %.5f,(1-F)*%.5f\n", (double)column * w,
                1 - (double)(row + 1) * h, w, h);
    if (!put_panel(d, i)) return false;
  }
  s->foot = (double)(key_rows(d, s) + put_numbered(d, s, false)) * LINE + 1;
  s->height = d->o->height > 0 ? d->o->height : (double)s->rows * d->panel_height + s->foot;
  if (d->key.count || d->numbered) put_key(d, s);
  return true;
}

static bool check_format(const char *path, const struct figure_options *o, struct diag *diag) {
  const size_t needed[FIGURE_KINDS] = {1, 1, 1, 2, 3, 2};
  bool pair = o->kind == FIGURE_SCATTER || o->kind == FIGURE_HEATMAP || o->kind == FIGURE_PHASE;
  if (format_of(path) == FORMATS) diag_error(diag, NOWHERE, figure_format, path);
  if (o->what_count < needed[o->kind] || (pair && o->what_count > needed[o->kind]) || o->what_count > 12)
    diag_error(diag, NOWHERE, figure_what, figure_kinds[o->kind], needed[o->kind], o->what_count);
  return format_of(path) < FORMATS && !diag->errors;
}

static bool run_gnuplot(struct drawing *d, const char *path, const struct sheet *s) {
  const char *const command[] = {"gnuplot", "-d", NULL};  // -d: no start files
  struct tool_result *r = tool_run(d->a, command, d->script->data, d->script->size, "gnuplot-nox", d->diag);
  if (r && r->status == 0 && access(s->output, R_OK) == 0) return file_publish(s->output, path, d->diag);
  if (r) diag_error(d->diag, NOWHERE, figure_gnuplot, r->error);
  unlink(s->output);
  return false;
}

static struct sheet sheet_of(const char *path, const struct figure_options *o) {
  size_t panels = count_panels(o), columns = panels > 1 && o->width >= 120 ? 2 : 1;
  return (struct sheet){
      .format = format_of(path), .width = o->width, .columns = columns, .rows = (panels + columns - 1) / columns};
}

static bool draw(struct drawing *d, const char *path) {
  struct text panels = {0}, *script = d->script;
  struct sheet s = sheet_of(path, d->o);
  d->script = &panels;
  bool good = put_panels(d, &s);
  d->script = script;
  s.font = good && d->chinese ? font_chinese(d->a, d->diag) : "Arial";
  s.output = file_temporary_name(d->a, path);
  if (good && s.font) {
    put_terminal(d, &s);
    put_style(d);
    text_printf(script, "F = %.5f\nP = %s\nset multiplot\n", s.foot / s.height, s.format == FORMAT_SVG ? "1.7" : "1");
    text_add(script, panels.data, panels.size);
    text_puts(script, "unset multiplot\nset output\n");
    good = !script->failed && !panels.failed && run_gnuplot(d, path, &s);
  }
  text_free(&panels);
  return good && s.font;
}

bool figure_write(struct arena *a, const char *path, const struct bundle *b, const struct figure_options *o,
                  struct diag *diag) {
  if (!check_format(path, o, diag)) return false;
  struct text script = {0};
  struct drawing d = {.a = a, .script = &script, .b = b, .o = o, .diag = diag};
  bool good = draw(&d, path);
  text_free(&script);
  return good;
}
