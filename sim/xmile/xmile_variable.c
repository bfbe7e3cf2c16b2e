// SPDX-License-Identifier: GPL-3.0-or-later
// The element of a variable -> its equations, flows, unit, texts and graphical function. An equation for a whole array
// stays one equation where our language can say it, and is otherwise written out element by element, which is what the
// standard defines it to mean (3.7.1).
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "xmile/xmile_read.h"

static struct variable *variable_at(struct xmile_reader *r, uint32_t index) {
  return &r->model->variables.items[index];
}

// ---- equations

// The subscripts of an equation for the elements that the context is bound to; the dimensions of a macro's caller stay.
static struct equation blank_equation(struct xmile_reader *r, const struct xmile_context *c, uint32_t variable,
                                      struct span span) {
  const struct variable *v = variable_at(r, variable);
  struct equation e = {.span = span};
  if (!c->bound) return e;
  e.subscript_count = v->dim_count;
  e.subscripts = arena_array(r->arena, struct subscript, v->dim_count + 1);
  for (size_t i = 0; i < v->dim_count; i++)
    e.subscripts[i].span = span, e.subscripts[i].name = r->model->dimensions.items[v->dims[i]].elements[c->bound[i]];
  return e;
}

static void push_equation(struct xmile_reader *r, uint32_t variable, struct equation e, struct expr *rhs) {
  if (!rhs) return;
  e.rhs = rhs;
  struct variable *v = variable_at(r, variable);
  list_push(r->arena, &v->equations) = e;
}

static void by_element(struct xmile_reader *r, struct xmile_context c, uint32_t variable, struct span span,
                       xmile_make *make, const void *data) {
  const struct variable v = *variable_at(r, variable);
  size_t errors = r->diag->errors;
  for (size_t k = 0; k < v.element_count && r->diag->errors == errors; k++) {
    uint32_t *bound = arena_array(r->arena, uint32_t, v.dim_count + 1);
    size_t rest = k;
    for (size_t i = v.dim_count; i-- > 0; rest /= r->model->dimensions.items[v.dims[i]].count)
      bound[i] = (uint32_t)(rest % r->model->dimensions.items[v.dims[i]].count);
    c.bound = bound;
    struct equation e = blank_equation(r, &c, variable, span);
    push_equation(r, variable, e, make(r, &c, data));
  }
}

void xmile_variables_equation(struct xmile_reader *r, struct xmile_context *c, uint32_t variable, struct span span,
                              xmile_make *make, const void *data) {
  bool expand = false;
  c->expand = &expand;
  struct expr *rhs = make(r, c, data);
  if (expand && !c->bound)
    by_element(r, *c, variable, span, make, data);
  else
    push_equation(r, variable, blank_equation(r, c, variable, span), rhs);
}

// What an equation of a file becomes: its expression, put through a graphical function, kept from going negative.
struct work {
  const struct xmile_node *node;
  const struct xmile_slot *slot;
  struct span span;
  bool uniflow;
};

static struct expr *through_table(struct xmile_reader *r, struct xmile_context *c, const struct work *w,
                                  struct expr *x) {
  uint32_t table = w->slot->table;
  if (w->slot->tables) {
    if (!c->bound) {
      *c->expand = true;
      return x;
    }
    size_t element = 0;
    for (size_t i = 0; i < c->dim_count; i++)
      element = element * r->model->dimensions.items[c->dims[i]].count + c->bound[i];
    table = w->slot->tables[element];
  }
  return table == XMILE_NONE ? x : xmile_call(r, w->span, variable_at(r, table)->name, 1, &x);
}

static struct expr *make_work(struct xmile_reader *r, struct xmile_context *c, const void *data) {
  const struct work *w = data;
  struct expr *x = xmile_translate(r, c, w->node);
  if (!x) return NULL;
  x = through_table(r, c, w, x);
  if (w->uniflow || w->slot->into)  // what enters a conveyor or queue is never negative
    x = xmile_call(r, w->span, "max", 2, (struct expr *[]){x, xmile_number(r, w->span, 0)});
  const struct xmile_conveyor *into = w->slot->into;
  bool limited = x && into && (into->capacity || into->in_limit || into->arrest);
  return limited ? xmile_conveyor_limit(r, c, w->slot, x) : x;
}

