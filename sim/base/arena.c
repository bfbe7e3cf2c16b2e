// SPDX-License-Identifier: GPL-3.0-or-later
// A chain of blocks, each twice the last up to 1 MiB; requests move one pointer.
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

struct arena_block {
  struct arena_block *next;
  size_t size;
};

enum { HEADER = 32, FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20, ALIGNMENT = 16 };

static bool each_its_block;

void arena_tight(bool tight) {
  each_its_block = tight;
}

void arena_init(struct arena *a, jmp_buf *oom) {
  *a = (struct arena){.oom = oom};
}

void arena_free(struct arena *a) {
  while (a->blocks) {
    struct arena_block *next = a->blocks->next;
    mem_free(a->blocks);
    a->blocks = next;
  }
  a->free = a->end = NULL;
}

_Noreturn void arena_fail(struct arena *a) {
  longjmp(*a->oom, 1);
}

static void add_block(struct arena *a, size_t need) {
  size_t size = a->blocks ? a->blocks->size * 2 : FIRST_BLOCK;
  if (size > LARGEST_BLOCK) size = LARGEST_BLOCK;
  if (size < need || each_its_block) size = need;
  if (size > SIZE_MAX - HEADER) arena_fail(a);
  struct arena_block *block = mem_alloc(size + HEADER);
  if (!block) arena_fail(a);
  block->next = a->blocks;
  block->size = size;
  a->blocks = block;
  a->free = (char *)block + HEADER;
  a->end = a->free + size;
}

void *arena_alloc(struct arena *a, size_t size) {
  if (size > SIZE_MAX - ALIGNMENT) arena_fail(a);
  size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if ((size_t)(a->end - a->free) < size || !a->free) add_block(a, size ? size : ALIGNMENT);
  void *result = a->free;  // blocks come zeroed and are never reused
  a->free += size;
  return result;
}

void *arena_alloc_array(struct arena *a, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) arena_fail(a);
  return arena_alloc(a, bytes);
}

void *arena_grow(struct arena *a, const void *old, size_t old_count, size_t new_count, size_t size) {
  void *result = arena_alloc_array(a, new_count, size);
  if (old_count) memcpy(result, old, old_count * size);
  return result;
}

char *arena_copy(struct arena *a, const char *text, size_t size) {
  if (size == SIZE_MAX) arena_fail(a);
  char *result = arena_alloc(a, size + 1);
  if (size) memcpy(result, text, size);
  return result;
}

char *arena_string(struct arena *a, const char *text) {
  return arena_copy(a, text, strlen(text));
}

char *arena_vformat(struct arena *a, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int size = vsnprintf(NULL, 0, format, args);
  char *result = size < 0 ? arena_string(a, "") : arena_alloc(a, (size_t)size + 1);
  if (size >= 0) vsnprintf(result, (size_t)size + 1, format, again);
  va_end(again);
  return result;
}

char *arena_format(struct arena *a, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char *result = arena_vformat(a, format, args);
  va_end(args);
  return result;
}
