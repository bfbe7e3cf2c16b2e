// SPDX-License-Identifier: GPL-3.0-or-later
// Discrete delays whose time changes while the model runs. What enters in one step lies on a slat of its own, with what
// there is to know of it, until it leaves; slats are used again in turn. So a belt is a few hidden arrays over the
// slats, and its equations are macros in Vensim's language, where `slat@` is the range of the slats. All that they give
// rests on earlier steps alone, as Vensim's levels do. Where a slat is wanted while something lies on it, there is no
// number.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "vensim/mdl_parts.h"

#define SLATS "slat@"

// The steps so far, and the slat of what came in during the last one.
#define CLOCK                                          \
  "count = DELAY FIXED(count + 1, TIME STEP, 0) ~~|\n" \
  "last = IF THEN ELSE(count > 0, MODULO(count - 1, ELMCOUNT(slat@)) + 1, 0) ~~|\n"

// What lies on a slat, and in how many steps it leaves: at 0 it does, and below it has. What would leave after the end
// may be forgotten.
#define WAITING                                                               \
  "wait = MAX(INTEGER(delay time / TIME STEP + 0.5), 1) ~~|\n"                \
  "entered = DELAY FIXED(input, TIME STEP, 0) ~~|\n"                          \
  "waits = DELAY FIXED(wait, TIME STEP, 0) ~~|\n"                             \
  "nearer[slat@] = DELAY FIXED(to go[slat@], TIME STEP, 0) - 1 ~~|\n"         \
  "to go[slat@] = IF THEN ELSE(slat@ = last, waits - 1, nearer[slat@]) ~~|\n" \
  "taken = SUM(IF THEN ELSE(slat@! = last :AND: nearer[slat@!] >= 0"          \
  " :AND: nearer[slat@!] <= (FINAL TIME - Time) / TIME STEP, 1, 0)) ~~|\n"    \
  "fault = IF THEN ELSE(taken > 0, SQRT(-1), 0) ~~|\n"                        \
  "load[slat@] = IF THEN ELSE(slat@ = last, entered, DELAY FIXED(load[slat@], TIME STEP, 0)) ~~|\n"

static const char *const belts[][2] = {
    // All that is due comes out together; where nothing is, the missing value does.
    {"material on slats",
     ":MACRO: MATERIAL ON SLATS(input, delay time, initial value, missing)\n"
     "MATERIAL ON SLATS = ACTIVE INITIAL(IF THEN ELSE(due + early > 0, come + early * first, missing) + fault, initial "
     "value)"
     " ~~|\n" CLOCK WAITING "first = INITIAL(initial value) ~~|\n"
     "early = IF THEN ELSE(count < INITIAL(wait), 1, 0) ~~|\n"
     "due = SUM(IF THEN ELSE(to go[slat@!] = 0, 1, 0)) ~~|\n"
     "come = SUM(IF THEN ELSE(to go[slat@!] = 0, load[slat@!], 0)) ~~|\n"
     ":END OF MACRO:\n"},
    // The latest that is due stays until a later one is; what comes after a later one is discarded.
    {"information on slats",
     ":MACRO: INFORMATION ON SLATS(input, delay time, initial value)\n"
     "INFORMATION ON SLATS = ACTIVE INITIAL(IF THEN ELSE(newest > known, come,"
     " DELAY FIXED(INFORMATION ON SLATS, TIME STEP, initial value)) + fault, initial value) ~~|\n" CLOCK WAITING
     "born[slat@] = IF THEN ELSE(slat@ = last, count, DELAY FIXED(born[slat@], TIME STEP, 0)) ~~|\n"
     "known = DELAY FIXED(newest, TIME STEP, 0) ~~|\n"
     "newest = MAX(known, VMAX(IF THEN ELSE(to go[slat@!] <= 0, born[slat@!], 0))) ~~|\n"
     "come = SUM(IF THEN ELSE(born[slat@!] = newest, load[slat@!], 0)) ~~|\n"
     ":END OF MACRO:\n"},
    // All move together, in each step by a part of the belt's length. What came in during a step lies evenly over the
    // way of that step, `length` long with `way` before it, and so leaves bit by bit where the belt is slower. A
    // billionth of it is none. Leakage takes its share of all that is left and of what came in.
    {"conveyor on slats",
     ":MACRO: CONVEYOR ON SLATS(input, belt time, leak, profile, content, first time)\n"
     "CONVEYOR ON SLATS = (SUM(load[slat@!] * share[slat@!]) + INITIAL(content) * alive * batch) / TIME STEP "
     "~~|\n" CLOCK "pace = DELAY FIXED(TIME STEP / MAX(belt time, TIME STEP), TIME STEP, TIME STEP / MAX(first time, "
     "TIME STEP)) ~~|\n"
     "pace before = DELAY FIXED(pace, TIME STEP, 0) ~~|\n"
     "kept = 1 - leak * TIME STEP ~~|\n"
     "entered = DELAY FIXED(input * TIME STEP * kept, TIME STEP, 0) ~~|\n"
     "left[slat@] = DELAY FIXED(load[slat@] * (1 - share[slat@]) * kept, TIME STEP, 0) ~~|\n"
     "load[slat@] = IF THEN ELSE(slat@ <> last, left[slat@], IF THEN ELSE(left[slat@] <> 0, SQRT(-1), entered)) ~~|\n"
     "way[slat@] = IF THEN ELSE(slat@ = last, 1 - pace before,"
     " MAX(DELAY FIXED(way[slat@] - pace, TIME STEP, 0), 0)) ~~|\n"
     "length[slat@] = IF THEN ELSE(slat@ = last, pace before,"
     " DELAY FIXED(length[slat@] * (1 - share[slat@]), TIME STEP, 0)) ~~|\n"
     "reach[slat@] = pace - way[slat@] ~~|\n"
     "share[slat@] = IF THEN ELSE(reach[slat@] >= length[slat@] * (1 - 1e-009), 1,"
     " IF THEN ELSE(reach[slat@] <= length[slat@] * 1e-009, 0, reach[slat@] / length[slat@])) ~~|\n"
     "alive = DELAY FIXED(alive * kept, TIME STEP, 1) ~~|\n"
     "moved = DELAY FIXED(moves, TIME STEP, 0) ~~|\n"
     "moves = IF THEN ELSE(moved + pace > 1 - 1e-009, 1, moved + pace) ~~|\n"
     "begin = GET DATA FIRST TIME(profile) ~~|\n"
     "span = GET DATA LAST TIME(profile) - begin ~~|\n"
     "batch = LOOKUP AREA(profile, begin + span * moved, begin + span * moves)"
     " / LOOKUP AREA(profile, begin, begin + span) ~~|\n"
     ":END OF MACRO:\n"},
};

