#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Reports in headless Chromium (tests/browser/check.mjs): one of a model whose names try to be HTML and whose members
# fail, one of the teacup, and the base and the full package of the Shanghai model in both languages. Exits 77 (skipped)
# and says what is missing: Chromium, Node.js, or playwright-core, which `npm ci` in tests/browser installs; none of them
# is needed to use the program.
#
#   browser_check.sh PROGRAM
root=$(cd "$(dirname "$0")/.." && pwd)
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
skip() {
  echo "skipped: $1"
  exit 77
}
command -v node >/dev/null || skip "Node.js is not installed"
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
  skip "Chromium is not installed"
[ -d "$root/tests/browser/node_modules/playwright-core" ] ||
  skip "playwright-core is not installed: run npm ci in tests/browser"
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

sh "$root/tests/report_check.sh" "$program" "$folder/town" >"$folder/log" || { tail -n 40 "$folder/log"; exit 1; }
cd "$folder/town" || exit 1
"$program" report -q base more.yaml -o town.html || exit 1
"$program" run -q "$root/scenarios/teacup.yaml" || exit 1
"$program" report -q --lang zh teacup -o tea.html || exit 1

cd "$root" || exit 1
mkdir "$folder/shanghai"
for scenario in base full_package; do
  "$program" run -q "scenarios/$scenario.yaml" -o "$folder/shanghai/$scenario" || exit 1
done
"$program" sweep -q scenarios/base.yaml --members 200 -o "$folder/shanghai/base-sweep" || exit 1
for language in en zh; do
  "$program" report -q --lang $language "$folder"/shanghai/* -o "$folder/$language.html" || exit 1
done
set -- en "$folder/town/town.html" "$folder/town/out" zh "$folder/town/tea.html" "$folder/town/out" \
  en "$folder/en.html" "$folder/shanghai" zh "$folder/zh.html" "$folder/shanghai"
node "$root/tests/browser/check.mjs" "$@"
