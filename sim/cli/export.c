// SPDX-License-Identifier: GPL-3.0-or-later
// simulate export: a model, or a model under a scenario, in the format of another program. What the format has no words
// for is a warning when nothing is computed from it, else an error, and then nothing is written.
#include <sys/stat.h>

#include "cli/load.h"
#include "output/file.h"
#include "xmile/xmile_write.h"

static const char usage[] =
    "simulate export --xmile FILE [-o OUT]         a model or scenario for other programs\n"
    "\n"
    "  --xmile             as XMILE 1.0 (Stella and others): levers and inputs become graphical functions of time,\n"
    "                      sectors groups; the view is the file's own, or a plain layout\n"
    "  -o, --out OUT       the file to write; without it the text goes to standard output\n"
    "  --set NAME=VALUE, --method NAME, --step X, --units warn, --data-dir DIR   as for run\n";

static bool same_file(const char *path, const struct stat *out) {
  struct stat s;
  return stat(path, &s) == 0 && s.st_dev == out->st_dev && s.st_ino == out->st_ino;
}

// A slip of -o must not cost the model that is exported.
static bool spares_input(struct cli *c, const struct input *in) {
  struct stat out;
  if (!c->options.out || stat(c->options.out, &out) != 0) return true;
  bool input = same_file(in->path, &out);
  for (size_t i = 0; i < in->model->files.count; i++) input = input || same_file(in->model->files.items[i], &out);
  for (size_t i = 0; i < in->scenario->files.count; i++) input = input || same_file(in->scenario->files.items[i], &out);
  if (input) diag_error(&c->diag, NOWHERE, export_input, c->options.out);
  return !input;
}

static bool export_one(struct cli *c) {
  struct loader l = {.cli = c};
  struct input in;
  if (c->options.operands.count != 1 || !c->options.xmile) {
    diag_error(&c->diag, NOWHERE, usage_one_file, "export --xmile");
    return false;
  }
  if (!load_input(&l, c->options.operands.items[0], LOAD_CHECKED, &in) || !spares_input(c, &in)) return false;
  struct text text = {0};
  if (!xmile_write(&text, &c->arena, in.model, in.scenario, &c->diag)) {
    text_free(&text);
    return false;
  }
  bool good = true;
  if (c->options.out)
    good = file_write(&c->arena, c->options.out, text.data, text.size, &c->diag);
  else
    text_add(&c->out, text.data, text.size);
  text_free(&text);
  return good;
}

static int run(struct cli *c) {
  export_one(c);
  return cli_exit_code(c);
}

const struct verb verb_export = {"export", usage,
                                 OPTION_BIT(DATA_DIR) | OPTION_BIT(METHOD) | OPTION_BIT(OUT) | OPTION_BIT(SET) |
                                     OPTION_BIT(STEP) | OPTION_BIT(UNITS) | OPTION_BIT(XMILE),
                                 run};
