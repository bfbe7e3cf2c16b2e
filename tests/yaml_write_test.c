// SPDX-License-Identifier: GPL-3.0-or-later
// Models written as YAML: what is read, written and read again is the same, for every model of the repository and for
// one that has a bit of everything; scalars survive whatever they hold.
#define _GNU_SOURCE  // getcwd
#include "output/yaml_write.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "lang/yaml.h"
#include "reader_support.h"

TestSuite(yaml_write, .timeout = 60);

static struct model *read_files(struct bench *b, const struct yaml_files *files) {
  for (size_t i = 0; i < files->files.count; i++) bench_write(files->files.items[i].path, files->files.items[i].text);
  return model_read(&b->arena, "model.yaml", NULL, &b->diag);
}

static struct yaml_files written(struct bench *b, const struct model *m) {
  struct yaml_files files;
  cr_assert(yaml_write(&files, &b->arena, m, &b->diag), "%s", bench_messages(b));
  return files;
}

static void same_text(const struct yaml_files *x, const struct yaml_files *y) {
  cr_assert_eq(x->files.count, y->files.count);
  for (size_t i = 0; i < x->files.count; i++) {
    cr_assert_str_eq(x->files.items[i].path, y->files.items[i].path);
    cr_assert_str_eq(x->files.items[i].text, y->files.items[i].text);
  }
}

static const char *or_none(const char *text) {
  return text ? text : "(none)";
}

static void same_path(const struct path *x, const struct path *y, const char *name) {
  cr_assert(x->count == y->count && x->mode == y->mode, "%s", name);
  for (size_t i = 0; i < x->count; i++) cr_assert(x->x[i] == y->x[i] && x->y[i] == y->y[i], "%s", name);
}

static void same_prior(const struct prior *x, const struct prior *y, const char *name) {
  cr_assert(x->kind == y->kind && x->arg_count == y->arg_count && x->value_count == y->value_count, "%s", name);
  for (size_t i = 0; i < x->arg_count; i++) cr_assert_eq(x->args[i], y->args[i], "%s", name);
  for (size_t i = 0; i < x->value_count; i++)
    cr_assert(x->values[i] == y->values[i] && x->weights[i] == y->weights[i], "%s", name);
  cr_assert(x->kind == PRIOR_NONE || (x->low == y->low && x->high == y->high), "%s", name);
}

static void same_maps(const struct model *m, const struct expr *x, const struct expr *y) {
  for (size_t i = 0; i < x->subscript_count; i++) {
    const struct subscript_map *p = x->subscripts[i].map, *q = y->subscripts[i].map;
    cr_assert(!p == !q, "%s", x->name);
    if (!p) continue;
    cr_assert(p->axis == q->axis && !p->dimension == !q->dimension, "%s", x->name);
    const struct variable *of = model_variable(m, x->name);
    const struct dimension *d = of ? &m->dimensions.items[of->dims[i]] : NULL;
    for (uint32_t k = 0; d && p->elements && k < d->count; k++) cr_assert_eq(p->elements[k], q->elements[k]);
  }
  for (size_t i = 0; i < x->arg_count; i++) same_maps(m, x->args[i], y->args[i]);
}

static void same_equations(struct bench *b, const struct model *m, const struct variable *x, const struct equation *p,
                           const struct equation *q, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct text s = {0}, t = {0};
    cr_assert_eq(p[i].subscript_count, q[i].subscript_count, "%s", x->name);
    for (size_t k = 0; k < p[i].subscript_count; k++)
      cr_assert_str_eq(p[i].subscripts[k].name, q[i].subscripts[k].name);
    expr_print(&s, p[i].rhs), expr_print(&t, q[i].rhs);
    cr_assert_str_eq(arena_copy(&b->arena, s.data, s.size), arena_copy(&b->arena, t.data, t.size));
    cr_assert_str_eq(or_none(p[i].doc), or_none(q[i].doc));
    same_maps(m, p[i].rhs, q[i].rhs);
    text_free(&s), text_free(&t);
  }
}

