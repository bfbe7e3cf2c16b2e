// SPDX-License-Identifier: GPL-3.0-or-later
// XMILE files (.xmile, .stmx, .itmx): Stella, iThink and all that speak OASIS XMILE 1.0. A file becomes a `struct
// model` that runs as one of ours. What is not understood is an error that names file, line, variable and construct;
// nothing is dropped or set to zero. Diagrams and interfaces are not read.
#ifndef XMILE_XMILE_H
#define XMILE_XMILE_H
#include "lang/model.h"

// Reads a model. Files that it names (modules, includes) lie beside it or below, or in data_dir when that is not NULL.
// NULL after errors.
struct model *xmile_read(struct arena *a, const char *path, const char *data_dir, struct diag *diag);
// The same from a text that was read.
struct model *xmile_read_source(struct arena *a, const struct source *s, const char *data_dir, struct diag *diag);
// Does this name look like such a file (.xmile .stmx .itmx .xml, in any case)?
bool xmile_is_file(const char *path);

#endif
