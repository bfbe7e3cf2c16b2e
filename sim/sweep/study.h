// SPDX-License-Identifier: GPL-3.0-or-later
// A sweep made ready: the programs of its policies, compiled with the same uncertain numbers, its design, the shape of
// its results, and its identity. Const while it runs, hence shared by all threads. It knows neither files nor threads.
//
// The identity is what a journal is told apart by: lines of text on the program, the models, the scenarios, the data
// and the choices that shape results, each with a hash of its content and never with a path. The number of members is
// not part of it where the design can grow; journals keep that themselves.
#ifndef SWEEP_STUDY_H
#define SWEEP_STUDY_H
#include "design/design.h"
#include "reduce/labels.h"
#include "reduce/reduce.h"

struct study {
  const struct sweep_spec *spec;
  struct design *design;
  const struct program *const *programs; /* [policy] */
  uint32_t policies;
  const struct sweep_labels *labels;
  struct reduce_config config;
  const char *identity;
};

// Programs are in the order of spec->policies (or the scenario's own, alone) and were lowered with
// design->program_parameters. NULL after an error: policies whose results cannot be compared.
struct study *study_make(struct arena *a, const struct sweep_spec *spec, struct design *design,
                         const struct program *const *programs, uint32_t policies, struct diag *diag);
// Another number of members, for a design that extends.
void study_set_members(struct study *s, uint64_t members);

#endif
