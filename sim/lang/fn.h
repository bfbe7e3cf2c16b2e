// SPDX-License-Identifier: GPL-3.0-or-later
// The builtin functions of the language, one row each in fn.def: how they are called and what their units are.
#ifndef LANG_FN_H
#define LANG_FN_H

enum fn {
#define F(id, name, fewest, most, units, signature, en, zh) FN_##id,
#include "lang/fn.def"
#undef F
  FN_COUNT
};
struct fn_info {
  const char *name;
  unsigned fewest, most;
  const char *units, *signature, *en, *zh;
};
extern const struct fn_info fn_table[FN_COUNT];
// FN_COUNT when there is no such builtin.
enum fn fn_by_name(const char *name);

#endif
