// SPDX-License-Identifier: GPL-3.0-or-later
// Code page 1252 by its table for the bytes 80 to 9F; all others are those of ISO 8859-1, whose codes are Unicode's.
#include "base/codepage.h"

#include <stdint.h>

// 0: no character.
static const uint16_t upper[32] = {0x20AC, 0,      0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021,
                                   0x2C6,  0x2030, 0x160,  0x2039, 0x152,  0,      0x17D,  0,
                                   0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                   0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0,      0x17E,  0x178};

static size_t encode(uint32_t c, char *out) {
  if (c < 0x80) return out[0] = (char)c, 1;
  if (c < 0x800) return out[0] = (char)(0xC0 | c >> 6), out[1] = (char)(0x80 | (c & 0x3F)), 2;
  out[0] = (char)(0xE0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 0x3F)), out[2] = (char)(0x80 | (c & 0x3F));
  return 3;
}

const char *codepage_to_utf8(struct arena *a, const char *bytes, size_t size, size_t *result_size) {
  char *text = arena_alloc_array(a, size + 1, 3);
  size_t n = 0;
  for (size_t i = 0; i < size; i++) {
    unsigned char c = (unsigned char)bytes[i];
    uint32_t code = c >= 0x80 && c < 0xA0 ? upper[c - 0x80] : c;
    n += encode(code ? code : 0xFFFD, text + n);
  }
  *result_size = n;
  return text;
}

bool codepage_looks_chinese(const char *bytes, size_t size) {
  size_t pairs = 0, common = 0;
  for (size_t i = 0; i < size; i++) {
    unsigned char lead = (unsigned char)bytes[i], trail = i + 1 < size ? (unsigned char)bytes[i + 1] : 0;
    if (lead < 0x80) continue;
    if (lead < 0xA1 || trail < 0xA1) return false;
    pairs++, common += lead >= 0xB0 && lead <= 0xD7;
    i++;
  }
  return pairs > 1 && 2 * common > pairs;
}
