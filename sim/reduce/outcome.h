// SPDX-License-Identifier: GPL-3.0-or-later
// Outcomes: a saved column at the end of a phase (or at the horizon), one number a member and policy. From them come,
// per member, what policies are compared by: paired differences (same member, hence the same future, under two
// policies) and regret (how far a policy falls behind the best one in that future). All are "derived" numbers, listed
// in one row:
//     [policies][outcomes] values | [pairs][outcomes] first minus second | [policies][outcomes] regret (2+ policies)
// An outcome is absent (NAN), never zero: for a failed member, and for a phase that the member never reached. A phase
// in course at the horizon ends there. Between saves, the last save at or before the phase's end counts.
#ifndef REDUCE_OUTCOME_H
#define REDUCE_OUTCOME_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reduce/moments.h"

#define OUTCOME_LANES MOMENTS_LEAF
#define OUTCOME_HORIZON UINT32_MAX
#define OUTCOME_ALL_PAIRS 16  // up to so many policies all pairs are compared; beyond, each with the first only

struct outcome {
  uint32_t column;  // of the saved columns
  uint32_t phase;   // at whose end, or OUTCOME_HORIZON
  bool at_most;     // less is better (a target "at most"); else more is
  double target;    // NAN: none
};

struct outcome_plan {
  const struct outcome *outcomes;
  size_t count;
  uint32_t policies;
  size_t phases, times, columns;
  double start, save, stop;  // first save time, interval, horizon
  struct outcome_pair {
    uint32_t first, second;
  } * pairs;
  size_t pair_count;
  size_t derived;   // numbers of a row
  size_t counters;  // numbers of outcome_tally
};

// Fills pairs and what follows from the other members. False when memory is out.
bool outcome_plan_init(struct outcome_plan *plan);
void outcome_plan_free(struct outcome_plan *plan);

// values [outcome][64] of one policy from saved [time][column][stride] and phase_starts [phase][64].
void outcome_values(const struct outcome_plan *plan, const double *saved, size_t stride, const double *phase_starts,
                    const uint64_t keep[OUTCOME_LANES], double *values);
// The whole row, derived [derived][64], from values of all policies (which are its first part).
void outcome_derive(const struct outcome_plan *plan, double *derived);

// Integer counts over members, all in one array so that merging is addition:
//     met [policies][outcomes] | better [pairs][outcomes][2] | began [policies][phases][times]
// `began` counts the members whose phase began in [save time i, save time i+1).
void outcome_tally(const struct outcome_plan *plan, const double *derived, uint64_t *counts);
void outcome_tally_phases(const struct outcome_plan *plan, uint32_t policy, const double *phase_starts,
                          const uint64_t keep[OUTCOME_LANES], uint64_t *counts);
size_t outcome_better_at(const struct outcome_plan *plan, size_t pair, size_t outcome);  // then first, second
size_t outcome_began_at(const struct outcome_plan *plan, uint32_t policy, size_t phase);
// Places in the row.
size_t outcome_difference_at(const struct outcome_plan *plan, size_t pair, size_t outcome);
size_t outcome_regret_at(const struct outcome_plan *plan, uint32_t policy, size_t outcome);

#endif
