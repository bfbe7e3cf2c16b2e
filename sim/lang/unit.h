// SPDX-License-Identifier: GPL-3.0-or-later
// Units of measure: a product of base units with rational exponents, times a factor to base units. A model declares
// its base units and aliases; `1` and `dmnl` are dimensionless. Units are compared by exponents AND factor when
// checking equations (km/year and m/year differ), and converted by factor when reading numbers of a scenario.
#ifndef LANG_UNIT_H
#define LANG_UNIT_H
#include "base/diag.h"
#include "base/map.h"

struct unit {     // immutable; one dimensionless unit has count 0 and factor 1
  double factor;  // this unit in base units: 1 % has factor 0.01
  size_t count;
  struct unit_power {
    uint32_t base;     // index into unit_table.bases, ascending
    int32_t num, den;  // exponent num/den in lowest terms, den > 0
  } * powers;
};

struct unit_table {
  struct arena *arena;
  LIST(const char *) bases;
  LIST(struct unit_alias {
    const char *name;
    const struct unit *unit;
  })
  aliases;                          // every known name, bases included
  struct map names;                 // name -> index of aliases
  LIST(struct unit_alias) written;  // every unit text once read, so that messages can show units as the user wrote them
  struct map texts;                 // text -> index of written
};

void unit_table_init(struct unit_table *t, struct arena *a);  // knows 1, dmnl, %
// A table that knows the same and can learn more without changing the other: for readers over a finished model.
struct unit_table unit_table_copy(const struct unit_table *t, struct arena *a);
// Declares a base unit or an alias (definition NULL: base; else a unit expression such as "0.001 Mt" or "1/yr").
bool unit_declare(struct unit_table *t, const char *name, struct span name_span, const char *definition, struct span at,
                  struct diag *diag);
// unit := factor { ("*"|"/"|" ") factor }, factor := (name | number | "(" unit ")") [ "^" exponent ],
// exponent := [-] integer [ "/" integer ] | "(" exponent ")".
// a/b/c is (a/b)/c. An undeclared name is an error with "did you mean". NULL after an error.
const struct unit *unit_parse(struct unit_table *t, const char *text, struct span at, struct diag *diag);

// The unit of a declared name, or of a text that unit_parse has read before; else NULL.
const struct unit *unit_find(const struct unit_table *t, const char *text);

// The operations give NULL when an exponent passes LIMIT_UNIT_EXPONENT or an operand is NULL.
const struct unit *unit_one(void);
// The unit of a foreign variable that declares none: numbers for it are taken as they are, and checks say nothing.
const struct unit *unit_none(void);
const struct unit *unit_multiply(struct arena *a, const struct unit *x, const struct unit *y);
const struct unit *unit_divide(struct arena *a, const struct unit *x, const struct unit *y);
const struct unit *unit_power(struct arena *a, const struct unit *x, int32_t num, int32_t den);
bool unit_equal(const struct unit *x, const struct unit *y);           // exponents and factor (relative 1e-12)
bool unit_same_dimension(const struct unit *x, const struct unit *y);  // exponents only
bool unit_is_one(const struct unit *x);                                // dimensionless with factor 1
// Text such as "bCNY/yr", "dmnl" for dimensionless; in the arena.
const char *unit_text(struct arena *a, const struct unit_table *t, const struct unit *x);

// "0.001 bCNY/yr" in base units.
const char *unit_bases_text(struct arena *a, const struct unit_table *t, const struct unit *x);

// A number with an optional unit: "10 %", "2 year", "100 CNY/t", "0.15", also "1/16". Without a unit the number is
// taken in `expected`; with one, its dimension must match, and the value is converted to `expected`. Errors show both.
bool unit_number(struct unit_table *t, const char *text, struct span at, const struct unit *expected, double *value,
                 struct diag *diag);

#endif
