// SPDX-License-Identifier: GPL-3.0-or-later
// Heap requests with an injectable failure. Counting is atomic, since sweeps allocate their slabs from threads.
#include "base/mem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static _Atomic unsigned long requests;
static _Atomic unsigned long fail_at;

static bool request_fails(void) {
  unsigned long k = atomic_fetch_add(&requests, 1) + 1;
  unsigned long limit = atomic_load(&fail_at);
  return limit != 0 && k >= limit;
}

void *mem_alloc(size_t size) {
  if (request_fails()) return NULL;
  return calloc(1, size ? size : 1);
}

void *mem_alloc_aligned(size_t size) {
  if (request_fails()) return NULL;
  if (size > SIZE_MAX - 64) return NULL;
  size_t rounded = (size + 63) / 64 * 64;
  void *block = aligned_alloc(64, rounded ? rounded : 64);
  if (block) memset(block, 0, rounded);
  return block;
}

void *mem_resize(void *block, size_t size) {
  if (request_fails()) return NULL;
  return realloc(block, size ? size : 1);
}

void mem_free(void *block) {
  free(block);
}
void mem_free_aligned(void *block) {
  free(block);
}

void mem_fail_at(unsigned long k) {
  atomic_store(&requests, 0);
  atomic_store(&fail_at, k);
}

unsigned long mem_requests(void) {
  return atomic_load(&requests);
}
