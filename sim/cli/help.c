// SPDX-License-Identifier: GPL-3.0-or-later
// simulate help: the verbs, one verb, the functions of the language, the methods, the priors. All of it is printed from
// the tables that the program itself works with, so it cannot be out of date.
#include <string.h>

#include "base/map.h"
#include "cli/manual.h"
#include "lang/fn.h"

static const char usage[] =
    "simulate help [TOPIC]         explain a command or a function of the model language\n"
    "\n"
    "TOPIC is a command, a function, or one of: functions methods priors,\n"
    "or bash, zsh (completion for these shells), man (the manual page).\n"
    "\n"
    "  --lang en|zh        language of the functions' descriptions\n";

// The columns of the lists.
enum { NAME_WIDTH = 44, SHORT_WIDTH = 12 };

static void put_line(struct cli *c, const char *name, int width, const char *text) {
  text_puts(&c->out, "  ");
  text_pad(&c->out, name, width);
  text_printf(&c->out, "  %s\n", text);
}

static const char *function_text(const struct cli *c, const struct fn_info *f) {
  return c->options.language == LANGUAGE_ZH ? f->zh : f->en;
}

static void list_functions(struct cli *c) {
  for (size_t i = 0; i < FN_COUNT; i++) put_line(c, fn_table[i].signature, NAME_WIDTH, function_text(c, &fn_table[i]));
}

static void list_methods(struct cli *c) {
#define METHOD(id, name, doc) put_line(c, name, SHORT_WIDTH, doc);
#include "lang/method.def"
#undef METHOD
}

static void list_priors(struct cli *c) {
#define PRIOR(id, name, fewest, most, arguments, doc) put_line(c, name " [" arguments "]", NAME_WIDTH, doc);
#include "lang/prior.def"
#undef PRIOR
}

static void list_verbs(struct cli *c) {
  text_puts(&c->out, "simulate: system-dynamics scenarios, version " SIMULATE_VERSION "\n\n");
  for (size_t i = 0; verbs[i]; i++)
    text_printf(&c->out, "  %.*s\n", (int)strcspn(verbs[i]->usage, "\n"), verbs[i]->usage);
  text_puts(&c->out,
            "\n`simulate help COMMAND` lists the options of a command, `simulate help functions` the functions.\n"
            "Exit codes: 0 ok, 1 invalid input or a check that failed, 2 usage, 3 numerical failure,\n"
            "            4 file could not be read or written, 5 memory\n");
}

static bool help_function(struct cli *c, const char *name) {
  enum fn fn = fn_by_name(name);
  if (fn == FN_COUNT) return false;
  text_printf(&c->out, "%s\n  %s\n", fn_table[fn].signature, function_text(c, &fn_table[fn]));
  return true;
}

static const char *nearest_topic(const char *topic) {
  const char *names[FN_COUNT], *verb = verb_nearest(topic);
  for (size_t i = 0; i < FN_COUNT; i++) names[i] = fn_table[i].name;
  return verb ? verb : map_nearest(topic, names, FN_COUNT);
}

static bool help_topic(struct cli *c, const char *topic) {
  static const struct {
    const char *name;
    void (*list)(struct cli *);
  } lists[] = {{"functions", list_functions}, {"methods", list_methods}, {"priors", list_priors},
               {"bash", manual_bash},         {"zsh", manual_zsh},       {"man", manual_page}};
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    if (strcmp(lists[i].name, topic) != 0) continue;
    lists[i].list(c);
    return true;
  }
  const struct verb *v = verb_by_name(topic);
  if (v) text_puts(&c->out, v->usage);
  if (v || help_function(c, topic)) return true;
  diag_error(&c->diag, NOWHERE, usage_topic, topic);
  diag_did_you_mean(&c->diag, nearest_topic(topic));
  return false;
}

static int help(struct cli *c) {
  if (!c->options.operands.count) list_verbs(c);
  for (size_t i = 0; i < c->options.operands.count; i++) help_topic(c, c->options.operands.items[i]);
  return cli_exit_code(c);
}

const struct verb verb_help = {"help", usage, OPTION_BIT(LANG), help};
