// SPDX-License-Identifier: GPL-3.0-or-later
// Inside the scenario reader: the state its parts share, and the parts in the order in which they run. The files of an
// `extends:` chain and the `--set` options are merged into one tree first; every check then sees the final scenario,
// and errors still point to the file or option that each value came from.
#ifndef LANG_SCENARIO_READ_H
#define LANG_SCENARIO_READ_H
#include "lang/reader.h"
#include "lang/scenario.h"

struct scenario_pair {
  const struct tree *key, *value;
};
struct scenario_reader {
  struct arena *arena;
  struct diag *diag;
  struct scenario *scenario;
  const struct model *model;
  struct unit_table units;            // the model's, with this arena
  const struct tree *tree;            // merged
  LIST(struct scenario_pair) forced;  // parameters from --set: applied after all others
  double ramp;                        // default of levers
};

// scenario_files.c: the file and those it extends as one tree. `s` (may be NULL) keeps their names and texts.
const struct tree *scenario_files_merge(struct arena *a, const char *path, struct scenario *s, struct diag *diag);
// `over` put on `base`: maps are merged by key, everything else is replaced, null removes.
const struct tree *scenario_files_overlay(struct arena *a, const struct tree *base, const struct tree *over);
// scenario_set.c: one name=value from the command line, put into r->tree or r->forced.
bool scenario_set_apply(struct scenario_reader *r, const char *text);
// scenario_phases.c
void scenario_phases_read(struct scenario_reader *r, const struct tree *list);
uint32_t scenario_phases_find(const struct scenario *s, const char *name);  // MAP_NONE: no such phase
// scenario_open.c: the model, or a copy in which the constants that the scenario has under levers: are levers.
const struct model *scenario_open_levers(struct scenario_reader *r);
// scenario_steer.c: levers, inputs, parameters.
void scenario_steer_levers(struct scenario_reader *r, const struct tree *map);
void scenario_steer_inputs(struct scenario_reader *r, const struct tree *map);
void scenario_steer_parameters(struct scenario_reader *r, const struct tree *map);
// What a key names, as an expression; names of foreign models may have blanks without quotes. NULL after an error.
const struct expr *scenario_steer_name(struct scenario_reader *r, const struct tree *key);
// The variable that a key names, of the wanted kind; MAP_NONE after an error. `name` may be NULL: no subscripts then.
uint32_t scenario_steer_target(struct scenario_reader *r, const struct tree *key, enum variable_kind kind,
                               const struct expr **name);

#endif
