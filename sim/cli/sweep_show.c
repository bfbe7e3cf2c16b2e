// SPDX-License-Identifier: GPL-3.0-or-later
// See sweep_show.h.
#include "cli/sweep_show.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "output/runinfo.h"
#include "output/sweep_csv.h"
#include "output/sweep_files.h"
#include "output/table.h"

#define SHOWN_FAILURES 3

static const char *duration(double seconds, char out[32]) {
  if (seconds < 100)
    snprintf(out, 32, "%.0f s", seconds);
  else if (seconds < 6000)
    snprintf(out, 32, "%.0f min", seconds / 60);
  else
    snprintf(out, 32, "%.1f h", seconds / 3600);
  return out;
}

static void progress(void *context, const struct sink_progress *p) {
  struct sweep_show *s = context;
  if (s->cli->options.quiet || !isatty(STDERR_FILENO)) return;
  double rate = p->seconds > 0 ? (double)p->done_here / p->seconds : 0;
  char left[32] = "", failed[40] = "";
  if (rate > 0) duration((double)(p->members - p->done) / rate, left);
  if (p->failed) snprintf(failed, sizeof failed, ", %llu failed", (unsigned long long)p->failed);
  fprintf(stderr, "\r\033[K%llu of %llu members (%.0f %%), %.0f a second, %s left%s", (unsigned long long)p->done,
          (unsigned long long)p->members, 100 * (double)p->done / (double)p->members, rate, left, failed);
  fflush(stderr);
  s->line = true;
}

void sweep_show_end(struct sweep_show *s) {
  if (s->line) fputs("\r\033[K", stderr);
  s->line = false;
}

static void put_target(struct table *t, const struct outcome *o, const struct outcome_results *r) {
  struct arena *a = t->arena;
  if (isnan(o->target) || !r->values.count) {
    table_cell(t, NULL);
    table_cell(t, NULL);
    return;
  }
  table_cell(t, arena_format(a, "%s %s", o->at_most ? "<=" : ">=", table_number(a, o->target)));
  table_cell(t, table_percent(a, (double)r->met / (double)r->values.count));
}

static void begin_table(struct sweep_show *s, struct table *t) {
  struct arena *a = &s->cli->scratch;
  enum language language = s->cli->options.language;
  table_init(t, a);
  table_column(t, messages_text(language, MESSAGE_indicator), false);
  table_column(t, messages_text(language, MESSAGE_unit), false);
  for (size_t i = 0; i < s->results->config->level_count; i++) {
    char level[40];
    table_column(t, arena_string(a, sweep_csv_level(s->results->config->levels[i], level)), true);
  }
  table_column(t, messages_text(language, MESSAGE_targets_heading), true);
  table_column(t, messages_text(language, MESSAGE_met), true);
}

// Is the variable of a column, "gdp" or "output[ic]", an index made by judgement?
static bool is_judged(struct arena *a, const struct sweep_labels *l, const char *column) {
  const struct variable *v = model_variable(l->model, arena_copy(a, column, strcspn(column, "[")));
  return v && v->judgement;
}

// Outcomes at the horizon under one policy.
static void show_policy(struct sweep_show *s, uint32_t policy) {
  struct arena *a = &s->cli->scratch;
  const struct sweep_labels *l = s->study->labels;
  struct table t;
  bool judgement = false;
  begin_table(s, &t);
  for (size_t i = 0; i < l->outcome_count; i++) {
    const struct outcome *o = &l->outcomes[i];
    if (o->phase != OUTCOME_HORIZON) continue;
    const struct outcome_results *r = &s->results->outcomes[policy * l->outcome_count + i];
    const char *column = l->columns[o->column];
    bool judged = is_judged(a, l, column);
    judgement |= judged;
    table_cell(&t, judged ? arena_format(a, "%s *", column) : column);
    table_cell(&t, table_safe(a, l->column_units[o->column]));
    for (size_t k = 0; k < s->results->config->level_count; k++)
      table_cell(&t, table_number(a, r->values.quantiles[k]));
    put_target(&t, o, r);
  }
  if (l->policy_count > 1) text_printf(&s->cli->out, "%s\n", table_safe(a, l->policies[policy]));
  table_print(&s->cli->out, &t, cli_is_bold());
  if (judgement) text_printf(&s->cli->out, "%s\n", messages_text(s->cli->options.language, MESSAGE_judgement));
  text_puts(&s->cli->out, "\n");
}

