#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast sweeps are: members a second, seconds by stage, the whole against pure integration, threads, ranks, peak
memory, instructions. Answers are checked before anything is timed. Each ratio compares runs of this one call, taken in
turn; an aim stands beside it, with `ok` or `MISSED`. Aims hold for an idle machine with two cores.

    sweep_bench.py PROGRAM [MPI_PROGRAM] [--quick] [--json FILE]

FILE is for bench/compare: seconds of each run, and instructions by callgrind of 128 members (the difference of two
lengths, so that reading, compiling and writing cancel out). --quick takes a tenth of the members, once: for a look.
"""
import argparse
import csv
import json
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAIRS = 5
STAGES = ("draw", "integrate", "reduce", "keep", "write")  # keep: digests and the journal


def verdict(good):
    return "ok" if good else "MISSED"


def at_least(value, aim):
    return f"{value:.2f} (aim {aim}: {verdict(value >= aim)})"


def at_most(value, aim, unit=""):
    return f"{value:.3g}{unit} (aim {aim}{unit}: {verdict(value <= aim)})"


class Bench:
    def __init__(self, program, mpi, quick):
        self.program, self.mpi, self.quick = program, mpi, quick
        self.rounds = 1 if quick else PAIRS
        self.results = []
        self.peak = (0, "")

    def members(self, case):
        return case["members"] // (10 if self.quick else 1)

    def command(self, case, members, *more):
        return ["sweep", str(case["scenario"]), "-o", "out", "-q", "--members", str(members), *case.get("options", []),
                *more]

    def sweep(self, case, members, *more, threads=1, launcher=None):
        """Runs one sweep: seconds of the whole process, by stage (summed over threads), and peak memory in MiB."""
        shutil.rmtree("out", ignore_errors=True)
        command = [*(launcher or [self.program]), *self.command(case, members, "--threads", str(threads), *more)]
        start = time.monotonic()
        process = subprocess.Popen(command, stderr=subprocess.PIPE)
        message = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}: {message.decode()}")
        info = json.load(open("out/run-info.json"))["sweep"]
        peak = usage.ru_maxrss / 1024
        if not launcher:
            self.peak = max(self.peak, (peak, f"{case['name']}, {members:,} members, {threads} threads"))
        return {"wall": wall, "peak": peak, "write": info["write_seconds"], **info["thread_seconds"]}

    def instructions(self, case, few=64, many=192):
        """Of many - few members, by callgrind, which knows no AVX-512; it makes up a cache, so the lanes are given."""
        counts = []
        for members in (few, many):
            shutil.rmtree("out", ignore_errors=True)
            done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", self.program,
                                   *self.command(case, members, "--threads", "1", "--lanes", "64")],
                                  capture_output=True, text=True, env={**os.environ, "SIMULATE_KERNEL": "avx2"})
            counts += [int(line.split(":")[1]) for line in done.stderr.splitlines() if "Collected :" in line]
        return counts[1] - counts[0] if len(counts) == 2 else None


def rows_of(path="out/sweep.csv"):
    return csv.DictReader(open(path))


def check_teacup(bench, case):
    """The median at t = 10 against the formula of a cooling cup."""
    bench.sweep(case, 4096, "--set", "room=70", "--sampling", "sobol")
    found = next(float(r["value"]) for r in rows_of()
                 if r["variable"] == "temperature" and float(r["time"]) == 10 and r["statistic"] == "q50")
    median = 13 - math.sqrt(0.5 * (13 - 8) * (13 - 10))  # of the triangular prior [8, 10, 13]
    true = 70 + 110 * math.exp(-10 / median)
    return abs(found - true) <= 0.02, f"median {found}, the formula says {true}"


def check_sir(bench, case):
    """Nobody is lost: the means of the three stocks add up to the population."""
    bench.sweep(case, 4096)
    sums = {}
    for r in rows_of():
        if r["statistic"] == "mean" and r["variable"] in ("susceptible", "infectious", "recovered"):
            sums[r["time"]] = sums.get(r["time"], 0) + float(r["value"])
    return all(abs(s - 100000) < 1e-3 for s in sums.values()), f"sums from {min(sums.values())} to {max(sums.values())}"


def check_answers(bench, cases):
    """Nothing is timed when a formula does not hold, two threads give other bytes than one, or a replay other bits."""
    for check, case in ((check_teacup, cases[0]), (check_sir, cases[1])):
        good, words = check(bench, case)
        if not good:
            raise SystemExit(f"{case['name']}: {words}: nothing is timed")
    for case in cases:
        files = []
        for threads in (1, 2):
            bench.sweep(case, 500, threads=threads)
            files.append(pathlib.Path("out/sweep.csv").read_bytes())
        if files[0] != files[1]:
            raise SystemExit(f"{case['name']}: other results on two threads: nothing is timed")
        replay = subprocess.run([bench.program, "replay", "out", "--member", "77", "--no-files"], capture_output=True,
                                text=True)
        if "same bits" not in replay.stdout:
            raise SystemExit(f"{case['name']}: {replay.stdout}{replay.stderr}: nothing is timed")
    bench.peak = (0, "")
    print("answers: a formula, a sum, the same bytes on two threads, the same bits replayed: ok")


def measure(bench, case):
    """One and two threads in turn."""
    members = bench.members(case)
    ones, twos = [], []
    for _ in range(bench.rounds):
        ones.append(bench.sweep(case, members))
        twos.append(bench.sweep(case, members, threads=2))
    wholes = [sum(r[s] for s in STAGES) / r["integrate"] for r in ones]
    one = min(ones, key=lambda r: r["wall"])
    whole = sum(one[s] for s in STAGES)
    two = min(t["wall"] for t in twos)
    speedup = statistics.median(a["wall"] / b["wall"] for a, b in zip(ones, twos))
    print(f"{case['name']}: {members:,} members, {one['wall']:.2f} s on 1 thread, {two:.2f} s on 2: "
          f"{members / one['wall']:,.0f} and {members / two:,.0f} members a second; peak {one['peak']:.0f} MiB")
    print("  by stage: " + ", ".join(f"{s} {100 * one[s] / whole:.1f} %" for s in STAGES))
    aim = case.get("whole", None)
    ratio = statistics.median(wholes)
    print(f"  whole / pure integration: {at_most(ratio, aim) if aim else f'{ratio:.2f}'}; "
          f"2 threads / 1: {at_least(speedup, 1.9)}")
    if "milliseconds" in case:
        print(f"  a member and core: {at_most(1000 * whole / members, case['milliseconds'], ' ms')}, "
              f"of which integrating {1000 * one['integrate'] / members:.3g} ms")
    entry = {"name": f"sweep {case['name']}", "seconds": [r["wall"] for r in ones]}
    bench.results += [entry, {"name": f"sweep {case['name']}, 2 threads", "seconds": [r["wall"] for r in twos]}]
    count = bench.instructions(case) if shutil.which("valgrind") else None
    if count:
        entry["instructions"] = count
        print(f"  instructions: {count / 128:,.0f} a member (AVX2, 64 lanes)")


def measure_ranks(bench, case):
    if not bench.mpi or not shutil.which("mpirun"):
        print("ranks: skipped, no MPI")
        return
    ratios = []
    for _ in range(bench.rounds):
        walls = []
        for n in (1, 2):
            launcher = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", str(n),
                        bench.mpi]
            walls.append(bench.sweep(case, bench.members(case), launcher=launcher)["wall"])
        ratios.append(walls[0] / walls[1])
    print(f"{case['name']}: 2 ranks / 1: {at_least(statistics.median(ratios), 1.8)}")


def measure_memory(bench, case, heavy):
    """Ten times the members; exact numbers that just fit the budget; and, without an aim, all variables of a large
    model at once, whose sketches alone take most of the budget."""
    few, many = (100000, 1000000) if bench.quick else (1000000, 10000000)
    small, large = (bench.sweep(case, n, threads=2) for n in (few, many))
    growth = 100 * (large["peak"] / small["peak"] - 1)
    print(f"{case['name']}: {small['peak']:.1f} MiB at {few:,} members, {large['peak']:.1f} MiB at {many:,}: grows "
          f"{at_most(growth, 5, ' %')}; {small['wall']:.1f} and {large['wall']:.1f} s on 2 threads")
    for members in (130000, 150000):
        bench.sweep(case, members, threads=2)
    print(f"peak memory of all sweeps so far: {at_most(bench.peak[0], 256, ' MiB')}, by {bench.peak[1]}")
    peaks = [bench.sweep({**heavy, "options": ["--step", "1", "--save", "all"]}, members, threads=2)["peak"]
             for members in (1000, 20000)]
    print(f"{heavy['name']}, all variables saved: {peaks[0]:.0f} MiB for 1,000 members, {peaks[1]:.0f} MiB for 20,000")


def indicators(program, scenario, count):
    subprocess.run([program, "run", str(scenario), "-o", "out", "-q"], check=True)
    names = []
    for row in json.load(open("out/summary.json"))["indicators"]:
        name = row["name"].split("[")[0]
        if name not in names:
            names.append(name)
    return ",".join(names[:count])


def arguments_of():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("mpi_program", nargs="?", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=pathlib.Path)
    return parser.parse_args()


def main():
    arguments = arguments_of()
    program = str(arguments.program.resolve())
    mpi = arguments.mpi_program and str(arguments.mpi_program.resolve())
    target = arguments.json and arguments.json.resolve()
    bench = Bench(program, mpi, arguments.quick)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        scenarios = ROOT / "scenarios"
        base = scenarios / "base.yaml"
        cases = [{"name": "teacup", "scenario": scenarios / "teacup.yaml", "members": 1000000},
                 {"name": "sir", "scenario": scenarios / "sir.yaml", "members": 1000000},
                 {"name": "population", "scenario": scenarios / "population.yaml", "members": 200000},
                 {"name": "shanghai", "scenario": base, "members": 10000, "whole": 1.25, "milliseconds": 0.55,
                  "options": ["--step", "1/8", "--save", indicators(program, base, 60)]}]
        check_answers(bench, cases)
        for case in cases:
            measure(bench, case)
        measure_ranks(bench, cases[-1])
        measure_memory(bench, cases[0], cases[-1])
        os.chdir("/")
    if target:
        with open(target, "w", encoding="utf-8") as file:
            json.dump({"benchmarks": bench.results}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    sys.exit(main())
