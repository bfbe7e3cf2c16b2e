// SPDX-License-Identifier: GPL-3.0-or-later
// The files of a model: the main one, its sector files (`include:`), its data. A model is data from strangers, so the
// files it names must lie in its own folder or below, or below the data folder that the user gave; what counts is the
// canonical path, so that links and '..' lead nowhere else.
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "lang/model_read.h"

static bool is_below(const char *path, const char *folder) {
  size_t size = strlen(folder);
  if (size && folder[size - 1] == '/') return strncmp(path, folder, size) == 0;
  return strncmp(path, folder, size) == 0 && path[size] == '/';
}

static bool climbs(const char *path) {
  for (const char *part = path; part; part = strchr(part, '/')) {
    part += *part == '/';
    if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || !part[2])) return true;
  }
  return path[0] == '/';
}

static bool is_regular(const char *real) {
  struct stat info;
  return stat(real, &info) == 0 && S_ISREG(info.st_mode);
}

// Finds a file named in `of`: beside it, else in the data folder. `shown` is its path for the user.
static const char *locate(struct model_reader *r, const struct source *of, const struct tree *name,
                          const char **shown) {
  *shown = source_sibling(r->arena, of->path, name->text);
  const char *real = reader_canonical(r->arena, *shown);
  int reason = errno;
  if (!real && r->data) {
    const char *other = arena_format(r->arena, "%s/%s", r->data_dir, name->text);
    real = reader_canonical(r->arena, other);
    if (real) *shown = other;
  }
  if (!r->data && climbs(name->text))
    diag_error(r->diag, name->span, file_outside, name->text);
  else if (!real)
    diag_error(r->diag, name->span, file_missing, *shown, strerror(reason));
  else if (!is_below(real, r->folder) && !(r->data && is_below(real, r->data)))
    diag_error(r->diag, name->span, file_outside, name->text);
  else if (!is_regular(real))
    diag_error(r->diag, name->span, file_special, *shown);
  else
    return real;
  return NULL;
}

static void keep_source(struct model_reader *r, const struct source *source) {
  list_push(r->arena, &r->model->files) = source->path;
  list_push(r->arena, &r->model->sources) = source;
}

const struct source *model_files_data(struct model_reader *r, const struct tree *name) {
  const char *shown, *file;
  if (!reader_text(name, "'csv'", &file, r->diag) || !locate(r, name->span.source, name, &shown)) return NULL;
  for (size_t i = 0; i < r->model->files.count; i++)
    if (strcmp(r->model->files.items[i], shown) == 0) return r->model->sources.items[i];
  const struct source *source = source_read(r->arena, shown, LIMIT_DATA_BYTES, r->diag);
  if (source)
    keep_source(r, source);
  else
    diag_note(r->diag, name->span, "named here");
  return source;
}

// The name of a sector when its file gives none: the file's name without folder and ending.
static const char *stem(struct arena *a, const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
  return arena_copy(a, name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

static const char *sector_of(struct model_reader *r, const struct model_file *f) {
  struct label label;
  if (!f->parent) return NULL;
  reader_label(tree_get(f->tree, "sector"), stem(r->arena, f->path), &label, r->diag);
  return label.en;
}

static bool open_file(struct model_reader *r, const char *path, const char *real, const struct model_file *parent);

// Was this file read before? As a cycle when it includes the present one, else as a repetition.
static bool is_new(struct model_reader *r, const char *real, const struct model_file *of, const struct tree *name) {
  for (const struct model_file *f = of; f; f = f->parent)
    if (strcmp(f->real, real) == 0) {
      diag_error(r->diag, name->span, include_cycle, name->text);
      return false;
    }
  for (size_t i = 0; i < r->files.count; i++)
    if (strcmp(r->files.items[i]->real, real) == 0) {
      diag_error(r->diag, name->span, include_twice, name->text);
      return false;
    }
  return true;
}

static bool include(struct model_reader *r, const struct model_file *of, const struct tree *name) {
  const char *text, *shown, *real;
  if (!reader_text(name, "'include'", &text, r->diag) || !(real = locate(r, of->source, name, &shown)) ||
      !is_new(r, real, of, name))
    return false;
  if (r->files.count == LIMIT_INCLUDES) {
    diag_error(r->diag, name->span, include_count, LIMIT_INCLUDES);
    return false;
  }
  size_t errors = r->diag->errors;
  bool ok = open_file(r, shown, real, of);
  bool nowhere = r->diag->messages.count && !r->diag->messages.items[r->diag->messages.count - 1].at.source;
  if (!ok && r->diag->errors == errors + 1 && nowhere) diag_note(r->diag, name->span, "included here");
  return ok;
}

static bool include_all(struct model_reader *r, const struct model_file *of) {
  const struct tree *names = tree_get(of->tree, "include");
  if (!names) return true;
  if (names->kind == TREE_SCALAR) return include(r, of, names);
  bool ok = reader_expect(names, names->span, TREE_LIST, "'include'", r->diag);
  for (size_t i = 0; ok && i < names->count && r->files.count <= LIMIT_INCLUDES; i++)
    if (!include(r, of, names->items[i])) ok = false;
  return ok;
}

static bool open_file(struct model_reader *r, const char *path, const char *real, const struct model_file *parent) {
  struct model_file *f = arena_new(r->arena, struct model_file);
  *f = (struct model_file){.path = path, .real = real, .parent = parent};
  f->source = source_read(r->arena, path, LIMIT_FILE_BYTES, r->diag);
  if (!f->source) return false;
  const struct tree *tree = f->tree = yaml_read(r->arena, f->source, r->diag);
  if (!tree) return false;
  if (!reader_expect(tree, tree->span, TREE_MAP, parent ? "a sector file" : "a model", r->diag)) return false;
  f->sector = sector_of(r, f);
  list_push(r->arena, &r->files) = f;
  keep_source(r, f->source);
  return include_all(r, f);
}

static bool open_data_dir(struct model_reader *r) {
  if (!r->data_dir) return true;
  r->data = reader_canonical(r->arena, r->data_dir);
  if (!r->data) diag_error(r->diag, NOWHERE, file_open, r->data_dir, strerror(errno));
  return r->data != NULL;
}

bool model_files_open(struct model_reader *r, const char *path) {
  const char *real = reader_canonical(r->arena, path);
  if (!real) real = path;  // source_read says what is wrong with it
  const char *slash = strrchr(real, '/');
  r->folder = slash && slash != real ? arena_copy(r->arena, real, (size_t)(slash - real)) : "/";
  return open_data_dir(r) && open_file(r, path, real, NULL);
}

const char *model_files_locate(struct arena *a, const char *of, const char *data_dir, const struct tree *name,
                               struct diag *diag) {
  struct model_reader r = {.arena = a, .diag = diag, .data_dir = data_dir};
  struct source main_file = {.path = of};
  const char *shown, *real = reader_canonical(a, of);
  const char *slash = real ? strrchr(real, '/') : NULL;
  r.folder = slash && slash != real ? arena_copy(a, real, (size_t)(slash - real)) : "/";
  return open_data_dir(&r) && locate(&r, &main_file, name, &shown) ? shown : NULL;
}
