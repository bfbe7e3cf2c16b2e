// SPDX-License-Identifier: GPL-3.0-or-later
// See netcdf.h. All definitions come first, then all data, each in a fixed order. A variable to be written is a row of
// a list with a function that gives its numbers, so that defining and writing cannot drift apart. The first failed call
// is kept and ends the writing. Variables are named after the model's; what netCDF does not allow in a name, or what
// would meet another name, is replaced and the original kept as long_name.
#include "output/netcdf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "output/file.h"
#include "output/netcdf_library.h"

#define MEMBER_CHUNK 64
#define MOST_DIMS (LIMIT_DIMENSIONS + 4)

struct nc;
struct entry;
typedef void give_fn(struct nc *nc, const struct entry *e);

struct entry {  // one variable of the file
  int id;
  give_fn *give;          // NULL: members' numbers, which come last, for all variables at once
  const double *numbers;  // for the statistics of saved variables: [..][time][column]
  const struct labels_variable *variable;
  size_t item;  // for outcome tables: which number
};

struct nc {
  struct arena *arena;
  const struct sweep_labels *labels;
  const struct sweep_results *results;
  const struct netcdf_options *options;
  int file, status;
  struct map names;
  int policy, time, quantile, outcome, parameter, phase, pair, bin, member;
  int *dimensions; /* [model dimension]: -1: not used */
  LIST(struct entry) entries;
  bool keeps_members;
  double *row;  // room for one variable's numbers
};

static void keep(struct nc *nc, int status) {
  if (nc->status == NC_NOERR) nc->status = status;
}

static bool is_free(struct nc *nc, const char *name) {
  if (map_get(&nc->names, name) != MAP_NONE) return false;
  map_add(&nc->names, name, 0);
  return true;
}

// A name that netCDF takes and that no other object of the file has.
static const char *free_name(struct nc *nc, const char *wanted) {
  char *name = arena_string(nc->arena, wanted);
  for (char *c = name; *c; c++)
    if ((unsigned char)*c < 32 || *c == 127 || *c == '/' || (c == name && strchr(" .-+(\"'", *c))) *c = '_';
  size_t size = strlen(name);
  if (size == 0) name = arena_string(nc->arena, "_");
  if (size && name[size - 1] == ' ') name[size - 1] = '_';
  const char *result = name;
  for (int i = 2; !is_free(nc, result); i++) result = arena_format(nc->arena, "%s_%d", name, i);
  return result;
}

static int define_dimension(struct nc *nc, const char *name, size_t size) {
  int id = -1;
  keep(nc, nc_def_dim(nc->file, name, size, &id));
  return id;
}

static void set_text(struct nc *nc, int id, const char *key, const char *text) {
  if (text && *text) keep(nc, nc_put_att_text(nc->file, id, key, strlen(text), text));
}

static struct entry *define(struct nc *nc, const char *name, int type, int dim_count, const int *dims, give_fn *give) {
  struct entry e = {.id = -1, .give = give};
  keep(nc, nc_def_var(nc->file, name, type, dim_count, dims, &e.id));
  list_push(nc->arena, &nc->entries) = e;
  return &nc->entries.items[nc->entries.count - 1];
}

static void describe(struct nc *nc, const struct entry *e, const char *long_name, const char *units) {
  set_text(nc, e->id, "long_name", long_name);
  set_text(nc, e->id, "units", units);
}

static const char *cf_units(const char *unit) {
  return strcmp(unit, "dmnl") == 0 ? "1" : unit;
}

static void put_texts(struct nc *nc, const struct entry *e, const char **texts) {
  keep(nc, nc_put_var_string(nc->file, e->id, texts));
}

static void give_policies(struct nc *nc, const struct entry *e) {
  put_texts(nc, e, nc->labels->policies);
}
static void give_phases(struct nc *nc, const struct entry *e) {
  put_texts(nc, e, nc->labels->phases);
}
static void give_parameters(struct nc *nc, const struct entry *e) {
  put_texts(nc, e, nc->labels->parameters);
}
static void give_parameter_units(struct nc *nc, const struct entry *e) {
  put_texts(nc, e, nc->labels->parameter_units);
}
static void give_times(struct nc *nc, const struct entry *e) {
  keep(nc, nc_put_var_double(nc->file, e->id, nc->labels->times));
}
static void give_levels(struct nc *nc, const struct entry *e) {
  keep(nc, nc_put_var_double(nc->file, e->id, nc->results->config->levels));
}
static void give_failed(struct nc *nc, const struct entry *e) {
  keep(nc, nc_put_var_ulonglong(nc->file, e->id, (const unsigned long long *)nc->results->failed));
}
static void give_began(struct nc *nc, const struct entry *e) {
  keep(nc, nc_put_var_ulonglong(nc->file, e->id, (const unsigned long long *)nc->results->began));
}
static void give_elements(struct nc *nc, const struct entry *e) {
  put_texts(nc, e, nc->labels->model->dimensions.items[e->item].elements);
}

