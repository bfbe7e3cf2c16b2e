// SPDX-License-Identifier: GPL-3.0-or-later
// The `sweep:` block as data: what a block makes uncertain, and the exact message for each way to get it wrong.
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "design/design.h"
#include "design/spec.h"
#include "lang/yaml.h"

TestSuite(sweep_spec);

static struct arena arena;
static jmp_buf oom;
static struct diag diag;
static struct scenario *scenario;

#define FOLDER "tests/golden/sweep/"

static void start(const char *file) {
  if (setjmp(oom)) cr_assert_fail("out of memory");
  arena_init(&arena, &oom);
  diag_init(&diag, &arena);
  const struct model *m = model_read(&arena, FOLDER "model.yaml", NULL, &diag);
  if (!m) diag_print(&diag, stderr);
  cr_assert_not_null(m);
  scenario = scenario_read(&arena, file, m, NULL, 0, &diag);
  if (!scenario) diag_print(&diag, stderr);
  cr_assert_not_null(scenario);
}

static struct sweep_spec *read_with(const char *block, const char *const *sets, size_t set_count) {
  diag_init(&diag, &arena);
  struct source *source = source_from_text(&arena, "sweep", block, strlen(block), &diag);
  struct scenario with = *scenario, *kept = arena_new(&arena, struct scenario);
  with.sweep = yaml_read(&arena, source, &diag);
  cr_assert_not_null(with.sweep, "%s", block);
  *kept = with;
  return spec_read(&arena, kept, sets, set_count, &diag);
}

static struct sweep_spec *read_block(const char *block) {
  struct sweep_spec *s = read_with(block, NULL, 0);
  if (!s) diag_print(&diag, stderr);
  cr_assert_not_null(s, "%s", block);
  return s;
}

static struct sweep_parameter *find(struct sweep_spec *s, const char *name) {
  for (size_t i = 0; i < s->parameters.count; i++)
    if (strcmp(s->parameters.items[i].name, name) == 0) return &s->parameters.items[i];
  return NULL;
}

Test(sweep_spec, without_a_block_all_priors_of_the_model_vary) {
  start(FOLDER "phases.yaml");
  struct sweep_spec *s = spec_read(&arena, scenario, NULL, 0, &diag);
  cr_assert_not_null(s);
  static const char *const names[] = {"rate", "delay", "wealth", "rho[ic]", "rho[bio]", "rho[ai]"};
  cr_assert_eq(s->parameters.count, 6u);
  for (uint32_t i = 0; i < 6; i++) {
    cr_expect_str_eq(s->parameters.items[i].name, names[i]);
    cr_expect_eq(s->parameters.items[i].dimension, i);
  }
  cr_expect(s->members == 1000 && s->seed == 1 && s->sampling == SAMPLING_SOBOL && s->quantiles.count == 5);
  cr_expect(s->memory == 128u << 20 && !s->keep_members);
}

Test(sweep_spec, plain_settings_are_read) {
  start(FOLDER "phases.yaml");
  struct sweep_spec *s = read_block(
      "{members: 1e6, seed: 18446744073709551615, sampling: latin, quantiles: [1, 50 %, 99], keep: members,\n"
      " precision: float64, memory: 1.5 GiB, failures: 1 %, histograms: {capital: {bins: 20, low: 0, high: 500}}}");
  cr_expect(s->members == 1000000 && s->seed == UINT64_MAX && s->sampling == SAMPLING_LATIN);
  cr_expect(s->quantiles.count == 3 && s->quantiles.items[1] == 0.5 && s->quantiles.items[2] == 0.99);
  cr_expect(s->keep_members && s->keep_double && s->memory == 3ull << 29 && s->failures == 0.01);
  cr_expect(s->histograms.count == 1 && s->histograms.items[0].bins == 20 && s->histograms.items[0].high == 500);
}

Test(sweep_spec, settings_of_the_command_line_win) {
  start(FOLDER "phases.yaml");
  static const char *const sets[] = {"members=5", "seed=7", "members=6"};
  struct sweep_spec *s = read_with("{members: 100, sampling: random}", sets, 3);
  cr_assert_not_null(s);
  cr_expect(s->members == 6 && s->seed == 7 && s->sampling == SAMPLING_RANDOM);
}

