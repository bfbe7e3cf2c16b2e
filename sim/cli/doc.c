// SPDX-License-Identifier: GPL-3.0-or-later
// simulate doc: a model's documentation, made from the model and the files beside it. The model runs once, so that
// links and loops have signs; when it cannot, the document says so and has none.
#include "report/doc.h"

#include <string.h>

#include "cli/explain.h"
#include "cli/shown.h"
#include "output/file.h"

static const char usage[] =
    "simulate doc MODEL            a model's documentation, made from the model\n"
    "\n"
    "MODEL is a model's folder or file, YAML, XMILE or Vensim. Tells of time, units, sectors, and of every variable "
    "its\n"
    "equation, unit, labels, source, prior, range, benchmarks, causes and uses, all linked; of the feedback loops; "
    "and\n"
    "of what stands beside the model: loops.yaml, paper.yaml, validation.yaml, tests.yaml. Prints Markdown.\n"
    "\n"
    "  -o, --out FILE      write to FILE instead, which ends in .md or .html\n"
    "  --lang en|zh        language of headings; labels are shown in both\n"
    "  --units warn, --data-dir DIR   as for run\n"
    "  -q, --quiet         show only errors\n";

static bool has_ending(const char *path, const char *ending) {
  size_t size = strlen(path), end = strlen(ending);
  return size > end && strcmp(path + size - end, ending) == 0;
}

static bool kind_of(struct cli *c, enum doc_kind *kind) {
  const char *out = c->options.out;
  *kind = out && has_ending(out, ".html") ? DOC_HTML : DOC_MARKDOWN;
  bool known = !out || *kind == DOC_HTML || has_ending(out, ".md");
  if (!known) diag_error(&c->diag, NOWHERE, doc_format, out);
  return known;
}

// Files beside the model may be those of another model in the folder.
static bool is_of(const struct explanation *x, const struct model *m) {
  return m && strcmp(m->path, x->in.model->path) == 0;
}

static bool read_paper(struct explanation *x, struct doc_sources *s) {
  const char *main_file = explain_beside(x, "model.yaml");
  if (explain_exists(main_file) && strcmp(main_file, x->in.model->path) != 0) return true;
  if (!explain_read_paper(x, false)) return false;
  s->paper = x->why.paper;
  return true;
}

static bool read_tests(struct explanation *x, struct doc_sources *s) {
  struct cli *c = x->cli;
  const char *path = explain_beside(x, "tests.yaml");
  if (!explain_exists(path)) return true;
  const struct model_tests *t = model_test_read(&c->arena, path, c->options.data_dir, &c->diag);
  if (t && is_of(x, t->model)) s->tests = t;
  return t;
}

// A fit past its tolerance is shown, and no error here.
static bool read_validation(struct explanation *x, struct doc_sources *s) {
  struct cli *c = x->cli;
  struct diag quiet;
  const char *path = explain_beside(x, "validation.yaml");
  if (!explain_exists(path)) return true;
  struct validation *v = validate_read(&c->arena, path, c->options.data_dir, &c->diag);
  if (!v || !is_of(x, v->model)) return v;
  diag_init(&quiet, &c->arena);
  validate_run(&c->arena, v, &quiet);
  s->validation = v;
  return true;
}

static void measure(struct explanation *x, struct named_loops *named, struct doc_sources *s) {
  struct cli *c = x->cli;
  struct diag quiet;
  diag_init(&quiet, &c->arena);
  s->measured = explain_measure(x, &quiet);
  s->causes = x->why.causes;
  s->loops = named;
  if (s->measured && named) loops_verify(named, x->why.causes, &quiet);
  const char *reason = quiet.messages.count ? quiet.messages.items[0].text : "";
  s->legend = s->measured ? why_legend(&x->why)
                          : messages_format(&c->arena, c->options.language, MESSAGE_doc_unmeasured, reason);
}

static bool collect(struct explanation *x, const char *path, struct doc_sources *s) {
  struct named_loops *named;
  if (!explain_load_for_loops(x, path, false, false, &named)) return false;
  s->model = x->in.model;
  if (!read_paper(x, s) || !read_tests(x, s) || !read_validation(x, s)) return false;
  measure(x, named, s);
  return true;
}

static bool write(struct cli *c) {
  if (c->out.failed) arena_fail(&c->arena);
  bool good = file_write(&c->arena, c->options.out, c->out.data, c->out.size, &c->diag);
  c->out.size = 0;
  if (good) shown_say_written(c, c->options.out);
  return good;
}

static int doc(struct cli *c) {
  struct explanation x = {.cli = c, .loader = {.cli = c}};
  struct doc_sources s = {0};
  enum doc_kind kind;
  x.why = (struct why){.arena = &c->arena, .language = c->options.language};
  const char *path = load_beside(c, "model.yaml");
  if (!path || !kind_of(c, &kind) || !collect(&x, path, &s)) return cli_exit_code(c);
  doc_put(&c->out, &c->arena, &s, kind, c->options.language);
  if (c->options.out) write(c);
  return cli_exit_code(c);
}

const struct verb verb_doc = {
    "doc", usage, OPTION_BIT(DATA_DIR) | OPTION_BIT(LANG) | OPTION_BIT(OUT) | OPTION_BIT(QUIET) | OPTION_BIT(UNITS),
    doc};
