// SPDX-License-Identifier: GPL-3.0-or-later
// simulate replay: one member of a sweep again, bit for bit. The sweep's journal says which scenario with which
// settings; its digest of the member's neighbourhood says whether this is what the sweep saw.
#include <math.h>
#include <string.h>

#include "cli/asked.h"
#include "output/csvout.h"
#include "output/sweep_files.h"
#include "output/table.h"
#include "sweep/team.h"

static const char usage[] =
    "simulate replay DIR           run one member of the sweep in DIR again\n"
    "\n"
    "Shows what the member drew and what came of it, writes its values to DIR/member-K.csv, and compares all its bits\n"
    "with what the sweep saw. The exit code is 3 when the member failed.\n"
    "\n"
    "  --member K          which member, from 0 on\n"
    "  --policy NAME       under which policy (default: the first)\n"
    "  --scenario FILE     the scenario, when it is no longer where it was\n"
    "  -o, --out FILE      write the values to FILE\n"
    "  --no-files          write no file\n"
    "  -q, --quiet         show only errors\n";

static bool find_policy(struct cli *c, const struct study *s, uint32_t *policy) {
  *policy = 0;
  if (!c->options.policy) return true;
  for (uint32_t i = 0; i < s->policies; i++)
    if (strcmp(s->labels->policies[i], c->options.policy) == 0) {
      *policy = i;
      return true;
    }
  diag_error(&c->diag, NOWHERE, replay_policy, c->options.policy);
  diag_did_you_mean(&c->diag, map_nearest(c->options.policy, s->labels->policies, s->policies));
  return false;
}

static void show(struct cli *c, const struct study *s, const struct team_look *look) {
  struct table t;
  table_init(&t, &c->scratch);
  table_column(&t, messages_text(c->options.language, MESSAGE_replay_parameter), false);
  table_column(&t, messages_text(c->options.language, MESSAGE_replay_drawn), true);
  table_column(&t, messages_text(c->options.language, MESSAGE_unit), false);
  for (size_t i = 0; i < s->design->count; i++) {
    char number[32];
    table_cell(&t, table_safe(&c->scratch, s->design->names[i]));
    table_cell(&t, arena_string(&c->scratch, text_from_number(look->parameters[i], number)));
    table_cell(&t, table_safe(&c->scratch, s->labels->parameter_units[i]));
  }
  table_print(&c->out, &t, cli_is_bold());
}

// Held against the journal. A sweep that was compacted beyond the digests it keeps has none here, and that is said.
static bool compare(struct cli *c, const struct study *s, const char *journal, const struct team_look *look) {
  uint64_t leaf = look->member / MOMENTS_LEAF, digest, last = (leaf + 1) * MOMENTS_LEAF - 1;
  bool found;
  if (!ledger_find_digest(journal, s->identity, leaf, &digest, &found, &c->diag)) return false;
  if (found && digest != look->digest) {
    if (last >= s->config.members) last = s->config.members - 1;
    diag_error(&c->diag, NOWHERE, replay_differs, (unsigned long long)(leaf * MOMENTS_LEAF), (unsigned long long)last);
    return false;
  }
  if (!c->options.quiet)
    text_puts(&c->out, messages_text(c->options.language, found ? MESSAGE_replay_same : MESSAGE_replay_unknown));
  return true;
}

static bool write_values(struct cli *c, const struct study *s, const struct team_look *look, const char *folder) {
  const struct program *p = s->programs[look->policy];
  struct results r = {p, (double *)s->labels->times, look->saved, look->phase_starts, look->failure};
  const char *policy = s->policies > 1 ? arena_format(&c->arena, "-%s", s->labels->policies[look->policy]) : "";
  const char *name = arena_format(&c->arena, "member-%llu%s.csv", (unsigned long long)look->member, policy);
  const char *path = c->options.out ? c->options.out : file_join(&c->arena, folder, name);
  if (!csvout_write(&c->arena, path, &r, NULL, &c->diag)) return false;
  if (!c->options.quiet)
    text_puts(&c->out,
              messages_format(&c->scratch, c->options.language, MESSAGE_replay_values, table_safe(&c->scratch, path)));
  return true;
}

static bool make_look(struct cli *c, const struct study *s, struct team_look *look) {
  if (look->member >= s->config.members) {
    diag_error(&c->diag, NOWHERE, replay_member, (unsigned long long)look->member,
               (unsigned long long)s->config.members - 1);
    return false;
  }
  look->parameters = arena_array(&c->arena, double, s->design->count + 1);
  look->saved = arena_array(&c->arena, double, s->config.times * s->config.columns + 1);
  look->phase_starts = arena_array(&c->arena, double, s->config.phases + 1);
  return team_look(s, look, &c->diag);
}

static int run(struct cli *c) {
  if (c->options.operands.count != 1 || !c->options.has_member) {
    diag_error(&c->diag, NOWHERE, replay_option);
    return EXIT_USAGE;
  }
  const char *folder = c->options.operands.items[0], *journal = asked_journal(&c->arena, folder);
  struct team_look look = {.member = c->options.member};
  struct ledger_plan plan;
  struct asked *a = asked_again(c, journal, c->options.scenario, &plan);
  if (!a || !find_policy(c, a->study, &look.policy) || !make_look(c, a->study, &look)) return cli_exit_code(c);
  if (!c->options.quiet) show(c, a->study, &look);
  bool good = compare(c, a->study, journal, &look);
  if (good && !c->options.no_files) write_values(c, a->study, &look, folder);
  if (good && !isnan(look.failure.time))
    run_report_failure(&c->arena, a->study->programs[look.policy], &look.failure, &c->diag);
  return cli_exit_code(c);
}

const struct verb verb_replay = {"replay", usage,
                                 OPTION_BIT(LANG) | OPTION_BIT(MEMBER) | OPTION_BIT(NO_FILES) | OPTION_BIT(OUT) |
                                     OPTION_BIT(POLICY) | OPTION_BIT(QUIET) | OPTION_BIT(SCENARIO),
                                 run};
