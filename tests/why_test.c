// SPDX-License-Identifier: GPL-3.0-or-later
// What why and doc stand on: links and their kinds, signs measured in a run, loops in the order of length, named loops
// held to what their file states, names looked up. The model is small enough to list every link and loop by hand.
#include "output/why.h"

#include <criterion/criterion.h>
#include <string.h>

#include "analyse/loops.h"
#include "analyse/paper.h"
#include "analyse/polarity.h"
#include "lower/lower.h"
#include "reader_support.h"

TestSuite(why, .timeout = 60);

static struct bench b;
static const struct model *m;
static struct causes *g;

// Births and deaths, a smoothed look at a crowd, a bin that cannot be emptied below zero, an array.
static void open_bench(void) {
  bench_open(&b);
  m = bench_model(&b,
                  "stocks:\n"
                  "  people: {unit: t, initial: 100, inflows: [births], outflows: [deaths]}\n"
                  "  bin: {unit: t, initial: 1, outflows: [waste], non_negative: true}\n"
                  "flows:\n"
                  "  births:\n"
                  "    unit: t/yr\n"
                  "    equation: rate * people * (2 - crowd)\n"
                  "  deaths: {unit: t/yr, equation: rate * people}\n"
                  "  waste: {unit: t/yr, equation: rate * people}\n"
                  "auxiliaries:\n"
                  "  crowd:\n"
                  "    unit: 1\n"
                  "    equation: smooth(people, 5 * year) / initial(people)\n"
                  "  parts[industry]: {unit: t, equation: people * share}\n"
                  "  wave: {unit: 1, equation: people / one * (2020 * year - time) / year}\n"
                  "parameters:\n"
                  "  rate: {unit: 1/yr, value: 0.1}\n"
                  "  year: {unit: yr, value: 1}\n"
                  "  one: {unit: t, value: 1}\n"
                  "  share[industry]: {unit: 1, value: [1, -1, 2]}\n");
  cr_assert(m, "%s", bench_messages(&b));
  struct scenario *s = bench_scenario(&b, m, "scenario: s\nmodel: model.yaml\nsave: all\n");
  struct checked *c = s ? check_model(&b.arena, m, s, false, &b.diag) : NULL;
  struct program *p = c ? lower(&b.arena, c, &(struct lower_options){0}, &b.diag) : NULL;
  const struct results *r = p ? run_single(&b.arena, p, &b.diag) : NULL;
  cr_assert(r, "%s", bench_messages(&b));
  const size_t moments[] = {0, 10, p->save_count - 1};
  g = causes_create(&b.arena, c);
  cr_assert(polarity_measure(&b.arena, g, r, moments, 3, &b.diag), "%s", bench_messages(&b));
}
static void close_bench(void) {
  bench_close(&b);
}

static uint32_t at(const char *name) {
  uint32_t variable = map_get(&m->names, name);
  cr_assert_neq(variable, MAP_NONE, "%s", name);
  return variable;
}

Test(why, links_lead_from_what_is_named_and_from_flows_to_stocks, .init = open_bench, .fini = close_bench) {
  static const struct {
    const char *from, *to, *sign;
    enum cause_kind kind;
  } links[] = {
      {"births", "people", "+", CAUSE_INFLOW},   {"deaths", "people", "-", CAUSE_OUTFLOW},
      {"waste", "bin", "-", CAUSE_OUTFLOW},      {"bin", "waste", "+", CAUSE_LIMIT},
      {"rate", "births", "+", CAUSE_EQUATION},   {"people", "births", "+", CAUSE_EQUATION},
      {"crowd", "births", "-", CAUSE_EQUATION},  {"people", "crowd", "+", CAUSE_EQUATION},
      {"people", "parts", "+-", CAUSE_EQUATION}, {"people", "wave", "+-", CAUSE_EQUATION},
      {"share", "parts", "+", CAUSE_EQUATION},
  };
  for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
    const struct cause *c = causes_link(g, at(links[i].from), at(links[i].to));
    cr_assert(c, "%s acts on %s", links[i].from, links[i].to);
    cr_assert_eq(c->kind, links[i].kind, "%s on %s: the kind is %d", links[i].from, links[i].to, (int)c->kind);
    cr_assert_str_eq(why_sign(c->sign), links[i].sign, "%s on %s", links[i].from, links[i].to);
  }
  cr_assert_null(causes_link(g, at("births"), at("deaths")));
  cr_assert_null(causes_link(g, at("births"), at("bin")));
}

Test(why, uses_are_causes_turned_round, .init = open_bench, .fini = close_bench) {
  size_t uses = 0;
  for (uint32_t v = 0; v < m->variables.count; v++)
    for (uint32_t i = g->first_use[v]; i < g->first_use[v + 1]; i++, uses++)
      cr_assert_eq(g->links.items[g->uses[i]].from, v);
  cr_assert_eq(uses, g->links.count);
}

Test(why, signs_multiply) {
  cr_assert_eq(causes_sign_product(SIGN_MINUS, SIGN_MINUS), SIGN_PLUS);
  cr_assert_eq(causes_sign_product(SIGN_MINUS, SIGN_PLUS), SIGN_MINUS);
  cr_assert_eq(causes_sign_product(SIGN_BOTH, SIGN_PLUS), SIGN_BOTH);
  cr_assert_eq(causes_sign_product(SIGN_BOTH, SIGN_NONE), SIGN_NONE);
}

