// SPDX-License-Identifier: GPL-3.0-or-later
// jansson parses, and its tree is copied into the arena at once, so that nothing of it is left when the arena jumps.
#include "report/record.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

static const struct record nothing = {.number = NAN};

static bool copy(struct arena *a, const json_t *from, struct record *to, int depth);

static bool copy_list(struct arena *a, const json_t *from, struct record *to, int depth) {
  to->kind = RECORD_LIST;
  to->count = json_array_size(from);
  to->items = arena_array(a, struct record, to->count);
  for (size_t i = 0; i < to->count; i++)
    if (!copy(a, json_array_get(from, i), &to->items[i], depth + 1)) return false;
  return true;
}

static bool copy_map(struct arena *a, const json_t *from, struct record *to, int depth) {
  to->kind = RECORD_MAP;
  to->items = arena_array(a, struct record, json_object_size(from));
  to->keys = arena_array(a, const char *, json_object_size(from));
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)from, key, value) {
    to->keys[to->count] = arena_string(a, key);
    if (!copy(a, value, &to->items[to->count++], depth + 1)) return false;
  }
  return true;
}

// False when nested too deep.
static bool copy(struct arena *a, const json_t *from, struct record *to, int depth) {
  *to = nothing;
  if (depth > LIMIT_RECORD_DEPTH) return false;
  switch (json_typeof(from)) {
    case JSON_OBJECT:
      return copy_map(a, from, to, depth);
    case JSON_ARRAY:
      return copy_list(a, from, to, depth);
    case JSON_STRING:
      to->kind = RECORD_TEXT;
      to->text = arena_string(a, json_string_value(from));
      return true;
    case JSON_INTEGER:
    case JSON_REAL:
      to->kind = RECORD_NUMBER;
      to->number = json_number_value(from);
      return true;
    case JSON_TRUE:
    case JSON_FALSE:
      to->kind = RECORD_BOOL;
      to->truth = json_is_true(from);
      return true;
    default:
      return true;
  }
}

static bool copy_guarded(struct arena *a, json_t *const root, struct record *to) {
  jmp_buf *const outer = a->oom;
  jmp_buf here;
  if (setjmp(here)) {
    a->oom = outer;
    json_decref(root);
    arena_fail(a);
  }
  a->oom = &here;
  bool good = copy(a, root, to, 0);
  a->oom = outer;
  json_decref(root);
  return good;
}

const struct record *record_read(struct arena *a, const char *path, struct diag *diag) {
  const struct source *s = source_read(a, path, LIMIT_RECORD_FILE_BYTES, diag);
  if (!s) return NULL;
  json_error_t error;
  json_set_alloc_funcs(mem_alloc, mem_free);
  json_t *root = json_loadb(s->text, s->size, JSON_REJECT_DUPLICATES, &error);
  if (!root) {
    struct span at = {s, error.position > 0 ? (uint32_t)error.position - 1 : 0, 1};
    diag_error(diag, at, report_json, path, error.text);
    return NULL;
  }
  struct record copied;
  if (!copy_guarded(a, root, &copied)) {
    diag_error(diag, NOWHERE, report_json, path, "it is nested too deep");
    return NULL;
  }
  struct record *result = arena_new(a, struct record);
  *result = copied;
  return result;
}

const struct record *record_get(const struct record *map, const char *key) {
  for (size_t i = 0; map->kind == RECORD_MAP && i < map->count; i++)
    if (strcmp(map->keys[i], key) == 0) return &map->items[i];
  return &nothing;
}

const struct record *record_at(const struct record *list, size_t i) {
  return list->kind == RECORD_LIST && i < list->count ? &list->items[i] : &nothing;
}

const char *record_text(const struct record *r, const char *other) {
  return r->kind == RECORD_TEXT ? r->text : other;
}
