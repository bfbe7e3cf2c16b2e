// SPDX-License-Identifier: GPL-3.0-or-later
// The phases of a scenario, in order. Under a calendar each begins where the last ends: `from` and `until` may be left
// out where the neighbour gives them, and must agree where both do. A gate (`when`) ends a phase at an instant that
// only the run knows; from then on no phase has a fixed date.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "lang/scenario_read.h"

static const char *const phase_keys[] = {"name", "from", "until", "when", "test", "min", "max", "label", NULL};
static const char *const taken_names[] = {"ramp", "points", "value", "from", "mode", "end"};  // keys of levers, targets

uint32_t scenario_phases_find(const struct scenario *s, const char *name) {
  for (size_t i = 0; i < s->phases.count; i++)
    if (strcmp(s->phases.items[i].name, name) == 0) return (uint32_t)i;
  return MAP_NONE;
}

static bool read_name(struct scenario_reader *r, const struct tree *t, const struct tree *name, struct phase *p) {
  if (!name) {
    diag_error(r->diag, t->span, phase_name);
    return false;
  }
  if (!reader_text(name, "a phase", &p->name, r->diag)) return false;
  p->span = name->span;
  bool taken = !expr_is_identifier(p->name);
  for (size_t i = 0; i < sizeof taken_names / sizeof *taken_names; i++)
    taken = taken || strcmp(taken_names[i], p->name) == 0;
  if (taken) {
    diag_error(r->diag, name->span, phase_taken, p->name);
    return false;
  }
  uint32_t held = scenario_phases_find(r->scenario, p->name);
  if (held == MAP_NONE) return true;
  diag_error(r->diag, name->span, phase_again, p->name);
  diag_note(r->diag, r->scenario->phases.items[held].span, "first named here");
  return false;
}

static bool read_time(struct scenario_reader *r, const struct tree *t, const char *key, double *value) {
  const struct tree *number = tree_get(t, key);
  return !number || reader_number(&r->units, number, key, r->model->time_unit, value, r->diag);
}

static bool gate_numbers_hold(struct scenario_reader *r, const struct tree *t, const struct phase *p) {
  double times;
  char test[32], step[32], near[32];
  if (!reader_is_multiple(p->test, r->scenario->step, &times) || times < 1) {
    diag_error(r->diag, tree_get(t, "test")->span, gate_test, text_from_number(p->test, test),
               text_from_number(r->scenario->step, step));
    if (times < 1) times = 1;
    diag_hint(r->diag, "the nearest that is one is %s", text_from_number(times * r->scenario->step, near));
    return false;
  }
  if (p->least >= 0 && p->most > 0 && p->least <= p->most) return true;
  diag_error(r->diag, p->when_span, gate_bounds);
  return false;
}

static bool read_gate(struct scenario_reader *r, const struct tree *t, struct phase *p) {
  const struct tree *when = tree_get(t, "when");
  p->gated = when != NULL;
  for (size_t i = 0; !when && i < t->count; i++) {
    const char *key = t->keys[i]->text;
    if (strcmp(key, "test") != 0 && strcmp(key, "min") != 0 && strcmp(key, "max") != 0) continue;
    diag_error(r->diag, t->keys[i]->span, gate_alone, key);
    return false;
  }
  if (!when) return true;
  p->when_span = when->span;
  p->when = reader_expr(r->arena, when, "'when'", r->diag);
  p->least = 0, p->most = INFINITY;
  if (!tree_get(t, "test")) {
    diag_error(r->diag, when->span, gate_no_test, p->name);
    return false;
  }
  return read_time(r, t, "test", &p->test) && read_time(r, t, "min", &p->least) && read_time(r, t, "max", &p->most) &&
         gate_numbers_hold(r, t, p);
}

// One phase as written; from and until stay NAN where they are not given.
static bool read_phase(struct scenario_reader *r, const struct tree *t) {
  struct phase p = {.from = NAN, .until = NAN};
  if (!reader_expect(t, t->span, TREE_MAP, "a phase", r->diag)) return false;
  bool ok = reader_keys(t, "a phase", phase_keys, r->diag);
  if (!read_name(r, t, tree_get(t, "name"), &p)) return false;
  ok = reader_label(tree_get(t, "label"), p.name, &p.label, r->diag) && ok;
  ok = read_time(r, t, "from", &p.from) && read_time(r, t, "until", &p.until) && read_gate(r, t, &p) && ok;
  list_push(r->arena, &r->scenario->phases) = p;
  return ok;
}

