// SPDX-License-Identifier: GPL-3.0-or-later
// Functions of Vensim that must know when each thing came: delays of material and information whose time changes,
// conveyors whose speed does. Each is a macro in Vensim's language like those of mdl_macro.c, with one thing more: a
// variable may run over the slats of a belt, x[slats], and a sum over all of them, SUM(x[slats!]). The belt is a ring
// of slats, as many as the run has steps; slat[slats] is the number of each, `slat count` how many there are. A slat is
// changed by DELAY FIXED over one step, so at grid points alone, whatever the integrator. LN(-1), which is no number,
// ends the run where the ring is too short: the belt of a run of very many steps is cut at LIMIT_CONVEYOR_SLATS.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_parts.h"

// What enters in a step is put on the slat of the step in which it leaves. A belt as long as the run needs no slat for
// what would leave later.
#define ON_SLATS                                                                             \
  "moves = DELAY FIXED(moves + 1, TIME STEP, 0) ~~|\n"                                       \
  "now = MODULO(moves, slat count) + 1 ~~|\n"                                                \
  "steps = MAX(INTEGER(delay time / TIME STEP + 0.5), 1) ~~|\n"                              \
  "late = IF THEN ELSE(slat count * TIME STEP > FINAL TIME - INITIAL TIME, 0, LN(-1)) ~~|\n" \
  "goal = IF THEN ELSE(steps > slat count, late, MODULO(moves + steps, slat count) + 1) ~~|\n"

// A queue: what entered in a step has a slat, what was there at the start one for each step of age. The oldest leaves
// first, so of a slat there remains what is not among all that has gone, `gone`, counting from the oldest: with all
// that came before it, it is the part up to `upto`. Less than a billionth of it is nothing.
#define QUEUE                                                                                                     \
  "moves = DELAY FIXED(moves + 1, TIME STEP, 0) ~~|\n"                                                            \
  "now = MODULO(moves, slat count) + 1 ~~|\n"                                                                     \
  "comes = TIME STEP * (MAX(inflow, 0) + MAX(-outflow, 0)) ~~|\n"                                                 \
  "goes = TIME STEP * (MAX(outflow, 0) + MAX(-inflow, 0)) ~~|\n"                                                  \
  "gone = DELAY FIXED(gone + goes, TIME STEP, 0) ~~|\n"                                                           \
  "all = DELAY FIXED(all + comes, TIME STEP, content) ~~|\n"                                                      \
  "level = all - gone ~~|\n"                                                                                      \
  "born[slats] = DELAY FIXED(IF THEN ELSE(slat[slats] = now, moves, born[slats]), TIME STEP, 0) ~~|\n"            \
  "upto[slats] = DELAY FIXED(IF THEN ELSE(slat[slats] = now, all + comes, upto[slats]), TIME STEP, 0) ~~|\n"      \
  "amount[slats] = DELAY FIXED(IF THEN ELSE(slat[slats] = now, comes + IF THEN ELSE(rest[slats] > 0, LN(-1), 0)," \
  " amount[slats]), TIME STEP, 0) ~~|\n"                                                                          \
  "part[slats] = MIN(upto[slats] - gone, amount[slats]) ~~|\n"                                                    \
  "rest[slats] = IF THEN ELSE(part[slats] <= 1e-009 * amount[slats], 0, part[slats]) ~~|\n"                       \
  "age[slats] = (moves - born[slats]) * TIME STEP ~~|\n"                                                          \
  "steps = INTEGER(age range / TIME STEP + 0.5) ~~|\n"                                                            \
  "range = INITIAL(IF THEN ELSE(steps < slat count, MAX(steps, 1e-006), LN(-1))) ~~|\n"                           \
  "begin = GET DATA FIRST TIME(profile) ~~|\n"                                                                    \
  "length = GET DATA LAST TIME(profile) - begin ~~|\n"                                                            \
  "content = INITIAL(initial) ~~|\n"                                                                              \
  "whole = LOOKUP AREA(profile, begin, begin + length) ~~|\n"                                                     \
  "older[slats] = content / whole * LOOKUP AREA(profile, begin + length"                                          \
  " * MIN(MAX((slat[slats] - 1.5) / range, 0), 1), begin + length) ~~|\n"                                         \
  "oldest[slats] = content / whole * LOOKUP AREA(profile, begin + length"                                         \
  " * MIN(MAX((slat[slats] - 0.5) / range, 0), 1), begin + length) ~~|\n"                                         \
  "first part[slats] = MIN(older[slats] - gone, older[slats] - oldest[slats]) ~~|\n"                              \
  "first rest[slats] = IF THEN ELSE(first part[slats] <= 1e-009 * (older[slats] - oldest[slats]), 0,"             \
  " first part[slats]) ~~|\n"                                                                                     \
  "first age[slats] = (moves + slat[slats]) * TIME STEP ~~|\n"