static void same_texts(const struct variable *x, const struct variable *y) {
  cr_assert_str_eq(x->label.en, y->label.en);
  cr_assert_str_eq(or_none(x->label.zh), or_none(y->label.zh));
  cr_assert_str_eq(or_none(x->doc), or_none(y->doc));
  cr_assert_str_eq(or_none(x->source), or_none(y->source));
  cr_assert_str_eq(or_none(x->sector), or_none(y->sector));
  cr_assert_str_eq(or_none(x->authority), or_none(y->authority));
  cr_assert_str_eq(or_none(x->passage), or_none(y->passage));
  cr_assert_str_eq(or_none(x->cost), or_none(y->cost));
}

static void same_report(const struct variable *x, const struct variable *y) {
  cr_assert(x->benchmarks.count == y->benchmarks.count && x->targets.count == y->targets.count, "%s", x->name);
  for (size_t i = 0; i < x->benchmarks.count; i++) {
    const struct benchmark *p = &x->benchmarks.items[i], *q = &y->benchmarks.items[i];
    cr_assert_str_eq(p->name, q->name);
    cr_assert_str_eq(p->label.en, q->label.en);
    cr_assert_str_eq(or_none(p->source), or_none(q->source));
    cr_assert_eq(p->checked, q->checked);
  }
  for (size_t i = 0; i < x->targets.count; i++) {
    const struct target *p = &x->targets.items[i], *q = &y->targets.items[i];
    cr_assert_str_eq(or_none(p->phase), or_none(q->phase));
    cr_assert(p->value == q->value && p->at_most == q->at_most, "%s", x->name);
  }
}

static void same_variable(struct bench *b, const struct model *m, const struct variable *x, const struct variable *y) {
  cr_assert_str_eq(x->name, y->name);
  cr_assert_eq(x->kind, y->kind, "%s", x->name);
  cr_assert(unit_equal(x->unit, y->unit) && x->unit->factor == y->unit->factor, "%s", x->name);
  cr_assert_eq(x->unit == unit_none(), y->unit == unit_none(), "%s", x->name);
  cr_assert(x->dim_count == y->dim_count && x->element_count == y->element_count, "%s", x->name);
  for (size_t i = 0; i < x->dim_count; i++) cr_assert_eq(x->dims[i], y->dims[i], "%s", x->name);
  cr_assert(x->equations.count == y->equations.count && x->initial.count == y->initial.count, "%s", x->name);
  same_equations(b, m, x, x->equations.items, y->equations.items, x->equations.count);
  same_equations(b, m, x, x->initial.items, y->initial.items, x->initial.count);
  cr_assert(x->inflows.count == y->inflows.count && x->outflows.count == y->outflows.count, "%s", x->name);
  cr_assert(!x->values == !y->values && !x->prior == !y->prior && !x->absent == !y->absent, "%s", x->name);
  for (size_t i = 0; i < x->element_count; i++) {
    if (x->values) cr_assert_eq(x->values[i], y->values[i], "%s", variable_element_name(&b->arena, m, x, i));
    if (x->prior) same_prior(&x->prior[i], &y->prior[i], x->name);
    if (x->paths) same_path(&x->paths[i], &y->paths[i], x->name);
    if (x->absent) cr_assert_eq(x->absent[i], y->absent[i], "%s", x->name);
  }
  same_path(&x->path, &y->path, x->name);
  cr_assert(x->low == y->low && x->high == y->high, "%s", x->name);
  cr_assert(x->non_negative == y->non_negative && x->judgement == y->judgement, "%s", x->name);
  cr_assert(x->hidden == y->hidden && x->made == y->made, "%s", x->name);
  same_texts(x, y);
  same_report(x, y);
}

static void same_dimension(const struct dimension *x, const struct dimension *y) {
  cr_assert_str_eq(x->name, y->name);
  cr_assert(x->count == y->count && x->parent == y->parent, "%s", x->name);
  cr_assert_str_eq(x->label.en, y->label.en);
  for (uint32_t i = 0; i < x->count; i++) {
    cr_assert_str_eq(x->elements[i], y->elements[i]);
    cr_assert_eq(x->in_parent[i], y->in_parent[i], "%s", x->name);
    cr_assert_str_eq(x->element_labels[i].en, y->element_labels[i].en);
    cr_assert_str_eq(or_none(x->element_labels[i].zh), or_none(y->element_labels[i].zh));
  }
}