static uint32_t steps_of_run(struct mdl *m) {
  double start, stop, step, steps = LIMIT_CONVEYOR_SLATS;
  if (mdl_value_of(m, "initial time", &start) && mdl_value_of(m, "final time", &stop) &&
      mdl_value_of(m, "time step", &step) && !m->end_varies)
    steps = fmin(ceil((stop - start) / step) + 1, steps);
  return steps >= 1 ? (uint32_t)steps : 1;  // a run backwards is refused later
}

// One range for all belts of the model.
static bool make_slats(struct mdl *m) {
  if (mdl_range_find(m, SLATS) != MDL_NONE) return m->slats;
  uint32_t count = steps_of_run(m), first = (uint32_t)m->elements.count,
           *elements = arena_array(m->arena, uint32_t, count);
  for (uint32_t i = 0; i < count; i++) {
    const char *name = arena_format(m->arena, "%u", i + 1);
    list_push(m->arena, &m->elements) = (struct mdl_element){.key = name, .name = name, .family = first, .number = i};
    elements[i] = first + i;
  }
  mdl_range_add_family(m, arena_format(m->arena, "slats %u", count), SLATS, elements, count);
  return m->slats = true;
}

const struct mdl_macro *mdl_belt_macro(struct mdl *m, const char *key) {
  if (!make_slats(m)) return NULL;
  for (size_t i = 0; i < sizeof belts / sizeof *belts; i++)
    if (strcmp(belts[i][0], key) == 0) return mdl_macro_read(m, key, belts[i][1]);
  return NULL;
}

const struct mdl_context *mdl_belt_along(struct mdl *m, const struct mdl_context *c) {
  struct mdl_context *wide = arena_new(m->arena, struct mdl_context);
  struct mdl_box *box = arena_new(m->arena, struct mdl_box);
  size_t n = c->place_count;
  uint32_t slats = mdl_range_find(m, SLATS);
  struct mdl_place *places = arena_grow(m->arena, c->places, n, n + 1, sizeof *places);
  box->counts = arena_array(m->arena, uint32_t, n + 1), box->elements = arena_array(m->arena, uint32_t *, n + 1);
  for (size_t i = 0; i < n; i++) box->counts[i] = c->box->counts[i], box->elements[i] = c->box->elements[i];
  box->counts[n] = m->ranges.items[slats].count, box->elements[n] = m->ranges.items[slats].elements;
  places[n] = (struct mdl_place){.range = slats, .axis = (uint32_t)n};
  *wide = *c;
  wide->box = box, wide->places = places, wide->place_count = n + 1;
  return wide;
}
