// SPDX-License-Identifier: GPL-3.0-or-later
// The result files of a small made-up sweep: the same bytes whatever the threads, numbers as in the results, readable
// by xarray, hostile names, a folder that cannot be written.
#define _GNU_SOURCE
#include "output/netcdf.h"

#include <criterion/criterion.h>
#include <math.h>
#include <netcdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "output/sweep_csv.h"
#include "output/sweep_json.h"

enum { TIMES = 5, COLUMNS = 4, PARAMETERS = 2, PHASES = 2, MEMBERS = 300, CELLS = TIMES * COLUMNS };

static struct arena arena;
static jmp_buf oom;
static struct diag diag;
static char folder[64];

static void begin(void) {
  strcpy(folder, "/tmp/netcdf-test-XXXXXX");
  cr_assert_not_null(mkdtemp(folder));
  arena_init(&arena, &oom);
  diag_init(&diag, &arena);
}

static void end(void) {
  static const char *const names[] = {"a.nc", "b.nc", "a.csv", "b.csv", "m.csv", "s.json"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) unlink(file_join(&arena, folder, names[i]));
  rmdir(folder);
  arena_free(&arena);
}

TestSuite(netcdf, .init = begin, .fini = end);

static const struct outcome outcomes[] = {{0, 0, false, 1.5}, {3, OUTCOME_HORIZON, true, NAN}};
static const double times[] = {2020, 2021, 2022, 2023, 2024};
static const char *policies[] = {"base", "=cut, \"deep\""};
static const char *columns[] = {"gdp", "output[ic]", "output[bio]", "a/b"};
static const char *units[] = {"bCNY", "dmnl", "dmnl", "1/year"};
static const char *parameters[] = {"elasticity", "rho[ic]"};
static const char *parameter_units[] = {"dmnl", "dmnl"};
static const char *phases[] = {"near", "long"};
static const char *elements[] = {"ic", "bio"};
static const uint32_t dims[] = {0};

static struct sweep_labels make_labels(struct model *model) {
  static struct dimension industry = {
      .name = "industry", .label = {"Industry", "产业"}, .elements = elements, .count = 2};
  static struct variable variables[] = {{.name = "gdp"}};
  static struct labels_variable saved[] = {{"gdp", "bCNY", {"Gross domestic product", "国内生产总值"}, 0, 1, NULL, 0},
                                           {"output", "dmnl", {"Output", NULL}, 1, 2, dims, 1},
                                           {"a/b", "1/year", {"a/b", NULL}, 3, 1, NULL, 0}};
  *model = (struct model){.name = "toy", .dimensions = {&industry, 1, 1}, .variables = {variables, 1, 1}};
  return (struct sweep_labels){.model = model,
                               .name = "base",
                               .title = {"Base", NULL},
                               .sampling = "random",
                               .seed = 1,
                               .policies = policies,
                               .policy_count = 2,
                               .times = times,
                               .time_count = TIMES,
                               .time_unit = "year",
                               .columns = columns,
                               .column_units = units,
                               .column_count = COLUMNS,
                               .variables = saved,
                               .variable_count = 3,
                               .parameters = parameters,
                               .parameter_units = parameter_units,
                               .parameter_count = PARAMETERS,
                               .phases = phases,
                               .phase_count = PHASES,
                               .outcomes = outcomes,
                               .outcome_count = 2};
}

static double parameter(uint64_t member, size_t p) {
  return (double)((member * 37 + p * 11) % 101) / 100;
}
static double value(uint32_t policy, uint64_t member, size_t cell) {
  return 1 + parameter(member, 0) * (double)(cell + 1) / 10 + 0.1 * policy;
}
static bool fails(uint64_t member) {
  return member % 67 == 5;
}