static struct xmile_context context_of(struct xmile_reader *r, struct xmile_slot *s, unsigned *ordinal) {
  const struct variable *v = variable_at(r, s->variable);
  return (struct xmile_context){.instance = s->instance,
                                .slot = s,
                                .dims = v->dims,
                                .dim_count = v->dim_count,
                                .of = s->name,
                                .ordinal = ordinal};
}

// A list of values fills an array row by row.
static void define_list(struct xmile_reader *r, struct xmile_slot *s, struct work w, struct xmile_node **list,
                        size_t count) {
  const struct variable v = *variable_at(r, s->variable);
  if (count != v.element_count) {
    diag_error(r->diag, w.span, xmile_value_count, s->name, v.element_count, count);
    return;
  }
  unsigned ordinal = 0;
  for (size_t k = 0; k < count; k++) {
    struct xmile_context c = context_of(r, s, &ordinal);
    uint32_t *bound = arena_array(r->arena, uint32_t, v.dim_count + 1);
    size_t rest = k;
    for (size_t i = v.dim_count; i-- > 0; rest /= r->model->dimensions.items[v.dims[i]].count)
      bound[i] = (uint32_t)(rest % r->model->dimensions.items[v.dims[i]].count);
    c.bound = bound;
    w.node = list[k];
    xmile_variables_equation(r, &c, s->variable, w.span, make_work, &w);
  }
}

bool xmile_variables_subscripts(struct xmile_reader *r, struct xmile_slot *s, const struct xml *x, uint32_t *bound) {
  const struct variable *v = variable_at(r, s->variable);
  const char *list = xml_attribute(x, "subscript");
  size_t own = xml_child(s->x, "dimensions") ? xml_child(s->x, "dimensions")->children.count : 0;
  size_t first = v->dim_count > own ? v->dim_count - own : 0;
  for (size_t i = first; list && i < v->dim_count; i++) {
    size_t size = strcspn(list, ",");
    const char *folded = xmile_fold(r->arena, arena_copy(r->arena, list, size));
    bound[i] = xmile_dims_element(r, v->dims[i], folded);
    if (bound[i] == XMILE_NONE) {
      diag_error(r->diag, xml_attribute_span(x, "subscript"), xmile_subscript, s->name, folded,
                 r->model->dimensions.items[v->dims[i]].name);
      return false;
    }
    list += size;
    bool more = *list == ',';
    list += more;
    if (more != (i + 1 < v->dim_count)) list = NULL;
  }
  if (list && v->dim_count && first == 0) return true;
  diag_error(r->diag, x->span, xmile_subscript_count, s->name, own);
  return false;
}

static bool is_uniflow(struct xmile_reader *r, const struct xmile_slot *s);

static size_t equation_elements(const struct xmile_slot *s) {
  size_t count = 0;
  for (size_t i = 0; i < s->x->children.count; i++)
    count += !s->x->children.items[i]->vendor && strcmp(s->x->children.items[i]->name, "eqn") == 0;
  return count;
}

// Some programs write the equations of an array's elements one after the other, without <element>.
static void define_sequence(struct xmile_reader *r, struct xmile_slot *s) {
  LIST(struct xmile_node *) nodes = {0};
  for (size_t i = 0; i < s->x->children.count; i++) {
    const struct xml *x = s->x->children.items[i];
    size_t count;
    if (x->vendor || strcmp(x->name, "eqn") != 0) continue;
    struct xmile_node **list = xmile_parse(r->arena, x, s->name, &count, r->diag);
    if (!list) return;
    for (size_t k = 0; k < count; k++) list_push(r->arena, &nodes) = list[k];
  }
  struct work w = {.slot = s, .span = s->x->span, .uniflow = is_uniflow(r, s)};
  define_list(r, s, w, nodes.items, nodes.count);
}

