#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Configures a preset into build/PRESET, with Ninja where there is Ninja. A folder configured before keeps its
# generator, so that a second call is quick. Further arguments go to cmake.
set -eu
cd "$(dirname "$0")/.."
preset=$1
shift
if [ ! -f "build/$preset/CMakeCache.txt" ] && command -v ninja >/dev/null; then
  set -- -G Ninja "$@"
fi
cmake --preset "$preset" "$@"
