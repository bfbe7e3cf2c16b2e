// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes the YAML reader: any bytes end in a tree or an error, within the bounds; every span lies in the file, and a
// verbatim scalar equals the bytes at its span.
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "fuzz.h"
#include "lang/yaml.h"

static void check(const struct tree *t, unsigned depth, size_t *nodes) {
  if (++*nodes > LIMIT_YAML_NODES || depth > LIMIT_YAML_DEPTH) abort();
  if ((size_t)t->span.at + t->span.size > t->span.source->size) abort();
  if (t->kind == TREE_SCALAR && t->verbatim &&
      (strlen(t->text) != t->span.size || memcmp(t->span.source->text + t->span.at, t->text, t->span.size) != 0))
    abort();
  for (size_t i = 0; i < t->count; i++) {
    if (t->kind == TREE_MAP) check(t->keys[i], depth + 1, nodes);
    check(t->items[i], depth + 1, nodes);
  }
}

void fuzz_one(struct arena *a, const uint8_t *data, size_t size) {
  struct diag diag;
  diag_init(&diag, a);
  struct source *s = source_from_text(a, "fuzz", (const char *)data, size, &diag);
  struct tree *t = s ? yaml_read(a, s, &diag) : NULL;
  size_t nodes = 0;
  if (!t != (diag.errors > 0)) abort();
  if (t) check(t, 1, &nodes);
}
