// SPDX-License-Identifier: GPL-3.0-or-later
// Making values. The one hard thing here is the shape of an instruction: it runs two nested loops with an inner stride
// of 0 or 1, so the axes of the arguments are merged until two loops remain; an argument that does not fit is gathered.
#include "lower/dag.h"

#include <string.h>

#include "base/map.h"

void dag_init(struct dag *g, struct arena *a, bool no_cse) {
  *g = (struct dag){.arena = a, .origin = UINT32_MAX, .no_cse = no_cse};
}

// ---- interning

static uint64_t mix(uint64_t h, uint64_t x) {
  return (h ^ x) * 0x9e3779b97f4a7c15u ^ (h >> 29);
}

static uint64_t hash_arg(uint64_t h, const struct dag_arg *a) {
  h = mix(h, (uint64_t)a->value << 32 | a->offset);
  return mix(h, (uint64_t)a->outer << 8 | a->inner);
}

static uint64_t hash_value(const struct dag_value *v) {
  uint64_t h = mix(v->op, (uint64_t)v->count << 32 | v->outer_count);
  h = mix(h, (uint64_t)v->aux << 32 | v->aux2);
  h = mix(h, v->binding);
  for (size_t i = 0; i < v->arg_count; i++) h = hash_arg(h, &v->args[i]);
  for (size_t i = 0; i < v->part_count; i++) h = mix(hash_arg(h, &v->parts[i].from), v->parts[i].at);
  if (v->op == DAG_LITERAL) h = mix(h, map_hash64((const char *)v->literal, v->count * sizeof(double)));
  return h ^ h >> 32;
}

static bool same_arg(const struct dag_arg *a, const struct dag_arg *b) {
  return a->value == b->value && a->offset == b->offset && a->outer == b->outer && a->inner == b->inner;
}

static bool same_value(const struct dag_value *a, const struct dag_value *b) {
  bool same = a->op == b->op && a->arg_count == b->arg_count && a->binding == b->binding && a->count == b->count &&
              a->outer_count == b->outer_count && a->inner_count == b->inner_count && a->aux == b->aux &&
              a->aux2 == b->aux2 && a->part_count == b->part_count;
  for (size_t i = 0; same && i < a->arg_count; i++) same = same_arg(&a->args[i], &b->args[i]);
  for (size_t i = 0; same && i < a->part_count; i++)
    same = same_arg(&a->parts[i].from, &b->parts[i].from) && a->parts[i].at == b->parts[i].at &&
           a->parts[i].count == b->parts[i].count;
  if (same && a->op == DAG_LITERAL) same = memcmp(a->literal, b->literal, a->count * sizeof(double)) == 0;
  return same;
}

static void rehash(struct dag *g) {
  g->bucket_count = g->bucket_count ? g->bucket_count * 2 : 256;
  g->buckets = arena_array(g->arena, uint32_t, g->bucket_count);
  for (uint32_t i = 0; i < g->values.count; i++) {
    size_t b = hash_value(&g->values.items[i]) & (g->bucket_count - 1);
    while (g->buckets[b]) b = (b + 1) & (g->bucket_count - 1);
    g->buckets[b] = i + 1;
  }
}

static uint32_t intern(struct dag *g, const struct dag_value *v) {
  if (2 * (g->values.count + 1) > g->bucket_count) rehash(g);
  size_t b = hash_value(v) & (g->bucket_count - 1);
  // Leaves must be one each whatever the options say: a state is a place, not a computation.
  bool share = !g->no_cse || v->op >= DAG_LITERAL;
  for (; g->buckets[b]; b = (b + 1) & (g->bucket_count - 1))
    if (share && same_value(&g->values.items[g->buckets[b] - 1], v)) return g->buckets[b] - 1;
  g->buckets[b] = (uint32_t)g->values.count + 1;
  list_push(g->arena, &g->values) = *v;
  return (uint32_t)g->values.count - 1;
}

static bool known(const struct dag *g, const struct dag_value *v) {
  if (v->op == DAG_LITERAL || (v->op >= DAG_PARAMETER && v->op <= DAG_HELD) || v->op == IR_UNIFORM) return false;
  for (size_t i = 0; i < v->arg_count; i++)
    if (g->values.items[v->args[i].value].op != DAG_LITERAL) return false;
  for (size_t i = 0; i < v->part_count; i++)
    if (g->values.items[v->parts[i].from.value].op != DAG_LITERAL) return false;
  return true;
}

