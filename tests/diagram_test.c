// SPDX-License-Identifier: GPL-3.0-or-later
// Maps as the text that graphviz gets: sectors in both languages, names that stay names, and the places of a foreign
// file's views, with their clouds. What graphviz makes of it is drawn by report_check.sh.
#include "report/diagram.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "output/file.h"
#include "reader_support.h"
#include "vensim/mdl.h"
#include "xmile/xmile.h"

static struct bench bench;

static void begin(void) {
  bench_open(&bench);
}

static void end(void) {
  bench_close(&bench);
}

TestSuite(diagram, .init = begin, .fini = end);

static const char town[] =
    "model: town\n"
    "time: {unit: yr, start: 0, stop: 10, step: 1, save: 1}\n"
    "units: {yr: base, person: base, house: base}\n"
    "include: [a.yaml, b.yaml]\n";
static struct model *read_town(void) {
  bench_write("a.yaml",
              "sector: {en: People, zh: 居民}\n"
              "stocks:\n"
              "  people: {unit: person, initial: start, inflows: [births], outflows: [deaths]}\n"
              "flows:\n"
              "  births: {unit: person/yr, equation: people * rate, label: {en: 'births \"new\" \\n', zh: 出生}}\n"
              "  deaths: {unit: person/yr, equation: people * rate}\n"
              "auxiliaries:\n"
              "  crowding: {unit: person/house, equation: people / houses}\n"
              "parameters:\n"
              "  rate: {unit: 1/yr, value: 0.02}\n"
              "  start: {unit: person, value: 100}\n");
  bench_write("b.yaml",
              "sector: {en: Housing, zh: 住房}\n"
              "stocks:\n"
              "  houses: {unit: house, initial: first}\n"
              "parameters:\n"
              "  first: {unit: house, value: 50}\n");
  bench_write("model.yaml", town);
  struct model *m = model_read(&bench.arena, "model.yaml", NULL, &bench.diag);
  cr_assert_not_null(m, "%s", bench_messages(&bench));
  return m;
}

static void place(struct model *m, const char *name, double x, double y, uint32_t page) {
  struct variable *v = (struct variable *)model_variable(m, name);
  v->view = (struct model_view){x, y, true, page};
}

static const char *map_of(struct model *m, struct diagram_options o) {
  struct checked *c = check_model(&bench.arena, m, NULL, false, &bench.diag);
  cr_assert_not_null(c, "%s", bench_messages(&bench));
  if (!diagram_write(&bench.arena, "map.dot", causes_create(&bench.arena, c), &o, &bench.diag)) return NULL;
  struct source *s = source_read(&bench.arena, "map.dot", 1 << 20, &bench.diag);
  return s ? s->text : NULL;
}

// Where a node stands, in inches; NAN when it has no place. `what` begins its line.
static double place_of(const char *dot, const char *what, int axis) {
  const char *line = strstr(dot, what), *pos = line ? strstr(line, "pos=\"") : NULL;
  if (!pos || memchr(line, '\n', (size_t)(pos - line))) return NAN;
  const char *number = pos + strlen("pos=\"");
  return strtod(axis ? strchr(number, ',') + 1 : number, NULL);
}

// The line that declares the variable of this name, which stands in its tooltip.
static const char *node(const char *dot, const char *name) {
  char tooltip[64];
  snprintf(tooltip, sizeof tooltip, "tooltip=\"%s\"", name);
  const char *at = strstr(dot, tooltip);
  cr_assert_not_null(at, "%s is drawn", name);
  while (at > dot && at[-1] != '\n') at--;
  return at;
}

Test(diagram, sectors_have_their_names_in_the_language_of_the_map) {
  struct model *m = read_town();
  const char *en = map_of(m, (struct diagram_options){.language = LANGUAGE_EN});
  cr_expect_not_null(strstr(en, "label=\"People\""));
  cr_expect_not_null(strstr(en, "label=\"Housing\""));
  const char *zh = map_of(m, (struct diagram_options){.language = LANGUAGE_ZH});
  cr_expect_not_null(strstr(zh, "label=\"居民\""));
  cr_expect_not_null(strstr(zh, "label=\"住房\""));
  cr_expect_null(strstr(zh, "Housing"));
  const char *overview = map_of(m, (struct diagram_options){.language = LANGUAGE_ZH, .overview = true});
  cr_expect_not_null(strstr(overview, "label=\"居民 (4)\""), "people, births, deaths, crowding");
}

