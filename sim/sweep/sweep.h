// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a study: hands its members out to a team of threads, takes what they found into the journal, and passes the
// results to a sink. What comes out depends on the study alone; how many threads, lanes, runs, interruptions, shards
// or processes it took leaves no trace in any bit.
//
// A crew joins several processes (MPI) into one team: the leader owns the journal and the results, followers ask it for
// members and send home what they found, as the bytes of a journal's record.
#ifndef SWEEP_SWEEP_H
#define SWEEP_SWEEP_H
#include "sweep/ledger.h"
#include "sweep/sink.h"
#include "sweep/study.h"

struct sweep;

enum sweep_agreement { SWEEP_AGREED, SWEEP_FOLLOWER_FAILED, SWEEP_LEADER_FAILED };

struct sweep_crew {
  void *context;
  bool leader;
  unsigned threads;     // of this process, unless the options say so
  unsigned neighbours;  // processes on its machine, itself included
  // Every process calls these. agree: was all well everywhere? share: the leader's number.
  enum sweep_agreement (*agree)(void *context, bool good);
  uint64_t (*share)(void *context, uint64_t value);
  // Leader: answers followers with sweep_hand_out and sweep_take_home until all have left.
  void (*serve)(void *context, struct sweep *s);
  // Followers, one thread at a time. ask: false when nothing is left, or the sweep has stopped.
  bool (*ask)(void *context, uint64_t want, struct range *run);
  void (*send)(void *context, const void *record, size_t size);  // size 0: this process cannot go on
  void (*leave)(void *context);
};

struct sweep_options {
  const char *journal;     // path; NULL: none is kept
  const char *spool;       // path of the file of kept members; used when they are kept and do not fit into memory
  const char *about;       // how to make the study again; kept in the journal for replay and merge
  bool resume;             // go on where the journal ends
  uint64_t extend;         // and make it so many members in all; 0: as many as it had
  uint64_t members;        // resume: what was asked for must be what the journal has; 0: nothing was asked for
  uint32_t shard, shards;  // compute share `shard` of `shards` only, results being left to a merge; shards 0: all
  unsigned threads;        // 0: one for each processor
  uint32_t lanes;          // 16, 32, 64 or 128; 0: by the size of the program
  uint64_t run;            // members handed out at a time, for tests; 0: by what is left
  const struct sweep_crew *crew;  // NULL: this process alone
};

struct sweep_report {
  uint64_t members, found, failed;  // in all; of them already in the journal; runs that failed, over policies
  unsigned threads;
  uint32_t lanes;
  bool partial;  // a shard: no results yet
  bool exact;    // quantiles; else with this bound on their relative error
  double bound;
  double seconds;                               // of computing
  double draw, integrate, reduce, keep, write;  // seconds by stage: summed over threads; write: results and files
};

// False after an error. A shard and a follower end without results.
bool sweep_run(struct arena *a, struct study *s, const struct sweep_options *o, const struct sink *sink,
               struct sweep_report *report, struct diag *diag);
// Joins the journals of all shards of a study into one, that of the options, and passes the results on.
struct sweep_source {
  const char *journal, *spool;
};
bool sweep_merge(struct arena *a, struct study *s, const struct sweep_source *from, size_t count,
                 const struct sweep_options *o, const struct sink *sink, struct sweep_report *report,
                 struct diag *diag);

// For a leader's serve. Thread-safe.
bool sweep_hand_out(struct sweep *s, uint64_t want, struct range *run);
void sweep_take_home(struct sweep *s, const void *record, size_t size);

unsigned sweep_processors(void);
// Lanes by the size of the programs.
uint32_t sweep_choose_lanes(const struct study *s);

#endif
