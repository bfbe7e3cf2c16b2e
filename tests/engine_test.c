// SPDX-License-Identifier: GPL-3.0-or-later
// The engine on the frozen Shanghai model and on small ones: golden numbers, and the promise of equal bits whatever the
// passes, lanes, kernels and binding times are.
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_support.h"
#include "kernel/kernel.h"

TestSuite(engine);

static const char frozen[] = "tests/golden/shanghai/scenarios/base.yaml";
static const char package[] = "tests/golden/shanghai/scenarios/full_package.yaml";

static void open_file(struct lab *l, const char *scenario, bool all) {
  static const char *const sets[] = {"save=all", "method=rk4"};
  lab_open(l);
  cr_assert(lab_check_files(l, scenario, sets + !all, 1 + all), "%s", lab_messages(l));
}

// ---- golden

// Figures of the CSV beside the model; the frozen model's own reference has 12 columns.
Test(engine, the_frozen_base_run_gives_its_golden_numbers) {
  struct lab l;
  open_file(&l, frozen, true);
  cr_assert(lab_lower(&l, NULL) && lab_run(&l), "%s", lab_messages(&l));
  FILE *in = fopen("tests/golden/shanghai/base.csv", "r");
  char line[4096], *names[64];
  cr_assert(in && fgets(line, sizeof line, in), "tests run in the root of the sources");
  size_t count = 0, rows = 0;
  char *head = arena_string(&l.arena, line);
  for (char *at = strtok(head, ",\r\n"); at; at = strtok(NULL, ",\r\n")) names[count++] = at;
  for (; fgets(line, sizeof line, in); rows++) {
    char *at = line;
    double t = strtod(at, &at);
    for (size_t c = 1; c < count; c++) {
      double expected = strtod(at + 1, &at), got = lab_value(&l, names[c], t);
      cr_expect(lab_near(got, expected, 1e-12, 1e-12), "%s at %g: %.17g, golden %.17g", names[c], t, got, expected);
    }
  }
  fclose(in);
  cr_assert(rows == 41 && count == 13, "%zu rows, %zu columns", rows, count);
  lab_close(&l);
}

// ---- equal bits

static const char small[] =
    "model: m\ntime: {unit: yr, start: 0, stop: 6, step: 0.25, save: 0.5}\nunits: {yr: base}\n"
    "dimensions: {d: [p, q, r], e: [u, v], part: {of: d, elements: [p, r]}}\n"
    "parameters:\n"
    "  a[d]: {unit: 1, value: [1.5, 2, 3], prior: {uniform: [0, 9]}}\n"
    "  b[e]: {unit: 1, value: [0.5, 0.25], prior: {u: {uniform: [0, 9]}}}\n"
    "  c: {unit: 1, value: 0.3, prior: {uniform: [0, 1]}}\n"
    "  one: {unit: 1, value: 1, prior: {uniform: [0, 2]}}\n"
    "  lag: {unit: 1, value: 1.5, prior: {uniform: [1, 2]}}\n"
    "levers:\n"
    "  push: {unit: 1, points: [[0, 1], [2, 2], [2, 1], [4, 3]], range: [0, 10]}\n"
    "  pull: {unit: 1, value: 1, range: [0, 10]}\n"
    "stocks:\n"
    "  s[d]:\n    unit: 1\n    initial: a * 10\n    inflows: [f]\n    outflows: [g]\n    non_negative: true\n"
    "  w:\n    unit: 1\n    initial: 3\n    inflows: [h]\n"
    "flows:\n"
    "  f[d]:\n    unit: 1\n    equation: c * s * push * one - a * b[u] + sum[e](b * mix)\n"
    "  g[d]:\n    unit: 1\n    equation: s * c + late / 9\n"
    "  h:\n    unit: 1\n    equation: (sum[d](s * a) / 40)^0.37 * (1 + w)^c * pull - w * 0.3\n"
    "auxiliaries:\n"
    "  mix[d, e]:\n    unit: 1\n    equation: (s^0.3 * b^0.7 + a * b) * (1 + c)\n"
    "  late[d]:\n    unit: 1\n    equation: delay3(s, lag) + delay_fixed(s * c, lag, 1) - smooth(w, 1 + c) * one\n"
    "  kept:\n    unit: 1\n    equation: sample(w > 4, w, c) + value_at(w, 3) + initial(w * c)\n"
    "  noise[d]:\n    unit: 1\n    equation: random_normal(a, c) + random_uniform(0, 1)\n"
    "  seen[part]:\n    unit: 1\n    equation: if time >= 2 then mix[part, v] else max(s, w) - min(s, w, 3)\n"
    "  ahead:\n    unit: 1\n    equation: forecast(w, 2, 3) + trend(w, 2) + median(w, c, pull) + w^3 * w^-2\n"
    "  knee:\n    unit: 1\n    equation: push + step(c, 3) + ramp(c, 1, 5) + pulse(lag, 1) + pulse_train(0, 0.5, lag, "
    "5)\n";
