#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Does what the README says, in a fresh clone: runs every fenced block whose opening line is ```sh ci, one after the
# other, each line shown as it runs. A README without such a block is a failure.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git -c safe.directory='*' clone --quiet "file://$root" "$work/simulate"
cd "$work/simulate"
awk -v folder="$work" '
  /^```sh ci *$/ { inside = 1; blocks++; next }
  /^```/         { inside = 0 }
  inside         { print > sprintf("%s/block%02d.sh", folder, blocks) }
' README.md
count=0
for block in "$work"/block*.sh; do
  [ -f "$block" ] || break
  bash -euxo pipefail "$block"
  count=$((count + 1))
done
echo "$count blocks of the README ran"
[ "$count" -gt 0 ]
