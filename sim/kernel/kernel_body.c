// SPDX-License-Identifier: GPL-3.0-or-later
// build: not on its own; kernel_generic.c, kernel_avx2.c and kernel_avx512.c include it
// The interpreter's operations for one instruction set. op.def gives each element-wise operation as an expression of
// vectors; from it come one function for a single run (every operand covers all elements densely), one for each
// combination of inner strides, and two for each combination of operands that are the same in all lanes: `level`, where
// those are a number each and the others dense, and `mixed` for any shape. select picks by shape.
// Then follow the operations that are more than an expression: reductions, gather, lookup, uniform.
//
// Loads come before stores in every iteration and no pointer is restrict, since dst may be one of the operands.
// Nothing is checked here: the IR is trusted.
#include <stddef.h>

#include "base/rng.h"
#include "kernel/kernel.h"
#include "kernel/vector_fn.h"
#include "kernel/vrandom.h"
#include "lang/model.h"

typedef vd formula(vd a, vd b, vd c);

VM_INLINE double *destination(const struct instruction *n, const struct kernel_env *e, size_t o) {
  return e->bases[n->dst.base] + (n->dst.slot + o * n->inner_count) * e->lanes;
}
VM_INLINE const double *source(const struct operand *p, const struct kernel_env *e, size_t o) {
  return e->bases[p->base] + ((size_t)p->slot + o * p->outer) * (operand_is_uniform(p) ? 1 : e->lanes);
}
// Numbers between an operand's neighbouring elements.
VM_INLINE size_t stride(const struct operand *p, const struct kernel_env *e) {
  return p->inner * (size_t)(operand_is_uniform(p) ? 1 : e->lanes);
}
VM_INLINE vd load(const double *p, size_t lane, bool uniform) {
  return uniform ? vm_set(*p) : vm_load(p + lane);
}

// `arity` operands are read; the others are not touched, since they may point nowhere.
VM_INLINE vd apply(formula *f, int arity, const double *a, const double *b, const double *c) {
  return f(vm_load(a), arity > 1 ? vm_load(b) : vm_set(0), arity > 2 ? vm_load(c) : vm_set(0));
}
// Where operand `which` (0: dst, 1: a, ...) begins.
VM_INLINE double *place(const struct instruction *n, const struct kernel_env *e, int which) {
  const struct operand *p = which == 0 ? &n->dst : which == 1 ? &n->a : which == 2 ? &n->b : &n->c;
  return e->bases[p->base] + n->at[which];
}
enum { AT_ONCE = 4 * VM_WIDTH };
VM_INLINE void run_flat(formula *f, int arity, const struct instruction *n, const struct kernel_env *e) {
  double *d = place(n, e, 0);
  const double *a = place(n, e, 1), *b = arity > 1 ? place(n, e, 2) : a, *c = arity > 2 ? place(n, e, 3) : a;
  size_t count = n->count, k = 0;
  for (; k + AT_ONCE <= count; k += AT_ONCE)
#pragma GCC unroll 4
    for (size_t v = k; v < k + AT_ONCE; v += VM_WIDTH) vm_store(d + v, apply(f, arity, a + v, b + v, c + v));
  for (; k < count; k += VM_WIDTH) vm_store(d + k, apply(f, arity, a + k, b + k, c + k));
}
// sa, sb, sc: inner strides, constants after inlining.
VM_INLINE void run_shape(formula *f, int arity, size_t sa, size_t sb, size_t sc, const struct instruction *n,
                         const struct kernel_env *e) {
  size_t lanes = e->lanes;
  for (size_t o = 0; o < n->outer_count; o++) {
    double *d = destination(n, e, o);
    const double *a = source(&n->a, e, o), *b = source(&n->b, e, o), *c = source(&n->c, e, o);
    for (size_t i = 0; i < n->inner_count; i++) {
      for (size_t l = 0; l < lanes; l += VM_WIDTH) vm_store(d + l, apply(f, arity, a + l, b + l, c + l));
      d += lanes;
      a += sa * lanes;
      b += sb * lanes;
      c += sc * lanes;
    }
  }
}

