// SPDX-License-Identifier: GPL-3.0-or-later
// simulate figure: a figure for a document from results folders.
#include "report/figure.h"

#include <string.h>

#include "base/limits.h"
#include "cli/shown.h"

static const char usage[] =
    "simulate figure DIR|SCENARIO... --what A,B --as KIND -o FILE   a figure for a document\n"
    "\n"
    "FILE ends in .svg, .pdf or .png (300 dots an inch). Folders and scenarios are named as for report. Needs "
    "gnuplot.\n"
    "\n"
    "  --as fan            over time, with the bands of a sweep (default)\n"
    "  --as lines          over time, runs alone\n"
    "  --as tornado        what moves an outcome of a sweep: --what gdp, or gdp@near for a phase\n"
    "  --as scatter        members of a sweep (--keep members): --what X,Y\n"
    "  --as heatmap        the mean of Z over members: --what X,Y,Z; best for grids\n"
    "  --as phase          one variable against another, with the starts of phases marked: --what X,Y\n"
    "  --what A,B,...      variables; several are panels\n"
    "  --size WxH          in millimetres: 85x60; 170 for a whole page (default: 85 wide, 170 for several panels)\n"
    "  --history FILE      data to draw as points, as for report\n"
    "  --lang en|zh        language of the labels\n"
    "  -o, --out FILE      the file to write\n"
    "  -q, --quiet         show only errors\n";

static bool read_kind(struct cli *c, struct figure_options *o) {
  const char *kind = c->options.given[OPTION_AS];
  for (size_t i = 0; kind && i < FIGURE_KINDS; i++)
    if (strcmp(kind, figure_kinds[i]) == 0) o->kind = (enum figure_kind)i, kind = NULL;
  if (!kind) return true;
  diag_error(&c->diag, NOWHERE, usage_choice, kind, "--as");
  diag_hint(&c->diag, "one of: fan, lines, tornado, scatter, heatmap, phase");
  diag_did_you_mean(&c->diag, map_nearest(kind, figure_kinds, FIGURE_KINDS));
  return false;
}

static bool read_size(struct cli *c, struct figure_options *o) {
  const char *text = c->options.given[OPTION_SIZE], *x = text ? strchr(text, 'x') : NULL;
  o->width = o->what_count > 1 && o->kind < FIGURE_SCATTER ? 170 : 85;
  if (!text) return true;
  bool good = text_to_number(text, x ? (size_t)(x - text) : strlen(text), &o->width) &&
              (!x || text_to_number(x + 1, strlen(x + 1), &o->height));
  if (good && o->width >= 30 && o->width <= 2000 && (!x || (o->height >= 30 && o->height <= 2000))) return true;
  diag_error(&c->diag, NOWHERE, figure_size, text);
  return false;
}

static int run(struct cli *c) {
  const char *what = c->options.given[OPTION_WHAT], *history = c->options.given[OPTION_HISTORY];
  struct figure_options o = {.language = c->options.language};
  struct shown_names names = shown_split(&c->arena, what ? what : "");
  o.what = names.list.items;
  o.what_count = names.list.count;
  if (!c->options.out) diag_error(&c->diag, NOWHERE, figure_out);
  if (!c->options.out || !read_kind(c, &o) || !read_size(c, &o)) return cli_exit_code(c);
  if (history && !(o.history = frame_read_history(&c->arena, history, &c->diag))) return cli_exit_code(c);
  struct bundle *b = shown_read(c);
  if (b) shown_spell(b, &names);
  if (b && figure_write(&c->arena, c->options.out, b, &o, &c->diag)) shown_say_written(c, c->options.out);
  return cli_exit_code(c);
}

const struct verb verb_figure = {"figure", usage,
                                 OPTION_BIT(AS) | OPTION_BIT(HISTORY) | OPTION_BIT(LANG) | OPTION_BIT(OUT) |
                                     OPTION_BIT(QUIET) | OPTION_BIT(SIZE) | OPTION_BIT(WHAT),
                                 run};
