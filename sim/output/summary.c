// SPDX-License-Identifier: GPL-3.0-or-later
// Turns a scorecard into JSON. Values over the moments of a run are objects with the keys of those moments: "start",
// one per phase name under "phases", "horizon"; a moment that was not reached is null.
#include "output/summary.h"

#include <math.h>

#include "engine/run_libraries.h"
#include "kernel/kernel.h"
#include "output/jsonout.h"
#include "output/phase_report.h"

// One number per moment.
static void put_moments(struct jsonout *j, json_t *in, const char *key, const struct scorecard *s,
                        const double *values) {
  json_t *object = jsonout_object(j, in, key);
  json_t *phases = NULL;
  for (size_t c = 0; c < s->column_count; c++) {
    const struct scorecard_column *column = &s->columns[c];
    if (column->start) jsonout_set(j, object, "start", jsonout_number(values[c]));
    if (column->phase != SCORECARD_NONE) {
      if (!phases) phases = jsonout_object(j, object, "phases");
      jsonout_set(j, phases, s->phases[column->phase].phase->name, jsonout_number(values[c]));
    }
    if (column->horizon) jsonout_set(j, object, "horizon", jsonout_number(values[c]));
  }
}

static void put_program(struct jsonout *j) {
  json_t *program = jsonout_object(j, j->root, "program");
  jsonout_set(j, program, "name", jsonout_text("simulate"));
  jsonout_set(j, program, "version", jsonout_text(SIMULATE_VERSION));
  json_t *libraries = jsonout_object(j, program, "libraries");
  jsonout_set(j, libraries, "gsl", jsonout_text(run_libraries_gsl()));
  jsonout_set(j, libraries, "sleef", jsonout_text(kernel_sleef_version()));
}

static void put_inputs(struct jsonout *j, const struct program *p, const struct scenario *s) {
  json_t *scenario = jsonout_object(j, j->root, "scenario");
  jsonout_set(j, scenario, "name", jsonout_text(s->name));
  jsonout_set(j, scenario, "title", jsonout_label(s->title));
  json_t *model = jsonout_object(j, j->root, "model");
  jsonout_set(j, model, "name", jsonout_text(p->model->name));
  jsonout_set(j, model, "title", jsonout_label(p->model->title));
  jsonout_set(j, model, "version", jsonout_text(p->model->version));
}

static void put_time(struct jsonout *j, const struct program *p) {
  json_t *time = jsonout_object(j, j->root, "time");
  jsonout_set(j, time, "unit", jsonout_text(p->model->time_unit_text));
  jsonout_set(j, time, "start", jsonout_number(p->start));
  jsonout_set(j, time, "stop", jsonout_number(p->stop));
  jsonout_set(j, time, "step", jsonout_number(p->step));
  jsonout_set(j, time, "save", jsonout_number(p->step * (double)p->steps_per_save));
  json_t *method = jsonout_object(j, j->root, "method");
  jsonout_set(j, method, "name", jsonout_text(method_names[p->scenario->method]));
  jsonout_set(j, method, "rtol", jsonout_number(p->scenario->rtol));
  jsonout_set(j, method, "atol", jsonout_number(p->scenario->atol));
}

static void put_options(struct jsonout *j, const struct summary_options *o) {
  json_t *options = jsonout_object(j, j->root, "options");
  json_t *sets = jsonout_array(j, options, "set");
  for (size_t i = 0; i < o->set_count; i++) jsonout_append(j, sets, jsonout_text(o->sets[i]));
  jsonout_set(j, options, "units", jsonout_text(o->lenient_units ? "warn" : "error"));
}

static void put_phases(struct jsonout *j, const struct scorecard *s, const struct phase_report *reports) {
  json_t *phases = jsonout_array(j, j->root, "phases");
  for (size_t i = 0; i < s->phase_count; i++) {
    const struct scorecard_phase *p = &s->phases[i];
    json_t *phase = jsonout_object(j, phases, NULL);
    jsonout_set(j, phase, "name", jsonout_text(p->phase->name));
    jsonout_set(j, phase, "label", jsonout_label(p->phase->label));
    jsonout_set(j, phase, "start", jsonout_number(p->start));
    jsonout_set(j, phase, "end", jsonout_number(p->end));
    jsonout_set(j, phase, "gated", json_boolean(p->phase->gated));
    phase_report_json(j, phase, &reports[i]);
  }
}

