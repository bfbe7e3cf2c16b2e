// SPDX-License-Identifier: GPL-3.0-or-later
// The inside of a machine, shared by run.c (fixed steps, all lanes at once) and run_adaptive.c (one member at a time).
#ifndef ENGINE_MACHINE_H
#define ENGINE_MACHINE_H
#include <gsl/gsl_odeiv2.h>

#include "engine/run.h"
#include "lower/time_table.h"

struct trace {  // the search for the first value that is not finite
  bool on;
  uint32_t lane;
  const struct instruction *found;
  uint32_t element;
  double value, time;
};

struct machine {
  const struct program *program;
  uint32_t lanes;  // of the slab: those of the batch, or 8 for adaptive methods
  uint32_t batch_lanes;
  struct code time, initial, sample, rates, outputs, advance;  // bound copies
  struct instruction *instructions;
  double *slab, *state, *rate; /* [slot][lane], [state][lane], [state][lane] */
  double **ring_buffers;       /* [ring][(most + 1)][count][lanes] */
  struct time_values times;
  double *time_row; /* [time_count]: time values where no table has them */
  struct kernel_env env;

  gsl_odeiv2_system system;
  gsl_odeiv2_step *step;
  gsl_odeiv2_evolve *evolve;
  gsl_odeiv2_driver *driver;
  const unsigned char *stages;

  // where the run is
  const struct batch *batch;
  uint64_t k;
  unsigned calls;      // right-hand sides of this step so far
  bool save;           // this step starts at a save time
  uint64_t saved;      // save points written
  uint32_t only;       // adaptive: the batch lane at hand; UINT32_MAX: all
  double segment_end;  // adaptive: the left limit holds up to here
  double *previous;    /* [state][lane]: y before the step, for tracing */
  struct trace trace;
  double *member; /* [state]: adaptive, the states of the member at hand */
  const struct passes *passes;
};

// Start values from the batch's parameters: lane `only` in every lane, or lane by lane.
void machine_start(struct machine *m, const struct batch *batch, uint32_t only);
// The clock of an adaptive run.
void machine_set_clock(struct machine *m, double t);
// What happens at grid point k before the step: rings give, samples are taken.
void machine_grid(struct machine *m);
void machine_rates(struct machine *m, double *state, double *rate, double t);
// Saves, and gives the rings their inputs, after the rates at the start of step k.
void machine_capture(struct machine *m);
// Notes a failure of a lane once; traces where it came from if `trace` finds it.
void machine_fail(struct machine *m, uint32_t lane, struct failure f);
bool machine_failed(const struct machine *m, uint32_t lane);

// run_adaptive.c
bool adaptive_create(struct machine *m);
void adaptive_run(struct machine *m, uint32_t lane);

#endif
