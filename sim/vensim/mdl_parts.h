// SPDX-License-Identifier: GPL-3.0-or-later
// Inside the .mdl reader, in the order in which its parts run:
//   mdl_lexer.c      text -> tokens; names are compared by their key: small letters, blanks and underscores alike
//   mdl_expr.c       tokens -> trees of struct mdl_node, Vensim's grammar
//   mdl_entry.c      file -> entries (what stands before each `|`): equations, subscript ranges, macros, groups
//   mdl_range.c      ranges -> families of elements, dimensions of the model, mappings
//   mdl_target.c     left sides -> which equation gives which element, and the boxes that this makes
//   mdl_value.c      values that must be known while reading: times, orders of delays
//   mdl_table.c      lookups and data
//   mdl_series.c     data in files beside the model, that no equation names
//   mdl_file.c       names of data files
//   mdl_calendar.c   the time as a date
//   mdl_points.c     numbers of data and lookups: first time, maximum, ...
//   mdl_call.c       functions, by the table mdl_fn.def; mdl_vector.c, mdl_vector_lookup.c, mdl_whole.c, mdl_memory.c,
//                    mdl_chance.c, mdl_draws.c, mdl_input.c: groups; mdl_held.c: what they need more than once
//   mdl_refused.c    functions that are known and not supported, with the reason
//   mdl_translate.c  trees -> struct expr, with every subscript resolved
//   mdl_macro.c      calls of macros -> variables of their own; mdl_belt.c: those with a belt
//   mdl_variable.c   variables of the model
//   mdl_reality.c    reality checks, kept for tests
//   mdl_sketch.c     where the drawing has them
#ifndef VENSIM_MDL_PARTS_H
#define VENSIM_MDL_PARTS_H
#include "vensim/mdl.h"

// ---- tokens

enum mdl_token_kind {
  MDL_TOKEN_END,
  MDL_TOKEN_NUMBER,
  MDL_TOKEN_NAME,
  MDL_TOKEN_TEXT,
  MDL_TOKEN_KEYWORD,
  MDL_TOKEN_SIGN,
};
struct mdl_token {
  enum mdl_token_kind kind;
  uint32_t at, size;
  double number;
  bool integer, quoted;
  const char *key, *name;  // NAME: for comparing, for showing; KEYWORD: key without colons; TEXT: name
  char sign[4];            // SIGN: "+", "<=", "->", ...
};
struct mdl_lexer {
  struct arena *arena;
  const struct source *source;
  struct diag *diag;
  uint32_t at, end;
};
bool mdl_lexer_next(struct mdl_lexer *l, struct mdl_token *t);
const char *mdl_key(struct arena *a, const char *text, size_t size);    // small letters, single blanks
const char *mdl_shown(struct arena *a, const char *text, size_t size);  // single blanks

// ---- trees

enum mdl_kind { MDL_NUMBER, MDL_NAME, MDL_CALL, MDL_UNARY, MDL_BINARY, MDL_TABLE, MDL_TEXT, MDL_HELD };

struct mdl_sub {
  struct span span;
  const char *key, *name;
  bool bang;  // R!: a vector function goes over it
};
struct mdl_node {
  enum mdl_kind kind;
  enum expr_op op;
  struct span span;
  double number;
  bool integer;
  const char *key, *name;  // NAME, CALL: the name; TEXT: name
  struct mdl_sub *subs;
  size_t sub_count;
  struct mdl_node **args;
  size_t arg_count;
  struct mdl_sub *outs;  // CALL: further outputs of a macro
  size_t out_count;
  struct path table;  // TABLE
  uint32_t held;      // HELD: what a function has put into a hidden variable, over the places of `whole`
  const struct mdl_context *whole;
};
struct mdl_parser {
  struct mdl_lexer lexer;
  struct mdl_token token;
  unsigned depth;
  size_t nodes;
};
bool mdl_parser_start(struct mdl_parser *p, struct arena *a, const struct source *s, uint32_t at, uint32_t end,
                      struct diag *diag);
bool mdl_parser_advance(struct mdl_parser *p);
bool mdl_parser_is(const struct mdl_parser *p, const char *sign);
bool mdl_parser_take(struct mdl_parser *p, const char *sign, bool *taken);
bool mdl_parser_expect(struct mdl_parser *p, const char *sign);
struct span mdl_parser_span(const struct mdl_parser *p);
bool mdl_parser_fail(struct mdl_parser *p, const char *expected);
struct mdl_node *mdl_parser_expr(struct mdl_parser *p);
// [a, b!]: the bracket is the present token.
bool mdl_parser_subs(struct mdl_parser *p, struct mdl_sub **subs, size_t *count);
// A lookup after its opening parenthesis, up to and with the closing one.
bool mdl_parser_table(struct mdl_parser *p, struct path *path);

