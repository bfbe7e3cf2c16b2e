// SPDX-License-Identifier: GPL-3.0-or-later
// simulate diff: two files of results compared, ours or another program's. Says which columns and times only one of
// them has, and names the first and the worst difference by variable and time. The answer is the exit code.
#include <math.h>
#include <string.h>

#include "analyse/difference.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "output/table.h"

static const char usage[] =
    "simulate diff A B             compare two files of results\n"
    "\n"
    "A and B are run.csv, or what other programs write: .csv, .tab (times down or across), Vensim's .dat. Names are\n"
    "compared without regard to case, blanks and underscores; a constant that is written once stands for all times.\n"
    "Exit code 0 when the files agree, 1 when they do not. Unless tolerances are given, a number may differ by two\n"
    "units of its last printed digit, or by 1e-5 of its column's largest magnitude.\n"
    "\n"
    "  --rtol X, --atol X  allow |a - b| <= atol + rtol*max(|a|, |b|) instead; what is not given is 0\n"
    "  --map 'X=Y'         column X of A is column Y of B; may be repeated\n"
    "  --common            columns, times and values that only one file has are no difference\n"
    "  --lang en|zh        language of the answer\n"
    "  -q, --quiet         no answer but the exit code\n";

#define FORMAT(c, id, ...) messages_format(&(c)->arena, (c)->options.language, MESSAGE_##id, __VA_ARGS__)

static const char *number(struct cli *c, double value) {
  return text_from_number(value, arena_alloc(&c->arena, 32));
}

static const char *rounded(struct cli *c, double value) {
  return arena_format(&c->arena, "%.3g", value);
}

static void put_names(struct cli *c, const char *path, const char *const *names, size_t count) {
  enum { SHOWN = 10 };
  if (!count) return;
  const char *list = table_safe(&c->arena, names[0]);
  for (size_t i = 1; i < count && i < SHOWN; i++)
    list = arena_format(&c->arena, "%s, %s", list, table_safe(&c->arena, names[i]));
  text_puts(&c->out, FORMAT(c, diff_only_columns, path, count, list, count > SHOWN ? ", ..." : ""));
}

static void put_times(struct cli *c, const char *path, const double *times, size_t count) {
  if (count) text_puts(&c->out, FORMAT(c, diff_only_times, path, count, number(c, times[0])));
}

static void put_point(struct cli *c, enum message_id id, const struct difference_point *p) {
  const char *name = table_safe(&c->arena, p->name);
  text_puts(&c->out, messages_format(&c->arena, c->options.language, id, name, number(c, p->time), number(c, p->a),
                                     number(c, p->b), rounded(c, fabs(p->a - p->b)), rounded(c, p->allowed)));
}

static void show(struct cli *c, const char *a, const char *b, const struct difference *d) {
  put_names(c, a, d->only_a.items, d->only_a.count);
  put_names(c, b, d->only_b.items, d->only_b.count);
  put_times(c, a, d->times_a.items, d->times_a.count);
  put_times(c, b, d->times_b.items, d->times_b.count);
  if (d->gaps) {
    const char *of = isnan(d->gap.b) ? b : a;
    text_puts(&c->out, FORMAT(c, diff_gap, d->gaps, table_safe(&c->arena, d->gap.name), number(c, d->gap.time), of));
  }
  if (d->first.name) put_point(c, MESSAGE_diff_first, &d->first);
  if (d->worst.name) put_point(c, MESSAGE_diff_worst, &d->worst);
  text_puts(&c->out, FORMAT(c, diff_summary, d->values, d->columns, d->differing, d->differing_columns));
}

static bool read_pairs(struct cli *c, struct difference_options *o) {
  if (c->options.pairs.count > LIMIT_PAIRS) {
    diag_error(&c->diag, NOWHERE, series_many, (size_t)LIMIT_PAIRS, "pairs of names");
    return false;
  }
  for (size_t i = 0; i < c->options.pairs.count; i++) {
    const char *pair = c->options.pairs.items[i], *equals = strchr(pair, '=');
    if (!equals || equals == pair || !equals[1] || strchr(equals + 1, '=')) {
      diag_error(&c->diag, NOWHERE, difference_map, pair);
      return false;
    }
    list_push(&c->arena, &o->pairs) =
        (struct difference_pair){arena_copy(&c->arena, pair, (size_t)(equals - pair)), equals + 1};
  }
  return true;
}

static int diff(struct cli *c) {
  struct difference_options o = {.rtol = c->options.rtol, .atol = c->options.atol};
  if (c->options.operands.count != 2) diag_error(&c->diag, NOWHERE, difference_files);
  if (c->options.operands.count != 2 || !read_pairs(c, &o)) return cli_exit_code(c);
  const char *a = c->options.operands.items[0], *b = c->options.operands.items[1];
  struct series *x = series_read(&c->arena, a, &c->diag), *y = series_read(&c->arena, b, &c->diag);
  struct difference *d = x && y ? difference_find(&c->arena, x, y, &o, &c->diag) : NULL;
  if (!d) return cli_exit_code(c);
  if (!c->options.quiet) show(c, table_safe(&c->arena, a), table_safe(&c->arena, b), d);
  bool same = c->options.common ? difference_agrees(d) : difference_is_none(d);
  return same ? EXIT_OK : EXIT_INVALID;
}

const struct verb verb_diff = {
    "diff", usage,
    OPTION_BIT(ATOL) | OPTION_BIT(COMMON) | OPTION_BIT(LANG) | OPTION_BIT(MAP) | OPTION_BIT(QUIET) | OPTION_BIT(RTOL),
    diff};
