// SPDX-License-Identifier: GPL-3.0-or-later
// Writers and scorecard on a run made by hand: two indicators and a stock over 2020..2030, so that every expected
// number can be computed on paper. Files go to a folder of their own under TMPDIR. What a real run writes is tested end
// to end by cli_check.sh.
#include <criterion/criterion.h>
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "output/benchmark.h"
#include "output/csvout.h"
#include "output/runinfo.h"
#include "output/summary.h"

static struct arena arena;
static jmp_buf oom;
static struct diag diag;

static void begin(void) {
  arena_init(&arena, &oom);
  diag_init(&diag, &arena);
}

static void end(void) {
  arena_free(&arena);
}

TestSuite(output, .init = begin, .fini = end);

static const char *new_folder(void) {
  char *name = arena_format(&arena, "%s/simulate-output-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
  cr_assert_not_null(mkdtemp(name));
  return name;
}

static const char *content(const char *path) {
  struct source *s = source_read(&arena, path, 1 << 20, &diag);
  cr_assert_not_null(s, "%s is missing", path);
  return s->text;
}

static size_t entries(const char *folder) {
  size_t count = 0;
  DIR *d = opendir(folder);
  for (struct dirent *e; (e = readdir(d));) count += e->d_name[0] != '.';
  closedir(d);
  return count;
}

// share (an indicator with a printed and a moving benchmark, and targets), index (a judgement), stock `=x`.
enum { SHARE, INDEX, STOCK, BENCH, VARIABLES, SAVES = 11 };

struct fixture {
  struct model model;
  struct scenario scenario;
  struct checked checked;
  struct program program;
  struct results results;
};

static struct term *number_term(double value) {
  struct term *t = arena_new(&arena, struct term);
  t->kind = TERM_NUMBER;
  t->number = value;
  return t;
}

static struct term *twice_bench(void) {
  struct term *ref = arena_new(&arena, struct term), *t = arena_new(&arena, struct term);
  ref->kind = TERM_REF;
  ref->variable = BENCH;
  t->kind = TERM_BINARY;
  t->op = OP_MULTIPLY;
  t->arg_count = 2;
  t->args = arena_array(&arena, struct term *, 2);
  t->args[0] = number_term(2);
  t->args[1] = ref;
  return t;
}

static struct variable *add_variable(struct fixture *f, const char *name, enum variable_kind kind, const char *zh) {
  struct variable v = {.kind = kind, .name = name, .unit = unit_one(), .element_count = 1};
  v.label = (struct label){name, zh};
  list_push(&arena, &f->model.variables) = v;
  map_add(&f->model.names, name, (uint32_t)f->model.variables.count - 1);
  return &f->model.variables.items[f->model.variables.count - 1];
}

static void add_benchmark(struct fixture *f, struct variable *v, const char *name, bool checked, struct term *value) {
  struct checked_equation e = {.role = ROLE_BENCHMARK, .variable = SHARE, .part = (uint32_t)v->benchmarks.count};
  e.rhs = value;
  list_push(&arena, &v->benchmarks) = (struct benchmark){.name = name, .label = {name, NULL}, .checked = checked};
  list_push(&arena, &f->checked.equations) = e;
}

static void add_phase(struct fixture *f, const char *name, const char *zh, double from, double until) {
  list_push(&arena, &f->scenario.phases) =
      (struct phase){.name = name, .label = {name, zh}, .from = from, .until = until};
}

static void make_model(struct fixture *f) {
  f->model.arena = &arena;
  f->model.name = "tiny";
  f->model.title = (struct label){"A tiny model", "小模型"};
  f->model.time_unit_text = "year";
  f->model.time_unit = unit_one();
  unit_table_init(&f->model.units, &arena);
  map_init(&f->model.names, &arena);
  struct variable *share = add_variable(f, "share", VARIABLE_INDICATOR, "研发占比");
  add_benchmark(f, share, "printed", false, number_term(1));
  add_benchmark(f, share, "moving", true, twice_bench());
  list_push(&arena, &share->targets) = (struct target){.phase = "near", .value = 0.4};
  list_push(&arena, &share->targets) = (struct target){.phase = NULL, .at_most = true, .value = 0.5};
  list_push(&arena, &share->targets) = (struct target){.phase = "elsewhere", .value = 1};
  add_variable(f, "index", VARIABLE_INDICATOR, "综合指数")->judgement = true;
  add_variable(f, "=x", VARIABLE_STOCK, NULL);
  add_variable(f, "bench", VARIABLE_INPUT, NULL);
}

static void make_results(struct fixture *f) {
  struct program *p = &f->program;
  *p = (struct program){.arena = &arena, .checked = &f->checked, .model = &f->model, .scenario = &f->scenario};
  p->start = 2020, p->stop = 2030, p->step = 0.5, p->steps = 20, p->steps_per_save = 2;
  p->save_count = SAVES, p->column_count = VARIABLES, p->phase_slot = UINT32_MAX;
  p->columns = arena_array(&arena, struct column, VARIABLES);
  for (uint32_t i = 0; i < VARIABLES; i++)
    p->columns[i] = (struct column){.variable = i, .name = f->model.variables.items[i].name};
  f->results = (struct results){.program = p, .failure = {.time = NAN}};
  f->results.times = arena_array(&arena, double, SAVES);
  f->results.values = arena_array(&arena, double, SAVES *VARIABLES);
  f->results.phase_starts = arena_array(&arena, double, 8);
  for (size_t i = 0; i < SAVES; i++) {
    double *row = f->results.values + i * VARIABLES, t = (double)i;
    f->results.times[i] = 2020 + t;
    row[SHARE] = 0.1 * t, row[INDEX] = 100 - t, row[STOCK] = -t, row[BENCH] = 1 + 0.1 * t;
  }
}

// share is 0.1 (t - 2020); phases near from 2023, mid from 2026, long from 2028; horizon 2030.
static struct fixture *make(bool phases) {
  struct fixture *f = arena_new(&arena, struct fixture);
  make_model(f);
  f->scenario.name = "base";
  f->scenario.title = (struct label){"Base", "基准"};
  f->scenario.method = METHOD_RK4;
  f->checked.model = &f->model;
  f->checked.scenario = &f->scenario;
  if (phases) {
    add_phase(f, "near", "近期", 2023, 2026);
    add_phase(f, "mid", "中期", 2026, 2028);
    add_phase(f, "long", "远期", 2028, INFINITY);
  }
  make_results(f);
  return f;
}

static const char *printed(const struct scorecard *s, enum language language) {
  struct text out = {0};
  scorecard_print(&out, &arena, s, language, false);
  const char *copy = arena_string(&arena, out.data);
  text_free(&out);
  return copy;
}

Test(output, the_value_at_the_end_of_a_phase_is_the_last_before_the_next_one) {
  struct scorecard *s = scorecard_create(&arena, &make(true)->results);
  cr_assert_eq(s->column_count, 4);
  const double *v = s->rows.items[0].values;
  cr_assert_float_eq(v[0], 0, 1e-12);
  cr_assert_float_eq(v[1], 0.5, 1e-12, "near ends with 2025, not 2026: %g", v[1]);
  cr_assert_float_eq(v[2], 0.7, 1e-12);
  cr_assert_float_eq(v[3], 1.0, 1e-12);
  cr_assert(s->columns[3].horizon && s->columns[3].phase == 2, "the last phase ends at the horizon");
}

Test(output, gaps_are_measured_from_the_last_time_before_the_first_phase) {
  struct scorecard *s = scorecard_create(&arena, &make(true)->results);
  const struct scorecard_row *row = &s->rows.items[0];
  cr_assert_float_eq(s->results->times[s->baseline], 2022, 1e-12);
  cr_assert_float_eq(row->baseline, 0.2, 1e-12);
  cr_assert_float_eq(row->benchmarks[0].gap_closed[1], (0.5 - 0.2) / (1 - 0.2), 1e-12);
  cr_assert_float_eq(row->benchmarks[0].gap_closed[3], 1, 1e-12);
  // The moving benchmark is 2 (1 + 0.1 (t - 2020)).
  cr_assert_float_eq(row->benchmarks[1].values[3], 4, 1e-12);
  cr_assert_float_eq(row->benchmarks[1].gap_closed[3], (1 - 0.2) / (4 - 0.2), 1e-12);
}

Test(output, without_phases_gaps_are_measured_from_the_start) {
  struct scorecard *s = scorecard_create(&arena, &make(false)->results);
  cr_assert_eq(s->column_count, 2);
  cr_assert_eq(s->baseline, 0);
  cr_assert_float_eq(s->rows.items[0].benchmarks[0].gap_closed[1], 1, 1e-12);
}

Test(output, a_phase_whose_gate_never_opens_has_no_values) {
  struct fixture *f = make(true);
  f->program.phase_slot = 7;
  f->scenario.phases.items[0].gated = f->scenario.phases.items[1].gated = true;
  double starts[] = {2023, 2027.5, NAN};
  memcpy(f->results.phase_starts, starts, sizeof starts);
  struct scorecard *s = scorecard_create(&arena, &f->results);
  cr_assert_float_eq(s->rows.items[0].values[1], 0.7, 1e-12, "near ends at 2027.5: last save is 2027");
  cr_assert_float_eq(s->rows.items[0].values[2], 1.0, 1e-12, "mid runs to the horizon");
  cr_assert(isnan(s->rows.items[0].values[3]));
  cr_assert(s->columns[s->column_count - 1].horizon);
  cr_assert_float_eq(s->rows.items[0].values[s->column_count - 1], 1.0, 1e-12);
  cr_assert_not_null(strstr(printed(s, LANGUAGE_EN), "long: not reached"));
}

Test(output, targets_are_judged_at_their_phase_and_those_of_other_scenarios_are_left_out) {
  struct scorecard *s = scorecard_create(&arena, &make(true)->results);
  const struct scorecard_row *row = &s->rows.items[0];
  cr_assert_eq(row->target_count, 2);
  cr_assert(row->targets[0].met, "0.5 at the end of near is at least 0.4");
  cr_assert(!row->targets[1].met, "1 at the horizon is not at most 0.5");
  cr_assert_eq(s->targets, 2);
  cr_assert_eq(s->targets_met, 1);
}

Test(output, an_indicator_that_failed_meets_no_target) {
  struct fixture *f = make(true);
  for (size_t i = 4; i < SAVES; i++) f->results.values[i * VARIABLES + SHARE] = NAN;
  f->results.failure = (struct failure){.time = 2024, .variable = SHARE, .value = NAN};
  struct scorecard *s = scorecard_create(&arena, &f->results);
  cr_assert_eq(s->targets_met, 0);
  cr_assert_not_null(strstr(printed(s, LANGUAGE_EN), "The run failed at year = 2024"));
}

Test(output, a_model_without_indicators_shows_its_stocks) {
  struct fixture *f = make(true);
  f->model.variables.items[SHARE].kind = f->model.variables.items[INDEX].kind = VARIABLE_AUXILIARY;
  struct scorecard *s = scorecard_create(&arena, &f->results);
  cr_assert(s->stocks);
  cr_assert_eq(s->rows.count, 1);
  cr_assert_str_eq(s->rows.items[0].name, "=x");
}

Test(output, columns_line_up_in_both_languages) {
  struct scorecard *s = scorecard_create(&arena, &make(true)->results);
  for (int language = LANGUAGE_EN; language <= LANGUAGE_ZH; language++) {
    char *text = arena_string(&arena, printed(s, (enum language)language)), *save = NULL;
    size_t rule = 0, lines = 0, widest = 0;
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
      if (strncmp(line, "---", 3) == 0) rule = strlen(line);
      const char *number = strstr(line, "63.2 %");
      if (!number && !(number = strstr(line, "21.1 %")) && !(number = strstr(line, "100.0 %"))) continue;
      char *before = arena_copy(&arena, line, (size_t)(number - line) + strcspn(number, "%") + 1);
      static size_t right[2];
      if (!right[language]) right[language] = text_width(before);
      cr_assert_eq(text_width(before), right[language], "language %d: %s", language, line);
      if (text_width(line) > widest) widest = text_width(line);
      lines++;
    }
    cr_assert_eq(widest, rule, "the columns are no wider than their content, language %d", language);
    cr_assert_eq(lines, 2, "one line per benchmark, language %d", language);
  }
  cr_assert_not_null(strstr(printed(s, LANGUAGE_ZH), "研发占比"));
  cr_assert_not_null(strstr(printed(s, LANGUAGE_ZH), "近期 2025"));
}

