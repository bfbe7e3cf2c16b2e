// SPDX-License-Identifier: GPL-3.0-or-later
// Prints a jansson tree. Depth is that of our own documents, a handful; nothing foreign is printed here.
#include "output/jsonout.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

void jsonout_init(struct jsonout *j) {
  json_set_alloc_funcs(mem_alloc, mem_free);  // tests that make a request fail see these too
  *j = (struct jsonout){.root = json_object()};
  j->failed = !j->root;
}

void jsonout_free(struct jsonout *j) {
  json_decref(j->root);
  j->root = NULL;
}

void jsonout_set(struct jsonout *j, json_t *object, const char *key, json_t *value) {
  if (json_object_set_new(object, key, value) != 0) j->failed = true;
}

void jsonout_append(struct jsonout *j, json_t *array, json_t *value) {
  if (json_array_append_new(array, value) != 0) j->failed = true;
}

static json_t *attach(struct jsonout *j, json_t *in, const char *key, json_t *value) {
  if (key)
    jsonout_set(j, in, key, value);
  else
    jsonout_append(j, in, value);
  return j->failed ? NULL : value;  // a value that could not be attached is gone
}

json_t *jsonout_object(struct jsonout *j, json_t *in, const char *key) {
  return attach(j, in, key, json_object());
}

json_t *jsonout_array(struct jsonout *j, json_t *in, const char *key) {
  return attach(j, in, key, json_array());
}

json_t *jsonout_number(double value) {
  return isfinite(value) ? json_real(value) : json_null();
}

// A path may hold bytes that are no UTF-8; each is shown as U+FFFD.
static json_t *repaired(const char *text) {
  struct text out = {0};
  size_t size = strlen(text), at = 0;
  while (at < size) {
    size_t good = text_valid_prefix(text + at, size - at);
    text_add(&out, text + at, good);
    at += good;
    if (at < size) text_puts(&out, "\xEF\xBF\xBD"), at++;
  }
  json_t *result = out.failed ? NULL : json_string(out.data);
  text_free(&out);
  return result;
}

json_t *jsonout_text(const char *text) {
  if (!text) return json_null();
  return text_valid_prefix(text, strlen(text)) == strlen(text) ? json_string(text) : repaired(text);
}

json_t *jsonout_label(struct label label) {
  json_t *object = json_object();
  if (json_object_set_new(object, "en", json_string(label.en ? label.en : "")) == 0 &&
      (!label.zh || json_object_set_new(object, "zh", json_string(label.zh)) == 0))
    return object;
  json_decref(object);
  return NULL;
}

static int add_bytes(const char *bytes, size_t size, void *out) {
  text_add(out, bytes, size);
  return ((struct text *)out)->failed ? -1 : 0;
}

// A key, through a string of its own so that the escapes are jansson's.
static bool print_key(struct text *out, const char *key) {
  json_t *name = json_string(key);
  bool good = name && json_dump_callback(name, add_bytes, out, JSON_ENCODE_ANY) == 0;
  json_decref(name);
  text_puts(out, ": ");
  return good;
}

static void new_line(struct text *out, size_t depth) {
  text_puts(out, "\n");
  for (size_t i = 0; i < depth; i++) text_puts(out, "  ");
}

// Objects and arrays of plain values stand in one line when they are short: points, labels.
static bool is_flat(const json_t *value) {
  size_t count = json_is_array(value) ? json_array_size(value) : json_object_size(value);
  if (count > 8) return false;
  const char *key;
  json_t *item;
  size_t i;
  json_object_foreach((json_t *)value, key, item) if (json_is_object(item) || json_is_array(item)) return false;
  json_array_foreach(value, i, item) if (json_is_object(item) || json_is_array(item)) return false;
  return true;
}

static bool print_value(struct text *out, const json_t *value, size_t depth);

static void separate(struct text *out, bool first, bool flat, size_t depth) {
  if (!first) text_puts(out, flat ? ", " : ",");
  if (!flat) new_line(out, depth + 1);
}

static bool print_object(struct text *out, const json_t *value, size_t depth) {
  bool flat = is_flat(value), good = true, first = true;
  const char *key;
  json_t *item;
  text_puts(out, "{");
  json_object_foreach((json_t *)value, key, item) {
    separate(out, first, flat, depth);
    good = good && print_key(out, key) && print_value(out, item, depth + 1);
    first = false;
  }
  if (!flat) new_line(out, depth);
  text_puts(out, "}");
  return good;
}

static bool print_array(struct text *out, const json_t *value, size_t depth) {
  bool flat = is_flat(value), good = true;
  size_t i;
  json_t *item;
  text_puts(out, "[");
  json_array_foreach(value, i, item) {
    separate(out, i == 0, flat, depth);
    good = good && print_value(out, item, depth + 1);
  }
  if (!flat) new_line(out, depth);
  text_puts(out, "]");
  return good;
}

static bool print_value(struct text *out, const json_t *value, size_t depth) {
  char number[32];
  if (json_is_object(value)) return print_object(out, value, depth);
  if (json_is_array(value)) return print_array(out, value, depth);
  if (!json_is_real(value)) return json_dump_callback(value, add_bytes, out, JSON_ENCODE_ANY) == 0;
  text_puts(out, text_from_number(json_real_value(value), number));
  return true;
}

bool jsonout_print(struct text *out, const struct jsonout *j) {
  if (j->failed || !print_value(out, j->root, 0)) return false;
  text_puts(out, "\n");
  return !out->failed;
}

bool jsonout_write(struct arena *a, const char *path, struct jsonout *j, struct diag *diag) {
  // file_write asks the arena for its names before it opens anything; a jump from there must release our buffer.
  struct text out = {0};
  bool good = jsonout_print(&out, j);
  jsonout_free(j);
  if (!good) {
    text_free(&out);
    diag_error(diag, NOWHERE, memory);
    return false;
  }
  jmp_buf *outer = a->oom, here;
  if (setjmp(here)) {
    a->oom = outer;
    text_free(&out);
    arena_fail(a);
  }
  a->oom = &here;
  good = file_write(a, path, out.data, out.size, diag);
  a->oom = outer;
  text_free(&out);
  return good;
}
