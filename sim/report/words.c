// SPDX-License-Identifier: GPL-3.0-or-later
// See words.h.
#include "report/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "output/table.h"

static const char *const texts[WORD_COUNT][2] = {
#define W(id, en, zh) {en, zh},
#include "report/words.def"
#undef W
};

static const char *const keys[WORD_COUNT] = {
#define W(id, en, zh) #id,
#include "report/words.def"
#undef W
};

const char *words_text(enum language language, enum word id) {
  return texts[id][language];
}

const char *words_format(struct arena *a, enum language language, enum word id, ...) {
  va_list args;
  va_start(args, id);
  const char *result = arena_vformat(a, texts[id][language], args);
  va_end(args);
  return result;
}

const char *words_key(enum word id) {
  return keys[id];
}

// Thin spaces between thousands (ISO 80000-1): neither comma nor point, which mean opposite things in other places.
static const char *group_thousands(struct arena *a, const char *number) {
  size_t sign = number[0] == '-', digits = strspn(number + sign, "0123456789");
  if (digits < 5) return number;
  const char *grouped = arena_copy(a, number, sign);
  for (size_t i = 0; i < digits; i++)
    grouped = arena_format(a, "%s%s%c", grouped, i && (digits - i) % 3 == 0 ? "\xE2\x80\xAF" : "", number[sign + i]);
  return arena_format(a, "%s%s", grouped, number + sign + digits);
}

const char *words_number(struct arena *a, double value) {
  return group_thousands(a, table_number(a, value));
}

const char *words_percent(struct arena *a, double share) {
  return isfinite(share) ? table_percent(a, share) : "\xE2\x80\x93";
}

const char *words_signed_percent(struct arena *a, double share) {
  return arena_format(a, "%s%s", share > 0 ? "+" : "", words_percent(a, share));
}

const char *words_time(struct arena *a, double time) {
  return isfinite(time) ? arena_format(a, "%.6g", time) : "\xE2\x80\x93";
}

const char *words_unit(const char *unit) {
  return strcmp(unit, "dmnl") == 0 || strcmp(unit, "1") == 0 ? "" : unit;
}

// What HTML, attributes and scripts must not meet as it is.
static const char *html_escape(uint32_t code, char out[16]) {
  switch (code) {
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '&':
      return "&amp;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
  }
  if ((code >= 0x20 && code != 0x7F && !text_is_hidden(code)) || code == '\n' || code == '\t') return NULL;
  snprintf(out, 16, "\\u{%X}", (unsigned)code);
  return out;
}

static const char *script_escape(uint32_t code, char out[16]) {
  bool plain = code >= 0x20 && code < 0x7F && !strchr("<>&\"'\\`", (int)code);
  if (plain || (code > 0x9F && code != 0x2028 && code != 0x2029 && !text_is_hidden(code))) return NULL;
  if (code < 0x10000)
    snprintf(out, 16, "\\u%04X", (unsigned)code);
  else
    snprintf(out, 16, "\\u%04X\\u%04X", (unsigned)(0xD7C0 + (code >> 10)), (unsigned)(0xDC00 + (code & 0x3FF)));
  return out;
}

static void put_escaped(struct text *out, const char *text, const char *(*escape)(uint32_t code, char buffer[16])) {
  size_t left = strlen(text);
  while (left) {
    uint32_t code;
    char buffer[16];
    size_t size = text_decode(text, left, &code);
    if (!size) size = 1, code = 0xFFFD;
    const char *instead = escape(code, buffer);
    if (instead)
      text_puts(out, instead);
    else if (code == 0xFFFD)
      text_puts(out, "\xEF\xBF\xBD");
    else
      text_add(out, text, size);
    text += size;
    left -= size;
  }
}

void words_put_html(struct text *out, const char *text) {
  put_escaped(out, text, html_escape);
}

void words_put_string(struct text *out, const char *text) {
  text_puts(out, "\"");
  put_escaped(out, text, script_escape);
  text_puts(out, "\"");
}

void words_put_number(struct text *out, double value) {
  char number[32];
  text_puts(out, isfinite(value) ? text_from_number(value, number) : "null");
}
