// SPDX-License-Identifier: GPL-3.0-or-later
// What an indicator is held against: benchmarks (a level to close the gap to) and targets (a level to reach by the end
// of a phase, or by the horizon). Phase names are known to scenarios only, so targets are not matched with them here.
#include <string.h>

#include "lang/model_read.h"

static const char *const benchmark_keys[] = {"value", "kind", "source", "label", "doc", "aside", NULL};
static const char *const benchmark_kinds[] = {"printed", "checked"};

static void read_benchmark(struct model_reader *r, struct variable *v, const struct tree *key, const struct tree *t) {
  struct benchmark b = {.name = key->text, .span = key->span};
  if (!reader_expect(t, key->span, TREE_MAP, "a benchmark", r->diag)) return;
  reader_keys(t, "a benchmark", benchmark_keys, r->diag);
  const struct tree *value = tree_get(t, "value"), *kind = tree_get(t, "kind"), *source = tree_get(t, "source");
  unsigned checked = 0;
  if (value)
    b.value = reader_expr(r->arena, value, "'value'", r->diag);
  else
    reader_expect(NULL, key->span, TREE_SCALAR, "'value'", r->diag);
  if (kind)
    reader_choice(kind, "kind", benchmark_kinds, 2, &checked, r->diag);
  else
    diag_error(r->diag, key->span, benchmark_kind, b.name);
  const struct tree *doc = tree_get(t, "doc"), *aside = tree_get(t, "aside");
  if (source) reader_text(source, "'source'", &b.source, r->diag);
  reader_label(doc, NULL, &b.doc, r->diag);
  if (!b.doc.en) b.doc.en = b.doc.zh;
  if (aside) reader_flag(aside, "'aside'", &b.aside, r->diag);
  reader_label(tree_get(t, "label"), b.name, &b.label, r->diag);
  b.checked = checked == 1;
  list_push(r->arena, &v->benchmarks) = b;
}

void model_report_benchmarks(struct model_reader *r, struct variable *v, const struct tree *map) {
  if (!reader_expect(map, map->span, TREE_MAP, "'benchmarks'", r->diag)) return;
  for (size_t i = 0; i < map->count; i++) read_benchmark(r, v, map->keys[i], map->items[i]);
}

// "at most " or "at least " and the blanks after it; 0 when the text does not start so.
static size_t direction(const char *text, bool *at_most) {
  *at_most = strncmp(text, "at most ", 8) == 0;
  size_t size = *at_most ? 8 : strncmp(text, "at least ", 9) == 0 ? 9 : 0;
  return size ? size + strspn(text + size, " ") : 0;
}

static void read_target(struct model_reader *r, struct variable *v, const struct tree *key, const struct tree *t) {
  struct target x = {.phase = strcmp(key->text, "end") == 0 ? NULL : key->text, .span = key->span};
  const char *text;
  if (!reader_text(t, "a target", &text, r->diag)) return;
  struct tree number = *t;
  size_t skip = direction(text, &x.at_most);
  number.text += skip;
  if (t->verbatim && skip < t->span.size) number.span.at += (uint32_t)skip, number.span.size -= (uint32_t)skip;
  if (reader_number(&r->model->units, &number, "a target", v->unit, &x.value, r->diag))
    list_push(r->arena, &v->targets) = x;
}

void model_report_targets(struct model_reader *r, struct variable *v, const struct tree *map) {
  if (!reader_expect(map, map->span, TREE_MAP, "'targets'", r->diag)) return;
  for (size_t i = 0; i < map->count; i++) read_target(r, v, map->keys[i], map->items[i]);
}
