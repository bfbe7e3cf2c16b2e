// SPDX-License-Identifier: GPL-3.0-or-later
// The program `simulate`: one process. mpi_main.c is its sibling for many.
#include "cli/cli.h"

int main(int argc, char **argv) {
  return cli_main(argc, argv, NULL);
}
