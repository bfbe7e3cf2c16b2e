// SPDX-License-Identifier: GPL-3.0-or-later
// The keys of one variable's entry. One table says which key belongs to which kinds and who reads it; keys that make
// sense only together (points, value, csv, mode of a path) are read by model_values.
#include <string.h>

#include "lang/model_read.h"

#define KIND(name) (1u << VARIABLE_##name)
enum {
  EVERY = (1u << VARIABLE_KINDS) - 1,
  PATHS = KIND(LEVER) | KIND(INPUT) | KIND(TABLE),
  EQUATIONS = KIND(FLOW) | KIND(AUXILIARY) | KIND(INDICATOR) | KIND(CONSTANT),
};

typedef void field_reader(struct model_reader *r, struct variable *v, const struct tree *value);

static void read_label(struct model_reader *r, struct variable *v, const struct tree *t) {
  reader_label(t, v->name, &v->label, r->diag);
}
static void read_doc(struct model_reader *r, struct variable *v, const struct tree *t) {
  reader_text(t, "'doc'", &v->doc, r->diag);
}
static void read_source(struct model_reader *r, struct variable *v, const struct tree *t) {
  reader_text(t, "'source'", &v->source, r->diag);
}
static void read_authority(struct model_reader *r, struct variable *v, const struct tree *t) {
  reader_text(t, "'authority'", &v->authority, r->diag);
}
static void read_passage(struct model_reader *r, struct variable *v, const struct tree *t) {
  reader_text(t, "'passage'", &v->passage, r->diag);
}
static void read_cost(struct model_reader *r, struct variable *v, const struct tree *t) {
  reader_text(t, "'cost'", &v->cost, r->diag);
}
static void read_judgement(struct model_reader *r, struct variable *v, const struct tree *t) {
  reader_flag(t, "'judgement'", &v->judgement, r->diag);
}
static void read_hidden(struct model_reader *r, struct variable *v, const struct tree *t) {
  reader_flag(t, "'hidden'", &v->hidden, r->diag);
}
static void read_made(struct model_reader *r, struct variable *v, const struct tree *t) {
  reader_flag(t, "'made'", &v->made, r->diag);
}
static void read_report(struct model_reader *r, struct variable *v, const struct tree *t) {
  static const char *const roles[] = {"subsystem", "summary"};
  unsigned role;
  if (reader_choice(t, "report", roles, 2, &role, r->diag)) v->report = role ? REPORT_SUMMARY : REPORT_SUBSYSTEM;
}
static void read_binds(struct model_reader *r, struct variable *v, const struct tree *t) {
  if (reader_number(&r->model->units, t, "'binds'", v->unit, &v->binds, r->diag)) v->limits = true;
}
static void read_non_negative(struct model_reader *r, struct variable *v, const struct tree *t) {
  reader_flag(t, "'non_negative'", &v->non_negative, r->diag);
}
static void read_interval(struct model_reader *r, struct variable *v, const struct tree *t) {
  reader_interval(&r->model->units, t, v->kind == VARIABLE_LEVER ? "'range'" : "'bounds'", v->unit, &v->low, &v->high,
                  r->diag);
}

static bool read_flow_ref(struct model_reader *r, const struct tree *t, const char *what, struct flow_ref *ref) {
  *ref = (struct flow_ref){.span = t->span};
  return reader_text(t, what, &ref->name, r->diag);
}

static void read_inflows(struct model_reader *r, struct variable *v, const struct tree *t) {
  struct flow_ref ref;
  if (!reader_expect(t, t->span, TREE_LIST, "'inflows'", r->diag)) return;
  for (size_t i = 0; i < t->count; i++)
    if (read_flow_ref(r, t->items[i], "an inflow", &ref)) list_push(r->arena, &v->inflows) = ref;
}

static void read_outflows(struct model_reader *r, struct variable *v, const struct tree *t) {
  struct flow_ref ref;
  if (!reader_expect(t, t->span, TREE_LIST, "'outflows'", r->diag)) return;
  for (size_t i = 0; i < t->count; i++)
    if (read_flow_ref(r, t->items[i], "an outflow", &ref)) list_push(r->arena, &v->outflows) = ref;
}

