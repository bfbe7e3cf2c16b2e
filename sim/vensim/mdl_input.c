// SPDX-License-Identifier: GPL-3.0-or-later
// Test inputs: STEP, PULSE, PULSE TRAIN and RAMP. Vensim compares their times with Time + TIME STEP/2, and they change
// between steps only: a jump whose time is no time of the run comes at the nearest one that is, and half way between
// two at the later one where it starts, at the earlier one where it ends. RAMP compares with Time itself. What would
// move within a step of Runge-Kutta is held.
#include <math.h>
#include <string.h>

#include "vensim/mdl_call.h"

// ---- times

// Is it a time of the run whatever the constants of the model are? A number that is one, INITIAL TIME, and such a time
// later by some steps.
static bool on_grid(struct mdl *m, const struct mdl_node *n) {
  double start, step, x;
  if (n->kind == MDL_NAME && strcmp(n->key, "initial time") == 0) return true;
  if (n->kind != MDL_NUMBER || !mdl_value_of(m, "time step", &step)) return false;
  if (!mdl_value_of(m, "initial time", &start)) return false;
  x = (n->number - start) / step;
  return fabs(x - round(x)) < 1e-6;
}

static bool whole_steps(struct mdl *m, const struct mdl_node *n) {
  double step, x;
  if (n->kind == MDL_NAME && strcmp(n->key, "time step") == 0) return true;
  if (n->kind != MDL_NUMBER || !mdl_value_of(m, "time step", &step)) return false;
  x = n->number / step;
  return x > 0.5 && fabs(x - round(x)) < 1e-6;
}

static struct expr *add(struct mdl *m, struct span at, struct expr *a, struct expr *b) {
  return mdl_binary(m, at, OP_ADD, a, b);
}

// A number as one of the unit of time.
static struct expr *as_time(struct mdl *m, struct span at, struct expr *x) {
  return add(m, at, x, mdl_binary(m, at, OP_MULTIPLY, mdl_number(m, at, 0), mdl_name(m, at, "time_step")));
}

// The time of the run that is nearest to `x`; half way the later one, or (`function` is ceil, half -0.5) the earlier.
static struct expr *nearest(struct mdl *m, struct span at, struct expr *x, const char *function, double half) {
  struct expr *steps = mdl_binary(m, at, OP_SUBTRACT, as_time(m, at, x), mdl_name(m, at, "$start"));
  steps = mdl_binary(m, at, OP_DIVIDE, steps, mdl_name(m, at, "time_step"));
  steps = add(m, at, steps, mdl_number(m, at, half));
  steps = mdl_apply(m, at, function, 1, &steps);
  steps = mdl_binary(m, at, OP_MULTIPLY, mdl_name(m, at, "time_step"), steps);
  return add(m, at, mdl_name(m, at, "$start"), steps);
}

static struct expr *first_time(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *x = mdl_call_arg(m, c, n, 0);
  return on_grid(m, n->args[0]) ? x : nearest(m, n->span, x, "floor", 0.5);
}

// The width of a pulse; no width is one step.
static struct expr *width(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *x = mdl_call_arg(m, c, n, 1), *step = mdl_name(m, n->span, "time_step");
  const struct mdl_node *w = n->args[1];
  if (w->kind == MDL_NUMBER) return w->number == 0 ? step : x;
  if (whole_steps(m, w)) return x;
  struct expr *none = mdl_binary(m, n->span, OP_EQUAL, x, mdl_number(m, n->span, 0));
  return mdl_if(m, n->span, none, step, mdl_call_arg(m, c, n, 1));
}

static struct expr *last_time(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  return nearest(m, n->span, add(m, n->span, mdl_call_arg(m, c, n, 0), width(m, c, n)), "ceil", -0.5);
}

static bool is_plain(struct mdl *m, const struct mdl_node *n) {
  bool no_width = n->args[1]->kind == MDL_NUMBER && n->args[1]->number == 0;
  return on_grid(m, n->args[0]) && (no_width || whole_steps(m, n->args[1]));
}

// ---- functions

struct expr *mdl_input_step(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!mdl_call_fits(m, n, 2, 2)) return NULL;
  struct expr *height = mdl_call_arg(m, c, n, 0), *start = mdl_call_arg(m, c, n, 1);
  if (!on_grid(m, n->args[1])) start = nearest(m, n->span, start, "floor", 0.5);
  return mdl_apply(m, n->span, "step", 2, (struct expr *[]){height, start});
}

