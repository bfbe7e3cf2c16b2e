// SPDX-License-Identifier: GPL-3.0-or-later
// The less usual functions of Vensim: numbers worked out by hand from the reference manual; refusals with the reason.
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "mdl_support.h"

TestSuite(mdl_functions);

#define HOLD(before, rows) mdl_bench_hold(before, rows, sizeof rows / sizeof *rows)

Test(mdl_functions, what_is_refused_is_refused_with_the_reason) {
  static const struct {
    const char *body, *words;
  } rows[] = {
      {"y = SHIFT IF TRUE(x, 1, 2, 0, 0) ~~|\nx = 1 ~~|",
       "SHIFT IF TRUE is not supported (in y): it changes the stocks"},
      {"y = 1 + SIMULTANEOUS(y / 2, 1) ~~|", "SIMULTANEOUS is not supported (in y): equations that depend on each"},
      {"y = RC STEP CHECK(1, 2) ~~|", "RC STEP CHECK is not supported (in y): functions for reality checks"},
      {"y := GET VDF DATA('a.vdf', 'y', 0, 1) ~~|", "GET VDF DATA is not supported (in y): VDF files are not read"},
      {"y = GET 123 CONSTANTS('a.wk1', 'A', 'B2') ~~|", "GET 123 CONSTANTS is not supported (in y): files of Lotus"},
      {"y = 2 * GET XLS DATA('a.xlsx', 'A', '1', 'B2') ~~|", "(in y): it must stand alone behind the equal sign"},
      {"y = SSHAPE(1, 2, 3) ~~|", "SSHAPE is not supported (in y): Vensim's reference manual does not define it"},
      {"y = SMOTH3(1, 2) ~~|", "SMOTH3 is no function of Vensim, and no macro or lookup of the model (in y)"},
      {"y = SMOTH3(1, 2) ~~|", "did you mean 'smooth3'?"},
      {"y = TWIC(1) ~~|\n:MACRO: TWICE(x)\nTWICE = 2 * x ~~|\n:END OF MACRO:\n", "did you mean 'twice'?"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b;
    bench_open(&b);
    cr_expect_null(mdl_bench_body(&b, rows[i].body), "%s", rows[i].body);
    cr_expect(strstr(bench_messages(&b), rows[i].words), "%s\nsays %s\nnot %s", rows[i].body, bench_messages(&b),
              rows[i].words);
    bench_close(&b);
  }
}
