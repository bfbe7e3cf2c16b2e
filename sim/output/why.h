// SPDX-License-Identifier: GPL-3.0-or-later
// A model explained on the terminal: what a variable is, what it comes from and what it is used for, as trees with
// units and values at the moments of a scorecard; the loops through it; the named loops; the passages of the paper.
// Prints what the structures of analyse/ hold and finds nothing out itself.
#ifndef OUTPUT_WHY_H
#define OUTPUT_WHY_H
#include "analyse/loops.h"
#include "analyse/paper.h"
#include "output/scorecard.h"

struct why {
  struct arena *arena;
  const struct causes *causes;
  const struct scorecard *card;     // of a run that saved everything
  const struct named_loops *named;  // may be NULL
  const struct paper *paper;        // may be NULL
  const struct loops *loops;        // through the variable shown; may be NULL
  enum language language;
  bool bold;
  size_t depth;  // of the trees
};

void why_variable(struct text *out, const struct why *w, uint32_t variable);
void why_named_loop(struct text *out, const struct why *w, const struct named_loop *loop);
// All named loops, one line each.
void why_named_loops(struct text *out, const struct why *w);
// All passages, map by map, or one with its variables and tests. Needs no run: `card` and `causes` may be NULL.
void why_paper(struct text *out, const struct why *w, const struct model *m);
void why_passage(struct text *out, const struct why *w, const struct model *m, const struct passage *p);

// What signs mean, and where they were measured.
const char *why_legend(const struct why *w);

// "+", "-", "+-", "0"
const char *why_sign(enum sign sign);
// That of a link; nothing for a table, which is no quantity that could rise.
const char *why_link_sign(const struct causes *g, const struct cause *c);
// "R" reinforcing, "B" balancing, "+-", "0"
const char *why_polarity(enum sign sign);
// "a -> b -> c"
const char *why_path(struct arena *a, const struct model *m, const struct loop *l, bool closed);

#endif
