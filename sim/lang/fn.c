// SPDX-License-Identifier: GPL-3.0-or-later
// The table of builtin functions, from fn.def.
#include "lang/fn.h"

#include <string.h>

const struct fn_info fn_table[FN_COUNT] = {
#define F(id, name, fewest, most, units, signature, en, zh) {name, fewest, most, units, signature, en, zh},
#include "lang/fn.def"
#undef F
};

enum fn fn_by_name(const char *name) {
  for (enum fn f = 0; f < FN_COUNT; f++)
    if (strcmp(fn_table[f].name, name) == 0) return f;
  return FN_COUNT;
}