// ---- entries

enum mdl_form { MDL_FORM_EXPR, MDL_FORM_NUMBERS, MDL_FORM_TABLE, MDL_FORM_NONE };
enum mdl_mode { MDL_MODE_DEFAULT, MDL_MODE_RAW, MDL_MODE_INTERPOLATE, MDL_MODE_FORWARD, MDL_MODE_BACKWARD };

struct mdl_except {
  struct mdl_sub *subs;
  size_t count;
};
struct mdl_equation {
  const char *key, *name;
  struct span span;  // of the name
  struct mdl_sub *subs;
  size_t sub_count;
  LIST(struct mdl_except) excepts;
  enum mdl_form form;
  enum mdl_mode mode;
  struct mdl_node *rhs;  // EXPR
  double *numbers;       // NUMBERS
  size_t number_count;
  struct path table;  // TABLE
  bool is_output;     // of a macro: the equation comes with the call
  const char *units, *doc, *group;
  struct span units_span;
  // filled by mdl_target.c
  struct mdl_place {  // what each subscript of the left side stands for
    bool fixed;
    uint32_t element;  // fixed: the element
    uint32_t range;    // else: the range
    uint32_t axis;     // number of the axis that it is in the model's equation; MDL_NONE: none
    bool bang;         // no place of the left side: a vector function around runs over it
  } * places;
  struct mdl_box {
    uint32_t *counts, **elements;  // [place]: elements
  } * boxes;
  size_t box_count;
};
typedef LIST(struct mdl_equation *) mdl_equations;

struct mdl_macro {
  const char *key, *name;
  struct span span;
  struct mdl_sub *params, *outs;
  size_t param_count, out_count;
  mdl_equations equations;
  bool prelude;  // written here, not in the model
};

struct mdl_reality {
  const char *key, *name;
  struct span span;
  const char *refused;  // what is wrong with its text; NULL: nothing
  const struct mdl_node *condition, *consequence;
  const struct mdl_node *target, *value;  // of a test input
};

// ---- ranges

#define MDL_NONE UINT32_MAX
struct mdl_element {
  const char *key, *name;
  uint32_t family;  // union-find parent, then the root
  uint32_t number;  // place in the family's root dimension
};
struct mdl_item {  // what stands in the list of a range
  struct span span;
  const char *key, *name;
  const char *last;  // (a1-a9): the name of the last one; NULL: one name
};
struct mdl_map {  // R -> target: elements of R and of target that belong together
  struct span span;
  const char *target;
  LIST(struct mdl_item) items;
  uint32_t range;       // of the target
  uint32_t *of_target;  // [place in target]: element of R, or MDL_NONE
};
struct mdl_range {
  const char *key, *name;
  struct span span;
  LIST(struct mdl_item) items;
  LIST(struct mdl_map) maps;
  const char *alias_of;  // A <-> B
  struct mdl_node *get;  // GET ... SUBSCRIPT
  uint32_t *elements, count;
  uint32_t dimension;  // of the model
  unsigned state;      // 0 new, 1 being expanded, 2 done
  bool broken;         // its definition was wrong, which was said
};
struct mdl_family {
  uint32_t root;  // dimension of the model
  uint32_t *elements, count;
};

// ---- variables

struct mdl_variable {
  const char *key, *name;
  mdl_equations equations;
  uint32_t *ranges;  // [place]: the range whose dimension the variable has there
  size_t dim_count;
  uint32_t index;         // in the model; MDL_NONE: its declaration was wrong, which was said
  uint32_t table;         // in the model: the lookup itself, or the table behind data; MDL_NONE
  struct mdl_box *holes;  // elements without an equation
  size_t hole_count;
  bool *absent;          // [element]; NULL: none is
  unsigned value_state;  // mdl_value.c: 0 new, 1 being evaluated, 2 known
  enum reliance reliance;
  unsigned fixed_state;  // likewise for whether its value is: 0 new, 1 being looked at, 2 no, 3 yes
  double value;
};

