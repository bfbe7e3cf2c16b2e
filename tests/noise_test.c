// SPDX-License-Identifier: GPL-3.0-or-later
// Random functions in equations: their distributions, and the contract that a draw is a function of seed, member,
// variable, element and grid step alone, held through the stages of a step.
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "engine_support.h"

TestSuite(noise);

#define HEAD                                                                                                      \
  "model: m\ntime: {unit: yr, start: 0, stop: 200, step: 1, save: 1}\nunits: {yr: base}\ndimensions: {d: [p, q, " \
  "r], part: {of: d, elements: [q, r]}}\nparameters:\n  x: {unit: 1, value: 2, prior: {uniform: [0, 9]}}\n"

enum { LANES = 64, SAVES = 201 };

struct noise {
  struct lab lab;
  double *values; /* [save][column][lane] */
};

static void open_noise(struct noise *n, const char *model, const char *scenario, uint64_t seed, uint64_t first_member) {
  uint64_t members[LANES];
  for (uint64_t i = 0; i < LANES; i++) members[i] = first_member + i;
  lab_open(&n->lab);
  cr_assert(lab_check(&n->lab, model, scenario) && lab_lower(&n->lab, NULL), "%s", lab_messages(&n->lab));
  n->values = lab_batch(&n->lab, LANES, NULL, members, seed, NULL);
}

static double at(const struct noise *n, const char *column, size_t save, size_t lane) {
  return n->values[(save * n->lab.program->column_count + lab_column(&n->lab, column)) * LANES + lane];
}

static const char *model_of(struct arena *a, const char *equation) {
  return arena_format(a, HEAD "auxiliaries:\n  n:\n    unit: 1\n    equation: %s\n", equation);
}

// ---- distributions

struct moments {
  double mean, variance, least, most, serial;  // serial: covariance with the draw before
};

static struct moments moments_of(const struct noise *n, const char *column) {
  struct moments m = {.least = INFINITY, .most = -INFINITY};
  double count = (double)LANES * SAVES;
  for (size_t s = 0; s < SAVES; s++)
    for (size_t l = 0; l < LANES; l++) {
      double x = at(n, column, s, l);
      m.mean += x / count, m.least = fmin(m.least, x), m.most = fmax(m.most, x);
    }
  for (size_t s = 0; s < SAVES; s++)
    for (size_t l = 0; l < LANES; l++) {
      double x = at(n, column, s, l) - m.mean, before = s ? at(n, column, s - 1, l) - m.mean : 0;
      m.variance += x * x / count, m.serial += x * before / count;
    }
  return m;
}

Test(noise, draws_have_the_mean_and_variance_of_their_distribution) {
  static const struct {
    const char *equation;
    double mean, variance, least, most;
  } rows[] = {{"random_uniform(-1, 3)", 1, 16. / 12, -1, 3},
              {"random_normal(5, x)", 5, 4, -INFINITY, INFINITY},
              {"random_exponential(3)", 3, 9, 0, INFINITY},
              {"random_poisson(4.5)", 4.5, 4.5, 0, INFINITY},
              {"random_poisson(0)", 0, 0, 0, 0},
              {"random_poisson(300)", 300, 300, 0, INFINITY},
              {"random_uniform(x, x)", 2, 0, 2, 2}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct noise n;
    struct arena a;
    arena_init(&a, NULL);
    open_noise(&n, model_of(&a, rows[i].equation), NULL, 11, 0);
    struct moments m = moments_of(&n, "n");
    double error = sqrt(rows[i].variance / (LANES * SAVES)), spread = rows[i].variance * 0.08;
    cr_expect(fabs(m.mean - rows[i].mean) <= 4 * error + 1e-9, "%s: mean %g", rows[i].equation, m.mean);
    cr_expect(fabs(m.variance - rows[i].variance) <= spread + 1e-9, "%s: variance %g", rows[i].equation, m.variance);
    cr_expect(m.least >= rows[i].least && m.most <= rows[i].most, "%s: %g to %g", rows[i].equation, m.least, m.most);
    cr_expect(fabs(m.serial) <= rows[i].variance * 0.04 + 1e-9, "%s: steps hang together, %g", rows[i].equation,
              m.serial);
    lab_close(&n.lab);
    arena_free(&a);
  }
}

// ---- the contract

static bool same_draws(const struct noise *a, const char *first, const struct noise *b, const char *second) {
  for (size_t s = 0; s < SAVES; s++)
    for (size_t l = 0; l < LANES; l++)
      if (!lab_same(at(a, first, s, l), at(b, second, s, l))) return false;
  return true;
}

