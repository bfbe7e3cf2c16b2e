// SPDX-License-Identifier: GPL-3.0-or-later
// The batch interpreter: one function per operation and operand shape, compiled once per instruction set from
// kernel_body.c, picked at start. Same bits from every one of them.
#ifndef ENGINE_KERNEL_H
#define ENGINE_KERNEL_H
#include "engine/ir.h"

struct kernel {
  const char *name;             // "avx512", "avx2", "generic"
  uint32_t vector;              // doubles in a register
  bool (*available)(void);      // does this CPU have it?
  // The function for one instruction at a number of lanes; never NULL for a valid op.
  instruction_fn *(*select)(const struct instruction *, uint32_t lanes);
};

extern const struct kernel *const kernels[];  // best first, NULL at the end; "generic" is always available
const struct kernel *kernel_best(void);       // SIMULATE_KERNEL=name in the environment picks another, for tests
const struct kernel *kernel_by_name(const char *name);  // NULL: unknown or not available here

// Sets the functions of a program for a kernel and a number of lanes.
void kernel_bind(const struct kernel *k, struct code *code, uint32_t lanes);
static inline void kernel_run(const struct code *code, const struct kernel_env *env) {
  for (size_t i = 0; i < code->count; i++) code->items[i].fn(&code->items[i], env);
}

const char *op_name(enum op op);
unsigned op_arity(enum op op);

// One operation on plain numbers, through the generic kernel with all its rules: for constant folding.
double kernel_scalar(enum op op, double a, double b, double c);
// Fills uniform and inverse_spacing of a table.
void lookup_prepare(struct lookup_table *t);
// The same rule as LOOKUP, for one number.
double lookup_value(const struct lookup_table *t, double x);

#endif
