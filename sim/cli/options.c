// SPDX-License-Identifier: GPL-3.0-or-later
// The options of all verbs in one table; each verb says which it takes. Long options are written --name value or
// --name=value; `--` ends them. Values that name a choice are looked up here. Those that need a model to be understood
// (names, times) become settings as of --set, which the scenario's reader checks.
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "cli/cli.h"
#include "lang/scenario.h"

static const struct spec {
  const char *name;
  bool value;
} specs[OPTIONS] = {
    [OPTION_AS] = {"--as", true},
    [OPTION_ATOL] = {"--atol", true},
    [OPTION_CHECK_STEP] = {"--check-step", false},
    [OPTION_COMMON] = {"--common", false},
    [OPTION_DATA_DIR] = {"--data-dir", true},
    [OPTION_DEPTH] = {"--depth", true},
    [OPTION_EXTEND] = {"--extend", true},
    [OPTION_FAILURES] = {"--failures", true},
    [OPTION_HISTORY] = {"--history", true},
    [OPTION_KEEP] = {"--keep", true},
    [OPTION_LANES] = {"--lanes", true},
    [OPTION_LANG] = {"--lang", true},
    [OPTION_LOOPS] = {"--loops", false},
    [OPTION_MAP] = {"--map", true},
    [OPTION_MEMBER] = {"--member", true},
    [OPTION_MEMBERS] = {"--members", true},
    [OPTION_MEMORY] = {"--memory", true},
    [OPTION_METHOD] = {"--method", true},
    [OPTION_NO_FILES] = {"--no-files", false},
    [OPTION_NOTES] = {"--notes", false},
    [OPTION_OUT] = {"--out", true},
    [OPTION_OVERVIEW] = {"--overview", false},
    [OPTION_PAPER] = {"--paper", false},
    [OPTION_PLOT] = {"--plot", true},
    [OPTION_POINTS] = {"--points", false},
    [OPTION_POLICY] = {"--policy", true},
    [OPTION_PRECISION] = {"--precision", true},
    [OPTION_QUIET] = {"--quiet", false},
    [OPTION_RESUME] = {"--resume", false},
    [OPTION_RTOL] = {"--rtol", true},
    [OPTION_SAMPLING] = {"--sampling", true},
    [OPTION_SAVE] = {"--save", true},
    [OPTION_SCENARIO] = {"--scenario", true},
    [OPTION_SECTOR] = {"--sector", true},
    [OPTION_SEED] = {"--seed", true},
    [OPTION_SET] = {"--set", true},
    [OPTION_SHARD] = {"--shard", true},
    [OPTION_SIZE] = {"--size", true},
    [OPTION_STAGE] = {"--stage", true},
    [OPTION_STEP] = {"--step", true},
    [OPTION_THREADS] = {"--threads", true},
    [OPTION_UNITS] = {"--units", true},
    [OPTION_WHAT] = {"--what", true},
    [OPTION_XMILE] = {"--xmile", false},
};

static const char *const stages[] = {"ast", "checked", "ir"};
static const char *const units[] = {"error", "warn"};
static const char *const languages[] = {"en", "zh"};

// The place of value among the choices; count after an error.
static size_t choose(const char *value, const char *option, const char *const *choices, size_t count,
                     struct diag *diag) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(choices[i], value) == 0) return i;
  diag_error(diag, NOWHERE, usage_choice, value, option);
  const char *list = "";
  for (size_t i = 0; i < count; i++) list = arena_format(diag->arena, "%s%s%s", list, i ? ", " : "", choices[i]);
  const char *near = map_nearest(value, choices, count);
  diag_hint(diag, "%s%s%sone of: %s", near ? "did you mean '" : "", near ? near : "", near ? "'? " : "", list);
  return count;
}

static bool set_choice(struct options *o, enum option id, const char *value, struct diag *diag) {
  size_t at;
  switch (id) {
    case OPTION_LANG:
      at = choose(value, "--lang", languages, 2, diag);
      o->language = at == 1 ? LANGUAGE_ZH : LANGUAGE_EN;
      return at < 2;
    case OPTION_STAGE:
      at = choose(value, "--stage", stages, 3, diag);
      o->stage = (enum stage)at;
      return at < 3;
    default:
      at = choose(value, "--units", units, 2, diag);
      o->lenient_units = at == 1;
      return at < 2;
  }
}

