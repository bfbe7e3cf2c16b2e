// SPDX-License-Identifier: GPL-3.0-or-later
// For tests of the readers: a folder of files made from texts, an arena, a diag, and what it would print. A test runs
// in a process of its own, so the folder is also its working directory and paths in messages are short.
#ifndef TESTS_READER_SUPPORT_H
#define TESTS_READER_SUPPORT_H
#include "engine/run.h"
#include "lang/scenario.h"

struct bench {
  char folder[64];
  struct arena arena;
  struct diag diag;
  jmp_buf oom;
};

void bench_open(struct bench *b);
void bench_write(const char *name, const char *text);
// All messages as printed; in the arena.
const char *bench_messages(struct bench *b);
void bench_close(struct bench *b);

// A model run with all its variables saved, and a value of one of them; what goes wrong fails the test.
const struct results *bench_run(struct bench *b, const struct model *m);
double bench_value(const struct results *r, const char *name, double time);

// `head` and `body` as model.yaml, read; the head declares time in yr and the dimensions industry and region.
extern const char bench_head[];
struct model *bench_model(struct bench *b, const char *body);
struct scenario *bench_scenario(struct bench *b, const struct model *m, const char *text);

#endif
