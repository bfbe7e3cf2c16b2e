// SPDX-License-Identifier: GPL-3.0-or-later
// The `sweep:` block: its keys, plain settings, policies and histograms. The uncertain numbers are read by
// spec_priors.c and spec_tables.c. A setting of the command line is a tree of its own that takes the place of the
// block's.
#include "design/spec.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "design/spec_parts.h"

const char *const spec_sampling_names[SAMPLINGS] = {"random", "latin", "sobol", "grid", "list"};

static const char *const known_keys[] = {"members",  "seed",         "sampling",   "uncertain", "only",
                                         "fixed",    "correlations", "covariance", "grid",      "list",
                                         "policies", "quantiles",    "histograms", "keep",      "precision",
                                         "memory",   "failures",     "doc",        NULL};
// Plain values, which the command line may set too.
static const char *const settings[] = {"members", "seed", "sampling", "keep", "precision", "memory", "failures", NULL};

static bool is_among(const char *name, const char *const *names) {
  for (; *names; names++)
    if (strcmp(*names, name) == 0) return true;
  return false;
}

// "key=value" -> a pair of scalars appended to the map.
static bool add_setting(struct arena *a, struct tree *map, const char *text, struct diag *diag) {
  const struct source *source = source_from_text(a, "command line", text, strlen(text), diag);
  if (!source) return false;
  const char *equals = strchr(source->text, '=');
  size_t key_size = equals ? (size_t)(equals - source->text) : source->size;
  struct tree key = {.kind = TREE_SCALAR, .span = {source, 0, (uint32_t)key_size}, .plain = true, .verbatim = true};
  struct tree value = key;
  key.text = arena_copy(a, source->text, key_size);
  if (!equals || !is_among(key.text, settings)) {
    diag_error(diag, key.span, sweep_setting, key.text);
    return false;
  }
  value.text = equals + 1;
  value.span = (struct span){source, (uint32_t)(key_size + 1), (uint32_t)(source->size - key_size - 1)};
  struct tree *pair = arena_array(a, struct tree, 2);
  pair[0] = key, pair[1] = value;
  map->keys[map->count] = &pair[0];
  map->items[map->count++] = &pair[1];
  return true;
}

// The block with the settings in place of what it says.
static bool merge_settings(struct reading *r, const struct tree *block, const char *const *sets, size_t set_count,
                           struct tree **merged) {
  size_t most = set_count + (block ? block->count : 0);
  struct tree *map = *merged = arena_new(r->arena, struct tree);
  *map = (struct tree){.kind = TREE_MAP, .span = block ? block->span : r->scenario->span};
  map->keys = arena_array(r->arena, struct tree *, most);
  map->items = arena_array(r->arena, struct tree *, most);
  bool ok = true;
  for (size_t i = set_count; i-- > 0;) ok = add_setting(r->arena, map, sets[i], r->diag) && ok;
  for (size_t i = 0; block && i < block->count; i++) {
    if (tree_get(map, block->keys[i]->text)) continue;
    map->keys[map->count] = block->keys[i];
    map->items[map->count++] = block->items[i];
  }
  return ok;
}

static bool read_members(struct reading *r, const struct tree *t) {
  double members = 1000;
  if (t && !reader_number(r->units, t, "members", unit_one(), &members, r->diag)) return false;
  if (!(members >= 1 && members <= (double)LIMIT_MEMBERS && members == floor(members))) {
    diag_error(r->diag, t->span, sweep_member_count, t->text, LIMIT_MEMBERS);
    return false;
  }
  r->spec->members = (uint64_t)members;
  return true;
}

static bool read_seed(struct reading *r, const struct tree *t) {
  r->spec->seed = 1;
  if (!t) return true;
  if (!reader_expect(t, t->span, TREE_SCALAR, "seed", r->diag)) return false;
  uint64_t seed = 0;
  bool ok = *t->text != 0;
  for (const char *c = t->text; ok && *c; c++)
    ok = *c >= '0' && *c <= '9' && !__builtin_mul_overflow(seed, 10u, &seed) &&
         !__builtin_add_overflow(seed, (uint64_t)(*c - '0'), &seed);
  r->spec->seed = seed;
  if (!ok) diag_error(r->diag, t->span, sweep_seed, t->text);
  return ok;
}

// Without `sampling:` a grid or a list says what it is; else Sobol.
static bool read_sampling(struct reading *r, const struct tree *block) {
  const struct tree *t = tree_get(block, "sampling"), *grid = tree_get(block, "grid"), *list = tree_get(block, "list");
  unsigned choice = grid ? SAMPLING_GRID : list ? SAMPLING_LIST : SAMPLING_SOBOL;
  if (t && !reader_choice(t, "sampling", spec_sampling_names, SAMPLINGS, &choice, r->diag)) return false;
  r->spec->sampling = (enum sampling)choice;
  const struct tree *other = choice != SAMPLING_GRID && grid ? grid : choice != SAMPLING_LIST ? list : NULL;
  const struct tree *needed = choice == SAMPLING_GRID ? grid : list;
  if (other) {
    diag_error(r->diag, other->span, sweep_unused, other == grid ? "grid" : "list", spec_sampling_names[choice]);
    return false;
  }
  if (choice < SAMPLING_GRID || needed) return true;
  diag_error(r->diag, t->span, sweep_points_missing, spec_sampling_names[choice]);
  return false;
}

