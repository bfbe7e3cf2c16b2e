// SPDX-License-Identifier: GPL-3.0-or-later
// The scenario reader: phases and gates, levers within their ranges, extends, --set; and the words for each mistake.
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "lang/yaml.h"
#include "reader_support.h"
#include "test_support.h"

TestSuite(scenario, .timeout = 60);

static struct bench b;
static const struct model *m;

static void open_bench(void) {
  bench_open(&b);
  m = bench_model(&b,
                  "levers:\n"
                  "  l: {unit: t, points: [[2010, 1], [2050, 2]], range: [0, 10]}\n"
                  "  share: {unit: 1, value: 0.1, range: [0, 0.3]}\n"
                  "inputs: {i: {unit: 1, value: 1}}\n"
                  "parameters:\n"
                  "  p: {unit: yr, value: 1}\n"
                  "  q[industry]: {unit: 1, value: 1}\n"
                  "auxiliaries: {x: {unit: 1, equation: 1}}\n"
                  "tables: {f: {unit: 1, x_unit: 1, points: [[0, 0], [1, 1]]}}\n");
  cr_assert(m, "%s", bench_messages(&b));
}
static void close_bench(void) {
  bench_close(&b);
}

static const struct scenario *good(const char *text) {
  const struct scenario *s = bench_scenario(&b, m, text);
  cr_assert(s, "%s\nfor:\n%s", bench_messages(&b), text);
  cr_assert_eq(b.diag.errors, 0);
  return s;
}

#define PHASES                                \
  "scenario: s\nmodel: model.yaml\nphases:\n" \
  "  - {name: near, from: 2023, until: 2028}\n  - {name: mid, until: 2036}\n  - {name: long}\n"

Test(scenario, an_almost_empty_scenario_takes_all_from_its_model, .init = open_bench, .fini = close_bench) {
  const struct scenario *s = good("scenario: a-b_1.c\nmodel: model.yaml\n");
  cr_assert_str_eq(s->name, "a-b_1.c");
  cr_assert_str_eq(s->title.en, "a-b_1.c");
  cr_assert_eq(s->start, 2010);
  cr_assert_eq(s->save, 1);
  cr_assert_eq(s->method, METHOD_RK4);
  cr_assert_eq(s->phases.count, 0);
  cr_assert_null(s->sweep);
  cr_assert_str_eq(scenario_model_path(&b.arena, "s.yaml", &b.diag), "model.yaml");
}

Test(scenario, settings_override_the_model, .init = open_bench, .fini = close_bench) {
  const struct scenario *s = good(
      "scenario: s\ntitle: {en: T, zh: 题}\ndoc: d\nmodel: model.yaml\nstart: 2011\nstop: 2021\nstep: 1/8\nsave_every: "
      "0.5\n"
      "method: rkf45\nrtol: 1e-4\natol: 1e-5\nsave: [x, l, x]\nsweep: {members: 10}\n");
  cr_assert_eq(s->stop, 2021);
  cr_assert_eq(s->step, 0.125);
  cr_assert_eq(s->save, 0.5);
  cr_assert_eq(s->method, METHOD_RKF45);
  cr_assert_eq(s->rtol, 1e-4);
  cr_assert_eq(s->saved.count, 2);
  cr_assert_str_eq(m->variables.items[s->saved.items[0]].name, "x");
  cr_assert_not_null(s->sweep);
  cr_assert_str_eq(s->title.zh, "题");
  cr_assert(good("scenario: s\nmodel: model.yaml\nsave: all\n")->save_all);
}

Test(scenario, a_saving_interval_that_misses_the_stop_is_a_warning, .init = open_bench, .fini = close_bench) {
  good("scenario: s\nmodel: model.yaml\nsave_every: 8\n");
  cr_expect_str_empty(bench_messages(&b));
  good("scenario: s\nmodel: model.yaml\nsave_every: 17\n");
  cr_expect(strstr(bench_messages(&b), "s.yaml:3:13: warning: the last time saved is 2044, before stop at 2050"), "%s",
            bench_messages(&b));
}