static double correlation(const struct noise *a, const char *first, const struct noise *b, const char *second) {
  struct moments x = moments_of(a, first), y = moments_of(b, second);
  double sum = 0;
  for (size_t s = 0; s < SAVES; s++)
    for (size_t l = 0; l < LANES; l++) sum += (at(a, first, s, l) - x.mean) * (at(b, second, s, l) - y.mean);
  return sum / (LANES * SAVES) / sqrt(x.variance * y.variance);
}

static const char array[] = HEAD
    "auxiliaries:\n  n[d]:\n    unit: 1\n    equation: random_normal(0, 1)\n"
    "  other:\n    unit: 1\n    equation: random_normal(0, 1) + 0 * random_normal(0, 1)\n"
    "  twice:\n    unit: 1\n    equation: 0 * random_normal(0, 1) + random_normal(0, 1)\n";

Test(noise, a_draw_depends_on_seed_member_variable_element_and_call) {
  struct noise a, b, c;
  open_noise(&a, array, NULL, 11, 0);
  open_noise(&b, array, NULL, 12, 0);
  open_noise(&c, array, NULL, 11, LANES);
  static const char *const columns[] = {"n[p]", "n[q]", "n[r]", "other", "twice"};
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
    for (size_t k = 0; k < i; k++)
      cr_expect_lt(fabs(correlation(&a, columns[i], &a, columns[k])), 0.04, "%s and %s", columns[i], columns[k]);
    cr_expect_lt(fabs(correlation(&a, columns[i], &b, columns[i])), 0.04, "%s and another seed", columns[i]);
    cr_expect_lt(fabs(correlation(&a, columns[i], &c, columns[i])), 0.04, "%s and other members", columns[i]);
  }
  lab_close(&a.lab), lab_close(&b.lab), lab_close(&c.lab);
}

Test(noise, nothing_else_in_a_model_shifts_a_draw) {
  static const char *const others[] = {
      // another variable; an exception for another element; for another part; a cycle that takes the array apart
      HEAD
      "auxiliaries:\n  a0:\n    unit: 1\n    equation: random_normal(0, 1)\n  n[d]:\n    unit: 1\n    equation: "
      "random_normal(0, 1)\n",
      HEAD "auxiliaries:\n  n[d]:\n    unit: 1\n    equation: random_normal(0, 1)\n  n[q]:\n    equation: 7\n",
      HEAD
      "auxiliaries:\n  n[d]:\n    unit: 1\n    equation: random_normal(0, 1)\n  n[part]:\n    equation: "
      "random_normal(0, 1)\n",
      HEAD
      "auxiliaries:\n  n[d]:\n    unit: 1\n    equation: random_normal(0, 1)\n  n[q]:\n    equation: z\n"
      "  z:\n    unit: 1\n    equation: n[p] + n[r]\n"};
  struct noise a;
  open_noise(&a, array, NULL, 11, 0);
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    struct noise b;
    open_noise(&b, others[i], NULL, 11, 0);
    cr_expect(same_draws(&a, "n[p]", &b, "n[p]"), "model %zu, n[p]", i);
    cr_expect(same_draws(&a, "n[r]", &b, "n[r]"), "model %zu, n[r]", i);
    lab_close(&b.lab);
  }
  lab_close(&a.lab);
}

Test(noise, a_draw_is_the_same_in_every_lane_and_method) {
  static const char *const methods[] = {"method: euler\n", "method: rk2\n", "method: rkf45\n", "method: msbdf\n"};
  struct noise a, b;
  open_noise(&a, array, "method: rk4\n", 11, 0);
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    open_noise(&b, array, methods[i], 11, 0);
    cr_expect(same_draws(&a, "n[q]", &b, "n[q]"), "%s", methods[i]);
    lab_close(&b.lab);
  }
  open_noise(&b, array, "method: rk4\n", 11, 5);  // member 5 is in lane 0 now
  for (size_t s = 0; s < SAVES; s++) cr_expect_eq(at(&a, "n[p]", s, 5), at(&b, "n[p]", s, 0));
  lab_close(&a.lab), lab_close(&b.lab);
}

Test(noise, a_draw_is_held_through_a_step) {
  struct noise n;
  open_noise(&n,
             HEAD
             "auxiliaries:\n  n:\n    unit: 1\n    equation: random_normal(0, 1)\n"
             "stocks:\n  y: {unit: 1, initial: 0, inflows: [f]}\nflows:\n  f: {unit: 1/yr, equation: n}\n",
             "method: rk4\n", 11, 0);
  for (size_t s = 1; s < SAVES; s++) {
    double step = at(&n, "y", s, 3) - at(&n, "y", s - 1, 3);
    cr_expect(lab_near(step, at(&n, "n", s - 1, 3), 0, 1e-12), "step %zu", s);
  }
  lab_close(&n.lab);
}
