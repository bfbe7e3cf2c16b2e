// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks and pieces that do not depend on the form, and which test, series, loop and benchmark names which variable.
#include <string.h>

#include "lang/lexer.h"
#include "output/describe.h"
#include "output/table.h"
#include "report/doc_parts.h"

void doc_open(struct doc *d, enum doc_block block) {
  text_puts(d->out, d->form->blocks[block].open);
}

void doc_close(struct doc *d, enum doc_block block) {
  text_puts(d->out, d->form->blocks[block].close);
  if (block == DOC_TABLE) d->in_table = false;
}

void doc_heading(struct doc *d, unsigned level, const char *id, const char *text) {
  d->form->heading(d, level, id, table_line(d->a, text));
}

void doc_table(struct doc *d, const char *const *headings, size_t count) {
  const char **lines = arena_array(d->a, const char *, count + 1);
  for (size_t i = 0; i < count; i++) lines[i] = table_line(d->a, headings[i]);
  d->form->table(d, lines, count);
  d->in_table = true;
}

void doc_text(struct doc *d, const char *text) {
  d->form->text(d, table_line(d->a, text));
}

void doc_code(struct doc *d, const char *text) {
  d->form->code(d, table_line(d->a, text));
}

void doc_link(struct doc *d, const char *id, const char *text, bool code) {
  d->form->link(d, id, table_line(d->a, text), code);
}

void doc_equation(struct doc *d, const char *text, bool names) {
  doc_open(d, DOC_EQUATION);
  d->form->equation(d, table_line(d->a, text), names);
  doc_close(d, DOC_EQUATION);
}

void doc_term(struct doc *d, const char *term) {
  doc_open(d, DOC_ITEM);
  d->form->term(d, term);
}

void doc_paragraph(struct doc *d, const char *text) {
  while (text && *text) {
    const char *end = strstr(text, "\n\n");
    size_t size = end ? (size_t)(end - text) : strlen(text);
    if (size) {
      doc_open(d, DOC_PARAGRAPH);
      doc_text(d, arena_copy(d->a, text, size));
      doc_close(d, DOC_PARAGRAPH);
    }
    text = end ? end + 2 : NULL;
  }
}

void doc_item(struct doc *d, const char *term, const char *text) {
  if (!text || !*text) return;
  doc_term(d, term);
  doc_text(d, text);
  doc_close(d, DOC_ITEM);
}

void doc_cell(struct doc *d, const char *text) {
  doc_open(d, DOC_CELL);
  if (text) doc_text(d, text);
  doc_close(d, DOC_CELL);
}

void doc_cell_code(struct doc *d, const char *text) {
  doc_open(d, DOC_CELL);
  if (text && *text) doc_code(d, text);
  doc_close(d, DOC_CELL);
}

const char *doc_label(struct doc *d, struct label label) {
  bool chinese = d->language == LANGUAGE_ZH;
  const char *first = messages_label(d->language, label), *second = chinese ? label.en : label.zh;
  bool one = !second || strcmp(first, second) == 0;
  return one ? first : arena_format(d->a, "%s / %s", first, second);
}

const char *doc_id(struct doc *d, char kind, const char *name) {
  char *id = arena_alloc(d->a, 3 * strlen(name) + 3), *at = id + 2;
  id[0] = kind, id[1] = '-';
  for (const unsigned char *s = (const unsigned char *)name; *s; s++) {
    bool plain = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') || *s == '_';
    if (plain) {
      *at++ = (char)*s;
      continue;
    }
    *at++ = '.';
    *at++ = "0123456789ABCDEF"[*s >> 4];
    *at++ = "0123456789ABCDEF"[*s & 15];
  }
  return id;
}

void doc_link_variable(struct doc *d, uint32_t variable) {
  const char *name = d->s->model->variables.items[variable].name;
  doc_link(d, doc_id(d, 'v', name), name, true);
}

void doc_link_loop(struct doc *d, const struct named_loop *loop) {
  doc_link(d, doc_id(d, 'l', loop->name), loop->name, false);
}

