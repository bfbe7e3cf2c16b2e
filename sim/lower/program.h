// SPDX-License-Identifier: GPL-3.0-or-later
// What lower makes of a checked model, and run executes. Immutable, hence shared by all threads.
#ifndef LOWER_PROGRAM_H
#define LOWER_PROGRAM_H
#include "check/check.h"
#include "kernel/ir.h"

struct column {  // one saved number per save time
  uint32_t variable, element;
  const char *name;     // "gdp", "output[ic]"
  struct operand from;  // where it stands after `outputs`
};

struct program_parameter {  // a number that differs between members: one slot of the parameter area
  uint32_t variable, element;
  uint32_t point;  // levers and inputs: the path point; UINT32_MAX for parameters
  double value;    // the model's or scenario's
  bool ranged;     // no member has a value outside low .. high
  double low, high;
};

struct ring {              // a fixed delay: gives at grid point k what it was given at k - length
  uint32_t output, input;  // held slots
  uint32_t length;         // held slots: delay in steps, at least 1, set at the start
  uint32_t count;          // elements
  uint64_t most;           // longest delay in steps, for sizing
};

struct guard {  // a variable with declared bounds, watched at save times
  uint32_t variable, element;
  double low, high;
  struct operand from;
};

struct program {
  struct arena *arena;
  const struct checked *checked;
  const struct model *model;
  const struct scenario *scenario;

  double start, stop, step;
  uint64_t steps, steps_per_save;
  size_t save_count;       // (stop - start)/save + 1
  struct column *columns;  // by variable, then by element
  size_t column_count;
  struct guard *guards;
  size_t guard_count;

  struct program_parameter *parameters;
  size_t parameter_count;

  uint32_t slot_count, state_count;
  const double *literals; /* [literal_count], as BASE_LITERAL */
  uint32_t literal_count, time_count;
  uint32_t parameter_slot, member_slot, held_slot, held_count;  // areas of the slab

  struct code time, initial, sample, rates, outputs, advance;
  uint32_t time_slot_count;                  // the time program's own slab: time values, then its temporaries
  uint32_t clock_slot, edge_slot, low_slot;  // among the time values: t, t for >= and <, t for > and <=
  bool sampled;                              // has discrete state: `sample` runs at every grid point
  struct ring *rings;
  size_t ring_count;

  const struct lookup_table *tables;
  size_t table_count;
  const uint32_t *indices;
  size_t index_count;

  const double *events;  // ascending instants at which adaptive methods restart
  size_t event_count;
  bool grid_events;                         // an event's time is not known in advance: restart at every grid point
  uint32_t *state_variable, *state_element; /* [state]: whose it is; UINT32_MAX: hidden state of a delay */
  uint32_t phase_slot;      // gated phases: slots of the phases' start times (1e30: not begun); UINT32_MAX: calendar
  const double *time_table; /* [3*steps + 1][time_count]: time values by step and stage; NULL: too long to keep */
};

#endif
