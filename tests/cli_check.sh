#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line from end to end: what each verb prints, writes and ends with, and that nothing is written when
# something is wrong. Models are made here, so that every expected number is known: tank has dx/dt = -x/4, x(0) = 100.
#
#   cli_check.sh PROGRAM
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
[ -x "$program" ] || { echo "$program is missing"; exit 1; }
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
passed=0 failed=0

# run CODE ARGUMENTS...: runs the program; its output is in $out and $err
run() {
  expected=$1
  shift
  "$program" "$@" >out.txt 2>err.txt
  code=$?
  out=$(cat out.txt) err=$(cat err.txt)
  label="simulate $*"
  [ "$code" -eq "$expected" ] || fail "exit code $code, expected $expected"
}
fail() {
  failed=$((failed + 1))
  printf 'FAILED: %s: %s\n' "$label" "$1"
  printf '  stdout: %s\n  stderr: %s\n' "$out" "$err" | head -30
}
check() { # check WHAT TEST...
  what=$1
  shift
  if "$@"; then passed=$((passed + 1)); else fail "$what"; fi
}
has() { case $1 in *"$2"*) return 0 ;; *) return 1 ;; esac }
hasnt() { ! has "$1" "$2"; }
prints() { check "prints '$1'" has "$out" "$1"; }
says() { check "says '$1'" has "$err" "$1"; }
holds() { check "$1 holds '$2'" grep -qF -e "$2" "$1"; } # holds FILE TEXT
exists() { check "$1 exists" test -f "$1"; }
nothing_written() { check "nothing is written" test ! -e out; }

cat >tank.yaml <<'END'
model: tank
title: {en: A leaking tank, zh: 漏水的水箱}
time: {unit: hour, start: 0, stop: 10, step: 0.25, save: 1}
units:
  hour: base
  litre: base
stocks:
  water:
    unit: litre
    initial: 100
    outflows: [leak]
    label: {en: Water, zh: 水量}
flows:
  leak:
    unit: litre/hour
    equation: opening * water / drain_time
parameters:
  drain_time: {unit: hour, value: 4, prior: {uniform: [3, 5]}}
levers:
  opening: {unit: 1, value: 1, range: [0, 2]}
inputs:
  best: {unit: 1, points: [[0, 0.5], [10, 1]]}
indicators:
  emptied:
    unit: 1
    equation: 1 - water / 100 / full
    label: {en: Share emptied, zh: 排空比例}
    benchmarks:
      dry: {value: 1, kind: printed, source: the plan}
      moving: {value: best * 1, kind: checked, source: the neighbours}
    targets: {early: 0.5, end: 0.99}
  tidiness:
    unit: 1
    equation: 1 / (1 + water / 100 / full)
    judgement: true
constants:
  full: {unit: litre, equation: full_tank}
END
# the unit of a full tank
sed -i 's/^parameters:/parameters:\n  full_tank: {unit: litre, value: 1}/' tank.yaml
cat >base.yaml <<'END'
scenario: base
title: {en: As it is, zh: 现状}
model: tank.yaml
phases:
  - {name: early, from: 2, until: 6, label: {en: Early, zh: 前期}}
  - {name: late, label: {en: Late, zh: 后期}}
END
cat >open.yaml <<'END'
scenario: open
model: tank.yaml
phases:
  - {name: early, from: 2, until: 6}
  - {name: late}
levers:
  opening: {early: 2}
END
sed 's/scenario: open/scenario: base/' open.yaml >twin.yaml
sed 's/drain_time$/drain_tine/' tank.yaml >slip.yaml
sed 's/unit: litre\/hour/unit: litre/' tank.yaml >units.yaml
sed 's/initial: 100/initial: 1e300/; s/water \/ drain_time/water ^ 2 \/ 1 litre/' tank.yaml >burst.yaml
sed -i 's/ \/ 1 litre/ \/ full_tank \/ drain_time/' burst.yaml
cat >none.yaml <<'END'
title: neither
END

# help and usage
run 0 --version
prints "simulate 0."
run 0 help
for verb in run check dump help; do prints "$verb"; done
run 0 help run
prints "--check-step"
run 0 run --help
prints "--check-step"
run 0 help smooth
prints "smooth(x, time, initial = x)"
run 0 help smooth --lang zh
prints "一阶平滑"
run 0 help methods
prints "classical Runge-Kutta"
run 0 help priors
prints "triangular"
run 2 help smoth
says "did you mean 'smooth'?"
run 2
prints "run"
run 2 chek
says "did you mean 'check'?"
run 2 run
says "no file is named"
run 2 --sett a=1 tank.yaml
says "did you mean '--set'?"
run 2 --method rk5 tank.yaml
says "one of: euler"
run 2 --set
says "needs a value"
run 2 --quiet=1 tank.yaml
says "takes no value"
run 2 check -o x tank.yaml
says "has no option '-o'"
run 2 dump tank.yaml base.yaml
says "dump takes one file"
nothing_written