// A grid or list is its own design: what describes random futures has no place beside it.
static bool refuse_random_keys(struct reading *r, const struct tree *block) {
  static const char *const keys[] = {"members", "uncertain", "only", "fixed", "correlations", "covariance"};
  bool ok = true;
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    const struct tree *t = tree_get(block, keys[i]);
    if (!t) continue;
    diag_error(r->diag, t->span, sweep_unused, keys[i], spec_sampling_names[r->spec->sampling]);
    ok = false;
  }
  return ok;
}

static bool read_design(struct reading *r, const struct tree *block) {
  if (!read_sampling(r, block)) return false;
  enum sampling sampling = r->spec->sampling;
  if (sampling == SAMPLING_GRID || sampling == SAMPLING_LIST) {
    if (!refuse_random_keys(r, block)) return false;
    return sampling == SAMPLING_GRID ? spec_read_grid(r, tree_get(block, "grid"))
                                     : spec_read_list(r, tree_get(block, "list"));
  }
  bool ok = read_members(r, tree_get(block, "members"));
  if (!spec_read_priors(r, block)) return false;
  spec_finish_parameters(r);
  if (!spec_read_correlations(r, block)) return false;
  if (!r->spec->parameters.count) diag_warning(r->diag, block->span, sweep_nothing);
  if (r->spec->parameters.count <= LIMIT_SWEEP_PARAMETERS) return ok;
  diag_error(r->diag, block->span, sweep_parameters_many, LIMIT_SWEEP_PARAMETERS);
  return false;
}

static bool add_policy(struct reading *r, const struct tree *t) {
  const char *name;
  if (!reader_text(t, "a policy", &name, r->diag)) return false;
  const char *path = source_sibling(r->arena, r->scenario->path ? r->scenario->path : "", name);
  for (size_t i = 0; i < r->spec->policies.count; i++)
    if (strcmp(r->spec->policies.items[i].path, path) == 0) {
      diag_error(r->diag, t->span, sweep_twice, name);
      return false;
    }
  list_push(r->arena, &r->spec->policies) = (struct sweep_policy){path, t->span};
  return true;
}

static bool read_policies(struct reading *r, const struct tree *t) {
  if (!t) return true;
  if (!reader_expect(t, t->span, TREE_LIST, "policies", r->diag)) return false;
  if (!t->count || t->count > LIMIT_BATCH) {
    diag_error(r->diag, t->span, sweep_policies, LIMIT_BATCH);
    return false;
  }
  bool ok = true;
  for (size_t i = 0; i < t->count; i++) ok = add_policy(r, t->items[i]) && ok;
  // What a policy sets must not be uncertain in the same breath, and its path may have other points.
  for (size_t i = 0; i < r->spec->parameters.count; i++) {
    const struct sweep_parameter *p = &r->spec->parameters.items[i];
    if (p->at.point == UINT32_MAX) continue;
    diag_error(r->diag, p->span, sweep_policy_lever, p->name);
    ok = false;
  }
  return ok;
}

static const double default_quantiles[] = {0.05, 0.25, 0.5, 0.75, 0.95};

static bool read_quantiles(struct reading *r, const struct tree *t) {
  if (!t) {
    for (size_t i = 0; i < sizeof default_quantiles / sizeof *default_quantiles; i++)
      list_push(r->arena, &r->spec->quantiles) = default_quantiles[i];
    return true;
  }
  const struct unit *percent = unit_parse(r->units, "%", t->span, r->diag);
  if (!percent || !reader_expect(t, t->span, TREE_LIST, "quantiles", r->diag)) return false;
  double last = 0;
  for (size_t i = 0; i < t->count; i++) {
    double value;
    if (!reader_number(r->units, t->items[i], "a quantile", percent, &value, r->diag)) return false;
    if (!(value > last && value < 100) || i >= LIMIT_QUANTILES) {
      diag_error(r->diag, t->items[i]->span, sweep_quantiles, LIMIT_QUANTILES);
      return false;
    }
    list_push(r->arena, &r->spec->quantiles) = (last = value) / 100;
  }
  return true;
}

