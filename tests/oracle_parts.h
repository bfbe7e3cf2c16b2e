// SPDX-License-Identifier: GPL-3.0-or-later
// The state of the oracle, shared by oracle.c (terms, variables, the run), oracle_memory.c (functions that remember)
// and oracle_steer.c (levers, inputs, phases). A term has a value while RUNning, one while held values are RENEWed at
// a grid point, and one at the START.
#ifndef TESTS_ORACLE_PARTS_H
#define TESTS_ORACLE_PARTS_H
#include "oracle.h"

enum oracle_mode { ORACLE_RUN, ORACLE_RENEW, ORACLE_START };

struct oracle_frame {  // the element (in root coordinates) that each axis of an equation stands at
  const struct checked_equation *e;
  uint32_t at[64];
};

struct oracle_memory {  // one call with memory at one element
  const struct term *term;
  struct oracle_frame frame;
  size_t state, order;  // delays, smooths, trends: states y[state] to y[state + order - 1]
  double held, next, flag, next_flag;
  bool renewing;
  uint64_t renewed;         // grid point + 1
  double length, *history;  // fixed delays: in steps, what it was given at each grid point
};

struct oracle_kept {
  uint64_t at;  // the `now` it was found at; 0: never
  double value;
};

struct oracle {
  struct arena *arena;
  const struct checked *c;
  const struct model *m;
  const struct scenario *s;
  enum oracle_mode mode;
  double t, edge, low;          // the time; the latest instant that has come; the same for > and <=
  uint64_t k, steps, now;       // now: counts every change of the time or of what is held
  struct oracle_kept *kept[2];  // running, at the start: [first_element[variable] + element]
  size_t *first_element;
  LIST(double) y;
  size_t *first_state;  // [variable]
  LIST(struct oracle_memory *) memories;
  double *phase_start, *phase_old;  // [phase]; 1e30: not begun
  double (*lever_from)[32];         // [variable][phase]: value at the switch
};

double oracle_term(struct oracle *o, struct oracle_frame *f, const struct term *t);
double oracle_in(struct oracle *o, enum oracle_mode mode, struct oracle_frame *f, const struct term *t);
double oracle_variable(struct oracle *o, uint32_t variable, size_t element);

double oracle_memory_call(struct oracle *o, struct oracle_frame *f, const struct term *t);
void oracle_memory_rates(struct oracle *o, double *rates);
// At grid point o->k: what fixed delays give, then what samples hold; at its end what fixed delays take.
void oracle_memory_deliver(struct oracle *o);
void oracle_memory_renew(struct oracle *o);
void oracle_memory_note(struct oracle *o);

double oracle_steer(struct oracle *o, uint32_t variable);
void oracle_steer_renew(struct oracle *o);
double oracle_path(const struct path *p, double t, double edge);

#endif