static const char *const library[][2] = {
    // A queue below zero counts as what entered in the last step.
    {"queue age oldest",
     ":MACRO: QUEUE AGE OLDEST(inflow, outflow, profile, initial, age range)\n"
     "QUEUE AGE OLDEST = IF THEN ELSE(level < 0, TIME STEP, MAX(VMAX(IF THEN ELSE("
     "rest[slats!] > 0, age[slats!], 0)), VMAX(IF THEN ELSE(first rest[slats!] > 0, first age[slats!], 0)))) "
     "~~|\n" QUEUE ":END OF MACRO:\n"},
    {"queue age in range",
     ":MACRO: QUEUE AGE IN RANGE(inflow, outflow, profile, initial, age range, youngest, eldest)\n"
     "QUEUE AGE IN RANGE = IF THEN ELSE(level < 0, IF THEN ELSE(TIME STEP >= from :AND: TIME STEP <= to, level, 0),"
     " SUM(IF THEN ELSE(age[slats!] >= from :AND: age[slats!] <= to, rest[slats!], 0))"
     " + SUM(IF THEN ELSE(first age[slats!] >= from :AND: first age[slats!] <= to, first rest[slats!], 0))) ~~|\n"
     "from = IF THEN ELSE(youngest = :NA:, 0, youngest - TIME STEP * 1e-006) ~~|\n"
     "to = IF THEN ELSE(eldest = :NA:, 1e+300, eldest + TIME STEP * 1e-006) ~~|\n" QUEUE ":END OF MACRO:\n"},
    {"queue age average",
     ":MACRO: QUEUE AGE AVERAGE(inflow, outflow, profile, initial, age range, quantity)\n"
     "QUEUE AGE AVERAGE = IF THEN ELSE(level < 0, TIME STEP,"
     " XIDZ(SUM(asked[slats!]) + SUM(first asked[slats!]), end - gone, 0)) ~~|\n"
     "asked[slats] = age[slats] * MAX(MIN(upto[slats], end) - MAX(upto[slats] - amount[slats], gone), 0) ~~|\n"
     "first asked[slats] = first age[slats] * MAX(MIN(older[slats], end) - MAX(oldest[slats], gone), 0) ~~|\n"
     "end = IF THEN ELSE(quantity <= 0 :OR: quantity > level, all, gone + quantity) ~~|\n" QUEUE ":END OF MACRO:\n"},
    {"queue fifo",
     ":MACRO: QUEUE FIFO(inflow, outflow, profile, initial, age range)\n"
     "QUEUE FIFO = DELAY FIXED(QUEUE FIFO + TIME STEP * (inflow - outflow), TIME STEP, initial) ~~|\n"
     ":END OF MACRO:\n"},
    // All that is due at a time comes out together; where nothing is, the missing value does.
    {"delay material by slats",
     ":MACRO: DELAY MATERIAL BY SLATS(input, delay time, initial value, missing value)\n"
     "DELAY MATERIAL BY SLATS = IF THEN ELSE(SUM(IF THEN ELSE(slat[slats!] = now, given[slats!], 0)) = 0,"
     " missing, SUM(IF THEN ELSE(slat[slats!] = now, due[slats!], 0))) ~~|\n"
     "missing = SAMPLE IF TRUE(1 = 1, missing value, missing value) ~~|\n" ON_SLATS
     "at first = IF THEN ELSE(steps > slat count, slat count + late, steps) ~~|\n"
     "due[slats] = DELAY FIXED(IF THEN ELSE(slat[slats] = now, 0, due[slats])"
     " + IF THEN ELSE(slat[slats] = goal, input, 0 * goal), TIME STEP,"
     " IF THEN ELSE(slat[slats] <= at first, initial value, 0 * at first)) ~~|\n"
     "given[slats] = DELAY FIXED(IF THEN ELSE(slat[slats] = now, 0, given[slats])"
     " + IF THEN ELSE(slat[slats] = goal, 1, 0 * goal), TIME STEP, IF THEN ELSE(slat[slats] <= at first, 1, 0 * at "
     "first)) ~~|\n"
     ":END OF MACRO:\n"},
    // The latest of what has arrived holds; what arrives later than something newer is discarded.
    {"delay information by slats",
     ":MACRO: DELAY INFORMATION BY SLATS(input, delay time, initial value)\n"
     "DELAY INFORMATION BY SLATS = IF THEN ELSE(arrived <= known, before,"
     " SUM(IF THEN ELSE(slat[slats!] = now, due[slats!], 0))) ~~|\n"
     "before = DELAY FIXED(DELAY INFORMATION BY SLATS, TIME STEP, initial value) ~~|\n" ON_SLATS
     "arrived = SUM(IF THEN ELSE(slat[slats!] = now, sent[slats!], 0)) ~~|\n"
     "known = DELAY FIXED(MAX(arrived, known), TIME STEP, 0) ~~|\n"
     "due[slats] = DELAY FIXED(IF THEN ELSE(slat[slats] = goal, input, due[slats]), TIME STEP, 0) ~~|\n"
     "sent[slats] = DELAY FIXED(IF THEN ELSE(slat[slats] = goal, moves + 1,"
     " IF THEN ELSE(slat[slats] = now, 0, sent[slats]) + 0 * goal), TIME STEP, 0) ~~|\n"
     ":END OF MACRO:\n"},
    // The belt moves by a part of its length in each step, `way`, and what enters is spread over that part. What has
    // moved by a whole length has left. The output of a time is what left in the step before, as it is for a level.
    // What lies on the belt at the start does so as its profile says, stretched to the first time of passage.
    {"conveyor of any speed",
     ":MACRO: CONVEYOR OF ANY SPEED(input, belt time, leak, profile, content, first time)\n"
     "CONVEYOR OF ANY SPEED = SUM(density[slats!] * MAX(MIN(moved, place[slats!] + 1)"
     " - MAX(moved before, place[slats!] + 1 - width[slats!]), 0)) / TIME STEP + first ~~|\n"
     "moves = DELAY FIXED(moves + 1, TIME STEP, 0) ~~|\n"
     "now = MODULO(moves, slat count) + 1 ~~|\n"
     "passage = MAX(belt time, TIME STEP) ~~|\n"
     "way = TIME STEP / passage ~~|\n"
     "first way = INITIAL(way) ~~|\n"
     "moved = DELAY FIXED(moved + way, TIME STEP, 0) ~~|\n"
     "moved before = DELAY FIXED(moved, TIME STEP, -first way) ~~|\n"
     "kept = 1 - leak * TIME STEP ~~|\n"
     "density[slats] = DELAY FIXED(kept * IF THEN ELSE(slat[slats] = now, input * passage +"
     " IF THEN ELSE(density[slats] <> 0 :AND: place[slats] + 1 > moved + 1e-009, LN(-1), 0), density[slats]),"
     " TIME STEP, 0) ~~|\n"
     "place[slats] = DELAY FIXED(IF THEN ELSE(slat[slats] = now, moved, place[slats]), TIME STEP, -2) ~~|\n"
     "width[slats] = DELAY FIXED(IF THEN ELSE(slat[slats] = now, way, width[slats]), TIME STEP, 0) ~~|\n"
     "begin = GET DATA FIRST TIME(profile) ~~|\n"
     "length = GET DATA LAST TIME(profile) - begin ~~|\n"
     "stretch = INITIAL(passage / first time) ~~|\n"
     "from = MIN((moved before + first way) * stretch, 1) ~~|\n"
     "to = MIN((moved + first way) * stretch, 1) ~~|\n"
     "left = DELAY FIXED(left * kept, TIME STEP, 1) ~~|\n"
     "first = INITIAL(content) / TIME STEP * left"
     " * LOOKUP AREA(profile, begin + length * from, begin + length * to)"
     " / LOOKUP AREA(profile, begin, begin + length) ~~|\n"
     ":END OF MACRO:\n"},
};

