// SPDX-License-Identifier: GPL-3.0-or-later
// Reports and figures on results folders made by hand, most of them wrong in one way: what is read, what is refused and
// in which words, and that no name becomes HTML, script, or a command of gnuplot. Pages in a browser are tested by
// browser_check.sh, programs that draw end to end by report_check.sh.
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "output/file.h"
#include "report/figure.h"
#include "report/page.h"
#include "report/plot.h"
#include "report/say.h"
#include "report/tool.h"
#include "report/words.h"

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

TestSuite(report, .init = begin, .fini = end);

static const char *new_folder(void) {
  char *name = arena_format(&arena, "%s/simulate-report-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
  cr_assert_not_null(mkdtemp(name));
  return name;
}

static void put(const char *folder, const char *name, const char *text) {
  cr_assert(file_write(&arena, file_join(&arena, folder, name), text, strlen(text), &diag));
}

static const char *content(const char *path) {
  struct source *s = source_read(&arena, path, 16 << 20, &diag);
  cr_assert_not_null(s, "%s is missing", path);
  return s->text;
}

// A run of scenario `name` from 2020 to 2022: gdp goes from 1 to `last`, must reach 3, and has a benchmark of 5.
static const char *run_summary(const char *name, double last, const char *more) {
  return arena_format(
      &arena,
      "{\"format\": \"simulate-summary\", \"format_version\": 1, \"program\": {\"version\": \"1\"},"
      "\"scenario\": {\"name\": \"%s\", \"title\": {\"en\": \"The %s\"}},"
      "\"model\": {\"name\": \"m\", \"title\": {\"en\": \"Model\"}, \"version\": \"7\"},"
      "\"time\": {\"unit\": \"yr\", \"start\": 2020, \"stop\": 2022, \"step\": 1, \"save\": 1},"
      "\"phases\": [{\"name\": \"near\", \"label\": {\"en\": \"Near - first\"}, \"start\": 2020, \"end\": 2022}],"
      "\"baseline_time\": 2020, \"indicators\": [{\"name\": \"gdp\", \"label\": {\"en\": \"Output\"}, \"unit\": "
      "\"CNY\","
      "\"baseline\": 1, \"values\": {\"start\": 1, \"phases\": {\"near\": %g}, \"horizon\": %g},"
      "\"benchmarks\": [{\"name\": \"b\", \"label\": {\"en\": \"Best\"}, \"kind\": \"printed\","
      "\"values\": {\"phases\": {\"near\": 5}, \"horizon\": 5}, \"gap_closed\": {\"phases\": {\"near\": 0.25},"
      "\"horizon\": 0.25}}],"
      "\"targets\": [{\"phase\": \"near\", \"at_least\": 3, \"value\": %g, \"met\": %s}]}],"
      "\"targets\": {\"met\": %d, \"of\": 1}, \"failure\": null,"
      "\"variables\": [{\"name\": \"gdp\", \"kind\": \"indicator\", \"label\": {\"en\": \"Output\", \"zh\": \"产出\"},"
      "\"unit\": \"CNY\"}]%s}",
      name, name, last, last, last, last >= 3 ? "true" : "false", last >= 3, more);
}

static const char *run_folder(const char *name, double last) {
  const char *folder = new_folder();
  put(folder, "summary.json", run_summary(name, last, ""));
  put(folder, "run.csv", arena_format(&arena, "time,gdp\n2020,1\n2021,1.5\n2022,%g\n", last));
  return folder;
}

static const char bands[] =
    "policy,variable,time,statistic,value\n"
    "base,gdp,2021,sd,0.5\nbase,gdp,2021,q5,1\nbase,gdp,2021,q50,2\nbase,gdp,2021,q95,3\n"
    "base,gdp,2022,sd,0.5\nbase,gdp,2022,q5,1.5\nbase,gdp,2022,q50,2.5\nbase,gdp,2022,q95,4\n";

static const char *sweep_folder(const char *csv) {
  const char *folder = new_folder();
  put(folder, "sweep.csv", csv);
  put(folder, "summary.json",
      "{\"format\": \"simulate-sweep-summary\", \"format_version\": 1, \"scenario\": {\"name\": \"base\"},"
      "\"model\": {\"name\": \"m\", \"version\": \"7\"},"
      "\"time\": {\"unit\": \"yr\", \"start\": 2020, \"stop\": 2022, \"save\": 1},"
      "\"sweep\": {\"members\": 100, \"seed\": \"18446744073709551615\", \"sampling\": \"sobol\","
      "\"quantiles\": {\"exact\": true}, \"failures\": [{\"policy\": \"base\", \"failed\": 4,"
      "\"causes\": [{\"variable\": \"gdp\", \"members\": 4}]}],"
      "\"outcomes\": [{\"policy\": \"base\", \"variable\": \"gdp\", \"phase\": \"near\","
      "\"target\": {\"at_least\": 3, \"met\": 24, \"judged\": 96, \"probability\": 0.25},"
      "\"importance\": {\"explained\": 0.9, \"parameters\": [{\"name\": \"alpha\", \"rank_correlation\": -0.5}]}}]}}");
  return folder;
}

static struct bundle *read_folders(const char *const *folders, size_t count) {
  return bundle_read(&arena, folders, count, &diag);
}

static struct bundle *read_one(const char *folder) {
  return read_folders(&folder, 1);
}

// All messages in one text.
static const char *said(void) {
  const char *text = "";
  for (size_t i = 0; i < diag.messages.count; i++)
    text = arena_format(&arena, "%s%s\n", text, diag.messages.items[i].text);
  return text;
}

static void refuses(const char *folder, const char *words) {
  cr_expect_null(read_one(folder));
  cr_expect_not_null(strstr(said(), words), "expected '%s' in: %s", words, said());
}

static const char *page_of(const struct bundle *b, enum language language) {
  const char *path = file_join(&arena, new_folder(), "report.html");
  struct page_options o = {.language = language, .command = "simulate report"};
  cr_assert(page_write(&arena, path, b, &o, &diag), "%s", said());
  return content(path);
}

static bool says(const struct say_sentences *s, const char *words) {
  for (size_t i = 0; i < s->items.count; i++)
    if (strstr(s->items.items[i].text, words)) return true;
  return false;
}

Test(report, a_run_is_read_with_its_labels_and_numbers) {
  struct bundle *b = read_one(run_folder("base", 2));
  cr_assert_not_null(b, "%s", said());
  cr_assert_eq(b->cases.count, 1);
  const struct bundle_run *r = b->cases.items[0].run;
  cr_expect_eq(frame_column(r->table, "gdp")[2], 2);
  cr_expect_str_eq(bundle_label(b, "gdp", LANGUAGE_ZH), "产出");
  cr_expect_str_eq(bundle_unit(b, "gdp"), "CNY");
  cr_expect_eq(r->indicators.items[0].benchmarks.items[0].gap_closed.horizon, 0.25);
}

Test(report, the_summary_says_what_the_numbers_say) {
  const char *folders[] = {run_folder("base", 2), run_folder("bold", 4), sweep_folder(bands)};
  struct bundle *b = read_folders(folders, 3);
  cr_assert_not_null(b, "%s", said());
  struct say_sentences *s = say_summary(&arena, b, LANGUAGE_EN);
  cr_expect(says(s, "The base meets 0 of 1 targets; missed: Output (Near, 2, target at least 3)."));
  cr_expect(says(s, "The bold meets 1 of 1 targets."));
  cr_expect(says(s, "The base closes, by the end, 25.0 % of the gap to benchmarks as printed (median of 1)."));
  cr_expect(says(s, "Compared with The base at the end, The bold shows the largest rises in Output (+100.0 %)."));
  cr_expect(
      says(s, "Over 96 sampled futures, The base meets its targets with these probabilities: Output (Near) 25.0 %."));
  cr_expect(says(s, "Under The base, what moves outcomes most: Output (Near): alpha (rank correlation -0.50)."));
}

Test(report, failed_members_are_said_first_and_marked) {
  const char *folders[] = {run_folder("base", 2), sweep_folder(bands)};
  struct bundle *b = read_folders(folders, 2);
  cr_assert_not_null(b, "%s", said());
  struct say_sentences *s = say_summary(&arena, b, LANGUAGE_EN);
  const char *words = "4 of the 100 members of The base failed and are left out of its statistics (Output: 4).";
  cr_expect_str_eq(s->items.items[1].text, words);
  cr_expect(s->items.items[1].warning);
  cr_expect_not_null(strstr(page_of(b, LANGUAGE_EN), words));
  cr_expect_not_null(strstr(page_of(b, LANGUAGE_ZH), "运行失败"));
}

Test(report, a_failed_run_ends_where_it_failed_and_says_so) {
  const char *folder = run_folder("base", 2), *summary = run_summary("base", 2, "");
  const char *at = strstr(summary, "\"failure\": null");
  put(folder, "summary.json",
      arena_format(&arena, "%.*s\"failure\": {\"time\": 2021, \"variable\": \"gdp\", \"value\": \"inf\"}%s",
                   (int)(at - summary), summary, at + strlen("\"failure\": null")));
  put(folder, "run.csv", "time,gdp\n2020,1\n2021,Inf\n");
  struct bundle *b = read_one(folder);
  cr_assert_not_null(b, "%s", said());
  struct say_sentences *s = say_summary(&arena, b, LANGUAGE_EN);
  cr_expect(says(s, "The run of The base failed at 2021: Output became inf. Its curves end there."));
  cr_expect_not_null(strstr(page_of(b, LANGUAGE_EN), "[1,null]"), "what is not finite is a gap");
}

Test(report, results_of_a_newer_version_are_refused_with_both_numbers) {
  const char *folder = run_folder("base", 2);
  put(folder, "summary.json", "{\"format\": \"simulate-summary\", \"format_version\": 2}");
  refuses(folder, "has format 2, of a newer version of simulate; this one reads up to format 1");
}

Test(report, a_folder_without_results_is_named) {
  refuses(new_folder(), "summary.json is missing");
}

Test(report, a_missing_table_is_named) {
  const char *folder = run_folder("base", 2);
  unlink(file_join(&arena, folder, "run.csv"));
  refuses(folder, "run.csv");
}

Test(report, a_table_that_ends_early_is_refused) {
  static const char *const texts[] = {"time,gdp\n2020,1\n2021,1.5\n", "time,gdp\n2020,1\n2021,1.5\n2022,2",
                                      "time,gdp\n"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    const char *folder = run_folder("base", 2);
    put(folder, "run.csv", texts[i]);
    refuses(folder, "is cut short");
  }
}

Test(report, a_row_cut_short_is_refused_with_its_line) {
  const char *folder = run_folder("base", 2);
  put(folder, "run.csv", "time,gdp\n2020,1\n2021\n2022,2\n");
  cr_expect_null(read_one(folder));
  cr_assert_not_null(diag.messages.items[0].at.source);
  cr_expect_eq(source_place(diag.messages.items[0].at.source, diag.messages.items[0].at.at).line, 3);
}

Test(report, what_is_no_number_is_refused) {
  const char *folder = run_folder("base", 2);
  put(folder, "run.csv", "time,gdp\n2020,1\n2021,0x10\n2022,2\n");
  refuses(folder, "'0x10' is not a number");
}

Test(report, a_summary_cut_anywhere_is_refused) {
  const char *summary = run_summary("base", 2, "");
  for (size_t size = 0; size < strlen(summary); size += 7) {
    const char *folder = run_folder("base", 2);
    put(folder, "summary.json", arena_copy(&arena, summary, size));
    size_t errors = diag.errors;
    cr_expect_null(read_one(folder), "cut at %zu", size);
    cr_expect_gt(diag.errors, errors);
  }
}

Test(report, json_nested_too_deep_is_refused) {
  const char *folder = new_folder();
  size_t depth = LIMIT_RECORD_DEPTH + 2;
  char *text = arena_alloc(&arena, 2 * depth + 1);
  memset(text, '[', depth);
  memset(text + depth, ']', depth);
  put(folder, "summary.json", text);
  refuses(folder, "nested too deep");
}

Test(report, a_sweep_table_with_rows_missing_is_refused) {
  static const char *const gone[] = {"base,gdp,2021,q50,2\n", "base,gdp,2022,q95,4\n", "base,gdp,2022,q5,1.5\n"};
  for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++) {
    const char *at = strstr(bands, gone[i]);
    const char *text = arena_format(&arena, "%.*s%s", (int)(at - bands), bands, at + strlen(gone[i]));
    refuses(sweep_folder(text), "or rows of it are missing");
  }
}

