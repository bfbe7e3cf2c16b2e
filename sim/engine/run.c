// SPDX-License-Identifier: GPL-3.0-or-later
// The run of one batch: start values, then step by step through the grid. Fixed-step methods take all lanes through
// GSL's evolve object at once; the time comes from the step number, never from a sum of steps.
#include "engine/run.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "engine/machine.h"
#include "engine/passes.h"
#include "engine/stepper.h"
#include "kernel/kernel.h"

// ---- the clock

static void set_stage(struct machine *m, uint64_t k, unsigned stage) {
  const struct program *p = m->program;
  if (p->time_table) {
    m->env.bases[BASE_TIME] = (double *)p->time_table + (STAGE_TIMES * k + stage) * p->time_count;
    return;
  }
  double edge, t = time_of_stage(p, k, stage, &edge);
  time_values_at(&m->times, t, edge, m->time_row);
}

void machine_set_clock(struct machine *m, double t) {
  double hair = 1e-6 * m->program->step, edge = fmin(t + hair, m->segment_end - hair);
  time_values_at(&m->times, t, edge, m->time_row);
}

// ---- failures

bool machine_failed(const struct machine *m, uint32_t lane) {
  return !isnan(m->batch->failures[lane].time);
}

void machine_fail(struct machine *m, uint32_t lane, struct failure f) {
  if (!machine_failed(m, lane)) m->batch->failures[lane] = f;
}

static const double *place_of(const struct machine *m, const struct operand *o) {
  return m->env.bases[o->base] + (size_t)o->slot * (operand_is_uniform(o) ? 1 : m->lanes);
}

// Runs code one instruction at a time and looks at what variables became.
static void run_traced(struct machine *m, const struct code *code, double t) {
  for (size_t i = 0; i < code->count; i++) {
    const struct instruction *n = &code->items[i];
    n->fn(n, &m->env);
    if (n->origin == UINT32_MAX || m->trace.found) continue;
    const double *out = place_of(m, &n->dst);
    uint32_t count = n->op >= IR_RSUM && n->op <= IR_RDOT ? n->outer_count : n->outer_count * n->inner_count;
    for (uint32_t k = 0; k < count && !m->trace.found; k++) {
      double x = out[(size_t)k * m->lanes + m->trace.lane];
      if (!isfinite(x)) m->trace = (struct trace){true, m->trace.lane, n, k, x, t};
    }
  }
}

void machine_rates(struct machine *m, double *state, double *rate, double t) {
  m->env.bases[BASE_STATE] = state;
  m->env.bases[BASE_RATE] = rate;
  if (m->trace.on)
    run_traced(m, &m->rates, t);
  else
    kernel_run(&m->rates, &m->env);
}

// ---- saving

static void copy_lanes(const struct machine *m, double *to, const struct operand *o) {
  const double *from = place_of(m, o);
  if (m->only != UINT32_MAX)
    to[m->only] = from[0];
  else if (operand_is_uniform(o))
    for (uint32_t l = 0; l < m->batch_lanes; l++) to[l] = from[0];
  else
    memcpy(to, from, m->batch_lanes * sizeof *to);
}

static double time_at(const struct machine *m, uint64_t k) {
  return m->program->start + (double)k * m->program->step;
}

static void save_columns(struct machine *m) {
  const struct program *p = m->program;
  double *row = m->batch->saved + m->saved * p->column_count * m->batch_lanes;
  uint32_t first = m->only == UINT32_MAX ? 0 : m->only, last = m->only == UINT32_MAX ? m->batch_lanes : first + 1;
  for (size_t c = 0; c < p->column_count; c++) {
    double *to = row + c * m->batch_lanes;
    copy_lanes(m, to, &p->columns[c].from);
    if (m->passes->finite(last - first, to + first)) continue;
    for (uint32_t l = first; l < last; l++)
      if (!isfinite(to[l]))
        machine_fail(m, l, (struct failure){time_at(m, m->k), p->columns[c].variable, p->columns[c].element, to[l]});
  }
  m->saved++;
}