const char *mdl_belt_text(const char *key) {
  for (size_t i = 0; i < sizeof library / sizeof *library; i++)
    if (strcmp(library[i][0], key) == 0) return library[i][1];
  return NULL;
}

// ---- slats

static uint32_t slat_count(struct mdl *m) {
  double start, stop, step;
  bool known = !m->end_varies && mdl_value_of(m, "initial time", &start) && mdl_value_of(m, "final time", &stop) &&
               mdl_value_of(m, "time step", &step);
  double steps = known ? ceil((stop - start) / step - 1e-6) + 1 : LIMIT_CONVEYOR_SLATS;
  return (uint32_t)fmax(fmin(steps, LIMIT_CONVEYOR_SLATS), 1);  // a run backwards is refused later
}

static uint32_t parameter(struct mdl *m, const char *name, uint32_t dimension, const double *values, size_t count) {
  uint32_t index = mdl_variable_new(m, VARIABLE_PARAMETER, name, NOWHERE);
  m->model->variables.items[index].hidden = true;
  if (dimension != MDL_NONE) mdl_belt_lay(m, index, dimension, NOWHERE);
  m->model->variables.items[index].values = arena_grow(m->arena, values, count, count, sizeof *values);
  return index;
}

static uint32_t slat_numbers(struct mdl *m, uint32_t dimension, uint32_t count) {
  uint32_t known = map_get(&m->model->names, "numbers of slats");
  if (known != MAP_NONE) return known;
  double *values = arena_array(m->arena, double, count);
  for (uint32_t k = 0; k < count; k++) values[k] = k + 1;
  return parameter(m, "numbers of slats", dimension, values, count);
}

