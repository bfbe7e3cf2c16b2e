// SPDX-License-Identifier: GPL-3.0-or-later
// The map of a model, laid out by graphviz: stocks as boxes, flows as pipes with a valve, clouds where a flow comes
// from or goes to nothing that is modelled, information links as thin arrows, sectors as frames. Parameters, constants
// and tables are left out: they would hide the structure. Three views: the whole, one sector with what it touches, or
// the sectors alone. The whole map of a file of another program keeps the places that the file gives.
#ifndef REPORT_DIAGRAM_H
#define REPORT_DIAGRAM_H
#include "analyse/causes.h"
#include "output/messages.h"

struct diagram_options {
  enum language language;
  bool overview;       // sectors alone
  const char *sector;  // NULL: all
};

// The format is that of the name's ending: .svg, .pdf, .png, or .dot for the text that graphviz would get.
bool diagram_write(struct arena *a, const char *path, const struct causes *g, const struct diagram_options *o,
                   struct diag *diag);

#endif
