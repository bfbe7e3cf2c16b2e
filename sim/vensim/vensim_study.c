// SPDX-License-Identifier: GPL-3.0-or-later
// The study files by kind (Vensim Reference Manual: Sensitivity Control Files, Constant Input Files, Save Lists). Names
// are matched as Vensim does, by small letters with blanks and underscores alike.
#include "vensim/vensim_study.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "vensim/mdl_parts.h"
#include "vensim/study_text.h"

// ---- save lists

static bool read_list(struct study_reader *r) {
  size_t at = 0;
  struct study_piece line;
  bool ok = true;
  while (study_next_line(r->source, &at, &line)) {
    size_t open = 0;
    bool quoted = false, known = false;
    while (open < line.size && (quoted || line.text[open] != '[')) quoted ^= line.text[open++] == '"';
    uint32_t v = study_variable(r, study_trimmed(line.text, open));
    ok = ok && v != MAP_NONE;
    if (v == MAP_NONE) continue;
    for (size_t i = 0; i < r->s->saved.count; i++) known = known || r->s->saved.items[i] == v;
    if (!known) list_push(r->arena, &r->s->saved) = v;  // of an array all elements are saved
  }
  return ok;
}

// ---- the whole

enum vensim_kind vensim_study_kind(const char *path) {
  static const char *const endings[] = {
      [VENSIM_SENSITIVITY] = ".vsc", [VENSIM_LIST] = ".lst", [VENSIM_CHANGES] = ".cin"};
  size_t size = strlen(path);
  for (int k = VENSIM_SENSITIVITY; k <= VENSIM_CHANGES; k++)
    if (size > 4 && strcasecmp(path + size - 4, endings[k]) == 0) return (enum vensim_kind)k;
  return VENSIM_NO_STUDY;
}

void vensim_study_init(struct vensim_study *s) {
  *s = (struct vensim_study){.start = NAN, .stop = NAN, .step = NAN, .save = NAN};
}

bool vensim_study_read(struct vensim_study *s, struct arena *a, const struct model *m, const char *path,
                       struct diag *diag) {
  struct study_reader r = {.s = s, .arena = a, .m = m, .diag = diag};
  map_init(&r.names, a);
  for (uint32_t i = 0; i < m->variables.count; i++) {
    const char *name = m->variables.items[i].name;
    if (!m->variables.items[i].hidden) map_add(&r.names, mdl_key(a, name, strlen(name)), i);
  }
  r.source = study_open(&r, path);
  if (!r.source) return false;
  switch (vensim_study_kind(path)) {
    case VENSIM_SENSITIVITY:
      return study_sensitivity_read(&r);
    case VENSIM_LIST:
      return read_list(&r);
    default:
      return study_changes_read(&r);
  }
}
