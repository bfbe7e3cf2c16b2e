// SPDX-License-Identifier: GPL-3.0-or-later
// The model reader: what a good model becomes, and the exact words for each thing that can be wrong with one. Errors
// stand in a table as text of the model and first line of the message.
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "lang/path.h"
#include "lang/prior.h"
#include "reader_support.h"
#include "test_support.h"

TestSuite(model, .timeout = 60);

static struct bench b;
static void open_bench(void) {
  bench_open(&b);
}
static void close_bench(void) {
  bench_close(&b);
}

static const struct model *good(const char *body) {
  const struct model *m = bench_model(&b, body);
  cr_assert(m, "%s", bench_messages(&b));
  cr_assert_eq(b.diag.errors, 0);
  return m;
}

static const struct variable *variable(const struct model *m, const char *name) {
  const struct variable *v = model_variable(m, name);
  cr_assert(v, "no variable %s", name);
  return v;
}

Test(model, a_small_model_keeps_all_it_says, .init = open_bench, .fini = close_bench) {
  const struct model *m = good(
      "title: {en: Title, zh: 标题}\nversion: \"1.0\"\ndoc: what\nsource: where\n"
      "stocks:\n  s: {unit: t, initial: a * 2, inflows: [f], non_negative: true, label: {zh: 存量}, doc: d, source: "
      "e,\n"
      "      judgement: true, bounds: [0, 10]}\n"
      "flows:\n  f: {unit: t/yr, equation: a / 1}\n"
      "parameters:\n  a: {unit: t, value: 2 kt}\n");
  cr_assert_str_eq(m->name, "m");
  cr_assert_str_eq(m->title.zh, "标题");
  cr_assert_str_eq(m->version, "1.0");
  cr_assert_str_eq(m->doc, "what");
  cr_assert_str_eq(m->source, "where");
  cr_assert_eq(m->start, 2010);
  cr_assert_eq(m->step, 1.0 / 16);
  cr_assert_eq(m->save, 1);
  const struct variable *s = variable(m, "s");
  cr_assert_eq(s->kind, VARIABLE_STOCK);
  cr_assert_str_eq(s->label.en, "s");
  cr_assert_str_eq(s->label.zh, "存量");
  cr_assert_str_eq(s->doc, "d");
  cr_assert_str_eq(s->source, "e");
  cr_assert(s->judgement && s->non_negative);
  cr_assert_eq(s->low, 0);
  cr_assert_eq(s->high, 10);
  cr_assert_eq(s->inflows.count, 1);
  cr_assert_eq(s->equations.count, 1);
  cr_assert_eq(variable(m, "a")->values[0], 2000);
  cr_assert_eq(variable(m, "f")->low, -INFINITY);
}

Test(model, a_model_without_save_saves_every_step, .init = open_bench, .fini = close_bench) {
  bench_write("model.yaml", "model: x\nunits: {d: base}\ntime: {unit: d, start: 0, stop: 1, step: 0.1}\n");
  const struct model *m = model_read(&b.arena, "model.yaml", NULL, &b.diag);
  cr_assert(m, "%s", bench_messages(&b));
  cr_assert_eq(m->save, 0.1);
}

Test(model, subranges_and_aliases_point_into_their_root, .init = open_bench, .fini = close_bench) {
  const struct model *m = good("parameters: {p: {unit: 1, value: 1}}\n");
  const struct dimension *leading = &m->dimensions.items[1], *other = &m->dimensions.items[2];
  cr_assert_eq(leading->count, 2);
  cr_assert_eq(leading->root, 0);
  cr_assert_eq(leading->in_parent[1], 2);
  cr_assert_eq(other->count, 3);
  cr_assert_eq(other->root, 0);
  cr_assert_str_eq(m->dimensions.items[3].label.zh, "地区");
  cr_assert_str_eq(m->dimensions.items[3].element_labels[0].en, "Jiangsu");
  cr_assert_str_eq(m->dimensions.items[3].element_labels[1].en, "zj");
}

