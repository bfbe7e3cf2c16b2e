// SPDX-License-Identifier: GPL-3.0-or-later
// Count, mean, variance, minimum and maximum over members, for many numbers ("cells") at once, with the same bits for
// any number of threads, lanes, blocks or shards. The one idea: sums follow the member numbers, not the order of
// arrival. A leaf is 64 consecutive members; two neighbours join when, and only when, they are the halves of an aligned
// power of two. What waits for its sibling is a forest: O(log N) nodes for members that arrive in order, whatever N.
//
// Cells come in groups; all cells of a group share their members (a failed member is absent from a whole group), so a
// node holds one count a group. Not thread-safe: each thread has its own forest, merged into one by moments_merge.
#ifndef REDUCE_MOMENTS_H
#define REDUCE_MOMENTS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pack.h"

#define MOMENTS_LEAF 64  // members of a leaf: part of what the result's bits mean

struct moments_node {
  uint64_t index;  // which of the nodes of its level: members index*64*2^level and on
  uint32_t level;
  uint64_t *count;                  /* [groups] */
  double *mean, *m2, *least, *most; /* [groups][cells]; m2: sum of squared deviations from the mean */
};

struct moments {
  size_t groups, cells;         // cells of one group
  struct moments_node **nodes;  // waiting for siblings, in no order
  size_t count, capacity;
  struct moments_node **spare;  // freed nodes, to be used again
  size_t spare_count, spare_capacity;
};

void moments_init(struct moments *m, size_t groups, size_t cells);
void moments_free(struct moments *m);
void moments_clear(struct moments *m);
// Bytes of one node.
size_t moments_node_bytes(size_t groups, size_t cells);

// A node to fill for leaf `leaf` (members 64*leaf ...): all counts zero. NULL when memory is out.
struct moments_node *moments_leaf(struct moments *m, uint64_t leaf);
// Sets cell `cell` of a group from up to 64 values; keep[i] is all ones for a member that counts, else 0 (its value may
// be NaN), and kept is the number of ones.
void moments_set(const struct moments *m, struct moments_node *leaf, size_t group, size_t cell, const double *values,
                 const uint64_t keep[MOMENTS_LEAF], uint32_t kept);
// Adds a node, joining it with waiting siblings. Takes the node. False when memory is out.
bool moments_add(struct moments *m, struct moments_node *node);
// Moves all nodes of `from` (of the same shape) into `m`.
bool moments_merge(struct moments *m, struct moments *from);

// The tree over all members that were added: missing halves are absent. The result is a node of m's, valid until m
// changes; NULL with *failed when memory is out, NULL alone when nothing was added. The forest is left as it is.
struct moments_node *moments_total(struct moments *m, bool *failed);
void moments_release(struct moments *m, struct moments_node *node);  // gives a node back

void moments_pack(const struct moments *m, struct text *out);
// Adds packed nodes; false when memory is out or the bytes make no sense (r->failed).
bool moments_unpack(struct moments *m, struct pack_reader *r);

// Sample variance of a cell (divisor n - 1); NAN below two members. Standard error of the mean: sqrt(variance / n).
double moments_variance(const struct moments *m, const struct moments_node *node, size_t group, size_t cell);
double moments_standard_error(const struct moments *m, const struct moments_node *node, size_t group, size_t cell);

#endif
