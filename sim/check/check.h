// SPDX-License-Identifier: GPL-3.0-or-later
// model + scenario -> checked model: every name resolved, arrays aligned, user functions inlined, units checked, and
// the order of evaluation known. After this stage nothing in the input can be wrong but numbers at run time.
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H
#include "lang/fn.h"
#include "lang/scenario.h"

// An axis of an equation: the elements over which it, or one of its reductions, ranges.
struct axis {
  uint32_t dimension;  // as named by the subscript (may be a subrange)
  uint32_t declared;   // the dimension of the variable at this place; == dimension for reductions
  uint32_t root;
};

struct index {  // one subscript of a reference
  bool fixed;
  uint32_t element;     // fixed: the element, in root coordinates
  uint32_t axis;        // else: the axis whose element it takes
  const uint32_t *map;  // by way of this table, in root coordinates; NULL: the element itself
};

enum term_kind {
  TERM_NUMBER,
  TERM_TIME,  // the current time
  TERM_TIME_STEP,
  TERM_REF,  // a variable
  TERM_UNARY,
  TERM_BINARY,
  TERM_IF,
  TERM_CALL,    // a builtin over a list of arguments
  TERM_REDUCE,  // a builtin over axes: sum[industry](x)
  TERM_LOOKUP,  // a table at an argument
  TERM_INLINE,  // a call of a user function: args[0..n-2] the arguments, args[n-1] the body with them put in
};

struct term {  // immutable; arguments of user functions are shared, so this is a graph without cycles
  enum term_kind kind;
  enum expr_op op;
  enum fn fn;
  struct span span;  // of the expression it came from
  double number;
  bool integer;           // TERM_NUMBER: an integer literal in the text
  uint32_t variable;      // REF, LOOKUP: index into model->variables
  struct index *indices;  // REF, LOOKUP: one per dimension of the variable
  uint64_t free_axes;     // bit set: axes on which the value depends
  uint64_t over;          // REDUCE: axes reduced (arguments depend on them, the result does not)
  struct term **args;
  size_t arg_count;
  const struct function *function;  // INLINE
  uint32_t ordinal;  // CALL with memory or chance: number of the call in its equation (hidden states, streams)
};

enum equation_role { ROLE_EQUATION, ROLE_INITIAL, ROLE_BENCHMARK, ROLE_GATE };

struct checked_equation {
  enum equation_role role;
  uint32_t variable;  // or the phase for ROLE_GATE
  uint32_t part;      // benchmark number
  struct span span;
  const struct subscript *subscripts;  // as written; NULL: the whole variable
  struct axis *axes;                   // one per dimension of the variable, then those of reductions
  size_t axis_count, target_axes;
  // The elements each target axis takes, in root coordinates: exceptions split an equation into boxes.
  struct box {
    uint32_t **elements;  // [target axis][i]
    uint32_t *counts;     // [target axis]
  } * boxes;
  size_t box_count;
  struct term *rhs;
};

struct checked_variable {
  size_t *equations;  // indices into checked.equations, ROLE_EQUATION (stock: initial values)
  size_t equation_count;
  size_t *initial;  // ROLE_INITIAL
  size_t initial_count;
  uint32_t *inflows, *outflows;  // variables
  size_t inflow_count, outflow_count;
  bool split, initial_split;  // in a cycle of variables that is none of elements: evaluated element by element
  uint32_t ring;              // flows whose limits by non-negative stocks need one another have one number; 0: none
};

struct order_item {  // one step of an order of evaluation
  uint32_t variable;
  uint32_t element;  // of a split variable; ELEMENTS_ALL for the whole
};
#define ELEMENTS_ALL UINT32_MAX

struct checked {
  const struct model *model;
  const struct scenario *scenario;
  LIST(struct checked_equation) equations;
  struct checked_variable *variables;     // [model->variables.count]
  LIST(struct order_item) order;          // instantaneous dependences come first
  LIST(struct order_item) initial_order;  // the same at the start, stocks included
  uint32_t **local;                       // [dimension][root element]: index in the dimension, or UINT32_MAX
  size_t unit_checks;                     // equations whose units were checked
};

// NULL after errors. `lenient_units` turns unit errors into warnings.
struct checked *check_model(struct arena *a, const struct model *m, const struct scenario *s, bool lenient_units,
                            struct diag *diag);

// check/check_units.c: units of all equations; reports and returns the number of equations checked.
size_t check_units(struct arena *a, const struct checked *c, bool lenient, struct diag *diag);
// The unit of a term of a model that passed; NULL when any unit fits (a zero).
const struct unit *check_units_infer(struct arena *a, const struct checked *c, const struct term *t);

// A term as text, for dumps.
void term_print(struct text *out, const struct checked *c, const struct checked_equation *e, const struct term *t);

#endif