uint32_t dag_add(struct dag *g, struct dag_value v) {
  for (size_t i = 0; i < v.arg_count; i++) v.binding |= g->values.items[v.args[i].value].binding;
  for (size_t i = 0; i < v.part_count; i++) v.binding |= g->values.items[v.parts[i].from.value].binding;
  v.origin = g->origin;
  if (known(g, &v)) {
    const double *numbers = fold_value(g, &v);
    v = (struct dag_value){.op = DAG_LITERAL, .count = v.count, .literal = numbers, .origin = v.origin};
  }
  return intern(g, &v);
}

// ---- leaves

struct view dag_literals(struct dag *g, const double *x, uint32_t count) {
  return (struct view){.value = dag_add(g, (struct dag_value){.op = DAG_LITERAL, .count = count, .literal = x})};
}

struct view dag_number(struct dag *g, double x) {
  double *copy = arena_new(g->arena, double);
  *copy = x;
  return dag_literals(g, copy, 1);
}

struct view dag_leaf(struct dag *g, uint16_t kind, uint32_t number, uint32_t count, uint8_t binding) {
  return (struct view){
      .value = dag_add(g, (struct dag_value){.op = kind, .aux = number, .count = count, .binding = binding})};
}

struct view dag_along(struct view v, uint8_t axis, uint32_t size, uint32_t stride) {
  if (size == 1 || stride == 0) return v;
  uint32_t k = v.axis_count++;
  for (; k > 0 && v.axis[k - 1] > axis; k--)
    v.axis[k] = v.axis[k - 1], v.size[k] = v.size[k - 1], v.stride[k] = v.stride[k - 1];
  v.axis[k] = axis, v.size[k] = size, v.stride[k] = stride;
  return v;
}

bool dag_is_number(const struct dag *g, struct view v, double *x) {
  const struct dag_value *value = &g->values.items[v.value];
  if (value->op != DAG_LITERAL || v.axis_count) return false;
  *x = value->literal[v.offset];
  return true;
}

uint32_t view_count(struct view v) {
  uint32_t count = 1;
  for (uint32_t k = 0; k < v.axis_count; k++) count *= v.size[k];
  return count;
}

bool view_is_dense(struct view v) {
  uint32_t stride = 1;
  for (uint32_t k = v.axis_count; k-- > 0; stride *= v.size[k])
    if (v.stride[k] != stride) return false;
  return true;
}

// ---- shapes

struct loops {  // the axes of an operation, outermost first, and each argument's stride along them
  uint32_t count;
  uint8_t axis[2 * VIEW_AXES];
  uint32_t size[2 * VIEW_AXES];
  uint32_t stride[3][2 * VIEW_AXES];
};

static uint32_t stride_along(const struct view *v, uint8_t axis) {
  for (uint32_t k = 0; k < v->axis_count; k++)
    if (v->axis[k] == axis) return v->stride[k];
  return 0;
}

static struct loops union_of(size_t count, const struct view *args) {
  struct loops l = {0};
  uint64_t axes = 0;
  for (size_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < args[i].axis_count; k++) axes |= 1ull << args[i].axis[k];
  for (; axes; axes &= axes - 1) {
    unsigned axis = (unsigned)__builtin_ctzll(axes);
    uint32_t size = 0;
    for (size_t i = 0; i < count; i++)
      for (uint32_t k = 0; k < args[i].axis_count; k++)
        if (args[i].axis[k] == axis) size = args[i].size[k];
    l.axis[l.count] = (uint8_t)axis, l.size[l.count] = size;
    for (size_t i = 0; i < count; i++) l.stride[i][l.count] = stride_along(&args[i], (uint8_t)axis);
    l.count++;
  }
  return l;
}

static struct view dense_result(const struct loops *l, uint32_t value) {
  struct view v = {.value = value, .axis_count = l->count};
  uint32_t stride = 1;
  for (uint32_t k = l->count; k-- > 0; stride *= l->size[k])
    v.axis[k] = l->axis[k], v.size[k] = l->size[k], v.stride[k] = stride;
  return v;
}

