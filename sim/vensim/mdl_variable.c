// SPDX-License-Identifier: GPL-3.0-or-later
// Variables. Equations of one name are put together, the kind of each variable is seen from what defines it (INTEG: a
// stock with one hidden net flow; numbers only: a parameter; lookups: a table; everything else an auxiliary), then the
// equations are translated, box by box. Elements that no equation gives hold :NA: and are not shown.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "lang/fn.h"
#include "vensim/mdl_data.h"
#include "vensim/mdl_parts.h"

// ---- variables of the model

uint32_t mdl_variable_new(struct mdl *m, enum variable_kind kind, const char *name, struct span span) {
  struct model *model = m->model;
  uint32_t index = (uint32_t)model->variables.count;
  if (kind == VARIABLE_TABLE && fn_by_name(name) != FN_COUNT) name = arena_format(m->arena, "%s'", name);
  while (strcmp(name, "time") == 0 || strcmp(name, "time_step") == 0 || map_add(&model->names, name, index) != index)
    name = arena_format(m->arena, "%s'", name);
  struct variable *v = &list_push(m->arena, &model->variables);
  *v = (struct variable){.kind = kind,
                         .name = name,
                         .span = span,
                         .label = {name, NULL},
                         .element_count = 1,
                         .unit = unit_none(),
                         .unit_span = span,
                         .low = -INFINITY,
                         .high = INFINITY};
  if (kind == VARIABLE_TABLE) v->x_unit = unit_none();
  return index;
}

static struct variable *at(struct mdl *m, uint32_t index) {
  return &m->model->variables.items[index];
}

static void set_dims(struct mdl *m, uint32_t index, const uint32_t *ranges, size_t count) {
  uint32_t *dims = arena_array(m->arena, uint32_t, count + 1);
  size_t elements = 1;
  for (size_t i = 0; i < count; i++) {
    dims[i] = mdl_range_dimension(m, ranges[i]);
    elements *= m->ranges.items[ranges[i]].count;
  }
  at(m, index)->dims = dims, at(m, index)->dim_count = count, at(m, index)->element_count = elements;
}

// A stock's flow: hidden, since Vensim has none.
static void add_net_flow(struct mdl *m, uint32_t stock) {
  const char *name = arena_format(m->arena, "%s (net flow)", at(m, stock)->name);
  uint32_t flow = mdl_variable_new(m, VARIABLE_FLOW, name, at(m, stock)->span);
  struct variable *f = at(m, flow), *s = at(m, stock);
  f->hidden = true, f->dims = s->dims, f->dim_count = s->dim_count, f->element_count = s->element_count;
  list_push(m->arena, &s->inflows) = (struct flow_ref){f->name, s->span};
}

uint32_t mdl_variable_hidden(struct mdl *m, const struct mdl_context *c, enum variable_kind kind, const char *name,
                             struct span span) {
  uint32_t ranges[LIMIT_DIMENSIONS];
  size_t count = 0;
  for (size_t i = 0; i < c->place_count; i++)
    if (!c->places[i].fixed && c->places[i].axis != MDL_NONE)
      ranges[count++] = mdl_range_of(m, c->box->elements[i], c->box->counts[i], c->places[i].range);
  uint32_t index = mdl_variable_new(m, kind, name, span);
  at(m, index)->hidden = true;
  set_dims(m, index, ranges, count);
  if (kind == VARIABLE_STOCK) add_net_flow(m, index);
  return index;
}

struct mdl_context mdl_variable_inside(struct mdl *m, const struct mdl_context *c, const char *name) {
  struct mdl_context inside = *c;
  struct mdl_place *places = arena_array(m->arena, struct mdl_place, c->place_count + 1);
  uint32_t axis = 0;
  for (size_t i = 0; i < c->place_count; i++) {
    places[i] = c->places[i];
    places[i].axis = places[i].fixed || places[i].axis == MDL_NONE ? MDL_NONE : axis++;
  }
  inside.places = places, inside.target = NULL, inside.bindings = NULL, inside.name = name;
  return inside;
}

static size_t bindings_of(const struct mdl_context *c) {
  size_t count = 0;
  for (const struct mdl_binding *b = c->bindings; b; b = b->outer) count++;
  return count;
}

