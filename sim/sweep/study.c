// SPDX-License-Identifier: GPL-3.0-or-later
// See study.h.
#include "sweep/study.h"

#include <math.h>
#include <string.h>

#include "engine/run_libraries.h"
#include "kernel/kernel.h"
#include "lower/lower.h"

// What the results of two policies share, so that their numbers can stand in one table.
static const char *difference(const struct program *p, const struct program *q) {
  if (!model_is_same(p->model, q->model)) return "another model";
  if (p->start != q->start || p->stop != q->stop || p->save_count != q->save_count) return "other save times";
  if (p->column_count != q->column_count) return "other saved variables";
  for (size_t i = 0; i < p->column_count; i++)
    if (strcmp(p->columns[i].name, q->columns[i].name) != 0) return "other saved variables";
  if (p->scenario->phases.count != q->scenario->phases.count) return "other phases";
  for (size_t i = 0; i < p->scenario->phases.count; i++)
    if (strcmp(p->scenario->phases.items[i].name, q->scenario->phases.items[i].name) != 0) return "other phases";
  return NULL;
}

// A policy that sets what is uncertain would be overruled by the draws.
static bool sets_uncertain(const struct sweep_spec *spec, const struct scenario *s, struct diag *diag) {
  for (size_t i = 0; i < s->parameters.count; i++)
    for (size_t k = 0; k < spec->parameters.count; k++) {
      const struct sweep_parameter *p = &spec->parameters.items[k];
      const struct override *o = &s->parameters.items[i];
      if (o->variable != p->at.variable || (o->element != UINT32_MAX && o->element != p->at.element)) continue;
      diag_error(diag, o->span, sweep_policy_sets, s->name, p->name);
      return true;
    }
  return false;
}

static bool check_policies(const struct study *s, struct diag *diag) {
  bool good = true;
  for (uint32_t i = 0; i < s->policies && s->spec->policies.count; i++) {
    const struct scenario *scenario = s->programs[i]->scenario;
    const char *what = difference(s->programs[0], s->programs[i]);
    for (uint32_t k = 0; k < i; k++)
      if (strcmp(s->labels->policies[k], scenario->name) == 0) what = "the same name";
    if (what)
      diag_error(diag, s->spec->policies.items[i].span, sweep_policy_differs, scenario->name, what,
                 s->programs[0]->scenario->name);
    good = !sets_uncertain(s->spec, scenario, diag) && !what && good;
  }
  return good;
}

static void hash_bytes(uint64_t *hash, const void *bytes, size_t size) {
  *hash = *hash * 0x9e3779b97f4a7c15u + map_hash64(bytes, size);
}

static uint64_t hash_program(const struct program *p) {
  struct text text = {0};
  uint64_t hash = 0;
  program_print(&text, p);
  if (text.failed) {
    text_free(&text);
    arena_fail(p->arena);
  }
  hash_bytes(&hash, text.data, text.size);
  text_free(&text);
  hash_bytes(&hash, p->literals, p->literal_count * sizeof *p->literals);
  for (size_t i = 0; i < p->table_count; i++) {
    hash_bytes(&hash, p->tables[i].x, p->tables[i].count * sizeof(double));
    hash_bytes(&hash, p->tables[i].y, p->tables[i].count * sizeof(double));
  }
  double times[] = {p->start, p->stop, p->step, (double)p->steps_per_save, p->scenario->rtol, p->scenario->atol};
  hash_bytes(&hash, times, sizeof times);
  hash_bytes(&hash, &p->scenario->method, sizeof p->scenario->method);
  return hash;
}

static uint64_t hash_sources(const struct source *const *sources, size_t count) {
  uint64_t hash = count;
  for (size_t i = 0; i < count; i++) hash_bytes(&hash, sources[i]->text, sources[i]->size);
  return hash;
}

static const char *hex(struct arena *a, uint64_t hash) {
  return arena_format(a, "%016llx", (unsigned long long)hash);
}

static const char *describe_options(struct arena *a, const struct study *s) {
  const struct sweep_spec *spec = s->spec;
  bool grows = design_extends(spec->sampling);
  uint64_t quantiles = spec->quantiles.count;
  hash_bytes(&quantiles, spec->quantiles.items, spec->quantiles.count * sizeof(double));
  return arena_format(a, "options sampling %s, seed %llu, %s%s, memory %llu, keep %s%s, quantiles %s",
                      spec_sampling_names[spec->sampling], (unsigned long long)spec->seed,
                      grows ? "any number of" : arena_format(a, "%llu", (unsigned long long)spec->members), " members",
                      (unsigned long long)spec->memory, spec->keep_members ? "members" : "summary",
                      spec->keep_double ? " float64" : "", hex(a, quantiles));
}

