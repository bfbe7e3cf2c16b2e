// SPDX-License-Identifier: GPL-3.0-or-later
// Milliseconds of each stage between a file and its program: read (text to model and scenario), check (names, arrays,
// units, order), the units alone once more, and lower. One JSON object a file, the median of five rounds of CPU time;
// bench/start_bench.py holds the numbers against their aims. An error in a file ends the program.
//
//     stages FILE...
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "loaded.h"

enum { ROUNDS = 5 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static int compare_numbers(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void print(const char *name, double *ms) {
  qsort(ms, ROUNDS, sizeof *ms, compare_numbers);
  printf(", \"%s\": %.3f", name, ms[ROUNDS / 2]);
}

static void measure(const char *path) {
  double read[ROUNDS], check[ROUNDS], units[ROUNDS], lower[ROUNDS];
  for (int i = 0; i < ROUNDS; i++) {
    struct loaded l;
    loaded_begin(&l);
    double t0 = now();
    const struct scenario *s = loaded_read(&l, path, NULL, 0);
    double t1 = now();
    const struct checked *c = loaded_check(&l, s);
    double t2 = now();
    check_units(&l.arena, c, true, &l.diag);
    double t3 = now();
    loaded_lower(&l, c, false);
    double t4 = now();
    read[i] = t1 - t0, check[i] = t2 - t1, units[i] = t3 - t2, lower[i] = t4 - t3;
    loaded_close(&l);
  }
  printf("{\"file\": \"%s\"", path);
  print("read", read);
  print("check", check);
  print("units", units);
  print("lower", lower);
  printf("}\n");
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) measure(argv[i]);
  return 0;
}
