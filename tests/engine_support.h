// SPDX-License-Identifier: GPL-3.0-or-later
// For tests of check and engine: texts of a model and a scenario -> checked -> program -> values, with the messages of
// whatever refused. Units are checked leniently, so that a test may write equations that have none.
#ifndef TESTS_ENGINE_SUPPORT_H
#define TESTS_ENGINE_SUPPORT_H
#include "engine/run.h"
#include "lower/lower.h"

struct lab {
  struct arena arena;
  struct diag diag;
  struct model *model;
  struct scenario *scenario;
  struct checked *checked;
  struct program *program;
  struct results *results;
};

void lab_open(struct lab *l);
void lab_close(struct lab *l);
// Reads and checks; scenario NULL: the model alone. All variables are saved unless the scenario says otherwise. False
// after errors.
bool lab_check(struct lab *l, const char *model, const char *scenario);
bool lab_check_files(struct lab *l, const char *scenario, const char *const *sets, size_t set_count);
bool lab_lower(struct lab *l, const struct lower_options *options);  // NULL: all passes on
bool lab_run(struct lab *l);                                         // one member: results
// All three, or a failed assertion with the messages.
void lab_make(struct lab *l, const char *model, const char *scenario);
void lab_set(struct lab *l, const char *model, const char *scenario, const char *const *sets, size_t set_count);

size_t lab_column(const struct lab *l, const char *name);
// A saved value at the save time nearest to t.
double lab_value(const struct lab *l, const char *name, double t);
const char *lab_messages(struct lab *l);
const char *lab_dump(struct lab *l);

// All lanes of a batch, [save][column][lane], from the arena; parameters [parameter][lane] may be NULL.
double *lab_batch(struct lab *l, uint32_t lanes, const double *parameters, const uint64_t *members, uint64_t seed,
                  struct failure *failures);
// Every parameter with a prior, and every lever point when `levers`.
struct lower_options lab_uncertain(struct lab *l, bool levers);
// Equal bits, or both NaN.
bool lab_same(double a, double b);
// |a - b| <= relative*max(|a|, |b|) + absolute, or both NaN, or equal infinities.
bool lab_near(double a, double b, double relative, double absolute);

#endif
