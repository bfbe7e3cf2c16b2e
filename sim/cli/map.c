// SPDX-License-Identifier: GPL-3.0-or-later
// simulate map: the diagram of a model.
#include "cli/load.h"
#include "cli/shown.h"
#include "report/diagram.h"

static const char usage[] =
    "simulate map FILE -o OUT      the stock-and-flow diagram of a model\n"
    "\n"
    "FILE is a model or a scenario; OUT ends in .svg, .pdf, .png, or .dot for graphviz's own text. Stocks are boxes,\n"
    "flows are pipes with a valve, levers are hexagons, indicators dashed; names in angle brackets belong to\n"
    "other sectors. Parameters, constants and tables are left out. Files of other programs keep their places. Needs\n"
    "graphviz.\n"
    "\n"
    "  --overview          the sectors alone, with the number of links between them\n"
    "  --sector NAME       one sector, by its name in either language, and what it touches\n"
    "  --lang en|zh        language of the labels\n"
    "  --units warn, --data-dir DIR   as for run\n"
    "  -o, --out OUT       the file to write\n"
    "  -q, --quiet         show only errors\n";

static int run(struct cli *c) {
  struct loader l = {.cli = c};
  struct input in;
  struct diagram_options o = {.language = c->options.language,
                              .overview = c->options.given[OPTION_OVERVIEW],
                              .sector = c->options.given[OPTION_SECTOR]};
  const char *path = load_beside(c, "model.yaml");
  if (path && !c->options.out) diag_error(&c->diag, NOWHERE, map_out);
  if (!path || !c->options.out || !load_input(&l, path, LOAD_CHECKED, &in)) return cli_exit_code(c);
  const struct causes *g = causes_create(&c->arena, in.checked);
  if (diagram_write(&c->arena, c->options.out, g, &o, &c->diag)) shown_say_written(c, c->options.out);
  return cli_exit_code(c);
}

const struct verb verb_map = {"map", usage,
                              OPTION_BIT(DATA_DIR) | OPTION_BIT(LANG) | OPTION_BIT(OUT) | OPTION_BIT(OVERVIEW) |
                                  OPTION_BIT(QUIET) | OPTION_BIT(SECTOR) | OPTION_BIT(UNITS),
                              run};
