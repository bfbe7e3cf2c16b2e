// SPDX-License-Identifier: GPL-3.0-or-later
#include "lower/colour.h"

#include <string.h>

static void remove_run(struct colouring *c, size_t i) {
  memmove(&c->runs.items[i], &c->runs.items[i + 1], (c->runs.count - i - 1) * sizeof *c->runs.items);
  c->runs.count--;
}

uint32_t colour_take(struct colouring *c, uint32_t size) {
  for (size_t i = 0; i < c->runs.count; i++) {
    struct free_run *r = &c->runs.items[i];
    if (r->size < size) continue;
    uint32_t at = r->at;
    r->at += size, r->size -= size;
    if (!r->size) remove_run(c, i);
    return at;
  }
  uint32_t at = c->most;
  struct free_run *last = c->runs.count ? &c->runs.items[c->runs.count - 1] : NULL;
  if (last && last->at + last->size == c->most) {  // grow the run at the end
    at = last->at;
    c->runs.count--;
  }
  c->most = at + size;
  return at;
}

void colour_give(struct colouring *c, uint32_t at, uint32_t size) {
  size_t i = 0;
  while (i < c->runs.count && c->runs.items[i].at < at) i++;
  list_push(c->arena, &c->runs) = (struct free_run){0, 0};
  memmove(&c->runs.items[i + 1], &c->runs.items[i], (c->runs.count - 1 - i) * sizeof *c->runs.items);
  c->runs.items[i] = (struct free_run){at, size};
  if (i + 1 < c->runs.count && at + size == c->runs.items[i + 1].at) {
    c->runs.items[i].size += c->runs.items[i + 1].size;
    remove_run(c, i + 1);
  }
  if (i > 0 && c->runs.items[i - 1].at + c->runs.items[i - 1].size == at) {
    c->runs.items[i - 1].size += c->runs.items[i].size;
    remove_run(c, i);
  }
}
