// SPDX-License-Identifier: GPL-3.0-or-later
#define _GNU_SOURCE  // setenv
#include "engine/passes.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"

TestSuite(passes);

enum { MOST = 70 };

struct arrays {
  double y[MOST], sum[MOST], k[MOST], to[MOST];
};

static void fill(struct arrays *a) {
  for (size_t i = 0; i < MOST; i++) {
    a->y[i] = 1.0 / (double)(i + 3);
    a->sum[i] = sin((double)i);
    a->k[i] = 1e-3 * cos(0.1 * (double)i);
    a->to[i] = 7;
  }
}

static const struct passes *of_kernel(const struct kernel *k) {
  setenv("SIMULATE_KERNEL", k->name, 1);
  const struct passes *p = passes_best();
  unsetenv("SIMULATE_KERNEL");
  return p;
}

static void check(const char *name, stage_pass *pass, bool first, bool last, size_t n) {
  static struct arrays a, b;
  fill(&a);
  fill(&b);
  pass(n, a.to, a.y, a.sum, a.k, 2, 0.3);
  for (size_t i = 0; i < n; i++) {
    double total = first ? 2 * b.k[i] : b.sum[i] + 2 * b.k[i];
    if (!last) b.sum[i] = total;
    b.to[i] = b.y[i] + 0.3 * (last ? total : b.k[i]);
  }
  cr_expect_eq(memcmp(&a, &b, sizeof a), 0, "%s, %zu numbers", name, n);
}

Test(passes, stages_have_the_bits_of_the_plain_formula_on_every_instruction_set_and_touch_nothing_else) {
  for (size_t k = 0; kernels[k]; k++)
    for (size_t n = 0; n < MOST && kernels[k]->available(); n++) {
      const struct passes *p = of_kernel(kernels[k]);
      check("first", p->first, true, false, n);
      check("middle", p->middle, false, false, n);
      check("last", p->last, false, true, n);
      check("only", p->only, true, true, n);
    }
}

Test(passes, one_number_that_is_not_finite_is_found_wherever_it_stands) {
  static const double bad[] = {NAN, INFINITY, -INFINITY};
  double x[MOST];
  for (size_t k = 0; kernels[k]; k++)
    for (size_t n = 0; n < MOST && kernels[k]->available(); n++) {
      const struct passes *p = of_kernel(kernels[k]);
      for (size_t i = 0; i < MOST; i++) x[i] = i % 2 ? 1e308 : -0.0;
      x[n] = NAN;  // behind the end
      cr_assert(p->finite(n, x), "%s, %zu numbers", kernels[k]->name, n);
      for (size_t i = 0; i < n; i++) {
        double kept = x[i];
        x[i] = bad[i % 3];
        cr_assert_not(p->finite(n, x), "%s, %zu numbers, number %zu", kernels[k]->name, n, i);
        x[i] = kept;
      }
    }
}
