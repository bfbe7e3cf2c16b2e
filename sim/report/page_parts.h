// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a page, shared by the files that write it. Everything is appended to `out`, which is on the heap: page.c
// releases it when the arena runs out of memory.
#ifndef REPORT_PAGE_PARTS_H
#define REPORT_PAGE_PARTS_H
#include "report/page.h"
#include "report/words.h"

struct page {
  struct arena *a;
  struct text *out;
  const struct bundle *b;
  const struct page_options *o;
  LIST(const char *) columns;  // embedded in the file
  LIST(const char *) charts;   // of them, drawn at first
};

// The head of a page that stands alone, up to its <body>: our style, then `style` if there is one. Only a page with
// scripts may run any.
void page_parts_head(struct text *out, enum language language, const char *title, const char *style, bool scripts);

#define PAGE_TEXT(p, id) words_text((p)->o->language, WORD_##id)
#define PAGE_FORMAT(p, id, ...) words_format((p)->a, (p)->o->language, WORD_##id, __VA_ARGS__)

// <element class="...">text</element>, the text escaped.
void page_parts_element(struct page *p, const char *element, const char *class, const char *text);

// page_tables.c: the scorecard of each run, and all scenarios side by side.
void page_tables_scorecards(struct page *p);
void page_tables_comparison(struct page *p);
void page_tables_made(struct page *p);

// page_data.c: what the script draws.
bool page_data_choose(struct page *p, struct diag *diag);
void page_data_put(struct page *p);

#endif
