// SPDX-License-Identifier: GPL-3.0-or-later
// Values of time alone: the same for all members, hence computed once for all. A fixed-step method meets a step's time
// in three ways: at its start (right-continuous), in its middle, and at its end, where jumps have not happened yet.
#ifndef LOWER_TIME_TABLE_H
#define LOWER_TIME_TABLE_H
#include "lower/program.h"

enum { STAGE_START, STAGE_MIDDLE, STAGE_END, STAGE_TIMES };

// Working memory for evaluating the time program at one time.
struct time_values {
  const struct program *program;
  struct code code;  // bound copy
  double *slab;      /* [slot_count][8], 64-byte aligned, literals set */
};

// Evaluates the time program at t; `limit` is the latest instant that counts as reached (left limits). Writes
// time_count values.
void time_values_at(const struct time_values *v, double t, double edge, double *out);
// The time of step k and stage, and the clock for >= there.
double time_of_stage(const struct program *p, uint64_t k, unsigned stage, double *edge);
// Fills program->time_table for fixed-step methods unless it would be too large. Uses the program's arena.
void time_table_make(struct program *p);
// For machines: bound code and slab from the heap; false when there is no memory.
bool time_values_create(struct time_values *v, const struct program *p);
void time_values_free(struct time_values *v);

#endif
