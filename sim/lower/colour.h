// SPDX-License-Identifier: GPL-3.0-or-later
// Slots for temporaries: an array gets the first run of free neighbours that holds it, and gives it back after its last
// use. Free runs that touch are joined.
#ifndef LOWER_COLOUR_H
#define LOWER_COLOUR_H
#include <stdint.h>

#include "base/arena.h"

struct colouring {
  struct arena *arena;
  LIST(struct free_run { uint32_t at, size; }) runs;  // ascending, never touching
  uint32_t most;                                      // slots used so far
};

uint32_t colour_take(struct colouring *c, uint32_t size);
void colour_give(struct colouring *c, uint32_t at, uint32_t size);

#endif
