// SPDX-License-Identifier: GPL-3.0-or-later
// simulate dump: what a stage of the pipeline made of a file, as text: for those who debug a model or this program.
// `ast` is the model as read, `checked` every equation with names resolved and functions put in, in order of
// evaluation, `ir` the program. The texts are for eyes and tests; they are no file format and may change.
#include <math.h>

#include "cli/load.h"

static const char usage[] =
    "simulate dump --stage ast|checked|ir FILE     print what a stage makes of a file\n"
    "\n"
    "  --stage ast         the model as read\n"
    "  --stage checked     equations with names resolved, in the order of evaluation\n"
    "  --stage ir          the program that runs\n"
    "  --set NAME=VALUE, --method NAME, --step X, --save all|A,B,..., --units warn, --data-dir DIR   as for run\n";

static void put_number(struct text *out, double value) {
  char buffer[32];
  text_puts(out, text_from_number(value, buffer));
}

static void put_path(struct text *out, const struct path *p) {
  static const char *const modes[] = {
      [PATH_LINEAR] = "linear", [PATH_STEP] = "step", [PATH_EXTRAPOLATE] = "extrapolate"};
  text_printf(out, "  points (%s):", modes[p->mode]);
  for (size_t i = 0; i < p->count; i++) {
    text_puts(out, i ? ", (" : " (");
    put_number(out, p->x[i]);
    text_puts(out, ", ");
    put_number(out, p->y[i]);
    text_puts(out, ")");
  }
  text_puts(out, "\n");
}

static void put_equation(struct text *out, const char *kind, const struct equation *e) {
  text_printf(out, "  %s", kind);
  for (size_t i = 0; i < e->subscript_count; i++)
    text_printf(out, "%s%s%s", i ? ", " : "[", e->subscripts[i].name, i + 1 == e->subscript_count ? "]" : "");
  text_puts(out, " = ");
  expr_print(out, e->rhs);
  text_puts(out, "\n");
}

static void put_prior(struct text *out, const struct prior *p) {
  static const char *const names[PRIOR_KINDS] = {
#define PRIOR(id, name, fewest, most, arguments, doc) [PRIOR_##id] = name,
#include "lang/prior.def"
#undef PRIOR
  };
  if (p->kind == PRIOR_NONE) return;
  text_printf(out, "  ~ %s(", names[p->kind]);
  for (size_t i = 0; i < p->arg_count; i++) {
    if (i) text_puts(out, ", ");
    put_number(out, p->args[i]);
  }
  for (size_t i = 0; i < p->value_count; i++) {
    if (i) text_puts(out, ", ");
    put_number(out, p->values[i]);
    text_puts(out, ": ");
    put_number(out, p->weights[i]);
  }
  text_puts(out, ")");
}

static void put_values(struct text *out, struct arena *a, const struct model *m, const struct variable *v) {
  for (size_t e = 0; e < v->element_count; e++) {
    text_printf(out, "  %s = ", variable_element_name(a, m, v, e));
    put_number(out, v->values[e]);
    if (v->prior) put_prior(out, &v->prior[e]);
    text_puts(out, "\n");
  }
}

static void put_range(struct text *out, const struct variable *v) {
  if (!isfinite(v->low) && !isfinite(v->high)) return;
  text_puts(out, "  range ");
  put_number(out, v->low);
  text_puts(out, " .. ");
  put_number(out, v->high);
  text_puts(out, "\n");
}

static void put_variable(struct text *out, struct arena *a, const struct model *m, const struct variable *v) {
  text_printf(out, "%s %s", variable_kind_names[v->kind], v->name);
  for (size_t i = 0; i < v->dim_count; i++)
    text_printf(out, "%s%s%s", i ? ", " : "[", m->dimensions.items[v->dims[i]].name, i + 1 == v->dim_count ? "]" : "");
  text_printf(out, ": %s\n", unit_text(a, &m->units, v->unit));
  for (size_t i = 0; i < v->equations.count; i++)
    put_equation(out, v->kind == VARIABLE_STOCK ? "initial" : "value", &v->equations.items[i]);
  for (size_t i = 0; i < v->initial.count; i++) put_equation(out, "initial", &v->initial.items[i]);
  for (size_t i = 0; i < v->inflows.count; i++) text_printf(out, "  + %s\n", v->inflows.items[i].name);
  for (size_t i = 0; i < v->outflows.count; i++) text_printf(out, "  - %s\n", v->outflows.items[i].name);
  if (v->values) put_values(out, a, m, v);
  if (v->path.count) put_path(out, &v->path);
  put_range(out, v);
}