static void values_are(const struct model *m, const char *name, const double *expected, size_t count) {
  const struct variable *v = variable(m, name);
  cr_assert_eq(v->element_count, count, "%s", name);
  for (size_t i = 0; i < count; i++) cr_expect_eq(v->values[i], expected[i], "%s element %zu", name, i);
}

Test(model, values_come_as_a_number_a_list_or_a_mapping, .init = open_bench, .fini = close_bench) {
  const struct model *m = good(
      "parameters:\n"
      "  one[industry]: {unit: 1, value: 10 %}\n"
      "  list[industry]: {unit: 1, value: [1, 2, 3]}\n"
      "  map[industry]: {unit: 1, value: {ai: 3, ic: 1, bio: 2}}\n"
      "  nested[industry,region]: {unit: 1, value: [[1, 2], [3, 4], [5, 6]]}\n"
      "  flat[industry,region]: {unit: 1, value: [1, 2, 3, 4, 5, 6]}\n"
      "  maps[industry,region]: {unit: 1, value: {ic: [1, 2], bio: {zj: 4, js: 3}, ai: 7}}\n"
      "  mended[industry]: {unit: 1, value: 5}\n"
      "  mended[ic]: {value: 6}\n"
      "  mended[leading]: {value: 7}\n");
  values_are(m, "one", (double[]){0.1, 0.1, 0.1}, 3);
  values_are(m, "list", (double[]){1, 2, 3}, 3);
  values_are(m, "map", (double[]){1, 2, 3}, 3);
  values_are(m, "nested", (double[]){1, 2, 3, 4, 5, 6}, 6);
  values_are(m, "flat", (double[]){1, 2, 3, 4, 5, 6}, 6);
  values_are(m, "maps", (double[]){1, 2, 3, 4, 7, 7}, 6);
  values_are(m, "mended", (double[]){6, 5, 7}, 3);
  cr_assert_str_eq(variable_element_name(&b.arena, m, variable(m, "flat"), 3), "flat[bio,zj]");
}

Test(model, exceptions_join_their_declaration_wherever_they_stand, .init = open_bench, .fini = close_bench) {
  const struct model *m = good(
      "auxiliaries:\n"
      "  y[ic, js]:\n    equation: 2\n"
      "  y[industry, region]: {unit: 1, equation: 1, initial: 4}\n"
      "  y[leading, region]: {equation: 3}\n");
  const struct variable *y = variable(m, "y");
  cr_assert_eq(m->variables.count, 1);
  cr_assert_eq(y->dim_count, 2);
  cr_assert_eq(y->element_count, 6);
  cr_assert_eq(y->equations.count, 3);
  cr_assert_eq(y->initial.count, 1);
  cr_assert_eq(y->equations.items[0].subscript_count, 0);
  cr_assert_str_eq(y->equations.items[1].subscripts[0].name, "leading");
  cr_assert_str_eq(y->equations.items[2].subscripts[1].name, "js");
}

Test(model, priors_are_read_with_units_and_bounds, .init = open_bench, .fini = close_bench) {
  const struct model *m = good(
      "parameters:\n"
      "  a: {unit: t, value: 1, prior: {triangular: [1 kt, 1500, 2000], low: 1.1 kt}}\n"
      "  b: {unit: t, value: 1, prior: {lognormal: [2 kt, 0.3]}}\n"
      "  c: {unit: 1, value: 1, prior: {discrete: {1: 3, 2: 1}}}\n"
      "  d[industry]: {unit: 1, value: 1, prior: [{uniform: [0, 1]}, {normal: [0, 1]}, {beta: [2, 3]}]}\n"
      "  e[industry]: {unit: 1, value: 1, prior: {exponential: 2}}\n"
      "  f[industry]: {unit: 1, value: 1, prior: {ai: {gamma: [1, 2]}}}\n");
  const struct prior *p = variable(m, "a")->prior;
  cr_assert_eq(p->kind, PRIOR_TRIANGULAR);
  cr_assert_eq(p->args[0], 1000);
  cr_assert_eq(p->low, 1100);
  cr_assert_eq(p->high, INFINITY);
  cr_assert_eq(variable(m, "b")->prior->args[0], 2000);
  cr_assert_eq(variable(m, "b")->prior->args[1], 0.3);
  cr_assert_eq(variable(m, "c")->prior->weights[0], 0.75);
  cr_assert_eq(variable(m, "d")->prior[1].kind, PRIOR_NORMAL);
  cr_assert_eq(variable(m, "d")->prior[2].args[3], 1);
  cr_assert_eq(variable(m, "d")->prior[2].arg_count, 4);
  cr_assert_eq(variable(m, "e")->prior[2].args[0], 2);
  cr_assert_eq(variable(m, "f")->prior[0].kind, PRIOR_NONE);
  cr_assert_eq(variable(m, "f")->prior[2].kind, PRIOR_GAMMA);
}

