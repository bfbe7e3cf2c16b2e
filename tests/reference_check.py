#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares runs of a frozen copy of the Shanghai model with known trajectories, column by column.

usage: reference_check.py SIMULATE [REFERENCE_DIR]

The model in tests/golden/shanghai does not change any more: it tests the engine, while the one in models/ improves.
First, a dozen columns of its base scenario are compared with base.csv, made by this program, within 1e-12 relative.
Then the scenarios base, full_package and full_package_adverse are run with everything saved, and every column of
REFERENCE_DIR/<scenario>.csv (default: ../shared/model/reference beside the repository) is compared with the column of
the same name in run.csv. The reference was made by another program (classical RK4 on the same grid, printed with 12
digits), so agreement is asked within 1e-9 relative or 1e-12 absolute. Columns that are identities (check_*: zero but
for rounding) are compared with the size of what they difference, not with zero. Without a reference the second part is
left out, and said to be.

Exit status: 0 all agree, 1 some differ or a run failed, 2 usage.
"""
import csv
import math
import pathlib
import subprocess
import sys
import tempfile

RELATIVE = 1e-9
ABSOLUTE = 1e-12
# Identities, and the column whose rounding they carry.
IDENTITIES = {"check_gdp": "gdp", "check_saving": "gdp", "check_wealth": "private_net_assets"}
SCENARIOS = ["base", "full_package", "full_package_adverse"]
ROOT = pathlib.Path(__file__).resolve().parent.parent
FROZEN = ROOT / "tests" / "golden" / "shanghai"
GOLDEN = 1e-12


def read_columns(path):
    """Columns of a CSV by name, in lower case: the reference writes tfp[IC], we write tfp[ic]."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    names = [name.strip().lower() for name in rows[0]]
    if len(set(names)) != len(names):
        raise ValueError(f"{path}: a column appears twice")
    return {name: [float(row[i]) for row in rows[1:]] for i, name in enumerate(names)}


def run_scenario(simulate, scenario, folder):
    file = FROZEN / "scenarios" / f"{scenario}.yaml"
    done = subprocess.run([simulate, "run", file, "--save", "all", "--quiet", "-o", folder],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode != 0:
        print(f"{scenario}: the run failed with exit status {done.returncode}\n{done.stdout}")
        return None
    found = sorted(pathlib.Path(folder).rglob("run.csv"))
    if len(found) != 1:
        print(f"{scenario}: expected one run.csv, found {len(found)}")
        return None
    return read_columns(found[0])


def deviation(ours, reference, scale):
    """Difference in units of the tolerance: above 1 is a failure."""
    if not math.isfinite(ours):
        return math.inf
    return abs(ours - reference) / max(RELATIVE * scale, ABSOLUTE)


def compare(scenario, ours, reference):
    """Prints one line, and one for each column that fails; True when all agree."""
    missing = [name for name in reference if name not in ours]
    if missing:
        print(f"{scenario}: {len(missing)} columns are missing, first {missing[0]}")
        return False
    if ours["time"] != reference["time"]:
        print(f"{scenario}: the save times differ")
        return False
    worst = {}
    for name, expected in reference.items():
        sizes = reference[IDENTITIES.get(name, name)]
        worst[name] = max((deviation(x, y, abs(size)), time, x, y)
                          for x, y, size, time in zip(ours[name], expected, sizes, reference["time"]))
    failed = sorted((name for name in worst if worst[name][0] > 1), key=lambda name: -worst[name][0])
    name = max(worst, key=lambda name: worst[name][0])
    ratio, time, x, y = worst[name]
    print(f"{scenario}: {len(worst) - len(failed)} of {len(worst)} columns agree at {len(reference['time'])} times; "
          f"worst {name} at {time:g}: {x!r}, reference {y!r} ({ratio:.2g} of the tolerance)")
    for name in failed[:10]:
        ratio, time, x, y = worst[name]
        print(f"  {name} at {time:g}: {x!r}, reference {y!r} ({ratio:.2g} times the tolerance)")
    return not failed


def compare_golden(ours):
    """The small golden file, which is always there."""
    golden = read_columns(FROZEN / "base.csv")
    faults = [(name, time, x, y) for name, column in golden.items()
              for time, x, y in zip(golden["time"], ours[name], column) if not abs(x - y) <= GOLDEN * abs(y)]
    print(f"golden base.csv: {len(golden)} columns at {len(golden['time'])} times, {len(faults)} differences")
    for name, time, x, y in faults[:10]:
        print(f"  {name} at {time:g}: {x!r}, golden {y!r}")
    return not faults and ours["time"] == golden["time"]


def main(argv):
    if len(argv) not in (2, 3):
        print(__doc__)
        return 2
    folder = pathlib.Path(argv[2]) if len(argv) == 3 else ROOT.parent / "shared" / "model" / "reference"
    reference = folder.is_dir()
    if not reference:
        print(f"no reference trajectories at {folder}: only the golden file is compared")
    agree = True
    for scenario in SCENARIOS if reference else SCENARIOS[:1]:
        with tempfile.TemporaryDirectory() as output:
            ours = run_scenario(argv[1], scenario, output)
        agree = ours is not None and agree
        if ours and scenario == SCENARIOS[0]:
            agree = compare_golden(ours) and agree
        if ours and reference:
            agree = compare(scenario, ours, read_columns(folder / f"{scenario}.csv")) and agree
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
