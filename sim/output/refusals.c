// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of refusals and of units by group; see refusals.h. The construct is the piece of the file that the message
// points at. Texts come from the file and are made safe by the table.
#include "output/refusals.h"

#include <string.h>

#include "base/map.h"

enum { SHOWN_CONSTRUCT = 32 };

static bool is_refusal(const struct message *m) {
  return m->severity == SEVERITY_ERROR;
}

// The text that a span covers, blanks as one, shortened.
static const char *construct(struct arena *a, struct span at) {
  if (!at.source) return "";
  char *out = arena_alloc(a, SHOWN_CONSTRUCT + 4);
  size_t n = 0;
  uint32_t end = at.at + at.size;
  for (uint32_t i = at.at; i < end && i < at.source->size && n < SHOWN_CONSTRUCT; i++) {
    char c = at.source->text[i];
    bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank || (n && out[n - 1] != ' ')) out[n++] = blank ? ' ' : c;
  }
  out[text_valid_prefix(out, n)] = 0;  // no half of a character
  return out;
}

static void put_refusal(struct table *t, struct arena *a, const struct message *m, const char *path) {
  bool here = m->at.source && strcmp(m->at.source->path, path) == 0;
  uint32_t line = m->at.source ? source_place(m->at.source, m->at.at).line : 0;
  const char *place = line ? arena_format(a, "%u", line) : "";
  table_cell(t, here || !line ? place : arena_format(a, "%s:%s", m->at.source->path, place));
  table_cell(t, m->subject ? m->subject : "");
  table_cell(t, construct(a, m->at));
  table_cell(t, m->text);
}

void refusals_print(struct text *out, struct arena *a, const struct diag *d, size_t from, const char *path,
                    enum language language, bool bold) {
  static const enum message_id headings[] = {MESSAGE_check_line, MESSAGE_compare_variable, MESSAGE_check_construct,
                                             MESSAGE_check_reason};
  struct table t;
  size_t count = 0;
  table_init(&t, a);
  for (size_t i = 0; i < 4; i++) table_column(&t, messages_text(language, headings[i]), i == 0);
  for (size_t i = from; i < d->messages.count; i++) {
    if (!is_refusal(&d->messages.items[i])) continue;
    put_refusal(&t, a, &d->messages.items[i], path);
    count++;
  }
  if (!count) return;
  text_puts(out, messages_format(a, language, MESSAGE_check_refused, table_safe(a, path), count));
  text_puts(out, "\n\n");
  table_print(out, &t, bold);
  text_puts(out, "\n");
}

// ---- units

struct group {
  const char *name;
  size_t variables, without, differences;
};
typedef LIST(struct group) groups;

static struct group *group_of(struct arena *a, groups *list, struct map *names, const char *name) {
  if (!name) name = "";
  uint32_t next = (uint32_t)list->count, found = map_add(names, name, next);
  if (found == next) list_push(a, list) = (struct group){.name = name};
  return &list->items[found];
}

static bool is_of_units(enum error_id id) {  // error.def has them side by side
  return (id >= ERROR_units_argument && id <= ERROR_units_sides) || id == ERROR_unit_syntax;
}

static groups count_groups(struct arena *a, const struct diag *d, size_t from, const struct model *m) {
  groups list = {0};
  struct map names;
  map_init(&names, a);
  for (size_t i = 0; i < m->variables.count; i++) {
    const struct variable *v = &m->variables.items[i];
    if (v->hidden) continue;
    struct group *g = group_of(a, &list, &names, v->sector);
    g->variables++;
    g->without += !v->unit || v->unit == unit_none();
  }
  for (size_t i = from; i < d->messages.count; i++) {
    const struct message *x = &d->messages.items[i];
    const struct variable *v = is_of_units(x->id) && x->subject ? model_variable(m, x->subject) : NULL;
    if (v) group_of(a, &list, &names, v->sector)->differences++;
  }
  return list;
}

void refusals_units(struct text *out, struct arena *a, const struct diag *d, size_t from, const struct model *m,
                    enum language language, bool bold) {
  static const enum message_id headings[] = {MESSAGE_check_group, MESSAGE_check_variables, MESSAGE_check_no_unit,
                                             MESSAGE_check_differences};
  struct table t;
  groups list = count_groups(a, d, from, m);
  table_init(&t, a);
  for (size_t i = 0; i < 4; i++) table_column(&t, messages_text(language, headings[i]), i > 0);
  for (size_t i = 0; i < list.count; i++) {
    const struct group *g = &list.items[i];
    table_cell(&t, *g->name ? g->name : "-");
    table_cell(&t, arena_format(a, "%zu", g->variables));
    table_cell(&t, arena_format(a, "%zu", g->without));
    table_cell(&t, arena_format(a, "%zu", g->differences));
  }
  text_puts(out, messages_format(a, language, MESSAGE_check_units, table_safe(a, m->path)));
  text_puts(out, "\n\n");
  table_print(out, &t, bold);
  text_puts(out, "\n");
}
