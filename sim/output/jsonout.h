// SPDX-License-Identifier: GPL-3.0-or-later
// JSON files: jansson builds the tree and escapes strings, this module writes it, so that numbers look exactly as in
// run.csv (jansson prints 0.1 as 0.10000000000000001). Keys keep the order in which they were set. What is not finite
// is null: JSON has no NaN.
#ifndef OUTPUT_JSONOUT_H
#define OUTPUT_JSONOUT_H
#include <jansson.h>

#include "lang/model.h"
#include "output/file.h"

// A document under construction. Any failed request sets `failed`; jsonout_write then reports it once.
struct jsonout {
  json_t *root;
  bool failed;
};

void jsonout_init(struct jsonout *j);                                                 // root is an empty object
void jsonout_set(struct jsonout *j, json_t *object, const char *key, json_t *value);  // takes the value
void jsonout_append(struct jsonout *j, json_t *array, json_t *value);
// An empty object or array under a key of an object, or at the end of an array (key NULL).
json_t *jsonout_object(struct jsonout *j, json_t *in, const char *key);
json_t *jsonout_array(struct jsonout *j, json_t *in, const char *key);

json_t *jsonout_number(double value);
json_t *jsonout_text(const char *text);     // NULL: null
json_t *jsonout_label(struct label label);  // {"en": ..., "zh": ...}

// Appends the document to `out`; false when memory ran out.
bool jsonout_print(struct text *out, const struct jsonout *j);
// Writes the document and frees it, also on failure.
bool jsonout_write(struct arena *a, const char *path, struct jsonout *j, struct diag *diag);
void jsonout_free(struct jsonout *j);

#endif
