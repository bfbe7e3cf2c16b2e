// SPDX-License-Identifier: GPL-3.0-or-later
// Makes the k-th request for memory fail, for every k until one whole pass (read, check, lower, run) needs fewer than k
// requests. Each pass must end in one of two ways: a jump to the place that the owner of the arena armed, or an error
// whose exit code is EXIT_MEMORY. That nothing leaks is for AddressSanitizer to say.
//
//     alloc_check MODEL [SCENARIO]
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "check/check.h"
#include "engine/run.h"
#include "lower/lower.h"

enum outcome { FINISHED, JUMPED, REPORTED, WRONG };

static bool all_stages(struct arena *a, const char *model_path, const char *scenario_path, struct diag *diag) {
  const struct model *model = model_read(a, model_path, NULL, diag);
  if (!model) return false;
  const struct scenario *scenario = scenario_path ? scenario_read(a, scenario_path, model, NULL, 0, diag)
                                                  : scenario_of_model(a, model, NULL, 0, diag);
  if (!scenario) return false;
  const struct checked *checked = check_model(a, model, scenario, false, diag);
  if (!checked) return false;
  const struct program *program = lower(a, checked, &(struct lower_options){0}, diag);
  if (!program) return false;
  const struct results *results = run_single(a, program, diag);
  return results && isnan(results->failure.time);
}

static enum outcome attempt(unsigned long k, const char *model_path, const char *scenario_path) {
  struct arena arena;
  struct diag diag;
  jmp_buf oom;
  arena_init(&arena, &oom);
  diag_init(&diag, &arena);
  mem_fail_at(k);
  enum outcome outcome;
  if (setjmp(oom))
    outcome = JUMPED;
  else if (all_stages(&arena, model_path, scenario_path, &diag))
    outcome = FINISHED;
  else
    outcome = diag.exit == EXIT_MEMORY ? REPORTED : WRONG;
  if (outcome == WRONG) diag_print(&diag, stderr);
  arena_free(&arena);
  return outcome;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fputs("usage: alloc_check MODEL [SCENARIO]\n", stderr);
    return 2;
  }
  const char *scenario = argc > 2 ? argv[2] : NULL;
  if (attempt(0, argv[1], scenario) != FINISHED) return 1;
  unsigned long needed = mem_requests(), jumped = 0, reported = 0;
  for (unsigned long k = 1; k <= needed; k++) {
    enum outcome outcome = attempt(k, argv[1], scenario);
    if (outcome == WRONG || outcome == FINISHED) {
      fprintf(stderr, "request %lu of %lu failed, and the program %s\n", k, needed,
              outcome == WRONG ? "gave an error that does not say so" : "did not notice");
      return 1;
    }
    jumped += outcome == JUMPED;
    reported += outcome == REPORTED;
  }
  printf("%lu requests, each failed once: %lu jumps, %lu errors\n", needed, jumped, reported);
  return 0;
}