void mdl_belt_open(struct mdl *m, struct mdl_scope *s) {
  uint32_t count = slat_count(m);
  s->slats = mdl_dimension_of(m, count);
  map_add(&s->locals, "slat", slat_numbers(m, s->slats, count));
  map_add(&s->locals, "slat count", parameter(m, "count of slats", MDL_NONE, &(double){count}, 1));
}

bool mdl_belt_lay(struct mdl *m, uint32_t index, uint32_t dimension, struct span at) {
  struct variable *v = &m->model->variables.items[index];
  size_t slats = m->model->dimensions.items[dimension].count;
  if (v->dim_count == LIMIT_DIMENSIONS || v->element_count > LIMIT_ELEMENTS / slats) {
    diag_error(m->diag, at, expr_many, LIMIT_ELEMENTS, "elements of a belt: one for each step and each of the array");
    return false;
  }
  v->dims = arena_grow(m->arena, v->dims, v->dim_count, v->dim_count + 1, sizeof *v->dims);
  v->dims[v->dim_count++] = dimension;
  v->element_count *= slats;
  return true;
}

bool mdl_belt_is(const struct mdl_sub *subs, size_t count) {
  return count == 1 && strcmp(subs->key, "slats") == 0;
}

struct expr *mdl_belt_reference(struct mdl *m, const struct mdl_context *c, struct expr *e, bool bang) {
  uint32_t axis = 0;
  e = mdl_along(m, e, c->scope->slats);
  if (bang) return e;
  for (size_t i = 0; i < c->place_count; i++) axis += !c->places[i].fixed && c->places[i].axis != MDL_NONE;
  struct subscript_map *map = arena_new(m->arena, struct subscript_map);
  map->axis = axis;
  e->subscripts[e->subscript_count - 1].map = map;
  return e;
}

const char *mdl_belt_summed(const struct mdl *m, const struct mdl_context *c, const struct mdl_node *n) {
  const char *found = NULL;
  if (!c->scope || c->scope->slats == MDL_NONE) return NULL;
  if (mdl_belt_is(n->subs, n->sub_count) && n->subs->bang) return m->model->dimensions.items[c->scope->slats].name;
  for (size_t i = 0; i < n->arg_count && !found; i++) found = mdl_belt_summed(m, c, n->args[i]);
  return found;
}