// name: bins, or name: {bins: 20, low: 0, high: 5}
static bool read_histogram(struct reading *r, const struct tree *key, const struct tree *t) {
  static const char *const known[] = {"bins", "low", "high", NULL};
  uint32_t variable = map_get(&r->model->names, key->text);
  if (variable == MAP_NONE) {
    diag_error(r->diag, key->span, sweep_unknown, key->text);
    diag_did_you_mean(r->diag, map_nearest_key(&r->model->names, key->text));
    return false;
  }
  const struct unit *unit = r->model->variables.items[variable].unit;
  struct sweep_histogram h = {variable, key->span, 0, NAN, NAN};
  bool map = t->kind == TREE_MAP;
  const struct tree *bins = map ? tree_get(t, "bins") : t, *low = map ? tree_get(t, "low") : NULL;
  const struct tree *high = map ? tree_get(t, "high") : NULL;
  double count = 0;
  if (map && !reader_keys(t, "a histogram", known, r->diag)) return false;
  if (bins && !reader_number(r->units, bins, "bins", unit_one(), &count, r->diag)) return false;
  if (low && !reader_number(r->units, low, "low", unit, &h.low, r->diag)) return false;
  if (high && !reader_number(r->units, high, "high", unit, &h.high, r->diag)) return false;
  if (!(count >= 1 && count <= LIMIT_HISTOGRAM_BINS && count == floor(count)) || !low != !high || h.low >= h.high) {
    diag_error(r->diag, key->span, sweep_histogram, key->text, LIMIT_HISTOGRAM_BINS);
    return false;
  }
  h.bins = (uint32_t)count;
  list_push(r->arena, &r->spec->histograms) = h;
  return true;
}

static bool read_histograms(struct reading *r, const struct tree *t) {
  if (!t) return true;
  if (!reader_expect(t, t->span, TREE_MAP, "histograms", r->diag)) return false;
  bool ok = true;
  for (size_t i = 0; i < t->count; i++) ok = read_histogram(r, t->keys[i], t->items[i]) && ok;
  return ok;
}

static bool read_keep(struct reading *r, const struct tree *keep, const struct tree *precision) {
  static const char *const keeps[] = {"summary", "members"}, *const precisions[] = {"float32", "float64"};
  unsigned what = 0, size = 0;
  if (keep && !reader_choice(keep, "keep", keeps, 2, &what, r->diag)) return false;
  if (precision && !reader_choice(precision, "precision", precisions, 2, &size, r->diag)) return false;
  r->spec->keep_members = what == 1;
  r->spec->keep_double = size == 1;
  return true;
}

// A number with B, KiB, MiB or GiB.
static bool read_memory(struct reading *r, const struct tree *t) {
  static const struct {
    const char *name;
    double bytes;
  } sizes[] = {{"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"B", 1}};
  r->spec->memory = 128u << 20;
  if (!t) return true;
  if (!reader_expect(t, t->span, TREE_SCALAR, "memory", r->diag)) return false;
  size_t size = strlen(t->text);
  double number, factor = 0;
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes && !factor; i++) {
    size_t tail = strlen(sizes[i].name);
    if (size <= tail || strcmp(t->text + size - tail, sizes[i].name) != 0) continue;
    factor = sizes[i].bytes, size -= tail;
    while (size && t->text[size - 1] == ' ') size--;
  }
  if (factor && text_to_number(t->text, size, &number) && number * factor >= 1 && number * factor <= 0x1p50) {
    r->spec->memory = (uint64_t)(number * factor);
    return true;
  }
  diag_error(r->diag, t->span, sweep_memory, t->text);
  return false;
}

static bool read_failures(struct reading *r, const struct tree *t) {
  r->spec->failures = 0.05;
  if (!t) return true;
  if (!reader_number(r->units, t, "failures", unit_one(), &r->spec->failures, r->diag)) return false;
  if (r->spec->failures >= 0 && r->spec->failures <= 1) return true;
  diag_error(r->diag, t->span, sweep_failures, t->text);
  return false;
}

struct sweep_spec *spec_read(struct arena *a, const struct scenario *scenario, const char *const *sets,
                             size_t set_count, struct diag *diag) {
  // A copy of the units works in this arena; the model stays as it is.
  struct unit_table units = unit_table_copy(&scenario->model->units, a);
  struct sweep_spec *spec = arena_new(a, struct sweep_spec);
  struct reading r = {a, scenario->model, scenario, &units, spec, .diag = diag};
  map_init(&r.names, a);
  map_init(&r.places, a);
  const struct tree *block = scenario->sweep;
  struct tree *merged;
  spec->scenario = scenario;
  if (block && !reader_expect(block, block->span, TREE_MAP, "sweep", diag)) return NULL;
  bool ok = !block || reader_keys(block, "sweep", known_keys, diag);
  if (!merge_settings(&r, block, sets, set_count, &merged)) return NULL;
  spec->span = merged->span;
  ok = read_seed(&r, tree_get(merged, "seed")) && ok;
  ok = read_design(&r, merged) && ok;
  ok = read_policies(&r, tree_get(merged, "policies")) && ok;
  ok = read_quantiles(&r, tree_get(merged, "quantiles")) && ok;
  ok = read_histograms(&r, tree_get(merged, "histograms")) && ok;
  ok = read_keep(&r, tree_get(merged, "keep"), tree_get(merged, "precision")) && ok;
  ok = read_memory(&r, tree_get(merged, "memory")) && ok;
  ok = read_failures(&r, tree_get(merged, "failures")) && ok;
  return ok ? spec : NULL;
}