Test(diagram, a_sector_is_found_by_its_name_in_either_language) {
  struct model *m = read_town();
  static const char *const names[] = {"Housing", "住房"};
  for (size_t i = 0; i < 2; i++) {
    const char *dot = map_of(m, (struct diagram_options){.language = LANGUAGE_ZH, .sector = names[i]});
    cr_assert_not_null(dot, "%s: %s", names[i], bench_messages(&bench));
    cr_expect_not_null(strstr(dot, "label=\"住房\""));
    cr_expect_null(strstr(dot, "居民"), "the other sector is not drawn");
  }
  cr_expect_null(map_of(m, (struct diagram_options){.sector = "Peeple"}));
  cr_expect_not_null(strstr(bench_messages(&bench), "did you mean 'People'?"), "%s", bench_messages(&bench));
}

Test(diagram, names_from_other_sectors_stand_in_angle_brackets) {
  const char *dot = map_of(read_town(), (struct diagram_options){.sector = "People"});
  cr_expect_not_null(strstr(dot, "label=\"<houses>\""));
}

Test(diagram, names_stay_names) {
  const char *dot = map_of(read_town(), (struct diagram_options){.language = LANGUAGE_EN});
  cr_expect_not_null(strstr(dot, "births &quot;new&quot; \\n"), "a valve's label is HTML");
  cr_expect_null(strstr(dot, "births \"new"));
}

Test(diagram, a_file_with_views_keeps_its_places) {
  struct model *m = read_town();
  place(m, "people", 300, 100, 0);
  place(m, "births", 200, 100, 0);
  place(m, "deaths", 400, 130, 0);
  place(m, "houses", 300, 50, 1);
  const char *dot = map_of(m, (struct diagram_options){.language = LANGUAGE_EN});
  cr_expect_not_null(strstr(dot, "layout=neato"));
  cr_expect_null(strstr(dot, "cluster"), "frames would lie over each other");
  double x = place_of(node(dot, "people"), "n", 0), y = place_of(node(dot, "people"), "n", 1);
  cr_expect_float_eq(x - place_of(node(dot, "births"), "n", 0), 100 * 1.2 / 72, 1e-3);
  cr_expect_float_eq(y - place_of(node(dot, "deaths"), "n", 1), 30 * 1.2 / 72, 1e-3, "downwards in the file is down");
  cr_expect_lt(place_of(node(dot, "houses"), "n", 1), place_of(node(dot, "deaths"), "n", 1) - 0.5,
               "the second view is below the first");
  cr_expect(isnan(place_of(node(dot, "crowding"), "n", 0)), "what has no place is left to graphviz");
}

Test(diagram, clouds_stand_beyond_their_flows) {
  struct model *m = read_town();
  place(m, "people", 300, 100, 0);
  place(m, "births", 200, 100, 0);
  place(m, "deaths", 300, 200, 0);
  const char *dot = map_of(m, (struct diagram_options){.language = LANGUAGE_EN});
  const char *source = strstr(dot, "\nc0 [") + 1, *sink = strstr(dot, "\nc1 [") + 1;
  cr_expect_lt(place_of(source, "c0", 0), place_of(node(dot, "births"), "n", 0));
  cr_expect_float_eq(place_of(source, "c0", 1), place_of(node(dot, "births"), "n", 1), 1e-3);
  cr_expect_lt(place_of(sink, "c1", 1), place_of(node(dot, "deaths"), "n", 1));
}

Test(diagram, few_places_or_wild_ones_are_not_used) {
  struct model *m = read_town();
  place(m, "people", 300, 100, 0);
  cr_expect_null(strstr(map_of(m, (struct diagram_options){.language = LANGUAGE_EN}), "neato"), "one of five");
  static const char *const names[] = {"births", "deaths", "crowding", "houses"};
  for (size_t i = 0; i < 4; i++) place(m, names[i], i % 2 ? NAN : 1e300, 0, i < 2 ? 0 : UINT32_MAX);
  cr_expect_null(strstr(map_of(m, (struct diagram_options){.language = LANGUAGE_EN}), "neato"));
}

