#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every kind of bad input gives exactly the message that stands beside it: runs `simulate check CASE.yaml`, or the
# command that the case's first line states (# simulate test CASE.yaml), in the folder of the cases, so that paths are
# short, and compares what it says with CASE.expected. Where a file would be large, or more than a command is meant, the
# case is CASE.sh: commands that make what they need in $scratch, where they stand, and run $program; $cases is the
# folder of the cases. Nothing may be written in either way. With UPDATE=1 in the environment it writes the .expected
# files instead; read the difference before you commit it.
#
#   golden_errors.sh PROGRAM FOLDER
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
[ -x "$program" ] || { echo "$program is missing"; exit 1; }
cd "$2" || exit 1
cases=$(pwd)
actual=$(mktemp) || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$actual" "$scratch"' EXIT
export program cases scratch
passed=0 failed=0
for case in *.yaml *.sh; do
  expected=${case%.*}.expected
  rm -rf "$scratch" && mkdir "$scratch" || exit 1
  command=$(sed -n '1s/^# simulate //p' "$case" 2>/dev/null)
  # shellcheck disable=SC2086 -- the words of a command
  case $case in
    *.sh) (cd "$scratch" && exec sh "$cases/$case") >/dev/null 2>"$actual" ;;
    *) "$program" ${command:-check "$case"} >/dev/null 2>"$actual" ;;
  esac
  code=$?
  if [ -n "$UPDATE" ]; then
    cp "$actual" "$expected"
  elif [ ! -f "$expected" ]; then
    echo "FAILED: $case: no $expected"
    failed=$((failed + 1))
    continue
  fi
  if [ -e out ] || [ -e "$scratch/out" ]; then
    echo "FAILED: $case: something was written"
    failed=$((failed + 1))
  elif [ "$code" -eq 1 ] && diff -u "$expected" "$actual"; then
    passed=$((passed + 1))
  else
    echo "FAILED: $case (exit code $code, expected 1)"
    failed=$((failed + 1))
  fi
done
echo "golden errors: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
