// SPDX-License-Identifier: GPL-3.0-or-later
// See xmile_support.h.
#include "xmile_support.h"

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
  return bench_run(b, m);
}

double xmile_bench_value(const struct results *r, const char *name, double time) {
  return bench_value(r, name, time);
}
