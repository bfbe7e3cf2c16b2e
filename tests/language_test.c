// SPDX-License-Identifier: GPL-3.0-or-later
// The language as data: tests/language/*.txt hold cases of three parts, with a blank line between cases:
//
//     modulo(x, 3)              an equation; or target := equation, as in  out[d] := a * 2
//     x = -7; a[d] = [1, 2, 3]  parameters it uses, or - for none
//     2                         what it gives; for an array all elements; for a scalar five numbers are times 0 to 4;
//                               or the messages that refuse it, each line after "! "
//
// A case runs with its parameters known (and folded) and again with all of them uncertain, which must give the same
// bits, and a third time through the oracle.
#include <criterion/criterion.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine_support.h"
#include "oracle.h"

TestSuite(language);

static const char head[] =
    "model: m\n"
    "time: {unit: yr, start: 0, stop: 4, step: 1, save: 1}\n"
    "units: {yr: base}\n"
    "dimensions:\n"
    "  d: [p, q, r]\n"
    "  e: [u, v]\n"
    "  part: {of: d, elements: [p, r]}\n"
    "  other: {of: d}\n"
    "tables:\n"
    "  table: {unit: 1, x_unit: 1, points: [[0, 0], [1, 10], [3, 20]]}\n"
    "  steps: {unit: 1, x_unit: 1, points: [[0, 0], [1, 10], [3, 20]], mode: step}\n"
    "  line: {unit: 1, x_unit: 1, points: [[0, 0], [1, 10], [3, 20]], mode: extrapolate}\n"
    "  jump: {unit: 1, x_unit: 1, points: [[0, 0], [1, 10], [1, 20], [3, 30]]}\n"
    "functions:\n"
    "  twice(x): {unit: 1, equation: x + x}\n"
    "  root(x, n): {unit: 1, equation: x^(1/n)}\n"
    "  since(t): {units: {t: yr}, unit: 1, equation: time >= t}\n"
    "stocks:\n"
    "  clock: {unit: yr, initial: 0, inflows: [tick]}\n"
    "  grown: {unit: 1, initial: 100, inflows: [growth]}\n"
    "flows:\n"
    "  tick: {unit: 1, equation: 1}\n"
    "  growth: {unit: 1/yr, equation: grown * 0.5 / clock_unit}\n"
    "constants:\n"
    "  clock_unit: {unit: yr, equation: 1}\n";

struct entry {
  const char *file, *target, *equation, *bindings, *expected;
  unsigned line;
};

static char *line_of(char **at) {
  char *line = *at, *end = strchr(line, '\n');
  if (end) *end = '\0';
  *at = end ? end + 1 : line + strlen(line);
  return line;
}

static const char *model_of(struct lab *l, const struct entry *x) {
  const char *text =
      arena_format(&l->arena, "%sauxiliaries:\n  %s:\n    unit: 1\n    equation: %s\n", head, x->target, x->equation);
  if (strcmp(x->bindings, "-") == 0) return text;
  char *copy = arena_string(&l->arena, x->bindings), *next = copy;
  text = arena_format(&l->arena, "%sparameters:\n", text);
  while (*next) {
    char *end = strchr(next, ';'), *binding = next;
    next = end ? end + 1 : next + strlen(next);
    if (end) *end = '\0';
    binding += strspn(binding, " ");
    char *equals = strstr(binding, " = ");
    cr_assert(equals, "%s:%u: %s", x->file, x->line, binding);
    text = arena_format(&l->arena, "%s  %.*s:\n    unit: 1\n    value: %s\n    prior: {uniform: [-1e9, 1e9]}\n", text,
                        (int)(equals - binding), binding, equals + 3);
  }
  return text;
}

// Messages with the file's name replaced, each line after "! ".
static const char *refusal(struct lab *l) {
  const char *all = lab_messages(l), *out = "";
  for (const char *line = all; *line;) {
    size_t size = strcspn(line, "\n");
    const char *colon = size > 5 && strncmp(line, "/tmp/", 5) == 0 ? memchr(line, ':', size) : NULL;
    const char *from = colon ? colon : line;
    out = arena_format(&l->arena, "%s! %s%.*s\n", out, colon ? "m" : "", (int)(size - (size_t)(from - line)), from);
    line += size + (line[size] == '\n');
  }
  return out;
}

static double number_in(const char *text, const char **end) {
  return strtod(text, (char **)end);
}

static double value_or_failure(const struct results *r, size_t at) {
  return isnan(r->values[at]) && !isnan(r->failure.time) ? r->failure.value : r->values[at];
}

static size_t name_size(const char *target) {
  return strcspn(target, "[");
}

static bool belongs(const struct lab *l, size_t column, const struct entry *x) {
  const char *name = l->model->variables.items[l->program->columns[column].variable].name;
  return strlen(name) == name_size(x->target) && strncmp(name, x->target, name_size(x->target)) == 0;
}

