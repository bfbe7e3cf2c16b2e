// SPDX-License-Identifier: GPL-3.0-or-later
// Inside the XMILE reader, in the order in which its parts run:
//   xmile_xml.c       text -> tree of elements
//   xmile_names.c     which spellings are one identifier
//   xmile_syntax.c    equation -> tree of struct xmile_node
//   xmile.c           file -> clock, models, macros
//   xmile_units.c     units
//   xmile_dims.c      dimensions, subranges, aliases
//   xmile_instance.c  models as modules use them, macros as calls use them: slots, one per variable
//   xmile_graphs.c    graphical functions -> tables
//   xmile_view.c      views -> positions
//   xmile_variable.c  what stands in a variable's element -> equations, flows
//   xmile_translate.c trees -> struct expr
//   xmile_array.c     subscripts, slices, reductions
//   xmile_function.c  builtin functions, xmile_vendor.c those of single programs
//   xmile_area.c      areas under graphical functions
//   xmile_macro_run.c macros that run by themselves
//   xmile_library.c   functions of Stella and Vensim that macros can define
//   xmile_conveyor.c  conveyors and queues, xmile_belt.c conveyors as belts of slats
#ifndef XMILE_XMILE_READ_H
#define XMILE_XMILE_READ_H
#include "xmile/xmile.h"
#include "xmile/xmile_syntax.h"

#define XMILE_NONE UINT32_MAX

struct xmile_element {  // one of the equations of a variable
  const struct xml *x;  // the variable's element, or an <element> in it
  uint32_t *elements;   // [dimension]: the element it is for; NULL: all
};

// A variable in one use of its model. Its index in the model stays; pointers to variables do not.
struct xmile_context;
struct xmile_conveyor;
struct xmile_reader;
struct xmile_slot {
  const struct xml *x;  // NULL: an argument of a macro
  const char *name;     // of the model's variable
  struct xmile_instance *instance;
  uint32_t variable;  // index in the model; XMILE_NONE: none (a macro's argument that stands for itself)
  uint32_t table;     // its graphical function as a table, or XMILE_NONE
  uint32_t *tables;   // arrays: [element] a table each; NULL: none
  bool only_table;    // it is a function and nothing else
  bool is_flow;
  unsigned drained;  // stocks that it leaves
  bool enters_conveyor;
  struct xmile_slot *source;          // a module's input that is connected
  struct xmile_conveyor *conveyor;    // of a stock that is one
  const struct xmile_conveyor *into;  // of a flow: the conveyor whose limits it obeys
  struct expr *(*drives)(struct xmile_reader *r, struct xmile_context *c, const void *data);
  const void *drives_data;  // an outflow that a conveyor or queue computes
  // a macro's argument
  const struct xmile_node *argument;
  const struct xmile_context *context;  // in which the argument stands
};

struct xmile_leak {
  const struct xmile_conveyor *conveyor;
  struct xmile_slot *flow;
  const struct xmile_node *fraction;
  double start, end;                      // of the leakage zone, as fractions of the length
  uint32_t share, sum;                    // what of each inflow will leak: a hidden flow, and the stock that sums it
  uint32_t held, arrived, leaking, lost;  // on a belt: hidden variables
};
struct xmile_belt {  // hidden variables, and the dimension of the slats
  uint32_t slats, held, stopped, steps, count, slot, last, arrived, due, kept, leaving;
};
struct xmile_conveyor {
  struct xmile_slot *stock;
  const struct xml *x;  // <conveyor> or <queue>
  bool queue, exponential;
  const struct xmile_node *len, *capacity, *in_limit, *arrest, *sample;  // NULL: not given
  struct xmile_node *const *first;  // the initial content by time units, the first to leave first; NULL: evenly
  size_t first_count;
  struct xmile_belt *belt;        // NULL: sums suffice
  struct xmile_batches *batches;  // of a queue; NULL: not needed
  LIST(uint32_t) in;              // variables of the inflows
  struct xmile_slot *out;
  LIST(struct xmile_leak) leaks;
  uint32_t sum;  // hidden stock: all that ever entered
  // Hidden, of a discrete conveyor with an inflow limit: the same at the start of the step, and of the time unit.
  uint32_t sum_of_step, sum_of_unit;
};

