// SPDX-License-Identifier: GPL-3.0-or-later
// UTF-8, widths after Unicode's East Asian Width (the wide blocks, merged), and numbers through strtod in a fixed
// "C" locale object: the program never calls setlocale for LC_NUMERIC, but a library might.
#define _GNU_SOURCE  // newlocale, strtod_l
#include "base/text.h"

#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

size_t text_decode(const char *s, size_t size, uint32_t *code) {
  static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
  const unsigned char *u = (const unsigned char *)s;
  if (!size) return 0;
  size_t length = u[0] < 0x80 ? 1 : u[0] >> 5 == 6 ? 2 : u[0] >> 4 == 14 ? 3 : u[0] >> 3 == 30 ? 4 : 0;
  if (!length || length > size) return 0;
  uint32_t c = length == 1 ? u[0] : u[0] & (0x7Fu >> length);
  for (size_t i = 1; i < length; i++) {
    if (u[i] >> 6 != 2) return 0;
    c = c << 6 | (u[i] & 0x3Fu);
  }
  if (c < smallest[length] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return 0;
  *code = c;
  return length;
}

size_t text_valid_prefix(const char *s, size_t size) {
  size_t at = 0;
  uint32_t code;
  for (;;) {
    while (at < size && (unsigned char)s[at] < 0x80) at++;  // most of most files
    if (at == size) return size;
    size_t length = text_decode(s + at, size - at, &code);
    if (!length) return at;
    at += length;
  }
}

struct range {
  uint32_t first, last;
};
static const struct range wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},
                                    {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},
                                    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
                                    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
static const struct range combining[] = {{0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F},
                                         {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};
static const struct range hidden[] = {
    {0x061C, 0x061C}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2069}, {0xFEFF, 0xFEFF}};

static bool in_ranges(uint32_t code, const struct range *ranges, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (code >= ranges[i].first && code <= ranges[i].last) return true;
  return false;
}
#define IN(code, ranges) in_ranges((code), (ranges), sizeof(ranges) / sizeof(ranges)[0])

bool text_is_hidden(uint32_t code) {
  return IN(code, hidden);
}

char text_unspelled(char c) {
  return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c == ' ' ? '_' : c);
}

bool text_alike(const char *a, const char *b) {
  while (*a && text_unspelled(*a) == text_unspelled(*b)) a++, b++;
  return !*a && !*b;
}

size_t text_width(const char *s) {
  size_t width = 0, size = strlen(s);
  while (size) {
    uint32_t code = 0;
    size_t length = text_decode(s, size, &code);
    if (!length) length = 1, code = '?';
    width += IN(code, wide) ? 2 : IN(code, combining) ? 0 : 1;
    s += length, size -= length;
  }
  return width;
}

static locale_t c_locale(void) {
  static _Atomic(locale_t) kept;  // made once; two threads at once would only make it twice
  locale_t locale = kept;
  if (!locale) kept = locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  return locale;
}

bool text_to_number(const char *s, size_t size, double *value) {
  char buffer[400];
  if (!size || size >= sizeof buffer) return false;
  bool digit = false;
  for (size_t i = 0; i < size; i++) {
    if (!strchr("0123456789.eE+-", s[i]) || !s[i]) return false;
    digit = digit || (s[i] >= '0' && s[i] <= '9');
  }
  if (!digit) return false;
  memcpy(buffer, s, size);
  buffer[size] = 0;
  char *end;
  double result = strtod_l(buffer, &end, c_locale());
  if (end != buffer + size || !isfinite(result)) return false;
  *value = result;
  return true;
}

const char *text_from_number(double value, char out[32]) {
  if (isnan(value)) return strcpy(out, "nan");  // never "-nan": the sign of a NaN differs between processors
  if (fabs(value) < 1e15 && value == trunc(value) && (value != 0 || !signbit(value))) {
    snprintf(out, 32, "%lld", (long long)value);  // most numbers of result files are years, counts and zeros
    return out;
  }
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(out, 32, "%.*g", digits, value);
    for (char *c = out; *c; c++)
      if (*c == ',') *c = '.';
    if (digits == 17 || strtod_l(out, NULL, c_locale()) == value) break;
  }
  return out;
}

static bool reserve(struct text *t, size_t more) {
  size_t need;
  if (t->failed || __builtin_add_overflow(t->size, more + 1, &need)) return !(t->failed = true);
  if (need <= t->capacity) return true;
  size_t capacity = t->capacity ? t->capacity : 256;
  while (capacity < need) capacity = capacity > SIZE_MAX / 2 ? need : capacity * 2;
  char *larger = mem_resize(t->data, capacity);
  if (!larger) return !(t->failed = true);
  t->data = larger;
  t->capacity = capacity;
  return true;
}

void text_add(struct text *t, const char *s, size_t size) {
  if (!reserve(t, size)) return;
  if (size) memcpy(t->data + t->size, s, size);
  t->size += size;
  t->data[t->size] = 0;
}

void text_puts(struct text *t, const char *s) {
  text_add(t, s, strlen(s));
}

void text_printf(struct text *t, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int size = vsnprintf(NULL, 0, format, args);
  if (size < 0) t->failed = true;
  if (size >= 0 && reserve(t, (size_t)size)) {
    vsnprintf(t->data + t->size, (size_t)size + 1, format, again);
    t->size += (size_t)size;
  }
  va_end(again);
  va_end(args);
}

void text_pad(struct text *t, const char *s, int columns) {
  size_t width = text_width(s), field = (size_t)abs(columns);
  size_t blanks = field > width ? field - width : 0;
  if (columns > 0) text_puts(t, s);
  for (size_t i = 0; i < blanks; i++) text_add(t, " ", 1);
  if (columns <= 0) text_puts(t, s);
}

void text_free(struct text *t) {
  mem_free(t->data);
  *t = (struct text){0};
}
