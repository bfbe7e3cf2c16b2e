// SPDX-License-Identifier: GPL-3.0-or-later
// Names of data files as models say them, made names of this system: Vensim runs on Windows, where folders are parted
// by backslashes and letters are alike in any case; '?data' is a file that the user of the model chooses.
#include <dirent.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "vensim/mdl_data.h"

static bool exists(struct mdl *m, const char *name) {
  struct stat info;
  return stat(source_sibling(m->arena, m->source->path, name), &info) == 0;
}

// The entry of a folder that is called so in any case: the first by byte order; else the name itself.
static const char *entry_like(struct mdl *m, const char *folder, const char *name) {
  const char *found = NULL;
  DIR *d = opendir(source_sibling(m->arena, m->source->path, *folder ? folder : "."));
  for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
    if (strcasecmp(e->d_name, name) == 0 && (!found || strcmp(e->d_name, found) < 0))
      found = arena_string(m->arena, e->d_name);
  if (d) closedir(d);
  return found ? found : name;
}

// Below the model's folder only: elsewhere nothing is looked for.
static const char *in_any_case(struct mdl *m, const char *name) {
  const char *path = "";
  if (*name == '/' || strstr(name, "..")) return name;
  for (const char *at = name; *at;) {
    size_t size = strcspn(at, "/");
    const char *part = arena_copy(m->arena, at, size);
    const char *joined = arena_format(m->arena, "%s%s", path, part);
    if (!exists(m, joined)) joined = arena_format(m->arena, "%s%s", path, entry_like(m, path, part));
    at += size + strspn(at + size, "/");
    path = *at ? arena_format(m->arena, "%s/", joined) : joined;
  }
  return path;
}

// data.xlsx, .xls or .csv beside the model.
static const char *chosen(struct mdl *m, const char *name) {
  static const char *const endings[] = {".xlsx", ".xls", ".csv"};
  for (size_t i = 0; i < 3; i++) {
    const char *file = arena_format(m->arena, "%s%s", name, endings[i]);
    if (exists(m, file)) return file;
  }
  return name;
}

const char *mdl_file_name(struct mdl *m, const char *name) {
  char *path = arena_string(m->arena, name);
  for (char *s = path; *s; s++)
    if (*s == '\\') *s = '/';
  if (*path == '?') return chosen(m, path + 1);
  return exists(m, path) ? path : in_any_case(m, path);
}