Test(why, loops_come_once_each_shortest_first_with_their_polarity, .init = open_bench, .fini = close_bench) {
  static const struct {
    const char *path, *polarity;
    size_t stocks;
  } expected[] = {{"people -> births -> people", "R", 1},
                  {"people -> deaths -> people", "B", 1},
                  {"people -> crowd -> births -> people", "B", 1}};
  const struct loops *l = loops_through(&b.arena, g, at("people"), 20);
  cr_assert(l->items.count == 3 && !l->more, "%zu loops", l->items.count);
  for (size_t i = 0; i < 3; i++) {
    cr_assert_str_eq(why_path(&b.arena, m, &l->items.items[i], true), expected[i].path);
    cr_assert_str_eq(why_polarity(l->items.items[i].sign), expected[i].polarity, "%s", expected[i].path);
    cr_assert_eq(l->items.items[i].stocks, expected[i].stocks);
  }
  l = loops_through(&b.arena, g, at("people"), 2);
  cr_assert(l->items.count == 2 && l->more, "more loops than asked for are counted as more");
  l = loops_through(&b.arena, g, at("rate"), 20);
  cr_assert(!l->items.count && !l->more, "a parameter takes part in no loop");
  l = loops_through(&b.arena, g, at("bin"), 20);
  cr_assert(l->items.count == 1 && l->items.items[0].count == 2, "a limit closes a loop");
}

static struct named_loops *named(const char *entries) {
  bench_write("loops.yaml", arena_format(&b.arena, "loops: l\nentries:\n%s", entries));
  diag_init(&b.diag, &b.arena);
  struct named_loops *n = loops_read_head(&b.arena, "loops.yaml", &b.diag);
  return n && loops_read(&b.arena, n, m, &b.diag) ? n : NULL;
}

Test(why, a_named_loop_is_the_same_wherever_its_telling_begins, .init = open_bench, .fini = close_bench) {
  struct named_loops *n = named(
      "  R1: {label: growth, polarity: reinforcing, variables: [births, people]}\n"
      "  C1: {label: policy, polarity: raises, variables: [rate, births, people]}\n");
  cr_assert(n && loops_verify(n, g, &b.diag), "%s", bench_messages(&b));
  const struct loops *l = loops_through(&b.arena, g, at("people"), 20);
  cr_assert_str_eq(loops_name(n, &l->items.items[0]), "R1");
  cr_assert_null(loops_name(n, &l->items.items[1]));
  cr_assert_null(loops_name(NULL, &l->items.items[0]));
  cr_assert(loops_by_name(n, "C1")->chain && !loops_by_name(n, "C2"));
  cr_assert(!loops_equal(&l->items.items[0], &l->items.items[2]));
}

Test(why, a_loop_stated_wrongly_is_an_error_with_its_place, .init = open_bench, .fini = close_bench) {
  static const struct {
    const char *entry, *words;
  } wrong[] = {
      {"  R1: {label: l, polarity: balancing, variables: [people, births]}\n", "the file says that it is negative"},
      {"  R1: {label: l, polarity: balancing, variables: [births, deaths]}\n", "births does not act on deaths"},
      {"  R1: {label: l, polarity: sideways, variables: [births, people]}\n", "'sideways'"},
      {"  R1: {label: l, polarity: balancing, variables: [birth, people]}\n", "did you mean 'births'?"},
      {"  R1: {label: l, polarity: balancing, variables: []}\n", "must name from 1 to 64 variables"},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    struct named_loops *n = named(wrong[i].entry);
    bool good = n && loops_verify(n, g, &b.diag);
    cr_assert(!good && strstr(bench_messages(&b), wrong[i].words), "expected '%s' in:\n%s", wrong[i].words,
              bench_messages(&b));
    cr_assert(strstr(bench_messages(&b), "loops.yaml:3:"), "%s", bench_messages(&b));
  }
}

Test(why, a_passage_is_found_by_its_id_and_by_its_variables, .init = open_bench, .fini = close_bench) {
  bench_write("paper.yaml",
              "paper: p\nmaps: {\"1\": all}\npassages:\n"
              "  growth: {map: \"1\", section: \"1\", quote: q, en: e, variables: [people, \"parts[ic]\"]}\n"
              "  decline: {map: \"1\", section: \"1\", quote: q, en: e, variables: [people]}\n");
  const struct paper *p = paper_read(&b.arena, "paper.yaml", m, &b.diag);
  cr_assert(p, "%s", bench_messages(&b));
  size_t from = 0;
  cr_assert_str_eq(paper_next(p, at("people"), &from)->id, "growth");
  cr_assert_str_eq(paper_next(p, at("people"), &from)->id, "decline");
  cr_assert_null(paper_next(p, at("people"), &from));
  from = 0;
  cr_assert_str_eq(paper_next(p, at("parts"), &from)->id, "growth");
  cr_assert_null(paper_passage(p, "groth"));
  cr_assert_str_eq(paper_nearest(&b.arena, p, "groth"), "growth");
}
