// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzzes expressions: any text ends in a tree or an error; what is printed reads back and prints the same. Units share
// the lexer's characters and are read from the same text.
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "lang/expr.h"
#include "lang/unit.h"

static void check_spans(const struct expr *e, const struct source *s) {
  if (e->span.source != s || (size_t)e->span.at + e->span.size > s->size) abort();
  for (size_t i = 0; i < e->arg_count; i++) check_spans(e->args[i], s);
}

// Depth and height of the printed text may pass the bounds where the original did not: parentheses cost depth.
static void print_and_read(struct arena *a, const struct expr *e, struct diag *diag) {
  struct text once = {0}, twice = {0};
  expr_print(&once, e);
  struct expr *again = once.failed ? NULL : expr_parse(a, once.data, NOWHERE, false, diag);
  if (again) expr_print(&twice, again);
  bool same = again && !twice.failed && strcmp(once.data, twice.data) == 0;
  bool bounded = !again && diag->messages.items[0].id == ERROR_expr_depth;
  if (!same && !bounded) abort();
  text_free(&once);
  text_free(&twice);
}

static void read_units(struct arena *a, const struct source *s, struct diag *diag) {
  struct unit_table table;
  unit_table_init(&table, a);
  unit_declare(&table, "a", NOWHERE, NULL, NOWHERE, diag);
  unit_declare(&table, "b", NOWHERE, "0.1 a^2", NOWHERE, diag);
  struct span at = {s, 0, (uint32_t)s->size};
  const struct unit *x = unit_parse(&table, s->text, at, diag);
  double value;
  unit_number(&table, s->text, at, unit_one(), &value, diag);
  if (!x) return;
  table.written.count = 0;
  const struct unit *y = unit_parse(&table, unit_text(a, &table, x), NOWHERE, diag);
  if (y && !unit_same_dimension(x, y)) abort();
}

void fuzz_one(struct arena *a, const uint8_t *data, size_t size) {
  struct diag diag;
  diag_init(&diag, a);
  struct source *s = source_from_text(a, "fuzz", (const char *)data, size, &diag);
  if (!s) return;
  struct expr *e = expr_parse(a, s->text, (struct span){s, 0, (uint32_t)s->size}, true, &diag);
  if (!e != (diag.errors > 0)) abort();
  if (e) check_spans(e, s);
  if (e) print_and_read(a, e, &diag);
  read_units(a, s, &diag);
}
