// SPDX-License-Identifier: GPL-3.0-or-later
// A model as XMILE 1.0, for Stella and all that read it. Reading the text back gives a model that computes the same
// bits. Functions that the standard lacks are written in the namespace `simulate`, each with a macro that defines it by
// the standard's own functions; our reader knows them by name. What XMILE cannot say at all is a warning when nothing
// depends on it (priors, targets) and an error otherwise.
#ifndef XMILE_XMILE_WRITE_H
#define XMILE_XMILE_WRITE_H
#include "base/text.h"
#include "lang/fn.h"
#include "lang/scenario.h"

// `s` steers levers and inputs (calendar phases become points in time) and sets the clock and method. False after
// errors.
bool xmile_write(struct text *out, struct arena *a, const struct model *m, const struct scenario *s, struct diag *diag);

// ---- inside the writer

struct xmile_writer {
  struct arena *arena;
  struct text *out;
  const struct model *m;
  const struct scenario *s;
  struct diag *diag;
  bool used[FN_COUNT];  // functions that need a macro
};

// The equation at hand.
struct xmile_target {
  const struct variable *v;  // NULL: the body of a function
  const struct equation *equation;
  const uint32_t *bound;    // [dimension]: element, for an equation written out by element; NULL: all
  uint32_t reductions[16];  // dimensions, outermost first
  size_t reduction_count;
  size_t innermost;       // where those of the innermost reduction begin
  uint32_t ordinals[16];  // [reduction]: which star of an array stands for it, from 1; 0: none yet
  uint32_t stars[8];      // of the array at hand: the elements that each goes over
  size_t star_count, own_stars;
};

// xmile_print.c: an expression in XMILE's words. False after an error.
bool xmile_print(struct xmile_writer *w, struct xmile_target *t, const struct expr *e);
uint32_t xmile_print_dimension(const struct xmile_writer *w, uint32_t dim);  // behind an alias that was made
bool xmile_print_maps(const struct expr *e);                                 // can it be said by element only?
void xmile_print_name(struct xmile_writer *w, const char *name);             // quoted where needed
void xmile_print_attribute(struct xmile_writer *w, const char *name);        // as the value of an attribute
void xmile_print_number(struct xmile_writer *w, double x);
void xmile_print_escaped(struct xmile_writer *w, const char *text);  // & < > and quotes
void xmile_print_macros(struct xmile_writer *w);                     // of all functions used
bool xmile_print_fail(struct xmile_writer *w, struct span at, const char *what);

// xmile_layout.c: the <views> of the model.
void xmile_layout_write(struct xmile_writer *w);

#endif
