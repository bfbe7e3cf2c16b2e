// SPDX-License-Identifier: GPL-3.0-or-later
// See sweep_files.h.
#include "output/sweep_files.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "output/csvout.h"
#include "output/netcdf.h"
#include "output/runinfo.h"
#include "output/sweep_csv.h"
#include "output/sweep_json.h"

#define LANES 8

const char *sweep_files_cause(struct arena *a, const struct model *m, const struct failure *f) {
  if (f->variable >= m->variables.count) return "(integrator)";
  const struct variable *v = &m->variables.items[f->variable];
  if (f->element >= v->element_count) return v->name;
  return variable_element_name(a, m, v, f->element);
}

static const char *replay_command(struct arena *a, const struct study *s, const struct reduce_failure *f) {
  const char *member = arena_format(a, "%llu", (unsigned long long)f->member);
  const char *words[] = {"simulate", "replay", ".", "--member", member, "--policy", s->labels->policies[f->policy]};
  return runinfo_quote(a, s->policies > 1 ? 7 : 5, (char *const *)words);
}

struct failure_text {
  const char *cause, *command;
};

// Everything that needs the arena comes before the file is opened.
static struct failure_text *describe_failures(struct arena *a, const struct study *s, const struct sweep_results *r) {
  struct failure_text *texts = arena_array(a, struct failure_text, r->failure_count);
  for (size_t i = 0; i < r->failure_count; i++)
    texts[i] = (struct failure_text){sweep_files_cause(a, s->labels->model, &r->failures[i].failure),
                                     replay_command(a, s, &r->failures[i])};
  return texts;
}

static void put_failure(FILE *out, const struct study *s, const struct reduce_failure *f,
                        const struct failure_text *text, double *draws) {
  fprintf(out, "%llu,", (unsigned long long)f->member);
  csvout_put_text(out, s->labels->policies[f->policy]);
  fputc(',', out);
  csvout_put_number(out, f->failure.time);
  fputc(',', out);
  csvout_put_text(out, text->cause);
  fputc(',', out);
  csvout_put_number(out, f->failure.value);
  fputc(',', out);
  csvout_put_text(out, text->command);
  design_draw(s->design, f->member, 1, LANES, draws);
  for (size_t p = 0; p < s->design->count; p++) {
    fputc(',', out);
    csvout_put_number(out, draws[p * LANES]);
  }
  fputc('\n', out);
}

static bool write_failures(struct arena *a, const char *path, const struct study *s, const struct sweep_results *r,
                           struct diag *diag) {
  struct file f;
  const struct failure_text *texts = describe_failures(a, s, r);
  double *draws = arena_array(a, double, (s->design->count + 1) * LANES);
  if (!file_create(&f, a, path, diag)) return false;
  fputs("member,policy,time,variable,value,replay", f.out);
  for (size_t p = 0; p < s->design->count; p++) {
    fputc(',', f.out);
    csvout_put_text(f.out, s->design->names[p]);
  }
  fputc('\n', f.out);
  for (size_t i = 0; i < r->failure_count; i++) put_failure(f.out, s, &r->failures[i], &texts[i], draws);
  return file_commit(&f, diag);
}

static bool write_summary(struct arena *a, const char *path, const struct study *s, const struct sweep_results *r,
                          const struct summary_options *o, struct diag *diag) {
  struct jsonout j;
  const char **units = summary_units(a, s->programs[0]);
  jsonout_init(&j);
  jsonout_set(&j, j.root, "format", jsonout_text("simulate-sweep-summary"));
  jsonout_set(&j, j.root, "format_version", json_integer(SUMMARY_FORMAT_VERSION));
  summary_put_head(&j, s->programs[0], s->spec->scenario, o);
  sweep_json_put(&j, j.root, s->labels, r);
  summary_put_variables(&j, s->programs[0], units);
  summary_put_uncertain(&j, s->programs[0]);
  return jsonout_write(a, path, &j, diag);
}

static bool remove_old(const char *path, struct diag *diag) {
  if (unlink(path) == 0 || errno == ENOENT) return true;
  diag_error(diag, NOWHERE, file_write, path, strerror(errno));
  return false;
}

// sweep.csv, written by a thread with memory and messages of its own.
struct csv_job {
  const char *path;
  const struct sweep_labels *labels;
  const struct sweep_results *results;
  struct arena arena;
  struct diag diag;
  bool good, complete;  // complete: memory did not run out
};

static void *write_csv(void *context) {
  struct csv_job *job = context;
  jmp_buf oom;
  arena_init(&job->arena, &oom);
  if (setjmp(oom) == 0) {
    diag_init(&job->diag, &job->arena);
    job->good = sweep_csv_write(&job->arena, job->path, job->labels, job->results, &job->diag);
    job->complete = true;
  }
  return NULL;
}

// The first message of the job is passed on.
static bool end_csv(struct csv_job *job, struct diag *diag) {
  if (!job->complete) diag_error(diag, NOWHERE, memory);
  for (size_t i = 0; job->complete && i < job->diag.messages.count && i < 1; i++) {
    const struct message *m = &job->diag.messages.items[i];
    diag_add(diag, m->severity, m->id, NOWHERE, "%s", m->text);
    if (m->hint) diag_hint(diag, "%s", m->hint);
  }
  arena_free(&job->arena);
  return job->complete && job->good;
}

// The two large files, at the same time where there are threads for it. When memory runs out here, the jump goes on
// only after the other thread has ended.
static bool write_large(struct arena *a, const char *csv, const char *nc, const struct sweep_labels *l,
                        const struct sweep_results *r, const struct netcdf_options *o, struct diag *diag) {
  struct csv_job job = {.path = csv, .labels = l, .results = r};
  pthread_t thread;
  if (r->threads < 2 || pthread_create(&thread, NULL, write_csv, &job) != 0)
    return sweep_csv_write(a, csv, l, r, diag) && netcdf_write_sweep(a, nc, l, r, o, diag);
  jmp_buf *outer = a->oom, here;
  volatile bool complete = false, good = false;
  if (setjmp(here) == 0) {
    a->oom = &here;
    good = netcdf_write_sweep(a, nc, l, r, o, diag);
    complete = true;
  }
  a->oom = outer;
  pthread_join(thread, NULL);
  if (!complete) {
    arena_free(&job.arena);
    arena_fail(a);
  }
  return end_csv(&job, diag) && good;
}

bool sweep_files_write(struct arena *a, const char *folder, const struct study *s, const struct sweep_results *r,
                       const struct summary_options *o, struct diag *diag) {
  const struct sweep_labels *l = s->labels;
  const char *members = file_join(a, folder, "members.csv"), *failures = file_join(a, folder, "failures.csv");
  struct netcdf_options nc = {.members = s->spec->keep_members,
                              .single = !s->spec->keep_double,
                              .table = s->spec->keep_members,
                              .program = "simulate " SIMULATE_VERSION};
  return (r->failure_count ? write_failures(a, failures, s, r, diag) : remove_old(failures, diag)) &&
         (s->spec->keep_members ? sweep_csv_write_members(a, members, l, r, diag) : remove_old(members, diag)) &&
         write_large(a, file_join(a, folder, "sweep.csv"), file_join(a, folder, "sweep.nc"), l, r, &nc, diag) &&
         write_summary(a, file_join(a, folder, "summary.json"), s, r, o, diag);
}
