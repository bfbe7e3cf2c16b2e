// SPDX-License-Identifier: GPL-3.0-or-later
// A study of Vensim as a scenario of our own: changes become parameters, sensitivity control a `sweep:` block, a save
// list `save:`. A file with the sample becomes a CSV beside the scenario.
#ifndef OUTPUT_STUDY_WRITE_H
#define OUTPUT_STUDY_WRITE_H
#include "output/yaml_write.h"
#include "vensim/vensim_study.h"

// Scenario `name` over `model` (a path beside it), and its list when it has one. False after errors.
bool study_write(struct yaml_files *out, struct arena *a, const struct vensim_study *s, const struct model *m,
                 const char *name, const char *model, struct diag *diag);

#endif