struct xmile_module {
  const char *name;  // folded
  struct xmile_instance *instance;
  const struct xml *x;
};

struct xmile_clock {  // of a macro with simulation specs of its own, in one of its steps
  double time, start, stop, dt;
  unsigned steps;
};

struct xmile_instance {  // a model or a macro, each time it is used
  const struct xml *x;   // <model> or <macro>
  const char *prefix;    // of its variables' names
  struct xmile_instance *parent;
  struct map names;  // folded -> slots
  LIST(struct xmile_slot *) slots;
  LIST(struct xmile_module) modules;
  const struct xmile_context *call;  // a macro: where it is called
  const struct xmile_clock *clock;   // a macro that runs by itself; NULL: with the caller
  const char *const *parms;          // names of the slots that are arguments, which come first
  const char *of;                    // the variable whose equation called it, or the first of the macros around it
  unsigned depth;
};

// The place of an expression: which dimensions it may use, and what they are bound to.
struct xmile_context {
  struct xmile_instance *instance;
  struct xmile_slot *slot;  // the variable that the equation defines; NULL: none
  const uint32_t *dims;     // its dimensions in the model, those of a macro's caller first
  size_t dim_count;
  const uint32_t *bound;              // [dimension]: element, when the equation is for one; NULL: for all
  struct xmile_reduction *reduction;  // the innermost around
  bool *expand;                       // set: element by element is the only way
  const char *of;                     // name for messages
  unsigned *ordinal;                  // counts calls of macros and hidden variables in the equation
  const uint32_t *only;               // [dimension]: the elements that an equation is for, when they are not all
};

struct xmile_reduction {
  struct xmile_reduction *outer;
  bool whole;           // arrays named without subscripts are taken whole
  LIST(uint32_t) axes;  // the dimensions that it goes over
  unsigned level;
};

struct xmile_macro {
  const char *name;  // folded
  const struct xml *x;
  LIST(const char *) parms;     // folded
  LIST(const char *) defaults;  // NULL: none
  uint32_t next;                // of the same name with another number of parameters, or XMILE_NONE
};

struct xmile_file {
  const char *path;
  const struct xml *root;
};

struct xmile_reader {
  struct arena *arena;
  struct diag *diag;
  struct model *model;
  const char *folder, *data;  // canonical folders below which files may lie; data may be NULL
  LIST(struct xmile_file) files;
  const struct xml *specs;  // <sim_specs> of the whole
  LIST(struct xmile_macro) macros;
  struct map macro_names, library_names;
  struct map callers;  // names of variables whose equations call macros -> call_counts
  LIST(unsigned) call_counts;
  LIST(const struct xml *) models;
  struct map model_names;      // folded name of a <model> -> models
  struct map dimension_names;  // folded -> dimensions of the model
  struct map part_names;       // of aliases and parts that were made -> likewise
  LIST(uint32_t) wholes;       // [dimension]: itself, or the one it is an alias or slice of
  struct map unit_names;
  LIST(const struct unit *) unit_values;
  struct xmile_instance *root;
  uint32_t pages;                         // views so far that placed something: each module's are its own
  LIST(struct xmile_instance *) pending;  // made, their variables not yet defined
  struct map indices;                     // name of a dimension -> variable with the numbers of its elements
  struct map groups;                      // folded variable -> group names
  LIST(const char *) group_names;
  LIST(const struct xml *) vendor_elements;  // seen inside variables, the first of each name
  size_t elements, nodes, depth;
  unsigned inner_calls;  // of macros in macros
  bool seeds_noted, too_large;
  bool outside_is_nan;  // of subscripts that are computed; else 0
};

