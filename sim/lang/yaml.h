// SPDX-License-Identifier: GPL-3.0-or-later
// YAML text -> tree. Built on libyaml's event API with caps on depth, nodes and aliases (limits.h); reports duplicate
// keys, which libyaml does not. Scalars keep their text: what is a number is the reader's business, not YAML's.
// The tree knows nothing of models.
#ifndef LANG_YAML_H
#define LANG_YAML_H
#include "base/diag.h"
#include "base/source.h"

enum tree_kind { TREE_SCALAR, TREE_LIST, TREE_MAP };

struct tree {
  enum tree_kind kind;
  struct span span;     // of the scalar's text; of the opening of a list or map
  const char *text;     // scalar: its value, NUL-terminated
  bool plain;           // scalar: unquoted (only a plain scalar can be null: '~', 'null' or empty)
  bool flow;            // list, map: written [..] or {..}
  bool verbatim;        // scalar: text equals the source bytes at span, so an offset in it is an offset in the file
  size_t count;         // list: items; map: pairs
  struct tree **items;  // list: the items; map: the values
  struct tree **keys;   // map: the keys (scalars, no two alike)
};

// The single document of a source, or NULL after errors. An empty document is an error.
struct tree *yaml_read(struct arena *a, const struct source *source, struct diag *diag);

// The value of a key of a map, or NULL.
struct tree *tree_get(const struct tree *map, const char *key);
bool tree_is_null(const struct tree *t);

#endif
