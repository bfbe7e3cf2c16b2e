// SPDX-License-Identifier: GPL-3.0-or-later
// The interpreter: every operation gives the same bits in every kernel this machine can run, at every number of lanes
// and in every shape; and what op.def says of each is what it does.
#include "kernel/kernel.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "lang/model.h"

TestSuite(kernel);

enum { SEED = 977, SLOTS = 256, MOST_LANES = 128, TABLES = 6, POINTS = 12 };

static _Alignas(64) double memory[BASES][SLOTS * MOST_LANES];
static double table_x[TABLES][POINTS], table_y[TABLES][POINTS];
static struct lookup_table tables[TABLES];
static uint32_t indices[64];
static uint64_t members[MOST_LANES];

static uint64_t next(uint64_t *x) {  // xorshift64 (Marsaglia 2003)
  *x ^= *x << 13, *x ^= *x >> 7, *x ^= *x << 17;
  return *x;
}

// Mostly numbers of everyday size, with zeros, integers, special values and arbitrary bits among them.
static double value(uint64_t *random) {
  const double special[] = {0, -0.0, 1, -1, INFINITY, -INFINITY, NAN, 0x1p-1074, -0x1p-1060, 0x1p1023, 0.5, 800};
  uint64_t bits = next(random);
  double x;
  switch (bits % 8) {
    case 0:
      return special[bits / 8 % 12];
    case 1:
      return (double)(int64_t)(bits / 8 % 41) - 20;
    case 2:
      memcpy(&x, &bits, sizeof x);
      return x;
    case 3:
      return (double)(bits >> 12) * 0x1p-52;
    default:
      return ((double)(bits >> 12) * 0x1p-52 - 0.5) * 20;
  }
}

static struct kernel_env environment(uint32_t lanes, uint64_t seed) {
  uint64_t random = seed;
  for (int b = 0; b < BASES; b++)
    for (size_t i = 0; i < (size_t)SLOTS * lanes; i++) memory[b][i] = value(&random);
  for (int t = 0; t < TABLES; t++) {
    double x = -3;
    for (int i = 0; i < POINTS; i++) {
      table_x[t][i] = x;
      table_y[t][i] = (double)(next(&random) >> 12) * 0x1p-52 - 0.5;
      x += t % 2 ? 0.7 : 0.1 + (double)(next(&random) % 10);
    }
    tables[t] = (struct lookup_table){table_x[t], table_y[t], t < 4 ? POINTS : 5, (uint8_t)(t % 3), false, 0};
    lookup_prepare(&tables[t]);
  }
  for (size_t i = 0; i < 64; i++) indices[i] = (uint32_t)(next(&random) % 32);
  for (size_t l = 0; l < MOST_LANES; l++) members[l] = 1000 + l;
  return (struct kernel_env){.bases = {memory[0], memory[1], memory[2], memory[3], memory[4]},
                             .lanes = lanes,
                             .tables = tables,
                             .indices = indices,
                             .seed = 5,
                             .step = 77,
                             .members = members};
}