// What a name can mean where an equation is translated.
struct mdl_binding {  // a range that a vector function goes over
  uint32_t range;
  bool bang;              // made by R!; else by a function that runs over a range of the left side
  const char *dimension;  // name of the reduction's dimension
  struct mdl_binding *outer;
};
struct mdl_scope {  // the inside of one call of a macro
  const struct mdl_macro *macro;
  const char *prefix;  // of the variables made for it
  struct map locals;   // key -> index in the model, or of `tables`
  struct map tables;   // key -> number of the variable that is a lookup given as argument
  uint32_t slats;      // dimension of the model that belts of this call run over; MDL_NONE: it has none
  unsigned depth;
};
struct mdl_context {  // an equation being translated
  const struct mdl_box *box;
  const struct mdl_place *places;
  size_t place_count;
  struct subscript *target;  // left side of the model's equation; NULL: the whole variable
  const char *name;          // of the variable, for messages and names
  struct mdl_binding *bindings;
  const struct mdl_scope *scope;
};

struct mdl_date {  // which date a value of Time is, by the settings of the file
  double year, month, day, unit, value;
  unsigned seen;
  bool known;  // all of it
};

struct mdl {
  struct arena *arena;
  struct diag *diag;
  struct model *model;
  const struct source *source;
  const char *data_dir;
  const char *group;
  mdl_equations equations;
  LIST(struct mdl_reality) realities;
  LIST(struct mdl_macro *) macros;
  struct map macro_keys;
  LIST(struct mdl_range) ranges;
  struct map range_keys;
  LIST(struct mdl_element) elements;
  struct map element_keys;
  LIST(struct mdl_family) families;
  LIST(struct mdl_variable) variables;
  struct map variable_keys;
  struct map numbers;    // dimension name -> model variable with the numbers of its elements
  struct map broken;     // names of variables whose text was wrong: those who name them are silent
  bool ranges_broken;    // a range was wrong: names that are not known may be its elements
  struct map unit_keys;  // name of a unit -> number in unit_names: what it is called here
  LIST(const char *) unit_names;
  struct map text_keys;  // name :IS: 'text' -> number in texts
  LIST(const char *) texts;
  LIST(struct mdl_book *) books;  // data files, as opened
  unsigned calls;                 // macro calls so far, for names
  size_t translated;              // nodes of trees so far: macros and functions may multiply them
  unsigned macro_depth;
  const char *method;
  struct mdl_date date;
  const char *sketch;  // what stands behind the equations
  bool end_varies;     // FINAL TIME is computed as the model runs
  struct map series;   // name -> number in `paths`: data of the run that stand beside the model
  LIST(struct path) paths;
  bool series_full;  // one had too many points, which was said
};

#define MDL_NA (-0x1p109)  // Vensim's :NA:

bool mdl_entries_read(struct mdl *m, const struct source *s, bool prelude);

// mdl_range.c
void mdl_ranges_resolve(struct mdl *m);
uint32_t mdl_range_find(const struct mdl *m, const char *key);
uint32_t mdl_element_find(const struct mdl *m, const char *key);
// The range with exactly these elements, made when there is none. `prefer` (or MDL_NONE) is taken when it fits.
uint32_t mdl_range_of(struct mdl *m, const uint32_t *elements, uint32_t count, uint32_t prefer);
// A dimension of so many nameless elements, for what runs over points or draws; and a variable whose last subscript
// runs along it in a reduction.
uint32_t mdl_dimension_of(struct mdl *m, uint32_t count);
struct expr *mdl_along(struct mdl *m, struct expr *e, uint32_t dimension);
uint32_t mdl_range_place(const struct mdl_range *r, uint32_t element);
uint32_t mdl_range_dimension(struct mdl *m, uint32_t range);
const struct mdl_family *mdl_range_family(const struct mdl *m, uint32_t element);
// The element of `wanted` that belongs to element `e` of an axis over range `axis`: by mapping, or the same.
// MDL_NONE: nothing does. `how` 0: the same range or alias, 1: mapping, 2: the same element.
uint32_t mdl_range_partner(const struct mdl *m, uint32_t wanted, uint32_t axis, uint32_t e, int how);
// The same for an element that stands on the left side itself.
uint32_t mdl_range_partner_of_element(const struct mdl *m, uint32_t wanted, uint32_t e);

// mdl_target.c
bool mdl_targets_place(struct mdl *m, struct mdl_equation *e);
bool mdl_targets_divide(struct mdl *m, struct mdl_variable *v);

// mdl_value.c: a number known before the run. False (and nothing said) when it is not.
bool mdl_value(struct mdl *m, const struct mdl_node *n, double *value);
bool mdl_value_of(struct mdl *m, const char *key, double *value);
// The same, but an error when it is not.
bool mdl_value_known(struct mdl *m, const struct mdl_node *n, double *value);
// Known, and the same all along: it is built in.
bool mdl_value_constant(struct mdl *m, const struct mdl_node *n, double *value);
// Is it made of numbers, elements, ranges and their sizes alone? Then, in an equation of one element, it is known.
bool mdl_value_of_elements(const struct mdl *m, const struct mdl_node *n);
bool mdl_value_here(struct mdl *m, struct mdl_context *c, const struct mdl_node *n, double *value);
// Does its value change while the model runs? Names other than the time stand for what mdl_value can know.
bool mdl_value_moves(const struct mdl_node *n);

