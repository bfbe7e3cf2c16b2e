// SPDX-License-Identifier: GPL-3.0-or-later
// See spool.h. A piece on disk: u32 CRC-32C of what follows, u32 0, u64 leaf, u64 policy, then [cell][64] numbers.
#define _GNU_SOURCE  // O_CLOEXEC
#include "reduce/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pack.h"

#define LANES 64

struct spool {
  char *path;
  int fd;
  uint32_t policies;
  size_t cells;
  bool single;
};

struct piece_head {
  uint32_t crc, zero;
  uint64_t leaf, policy;
};

static size_t data_bytes(const struct spool *s) {
  return s->cells * LANES * (s->single ? sizeof(float) : sizeof(double));
}

size_t spool_scratch_bytes(const struct spool *s) {
  return sizeof(struct piece_head) + data_bytes(s);
}

struct spool *spool_open(const char *path, uint32_t policies, size_t cells, bool single, struct diag *diag) {
  size_t size = strlen(path) + 1;
  struct spool *s = mem_alloc(sizeof *s);
  char *copy = mem_alloc(size);
  if (!s || !copy) {
    mem_free(s);
    mem_free(copy);
    diag_error(diag, NOWHERE, memory);
    return NULL;
  }
  *s = (struct spool){memcpy(copy, path, size), -1, policies, cells, single};
  s->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (s->fd >= 0) return s;
  int reason = errno;
  spool_close(s);
  diag_error(diag, NOWHERE, file_open, path, strerror(reason));
  return NULL;
}

void spool_close(struct spool *s) {
  if (!s) return;
  if (s->fd >= 0) close(s->fd);
  mem_free(s->path);
  mem_free(s);
}

static off_t place(const struct spool *s, uint64_t leaf, uint32_t policy) {
  return (off_t)((leaf * s->policies + policy) * spool_scratch_bytes(s));
}

static bool move_all(const struct spool *s, bool write, void *data, size_t size, off_t at) {
  for (char *bytes = data; size > 0;) {
    ssize_t n = write ? pwrite(s->fd, bytes, size, at) : pread(s->fd, bytes, size, at);
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) errno = write ? ENOSPC : EIO;
    if (n <= 0) return false;
    bytes += n;
    at += n;
    size -= (size_t)n;
  }
  return true;
}

static void copy_piece(const struct spool *s, const double *saved, size_t stride, const uint64_t *keep, void *data) {
  double *wide = data;
  float *narrow = data;
  for (size_t cell = 0; cell < s->cells; cell++)
    for (size_t lane = 0; lane < LANES; lane++) {
      double x = keep[lane] ? saved[cell * stride + lane] : NAN;
      if (s->single)
        *narrow++ = (float)x;
      else
        *wide++ = x;
    }
}

static uint32_t piece_crc(const struct spool *s, const struct piece_head *head) {
  return pack_crc(0, &head->leaf, spool_scratch_bytes(s) - offsetof(struct piece_head, leaf));
}

bool spool_write(const struct spool *s, uint64_t leaf, uint32_t policy, const double *saved, size_t stride,
                 const uint64_t keep[64], void *scratch, struct diag *diag) {
  struct piece_head *head = scratch;
  *head = (struct piece_head){.leaf = leaf, .policy = policy};
  copy_piece(s, saved, stride, keep, head + 1);
  head->crc = piece_crc(s, head);
  if (move_all(s, true, scratch, spool_scratch_bytes(s), place(s, leaf, policy))) return true;
  diag_error(diag, NOWHERE, journal_write, s->path, strerror(errno));
  return false;
}

bool spool_read(const struct spool *s, uint64_t leaf, uint32_t policy, double *out, void *scratch, struct diag *diag) {
  struct piece_head *head = scratch;
  if (!move_all(s, false, scratch, spool_scratch_bytes(s), place(s, leaf, policy))) {
    diag_error(diag, NOWHERE, file_read, s->path, strerror(errno));
    return false;
  }
  if (head->leaf != leaf || head->policy != policy || head->crc != piece_crc(s, head)) {
    diag_error(diag, NOWHERE, spool_corrupt, s->path, (unsigned long long)(leaf * LANES));
    return false;
  }
  const double *wide = (const double *)(head + 1);
  const float *narrow = (const float *)(head + 1);
  for (size_t i = 0; i < s->cells * LANES; i++) out[i] = s->single ? (double)narrow[i] : wide[i];
  return true;
}

bool spool_sync(const struct spool *s, struct diag *diag) {
  if (fdatasync(s->fd) == 0) return true;
  diag_error(diag, NOWHERE, journal_write, s->path, strerror(errno));
  return false;
}
