// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a document, shared by the files that write it. What is said is written once, in blocks (paragraphs,
// lists, tables) and pieces of a line (text, code, links); a form says how each looks. Every text goes through the
// functions below, which put it on one line without control characters, and through the form, which escapes it.
#ifndef REPORT_DOC_PARTS_H
#define REPORT_DOC_PARTS_H
#include "base/text.h"
#include "report/doc.h"

enum doc_block {
  DOC_PARAGRAPH,
  DOC_LIST,  // of items: a term and what is said of it
  DOC_ITEM,
  DOC_EQUATIONS,
  DOC_EQUATION,
  DOC_TABLE,
  DOC_ROW,
  DOC_CELL,
  DOC_ENTRY,  // of one variable, loop, test
  DOC_BLOCKS
};

struct doc;
struct doc_form {  // called by doc_pieces.c and doc.c alone
  struct {
    const char *open, *close;
  } blocks[DOC_BLOCKS];
  void (*head)(struct doc *d, const char *title);
  void (*begin_contents)(struct doc *d);
  void (*contents)(struct doc *d, unsigned level, const char *id, const char *text);
  void (*body)(struct doc *d);  // after the contents
  void (*tail)(struct doc *d);
  void (*heading)(struct doc *d, unsigned level, const char *id, const char *text);
  void (*table)(struct doc *d, const char *const *headings, size_t count);  // opens DOC_TABLE
  void (*term)(struct doc *d, const char *text);                            // begins an item
  void (*text)(struct doc *d, const char *text);
  void (*code)(struct doc *d, const char *text);
  void (*link)(struct doc *d, const char *id, const char *text, bool code);
  void (*equation)(struct doc *d, const char *text, bool names);  // within DOC_EQUATION
};
extern const struct doc_form doc_form_markdown, doc_form_html;

struct doc_numbers {
  LIST(size_t) list;
};
struct doc_mentions {                                   // of one variable, in the order of the files
  struct doc_numbers tests, series, loops, benchmarks;  // benchmarks: indicators that it is a benchmark of
};

struct doc_sector {
  const char *name;                 // NULL: the main file of a model that has others
  const struct model_sector *file;  // NULL: none of its own
  LIST(uint32_t) variables;
};

struct doc {
  struct arena *a;
  struct text *out;
  const struct doc_sources *s;
  const struct doc_form *form;
  enum language language;
  struct doc_mentions *mentions; /* [variable] */
  LIST(struct doc_sector) sectors;
  bool in_table;
  struct {
    const struct source *source;
    size_t at, number;
  } line;  // of the last variable
};

#define DOC_TEXT(d, id) messages_text((d)->language, MESSAGE_##id)
#define DOC_FORMAT(d, id, ...) messages_format((d)->a, (d)->language, MESSAGE_##id, __VA_ARGS__)

// doc_pieces.c
void doc_open(struct doc *d, enum doc_block block);
void doc_close(struct doc *d, enum doc_block block);
void doc_heading(struct doc *d, unsigned level, const char *id, const char *text);
void doc_table(struct doc *d, const char *const *headings, size_t count);
void doc_text(struct doc *d, const char *text);
void doc_code(struct doc *d, const char *text);
void doc_link(struct doc *d, const char *id, const char *text, bool code);
void doc_equation(struct doc *d, const char *text, bool names);    // names of variables in it become links
void doc_term(struct doc *d, const char *term);                    // opens an item
void doc_paragraph(struct doc *d, const char *text);               // or several, parted by empty lines; NULL: nothing
void doc_item(struct doc *d, const char *term, const char *text);  // NULL or "": nothing
void doc_cell(struct doc *d, const char *text);
void doc_cell_code(struct doc *d, const char *text);
const char *doc_label(struct doc *d, struct label label);  // in both languages, that of the document first
// A name as part of an address: letters, digits and '_' stand for themselves. Kinds: v variable, l loop, p passage,
// t test, d data series, s sector.
const char *doc_id(struct doc *d, char kind, const char *name);
void doc_link_variable(struct doc *d, uint32_t variable);
void doc_link_loop(struct doc *d, const struct named_loop *loop);
void doc_comma(struct doc *d, bool first);
// Takes an equation apart: names of variables, and what stands between them (`variable` is MAP_NONE).
void doc_pieces(struct doc *d, const char *text,
                void (*put)(struct doc *d, const char *piece, size_t size, uint32_t variable));
void doc_collect_mentions(struct doc *d);

// doc_variables.c
void doc_levers(struct doc *d);
void doc_priors(struct doc *d);
void doc_sectors(struct doc *d);
const char *doc_sector_title(struct doc *d, const struct doc_sector *s);
// Sorts the variables by sector, in the order in which they first appear.
void doc_collect_sectors(struct doc *d);

// doc_beside.c: what stands in files beside the model
void doc_loops(struct doc *d);
void doc_paper(struct doc *d);
void doc_data(struct doc *d);
void doc_tests(struct doc *d);

#endif
