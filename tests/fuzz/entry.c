// SPDX-License-Identifier: GPL-3.0-or-later
// What all fuzz targets share: an arena for one input, freed also when memory ran out.
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena a;
  jmp_buf oom;
  arena_init(&a, &oom);
  if (!setjmp(oom)) fuzz_one(&a, data, size);
  arena_free(&a);
  return 0;
}
