// SPDX-License-Identifier: GPL-3.0-or-later
// Random models as texts, for property tests: the same seed gives the same model. An exact model keeps to operations
// that IEEE arithmetic rounds in one way, so that any two honest evaluators agree in every bit; a loose one adds
// elementary functions and general powers, and lets no value that is only nearly known decide a branch, a floor or a
// sign, so that evaluators may differ by rounding alone.
#ifndef TESTS_RANDOM_MODEL_H
#define TESTS_RANDOM_MODEL_H
#include "base/arena.h"

struct random_entry {
  const char *section, *text;
};

struct random_model {
  const char *head, *scenario;
  LIST(struct random_entry) entries;  // what a failing test may try to leave out
};

enum random_kind { RANDOM_EXACT, RANDOM_LOOSE };
enum random_chance { WITHOUT_DRAWS, WITH_DRAWS };  // random_uniform and its kin in equations

void random_model_make(struct arena *a, unsigned long long seed, enum random_kind kind, enum random_chance chance,
                       struct random_model *out);
enum random_cut { RANDOM_WHOLE, RANDOM_PLAIN, RANDOM_DROPPED };  // an entry as it is, with the equation 1, left out
// The model's text, with each entry cut as `cuts` says (NULL: all are whole).
const char *random_model_text(struct arena *a, const struct random_model *m, const enum random_cut *cuts);

#endif
