// SPDX-License-Identifier: GPL-3.0-or-later
// build: once per instruction set, as HAND_MODELS=hand_avx2 with the flags of that kernel
// See hand.h. A model is its rates and its saved columns as functions of vectors; two drivers, inlined into each model,
// make the two manners of running of it.
#include "hand.h"

#include "kernel/vmath.h"

enum { MOST_STATES = 3, MOST_COLUMNS = 5, MOST_PARAMETERS = 4, GROUP = 4 };

typedef void vector_fn(const vd *y, const vd *p, vd *out);

struct shape {
  size_t states, parameters, columns, steps, per_save;
  double step, start[MOST_STATES];
  vector_fn *prepare;  // what depends on parameters alone
  vector_fn *rates, *save;
};

static const double weights[] = {1, 2, 2, 1}, reach[] = {0.5, 0.5, 1};

VM_INLINE void load(const double *from, size_t count, vd *to) {
  for (size_t i = 0; i < count; i++) to[i] = vm_load(from + i * HAND_LANES);
}
VM_INLINE void store(const vd *from, size_t count, double *to) {
  for (size_t i = 0; i < count; i++) vm_store(to + i * HAND_LANES, from[i]);
}
VM_INLINE void prepared(const struct shape *s, const double *parameters, vd *p) {
  vd given[MOST_PARAMETERS];
  load(parameters, s->parameters, given);
  s->prepare(NULL, given, p);
}
VM_INLINE void save_one(const struct shape *s, const vd *y, const vd *p, double *to) {
  vd out[MOST_COLUMNS];
  s->save(y, p, out);
  store(out, s->columns, to);
}

VM_INLINE void stage(const struct shape *s, unsigned j, const double *p, double *y, double *at, double *sum) {
  for (size_t l = 0; l < HAND_LANES; l += VM_WIDTH) {
    vd before[MOST_STATES], x[MOST_STATES], k[MOST_STATES], total[MOST_STATES], q[MOST_PARAMETERS];
    load(p + l, MOST_PARAMETERS, q);
    load(y + l, s->states, before);
    load((j ? at : y) + l, s->states, x);
    if (j) load(sum + l, s->states, total);
    s->rates(x, q, k);
    for (size_t i = 0; i < s->states; i++) {
      total[i] = j ? total[i] + weights[j] * k[i] : weights[j] * k[i];
      x[i] = j < 3 ? before[i] + s->step * reach[j] * k[i] : before[i] + s->step / 6 * total[i];
    }
    if (j < 3) store(total, s->states, sum + l);
    store(x, s->states, (j < 3 ? at : y) + l);
  }
}

VM_INLINE void by_stages(const struct shape *s, const double *parameters, double *saved) {
  double y[MOST_STATES * HAND_LANES], at[MOST_STATES * HAND_LANES], sum[MOST_STATES * HAND_LANES];
  double p[MOST_PARAMETERS * HAND_LANES];
  for (size_t l = 0; l < HAND_LANES; l += VM_WIDTH) {
    vd q[MOST_PARAMETERS] = {0};
    prepared(s, parameters + l, q);
    store(q, MOST_PARAMETERS, p + l);
    for (size_t i = 0; i < s->states; i++) vm_store(y + i * HAND_LANES + l, vm_set(s->start[i]));
  }
  for (size_t k = 0;; k++) {
    if (k % s->per_save == 0) {
      double *to = saved + k / s->per_save * s->columns * HAND_LANES;
      for (size_t l = 0; l < HAND_LANES; l += VM_WIDTH) {
        vd q[MOST_PARAMETERS], x[MOST_STATES];
        load(p + l, MOST_PARAMETERS, q);
        load(y + l, s->states, x);
        save_one(s, x, q, to + l);
      }
    }
    if (k == s->steps) return;
    stage(s, 0, p, y, at, sum);
    stage(s, 1, p, y, at, sum);
    stage(s, 2, p, y, at, sum);
    stage(s, 3, p, y, at, sum);
  }
}

// One step of one vector.
VM_INLINE void rk4(const struct shape *s, const vd *p, vd *y) {
  vd x[MOST_STATES], k[MOST_STATES], sum[MOST_STATES];
  for (size_t i = 0; i < s->states; i++) x[i] = y[i], sum[i] = vm_set(0);
#pragma GCC unroll 4
  for (unsigned j = 0; j < 4; j++) {
    s->rates(x, p, k);
    for (size_t i = 0; i < s->states; i++) {
      sum[i] = j ? sum[i] + weights[j] * k[i] : weights[j] * k[i];
      if (j < 3) x[i] = y[i] + s->step * reach[j] * k[i];
    }
  }
  for (size_t i = 0; i < s->states; i++) y[i] = y[i] + s->step / 6 * sum[i];
}

