// SPDX-License-Identifier: GPL-3.0-or-later
// Reduces the members of a sweep as they come, on any number of threads, in memory that does not grow with their
// number. One reducer a sweep, one worker a thread; a worker takes runs of members, feeds what the engine saved, and
// now and then flushes: its state becomes one journal record and is added to the reducer's total.
//
//     reducer = reduce_create(&config, diag);
//     ... journal_open(..., reduce_load, reducer, ...)      // resume, extend, merge shards: each record once
//     per thread: worker = reduce_worker_create(reducer, diag);
//       while (reduce_take(reducer, 512, &run)) {
//         reduce_begin(worker, run);
//         for (windows of max(64, lanes) members of the run, in order)
//           for (policies, in order)
//             for (blocks of `lanes` members of the window, in order)
//               reduce_feed(worker, &block, diag);
//         if (reduce_due(worker)) reduce_pack(worker, &record, diag), reduce_flush(worker, diag), journal_append(...);
//       }
//       reduce_pack, reduce_flush, journal_append, reduce_worker_free
//     results = results_make(arena, reducer, threads, diag);
//
// What the results are depends on the set of members alone: not on threads, lanes, runs, flushes, records or their
// order. Exact or sketch is decided from the number of members, the shape and the memory budget. While exact, all saved
// numbers are kept and records hold them; then records hold states (moments of aligned ranges, sketches, counts).
// The last members, when they do not fill a leaf of 64, are a run of their own and stay raw in the records: a sweep
// that is extended later computes that leaf again, whole.
// This file deliberately does not know how members are made, nor files.
#ifndef REDUCE_REDUCE_H
#define REDUCE_REDUCE_H
#include <pthread.h>

#include "base/diag.h"
#include "engine/run.h"
#include "reduce/outcome.h"
#include "reduce/ranges.h"
#include "reduce/sketch.h"
#include "reduce/spool.h"

struct reduce_config {    // decides every bit of the results beside the members' numbers
  uint64_t members;       // of the whole sweep; 1 .. 2^32 - 1
  uint32_t policies;      // 1 when only one scenario is run
  size_t times, columns;  // of batch.saved
  size_t parameters, phases;
  size_t variables;          // of the model: causes of failure are counted by variable
  double start, save, stop;  // first save time, interval, horizon
  const struct outcome *outcomes;
  size_t outcome_count;
  const double *levels;  // quantiles, ascending in 0..1; NULL: 0.05 0.25 0.5 0.75 0.95
  size_t level_count;
  size_t histogram_bins;           // of outcomes; 0: 40
  const struct reduce_histogram {  // of saved columns, at every save time
    uint32_t column;
    size_t bins;
    double low, high;  // NAN: the least, the most of the column over all times and policies
  } * histograms;
  size_t histogram_count;
  uint64_t memory;      // bytes; 0: 128 MiB
  bool keep_table;      // keep the parameters and outcomes of every member, whatever their number
  struct spool *spool;  // NULL: none; else, unless exact, every member's saved numbers are written there
};

struct sweep_block {  // what the engine made of up to `lanes` members under one policy
  uint32_t policy;
  uint64_t first;                 // number of the member in lane 0
  uint32_t count, lanes;          // members, and the stride of the arrays
  const double *saved;            /* [time][column][lane] */
  const struct failure *failures; /* [lane] */
  const double *parameters;       /* [parameter][lane]; the same for all policies */
  const double *phase_starts;     /* [phase][lane]; NULL when there are no phases */
};

struct reduce_failure {
  uint64_t member;
  uint32_t policy;
  struct failure failure;
};

struct reduce_state {         // of a set of members; adding two states is commutative and associative, bit for bit
  struct moments main;        // groups: policies; cells: [time][column]
  struct moments derived;     // groups: numbers of the outcome row
  struct sketch main_sketch;  // cells: [policy][time][column]; unused while exact
  struct sketch derived_sketch;
  uint64_t *counts;  // outcome_tally's, then failed members [policies], then causes [policies][variables]
  struct reduce_failure *failures;  // those of the lowest member numbers; up to twice LIMIT_FAILURES before trimming
  size_t failure_count;
  struct ranges members;
};

struct reducer {
  struct reduce_config config;
  struct outcome_plan plan;
  size_t cells;                           // times * columns
  size_t counters, failed_at, causes_at;  // layout of counts
  bool exact;
  uint64_t table_members;  // members 0.. whose row is kept: all that fit, else a power of two
  size_t row;              // numbers of a table row: parameters, then [policies][outcomes]
  double *table;           /* [leaf][row][64] */
  double *store;           /* [leaf][policies*cells + derived][64] while exact, else NULL */
  struct reduce_state total;
  struct text rest;                 // the last, unfilled leaf, raw; empty when there is none
  struct ranges taken;              // given out or done
  uint64_t limit_first, limit_end;  // this shard's members
  pthread_mutex_t lock;
};

struct reduce_worker;

// NULL after an error (members out of range, more saved numbers than the budget can carry, no memory). What config
// points to must outlive the reducer.
struct reducer *reduce_create(const struct reduce_config *config, struct diag *diag);
void reduce_free(struct reducer *r);
// Only members first..end-1 are handed out (a shard; ends aligned to 64 or the end of the sweep). Default: all.
void reduce_limit(struct reducer *r, uint64_t first, uint64_t end);

struct reduce_worker *reduce_worker_create(struct reducer *r, struct diag *diag);
void reduce_worker_free(struct reduce_worker *w);

// The next members to compute, at most `want` (a multiple of 64): first is a multiple of 64, and so is the count but
// for a last leaf, which comes alone. False when all are given out. Thread-safe.
bool reduce_take(struct reducer *r, uint64_t want, struct range *run);
void reduce_begin(struct reduce_worker *w, struct range run);
bool reduce_feed(struct reduce_worker *w, const struct sweep_block *block, struct diag *diag);

// Is it time to flush? By members, so that a kill loses little and a journal stays short, and by size.
bool reduce_due(const struct reduce_worker *w);
// Appends the worker's state, as a record that reduce_load takes, to `record`; nothing when nothing was fed. What is in
// the record must then be flushed. On failure of this or the next the sweep is to stop.
bool reduce_pack(struct reduce_worker *w, struct text *record, struct diag *diag);
// Adds the worker's state to the total and starts afresh. Thread-safe.
bool reduce_flush(struct reduce_worker *w, struct diag *diag);
// Adds a record to the total: from a journal, a shard or another process. Members already there are an error. For an
// unfilled last leaf that is no longer the last (the sweep was extended), nothing is added.
bool reduce_load(struct reducer *r, const void *record, size_t size, struct diag *diag);
// The whole total as one record: for compacting a journal of sketches. False while exact, or when memory is out.
bool reduce_pack_total(struct reducer *r, struct text *record);

uint64_t reduce_done(struct reducer *r);  // members in the total, the unfilled leaf included

#endif