// `uniform`: bit k is set when operand k is the same in all lanes; a constant after inlining.
VM_INLINE void run_mixed(formula *f, int arity, unsigned uniform, const struct instruction *n,
                         const struct kernel_env *e) {
  size_t lanes = e->lanes, sa = stride(&n->a, e);
  size_t sb = arity > 1 ? stride(&n->b, e) : 0, sc = arity > 2 ? stride(&n->c, e) : 0;
  for (size_t o = 0; o < n->outer_count; o++) {
    double *d = destination(n, e, o);
    const double *a = source(&n->a, e, o), *b = arity > 1 ? source(&n->b, e, o) : a;
    const double *c = arity > 2 ? source(&n->c, e, o) : a;
    for (size_t i = 0; i < n->inner_count; i++) {
      for (size_t l = 0; l < lanes; l += VM_WIDTH)
        vm_store(d + l, f(load(a, l, uniform & 1), arity > 1 ? load(b, l, uniform & 2) : vm_set(0),
                          arity > 2 ? load(c, l, uniform & 4) : vm_set(0)));
      d += lanes;
      a += sa;
      b += sb;
      c += sc;
    }
  }
}

// The same where the others are dense and the uniform ones a single number each.
VM_INLINE void run_level(formula *f, int arity, unsigned uniform, const struct instruction *n,
                         const struct kernel_env *e) {
  double *d = place(n, e, 0);
  const double *a = place(n, e, 1), *b = arity > 1 ? place(n, e, 2) : a, *c = arity > 2 ? place(n, e, 3) : a;
  vd x = vm_set(*a), y = vm_set(*b), z = vm_set(*c);
  size_t count = n->count, k = 0;
#define LEVEL(k)                                                                              \
  vm_store(d + (k), f(uniform & 1 ? x : vm_load(a + (k)), uniform & 2 ? y : vm_load(b + (k)), \
                      uniform & 4 ? z : vm_load(c + (k))))
  for (; k + AT_ONCE <= count; k += AT_ONCE)
#pragma GCC unroll 4
    for (size_t v = k; v < k + AT_ONCE; v += VM_WIDTH) LEVEL(v);
  for (; k < count; k += VM_WIDTH) LEVEL(k);
#undef LEVEL
}

#define ARGUMENTS const struct instruction *n, const struct kernel_env *e
#define MIXED(id, arity, uniform)                  \
  static void id##_mixed_##uniform(ARGUMENTS) {    \
    run_mixed(id##_formula, arity, uniform, n, e); \
  }                                                \
  static void id##_level_##uniform(ARGUMENTS) {    \
    run_level(id##_formula, arity, uniform, n, e); \
  }
#define SHAPE(id, arity, sa, sb, sc)                  \
  static void id##_shape_##sa##sb##sc(ARGUMENTS) {    \
    run_shape(id##_formula, arity, sa, sb, sc, n, e); \
  }
#define OPERATION(id, arity, expression)                                                \
  VM_INLINE vd id##_formula(vd a __attribute__((unused)), vd b __attribute__((unused)), \
                            vd c __attribute__((unused))) {                             \
    return expression;                                                                  \
  }                                                                                     \
  static void id##_flat(ARGUMENTS) {                                                    \
    run_flat(id##_formula, arity, n, e);                                                \
  }                                                                                     \
  SHAPE(id, arity, 0, 0, 0)                                                             \
  SHAPE(id, arity, 1, 0, 0)                                                             \
  MIXED(id, arity, 1)
#define OP1(id, name, expression) OPERATION(id, 1, expression)
#define OP2(id, name, expression) \
  OPERATION(id, 2, expression)    \
  SHAPE(id, 2, 0, 1, 0)           \
  SHAPE(id, 2, 1, 1, 0)           \
  MIXED(id, 2, 2)                 \
  MIXED(id, 2, 3)
#define OP3(id, name, expression) \
  OPERATION(id, 3, expression)    \
  SHAPE(id, 3, 0, 1, 0)           \
  SHAPE(id, 3, 1, 1, 0)           \
  SHAPE(id, 3, 0, 0, 1)           \
  SHAPE(id, 3, 1, 0, 1)           \
  SHAPE(id, 3, 0, 1, 1)           \
  SHAPE(id, 3, 1, 1, 1)           \
  MIXED(id, 3, 2)                 \
  MIXED(id, 3, 3)                 \
  MIXED(id, 3, 4)                 \
  MIXED(id, 3, 5)                 \
  MIXED(id, 3, 6)                 \
  MIXED(id, 3, 7)
#include "kernel/op.def"
#undef OP1
#undef OP2
#undef OP3