Test(output, a_label_cannot_drive_the_terminal) {
  struct fixture *f = make(true);
  f->model.variables.items[SHARE].label.en = "red \033[31m bell \a \xE2\x80\xAE flipped";
  const char *text = printed(scorecard_create(&arena, &f->results), LANGUAGE_EN);
  cr_assert_null(strchr(text, '\033'));
  cr_assert_null(strchr(text, '\a'));
  cr_assert_null(strstr(text, "\xE2\x80\xAE"));
  cr_assert_not_null(strstr(text, "\\u001b[31m"));
}

Test(output, numbers_on_the_terminal_have_four_digits) {
  static const struct {
    double value;
    const char *text;
  } rows[] = {{0, "0"},           {-0.0, "0"},         {1, "1"},
              {0.5, "0.5"},       {1.0 / 3, "0.3333"}, {123456, "123456"},
              {12.3456, "12.35"}, {-1234.56, "-1235"}, {9999.96, "10000"},
              {0.99996, "1"},     {1e-5, "1.000e-05"}, {2.5e9, "2.500e+09"},
              {NAN, "-"},         {INFINITY, "-"},     {0.000123456, "0.0001235"}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    cr_expect_str_eq(table_number(&arena, rows[i].value), rows[i].text, "%g: %s", rows[i].value,
                     table_number(&arena, rows[i].value));
}

Test(output, csv_numbers_read_back_as_the_same_bits) {
  struct fixture *f = make(true);
  const char *path = file_join(&arena, new_folder(), "run.csv");
  cr_assert(csvout_write(&arena, path, &f->results, NULL, &diag));
  const char *text = content(path);
  cr_assert_eq(strncmp(text, "time,share,index,\"'=x\",bench\n", 29), 0, "%.40s", text);
  const char *at = strchr(text, '\n') + 1;
  for (size_t i = 0; i < SAVES; i++)
    for (size_t c = 0; c <= VARIABLES; c++) {
      double value, expected = c ? f->results.values[i * VARIABLES + c - 1] : f->results.times[i];
      size_t size = strcspn(at, ",\n");
      cr_assert(text_to_number(at, size, &value), "row %zu column %zu", i, c);
      cr_assert(value == expected, "row %zu column %zu: %.17g is not %.17g", i, c, value, expected);
      at += size + 1;
    }
  cr_assert_eq(*at, 0);
}

Test(output, csv_holds_only_what_was_asked_for_and_stops_at_a_failure) {
  struct fixture *f = make(true);
  const bool shown[VARIABLES] = {[INDEX] = true};
  const char *path = file_join(&arena, new_folder(), "run.csv");
  for (size_t i = 2; i < SAVES; i++) f->results.values[i * VARIABLES + INDEX] = i == 2 ? -INFINITY : NAN;
  f->results.failure = (struct failure){.time = 2022, .variable = INDEX, .value = -INFINITY};
  cr_assert(csvout_write(&arena, path, &f->results, shown, &diag));
  cr_assert_str_eq(content(path), "time,index\n2020,100\n2021,99\n2022,-Inf\n");
}

Test(output, names_are_escaped_in_csv_and_plain_ones_are_not) {
  static const char *const cases[][2] = {{"gdp", "gdp"},        {"a,b", "\"a,b\""},   {"a\"b", "\"a\"\"b\""},
                                         {"=1+1", "\"'=1+1\""}, {"@x", "\"'@x\""},    {"-x", "\"'-x\""},
                                         {"+x", "\"'+x\""},     {"a=b", "a=b"},       {"增长", "增长"},
                                         {"\t=x", "\"'\t=x\""}, {"a\nb", "\"a\nb\""}, {"", ""}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char *data = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&data, &size);
    csvout_put_text(out, cases[i][0]);
    fclose(out);
    cr_expect_str_eq(data, cases[i][1], "%s", data);
    free(data);
  }
}

