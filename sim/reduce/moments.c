// SPDX-License-Identifier: GPL-3.0-or-later
// See moments.h. A leaf is two passes over 64 values in eight interleaved sums (fixed in number and order, whatever the
// vector width); nodes join by the pairwise update of Chan, Golub and LeVeque, Algorithms for Computing the Sample
// Variance: Analysis and Recommendations, The American Statistician 37 (1983), eq. 2.1.
#include "reduce/moments.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define MOST_SPARE 8

void moments_init(struct moments *m, size_t groups, size_t cells) {
  *m = (struct moments){.groups = groups, .cells = cells};
}

void moments_free(struct moments *m) {
  moments_clear(m);
  for (size_t i = 0; i < m->spare_count; i++) mem_free(m->spare[i]);
  mem_free(m->spare);
  mem_free(m->nodes);
  moments_init(m, m->groups, m->cells);
}

void moments_clear(struct moments *m) {
  for (size_t i = 0; i < m->count; i++) moments_release(m, m->nodes[i]);
  m->count = 0;
}

size_t moments_node_bytes(size_t groups, size_t cells) {
  return sizeof(struct moments_node) + groups * (sizeof(uint64_t) + 4 * cells * sizeof(double));
}

static struct moments_node *new_node(struct moments *m, uint32_t level, uint64_t index) {
  struct moments_node *n =
      m->spare_count ? m->spare[--m->spare_count] : mem_alloc(moments_node_bytes(m->groups, m->cells));
  if (!n) return NULL;
  size_t size = m->groups * m->cells;
  n->level = level;
  n->index = index;
  n->count = (uint64_t *)(n + 1);
  n->mean = (double *)(n->count + m->groups);
  n->m2 = n->mean + size;
  n->least = n->m2 + size;
  n->most = n->least + size;
  return n;
}

struct moments_node *moments_leaf(struct moments *m, uint64_t leaf) {
  struct moments_node *n = new_node(m, 0, leaf);
  if (n) memset(n->count, 0, m->groups * sizeof *n->count);
  return n;
}

void moments_release(struct moments *m, struct moments_node *node) {
  if (node && m->spare_count == m->spare_capacity) {
    size_t capacity = m->spare_capacity ? 2 * m->spare_capacity : 16;
    struct moments_node **spare = mem_resize(m->spare, capacity * sizeof(struct moments_node *));
    if (!spare) {
      mem_free(node);
      return;
    }
    m->spare = spare;
    m->spare_capacity = capacity;
  }
  if (node) m->spare[m->spare_count++] = node;
}

typedef double pair __attribute__((vector_size(16), aligned(8), may_alias));
typedef int64_t pair_mask __attribute__((vector_size(16), aligned(8), may_alias));

static inline pair choose(pair_mask keep, pair x, pair otherwise) {
  return (pair)(((pair_mask)x & keep) | ((pair_mask)otherwise & ~keep));
}

// Eight interleaved sums, as four pairs.
static double sum8(const pair s[4]) {
  return ((s[0][0] + s[0][1]) + (s[1][0] + s[1][1])) + ((s[2][0] + s[2][1]) + (s[3][0] + s[3][1]));
}

struct leaf_numbers {
  double mean, m2, least, most;
};

// `masked` is a constant where this is called, so that the common case (nobody failed) carries no masks.
static inline __attribute__((always_inline)) struct leaf_numbers reduce_leaf(const double *values, const uint64_t *keep,
                                                                             double n, const bool masked) {
  const pair *x = (const pair *)values, none = {0, 0}, above = {INFINITY, INFINITY}, below = -above;
  const pair_mask *k = (const pair_mask *)keep;
  pair sum[4] = {{0}}, square[4] = {{0}}, least = above, most = below;
  for (int i = 0; i < MOMENTS_LEAF / 2; i++) {
    pair low = masked ? choose(k[i], x[i], above) : x[i], high = masked ? choose(k[i], x[i], below) : x[i];
    sum[i & 3] += masked ? choose(k[i], x[i], none) : x[i];
    least = choose((pair_mask)(low < least), low, least);
    most = choose((pair_mask)(high > most), high, most);
  }
  double mean = sum8(sum) / n;
  for (int i = 0; i < MOMENTS_LEAF / 2; i++) {
    pair d = x[i] - mean;
    if (masked) d = choose(k[i], d, none);
    square[i & 3] += d * d;
  }
  return (struct leaf_numbers){mean, sum8(square), least[1] < least[0] ? least[1] : least[0],
                               most[1] > most[0] ? most[1] : most[0]};
}

