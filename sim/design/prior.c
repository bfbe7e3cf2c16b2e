// SPDX-License-Identifier: GPL-3.0-or-later
// Standard forms by GSL's distribution functions and their inverses; exp and log are the kernel's, as everywhere in the
// program. GSL's inverse beta and gamma iterate and may give up: their answer is checked and, where it is off, found by
// bisection, so that no draw is ever lost. Which arguments a prior takes, and their order, its reader has checked.
#include "design/prior.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"
#include "kernel/kernel.h"

static const double INVERSE_TOLERANCE = 1e-10;  // of a probability, relative

// The triangle on 0..1 with its peak at c.
static double triangle_tail(double c, double y, bool upper) {
  if (upper) return triangle_tail(1 - c, 1 - y, false);
  if (y <= 0) return 0;
  if (y >= 1) return 1;
  return y < c ? y * y / c : 1 - (1 - y) * (1 - y) / (1 - c);
}

static double triangle_inverse(double c, double p, bool upper) {
  if (upper) return 1 - triangle_inverse(1 - c, p, false);
  return p < c ? sqrt(p * c) : 1 - sqrt((1 - p) * (1 - c));
}

// Probability below (upper: above) y in standard form.
static double standard_tail(const struct inverse_cdf *c, double y, bool upper) {
  switch (c->kind) {
    case PRIOR_TRIANGULAR:
      return triangle_tail(c->shape[0], y, upper);
    case PRIOR_NORMAL:
    case PRIOR_LOGNORMAL:
      return upper ? gsl_cdf_ugaussian_Q(y) : gsl_cdf_ugaussian_P(y);
    case PRIOR_BETA:
      if (y <= 0 || y >= 1) return (y >= 1) != upper;
      return upper ? gsl_cdf_beta_Q(y, c->shape[0], c->shape[1]) : gsl_cdf_beta_P(y, c->shape[0], c->shape[1]);
    case PRIOR_GAMMA:
      return upper ? gsl_cdf_gamma_Q(y, c->shape[0], 1) : gsl_cdf_gamma_P(y, c->shape[0], 1);
    case PRIOR_EXPONENTIAL:
      return upper ? gsl_cdf_exponential_Q(y, 1) : gsl_cdf_exponential_P(y, 1);
    default:
      return fmin(1, fmax(0, upper ? 1 - y : y));
  }
}

// Non-negative numbers are ordered as their bit patterns are: halving those finds any root in 64 steps, however small.
static double bisect(const struct inverse_cdf *c, double p, bool upper) {
  union {
    double number;
    uint64_t bits;
  } low = {0}, high = {c->kind == PRIOR_BETA ? 1 : DBL_MAX}, middle;
  while (low.bits + 1 < high.bits) {
    middle.bits = low.bits + (high.bits - low.bits) / 2;
    if ((standard_tail(c, middle.number, upper) < p) != upper)
      low = middle;
    else
      high = middle;
  }
  return high.number;
}

static double checked_inverse(const struct inverse_cdf *c, double y, double p, bool upper) {
  bool good = isfinite(y) && fabs(standard_tail(c, y, upper) - p) <= INVERSE_TOLERANCE * p;
  return good ? y : bisect(c, p, upper);
}

static double standard_inverse(const struct inverse_cdf *c, double p, bool upper) {
  const double *s = c->shape;
  switch (c->kind) {
    case PRIOR_TRIANGULAR:
      return triangle_inverse(s[0], p, upper);
    case PRIOR_NORMAL:
    case PRIOR_LOGNORMAL:
      return upper ? gsl_cdf_ugaussian_Qinv(p) : gsl_cdf_ugaussian_Pinv(p);
    case PRIOR_BETA:
      return checked_inverse(c, upper ? gsl_cdf_beta_Qinv(p, s[0], s[1]) : gsl_cdf_beta_Pinv(p, s[0], s[1]), p, upper);
    case PRIOR_GAMMA:
      return checked_inverse(c, upper ? gsl_cdf_gamma_Qinv(p, s[0], 1) : gsl_cdf_gamma_Pinv(p, s[0], 1), p, upper);
    case PRIOR_EXPONENTIAL:
      return upper ? gsl_cdf_exponential_Qinv(p, 1) : gsl_cdf_exponential_Pinv(p, 1);
    default:
      return upper ? 1 - p : p;
  }
}

static double exp_of(double x) {
  return kernel_scalar(IR_EXP, x, 0, 0);
}
static double log_of(double x) {
  return x > 0 ? kernel_scalar(IR_LOG, x, 0, 0) : -INFINITY;
}

static double to_standard(const struct inverse_cdf *c, double x) {
  return ((c->logarithmic ? log_of(x) : x) - c->shift) / c->scale;
}

// The standard form of every kind but discrete.
static void set_form(const struct prior *p, struct inverse_cdf *c) {
  const double *a = p->args;
  switch (p->kind) {
    case PRIOR_UNIFORM:
      c->shift = a[0], c->scale = a[1] - a[0];
      break;
    case PRIOR_LOGUNIFORM:
      c->shift = log_of(a[0]), c->scale = log_of(a[1]) - c->shift, c->logarithmic = true;
      break;
    case PRIOR_TRIANGULAR:
      c->shift = a[0], c->scale = a[2] - a[0], c->shape[0] = (a[1] - a[0]) / c->scale;
      break;
    case PRIOR_NORMAL:
      c->shift = a[0], c->scale = a[1];
      break;
    case PRIOR_LOGNORMAL:
      c->shift = log_of(a[0]), c->scale = a[1], c->logarithmic = true;
      break;
    case PRIOR_BETA:
      c->shape[0] = a[0], c->shape[1] = a[1];
      c->shift = p->arg_count > 2 ? a[2] : 0;
      c->scale = (p->arg_count > 3 ? a[3] : 1) - c->shift;
      break;
    case PRIOR_GAMMA:
      c->shape[0] = a[0], c->scale = a[1];
      break;
    case PRIOR_EXPONENTIAL:
      c->scale = a[0];
      break;
    default:
      break;
  }
}

