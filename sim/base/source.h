// SPDX-License-Identifier: GPL-3.0-or-later
// Text files as they were read, and places in them. A span is what every later stage carries to be able to say
// file:line:col and show the line with a caret.
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct diag;

struct source {
  const char *path;  // as shown to the user
  const char *text;  // NUL-terminated, valid UTF-8, no NUL inside, no byte order mark
  size_t size;
};

// A run of bytes in a source; source NULL means "no place".
struct span {
  const struct source *source;
  uint32_t at, size;
};

#define NOWHERE ((struct span){NULL, 0, 0})

// Reads a whole file of at most `limit` bytes. Refuses directories, NUL bytes and broken UTF-8, and says where.
// NULL after an error in `diag`. The path is copied.
struct source *source_read(struct arena *a, const char *path, size_t limit, struct diag *diag);
// The bytes of a file as they are, in the arena, with a NUL behind: for files that are not UTF-8.
const char *source_bytes(struct arena *a, const char *path, size_t limit, size_t *size, struct diag *diag);
// A regular file of at most so many bytes: what a library may open by its name.
bool source_is_plain(const char *path, size_t limit);
// A source from memory (tests, command-line options); the text is copied and checked as a file is.
struct source *source_from_text(struct arena *a, const char *path, const char *text, size_t size, struct diag *diag);

// Line and column (both from 1; the column counts characters) of a byte.
struct place {
  uint32_t line, column;
  const char *line_text;  // start of the line; runs to the next newline
  size_t line_size;
};
struct place source_place(const struct source *s, uint32_t at);

// A path beside another file: joined to its folder. Absolute paths stay.
char *source_sibling(struct arena *a, const char *of, const char *path);

#endif