# check
run 0 check base.yaml tank.yaml
prints "base.yaml: ok: 1 stocks, 1 states"
prints "tank.yaml: ok: "
prints "1 priors"
run 1 check slip.yaml
says "slip.yaml:16:33:"
says "did you mean 'drain_time'?"
says "^"
run 1 check units.yaml
run 0 check --units=warn units.yaml
says "warning"
run 1 check none.yaml
says "neither a model nor a scenario"
run 4 check missing.yaml
says "missing.yaml"
run 1 check .
says "directory"
run 1 check slip.yaml units.yaml
says "slip.yaml"
says "units.yaml"
sed 's/tank.yaml/slip.yaml/' base.yaml >slip1.yaml
sed 's/tank.yaml/slip.yaml/' open.yaml >slip2.yaml
run 1 check slip1.yaml slip2.yaml
check "one error of the shared model" test "$(grep -c 'error:' err.txt)" -eq 1
nothing_written

# run: invalid input writes nothing
run 1 base.yaml slip.yaml
run 1 base.yaml twin.yaml
says "scenarios of one name, 'base'"
run 1 --set openning=1 base.yaml
says "did you mean 'opening'?"
run 1 --set opening=3 base.yaml
run 1 --step 0 base.yaml
run 1 --step 0.3 base.yaml
says "step"
run 1 --step abc base.yaml
run 1 --save watr base.yaml
says "did you mean 'water'?"
nothing_written

# run: a scenario
run 0 base.yaml
prints "As it is (base)"
prints "Model: A leaking tank (tank)"
prints "Early from 2"
prints "Early 5"
prints "Late 10"
prints "Share emptied"
prints "Targets met: 1 of 2"
prints "Gaps are measured from hour = 1"
prints "Results are in out/base/"
check "no escapes without a terminal" hasnt "$out" "$(printf '\033')"
exists out/base/run.csv
exists out/base/summary.json
exists out/base/run-info.json
check "no other files" test "$(ls out/base | wc -l)" -eq 3
check "the header" test "$(head -1 out/base/run.csv)" = "time,water,opening,emptied,tidiness"
check "11 rows" test "$(wc -l <out/base/run.csv)" -eq 12
# x(10) = 100 exp(-2.5) = 8.2085; classical rk4 at step 1/4 is within 1e-4
check "x(10)" awk -F, 'END { exit !($2 > 8.2084 && $2 < 8.2086) }' out/base/run.csv
holds out/base/summary.json '"scenario": {'
holds out/base/summary.json '"met": 1'
holds out/base/summary.json '"baseline_time": 1'
check "no path in the summary" sh -c "! grep -qF '$folder' out/base/summary.json"
holds out/base/run-info.json '"kernel"'
holds out/base/run-info.json 'base.yaml'
if command -v python3 >/dev/null; then
  check "summary.json is JSON" python3 -m json.tool out/base/summary.json /dev/null
  check "run-info.json is JSON" python3 -m json.tool out/base/run-info.json /dev/null
fi

# run: the same bytes again, also in another place; a command of other words
cp -r out/base first
run 0 run base.yaml
check "the same run.csv" cmp -s first/run.csv out/base/run.csv
check "the same summary.json" cmp -s first/summary.json out/base/summary.json
mkdir elsewhere && cp tank.yaml base.yaml elsewhere && cd elsewhere || exit 1
run 0 run base.yaml -o here
check "the same summary.json elsewhere" cmp -s ../first/summary.json here/summary.json
check "the same run.csv elsewhere" cmp -s ../first/run.csv here/run.csv
cd .. && rm -rf out first elsewhere

# run: Chinese
run 0 --lang zh base.yaml
prints "现状 (base)"
prints "排空比例"
prints "前期 5"
prints "结果见 out/base/"

# run: a model as it stands, options
rm -rf out
run 0 tank.yaml --no-files
prints "Share emptied"
nothing_written
run 0 -q base.yaml
check "quiet" test -z "$out"
run 0 base.yaml -o results --save water --set drain_time=8 --method euler --step 1/2
check "only water" test "$(head -1 results/run.csv)" = "time,water"
check "Euler by hand" awk -F, 'NR == 3 { x = 100 * (1 - 0.5 / 8) ^ 2; d = $2 - x; exit !(d * d < 1e-18) }' results/run.csv
holds results/summary.json '"name": "euler"'
holds results/summary.json 'drain_time=8'
holds results/summary.json '"emptied"'
run 0 base.yaml -o all --save all
holds all/run.csv leak
run 0 base.yaml --check-step --no-files
prints "Step check: 0.25 against 0.125 hour"
prints "The variable that changes most is"