static const char small_scenario[] =
    "phases:\n  - {name: near, from: 1, until: 3}\n  - {name: far}\n"
    "levers:\n  pull: {near: 2, far: 0.5, ramp: 1}\n";

static double *values_of(struct lab *l, const struct lower_options *o, uint32_t lanes) {
  cr_assert(lab_lower(l, o), "%s", lab_messages(l));
  uint64_t members[128];
  for (uint32_t i = 0; i < 128; i++) members[i] = 5;
  return lab_batch(l, lanes, NULL, members, 7, NULL);
}

// Lane `lane` of one against lane 0 of the other.
static void expect_same(struct lab *l, const double *a, uint32_t lanes, uint32_t lane, const double *b,
                        uint32_t other_lanes, const char *what) {
  size_t cells = l->program->save_count * l->program->column_count;
  for (size_t i = 0; i < cells; i++)
    if (!lab_same(a[i * lanes + lane], b[i * other_lanes])) {
      const struct column *c = &l->program->columns[i % l->program->column_count];
      cr_expect(false, "%s: %s at save %zu: %.17g and %.17g", what, c->name, i / l->program->column_count,
                a[i * lanes + lane], b[i * other_lanes]);
      return;
    }
}

static void expect_passes_keep_bits(struct lab *l) {
  static const struct lower_options off[] = {{.no_cse = true},
                                             {.no_fuse = true},
                                             {.no_binding = true},
                                             {.no_colour = true},
                                             {.no_cse = true, .no_fuse = true, .no_binding = true, .no_colour = true}};
  static const char *const names[] = {"no_cse", "no_fuse", "no_binding", "no_colour", "all off"};
  double *all_on = values_of(l, &(struct lower_options){0}, 8);
  struct lower_options uncertain = lab_uncertain(l, true);
  double *known_later = values_of(l, &uncertain, 8);
  expect_same(l, known_later, 8, 3, all_on, 8, "uncertain parameters and lever points");
  for (size_t i = 0; i < sizeof off / sizeof *off; i++) {
    double *without = values_of(l, &off[i], 8);
    expect_same(l, without, 8, 0, all_on, 8, names[i]);
    struct lower_options both = off[i];
    both.uncertain = uncertain.uncertain, both.uncertain_count = uncertain.uncertain_count;
    without = values_of(l, &both, 8);
    expect_same(l, without, 8, 0, all_on, 8, names[i]);
  }
}

static void expect_lanes_keep_bits(struct lab *l) {
  struct lower_options uncertain = lab_uncertain(l, false);
  double *few = values_of(l, &uncertain, 8);
  for (uint32_t lanes = 16; lanes <= 128; lanes *= 2) {
    double *many = values_of(l, &uncertain, lanes);
    expect_same(l, many, lanes, 0, few, 8, "lanes");
    expect_same(l, many, lanes, lanes - 1, few, 8, "last lane");
  }
}

static void expect_kernels_keep_bits(struct lab *l) {
  struct lower_options uncertain = lab_uncertain(l, false);
  double *first = NULL;
  for (size_t k = 0; kernels[k]; k++) {
    if (!kernels[k]->available()) continue;
    setenv("SIMULATE_KERNEL", kernels[k]->name, 1);
    for (uint32_t lanes = 8; lanes <= 64; lanes *= 8) {
      double *values = values_of(l, &uncertain, lanes);
      if (first) expect_same(l, values, lanes, 5, first, 8, kernels[k]->name);
      first = first ? first : values;
    }
  }
  unsetenv("SIMULATE_KERNEL");
}

