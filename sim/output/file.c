// SPDX-License-Identifier: GPL-3.0-or-later
// Whole files or none, see file.h. The temporary name carries the process id, so that two runs that write the same
// folder never mix their bytes; it is opened exclusively and never through a symbolic link. Does not lock: the last
// writer wins, as a whole.
#define _GNU_SOURCE  // O_DIRECTORY, fdopen under -std=c17
#include "output/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(struct diag *diag, const char *path, int reason) {
  diag_error(diag, NOWHERE, file_write, path, strerror(reason ? reason : EIO));
  return false;
}

const char *file_join(struct arena *a, const char *folder, const char *name) {
  size_t size = strlen(folder);
  return arena_format(a, "%s%s%s", folder, size && folder[size - 1] == '/' ? "" : "/", name);
}

const char *file_temporary_name(struct arena *a, const char *path) {
  return arena_format(a, "%s.part-%ld", path, (long)getpid());
}

bool file_create(struct file *f, struct arena *a, const char *path, struct diag *diag) {
  f->path = arena_string(a, path);
  f->temporary = file_temporary_name(a, path);
  unlink(f->temporary);  // left by a killed process that had our number
  int fd = open(f->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return fail(diag, path, errno);
  f->out = fdopen(fd, "wb");
  if (f->out) return true;
  int reason = errno;
  close(fd);
  unlink(f->temporary);
  return fail(diag, path, reason);
}

void file_abandon(struct file *f) {
  if (f->out) fclose(f->out);
  f->out = NULL;
  unlink(f->temporary);
}

// The rename itself is made durable by syncing the folder. Some file systems refuse to sync one; then the rename
// stands without that promise.
static void sync_folder(const char *path) {
  char folder[4096];
  const char *slash = strrchr(path, '/');
  size_t size = slash ? (size_t)(slash - path) + 1 : 0;
  if (size >= sizeof folder) return;
  memcpy(folder, path, size);
  folder[size] = 0;
  int fd = open(size ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  (void)!fsync(fd);
  close(fd);
}

static bool rename_over(const char *temporary, const char *path, struct diag *diag) {
  if (rename(temporary, path) != 0) {
    int reason = errno;
    unlink(temporary);
    return fail(diag, path, reason);
  }
  sync_folder(path);
  return true;
}

bool file_commit(struct file *f, struct diag *diag) {
  errno = 0;
  bool good = !ferror(f->out) && fflush(f->out) == 0 && fsync(fileno(f->out)) == 0;
  int reason = errno;
  errno = 0;
  if (fclose(f->out) != 0 && good) good = false, reason = errno;
  f->out = NULL;
  if (good) return rename_over(f->temporary, f->path, diag);
  unlink(f->temporary);
  return fail(diag, f->path, reason ? reason : ENOSPC);  // an earlier fwrite failed and its errno is gone
}

bool file_publish(const char *temporary, const char *path, struct diag *diag) {
  int fd = open(temporary, O_RDONLY | O_CLOEXEC);
  bool good = fd >= 0 && fsync(fd) == 0;
  int reason = errno;
  if (fd >= 0) close(fd);
  if (good) return rename_over(temporary, path, diag);
  unlink(temporary);
  return fail(diag, path, reason);
}

bool file_write(struct arena *a, const char *path, const char *data, size_t size, struct diag *diag) {
  struct file f;
  if (!file_create(&f, a, path, diag)) return false;
  fwrite(data, 1, size, f.out);
  return file_commit(&f, diag);
}

bool file_make_folder(struct arena *a, const char *path, struct diag *diag) {
  char *copy = arena_string(a, path);
  for (char *c = copy; *c; c++) {
    if ((c[1] != '/' && c[1]) || c[0] == '/') continue;  // c is the last byte of a component
    char after = c[1];
    c[1] = 0;
    struct stat info;
    if (mkdir(copy, 0777) != 0 && (errno != EEXIST || stat(copy, &info) != 0 || !S_ISDIR(info.st_mode)))
      return fail(diag, copy, errno == EEXIST ? ENOTDIR : errno);
    c[1] = after;
  }
  return true;
}
