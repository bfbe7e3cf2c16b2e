// SPDX-License-Identifier: GPL-3.0-or-later
// What a sweep found, as numbers ready to be written: made once from a reducer when all members are in, in an arena,
// and not changed. Writers and reports read this and nothing else of the sweep layer.
#ifndef REDUCE_RESULTS_H
#define REDUCE_RESULTS_H
#include "reduce/histogram.h"
#include "reduce/importance.h"
#include "reduce/reduce.h"

struct statistics {  // of one number over members; NAN where there are too few
  uint64_t count;
  double mean, sd, mean_error, least, most;
  double *quantiles, *quantile_errors; /* [level] */
  double bound;                        // on the relative error of the quantiles; 0: exact
};

struct outcome_results {     // of one outcome under one policy
  struct statistics values;  // count: members that reached the phase
  uint64_t met;              // of those, how many met the target
  struct histogram histogram;
  struct importance_result importance;
};

struct pair_results {                    // of one outcome, first policy against second
  struct statistics difference;          // first minus second, same member
  uint64_t first_better, second_better;  // of difference.count futures; the rest are equal
};

struct sweep_results {
  const struct reduce_config *config;
  const struct outcome_plan *plan;  // pairs
  uint64_t members;                 // in the results: all of them, or a shard's
  bool exact;
  double bound;                           // the largest of all bounds
  uint64_t table_members;                 // whose parameters and outcomes importance used: the first ones
  uint64_t *failed;                       /* [policy] */
  uint64_t *causes;                       /* [policy][variable] */
  const struct reduce_failure *failures;  // the first LIMIT_FAILURES, by member and policy
  size_t failure_count;
  // Of every saved number, by statistic, so that a column over time is one run of memory for the writers.
  double *mean, *sd, *mean_error, *least, *most; /* [policy][time][column] */
  double *quantiles, *quantile_errors;           /* [policy][level][time][column] */
  double *bounds;                                /* [policy][time][column] on the relative error of quantiles */
  struct outcome_results *outcomes;              /* [policy][outcome] */
  struct pair_results *pairs;                    /* [pair][outcome] */
  struct statistics *regrets;                    /* [policy][outcome], NULL for one policy */
  struct histogram *histograms;                  /* [config->histogram_count][policy][time] */
  uint64_t *began; /* [policy][phase][time] members whose phase began in that save interval */
  const struct reducer *reducer;
  unsigned threads;  // that may work on the results
};

// NULL when memory is out (reported). Takes in the unfilled last leaf; the reducer takes no more members afterwards and
// must outlive the results.
struct sweep_results *results_make(struct arena *a, struct reducer *r, unsigned threads, struct diag *diag);

// Number `i` of member's row in the table: parameters, then [policy][outcome]. member < table_members.
double results_table(const struct sweep_results *s, uint64_t member, size_t i);
// Were all members' saved numbers kept (exact, or spooled)? Then results_leaf gives those of 64 members from `leaf`*64
// on under one policy: out [time][column][64], NaN for failed members and past the last. scratch:
// results_scratch_bytes.
bool results_keep(const struct sweep_results *s);
size_t results_scratch_bytes(const struct sweep_results *s);
bool results_leaf(const struct sweep_results *s, uint64_t leaf, uint32_t policy, double *out, void *scratch,
                  struct diag *diag);
bool results_has(const struct sweep_results *s, uint64_t member);  // is the member in these results?

#endif
