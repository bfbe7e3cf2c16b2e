// SPDX-License-Identifier: GPL-3.0-or-later
// For tests of single modules: messages as a user would see them, and numbers by chance that a failed test can name.
#ifndef TESTS_TEST_SUPPORT_H
#define TESTS_TEST_SUPPORT_H
#include "base/diag.h"

// All messages of d, in a buffer that the next call overwrites.
const char *support_printed(const struct diag *d);
// SEED of the environment, or the clock: print it with every failure.
unsigned long long support_seed(void);
// splitmix64 (Steele, Lea, Flood 2014).
uint64_t support_draw(uint64_t *state);

#endif
