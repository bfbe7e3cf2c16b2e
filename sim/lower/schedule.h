// SPDX-License-Identifier: GPL-3.0-or-later
// What schedule.c decides (which section computes a value, which are joined) and emit.c turns into code.
#ifndef LOWER_SCHEDULE_H
#define LOWER_SCHEDULE_H
#include "lower/lowering.h"

enum section { SECTION_TIME, SECTION_INITIAL, SECTION_SAMPLE, SECTION_RATES, SECTION_OUTPUTS, SECTIONS };

struct fused {  // an operation as it will be emitted: of one value, or of two joined
  uint16_t op;
  uint8_t arg_count;
  struct dag_arg args[3];
};

struct scheduling {
  struct lowering *w;
  struct dag *g;
  struct program *p;
  uint32_t count;   // values; the arrays below are [value]
  uint8_t *needed;  // bit per section that computes it
  bool *exported;   // of time or of parameters alone, and used by another section
  bool *absorbed;   // joined to its only user
  uint32_t *uses;
  uint32_t *defines;  // variable whose value it is, or UINT32_MAX
  struct fused *fused;
};

static inline const struct dag_value *schedule_value(const struct scheduling *s, uint32_t v) {
  return &s->g->values.items[v];
}
static inline bool schedule_is_leaf(const struct dag_value *v) {
  return v->op >= DAG_LITERAL && v->op != DAG_PACK;
}

// fuse.c: fills fused and absorbed.
void fuse_all(struct scheduling *s);
// emit.c: slots, literals and code of the program.
void emit_program(struct scheduling *s);

#endif