// xmile.c
const struct xml *xmile_file_open(struct xmile_reader *r, const char *of, const char *resource, struct span at);
bool xmile_flag(const struct xml *x);  // <tag/> or <tag>true</tag>
// Names the children that we do not know; `known` ends with NULL.
void xmile_warn_unknown(struct xmile_reader *r, const struct xml *parent, const char *const *known);
void xmile_warn_behavior(struct xmile_reader *r, const struct xml *owner);  // of a file or a model

// xmile_units.c
void xmile_units_read(struct xmile_reader *r, const struct xml *root);
void xmile_units_add(struct xmile_reader *r, const char *key, const struct unit *unit);
const struct unit *xmile_units_parse(struct xmile_reader *r, const char *text, struct span at);  // unit_none: none

// xmile_dims.c
void xmile_dims_read(struct xmile_reader *r, const struct xml *root);
void xmile_dims_relate(struct xmile_reader *r);                                         // after all files are read
uint32_t xmile_dims_find(const struct xmile_reader *r, const char *folded);             // XMILE_NONE: none
uint32_t xmile_dims_element(struct xmile_reader *r, uint32_t dim, const char *folded);  // XMILE_NONE: none
uint32_t xmile_dims_qualified(struct xmile_reader *r, const char *folded);              // of `dimension.element`
uint32_t xmile_dims_whole(const struct xmile_reader *r, uint32_t dim);                  // of an alias
// The first dimension with just these elements: stars over either are one axis.
uint32_t xmile_dims_first(const struct model *m, uint32_t dim);
// Another name for a dimension, the same each time for one `mark`; or for `count` of its elements from `first` on.
uint32_t xmile_dims_alias(struct xmile_reader *r, uint32_t dim, const char *mark);
uint32_t xmile_dims_part(struct xmile_reader *r, uint32_t dim, uint32_t first, uint32_t count);
uint32_t xmile_dims_counted(struct xmile_reader *r, size_t count, struct span at);  // a new dimension 1..count
uint32_t xmile_dims_numbers(struct xmile_reader *r, uint32_t dim);                  // a variable over dim: 1, 2, 3, ...

// xmile_instance.c
struct xmile_instance *xmile_instance_create(struct xmile_reader *r, const struct xml *x, const char *prefix,
                                             struct xmile_instance *parent);
struct xmile_slot *xmile_instance_find(struct xmile_reader *r, struct xmile_instance *in, const char *folded);
void xmile_instance_connect(struct xmile_reader *r, struct xmile_instance *in);
uint32_t xmile_instance_variable(struct xmile_reader *r, enum variable_kind kind, const char *name, struct span span,
                                 const uint32_t *dims, size_t dim_count, const char *of);
void xmile_instance_declare(struct xmile_reader *r, struct xmile_instance *in, const struct xml *container);

// xmile_variable.c
void xmile_variables_flows(struct xmile_reader *r, struct xmile_instance *in);
void xmile_variables_define(struct xmile_reader *r, struct xmile_instance *in);
// The subscripts of an <element>, as elements of each dimension.
bool xmile_variables_subscripts(struct xmile_reader *r, struct xmile_slot *s, const struct xml *x, uint32_t *bound);
// The equation of a variable (of these elements, or of all) by `make`, which is called again for each element when it
// finds that there is no other way.
typedef struct expr *xmile_make(struct xmile_reader *r, struct xmile_context *c, const void *data);
void xmile_variables_equation(struct xmile_reader *r, struct xmile_context *c, uint32_t variable, struct span span,
                              xmile_make *make, const void *data);

// xmile_view.c: where variables are drawn
void xmile_view_read(struct xmile_reader *r, struct xmile_instance *in);

// xmile_graphs.c
void xmile_graphs_read(struct xmile_reader *r, struct xmile_instance *in);

// xmile_translate.c
struct expr *xmile_translate(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n);
struct expr *xmile_number(struct xmile_reader *r, struct span at, double x);
struct expr *xmile_reference(struct xmile_reader *r, struct span at, const char *name);
struct expr *xmile_call(struct xmile_reader *r, struct span at, const char *function, size_t count,
                        struct expr *const *args);