void doc_comma(struct doc *d, bool first) {
  if (!first) text_puts(d->out, d->language == LANGUAGE_ZH ? "、" : ", ");
}

// ---- names in equations

// The length of what stands at l->at: a token, blanks, or what is no token (a colon). Elements and dimensions, in
// brackets, are no variables.
static size_t piece_at(struct doc *d, struct lexer *l, uint32_t *variable) {
  size_t at = l->at;
  uint32_t code;
  struct token t;
  *variable = MAP_NONE;
  if (!lexer_next(l, &t)) {
    size_t size = text_decode(l->text + at, l->size - at, &code);
    return size ? size : 1;
  }
  if (t.kind == TOKEN_END) return l->size - at;
  if (t.at > at) return t.at - at;
  if (t.kind == TOKEN_NAME) *variable = map_get(&d->s->model->names, t.name);
  return t.kind == TOKEN_OPEN_BRACKET ? strcspn(l->text + at, "]") : t.size;
}

void doc_pieces(struct doc *d, const char *text,
                void (*put)(struct doc *d, const char *piece, size_t size, uint32_t variable)) {
  struct diag silent;
  diag_init(&silent, d->a);
  struct lexer l = {.arena = d->a, .text = text, .size = strlen(text), .span = NOWHERE, .diag = &silent};
  for (size_t at = 0; at < l.size; l.at = at) {
    uint32_t variable;
    size_t size = piece_at(d, &l, &variable);
    put(d, text + at, size, variable);
    at += size;
  }
}

// ---- mentions

// Numbers come in order, so one that is there already is the last.
static void note_number(struct doc *d, struct doc_numbers *n, size_t number) {
  if (!n->list.count || n->list.items[n->list.count - 1] != number) list_push(d->a, &n->list) = number;
}

enum mention { MENTION_TEST, MENTION_SERIES, MENTION_BENCHMARK };

static void note(struct doc *d, const char *name, enum mention kind, size_t number) {
  uint32_t variable = map_get(&d->s->model->names, name);
  if (variable == MAP_NONE) return;
  struct doc_mentions *m = &d->mentions[variable];
  note_number(d, kind == MENTION_TEST ? &m->tests : kind == MENTION_SERIES ? &m->series : &m->benchmarks, number);
}

static void note_names(struct doc *d, const struct expr *e, enum mention kind, size_t number) {
  if (e->name) note(d, e->name, kind, number);
  for (size_t i = 0; i < e->arg_count; i++) note_names(d, e->args[i], kind, number);
}

static void collect_tests(struct doc *d, const struct model_tests *t) {
  for (size_t i = 0; i < t->tests.count; i++) {
    const struct model_test *test = &t->tests.items[i];
    const struct tree *when = t->conditions.items[test->run].when;
    for (size_t k = 0; when && !test->always && k < when->count; k++) note(d, when->keys[k]->text, MENTION_TEST, i);
    for (size_t k = 0; k < test->expectations.count; k++)
      note_names(d, t->probes.items[test->expectations.items[k].probe].expr, MENTION_TEST, i);
  }
}

static void collect_benchmarks(struct doc *d, const struct model *m) {
  for (size_t i = 0; i < m->variables.count; i++)
    for (size_t k = 0; k < m->variables.items[i].benchmarks.count; k++)
      note_names(d, m->variables.items[i].benchmarks.items[k].value, MENTION_BENCHMARK, i);
}

void doc_collect_mentions(struct doc *d) {
  const struct doc_sources *s = d->s;
  d->mentions = arena_array(d->a, struct doc_mentions, s->model->variables.count + 1);
  collect_benchmarks(d, s->model);
  if (s->tests) collect_tests(d, s->tests);
  for (size_t i = 0; s->validation && i < s->validation->series.count; i++)
    note_names(d, s->validation->series.items[i].probe.expr, MENTION_SERIES, i);
  for (size_t i = 0; s->loops && i < s->loops->items.count; i++)
    for (size_t k = 0; k < s->loops->items.items[i].loop.count; k++)
      note_number(d, &d->mentions[s->loops->items.items[i].loop.variables[k]].loops, i);
}