static const char *summary_of(const char *folder, struct fixture *f) {
  const char *path = file_join(&arena, folder, "summary.json");
  struct scorecard *s = scorecard_create(&arena, &f->results);
  cr_assert(summary_write(&arena, path, s, NULL, &(struct summary_options){0}, &diag));
  return content(path);
}

Test(output, the_summary_is_the_same_bytes_wherever_and_whenever_it_is_written) {
  const char *one = summary_of(new_folder(), make(true)), *two = summary_of(new_folder(), make(true));
  cr_assert_str_eq(one, two);
  cr_assert_null(strstr(one, getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp"));
}

Test(output, the_summary_says_what_the_scorecard_says) {
  const char *text = summary_of(new_folder(), make(true));
  cr_expect_not_null(strstr(text, "\"phases\": {\"near\": 0.5, \"mid\": 0.7000000000000001, \"long\": 1}"), "%s", text);
  cr_expect_not_null(strstr(text, "\"targets\": {\"met\": 1, \"of\": 2}"));
  cr_expect_not_null(strstr(text, "\"label\": {\"en\": \"share\", \"zh\": \"研发占比\"}"));
  cr_expect_not_null(strstr(text, "\"failure\": null"));
  cr_expect_not_null(strstr(text, "\"baseline_time\": 2022"));
}

Test(output, what_is_not_finite_is_null_in_json) {
  struct fixture *f = make(true);
  f->results.values[(SAVES - 1) * VARIABLES + INDEX] = NAN;
  f->results.failure = (struct failure){.time = 2030, .variable = INDEX, .value = NAN};
  const char *text = summary_of(new_folder(), f);
  cr_expect_not_null(strstr(text, "\"horizon\": null"));
  cr_expect_not_null(strstr(text, "\"failure\": {\"time\": 2030, \"variable\": \"index\", \"value\": \"nan\"}"), "%s",
                     text);
}

Test(output, a_failing_allocation_while_writing_json_is_reported_and_leaves_no_file) {
  struct fixture *f = make(true);
  const char *folder = new_folder(), *path = file_join(&arena, folder, "summary.json");
  struct scorecard *s = scorecard_create(&arena, &f->results);
  unsigned long all;
  mem_fail_at(0);
  cr_assert(summary_write(&arena, path, s, NULL, &(struct summary_options){0}, &diag));
  all = mem_requests();
  unlink(path);
  for (volatile unsigned long k = 1; k < all; k++) {
    size_t errors = diag.errors;
    if (setjmp(oom) == 0) {
      mem_fail_at(k);
      bool good = summary_write(&arena, path, s, NULL, &(struct summary_options){0}, &diag);
      mem_fail_at(0);
      cr_assert(!good && diag.errors > errors, "request %lu of %lu", (unsigned long)k, all);
    }
    mem_fail_at(0);
    cr_assert_eq(entries(folder), 0, "request %lu left a file", (unsigned long)k);
  }
}

Test(output, a_file_appears_whole_or_not_at_all) {
  const char *folder = new_folder(), *path = file_join(&arena, folder, "x");
  struct file f;
  cr_assert(file_write(&arena, path, "old", 3, &diag));
  cr_assert(file_create(&f, &arena, path, &diag));
  fputs("new", f.out);
  cr_assert_str_eq(content(path), "old", "nothing is seen before the commit");
  file_abandon(&f);
  cr_assert_str_eq(content(path), "old");
  cr_assert(file_write(&arena, path, "new", 3, &diag));
  cr_assert_str_eq(content(path), "new");
  cr_assert_eq(entries(folder), 1, "no temporary file is left");
}

Test(output, a_full_disk_is_an_error_and_keeps_the_old_file) {
  const char *folder = new_folder(), *path = file_join(&arena, folder, "x");
  struct file f;
  cr_assert(file_write(&arena, path, "old", 3, &diag));
  cr_assert(file_create(&f, &arena, path, &diag));
  f.out = freopen("/dev/full", "wb", f.out);
  if (!f.out) cr_skip_test("/dev/full is missing");
  for (int i = 0; i < 100000; i++) fputs("0123456789", f.out);
  cr_assert(!file_commit(&f, &diag));
  cr_assert_eq(diag.exit, EXIT_IO);
  cr_assert_str_eq(content(path), "old");
  cr_assert_eq(entries(folder), 1, "no temporary file is left");
}

Test(output, a_folder_that_cannot_be_made_is_an_error) {
  const char *folder = new_folder(), *file = file_join(&arena, folder, "file");
  cr_assert(file_write(&arena, file, "", 0, &diag));
  cr_assert(file_make_folder(&arena, file_join(&arena, folder, "a/b//c/"), &diag));
  cr_assert(file_make_folder(&arena, file_join(&arena, folder, "a/b"), &diag), "it may exist");
  cr_assert(!file_make_folder(&arena, file_join(&arena, file, "below"), &diag));
  cr_assert_eq(diag.exit, EXIT_IO);
}

Test(output, a_step_check_finds_the_variable_that_changes_most) {
  struct fixture *a = make(true), *b = make(true);
  b->program.step = 0.25;
  b->results.values[5 * VARIABLES + INDEX] += 1;    // 1 of at most 100
  b->results.values[5 * VARIABLES + STOCK] -= 0.5;  // 0.5 of at most 10
  struct stepcheck *s = stepcheck_create(&arena, scorecard_create(&arena, &a->results), &b->results);
  cr_assert_str_eq(s->worst, "=x");
  cr_assert_float_eq(s->worst_change, 0.05, 1e-12);
  cr_assert_float_eq(s->rows[1].change, 0.01, 1e-12);
  cr_assert_eq(s->rows[0].change, 0);
}

Test(output, a_step_check_against_a_failed_run_is_not_fine) {
  struct fixture *a = make(true), *b = make(true);
  b->results.values[10 * VARIABLES + INDEX] = NAN;
  struct stepcheck *s = stepcheck_create(&arena, scorecard_create(&arena, &a->results), &b->results);
  cr_assert(isinf(s->worst_change));
}

Test(output, a_benchmark_may_not_hold_a_function) {
  struct fixture *f = make(true);
  cr_assert(benchmark_check(&f->checked, &diag));
  f->checked.equations.items[1].rhs->args[0]->kind = TERM_CALL;
  cr_assert(!benchmark_check(&f->checked, &diag));
  cr_assert_eq(diag.messages.items[0].id, ERROR_benchmark_rich);
}

Test(output, benchmarks_name_what_must_be_saved) {
  struct fixture *f = make(true);
  bool needed[VARIABLES] = {0};
  scorecard_needs(&f->checked, needed);
  cr_assert(needed[SHARE] && needed[INDEX] && needed[BENCH] && !needed[STOCK]);
}

// The conversions of a format, in order: "%s%zu".
static const char *conversions(const char *format) {
  const char *all = "";
  for (; (format = strchr(format, '%')); format++) {
    size_t size = strcspn(format, "suzdg%") + 1;
    if (format[1] == '%') {
      format++;
      continue;
    }
    if (format[1] == 'z') size = 3;
    all = arena_format(&arena, "%s%.*s", all, (int)size, format);
  }
  return all;
}

Test(output, both_languages_take_the_same_arguments) {
  for (int i = 0; i < MESSAGE_COUNT; i++)
    cr_expect_str_eq(conversions(messages_text(LANGUAGE_EN, (enum message_id)i)),
                     conversions(messages_text(LANGUAGE_ZH, (enum message_id)i)), "%s",
                     messages_text(LANGUAGE_EN, (enum message_id)i));
}

Test(output, a_quoted_command_line_is_read_back_by_the_shell) {
  char *words[] = {"printf", "%s|", "plain", "two words", "it's", "$HOME `id`", "", "a\nb", "\\", "--set", "x=1"};
  const char *line = runinfo_quote(&arena, 11, words);
  FILE *shell = popen(line, "r");
  char out[200] = "";
  size_t size = fread(out, 1, sizeof out - 1, shell);
  out[size] = 0;
  pclose(shell);
  cr_assert_str_eq(out, "plain|two words|it's|$HOME `id`||a\nb|\\|--set|x=1|");
}
