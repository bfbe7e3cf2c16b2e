// SPDX-License-Identifier: GPL-3.0-or-later
// The one door to the heap. All memory of the program comes through here, so that a test can make the k-th request
// fail (mem_fail_at) and see that every stage ends cleanly.
#ifndef BASE_MEM_H
#define BASE_MEM_H
#include <stddef.h>

// Zeroed memory, aligned for any type; NULL when there is none. size 0 gives a unique pointer.
void *mem_alloc(size_t size);
// Zeroed memory aligned to 64 bytes (a cache line, a vector register); released with mem_free_aligned.
void *mem_alloc_aligned(size_t size);
// As realloc(3); the added bytes are not zeroed. On failure the old block stays.
void *mem_resize(void *block, size_t size);
void mem_free(void *block);
void mem_free_aligned(void *block);

// For tests: the k-th request from now on fails (1 is the next), and every later one too; 0 turns it off.
void mem_fail_at(unsigned long k);
// Requests since the last mem_fail_at.
unsigned long mem_requests(void);

#endif
