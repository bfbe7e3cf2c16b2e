// SPDX-License-Identifier: GPL-3.0-or-later
// Runs and judges. The model as it stands runs first: it shows whether all expressions are right, and in which units
// numbers are meant. The other conditions run in parallel, each in an arena of its own that is thrown away when the
// saved values are out; an arena whose messages are still needed stays until they are copied.
#include "analyse/model_test.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct model_test_outcome {  // of one condition
  struct arena arena;
  jmp_buf oom;
  struct diag diag;
  bool memory;               // it ran out
  size_t save_count;         // 0: it did not run
  double *times, *values;    /* [save], [save][probe], in the heap */
  const struct unit **units; /* [probe]: of the first condition */
};

struct judge {
  struct arena *arena;
  struct model_tests *tests;
  struct model_test_outcome *outcomes; /* [condition] */
  struct diag *diag;
};

// ---- runs

static bool keep_values(struct model_test_outcome *o, const struct probe_run *r, size_t probes) {
  size_t saves = r->results->program->save_count;
  o->times = mem_alloc(saves * sizeof(double));
  o->values = mem_alloc((saves * probes + 1) * sizeof(double));
  if (!o->times || !o->values) return false;
  o->save_count = saves;
  memcpy(o->times, r->results->times, saves * sizeof(double));
  for (size_t s = 0; s < saves; s++)
    for (size_t p = 0; p < probes; p++) o->values[s * probes + p] = probe_value(r, p, s);
  return true;
}

static void execute(const struct model_tests *t, size_t condition, struct model_test_outcome *o) {
  arena_init(&o->arena, &o->oom);
  diag_init(&o->diag, &o->arena);
  if (setjmp(o->oom) != 0) {
    o->memory = true;
    return;
  }
  struct model *copy = probe_copy(&o->arena, t->model);
  struct scenario *s = model_test_when(&o->arena, t, t->conditions.items[condition].when, copy, &o->diag);
  struct probe_run *r = s ? probe_execute(&o->arena, copy, s, t->probes.items, t->probes.count, &o->diag) : NULL;
  if (!r) return;
  o->memory = !keep_values(o, r, t->probes.count);
  o->units = r->units;
  if (condition && !o->diag.messages.count) {
    arena_free(&o->arena);
    arena_init(&o->arena, &o->oom);
  }
}

static void run_all(struct judge *j) {
  int count = (int)j->tests->conditions.count;
#pragma omp parallel for schedule(dynamic)
  for (int i = 1; i < count; i++) execute(j->tests, (size_t)i, &j->outcomes[i]);
}

static void copy_messages(struct judge *j, size_t condition) {
  const struct model_test_outcome *o = &j->outcomes[condition];
  for (size_t i = 0; i < o->diag.messages.count; i++) {
    const struct message *m = &o->diag.messages.items[i];
    diag_add(j->diag, m->severity, m->id, m->at, "%s", arena_string(j->arena, m->text));
    if (m->hint) diag_hint(j->diag, "%s", m->hint);
    if (condition)
      diag_note(j->diag, j->tests->conditions.items[condition].when->span, "in the run of '%s'",
                j->tests->conditions.items[condition].name);
  }
}

static void release(struct judge *j) {
  for (size_t i = 0; i < j->tests->conditions.count; i++) {
    struct model_test_outcome *o = &j->outcomes[i];
    mem_free(o->times);
    mem_free(o->values);
    if (o->diag.arena) arena_free(&o->arena);
  }
}

// ---- judging

static void read_bounds(struct judge *j) {
  struct unit_table units = unit_table_copy(&j->tests->model->units, j->arena);
  for (size_t i = 0; i < j->tests->tests.count; i++) {
    struct model_test *t = &j->tests->tests.items[i];
    for (size_t k = 0; k < t->expectations.count; k++) {
      struct model_test_expectation *x = &t->expectations.items[k];
      const struct unit *unit = j->outcomes[0].units[x->probe];
      for (int b = 0; b < 2; b++)
        if (x->bounds[b].text)
          unit_number(&units, x->bounds[b].text, x->bounds[b].span, unit ? unit : unit_one(), &x->bounds[b].value,
                      j->diag);
    }
  }
}

static double limit_of(const struct model_test_bound *b, double base, double side) {
  return b->base ? b->value * base + side * b->margin * fabs(base) : b->value;
}

