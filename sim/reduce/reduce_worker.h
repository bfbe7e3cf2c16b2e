// SPDX-License-Identifier: GPL-3.0-or-later
// One thread's share of a reducer, inside the reducers: see reduce.h. A window is up to two leaves of 64 members, for
// which all policies arrive before the next begins; only what cannot be reduced before the last policy is there is
// kept.
#ifndef REDUCE_REDUCE_WORKER_H
#define REDUCE_REDUCE_WORKER_H
#include "reduce/reduce.h"

#define REDUCE_WINDOW_LEAVES 2

struct reduce_leaf {
  double *parameters;       /* [parameter][64] */
  double *phase_starts;     /* [policy][phase][64] */
  struct failure *failures; /* [policy][64] */
  double *derived;          /* [derived][64] */
  struct moments_node *main;
};

struct reduce_worker {
  struct reducer *r;
  struct reduce_state state;
  struct text raw;   // exact: leaves since the last flush, packed
  struct text rest;  // the unfilled last leaf, packed
  struct range run;
  uint64_t window;            // first member
  uint32_t policy, received;  // what comes next in the window
  struct diag *diag;          // of the present call
  void *spool_scratch;
  bool applying;      // the unfilled leaf is reduced, not packed
  double *gather;     /* [cells][64]: a leaf of one policy, from blocks of fewer lanes */
  double *rest_saved; /* [policies][cells][64]: the unfilled leaf; made when it comes */
  struct reduce_leaf leaves[REDUCE_WINDOW_LEAVES];
};

// Feeds one packed leaf, which must be members first..end-1; `apply` reduces it even when it is not filled.
bool reduce_worker_replay(struct reduce_worker *w, struct pack_reader *in, uint64_t first, uint64_t end, bool apply,
                          struct diag *diag);
// Where the store keeps a leaf: [policies*cells + derived][64].
double *reduce_worker_stored(const struct reducer *r, uint64_t leaf);

#endif
