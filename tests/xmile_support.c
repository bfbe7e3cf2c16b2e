// SPDX-License-Identifier: GPL-3.0-or-later
// See xmile_support.h.
#include "xmile_support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "check/check.h"
#include "lower/lower.h"
#include "xmile/xmile.h"

const char xmile_bench_head[] =
    "<xmile version='1.0' xmlns='http://docs.oasis-open.org/xmile/ns/XMILE/v1.0' xmlns:isee='http://isee'>"
    "<header><name>t</name></header>"
    "<sim_specs method='Euler' time_units='Months'><start>0</start><stop>6</stop><dt>0.5</dt></sim_specs>"
    "<dimensions><dim name='N' size='3'/><dim name='Loc'><elem name='Boston'/><elem name='LA'/></dim>"
    "<dim name='Prod'><elem name='a b'/><elem name='skirts'/></dim></dimensions>";

struct model *xmile_bench_file(struct bench *b, const char *text) {
  bench_write("m.xmile", text);
  return xmile_read(&b->arena, "m.xmile", NULL, &b->diag);
}

struct model *xmile_bench_body(struct bench *b, const char *variables, const char *rest) {
  return xmile_bench_file(b, arena_format(&b->arena, "%s<model><variables>%s</variables></model>%s</xmile>",
                                          xmile_bench_head, variables, rest));
}

const struct results *xmile_bench_run(struct bench *b, const struct model *m) {
  static const char *const all[] = {"save=all"};
  cr_assert(m, "%s", bench_messages(b));
  struct scenario *s = scenario_of_model(&b->arena, m, all, 1, &b->diag);
  struct checked *c = s ? check_model(&b->arena, m, s, true, &b->diag) : NULL;
  struct program *p = c ? lower(&b->arena, c, &(struct lower_options){0}, &b->diag) : NULL;
  const struct results *r = p ? run_single(&b->arena, p, &b->diag) : NULL;
  cr_assert(r && !b->diag.errors, "%s", bench_messages(b));
  return r;
}

double xmile_bench_value(const struct results *r, const char *name, double time) {
  for (size_t c = 0; c < r->program->column_count; c++) {
    if (strcmp(r->program->columns[c].name, name) != 0) continue;
    for (size_t i = 0; i < r->program->save_count; i++)
      if (fabs(r->times[i] - time) < 1e-9) return r->values[i * r->program->column_count + c];
  }
  cr_assert(false, "no value of %s at %g", name, time);
  return NAN;
}
