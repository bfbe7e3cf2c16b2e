// SPDX-License-Identifier: GPL-3.0-or-later
// See pack.h. Doubles are copied as they lie in memory: the program runs on little-endian machines with IEEE doubles
// only, which is asserted here. The checksum is table-driven, eight bytes at a time ("slicing by 8", Kounavis and
// Berry, A Systematic Approach to Building High Performance Software-based CRC Generators, 2005): fast without special
// instructions.
#include "base/pack.h"

#include <pthread.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "packed numbers are little-endian");
_Static_assert(sizeof(double) == 8, "packed numbers are IEEE doubles");

void pack_count(struct text *out, uint64_t n) {
  char bytes[10];
  size_t size = 0;
  for (; n >= 128; n >>= 7) bytes[size++] = (char)(n | 128);
  bytes[size++] = (char)n;
  text_add(out, bytes, size);
}

void pack_counts(struct text *out, const uint32_t *n, size_t count) {
  char bytes[320];
  for (size_t i = 0, size = 0; i < count; i++) {
    uint32_t x = n[i];
    for (; x >= 128; x >>= 7) bytes[size++] = (char)(x | 128);
    bytes[size++] = (char)x;
    if (size > sizeof bytes - 5 || i + 1 == count) {
      text_add(out, bytes, size);
      size = 0;
    }
  }
}

void pack_signed(struct text *out, int64_t n) {
  pack_count(out, ((uint64_t)n << 1) ^ (uint64_t)(n >> 63));
}

void pack_bytes(struct text *out, const void *bytes, size_t size) {
  text_add(out, bytes, size);
}

void pack_numbers(struct text *out, const double *x, size_t count) {
  text_add(out, (const char *)x, count * sizeof *x);
}

uint64_t pack_read_count(struct pack_reader *r) {
  uint64_t n = 0;
  for (unsigned shift = 0; r->at < r->end && shift < 64; shift += 7) {
    unsigned char byte = *r->at++;
    if (shift == 63 && byte > 1) break;
    n |= (uint64_t)(byte & 127) << shift;
    if (byte < 128) return n;
  }
  r->failed = true;
  r->at = r->end;
  return 0;
}

uint64_t pack_read_bounded(struct pack_reader *r, uint64_t most) {
  uint64_t n = pack_read_count(r);
  if (n <= most) return n;
  r->failed = true;
  return 0;
}

// Most counts take one byte: while all of eight do, they are taken together.
static size_t read_small(struct pack_reader *r, uint32_t *n, size_t count) {
  size_t i = 0;
  for (uint64_t bytes; count - i >= 8 && r->end - r->at >= 8; i += 8, r->at += 8) {
    memcpy(&bytes, r->at, sizeof bytes);
    if (bytes & 0x8080808080808080u) break;
    for (size_t b = 0; b < 8; b++) n[i + b] = r->at[b];
  }
  return i;
}

void pack_read_counts(struct pack_reader *r, uint32_t *n, size_t count) {
  for (size_t i = 0; i < count;) {
    i += read_small(r, n + i, count - i);
    for (size_t next = i + 8 < count ? i + 8 : count; i < next; i++) n[i] = (uint32_t)pack_read_bounded(r, UINT32_MAX);
  }
}

int64_t pack_read_signed(struct pack_reader *r) {
  uint64_t n = pack_read_count(r);
  return (int64_t)(n >> 1) ^ -(int64_t)(n & 1);
}

const unsigned char *pack_read_bytes(struct pack_reader *r, size_t size) {
  if (r->failed || (size_t)(r->end - r->at) < size) {
    r->failed = true;
    return NULL;
  }
  const unsigned char *bytes = r->at;
  r->at += size;
  return bytes;
}

void pack_read_numbers(struct pack_reader *r, double *x, size_t count) {
  const unsigned char *bytes = count <= SIZE_MAX / sizeof *x ? pack_read_bytes(r, count * sizeof *x) : NULL;
  if (bytes)
    memcpy(x, bytes, count * sizeof *x);
  else
    r->failed = true;
}

static uint32_t crc_table[8][256];

// The Castagnoli polynomial 0x1EDC6F41, reflected (RFC 3720, appendix B.4).
static void make_crc_table(void) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int bit = 0; bit < 8; bit++) c = c & 1 ? c >> 1 ^ 0x82F63B78u : c >> 1;
    crc_table[0][i] = c;
  }
  for (uint32_t i = 0; i < 256; i++)
    for (int k = 1; k < 8; k++) crc_table[k][i] = crc_table[k - 1][i] >> 8 ^ crc_table[0][crc_table[k - 1][i] & 255];
}

uint32_t pack_crc(uint32_t crc, const void *bytes, size_t size) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_crc_table);
  const unsigned char *b = bytes;
  crc = ~crc;
  for (; size >= 8; size -= 8, b += 8) {
    uint64_t word;
    memcpy(&word, b, 8);
    word ^= crc;
    crc = 0;
    for (int k = 0; k < 8; k++) crc ^= crc_table[7 - k][word >> 8 * k & 255];
  }
  for (; size > 0; size--, b++) crc = crc >> 8 ^ crc_table[0][(crc ^ *b) & 255];
  return ~crc;
}