Test(scenario, calendar_phases_take_open_ends_from_their_neighbours, .init = open_bench, .fini = close_bench) {
  const struct scenario *s = good(PHASES);
  cr_assert_eq(s->phases.count, 3);
  cr_assert_eq(s->phases.items[1].from, 2028);
  cr_assert_eq(s->phases.items[2].from, 2036);
  cr_assert_eq(s->phases.items[2].until, INFINITY);
  s = good("scenario: s\nphases: [{name: a}, {name: b, from: 2020}, {name: c, from: 2030, until: 2050}]\n");
  cr_assert_eq(s->phases.items[0].from, 2010);
  cr_assert_eq(s->phases.items[0].until, 2020);
  cr_assert_eq(s->phases.items[1].until, 2030);
  cr_assert_eq(s->phases.items[2].until, INFINITY);
}

Test(scenario, a_gate_ends_a_phase_at_an_unknown_time, .init = open_bench, .fini = close_bench) {
  const struct scenario *s = good(
      "scenario: s\nphases:\n  - {name: near, from: 2023, until: 2028}\n"
      "  - {name: mid, when: x >= 0.8 and l > 1, test: 1, min: 6 yr, max: 14}\n"
      "  - {name: third, when: x < 1, test: 1/8}\n  - {name: long, label: {zh: 远期}}\n");
  const struct phase *p = s->phases.items;
  cr_assert(p[1].gated && p[2].gated && !p[3].gated);
  cr_assert_eq(p[1].from, 2028);
  cr_assert_eq(p[1].test, 1);
  cr_assert_eq(p[1].least, 6);
  cr_assert_eq(p[1].most, 14);
  cr_assert_eq(p[2].most, INFINITY);
  cr_assert(isnan(p[2].from) && isnan(p[3].from));
  cr_assert_str_eq(p[3].label.zh, "远期");
  cr_assert(p[1].when);
}

Test(scenario, levers_go_by_phase_by_points_or_hold, .init = open_bench, .fini = close_bench) {
  const struct scenario *s = good(PHASES
                                  "ramp: 2 yr\n"
                                  "levers:\n  l: {near: 0.001 kt, long: 3}\n  share: {near: 12 %, ramp: 1}\n");
  cr_assert_eq(s->levers.count, 2);
  cr_assert_eq(s->levers.items[0].kind, STEER_PHASES);
  cr_assert_eq(s->levers.items[0].levels[0], 1);
  cr_assert(isnan(s->levers.items[0].levels[1]));
  cr_assert_eq(s->levers.items[0].levels[2], 3);
  cr_assert_eq(s->levers.items[0].ramp, 2);
  cr_assert_eq(s->levers.items[1].levels[0], 0.12);
  cr_assert_eq(s->levers.items[1].ramp, 1);
  s = good(PHASES
           "levers:\n  l: {points: [[2025, 3], [2030, 4]], from: 2023}\n  share: {value: 20 %, ramp: 3}\n"
           "inputs: {i: {points: [[2025, 3]]}}\n");
  cr_assert_eq(s->levers.items[0].kind, STEER_POINTS);
  cr_assert_eq(s->levers.items[0].from, 2023);
  cr_assert_eq(s->levers.items[0].points.count, 2);
  cr_assert_eq(s->levers.items[1].kind, STEER_CONSTANT);
  cr_assert_eq(s->levers.items[1].constant, 0.2);
  cr_assert_eq(s->levers.items[1].ramp, 3);
  cr_assert(isnan(s->inputs.items[0].from));
  s = good("scenario: s\nlevers: {l: 5}\ninputs: {i: 2}\n");
  cr_assert_eq(s->levers.items[0].constant, 5);
  cr_assert_eq(s->levers.items[0].ramp, 0);
  cr_assert_eq(s->inputs.items[0].constant, 2);
}