// Does the relation hold at one time?
static bool holds(const struct model_test_expectation *x, double value, double base) {
  double first = limit_of(&x->bounds[0], base, x->relation == MODEL_TEST_IS_BELOW ? -1 : 1);
  switch (x->relation) {
    case MODEL_TEST_FALLS_BELOW:
    case MODEL_TEST_IS_BELOW:
      return value < first;
    case MODEL_TEST_RISES_ABOVE:
    case MODEL_TEST_IS_ABOVE:
      return value > first;
    case MODEL_TEST_STAYS_ABOVE:
      return value >= first;
    case MODEL_TEST_STAYS_BELOW:
      return value <= first;
    default:
      return value >= first && value <= limit_of(&x->bounds[1], base, -1);
  }
}

static bool is_relative(const struct model_test_expectation *x) {
  return x->bounds[0].base || x->bounds[1].base;
}

static void report(struct judge *j, const struct model_test *t, const struct model_test_expectation *x,
                   size_t condition, double time, double value, double base) {
  char digits[3][32];
  const char *found = arena_format(j->arena, "%.6g", value);
  const char *against = is_relative(x) ? arena_format(j->arena, ", base %.6g", base) : "";
  if (isnan(time)) {
    diag_error(j->diag, x->span, model_test_no_time, t->name, x->text);
    return;
  }
  diag_error(j->diag, x->span, model_test_failed, t->name, x->text, found, text_from_number(time, digits[0]), against);
  if (t->always) diag_hint(j->diag, "in the run of '%s'", j->tests->conditions.items[condition].name);
}

// One sentence in one run. A sentence about "some time" fails at the last time of its window.
static bool judge_one(struct judge *j, const struct model_test *t, const struct model_test_expectation *x,
                      size_t condition, size_t against) {
  const struct model_test_outcome *o = &j->outcomes[condition], *b = &j->outcomes[against];
  size_t probes = j->tests->probes.count;
  bool some = x->relation == MODEL_TEST_FALLS_BELOW || x->relation == MODEL_TEST_RISES_ABOVE;
  double time = NAN, value = NAN, base = NAN, near = 1e-6;
  for (size_t s = 0; s < o->save_count; s++) {
    if (o->times[s] < x->from - near || o->times[s] > x->until + near) continue;
    time = o->times[s];
    value = o->values[s * probes + x->probe];
    base = s < b->save_count && fabs(b->times[s] - time) < near ? b->values[s * probes + x->probe] : NAN;
    bool good = holds(x, value, base);
    if (good && some) return true;
    if (!good && !some) break;
    if (!some) time = -INFINITY;  // held so far
  }
  if (!some && time == -INFINITY) return true;
  report(j, t, x, condition, time, value, base);
  return false;
}

static void judge_test(struct judge *j, struct model_test *t) {
  size_t first = t->always ? 0 : t->run, last = t->always ? j->tests->conditions.count - 1 : t->run;
  for (size_t k = 0; k < t->expectations.count; k++)
    for (size_t c = first; c <= last; c++) {
      t->checks++;
      t->failed += !judge_one(j, t, &t->expectations.items[k], c, t->always ? 0 : t->against);
    }
  j->tests->checks += t->checks;
  j->tests->failed += t->failed > 0;
}

static void judge_all(struct judge *j) {
  for (size_t i = 0; i < j->tests->conditions.count; i++) copy_messages(j, i);
  for (size_t i = 0; i < j->tests->conditions.count; i++)
    if (!j->outcomes[i].save_count) return;  // a condition that could not run: the messages say why
  for (size_t i = 0; i < j->tests->tests.count; i++) judge_test(j, &j->tests->tests.items[i]);
}

static void run(struct judge *j) {
  execute(j->tests, 0, &j->outcomes[0]);
  if (j->outcomes[0].memory || !j->outcomes[0].save_count) {
    copy_messages(j, 0);
    return;
  }
  size_t errors = j->diag->errors;
  read_bounds(j);
  if (j->diag->errors != errors) return;
  run_all(j);
  judge_all(j);
}

bool model_test_run(struct arena *a, struct model_tests *t, struct diag *diag) {
  size_t errors = diag->errors;
  struct judge j = {.arena = a, .tests = t, .diag = diag};
  j.outcomes = arena_array(a, struct model_test_outcome, t->conditions.count);
  jmp_buf *outer = a->oom, here;
  bool memory = setjmp(here) != 0;  // heap memory and arenas of runs are released before the jump goes on
  if (!memory) {
    a->oom = &here;
    run(&j);
  }
  a->oom = outer;
  for (size_t i = 0; i < t->conditions.count; i++) memory |= j.outcomes[i].memory;
  release(&j);
  if (memory) arena_fail(a);
  return diag->errors == errors;
}
