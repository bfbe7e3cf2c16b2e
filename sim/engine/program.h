// SPDX-License-Identifier: GPL-3.0-or-later
// What lower makes of a checked model, and run executes. Immutable, hence shared by all threads.
#ifndef ENGINE_PROGRAM_H
#define ENGINE_PROGRAM_H
#include "engine/ir.h"
#include "lang/check.h"

struct column {            // one saved number per save time
  uint32_t variable, element;
  const char *name;        // "gdp", "output[ic]"
  struct operand from;     // where it stands after `outputs`
};

struct program_parameter { // a number that differs between members: one slot of the parameter area
  uint32_t variable, element;
  uint32_t point;          // levers and inputs: the path point; UINT32_MAX for parameters
  double value;            // the model's or scenario's
};

struct ring {              // a pipeline delay: the values given at the last `length` grid points
  uint32_t input, output;  // held slots
  uint32_t count;          // elements
  uint32_t length_slot;    // member value: delay time, per element
  uint32_t most;           // longest delay in steps, for sizing
};

struct program {
  struct arena *arena;
  const struct checked *checked;
  const struct model *model;
  const struct scenario *scenario;

  double start, stop, step;
  uint64_t steps, steps_per_save;
  size_t save_count;       // (stop - start)/save + 1
  struct column *columns;
  size_t column_count;

  struct program_parameter *parameters;
  size_t parameter_count;

  uint32_t slot_count, state_count;
  uint32_t literal_slot, literal_count;      // areas of the slab
  const double *literals;
  uint32_t parameter_slot, time_slot, time_count, member_slot, held_slot, held_count;
  uint32_t time_code_slots;                  // slots of a slab for the time program alone

  struct code time, initial, sample, rates, outputs, advance;
  uint32_t clock_slot, edge_slot, low_slot;  // in the time program: t, t for >= and <, t for > and <=
  bool sampled;            // has discrete state: `sample` runs at every grid point
  struct ring *rings;
  size_t ring_count;

  const struct lookup_table *tables;
  size_t table_count;
  const uint32_t *indices;
  size_t index_count;

  const double *events;    // ascending instants at which adaptive methods restart
  size_t event_count;
  bool grid_events;        // an event's time is not known in advance: restart at every grid point
  uint32_t *state_variable, *state_element;  /* [state]: whose it is; UINT32_MAX: hidden state of a delay */
  uint32_t phase_slot;     // gated phases: held slots of the phases' start times; UINT32_MAX: calendar
};

struct lower_options {
  const struct program_parameter *uncertain;  // parameters (and path points) that differ between members
  size_t uncertain_count;
  bool no_cse, no_fuse, no_binding, no_colour;  // passes off, for tests: same bits
};

// Compiles. The save set is the scenario's. NULL after errors.
struct program *lower(struct arena *a, const struct checked *c, const struct lower_options *options,
                      struct diag *diag);

// The program as text (simulate dump --stage ir).
void program_print(struct text *out, const struct program *p);

#endif