Test(engine, passes_and_binding_times_keep_the_bits_of_a_small_model) {
  for (int phased = 0; phased < 2; phased++) {
    struct lab l;
    lab_open(&l);
    cr_assert(lab_check(&l, small, phased ? small_scenario : NULL), "%s", lab_messages(&l));
    expect_passes_keep_bits(&l);
    lab_close(&l);
  }
}

Test(engine, passes_and_binding_times_keep_the_bits_of_shanghai) {
  struct lab l;
  open_file(&l, package, true);
  expect_passes_keep_bits(&l);
  lab_close(&l);
}

Test(engine, lanes_keep_the_bits) {
  struct lab l;
  lab_open(&l);
  cr_assert(lab_check(&l, small, small_scenario), "%s", lab_messages(&l));
  expect_lanes_keep_bits(&l);
  lab_close(&l);
  open_file(&l, package, true);
  expect_lanes_keep_bits(&l);
  lab_close(&l);
}

Test(engine, kernels_keep_the_bits) {
  struct lab l;
  lab_open(&l);
  cr_assert(lab_check(&l, small, small_scenario), "%s", lab_messages(&l));
  expect_kernels_keep_bits(&l);
  lab_close(&l);
  open_file(&l, package, true);
  expect_kernels_keep_bits(&l);
  lab_close(&l);
}

// Every lane its own parameters: as if it were alone.
Test(engine, a_member_is_the_same_among_others_and_alone) {
  struct lab l;
  lab_open(&l);
  cr_assert(lab_check(&l, small, small_scenario), "%s", lab_messages(&l));
  struct lower_options o = lab_uncertain(&l, true);
  cr_assert(lab_lower(&l, &o));
  double *many = arena_array(&l.arena, double, o.uncertain_count * 64), one[256 * 8];
  uint64_t members[64];
  for (size_t p = 0; p < o.uncertain_count; p++)
    for (uint32_t lane = 0; lane < 64; lane++)
      many[p * 64 + lane] = l.program->parameters[p].value * (1 + 0.01 * (double)(lane * (p + 3) % 17));
  for (uint64_t lane = 0; lane < 64; lane++) members[lane] = 1000 + lane * lane;
  double *together = lab_batch(&l, 64, many, members, 3, NULL);
  for (uint32_t lane = 0; lane < 64; lane += 7) {
    uint64_t alone_as[8];
    for (int i = 0; i < 8; i++) alone_as[i] = members[lane];
    for (size_t p = 0; p < o.uncertain_count; p++)
      for (int i = 0; i < 8; i++) one[p * 8 + (size_t)i] = many[p * 64 + lane];
    double *alone = lab_batch(&l, 8, one, alone_as, 3, NULL);
    expect_same(&l, together, 64, lane, alone, 8, "alone");
  }
  lab_close(&l);
}

Test(engine, a_second_run_on_one_machine_forgets_the_first) {
  struct lab l;
  lab_open(&l);
  cr_assert(lab_check(&l, small, small_scenario) && lab_lower(&l, NULL), "%s", lab_messages(&l));
  struct machine *m = machine_create(l.program, 8, &l.diag);
  size_t cells = l.program->save_count * l.program->column_count * 8;
  double *first = arena_array(&l.arena, double, cells), *second = arena_array(&l.arena, double, cells);
  struct failure failures[8];
  machine_run(m, &(struct batch){.saved = first, .failures = failures});
  machine_run(m, &(struct batch){.saved = second, .failures = failures});
  machine_free(m);
  for (int lane = 0; lane < 8; lane++) expect_same(&l, first, 8, (uint32_t)lane, second, 8, "second run");
  lab_close(&l);
}

// ---- the passes, as the dump shows them

static bool dump_has(struct lab *l, const char *text) {
  return strstr(lab_dump(l), text) != NULL;
}

static unsigned lines_with(struct lab *l, const char *text) {
  unsigned count = 0;
  for (const char *at = lab_dump(l); (at = strstr(at, text)); at++) count++;
  return count;
}