static void give_outcomes(struct nc *nc, const struct entry *e) {
  const struct sweep_labels *l = nc->labels;
  for (size_t o = 0; o < l->outcome_count; o++) {
    const struct outcome *outcome = &l->outcomes[o];
    const char *text = e->item == 0   ? l->columns[outcome->column]
                       : e->item == 1 ? labels_phase(l, outcome)
                                      : l->column_units[outcome->column];
    keep(nc, nc_put_var1_string(nc->file, e->id, &o, &text));
  }
}

static void give_pairs(struct nc *nc, const struct entry *e) {
  const struct outcome_plan *plan = nc->results->plan;
  for (size_t i = 0; i < plan->pair_count; i++) {
    const char *text = nc->labels->policies[e->item ? plan->pairs[i].second : plan->pairs[i].first];
    keep(nc, nc_put_var1_string(nc->file, e->id, &i, &text));
  }
}

// A statistic of one saved variable, [outer][time][column] in memory, for one outer index (policy, or policy and
// quantile) after the other.
static void give_statistic(struct nc *nc, const struct entry *e) {
  const struct reduce_config *c = nc->results->config;
  bool quantiles = e->item;
  size_t outers = c->policies * (quantiles ? c->level_count : 1), n = e->variable->count;
  for (size_t i = 0; i < outers * c->times; i++)
    memcpy(nc->row + i * n, e->numbers + i * c->columns + e->variable->first, n * sizeof *nc->row);
  keep(nc, nc_put_var_double(nc->file, e->id, nc->row));
}

static int saved_dims(struct nc *nc, const struct labels_variable *v, int *dims) {
  for (size_t i = 0; i < v->dim_count; i++) dims[i] = nc->dimensions[v->dims[i]];
  return (int)v->dim_count;
}

// Of a variable's quantiles, over all times, elements and policies.
static double widest_bound(const struct sweep_results *r, const struct labels_variable *v) {
  double bound = 0;
  for (size_t i = 0; i < r->config->policies * r->config->times; i++)
    for (size_t k = 0; k < v->count; k++) bound = fmax(bound, r->bounds[i * r->config->columns + v->first + k]);
  return bound;
}

static void define_statistic(struct nc *nc, const struct labels_variable *v, const char *suffix, const char *method,
                             const double *numbers, bool quantiles) {
  int dims[MOST_DIMS] = {nc->policy, nc->time};
  if (quantiles) dims[1] = nc->quantile, dims[2] = nc->time;
  int outer = quantiles ? 3 : 2, count = outer + saved_dims(nc, v, dims + outer);
  const char *name = free_name(nc, arena_format(nc->arena, "%s_%s", v->name, suffix));
  struct entry *e = define(nc, name, NC_DOUBLE, count, dims, give_statistic);
  describe(nc, e, arena_format(nc->arena, "%s, %s", v->label.en, method), cf_units(v->unit));
  set_text(nc, e->id, "label_zh", v->label.zh);
  set_text(nc, e->id, "cell_methods", arena_format(nc->arena, "member: %s", method));
  e->numbers = numbers;
  e->variable = v;
  e->item = quantiles;
  double bound = widest_bound(nc->results, v);
  if (numbers == nc->results->quantiles)
    keep(nc, nc_put_att_double(nc->file, e->id, "relative_error_bound", NC_DOUBLE, 1, &bound));
}

static void define_saved(struct nc *nc) {
  const struct sweep_results *r = nc->results;
  for (size_t i = 0; i < nc->labels->variable_count; i++) {
    const struct labels_variable *v = &nc->labels->variables[i];
    define_statistic(nc, v, "mean", "mean", r->mean, false);
    define_statistic(nc, v, "sd", "standard_deviation", r->sd, false);
    define_statistic(nc, v, "min", "minimum", r->least, false);
    define_statistic(nc, v, "max", "maximum", r->most, false);
    define_statistic(nc, v, "mean_error", "standard_error_of_mean", r->mean_error, false);
    define_statistic(nc, v, "quantile", "quantile", r->quantiles, true);
    define_statistic(nc, v, "quantile_error", "standard_error_of_quantile", r->quantile_errors, true);
  }
}