struct expr *xmile_binary(struct xmile_reader *r, struct span at, enum expr_op op, struct expr *a, struct expr *b);
struct expr *xmile_if(struct xmile_reader *r, struct span at, struct expr *c, struct expr *a, struct expr *b);
struct expr *xmile_fail(struct xmile_reader *r, const struct xmile_context *c, struct span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
// A number known while reading; false when it is not one.
bool xmile_constant(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n, double *value,
                    unsigned depth);

// Notes what the reading made of the constants that a node names, and of those that they are computed from.
void xmile_rely(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n, enum reliance how,
                unsigned depth);
// Does it stay the same through a run? Then it must: the constants that it names are marked.
bool xmile_is_fixed(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n);

// xmile_conveyor.c
bool xmile_conveyor_read(struct xmile_reader *r, struct xmile_slot *stock, const struct xml *x, const uint32_t *in,
                         size_t in_count, struct xmile_slot *const *out, size_t out_count);
void xmile_conveyor_define(struct xmile_reader *r, struct xmile_conveyor *k);
struct expr *xmile_conveyor_limit(struct xmile_reader *r, struct xmile_context *c, const struct xmile_slot *flow,
                                  struct expr *x);
// The initial content of one whose `first` is a list.
struct expr *xmile_conveyor_content(struct xmile_reader *r, struct xmile_context *c, const void *data);

// xmile_array.c
struct expr *xmile_array_reference(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n,
                                   uint32_t variable);
struct expr *xmile_array_reduce(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n,
                                const char *function, const struct xmile_node *arg);
bool xmile_array_is_slice(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n);
struct expr *xmile_array_dimension(struct xmile_reader *r, struct xmile_context *c, struct span at, uint32_t dim);
struct expr *xmile_array_size(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n);
// A variable over the context's own dimensions.
struct expr *xmile_array_own(struct xmile_reader *r, struct xmile_context *c, struct span at, uint32_t variable);
bool xmile_array_table(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n,
                       const struct xmile_slot *s, uint32_t *table);

// xmile_function.c
bool xmile_function_known(const char *name);
bool xmile_function_is_chance(const char *name);
void xmile_function_note_seed(struct xmile_reader *r, struct span at);  // said once for a file: seeds are not used
struct expr *xmile_function(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n);

// xmile_library.c: macros that stand for functions of Stella and Vensim
uint32_t xmile_library_find(struct xmile_reader *r, const char *name);  // XMILE_NONE: none
// A random function that takes bounds behind its seed.
uint32_t xmile_library_bounded(struct xmile_reader *r, const char *name, size_t arguments);

// xmile_macro.c
uint32_t xmile_macro_add(struct xmile_reader *r, const struct xml *x, const char *folded);
// The macro, of the file or the library, that a name calls with these many arguments; XMILE_NONE: none has the name.
uint32_t xmile_macro_find(struct xmile_reader *r, const char *folded, size_t arguments);
// xmile_macro_run.c: macros with simulation specs of their own
struct xmile_instance *xmile_macro_run(struct xmile_reader *r, struct xmile_context *c, struct xmile_instance *first);
const struct xmile_clock *xmile_macro_clock(const struct xmile_instance *in);  // NULL: the time is that of the run
bool xmile_macro_timeless(const char *name);                                   // a function without memory or time
// Is a part of it drawn by chance, here or in a macro that it calls?
bool xmile_macro_by_chance(struct xmile_reader *r, const struct xmile_node *n, unsigned depth);
// Inside a macro: the branch of an IF that is meant, where writing out both would never end; NULL: both.
const struct xmile_node *xmile_macro_branch(struct xmile_reader *r, struct xmile_context *c,
                                            const struct xmile_node *n);
struct expr *xmile_macro(struct xmile_reader *r, struct xmile_context *c, const struct xmile_node *n, uint32_t macro);
void xmile_macro_read(struct xmile_reader *r, const struct xml *x);

#endif
