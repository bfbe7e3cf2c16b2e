// SPDX-License-Identifier: GPL-3.0-or-later
// Every bound of the program, in one place, with its reason. Input past a bound is an error that names the bound;
// nothing is cut off silently.
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define LIMIT_FILE_BYTES (16u << 20)   // one model, scenario or include file; the largest model seen is 2 MB
#define LIMIT_DATA_BYTES (256u << 20)  // one data file (CSV)
#define LIMIT_YAML_DEPTH 64            // nesting, counted on events: libyaml needs 16 s for 200 kB of '['
#define LIMIT_YAML_NODES 2000000       // nodes of one file after alias expansion: stops a billion laughs
#define LIMIT_INCLUDES 256             // files of one model
#define LIMIT_EXPR_DEPTH 200           // nesting of one expression; each level costs a few stack frames
#define LIMIT_EXPR_HEIGHT 1000     // levels of its tree: a sum of so many terms leans left, and stages recurse over it
#define LIMIT_EXPR_NODES 100000    // nodes of one expression after inlining user functions
#define LIMIT_UNIT_BYTES 500       // text of one unit
#define LIMIT_UNIT_EXPONENT 10000  // numerator and denominator: keeps their sums within 32 bits
#define LIMIT_NAME_BYTES 200       // an identifier
#define LIMIT_DIMENSIONS 8         // subscripts of one variable
#define LIMIT_DIMENSION_ELEMENTS 100000
#define LIMIT_AXES 15                  // dimensions of one value within an equation, those being reduced among them
#define LIMIT_VARIABLES 200000         // variables of one model
#define LIMIT_ELEMENTS 4000000         // array elements of a whole model
#define LIMIT_ARGUMENTS 64             // arguments of one function call
#define LIMIT_VECTOR_ELEMENTS 40000    // numbers that one function of whole vectors takes: they lie on the stack
#define LIMIT_CONVEYOR_SLATS 2000      // of a conveyor whose transit time varies
#define LIMIT_DELAY_ORDER 100          // stages of delayn, smoothn
#define LIMIT_STEPS 100000000ull       // steps of one run
#define LIMIT_SLAB_BYTES (4ull << 30)  // working memory of one thread
#define LIMIT_TIME_TABLE_BYTES (64u << 20)  // values of time alone kept for a whole sweep; past it made anew each step
#define LIMIT_PHASES 32
#define LIMIT_PATH_POINTS 100000  // points of a table, lever or input
#define LIMIT_TRANSLATED 2000000  // parts of all equations of a foreign file, with macros and functions written out
#define LIMIT_REFUSALS 10000      // rows of the table of what a foreign file has that we have not
#define LIMIT_MESSAGES 50         // errors reported in one go
#define LIMIT_BATCH 1000          // scenario files of one command
#define LIMIT_EXTENDS 16          // scenarios that extend one another

#define LIMIT_MEMBERS 4294967295ull    // members of one sweep: Sobol's index and the sketches' counts have 32 bits
#define LIMIT_SWEEP_PARAMETERS 100000  // uncertain numbers of one sweep
#define LIMIT_CORRELATED 500           // parameters that take part in correlations: their matrix is dense
#define LIMIT_CORRELATIONS 10000       // pairs written out in one sweep
#define LIMIT_GRID_VALUES 1000000      // values of one axis of a grid
#define LIMIT_TRUNCATED_MASS 1e-12     // share of a prior that truncation must leave: inverse CDFs have no digits below
#define LIMIT_QUANTILES 99             // quantiles of one sweep
#define LIMIT_HISTOGRAM_BINS 10000

#define LIMIT_DIMENSION_COUNT 1000  // dimensions of one model, subranges and aliases included
#define LIMIT_DIMENSION_DEPTH 32    // subranges of subranges
#define LIMIT_CSV_COLUMNS 10000     // columns of one data file

#define LIMIT_FAILURES 10000             // failed members of a sweep listed one by one; all are counted
#define LIMIT_SWEEP_NUMBERS (1u << 26)   // saved numbers of one member over all policies
#define LIMIT_RECORD_BYTES (1ull << 32)  // one record of a journal
#define LIMIT_JOURNAL_IDENTITY (1u << 20)
#define LIMIT_DIGESTS (1u << 18)  // leaves of 64 members whose digests outlive the compacting of a journal
#define LIMIT_THREADS 1024
#define LIMIT_SHARDS 1000000

#define LIMIT_XML_DEPTH 100               // nesting of one XML file; models need about 10
#define LIMIT_XML_MENDED 20               // end tags of the wrong name in one file
#define LIMIT_XML_NODES 2000000           // elements of one XML file
#define LIMIT_XML_ATTRIBUTES 100          // of one element
#define LIMIT_XML_ATTRIBUTE_BYTES 100000  // of all attributes of one element
#define LIMIT_XMILE_NODES 10000000        // parts of equations of one XMILE file, macros and elements written out
#define LIMIT_MODULES 20000               // uses of models as modules in one file
#define LIMIT_MODULE_DEPTH 16             // modules in modules
#define LIMIT_MACRO_STEPS 1000            // of a macro that runs by itself: each is written out
#define LIMIT_MACRO_DEPTH 100             // macros in macros: one that calls itself is written out so often

#define LIMIT_MODEL_TEST_RUNS 10000  // different conditions in one file of model tests

#define LIMIT_LOOP_LENGTH 64                 // variables of one feedback loop: nobody follows a longer one
#define LIMIT_LOOP_WORK 20000000ul           // links tried in a search for loops: about a tenth of a second
#define LIMIT_TREE_DEPTH 50                  // of a tree of causes or uses
#define LIMIT_TREE_LINES 400                 // of a tree of causes or uses; what is left out is counted
#define LIMIT_PASSAGES 10000                 // of a paper
#define LIMIT_RECORD_DEPTH 64                // nesting of a results file in JSON; ours need about 8
#define LIMIT_RECORD_FILE_BYTES (64u << 20)  // a summary.json; 2,000 outcomes with importance take 3 MB
#define LIMIT_REPORT_CASES 8                 // scenarios of one report: more colours are not told apart

#define LIMIT_SERIES_COLUMNS 200000   // columns of a file of results, as many as a model has variables
#define LIMIT_SERIES_VALUES 50000000  // numbers of a file of results: about 1 GB
#define LIMIT_PAIRS 1000              // names told apart on one command line
#define LIMIT_TOOL_SECONDS 120        // time for gnuplot or dot; the largest map seen takes 10
#define LIMIT_TOOL_OUTPUT (1u << 16)  // of what they say

#endif
