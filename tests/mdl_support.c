// SPDX-License-Identifier: GPL-3.0-or-later
// See mdl_support.h.
#include "mdl_support.h"

#include <criterion/criterion.h>
#include <math.h>

#include "vensim/mdl.h"

const char mdl_bench_clock[] =
    "INITIAL TIME = 0 ~ Month ~|\nFINAL TIME = 4 ~~|\nTIME STEP = 1 ~ Month ~|\nSAVEPER = TIME STEP ~~|\n";

struct model *mdl_bench_body(struct bench *b, const char *body) {
  bench_write("m.mdl", arena_format(&b->arena, "{UTF-8}\n%s\n%s", body, mdl_bench_clock));
  return mdl_read(&b->arena, "m.mdl", NULL, &b->diag);
}

void mdl_bench_hold(const char *before, const struct mdl_bench_row *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct bench b;
    bench_open(&b);
    const char *body = arena_format(&b.arena, "%s%s", before, rows[i].body);
    const struct results *r = bench_run(&b, mdl_bench_body(&b, body));
    double found = bench_value(r, rows[i].name, rows[i].time);
    cr_expect(fabs(found - rows[i].wanted) <= 1e-9 * (1 + fabs(rows[i].wanted)), "%s\n%s at %g is %.15g, not %.15g",
              rows[i].body, rows[i].name, rows[i].time, found, rows[i].wanted);
    bench_close(&b);
  }
}
