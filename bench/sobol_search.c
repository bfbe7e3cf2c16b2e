// SPDX-License-Identifier: GPL-3.0-or-later
// Makes sim/design/sobol_table.def: primitive polynomials over GF(2) in ascending order, and for each the initial
// direction numbers whose two-dimensional projections with all earlier dimensions are best among random candidates
// (the aim of Joe and Kuo, SIAM J. Sci. Comput. 30 (2008) 2635; the search and the measure are our own).
// Measure: t(m) is the quality parameter of the net of 2^m points of a pair of dimensions (Niederreiter 1987: smaller
// is better, 0 is perfect); a candidate costs the sum of t(m)^3 over earlier dimensions and m = 2..16.
//
//     gcc -O2 -o sobol_search bench/sobol_search.c && ./sobol_search >sim/design/sobol_table.def
//
// The result is committed; this runs again only when somebody wants other numbers. It takes about a minute.
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DIMENSIONS = 256, CANDIDATES = 250, MOST_BITS = 16, MOST_DEGREE = 16 };

static uint32_t matrix[DIMENSIONS][MOST_BITS]; /* [dimension][digit from the top]: bit b is index bit b */

// x^power modulo a polynomial of `degree`, bits as coefficients.
static uint32_t power_of_x(uint64_t power, uint32_t polynomial, unsigned degree) {
  uint32_t result = 1, base = 2;
  for (; power; power >>= 1) {
    for (int pass = 0; pass < 2; pass++) {
      uint32_t product = 0, other = base, *target = pass ? &base : &result;
      if (!pass && !(power & 1)) continue;
      for (uint32_t left = *target; left; left >>= 1) {
        if (left & 1) product ^= other;
        other <<= 1;
        if (other >> degree & 1) other ^= polynomial;
      }
      *target = product;
    }
  }
  return result;
}

// Primitive: the order of x is 2^degree - 1, so it is 1 at that power and at none of its maximal divisors.
static bool is_primitive(uint32_t polynomial, unsigned degree) {
  uint64_t order = ((uint64_t)1 << degree) - 1, rest = order;
  if (!(polynomial & 1)) return false;
  if (degree == 1) return true;
  if (power_of_x(order, polynomial, degree) != 1) return false;
  for (uint64_t p = 2; p <= rest; p++) {
    if (rest % p) continue;
    if (power_of_x(order / p, polynomial, degree) == 1) return false;
    while (rest % p == 0) rest /= p;
  }
  return true;
}

static void fill_matrix(uint32_t rows[MOST_BITS], uint32_t polynomial, unsigned degree, const uint32_t *initial) {
  uint32_t v[MOST_BITS];  // direction numbers, the first digit in bit MOST_BITS - 1
  for (unsigned i = 0; i < MOST_BITS; i++) {
    if (i < degree || !degree) {
      v[i] = (degree ? initial[i] : 1) << (MOST_BITS - 1 - i);
      continue;
    }
    v[i] = v[i - degree] ^ v[i - degree] >> degree;
    for (unsigned k = 1; k < degree; k++)
      if (polynomial >> (degree - k) & 1) v[i] ^= v[i - k];
  }
  memset(rows, 0, MOST_BITS * sizeof *rows);
  for (unsigned i = 0; i < MOST_BITS; i++)
    for (unsigned digit = 0; digit < MOST_BITS; digit++) rows[digit] |= (v[i] >> (MOST_BITS - 1 - digit) & 1) << i;
}

// Adds a row to a basis kept by leading bit; false when it depends on it.
static bool add_row(uint32_t basis[MOST_BITS], uint32_t row) {
  while (row) {
    int top = 31 - __builtin_clz(row);
    if (!basis[top]) {
      basis[top] = row;
      return true;
    }
    row ^= basis[top];
  }
  return false;
}

// t of the first 2^m points in two dimensions: m minus the most digits that can be asked for together.
static unsigned quality(const uint32_t *a, const uint32_t *b, unsigned m) {
  uint32_t mask = (1u << m) - 1, first[MOST_BITS] = {0};
  unsigned most = m;
  for (unsigned i = 0; i <= m && i <= most; i++) {
    uint32_t basis[MOST_BITS];
    memcpy(basis, first, sizeof basis);
    unsigned j = 0;
    while (i + j < most && add_row(basis, b[j] & mask)) j++;
    if (i + j < most) most = i + j;
    if (i < m && !add_row(first, a[i] & mask)) {
      if (i < most) most = i;
      break;
    }
  }
  return m - most;
}

static uint64_t cost(const uint32_t *rows, unsigned dimension, uint64_t best) {
  uint64_t sum = 0;
  for (unsigned j = dimension; j-- > 0 && sum < best;)
    for (unsigned m = 2; m <= MOST_BITS; m++) {
      uint64_t t = quality(matrix[j], rows, m);
      sum += t * t * t;
    }
  return sum;
}

static uint64_t state = 20231;
static uint64_t next_random(void) {  // SplitMix64
  uint64_t x = state += 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

static void search(unsigned dimension, uint32_t polynomial, unsigned degree) {
  uint32_t best[MOST_DEGREE] = {0}, trial[MOST_DEGREE], rows[MOST_BITS];
  uint64_t least = UINT64_MAX;
  for (unsigned c = 0; c < CANDIDATES; c++) {
    for (unsigned i = 0; i < degree; i++) trial[i] = (uint32_t)(next_random() & ((2u << i) - 1)) | 1;
    fill_matrix(rows, polynomial, degree, trial);
    uint64_t now = cost(rows, dimension, least);
    if (now >= least) continue;
    least = now;
    memcpy(best, trial, sizeof best);
  }
  fill_matrix(matrix[dimension], polynomial, degree, best);
  printf("S(%u", polynomial);
  for (unsigned i = 0; i < degree; i++) printf(", %u", best[i]);
  printf(")\n");
  fflush(stdout);
}

int main(void) {
  printf(
      "// SPDX-License-Identifier: GPL-3.0-or-later\n"
      "// Sobol dimensions from the second on: S(primitive polynomial over GF(2) with bits as coefficients, initial\n"
      "// direction numbers m1, m2, ...). Made by bench/sobol_search.c; never edit: draws depend on every number.\n");
  fill_matrix(matrix[0], 0, 0, NULL);
  unsigned dimension = 1;
  for (unsigned degree = 1; degree < MOST_DEGREE; degree++)
    for (uint32_t p = 1u << degree | 1; p < 2u << degree && dimension < DIMENSIONS; p += 2)
      if (is_primitive(p, degree)) search(dimension++, p, degree);
  return 0;
}
