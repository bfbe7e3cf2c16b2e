// SPDX-License-Identifier: GPL-3.0-or-later
#include "test_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
