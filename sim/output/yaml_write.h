// SPDX-License-Identifier: GPL-3.0-or-later
// struct model -> the YAML of docs/language.md: model.yaml, and a file for each sector. What is written reads back as
// the same model, whichever reader made it: names that are no identifiers stand in quotes, subscripts that an importer
// settled become mappings, numbers have all their digits. What the language has no words for is an error that names it.
// Comments and the arrangement of a file that was read are not kept.
#ifndef OUTPUT_YAML_WRITE_H
#define OUTPUT_YAML_WRITE_H
#include "base/diag.h"
#include "lang/model.h"

struct yaml_files {
  LIST(struct yaml_file {
    const char *path;  // below the folder of the model
    const char *text;
    size_t size;
  })
  files;  // model.yaml first
};

// False after errors.
bool yaml_write(struct yaml_files *out, struct arena *a, const struct model *m, struct diag *diag);
// A text as a YAML scalar: plain where that is safe, else in double quotes. For other writers of YAML; in the arena.
const char *yaml_scalar(struct arena *a, const char *text);

#endif
