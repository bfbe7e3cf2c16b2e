// SPDX-License-Identifier: GPL-3.0-or-later
// A document as Markdown (CommonMark with GitHub's tables). Places are marked by <a id>, since each reader makes its
// own addresses of headings. Equations are indented, not fenced: nothing in them can end the block.
#include <ctype.h>
#include <string.h>

#include "report/doc_parts.h"

static bool is_word(char c) {
  return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

// Marks that mean something here: '_' does only beside a blank or a mark, ']' when a link's address could follow.
static bool is_mark(const struct doc *d, const char *text, size_t i) {
  char before = i ? text[i - 1] : ' ', after = text[i + 1];
  switch (text[i]) {
    case '_':
      return !is_word(before) || !is_word(after);
    case ']':
      return after && strchr("([", after);
    case '~':
      return before == '~' || after == '~';
    case '|':
      return d->in_table;
    default:
      return strchr("\\`*$", text[i]);
  }
}

static bool is_at_start(const struct doc *d) {
  const struct text *t = d->out;
  return !t->size || t->data[t->size - 1] == '\n' || (t->size > 2 && memcmp(t->data + t->size - 3, "\n- ", 3) == 0);
}

// What would begin a heading, a quotation, a list, a rule or the address of a link at the start of a line.
static bool begins_block(const char *text, size_t i) {
  size_t digits = strspn(text, "0123456789");
  if (i == 0) return strchr("#>+-=[", text[0]);
  return i == digits && (text[i] == '.' || text[i] == ')') && (!text[i + 1] || text[i + 1] == ' ');
}

// "R&D" is itself, "&lt;" would be a mark.
static bool is_entity(const char *text) {
  size_t size = 1 + (text[1] == '#');
  while (isalnum((unsigned char)text[size])) size++;
  return size > 1 && text[size] == ';';
}

static void put_text(struct doc *d, const char *text) {
  bool start = is_at_start(d);
  for (size_t i = 0; text[i]; i++) {
    if (text[i] == '<')
      text_puts(d->out, "&lt;");
    else if (text[i] == '&' && is_entity(text + i))
      text_puts(d->out, "&amp;");
    else if (is_mark(d, text, i) || (start && begins_block(text, i)))
      text_printf(d->out, "\\%c", text[i]);
    else
      text_add(d->out, text + i, 1);
  }
}

static size_t longest_run(const char *text, char c) {
  size_t longest = 0, run = 0;
  for (; *text; text++) {
    run = *text == c ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest;
}

// A code span ends at as many backticks as it began with. In a table a bar ends the cell, even in code.
static void code(struct doc *d, const char *text) {
  size_t ticks = longest_run(text, '`') + 1;
  bool pad = *text == '`' || (*text && text[strlen(text) - 1] == '`');
  for (size_t i = 0; i < ticks; i++) text_puts(d->out, "`");
  if (pad) text_puts(d->out, " ");
  for (; *text; text++) {
    if (*text == '|' && d->in_table) text_puts(d->out, "\\");
    text_add(d->out, text, 1);
  }
  if (pad) text_puts(d->out, " ");
  for (size_t i = 0; i < ticks; i++) text_puts(d->out, "`");
}

static void put_link(struct doc *d, const char *id, const char *text, bool is_code) {
  text_puts(d->out, "[");
  (is_code ? code : put_text)(d, text);
  text_printf(d->out, "](#%s)", id);
}

static void heading(struct doc *d, unsigned level, const char *id, const char *text) {
  text_printf(d->out, "<a id=\"%s\"></a>\n\n%.*s ", id, (int)level, "######");
  put_text(d, text);
  text_puts(d->out, "\n\n");
}

static void head(struct doc *d, const char *title) {
  text_puts(d->out, "# ");
  put_text(d, title);
  text_puts(d->out, "\n\n");
}

static void begin_contents(struct doc *d) {
  (void)d;
}

static void contents(struct doc *d, unsigned level, const char *id, const char *text) {
  text_puts(d->out, level > 1 ? "  - " : "- ");
  put_link(d, id, text, false);
  text_puts(d->out, "\n");
}

static void body(struct doc *d) {
  text_puts(d->out, "\n");
}

static void tail(struct doc *d) {
  (void)d;
}

static void table(struct doc *d, const char *const *headings, size_t count) {
  for (size_t i = 0; i < count; i++) {
    text_puts(d->out, "| ");
    put_text(d, headings[i]);
    text_puts(d->out, i + 1 < count ? " " : " |\n");
  }
  for (size_t i = 0; i < count; i++) text_puts(d->out, "|---");
  text_puts(d->out, "|\n");
}

static void term(struct doc *d, const char *text) {
  put_text(d, text);
  text_puts(d->out, ": ");
}

static void equation(struct doc *d, const char *text, bool names) {
  (void)names;
  text_puts(d->out, text);
}

const struct doc_form doc_form_markdown = {
    .blocks = {[DOC_PARAGRAPH] = {"", "\n\n"},
               [DOC_LIST] = {"", "\n"},
               [DOC_ITEM] = {"- ", "\n"},
               [DOC_EQUATIONS] = {"", "\n"},
               [DOC_EQUATION] = {"    ", "\n"},
               [DOC_TABLE] = {"", "\n"},
               [DOC_ROW] = {"|", "\n"},
               [DOC_CELL] = {" ", " |"},
               [DOC_ENTRY] = {"", ""}},
    .head = head,
    .begin_contents = begin_contents,
    .contents = contents,
    .body = body,
    .tail = tail,
    .heading = heading,
    .table = table,
    .term = term,
    .text = put_text,
    .code = code,
    .link = put_link,
    .equation = equation,
};