Test(model, indicators_carry_benchmarks_and_targets, .init = open_bench, .fini = close_bench) {
  const struct model *m = good(
      "indicators:\n"
      "  i:\n    unit: t\n    equation: 0\n"
      "    benchmarks:\n      parity: {value: 1 + x, kind: printed, source: paper, label: {en: Parity}}\n"
      "      seen: {value: 2, kind: checked}\n"
      "    targets: {near: 1 kt, long: at most 3 kt, end: at least 1}\n"
      "inputs:\n  x: {unit: t, value: 1}\n");
  const struct variable *i = variable(m, "i");
  cr_assert_eq(i->benchmarks.count, 2);
  cr_assert(!i->benchmarks.items[0].checked && i->benchmarks.items[1].checked);
  cr_assert_str_eq(i->benchmarks.items[0].label.en, "Parity");
  cr_assert_eq(i->targets.count, 3);
  cr_assert_eq(i->targets.items[0].value, 1000);
  cr_assert(i->targets.items[1].at_most && !i->targets.items[2].at_most);
  cr_assert_eq(i->targets.items[1].value, 3000);
  cr_assert_null(i->targets.items[2].phase);
}

Test(model, sector_files_share_one_name_space, .init = open_bench, .fini = close_bench) {
  bench_write("parts/a.yaml",
              "sector: {en: People, zh: 人口}\ninclude: deep/b.yaml\nparameters: {p: {unit: hour, value: 1}}\n");
  mkdir("parts/deep", 0700);
  bench_write("parts/deep/b.yaml", "units: {hour: 60 minute, minute: base}\ndimensions: {sex: [f, m]}\n");
  const struct model *m = good("include: [parts/a.yaml]\nparameters:\n  q[sex]: {unit: 1, value: 1}\n");
  cr_assert_eq(m->files.count, 3);
  cr_assert_eq(m->sources.count, 3);
  cr_assert_str_eq(m->files.items[2], "parts/deep/b.yaml");
  cr_assert_str_eq(variable(m, "p")->sector, "People");
  cr_assert_null(variable(m, "q")->sector);
  cr_assert_eq(variable(m, "q")->element_count, 2);
}

Test(model, a_csv_column_becomes_a_path, .init = open_bench, .fini = close_bench) {
  bench_write("d.csv", "year,\"a \"\"b\"\", c\",gdp\r\n2010, 1.5 ,7\r\n2011,,8\r\n\r\n2012,2.5,\r\n");
  const struct model *m = good(
      "inputs:\n  x: {unit: 1, csv: d.csv, column: 'a \"b\", c', time: year}\n"
      "  y: {unit: 1, csv: d.csv, column: gdp}\n");
  const struct path *x = &variable(m, "x")->path;
  cr_assert_eq(x->count, 2);
  cr_assert_eq(x->x[1], 2012);
  cr_assert_eq(x->y[1], 2.5);
  cr_assert_eq(variable(m, "y")->path.y[1], 8);
  cr_assert_eq(m->files.count, 2, "data files are listed once");
}

