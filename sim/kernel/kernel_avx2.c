// SPDX-License-Identifier: GPL-3.0-or-later
// build: -mavx2 -mfma
// The kernel for x86 CPUs since 2013 (Haswell, Zen): four doubles at a time. Empty elsewhere.
#include "kernel/kernel.h"
#if defined(__x86_64__)
#include "kernel/kernel_body.c"
_Static_assert(VM_WIDTH == 4, "build this file with -mavx2 -mfma");

static bool available(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

const struct kernel kernel_avx2 = {"avx2", VM_WIDTH, available, select_function};
#endif
