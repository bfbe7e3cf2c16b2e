// SPDX-License-Identifier: GPL-3.0-or-later
// Reads files whole, refuses what is not text, and turns byte offsets into lines and columns on demand (errors are
// rare; an index of lines is not worth keeping).
#include "base/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/text.h"

// `text` is the arena's copy.
static struct source *check_text(struct arena *a, const char *path, const char *text, size_t size, struct diag *diag) {
  if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3, size -= 3;
  struct source *s = arena_new(a, struct source);
  *s = (struct source){.path = arena_string(a, path), .text = text, .size = size};
  if (size >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0)) {
    diag_error(diag, NOWHERE, file_utf16, path);
    return NULL;
  }
  const char *nul = memchr(text, 0, size);
  if (nul) {
    diag_error(diag, ((struct span){s, (uint32_t)(nul - text), 1}), file_nul);
    return NULL;
  }
  size_t valid = text_valid_prefix(text, size);
  if (valid < size) {
    diag_error(diag, ((struct span){s, (uint32_t)valid, 1}), file_encoding);
    return NULL;
  }
  return s;
}

struct source *source_from_text(struct arena *a, const char *path, const char *text, size_t size, struct diag *diag) {
  return check_text(a, path, arena_copy(a, text, size), size, diag);
}

// Reads at most limit + 1 bytes, so that a file too large is seen without reading it all.
static char *read_bytes(FILE *file, size_t limit, size_t *size) {
  size_t capacity = 65536;
  char *data = mem_alloc(capacity);
  *size = 0;
  while (data) {
    size_t wanted = capacity - *size;
    if (wanted > limit + 1 - *size) wanted = limit + 1 - *size;
    size_t got = fread(data + *size, 1, wanted, file);
    *size += got;
    if (got < wanted || *size > limit) break;
    char *larger = mem_resize(data, capacity *= 2);
    if (!larger) mem_free(data);
    data = larger;
  }
  return data;
}

// Moves a heap block into the arena; the block is released also when the arena jumps.
static const char *move_to_arena(struct arena *a, char *const data, size_t size) {
  jmp_buf *const outer = a->oom;
  jmp_buf here;
  if (setjmp(here)) {
    a->oom = outer;
    mem_free(data);
    arena_fail(a);
  }
  a->oom = &here;
  const char *text = arena_copy(a, data, size);
  a->oom = outer;
  mem_free(data);
  return text;
}

static FILE *open_file(const char *path, struct diag *diag) {
  struct stat info;
  if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
    diag_error(diag, NOWHERE, file_directory, path);
    return NULL;
  }
  // Without waiting, or a pipe that nobody writes to would be waited for; what is open is read in the usual way.
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  FILE *file = NULL;
  if (fd >= 0 && fcntl(fd, F_SETFL, 0) == 0) file = fdopen(fd, "rb");
  if (file) return file;
  diag_error(diag, NOWHERE, file_open, path, strerror(errno));
  if (fd >= 0) close(fd);
  return NULL;
}

const char *source_bytes(struct arena *a, const char *path, size_t limit, size_t *size, struct diag *diag) {
  FILE *file = open_file(path, diag);
  if (!file) return NULL;
  errno = 0;
  char *data = read_bytes(file, limit, size);
  bool failed = ferror(file);
  int reason = errno;
  fclose(file);
  if (!data) arena_fail(a);
  if (!failed && *size <= limit) return move_to_arena(a, data, *size);
  mem_free(data);
  if (failed)
    diag_error(diag, NOWHERE, file_read, path, strerror(reason));
  else
    diag_error(diag, NOWHERE, file_size, path, limit);
  return NULL;
}

bool source_is_plain(const char *path, size_t limit) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= (off_t)limit;
}

struct source *source_read(struct arena *a, const char *path, size_t limit, struct diag *diag) {
  size_t size;
  const char *text = source_bytes(a, path, limit, &size, diag);
  return text ? check_text(a, path, text, size, diag) : NULL;
}

struct place source_place(const struct source *s, uint32_t at) {
  if (at > s->size) at = (uint32_t)s->size;
  struct place p = {.line = 1, .column = 1, .line_text = s->text};
  for (uint32_t i = 0; i < at; i++)
    if (s->text[i] == '\n') p.line++, p.line_text = s->text + i + 1;
  for (const char *c = p.line_text; c < s->text + at; c++)
    if (((unsigned char)*c & 0xC0) != 0x80) p.column++;
  while (p.line_text + p.line_size < s->text + s->size && p.line_text[p.line_size] != '\n') p.line_size++;
  if (p.line_size && p.line_text[p.line_size - 1] == '\r') p.line_size--;
  return p;
}

char *source_sibling(struct arena *a, const char *of, const char *path) {
  const char *slash = strrchr(of, '/');
  if (path[0] == '/' || !slash) return arena_string(a, path);
  return arena_format(a, "%.*s/%s", (int)(slash - of), of, path);
}