static void compile(struct lab *l, const char *equations, const struct lower_options *o) {
  lab_open(l);
  const char *text = arena_format(
      &l->arena,
      "model: m\ntime: {unit: yr, start: 0, stop: 4, step: 1, save: 1}\nunits: {yr: base}\ndimensions: {d: [p, q]}\n"
      "parameters:\n  a: {unit: 1, value: 2, prior: {uniform: [0, 9]}}\n  b: {unit: 1, value: 3}\n"
      "stocks:\n  y: {unit: 1, initial: 1, inflows: [f]}\n  z: {unit: 1, initial: 2, inflows: [g]}\n%s",
      equations);
  cr_assert(lab_check(l, text, "save: [y]\n"), "%s", lab_messages(l));
  struct lower_options options = lab_uncertain(l, false);
  if (o) {
    options.no_cse = o->no_cse, options.no_fuse = o->no_fuse;
    options.no_binding = o->no_binding, options.no_colour = o->no_colour;
  }
  cr_assert(lab_lower(l, &options), "%s", lab_messages(l));
}

Test(engine, what_is_known_is_folded) {
  struct lab l;
  compile(&l, "flows:\n  f: {unit: 1, equation: y * (exp(b) + sqrt(b) - 1)}\n  g: {unit: 1, equation: 0}\n", NULL);
  cr_assert_eq(l.program->rates.count, 2, "%s", lab_dump(&l));  // y*literal, and the literal 0 of g
  cr_assert(!dump_has(&l, "exp") && !dump_has(&l, "sqrt") && dump_has(&l, "dy0 = mul"), "%s", lab_dump(&l));
  lab_close(&l);
}

Test(engine, a_product_of_powers_is_one_exp_and_logs_are_shared) {
  struct lab l;
  compile(&l, "flows:\n  f: {unit: 1, equation: y^0.3 * z^0.7}\n  g: {unit: 1, equation: y^0.2 / z^0.1}\n",
          &(struct lower_options){.no_fuse = true});
  cr_assert_eq(lines_with(&l, " = exp "), 2, "%s", lab_dump(&l));
  cr_assert_eq(lines_with(&l, " = log "), 2, "%s", lab_dump(&l));
  lab_close(&l);
}

Test(engine, integer_powers_multiply_and_half_is_a_root) {
  struct lab l;
  compile(&l, "flows:\n  f: {unit: 1, equation: y^5}\n  g: {unit: 1, equation: z^0.5}\n",
          &(struct lower_options){.no_fuse = true});
  cr_assert(!dump_has(&l, "exp") && dump_has(&l, "sqrt"), "%s", lab_dump(&l));
  cr_assert_eq(lines_with(&l, " = mul "), 3, "%s", lab_dump(&l));
  lab_close(&l);
}

// y runs from 1 below zero, where a power of it is NaN or, for an integer exponent, a number.
static double *power_of(struct lab *l, double low, double high, bool ranged, const double exponents[8]) {
  lab_open(l);
  cr_assert(lab_check(l,
                      "model: m\ntime: {unit: yr, start: 0, stop: 4, step: 1, save: 1}\nunits: {yr: base}\n"
                      "parameters:\n  a: {unit: 1, value: 0.5, prior: {uniform: [0, 9]}}\n"
                      "stocks:\n  y: {unit: 1, initial: 1, inflows: [f]}\n"
                      "flows:\n  f: {unit: 1, equation: -0.75}\n"
                      "auxiliaries:\n  x: {unit: 1, equation: if y > -9 then (if y > 0 then y^(2 - a) else abs(y^(2 - "
                      "a))) else 0}\n",
                      NULL),
            "%s", lab_messages(l));
  struct lower_options o = lab_uncertain(l, false);
  struct program_parameter a = o.uncertain[0];
  a.ranged = ranged, a.low = low, a.high = high;
  o.uncertain = &a;
  cr_assert(lab_lower(l, &o), "%s", lab_messages(l));
  return lab_batch(l, 8, exponents, NULL, 1, NULL);
}

