// SPDX-License-Identifier: GPL-3.0-or-later
// Joins folders to cases, and answers questions about names. What a single summary says is read by bundle_read.c.
#include "report/bundle.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "output/file.h"
#include "report/bundle_read.h"

static struct bundle_case *find_case(struct bundle *b, const char *name) {
  for (size_t i = 0; i < b->cases.count; i++)
    if (strcmp(b->cases.items[i].name, name) == 0) return &b->cases.items[i];
  struct bundle_case *c = &list_push(b->arena, &b->cases);
  *c = (struct bundle_case){.name = name, .title = {.en = name}};
  return c;
}

// All folders are of one model: a chart of two is no comparison.
static bool take_head(struct bundle *b, const char *folder, const struct record *summary, struct diag *diag) {
  const struct record *model = record_get(summary, "model"), *time = record_get(summary, "time");
  const char *name = record_text(record_get(model, "name"), ""), *unit = record_text(record_get(time, "unit"), "");
  const char *version = record_text(record_get(model, "version"), "");
  if (b->model && (strcmp(b->model, name) != 0 || strcmp(b->time_unit, unit) != 0)) {
    diag_error(diag, NOWHERE, report_models, folder, name, b->model);
    return false;
  }
  bool known = false;
  for (size_t i = 0; i < b->versions.count; i++) known = known || strcmp(b->versions.items[i], version) == 0;
  if (!known) list_push(b->arena, &b->versions) = version;
  double start = record_get(time, "start")->number, stop = record_get(time, "stop")->number;
  if (!b->model) {
    b->model = name;
    b->model_title = bundle_read_label(record_get(model, "title"), name);
    b->model_version = version;
    b->program_version = record_text(record_get(record_get(summary, "program"), "version"), "");
    b->time_unit = unit;
    b->start = start;
    b->stop = stop;
  }
  if (start < b->start) b->start = start;
  if (stop > b->stop) b->stop = stop;
  return true;
}

static void take_dimensions(struct bundle *b, struct bundle_column *c, const struct record *list) {
  c->dimension_count = list->kind == RECORD_LIST ? list->count : 0;
  c->dimensions = arena_array(b->arena, const char *, c->dimension_count);
  for (size_t i = 0; i < c->dimension_count; i++) c->dimensions[i] = record_text(record_at(list, i), "");
}

static void take_columns(struct bundle *b, const struct record *list) {
  for (size_t i = 0; list->kind == RECORD_LIST && i < list->count; i++) {
    const struct record *item = record_at(list, i);
    const char *name = record_text(record_get(item, "name"), NULL);
    if (!name || map_add(&b->column_names, name, (uint32_t)b->columns.count) != b->columns.count) continue;
    struct bundle_column *c = &list_push(b->arena, &b->columns);
    *c = (struct bundle_column){.name = name,
                                .kind = record_text(record_get(item, "kind"), ""),
                                .unit = record_text(record_get(item, "unit"), ""),
                                .label = bundle_read_label(record_get(item, "label"), name),
                                .judgement = record_get(item, "judgement")->truth};
    take_dimensions(b, c, record_get(item, "dimensions"));
  }
}

static bool take_run(struct bundle *b, const char *folder, const struct record *summary, struct diag *diag) {
  const struct record *scenario = record_get(summary, "scenario");
  const char *name = record_text(record_get(scenario, "name"), NULL);
  if (!name) {
    diag_error(diag, NOWHERE, report_lacks, folder, "scenario");
    return false;
  }
  struct bundle_case *c = find_case(b, name);
  if (c->run) {
    diag_error(diag, NOWHERE, report_twice, c->run->folder, folder, name);
    return false;
  }
  c->title = bundle_read_label(record_get(scenario, "title"), name);
  c->run = bundle_read_run(b->arena, folder, summary, diag);
  return c->run;
}

// A sweep of one scenario carries its title; policies have their names alone unless a run tells more.
static bool take_policy(struct bundle *b, struct bundle_sweep *s, const struct record *scenario, struct diag *diag) {
  struct bundle_case *c = find_case(b, s->policy);
  if (c->sweep) {
    diag_error(diag, NOWHERE, report_twice, c->sweep->folder, s->folder, s->policy);
    return false;
  }
  bool own = strcmp(record_text(record_get(scenario, "name"), ""), s->policy) == 0;
  if (own && !c->run) c->title = bundle_read_label(record_get(scenario, "title"), s->policy);
  c->sweep = s;
  return true;
}

static bool take_sweep(struct bundle *b, const char *folder, const struct record *summary, struct diag *diag) {
  struct bundle_read_sweeps sweeps;
  if (!bundle_read_sweep(b->arena, folder, summary, &sweeps, diag)) return false;
  for (size_t i = 0; i < sweeps.count; i++)
    if (!take_policy(b, &sweeps.items[i], record_get(summary, "scenario"), diag)) return false;
  const struct record *pairs = record_get(record_get(summary, "sweep"), "comparisons");
  for (size_t i = 0; pairs->kind == RECORD_LIST && i < pairs->count; i++)
    list_push(b->arena, &b->pairs) = bundle_read_pair(record_at(pairs, i));
  return true;
}

