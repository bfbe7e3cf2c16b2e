// SPDX-License-Identifier: GPL-3.0-or-later
// How fast the engine integrates, in one run of the program: nanoseconds per element operation and lane, and per member
// and right-hand side, by kernel and number of lanes, for the Shanghai model and for one without arrays; then the
// interpreter against the same small models written by hand as vector C (hand.h). All priors are drawn, so nothing that
// a sweep would have to compute is folded away.
//
// Answers are compared bit for bit before anything is timed. Every figure is the median of repetitions taken in turn,
// every ratio the median of the ratios within a repetition; the clock is this process's CPU time, so that other
// programs disturb little. Aims hold for an idle machine.
//
//     engine_bench [--quick] [--json FILE]    run in the root of the source tree; FILE is for bench/compare
//     engine_bench [--quick] --hand           only the models written by hand
//     engine_bench --check                    only compares their answers
//
// --quick measures everything once, for a look.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cities.h"
#include "engine/machine.h"
#include "hand.h"
#include "loaded.h"

enum { REPETITIONS = 7, KERNELS = 3, CITIES = 60 };
static const uint32_t lane_counts[] = {8, 16, 64, 128};
enum { LANE_COUNTS = sizeof lane_counts / sizeof *lane_counts, RIGS = KERNELS * LANE_COUNTS };

static const double aim = 0.4;
static FILE *json;
static bool only_check;
static int repetitions = REPETITIONS;

// ---- time

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef void call_fn(void *context);

// Seconds a call takes: one call when it is long, else as many as fill two milliseconds.
static double seconds_of(call_fn *call, void *context) {
  double start = now(), end;
  size_t calls = 0;
  do {
    call(context);
    calls++;
    end = now();
  } while (end - start < 2e-3);
  return (end - start) / (double)calls;
}