// Joins neighbouring loops that every argument runs through as one.
static void merge_loops(struct loops *l, size_t args) {
  uint32_t out = 0;
  for (uint32_t k = 1; k < l->count; k++) {
    bool joins = true;
    for (size_t i = 0; i < args; i++) joins = joins && l->stride[i][out] == l->stride[i][k] * l->size[k];
    if (joins)
      l->size[out] *= l->size[k];
    else
      l->size[++out] = l->size[k];
    for (size_t i = 0; i < args; i++) l->stride[i][out] = l->stride[i][k];
  }
  if (l->count) l->count = out + 1;
}

static struct view gathered(struct dag *g, struct view v) {
  uint32_t count = view_count(v);
  uint32_t *at = arena_array(g->arena, uint32_t, count);
  for (uint32_t n = 0; n < count; n++) {
    uint32_t rest = n;
    at[n] = v.offset;
    for (uint32_t k = v.axis_count; k-- > 0; rest /= v.size[k]) at[n] += rest % v.size[k] * v.stride[k];
  }
  struct view out = v;
  out.value = dag_gather(g, v.value, at, count);
  out.offset = 0;
  uint32_t stride = 1;
  for (uint32_t k = v.axis_count; k-- > 0; stride *= v.size[k]) out.stride[k] = stride;
  return out;
}

uint32_t dag_gather(struct dag *g, uint32_t value, const uint32_t *at, uint32_t count) {
  size_t first = g->indices.count;
  for (size_t start = 0; !g->no_cse && start + count <= first && start < 4096; start++)  // reuse an equal run
    if (memcmp(&g->indices.items[start], at, count * sizeof *at) == 0) {
      first = start;
      break;
    }
  if (first == g->indices.count)
    for (uint32_t i = 0; i < count; i++) list_push(g->arena, &g->indices) = at[i];
  struct dag_value v = {.op = IR_GATHER, .arg_count = 1, .count = count, .outer_count = 1, .inner_count = count};
  v.args[0] = (struct dag_arg){value, 0, 0, 1};
  v.aux = (uint32_t)first;
  return dag_add(g, v);
}

// Makes every argument fit two loops with an inner stride of 0 or 1.
static struct loops fit(struct dag *g, size_t count, struct view *args) {
  for (int tries = 0;; tries++) {
    struct loops l = union_of(count, args);
    merge_loops(&l, count);
    bool fits = l.count <= 2;
    for (size_t i = 0; i < count; i++) {
      bool narrow = !l.count || l.stride[i][l.count - 1] <= 1;
      if (!narrow || (l.count > 2 && tries && args[i].axis_count)) args[i] = gathered(g, args[i]);
      fits = fits && narrow;
    }
    if (fits) return l;
    if (tries < 2) continue;
    // Three loops with broadcasts in between: spread every argument over the whole.
    struct loops whole = union_of(count, args);
    for (size_t i = 0; i < count; i++) {
      if (!args[i].axis_count) continue;
      struct view spread = dense_result(&whole, args[i].value);
      spread.offset = args[i].offset;
      for (uint32_t k = 0; k < whole.count; k++) spread.stride[k] = stride_along(&args[i], whole.axis[k]);
      args[i] = gathered(g, spread);
    }
  }
}

static struct dag_arg argument(const struct view *v, const struct loops *l, size_t i) {
  struct dag_arg a = {v->value, v->offset, 0, 0};
  if (l->count) a.inner = (uint8_t)l->stride[i][l->count - 1];
  if (l->count == 2) a.outer = l->stride[i][0];
  return a;
}

struct view dag_apply(struct dag *g, enum op op, uint32_t aux, uint32_t aux2, size_t count, const struct view *given) {
  struct view args[3];
  memcpy(args, given, count * sizeof *args);
  struct loops result = union_of(count, args);
  struct loops l = fit(g, count, args);
  struct dag_value v = {.op = (uint16_t)op, .arg_count = (uint8_t)count, .aux = aux, .aux2 = aux2, .count = 1};
  for (uint32_t k = 0; k < result.count; k++) v.count *= result.size[k];
  v.outer_count = l.count == 2 ? l.size[0] : 1;
  v.inner_count = v.count / v.outer_count;
  for (size_t i = 0; i < count; i++) v.args[i] = argument(&args[i], &l, i);
  return dense_result(&result, dag_add(g, v));
}