Test(model, paths_follow_their_mode, .init = open_bench, .fini = close_bench) {
  const struct model *m = good(
      "inputs:\n"
      "  a: {unit: 1, points: [[2010, 1], [2020, 3], [2020, 5], [2030, 7]]}\n"
      "  b: {unit: 1, points: [[2010, 1], [2020, 3]], mode: step}\n"
      "  c: {unit: 1, points: [[2010, 1], [2020, 3]], mode: extrapolate}\n"
      "  d: {unit: 1, value: 4}\n");
  static const struct {
    const char *name;
    double x, y;
  } rows[] = {{"a", 2000, 1}, {"a", 2015, 2}, {"a", 2020, 5}, {"a", 2025, 6}, {"a", 2040, 7},
              {"b", 2000, 1}, {"b", 2015, 1}, {"b", 2020, 3}, {"b", 2030, 3}, {"c", 2000, -1},
              {"c", 2015, 2}, {"c", 2020, 3}, {"c", 2030, 5}, {"d", 0, 4},    {"d", 3000, 4}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    cr_expect_eq(path_value(&variable(m, rows[i].name)->path, rows[i].x), rows[i].y, "%s at %g", rows[i].name,
                 rows[i].x);
  cr_expect(isnan(path_value(&variable(m, "a")->path, NAN)));
}

Test(model, user_functions_keep_arguments_and_unit_letters, .init = open_bench, .fini = close_bench) {
  const struct model *m = good("functions:\n  pos(x, s): {units: {x: X}, unit: X, equation: x * s, doc: d}\n");
  const struct function *f = &m->functions.items[0];
  cr_assert_str_eq(f->name, "pos");
  cr_assert_eq(f->arg_count, 2);
  cr_assert_str_eq(f->arg_units[0], "X");
  cr_assert_str_eq(f->arg_units[1], "1");
  cr_assert(f->body);
}

static const struct {
  const char *body, *message;
} errors[] = {
    {"stocsk: {}\n", "9:1: error: unknown key 'stocsk' in a model"},
    {"flows: {f: {unit: 1, equatoin: 1}}\n", "error: unknown key 'equatoin' in a flow"},
    {"flows: {f: {unit: 1, value: 1}}\n", "error: unknown key 'value' in a flow"},
    {"flows: {f: {unit: 1}}\n", "error: f has no equation"},
    {"stocks: {f: {unit: 1}}\n", "error: stock f has no initial value"},
    {"parameters: {p: {unit: 1}}\n", "error: parameter p has no value"},
    {"parameters:\n  p[industry]: {unit: 1, value: {ic: 1, ai: 2}}\n", "error: parameter p[bio] has no value"},
    {"parameters: {p: {value: 1}}\n", "9:14: error: p has no unit"},
    {"parameters: {p: {unit: , value: 1}}\n", "error: 'unit' is missing: a single value is needed"},
    {"parameters: {p: 1}\n", "9:17: error: 'p' must be a mapping"},
    {"parameters: [1]\n", "error: parameters must be a mapping, not a list"},
    {"parameters: {p: {unit: 1, value: 1}}\nflows: {p: {unit: 1, equation: 1}}\n",
     "10:9: error: 'p' is declared twice"},
    {"parameters: {1p: {unit: 1, value: 1}}\n", "error: "},
    {"parameters: {p: {unit: 1, value: [1]}}\n", "error: the values of p are nested deeper than its 0 dimensions"},
    {"parameters:\n  p[industry]: {unit: 1, value: [1, 2]}\n",
     "error: a list of 2 for 'industry', which has 3 elements"},
    {"parameters:\n  p[industry]: {unit: 1, value: {oi: 2}}\n", "error: 'oi' is no element or subrange of 'industry'"},
    {"parameters:\n  p[indutsry]: {unit: 1, value: 1}\n", "10:5: error: unknown dimension 'indutsry'"},
    {"parameters:\n  p[industry,industry]: {unit: 1, value: 1}\n", "error: dimension 'industry' stands twice in p"},
    {"parameters:\n  p[industry]: {unit: 1, value: 1}\n  p[js]: {value: 1}\n",
     "11:5: error: 'js' is no element or subrange of 'industry'"},
    {"parameters:\n  p[industry]: {unit: 1, value: 1}\n  p[ic,js]: {value: 1}\n",
     "error: p has 1 dimensions, 2 subscripts are given"},
    {"parameters:\n  p[industry]: {unit: 1, value: 1}\n  p[ic]: {prior: {normal: [0, 1]}}\n",
     "error: unknown key 'prior' in an exception"},
    {"parameters:\n  p[industry]: {unit: 1, value: 1}\n  p[leading]: {value: 2}\n  p[ 'leading']: {value: 2}\n",
     "error: p[ic] gets its value twice"},
    {"flows:\n  p[industry]: {unit: 1, equation: 1}\nauxiliaries:\n  p[ic]: {equation: 1}\n",
     "12:3: error: the exception for 'p' belongs to the section flows"},
    {"flows:\n  p[industry]: {unit: 1, equation: 1}\n  p[ic]: {doc: x}\n", "error: the exception says nothing about p"},
    {"levers: {l: {unit: 1, value: 1}}\n", "error: lever l has no range"},
    {"levers: {l: {unit: 1, value: 2, range: [0, 1]}}\n",
     "9:30: error: 2 is outside the range of lever l, 0 to 1 (dmnl)"},
    {"levers: {l: {unit: 1, points: [[2010, 0], [2020, 3]], range: [0, 1]}}\n",
     "9:43: error: 3 is outside the range of lever l, 0 to 1 (dmnl)"},
    {"levers: {l: {unit: 1, value: 0, range: [1, 0]}}\n", "error: 'range' is not in order"},
    {"levers: {l: {unit: 1, points: [[2010, 0], [2020, 1]], mode: extrapolate, range: [0, 1]}}\n",
     "error: lever l cannot extrapolate"},
    {"levers:\n  l[industry]: {unit: 1, value: 0, range: [0, 1]}\n",
     "error: lever l cannot be an array: it is one path"},
    {"inputs: {i: {unit: 1}}\n", "error: i needs exactly one of points:, value: or csv:"},
    {"inputs: {i: {unit: 1, points: [[2011, 1], [2010, 1]]}}\n", "9:44: error: the point lies before the last one"},
    {"inputs: {i: {unit: 1, points: [[1, 1], [1, 2], [1, 3]]}}\n", "error: three points at one place"},
    {"inputs: {i: {unit: 1, points: [[1, 1], [1, 2]], mode: step}}\n", "error: two points at one place in a step path"},
    {"inputs: {i: {unit: 1, points: [[1, 1], [1, 2]], mode: extrapolate}}\n", "error: nothing to extrapolate"},
    {"inputs: {i: {unit: 1, points: [[1, nan]]}}\n", "error: "},
    {"inputs: {i: {unit: 1, points: [[1, 2, 3]]}}\n", "error: a point is a list of two numbers: [x, y]"},
    {"inputs: {i: {unit: 1, points: []}}\n", "error: 0 points; a path has from 1 to 100000"},
    {"inputs: {i: {unit: 1, points: [[1, 1]], mode: liner}}\n", "error: 'liner' is no mode"},
    {"inputs: {i: {unit: 1, csv: d.csv}}\n", "error: i names a CSV file but no column"},
    {"inputs: {i: {unit: 1, csv: none.csv, column: a}}\n", "error: cannot find 'none.csv': No such file or directory"},
    {"inputs: {i: {unit: 1, csv: d.csv, column: gpd}}\n", "error: no column 'gpd' in 'd.csv'"},
    {"inputs: {i: {unit: 1, csv: d.csv, column: none}}\n", "error: column 'none' holds no number"},
    {"inputs: {i: {unit: 1, csv: d.csv, column: text}}\n", "d.csv:2:9: error: 'abc' is not a number"},
    {"inputs: {i: {unit: 1, csv: short.csv, column: a}}\n",
     "short.csv:3:1: error: this row has 1 cells, the header has 2"},
    {"inputs: {i: {unit: 1, csv: quote.csv, column: a}}\n", "quote.csv:2:3: error: a quoted cell does not end"},
    {"inputs: {i: {unit: 1, csv: back.csv, column: a}}\n", "back.csv:3:1: error: the point lies before the last one"},
    {"inputs: {i: {unit: 1, csv: semi.csv, column: a}}\n", "error: no column 'a' in 'semi.csv'"},
    {"tables: {x: {unit: 1, points: [[0, 0], [1, 1]]}}\n", "error: table x has no x_unit"},
    {"tables: {x: {unit: 1, x_unit: 1, points: [[0, 0]]}}\n", "error: table x needs two points or more"},
    {"parameters: {p: {unit: 1, value: 1, prior: {normal: [0, 0]}}}\n", "error: normal demands sd > 0"},
    {"parameters: {p: {unit: 1, value: 1, prior: {triangular: [0, 3, 2]}}}\n",
     "error: triangular demands low <= mode <= high and low < high"},
    {"parameters: {p: {unit: 1, value: 1, prior: {uniform: [-1e308, 1e308]}}}\n",
     "error: uniform demands low < high, of finite width"},
    {"parameters: {p: {unit: 1, value: 1, prior: {loguniform: [0, 2]}}}\n", "error: loguniform demands 0 < low < high"},
    {"parameters: {p: {unit: 1, value: 1, prior: {beta: [1, 2, 3]}}}\n",
     "error: beta needs (a, b, low, high), not 3 numbers"},
    {"parameters: {p: {unit: 1, value: 1, prior: {discrete: {1: -1}}}}\n", "error: weights must be 0 or more"},
    {"parameters: {p: {unit: 1, value: 1, prior: {discrete: {1: 0}}}}\n", "error: weights must be 0 or more"},
    {"parameters: {p: {unit: 1, value: 1, prior: {uniform: [0, 1], low: 2}}}\n",
     "error: low and high leave nothing of the uniform"},
    {"parameters: {p: {unit: 1, value: 1, prior: {nromal: [0, 1]}}}\n", "error: unknown key 'nromal' in a prior"},
    {"parameters:\n  p[industry]: {unit: 1, value: 1, prior: {nromal: [0, 1]}}\n",
     "error: unknown key 'nromal' in a prior"},
    {"parameters: {p: {unit: 1, value: 1, prior: {normal: [0, 1], uniform: [0, 1]}}}\n",
     "error: a prior names one distribution, here are 2"},
    {"parameters: {p: {unit: 1, value: 1, prior: 3}}\n", "error: a prior must be a mapping, not a single value"},
    {"auxiliaries: {x: {unit: 1, equation: max(a, b)}}\n",
     "9:38: error: the equation was split at a comma by the braces around it"},
    {"auxiliaries: {x: {unit: 1, initial: max(a, b), equation: 1}}\n",
     "error: the initial was split at a comma by the braces around it"},
    {"functions:\n  f(x): {unit: 1, equation: max(x, 1)}\n", "error: the equation was split at a comma"},
    {"functions:\n  f(x): {unit: X, equation: x}\n",
     "error: unit letter 'X' of the result of f is that of no argument"},
    {"functions:\n  f(x, x): {unit: 1, equation: x}\n", "10:8: error: argument 'x' is named twice"},
    {"functions:\n  f(x): {unit: 1, units: {y: 1}, equation: x}\n", "error: 'y' is no argument of f"},
    {"functions:\n  f: {unit: 1, equation: x}\n", "error: 'f' declares no function"},
    {"functions:\n  f(x): {unit: 1}\n", "error: f has no equation"},
    {"functions:\n  f(x): {unit: 1, equation: x}\nparameters: {f: {unit: 1, value: 1}}\n",
     "11:14: error: 'f' is declared twice"},
    {"functions:\n  f(x): {unit: 1, equation: x}\nflows:\n  f[ic]: {equation: 1}\n",
     "12:3: error: 'f' is declared twice"},
    {"indicators: {i: {unit: 1, equation: 1, benchmarks: {a: {value: 1}}}}\n", "error: benchmark 'a' has no kind"},
    {"indicators: {i: {unit: 1, equation: 1, benchmarks: {a: {value: 1, kind: print}}}}\n",
     "error: 'print' is no kind"},
    {"stocks: {s: {unit: 1, initial: 1, non_negative: yes}}\n",
     "error: 'non_negative' must be true or false, not 'yes'"},
    {"title: {en: a, fr: b}\n", "error: unknown key 'fr' in a label"},
    {"include: [none.yaml]\n", "9:11: error: cannot find 'none.yaml': No such file or directory"},
    {"include: [/etc/passwd]\n", "error: '/etc/passwd' lies outside the model's folder"},
    {"include: [../x.yaml]\n", "error: '../x.yaml' lies outside the model's folder"},
    {"include: [link.yaml]\n", "error: 'link.yaml' lies outside the model's folder"},
    {"include: [folder]\n", "error: 'folder' is not a file"},
    {"include: [model.yaml]\n", "error: 'model.yaml' includes itself, directly or through others"},
    {"include: [c1.yaml]\n", "c2.yaml:1:11: error: 'c1.yaml' includes itself, directly or through others"},
    {"include: [empty.yaml, empty.yaml]\n", "error: 'empty.yaml' is included twice"},
    {"include: [head.yaml]\n", "head.yaml:1:1: error: unknown key 'model' in a sector file"},
};

static void write_files(void) {
  bench_write("d.csv", "year,gdp,none,text\n2010,1,,abc\n");
  bench_write("short.csv", "t,a\n1,2\n3\n");
  bench_write("quote.csv", "t,a\n1,\"2\n");
  bench_write("back.csv", "t,a\n2,1\n1,1\n");
  bench_write("semi.csv", "t;a\n2;1\n");
  bench_write("c1.yaml", "include: [c2.yaml]\n");
  bench_write("c2.yaml", "include: [c1.yaml]\n");
  bench_write("empty.yaml", "sector: nothing\n");
  bench_write("head.yaml", "model: x\n");
  mkdir("folder", 0700);
  cr_assert_eq(symlink("/etc/passwd", "link.yaml"), 0);
}

Test(model, every_mistake_has_its_message_and_place, .init = open_bench, .fini = close_bench) {
  write_files();
  for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
    diag_init(&b.diag, &b.arena);
    const struct model *m = bench_model(&b, errors[i].body);
    const char *messages = bench_messages(&b);
    cr_expect_null(m, "accepted:\n%s", errors[i].body);
    cr_expect(strstr(messages, errors[i].message), "wanted: %s\nfor: %s\ngot:\n%s", errors[i].message, errors[i].body,
              messages);
    cr_expect_eq(b.diag.errors, 1, "more than one error for: %s\n%s", errors[i].body, messages);
  }
}

