// SPDX-License-Identifier: GPL-3.0-or-later
// Vensim's .mdl files: equations as text, subscript ranges, macros, data and lookups. A file becomes a `struct model`
// that runs as one of ours. What is not understood is an error that names file, line, variable and construct; nothing
// is dropped or set to zero. Of the sketch section the places of variables are taken.
#ifndef VENSIM_MDL_H
#define VENSIM_MDL_H
#include "lang/model.h"

// Reads a model. Data files (GET DIRECT ...) are looked for as model_read looks for its own: beside the model or below,
// or in data_dir when that is not NULL. NULL after errors.
struct model *mdl_read(struct arena *a, const char *path, const char *data_dir, struct diag *diag);
// The same from memory; `path` is what the text is called, and where data files are looked for.
struct model *mdl_read_bytes(struct arena *a, const char *path, const char *bytes, size_t size, const char *data_dir,
                             struct diag *diag);
// Does this name look like such a file (.mdl, in any case)?
bool mdl_is_file(const char *path);

#endif