bool mdl_variable_widen(struct mdl *m, const struct mdl_context *c, struct mdl_context *wide) {
  size_t n = c->place_count, all = n + bindings_of(c);
  struct mdl_place *places = arena_array(m->arena, struct mdl_place, all + 1);
  struct mdl_box *box = arena_new(m->arena, struct mdl_box);
  box->counts = arena_array(m->arena, uint32_t, all + 1), box->elements = arena_array(m->arena, uint32_t *, all + 1);
  for (size_t i = 0; i < n; i++)
    places[i] = c->places[i], box->counts[i] = c->box->counts[i], box->elements[i] = c->box->elements[i];
  for (const struct mdl_binding *b = c->bindings; b; b = b->outer, n++) {
    const struct mdl_range *r = &m->ranges.items[b->range];
    places[n] = (struct mdl_place){.range = b->range, .axis = (uint32_t)n, .bang = true};
    box->counts[n] = r->count, box->elements[n] = r->elements;
    if (!b->bang) return false;
  }
  *wide = *c;
  wide->places = places, wide->place_count = all, wide->box = box, wide->bindings = NULL;
  return all <= LIMIT_DIMENSIONS;
}

struct expr *mdl_variable_in(struct mdl *m, const struct mdl_context *c, struct mdl_context *wide, struct span span,
                             uint32_t variable) {
  struct expr *e = mdl_over_places(m, wide, span, variable);
  size_t n = e->subscript_count - bindings_of(c);
  for (const struct mdl_binding *b = c->bindings; b; b = b->outer, n++) {
    struct subscript_map *map = arena_new(m->arena, struct subscript_map);
    map->dimension = b->dimension;
    e->subscripts[n].map = map;
  }
  return e;
}

// ---- equations

static bool is_call(const struct mdl_node *n, const char *key) {
  return n->kind == MDL_CALL && strcmp(n->key, key) == 0;
}

bool mdl_variable_is_stock(const struct mdl_node *rhs) {
  return is_call(rhs, "integ");
}

static struct equation equation(const struct mdl_context *c, struct span span, struct expr *rhs) {
  return (struct equation){
      .subscripts = c->target, .subscript_count = c->target ? c->place_count : 0, .span = span, .rhs = rhs};
}

static bool two_arguments(struct mdl *m, const struct mdl_node *n) {
  if (n->arg_count == 2) return true;
  diag_error(m->diag, n->span, argument_count, n->name, n->arg_count);
  return false;
}

static bool add_stock(struct mdl *m, struct mdl_context *c, uint32_t index, const struct mdl_node *rhs) {
  if (!two_arguments(m, rhs)) return false;
  struct expr *rate = mdl_translate(m, c, rhs->args[0]), *initial = mdl_translate(m, c, rhs->args[1]);
  if (!rate || !initial) return false;
  uint32_t flow = map_get(&m->model->names, at(m, index)->inflows.items[0].name);
  list_push(m->arena, &at(m, flow)->equations) = equation(c, rhs->args[0]->span, rate);
  list_push(m->arena, &at(m, index)->equations) = equation(c, rhs->span, initial);
  return true;
}

bool mdl_variable_equation(struct mdl *m, struct mdl_context *c, uint32_t index, const struct mdl_node *rhs) {
  if (at(m, index)->kind == VARIABLE_STOCK) return add_stock(m, c, index, rhs);
  bool active = is_call(rhs, "active initial");
  if (active && !two_arguments(m, rhs)) return false;
  struct expr *x = mdl_translate(m, c, active ? rhs->args[0] : rhs), *initial = NULL;
  if (active && x) initial = mdl_translate(m, c, rhs->args[1]);
  if (!x || (active && !initial)) return false;
  list_push(m->arena, &at(m, index)->equations) = equation(c, rhs->span, x);
  if (active) list_push(m->arena, &at(m, index)->initial) = equation(c, rhs->span, initial);
  return true;
}

// ---- numbers

static bool is_plain_number(const struct mdl_node *n, double *value) {
  double sign = 1;
  for (; n->kind == MDL_UNARY && n->op == OP_NEGATE; n = n->args[0]) sign = -sign;
  *value = sign * n->number;
  return n->kind == MDL_NUMBER;
}