static const struct {
  const char *text, *message;
} heads[] = {
    {"title: x\n", "error: the model has no name"},
    {"scenario: x\nmodel2: y\n", "this file is a scenario"},
    {"model: .x\n", "error: '.x' cannot name a model"},
    {"model: a/b\n", "error: 'a/b' cannot name a model"},
    {"model: x\n", "error: the model has no time"},
    {"- x\n", "error: a model must be a mapping, not a list"},
    {"model: x\nunits: {d: base}\ntime: {unit: d, start: 0, step: 1}\n", "error: 'time' has no stop"},
    {"model: x\nunits: {d: base}\ntime: {unit: d, start: 5, stop: 5, step: 1}\n", "error: stop must come after start"},
    {"model: x\nunits: {d: base}\ntime: {unit: d, start: 0, stop: 1, step: 0}\n", "error: step must be above 0"},
    {"model: x\nunits: {d: base}\ntime: {unit: d, start: 0, stop: 1, step: 1e-12}\n",
     "error: the run would take 1e+12 steps; at most 100000000 are allowed"},
    {"model: x\nunits: {d: base}\ntime: {unit: d, start: 0, stop: 1, step: 0.3}\n",
     "the nearest step that does is 1/3 = 0.333333333333333"},
    {"model: x\nunits: {d: base}\ntime: {unit: d, start: 0, stop: 1, step: 0.25, save: 0.3}\n",
     "the nearest that is one is 0.25"},
    {"model: x\ndimensions: {a: [x, x]}\n", "error: element 'x' is named twice"},
    {"model: x\ndimensions: {a: [x, b], b: [y]}\n", "error: element 'b' has the name of a dimension"},
    {"model: x\ndimensions: {a: {of: b}, b: {of: a}}\n", "error: dimension 'b' is a subrange of itself"},
    {"model: x\ndimensions: {a: {of: c}}\n", "error: unknown dimension 'c'"},
    {"model: x\ndimensions: {a: []}\n", "error: 0 elements"},
    {"model: x\ndimensions: {a: [x, y], b: {of: a, elements: [y, x]}}\n",
     "error: 'x' stands in another order than in 'a'"},
    {"model: x\ndimensions: {a: [x, y], b: {of: a, elements: [z]}}\n", "error: 'z' is no element of 'a'"},
    {"model: x\ndimensions: {a: {elements: [x], labels: {z: q}}}\n", "error: 'z' is no element of 'a'"},
    {"model: x\ndimensions: {if: [x]}\n", "error: 'if' cannot name a dimension"},
};