// Numbers of an outcome's statistics by their place in this list.
enum item { COUNT, MET, MEAN, SD, LEAST, MOST, ERROR, FIRST_BETTER, SECOND_BETTER, EXPLAINED, USED, LOW, HIGH, TARGET };

static double statistic(const struct statistics *s, enum item item) {
  switch (item) {
    case COUNT:
      return (double)s->count;
    case MEAN:
      return s->mean;
    case SD:
      return s->sd;
    case LEAST:
      return s->least;
    case MOST:
      return s->most;
    case ERROR:
      return s->mean_error;
    default:
      return NAN;
  }
}

static double outcome_number(const struct nc *nc, size_t i, enum item item) {
  const struct outcome_results *o = &nc->results->outcomes[i];
  switch (item) {
    case MET:
      return isnan(nc->labels->outcomes[i % nc->labels->outcome_count].target) ? NAN : (double)o->met;
    case EXPLAINED:
      return o->importance.explained;
    case USED:
      return (double)o->importance.members;
    case LOW:
      return o->histogram.low;
    case HIGH:
      return o->histogram.high;
    default:
      return statistic(&o->values, item);
  }
}

static void give_outcome_numbers(struct nc *nc, const struct entry *e) {
  size_t n = nc->results->config->policies * nc->labels->outcome_count;
  for (size_t i = 0; i < n; i++) nc->row[i] = outcome_number(nc, i, (enum item)e->item);
  keep(nc, nc_put_var_double(nc->file, e->id, nc->row));
}

static void give_targets(struct nc *nc, const struct entry *e) {
  for (size_t o = 0; o < nc->labels->outcome_count; o++) nc->row[o] = nc->labels->outcomes[o].target;
  keep(nc, nc_put_var_double(nc->file, e->id, nc->row));
}

static void give_outcome_quantiles(struct nc *nc, const struct entry *e) {
  const struct sweep_results *r = nc->results;
  size_t levels = r->config->level_count, n = r->config->policies * nc->labels->outcome_count;
  for (size_t i = 0; i < n; i++) {
    const struct statistics *s = &r->outcomes[i].values;
    memcpy(nc->row + i * levels, e->item ? s->quantile_errors : s->quantiles, levels * sizeof *nc->row);
  }
  keep(nc, nc_put_var_double(nc->file, e->id, nc->row));
}

static void give_histograms(struct nc *nc, const struct entry *e) {
  const struct sweep_results *r = nc->results;
  size_t bins = r->config->histogram_bins, n = r->config->policies * nc->labels->outcome_count;
  for (size_t i = 0; i < n; i++)
    for (size_t b = 0; b < bins; b++) nc->row[i * bins + b] = (double)r->outcomes[i].histogram.counts[b];
  keep(nc, nc_put_var_double(nc->file, e->id, nc->row));
}

static void give_importance(struct nc *nc, const struct entry *e) {
  const struct sweep_results *r = nc->results;
  size_t parameters = nc->labels->parameter_count, n = r->config->policies * nc->labels->outcome_count;
  for (size_t i = 0; i < n; i++) {
    const struct importance_result *from = &r->outcomes[i].importance;
    memcpy(nc->row + i * parameters, e->item ? from->standard : from->rank, parameters * sizeof *nc->row);
  }
  keep(nc, nc_put_var_double(nc->file, e->id, nc->row));
}

static void give_pair_numbers(struct nc *nc, const struct entry *e) {
  size_t n = nc->results->plan->pair_count * nc->labels->outcome_count;
  for (size_t i = 0; i < n; i++) {
    const struct pair_results *p = &nc->results->pairs[i];
    nc->row[i] = e->item == FIRST_BETTER    ? (double)p->first_better
                 : e->item == SECOND_BETTER ? (double)p->second_better
                                            : statistic(&p->difference, (enum item)e->item);
  }
  keep(nc, nc_put_var_double(nc->file, e->id, nc->row));
}

static void give_regrets(struct nc *nc, const struct entry *e) {
  size_t n = nc->results->config->policies * nc->labels->outcome_count;
  for (size_t i = 0; i < n; i++) nc->row[i] = statistic(&nc->results->regrets[i], (enum item)e->item);
  keep(nc, nc_put_var_double(nc->file, e->id, nc->row));
}

