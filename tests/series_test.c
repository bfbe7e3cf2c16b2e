// SPDX-License-Identifier: GPL-3.0-or-later
// Files of results: the forms that programs write, and what is refused. A file is a line; `~` stands for a tab.
#include "analyse/series.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reader_support.h"

TestSuite(series, .timeout = 20);

static struct series *read_text(struct bench *b, const char *path, const char *text) {
  char *copy = arena_string(&b->arena, text);
  for (char *c = copy; *c; c++)
    if (*c == '~') *c = '\t';
  bench_write(path, copy);
  return series_read(&b->arena, path, &b->diag);
}

static const struct series_column *column(struct bench *b, const struct series *s, const char *name) {
  uint32_t at = map_get(&s->names, series_key(&b->arena, name));
  cr_assert_neq(at, MAP_NONE, "no column %s", name);
  return &s->columns.items[at];
}

static double value(struct bench *b, const struct series *s, const char *name, size_t i) {
  const struct series_column *c = column(b, s, name);
  return c->values[i * c->stride];
}

Test(series, each_form_gives_the_same_numbers) {
  static const struct {
    const char *path, *text;
  } rows[] = {
      {"down.csv", "time,x,\"y[a,b]\"\n0,1,2\n1,1.5,3\n"},
      {"down.tab", "Time~x~y[A,B]\n0~1~2\n1~1.5~3\n"},
      {"returns.tab", "Time~x~y[A,B]\r0~1~2\r1~1.5~3\r"},
      {"both.csv", "time,x,\"y[a,b]\"\r\n0,1,2\r\n1,1.5,3\r\n\r\n"},
      {"across.tab", "Time~0~1\nx~1~1.5\ny[A, B]~2~3\n"},
      {"a.dat", "x\n0~1\n1~1.5\nY[A,B]\n0~2\n1~3\n"},
      {"mark.csv", "\xEF\xBB\xBFtime,x,\"y[a,b]\"\n0,1,2\n1,1.5,3"},
  };
  struct bench b;
  bench_open(&b);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct series *s = read_text(&b, rows[i].path, rows[i].text);
    cr_assert(s, "%s: %s", rows[i].path, bench_messages(&b));
    cr_assert_eq(s->columns.count, 2, "%s", rows[i].path);
    cr_assert_eq(column(&b, s, "x")->count, 2, "%s", rows[i].path);
    cr_assert_eq(column(&b, s, "x")->times[1], 1, "%s", rows[i].path);
    cr_assert_eq(value(&b, s, "X", 1), 1.5, "%s", rows[i].path);
    cr_assert_eq(value(&b, s, "y[a,b]", 0), 2, "%s", rows[i].path);
    cr_assert_eq(value(&b, s, "y[a,b]", 1), 3, "%s", rows[i].path);
  }
  bench_close(&b);
}

Test(series, names_are_compared_without_case_blanks_and_quotes) {
  static const char *const rows[][2] = {
      {"Water Level", "water_level"},
      {"  water__ level ", "Water Level"},
      {"\"a b\"[X, Y]", "a_b[x,y]"},
      {"a [ x , y ]", "a[x,y]"},
      {"'=sum", "=sum"},
      {"ÉCOLE", "école"},
      {"人口 总数", "人口_总数"},
  };
  struct bench b;
  bench_open(&b);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    cr_assert_str_eq(series_key(&b.arena, rows[i][0]), series_key(&b.arena, rows[i][1]), "%s", rows[i][0]);
  cr_assert_str_neq(series_key(&b.arena, "a b"), series_key(&b.arena, "ab"));
  bench_close(&b);
}

Test(series, an_empty_cell_is_no_value_and_a_tab_may_be_missing_before_it) {
  struct bench b;
  bench_open(&b);
  struct series *s = read_text(&b, "a.tab", "Time~x~k\n0~1~7\n1~~\n2~3\n");
  cr_assert(s, "%s", bench_messages(&b));
  const struct series_column *x = column(&b, s, "x"), *k = column(&b, s, "k");
  cr_assert_eq(x->digits[1 * x->stride], SERIES_NONE);
  cr_assert_eq(k->digits[2 * k->stride], SERIES_NONE);
  cr_assert_neq(k->digits[0], SERIES_NONE);
  bench_close(&b);
}

Test(series, what_failed_runs_and_missing_values_look_like_is_read) {
  struct bench b;
  bench_open(&b);
  struct series *s = read_text(&b, "a.csv", "time,x,y\n0,NaN,Inf\n1,-Inf,:NA:\n");
  cr_assert(s, "%s", bench_messages(&b));
  cr_assert(isnan(value(&b, s, "x", 0)) && isinf(value(&b, s, "y", 0)) && value(&b, s, "x", 1) == -INFINITY);
  cr_assert_eq(value(&b, s, "y", 1), -0x1p109);
  bench_close(&b);
}

Test(series, code_page_1252_is_read_where_utf_8_is_not) {
  struct bench b;
  bench_open(&b);
  struct series *s = read_text(&b, "a.tab", "Time~caf\xE9 \x80\n0~1\n");
  cr_assert(s, "%s", bench_messages(&b));
  cr_assert_str_eq(s->columns.items[0].name, "café €");
  bench_close(&b);
}

