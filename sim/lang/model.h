// SPDX-License-Identifier: GPL-3.0-or-later
// The model as written: what a reader (YAML now; XMILE and Vensim later) makes of a file, before names are resolved.
// All of it lives in one arena and is not changed once read.
#ifndef LANG_MODEL_H
#define LANG_MODEL_H
#include "base/map.h"
#include "lang/expr.h"
#include "lang/unit.h"

struct label {  // text in two languages; en is never NULL after reading (falls back to the name), zh may be
  const char *en, *zh;
};

struct dimension {
  const char *name;
  struct span span;
  struct label label;
  const char **elements;  // a subrange's elements are a subset of its parent's, in the parent's order
  struct label *element_labels;
  uint32_t count;
  uint32_t parent;      // index of the dimension this is a subrange of, or DIMENSION_NONE
  uint32_t *in_parent;  // subrange: index of each element in the ROOT dimension's elements; root: 0..count-1
  uint32_t root;        // the topmost parent; itself for a root. An alias is a subrange with all elements.
  struct map names;     // element name -> its position in elements
  bool made;            // an alias or part that an importer made for its own use
};
#define DIMENSION_NONE UINT32_MAX

enum variable_kind {
  VARIABLE_STOCK,
  VARIABLE_FLOW,
  VARIABLE_AUXILIARY,
  VARIABLE_INDICATOR,
  VARIABLE_CONSTANT,   // an equation of parameters and constants, evaluated once at the start
  VARIABLE_PARAMETER,  // numbers, with an optional prior
  VARIABLE_LEVER,
  VARIABLE_INPUT,  // paths over time
  VARIABLE_TABLE,  // a graphical function, called as name(x)
  VARIABLE_KINDS
};
extern const char *const variable_kind_names[VARIABLE_KINDS];     // "stock", ... singular, English
extern const char *const variable_kind_sections[VARIABLE_KINDS];  // "stocks", ... the YAML sections

enum prior_kind {
  PRIOR_NONE,
#define PRIOR(id, name, fewest, most, arguments, doc) PRIOR_##id,
#include "lang/prior.def"
#undef PRIOR
  PRIOR_KINDS
};
struct prior {
  enum prior_kind kind;
  struct span span;
  double args[4];  // in the parameter's unit where that makes sense
  size_t arg_count;
  double low, high;          // truncation; -INFINITY, INFINITY when not given
  double *values, *weights;  // discrete: weights sum to 1
  size_t value_count;
};

enum path_mode { PATH_LINEAR, PATH_STEP, PATH_EXTRAPOLATE };  // linear: constant outside; step: holds the last point
struct path {                                                 // a function of one variable by points
  double *x, *y;  // x ascending; equal neighbours make a jump (PATH_STEP needs none)
  size_t count;
  enum path_mode mode;
};

struct equation {  // target elements = rhs
  struct subscript
      *subscripts;  // one per dimension of the variable: an element, a subrange or the dimension; none: all
  size_t subscript_count;
  struct span span;  // of the key
  struct expr *rhs;
  const char *doc;  // of an exception; NULL: not given
};

struct flow_ref {
  const char *name;
  struct span span;
};

struct benchmark {
  const char *name;
  struct span span;
  struct label label;
  struct expr *value;  // of the indicator's unit; may name inputs (a moving benchmark)
  const char *source;
  struct label doc;  // what is wrong or doubtful with it; en NULL: not given
  bool checked;      // false: as printed in the seed paper; true: checked against a source
  bool aside;        // shown, but not counted in summaries of gaps
};
enum report_role { REPORT_NONE, REPORT_SUBSYSTEM, REPORT_SUMMARY };
struct target {  // to be met by the end of a phase, or by the horizon (phase NULL)
  const char *phase;
  struct span span;
  bool at_most;
  double value;
};

// Where a foreign file's first view that shows the variable draws it: x to the right, y downwards, in points.
struct model_view {
  double x, y;
  bool placed;    // false: the file draws it nowhere
  uint32_t page;  // which of the file's views, from 0: each has coordinates of its own
};

// What the reader of a foreign file made of a constant: a scenario that changed it would change the number, and not
// what rests on it.
enum reliance {
  RELIES_NOT,
  RELIES_ON_CONSTANCY,  // it must not move while the model runs (a delay time that chose the kind of the delay)
  RELIES_ON_VALUE,      // the number itself is built in (an order, a part of the model's times)
};

struct variable {
  enum variable_kind kind;
  const char *name;
  struct span span;  // of the name in its declaration
  struct label label;
  const char *doc, *source;  // NULL: not given
  const char *sector;        // label of the file it stands in; NULL: the main file
  const struct unit *unit;   // NULL after a unit error, which was reported
  struct span unit_span;
  uint32_t *dims;  // indices of dimensions
  size_t dim_count;
  size_t element_count;  // product of the dimensions' sizes; 1 for a scalar

