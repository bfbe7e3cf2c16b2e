// SPDX-License-Identifier: GPL-3.0-or-later
// Equality of XMILE identifiers (OASIS XMILE 1.0, 3.2.2.2): case does not count, and runs of blanks, no-break spaces,
// newlines (also as \n) and underscores count as one character. Other Unicode spaces are letters like any other.
#include <string.h>
#include <utf8proc.h>

#include "base/text.h"
#include "xmile/xmile_syntax.h"

// The next character of a name, escapes resolved; white space gives '_'. Returns the bytes read.
static size_t next_character(const char *s, size_t size, uint32_t *code) {
  if (s[0] == '\\' && size > 1 && strchr("n\"\\", s[1])) {
    *code = s[1] == 'n' ? '_' : (uint32_t)s[1];
    return 2;
  }
  if (s[0] == '\\' && size > 1 && strchr(" \t\r\n", s[1])) {  // a line continued
    *code = '_';
    return 2;
  }
  size_t n = text_decode(s, size, code);
  if (!n) *code = (unsigned char)s[0], n = 1;
  if (*code == ' ' || *code == '\t' || *code == '\r' || *code == '\n' || *code == 0xA0) *code = '_';
  return n;
}

// By way of the capital, so that the two small forms of one letter (the Greek sigmas) are equal; but I is no form of
// the Turkish dotless one.
static uint32_t fold_case(uint32_t code) {
  return (uint32_t)utf8proc_tolower(code == 0x131 ? 0x131 : utf8proc_toupper((utf8proc_int32_t)code));
}

static const char *spell(struct arena *a, const char *name, bool fold) {
  size_t size = strlen(name), count = 0;
  char *out = arena_alloc(a, 4 * size + 1);  // lower case may be longer
  for (size_t at = 0; at < size;) {
    uint32_t code;
    at += next_character(name + at, size - at, &code);
    if (code == '_' && (count == 0 || out[count - 1] == '_')) continue;
    if (fold) code = fold_case(code);
    count += (size_t)utf8proc_encode_char((utf8proc_int32_t)code, (utf8proc_uint8_t *)out + count);
  }
  while (count && out[count - 1] == '_') count--;
  out[count] = 0;
  return out;
}

const char *xmile_fold(struct arena *a, const char *name) {
  return spell(a, name, true);
}

const char *xmile_name(struct arena *a, const char *name) {
  return spell(a, name, false);
}