// name, long_name, units (NULL: those of the outcome, which differ along the dimension)
static void define_table(struct nc *nc, const char *name, const char *long_name, const char *units, int count,
                         const int *dims, give_fn *give, size_t item) {
  struct entry *e = define(nc, free_name(nc, name), NC_DOUBLE, count, dims, give);
  describe(nc, e, long_name, units);
  e->item = item;
}

static void define_outcomes(struct nc *nc) {
  int d[] = {nc->policy, nc->outcome, nc->quantile}, h[] = {nc->policy, nc->outcome, nc->bin};
  define_table(nc, "outcome_target", "target of the outcome", NULL, 1, d + 1, give_targets, TARGET);
  define_table(nc, "outcome_count", "members that reached the phase", "1", 2, d, give_outcome_numbers, COUNT);
  define_table(nc, "outcome_met", "members that met the target", "1", 2, d, give_outcome_numbers, MET);
  define_table(nc, "outcome_mean", "mean of the outcome", NULL, 2, d, give_outcome_numbers, MEAN);
  define_table(nc, "outcome_sd", "standard deviation of the outcome", NULL, 2, d, give_outcome_numbers, SD);
  define_table(nc, "outcome_min", "least outcome", NULL, 2, d, give_outcome_numbers, LEAST);
  define_table(nc, "outcome_max", "largest outcome", NULL, 2, d, give_outcome_numbers, MOST);
  define_table(nc, "outcome_mean_error", "standard error of the mean", NULL, 2, d, give_outcome_numbers, ERROR);
  define_table(nc, "outcome_quantile", "quantiles of the outcome", NULL, 3, d, give_outcome_quantiles, 0);
  define_table(nc, "outcome_quantile_error", "standard errors of the quantiles", NULL, 3, d, give_outcome_quantiles, 1);
  define_table(nc, "outcome_histogram", "members in equal bins from low to high", "1", 3, h, give_histograms, 0);
  define_table(nc, "outcome_histogram_low", "lower edge of the first bin", NULL, 2, d, give_outcome_numbers, LOW);
  define_table(nc, "outcome_histogram_high", "upper edge of the last bin", NULL, 2, d, give_outcome_numbers, HIGH);
}

static void define_importance(struct nc *nc) {
  int d[] = {nc->policy, nc->outcome, nc->parameter};
  define_table(nc, "rank_correlation", "Spearman rank correlation with the outcome", "1", 3, d, give_importance, 0);
  define_table(nc, "regression_coefficient", "standardised regression coefficient", "1", 3, d, give_importance, 1);
  define_table(nc, "regression_explained", "share of variance that the regression explains", "1", 2, d,
               give_outcome_numbers, EXPLAINED);
  define_table(nc, "importance_members", "members that correlation and regression used", "1", 2, d,
               give_outcome_numbers, USED);
}

static void define_comparisons(struct nc *nc) {
  int d[] = {nc->pair, nc->outcome}, r[] = {nc->policy, nc->outcome};
  define_table(nc, "difference_count", "futures in which both policies have the outcome", "1", 2, d, give_pair_numbers,
               COUNT);
  define_table(nc, "difference_mean", "mean of first less second policy, same future", NULL, 2, d, give_pair_numbers,
               MEAN);
  define_table(nc, "difference_sd", "standard deviation of the difference", NULL, 2, d, give_pair_numbers, SD);
  define_table(nc, "difference_mean_error", "standard error of the mean difference", NULL, 2, d, give_pair_numbers,
               ERROR);
  define_table(nc, "first_better", "futures in which the first policy is better", "1", 2, d, give_pair_numbers,
               FIRST_BETTER);
  define_table(nc, "second_better", "futures in which the second policy is better", "1", 2, d, give_pair_numbers,
               SECOND_BETTER);
  define_table(nc, "regret_mean", "mean regret against the best policy in each future", NULL, 2, r, give_regrets, MEAN);
  define_table(nc, "regret_max", "largest regret", NULL, 2, r, give_regrets, MOST);
}

static void give_table_parameters(struct nc *nc, const struct entry *e) {
  const struct sweep_results *r = nc->results;
  size_t n = nc->labels->parameter_count;
  for (size_t m = 0; m < r->table_members; m++) {
    for (size_t p = 0; p < n; p++) nc->row[p] = results_table(r, m, p);
    keep(nc, nc_put_vara_double(nc->file, e->id, (size_t[]){m, 0}, (size_t[]){1, n}, nc->row));
  }
}