// <eqn> in the variable's element or in one of its <element>s.
static void define_eqn(struct xmile_reader *r, struct xmile_slot *s, const struct xml *x, const uint32_t *bound) {
  const struct xml *eqn = xml_child(x, "eqn");
  size_t count = 0;
  struct xmile_node **list = eqn ? xmile_parse(r->arena, eqn, s->name, &count, r->diag) : NULL;
  if (eqn && !list) return;
  if (!count) {
    diag_error(r->diag, eqn ? eqn->span : x->span, xmile_equation_missing, s->name);
    return;
  }
  struct work w = {.node = list[0], .slot = s, .span = list[0]->span, .uniflow = is_uniflow(r, s)};
  if (count > 1) {
    define_list(r, s, w, list, count);
    return;
  }
  unsigned ordinal = 0;
  struct xmile_context c = context_of(r, s, &ordinal);
  c.bound = bound;
  xmile_variables_equation(r, &c, s->variable, w.span, make_work, &w);
}

static void define_equations(struct xmile_reader *r, struct xmile_slot *s) {
  if (s->conveyor && s->conveyor->first) {
    unsigned ordinal = 0;
    struct xmile_context c = context_of(r, s, &ordinal);
    xmile_variables_equation(r, &c, s->variable, s->x->span, xmile_conveyor_content, s->conveyor);
    return;
  }
  bool elements = false;
  for (size_t i = 0; i < s->x->children.count; i++) {
    const struct xml *x = s->x->children.items[i];
    if (x->vendor || strcmp(x->name, "element") != 0 || !xml_child(x, "eqn")) continue;
    uint32_t *bound = arena_array(r->arena, uint32_t, LIMIT_DIMENSIONS);
    elements = true;
    if (xmile_variables_subscripts(r, s, x, bound)) define_eqn(r, s, x, bound);
  }
  const struct xml *eqn = xml_child(s->x, "eqn");
  if (!elements && equation_elements(s) > 1)
    define_sequence(r, s);
  else if (!elements || (eqn && !xml_is_blank(eqn)))
    define_eqn(r, s, s->x, NULL);
}

// ---- constants become parameters, so that scenarios may set them and sweeps vary them

static bool expr_literal(const struct expr *e, double *value) {
  bool negative = e->kind == EXPR_UNARY && e->op == OP_NEGATE;
  const struct expr *n = negative ? e->args[0] : e;
  *value = negative ? -n->number : n->number;
  return n->kind == EXPR_NUMBER;
}

static size_t element_of(struct xmile_reader *r, const struct variable *v, const struct equation *e) {
  size_t element = 0;
  for (size_t i = 0; i < v->dim_count; i++) {
    const struct dimension *d = &r->model->dimensions.items[v->dims[i]];
    uint32_t at = 0;
    while (at + 1 < d->count && d->elements[at] != e->subscripts[i].name) at++;
    element = element * d->count + at;
  }
  return element;
}

// An element whose equation is NAN has no value: others write it for the holes of an array.
static void mark_holes(struct xmile_reader *r, struct variable *v) {
  for (size_t i = 0; i < v->equations.count; i++) {
    const struct equation *e = &v->equations.items[i];
    if (!e->subscript_count || e->rhs->kind != EXPR_NUMBER || !isnan(e->rhs->number)) continue;
    if (!v->absent) v->absent = arena_array(r->arena, bool, v->element_count);
    v->absent[element_of(r, v, e)] = true;
  }
}

static void make_parameter(struct xmile_reader *r, struct variable *v) {
  double value;
  bool all = v->equations.count == 1 && !v->equations.items[0].subscript_count;
  if (v->kind != VARIABLE_AUXILIARY || (!all && v->equations.count != v->element_count)) return;
  for (size_t i = 0; i < v->equations.count; i++)
    if (!expr_literal(v->equations.items[i].rhs, &value) || !isfinite(value)) return;
  v->values = arena_array(r->arena, double, v->element_count);
  for (size_t k = 0; all && k < v->element_count; k++) expr_literal(v->equations.items[0].rhs, &v->values[k]);
  for (size_t i = 0; !all && i < v->equations.count; i++)
    expr_literal(v->equations.items[i].rhs, &v->values[element_of(r, v, &v->equations.items[i])]);
  v->kind = VARIABLE_PARAMETER;
  v->equations.count = 0;
}

// ---- options that may be set for all: non_negative