Test(report, a_sweep_table_that_stops_before_the_end_is_refused) {
  const char *at = strstr(bands, "base,gdp,2022");
  refuses(sweep_folder(arena_copy(&arena, bands, (size_t)(at - bands))), "is cut short");
}

Test(report, one_scenario_twice_is_refused) {
  const char *folders[] = {run_folder("base", 2), run_folder("base", 3)};
  cr_expect_null(read_folders(folders, 2));
  cr_expect_not_null(strstr(said(), "both hold results of scenario 'base'"));
}

Test(report, two_models_are_not_compared) {
  const char *folder = run_folder("other", 2), *summary = run_summary("other", 2, "");
  char *name = strstr(summary, "\"name\": \"m\"");
  name[strlen("\"name\": \"")] = 'x';
  put(folder, "summary.json", summary);
  const char *folders[] = {run_folder("base", 2), folder};
  cr_expect_null(read_folders(folders, 2));
  cr_expect_not_null(strstr(said(), "holds results of model 'x', the others of 'm'"));
}

Test(report, no_folder_is_a_usage_error) {
  cr_expect_null(read_folders(NULL, 0));
  cr_expect_eq(diag.exit, EXIT_USAGE);
}

Test(report, all_folders_are_looked_at_before_it_stops) {
  const char *folders[] = {new_folder(), new_folder()};
  cr_expect_null(read_folders(folders, 2));
  cr_expect_eq(diag.errors, 2);
}

