// SPDX-License-Identifier: GPL-3.0-or-later
// Inside the YAML writer: its state, and the parts in the order in which they call one another.
#ifndef OUTPUT_YAML_PARTS_H
#define OUTPUT_YAML_PARTS_H
#include "base/text.h"
#include "output/yaml_write.h"

struct yaml_mapping {
  const char *name;
  uint32_t from, to;
  const uint32_t *elements;  // in root coordinates, as in struct subscript_map
};
struct yaml_alias {  // a dimension made because a variable has another one twice
  const char *name;
  uint32_t of;
  unsigned place;  // 1 for the second use
};

struct yaml_writer {
  struct arena *arena;
  const struct model *m;
  struct diag *diag;
  struct text *out;  // of the file that is being written
  struct text text;  // of one expression
  LIST(struct yaml_mapping) mappings;
  LIST(struct yaml_alias) aliases;
  bool failed;
};

// yaml_scalar.c: texts and numbers of YAML itself.
enum { YAML_LINE = 110 };
void yaml_put_text(struct yaml_writer *w, const char *text, bool flow);  // plain where that is safe, else in quotes
void yaml_put_key(struct yaml_writer *w, int indent, const char *key);   // "  key:"
void yaml_put_field(struct yaml_writer *w, int indent, const char *key, const char *text);  // nothing for NULL
void yaml_put_number(struct yaml_writer *w, double value);
// One item of a flow list begun by the caller with '['; breaks the line where it would get too long.
void yaml_put_item(struct yaml_writer *w, int indent, size_t i, const char *text);
void yaml_put_label(struct yaml_writer *w, int indent, const char *key, struct label label, const char *fallback);

// yaml_expr.c
// The name of a dimension as `v` declares it at a place: an alias where the dimension stands there again.
const char *yaml_dimension(struct yaml_writer *w, const struct variable *v, size_t place);
// "gdp", "output[ic, js]", "'Water Level'[industry]": the key of an entry; subscripts NULL: the declaration's.
const char *yaml_key(struct yaml_writer *w, const struct variable *v, const struct equation *e);
// The text of an expression of equation `e` of `v` (NULL: of none); in the arena.
const char *yaml_expr(struct yaml_writer *w, const struct variable *v, const struct equation *e, const struct expr *x);
const char *yaml_name(struct yaml_writer *w, const char *name);  // in quotes where it is no identifier

// yaml_entry.c: one variable, its exceptions with it.
// The kind that a variable is written as: a foreign constant that the model was built upon cannot be set any more.
enum variable_kind yaml_kind(const struct variable *v);
void yaml_put_variable(struct yaml_writer *w, const struct variable *v);
void yaml_put_unit(struct yaml_writer *w, int indent, const char *key, const struct unit *unit, struct span at);

#endif