// What is known of an exponent follows from the supports of priors; an integer at either end counts.
Test(engine, ranges_of_exponents_follow_from_supports) {
  static const struct {
    const char *exponent;
    double low, high;
    bool sign;
  } rows[] = {
      {"a", 0.25, 0.75, false},     {"a", 0.25, 1, true},           {"a", 1, 1.5, true},
      {"a * 0.5", 0.5, 1.5, false}, {"a * 0.5", 0.5, 2, true},      {"(-a) * 0.5", 0.5, 1.5, false},
      {"1 / a", 1.25, 1.75, false}, {"1 / a", -1, 1, true},         {"1 / a", 0.6, 1.25, true},
      {"a * a", 0.9, 1.2, true},    {"a - 0.5", 0.75, 1.25, false}, {"a + 0.25", 0.5, 0.75, true},
      {"exp(a)", 0.1, 0.2, true},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct lab l;
    char equations[160];
    snprintf(equations, sizeof equations, "flows:\n  f: {unit: 1, equation: y^(%s)}\n  g: {unit: 1, equation: 0}\n",
             rows[i].exponent);
    compile(&l, equations, NULL);
    struct lower_options o = lab_uncertain(&l, false);
    struct program_parameter p = o.uncertain[0];
    p.ranged = true, p.low = rows[i].low, p.high = rows[i].high;
    o.uncertain = &p;
    cr_assert(lab_lower(&l, &o), "%s", lab_messages(&l));
    cr_assert_eq(dump_has(&l, "powsign"), rows[i].sign, "%s in %g..%g: %s", rows[i].exponent, rows[i].low, rows[i].high,
                 lab_dump(&l));
    lab_close(&l);
  }
}

Test(engine, an_exponent_that_cannot_be_an_integer_needs_no_sign) {
  const double exponents[8] = {0.25, 0.3, 0.5, 0.75, 0.6, 0.4, 0.7, 0.26};
  struct lab with, without, across;
  double *a = power_of(&with, 0.25, 0.75, true, exponents), *b = power_of(&without, 0, 0, false, exponents);
  double *c = power_of(&across, 0.25, 1, true, exponents);
  cr_assert(!dump_has(&with, "powsign") && dump_has(&without, "powsign") && dump_has(&across, "powsign"), "%s",
            lab_dump(&with));
  size_t count = with.program->save_count * with.program->column_count * 8;
  for (size_t i = 0; i < count; i++)
    cr_assert(lab_same(a[i], b[i]) && lab_same(a[i], c[i]), "%zu: %a, %a", i, a[i], b[i]);
  lab_close(&with);
  lab_close(&without);
  lab_close(&across);
}

Test(engine, values_of_time_and_of_parameters_leave_the_rates) {
  static const char equations[] =
      "flows:\n  f: {unit: 1, equation: y * exp(a)}\n  g: {unit: 1, equation: z * sin(time)}\n";
  struct lab l;
  compile(&l, equations, NULL);
  cr_assert_eq(l.program->time.count, 1, "%s", lab_dump(&l));
  cr_assert(dump_has(&l, "m0 = exp p0") && dump_has(&l, "t3 = sin t0"), "%s", lab_dump(&l));
  cr_assert_eq(l.program->rates.count, 2, "%s", lab_dump(&l));
  lab_close(&l);
  compile(&l, equations, &(struct lower_options){.no_binding = true});
  cr_assert_eq(l.program->rates.count, 4, "%s", lab_dump(&l));
  lab_close(&l);
}

Test(engine, equal_values_are_computed_once) {
  static const char equations[] =
      "flows:\n  f: {unit: 1, equation: sin(y) + cos(sin(y))}\n  g: {unit: 1, equation: sin(y)}\n";
  struct lab l;
  compile(&l, equations, NULL);
  cr_assert_eq(lines_with(&l, " = sin "), 1, "%s", lab_dump(&l));
  lab_close(&l);
  compile(&l, equations, &(struct lower_options){.no_cse = true});
  cr_assert_eq(lines_with(&l, " = sin "), 3, "%s", lab_dump(&l));
  lab_close(&l);
}

Test(engine, what_nobody_needs_is_not_computed) {
  struct lab l;
  compile(&l,
          "flows:\n  f: {unit: 1, equation: y}\n  g: {unit: 1, equation: z}\n"
          "auxiliaries:\n  unseen: {unit: 1, equation: tanh(y)}\n",
          NULL);
  cr_assert(!dump_has(&l, "tanh"), "%s", lab_dump(&l));
  lab_close(&l);
}

