// SPDX-License-Identifier: GPL-3.0-or-later
// The sweep's part of summary.json, for programs and for the report: sizes, how quantiles were made and their bound,
// failures by cause, outcomes with P(target met) and its counts, phase starts, comparisons of policies, and what
// matters. Nothing of host, path, clock or threads.
#ifndef OUTPUT_SWEEP_JSON_H
#define OUTPUT_SWEEP_JSON_H
#include "output/jsonout.h"
#include "reduce/labels.h"
#include "reduce/results.h"

// Adds the key `sweep` to an object.
void sweep_json_put(struct jsonout *j, json_t *in, const struct sweep_labels *labels,
                    const struct sweep_results *results);

#endif
