// SPDX-License-Identifier: GPL-3.0-or-later
// The links that a map draws: those of the causal graph, with what importers made for their own use taken out. A net
// flow made for a stock ("births - deaths") becomes the pipes of the flows that it adds up; any other variable of that
// kind is left out and its causes lead to what it acts on.
#ifndef REPORT_DIAGRAM_LINKS_H
#define REPORT_DIAGRAM_LINKS_H
#include "analyse/causes.h"

struct diagram_links {
  LIST(struct cause) list;    // between variables that are not hidden; CAUSE_LIMIT left out
  uint32_t *filled, *drained; /* [variable] the stock at the end of its pipe, or DIAGRAM_NONE */
  bool *linked;               /* [variable] */
};
#define DIAGRAM_NONE UINT32_MAX

const struct diagram_links *diagram_links_of(struct arena *a, const struct causes *g);
// Is it a valve on a pipe?
bool diagram_links_is_pipe(const struct diagram_links *l, uint32_t variable);

#endif
