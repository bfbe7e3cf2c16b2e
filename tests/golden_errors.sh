#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every kind of bad input gives exactly the message that stands beside it: runs `simulate check CASE.yaml`, or the
# command that the case's first line states (# simulate test CASE.yaml), in the folder of the cases, so that paths are
# short, and compares what it says with CASE.expected. With UPDATE=1 in the environment
# it writes the .expected files instead; read the difference before you commit it.
#
#   golden_errors.sh PROGRAM FOLDER
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
[ -x "$program" ] || { echo "$program is missing"; exit 1; }
cd "$2" || exit 1
actual=$(mktemp) || exit 1
trap 'rm -f "$actual"' EXIT
passed=0 failed=0
for case in *.yaml; do
  expected=${case%.yaml}.expected
  command=$(sed -n '1s/^# simulate //p' "$case" 2>/dev/null)
  # shellcheck disable=SC2086 -- the words of a command
  "$program" ${command:-check "$case"} >/dev/null 2>"$actual"
  code=$?
  if [ -n "$UPDATE" ]; then
    cp "$actual" "$expected"
  elif [ ! -f "$expected" ]; then
    echo "FAILED: $case: no $expected"
    failed=$((failed + 1))
    continue
  fi
  if [ "$code" -eq 1 ] && diff -u "$expected" "$actual"; then
    passed=$((passed + 1))
  else
    echo "FAILED: $case (exit code $code, expected 1)"
    failed=$((failed + 1))
  fi
done
echo "golden errors: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
