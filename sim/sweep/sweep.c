// SPDX-License-Identifier: GPL-3.0-or-later
// See sweep.h. Every thread takes runs of members until none is left or one has failed; what it found goes to the
// ledger when the reducer says that it is due. Threads meet at two locks only, the reducer's and the ledger's, a few
// times a second.
#define _GNU_SOURCE  // sysconf names
#include "sweep/sweep.h"

#include <fenv.h>
#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "sweep/team.h"

#define LEAF MOMENTS_LEAF
#define MOST_RUN 512  // members handed out at a time: some tenths of a second of a large model
#define MOST_FOLLOWER_RUN 65536
#define MOST_RUN_BYTES (4u << 20)  // of saved numbers that a worker keeps until its next record
#define PROGRESS_SECONDS 0.2
#define FIRST_LEVEL_BYTES (32u << 10)  // the least that today's processors have

struct sweep {
  const struct study *study;
  const struct sweep_options *options;
  const struct sink *sink;
  struct reducer *reducer;
  struct ledger *ledger;  // NULL: a follower
  struct sweep_report *report;
  struct spool *spool;  // NULL: none
  unsigned threads;
  uint32_t lanes;
  uint64_t share;  // members of this shard
  atomic_bool stopped;
  atomic_uint_fast64_t done, failed, given;  // by this process and its followers
  double started, shown;
  pthread_mutex_t lock;  // of the progress line, of the crew's questions, of the first error
  bool has_error;
  enum error_id error;
  char error_text[1024];
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// ---- lanes

// 64 lanes amortise the interpreter and fill a leaf of the reducer; 128 where the slab still fits into the first-level
// cache, fewer only where 64 would overflow the second-level cache twice over. Keeping the slab within half of that
// cache (16 or 32 lanes for Shanghai's model) does not pay, since instructions sweep through it in order. Processor
// time with 16, 32, 64 and 128 lanes and an L2 of 1 MiB: Shanghai 1.31, 1.09, 1, 1.04; population -, -, 1, 1.09; SIR
// 1.57, 1.18, 1, 0.89; teacup -, -, 1, 0.88.
uint32_t sweep_choose_lanes(const struct study *s) {
  uint64_t slots = 0;
  for (uint32_t i = 0; i < s->policies; i++) {
    uint64_t n = s->programs[i]->slot_count + 8ull * s->programs[i]->state_count;  // 8: stages of the method, errors
    if (n > slots) slots = n;
  }
  long cache = sysconf(_SC_LEVEL2_CACHE_SIZE);
  uint32_t lanes = slots * 128 * sizeof(double) <= FIRST_LEVEL_BYTES ? 128 : 64;
  while (cache > 0 && lanes > 16 && slots * lanes * sizeof(double) > 2 * (uint64_t)cache) lanes /= 2;
  while (lanes > 16 && lanes / 2 >= s->config.members) lanes /= 2;
  return lanes;
}

// ---- errors of threads: the first one is passed on

static void stop(struct sweep *s, const struct diag *diag) {
  pthread_mutex_lock(&s->lock);
  if (!s->has_error) {
    const struct message *m = diag && diag->messages.count ? &diag->messages.items[0] : NULL;
    s->has_error = true;
    s->error = m ? m->id : ERROR_memory;
    snprintf(s->error_text, sizeof s->error_text, "%s", m ? m->text : ERROR_TEXT_memory);
  }
  pthread_mutex_unlock(&s->lock);
  s->stopped = true;
}

static bool report_stop(const struct sweep *s, struct diag *diag) {
  if (!s->has_error) return true;
  diag_add(diag, SEVERITY_ERROR, s->error, NOWHERE, "%s", s->error_text);
  return false;
}

// ---- members

// Members whose saved numbers a worker can keep, where it keeps them: at least a leaf.
static uint64_t most_run(const struct sweep *s, uint64_t most) {
  uint64_t bytes = s->study->config.policies * s->reducer->cells * sizeof(double);
  uint64_t fit = s->reducer->exact && bytes ? MOST_RUN_BYTES / bytes / LEAF * LEAF : most;
  return fit > most ? most : fit < LEAF ? LEAF : fit;
}

// Large runs first, small ones at the end, so that all threads end together.
static uint64_t run_size(const struct sweep *s) {
  if (s->options->run) return s->options->run;
  uint64_t window = s->lanes > LEAF ? s->lanes : LEAF, given = s->given;
  uint64_t left = s->share > given ? s->share - given : 0, size = left / (8ull * s->threads);
  uint64_t most = most_run(s, MOST_RUN);
  size = size > most ? most : size / window * window;
  return size ? size : window;
}

bool sweep_hand_out(struct sweep *s, uint64_t want, struct range *run) {
  // Less and less towards the end, so that all processes end together.
  uint64_t given = s->given, fair = (s->share > given ? s->share - given : 0) / 16 / LEAF * LEAF;
  if (!s->options->run && want > fair) want = fair > LEAF ? fair : LEAF;
  want = most_run(s, want);
  if (s->stopped || !reduce_take(s->reducer, want, run)) return false;
  s->given += run->end - run->first;
  return true;
}

// A follower asks for so many members that asking does not cost: what a fiftieth of a second takes.
static uint64_t follower_want(const struct sweep *s, double seconds, uint64_t before) {
  if (s->options->run) return s->options->run;
  if (!before) return MOST_RUN;
  return seconds < 0.02 && before < MOST_FOLLOWER_RUN ? before * 2 : before;
}

static bool next_run(struct sweep *s, struct range *run, uint64_t want) {
  const struct sweep_crew *crew = s->options->crew;
  if (!crew || crew->leader) return sweep_hand_out(s, run_size(s), run);
  pthread_mutex_lock(&s->lock);
  bool more = !s->stopped && crew->ask(crew->context, want, run);
  pthread_mutex_unlock(&s->lock);
  return more;
}

static void show(struct sweep *s, bool last) {
  if (!s->sink->progress || (!last && pthread_mutex_trylock(&s->lock) != 0)) return;
  if (last) pthread_mutex_lock(&s->lock);
  double t = now();
  if (last || t - s->shown >= PROGRESS_SECONDS) {
    s->shown = t;
    struct sink_progress p = {s->report->found + s->done, s->study->config.members, s->failed, t - s->started, s->done};
    s->sink->progress(s->sink->context, &p);
  }
  pthread_mutex_unlock(&s->lock);
}

void sweep_take_home(struct sweep *s, const void *record, size_t size) {
  jmp_buf oom;
  struct arena arena;
  struct diag diag;
  arena_init(&arena, &oom);
  if (setjmp(oom) == 0) {
    diag_init(&diag, &arena);
    uint64_t before = reduce_done(s->reducer);
    if (size == 0)
      stop(s, NULL);
    else if (!ledger_take_packed(s->ledger, record, size, &diag))
      stop(s, &diag);
    s->done += reduce_done(s->reducer) - before;
    show(s, false);
  } else {
    stop(s, NULL);
  }
  arena_free(&arena);
}

// ---- a thread

static bool send_home(struct sweep *s, struct team_worker *w, struct text *record, struct diag *diag) {
  if (s->ledger) return ledger_take(s->ledger, w->reduce, &w->found, record, diag);
  record->size = 0;
  if (!ledger_pack(w->reduce, &w->found, record, diag)) return false;
  pthread_mutex_lock(&s->lock);
  s->options->crew->send(s->options->crew->context, record->data, record->size);
  pthread_mutex_unlock(&s->lock);
  return true;
}

static bool work(struct sweep *s, struct team_worker *w, struct text *record, struct diag *diag) {
  if (!team_init(w, s->study, s->reducer, s->lanes, diag)) return false;
  struct range run, next;
  bool more = next_run(s, &run, follower_want(s, 0, 0));
  for (uint64_t want = follower_want(s, 0, 0); more; run = next) {
    uint64_t failed = w->failed;
    // The unfilled leaf is kept raw: its record is large enough alone.
    if (run.end - run.first < LEAF && !send_home(s, w, record, diag)) return false;
    double begun = now();
    if (!team_compute(w, run, diag)) return false;
    s->failed += w->failed - failed;
    s->done += run.end - run.first;
    double start = now();
    want = follower_want(s, start - begun, want);
    // Asked for before findings are sent, so that a follower computes on while the leader unpacks them.
    more = next_run(s, &next, want);
    if (reduce_due(w->reduce) && !send_home(s, w, record, diag)) return false;
    w->keep += now() - start;
    show(s, false);
  }
  return send_home(s, w, record, diag);
}

static void add_times(struct sweep *s, const struct team_worker *w) {
  pthread_mutex_lock(&s->lock);
  s->report->draw += w->draw;
  s->report->integrate += w->integrate;
  s->report->reduce += w->seconds_reduce;
  s->report->keep += w->keep;
  pthread_mutex_unlock(&s->lock);
}

// Messages of a thread live in an arena of its own, made before the work so that a message needs no new memory.
static void run_thread(struct sweep *s) {
  jmp_buf oom;
  struct arena arena;
  struct diag diag;
  struct team_worker w = {0};
  struct text record = {0};
  fesetenv(FE_DFL_ENV);  // round to nearest, denormals kept, whatever the caller's thread had
  arena_init(&arena, &oom);
  if (setjmp(oom) == 0) {
    diag_init(&diag, &arena);
    arena_alloc(&arena, 1);
    if (!work(s, &w, &record, &diag)) stop(s, &diag);
  } else {
    stop(s, NULL);
  }
  const struct sweep_crew *crew = s->options->crew;
  if (s->stopped && crew && !crew->leader && s->has_error) crew->send(crew->context, NULL, 0);
  add_times(s, &w);
  team_free(&w);
  text_free(&record);
  arena_free(&arena);
}

static void run_team(struct sweep *s) {
  const struct sweep_crew *crew = s->options->crew;
  bool serves = crew && crew->leader;
  s->started = now();
#pragma omp parallel num_threads((int)(s->threads + (serves ? 1 : 0)))
  {
    // MPI wants its messages from the thread that it was started on.
    if (serves && omp_get_thread_num() == 0)
      crew->serve(crew->context, s);
    else
      run_thread(s);
  }
  if (!s->has_error) show(s, true);
  s->report->seconds = now() - s->started;
}

// ---- before and after

static bool plan(struct arena *a, struct study *s, const struct sweep_options *o, struct ledger_plan *plan,
                 struct diag *diag) {
  *plan = (struct ledger_plan){s->config.members, o->shards ? o->shard : 1, o->shards ? o->shards : 1};
  if (!o->resume) return true;
  struct ledger_seen seen;
  if (!ledger_peek(o->journal, s->identity, a, &seen, diag)) return false;
  if (!seen.plan.members) return true;
  uint64_t had = seen.plan.members;
  if (o->shards && (seen.plan.shard != o->shard || seen.plan.shards != o->shards)) {
    diag_error(diag, NOWHERE, sweep_other_shard, o->journal, seen.plan.shard, seen.plan.shards);
    return false;
  }
  *plan = seen.plan;
  if (o->extend && (o->extend < had || seen.plan.shards > 1)) {
    if (seen.plan.shards > 1)
      diag_error(diag, NOWHERE, sweep_extend_shard);
    else
      diag_error(diag, NOWHERE, sweep_extend_less, (unsigned long long)had, (unsigned long long)o->extend);
    return false;
  }
  if (o->extend) plan->members = o->extend;
  if (!o->extend && o->members && o->members != had) {
    diag_error(diag, NOWHERE, sweep_other_members, (unsigned long long)had, (unsigned long long)o->members);
    return false;
  }
  return true;
}

static bool check_extend(const struct study *s, const struct sweep_options *o, struct diag *diag) {
  if (!o->extend || design_extends(s->spec->sampling)) return true;
  bool latin = s->spec->sampling == SAMPLING_LATIN;
  diag_error(diag, NOWHERE, sweep_extend_design, spec_sampling_names[s->spec->sampling],
             latin ? "its strata are N-ths, so that every member depends on N" : "its points are given");
  return false;
}

// The followers on the leader's machine have left, and their processors are idle.
static unsigned finishing_threads(const struct sweep *s) {
  if (!s->options->crew) return s->threads;
  unsigned all = s->threads * s->options->crew->neighbours, most = sweep_processors();
  return all <= most ? all : most > s->threads ? most : s->threads;
}

static bool finish(struct arena *a, struct sweep *s, const struct sink *sink, struct diag *diag) {
  double start = now();
  struct sweep_results *results = results_make(a, s->reducer, finishing_threads(s), diag);
  bool good = results && (!sink->finish || sink->finish(sink->context, s->study->labels, results, diag));
  if (results) {
    s->report->failed = 0;
    for (uint32_t i = 0; i < s->study->policies; i++) s->report->failed += results->failed[i];
    s->report->exact = results->exact;
    s->report->bound = results->bound;
  }
  s->report->write = now() - start;
  return good;
}

// The leader, or a process alone.
static bool lead(struct arena *a, struct sweep *s, const struct ledger_plan *p, struct diag *diag) {
  struct range share = ledger_share(p);
  s->share = share.end - share.first;
  s->report->found = reduce_done(s->reducer);
  s->given = s->report->found;
  if (s->sink->begin && !s->sink->begin(s->sink->context, s->study->labels, &s->study->config, diag)) return false;
  run_team(s);
  if (!report_stop(s, diag)) return false;
  s->report->partial = p->shards > 1;
  s->report->failed = s->failed;
  return s->report->partial || finish(a, s, s->sink, diag);
}

unsigned sweep_processors(void) {
  int threads = omp_get_max_threads();
  return threads < LIMIT_THREADS ? (unsigned)threads : LIMIT_THREADS;
}

static unsigned choose_threads(const struct sweep_options *o) {
  if (o->threads) return o->threads;
  return o->crew ? o->crew->threads : sweep_processors();
}

// Members are kept in a file when they were asked for and are too many for memory.
static bool open_spool(struct sweep *s, struct diag *diag) {
  const struct sweep_spec *spec = s->study->spec;
  if (!spec->keep_members || s->reducer->exact || !s->options->spool) return true;
  s->spool = s->reducer->config.spool =
      spool_open(s->options->spool, s->study->policies, s->reducer->cells, !spec->keep_double, diag);
  return s->spool;
}

static bool prepare(struct sweep *s, const struct ledger_plan *p, struct diag *diag) {
  s->reducer = reduce_create(&s->study->config, diag);
  if (!s->reducer) return false;
  struct range share = ledger_share(p);
  reduce_limit(s->reducer, share.first, share.end);
  s->lanes = s->report->lanes = s->options->lanes ? s->options->lanes : sweep_choose_lanes(s->study);
  s->threads = s->report->threads = choose_threads(s->options);
  s->report->members = p->members;
  return open_spool(s, diag);
}

// A follower computes what the leader hands out and has no say in anything else.
static bool follow(struct sweep *s, struct study *study, const struct sweep_options *o, struct diag *diag) {
  uint64_t members = o->crew->share(o->crew->context, 0);
  if (!members) return false;  // the leader has reported why
  study_set_members(study, members);
  struct ledger_plan p = {members, 1, 1};
  bool good = prepare(s, &p, diag);
  if (good)
    run_team(s);
  else
    o->crew->send(o->crew->context, NULL, 0);
  o->crew->leave(o->crew->context);
  return good && report_stop(s, diag);
}

static void release(struct sweep *s) {
  reduce_free(s->reducer);
  spool_close(s->spool);
  pthread_mutex_destroy(&s->lock);
}

bool sweep_run(struct arena *a, struct study *study, const struct sweep_options *o, const struct sink *sink,
               struct sweep_report *report, struct diag *diag) {
  struct sweep s = {.study = study, .options = o, .sink = sink, .report = report};
  pthread_mutex_init(&s.lock, NULL);
  *report = (struct sweep_report){0};
  bool good;
  if (o->crew && !o->crew->leader) {
    good = follow(&s, study, o, diag);
    release(&s);
    return good;
  }
  struct ledger_plan p;
  good = check_extend(study, o, diag) && plan(a, study, o, &p, diag);
  if (good && p.members != study->config.members) study_set_members(study, p.members);
  good = good && prepare(&s, &p, diag) &&
         (s.ledger = ledger_open(o->journal, study->identity, o->about, &p, o->resume, s.reducer, diag));
  if (o->crew) o->crew->share(o->crew->context, good ? p.members : 0);
  good = good && lead(a, &s, &p, diag);
  good = ledger_close(s.ledger, diag) && good;
  // The results go on living in the arena, but nobody reads members from the reducer after finish.
  release(&s);
  return good;
}

// ---- merging

// Copies the kept members of a shard.
static bool copy_spool(struct sweep *s, const char *path, struct range share, struct diag *diag) {
  const struct sweep_spec *spec = s->study->spec;
  struct spool *from = spool_open(path, s->study->policies, s->reducer->cells, !spec->keep_double, diag);
  if (!from) return false;
  uint64_t keep[LEAF];
  memset(keep, 255, sizeof keep);
  double *leaf = mem_alloc_aligned(s->reducer->cells * LEAF * sizeof *leaf);
  void *scratch = mem_alloc_aligned(spool_scratch_bytes(from));
  bool good = leaf && scratch;
  if (!good) diag_error(diag, NOWHERE, memory);
  for (uint64_t i = share.first / LEAF; good && i < (share.end + LEAF - 1) / LEAF; i++)
    for (uint32_t policy = 0; good && policy < s->study->policies; policy++)
      good = spool_read(from, i, policy, leaf, scratch, diag) &&
             spool_write(s->spool, i, policy, leaf, LEAF, keep, scratch, diag);
  mem_free_aligned(leaf);
  mem_free_aligned(scratch);
  spool_close(from);
  return good && spool_sync(s->spool, diag);
}

static bool merge_one(struct arena *a, struct sweep *s, const struct sweep_source *from, struct diag *diag) {
  struct ledger_seen seen;
  if (!ledger_peek(from->journal, NULL, a, &seen, diag)) return false;
  if (seen.plan.members != s->study->config.members) {
    diag_error(diag, NOWHERE, merge_differs, from->journal, (unsigned long long)seen.plan.members,
               (unsigned long long)s->study->config.members);
    return false;
  }
  // Members before the records that cover them, as in a sweep.
  if (s->spool && !copy_spool(s, from->spool, ledger_share(&seen.plan), diag)) return false;
  return ledger_merge(s->ledger, from->journal, s->study->identity, diag);
}

static bool merge_all(struct arena *a, struct sweep *s, const struct sweep_source *from, size_t count,
                      struct diag *diag) {
  for (size_t i = 0; i < count; i++)
    if (!merge_one(a, s, &from[i], diag)) return false;
  struct range missing;
  if (!ranges_gap(&s->reducer->taken, 0, s->study->config.members, &missing)) return true;
  diag_error(diag, NOWHERE, merge_missing, (unsigned long long)missing.first, (unsigned long long)missing.end - 1);
  return false;
}

bool sweep_merge(struct arena *a, struct study *study, const struct sweep_source *from, size_t count,
                 const struct sweep_options *o, const struct sink *sink, struct sweep_report *report,
                 struct diag *diag) {
  struct sweep s = {.study = study, .options = o, .sink = sink, .report = report};
  struct ledger_plan p = {study->config.members, 1, 1};
  double start = now();
  pthread_mutex_init(&s.lock, NULL);
  *report = (struct sweep_report){0};
  bool good = prepare(&s, &p, diag) &&
              (s.ledger = ledger_open(o->journal, study->identity, o->about, &p, false, s.reducer, diag)) &&
              merge_all(a, &s, from, count, diag);
  report->seconds = now() - start;
  good = good && finish(a, &s, sink, diag);
  bool opened = s.ledger;
  good = ledger_close(s.ledger, diag) && good;
  if (opened && !good) unlink(o->journal);  // half a merge is of no use, and would be in the way of the next
  release(&s);
  return good;
}
