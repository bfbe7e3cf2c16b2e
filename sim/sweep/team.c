// SPDX-License-Identifier: GPL-3.0-or-later
// See team.h. A window is what all policies go through before the next members are drawn: 64 members, or as many as
// there are lanes.
#include "sweep/team.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "sweep/ledger.h"

#define LEAF MOMENTS_LEAF

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint32_t window_of(uint32_t lanes) {
  return lanes > LEAF ? lanes : LEAF;
}

static bool make_memory(struct team_worker *w) {
  const struct study *s = w->study;
  const struct program *p = s->programs[0];
  size_t window = window_of(w->lanes), phases = s->config.phases;
  w->machines = mem_alloc(s->policies * sizeof *w->machines);
  w->parameters = mem_alloc_aligned((s->design->count * window + 1) * sizeof(double));
  w->saved = mem_alloc_aligned((p->save_count * p->column_count * w->lanes + 1) * sizeof(double));
  w->phase_starts = mem_alloc((phases * w->lanes + 1) * sizeof(double));
  w->members = mem_alloc(w->lanes * sizeof *w->members);
  w->failures = mem_alloc(w->lanes * sizeof *w->failures);
  w->digests = mem_alloc_aligned((window + w->lanes) * sizeof *w->digests);
  return w->machines && w->parameters && w->saved && w->phase_starts && w->members && w->failures && w->digests;
}

bool team_init(struct team_worker *w, const struct study *s, struct reducer *r, uint32_t lanes, struct diag *diag) {
  *w = (struct team_worker){.study = s, .lanes = lanes};
  if (!make_memory(w)) {
    diag_error(diag, NOWHERE, memory);
    return false;
  }
  for (uint32_t i = 0; i < s->policies; i++)
    if (!(w->machines[i] = machine_create(s->programs[i], lanes, diag))) return false;
  return !r || (w->reduce = reduce_worker_create(r, diag));
}

void team_free(struct team_worker *w) {
  if (!w->study) return;
  for (uint32_t i = 0; w->machines && i < w->study->policies; i++) machine_free(w->machines[i]);
  mem_free(w->machines);
  reduce_worker_free(w->reduce);
  mem_free_aligned(w->parameters);
  mem_free_aligned(w->saved);
  mem_free(w->phase_starts);
  mem_free(w->members);
  mem_free(w->failures);
  mem_free_aligned(w->digests);
  text_free(&w->found);
}

// Mixes a number into each lane's digest (the step of MurmurHash3, by Austin Appleby, in shifts and additions so that
// it vectorises).
static void mix(uint64_t *digests, const double *numbers, uint32_t lanes) {
  for (uint32_t l = 0; l < lanes; l++) {
    uint64_t bits, h = digests[l];
    memcpy(&bits, &numbers[l], sizeof bits);
    h ^= bits;
    h = h << 27 | h >> 37;
    digests[l] = h + (h << 2) + 0x52dce729;
  }
}

static void digest_block(struct team_worker *w, uint64_t *digests) {
  const struct program *p = w->study->programs[0];
  for (size_t cell = 0; cell < p->save_count * p->column_count; cell++)
    mix(digests, w->saved + cell * w->lanes, w->lanes);
  for (uint32_t l = 0; l < w->lanes; l++) {
    const struct failure *f = &w->failures[l];
    double cause[] = {f->time, f->variable, f->element, f->value};
    for (size_t i = 0; !isnan(f->time) && i < sizeof cause / sizeof *cause; i++) mix(digests + l, &cause[i], 1);
  }
}

static uint64_t digest_leaf(const uint64_t *digests, uint32_t count) {
  return map_hash64((const char *)digests, count * sizeof *digests);
}

// A failure that no variable caused (an integrator that does not converge) is counted behind the variables.
static void count_failures(struct team_worker *w, uint32_t count) {
  uint32_t none = (uint32_t)w->study->config.variables - 1;
  for (uint32_t l = 0; l < w->lanes; l++) {
    if (isnan(w->failures[l].time)) continue;
    if (w->failures[l].variable == UINT32_MAX) w->failures[l].variable = none;
    w->failed += l < count;
  }
}