Test(model, heads_dimensions_and_clocks_are_checked, .init = open_bench, .fini = close_bench) {
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
    diag_init(&b.diag, &b.arena);
    bench_write("h.yaml", heads[i].text);
    cr_expect_null(model_read(&b.arena, "h.yaml", NULL, &b.diag));
    const char *messages = bench_messages(&b);
    cr_expect(strstr(messages, heads[i].message), "wanted: %s\ngot:\n%s", heads[i].message, messages);
  }
}

Test(model, many_errors_are_reported_in_one_go, .init = open_bench, .fini = close_bench) {
  cr_assert_null(
      bench_model(&b, "flows: {f: {unit: 1}, g: {unit: x, equation: 1}}\nstocks: {s: {initial: 1}}\nfoo: 1\n"));
  cr_assert_geq(b.diag.errors, 4, "%s", bench_messages(&b));
}

Test(model, the_data_folder_opens_one_more_place, .init = open_bench, .fini = close_bench) {
  bench_write("data/d.csv", "t,a\n2010,1\n");
  bench_write("m/model.yaml", arena_format(&b.arena, "%sinputs: {i: {unit: 1, csv: d.csv, column: a}}\n", bench_head));
  cr_assert_null(model_read(&b.arena, "m/model.yaml", NULL, &b.diag));
  diag_init(&b.diag, &b.arena);
  const struct model *m = model_read(&b.arena, "m/model.yaml", "data", &b.diag);
  cr_assert(m, "%s", bench_messages(&b));
  cr_assert_str_eq(m->files.items[1], "data/d.csv");
  bench_write("m/model.yaml",
              arena_format(&b.arena, "%sinputs: {i: {unit: 1, csv: /etc/passwd, column: a}}\n", bench_head));
  cr_assert_null(model_read(&b.arena, "m/model.yaml", "data", &b.diag));
  cr_assert(strstr(bench_messages(&b), "lies outside"));
}