static int compare_numbers(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(const double *x) {
  double sorted[REPETITIONS];
  memcpy(sorted, x, sizeof *sorted * (size_t)repetitions);
  qsort(sorted, (size_t)repetitions, sizeof *sorted, compare_numbers);
  return sorted[repetitions / 2];
}

static double median_ratio(const double *a, const double *b) {
  double ratios[REPETITIONS];
  for (int i = 0; i < repetitions; i++) ratios[i] = a[i] / b[i];
  return median(ratios);
}

// ---- results for bench/compare

static void record(const char *model, const char *kernel, const char *what, const double *seconds) {
  static bool begun;
  if (!json) return;
  fprintf(json, "%s\n  {\"name\": \"engine %s %s %s\", \"seconds\": [", begun ? "," : "{\"benchmarks\": [", model,
          kernel, what);
  for (int i = 0; i < repetitions; i++) fprintf(json, "%s%.9g", i ? ", " : "", seconds[i]);
  fprintf(json, "]}");
  begun = true;
}

// ---- one model, all kernels and lanes

struct measured {
  struct rig rig;
  double run[REPETITIONS], rates[REPETITIONS];  // seconds: a batch from start to stop; one right-hand side of a batch
};

static void run(void *rig) {
  rig_run(rig);
}

static void rates(void *context) {
  struct machine *m = ((struct rig *)context)->machine;
  machine_rates(m, m->state, m->rate, m->program->stop);
}

static size_t open_rigs(const struct loaded *l, struct measured *all) {
  size_t count = 0;
  for (size_t k = 0; kernels[k]; k++)
    for (size_t i = 0; i < LANE_COUNTS && kernels[k]->available(); i++)
      rig_open(&all[count++].rig, l, kernels[k], lane_counts[i]);
  return count;
}

// The members that all have, bit for bit.
static void check_same(struct measured *all, size_t count) {
  const struct program *p = all[0].rig.loaded->program;
  for (size_t r = 0; r < count; r++) {
    rig_run(&all[r].rig);
    for (size_t i = 0; i < p->save_count * p->column_count; i++)
      if (memcmp(all[r].rig.batch.saved + i * all[r].rig.lanes, all[0].rig.batch.saved + i * all[0].rig.lanes,
                 lane_counts[0] * sizeof(double))) {
        fprintf(stderr, "%s: %s with %u lanes gives other numbers: nothing is timed\n", p->model->name,
                all[r].rig.kernel->name, all[r].rig.lanes);
        exit(1);
      }
  }
}

static void print_row(const struct measured *m, const struct measured *best) {
  const struct program *p = m->rig.loaded->program;
  double calls = 4 * (double)p->steps, lanes = m->rig.lanes, operations = (double)loaded_operations(&p->rates);
  printf("  %-8s %5u %12.4f %12.1f %14.1f %12.2f\n", m->rig.kernel->name, m->rig.lanes,
         1e9 * median(m->rates) / operations / lanes, 1e9 * median(m->rates) / lanes,
         1e9 * median(m->run) / calls / lanes, median_ratio(m->run, best->run) * best->rig.lanes / lanes);
  char what[32];
  snprintf(what, sizeof what, "%u lanes, rates", m->rig.lanes);
  record(p->model->name, m->rig.kernel->name, what, m->rates);
  snprintf(what, sizeof what, "%u lanes, run", m->rig.lanes);
  record(p->model->name, m->rig.kernel->name, what, m->run);
}

static void measure_model(const struct loaded *l, const char *title) {
  static struct measured all[RIGS];
  size_t count = open_rigs(l, all);
  const struct program *p = l->program;
  check_same(all, count);
  for (int i = 0; i < repetitions; i++)
    for (size_t r = 0; r < count; r++) {
      all[r].run[i] = seconds_of(run, &all[r].rig);
      all[r].rates[i] = seconds_of(rates, &all[r].rig);
    }
  printf("%s: %zu uncertain numbers, %u states; rates: %zu instructions, %zu element operations;\n", title,
         p->parameter_count, p->state_count, p->rates.count, loaded_operations(&p->rates));
  printf(
      "a run of %llu steps of rk4, %zu columns saved %zu times. Nanoseconds of the rates by element operation and\n"
      "lane, by member, of the run by member and right-hand side; the run by member as a multiple of the best's\n",
      (unsigned long long)p->steps, p->column_count, p->save_count);
  size_t best = 0;
  while (all[best].rig.lanes != 64) best++;
  printf("  %-8s %5s %12s %12s %14s %9s 64\n", "kernel", "lanes", "ns/op/lane", "rates ns/m", "run ns/m/rhs",
         all[best].rig.kernel->name);
  for (size_t r = 0; r < count; r++) print_row(&all[r], &all[best]);
  for (size_t r = 0; r < count; r++) rig_close(&all[r].rig);
}

// ---- against C written by hand

static const struct hand_model *hand_models(const struct kernel *k) {
#if defined(__x86_64__)
  if (strcmp(k->name, "avx512") == 0) return hand_avx512;
  if (strcmp(k->name, "avx2") == 0) return hand_avx2;
#endif
  return strcmp(k->name, "generic") == 0 ? hand_generic : NULL;
}

struct by_hand {
  hand_run *run;
  const double *parameters;
  double *saved;
};

static void run_hand(void *context) {
  struct by_hand *h = context;
  h->run(h->parameters, h->saved);
}

// Is the model still the one that was written by hand?
static bool is_still(struct loaded *l, const struct hand_model *h) {
  const struct program *p = l->program;
  const char *parameters = "", *columns = "";
  for (size_t i = 0; i < l->design->count; i++)
    parameters = arena_format(&l->arena, "%s%s%s", parameters, i ? "," : "", l->design->names[i]);
  for (size_t i = 0; i < p->column_count; i++)
    columns = arena_format(&l->arena, "%s%s%s", columns, i ? "," : "", p->columns[i].name);
  return strcmp(parameters, h->parameters) == 0 && strcmp(columns, h->columns) == 0 && p->step == h->step &&
         p->steps == h->steps && p->steps_per_save == h->steps_per_save && p->state_count == h->states;
}

static void check_hand(const struct rig *r, struct by_hand *h, const char *name) {
  memset(h->saved, 0, rig_saved(r));
  run_hand(h);
  if (memcmp(h->saved, r->batch.saved, rig_saved(r)) == 0) return;
  fprintf(stderr, "%s, %s: the C written by hand gives other numbers: nothing is timed\n", name, r->kernel->name);
  exit(1);
}

static void time_hand(struct rig *r, const struct hand_model *h, struct by_hand *stages, struct by_hand *registers) {
  double times[3][REPETITIONS];
  for (int i = 0; i < repetitions; i++) {
    times[0][i] = seconds_of(run, r);
    times[1][i] = seconds_of(run_hand, stages);
    times[2][i] = seconds_of(run_hand, registers);
  }
  double calls = 4 * (double)h->steps * HAND_LANES, by_stages = median_ratio(times[1], times[0]);
  printf("  %-8s %-15s %8.3f %8.3f %8.3f %9.2f %s %9.2f\n", r->kernel->name, h->name, 1e9 * median(times[0]) / calls,
         1e9 * median(times[1]) / calls, 1e9 * median(times[2]) / calls, by_stages,
         by_stages >= aim ? "ok    " : "MISSED", median_ratio(times[2], times[0]));
  record(h->name, r->kernel->name, "64 lanes, run", times[0]);
  record(h->name, r->kernel->name, "by hand, by stages", times[1]);
  record(h->name, r->kernel->name, "by hand, in registers", times[2]);
}

static void measure_hand(const struct loaded *l, const struct kernel *k, const struct hand_model *h) {
  struct rig r;
  rig_open(&r, l, k, HAND_LANES);
  rig_run(&r);
  double *saved = malloc(rig_saved(&r));
  if (!saved) exit(1);
  struct by_hand stages = {h->by_stages, r.batch.parameters, saved},
                 registers = {h->in_registers, r.batch.parameters, saved};
  check_hand(&r, &stages, h->name);
  check_hand(&r, &registers, h->name);
  if (!only_check) time_hand(&r, h, &stages, &registers);
  free(saved);
  rig_close(&r);
}

static void compare_hands(void) {
  for (size_t k = 0; kernels[k]; k++) {
    const struct hand_model *h = kernels[k]->available() ? hand_models(kernels[k]) : NULL;
    for (; h && h->name; h++) {
      char path[64];
      snprintf(path, sizeof path, "models/%s/model.yaml", h->name);
      struct loaded l;
      loaded_open(&l, path, NULL, 0);
      if (!is_still(&l, h)) {
        fprintf(stderr, "%s is no longer the model that bench/hand.c has\n", path);
        exit(1);
      }
      measure_hand(&l, kernels[k], h);
      loaded_close(&l);
    }
  }
}

static void measure_hands(void) {
  printf("The interpreter against vector C by hand, %d lanes, rk4, ns a member and right-hand side; same bits.\n",
         HAND_LANES);
  printf("Ratio: time by hand / time of the interpreter, aim %.1f for the loop by stages\n", aim);
  printf("  %-8s %-15s %8s %8s %8s %16s %9s\n", "kernel", "model", "ours", "stages", "in regs", "ratio to stages",
         "to regs");
  compare_hands();
}

int main(int argc, char **argv) {
  bool only_hand = false, known = true;
  for (int i = 1; i < argc && known; i++) {
    if (strcmp(argv[i], "--quick") == 0)
      repetitions = 1;
    else if (strcmp(argv[i], "--check") == 0)
      only_check = true;
    else if (strcmp(argv[i], "--hand") == 0)
      only_hand = true;
    else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc)
      known = (json = fopen(argv[++i], "w"));
    else
      known = false;
  }
  if (!known) {
    fprintf(stderr, "usage: engine_bench [--quick] [--json FILE | --hand | --check]\n");
    return 2;
  }
  if (only_check || only_hand) {
    only_check ? compare_hands() : measure_hands();
    return 0;
  }
  struct loaded l;
  const char *eighth = "step=1/8";
  loaded_open(&l, "scenarios/base.yaml", &eighth, 1);
  measure_model(&l, "Shanghai's model, base scenario");
  printf(
      "  beside it, the sketch that the design rests on (avx512, 64 lanes): 1,390 ns a member and right-hand side\n"
      "  before the passes of the compiler, 400 after them, 270 to 300 with exp and log inline\n\n");
  loaded_close(&l);
  char *text = cities_text(CITIES);
  if (!text) return 1;
  loaded_open_text(&l, text);
  measure_model(&l, "An epidemic in a row of cities, without arrays");
  printf("\n");
  loaded_close(&l);
  free(text);
  measure_hands();
  if (json) fprintf(json, "]}\n");
  return json && fclose(json) ? 1 : 0;
}