Test(report, names_that_try_to_be_html_stay_text) {
  static const char evil[] = "</script><script>window.hacked=1</script><img src=x onerror=alert(1)>\\\"'";
  const char *json_evil = "</script><script>window.hacked=1</script><img src=x onerror=alert(1)>\\\\\\\"'";
  const char *folder = new_folder();
  struct text summary = {0};
  for (const char *s = run_summary("base", 2, ""); *s;) {
    bool name = strncmp(s, "gdp", 3) == 0 || strncmp(s, "Output", 6) == 0 || strncmp(s, "The base", 8) == 0 ||
                strncmp(s, "Model", 5) == 0 || strncmp(s, "CNY", 3) == 0 || strncmp(s, "Best", 4) == 0;
    if (name) {
      text_puts(&summary, json_evil);
      s += strcspn(s, "\"");
    } else {
      text_add(&summary, s++, 1);
    }
  }
  put(folder, "summary.json", summary.data);
  text_free(&summary);
  put(folder, "run.csv",
      arena_format(&arena,
                   "time,\"</script><script>window.hacked=1</script><img src=x "
                   "onerror=alert(1)>\\\"\"'\"\n2020,1\n2021,1.5\n2022,2\n"));
  struct bundle *b = read_one(folder);
  cr_assert_not_null(b, "%s", said());
  cr_assert_str_eq(b->cases.items[0].run->table->names[1], evil);
  const char *page = page_of(b, LANGUAGE_EN);
  cr_expect_null(strstr(page, "<script>window"));
  cr_expect_null(strstr(page, "<img"));
  size_t scripts = 0, ends = 0;
  for (const char *s = page; (s = strstr(s, "<script>")); s++) scripts++;
  for (const char *s = page; (s = strstr(s, "</script>")); s++) ends++;
  cr_expect_eq(scripts, 4, "the library, the numbers, the page's own, and one behind the place of charts");
  cr_expect_eq(ends, scripts);
}

