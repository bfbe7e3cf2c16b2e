// SPDX-License-Identifier: GPL-3.0-or-later
// What the verbs of the command line share: the table of verbs, the options, and the state of one invocation. A verb
// adds to `out` and `diag` and returns an exit code; main prints both. Only cli/ writes to the terminal.
#ifndef CLI_CLI_H
#define CLI_CLI_H
#include "base/text.h"
#include "output/messages.h"

enum option {
  OPTION_AS,
  OPTION_ATOL,
  OPTION_CHECK_STEP,
  OPTION_COMMON,
  OPTION_DATA_DIR,
  OPTION_DEPTH,
  OPTION_EXTEND,
  OPTION_FAILURES,
  OPTION_HISTORY,
  OPTION_KEEP,
  OPTION_LANES,
  OPTION_LANG,
  OPTION_LOOPS,
  OPTION_MAP,
  OPTION_MEMBER,
  OPTION_MEMBERS,
  OPTION_MEMORY,
  OPTION_METHOD,
  OPTION_NO_FILES,
  OPTION_NOTES,
  OPTION_OUT,
  OPTION_OVERVIEW,
  OPTION_PAPER,
  OPTION_PLOT,
  OPTION_POINTS,
  OPTION_POLICY,
  OPTION_PRECISION,
  OPTION_QUIET,
  OPTION_RESUME,
  OPTION_RTOL,
  OPTION_SAMPLING,
  OPTION_SAVE,
  OPTION_SCENARIO,
  OPTION_SECTOR,
  OPTION_SEED,
  OPTION_SET,
  OPTION_SHARD,
  OPTION_SIZE,
  OPTION_STAGE,
  OPTION_STEP,
  OPTION_THREADS,
  OPTION_UNITS,
  OPTION_WHAT,
  OPTION_XMILE,
  OPTIONS
};
#define OPTION_BIT(id) (1ull << OPTION_##id)

enum stage { STAGE_AST, STAGE_CHECKED, STAGE_IR };

struct options {
  const char *given[OPTIONS];  // the text of each option given; NULL: not given
  LIST(const char *) operands;
  LIST(const char *) sets;        // name=value; --method, --save and --step are short for such
  LIST(const char *) pairs;       // of --map: NAME=NAME
  LIST(const char *) sweep_sets;  // of the sweep block: members=1000
  const char *data_dir, *out;     // NULL: not given
  const char *policy, *scenario;
  uint64_t members, extend, member;  // 0: not given, but for member
  uint64_t threads, lanes, depth;    // 0: not given
  double rtol, atol;                 // below 0: not given
  uint32_t shard, shards;
  bool has_member, resume;
  enum language language;
  enum stage stage;
  bool check_step, common, help, lenient_units, loops, paper, xmile, no_files, notes, points, quiet;
};

struct sweep_crew;

struct cli {
  const struct sweep_crew *crew;  // of simulate-mpi; NULL: one process
  struct arena arena;             // models, scenarios, programs, messages
  struct arena scratch;           // one run at a time: results and what is made of them
  struct diag diag;
  struct text out;  // for standard output
  struct options options;
  int argc;
  char **argv;
};

struct verb {
  const char *name;
  const char *usage;  // the specification: what `simulate help VERB` prints; its first line is the summary
  uint64_t options;   // OPTION_BITs it takes
  int (*run)(struct cli *c);
};
extern const struct verb verb_run, verb_check, verb_dump, verb_help, verb_test, verb_validate, verb_export;
extern const struct verb verb_diff, verb_import;
extern const struct verb verb_sweep, verb_replay, verb_merge, verb_compare, verb_why;
extern const struct verb verb_doc, verb_report, verb_figure, verb_map;
extern const struct verb *const verbs[];  // NULL at the end
const struct verb *verb_by_name(const char *name);
// The verb whose name is nearest, for "did you mean"; NULL when none is near.
const char *verb_nearest(const char *name);

// "--set", and whether a value follows.
const char *options_name(enum option id);
bool options_takes_value(enum option id);
// Parses the arguments after the verb. False after an error.
bool options_parse(struct options *o, struct arena *a, const struct verb *v, int argc, char **argv, struct diag *diag);

// The whole program; the exit code.
int cli_main(int argc, char **argv, const struct sweep_crew *crew);
// Writes and empties c->out. False when standard output cannot take it.
bool cli_flush(struct cli *c);
bool cli_is_bold(void);
// The code to end with: that of the first error.
int cli_exit_code(const struct cli *c);

#endif