static bool same(double a, double b) {
  return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

// An instruction with operands in the slots 32.. (a), 96.. (b), 160.. (c) and the result in 0..: at most 32 elements.
static struct instruction instruction(enum op op, uint32_t outer, uint32_t inner, unsigned strides) {
  struct instruction n = {.op = (uint16_t)op, .outer_count = outer, .inner_count = inner, .origin = UINT32_MAX};
  struct operand *operands[] = {&n.a, &n.b, &n.c};
  for (int k = 0; k < 3; k++) {
    uint8_t stride = strides >> k & 1;
    *operands[k] = (struct operand){32 + 64 * (uint32_t)k, stride ? inner : 1, BASE_SLAB, stride};
  }
  n.b.base = BASE_STATE;
  n.dst.inner = 1;
  if (op == IR_LOOKUP) n.aux2 = strides & 1;
  if (op == IR_UNIFORM) n.aux = 0x12345678, n.aux2 = 0x9abcdef0;
  return n;
}

// Tables 0..5 serve lookups of up to 6 elements by their own tables.
static bool fits(const struct instruction *n) {
  if (n->op == IR_VECTOR) return false;  // its sizes stand among the indices; tested with its functions
  if (n->op == IR_LOOKUP && n->aux2) return n->outer_count * n->inner_count <= TABLES;
  return n->op != IR_LOOKUPY || n->outer_count * n->inner_count == 1;
}

static void run(const struct kernel *k, struct instruction *n, uint32_t lanes, double *result) {
  struct kernel_env e = environment(lanes, SEED + n->op);
  k->select(n, lanes)(n, &e);
  memcpy(result, memory[0], 32 * lanes * sizeof *result);
}

static const uint32_t shapes[][2] = {{1, 1}, {1, 2}, {1, 5}, {3, 1}, {2, 3}, {4, 8}, {1, 31}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

Test(kernel, every_operation_has_the_same_bits_in_every_kernel) {
  static double expected[32 * MOST_LANES], got[32 * MOST_LANES];
  for (int op = 0; op < IR_OPS; op++)
    for (int s = 0; s < SHAPES; s++)
      for (unsigned strides = 0; strides < 8; strides++)
        for (uint32_t lanes = 8; lanes <= 64; lanes *= 2) {
          struct instruction n = instruction(op, shapes[s][0], shapes[s][1], strides);
          if (!fits(&n)) continue;
          run(kernel_by_name("generic"), &n, lanes, expected);
          for (size_t k = 0; kernels[k]; k++) {
            if (!kernels[k]->available()) continue;
            run(kernels[k], &n, lanes, got);
            for (size_t i = 0; i < 32 * lanes; i++)
              cr_assert(same(expected[i], got[i]), "%s, %u x %u, strides %u, %u lanes, %s: %zu: %a, not %a",
                        op_name(op), n.outer_count, n.inner_count, strides, lanes, kernels[k]->name, i, got[i],
                        expected[i]);
          }
        }
}

// Element-wise operations as their scalar says, element by element: strides, broadcasts and nothing written outside.
Test(kernel, shapes_reach_the_elements_they_name) {
  const enum op ops[] = {IR_COPY, IR_EXP, IR_ADD, IR_DIV, IR_POWSIGN, IR_SELECT, IR_MULADD, IR_MULDIFF};
  static double got[32 * MOST_LANES];
  const uint32_t lanes = 16;
  for (size_t k = 0; kernels[k]; k++)
    for (size_t p = 0; p < sizeof ops / sizeof *ops && kernels[k]->available(); p++)
      for (int s = 0; s < SHAPES; s++)
        for (unsigned strides = 0; strides < 8; strides++) {
          struct instruction n = instruction(ops[p], shapes[s][0], shapes[s][1], strides);
          run(kernels[k], &n, lanes, got);
          struct kernel_env e = environment(lanes, SEED + n.op);
          uint32_t count = n.outer_count * n.inner_count;
          for (uint32_t i = 0; i < 32 * lanes; i++) {
            uint32_t element = i / lanes, o = element / n.inner_count, in = element % n.inner_count, l = i % lanes;
            double x[3];
            const struct operand *from[] = {&n.a, &n.b, &n.c};
            for (int j = 0; j < 3; j++)
              x[j] = e.bases[from[j]->base][(from[j]->slot + o * from[j]->outer + in * from[j]->inner) * lanes + l];
            double expected = element < count ? kernel_scalar(ops[p], x[0], x[1], x[2]) : memory[0][i];
            cr_assert(same(got[i], expected), "%s, %s, %u x %u, strides %u, element %u: %a, not %a", kernels[k]->name,
                      op_name(ops[p]), n.outer_count, n.inner_count, strides, element, got[i], expected);
          }
        }
}

// Makes the operands of a mask read literals and time values, which stand once for all lanes, and gives the operands of
// `plain` a copy of those numbers in every lane.
static struct instruction uniform_of(const struct instruction *plain, unsigned mask, struct kernel_env *e) {
  struct instruction n = *plain;
  struct operand *operands[] = {&n.a, &n.b, &n.c};
  for (int k = 0; k < 3; k++) {
    if (!(mask >> k & 1)) continue;
    struct operand from = *operands[k];
    operands[k]->base = k == 1 ? BASE_TIME : BASE_LITERAL;
    for (uint32_t i = 0; i < 64 * e->lanes; i++)
      e->bases[from.base][from.slot * e->lanes + i] = memory[operands[k]->base][from.slot + i / e->lanes];
  }
  return n;
}

Test(kernel, takes_what_is_the_same_in_all_lanes_from_one_number) {
  static double expected[32 * MOST_LANES];
  const uint32_t lanes = 16;
  for (int op = 0; op < IR_OPS; op++)
    for (unsigned variant = 0; variant < SHAPES * 64; variant++) {
      unsigned mask = variant % 8, strides = variant / 8 % 8;
      const uint32_t *shape = shapes[variant / 64];
      struct instruction plain = instruction(op, shape[0], shape[1], strides);
      if (!fits(&plain)) continue;
      struct kernel_env e = environment(lanes, SEED + plain.op);
      struct instruction n = uniform_of(&plain, mask, &e);
      kernel_by_name("generic")->select(&plain, lanes)(&plain, &e);
      memcpy(expected, memory[0], sizeof *expected * 32 * lanes);
      for (size_t k = 0; kernels[k]; k++) {
        if (!kernels[k]->available()) continue;
        kernels[k]->select(&n, lanes)(&n, &e);
        for (size_t i = 0; i < 32 * lanes; i++)
          cr_assert(same(expected[i], memory[0][i]), "%s, %u x %u, strides %u, uniform %u, %s: %zu: %a, not %a",
                    op_name(op), shape[0], shape[1], strides, mask, kernels[k]->name, i, memory[0][i], expected[i]);
      }
    }
}

Test(kernel, works_in_place) {
  static double expected[32 * MOST_LANES], got[32 * MOST_LANES];
  for (int op = 0; op < IR_RSUM; op++)
    for (size_t k = 0; kernels[k]; k++) {
      if (!kernels[k]->available()) continue;
      struct instruction n = instruction(op, 1, 5, 7), in_place = n;
      in_place.dst.slot = n.a.slot;
      run(kernels[k], &n, 16, expected);
      struct kernel_env e = environment(16, SEED + n.op);
      kernels[k]->select(&in_place, 16)(&in_place, &e);
      memcpy(got, memory[0] + n.a.slot * 16, sizeof(double) * 5 * 16);
      for (size_t i = 0; i < 5 * 16; i++) cr_assert(same(got[i], expected[i]), "%s, %s", kernels[k]->name, op_name(op));
    }
}

// The integrator's arrays are aligned as malloc aligns.
Test(kernel, takes_state_and_rates_at_any_address_of_a_double) {
  for (size_t k = 0; kernels[k]; k++) {
    if (!kernels[k]->available()) continue;
    struct kernel_env e = environment(8, SEED);
    e.bases[BASE_STATE] += 1;
    e.bases[BASE_RATE] += 3;
    struct instruction n = instruction(IR_ADD, 1, 3, 7);
    n.dst.base = BASE_RATE;
    kernels[k]->select(&n, 8)(&n, &e);
    for (size_t i = 0; i < 24; i++)
      cr_assert(same(memory[BASE_RATE][3 + i], memory[0][32 * 8 + i] + memory[BASE_STATE][1 + 96 * 8 + i]));
  }
}

static const struct row {
  enum op op;
  double a, b, c, result;
} rows[] = {
    {IR_ADD, 1, 2, 0, 3},
    {IR_SUB, 1, 2, 0, -1},
    {IR_MUL, 3, 2, 0, 6},
    {IR_DIV, 1, 4, 0, 0.25},
    {IR_DIV, 1, 0, 0, INFINITY},
    {IR_NEG, 0, 0, 0, -0.0},
    {IR_ABS, -0.0, 0, 0, 0},
    {IR_MIN, NAN, 1, 0, 1},
    {IR_MIN, 1, NAN, 0, NAN},
    {IR_MIN, 0, -0.0, 0, -0.0},
    {IR_MIN, -0.0, 0, 0, 0},
    {IR_MAX, NAN, 1, 0, 1},
    {IR_MAX, 1, NAN, 0, NAN},
    {IR_MAX, -0.0, 0, 0, 0},
    {IR_MAX, 0, -0.0, 0, -0.0},
    {IR_LT, 1, 2, 0, 1},
    {IR_LT, 1, NAN, 0, 0},
    {IR_LE, 2, 2, 0, 1},
    {IR_EQ, 0, -0.0, 0, 1},
    {IR_EQ, NAN, NAN, 0, 0},
    {IR_NE, NAN, NAN, 0, 1},
    {IR_AND, 2, NAN, 0, 1},
    {IR_AND, 2, -0.0, 0, 0},
    {IR_OR, 0, 0, 0, 0},
    {IR_OR, 0, -3, 0, 1},
    {IR_MODULO, 7, 3, 0, 1},
    {IR_MODULO, -7, 3, 0, 2},
    {IR_MODULO, 7, -3, 0, -2},
    {IR_MODULO, 0x1.fffffffffffffp52, 2, 0, 1},
    {IR_MODULO, 1, 0, 0, NAN},
    {IR_MULZ, 0, -INFINITY, 0, 0},
    {IR_MULZ, 2, -INFINITY, 0, -INFINITY},
    {IR_MULZ, 0, NAN, 0, 0},
    {IR_POWSIGN, 2, 0.5, 0, 1},
    {IR_POWSIGN, -0.0, 0.5, 0, 1},
    {IR_POWSIGN, -2, 3, 0, -1},
    {IR_POWSIGN, -2, -3, 0, -1},
    {IR_POWSIGN, -2, 4, 0, 1},
    {IR_POWSIGN, -2, 0, 0, 1},
    {IR_POWSIGN, -2, 0x1p53, 0, 1},
    {IR_POWSIGN, -2, INFINITY, 0, 1},
    {IR_POWSIGN, -2, 0.5, 0, NAN},
    {IR_POWSIGN, -2, NAN, 0, NAN},
    {IR_POWSIGN, NAN, 2, 0, NAN},
    {IR_SELECT, 1, 2, 3, 2},
    {IR_SELECT, 0, 2, 3, 3},
    {IR_SELECT, NAN, 2, 3, 2},
    {IR_SELECT, 0, NAN, 3, 3},
    {IR_MULADD, 0x1.0000000000001p0, 0x1.0000000000001p0, -1,
     0x1p-51},  // fused it would be 0x1.0000000000000p-51 + 2^-104
    {IR_MULSUB, 2, 3, 1, 5},
    {IR_SUBMUL, 2, 3, 1, -5},
    {IR_MULSUM, 2, 3, 1, 8},
    {IR_MULDIFF, 2, 3, 1, 4},
};

Test(kernel, operations_do_what_their_table_says) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (size_t k = 0; kernels[k]; k++) {
      if (!kernels[k]->available()) continue;
      const struct row *r = &rows[i];
      struct kernel_env e = environment(8, SEED);
      struct instruction n = instruction(r->op, 1, 1, 7);
      n.b.base = BASE_SLAB;
      double operands[] = {r->a, r->b, r->c};
      for (int j = 0; j < 3; j++)
        for (int l = 0; l < 8; l++) memory[0][(32 + 64 * j) * 8 + l] = operands[j];
      kernels[k]->select(&n, 8)(&n, &e);
      for (int l = 0; l < 8; l++)
        cr_expect(same(memory[0][l], r->result), "%s: %s(%a, %a, %a) is %a, not %a", kernels[k]->name, op_name(r->op),
                  r->a, r->b, r->c, memory[0][l], r->result);
    }
}

static double plain_reduction(enum op op, const double *a, const double *b, size_t count) {
  double sum = op == IR_RDOT ? a[0] * b[0] : a[0];
  for (size_t i = 1; i < count; i++) {
    double product = a[i] * b[i];
    if (op == IR_RSUM) sum = sum + a[i];
    if (op == IR_RPROD) sum = sum * a[i];
    if (op == IR_RMIN) sum = sum < a[i] ? sum : a[i];
    if (op == IR_RMAX) sum = sum > a[i] ? sum : a[i];
    if (op == IR_RDOT) sum = sum + product;
  }
  return sum;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}
static double plain_median(double *a, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (isnan(a[i])) return NAN;
  qsort(a, count, sizeof *a, compare);
  return count % 2 ? a[count / 2] : (a[count / 2 - 1] + a[count / 2]) / 2;
}

Test(kernel, reductions_run_in_index_order) {
  static double got[32 * MOST_LANES];
  const enum op ops[] = {IR_RSUM, IR_RPROD, IR_RMIN, IR_RMAX, IR_RDOT, IR_RMEDIAN};
  for (size_t k = 0; kernels[k]; k++)
    for (size_t p = 0; p < 6 && kernels[k]->available(); p++)
      for (int s = 0; s < SHAPES; s++) {
        struct instruction n = instruction(ops[p], shapes[s][0], shapes[s][1], 7);
        run(kernels[k], &n, 8, got);
        struct kernel_env e = environment(8, SEED + n.op);
        for (size_t o = 0; o < n.outer_count; o++)
          for (size_t l = 0; l < 8; l++) {
            double a[32] = {0}, b[32] = {0};
            for (size_t i = 0; i < n.inner_count; i++) {
              a[i] = e.bases[0][(32 + o * n.inner_count + i) * 8 + l];
              b[i] = e.bases[1][(96 + o * n.inner_count + i) * 8 + l];
            }
            double expected =
                ops[p] == IR_RMEDIAN ? plain_median(a, n.inner_count) : plain_reduction(ops[p], a, b, n.inner_count);
            double result = got[o * 8 + l];
            cr_assert(same(result, expected) || (ops[p] == IR_RMEDIAN && result == expected),
                      "%s: %s of %u: %a, not %a", kernels[k]->name, op_name(ops[p]), n.inner_count, result, expected);
          }
      }
}

Test(kernel, median_takes_ties_and_infinities) {
  double sets[][5] = {{1, 1, 1, 1, 2}, {INFINITY, 1, INFINITY, -INFINITY, 2}, {2, 1, 2, 1, 2}, {1, 2, NAN, 3, 4}};
  double expected[] = {1, 2, 2, NAN};
  for (size_t i = 0; i < 4; i++) {
    struct kernel_env e = environment(8, SEED);
    for (size_t j = 0; j < 5; j++)
      for (size_t l = 0; l < 8; l++) memory[0][(32 + j) * 8 + l] = sets[i][j];
    struct instruction n = instruction(IR_RMEDIAN, 1, 5, 7);
    kernel_best()->select(&n, 8)(&n, &e);
    cr_assert(same(memory[0][3], expected[i]), "set %zu: %g", i, memory[0][3]);
  }
}

Test(kernel, gather_follows_its_index_table) {
  for (size_t k = 0; kernels[k]; k++) {
    if (!kernels[k]->available()) continue;
    struct kernel_env e = environment(8, SEED);
    struct instruction n = instruction(IR_GATHER, 2, 7, 7);
    n.aux = 3;
    kernels[k]->select(&n, 8)(&n, &e);
    for (size_t i = 0; i < 14 * 8; i++)
      cr_assert(same(memory[0][i], memory[0][(32 + indices[3 + i / 8]) * 8 + i % 8]), "%s: %zu", kernels[k]->name, i);
  }
}

Test(kernel, uniform_keeps_the_contract_of_the_random_numbers) {
  for (size_t k = 0; kernels[k]; k++) {
    if (!kernels[k]->available()) continue;
    struct kernel_env e = environment(8, SEED);
    struct instruction n = instruction(IR_UNIFORM, 1, 3, 7);
    kernels[k]->select(&n, 8)(&n, &e);
    for (size_t i = 0; i < 3; i++)
      for (size_t l = 0; l < 8; l++)
        cr_assert_eq(memory[0][i * 8 + l], rng_uniform(5, 1000 + l, 0x9abcdef012345678u, i, 77));
  }
}

Test(kernel, binding_sets_a_function_for_every_instruction) {
  struct instruction items[IR_OPS];
  for (int op = 0; op < IR_OPS; op++) items[op] = instruction(op == IR_VECTOR ? IR_COPY : op, 1, 1, 7);
  struct code code = {items, IR_OPS};
  for (size_t k = 0; kernels[k]; k++) {
    if (!kernels[k]->available()) continue;
    kernel_bind(kernels[k], &code, 16);
    for (int op = 0; op < IR_OPS; op++) cr_assert_not_null(items[op].fn);
    struct kernel_env e = environment(16, SEED);
    kernel_run(&code, &e);
  }
}

Test(kernel, another_kernel_can_be_asked_for_by_name) {
  setenv("SIMULATE_KERNEL", "generic", 1);
  cr_assert_str_eq(kernel_best()->name, "generic");
  setenv("SIMULATE_KERNEL", "no such kernel", 1);
  cr_assert(kernel_best()->available());
  unsetenv("SIMULATE_KERNEL");
  cr_assert_eq(kernel_best(), kernel_by_name(kernel_best()->name));
  cr_assert_null(kernel_by_name("avx1024"));
}

Test(kernel, operations_have_names_and_arities) {
  cr_assert_str_eq(op_name(IR_MULADD), "muladd");
  cr_assert_eq(op_arity(IR_MULADD), 3);
  cr_assert_eq(op_arity(IR_EXP), 1);
  cr_assert_eq(op_arity(IR_UNIFORM), 0);
}