Test(report, text_is_escaped_for_html_and_for_scripts) {
  struct text html = {0}, script = {0};
  words_put_html(&html, "a<b>&\"'\x01\xE2\x80\xAE中");
  words_put_string(&script, "a<\\/\xE2\x80\xA8`\xF0\x9F\x98\x80中");
  cr_expect_str_eq(html.data, "a&lt;b&gt;&amp;&quot;&#39;\\u{1}\\u{202E}中");
  cr_expect_str_eq(script.data, "\"a\\u003C\\u005C/\\u2028\\u0060\xF0\x9F\x98\x80中\"");
  text_free(&html);
  text_free(&script);
}

Test(report, what_is_doubtful_with_a_benchmark_is_said_in_the_language_of_the_page) {
  static const char *const docs[] = {"\"doc\": \"a guess\", \"kind\"",
                                     "\"doc\": {\"en\": \"a guess\", \"zh\": \"推测\"}, \"kind\""};
  for (size_t i = 0; i < 2; i++) {
    const char *folder = run_folder("base", 2), *summary = run_summary("base", 2, "");
    const char *at = strstr(strstr(summary, "\"benchmarks\""), "\"kind\"");
    put(folder, "summary.json",
        arena_format(&arena, "%.*s%s%s", (int)(at - summary), summary, docs[i], at + strlen("\"kind\"")));
    struct bundle *b = read_one(folder);
    cr_assert_not_null(b, "%s", said());
    cr_expect_not_null(strstr(page_of(b, LANGUAGE_EN), "<span class=\"doubt\">a guess</span>"));
    cr_expect_not_null(strstr(page_of(b, LANGUAGE_ZH), i ? ">推测</span>" : ">a guess</span>"));
  }
}

