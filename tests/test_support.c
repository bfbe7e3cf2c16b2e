// SPDX-License-Identifier: GPL-3.0-or-later
#include "test_support.h"

#include <criterion/criterion.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

const char *support_printed(const struct diag *d) {
  static char buffer[65536];
  memset(buffer, 0, sizeof buffer);
  FILE *out = fmemopen(buffer, sizeof buffer - 1, "w");
  diag_print(d, out);
  fclose(out);
  return buffer;
}

unsigned long long support_seed(void) {
  const char *given = getenv("SEED");
  return given ? strtoull(given, NULL, 10) : (unsigned long long)time(NULL);
}

uint64_t support_draw(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static bool fails_at(unsigned long k, support_act *act, void *context, bool *through) {
  struct arena a;
  struct diag diag;
  jmp_buf oom;
  arena_init(&a, &oom);
  mem_fail_at(k);
  bool *const seen = through;
  if (!setjmp(oom)) {
    diag_init(&diag, &a);
    *seen = act(&a, &diag, context);
    mem_fail_at(0);
    cr_assert(*seen || diag.exit == EXIT_MEMORY, "request %lu failed and was not seen", k);
  }
  mem_fail_at(0);
  cr_assert_eq(a.oom, &oom, "request %lu: the place of the owner was not put back", k);
  arena_free(&a);
  return !*seen;
}

unsigned long support_fail_each(support_act *act, void *context) {
  unsigned long k = 1;
  bool through = false;
  while (fails_at(k, act, context, &through)) cr_assert_lt(++k, 100000);
  return k - 1;
}
