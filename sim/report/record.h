// SPDX-License-Identifier: GPL-3.0-or-later
// A JSON file as a tree in an arena, read as hostile input: size, depth and UTF-8 are bounded and checked, and what is
// asked for but absent, or of another type, is an empty record instead of a NULL pointer, so that readers of optional
// keys need no ladder of checks. Knows nothing of what the files mean.
#ifndef REPORT_RECORD_H
#define REPORT_RECORD_H
#include "base/diag.h"

enum record_kind { RECORD_NONE, RECORD_TEXT, RECORD_NUMBER, RECORD_BOOL, RECORD_LIST, RECORD_MAP };

struct record {
  enum record_kind kind;
  const char *text;
  double number;  // NAN unless a number; null is a RECORD_NONE
  bool truth;
  size_t count;       // of a list or a map
  const char **keys;  // of a map
  struct record *items;
};

// NULL after an error.
const struct record *record_read(struct arena *a, const char *path, struct diag *diag);

const struct record *record_get(const struct record *map, const char *key);
const struct record *record_at(const struct record *list, size_t i);
// The text, or `other` when it is none.
const char *record_text(const struct record *r, const char *other);

#endif
