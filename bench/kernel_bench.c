// SPDX-License-Identifier: GPL-3.0-or-later
// Nanoseconds per element and lane of each operation, by kernel and number of lanes: the figures behind the choice of
// lanes and of our own exp and log. Operands are one element, or 14 with a broadcast, as in a model of 14 industries.
//
//     kernel_bench [--quick] [NAME...]    operations to measure, all without a name; --quick times each once: for a
//     look
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/kernel.h"
#include "lang/model.h"

enum { SLOTS = 96, MOST_LANES = 128, POINTS = 41, VECTORS = 14 };

static _Alignas(64) double slab[SLOTS * MOST_LANES];
static double xs[POINTS], ys[POINTS];
static uint32_t indices[SLOTS];
static uint64_t members[MOST_LANES];
static int rounds = 7;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// The least time of the rounds, each of about a millisecond, per call.
static double seconds(struct code *code, const struct kernel_env *env) {
  double best = 1;
  for (int round = 0; round < rounds; round++) {
    size_t calls = 0;
    double start = now(), end;
    do {
      for (int i = 0; i < 200; i++) kernel_run(code, env);
      calls += 200;
      end = now();
    } while (end - start < 1e-3);
    if ((end - start) / (double)calls < best) best = (end - start) / (double)calls;
  }
  return best;
}

static double measure(const struct kernel *k, enum op op, uint32_t count, bool broadcast, uint32_t lanes,
                      const struct lookup_table *table) {
  for (size_t i = 0; i < (size_t)SLOTS * lanes; i++) slab[i] = 0.05 + (double)(i * 7919 % 1000) / 1001;
  struct instruction items[8];
  for (int i = 0; i < 8; i++)
    items[i] = (struct instruction){.op = (uint16_t)op,
                                    .outer_count = 1,
                                    .inner_count = count,
                                    .a = {.slot = 14, .outer = count, .inner = 1},
                                    .b = {.slot = 28, .outer = count, .inner = !broadcast},
                                    .c = {.slot = 42, .outer = count, .inner = 1}};
  struct code code = {items, 8};
  struct kernel_env env = {.bases = {slab}, .lanes = lanes, .tables = table, .indices = indices, .members = members};
  kernel_bind(k, &code, lanes);
  return seconds(&code, &env) / 8 / count / lanes * 1e9;
}

static void line(const struct kernel *k, enum op op, uint32_t count, bool broadcast, const struct lookup_table *table) {
  printf("%-8s %-9s %2u%s", k->name, op_name(op), count, broadcast ? " b" : "  ");
  for (uint32_t lanes = 8; lanes <= MOST_LANES; lanes *= lanes == 16 ? 4 : 2)
    printf(" %9.3f", measure(k, op, count, broadcast, lanes, table));
  printf("\n");
}

static bool wanted(const char *name, int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    if (strcmp(argv[i], name) == 0) return true;
  return argc < 2;
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--quick") == 0) rounds = 1, argc--, argv++;
  for (int i = 0; i < POINTS; i++) xs[i] = i / 40.0, ys[i] = xs[i] * xs[i];
  struct lookup_table table = {.x = xs, .y = ys, .count = POINTS, .mode = PATH_LINEAR};
  lookup_prepare(&table);
  for (uint32_t i = 0; i < SLOTS; i++) indices[i] = i * 5 % 14;
  printf("%-8s %-9s %4s %9s %9s %9s %9s   ns per element and lane\n", "kernel", "op", "n", "8 lanes", "16", "64",
         "128");
  for (size_t k = 0; kernels[k]; k++)
    for (int op = 0; op < IR_OPS && kernels[k]->available(); op++) {
      if (op == IR_VECTOR || !wanted(op_name(op), argc, argv)) continue;  // its functions differ, and so do their sizes
      line(kernels[k], op, 1, false, &table);
      if (op != IR_LOOKUPY) line(kernels[k], op, VECTORS, false, &table);
      if (op_arity(op) == 2 && op != IR_LOOKUPY && op != IR_RDOT) line(kernels[k], op, VECTORS, true, &table);
    }
  return 0;
}