static void give_table_outcomes(struct nc *nc, const struct entry *e) {
  const struct sweep_results *r = nc->results;
  size_t policies = r->config->policies, n = nc->labels->outcome_count, first = nc->labels->parameter_count;
  for (size_t m = 0; m < r->table_members; m++) {
    for (size_t i = 0; i < policies * n; i++) nc->row[i] = results_table(r, m, first + i);
    keep(nc, nc_put_vara_double(nc->file, e->id, (size_t[]){m, 0, 0}, (size_t[]){1, policies, n}, nc->row));
  }
}

// A leaf of members under one policy, for all variables: leaves in order, so that a spooled sweep is read once.
static void put_leaf(struct nc *nc, uint64_t leaf, uint32_t policy, const double *saved) {
  const struct reduce_config *c = nc->results->config;
  uint64_t first = leaf * MEMBER_CHUNK, members = c->members - first < MEMBER_CHUNK ? c->members - first : MEMBER_CHUNK;
  for (size_t i = 0; i < nc->entries.count; i++) {
    const struct entry *e = &nc->entries.items[i];
    if (e->give) continue;
    const struct labels_variable *v = e->variable;
    size_t start[MOST_DIMS] = {first, policy}, count[MOST_DIMS] = {members, 1, c->times};
    for (size_t d = 0; d < v->dim_count; d++) count[3 + d] = nc->labels->model->dimensions.items[v->dims[d]].count;
    double *to = nc->row;
    for (size_t m = 0; m < members; m++)
      for (size_t t = 0; t < c->times; t++)
        for (size_t n = 0; n < v->count; n++) *to++ = saved[(t * c->columns + v->first + n) * MEMBER_CHUNK + m];
    keep(nc, nc_put_vara_double(nc->file, e->id, start, count, nc->row));
  }
}

static bool write_members(struct nc *nc, struct diag *diag) {
  const struct sweep_results *r = nc->results;
  if (!nc->keeps_members) return true;
  double *saved = arena_array(nc->arena, double, r->config->times * r->config->columns * MEMBER_CHUNK);
  double *scratch = arena_array(nc->arena, double, results_scratch_bytes(r) / sizeof(double) + 1);
  for (uint64_t leaf = 0; leaf * MEMBER_CHUNK < r->config->members && nc->status == NC_NOERR; leaf++)
    for (uint32_t policy = 0; policy < r->config->policies; policy++) {
      if (!results_leaf(r, leaf, policy, saved, scratch, diag)) return false;
      put_leaf(nc, leaf, policy, saved);
    }
  return true;
}

static void define_member(struct nc *nc, const struct labels_variable *v) {
  int dims[MOST_DIMS] = {nc->member, nc->policy, nc->time}, count = 3 + saved_dims(nc, v, dims + 3);
  size_t chunks[MOST_DIMS] = {MEMBER_CHUNK, 1, nc->results->config->times};
  if (nc->results->config->members < MEMBER_CHUNK) chunks[0] = nc->results->config->members;
  for (size_t i = 0; i < v->dim_count; i++) chunks[3 + i] = nc->labels->model->dimensions.items[v->dims[i]].count;
  const char *name = free_name(nc, arena_format(nc->arena, "%s_member", v->name));
  struct entry *e = define(nc, name, nc->options->single ? NC_FLOAT : NC_DOUBLE, count, dims, NULL);
  keep(nc, nc_def_var_chunking(nc->file, e->id, NC_CHUNKED, chunks));
  // Chunks are written whole and never again: the default cache would grow to 16 MiB a variable.
  keep(nc, nc_set_var_chunk_cache(nc->file, e->id, chunks[2] * v->count * MEMBER_CHUNK * sizeof(double), 7, 1));
  describe(nc, e, v->label.en, cf_units(v->unit));
  e->variable = v;
}