  LIST(struct equation) equations;  // stock: its initial value; flow, auxiliary, indicator, constant: the equation
  LIST(struct equation) initial;    // auxiliary: value used for starts only (Vensim's ACTIVE INITIAL)
  LIST(struct flow_ref) inflows, outflows;
  bool non_negative;  // stock: outflows are limited in listed order

  double *values;                   // parameter: one per element
  struct prior *prior;              // parameter: per element, or NULL
  struct path path;                 // lever, input, table
  struct path *paths;               // table over dimensions: one per element
  bool *absent;                     // [element]: has no equation and is never asked for (foreign arrays may have holes)
  const struct unit *x_unit;        // table: unit of its argument
  double low, high;                 // lever: range; any variable: declared bounds; -INFINITY, INFINITY when not given
  const char *authority, *passage;  // lever: who decides; the place in the seed paper
  const char *cost;
  enum reliance reliance;
  bool judgement;  // an index made by judgement, to be shown as such
  bool hidden;     // made by an importer for its own use: neither saved nor listed
  bool made;       // its equation was made by an importer: units are not checked
  LIST(struct benchmark) benchmarks;
  LIST(struct target) targets;
  enum report_role
      report;   // indicator: its place at the end of a phase: the weakest subsystem is named, a summary shown
  bool limits;  // indicator: below `binds` it held the programme back
  double binds;
  struct model_view view;
};

struct function {  // user function: inlined where it is called
  const char *name;
  struct span span;
  const char **args;
  const char **arg_units;  // text; a single capital letter is a unit variable, the same wherever it stands
  size_t arg_count;
  const char *unit;  // of the result
  struct span unit_span;
  struct expr *body;
  struct label label;
  const char *doc, *source;
};

struct reality_input {  // a scalar variable is this instead
  uint32_t variable;
  const struct expr *value;
};
struct reality {  // a check that a foreign file brings along: where the condition holds, the consequence does
  const char *name;
  struct span span;
  const char *refused;                // why it cannot be run; NULL: it can
  LIST(struct reality_input) inputs;  // forced: what makes the condition hold
  bool forced;
  const struct expr *condition;  // not forced: watched in the model as it stands
  const struct expr *consequence;
};

struct model_sector {  // a sector file
  const char *path;
  struct label label;  // en NULL: not given
  const char *doc, *source;
};

struct model {
  const struct model *origin;  // of a copy in which constants are levers: the model as read; NULL: this is no copy
  struct arena *arena;
  const char *name, *path, *version;
  struct span span;
  struct label title;
  const char *doc, *source;
  struct unit_table units;
  const char *time_unit_text;
  const struct unit *time_unit;
  double start, stop, step, save;
  struct span time_span;
  bool foreign;        // read from another program's file: units by the leniency of the field
  const char *method;  // integration method of a foreign file, by our name; NULL: the usual one
  bool stop_varies;    // the run ends where `stop_variable` says at a grid point, at `stop` at the latest
  uint32_t stop_variable;
  LIST(struct dimension) dimensions;
  struct map dimension_names;
  LIST(struct variable) variables;  // in the order of the files
  struct map names;                 // variable name -> index
  LIST(struct function) functions;
  struct map function_names;
  LIST(struct reality) realities;
  LIST(struct model_sector) sectors;    // in the order of the files
  LIST(const char *) files;             // main file first, then includes, as opened
  LIST(const struct source *) sources;  // the same files' text: run-info hashes them
};

// Reads model.yaml and everything it includes. Files named by the model (include, csv) must lie in the model's folder
// or below, or in data_dir when that is not NULL. NULL after errors; errors are complete for the file.
struct model *model_read(struct arena *a, const char *path, const char *data_dir, struct diag *diag);

// The index of a variable by a name as users write it: those of foreign models in any case of ASCII letters, with
// blanks or underscores. MAP_NONE: none.
uint32_t model_find(const struct model *m, struct arena *a, const char *name, size_t size);
// Whether two stand for one file as read: the same, or copies of the same with other levers.
bool model_is_same(const struct model *a, const struct model *b);
const struct variable *model_variable(const struct model *m, const char *name);  // NULL: none
// The place of the element of this very name in a dimension, or UINT32_MAX. (The map of names may hold other
// spellings.)
uint32_t model_dimension_element(const struct dimension *d, const char *name);
// "gdp", "output[ic]", "pop[young,north]": the name of one element, in the arena.
const char *variable_element_name(struct arena *a, const struct model *m, const struct variable *v, size_t element);
// y at x of a path, by the rule of its mode.
double path_value(const struct path *p, double x);

#endif
