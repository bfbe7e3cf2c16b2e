// SPDX-License-Identifier: GPL-3.0-or-later
// Questions about a model that was read: names of kinds, variables by name, names of elements. See model.h.
#include "lang/model.h"

const char *const variable_kind_names[VARIABLE_KINDS] = {"stock",     "flow",  "auxiliary", "indicator", "constant",
                                                         "parameter", "lever", "input",     "table"};
const char *const variable_kind_sections[VARIABLE_KINDS] = {
    "stocks", "flows", "auxiliaries", "indicators", "constants", "parameters", "levers", "inputs", "tables"};

const struct variable *model_variable(const struct model *m, const char *name) {
  uint32_t index = map_get(&m->names, name);
  return index == MAP_NONE ? NULL : &m->variables.items[index];
}

const char *variable_element_name(struct arena *a, const struct model *m, const struct variable *v, size_t element) {
  if (!v->dim_count) return v->name;
  const char *list = "";
  for (size_t i = v->dim_count; i-- > 0;) {  // the last subscript is the fastest
    const struct dimension *d = &m->dimensions.items[v->dims[i]];
    list = arena_format(a, "%s%s%s", d->elements[element % d->count], *list ? "," : "", list);
    element /= d->count;
  }
  return arena_format(a, "%s[%s]", v->name, list);
}