static void watch_guards(struct machine *m) {
  const struct program *p = m->program;
  uint32_t first = m->only == UINT32_MAX ? 0 : m->only, last = m->only == UINT32_MAX ? m->batch_lanes : first + 1;
  for (size_t i = 0; i < p->guard_count; i++) {
    const struct guard *g = &p->guards[i];
    const double *x = place_of(m, &g->from);
    for (uint32_t l = first; l < last; l++) {
      double value = x[m->only != UINT32_MAX || operand_is_uniform(&g->from) ? 0 : l];
      if (!(value >= g->low && value <= g->high))
        machine_fail(m, l, (struct failure){time_at(m, m->k), g->variable, g->element, value});
    }
  }
}

static double *ring_at(const struct machine *m, size_t r, uint64_t k) {
  const struct ring *ring = &m->program->rings[r];
  return m->ring_buffers[r] + k % (ring->most + 1) * ring->count * m->lanes;
}

static double *held(const struct machine *m, uint32_t number) {
  return m->slab + (size_t)(m->program->held_slot + number) * m->lanes;
}

void machine_capture(struct machine *m) {
  const struct program *p = m->program;
  if (m->save) {
    kernel_run(&m->outputs, &m->env);
    save_columns(m);
    watch_guards(m);
  }
  if (!p->ring_count) return;
  kernel_run(&m->advance, &m->env);
  for (size_t r = 0; r < p->ring_count; r++)
    memcpy(ring_at(m, r, m->k), held(m, p->rings[r].input), p->rings[r].count * m->lanes * sizeof(double));
}

void machine_grid(struct machine *m) {
  const struct program *p = m->program;
  m->env.step = m->k;
  m->env.bases[BASE_STATE] = m->state;
  for (size_t r = 0; r < p->ring_count; r++) {
    const struct ring *ring = &p->rings[r];
    double *out = held(m, ring->output);
    const double *length = held(m, ring->length);
    for (size_t i = 0; i < (size_t)ring->count * m->lanes; i++) {
      if ((double)m->k >= length[i]) out[i] = ring_at(m, r, m->k - (uint64_t)length[i])[i];
    }
  }
  if (p->sampled) kernel_run(&m->sample, &m->env);
}

// ---- fixed steps

static int rates_of_step(double t, const double y[], double dydt[], void *context) {
  struct machine *m = context;
  unsigned stage = m->stages[m->calls++];
  (void)t;                                                                            // the step number knows better
  double edge, at = m->trace.on ? time_of_stage(m->program, m->k, stage, &edge) : 0;  // for messages only
  set_stage(m, m->k, stage);
  machine_rates(m, (double *)y, dydt, at);
  if (m->calls == 1 && !m->trace.on) machine_capture(m);
  return GSL_SUCCESS;
}

// Repeats the step that broke a lane, watching it; `previous` is where it began.
static struct failure find_cause(struct machine *m, uint32_t lane, struct failure seen) {
  const struct program *p = m->program;
  size_t n = (size_t)p->state_count * m->lanes;
  memcpy(m->previous, m->evolve->y0, n * sizeof *m->previous);
  m->trace = (struct trace){.on = true, .lane = lane};
  m->calls = 0;
  gsl_odeiv2_step_apply(m->step, 0, p->step, m->previous, m->rate, NULL, NULL, &m->system);
  struct trace found = m->trace;
  m->trace = (struct trace){0};
  if (!found.found) return seen;
  return (struct failure){found.time, found.found->origin, found.element, found.value};
}

static void check_states(struct machine *m) {
  const struct program *p = m->program;
  if (m->passes->finite((size_t)p->state_count * m->lanes, m->state)) return;
  for (uint32_t l = 0; l < m->batch_lanes; l++) {
    if (machine_failed(m, l)) continue;
    uint32_t s = 0;
    while (s < p->state_count && isfinite(m->state[(size_t)s * m->lanes + l])) s++;
    if (s == p->state_count) continue;
    struct failure f = {time_at(m, m->k + 1), p->state_variable[s], p->state_element[s],
                        m->state[(size_t)s * m->lanes + l]};
    machine_fail(m, l, find_cause(m, l, f));
  }
}

