// SPDX-License-Identifier: GPL-3.0-or-later
// Small services on UTF-8 text: validation, terminal width, numbers without the locale, and a growing buffer.
#ifndef BASE_TEXT_H
#define BASE_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Decodes one character; returns its bytes, 0 when the sequence is broken (overlong, surrogate, past U+10FFFF).
size_t text_decode(const char *s, size_t size, uint32_t *code);
// The first byte that is not valid UTF-8, or size.
size_t text_valid_prefix(const char *s, size_t size);
// A byte of a name without regard to how it is spelled: ASCII letters small, a blank as an underscore.
char text_unspelled(char c);
// The same name, whatever the case of ASCII letters, with blanks or underscores?
bool text_alike(const char *a, const char *b);
// Terminal columns: 2 for East Asian wide and fullwidth characters, 0 for combining marks, else 1.
size_t text_width(const char *s);
// Bidirectional controls and other characters that make text look like what it is not.
bool text_is_hidden(uint32_t code);

// A decimal number that fills the whole text, read as in the C locale whatever the environment says: digits,
// point, exponent, sign. Refuses hexadecimal, inf, nan, empty text and anything left over.
bool text_to_number(const char *s, size_t size, double *value);
// The shortest of %.15g, %.16g, %.17g that reads back as the same number. `out` holds at least 32 bytes.
const char *text_from_number(double value, char out[32]);

// A buffer on the heap; `failed` is set (and the content kept) when memory runs out. Zero it to start.
struct text {
  char *data;
  size_t size, capacity;
  bool failed;
};
void text_add(struct text *t, const char *s, size_t size);
void text_puts(struct text *t, const char *s);
void text_printf(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Appends s padded with blanks to `columns` terminal columns; right-aligned when columns is negative.
void text_pad(struct text *t, const char *s, int columns);
void text_free(struct text *t);

#endif
