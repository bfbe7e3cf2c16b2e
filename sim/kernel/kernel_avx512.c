// SPDX-License-Identifier: GPL-3.0-or-later
// build: -mavx512f -mavx512dq -mavx512vl -mavx2 -mfma
// The kernel for x86 CPUs with AVX-512 (Skylake-SP, Zen 4): eight doubles at a time. Empty elsewhere.
#include "kernel/kernel.h"
#if defined(__x86_64__)
#include "kernel/kernel_body.c"
_Static_assert(VM_WIDTH == 8, "build this file with -mavx512f -mavx512dq -mavx512vl -mavx2 -mfma");

static bool available(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
}

const struct kernel kernel_avx512 = {"avx512", VM_WIDTH, available, select_function};
#endif
