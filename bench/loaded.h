// SPDX-License-Identifier: GPL-3.0-or-later
// A model made ready to be timed: read from a file or from text, checked, and lowered with all its priors uncertain, as
// a sweep lowers it; parameters drawn for up to LOADED_LANES members; machines of any kernel and number of lanes.
// Bench programs have nothing to recover from: an error is printed and ends the program.
#ifndef BENCH_LOADED_H
#define BENCH_LOADED_H
#include "design/design.h"
#include "engine/run.h"
#include "kernel/kernel.h"

enum { LOADED_LANES = 128 };

struct loaded {
  struct arena arena;
  struct diag diag;
  const struct program *program;
  const struct design *design;
};

// Stage by stage, or all at once. A scenario or a model file of any kind; `sets` are settings as of the command line
// ("step=1/8").
void loaded_begin(struct loaded *l);
struct scenario *loaded_read(struct loaded *l, const char *path, const char *const *sets, size_t set_count);
const struct checked *loaded_check(struct loaded *l, const struct scenario *s);
void loaded_lower(struct loaded *l, const struct checked *c, bool uncertain);
void loaded_open(struct loaded *l, const char *path, const char *const *sets, size_t set_count);
void loaded_open_text(struct loaded *l, const char *model_text);
void loaded_close(struct loaded *l);

// A machine with its inputs and room for its results: run it as often as wanted.
struct rig {
  const struct loaded *loaded;
  const struct kernel *kernel;
  uint32_t lanes;
  struct machine *machine;
  struct batch batch;
};
void rig_open(struct rig *r, const struct loaded *l, const struct kernel *k, uint32_t lanes);
void rig_run(struct rig *r);
void rig_close(struct rig *r);
// Bytes of the saved numbers of one batch.
size_t rig_saved(const struct rig *r);

// Element operations of code: elements that its instructions compute; those of a reduction are the ones it reads.
size_t loaded_operations(const struct code *code);

#endif