struct phase_text {
  char from[32], until[32];
};

static bool starts_after_gate(struct scenario_reader *r, const struct phase *p, const struct tree *t) {
  if (isnan(p->from) && isnan(p->until)) return true;
  diag_error(r->diag, tree_get(t, isnan(p->from) ? "until" : "from")->span, phase_after_gate, p->name);
  return false;
}

static bool follows(struct scenario_reader *r, struct phase *last, struct phase *p, const struct tree *t) {
  struct phase_text text;
  if (isnan(last->until)) last->until = p->from;
  if (isnan(last->until)) {
    diag_error(r->diag, last->span, phase_open, last->name, p->name);
    return false;
  }
  if (last->until <= last->from) {
    diag_error(r->diag, p->span, phase_order, p->name, text_from_number(last->until, text.from), last->name,
               text_from_number(last->from, text.until));
    diag_note(r->diag, last->span, "this phase comes before it in the list");
    return false;
  }
  if (isnan(p->from) || fabs(p->from - last->until) <= 1e-6 * r->scenario->step) {
    p->from = last->until;
    return true;
  }
  diag_error(r->diag, tree_get(t, "from")->span, phase_gap, p->name, text_from_number(p->from, text.from),
             p->from < last->until ? "before" : "after", last->name, text_from_number(last->until, text.until));
  return false;
}

static bool first_starts(struct scenario_reader *r, struct phase *p, const struct tree *t) {
  struct phase_text text;
  if (isnan(p->from)) p->from = r->scenario->start;
  if (p->from >= r->scenario->start - 1e-6 * r->scenario->step) return true;
  diag_error(r->diag, tree_get(t, "from")->span, phase_early, p->name, text_from_number(p->from, text.from),
             text_from_number(r->scenario->start, text.until));
  return false;
}

static bool ends(struct scenario_reader *r, struct phase *p, const struct tree *t, bool last) {
  struct phase_text text;
  const struct tree *until = tree_get(t, "until");
  double steps;
  if (p->gated && until) {
    diag_error(r->diag, until->span, gate_until, p->name);
    return false;
  }
  if (p->gated && last) {
    diag_error(r->diag, p->when_span, gate_last, p->name);
    return false;
  }
  if (!isnan(p->until) && !isnan(p->from) && p->until <= p->from) {
    diag_error(r->diag, until->span, phase_ends_early, p->name, text_from_number(p->until, text.until),
               text_from_number(p->from, text.from));
    return false;
  }
  if (p->gated && !isnan(p->from) && !reader_is_multiple(p->from - r->scenario->start, r->scenario->step, &steps)) {
    diag_error(r->diag, p->span, gate_grid, p->name, text_from_number(p->from, text.from));
    return false;
  }
  if (!last) return true;
  if (p->until < r->scenario->stop - 1e-6 * r->scenario->step) {
    diag_error(r->diag, until->span, phase_short, p->name, text_from_number(p->until, text.until),
               text_from_number(r->scenario->stop, text.from));
    return false;
  }
  p->until = INFINITY;
  return true;
}

static void resolve(struct scenario_reader *r, const struct tree *list) {
  struct phase *phases = r->scenario->phases.items;
  size_t count = r->scenario->phases.count;
  for (size_t i = 0; i < count; i++) {
    struct phase *p = &phases[i];
    bool after_gate = i > 0 && (phases[i - 1].gated || isnan(phases[i - 1].from));
    bool ok = i == 0       ? first_starts(r, p, list->items[i])
              : after_gate ? starts_after_gate(r, p, list->items[i])
                           : follows(r, p - 1, p, list->items[i]);
    if (!ok || !ends(r, p, list->items[i], i + 1 == count)) return;  // what follows would only repeat it
  }
}

void scenario_phases_read(struct scenario_reader *r, const struct tree *list) {
  if (!reader_expect(list, list->span, TREE_LIST, "'phases'", r->diag)) return;
  if (list->count > LIMIT_PHASES) {
    diag_error(r->diag, list->span, phase_count, LIMIT_PHASES);
    return;
  }
  bool ok = true;
  for (size_t i = 0; i < list->count; i++) ok = read_phase(r, list->items[i]) && ok;
  if (ok) resolve(r, list);
}
