// SPDX-License-Identifier: GPL-3.0-or-later
// Names of methods, and the model that a scenario file names. See scenario.h.
#include "lang/scenario.h"

#include "lang/scenario_read.h"

const char *const method_names[METHODS] = {
#define METHOD(id, name, doc) name,
#include "lang/method.def"
#undef METHOD
};

bool method_is_fixed(enum method m) {
  return m == METHOD_EULER || m == METHOD_RK2 || m == METHOD_RK4;
}
bool method_is_implicit(enum method m) {
  return m == METHOD_MSBDF || m == METHOD_BSIMP || m == METHOD_RK4IMP;
}

const char *scenario_model_path(struct arena *a, const char *path, struct diag *diag) {
  const struct tree *tree = scenario_files_merge(a, path, NULL, diag);
  const char *name;
  if (!tree) return NULL;
  const struct tree *model = tree_get(tree, "model");
  if (!model) {
    diag_error(diag, tree->span, scenario_model);
    return NULL;
  }
  // The path stands in the file that names it, which may be one that is extended.
  return reader_text(model, "'model'", &name, diag) ? source_sibling(a, model->span.source->path, name) : NULL;
}
