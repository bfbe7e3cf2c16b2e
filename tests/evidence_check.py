#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers of the Shanghai model that documents quote are those that the program prints: the fit of history in the
README with `validate`, the number of tests with `test`, the table of scenarios in docs/scenarios.md with runs; and every
scenario that the tables there name is a file, and every file is named.

    evidence_check.py PROGRAM
"""
import csv
import pathlib
import re
import sys
import tempfile

import checking
from checking import check


def run(*arguments):
    return checking.run(program, *arguments).stdout


def table_rows(text):
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def fits(text, period):
    part = text[text.index(f"\n{period}"):]
    part = part[:part.index("\n\n")] if "\n\n" in part else part
    return dict(re.findall(r"(?m)^(\S.*?)  +\S+  +\d+(?: \(\d+r\))?  +(\d+\.\d %)", part))


def check_fit(readme):
    text = run("validate", "models/shanghai") + "\n\n"
    fitted, held_out = fits(text, "2011-2019, fitted"), fits(text, "2020-2024, out of sample")
    rows = [r for r in table_rows(readme) if len(r) == 3 and r[1].endswith(" %")]
    check(len(rows) == 17, f"README has {len(rows)} rows of fits")
    for name, first, second in rows:
        second = second or None
        check((fitted.get(name), held_out.get(name)) == (first, second),
              f"README: {name} {first}, {second}; validate: {fitted.get(name)}, {held_out.get(name)}")


def check_tests(readme):
    found = re.search(r"(\d+) of (\d+) tests passed: \d+ checks in (\d+) runs", run("test", "models/shanghai"))
    said = re.search(r"(\d+) tests in (\d+) runs", " ".join(readme.split()))
    check(found and said and said.groups() == found.group(2, 3),
          f"README says {said and said.group()}; test: {found and found.group()}")


def trajectory(name):
    with tempfile.TemporaryDirectory() as folder:
        run("run", f"scenarios/{name}.yaml", "-o", folder, "--quiet", "--save", "gdp")
        with open(pathlib.Path(folder) / "run.csv", newline="") as file:
            return {float(row["time"]): float(row["gdp"]) for row in csv.DictReader(file)}


def present_value(gdp):
    return sum(gdp[year] * 1.03 ** -(year - 2023) for year in range(2023, 2051))


def check_scenarios(text):
    rows = [r for r in table_rows(text) if len(r) == 4 and r[1].isdigit() and r[0] != "scenario"]
    base = present_value(trajectory("base"))
    check(len(rows) == 7, f"docs/scenarios.md has {len(rows)} rows of results")
    for name, mid, late, share in rows:
        gdp = trajectory(name.split(",")[0])
        found = [f"{gdp[2035]:.0f}", f"{gdp[2050]:.0f}", f"{100 * (present_value(gdp) / base - 1):+.1f} %"]
        check([mid, late, share or "+0.0 %"] == found,
              f"docs/scenarios.md: {name} {mid}, {late}, {share}; runs: {found}")


def check_names(text):
    named = {n.strip() for r in table_rows(text) if len(r) == 3 and r[0] != "group" for n in r[1].split(",")}
    texts = {p.stem: p.read_text() for p in pathlib.Path("scenarios").glob("*.yaml")}
    files = {name for name, content in texts.items() if "shanghai" in content or "\nextends:" in content}
    check(named - files == {"---", "levers/*.yaml"}, f"docs/scenarios.md names what is no file: {named - files}")
    check(not files - named, f"docs/scenarios.md does not name: {files - named}")
    tests = pathlib.Path("models/shanghai/tests.yaml").read_text()
    pushes = dict(re.findall(r"(?m)^    (\w+): \{to: ([^,]+),", tests))
    singles = {p.stem: p.read_text() for p in pathlib.Path("scenarios/levers").glob("*.yaml")}
    check(set(singles) == set(pushes), f"single levers and the sign table differ: {set(singles) ^ set(pushes)}")
    for name, level in pushes.items():
        check(f"{name}: {{near: {level}}}" in singles.get(name, ""),
              f"scenarios/levers/{name}.yaml is not the push of the sign table, {level}")


program = sys.argv[1]
readme, scenarios = pathlib.Path("README.md").read_text(), pathlib.Path("docs/scenarios.md").read_text()
check_fit(readme)
check_tests(readme)
check_scenarios(scenarios)
check_names(scenarios)
check("does not win on GDP" in " ".join(readme.split()), "README reports that phasing does not win on GDP")
checking.finish("evidence")