static bool is_get_constants(const struct mdl_equation *e) {
  return e->form == MDL_FORM_EXPR && e->rhs->kind == MDL_CALL && strncmp(e->rhs->key, "get ", 4) == 0 &&
         strstr(e->rhs->key, " constants");
}

static bool is_numbers(const struct mdl_equation *e) {
  double value;
  return e->form == MDL_FORM_NUMBERS || is_get_constants(e) ||
         (e->form == MDL_FORM_EXPR && is_plain_number(e->rhs, &value));
}

// The numbers of an equation, for each combination of its ranges.
static bool numbers_of(struct mdl *m, const struct mdl_equation *e, double *values, size_t count) {
  double one = 0;
  if (is_get_constants(e)) return mdl_data_constants(m, e, values, count);
  if (e->form == MDL_FORM_NUMBERS && e->number_count != count) {
    diag_error(m->diag, e->span, mdl_count, e->name, count, e->number_count);
    return false;
  }
  if (e->form == MDL_FORM_EXPR) is_plain_number(e->rhs, &one);
  for (size_t k = 0; k < count; k++) values[k] = e->form == MDL_FORM_NUMBERS ? e->numbers[k] : one;
  return true;
}

static bool in_box(const struct mdl_box *b, size_t place, uint32_t element) {
  for (uint32_t k = 0; k < b->counts[place]; k++)
    if (b->elements[place][k] == element) return true;
  return false;
}

// Puts an equation's numbers where it rules.
static bool fill_numbers(struct mdl *m, const struct mdl_variable *v, const struct mdl_equation *e, double *values) {
  size_t count = mdl_table_combinations(m, e);
  double *numbers = arena_array(m->arena, double, count + 1);
  if (!numbers_of(m, e, numbers, count)) return false;
  for (size_t k = 0; k < count; k++) {
    size_t rest = k, flat = 0, stride = 1;
    uint32_t elements[LIMIT_DIMENSIONS];
    for (size_t i = v->dim_count; i-- > 0;) {
      const struct mdl_range *axis = &m->ranges.items[v->ranges[i]];
      elements[i] = e->places[i].element;
      if (!e->places[i].fixed) {
        const struct mdl_range *r = &m->ranges.items[e->places[i].range];
        elements[i] = r->elements[rest % r->count];
        rest /= r->count;
      }
      flat += mdl_range_place(axis, elements[i]) * stride;
      stride *= axis->count;
    }
    bool mine = false;
    for (size_t b = 0; b < e->box_count && !mine; b++) {
      mine = true;
      for (size_t i = 0; i < v->dim_count; i++) mine = mine && in_box(&e->boxes[b], i, elements[i]);
    }
    if (mine) values[flat] = numbers[k];
  }
  return true;
}

static bool make_parameter(struct mdl *m, struct mdl_variable *v) {
  size_t count = at(m, v->index)->element_count;
  double *values = arena_array(m->arena, double, count + 1);
  for (size_t k = 0; k < count; k++) values[k] = MDL_NA;
  for (size_t i = 0; i < v->equations.count; i++)
    if (!fill_numbers(m, v, v->equations.items[i], values)) return false;
  at(m, v->index)->values = values;
  return true;
}

// ---- one variable

static struct subscript *target_of(struct mdl *m, const struct mdl_variable *v, const struct mdl_place *places,
                                   const struct mdl_box *box, struct span span) {
  if (!v->dim_count) return NULL;
  struct subscript *target = arena_array(m->arena, struct subscript, v->dim_count);
  for (size_t i = 0; i < v->dim_count; i++) {
    target[i].span = span;
    if (places && places[i].fixed) {
      target[i].name = m->elements.items[places[i].element].name;
      continue;
    }
    uint32_t range = mdl_range_of(m, box->elements[i], box->counts[i], places ? places[i].range : MDL_NONE);
    uint32_t dimension = mdl_range_dimension(m, range);  // which may move the list
    target[i].name = m->model->dimensions.items[dimension].name;
  }
  return target;
}

