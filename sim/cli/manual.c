// SPDX-License-Identifier: GPL-3.0-or-later
// See manual.h. `simulate help bash`, `simulate help zsh` and `simulate help man` print them; the build installs them.
#include "cli/manual.h"

#include <ctype.h>
#include <string.h>

#include "lang/scenario.h"

// Values that an option chooses from, "" for files, NULL for anything else.
static const char *choices(struct arena *a, enum option id) {
  const char *list = "";
  switch (id) {
    case OPTION_AS:
      return "fan lines tornado scatter heatmap phase";
    case OPTION_KEEP:
      return "members";
    case OPTION_LANES:
      return "16 32 64 128";
    case OPTION_LANG:
      return "en zh";
    case OPTION_METHOD:
      for (size_t i = 0; i < METHODS; i++) list = arena_format(a, "%s%s%s", list, i ? " " : "", method_names[i]);
      return list;
    case OPTION_PRECISION:
      return "float32 float64";
    case OPTION_SAMPLING:
      return "random latin sobol";
    case OPTION_STAGE:
      return "ast checked ir";
    case OPTION_UNITS:
      return "error warn";
    case OPTION_DATA_DIR:
    case OPTION_HISTORY:
    case OPTION_OUT:
      return "";
    default:
      return NULL;
  }
}

// What `simulate help` tells of beside verbs.
static const char topics[] = "functions methods priors bash zsh man";

static void put_topics(struct text *out) {
  for (size_t i = 0; verbs[i]; i++) text_printf(out, "%s ", verbs[i]->name);
  text_puts(out, topics);
}

static bool takes(const struct verb *v, size_t id) {
  return v->options >> id & 1;
}

static void put_bash_verb(struct text *out, const struct verb *v) {
  text_printf(out, "    %s) options=\"", v->name);
  for (size_t i = 0; i < OPTIONS; i++)
    if (takes(v, i)) text_printf(out, "%s ", options_name(i));
  text_puts(out, "--help\" ;;\n");
}

void manual_bash(struct cli *c) {
  struct text *out = &c->out;
  text_puts(out,
            "# Completion of simulate for bash; made by `simulate help bash`.\n"
            "_simulate() {\n"
            "  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options=\n"
            "  COMPREPLY=()\n"
            "  case $before in\n");
  for (size_t i = 0; i < OPTIONS; i++) {
    const char *values = choices(&c->arena, i);
    if (values && *values)
      text_printf(out, "    %s) COMPREPLY=($(compgen -W \"%s\" -- \"$current\")); return ;;\n", options_name(i),
                  values);
  }
  text_puts(out, "  esac\n  case ${COMP_WORDS[1]} in\n");
  for (size_t i = 0; verbs[i]; i++) put_bash_verb(out, verbs[i]);
  text_puts(out, "  esac\n  if [ \"$COMP_CWORD\" = 1 ]; then\n    COMPREPLY=($(compgen -W \"");
  for (size_t i = 0; verbs[i]; i++) text_printf(out, "%s ", verbs[i]->name);
  text_puts(out,
            "--help --version\" -- \"$current\"))\n"
            "  elif [ \"${COMP_WORDS[1]}\" = help ]; then\n    COMPREPLY=($(compgen -W \"");
  put_topics(out);
  text_puts(out,
            "\" -- \"$current\"))\n"
            "  elif [[ $current == -* ]]; then\n"
            "    COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
            "  fi\n"
            "}\n"
            "complete -o default -o bashdefault -F _simulate simulate\n");
}

// What the first line of a usage text says after the words of the command: "run scenarios (or ...)".
static const char *summary_of(struct arena *a, const struct verb *v) {
  size_t size = strcspn(v->usage, "\n"), at = size;
  while (at > 2 && !(v->usage[at - 1] == ' ' && v->usage[at - 2] == ' ')) at--;
  return arena_copy(a, v->usage + at, at > 2 ? size - at : 0);
}

// The description of an option in a usage text: what follows two blanks after its name and argument, on its line.
static const char *description_of(struct arena *a, const struct verb *v, const char *option) {
  size_t size = strlen(option);
  for (const char *s = strstr(v->usage, option); s; s = strstr(s + 1, option)) {
    const char *end = s + strcspn(s, "\n"), *gap = strstr(s, "  ");
    bool whole = !isalnum((unsigned char)s[size]) && s[size] != '-';
    if (!whole || !gap || gap >= end) continue;
    while (*gap == ' ') gap++;
    return arena_copy(a, gap, (size_t)(end - gap));
  }
  return "";
}

