// SPDX-License-Identifier: GPL-3.0-or-later
// Values of benchmarks at save times. A benchmark is a number, or + - * / over numbers, time and variables (a moving
// benchmark names an input), computed from what the run saved; anything richer belongs into an auxiliary of the model.
#ifndef OUTPUT_BENCHMARK_H
#define OUTPUT_BENCHMARK_H
#include "engine/run.h"

// Reports benchmarks that use more than the operations above.
bool benchmark_check(const struct checked *c, struct diag *diag);
// Marks the variables whose values the benchmarks of a model need: needed[variable], model->variables.count of them.
void benchmark_needs(const struct checked *c, bool *needed);
// The benchmark number `part` of one element of an indicator at a save time; NAN when the run failed before.
double benchmark_value(const struct results *r, uint32_t variable, uint32_t part, size_t element, size_t save);

#endif
