// SPDX-License-Identifier: GPL-3.0-or-later
// VECTOR LOOKUP(v[first], x, low, high, mode): a lookup whose y are the elements of v along its last subscript, spaced
// evenly from low to high, and may change as the model runs. So there is no table: the place p of x among the elements,
// from 0, is held, and each mode is a sum over the elements k, or over the segments from k to k + 1.
#include <math.h>

#include "vensim/mdl_call.h"

enum mode {
  LOOK,
  AREA,
  BACKWARD,
  EXTRAPOLATE,
  FORWARD,
  INVERT,
  SLOPE,
  AREA_EXTRAPOLATED,
  INVERT_EXTRAPOLATED,
  SLOPE_EXTRAPOLATED,
  MODES
};

struct look {
  struct mdl *m;
  struct mdl_context *c;
  const struct mdl_node *n;
  const struct mdl_variable *v;
  uint32_t range;         // of the last subscript
  const char *dimension;  // of the sum
  struct mdl_held x;      // of INVERT: the value that is looked for; else the place
};

static struct expr *number(struct look *k, double x) {
  return mdl_number(k->m, k->n->span, x);
}
static struct expr *join(struct look *k, enum expr_op op, struct expr *a, struct expr *b) {
  return mdl_binary(k->m, k->n->span, op, a, b);
}
static struct expr *apply(struct look *k, const char *function, struct expr *a, struct expr *b) {
  return mdl_apply(k->m, k->n->span, function, b ? 2 : 1, (struct expr *[]){a, b});
}
static struct expr *held(struct look *k) {
  return mdl_held(k->m, k->c, &k->x, k->n->span);
}
static double last(const struct look *k) {
  return k->m->ranges.items[k->range].count - 1;
}
static struct expr *between(struct look *k, double low, struct expr *x, double high) {
  return apply(k, "min", apply(k, "max", x, number(k, low)), number(k, high));
}
static struct expr *inside(struct look *k) {  // the place, where it lies outside: the end
  return between(k, 0, held(k), last(k));
}
static struct expr *beyond(struct look *k) {
  return join(k, OP_SUBTRACT, held(k), inside(k));
}

// ---- elements

// The last subscript as the sum runs, so many elements further on.
static struct subscript running(struct look *k, uint32_t further) {
  const struct mdl_range *r = &k->m->ranges.items[k->range];
  const struct mdl_family *f = mdl_range_family(k->m, r->elements[0]);
  uint32_t *table = arena_array(k->m->arena, uint32_t, f->count + 1);
  for (uint32_t i = 0; i < f->count; i++) table[i] = UINT32_MAX;
  for (uint32_t i = 0; i + further < r->count; i++)
    table[k->m->elements.items[r->elements[i]].number] = k->m->elements.items[r->elements[i + further]].number;
  struct subscript_map *map = arena_new(k->m->arena, struct subscript_map);
  *map = (struct subscript_map){.dimension = k->dimension, .elements = further ? table : NULL};
  return (struct subscript){.span = k->n->span, .name = k->dimension, .map = map};
}

static struct expr *element(struct look *k, struct subscript s) {
  const struct mdl_node *name = k->n->args[0];
  struct expr *e = mdl_name(k->m, name->span, k->m->model->variables.items[k->v->index].name);
  size_t count = e->subscript_count = name->sub_count;
  e->subscripts = arena_array(k->m->arena, struct subscript, count);
  const uint32_t *dims = k->m->model->variables.items[k->v->index].dims;
  for (size_t i = 0; i + 1 < count; i++)
    if (!mdl_subscript(k->m, k->c, &name->subs[i], &e->subscripts[i]) ||
        !mdl_exists(k->m, k->c, &name->subs[i], &e->subscripts[i], dims[i], name->name))
      return NULL;
  e->subscripts[count - 1] = s;
  return e;
}

static struct expr *element_of_place(struct look *k, uint32_t place) {
  uint32_t e = k->m->ranges.items[k->range].elements[place];
  return element(k, (struct subscript){.span = k->n->span, .name = k->m->elements.items[e].name});
}

static struct expr *place(struct look *k) {
  return mdl_place_of_range(k->m, k->n->span, k->range, running(k, 0));
}

static struct expr *sum(struct look *k, struct expr *x) {
  return mdl_reduce(k->m, k->n->span, "sum", 1, &k->dimension, x);
}