static void untruncated_support(const struct prior *p, double *low, double *high) {
  const double *a = p->args;
  *low = 0, *high = INFINITY;  // lognormal, gamma, exponential
  switch (p->kind) {
    case PRIOR_UNIFORM:
    case PRIOR_LOGUNIFORM:
      *low = a[0], *high = a[1];
      break;
    case PRIOR_TRIANGULAR:
      *low = a[0], *high = a[2];
      break;
    case PRIOR_NORMAL:
      *low = -INFINITY;
      break;
    case PRIOR_BETA:
      *low = p->arg_count > 2 ? a[2] : 0, *high = p->arg_count > 3 ? a[3] : 1;
      break;
    case PRIOR_DISCRETE:
      *low = INFINITY, *high = -INFINITY;
      for (size_t i = 0; i < p->value_count; i++)
        if (p->weights[i] > 0 && p->values[i] >= p->low && p->values[i] <= p->high)
          *low = fmin(*low, p->values[i]), *high = fmax(*high, p->values[i]);
      break;
    default:
      break;
  }
}

void prior_support(const struct prior *prior, double *low, double *high) {
  untruncated_support(prior, low, high);
  *low = fmax(*low, prior->low);
  *high = fmin(*high, prior->high);
}

struct atom {
  double value, weight;
};
static int by_value(const void *x, const void *y) {
  double a = ((const struct atom *)x)->value, b = ((const struct atom *)y)->value;
  return (a > b) - (a < b);
}

// Ascending, so that the draw rises with u: correlations need that.
static bool prepare_discrete(struct arena *a, const struct prior *p, struct inverse_cdf *c) {
  struct atom *atoms = arena_array(a, struct atom, p->value_count);
  double sum = 0;
  for (size_t i = 0; i < p->value_count; i++) {
    if (p->weights[i] <= 0 || p->values[i] < p->low || p->values[i] > p->high) continue;
    atoms[c->value_count++] = (struct atom){p->values[i], p->weights[i]};
  }
  if (!c->value_count) return false;
  qsort(atoms, c->value_count, sizeof *atoms, by_value);
  double *values = arena_array(a, double, c->value_count), *cumulative = arena_array(a, double, c->value_count);
  for (size_t i = 0; i < c->value_count; i++) values[i] = atoms[i].value, cumulative[i] = sum += atoms[i].weight;
  for (size_t i = 0; i < c->value_count; i++) cumulative[i] /= sum;
  c->values = values;
  c->cumulative = cumulative;
  return sum >= LIMIT_TRUNCATED_MASS;
}

// Works from the end that is nearer: P and 1-P near 1 have no digits left.
static bool prepare_continuous(const struct prior *p, struct inverse_cdf *c) {
  set_form(p, c);
  double below = to_standard(c, c->low), above = to_standard(c, c->high);
  double from = isfinite(p->low) ? standard_tail(c, below, false) : 0;
  c->upper = from > 0.5;
  if (c->upper) {
    c->start = isfinite(p->high) ? standard_tail(c, above, true) : 0;
    c->span = standard_tail(c, below, true) - c->start;
  } else {
    c->start = from;
    c->span = (isfinite(p->high) ? standard_tail(c, above, false) : 1) - from;
  }
  return c->span >= LIMIT_TRUNCATED_MASS;
}

bool prior_prepare(struct arena *a, const struct prior *prior, const char *name, struct inverse_cdf *out,
                   struct diag *diag) {
  *out = (struct inverse_cdf){.kind = prior->kind, .scale = 1};
  prior_support(prior, &out->low, &out->high);
  bool ok = out->low <= out->high;
  if (ok) ok = prior->kind == PRIOR_DISCRETE ? prepare_discrete(a, prior, out) : prepare_continuous(prior, out);
  if (ok) return true;
  char low[32], high[32];
  diag_error(diag, prior->span, sweep_truncation, name, text_from_number(prior->low, low),
             text_from_number(prior->high, high));
  return false;
}

static double draw_discrete(const struct inverse_cdf *c, double u) {
  size_t first = 0, last = c->value_count - 1;
  while (first < last) {
    size_t middle = first + (last - first) / 2;
    if (c->cumulative[middle] > u)
      last = middle;
    else
      first = middle + 1;
  }
  return c->values[first];
}

double prior_draw(const struct inverse_cdf *c, double u) {
  if (c->kind == PRIOR_DISCRETE) return draw_discrete(c, u);
  double y = standard_inverse(c, c->start + c->span * (c->upper ? 1 - u : u), c->upper);
  double x = c->shift + c->scale * y;
  if (c->logarithmic) x = exp_of(x);
  return x < c->low ? c->low : x > c->high ? c->high : x;
}

double prior_cumulative(const struct inverse_cdf *c, double x) {
  if (c->kind == PRIOR_DISCRETE) {
    double sum = 0;
    for (size_t i = 0; i < c->value_count && c->values[i] <= x; i++) sum = c->cumulative[i];
    return sum;
  }
  if (x <= c->low || x >= c->high) return x >= c->high;
  double share = (standard_tail(c, to_standard(c, x), c->upper) - c->start) / c->span;
  return c->upper ? 1 - share : share;
}

double prior_normal_quantile(double u) {
  return gsl_cdf_ugaussian_Pinv(u);
}
double prior_normal_cumulative(double z) {
  return gsl_cdf_ugaussian_P(z);
}