static void same_model(struct bench *b, const struct model *x, const struct model *y) {
  cr_assert_str_eq(x->name, y->name);
  cr_assert_str_eq(x->title.en, y->title.en);
  cr_assert_str_eq(or_none(x->title.zh), or_none(y->title.zh));
  cr_assert_str_eq(or_none(x->version), or_none(y->version));
  cr_assert_str_eq(or_none(x->doc), or_none(y->doc));
  cr_assert_str_eq(or_none(x->source), or_none(y->source));
  cr_assert(x->start == y->start && x->stop == y->stop && x->step == y->step && x->save == y->save);
  cr_assert(x->foreign == y->foreign && x->stop_varies == y->stop_varies);
  cr_assert_str_eq(or_none(x->method), or_none(y->method));
  cr_assert(x->dimensions.count == y->dimensions.count && x->functions.count == y->functions.count);
  for (size_t i = 0; i < x->dimensions.count; i++) same_dimension(&x->dimensions.items[i], &y->dimensions.items[i]);
  cr_assert_eq(x->units.aliases.count, y->units.aliases.count);
  for (size_t i = 0; i < x->units.aliases.count; i++)
    cr_assert_eq(x->units.aliases.items[i].unit->factor, y->units.aliases.items[i].unit->factor);
  cr_assert_eq(x->sectors.count, y->sectors.count);
  for (size_t i = 0; i < x->sectors.count; i++) {
    cr_assert_str_eq(or_none(x->sectors.items[i].label.zh), or_none(y->sectors.items[i].label.zh));
    cr_assert_str_eq(or_none(x->sectors.items[i].doc), or_none(y->sectors.items[i].doc));
    cr_assert_str_eq(or_none(x->sectors.items[i].source), or_none(y->sectors.items[i].source));
  }
  cr_assert_eq(x->variables.count, y->variables.count);
  for (size_t i = 0; i < x->variables.count; i++) same_variable(b, x, &x->variables.items[i], &y->variables.items[i]);
}

static void round_trip(struct bench *b, const struct model *m) {
  cr_assert(m, "%s", bench_messages(b));
  struct yaml_files first = written(b, m);
  struct model *again = read_files(b, &first);
  cr_assert(again, "%s", bench_messages(b));
  same_model(b, m, again);
  struct yaml_files second = written(b, again);
  same_text(&first, &second);
}

Test(yaml_write, every_model_of_the_repository_survives) {
  static const char *const names[] = {"bass",     "delay3_pulse", "lotka_volterra", "population",
                                      "shanghai", "sir",          "teacup"};
  char root[1000];
  struct bench b;
  cr_assert(getcwd(root, sizeof root));
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    bench_open(&b);
    const char *path = arena_format(&b.arena, "%s/models/%s/model.yaml", root, names[i]);
    round_trip(&b, model_read(&b.arena, path, NULL, &b.diag));
    bench_close(&b);
  }
}