// PULSE(start, width). Ours lasts a step at least, but in Vensim a width of less may pass between two times.
struct expr *mdl_input_pulse(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct span at = n->span;
  if (!mdl_call_fits(m, n, 2, 2)) return NULL;
  if (is_plain(m, n))
    return mdl_apply(m, at, "pulse", 2, (struct expr *[]){mdl_call_arg(m, c, n, 0), mdl_call_arg(m, c, n, 1)});
  struct expr *up[2] = {mdl_number(m, at, 1), first_time(m, c, n)};
  struct expr *down[2] = {mdl_number(m, at, 1), last_time(m, c, n)};
  struct expr *lasts = mdl_binary(m, at, OP_SUBTRACT, mdl_number(m, at, 1), mdl_apply(m, at, "step", 2, down));
  return mdl_binary(m, at, OP_MULTIPLY, mdl_apply(m, at, "step", 2, up), lasts);
}

// ---- what repeats or rises

static struct expr *held(struct mdl *m, struct span at, struct expr *x, struct expr *again) {
  return mdl_apply(m, at, "sample", 3, (struct expr *[]){mdl_number(m, at, 1), x, again});
}

static bool has_stages(const struct mdl *m) {
  return m->method && strcmp(m->method, "euler") != 0;
}

static struct expr *earlier(struct mdl *m, struct span at, struct expr *x, double steps) {
  struct expr *by = mdl_binary(m, at, OP_MULTIPLY, mdl_number(m, at, steps), mdl_name(m, at, "time_step"));
  return mdl_binary(m, at, OP_SUBTRACT, x, by);
}

// Off the grid all times are half a step earlier, since ours compares the time itself; by a hair less, and the width by
// a hair more, for what lies half way.
static struct expr *train(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, bool plain) {
  struct expr *args[4];
  for (size_t i = 0; i < 4; i++)
    if (!(args[i] = mdl_call_arg(m, c, n, i))) return NULL;
  if (!plain) {
    args[0] = earlier(m, n->span, args[0], 0.5 - 1e-5), args[3] = earlier(m, n->span, args[3], 0.5);
    args[1] = earlier(m, n->span, args[1], 2e-5);
  }
  return mdl_apply(m, n->span, "pulse_train", 4, args);
}

static struct expr *repeated(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  const struct mdl_node *end = n->args[3];
  bool ends = on_grid(m, end) || (end->kind == MDL_NAME && strcmp(end->key, "final time") == 0);
  bool plain = ends && is_plain(m, n) && whole_steps(m, n->args[2]);
  struct expr *x = train(m, c, n, plain);
  return plain || !has_stages(m) ? x : held(m, n->span, x, train(m, c, n, plain));
}

// PULSE TRAIN(start, width, interval, end): without an interval there is one pulse. Each lasts a step at least.
struct expr *mdl_input_pulse_train(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  double every;
  if (!mdl_call_fits(m, n, 4, 4)) return NULL;
  struct mdl_node one = *n;
  one.arg_count = 2;
  bool known_interval = n->args[2]->kind == MDL_NUMBER && mdl_value(m, n->args[2], &every);  // a name may be set
  if (known_interval && every > 0) return repeated(m, c, n);
  struct expr *pulse = mdl_input_pulse(m, c, &one);
  if (known_interval) return pulse;
  struct expr *positive = mdl_binary(m, n->span, OP_GREATER, mdl_call_arg(m, c, n, 2), mdl_number(m, n->span, 0));
  return mdl_if(m, n->span, positive, repeated(m, c, n), pulse);
}

static struct expr *ramp(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct expr *args[3];
  for (size_t i = 0; i < n->arg_count; i++) args[i] = mdl_call_arg(m, c, n, i);
  return mdl_apply(m, n->span, "ramp", n->arg_count, args);
}

// RAMP(slope, start, end)
struct expr *mdl_input_ramp(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  if (!mdl_call_fits(m, n, 2, 3)) return NULL;
  struct expr *x = ramp(m, c, n);
  return has_stages(m) ? held(m, n->span, x, ramp(m, c, n)) : x;
}
