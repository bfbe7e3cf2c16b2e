// SPDX-License-Identifier: GPL-3.0-or-later
// Collects messages in an arena and prints them with the source line and a caret.
#include "base/diag.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

static const struct {
  enum exit_code exit;
  const char *hint;
} table[ERROR_COUNT] = {
#define E(id, exit, text, hint) {exit, hint},
#include "base/error.def"
#undef E
};

void diag_init(struct diag *d, struct arena *a) { *d = (struct diag){.arena = a}; }

void diag_add(struct diag *d, enum severity severity, enum error_id id, struct span at, const char *format, ...) {
  if (severity == SEVERITY_ERROR && d->errors++ == 0) d->exit = table[id].exit;
  if (severity == SEVERITY_WARNING) d->warnings++;
  if (d->messages.count > LIMIT_MESSAGES) return;  // one more than is printed, so that hints have a home
  va_list args;
  va_start(args, format);
  char *text = arena_vformat(d->arena, format, args);
  va_end(args);
  list_push(d->arena, &d->messages) =
      (struct message){.severity = severity, .id = id, .at = at, .text = text, .hint = table[id].hint};
}

void diag_hint(struct diag *d, const char *format, ...) {
  if (!d->messages.count) return;
  va_list args;
  va_start(args, format);
  d->messages.items[d->messages.count - 1].hint = arena_vformat(d->arena, format, args);
  va_end(args);
}

void diag_note(struct diag *d, struct span at, const char *format, ...) {
  if (!d->messages.count) return;
  va_list args;
  va_start(args, format);
  list_push(d->arena, &d->messages.items[d->messages.count - 1].notes) =
      (struct note){at, arena_vformat(d->arena, format, args)};
  va_end(args);
}

void diag_did_you_mean(struct diag *d, const char *near) {
  if (near) diag_hint(d, "did you mean '%s'?", near);
}

enum { SHOWN_LINE = 160 };

// One line of untrusted text: control and hidden characters become escapes, so that a file cannot drive a terminal.
static void put_safe(FILE *out, const char *s, size_t size) {
  while (size) {
    uint32_t code = 0;
    size_t length = text_decode(s, size, &code);
    if (!length) length = 1, code = 0xFFFD;
    if (code == '\t')
      fputc(' ', out);
    else if (code < 32 || code == 127 || (code >= 0x80 && code < 0xA0) || text_is_hidden(code))
      fprintf(out, "\\u%04x", (unsigned)code);
    else if (code == 0xFFFD)
      fputs("\xEF\xBF\xBD", out);
    else
      fwrite(s, 1, length, out);
    s += length, size -= length;
  }
}

static void put_text(FILE *out, const char *s) {
  for (const char *line = s;; line++) {
    size_t size = strcspn(line, "\n");
    put_safe(out, line, size);
    line += size;
    if (!*line) break;
    fputs("\n  ", out);
  }
}

static void put_caret(FILE *out, const struct place *p, uint32_t size) {
  const char *line = p->line_text;
  size_t before = 0, shown = p->line_size;
  for (uint32_t column = 1; column < p->column && before < p->line_size; column++) {
    uint32_t code;
    size_t length = text_decode(line + before, p->line_size - before, &code);
    before += length ? length : 1;
  }
  size_t skip = 0;  // long lines (a flow mapping of 50 kB) are shown around the caret
  if (shown > SHOWN_LINE) {
    skip = before > SHOWN_LINE / 2 ? before - SHOWN_LINE / 2 : 0;
    while (skip && skip < p->line_size && ((unsigned char)line[skip] & 0xC0) == 0x80) skip++;
    shown = p->line_size - skip > SHOWN_LINE ? SHOWN_LINE : p->line_size - skip;
    while (shown && ((unsigned char)line[skip + shown] & 0xC0) == 0x80) shown--;
  }
  fprintf(out, "%6u | ", p->line);
  put_safe(out, line + skip, shown);
  fputs("\n       | ", out);
  char prefix[4 * SHOWN_LINE + 8];
  size_t prefix_size = before - skip < sizeof prefix - 1 ? before - skip : sizeof prefix - 1;
  memcpy(prefix, line + skip, prefix_size);
  prefix[prefix_size] = 0;
  for (size_t i = text_width(prefix); i > 0; i--) fputc(' ', out);
  fputc('^', out);
  size_t rest = p->line_size - before;
  if (size > rest) size = (uint32_t)rest;
  for (uint32_t i = 1; i < size && i < SHOWN_LINE / 2; i++)
    if (((unsigned char)line[before + i] & 0xC0) != 0x80) fputc('~', out);
  fputc('\n', out);
}

static void put_place(FILE *out, struct span at, const char *kind, const char *text) {
  if (!at.source) {
    fprintf(out, "simulate: %s: ", kind);
    put_text(out, text);
    fputc('\n', out);
    return;
  }
  struct place p = source_place(at.source, at.at);
  put_text(out, at.source->path);
  fprintf(out, ":%u:%u: %s: ", p.line, p.column, kind);
  put_text(out, text);
  fputc('\n', out);
  put_caret(out, &p, at.size ? at.size : 1);
}

void diag_print(const struct diag *d, FILE *out) {
  size_t shown = d->messages.count < LIMIT_MESSAGES ? d->messages.count : LIMIT_MESSAGES;
  for (size_t i = 0; i < shown; i++) {
    const struct message *m = &d->messages.items[i];
    put_place(out, m->at, m->severity == SEVERITY_ERROR ? "error" : "warning", m->text);
    for (size_t j = 0; j < m->notes.count; j++) put_place(out, m->notes.items[j].at, "note", m->notes.items[j].text);
    if (m->hint) {
      fputs("       = ", out);
      put_text(out, m->hint);
      fputc('\n', out);
    }
  }
  size_t all = d->errors + d->warnings;
  if (all > shown) fprintf(out, "... and %zu more\n", all - shown);
}