static void define_members(struct nc *nc) {
  const struct sweep_results *r = nc->results;
  bool all = nc->keeps_members = nc->options->members && results_keep(r);
  if (!all && !nc->options->table) return;
  // The table may hold fewer members than the sweep: then it alone decides.
  size_t members = all ? r->members : r->table_members;
  nc->member = define_dimension(nc, "member", members);
  for (size_t i = 0; all && i < nc->labels->variable_count; i++) define_member(nc, &nc->labels->variables[i]);
  if (!nc->options->table || members != r->table_members) return;
  int p[] = {nc->member, nc->parameter}, o[] = {nc->member, nc->policy, nc->outcome};
  define_table(nc, "parameter_value", "the member's parameter", NULL, 2, p, give_table_parameters, 0);
  if (nc->labels->outcome_count)
    define_table(nc, "outcome_value", "the member's outcome", NULL, 3, o, give_table_outcomes, 0);
}

static int define_axis(struct nc *nc, const char *name, size_t size, int type, give_fn *give, const char *long_name,
                       const char *units) {
  int id = define_dimension(nc, name, size);
  struct entry *e = define(nc, name, type, 1, &id, give);
  describe(nc, e, long_name, units);
  return id;
}

static void define_texts(struct nc *nc, const char *name, int dimension, give_fn *give, size_t item,
                         const char *long_name) {
  struct entry *e = define(nc, free_name(nc, name), NC_STRING, 1, &dimension, give);
  describe(nc, e, long_name, NULL);
  e->item = item;
}

// Names that the file gives itself come before any of the model's.
static void reserve_names(struct nc *nc) {
  static const char *const own[] = {"policy", "time", "quantile", "phase",          "parameter",  "outcome",
                                    "pair",   "bin",  "member",   "failed_members", "phase_began"};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) is_free(nc, own[i]);
}

static void define_model_dimensions(struct nc *nc) {
  const struct model *m = nc->labels->model;
  nc->dimensions = arena_array(nc->arena, int, m->dimensions.count);
  for (size_t i = 0; i < m->dimensions.count; i++) nc->dimensions[i] = -1;
  for (size_t i = 0; i < nc->labels->variable_count; i++)
    for (size_t k = 0; k < nc->labels->variables[i].dim_count; k++) {
      uint32_t d = nc->labels->variables[i].dims[k];
      if (nc->dimensions[d] >= 0) continue;
      const struct dimension *dimension = &m->dimensions.items[d];
      nc->dimensions[d] = define_axis(nc, free_name(nc, dimension->name), dimension->count, NC_STRING, give_elements,
                                      dimension->label.en, NULL);
      nc->entries.items[nc->entries.count - 1].item = d;
    }
}

static void define_axes(struct nc *nc) {
  const struct sweep_labels *l = nc->labels;
  const struct reduce_config *c = nc->results->config;
  reserve_names(nc);
  nc->policy = define_axis(nc, "policy", c->policies, NC_STRING, give_policies, "policy", NULL);
  nc->time = define_axis(nc, "time", c->times, NC_DOUBLE, give_times, "time", l->time_unit);
  set_text(nc, nc->entries.items[nc->entries.count - 1].id, "axis", "T");
  nc->quantile =
      define_axis(nc, "quantile", c->level_count, NC_DOUBLE, give_levels, "probability of the quantile", "1");
  if (l->phase_count) nc->phase = define_axis(nc, "phase", l->phase_count, NC_STRING, give_phases, "phase", NULL);
  if (l->parameter_count) {
    nc->parameter =
        define_axis(nc, "parameter", l->parameter_count, NC_STRING, give_parameters, "uncertain parameter", NULL);
    define_texts(nc, "parameter_unit", nc->parameter, give_parameter_units, 0, "unit of the parameter");
  }
  define_model_dimensions(nc);
}

static void define_outcome_axes(struct nc *nc) {
  nc->outcome = define_dimension(nc, "outcome", nc->labels->outcome_count);
  nc->bin = define_dimension(nc, "bin", nc->results->config->histogram_bins);
  define_texts(nc, "outcome_variable", nc->outcome, give_outcomes, 0, "saved variable");
  define_texts(nc, "outcome_phase", nc->outcome, give_outcomes, 1, "phase at whose end it is taken");
  define_texts(nc, "outcome_unit", nc->outcome, give_outcomes, 2, "unit of the outcome");
}

static void define_counts(struct nc *nc) {
  int d[] = {nc->policy, nc->phase, nc->time};
  struct entry *e = define(nc, "failed_members", NC_UINT64, 1, d, give_failed);
  describe(nc, e, "members that failed and are in no statistic", "1");
  if (nc->labels->phase_count == 0) return;
  e = define(nc, "phase_began", NC_UINT64, 3, d, give_began);
  describe(nc, e, "members whose phase began from this save time to before the next", "1");
}

