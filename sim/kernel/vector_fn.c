// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of whole vectors; see vector_fn.h. Elementary functions come from the kernel, so that every machine gives
// the same bits. Allocation follows Vensim's reference manual (ALLOCATE AVAILABLE, FIND MARKET PRICE): each party has a
// curve over the priority, or price, and the supply is shared out at the priority where the curves add up to it.
#include "kernel/vector_fn.h"

#include <math.h>
#include <stddef.h>

#include "kernel/kernel.h"

static double exponential(double x) {
  return kernel_scalar(IR_EXP, x, 0, 0);
}
static double logarithm(double x) {
  return kernel_scalar(IR_LOG, x, 0, 0);
}

// ---- inverse matrix: Gauss-Jordan with the largest pivot of the column

static void swap_rows(double *a, double *b, uint32_t n) {
  for (uint32_t k = 0; k < n; k++) {
    double x = a[k];
    a[k] = b[k], b[k] = x;
  }
}

static void clear_column(double *a, double *out, uint32_t n, uint32_t column) {
  double pivot = a[column * n + column];
  for (uint32_t k = 0; k < n; k++) a[column * n + k] /= pivot, out[column * n + k] /= pivot;
  for (uint32_t row = 0; row < n; row++) {
    double factor = a[row * n + column];
    if (row == column || factor == 0) continue;
    for (uint32_t k = 0; k < n; k++) {
      a[row * n + k] -= factor * a[column * n + k];
      out[row * n + k] -= factor * out[column * n + k];
    }
  }
}

static void invert(uint32_t n, double *a, double *out) {
  for (uint32_t i = 0; i < n * n; i++) out[i] = i / n == i % n;
  for (uint32_t column = 0; column < n; column++) {
    uint32_t best = column;
    for (uint32_t row = column; row < n; row++)
      if (fabs(a[row * n + column]) > fabs(a[best * n + column])) best = row;
    if (!(fabs(a[best * n + column]) > 0)) {
      for (uint32_t i = 0; i < n * n; i++) out[i] = NAN;
      return;
    }
    swap_rows(a + best * n, a + column * n, n), swap_rows(out + best * n, out + column * n, n);
    clear_column(a, out, n, column);
  }
}

// The upper tail of the normal distribution, Abramowitz and Stegun 26.2.16, good to 1e-5: the formula that Vensim's
// allocations show in their digits (exact tails differ from its outputs in the fourth).
static double normal_tail(double x) {
  double t = 1 / (1 + 0.33267 * fabs(x)), density = 0.39894228040143267794 * exponential(-0.5 * x * x);
  double tail = density * t * (0.4361836 + t * (-0.1201676 + t * 0.9372980));
  return x < 0 ? 1 - tail : tail;
}

// ---- curves: the share of its quantity that a party still takes above priority p

enum curve { CURVE_FIXED, CURVE_RECTANGULAR, CURVE_TRIANGULAR, CURVE_NORMAL, CURVE_EXPONENTIAL, CURVE_ELASTIC };

static double above(int curve, double centre, double width, double extra, double p) {
  double x = width > 0 ? (p - centre) / width : p < centre ? -INFINITY : p > centre ? INFINITY : 0;
  switch (curve) {
    case CURVE_RECTANGULAR:
      return x <= -0.5 ? 1 : x >= 0.5 ? 0 : 0.5 - x;
    case CURVE_TRIANGULAR:
      if (x <= -0.5 || x >= 0.5) return x < 0;
      return x < 0 ? 1 - 2 * (x + 0.5) * (x + 0.5) : 2 * (0.5 - x) * (0.5 - x);
    case CURVE_NORMAL:
      return normal_tail(x);
    case CURVE_EXPONENTIAL:
      return x < 0 ? 1 - 0.5 * exponential(x) : 0.5 * exponential(-x);
    case CURVE_ELASTIC:
      return extra > 0 && p > 0 && centre > 0 ? exponential(-extra * logarithm(p / centre)) : 1;
    default:
      return 1;  // fixed: whatever the price
  }
}

struct parties {
  uint32_t n;
  const double *quantity, *type, *priority, *width, *extra;
};

static struct parties parties_at(const double *in, uint32_t n) {
  return (struct parties){n, in, in + n, in + 2 * (size_t)n, in + 3 * (size_t)n, in + 4 * (size_t)n};
}

// The part before the last digit is Vensim's mark for whole numbers (10 and more): the curve is the same.
static int curve_of(double type) {
  return type >= 0 && type < 1000 ? (int)(type + 0.5) % 10 : CURVE_FIXED;
}

static double taken(const struct parties *x, uint32_t i, double p) {
  return x->quantity[i] * above(curve_of(x->type[i]), x->priority[i], x->width[i], x->extra[i], p);
}

static double demand(const struct parties *x, double p) {
  double sum = 0;
  for (uint32_t i = 0; i < x->n; i++) sum += taken(x, i, p);
  return sum;
}