struct view dag_lookups(struct dag *g, uint32_t first, struct view x) {
  if (!view_is_dense(x)) x = gathered(g, x);
  struct dag_value v = {.op = IR_LOOKUP, .arg_count = 1, .aux = first, .aux2 = view_count(x) > 1};
  v.count = v.inner_count = view_count(x), v.outer_count = 1;
  v.args[0] = (struct dag_arg){x.value, x.offset, 0, v.count > 1};
  struct view out = x;
  out.value = dag_add(g, v), out.offset = 0;
  return out;
}

struct view dag_1(struct dag *g, enum op op, struct view a) {
  return dag_apply(g, op, 0, 0, 1, &a);
}

static bool is_one(const struct dag *g, struct view v) {
  double x;
  return dag_is_number(g, v, &x) && x == 1;
}

struct view dag_2(struct dag *g, enum op op, struct view a, struct view b) {
  if ((op == IR_MUL || op == IR_DIV) && is_one(g, b)) return a;  // exact
  if (op == IR_MUL && is_one(g, a)) return b;
  return dag_apply(g, op, 0, 0, 2, (struct view[]){a, b});
}

struct view dag_3(struct dag *g, enum op op, struct view a, struct view b, struct view c) {
  return dag_apply(g, op, 0, 0, 3, (struct view[]){a, b, c});
}

struct view dag_reduce(struct dag *g, enum op op, struct view x, size_t count, const uint8_t *axes,
                       const uint32_t *sizes) {
  struct view kept = {.value = x.value}, order = {.value = x.value, .offset = x.offset};
  uint64_t over = 0;
  for (size_t i = 0; i < count; i++) over |= 1ull << axes[i];
  for (uint32_t k = 0; k < x.axis_count; k++) {
    if (over >> x.axis[k] & 1) continue;
    kept = dag_along(kept, x.axis[k], x.size[k], 1);
    uint32_t at = order.axis_count++;
    order.size[at] = x.size[k], order.stride[at] = x.stride[k];
  }
  uint32_t inner = 1;
  for (size_t i = 0; i < count; i++) {
    if (sizes[i] == 1) continue;
    uint32_t at = order.axis_count++;
    order.size[at] = sizes[i], order.stride[at] = stride_along(&x, axes[i]);
    inner *= sizes[i];
  }
  if (!view_is_dense(order)) order = gathered(g, order);
  struct dag_value v = {.op = (uint16_t)op, .arg_count = 1, .inner_count = inner};
  v.count = v.outer_count = view_count(order) / inner;
  v.args[0] = (struct dag_arg){order.value, order.offset, inner, 1};
  kept.value = dag_add(g, v);
  uint32_t stride = 1;
  for (uint32_t k = kept.axis_count; k-- > 0; stride *= kept.size[k]) kept.stride[k] = stride;
  return kept;
}

uint32_t dag_pack(struct dag *g, const struct dag_part *parts, uint32_t part_count, uint32_t count) {
  struct dag_part *merged = arena_array(g->arena, struct dag_part, part_count);
  uint32_t n = 0;
  for (uint32_t i = 0; i < part_count; i++) {
    const struct dag_part *p = &parts[i];
    struct dag_part *last = n ? &merged[n - 1] : NULL;
    bool follows = last && last->from.value == p->from.value && last->at + last->count == p->at && p->count == 1;
    if (follows && last->from.offset + last->count == p->from.offset && (last->count == 1 || last->from.inner))
      last->count++, last->from.inner = 1;
    else if (follows && last->from.offset == p->from.offset && !last->from.inner)
      last->count++;
    else
      merged[n++] = *p;
  }
  struct dag_value v = {.op = DAG_PACK, .count = count, .parts = merged, .part_count = n};
  bool whole = n == 1 && !merged[0].from.offset && g->values.items[merged[0].from.value].count == count &&
               (count == 1 || merged[0].from.inner);
  return whole ? merged[0].from.value : dag_add(g, v);
}