// The value that an element of q ends up with.
static double q_of(const struct scenario *s, uint32_t element) {
  uint32_t q = (uint32_t)(model_variable(m, "q") - m->variables.items);
  double value = 1;
  for (size_t i = 0; i < s->parameters.count; i++) {
    const struct override *o = &s->parameters.items[i];
    if (o->variable == q && (o->element == UINT32_MAX || o->element == element)) value = o->value;
  }
  return value;
}

Test(scenario, what_is_said_of_one_element_beats_what_is_said_of_all, .init = open_bench, .fini = close_bench) {
  const struct scenario *s = good("scenario: s\nparameters:\n  q[ic]: 5\n  q[leading]: 4\n  q: 3\n  p: 2 yr\n");
  cr_assert_eq(q_of(s, 0), 5);
  cr_assert_eq(q_of(s, 1), 3);
  cr_assert_eq(q_of(s, 2), 4);
  s = good("scenario: s\nparameters:\n  q: [7, 8, 9]\n");
  cr_assert_eq(q_of(s, 2), 9);
  s = good("scenario: s\nparameters:\n  q: {bio: 8}\n");
  cr_assert_eq(q_of(s, 0), 1);
  cr_assert_eq(q_of(s, 1), 8);
}

static const struct scenario *set(const char *text, const char *const *sets, size_t count) {
  bench_write("s.yaml", text);
  return scenario_read(&b.arena, "s.yaml", m, sets, count, &b.diag);
}

Test(scenario, settings_of_the_command_line_come_last, .init = open_bench, .fini = close_bench) {
  const char *const sets[] = {"l = 0.002 kt", "q=6", "q[bio]=7",  "method=euler", "step=1/4",
                              "stop=2040",    "i=3", "save=x, l", "share=0.2",    "ramp=1"};
  const struct scenario *s = set(PHASES "levers: {l: {near: 1}}\nparameters:\n  q[ic]: 5\n", sets, 10);
  cr_assert(s, "%s", bench_messages(&b));
  cr_assert_eq(s->levers.count, 2);
  cr_assert_eq(s->levers.items[0].kind, STEER_CONSTANT);
  cr_assert_eq(s->levers.items[0].constant, 2);
  cr_assert_eq(s->levers.items[1].ramp, 1);
  cr_assert_eq(q_of(s, 0), 6);
  cr_assert_eq(q_of(s, 1), 7);
  cr_assert_eq(s->method, METHOD_EULER);
  cr_assert_eq(s->step, 0.25);
  cr_assert_eq(s->stop, 2040);
  cr_assert_eq(s->inputs.items[0].constant, 3);
  cr_assert_eq(s->saved.count, 2);
  s = scenario_of_model(&b.arena, m, (const char *const[]){"save=all", "p=3"}, 2, &b.diag);
  cr_assert(s, "%s", bench_messages(&b));
  cr_assert_str_eq(s->name, "m");
  cr_assert(s->save_all);
  cr_assert_eq(s->parameters.items[0].value, 3);
}

static const struct {
  const char *set, *message;
} bad_sets[] = {
    {"l=11", "--set:1:3: error: 11 is outside the range of lever l, 0 to 10 (t)"},
    {"lx", "error: 'lx' is not name=value"},
    {"=3", "error: '=3' is not name=value"},
    {"l=", "error: 'l=' is not name=value"},
    {"sahre=1", "did you mean 'share'?"},
    {"metod=rk4", "did you mean 'method'?"},
    {"x=1", "error: 'x' is an auxiliary; only levers, inputs and parameters can be set"},
    {"q[oi]=1", "error: 'oi' is no element or subrange of 'industry'"},
    {"l[ic]=1", "error: 'l[ic]' is not the name of a lever"},
    {"p=null", "--set:1:3: error: "},
    {"step=0.3", "--set:1:6: error: step 0.3 does not divide the time from start to stop, 40"},
    {"save=x,y", "--set:1:8: error: the model has no variable 'y' to save"},
};

