// SPDX-License-Identifier: GPL-3.0-or-later
// Figures: what gnuplot draws, where it is installed, and the script that it gets, which a program of its name made
// here writes down. Formats and kinds are drawn from end to end by report_check.sh.
#include "report/figure.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/file.h"
#include "results_support.h"

TestSuite(figure, .init = results_begin, .fini = results_end);

Test(figure, gnuplot_runs_nothing_that_stands_in_a_label) {
  if (!results_has_program("gnuplot")) cr_skip_test("gnuplot is not installed");
  const char *place = results_folder(), *trace = file_join(&results_arena, place, "trace"),
             *path = file_join(&results_arena, place, "f.svg");
  struct bundle *b = results_read_one(results_run("base", 2));
  b->cases.items[0].title.en =
      arena_format(&results_arena, "a`touch %s`'; system('touch %s'); \n!touch %s\n'", trace, trace, trace);
  b->columns.items[0].label.en = arena_format(&results_arena, "\"`touch %s`\" @x %%s %%", trace);
  const char *what[] = {"gdp"};
  struct figure_options o = {.kind = FIGURE_FAN, .what = what, .what_count = 1, .width = 85};
  cr_assert(figure_write(&results_arena, path, b, &o, &results_diag), "%s", results_said());
  cr_expect_neq(access(trace, F_OK), 0, "a label was run");
  cr_expect_not_null(strstr(results_content(path), "`touch "), "the label is drawn as it is");
}

static const char *figure_of(struct bundle *b, double width) {
  const char *path = file_join(&results_arena, results_folder(), "f.svg"), *what[] = {"gdp"};
  struct figure_options o = {.kind = FIGURE_FAN, .what = what, .what_count = 1, .width = width};
  cr_assert(figure_write(&results_arena, path, b, &o, &results_diag), "%s", results_said());
  return results_content(path);
}

Test(figure, phases_of_a_figure_have_names_or_numbers_that_the_foot_explains) {
  if (!results_has_program("gnuplot")) cr_skip_test("gnuplot is not installed");
  struct bundle *b = results_read_one(results_run("base", 2));
  const char *named = figure_of(b, 85);
  cr_expect_not_null(strstr(named, ">Near<"));
  cr_expect_null(strstr(named, "1 Near"));
  b->cases.items[0].run->phases.items[0].label.en = "Near and dear and much too long for a panel of a figure";
  const char *numbered = figure_of(b, 85);
  cr_expect_not_null(strstr(numbered, ">1<"));
  cr_expect_not_null(strstr(numbered, ">1 Near and dear and much too long"));
}

Test(figure, a_fan_says_what_its_bands_are) {
  if (!results_has_program("gnuplot")) cr_skip_test("gnuplot is not installed");
  const char *folders[] = {results_run("base", 2), results_sweep(results_bands)};
  const char *figure = figure_of(results_read(folders, 2), 85);
  cr_expect_not_null(strstr(figure, ">5–95 % of futures<"));
  cr_expect_not_null(strstr(figure, ">median<"));
  cr_expect_not_null(strstr(figure, ">The base<"));
}

Test(figure, what_is_positive_gets_no_axis_below_zero) {
  if (!results_has_program("gnuplot")) cr_skip_test("gnuplot is not installed");
  const char *folder = results_run("base", 2);
  results_put(folder, "run.csv", "time,gdp\n2020,0.01\n2021,900\n2022,1000\n");
  cr_expect_null(strstr(figure_of(results_read_one(folder), 85), ">-"));
  results_put(folder, "run.csv", "time,gdp\n2020,-500\n2021,900\n2022,1000\n");
  cr_expect_not_null(strstr(figure_of(results_read_one(folder), 85), ">-"), "what is negative does");
}

Test(figure, a_figure_that_cannot_be_drawn_leaves_no_file) {
  const char *place = results_folder(), *path = file_join(&results_arena, place, "f.svg"), *what[] = {"nothing"};
  struct figure_options o = {.kind = FIGURE_LINES, .what = what, .what_count = 1, .width = 85};
  cr_expect_not(figure_write(&results_arena, path, results_read_one(results_run("base", 2)), &o, &results_diag));
  cr_expect_not(figure_write(&results_arena, file_join(&results_arena, place, "f.gif"),
                             results_read_one(results_run("base", 2)), &o, &results_diag));
  cr_expect_not_null(strstr(results_said(), "is no name of a figure"));
  cr_expect_neq(access(path, F_OK), 0);
}

