#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Reports, figures, maps, terminal charts, completion and the manual page from end to end, on a model made here whose
# names try to be HTML, whose sweep has members that fail. Figures and maps are skipped where gnuplot or graphviz is not
# installed, and named.
#
#   report_check.sh PROGRAM [FOLDER]       FOLDER (default: a temporary one) keeps report.html and its results
here=$(cd "$(dirname "$0")" && pwd)
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
[ -x "$program" ] || { echo "$program is missing"; exit 1; }
if [ -n "$2" ]; then
  mkdir -p "$2" || exit 1
  folder=$2
else
  folder=$(mktemp -d) || exit 1
  trap 'rm -rf "$folder"' EXIT
fi
cd "$folder" || exit 1
passed=0 failed=0

run() { # run CODE ARGUMENTS...
  expected=$1
  shift
  "$program" "$@" >out.txt 2>err.txt
  code=$?
  label="simulate $*"
  [ "$code" -eq "$expected" ] || fail "exit code $code, expected $expected"
}
fail() {
  failed=$((failed + 1))
  printf 'FAILED: %s: %s\n' "$label" "$1"
  head -n 12 out.txt err.txt
}
check() { # check WHAT TEST...
  what=$1
  shift
  if "$@"; then passed=$((passed + 1)); else fail "$what"; fi
}
holds() { check "$1 holds '$2'" grep -qF -e "$2" "$1"; }
lacks() { check "$1 lacks '$2'" sh -c '! grep -qF -e "$2" "$1"' sh "$1" "$2"; }
prints() { holds out.txt "$1"; }
says() { holds err.txt "$1"; }
exists() { check "$1 exists" test -s "$1"; }

cat >model.yaml <<'END'
model: town
title: {en: "Town <script>window.hacked = 1</script>", zh: 小镇}
version: "3"
time: {unit: yr, start: 2020, stop: 2040, step: 1/4, save: 1}
units: {yr: base, person: base}
stocks:
  people:
    unit: person
    initial: 1000
    inflows: [births]
    outflows: [deaths]
    bounds: [0, 5000]
    label: {en: "People & \"others\"", zh: 居民}
flows:
  births: {unit: person/yr, equation: people * rate}
  deaths: {unit: person/yr, equation: people * loss, label: {en: "Deaths `touch trace`", zh: 死亡}}
parameters:
  people0: {unit: person, value: 1000}
  rate: {unit: 1/yr, value: 0.05, prior: {uniform: [0.02, 0.12]}, label: {en: "Rate <b>of</b> births", zh: 出生率}}
  loss: {unit: 1/yr, value: 0.01, prior: {uniform: [0.005, 0.02]}}
levers:
  support: {unit: 1, value: 1, range: [0, 2], authority: town, label: {en: Support}}
indicators:
  growth:
    unit: 1
    equation: people / people0 * support
    targets: {end: 2}
    benchmarks:
      best: {value: 3, kind: printed, source: "a list", label: {en: "Best town <i>", zh: 最佳城镇}}
  bound_money: {unit: 1, equation: 0.8 + 0 * support, label: {en: "Money: paid of what was asked", zh: 资金：可得}}
END
scenario() { # scenario NAME TITLE SUPPORT
  cat >"$1.yaml" <<END
scenario: $1
title: {en: "$2"}
model: model.yaml
phases: [{name: near, from: 2020, until: 2030, label: {en: "Near <u>", zh: 近期}}, {name: far}]
levers: {support: $3}
sweep: {members: 256, seed: 1, failures: 100 %, keep: members}
END
}
scenario base "As it is" 1
scenario more "More <img src=x onerror=alert(1)>" 1.5

run 0 run -q base.yaml more.yaml
[ "$failed" = 0 ] || exit 1
run 0 sweep -q base.yaml
run 0 sweep -q more.yaml
exists out/base-sweep/failures.csv

