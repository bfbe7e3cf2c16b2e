// SPDX-License-Identifier: GPL-3.0-or-later
// A document as one HTML file without scripts: the style sheet is inside, names in equations are links. Wide tables and
// equations scroll inside their own frame.
#include "report/assets.h"
#include "report/doc_parts.h"
#include "report/page_parts.h"

static void head(struct doc *d, const char *title) {
  page_parts_head(d->out, d->language, title, assets_doc_css, false);
  text_puts(d->out, "<main>\n<h1>");
  words_put_html(d->out, title);
  text_puts(d->out, "</h1>\n");
}

static void begin_contents(struct doc *d) {
  text_printf(d->out, "<nav id=\"contents\" aria-label=\"%s\">\n", DOC_TEXT(d, doc_contents));
}

static void contents(struct doc *d, unsigned level, const char *id, const char *text) {
  text_printf(d->out, "<p class=\"place%u\"><a href=\"#%s\">", level, id);
  words_put_html(d->out, text);
  text_puts(d->out, "</a></p>\n");
}

static void body(struct doc *d) {
  text_puts(d->out, "</nav>\n");
}

static void tail(struct doc *d) {
  text_puts(d->out, "</main>\n</body>\n</html>\n");
}

static void heading(struct doc *d, unsigned level, const char *id, const char *text) {
  text_printf(d->out, "<h%u id=\"%s\">", level, id);
  words_put_html(d->out, text);
  text_printf(d->out, "</h%u>\n", level);
}

static void table(struct doc *d, const char *const *headings, size_t count) {
  text_puts(d->out, "<div class=\"table\" tabindex=\"0\">\n<table>\n<thead><tr>");
  for (size_t i = 0; i < count; i++) {
    text_puts(d->out, "<th scope=\"col\">");
    words_put_html(d->out, headings[i]);
    text_puts(d->out, "</th>");
  }
  text_puts(d->out, "</tr></thead>\n<tbody>\n");
}

static void term(struct doc *d, const char *text) {
  text_puts(d->out, "<dt>");
  words_put_html(d->out, text);
  text_puts(d->out, "</dt><dd>");
}

static void put_text(struct doc *d, const char *text) {
  words_put_html(d->out, text);
}

static void code(struct doc *d, const char *text) {
  text_puts(d->out, "<code>");
  words_put_html(d->out, text);
  text_puts(d->out, "</code>");
}

static void put_link(struct doc *d, const char *id, const char *text, bool is_code) {
  text_printf(d->out, "<a href=\"#%s\">", id);
  (is_code ? code : put_text)(d, text);
  text_puts(d->out, "</a>");
}

static void piece(struct doc *d, const char *text, size_t size, uint32_t variable) {
  const char *copy = arena_copy(d->a, text, size);
  if (variable == MAP_NONE) {
    put_text(d, copy);
    return;
  }
  text_printf(d->out, "<a href=\"#%s\">", doc_id(d, 'v', d->s->model->variables.items[variable].name));
  put_text(d, copy);
  text_puts(d->out, "</a>");
}

static void equation(struct doc *d, const char *text, bool names) {
  if (names)
    doc_pieces(d, text, piece);
  else
    put_text(d, text);
}

const struct doc_form doc_form_html = {
    .blocks = {[DOC_PARAGRAPH] = {"<p>", "</p>\n"},
               [DOC_LIST] = {"<dl>\n", "</dl>\n"},
               [DOC_ITEM] = {"", "</dd>\n"},
               [DOC_EQUATIONS] = {"<pre tabindex=\"0\">", "</pre>\n"},
               [DOC_EQUATION] = {"<code>", "</code>"},
               [DOC_TABLE] = {"", "</tbody>\n</table>\n</div>\n"},
               [DOC_ROW] = {"<tr>", "</tr>\n"},
               [DOC_CELL] = {"<td>", "</td>"},
               [DOC_ENTRY] = {"<article>\n", "</article>\n"}},
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
