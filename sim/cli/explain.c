// SPDX-License-Identifier: GPL-3.0-or-later
// See explain.h.
#include "cli/explain.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyse/polarity.h"
#include "output/file.h"

bool explain_exists(const char *path) {
  return access(path, F_OK) == 0;
}

const char *explain_beside(const struct explanation *x, const char *name) {
  return source_sibling(&x->cli->arena, x->in.model->path, name);
}

static const char *model_file(struct cli *c, const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode) ? file_join(&c->arena, path, "model.yaml") : path;
}

// Everything is saved: any variable may be asked for, and signs are measured from all values.
bool explain_load(struct explanation *x, const char *path, enum load_stage stage) {
  struct cli *c = x->cli;
  list_push(&c->arena, &c->options.sets) = "save=all";
  bool good = load_input(&x->loader, model_file(c, path), stage, &x->in);
  c->options.sets.count--;
  return good;
}

bool explain_measure(struct explanation *x, struct diag *diag) {
  struct cli *c = x->cli;
  struct why *w = &x->why;
  struct causes *g = causes_create(&c->arena, x->in.checked);
  w->causes = g;
  const struct results *r = run_single(&c->arena, x->in.program, diag);
  if (!r || diag->errors) return false;
  w->card = scorecard_create(&c->arena, r);
  size_t *moments = arena_array(&c->arena, size_t, w->card->column_count), count = 0;
  for (size_t i = 0; i < w->card->column_count; i++)
    if (w->card->columns[i].save != SCORECARD_NONE) moments[count++] = w->card->columns[i].save;
  return polarity_measure(&c->arena, g, r, moments, count, diag);
}

bool explain_read_loops(struct explanation *x, bool required, struct named_loops **named) {
  struct cli *c = x->cli;
  const char *path = explain_beside(x, "loops.yaml");
  *named = NULL;
  if (!required && !explain_exists(path)) return true;
  *named = loops_read_head(&c->arena, path, &c->diag);
  return *named && loops_read(&c->arena, *named, x->in.model, &c->diag);
}

bool explain_load_for_loops(struct explanation *x, const char *path, bool required, bool theirs,
                            struct named_loops **named) {
  if (!explain_load(x, path, LOAD_AST)) return false;
  bool is_model = strcmp(x->in.scenario->path, x->in.model->path) == 0;
  if (!explain_read_loops(x, required, named)) return false;
  bool own = (is_model || theirs) && *named && (*named)->scenario_path;
  return explain_load(x, own ? (*named)->scenario_path : path, LOAD_PROGRAM);
}

bool explain_read_paper(struct explanation *x, bool required) {
  const char *path = explain_beside(x, "paper.yaml");
  if (!required && !explain_exists(path)) return true;
  x->why.paper = paper_read(&x->cli->arena, path, x->in.model, &x->cli->diag);
  return x->why.paper;
}
