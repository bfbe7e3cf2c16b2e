// SPDX-License-Identifier: GPL-3.0-or-later
// Reports and figures on results folders made by hand, most of them wrong in one way: what is read, what is refused and
// in which words, and that no name becomes HTML, script, or a command of gnuplot. Pages in a browser are tested by
// browser_check.sh, programs that draw end to end by report_check.sh.
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
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
#include "results_support.h"

TestSuite(report, .init = results_begin, .fini = results_end);

static void refuses(const char *folder, const char *words) {
  cr_expect_null(results_read_one(folder));
  cr_expect_not_null(strstr(results_said(), words), "expected '%s' in: %s", words, results_said());
}

static bool says(const struct say_sentences *s, const char *words) {
  for (size_t i = 0; i < s->items.count; i++)
    if (strstr(s->items.items[i].text, words)) return true;
  return false;
}

Test(report, a_run_is_read_with_its_labels_and_numbers) {
  struct bundle *b = results_read_one(results_run("base", 2));
  cr_assert_not_null(b, "%s", results_said());
  cr_assert_eq(b->cases.count, 1);
  const struct bundle_run *r = b->cases.items[0].run;
  cr_expect_eq(frame_column(r->table, "gdp")[2], 2);
  cr_expect_str_eq(bundle_label(b, "gdp", LANGUAGE_ZH), "产出");
  cr_expect_str_eq(bundle_unit(b, "gdp"), "CNY");
  cr_expect_eq(r->indicators.items[0].benchmarks.items[0].gap_closed.horizon, 0.25);
}

Test(report, the_summary_says_what_the_numbers_say) {
  const char *folders[] = {results_run("base", 2), results_run("bold", 4), results_sweep(results_bands)};
  struct bundle *b = results_read(folders, 3);
  cr_assert_not_null(b, "%s", results_said());
  struct say_sentences *s = say_summary(&results_arena, b, LANGUAGE_EN);
  cr_expect(says(s, "The base meets 0 of 1 targets; missed: Output (Near, 2, target at least 3)."));
  cr_expect(says(s, "The bold meets 1 of 1 targets."));
  cr_expect(says(s, "The base closes, by the end, 25.0 % of the gap to benchmarks as printed (median of 1)."));
  cr_expect(says(s, "Compared with The base at the end, The bold shows the largest rises in Output (+100.0 %)."));
  cr_expect(
      says(s, "Over 96 sampled futures, The base meets its targets with these probabilities: Output (Near) 25.0 %."));
  cr_expect(says(s, "Under The base, what moves outcomes most: Output (Near): alpha (rank correlation -0.50)."));
}

Test(report, what_held_back_most_is_said_by_phase) {
  const char *folder = results_run("base", 2);
  results_put(folder, "run.csv", "time,gdp,bound_money,bound_people\n2020,1,1,0.9\n2021,1.5,0.7,0.9\n2022,2,0.1,1\n");
  struct say_sentences *s = say_summary(&results_arena, results_read_one(folder), LANGUAGE_EN);
  cr_expect(says(s, "Under The base, what bound hardest was: bound_money, in Near (85.0 % of what was asked for)."),
            "the mean of the phase, whose end belongs to the next");
  results_put(folder, "run.csv", "time,gdp,bound_money\n2020,1,0.97\n2021,1.5,0.96\n2022,2,0.1\n");
  cr_expect_not(says(say_summary(&results_arena, results_read_one(folder), LANGUAGE_EN), "hardest"),
                "little is nothing");
}

Test(report, long_lists_end_with_how_many_more) {
  const char *folders[] = {results_run("base", 2), results_sweep(results_bands)};
  struct bundle *b = results_read(folders, 2);
  struct bundle_sweep *w = b->cases.items[0].sweep;
  for (size_t i = 1; i < 5; i++)
    list_push(&results_arena, &w->causes) = (struct bundle_cause){arena_format(&results_arena, "v%zu", i), (double)i};
  cr_expect(says(say_summary(&results_arena, b, LANGUAGE_EN), "(Output: 4, v1: 1, v2: 2 and 2 more)"));
}