# reports
run 0 report base more.yaml
exists report.html
prints "Written: report.html"
holds report.html "members of As it is failed and are left out of its statistics"
lacks report.html "<script>window.hacked"
lacks report.html "<img src"
lacks report.html "<b>of</b>"
holds report.html "Best town &lt;i&gt;"
cp report.html first.html
run 0 report base more.yaml
check "the same bytes" cmp -s report.html first.html
run 0 report --lang zh base -o zh.html
holds zh.html '<html lang="zh-CN">'
holds zh.html "运行失败"
run 0 report out/more --what people -o what.html
run 1 report out/more --what peeple -o no.html
says "did you mean 'people'?"
check "no file after an error" test ! -e no.html
run 2 report
says "no results named"
run 1 report nowhere
says "there are no results in 'out/nowhere'"
run 1 report ../report
mkdir -p batch empty && cp -r out/base out/base-sweep out/more batch/
run 0 report batch -o batch.html
holds batch.html "members of As it is failed"
holds batch.html "Compared with As it is at the end"
run 1 report empty -o no.html
says "there are no results in 'empty'"
run 0 compare -q base.yaml more.yaml -o tables
run 1 report tables -o no.html
says "'tables' holds the tables of a comparison"
rm batch/base/run.csv
run 4 report batch -o no.html
says "run.csv"
mkdir -p broken && cp out/base/* broken
head -c 2000 out/base/summary.json >broken/summary.json
run 1 report broken -o no.html
says "is damaged"
cp out/base/summary.json broken
head -n 5 out/base/run.csv >broken/run.csv
run 1 report broken -o no.html
says "'broken/run.csv' is cut short"
sed 's/"format_version": 1/"format_version": 99/' out/base/summary.json >broken/summary.json
run 1 report broken -o no.html
says "has format 99, of a newer version"
check "no file after an error" test ! -e no.html
run 4 report base -o /nowhere/at/all/report.html

# figures
if command -v gnuplot >/dev/null; then
  for kind in fan lines phase scatter heatmap tornado; do
    case $kind in
      phase) variables=people,deaths ;;
      scatter) variables=rate,growth ;;
      heatmap) variables=rate,loss,growth ;;
      tornado) variables=growth ;;
      *) variables=people,growth ;;
    esac
    case $kind in phase) "$program" run -q base.yaml --save people,deaths -o out/saved; set -- out/saved ;; *) set -- base more ;; esac
    for format in svg pdf png; do
      run 0 figure "$@" --as $kind --what $variables -o $kind.$format
      exists $kind.$format
    done
  done
  check "nothing in a label was run" test ! -e trace
  run 0 figure base --lang zh --what people -o zh.svg
  holds zh.svg "居民"
  run 2 figure base --what people -o figure.gif
  run 2 figure base --what people --as fam -o f.svg
  says "did you mean 'fan'?"
  run 2 figure base --what people
  run 2 figure base --what people --size 85y -o f.svg
  run 1 figure base --what peeple -o f.svg
  check "no file after an error" test ! -e f.svg
  mkdir -p bin && ln -sf "$(command -v gnuplot)" bin/gnuplot
  printf '#!/bin/sh\n' >bin/fc-list && chmod +x bin/fc-list
  PATH=$PWD/bin run 0 figure base --lang zh --what people -o zh.svg
  says "fonts-noto-cjk"
else
  echo "not tested: figures, since gnuplot is not installed"
fi
mkdir -p empty
PATH=$PWD/empty run 4 figure base --what people -o f.svg
says "gnuplot-nox"

# maps
if command -v dot >/dev/null; then
  run 0 map model.yaml -o map.svg
  holds map.svg "Deaths"
  lacks map.svg "<script>"
  run 0 map base.yaml --overview -o overview.pdf
  exists overview.pdf
  run 1 map base.yaml --sector nowhere -o no.svg
  run 2 map base.yaml -o no.gif
else
  echo "not tested: maps, since graphviz is not installed"
fi
run 0 map model.yaml -o map.dot
holds map.dot 'label="People & \"others\""'

# the terminal
run 0 run base.yaml --no-files --plot people,growth
prints "People & \"others\" (person)"
prints "2020"
lacks out.txt "$(printf '\033')"
run 1 run base.yaml --no-files --plot peeple
says "did you mean 'people'?"
run 0 sweep base.yaml -o piped
check "no progress in a pipe" sh -c '! grep -q "a second" err.txt'
escape=$(printf '\033')
on_terminal() { script -qec "$*" /dev/null >terminal.txt </dev/null; }
if command -v script >/dev/null && on_terminal true; then
  TERM=xterm on_terminal "$program" run base.yaml --no-files --plot people
  holds terminal.txt "$escape[1m"
  NO_COLOR=1 TERM=xterm on_terminal "$program" run base.yaml --no-files --plot people
  lacks terminal.txt "$escape"
  holds terminal.txt "2020"
  TERM=dumb on_terminal "$program" run base.yaml --no-files
  lacks terminal.txt "$escape"
  TERM=xterm on_terminal "$program" sweep base.yaml -o seen
  holds terminal.txt "of 256 members ("
  TERM=xterm on_terminal "$program" sweep -q base.yaml -o quiet
  lacks terminal.txt "of 256 members ("
else
  echo "not tested: what only a terminal sees, since script (util-linux) is not installed"
fi
run 0 help bash
prints "--plot"
completes() { # completes WORD LINE...: bash makes the last word of the line this
  word=$1
  shift
  check "bash completes '$*'" test "$(bash -c '. ./simulate.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _simulate
    echo "${COMPREPLY[*]}"' bash "$@")" = "$word"
}
if command -v bash >/dev/null; then
  mv out.txt simulate.bash && touch out.txt
  completes run simulate ru
  completes --method simulate run --me
  completes "rkf45" simulate run --method rkf
  completes "en zh" simulate report --lang ""
  completes "tornado" simulate figure --as to
  completes "map man" simulate help ma
  completes "" simulate run bas
else
  echo "not tested: completion in bash, since it is not installed"
fi
run 0 help zsh
mkdir -p zsh && mv out.txt zsh/_simulate && touch out.txt
if command -v zsh >/dev/null; then
  zsh -f "$here/completion.zsh" "$PWD/zsh" 'simulate swe' 'simulate run --met' 'simulate run --method rkf' \
    'simulate figure --as to' 'simulate help prio' >out.txt
  for line in "simulate sweep " "simulate run --method " "simulate run --method rkf45 " "simulate figure --as tornado " \
    "simulate help priors "; do
    check "zsh completes to '$line'" grep -qx -e "$line" out.txt
  done
else
  echo "not tested: completion in zsh, since it is not installed"
fi
run 0 help man
prints ".SH NAME"
check "every command is in the manual" sh -c 'for verb in run sweep report figure map; do grep -q "^.SS $verb" out.txt || exit 1; done'
if command -v man >/dev/null; then
  cp out.txt simulate.1
  MANWIDTH=80 man --warnings -l simulate.1 >page.txt 2>err.txt
  check "man has no warnings" test ! -s err.txt
  holds page.txt "simulate report DIR|SCENARIO..."
  lacks page.txt '\e'
else
  echo "not tested: the manual page, since man is not installed"
fi

echo "$passed checks passed, $failed failed"
[ "$failed" = 0 ]