// Text inside a single-quoted specification of zsh.
static void put_zsh(struct text *out, const char *text) {
  for (; *text; text++) {
    if (*text == '\'')
      text_puts(out, "'\\''");
    else if (strchr("[]:\\", *text))
      text_printf(out, "\\%c", *text);
    else
      text_add(out, text, 1);
  }
}

static void put_zsh_option(struct cli *c, const struct verb *v, size_t id) {
  const char *values = choices(&c->arena, id), *name = options_name(id);
  text_printf(&c->out, "        '*%s[", name);
  put_zsh(&c->out, description_of(&c->arena, v, name));
  text_puts(&c->out, "]");
  if (options_takes_value(id) && values)
    text_printf(&c->out, *values ? ":value:(%s)" : ":file:_files", values);
  else if (options_takes_value(id))
    text_puts(&c->out, ":value:");
  text_puts(&c->out, "' \\\n");
}

void manual_zsh(struct cli *c) {
  struct text *out = &c->out;
  text_puts(out,
            "#compdef simulate\n# Completion of simulate for zsh; made by `simulate help zsh`.\n"
            "_simulate() {\n  local -a commands\n  commands=(\n");
  for (size_t i = 0; verbs[i]; i++) {
    text_printf(out, "    '%s:", verbs[i]->name);
    put_zsh(out, summary_of(&c->arena, verbs[i]));
    text_puts(out, "'\n");
  }
  text_puts(
      out,
      "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    _files -g '*.yaml'\n    return\n  fi\n"
      "  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $command in\n");
  for (size_t i = 0; verbs[i]; i++) {
    text_printf(out, "    %s)\n      _arguments \\\n", verbs[i]->name);
    for (size_t id = 0; id < OPTIONS; id++)
      if (takes(verbs[i], id)) put_zsh_option(c, verbs[i], id);
    bool help = strcmp(verbs[i]->name, "help") == 0;
    text_puts(out, help ? "        '*:topic:(" : "        '*:file:_files'\n      ;;\n");
    if (help) put_topics(out);
    if (help) text_puts(out, ")'\n      ;;\n");
  }
  text_puts(out, "    *) _files ;;\n  esac\n}\n_simulate \"$@\"\n");
}

// roff: a backslash and a hyphen are commands to it, and so is a point or an apostrophe at the start of a line.
static void put_roff(struct text *out, const char *text) {
  for (bool start = true; *text; start = *text++ == '\n') {
    if (start && (*text == '.' || *text == '\'')) text_puts(out, "\\&");
    if (*text == '\\')
      text_puts(out, "\\e");
    else if (*text == '-')
      text_puts(out, "\\-");
    else
      text_add(out, text, 1);
  }
}

void manual_page(struct cli *c) {
  struct text *out = &c->out;
  text_puts(
      out,
      ".TH SIMULATE 1 \"\" \"simulate " SIMULATE_VERSION
      "\" \"User Commands\"\n"
      ".SH NAME\nsimulate \\- system-dynamics scenarios\n"
      ".SH SYNOPSIS\n.B simulate\n.I COMMAND\n[\\fIOPTION\\fR...] \\fIFILE\\fR...\n"
      ".SH DESCRIPTION\nRuns models of stocks and flows under scenarios: single runs with scorecards, sweeps over\n"
      "what is uncertain, comparisons, explanations, reports and figures. Models and scenarios are YAML files.\n"
      ".SH COMMANDS\n");
  for (size_t i = 0; verbs[i]; i++) {
    text_printf(out, ".SS %s\n.nf\n", verbs[i]->name);
    put_roff(out, verbs[i]->usage);
    text_puts(out, ".fi\n");
  }
  text_puts(
      out,
      ".SH EXIT STATUS\n"
      ".TP\n0\nsuccess\n.TP\n1\ninvalid input, or a check that failed\n.TP\n2\nwrong usage\n.TP\n3\nnumerical failure\n"
      ".TP\n4\na file could not be read or written\n.TP\n5\nout of memory\n"
      ".SH ENVIRONMENT\n.TP\nNO_COLOR\nwhen set and not empty, nothing is printed bold\n"
      ".SH FILES\n.TP\nout/SCENARIO/\nresults of a run\n.TP\nout/SCENARIO\\-sweep/\nresults of a sweep\n");
}