Test(report, the_scorecard_has_values_targets_and_gaps) {
  const char *folders[] = {results_run("base", 2), results_sweep(results_bands)};
  const char *page = results_page(results_read(folders, 2), LANGUAGE_EN);
  cr_expect_not_null(
      strstr(page, "<span class=\"missed\">at least 3 missed</span><br><span class=\"chance\">P 25.0 %"));
  cr_expect_not_null(strstr(page, "<td class=\"number\">5<br><span class=\"closed\">25.0 % closed</span></td>"));
}

Test(report, a_comparison_has_changes_but_none_of_a_rounding_error) {
  const char *folders[] = {results_run("base", 2), results_run("bold", 4)};
  struct bundle *b = results_read(folders, 2);
  cr_expect_not_null(strstr(results_page(b, LANGUAGE_EN), "<td class=\"number\">+100.0 %</td>"));
  b->cases.items[0].run->indicators.items[0].values.horizon = 1e-14;
  cr_expect_null(strstr(results_page(b, LANGUAGE_EN), "e+16 %"));
}

Test(report, the_share_of_better_futures_is_that_of_the_other_scenario) {
  const char *folders[] = {results_run("base", 2), results_run("bold", 4)};
  struct bundle *b = results_read(folders, 2);
  list_push(&results_arena, &b->pairs) =
      (struct bundle_pair){.first = "base", .second = "bold", .variable = "gdp", .phase = "end", .share = 0.25};
  cr_expect_not_null(strstr(results_page(b, LANGUAGE_EN), "<td class=\"number\">75.0 %</td>"));
  b->pairs.items[0].first = "bold", b->pairs.items[0].second = "base";
  cr_expect_not_null(strstr(results_page(b, LANGUAGE_EN), "<td class=\"number\">25.0 %</td>"));
}

Test(report, scenarios_that_begin_apart_share_the_widest_span) {
  const char *early = results_run("early", 2), *summary = results_summary("early", 2, "");
  char *start = strstr(summary, "\"start\": 2020, \"stop\"");
  memcpy(start, "\"start\": 2019", 13);
  results_put(early, "summary.json", summary);
  results_put(early, "run.csv", "time,gdp\n2019,1\n2020,1\n2021,1.5\n2022,2\n");
  const char *folders[] = {results_run("base", 2), early};
  struct bundle *b = results_read(folders, 2);
  cr_assert_not_null(b, "%s", results_said());
  cr_expect_eq(b->start, 2019);
  cr_expect_eq(b->stop, 2022);
}

Test(report, numbers_are_grouped_from_five_digits_on) {
  cr_expect_str_eq(words_number(&results_arena, 1234), "1234");
  cr_expect_str_eq(words_number(&results_arena, 12345), "12\u202F345");
  cr_expect_str_eq(words_number(&results_arena, -1234567), "-1\u202F234\u202F567");
}

Test(report, quantiles_that_vary_are_embedded_with_nine_digits) {
  const char *at = strstr(results_bands, "q50,2\n");
  const char *csv = arena_format(&results_arena, "%.*sq50,2.123456789123\n%s", (int)(at - results_bands), results_bands,
                                 at + strlen("q50,2\n"));
  cr_expect_not_null(strstr(results_page(results_read_one(results_sweep(csv)), LANGUAGE_EN), "2.12345679,2.5"));
}

Test(report, failed_members_are_said_first_and_marked) {
  const char *folders[] = {results_run("base", 2), results_sweep(results_bands)};
  struct bundle *b = results_read(folders, 2);
  cr_assert_not_null(b, "%s", results_said());
  struct say_sentences *s = say_summary(&results_arena, b, LANGUAGE_EN);
  const char *words = "4 of the 100 members of The base failed and are left out of its statistics (Output: 4).";
  cr_expect_str_eq(s->items.items[1].text, words);
  cr_expect(s->items.items[1].warning);
  cr_expect_not_null(strstr(results_page(b, LANGUAGE_EN), words));
  cr_expect_not_null(strstr(results_page(b, LANGUAGE_ZH), "运行失败"));
}