static bool set_number(uint64_t *to, enum option id, const char *value, uint64_t least, uint64_t most,
                       struct diag *diag) {
  double number;
  bool good = text_to_number(value, strlen(value), &number) && number == floor(number) && number >= (double)least &&
              number <= (double)most;
  *to = good ? (uint64_t)number : 0;
  if (!good)
    diag_error(diag, NOWHERE, usage_count, value, specs[id].name, (unsigned long long)least, (unsigned long long)most);
  return good;
}

static bool set_tolerance(double *to, enum option id, const char *value, struct diag *diag) {
  if (text_to_number(value, strlen(value), to) && *to >= 0) return true;
  diag_error(diag, NOWHERE, difference_tolerance, value, specs[id].name);
  return false;
}

// "3/16"
static bool set_shard(struct options *o, const char *value, struct diag *diag) {
  const char *slash = strchr(value, '/');
  double shard = 0, shards = 0;
  bool good = slash && text_to_number(value, (size_t)(slash - value), &shard) &&
              text_to_number(slash + 1, strlen(slash + 1), &shards) && shard == floor(shard) &&
              shards == floor(shards) && shard >= 1 && shard <= shards && shards <= LIMIT_SHARDS;
  if (good) o->shard = (uint32_t)shard, o->shards = (uint32_t)shards;
  if (!good) diag_error(diag, NOWHERE, usage_shard, value);
  return good;
}

static bool set_lanes(struct options *o, const char *value, struct diag *diag) {
  if (!set_number(&o->lanes, OPTION_LANES, value, 16, 128, diag)) return false;
  if ((o->lanes & (o->lanes - 1)) == 0) return true;
  diag_error(diag, NOWHERE, usage_lanes);
  return false;
}

// Settings of the sweep block go to its reader, which knows what they may be.
static bool set_sweep(struct options *o, struct arena *a, enum option id, const char *value, struct diag *diag) {
  switch (id) {
    case OPTION_EXTEND:
      o->resume = true;
      return set_number(&o->extend, id, value, 1, LIMIT_MEMBERS, diag);
    case OPTION_LANES:
      return set_lanes(o, value, diag);
    case OPTION_MEMBER:
      o->has_member = true;
      return set_number(&o->member, id, value, 0, LIMIT_MEMBERS - 1, diag);
    case OPTION_POLICY:
      o->policy = value;
      return true;
    case OPTION_RESUME:
      return o->resume = true;
    case OPTION_SCENARIO:
      o->scenario = value;
      return true;
    case OPTION_SHARD:
      return set_shard(o, value, diag);
    case OPTION_THREADS:
      return set_number(&o->threads, id, value, 1, LIMIT_THREADS, diag);
    default: {
      double number;  // a members= that is no number is refused by the reader
      if (id == OPTION_MEMBERS && text_to_number(value, strlen(value), &number) && number >= 1 && number < 0x1p63)
        o->members = (uint64_t)number;
      list_push(a, &o->sweep_sets) = arena_format(a, "%s=%s", specs[id].name + 2, value);
      return true;
    }
  }
}

