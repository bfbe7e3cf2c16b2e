// SPDX-License-Identifier: GPL-3.0-or-later
// Vensim's files around a model: sensitivity control (.vsc: what varies, how often, sampled how), save lists (.lst:
// what to keep), changes (.cin: constants with other values). Read against the model that they belong to, so that names
// are known and elements found. What has no counterpart here is an error that names it: a study that says something
// else than its file would be worse than none. Draws follow our contract for randomness, not Vensim's.
#ifndef VENSIM_VENSIM_STUDY_H
#define VENSIM_VENSIM_STUDY_H
#include "lang/model.h"

enum vensim_kind { VENSIM_NO_STUDY, VENSIM_SENSITIVITY, VENSIM_LIST, VENSIM_CHANGES };
enum vensim_sampling { VENSIM_MULTIVARIATE, VENSIM_LATIN, VENSIM_GRID, VENSIM_FILE };

struct vensim_target {  // a constant, or one element of it
  uint32_t variable;
  size_t element;
  bool whole;  // all elements
};
struct vensim_study {
  bool sweeps;
  enum vensim_sampling sampling;
  double members;
  const char *seed;  // digits; NULL: none
  LIST(struct vensim_draw {
    struct vensim_target of;
    struct prior prior;
    double *values;  // of a grid
    size_t value_count;
  })
  draws;
  LIST(struct vensim_target) columns;  // of a file with the sample
  LIST(double) rows;                   /* [row][column] */
  LIST(struct vensim_change {
    struct vensim_target of;
    double value;
  })
  changes;
  double start, stop, step, save;  // NAN: not changed
  LIST(uint32_t) saved;
};

// By the ending of its name.
enum vensim_kind vensim_study_kind(const char *path);
void vensim_study_init(struct vensim_study *s);
// Adds one file; a later change of one constant wins. False after errors.
bool vensim_study_read(struct vensim_study *s, struct arena *a, const struct model *m, const char *path,
                       struct diag *diag);

#endif