# run: a batch
rm -rf out results
run 0 base.yaml open.yaml -o results
exists results/base/run.csv
exists results/open/run.csv
prints "Results are in results/open/"
check "the lever was opened" sh -c "! cmp -s results/base/run.csv results/open/run.csv"
check "not before its phase" sh -c 'head -3 results/base/run.csv >a; head -3 results/open/run.csv >b; cmp -s a b'

# dump
for stage in ast checked ir; do
  run 0 dump --stage $stage base.yaml
  prints "water"
done
run 2 dump --stage tree base.yaml
says "one of: ast, checked, ir"

# failures while running and writing
rm -rf out
run 3 burst.yaml
says "error"
prints "The run failed at"

run 4 base.yaml -o /dev/null/x
says "cannot write"
touch file
run 4 base.yaml -o file
if [ -w /dev/full ]; then
  "$program" base.yaml --no-files >/dev/full 2>err.txt
  code=$? label="simulate >/dev/full" out='' err=$(cat err.txt)
  check "a full standard output ends with 4" test $code -eq 4
  says "standard output"
fi
# results compared
run 0 base.yaml -o one -q
run 0 base.yaml -o two -q
run 0 diff one/run.csv two/run.csv
prints "0 differ"
run 0 diff -q one/run.csv two/run.csv
check "quiet is silent" test -z "$out"
printf 'Time\tWATER\n0\t100\n1\t77.8809\n2\t60.6540\n' >reference.tab
run 1 diff one/run.csv reference.tab
prints "Only in one/run.csv"
run 0 diff --common one/run.csv reference.tab
run 1 diff --common --rtol 1e-9 one/run.csv reference.tab
prints "First difference: water at time 1"
run 0 diff --common --lang zh one/run.csv reference.tab
prints "已比较"
sed 's/WATER/Level 1/' reference.tab >other.tab
run 0 diff --common --map "water=Level 1" one/run.csv other.tab
run 1 diff --common --map "wter=Level 1" one/run.csv other.tab
says "did you mean 'water'"
run 2 diff one/run.csv
says "diff compares two files"
run 2 diff --rtol -1 one/run.csv two/run.csv
says "is no tolerance"
run 4 diff one/run.csv missing.csv
printf 'time,x\n1,1\n0,1\n' >backwards.csv
run 1 diff one/run.csv backwards.csv
says "backwards.csv:3:1"
# models of any format as YAML
run 0 import tank.yaml -o imported
prints "in 1 files in imported/"
run 0 tank.yaml -o before -q --save all
run 0 imported/model.yaml -o after -q --save all
check "a model and its copy give the same bits" cmp -s before/run.csv after/run.csv
run 4 import tank.yaml -o imported
says "'imported/model.yaml' exists already"
cp tank.yaml kept.yaml
run 2 export --xmile base.yaml -o ./tank.yaml
says "'./tank.yaml' is a file of the model that is exported"
run 2 export --xmile base.yaml -o base.yaml
check "an export leaves its input alone" cmp -s tank.yaml kept.yaml
run 0 export --xmile tank.yaml -o tank.xmile
run 0 import tank.xmile -o from_xmile -q
check "quiet is silent" test -z "$out"
run 0 tank.xmile -o before -q --save all
run 0 from_xmile/model.yaml -o after -q --save all
run 0 diff --rtol 0 before/run.csv after/run.csv
printf '{UTF-8}\nx = INTEG(-x / 4, 100) ~ litre ~ a tank |\nTIME STEP = 0.5 ~~|\nINITIAL TIME = 0 ~~|\nFINAL TIME = 4 ~~|\nSAVEPER = 1 ~~|\n' >tank.mdl
run 0 import tank.mdl -o from_mdl
holds from_mdl/model.yaml "foreign: true"
run 0 tank.mdl -o before -q --save all
run 0 from_mdl/model.yaml -o after -q --save all
run 0 diff --rtol 0 before/run.csv after/run.csv
run 2 import tank.mdl
says "-o with a folder"
printf 'x0 = 100 ~~|\nk = 4 ~~|\nx = INTEG(-x / k, x0) ~ litre ~|\nTIME STEP = 0.5 ~~|\nINITIAL TIME = 0 ~~|\nFINAL TIME = 4 ~~|\nSAVEPER = 1 ~~|\n' >leak.mdl
printf '40,L,7,,0\nK=RANDOM TRIANGULAR(2,8,3,4,5)\n' >leak.vsc
printf 'X\n' >keep.lst
printf 'X0 = 50\nFINAL TIME = 6\n' >half.cin
run 0 import leak.vsc keep.lst half.cin -o study -q
holds study/leak.yaml "sampling: latin"
holds study/leak.yaml "k: {triangular: [3, 4, 5]}"
run 0 study/leak.yaml --no-files
run 0 sweep study/leak.yaml -o swept -q
run 0 study/leak.yaml -o halved -q
check "changes reach the run" grep -q '^0,50' halved/run.csv
printf '40,M\nk=RANDOM WEIBULL(0,9,2,0,1)\n' >weibull.vsc
run 1 import leak.mdl weibull.vsc -o other
says "weibull.vsc:2:3: error: the distribution RANDOM WEIBULL is not supported"
check "nothing is made" test ! -e other
run 1 import weibull.vsc -o other
says "no model is given"
run 2 import leak.mdl tank.mdl -o other
says "two models"
run 4 import missing.mdl -o nowhere
check "nothing is made" test ! -e nowhere