static const char everything[] =
    "model: m\n"
    "title: {en: 'All: of it', zh: 全部}\n"
    "version: '1.0'\n"
    "doc: |\n  two lines\n  of text\n"
    "source: \"# not a comment\"\n"
    "time: {unit: yr, start: 2010, stop: 2050, step: 1/16, save: 0.5}\n"
    "units: {yr: base, t: base, kt: 1000 t, third: 0.3333333333333333 t^(1/2) yr^-1}\n"
    "dimensions:\n"
    "  industry: {elements: [ic, bio, ai], labels: {ai: {en: AI, zh: 智能}}, label: Industry}\n"
    "  leading: {of: industry, elements: [ic, ai]}\n"
    "  other: {of: industry}\n"
    "  region: [js, zj]\n"
    "include: [parts/people.yaml]\n"
    "functions:\n"
    "  ratio(a, b):\n    units: {a: X, b: X}\n    unit: 1\n    equation: a / b\n    doc: a share\n"
    "stocks:\n"
    "  water[industry, region]:\n"
    "    unit: kt\n    initial: 1\n    inflows: [rain]\n    outflows: [leak]\n    non_negative: true\n"
    "  water[ic, js]:\n    initial: 2\n    doc: more here\n"
    "  water[leading, region]:\n    initial: 3\n"
    "flows:\n"
    "  rain[industry, region]: {unit: kt/yr, equation: '(-2)^2 + 2^-x', bounds: [-1, 1e6]}\n"
    "  leak[industry, region]: {unit: kt/yr, equation: if not a > 1 and b = 2 then 1.0 else -time}\n"
    "auxiliaries:\n"
    "  a: {unit: 1, equation: 1e-300, initial: 0.1}\n"
    "  b: {unit: '%', equation: 'ratio(x, y)', judgement: true}\n"
    "  \"'it''s a name'\": {unit: 1, equation: \"'it''s a name' * 2\", label: {zh: 名}}\n"
    "constants:\n"
    "  y: {unit: 1, equation: 'sum[industry](p) + max(1, 2)'}\n"
    "parameters:\n"
    "  x: {unit: 1, value: 0.1, prior: {triangular: [0, 0.1, 1], low: 0.01}}\n"
    "  p[industry]: {unit: 1, value: [1, 2, 0.30000000000000004], prior: {ic: {normal: [1, 0.2]}, ai: {beta: [2, "
    "3]}}}\n"
    "  q[industry, region]: {unit: 1, value: {ic: 1, bio: [2, 3], ai: 4}, prior: {discrete: {1: 1, 2: 2, 5: 4}}}\n"
    "  r[industry, region]: {unit: 1, value: 7, prior: {bio: {zj: {uniform: [0, 9]}}}}\n"
    "levers:\n"
    "  open: {unit: 1, points: [[2010, 0.5], [2020, 0.5], [2020, 0.7]], mode: linear, range: [0, 1], authority: "
    "national,\n"
    "         passage: '4.1', cost: much}\n"
    "  shut: {unit: '%', value: 5, range: [0, 100]}\n"
    "inputs:\n"
    "  steps: {unit: 1, points: [[2010, 1], [2020, 2]], mode: step}\n"
    "  from_file: {unit: 1, csv: data.csv, column: v}\n"
    "tables:\n"
    "  effect: {unit: 1, x_unit: yr, points: [[0, 0], [1, 1]], mode: extrapolate}\n"
    "indicators:\n"
    "  good:\n"
    "    unit: 1\n    equation: effect(time)\n"
    "    benchmarks: {best: {value: 2 * steps, kind: checked, source: s, label: {en: Best, zh: 最好}}}\n"
    "    targets: {near: 0.5, end: at most 3}\n";

static struct model *read_everything(struct bench *b) {
  bench_write("model.yaml", everything);
  bench_write("data.csv", "t,v\n2010,1\n2020,\n2030,3\n");
  bench_write("parts/people.yaml",
              "sector: {en: People, zh: 人}\ndoc: about people\nsource: census\n"
              "parameters:\n  births: {unit: 1/yr, value: 0.01}\n");
  return model_read(&b->arena, "model.yaml", NULL, &b->diag);
}

Test(yaml_write, a_model_with_a_bit_of_everything_survives) {
  struct bench b;
  bench_open(&b);
  round_trip(&b, read_everything(&b));
  bench_close(&b);
}

Test(yaml_write, sector_files_keep_their_places_and_labels) {
  struct bench b;
  bench_open(&b);
  struct yaml_files files = written(&b, read_everything(&b));
  cr_assert_eq(files.files.count, 2);
  cr_assert_str_eq(files.files.items[1].path, "parts/people.yaml");
  cr_assert(strstr(files.files.items[1].text, "sector: {en: People, zh: 人}\ndoc: about people\nsource: census\n"));
  bench_close(&b);
}