void moments_set(const struct moments *m, struct moments_node *leaf, size_t group, size_t cell, const double *values,
                 const uint64_t keep[MOMENTS_LEAF], uint32_t kept) {
  size_t at = group * m->cells + cell;
  leaf->count[group] = kept;
  if (kept == 0) return;
  struct leaf_numbers r =
      kept == MOMENTS_LEAF ? reduce_leaf(values, keep, MOMENTS_LEAF, false) : reduce_leaf(values, keep, kept, true);
  // A mean of equal numbers is that number; rounding in the sum must not show as a variance.
  if (r.least == r.most) r.mean = r.least, r.m2 = 0;
  leaf->mean[at] = r.mean;
  leaf->m2[at] = r.m2;
  leaf->least[at] = r.least;
  leaf->most[at] = r.most;
}

static void copy_group(const struct moments *m, struct moments_node *to, const struct moments_node *from, size_t g) {
  size_t at = g * m->cells, bytes = m->cells * sizeof(double);
  to->count[g] = from->count[g];
  memcpy(to->mean + at, from->mean + at, bytes);
  memcpy(to->m2 + at, from->m2 + at, bytes);
  memcpy(to->least + at, from->least + at, bytes);
  memcpy(to->most + at, from->most + at, bytes);
}

// a becomes a followed by b, for one group. `a` is the left half: the lower member numbers.
static void join_group(const struct moments *m, struct moments_node *a, const struct moments_node *b, size_t g) {
  if (b->count[g] == 0) return;
  if (a->count[g] == 0) {
    copy_group(m, a, b, g);
    return;
  }
  double na = (double)a->count[g], share = (double)b->count[g] / (na + (double)b->count[g]), weight = na * share;
  size_t begin = g * m->cells, end = begin + m->cells;
  for (size_t i = begin; i < end; i++) {
    double delta = b->mean[i] - a->mean[i];
    a->mean[i] += delta * share;
    a->m2[i] += b->m2[i] + delta * delta * weight;
    a->least[i] = b->least[i] < a->least[i] ? b->least[i] : a->least[i];
    a->most[i] = b->most[i] > a->most[i] ? b->most[i] : a->most[i];
  }
  a->count[g] += b->count[g];
}

// The left node takes the right one in; the right one is released.
static void join(struct moments *m, struct moments_node *left, struct moments_node *right) {
  for (size_t g = 0; g < m->groups; g++) join_group(m, left, right, g);
  moments_release(m, right);
}

static struct moments_node *take_sibling(struct moments *m, const struct moments_node *node) {
  for (size_t i = 0; i < m->count; i++) {
    struct moments_node *other = m->nodes[i];
    if (other->level != node->level || other->index != (node->index ^ 1)) continue;
    m->nodes[i] = m->nodes[--m->count];
    return other;
  }
  return NULL;
}

bool moments_add(struct moments *m, struct moments_node *node) {
  for (struct moments_node *other; (other = take_sibling(m, node));) {
    struct moments_node *left = node->index & 1 ? other : node;
    join(m, left, left == node ? other : node);
    left->level++;
    left->index >>= 1;
    node = left;
  }
  if (m->count == m->capacity) {
    size_t capacity = m->capacity ? 2 * m->capacity : 16;
    struct moments_node **nodes = mem_resize(m->nodes, capacity * sizeof(struct moments_node *));
    if (!nodes) {
      mem_free(node);
      return false;
    }
    m->nodes = nodes;
    m->capacity = capacity;
  }
  m->nodes[m->count++] = node;
  return true;
}

