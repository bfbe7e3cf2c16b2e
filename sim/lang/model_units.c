// SPDX-License-Identifier: GPL-3.0-or-later
// The `units:` sections of all files: base units first, then aliases in the order they are written, so that an alias
// may use base units of any file and the aliases above it.
#include <string.h>

#include "lang/model_read.h"

static void declare(struct model_reader *r, const struct tree *key, const struct tree *value, bool bases) {
  const char *text;
  if (value->kind != TREE_SCALAR || tree_is_null(value)) {
    if (bases) reader_text(value, "a unit", &text, r->diag);
    return;
  }
  bool base = strcmp(value->text, "base") == 0;
  if (base == bases)
    unit_declare(&r->model->units, key->text, key->span, base ? NULL : value->text, value->span, r->diag);
}

static void declare_file(struct model_reader *r, const struct tree *file, bool bases) {
  const struct tree *units = tree_get(file, "units");
  if (!units) return;
  if (units->kind != TREE_MAP) {
    if (bases) reader_expect(units, file->span, TREE_MAP, "'units'", r->diag);
    return;
  }
  for (size_t i = 0; i < units->count; i++) declare(r, units->keys[i], units->items[i], bases);
}

void model_units_read(struct model_reader *r) {
  for (size_t i = 0; i < r->files.count; i++) declare_file(r, r->files.items[i]->tree, true);
  for (size_t i = 0; i < r->files.count; i++) declare_file(r, r->files.items[i]->tree, false);
}
