// SPDX-License-Identifier: GPL-3.0-or-later
// Result files appear whole or not at all: written under a temporary name beside the target, synced, then renamed over
// it. A full disk, a removed folder or a failed close is an error, and the old file stays as it was.
//
//     struct file f;
//     if (!file_create(&f, arena, path, diag)) return false;
//     fprintf(f.out, ...);                  // no need to check: file_commit looks at ferror
//     return file_commit(&f, diag);         // or file_abandon(&f)
#ifndef OUTPUT_FILE_H
#define OUTPUT_FILE_H
#include <stdio.h>

#include "base/diag.h"

struct file {
  FILE *out;
  const char *path, *temporary;
};

// Nothing between create and commit may allocate from an arena: a jump would leave the temporary file behind.
bool file_create(struct file *f, struct arena *a, const char *path, struct diag *diag);
bool file_commit(struct file *f, struct diag *diag);
void file_abandon(struct file *f);
// All of a file at once.
bool file_write(struct arena *a, const char *path, const char *data, size_t size, struct diag *diag);

// For libraries that open files by name (netCDF): a temporary name beside the target, and its publication: sync and
// rename. On failure the temporary file is removed.
const char *file_temporary_name(struct arena *a, const char *path);
bool file_publish(const char *temporary, const char *path, struct diag *diag);

// Makes a folder and the folders above it.
bool file_make_folder(struct arena *a, const char *path, struct diag *diag);
const char *file_join(struct arena *a, const char *folder, const char *name);

#endif
