// SPDX-License-Identifier: GPL-3.0-or-later
// What a model file says about one variable, as lines of text for people: its equations, numbers, prior, path. Made
// from the model as read, so that a document can never differ from it. Knows no results.
#ifndef OUTPUT_DESCRIBE_H
#define OUTPUT_DESCRIBE_H
#include "base/text.h"
#include "output/messages.h"

struct lines {
  LIST(const char *) items;
};

// "gdp = sum[industry](output)", one line an equation; of a stock its start and its flows; of a parameter its value or
// values; of a lever, input or table its points.
struct lines describe_equations(struct arena *a, const struct model *m, const struct variable *v);
// "triangular [8, 10, 13]", one line a distinct prior; none when there is none.
struct lines describe_priors(struct arena *a, const struct model *m, const struct variable *v);
// "gdp", "output[industry]".
const char *describe_name(struct arena *a, const struct model *m, const struct variable *v);
// "models/teacup/model.yaml:12"
const char *describe_place(struct arena *a, struct span at);
const char *describe_expression(struct arena *a, const struct expr *e);
const char *describe_kind(enum language language, enum variable_kind kind);
const char *describe_unit(struct arena *a, const struct model *m, const struct unit *unit);
// A number in the shortest form that reads back as the same.
const char *describe_number(struct arena *a, double x);

#endif
