// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the k-th request for memory fail, for every k until one whole pass needs fewer than k requests. Each pass must
// end in one of two ways: a jump to the place that the owner of the arena armed, or an error whose exit code is
// EXIT_MEMORY. That nothing leaks is for AddressSanitizer to say.
//
//     alloc_check run MODEL [SCENARIO]     read (YAML, .mdl or XMILE by its name), check, lower, run
//     alloc_check sweep SCENARIO           design, sweep with a journal and kept members, resume
//
// Small inputs are tried with --tight first: then every request to an arena is one to the heap. A pass that needs more
// than MOST requests is tried at every n-th of them.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "check/check.h"
#include "engine/run.h"
#include "lower/lower.h"
#include "sweep/sweep.h"
#include "vensim/mdl.h"
#include "xmile/xmile.h"

enum { MOST = 3000 };
enum pass { FINISHED, JUMPED, REPORTED, WRONG };

struct job {
  bool sweeps;
  const char *model, *scenario;  // scenario may be NULL
  char folder[32];               // of a sweep
};

static const struct model *read_model(struct arena *a, const char *path, struct diag *diag) {
  if (mdl_is_file(path)) return mdl_read(a, path, NULL, diag);
  return xmile_is_file(path) ? xmile_read(a, path, NULL, diag) : model_read(a, path, NULL, diag);
}

static const struct checked *check_files(struct arena *a, const struct job *j, struct diag *diag) {
  const char *path = j->model ? j->model : scenario_model_path(a, j->scenario, diag);
  const struct model *model = path ? read_model(a, path, diag) : NULL;
  if (!model) return NULL;
  const struct scenario *scenario =
      j->scenario ? scenario_read(a, j->scenario, model, NULL, 0, diag) : scenario_of_model(a, model, NULL, 0, diag);
  return scenario ? check_model(a, model, scenario, false, diag) : NULL;
}

static bool run_all(struct arena *a, const struct job *j, struct diag *diag) {
  const struct checked *checked = check_files(a, j, diag);
  const struct program *program = checked ? lower(a, checked, &(struct lower_options){0}, diag) : NULL;
  const struct results *results = program ? run_single(a, program, diag) : NULL;
  return results && isnan(results->failure.time);
}

static struct study *study_of(struct arena *a, const struct job *j, struct diag *diag) {
  static const char *const sets[] = {"members=150", "keep=members", "memory=1 MiB"};
  const struct checked *checked = check_files(a, j, diag);
  struct sweep_spec *spec = checked ? spec_read(a, checked->scenario, sets, 3, diag) : NULL;
  struct design *design = spec ? design_create(a, spec, diag) : NULL;
  if (!design) return NULL;
  struct lower_options options = {.uncertain = design->program_parameters, .uncertain_count = design->count};
  const struct program **programs = arena_array(a, const struct program *, 1);
  programs[0] = lower(a, checked, &options, diag);
  return programs[0] ? study_make(a, spec, design, programs, 1, diag) : NULL;
}

// Once from the start, once more to the end of a longer sweep.
static bool sweep_all(struct arena *a, const struct job *j, struct diag *diag) {
  struct sweep_options o = {.journal = arena_format(a, "%s/journal", j->folder),
                            .spool = arena_format(a, "%s/members", j->folder),
                            .about = "",
                            .threads = 2,
                            .lanes = 16};
  struct sweep_report report;
  unlink(o.journal), unlink(o.spool);
  struct study *first = study_of(a, j, diag);
  if (!first || !sweep_run(a, first, &o, &(struct sink){0}, &report, diag)) return false;
  o.resume = true, o.extend = 200;
  struct study *second = study_of(a, j, diag);
  return second && sweep_run(a, second, &o, &(struct sink){0}, &report, diag);
}

static enum pass attempt(unsigned long k, const struct job *j) {
  struct arena arena;
  struct diag diag;
  jmp_buf oom;
  arena_init(&arena, &oom);
  diag_init(&diag, &arena);
  mem_fail_at(k);
  enum pass outcome;
  if (setjmp(oom))
    outcome = JUMPED;
  else if (j->sweeps ? sweep_all(&arena, j, &diag) : run_all(&arena, j, &diag))
    outcome = FINISHED;
  else
    outcome = diag.exit == EXIT_MEMORY ? REPORTED : WRONG;
  if (outcome == WRONG) diag_print(&diag, stderr);
  arena_free(&arena);
  return outcome;
}

// Threads share the count of requests: which of them fails may differ, and a pass may need fewer than the first did.
static bool try_all(const struct job *j) {
  if (attempt(0, j) != FINISHED) return false;
  unsigned long needed = mem_requests(), stride = needed / MOST + 1, jumped = 0, reported = 0, finished = 0;
  for (unsigned long k = 1; k <= needed; k += stride) {
    enum pass outcome = attempt(k, j);
    bool unseen = outcome == FINISHED && mem_requests() >= k;
    if (outcome == WRONG || unseen) {
      fprintf(stderr, "request %lu of %lu failed, and the program %s\n", k, needed,
              outcome == WRONG ? "gave an error that does not say so" : "did not notice");
      return false;
    }
    jumped += outcome == JUMPED, reported += outcome == REPORTED, finished += outcome == FINISHED;
  }
  printf("%lu requests, every %lu. failed once: %lu jumps, %lu errors, %lu not reached\n", needed, stride, jumped,
         reported, finished);
  return true;
}

static bool make_folder(struct job *j) {
  // in memory where there is such a place: a journal asks for its bytes to be on the disk
  strcpy(j->folder, access("/dev/shm", W_OK) == 0 ? "/dev/shm/alloc-XXXXXX" : "/tmp/alloc-XXXXXX");
  return mkdtemp(j->folder) != NULL;
}

static void remove_folder(const struct job *j) {
  static const char *const files[] = {"journal", "members"};
  char path[64];
  for (int i = 0; i < 2; i++) {
    snprintf(path, sizeof path, "%s/%s", j->folder, files[i]);
    unlink(path);
  }
  rmdir(j->folder);
}

int main(int argc, char **argv) {
  bool tight = argc > 1 && strcmp(argv[1], "--tight") == 0;
  argc -= tight, argv += tight;
  struct job j = {.sweeps = argc > 2 && strcmp(argv[1], "sweep") == 0};
  if (argc < 3 || (!j.sweeps && strcmp(argv[1], "run") != 0)) {
    fputs("usage: alloc_check [--tight] run MODEL [SCENARIO] | sweep SCENARIO\n", stderr);
    return 2;
  }
  j.model = j.sweeps ? NULL : argv[2];
  j.scenario = j.sweeps ? argv[2] : argc > 3 ? argv[3] : NULL;
  if (j.sweeps && !make_folder(&j)) return 1;
  arena_tight(tight);
  bool good = try_all(&j);
  if (j.sweeps) remove_folder(&j);
  return good ? 0 : 1;
}
