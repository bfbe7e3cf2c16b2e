// SPDX-License-Identifier: GPL-3.0-or-later
// The run of a validation: one probe a series, one run, then statistics by period. A time with data must be one at
// which the run saves: values between are not made up.
#include "analyse/validate.h"

#include <math.h>

#include "base/text.h"
#include "lang/unit.h"

static struct scenario *scenario_for(struct arena *a, const struct validation *v, struct diag *diag) {
  return v->scenario_path ? scenario_read(a, v->scenario_path, v->model, NULL, 0, diag)
                          : scenario_of_model(a, v->model, NULL, 0, diag);
}

static bool is_inside(const struct validation_period *p, const struct validation_point *x) {
  return x->time >= p->from && x->time <= p->until;
}

static bool is_used(const struct validation *v, const struct validation_point *x) {
  for (size_t i = 0; i < v->periods.count; i++)
    if (is_inside(&v->periods.items[i], x)) return true;
  return false;
}

// The model's value beside each point that a period uses.
static bool fill_points(const struct validation *v, const struct probe_run *r, size_t series, struct diag *diag) {
  struct validation_series *s = &v->series.items[series];
  size_t errors = diag->errors;
  char time[32];
  for (size_t i = 0; i < s->points.count; i++) {
    struct validation_point *x = &s->points.items[i];
    size_t save = probe_save(r->results, x->time);
    x->model = save == SIZE_MAX ? NAN : probe_value(r, series, save);
    if (save == SIZE_MAX && is_used(v, x)) diag_error(diag, x->span, validate_time, text_from_number(x->time, time));
  }
  return diag->errors == errors;
}

static const char *percent(struct arena *a, double share) {
  return arena_format(a, "%.3g %%", 100 * share);
}

static void fit_period(struct arena *a, struct validation *v, struct validation_series *s, size_t period,
                       struct diag *diag) {
  const struct validation_period *p = &v->periods.items[period];
  struct validation_fit *f = &s->fits[period];
  double *model = arena_array(a, double, s->points.count), *data = arena_array(a, double, s->points.count);
  size_t n = 0;
  f->recalled = 0;
  for (size_t i = 0; i < s->points.count; i++) {
    const struct validation_point *x = &s->points.items[i];
    if (!is_inside(p, x)) continue;
    model[n] = x->model, data[n++] = x->value;
    f->recalled += x->recalled;
  }
  f->fit = fit_compute(model, data, n);
  if (isnan(f->tolerance)) return;
  f->failed = !(f->fit.mape <= f->tolerance);
  if (!f->failed) return;
  v->failed++;
  if (!n)
    diag_error(diag, f->span, validate_no_points, s->name, p->name);
  else if (isnan(f->fit.mape))
    diag_error(diag, f->span, validate_zero, s->name);
  else
    diag_error(diag, f->span, validate_tolerance, s->name, p->name, percent(a, f->fit.mape), percent(a, f->tolerance));
}

bool validate_run(struct arena *a, struct validation *v, struct diag *diag) {
  size_t errors = diag->errors;
  struct scenario *s = scenario_for(a, v, diag);
  if (!s) return false;
  struct probe *probes = arena_array(a, struct probe, v->series.count);
  for (size_t i = 0; i < v->series.count; i++) probes[i] = v->series.items[i].probe;
  const struct probe_run *r = probe_execute(a, probe_copy(a, v->model), s, probes, v->series.count, diag);
  if (!r || diag->errors != errors) return false;
  for (size_t i = 0; i < v->series.count; i++) fill_points(v, r, i, diag);
  if (diag->errors != errors) return false;
  for (size_t i = 0; i < v->series.count; i++)
    for (size_t p = 0; p < v->periods.count; p++) fit_period(a, v, &v->series.items[i], p, diag);
  return diag->errors == errors;
}