Test(diagram, the_net_flow_of_a_vensim_stock_is_drawn_as_its_flows) {
  bench_write("m.mdl",
              "{UTF-8}\nBirths = Rate * People ~ person/year ~ |\nDeaths = 3 ~ person/year ~ |\n"
              "Rate = 0.02 ~ 1/year ~ |\nAided = 0.5 ~ 1 ~ |\nArrivals = 2 ~ person/year ~ |\n"
              "People = INTEG(Births - Deaths + Aided * Arrivals, 100) ~ person ~ |\n"
              "INITIAL TIME = 0 ~ year ~ |\nFINAL TIME = 10 ~ year ~ |\nTIME STEP = 1 ~ year ~ |\n"
              "SAVEPER = TIME STEP ~ year ~ |\n");
  struct model *m = mdl_read(&bench.arena, "m.mdl", NULL, &bench.diag);
  cr_assert_not_null(m, "%s", bench_messages(&bench));
  const char *dot = map_of(m, (struct diagram_options){.language = LANGUAGE_EN});
  int people = atoi(node(dot, "People") + 1), births = atoi(node(dot, "Births") + 1);
  int deaths = atoi(node(dot, "Deaths") + 1);
  cr_expect_not_null(strstr(dot, arena_format(&bench.arena, "n%d -> n%d [color=\"#555555:", births, people)));
  cr_expect_not_null(strstr(dot, arena_format(&bench.arena, "n%d -> n%d [color=\"#555555:", people, deaths)),
                     "a rate that is a constant is a valve too");
  cr_expect_not_null(strstr(dot, arena_format(&bench.arena, "n%d -> n%d [color=\"#333333", people, births)));
  cr_expect_null(strstr(dot, "Arrivals"), "a constant in an expression is no flow of its own");
  cr_expect_null(strstr(dot, "FINAL TIME"));
  cr_expect_null(strstr(dot, "net flow"));
}

Test(diagram, symbols_that_stand_close_are_spread_until_pipes_are_seen) {
  struct model *m = read_town();
  place(m, "people", 300, 100, 0);
  place(m, "births", 240, 100, 0);
  place(m, "deaths", 400, 130, 0);
  const char *dot = map_of(m, (struct diagram_options){.language = LANGUAGE_EN});
  double distance = place_of(node(dot, "people"), "n", 0) - place_of(node(dot, "births"), "n", 0);
  cr_expect_gt(distance, 60 * 1.3 / 72);
  cr_expect_float_eq(place_of(node(dot, "deaths"), "n", 0) - place_of(node(dot, "people"), "n", 0), distance * 100 / 60,
                     2e-3, "all by the same factor");
}

Test(diagram, long_names_have_two_lines) {
  struct model *m = read_town();
  ((struct variable *)model_variable(m, "births"))->label.en = "All the births of a year & more";
  ((struct variable *)model_variable(m, "people"))->label.en = "All the people of a town";
  const char *dot = map_of(m, (struct diagram_options){.language = LANGUAGE_EN});
  cr_expect_not_null(strstr(dot, "All the births<BR/>of a year &amp; more"));
  cr_expect_not_null(strstr(dot, "label=\"All the people\\nof a town\""));
}

Test(diagram, views_of_modules_stand_one_under_the_other) {
  static const char module[] =
      "<variables><stock name='s'><eqn>1</eqn><inflow>f</inflow></stock><flow name='f'><eqn>1</eqn></flow></variables>"
      "<views><view><stock name='s' x='200' y='100'/><flow name='f' x='100' y='100'/></view></views></model>";
  bench_write("m.xmile", arena_format(&bench.arena,
                                      "<xmile version='1.0' xmlns='http://docs.oasis-open.org/xmile/ns/XMILE/v1.0'>"
                                      "<header><vendor>v</vendor><product version='1'>p</product></header>"
                                      "<sim_specs><start>0</start><stop>4</stop><dt>1</dt></sim_specs>"
                                      "<model><variables><module name='a'/><module name='b'/></variables></model>"
                                      "<model name='a'>%s<model name='b'>%s</xmile>",
                                      module, module));
  struct model *m = xmile_read(&bench.arena, "m.xmile", NULL, &bench.diag);
  cr_assert_not_null(m, "%s", bench_messages(&bench));
  const char *dot = map_of(m, (struct diagram_options){.language = LANGUAGE_EN});
  cr_expect_lt(place_of(node(dot, "b.s"), "n", 1), place_of(node(dot, "a.s"), "n", 1) - 0.5, "%s", dot);
}