static void over_elements(struct look *k) {
  k->dimension = mdl_bang_dimension(k->m, k->range, "~");
}
static void over_segments(struct look *k) {
  const struct mdl_range *r = &k->m->ranges.items[k->range];
  k->dimension = mdl_bang_dimension(k->m, mdl_range_of(k->m, r->elements, r->count - 1, MDL_NONE), "~");
}

// ---- modes

static struct expr *distance(struct look *k) {
  return join(k, OP_SUBTRACT, inside(k), place(k));
}

// Each element has its weight: 1 at its place, 0 from the next one on.
static struct expr *look(struct look *k) {
  over_elements(k);
  struct expr *far = apply(k, "abs", distance(k), NULL);
  struct expr *weight = apply(k, "max", number(k, 0), join(k, OP_SUBTRACT, number(k, 1), far));
  return sum(k, join(k, OP_MULTIPLY, element(k, running(k, 0)), weight));
}

static struct expr *step(struct look *k, const char *rounding) {
  over_elements(k);
  struct expr *hit = join(k, OP_EQUAL, place(k), apply(k, rounding, inside(k), NULL));
  return sum(k, mdl_if(k->m, k->n->span, hit, element(k, running(k, 0)), number(k, 0)));
}

static struct expr *rise(struct look *k) {
  return join(k, OP_SUBTRACT, element(k, running(k, 1)), element(k, running(k, 0)));
}

// The rise over the segment that the place lies on, or is nearest to.
static struct expr *rise_here(struct look *k) {
  over_segments(k);
  struct expr *segment = between(k, 0, apply(k, "floor", held(k), NULL), last(k) - 1);
  struct expr *hit = join(k, OP_EQUAL, place(k), segment);
  return sum(k, mdl_if(k->m, k->n->span, hit, rise(k), number(k, 0)));
}

// The area below an element's weight, left of the place: 1/2 + t - t |t| / 2, t the distance, at most 1.
static struct expr *area_of_weight(struct look *k) {
  struct expr *t = between(k, -1, distance(k), 1);
  struct expr *bent = join(k, OP_MULTIPLY, between(k, -1, distance(k), 1), apply(k, "abs", t, NULL));
  bent = join(k, OP_MULTIPLY, number(k, 0.5), bent);
  struct expr *first =
      mdl_if(k->m, k->n->span, join(k, OP_EQUAL, place(k), number(k, 0)), number(k, 0), number(k, 0.5));
  return join(k, OP_ADD, first, join(k, OP_SUBTRACT, between(k, -1, distance(k), 1), bent));
}

static struct expr *area(struct look *k, bool extrapolated) {
  over_elements(k);
  struct expr *x = sum(k, join(k, OP_MULTIPLY, element(k, running(k, 0)), area_of_weight(k)));
  x = join(k, OP_ADD, x, join(k, OP_MULTIPLY, beyond(k), look(k)));
  if (!extrapolated) return x;
  struct expr *triangle = join(k, OP_MULTIPLY, join(k, OP_MULTIPLY, beyond(k), beyond(k)), number(k, 0.5));
  return join(k, OP_ADD, x, join(k, OP_MULTIPLY, triangle, rise_here(k)));
}

static struct expr *slope_inside(struct look *k) {
  struct expr *in =
      join(k, OP_AND, join(k, OP_GREATER_EQUAL, held(k), number(k, 0)), join(k, OP_LESS, held(k), number(k, last(k))));
  return mdl_if(k->m, k->n->span, in, rise_here(k), number(k, 0));
}

// How much of a segment lies before the value, from its lower end `from`; nothing of a flat one.
static struct expr *share(struct look *k, struct expr *from, struct expr *rise) {
  return apply(k, "safediv", join(k, OP_SUBTRACT, held(k), from), rise);
}

static struct expr *invert(struct look *k) {
  over_segments(k);
  return sum(k, between(k, 0, share(k, element(k, running(k, 0)), rise(k)), 1));
}

static struct expr *end_share(struct look *k, uint32_t at, uint32_t low) {
  struct expr *rise = join(k, OP_SUBTRACT, element_of_place(k, low + 1), element_of_place(k, low));
  return share(k, element_of_place(k, at), rise);
}

