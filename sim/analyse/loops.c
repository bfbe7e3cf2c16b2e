// SPDX-License-Identifier: GPL-3.0-or-later
// Loops by iterative deepening: all of length 1, then 2, and so on. A path is followed only while the way back, of
// known length, still fits; so every loop comes once, in the order of length, and the search for the short ones costs
// little in a graph with an astronomic number of long ones.
#include "analyse/loops.h"

#include "base/limits.h"

struct search {
  struct arena *arena;
  const struct causes *g;
  uint32_t root;
  uint32_t *way; /* [variable]: links of the shortest way to the root; UINT32_MAX: none */
  bool *used;    /* [variable] */
  uint32_t path[LIMIT_LOOP_LENGTH];
  size_t length;  // wanted
  size_t most;
  unsigned long work;
  struct loops *out;
};

static void measure_ways(struct search *s, uint32_t count) {
  uint32_t *queue = arena_array(s->arena, uint32_t, (size_t)count + 1);
  size_t head = 0, tail = 0;
  for (uint32_t v = 0; v < count; v++) s->way[v] = UINT32_MAX;
  s->way[s->root] = 0;
  for (queue[tail++] = s->root; head < tail; head++) {
    uint32_t to = queue[head];
    for (uint32_t i = s->g->first[to]; i < s->g->first[to + 1]; i++) {
      uint32_t from = s->g->links.items[i].from;
      if (s->way[from] != UINT32_MAX) continue;
      s->way[from] = s->way[to] + 1;
      queue[tail++] = from;
    }
  }
}

static enum sign sign_of(const struct causes *g, const uint32_t *variables, size_t count, bool closed) {
  enum sign sign = SIGN_PLUS;
  for (size_t i = 0; i + !closed < count; i++) {
    const struct cause *c = causes_link(g, variables[i], variables[(i + 1) % count]);
    sign = causes_sign_product(sign, c ? c->sign : SIGN_NONE);
  }
  return sign;
}

static size_t stocks_of(const struct causes *g, const uint32_t *variables, size_t count) {
  size_t stocks = 0;
  for (size_t i = 0; i < count; i++) stocks += g->checked->model->variables.items[variables[i]].kind == VARIABLE_STOCK;
  return stocks;
}

static void add_loop(struct search *s, size_t count) {
  if (s->out->items.count == s->most) {
    s->out->more = true;
    return;
  }
  struct loop l = {.variables = arena_array(s->arena, uint32_t, count), .count = count};
  for (size_t i = 0; i < count; i++) l.variables[i] = s->path[i];
  l.stocks = stocks_of(s->g, l.variables, count);
  l.sign = sign_of(s->g, l.variables, count, true);
  list_push(s->arena, &s->out->items) = l;
}

// Extends a path of `count` variables. Depth is bounded by LIMIT_LOOP_LENGTH.
static void extend(struct search *s, size_t count) {
  uint32_t at = s->path[count - 1];
  for (uint32_t i = s->g->first_use[at]; i < s->g->first_use[at + 1] && !s->out->more; i++) {
    uint32_t to = s->g->links.items[s->g->uses[i]].to;
    if (++s->work > LIMIT_LOOP_WORK) s->out->more = true;
    if (to == s->root && count == s->length) add_loop(s, count);
    if (s->used[to] || s->way[to] == UINT32_MAX || count + s->way[to] >= s->length + 1) continue;
    s->used[to] = true;
    s->path[count] = to;
    extend(s, count + 1);
    s->used[to] = false;
  }
}

struct loops *loops_through(struct arena *a, const struct causes *g, uint32_t variable, size_t most) {
  uint32_t count = (uint32_t)g->checked->model->variables.count;
  struct search s = {.arena = a, .g = g, .root = variable, .most = most, .out = arena_new(a, struct loops)};
  s.way = arena_array(a, uint32_t, (size_t)count + 1);
  s.used = arena_array(a, bool, (size_t)count + 1);
  measure_ways(&s, count);
  s.path[0] = variable;
  s.used[variable] = true;
  size_t longest = g->component_sizes[g->components.component[variable]];
  if (longest > LIMIT_LOOP_LENGTH) longest = LIMIT_LOOP_LENGTH;
  for (s.length = 1; s.length <= longest && !s.out->more; s.length++) extend(&s, 1);
  return s.out;
}

// ---- named ones

static bool verify(struct named_loop *n, const struct causes *g, struct diag *diag) {
  const struct variable *items = g->checked->model->variables.items;
  struct loop *l = &n->loop;
  l->stocks = stocks_of(g, l->variables, l->count);
  for (size_t i = 0; i + n->chain < l->count; i++) {
    size_t next = (i + 1) % l->count;
    if (causes_link(g, l->variables[i], l->variables[next])) continue;
    diag_error(diag, n->places[next], loop_no_link, n->name, items[l->variables[i]].name,
               items[l->variables[next]].name);
    return false;
  }
  l->sign = sign_of(g, l->variables, l->count, !n->chain);
  if (l->sign == n->stated) return true;
  static const char *const words[] = {"has no effect", "is positive", "is negative", "changes its sign"};
  diag_error(diag, n->span, loop_sign, n->name, words[n->stated], words[l->sign]);
  for (size_t i = 0; i + n->chain < l->count; i++) {
    const struct cause *c = causes_link(g, l->variables[i], l->variables[(i + 1) % l->count]);
    if (c->sign == SIGN_NONE || c->sign == SIGN_BOTH)
      diag_note(diag, n->places[i], "%s on %s %s", items[c->from].name, items[c->to].name, words[c->sign]);
  }
  return false;
}

bool loops_verify(struct named_loops *n, const struct causes *g, struct diag *diag) {
  bool good = true;
  for (size_t i = 0; i < n->items.count; i++) {
    struct named_loop *l = &n->items.items[i];
    l->verified = verify(l, g, diag);
    good = l->verified && good;
  }
  return good;
}

bool loops_equal(const struct loop *x, const struct loop *y) {
  if (x->count != y->count) return false;
  for (size_t shift = 0; shift < x->count; shift++) {
    size_t i = 0;
    while (i < x->count && x->variables[i] == y->variables[(i + shift) % x->count]) i++;
    if (i == x->count) return true;
  }
  return false;
}

const char *loops_name(const struct named_loops *named, const struct loop *l) {
  for (size_t i = 0; named && i < named->items.count; i++) {
    const struct named_loop *n = &named->items.items[i];
    if (!n->chain && loops_equal(l, &n->loop)) return n->name;
  }
  return NULL;
}