Test(scenario, a_bad_setting_is_shown_with_its_place, .init = open_bench, .fini = close_bench) {
  for (size_t i = 0; i < sizeof bad_sets / sizeof *bad_sets; i++) {
    diag_init(&b.diag, &b.arena);
    cr_expect_null(set("scenario: s\n", &bad_sets[i].set, 1), "accepted: %s", bad_sets[i].set);
    const char *messages = bench_messages(&b);
    cr_expect(strstr(messages, bad_sets[i].message), "wanted: %s\ngot:\n%s", bad_sets[i].message, messages);
  }
}

Test(scenario, a_child_says_only_what_differs, .init = open_bench, .fini = close_bench) {
  bench_write("base/base.yaml",
              "scenario: base\ntitle: {en: Base, zh: 基准}\nmodel: ../model.yaml\nramp: 2\nstop: 2040\n"
              "phases: [{name: near, from: 2020, until: 2030}, {name: long}]\n"
              "levers: {l: {near: 1, long: 2}, share: {points: [[2020, 0.1]]}}\n"
              "sweep: {members: 10, uncertain: {p: {uniform: [0, 1]}}}\n");
  const struct scenario *s = good(
      "scenario: s\ntitle: Child\nextends: base/base.yaml\nramp: ~\n"
      "levers: {l: {long: 3}, share: {near: 0.2}}\nsweep: {uncertain: {p: {normal: [0, 1]}}}\n");
  cr_assert_str_eq(s->name, "s");
  cr_assert_str_eq(s->title.en, "Child");
  cr_assert_null(s->title.zh, "a title is replaced as a whole");
  cr_assert_eq(s->stop, 2040);
  cr_assert_eq(s->levers.items[0].levels[0], 1);
  cr_assert_eq(s->levers.items[0].levels[1], 3);
  cr_assert_eq(s->levers.items[0].ramp, 0, "null removes what the parent says");
  cr_assert_eq(s->levers.items[1].kind, STEER_PHASES, "another form replaces the parent's");
  cr_assert_eq(s->files.count, 2);
  cr_assert_str_eq(scenario_model_path(&b.arena, "s.yaml", &b.diag), "base/../model.yaml");
  const struct tree *uncertain = tree_get(s->sweep, "uncertain");
  cr_assert_str_eq(tree_get(s->sweep, "members")->text, "10");
  cr_assert_eq(tree_get(uncertain, "p")->count, 1, "another distribution replaces the parent's");
}

Test(scenario, chains_of_extends_are_bounded, .init = open_bench, .fini = close_bench) {
  bench_write("x0.yaml", "scenario: x\nmodel: model.yaml\n");
  for (int i = 1; i <= 18; i++)
    bench_write(arena_format(&b.arena, "x%d.yaml", i),
                arena_format(&b.arena, "scenario: x\nextends: x%d.yaml\n", i - 1));
  cr_assert(scenario_read(&b.arena, "x16.yaml", m, NULL, 0, &b.diag), "%s", bench_messages(&b));
  cr_assert_null(scenario_read(&b.arena, "x17.yaml", m, NULL, 0, &b.diag));
  cr_assert(strstr(bench_messages(&b), "more than 16 scenarios extend one another"), "%s", bench_messages(&b));
}