// Mean regret of each policy at the horizon: 0 for one that is best in every future.
static void show_regrets(struct sweep_show *s) {
  struct cli *c = s->cli;
  const struct sweep_labels *l = s->study->labels;
  enum language language = c->options.language;
  struct table t;
  table_init(&t, &c->scratch);
  table_column(&t, messages_text(language, MESSAGE_indicator), false);
  table_column(&t, messages_text(language, MESSAGE_unit), false);
  for (size_t p = 0; p < l->policy_count; p++) table_column(&t, table_safe(&c->scratch, l->policies[p]), true);
  for (size_t i = 0; i < l->outcome_count; i++) {
    const struct outcome *o = &l->outcomes[i];
    if (o->phase != OUTCOME_HORIZON) continue;
    table_cell(&t, table_safe(&c->scratch, l->columns[o->column]));
    table_cell(&t, table_safe(&c->scratch, l->column_units[o->column]));
    for (size_t p = 0; p < l->policy_count; p++)
      table_cell(&t, table_number(&c->scratch, s->results->regrets[p * l->outcome_count + i].mean));
  }
  text_printf(&c->out, "%s\n", messages_text(language, MESSAGE_sweep_regret));
  table_print(&c->out, &t, cli_is_bold());
  text_puts(&c->out, "\n");
}

static void show_failures(struct sweep_show *s) {
  struct cli *c = s->cli;
  for (size_t i = 0; i < s->results->failure_count && i < SHOWN_FAILURES; i++) {
    const struct reduce_failure *f = &s->results->failures[i];
    char member[32], time[32];
    snprintf(member, sizeof member, "%llu", (unsigned long long)f->member);
    const char *words[] = {
        "simulate", "replay", s->folder, "--member", member, "--policy", s->study->labels->policies[f->policy]};
    const char *cause = sweep_files_cause(&c->scratch, s->study->labels->model, &f->failure);
    text_puts(&c->out, messages_format(&c->scratch, c->options.language, MESSAGE_sweep_member_failed, member,
                                       table_safe(&c->scratch, cause), text_from_number(f->failure.time, time)));
    text_printf(&c->out, "  %s\n", runinfo_quote(&c->scratch, s->study->policies > 1 ? 7 : 5, (char *const *)words));
  }
}

// Shown while the results are alive: they go with the reducer.
static bool finish(void *context, const struct sweep_labels *labels, const struct sweep_results *results,
                   struct diag *diag) {
  struct sweep_show *s = context;
  struct cli *c = s->cli;
  struct summary_options options = {c->options.sets.items, c->options.sets.count, c->options.lenient_units};
  sweep_show_end(s);
  s->results = results;
  if (!sweep_files_write(&c->arena, s->folder, s->study, results, &options, diag)) return false;
  for (uint32_t i = 0; !c->options.quiet && i < labels->policy_count; i++) show_policy(s, i);
  if (!c->options.quiet && results->regrets) show_regrets(s);
  if (!c->options.quiet) show_failures(s);
  return true;
}

struct sink sweep_show_sink(struct sweep_show *s) {
  return (struct sink){.context = s, .progress = progress, .finish = finish};
}

void sweep_show_result(struct sweep_show *s, const struct sweep_report *r) {
  struct cli *c = s->cli;
  if (c->options.quiet) return;
  enum language language = c->options.language;
  char members[32], failed[32], bound[32];
  snprintf(members, sizeof members, "%llu", (unsigned long long)r->members);
  snprintf(failed, sizeof failed, "%llu", (unsigned long long)r->failed);
  text_puts(&c->out, messages_format(&c->scratch, language, MESSAGE_sweep_done, members, failed));
  if (r->exact || r->partial) {
    text_puts(&c->out, "\n");
  } else {
    snprintf(bound, sizeof bound, "%.2g", r->bound);
    text_puts(&c->out, messages_format(&c->scratch, language, MESSAGE_sweep_bound, bound));
  }
  if (r->partial) text_puts(&c->out, messages_text(language, MESSAGE_sweep_partial));
  text_puts(&c->out, messages_format(&c->scratch, language, MESSAGE_results_in, table_safe(&c->scratch, s->folder)));
  text_puts(&c->out, "\n");
}

void sweep_show_failed(struct sweep_show *s, const struct sweep_report *r) {
  uint64_t runs = r->members * s->study->policies;
  double allowed = s->study->spec->failures;
  char share[32];
  if ((double)r->failed <= allowed * (double)runs) return;
  diag_error(&s->cli->diag, NOWHERE, sweep_failed, (unsigned long long)r->failed, (unsigned long long)runs,
             text_from_number(allowed * 100, share));
}