static void put_benchmarks(struct jsonout *j, json_t *in, const struct scorecard *s, const struct scorecard_row *row) {
  json_t *benchmarks = jsonout_array(j, in, "benchmarks");
  for (size_t i = 0; i < row->benchmark_count; i++) {
    const struct scorecard_benchmark *b = &row->benchmarks[i];
    json_t *benchmark = jsonout_object(j, benchmarks, NULL);
    jsonout_set(j, benchmark, "name", jsonout_text(b->benchmark->name));
    jsonout_set(j, benchmark, "label", jsonout_label(b->benchmark->label));
    jsonout_set(j, benchmark, "kind", jsonout_text(b->benchmark->checked ? "checked" : "printed"));
    jsonout_set(j, benchmark, "source", jsonout_text(b->benchmark->source));
    if (b->benchmark->doc.en) jsonout_set(j, benchmark, "doc", jsonout_label(b->benchmark->doc));
    put_moments(j, benchmark, "values", s, b->values);
    put_moments(j, benchmark, "gap_closed", s, b->gap_closed);
  }
}

static void put_targets(struct jsonout *j, json_t *in, const struct scorecard_row *row) {
  json_t *targets = jsonout_array(j, in, "targets");
  for (size_t i = 0; i < row->target_count; i++) {
    const struct scorecard_target *t = &row->targets[i];
    json_t *target = jsonout_object(j, targets, NULL);
    jsonout_set(j, target, "phase", jsonout_text(t->target->phase));
    jsonout_set(j, target, t->target->at_most ? "at_most" : "at_least", jsonout_number(t->target->value));
    jsonout_set(j, target, "value", jsonout_number(t->value));
    jsonout_set(j, target, "met", json_boolean(t->met));
  }
}

static void put_row(struct jsonout *j, json_t *rows, const struct scorecard *s, const struct scorecard_row *row) {
  json_t *object = jsonout_object(j, rows, NULL);
  jsonout_set(j, object, "name", jsonout_text(row->name));
  jsonout_set(j, object, "label", jsonout_label(row->label));
  jsonout_set(j, object, "unit", jsonout_text(row->unit));
  jsonout_set(j, object, "judgement",
              json_boolean(s->results->program->model->variables.items[row->variable].judgement));
  put_moments(j, object, "values", s, row->values);
  jsonout_set(j, object, "baseline", jsonout_number(row->baseline));
  if (row->benchmark_count) put_benchmarks(j, object, s, row);
  if (row->target_count) put_targets(j, object, row);
}

// Asked for before the document is begun: the arena may jump, and jansson's tree is not in it.
static const char *failed_name(struct arena *a, const struct results *r) {
  const struct model *m = r->program->model;
  if (isnan(r->failure.time) || r->failure.variable >= m->variables.count) return NULL;
  return variable_element_name(a, m, &m->variables.items[r->failure.variable], r->failure.element);
}

static void put_failure(struct jsonout *j, const struct failure *f, const char *name) {
  if (isnan(f->time)) {
    jsonout_set(j, j->root, "failure", json_null());
    return;
  }
  json_t *failure = jsonout_object(j, j->root, "failure");
  jsonout_set(j, failure, "time", jsonout_number(f->time));
  jsonout_set(j, failure, "variable", jsonout_text(name));
  char number[32];  // the value is often not finite, which JSON cannot say as a number
  jsonout_set(j, failure, "value", jsonout_text(text_from_number(f->value, number)));
}

static void put_stepcheck(struct jsonout *j, const struct stepcheck *s) {
  json_t *check = jsonout_object(j, j->root, "step_check");
  jsonout_set(j, check, "step", jsonout_number(s->step));
  jsonout_set(j, check, "half", jsonout_number(s->half));
  json_t *rows = jsonout_array(j, check, "changes");
  for (size_t i = 0; i < s->row_count; i++) {
    json_t *row = jsonout_object(j, rows, NULL);
    jsonout_set(j, row, "name", jsonout_text(s->rows[i].row->name));
    jsonout_set(j, row, "step", jsonout_number(s->rows[i].coarse));
    jsonout_set(j, row, "half", jsonout_number(s->rows[i].fine));
    jsonout_set(j, row, "largest_change", jsonout_number(s->rows[i].change));
  }
  jsonout_set(j, check, "worst", jsonout_text(s->worst));
  jsonout_set(j, check, "worst_change", jsonout_number(s->worst_change));
}

void summary_put_head(struct jsonout *j, const struct program *p, const struct scenario *s,
                      const struct summary_options *options) {
  put_program(j);
  put_inputs(j, p, s);
  put_time(j, p);
  put_options(j, options);
}