static const struct xml *option(const struct xml *behavior, const char *kind) {
  const struct xml *of_kind = behavior ? xml_child(behavior, kind) : NULL;
  const struct xml *x = of_kind ? xml_child(of_kind, "non_negative") : NULL;
  return x || !behavior ? x : xml_child(behavior, "non_negative");
}

static bool non_negative(struct xmile_reader *r, const struct xmile_slot *s) {
  const struct xml *x = xml_child(s->x, "non_negative");
  if (!x) x = option(xml_child(s->instance->x, "behavior"), s->x->name);
  const struct xml *root = s->instance->x;
  while (root->parent) root = root->parent;
  if (!x) x = option(xml_child(root, "behavior"), s->x->name);
  (void)r;
  return x && xmile_flag(x);
}

static bool is_uniflow(struct xmile_reader *r, const struct xmile_slot *s) {
  return strcmp(s->x->name, "flow") == 0 && non_negative(r, s);
}

// ---- flows of stocks

static const char *shown_flow(struct xmile_reader *r, struct xmile_slot *flow) {
  return variable_at(r, flow->variable)->name;
}

static struct xmile_slot *flow_named(struct xmile_reader *r, struct xmile_slot *stock, const struct xml *x) {
  const char *name = xmile_parse_name(r->arena, x, stock->name, r->diag);
  struct xmile_slot *flow = name ? xmile_instance_find(r, stock->instance, name) : NULL;
  if (name && (!flow || flow->variable == XMILE_NONE || flow->only_table))
    diag_error(r->diag, x->span, xmile_name_unknown, stock->name, name);
  if (!flow || flow->variable == XMILE_NONE || flow->only_table) return NULL;
  struct variable *v = variable_at(r, flow->variable);
  if (v->kind == VARIABLE_STOCK) {
    diag_error(r->diag, x->span, not_a_flow, v->name, "stock");
    return NULL;
  }
  v->kind = VARIABLE_FLOW;
  flow->is_flow = true;
  return flow;
}

struct made_flow {  // a helper flow: what it is made of
  struct xmile_slot *stock, *flow;
  const struct xmile_node *node;
  LIST(struct xmile_slot *) in, out;
};

static struct expr *make_multiplied(struct xmile_reader *r, struct xmile_context *c, const void *data) {
  const struct made_flow *f = data;
  struct span at = f->flow->x->span;
  struct expr *x = xmile_translate(r, c, f->node);
  return x ? xmile_binary(r, at, OP_MULTIPLY, x, xmile_array_own(r, c, at, f->flow->variable)) : NULL;
}

static uint32_t helper_flow(struct xmile_reader *r, struct xmile_slot *s, const char *name) {
  const struct variable v = *variable_at(r, s->variable);
  uint32_t index = xmile_instance_variable(r, VARIABLE_FLOW, name, s->x->span, v.dims, v.dim_count, s->name);
  variable_at(r, index)->hidden = true;
  return index;
}

// <multiplier>: what arrives downstream is a multiple of what leaves upstream.
static const char *multiplied(struct xmile_reader *r, struct xmile_slot *flow, const struct xml *multiplier) {
  size_t count;
  struct xmile_node **list = xmile_parse(r->arena, multiplier, flow->name, &count, r->diag);
  if (!list || count != 1) return shown_flow(r, flow);
  uint32_t index = helper_flow(r, flow, arena_format(r->arena, "%s downstream", flow->name));
  unsigned ordinal = 0;
  struct xmile_context c = context_of(r, flow, &ordinal);
  struct made_flow f = {.flow = flow, .node = list[0]};
  xmile_variables_equation(r, &c, index, multiplier->span, make_multiplied, &f);
  return variable_at(r, index)->name;
}

// max(-(stock/dt + inflows - outflows), 0)
static struct expr *make_held(struct xmile_reader *r, struct xmile_context *c, const void *data) {
  const struct made_flow *f = data;
  struct span at = f->stock->x->span;
  struct expr *x = xmile_binary(r, at, OP_DIVIDE, xmile_array_own(r, c, at, f->stock->variable),
                                xmile_reference(r, at, "time_step"));
  for (size_t i = 0; i < f->in.count; i++)
    x = xmile_binary(r, at, OP_ADD, x, xmile_array_own(r, c, at, f->in.items[i]->variable));
  for (size_t i = 0; i < f->out.count; i++)
    x = xmile_binary(r, at, OP_SUBTRACT, x, xmile_array_own(r, c, at, f->out.items[i]->variable));
  struct expr *deficit = xmile_binary(r, at, OP_SUBTRACT, xmile_number(r, at, 0), x);
  return xmile_call(r, at, "max", 2, (struct expr *[]){deficit, xmile_number(r, at, 0)});
}