Test(sweep_spec, uncertain_replaces_narrows_and_adds_priors) {
  start(FOLDER "phases.yaml");
  struct sweep_spec *s = read_block(
      "uncertain:\n"
      "  rate: {triangular: [0 %, 2 %, 4 %]}\n"
      "  delay: {low: 108 month}\n"
      "  shape: {normal: [2, 0.1]}\n"
      "  rho[bio]: {uniform: [0.1, 0.2]}\n"
      "  effort[near]: {uniform: [0.5, 0.7]}\n"
      "  weather[2035]: {uniform: [0.8, 1]}\n");
  cr_expect_eq(s->parameters.count, 9u);
  const struct sweep_parameter *p = find(s, "rate");
  cr_expect(p->prior.kind == PRIOR_TRIANGULAR && p->prior.args[2] == 0.04 && p->dimension == 0);
  p = find(s, "delay");
  cr_expect(p->prior.kind == PRIOR_TRIANGULAR && fabs(p->prior.low - 9) < 1e-12 && p->prior.high == INFINITY);
  p = find(s, "shape");
  cr_expect(p->prior.kind == PRIOR_NORMAL && p->dimension == 6 && p->at.point == UINT32_MAX && p->at.value == 2);
  cr_expect(find(s, "rho[bio]")->prior.kind == PRIOR_UNIFORM && find(s, "rho[ic]")->prior.kind == PRIOR_NORMAL);
  p = find(s, "effort[near]");
  cr_expect(p->at.point == 0 && p->at.value == 0.6);
  p = find(s, "weather[2035]");
  cr_expect(p->at.point == 1 && p->at.value == 0.9);
}

Test(sweep_spec, an_array_takes_one_prior_for_all_or_one_for_each) {
  start(FOLDER "phases.yaml");
  struct sweep_spec *s = read_block("uncertain: {rho: {uniform: [0.1, 0.2]}}");
  cr_expect(find(s, "rho[ic]")->prior.kind == PRIOR_UNIFORM && find(s, "rho[ai]")->prior.kind == PRIOR_UNIFORM);
  s = read_block("uncertain: {rho: {ic: {uniform: [0.1, 0.2]}, ai: {high: 0.3}}}");
  cr_expect(find(s, "rho[ic]")->prior.kind == PRIOR_UNIFORM && find(s, "rho[bio]")->prior.high == INFINITY);
  cr_expect(find(s, "rho[ai]")->prior.kind == PRIOR_NORMAL && find(s, "rho[ai]")->prior.high == 0.3);
}

Test(sweep_spec, only_and_fixed_choose_without_shifting_dimensions) {
  start(FOLDER "phases.yaml");
  struct sweep_spec *s = read_block("only: [wealth, 'rho[ai]']");
  cr_assert_eq(s->parameters.count, 2u);
  cr_expect(find(s, "wealth")->dimension == 2 && find(s, "rho[ai]")->dimension == 5);
  s = read_block("fixed: [rho]");
  cr_assert_eq(s->parameters.count, 3u);
  cr_expect(find(s, "wealth")->dimension == 2);
}

Test(sweep_spec, what_the_scenario_sets_is_certain_unless_the_sweep_names_it) {
  start(FOLDER "plain.yaml");
  cr_expect_null(find(read_block("seed: 2"), "delay"));
  cr_expect_not_null(find(read_block("only: [delay]"), "delay"));
  cr_expect_not_null(find(read_block("uncertain: {delay: {low: 9}}"), "delay"));
}

Test(sweep_spec, a_constant_lever_and_a_path_of_one_value_take_no_brackets) {
  start(FOLDER "plain.yaml");
  const struct sweep_parameter *p = find(read_block("uncertain: {effort: {uniform: [0.2, 0.9]}}"), "effort");
  cr_assert_not_null(p);
  cr_expect(p->at.point == 0 && p->at.value == 0.5);
}