static bool set_option(struct options *o, struct arena *a, enum option id, const char *value, struct diag *diag) {
  switch (id) {
    case OPTION_CHECK_STEP:
      return o->check_step = true;
    case OPTION_COMMON:
      return o->common = true;
    case OPTION_DEPTH:
      return set_number(&o->depth, id, value, 1, LIMIT_TREE_DEPTH, diag);
    case OPTION_LOOPS:
      return o->loops = true;
    case OPTION_NO_FILES:
      return o->no_files = true;
    case OPTION_PAPER:
      return o->paper = true;
    case OPTION_NOTES:
      return o->notes = true;
    case OPTION_POINTS:
      return o->points = true;
    case OPTION_QUIET:
      return o->quiet = true;
    case OPTION_XMILE:
      return o->xmile = true;
    case OPTION_DATA_DIR:
      o->data_dir = value;
      return true;
    case OPTION_AS:
    case OPTION_HISTORY:
    case OPTION_OVERVIEW:
    case OPTION_PLOT:
    case OPTION_SECTOR:
    case OPTION_SIZE:
    case OPTION_WHAT:
      return true;  // their verbs read what was given
    case OPTION_OUT:
      o->out = value;
      return true;
    case OPTION_MAP:
      list_push(a, &o->pairs) = value;
      return true;
    case OPTION_ATOL:
    case OPTION_RTOL:
      return set_tolerance(id == OPTION_ATOL ? &o->atol : &o->rtol, id, value, diag);
    case OPTION_METHOD:
    case OPTION_SAVE:
    case OPTION_STEP:
      list_push(a, &o->sets) = arena_format(a, "%s=%s", specs[id].name + 2, value);
      return id != OPTION_METHOD || choose(value, "--method", method_names, METHODS, diag) < METHODS;
    case OPTION_SET:
      list_push(a, &o->sets) = value;
      return true;
    case OPTION_LANG:
    case OPTION_STAGE:
    case OPTION_UNITS:
      return set_choice(o, id, value, diag);
    default:
      return set_sweep(o, a, id, value, diag);
  }
}

const char *options_name(enum option id) {
  return specs[id].name;
}

bool options_takes_value(enum option id) {
  return specs[id].value;
}

// Length of the name part of --name=value.
static size_t name_size(const char *argument) {
  return strcspn(argument, "=");
}

static enum option find_option(const char *argument, uint64_t accepted) {
  if (strcmp(argument, "-o") == 0) argument = "--out";
  if (strcmp(argument, "-q") == 0) argument = "--quiet";
  size_t size = name_size(argument);
  for (size_t i = 0; i < OPTIONS; i++)
    if (accepted >> i & 1 && strncmp(specs[i].name, argument, size) == 0 && !specs[i].name[size]) return i;
  return OPTIONS;
}

static bool report_unknown(const char *argument, const struct verb *v, struct diag *diag) {
  const char *names[OPTIONS], *name = arena_copy(diag->arena, argument, name_size(argument));
  size_t count = 0;
  for (size_t i = 0; i < OPTIONS; i++)
    if (v->options >> i & 1) names[count++] = specs[i].name;
  diag_error(diag, NOWHERE, usage_option, v->name, name);
  diag_hint(diag, "`simulate help %s` lists the options", v->name);
  diag_did_you_mean(diag, map_nearest(name, names, count));
  return false;
}

// One option; *i moves on when the value is the next argument.
static bool parse_option(struct options *o, struct arena *a, const struct verb *v, int argc, char **argv, int *i,
                         struct diag *diag) {
  const char *argument = argv[*i], *equals = strchr(argument, '=');
  enum option id = find_option(argument, v->options);
  if (id == OPTIONS) return report_unknown(argument, v, diag);
  if (!specs[id].value && equals) {
    diag_error(diag, NOWHERE, usage_value_unwanted, specs[id].name);
    return false;
  }
  const char *value = !specs[id].value ? NULL : equals ? equals + 1 : *i + 1 < argc ? argv[++*i] : NULL;
  if (specs[id].value && (!value || !*value)) {
    diag_error(diag, NOWHERE, usage_value, specs[id].name);
    return false;
  }
  o->given[id] = value ? value : "";
  return set_option(o, a, id, value, diag);
}

bool options_parse(struct options *o, struct arena *a, const struct verb *v, int argc, char **argv, struct diag *diag) {
  bool good = true, ended = false;
  o->rtol = o->atol = -1;
  for (int i = 0; i < argc; i++) {
    if (ended || argv[i][0] != '-' || !argv[i][1])
      list_push(a, &o->operands) = argv[i];
    else if (strcmp(argv[i], "--") == 0)
      ended = true;
    else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
      o->help = true;
    else
      good = parse_option(o, a, v, argc, argv, &i, diag) && good;
  }
  if (o->operands.count > LIMIT_BATCH) {
    diag_error(diag, NOWHERE, usage_batch, LIMIT_BATCH);
    return false;
  }
  return good;
}