// GROUP vectors side by side: while one waits for a division, the others go on.
VM_INLINE void in_registers(const struct shape *s, const double *parameters, double *saved) {
  for (size_t l = 0; l < HAND_LANES; l += GROUP * VM_WIDTH) {
    vd p[GROUP][MOST_PARAMETERS] = {0}, y[GROUP][MOST_STATES];
    for (size_t g = 0; g < GROUP; g++) {
      prepared(s, parameters + l + g * VM_WIDTH, p[g]);
      for (size_t i = 0; i < s->states; i++) y[g][i] = vm_set(s->start[i]);
    }
    for (size_t k = 0;; k++) {
      if (k % s->per_save == 0)
        for (size_t g = 0; g < GROUP; g++)
          save_one(s, y[g], p[g], saved + k / s->per_save * s->columns * HAND_LANES + l + g * VM_WIDTH);
      if (k == s->steps) break;
#pragma GCC unroll 4
      for (size_t g = 0; g < GROUP; g++) rk4(s, p[g], y[g]);
    }
  }
}

// ---- the models

VM_INLINE void teacup_prepare(const vd *y, const vd *p, vd *out) {
  (void)y;
  out[0] = p[0];  // cooling time
}
VM_INLINE void teacup_rates(const vd *y, const vd *p, vd *k) {
  k[0] = -((y[0] - 70) / p[0]);
}
VM_INLINE void teacup_save(const vd *y, const vd *p, vd *out) {
  (void)p;
  out[0] = y[0];
  out[1] = vm_set(70);
  out[2] = y[0] - 70;
}

VM_INLINE void sir_prepare(const vd *y, const vd *p, vd *out) {
  (void)y;
  out[0] = p[0] * p[1];  // contacts that infect
  out[1] = p[2];         // duration
}
VM_INLINE void sir_rates(const vd *y, const vd *p, vd *k) {
  vd infection = p[0] * y[0] * y[1] / 100000;
  k[0] = -infection;
  k[2] = y[1] / p[1];
  k[1] = infection - k[2];
}
VM_INLINE void sir_save(const vd *y, const vd *p, vd *out) {
  (void)p;
  out[0] = y[0];
  out[1] = y[1];
  out[2] = y[2];
  out[3] = vm_set(0);
  out[4] = (y[1] + y[2]) / 100000;
}

VM_INLINE void lotka_volterra_prepare(const vd *y, const vd *p, vd *out) {
  (void)y;
  out[0] = p[0];  // birth rate
  out[1] = p[1];  // life of a lynx
}
VM_INLINE void lotka_volterra_rates(const vd *y, const vd *p, vd *k) {
  vd kills = 0.0004 * y[0] * y[1];
  k[0] = p[0] * y[0] - kills;
  k[1] = 0.01 * kills - y[1] / p[1];
}
VM_INLINE void lotka_volterra_save(const vd *y, const vd *p, vd *out) {
  out[0] = y[0];
  out[1] = y[1];
  out[2] = 0.01 * 0.0004 * y[0] - vm_log(y[0]) / p[1] + 0.0004 * y[1] - p[0] * vm_log(y[1]);
}

#define SHAPE(name, states, parameters, columns, steps, per_save, step, ...)                                 \
  static const struct shape name##_shape = {states, parameters,  columns,        steps,        per_save,     \
                                            step,   __VA_ARGS__, name##_prepare, name##_rates, name##_save}; \
  static void name##_by_stages(const double *p, double *saved) {                                             \
    by_stages(&name##_shape, p, saved);                                                                      \
  }                                                                                                          \
  static void name##_in_registers(const double *p, double *saved) {                                          \
    in_registers(&name##_shape, p, saved);                                                                   \
  }
#define START(...) \
  { __VA_ARGS__ }
SHAPE(teacup, 1, 1, 3, 240, 8, 0.125, START(180))
SHAPE(sir, 3, 3, 5, 960, 8, 0.125, START(100000 - 10, 10, 0))
SHAPE(lotka_volterra, 2, 2, 3, 3840, 16, 1.0 / 64, START(30000, 1200))

#define MODEL(model, parameters, columns)                                                         \
  {                                                                                               \
#model, parameters, columns, model##_shape.step, model##_shape.steps, model##_shape.per_save, \
        model##_shape.states, model##_by_stages, model##_in_registers                             \
  }
const struct hand_model HAND_MODELS[] = {
    MODEL(teacup, "cooling_time", "temperature,room,gap"),
    MODEL(sir, "contacts,infectivity,duration", "susceptible,infectious,recovered,distancing,attack_rate"),
    MODEL(lotka_volterra, "birth_rate,lynx_life", "hares,lynxes,orbit"),
    {0}};