Test(sweep_spec, correlations_are_ranks_made_normal) {
  start(FOLDER "phases.yaml");
  struct sweep_spec *s = read_block("correlations: {rate: {delay: 0.6, 'rho[ai]': -0.3}}");
  cr_assert_eq(s->correlations.count, 2u);
  const struct correlation *c = s->correlations.items;
  cr_expect(c[0].a == 0 && c[0].b == 1 && c[0].given == 0.6 && c[1].b == 5);
  cr_expect_float_eq(c[0].normal, 2 * sin(M_PI / 10), 1e-15);
  cr_expect_eq(read_block("{fixed: [rate], correlations: {rate: {delay: 0.6}}}")->correlations.count, 0u);
}

Test(sweep_spec, a_covariance_file_makes_a_joint_normal_about_the_values_cut_to_the_priors) {
  start(FOLDER "phases.yaml");
  struct sweep_spec *s = read_block("covariance: covariance.csv");
  const struct sweep_parameter *p = find(s, "rate");
  cr_expect(p->prior.kind == PRIOR_NORMAL && p->prior.args[0] == 0.05 && p->prior.low == 0 && p->prior.high == 0.1);
  cr_expect_float_eq(p->prior.args[1], 0.02, 1e-15);
  p = find(s, "shape");
  cr_expect(p->prior.args[0] == 2 && p->prior.low == -INFINITY && p->dimension == 6);
  p = find(s, "rho[ic]");
  cr_expect(p->prior.args[0] == 0.3 && p->prior.low == 0);
  cr_assert_eq(s->correlations.count, 2u, "zero cells are no pairs");
  cr_expect_float_eq(s->correlations.items[0].normal, 0.5, 1e-12);
  cr_expect_eq(s->sources.count, 1u);
  cr_expect_eq(read_block("{covariance: named.csv, correlations: {delay: {rate: 0.1}}}")->correlations.count, 2u);
  cr_expect_eq(read_block("{covariance: named.csv, fixed: [rate]}")->correlations.count, 0u);
}

static void draw_all(struct sweep_spec *s, double *rate, double *shape, uint32_t n) {
  const struct design *d = design_create(&arena, s, &diag);
  cr_assert_not_null(d);
  double *out = arena_array(&arena, double, s->parameters.count *n);
  design_draw(d, 0, n, n, out);
  memcpy(rate, out + (size_t)(find(s, "rate") - s->parameters.items) * n, n * sizeof *rate);
  memcpy(shape, out + (size_t)(find(s, "shape") - s->parameters.items) * n, n * sizeof *shape);
}

Test(sweep_spec, draws_of_a_covariance_file_have_its_moments) {
  start(FOLDER "phases.yaml");
  enum { N = 8192 };
  static double x[N], y[N];
  // Wide enough that the cut does not bias the moments: rate is 0.05 +- 2.5 sd.
  draw_all(read_block("{covariance: named.csv, uncertain: {rate: {uniform: [-1, 1]}}}"), x, y, N);
  double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
  for (int i = 0; i < N; i++) mx += x[i] / N, my += y[i] / N;
  for (int i = 0; i < N; i++)
    xx += (x[i] - mx) * (x[i] - mx) / N, yy += (y[i] - my) * (y[i] - my) / N, xy += (x[i] - mx) * (y[i] - my) / N;
  cr_expect_float_eq(mx, 0.05, 1e-4);
  cr_expect_float_eq(my, 2, 1e-3);
  cr_expect_float_eq(xx / 0.0004, 1, 0.02);
  cr_expect_float_eq(yy / 0.04, 1, 0.02);
  cr_expect_float_eq(xy / 0.002, 1, 0.05);
}

Test(sweep_spec, a_grid_crosses_values_and_spreads) {
  start(FOLDER "phases.yaml");
  struct sweep_spec *s = read_block("grid: {rate: [1 %, 2 %], 'effort[long]': {from: 0.2, to: 1, count: 5}}");
  cr_expect(s->sampling == SAMPLING_GRID && s->members == 10 && s->parameters.count == 2);
  const struct sweep_parameter *p = find(s, "effort[long]");
  cr_expect(p->at.point == 2 && p->value_count == 5 && p->values[4] == 1 && fabs(p->values[1] - 0.4) < 1e-15);
}

Test(sweep_spec, a_list_has_one_member_for_each_row) {
  start(FOLDER "plain.yaml");
  struct sweep_spec *s = read_block("{sampling: list, list: list.csv}");
  cr_expect(s->members == 3 && s->parameters.count == 3);
  cr_expect(find(s, "rho[bio]")->values[2] == 0.7 && find(s, "effort")->values[1] == 0.2);
}

