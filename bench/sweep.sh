#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The benchmark of sweeps, for `make bench`; simulate-mpi is looked for beside the program. See sweep_bench.py.
#
#   sweep.sh PROGRAM [OPTIONS]
program=$1
shift
mpi=
[ ! -x "$program-mpi" ] || mpi=$program-mpi
# shellcheck disable=SC2086
exec python3 "$(dirname "$0")/sweep_bench.py" "$program" $mpi "$@"
