// SPDX-License-Identifier: GPL-3.0-or-later
// simulate import: a model of any format becomes a folder of our YAML, and Vensim's files around it a scenario there.
// What was written is read back at once, so that a folder that is left behind is known to be good. Nothing that is
// there is overwritten.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/load.h"
#include "design/spec.h"
#include "output/file.h"
#include "output/study_write.h"
#include "output/table.h"
#include "output/yaml_write.h"
#include "vensim/vensim_study.h"

static const char usage[] =
    "simulate import FILE... -o DIR  turn a model of another program into our YAML\n"
    "\n"
    "One FILE is a model that `simulate` can run: .mdl, .xmile, .stmx, or .yaml. DIR gets model.yaml, and one file "
    "for\n"
    "each sector or group. What cannot be said in YAML is an error that names it. The others are Vensim's files "
    "around\n"
    "the model: sensitivity control (.vsc), save lists (.lst), changes (.cin, the later ones win). Together they "
    "become a\n"
    "scenario in DIR, named after the first of them. Without a model its namesake beside that file is taken.\n"
    "\n"
    "  -o, --out DIR       the folder to write; it must not hold a model.yaml yet\n"
    "  --data-dir DIR      let the model name files below DIR\n"
    "  --lang en|zh        language of the answer\n"
    "  -q, --quiet         show only errors\n";

struct import {
  const char *model;  // path
  const char *first;  // study file; NULL: none
  struct yaml_files files;
  const char *scenario;  // path; NULL: none
};

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

static const struct model *read_back(struct cli *c) {
  const char *path = file_join(&c->arena, c->options.out, "model.yaml");
  const struct model *m = model_read(&c->arena, path, NULL, &c->diag);
  if (!m) diag_error(&c->diag, NOWHERE, import_unread, path);
  return m;
}

// ---- Vensim's files

// model.mdl beside study.vsc, when it has the same name.
static const char *namesake(struct cli *c, const char *study) {
  static const char *const endings[] = {".mdl", ".xmile", ".stmx", ".yaml"};
  size_t stem = strlen(study) - 4;
  struct stat info;
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    const char *path = arena_format(&c->arena, "%.*s%s", (int)stem, study, endings[i]);
    if (stat(path, &info) == 0 && S_ISREG(info.st_mode)) return path;
  }
  diag_error(&c->diag, NOWHERE, study_model, study);
  return NULL;
}

static bool sort_operands(struct cli *c, struct import *im) {
  for (size_t i = 0; i < c->options.operands.count; i++) {
    const char *path = c->options.operands.items[i];
    if (vensim_study_kind(path) != VENSIM_NO_STUDY) {
      if (!im->first) im->first = path;
    } else if (im->model) {
      diag_error(&c->diag, NOWHERE, study_models, im->model, path);
      return false;
    } else {
      im->model = path;
    }
  }
  if (!im->model && im->first) im->model = namesake(c, im->first);
  return im->model;
}

// A name for a scenario from that of a file.
static const char *scenario_name(struct cli *c, const char *path) {
  const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
  char *name = arena_copy(&c->arena, base, strlen(base) - 4);
  for (char *s = name; *s; s++)
    if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", *s)) *s = '_';
  if (*name == '.') *name = '_';
  return strcmp(name, "model") == 0 ? "study" : name;
}

static bool add_study(struct cli *c, struct import *im, const struct model *m) {
  struct vensim_study study;
  vensim_study_init(&study);
  bool ok = true;
  for (size_t i = 0; i < c->options.operands.count; i++) {
    const char *path = c->options.operands.items[i];
    if (vensim_study_kind(path) != VENSIM_NO_STUDY) ok = vensim_study_read(&study, &c->arena, m, path, &c->diag) && ok;
  }
  const char *name = scenario_name(c, im->first);
  im->scenario = file_join(&c->arena, c->options.out, arena_format(&c->arena, "%s.yaml", name));
  return ok && study_write(&im->files, &c->arena, &study, m, name, "model.yaml", &c->diag);
}

static bool scenario_reads_back(struct cli *c, const struct model *m, const char *path) {
  struct scenario *s = scenario_read(&c->arena, path, m, NULL, 0, &c->diag);
  if (s && (!s->sweep || spec_read(&c->arena, s, NULL, 0, &c->diag))) return true;
  diag_error(&c->diag, NOWHERE, import_unread, path);
  return false;
}

// Reality checks stand in no model of ours.
static void name_realities(struct cli *c, const struct model *m) {
  for (size_t i = 0; i < m->realities.count; i++)
    diag_warning(&c->diag, m->realities.items[i].span, reality_unwritten, m->realities.items[i].name);
}

static bool import_all(struct cli *c, struct import *im) {
  struct loader l = {.cli = c};
  struct input in;
  if (!sort_operands(c, im) || !load_input(&l, im->model, LOAD_AST, &in)) return false;
  if (!yaml_write(&im->files, &c->arena, in.model, &c->diag)) return false;
  if (im->first && !add_study(c, im, in.model)) return false;
  name_realities(c, in.model);
  const struct model *back = write_files(c, &im->files) ? read_back(c) : NULL;
  if (!back || (im->scenario && !scenario_reads_back(c, back, im->scenario))) return false;
  if (c->options.quiet) return true;
  const char *folder = table_safe(&c->arena, c->options.out);
  text_puts(&c->out, messages_format(&c->arena, c->options.language, MESSAGE_import_done, in.model->variables.count,
                                     im->files.files.count, folder));
  return true;
}

static int run(struct cli *c) {
  struct import im = {0};
  if (!c->options.operands.count || !c->options.out)
    diag_error(&c->diag, NOWHERE, import_usage);
  else
    import_all(c, &im);
  return cli_exit_code(c);
}

const struct verb verb_import = {"import", usage,
                                 OPTION_BIT(DATA_DIR) | OPTION_BIT(LANG) | OPTION_BIT(OUT) | OPTION_BIT(QUIET), run};
