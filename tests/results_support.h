// SPDX-License-Identifier: GPL-3.0-or-later
// For tests of what stands on results: folders of runs and sweeps made by hand, an arena, a diag. A test runs in a
// process of its own, so these are global.
#ifndef TESTS_RESULTS_SUPPORT_H
#define TESTS_RESULTS_SUPPORT_H
#include "report/bundle.h"

extern struct arena results_arena;
extern jmp_buf results_oom;
extern struct diag results_diag;

void results_begin(void);
void results_end(void);

const char *results_folder(void);  // a new one
void results_put(const char *folder, const char *name, const char *text);
const char *results_content(const char *path);

// A run of scenario `name` from 2020 to 2022: gdp goes from 1 to `last`, must reach 3, and has a benchmark of 5. `more`
// are further keys of the summary, each after a comma.
const char *results_summary(const char *name, double last, const char *more);
const char *results_run(const char *name, double last);
// A sweep of scenario base with this sweep.csv.
extern const char results_bands[];
const char *results_sweep(const char *csv);

struct bundle *results_read(const char *const *folders, size_t count);
struct bundle *results_read_one(const char *folder);
const char *results_said(void);  // all messages in one text
const char *results_page(const struct bundle *b, enum language language);
bool results_has_program(const char *name);

#endif
