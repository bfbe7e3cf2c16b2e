// SPDX-License-Identifier: GPL-3.0-or-later
// A scenario: which model, when its phases begin, what the levers do in each, which world, how to integrate, what to
// save. Read after its model, so that numbers are converted to the units of what they set and ranges are checked.
#ifndef LANG_SCENARIO_H
#define LANG_SCENARIO_H
#include "lang/model.h"

enum method {
#define METHOD(id, name, doc) METHOD_##id,
#include "lang/method.def"
#undef METHOD
  METHODS
};
extern const char *const method_names[METHODS];
bool method_is_fixed(enum method m);     // one step length for all members
bool method_is_implicit(enum method m);  // needs a Jacobian

struct phase {
  const char *name;
  struct span span;
  struct label label;
  double from;   // calendar: resolved instant; gated: of the first phase only
  bool gated;    // ends when `when` holds at a test, not before `least`, not after `most` (from its start)
  double until;  // calendar: end, exclusive; INFINITY for the last
  struct expr *when;
  struct span when_span;
  double test, least, most;  // in time units
};

enum steer_kind { STEER_CONSTANT, STEER_POINTS, STEER_PHASES };
struct steer {        // what a scenario does with one lever, input or parameter
  uint32_t variable;  // index into model->variables
  enum steer_kind kind;
  struct span span;
  double constant;     // STEER_CONSTANT: for levers from policy start on, for inputs and parameters always
  struct path points;  // STEER_POINTS: replaces the model's path from `from` on: the model's value at `from`
  double from;         //   is kept and joined linearly to the first point; NAN: from the first point on (a jump
                       //   if the values differ)
  double *levels;      // STEER_PHASES: one per phase; NAN: the lever holds
  double ramp;         // time to move to a new level
};

struct override {  // --set name=value, parameters: {name: value}
  uint32_t variable;
  uint32_t element;  // or UINT32_MAX for all
  double value;
  struct span span;
};

struct scenario {
  struct arena *arena;
  const struct model *model;
  const char *name, *path;  // name: [A-Za-z0-9._-], no leading dot
  struct span span;
  struct label title;
  const char *doc;
  LIST(struct phase) phases;
  LIST(struct steer) levers;
  LIST(struct steer) inputs;
  LIST(struct override) parameters;
  double start, stop, step, save;  // the model's unless given
  enum method method;
  double rtol, atol;
  bool save_all;
  LIST(uint32_t) saved;      // variables to save beyond none: empty means the default (indicators, stocks, levers)
  const struct tree *sweep;  // the sweep: block as read, for the sweep layer; NULL: none
  LIST(const char *) files;  // the scenario file and those it extends
  LIST(const struct source *) sources;
};

// The path of the model that a scenario file names, resolved beside the file; NULL after an error. `extends:` is
// followed. Lets the caller read each model once for a batch.
const char *scenario_model_path(struct arena *a, const char *path, struct diag *diag);
// Reads a scenario over a model that was read without error. `name=value` settings from the command line (sets, may be
// empty) are applied last and checked the same way. NULL after errors.
struct scenario *scenario_read(struct arena *a, const char *path, const struct model *model, const char *const *sets,
                               size_t set_count, struct diag *diag);
// The scenario that a tree holds, as merged from other files: a part of a file of tests or data.
struct scenario *scenario_of_tree(struct arena *a, const struct model *model, const struct tree *tree,
                                  struct diag *diag);
// The scenario of a bare model file: its own times and paths, no phases.
struct scenario *scenario_of_model(struct arena *a, const struct model *model, const char *const *sets,
                                   size_t set_count, struct diag *diag);

#endif
