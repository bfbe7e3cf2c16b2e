// SPDX-License-Identifier: GPL-3.0-or-later
// simulate import: a model of any format becomes a folder of our YAML. What was written is read back at once, so that a
// folder that is left behind is known to be good. Nothing that is there is overwritten.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/load.h"
#include "output/file.h"
#include "output/table.h"
#include "output/yaml_write.h"

static const char usage[] =
    "simulate import FILE -o DIR   turn a model of another program into our YAML\n"
    "\n"
    "FILE is a model that `simulate` can run: .mdl, .xmile, .stmx, or .yaml. DIR gets model.yaml, and one file for each\n"
    "sector or group. What cannot be said in YAML is an error that names it.\n"
    "\n"
    "  -o, --out DIR       the folder to write; it must not hold a model.yaml yet\n"
    "  --data-dir DIR      let the model name files below DIR\n"
    "  --lang en|zh        language of the answer\n"
    "  -q, --quiet         show only errors\n";

static bool is_free(struct cli *c, const char *path) {
  struct stat info;
  if (lstat(path, &info) != 0 && errno == ENOENT) return true;
  diag_error(&c->diag, NOWHERE, import_exists, path);
  return false;
}

static bool make_folders(struct cli *c, const char *path) {
  const char *slash = strrchr(path, '/');
  return !slash || file_make_folder(&c->arena, arena_copy(&c->arena, path, (size_t)(slash - path)), &c->diag);
}

static bool write_files(struct cli *c, const struct yaml_files *files) {
  struct arena *a = &c->arena;
  for (size_t i = 0; i < files->files.count; i++)
    if (!is_free(c, file_join(a, c->options.out, files->files.items[i].path))) return false;
  for (size_t i = 0; i < files->files.count; i++) {
    const struct yaml_file *f = &files->files.items[i];
    const char *path = file_join(a, c->options.out, f->path);
    if (!make_folders(c, path) || !file_write(a, path, f->text, f->size, &c->diag)) return false;
  }
  return true;
}

static bool reads_back(struct cli *c) {
  const char *path = file_join(&c->arena, c->options.out, "model.yaml");
  if (model_read(&c->arena, path, NULL, &c->diag)) return true;
  diag_error(&c->diag, NOWHERE, import_unread, path);
  return false;
}

static bool import_model(struct cli *c, const char *path) {
  struct loader l = {.cli = c};
  struct input in;
  struct yaml_files files;
  if (!load_input(&l, path, LOAD_AST, &in) || !yaml_write(&files, &c->arena, in.model, &c->diag)) return false;
  if (!write_files(c, &files) || !reads_back(c)) return false;
  if (c->options.quiet) return true;
  const char *folder = table_safe(&c->arena, c->options.out);
  text_puts(&c->out, messages_format(&c->arena, c->options.language, MESSAGE_import_done, in.model->variables.count,
                                     files.files.count, folder));
  return true;
}

static int run(struct cli *c) {
  if (c->options.operands.count != 1 || !c->options.out)
    diag_error(&c->diag, NOWHERE, import_usage);
  else
    import_model(c, c->options.operands.items[0]);
  return cli_exit_code(c);
}

const struct verb verb_import = {"import", usage,
                                 OPTION_BIT(DATA_DIR) | OPTION_BIT(LANG) | OPTION_BIT(OUT) | OPTION_BIT(QUIET), run};
