// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a program for one batch of lanes. A machine is the working memory of one thread; nothing is allocated between
// the start and the end of a run.
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H
#include "lower/program.h"

struct machine;

// A machine of `lanes` (8, 16, ..., 128) for a program; NULL after an error (memory).
struct machine *machine_create(const struct program *p, uint32_t lanes, struct diag *diag);
void machine_free(struct machine *m);

struct failure {  // why a lane stopped; time is NAN for a lane that went through
  double time;
  uint32_t variable;  // index into model->variables
  uint32_t element;
  double value;
};

struct batch {
  const double *parameters; /* [program->parameter_count][lanes], or NULL: the model's values */
  const uint64_t *members;  /* [lanes]: number of each member, for random functions; NULL: zeros */
  uint64_t seed;
  double *saved;            /* [program->save_count][program->column_count][lanes]: filled */
  double *phase_starts;     /* [scenario->phases.count][lanes]: filled; NAN: not reached. May be NULL */
  struct failure *failures; /* [lanes]: filled. Values after a failure are NAN */
};

// Integrates all lanes from start to stop. Returns the number of lanes that failed.
size_t machine_run(struct machine *m, const struct batch *batch);

// One member, by name: the shape that run, check-step, validation and reports use.
struct results {
  const struct program *program;
  double *times;        /* [save_count] */
  double *values;       /* [save_count][column_count] */
  double *phase_starts; /* [phases] */
  struct failure failure;
};
// Runs a program once with the model's parameter values. NULL when memory is out; a numerical failure is reported in
// diag with variable, time and the equation's place, and the results up to it are kept.
struct results *run_single(struct arena *a, const struct program *p, struct diag *diag);
// A failure as an error with the equation's place. A variable that is none stands for the integrator.
void run_report_failure(struct arena *a, const struct program *p, const struct failure *f, struct diag *diag);
// Column of a variable's element, or SIZE_MAX when it was not saved.
size_t program_column(const struct program *p, uint32_t variable, size_t element);

#endif