static const struct {
  const char *text, *message;
} errors[] = {
    {"scenario: a/b\n", "s.yaml:1:11: error: 'a/b' cannot name a scenario"},
    {"scenario: .a\n", "error: '.a' cannot name a scenario"},
    {"scenario: ''\n", "error: '' cannot name a scenario"},
    {"title: x\n", "error: the scenario has no name"},
    {"scenario: s\nlevres: {}\n", "did you mean 'levers'?"},
    {"scenario: s\nextends: s.yaml\n", "s.yaml:2:10: error: 's.yaml' extends itself"},
    {"scenario: s\nextends: none.yaml\n", "s.yaml:2:10: error: cannot find 'none.yaml'"},
    {"scenario: s\nstep: 0.3\n", "the nearest step that does is 40/133 = 0.300751879699248"},
    {"scenario: s\nsave_every: 0.1\n", "error: the saving interval 0.1 is not a multiple of step 0.0625"},
    {"scenario: s\nsave_every: 41\n",
     "s.yaml:2:13: error: the saving interval 41 is longer than the time from start to stop, 40"},
    {"scenario: s\nstop: 2000\n", "s.yaml:2:7: error: stop must come after start"},
    {"scenario: s\nmethod: rk5\n", "error: 'rk5' is no method"},
    {"scenario: s\nrtol: 0\n", "error: rtol must be above 0"},
    {"scenario: s\nramp: -1\n", "error: a ramp cannot be negative"},
    {"scenario: s\nsave: [y]\n", "error: the model has no variable 'y' to save"},
    {"scenario: s\nsave: ['q[ic]']\n", "an array is saved as a whole: q"},
    {"scenario: s\nsave: [f]\n", "error: table f has no value over time to save"},
    {"scenario: s\nsave: 1\n", "error: save: needs the word all or a list of variables"},
    {"scenario: s\nsweep: 1\n", "error: 'sweep' must be a mapping, not a single value"},
    {"scenario: s\nphases: [{from: 2020}]\n", "error: the phase has no name"},
    {"scenario: s\nphases: [{name: ramp}]\n", "error: 'ramp' cannot name a phase"},
    {"scenario: s\nphases: [{name: a, until: 2020}, {name: a}]\n", "error: phase 'a' is named twice"},
    {"scenario: s\nphases: [{name: a}, {name: b}]\n",
     "error: phase a does not say when it ends, nor phase b when it begins"},
    {"scenario: s\nphases: [{name: a, from: 2023}, {name: b, from: 2020}]\n",
     "error: phase b begins at 2020, not after phase a, which begins at 2023"},
    {"scenario: s\nphases: [{name: a, from: 2023, until: 2020}, {name: b}]\n",
     "error: phase a ends at 2020 but begins at 2023"},
    {"scenario: s\nphases: [{name: a, from: 2013, until: 2020}, {name: b, from: 2019}]\n",
     "error: phase b begins at 2019, before phase a ends at 2020"},
    {"scenario: s\nphases: [{name: a, from: 2013, until: 2020}, {name: b, from: 2021}]\n",
     "error: phase b begins at 2021, after phase a ends at 2020"},
    {"scenario: s\nphases: [{name: a, from: 2000}]\n", "error: phase a begins at 2000, before the run starts at 2010"},
    {"scenario: s\nphases: [{name: a, from: 2020, until: 2040}]\n",
     "error: the last phase, a, ends at 2040, before the run stops at 2050"},
    {"scenario: s\nphases: [{name: a, when: x > 1, test: 1}]\n", "error: the gate of the last phase, a, leads nowhere"},
    {"scenario: s\nphases: [{name: a, when: x > 1}, {name: b}]\n", "error: the gate of phase a has no test interval"},
    {"scenario: s\nphases: [{name: a, when: x > 1, test: 0.1}, {name: b}]\n", "the nearest that is one is 0.125"},
    {"scenario: s\nphases: [{name: a, when: x > 1, test: 1, min: 3, max: 2}, {name: b}]\n",
     "error: a gate needs 0 <= min"},
    {"scenario: s\nphases: [{name: a, when: x > 1, test: 1, until: 2020}, {name: b}]\n",
     "error: phase a has both a gate and an end"},
    {"scenario: s\nphases: [{name: a, when: x > 1, test: 1}, {name: b, from: 2020}]\n",
     "error: phase b comes after a gate, so its dates are not known"},
    {"scenario: s\nphases: [{name: a, test: 1}]\n", "error: 'test' belongs to a gate"},
    {"scenario: s\nphases: [{name: a, from: 2020.01, when: x > 1, test: 1}, {name: b}]\n",
     "error: the gated phase a begins at 2020.01, between two steps"},
    {"scenario: s\nphases: {}\n", "error: 'phases' must be a list, not a mapping"},
    {"scenario: s\nlevers: {l: {near: 1}}\n", "error: unknown phase 'near'"},
    {PHASES "levers: {l: {naer: 1}}\n", "did you mean 'near'?"},
    {PHASES "levers: {l: {near: 11}}\n", "s.yaml:7:20: error: 11 is outside the range of lever l, 0 to 10 (t)"},
    {PHASES "levers: {l: {near: 1 yr}}\n", "s.yaml:7:22: error: "},
    {PHASES "levers: {l: {ramp: 1}}\n", "error: lever l is given no level"},
    {PHASES "levers: {l: {near: 1, points: [[2020, 1]]}}\n", "error: unknown key 'near' in a path"},
    {PHASES "levers: {l: {points: [[2020, 1]], from: 2021}}\n",
     "error: from: must not come after the first point, at 2020"},
    {PHASES "levers: {l: {points: [[2020, 1], [2021, 99]]}}\n", "s.yaml:7:41: error: 99 is outside the range"},
    {PHASES "levers: {p: 1}\n", "error: p is a parameter, not a lever"},
    {PHASES "levers: {shre: 1}\n", "did you mean 'share'?"},
    {"scenario: s\ninputs: {i: {near: 1}}\n", "error: input i needs a number or points:"},
    {"scenario: s\ninputs: {j: 1}\n", "error: the model has no input 'j'"},
    {"scenario: s\nparameters: {r: 1}\n", "error: the model has no parameter 'r'"},
    {"scenario: s\nparameters: {p: [1, 2]}\n", "error: the values of p are nested deeper than its 0 dimensions"},
    {"scenario: s\nparameters:\n  p[ic]: 1\n", "error: p has 0 dimensions, 1 subscripts are given"},
};

