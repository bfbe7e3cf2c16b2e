// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels there are, which one to use, and what does not depend on the instruction set: names, binding, single
// operations on plain numbers. The operations themselves are in kernel_body.c.
#include "kernel/kernel.h"

#include <stdlib.h>
#include <string.h>

extern const struct kernel kernel_generic;
#if defined(__x86_64__)
extern const struct kernel kernel_avx2, kernel_avx512;
#endif

const struct kernel *const kernels[] = {
#if defined(__x86_64__)
    &kernel_avx512, &kernel_avx2,
#endif
    &kernel_generic, NULL};

const struct kernel *kernel_by_name(const char *name) {
  for (size_t i = 0; kernels[i]; i++)
    if (strcmp(kernels[i]->name, name) == 0) return kernels[i]->available() ? kernels[i] : NULL;
  return NULL;
}

const struct kernel *kernel_best(void) {
  const char *name = getenv("SIMULATE_KERNEL");
  const struct kernel *wanted = name ? kernel_by_name(name) : NULL;
  if (wanted) return wanted;
  for (size_t i = 0;; i++)
    if (kernels[i]->available()) return kernels[i];
}

void kernel_bind(const struct kernel *k, struct code *code, uint32_t lanes) {
  for (size_t i = 0; i < code->count; i++) code->items[i].fn = k->select(&code->items[i], lanes);
}

static const struct {
  const char *name;
  unsigned arity;
} ops[IR_OPS] = {
#define OP1(id, name, expression) [IR_##id] = {name, 1},
#define OP2(id, name, expression) [IR_##id] = {name, 2},
#define OP3(id, name, expression) [IR_##id] = {name, 3},
#define OPX(id, name, arity) [IR_##id] = {name, arity},
#include "kernel/op.def"
};

const char *op_name(enum op op) {
  return ops[op].name;
}
unsigned op_arity(enum op op) {
  return ops[op].arity;
}

double kernel_scalar(enum op op, double a, double b, double c) {
  enum { WIDEST = 8, SLOTS = 4 };
  double slab[SLOTS * WIDEST] = {0};
  uint32_t lanes = kernel_generic.vector;
  for (size_t l = 0; l < lanes; l++) {
    slab[lanes + l] = a;
    slab[2 * lanes + l] = b;
    slab[3 * lanes + l] = c;
  }
  struct instruction n = {.a = {.slot = 1, .inner = 1},
                          .b = {.slot = 2, .inner = 1},
                          .c = {.slot = 3, .inner = 1},
                          .outer_count = 1,
                          .inner_count = 1,
                          .op = (uint16_t)op};
  struct kernel_env env = {.bases = {slab}, .lanes = lanes};
  kernel_generic.select(&n, lanes)(&n, &env);
  return slab[0];
}