// Reductions: a formula of (sum so far, next element, next of b), started with that of the first.
VM_INLINE void reduce_mixed(formula *first, formula *next, int arity, bool ua, bool ub, ARGUMENTS) {
  size_t lanes = e->lanes, sa = stride(&n->a, e), sb = arity > 1 ? stride(&n->b, e) : 0;
  for (size_t o = 0; o < n->outer_count; o++) {
    double *d = e->bases[n->dst.base] + (n->dst.slot + o) * lanes;
    const double *a = source(&n->a, e, o), *b = arity > 1 ? source(&n->b, e, o) : a;
    for (size_t l = 0; l < lanes; l += VM_WIDTH) {
      vd sum = first(load(a, l, ua), load(b, l, ub), vm_set(0));
      for (size_t i = 1; i < n->inner_count; i++) sum = next(sum, load(a + i * sa, l, ua), load(b + i * sb, l, ub));
      vm_store(d + l, sum);
    }
  }
}
VM_INLINE void reduce(formula *first, formula *next, int arity, ARGUMENTS) {
  bool ua = operand_is_uniform(&n->a), ub = arity > 1 ? operand_is_uniform(&n->b) : ua;
  if (!ua && !ub)
    reduce_mixed(first, next, arity, false, false, n, e);
  else if (!ub)
    reduce_mixed(first, next, arity, true, false, n, e);
  else
    reduce_mixed(first, next, arity, ua, true, n, e);
}
VM_INLINE vd product_formula(vd a, vd b, vd c) {
  (void)c;
  return a * b;
}
VM_INLINE vd dot_formula(vd sum, vd a, vd b) {
  return sum + a * b;
}
static void RSUM_special(ARGUMENTS) {
  reduce(COPY_formula, ADD_formula, 1, n, e);
}
static void RPROD_special(ARGUMENTS) {
  reduce(COPY_formula, MUL_formula, 1, n, e);
}
static void RMIN_special(ARGUMENTS) {
  reduce(COPY_formula, MIN_formula, 1, n, e);
}
static void RMAX_special(ARGUMENTS) {
  reduce(COPY_formula, MAX_formula, 1, n, e);
}
static void RDOT_special(ARGUMENTS) {
  reduce(product_formula, dot_formula, 2, n, e);
}

// The k-th smallest of count elements is the one that fewer than or just k others undercut, and more than k do not
// exceed: no memory and no branch by lane, at the price of count^2 comparisons.
VM_INLINE vd median_of(const double *a, size_t lane, bool uniform, size_t count, size_t stride) {
  vd lower = vm_set((double)((count - 1) / 2)), upper = vm_set((double)(count / 2));
  vd low = vm_set(NAN), high = low;
  vm_mask nan = vm_isnan(vm_set(0));
  for (size_t i = 0; i < count; i++) {
    vd x = load(a + i * stride, lane, uniform), below = vm_set(0), not_above = below;
    for (size_t j = 0; j < count; j++) {
      vd y = load(a + j * stride, lane, uniform);
      below += vm_one(vm_lt(y, x));
      not_above += vm_one(vm_le(y, x));
    }
    low = vm_pick(vm_and(vm_le(below, lower), vm_gt(not_above, lower)), x, low);
    high = vm_pick(vm_and(vm_le(below, upper), vm_gt(not_above, upper)), x, high);
    nan = vm_or(nan, vm_isnan(x));
  }
  return vm_pick(nan, vm_set(NAN), count % 2 ? low : (low + high) / 2);
}
static void RMEDIAN_special(ARGUMENTS) {
  for (size_t o = 0; o < n->outer_count; o++) {
    double *d = e->bases[n->dst.base] + (n->dst.slot + o) * e->lanes;
    for (size_t l = 0; l < e->lanes; l += VM_WIDTH)
      vm_store(d + l, median_of(source(&n->a, e, o), l, operand_is_uniform(&n->a), n->inner_count, stride(&n->a, e)));
  }
}

static void GATHER_special(ARGUMENTS) {
  size_t lanes = e->lanes, count = (size_t)n->outer_count * n->inner_count;
  double *d = destination(n, e, 0);
  const double *a = source(&n->a, e, 0);
  const uint32_t *index = e->indices + n->aux;
  bool uniform = operand_is_uniform(&n->a);
  for (size_t k = 0; k < count; k++)
    for (size_t l = 0; l < lanes; l += VM_WIDTH)
      vm_store(d + k * lanes + l, load(a + index[k] * (uniform ? 1 : lanes), l, uniform));
}

