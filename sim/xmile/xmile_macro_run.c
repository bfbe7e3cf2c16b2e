// SPDX-License-Identifier: GPL-3.0-or-later
// Macros with simulation specs of their own: "independent models that run to completion each time they are invoked"
// (OASIS XMILE 1.0, 3.6.1). Their clock is known while the file is read, so each of their steps is written out as an
// instance of the macro, in which TIME is a number and stocks are what Euler's method makes of the step before. Nothing
// in them may remember or wait: their time is not ours.
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "xmile/xmile_read.h"

const struct xmile_clock *xmile_macro_clock(const struct xmile_instance *in) {
  for (; in && in->call; in = in->parent)
    if (in->clock) return in->clock;
  return NULL;
}

bool xmile_macro_timeless(const char *name) {
  static const char *const timeless[] = {"abs",  "arccos", "arcsin", "arctan",  "cos",   "exp",     "if_then_else",
                                         "int",  "ln",     "log",    "log10",   "logn",  "lookup",  "max",
                                         "mean", "min",    "mod",    "modulo",  "power", "percent", "prod",
                                         "root", "rootn",  "round",  "safediv", "sign",  "sin",     "size",
                                         "sqrt", "sum",    "switch", "tan",     "xidz",  "zidz",    NULL};
  for (size_t i = 0; timeless[i]; i++)
    if (strcmp(timeless[i], name) == 0) return true;
  return false;
}

// ---- the clock

// A part of <sim_specs>: an expression of the parameters; NAN after errors.
static double read_part(struct xmile_reader *r, struct xmile_context *c, const struct xml *specs, const char *name,
                        double otherwise) {
  const struct xml *x = xml_child(specs, name);
  size_t count = 0;
  double value = otherwise;
  struct xmile_node **list = x ? xmile_parse(r->arena, x, c->of, &count, r->diag) : NULL;
  if (list && count == 1 && xmile_constant(r, c, list[0], &value, 0)) xmile_rely(r, c, list[0], RELIES_ON_VALUE, 0);
  if ((x && !(list && count == 1)) || (x && !xmile_constant(r, c, list[0], &value, 0)) || !isfinite(value)) {
    xmile_fail(r, c, x ? x->span : specs->span, "<%s> of a macro's simulation specs must be a constant", name);
    return NAN;
  }
  return value;
}

static bool read_clock(struct xmile_reader *r, struct xmile_context *c, const struct xml *specs,
                       struct xmile_clock *clock) {
  const char *method = xml_attribute(specs, "method");
  clock->start = read_part(r, c, specs, "start", NAN);
  clock->stop = read_part(r, c, specs, "stop", NAN);
  clock->dt = read_part(r, c, specs, "dt", 1);
  if (isnan(clock->start) || isnan(clock->stop) || isnan(clock->dt)) return false;
  if (method && strcasecmp(method, "euler") != 0)
    return xmile_fail(r, c, specs->span, "a macro's own integration method can be euler alone");
  double steps = floor((clock->stop - clock->start) / clock->dt + 1e-6);
  if (!(clock->dt > 0) || steps > LIMIT_MACRO_STEPS)
    return xmile_fail(r, c, specs->span, "a macro's own run has at most %d steps, with dt above 0", LIMIT_MACRO_STEPS);
  clock->steps = steps > 0 ? (unsigned)steps : 0;
  return true;
}

// ---- steps

struct step {
  const struct xmile_slot *before;  // the stock, one step ago
};

static struct expr *named(struct xmile_reader *r, const struct xmile_context *c, struct xmile_instance *in,
                          const char *folded, struct span at) {
  struct xmile_context inner = *c;
  struct xmile_node n = {.kind = XMILE_NAME, .name = folded, .written = folded, .span = at, .name_span = at};
  inner.instance = in;
  return xmile_translate(r, &inner, &n);
}

