// SPDX-License-Identifier: GPL-3.0-or-later
#include "lower/time_table.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "kernel/kernel.h"

enum { LANES = 8 };

static void set_clock(double *slab, uint32_t slot, double x) {
  for (uint32_t l = 0; l < LANES; l++) slab[(size_t)slot * LANES + l] = x;
}

bool time_values_create(struct time_values *v, const struct program *p) {
  *v = (struct time_values){.program = p};
  v->slab = mem_alloc_aligned((size_t)(p->time_slot_count + 1) * LANES * sizeof *v->slab);
  v->code.items = mem_alloc((p->time.count + 1) * sizeof *v->code.items);
  if (!v->slab || !v->code.items) {
    time_values_free(v);
    return false;
  }
  v->code.count = p->time.count;
  if (p->time.count) memcpy(v->code.items, p->time.items, p->time.count * sizeof *v->code.items);
  kernel_bind(kernel_best(), &v->code, LANES);
  return true;
}

void time_values_free(struct time_values *v) {
  mem_free_aligned(v->slab);
  mem_free(v->code.items);
  *v = (struct time_values){0};
}

void time_values_at(const struct time_values *v, double t, double edge, double *out) {
  const struct program *p = v->program;
  double low = t - 1e-6 * p->step;
  set_clock(v->slab, p->clock_slot, t);
  set_clock(v->slab, p->edge_slot, edge);
  set_clock(v->slab, p->low_slot, low);
  struct kernel_env env = {.bases = {[BASE_SLAB] = v->slab, [BASE_LITERAL] = (double *)p->literals},
                           .lanes = LANES,
                           .tables = p->tables,
                           .indices = p->indices};
  kernel_run(&v->code, &env);
  for (uint32_t i = 0; i < p->time_count; i++) out[i] = v->slab[(size_t)i * LANES];
}

double time_of_stage(const struct program *p, uint64_t k, unsigned stage, double *edge) {
  double t = p->start + (double)(2 * k + stage) * (p->step / 2);
  *edge = stage == STAGE_END ? t - 1e-6 * p->step : t + 1e-6 * p->step;
  return t;
}

void time_table_make(struct program *p) {
  if (!method_is_fixed(p->scenario->method)) return;
  size_t rows = 3 * (size_t)p->steps + 1;
  if (rows * p->time_count * sizeof(double) > LIMIT_TIME_TABLE_BYTES) return;
  double *table = arena_array(p->arena, double, rows * p->time_count + 1);
  struct time_values v;
  if (!time_values_create(&v, p)) arena_fail(p->arena);
  for (size_t row = 0; row < rows; row++) {
    double edge, t = time_of_stage(p, row / STAGE_TIMES, (unsigned)(row % STAGE_TIMES), &edge);
    time_values_at(&v, t, edge, table + row * p->time_count);
  }
  time_values_free(&v);
  p->time_table = table;
}