// Element lists of hostile size are refused before they are allocated.
Test(model, arrays_are_bounded, .init = open_bench, .fini = close_bench) {
  struct text t = {0};
  text_puts(&t, "model: x\ndimensions:\n  a: [");
  for (int i = 0; i < 3000; i++) text_printf(&t, "e%d, ", i);
  text_puts(&t, "]\n  b: {of: a}\nparameters:\n  p[a, b]: {unit: 1, value: 0}\n");
  bench_write("model.yaml", t.data);
  text_free(&t);
  cr_assert_null(model_read(&b.arena, "model.yaml", NULL, &b.diag));
  cr_assert(strstr(bench_messages(&b), "more than 4000000 elements"), "%s", bench_messages(&b));
}

static bool read_model(struct arena *a, struct diag *diag, void *context) {
  (void)context;
  return model_read(a, "model.yaml", NULL, diag);
}

Test(model, running_out_of_memory_arrives_at_the_jump, .init = open_bench, .fini = close_bench) {
  bench_write("d.csv", "t,a\n2010,1\n");
  bench_write("a.yaml", "inputs: {i: {unit: 1, csv: d.csv, column: a}}\n");
  good(
      "include: [a.yaml]\nauxiliaries:\n  y[industry]: {unit: 1, equation: 1 + max(2)}\n  y[ic]: {equation: "
      "2}\n"
      "parameters: {p: {unit: 1, value: 1, prior: {normal: [0, 1]}}}\n");
  cr_assert_gt(support_fail_each(read_model, NULL), 4, "the model is too small to fail in");
}
