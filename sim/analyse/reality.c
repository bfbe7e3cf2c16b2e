// SPDX-License-Identifier: GPL-3.0-or-later
// A forced condition makes variables of a copy be other expressions: each becomes an auxiliary, whatever it was. The
// rest of the copy is untouched, so a check that makes a cycle is refused with the words of the cycle's error.
#include "analyse/reality.h"

#include <string.h>

#include "analyse/probe.h"

static void become(struct arena *a, struct model *copy, const struct reality_input *input) {
  struct variable *v = &copy->variables.items[input->variable];
  for (size_t i = 0; i < v->inflows.count; i++) {  // a stock's own hidden flow feeds nothing any more
    uint32_t flow = map_get(&copy->names, v->inflows.items[i].name);
    if (flow != MAP_NONE) copy->variables.items[flow].kind = VARIABLE_AUXILIARY;
  }
  struct variable x = {.kind = VARIABLE_AUXILIARY,
                       .name = v->name,
                       .span = v->span,
                       .label = v->label,
                       .unit = v->unit,
                       .unit_span = v->unit_span,
                       .sector = v->sector,
                       .element_count = 1,
                       .low = v->low,
                       .high = v->high,
                       .made = true};
  list_push(a, &x.equations) = (struct equation){.span = input->value->span, .rhs = (struct expr *)input->value};
  *v = x;
}

static struct expr *yes(struct arena *a, struct span at) {
  struct expr *e = arena_new(a, struct expr);
  *e = (struct expr){.kind = EXPR_NUMBER, .span = at, .name_span = at, .number = 1};
  return e;
}

static void refuse(const struct reality *r, const char *why, struct reality_outcome *out, struct diag *diag) {
  diag_warning(diag, r->span, reality_refused, r->name, why);
  out->verdict = REALITY_REFUSED;
}

static void judge(const struct reality *r, const struct probe_run *run, struct reality_outcome *out,
                  struct diag *diag) {
  out->verdict = REALITY_IDLE;
  for (size_t i = 0; i < run->results->program->save_count; i++) {
    if (probe_value(run, 0, i) == 0) continue;
    out->checks++;
    out->verdict = REALITY_HOLDS;
    if (probe_value(run, 1, i) != 0) continue;
    out->verdict = REALITY_FAILS, out->time = run->results->times[i];
    const char *how = r->forced ? "its condition is forced" : "its condition holds";
    diag_error(diag, r->span, reality_fails, r->name, out->time, how);
    return;
  }
}

static void run_one(struct arena *a, const struct model *m, const struct reality *r, struct reality_outcome *out,
                    struct diag *diag) {
  struct diag own;
  diag_init(&own, a);
  struct model *copy = probe_copy(a, m);
  for (size_t i = 0; r->forced && i < r->inputs.count; i++) become(a, copy, &r->inputs.items[i]);
  const struct expr *condition = r->forced ? yes(a, r->span) : r->condition;
  struct probe probes[2] = {{"\1condition", r->span, condition, NULL},
                            {"\1consequence", r->span, r->consequence, NULL}};
  struct scenario *s = scenario_of_model(a, copy, NULL, 0, &own);
  struct probe_run *run = s ? probe_execute(a, copy, s, probes, 2, &own) : NULL;
  if (run && !own.errors) {
    judge(r, run, out, diag);
    return;
  }
  const char *why = "it does not run";
  for (size_t i = own.messages.count; i-- > 0;)
    if (own.messages.items[i].severity == SEVERITY_ERROR) why = own.messages.items[i].text;
  refuse(r, why, out, diag);
}

struct reality_outcome *reality_run(struct arena *a, const struct model *m, struct diag *diag) {
  if (!m->realities.count) {
    diag_error(diag, NOWHERE, reality_none, m->path);
    return NULL;
  }
  struct reality_outcome *out = arena_array(a, struct reality_outcome, m->realities.count);
  for (size_t i = 0; i < m->realities.count; i++) {
    const struct reality *r = &m->realities.items[i];
    if (r->refused)
      refuse(r, r->refused, &out[i], diag);
    else
      run_one(a, m, r, &out[i], diag);
  }
  return out;
}
