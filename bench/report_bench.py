#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a report and figures take to make, and how large the report is: base and full package of the Shanghai model
with sweeps. Seconds are the least of several calls, with the processor's own beside them, which other work disturbs
less. Aims stand beside the numbers.

    report_bench.py PROGRAM [--members N] [--quick] [--json FILE]

FILE is for bench/compare: seconds of each call. --quick calls each once.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CALLS = 7
FOUR = "u_mean,u_min,coordination,rank_proxy"
CASES = [
    ("report, both sweeps, en", 1.0, ["report", "base", "full_package", "-o", "en.html"]),
    ("report, both sweeps, zh", 1.0, ["report", "base", "full_package", "--lang", "zh", "-o", "zh.html"]),
    ("figure, fan, 1 panel, svg", 0.3, ["figure", "base", "full_package", "--what", "u_mean", "-o", "one.svg"]),
    *[(f"figure, fan, 4 panels, {end}{zh}", 0.3,
       ["figure", "base", "full_package", "--what", FOUR, "-o", f"four.{end}", *(["--lang", "zh"] if zh else [])])
      for end in ("svg", "pdf", "png") for zh in ("", ", zh")],
    ("figure, lines, 4 panels, svg", 0.3, ["figure", "out/base", "--what", FOUR, "--as", "lines", "-o", "lines.svg"]),
    ("figure, tornado, svg", 0.3, ["figure", "base", "--what", "u_mean", "--as", "tornado", "-o", "tornado.svg"]),
]


def measure(command, calls):
    """Seconds of each call on the clock, and the least of the processor's, children's with them."""
    clock, processor = [], []
    for _ in range(calls):
        before, start = os.times(), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        clock.append(time.perf_counter() - start)
        processor.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return clock, min(processor)


def verdict(value, aim):
    return "ok" if value <= aim else "MISSED"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=lambda p: str(pathlib.Path(p).resolve()))
    parser.add_argument("--members", default="10000", help="of each sweep")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=lambda p: pathlib.Path(p).resolve())
    arguments = parser.parse_args()
    program, rows = arguments.program, []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name in ("base", "full_package"):
            scenario = str(ROOT / "scenarios" / f"{name}.yaml")
            subprocess.run([program, "run", "-q", scenario], check=True)
            subprocess.run([program, "sweep", "-q", scenario, "--members", arguments.members], check=True)
        for title, aim, command in CASES:
            if command[0] == "figure" and not shutil.which("gnuplot"):
                print(f"{title:32} not measured: gnuplot is not installed")
                continue
            clock, processor = measure([program, *command, "-q"], 1 if arguments.quick else CALLS)
            rows.append({"name": title, "seconds": clock})
            least = min(clock)
            print(f"{title:32} {least:6.3f} s  {processor:6.3f} s processor   aim {aim} s  {verdict(least, aim)}")
        size = os.path.getsize("en.html") / 1e6
        print(f"{'size of the report':32} {size:6.3f} MB   aim 1.5 MB  {verdict(size, 1.5)}")
        os.chdir(ROOT)
    if arguments.json:
        arguments.json.write_text(json.dumps({"benchmarks": rows}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
