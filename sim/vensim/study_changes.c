// SPDX-License-Identifier: GPL-3.0-or-later
// Changes (.cin): constants of the model and of its clock with other values.
#include <string.h>

#include "base/text.h"
#include "vensim/study_text.h"

// A list that goes on in the next line ends with a comma, a semicolon or an open parenthesis.
static bool goes_on(struct study_piece line) {
  int depth = 0;
  for (size_t i = 0; i < line.size; i++) depth += (line.text[i] == '(') - (line.text[i] == ')');
  return depth > 0 || strchr(",;", line.text[line.size - 1]);
}

static bool next_statement(const struct source *source, size_t *at, struct study_piece *line) {
  struct study_piece more;
  if (!study_next_line(source, at, line)) return false;
  while (goes_on(*line) && study_next_line(source, at, &more))
    line->size = (size_t)(more.text + more.size - line->text);
  return true;
}

static double *clock_of(struct study_reader *r, struct study_piece name) {
  const struct {
    const char *key;
    double *value;
  } rows[] = {{"initial time", &r->s->start},
              {"final time", &r->s->stop},
              {"time step", &r->s->step},
              {"saveper", &r->s->save}};
  for (size_t i = 0; i < 4; i++)
    if (study_is_named(r, name, rows[i].key)) return rows[i].value;
  return NULL;
}

static void set_change(struct study_reader *r, uint32_t variable, size_t element, double value) {
  for (size_t i = 0; i < r->s->changes.count; i++) {
    struct vensim_change *c = &r->s->changes.items[i];
    if (c->of.variable != variable || c->of.element != element) continue;
    c->value = value;
    return;
  }
  list_push(r->arena, &r->s->changes) = (struct vensim_change){{variable, element, false}, value};
}

static bool read_values(struct study_reader *r, const struct study_constant *c, struct study_piece right) {
  LIST(double) values = {0};
  struct study_piece part, rest = right;
  while (study_next_part(&rest, &part)) {
    double value;
    if (!part.size && !rest.text && values.count) break;  // the last row of a table may end with a semicolon
    if (!study_number(r, part, &value)) return false;
    list_push(r->arena, &values) = value;
  }
  if (values.count != 1 && values.count != c->count) {
    diag_error(r->diag, study_span(r, right), study_values, r->m->variables.items[c->variable].name, c->count,
               values.count);
    return false;
  }
  for (size_t i = 0; i < c->count; i++)
    set_change(r, c->variable, c->elements[i], values.items[values.count == 1 ? 0 : i]);
  return true;
}

// 0 <= NAME = value <= 1 of an optimisation: the value.
static struct study_piece without_limits(struct study_piece line) {
  size_t equals = study_find(line, "<");
  if (equals < line.size && equals + 1 < line.size && line.text[equals + 1] == '=') {
    double ignored;
    struct study_piece low = study_trimmed(line.text, equals);
    if (text_to_number(low.text, low.size, &ignored)) {
      line = study_trimmed(line.text + equals + 2, line.size - equals - 2);
      equals = study_find(line, "<");
    }
    line = study_trimmed(line.text, equals);
  }
  return line;
}

static bool read_change(struct study_reader *r, struct study_piece line) {
  line = without_limits(line);
  size_t equals = study_find(line, "="), open = 0;
  struct study_constant c;
  if (equals == line.size) {
    while (open < line.size && line.text[open] != '(' && line.text[open] != ':') open++;
    struct study_piece name = study_trimmed(line.text, open);
    if (open == line.size || !name.size) return study_bad_line(r, line, "NAME = VALUE");
    diag_error(r->diag, study_span(r, name), study_table, study_shown(r, name));
    return false;
  }
  struct study_piece name = study_trimmed(line.text, equals),
                     right = study_trimmed(line.text + equals + 1, line.size - equals - 1);
  double *clock = clock_of(r, name);
  if (clock) return study_number(r, right, clock);
  return study_constant_read(r, name, &c) && read_values(r, &c, right);
}

bool study_changes_read(struct study_reader *r) {
  size_t at = 0;
  struct study_piece line;
  bool ok = true;
  while (next_statement(r->source, &at, &line)) ok = read_change(r, line) && ok;
  return ok;
}
