// SPDX-License-Identifier: GPL-3.0-or-later
#include "check/graph.h"

void graph_init(struct graph *g, struct arena *a, uint32_t count) {
  *g = (struct graph){.arena = a, .count = count};
}

void graph_add(struct graph *g, uint32_t from, uint32_t to) {
  list_push(g->arena, &g->edges) = (struct graph_edge){from, to};
}

// A counting sort by source node keeps the order in which edges were added, hence all later orders, reproducible.
void graph_finish(struct graph *g) {
  g->first = arena_array(g->arena, uint32_t, (size_t)g->count + 1);
  g->targets = arena_array(g->arena, uint32_t, g->edges.count + 1);
  for (size_t i = 0; i < g->edges.count; i++) g->first[g->edges.items[i].from + 1]++;
  for (uint32_t n = 0; n < g->count; n++) g->first[n + 1] += g->first[n];
  uint32_t *next = arena_array(g->arena, uint32_t, (size_t)g->count + 1);
  for (uint32_t n = 0; n < g->count; n++) next[n] = g->first[n];
  for (size_t i = 0; i < g->edges.count; i++) g->targets[next[g->edges.items[i].from]++] = g->edges.items[i].to;
}

struct tarjan {
  const struct graph *g;
  uint32_t *index, *low, *edge;  // index 0: not seen
  uint32_t *path, *stack;        // nodes being visited; nodes seen but not in a component
  bool *on_stack;
  uint32_t depth, stacked, seen;
  struct components out;
  uint32_t ordered;
};

static void enter(struct tarjan *t, uint32_t node) {
  t->index[node] = t->low[node] = ++t->seen;
  t->edge[node] = t->g->first[node];
  t->path[t->depth++] = node;
  t->stack[t->stacked++] = node;
  t->on_stack[node] = true;
}

static void leave(struct tarjan *t, uint32_t node) {
  if (t->low[node] == t->index[node]) {
    uint32_t start = t->stacked;
    while (t->stack[--start] != node) continue;
    for (uint32_t i = start; i < t->stacked; i++) {
      t->on_stack[t->stack[i]] = false;
      t->out.component[t->stack[i]] = t->out.count;
      t->out.order[t->ordered++] = t->stack[i];
    }
    t->stacked = start;
    t->out.count++;
  }
  t->depth--;
  if (t->depth) {
    uint32_t parent = t->path[t->depth - 1];
    if (t->low[node] < t->low[parent]) t->low[parent] = t->low[node];
  }
}

struct components graph_components(const struct graph *g) {
  struct arena *a = g->arena;
  size_t n = (size_t)g->count + 1;
  struct tarjan t = {.g = g,
                     .index = arena_array(a, uint32_t, n),
                     .low = arena_array(a, uint32_t, n),
                     .edge = arena_array(a, uint32_t, n),
                     .path = arena_array(a, uint32_t, n),
                     .stack = arena_array(a, uint32_t, n),
                     .on_stack = arena_array(a, bool, n),
                     .out = {arena_array(a, uint32_t, n), arena_array(a, uint32_t, n), 0}};
  for (uint32_t root = 0; root < g->count; root++) {
    if (t.index[root]) continue;
    enter(&t, root);
    while (t.depth) {
      uint32_t node = t.path[t.depth - 1];
      if (t.edge[node] == g->first[node + 1]) {
        leave(&t, node);
        continue;
      }
      uint32_t to = g->targets[t.edge[node]++];
      if (!t.index[to])
        enter(&t, to);
      else if (t.on_stack[to] && t.index[to] < t.low[node])
        t.low[node] = t.index[to];
    }
  }
  return t.out;
}

size_t graph_cycle(const struct graph *g, const struct components *c, uint32_t node, uint32_t **cycle) {
  uint32_t *from = arena_array(g->arena, uint32_t, (size_t)g->count + 1);  // predecessor + 1; 0: not reached
  uint32_t *queue = arena_array(g->arena, uint32_t, (size_t)g->count + 1);
  size_t head = 0, tail = 0;
  queue[tail++] = node;
  while (head < tail) {
    uint32_t at = queue[head++];
    for (uint32_t e = g->first[at]; e < g->first[at + 1]; e++) {
      uint32_t to = g->targets[e];
      if (to == node) {
        size_t length = 1;
        for (uint32_t n = at; n != node; n = from[n] - 1) length++;
        *cycle = arena_array(g->arena, uint32_t, length);
        size_t i = length;
        for (uint32_t n = at; n != node; n = from[n] - 1) (*cycle)[--i] = n;
        (*cycle)[0] = node;
        return length;
      }
      if (c->component[to] != c->component[node] || from[to]) continue;
      from[to] = at + 1;
      queue[tail++] = to;
    }
  }
  return 0;
}