Test(report, a_failed_run_ends_where_it_failed_and_says_so) {
  const char *folder = results_run("base", 2), *summary = results_summary("base", 2, "");
  const char *at = strstr(summary, "\"failure\": null");
  results_put(
      folder, "summary.json",
      arena_format(&results_arena, "%.*s\"failure\": {\"time\": 2021, \"variable\": \"gdp\", \"value\": \"inf\"}%s",
                   (int)(at - summary), summary, at + strlen("\"failure\": null")));
  results_put(folder, "run.csv", "time,gdp\n2020,1\n2021,Inf\n");
  struct bundle *b = results_read_one(folder);
  cr_assert_not_null(b, "%s", results_said());
  struct say_sentences *s = say_summary(&results_arena, b, LANGUAGE_EN);
  cr_expect(says(s, "The run of The base failed at 2021: Output became inf. Its curves end there."));
  cr_expect_not_null(strstr(results_page(b, LANGUAGE_EN), "[1,null]"), "what is not finite is a gap");
}

Test(report, results_of_a_newer_version_are_refused_with_both_numbers) {
  const char *folder = results_run("base", 2);
  results_put(folder, "summary.json", "{\"format\": \"simulate-summary\", \"format_version\": 2}");
  refuses(folder, "has format 2, of a newer version of simulate; this one reads up to format 1");
}

Test(report, a_folder_without_results_is_named) {
  refuses(results_folder(), "summary.json is missing");
}

Test(report, a_missing_table_is_named) {
  const char *folder = results_run("base", 2);
  unlink(file_join(&results_arena, folder, "run.csv"));
  refuses(folder, "run.csv");
}

Test(report, a_table_that_ends_early_is_refused) {
  static const char *const texts[] = {"time,gdp\n2020,1\n2021,1.5\n", "time,gdp\n2020,1\n2021,1.5\n2022,2",
                                      "time,gdp\n"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    const char *folder = results_run("base", 2);
    results_put(folder, "run.csv", texts[i]);
    refuses(folder, "is cut short");
  }
}

Test(report, a_row_cut_short_is_refused_with_its_line) {
  const char *folder = results_run("base", 2);
  results_put(folder, "run.csv", "time,gdp\n2020,1\n2021\n2022,2\n");
  cr_expect_null(results_read_one(folder));
  cr_assert_not_null(results_diag.messages.items[0].at.source);
  cr_expect_eq(source_place(results_diag.messages.items[0].at.source, results_diag.messages.items[0].at.at).line, 3);
}

Test(report, what_is_no_number_is_refused) {
  const char *folder = results_run("base", 2);
  results_put(folder, "run.csv", "time,gdp\n2020,1\n2021,0x10\n2022,2\n");
  refuses(folder, "'0x10' is not a number");
}

Test(report, a_summary_cut_anywhere_is_refused) {
  const char *summary = results_summary("base", 2, "");
  for (size_t size = 0; size < strlen(summary); size += 7) {
    const char *folder = results_run("base", 2);
    results_put(folder, "summary.json", arena_copy(&results_arena, summary, size));
    size_t errors = results_diag.errors;
    cr_expect_null(results_read_one(folder), "cut at %zu", size);
    cr_expect_gt(results_diag.errors, errors);
  }
}

Test(report, json_nested_too_deep_is_refused) {
  const char *folder = results_folder();
  size_t depth = LIMIT_RECORD_DEPTH + 2;
  char *text = arena_alloc(&results_arena, 2 * depth + 1);
  memset(text, '[', depth);
  memset(text + depth, ']', depth);
  results_put(folder, "summary.json", text);
  refuses(folder, "nested too deep");
}

Test(report, a_sweep_table_with_rows_missing_is_refused) {
  static const char *const gone[] = {"base,gdp,2021,q50,2\n", "base,gdp,2022,q95,4\n", "base,gdp,2022,q5,1.5\n"};
  for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++) {
    const char *at = strstr(results_bands, gone[i]);
    const char *text =
        arena_format(&results_arena, "%.*s%s", (int)(at - results_bands), results_bands, at + strlen(gone[i]));
    refuses(results_sweep(text), "or rows of it are missing");
  }
}

Test(report, a_sweep_table_that_stops_before_the_end_is_refused) {
  const char *at = strstr(results_bands, "base,gdp,2022");
  refuses(results_sweep(arena_copy(&results_arena, results_bands, (size_t)(at - results_bands))), "is cut short");
}