Test(report, the_page_loads_nothing) {
  const char *page = page_of(read_one(run_folder("base", 2)), LANGUAGE_EN);
  cr_expect_not_null(strstr(page, "default-src 'none'"));
  cr_expect_null(strstr(page, " src=\"http"));
  cr_expect_null(strstr(page, "<link rel=\"stylesheet\""));
  cr_expect_null(strstr(page, "sourceMappingURL"));
}

Test(report, a_variable_that_was_not_saved_is_refused_with_the_nearest_name) {
  const char *what[] = {"gpd"}, *path = file_join(&arena, new_folder(), "report.html");
  struct page_options o = {.command = "", .what = what, .what_count = 1};
  cr_expect_not(page_write(&arena, path, read_one(run_folder("base", 2)), &o, &diag));
  cr_expect_not_null(strstr(said(), "the results hold no variable 'gpd'"));
  cr_expect_str_eq(diag.messages.items[0].hint, "did you mean 'gdp'?");
  cr_expect_neq(access(path, F_OK), 0);
}

Test(report, memory_that_runs_out_leaves_no_page) {
  const char *folder = run_folder("base", 2), *place = new_folder();
  const char *path = file_join(&arena, place, "report.html");
  struct bundle *b = read_one(folder);
  struct page_options o = {.command = ""};
  mem_fail_at(0);
  cr_assert(page_write(&arena, path, b, &o, &diag));
  unsigned long all = mem_requests();
  unlink(path);
  for (volatile unsigned long k = 1; k < all; k++) {
    if (setjmp(oom) == 0) {
      mem_fail_at(k);
      cr_expect_not(page_write(&arena, path, b, &o, &diag), "request %lu of %lu", (unsigned long)k, all);
    }
    mem_fail_at(0);
    cr_expect_neq(access(path, F_OK), 0, "request %lu left a file", (unsigned long)k);
  }
}

Test(report, history_is_read_and_what_is_no_history_is_refused) {
  const char *folder = new_folder(), *path = file_join(&arena, folder, "h.csv");
  put(folder, "h.csv", "series,year,value,unit,status\ngdp,2020,1,CNY,recalled\ngdp,2021,,CNY,sourced\n");
  struct frame_history *h = frame_read_history(&arena, path, &diag);
  cr_assert_not_null(h, "%s", said());
  cr_assert_eq(h->items.count, 1, "an empty cell is no point");
  cr_expect(h->items.items[0].recalled);
  put(folder, "h.csv", "a,b\n1,2\n");
  cr_expect_null(frame_read_history(&arena, path, &diag));
}

static bool has_program(const char *name) {
  const char *const command[] = {name, "--version", NULL};
  size_t messages = diag.messages.count, errors = diag.errors;
  bool found = tool_run(&arena, command, "", 0, name, &diag);
  diag.messages.count = messages;
  diag.errors = errors;
  return found;
}

Test(report, gnuplot_runs_nothing_that_stands_in_a_label) {
  if (!has_program("gnuplot")) cr_skip_test("gnuplot is not installed");
  const char *place = new_folder(), *trace = file_join(&arena, place, "trace"),
             *path = file_join(&arena, place, "f.svg");
  struct bundle *b = read_one(run_folder("base", 2));
  b->cases.items[0].title.en =
      arena_format(&arena, "a`touch %s`'; system('touch %s'); \n!touch %s\n'", trace, trace, trace);
  b->columns.items[0].label.en = arena_format(&arena, "\"`touch %s`\" @x %%s %%", trace);
  const char *what[] = {"gdp"};
  struct figure_options o = {.kind = FIGURE_FAN, .what = what, .what_count = 1, .width = 85};
  cr_assert(figure_write(&arena, path, b, &o, &diag), "%s", said());
  cr_expect_neq(access(trace, F_OK), 0, "a label was run");
  cr_expect_not_null(strstr(content(path), "`touch "), "the label is drawn as it is");
}

static const char *figure_of(struct bundle *b, double width) {
  const char *path = file_join(&arena, new_folder(), "f.svg"), *what[] = {"gdp"};
  struct figure_options o = {.kind = FIGURE_FAN, .what = what, .what_count = 1, .width = width};
  cr_assert(figure_write(&arena, path, b, &o, &diag), "%s", said());
  return content(path);
}