static bool take_folder(struct bundle *b, const char *folder, struct diag *diag) {
  bool sweep;
  const struct record *summary = bundle_read_summary(b->arena, folder, &sweep, diag);
  if (!summary || !take_head(b, folder, summary, diag)) return false;
  if (record_get(summary, "dimensions")->kind == RECORD_MAP) b->dimensions = record_get(summary, "dimensions");
  take_columns(b, record_get(summary, "variables"));
  take_columns(b, record_get(summary, "uncertain"));
  return sweep ? take_sweep(b, folder, summary, diag) : take_run(b, folder, summary, diag);
}

struct bundle *bundle_read(struct arena *a, const char *const *folders, size_t count, struct diag *diag) {
  struct bundle *b = arena_new(a, struct bundle);
  b->arena = a;
  map_init(&b->column_names, a);
  bool good = count > 0;
  if (!count) diag_error(diag, NOWHERE, report_nothing);
  for (size_t i = 0; i < count; i++) good = take_folder(b, folders[i], diag) && good;
  if (good && b->cases.count > LIMIT_REPORT_CASES) {
    diag_error(diag, NOWHERE, report_cases, b->cases.count, LIMIT_REPORT_CASES);
    return NULL;
  }
  return good ? b : NULL;
}

const struct bundle_column *bundle_column(const struct bundle *b, const char *name) {
  const char *bracket = strchr(name, '[');
  const char *stem = bracket ? arena_copy(b->arena, name, (size_t)(bracket - name)) : name;
  uint32_t at = map_get(&b->column_names, stem);
  return at == MAP_NONE ? NULL : &b->columns.items[at];
}

const char *bundle_spelled(const struct bundle *b, const char *name) {
  size_t size = strcspn(name, "[");
  const char *stem = arena_copy(b->arena, name, size);
  if (bundle_column(b, name)) return name;
  for (size_t i = 0; i < b->columns.count; i++)
    if (text_alike(b->columns.items[i].name, stem))
      return arena_format(b->arena, "%s%s", b->columns.items[i].name, name + size);
  return name;
}

// "ic,north" in words: each element by the dimension of its place.
static const char *element_label(const struct bundle *b, const struct bundle_column *c, const char *elements,
                                 enum language language) {
  const char *words = "";
  for (size_t i = 0; *elements && i < c->dimension_count; i++) {
    size_t size = strcspn(elements, ",]");
    const char *name = arena_copy(b->arena, elements, size);
    struct label label = bundle_read_label(record_get(record_get(b->dimensions, c->dimensions[i]), name), name);
    words = arena_format(b->arena, "%s%s%s", words, *words ? ", " : "", messages_label(language, label));
    elements += size;
    if (*elements) elements++;
  }
  return words;
}

static const char *plain_label(const struct bundle *b, const struct bundle_column *c, const char *name,
                               enum language language) {
  const char *label = messages_label(language, c->label), *bracket = strchr(name, '[');
  if (!bracket || !b->dimensions) return bracket ? arena_format(b->arena, "%s %s", label, bracket) : label;
  const char *element = element_label(b, c, bracket + 1, language);
  return arena_format(b->arena, language == LANGUAGE_ZH ? "%s：%s" : "%s: %s", label, element);
}

const char *bundle_label(const struct bundle *b, const char *name, enum language language) {
  const struct bundle_column *c = bundle_column(b, name);
  if (!c) return name;
  const char *label = plain_label(b, c, name, language);
  return c->judgement ? arena_format(b->arena, "%s *", label) : label;
}

const char *bundle_indicator_label(const struct bundle *b, const struct bundle_indicator *n, enum language language) {
  return messages_starred(b->arena, language, n->label, n->judgement);
}

const char *bundle_unit(const struct bundle *b, const char *name) {
  const struct bundle_column *c = bundle_column(b, name);
  return c && strcmp(c->unit, "dmnl") != 0 && strcmp(c->unit, "1") != 0 ? c->unit : "";
}

const struct bundle_indicator *bundle_indicator(const struct bundle_run *r, const char *name) {
  for (size_t i = 0; i < r->indicators.count; i++)
    if (strcmp(r->indicators.items[i].name, name) == 0) return &r->indicators.items[i];
  return NULL;
}

const struct bundle_outcome *bundle_outcome(const struct bundle_sweep *s, const char *variable, const char *phase) {
  for (size_t i = 0; i < s->outcomes.count; i++) {
    const struct bundle_outcome *o = &s->outcomes.items[i];
    if (strcmp(o->variable, variable) == 0 && strcmp(o->phase, phase) == 0) return o;
  }
  return NULL;
}

bool bundle_is_limit(const struct bundle *b, const char *name) {
  if (strncmp(name, BUNDLE_LIMIT, strlen(BUNDLE_LIMIT)) == 0) return true;
  for (size_t i = 0; i < b->cases.count; i++) {
    const struct bundle_run *r = b->cases.items[i].run;
    for (size_t k = 0; r && k < r->limits.count; k++)
      if (strcmp(r->limits.items[k], name) == 0) return true;
  }
  return false;
}

const struct bundle_run *bundle_phased(const struct bundle *b) {
  for (size_t i = 0; i < b->cases.count; i++)
    if (b->cases.items[i].run && b->cases.items[i].run->phases.count) return b->cases.items[i].run;
  return NULL;
}