Test(scenario, every_mistake_has_its_message_and_place, .init = open_bench, .fini = close_bench) {
  for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
    diag_init(&b.diag, &b.arena);
    const struct scenario *s = bench_scenario(&b, m, errors[i].text);
    const char *messages = bench_messages(&b);
    cr_expect_null(s, "accepted:\n%s", errors[i].text);
    cr_expect(strstr(messages, errors[i].message), "wanted: %s\nfor: %s\ngot:\n%s", errors[i].message, errors[i].text,
              messages);
    cr_expect_eq(b.diag.errors, 1, "more than one error for: %s\n%s", errors[i].text, messages);
  }
}

Test(scenario, a_file_without_a_model_or_that_is_none_is_refused, .init = open_bench, .fini = close_bench) {
  bench_write("s.yaml", "scenario: s\n");
  cr_assert_null(scenario_model_path(&b.arena, "s.yaml", &b.diag));
  cr_assert(strstr(bench_messages(&b), "error: the scenario names no model"));
  cr_assert_null(scenario_model_path(&b.arena, "none.yaml", &b.diag));
  cr_assert_null(scenario_model_path(&b.arena, ".", &b.diag));
  cr_assert(strstr(bench_messages(&b), "'.' is a directory"));
}

static bool read_scenario(struct arena *a, struct diag *diag, void *context) {
  static const char *const sets[] = {"l=2", "q[ic]=3"};
  (void)context;
  return scenario_read(a, "s.yaml", m, sets, 2, diag);
}

Test(scenario, running_out_of_memory_arrives_at_the_jump, .init = open_bench, .fini = close_bench) {
  bench_write("base.yaml", PHASES "levers: {l: {near: 1}}\n");
  bench_write("s.yaml", "scenario: s\nextends: base.yaml\nparameters: {q: [1, 2, 3]}\n");
  cr_assert_gt(support_fail_each(read_scenario, NULL), 2, "the scenario is too small to fail in");
}
