// SPDX-License-Identifier: GPL-3.0-or-later
// simulate validate: a model against the data beside it. One table a period, then what was too far off; with --points,
// every datum beside the model's value.
#include "analyse/validate.h"

#include <math.h>

#include "cli/load.h"
#include "output/table.h"

static const char usage[] =
    "simulate validate MODEL       compare a model's history with data\n"
    "\n"
    "MODEL is a folder with a file validation.yaml, or such a file: see docs/evidence.md. Prints, for each series and\n"
    "period, n, the mean error (MAPE), RMSE, R2, and Theil's U with its bias, variance and covariance shares. Exit\n"
    "code 1 when an error is past the tolerance that the file states.\n"
    "\n"
    "  --points            list every datum with its mark (s sourced, r recalled) and the model's value\n"
    "  --data-dir DIR      let the model name files below DIR\n"
    "  --lang en|zh        language of the table\n"
    "  -q, --quiet         show only errors\n";

#define TEXT(c, id) messages_text((c)->options.language, MESSAGE_##id)
#define FORMAT(c, id, ...) messages_format(&(c)->scratch, (c)->options.language, MESSAGE_##id, __VA_ARGS__)

static const char *number(struct cli *c, double value) {
  return text_from_number(value, arena_alloc(&c->scratch, 32));
}

static const char *share(struct cli *c, double value) {
  return isfinite(value) ? arena_format(&c->scratch, "%.2f", value) : "-";
}

static void put_headings(struct cli *c, struct table *t) {
  table_column(t, TEXT(c, validate_series), false);
  table_column(t, TEXT(c, unit), false);
  table_column(t, TEXT(c, validate_count), true);
  table_column(t, TEXT(c, validate_mape), true);
  table_column(t, TEXT(c, validate_tolerance), true);
  table_column(t, TEXT(c, validate_rmse), true);
  table_column(t, TEXT(c, validate_r2), true);
  table_column(t, TEXT(c, validate_theil), true);
  table_column(t, TEXT(c, validate_bias), true);
  table_column(t, TEXT(c, validate_variance), true);
  table_column(t, TEXT(c, validate_covariance), true);
}

static void put_fit(struct cli *c, struct table *t, const struct validation_series *s, const struct validation_fit *f) {
  struct arena *a = &c->scratch;
  table_cell(t, messages_label(c->options.language, s->label));
  table_cell(t, s->unit_text);
  table_cell(
      t, f->recalled ? arena_format(a, "%zu (%zur)", f->fit.count, f->recalled) : arena_format(a, "%zu", f->fit.count));
  table_cell(t, arena_format(a, "%s%s", table_percent(a, f->fit.mape), f->failed ? " !" : ""));
  table_cell(t, isnan(f->tolerance) ? NULL : table_percent(a, f->tolerance));
  table_cell(t, table_number(a, f->fit.rmse));
  table_cell(t, isfinite(f->fit.r2) ? arena_format(a, "%.3f", f->fit.r2) : "-");
  table_cell(t, isfinite(f->fit.theil) ? arena_format(a, "%.4f", f->fit.theil) : "-");
  table_cell(t, share(c, f->fit.bias));
  table_cell(t, share(c, f->fit.variance));
  table_cell(t, share(c, f->fit.covariance));
}

static void put_period(struct cli *c, const struct validation *v, size_t period) {
  const struct validation_period *p = &v->periods.items[period];
  struct table t;
  const char *label = table_safe(&c->scratch, messages_label(c->options.language, p->label));
  text_printf(&c->out, "\n%s\n", FORMAT(c, validate_period, label, number(c, p->from), number(c, p->until)));
  table_init(&t, &c->scratch);
  put_headings(c, &t);
  for (size_t i = 0; i < v->series.count; i++)
    if (v->series.items[i].fits[period].fit.count)
      put_fit(c, &t, &v->series.items[i], &v->series.items[i].fits[period]);
  table_print(&c->out, &t, cli_is_bold());
}

static void put_points(struct cli *c, const struct validation *v) {
  struct table t;
  table_init(&t, &c->scratch);
  table_column(&t, TEXT(c, validate_series), false);
  table_column(&t, TEXT(c, validate_year), true);
  table_column(&t, TEXT(c, validate_data), true);
  table_column(&t, "", false);
  table_column(&t, TEXT(c, model), true);
  for (size_t i = 0; i < v->series.count; i++) {
    const struct validation_series *s = &v->series.items[i];
    for (size_t k = 0; k < s->points.count; k++) {
      const struct validation_point *p = &s->points.items[k];
      table_cell(&t, k ? NULL : messages_label(c->options.language, s->label));
      table_cell(&t, number(c, p->time));
      table_cell(&t, table_number(&c->scratch, p->value));
      table_cell(&t, p->recalled ? "r" : "s");
      table_cell(&t, table_number(&c->scratch, p->model));
    }
  }
  text_puts(&c->out, "\n");
  table_print(&c->out, &t, cli_is_bold());
}

static void show(struct cli *c, const struct validation *v) {
  if (c->options.quiet) return;
  text_printf(&c->out, "%s\n", table_safe(&c->scratch, messages_label(c->options.language, v->title)));
  for (size_t i = 0; i < v->periods.count; i++) put_period(c, v, i);
  if (c->options.points) put_points(c, v);
  text_printf(&c->out, "\n%s\n%s\n", TEXT(c, validate_marks), FORMAT(c, validate_summary, v->series.count, v->failed));
}

static int validate(struct cli *c) {
  const char *path = load_beside(c, "validation.yaml");
  bool is_model = path && load_is_foreign(path);
  if (is_model) diag_error(&c->diag, NOWHERE, validate_model, path);
  struct validation *v = path && !is_model ? validate_read(&c->arena, path, c->options.data_dir, &c->diag) : NULL;
  if (!v) return cli_exit_code(c);
  if (validate_run(&c->arena, v, &c->diag) || v->failed) show(c, v);
  return cli_exit_code(c);
}

const struct verb verb_validate = {
    "validate", usage, OPTION_BIT(DATA_DIR) | OPTION_BIT(LANG) | OPTION_BIT(POINTS) | OPTION_BIT(QUIET), validate};