Test(sweep_spec, policies_are_found_beside_the_scenario) {
  start(FOLDER "phases.yaml");
  struct sweep_spec *s = read_block("{policies: [plain.yaml, phases.yaml], members: 10000}");
  cr_assert_eq(s->policies.count, 2u);
  cr_expect_str_eq(s->policies.items[0].path, FOLDER "plain.yaml");
}

static const struct bad {
  const char *block, *text, *hint;  // hint NULL: not looked at
} bad[] = {
    {"members: 0", "'0' is not a number of members: a whole number from 1 to 4294967295", NULL},
    {"members: 4294967296", "'4294967296' is not a number of members: a whole number from 1 to 4294967295", NULL},
    {"members: 2.5", "'2.5' is not a number of members: a whole number from 1 to 4294967295", NULL},
    {"seed: lucky", "the seed 'lucky' is not a whole number from 0 to 2^64 - 1", NULL},
    {"seed: -1", "the seed '-1' is not a whole number from 0 to 2^64 - 1", NULL},
    {"seed: 18446744073709551616", "the seed '18446744073709551616' is not a whole number from 0 to 2^64 - 1", NULL},
    {"sampling: soboll", NULL, "did you mean 'sobol'?"},
    {"member: 10", NULL, "did you mean 'members'?"},
    {"sampling: grid", "sampling: grid needs its points", NULL},
    {"{sampling: latin, grid: {rate: [1]}}", "grid: has no effect with sampling: latin", NULL},
    {"{members: 10, grid: {rate: [1]}}", "members: has no effect with sampling: grid", NULL},
    {"uncertain: {rat: {uniform: [0, 1]}}", "the model has no parameter, lever or input 'rat'", "did you mean 'rate'?"},
    {"uncertain: {capital: {uniform: [0, 1]}}",
     "'capital' is a stock: only parameters, levers and inputs can be uncertain", NULL},
    {"uncertain: {'rho[xx]': {uniform: [0, 1]}}", NULL, NULL},
    {"uncertain: {'rate[': {uniform: [0, 1]}}", "'rate[' lacks a closing bracket", NULL},
    {"uncertain: {rate: {triangular: [3, 2, 1]}}", NULL, NULL},
    {"uncertain: {rate: {normal: [1, -2]}}", NULL, NULL},
    {"uncertain: {rate: {unifrom: [0, 1]}}", NULL, NULL},
    {"uncertain: {shape: {low: 1}}", "shape has no prior that low and high could narrow", NULL},
    {"uncertain: {effort: {uniform: [0, 1]}}", "which number of 'effort' is meant is not clear",
     "name the phase whose level is uncertain: lever[phase]"},
    {"uncertain: {'effort[mid]': {uniform: [0, 1]}}", "which number of 'effort' is meant is not clear", NULL},
    {"uncertain: {'weather[2036]': {uniform: [0, 1]}}", "which number of 'weather' is meant is not clear", NULL},
    {"uncertain: {'effort[near]': {uniform: [0.5, 1.5]}}", "this leaves the range of lever 'effort', 0 to 1", NULL},
    {"uncertain: {'effort[near]': {normal: [0.5, 0.1]}}", "this leaves the range of lever 'effort', 0 to 1", NULL},
    {"only: [shape]", "'shape' has no prior, so it does not vary", NULL},
    {"{only: [rate], fixed: [delay]}", "only: and fixed: cannot both be given", NULL},
    {"correlations: {rate: {delay: 1}}", "a correlation of 1 is not between -1 and 1", NULL},
    {"correlations: {rate: {rho: 0.5}}", "'rho' stands for 3 numbers; one is needed", NULL},
    {"correlations: {rate: {shape: 0.5}}", "'shape' has no prior, so it does not vary", NULL},
    {"correlations: {rate: {delay: 0.5}, delay: {rate: 0.5}}",
     "'delay' and 'rate' are given twice, or are one parameter", NULL},
    {"correlations: {rate: {rate: 0.5}}", "'rate' and 'rate' are given twice, or are one parameter", NULL},
    {"{covariance: named.csv, correlations: {rate: {shape: 0.5}}}",
     "'rate' and 'shape' are given twice, or are one parameter", NULL},
    {"covariance: negative.csv", "the variance of 'shape' is not positive", NULL},
    {"covariance: asymmetric.csv", "the covariance of 'shape' and 'rate' differs from that of the mirrored cell", NULL},
    {"covariance: short.csv", "the covariance file is not square: 2 names, another number of rows", NULL},
    {"covariance: absent.csv", NULL, NULL},
    {"list: not_a_number.csv", "this cell is not a number", NULL},
    {"grid: {rate: []}", "rate has no values", NULL},
    {"grid: {rate: [1], 'rate ': [2]}", "'rate' is given twice", NULL},
    {"grid: {rate: {from: 1, to: 2}}", "an axis needs from, to and count", NULL},
    {"grid: {'effort[near]': [0.5, 2]}", "this leaves the range of lever 'effort', 0 to 1", NULL},
    {"grid: {rate: {from: 0, to: 1, count: 1000000}, delay: {from: 1, to: 2, count: 1000000}}",
     "the grid has more than 2^32 points", NULL},
    {"policies: []", "policies: needs 1 to 1000 scenario files", NULL},
    {"policies: [a.yaml, a.yaml]", "'a.yaml' is given twice", NULL},
    {"{policies: [plain.yaml], uncertain: {'effort[near]': {uniform: [0.5, 0.6]}}}",
     "'effort[near]' is set by the policies, so it cannot be uncertain in all of them", NULL},
    {"quantiles: [50, 5]", NULL, "as in quantiles: [5, 50, 95]"},
    {"quantiles: [0, 5]", NULL, NULL},
    {"memory: much", "'much' is not a size of memory", NULL},
    {"failures: 120 %", "'120 %' is not a share between 0 and 1", NULL},
    {"histograms: {capitol: 20}", "the model has no parameter, lever or input 'capitol'", "did you mean 'capital'?"},
    {"histograms: {capital: 0}", NULL, NULL},
};

