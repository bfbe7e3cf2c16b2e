// SPDX-License-Identifier: GPL-3.0-or-later
// Data that an .mdl names in other files: GET DIRECT and GET XLS DATA, LOOKUPS, CONSTANTS, SUBSCRIPT, from CSV files
// and from sheets of XLSX and XLS. Files lie where model_files.c allows.
#ifndef VENSIM_MDL_DATA_H
#define VENSIM_MDL_DATA_H
#include "vensim/mdl_parts.h"

// One series for each combination of the ranges on the left side, the last one fastest.
bool mdl_data_paths(struct mdl *m, const struct mdl_equation *e, struct path *paths, size_t count);
bool mdl_data_constants(struct mdl *m, const struct mdl_equation *e, double *values, size_t count);
bool mdl_data_subscript(struct mdl *m, const struct mdl_node *get, const char ***names, size_t *count);
// mdl_file.c: the file that a model names so, relative to its folder.
const char *mdl_file_name(struct mdl *m, const char *name);

#endif
