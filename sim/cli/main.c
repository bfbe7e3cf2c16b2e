// SPDX-License-Identifier: GPL-3.0-or-later
// The command line: picks a verb from the table, runs it, prints what it said, and gives its exit code. `run` may be
// left out: simulate scenarios/base.yaml. Running out of memory anywhere ends here.
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "cli/cli.h"

const struct verb *const verbs[] = {&verb_run,    &verb_check,  &verb_dump,   &verb_validate, &verb_test,   &verb_sweep,
                                    &verb_replay, &verb_merge,  &verb_export, &verb_compare,  &verb_diff,   &verb_why,
                                    &verb_report, &verb_figure, &verb_map,    &verb_doc,      &verb_import, &verb_help,
                                    NULL};

const struct verb *verb_by_name(const char *name) {
  for (size_t i = 0; verbs[i]; i++)
    if (strcmp(verbs[i]->name, name) == 0) return verbs[i];
  return NULL;
}

const char *verb_nearest(const char *name) {
  const char *names[32];
  size_t count = 0;
  for (; verbs[count] && count < 32; count++) names[count] = verbs[count]->name;
  return map_nearest(name, names, count);
}

bool cli_is_bold(void) {
  const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
  return isatty(STDOUT_FILENO) && !(no_color && *no_color) && terminal && strcmp(terminal, "dumb") != 0;
}

bool cli_flush(struct cli *c) {
  errno = 0;
  if (c->out.failed) arena_fail(&c->arena);
  bool good = fwrite(c->out.data ? c->out.data : "", 1, c->out.size, stdout) == c->out.size && fflush(stdout) == 0;
  c->out.size = 0;
  if (!good) diag_error(&c->diag, NOWHERE, stdout_write, strerror(errno));
  return good;
}

int cli_exit_code(const struct cli *c) {
  return c->diag.errors ? (int)c->diag.exit : EXIT_OK;
}

// A word that is no verb is a file, unless there is no such file and it looks like no path: then it is a slip.
static const struct verb *pick_verb(struct cli *c, const char *word, int *used) {
  const struct verb *v = verb_by_name(word);
  *used = v ? 1 : 0;
  struct stat info;
  if (v || word[0] == '-' || strpbrk(word, "./") || stat(word, &info) == 0) return v ? v : &verb_run;
  diag_error(&c->diag, NOWHERE, usage_verb, word);
  diag_did_you_mean(&c->diag, verb_nearest(word));
  return NULL;
}

static int run_verb(struct cli *c) {
  if (c->argc < 2) {
    verb_help.run(c);
    return EXIT_USAGE;
  }
  int used;
  const char *word = c->argv[1];
  if (strcmp(word, "--version") == 0) {
    text_puts(&c->out, "simulate " SIMULATE_VERSION "\n");
    return EXIT_OK;
  }
  if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) return verb_help.run(c);
  const struct verb *v = pick_verb(c, word, &used);
  if (!v || !options_parse(&c->options, &c->arena, v, c->argc - 1 - used, c->argv + 1 + used, &c->diag))
    return EXIT_USAGE;
  if (!c->options.help) return v->run(c);
  text_puts(&c->out, v->usage);
  return EXIT_OK;
}

static int finish(struct cli *c, int code) {
  if (!cli_flush(c) && code == EXIT_OK) code = EXIT_IO;
  diag_print(&c->diag, stderr);
  return code;
}

int cli_main(int argc, char **argv, const struct sweep_crew *crew) {
  static struct cli c;  // static: its fields survive the jump
  static jmp_buf oom;
  int code = EXIT_MEMORY;
  setlocale(LC_CTYPE, "");
  arena_init(&c.arena, &oom);
  arena_init(&c.scratch, &oom);
  c.crew = crew;
  c.argc = argc;
  c.argv = argv;
  if (setjmp(oom) == 0) {
    diag_init(&c.diag, &c.arena);
    code = run_verb(&c);
    code = finish(&c, code);
  } else {
    fputs("simulate: error: out of memory\n", stderr);
    code = EXIT_MEMORY;
  }
  text_free(&c.out);
  arena_free(&c.scratch);
  arena_free(&c.arena);
  return code;
}
