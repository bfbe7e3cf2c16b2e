// SPDX-License-Identifier: GPL-3.0-or-later
// The `functions:` sections: `name(a, b): {unit, units, equation, doc, source}`. Units are kept as text, since a
// capital letter stands for any unit; texts that are no letter are checked to be units here. Bodies are inlined in
// check.
#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "lang/model_read.h"

static const char *const function_keys[] = {"units", "unit", "equation", "label", "doc", "source", NULL};

static bool is_letter(const char *text) {
  return isupper((unsigned char)text[0]) && !text[1];
}

static bool read_unit(struct model_reader *r, const struct tree *t, const char **text) {
  if (!reader_text(t, "'unit'", text, r->diag)) return false;
  return is_letter(*text) || unit_parse(&r->model->units, *text, t->span, r->diag);
}

static size_t arg_index(const struct function *f, const char *name) {
  size_t i = 0;
  while (i < f->arg_count && strcmp(f->args[i], name) != 0) i++;
  return i;
}

// The name and the arguments from a key such as `softmin(a, b)`.
static bool read_signature(struct model_reader *r, const struct tree *key, struct function *f) {
  const struct expr *x = expr_parse(r->arena, key->text, key->span, key->verbatim, r->diag);
  if (!x) return false;
  bool ok = x->kind == EXPR_CALL && !x->subscript_count && x->arg_count && strlen(x->name) <= LIMIT_NAME_BYTES;
  for (size_t i = 0; ok && i < x->arg_count; i++) ok = x->args[i]->kind == EXPR_NAME && !x->args[i]->subscript_count;
  if (!ok) {
    diag_error(r->diag, key->span, function_key, key->text);
    return false;
  }
  f->name = x->name, f->span = x->name_span;
  f->args = arena_array(r->arena, const char *, x->arg_count);
  f->arg_units = arena_array(r->arena, const char *, x->arg_count);
  for (size_t i = 0; i < x->arg_count; i++) {
    if (arg_index(f, x->args[i]->name) < f->arg_count) {
      diag_error(r->diag, x->args[i]->span, argument_again, x->args[i]->name);
      return false;
    }
    f->arg_units[f->arg_count] = "1";
    f->args[f->arg_count++] = x->args[i]->name;
  }
  return true;
}

static void read_arg_units(struct model_reader *r, const struct tree *units, struct function *f) {
  if (!reader_expect(units, f->span, TREE_MAP, "'units'", r->diag)) return;
  for (size_t i = 0; i < units->count; i++) {
    size_t arg = arg_index(f, units->keys[i]->text);
    if (arg < f->arg_count) {
      read_unit(r, units->items[i], &f->arg_units[arg]);
      continue;
    }
    diag_error(r->diag, units->keys[i]->span, argument_unknown, units->keys[i]->text, f->name);
    if (reader_suggests(r->diag)) diag_did_you_mean(r->diag, map_nearest(units->keys[i]->text, f->args, f->arg_count));
  }
}

// A letter of the result must come from an argument.
static void check_letter(struct model_reader *r, const struct function *f) {
  if (!is_letter(f->unit)) return;
  for (size_t i = 0; i < f->arg_count; i++)
    if (strcmp(f->arg_units[i], f->unit) == 0) return;
  diag_error(r->diag, f->unit_span, function_letter, f->unit, f->name);
}

static void read_result_unit(struct model_reader *r, const struct tree *t, struct function *f) {
  const struct tree *unit = tree_get(t, "unit");
  if (!unit) {
    diag_error(r->diag, f->span, unit_missing, f->name);
    return;
  }
  f->unit_span = unit->span;
  if (read_unit(r, unit, &f->unit)) check_letter(r, f);
}

static void read_body(struct model_reader *r, const struct tree *t, struct function *f) {
  const struct tree *value;
  if (!model_fields_split(r, t)) {
    reader_keys(t, "a function", function_keys, r->diag);
    if ((value = tree_get(t, "equation")))
      f->body = reader_expr(r->arena, value, "'equation'", r->diag);
    else
      diag_error(r->diag, f->span, equation_missing, f->name);
  }
  reader_label(tree_get(t, "label"), f->name, &f->label, r->diag);
  if ((value = tree_get(t, "doc"))) reader_text(value, "'doc'", &f->doc, r->diag);
  if ((value = tree_get(t, "source"))) reader_text(value, "'source'", &f->source, r->diag);
}

static void read_function(struct model_reader *r, const struct tree *key, const struct tree *t) {
  struct model *m = r->model;
  struct function f = {.unit = "1"};
  if (!read_signature(r, key, &f) || !reader_expect(t, key->span, TREE_MAP, "a function", r->diag)) return;
  uint32_t index = (uint32_t)m->functions.count, held = map_add(&m->function_names, f.name, index);
  if (held != index) {
    diag_error(r->diag, f.span, entry_again, f.name);
    diag_note(r->diag, m->functions.items[held].span, "first declared here");
    return;
  }
  const struct tree *units = tree_get(t, "units");
  if (units) read_arg_units(r, units, &f);
  read_result_unit(r, t, &f);
  read_body(r, t, &f);
  list_push(r->arena, &m->functions) = f;
}

void model_functions_read(struct model_reader *r) {
  for (size_t i = 0; i < r->files.count; i++) {
    const struct tree *file = r->files.items[i]->tree, *section = tree_get(file, "functions");
    if (!section || !reader_expect(section, file->span, TREE_MAP, "'functions'", r->diag)) continue;
    for (size_t j = 0; j < section->count; j++) read_function(r, section->keys[j], section->items[j]);
  }
}
