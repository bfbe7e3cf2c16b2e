// SPDX-License-Identifier: GPL-3.0-or-later
// Feeds files to a fuzz target without libFuzzer: the corpus, with every crash once found, is an ordinary test under
// any compiler. Takes file names; a crash or a sanitizer report is the failure.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    return 1;
  }
  size_t size = 0, capacity = 1 << 20;
  uint8_t *data = malloc(capacity);
  while (data) {
    size += fread(data + size, 1, capacity - size, file);
    if (size < capacity) break;
    uint8_t *larger = realloc(data, capacity *= 2);
    if (!larger) free(data);
    data = larger;
  }
  int failed = !data || ferror(file);
  fclose(file);
  if (!failed) {
    uint8_t *exact = realloc(data, size ? size : 1);  // a read past the end must be seen
    if (exact) data = exact;
    LLVMFuzzerTestOneInput(data, size);
  }
  free(data);
  return failed;
}

int main(int argc, char **argv) {
  int failures = 0;
  for (int i = 1; i < argc; i++) failures += replay(argv[i]);
  printf("%d inputs replayed, %d unreadable\n", argc - 1, failures);
  return failures > 0;
}