// Each pair of operations that has an instruction of its own, and the same with each operation on its own.
Test(engine, an_operation_used_once_joins_its_user) {
  static const struct {
    const char *equation, *joined;
  } rows[] = {
      {"y * z + a", "muladd"},   {"a + y * z", "muladd"},    {"y / z + a", "divadd"},        {"y + z + a", "addadd"},
      {"y * z - a", "mulsub"},   {"a - y * z", "submul"},    {"y + z - a", "addsub"},        {"y - z - a", "subsub"},
      {"a * (y + z)", "mulsum"}, {"(y - z) * a", "muldiff"}, {"a * y * z", "mulmul"},        {"a * exp(y)", "mulexp"},
      {"z * ln(y)", "mullog"},   {"y * z / a", "muldiv"},    {"a / (y * z)", "divmul"},      {"(y - z) / a", "subdiv"},
      {"(y + z) / a", "adddiv"}, {"exp(y * z)", "expmul"},   {"exp(y + z)", "expadd"},       {"ln(y + z)", "logadd"},
      {"ln(y / z)", "logdiv"},   {"y^z", "mulzlogabs"},      {"ln1p(exp(-abs(y)))", "soft"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct lab with, without;
    char equations[160];
    snprintf(equations, sizeof equations, "flows:\n  f: {unit: 1, equation: \"%s\"}\n  g: {unit: 1, equation: 0.25}\n",
             rows[i].equation);
    compile(&with, equations, NULL);
    cr_assert(dump_has(&with, rows[i].joined), "%s: %s", rows[i].equation, lab_dump(&with));
    compile(&without, equations, &(struct lower_options){.no_fuse = true});
    cr_assert(!dump_has(&without, rows[i].joined), "%s: %s", rows[i].equation, lab_dump(&without));
    const double *a = lab_batch(&with, 8, NULL, NULL, 1, NULL), *b = lab_batch(&without, 8, NULL, NULL, 1, NULL);
    for (size_t k = 0; k < with.program->save_count * 8; k++)
      cr_assert(lab_same(a[k], b[k]), "%s: %a, not %a", rows[i].equation, a[k], b[k]);
    lab_close(&with);
    lab_close(&without);
  }
}

// A failed run names the variable whose division or logarithm broke, so that one stays on its own.
Test(engine, a_variable_that_can_break_keeps_its_instruction) {
  struct lab l;
  compile(&l,
          "auxiliaries:\n  h: {unit: 1, equation: y / z}\n"
          "flows:\n  f: {unit: 1, equation: h + a}\n  g: {unit: 1, equation: 0}\n",
          NULL);
  cr_assert(dump_has(&l, "= div y0 y1   ; h") && !dump_has(&l, "divadd"), "%s", lab_dump(&l));
  lab_close(&l);
}

Test(engine, temporaries_share_slots) {
  char equations[4096] =
      "flows:\n  f: {unit: 1, equation: x40}\n  g: {unit: 1, equation: 0}\nauxiliaries:\n"
      "  x0: {unit: 1, equation: sin(y)}\n";
  for (int i = 1; i <= 40; i++)
    snprintf(equations + strlen(equations), 80, "  x%d: {unit: 1, equation: sin(x%d)}\n", i, i - 1);
  struct lab l;
  compile(&l, equations, NULL);
  uint32_t coloured = l.program->slot_count;
  lab_close(&l);
  compile(&l, equations, &(struct lower_options){.no_colour = true});
  cr_assert_geq(l.program->slot_count, coloured + 38, "%u and %u", coloured, l.program->slot_count);
  lab_close(&l);
}

Test(engine, an_array_is_one_instruction) {
  struct lab l;
  compile(&l,
          "flows:\n  f: {unit: 1, equation: \"sum[d](x)\"}\n  g: {unit: 1, equation: 0}\n"
          "auxiliaries:\n  x[d]:\n    unit: 1\n    equation: sin(y * w)\nconstants:\n  w[d]:\n    unit: 1\n    "
          "equation: b\n"
          "  w[q]:\n    equation: 7\n",
          NULL);
  cr_assert(dump_has(&l, "[2] = sin") && lines_with(&l, " = sin ") == 1 && dump_has(&l, "rsum"), "%s", lab_dump(&l));
  lab_close(&l);
}