bool moments_merge(struct moments *m, struct moments *from) {
  while (from->count) {
    if (!moments_add(m, from->nodes[from->count - 1])) return --from->count, false;
    from->count--;
  }
  // What the joins freed goes back to where the nodes came from: memory does not grow with the number of merges.
  // Few are enough, since a worker's leaves come in order; many pile up where runs lie apart.
  while (m->spare_count) {
    struct moments_node *spare = m->spare[--m->spare_count];
    if (from->spare_count < MOST_SPARE)
      moments_release(from, spare);
    else
      mem_free(spare);
  }
  return true;
}

static struct moments_node *copy_node(struct moments *m, const struct moments_node *from) {
  struct moments_node *n = new_node(m, from->level, from->index);
  for (size_t g = 0; n && g < m->groups; g++) copy_group(m, n, from, g);
  return n;
}

// Among the waiting nodes, the one whose last member comes next before `end` (in units of leaves).
static struct moments_node *last_before(const struct moments *m, uint64_t end) {
  struct moments_node *best = NULL;
  for (size_t i = 0; i < m->count; i++) {
    struct moments_node *n = m->nodes[i];
    if ((n->index << n->level) < end && (!best || (n->index << n->level) > (best->index << best->level))) best = n;
  }
  return best;
}

// In the binary tree a node whose sibling is absent stands for its parent; for members 0..N-1 this is a fold from the
// right, since the aligned pieces grow to the left. Pieces with holes between them (a shard) fold the same way.
struct moments_node *moments_total(struct moments *m, bool *failed) {
  *failed = false;
  struct moments_node *total = NULL;
  for (struct moments_node *next = last_before(m, UINT64_MAX); next;
       next = last_before(m, next->index << next->level)) {
    struct moments_node *copy = copy_node(m, next);
    if (!copy) {
      *failed = true;
      moments_release(m, total);
      return NULL;
    }
    if (total) join(m, copy, total);
    total = copy;
  }
  return total;
}

void moments_pack(const struct moments *m, struct text *out) {
  size_t size = m->groups * m->cells;
  pack_count(out, m->count);
  for (size_t i = 0; i < m->count; i++) {
    const struct moments_node *n = m->nodes[i];
    pack_count(out, n->level);
    pack_count(out, n->index);
    for (size_t g = 0; g < m->groups; g++) pack_count(out, n->count[g]);
    pack_numbers(out, n->mean, size);
    pack_numbers(out, n->m2, size);
    pack_numbers(out, n->least, size);
    pack_numbers(out, n->most, size);
  }
}

static bool unpack_node(struct moments *m, struct pack_reader *r) {
  uint32_t level = (uint32_t)pack_read_bounded(r, 40);
  struct moments_node *n = new_node(m, level, pack_read_bounded(r, UINT64_MAX >> (8 + level)));
  if (!n) return false;
  size_t size = m->groups * m->cells;
  for (size_t g = 0; g < m->groups; g++) n->count[g] = pack_read_count(r);
  pack_read_numbers(r, n->mean, size);
  pack_read_numbers(r, n->m2, size);
  pack_read_numbers(r, n->least, size);
  pack_read_numbers(r, n->most, size);
  if (!r->failed) return moments_add(m, n);
  moments_release(m, n);
  return false;
}

bool moments_unpack(struct moments *m, struct pack_reader *r) {
  uint64_t count = pack_read_count(r);
  for (uint64_t i = 0; i < count && !r->failed; i++)
    if (!unpack_node(m, r)) return false;
  return !r->failed;
}

double moments_variance(const struct moments *m, const struct moments_node *node, size_t group, size_t cell) {
  if (node->count[group] < 2) return NAN;
  return node->m2[group * m->cells + cell] / (double)(node->count[group] - 1);
}

double moments_standard_error(const struct moments *m, const struct moments_node *node, size_t group, size_t cell) {
  return sqrt(moments_variance(m, node, group, cell) / (double)node->count[group]);
}
