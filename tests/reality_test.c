// SPDX-License-Identifier: GPL-3.0-or-later
// Reality checks of an .mdl, and the tables of `check` for foreign files.
#include "analyse/reality.h"

#include <criterion/criterion.h>
#include <string.h>

#include "output/refusals.h"
#include "reader_support.h"
#include "vensim/mdl.h"

TestSuite(reality);

static const char body[] =
    "Inventory = INTEG(production - shipments, 100) ~ widget ~|\nproduction = capacity * 2 ~ widget/Month ~|\n"
    "capacity = 5 ~ widget/Month ~|\nshipments = MIN(Inventory, 12) ~ widget/Month ~|\n"
    "INITIAL TIME = 0 ~ Month ~|\nFINAL TIME = 5 ~~|\nTIME STEP = 1 ~ Month ~|\n";

static struct model *read_with(struct bench *b, const char *more) {
  const char *text = arena_format(&b->arena, "%s%s", body, more);
  struct model *m = mdl_read_bytes(&b->arena, "m.mdl", text, strlen(text), NULL, &b->diag);
  cr_assert(m, "%s", bench_messages(b));
  return m;
}

Test(reality, conditions_are_forced_or_watched) {
  static const struct {
    const char *text;
    enum reality_verdict verdict;
    size_t checks;
    const char *words;  // NULL: nothing is said
  } rows[] = {
      {"r :THE CONDITION: Inventory = 0 :IMPLIES: shipments = 0 ~~|", REALITY_HOLDS, 6, NULL},
      {"r :THE CONDITION: capacity = 0 :AND: Inventory = 50 :IMPLIES: production = 0 :AND: shipments = 12 ~~|",
       REALITY_HOLDS, 6, NULL},
      {"r :THE CONDITION: full :IMPLIES: shipments > 12 ~~|\nfull :TEST INPUT: Inventory = 3 * capacity ~~|",
       REALITY_FAILS, 1, "reality check r: at time 0 its condition is forced"},
      {"r :THE CONDITION: capacity = Time :IMPLIES: production < 6 ~~|", REALITY_FAILS, 4, "at time 3"},
      {"r :THE CONDITION: Inventory < 95 :IMPLIES: shipments <= 12 ~~|", REALITY_HOLDS, 3, NULL},
      {"r :THE CONDITION: Inventory < 95 :IMPLIES: Inventory > 93 ~~|", REALITY_FAILS, 2, "its condition holds"},
      {"r :THE CONDITION: Inventory < 0 :IMPLIES: shipments < 0 ~~|", REALITY_IDLE, 0, NULL},
      {"r :THE CONDITION: RC GROW(Inventory, 2) :IMPLIES: shipments < 0 ~~|", REALITY_REFUSED, 0,
       "RC GROW is not supported"},
      {"r :THE CONDITION: ( :IMPLIES: shipments < 0 ~~|", REALITY_REFUSED, 0, "expected a value"},
      {"r :THE CONDITION: capacity = 0 ~~|", REALITY_REFUSED, 0, "expected ':IMPLIES:'"},
      {"r :THE CONDITION: Inventory = shipments :IMPLIES: shipments > 0 ~~|", REALITY_REFUSED, 0, "algebraic loop"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b;
    bench_open(&b);
    struct model *m = read_with(&b, rows[i].text);
    cr_assert_eq(m->realities.count, 1, "%s", rows[i].text);
    const struct reality_outcome *o = reality_run(&b.arena, m, &b.diag);
    cr_expect(o->verdict == rows[i].verdict && o->checks == rows[i].checks, "%s: %d after %zu checks\n%s", rows[i].text,
              o->verdict, o->checks, bench_messages(&b));
    const char *found = rows[i].words ? strstr(bench_messages(&b), rows[i].words) : NULL;
    cr_expect((rows[i].words != NULL) == (b.diag.messages.count > 0) && (found || !rows[i].words), "%s says %s",
              rows[i].text, bench_messages(&b));
    bench_close(&b);
  }
}

Test(reality, a_model_without_checks_says_so) {
  struct bench b;
  bench_open(&b);
  cr_expect_null(reality_run(&b.arena, read_with(&b, ""), &b.diag));
  cr_expect(strstr(bench_messages(&b), "has no reality checks"));
  bench_close(&b);
}

TestSuite(refusals);

Test(refusals, all_that_a_reader_refused_stands_in_one_table) {
  struct bench b;
  struct text out = {0};
  bench_open(&b);
  const char *text = arena_format(&b.arena, "%s%s", body,
                                  "a = DELAY PROFILE(1,2,3,4,5,6) ~~|\nb = a + FIND ZERO(a, 1) + no such thing ~~|\n");
  cr_assert_null(mdl_read_bytes(&b.arena, "m.mdl", text, strlen(text), NULL, &b.diag));
  refusals_print(&out, &b.arena, &b.diag, 0, "m.mdl", LANGUAGE_EN, false);
  cr_expect_str_eq(
      out.data,
      "m.mdl: 3 refused\n\n"
      "Line  Variable  Construct      Reason\n"
      "------------------------------------------------------------------------------------------------------"
      "-------------\n"
      "   8  a         DELAY PROFILE  DELAY PROFILE is not supported (in a): the manual does not say how it "
      "starts\n"
      "   9  b         FIND ZERO      FIND ZERO is not supported (in b): equations in a circle are not solved by "
      "iteration\n"
      "   9  b         no such thing  unknown variable 'no such thing'\n\n");
  text_free(&out);
  bench_close(&b);
}

Test(refusals, constructs_are_cut_between_characters) {
  for (size_t shift = 0; shift < 3; shift++) {
    struct bench b;
    struct text out = {0};
    bench_open(&b);
    const char *text = arena_format(&b.arena, "%sa = \"%.*s%s\" ~~|\n", body, (int)shift, "xy",
                                    "\xE5\xBB\xBA\xE8\xAE\xBE\xE7\x8E\xB0\xE4\xBB\xA3\xE5\x8C\x96\xE4\xBA\xA7"
                                    "\xE4\xB8\x9A\xE4\xBD\x93\xE7\xB3\xBB\xE8\xA6\x81\xE6\xB1\x82");
    cr_assert_null(mdl_read_bytes(&b.arena, "m.mdl", text, strlen(text), NULL, &b.diag));
    refusals_print(&out, &b.arena, &b.diag, 0, "m.mdl", LANGUAGE_ZH, false);
    size_t size = strlen(out.data);
    cr_expect_eq(text_valid_prefix(out.data, size), size, "%s", out.data);
    cr_expect(strstr(out.data, "\xE5\xBB\xBA\xE8\xAE\xBE"), "%s", out.data);
    text_free(&out);
    bench_close(&b);
  }
}
