// SPDX-License-Identifier: GPL-3.0-or-later
// One function per way of sampling fills one row of uniform numbers; correlations mix rows; priors turn them into
// values. Seeds reach every way of sampling through keys made of (seed, name), so that a parameter's draws do not
// depend on which others there are. Sobol's also depend on its dimension, which the spec keeps stable.
#include "design/design.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "design/shuffle.h"
#include "design/sobol.h"

enum key_use { KEY_LATIN = 1, KEY_SOBOL, KEY_SOBOL_INDEX };  // part of the contract: never renumber

static uint64_t key_for(uint64_t seed, uint64_t stream, enum key_use use) {
  return shuffle_key(shuffle_key(seed, use), stream);
}

static double random_uniform(const struct design *d, const struct design_row *row, uint64_t member) {
  return rng_uniform(d->seed, member, row->stream, 0, RNG_NO_STEP);
}

// One member in each N-th of the line, at a random place in it. The quotient can round up to 1.
static double latin_uniform(const struct design *d, const struct design_row *row, uint64_t member) {
  double stratum = (double)shuffle_place(member, d->members, row->key);
  double u = (stratum + random_uniform(d, row, member)) / (double)d->members;
  return u < 1 ? u : 1 - 0x1p-53;
}

static double sobol_coordinate(const struct design *d, const struct design_row *row, uint64_t member) {
  uint32_t index = sobol_index((uint32_t)member, row->group, key_for(d->seed, 0, KEY_SOBOL_INDEX));
  return sobol_uniform(sobol_point(row->directions, index), row->key);
}

static double grid_place(const struct design *d, const struct design_row *row, uint64_t member) {
  (void)d;
  return (double)(member / row->repeat % row->value_count);
}

static double list_place(const struct design *d, const struct design_row *row, uint64_t member) {
  (void)d, (void)row;
  return (double)member;
}

static double (*const coordinates[SAMPLINGS])(const struct design *, const struct design_row *, uint64_t) = {
    random_uniform, latin_uniform, sobol_coordinate, grid_place, list_place};

void design_uniform(const struct design *d, uint64_t first, uint32_t count, uint32_t lanes, double *out) {
  for (size_t i = 0; i < d->count; i++) {
    double *row = out + i * lanes;
    for (uint32_t l = 0; l < count; l++) row[l] = coordinates[d->sampling](d, &d->rows[i], first + l);
    for (uint32_t l = count; l < lanes; l++) row[l] = row[count - 1];
  }
  if (d->correlate) correlate_apply(d->correlate, out, lanes);
}

void design_draw(const struct design *d, uint64_t first, uint32_t count, uint32_t lanes, double *out) {
  design_uniform(d, first, count, lanes, out);
  for (size_t i = 0; i < d->count; i++) {
    const struct design_row *r = &d->rows[i];
    double *row = out + i * lanes;
    for (uint32_t l = 0; l < lanes; l++) row[l] = r->values ? r->values[(size_t)row[l]] : prior_draw(&r->prior, row[l]);
  }
}

bool design_extends(enum sampling sampling) {
  return sampling == SAMPLING_RANDOM || sampling == SAMPLING_SOBOL;
}

static void value_range(const struct sweep_parameter *p, struct program_parameter *at) {
  at->low = INFINITY, at->high = -INFINITY;
  for (size_t i = 0; i < p->value_count; i++)
    at->low = fmin(at->low, p->values[i]), at->high = fmax(at->high, p->values[i]);
}

static bool fill_row(struct arena *a, struct design *d, size_t i, const struct sweep_parameter *p, struct diag *diag) {
  struct design_row *row = &d->rows[i];
  d->names[i] = p->name;
  struct program_parameter *at = &d->program_parameters[i];
  *at = p->at;
  row->stream = map_hash64(p->name, strlen(p->name));
  row->values = p->values;
  row->value_count = p->value_count;
  if (d->sampling == SAMPLING_LATIN) row->key = key_for(d->seed, row->stream, KEY_LATIN);
  if (d->sampling == SAMPLING_SOBOL) {
    row->key = key_for(d->seed, row->stream, KEY_SOBOL);
    row->group = p->dimension / SOBOL_TABLE;
    sobol_directions(p->dimension % SOBOL_TABLE, row->directions);
  }
  at->ranged = true;
  if (p->values) {
    value_range(p, at);
    return true;
  }
  if (!prior_prepare(a, &p->prior, p->name, &row->prior, diag)) return false;
  at->low = row->prior.low, at->high = row->prior.high;
  return true;
}

// The last axis moves fastest, as a user would write nested loops.
static void set_repeats(struct design *d) {
  uint64_t repeat = 1;
  for (size_t i = d->count; i-- > 0; repeat *= d->rows[i].value_count) d->rows[i].repeat = repeat;
}

struct design *design_create(struct arena *a, const struct sweep_spec *spec, struct diag *diag) {
  gsl_set_error_handler_off();
  struct design *d = arena_new(a, struct design);
  d->sampling = spec->sampling;
  d->seed = spec->seed;
  d->members = spec->members;
  d->count = spec->parameters.count;
  d->rows = arena_array(a, struct design_row, d->count);
  d->program_parameters = arena_array(a, struct program_parameter, d->count);
  d->names = arena_array(a, const char *, d->count);
  bool ok = true;
  for (size_t i = 0; i < d->count; i++) ok = fill_row(a, d, i, &spec->parameters.items[i], diag) && ok;
  if (d->sampling == SAMPLING_GRID) set_repeats(d);
  if (!ok) return NULL;
  if (!spec->correlations.count) return d;
  d->correlate = correlate_create(a, spec->correlations.items, spec->correlations.count, d->names, d->count, diag);
  return d->correlate ? d : NULL;
}
