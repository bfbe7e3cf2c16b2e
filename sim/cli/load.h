// SPDX-License-Identifier: GPL-3.0-or-later
// From a file named on the command line to a checked model that is ready to be lowered: tells models from scenarios,
// and reads each model once for a whole batch.
#ifndef CLI_LOAD_H
#define CLI_LOAD_H
#include "cli/cli.h"
#include "engine/run.h"
#include "lower/lower.h"

struct input {
  const char *path;
  const struct model *model;
  struct scenario *scenario;  // of the model itself when the file is a model
  struct checked *checked;
  const bool *shown; /* [variable]: asked to be saved; the scorecard's needs are saved beyond these */
  struct program *program;
};

struct loader {
  struct cli *cli;
  LIST(struct loaded_model {
    const char *path;     // resolved
    struct model *model;  // NULL: it was read with errors
  })
  models;
};

enum load_stage { LOAD_AST, LOAD_PLAIN, LOAD_CHECKED, LOAD_PROGRAM };  // plain: without what only a scorecard reads
// Goes as far as `stage`. False after errors.
bool load_input(struct loader *l, const char *path, enum load_stage stage, struct input *in);
// All operands of the command; NULL after errors, which are those of all files.
struct input *load_all(struct cli *c, enum load_stage stage);

// Is it named like a file of another program: .mdl, XMILE?
bool load_is_foreign(const char *path);

// The one operand of a command: a file, or a folder in which `name` stands. NULL after an error.
const char *load_beside(struct cli *c, const char *name);

#endif