// Numbers or data among equations of other kinds: a hidden variable for this equation.
static struct expr *hidden_part(struct mdl *m, const struct mdl_equation *e, struct mdl_context *c) {
  uint32_t *counts = arena_array(m->arena, uint32_t, e->sub_count + 1);
  uint32_t **elements = arena_array(m->arena, uint32_t *, e->sub_count + 1);
  for (size_t i = 0; i < e->sub_count; i++) {
    const struct mdl_range *r = e->places[i].fixed ? NULL : &m->ranges.items[e->places[i].range];
    if (r) counts[i] = r->count, elements[i] = r->elements;
  }
  struct mdl_box whole = {counts, elements};
  struct mdl_context over = {.box = &whole, .places = e->places, .place_count = e->sub_count, .name = e->name};
  const char *name = arena_format(m->arena, "%s#%u", e->name, ++m->calls);
  bool data = mdl_table_is_data(e);
  uint32_t index = mdl_variable_hidden(m, &over, data ? VARIABLE_TABLE : VARIABLE_PARAMETER, name, e->span);
  size_t count = at(m, index)->element_count;
  if (!data) {
    double *values = arena_array(m->arena, double, count + 1);
    if (!numbers_of(m, e, values, count)) return NULL;
    at(m, index)->values = values;
    return mdl_over_places(m, c, e->span, index);
  }
  struct path *paths = arena_array(m->arena, struct path, count + 1);
  if (!mdl_data_paths(m, e, paths, count)) return NULL;
  for (size_t k = 0; k < count; k++)
    if (!mdl_table_finish(m, &paths[k], e->span)) return NULL;
  at(m, index)->path = paths[0];
  if (at(m, index)->dim_count) at(m, index)->paths = paths;
  return mdl_table_at_time(m, c, e, index);
}

static bool make_box(struct mdl *m, struct mdl_variable *v, const struct mdl_equation *e, const struct mdl_box *box) {
  struct mdl_context c = {.box = box, .places = e->places, .place_count = e->sub_count, .name = v->name};
  c.target = target_of(m, v, e->places, box, e->span);
  bool data = mdl_table_is_data(e);
  bool in_mode = !data && e->mode != MDL_MODE_DEFAULT && e->mode != MDL_MODE_INTERPOLATE && !is_numbers(e);
  if (!data && !in_mode && (!is_numbers(e) || !v->dim_count)) return mdl_variable_equation(m, &c, v->index, e->rhs);
  struct expr *x = in_mode                        ? mdl_table_in_mode(m, &c, e)
                   : data && v->table != MDL_NONE ? mdl_table_at_time(m, &c, e, v->table)
                                                  : hidden_part(m, e, &c);
  if (x) list_push(m->arena, &at(m, v->index)->equations) = equation(&c, e->span, x);
  return x;
}

static bool maps_elements(const struct mdl *m, const struct mdl_node *n) {
  bool maps = is_call(n, "vector elm map") && n->arg_count == 2 && mdl_value_of_elements(m, n->args[1]);
  for (size_t i = 0; i < n->arg_count; i++) maps = maps || maps_elements(m, n->args[i]);
  return maps;
}

static size_t elements_of(const struct mdl_box *box, size_t axes) {
  size_t count = 1;
  for (size_t i = 0; i < axes; i++) count *= box->counts[i];
  return count;
}

static struct mdl_box element_of(struct mdl *m, const struct mdl_box *box, size_t axes, size_t k) {
  struct mdl_box one = {arena_array(m->arena, uint32_t, axes + 1), arena_array(m->arena, uint32_t *, axes + 1)};
  for (size_t i = axes; i-- > 0;) {
    one.counts[i] = 1, one.elements[i] = box->elements[i] + k % box->counts[i];
    k /= box->counts[i];
  }
  return one;
}

// Where elements are counted off from others (VECTOR ELM MAP) by a number that does not change, each element has an
// equation of its own, so that one which comes from the one before it does not seem to come from itself.
static void split_boxes(struct mdl *m, const struct mdl_variable *v, struct mdl_equation *e) {
  enum { MOST = 400 };
  LIST(struct mdl_box) list = {0};
  if (e->form != MDL_FORM_EXPR || !maps_elements(m, e->rhs)) return;
  for (size_t b = 0; b < e->box_count; b++) {
    size_t count = elements_of(&e->boxes[b], v->dim_count);
    if (list.count + count > MOST) return;
    for (size_t k = 0; k < count; k++) list_push(m->arena, &list) = element_of(m, &e->boxes[b], v->dim_count, k);
  }
  e->boxes = list.items, e->box_count = list.count;
}