static void feed_leaf(struct reduce_worker *w, struct range run) {
  static double saved[CELLS * 64], p[PARAMETERS * 64], starts[PHASES * 64];
  static struct failure failures[64];
  uint32_t n = (uint32_t)(run.end - run.first);
  reduce_begin(w, run);
  for (uint32_t policy = 0; policy < 2; policy++) {
    for (uint32_t l = 0; l < 64; l++) {
      uint64_t m = run.first + l;
      failures[l] = (struct failure){fails(m) ? 2021 : NAN, 0, 0, NAN};
      starts[l] = 2020, starts[64 + l] = 2022;
      for (size_t i = 0; i < PARAMETERS; i++) p[i * 64 + l] = parameter(m, i);
      for (size_t c = 0; c < CELLS; c++) saved[c * 64 + l] = fails(m) ? NAN : value(policy, m, c);
    }
    cr_assert(reduce_feed(w, &(struct sweep_block){policy, run.first, n, 64, saved, failures, p, starts}, &diag));
  }
}

static struct spool *spool;  // NULL: none

static struct reducer *reduce(int workers, uint64_t memory) {
  struct reduce_config config = {.members = MEMBERS,
                                 .policies = 2,
                                 .times = TIMES,
                                 .columns = COLUMNS,
                                 .parameters = PARAMETERS,
                                 .phases = PHASES,
                                 .variables = 1,
                                 .start = 2020,
                                 .save = 1,
                                 .stop = 2024,
                                 .outcomes = outcomes,
                                 .outcome_count = 2,
                                 .spool = spool,
                                 .memory = memory};
  struct reducer *r = reduce_create(&config, &diag);
  cr_assert_not_null(r);
  struct reduce_worker *w[3];
  for (int i = 0; i < workers; i++) w[i] = reduce_worker_create(r, &diag);
  struct range run;
  for (int i = 0; reduce_take(r, 64, &run); i++) feed_leaf(w[i * i % workers], run);
  for (int i = 0; i < workers; i++) {
    cr_assert(reduce_flush(w[workers - 1 - i], &diag));
    reduce_worker_free(w[workers - 1 - i]);
  }
  return r;
}

static struct text slurp(const char *path) {
  struct text t = {0};
  char buffer[4096];
  FILE *f = fopen(path, "rb");
  cr_assert_not_null(f, "%s", path);
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, f)) > 0;) text_add(&t, buffer, n);
  fclose(f);
  return t;
}

// Writes a.* with one worker, b.* with three.
static void write_both(const struct netcdf_options *options, uint64_t memory) {
  struct model model;
  struct sweep_labels labels = make_labels(&model);
  for (int i = 0; i < 2; i++) {
    struct reducer *r = reduce(i ? 3 : 1, memory);
    struct sweep_results *results = results_make(&arena, r, 1, &diag);
    cr_assert_not_null(results);
    cr_assert(
        netcdf_write_sweep(&arena, file_join(&arena, folder, i ? "b.nc" : "a.nc"), &labels, results, options, &diag));
    cr_assert(sweep_csv_write(&arena, file_join(&arena, folder, i ? "b.csv" : "a.csv"), &labels, results, &diag));
    cr_assert(sweep_csv_write_members(&arena, file_join(&arena, folder, "m.csv"), &labels, results, &diag));
    struct jsonout j;
    jsonout_init(&j);
    sweep_json_put(&j, j.root, &labels, results);
    cr_assert(jsonout_write(&arena, file_join(&arena, folder, "s.json"), &j, &diag));
    reduce_free(r);
  }
}

static const struct netcdf_options everything = {.members = true, .table = true, .program = "simulate 1"};

static void expect_same_bytes(const char *one, const char *other) {
  struct text a = slurp(file_join(&arena, folder, one)), b = slurp(file_join(&arena, folder, other));
  cr_expect(a.size == b.size && memcmp(a.data, b.data, a.size) == 0, "%s and %s differ", one, other);
  text_free(&a);
  text_free(&b);
}

Test(netcdf, files_have_the_same_bytes_for_any_number_of_threads) {
  write_both(&everything, 0);
  expect_same_bytes("a.nc", "b.nc");
  expect_same_bytes("a.csv", "b.csv");
}

Test(netcdf, sketched_files_have_the_same_bytes_too) {
  write_both(&everything, 100 << 10);
  expect_same_bytes("a.nc", "b.nc");
}

