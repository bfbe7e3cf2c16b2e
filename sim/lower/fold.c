// SPDX-License-Identifier: GPL-3.0-or-later
// Constant folding: the instruction is run once by the generic kernel on a small slab of its own, so that a folded
// number has the bits that it would have had at run time.
#include <string.h>

#include "kernel/kernel.h"
#include "lower/dag.h"

enum { LANES = 8 };

static void spread(double *slab, uint32_t slot, const double *x, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t l = 0; l < LANES; l++) slab[(size_t)(slot + i) * LANES + l] = x[i];
}

static const double *fold_pack(struct dag *g, const struct dag_value *v) {
  double *out = arena_array(g->arena, double, v->count);
  for (uint32_t i = 0; i < v->part_count; i++) {
    const struct dag_part *p = &v->parts[i];
    const double *from = g->values.items[p->from.value].literal + p->from.offset;
    for (uint32_t k = 0; k < p->count; k++) out[p->at + k] = from[k * p->from.inner];
  }
  return out;
}

const double *fold_value(struct dag *g, const struct dag_value *v) {
  if (v->op == DAG_PACK) return fold_pack(g, v);
  size_t slots = v->count;
  for (size_t i = 0; i < v->arg_count; i++) slots += g->values.items[v->args[i].value].count;
  double *slab = arena_alloc(g->arena, slots * LANES * sizeof *slab + 64);
  slab = (double *)(((uintptr_t)slab + 63) / 64 * 64);
  struct instruction in = {.dst = {.slot = 0, .outer = v->inner_count, .base = BASE_SLAB, .inner = 1},
                           .outer_count = v->outer_count,
                           .inner_count = v->inner_count,
                           .aux = v->aux,
                           .aux2 = v->aux2,
                           .op = v->op};
  struct operand *operands[3] = {&in.a, &in.b, &in.c};
  uint32_t slot = v->count;
  for (size_t i = 0; i < v->arg_count; i++) {
    const struct dag_value *arg = &g->values.items[v->args[i].value];
    spread(slab, slot, arg->literal, arg->count);
    *operands[i] = (struct operand){slot + v->args[i].offset, v->args[i].outer, BASE_SLAB, v->args[i].inner};
    slot += arg->count;
  }
  struct kernel_env env = {
      .bases = {slab, slab, slab}, .lanes = LANES, .tables = g->tables.items, .indices = g->indices.items};
  kernel_by_name("generic")->select(&in, LANES)(&in, &env);
  double *out = arena_array(g->arena, double, v->count);
  for (uint32_t i = 0; i < v->count; i++) out[i] = slab[(size_t)i * LANES];
  return out;
}