static void fill_hole(struct mdl *m, struct mdl_variable *v, const struct mdl_box *box) {
  struct mdl_context c = {.place_count = v->dim_count};
  struct variable *x = at(m, v->index);
  c.target = target_of(m, v, NULL, box, x->span);
  struct expr *na = mdl_number(m, x->span, MDL_NA), *zero = mdl_number(m, x->span, 0);
  list_push(m->arena, &at(m, v->index)->equations) = equation(&c, x->span, na);
  if (x->kind != VARIABLE_STOCK) return;
  uint32_t flow = map_get(&m->model->names, x->inflows.items[0].name);
  list_push(m->arena, &at(m, flow)->equations) = equation(&c, x->span, zero);
}

// Where some elements have an ACTIVE INITIAL, the others start from their equation.
static void complete_initials(struct mdl *m, struct variable *x) {
  for (size_t i = 0; x->initial.count && i < x->equations.count; i++) {
    bool has = false;
    for (size_t k = 0; k < x->initial.count; k++)
      has = has || x->initial.items[k].subscripts == x->equations.items[i].subscripts;
    if (!has) list_push(m->arena, &x->initial) = x->equations.items[i];
  }
}

static void make_equations(struct mdl *m, struct mdl_variable *v) {
  bool all_data = true;
  for (size_t i = 0; i < v->equations.count; i++) all_data = all_data && mdl_table_is_data(v->equations.items[i]);
  if (all_data && !mdl_table_data(m, v)) return;
  for (size_t i = 0; i < v->equations.count; i++) {  // each that is wrong says so, once
    bool ok = true;
    split_boxes(m, v, v->equations.items[i]);
    for (size_t b = 0; ok && b < v->equations.items[i]->box_count; b++)
      ok = make_box(m, v, v->equations.items[i], &v->equations.items[i]->boxes[b]);
  }
  for (size_t b = 0; b < v->hole_count; b++) fill_hole(m, v, &v->holes[b]);
  complete_initials(m, at(m, v->index));
}

static enum variable_kind kind_of(const struct mdl_variable *v) {
  size_t stocks = 0, numbers = 0;
  for (size_t i = 0; i < v->equations.count; i++) {
    const struct mdl_equation *e = v->equations.items[i];
    if (mdl_table_is(e)) return VARIABLE_TABLE;
    stocks += e->form == MDL_FORM_EXPR && mdl_variable_is_stock(e->rhs);
    numbers += is_numbers(e);
  }
  // Where only some elements are stocks, INTEG is a part of an expression, with a hidden stock.
  return stocks == v->equations.count    ? VARIABLE_STOCK
         : numbers == v->equations.count ? VARIABLE_PARAMETER
                                         : VARIABLE_AUXILIARY;
}

// ---- all of them

static struct mdl_variable *variable_of(struct mdl *m, const char *key, const char *name) {
  uint32_t next = (uint32_t)m->variables.count, found = map_add(&m->variable_keys, key, next);
  if (found == next)
    list_push(m->arena, &m->variables) =
        (struct mdl_variable){.key = key, .name = name, .index = MDL_NONE, .table = MDL_NONE};
  return &m->variables.items[found];
}

// The further outputs of a macro are variables over the ranges of the equation that calls it.
static void note_outputs(struct mdl *m, const struct mdl_equation *e, const struct mdl_node *n) {
  for (size_t i = 0; i < n->out_count; i++) {
    struct mdl_equation *out = arena_new(m->arena, struct mdl_equation);
    *out = *e;
    out->key = n->outs[i].key, out->name = n->outs[i].name, out->span = n->outs[i].span, out->is_output = true;
    list_push(m->arena, &variable_of(m, out->key, out->name)->equations) = out;
  }
  for (size_t i = 0; i < n->arg_count; i++) note_outputs(m, e, n->args[i]);
}