// mdl_translate.c
struct expr *mdl_translate(struct mdl *m, struct mdl_context *c, const struct mdl_node *n);
struct expr *mdl_number(struct mdl *m, struct span at, double x);
struct expr *mdl_name(struct mdl *m, struct span at, const char *name);
struct expr *mdl_apply(struct mdl *m, struct span at, const char *function, size_t count, struct expr *const *args);
struct expr *mdl_binary(struct mdl *m, struct span at, enum expr_op op, struct expr *a, struct expr *b);
struct expr *mdl_if(struct mdl *m, struct span at, struct expr *c, struct expr *a, struct expr *b);
struct expr *mdl_reduce(struct mdl *m, struct span at, const char *function, size_t count,
                        const char *const *dimensions, struct expr *x);
// A variable over the places of the left side: hidden variables of a call have just these.
struct expr *mdl_over_places(struct mdl *m, struct mdl_context *c, struct span at, uint32_t variable);
bool mdl_subscript(struct mdl *m, struct mdl_context *c, const struct mdl_sub *s, struct subscript *out);
// The one element that a subscript takes in an equation of one element. False, and nothing said, when it is not one.
bool mdl_element_here(struct mdl *m, struct mdl_context *c, const struct mdl_sub *s, uint32_t *element);
struct expr *mdl_number_of_range(struct mdl *m, struct mdl_context *c, struct span at, uint32_t range,
                                 const struct mdl_sub *s);
// The place in a range, from 0, of the element that a settled subscript takes.
struct expr *mdl_place_of_range(struct mdl *m, struct span at, uint32_t range, struct subscript s);
// Do all elements that a settled subscript takes exist in that dimension of a variable? Says which does not.
bool mdl_exists(struct mdl *m, struct mdl_context *c, const struct mdl_sub *written, const struct subscript *s,
                uint32_t dimension, const char *variable);
const char *mdl_bang_dimension(struct mdl *m, uint32_t range, const char *mark);

// mdl_call.c
struct expr *mdl_call(struct mdl *m, struct mdl_context *c, const struct mdl_node *n);

// mdl_held.c: the element, of a hidden variable over the places of `whole`, that is wanted where `c` stands
struct expr *mdl_held_element(struct mdl *m, struct mdl_context *c, const struct mdl_context *whole, uint32_t variable,
                              struct span at);

// mdl_refused.c: why a function of Vensim is not supported; NULL: it is not there
const char *mdl_refused(const char *key);

// mdl_table.c
bool mdl_table_is(const struct mdl_equation *e);       // does this equation define a lookup?
bool mdl_table_is_data(const struct mdl_equation *e);  // data over time?
size_t mdl_table_combinations(const struct mdl *m, const struct mdl_equation *e);  // of the elements on its left side
bool mdl_table_variable(struct mdl *m, struct mdl_variable *v);
struct expr *mdl_table_call(struct mdl *m, struct mdl_context *c, const struct mdl_node *n);
// A hidden table from a path; its variable.
uint32_t mdl_table_add(struct mdl *m, const char *name, struct path path);
bool mdl_table_finish(struct mdl *m, struct path *path, struct span at);
bool mdl_table_data(struct mdl *m, struct mdl_variable *v);

// The table that a name stands for: its variable's number here; MDL_NONE after an error.
uint32_t mdl_table_named(struct mdl *m, struct mdl_context *c, const struct mdl_node *n);
// Puts the subscripts of `name` on `e`, which stands for a variable of the model with the dimensions of that table.
bool mdl_table_subscript(struct mdl *m, struct mdl_context *c, const struct mdl_node *name, uint32_t variable,
                         struct expr *e);
struct expr *mdl_table_at_time(struct mdl *m, struct mdl_context *c, const struct mdl_equation *e, uint32_t table);
// A data variable read in the mode of an equation that gives its name alone: x :HOLD BACKWARD: := raw.
struct expr *mdl_table_in_mode(struct mdl *m, struct mdl_context *c, const struct mdl_equation *e);
// A density, drawn from by the inverse of its distribution: where on it a share of its area, which a variable over the
// places of the left side holds, is reached.
bool mdl_table_is_density(const struct mdl *m, uint32_t number);
struct expr *mdl_table_quantile(struct mdl *m, struct mdl_context *c, const struct mdl_node *name, uint32_t number,
                                uint32_t share);
