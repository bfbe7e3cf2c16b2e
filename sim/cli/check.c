// SPDX-License-Identifier: GPL-3.0-or-later
// simulate check: all that can be known without running. Goes as far as the compiled program, of the sweep too where a
// scenario describes one, so that a file that passes here starts to run.
#include "base/limits.h"
#include "cli/asked.h"
#include "cli/load.h"
#include "output/refusals.h"

static const char usage[] =
    "simulate check FILE...        check models and scenarios without running them\n"
    "\n"
    "Says ok and counts, or lists all errors. Exit code 1 when there is one. Of a file of another program (.mdl, "
    "XMILE)\n"
    "all that cannot be taken is shown in a table: line, variable, construct, reason; and how its units fare by "
    "group.\n"
    "\n"
    "  --set NAME=VALUE    check with this setting; may be repeated\n"
    "  --method NAME, --step X, --save all|A,B,...   as for run\n"
    "  --units warn        errors of units are warnings (default: --units error)\n"
    "  --data-dir DIR      let the model name files below DIR\n"
    "  --lang en|zh        language of the counts\n"
    "  -q, --quiet         show only errors\n";

static size_t count_priors(const struct model *m) {
  size_t count = 0;
  for (size_t i = 0; i < m->variables.count; i++) {
    const struct variable *v = &m->variables.items[i];
    for (size_t e = 0; v->prior && e < v->element_count; e++) count += v->prior[e].kind != PRIOR_NONE;
  }
  return count;
}

static size_t count_stocks(const struct model *m) {
  size_t count = 0;
  for (size_t i = 0; i < m->variables.count; i++) count += m->variables.items[i].kind == VARIABLE_STOCK;
  return count;
}

static void put_ok(struct cli *c, const struct input *in) {
  text_puts(&c->out, messages_format(&c->arena, c->options.language, MESSAGE_check_ok, in->path,
                                     count_stocks(in->model), (size_t)in->program->state_count,
                                     in->checked->equations.count, in->checked->unit_checks, count_priors(in->model)));
  text_puts(&c->out, "\n");
}

// One file; `from`: the messages that are its own begin here. Foreign files get tables.
static void report(struct cli *c, const struct input *in, bool good, size_t from) {
  enum language language = c->options.language;
  bool foreign = load_is_foreign(in->path);
  if (foreign && !good) refusals_print(&c->out, &c->scratch, &c->diag, from, in->path, language, cli_is_bold());
  if (!good || c->options.quiet) return;
  put_ok(c, in);
  if (foreign) refusals_units(&c->out, &c->scratch, &c->diag, from, in->model, language, cli_is_bold());
}

static int check(struct cli *c) {
  struct loader l = {.cli = c};
  if (!c->options.operands.count) diag_error(&c->diag, NOWHERE, usage_files);
  c->diag.most = LIMIT_REFUSALS;
  for (size_t i = 0; i < c->options.operands.count; i++) {
    struct input in;
    size_t from = c->diag.messages.count;
    bool good = load_input(&l, c->options.operands.items[i], LOAD_PROGRAM, &in);
    if (good && in.scenario->sweep) good = asked_make(c, in.path) != NULL;
    report(c, &in, good, from);
  }
  return cli_exit_code(c);
}

const struct verb verb_check = {"check", usage,
                                OPTION_BIT(DATA_DIR) | OPTION_BIT(LANG) | OPTION_BIT(METHOD) | OPTION_BIT(QUIET) |
                                    OPTION_BIT(SAVE) | OPTION_BIT(SET) | OPTION_BIT(STEP) | OPTION_BIT(UNITS),
                                check};
