// SPDX-License-Identifier: GPL-3.0-or-later
// See results_support.h.
#define _GNU_SOURCE  // nftw
#include "results_support.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/file.h"
#include "report/page.h"
#include "report/tool.h"

struct arena results_arena;
jmp_buf results_oom;
struct diag results_diag;

static char root[256];
static size_t folders_made;

void results_begin(void) {
  arena_init(&results_arena, &results_oom);
  diag_init(&results_diag, &results_arena);
  const char *place = getenv("TMPDIR");
  snprintf(root, sizeof root, "%s/simulate-results-XXXXXX", place ? place : "/tmp");
  cr_assert_not_null(mkdtemp(root));
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *where) {
  (void)info, (void)type, (void)where;
  return remove(path);
}

void results_end(void) {
  nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  arena_free(&results_arena);
}

const char *results_folder(void) {
  char *name = arena_format(&results_arena, "%s/%zu", root, folders_made++);
  cr_assert_eq(mkdir(name, 0700), 0);
  return name;
}

void results_put(const char *folder, const char *name, const char *text) {
  cr_assert(file_write(&results_arena, file_join(&results_arena, folder, name), text, strlen(text), &results_diag));
}

const char *results_content(const char *path) {
  struct source *s = source_read(&results_arena, path, 16 << 20, &results_diag);
  cr_assert_not_null(s, "%s is missing", path);
  return s->text;
}

// A run of scenario `name` from 2020 to 2022: gdp goes from 1 to `last`, must reach 3, and has a benchmark of 5.
const char *results_summary(const char *name, double last, const char *more) {
  return arena_format(
      &results_arena,
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

const char *results_run(const char *name, double last) {
  const char *folder = results_folder();
  results_put(folder, "summary.json", results_summary(name, last, ""));
  results_put(folder, "run.csv", arena_format(&results_arena, "time,gdp\n2020,1\n2021,1.5\n2022,%g\n", last));
  return folder;
}

const char results_bands[] =
    "policy,variable,time,statistic,value\n"
    "base,gdp,2021,sd,0.5\nbase,gdp,2021,q5,1\nbase,gdp,2021,q50,2\nbase,gdp,2021,q95,3\n"
    "base,gdp,2022,sd,0.5\nbase,gdp,2022,q5,1.5\nbase,gdp,2022,q50,2.5\nbase,gdp,2022,q95,4\n";

const char *results_sweep(const char *csv) {
  const char *folder = results_folder();
  results_put(folder, "sweep.csv", csv);
  results_put(
      folder, "summary.json",
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

struct bundle *results_read(const char *const *folders, size_t count) {
  return bundle_read(&results_arena, folders, count, &results_diag);
}

struct bundle *results_read_one(const char *folder) {
  return results_read(&folder, 1);
}

// All messages in one text.
const char *results_said(void) {
  const char *text = "";
  for (size_t i = 0; i < results_diag.messages.count; i++)
    text = arena_format(&results_arena, "%s%s\n", text, results_diag.messages.items[i].text);
  return text;
}

const char *results_page(const struct bundle *b, enum language language) {
  const char *path = file_join(&results_arena, results_folder(), "report.html");
  struct page_options o = {.language = language, .command = "simulate report"};
  cr_assert(page_write(&results_arena, path, b, &o, &results_diag), "%s", results_said());
  return results_content(path);
}

bool results_has_program(const char *name) {
  const char *const command[] = {name, "--version", NULL};
  size_t messages = results_diag.messages.count, errors = results_diag.errors;
  bool found = tool_run(&results_arena, command, "", 0, name, &results_diag);
  results_diag.messages.count = messages;
  results_diag.errors = errors;
  return found;
}