static const struct field {
  const char *name;
  unsigned kinds;
  field_reader *read;  // NULL: read before or after the others
} fields[] = {
    {"unit", EVERY, NULL},
    {"x_unit", KIND(TABLE), NULL},
    {"equation", EQUATIONS, NULL},
    {"initial", KIND(STOCK) | KIND(AUXILIARY), NULL},
    {"inflows", KIND(STOCK), read_inflows},
    {"outflows", KIND(STOCK), read_outflows},
    {"non_negative", KIND(STOCK), read_non_negative},
    {"value", KIND(PARAMETER) | KIND(LEVER) | KIND(INPUT), NULL},
    {"prior", KIND(PARAMETER), NULL},
    {"points", PATHS, NULL},
    {"mode", PATHS, NULL},
    {"csv", KIND(INPUT), NULL},
    {"column", KIND(INPUT), NULL},
    {"time", KIND(INPUT), NULL},
    {"range", KIND(LEVER), read_interval},
    {"authority", KIND(LEVER), read_authority},
    {"passage", KIND(LEVER), read_passage},
    {"cost", KIND(LEVER), read_cost},
    {"benchmarks", KIND(INDICATOR), model_report_benchmarks},
    {"targets", KIND(INDICATOR), model_report_targets},
    {"bounds", EVERY & ~(KIND(LEVER) | KIND(TABLE)), read_interval},
    {"label", EVERY, read_label},
    {"doc", EVERY, read_doc},
    {"source", EVERY, read_source},
    {"judgement", EVERY, read_judgement},
    {"hidden", EVERY, read_hidden},
    {"made", EVERY, read_made},
    {"absent", EVERY, NULL},
    {"paths", KIND(TABLE), NULL},
    {"report", KIND(INDICATOR), read_report},
    {"binds", KIND(INDICATOR), read_binds},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static const struct field *find(const char *name) {
  for (size_t i = 0; i < FIELDS; i++)
    if (strcmp(fields[i].name, name) == 0) return &fields[i];
  return NULL;
}

static void suggest(struct model_reader *r, const struct variable *v, const char *key) {
  const char *known[FIELDS];
  size_t count = 0;
  if (!reader_suggests(r->diag)) return;
  for (size_t i = 0; i < FIELDS; i++)
    if (fields[i].kinds >> v->kind & 1) known[count++] = fields[i].name;
  diag_did_you_mean(r->diag, map_nearest(key, known, count));
}

// Is the parenthesis count of this text above zero? Quoted names may hold parentheses.
static bool is_open(const char *text) {
  int depth = 0;
  char quote = 0;
  for (; *text; text++) {
    if (quote) {
      if (*text == quote) quote = 0;
    } else if (*text == '\'' || *text == '"') {
      quote = *text;
    } else {
      depth += (*text == '(') - (*text == ')');
    }
  }
  return depth > 0;
}

bool model_fields_split(struct model_reader *r, const struct tree *entry) {
  for (size_t i = 0; entry->flow && i + 1 < entry->count; i++) {
    const struct tree *key = entry->keys[i], *value = entry->items[i];
    bool equation = strcmp(key->text, "equation") == 0 || strcmp(key->text, "initial") == 0;
    if (!equation || value->kind != TREE_SCALAR || !value->plain || !is_open(value->text)) continue;
    if (!tree_is_null(entry->items[i + 1])) continue;
    diag_error(r->diag, value->span, equation_split, key->text);
    return true;
  }
  return false;
}

static void read_unit(struct model_reader *r, struct variable *v, const struct tree *entry) {
  const struct tree *unit = tree_get(entry, "unit"), *x_unit = tree_get(entry, "x_unit");
  const char *text;
  v->unit_span = unit ? unit->span : v->span;
  if (!unit)
    diag_error(r->diag, v->span, unit_missing, v->name);
  else if (r->model->foreign && tree_is_null(unit))
    v->unit = unit_none();
  else if (reader_text(unit, "'unit'", &text, r->diag))
    v->unit = unit_parse(&r->model->units, text, unit->span, r->diag);
  if (v->kind != VARIABLE_TABLE) return;
  if (!x_unit)
    diag_error(r->diag, v->span, x_unit_missing, v->name);
  else if (r->model->foreign && tree_is_null(x_unit))
    v->x_unit = unit_none();
  else if (reader_text(x_unit, "'x_unit'", &text, r->diag))
    v->x_unit = unit_parse(&r->model->units, text, x_unit->span, r->diag);
}

void model_fields_equation(struct model_reader *r, struct variable *v, const struct tree *entry, const char *key,
                           const struct expr *name, struct span key_span) {
  const struct tree *t = tree_get(entry, key);
  if (!t) return;
  struct equation e = {.span = key_span, .rhs = reader_expr(r->arena, t, key, r->diag)};
  if (name) e.subscripts = name->subscripts, e.subscript_count = name->subscript_count;
  bool start = v->kind == VARIABLE_AUXILIARY && strcmp(key, "initial") == 0;
  if (start)
    list_push(r->arena, &v->initial) = e;
  else
    list_push(r->arena, &v->equations) = e;
}

static void read_grouped(struct model_reader *r, struct variable *v, const struct tree *entry) {
  const struct tree *t;
  if (v->kind == VARIABLE_PARAMETER) {
    model_values_parameter(r, v, tree_get(entry, "value"));
    if ((t = tree_get(entry, "prior"))) model_values_prior(r, v, t);
  } else if (PATHS >> v->kind & 1) {
    model_values_path(r, v, entry);
  } else {
    model_fields_equation(r, v, entry, "equation", NULL, v->span);
    model_fields_equation(r, v, entry, "initial", NULL, v->span);
  }
}

void model_fields_read(struct model_reader *r, struct variable *v, const struct tree *entry) {
  bool split = model_fields_split(r, entry);
  read_unit(r, v, entry);
  for (size_t i = 0; i < entry->count; i++) {
    const char *key = entry->keys[i]->text;
    const struct field *f = find(key);
    if (f && f->kinds >> v->kind & 1) {
      if (f->read) f->read(r, v, entry->items[i]);
    } else if (!split || !tree_is_null(entry->items[i])) {
      diag_error(r->diag, entry->keys[i]->span, key_unknown, key, reader_kind(v->kind));
      suggest(r, v, key);
    }
  }
  if (tree_get(entry, "absent")) model_values_absent(r, v, tree_get(entry, "absent"));
  if (!split) read_grouped(r, v, entry);
}

static bool exception_keys(struct model_reader *r, const struct variable *v, const struct tree *entry) {
  static const char *const of_stock[] = {"initial", "doc", NULL},
                           *const of_auxiliary[] = {"equation", "initial", "doc", NULL},
                           *const of_parameter[] = {"value", "doc", NULL},
                           *const of_others[] = {"equation", "doc", NULL};
  const char *const *known = v->kind == VARIABLE_STOCK       ? of_stock
                             : v->kind == VARIABLE_AUXILIARY ? of_auxiliary
                             : v->kind == VARIABLE_PARAMETER ? of_parameter
                                                             : of_others;
  return reader_keys(entry, "an exception", known, r->diag);
}

static struct equation *last_initial(struct variable *v) {
  if (v->kind != VARIABLE_STOCK) return &v->initial.items[v->initial.count - 1];
  return &v->equations.items[v->equations.count - 1];
}

void model_fields_exception(struct model_reader *r, struct variable *v, const struct expr *name,
                            const struct tree *entry, struct span key) {
  const char *doc = NULL;
  uint32_t *elements;
  size_t count;
  if (model_fields_split(r, entry)) return;
  if (!exception_keys(r, v, entry)) return;
  if (tree_get(entry, "doc")) reader_text(tree_get(entry, "doc"), "'doc'", &doc, r->diag);
  if (v->kind == VARIABLE_PARAMETER) {
    const struct tree *value = tree_get(entry, "value");
    if (!value)
      reader_expect(NULL, key, TREE_SCALAR, "'value'", r->diag);
    else if (reader_elements(r->arena, r->model, v, name->subscripts, name->subscript_count, key, &elements, &count,
                             r->diag))
      model_values_element(r, v, value, elements, count, key);
    return;
  }
  size_t before = v->equations.count + v->initial.count;
  model_fields_equation(r, v, entry, "equation", name, key);
  model_fields_equation(r, v, entry, "initial", name, key);
  if (v->equations.count + v->initial.count == before) diag_error(r->diag, key, exception_empty, v->name);
  if (tree_get(entry, "equation") && v->equations.count) v->equations.items[v->equations.count - 1].doc = doc;
  if (tree_get(entry, "initial")) last_initial(v)->doc = doc;
}
