// SPDX-License-Identifier: GPL-3.0-or-later
// See sweep_csv.h. Numbers in their shortest form that reads back; absent numbers are empty cells.
#include "output/sweep_csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "output/csvout.h"

const char *sweep_csv_level(double p, char out[40]) {
  // 100 * 0.07 is 7.000000000000001: twelve digits are the probability as it was written.
  snprintf(out, 40, "q%.12g", 100 * p);
  return out;
}

static void put_number(FILE *out, double value) {
  if (!isnan(value)) csvout_put_number(out, value);
}

struct row {
  FILE *out;
  const char *policy, *variable;
  double time;
};

static void put_row(const struct row *row, const char *statistic, const char *suffix, double value) {
  csvout_put_text(row->out, row->policy);
  fputc(',', row->out);
  csvout_put_text(row->out, row->variable);
  fputc(',', row->out);
  csvout_put_number(row->out, row->time);
  fprintf(row->out, ",%s%s,", statistic, suffix);
  put_number(row->out, value);
  fputc('\n', row->out);
}

static void put_statistics(const struct row *row, const struct sweep_results *r, uint32_t policy, size_t cell) {
  size_t cells = r->config->times * r->config->columns, at = policy * cells + cell;
  put_row(row, "count", "", (double)(r->members - r->failed[policy]));
  put_row(row, "mean", "", r->mean[at]);
  put_row(row, "sd", "", r->sd[at]);
  put_row(row, "min", "", r->least[at]);
  put_row(row, "max", "", r->most[at]);
  put_row(row, "mean_error", "", r->mean_error[at]);
  for (size_t l = 0; l < r->config->level_count; l++) {
    char name[40];
    size_t place = (policy * r->config->level_count + l) * cells + cell;
    sweep_csv_level(r->config->levels[l], name);
    put_row(row, name, "", r->quantiles[place]);
    put_row(row, name, "_error", r->quantile_errors[place]);
  }
}

bool sweep_csv_write(struct arena *a, const char *path, const struct sweep_labels *labels,
                     const struct sweep_results *r, struct diag *diag) {
  struct file f;
  if (!file_create(&f, a, path, diag)) return false;
  fputs("policy,variable,time,statistic,value\n", f.out);
  for (uint32_t policy = 0; policy < r->config->policies; policy++)
    for (size_t column = 0; column < r->config->columns; column++)
      for (size_t time = 0; time < r->config->times; time++) {
        struct row row = {f.out, labels->policies[policy], labels->columns[column], labels->times[time]};
        put_statistics(&row, r, policy, time * r->config->columns + column);
      }
  return file_commit(&f, diag);
}

static void put_outcome_name(FILE *out, const struct sweep_labels *l, struct text *name, uint32_t policy, size_t o) {
  const struct outcome *outcome = &l->outcomes[o];
  name->size = 0;
  if (l->policy_count > 1) text_printf(name, "%s: ", l->policies[policy]);
  text_printf(name, "%s at %s", l->columns[outcome->column], labels_phase(l, outcome));
  fputc(',', out);
  if (!name->failed) csvout_put_text(out, name->data);
}

static void put_members_header(FILE *out, const struct sweep_labels *l, struct text *name) {
  fputs("member,failed", out);
  for (size_t p = 0; p < l->parameter_count; p++) {
    fputc(',', out);
    csvout_put_text(out, l->parameters[p]);
  }
  for (uint32_t policy = 0; policy < l->policy_count; policy++)
    for (size_t o = 0; o < l->outcome_count; o++) put_outcome_name(out, l, name, policy, o);
  fputc('\n', out);
}

// Failures come sorted by member and policy; `next` walks along. Past LIMIT_FAILURES listed ones a member's failure is
// known from its missing outcomes alone.
static void put_failed(FILE *out, const struct sweep_labels *l, const struct sweep_results *r, uint64_t member,
                       size_t *next, struct text *name) {
  name->size = 0;
  for (; *next < r->failure_count && r->failures[*next].member <= member; ++*next) {
    if (r->failures[*next].member < member) continue;
    if (name->size) text_puts(name, " ");
    text_puts(name, l->policy_count > 1 ? l->policies[r->failures[*next].policy] : "1");
  }
  fputc(',', out);
  if (name->size && !name->failed) csvout_put_text(out, name->data);
}

bool sweep_csv_write_members(struct arena *a, const char *path, const struct sweep_labels *labels,
                             const struct sweep_results *r, struct diag *diag) {
  struct file f;
  struct text name = {0};
  size_t next = 0, numbers = labels->parameter_count + labels->policy_count * labels->outcome_count;
  if (!file_create(&f, a, path, diag)) return false;
  put_members_header(f.out, labels, &name);
  for (uint64_t member = 0; member < r->reducer->table_members; member++) {
    if (!results_has(r, member)) continue;
    fprintf(f.out, "%llu", (unsigned long long)member);
    put_failed(f.out, labels, r, member, &next, &name);
    for (size_t i = 0; i < numbers; i++) {
      fputc(',', f.out);
      put_number(f.out, results_table(r, member, i));
    }
    fputc('\n', f.out);
  }
  bool failed = name.failed;
  text_free(&name);
  if (!failed) return file_commit(&f, diag);
  file_abandon(&f);
  diag_error(diag, NOWHERE, memory);
  return false;
}