static void run_fixed(struct machine *m) {
  const struct program *p = m->program;
  for (m->k = 0; m->k < p->steps; m->k++) {
    set_stage(m, m->k, STAGE_START);
    machine_grid(m);
    m->calls = 0;
    m->save = m->k % p->steps_per_save == 0;
    double t = 0;
    gsl_odeiv2_evolve_apply_fixed_step(m->evolve, NULL, m->step, &m->system, &t, p->step, m->state);
    check_states(m);
  }
  set_stage(m, m->k, STAGE_START);
  machine_grid(m);
  m->save = m->k % p->steps_per_save == 0;  // a saving interval need not divide the run
  machine_rates(m, m->state, m->rate, p->stop);
  machine_capture(m);
}

// ---- a batch

void machine_start(struct machine *m, const struct batch *batch, uint32_t only) {
  const struct program *p = m->program;
  m->batch = batch, m->only = only, m->saved = 0, m->k = 0;
  m->env.seed = batch->seed, m->env.step = 0;
  for (size_t i = 0; i < p->parameter_count; i++) {
    double *to = m->slab + (p->parameter_slot + i) * m->lanes;
    for (uint32_t l = 0; l < m->lanes; l++) {
      uint32_t from = only == UINT32_MAX ? l : only;
      to[l] = batch->parameters ? batch->parameters[i * m->batch_lanes + from] : p->parameters[i].value;
    }
  }
  for (uint32_t l = 0; l < m->lanes; l++) {
    uint32_t from = only == UINT32_MAX ? l : only;
    ((uint64_t *)m->env.members)[l] = batch->members ? batch->members[from] : 0;
  }
  m->env.bases[BASE_STATE] = m->state;
  kernel_run(&m->initial, &m->env);
}

static void report_phases(struct machine *m) {
  const struct program *p = m->program;
  double *out = m->batch->phase_starts;
  if (!out) return;
  for (size_t i = 0; i < p->scenario->phases.count; i++)
    for (uint32_t l = 0; l < m->batch_lanes; l++) {
      if (m->only != UINT32_MAX && l != m->only) continue;
      double start = p->scenario->phases.items[i].from;
      if (p->phase_slot != UINT32_MAX)
        start = m->slab[(size_t)(p->phase_slot + i) * m->lanes + (m->only == UINT32_MAX ? l : 0)];
      out[i * m->batch_lanes + l] = start <= p->stop ? start : NAN;
    }
}

// Values from the failure on are no results.
static void blank_after_failures(struct machine *m) {
  const struct program *p = m->program;
  double every = p->step * (double)p->steps_per_save;
  for (uint32_t l = 0; l < m->batch_lanes; l++) {
    if (!machine_failed(m, l)) continue;
    for (size_t i = 0; i < p->save_count; i++) {
      if (p->start + (double)i * every < m->batch->failures[l].time) continue;
      for (size_t c = 0; c < p->column_count; c++)
        m->batch->saved[(i * p->column_count + c) * m->batch_lanes + l] = NAN;
    }
  }
}

size_t machine_run(struct machine *m, const struct batch *batch) {
  for (uint32_t l = 0; l < m->batch_lanes; l++) batch->failures[l] = (struct failure){.time = NAN};
  if (method_is_fixed(m->program->scenario->method)) {
    machine_start(m, batch, UINT32_MAX);
    gsl_odeiv2_evolve_reset(m->evolve);
    run_fixed(m);
    report_phases(m);
  } else {
    for (uint32_t l = 0; l < m->batch_lanes; l++) {
      machine_start(m, batch, l);
      adaptive_run(m, l);
      report_phases(m);
    }
  }
  blank_after_failures(m);
  size_t failed = 0;
  for (uint32_t l = 0; l < m->batch_lanes; l++) failed += machine_failed(m, l);
  return failed;
}

// ---- making a machine

static bool copy_codes(struct machine *m) {
  const struct program *p = m->program;
  const struct code *from[] = {&p->initial, &p->sample, &p->rates, &p->outputs, &p->advance};
  struct code *to[] = {&m->initial, &m->sample, &m->rates, &m->outputs, &m->advance};
  size_t total = 0;
  for (size_t i = 0; i < 5; i++) total += from[i]->count;
  struct instruction *next = m->instructions = mem_alloc((total + 1) * sizeof *next);
  if (!next) return false;
  for (size_t i = 0; i < 5; i++) {
    *to[i] = (struct code){next, from[i]->count};
    if (from[i]->count) memcpy(next, from[i]->items, from[i]->count * sizeof *next);
    kernel_bind(kernel_best(), to[i], m->lanes);
    next += from[i]->count;
  }
  return true;
}

