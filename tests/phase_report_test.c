// SPDX-License-Identifier: GPL-3.0-or-later
// The report of phases, on a model where x rises by 1 a year from 0 in 2010: gates met and not met, gaps, the weakest
// subsystem, and limits that bind in one phase only.
#include "output/phase_report.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "lower/lower.h"
#include "reader_support.h"

TestSuite(phase_report, .timeout = 60);

static struct bench b;
static const struct scorecard *card;

static const struct phase_report *report(const char *phases) {
  bench_open(&b);
  const struct model *m = bench_model(
      &b,
      "stocks: {x: {unit: t, initial: 0, inflows: [rise]}}\n"
      "flows: {rise: {unit: t/yr, equation: rate}}\n"
      "parameters: {rate: {unit: t/yr, value: 1}, one: {unit: t, value: 1}}\n"
      "indicators:\n"
      "  a: {unit: t, equation: x, benchmarks: {p: {value: 20, kind: printed}, c: {value: 40, kind: checked}}}\n"
      "  c: {unit: t, equation: 2 * x, benchmarks: {p: {value: 100, kind: printed}}}\n"
      "  odd: {unit: 1, equation: 1, benchmarks: {p: {value: 2, kind: printed, aside: true, doc: not counted}}}\n"
      "  s1: {unit: 1, equation: x / one / 40, report: subsystem, targets: {near: 0.1, far: 0.9}}\n"
      "  s2: {unit: 1, equation: 0.4, report: subsystem}\n"
      "  money: {unit: 1, equation: 1 - x / one / 40, binds: 0.6}\n");
  cr_assert(m, "%s", bench_messages(&b));
  struct scenario *s = bench_scenario(&b, m, arena_format(&b.arena, "scenario: s\nmodel: model.yaml\n%s", phases));
  struct checked *c = s ? check_model(&b.arena, m, s, false, &b.diag) : NULL;
  struct program *p = c ? lower(&b.arena, c, &(struct lower_options){0}, &b.diag) : NULL;
  const struct results *r = p ? run_single(&b.arena, p, &b.diag) : NULL;
  cr_assert(r, "%s", bench_messages(&b));
  card = scorecard_create(&b.arena, r);
  return phase_report_create(&b.arena, card);
}

static void near_to(double value, double expected, const char *what) {
  cr_assert(fabs(value - expected) < 1e-9, "%s is %g, expected %g", what, value, expected);
}

Test(phase_report, a_phase_ends_with_its_gaps_its_weakest_and_its_limits) {
  const struct phase_report *r = report("phases: [{name: near, from: 2010, until: 2021}, {name: far}]\n");
  cr_assert_eq(r[0].ending, PHASE_CALENDAR);
  cr_assert_eq(r[1].ending, PHASE_OPEN);
  cr_assert_eq(r[0].gaps[0].count, 2, "what stands aside is not counted");
  cr_assert_eq(r[0].gaps[0].closed, 0);
  near_to(r[0].gaps[0].median, (10.0 / 20 + 20.0 / 100) / 2, "median");
  near_to(r[0].gaps[0].smallest, 0.2, "smallest");
  cr_assert_str_eq(r[0].gaps[0].furthest->name, "c");
  near_to(r[0].gaps[1].median, 0.25, "median of the checked");
  cr_assert_str_eq(r[0].weakest->name, "s1");
  cr_assert_str_eq(r[1].weakest->name, "s2");
  near_to(r[0].limits.items[0].lowest, 0.75, "lowest of the near phase");
  near_to(r[1].limits.items[0].lowest, 0, "lowest of the far phase");
  cr_assert_eq(r[1].gaps[0].closed, 1);
  cr_assert(r[0].targets == 1 && r[0].targets_met == 1 && r[1].targets_met == 1);
  bench_close(&b);
}

Test(phase_report, a_gate_is_met_or_ended_by_its_deadline_or_never_reached) {
  const struct phase_report *r = report(
      "phases:\n"
      "  - {name: near, from: 2010, when: x / one >= 7, test: 1, max: 12}\n"
      "  - {name: mid, when: x / one >= 100, test: 1, max: 12}\n"
      "  - {name: late, when: x / one >= 100, test: 1, max: 50}\n"
      "  - {name: far}\n");
  cr_assert_eq(r[0].ending, PHASE_MILESTONE);
  near_to(card->phases[0].end, 2017, "end of the near phase");
  cr_assert_eq(r[1].ending, PHASE_DEADLINE);
  cr_assert_eq(r[2].ending, PHASE_OPEN);
  cr_assert_eq(r[3].ending, PHASE_NOT_REACHED);
  bench_close(&b);
}

Test(phase_report, the_terminal_says_it_in_both_languages) {
  const struct phase_report *r = report("phases: [{name: near, from: 2010, until: 2031}, {name: far}]\n");
  struct text en = {0}, zh = {0};
  phase_report_print(&en, &b.arena, card, r, LANGUAGE_EN);
  phase_report_print(&zh, &b.arena, card, r, LANGUAGE_ZH);
  phase_report_notes(&en, &b.arena, card, LANGUAGE_EN, false);
  cr_assert(strstr(en.data, "ended by the calendar, 2031") && strstr(en.data, "1 of 2 reached"), "%s", en.data);
  cr_assert(strstr(en.data, "Weakest subsystem: s2 0.4") && strstr(en.data, "Held back by: money 0.5"), "%s", en.data);
  cr_assert(strstr(en.data, "not counted"), "%s", en.data);
  cr_assert(strstr(en.data, "a: p        printed    100.0 %   200.0 %"), "%s", en.data);
  cr_assert(strstr(en.data, "c: p        printed     40.0 %    80.0 %"), "%s", en.data);
  cr_assert(strstr(zh.data, "最弱体系：s2"), "%s", zh.data);
  text_free(&en);
  text_free(&zh);
  bench_close(&b);
}
