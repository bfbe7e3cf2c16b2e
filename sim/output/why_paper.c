// SPDX-License-Identifier: GPL-3.0-or-later
// The map from the paper to the model, on the terminal: for each passage what it became and which tests show it.
#include "output/describe.h"
#include "output/why.h"

#define TEXT(w, id) messages_text((w)->language, MESSAGE_##id)

static const char *names_of(struct arena *a, const struct passage *p) {
  const char *text = "";
  for (size_t i = 0; i < p->elements.count; i++)
    text = arena_format(a, "%s%s%s", text, i ? ", " : "", p->elements.items[i].text);
  return text;
}

static const char *tests_of(struct arena *a, const struct passage *p) {
  const char *text = "";
  for (size_t i = 0; i < p->tests.count; i++) text = arena_format(a, "%s%s%s", text, i ? ", " : "", p->tests.items[i]);
  return text;
}

static void put_title(struct text *out, const struct why *w) {
  text_printf(out, "%s%s%s\n", w->bold ? "\033[1m" : "",
              table_safe(w->arena, messages_label(w->language, w->paper->title)), w->bold ? "\033[0m" : "");
}

static void put_line(struct text *out, const struct why *w, const char *name, const char *value) {
  if (value && *value) text_printf(out, "    %s: %s\n", name, table_line(w->arena, value));
}

static void put_passage(struct text *out, const struct why *w, const struct passage *p) {
  text_printf(out, "  %s  [%s]  %s\n", table_safe(w->arena, p->id), table_safe(w->arena, p->section),
              table_safe(w->arena, p->quote));
  text_printf(out, "    %s\n", table_safe(w->arena, p->en));
  put_line(out, w, TEXT(w, why_variables), names_of(w->arena, p));
  put_line(out, w, TEXT(w, why_tests), tests_of(w->arena, p));
  put_line(out, w, TEXT(w, doc_notes), p->doc);
}

void why_paper(struct text *out, const struct why *w, const struct model *m) {
  (void)m;
  put_title(out, w);
  for (size_t k = 0; k < w->paper->maps.count; k++) {
    const struct paper_map *map = &w->paper->maps.items[k];
    text_printf(out, "\n%s  %s\n", table_safe(w->arena, map->name),
                table_safe(w->arena, messages_label(w->language, map->label)));
    for (size_t i = 0; i < w->paper->passages.count; i++)
      if (paper_in(&w->paper->passages.items[i], map)) put_passage(out, w, &w->paper->passages.items[i]);
  }
}

static const char *description(const struct why *w, const struct variable *v) {
  const char *label = messages_label(w->language, v->label);
  return v->judgement ? arena_format(w->arena, "%s *", label) : label;
}

void why_passage(struct text *out, const struct why *w, const struct model *m, const struct passage *p) {
  struct table t;
  bool judgement = false;
  put_title(out, w);
  put_passage(out, w, p);
  table_init(&t, w->arena);
  table_column(&t, TEXT(w, compare_variable), false);
  table_column(&t, TEXT(w, doc_notes), false);
  table_column(&t, TEXT(w, unit), false);
  table_column(&t, TEXT(w, doc_label), false);
  for (size_t i = 0; i < p->elements.count; i++) {
    const struct variable *v = &m->variables.items[p->elements.items[i].variable];
    table_cell(&t, p->elements.items[i].text);
    table_cell(&t, describe_kind(w->language, v->kind));
    table_cell(&t, describe_unit(w->arena, m, v->unit));
    table_cell(&t, description(w, v));
    judgement |= v->judgement;
  }
  text_puts(out, "\n");
  table_print(out, &t, w->bold);
  if (judgement) text_printf(out, "%s\n", TEXT(w, judgement));
}
