// SPDX-License-Identifier: GPL-3.0-or-later
// See asked.h. The text is a list of "key size\nvalue\n", so that a value may hold anything.
#define _GNU_SOURCE  // realpath
#include "cli/asked.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "output/file.h"

const char *asked_journal(struct arena *a, const char *folder) {
  return file_join(a, folder, "sweep.journal");
}

const char *asked_spool(struct arena *a, const char *folder) {
  return file_join(a, folder, "sweep.members");
}

static const char *absolute(struct arena *a, const char *path) {
  char *real = realpath(path, NULL), buffer[4096];
  bool fits = real && strlen(real) < sizeof buffer;
  if (fits) strcpy(buffer, real);
  free(real);
  return arena_string(a, fits ? buffer : path);
}

// ---- a study

// All policies save what the sweep's scenario saves: their numbers stand side by side.
static bool load_policies(struct loader *l, const struct sweep_spec *spec, const struct input *own,
                          struct input *policies) {
  bool good = true;
  for (size_t i = 0; i < spec->policies.count; i++) {
    if (!load_input(l, spec->policies.items[i].path, LOAD_PLAIN, &policies[i])) {
      good = false;
      continue;
    }
    policies[i].scenario->save_all = own->scenario->save_all;
    policies[i].scenario->saved.count = own->scenario->saved.count;
    policies[i].scenario->saved.items = own->scenario->saved.items;
  }
  return good;
}

static struct study *compile(struct cli *c, const struct sweep_spec *spec, struct input *inputs, size_t count) {
  struct design *design = design_create(&c->arena, spec, &c->diag);
  if (!design) return NULL;
  const struct program **programs = arena_array(&c->arena, const struct program *, count);
  struct lower_options options = {.uncertain = design->program_parameters, .uncertain_count = design->count};
  for (size_t i = 0; i < count; i++)
    if (!(programs[i] = lower(&c->arena, inputs[i].checked, &options, &c->diag))) return NULL;
  return study_make(&c->arena, spec, design, programs, (uint32_t)count, &c->diag);
}

struct asked *asked_make(struct cli *c, const char *path) {
  struct loader l = {.cli = c};
  struct input *own = arena_new(&c->arena, struct input);
  struct asked *a = arena_new(&c->arena, struct asked);
  if (!load_input(&l, path, LOAD_PLAIN, own)) return NULL;
  const struct sweep_spec *spec =
      spec_read(&c->arena, own->scenario, c->options.sweep_sets.items, c->options.sweep_sets.count, &c->diag);
  if (!spec) return NULL;
  size_t count = spec->policies.count ? spec->policies.count : 1;
  struct input *inputs = spec->policies.count ? arena_array(&c->arena, struct input, count) : own;
  if (!load_policies(&l, spec, own, inputs)) return NULL;
  *a = (struct asked){absolute(&c->arena, path), own, compile(c, spec, inputs, count)};
  return a->study ? a : NULL;
}

// ---- as text

static const char *add(struct arena *a, const char *text, const char *key, const char *value) {
  return arena_format(a, "%s%s %zu\n%s\n", text, key, strlen(value), value);
}

const char *asked_text(struct cli *c, const struct asked *asked) {
  struct arena *a = &c->arena;
  const struct options *o = &c->options;
  const char *text = add(a, "", "scenario", asked->scenario);
  for (size_t i = 0; i < o->sets.count; i++) text = add(a, text, "set", o->sets.items[i]);
  for (size_t i = 0; i < o->sweep_sets.count; i++) text = add(a, text, "sweep", o->sweep_sets.items[i]);
  if (o->data_dir) text = add(a, text, "data-dir", absolute(a, o->data_dir));
  return o->lenient_units ? add(a, text, "units", "warn") : text;
}

static void take(struct cli *c, const char *key, const char *value, const char **scenario) {
  struct options *o = &c->options;
  if (strcmp(key, "scenario") == 0) *scenario = value;
  if (strcmp(key, "set") == 0) list_push(&c->arena, &o->sets) = value;
  if (strcmp(key, "sweep") == 0) list_push(&c->arena, &o->sweep_sets) = value;
  if (strcmp(key, "data-dir") == 0) o->data_dir = value;
  if (strcmp(key, "units") == 0) o->lenient_units = true;
}

// Puts the options back; the path of the scenario, or NULL when the text makes no sense.
static const char *read_text(struct cli *c, const char *text) {
  const char *scenario = NULL;
  while (text && *text) {
    char key[16], *end;
    size_t size = strcspn(text, " ");
    if (size >= sizeof key || !text[size]) return NULL;
    memcpy(key, text, size);
    key[size] = 0;
    unsigned long length = strtoul(text + size + 1, &end, 10);
    if (*end != '\n' || length > strlen(end + 1)) return NULL;
    take(c, key, arena_copy(&c->arena, end + 1, length), &scenario);
    text = end + 1 + length;
    text += *text == '\n';
  }
  return scenario;
}

struct asked *asked_again(struct cli *c, const char *journal, const char *scenario, struct ledger_plan *plan) {
  struct ledger_seen seen;
  if (!ledger_peek(journal, NULL, &c->arena, &seen, &c->diag)) return NULL;
  const char *path = read_text(c, seen.about);
  if (!path || !seen.plan.members) {
    diag_error(&c->diag, NOWHERE, replay_about, journal);
    return NULL;
  }
  struct asked *a = asked_make(c, scenario ? scenario : path);
  if (a && design_extends(a->study->spec->sampling)) study_set_members(a->study, seen.plan.members);
  *plan = seen.plan;
  return a;
}