// A stock that may not go negative limits its outflows, in their order. Two things no outflow can be blamed for: an
// inflow that runs backwards, and an outflow that drains another stock too. What would drive the stock below zero by
// these is stopped at the stock.
static void hold_at_zero(struct xmile_reader *r, struct made_flow *f) {
  bool shared = false, backwards = false;
  for (size_t i = 0; i < f->out.count; i++) shared = shared || f->out.items[i]->drained > 1;
  for (size_t i = 0; i < f->in.count; i++) backwards = backwards || !is_uniflow(r, f->in.items[i]);
  variable_at(r, f->stock->variable)->non_negative = !shared;
  if (!shared && !backwards) return;
  if (!shared) f->out.count = 0;
  uint32_t index = helper_flow(r, f->stock, arena_format(r->arena, "%s held at 0", f->stock->name));
  unsigned ordinal = 0;
  struct xmile_context c = context_of(r, f->stock, &ordinal);
  xmile_variables_equation(r, &c, index, f->stock->x->span, make_held, f);
  struct variable *v = variable_at(r, f->stock->variable);
  list_push(r->arena, &v->inflows) = (struct flow_ref){variable_at(r, index)->name, f->stock->x->span};
}

// A conveyor or a queue computes its outflows itself.
static void drive_flows(struct xmile_reader *r, struct made_flow *f, const struct xml *x) {
  uint32_t *in = arena_array(r->arena, uint32_t, f->in.count + 1);
  const struct variable v = *variable_at(r, f->stock->variable);
  for (size_t i = 0; i < f->in.count; i++) in[i] = map_get(&r->model->names, v.inflows.items[i].name);
  if (!xmile_conveyor_read(r, f->stock, x, in, f->in.count, f->out.items, f->out.count)) return;
  for (size_t i = 0; i < f->in.count; i++) f->in.items[i]->into = f->stock->conveyor;
}

static void stock_flows(struct xmile_reader *r, struct xmile_slot *s) {
  struct made_flow f = {.stock = s};
  for (size_t i = 0; i < s->x->children.count; i++) {
    const struct xml *x = s->x->children.items[i];
    bool in = strcmp(x->name, "inflow") == 0, out = strcmp(x->name, "outflow") == 0;
    if (x->vendor || (!in && !out)) continue;
    struct xmile_slot *flow = flow_named(r, s, x);
    if (!flow) continue;
    const struct xml *multiplier = flow->x ? xml_child(flow->x, "multiplier") : NULL;
    const char *name = in && multiplier ? multiplied(r, flow, multiplier) : shown_flow(r, flow);
    struct variable *v = variable_at(r, s->variable);
    struct flow_ref ref = {name, xml_text_span(x, 0, x->text_size)};
    if (in) {
      list_push(r->arena, &v->inflows) = ref;
      list_push(r->arena, &f.in) = flow;
    } else {
      list_push(r->arena, &v->outflows) = ref;
      list_push(r->arena, &f.out) = flow;
    }
  }
  const struct xml *special = xml_child(s->x, "conveyor");
  if (!special) special = xml_child(s->x, "queue");
  if (special)
    drive_flows(r, &f, special);
  else if (non_negative(r, s))
    hold_at_zero(r, &f);
}

// Which flows leave several stocks, or enter a conveyor.
static void count_uses(struct xmile_reader *r, struct xmile_instance *in, const struct xmile_slot *stock) {
  for (size_t i = 0; i < stock->x->children.count; i++) {
    const struct xml *x = stock->x->children.items[i];
    bool into = strcmp(x->name, "inflow") == 0, out = strcmp(x->name, "outflow") == 0;
    const char *name = into || out ? xmile_parse_name(r->arena, x, stock->name, r->diag) : NULL;
    struct xmile_slot *flow = name ? xmile_instance_find(r, in, name) : NULL;
    if (!flow) continue;
    flow->drained += out;
    flow->enters_conveyor = flow->enters_conveyor || (into && xml_child(stock->x, "conveyor"));
  }
}