Test(report, one_scenario_twice_is_refused) {
  const char *folders[] = {results_run("base", 2), results_run("base", 3)};
  cr_expect_null(results_read(folders, 2));
  cr_expect_not_null(strstr(results_said(), "both hold results of scenario 'base'"));
}

Test(report, two_models_are_not_compared) {
  const char *folder = results_run("other", 2), *summary = results_summary("other", 2, "");
  char *name = strstr(summary, "\"name\": \"m\"");
  name[strlen("\"name\": \"")] = 'x';
  results_put(folder, "summary.json", summary);
  const char *folders[] = {results_run("base", 2), folder};
  cr_expect_null(results_read(folders, 2));
  cr_expect_not_null(strstr(results_said(), "holds results of model 'x', the others of 'm'"));
}

Test(report, no_folder_is_a_usage_error) {
  cr_expect_null(results_read(NULL, 0));
  cr_expect_eq(results_diag.exit, EXIT_USAGE);
}

Test(report, all_folders_are_looked_at_before_it_stops) {
  const char *folders[] = {results_folder(), results_folder()};
  cr_expect_null(results_read(folders, 2));
  cr_expect_eq(results_diag.errors, 2);
}

Test(report, names_that_try_to_be_html_stay_text) {
  static const char evil[] = "</script><script>window.hacked=1</script><img src=x onerror=alert(1)>\\\"'";
  const char *json_evil = "</script><script>window.hacked=1</script><img src=x onerror=alert(1)>\\\\\\\"'";
  const char *folder = results_folder();
  struct text summary = {0};
  for (const char *s = results_summary("base", 2, ""); *s;) {
    bool name = strncmp(s, "gdp", 3) == 0 || strncmp(s, "Output", 6) == 0 || strncmp(s, "The base", 8) == 0 ||
                strncmp(s, "Model", 5) == 0 || strncmp(s, "CNY", 3) == 0 || strncmp(s, "Best", 4) == 0;
    if (name) {
      text_puts(&summary, json_evil);
      s += strcspn(s, "\"");
    } else {
      text_add(&summary, s++, 1);
    }
  }
  results_put(folder, "summary.json", summary.data);
  text_free(&summary);
  results_put(folder, "run.csv",
              arena_format(&results_arena,
                           "time,\"</script><script>window.hacked=1</script><img src=x "
                           "onerror=alert(1)>\\\"\"'\"\n2020,1\n2021,1.5\n2022,2\n"));
  struct bundle *b = results_read_one(folder);
  cr_assert_not_null(b, "%s", results_said());
  cr_assert_str_eq(b->cases.items[0].run->table->names[1], evil);
  const char *page = results_page(b, LANGUAGE_EN);
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
    const char *folder = results_run("base", 2), *summary = results_summary("base", 2, "");
    const char *at = strstr(strstr(summary, "\"benchmarks\""), "\"kind\"");
    results_put(
        folder, "summary.json",
        arena_format(&results_arena, "%.*s%s%s", (int)(at - summary), summary, docs[i], at + strlen("\"kind\"")));
    struct bundle *b = results_read_one(folder);
    cr_assert_not_null(b, "%s", results_said());
    cr_expect_not_null(strstr(results_page(b, LANGUAGE_EN), "<span class=\"doubt\">a guess</span>"));
    cr_expect_not_null(strstr(results_page(b, LANGUAGE_ZH), i ? ">推测</span>" : ">a guess</span>"));
  }
}

Test(report, the_page_loads_nothing) {
  const char *page = results_page(results_read_one(results_run("base", 2)), LANGUAGE_EN);
  cr_expect_not_null(strstr(page, "default-src 'none'"));
  cr_expect_null(strstr(page, " src=\"http"));
  cr_expect_null(strstr(page, "<link rel=\"stylesheet\""));
  cr_expect_null(strstr(page, "sourceMappingURL"));
}

Test(report, a_variable_that_was_not_saved_is_refused_with_the_nearest_name) {
  const char *what[] = {"gpd"}, *path = file_join(&results_arena, results_folder(), "report.html");
  struct page_options o = {.command = "", .what = what, .what_count = 1};
  cr_expect_not(page_write(&results_arena, path, results_read_one(results_run("base", 2)), &o, &results_diag));
  cr_expect_not_null(strstr(results_said(), "the results hold no variable 'gpd'"));
  cr_expect_str_eq(results_diag.messages.items[0].hint, "did you mean 'gdp'?");
  cr_expect_neq(access(path, F_OK), 0);
}