static bool make_rings(struct machine *m) {
  const struct program *p = m->program;
  m->ring_buffers = mem_alloc((p->ring_count + 1) * sizeof *m->ring_buffers);
  if (!m->ring_buffers) return false;
  for (size_t r = 0; r < p->ring_count; r++) {
    size_t bytes, columns = (size_t)p->rings[r].count * m->lanes * sizeof(double);
    if (__builtin_mul_overflow(p->rings[r].most + 1, columns, &bytes) || bytes > LIMIT_SLAB_BYTES) return false;
    m->ring_buffers[r] = mem_alloc_aligned(bytes);
    if (!m->ring_buffers[r]) return false;
  }
  return true;
}

static bool make_memory(struct machine *m) {
  const struct program *p = m->program;
  size_t slab = (size_t)p->slot_count * m->lanes * sizeof(double),
         state = (size_t)(p->state_count + 1) * m->lanes * sizeof(double);
  if (slab > LIMIT_SLAB_BYTES) return false;
  m->slab = mem_alloc_aligned(slab);
  m->state = mem_alloc_aligned(state);
  m->rate = mem_alloc_aligned(state);
  m->previous = mem_alloc_aligned(state);
  m->member = mem_alloc_aligned((size_t)(p->state_count + 1) * sizeof *m->member);
  m->passes = passes_best();
  m->time_row = mem_alloc_aligned((p->time_count + 1) * sizeof(double));
  uint64_t *members = mem_alloc_aligned(m->lanes * sizeof *members);
  m->env = (struct kernel_env){.bases = {m->slab, m->state, m->rate, (double *)p->literals, m->time_row},
                               .lanes = m->lanes,
                               .tables = p->tables,
                               .indices = p->indices,
                               .members = members};
  if (!m->slab || !m->state || !m->rate || !m->previous || !m->member || !m->time_row || !members) return false;
  return copy_codes(m) && make_rings(m) && time_values_create(&m->times, p);
}

static bool make_integrator(struct machine *m) {
  const struct program *p = m->program;
  gsl_set_error_handler_off();
  if (!method_is_fixed(p->scenario->method)) return adaptive_create(m);
  size_t dimension = (size_t)(p->state_count ? p->state_count : 1) * m->lanes;
  m->system = (gsl_odeiv2_system){rates_of_step, NULL, dimension, m};
  m->step = gsl_odeiv2_step_alloc(stepper_type(p->scenario->method), dimension);
  m->evolve = gsl_odeiv2_evolve_alloc(dimension);
  stepper_stages(p->scenario->method, &m->stages);
  return m->step && m->evolve;
}

struct machine *machine_create(const struct program *p, uint32_t lanes, struct diag *diag) {
  struct machine *m = mem_alloc(sizeof *m);
  if (m) {
    m->program = p, m->batch_lanes = lanes;
    m->lanes = method_is_fixed(p->scenario->method) ? lanes : 8;
    if (make_memory(m) && make_integrator(m)) return m;
    machine_free(m);
  }
  diag_error(diag, NOWHERE, memory);
  return NULL;
}

void machine_free(struct machine *m) {
  if (!m) return;
  if (m->evolve) gsl_odeiv2_evolve_free(m->evolve);
  if (m->step) gsl_odeiv2_step_free(m->step);
  if (m->driver) gsl_odeiv2_driver_free(m->driver);
  for (size_t r = 0; m->ring_buffers && r < m->program->ring_count; r++) mem_free_aligned(m->ring_buffers[r]);
  mem_free(m->ring_buffers);
  time_values_free(&m->times);
  mem_free_aligned((void *)m->env.members);
  mem_free_aligned(m->time_row);
  mem_free_aligned(m->member);
  mem_free_aligned(m->previous);
  mem_free_aligned(m->rate);
  mem_free_aligned(m->state);
  mem_free_aligned(m->slab);
  mem_free(m->instructions);
  mem_free(m);
}