// A lookup inside a macro is the same in each call: one variable, named after both.
static void collect_lookups(struct mdl *m, const struct mdl_macro *macro) {
  for (size_t i = 0; i < macro->equations.count; i++) {
    struct mdl_equation *e = macro->equations.items[i];
    if (e->form != MDL_FORM_TABLE || e->sub_count) continue;
    const char *name = arena_format(m->arena, "%s: %s", macro->name, e->name);
    list_push(m->arena, &variable_of(m, mdl_macro_lookup(m, macro, e->key), name)->equations) = e;
  }
}

static void collect(struct mdl *m) {
  for (size_t i = 0; i < m->macros.count; i++) collect_lookups(m, m->macros.items[i]);
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < m->equations.count; i++) {
      struct mdl_equation *e = m->equations.items[i];
      if ((e->form == MDL_FORM_NONE) != pass) continue;
      struct mdl_variable *v = variable_of(m, e->key, e->name);
      if (pass && v->equations.count) continue;  // A FUNCTION OF beside the equation
      list_push(m->arena, &v->equations) = e;
      if (e->form == MDL_FORM_EXPR) note_outputs(m, e, e->rhs);
    }
}

static bool is_fixed(struct mdl *m, const struct mdl_node *n, unsigned depth);

static bool is_fixed_variable(struct mdl *m, struct mdl_variable *x, unsigned depth) {
  if (x->fixed_state) return x->fixed_state == 3;  // one that is met on the way to itself is not
  x->fixed_state = 1;
  bool fixed = x->equations.count > 0;
  for (size_t i = 0; fixed && i < x->equations.count; i++) {
    const struct mdl_equation *e = x->equations.items[i];
    fixed = e->form == MDL_FORM_NUMBERS || (e->form == MDL_FORM_EXPR && is_fixed(m, e->rhs, depth + 1));
  }
  x->fixed_state = fixed ? 3 : 2;
  return fixed;
}

// Known before the run, and the same all along?
static bool is_fixed(struct mdl *m, const struct mdl_node *n, unsigned depth) {
  if (depth > LIMIT_EXPR_DEPTH) return false;
  if (n->kind == MDL_NAME) {
    uint32_t v = map_get(&m->variable_keys, n->key);
    if (v == MAP_NONE) return mdl_range_find(m, n->key) != MDL_NONE;
    return is_fixed_variable(m, &m->variables.items[v], depth);
  }
  bool memory = n->kind == MDL_CALL && strcmp(n->key, "if then else") != 0 && strcmp(n->key, "max") != 0 &&
                strcmp(n->key, "min") != 0 && strcmp(n->key, "abs") != 0 && strcmp(n->key, "integer") != 0 &&
                strcmp(n->key, "initial") != 0 && strcmp(n->key, "game") != 0 && strcmp(n->key, "elmcount") != 0 &&
                !(strncmp(n->key, "get ", 4) == 0 && strstr(n->key, " constants"));
  if (n->kind == MDL_TEXT) return true;
  if (memory || n->kind == MDL_TABLE) return false;
  for (size_t i = 0; i < n->arg_count; i++)
    if (!is_fixed(m, n->args[i], depth + 1)) return false;
  return true;
}

void mdl_variable_rely(struct mdl *m, const struct mdl_node *n, enum reliance how) {
  uint32_t number = n->kind == MDL_NAME ? map_get(&m->variable_keys, n->key) : MAP_NONE;
  if (number != MAP_NONE && m->variables.items[number].reliance < how) {
    struct mdl_variable *v = &m->variables.items[number];
    v->reliance = how;
    for (size_t i = 0; i < v->equations.count; i++)
      if (v->equations.items[i]->form == MDL_FORM_EXPR) mdl_variable_rely(m, v->equations.items[i]->rhs, how);
  }
  for (size_t i = 0; i < n->arg_count; i++) mdl_variable_rely(m, n->args[i], how);
}

bool mdl_variable_is_fixed(struct mdl *m, const struct mdl_node *n) {
  if (!is_fixed(m, n, 0)) return false;
  mdl_variable_rely(m, n, RELIES_ON_CONSTANCY);
  return true;
}

