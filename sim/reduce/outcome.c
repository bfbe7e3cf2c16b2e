// SPDX-License-Identifier: GPL-3.0-or-later
// See outcome.h.
#include "reduce/outcome.h"

#include <math.h>

#include "base/mem.h"

bool outcome_plan_init(struct outcome_plan *plan) {
  size_t n = plan->policies;
  bool all = n <= OUTCOME_ALL_PAIRS;
  plan->pair_count = all ? n * (n - 1) / 2 : n - 1;
  plan->pairs = mem_alloc(plan->pair_count * sizeof *plan->pairs);
  if (!plan->pairs) return false;
  size_t k = 0;
  for (uint32_t a = 0; a < (all ? n : 1); a++)
    for (uint32_t b = a + 1; b < n; b++) plan->pairs[k++] = (struct outcome_pair){a, b};
  plan->derived = (n + plan->pair_count + (n > 1 ? n : 0)) * plan->count;
  plan->counters = outcome_began_at(plan, plan->policies, 0);
  return true;
}

void outcome_plan_free(struct outcome_plan *plan) {
  mem_free(plan->pairs);
  plan->pairs = NULL;
}

size_t outcome_difference_at(const struct outcome_plan *plan, size_t pair, size_t outcome) {
  return (plan->policies + pair) * plan->count + outcome;
}

size_t outcome_regret_at(const struct outcome_plan *plan, uint32_t policy, size_t outcome) {
  return (plan->policies + plan->pair_count + policy) * plan->count + outcome;
}

size_t outcome_better_at(const struct outcome_plan *plan, size_t pair, size_t outcome) {
  return plan->policies * plan->count + 2 * (pair * plan->count + outcome);
}

size_t outcome_began_at(const struct outcome_plan *plan, uint32_t policy, size_t phase) {
  return outcome_better_at(plan, plan->pair_count, 0) + (policy * plan->phases + phase) * plan->times;
}

// Index of the last save time at or before t; times within 1e-6 of an interval of a save are that save.
static size_t save_index(const struct outcome_plan *plan, double t) {
  double place = floor((t - plan->start) / plan->save + 1e-6);
  if (!(place > 0)) return 0;
  return place < (double)plan->times ? (size_t)place : plan->times - 1;
}

// NAN when the member did not reach the phase.
static double phase_end(const struct outcome_plan *plan, const double *starts, size_t lane, uint32_t phase) {
  if (phase == OUTCOME_HORIZON) return plan->stop;
  const double *own = starts + phase * OUTCOME_LANES + lane, *next = own + OUTCOME_LANES;
  if (isnan(*own)) return NAN;
  return phase + 1 >= plan->phases || isnan(*next) ? plan->stop : fmin(*next, plan->stop);
}

void outcome_values(const struct outcome_plan *plan, const double *saved, size_t stride, const double *phase_starts,
                    const uint64_t keep[OUTCOME_LANES], double *values) {
  for (size_t o = 0; o < plan->count; o++) {
    const struct outcome *outcome = &plan->outcomes[o];
    for (size_t lane = 0; lane < OUTCOME_LANES; lane++) {
      double *value = &values[o * OUTCOME_LANES + lane];
      *value = NAN;
      if (!keep[lane]) continue;
      double end = phase_end(plan, phase_starts, lane, outcome->phase);
      if (!isnan(end)) *value = saved[(save_index(plan, end) * plan->columns + outcome->column) * stride + lane];
    }
  }
}

static void derive_pair(const struct outcome_plan *plan, size_t pair, double *derived) {
  const struct outcome_pair *p = &plan->pairs[pair];
  size_t size = plan->count * OUTCOME_LANES;
  const double *first = derived + p->first * size, *second = derived + p->second * size;
  double *difference = derived + outcome_difference_at(plan, pair, 0) * OUTCOME_LANES;
  for (size_t i = 0; i < size; i++) difference[i] = first[i] - second[i];
}

// The regret of a policy is the best value under any policy less its own, in the direction of the outcome: 0 for the
// best. NAN when any policy lacks the outcome, so that all policies are judged over the same futures.
static void derive_regret(const struct outcome_plan *plan, size_t o, size_t lane, double *derived) {
  bool less = plan->outcomes[o].at_most;
  double best = derived[o * OUTCOME_LANES + lane];
  for (uint32_t p = 1; p < plan->policies; p++) {
    double x = derived[(p * plan->count + o) * OUTCOME_LANES + lane];
    if (isnan(x) || (less ? x < best : x > best)) best = isnan(best) ? best : x;
  }
  for (uint32_t p = 0; p < plan->policies; p++) {
    double x = derived[(p * plan->count + o) * OUTCOME_LANES + lane];
    derived[outcome_regret_at(plan, p, o) * OUTCOME_LANES + lane] = less ? x - best : best - x;
  }
}

void outcome_derive(const struct outcome_plan *plan, double *derived) {
  for (size_t pair = 0; pair < plan->pair_count; pair++) derive_pair(plan, pair, derived);
  if (plan->policies < 2) return;
  for (size_t o = 0; o < plan->count; o++)
    for (size_t lane = 0; lane < OUTCOME_LANES; lane++) derive_regret(plan, o, lane, derived);
}

static void tally_targets(const struct outcome_plan *plan, const double *derived, uint64_t *counts) {
  for (size_t i = 0; i < plan->policies * plan->count; i++) {
    const struct outcome *outcome = &plan->outcomes[i % plan->count];
    const double *x = derived + i * OUTCOME_LANES;
    for (size_t lane = 0; lane < OUTCOME_LANES; lane++)  // comparisons with NAN are false
      counts[i] += outcome->at_most ? x[lane] <= outcome->target : x[lane] >= outcome->target;
  }
}

void outcome_tally(const struct outcome_plan *plan, const double *derived, uint64_t *counts) {
  tally_targets(plan, derived, counts);
  for (size_t pair = 0; pair < plan->pair_count; pair++)
    for (size_t o = 0; o < plan->count; o++) {
      const double *d = derived + outcome_difference_at(plan, pair, o) * OUTCOME_LANES;
      uint64_t *better = counts + outcome_better_at(plan, pair, o);
      size_t more = plan->outcomes[o].at_most ? 1 : 0;
      for (size_t lane = 0; lane < OUTCOME_LANES; lane++) better[more] += d[lane] > 0, better[1 - more] += d[lane] < 0;
    }
}

void outcome_tally_phases(const struct outcome_plan *plan, uint32_t policy, const double *phase_starts,
                          const uint64_t keep[OUTCOME_LANES], uint64_t *counts) {
  for (size_t phase = 0; phase < plan->phases; phase++)
    for (size_t lane = 0; lane < OUTCOME_LANES; lane++) {
      double t = phase_starts[phase * OUTCOME_LANES + lane];
      if (keep[lane] && !isnan(t)) counts[outcome_began_at(plan, policy, phase) + save_index(plan, t)]++;
    }
}