Test(series, how_exact_a_number_is_shows_in_its_text) {
  struct bench b;
  bench_open(&b);
  struct series *s = read_text(&b, "six.tab", "Time~x\n0~37.1429\n1~10\n");
  cr_assert_float_eq(series_unit(s, 37.1429, -4), 1e-4, 1e-12);
  cr_assert_float_eq(series_unit(s, 10, 0), 1e-4, 1e-12, "zeros at the end are left out in this file");
  s = read_text(&b, "fixed.csv", "time,x\n0,37.10\n1,0.33\n");
  cr_assert_float_eq(series_unit(s, 0.33, -2), 1e-2, 1e-12, "this file keeps them");
  s = read_text(&b, "shortest.csv", "time,x\n0,1.0\n1,0.3333333333333333\n");
  cr_assert_lt(series_unit(s, 1, -1), 1e-12, "1.0 says nothing about the others");
  bench_close(&b);
}

Test(series, what_is_wrong_is_named) {
  static const struct {
    const char *path, *text, *message;
  } rows[] = {
      {"a.csv", "", "holds no results"},
      {"a.csv", "\n\n", "holds no results"},
      {"a.csv", "time\n0\n", "holds no results"},
      {"a.csv", "time,x\n", "holds no results"},
      {"a.csv", "time,x\n0,1\n1\n", "has 1 cells, the header has 2"},
      {"a.csv", "time,x\n0,1,2\n", "has 3 cells, the header has 2"},
      {"a.tab", "time~x\n0~1~2\n", "has 3 cells, the header has 2"},
      {"a.csv", "time,x\n0,abc\n", "'abc' is not a number"},
      {"a.csv", "time,x\n0,0x10\n", "'0x10' is not a number"},
      {"a.csv", "time,x\n0,1e999\n", "'1e999' is not a number"},
      {"a.csv", "time,x\nzero,1\n", "'zero' is not a time"},
      {"a.csv", "time,x\n,1\n", "'' is not a time"},
      {"a.csv", "time,x\nNaN,1\n", "'NaN' is not a time"},
      {"a.csv", "time,x\n1,1\n0,1\n", "not after the one before"},
      {"a.csv", "time,x\n1,1\n1,1\n", "not after the one before"},
      {"a.tab", "time~1~0\nx~1~2\n", "not after the one before"},
      {"a.csv", "time,x y,X_Y\n0,1,2\n", "a second column 'X_Y'"},
      {"a.csv", "time,x,\n0,1,2\n", "has no name"},
      {"a.csv", "time,\"x\n0,1\n", "does not end"},
      {"a.csv", "time,\"x\"y\n0,1\n", "does not end"},
      {"a.csv", "time;x\n0;1\n", "separated by semicolons"},
      {"a.dat", "0~1\nx\n", "neither the name"},
      {"a.dat", "x\n0~1~2\n", "neither the name"},
      {"a.dat", "x\n1~1\n0~1\n", "not after the one before"},
      {"a.dat", "x\n0~one\n", "'one' is not a number"},
      {"a.dat", "x\n0~1\nX\n0~1\n", "a second column 'X'"},
      {"a.dat", "x\ny\n", "holds no results"},
  };
  struct bench b;
  bench_open(&b);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    diag_init(&b.diag, &b.arena);
    cr_assert_null(read_text(&b, rows[i].path, rows[i].text), "%s", rows[i].text);
    const char *said = bench_messages(&b);
    cr_assert(strstr(said, rows[i].message), "%s\ngave: %s", rows[i].text, said);
    cr_assert_eq(b.diag.errors, 1, "%s", rows[i].text);
  }
  bench_close(&b);
}

Test(series, a_nul_byte_is_refused) {
  struct bench b;
  bench_open(&b);
  struct source *s = source_from_text(&b.arena, "a.csv", "time,x\0\n0,1\n", 12, &b.diag);
  cr_assert_null(s);
  cr_assert(strstr(bench_messages(&b), "NUL"));
  bench_close(&b);
}

Test(series, a_huge_line_ends_in_an_error_or_in_numbers) {
  enum { SIZE = 4 << 20 };
  struct bench b;
  bench_open(&b);
  char *text = calloc(1, SIZE + 1);
  memset(text, 'x', SIZE);
  memcpy(text, "time,", 5);
  cr_assert_null(series_of_source(&b.arena, source_from_text(&b.arena, "a.csv", text, SIZE, &b.diag), &b.diag));
  cr_assert(strstr(bench_messages(&b), "bytes in a name"));
  diag_init(&b.diag, &b.arena);
  memset(text, ',', SIZE);
  cr_assert_null(series_of_source(&b.arena, source_from_text(&b.arena, "a.csv", text, SIZE, &b.diag), &b.diag));
  cr_assert(strstr(bench_messages(&b), "columns"));
  diag_init(&b.diag, &b.arena);
  memset(text, '9', SIZE);
  memcpy(text, "time,x\n0,", 9);
  cr_assert_null(series_of_source(&b.arena, source_from_text(&b.arena, "a.csv", text, SIZE, &b.diag), &b.diag));
  free(text);
  bench_close(&b);
}

// Any bytes end in a table or in messages; never in a crash.
Test(series, random_bytes_do_no_harm) {
  static const char letters[] = "0123456789.,\t\n\r\"-+eE;x[]_ \xE9\xFF";
  const char *given = getenv("SEED");
  unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : 20240607u, first = seed;
  struct bench b;
  bench_open(&b);
  for (int n = 0; n < 3000; n++) {
    char text[200];
    size_t size = 1 + rand_r(&seed) % (sizeof text - 1);
    for (size_t i = 0; i < size; i++) text[i] = letters[(size_t)rand_r(&seed) % (sizeof letters - 1)];
    diag_init(&b.diag, &b.arena);
    struct source source = {.path = n % 3 ? "a.csv" : "a.dat", .text = arena_copy(&b.arena, text, size), .size = size};
    struct series *s = series_of_source(&b.arena, &source, &b.diag);
    cr_assert(s ? !b.diag.errors : b.diag.errors, "SEED=%u, case %d", first, n);
  }
  bench_close(&b);
}
