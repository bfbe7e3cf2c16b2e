// SPDX-License-Identifier: GPL-3.0-or-later
// The program before it is scheduled: a graph of values, each an array computed once from others. Equal values are
// made once (common subexpressions), values of known numbers are computed at once (folding), and every value knows what
// it depends on (binding), which later decides the program that computes it.
#ifndef LOWER_DAG_H
#define LOWER_DAG_H
#include "base/arena.h"
#include "kernel/ir.h"

enum { BOUND_CONST = 0, BOUND_TIME = 1, BOUND_MEMBER = 2, BOUND_STATE = 4, BOUND_DRAWN = 8 };  // drawn: by chance

// Leaves, numbered after the operations.
enum { DAG_LITERAL = IR_OPS, DAG_PARAMETER, DAG_CLOCK, DAG_STATE, DAG_HELD, DAG_PACK };
enum dag_clock { CLOCK_TIME, CLOCK_EDGE, CLOCK_LOW, CLOCKS };

struct dag_arg {  // element (o, i) of the argument is element offset + o*outer + i*inner of its value
  uint32_t value, offset, outer;
  uint8_t inner;
};
struct dag_part {  // PACK: `count` elements of an argument, from `at` on
  struct dag_arg from;
  uint32_t at, count;
};
struct dag_value {
  uint16_t op;
  uint8_t arg_count, binding;
  uint32_t count;  // elements
  uint32_t outer_count, inner_count;
  struct dag_arg args[3];
  uint32_t aux, aux2;     // as in struct instruction; leaves: number of the parameter, clock, state or held slot
  const double *literal;  // LITERAL: [count]
  const struct dag_part *parts;
  uint32_t part_count;
  uint32_t origin;  // variable whose equation it computes, or UINT32_MAX
};

enum { VIEW_AXES = 16 };
// An array as seen along the axes of an equation: element offset + sum of position[k]*stride[k] of a value. Axes that
// the value does not depend on are not listed.
struct view {
  uint32_t value, offset;
  uint32_t axis_count;
  uint8_t axis[VIEW_AXES];  // ascending
  uint32_t size[VIEW_AXES], stride[VIEW_AXES];
};

struct dag {
  struct arena *arena;
  LIST(struct dag_value) values;
  LIST(uint32_t) indices;  // for GATHER
  LIST(struct lookup_table) tables;
  uint32_t *buckets;  // hash table of value numbers + 1
  size_t bucket_count;
  uint32_t origin;  // for values made from now on
  bool no_cse;
};

void dag_init(struct dag *g, struct arena *a, bool no_cse);
// Adds a value or finds its equal; folds it when all it needs is known.
uint32_t dag_add(struct dag *g, struct dag_value v);

struct view dag_number(struct dag *g, double x);
struct view dag_literals(struct dag *g, const double *x, uint32_t count);  // no axes: give them with dag_along
struct view dag_leaf(struct dag *g, uint16_t kind, uint32_t number, uint32_t count, uint8_t binding);
// The elements of a value, dense, along one axis.
struct view dag_along(struct view v, uint8_t axis, uint32_t size, uint32_t stride);

// op applied element by element over the union of the arguments' axes.
struct view dag_apply(struct dag *g, enum op op, uint32_t aux, uint32_t aux2, size_t count, const struct view *args);
struct view dag_1(struct dag *g, enum op op, struct view a);
struct view dag_2(struct dag *g, enum op op, struct view a, struct view b);
struct view dag_3(struct dag *g, enum op op, struct view a, struct view b, struct view c);
// x, which may repeat along its axes, through the tables from `first` on, one for each element.
struct view dag_lookups(struct dag *g, uint32_t first, struct view x);
// Reduces over axes with these sizes; an axis that x does not depend on repeats it.
struct view dag_reduce(struct dag *g, enum op op, struct view x, size_t count, const uint8_t *axes,
                       const uint32_t *sizes);
// Elements picked one by one: out has `count` elements, element k from at[k].
uint32_t dag_gather(struct dag *g, uint32_t value, const uint32_t *at, uint32_t count);
// An array from parts; merges parts that continue one another.
uint32_t dag_pack(struct dag *g, const struct dag_part *parts, uint32_t part_count, uint32_t count);

bool dag_is_number(const struct dag *g, struct view v, double *x);
uint32_t view_count(struct view v);
bool view_is_dense(struct view v);

// fold.c: the number(s) of a value whose arguments are literals, by running the instruction itself.
const double *fold_value(struct dag *g, const struct dag_value *v);

#endif
