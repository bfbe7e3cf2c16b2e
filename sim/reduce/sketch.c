// SPDX-License-Identifier: GPL-3.0-or-later
// See sketch.h. The bin of x at level L is bits(|x|) >> (52 - SKETCH_BITS + L), its complement for x < 0: integers in
// the order of the numbers, so that one arithmetic shift merges pairs and finds pages, on both sides of zero.
#include "reduce/sketch.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define PAGE_SHIFT 5
#define KEY_SHIFT (52 - SKETCH_BITS)
_Static_assert(SKETCH_PAGE_BINS == 1 << PAGE_SHIFT, "pages are addressed by shifts");
#define DEEPEST 19  // at this level every number of one sign is in one bin
#define LEAF 64     // numbers added at a time
#define LONGEST_QUEUE (32 * LEAF)
#define NEAR 64  // pages of a cell that are found without a search

uint32_t sketch_page_cap(size_t cells, uint64_t budget) {
  uint64_t page = SKETCH_PAGE_BINS * sizeof(uint32_t) + sizeof(int32_t) + sizeof(uint32_t);
  uint64_t cap = budget / page / (cells ? cells : 1);
  return cap > SKETCH_MAX_PAGES ? SKETCH_MAX_PAGES : cap < SKETCH_MIN_PAGES ? SKETCH_MIN_PAGES : (uint32_t)cap;
}

bool sketch_init(struct sketch *s, size_t cells, uint32_t page_cap) {
  *s = (struct sketch){.cells = cells, .page_cap = page_cap};
  s->info = mem_alloc(cells * sizeof *s->info);
  s->keys = mem_alloc(cells * page_cap * sizeof *s->keys);
  s->where = mem_alloc(cells * page_cap * sizeof *s->where);
  if (s->info && s->keys && s->where) return true;
  sketch_free(s);
  return false;
}

bool sketch_queue(struct sketch *s, uint64_t bytes) {
  uint64_t length = bytes / sizeof *s->queue / (s->cells ? s->cells : 1) / LEAF * LEAF;
  if (length < 2 * LEAF) return true;
  s->queue_length = length < LONGEST_QUEUE ? (uint32_t)length : LONGEST_QUEUE;
  s->queue = mem_alloc(s->cells * s->queue_length * sizeof *s->queue);
  return s->queue;
}

void sketch_free(struct sketch *s) {
  mem_free(s->queue);
  mem_free(s->info);
  mem_free(s->keys);
  mem_free(s->where);
  mem_free(s->pool);
  mem_free(s->spare);
  *s = (struct sketch){0};
}

void sketch_clear(struct sketch *s) {
  memset(s->info, 0, s->cells * sizeof *s->info);
  s->pool_used = s->spare_count = 0;
}

void sketch_empty(struct sketch *s) {
  if (s->pool_used) memset(s->pool, 0, s->pool_used * sizeof *s->pool);
  for (size_t cell = 0; cell < s->cells; cell++) {
    struct sketch_cell *info = &s->info[cell];
    info->zeros = info->counted = info->waiting = 0;
  }
}

size_t sketch_bytes(const struct sketch *s) {
  return s->cells * s->queue_length * sizeof *s->queue +
         s->cells * (sizeof *s->info + s->page_cap * (sizeof *s->keys + sizeof *s->where)) +
         s->pool_capacity * sizeof *s->pool + s->spare_capacity * sizeof *s->spare;
}

// The pool and its list of free places grow together, so that giving a page back can never fail.
static bool new_page(struct sketch *s, uint32_t *place) {
  if (s->spare_count) {
    *place = s->spare[--s->spare_count];
  } else {
    if (s->pool_used == s->pool_capacity) {
      uint32_t capacity = s->pool_capacity ? s->pool_capacity + s->pool_capacity / 2 : 64;
      void *pool = mem_resize(s->pool, capacity * sizeof *s->pool);
      if (!pool) return false;
      s->pool = pool;
      uint32_t *spare = mem_resize(s->spare, capacity * sizeof *spare);
      if (!spare) return false;
      s->spare = spare;
      s->pool_capacity = s->spare_capacity = capacity;
    }
    *place = s->pool_used++;
  }
  memset(s->pool[*place], 0, sizeof *s->pool);
  return true;
}

