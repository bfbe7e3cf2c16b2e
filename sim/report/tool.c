// SPDX-License-Identifier: GPL-3.0-or-later
// See tool.h. posix_spawn with three unlinked temporary files as the child's standard streams.
#define _GNU_SOURCE  // environ
#include "report/tool.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"

enum { INPUT, OUTPUT, ERRORS, STREAMS };

static void close_all(FILE *files[STREAMS]) {
  for (int i = 0; i < STREAMS; i++)
    if (files[i]) fclose(files[i]);
}

static bool open_all(FILE *files[STREAMS], const char *input, size_t size) {
  for (int i = 0; i < STREAMS; i++)
    if (!(files[i] = tmpfile())) return false;
  return fwrite(input, 1, size, files[INPUT]) == size && fflush(files[INPUT]) == 0 &&
         lseek(fileno(files[INPUT]), 0, SEEK_SET) == 0;
}

// The number of errno, 0 when it runs.
static int start(pid_t *child, const char *const *command, FILE *files[STREAMS]) {
  posix_spawn_file_actions_t actions;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return error;
  for (int i = 0; i < STREAMS && !error; i++) error = posix_spawn_file_actions_adddup2(&actions, fileno(files[i]), i);
  if (!error) error = posix_spawnp(child, command[0], &actions, NULL, (char *const *)command, environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// False when it had to be ended.
static bool wait_for(pid_t child, int *status) {
  double deadline = now() + LIMIT_TOOL_SECONDS;
  struct timespec pause = {0, 500000};
  for (;;) {
    pid_t ended = waitpid(child, status, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) return ended == child;
    if (now() > deadline) break;
    nanosleep(&pause, NULL);
    if (pause.tv_nsec < 8000000) pause.tv_nsec *= 2;
  }
  kill(child, SIGKILL);
  waitpid(child, status, 0);
  return false;
}

// Into a buffer of the caller, before the arena is asked for anything.
static size_t read_back(FILE *file, char *buffer, size_t capacity) {
  rewind(file);
  size_t size = fread(buffer, 1, capacity, file);
  return size;
}

static struct tool_result *report_missing(const char *program, const char *package, int error, struct diag *diag) {
  diag_error(diag, NOWHERE, tool_start, program, strerror(error));
  if (error == ENOENT) diag_hint(diag, "install it: the Debian package is %s", package);
  return NULL;
}

struct tool_result *tool_run(struct arena *a, const char *const *command, const char *input, size_t size,
                             const char *package, struct diag *diag) {
  // All memory first: a jump of the arena would leave files and a child behind.
  struct tool_result *r = arena_new(a, struct tool_result);
  char *out = arena_alloc(a, LIMIT_TOOL_OUTPUT + 1), *error = arena_alloc(a, LIMIT_TOOL_OUTPUT + 1);
  FILE *files[STREAMS] = {NULL};
  pid_t child;
  int status = 0, failed = open_all(files, input, size) ? 0 : errno;
  if (!failed) failed = start(&child, command, files);
  if (failed) {
    close_all(files);
    return report_missing(command[0], package, failed, diag);
  }
  bool ended = wait_for(child, &status);
  out[read_back(files[OUTPUT], out, LIMIT_TOOL_OUTPUT)] = 0;
  error[read_back(files[ERRORS], error, LIMIT_TOOL_OUTPUT)] = 0;
  close_all(files);
  *r = (struct tool_result){out, error, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
  if (ended) return r;
  diag_error(diag, NOWHERE, tool_time, command[0], LIMIT_TOOL_SECONDS);
  return NULL;
}