Test(report, memory_that_runs_out_leaves_no_page) {
  const char *folder = results_run("base", 2), *place = results_folder();
  const char *path = file_join(&results_arena, place, "report.html");
  struct bundle *b = results_read_one(folder);
  struct page_options o = {.command = ""};
  mem_fail_at(0);
  cr_assert(page_write(&results_arena, path, b, &o, &results_diag));
  unsigned long all = mem_requests();
  unlink(path);
  for (volatile unsigned long k = 1; k < all; k++) {
    if (setjmp(results_oom) == 0) {
      mem_fail_at(k);
      cr_expect_not(page_write(&results_arena, path, b, &o, &results_diag), "request %lu of %lu", (unsigned long)k,
                    all);
    }
    mem_fail_at(0);
    cr_expect_neq(access(path, F_OK), 0, "request %lu left a file", (unsigned long)k);
  }
}

Test(report, history_is_read_and_what_is_no_history_is_refused) {
  const char *folder = results_folder(), *path = file_join(&results_arena, folder, "h.csv");
  results_put(folder, "h.csv", "series,year,value,unit,status\ngdp,2020,1,CNY,recalled\ngdp,2021,,CNY,sourced\n");
  struct frame_history *h = frame_read_history(&results_arena, path, &results_diag);
  cr_assert_not_null(h, "%s", results_said());
  cr_assert_eq(h->items.count, 1, "an empty cell is no point");
  cr_expect(h->items.items[0].recalled);
  results_put(folder, "h.csv", "a,b\n1,2\n");
  cr_expect_null(frame_read_history(&results_arena, path, &results_diag));
}

Test(report, a_missing_program_is_named_with_its_package) {
  const char *const command[] = {"no-such-program-of-ours", NULL};
  cr_expect_null(tool_run(&results_arena, command, "", 0, "some-package", &results_diag));
  cr_expect_not_null(strstr(results_said(), "cannot start no-such-program-of-ours"));
  cr_expect_not_null(strstr(results_diag.messages.items[0].hint, "some-package"));
}

Test(report, a_program_gets_its_input_and_gives_its_output_and_code) {
  const char *const command[] = {"sh", "-c", "cat; echo oh >&2; exit 3", NULL};
  struct tool_result *r = tool_run(&results_arena, command, "in", 2, "dash", &results_diag);
  cr_assert_not_null(r);
  cr_expect_str_eq(r->out, "in");
  cr_expect_str_eq(r->error, "oh\n");
  cr_expect_eq(r->status, 3);
}

Test(report, a_line_on_the_terminal_rises_with_its_values) {
  struct text out = {0};
  double values[32];
  for (size_t i = 0; i < 32; i++) values[i] = (double)i;
  plot_line(&out, &results_arena, "x", 1, values, 32);
  cr_expect_str_eq(out.data, "x  ▁▁▁▁▂▂▂▂▃▃▃▃▄▄▄▄▅▅▅▅▆▆▆▆▇▇▇▇████  0 → 31\n");
  text_free(&out);
}

Test(report, a_chart_on_the_terminal_shows_extremes_gaps_and_constants) {
  struct text out = {0};
  const double times[] = {0, 1, 2, 3}, gap[] = {1, NAN, 3, 5}, constant[] = {2, 2, 2, 2}, none[] = {NAN, NAN, NAN, NAN};
  plot_chart(&out, &results_arena, "gap", times, gap, 4);
  cr_expect_not_null(strstr(out.data, "         5 │"));
  cr_expect_not_null(strstr(out.data, "         1 │"));
  out.size = 0;
  plot_chart(&out, &results_arena, "constant", times, constant, 4);
  cr_expect_not_null(strstr(out.data, "2 │⣀⣀⣀⣀"), "%s", out.data);
  out.size = 0;
  plot_chart(&out, &results_arena, "none", times, none, 4);
  cr_expect_str_eq(out.data, "none\n");
  text_free(&out);
}
