#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""simulate why: trees of causes and uses with units, values and signs, loops with polarity and names, passages of the
paper, on a small model (tests/golden/doc) as golden files; and on the Shanghai model what its analysts rely on: the
named loops R1 to R11 and B1 to B14 exist with the polarity they are told with, every passage of the paper names variables and
tests that there are, trees end.

    why_check.py PROGRAM
"""
import pathlib
import re
import sys

import checking
from checking import check

GOLDEN = pathlib.Path("tests/golden/why")
TOWN = "tests/golden/doc"
SHANGHAI = "models/shanghai"


def run(*arguments, code=0):
    return checking.run(program, "why", *arguments, code=code)


def check_golden(name, *arguments, code=0):
    done = run(*arguments, code=code)
    checking.check_golden(GOLDEN / f"{name}.expected", done.stdout + done.stderr)
    return done.stdout + done.stderr


def check_town():
    text = check_golden("stock", "people", TOWN)
    for line in ("+  births[age] ", "-  deaths[age] ", "  +  people[age] (above)",
                 "B              1  B1     people -> total -> births -> people",
                 "R              2         people -> total -> building -> houses -> capacity -> births -> people"):
        check(line in text, f"why people says '{line}'")
    check_golden("depth", "people", TOWN, "--depth", 1)
    check_golden("deep", "comfort", TOWN, "--depth", 50)
    check_golden("chinese", "people", TOWN, "--lang", "zh", "--depth", 1)
    check_golden("element", "people[young]", TOWN, "--depth", 1)
    check_golden("set", "births", TOWN, "--set", "rate=0.05", "--depth", 1)
    check_golden("indicator", "size", TOWN)
    check_golden("loop", "B1", TOWN)
    check_golden("chain", "C1", TOWN)
    check_golden("loops", "--loops", TOWN, code=1)  # one is stated wrongly
    check_golden("paper", "--paper", TOWN)
    check_golden("passage", "--paper", "room", TOWN)
    check_golden("unknown", "peeple", TOWN, code=1)
    check_golden("unknown_passage", "--paper", "rom", TOWN, code=1)
    check_golden("nothing", code=2)
    check_golden("both", "--loops", "--paper", code=2)
    check_golden("too_deep", "people", TOWN, "--depth", 51, code=2)


def check_loops():
    """As the specification of the model tells them: R reinforces, B balances; B9 and B12 are chains, since levers close
    no loop."""
    text = run("--loops", SHANGHAI).stdout
    found = dict(re.findall(r"(?m)^([RB]\d+)\s+(R|B|chain [+-]) ", text))
    expected = {f"R{i}": "R" for i in range(1, 12)} | {f"B{i}": "B" for i in range(1, 15)}
    expected |= {"B9": "chain -", "B12": "chain -"}
    wrong = {name: (polarity, found.get(name)) for name, polarity in expected.items() if found.get(name) != polarity}
    check(not wrong, f"loops (stated, found): {wrong}")
    for name in expected:
        text = run(name, "scenarios/full_package.yaml").stdout
        check(text.startswith(f"{name}: "), f"{name} is found by its name")
    text = run("price", SHANGHAI, "--depth", 1).stdout
    check(re.search(r"(?m)^B\s+1\s+B5\s+|^B5\s+B\s", text), "the loops through price name B5")


def check_trees():
    text = run("gdp", "--depth", 50).stdout
    causes = text[text.index("\nCauses"):text.index("\nUses")]
    lines = [line for line in causes.split("\n") if re.match(r" *(\+-|[+0-]| ) ", line)]
    check(100 < len(lines) <= 400, f"the deepest tree has {len(lines)} lines")
    check(re.search(r"\.\.\. and \d+ more lines", causes), "what is left out of a tree is counted")
    opened = [re.sub(r"^ *\S+ +", "", line) for line in lines if "(above)" not in line]
    check(len(lines) > len(opened) > 50, "a variable that was opened is not opened again")
    check("bCNY/yr" in causes and "Start 2010" in causes, "units and values stand beside each name")
    check("rd_base" in run("output", SHANGHAI, "--depth", 1).stdout, "output is used by rd_base")


def check_paper():
    text = run("--paper", SHANGHAI).stdout
    passages = re.split(r"\n  (?=\w+  \[)", text)[1:]
    check(len(passages) > 70, f"{len(passages)} passages are listed")
    for p in passages:
        name = p.split()[0]
        check("    Variables: " in p or "    What it is: " in p,
              f"passage {name} names variables, or says why it has none")
        check("    Tests: " in p or "    What it is: " in p, f"passage {name} names a test, or says why it has none")
    chinese = run("--paper", SHANGHAI, "--lang", "zh").stdout
    for words in ("探路者", "动力源", "补短板", "强动力", "重引领"):
        check(words in chinese, f"the paper's '{words}' is found")


program = sys.argv[1]
check_town()
check_loops()
check_trees()
check_paper()
checking.finish("why")
