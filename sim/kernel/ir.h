// SPDX-License-Identifier: GPL-3.0-or-later
// The program of a (model, scenario, save set): straight-line code over arrays, for many lanes (members) at once.
//
// Memory. One slab holds numbered slots; a slot is one element for all lanes: double[lanes], so slot s of lane l lies
// at slab[s*lanes + l]. An array of n elements takes n neighbouring slots. Two other bases are given by the
// integrator at each call: the state y and the rate dy/dt, both [state][lane]. What is the same in all lanes is kept
// once, one number a slot: literals, and time values (a row of the time table, made by the `time` program once per half
// step for a whole sweep).
//
// Slots of the slab by what writes them:    parameters | member values | held | temporaries
//   parameters    per batch of members           held   by `sample` and `advance` at grid points
//   member values by `initial`, once per member
// Programs: time, initial (member values, start of states and held), sample, rates, outputs, advance.
#ifndef KERNEL_IR_H
#define KERNEL_IR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum op {
#define OP1(id, name, expression) IR_##id,
#define OP2 OP1
#define OP3 OP1
#define OPX OP1
#include "kernel/op.def"
#undef OP1
#undef OP2
#undef OP3
#undef OPX
  IR_OPS
};

enum base { BASE_SLAB, BASE_STATE, BASE_RATE, BASE_LITERAL, BASE_TIME, BASES };

// Element (o, i) of an operand lies at slot + o*outer + i*inner of its base; inner is 0 (broadcast) or 1.
struct operand {
  uint32_t slot;
  uint32_t outer;
  uint8_t base, inner;
};
// The same in all lanes: one number a slot. Never written to.
static inline bool operand_is_uniform(const struct operand *o) {
  return o->base >= BASE_LITERAL;
}

struct kernel_env;
struct instruction;
typedef void instruction_fn(const struct instruction *, const struct kernel_env *);

// dst is dense: element (o, i) at slot + o*inner_count + i. dst may equal an operand of the same shape (in place);
// otherwise they do not overlap. Element-wise operations cover outer_count x inner_count elements.
struct instruction {
  instruction_fn
      *fn;  // set by kernel_bind, as what makes calls quick: where dst, a, b, c begin, in numbers from their bases
  size_t at[4], count;  //   at this number of lanes; and how many numbers the whole instruction computes
  struct operand dst, a, b, c;
  uint32_t outer_count, inner_count;
  uint32_t aux, aux2;  // table, index table, stream (see op.def)
  uint16_t op;
  uint32_t origin;  // index of the variable whose equation this computes, for messages; UINT32_MAX: none
};

struct code {
  struct instruction *items;
  size_t count;
};

// A table for LOOKUP: piecewise linear, step, or extrapolating (lang/model.h path_mode).
struct lookup_table {
  const double *x, *y;  // x strictly ascending
  uint32_t count;
  uint8_t mode;  // enum path_mode
  bool uniform;  // x[i] = x[0] + i*spacing nearly: index by division, then corrected by comparison
  double inverse_spacing;
};

struct kernel_env {
  double *bases[BASES];
  uint32_t lanes;  // a multiple of 8
  const struct lookup_table *tables;
  const uint32_t *indices;
  uint64_t seed, step;      // for UNIFORM
  const uint64_t *members;  // [lanes]
};

#endif