const char **summary_units(struct arena *a, const struct program *p) {
  const char **units = arena_array(a, const char *, p->column_count);
  for (size_t i = 0; i < p->column_count; i++) {
    const struct unit *unit = p->model->variables.items[p->columns[i].variable].unit;
    units[i] = unit_text(a, &p->model->units, unit ? unit : unit_one());
  }
  return units;
}

static void put_dimensions(struct jsonout *j, json_t *in, const struct model *m, const struct variable *v) {
  json_t *dimensions = jsonout_array(j, in, "dimensions");
  for (size_t i = 0; i < v->dim_count; i++)
    jsonout_append(j, dimensions, jsonout_text(m->dimensions.items[v->dims[i]].name));
}

static void put_elements(struct jsonout *j, const struct model *m) {
  json_t *dimensions = jsonout_object(j, j->root, "dimensions");
  for (size_t i = 0; i < m->dimensions.count; i++) {
    const struct dimension *d = &m->dimensions.items[i];
    json_t *elements = jsonout_object(j, dimensions, d->name);
    for (uint32_t e = 0; e < d->count; e++) {
      struct label plain = {d->elements[e], NULL};
      bool labelled = d->element_labels && d->element_labels[e].en;
      jsonout_set(j, elements, d->elements[e], jsonout_label(labelled ? d->element_labels[e] : plain));
    }
  }
}

void summary_put_variables(struct jsonout *j, const struct program *p, const char *const *units) {
  const struct model *m = p->model;
  put_elements(j, m);
  json_t *list = jsonout_array(j, j->root, "variables");
  for (size_t i = 0; i < p->column_count; i++) {
    if (i && p->columns[i].variable == p->columns[i - 1].variable) continue;
    const struct variable *v = &m->variables.items[p->columns[i].variable];
    json_t *object = jsonout_object(j, list, NULL);
    jsonout_set(j, object, "name", jsonout_text(v->name));
    jsonout_set(j, object, "kind", jsonout_text(variable_kind_names[v->kind]));
    jsonout_set(j, object, "label", jsonout_label(v->label));
    if (v->judgement) jsonout_set(j, object, "judgement", json_true());
    jsonout_set(j, object, "unit", jsonout_text(units[i]));
    if (v->dim_count) put_dimensions(j, object, m, v);
  }
}

void summary_put_uncertain(struct jsonout *j, const struct program *p) {
  const struct model *m = p->model;
  json_t *list = jsonout_array(j, j->root, "uncertain");
  for (size_t i = 0; i < p->parameter_count; i++) {
    if (i && p->parameters[i].variable == p->parameters[i - 1].variable) continue;
    const struct variable *v = &m->variables.items[p->parameters[i].variable];
    json_t *object = jsonout_object(j, list, NULL);
    jsonout_set(j, object, "name", jsonout_text(v->name));
    jsonout_set(j, object, "kind", jsonout_text(variable_kind_names[v->kind]));
    jsonout_set(j, object, "label", jsonout_label(v->label));
    if (v->dim_count) put_dimensions(j, object, m, v);
  }
}

bool summary_write(struct arena *a, const char *path, const struct scorecard *card, const struct stepcheck *check,
                   const struct summary_options *options, struct diag *diag) {
  struct jsonout j;
  const struct program *p = card->results->program;
  const char *failed = failed_name(a, card->results);
  const char **units = summary_units(a, p);
  const struct phase_report *reports = phase_report_create(a, card);
  jsonout_init(&j);
  jsonout_set(&j, j.root, "format", jsonout_text("simulate-summary"));
  jsonout_set(&j, j.root, "format_version", json_integer(SUMMARY_FORMAT_VERSION));
  summary_put_head(&j, p, p->scenario, options);
  put_phases(&j, card, reports);
  jsonout_set(&j, j.root, "baseline_time", jsonout_number(card->results->times[card->baseline]));
  json_t *rows = jsonout_array(&j, j.root, card->stocks ? "stocks" : "indicators");
  for (size_t i = 0; i < card->rows.count; i++) put_row(&j, rows, card, &card->rows.items[i]);
  json_t *targets = jsonout_object(&j, j.root, "targets");
  jsonout_set(&j, targets, "met", json_integer((json_int_t)card->targets_met));
  jsonout_set(&j, targets, "of", json_integer((json_int_t)card->targets));
  put_failure(&j, &card->results->failure, failed);
  if (check) put_stepcheck(&j, check);
  summary_put_variables(&j, p, units);
  return jsonout_write(a, path, &j, diag);
}
