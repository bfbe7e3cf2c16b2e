// SPDX-License-Identifier: GPL-3.0-or-later
// build: (no flags of its own)
// The kernel for any CPU: the compiler's basic instruction set, two doubles at a time, and the exact fma of the C
// library where the hardware has none. Slow, and right: the same bits as the others.
#include "kernel/kernel_body.c"

static bool available(void) {
  return true;
}

const struct kernel kernel_generic = {"generic", VM_WIDTH, available, select_function};
bool kernel_is_fused(void) {
  return VM_FUSED;
}