// The index of a page among the cell's, or of the first page above it.
static uint32_t page_index(const struct sketch *s, size_t cell, int32_t page) {
  const int32_t *keys = s->keys + cell * s->page_cap;
  uint32_t low = 0, high = s->info[cell].pages;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (keys[middle] < page)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

// Halves the resolution of a cell: bins 2i and 2i+1 become bin i, in place, from the lowest page up.
static void merge_pairs(struct sketch *s, size_t cell) {
  struct sketch_cell *info = &s->info[cell];
  int32_t *keys = s->keys + cell * s->page_cap;
  uint32_t *where = s->where + cell * s->page_cap, kept = 0;
  for (uint32_t i = 0; i < info->pages; i++) {
    uint32_t merged[SKETCH_PAGE_BINS] = {0}, *from = s->pool[where[i]];
    uint32_t offset = keys[i] & 1 ? SKETCH_PAGE_BINS / 2 : 0;
    for (uint32_t b = 0; b < SKETCH_PAGE_BINS; b++) merged[offset + b / 2] += from[b];
    int32_t page = keys[i] >> 1;
    if (kept > 0 && keys[kept - 1] == page) {
      uint32_t *to = s->pool[where[kept - 1]];
      for (uint32_t b = 0; b < SKETCH_PAGE_BINS; b++) to[b] += merged[b];
      s->spare[s->spare_count++] = where[i];
    } else {
      memcpy(from, merged, sizeof merged);
      keys[kept] = page;
      where[kept++] = where[i];
    }
  }
  info->pages = kept;
  info->level++;
}

// The page that holds bin `key` of the cell's level, made when it is missing; `key` is given at the cell's level on
// entry and at its level on return, which is higher when pairs had to merge. NULL: no memory.
static uint32_t *find_page(struct sketch *s, size_t cell, int32_t *key) {
  struct sketch_cell *info = &s->info[cell];
  int32_t *keys = s->keys + cell * s->page_cap;
  uint32_t *where = s->where + cell * s->page_cap;
  for (;;) {
    int32_t page = *key >> PAGE_SHIFT;
    uint32_t i = page_index(s, cell, page);
    if (i < info->pages && keys[i] == page) return s->pool[where[i]];
    if (info->pages < s->page_cap) {
      uint32_t place;
      if (!new_page(s, &place)) return NULL;
      memmove(keys + i + 1, keys + i, (info->pages - i) * sizeof *keys);
      memmove(where + i + 1, where + i, (info->pages - i) * sizeof *where);
      keys[i] = page;
      where[i] = place;
      info->pages++;
      return s->pool[place];
    }
    merge_pairs(s, cell);
    *key >>= 1;
  }
}

static bool add_to_bin(struct sketch *s, size_t cell, int32_t key, uint32_t level, uint32_t count) {
  key >>= s->info[cell].level - level;
  uint32_t *page = find_page(s, cell, &key);
  if (!page) return false;
  page[key & (SKETCH_PAGE_BINS - 1)] += count;
  return true;
}

// ---- adding

static inline int32_t bin_key(double x) {
  int64_t bits;
  memcpy(&bits, &x, sizeof bits);
  int32_t magnitude = (int32_t)((bits & INT64_MAX) >> KEY_SHIFT);
  return magnitude ^ (int32_t)(bits >> 63);
}

typedef int32_t four __attribute__((vector_size(16), aligned(4), may_alias));
_Static_assert(KEY_SHIFT >= 32, "the bits of a bin lie in a number's upper half");

static bool is_any(four x) {
  return (x[0] | x[1] | x[2] | x[3]) != 0;
}

// The bins of 64 numbers, four at a time from their upper halves: are all the same, is any of the numbers 0?
static void leaf_keys(const double *values, int32_t *keys, bool *same, bool *zeros) {
  const four *x = (const four *)values;
  four differ = {0}, zero = {0}, first = {0};
  for (int i = 0; i < LEAF / 4; i++) {
    four high = __builtin_shufflevector(x[2 * i], x[2 * i + 1], 1, 3, 5, 7);
    four low = __builtin_shufflevector(x[2 * i], x[2 * i + 1], 0, 2, 4, 6);
    four magnitude = high & INT32_MAX, key = (magnitude >> (KEY_SHIFT - 32)) ^ (high >> 31);
    if (i == 0) first = (four){key[0], key[0], key[0], key[0]};
    zero |= (magnitude | low) == 0;
    differ |= key ^ first;
    memcpy(keys + 4 * i, &key, sizeof key);
  }
  *same = !is_any(differ);
  *zeros = is_any(zero);
}

// Where the pages of a cell lie, by the low bits of their numbers: neighbours never meet, and where others do, the last
// one used is found at once.
struct near {
  int32_t page;
  uint32_t place;
};

static void note_pages(const struct sketch *s, size_t cell, struct near near[NEAR]) {
  const int32_t *pages = s->keys + cell * s->page_cap;
  const uint32_t *where = s->where + cell * s->page_cap;
  for (uint32_t i = 0; i < NEAR; i++) near[i].page = INT32_MIN;
  for (uint32_t i = 0; i < s->info[cell].pages; i++) near[pages[i] & (NEAR - 1)] = (struct near){pages[i], where[i]};
}

static bool add_keys(struct sketch *s, size_t cell, const int32_t *keys, uint32_t count) {
  struct near near[NEAR];
  note_pages(s, cell, near);
  uint32_t(*pool)[SKETCH_PAGE_BINS] = s->pool, level = s->info[cell].level;
  for (uint32_t i = 0; i < count; i++) {
    int32_t key = keys[i] >> level, page = key >> PAGE_SHIFT;
    struct near *n = &near[page & (NEAR - 1)];
    if (n->page == page) {
      pool[n->place][key & (SKETCH_PAGE_BINS - 1)]++;
      continue;
    }
    uint32_t *bins = find_page(s, cell, &key);
    if (!bins) return false;
    bins[key & (SKETCH_PAGE_BINS - 1)]++;
    pool = s->pool;
    if (s->info[cell].level == level)
      *n = (struct near){page, (uint32_t)((uint32_t(*)[SKETCH_PAGE_BINS])bins - pool)};
    else
      note_pages(s, cell, near), level = s->info[cell].level;
  }
  return true;
}

static bool settle_cell(struct sketch *s, size_t cell) {
  uint32_t waiting = s->info[cell].waiting;
  s->info[cell].waiting = 0;
  return waiting == 0 || add_keys(s, cell, s->queue + cell * s->queue_length, waiting);
}

bool sketch_settle(struct sketch *s) {
  for (size_t cell = 0; cell < s->cells; cell++)
    if (!settle_cell(s, cell)) return false;
  return true;
}

static bool enqueue(struct sketch *s, size_t cell, const int32_t *keys, uint32_t count) {
  struct sketch_cell *info = &s->info[cell];
  if (!s->queue) return add_keys(s, cell, keys, count);
  memcpy(s->queue + cell * s->queue_length + info->waiting, keys, count * sizeof *keys);
  info->waiting += count;
  return info->waiting <= s->queue_length - LEAF || settle_cell(s, cell);
}

bool sketch_add(struct sketch *s, size_t cell, const double *values, uint32_t count) {
  int32_t keys[LEAF];
  bool same = false, zeros = true;
  s->info[cell].counted += count;
  if (count == LEAF) leaf_keys(values, keys, &same, &zeros);
  if (!zeros) return same ? add_to_bin(s, cell, keys[0], 0, LEAF) : enqueue(s, cell, keys, LEAF);
  uint32_t used = 0;
  for (uint32_t i = 0; i < count; i++)
    if (values[i] != 0) keys[used++] = bin_key(values[i]);
  s->info[cell].zeros += count - used;
  return used == 0 || enqueue(s, cell, keys, used);
}

static void raise_level(struct sketch *s, size_t cell, uint32_t level) {
  while (s->info[cell].level < level) merge_pairs(s, cell);
}

static bool is_empty(const uint32_t *page) {
  uint32_t any = 0;
  for (uint32_t b = 0; b < SKETCH_PAGE_BINS; b++) any |= page[b];
  return !any;
}

// Adds a page of counts whose first bin is `first` at `level`, at most the cell's own level: whole when levels agree.
static bool add_page(struct sketch *s, size_t cell, int32_t first, uint32_t level, const uint32_t *counts) {
  if (s->info[cell].level == level) {
    int32_t key = first;
    uint32_t *to = find_page(s, cell, &key);
    if (!to) return false;
    if (s->info[cell].level == level) {
      for (uint32_t b = 0; b < SKETCH_PAGE_BINS; b++) to[b] += counts[b];
      return true;
    }
  }
  for (int32_t b = 0; b < SKETCH_PAGE_BINS; b++)
    if (counts[b] && !add_to_bin(s, cell, first + b, level, counts[b])) return false;
  return true;
}

static bool merge_cell(struct sketch *s, const struct sketch *from, size_t cell) {
  const struct sketch_cell *other = &from->info[cell];
  raise_level(s, cell, other->level);
  for (uint32_t i = 0; i < other->pages; i++) {
    size_t at = cell * from->page_cap + i;
    const uint32_t *page = from->pool[from->where[at]];
    if (!is_empty(page) && !add_page(s, cell, from->keys[at] * SKETCH_PAGE_BINS, other->level, page)) return false;
  }
  s->info[cell].zeros += other->zeros;
  s->info[cell].counted += other->counted;
  return true;
}

bool sketch_merge(struct sketch *s, const struct sketch *from) {
  for (size_t cell = 0; cell < s->cells; cell++)
    if (!merge_cell(s, from, cell)) return false;
  return true;
}

void sketch_pack(const struct sketch *s, struct text *out) {
  for (size_t cell = 0; cell < s->cells; cell++) {
    const struct sketch_cell *info = &s->info[cell];
    pack_count(out, info->level);
    pack_count(out, info->zeros);
    pack_count(out, info->counted);
    const uint32_t *where = s->where + cell * s->page_cap;
    uint32_t filled = 0;
    for (uint32_t i = 0; i < info->pages; i++) filled += !is_empty(s->pool[where[i]]);
    pack_count(out, filled);
    for (uint32_t i = 0; i < info->pages; i++) {
      if (is_empty(s->pool[where[i]])) continue;
      pack_signed(out, s->keys[cell * s->page_cap + i]);
      pack_counts(out, s->pool[where[i]], SKETCH_PAGE_BINS);
    }
  }
}

static bool unpack_cell(struct sketch *s, size_t cell, struct pack_reader *r) {
  uint32_t level = (uint32_t)pack_read_bounded(r, DEEPEST);
  uint32_t zeros = (uint32_t)pack_read_bounded(r, UINT32_MAX), counted = (uint32_t)pack_read_bounded(r, UINT32_MAX);
  uint64_t pages = pack_read_bounded(r, s->page_cap), sum = zeros;
  raise_level(s, cell, level);
  for (uint64_t i = 0; i < pages && !r->failed; i++) {
    int64_t page = pack_read_signed(r), limit = (1 << (11 + SKETCH_BITS - PAGE_SHIFT)) >> level;
    if (page < -limit - 1 || page > limit) r->failed = true;
    uint32_t counts[SKETCH_PAGE_BINS];
    pack_read_counts(r, counts, SKETCH_PAGE_BINS);
    for (uint32_t b = 0; b < SKETCH_PAGE_BINS; b++) sum += counts[b];
    if (!r->failed && !is_empty(counts) && !add_page(s, cell, (int32_t)page * SKETCH_PAGE_BINS, level, counts))
      return false;
  }
  if (sum != counted || (uint64_t)s->info[cell].counted + counted > UINT32_MAX) r->failed = true;
  s->info[cell].zeros += zeros;
  s->info[cell].counted += counted;
  return true;
}

bool sketch_unpack(struct sketch *s, struct pack_reader *r) {
  for (size_t cell = 0; cell < s->cells && !r->failed; cell++)
    if (!unpack_cell(s, cell, r)) return false;
  return !r->failed;
}

// The lower edge in magnitude of a non-negative bin; past the largest number it is that number.
static double edge(int64_t key, uint32_t level) {
  uint64_t bits = (uint64_t)key << KEY_SHIFT << level;
  if (bits >= 0x7FF0000000000000u) bits = 0x7FEFFFFFFFFFFFFFu;
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static struct sketch_bin bin_of(int64_t key, uint32_t level, uint32_t count) {
  if (key >= 0) return (struct sketch_bin){edge(key, level), edge(key + 1, level), count};
  return (struct sketch_bin){-edge(~key + 1, level), -edge(~key, level), count};
}

void sketch_each(const struct sketch *s, size_t cell, sketch_visit *visit, void *context) {
  const struct sketch_cell *info = &s->info[cell];
  const int32_t *keys = s->keys + cell * s->page_cap;
  struct sketch_bin zero = {0, 0, info->zeros};
  for (uint32_t i = 0; i < info->pages; i++)
    for (int64_t b = 0; b < SKETCH_PAGE_BINS; b++) {
      int64_t key = (int64_t)keys[i] * SKETCH_PAGE_BINS + b;
      uint32_t count = s->pool[s->where[cell * s->page_cap + i]][b];
      if (!count) continue;
      if (key >= 0 && zero.count) visit(context, &zero), zero.count = 0;
      struct sketch_bin bin = bin_of(key, info->level, count);
      visit(context, &bin);
    }
  if (zero.count) visit(context, &zero);
}

struct rank_walk {
  const uint64_t *ranks;
  double *values;
  size_t count, next;
  uint64_t below;
};

static void take_ranks(void *context, const struct sketch_bin *bin) {
  struct rank_walk *w = context;
  for (; w->next < w->count && w->ranks[w->next] < w->below + bin->count; w->next++) {
    double place = ((double)(w->ranks[w->next] - w->below) + 0.5) / bin->count;
    w->values[w->next] = bin->low + place * (bin->high - bin->low);
  }
  w->below += bin->count;
}

void sketch_ranks(const struct sketch *s, size_t cell, const uint64_t *ranks, double *values, size_t count) {
  struct rank_walk walk = {.ranks = ranks, .values = values, .count = count};
  sketch_each(s, cell, take_ranks, &walk);
}

double sketch_bound(const struct sketch *s, size_t cell) {
  // A bin's widest relative span is at a power of two; past SKETCH_BITS merges a bin spans whole octaves.
  int bits = SKETCH_BITS - (int)s->info[cell].level;
  if (bits >= 0) return ldexp(1, -bits);
  int octaves = 1 << -bits;
  return octaves < 1024 ? ldexp(1, octaves) - 1 : INFINITY;
}
