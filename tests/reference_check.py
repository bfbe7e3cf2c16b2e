#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares runs of the Shanghai model with independent reference trajectories, column by column.

usage: reference_check.py SIMULATE [REFERENCE_DIR]

Runs the scenarios base, full_package and full_package_adverse with SIMULATE, saves everything, and compares every
column of REFERENCE_DIR/<scenario>.csv (default: ../shared/model/reference beside the repository) with the column of
the same name in run.csv. The reference was made by another program (classical RK4 on the same grid, printed with 12
digits), so agreement is asked within 1e-9 relative or 1e-12 absolute. Columns that are identities (check_*: zero but
for rounding) are compared with the size of what they difference, not with zero.

Exit status: 0 all agree, 1 some differ or a run failed, 77 no reference found (skipped), 2 usage.
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


def read_columns(path):
    """Columns of a CSV by name, in lower case: the reference writes tfp[IC], we write tfp[ic]."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    names = [name.strip().lower() for name in rows[0]]
    if len(set(names)) != len(names):
        raise ValueError(f"{path}: a column appears twice")
    return {name: [float(row[i]) for row in rows[1:]] for i, name in enumerate(names)}


def run_scenario(simulate, scenario, folder):
    file = ROOT / "scenarios" / f"{scenario}.yaml"
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


def main(argv):
    if len(argv) not in (2, 3):
        print(__doc__)
        return 2
    folder = pathlib.Path(argv[2]) if len(argv) == 3 else ROOT.parent / "shared" / "model" / "reference"
    if not folder.is_dir():
        print(f"skipped: reference trajectories not found at {folder}")
        return 77
    agree = True
    for scenario in SCENARIOS:
        with tempfile.TemporaryDirectory() as output:
            ours = run_scenario(argv[1], scenario, output)
        agree = ours is not None and compare(scenario, ours, read_columns(folder / f"{scenario}.csv")) and agree
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
