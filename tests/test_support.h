// SPDX-License-Identifier: GPL-3.0-or-later
// For tests of single modules: messages as a user would see them, and numbers by chance that a failed test can name.
#ifndef TESTS_TEST_SUPPORT_H
#define TESTS_TEST_SUPPORT_H
#include "base/arena.h"
#include "base/diag.h"

// All messages of d, in a buffer that the next call overwrites.
const char *support_printed(const struct diag *d);
// SEED of the environment, or the clock: print it with every failure.
unsigned long long support_seed(void);
// splitmix64 (Steele, Lea, Flood 2014).
uint64_t support_draw(uint64_t *state);

// Runs `act` with the first request for memory failing, then with the second, and so on, until it comes through, which
// it says by true. Each failure must jump to the place armed in the arena, and none may pass unseen; what is lost on
// the way the sanitizer sees. Returns how many failed.
typedef bool support_act(struct arena *a, struct diag *diag, void *context);
unsigned long support_fail_each(support_act *act, void *context);

#endif
