#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Reports and figures: see report_bench.py.
exec python3 "$(dirname "$0")/report_bench.py" "$@"