static const char *make_identity(struct arena *a, const struct study *s) {
  const struct program *first = s->programs[0];
  const struct scenario *own = s->spec->scenario;
  const char *text =
      arena_format(a, "simulate %s, gsl %s, sleef %s%s\nmodel %s %s\nscenario %s %s\ndata %s\n%s\n", SIMULATE_VERSION,
                   run_libraries_gsl(), kernel_sleef_version(), kernel_is_fused() ? "" : " without fma",
                   first->model->name, hex(a, hash_sources(first->model->sources.items, first->model->sources.count)),
                   own->name, hex(a, hash_sources(own->sources.items, own->sources.count)),
                   hex(a, hash_sources(s->spec->sources.items, s->spec->sources.count)), describe_options(a, s));
  for (uint32_t i = 0; i < s->policies; i++)
    text = arena_format(a, "%spolicy %s %s\n", text, s->labels->policies[i], hex(a, hash_program(s->programs[i])));
  return text;
}

static uint32_t column_of(const struct program *p, uint32_t variable, uint32_t element) {
  for (uint32_t c = 0; c < p->column_count; c++)
    if (p->columns[c].variable == variable && p->columns[c].element == element) return c;
  return UINT32_MAX;
}

// One entry for each element of each variable asked for.
static bool make_histograms(struct arena *a, struct study *s, struct diag *diag) {
  LIST(struct reduce_histogram) list = {0};
  const struct program *p = s->programs[0];
  bool good = true;
  for (size_t i = 0; i < s->spec->histograms.count; i++) {
    const struct sweep_histogram *h = &s->spec->histograms.items[i];
    const struct variable *v = &p->model->variables.items[h->variable];
    for (uint32_t e = 0; e < v->element_count; e++) {
      uint32_t column = column_of(p, h->variable, e);
      if (column != UINT32_MAX) {
        list_push(a, &list) = (struct reduce_histogram){column, h->bins, h->low, h->high};
        continue;
      }
      diag_error(diag, h->span, sweep_histogram_saved, v->name);
      good = false;
      break;
    }
  }
  s->config.histograms = list.items;
  s->config.histogram_count = list.count;
  return good;
}

static void make_config(struct study *s) {
  const struct program *p = s->programs[0];
  double save = p->step * (double)p->steps_per_save;
  s->config = (struct reduce_config){.members = s->spec->members,
                                     .policies = s->policies,
                                     .times = p->save_count,
                                     .columns = p->column_count,
                                     .parameters = s->design->count,
                                     .phases = p->scenario->phases.count,
                                     .variables = p->model->variables.count + 1,  // and the integrator
                                     .start = p->start,
                                     .save = save,
                                     .stop = p->stop,
                                     .outcomes = s->labels->outcomes,
                                     .outcome_count = s->labels->outcome_count,
                                     .levels = s->spec->quantiles.items,
                                     .level_count = s->spec->quantiles.count,
                                     .memory = s->spec->memory,
                                     .keep_table = s->spec->keep_members};
}

struct study *study_make(struct arena *a, const struct sweep_spec *spec, struct design *design,
                         const struct program *const *programs, uint32_t policies, struct diag *diag) {
  struct study *s = arena_new(a, struct study);
  *s = (struct study){.spec = spec, .design = design, .programs = programs, .policies = policies};
  const char **names = arena_array(a, const char *, policies);
  for (uint32_t i = 0; i < policies; i++) names[i] = programs[i]->scenario->name;
  struct sweep_labels *labels = labels_make(a, programs[0], names, policies, design->names);
  labels->name = spec->scenario->name;
  labels->title = spec->scenario->title;
  labels->sampling = spec_sampling_names[spec->sampling];
  labels->seed = spec->seed;
  s->labels = labels;
  if (!check_policies(s, diag)) return NULL;
  make_config(s);
  if (!make_histograms(a, s, diag)) return NULL;
  s->identity = make_identity(a, s);
  return s;
}

void study_set_members(struct study *s, uint64_t members) {
  s->config.members = members;
  s->design->members = members;
}