// The segment of x: the greatest i <= count-2 with t->x[i] <= x, or 0. Three ways to the same number: counting for
// short tables, which spares the gathers; a direct index, off by one at most and corrected; branchless bisection.
#define COUNTED_SEGMENTS 8
struct segment {
  vl i;
  vd x0, x1;  // t->x[i], t->x[i + 1]
};
VM_INLINE struct segment segment_at(const struct lookup_table *t, vl i) {
  return (struct segment){i, vm_gather(t->x, i), vm_gather(t->x + 1, i)};
}
VM_INLINE vl one_where(vm_mask m) {
  return vm_pickl(m, vm_setl(1), vm_setl(0));
}
VM_INLINE struct segment segment_direct(const struct lookup_table *t, vd x) {
  vd most = vm_set((double)(t->count - 2));
  vd place = vm_floor(vm_min(vm_max((x - t->x[0]) * t->inverse_spacing, vm_set(0)), most));
  struct segment s = segment_at(t, (vl)(place + 0x1p52) & INT64_C(0xffffffff));
  vm_mask early = vm_and(vm_lt(x, s.x0), vm_gt(place, vm_set(0)));
  vm_mask late = vm_and(vm_ge(x, s.x1), vm_lt(place, most));
  if (!vm_any(vm_or(early, late))) return s;
  return segment_at(t, s.i - one_where(early) + one_where(late));
}
VM_INLINE struct segment segment_of(const struct lookup_table *t, vd x) {
  if (t->uniform && t->count > COUNTED_SEGMENTS + 1) return segment_direct(t, x);
  vl i = vm_setl(0);
  if (t->count <= COUNTED_SEGMENTS + 1) {
    for (size_t k = 1; k + 1 < t->count; k++) i += one_where(vm_le(vm_set(t->x[k]), x));
    return segment_at(t, i);
  }
  for (size_t rest = t->count - 1; rest > 1;) {
    size_t half = rest / 2;
    i += vm_pickl(vm_le(vm_gather(t->x + half, i), x), vm_setl((int64_t)half), vm_setl(0));
    rest -= half;
  }
  return segment_at(t, i);
}
// y at x. Value i lies at y[i * stride], for lane l of `each` lanes at y[i * stride + l].
VM_INLINE vd value_at(const double *y, bool each) {
  return each ? vm_load(y) : vm_set(*y);
}
VM_INLINE vd look_up(const struct lookup_table *t, const double *y, size_t stride, bool each, vd x) {
  double end = t->x[t->count - 1];
  vd first = value_at(y, each), last = value_at(y + (t->count - 1) * stride, each);
  if (t->count == 1) return vm_pick(vm_isnan(x), x, first);
  struct segment s = segment_of(t, x);
  vl at = s.i;
  if (each) {
    vl lane;
    for (int l = 0; l < VM_WIDTH; l++) lane[l] = l;
    at = at * (int64_t)stride + lane;
  }
  vd y0 = vm_gather(y, at);
  if (t->mode == PATH_STEP) return vm_pick(vm_isnan(x), x, vm_pick(vm_ge(x, vm_set(end)), last, y0));
  vd result = y0 + (x - s.x0) * (vm_gather(y + stride, at) - y0) / (s.x1 - s.x0);
  if (t->mode == PATH_EXTRAPOLATE) return vm_pick(vm_eq(x, vm_set(end)), last, result);
  return vm_pick(vm_ge(x, vm_set(end)), last, vm_pick(vm_lt(x, vm_set(t->x[0])), first, result));
}
static void LOOKUP_special(ARGUMENTS) {
  size_t lanes = e->lanes, element = 0;
  for (size_t o = 0; o < n->outer_count; o++)
    for (size_t i = 0; i < n->inner_count; i++, element++) {
      const struct lookup_table *t = &e->tables[n->aux + element * n->aux2];
      double *d = destination(n, e, o) + i * lanes;
      const double *a = source(&n->a, e, o) + i * stride(&n->a, e);
      for (size_t l = 0; l < lanes; l += VM_WIDTH)
        vm_store(d + l, look_up(t, t->y, 1, false, load(a, l, operand_is_uniform(&n->a))));
    }
}
static void LOOKUPY_special(ARGUMENTS) {
  const struct lookup_table *t = &e->tables[n->aux];
  double *d = destination(n, e, 0);
  const double *a = source(&n->a, e, 0), *b = source(&n->b, e, 0);
  bool ua = operand_is_uniform(&n->a), ub = operand_is_uniform(&n->b);
  for (size_t l = 0; l < e->lanes; l += VM_WIDTH)
    vm_store(d + l, look_up(t, ub ? b : b + l, ub ? 1 : e->lanes, !ub, load(a, l, ua)));
}