static double supply(const struct parties *x, double p) {
  double sum = 0;
  for (uint32_t i = 0; i < x->n; i++)
    sum += curve_of(x->type[i]) == CURVE_FIXED ? x->quantity[i] : x->quantity[i] - taken(x, i, p);
  return sum;
}

// A span of priorities outside of which curves hardly change: 5 widths of normal ones, 10 of exponential ones, as in
// Vensim, which gives its end as the price when nobody asks for anything.
static void span_of(const struct parties *x, double *low, double *high) {
  static const double widths[] = {0, 0.5, 0.5, 5, 10, 10, 0, 0, 0, 0};
  for (uint32_t i = 0; i < x->n; i++) {
    double reach = widths[curve_of(x->type[i])] * fabs(x->width[i]);
    if (x->priority[i] - reach < *low) *low = x->priority[i] - reach;
    if (x->priority[i] + reach > *high) *high = x->priority[i] + reach;
  }
}

// Halving until the ends are neighbours; at a jump of the curves both ends serve, in proportion.
static void allocate(const struct parties *x, double available, double *out) {
  double low = INFINITY, high = -INFINITY, total = 0, fixed = 0;
  for (uint32_t i = 0; i < x->n; i++) {
    total += x->quantity[i];
    if (curve_of(x->type[i]) == CURVE_FIXED) fixed += x->quantity[i];
  }
  for (uint32_t i = 0; i < x->n; i++) out[i] = available >= total ? x->quantity[i] : 0;
  if (available >= total || !(available > 0)) return;
  if (available <= fixed) {
    for (uint32_t i = 0; i < x->n; i++)
      out[i] = curve_of(x->type[i]) == CURVE_FIXED ? x->quantity[i] * (available / fixed) : 0;
    return;
  }
  span_of(x, &low, &high);
  low -= 1 + fabs(low), high += 1 + fabs(high);  // steps of width 0 lie inside
  for (int i = 0; i < 200 && (low + high) / 2 > low && (low + high) / 2 < high; i++) {
    double middle = (low + high) / 2;
    if (demand(x, middle) > available)
      low = middle;
    else
      high = middle;
  }
  double more = demand(x, low), less = demand(x, high), part = more > less ? (available - less) / (more - less) : 0;
  for (uint32_t i = 0; i < x->n; i++) {
    double least = taken(x, i, high);
    out[i] = least + part * (taken(x, i, low) - least);
  }
}

static double market_price(const struct parties *buyers, const struct parties *sellers) {
  double low = INFINITY, high = -INFINITY;
  span_of(buyers, &low, &high), span_of(sellers, &low, &high);
  for (int i = 0; i < 200 && (low + high) / 2 > low && (low + high) / 2 < high; i++) {
    double middle = (low + high) / 2;
    if (demand(buyers, middle) > supply(sellers, middle))
      low = middle;
    else
      high = middle;
  }
  return (low + high) / 2;
}

// Rectangles of one width are what requests of that width by priority come to.
static void allocate_by_priority(uint32_t n, const double *in, double *out) {
  double type[n], width[n];
  for (uint32_t i = 0; i < n; i++) type[i] = CURVE_RECTANGULAR, width[i] = in[2 * (size_t)n];
  struct parties x = {n, in, type, in + n, width, type};
  allocate(&x, in[2 * (size_t)n + 1], out);
}

// Lanczos, g = 7, n = 9 (P. Godfrey's coefficients); gamma(1/2) = sqrt(pi). NaN for x <= 0.
static double gamma_ln(double x) {
  static const double c[] = {676.5203681218851,  -1259.1392167224028,  771.32342877765313,    -176.61502916214059,
                             12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7};
  if (!(x > 0)) return NAN;
  double y = x - 1, sum = 0.99999999999980993, t = y + 7.5;
  for (int i = 0; i < 8; i++) sum += c[i] / (y + i + 1);
  return 0.91893853320467274178 + (y + 0.5) * logarithm(t) - t + logarithm(sum);
}

void vector_fn_run(enum vector_fn f, uint32_t n, uint32_t m, double *in, double *out) {
  struct parties first = parties_at(in, n), second = parties_at(in + 5 * (size_t)n, m);
  switch (f) {
    case VECTOR_INVERT:
      invert(n, in, out);
      break;
    case VECTOR_ALLOCATE:
      allocate(&first, in[5 * (size_t)n], out);
      break;
    case VECTOR_ALLOCATE_PRIORITY:
      allocate_by_priority(n, in, out);
      break;
    case VECTOR_MARKET:
      *out = market_price(&first, &second);
      break;
    case VECTOR_DEMAND:
      *out = demand(&first, in[5]);
      break;
    case VECTOR_SUPPLY:
      *out = supply(&first, in[5]);
      break;
    case VECTOR_GAMMA_LN:
      *out = gamma_ln(*in);
      break;
    case VECTOR_FNS:
      break;
  }
}