void xmile_variables_flows(struct xmile_reader *r, struct xmile_instance *in) {
  for (size_t i = 0; i < in->slots.count; i++) {
    const struct xmile_slot *s = in->slots.items[i];
    if (s->x && strcmp(s->x->name, "stock") == 0) count_uses(r, in, s);
  }
  for (size_t i = 0; i < in->slots.count; i++) {
    struct xmile_slot *s = in->slots.items[i];
    if (s->x && s->variable != XMILE_NONE && !s->source && strcmp(s->x->name, "stock") == 0) stock_flows(r, s);
  }
}

// ---- the whole

static const char *tidy_text(struct xmile_reader *r, const struct xml *x) {
  const char *s = x->text + strspn(x->text, " \t\r\n");
  size_t size = strlen(s);
  while (size && strchr(" \t\r\n", s[size - 1])) size--;
  return size ? arena_copy(r->arena, s, size) : NULL;
}

static void read_texts(struct xmile_reader *r, struct xmile_slot *s) {
  const struct xml *doc = xml_child(s->x, "doc"), *units = xml_child(s->x, "units");
  struct variable *v = variable_at(r, s->variable);
  if (doc) v->doc = tidy_text(r, doc);
  if (units && !xml_is_blank(units)) {
    v->unit_span = xml_text_span(units, 0, units->text_size);
    v->unit = xmile_units_parse(r, units->text, v->unit_span);
  }
  const char *key =
      arena_format(r->arena, "%s%s", s->instance->prefix, xmile_fold(r->arena, xml_attribute(s->x, "name")));
  uint32_t group = map_get(&r->groups, key);
  if (group != MAP_NONE) v->sector = r->group_names.items[group];
}

// What another program keeps inside variables may change what it computes: named once for a file. Two are harmless:
// Stella's mark of a variable that holds a DELAY, and what our own writer adds.
static void note_vendor(struct xmile_reader *r, const struct xml *x) {
  if (strcmp(x->written, "isee:delay_aux") == 0 || strcmp(x->written, "simulate:initial") == 0) return;
  for (size_t i = 0; i < r->vendor_elements.count; i++)
    if (strcmp(r->vendor_elements.items[i]->written, x->written) == 0) return;
  list_push(r->arena, &r->vendor_elements) = x;
}

static void warn_children(struct xmile_reader *r, const struct xmile_slot *s) {
  static const char *const known[] = {"eqn",     "mathml",        "units",      "doc",     "event_poster", "range",
                                      "scale",   "format",        "dimensions", "element", "gf",           "inflow",
                                      "outflow", "non_negative",  "conveyor",   "queue",   "multiplier",   "overflow",
                                      "leak",    "leak_integers", "display",    "xscale",  "yscale",       "xpts",
                                      "ypts",    "documentation", "init_eqn",   NULL};
  for (size_t i = 0; i < s->x->children.count; i++) {
    const struct xml *x = s->x->children.items[i];
    size_t k = 0;
    while (known[k] && strcmp(known[k], x->name) != 0) k++;
    if (x->vendor) note_vendor(r, x);
    if (!x->vendor && !known[k]) diag_warning(r->diag, x->span, xmile_element_ignored, x->written);
  }
}

static struct expr *make_copy(struct xmile_reader *r, struct xmile_context *c, const void *data) {
  const struct xmile_slot *s = data;
  struct xmile_node n = {.kind = XMILE_NAME, .span = s->x->span, .name_span = s->x->span, .written = s->source->name};
  if (s->source->argument) {  // of the macro that the module stands in
    struct xmile_context inner = *c;
    inner.instance = s->source->instance;
    n.name = s->source->name;
    return xmile_translate(r, &inner, &n);
  }
  if (s->source->variable == XMILE_NONE) return xmile_fail(r, c, s->x->span, "its input cannot be read");
  return xmile_array_reference(r, c, &n, s->source->variable);
}

