// SPDX-License-Identifier: GPL-3.0-or-later
// What a system wants to know of the program: completion for bash and zsh, and a man page. All of it is printed from
// the table of verbs, their usage texts and the table of options, so that none can be out of date.
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H
#include "cli/cli.h"

void manual_bash(struct cli *c);
void manual_zsh(struct cli *c);
void manual_page(struct cli *c);

#endif
