// SPDX-License-Identifier: GPL-3.0-or-later
// Random models through the engine and the oracle. Whatever the passes, the binding times and the lanes, the engine
// gives the same bits; on exact models (random_model.h) the oracle gives these bits too; on loose ones, where exp, log,
// sin and general powers come from two libraries, it agrees within LOOSE relative to the larger of the value and 1.
//
// A failure is made small (entries of the model that it does not need are left out) and printed with its seed:
// SEED=n repeats a run, MODELS=n says how many.
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "engine_support.h"
#include "oracle.h"
#include "random_model.h"

TestSuite(property);

static const double LOOSE = 1e-8;
enum outcome { REFUSED, SAME, DIFFERENT };

struct trial {
  enum random_kind kind;
  enum random_chance chance;
  char message[400];  // of the first difference
  bool failed;        // the run met a value that is no number
};

static void difference(const struct lab *l, struct trial *t, size_t at, const char *what, double a, double b) {
  size_t columns = l->program->column_count;
  snprintf(t->message, sizeof t->message, "%s: %s at save %zu: %.17g and %.17g", what,
           l->program->columns[at % columns].name, at / columns, a, b);
}

static double *run_lanes(struct lab *l, const struct lower_options *o, uint32_t lanes, struct failure *failures) {
  uint64_t members[64];
  for (int i = 0; i < 64; i++) members[i] = 5;
  return lab_lower(l, o) ? lab_batch(l, lanes, NULL, members, 7, failures) : NULL;
}

static size_t saves_before(const struct program *p, double failure) {
  size_t n = 0;
  while (n < p->save_count && !(p->start + (double)(n * p->steps_per_save) * p->step >= failure)) n++;
  return n;
}

// Another program's last lane against the first program's first. Where a condition is not known before the run, a
// smooth or delay in the branch not taken is integrated all the same, and may break the run: the bits count until then.
static bool same_bits(struct lab *l, struct trial *t, const struct lower_options *o, uint32_t lanes,
                      const double *first, const char *what) {
  struct failure failures[64];
  double *values = run_lanes(l, o, lanes, failures);
  if (!values) return false;
  size_t columns = l->program->column_count, saves = l->program->save_count;
  if (o->uncertain_count) saves = saves_before(l->program, failures[lanes - 1].time);
  for (size_t i = 0; i < saves * columns; i++) {
    double x = values[i * lanes + lanes - 1];
    if (lab_same(x, first[i * 8])) continue;
    difference(l, t, i, what, x, first[i * 8]);
    return false;
  }
  return true;
}

static bool passes_agree(struct lab *l, struct trial *t, const double *first) {
  static const struct {
    struct lower_options options;
    const char *name;
  } rows[] = {{{.no_cse = true}, "no_cse"},
              {{.no_fuse = true}, "no_fuse"},
              {{.no_binding = true}, "no_binding"},
              {{.no_colour = true}, "no_colour"},
              {{.no_cse = true, .no_fuse = true, .no_binding = true, .no_colour = true}, "all passes off"}};
  struct lower_options all = {0}, later = lab_uncertain(l, true);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct lower_options o = rows[i].options;
    if (!same_bits(l, t, &o, 8, first, rows[i].name)) return false;
    o.uncertain = later.uncertain, o.uncertain_count = later.uncertain_count;
    if (!same_bits(l, t, &o, 8, first, arena_format(&l->arena, "%s, uncertain", rows[i].name))) return false;
  }
  return same_bits(l, t, &later, 8, first, "uncertain") && same_bits(l, t, &all, 64, first, "64 lanes") &&
         same_bits(l, t, &later, 64, first, "64 lanes, uncertain");
}

