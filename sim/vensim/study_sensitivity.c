// SPDX-License-Identifier: GPL-3.0-or-later
// Sensitivity control (.vsc): a first line that says how to sample, then a line a constant that varies.
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "vensim/study_text.h"

static bool read_draw(struct study_reader *r, struct study_piece line) {
  size_t equals = study_find(line, "=");
  struct study_constant c;
  struct vensim_draw d = {0};
  if (equals == line.size) return study_bad_line(r, line, "NAME=DISTRIBUTION(ARGUMENTS)");
  struct study_piece right = study_trimmed(line.text + equals + 1, line.size - equals - 1);
  if (!study_constant_read(r, study_trimmed(line.text, equals), &c) || !study_distribution_read(r, right, &d))
    return false;
  bool all = c.count == r->m->variables.items[c.variable].element_count;
  for (size_t i = 0; i < (all ? 1 : c.count); i++) {
    d.of = (struct vensim_target){c.variable, c.elements[i], all};
    list_push(r->arena, &r->s->draws) = d;
  }
  return true;
}

// ---- the first line

static bool read_seed(struct study_reader *r, struct study_piece p) {
  if (!p.size) return true;
  double seed;
  if (!study_number(r, p, &seed)) return false;
  if (seed == floor(seed) && seed > 0 && seed < 0x1p63) {
    r->s->seed = arena_format(r->arena, "%.0f", seed);
    return true;
  }
  diag_error(r->diag, study_span(r, p), study_seed, study_shown(r, p));
  return false;
}

static bool read_method(struct study_reader *r, struct study_piece p) {
  static const struct {
    char letter;
    enum vensim_sampling sampling;
  } known[] = {{'M', VENSIM_MULTIVARIATE}, {'L', VENSIM_LATIN}, {'F', VENSIM_FILE}};
  char letter = p.size ? (char)(*p.text & ~0x20) : 'M';
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (known[i].letter == letter && p.size <= 1) return r->s->sampling = known[i].sampling, true;
  diag_error(r->diag, study_span(r, p), study_method, study_shown(r, p));
  return false;
}

// simulations, method, seed, file, warnings: all but the method may be empty.
static bool read_control(struct study_reader *r, struct study_piece line) {
  struct study_piece fields[5], part, rest = line;
  size_t count = 0;
  for (size_t i = 0; i < 5; i++) fields[i] = (struct study_piece){line.text, 0};
  while (study_next_part(&rest, &part)) {
    if (count == 5) return study_bad_line(r, line, "SIMULATIONS,METHOD,SEED,FILE,WARNINGS");
    if (part.size >= 7 && strncasecmp(part.text, "method=", 7) == 0) part.text += 7, part.size -= 7;
    fields[count++] = part;
  }
  if (count < 2) return study_bad_line(r, line, "SIMULATIONS,METHOD,SEED,FILE,WARNINGS");
  r->s->members = 200;  // the manual's default
  if (fields[0].size && !study_number(r, fields[0], &r->s->members)) return false;
  if (!(r->s->members >= 1 && r->s->members <= (double)LIMIT_MEMBERS && r->s->members == floor(r->s->members))) {
    diag_error(r->diag, study_span(r, fields[0]), sweep_member_count, study_shown(r, fields[0]), LIMIT_MEMBERS);
    return false;
  }
  if (!read_method(r, fields[1]) || !read_seed(r, fields[2])) return false;
  return r->s->sampling != VENSIM_FILE || study_sample_read(r, fields[3]);
}

// ---- the whole

bool study_sensitivity_read(struct study_reader *r) {
  size_t at = 0;
  struct study_piece line;
  if (!study_next_line(r->source, &at, &line)) {
    diag_error(r->diag, NOWHERE, study_empty, r->source->path);
    return false;
  }
  if (r->s->sweeps) {
    diag_error(r->diag, study_span(r, line), study_second);
    return false;
  }
  r->s->sweeps = true;
  bool ok = read_control(r, line);
  while (study_next_line(r->source, &at, &line))
    if (r->s->sampling != VENSIM_FILE) ok = read_draw(r, line) && ok;  // with a file, Vensim ignores them
  size_t vectors = 0;
  for (size_t i = 0; i < r->s->draws.count; i++) vectors += r->s->draws.items[i].values != NULL;
  if (vectors && vectors < r->s->draws.count) {
    diag_error(r->diag, NOWHERE, study_mixed);
    return false;
  }
  if (ok && vectors && r->s->sampling == VENSIM_LATIN) {
    diag_error(r->diag, NOWHERE, study_mixed);
    return false;
  }
  if (vectors) r->s->sampling = VENSIM_GRID;
  return ok;
}
