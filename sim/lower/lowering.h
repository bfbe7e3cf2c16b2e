// SPDX-License-Identifier: GPL-3.0-or-later
// The state of lower, shared by its parts: variables, terms and what terms hold (lower_*.c), powers and products
// (power.c), functions that remember (memory.c), levers, inputs and phases (steer.c, gates.c), and the way from the
// graph of values to programs (unseen.c, schedule.c, emit.c).
//
// A term has up to three meanings: RUN, its value while the integrator works; SAMPLE, its value at a grid point while
// held values are being renewed; START, its value when states are set.
#ifndef LOWER_LOWERING_H
#define LOWER_LOWERING_H
#include "base/diag.h"
#include "lower/dag.h"
#include "lower/lower.h"
#include "lower/program.h"

enum mode { MODE_RUN, MODE_SAMPLE, MODE_START, MODES };

// The elements over which the equation at hand ranges.
struct frame {
  const struct checked_equation *e;  // NULL: none
  uint32_t variable;                 // for streams of random numbers; UINT32_MAX: a gate
  uint32_t size[64];
  const uint32_t *elements[64];  // root coordinates
};

struct whole {  // a variable's value: like a view, along the variable's dimensions
  bool made;
  uint32_t value, offset;
  uint32_t stride[8];
  uint32_t *elements;  // split: value of each element + 1, else NULL
  uint32_t *element_offsets;
};

struct memory {  // one call with memory, in one frame
  const struct term *term;
  struct frame frame;
  uint32_t axis_count, count;  // its own axes: the term's free axes
  uint8_t axis[VIEW_AXES];
  uint32_t first;         // state, held slot or ring
  bool started, sampled;  // roots made
  bool sampling;          // its new value is being made: refers to the old one
  bool met;               // and was referred to meanwhile
  struct view next;       // new held value, when sampled
};

struct root {   // what a program must leave somewhere
  uint32_t to;  // state or held slot
  uint32_t count;
  struct dag_arg from;  // elements from.offset + i*inner (outer unused)
  uint32_t variable;
};
typedef LIST(struct root) root_list;

struct flow_limit {  // outflow number `place` of a non-negative stock
  uint32_t stock, place;
  uint32_t next;  // further limit of the same flow + 1, or 0
};

struct lowering {
  struct arena *arena;
  const struct checked *c;
  const struct model *m;
  const struct scenario *s;
  const struct lower_options *options;
  struct diag *diag;
  struct dag dag;
  struct program *p;

  enum mode mode;
  struct frame *frame;
  struct whole *wholes[MODES];  // [variable]
  uint32_t *state_of;           // [variable]: first state of a stock
  uint32_t *limit_of;           // [variable]: first limit of a flow + 1, or 0
  LIST(struct flow_limit) limits;
  uint32_t held_count;
  LIST(struct memory *) memories;
  LIST(double) events;
  LIST(struct { uint32_t variable, element; }) states;

  root_list rates, starts, held_starts, samples, advances;
  LIST(struct column) columns;
  LIST(struct dag_arg) column_args;
  LIST(struct guard) guards;
  LIST(struct dag_arg) guard_args;
  struct gates *gates;  // gates.c; NULL under a calendar
  uint32_t phase_held;  // first held slot of phase starts, or UINT32_MAX
  unsigned depth;
};

// lower.c
void lower_root(struct lowering *w, root_list *list, uint32_t to, struct view v, uint32_t count, const uint8_t *axes,
                const uint32_t *sizes, size_t axis_count, uint32_t variable);

// lower_variable.c
// A variable's value over its dimensions, in the present meaning; made on demand.
const struct whole *lower_whole(struct lowering *w, uint32_t variable);
// Finds the non-negative stocks that limit each flow; before the first variable is made.
void lower_limits(struct lowering *w);
// One element of a variable that is split because its elements need one another.
void lower_element(struct lowering *w, uint32_t variable, uint32_t element);
// Where an element of a variable is found.
struct dag_arg lower_at(struct lowering *w, uint32_t variable, uint32_t element);

// lower_reference.c
struct walk {  // a reference as offset + per axis a list of offsets
  uint32_t offset, axis_count;
  uint8_t axis[VIEW_AXES];
  uint32_t size[VIEW_AXES];
  uint32_t *step[VIEW_AXES];
};
// Adds one subscript: the frame's axis through `map` (or NULL) into dimension dim, whose neighbours are stride apart.
void lower_walk(struct lowering *w, struct walk *k, uint32_t axis, const uint32_t *map, uint32_t dim, uint32_t stride);
struct view lower_reference(struct lowering *w, const struct term *t);
// A whole variable along its dimensions as axes 0, 1, ...
struct view lower_view(struct lowering *w, uint32_t variable);

// lower_term.c
struct view lower_term(struct lowering *w, const struct term *t);
// A term in another frame or meaning; the present ones are restored.
struct view lower_in(struct lowering *w, enum mode mode, struct frame *f, const struct term *t);

// lower_time.c
struct view lower_clock(struct lowering *w, enum dag_clock clock);
// Notes an instant at which adaptive methods must restart; not a number known now: at every grid point.
void lower_event(struct lowering *w, struct view at);
// Has `start` come?
struct view lower_reached(struct lowering *w, struct view start);
// A comparison of which one side is the time itself; false when neither is.
bool lower_compare_time(struct lowering *w, const struct term *t, struct view *out);
struct view lower_pulse(struct lowering *w, struct view start, struct view width);
struct view lower_pulse_train(struct lowering *w, const struct view a[4]);  // start, width, period, end
struct view lower_ramp(struct lowering *w, const struct view *a, size_t count);

// lower_table.c, lower_vector.c
struct view lower_table(struct lowering *w, const struct term *t);
struct view lower_vector(struct lowering *w, const struct term *t);

// power.c
struct view lower_power(struct lowering *w, const struct term *t);
struct view lower_product(struct lowering *w, const struct term *t);

// range.c
struct range {
  double low, high;
  bool known;  // and never NaN
};
// Of all elements of a value.
struct range range_of(const struct lowering *w, uint32_t value);
// Is it certain that no element is an integer?
bool range_avoids_integers(const struct lowering *w, uint32_t value);

// memory.c
struct view lower_memory(struct lowering *w, const struct term *t);
// Start values, rates and renewals of all memories, also of those found on the way.
void lower_memories(struct lowering *w);

// unseen.c
// States from first_hidden on belong to memories; those that nothing seen depends on are held at zero.
void lower_drop_unseen(struct lowering *w, uint32_t first_hidden);

// steer.c
struct whole lower_path(struct lowering *w, uint32_t variable);
struct view lower_path_in_time(struct lowering *w, const struct path *path);
// The ordinate `point` of a variable's path (or its level in a phase): a number unless it is uncertain.
struct view steer_ordinate(struct lowering *w, uint32_t variable, uint32_t point, double value);

// schedule.c: the graph and its roots -> code, slots and literals of the program.
void schedule(struct lowering *w);

#endif