// A value for starts only: <init_eqn>, as converters write Vensim's ACTIVE INITIAL, or our own writer's.
static void read_initial(struct xmile_reader *r, struct xmile_slot *s) {
  for (size_t i = 0; i < s->x->children.count; i++) {
    const struct xml *x = s->x->children.items[i];
    size_t count;
    if (strcmp(x->written, "simulate:initial") != 0 && strcmp(x->written, "init_eqn") != 0) continue;
    struct xmile_node **list = xmile_parse(r->arena, x, s->name, &count, r->diag);
    unsigned ordinal = 0;
    bool expand = false;
    struct xmile_context c = context_of(r, s, &ordinal);
    c.expand = &expand;
    struct equation e = {.span = x->span, .rhs = list && count == 1 ? xmile_translate(r, &c, list[0]) : NULL};
    if (expand) xmile_fail(r, &c, x->span, "a start value by element");
    struct variable *v = variable_at(r, s->variable);
    if (e.rhs) list_push(r->arena, &v->initial) = e;
  }
}

// Where a start value or an equation stands that we do not read.
static void check_children(struct xmile_reader *r, const struct xmile_slot *s) {
  const char *what = NULL;
  const struct xml *x = xml_child(s->x, "init_eqn");
  if (x && strcmp(s->x->name, "stock") == 0) what = "a start value of a stock beside its equation";
  for (size_t i = 0; i < s->x->children.count && !what; i++) {
    const struct xml *e = s->x->children.items[i];
    x = strcmp(e->name, "element") == 0 ? xml_child(e, "init_eqn") : NULL;
    if (x) what = "a start value by element";
  }
  if (!what && (x = xml_child(s->x, "mathml")) && !xml_child(s->x, "eqn")) what = "an equation in <mathml> alone";
  if (what) diag_error(r->diag, x->span, xmile_construct, s->name, what);
}

// A graphical function of TIME is a path over time: a scenario may steer it, and its points are met at grid points.
static void make_input(struct xmile_reader *r, const struct xmile_slot *s) {
  struct variable *v = variable_at(r, s->variable);
  if (v->kind != VARIABLE_AUXILIARY || v->dim_count || s->table == XMILE_NONE || v->equations.count != 1) return;
  const struct expr *e = v->equations.items[0].rhs;
  bool of_time = e->kind == EXPR_CALL && e->arg_count == 1 && e->args[0]->kind == EXPR_NAME &&
                 strcmp(e->args[0]->name, "time") == 0 && strcmp(e->name, variable_at(r, s->table)->name) == 0;
  if (!of_time) return;
  v->kind = VARIABLE_INPUT;
  v->path = variable_at(r, s->table)->path;
  v->equations.count = 0;
}

static void define(struct xmile_reader *r, struct xmile_slot *s) {
  if (!s->x || s->variable == XMILE_NONE) return;
  read_texts(r, s);
  warn_children(r, s);
  if (s->only_table) return;
  if (s->source) {
    unsigned ordinal = 0;
    struct xmile_context c = context_of(r, s, &ordinal);
    xmile_variables_equation(r, &c, s->variable, s->x->span, make_copy, s);
    return;
  }
  if (s->drives) {
    unsigned ordinal = 0;
    struct xmile_context c = context_of(r, s, &ordinal);
    xmile_variables_equation(r, &c, s->variable, s->x->span, s->drives, s->drives_data);
    variable_at(r, s->variable)->made = true;
    return;
  }
  if (s->conveyor) xmile_conveyor_define(r, s->conveyor);
  size_t errors = r->diag->errors;
  check_children(r, s);
  if (r->diag->errors != errors) return;
  define_equations(r, s);
  mark_holes(r, variable_at(r, s->variable));
  read_initial(r, s);
  make_input(r, s);
  make_parameter(r, variable_at(r, s->variable));
}

void xmile_variables_define(struct xmile_reader *r, struct xmile_instance *in) {
  for (size_t i = 0; i < in->slots.count; i++) {
    r->diag->subject = in->slots.items[i]->name;
    define(r, in->slots.items[i]);
  }
  r->diag->subject = NULL;
}
