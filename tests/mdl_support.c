// SPDX-License-Identifier: GPL-3.0-or-later
// See mdl_support.h.
#include "mdl_support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "check/check.h"
#include "lower/lower.h"
#include "vensim/mdl.h"

const char mdl_bench_clock[] =
    "INITIAL TIME = 0 ~ Month ~|\nFINAL TIME = 4 ~~|\nTIME STEP = 1 ~ Month ~|\nSAVEPER = TIME STEP ~~|\n";

struct model *mdl_bench_body(struct bench *b, const char *body) {
  bench_write("m.mdl", arena_format(&b->arena, "{UTF-8}\n%s\n%s", body, mdl_bench_clock));
  return mdl_read(&b->arena, "m.mdl", NULL, &b->diag);
}

const struct results *mdl_bench_run(struct bench *b, const struct model *m) {
  static const char *const all[] = {"save=all"};
  cr_assert(m, "%s", bench_messages(b));
  struct scenario *s = scenario_of_model(&b->arena, m, all, 1, &b->diag);
  struct checked *c = s ? check_model(&b->arena, m, s, true, &b->diag) : NULL;
  struct program *p = c ? lower(&b->arena, c, &(struct lower_options){0}, &b->diag) : NULL;
  const struct results *r = p ? run_single(&b->arena, p, &b->diag) : NULL;
  cr_assert(r && !b->diag.errors, "%s", bench_messages(b));
  return r;
}

double mdl_bench_value(const struct results *r, const char *name, double time) {
  for (size_t c = 0; c < r->program->column_count; c++) {
    if (strcmp(r->program->columns[c].name, name) != 0) continue;
    for (size_t i = 0; i < r->program->save_count; i++)
      if (fabs(r->times[i] - time) < 1e-9) return r->values[i * r->program->column_count + c];
  }
  cr_assert(false, "no value of %s at %g", name, time);
  return NAN;
}

void mdl_bench_hold(const char *before, const struct mdl_bench_row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct bench b;
    bench_open(&b);
    const char *body = arena_format(&b.arena, "%s%s", before, rows[i].body);
    const struct results *r = mdl_bench_run(&b, mdl_bench_body(&b, body));
    double found = mdl_bench_value(r, rows[i].name, rows[i].time);
    cr_expect(fabs(found - rows[i].wanted) <= 1e-9 * (1 + fabs(rows[i].wanted)), "%s\n%s at %g is %.15g, not %.15g",
              rows[i].body, rows[i].name, rows[i].time, found, rows[i].wanted);
    bench_close(&b);
  }
}
