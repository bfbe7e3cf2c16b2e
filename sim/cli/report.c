// SPDX-License-Identifier: GPL-3.0-or-later
// simulate report: results folders become one HTML file. Reads results only; nothing is run.
#include <string.h>
#include <sys/stat.h>

#include "cli/shown.h"
#include "output/file.h"
#include "output/runinfo.h"
#include "report/page.h"

static const char usage[] =
    "simulate report DIR|SCENARIO...   one HTML file of results, to read and to mail\n"
    "\n"
    "DIR holds results of a run or a sweep, or folders of them (of a batch). SCENARIO, a file or a name,\n"
    "stands for out/SCENARIO and out/SCENARIO-sweep. The first scenario is the one that others are compared with. The\n"
    "file needs no network.\n"
    "\n"
    "  -o, --out FILE      where to write (default: report.html)\n"
    "  --what A,B,...      variables to draw (default: a choice; all indicators, stocks and levers can be added)\n"
    "  --history FILE      a CSV of data with the columns series, year (or time), value, unit and, if you like,\n"
    "                      status and source; default: models/MODEL/data/history.csv when it is there\n"
    "  --lang en|zh        language of the report\n"
    "  -q, --quiet         show only errors\n";

static bool read_history(struct cli *c, const struct bundle *b, struct page_options *o) {
  struct stat info;
  bool asked = c->options.given[OPTION_HISTORY], safe = b->model[0] != '.' && !strchr(b->model, '/');
  o->history_path = asked ? c->options.given[OPTION_HISTORY]
                          : arena_format(&c->arena, "models/%s/data/history.csv", safe ? b->model : "");
  if (!asked && (!safe || stat(o->history_path, &info) != 0)) return true;
  o->history = frame_read_history(&c->arena, o->history_path, &c->diag);
  return o->history;
}

static int run(struct cli *c) {
  const char *out = c->options.out ? c->options.out : "report.html", *what = c->options.given[OPTION_WHAT];
  struct page_options o = {.language = c->options.language, .command = runinfo_quote(&c->arena, c->argc, c->argv)};
  struct shown_names names = shown_split(&c->arena, what ? what : "");
  o.what = names.list.items;
  o.what_count = names.list.count;
  struct bundle *b = shown_read(c);
  if (b) shown_spell(b, &names);
  if (b && read_history(c, b, &o) && page_write(&c->arena, out, b, &o, &c->diag)) shown_say_written(c, out);
  return cli_exit_code(c);
}

const struct verb verb_report = {
    "report", usage, OPTION_BIT(HISTORY) | OPTION_BIT(LANG) | OPTION_BIT(OUT) | OPTION_BIT(QUIET) | OPTION_BIT(WHAT),
    run};