// Times of the run are given back by the run itself, so that a scenario may change them; a FINAL TIME that the model
// computes as it goes is a variable like others.
static const char *clock_name(struct mdl *m, const char *key) {
  static const char *const names[][2] = {
      {"time step", "time_step"}, {"initial time", "$start"}, {"final time", "$stop"}, {"saveper", "$save"}};
  for (size_t i = 0; i < 4; i++)
    if (strcmp(names[i][0], key) == 0) return m->end_varies && i == 2 ? NULL : names[i][1];
  return NULL;
}

static bool declare(struct mdl *m, struct mdl_variable *v) {
  const struct mdl_equation *e = v->equations.items[0];
  if (map_get(&m->range_keys, v->key) != MAP_NONE || strcmp(v->key, "time") == 0) {
    diag_error(m->diag, e->span, mdl_twice, v->name);
    return false;
  }
  for (size_t i = 0; i < v->equations.count; i++)
    if (!mdl_targets_place(m, v->equations.items[i])) return false;
  for (size_t i = 0; i < v->equations.count; i++)
    if (v->equations.items[i]->form == MDL_FORM_NONE && !mdl_series_has(m, v->equations.items[i])) {
      diag_error(m->diag, v->equations.items[i]->span, mdl_no_equation, v->name);
      return false;
    }
  if (!mdl_targets_divide(m, v)) return false;
  enum variable_kind kind = clock_name(m, v->key) || e->is_output ? VARIABLE_AUXILIARY : kind_of(v);
  v->index = mdl_variable_new(m, kind, v->name, e->span);
  set_dims(m, v->index, v->ranges, v->dim_count);
  if (kind == VARIABLE_TABLE) v->table = v->index;
  if (kind == VARIABLE_STOCK) add_net_flow(m, v->index);
  for (size_t i = 0; i < v->equations.count; i++) {  // the last of the equations of an array carries the texts
    const struct mdl_equation *x = v->equations.items[i];
    struct variable *y = at(m, v->index);
    if (x->units) y->unit_span = x->units_span, y->unit = mdl_unit(m, x->units, x->units_span);
    if (x->doc) y->doc = x->doc;
    y->sector = x->group, y->absent = v->absent;
  }
  return true;
}

static void make(struct mdl *m, struct mdl_variable *v) {
  struct span span = v->equations.items[0]->span;
  const char *clock = clock_name(m, v->key);
  if (v->equations.items[0]->is_output) return;
  if (clock)
    list_push(m->arena, &at(m, v->index)->equations) = (struct equation){.span = span, .rhs = mdl_name(m, span, clock)};
  else if (at(m, v->index)->kind == VARIABLE_TABLE)
    mdl_table_variable(m, v);
  else if (at(m, v->index)->kind == VARIABLE_PARAMETER)
    make_parameter(m, v);
  else
    make_equations(m, v);
}

void mdl_variables_make(struct mdl *m) {
  collect(m);
  mdl_series_read(m);
  if (m->variables.count > LIMIT_VARIABLES) {
    diag_error(m->diag, NOWHERE, expr_many, LIMIT_VARIABLES, "variables");
    return;
  }
  uint32_t end = map_get(&m->variable_keys, "final time");
  const struct mdl_equation *e = end == MAP_NONE ? NULL : m->variables.items[end].equations.items[0];
  m->end_varies = e && e->form == MDL_FORM_EXPR && !is_fixed(m, e->rhs, 0);
  bool *declared = arena_array(m->arena, bool, m->variables.count + 1);
  for (size_t i = 0; i < m->variables.count; i++) {
    m->diag->subject = m->variables.items[i].name;
    declared[i] = declare(m, &m->variables.items[i]);
  }
  for (size_t pass = 0; pass < 2; pass++)  // tables and data first: calls ask for them
    for (size_t i = 0; i < m->variables.count; i++) {
      bool table = declared[i] && (at(m, m->variables.items[i].index)->kind == VARIABLE_TABLE ||
                                   mdl_table_is_data(m->variables.items[i].equations.items[0]));
      m->diag->subject = m->variables.items[i].name;
      if (declared[i] && table == (pass == 0)) make(m, &m->variables.items[i]);
    }
  m->diag->subject = NULL;
}
