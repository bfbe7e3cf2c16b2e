// SPDX-License-Identifier: GPL-3.0-or-later
// The paper a model was made from, passage by passage, and the variables and tests that each became (paper.yaml beside
// the model). Every name is looked up: a passage that names what the model does not have is an error. Reads; prints
// nothing, and does not run the tests it names.
#ifndef ANALYSE_PAPER_H
#define ANALYSE_PAPER_H
#include "base/diag.h"
#include "lang/model.h"

struct paper_element {
  const char *text;  // "output[ic]", as written
  uint32_t variable;
};

struct passage {
  const char *id, *map, *section, *quote, *en, *doc;  // doc: NULL when there is none
  struct span span;
  LIST(struct paper_element) elements;
  LIST(const char *) tests;
};

struct paper_map {  // a part of the map: roles, goals
  const char *name;
  struct label label;
};

struct paper {
  const char *name, *path;
  struct label title;
  LIST(struct paper_map) maps;
  LIST(struct passage) passages;  // in the order of the paper
};

// NULL after errors.
struct paper *paper_read(struct arena *a, const char *path, const struct model *m, struct diag *diag);
// Does a passage belong to a map?
bool paper_in(const struct passage *p, const struct paper_map *map);
// The passage of that id, or NULL.
const struct passage *paper_passage(const struct paper *p, const char *id);
// The id that is nearest, for "did you mean"; NULL when none is near.
const char *paper_nearest(struct arena *a, const struct paper *p, const char *id);
// The passages that name a variable, through `from` (start with 0); NULL at the end.
const struct passage *paper_next(const struct paper *p, uint32_t variable, size_t *from);

#endif