# a scenario steers constants of another program's model, by any spelling of their names
cat >filling.mdl <<'END'
{UTF-8}
Water in Tank = INTEG(Inflow Rate, 0) ~ litre ~|
Inflow Rate = 1 ~ litre/hour ~|
Rates by Pipe[Pipe] = 1, 2 ~ litre/hour ~|
Pipe: Old, New ~~|
Stages = 2 ~~|
Late = DELAY N(Water in Tank, 2, 0, Stages) ~ litre ~|
Horizon = 10 ~ hour ~|
FINAL TIME = Horizon ~ hour ~|
INITIAL TIME = 0 ~ hour ~|
SAVEPER = 5 ~ hour ~|
TIME STEP = 0.5 ~ hour ~|
END
cat >filling.yaml <<'END'
scenario: steered
model: filling.mdl
phases: [{name: near, until: 5}, {name: far}]
levers: {Inflow Rate: {near: 1, far: 3}}
parameters: {'RATES by pipe[New]': 4}
sweep: {members: 100, uncertain: {'inflow_rate[far]': {uniform: [2, 4]}}}
save: [water IN tank, Rates by Pipe]
END
run 0 filling.yaml -o filled -q
check "1 a time to 5, then 3" grep -q '^10,20,1,4$' filled/run.csv
run 0 sweep filling.yaml -o filled-sweep -q
run 0 filling.mdl -o whole -q
holds whole/run.csv "time,Water in Tank,Inflow Rate,Rates by Pipe[Old],Rates by Pipe[New],Stages,Late,Horizon"
run 0 filling.mdl -o whole -q --set "inflow rate=2"
check "what --set says" grep -q '^10,20,2' whole/run.csv
# Chinese of an older Windows is not mistaken in silence; German is what it is
gbk='\311\317\272\243\313\256\317\344' # four characters in GB 2312
clock='TIME STEP = 1 ~~|\nINITIAL TIME = 0 ~~|\nFINAL TIME = 4 ~~|\nSAVEPER = 1 ~~|\n'
printf "$gbk = 5 ~~|\n$clock" >gbk.mdl
run 0 gbk.mdl --no-files
says "looks like Chinese in GBK"
printf "Gr\366\337e \374ber = 5 ~~|\n$clock" >german.mdl
run 0 german.mdl --no-files
check "nothing is said" test -z "$err"
# two levers of one model
printf '{UTF-8}\nLevel = INTEG(In - Out, 0) ~~|\nIn = 1 ~~|\nOut = 1 ~~|\nTIME STEP = 0.5 ~~|\nINITIAL TIME = 0 ~~|\nFINAL TIME = 4 ~~|\nSAVEPER = 2 ~~|\n' >pair.mdl
printf 'scenario: pair\nmodel: pair.mdl\nphases: [{name: a, until: 2}, {name: b}]\nlevers: {In: {a: 3, b: 5}, Out: {b: 2}}\n' >pair.yaml
run 0 pair.yaml -o paired -q
check "3 - 1 for two, then 5 - 2" grep -q '^4,10,5,2' paired/run.csv
printf 'scenario: pair\nmodel: pair.mdl\nlevers: {In: 3, IN: 4}\n' >twice.yaml
run 1 check twice.yaml
says "In is set twice"
printf 'scenario: pair\nmodel: pair.mdl\nparameters: {In: 3, IN: 4}\n' >twice.yaml
run 1 check twice.yaml
says "In is set twice"
printf 'scenario: pair\nmodel: pair.mdl\nlevers: {In Out: 3}\n' >twice.yaml
run 1 check twice.yaml
check "said once" test "$(grep -c 'error:' err.txt)" = 1
run 0 pair.yaml -o paired -q --set "IN=1" --set "OUT=1"
check "what --set says" grep -q '^4,0,1,1' paired/run.csv
# what the reader of the file built in cannot be changed behind its back
run 1 filling.mdl --set stages=3
says "Stages cannot be set: its number was built in"
run 1 filling.mdl --set horizon=20
says "Horizon cannot be set"
sed 's/Inflow Rate: .*/Stages: 3, Rates by Pipe: 2}/; /^sweep/d' filling.yaml >rigid.yaml
run 1 check rigid.yaml
says "Stages cannot be a lever"
says "Rates by Pipe is an array, and a lever is one number"
sed "s/'inflow_rate.far.'/Stages/" filling.yaml >rigid.yaml
run 1 sweep rigid.yaml
says "Stages cannot be set"
run 0 compare filling.yaml filling.mdl -o difference
prints "steered"
run 0 filling.mdl --no-files --plot "WATER in_tank"
prints "Water in Tank"
run 0 sweep filling.yaml -o out/steered-sweep -q
run 0 report out/steered-sweep --what "water_in_tank,rates by pipe" -o filled.html
check "the results' own spelling" grep -q '"Rates by Pipe\[New\]"' filled.html
run 1 report out/steered-sweep --what "Water in Tanc" -o filled.html
says "did you mean 'Water in Tank'"
run 0 import filling.mdl -o filling-yaml -q
run 0 filling-yaml/model.yaml -o whole-yaml -q
run 0 filling.mdl -o whole -q
run 0 diff --rtol 0 whole/run.csv whole-yaml/run.csv
run 1 filling-yaml/model.yaml --set Stages=3
says "'Stages' is a constant"
run 2 validate filling.mdl
says "is a model"
cat >stages.xmile <<'END'
<xmile version="1.0"><header/><sim_specs><start>0</start><stop>4</stop><dt>1</dt></sim_specs><model><variables>
<aux name="n"><eqn>2</eqn></aux><aux name="x"><eqn>5</eqn></aux><aux name="y"><eqn>DELAYN(x, 2, n, 0)</eqn></aux>
</variables></model></xmile>
END
run 0 stages.xmile -o staged -q --set X=6
check "what --set says" grep -q '^4,2,6' staged/run.csv
run 1 stages.xmile --set n=3
says "n cannot be set"
cat >belt.xmile <<'END'
<xmile version="1.0"><header/><sim_specs><start>0</start><stop>4</stop><dt>1</dt></sim_specs><model><variables>
<aux name="long"><eqn>2</eqn></aux><aux name="short"><eqn>1</eqn></aux><flow name="o"/><flow name="p"/>
<stock name="s"><eqn>4, 2</eqn><outflow>o</outflow><conveyor><len>long</len></conveyor></stock>
<stock name="t"><eqn>6</eqn><outflow>p</outflow><conveyor><len>short</len></conveyor></stock>
</variables></model></xmile>
END
run 1 belt.xmile --set long=3
says "long cannot be set"
run 0 belt.xmile -o belted -q --set short=3
check "6 in three steps" grep -q '^2,.*,2' belted/run.csv
printf 'scenario: moved\nmodel: belt.xmile\nlevers: {short: 2}\n' >moved.yaml
run 1 check moved.yaml
says "short cannot be a lever"
printf 'scenario: moved\nmodel: stages.xmile\nphases: [{name: a, until: 2}, {name: b}]\nlevers: {x: {b: 7}}\n' >moved.yaml
run 0 moved.yaml -o moved -q
check "a lever of an XMILE model" grep -q '^4,2,7' moved/run.csv

# a limit of the file size stands for a full disk
run 0 base.yaml -o full -q
cp full/run.csv before.csv
(
  trap '' XFSZ
  ulimit -f 4
  "$program" base.yaml -o full -q --set save_every=0.25 --save all 2>err.txt
)
code=$? label="simulate with no space left" out='' err=$(cat err.txt)
check "ends with 4" test $code -eq 4
says "cannot write 'full/run.csv'"
check "the old file stays" cmp -s full/run.csv before.csv
check "no temporary file stays" test "$(ls full | wc -l)" -eq 3
if [ "$(id -u)" -ne 0 ]; then
  mkdir closed && chmod 555 closed
  run 4 base.yaml -o closed/x
fi

printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