static void compare_numbers(struct lab *l, const struct entry *x) {
  size_t columns = l->program->column_count, first = 0, count = 0, given = 0;
  while (!belongs(l, first, x)) first++;
  while (first + count < columns && belongs(l, first + count, x)) count++;
  const char *at = x->expected;
  for (const char *end; *at; at = end, given++) {
    double expected = number_in(at, &end);
    cr_assert(end > at, "%s:%u: '%s' is no number", x->file, x->line, at);
    end += strspn(end, " ");
    size_t place = count > 1 ? first + given : given * columns + first;
    double got = value_or_failure(l->results, place);
    cr_expect(lab_near(got, expected, 1e-14, 1e-300), "%s:%u: %s\nexpected %.17g, got %.17g (number %zu)", x->file,
              x->line, x->equation, expected, got, given + 1);
  }
  cr_assert(count > 1 ? given == count : given == 1 || given == 5, "%s:%u: %zu numbers", x->file, x->line, given);
}

static void compare_oracle(struct lab *l, const struct entry *x) {
  if (!isnan(l->results->failure.time) || strstr(x->equation, "random")) return;
  size_t columns = l->program->column_count;
  double *other = oracle_run(&l->arena, l->checked, l->program->columns, columns);
  for (size_t i = 0; i < columns * l->program->save_count; i++)
    cr_expect(lab_near(l->results->values[i], other[i], 1e-13, 1e-13), "%s:%u: %s: %s at %zu is %.17g, oracle %.17g",
              x->file, x->line, x->equation, l->program->columns[i % columns].name, i / columns, l->results->values[i],
              other[i]);
}

static void compare_uncertain(struct lab *l, const struct entry *x) {
  struct results *known = l->results;
  struct lower_options options = lab_uncertain(l, false);
  cr_assert(lab_lower(l, &options));
  l->diag.errors = 0;
  lab_run(l);
  for (size_t i = 0; i < l->program->column_count * l->program->save_count; i++)
    cr_expect(lab_same(l->results->values[i], known->values[i]), "%s:%u: %s: %.17g when known, %.17g when uncertain",
              x->file, x->line, x->equation, known->values[i], l->results->values[i]);
  cr_expect(lab_same(l->results->failure.value, known->failure.value), "%s:%u: %s: another failure", x->file, x->line,
            x->equation);
}

static void try_entry(const struct entry *x) {
  struct lab l;
  lab_open(&l);
  bool ok = lab_check(&l, model_of(&l, x), NULL) && lab_lower(&l, NULL);
  if (*x->expected == '!') {
    cr_expect(!ok && strcmp(refusal(&l), x->expected) == 0, "%s:%u: %s\nexpected\n%sgot\n%s", x->file, x->line,
              x->equation, x->expected, refusal(&l));
    lab_close(&l);
    return;
  }
  cr_expect(ok, "%s:%u: %s\n%s", x->file, x->line, x->equation, refusal(&l));
  if (ok) {
    lab_run(&l);
    compare_numbers(&l, x);
    compare_oracle(&l, x);
    compare_uncertain(&l, x);
  }
  lab_close(&l);
}

static char *whole_file(const char *path) {
  FILE *in = fopen(path, "rb");
  cr_assert(in, "%s", path);
  char *text = calloc(1, 1 << 20);
  cr_assert(text && fread(text, 1, (1 << 20) - 1, in) > 0);
  fclose(in);
  return text;
}

static size_t try_file(const char *path) {
  char *text = whole_file(path), *at = text;
  unsigned line = 0;
  size_t count = 0;
  while (*at) {
    char *first = line_of(&at);
    line++;
    if (!*first || *first == '#') continue;
    struct entry x = {.file = path, .line = line, .target = "out", .equation = first};
    char *sign = strstr(first, " := ");
    if (sign) *sign = '\0', x.target = first, x.equation = sign + 4;
    x.bindings = line_of(&at);
    char expected[8192] = "", *next = line_of(&at);
    line += 2;
    bool refused = *next == '!';
    strcat(expected, next);
    while (refused && (strcat(expected, "\n"), *at == '!')) strcat(expected, line_of(&at)), line++;
    x.expected = expected;
    try_entry(&x);
    count++;
  }
  free(text);
  return count;
}

Test(language, every_case_gives_what_its_file_says) {
  glob_t files;
  cr_assert_eq(glob("tests/language/*.txt", 0, NULL, &files), 0, "tests run in the root of the sources");
  size_t count = 0;
  for (size_t i = 0; i < files.gl_pathc; i++) count += try_file(files.gl_pathv[i]);
  cr_assert_gt(count, 150, "only %zu cases", count);
  globfree(&files);
}