static void VECTOR_special(ARGUMENTS) {
  size_t lanes = e->lanes;
  const uint32_t *sizes = e->indices + n->aux2;
  double in[sizes[0]], out[n->inner_count];
  for (size_t o = 0; o < n->outer_count; o++)
    for (size_t l = 0; l < lanes; l++) {
      bool uniform = operand_is_uniform(&n->a);
      const double *a = source(&n->a, e, o) + (uniform ? 0 : l);
      double *d = destination(n, e, o) + l;
      for (size_t i = 0; i < sizes[0]; i++) in[i] = a[i * (uniform ? 1 : lanes)];
      vector_fn_run((enum vector_fn)n->aux, sizes[1], sizes[2], in, out);
      for (size_t i = 0; i < n->inner_count; i++) d[i * lanes] = out[i];
    }
}

static void UNIFORM_special(ARGUMENTS) {
  uint64_t stream = n->aux | (uint64_t)n->aux2 << 32;
  size_t lanes = e->lanes, count = (size_t)n->outer_count * n->inner_count;
  double *d = destination(n, e, 0);
  for (size_t k = 0; k < count; k++)
    for (size_t l = 0; l < lanes; l++) d[k * lanes + l] = rng_uniform(e->seed, e->members[l], stream, k, e->step);
}

// What to call, by operation: a special one serves all; else one dense run; shapes by inner strides a + 2b + 4c; and,
// by operands that are the same in all lanes, counted likewise, level and mixed.
#define SHAPES1(id) id##_shape_000, id##_shape_100
#define SHAPES2(id) SHAPES1(id), id##_shape_010, id##_shape_110
#define SHAPES3(id) SHAPES2(id), id##_shape_001, id##_shape_101, id##_shape_011, id##_shape_111
#define LEVELS1(id) id##_level_1
#define LEVELS2(id) LEVELS1(id), id##_level_2, id##_level_3
#define LEVELS3(id) LEVELS2(id), id##_level_4, id##_level_5, id##_level_6, id##_level_7
#define MIXES1(id) id##_mixed_1
#define MIXES2(id) MIXES1(id), id##_mixed_2, id##_mixed_3
#define MIXES3(id) MIXES2(id), id##_mixed_4, id##_mixed_5, id##_mixed_6, id##_mixed_7
#define FUNCTIONS(id, arity) \
  [IR_##id] = {NULL, id##_flat, {SHAPES##arity(id)}, {NULL, MIXES##arity(id)}, {NULL, LEVELS##arity(id)}},
static const struct {
  instruction_fn *special, *flat, *shape[8], *mixed[8], *level[8];
} functions[IR_OPS] = {
#define OP1(id, name, expression) FUNCTIONS(id, 1)
#define OP2(id, name, expression) FUNCTIONS(id, 2)
#define OP3(id, name, expression) FUNCTIONS(id, 3)
#define OPX(id, name, arity) [IR_##id] = {.special = id##_special},
#include "kernel/op.def"
};

// Covers an operand all elements one after the other?
static bool is_dense(const struct instruction *n, const struct operand *p) {
  return (p->inner == 1 || n->inner_count == 1) && (n->outer_count == 1 || p->outer == n->inner_count);
}
static size_t beginning(const struct operand *p, uint32_t lanes) {
  return (size_t)p->slot * (operand_is_uniform(p) ? 1 : lanes);
}
// One number for all elements and lanes?
static bool is_level(const struct instruction *n, const struct operand *p) {
  return operand_is_uniform(p) && (p->inner == 0 || n->inner_count == 1) && (p->outer == 0 || n->outer_count == 1);
}
static instruction_fn *select_function(struct instruction *n, uint32_t lanes) {
  const struct operand *operands[] = {&n->dst, &n->a, &n->b, &n->c};
  for (int i = 0; i < 4; i++) n->at[i] = beginning(operands[i], lanes);
  n->count = (size_t)n->outer_count * n->inner_count * lanes;
  if (functions[n->op].special) return functions[n->op].special;
  unsigned uniform = 0, shape = 0;
  bool dense = true, level = true;
  for (unsigned i = 0; i < op_arity(n->op); i++) {
    const struct operand *p = operands[i + 1];
    if (operand_is_uniform(p)) uniform |= 1u << i;
    dense = dense && is_dense(n, p);
    level = level && (is_level(n, p) || (!operand_is_uniform(p) && is_dense(n, p)));
    shape |= (unsigned)p->inner << i;
  }
  if (uniform) return (level ? functions[n->op].level : functions[n->op].mixed)[uniform];
  if (dense) return functions[n->op].flat;
  return functions[n->op].shape[shape];
}