static void define_all(struct nc *nc) {
  const struct sweep_labels *l = nc->labels;
  const struct sweep_results *r = nc->results;
  set_text(nc, NC_GLOBAL, "Conventions", "CF-1.10");
  set_text(nc, NC_GLOBAL, "title", l->title.en);
  set_text(nc, NC_GLOBAL, "source", nc->options->program);
  set_text(nc, NC_GLOBAL, "model", l->model->name);
  set_text(nc, NC_GLOBAL, "scenario", l->name);
  set_text(nc, NC_GLOBAL, "sampling", l->sampling);
  set_text(nc, NC_GLOBAL, "quantile_definition", "Hyndman and Fan, type 7");
  unsigned long long seed = l->seed, members = r->members;
  keep(nc, nc_put_att_ulonglong(nc->file, NC_GLOBAL, "seed", NC_UINT64, 1, &seed));
  keep(nc, nc_put_att_ulonglong(nc->file, NC_GLOBAL, "members", NC_UINT64, 1, &members));
  keep(nc, nc_put_att_double(nc->file, NC_GLOBAL, "quantile_relative_error_bound", NC_DOUBLE, 1, &r->bound));
  define_axes(nc);
  define_counts(nc);
  if (l->outcome_count) define_outcome_axes(nc);
  if (r->plan->pair_count && l->outcome_count) {
    nc->pair = define_dimension(nc, "pair", r->plan->pair_count);
    define_texts(nc, "pair_first", nc->pair, give_pairs, 0, "first policy of the pair");
    define_texts(nc, "pair_second", nc->pair, give_pairs, 1, "second policy of the pair");
  }
  // Tables take their names before the model's variables do.
  if (l->outcome_count) define_outcomes(nc);
  if (l->outcome_count && l->parameter_count) define_importance(nc);
  if (r->plan->pair_count && l->outcome_count) define_comparisons(nc);
  define_saved(nc);
  define_members(nc);
  keep(nc, nc_enddef(nc->file));
}

// Numbers of the largest variable.
static size_t row_size(const struct sweep_labels *l, const struct sweep_results *r) {
  const struct reduce_config *c = r->config;
  size_t element = 1, outcomes = (c->policies + r->plan->pair_count) * l->outcome_count;
  size_t inner = c->level_count + c->histogram_bins + l->parameter_count + 1;
  for (size_t i = 0; i < l->variable_count; i++)
    if (l->variables[i].count > element) element = l->variables[i].count;
  size_t outer = c->level_count > MEMBER_CHUNK ? c->level_count : MEMBER_CHUNK;
  return c->policies * outer * c->times * element + outcomes * inner + l->parameter_count;
}

static bool write_all(struct nc *nc, struct diag *diag) {
  define_all(nc);
  nc->row = arena_array(nc->arena, double, row_size(nc->labels, nc->results));
  for (size_t i = 0; i < nc->entries.count && nc->status == NC_NOERR; i++)
    if (nc->entries.items[i].give) nc->entries.items[i].give(nc, &nc->entries.items[i]);
  return write_members(nc, diag);
}

bool netcdf_write_sweep(struct arena *a, const char *path, const struct sweep_labels *labels,
                        const struct sweep_results *results, const struct netcdf_options *options, struct diag *diag) {
  struct nc *nc = arena_new(a, struct nc);
  *nc = (struct nc){.arena = a, .labels = labels, .results = results, .options = options};
  map_init(&nc->names, a);
  const char *temporary = file_temporary_name(a, path), *missing = netcdf_library_open();
  if (missing) {
    diag_error(diag, NOWHERE, netcdf_missing, path, missing);
    return false;
  }
  bool read = true;
  nc->status = nc_create(temporary, NC_NETCDF4 | NC_CLOBBER, &nc->file);
  if (nc->status == NC_NOERR) {
    jmp_buf *outer = a->oom, here;
    if (setjmp(here)) {
      a->oom = outer;
      nc_abort(nc->file);
      unlink(temporary);
      arena_fail(a);
    }
    a->oom = &here;
    read = write_all(nc, diag);
    a->oom = outer;
    keep(nc, nc_close(nc->file));
  }
  if (read && nc->status == NC_NOERR) return file_publish(temporary, path, diag);
  unlink(temporary);
  if (read) diag_error(diag, NOWHERE, netcdf_write, path, nc_strerror(nc->status));
  return false;
}
