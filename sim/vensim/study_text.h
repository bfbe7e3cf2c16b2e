// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of Vensim's study files, as the readers of each kind need them. All that can fail says false (or MAP_NONE,
// NULL) after an error in the reader's `diag` at the place.
#ifndef VENSIM_STUDY_TEXT_H
#define VENSIM_STUDY_TEXT_H
#include "vensim/vensim_study.h"

struct study_reader {
  struct vensim_study *s;
  struct arena *arena;
  const struct model *m;
  struct diag *diag;
  const struct source *source;
  struct map names;  // mdl_key -> variable
};
struct study_piece {  // a part of the source
  const char *text;
  size_t size;
};
struct study_constant {
  uint32_t variable;
  uint32_t *elements;
  size_t count;
};

struct span study_span(const struct study_reader *r, struct study_piece p);
struct study_piece study_trimmed(const char *text, size_t size);
const char *study_shown(struct study_reader *r, struct study_piece p);
// The place of the first of `stops` outside quotes, brackets and parentheses; p.size when there is none.
size_t study_find(struct study_piece p, const char *stops);
// The next part up to a comma or semicolon; false at the end.
bool study_next_part(struct study_piece *rest, struct study_piece *part);
bool study_number(struct study_reader *r, struct study_piece p, double *value);
// An error that says what a line should have been; always false.
bool study_bad_line(struct study_reader *r, struct study_piece line, const char *wanted);

bool study_is_named(struct study_reader *r, struct study_piece p, const char *key);
uint32_t study_variable(struct study_reader *r, struct study_piece name);
// "name" or "name[a, b]": a constant of the model.
bool study_constant_read(struct study_reader *r, struct study_piece p, struct study_constant *c);

// A file's text, from CP1252 where it is not UTF-8.
const struct source *study_open(struct study_reader *r, const char *path);
// The next line that is not empty; false at the end.
bool study_next_line(const struct source *source, size_t *at, struct study_piece *line);

// DISTRIBUTION(arguments): the prior, or the values of a grid.
bool study_distribution_read(struct study_reader *r, struct study_piece p, struct vensim_draw *d);
// The file with the sample that a sensitivity control names.
bool study_sample_read(struct study_reader *r, struct study_piece name);
bool study_sensitivity_read(struct study_reader *r);
bool study_changes_read(struct study_reader *r);

#endif
