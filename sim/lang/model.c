// SPDX-License-Identifier: GPL-3.0-or-later
// Questions about a model that was read: names of kinds, variables by name, names of elements. See model.h.
#include "lang/model.h"

#include <string.h>

#include "base/text.h"

const char *const variable_kind_names[VARIABLE_KINDS] = {"stock",     "flow",  "auxiliary", "indicator", "constant",
                                                         "parameter", "lever", "input",     "table"};
const char *const variable_kind_sections[VARIABLE_KINDS] = {
    "stocks", "flows", "auxiliaries", "indicators", "constants", "parameters", "levers", "inputs", "tables"};

const struct variable *model_variable(const struct model *m, const char *name) {
  uint32_t index = map_get(&m->names, name);
  return index == MAP_NONE ? NULL : &m->variables.items[index];
}

// The readers of foreign files enter names in small letters with underscores as well.
uint32_t model_find(const struct model *m, struct arena *a, const char *name, size_t size) {
  char *text = arena_copy(a, name, size);
  uint32_t index = map_get(&m->names, text);
  if (index != MAP_NONE || !m->foreign) return index;
  for (char *s = text; *s; s++) *s = text_unspelled(*s);
  return map_get(&m->names, text);
}

bool model_is_same(const struct model *a, const struct model *b) {
  return (a->origin ? a->origin : a) == (b->origin ? b->origin : b);
}

uint32_t model_dimension_element(const struct dimension *d, const char *name) {
  uint32_t likely = map_get(&d->names, name);
  if (likely < d->count && strcmp(d->elements[likely], name) == 0) return likely;
  for (uint32_t i = 0; i < d->count; i++)
    if (strcmp(d->elements[i], name) == 0) return i;
  return UINT32_MAX;
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
