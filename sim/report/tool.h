// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a program that draws (gnuplot, dot) or that tells about fonts (fc-list), without a shell: the words of the
// command are passed as they are, the script goes to its standard input. Input and output are unnamed files, so that
// neither side can block the other; a program that does not end in time is ended.
#ifndef REPORT_TOOL_H
#define REPORT_TOOL_H
#include "base/diag.h"

struct tool_result {
  const char *out, *error;  // what it wrote, up to LIMIT_TOOL_OUTPUT bytes each
  int status;               // its exit code; -1: it was ended by a signal
};

// command ends with NULL; package: what to install when there is no such program. NULL after an error: the program is
// missing, or out of time. A failure of the program itself is for the caller to judge.
struct tool_result *tool_run(struct arena *a, const char *const *command, const char *input, size_t size,
                             const char *package, struct diag *diag);

#endif
