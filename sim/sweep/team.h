// SPDX-License-Identifier: GPL-3.0-or-later
// One thread of a sweep: draws, integrates and reduces runs of members. All its memory is made before the first run;
// between the start and the end of a run nothing is allocated and nothing is locked. It does not know where members
// come from, nor where its findings go.
#ifndef SWEEP_TEAM_H
#define SWEEP_TEAM_H
#include "reduce/reduce.h"
#include "sweep/study.h"

struct team_worker {
  const struct study *study;
  uint32_t lanes;
  struct machine **machines; /* [policy] */
  struct reduce_worker *reduce;
  double *parameters;       /* [block of the window][parameter][lanes] */
  double *saved;            /* [time][column][lanes] */
  double *phase_starts;     /* [phase][lanes] */
  uint64_t *members;        /* [lanes] */
  struct failure *failures; /* [lanes] */
  uint64_t *digests;        /* [window + lanes] of each member so far */
  struct text found;        // digests of finished leaves, for the ledger
  uint64_t failed;          // runs
  double draw, integrate, keep, seconds_reduce;
};

// False after an error; team_free is due in any case.
bool team_init(struct team_worker *w, const struct study *s, struct reducer *r, uint32_t lanes, struct diag *diag);
void team_free(struct team_worker *w);
// Computes members run->first .. run->end-1 as reduce_take gives them.
bool team_compute(struct team_worker *w, struct range run, struct diag *diag);

// One leaf of 64 members again, without reducing: what every bit of it hashes to, and the numbers of one member. For
// replay.
struct team_look {
  uint64_t member;
  uint32_t policy;
  double *parameters;   /* [parameter] */
  double *saved;        /* [time][column] */
  double *phase_starts; /* [phase] */
  struct failure failure;
  uint64_t digest;  // of the leaf
};
bool team_look(const struct study *s, struct team_look *look, struct diag *diag);

#endif
