// SPDX-License-Identifier: GPL-3.0-or-later
// Memory that lives and dies together. A model, its checked form and its program each own one arena; freeing the arena
// frees everything at once. arena_alloc never returns NULL: when the heap is empty it jumps to the place that the
// owner armed (`oom`), so that compile stages need no check after each request. A function that holds something outside
// the arena (a FILE, a libyaml parser) arms its own place, releases, and jumps on with arena_fail.
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena_block;
struct arena {
  struct arena_block *blocks;
  char *free, *end;
  jmp_buf *oom;  // where to go when the heap is empty; must be armed before the first request
};

// An empty arena; `oom` must outlive it or be replaced (a->oom = ...).
void arena_init(struct arena *a, jmp_buf *oom);
void arena_free(struct arena *a);
// Jumps to a->oom.
_Noreturn void arena_fail(struct arena *a);
void arena_tight(bool tight);  // for tests: every request has a block of its own, so that each can be made to fail

// Zeroed memory, aligned to 16 bytes.
void *arena_alloc(struct arena *a, size_t size);
// count * size with the product checked.
void *arena_alloc_array(struct arena *a, size_t count, size_t size);
// A larger copy of an arena array: for growing lists. The old one stays until the arena dies.
void *arena_grow(struct arena *a, const void *old, size_t old_count, size_t new_count, size_t size);
char *arena_copy(struct arena *a, const char *text, size_t size);  // NUL-terminated copy
char *arena_string(struct arena *a, const char *text);
char *arena_format(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vformat(struct arena *a, const char *format, va_list args);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, count) ((type *)arena_alloc_array((a), (count), sizeof(type)))

// Appends to a list {type *items; size_t count, capacity;} kept in the arena: *list_push(a, &list) = item;
#define list_push(a, list)                                                                                             \
  (*((list)->count == (list)->capacity                                                                                 \
         ? ((list)->items = arena_grow((a), (list)->items, (list)->count, (list)->capacity ? (list)->capacity * 2 : 8, \
                                       sizeof *(list)->items),                                                         \
            (list)->capacity = (list)->capacity ? (list)->capacity * 2 : 8, &(list)->items[(list)->count++])           \
         : &(list)->items[(list)->count++]))
#define LIST(...)           \
  struct {                  \
    __VA_ARGS__ *items;     \
    size_t count, capacity; \
  }

#endif
