// SPDX-License-Identifier: GPL-3.0-or-later
// Scalars of YAML 1.1 as libyaml reads them. A text is plain only when no rule of YAML could take it for anything else;
// texts of several lines become literal blocks where those keep every byte, everything else goes into double quotes.
#include <math.h>
#include <string.h>

#include "output/yaml_parts.h"

static bool is_control(uint32_t code) {
  return code < 32 || code == 127 || (code >= 0x80 && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
         text_is_hidden(code);
}

static bool has_control(const char *text, bool newlines) {
  uint32_t code;
  for (size_t size = strlen(text), n; size; text += n, size -= n) {
    n = text_decode(text, size, &code);
    if (!n) return true;
    if (is_control(code) && !(newlines && code == '\n')) return true;
  }
  return false;
}

// Words that YAML or its users may take for a value of another type.
static bool is_reserved(const char *text) {
  static const char *const words[] = {"null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE",
                                      "yes",  "Yes",  "YES",  "no",   "No",   "NO",   "on",    "On",    "ON",
                                      "off",  "Off",  "OFF",  "y",    "Y",    "n",    "N",     "~",     "<<"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(words[i], text) == 0) return true;
  return false;
}

static bool is_plain(const char *text, bool flow) {
  size_t size = strlen(text);
  if (!size || is_reserved(text) || has_control(text, false)) return false;
  if (strchr(" ?:,[]{}#&*!|>'\"%@`=", text[0]) || strchr(" :", text[size - 1])) return false;
  if (text[0] == '-' && (!text[1] || strchr(" -", text[1]))) return false;
  if (strncmp(text, "...", 3) == 0) return false;
  return !strstr(text, ": ") && !strstr(text, " #") && !(flow && strpbrk(text, ",[]{}?:"));
}

static void put_quoted(struct text *out, const char *text) {
  uint32_t code;
  text_puts(out, "\"");
  for (size_t size = strlen(text), n; size; text += n, size -= n) {
    n = text_decode(text, size, &code);
    if (code == '"' || code == '\\')
      text_printf(out, "\\%c", (int)code);
    else if (code == '\n')
      text_puts(out, "\\n");
    else if (is_control(code))
      text_printf(out, code < 0x100 ? "\\x%02X" : "\\u%04X", (unsigned)code);
    else
      text_add(out, text, n);
  }
  text_puts(out, "\"");
}

void yaml_put_text(struct yaml_writer *w, const char *text, bool flow) {
  if (is_plain(text, flow))
    text_puts(w->out, text);
  else
    put_quoted(w->out, text);
}

const char *yaml_scalar(struct arena *a, const char *text) {
  if (is_plain(text, true)) return arena_string(a, text);
  struct text quoted = {0};
  put_quoted(&quoted, text);
  bool failed = quoted.failed;
  const char *copy = failed ? NULL : arena_copy(a, quoted.data, quoted.size);
  text_free(&quoted);
  if (failed) arena_fail(a);
  return copy;
}

void yaml_put_key(struct yaml_writer *w, int indent, const char *key) {
  text_printf(w->out, "%*s", indent, "");
  yaml_put_text(w, key, false);
  text_puts(w->out, ":");
}

// A literal block keeps lines that neither begin nor end with a blank, and no empty ones at the ends.
static bool fits_block(const char *text) {
  size_t size = strlen(text);
  if (!size || strchr(" \t\n", text[0]) || strchr(" \t\n", text[size - 1]) || has_control(text, true)) return false;
  if (!strchr(text, '\n')) return false;
  return !strstr(text, " \n");
}

void yaml_put_field(struct yaml_writer *w, int indent, const char *key, const char *text) {
  if (!text) return;
  yaml_put_key(w, indent, key);
  if (!fits_block(text)) {
    text_puts(w->out, " ");
    yaml_put_text(w, text, false);
    text_puts(w->out, "\n");
    return;
  }
  text_puts(w->out, " |-\n");
  while (*text) {
    size_t line = strcspn(text, "\n");
    if (line) text_printf(w->out, "%*s", indent + 2, "");
    text_add(w->out, text, line);
    text_puts(w->out, "\n");
    text += line + (text[line] == '\n');
  }
}

void yaml_put_number(struct yaml_writer *w, double value) {
  char digits[32];
  text_puts(w->out, text_from_number(value, digits));
}

static size_t column(const struct text *out) {
  size_t n = 0;
  while (n < out->size && out->data[out->size - 1 - n] != '\n') n++;
  return n;
}

void yaml_put_item(struct yaml_writer *w, int indent, size_t i, const char *text) {
  if (i) text_puts(w->out, ",");
  if (i && column(w->out) + strlen(text) + 2 > YAML_LINE)
    text_printf(w->out, "\n%*s", indent, "");
  else if (i)
    text_puts(w->out, " ");
  text_puts(w->out, text);
}

void yaml_put_label(struct yaml_writer *w, int indent, const char *key, struct label label, const char *fallback) {
  bool en = label.en && (!fallback || strcmp(label.en, fallback) != 0);
  if (!en && !label.zh) return;
  yaml_put_key(w, indent, key);
  text_puts(w->out, " ");
  if (en && !label.zh) {
    yaml_put_text(w, label.en, false);
  } else {
    text_puts(w->out, "{");
    if (en) text_puts(w->out, "en: "), yaml_put_text(w, label.en, true);
    text_puts(w->out, en ? ", zh: " : "zh: ");
    yaml_put_text(w, label.zh, true);
    text_puts(w->out, "}");
  }
  text_puts(w->out, "\n");
}
