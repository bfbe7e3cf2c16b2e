// SPDX-License-Identifier: GPL-3.0-or-later
// simulate why: where a variable comes from and what it is used for; the named loops, verified; the paper's passages.
// Loops and passages stand in files beside the model (loops.yaml, paper.yaml); a model without them is explained as far
// as its equations go.
#include <string.h>

#include "base/map.h"
#include "cli/explain.h"

static const char usage[] =
    "simulate why NAME [FILE]      where a variable comes from: causes, uses, loops\n"
    "simulate why --loops [FILE]   the named feedback loops, verified\n"
    "simulate why --paper [PASSAGE] [FILE]         what each passage of the paper became\n"
    "\n"
    "FILE is a scenario, a model or a model's folder (default: scenarios/base.yaml). NAME is a variable, or a loop "
    "that\n"
    "loops.yaml beside the model names. Prints the equation with its source and place, causes and uses as trees with\n"
    "units and values at the start and at the ends of phases, and the feedback loops through the variable: R "
    "reinforcing,\n"
    "B balancing. Signs of links are numeric partial derivatives at those times of the run. --loops exits with 1 when "
    "a\n"
    "loop does not exist or has another polarity than its file states, --paper when a name does not exist.\n"
    "\n"
    "  --depth N           levels of the trees (default: 2)\n"
    "  --set NAME=VALUE    set a parameter, lever or input; may be repeated\n"
    "  --units warn, --data-dir DIR   as for run\n"
    "  --lang en|zh        language of labels and headings\n";

enum { DEPTH = 2, SHOWN_LOOPS = 20 };
static const char default_file[] = "scenarios/base.yaml";

static bool explain_loops(struct explanation *x) {
  struct cli *c = x->cli;
  struct named_loops *named;
  const char *path = c->options.operands.count ? c->options.operands.items[0] : default_file;
  if (!explain_load_for_loops(x, path, true, !c->options.operands.count, &named) || !explain_measure(x, &c->diag))
    return false;
  bool good = loops_verify(named, x->why.causes, &c->diag);
  x->why.named = named;
  why_named_loops(&c->out, &x->why);
  return good;
}

// A loop is looked at in the scenario of the command, where it may be at rest: that is no error here.
static void measure_named(struct explanation *x, struct named_loops *named) {
  struct diag quiet;
  diag_init(&quiet, &x->cli->arena);
  if (named) loops_verify(named, x->why.causes, &quiet);
}

// ---- paper

static bool explain_paper(struct explanation *x) {
  struct cli *c = x->cli;
  const char *id = NULL, *path = default_file;
  for (size_t i = 0; i < c->options.operands.count; i++)
    if (explain_exists(c->options.operands.items[i]))
      path = c->options.operands.items[i];
    else
      id = c->options.operands.items[i];
  if (!explain_load(x, path, LOAD_AST) || !explain_read_paper(x, true)) return false;
  if (!id) {
    why_paper(&c->out, &x->why, x->in.model);
    return true;
  }
  const struct passage *p = paper_passage(x->why.paper, id);
  if (p) {
    why_passage(&c->out, &x->why, x->in.model, p);
    return true;
  }
  diag_error(&c->diag, NOWHERE, paper_passage, id);
  diag_did_you_mean(&c->diag, paper_nearest(&c->arena, x->why.paper, id));
  return false;
}

// ---- a variable

// "output[ic]" asks for output.
static uint32_t find_variable(struct explanation *x, const char *name) {
  const char *plain = arena_copy(&x->cli->arena, name, strcspn(name, "["));
  return map_get(&x->in.model->names, plain);
}

static bool explain_name(struct explanation *x, const char *name, const char *path) {
  struct cli *c = x->cli;
  struct named_loops *named;
  if (!explain_load(x, path, LOAD_PROGRAM) || !explain_read_loops(x, false, &named) || !explain_read_paper(x, false))
    return false;
  uint32_t variable = find_variable(x, name);
  const struct named_loop *loop = variable == MAP_NONE ? loops_by_name(named, name) : NULL;
  if (variable == MAP_NONE && !loop) {
    diag_error(&c->diag, NOWHERE, why_name, name, x->in.model->name);
    diag_did_you_mean(&c->diag, map_nearest_key(&x->in.model->names, name));
    return false;
  }
  if (!explain_measure(x, &c->diag)) return false;
  measure_named(x, named);
  x->why.named = named;
  if (loop) {
    why_named_loop(&c->out, &x->why, loop);
    return true;
  }
  x->why.loops = loops_through(&c->arena, x->why.causes, variable, SHOWN_LOOPS);
  why_variable(&c->out, &x->why, variable);
  return true;
}

static bool explain(struct explanation *x) {
  const struct options *o = &x->cli->options;
  if (o->loops && o->paper) {
    diag_error(&x->cli->diag, NOWHERE, usage_together, "--loops", "--paper");
    return false;
  }
  if (o->operands.count > (o->loops ? 1 : 2)) {
    diag_error(&x->cli->diag, NOWHERE, usage_one_file, "why");
    return false;
  }
  if (o->loops) return explain_loops(x);
  if (o->paper) return explain_paper(x);
  if (!o->operands.count) {
    diag_error(&x->cli->diag, NOWHERE, why_operand);
    return false;
  }
  return explain_name(x, o->operands.items[0], o->operands.count > 1 ? o->operands.items[1] : default_file);
}

static int why(struct cli *c) {
  struct explanation x = {.cli = c, .loader = {.cli = c}};
  x.why = (struct why){.arena = &c->arena, .language = c->options.language, .bold = cli_is_bold()};
  x.why.depth = c->options.depth ? c->options.depth : DEPTH;
  explain(&x);
  return cli_exit_code(c);
}

const struct verb verb_why = {"why", usage,
                              OPTION_BIT(DATA_DIR) | OPTION_BIT(DEPTH) | OPTION_BIT(LANG) | OPTION_BIT(LOOPS) |
                                  OPTION_BIT(PAPER) | OPTION_BIT(SET) | OPTION_BIT(UNITS),
                              why};