static struct expr *invert_extrapolated(struct look *k) {
  uint32_t end = k->m->ranges.items[k->range].count - 1;
  struct expr *before = apply(k, "min", number(k, 0), end_share(k, 0, 0));
  struct expr *behind = apply(k, "max", number(k, 0), end_share(k, end, end - 1));
  return join(k, OP_ADD, invert(k), join(k, OP_ADD, before, behind));
}

static struct expr *of_mode(struct look *k, enum mode mode) {
  switch (mode) {
    case LOOK:
      return look(k);
    case AREA:
    case AREA_EXTRAPOLATED:
      return area(k, mode == AREA_EXTRAPOLATED);
    case BACKWARD:
      return step(k, "floor");
    case FORWARD:
      return step(k, "ceil");
    case EXTRAPOLATE: {
      struct expr *further = join(k, OP_MULTIPLY, beyond(k), rise_here(k));
      return join(k, OP_ADD, look(k), further);
    }
    case INVERT:
      return invert(k);
    case INVERT_EXTRAPOLATED:
      return invert_extrapolated(k);
    case SLOPE:
      return slope_inside(k);
    default:
      return rise_here(k);
  }
}

// ---- the call

static struct expr *distance_of_elements(struct look *k) {
  struct expr *low = mdl_call_arg(k->m, k->c, k->n, 2), *high = mdl_call_arg(k->m, k->c, k->n, 3);
  return join(k, OP_DIVIDE, join(k, OP_SUBTRACT, high, low), number(k, last(k)));
}

// (x - low) / (high - low) * last, as a tree: it is held in a variable of its own.
static struct mdl_node *place_node(struct look *k) {
  struct mdl_node *from = mdl_node_join(k->m, OP_SUBTRACT, k->n->args[1], k->n->args[2]);
  struct mdl_node *span = mdl_node_join(k->m, OP_SUBTRACT, k->n->args[3], k->n->args[2]);
  struct mdl_node *end = mdl_node_number(k->m, k->n->span, last(k));
  return mdl_node_join(k->m, OP_DIVIDE, mdl_node_join(k->m, OP_MULTIPLY, from, end), span);
}

static bool begin(struct look *k, bool inverse) {
  const struct mdl_node *x = k->n->args[0];
  uint32_t variable = x->kind == MDL_NAME ? map_get(&k->m->variable_keys, x->key) : MAP_NONE;
  k->v = variable == MAP_NONE ? NULL : &k->m->variables.items[variable];
  if (k->v && k->v->index == MDL_NONE) return false;
  bool array = k->v && x->sub_count && k->v->dim_count == x->sub_count;
  k->range = array ? k->v->ranges[x->sub_count - 1] : MDL_NONE;
  const struct mdl_range *r = array ? &k->m->ranges.items[k->range] : NULL;
  if (!array || r->count < 2 || mdl_element_find(k->m, x->subs[x->sub_count - 1].key) != r->elements[0]) {
    diag_error(k->m->diag, x->span, mdl_vector_first, k->n->name);
    return false;
  }
  return mdl_hold(k->m, k->c, inverse ? k->n->args[1] : place_node(k), &k->x);
}

struct expr *mdl_vector_lookup(struct mdl *m, struct mdl_context *c, const struct mdl_node *n) {
  struct look k = {.m = m, .c = c, .n = n};
  double mode;
  if (!mdl_call_fits(m, n, 5, 5) || !mdl_value_known(m, n->args[4], &mode)) return NULL;
  if (!(mode >= 0 && mode < MODES && mode == floor(mode)))
    return mdl_refuse(m, c, n, "its mode must be a whole number from 0 to 9");
  bool inverse = mode == INVERT || mode == INVERT_EXTRAPOLATED;
  if (!begin(&k, inverse)) return NULL;
  struct expr *x = of_mode(&k, (enum mode)mode);
  if (mode == SLOPE || mode == SLOPE_EXTRAPOLATED) return join(&k, OP_DIVIDE, x, distance_of_elements(&k));
  if (mode == AREA || mode == AREA_EXTRAPOLATED) return join(&k, OP_MULTIPLY, x, distance_of_elements(&k));
  if (!inverse) return x;
  return join(&k, OP_ADD, mdl_call_arg(m, c, n, 2), join(&k, OP_MULTIPLY, x, distance_of_elements(&k)));
}
