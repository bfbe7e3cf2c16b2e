// SPDX-License-Identifier: GPL-3.0-or-later
// Inside the model reader: the state that its parts share while a model is read, and the parts in the order in which
// they run. Each part reads its sections of all files, since a sector may use what another declares.
#ifndef LANG_MODEL_READ_H
#define LANG_MODEL_READ_H
#include "lang/reader.h"

struct model_file {
  const char *path, *real;  // as shown; canonical
  const struct source *source;
  const struct tree *tree;
  const char *sector;               // label of a sector file; NULL: the main file
  const struct model_file *parent;  // the file that includes this one
};

struct model_reader {
  struct arena *arena;
  struct model *model;
  struct diag *diag;
  const char *folder, *data;  // canonical folders below which files may lie; data may be NULL
  const char *data_dir;       // as given
  LIST(const struct model_file *) files;
  size_t **painted; /* [variable][element]: size of the exception that set a value; NULL: none did */
};

// model_files.c: the main file and all it includes. False when one cannot be used.
bool model_files_open(struct model_reader *r, const char *path);
// The source of a data file named in the model; read once, and listed in model->sources.
const struct source *model_files_data(struct model_reader *r, const struct tree *name);
// The path of a data file that the model `of` names, under the same rules; NULL after an error.
const char *model_files_locate(struct arena *a, const char *of, const char *data_dir, const struct tree *name,
                               struct diag *diag);

void model_units_read(struct model_reader *r);       // model_units.c
void model_dimensions_read(struct model_reader *r);  // model_dimensions.c
void model_functions_read(struct model_reader *r);   // model_functions.c
void model_entries_read(struct model_reader *r);     // model_entries.c: variables and their exceptions
void model_mappings_read(struct model_reader *r);    // model_mappings.c: after them, since it settles their subscripts

// model_fields.c: the keys of one declaration, whose name, kind and dimensions are set.
void model_fields_read(struct model_reader *r, struct variable *v, const struct tree *entry);
// The keys of an exception `name[subscripts]: {...}`.
void model_fields_exception(struct model_reader *r, struct variable *v, const struct expr *name,
                            const struct tree *entry, struct span key);
// An equation or initial value of an entry, added to v; subscripts NULL: for all elements.
void model_fields_equation(struct model_reader *r, struct variable *v, const struct tree *entry, const char *key,
                           const struct expr *name, struct span key_span);
// Does a flow mapping hold the pieces of an equation that it split at a comma? Reports it.
bool model_fields_split(struct model_reader *r, const struct tree *entry);

// model_values.c: numbers and priors of parameters; paths of levers, inputs and tables.
void model_values_parameter(struct model_reader *r, struct variable *v, const struct tree *value);
void model_values_element(struct model_reader *r, struct variable *v, const struct tree *value,
                          const uint32_t *elements, size_t count, struct span key);
void model_values_complete(struct model_reader *r, const struct variable *v);
void model_values_prior(struct model_reader *r, struct variable *v, const struct tree *prior);
void model_values_path(struct model_reader *r, struct variable *v, const struct tree *entry);
void model_values_absent(struct model_reader *r, struct variable *v, const struct tree *value);

// model_report.c: benchmarks and targets of indicators.
void model_report_benchmarks(struct model_reader *r, struct variable *v, const struct tree *map);
void model_report_targets(struct model_reader *r, struct variable *v, const struct tree *map);

#endif