static void integrate(struct team_worker *w, uint32_t policy, uint64_t first, uint32_t count,
                      const double *parameters) {
  for (uint32_t l = 0; l < w->lanes; l++) w->members[l] = first + (l < count ? l : count - 1);
  struct batch batch = {.parameters = parameters,
                        .members = w->members,
                        .seed = w->study->design->seed,
                        .saved = w->saved,
                        .phase_starts = w->phase_starts,
                        .failures = w->failures};
  machine_run(w->machines[policy], &batch);
  count_failures(w, count);
}

static void draw_window(struct team_worker *w, uint64_t first, uint32_t count) {
  size_t block = w->study->design->count * w->lanes;
  for (uint32_t at = 0; at < count; at += w->lanes) {
    uint32_t n = count - at < w->lanes ? count - at : w->lanes;
    design_draw(w->study->design, first + at, n, w->lanes, w->parameters + at / w->lanes * block);
  }
}

// What is done with a block once it is integrated.
typedef bool use_fn(void *context, struct team_worker *w, const struct sweep_block *b, struct diag *diag);

static bool run_window(struct team_worker *w, uint64_t first, uint32_t count, use_fn *use, void *context,
                       struct diag *diag) {
  size_t block = w->study->design->count * w->lanes;
  double start = now(), end;
  draw_window(w, first, count);
  w->draw += (end = now()) - start;
  memset(w->digests, 0, (window_of(w->lanes) + w->lanes) * sizeof *w->digests);
  for (uint32_t policy = 0; policy < w->study->policies; policy++)
    for (uint32_t at = 0; at < count; at += w->lanes) {
      uint32_t n = count - at < w->lanes ? count - at : w->lanes;
      struct sweep_block b = {
          policy,         first + at, n, w->lanes, w->saved, w->failures, w->parameters + at / w->lanes * block,
          w->phase_starts};
      start = end;
      integrate(w, policy, b.first, n, b.parameters);
      w->integrate += (end = now()) - start;
      digest_block(w, w->digests + at);
      start = now();
      w->keep += start - end;
      if (!use(context, w, &b, diag)) return false;
      w->seconds_reduce += (end = now()) - start;
    }
  return true;
}

static bool feed(void *context, struct team_worker *w, const struct sweep_block *b, struct diag *diag) {
  (void)context;
  return reduce_feed(w->reduce, b, diag);
}

bool team_compute(struct team_worker *w, struct range run, struct diag *diag) {
  uint32_t window = window_of(w->lanes);
  reduce_begin(w->reduce, run);
  for (uint64_t first = run.first; first < run.end; first += window) {
    uint32_t count = run.end - first < window ? (uint32_t)(run.end - first) : window;
    if (!run_window(w, first, count, feed, NULL, diag)) return false;
    for (uint32_t at = 0; at < count; at += LEAF)
      ledger_digest(&w->found, (first + at) / LEAF,
                    digest_leaf(w->digests + at, count - at < LEAF ? count - at : LEAF));
  }
  return true;
}

static bool look_at(void *context, struct team_worker *w, const struct sweep_block *b, struct diag *diag) {
  (void)diag;
  struct team_look *look = context;
  if (b->policy != look->policy || look->member < b->first || look->member >= b->first + b->count) return true;
  size_t lane = look->member - b->first, cells = w->study->config.times * w->study->config.columns;
  for (size_t i = 0; i < cells; i++) look->saved[i] = b->saved[i * w->lanes + lane];
  for (size_t i = 0; i < w->study->design->count; i++) look->parameters[i] = b->parameters[i * w->lanes + lane];
  for (size_t i = 0; i < w->study->config.phases; i++) look->phase_starts[i] = b->phase_starts[i * w->lanes + lane];
  look->failure = b->failures[lane];
  return true;
}

bool team_look(const struct study *s, struct team_look *look, struct diag *diag) {
  struct team_worker w = {0};
  uint64_t first = look->member - look->member % LEAF, left = s->config.members - first;
  uint32_t count = left < LEAF ? (uint32_t)left : LEAF;
  bool good = team_init(&w, s, NULL, LEAF, diag) && run_window(&w, first, count, look_at, look, diag);
  if (good) look->digest = digest_leaf(w.digests, count);
  team_free(&w);
  return good;
}