Test(sweep_spec, every_mistake_is_refused_with_a_place_and_a_reason) {
  start(FOLDER "phases.yaml");
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    cr_expect_null(read_with(bad[i].block, NULL, 0), "%s", bad[i].block);
    cr_assert_gt(diag.messages.count, 0u, "%s", bad[i].block);
    const struct message *m = &diag.messages.items[0];
    if (bad[i].text) cr_expect_str_eq(m->text, bad[i].text, "%s: %s", bad[i].block, m->text);
    if (bad[i].hint) cr_expect_str_eq(m->hint, bad[i].hint, "%s: %s", bad[i].block, m->hint);
    cr_expect(m->at.source || m->id == ERROR_file_open, "%s has no place", bad[i].block);
  }
}

Test(sweep_spec, a_lever_out_of_range_in_a_list_is_shown_in_its_cell) {
  start(FOLDER "plain.yaml");
  cr_assert_null(read_with("list: out_of_range.csv", NULL, 0));
  cr_expect_str_eq(diag.messages.items[0].text, "this leaves the range of lever 'effort', 0 to 1");
  cr_expect_eq(source_place(diag.messages.items[0].at.source, diag.messages.items[0].at.at).line, 3u);
}

Test(sweep_spec, a_covariance_that_is_not_positive_definite_names_the_pair) {
  start(FOLDER "phases.yaml");
  struct sweep_spec *s = read_with("{covariance: contradiction.csv, uncertain: {rate: {uniform: [-9, 9]}}}", NULL, 0);
  cr_assert_not_null(s);
  cr_assert_null(design_create(&arena, s, &diag));
  cr_expect_str_eq(diag.messages.items[diag.messages.count - 1].text,
                   "the correlation of 'shape' and 'rate' (-0.9) contradicts the others: the matrix is not positive "
                   "definite");
}

Test(sweep_spec, an_unknown_setting_of_the_command_line_is_refused) {
  start(FOLDER "phases.yaml");
  static const char *const sets[] = {"membres=5"};
  cr_assert_null(read_with("seed: 1", sets, 1));
  cr_expect_str_eq(diag.messages.items[0].text, "a sweep has no setting 'membres' here");
}
