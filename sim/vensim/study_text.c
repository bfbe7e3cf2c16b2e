// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of Vensim's study files: lines, lists, numbers, and the names of variables and constants of the model.
#include "vensim/study_text.h"

#include <string.h>

#include "base/codepage.h"
#include "base/limits.h"
#include "base/text.h"
#include "lang/reader.h"
#include "vensim/mdl_parts.h"

struct span study_span(const struct study_reader *r, struct study_piece p) {
  return (struct span){r->source, (uint32_t)(p.text - r->source->text), (uint32_t)(p.size ? p.size : 1)};
}

struct study_piece study_trimmed(const char *text, size_t size) {
  while (size && strchr(" \t\r\n", *text)) text++, size--;
  while (size && strchr(" \t\r\n", text[size - 1])) size--;
  return (struct study_piece){text, size};
}

const char *study_shown(struct study_reader *r, struct study_piece p) {
  return arena_copy(r->arena, p.text, p.size);
}

size_t study_find(struct study_piece p, const char *stops) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < p.size; i++) {
    char c = p.text[i];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (!depth && c && strchr(stops, c)) return i;
    depth += (c == '(' || c == '[') - (c == ')' || c == ']');
  }
  return p.size;
}

bool study_next_part(struct study_piece *rest, struct study_piece *part) {
  if (!rest->text) return false;
  size_t end = study_find(*rest, ",;");
  *part = study_trimmed(rest->text, end);
  *rest = end < rest->size ? (struct study_piece){rest->text + end + 1, rest->size - end - 1}
                           : (struct study_piece){NULL, 0};
  return true;
}

bool study_number(struct study_reader *r, struct study_piece p, double *value) {
  if (text_to_number(p.text, p.size, value)) return true;
  diag_error(r->diag, study_span(r, p), series_number, study_shown(r, p));
  return false;
}

bool study_bad_line(struct study_reader *r, struct study_piece line, const char *wanted) {
  diag_error(r->diag, study_span(r, line), study_line, wanted);
  return false;
}

// ---- names

bool study_is_named(struct study_reader *r, struct study_piece p, const char *key) {
  return strcmp(mdl_key(r->arena, p.text, p.size), key) == 0;
}

uint32_t study_variable(struct study_reader *r, struct study_piece name) {
  if (name.size >= 2 && name.text[0] == '"') name.text++, name.size -= 2;
  const char *key = mdl_key(r->arena, name.text, name.size);
  uint32_t v = map_get(&r->names, key);
  if (v != MAP_NONE) return v;
  diag_error(r->diag, study_span(r, name), study_unknown, study_shown(r, name));
  const char *near = map_nearest_key(&r->names, key);
  if (near) diag_did_you_mean(r->diag, r->m->variables.items[map_get(&r->names, near)].name);
  return MAP_NONE;
}

// The name, as the model spells it, of an element or dimension that may stand at a place.
static const char *find_subscript(struct study_reader *r, const struct variable *v, size_t place,
                                  struct study_piece p) {
  const struct dimension *d = &r->m->dimensions.items[v->dims[place]];
  for (uint32_t i = 0; i < d->count; i++)
    if (study_is_named(r, p, mdl_key(r->arena, d->elements[i], strlen(d->elements[i])))) return d->elements[i];
  for (size_t i = 0; i < r->m->dimensions.count; i++) {
    const char *name = r->m->dimensions.items[i].name;
    if (r->m->dimensions.items[i].root == d->root && study_is_named(r, p, mdl_key(r->arena, name, strlen(name))))
      return name;
  }
  diag_error(r->diag, study_span(r, p), subscript_unknown, study_shown(r, p), d->name);
  return NULL;
}

static bool read_elements(struct study_reader *r, const struct variable *v, struct study_piece inside,
                          struct study_constant *c) {
  struct subscript list[LIMIT_DIMENSIONS];
  struct study_piece part;
  size_t count = 0;
  while (study_next_part(&inside, &part)) {
    const char *name = count < v->dim_count ? find_subscript(r, v, count, part) : NULL;
    if (count >= v->dim_count)
      diag_error(r->diag, study_span(r, part), subscript_count, v->name, v->dim_count, count + 1);
    if (!name) return false;
    list[count++] = (struct subscript){.span = study_span(r, part), .name = name};
  }
  return reader_elements(r->arena, r->m, v, list, count, NOWHERE, &c->elements, &c->count, r->diag);
}

bool study_constant_read(struct study_reader *r, struct study_piece p, struct study_constant *c) {
  size_t open = 0;
  bool quoted = false;
  while (open < p.size && (quoted || p.text[open] != '[')) quoted ^= p.text[open++] == '"';
  struct study_piece name = study_trimmed(p.text, open);
  *c = (struct study_constant){.variable = name.size ? study_variable(r, name) : MAP_NONE};
  if (!name.size) return study_bad_line(r, p, "the name of a constant");
  if (c->variable == MAP_NONE) return false;
  const struct variable *v = &r->m->variables.items[c->variable];
  if (v->kind == VARIABLE_TABLE)
    diag_error(r->diag, study_span(r, name), study_table, v->name);
  else if (v->kind != VARIABLE_PARAMETER)
    diag_error(r->diag, study_span(r, name), study_constant, v->name, reader_kind(v->kind));
  if (v->reliance == RELIES_ON_VALUE) diag_error(r->diag, study_span(r, name), parameter_built_in, v->name);
  if (v->kind != VARIABLE_PARAMETER || v->reliance == RELIES_ON_VALUE) return false;
  if (open < p.size) {
    if (p.text[p.size - 1] != ']') return study_bad_line(r, p, "NAME[SUBSCRIPTS]");
    return read_elements(r, v, (struct study_piece){p.text + open + 1, p.size - open - 2}, c);
  }
  c->count = v->element_count;
  c->elements = arena_array(r->arena, uint32_t, c->count);
  for (size_t i = 0; i < c->count; i++) c->elements[i] = (uint32_t)i;
  return true;
}

// ---- lines

bool study_next_line(const struct source *source, size_t *at, struct study_piece *line) {
  while (*at < source->size) {
    size_t size = strcspn(source->text + *at, "\r\n");
    *line = study_trimmed(source->text + *at, size);
    *at += size + (*at + size < source->size);
    if (line->size) return true;
  }
  return false;
}

const struct source *study_open(struct study_reader *r, const char *path) {
  size_t size;
  const char *bytes = source_bytes(r->arena, path, LIMIT_FILE_BYTES, &size, r->diag);
  if (bytes && text_valid_prefix(bytes, size) != size) bytes = codepage_to_utf8(r->arena, bytes, size, &size);
  return bytes ? source_from_text(r->arena, path, bytes, size, r->diag) : NULL;
}