static void flip(const char *path, long at) {
  FILE *f = fopen(path, "r+b");
  fseek(f, at, SEEK_SET);
  int byte = fgetc(f);
  fseek(f, at, SEEK_SET);
  fputc(byte ^ 8, f);
  fclose(f);
}

Test(netcdf, members_too_many_for_memory_are_spooled_and_come_back) {
  struct model model;
  struct sweep_labels labels = make_labels(&model);
  const char *path = file_join(&arena, folder, "spool"), *out = file_join(&arena, folder, "a.nc");
  spool = spool_open(path, 2, CELLS, false, &diag);
  struct reducer *r = reduce(3, 100 << 10);
  cr_assert_not(r->exact);
  struct sweep_results *results = results_make(&arena, r, 1, &diag);
  cr_assert(results_keep(results));
  cr_assert(netcdf_write_sweep(&arena, out, &labels, results, &everything, &diag));
  int file, id;
  cr_assert_eq(nc_open(out, NC_NOWRITE, &file), NC_NOERR);
  cr_assert_eq(nc_inq_varid(file, "output_member", &id), NC_NOERR);
  for (size_t m = 0; m < MEMBERS; m++) {
    double x[2];
    cr_assert_eq(nc_get_vara_double(file, id, (size_t[]){m, 1, 3, 0}, (size_t[]){1, 1, 1, 2}, x), NC_NOERR);
    cr_assert(fails(m) ? isnan(x[1]) : x[1] == value(1, m, 3 * COLUMNS + 2), "member %zu", m);
  }
  nc_close(file);
  unlink(out);
  flip(path, 70000);
  cr_expect_not(netcdf_write_sweep(&arena, out, &labels, results, &everything, &diag));
  cr_expect_eq(diag.messages.items[0].id, ERROR_spool_corrupt);
  cr_expect_neq(access(out, F_OK), 0);
  reduce_free(r);
  spool_close(spool);
  unlink(path);
}

static double read_one(int file, const char *name, const size_t *at) {
  int id;
  double x = NAN;
  cr_assert_eq(nc_inq_varid(file, name, &id), NC_NOERR, "%s", name);
  cr_assert_eq(nc_get_var1_double(file, id, at, &x), NC_NOERR);
  return x;
}

Test(netcdf, numbers_in_the_file_are_those_of_the_sweep) {
  write_both(&everything, 0);
  int file, id;
  cr_assert_eq(nc_open(file_join(&arena, folder, "a.nc"), NC_NOWRITE, &file), NC_NOERR);
  double sum = 0, most = 0;
  uint64_t n = 0, met = 0;
  for (uint64_t m = 0; m < MEMBERS; m++) {
    if (fails(m)) continue;
    sum += value(1, m, 2 * COLUMNS + 2), n++, most = fmax(most, value(1, m, 2 * COLUMNS + 2));
    met += value(1, m, 2 * COLUMNS) >= 1.5;
  }
  cr_expect_float_eq(read_one(file, "output_mean", (size_t[]){1, 2, 1}), sum / (double)n, 1e-12);
  cr_expect_eq(read_one(file, "output_max", (size_t[]){1, 2, 1}), most);
  cr_expect_eq(read_one(file, "output_member", (size_t[]){70, 1, 2, 1}), value(1, 70, 2 * COLUMNS + 2));
  cr_expect(isnan(read_one(file, "output_member", (size_t[]){5, 1, 2, 1})), "a failed member is NaN");
  cr_expect_eq(read_one(file, "failed_members", (size_t[]){0}), (double)(MEMBERS - n));
  cr_expect_eq(read_one(file, "outcome_met", (size_t[]){1, 0}), (double)met);
  cr_expect_float_eq(read_one(file, "rank_correlation", (size_t[]){0, 1, 0}), 1, 1e-9);
  cr_expect_float_eq(read_one(file, "difference_mean", (size_t[]){0, 0}), -0.1, 1e-12);
  cr_expect_eq(read_one(file, "first_better", (size_t[]){0, 1}), (double)n, "at most: less is better");
  cr_expect_eq(read_one(file, "parameter_value", (size_t[]){9, 1}), parameter(9, 1));
  cr_expect_eq(nc_inq_varid(file, "a_b_mean", &id), NC_NOERR, "a slash is no part of a netCDF name");
  char unit[16] = {0};
  cr_assert_eq(nc_inq_varid(file, "time", &id), NC_NOERR);
  nc_get_att_text(file, id, "units", unit);
  cr_expect_str_eq(unit, "year");
  nc_close(file);
}