static const char foreign[] =
    "model: m\n"
    "foreign: true\n"
    "method: euler\n"
    "time: {unit: ~, start: 0, stop: 10, step: 0.5, ends: the end}\n"
    "dimensions:\n"
    "  Region: [North East, 'b#1', c]\n"
    "  Country: [x, y]\n"
    "  Back: {of: Region, elements: [c, North East]}\n"
    "mappings:\n"
    "  Region to Country: {from: Region, to: Country, elements: [y, x, y]}\n"
    "auxiliaries:\n"
    "  \"'the end'\": {unit: ~, equation: 10 + 0 * time}\n"
    "  \"'tax paid'[Region]\": {unit: ~, equation: \"tax['Region to Country'] * 2\", made: true}\n"
    "  total: {unit: ~, equation: \"sum[Region](tax['Region to Country'])\", hidden: true}\n"
    "  part[Region]: {unit: ~, absent: [false, true, false]}\n"
    "  part['North East']:\n    equation: 1\n"
    "  part[c]:\n    equation: \"'$start'\"\n"
    "parameters:\n"
    "  tax[Country]: {unit: ~, value: [1, 2]}\n"
    "tables:\n"
    "  look[Country]: {unit: ~, x_unit: ~, paths: {x: {points: [[0, 1], [1, 2]]}, y: {points: [[0, 3], [1, 4]], mode: "
    "step}}}\n";

Test(yaml_write, what_only_imported_models_have_survives) {
  struct bench b;
  bench_open(&b);
  bench_write("model.yaml", foreign);
  struct model *m = model_read(&b.arena, "model.yaml", NULL, &b.diag);
  cr_assert(m, "%s", bench_messages(&b));
  const struct variable *paid = model_variable(m, "tax paid");
  const struct subscript_map *map = paid->equations.items[0].rhs->args[0]->subscripts[0].map;
  cr_assert(map && !map->dimension && map->axis == 0);
  cr_assert(map->elements[0] == 1 && map->elements[1] == 0 && map->elements[2] == 1);
  map = model_variable(m, "total")->equations.items[0].rhs->args[0]->subscripts[0].map;
  cr_assert(map && strcmp(map->dimension, "Region") == 0);
  cr_assert(m->stop_varies && m->stop_variable == map_get(&m->names, "the end"));
  round_trip(&b, m);
  bench_close(&b);
}

Test(yaml_write, what_imported_models_may_leave_out_ours_may_not) {
  struct bench b;
  bench_open(&b);
  cr_assert_null(bench_model(&b, "parameters:\n  a: {unit: ~, value: 1}\n"));
  cr_assert(strstr(bench_messages(&b), "a single value is needed"), "%s", bench_messages(&b));
  diag_init(&b.diag, &b.arena);
  bench_write("model.yaml",
              "model: m\ntime: {unit: yr, start: 0, stop: 1, step: 1}\nunits: {yr: base}\n"
              "dimensions: {d: [a b]}\n");
  cr_assert_null(model_read(&b.arena, "model.yaml", NULL, &b.diag));
  cr_assert(strstr(bench_messages(&b), "'a b'"), "%s", bench_messages(&b));
  bench_close(&b);
}

Test(yaml_write, mappings_are_checked) {
  static const struct {
    const char *body, *message;
  } rows[] = {
      {"mappings: {m: {from: industry, to: region, elements: [js]}}\n", "industry"},
      {"mappings: {m: {from: industry, to: region, elements: [js, zj, ic]}}\n", "ic"},
      {"mappings: {m: {from: nowhere, to: region, elements: []}}\n", "nowhere"},
      {"mappings: {m: {to: region, elements: []}}\n", "from"},
      {"mappings: {region: {from: industry, to: region, elements: [js, js, js]}}\n", "a mapping and a dimension"},
      {"mappings: {m: {from: industry, to: region, elements: [js, js, js]}}\n"
       "parameters:\n  p[region]: {unit: 1, value: 1}\n"
       "auxiliaries:\n  a:\n    unit: 1\n    equation: p[m]\n",
       "neither a reduction around nor the left side"},
  };
  struct bench b;
  bench_open(&b);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    diag_init(&b.diag, &b.arena);
    cr_assert_null(bench_model(&b, rows[i].body), "%s", rows[i].body);
    cr_assert(strstr(bench_messages(&b), rows[i].message), "%s\ngave: %s", rows[i].body, bench_messages(&b));
  }
  bench_close(&b);
}

