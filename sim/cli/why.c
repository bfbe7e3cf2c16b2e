// SPDX-License-Identifier: GPL-3.0-or-later
// simulate why: where a variable comes from and what it is used for; the named loops, verified; the paper's passages.
// Loops and passages stand in files beside the model (loops.yaml, paper.yaml); a model without them is explained as far
// as its equations go.
#include "output/why.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyse/polarity.h"
#include "base/map.h"
#include "cli/load.h"
#include "output/file.h"

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

struct explanation {
  struct cli *cli;
  struct loader loader;
  struct input in;
  struct why why;
};

static bool exists(const char *path) {
  return access(path, F_OK) == 0;
}

static const char *model_file(struct cli *c, const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode) ? file_join(&c->arena, path, "model.yaml") : path;
}

// Everything is saved: any variable may be asked for, and signs are measured from all values.
static bool load_file(struct explanation *x, const char *path, enum load_stage stage) {
  struct cli *c = x->cli;
  list_push(&c->arena, &c->options.sets) = "save=all";
  bool good = load_input(&x->loader, model_file(c, path), stage, &x->in);
  c->options.sets.count--;
  return good;
}

static bool run_and_measure(struct explanation *x) {
  struct cli *c = x->cli;
  struct why *w = &x->why;
  const struct results *r = run_single(&c->arena, x->in.program, &c->diag);
  if (!r || c->diag.errors) return false;
  w->card = scorecard_create(&c->arena, r);
  struct causes *g = causes_create(&c->arena, x->in.checked);
  w->causes = g;
  size_t *moments = arena_array(&c->arena, size_t, w->card->column_count), count = 0;
  for (size_t i = 0; i < w->card->column_count; i++)
    if (w->card->columns[i].save != SCORECARD_NONE) moments[count++] = w->card->columns[i].save;
  return polarity_measure(&c->arena, g, r, moments, count, &c->diag);
}

static const char *beside_model(struct explanation *x, const char *name) {
  return source_sibling(&x->cli->arena, x->in.model->path, name);
}

// ---- loops

static bool read_loops(struct explanation *x, bool required, struct named_loops **named) {
  struct cli *c = x->cli;
  const char *path = beside_model(x, "loops.yaml");
  *named = NULL;
  if (!required && !exists(path)) return true;
  *named = loops_read_head(&c->arena, path, &c->diag);
  return *named && loops_read(&c->arena, *named, x->in.model, &c->diag);
}

// The scenario that the loops' file names, unless the command names one.
static bool load_for_loops(struct explanation *x, const char *path, struct named_loops **named) {
  if (!load_file(x, path, LOAD_AST)) return false;
  bool is_model = strcmp(x->in.scenario->path, x->in.model->path) == 0;
  if (!read_loops(x, true, named)) return false;
  bool own = (is_model || !x->cli->options.operands.count) && (*named)->scenario_path;
  return load_file(x, own ? (*named)->scenario_path : path, LOAD_PROGRAM);
}

static bool explain_loops(struct explanation *x) {
  struct cli *c = x->cli;
  struct named_loops *named;
  const char *path = c->options.operands.count ? c->options.operands.items[0] : default_file;
  if (!load_for_loops(x, path, &named) || !run_and_measure(x)) return false;
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

static bool read_paper(struct explanation *x, bool required) {
  const char *path = beside_model(x, "paper.yaml");
  if (!required && !exists(path)) return true;
  x->why.paper = paper_read(&x->cli->arena, path, x->in.model, &x->cli->diag);
  return x->why.paper;
}

static bool explain_paper(struct explanation *x) {
  struct cli *c = x->cli;
  const char *id = NULL, *path = default_file;
  for (size_t i = 0; i < c->options.operands.count; i++)
    if (exists(c->options.operands.items[i]))
      path = c->options.operands.items[i];
    else
      id = c->options.operands.items[i];
  if (!load_file(x, path, LOAD_AST) || !read_paper(x, true)) return false;
  if (!id) {
    why_paper(&c->out, &x->why, x->in.model);
    return true;
  }
  const struct passage *p = paper_passage(x->why.paper, id);
  if (p) why_passage(&c->out, &x->why, x->in.model, p);
  if (!p) diag_error(&c->diag, NOWHERE, paper_passage, id);
  return p;
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
  if (!load_file(x, path, LOAD_PROGRAM) || !read_loops(x, false, &named) || !read_paper(x, false)) return false;
  uint32_t variable = find_variable(x, name);
  const struct named_loop *loop = variable == MAP_NONE ? loops_by_name(named, name) : NULL;
  if (variable == MAP_NONE && !loop) {
    diag_error(&c->diag, NOWHERE, why_name, name, x->in.model->name);
    diag_did_you_mean(&c->diag, map_nearest_key(&x->in.model->names, name));
    return false;
  }
  if (!run_and_measure(x)) return false;
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
