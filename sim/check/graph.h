// SPDX-License-Identifier: GPL-3.0-or-later
// Directed graphs of numbered nodes: strongly connected components and an order that puts what is needed first.
#ifndef CHECK_GRAPH_H
#define CHECK_GRAPH_H
#include <stdint.h>

#include "base/arena.h"

struct graph {
  struct arena *arena;
  uint32_t count;
  LIST(struct graph_edge {
    uint32_t from, to;  // from needs to
  })
  edges;
  uint32_t *first;  // [count + 1] after graph_finish: edges of node n are targets[first[n]..first[n+1])
  uint32_t *targets;
};

void graph_init(struct graph *g, struct arena *a, uint32_t count);
void graph_add(struct graph *g, uint32_t from, uint32_t to);
void graph_finish(struct graph *g);  // after the last edge

// Tarjan's algorithm (1972), without recursion. `order` lists all nodes so that every node comes after those it needs,
// as far as cycles allow; nodes of one component are neighbours. component[n] counts from 0 in the same order.
struct components {
  uint32_t *order, *component;
  uint32_t count;
};
struct components graph_components(const struct graph *g);

// A shortest cycle through `node` inside its component: nodes in order, the first not repeated. Returns the length,
// 0 when there is none.
size_t graph_cycle(const struct graph *g, const struct components *c, uint32_t node, uint32_t **cycle);

#endif
