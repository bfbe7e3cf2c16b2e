// SPDX-License-Identifier: GPL-3.0-or-later
// The batch interpreter: one function per operation and operand shape, compiled once per instruction set from
// kernel_body.c, picked at start. Same bits from every one of them.
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H
#include "kernel/ir.h"

struct kernel {
  const char *name;         // "avx512", "avx2", "generic"
  uint32_t vector;          // doubles in a register
  bool (*available)(void);  // does this CPU have it?
  // The function for one instruction at a number of lanes; never NULL for a valid op. Notes places in the instruction.
  instruction_fn *(*select)(struct instruction *, uint32_t lanes);
};

extern const struct kernel *const kernels[];  // best first, NULL at the end; "generic" is always available
// SIMULATE_KERNEL=name in the environment picks another, for tests; a name that kernel_by_name refuses has no effect,
// so a program that lets users set it asks that first.
const struct kernel *kernel_best(void);
const struct kernel *kernel_by_name(const char *name);  // NULL: unknown or not available here

// Sets the functions of a program for a kernel and a number of lanes.
void kernel_bind(const struct kernel *k, struct code *code, uint32_t lanes);
static inline void kernel_run(const struct code *code, const struct kernel_env *env) {
  for (const struct instruction *n = code->items, *end = n + code->count; n < end; n++) n->fn(n, env);
}

// Whether this CPU has fused multiply-add. Without it SLEEF's functions (log10, sin, ... tanh) come from its `cinz`
// family, whose last digits differ: run-info.json says so.
bool kernel_is_fused(void);
const char *kernel_sleef_version(void);  // as compiled against, "3.5.1"

const char *op_name(enum op op);
unsigned op_arity(enum op op);

// One element-wise operation on plain numbers, through the generic kernel with all its rules: for constant folding and
// sampling. Not for operations that need tables, indices or random numbers.
double kernel_scalar(enum op op, double a, double b, double c);
// Fills uniform and inverse_spacing of a table. count is at least 1; x may hold equal neighbours (a jump: the right
// one counts) except at an end that is to be extrapolated.
void lookup_prepare(struct lookup_table *t);
// The same rule as LOOKUP, for one number.
double lookup_value(const struct lookup_table *t, double x);

#endif