Test(yaml_write, what_cannot_be_said_is_an_error) {
  struct bench b;
  bench_open(&b);
  struct yaml_files files;
  struct model *m = bench_model(&b, "parameters:\n  a: {unit: 1, value: 1, bounds: [0, 9]}\n");
  struct variable *v = &m->variables.items[0];
  v->high = INFINITY;
  cr_assert_not(yaml_write(&files, &b.arena, m, &b.diag));
  cr_assert(strstr(bench_messages(&b), "a: our YAML has no words for a bound on one side"));
  v->low = -INFINITY, v->values[0] = NAN;
  cr_assert_not(yaml_write(&files, &b.arena, m, &b.diag));
  cr_assert(strstr(bench_messages(&b), "not finite"));
  v->values[0] = 1, v->name = "a\tb";
  cr_assert_not(yaml_write(&files, &b.arena, m, &b.diag));
  cr_assert(strstr(bench_messages(&b), "such a name"));
  bench_close(&b);
}

// Every text comes back from YAML as it was, as a value and as a key, in blocks and in flow.
Test(yaml_write, any_text_survives) {
  static const char *const pieces[] = {"a",        " ",
                                       ":",        "#",
                                       "-",        "'",
                                       "\"",       "\\",
                                       "\n",       "{",
                                       "}",        "[",
                                       "]",        ",",
                                       "~",        "?",
                                       "&",        "*",
                                       "!",        "|",
                                       ">",        "%",
                                       "@",        "`",
                                       "null",     "é",
                                       "人",       "\t",
                                       "\r",       "1.",
                                       "=",        "yes",
                                       "\xC2\x85", "\xE2\x80\xA8",
                                       "\x7F",     "\x01"};
  const char *given = getenv("SEED");
  unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : 20240608u, first = seed;
  struct bench b;
  bench_open(&b);
  for (int n = 0; n < 5000; n++) {
    const char *text = "";
    for (int k = rand_r(&seed) % 6; k >= 0; k--)
      text = arena_format(&b.arena, "%s%s", text, pieces[(size_t)rand_r(&seed) % (sizeof pieces / sizeof *pieces)]);
    const char *scalar = yaml_scalar(&b.arena, text);
    const char *file = arena_format(&b.arena, "k: %s\nl: [%s, x]\nm: {%s: %s}\n", scalar, scalar, scalar, scalar);
    struct source *s = source_from_text(&b.arena, "t.yaml", file, strlen(file), &b.diag);
    struct tree *t = s ? yaml_read(&b.arena, s, &b.diag) : NULL;
    cr_assert(t, "SEED=%u, case %d: %s\n%s", first, n, file, bench_messages(&b));
    cr_assert_str_eq(tree_get(t, "k")->text, text);
    cr_assert_not(tree_is_null(tree_get(t, "k")));
    cr_assert_str_eq(tree_get(t, "l")->items[0]->text, text);
    cr_assert_str_eq(tree_get(t, "m")->keys[0]->text, text);
    cr_assert_str_eq(tree_get(t, "m")->items[0]->text, text);
  }
  bench_close(&b);
}

Test(yaml_write, texts_of_several_lines_survive) {
  static const char *const rows[] = {
      "one\ntwo",       "one\n\ntwo\n",       "\nlate", "one \ntwo",    "  one\ntwo",
      "a: b\n- c\n# d", "one\n  two\n three", "one\n",  "tab\there\nx", "\"quoted\"\n'too'"};
  struct bench b;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    bench_open(&b);
    struct model *m = bench_model(&b, "parameters:\n  a: {unit: 1, value: 1}\n");
    m->doc = m->variables.items[0].doc = rows[i];
    struct yaml_files files = written(&b, m);
    m = read_files(&b, &files);
    cr_assert(m, "%s", bench_messages(&b));
    cr_assert_str_eq(m->doc, rows[i]);
    cr_assert_str_eq(m->variables.items[0].doc, rows[i]);
    bench_close(&b);
  }
}
