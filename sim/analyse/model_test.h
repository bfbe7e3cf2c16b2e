// SPDX-License-Identifier: GPL-3.0-or-later
// Tests of a model, written as data: under such conditions, this must come out. A condition (`when:`) disturbs the
// model or its scenario, an expectation is a sentence about an expression: "own_share falls below 0.05 by 2050". Each
// distinct condition is compiled and run once, in parallel with the others, with all expressions of the file as probes;
// then every sentence is judged at save times. Reads and judges; prints nothing.
//
// The idea is Vensim's reality checks: Peterson & Eberlein (1994), "Reality check: a bridge between systems thinking
// and system dynamics", System Dynamics Review 10(2-3), 159-174.
#ifndef ANALYSE_MODEL_TEST_H
#define ANALYSE_MODEL_TEST_H
#include "analyse/probe.h"
#include "lang/yaml.h"

enum model_test_relation {
  MODEL_TEST_FALLS_BELOW,  // at some save time of the window
  MODEL_TEST_RISES_ABOVE,
  MODEL_TEST_STAYS_ABOVE,  // at all; the bound itself is allowed
  MODEL_TEST_STAYS_BELOW,
  MODEL_TEST_STAYS_WITHIN,
  MODEL_TEST_IS_ABOVE,  // at one; strictly
  MODEL_TEST_IS_BELOW,
  MODEL_TEST_IS_WITHIN,
  MODEL_TEST_RELATIONS
};

struct model_test_bound {
  const char *text;  // of a number with an optional unit; NULL when relative to the base
  struct span span;
  bool base;      // value is a factor of the base's value of the same expression
  double value;   // in the expression's unit
  double margin;  // signs: the share of the base by which it must be passed
};

struct model_test_expectation {
  const char *text;
  struct span span;
  size_t probe;
  enum model_test_relation relation;
  struct model_test_bound bounds[2];  // one, or low and high
  double from, until;                 // window, both included
};

struct model_test {
  const char *name;
  struct label title;
  struct span span;
  bool always;          // judged in every run
  size_t run, against;  // the condition, and the run that is its base
  LIST(struct model_test_expectation) expectations;
  size_t checks, failed;  // filled by model_test_run
};

struct model_test_condition {
  const char *key;          // canonical text: equal conditions share a run
  const char *name;         // of the first test that uses it
  const struct tree *when;  // NULL: the model as it stands
};

struct model_tests {
  const char *name, *path;
  struct label title;
  const struct model *model;
  LIST(struct probe) probes;
  LIST(struct model_test_condition) conditions;  // the first is the model as it stands
  LIST(struct model_test) tests;
  size_t checks, failed;  // of tests
};

// Reads the file and its model. NULL after errors.
struct model_tests *model_test_read(struct arena *a, const char *path, const char *data_dir, struct diag *diag);
// Runs all conditions and judges all tests; each sentence that does not hold is an error in diag. False after any.
bool model_test_run(struct arena *a, struct model_tests *t, struct diag *diag);

// For the parts of this module.
struct model_test_reader {
  struct arena *arena;
  struct model_tests *tests;
  struct map probes, conditions;  // text -> index
  struct diag *diag;
};
// model_test_sentence.c: adds one or more expectations (one for each time of a list).
bool model_test_sentence(struct model_test_reader *r, struct model_test *test, const struct tree *t);
// The probe of an expression, shared by text; SIZE_MAX after an error.
size_t model_test_probe(struct model_test_reader *r, const char *text, struct span at, bool verbatim);
// model_test_when.c: the scenario of a condition, with `copy` disturbed. NULL after errors.
struct scenario *model_test_when(struct arena *a, const struct model_tests *t, const struct tree *when,
                                 struct model *copy, struct diag *diag);

#endif
