// SPDX-License-Identifier: GPL-3.0-or-later
// What the readers of models and scenarios share: shapes of trees, known keys with "did you mean", texts, flags,
// numbers with units, labels, names, the rules of time grids. Every helper reports what is wrong and returns false, so
// that a reader can go on and collect more errors. Nothing here knows a section of either language.
#ifndef LANG_READER_H
#define LANG_READER_H
#include "lang/model.h"
#include "lang/yaml.h"

// Is t there and of this kind? `what` names it in the message; `at` is the place when t is NULL.
bool reader_expect(const struct tree *t, struct span at, enum tree_kind kind, const char *what, struct diag *diag);
// All keys of a map are among `known` (NULL-terminated); reports each that is not.
bool reader_keys(const struct tree *map, const char *what, const char *const *known, struct diag *diag);
// Will the last message be shown? Suggestions cost a search over all names, so they are made for those alone.
bool reader_suggests(const struct diag *diag);

// "a stock", "an auxiliary": for messages.
const char *reader_kind(enum variable_kind kind);
bool reader_text(const struct tree *t, const char *what, const char **text, struct diag *diag);
bool reader_flag(const struct tree *t, const char *what, bool *flag, struct diag *diag);
// One of `names`; with "did you mean".
bool reader_choice(const struct tree *t, const char *what, const char *const *names, size_t count, unsigned *choice,
                   struct diag *diag);
// A number in `expected`; when that is NULL (its error was reported) the number is 0 and nothing is said.
bool reader_number(struct unit_table *units, const struct tree *t, const char *what, const struct unit *expected,
                   double *value, struct diag *diag);
// [low, high] with low < high.
bool reader_interval(struct unit_table *units, const struct tree *t, const char *what, const struct unit *expected,
                     double *low, double *high, struct diag *diag);
// A plain text (English) or {en: ..., zh: ...}; t may be NULL: then the fallback.
bool reader_label(const struct tree *t, const char *fallback, struct label *label, struct diag *diag);
// May this be the name of an output folder: [A-Za-z0-9._-], no leading dot, not too long?
bool reader_folder_name(const struct tree *t, const char *what, const char **name, struct diag *diag);
// The expression of a scalar.
struct expr *reader_expr(struct arena *a, const struct tree *t, const char *what, struct diag *diag);

// The canonical form of a path, NULL when it names nothing (errno says why).
const char *reader_canonical(struct arena *a, const char *path);

struct reader_clock {
  double start, stop, step, save;
  struct span start_at, stop_at, step_at, save_at;
};
// stop after start, step divides the span, save is a multiple of step and not longer than the span; times within 1e-6
// step count as equal.
bool reader_clock_check(const struct reader_clock *c, struct diag *diag);
// Warns where save does not divide the span: nothing is saved at the stop. For a clock that is in order.
void reader_clock_warn(const struct reader_clock *c, struct diag *diag);
// Is `value` a whole multiple of `step` (within 1e-6 step), and of how many?
bool reader_is_multiple(double value, double step, double *times);

// The elements of a variable that subscripts name, as flat element numbers (last subscript fastest) in `elements`
// (an arena array); each subscript is an element, a subrange, the dimension itself or "*".
bool reader_elements(struct arena *a, const struct model *m, const struct variable *v,
                     const struct subscript *subscripts, size_t count, struct span at, uint32_t **elements,
                     size_t *element_count, struct diag *diag);
// Deals a tree out to the elements of a variable: a leaf fills all, a list goes by order (nested, or flat), a map by
// element. `leaf` says which trees are values; leaves[element] stays NULL where nothing was given (maps may be
// partial).
bool reader_deal(const struct model *m, const struct variable *v, const struct tree *t,
                 bool (*leaf)(const struct tree *t), const struct tree **leaves, struct diag *diag);
bool reader_is_scalar(const struct tree *t);

#endif
