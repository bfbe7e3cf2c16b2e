// SPDX-License-Identifier: GPL-3.0-or-later
// Distributions of a sensitivity control file, as priors (Vensim Reference Manual: Distributions).
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "vensim/study_text.h"

enum shape { UNIFORM, NORMAL, TRIANGULAR, EXPONENTIAL, BETA, GAMMA, VECTOR };
static const struct distribution {
  const char *name, *arguments;
  enum shape shape;
  size_t count;
} distributions[] = {
    {"random uniform", "min, max", UNIFORM, 2},
    {"random normal", "min, max, mean, standard deviation", NORMAL, 4},
    {"random triangular", "min, max, start, peak, stop", TRIANGULAR, 5},
    {"random exponential", "min, max, shift, stretch", EXPONENTIAL, 4},
    {"random beta", "min, max, A, B, shift, stretch", BETA, 6},
    {"random gamma", "min, max, order, shift, stretch", GAMMA, 5},
    {"vector", "min, max, increment", VECTOR, 3},
};

static const struct distribution *find_distribution(struct study_reader *r, struct study_piece name) {
  for (size_t i = 0; i < sizeof distributions / sizeof *distributions; i++)
    if (study_is_named(r, name, distributions[i].name)) return &distributions[i];
  diag_error(r->diag, study_span(r, name), study_distribution, study_shown(r, name));
  return NULL;
}

// Values from min to max; what is past max by rounding alone still counts.
static bool set_vector(struct study_reader *r, struct study_piece at, const double *x, struct vensim_draw *d) {
  double steps = floor((x[1] - x[0]) / x[2] + 1e-9);
  if (!(x[2] > 0) || !(steps >= 0 && steps < LIMIT_GRID_VALUES)) {
    diag_error(r->diag, study_span(r, at), study_vector, LIMIT_GRID_VALUES);
    return false;
  }
  d->value_count = (size_t)steps + 1;
  d->values = arena_array(r->arena, double, d->value_count);
  for (size_t i = 0; i < d->value_count; i++) d->values[i] = x[0] + (double)i * x[2];
  return true;
}

static void set_args(struct prior *p, enum prior_kind kind, size_t count, const double *args) {
  p->kind = kind, p->arg_count = count;
  memcpy(p->args, args, count * sizeof *args);
}

// Cuts a prior with support low..high at the file's limits, where they lie within.
static void cut(struct prior *p, double low, double high, const double *x) {
  if (x[0] > low) p->low = x[0];
  if (x[1] < high) p->high = x[1];
}

static bool unsupported(struct study_reader *r, struct study_piece at, const char *what) {
  diag_error(r->diag, study_span(r, at), study_distribution, what);
  return false;
}

static bool set_prior(struct study_reader *r, struct study_piece at, enum shape shape, const double *x,
                      struct prior *p) {
  *p = (struct prior){.low = -INFINITY, .high = INFINITY};
  switch (shape) {
    case UNIFORM:
      set_args(p, PRIOR_UNIFORM, 2, x);
      return true;
    case NORMAL:
      set_args(p, PRIOR_NORMAL, 2, x + 2);
      cut(p, -INFINITY, INFINITY, x);
      return true;
    case TRIANGULAR:
      set_args(p, PRIOR_TRIANGULAR, 3, x + 2);
      cut(p, x[2], x[4], x);
      return true;
    case BETA:
      set_args(p, PRIOR_BETA, 4, (double[]){x[2], x[3], x[4], x[4] + x[5]});
      cut(p, x[4], x[4] + x[5], x);
      return true;
    case GAMMA:  // the manual does not settle its scale but for order 1
      if (x[2] != 1) return unsupported(r, at, "RANDOM GAMMA of an order other than 1");
      x++;
      __attribute__((fallthrough));
    default:
      if (x[2] != 0) return unsupported(r, at, "a shifted RANDOM EXPONENTIAL");
      set_args(p, PRIOR_EXPONENTIAL, 1, x + 3);
      return true;
  }
}

// DISTRIBUTION(arguments) -> d. False after errors.
bool study_distribution_read(struct study_reader *r, struct study_piece p, struct vensim_draw *d) {
  size_t open = 0, count = 0;
  while (open < p.size && p.text[open] != '(') open++;
  if (open == p.size || p.text[p.size - 1] != ')') return study_bad_line(r, p, "NAME=DISTRIBUTION(ARGUMENTS)");
  struct study_piece name = study_trimmed(p.text, open), part;
  struct study_piece inside = {p.text + open + 1, p.size - open - 2};
  const struct distribution *of = find_distribution(r, name);
  double x[8] = {0};
  if (!of) return false;
  while (study_next_part(&inside, &part)) {
    if (count < 8 && !study_number(r, part, &x[count])) return false;
    count++;
  }
  if (count != of->count) {
    diag_error(r->diag, study_span(r, p), study_arguments, study_shown(r, name), of->count, of->arguments, count);
    return false;
  }
  if (!(x[0] < x[1])) {
    diag_error(r->diag, study_span(r, p), study_minimum);
    return false;
  }
  if (of->shape == VECTOR) return set_vector(r, p, x, d);
  if (!set_prior(r, name, of->shape, x, &d->prior)) return false;
  if (of->shape == GAMMA || of->shape == EXPONENTIAL) cut(&d->prior, 0, INFINITY, x);
  return true;
}
