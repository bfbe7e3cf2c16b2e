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

void diag_init(struct diag *d, struct arena *a) {
  *d = (struct diag){.arena = a};
}

void diag_add(struct diag *d, enum severity severity, enum error_id id, struct span at, const char *format, ...) {
  if (severity == SEVERITY_ERROR && d->errors == 0) d->exit = table[id].exit;
  size_t *seen = severity == SEVERITY_ERROR ? &d->errors : &d->warnings;
  d->dropped = (*seen)++ >= (d->most ? d->most : LIMIT_MESSAGES);
  if (d->dropped) return;
  va_list args;
  va_start(args, format);
  char *text = arena_vformat(d->arena, format, args);
  va_end(args);
  list_push(d->arena, &d->messages) = (struct message){
      .severity = severity, .id = id, .at = at, .text = text, .hint = table[id].hint, .subject = d->subject};
}

static struct message *last_message(struct diag *d) {
  return d->dropped || !d->messages.count ? NULL : &d->messages.items[d->messages.count - 1];
}

void diag_hint(struct diag *d, const char *format, ...) {
  struct message *message = last_message(d);
  if (!message) return;
  va_list args;
  va_start(args, format);
  message->hint = arena_vformat(d->arena, format, args);
  va_end(args);
}

void diag_note(struct diag *d, struct span at, const char *format, ...) {
  struct message *message = last_message(d);
  if (!message) return;
  va_list args;
  va_start(args, format);
  const char *text = arena_vformat(d->arena, format, args);
  va_end(args);
  list_push(d->arena, &message->notes) = (struct note){at, text};
}

void diag_did_you_mean(struct diag *d, const char *near) {
  if (near) diag_hint(d, "did you mean '%s'?", near);
}

// ---- order

struct placed {
  struct message message;
  int file;  // 0 the first, 1 another, 2 none
  size_t order;
};

static int by_place(const void *a, const void *b) {
  const struct placed *x = a, *y = b;
  if (x->file != y->file) return x->file < y->file ? -1 : 1;
  if (!x->file && x->message.at.at != y->message.at.at) return x->message.at.at < y->message.at.at ? -1 : 1;
  return x->order < y->order ? -1 : x->order > y->order;
}

static bool says_same(const struct message *a, const struct message *b) {
  return a->id == b->id && a->severity == b->severity && a->at.source == b->at.source && a->at.at == b->at.at &&
         strcmp(a->text, b->text) == 0;
}

void diag_sort(struct diag *d, size_t from, const struct source *first) {
  size_t count = d->messages.count - from, kept = from;
  if (d->messages.count <= from) return;
  struct placed *list = arena_array(d->arena, struct placed, count);
  for (size_t i = 0; i < count; i++) {
    const struct message *m = &d->messages.items[from + i];
    list[i] = (struct placed){*m, !m->at.source ? 2 : m->at.source != first, i};
  }
  qsort(list, count, sizeof *list, by_place);
  for (size_t i = 0; i < count; i++) {
    const struct message *m = &list[i].message;
    bool twice = kept > from && says_same(&d->messages.items[kept - 1], m);
    if (twice) --*(m->severity == SEVERITY_ERROR ? &d->errors : &d->warnings);
    if (!twice) d->messages.items[kept++] = *m;
  }
  d->messages.count = kept;
}

// ---- printing

enum { SHOWN_LINE = 160 };  // bytes of a line that are shown

static bool is_continuation(char c) {
  return ((unsigned char)c & 0xC0) == 0x80;
}

// One line of untrusted text: control and hidden characters become escapes, so that a file cannot drive a terminal.
// Returns the columns it takes; out NULL only counts.
static size_t put_safe(FILE *out, const char *s, size_t size) {
  size_t columns = 0;
  while (size) {
    uint32_t code = 0;
    size_t length = text_decode(s, size, &code);
    char shown[16];
    if (!length)
      length = 1, strcpy(shown, "\xEF\xBF\xBD");
    else if (code == '\t')
      strcpy(shown, " ");
    else if (code < 32 || (code >= 127 && code < 0xA0) || text_is_hidden(code))
      snprintf(shown, sizeof shown, "\\u%04x", (unsigned)code);
    else
      memcpy(shown, s, length), shown[length] = 0;
    columns += text_width(shown);
    if (out) fputs(shown, out);
    s += length, size -= length;
  }
  return columns;
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

static size_t byte_of_column(const struct place *p) {
  size_t at = 0;
  for (uint32_t column = 1; column < p->column && at < p->line_size; column++) {
    at++;
    while (at < p->line_size && is_continuation(p->line_text[at])) at++;
  }
  return at;
}

// Long lines (a flow mapping of 50 kB) are shown around the caret.
static void window(const struct place *p, size_t at, size_t *first, size_t *last) {
  *first = p->line_size > SHOWN_LINE && at > SHOWN_LINE / 2 ? at - SHOWN_LINE / 2 : 0;
  while (*first < at && is_continuation(p->line_text[*first])) ++*first;
  *last = p->line_size - *first > SHOWN_LINE ? *first + SHOWN_LINE : p->line_size;
  while (*last > at && *last < p->line_size && is_continuation(p->line_text[*last])) --*last;
}

static void put_caret(FILE *out, const struct place *p, uint32_t size) {
  size_t at = byte_of_column(p), first, last;
  window(p, at, &first, &last);
  fprintf(out, "%6u | ", p->line);
  put_safe(out, p->line_text + first, last - first);
  fputs("\n       | ", out);
  for (size_t i = put_safe(NULL, p->line_text + first, at - first); i > 0; i--) fputc(' ', out);
  fputc('^', out);
  size_t end = size < last - at ? at + size : last;
  size_t under = put_safe(NULL, p->line_text + at, end - at);
  for (size_t i = 1; i < under; i++) fputc('~', out);
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
  size_t shown[2] = {0};
  for (size_t i = 0; i < d->messages.count; i++) {
    const struct message *m = &d->messages.items[i];
    if (shown[m->severity] == LIMIT_MESSAGES) continue;
    shown[m->severity]++;
    put_place(out, m->at, m->severity == SEVERITY_ERROR ? "error" : "warning", m->text);
    for (size_t j = 0; j < m->notes.count; j++) put_place(out, m->notes.items[j].at, "note", m->notes.items[j].text);
    if (m->hint) {
      fputs("       = ", out);
      put_text(out, m->hint);
      fputc('\n', out);
    }
  }
  size_t all = d->errors + d->warnings;
  if (all > shown[0] + shown[1]) fprintf(out, "... and %zu more\n", all - shown[0] - shown[1]);
}