Test(report, phases_of_a_figure_have_names_or_numbers_that_the_foot_explains) {
  if (!has_program("gnuplot")) cr_skip_test("gnuplot is not installed");
  struct bundle *b = read_one(run_folder("base", 2));
  const char *named = figure_of(b, 85);
  cr_expect_not_null(strstr(named, ">Near<"));
  cr_expect_null(strstr(named, "1 Near"));
  b->cases.items[0].run->phases.items[0].label.en = "Near and dear and much too long for a panel of a figure";
  const char *numbered = figure_of(b, 85);
  cr_expect_not_null(strstr(numbered, ">1<"));
  cr_expect_not_null(strstr(numbered, ">1 Near and dear and much too long"));
}

Test(report, a_fan_says_what_its_bands_are) {
  if (!has_program("gnuplot")) cr_skip_test("gnuplot is not installed");
  const char *folders[] = {run_folder("base", 2), sweep_folder(bands)};
  const char *figure = figure_of(read_folders(folders, 2), 85);
  cr_expect_not_null(strstr(figure, ">5–95 % of futures<"));
  cr_expect_not_null(strstr(figure, ">median<"));
  cr_expect_not_null(strstr(figure, ">The base<"));
}

Test(report, what_is_positive_gets_no_axis_below_zero) {
  if (!has_program("gnuplot")) cr_skip_test("gnuplot is not installed");
  const char *folder = run_folder("base", 2);
  put(folder, "run.csv", "time,gdp\n2020,0.01\n2021,900\n2022,1000\n");
  cr_expect_null(strstr(figure_of(read_one(folder), 85), ">-"));
  put(folder, "run.csv", "time,gdp\n2020,-500\n2021,900\n2022,1000\n");
  cr_expect_not_null(strstr(figure_of(read_one(folder), 85), ">-"), "what is negative does");
}

Test(report, a_figure_that_cannot_be_drawn_leaves_no_file) {
  const char *place = new_folder(), *path = file_join(&arena, place, "f.svg"), *what[] = {"nothing"};
  struct figure_options o = {.kind = FIGURE_LINES, .what = what, .what_count = 1, .width = 85};
  cr_expect_not(figure_write(&arena, path, read_one(run_folder("base", 2)), &o, &diag));
  cr_expect_not(figure_write(&arena, file_join(&arena, place, "f.gif"), read_one(run_folder("base", 2)), &o, &diag));
  cr_expect_not_null(strstr(said(), "is no name of a figure"));
  cr_expect_neq(access(path, F_OK), 0);
}

Test(report, a_missing_program_is_named_with_its_package) {
  const char *const command[] = {"no-such-program-of-ours", NULL};
  cr_expect_null(tool_run(&arena, command, "", 0, "some-package", &diag));
  cr_expect_not_null(strstr(said(), "cannot start no-such-program-of-ours"));
  cr_expect_not_null(strstr(diag.messages.items[0].hint, "some-package"));
}

Test(report, a_program_gets_its_input_and_gives_its_output_and_code) {
  const char *const command[] = {"sh", "-c", "cat; echo oh >&2; exit 3", NULL};
  struct tool_result *r = tool_run(&arena, command, "in", 2, "dash", &diag);
  cr_assert_not_null(r);
  cr_expect_str_eq(r->out, "in");
  cr_expect_str_eq(r->error, "oh\n");
  cr_expect_eq(r->status, 3);
}

Test(report, a_line_on_the_terminal_rises_with_its_values) {
  struct text out = {0};
  double values[32];
  for (size_t i = 0; i < 32; i++) values[i] = (double)i;
  plot_line(&out, &arena, "x", 1, values, 32);
  cr_expect_str_eq(out.data, "x  ▁▁▁▁▂▂▂▂▃▃▃▃▄▄▄▄▅▅▅▅▆▆▆▆▇▇▇▇████  0 → 31\n");
  text_free(&out);
}

Test(report, a_chart_on_the_terminal_shows_extremes_gaps_and_constants) {
  struct text out = {0};
  const double times[] = {0, 1, 2, 3}, gap[] = {1, NAN, 3, 5}, constant[] = {2, 2, 2, 2}, none[] = {NAN, NAN, NAN, NAN};
  plot_chart(&out, &arena, "gap", times, gap, 4);
  cr_expect_not_null(strstr(out.data, "         5 │"));
  cr_expect_not_null(strstr(out.data, "         1 │"));
  out.size = 0;
  plot_chart(&out, &arena, "constant", times, constant, 4);
  cr_expect_not_null(strstr(out.data, "2 │⣀⣀⣀⣀"), "%s", out.data);
  out.size = 0;
  plot_chart(&out, &arena, "none", times, none, 4);
  cr_expect_str_eq(out.data, "none\n");
  text_free(&out);
}
