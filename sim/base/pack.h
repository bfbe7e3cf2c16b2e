// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers to bytes and back, for the journal and for states sent between processes. Little-endian and explicit, so that
// a journal moves between machines; counts as variable-length integers, since most of a sketch's counts are small. The
// reader never trusts the bytes: past the end, or on a number that cannot be, it sets `failed` and yields zeros, and
// the caller checks once at the end. Knows nothing of what the bytes mean.
#ifndef BASE_PACK_H
#define BASE_PACK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

// Writers append to a growing buffer; text.failed tells of memory running out.
void pack_count(struct text *out, uint64_t n);                        // 1 byte for n < 128
void pack_counts(struct text *out, const uint32_t *n, size_t count);  // each as pack_count
void pack_signed(struct text *out, int64_t n);                        // zigzag
void pack_numbers(struct text *out, const double *x, size_t count);
void pack_bytes(struct text *out, const void *bytes, size_t size);

struct pack_reader {
  const unsigned char *at, *end;
  bool failed;
};
uint64_t pack_read_count(struct pack_reader *r);
// A count that may be at most `most`; fails the reader above it.
uint64_t pack_read_bounded(struct pack_reader *r, uint64_t most);
void pack_read_counts(struct pack_reader *r, uint32_t *n, size_t count);  // as pack_counts wrote; 0 where it fails
int64_t pack_read_signed(struct pack_reader *r);
void pack_read_numbers(struct pack_reader *r, double *x, size_t count);
// The next `size` bytes in place, or NULL.
const unsigned char *pack_read_bytes(struct pack_reader *r, size_t size);

// CRC-32C (Castagnoli) of bytes, continuing from `crc` (0 to start).
uint32_t pack_crc(uint32_t crc, const void *bytes, size_t size);

#endif