// stock + dt (inflows - outflows), all of the step before
static struct expr *make_step(struct xmile_reader *r, struct xmile_context *c, const void *data) {
  const struct xmile_slot *s = ((const struct step *)data)->before;
  struct span at = s->x->span;
  struct expr *net = xmile_number(r, at, 0);
  for (size_t i = 0; i < s->x->children.count; i++) {
    const struct xml *x = s->x->children.items[i];
    bool in = strcmp(x->name, "inflow") == 0, out = strcmp(x->name, "outflow") == 0;
    const char *flow = in || out ? xmile_parse_name(r->arena, x, s->name, r->diag) : NULL;
    if (in || out)
      net = xmile_binary(r, at, in ? OP_ADD : OP_SUBTRACT, net, flow ? named(r, c, s->instance, flow, x->span) : NULL);
  }
  const char *name = xmile_fold(r->arena, xml_attribute(s->x, "name"));
  struct expr *change = xmile_binary(r, at, OP_MULTIPLY, xmile_number(r, at, s->instance->clock->dt), net);
  return xmile_binary(r, at, OP_ADD, named(r, c, s->instance, name, at), change);
}

static bool is_plain(struct xmile_reader *r, const struct xmile_context *c, const struct xml *variables) {
  static const char *const kinds[] = {"aux", "flow", "gf", "stock", NULL};
  static const char *const special[] = {"conveyor", "queue", "non_negative", "multiplier", NULL};
  for (size_t i = 0; i < variables->children.count; i++) {
    const struct xml *x = variables->children.items[i];
    size_t k = 0;
    while (kinds[k] && strcmp(kinds[k], x->name) != 0) k++;
    if (!x->vendor && !kinds[k])
      return xmile_fail(r, c, x->span, "<%s> cannot stand in a macro with simulation specs of its own", x->name);
    for (k = 0; special[k]; k++)
      if (xml_child(x, special[k]) && (k != 2 || strcmp(x->name, "stock") == 0))
        return xmile_fail(r, c, x->span, "<%s> cannot stand in a macro with simulation specs of its own", special[k]);
  }
  return true;
}

// The arguments are the same in each step.
static struct xmile_instance *new_step(struct xmile_reader *r, const struct xmile_instance *first, unsigned k) {
  struct xmile_instance *in = arena_new(r->arena, struct xmile_instance);
  struct xmile_clock *clock = arena_new(r->arena, struct xmile_clock);
  *in = *first, *clock = *first->clock;
  clock->time = clock->start + k * clock->dt;
  in->clock = clock;
  in->prefix = arena_format(r->arena, "%sstep %u.", first->prefix, k);
  in->names = (struct map){0};
  map_init(&in->names, r->arena);
  in->slots.items = NULL, in->slots.count = in->slots.capacity = 0;
  for (size_t i = 0; i < first->slots.count; i++) {
    map_add(&in->names, first->parms[i], (uint32_t)i);
    list_push(r->arena, &in->slots) = first->slots.items[i];
  }
  return in;
}

static void link_step(struct xmile_reader *r, struct xmile_instance *in, const struct xmile_instance *before) {
  for (size_t i = 0; i < in->slots.count; i++) {
    struct xmile_slot *s = in->slots.items[i];
    if (!s->x || s->variable == XMILE_NONE || s->instance != in || s->only_table) continue;
    r->model->variables.items[s->variable].kind = VARIABLE_AUXILIARY;
    if (!before || strcmp(s->x->name, "stock") != 0) continue;
    struct step *step = arena_new(r->arena, struct step);
    step->before = before->slots.items[i];
    s->drives = make_step, s->drives_data = step;
  }
}

struct xmile_instance *xmile_macro_run(struct xmile_reader *r, struct xmile_context *c, struct xmile_instance *first) {
  const struct xml *specs = xml_child(first->x, "sim_specs"), *variables = xml_child(first->x, "variables");
  struct xmile_clock *clock = arena_new(r->arena, struct xmile_clock);
  struct xmile_context inner = *c;
  inner.instance = first;
  if (!variables) {
    xmile_fail(r, c, specs->span, "a macro with simulation specs of its own needs variables");
    return NULL;
  }
  if (!is_plain(r, c, variables) || !read_clock(r, &inner, specs, clock)) return NULL;
  first->clock = clock;
  struct xmile_instance *in = NULL, *before = NULL;
  for (unsigned k = 0; k <= clock->steps && !r->too_large; k++, before = in) {
    in = new_step(r, first, k);
    xmile_instance_declare(r, in, first->x);
    xmile_graphs_read(r, in);
    link_step(r, in, before);
    list_push(r->arena, &r->pending) = in;
  }
  return in;
}
