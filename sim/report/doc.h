// SPDX-License-Identifier: GPL-3.0-or-later
// A model's documentation, made from the model: what it is, every variable with its equation, unit, labels, source and
// prior, its levers, loops, data and tests, and the passages of the paper it came from, all linked to one another. The
// same content in two forms: Markdown to read in a repository, and one HTML file to read, print and mail. The same
// sources give the same bytes. Runs nothing and finds nothing out: what was measured is handed over.
#ifndef REPORT_DOC_H
#define REPORT_DOC_H
#include "analyse/loops.h"
#include "analyse/model_test.h"
#include "analyse/paper.h"
#include "analyse/validate.h"
#include "output/messages.h"

struct doc_sources {  // all but the model and its causes may be NULL
  const struct model *model;
  const struct causes *causes;
  bool measured;       // the signs of its links were
  const char *legend;  // what signs mean and where they were measured, or why they were not
  const struct named_loops *loops;
  const struct paper *paper;
  const struct model_tests *tests;
  const struct validation *validation;  // after its run
};

enum doc_kind { DOC_MARKDOWN, DOC_HTML };

// Appends the document to `out`.
void doc_put(struct text *out, struct arena *a, const struct doc_sources *s, enum doc_kind kind,
             enum language language);

#endif