Test(netcdf, csv_is_tidy_and_quotes_hostile_names) {
  write_both(&everything, 0);
  struct text t = slurp(file_join(&arena, folder, "a.csv")), m = slurp(file_join(&arena, folder, "m.csv"));
  cr_expect_eq(strncmp(t.data, "policy,variable,time,statistic,value\nbase,gdp,2020,count,295\n", 60), 0);
  cr_expect_not_null(strstr(t.data, "\n\"'=cut, \"\"deep\"\"\",gdp,2020,q50,"));
  cr_expect_not_null(strstr(t.data, "\nbase,a/b,2024,q95_error,"));
  cr_expect_eq(strncmp(m.data, "member,failed,elasticity,rho[ic],base: gdp at near,base: a/b at end,", 66), 0);
  cr_expect_not_null(strstr(m.data, "\n5,\"base =cut, \"\"deep\"\"\",0.84,0.95,,,,\n"),
                     "a failed member has no outcomes");
  text_free(&t);
  text_free(&m);
}

Test(netcdf, the_summary_counts_what_met_its_target) {
  write_both(&everything, 0);
  struct text t = slurp(file_join(&arena, folder, "s.json"));
  json_t *root = json_loads(t.data, 0, NULL), *sweep = json_object_get(root, "sweep");
  json_t *first = json_array_get(json_object_get(sweep, "outcomes"), 0), *target = json_object_get(first, "target");
  uint64_t met = 0;
  for (uint64_t m = 0; m < MEMBERS; m++) met += !fails(m) && value(0, m, 2 * COLUMNS) >= 1.5;
  cr_expect_eq(json_integer_value(json_object_get(target, "met")), (json_int_t)met);
  cr_expect_eq(json_integer_value(json_object_get(target, "judged")), 295);
  cr_expect_eq(json_array_size(json_object_get(sweep, "failed_members")), 10);
  cr_expect_eq(json_array_size(json_object_get(sweep, "comparisons")), 2);
  json_decref(root);
  text_free(&t);
}

Test(netcdf, xarray_and_netcdf4_open_the_file) {
  write_both(&everything, 0);
  const char *path = file_join(&arena, folder, "a.nc");
  pid_t child = fork();
  if (child == 0) {
    execl("/usr/bin/python3", "python3", "tests/netcdf_check.py", path, (char *)NULL);
    _exit(77);
  }
  int status;
  cr_assert_eq(waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
    cr_skip_test("python3-xarray or python3-netcdf4 is not installed");
  cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

Test(netcdf, a_folder_that_cannot_be_written_is_an_error_and_leaves_nothing) {
  struct model model;
  struct sweep_labels labels = make_labels(&model);
  struct reducer *r = reduce(1, 0);
  struct sweep_results *results = results_make(&arena, r, 1, &diag);
  cr_expect_not(netcdf_write_sweep(&arena, "/nowhere/at/all.nc", &labels, results, &everything, &diag));
  cr_expect_eq(diag.exit, EXIT_IO);
  mkdir(file_join(&arena, folder, "a.nc"), 0777);  // a folder stands where the file should go
  cr_expect_not(netcdf_write_sweep(&arena, file_join(&arena, folder, "a.nc"), &labels, results, &everything, &diag));
  rmdir(file_join(&arena, folder, "a.nc"));
  cr_expect_eq(rmdir(folder), 0, "no temporary file is left");
  mkdir(folder, 0777);
  reduce_free(r);
}