static void put_ast(struct text *out, struct arena *a, const struct model *m) {
  text_printf(out, "model %s\ntime %s: ", m->name, m->time_unit_text);
  put_number(out, m->start);
  text_puts(out, " .. ");
  put_number(out, m->stop);
  text_puts(out, " by ");
  put_number(out, m->step);
  text_puts(out, "\n");
  for (size_t i = 0; i < m->dimensions.count; i++) {
    const struct dimension *d = &m->dimensions.items[i];
    text_printf(out, "dimension %s:", d->name);
    for (uint32_t e = 0; e < d->count; e++) text_printf(out, " %s", d->elements[e]);
    text_puts(out, "\n");
  }
  for (size_t i = 0; i < m->functions.count; i++) {
    const struct function *f = &m->functions.items[i];
    text_printf(out, "function %s(", f->name);
    for (size_t k = 0; k < f->arg_count; k++) text_printf(out, "%s%s", k ? ", " : "", f->args[k]);
    text_puts(out, ") = ");
    expr_print(out, f->body);
    text_puts(out, "\n");
  }
  for (size_t i = 0; i < m->variables.count; i++) put_variable(out, a, m, &m->variables.items[i]);
}

static void put_checked_equation(struct text *out, const struct checked *c, size_t index) {
  const struct checked_equation *e = &c->equations.items[index];
  const char *name =
      e->role == ROLE_GATE ? c->scenario->phases.items[e->variable].name : c->model->variables.items[e->variable].name;
  static const char *const roles[] = {
      [ROLE_EQUATION] = "", [ROLE_INITIAL] = "initial ", [ROLE_BENCHMARK] = "benchmark ", [ROLE_GATE] = "gate "};
  text_printf(out, "%s%s", roles[e->role], name);
  for (size_t i = 0; i < e->target_axes; i++)
    text_printf(out, "%s%s%s", i ? ", " : "[", c->model->dimensions.items[e->axes[i].dimension].name,
                i + 1 == e->target_axes ? "]" : "");
  text_puts(out, " = ");
  term_print(out, c, e, e->rhs);
  text_puts(out, "\n");
}

// A split variable is computed element by element; its equations stand at its first element.
static void put_item(struct text *out, struct arena *a, const struct checked *c, const struct order_item *item) {
  const struct checked_variable *v = &c->variables[item->variable];
  bool whole = item->element == ELEMENTS_ALL;
  if (!whole) {
    const struct variable *variable = &c->model->variables.items[item->variable];
    text_printf(out, "-- element %s\n", variable_element_name(a, c->model, variable, item->element));
    if (item->element) return;
  }
  for (size_t k = 0; k < v->equation_count; k++) put_checked_equation(out, c, v->equations[k]);
  for (size_t k = 0; k < v->initial_count; k++) put_checked_equation(out, c, v->initial[k]);
}

static void put_checked(struct text *out, struct arena *a, const struct checked *c) {
  for (size_t i = 0; i < c->order.count; i++) put_item(out, a, c, &c->order.items[i]);
  for (size_t i = 0; i < c->equations.count; i++)
    if (c->equations.items[i].role >= ROLE_BENCHMARK) put_checked_equation(out, c, i);
}

static int dump(struct cli *c) {
  static const enum load_stage stages[] = {
      [STAGE_AST] = LOAD_AST, [STAGE_CHECKED] = LOAD_CHECKED, [STAGE_IR] = LOAD_PROGRAM};
  if (c->options.operands.count > 1) {
    diag_error(&c->diag, NOWHERE, usage_one_file, "dump");
    return cli_exit_code(c);
  }
  struct input *in = load_all(c, stages[c->options.stage]);
  if (!in) return cli_exit_code(c);
  if (c->options.stage == STAGE_AST) put_ast(&c->out, &c->arena, in->model);
  if (c->options.stage == STAGE_CHECKED) put_checked(&c->out, &c->arena, in->checked);
  if (c->options.stage == STAGE_IR) program_print(&c->out, in->program);
  return cli_exit_code(c);
}

const struct verb verb_dump = {"dump", usage,
                               OPTION_BIT(DATA_DIR) | OPTION_BIT(METHOD) | OPTION_BIT(SAVE) | OPTION_BIT(SET) |
                                   OPTION_BIT(STAGE) | OPTION_BIT(STEP) | OPTION_BIT(UNITS),
                               dump};