// The script that gnuplot would get: a program of its name, alone on the path, writes it down and makes an empty
// picture.
static const char *script_of(struct bundle *b, enum figure_kind kind, const char *const *what, size_t count) {
  const char *place = results_folder(), *path = getenv("PATH");
  results_put(place, "gnuplot",
              arena_format(&results_arena,
                           "#!/bin/sh\nPATH='%s'\ncat >'%s/script'\n"
                           "touch \"$(sed -n \"s/^set output '\\(.*\\)'$/\\1/p\" '%s/script' | head -n 1)\"\n",
                           path, place, place));
  chmod(file_join(&results_arena, place, "gnuplot"), 0700);
  setenv("PATH", place, 1);
  struct figure_options o = {.kind = kind, .what = what, .what_count = count, .width = 85};
  bool good = figure_write(&results_arena, file_join(&results_arena, place, "f.pdf"), b, &o, &results_diag);
  setenv("PATH", path, 1);
  cr_assert(good, "%s", results_said());
  return results_content(file_join(&results_arena, place, "script"));
}

static void has(const char *script, const char *words) {
  cr_expect_not_null(strstr(script, words), "expected '%s' in: %s", words, script);
}

Test(figure, a_band_goes_from_a_level_to_the_one_that_mirrors_it) {
  const char *what[] = {"gdp"};
  const char *script = script_of(results_read_one(results_sweep(results_bands)), FIGURE_FAN, what, 1);
  has(script, "$d1 << EOD\n2021 1 2 3\n2022 1.5 2.5 4\nEOD");
  has(script, "$d1 using 1:2:4 with filledcurves");
  has(script, "$d1 using 1:3 with lines");
}

Test(figure, bars_of_a_tornado_fall_to_their_side_in_the_colour_of_their_sign) {
  const char *what[] = {"gdp@near"};
  const char *script = script_of(results_read_one(results_sweep(results_bands)), FIGURE_TORNADO, what, 1);
  has(script, "$d1 << EOD\n-0.5 -0\nEOD");
  has(script, "using 1:2:($1 > 0 ? 0 : $1):($1 > 0 ? $1 : 0)");
  has(script, arena_format(&results_arena, "($1 < 0 ? %u : %u)", 0xd55e00u, 0x0072b2u));
  has(script, "set xrange [-0.6:0.6]");
  has(script, "'alpha' 0");
}

static const char *members(const char *csv) {
  const char *folder = results_sweep(results_bands);
  results_put(folder, "members.csv", csv);
  return folder;
}

Test(figure, a_cell_of_a_heatmap_is_the_mean_of_its_members) {
  const char *what[] = {"a", "b", "gdp"};
  const char *folder =
      members("member,failed,a,b,gdp at end\n0,,1,10,5\n1,,1,10,7\n2,,2,10,1\n3,base,2,20,NaN\n4,,2,20,4\n");
  const char *script = script_of(results_read_one(folder), FIGURE_HEATMAP, what, 3);
  has(script, "1 10 0.5 1.5 5 15 6\n2 10 1.5 2.5 5 15 1\n2 20 1.5 2.5 15 25 4\nEOD");
}

Test(figure, a_scatter_has_each_member_once) {
  const char *what[] = {"a", "gdp"};
  const char *folder = members("member,failed,a,gdp at end\n0,,1,5\n1,,2,7\n2,base,3,NaN\n");
  has(script_of(results_read_one(folder), FIGURE_SCATTER, what, 2), "EOD\n1 5\n2 7\n3 NaN\nEOD");
}

Test(figure, a_phase_begins_at_its_first_saved_time_and_has_its_number) {
  const char *folder = results_run("base", 2), *what[] = {"gdp", "debt"};
  results_put(folder, "run.csv", "time,gdp,debt\n2020,1,10\n2021,1.5,20\n2022,2,30\n");
  struct bundle *b = results_read_one(folder);
  b->cases.items[0].run->phases.items[0].start = 2020.5;
  const char *script = script_of(b, FIGURE_PHASE, what, 2);
  has(script, "EOD\n1.5 20 1\nEOD");
  has(script, "'1 Near'");
}

Test(figure, a_variable_that_no_sweep_can_rank_is_named) {
  const char *what[] = {"nothing"}, *path = file_join(&results_arena, results_folder(), "f.svg");
  struct figure_options o = {.kind = FIGURE_TORNADO, .what = what, .what_count = 1, .width = 85};
  struct bundle *b = results_read_one(results_sweep(results_bands));
  cr_expect_not(figure_write(&results_arena, path, b, &o, &results_diag));
  cr_expect_not_null(strstr(results_said(), "nothing"));
}
