// SPDX-License-Identifier: GPL-3.0-or-later
// Messages to the user. A stage that can fail takes a `struct diag *` last and returns false or NULL after it
// reported. Compile stages collect many messages, runs stop at the first. The texts stand in error.def: one table,
// so that tone and wording stay one; gcc checks their arguments.
//
//     diag_error(diag, span, unknown_key, key);     // text and default hint from error.def
//     diag_hint(diag, "did you mean '%s'?", near);  // what to do, for the last message
//     diag_note(diag, other, "first given here");   // a second place, for the last message
#ifndef BASE_DIAG_H
#define BASE_DIAG_H
#include <stdio.h>

#include "base/arena.h"
#include "base/source.h"

enum exit_code { EXIT_OK = 0, EXIT_INVALID = 1, EXIT_USAGE = 2, EXIT_NUMERIC = 3, EXIT_IO = 4, EXIT_MEMORY = 5 };

enum error_id {
#define E(id, exit, text, hint) ERROR_##id,
#include "base/error.def"
#undef E
  ERROR_COUNT
};
#define E(id, exit, text, hint) __attribute__((unused)) static const char ERROR_TEXT_##id[] = text;
#include "base/error.def"
#undef E

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

struct message {
  enum severity severity;
  enum error_id id;
  struct span at;
  const char *text;
  const char *hint;     // NULL: none
  const char *subject;  // what was being read or checked, a variable as a rule; NULL: nothing in particular
  LIST(struct note {
    struct span at;
    const char *text;
  })
  notes;
};

struct diag {
  struct arena *arena;
  LIST(struct message) messages;
  size_t errors, warnings;  // all of them, also those past LIMIT_MESSAGES, of which each kind keeps as many
  bool dropped;             // the last message was one too many: so are its hint and notes
  enum exit_code exit;      // of the first error
  const char *subject;      // each message takes it along
  size_t most;              // messages kept of each kind; 0: LIMIT_MESSAGES
};

void diag_init(struct diag *d, struct arena *a);
#define diag_error(d, at, id, ...) diag_add((d), SEVERITY_ERROR, ERROR_##id, (at), ERROR_TEXT_##id, ##__VA_ARGS__)
#define diag_warning(d, at, id, ...) diag_add((d), SEVERITY_WARNING, ERROR_##id, (at), ERROR_TEXT_##id, ##__VA_ARGS__)
void diag_add(struct diag *d, enum severity severity, enum error_id id, struct span at, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void diag_hint(struct diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
void diag_note(struct diag *d, struct span at, const char *format, ...) __attribute__((format(printf, 3, 4)));
// "did you mean" for the last message when near is not NULL.
void diag_did_you_mean(struct diag *d, const char *near);

// Puts the messages from `from` on in the order of their places in `first`; those of other files come behind, those
// without a place last. What is said twice in the same words is kept once.
void diag_sort(struct diag *d, size_t from, const struct source *first);

// Prints all messages as `file:line:col: error: text`, the line, a caret, notes, hint. Control characters in the
// user's text are shown as escapes.
void diag_print(const struct diag *d, FILE *out);

#endif
