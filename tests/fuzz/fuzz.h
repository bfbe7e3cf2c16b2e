// SPDX-License-Identifier: GPL-3.0-or-later
// A fuzz target: what is done with one input. It ends the process where a promise is broken.
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H
#include <stdint.h>

#include "base/arena.h"

void fuzz_one(struct arena *a, const uint8_t *data, size_t size);

#endif