static bool oracle_agrees(struct lab *l, struct trial *t, const double *first, double until) {
  const struct program *p = l->program;
  double *other = oracle_run(&l->arena, l->checked, p->columns, p->column_count);
  for (size_t i = 0; i < saves_before(p, until) * p->column_count; i++) {
    bool near =
        t->kind == RANDOM_EXACT ? lab_same(first[i * 8], other[i]) : lab_near(first[i * 8], other[i], LOOSE, LOOSE);
    if (near) continue;
    difference(l, t, i, "engine and oracle", first[i * 8], other[i]);
    return false;
  }
  return true;
}

static enum outcome try_model(const struct random_model *m, const enum random_cut *cuts, struct trial *t) {
  struct lab l;
  struct failure failures[8];
  lab_open(&l);
  *t->message = '\0';
  double *first = NULL;
  if (lab_check(&l, random_model_text(&l.arena, m, cuts), m->scenario)) first = run_lanes(&l, NULL, 8, failures);
  enum outcome outcome = first ? SAME : REFUSED;
  t->failed = first && !isnan(failures[0].time);
  if (first && t->chance == WITHOUT_DRAWS && !oracle_agrees(&l, t, first, failures[0].time)) outcome = DIFFERENT;
  if (outcome == SAME && !passes_agree(&l, t, first)) outcome = DIFFERENT;
  if (outcome == REFUSED) snprintf(t->message, sizeof t->message, "%s", lab_messages(&l));
  lab_close(&l);
  return outcome;
}

// Cuts what the failure does not need.
static void shrink(const struct random_model *m, enum random_cut *cuts, struct trial *t) {
  for (bool again = true; again;) {
    again = false;
    for (size_t i = 0; i < m->entries.count; i++)
      for (enum random_cut cut = RANDOM_DROPPED, old = cuts[i]; cut > old; cut--) {
        cuts[i] = cut;
        bool fails = try_model(m, cuts, t) == DIFFERENT;
        again = again || fails;
        if (fails) break;
        cuts[i] = old;
      }
  }
  try_model(m, cuts, t);
}

static void expect_same(unsigned long long seed, struct trial *t, unsigned *failed) {
  struct arena a;
  struct random_model m;
  enum random_cut cuts[128] = {0};
  arena_init(&a, NULL);
  random_model_make(&a, seed, t->kind, t->chance, &m);
  cr_assert_lt(m.entries.count, sizeof cuts / sizeof *cuts);
  enum outcome outcome = try_model(&m, NULL, t);
  *failed += t->failed;
  if (outcome == DIFFERENT) shrink(&m, cuts, t);
  cr_expect(outcome == SAME, "SEED=%llu MODELS=1: %s\n%s---\n%s", seed, t->message, random_model_text(&a, &m, cuts),
            m.scenario);
  arena_free(&a);
}

static void try_many(struct trial t, unsigned models) {
  // New models every time; where a tolerance judges, the same ones.
  unsigned long long seed = t.kind == RANDOM_LOOSE ? 1 : (unsigned long long)time(NULL) * 1000;
  if (getenv("SEED")) seed = strtoull(getenv("SEED"), NULL, 10);
  if (getenv("MODELS")) models = (unsigned)strtoul(getenv("MODELS"), NULL, 10);
  unsigned failed = 0;
  for (unsigned i = 0; i < models; i++) expect_same(seed + i, &t, &failed);
  cr_expect(models < 20 || failed < models / 2, "SEED=%llu: %u of %u models do not get to their end", seed, failed,
            models);
}

Test(property, random_models_have_the_oracles_bits_whatever_passes_and_lanes, .timeout = 200) {
  try_many((struct trial){.kind = RANDOM_EXACT}, 150);
}

Test(property, random_models_with_elementary_functions_are_near_the_oracle, .timeout = 200) {
  try_many((struct trial){.kind = RANDOM_LOOSE}, 100);
}

Test(property, random_draws_are_the_same_whatever_passes_and_lanes, .timeout = 200) {
  try_many((struct trial){.kind = RANDOM_EXACT, .chance = WITH_DRAWS}, 50);
}