struct expr *mdl_over_table(struct mdl *m, struct mdl_context *c, struct span at, uint32_t table);

// mdl_calendar.c: one of the numbered settings behind the sketch.
void mdl_calendar_setting(struct mdl *m, unsigned number, double value);

// mdl_series.c: data variables without an equation, whose series stand in a file beside the model.
void mdl_series_read(struct mdl *m);
bool mdl_series_has(struct mdl *m, const struct mdl_equation *e);  // for some of its elements
// An element without a series holds :NA:.
void mdl_series_paths(struct mdl *m, const struct mdl_equation *e, struct path *paths, size_t count);

// mdl_macro.c
struct expr *mdl_macro_call(struct mdl *m, struct mdl_context *c, const struct mdl_macro *macro,
                            const struct mdl_node *n);
const struct mdl_macro *mdl_macro_find(const struct mdl *m, const char *key);
// The key of the variable that holds a lookup defined inside a macro.
const char *mdl_macro_lookup(struct mdl *m, const struct mdl_macro *macro, const char *key);
// A macro of this program's own library, or of the model; NULL: neither has it.
const struct mdl_macro *mdl_macro_library(struct mdl *m, const char *key);
// The library's delay of an order, whose stages see a new delay time one step after the other.
const struct mdl_macro *mdl_macro_delay(struct mdl *m, unsigned order);

// mdl_belt.c. The text of a macro with a belt; NULL: there is none of this name.
const char *mdl_belt_text(const char *key);
void mdl_belt_open(struct mdl *m, struct mdl_scope *s);  // gives the call its slats
// Lets a variable run over them too; false where that makes too many elements.
bool mdl_belt_lay(struct mdl *m, uint32_t variable, uint32_t dimension, struct span at);
bool mdl_belt_is(const struct mdl_sub *subs, size_t count);  // [slats] or [slats!]
struct expr *mdl_belt_reference(struct mdl *m, const struct mdl_context *c, struct expr *over_places, bool bang);
// The dimension of the slats where a sum goes over them; NULL: it does not.
const char *mdl_belt_summed(const struct mdl *m, const struct mdl_context *c, const struct mdl_node *n);

// mdl_variable.c
void mdl_variables_make(struct mdl *m);
// A new variable of the model over the places of an equation that are ranges.
uint32_t mdl_variable_hidden(struct mdl *m, const struct mdl_context *c, enum variable_kind kind, const char *name,
                             struct span at);
// The context of the equations of such a variable.
struct mdl_context mdl_variable_inside(struct mdl *m, const struct mdl_context *c, const char *name);
// The context with the ranges of the vector functions around as further places, for variables made inside of them.
// False, and nothing said, where that cannot be.
bool mdl_variable_widen(struct mdl *m, const struct mdl_context *c, struct mdl_context *wide);
// Such a variable, as it is named in `c`.
struct expr *mdl_variable_in(struct mdl *m, const struct mdl_context *c, struct mdl_context *wide, struct span at,
                             uint32_t variable);
// Adds the equation (INTEG and ACTIVE INITIAL included) of the elements that the context stands for.
bool mdl_variable_equation(struct mdl *m, struct mdl_context *c, uint32_t index, const struct mdl_node *rhs);
// Does the expression have one value, known before the run?
bool mdl_variable_is_fixed(struct mdl *m, const struct mdl_node *n);
// Notes what the reading made of the constants that a node names, and of those that they are computed from.
void mdl_variable_rely(struct mdl *m, const struct mdl_node *n, enum reliance how);
bool mdl_variable_is_stock(const struct mdl_node *rhs);
uint32_t mdl_variable_new(struct mdl *m, enum variable_kind kind, const char *name, struct span span);

// mdl_reality.c. Reads one from its keyword on; what is wrong with it is kept, and stops nothing.
void mdl_reality_read(struct mdl *m, struct mdl_parser *p, const char *key, const char *name, struct span span);
void mdl_realities_make(struct mdl *m);

// mdl_sketch.c: puts the places of variables into the model; `text` is what stands behind the equations.
void mdl_sketch_read(struct mdl *m, const char *text);

// mdl_unit.c
// What stands before the [low, high, step] of a slider.
const char *mdl_unit_text(struct mdl *m, const char *text);
const struct unit *mdl_unit(struct mdl *m, const char *text, struct span at);
void mdl_units_equivalent(struct mdl *m, const char *line, size_t size);

#endif
